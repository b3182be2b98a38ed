// Package check finds out what a scenario means, names, types and flow, and reports what is wrong with it. What it finds is
// an Info beside the tree.
package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// checker walks all code. It does so until the types of variables and results no longer change, and then once
// more to report.
type checker struct {
	Scope
	s       *syntax.File
	diags   *source.Diagnostics // nil: only types are wanted
	env     expr.Env
	changed bool
	flow    state
	loop    *loopExits // nil: outside loops
	returns state      // where `return` leaves the body
	noDraws bool
}

func newCodeChecker(s *syntax.File, info *Info) *checker {
	c := &checker{s: s, Scope: Scope{Info: info}}
	c.env = expr.Env{Scope: forgiving{&c.Scope}, Results: &info.results, Facts: info.Facts}
	return c
}

// check infers all types, then reports. Types only grow, and cannot grow for ever.
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

// settle makes what nothing was assigned to a value of any type.
func (c *checker) settle() {
	settled := func(t *expr.Type) {
		if k := Known(*t); !k.Equal(*t) {
			*t, c.changed = k, true
		}
	}
	for _, g := range c.Globals {
		settled(&g.Type)
	}
	for _, act := range c.activations() {
		for _, v := range act.Locals {
			settled(&v.Type)
		}
		settled(&act.Result)
	}
}

// Known is t with any for what is unknown in it.
func Known(t expr.Type) expr.Type {
	if t.Kind == expr.TypeUnknown {
		return expr.AnyType
	}
	if t.Elem != nil {
		return expr.ContainerOf(t.Kind, Known(*t.Elem))
	}
	return t
}

// activations is every activation of the scenario.
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
		add(c.InlineOf(&w.Entry.Record))
	}
	add(c.Main, c.before, c.after)
	return all
}

// scenario checks everything once, in the order of the file's sections.
func (c *checker) scenario() {
	c.outside(true)
	c.globalValues()
	c.outside(false)
	for _, d := range slices.Concat(c.s.Coroutines, c.s.Callbacks) {
		c.defaults(d)
	}
	for _, d := range c.s.Coroutines {
		c.body(c.BodyOf(d), c.BodyOf(d).begin(), d.Do)
	}
	for _, d := range c.s.Callbacks {
		c.callbackBody(d)
	}
	c.outside(false)
	for _, w := range c.s.Workers {
		c.worker(w)
	}
	for act, do := range c.Blocks(c.s) {
		c.body(act, act.begin(), do)
	}
	c.outside(false)
	c.expectations()
}

// Blocks is the activations of before, main and after, with their steps.
func (i *Info) Blocks(s *syntax.File) func(yield func(*Activation, *syntax.Block) bool) {
	return func(yield func(*Activation, *syntax.Block) bool) {
		_ = (i.before == nil || yield(i.before, s.Before)) &&
			(i.Main == nil || yield(i.Main, s.Main)) &&
			(i.after == nil || yield(i.after, s.After))
	}
}

// knownName reports whether a name is that of a variable anywhere in the scenario.
func (c *checker) knownName(name string) bool {
	return c.Globals[name] != nil ||
		slices.ContainsFunc(c.activations(), func(a *Activation) bool { return a.ByName[name] != nil })
}

// dropGuesses drops the hints of the parser that offer a variable where there is none of that name.
func (c *checker) dropGuesses(diags source.Diagnostics) {
	for i, d := range diags {
		if d.Guess != "" && !c.knownName(d.Guess) {
			diags[i].Hint = ""
		}
	}
}

// outside leaves all activations. onlyParams: nothing but the run parameters exists.
func (c *checker) outside(onlyParams bool) {
	c.Scope = Scope{Info: c.Info, OnlyParams: onlyParams}
	c.flow, c.loop = state{}, nil
}

