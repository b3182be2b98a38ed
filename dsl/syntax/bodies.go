package syntax

import (
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// body is the key under which the steps of a verb stand, nil: it has none.
func (v *Verb) body() *Key {
	for _, name := range []string{"do", "then"} {
		if key := v.key(name); key != nil && key != LoanKey {
			return key
		}
	}
	if key := v.Keys[0]; key.Kind == StepsKey {
		return key
	}
	return nil
}

// BodyOf is the key under which the steps of a verb stand, "": the word is no verb with steps.
func BodyOf(word string) string {
	verb := VerbNamed(word)
	if verb == nil || verb.body() == nil || verb.body() == verb.Keys[0] {
		return ""
	}
	return verb.body().Name
}

// severalHint says where the second verb of a step belongs: into the body that the first one lacks, or into a step of
// its own.
func severalHint(n *yaml.Node, first, second *Verb) string {
	steps := stepsBeside(n, first)
	if body := first.body(); body != nil && n.Get(body.Name) == nil || body == first.Keys[0] && body != nil &&
		IsNull(n.Get(body.Name)) {
		return "its steps stand in a list under `" + body.Name + ":`: write `" + body.Name + ": " + listOf(steps) + "`"
	}
	if body := second.body(); first.body() == nil && body != nil && body != second.Keys[0] && n.Get(body.Name) == nil {
		if hint := statusHints.Of(n.Get(second.Name).Text); hint != "" {
			return hint
		}
		own := *n
		own.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(q yaml.Pair) bool { return q.Key == second.Name })
		return "write `- { " + second.Name + ": " + nodeText(n.Get(second.Name)) + ", " + body.Name + ": " +
			listOf([]*yaml.Node{&own}) + " }`"
	}
	for _, s := range steps {
		if s.Pairs[0].Key == second.Name {
			return "begin a new step: `- " + stepText(s) + "`"
		}
	}
	return "begin a new step: `- " + second.Name + ": …`"
}

// statusHints is what to do about the functions that workflows ask for what became of the steps before.
var statusHints = source.Words{
	{"success()", "leave it out: a step runs if those before it did not fail"},
	{"always()", "put the steps before it under `try:`, and this one into the list under `finally:`"},
	{"failure()", "put the steps before it under `try:`, and this one under `catch: [{ do: […] }]`"},
}

// stepsBeside is what stands in a map beside the keys of a verb, as steps: each begins with a verb.
func stepsBeside(n *yaml.Node, verb *Verb) []*yaml.Node {
	var steps []*yaml.Node
	for _, pair := range n.Pairs {
		switch {
		case verb != nil && (pair.Key == verb.Name || verb.key(pair.Key) != nil && !hasKey(steps, pair.Key)):
		case VerbNamed(pair.Key) != nil || len(steps) == 0 && verb != nil:
			steps = append(steps, &yaml.Node{Kind: yaml.MapNode, Span: n.Span, Pairs: []yaml.Pair{pair}, Source: n.Source})
		case len(steps) > 0:
			last := steps[len(steps)-1]
			last.Pairs = append(last.Pairs, pair)
		}
	}
	return steps
}

// hasKey reports whether the last of some steps has that key.
func hasKey(steps []*yaml.Node, key string) bool {
	if len(steps) == 0 {
		return false
	}
	verb := VerbNamed(steps[len(steps)-1].Pairs[0].Key)
	return verb != nil && verb.key(key) != nil
}

// listOf is steps as a list in one line, for a message.
func listOf(steps []*yaml.Node) string {
	return nodeText(&yaml.Node{Kind: yaml.ListNode, Items: steps})
}

// besideHint says where steps belong that stand beside the keys of a map with a body, "": there are none.
func besideHint(n *yaml.Node, body *Key) string {
	steps := stepsBeside(n, nil)
	if len(steps) == 0 {
		return "a step stands in the list under `" + body.Name + ":`"
	}
	return "a step stands in the list under `" + body.Name + ":`: write `" + body.Name + ": " + listOf(steps) + "`"
}

// bodyBelow says that the steps below a step belong under its key; "": it does not look so.
func (p *parser) bodyBelow(key *Key) string {
	if key.Kind != StepsKey || p.next == nil || p.next.Kind == yaml.MapNode && len(p.next.Pairs) == 0 {
		return ""
	}
	if isText(p.next) || p.next.Kind == yaml.MapNode {
		return "the steps below stand under `" + key.Name + ":`: write `" + key.Name + ": " + listOf([]*yaml.Node{p.next}) +
			"`"
	}
	return ""
}

