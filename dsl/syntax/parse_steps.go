package syntax

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// newStep is an empty step.
func newStep(verb *Verb, at source.Span) *Step {
	node := verb.new()
	s := node.Head()
	*s = Record{Span: at, Verb: verb, Node: node}
	return s
}

// entry reports an entry that does not say what to run, or says it twice.
func (p *parser) entry(r *Record) {
	at := r.Span
	if len(r.Fields) > 0 {
		at = r.Fields[0].KeySpan
	}
	switch call, do := r.Written(EntryCall), r.Written(EntryDo); {
	case !call && !do && r.partial:
	case !call && !do:
		p.errorf(CodeEntry, at, "", "an entry needs `call: coroutine` or `do: steps`")
	case call && do:
		p.errorf(CodeEntry, at, "", "an entry has `call` or `do`, not both")
	case do && r.Written(WithKey):
		p.errorf(CodeEntry, at, "the steps of a `do` see the locals around them",
			"`with` needs `call`: `do` has no parameters")
	}
}

func (p *parser) entryOrName(n *yaml.Node, key *Key) FieldValue {
	if n.Kind == yaml.ScalarNode {
		return orNil(p.name(n, &Key{Name: key.Name, Space: CoroutineSpace}))
	}
	r := p.record(n, key.Keys, key.new(), "`"+key.Name+"`")
	p.entry(r)
	return r
}

func (p *parser) items(n *yaml.Node, key *Key) FieldValue {
	switch n.Kind {
	case yaml.MapNode:
		if n.Get("for") == nil && p.notEntries(n, key) {
			return nil
		}
		r := p.record(n, key.Keys, key.new(), "the generator of `"+key.Name+"`")
		p.entry(r)
		return r
	case yaml.ScalarNode:
		if r := p.reference(n, key); r != nil {
			return &Items{Span: n.Span, Items: []FieldValue{r}}
		}
		return nil
	}
	if p.notEntries(n, key) {
		return nil
	}
	items := &Items{Span: n.Span}
	for _, item := range n.Items {
		if item.Kind != yaml.ScalarNode {
			r := p.record(item, EntryKeys, new(Entry), "an entry")
			p.entry(r)
			items.Items = append(items.Items, r)
		} else if r := p.reference(item, key); r != nil {
			items.Items = append(items.Items, r)
		}
	}
	return items
}

func (p *parser) block(n *yaml.Node, key *Key) *Block {
	if n.Kind != yaml.ListNode {
		p.errorf(CodeWrongForm, n.Span, p.blockHint(n, key.Name), "`%s` takes a list of steps, not %s", key.Name, form(n))
		list := wrapped(n)
		if list == nil {
			p.skip(n)
			return nil
		}
		n = list
	}
	b := &Block{Span: n.Span}
	outer, arms := p.next, p.arms
	p.arms = key == ArmsKey
	items := p.joined(n)
	for i, item := range items {
		p.next = nil
		if i+1 < len(items) {
			p.next = items[i+1]
		}
		if s := p.step(item); s != nil {
			b.Steps = append(b.Steps, s)
		} else {
			b.Lacks = true
		}
	}
	p.next, p.arms = outer, arms
	return b
}

// joined is the items of a list of steps; those that hold keys of the step before them are reported, and belong to it.
func (p *parser) joined(list *yaml.Node) []*yaml.Node {
	items := list.Items
	for i := 0; i < len(items); i++ {
		step, n := together(items[i:])
		if n == 1 {
			continue
		}
		first := items[i+1].Pairs[0]
		at := source.Span{Start: items[i].Span.Start, End: items[i+n-1].Span.End}
		if text := list.Source.Text(list.Span); strings.HasPrefix(text, "[") {
			p.errorf(CodeUnknownVerb, first.KeySpan, "write `"+stepText(step)+"`", "`%s` is a key of the `%s` before it",
				first.Key, step.Pairs[0].Key)
			p.fix(at, "{ "+list.Source.Text(at)+" }")
		} else {
			p.errorf(CodeUnknownVerb, first.KeySpan, "write it under `"+step.Pairs[0].Key+"`, without the `- `",
				"`%s` is a key of the `%s` before it", first.Key, step.Pairs[0].Key)
			p.fix(at, withoutDashes(list.Source, at, items[i+1:i+n]))
		}
		step.Span = at
		items = slices.Concat(items[:i], []*yaml.Node{step}, items[i+n:])
	}
	return items
}