// globalValues checks what is computed when a loop is made.
func (c *checker) globalValues() {
	for _, list := range [][]*syntax.Variable{c.s.Shared, c.s.Context} {
		for _, v := range list {
			if g := c.Globals[v.Name.Text]; g != nil && g.Decl == v.Name.Span {
				c.assign(g, c.value(v.Value), v.Value.Span)
			}
		}
	}
	for _, o := range c.s.Objects {
		c.object(o)
	}
	c.runParams()
	if c.s.Seed != nil {
		c.wanted(syntax.SeedKey, c.s.Seed)
	}
	if clock := c.s.Clock; clock != nil {
		c.clockStart(clock.Start)
		c.settings(&clock.Record, false)
	}
	if c.s.Limits != nil {
		c.settings(&c.s.Limits.Record, true)
	}
	if c.s.Expect != nil {
		c.settings(&c.s.Expect.Record, false)
	}
}

// clockStart reports a time that no clock can begin with.
func (c *checker) clockStart(start *syntax.Value) {
	if start == nil || start.Kind != syntax.Literal {
		return
	}
	if _, err := syntax.ParseClockStart(syntax.ConstText(start)); err != nil {
		c.errorf(syntax.CodeClockStart, start.Span, "", "%s", err)
	}
}

// settings checks the numbers and durations of a section; positive: all numbers are above 0.
func (c *checker) settings(r *syntax.Record, positive bool) {
	for _, f := range r.Fields {
		switch v := f.Value.(type) {
		case *syntax.Value:
			c.wanted(f.Key, v)
			c.above(f.Key, v, positive || f.Key == syntax.SpeedKey)
		case *syntax.Duration:
			c.duration(v)
		}
	}
}

// above reports a literal number that must be above 0 and is not; or, where zero may be, one below 0.
func (c *checker) above(key *syntax.Key, v *syntax.Value, positive bool) {
	n, ok := v.Const.Number()
	switch {
	case v.Kind != syntax.Literal || !ok:
	case positive && n <= 0:
		c.errorf(CodeBounds, v.Span, "", "`%s` must be above 0, not `%s`", key.Name, c.s.Source.Text(v.Span))
	case n < 0:
		c.errorf(CodeBounds, v.Span, "", "`%s` cannot be below 0, as `%s` is", key.Name, c.s.Source.Text(v.Span))
	}
}

// runParams checks the types and the defaults of the run parameters.
func (c *checker) runParams() {
	kinds := []expr.TypeKind{expr.TypeString, expr.TypeInt, expr.TypeNumber, expr.TypeBool, expr.TypeList, expr.TypeMap}
	for _, p := range c.s.Params {
		if !fits(p.Type, kinds) && p.Typed {
			c.errorf(syntax.CodeParam, p.Name.Span,
				"string, int, number, bool, duration, list, map and any can be written on a command line",
				"a run parameter cannot be %s", p.Type.Article())
		} else if c.paramRange(p) && c.someValue(p) && p.Default != nil {
			if _, err := p.ParseDefault(); err != nil {
				c.errorf(syntax.CodeParamDefault, p.Default.Span, "", "%s", err)
			}
		}
	}
}

// someValue reports a range that no value is in, and whether there is one.
func (c *checker) someValue(p *syntax.Param) bool {
	if p.Min == nil || p.Max == nil || p.IsDuration {
		return true
	}
	if cmp, ok := engine.Compare(syntax.ConstantOf(p.Min), syntax.ConstantOf(p.Max)); !ok || cmp <= 0 {
		return true
	}
	c.errorf(syntax.CodeParam, p.Max.Span, "", "no value of parameter `%s` can be from %s to %s", p.Name.Text,
		c.s.Source.Text(p.Min.Span), c.s.Source.Text(p.Max.Span))
	return false
}

// paramRange checks the types of min, max and enum.
func (c *checker) paramRange(p *syntax.Param) bool {
	ok := true
	check := func(key *syntax.Key, v *syntax.Value) {
		if _, isDuration := p.Seconds(v); v != nil && !isDuration {
			ok = fits(c.wanted(key, v), key.Types) && ok
		}
	}
	check(syntax.MinKey, p.Min)
	check(syntax.MaxKey, p.Max)
	check(syntax.EnumKey, p.Enum)
	return ok
}

