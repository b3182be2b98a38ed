package dsl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/engine"
)

// codeChecker walks all code. It does so until the types of variables and results no longer change, and then once
// more to report.
type codeChecker struct {
	view
	s       *File
	diags   *Diagnostics // nil: only types are wanted
	env     exprEnv
	changed bool
	flow    state
	loop    *loopExits // nil: outside loops
	returns state      // where `return` leaves the body
	noDraws bool
}

func newCodeChecker(s *File, info *Info) *codeChecker {
	c := &codeChecker{s: s, view: view{Info: info}}
	c.env = exprEnv{scope: forgiving{&c.view}, results: &info.results, facts: info.facts}
	return c
}

// check infers all types, then reports. Types only grow, and cannot grow for ever.
func (c *codeChecker) check(diags *Diagnostics) {
	for c.changed = true; c.changed; {
		for c.changed {
			c.changed = false
			c.scenario()
		}
		c.settle()
	}
	c.diags, c.env.diags = diags, diags
	c.env.taskName = c.knownTask
	c.dropGuesses(*diags)
	c.scenario()
}

// settle makes what nothing was assigned to a value of any type.
func (c *codeChecker) settle() {
	settled := func(t *Type) {
		if k := known(*t); !k.equal(*t) {
			*t, c.changed = k, true
		}
	}
	for _, g := range c.globals {
		settled(&g.Type)
	}
	for _, act := range c.activations() {
		for _, v := range act.locals {
			settled(&v.Type)
		}
		settled(&act.result)
	}
}

// known is t with any for what is unknown in it.
func known(t Type) Type {
	if t.Kind == TypeUnknown {
		return anyType
	}
	if t.Elem != nil {
		return container(t.Kind, known(*t.Elem))
	}
	return t
}

