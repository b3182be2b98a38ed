package syntax

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// onlyKey is the key that a misspelt one of the map n was surely meant to be, "" if there is none or it is there.
func onlyKey(word string, candidates []string, n *yaml.Node) string {
	best := source.OnlySuggestion(word, candidates)
	if slices.ContainsFunc(n.Pairs, func(p yaml.Pair) bool { return p.Key == best }) {
		return ""
	}
	return best
}

// isDuration reports whether text is a duration.
func isDuration(text string) bool {
	_, err := ParseDuration(text)
	return err == nil
}

// bareCondition is how the expression of `${…}` is written as the condition n, "" where quotes would have to change.
func (p *parser) bareCondition(n *yaml.Node, expr string) string {
	expr = strings.TrimSpace(expr)
	plain := !n.Quoted && strings.IndexByte("!&*[{|>@%`'\"#,-?:", expr[0]) < 0 && !strings.Contains(expr, ": ")
	if plain || n.Quoted && len(n.Source.Text(n.Span)) == len(n.Text)+2 {
		return expr
	}
	return ""
}

// parser reads a file's YAML tree into records after the tables of keys. It reports what it finds and goes on.
type parser struct {
	diags *source.Diagnostics
}

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

func IsNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Type == yaml.NullScalar }

// record reads a map with known keys into a node. what says whose keys they are, for messages.
func (p *parser) record(n *yaml.Node, keys []*Key, node Node, what string) *Record {
	r := node.Head()
	*r = Record{Span: n.Span, Node: node, partial: n.Broken || n.Kind != yaml.MapNode || n.Partial}
	if n.Broken {
		return r
	}
	if n.Kind != yaml.MapNode {
		p.errorf(CodeWrongForm, n.Span, wordHint(n, keys, "{ %s }"), "%s is a map with %s, not %s", what, keyList(keys), form(n))
		return r
	}
	for _, pair := range n.Pairs {
		key := FindKey(keys, pair.Key)
		if key == nil {
			key = p.unknownKey(r, keys, pair, n, what)
		}
		if key != nil {
			p.field(r, key, pair)
		}
	}
	p.required(r, keys, n, what)
	return r
}