// defaults checks the defaults of parameters.
func (c *checker) defaults(d *syntax.Definition) {
	for _, p := range d.Params {
		if p.Default == nil {
			continue
		}
		t := c.value(p.Default)
		if _, ok := p.Seconds(p.Default); !ok && !expr.Assignable(t, p.Type) {
			c.errorf(CodeArgType, p.Default.Span,
				"", "`%s` is %s: its default cannot be %s", p.Name.Text, p.Type.Article(), t.Article())
		}
	}
}

// callbackBody checks a callback: its steps, then `until` and `then`, which see its locals.
func (c *checker) callbackBody(d *syntax.Definition) {
	c.outside(false)
	c.period(d)
	act := c.BodyOf(d)
	c.body(act, act.begin(), d.Do)
	c.flow = merge(c.flow, c.returns)
	if c.flow.dead {
		c.flow.revive(len(act.Locals))
	}
	c.condition(d.Until)
	c.block(d.Then)
}

// period checks when a callback runs by itself.
func (c *checker) period(d *syntax.Definition) {
	c.duration(d.After)
	c.duration(d.Every)
	if d.Every != nil && d.Every.Expr == nil && d.Every.Nanos == 0 {
		c.errorf(CodeBounds, d.Every.Span, "", "`every` must be above 0: it would run for ever at one instant")
	}
	switch {
	case d.Until != nil && !d.Written(syntax.EveryKey):
		c.errorf(syntax.CodeMissingKey, d.Until.Span, "", "`until` needs `every`: it ends a periodic callback")
	case d.Then != nil && !d.Written(syntax.UntilKey):
		c.errorf(syntax.CodeMissingKey, d.Then.Span, "", "`then` needs `until`: it runs when that holds")
	}
	if d.Periodic() {
		c.periodicParams(d)
	}
}

// periodicParams reports parameters of a callback that runs by itself.
func (c *checker) periodicParams(d *syntax.Definition) {
	for _, p := range d.Params {
		c.errorf(CodeMissingArg, p.Name.Span, "use shared variables, or schedule it with `call_later`",
			"callback `%s` runs by itself: nothing gives it the argument `%s`", d.Name.Text, p.Name.Text)
	}
}

// worker checks an entry of `workers`.
func (c *checker) worker(w *syntax.Worker) {
	c.outside(true)
	if e := w.Entry; e.Count != nil {
		c.wanted(syntax.WorkerCount, e.Count)
		c.above(syntax.WorkerCount, e.Count, false)
	}
	c.duration(w.Entry.Start)
	c.given(&w.Entry.Record, w.Entry.Daemon)
	c.outside(false)
	c.Index = true
	result := c.nameTasks(w.Entry, c.entry(w.Entry, w.Name.Span))
	if w.Entry.Written(syntax.WorkerCount) {
		c.nameTask(expr.EachOfCount(w.Name.Text), result)
	} else {
		c.nameTask(w.Name.Text, result)
	}
}

// expectations checks the conditions of `expect`.
func (c *checker) expectations() {
	e := c.s.Expect
	if e == nil {
		return
	}
	c.errorTypes(e.Errors)
	c.noDraws = true
	for _, list := range []*syntax.Conditions{e.That, e.Always} {
		if list != nil {
			for _, item := range list.Items {
				c.condition(item)
			}
		}
	}
	for _, item := range e.Eventually {
		c.condition(item.That)
	}
	for _, t := range e.Tasks {
		c.expectedTask(t)
	}
	c.outside(true)
	for _, item := range e.Eventually {
		c.duration(item.Within)
	}
	for _, t := range e.Tasks {
		c.duration(t.Spawned)
		c.duration(t.Started)
		c.duration(t.Ended)
	}
	c.outside(false)
	c.noDraws = false
}

// expectedTask checks what a task is expected to come to.
func (c *checker) expectedTask(t *syntax.ExpectedTask) {
	c.knownTask(t.Name.Text, t.Name.Span)
	if t.Result != nil {
		c.value(t.Result)
	}
	c.errorTypes(t.Errors)
}

func (c *checker) errorTypes(names *syntax.Names) {
	if names != nil {
		for _, n := range names.Items {
			c.errorTypeName(n)
		}
	}
}

