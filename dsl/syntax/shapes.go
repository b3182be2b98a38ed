package syntax

import (
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// mapHint is how the map is written that stands as a list, or as the arguments of a call without their names; "": it
// is not known.
func (p *parser) mapHint(n *yaml.Node, key *Key) string {
	if key.Space == ArgumentSpace && p.within != nil && !IsNull(n) && !(isText(n) && strings.Contains(n.Text, "=")) {
		for _, pair := range p.within.Pairs {
			if (pair.Key == EntryCall.Name || VerbNamed(pair.Key) != nil) && len(p.paramNames(pair.Value.Text)) > 0 {
				return "write `with: " + p.argumentsText(pair.Value.Text, n) + "`"
			}
		}
		return ""
	}
	if pairs := namedPairs(n); pairs != nil {
		return "write `" + key.Name + ": { " + strings.Join(pairs, ", ") + " }`"
	}
	return ""
}

// namedPairs is the items of a list as the pairs of a map: names, maps, or maps with a name and a value; nil: it has
// another item.
func namedPairs(n *yaml.Node) []string {
	if n.Kind != yaml.ListNode || len(n.Items) == 0 {
		return nil
	}
	var pairs []string
	for _, item := range n.Items {
		switch m := pythonAssign.Regexp().FindStringSubmatch(item.Text); {
		case isText(item) && source.IsDefinable(item.Text):
			pairs = append(pairs, item.Text+": …")
		case isText(item) && m != nil:
			pairs = append(pairs, m[1]+": "+written(m[2]))
		case item.Kind == yaml.MapNode && item.Get("name") != nil && isText(item.Get("name")):
			pairs = append(pairs, item.Get("name").Text+": "+namedValue(item))
		case item.Kind == yaml.MapNode && len(item.Pairs) > 0:
			for _, pair := range item.Pairs {
				pairs = append(pairs, pair.Key+": "+nodeText(pair.Value))
			}
		default:
			return nil
		}
	}
	return pairs
}

// namedValue is what stands beside the name in a map with a name: one value, or a map.
func namedValue(item *yaml.Node) string {
	rest := yaml.Node{Kind: yaml.MapNode}
	for _, pair := range item.Pairs {
		if pair.Key != "name" {
			rest.Pairs = append(rest.Pairs, pair)
		}
	}
	if len(rest.Pairs) == 1 && (rest.Pairs[0].Key == "value" || rest.Pairs[0].Key == "type" ||
		rest.Pairs[0].Key == "default") {
		return nodeText(rest.Pairs[0].Value)
	}
	return nodeText(&rest)
}

// raisePairs is the step that raises an error which is written as a map.
func raisePairs(n *yaml.Node) []string {
	typ, message := "", ""
	for _, pair := range n.Pairs {
		switch {
		case pair.Key == "type" || pair.Key == "error":
			typ = nodeText(pair.Value)
		case pair.Key == "message":
			message = nodeText(pair.Value)
		case typ == "":
			typ, message = pair.Key, nodeText(pair.Value)
		}
	}
	pairs := []string{"raise: " + typ}
	if message != "" {
		pairs = append(pairs, "message: "+message)
	}
	return pairs
}

// referenceHint says what a step does with several things, or with a value, where it takes one name.
func (p *parser) referenceHint(n *yaml.Node, key *Key) string {
	switch {
	case n.Kind == yaml.MapNode && key == AwaitKey && len(n.Pairs) > 0 && VerbNamed(n.Pairs[0].Key) != nil:
		rest := n.Pairs
		if p.within != nil {
			for _, q := range p.within.Pairs {
				if VerbNamed(q.Key) == nil {
					rest = append(rest[:len(rest):len(rest)], q)
				}
			}
		}
		return "write `- " + stepText(&yaml.Node{Kind: yaml.MapNode, Pairs: rest}) + "`"
	case n.Kind == yaml.ListNode && (key == AwaitKey || key == ShieldKey):
		return "write `- gather: " + nodeText(n) + "`"
	case n.Kind == yaml.ListNode && len(n.Items) > 0 && p.within != nil && VerbNamed(key.Name) != nil &&
		key != GatherKey && key != WaitKey:
		return "write a step for each: `- " + key.Name + ": " + nodeText(n.Items[0]) + "`"
	case key.Name == "put" && p.within != nil:
		return "write `- " + inBraces(putPairs(p.within, n)) + "`"
	}
	return ""
}

// putPairs is the `put` that is written with its value where the queue belongs.
func putPairs(step, value *yaml.Node) []string {
	if value.Kind == yaml.MapNode && len(value.Pairs) == 1 {
		return []string{"put: " + value.Pairs[0].Key, "value: " + nodeText(value.Pairs[0].Value)}
	}
	queue := "…"
	for _, name := range queueWords {
		if v := step.Get(name); v != nil {
			queue = nodeText(v)
		}
	}
	return []string{"put: " + queue, "value: " + nodeText(value)}
}

// nameHint is how the name is written that stands in a map with the arguments: `call: { w: 3 }`, `call: { name: w,
// with: … }`.
func (p *parser) nameHint(n *yaml.Node, key *Key) string {
	if n.Kind == yaml.ListNode && len(n.Items) == 2 && key.Space == CallbackSpace && key.Name != "call_soon" {
		time, callback := nodeText(n.Items[0]), nodeText(n.Items[1])
		if p.declared(CallbacksKey.Name, callback) != nil {
			when := source.Words{{"call_later", "after"}, {"call_at", "at"}}.Of(key.Name)
			return "write `- { " + key.Name + ": " + callback + ", " + when + ": " + time + " }`"
		}
	}
	if n.Kind != yaml.MapNode || len(n.Pairs) == 0 || key.Space != CoroutineSpace {
		return ""
	}
	for _, word := range []string{"name", "call", "coroutine"} {
		if v := n.Get(word); v != nil && isText(v) {
			pairs := []string{key.Name + ": " + v.Text}
			for _, pair := range n.Pairs {
				if pair.Key != word {
					pairs = append(pairs, pair.Key+": "+nodeText(pair.Value))
				}
			}
			return "its other keys stand beside it: write `- " + inBraces(pairs) + "`"
		}
	}
	if first := n.Pairs[0]; p.isCoroutine(first.Key) {
		pairs := p.calledPairs(first.Key, first.Value)
		pairs[0] = key.Name + ": " + first.Key
		return "write `- " + inBraces(pairs) + "`"
	}
	return ""
}

// meantName is how the call is written of which a text has more than the name: `w(3)`, `w as t`, `tick, 2`; "": it is
// none.
func (p *parser) meantName(what string, space Space, text string) string {
	if space != CoroutineSpace && space != CallbackSpace {
		return ""
	}
	if key := findKey(TopKeys, what); key != nil {
		return ""
	}
	if parts := namedAs.Regexp().FindStringSubmatch(text); parts != nil {
		if pairs := p.entryPairs(what, parts[1]); pairs != nil {
			return "write `- " + inBraces(append(pairs, "as: "+parts[2])) + "`"
		}
		return "write `- { " + what + ": " + flowText(parts[1]) + ", as: " + parts[2] + " }`"
	}
	if name, time, found := strings.Cut(text, ", "); found && what == "call_later" && expr.IsDuration(time) {
		return "write `- { call_later: " + strings.TrimSuffix(name, "()") + ", after: " + time + " }`"
	}
	name := calledName(text)
	if name == "" {
		return ""
	}
	if pairs := p.entryPairs(what, text); len(pairs) > 1 {
		return "write `" + pairs[0] + "` and `" + pairs[1] + "`"
	}
	return "write `" + what + ": " + name + "`"
}

// recordHint is how a map is written that stands as a list, or as its most important value alone; "": it is not known.
func (p *parser) recordHint(n *yaml.Node, keys []*Key, node Node) string {
	if n == p.root {
		return "begin with `runloop: 1`, then `main:` with the list below it"
	}
	if findKey(keys, "do") != nil {
		switch {
		case n.Kind == yaml.ListNode:
			return "put the steps under `do:`: `{ do: " + nodeText(n) + " }`"
		case IsNull(n):
			return "write `{ do: […] }`"
		case isText(n) && everyTime.Regexp().MatchString(n.Text):
			return "write `{ every: " + strings.TrimPrefix(n.Text, "every ") + ", do: […] }`"
		}
	}
	if _, ok := node.(*Expect); ok {
		return expectHint(n)
	}
	if n.Kind == yaml.ListNode {
		if pairs := mergedPairs(n); pairs != nil {
			return "write `{ " + strings.Join(pairs, ", ") + " }`"
		}
		return ""
	}
	for _, key := range []string{"time", "until"} {
		if isText(n) && expr.IsDuration(n.Text) && findKey(keys, key) != nil && findKey(keys, "do") == nil {
			return "write `{ " + key + ": " + n.Text + " }`"
		}
	}
	return ""
}

// mergedPairs is the pairs of a list of maps, nil: it has another item.
func mergedPairs(n *yaml.Node) []string {
	var pairs []string
	for _, item := range n.Items {
		if item.Kind != yaml.MapNode {
			return nil
		}
		for _, pair := range item.Pairs {
			pairs = append(pairs, pair.Key+": "+nodeText(pair.Value))
		}
	}
	return pairs
}

// expectHint is how an expectation is written that stands alone: a condition, the output, or a list of such.
func expectHint(n *yaml.Node) string {
	condition := func(item *yaml.Node) bool {
		return isText(item) && (strings.ContainsAny(item.Text, "<>") || strings.Contains(item.Text, "==") ||
			strings.Contains(item.Text, "!="))
	}
	switch {
	case n.Kind == yaml.ListNode && len(n.Items) > 0 && mergedPairs(n) != nil:
		return "write `{ " + strings.Join(mergedPairs(n), ", ") + " }`"
	case n.Kind == yaml.ListNode && len(n.Items) > 0 && condition(n.Items[0]):
		return "write `{ that: " + nodeText(n) + " }`"
	case n.Kind == yaml.ListNode && len(n.Items) > 0:
		return "write `{ output: " + nodeText(n) + " }`"
	case condition(n):
		return "write `{ that: " + flowText(n.Text) + " }`"
	case isText(n) && expr.IsDuration(n.Text):
		return "write `{ at: " + n.Text + " }`"
	case isText(n):
		return "write `{ output: " + source.QuoteYAML(n.Text+"") + " }`"
	}
	return ""
}

// stepsOnly is the pairs of a map from its first verb on, as far as they are steps with their keys.
func stepsOnly(n *yaml.Node) []yaml.Pair {
	var pairs []yaml.Pair
	for _, pair := range n.Pairs {
		if VerbNamed(pair.Key) != nil && findKey(TopKeys, pair.Key) == nil {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// paramsHint is how parameters are written that stand in a list, or as mere names.
func paramsHint(n *yaml.Node, key *Key) string {
	other := ": any"
	if key.Kind == RunParamsKey {
		other = ": …"
	}
	items := n.Items
	if isText(n) {
		for _, name := range strings.FieldsFunc(n.Text, func(c rune) bool { return c == ',' || c == ' ' }) {
			items = append(items, &yaml.Node{Text: name})
		}
	}
	var pairs []string
	for _, item := range items {
		switch {
		case isText(item) && source.IsIdentifier(item.Text):
			pairs = append(pairs, item.Text+other)
		case item.Kind == yaml.MapNode && item.Get("name") != nil:
			pairs = append(pairs, item.Get("name").Text+": "+namedValue(item))
		case item.Kind == yaml.MapNode:
			for _, pair := range item.Pairs {
				pairs = append(pairs, pair.Key+": "+nodeText(pair.Value))
			}
		default:
			return ""
		}
	}
	if pairs == nil {
		return ""
	}
	return "write `" + key.Name + ": { " + strings.Join(pairs, ", ") + " }`"
}

var everyTime = source.NewPattern(`^every \d[\w.]*$`)

// isWrapper reports whether a map holds nothing but keys of a scenario.
func isWrapper(n *yaml.Node) bool {
	for _, pair := range n.Pairs {
		if findKey(TopKeys, pair.Key) == nil {
			return false
		}
	}
	return n.Kind == yaml.MapNode && len(n.Pairs) > 0
}

// losesAll notes that the keys which stand in a map that does not belong there are not missed.
func (p *parser) losesAll(r *Record, wrapper yaml.Pair) {
	for _, pair := range wrapper.Value.Pairs {
		if key := findKey(TopKeys, pair.Key); !r.Written(key) {
			r.Fields = append(r.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		}
	}
}