// misplacedBody reports the value of a verb with a body that holds the body, or the keys that belong beside the verb;
// it says whether it does.
func (p *parser) misplacedBody(n *yaml.Node, verb *Verb) bool {
	body, own := verb.body(), verb.Keys[0]
	value := n.Get(verb.Name)
	if value == nil || value.Broken || own.Kind != EntryKey && own.Kind != StepsKey &&
		(body == nil || n.Get(body.Name) != nil) {
		return false
	}
	switch own.Kind {
	case BindingsKey, ReferencesKey, ItemsKey:
		return false
	case StepsKey:
		if do := n.Get("do"); do != nil && IsNull(value) {
			p.errorf(CodeUnknownKey, p.keySpan(n, "do"), "leave out `do:`: the steps stand right under `"+verb.Name+":`",
				"`%s` has no key `do`", verb.Name)
			return true
		}
		return false
	case EntryKey:
		return p.misplacedEntry(n, value, verb)
	case DeadlineKey:
		if value.Kind == yaml.MapNode && value.Get("do") == nil {
			return false
		}
	}
	if value.Kind == yaml.ScalarNode || value.Kind == yaml.ListNode && !slices.ContainsFunc(value.Items, isBareStep) {
		return false
	}
	meant := []string{verb.Name + ": " + ownText(value, own), body.Name + ": […]"}
	for _, pair := range value.Pairs {
		if pair.Value.Kind == yaml.ListNode {
			meant[1] = body.Name + ": " + nodeText(pair.Value)
		}
	}
	if value.Kind == yaml.ListNode {
		meant[1] = body.Name + ": " + nodeText(value)
	}
	p.errorf(CodeWrongForm, value.Span, "its steps stand beside it: write `- "+inBraces(meant)+"`",
		"`%s` takes %s, not %s", verb.Name, own.Kind, form(value))
	return true
}

// ownText is the scalar in a map that stands for the value of a verb, or what such a value looks like.
func ownText(value *yaml.Node, own *Key) string {
	for _, pair := range value.Pairs {
		if pair.Value.Kind == yaml.ScalarNode && !IsNull(pair.Value) {
			return nodeText(pair.Value)
		}
	}
	return exampleValues.Of(own.Name)
}

// stepsWord reports a list of steps under a word that is no verb, such as `- do:` or `- async:`, and gives its steps.
func (p *parser) stepsWord(n *yaml.Node) bool {
	first := n.Pairs[0]
	if len(n.Pairs) > 1 || first.Value.Kind != yaml.ListNode || VerbNamed(first.Key) != nil ||
		!slices.Contains(DoKey.names(), first.Key) {
		return false
	}
	p.errorf(CodeUnknownVerb, first.KeySpan,
		"leave it out: its steps stand right here, or under a verb such as `repeat: 3`",
		"there is no verb `%s`", source.Shorten(first.Key))
	return true
}

// others is the other names of the keys of a verb that hold steps beside its own.
func (v *Verb) others() []string {
	var names []string
	for _, key := range v.Keys[1:] {
		if key.Kind == RecordsKey || key.Kind == StepsKey && key != DoKey && key.Name != "then" {
			names = append(names, key.Also...)
		}
	}
	return names
}

// names is the name of a key and its other names.
func (k *Key) names() []string { return append([]string{k.Name}, k.Also...) }

// exampleValues is a value of each verb with a body.
var exampleValues = source.Words{
	{"while", "true"}, {"if", "count > 0"}, {"repeat", "3"}, {"for", "item"}, {"group", "g"}, {"timeout", "5s"},
	{"acquire", "m"},
}

// misplacedEntry reports a `spawn` whose steps stand beside it, or right under it.
func (p *parser) misplacedEntry(n, value *yaml.Node, verb *Verb) bool {
	switch do := n.Get("do"); {
	case do != nil && IsNull(value):
		p.errorf(CodeWrongForm, p.keySpan(n, "do"), "write `- "+verb.Name+": { do: "+nodeText(do)+" }`",
			"the steps of a task stand inside `%s`", verb.Name)
	case value.Kind == yaml.ListNode && len(value.Items) > 0 && p.isCoroutine(value.Items[0].Text):
		p.errorf(CodeWrongForm, value.Span, "write a step for each: `- "+verb.Name+": "+value.Items[0].Text+"`",
			"`%s` takes one coroutine, not a list", verb.Name)
	default:
		return false
	}
	return true
}