func (c *checker) errorf(code string, at source.Span, hint, format string, args ...any) {
	if c.diags != nil {
		*c.diags = append(*c.diags, source.Diagnostic{Code: code, Span: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
	}
}

// note adds the other place to the latest diagnostic.
func (c *checker) note(note string, at source.Span) {
	if c.diags != nil && at != (source.Span{}) {
		d := &(*c.diags)[len(*c.diags)-1]
		d.Note, d.NoteSpan = note, at
	}
}

// knownTask reports a constant name of a task that no task can have.
func (c *checker) knownTask(name string, at source.Span) {
	if c.computedTasks || c.tasks[name] || expr.NumberedTask(name) || c.lost[syntax.WorkersKey] {
		return
	}
	c.errorf(CodeNoTask, at, source.DidYouMean(name, SortedNames(c.tasks)), "there is no task %s", strconv.Quote(name))
}

// expr checks an expression and gives its type.
func (c *checker) expr(e *syntax.Expr) expr.Type { return c.lookedInto(e, false) }

// lookedInto is expr; named: the expression only names the queue of its step.
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

// lend notes the declared queues that an expression gives away: it is a value, or part of one.
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
	c.flow.assigned[v.Index] = true // said once
	c.errorf(CodeUnassigned, at,
		"assign it before, with `let` for instance", "`%s` may have no value here: it is not assigned on every path",
		name)
	c.note("it is assigned here", v.Decl)
}

// value checks a value and gives its type.
func (c *checker) value(v *syntax.Value) expr.Type {
	c.bareNames(v)
	return c.text(v)
}

// text is value for what may be the name of a variable and is none.
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

// wanted checks the value of a key and its type.
func (c *checker) wanted(key *syntax.Key, v *syntax.Value) expr.Type {
	if key.Literal {
		return c.takes(key, v, c.text(v))
	}
	if key.Kind == syntax.TextKey {
		c.printed(v)
	}
	return c.takes(key, v, c.value(v))
}

// boolWords is what is a boolean in older YAML, or in quotes.
var boolWords = map[string]string{
	"true": "true", "yes": "true", "y": "true", "on": "true", "false": "false", "no": "false", "n": "false", "off": "false",
}

// takes checks the type t of the value of a key.
func (c *checker) takes(key *syntax.Key, v *syntax.Value, t expr.Type) expr.Type {
	if !fits(t, key.Types) {
		hint, word := c.meantVariable(v), ""
		if slices.Equal(key.Types, syntax.BoolTypes) && v.Kind == syntax.Literal && t.Kind == expr.TypeString {
			if word = boolWords[strings.ToLower(v.Const.AsString())]; word != "" {
				hint = "write `" + word + "`"
			}
		}
		c.errorf(CodeValueType, v.Span, hint, "`%s` takes %s, not %s", key.Name, typeChoice(key.Types), t.Article())
		if word != "" && c.diags != nil {
			(*c.diags)[len(*c.diags)-1].Fix = source.Fix{Span: v.Span, New: word}
		}
	}
	return t
}

// fits reports whether a value of type t may be of one of the kinds.
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

// meantVariable is a hint for a bare word where a variable's value is meant.
func (c *checker) meantVariable(v *syntax.Value) string {
	if v.Kind != syntax.Literal || !v.Plain {
		return ""
	}
	return c.meantExpression(v.Const.AsString())
}

// meantExpression is a hint for a text that reads as an expression over variables that there are.
func (c *checker) meantExpression(text string) string {
	tree := expr.Parse(text, func(from, to int) source.Span { return source.Span{Start: from, End: to} }, &source.Diagnostics{})
	if tree == nil {
		return ""
	}
	known, unknown := false, false
	tree.Reads(func(name string, _ source.Span) {
		_, found := c.Lookup(name)
		known, unknown = known || found, unknown || !found
	})
	switch {
	case !known || unknown:
		return ""
	case source.Identifier.MatchString(text):
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
		} else if t.Kind == expr.TypeString {
			hint = "compare it with a text; what is true or false is written `true` or `false`"
		}
		c.errorf(CodeValueType, v.Expr.Span, hint, "a condition is true or false, this is %s", t.Article())
	}
}

