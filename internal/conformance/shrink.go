package conformance

import "runloop/dsl"

// shrink makes a scenario smaller as long as fails holds: it removes entries and steps, and replaces a step by the
// steps inside it.
func shrink(tree mapping, fails func(s *dsl.Scenario) bool) mapping {
	holds := func(candidate any) bool {
		s, err := dsl.Load("scenario.yaml", write(candidate))
		return err == nil && fails(s)
	}
	for {
		smaller, found := any(nil), false
		variants(tree, func(candidate any) bool {
			if holds(candidate) {
				smaller, found = candidate, true
			}
			return !found
		})
		if !found {
			return tree
		}
		tree = smaller.(mapping)
	}
}

// variants calls yield for every tree that is v without one of its parts, larger parts first, until yield returns
// false.
func variants(v any, yield func(any) bool) bool {
	switch v := v.(type) {
	case mapping:
		for i := range v {
			if !yield(append(v[:i:i], v[i+1:]...)) {
				return false
			}
		}
		for i, p := range v {
			ok := variants(p.value, func(inner any) bool {
				changed := append(mapping(nil), v...)
				changed[i].value = inner
				return yield(changed)
			})
			if !ok {
				return false
			}
		}
	case list:
		for i := range v {
			if !yield(append(v[:i:i], v[i+1:]...)) {
				return false
			}
		}
		for i, item := range v {
			for _, block := range blocks(item) {
				if !yield(append(append(v[:i:i], block...), v[i+1:]...)) {
					return false
				}
			}
			ok := variants(item, func(inner any) bool {
				changed := append(list(nil), v...)
				changed[i] = inner
				return yield(changed)
			})
			if !ok {
				return false
			}
		}
	}
	return true
}

// blocks returns the lists of steps in a step.
func blocks(step any) []list {
	m, _ := step.(mapping)
	var found []list
	for _, p := range m {
		if steps, ok := p.value.(list); ok && p.key != "catch" && p.key != "gather" {
			found = append(found, steps)
		}
	}
	return found
}