// otherVerbFirst reports a step that begins with another name of a verb while a step of its own stands beside it, such
// as `lock: m` with `print: a`.
func (p *parser) otherVerbFirst(n *yaml.Node, verb *Verb) bool {
	first := n.Pairs[0]
	meant := VerbNamed(onlySynonym(first.Key, verbNames()))
	if meant == nil || first.Key == verb.Name || verb.key(first.Key) != nil ||
		verb.key(suggestKey(first.Key, keyNames(verb.Keys))) != nil ||
		meant.body() == nil {
		return false
	}
	pairs := []string{meant.Name + ": " + nodeText(first.Value), meant.body().Name + ": " + listOf(stepsBeside(n, nil))}
	p.errorf(CodeUnknownVerb, first.KeySpan, "write `- "+inBraces(pairs)+"`", "there is no verb `%s`",
		source.Shorten(first.Key))
	return true
}

// bareHandlers reports handlers whose steps stand where the handlers should, and reads them as one handler; nil: they
// do not.
func (p *parser) bareHandlers(n *yaml.Node, key *Key) *Records {
	items := n.Items
	if n.Kind == yaml.MapNode {
		items = []*yaml.Node{n}
	}
	if key != CatchKey || len(items) == 0 || !slices.ContainsFunc(items, isBareStep) {
		return nil
	}
	var steps []*yaml.Node
	for _, item := range items {
		if !isBareStep(item) {
			return nil
		}
		if item.Kind == yaml.MapNode {
			steps = append(steps, stepsBeside(item, nil)...)
		} else {
			steps = append(steps, item)
		}
	}
	p.errorf(CodeWrongForm, n.Span, "write `catch: [{ do: "+listOf(steps)+" }]`",
		"`catch` takes a list of handlers, not of steps")
	handler := new(Handler)
	r := p.record(&yaml.Node{Kind: yaml.MapNode, Span: n.Span, Source: n.Source, Pairs: []yaml.Pair{
		{Key: "do", KeySpan: n.Span, Value: &yaml.Node{Kind: yaml.ListNode, Span: n.Span, Items: steps, Source: n.Source}}}},
		key.Keys, handler, "an item of `catch`")
	return &Records{Span: n.Span, Items: []*Record{r}}
}

// isBareStep reports whether a node is a step and no handler.
func isBareStep(n *yaml.Node) bool {
	if isText(n) {
		v := VerbNamed(n.Text)
		return v != nil && v.Bare
	}
	return n.Kind == yaml.MapNode && len(n.Pairs) > 0 && VerbNamed(n.Pairs[0].Key) != nil
}

// handlerHint is how `ValueError: [steps]` is written as a handler, "": it is no such thing.
func handlerHint(n *yaml.Node) string {
	if n.Kind != yaml.MapNode || len(n.Pairs) == 0 || n.Pairs[0].Value.Kind == yaml.ScalarNode &&
		!IsNull(n.Pairs[0].Value) {
		return ""
	}
	name := strings.TrimPrefix(n.Pairs[0].Key, "except ")
	if name == "" || name[0] != '(' && (name[0] < 'A' || name[0] > 'Z') || pythonExcept.Regexp().FindString(name) == "" {
		return ""
	}
	return withBody(handlerText(name), n.Pairs[0].Value)
}

// leadsOn reports whether the step below is a key of this one, such as `- catch:` below `- try:`, which is reported
// there.
func (p *parser) leadsOn(verb *Verb) bool {
	if p.next == nil || p.next.Kind != yaml.MapNode || len(p.next.Pairs) == 0 {
		return false
	}
	word, _, _ := strings.Cut(p.next.Pairs[0].Key, " ")
	own := keyNames(verb.Keys[1:])
	return VerbNamed(word) == nil && (slices.Contains(own, word) || suggestKey(word, own) != "") &&
		suggestKey(word, verbNames()) == ""
}

