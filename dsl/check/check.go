// Package check resolves the names of a scenario, infers its types, follows its control flow, and reports what is
// wrong. It puts what it finds into an Info beside the tree.
package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// checker walks all code until the types of variables and results no longer change, and then once more to report.
type checker struct {
	Scope
	s       *syntax.File
	diags   *source.Diagnostics // nil while types are inferred
	env     expr.Env
	changed bool
	flow    state
	loop    *loopExits // nil outside loops
	returns state      // merged over the body's `return`s
	noDraws bool
	part    int // of the source: the file whose code is checked

	inGroupHandler bool // a step cannot leave the handler of a group
}

func newCodeChecker(s *syntax.File, info *Info) *checker {
	c := &checker{s: s, Scope: Scope{Info: info}}
	c.env = expr.Env{Scope: forgiving{&c.Scope}, Results: &info.results, Facts: info.Facts}
	c.env.Functions, c.env.MoreFunctions = info.Functions, s.Lost[syntax.FunctionsKey]
	c.env.Coroutine = func(name string) bool { return c.Coroutines[name] != nil }
	c.env.Step = s.ValueStep
	c.env.TextHint = c.textHint
	c.env.Metrics, c.env.Unit = info.Metrics, s.Unit
	return c
}

// check infers all types, then reports. It ends because types only grow, and only so far.
func (c *checker) check(diags *source.Diagnostics) {
	for c.changed = true; c.changed; {
		for c.changed {
			c.changed = false
			c.scenario()
		}
		c.settle()
	}
	c.diags, c.env.Diags = diags, diags
	c.env.TaskName = c.knownTask
	c.dropGuesses(*diags)
	c.scenario()
}

// settle gives the type any to everything that no assignment gave a type.
func (c *checker) settle() {
	settled := func(t *expr.Type) {
		if k := Known(*t); !k.Equal(*t) {
			*t, c.changed = k, true
		}
	}
	for _, g := range c.Globals {
		settled(&g.Type)
	}
	for _, f := range c.Functions {
		settled(&f.Result)
	}
	for _, act := range c.activations() {
		for _, v := range act.Locals {
			settled(&v.Type)
		}
		settled(&act.Result)
	}
}

// Known replaces the unknown parts of t by any.
func Known(t expr.Type) expr.Type {
	if t.Kind == expr.TypeUnknown {
		return expr.AnyType
	}
	if t.Elem != nil {
		return expr.ContainerOf(t.Kind, Known(*t.Elem))
	}
	return t
}

// activations returns every activation of the scenario.
func (c *checker) activations() []*Activation {
	var all []*Activation
	var add func(acts ...*Activation)
	add = func(acts ...*Activation) {
		for _, a := range acts {
			if a != nil {
				all = append(all, a)
				add(a.children...)
			}
		}
	}
	for _, d := range c.s.Coroutines {
		add(c.BodyOf(d))
	}
	for _, d := range c.s.Callbacks {
		add(c.BodyOf(d))
	}
	for _, w := range c.s.Workers {
		add(c.InlineOf(w.Entry))
	}
	for _, s := range c.s.Sources {
		add(c.BodyOfSource(s))
	}
	add(c.Main, c.before, c.after)
	return all
}

// scenario checks everything once, in the order of the file's sections.
func (c *checker) scenario() {
	c.functions()
	c.outside(true)
	c.globalValues()
	c.outside(false)
	for _, d := range slices.Concat(c.s.Coroutines, c.s.Callbacks) {
		c.enter(c.s.Part(d.Name))
		c.defaults(d)
	}
	for _, d := range c.s.Coroutines {
		c.enter(c.s.Part(d.Name))
		c.body(c.BodyOf(d), c.BodyOf(d).begin(), d.Do)
	}
	for _, d := range c.s.Callbacks {
		c.enter(c.s.Part(d.Name))
		c.callbackBody(d)
	}
	c.enter(0)
	c.outside(false)
	for _, w := range c.s.Workers {
		c.worker(w)
	}
	for _, s := range c.s.Sources {
		c.source(s)
	}
	c.metrics()
	for act, do := range c.Blocks(c.s) {
		c.body(act, act.begin(), do)
	}
	c.outside(false)
	c.expectations()
}