// together is the step that the first n items make.
func together(items []*yaml.Node) (step *yaml.Node, n int) {
	step = items[0]
	for n = 1; n < len(items) && restOf(step, items[n]); n++ {
		if n == 1 {
			step = copyOf(step) // the file's own node stays as it is
		}
		step.Pairs = append(step.Pairs, items[n].Pairs...)
	}
	return step, n
}

// oneStep is the step that a list was meant to be; nil: it was not.
func oneStep(list *yaml.Node) *yaml.Node {
	if list.Kind != yaml.ListNode || len(list.Items) == 0 {
		return nil
	}
	if step, n := together(list.Items); n == len(list.Items) && step.Kind == yaml.MapNode && len(step.Pairs) > 0 && VerbNamed(step.Pairs[0].Key) != nil {
		return step
	}
	return nil
}

// withoutDashes is the text at a span in which items have lost their dashes.
func withoutDashes(src *source.Source, at source.Span, items []*yaml.Node) string {
	text := []byte(src.Text(at))
	for _, item := range items {
		dash := bytes.LastIndexByte(text[:item.Span.Start-at.Start], '-')
		text[dash] = ' '
	}
	return string(text)
}

// restOf reports whether an item of a list has nothing but keys that the step before it has not, and could.
func restOf(step, item *yaml.Node) bool {
	if step.Kind != yaml.MapNode || item.Kind != yaml.MapNode || len(step.Pairs) == 0 || len(item.Pairs) == 0 {
		return false
	}
	verb := VerbNamed(step.Pairs[0].Key)
	return verb != nil && !slices.ContainsFunc(item.Pairs, func(pair yaml.Pair) bool {
		return verb.key(pair.Key) == nil || VerbNamed(pair.Key) != nil || step.Get(pair.Key) != nil
	})
}

// wrapped is the list of steps that stands in a map under one key of its own, such as `steps`; nil: there is none.
func wrapped(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MapNode && len(n.Pairs) == 1 && VerbNamed(n.Pairs[0].Key) == nil &&
		n.Pairs[0].Value.Kind == yaml.ListNode {
		return n.Pairs[0].Value
	}
	return nil
}

// blockHint says how a list of steps is written instead of n.
func (p *parser) blockHint(n *yaml.Node, name string) string {
	switch {
	case wrapped(n) != nil:
		return "remove `" + source.Shorten(n.Pairs[0].Key) + ":`, the list stands right here"
	case n.Kind == yaml.MapNode && len(n.Pairs) > 0 && strings.HasPrefix(n.Pairs[0].Key, "-"):
		return "a space follows the `-` of a step: `- " + source.Shorten(n.Pairs[0].Key[1:]) + ": …`"
	case n.Kind == yaml.MapNode:
		return "put a `- ` before each step: `" + name + ": " + listOf(stepsBeside(n, nil)) + "`"
	case IsNull(n):
		return "give it steps, such as `" + name + ": [print: hello]`, or leave it out"
	case isText(n) && p.isCoroutine(n.Text):
		return "write `" + name + ": [call: " + n.Text + "]`"
	case isText(n) && p.statement(n.Text) != nil && p.statement(n.Text).complete():
		return "write `" + name + ": [" + p.statement(n.Text).text() + "]`"
	case isText(n) && VerbNamed(n.Text) != nil:
		return "write `[" + n.Text + "]`, or `- " + n.Text + "` on the next line"
	}
	return ""
}

