package dsl

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"runloop/engine"
)

// parser reads a file's YAML tree into records after the tables of keys. It reports what it finds and goes on.
type parser struct {
	diags *Diagnostics
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	definable  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	barePath   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*([.\[].*)?$`)
)

func (p *parser) errorf(code string, at Span, hint, format string, args ...any) {
	*p.diags = append(*p.diags, Diagnostic{Code: code, Span: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// fix says what mends the latest diagnostic; nothing does where text is empty.
func (p *parser) fix(at Span, text string) {
	if text != "" {
		(*p.diags)[len(*p.diags)-1].Fix = Fix{Span: at, New: text}
	}
}

// didYouMeanKey is didYouMean for verbs and keys, which may also have another name elsewhere.
func didYouMeanKey(word string, keys []string) string {
	if s := suggestKey(word, keys); s != "" {
		return "did you mean `" + s + "`?"
	}
	return didYouMean(word, keys)
}

// maxListed is how many words a message lists.
const maxListed = 12

// didYouMean is a hint that offers the nearest candidate, or lists them.
func didYouMean(word string, candidates []string) string {
	if s := suggest(word, candidates); s != "" {
		return "did you mean `" + s + "`?"
	}
	if len(candidates) == 0 || len(candidates) > maxListed {
		return ""
	}
	return "there is " + quoteList(candidates)
}

func quoteList(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return "`" + words[0] + "`"
	default:
		return "`" + strings.Join(words[:n-1], "`, `") + "` and `" + words[n-1] + "`"
	}
}

// form says what a node is, for messages.
func form(n *Node) string {
	switch {
	case n.Kind == ListNode:
		return "a list"
	case n.Kind == MapNode:
		return "a map"
	case n.Type == NullScalar:
		return "nothing"
	case n.Type == BoolScalar:
		return "`" + n.Text + "`"
	case n.Type == StringScalar:
		return "the text " + strconv.Quote(shorten(n.Text))
	}
	return "the number " + n.Text
}

// shorten cuts long text for a message.
func shorten(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

func (p *parser) wrongForm(n *Node, key *Key) {
	p.errorf(codeWrongForm, n.Span, "", "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
}

func isText(n *Node) bool { return n.Kind == ScalarNode && n.Type == StringScalar }
func isNull(n *Node) bool { return n.Kind == ScalarNode && n.Type == NullScalar }

// record reads a map with known keys. what says whose keys they are, for messages.
func (p *parser) record(n *Node, keys []*Key, what string) *Record {
	r := &Record{Span: n.Span, partial: n.Broken || n.Kind != MapNode || n.Partial}
	if n.Broken {
		return r
	}
	if n.Kind != MapNode {
		p.errorf(codeWrongForm, n.Span, wordHint(n, keys, "{ %s }"), "%s is a map with %s, not %s", what, keyList(keys), form(n))
		return r
	}
	for _, pair := range n.Pairs {
		key := findKey(keys, pair.Key)
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
func (p *parser) unknownKey(r *Record, keys []*Key, pair Pair, n *Node, what string) *Key {
	names := keyNames(keys)
	meant, hint := suggestKey(pair.Key, names), didYouMeanKey(pair.Key, names)
	switch {
	case meant != "":
	case findKey(keys, "do") != nil && VerbNamed(pair.Key) != nil:
		hint = "a step stands in the list under `do:`"
	case findKey(keys, "error") != nil && strings.HasSuffix(pair.Key, "Error"):
		hint = "write `error: " + shorten(pair.Key) + "`, with its steps under `do:`"
	}
	p.errorf(codeUnknownKey, pair.KeySpan, hint, "%s has no key `%s`", what, shorten(pair.Key))
	key := findKey(keys, meant)
	if key == nil || n.Get(meant) != nil || r.has(meant) {
		return nil
	}
	p.fix(pair.KeySpan, onlyKey(pair.Key, names, n))
	if suggest(pair.Key, names) != onlySuggestion(pair.Key, names) {
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
	case n > maxListed:
		return "keys such as `" + keys[0].Name + "`"
	}
	return "the keys " + quoteList(keyNames(keys))
}

// wordHint is how a map is written of which only a word is there, or the condition: `{ mode: real }`. In a list, format
// has brackets.
func wordHint(n *Node, keys []*Key, format string) string {
	for _, key := range keys {
		switch {
		case n.Kind == ScalarNode && slices.Contains(key.Words, n.Text):
			return fmt.Sprintf("write `"+format+"`", key.Name+": "+n.Text)
		case isText(n) && key.Kind == ConditionKey && key.Required:
			return fmt.Sprintf("write `"+format+"`", key.Name+": "+quoteYAML(n.Text))
		}
	}
	return ""
}

// field reads one pair into r.
func (p *parser) field(r *Record, key *Key, pair Pair) {
	f := Field{Key: key, KeySpan: pair.KeySpan}
	if key.Unbuilt {
		p.errorf(codeNotBuilt, pair.KeySpan, "", "`%s` is not built yet", key.Name)
	} else {
		f.Value = p.fieldValue(pair.Value, key)
	}
	r.Fields = append(r.Fields, f)
}

// required reports the required keys that n lacks.
func (p *parser) required(r *Record, keys []*Key, n *Node, what string) {
	if r.partial {
		return
	}
	for _, key := range keys {
		if key.Required && !r.has(key.Name) && !p.told(n, key.Name) {
			p.errorf(codeMissingKey, n.head(), "`"+key.Name+":` is "+key.Kind.String()+", "+key.Doc,
				"%s lacks its `%s`", what, key.Name)
		}
	}
}

// told reports whether a key stands in the map n without its colon, or in `for: x in xs`, which has been reported.
func (p *parser) told(n *Node, key string) bool {
	if v := n.Get("for"); key == "in" && v != nil && pythonFor.MatchString("for "+v.Text) {
		return true
	}
	return slices.ContainsFunc(*p.diags, func(d Diagnostic) bool {
		return d.Code == codeMissingColon && strings.HasPrefix(n.source.Text(d.Span), key)
	})
}

// head is the place that stands for a whole map: its first key.
func (n *Node) head() Span {
	if n.Kind == MapNode && len(n.Pairs) > 0 {
		return n.Pairs[0].KeySpan
	}
	return n.Span
}

// fieldValue reads the value of a key, nil: it is wrong, which has been reported.
func (p *parser) fieldValue(n *Node, key *Key) FieldValue {
	if n.Broken {
		return nil
	}
	switch key.Kind {
	case ValueKey, TextKey:
		if key.Kind == TextKey && key.Literal && n.Kind != ScalarNode {
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
		if n.Kind == MapNode {
			return p.record(n, key.Keys, "`"+key.Name+"`")
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
		return p.record(n, key.Keys, "`"+key.Name+"`")
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

func (p *parser) nothing(n *Node, key *Key) *Nothing {
	if !isNull(n) {
		p.errorf(codeNoValue, n.Span, "write `- "+key.Name+"`", "`%s` takes no value", key.Name)
		return nil
	}
	return &Nothing{Span: n.Span}
}

// expr parses bytes [from, to) of a scalar's text as an expression.
func (p *parser) expr(n *Node, from, to int) *Expr {
	span := func(a, b int) Span { return n.TextSpan(from+a, from+b) }
	text := n.Text[from:to]
	return &Expr{Span: span(0, len(text)), Text: text, tree: parseExpression(text, span, p.diags)}
}

// value reads any YAML value. literal: ${…} is not looked for.
func (p *parser) value(n *Node, literal bool) *Value {
	if n.Broken {
		return nil
	}
	switch n.Kind {
	case ListNode:
		v := &Value{Span: n.Span, Kind: ListValue}
		for _, item := range n.Items {
			if e := p.value(item, literal); e != nil {
				v.Items = append(v.Items, e)
			}
		}
		return v
	case MapNode:
		v := &Value{Span: n.Span, Kind: MapValue}
		for _, pair := range n.Pairs {
			if e := p.value(pair.Value, literal); e != nil {
				v.Keys, v.Items = append(v.Keys, pair.Key), append(v.Items, e)
			}
		}
		return v
	}
	if n.Type == StringScalar && !literal && strings.Contains(n.Text, "${") {
		return p.template(n)
	}
	return &Value{Span: n.Span, Const: scalar(n), Plain: n.Type == StringScalar && !n.Quoted}
}

// scalar is the value of a YAML scalar.
func scalar(n *Node) engine.Value {
	switch n.Type {
	case NullScalar:
		return engine.Value{}
	case BoolScalar:
		return engine.Bool(n.Bool())
	case IntScalar:
		return engine.Int(n.Int())
	case FloatScalar:
		return engine.Float(n.Float())
	}
	return engine.String(n.Text)
}

// doubledBraces is the inside of `${{ x }}`, which cannot be a map: it has no colon.
var doubledBraces = regexp.MustCompile(`^\{\s*([^{}:]*[^{}:\s])\s*\}$`)

// template reads text with ${…} in it.
func (p *parser) template(n *Node) *Value {
	parts, err := splitTemplate(n.Text)
	if err != nil {
		p.errorf(codeTemplate, n.TextSpan(err.From, err.To), err.Hint, "%s", err.Message)
		return nil
	}
	v := &Value{Span: n.Span, Kind: Template}
	for _, part := range parts {
		if m := doubledBraces.FindStringSubmatch(part.Expr); m != nil {
			at := n.TextSpan(part.From-2, part.To+1)
			p.errorf(codeBraces, at, "write `${"+m[1]+"}`", "an expression has one pair of braces here")
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

func (p *parser) condition(n *Node, key *Key) *Condition {
	switch {
	case n.Broken:
		return nil
	case n.Kind == ScalarNode && n.Type == BoolScalar:
	case !isText(n):
		p.errorf(codeCondition, n.Span, "write an expression such as `count > 5`", "`%s` takes a condition, not %s",
			key.Name, form(n))
		return nil
	case strings.Contains(n.Text, "${"):
		hint, bare := "leave out the `${` and the `}`", ""
		if parts, err := splitTemplate(n.Text); err == nil && len(parts) == 1 && parts[0].Expr != "" {
			bare = strings.TrimSpace(parts[0].Expr)
			if m := doubledBraces.FindStringSubmatch(bare); m != nil {
				bare = m[1]
			}
			hint = "write `" + key.Name + ": " + bare + "`"
		}
		i := strings.Index(n.Text, "${")
		p.errorf(codeCondition, n.TextSpan(i, i+2), hint,
			"a condition is an expression already: `${` has no place in it")
		if bare != "" {
			p.fix(n.TextSpan(0, len(n.Text)), p.bareCondition(n, bare))
		}
		return nil
	}
	return &Condition{Span: n.Span, Expr: p.expr(n, 0, len(n.Text))}
}

func (p *parser) conditions(n *Node, key *Key) FieldValue {
	list := &Conditions{Span: n.Span}
	nodes := []*Node{n}
	if n.Kind == ListNode {
		nodes = n.Items
	}
	for _, item := range nodes {
		if c := p.condition(item, key); c != nil {
			list.Items = append(list.Items, c)
		}
	}
	return list
}

func (p *parser) duration(n *Node, key *Key) *Duration {
	switch {
	case n.Kind != ScalarNode || n.Type == BoolScalar || n.Type == NullScalar:
		p.errorf(codeDuration, n.Span, "write a duration such as 1m30s, 250ms or 2", "`%s` takes a duration, not %s",
			key.Name, form(n))
		return nil
	case isText(n) && strings.Contains(n.Text, "${"):
		return p.computedDuration(n, key)
	case n.Type == FloatScalar:
		ns, ok := secondsToNanos(n.Float())
		if !ok || ns < 0 {
			p.errorf(codeDuration, n.Span,
				"", "`%s: %s` is no duration: it must be finite and not negative", key.Name, n.Text)
			return nil
		}
		return &Duration{Span: n.Span, Nanos: ns}
	}
	ns, err := parseDuration(n.Text)
	if err != nil {
		guess, hint := "", ""
		if identifier.MatchString(n.Text) {
			guess, hint = n.Text, "did you mean `${"+n.Text+"}`?"
		}
		p.errorf(codeDuration, n.Span, hint, "`%s`: %s", key.Name, err)
		(*p.diags)[len(*p.diags)-1].Guess = guess
		if mended := mendDuration(n.Text); n.Type == StringScalar && mended != n.Text && isDuration(mended) {
			p.fix(n.TextSpan(0, len(n.Text)), mended)
		}
		return nil
	}
	return &Duration{Span: n.Span, Nanos: ns}
}

func (p *parser) computedDuration(n *Node, key *Key) *Duration {
	v := p.template(n)
	if v == nil {
		return nil
	}
	if v.Kind != Computed {
		p.errorf(codeDuration, n.Span, "compute the number of seconds in one `${…}`: `${left * 60}`, not `${left}m`",
			"`%s` takes a duration: text mixed with `${…}` is none", key.Name)
		return nil
	}
	return &Duration{Span: n.Span, Expr: v.Expr}
}

func (p *parser) reference(n *Node, key *Key) *Reference {
	if n.Broken {
		return nil
	}
	if !isText(n) || n.Text == "" {
		p.errorf(codeReference, n.Span, "", "`%s` takes a name or one `${…}`, not %s", key.Name, form(n))
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
		p.errorf(codeReference, n.Span, `a task by its name: ${tasks["…"]}`,
			"`%s` takes a name or one `${…}`, not text with `${…}` in it such as %s", key.Name, strconv.Quote(shorten(n.Text)))
		return nil
	}
	return &Reference{Span: n.Span, Expr: v.Expr}
}

// bareReference reads a name or a path. Whether it is an expression depends on what it names, so what is wrong with it as
// one is not reported yet.
func (p *parser) bareReference(n *Node) *Reference {
	r := &Reference{Span: n.Span, Text: n.Text}
	if barePath.MatchString(n.Text) {
		quiet := parser{diags: &r.Problems}
		r.Path = quiet.expr(n, 0, len(n.Text))
	}
	return r
}

func (p *parser) references(n *Node, key *Key) *References {
	if n.Kind == MapNode {
		p.wrongForm(n, key)
		return nil
	}
	list := &References{Span: n.Span, IsList: n.Kind == ListNode}
	items := n.Items
	if !list.IsList {
		items = []*Node{n}
	}
	for _, item := range items {
		if r := p.reference(item, key); r != nil {
			list.Items = append(list.Items, r)
		}
	}
	return list
}

func (p *parser) name(n *Node, key *Key) *Name {
	if n.Broken {
		return nil
	}
	if !isText(n) {
		p.errorf(codeWrongForm, n.Span, "", "`%s` takes a name, not %s", key.Name, form(n))
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
	allowed, rule := identifier, "letters, digits and `_`, and begins with a letter or `_`"
	switch {
	case space == ArgumentSpace || space == NoSpace:
		return name
	case space == TaskSpace:
		if name.Text == "" || strings.ContainsAny(name.Text, "\n\r\t") {
			p.errorf(codeBadName, name.Span, "", "%q cannot be a task's name: it is one line of text", name.Text)
			return nil
		}
		return name
	case space == CoroutineSpace || space == CallbackSpace:
		allowed, rule = definable, "letters, digits, `_` and `-`, and begins with a letter or `_`"
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
	p.errorf(codeBadName, name.Span, hint, "`%s`: %s cannot be a name: a name has %s",
		what, strconv.Quote(shorten(name.Text)), rule)
	return nil
}

// expressionWord reports whether expressions read name as something else than a variable.
func expressionWord(name string) bool {
	_, reserved := reservedName(name)
	return reserved
}

func (p *parser) errorType(n *Node, key *Key) FieldValue {
	switch {
	case isNull(n):
		return &Nothing{Span: n.Span}
	case isText(n) && strings.Contains(n.Text, "${"):
		v := p.template(n)
		if v != nil && v.Kind != Computed {
			p.errorf(codeReference, n.Span, "put the text into `message:`",
				"`%s` takes the type of an error or one `${…}`, not text with `${…}` in it", key.Name)
			return nil
		}
		return orNil(v)
	}
	return orNil(p.typeName(n, key))
}

// typeName reads the name of a type of errors.
func (p *parser) typeName(n *Node, key *Key) *Name {
	if n.Broken {
		return nil
	}
	if isText(n) && identifier.MatchString(n.Text) {
		return &Name{Span: n.Span, Text: n.Text}
	}
	hint := ""
	if isText(n) && key.Kind == ErrorKey {
		hint = "what the error says goes into `message:`"
	}
	p.errorf(codeWrongForm, n.Span, hint,
		"`%s` takes the type of an error such as ValueError, not %s", key.Name, form(n))
	return nil
}

func (p *parser) types(n *Node, key *Key) *Names {
	nodes := []*Node{n}
	if n.Kind == ListNode {
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

func (p *parser) word(n *Node, key *Key) *Name {
	if n.Kind == ScalarNode {
		for _, w := range key.Words {
			if n.Text == w {
				return &Name{Span: n.Span, Text: w}
			}
		}
		hint := ""
		if near := suggest(n.Text, key.Words); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		p.errorf(codeUnknownWord, n.Span, hint, "`%s` is %s, not %s", key.Name, quoteChoice(key.Words), form(n))
		p.fix(n.TextSpan(0, len(n.Text)), onlySuggestion(n.Text, key.Words))
		return nil
	}
	p.wrongForm(n, key)
	return nil
}

func quoteChoice(words []string) string {
	n := len(words)
	return "`" + strings.Join(words[:n-1], "`, `") + "` or `" + words[n-1] + "`"
}

func (p *parser) bindings(n *Node, key *Key) *Bindings {
	if n.Kind != MapNode {
		p.noMap(n, key)
		return p.assignment(n)
	}
	b := &Bindings{Span: n.Span}
	for _, pair := range n.Pairs {
		if key.Space == LocalSpace && strings.ContainsAny(pair.Key, ".[") && barePath.MatchString(pair.Key) {
			p.errorf(codeBadName, pair.KeySpan, "use `set` to change a place inside a list or map",
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
func unread(at Span) *Value { return &Value{Span: at, Kind: Computed, Expr: &Expr{Span: at}} }

// assignment is what the text `x = 1`, which has been reported, was meant to assign, nil if it is something else.
func (p *parser) assignment(n *Node) *Bindings {
	m := pythonAssign.FindStringSubmatch(n.Text)
	if m == nil || !isText(n) || expressionWord(m[1]) {
		return nil
	}
	name := &Name{Span: n.TextSpan(0, len(m[1])), Text: m[1]}
	return &Bindings{Span: n.Span, Items: []Binding{{Name: name, Value: unread(n.Span)}}}
}

// noMap reports something else than a map from names to values.
func (p *parser) noMap(n *Node, key *Key) {
	hint := ""
	if isText(n) && identifier.MatchString(n.Text) {
		hint = "write `" + key.Name + ": { " + n.Text + ": … }`"
	} else if m := pythonAssign.FindStringSubmatch(n.Text); m != nil && isText(n) {
		hint = "write `" + key.Name + ": { " + m[1] + ": " + written(m[2]) + " }`"
	}
	p.errorf(codeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
}

func (p *parser) targets(n *Node, key *Key) *Targets {
	if n.Kind != MapNode {
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
func (p *parser) path(text string, at Span) *Path {
	span := inKey(text, at)
	end := strings.IndexAny(text+".", ".[")
	if end == 0 {
		p.errorf(codePath, at, "write `name`, `name.key` or `name[index]`", "%q is no path", shorten(text))
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
			if identifier.MatchString(text[i+1 : j]) {
				path.Elems = append(path.Elems, PathElem{Span: span(i, j), Key: text[i+1 : j]})
				i = j
				continue
			}
		} else if text[i] == '[' {
			if j = closingBracket(text, i); j > 0 {
				first := i + 1 // i goes on
				inner := func(a, b int) Span { return span(first+a, first+b) }
				e := &Expr{Span: span(i+1, j), Text: text[i+1 : j], tree: parseExpression(text[i+1:j], inner, p.diags)}
				path.Elems = append(path.Elems, PathElem{Span: span(i, j+1), Index: e})
				i = j + 1
				continue
			}
		}
		p.errorf(codePath, span(i, len(text)),
			"write `name`, `name.key` or `name[index]`", "%q is no path", shorten(text))
		return nil
	}
	return path
}

// closingBracket is the offset of the bracket that closes the one at open, 0: there is none.
func closingBracket(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			n := quotedLen(text[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// inKey gives the spans of parts of a map's key. A key with escapes in it is shown whole.
func inKey(text string, at Span) func(from, to int) Span {
	start := at.Start
	switch at.End - at.Start - len(text) {
	case 0:
	case 2:
		start++ // its quote
	default:
		return func(int, int) Span { return at }
	}
	return func(from, to int) Span { return Span{start + from, start + to} }
}

func (p *parser) records(n *Node, key *Key) *Records {
	if n.Kind != ListNode {
		hint := wordHint(n, key.Keys, "[{ %s }]")
		if n.Kind == MapNode {
			hint = "put a `- ` before each"
		}
		p.errorf(codeWrongForm, n.Span, hint, "`%s` takes a list of maps, not %s", key.Name, form(n))
		return nil
	}
	list := &Records{Span: n.Span}
	for _, item := range n.Items {
		list.Items = append(list.Items, p.record(item, key.Keys, "an item of `"+key.Name+"`"))
	}
	return list
}

func (p *parser) definitions(n *Node, key *Key) *Definitions {
	entries := findKey(key.Keys, "call") != nil
	if n.Kind != MapNode {
		p.errorf(codeWrongForm, n.Span, namedHint(n, entries), "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	d := &Definitions{Span: n.Span}
	for _, pair := range n.Pairs {
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, key.Space, key.Name)
		if isText(pair.Value) && entries {
			p.errorf(codeWrongForm, pair.Value.Span, "write `{ call: "+shorten(pair.Value.Text)+" }`",
				"worker `%s` is a map with `call` or `do`, not %s", pair.Key, form(pair.Value))
			continue
		}
		r := p.record(pair.Value, key.Keys, strings.TrimSuffix(key.Name, "s")+" `"+shorten(pair.Key)+"`")
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
func namedHint(n *Node, entries bool) string {
	name, body := "NAME", "do: […]"
	if entries {
		body = "call: …"
	}
	if n.Kind == ListNode && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n.Kind == MapNode {
		if v := n.Get("name"); v != nil && isText(v) {
			name = shorten(v.Text)
		}
		if v := n.Get("call"); v != nil && isText(v) {
			body = "call: " + shorten(v.Text)
		}
	} else if isText(n) && definable.MatchString(n.Text) {
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
	switch call, do := r.has("call"), r.has("do"); {
	case !call && !do && r.partial:
	case !call && !do:
		p.errorf(codeEntry, at, "", "an entry needs `call: coroutine` or `do: steps`")
	case call && do:
		p.errorf(codeEntry, at, "", "an entry has `call` or `do`, not both")
	case do && r.has("with"):
		p.errorf(codeEntry, at, "the steps of a `do` see the locals around them",
			"`with` needs `call`: `do` has no parameters")
	}
}

func (p *parser) entryOrName(n *Node, key *Key) FieldValue {
	if n.Kind != MapNode {
		return orNil(p.name(n, &Key{Name: key.Name, Space: CoroutineSpace}))
	}
	r := p.record(n, key.Keys, "`"+key.Name+"`")
	p.entry(r)
	return r
}

func (p *parser) items(n *Node, key *Key) FieldValue {
	switch n.Kind {
	case MapNode:
		r := p.record(n, key.Keys, "the generator of `"+key.Name+"`")
		p.entry(r)
		return r
	case ScalarNode:
		if r := p.reference(n, key); r != nil {
			return &Items{Span: n.Span, Items: []FieldValue{r}}
		}
		return nil
	}
	items := &Items{Span: n.Span}
	for _, item := range n.Items {
		if item.Kind == MapNode {
			r := p.record(item, EntryKeys, "an entry")
			p.entry(r)
			items.Items = append(items.Items, r)
		} else if r := p.reference(item, key); r != nil {
			items.Items = append(items.Items, r)
		}
	}
	return items
}

func (p *parser) block(n *Node, key *Key) *Block {
	if n.Kind != ListNode {
		hint := ""
		switch {
		case n.Kind == MapNode && len(n.Pairs) > 0 && strings.HasPrefix(n.Pairs[0].Key, "-"):
			hint = "a space follows the `-` of a step: `- " + shorten(n.Pairs[0].Key[1:]) + ": …`"
		case n.Kind == MapNode:
			hint = "put a `- ` before each step"
		case isText(n) && VerbNamed(n.Text) != nil:
			hint = "write `[" + n.Text + "]`, or `- " + n.Text + "` on the next line"
		}
		p.errorf(codeWrongForm, n.Span, hint, "`%s` takes a list of steps, not %s", key.Name, form(n))
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
func (p *parser) step(n *Node) *Step {
	switch {
	case n.Broken:
		return nil
	case isText(n):
		return p.bareStep(n)
	case n.Kind != MapNode || len(n.Pairs) == 0:
		p.errorf(codeNoVerb, n.Span, "write `- print: text`, or a bare verb such as `- stop`",
			"a step is a map with one verb, not %s", form(n))
		return nil
	}
	verb, word := p.verb(n)
	if verb == nil {
		return nil
	}
	s := &Step{Verb: verb, Record: Record{Span: n.Span}}
	for _, pair := range n.Pairs {
		key := verb.Key(pair.Key)
		if pair.Key == word {
			key = verb.Keys[0]
		} else if key == nil {
			key = p.unknownKey(&s.Record, verb.Keys[1:], pair, n, "`"+verb.Name+"`")
		}
		switch {
		case key == nil:
		case key == verb.Keys[0] && key.Required && isNull(pair.Value) && !pair.Value.Broken:
			p.errorf(codeNoValue, pair.KeySpan, "", "`%s` needs %s: %s", verb.Name, key.Kind, key.Doc)
			s.Fields = append(s.Fields, Field{Key: key, KeySpan: pair.KeySpan})
		default:
			p.field(&s.Record, key, pair)
		}
	}
	p.required(&s.Record, verb.Keys, n, "`"+verb.Name+"`")
	if e, ok := s.Get("spawn").(*Record); ok && field[*Bindings](&s.Record, "with") != nil {
		p.errorf(codeEntry, e.Span, "", "`with` needs `spawn: coroutine`: an entry has its own `with`")
	}
	return s
}

func (p *parser) bareStep(n *Node) *Step {
	verb := VerbNamed(n.Text)
	switch {
	case verb == nil:
		word, _, _ := strings.Cut(n.Text, " ")
		hint := didYouMeanKey(word, verbNames())
		before, _, colon := strings.Cut(n.Text, ":")
		spaced := VerbNamed(word)
		if v := VerbNamed(before); v != nil {
			hint = "write `- " + v.Name + ": …`, with a space after the colon"
		} else if meant := stepHint(n.Text); meant != "" {
			hint = meant
		} else if spaced != nil && spaced.Keys[0].Kind != NothingKey && word != n.Text {
			hint = "write `- " + word + ": " + shorten(n.Text[len(word)+1:]) + "`"
		}
		p.errorf(codeUnknownVerb, n.Span, hint, "%s is no step: a step is `verb: value`, or a bare verb", form(n))
		if v := VerbNamed(before); v != nil && colon {
			p.fix(n.TextSpan(len(before)+1, len(before)+1), " ")
		}
		if b := p.assignment(n); b != nil {
			let := VerbNamed("let")
			return &Step{Verb: let, Record: Record{Span: n.Span, Fields: []Field{{Key: let.Keys[0], KeySpan: n.Span, Value: b}}}}
		}
		return nil
	case verb.Unbuilt:
		p.errorf(codeNotBuilt, n.Span, "", "`%s` is not built yet", verb.Name)
		return nil
	case !verb.Bare:
		p.errorf(codeNoValue, n.Span, "write `- "+verb.Name+": …`", "`%s` needs %s: %s",
			verb.Name, verb.Keys[0].Kind, verb.Keys[0].Doc)
		return nil
	}
	return &Step{Verb: verb, Record: Record{Span: n.Span}}
}

// verb finds the one verb of a step. A word that is also a key of another verb that is there (spawn's context) counts
// as that key. word is how it is written: a misspelt one has been reported.
func (p *parser) verb(n *Node) (verb *Verb, word string) {
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
				p.errorf(codeSeveralVerbs, pair.KeySpan, "begin a new step: `- "+own[1].Name+": …`",
					"a step has one verb: this one has `%s` and `%s`", own[0].Name, own[1].Name)
			}
		}
		return nil, ""
	}
	if own[0].Unbuilt {
		p.errorf(codeNotBuilt, p.keySpan(n, own[0].Name), "", "`%s` is not built yet", own[0].Name)
		return nil, ""
	}
	return own[0], own[0].Name
}

func (p *parser) keySpan(n *Node, key string) Span {
	for _, pair := range n.Pairs {
		if pair.Key == key {
			return pair.KeySpan
		}
	}
	return n.Span
}

// noVerb reports a step without a verb: most likely its first key is a misspelt one. It gives the verb that was surely meant,
// and how it is written.
func (p *parser) noVerb(n *Node) (verb *Verb, word string) {
	names := verbNames()
	for _, pair := range n.Pairs {
		if s := suggestKey(pair.Key, names); s != "" {
			p.errorf(codeUnknownVerb, pair.KeySpan, "did you mean `"+s+"`?", "there is no verb `%s`", shorten(pair.Key))
			only := onlyKey(pair.Key, names, n)
			p.fix(pair.KeySpan, only)
			if verb = VerbNamed(only); verb == nil || verb.Unbuilt {
				return nil, ""
			}
			return verb, pair.Key
		}
	}
	first := n.Pairs[0]
	hint := stepHint(first.Key)
	for _, v := range Verbs {
		if v.Key(first.Key) != nil {
			hint = "it is a key of `" + v.Name + "`: write it beside, without the `- `"
			break
		}
	}
	p.errorf(codeUnknownVerb, first.KeySpan, hint, "there is no verb `%s`", shorten(first.Key))
	return nil, ""
}

// How steps are written in Python.
var (
	pythonCall   = regexp.MustCompile(`^(?:await )?(?:asyncio\.)?(\w+)\((.*)\)$`)
	pythonAssign = regexp.MustCompile(`^([A-Za-z_]\w*) *= *([^=].*)$`)
	pythonFor    = regexp.MustCompile(`^for (\w+) in (.+)$`)
	pythonBlock  = regexp.MustCompile(`^(if|while|repeat|with|try) (.+)$`)
)

// stepHint is how a step is written here that is written as in Python, "" where it is not.
func stepHint(text string) string {
	if m := pythonCall.FindStringSubmatch(text); m != nil {
		if v := VerbNamed(suggestKey(m[1], verbNames())); v != nil && VerbNamed(m[1]) == nil {
			m[1] = v.Name
		}
		if VerbNamed(m[1]) != nil {
			return "write `- " + m[1] + ": " + shorten(m[2]) + "`"
		}
	}
	if m := pythonAssign.FindStringSubmatch(text); m != nil {
		return "write `- let: { " + m[1] + ": " + written(m[2]) + " }`"
	}
	if m := pythonFor.FindStringSubmatch(text); m != nil {
		return "write `- for: " + m[1] + "`, with `in:` and `do:` below"
	}
	if m := pythonBlock.FindStringSubmatch(text); m != nil && VerbNamed(m[1]) != nil {
		return "write `- " + m[1] + ": " + shorten(m[2]) + "`, with its steps below"
	}
	return ""
}

var (
	pythonRange = regexp.MustCompile(`^range\((\d+)\)$`)
	constant    = regexp.MustCompile(`^(-?\d+(\.\d+)?|true|false|null|"[^"]*"|'[^']*')$`)
)

// written is how a value is written here that is an expression in Python.
func written(expr string) string {
	expr = shorten(strings.TrimSpace(expr))
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

func (p *parser) params(n *Node, key *Key) *Params {
	if n.Kind != MapNode {
		hint := "write `{ name: string, delay: number }`; `any` is a type too"
		if key.Kind == RunParamsKey {
			hint = "write `{ delay: 2 }`: a name, and its value where none is given"
		}
		p.errorf(codeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	list := &Params{Span: n.Span}
	for _, pair := range n.Pairs {
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, LocalSpace, key.Name)
		if name == nil {
			continue
		}
		param := &Param{Name: name, Type: Type{Kind: TypeAny}}
		switch {
		case pair.Value.Kind == MapNode:
			p.paramRecord(param, pair.Value, key)
		case key.Kind == RunParamsKey:
			if p.computed(pair.Value) {
				break
			}
			param.Default = p.value(pair.Value, true)
			param.Type = Type{Kind: typeOfLiteral(param.Default).Kind}
		default:
			p.paramType(param, pair.Value)
		}
		list.Items = append(list.Items, param)
	}
	return list
}

// computed reports a run parameter's default with `${…}` in it.
func (p *parser) computed(n *Node) bool {
	i := strings.Index(n.Text, "${")
	if i < 0 || !isText(n) || n.Broken {
		return false
	}
	p.errorf(codeParam, n.TextSpan(i, i+2), "compute it where it is used, or in `shared:`",
		"the default of a run parameter is a constant: `${…}` is not computed")
	return true
}

func (p *parser) paramRecord(param *Param, n *Node, key *Key) {
	r := p.record(n, key.Keys, "parameter `"+param.Name.Text+"`")
	if key.Kind == RunParamsKey && !r.has("type") && !r.has("default") {
		p.errorf(codeParam, param.Name.Span, "", "parameter `%s` needs a `type` or a `default`", param.Name.Text)
	}
	param.Default = field[*Value](r, "default")
	if v := n.Get("default"); v != nil && key.Kind == RunParamsKey && p.computed(v) {
		param.Default = nil
	}
	param.Min, param.Max = field[*Value](r, "min"), field[*Value](r, "max")
	param.Enum = field[*Value](r, "enum")
	param.Description = constText(field[*Value](r, "description"))
	for _, pair := range n.Pairs {
		if pair.Key == "type" {
			p.paramType(param, pair.Value)
		}
	}
	if !param.typed && param.Default != nil && key.Kind == RunParamsKey {
		param.Type = Type{Kind: typeOfLiteral(param.Default).Kind}
	}
}

var paramTypes = []string{
	"string", "int", "number", "bool", "duration", "list", "map", "task", "handle", "any", "queue", "lock", "semaphore",
	"event", "condition", "barrier", "future", "group", "resource", "container",
}

// otherTypeWords is what other languages call the types.
var otherTypeWords = map[string]string{
	"str": "string", "text": "string", "integer": "int", "float": "number", "double": "number", "boolean": "bool",
	"array": "list", "object": "map", "dict": "map", "time": "duration",
}

func (p *parser) paramType(param *Param, n *Node) {
	t, ok := parseType(n.Text)
	if n.Kind != ScalarNode || !ok {
		hint := didYouMean(n.Text, paramTypes)
		if near := suggest(n.Text, slices.Sorted(maps.Keys(otherTypeWords))); near != "" && suggest(n.Text, paramTypes) == "" {
			hint = "did you mean `" + otherTypeWords[near] + "`?"
		}
		if word := otherTypeWords[n.Text]; word != "" {
			hint = "did you mean `" + word + "`?"
		}
		p.errorf(codeParam, n.Span, hint, "the type of parameter `%s` is a word such as %s, not %s",
			param.Name.Text, quoteChoice([]string{"string", "number", "any"}), form(n))
		if word := otherTypeWords[n.Text]; word != "" {
			p.fix(n.TextSpan(0, len(n.Text)), word)
		} else if n.Kind == ScalarNode {
			p.fix(n.TextSpan(0, len(n.Text)), onlySuggestion(n.Text, paramTypes))
		}
		return
	}
	param.Type, param.typed, param.IsDuration = t, true, n.Text == "duration"
}

// constText is a literal value as text, "" where there is none.
func constText(v *Value) string {
	if v == nil || v.Kind != Literal {
		return ""
	}
	var l *engine.Loop
	return string(l.AppendText(nil, v.Const))
}
