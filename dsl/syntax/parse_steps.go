package syntax

import (
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
	if n.Kind != yaml.MapNode {
		return orNil(p.name(n, &Key{Name: key.Name, Space: CoroutineSpace}))
	}
	r := p.record(n, key.Keys, key.new(), "`"+key.Name+"`")
	p.entry(r)
	return r
}

func (p *parser) items(n *yaml.Node, key *Key) FieldValue {
	switch n.Kind {
	case yaml.MapNode:
		r := p.record(n, key.Keys, key.new(), "the generator of `"+key.Name+"`")
		p.entry(r)
		return r
	case yaml.ScalarNode:
		if r := p.reference(n, key); r != nil {
			return &Items{Span: n.Span, Items: []FieldValue{r}}
		}
		return nil
	}
	items := &Items{Span: n.Span}
	for _, item := range n.Items {
		if item.Kind == yaml.MapNode {
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
		p.errorf(CodeWrongForm, n.Span, blockHint(n), "`%s` takes a list of steps, not %s", key.Name, form(n))
		list := wrapped(n)
		if list == nil {
			p.skip(n)
			return nil
		}
		n = list
	}
	b := &Block{Span: n.Span}
	for _, item := range n.Items {
		if s := p.step(item); s != nil {
			b.Steps = append(b.Steps, s)
		}
	}
	return b
}

// wrapped is the list of steps that stands in a map under one key of its own, such as `steps`; nil: there is none.
func wrapped(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MapNode && len(n.Pairs) == 1 && VerbNamed(n.Pairs[0].Key) == nil && n.Pairs[0].Value.Kind == yaml.ListNode {
		return n.Pairs[0].Value
	}
	return nil
}

// blockHint says how a list of steps is written instead of n.
func blockHint(n *yaml.Node) string {
	switch {
	case wrapped(n) != nil:
		return "remove `" + source.Shorten(n.Pairs[0].Key) + ":`, the list stands right here"
	case n.Kind == yaml.MapNode && len(n.Pairs) > 0 && strings.HasPrefix(n.Pairs[0].Key, "-"):
		return "a space follows the `-` of a step: `- " + source.Shorten(n.Pairs[0].Key[1:]) + ": …`"
	case n.Kind == yaml.MapNode:
		return "put a `- ` before each step"
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
		p.errorf(CodeNoVerb, n.Span, "write `- print: text`, or a bare verb such as `- stop`",
			"a step is a map with one verb, not %s", form(n))
		return nil
	}
	if other := p.otherVerbOf(n.Pairs[0].Key); other != nil && VerbNamed(n.Pairs[0].Key) == nil {
		meant := p.asyncioStep(n, other)
		if meant == nil {
			p.skip(n)
			return nil
		}
		n = meant
	}
	verb, word := p.verb(n)
	if verb == nil {
		p.skip(n)
		return nil
	}
	s := newStep(verb, n.Span)
	for _, pair := range n.Pairs {
		key := verb.key(pair.Key)
		if pair.Key == word {
			key = verb.Keys[0]
		} else if key == nil {
			key = p.unknownKey(s, verb.Keys[1:], pair, n, "`"+verb.Name+"`")
		}
		switch {
		case key == nil:
			p.skip(pair.Value)
		case key == verb.Keys[0] && key.Required && IsNull(pair.Value) && !pair.Value.Broken:
			p.errorf(CodeNoValue, pair.KeySpan, "", "`%s` needs %s: %s", verb.Name, key.Kind, key.Doc)
			s.Fields = append(s.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		default:
			p.field(s, key, pair)
		}
	}
	p.required(s, verb.Keys, n, "`"+verb.Name+"`")
	if n, ok := s.Node.(*Spawn); ok && n.Inline != nil && n.With != nil {
		p.errorf(CodeEntry, n.Inline.Span, "", "`with` needs `spawn: coroutine`: an entry has its own `with`")
	}
	return s
}

func (p *parser) bareStep(n *yaml.Node) *Step {
	verb := VerbNamed(n.Text)
	switch {
	case verb == nil:
		word, _, _ := strings.Cut(n.Text, " ")
		hint := didYouMeanKey(word, verbNames())
		before, _, colon := strings.Cut(n.Text, ":")
		spaced := VerbNamed(word)
		if other := p.otherVerbOf(n.Text); other != nil && other.hint != "" {
			hint = other.hint
		} else if v := VerbNamed(before); v != nil {
			hint = "write `- " + v.Name + ": …`, with a space after the colon"
		} else if meant := StepHint(n.Text); meant != "" {
			hint = meant
		} else if spaced != nil && spaced.Keys[0].Kind != NothingKey && word != n.Text {
			hint = spacedHint(word, n.Text)
		}
		p.skip(n)
		p.errorf(CodeUnknownVerb, n.Span, hint, "%s is no step: a step is `verb: value`, or a bare verb", form(n))
		if spaced != nil && hint == spacedHint(word, n.Text) {
			p.fix(n.TextSpan(len(word), len(word)), ":")
		}
		if v := VerbNamed(before); v != nil && colon {
			p.fix(n.TextSpan(len(before)+1, len(before)+1), " ")
		}
		if b := p.assignment(n); b != nil {
			let := VerbNamed("let")
			s := newStep(let, n.Span)
			s.add(Field{Key: let.Keys[0], KeySpan: n.Span, Value: b})
			return s
		}
		return nil
	case verb.Unbuilt:
		p.errorf(CodeNotBuilt, n.Span, "", "`%s` is not built yet", verb.Name)
		return nil
	case !verb.Bare:
		p.errorf(CodeNoValue, n.Span, "write `- "+verb.Name+": …`", "`%s` needs %s: %s",
			verb.Name, verb.Keys[0].Kind, verb.Keys[0].Doc)
		return nil
	}
	return newStep(verb, n.Span)
}

// spacedHint is how the step `sleep 1s` is written.
func spacedHint(word, text string) string {
	return "write `- " + word + ": " + source.Shorten(strings.TrimPrefix(text[len(word):], " ")) + "`"
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
	if own[0].Unbuilt {
		p.errorf(CodeNotBuilt, p.keySpan(n, own[0].Name), "", "`%s` is not built yet", own[0].Name)
		return nil, ""
	}
	return own[0], own[0].Name
}

// severalHint says where the second verb of a step belongs: into the body that the first one lacks, or into a step of its own.
func severalHint(n *yaml.Node, first, second *Verb) string {
	for _, body := range []string{"do", "then"} {
		if key := first.key(body); key != nil && key.Required && n.Get(body) == nil {
			return "put it into a list under `" + body + ":`, as a step of its own: `- " + second.Name + ": …`"
		}
	}
	return "begin a new step: `- " + second.Name + ": …`"
}

func (p *parser) keySpan(n *yaml.Node, key string) source.Span {
	for _, pair := range n.Pairs {
		if pair.Key == key {
			return pair.KeySpan
		}
	}
	return n.Span
}

// noVerb reports a step without a verb: most likely its first key is a misspelt one. It gives the verb that was surely meant,
// and how it is written.
func (p *parser) noVerb(n *yaml.Node) (verb *Verb, word string) {
	first, names := n.Pairs[0], verbNames()
	hint := methodHint(first)
	if p.isCoroutine(first.Key) {
		hint = "it is a coroutine: `- call: " + first.Key + "`, with its arguments under `with:`"
	}
	if hint != "" {
		p.errorf(CodeUnknownVerb, first.KeySpan, hint, "there is no verb `%s`", source.Shorten(first.Key))
		return nil, ""
	}
	if run := n.Get("run"); run != nil && !source.IsDefinable(run.Text) {
		p.errorf(CodeUnknownVerb, p.keySpan(n, "run"), "commands are not run here: a step such as `- sleep: 1s` or `- print: text` stands for one",
			"there is no verb `run`")
		return nil, ""
	}
	for _, pair := range n.Pairs {
		if s := suggestKey(pair.Key, names); s != "" {
			p.errorf(CodeUnknownVerb, pair.KeySpan, "did you mean `"+s+"`?", "there is no verb `%s`", source.Shorten(pair.Key))
			only := onlyKey(pair.Key, names, n)
			p.fix(pair.KeySpan, only)
			if verb = VerbNamed(only); verb == nil || verb.Unbuilt {
				return nil, ""
			}
			return verb, pair.Key
		}
	}
	hint = StepHint(first.Key)
	for _, v := range Verbs {
		if v.key(first.Key) != nil {
			hint = "it is a key of `" + v.Name + "`: write it beside, without the `- `"
			break
		}
	}
	p.errorf(CodeUnknownVerb, first.KeySpan, hint, "there is no verb `%s`", source.Shorten(first.Key))
	return nil, ""
}

// verbNames is the names of the verbs, for hints: of those that are built.
func verbNames() []string {
	names := make([]string, 0, len(Verbs))
	for _, v := range Verbs {
		if !v.Unbuilt {
			names = append(names, v.Name)
		}
	}
	return names
}