// step reads a map with one verb, or a bare verb.
func (p *parser) step(n *yaml.Node) *Step {
	switch {
	case n.Broken:
		return nil
	case isText(n):
		return p.bareStep(n)
	case n.Kind != yaml.MapNode || len(n.Pairs) == 0:
		p.skip(n)
		hint := "write `- print: text`, or a bare verb such as `- stop`"
		if one := oneStep(n); one != nil {
			hint = "write `" + stepText(one) + "`"
		}
		p.errorf(CodeNoVerb, n.Span, hint, "a step is a map with one verb, not %s", form(n))
		return nil
	}
	outer := p.within
	p.within = n
	defer func() { p.within = outer }()
	if s, told := p.statementStep(n); told {
		return s
	}
	if p.stepsWord(n) {
		p.block(n.Pairs[0].Value, DoKey)
		p.skip(n)
		return nil
	}
	meant := n
	if other := p.otherVerbOf(n.Pairs[0].Key); other != nil && VerbNamed(n.Pairs[0].Key) == nil {
		if meant = p.asyncioStep(n, other); meant == nil {
			p.skip(n)
			return nil
		}
	}
	verb, word := p.verb(meant)
	if verb == nil {
		p.skip(n)
		return nil
	}
	told := len(*p.diags)
	if p.misplaced(renamed(meant, word, verb.Name), verb) {
		if word != verb.Name || meant != n {
			(*p.diags)[told-1].Hint, (*p.diags)[told-1].Fix = (*p.diags)[told].Hint, source.Fix{}
			*p.diags = (*p.diags)[:told]
		}
		p.skip(n)
		return nil
	}
	if p.arms {
		arm := armOf(verb)
		if arm == nil {
			p.errorf(CodeWrongForm, n.Head(), "put it under the `then` of an arm", "an arm of `first` is one of %s, not `%s`",
				source.QuoteList(armNames()), verb.Name)
			p.skip(n)
			return nil
		}
		verb = arm
	}
	s := p.stepOf(meant, verb, word)
	if (meant != n || word != verb.Name) && p.withoutOwn(meant, told, meant == n) {
		p.skip(n)
		return nil // it was meant to be something else
	}
	return s
}

// misplaced reports what stands in the wrong place of a step, such as its steps, and whether there is something.
func (p *parser) misplaced(n *yaml.Node, verb *Verb) bool {
	return p.misplacedBody(n, verb) || p.scheduledSteps(n, verb) || p.swappedFor(n, verb) || p.swappedPut(n, verb) ||
		p.otherVerbFirst(n, verb)
}

// renamed is a map in which a key has another name.
func renamed(n *yaml.Node, from, to string) *yaml.Node {
	if from == to {
		return n
	}
	other := copyOf(n)
	for i := range other.Pairs {
		if other.Pairs[i].Key == from {
			other.Pairs[i].Key = to
		}
	}
	return other
}

// copyOf is a map with pairs of its own.
func copyOf(n *yaml.Node) *yaml.Node {
	other := *n
	other.Pairs = slices.Clone(n.Pairs)
	return &other
}