// Blocks yields the activations of before, main and after, with their steps.
func (i *Info) Blocks(s *syntax.File) func(yield func(*Activation, *syntax.Block) bool) {
	return func(yield func(*Activation, *syntax.Block) bool) {
		_ = (i.before == nil || yield(i.before, s.Before)) &&
			(i.Main == nil || yield(i.Main, s.Main)) &&
			(i.after == nil || yield(i.after, s.After))
	}
}

// knownName reports whether any variable of the scenario has this name.
func (c *checker) knownName(name string) bool {
	return c.Globals[name] != nil ||
		slices.ContainsFunc(c.activations(), func(a *Activation) bool { return a.ByName[name] != nil })
}

// dropGuesses drops those hints of the parser that offer a variable that does not exist.
func (c *checker) dropGuesses(diags source.Diagnostics) {
	for i, d := range diags {
		if d.Guess != "" && !c.knownName(d.Guess) {
			diags[i].Hint = ""
		}
	}
}

// outside leaves all activations. If onlyParams is set, only the run parameters exist.
func (c *checker) outside(onlyParams bool) {
	c.Scope = Scope{Info: c.Info, OnlyParams: onlyParams}
	c.flow, c.loop = state{}, nil
}

// enter goes to the names of a file, by its part of the source.
func (c *checker) enter(part int) {
	c.Info.enter(part)
	c.part, c.env.Functions, c.env.Metrics = part, c.Functions, nil
	if part == 0 {
		c.env.Metrics = c.Info.Metrics
	}
}