// notEntries reports steps, or names of coroutines, that stand where entries should, and whether they do.
func (p *parser) notEntries(n *yaml.Node, key *Key) bool {
	var items []string
	if n.Kind == yaml.MapNode {
		if len(n.Pairs) == 0 {
			return false
		}
		if n.Get("in") == nil && (n.Get("call") != nil || n.Get("do") != nil) {
			p.errorf(CodeWrongForm, n.Span, "write `"+key.Name+": ["+nodeText(n)+"]`", "`%s` takes a list of entries, not one",
				key.Name)
			return true
		}
		for _, pair := range n.Pairs {
			pairs := p.entryPairs("call", pair.Value.Text)
			if pairs == nil || findKey(key.Keys, pair.Key) != nil {
				return false
			}
			items = append(items, "{ "+strings.Join(append(pairs, "name: "+pair.Key), ", ")+" }")
		}
		p.errorf(CodeWrongForm, n.Span, "write `"+key.Name+": ["+strings.Join(items, ", ")+"]`",
			"`%s` takes a list, not a map", key.Name)
		return true
	}
	for _, item := range n.Items {
		if item.Kind != yaml.MapNode || !isBareStep(item) || findKey(EntryKeys, item.Pairs[0].Key) != nil {
			return false
		}
		items = append(items, p.entryText(item))
	}
	if len(items) == 0 {
		return false
	}
	p.errorf(CodeWrongForm, n.Span, "write `"+key.Name+": "+orEllipsis("["+strings.Join(items, ", ")+"]",
		"[{ do: […] }]")+"`",
		"`%s` takes tasks and entries, not steps", key.Name)
	return true
}

// entryText is a step as an entry of `gather`, or as the name of the task that it waits for.
func (p *parser) entryText(step *yaml.Node) string {
	first := step.Pairs[0]
	switch {
	case first.Key == AwaitKey.Name && len(step.Pairs) == 1 && isText(first.Value):
		return first.Value.Text
	case first.Key == "spawn" && isText(first.Value):
		pairs := []string{"call: " + first.Value.Text}
		for _, q := range step.Pairs[1:] {
			pairs = append(pairs, q.Key+": "+nodeText(q.Value))
		}
		return "{ " + strings.Join(pairs, ", ") + " }"
	}
	return "{ do: " + listOf(stepsBeside(step, nil)) + " }"
}

// scheduledSteps reports a `call_later` with steps of its own, and whether it is one.
func (p *parser) scheduledSteps(n *yaml.Node, verb *Verb) bool {
	if verb.Keys[0].Space != CallbackSpace {
		return false
	}
	at, body := n.Span, n.Get("do")
	if value := n.Get(verb.Name); value != nil && body == nil && value.Kind == yaml.MapNode && value.Get("do") != nil {
		at, body = value.Span, value.Get("do")
	} else if body != nil {
		at = p.keySpan(n, "do")
	}
	if body == nil {
		return false
	}
	p.errorf(CodeUnknownKey, at,
		"a callback stands at the top of the file: `callbacks: { tick: { do: "+nodeText(body)+" } }`; then `"+
			verb.Name+": tick`", "`%s` has no steps of its own", verb.Name)
	return true
}

// swappedPut reports a `put` with the value where the queue belongs, and the queue under a key such as `in`.
func (p *parser) swappedPut(n *yaml.Node, verb *Verb) bool {
	value := n.Get("put")
	if verb.Name != "put" || value == nil || n.Get("value") != nil {
		return false
	}
	for _, word := range queueWords {
		if queue := n.Get(word); queue != nil {
			p.errorf(CodeUnknownKey, p.keySpan(n, word), "write `- { put: "+nodeText(queue)+", value: "+nodeText(value)+" }`",
				"`put` has no key `%s`", word)
			return true
		}
	}
	return false
}

// queueWords is the keys under which other libraries have the queue that something is put into.
var queueWords = []string{"in", "into", "to", "queue"}

// swappedFor reports a `for` with its list where the variable belongs, and whether it is one.
func (p *parser) swappedFor(n *yaml.Node, verb *Verb) bool {
	list, as := n.Get(verb.Name), n.Get("as")
	if verb.key("in") == nil || verb.Keys[0].Space != TargetSpace || as == nil || list == nil || n.Get("in") != nil {
		return false
	}
	in := nodeText(list)
	if isText(list) && !strings.Contains(list.Text, "${") {
		in = written(list.Text)
	}
	p.errorf(CodeUnknownKey, p.keySpan(n, "as"), "write `"+verb.Name+": "+nodeText(as)+"` and `in: "+in+"`",
		"`%s` has no key `as`: it names the variable, `in` the list", verb.Name)
	return true
}