// unknownKey reports a key that is not among keys, and gives the one it was surely meant to be, as which its value is read: so
// one misspelt word is one message, and what stands under it is looked at. Where that is a mere guess, its key is not missed.
func (p *parser) unknownKey(r *Record, keys []*Key, pair yaml.Pair, n *yaml.Node, what string) *Key {
	names := KeyNames(keys)
	meant, hint := SuggestKey(pair.Key, names), didYouMeanKey(pair.Key, names)
	switch {
	case meant != "":
	case FindKey(keys, "do") != nil && VerbNamed(pair.Key) != nil:
		hint = "a step stands in the list under `do:`"
	case FindKey(keys, "error") != nil && strings.HasSuffix(pair.Key, "Error"):
		hint = "write `error: " + source.Shorten(pair.Key) + "`, with its steps under `do:`"
	}
	p.errorf(CodeUnknownKey, pair.KeySpan, hint, "%s has no key `%s`", what, source.Shorten(pair.Key))
	key := FindKey(keys, meant)
	if key == nil || n.Get(meant) != nil || r.Has(meant) {
		return nil
	}
	p.fix(pair.KeySpan, onlyKey(pair.Key, names, n))
	if source.Suggest(pair.Key, names) != source.OnlySuggestion(pair.Key, names) {
		r.Fields = append(r.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		return nil
	}
	return key
}

// keyList names keys, where there are not too many to read: then the first.
func keyList(keys []*Key) string {
	switch n := len(keys); {
	case n == 1:
		return "the key `" + keys[0].Name + "`"
	case n > source.MaxListed:
		return "keys such as `" + keys[0].Name + "`"
	}
	return "the keys " + source.QuoteList(KeyNames(keys))
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
	if key.Unbuilt {
		p.errorf(CodeNotBuilt, pair.KeySpan, "", "`%s` is not built yet", key.Name)
	} else {
		f.Value = p.fieldValue(pair.Value, key)
	}
	r.add(f)
}

// add adds a field, and gives its value to the node.
func (r *Record) add(f Field) {
	r.Fields = append(r.Fields, f)
	if f.Key.into != nil {
		f.Key.into(r.Node, f.Value)
	}
}

// newStep is an empty step.
func newStep(verb *Verb, at source.Span) *Step {
	node := verb.new()
	s := node.Head()
	*s = Record{Span: at, Verb: verb, Node: node}
	return s
}

// required reports the required keys that n lacks.
func (p *parser) required(r *Record, keys []*Key, n *yaml.Node, what string) {
	if r.partial {
		return
	}
	for _, key := range keys {
		if key.Required && !r.Has(key.Name) && !p.told(n, key.Name) {
			p.errorf(CodeMissingKey, n.Head(), "`"+key.Name+":` is "+key.Kind.String()+", "+key.Doc,
				"%s lacks its `%s`", what, key.Name)
		}
	}
}

// told reports whether a key stands in the map n without its colon, or in `for: x in xs`, which has been reported.
func (p *parser) told(n *yaml.Node, key string) bool {
	if v := n.Get("for"); key == "in" && v != nil && pythonFor.MatchString("for "+v.Text) {
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
		return orNil(p.value(n, key.Literal))
	case ConditionKey:
		return orNil(p.condition(n, key))
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
		if n.Kind == yaml.MapNode {
			return p.record(n, key.Keys, key.new(), "`"+key.Name+"`")
		}
		return orNil(p.duration(n, key))
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

// expr parses bytes [from, to) of a scalar's text as an expression.
func (p *parser) expr(n *yaml.Node, from, to int) *Expr {
	span := func(a, b int) source.Span { return n.TextSpan(from+a, from+b) }
	text := n.Text[from:to]
	return &Expr{Span: span(0, len(text)), Text: text, Tree: expr.Parse(text, span, p.diags)}
}

// value reads any YAML value. literal: ${…} is not looked for.
func (p *parser) value(n *yaml.Node, literal bool) *Value {
	if n.Broken {
		return nil
	}
	switch n.Kind {
	case yaml.ListNode:
		v := &Value{Span: n.Span, Kind: ListValue}
		for _, item := range n.Items {
			if e := p.value(item, literal); e != nil {
				v.Items = append(v.Items, e)
			}
		}
		return v
	case yaml.MapNode:
		v := &Value{Span: n.Span, Kind: MapValue}
		for _, pair := range n.Pairs {
			if e := p.value(pair.Value, literal); e != nil {
				v.Keys, v.Items = append(v.Keys, pair.Key), append(v.Items, e)
			}
		}
		return v
	}
	if n.Type == yaml.StringScalar && !literal && strings.Contains(n.Text, "${") {
		return p.template(n)
	}
	return &Value{Span: n.Span, Const: scalar(n), Plain: n.Type == yaml.StringScalar && !n.Quoted}
}

// scalar is the value of a YAML scalar.
func scalar(n *yaml.Node) engine.Value {
	switch n.Type {
	case yaml.NullScalar:
		return engine.Value{}
	case yaml.BoolScalar:
		return engine.Bool(n.Bool())
	case yaml.IntScalar:
		return engine.Int(n.Int())
	case yaml.FloatScalar:
		return engine.Float(n.Float())
	}
	return engine.String(n.Text)
}

// doubledBraces is the inside of `${{ x }}`, which cannot be a map: it has no colon.
var doubledBraces = regexp.MustCompile(`^\{\s*([^{}:]*[^{}:\s])\s*\}$`)

// template reads text with ${…} in it.
func (p *parser) template(n *yaml.Node) *Value {
	parts, err := yaml.SplitTemplate(n.Text)
	if err != nil {
		p.errorf(CodeTemplate, n.TextSpan(err.From, err.To), err.Hint, "%s", err.Message)
		return nil
	}
	v := &Value{Span: n.Span, Kind: Template}
	for _, part := range parts {
		if m := doubledBraces.FindStringSubmatch(part.Expr); m != nil {
			at := n.TextSpan(part.From-2, part.To+1)
			p.errorf(yaml.CodeBraces, at, "write `${"+m[1]+"}`", "an expression has one pair of braces here")
			p.fix(at, "${"+m[1]+"}")
			return nil
		}
	}
	for _, part := range parts {
		if part.Expr == "" {
			v.Parts = append(v.Parts, Part{Text: part.Lit})
			continue
		}
		v.Parts = append(v.Parts, Part{Expr: p.expr(n, part.From, part.To)})
	}
	switch {
	case len(v.Parts) == 1 && v.Parts[0].Expr != nil:
		return &Value{Span: n.Span, Kind: Computed, Expr: v.Parts[0].Expr}
	case len(v.Parts) == 1: // only $${
		return &Value{Span: n.Span, Const: engine.String(v.Parts[0].Text)}
	}
	return v
}

func (p *parser) condition(n *yaml.Node, key *Key) *Condition {
	switch {
	case n.Broken:
		return nil
	case n.Kind == yaml.ScalarNode && n.Type == yaml.BoolScalar:
	case !isText(n):
		p.errorf(CodeCondition, n.Span, "write an expression such as `count > 5`", "`%s` takes a condition, not %s",
			key.Name, form(n))
		return nil
	case strings.Contains(n.Text, "${"):
		hint, bare := "leave out the `${` and the `}`", ""
		if parts, err := yaml.SplitTemplate(n.Text); err == nil && len(parts) == 1 && parts[0].Expr != "" {
			bare = strings.TrimSpace(parts[0].Expr)
			if m := doubledBraces.FindStringSubmatch(bare); m != nil {
				bare = m[1]
			}
			hint = "write `" + key.Name + ": " + bare + "`"
		}
		i := strings.Index(n.Text, "${")
		p.errorf(CodeCondition, n.TextSpan(i, i+2), hint,
			"a condition is an expression already: `${` has no place in it")
		if bare != "" {
			p.fix(n.TextSpan(0, len(n.Text)), p.bareCondition(n, bare))
		}
		return nil
	}
	return &Condition{Span: n.Span, Expr: p.expr(n, 0, len(n.Text))}
}

func (p *parser) conditions(n *yaml.Node, key *Key) FieldValue {
	list := &Conditions{Span: n.Span}
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.ListNode {
		nodes = n.Items
	}
	for _, item := range nodes {
		if c := p.condition(item, key); c != nil {
			list.Items = append(list.Items, c)
		}
	}
	return list
}

func (p *parser) duration(n *yaml.Node, key *Key) *Duration {
	switch {
	case n.Kind != yaml.ScalarNode || n.Type == yaml.BoolScalar || n.Type == yaml.NullScalar:
		p.errorf(CodeDuration, n.Span, "write a duration such as 1m30s, 250ms or 2", "`%s` takes a duration, not %s",
			key.Name, form(n))
		return nil
	case isText(n) && strings.Contains(n.Text, "${"):
		return p.computedDuration(n, key)
	case n.Type == yaml.FloatScalar:
		ns, ok := secondsToNanos(n.Float())
		if !ok || ns < 0 {
			p.errorf(CodeDuration, n.Span,
				"", "`%s: %s` is no duration: it must be finite and not negative", key.Name, n.Text)
			return nil
		}
		return &Duration{Span: n.Span, Nanos: ns}
	}
	ns, err := ParseDuration(n.Text)
	if err != nil {
		guess, hint := "", ""
		if source.Identifier.MatchString(n.Text) {
			guess, hint = n.Text, "did you mean `${"+n.Text+"}`?"
		}
		p.errorf(CodeDuration, n.Span, hint, "`%s`: %s", key.Name, err)
		(*p.diags)[len(*p.diags)-1].Guess = guess
		if mended := mendDuration(n.Text); n.Type == yaml.StringScalar && mended != n.Text && isDuration(mended) {
			p.fix(n.TextSpan(0, len(n.Text)), mended)
		}
		return nil
	}
	return &Duration{Span: n.Span, Nanos: ns}
}

func (p *parser) computedDuration(n *yaml.Node, key *Key) *Duration {
	v := p.template(n)
	if v == nil {
		return nil
	}
	if v.Kind != Computed {
		p.errorf(CodeDuration, n.Span, "compute the number of seconds in one `${…}`: `${left * 60}`, not `${left}m`",
			"`%s` takes a duration: text mixed with `${…}` is none", key.Name)
		return nil
	}
	return &Duration{Span: n.Span, Expr: v.Expr}
}

func (p *parser) reference(n *yaml.Node, key *Key) *Reference {
	if n.Broken {
		return nil
	}
	if !isText(n) || n.Text == "" {
		p.errorf(CodeReference, n.Span, "", "`%s` takes a name or one `${…}`, not %s", key.Name, form(n))
		return nil
	}
	if !strings.Contains(n.Text, "${") {
		return p.bareReference(n)
	}
	v := p.template(n)
	if v == nil {
		return nil
	}
	if v.Kind != Computed {
		p.errorf(CodeReference, n.Span, `a task by its name: ${tasks["…"]}`,
			"`%s` takes a name or one `${…}`, not text with `${…}` in it such as %s", key.Name, strconv.Quote(source.Shorten(n.Text)))
		return nil
	}
	return &Reference{Span: n.Span, Expr: v.Expr}
}

// bareReference reads a name or a path. Whether it is an expression depends on what it names, so what is wrong with it as
// one is not reported yet.
func (p *parser) bareReference(n *yaml.Node) *Reference {
	r := &Reference{Span: n.Span, Text: n.Text}
	if source.BarePath.MatchString(n.Text) {
		quiet := parser{diags: &r.Problems}
		r.Path = quiet.expr(n, 0, len(n.Text))
	}
	return r
}

func (p *parser) references(n *yaml.Node, key *Key) *References {
	if n.Kind == yaml.MapNode {
		p.wrongForm(n, key)
		return nil
	}
	list := &References{Span: n.Span, IsList: n.Kind == yaml.ListNode}
	items := n.Items
	if !list.IsList {
		items = []*yaml.Node{n}
	}
	for _, item := range items {
		if r := p.reference(item, key); r != nil {
			list.Items = append(list.Items, r)
		}
	}
	return list
}

func (p *parser) name(n *yaml.Node, key *Key) *Name {
	if n.Broken {
		return nil
	}
	if !isText(n) {
		p.errorf(CodeWrongForm, n.Span, "", "`%s` takes a name, not %s", key.Name, form(n))
		return nil
	}
	name := p.checkName(&Name{Span: n.Span, Text: n.Text}, key.Space, key.Name)
	if m := pythonFor.FindStringSubmatch("for " + n.Text); name == nil && key.Name == "for" && m != nil {
		return &Name{Span: n.TextSpan(0, len(m[1])), Text: m[1]}
	}
	return name
}

// checkName reports a name with characters that its space does not allow.
func (p *parser) checkName(name *Name, space Space, what string) *Name {
	allowed, rule := source.Identifier, "letters, digits and `_`, and begins with a letter or `_`"
	switch {
	case space == ArgumentSpace || space == NoSpace:
		return name
	case space == TaskSpace:
		if name.Text == "" || strings.ContainsAny(name.Text, "\n\r\t") {
			p.errorf(CodeBadName, name.Span, "", "%q cannot be a task's name: it is one line of text", name.Text)
			return nil
		}
		return name
	case space == CoroutineSpace || space == CallbackSpace:
		allowed, rule = source.Definable, "letters, digits, `_` and `-`, and begins with a letter or `_`"
	}
	hint := ""
	m := pythonFor.FindStringSubmatch("for " + name.Text)
	switch {
	case what == "for" && m != nil:
		hint = "write `for: " + m[1] + "` and `in: " + written(m[2]) + "`"
	case strings.Contains(name.Text, "${"):
		hint = "write the name itself, without `${…}`"
	case allowed.MatchString(name.Text) && !expressionWord(name.Text):
		return name
	case expressionWord(name.Text):
		rule = "no word of the expressions such as `in`, `not` or `true`"
	}
	p.errorf(CodeBadName, name.Span, hint, "`%s`: %s cannot be a name: a name has %s",
		what, strconv.Quote(source.Shorten(name.Text)), rule)
	return nil
}

// expressionWord reports whether expressions read name as something else than a variable.
func expressionWord(name string) bool {
	_, reserved := expr.ReservedName(name)
	return reserved
}

func (p *parser) errorType(n *yaml.Node, key *Key) FieldValue {
	switch {
	case IsNull(n):
		return &Nothing{Span: n.Span}
	case isText(n) && strings.Contains(n.Text, "${"):
		v := p.template(n)
		if v != nil && v.Kind != Computed {
			p.errorf(CodeReference, n.Span, "put the text into `message:`",
				"`%s` takes the type of an error or one `${…}`, not text with `${…}` in it", key.Name)
			return nil
		}
		return orNil(v)
	}
	return orNil(p.typeName(n, key))
}

// typeName reads the name of a type of errors.
func (p *parser) typeName(n *yaml.Node, key *Key) *Name {
	if n.Broken {
		return nil
	}
	if isText(n) && source.Identifier.MatchString(n.Text) {
		return &Name{Span: n.Span, Text: n.Text}
	}
	hint := ""
	if isText(n) && key.Kind == ErrorKey {
		hint = "what the error says goes into `message:`"
	}
	p.errorf(CodeWrongForm, n.Span, hint,
		"`%s` takes the type of an error such as ValueError, not %s", key.Name, form(n))
	return nil
}

func (p *parser) types(n *yaml.Node, key *Key) *Names {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.ListNode {
		nodes = n.Items
	}
	list := &Names{Span: n.Span}
	for _, item := range nodes {
		if name := p.typeName(item, key); name != nil {
			list.Items = append(list.Items, name)
		}
	}
	return list
}

func (p *parser) word(n *yaml.Node, key *Key) *Name {
	if n.Kind == yaml.ScalarNode {
		for _, w := range key.Words {
			if n.Text == w {
				return &Name{Span: n.Span, Text: w}
			}
		}
		hint := ""
		if near := source.Suggest(n.Text, key.Words); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		p.errorf(CodeUnknownWord, n.Span, hint, "`%s` is %s, not %s", key.Name, source.QuoteChoice(key.Words), form(n))
		p.fix(n.TextSpan(0, len(n.Text)), source.OnlySuggestion(n.Text, key.Words))
		return nil
	}
	p.wrongForm(n, key)
	return nil
}

func (p *parser) bindings(n *yaml.Node, key *Key) *Bindings {
	if n.Kind != yaml.MapNode {
		p.noMap(n, key)
		return p.assignment(n)
	}
	b := &Bindings{Span: n.Span}
	for _, pair := range n.Pairs {
		if key.Space == LocalSpace && strings.ContainsAny(pair.Key, ".[") && source.BarePath.MatchString(pair.Key) {
			p.errorf(CodeBadName, pair.KeySpan, "use `set` to change a place inside a list or map",
				"`%s` assigns whole variables: %q is a path", key.Name, pair.Key)
			continue
		}
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, key.Space, key.Name)
		value := p.value(pair.Value, false)
		if value == nil {
			value = unread(pair.Value.Span)
		}
		if name != nil {
			b.Items = append(b.Items, Binding{Name: name, Value: value})
		}
	}
	return b
}

// unread is a value that cannot be read, which has been reported: its name exists all the same, and is of any type.
func unread(at source.Span) *Value { return &Value{Span: at, Kind: Computed, Expr: &Expr{Span: at}} }

// assignment is what the text `x = 1`, which has been reported, was meant to assign, nil if it is something else.
func (p *parser) assignment(n *yaml.Node) *Bindings {
	m := pythonAssign.FindStringSubmatch(n.Text)
	if m == nil || !isText(n) || expressionWord(m[1]) {
		return nil
	}
	name := &Name{Span: n.TextSpan(0, len(m[1])), Text: m[1]}
	return &Bindings{Span: n.Span, Items: []Binding{{Name: name, Value: unread(n.Span)}}}
}

// noMap reports something else than a map from names to values.
func (p *parser) noMap(n *yaml.Node, key *Key) {
	hint := ""
	if isText(n) && source.Identifier.MatchString(n.Text) {
		hint = "write `" + key.Name + ": { " + n.Text + ": … }`"
	} else if m := pythonAssign.FindStringSubmatch(n.Text); m != nil && isText(n) {
		hint = "write `" + key.Name + ": { " + m[1] + ": " + written(m[2]) + " }`"
	}
	p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
}

func (p *parser) targets(n *yaml.Node, key *Key) *Targets {
	if n.Kind != yaml.MapNode {
		p.noMap(n, key)
		return nil
	}
	t := &Targets{Span: n.Span}
	for _, pair := range n.Pairs {
		path := p.path(pair.Key, pair.KeySpan)
		value := p.value(pair.Value, false)
		if path != nil && value != nil {
			t.Items = append(t.Items, Targeting{Path: path, Value: value})
		}
	}
	return t
}

// path reads name(.key | [expression])*.
func (p *parser) path(text string, at source.Span) *Path {
	span := inKey(text, at)
	end := strings.IndexAny(text+".", ".[")
	if end == 0 {
		p.errorf(CodePath, at, "write `name`, `name.key` or `name[index]`", "%q is no path", source.Shorten(text))
		return nil
	}
	path := &Path{Span: at, Name: p.checkName(&Name{Span: span(0, end), Text: text[:end]}, TargetSpace, text[:end])}
	if path.Name == nil {
		return nil
	}
	for i := end; i < len(text); {
		j := i + 1
		if text[i] == '.' {
			for j < len(text) && text[j] != '.' && text[j] != '[' {
				j++
			}
			if source.Identifier.MatchString(text[i+1 : j]) {
				path.Elems = append(path.Elems, PathElem{Span: span(i, j), Key: text[i+1 : j]})
				i = j
				continue
			}
		} else if text[i] == '[' {
			if j = source.ClosingBracket(text, i); j > 0 {
				first := i + 1 // i goes on
				inner := func(a, b int) source.Span { return span(first+a, first+b) }
				e := &Expr{Span: span(i+1, j), Text: text[i+1 : j], Tree: expr.Parse(text[i+1:j], inner, p.diags)}
				path.Elems = append(path.Elems, PathElem{Span: span(i, j+1), Index: e})
				i = j + 1
				continue
			}
		}
		p.errorf(CodePath, span(i, len(text)),
			"write `name`, `name.key` or `name[index]`", "%q is no path", source.Shorten(text))
		return nil
	}
	return path
}

// inKey gives the spans of parts of a map's key. A key with escapes in it is shown whole.
func inKey(text string, at source.Span) func(from, to int) source.Span {
	start := at.Start
	switch at.End - at.Start - len(text) {
	case 0:
	case 2:
		start++ // its quote
	default:
		return func(int, int) source.Span { return at }
	}
	return func(from, to int) source.Span { return source.Span{Start: start + from, End: start + to} }
}

func (p *parser) records(n *yaml.Node, key *Key) *Records {
	if n.Kind != yaml.ListNode {
		hint := wordHint(n, key.Keys, "[{ %s }]")
		if n.Kind == yaml.MapNode {
			hint = "put a `- ` before each"
		}
		p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes a list of maps, not %s", key.Name, form(n))
		return nil
	}
	list := &Records{Span: n.Span}
	for _, item := range n.Items {
		list.Items = append(list.Items, p.record(item, key.Keys, key.new(), "an item of `"+key.Name+"`"))
	}
	return list
}

func (p *parser) definitions(n *yaml.Node, key *Key) *Definitions {
	entries := FindKey(key.Keys, "call") != nil
	if n.Kind != yaml.MapNode {
		p.errorf(CodeWrongForm, n.Span, namedHint(n, entries), "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	d := &Definitions{Span: n.Span}
	for _, pair := range n.Pairs {
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, key.Space, key.Name)
		if isText(pair.Value) && entries {
			p.errorf(CodeWrongForm, pair.Value.Span, "write `{ call: "+source.Shorten(pair.Value.Text)+" }`",
				"worker `%s` is a map with `call` or `do`, not %s", pair.Key, form(pair.Value))
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

// namedHint is how definitions are written under their names, by the first of a list of them.
func namedHint(n *yaml.Node, entries bool) string {
	name, body := "NAME", "do: […]"
	if entries {
		body = "call: …"
	}
	if n.Kind == yaml.ListNode && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n.Kind == yaml.MapNode {
		if v := n.Get("name"); v != nil && isText(v) {
			name = source.Shorten(v.Text)
		}
		if v := n.Get("call"); v != nil && isText(v) {
			body = "call: " + source.Shorten(v.Text)
		}
	} else if isText(n) && source.Definable.MatchString(n.Text) {
		if name = n.Text; entries {
			name, body = "NAME", "call: "+n.Text
		}
	}
	return "each stands under its name: `" + name + ": { " + body + " }`"
}

// entry reports an entry that does not say what to run, or says it twice.
func (p *parser) entry(r *Record) {
	at := r.Span
	if len(r.Fields) > 0 {
		at = r.Fields[0].KeySpan
	}
	switch call, do := r.Has("call"), r.Has("do"); {
	case !call && !do && r.partial:
	case !call && !do:
		p.errorf(CodeEntry, at, "", "an entry needs `call: coroutine` or `do: steps`")
	case call && do:
		p.errorf(CodeEntry, at, "", "an entry has `call` or `do`, not both")
	case do && r.Has("with"):
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
		hint := ""
		switch {
		case n.Kind == yaml.MapNode && len(n.Pairs) > 0 && strings.HasPrefix(n.Pairs[0].Key, "-"):
			hint = "a space follows the `-` of a step: `- " + source.Shorten(n.Pairs[0].Key[1:]) + ": …`"
		case n.Kind == yaml.MapNode:
			hint = "put a `- ` before each step"
		case isText(n) && VerbNamed(n.Text) != nil:
			hint = "write `[" + n.Text + "]`, or `- " + n.Text + "` on the next line"
		}
		p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes a list of steps, not %s", key.Name, form(n))
		return nil
	}
	b := &Block{Span: n.Span}
	for _, item := range n.Items {
		if s := p.step(item); s != nil {
			b.Steps = append(b.Steps, s)
		}
	}
	return b
}

// step reads a map with one verb, or a bare verb.
func (p *parser) step(n *yaml.Node) *Step {
	switch {
	case n.Broken:
		return nil
	case isText(n):
		return p.bareStep(n)
	case n.Kind != yaml.MapNode || len(n.Pairs) == 0:
		p.errorf(CodeNoVerb, n.Span, "write `- print: text`, or a bare verb such as `- stop`",
			"a step is a map with one verb, not %s", form(n))
		return nil
	}
	verb, word := p.verb(n)
	if verb == nil {
		return nil
	}
	s := newStep(verb, n.Span)
	for _, pair := range n.Pairs {
		key := verb.Key(pair.Key)
		if pair.Key == word {
			key = verb.Keys[0]
		} else if key == nil {
			key = p.unknownKey(s, verb.Keys[1:], pair, n, "`"+verb.Name+"`")
		}
		switch {
		case key == nil:
		case key == verb.Keys[0] && key.Required && IsNull(pair.Value) && !pair.Value.Broken:
			p.errorf(CodeNoValue, pair.KeySpan, "", "`%s` needs %s: %s", verb.Name, key.Kind, key.Doc)
			s.Fields = append(s.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		default:
			p.field(s, key, pair)
		}
	}
	p.required(s, verb.Keys, n, "`"+verb.Name+"`")
	if e, ok := s.Get("spawn").(*Record); ok && As[*Bindings](s, "with") != nil {
		p.errorf(CodeEntry, e.Span, "", "`with` needs `spawn: coroutine`: an entry has its own `with`")
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
		if v := VerbNamed(before); v != nil {
			hint = "write `- " + v.Name + ": …`, with a space after the colon"
		} else if meant := StepHint(n.Text); meant != "" {
			hint = meant
		} else if spaced != nil && spaced.Keys[0].Kind != NothingKey && word != n.Text {
			hint = "write `- " + word + ": " + source.Shorten(n.Text[len(word)+1:]) + "`"
		}
		p.errorf(CodeUnknownVerb, n.Span, hint, "%s is no step: a step is `verb: value`, or a bare verb", form(n))
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
			isKey = isKey || other != v && other.Key(v.Name) != nil
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
				p.errorf(CodeSeveralVerbs, pair.KeySpan, "begin a new step: `- "+own[1].Name+": …`",
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
	names := verbNames()
	for _, pair := range n.Pairs {
		if s := SuggestKey(pair.Key, names); s != "" {
			p.errorf(CodeUnknownVerb, pair.KeySpan, "did you mean `"+s+"`?", "there is no verb `%s`", source.Shorten(pair.Key))
			only := onlyKey(pair.Key, names, n)
			p.fix(pair.KeySpan, only)
			if verb = VerbNamed(only); verb == nil || verb.Unbuilt {
				return nil, ""
			}
			return verb, pair.Key
		}
	}
	first := n.Pairs[0]
	hint := StepHint(first.Key)
	for _, v := range Verbs {
		if v.Key(first.Key) != nil {
			hint = "it is a key of `" + v.Name + "`: write it beside, without the `- `"
			break
		}
	}
	p.errorf(CodeUnknownVerb, first.KeySpan, hint, "there is no verb `%s`", source.Shorten(first.Key))
	return nil, ""
}

// How steps are written in Python.
var (
	pythonCall   = regexp.MustCompile(`^(?:await )?(?:asyncio\.)?(\w+)\((.*)\)$`)
	pythonAssign = regexp.MustCompile(`^([A-Za-z_]\w*) *= *([^=].*)$`)
	pythonFor    = regexp.MustCompile(`^for (\w+) in (.+)$`)
	pythonBlock  = regexp.MustCompile(`^(if|while|repeat|with|try) (.+)$`)
)

// StepHint is how a step is written here that is written as in Python, "" where it is not.
func StepHint(text string) string {
	if m := pythonCall.FindStringSubmatch(text); m != nil {
		if v := VerbNamed(SuggestKey(m[1], verbNames())); v != nil && VerbNamed(m[1]) == nil {
			m[1] = v.Name
		}
		if VerbNamed(m[1]) != nil {
			return "write `- " + m[1] + ": " + source.Shorten(m[2]) + "`"
		}
	}
	if m := pythonAssign.FindStringSubmatch(text); m != nil {
		return "write `- let: { " + m[1] + ": " + written(m[2]) + " }`"
	}
	if m := pythonFor.FindStringSubmatch(text); m != nil {
		return "write `- for: " + m[1] + "`, with `in:` and `do:` below"
	}
	if m := pythonBlock.FindStringSubmatch(text); m != nil && VerbNamed(m[1]) != nil {
		return "write `- " + m[1] + ": " + source.Shorten(m[2]) + "`, with its steps below"
	}
	return ""
}

var (
	pythonRange = regexp.MustCompile(`^range\((\d+)\)$`)
	constant    = regexp.MustCompile(`^(-?\d+(\.\d+)?|true|false|null|"[^"]*"|'[^']*')$`)
)

// written is how a value is written here that is an expression in Python.
func written(expr string) string {
	expr = source.Shorten(strings.TrimSpace(expr))
	if m := pythonRange.FindStringSubmatch(expr); m != nil {
		n, _ := strconv.Atoi(m[1])
		expr = fmt.Sprintf("0..%d", n-1)
	}
	if constant.MatchString(expr) || strings.Contains(expr, "${") {
		return expr
	}
	quote := `"`
	if strings.Contains(expr, quote) {
		quote = "'"
	}
	return quote + "${" + expr + "}" + quote
}

func verbNames() []string {
	names := make([]string, len(Verbs))
	for i, v := range Verbs {
		names[i] = v.Name
	}
	return names
}

// ConstText is a literal value as text, "" where there is none.
func ConstText(v *Value) string {
	if v == nil || v.Kind != Literal {
		return ""
	}
	var l *engine.Loop
	return string(l.AppendText(nil, v.Const))
}