func (c *checker) duration(v *syntax.Duration) {
	if v == nil || v.Expr == nil {
		return
	}
	if t := c.expr(v.Expr); !expr.Assignable(t, expr.NumberType) {
		c.errorf(CodeValueType, v.Expr.Span, "", "a duration is a number of seconds, this is %s", t.Article())
	}
}

// resolve finds what a bare name means: a variable or a place in it, the name of a task, or a callback.
func (c *checker) resolve(r *syntax.Reference, key *syntax.Key) {
	if r.Expr != nil || c.meanings[r] != (meaning{}) {
		return
	}
	_, variable := c.Lookup(identifierPrefix(r.Text))
	variable = variable && source.BarePath.MatchString(r.Text)
	callback := c.Callbacks[r.Text]
	if key != syntax.CancelKey {
		callback = nil
	}
	task := fits(expr.TaskType, key.Types) && (c.tasks[r.Text] || !variable && callback == nil && expr.NumberedTask(r.Text))
	switch {
	case variable && (task || callback != nil):
		c.errorf(CodeAmbiguous, r.Span, "for the variable write `${"+r.Text+"}`",
			"`%s` is both a variable and the name of a task or callback", r.Text)
	case task && callback != nil:
		c.errorf(CodeAmbiguous, r.Span, "for the task write `${tasks["+strconv.Quote(r.Text)+"]}`",
			"`%s` is both a task and a callback", r.Text)
	case variable:
		c.meanings[r] = meaning{expr: r.Path}
		if c.diags != nil {
			*c.diags = append(*c.diags, r.Problems...)
		}
	case task:
		c.meanings[r] = meaning{expr: taskExpr(r)}
	case callback != nil:
		c.meanings[r] = meaning{callback: callback}
	case !c.mayExist() || !source.BarePath.MatchString(r.Text):
		c.unknownReference(r, key)
	}
}

// taskExpr is what computes the task that a reference names.
func taskExpr(r *syntax.Reference) *syntax.Expr {
	text := "tasks[" + strconv.Quote(r.Text) + "]"
	return &syntax.Expr{Span: r.Span, Text: text, Tree: expr.NamedTask(r.Text, text, r.Span)}
}

func (c *checker) unknownReference(r *syntax.Reference, key *syntax.Key) {
	var candidates []string
	for _, name := range c.Scope.Names() {
		if s, ok := c.Lookup(name); ok && fits(s.Type, key.Types) && !reserved(name) {
			candidates = append(candidates, name)
		}
	}
	what := "variable"
	if fits(expr.TaskType, key.Types) {
		what = "variable or task"
		candidates = append(candidates, SortedNames(c.tasks)...)
	}
	if key == syntax.CancelKey {
		what = "variable, task or callback"
		candidates = append(candidates, SortedNames(c.Callbacks)...)
	}
	hint := source.DidYouMean(r.Text, candidates)
	if name, _, _ := strings.Cut(r.Text, "("); c.Coroutines[name] != nil && slices.Contains(waitingKeys, key) {
		hint = "`" + name + "` is a coroutine: `call: " + name + "` runs it here; `spawn` makes a task of it"
	} else if step := syntax.StepHint(r.Text); step != "" {
		hint = step
	}
	c.errorf(CodeNoVariable, r.Span, hint,
		"`%s`: there is no %s `%s`", key.Name, what, source.Shorten(r.Text))
}

// reference checks a reference and gives its type.
func (c *checker) reference(r *syntax.Reference, key *syntax.Key) expr.Type {
	c.resolve(r, key)
	e := c.ExprOf(r)
	if e == nil {
		return expr.AnyType
	}
	t := c.lookedInto(e, slices.Equal(key.Types, syntax.QueueTypes))
	switch {
	case !fits(t, key.Types):
		c.errorf(CodeValueType, r.Span, "", "`%s` takes %s, not %s", key.Name, typeChoice(key.Types), t.Article())
	case c.Act != nil && c.Act.Kind.Waits() && strings.TrimSpace(e.Text) == "task" && slices.Contains(waitingKeys, key):
		c.errorf(CodeValueType, r.Span, "", "`task` is the task that runs this step: `%s` would wait for itself", key.Name)
	}
	return t
}