// stepOf reads the step of a verb, which is written as word.
func (p *parser) stepOf(n *yaml.Node, verb *Verb, word string) *Step {
	s := newStep(verb, n.Span)
	if p.leadsOn(verb) {
		s.partial = true
	}
	next := p.next
	defer func() { p.next = next }()
	for _, pair := range n.Pairs {
		key := verb.key(pair.Key)
		if pair.Key == word {
			key = verb.Keys[0]
		} else if key == nil && !p.inHint(s, pair) {
			key = p.unknownKey(s, verb.Keys[1:], pair, n, "`"+verb.Name+"`")
		}
		switch {
		case key == nil:
			p.skip(pair.Value)
		case key == verb.Keys[0] && key.Required && !key.Nullable && IsNull(pair.Value) && !pair.Value.Broken:
			p.errorf(CodeNoValue, pair.KeySpan, exampleHint(verb), "`%s` needs %s: %s", verb.Name, key.Kind, key.Doc)
			s.Fields = append(s.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		default:
			p.field(s, key, pair)
		}
	}
	p.next = next
	s.partial = s.partial || len(s.Fields) > 0 && s.Fields[0].Key == verb.Keys[0] && s.Fields[0].Value == nil &&
		!IsNull(n.Pairs[0].Value)
	p.required(s, verb.Keys, n, "`"+verb.Name+"`")
	if n, ok := s.Node.(*Spawn); ok && n.Inline != nil && n.With != nil {
		p.errorf(CodeEntry, n.Inline.Span, "", "`with` needs `spawn: coroutine`: an entry has its own `with`")
	}
	return s
}

// inHint reports whether the hint about a step's first value, which could not be read, says where the value of another
// key goes.
func (p *parser) inHint(s *Step, pair yaml.Pair) bool {
	if len(s.Fields) == 0 || s.Fields[0].Value != nil || len(*p.diags) == 0 {
		return false
	}
	last := (*p.diags)[len(*p.diags)-1]
	return last.Span.Start > s.Fields[0].KeySpan.Start && last.Span.Start < pair.KeySpan.Start &&
		strings.Contains(last.Hint, ": "+nodeText(pair.Value))
}

// withoutOwn drops the diagnostics since one of them that are about the keys and values of a step itself, not about
// what stands inside them: the step was meant to be something else than what was guessed, which has been said. It
// reports whether there was one. A guess that is sure holds unless a key is missing.
func (p *parser) withoutOwn(n *yaml.Node, since int, sure bool) bool {
	own := map[source.Span]bool{n.Span: true, n.Head(): true}
	for _, pair := range n.Pairs {
		own[pair.KeySpan], own[pair.Value.Span] = true, true
	}
	missing := func(d source.Diagnostic) bool { return d.Code == CodeMissingKey && own[d.Span] }
	if sure && !slices.ContainsFunc((*p.diags)[since:], missing) {
		return false
	}
	kept := slices.DeleteFunc((*p.diags)[since:],
		func(d source.Diagnostic) bool { return own[d.Span] && d.Code != CodeUnknownKey })
	dropped := len(*p.diags) - since - len(kept)
	*p.diags = (*p.diags)[:since+len(kept)]
	return dropped > 0
}

// assignedVerb matches a verb that stands behind the variable which gets its result.
var assignedVerb = source.NewPattern(`^(?:let |var |const )?([A-Za-z_]\w*) *= *(?:await )?(\w+)$`)

// statementStep reports a step whose key is a statement of another language, such as `for x in xs`, and gives its
// steps; told is false where it is none.
func (p *parser) statementStep(n *yaml.Node) (s *Step, told bool) {
	first := n.Pairs[0]
	if len(n.Pairs) > 1 || VerbNamed(first.Key) != nil || !strings.ContainsAny(first.Key, " (=") ||
		p.isCoroutine(first.Key) {
		return nil, false
	}
	text := first.Key
	if whole := n.Source.Text(n.Span); isText(first.Value) && strings.HasPrefix(whole, first.Key) {
		text = whole // its colon is part of the statement
	}
	meant := p.statement(text)
	if m := assignedVerb.Regexp().FindStringSubmatch(first.Key); m != nil && VerbNamed(m[2]) != nil &&
		VerbNamed(m[2]).key("as") != nil {
		meant = &statement{pairs: []string{m[2] + ": " + nodeText(first.Value), "as: " + m[1]}, binds: m[1]}
	}
	if meant == nil {
		return nil, false
	}
	hint := meant.advice()
	if do := first.Value.Get("do"); do != nil && do.Kind == yaml.ListNode && meant.body != "" {
		first.Value = do
	}
	if steps := stepsBeside(first.Value, nil); first.Value.Kind == yaml.MapNode && len(steps) > 0 {
		hint = strings.Replace(hint, meant.body+": […]", meant.body+": "+listOf(steps), 1)
	} else if first.Value.Kind == yaml.ListNode && meant.body != "" && !slices.ContainsFunc(first.Value.Items, isNoStep) {
		hint = strings.Replace(hint, meant.body+": […]", meant.body+": "+nodeText(first.Value), 1)
	}
	p.errorf(CodeUnknownVerb, first.KeySpan, hint, "there is no verb `%s`", source.Shorten(first.Key))
	if meant.body == "" || first.Value.Kind != yaml.ListNode {
		p.skip(n)
		return p.bound(meant, first.KeySpan), true
	}
	unread := &yaml.Node{Span: first.KeySpan, Broken: true, Source: n.Source}
	verb, _, _ := strings.Cut(meant.pairs[0], ":")
	pairs := []yaml.Pair{{Key: verb, KeySpan: first.KeySpan, Value: unread}}
	if meant.binds != "" {
		name := &yaml.Node{Span: first.KeySpan, Text: meant.binds, Source: n.Source}
		key, _, _ := strings.Cut(meant.pairs[len(meant.pairs)-1], ":")
		if pairs[0].Value = name; key == "as" {
			pairs[0].Value, unread = unread, name
		}
		pairs = append(pairs, yaml.Pair{Key: key, KeySpan: first.KeySpan, Value: unread})
	}
	pairs = append(pairs, yaml.Pair{Key: meant.body, KeySpan: first.KeySpan, Value: first.Value})
	p.unread = append(p.unread, first.KeySpan)
	return p.stepOf(&yaml.Node{Kind: yaml.MapNode, Span: n.Span, Pairs: pairs, Source: n.Source}, VerbNamed(verb), verb),
		true
}

// isNoStep reports whether a node is a map that begins with no verb.
func isNoStep(n *yaml.Node) bool {
	return n.Kind == yaml.MapNode && (len(n.Pairs) == 0 || VerbNamed(n.Pairs[0].Key) == nil)
}

func (p *parser) bareStep(n *yaml.Node) *Step {
	verb := VerbNamed(n.Text)
	switch {
	case verb == nil:
		return p.textStep(n)
	case !verb.Bare:
		p.errorf(CodeNoValue, n.Span, cmp.Or(exampleHint(verb), "write `- "+verb.Name+": …`"), "`%s` needs %s: %s",
			verb.Name, verb.Keys[0].Kind, verb.Keys[0].Doc)
		return nil
	}
	return newStep(verb, n.Span)
}

// textStep reports a text that is no step, and gives what it was meant to assign; nil: nothing.
func (p *parser) textStep(n *yaml.Node) *Step {
	p.skip(n)
	word, _, _ := strings.Cut(n.Text, " ")
	before, _, _ := strings.Cut(n.Text, ":")
	report := func(hint string) {
		p.errorf(CodeUnknownVerb, n.Span, hint, "%s is no step: a step is `verb: value`, or a bare verb", form(n))
	}
	if v := VerbNamed(before); v != nil { // before a colon, since the text itself is none
		report("write `- " + v.Name + ": …`, with a space after the colon")
		p.fix(n.TextSpan(len(before)+1, len(before)+1), " ")
		return nil
	}
	if other := p.otherVerbOf(n.Text); other != nil && other.hint != "" {
		report(other.hint)
		return nil
	}
	if other := p.otherVerbOf(word); other != nil && other.hint != "" && VerbNamed(word) == nil {
		report(other.hint)
		return nil
	}
	meant := p.statement(n.Text)
	if meant == nil {
		report(didYouMeanKey(word, verbNames()))
		if v := VerbNamed(source.OnlySuggestion(n.Text, verbNames())); v != nil && v.Bare {
			p.fix(n.TextSpan(0, len(n.Text)), v.Name)
		}
		return nil
	}
	report(meant.advice())
	if text := meant.text(); meant.complete() && p.isStep(text) && !strings.Contains(n.Source.Text(n.Span), "\n") {
		p.fix(n.Span, text)
	}
	return p.bound(meant, n.Span)
}

// exampleHint shows the value of a verb by its example.
func exampleHint(verb *Verb) string {
	line, _, _ := strings.Cut(verb.Example, "\n")
	if strings.HasSuffix(line, ":") {
		return ""
	}
	return "such as `- " + line + "`"
}

// isStep reports whether a text, as an item of a list, is one step without mistakes.
func (p *parser) isStep(text string) bool {
	var diags source.Diagnostics
	root, _ := yaml.Parse(source.NewSource("", []byte("- "+text)), &diags)
	if root == nil || root.Kind != yaml.ListNode || len(root.Items) != 1 || len(diags) > 0 {
		return false
	}
	quiet := parser{diags: &diags, root: p.root, unit: p.unit}
	return quiet.step(root.Items[0]) != nil && len(diags) == 0
}

// bound is a step that assigns what a statement assigns, and of which nothing else is known; nil: it assigns nothing.
func (p *parser) bound(s *statement, at source.Span) *Step {
	if s.binds == "" || expressionWord(s.binds) || slices.Contains(ownNames, s.binds) || !p.isAssignable(s.binds) {
		return nil
	}
	step := newStep(VerbNamed("call"), at)
	step.partial = true
	step.add(Field{Key: AsKey, KeySpan: at, Value: &Name{Span: at, Text: s.binds}})
	return step
}

// isAssignable reports whether the file declares no constant of that name.
func (p *parser) isAssignable(name string) bool {
	key := findKey(TopKeys, p.sectionOf(name))
	return key == nil || !key.Declares || key.Name == "shared"
}

// verb finds the one verb of a step. A word that is also a key of another verb that is there (spawn's context) counts
// as that key. word is how it is written: a misspelt one has been reported.
func (p *parser) verb(n *yaml.Node) (verb *Verb, word string) {
	var verbs []*Verb
	for _, pair := range n.Pairs {
		if v := VerbNamed(pair.Key); v != nil {
			verbs = append(verbs, v)
		}
	}
	if len(verbs) == 0 {
		return p.noVerb(n)
	}
	var own []*Verb
	for _, v := range verbs {
		isKey := false
		for _, other := range verbs {
			isKey = isKey || other != v && (other.key(v.Name) != nil || v.Name == "timeout" && other.key("within") != nil)
		}
		if !isKey {
			own = append(own, v)
		}
	}
	if len(own) == 0 {
		own = verbs[:1]
	}
	if len(own) > 1 {
		for _, pair := range n.Pairs {
			if pair.Key == own[1].Name {
				p.errorf(CodeSeveralVerbs, pair.KeySpan, severalHint(n, own[0], own[1]),
					"a step has one verb: this one has `%s` and `%s`", own[0].Name, own[1].Name)
			}
		}
		return nil, ""
	}
	return own[0], own[0].Name
}

func (p *parser) keySpan(n *yaml.Node, key string) source.Span {
	for _, pair := range n.Pairs {
		if pair.Key == key {
			return pair.KeySpan
		}
	}
	return n.Span
}

// noVerb reports a step without a verb: most likely its first key is a misspelt one. It gives the verb that was surely
// meant, and how it is written.
func (p *parser) noVerb(n *yaml.Node) (verb *Verb, word string) {
	first := n.Pairs[0]
	unknown := func(pair yaml.Pair, hint string) {
		p.errorf(CodeUnknownVerb, pair.KeySpan, hint, "there is no verb `%s`", source.Shorten(pair.Key))
	}
	if hint := cmp.Or(p.otherStep(n), p.methodHint(n)); hint != "" {
		unknown(first, hint)
		return nil, ""
	}
	if n.Get("uses") != nil {
		p.errorf(CodeUnknownVerb, p.keySpan(n, "uses"), stepKeys.Of("uses"), "there is no verb `uses`")
		return nil, ""
	}
	if run := n.Get("run"); run != nil && !p.isCoroutine(run.Text) {
		p.errorf(CodeUnknownVerb, p.keySpan(n, "run"), runHint, "there is no verb `run`")
		return nil, ""
	}
	if key, value := withUnit(durationVerbs(), first); key != nil {
		p.unitFix(CodeUnknownVerb, first, key, value, "there is no verb `"+first.Key+"`")
		return VerbNamed(key.Name), first.Key
	}
	if hint := cmp.Or(p.gatherHint(n), p.variableHint(n), p.objectHint(n)); hint != "" {
		unknown(first, hint)
		return nil, ""
	}
	names := verbNames()
	if pair, ok := p.misspeltVerb(n, names); ok {
		unknown(pair, "did you mean `"+suggestKey(pair.Key, names)+"`?")
		only := onlyKey(pair.Key, names, n)
		p.fix(pair.KeySpan, only)
		if verb = VerbNamed(only); verb == nil {
			return nil, ""
		}
		return verb, pair.Key
	}
	if handler := exceptHint(first.Key, first.Value); handler != "" {
		if do := n.Get("do"); do != nil {
			handler = strings.Replace(handler, "do: […]", "do: "+nodeText(do), 1)
		}
		unknown(first, handler+" beside `try:`, without the `- `")
		return nil, ""
	}
	for _, v := range Verbs {
		if v.key(first.Key) != nil || slices.Contains(v.others(), first.Key) {
			unknown(first, "it is a key of `"+v.Name+"`: write it beside, without the `- `")
			return nil, ""
		}
	}
	unknown(first, "")
	return nil, ""
}

// runHint says what stands for a command.
const runHint = "commands are not run here: a step such as `- sleep: 1s` or `- print: text` stands for one"

// misspeltVerb is the key of a step that comes nearest to a verb. Keys that some verb has are no misspelt verbs where
// another is.
func (p *parser) misspeltVerb(n *yaml.Node, names []string) (found yaml.Pair, ok bool) {
	for _, keys := range []bool{false, true} {
		for _, pair := range n.Pairs {
			isKey := slices.ContainsFunc(Verbs, func(v *Verb) bool { return v.key(pair.Key) != nil })
			if isKey == keys && suggestKey(pair.Key, names) != "" {
				return pair, true
			}
		}
	}
	return yaml.Pair{}, false
}

// verbNames is the names of the verbs, for hints: of those that are built.
func verbNames() []string {
	names := make([]string, 0, len(Verbs))
	for _, v := range Verbs {
		names = append(names, v.Name)
	}
	return names
}
