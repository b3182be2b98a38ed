package format

import (
	"slices"

	"runloop/dsl/syntax"
)

// shortener replaces maps that hold nothing but steps by the list of these, where the language takes it for the same:
// it walks through a scenario along the table of keys.
type shortener struct{ data []byte }

// record looks at the values of a map that has some keys.
func (s *shortener) record(n *node, keys []*syntax.Key) {
	for _, it := range pairsOf(n) {
		name := s.text(it.key)
		if i := slices.IndexFunc(keys, func(k *syntax.Key) bool { return k.Name == name }); i >= 0 && it.value != nil {
			s.value(it, keys[i])
		}
	}
}

// value looks at the value of a key.
func (s *shortener) value(it *item, key *syntax.Key) {
	switch key.Kind {
	case syntax.StepsKey:
		s.each(it.value, s.step)
	case syntax.NamedKey:
		for _, pair := range pairsOf(it.value) {
			s.body(pair, key)
		}
	case syntax.EntryKey:
		s.body(it, key)
	case syntax.RecordKey:
		s.record(it.value, key.Keys)
	case syntax.RecordsKey:
		if key.OrOne {
			s.record(it.value, key.Keys)
		}
		s.each(it.value, func(n *node) { s.record(n, key.Keys) })
	case syntax.ItemsKey:
		s.record(it.value, key.Keys)
		s.each(it.value, func(n *node) { s.record(n, syntax.EntryKeys) })
	}
}

// each calls f for the items of a list.
func (s *shortener) each(n *node, f func(*node)) {
	if n == nil || n.kind != listNode {
		return
	}
	for _, it := range n.items {
		if it.value != nil {
			f(it.value)
		}
	}
}

// step looks at the values of a step. A word that is a key of the verb is none itself.
func (s *shortener) step(n *node) {
	pairs := pairsOf(n)
	for _, it := range pairs {
		verb := syntax.VerbNamed(s.text(it.key))
		if verb != nil && !slices.ContainsFunc(pairs, func(it *item) bool { return !verb.Has(s.text(it.key)) }) {
			s.record(n, verb.Keys)
			return
		}
	}
}

// body looks at a definition or an entry, and replaces it by its steps if it has nothing else.
func (s *shortener) body(it *item, key *syntax.Key) {
	s.each(it.value, s.step)
	s.record(it.value, key.Keys)
	if pairs := pairsOf(it.value); key.TakesSteps() && len(pairs) == 1 && s.text(pairs[0].key) == syntax.DoKey.Name {
		s.shorten(it, pairs[0])
	}
}

// shorten puts the value of a map's only pair in the place of the map, with the comments of both.
func (s *shortener) shorten(it, pair *item) {
	outer, inner := it.value, pair.value
	if inner == nil || inner.kind != listNode || len(inner.items) == 0 || outer.anchor.End+inner.anchor.End > 0 {
		return
	}
	it.value = inner
	it.gap = pair.gap || len(pair.intro) == 0 && (it.gap || pair.blank)
	it.intro = slices.Concat(it.intro, pair.before, pair.intro)
	if pair.trail != nil && it.trail == nil && len(outer.end) == 0 {
		it.trail = pair.trail
		return
	}
	if pair.trail != nil {
		inner.end = append(inner.end, *pair.trail)
	}
	if inner.end = append(inner.end, outer.end...); it.trail != nil && len(inner.end) > 0 {
		inner.end, it.trail = append(inner.end, *it.trail), nil
	}
	if inner.flow && len(inner.end) > 0 {
		inner.flow, inner.broken = false, true
	}
}

// pairsOf is the pairs of a map, nil if it is none.
func pairsOf(n *node) []*item {
	if n != nil && (n.kind == mapNode || n.kind == pairNode) {
		return n.items
	}
	return nil
}

// text is the text of a key, if it has no quotes.
func (s *shortener) text(key *node) string { return string(s.data[key.span.Start:key.span.End]) }
