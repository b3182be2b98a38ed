package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// bareCondition is how the expression of `${…}` is written as the condition n, "" where quotes would have to change.
func (p *parser) bareCondition(n *yaml.Node, expr string) string {
	expr = strings.TrimSpace(expr)
	plain := !n.Quoted && strings.IndexByte("!&*[{|>@%`'\"#,-?:", expr[0]) < 0 && !strings.Contains(expr, ": ")
	if plain || n.Quoted && len(n.Source.Text(n.Span)) == len(n.Text)+2 {
		return expr
	}
	return ""
}

// expr parses bytes [from, to) of a scalar's text as an expression.
func (p *parser) expr(n *yaml.Node, from, to int) *Expr {
	span := func(a, b int) source.Span { return n.TextSpan(from+a, from+b) }
	text := n.Text[from:to]
	told := len(*p.diags)
	e := &Expr{Span: span(0, len(text)), Text: text, Tree: expr.Parse(text, p.unitNanos(), span, p.diags)}
	if len(*p.diags) > told && !n.Quoted {
		quoteFix(&(*p.diags)[told], n, from, to)
	}
	return e
}

// quoteFix puts the unquoted text n in quotes where the fix of an expression in it, between from and to, brings a `: `.
func quoteFix(d *source.Diagnostic, n *yaml.Node, from, to int) {
	raw := n.Source.Text(n.Span)
	if !strings.Contains(d.Fix.New, ": ") && !strings.Contains(d.Fix.New, " #") || raw != n.Text ||
		strings.Contains(raw, "\n") || d.Hint != "write `"+d.Fix.New+"`" {
		return
	}
	text := source.QuoteYAML(n.Text[:from] + d.Fix.New + n.Text[to:])
	d.Hint = "write `" + text + "`"
	d.Fix = source.Fix{Span: n.Span, New: text}
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
	plain := n.Type == yaml.StringScalar && !n.Quoted
	if plain && expr.HasUnits(n.Text) {
		return p.withUnits(n)
	}
	return &Value{Span: n.Span, Const: scalar(n), Plain: plain}
}

// withUnits reads a literal with units, `1m30s`, as a number of the scenario's units of time.
func (p *parser) withUnits(n *yaml.Node) *Value {
	ns, err := expr.ParseDuration(n.Text, p.unitNanos())
	if err != nil {
		p.errorf(CodeDuration, n.Span, "text stands in quotes", "%s", err)
		return nil
	}
	return &Value{Span: n.Span, Const: engine.Float(float64(ns) / float64(p.unitNanos())), Unit: n.Text}
}

