package syntax

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// parser reads a file's YAML tree into records after the tables of keys. It reports what it finds and goes on.
type parser struct {
	diags      *source.Diagnostics
	root       *yaml.Node    // of the file; nil: not known
	unit       int64         // the file's unit of time in nanoseconds; 0: seconds
	within     *yaml.Node    // the step that is read, nil: none
	next       *yaml.Node    // the step below it in its list, nil: none
	arms       bool          // what is read are the arms of a `first`
	stepsAtTop bool          // it has been said that a step stands among the keys of the file
	unread     []source.Span // what could not be read, which has been reported
}

// unitNanos is what a bare number of time counts, in nanoseconds.
func (p *parser) unitNanos() int64 { return cmp.Or(p.unit, 1e9) }

// clockUnit is the unit of time that a file says, in nanoseconds; 0: it says none, or none that there is. It is read before
// all else: what other numbers mean depends on it.
func clockUnit(root *yaml.Node) int64 {
	clock := root.Get("clock")
	if clock == nil || clock.Kind != yaml.MapNode || clock.Get("unit") == nil {
		return 0
	}
	for _, u := range engine.TimeUnits {
		if clock.Get("unit").Text == u.Symbol {
			return u.Nanos
		}
	}
	return 0
}

// skip notes that what stands in a node is not read: the names that it declares are not missed.
func (p *parser) skip(n *yaml.Node) { p.unread = append(p.unread, n.Span) }