// activations is every activation of the scenario.
func (c *codeChecker) activations() []*activation {
	var all []*activation
	var add func(acts ...*activation)
	add = func(acts ...*activation) {
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
	add(c.main, c.before, c.after)
	return all
}

// scenario checks everything once, in the order of the file's sections.
func (c *codeChecker) scenario() {
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
	for act, do := range c.blocks(c.s) {
		c.body(act, act.begin(), do)
	}
	c.outside(false)
	c.expectations()
}

// blocks is the activations of before, main and after, with their steps.
func (i *Info) blocks(s *File) func(yield func(*activation, *Block) bool) {
	return func(yield func(*activation, *Block) bool) {
		_ = (i.before == nil || yield(i.before, s.Before)) &&
			(i.main == nil || yield(i.main, s.Main)) &&
			(i.after == nil || yield(i.after, s.After))
	}
}

// knownName reports whether a name is that of a variable anywhere in the scenario.
func (c *codeChecker) knownName(name string) bool {
	return c.globals[name] != nil ||
		slices.ContainsFunc(c.activations(), func(a *activation) bool { return a.byName[name] != nil })
}

// dropGuesses drops the hints of the parser that offer a variable where there is none of that name.
func (c *codeChecker) dropGuesses(diags Diagnostics) {
	for i, d := range diags {
		if d.Guess != "" && !c.knownName(d.Guess) {
			diags[i].Hint = ""
		}
	}
}

// outside leaves all activations. onlyParams: nothing but the run parameters exists.
func (c *codeChecker) outside(onlyParams bool) {
	c.view = view{Info: c.Info, onlyParams: onlyParams}
	c.flow, c.loop = state{}, nil
}

// globalValues checks what is computed when a loop is made.
func (c *codeChecker) globalValues() {
	for _, list := range [][]*Variable{c.s.Shared, c.s.Context} {
		for _, v := range list {
			if g := c.globals[v.Name.Text]; g != nil && g.Decl == v.Name.Span {
				c.assign(g, c.value(v.Value), v.Value.Span)
			}
		}
	}
	for _, o := range c.s.Objects {
		c.object(o)
	}
	c.runParams()
	if seed := field[*Value](c.s.Root, "seed"); seed != nil {
		c.wanted(findKey(TopKeys, "seed"), seed)
	}
	clock, limits := field[*Record](c.s.Root, "clock"), field[*Record](c.s.Root, "limits")
	if start := field[*Value](clock, "start"); start != nil && start.Kind == Literal {
		if _, err := parseClockStart(constText(start)); err != nil {
			c.errorf(codeClockStart, start.Span, "", "%s", err)
		}
	}
	for _, r := range []*Record{clock, limits, field[*Record](c.s.Root, "expect")} {
		if r == nil {
			continue
		}
		for _, f := range r.Fields {
			switch v := f.Value.(type) {
			case *Value:
				c.wanted(f.Key, v)
				c.above(f.Key, v, r == limits || f.Key.Name == "speed")
			case *Duration:
				c.duration(v)
			}
		}
	}
}

// above reports a literal number that must be above 0 and is not; or, where zero may be, one below 0.
func (c *codeChecker) above(key *Key, v *Value, positive bool) {
	n, ok := v.Const.Number()
	switch {
	case v.Kind != Literal || !ok:
	case positive && n <= 0:
		c.errorf(codeBounds, v.Span, "", "`%s` must be above 0, not `%s`", key.Name, c.s.Source.Text(v.Span))
	case n < 0:
		c.errorf(codeBounds, v.Span, "", "`%s` cannot be below 0, as `%s` is", key.Name, c.s.Source.Text(v.Span))
	}
}

// runParams checks the types and the defaults of the run parameters.
func (c *codeChecker) runParams() {
	kinds := []TypeKind{TypeString, TypeInt, TypeNumber, TypeBool, TypeList, TypeMap}
	for _, p := range c.s.Params {
		if !fits(p.Type, kinds) && p.typed {
			c.errorf(codeParam, p.Name.Span,
				"string, int, number, bool, duration, list, map and any can be written on a command line",
				"a run parameter cannot be %s", p.Type.article())
		} else if c.paramRange(p) && c.someValue(p) && p.Default != nil {
			if _, err := p.parseDefault(); err != nil {
				c.errorf(codeParamDefault, p.Default.Span, "", "%s", err)
			}
		}
	}
}

// someValue reports a range that no value is in, and whether there is one.
func (c *codeChecker) someValue(p *Param) bool {
	if p.Min == nil || p.Max == nil || p.IsDuration {
		return true
	}
	if cmp, ok := engine.Compare(literal(p.Min), literal(p.Max)); !ok || cmp <= 0 {
		return true
	}
	c.errorf(codeParam, p.Max.Span, "", "no value of parameter `%s` can be from %s to %s", p.Name.Text,
		c.s.Source.Text(p.Min.Span), c.s.Source.Text(p.Max.Span))
	return false
}

// paramRange checks the types of min, max and enum.
func (c *codeChecker) paramRange(p *Param) bool {
	ok := true
	check := func(key *Key, v *Value) {
		if _, isDuration := p.Seconds(v); v != nil && !isDuration {
			ok = fits(c.wanted(key, v), key.Types) && ok
		}
	}
	check(findKey(runParamKeys, "min"), p.Min)
	check(findKey(runParamKeys, "max"), p.Max)
	check(findKey(runParamKeys, "enum"), p.Enum)
	return ok
}

// defaults checks the defaults of parameters.
func (c *codeChecker) defaults(d *Definition) {
	for _, p := range d.Params {
		if p.Default == nil {
			continue
		}
		t := c.value(p.Default)
		if _, ok := p.Seconds(p.Default); !ok && !assignable(t, p.Type) {
			c.errorf(codeArgType, p.Default.Span,
				"", "`%s` is %s: its default cannot be %s", p.Name.Text, p.Type.article(), t.article())
		}
	}
}

// callbackBody checks a callback: its steps, then `until` and `then`, which see its locals.
func (c *codeChecker) callbackBody(d *Definition) {
	r := d.Record
	c.outside(false)
	c.duration(field[*Duration](r, "after"))
	c.duration(field[*Duration](r, "every"))
	if every := field[*Duration](r, "every"); every != nil && every.Expr == nil && every.Nanos == 0 {
		c.errorf(codeBounds, every.Span, "", "`every` must be above 0: it would run for ever at one instant")
	}
	until, then := field[*Condition](r, "until"), field[*Block](r, "then")
	switch {
	case until != nil && !r.has("every"):
		c.errorf(codeMissingKey, until.Span, "", "`until` needs `every`: it ends a periodic callback")
	case then != nil && !r.has("until"):
		c.errorf(codeMissingKey, then.Span, "", "`then` needs `until`: it runs when that holds")
	}
	if r.has("after") || r.has("every") {
		c.periodicParams(d)
	}
	c.body(c.BodyOf(d), c.BodyOf(d).begin(), d.Do)
	c.flow = merge(c.flow, c.returns)
	if c.flow.dead {
		c.flow.revive(len(c.BodyOf(d).locals))
	}
	c.condition(until)
	c.block(then)
}

// periodicParams reports parameters of a callback that runs by itself.
func (c *codeChecker) periodicParams(d *Definition) {
	for _, p := range d.Params {
		c.errorf(codeMissingArg, p.Name.Span, "use shared variables, or schedule it with `call_later`",
			"callback `%s` runs by itself: nothing gives it the argument `%s`", d.Name.Text, p.Name.Text)
	}
}

// worker checks an entry of `workers`.
func (c *codeChecker) worker(w *Worker) {
	c.outside(true)
	if count := field[*Value](w.Entry, "count"); count != nil {
		key := findKey(WorkerKeys, "count")
		c.wanted(key, count)
		c.above(key, count, false)
	}
	c.duration(field[*Duration](w.Entry, "start"))
	if daemon := field[*Value](w.Entry, "daemon"); daemon != nil {
		c.wanted(entryDaemon, daemon)
	}
	c.outside(false)
	c.index = true
	result := c.nameTasks(w.Entry, c.entry(w.Entry, nil, w.Name.Span))
	if w.Entry.has("count") {
		c.nameTask(eachOfCount(w.Name.Text), result)
	} else {
		c.nameTask(w.Name.Text, result)
	}
}

// expectations checks the conditions of `expect`.
func (c *codeChecker) expectations() {
	r := field[*Record](c.s.Root, "expect")
	if names := field[*Names](r, "errors"); names != nil {
		for _, n := range names.Items {
			c.errorTypeName(n)
		}
	}
	c.noDraws = true
	for _, key := range []string{"that", "always"} {
		if list := field[*Conditions](r, key); list != nil {
			for _, item := range list.Items {
				c.condition(item)
			}
		}
	}
	if list := field[*Records](r, "eventually"); list != nil {
		for _, item := range list.Items {
			c.condition(field[*Condition](item, "that"))
		}
	}
	if tasks := field[*Definitions](r, "tasks"); tasks != nil {
		for _, t := range tasks.Items {
			c.expectedTask(t)
		}
	}
	c.outside(true)
	for _, item := range expectedTimes(r) {
		c.duration(item)
	}
	c.outside(false)
	c.noDraws = false
}

// expectedTask checks what a task is expected to come to.
func (c *codeChecker) expectedTask(t NamedRecord) {
	c.knownTask(t.Name.Text, t.Name.Span)
	if v := field[*Value](t.Record, "result"); v != nil {
		c.value(v)
	}
	if names := field[*Names](t.Record, "error"); names != nil {
		for _, n := range names.Items {
			c.errorTypeName(n)
		}
	}
}

func (c *codeChecker) errorf(code string, at Span, hint, format string, args ...any) {
	if c.diags != nil {
		*c.diags = append(*c.diags, Diagnostic{Code: code, Span: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
	}
}

// note adds the other place to the latest diagnostic.
func (c *codeChecker) note(note string, at Span) {
	if c.diags != nil && at != (Span{}) {
		d := &(*c.diags)[len(*c.diags)-1]
		d.Note, d.NoteSpan = note, at
	}
}

// knownTask reports a constant name of a task that no task can have.
func (c *codeChecker) knownTask(name string, at Span) {
	if c.computedTasks || c.tasks[name] || numberedTask(name) || c.lost["workers"] {
		return
	}
	c.errorf(codeNoTask, at, didYouMean(name, sortedNames(c.tasks)), "there is no task %s", strconv.Quote(name))
}

// numberedTask reports whether name is one that the loop gives: Task-7.
func numberedTask(name string) bool {
	n, ok := strings.CutPrefix(name, "Task-")
	_, err := strconv.ParseUint(n, 10, 32)
	return ok && err == nil
}

// expr checks an expression and gives its type.
func (c *codeChecker) expr(e *Expr) Type { return c.lookedInto(e, false) }

// lookedInto is expr; named: the expression only names the queue of its step.
func (c *codeChecker) lookedInto(e *Expr, named bool) Type {
	if e == nil || e.tree == nil {
		return anyType
	}
	if c.act != nil {
		e.tree.reads(func(name string, at Span) { c.read(name, at) })
	}
	c.lend(e, named)
	c.env.noDraws = c.noDraws
	return e.tree.check(&c.env)
}

// lend notes the declared queues that an expression gives away: it is a value, or part of one.
func (c *codeChecker) lend(e *Expr, named bool) {
	if len(c.s.Objects) == 0 {
		return
	}
	e.tree.lends(named, func(name string) {
		if v := c.globals[name]; v != nil && v.Kind == symObject && !v.lent {
			v.lent, c.changed = true, true
		}
	})
}

// read reports a local that is not assigned on every path.
func (c *codeChecker) read(name string, at Span) {
	v := c.act.byName[name]
	if v == nil || v.Kind != symLocal || c.flow.assigned[v.Index] {
		return
	}
	c.flow.assigned[v.Index] = true // said once
	c.errorf(codeUnassigned, at,
		"assign it before, with `let` for instance", "`%s` may have no value here: it is not assigned on every path",
		name)
	c.note("it is assigned here", v.Decl)
}

// value checks a value and gives its type.
func (c *codeChecker) value(v *Value) Type {
	c.bareNames(v)
	return c.text(v)
}

// text is value for what may be the name of a variable and is none.
func (c *codeChecker) text(v *Value) Type {
	switch v.Kind {
	case Computed:
		return c.expr(v.Expr)
	case Template:
		for _, p := range v.Parts {
			if p.Expr != nil {
				c.expr(p.Expr)
			}
		}
		return stringType
	case ListValue, MapValue:
		elem := Type{}
		for _, item := range v.Items {
			elem, _ = join(elem, c.value(item))
		}
		if v.Kind == MapValue {
			return mapOf(elem)
		}
		return listOf(elem)
	}
	return typeOfLiteral(v)
}

// typeOfLiteral is the type of a value without expressions.
func typeOfLiteral(v *Value) Type {
	if v == nil {
		return anyType
	}
	if v.Kind == ListValue || v.Kind == MapValue {
		elem := Type{}
		for _, item := range v.Items {
			elem, _ = join(elem, typeOfLiteral(item))
		}
		if v.Kind == MapValue {
			return mapOf(elem)
		}
		return listOf(elem)
	}
	switch v.Const.Kind() {
	case engine.KindNull:
		return nullType
	case engine.KindBool:
		return boolType
	case engine.KindInt:
		return intType
	case engine.KindFloat:
		return floatType
	}
	return stringType
}

// wanted checks the value of a key and its type.
func (c *codeChecker) wanted(key *Key, v *Value) Type {
	if key.Literal {
		return c.takes(key, v, c.text(v))
	}
	if key.Kind == TextKey {
		c.printed(v)
	}
	return c.takes(key, v, c.value(v))
}

// boolWords is what is a boolean in older YAML, or in quotes.
var boolWords = map[string]string{
	"true": "true", "yes": "true", "y": "true", "on": "true", "false": "false", "no": "false", "n": "false", "off": "false",
}

// takes checks the type t of the value of a key.
func (c *codeChecker) takes(key *Key, v *Value, t Type) Type {
	if !fits(t, key.Types) {
		hint, word := c.meantVariable(v), ""
		if slices.Equal(key.Types, boolTypes) && v.Kind == Literal && t.Kind == TypeString {
			if word = boolWords[strings.ToLower(v.Const.AsString())]; word != "" {
				hint = "write `" + word + "`"
			}
		}
		c.errorf(codeValueType, v.Span, hint, "`%s` takes %s, not %s", key.Name, typeChoice(key.Types), t.article())
		if word != "" && c.diags != nil {
			(*c.diags)[len(*c.diags)-1].Fix = Fix{Span: v.Span, New: word}
		}
	}
	return t
}

// fits reports whether a value of type t may be of one of the kinds.
func fits(t Type, kinds []TypeKind) bool {
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(k TypeKind) bool { return assignable(t, Type{Kind: k}) })
}

func typeChoice(kinds []TypeKind) string {
	if slices.Contains(kinds, TypeNumber) {
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
		text += Type{Kind: k}.article()
	}
	return text
}

// meantVariable is a hint for a bare word where a variable's value is meant.
func (c *codeChecker) meantVariable(v *Value) string {
	if v.Kind != Literal || !v.Plain {
		return ""
	}
	return c.meantExpression(v.Const.AsString())
}

// meantExpression is a hint for a text that reads as an expression over variables that there are.
func (c *codeChecker) meantExpression(text string) string {
	tree := parseExpression(text, func(from, to int) Span { return Span{Start: from, End: to} }, &Diagnostics{})
	if tree == nil {
		return ""
	}
	known, unknown := false, false
	tree.reads(func(name string, _ Span) {
		_, found := c.lookup(name)
		known, unknown = known || found, unknown || !found
	})
	switch {
	case !known || unknown:
		return ""
	case identifier.MatchString(text):
		return "did you mean `${" + text + "}`?"
	}
	return "did you mean `\"${" + text + "}\"`?"
}

func (c *codeChecker) condition(v *Condition) {
	if v == nil {
		return
	}
	if t := c.expr(v.Expr); !assignable(t, boolType) {
		hint := ""
		if t.numeric() {
			hint = "compare it: `" + v.Expr.Text + " != 0`"
		} else if t.Kind == TypeString {
			hint = "compare it with a text; what is true or false is written `true` or `false`"
		}
		c.errorf(codeValueType, v.Expr.Span, hint, "a condition is true or false, this is %s", t.article())
	}
}

func (c *codeChecker) duration(v *Duration) {
	if v == nil || v.Expr == nil {
		return
	}
	if t := c.expr(v.Expr); !assignable(t, numberType) {
		c.errorf(codeValueType, v.Expr.Span, "", "a duration is a number of seconds, this is %s", t.article())
	}
}

// resolve finds what a bare name means: a variable or a place in it, the name of a task, or a callback.
func (c *codeChecker) resolve(r *Reference, key *Key) {
	if r.Expr != nil || c.meanings[r] != (meaning{}) {
		return
	}
	_, variable := c.lookup(identifierPrefix(r.Text))
	variable = variable && barePath.MatchString(r.Text)
	callback := c.callbacks[r.Text]
	if key.Name != "cancel" {
		callback = nil
	}
	task := fits(taskType, key.Types) && (c.tasks[r.Text] || !variable && callback == nil && numberedTask(r.Text))
	switch {
	case variable && (task || callback != nil):
		c.errorf(codeAmbiguous, r.Span, "for the variable write `${"+r.Text+"}`",
			"`%s` is both a variable and the name of a task or callback", r.Text)
	case task && callback != nil:
		c.errorf(codeAmbiguous, r.Span, "for the task write `${tasks["+strconv.Quote(r.Text)+"]}`",
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
	case !c.mayExist() || !barePath.MatchString(r.Text):
		c.unknownReference(r, key)
	}
}

// taskExpr is what computes the task that a reference names.
func taskExpr(r *Reference) *Expr {
	text := "tasks[" + strconv.Quote(r.Text) + "]"
	return &Expr{Span: r.Span, Text: text, tree: taskExpression(r.Text, text, r.Span)}
}

func (c *codeChecker) unknownReference(r *Reference, key *Key) {
	var candidates []string
	for _, name := range c.view.names() {
		if s, ok := c.lookup(name); ok && fits(s.Type, key.Types) && !reserved(name) {
			candidates = append(candidates, name)
		}
	}
	what := "variable"
	if fits(taskType, key.Types) {
		what = "variable or task"
		candidates = append(candidates, sortedNames(c.tasks)...)
	}
	if key.Name == "cancel" {
		what = "variable, task or callback"
		candidates = append(candidates, sortedNames(c.callbacks)...)
	}
	hint := didYouMean(r.Text, candidates)
	if name, _, _ := strings.Cut(r.Text, "("); c.coroutines[name] != nil && slices.Contains(waitingKeys, key.Name) {
		hint = "`" + name + "` is a coroutine: `call: " + name + "` runs it here; `spawn` makes a task of it"
	} else if step := stepHint(r.Text); step != "" {
		hint = step
	}
	c.errorf(codeNoVariable, r.Span, hint,
		"`%s`: there is no %s `%s`", key.Name, what, shorten(r.Text))
}

// reference checks a reference and gives its type.
func (c *codeChecker) reference(r *Reference, key *Key) Type {
	c.resolve(r, key)
	e := c.ExprOf(r)
	if e == nil {
		return anyType
	}
	t := c.lookedInto(e, slices.Equal(key.Types, queueTypes))
	switch {
	case !fits(t, key.Types):
		c.errorf(codeValueType, r.Span, "", "`%s` takes %s, not %s", key.Name, typeChoice(key.Types), t.article())
	case c.act != nil && c.act.kind.waits() && strings.TrimSpace(e.Text) == "task" && slices.Contains(waitingKeys, key.Name):
		c.errorf(codeValueType, r.Span, "", "`task` is the task that runs this step: `%s` would wait for itself", key.Name)
	}
	return t
}

// waitingKeys is the keys whose tasks the step waits for.
var waitingKeys = []string{"await", "shield", "gather", "wait", "as_completed"}

// assign joins the type of what is assigned with the variable's, and reports one that does not fit.
func (c *codeChecker) assign(v *variable, t Type, at Span) { c.assigned(v, t, at, false) }

// assigned is assign; binds: what stands at the place is the variable's own name.
func (c *codeChecker) assigned(v *variable, t Type, at Span, binds bool) {
	if v.Kind == symLocal && c.flow.assigned != nil {
		c.flow.assigned[v.Index] = true
	}
	if v.fixed {
		if !assignable(t, v.Type) {
			c.errorf(codeTwoTypes, at,
				"", "`%s` is declared as %s: it cannot be %s", v.Name, v.Type.article(), t.article())
			c.note("it is declared here", v.Decl)
		}
		return
	}
	joined, ok := join(v.Type, t)
	if !ok && joined.Kind == TypeAny {
		text := c.s.Source.Text(at)
		hint := c.meantExpression(text)
		if hint == "" || binds {
			hint = "use another name for `" + shorten(text) + "`"
		}
		c.errorf(codeTwoTypes, at, hint,
			"`%s` is %s: it cannot be %s as well", v.Name, v.Type.article(), t.article())
		c.note("it is assigned here first", v.Decl)
		return
	}
	if !joined.equal(v.Type) {
		v.Type, c.changed = joined, true
	}
}

// bind assigns what `as` or `for` names.
func (c *codeChecker) bind(name *Name, t Type) {
	if name == nil {
		return
	}
	v := c.variable(name.Text)
	if v == nil || v.Kind != symLocal && v.Kind != symShared {
		return
	}
	c.assigned(v, t, name.Span, true)
	if v.fixed && assignable(t, v.Type) && !(param{types: []Type{v.Type}}).sure(t) {
		c.errorf(codeTwoTypes, name.Span,
			"bind it to another name", "`%s` is declared as %s: this may be something else",
			v.Name, v.Type.article())
	}
}

// target checks a path that is assigned a value of type t; append: the value becomes an element of the list there.
func (c *codeChecker) target(p *Path, t Type, at Span, appends bool) {
	v := c.variable(p.Name.Text)
	switch {
	case v == nil && reserved(p.Name.Text), v != nil && (v.Kind == symParam || v.Kind == symObject):
		what := "a name of the language"
		if v != nil {
			what = symbolWords[v.Kind]
		}
		c.errorf(codeConstant, p.Name.Span, "", "`%s` is %s: it cannot be assigned", p.Name.Text, what)
		return
	case v == nil && c.mayExist():
		return
	case v == nil:
		hint := didYouMean(p.Name.Text, c.assignables())
		if suggest(p.Name.Text, c.assignables()) == "" {
			hint = "`let` makes a local; shared variables are declared under `shared:`"
		}
		c.errorf(codeNoVariable, p.Name.Span, hint, "there is no variable `%s` to assign", p.Name.Text)
		return
	}
	if (len(p.Elems) > 0 || appends) && v.Kind == symLocal {
		c.read(v.Name, p.Name.Span)
	}
	if appends {
		if len(p.Elems) == 0 && !fits(v.Type, []TypeKind{TypeList}) {
			c.errorf(codeValueType, p.Name.Span, "", "`append` takes a list, `%s` is %s", v.Name, v.Type.article())
			c.note("it is assigned here first", v.Decl)
			return
		}
		t = listOf(t)
	}
	c.assign(v, c.around(v.Type, p.Elems, t), at)
}

func (c *codeChecker) assignables() []string {
	var list []string
	for _, name := range c.view.names() {
		if v := c.variable(name); v != nil && v.Kind != symParam && v.Kind != symObject {
			list = append(list, name)
		}
	}
	return list
}

// around is the type of a variable, so far base, in which the place at elems holds a t.
func (c *codeChecker) around(base Type, elems []PathElem, t Type) Type {
	if len(elems) == 0 {
		return t
	}
	e := elems[0]
	want := TypeMap
	if e.Index != nil {
		index := c.expr(e.Index)
		switch {
		case assignable(index, intType) && !index.open():
			want = TypeList
		case !assignable(index, stringType):
			c.errorf(codeValueType, e.Index.Span,
				"", "an index is an int or, in a map, a string, not %s", index.article())
			c.around(anyType, elems[1:], t) // there may be more that is wrong
			return base
		case index.open():
			want = base.Kind
		}
	}
	if base.open() {
		c.around(base, elems[1:], t)
		return base
	}
	if base.Kind != want {
		c.errorf(codeNoElements, e.Span, "", "there is no such place in %s: `%s`", base.article(),
			shorten(c.s.Source.Text(e.Span)))
		c.around(anyType, elems[1:], t)
		return base
	}
	return container(base.Kind, c.around(base.elem(), elems[1:], t))
}

// arguments checks what a coroutine or callback is called with.
func (c *codeChecker) arguments(d *Definition, r *Record, at Span) {
	with := field[*Bindings](r, "with")
	if with != nil {
		for _, b := range with.Items {
			c.argument(d, b)
		}
	} else if r.has("with") {
		return
	}
	for _, p := range d.Params {
		if p.Default == nil && argumentFor(with, p.Name.Text) == nil {
			c.errorf(codeMissingArg, at, "write `with: { "+p.Name.Text+": … }`", "`%s` needs the argument `%s`, %s",
				d.Name.Text, p.Name.Text, p.Type.article())
			c.note("it is declared here", p.Name.Span)
		}
	}
}

func (c *codeChecker) argument(d *Definition, b Binding) {
	t := c.value(b.Value)
	for _, p := range d.Params {
		if p.Name.Text != b.Name.Text {
			continue
		}
		if _, ok := p.Seconds(b.Value); !ok && !assignable(t, p.Type) {
			hint := c.meantVariable(b.Value)
			if p.IsDuration && hint == "" {
				hint = "write a duration such as 1m30s, 250ms or 2"
			} else if hint == "" {
				hint = "give it " + p.Type.article() + " instead of `" + shorten(c.s.Source.Text(b.Value.Span)) + "`"
			}
			c.errorf(codeArgType, b.Value.Span, hint, "`%s` of `%s` is %s, not %s",
				p.Name.Text, d.Name.Text, p.Type.article(), t.article())
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
	c.errorf(codeUnknownArg, b.Name.Span, didYouMean(b.Name.Text, known),
		"`%s` has no parameter `%s`", d.Name.Text, b.Name.Text)
}

// argumentFor is the value given for a parameter, nil: none is.
func argumentFor(with *Bindings, param string) *Value {
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
func (c *codeChecker) coroutine(name *Name) *Definition {
	d := c.coroutines[name.Text]
	if d == nil {
		hint := didYouMean(name.Text, sortedNames(c.coroutines))
		if c.lost["coroutines"] {
			return nil
		}
		if c.callbacks[name.Text] != nil {
			hint = "it is a callback: `call_soon`, `call_later` and `call_at` schedule those"
		}
		c.errorf(codeNoCoroutine, name.Span, hint, "there is no coroutine `%s`", name.Text)
	}
	return d
}

// callback finds a declared callback, and reports one that is not.
func (c *codeChecker) callback(name *Name) *Definition {
	d := c.callbacks[name.Text]
	if d == nil {
		hint := didYouMean(name.Text, sortedNames(c.callbacks))
		if c.lost["callbacks"] {
			return nil
		}
		if c.coroutines[name.Text] != nil {
			hint = "it is a coroutine: `spawn` makes a task of it"
		}
		c.errorf(codeNoCallback, name.Span, hint, "there is no callback `%s`", name.Text)
	}
	return d
}

// contextValues checks what context variables are set to.
func (c *codeChecker) contextValues(b *Bindings) {
	if b == nil {
		return
	}
	for _, item := range b.Items {
		t := c.value(item.Value)
		v := c.globals[item.Name.Text]
		if v == nil || v.Kind != symContext {
			c.errorf(codeNoVariable, item.Name.Span, didYouMean(item.Name.Text, c.ofKind(symContext)),
				"there is no context variable `%s`", item.Name.Text)
			continue
		}
		c.assign(v, t, item.Value.Span)
	}
}

func (c *codeChecker) ofKind(kind symbolKind) []string {
	var list []string
	for _, name := range sortedNames(c.globals) {
		if c.globals[name].Kind == kind {
			list = append(list, name)
		}
	}
	return list
}

// errorTypeName reports a type of errors that is neither Python's nor raised in the scenario.
func (c *codeChecker) errorTypeName(name *Name) {
	if c.raised[name.Text] || slices.Contains(engine.ErrorTypes(), name.Text) {
		return
	}
	all := append(engine.ErrorTypes(), sortedNames(c.raised)...)
	c.errorf(codeNoErrorType, name.Span, didYouMean(name.Text, all),
		"`%s` is not one of Python's errors, and no step raises it", name.Text)
}

// entry checks an entry and gives the type of its task's result. with may stand outside the entry: spawn's.
func (c *codeChecker) entry(r *Record, call *Name, at Span) Type {
	c.contextValues(field[*Bindings](r, "context"))
	if name := field[*Value](r, "name"); name != nil {
		c.text(name)
	}
	if call == nil {
		call = field[*Name](r, "call")
	}
	if call != nil {
		d := c.coroutine(call)
		if d == nil {
			return anyType
		}
		c.arguments(d, r, at)
		return c.BodyOf(d).result
	}
	if act := c.InlineOf(r); act != nil {
		c.inline(r, act)
		return act.result
	}
	return anyType
}

// nameTasks notes the result of the tasks that an entry makes, for tasks["name"].
func (c *codeChecker) nameTasks(r *Record, result Type) Type {
	switch name := field[*Value](r, "name"); {
	case name == nil:
	case name.Kind == Literal && !r.has("count"):
		c.nameTask(constText(name), result)
	default:
		c.widenType(&c.results.computed, result)
	}
	return result
}

func (c *codeChecker) nameTask(name string, result Type) {
	known := c.results.byName[name]
	c.widenType(&known, result)
	c.results.byName[name] = known
}

// inline checks an entry's own steps, with copies of the locals that are assigned here.
func (c *codeChecker) inline(r *Record, act *activation) {
	assigned := make([]bool, len(act.locals))
	for i, from := range act.copies {
		assigned[i] = from.from == nil || c.flow.assigned[from.from.Index]
		if from.from != nil && !act.locals[i].fixed {
			c.widen(act.locals[i], from.from.Type)
		}
	}
	view, flow, loop, returns := c.view, c.flow, c.loop, c.returns
	c.body(act, assigned, field[*Block](r, "do"))
	c.view, c.flow, c.loop, c.returns = view, flow, loop, returns
}

// widen joins a type into a variable's without a word: the copy of a local follows it.
func (c *codeChecker) widen(v *variable, t Type) { c.widenType(&v.Type, t) }

// widenType joins a type into what is known so far.
func (c *codeChecker) widenType(known *Type, t Type) {
	if joined, _ := join(*known, t); !joined.equal(*known) {
		*known, c.changed = joined, true
	}
}

// body checks the steps of an activation. Its result is what they return, or null.
func (c *codeChecker) body(act *activation, assigned []bool, do *Block) {
	c.act, c.handled, c.index = act, nil, false
	c.flow, c.loop, c.returns = state{assigned: assigned}, nil, nowhere
	c.block(do)
	if !c.flow.dead {
		c.result(nullType)
	}
}

// result joins what the running body returns.
func (c *codeChecker) result(t Type) { c.widenType(&c.act.result, t) }

// begin is what is assigned when an activation begins: its parameters.
func (act *activation) begin() []bool {
	assigned := make([]bool, len(act.locals))
	for i := range act.params {
		assigned[i] = true
	}
	return assigned
}