// AsText is a value where text is wanted: literals with units stand there as they are written.
func (v *Value) AsText() *Value {
	switch {
	case v == nil:
		return nil
	case v.Unit != "":
		return &Value{Span: v.Span, Const: engine.String(v.Unit), Plain: true}
	case len(v.Items) == 0:
		return v
	}
	text := *v
	text.Items = make([]*Value, len(v.Items))
	for i, item := range v.Items {
		text.Items[i] = item.AsText()
	}
	return &text
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
var doubledBraces = source.NewPattern(`^\{\s*([^{}:]*[^{}:\s])\s*\}$`)

// template reads text with ${…} in it.
func (p *parser) template(n *yaml.Node) *Value {
	parts, err := yaml.SplitTemplate(n.Text)
	if err != nil {
		p.errorf(CodeTemplate, n.TextSpan(err.From, err.To), err.Hint, "%s", err.Message)
		return nil
	}
	v := &Value{Span: n.Span, Kind: Template}
	for _, part := range parts {
		if !strings.HasPrefix(part.Expr, "{") {
			continue
		}
		if m := doubledBraces.Regexp().FindStringSubmatch(part.Expr); m != nil {
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
		p.errorf(CodeCondition, n.Span, "write an expression such as `count > 5`", "`%s` takes %s, not %s",
			key.Name, key.Kind, form(n))
		return nil
	case strings.Contains(n.Text, "${"):
		hint, bare := "leave out the `${` and the `}`", ""
		if parts, err := yaml.SplitTemplate(n.Text); err == nil && len(parts) == 1 && parts[0].Expr != "" {
			bare = strings.TrimSpace(parts[0].Expr)
			if m := doubledBraces.Regexp().FindStringSubmatch(bare); m != nil {
				bare = m[1]
			}
			hint = "write `" + key.Name + ": " + bare + "`"
		}
		i := strings.Index(n.Text, "${")
		p.errorf(CodeCondition, n.TextSpan(i, i+2), hint,
			"%s is an expression already: `${` has no place in it", strings.Replace(key.Kind.String(), "an expression", "this", 1))
		if bare != "" {
			p.fix(n.TextSpan(0, len(n.Text)), p.bareCondition(n, bare))
		}
		return nil
	}
	return &Condition{Span: n.Span, Expr: p.expr(n, 0, len(n.Text))}
}

// expression reads a bare expression, which may be a number.
func (p *parser) expression(n *yaml.Node, key *Key) *Condition {
	if n.Kind == yaml.ScalarNode && (n.Type == yaml.IntScalar || n.Type == yaml.FloatScalar) {
		return &Condition{Span: n.Span, Expr: p.expr(n, 0, len(n.Text))}
	}
	return p.condition(n, key)
}

// oneOrMore is the items of a list, or what stands in place of a list of one.
func oneOrMore(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.ListNode {
		return n.Items
	}
	return []*yaml.Node{n}
}

func (p *parser) conditions(n *yaml.Node, key *Key) FieldValue {
	list := &Conditions{Span: n.Span}
	for _, item := range oneOrMore(n) {
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
	case isText(n) && key.OfDay && strings.Contains(n.Text, ":"):
		return p.timeOfDay(n, key)
	}
	ns, err := p.literalNanos(n)
	if err != nil {
		guess, hint := "", ""
		if source.IsIdentifier(n.Text) {
			guess, hint = n.Text, "did you mean `${"+n.Text+"}`?"
		}
		if p.isCoroutine(n.Text) {
			hint = "write `- call: " + n.Text + "`: a coroutine runs on the loop"
		}
		call := expr.CallMeant(n.Text)
		if call != "" && !n.Quoted {
			call = "\"${" + call + "}\""
			hint, err = "write `"+call+"`", fmt.Errorf("%q is no duration", source.Shorten(n.Text))
		}
		p.errorf(CodeDuration, n.Span, hint, "`%s`: %s", key.Name, err)
		(*p.diags)[len(*p.diags)-1].Guess = guess
		if mended := expr.MendDuration(n.Text); n.Type == yaml.StringScalar && mended != n.Text && expr.IsDuration(mended) {
			p.fix(n.TextSpan(0, len(n.Text)), mended)
		} else if call != "" && !n.Quoted {
			p.fix(n.Span, call)
		}
		return nil
	}
	return &Duration{Span: n.Span, Nanos: ns}
}

// timeOfDay reads a time of day: "02:00", "14:30:15".
func (p *parser) timeOfDay(n *yaml.Node, key *Key) *Duration {
	if ns, ok := clockTime(n.Text); ok {
		return &Duration{Span: n.Span, Nanos: ns, OfDay: true}
	}
	p.errorf(CodeDuration, n.Span, "write a time of day from \"00:00\" to \"23:59:59\", or a loop time such as 1m30s",
		"`%s`: %q is no time of day", key.Name, source.Shorten(n.Text))
	return nil
}

// literalNanos is a written duration in nanoseconds.
func (p *parser) literalNanos(n *yaml.Node) (int64, error) {
	if n.Type == yaml.FloatScalar {
		return expr.FloatDuration(n.Text, n.Float(), p.unitNanos())
	}
	return expr.ParseDuration(n.Text, p.unitNanos())
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
	if key == WaitKey && n.Kind == yaml.ScalarNode && expr.IsDuration(n.Text) {
		p.errorf(CodeReference, n.Span, "write `sleep: "+n.Text+"`",
			"`wait` waits for tasks, an event, a barrier or a condition, "+
				"not for a time")
		return nil
	}
	if !isText(n) || n.Text == "" {
		p.errorf(CodeReference, n.Span, p.referenceHint(n, key), "`%s` takes a name or one `${…}`, not %s", key.Name, form(n))
		return nil
	}
	if parts := namedAs.Regexp().FindStringSubmatch(n.Text); parts != nil && p.within != nil {
		p.errorf(CodeReference, n.Span, "write `- { "+key.Name+": "+flowText(parts[1])+", as: "+parts[2]+" }`",
			"`%s` takes a name, not the text %s", key.Name, strconv.Quote(source.Shorten(n.Text)))
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
			"`%s` takes a name or one `${…}`, not text with `${…}` in it such as %s", key.Name,
			strconv.Quote(source.Shorten(n.Text)))
		return nil
	}
	return &Reference{Span: n.Span, Expr: v.Expr}
}

// bareReference reads a name or a path. Whether it is an expression depends on what it names, so what is wrong with it
// as one is not reported yet.
func (p *parser) bareReference(n *yaml.Node) *Reference {
	r := &Reference{Span: n.Span, Text: n.Text}
	if source.IsBarePath(n.Text) {
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
		p.errorf(CodeWrongForm, n.Span, p.nameHint(n, key), "`%s` takes a name, not %s", key.Name, form(n))
		return nil
	}
	name := p.checkName(&Name{Span: n.Span, Text: n.Text}, key.Space, key.Name)
	if m := pythonLoop(n.Text); name == nil && key.Name == "for" && m != nil {
		return &Name{Span: n.TextSpan(0, len(m[1])), Text: m[1]}
	}
	return name
}

// checkName reports a name with characters that its space does not allow.
func (p *parser) checkName(name *Name, space Space, what string) *Name {
	allowed, rule := source.IsIdentifier, "letters, digits and `_`, and begins with a letter or `_`"
	switch {
	case space == ArgumentSpace || space == NoSpace:
		return name
	case space == TaskSpace:
		if name.Text == "" || strings.ContainsAny(name.Text, "\n\r\t") {
			p.errorf(CodeBadName, name.Span, "", "%q cannot be a task's name: it is one line of text", name.Text)
			return nil
		}
		return name
	case space == MetricSpace:
		allowed, rule = isMetricPath, "letters, digits and `_`, with a dot behind the name of an object"
	case space == CoroutineSpace || space == CallbackSpace || space == CaseSpace || space == SourceSpace:
		allowed, rule = source.IsDefinable, "letters, digits, `_` and `-`, and begins with a letter or `_`"
	}
	hint := ""
	m := pythonLoop(name.Text)
	switch {
	case what == "for" && m != nil:
		hint = "write `for: " + m[1] + "` and `in: " + written(m[2]) + "`"
	case space == TargetSpace && nameList.Regexp().MatchString(name.Text):
		names := rawArguments(strings.Trim(name.Text, "()"))
		values := make([]string, len(names))
		for i := range names {
			values[i] = fmt.Sprintf("r[%d]", i)
		}
		hint = "write `" + what + ": r`, and `- let: " + bindingsText(names, values) + "` in a step after it"
	case strings.Contains(name.Text, "${"):
		hint = "write the name itself, without `${…}`"
	case p.meantName(what, space, name.Text) != "":
		hint = p.meantName(what, space, name.Text)
	case allowed(name.Text) && !expressionWord(name.Text):
		return name
	case expressionWord(name.Text):
		rule = "no word of the expressions such as `in`, `not` or `true`"
	}
	p.errorf(CodeBadName, name.Span, hint, "`%s`: %s cannot be a name: a name has %s",
		what, strconv.Quote(source.Shorten(name.Text)), rule)
	return nil
}

// nameList matches several names where one belongs.
var nameList = source.NewPattern(`^\(?[A-Za-z_]\w*(?:, *[A-Za-z_]\w*)+\)?$`)

// calledName is the name in `name(…)`, "" where a text is no such call.
func calledName(text string) string {
	name, _, call := strings.Cut(text, "(")
	if call && strings.HasSuffix(text, ")") && source.IsDefinable(name) {
		return name
	}
	return ""
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
	if isText(n) && source.IsIdentifier(n.Text) {
		return &Name{Span: n.Span, Text: n.Text}
	}
	hint := ""
	if isText(n) && key.Kind == ErrorKey {
		hint = "what the error says goes into `message:`"
		if meant := p.raiseHint(n.Text); meant != "" && key == RaiseKey {
			hint = meant
		}
	} else if key == RaiseKey && n.Kind == yaml.MapNode {
		hint = "write `- " + inBraces(raisePairs(n)) + "`"
	}
	p.errorf(CodeWrongForm, n.Span, hint,
		"`%s` takes the type of an error such as ValueError, not %s", key.Name, form(n))
	return nil
}

func (p *parser) types(n *yaml.Node, key *Key) *Names {
	list := &Names{Span: n.Span}
	for _, item := range oneOrMore(n) {
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
	b := &Bindings{Span: n.Span, Partial: n.Partial}
	for _, pair := range n.Pairs {
		if key.Space == LocalSpace && strings.ContainsAny(pair.Key, ".[") && source.IsBarePath(pair.Key) {
			p.errorf(CodeBadName, pair.KeySpan, "use `set` to change a place inside a list or map",
				"`%s` assigns whole variables: %q is a path", key.Name, pair.Key)
			continue
		}
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, key.Space, key.Name)
		value := p.value(pair.Value, false)
		if value != nil && p.isCall(pair.Value) {
			p.errorf(CodeWrongForm, pair.Value.Span, "write `- "+inBraces(callAs(pair))+"`",
				"a value runs no step: this would be a map")
			value = nil
		}
		if value == nil {
			value = unread(pair.Value.Span)
		}
		if name != nil {
			b.Items = append(b.Items, Binding{Name: name, Value: value})
		}
	}
	return b
}

// callAs is the step that calls what a value is written as, and assigns the result.
func callAs(pair yaml.Pair) []string {
	var pairs []string
	for _, q := range pair.Value.Pairs {
		pairs = append(pairs, q.Key+": "+nodeText(q.Value))
	}
	return append(pairs, "as: "+pair.Key)
}

// isCall reports whether a value is written as a step that calls a coroutine of the file, makes a task of it, or takes
// an item of a queue.
func (p *parser) isCall(n *yaml.Node) bool {
	if n.Kind != yaml.MapNode {
		return false
	}
	for _, verb := range []string{"call", "spawn"} {
		if v := n.Get(verb); v != nil && isText(v) && p.isCoroutine(v.Text) {
			return true
		}
	}
	get := n.Get("get")
	return get != nil && isText(get) && p.sectionOf(get.Text) == "queues"
}

// unread is a value that cannot be read, which has been reported: its name exists all the same, and is of any type.
func unread(at source.Span) *Value { return &Value{Span: at, Kind: Computed, Expr: &Expr{Span: at}} }

// noMap reports something else than a map from names to values.
func (p *parser) noMap(n *yaml.Node, key *Key) {
	hint := p.mapHint(n, key)
	if isText(n) && key.Name == "set" && p.sectionOf(n.Text) == "events" {
		hint = "write `- signal: " + n.Text + "`"
	} else if isText(n) && source.IsIdentifier(n.Text) {
		hint = "write `" + key.Name + ": { " + n.Text + ": … }`"
	} else if names, values := assignedLines(n); names != nil {
		hint = "write `" + key.Name + ": " + bindingsText(names, values) + "`"
	} else if m := pythonAssign.Regexp().FindStringSubmatch(n.Text); m != nil && isText(n) {
		hint = "write `" + key.Name + ": { " + m[1] + ": " + written(m[2]) + " }`"
	}
	p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
}

// assignedLines is the variables and values of a text with an assignment on each of its lines, nil: it is none.
func assignedLines(n *yaml.Node) (names, values []string) {
	lines := strings.Split(strings.TrimSpace(n.Source.Text(n.Span)), "\n")
	if !isText(n) || n.Quoted || len(lines) < 2 {
		return nil, nil
	}
	for _, line := range lines {
		m := pythonAssign.Regexp().FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			return nil, nil
		}
		names, values = append(names, m[1]), append(values, m[2])
	}
	return names, values
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

// places reads a path, or a list of paths.
func (p *parser) places(n *yaml.Node, key *Key) *Targets {
	t := &Targets{Span: n.Span}
	for _, item := range oneOrMore(n) {
		switch {
		case item.Broken:
		case !isText(item):
			hint := "write `" + key.Name + ": m.key`, `" + key.Name + ": \"xs[0]\"`, or a list of such places"
			if item.Kind == yaml.MapNode && len(item.Pairs) == 1 && item.Pairs[0].Value.Kind == yaml.ScalarNode {
				hint = "write `" + key.Name + ": " + source.QuoteYAML(item.Pairs[0].Key+"["+item.Pairs[0].Value.Text+"]") + "`"
			}
			p.errorf(CodeWrongForm, item.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(item))
		default:
			if path := p.path(item.Text, item.Span); path != nil {
				t.Items = append(t.Items, Targeting{Path: path})
			}
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
			if source.IsIdentifier(text[i+1 : j]) {
				path.Elems = append(path.Elems, PathElem{Span: span(i, j), Key: text[i+1 : j]})
				i = j
				continue
			}
		} else if text[i] == '[' {
			if j = source.ClosingBracket(text, i); j > 0 {
				first := i + 1 // i goes on
				inner := func(a, b int) source.Span { return span(first+a, first+b) }
				e := &Expr{Span: span(i+1, j), Text: text[i+1 : j], Tree: expr.Parse(text[i+1:j], p.unitNanos(), inner, p.diags)}
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

// ConstText is a literal value as text, "" where there is none.
func ConstText(v *Value) string {
	if v == nil || v.Kind != Literal {
		return ""
	}
	return string(engine.AppendText(nil, nil, v.Const))
}