func (p *parser) errorf(code string, at source.Span, hint, format string, args ...any) {
	*p.diags = append(*p.diags, source.Diagnostic{Code: code, Span: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// fix says what mends the latest diagnostic; nothing does where text is empty.
func (p *parser) fix(at source.Span, text string) {
	if text != "" {
		(*p.diags)[len(*p.diags)-1].Fix = source.Fix{Span: at, New: text}
	}
}

// form says what a node is, for messages.
func form(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.ListNode:
		return "a list"
	case n.Kind == yaml.MapNode:
		return "a map"
	case n.Type == yaml.NullScalar:
		return "nothing"
	case n.Type == yaml.BoolScalar:
		return "`" + n.Text + "`"
	case n.Type == yaml.StringScalar:
		return "the text " + strconv.Quote(source.Shorten(n.Text))
	}
	return "the number " + n.Text
}

func (p *parser) wrongForm(n *yaml.Node, key *Key) {
	p.errorf(CodeWrongForm, n.Span, "", "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
}

func isText(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Type == yaml.StringScalar }

// IsNull reports whether n is `null`, `~` or nothing at all.
func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Type == yaml.NullScalar }

// record reads a map with known keys into a node. what says whose keys they are, for messages.
func (p *parser) record(n *yaml.Node, keys []*Key, node Node, what string) *Record {
	r := node.Head()
	*r = Record{Span: n.Span, Node: node, partial: n.Broken || n.Kind != yaml.MapNode || n.Partial}
	if n.Broken {
		return r
	}
	if do := findKey(keys, "do"); n.Kind == yaml.ListNode && isBody(node) {
		r.partial = n.Broken
		r.add(Field{Key: do, KeySpan: source.Span{Start: n.Span.Start, End: n.Span.Start}, Value: orNil(p.block(n, do))})
		return r
	}
	if n.Kind != yaml.MapNode {
		hint := wordHint(n, keys, "{ %s }")
		if isText(n) && len(keys) == len(CatchKey.Keys) && keys[0] == CatchKey.Keys[0] {
			hint = "write `" + handlerText(n.Text) + "`"
		} else if hint == "" {
			hint = p.recordHint(n, keys, node)
		}
		p.errorf(CodeWrongForm, n.Span, hint, "%s is a map with %s, not %s", what, keyList(keys), form(n))
		return r
	}
	for _, pair := range n.Pairs {
		key := findKey(keys, pair.Key)
		if key == nil {
			key = p.unknownKey(r, keys, pair, n, what)
		}
		if key != nil {
			p.field(r, key, pair)
		} else {
			p.skip(pair.Value)
		}
	}
	p.required(r, keys, n, what)
	return r
}

// TakesSteps reports whether a list of steps stands for the map that a key takes, with nothing but that list under `do`.
func (k *Key) TakesSteps() bool { return k.new != nil && isBody(k.new()) }

// isBody reports whether a node may be written as the list of its steps alone.
func isBody(n Node) bool {
	switch n.(type) {
	case *Definition, *Entry:
		return true
	}
	return false
}

// unknownKey reports a key that is not among keys, and gives the one it was surely meant to be, as which its value is
// read: so one misspelt word is one message, and what stands under it is looked at. Where that is a mere guess, its
// key is not missed.
func (p *parser) unknownKey(r *Record, keys []*Key, pair yaml.Pair, n *yaml.Node, what string) *Key {
	names := keyNames(keys)
	meant, hint := suggestKey(pair.Key, names), didYouMeanKey(pair.Key, names)
	if p.wideColon(r, keys, pair, what) {
		return nil
	}
	if key, value := withUnit(keys, pair); key != nil && n.Get(key.Name) == nil && !r.Written(key) {
		p.unitFix(CodeUnknownKey, pair, key, value, fmt.Sprintf("%s has no key `%s`", what, pair.Key))
		return key
	}
	if except := exceptHint(pair.Key, pair.Value); except != "" && findKey(keys, CatchKey.Name) != nil {
		p.errorf(CodeUnknownKey, pair.KeySpan, except, "%s has no key `%s`", what, source.Shorten(pair.Key))
		r.Fields = append(r.Fields, Field{Key: CatchKey, KeySpan: pair.KeySpan})
		return nil
	}
	if with := findKey(keys, WithKey.Name); with == WithKey && p.isArgument(n, pair.Key) {
		p.errorf(CodeUnknownKey, pair.KeySpan,
			"arguments stand under `with:`: write `with: { "+pair.Key+": "+nodeText(pair.Value)+" }`",
			"%s has no key `%s`", what, source.Shorten(pair.Key))
		r.Fields = append(r.Fields, Field{Key: WithKey, KeySpan: pair.KeySpan})
		return nil
	}
	if do := findKey(keys, "do"); do != nil && pair.Key == "run" && isText(pair.Value) && !p.isCoroutine(pair.Value.Text) {
		p.errorf(CodeUnknownKey, pair.KeySpan, runHint, "%s has no key `run`", what)
		r.Fields = append(r.Fields, Field{Key: do, KeySpan: pair.KeySpan})
		return nil
	}
	do := findKey(keys, "do")
	lacksDo := do != nil && do != LoanKey && n.Get("do") == nil
	switch {
	case do != nil && do != LoanKey && VerbNamed(pair.Key) != nil && (meant == "" || lacksDo):
		hint, meant = besideHint(n, do), ""
		if lacksDo && r.Written(do) {
			return nil // a further step without its `do`: said once
		} else if lacksDo {
			r.Fields = append(r.Fields, Field{Key: do, KeySpan: pair.KeySpan})
		}
	case meant != "" && (n != p.root || VerbNamed(pair.Key) == nil):
	case n == p.root && VerbNamed(pair.Key) != nil:
		if p.stepsAtTop {
			return nil
		}
		p.stepsAtTop = true
		main := findKey(keys, "main")
		hint, meant = besideHint(&yaml.Node{Kind: yaml.MapNode, Pairs: stepsOnly(n)}, main), ""
		r.Fields = append(r.Fields, Field{Key: main, KeySpan: pair.KeySpan})
	case n == p.root && isWrapper(pair.Value):
		hint = "remove `" + source.Shorten(pair.Key) + ":`: its keys stand at the beginning of a line"
		p.losesAll(r, pair)
	case wordOfKey(keys, pair.Key) != nil:
		hint = "write `" + wordOfKey(keys, pair.Key).Name + ": " + pair.Key + "`"
	case isExpect(r) && p.sectionOf(pair.Key) == "shared" && pair.Value.Kind == yaml.ScalarNode:
		hint = "write `that: " + pair.Key + " == " + nodeText(pair.Value) + "`"
	case r.Verb == nil && findKey(spawnKeys(), pair.Key) != nil && isInline(keys):
		hint = "it stands beside `spawn:`: write `- { spawn: { … }, " + pair.Key + ": " + nodeText(pair.Value) + " }`"
	case otherKeys.Of(pair.Key) != "" && (n == p.root || findKey(keys, "call") != nil):
		hint = otherKeys.Of(pair.Key)
	case r.Verb != nil && stepKeyHint(r.Verb, n, pair) != "":
		hint = stepKeyHint(r.Verb, n, pair)
	case findKey(keys, "error") != nil && strings.HasSuffix(pair.Key, "Error"):
		hint = "write `error: " + source.Shorten(pair.Key) + "`, with its steps under `do:`"
		if meant := handlerHint(n); meant != "" {
			hint = "write `" + meant + "`"
		}
	}
	if entry := findKey(keys, EntryCall.Name) == EntryCall; entry && meant == "" {
		if r.partial = true; p.isCoroutine(pair.Key) {
			hint = "write `{ " + strings.Join(p.calledPairs(pair.Key, pair.Value), ", ") + " }`"
		}
	}
	p.errorf(CodeUnknownKey, pair.KeySpan, hint, "%s has no key `%s`", what, source.Shorten(pair.Key))
	key := findKey(keys, meant)
	if key == nil || n.Get(meant) != nil || r.Written(key) {
		return nil
	}
	p.fix(pair.KeySpan, onlyKey(pair.Key, names, n))
	if source.Suggest(pair.Key, names) != source.OnlySuggestion(pair.Key, names) {
		r.Fields = append(r.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		return nil
	}
	return key
}

// wordOfKey is the key of which a word is a value, nil: of none.
func wordOfKey(keys []*Key, word string) *Key {
	if i := slices.IndexFunc(keys, func(k *Key) bool { return slices.Contains(k.Words, word) }); i >= 0 {
		return keys[i]
	}
	return nil
}

func isExpect(r *Record) bool {
	_, ok := r.Node.(*Expect)
	return ok
}

// isInline reports whether keys are those of the map behind `spawn`.
func isInline(keys []*Key) bool { return len(keys) == len(entryBody) && keys[0] == EntryCall }

// spawnKeys is the keys that stand beside `spawn`.
func spawnKeys() []*Key { return VerbNamed("spawn").Keys[1:] }

// isArgument reports whether a key is a parameter of the coroutine that a map calls.
func (p *parser) isArgument(n *yaml.Node, key string) bool {
	return slices.ContainsFunc(n.Pairs, func(pair yaml.Pair) bool {
		return isText(pair.Value) && (pair.Key == EntryCall.Name || VerbNamed(pair.Key) != nil) &&
			slices.Contains(p.paramNames(pair.Value.Text), key)
	})
}

// keyList names keys, where there are not too many to read: then the first.
func keyList(keys []*Key) string {
	names := keyNames(keys)
	switch n := len(names); {
	case n == 1:
		return "the key `" + names[0] + "`"
	case n > source.MaxListed:
		return "keys such as `" + names[0] + "`"
	}
	return "the keys " + source.QuoteList(names)
}

// wordHint is how a map is written of which only a word is there, or the condition: `{ mode: real }`. In a list, format
// has brackets.
func wordHint(n *yaml.Node, keys []*Key, format string) string {
	for _, key := range keys {
		switch {
		case n.Kind == yaml.ScalarNode && slices.Contains(key.Words, n.Text):
			return fmt.Sprintf("write `"+format+"`", key.Name+": "+n.Text)
		case isText(n) && key.Kind == ConditionKey && key.Required:
			return fmt.Sprintf("write `"+format+"`", key.Name+": "+source.QuoteYAML(n.Text))
		}
	}
	return ""
}

// field reads one pair into r.
func (p *parser) field(r *Record, key *Key, pair yaml.Pair) {
	f := Field{Key: key, KeySpan: pair.KeySpan}
	told := len(*p.diags)
	if f.Value = p.fieldValue(pair.Value, key); f.Value == nil {
		p.skip(pair.Value)
	}
	if pair.Key != key.Name {
		p.oneMessage(pair, told)
	}
	r.add(f)
}

// oneMessage drops what was said since a diagnostic about the form of a value whose key has another name, which has
// been said just before, and gives its hint to that.
func (p *parser) oneMessage(pair yaml.Pair, since int) {
	if since == 0 || (*p.diags)[since-1].Span != pair.KeySpan {
		return
	}
	about := &(*p.diags)[since-1]
	kept := slices.DeleteFunc((*p.diags)[since:], func(d source.Diagnostic) bool {
		same := d.Span == pair.Value.Span && (d.Code == CodeWrongForm || d.Hint != "" &&
			(d.Code == CodeBadName || d.Code == CodeReference))
		if same && d.Hint != "" {
			about.Hint = d.Hint
		}
		return same
	})
	*p.diags = (*p.diags)[:since+len(kept)]
}

// add adds a field, and gives its value to the node.
func (r *Record) add(f Field) {
	r.Fields = append(r.Fields, f)
	if f.Key.into != nil {
		f.Key.into(r.Node, f.Value)
	}
}

// required reports the required keys that n lacks.
func (p *parser) required(r *Record, keys []*Key, n *yaml.Node, what string) {
	if r.partial {
		return
	}
	for _, key := range keys {
		if key.Required && !r.Written(key) && !p.told(n, key.Name) && (key.Instead == nil || !r.Written(key.Instead)) {
			hint := "`" + key.Name + ":` is " + key.Kind.String() + ", " + key.Doc
			if key.Instead != nil {
				hint += "; or `" + key.Instead.Name + ":` is " + key.Instead.Doc
			}
			if key == VersionKey {
				hint = "write `runloop: 1` first"
			} else if below := p.bodyBelow(key); below != "" && r.Verb != nil {
				hint = below
				p.skip(n)
			}
			p.errorf(CodeMissingKey, n.Head(), hint, "%s lacks its `%s`", what, key.Name)
			if at := n.Head(); key == VersionKey && at.Start == n.Span.Start { // else it stands in braces
				p.fix(source.Span{Start: at.Start, End: at.Start}, "runloop: 1"+n.Source.LineBreak())
			}
		}
	}
}

// told reports whether a key stands in the map n without its colon, or in `for: x in xs`, which has been reported.
func (p *parser) told(n *yaml.Node, key string) bool {
	if v := n.Get("for"); key == "in" && v != nil && (v.Broken || pythonLoop(v.Text) != nil) {
		return true
	}
	return slices.ContainsFunc(*p.diags, func(d source.Diagnostic) bool {
		return d.Code == yaml.CodeMissingColon && strings.HasPrefix(n.Source.Text(d.Span), key)
	})
}

// fieldValue reads the value of a key, nil: it is wrong, which has been reported.
func (p *parser) fieldValue(n *yaml.Node, key *Key) FieldValue {
	if n.Broken {
		return nil
	}
	switch key.Kind {
	case ValueKey, TextKey:
		if key.Kind == TextKey && key.Literal && n.Kind != yaml.ScalarNode {
			break
		}
		v := p.value(n, key.Literal)
		if key.takesText() {
			v = v.AsText()
		}
		return orNil(v)
	case ConditionKey:
		return orNil(p.condition(n, key))
	case ExpressionKey:
		return orNil(p.expression(n, key))
	case ConditionsKey:
		return p.conditions(n, key)
	case DurationKey:
		return orNil(p.duration(n, key))
	case ReferenceKey:
		return orNil(p.reference(n, key))
	case ReferencesKey:
		return orNil(p.references(n, key))
	case ObjectsKey:
		return orNil(p.objects(n, key))
	case DeadlineKey:
		if key.Nullable && IsNull(n) {
			return &Nothing{Span: n.Span}
		}
		if n.Kind == yaml.MapNode {
			return p.record(n, key.Keys, key.new(), "`"+key.Name+"`")
		}
		return orNil(p.duration(n, key))
	case DurationsKey:
		return orNil(p.durations(n, key))
	case TimesKey:
		return orNil(p.times(n, key))
	case TimetableKey:
		if n.Kind == yaml.MapNode {
			return p.record(n, key.Keys, key.new(), "the timetable of `"+key.Name+"`")
		}
		return orNil(p.value(n, key.Literal))
	case NameKey:
		return orNil(p.name(n, key))
	case ErrorKey:
		return p.errorType(n, key)
	case TypesKey:
		return orNil(p.types(n, key))
	case WordKey:
		return orNil(p.word(n, key))
	case StepsKey:
		return orNil(p.block(n, key))
	case BindingsKey:
		return orNil(p.bindings(n, key))
	case TargetsKey:
		return orNil(p.targets(n, key))
	case PlacesKey:
		return orNil(p.places(n, key))
	case EntryKey:
		return p.entryOrName(n, key)
	case ItemsKey:
		return p.items(n, key)
	case RecordKey:
		return p.record(n, key.Keys, key.new(), "`"+key.Name+"`")
	case RecordsKey:
		return orNil(p.records(n, key))
	case NamedKey:
		return orNil(p.definitions(n, key))
	case ParamsKey, RunParamsKey:
		return orNil(p.params(n, key))
	case NothingKey:
		return orNil(p.nothing(n, key))
	}
	p.wrongForm(n, key)
	return nil
}

// orNil keeps a nil pointer from becoming a FieldValue that is not nil.
func orNil[T any, P interface {
	*T
	FieldValue
}](v P) FieldValue {

	if v == nil {
		return nil
	}
	return v
}

func (p *parser) nothing(n *yaml.Node, key *Key) *Nothing {
	if !IsNull(n) {
		p.errorf(CodeNoValue, n.Span, "write `- "+key.Name+"`", "`%s` takes no value", key.Name)
		return nil
	}
	return &Nothing{Span: n.Span}
}

func (p *parser) records(n *yaml.Node, key *Key) *Records {
	if key.OrOne && n.Kind == yaml.MapNode {
		return &Records{Span: n.Span, Items: []*Record{p.record(n, key.Keys, key.new(), "`"+key.Name+"`")}}
	}
	if n.Kind != yaml.ListNode {
		if list := p.bareHandlers(n, key); list != nil {
			return list
		}
		if key.Name == "elif" && isText(n) {
			p.elseIf(n)
			return nil
		}
		hint := wordHint(n, key.Keys, "[{ %s }]")
		if key == CatchKey && isText(n) {
			hint = exceptHint("except "+n.Text, n)
		}
		if n.Kind == yaml.MapNode {
			hint = "put a `- ` before each: write `" + key.Name + ": [" + nodeText(n) + "]`"
		}
		if meant := handlerHint(n); key == CatchKey && meant != "" {
			hint = "write `catch: [" + meant + "]`"
		}
		p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes a list of maps, not %s", key.Name, form(n))
		return nil
	}
	if list := p.bareHandlers(n, key); list != nil {
		return list
	}
	list := &Records{Span: n.Span}
	for _, item := range n.Items {
		list.Items = append(list.Items, p.record(item, key.Keys, key.new(), "an item of `"+key.Name+"`"))
	}
	return list
}

// elseIf reports the condition of an `elif` that is written like an `if`.
func (p *parser) elseIf(n *yaml.Node) {

	p.errorf(CodeWrongForm, n.Span, "write `elif: [{ if: "+flowText(n.Text)+", then: […] }]`",
		"`elif` takes a list of maps, not %s", form(n))
	if p.within != nil {
		p.skip(p.within)
	}
}

func (p *parser) definitions(n *yaml.Node, key *Key) *Definitions {
	entries := findKey(key.Keys, "call") != nil
	if n.Kind != yaml.MapNode {
		p.errorf(CodeWrongForm, n.Span, namedHint(n, key), "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	d := &Definitions{Span: n.Span}
	for _, pair := range n.Pairs {
		if hint := definedHint(key, pair); key.Space == CoroutineSpace && !source.IsDefinable(pair.Key) && hint != "" {
			p.errorf(CodeBadName, pair.KeySpan, hint, "%s cannot be a name", strconv.Quote(source.Shorten(pair.Key)))
			p.unread = append(p.unread, pair.KeySpan, pair.Value.Span)
			continue
		}
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, key.Space, key.Name)
		if isText(pair.Value) && entries {
			what := strings.TrimSuffix(key.Name, "s")
			hint := "each " + what + " is a map: `" + source.Shorten(pair.Key) + ": { do: […] }`"
			if call := p.entryPairs("call", pair.Value.Text); call != nil {
				hint = "write `{ " + strings.Join(call, ", ") + " }`"
			} else if source.IsDefinable(pair.Value.Text) {
				hint = "write `{ call: " + source.Shorten(pair.Value.Text) + " }`"
			}
			p.errorf(CodeWrongForm, pair.Value.Span, hint,
				"%s `%s` is a map with `call` or `do`, not %s", what, pair.Key, form(pair.Value))
			continue
		}
		r := p.record(pair.Value, key.Keys, key.new(), strings.TrimSuffix(key.Name, "s")+" `"+source.Shorten(pair.Key)+"`")
		if entries && !pair.Value.Broken {
			p.entry(r)
		}
		if name != nil {
			d.Items = append(d.Items, NamedRecord{Name: name, Record: r})
		}
	}
	return d
}