// waitingKeys is the keys whose tasks the step waits for.
var waitingKeys = []*syntax.Key{
	syntax.AwaitKey, syntax.ShieldKey, syntax.GatherKey, syntax.WaitKey, syntax.CompletedKey,
}

// assign joins the type of what is assigned with the variable's, and reports one that does not fit.
func (c *checker) assign(v *Variable, t expr.Type, at source.Span) { c.assigned(v, t, at, false) }

// assigned is assign; binds: what stands at the place is the variable's own name.
func (c *checker) assigned(v *Variable, t expr.Type, at source.Span, binds bool) {
	if v.Kind == expr.SymLocal && c.flow.assigned != nil {
		c.flow.assigned[v.Index] = true
	}
	if v.Fixed {
		if !expr.Assignable(t, v.Type) {
			c.errorf(CodeTwoTypes, at,
				"", "`%s` is declared as %s: it cannot be %s", v.Name, v.Type.Article(), t.Article())
			c.note("it is declared here", v.Decl)
		}
		return
	}
	joined, ok := expr.Join(v.Type, t)
	if !ok && joined.Kind == expr.TypeAny {
		text := c.s.Source.Text(at)
		hint := c.meantExpression(text)
		if hint == "" || binds {
			hint = "use another name for `" + source.Shorten(text) + "`"
		}
		c.errorf(CodeTwoTypes, at, hint,
			"`%s` is %s: it cannot be %s as well", v.Name, v.Type.Article(), t.Article())
		c.note("it is assigned here first", v.Decl)
		return
	}
	if !joined.Equal(v.Type) {
		v.Type, c.changed = joined, true
	}
}

// bind assigns what `as` or `for` names.
func (c *checker) bind(name *syntax.Name, t expr.Type) {
	if name == nil {
		return
	}
	v := c.Variable(name.Text)
	if v == nil || v.Kind != expr.SymLocal && v.Kind != expr.SymShared {
		return
	}
	c.assigned(v, t, name.Span, true)
	if v.Fixed && expr.Assignable(t, v.Type) && !(expr.Param{Types: []expr.Type{v.Type}}).Sure(t) {
		c.errorf(CodeTwoTypes, name.Span,
			"bind it to another name", "`%s` is declared as %s: this may be something else",
			v.Name, v.Type.Article())
	}
}

// target checks a path that is assigned a value of type t; append: the value becomes an element of the list there.
func (c *checker) target(p *syntax.Path, t expr.Type, at source.Span, appends bool) {
	v := c.Variable(p.Name.Text)
	switch {
	case v == nil && reserved(p.Name.Text), v != nil && (v.Kind == expr.SymParam || v.Kind == expr.SymObject):
		what := "a name of the language"
		if v != nil {
			what = expr.SymbolWords[v.Kind]
		}
		c.errorf(CodeConstant, p.Name.Span, "", "`%s` is %s: it cannot be assigned", p.Name.Text, what)
		return
	case v == nil && c.mayExist():
		return
	case v == nil:
		hint := source.DidYouMean(p.Name.Text, c.assignables())
		if source.Suggest(p.Name.Text, c.assignables()) == "" {
			hint = "`let` makes a local; shared variables are declared under `shared:`"
		}
		c.errorf(CodeNoVariable, p.Name.Span, hint, "there is no variable `%s` to assign", p.Name.Text)
		return
	}
	if (len(p.Elems) > 0 || appends) && v.Kind == expr.SymLocal {
		c.read(v.Name, p.Name.Span)
	}
	if appends {
		if len(p.Elems) == 0 && !fits(v.Type, []expr.TypeKind{expr.TypeList}) {
			c.errorf(CodeValueType, p.Name.Span, "", "`append` takes a list, `%s` is %s", v.Name, v.Type.Article())
			c.note("it is assigned here first", v.Decl)
			return
		}
		t = expr.ListOf(t)
	}
	c.assign(v, c.around(v.Type, p.Elems, t), at)
}

func (c *checker) assignables() []string {
	var list []string
	for _, name := range c.Scope.Names() {
		if v := c.Variable(name); v != nil && v.Kind != expr.SymParam && v.Kind != expr.SymObject {
			list = append(list, name)
		}
	}
	return list
}