// gatherHint is how a step is written whose first value is a list of coroutines, "": it is none.
func (p *parser) gatherHint(n *yaml.Node) string {
	list := n.Pairs[0].Value
	if list.Kind != yaml.ListNode || len(list.Items) == 0 || VerbNamed(onlySynonym(n.Pairs[0].Key, verbNames())) != nil {
		return ""
	}
	items := make([]string, len(list.Items))
	for i, item := range list.Items {
		pairs := p.entryPairs("call", item.Text)
		if pairs == nil {
			return ""
		}
		items[i] = "{ " + strings.Join(pairs, ", ") + " }"
	}
	pairs := []string{"gather: [" + strings.Join(items, ", ") + "]"}
	for _, q := range n.Pairs[1:] {
		pairs = append(pairs, q.Key+": "+nodeText(q.Value))
	}
	return "write `- " + inBraces(pairs) + "`"
}

// variableHint is how a variable of the file is assigned whose name stands where a verb should, "": it is none.
func (p *parser) variableHint(n *yaml.Node) string {
	first := n.Pairs[0]
	if section := p.sectionOf(identifierOf(first.Key)); len(n.Pairs) == 1 &&
		(section == "shared" || section == "context") {
		return "write `- set: { " + keyText(first.Key) + ": " + nodeText(first.Value) + " }`"
	}
	if source.IsIdentifier(first.Key) && len(n.Pairs) == 1 && isText(first.Value) &&
		strings.Contains(first.Value.Text, "${") &&
		suggestKey(first.Key, verbNames()) == "" {
		return "to assign a variable, write `- let: { " + first.Key + ": " + nodeText(first.Value) + " }`"
	}
	return p.assignedHint(n)
}

// assignedHint is how a variable is assigned that stands where a verb should before a value that is none of a verb:
// what a call of Python gives, a number, or tasks that are made in a list; "": it is no such value.
func (p *parser) assignedHint(n *yaml.Node) string {
	first := n.Pairs[0]
	value := first.Value
	if len(n.Pairs) > 1 || !source.IsIdentifier(first.Key) || suggestKey(first.Key, verbNames()) != "" {
		return ""
	}
	switch {
	case isText(value):
		if s := p.statement(first.Key + " = " + value.Text); s != nil && s.binds != "" && VerbNamed(value.Text) == nil &&
			!strings.HasPrefix(s.pairs[0], "let:") && !strings.HasPrefix(s.pairs[0], "set:") {
			return s.advice()
		}
	case value.Kind == yaml.ListNode && len(value.Items) > 0:
		if pairs := p.callPairs(value.Items[0].Text); pairs != nil && strings.HasPrefix(pairs[0], "spawn:") {
			return "write a step for each: `- { " + strings.Join(pairs, ", ") + ", as: t }`"
		}
	case value.Kind == yaml.ScalarNode && !IsNull(value):
		return "to assign a variable, write `- let: { " + first.Key + ": " + nodeText(value) + " }`"
	}
	return ""
}

// identifierOf is the name with which a path begins.
func identifierOf(path string) string { return path[:source.WordLen(path, 0)] }

// objectVerbs is the verbs that use the objects of a section.
var objectVerbs = source.Words{
	{"events", "`signal` sets it, `wait` waits for it, `clear` clears it"}, {"queues", "`put` and `get` use it"},
	{"locks", "`acquire` and `release` use it"}, {"rwlocks", "`acquire` and `release` use it"},
	{"semaphores", "`acquire` and `release` use it"},
	{"conditions", "`wait` and `notify` use it"}, {"barriers", "`wait` waits for it"},
}

// objectHint is which verbs use the object of the file that stands behind an unknown word, "": there is none, or a
// verb is known.
func (p *parser) objectHint(n *yaml.Node) string {
	first := n.Pairs[0]
	if !isText(first.Value) || suggestKey(first.Key, verbNames()) != "" {
		return ""
	}
	if verbs := objectVerbs.Of(p.sectionOf(first.Value.Text)); verbs != "" {
		return "`" + source.Shorten(first.Value.Text) + "` is one of the `" + p.sectionOf(first.Value.Text) + "`: " + verbs
	}
	return ""
}