func (c *checker) errorf(code string, at source.Span, hint, format string, args ...any) {
	if c.diags != nil {
		*c.diags = append(*c.diags, source.Diagnostic{Code: code, Span: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
	}
}

// note adds a second place to the latest diagnostic.
func (c *checker) note(note string, at source.Span) {
	if c.diags != nil && at != (source.Span{}) {
		d := &(*c.diags)[len(*c.diags)-1]
		d.Note, d.NoteSpan = note, at
	}
}

// knownTask reports a constant task name that no task can have.
func (c *checker) knownTask(name string, at source.Span) {
	if c.part > 0 || c.s.IsLibrary() { // any scenario may include it
		return
	}
	if c.computedTasks || c.tasks[name] || expr.NumberedTask(name) || c.lost[syntax.WorkersKey] || c.lost[syntax.SourcesKey] {
		return
	}
	c.errorf(CodeNoTask, at, source.DidYouMean(name, SortedNames(c.tasks)), "there is no task %s", strconv.Quote(name))
}

// expr checks an expression and returns its type.
func (c *checker) expr(e *syntax.Expr) expr.Type { return c.lookedInto(e, false) }

// lookedInto is expr. If named is set, the expression only names the queue that its step uses.
func (c *checker) lookedInto(e *syntax.Expr, named bool) expr.Type {
	if e == nil || e.Tree == nil {
		return expr.AnyType
	}
	if c.Act != nil {
		e.Tree.Reads(func(name string, at source.Span) { c.read(name, at) })
	}
	c.lend(e, named)
	c.env.NoDraws = c.noDraws
	return e.Tree.Check(&c.env)
}

// lend records the declared queues that an expression passes on as values, or as parts of values.
func (c *checker) lend(e *syntax.Expr, named bool) {
	if len(c.s.Objects) == 0 {
		return
	}
	e.Tree.Lends(named, func(name string) {
		if v := c.Globals[name]; v != nil && v.Kind == expr.SymObject && !v.lent {
			v.lent, c.changed = true, true
		}
	})
}

// read reports a local that is not assigned on every path.
func (c *checker) read(name string, at source.Span) {
	v := c.Act.ByName[name]
	if v == nil || v.Kind != expr.SymLocal || c.flow.assigned[v.Index] {
		return
	}
	c.flow.assigned[v.Index] = true // report it once
	c.errorf(CodeUnassigned, at,
		"assign it before, with `let` for instance", "`%s` may have no value here: it is not assigned on every path",
		name)
	c.note("it is assigned here", v.Decl)
}

// value checks a value and returns its type.
func (c *checker) value(v *syntax.Value) expr.Type {
	if !c.notation(v, false) {
		c.bareNames(v)
	}
	return c.text(v)
}

// text is value without the warnings about text that looks like a value.
func (c *checker) text(v *syntax.Value) expr.Type {
	switch v.Kind {
	case syntax.Computed:
		return c.expr(v.Expr)
	case syntax.Template:
		for _, p := range v.Parts {
			if p.Expr != nil {
				c.expr(p.Expr)
			}
		}
		return expr.StringType
	case syntax.ListValue, syntax.MapValue:
		elem := expr.Type{}
		c.env.As = ""
		for _, item := range v.Items {
			elem, _ = expr.Join(elem, c.value(item))
		}
		if v.Kind == syntax.MapValue {
			return expr.MapOf(elem)
		}
		return expr.ListOf(elem)
	}
	return syntax.TypeOfLiteral(v)
}

// wanted checks the value of a key, including its type.
func (c *checker) wanted(key *syntax.Key, v *syntax.Value) expr.Type {
	if key.Literal {
		return c.takes(key, v, c.text(v))
	}
	if key.Kind == syntax.TextKey {
		c.printed(v)
		if !c.notation(v, true) {
			c.bareNames(v)
		}
		return c.takes(key, v, c.text(v))
	}
	return c.takes(key, v, c.value(v))
}

// boolWord returns the boolean that a word means in older YAML or in quotes, or "" if it means none.
func boolWord(word string) string {
	switch strings.ToLower(word) {
	case "true", "yes", "y", "on":
		return "true"
	case "false", "no", "n", "off":
		return "false"
	}
	return ""
}

// takes checks that a key takes a value of type t.
func (c *checker) takes(key *syntax.Key, v *syntax.Value, t expr.Type) expr.Type {
	if !fits(t, key.Types) {
		hint, word := cmp.Or(c.meantVariable(v), c.valueHint(v, t, key.Types)), ""
		if slices.Equal(key.Types, syntax.BoolTypes) && v.Kind == syntax.Literal && t.Kind == expr.TypeString {
			if word = boolWord(v.Const.AsString()); word != "" {
				hint = "write `" + word + "`"
			}
		}
		if word == "" {
			word = c.meantText(v)
		}
		if q := c.Variable(constText(v)); q != nil && q.Type.Kind == expr.TypeQueue && slices.Contains(key.Types, expr.TypeList) {
			word, hint = "", "a queue is no list: write `- { while: true, do: [{ get: "+q.Name+", as: x }] }`"
		}
		if m := times.Regexp().FindStringSubmatch(constText(v)); m != nil && slices.Contains(key.Types, expr.TypeInt) {
			word = m[1]
		}
		if hint == "" && word != "" {
			hint = "write `" + word + "`"
		}
		c.errorf(CodeValueType, v.Span, hint, "`%s` takes %s, not %s", key.Name, typeChoice(key.Types), t.Article())
		if word != "" && c.diags != nil {
			(*c.diags)[len(*c.diags)-1].Fix = source.Fix{Span: v.Span, New: word}
		}
	}
	return t
}

// times matches a number of times in words.
var times = source.NewPattern(`^(\d+) ?(?:times?|x)$`)

// meantText returns `${word}` for a bare word that names a variable, and for the call of a function, else "".
func (c *checker) meantText(v *syntax.Value) string {
	if text := constText(v); c.meantVariable(v) != "" && source.IsIdentifier(text) {
		return "${" + text + "}"
	}
	if meant := expr.CallMeant(constText(v)); v.Plain && meant != "" {
		return "\"${" + meant + "}\""
	}
	return ""
}

// fits reports whether a value of type t can be of one of the kinds.
func fits(t expr.Type, kinds []expr.TypeKind) bool {
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(k expr.TypeKind) bool { return expr.Assignable(t, expr.Type{Kind: k}) })
}

func typeChoice(kinds []expr.TypeKind) string {
	if slices.Contains(kinds, expr.TypeNumber) {
		return "a number"
	}
	text := ""
	for i, k := range kinds {
		switch {
		case i > 0 && i == len(kinds)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += expr.Type{Kind: k}.Article()
	}
	return text
}

// meantVariable returns a hint for a bare word that was meant as a variable's value, or "".
func (c *checker) meantVariable(v *syntax.Value) string {
	if v.Kind != syntax.Literal || !v.Plain {
		return ""
	}
	return c.meantExpression(v.Const.AsString())
}

// meantExpression returns a hint for a text that reads as an expression over existing variables, or "".
func (c *checker) meantExpression(text string) string {
	known, unknown := false, false
	for _, name := range expr.NamesIn(text) {
		_, found := c.Lookup(name)
		known, unknown = known || found, unknown || !found
	}
	switch {
	case !known || unknown:
		return ""
	case source.IsIdentifier(text):
		return "did you mean `${" + text + "}`?"
	}
	return "did you mean `\"${" + text + "}\"`?"
}

func (c *checker) condition(v *syntax.Condition) {
	if v == nil {
		return
	}
	if t := c.expr(v.Expr); !expr.Assignable(t, expr.BoolType) {
		hint := ""
		if t.Numeric() {
			hint = "compare it: `" + v.Expr.Text + " != 0`"
		} else if t.Kind == expr.TypeTask || t.Kind == expr.TypeFuture {
			hint = "`" + v.Expr.Text + ".done` tells whether it has ended; `" + v.Expr.Text + ".result` is what it came to"
		} else if t.Kind == expr.TypeList || t.Kind == expr.TypeMap {
			hint = "write `len(" + v.Expr.Text + ") > 0`"
		} else if t.Kind == expr.TypeString {
			hint = cmp.Or(c.boolHint(v.Expr.Text), "compare it with a text; what is true or false is written `true` or `false`")
		}
		c.errorf(CodeValueType, v.Expr.Span, hint, "a condition is true or false, this is %s", t.Article())
	}
}

func (c *checker) duration(v *syntax.Duration) {
	if v == nil || v.Expr == nil {
		return
	}
	if t := c.expr(v.Expr); !expr.Assignable(t, expr.NumberType) {
		c.errorf(CodeValueType, v.Expr.Span, c.durationHint(v.Expr, t), "a duration is a number of seconds, this is %s", t.Article())
	}
}

// contextValues checks the values that context variables are set to.
func (c *checker) contextValues(b *syntax.Bindings) {
	if b == nil {
		return
	}
	for _, item := range b.Items {
		t := c.value(item.Value)
		v := c.Globals[item.Name.Text]
		if v == nil || v.Kind != expr.SymContext {
			c.errorf(CodeNoVariable, item.Name.Span, source.DidYouMean(item.Name.Text, c.ofKind(expr.SymContext)),
				"there is no context variable `%s`", item.Name.Text)
			continue
		}
		c.assign(v, t, item.Value.Span)
	}
}

func (c *checker) ofKind(kind expr.SymbolKind) []string {
	var list []string
	for _, name := range SortedNames(c.Globals) {
		if c.Globals[name].Kind == kind {
			list = append(list, name)
		}
	}
	return list
}

// errorTypeName reports an error type that is neither Python's nor raised in the scenario.
func (c *checker) errorTypeName(name *syntax.Name) {
	if c.raised[name.Text] || slices.Contains(engine.ErrorTypes(), name.Text) {
		return
	}
	all := append(engine.ErrorTypes(), SortedNames(c.raised)...)
	c.errorf(CodeNoErrorType, name.Span, source.DidYouMean(name.Text, all),
		"`%s` is not one of Python's errors, and no step raises it", name.Text)
}

// widen joins a type into a variable's type and reports nothing: the copy of a local takes the local's type.
func (c *checker) widen(v *Variable, t expr.Type) { c.widenType(&v.Type, t) }

// widenType joins a type into the known one.
func (c *checker) widenType(known *expr.Type, t expr.Type) {
	if joined, _ := expr.Join(*known, t); !joined.Equal(*known) {
		*known, c.changed = joined, true
	}
}

// body checks the steps of an activation. The result is what they return, or null where they run to the end.
func (c *checker) body(act *Activation, assigned []bool, do *syntax.Block) {
	c.Act, c.Handled, c.Index = act, nil, false
	c.flow, c.loop, c.returns = state{assigned: assigned}, nil, nowhere
	c.block(do)
	if !c.flow.dead {
		c.result(expr.NullType)
	}
}

// result joins t into the result type of the running body.
func (c *checker) result(t expr.Type) { c.widenType(&c.Act.Result, t) }

// begin returns which locals are assigned when an activation begins: its parameters.
func (act *Activation) begin() []bool {
	assigned := make([]bool, len(act.Locals))
	for i := range act.Params {
		assigned[i] = true
	}
	return assigned
}