// around is the type of a variable, so far base, in which the place at elems holds a t.
func (c *checker) around(base expr.Type, elems []syntax.PathElem, t expr.Type) expr.Type {
	if len(elems) == 0 {
		return t
	}
	e := elems[0]
	want := expr.TypeMap
	if e.Index != nil {
		index := c.expr(e.Index)
		switch {
		case expr.Assignable(index, expr.IntType) && !index.Open():
			want = expr.TypeList
		case !expr.Assignable(index, expr.StringType):
			c.errorf(CodeValueType, e.Index.Span,
				"", "an index is an int or, in a map, a string, not %s", index.Article())
			c.around(expr.AnyType, elems[1:], t) // there may be more that is wrong
			return base
		case index.Open():
			want = base.Kind
		}
	}
	if base.Open() {
		c.around(base, elems[1:], t)
		return base
	}
	if base.Kind != want {
		c.errorf(CodeNoElements, e.Span, "", "there is no such place in %s: `%s`", base.Article(),
			source.Shorten(c.s.Source.Text(e.Span)))
		c.around(expr.AnyType, elems[1:], t)
		return base
	}
	return expr.ContainerOf(base.Kind, c.around(base.Element(), elems[1:], t))
}

// arguments checks what a coroutine or callback is called with.
func (c *checker) arguments(d *syntax.Definition, r *syntax.Record, with *syntax.Bindings, at source.Span) {
	if with != nil {
		for _, b := range with.Items {
			c.argument(d, b)
		}
	} else if r.Written(syntax.WithKey) {
		return
	}
	for _, p := range d.Params {
		if p.Default == nil && ArgumentFor(with, p.Name.Text) == nil {
			c.errorf(CodeMissingArg, at, "write `with: { "+p.Name.Text+": … }`", "`%s` needs the argument `%s`, %s",
				d.Name.Text, p.Name.Text, p.Type.Article())
			c.note("it is declared here", p.Name.Span)
		}
	}
}

func (c *checker) argument(d *syntax.Definition, b syntax.Binding) {
	t := c.value(b.Value)
	for _, p := range d.Params {
		if p.Name.Text != b.Name.Text {
			continue
		}
		if _, ok := p.Seconds(b.Value); !ok && !expr.Assignable(t, p.Type) {
			hint := c.meantVariable(b.Value)
			if p.IsDuration && hint == "" {
				hint = "write a duration such as 1m30s, 250ms or 2"
			} else if hint == "" {
				hint = "give it " + p.Type.Article() + " instead of `" + source.Shorten(c.s.Source.Text(b.Value.Span)) + "`"
			}
			c.errorf(CodeArgType, b.Value.Span, hint, "`%s` of `%s` is %s, not %s",
				p.Name.Text, d.Name.Text, p.Type.Article(), t.Article())
			c.note("it is declared here", p.Name.Span)
		}
		return
	}
	var known []string
	for _, p := range d.Params {
		known = append(known, p.Name.Text)
	}
	if c.BodyOf(d).lost {
		return
	}
	c.errorf(CodeUnknownArg, b.Name.Span, source.DidYouMean(b.Name.Text, known),
		"`%s` has no parameter `%s`", d.Name.Text, b.Name.Text)
}

// ArgumentFor is the value given for a parameter, nil: none is.
func ArgumentFor(with *syntax.Bindings, param string) *syntax.Value {
	if with != nil {
		for _, b := range with.Items {
			if b.Name.Text == param {
				return b.Value
			}
		}
	}
	return nil
}

// coroutine finds a declared coroutine, and reports one that is not.
func (c *checker) coroutine(name *syntax.Name) *syntax.Definition {
	d := c.Coroutines[name.Text]
	if d == nil {
		hint := source.DidYouMean(name.Text, SortedNames(c.Coroutines))
		if c.lost[syntax.CoroutinesKey] {
			return nil
		}
		if c.Callbacks[name.Text] != nil {
			hint = "it is a callback: `call_soon`, `call_later` and `call_at` schedule those"
		}
		c.errorf(CodeNoCoroutine, name.Span, hint, "there is no coroutine `%s`", name.Text)
	}
	return d
}

// callback finds a declared callback, and reports one that is not.
func (c *checker) callback(name *syntax.Name) *syntax.Definition {
	d := c.Callbacks[name.Text]
	if d == nil {
		hint := source.DidYouMean(name.Text, SortedNames(c.Callbacks))
		if c.lost[syntax.CallbacksKey] {
			return nil
		}
		if c.Coroutines[name.Text] != nil {
			hint = "it is a coroutine: `spawn` makes a task of it"
		}
		c.errorf(CodeNoCallback, name.Span, hint, "there is no callback `%s`", name.Text)
	}
	return d
}

// contextValues checks what context variables are set to.
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

// errorTypeName reports a type of errors that is neither Python's nor raised in the scenario.
func (c *checker) errorTypeName(name *syntax.Name) {
	if c.raised[name.Text] || slices.Contains(engine.ErrorTypes(), name.Text) {
		return
	}
	all := append(engine.ErrorTypes(), SortedNames(c.raised)...)
	c.errorf(CodeNoErrorType, name.Span, source.DidYouMean(name.Text, all),
		"`%s` is not one of Python's errors, and no step raises it", name.Text)
}

// entry checks an entry and gives the type of its task's result.
func (c *checker) entry(e *syntax.Entry, at source.Span) expr.Type {
	c.contextValues(e.Context)
	if e.Name != nil {
		c.text(e.Name)
	}
	if e.Coroutine != nil {
		d := c.coroutine(e.Coroutine)
		if d == nil {
			return expr.AnyType
		}
		c.arguments(d, &e.Record, e.With, at)
		return c.BodyOf(d).Result
	}
	if act := c.InlineOf(&e.Record); act != nil {
		c.inline(e, act)
		return act.Result
	}
	return expr.AnyType
}

// nameTasks notes the result of the tasks that an entry makes, for tasks["name"].
func (c *checker) nameTasks(e *syntax.Entry, result expr.Type) expr.Type {
	switch {
	case e.Name == nil:
	case e.Name.Kind == syntax.Literal && !e.Counted():
		c.nameTask(syntax.ConstText(e.Name), result)
	default:
		c.widenType(&c.results.Computed, result)
	}
	return result
}

func (c *checker) nameTask(name string, result expr.Type) {
	known := c.results.ByName[name]
	c.widenType(&known, result)
	c.results.ByName[name] = known
}

// inline checks an entry's own steps, with copies of the locals that are assigned here.
func (c *checker) inline(e *syntax.Entry, act *Activation) {
	assigned := make([]bool, len(act.Locals))
	for i, from := range act.Copies {
		assigned[i] = from.from == nil || c.flow.assigned[from.from.Index]
		if from.from != nil && !act.Locals[i].Fixed {
			c.widen(act.Locals[i], from.from.Type)
		}
	}
	view, flow, loop, returns := c.Scope, c.flow, c.loop, c.returns
	c.body(act, assigned, e.Do)
	c.Scope, c.flow, c.loop, c.returns = view, flow, loop, returns
}

// widen joins a type into a variable's without a word: the copy of a local follows it.
func (c *checker) widen(v *Variable, t expr.Type) { c.widenType(&v.Type, t) }

// widenType joins a type into what is known so far.
func (c *checker) widenType(known *expr.Type, t expr.Type) {
	if joined, _ := expr.Join(*known, t); !joined.Equal(*known) {
		*known, c.changed = joined, true
	}
}

// body checks the steps of an activation. Its result is what they return, or null.
func (c *checker) body(act *Activation, assigned []bool, do *syntax.Block) {
	c.Act, c.Handled, c.Index = act, nil, false
	c.flow, c.loop, c.returns = state{assigned: assigned}, nil, nowhere
	c.block(do)
	if !c.flow.dead {
		c.result(expr.NullType)
	}
}

// result joins what the running body returns.
func (c *checker) result(t expr.Type) { c.widenType(&c.Act.Result, t) }

// begin is what is assigned when an activation begins: its parameters.
func (act *Activation) begin() []bool {
	assigned := make([]bool, len(act.Locals))
	for i := range act.Params {
		assigned[i] = true
	}
	return assigned
}
