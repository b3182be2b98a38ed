// Package compile makes a checked scenario ready to run: an engine.Program, how it is run, and what is expected of the run.
package compile

import (
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// builder compiles a checked scenario.
type builder struct {
	check.Scope
	s         *Scenario
	codes     map[*syntax.Definition]*engine.Code
	scheduled map[*syntax.Definition]*engine.Callback
	names     bool // an expression may name a task that nothing refers to
	draws     bool // an expression draws random numbers
	watch     bool // the program is watched: steps say what they read
}

// Scenario is a checked scenario that is ready to run. It is immutable and may be shared.
type Scenario struct {
	*syntax.File
	Info *check.Info // what the check found out

	program  *engine.Program
	that     []expectation
	tasks    []expectedTask
	settings settings
}

// Compile makes a checked scenario without errors ready to run.
func Compile(f *syntax.File, info *check.Info) (*Scenario, error) {
	s := &Scenario{File: f, Info: info}
	b := newBuilder(s)
	s.program = b.program()
	b.expectations()
	if err := b.settings(); err != nil {
		return nil, err
	}
	return s, s.program.Assemble()
}

// Program is the compiled scenario.
func (s *Scenario) Program() *engine.Program { return s.program }

// Watched compiles the scenario once more, so that a run follows the flow of values and reports lost updates and
// context variables that calls leave changed (engine.Result.Races and Leaks). What it prints stays the same.
func (s *Scenario) Watched() (*engine.Program, error) {
	b := newBuilder(s)
	b.watch = true
	p := b.program()
	p.Watched = true
	return p, p.Assemble()
}

func newBuilder(s *Scenario) *builder {
	b := &builder{s: s, Scope: check.Scope{Info: s.Info}, codes: map[*syntax.Definition]*engine.Code{},
		scheduled: map[*syntax.Definition]*engine.Callback{}}
	return b
}

func (b *builder) program() *engine.Program {
	s := b.s
	p := &engine.Program{
		Name: s.Name, File: s.Source.Name(),
		LoopType: s.LoopType,
		LoopID:   s.LoopID,
	}
	for _, param := range s.Params {
		p.Params = append(p.Params, param.Name.Text)
	}
	b.outside(true)
	p.Shared, p.Context = b.variables(s.Shared), b.variables(s.Context)
	for _, o := range s.Objects {
		p.Objects = append(p.Objects, b.object(o))
	}
	b.outside(false)
	b.declare(p)
	b.bodies(p)
	p.Checks = b.checks()
	p.Draws, p.Recycle = b.draws, !b.names && !s.expectsTasks()
	return p
}

// outside leaves all activations.
func (b *builder) outside(onlyParams bool) {
	b.Scope = check.Scope{Info: b.Info, OnlyParams: onlyParams}
}

func (b *builder) variables(list []*syntax.Variable) []engine.VarDef {
	var defs []engine.VarDef
	for _, v := range list {
		defs = append(defs, engine.VarDef{Name: v.Name.Text, Init: b.value(v.Value).Value})
	}
	return defs
}

// declare makes the code of every coroutine and callback, still empty: they may refer to each other.
func (b *builder) declare(p *engine.Program) {
	for _, d := range b.s.Coroutines {
		b.codes[d] = b.newCode(b.BodyOf(d), d.Name.Span)
	}
	for _, d := range b.s.Callbacks {
		cb := &engine.Callback{Pos: b.pos(d.Name.Span), Name: d.Name.Text, Code: b.newCode(b.BodyOf(d), d.Name.Span)}
		b.scheduled[d] = cb
		p.Callbacks = append(p.Callbacks, cb)
	}
}

func (b *builder) newCode(act *check.Activation, at source.Span) *engine.Code {
	code := &engine.Code{Pos: b.pos(at), Name: act.Name, Params: act.Params}
	for _, v := range act.Locals {
		code.Locals = append(code.Locals, v.Name)
	}
	return code
}

func (b *builder) bodies(p *engine.Program) {
	for _, d := range b.s.Coroutines {
		b.codes[d].Body = b.body(b.BodyOf(d), d.Do)
	}
	for _, d := range b.s.Callbacks {
		b.callback(d)
	}
	b.outside(false)
	for _, w := range b.s.Workers {
		p.Workers = append(p.Workers, b.worker(w))
	}
	sections := map[check.BodyKind]*engine.Code{}
	for act, do := range b.Blocks(b.s.File) {
		code := b.newCode(act, do.Span)
		code.Body = b.body(act, do)
		sections[act.Kind] = code
	}
	p.Before, p.After = sections[check.BeforeBody], sections[check.AfterBody]
	if code := sections[check.MainBody]; code != nil {
		p.Main = &engine.Entry{Pos: code.Pos, Code: code}
	}
	b.outside(false)
}

// body compiles the steps of an activation.
func (b *builder) body(act *check.Activation, do *syntax.Block) []engine.Step {
	outer := b.Scope
	b.Scope = check.Scope{Info: b.Info, Act: act}
	steps := b.block(do)
	b.Scope = outer
	return steps
}

func (b *builder) callback(d *syntax.Definition) {
	cb, r := b.scheduled[d], &d.Record
	cb.Code.Body = b.body(b.BodyOf(d), d.Do)
	b.Scope = check.Scope{Info: b.Info, Act: b.BodyOf(d)}
	cb.After, cb.Every = b.duration(r, "after"), b.duration(r, "every")
	if until := syntax.As[*syntax.Condition](r, "until"); until != nil {
		cb.Until = b.condition(until)
	}
	cb.Then = b.block(syntax.As[*syntax.Block](r, "then"))
	switch missed := syntax.As[*syntax.Name](r, "missed"); {
	case missed == nil:
	case missed.Text == "catch-up":
		cb.Missed = engine.MissedCatchUp
	case missed.Text == "drift":
		cb.Missed = engine.MissedDrift
	}
}

func (b *builder) worker(w *syntax.Worker) *engine.Entry {
	b.outside(false)
	b.Index = true
	e := b.entry(&w.Entry.Record, &w.Entry.Record, nil, w.Name.Span)
	e.Name = w.Name.Text
	b.Index = false
	e.Start = b.duration(&w.Entry.Record, "start")
	return e
}

func (b *builder) pos(at source.Span) engine.Pos {
	p := b.s.Source.Pos(at.Start)
	return engine.Pos{Line: int32(p.Line), Col: int32(p.Col)}
}

func (b *builder) expr(e *syntax.Expr) expr.Compiled {
	b.draws = b.draws || e.Tree.Draws()
	b.names = b.names || e.Tree.NamesTasks()
	return e.Tree.Compile(b.Facts)
}

// value compiles a value. Constants are made here, once.
func (b *builder) value(v *syntax.Value) expr.Compiled {
	switch v.Kind {
	case syntax.Computed:
		return b.expr(v.Expr)
	case syntax.Template:
		return expr.OfText(b.template(v))
	case syntax.Literal:
		return expr.OfConst(syntax.TypeOfLiteral(v), v.Const)
	}
	elems := make([]expr.Compiled, len(v.Items))
	constant, elem := true, expr.Type{}
	for i, item := range v.Items {
		elems[i] = b.value(item)
		constant = constant && elems[i].Const != nil
		elem, _ = expr.Join(elem, elems[i].Type)
	}
	if keys := v.Keys; v.Kind == syntax.MapValue {
		return collection(expr.MapOf(check.Known(elem)), elems, constant,
			func(vals []engine.Value) engine.Value { return engine.Map(keys, vals) },
			func(l *engine.Loop, vals []engine.Value) engine.Value { return expr.NewMap(l, keys, vals) })
	}
	return collection(expr.ListOf(check.Known(elem)), elems, constant, engine.List, expr.NewList)
}

// collection makes a list or a map of its elements: once where they are constant, or each time.
func collection(t expr.Type, elems []expr.Compiled, constant bool, once func([]engine.Value) engine.Value,
	fresh func(*engine.Loop, []engine.Value) engine.Value) expr.Compiled {
	vals := make([]engine.Value, len(elems))
	if constant {
		for i, e := range elems {
			vals[i] = *e.Const
		}
		return expr.OfConst(t, once(vals))
	}
	return expr.OfValue(t, func(l *engine.Loop) engine.Value {
		outer := l.Begin()
		vals := make([]engine.Value, len(elems))
		for i := range elems {
			vals[i] = elems[i].Value(l)
		}
		v := fresh(l, vals)
		l.End(outer)
		return v
	})
}

// template compiles text with expressions in it.
func (b *builder) template(v *syntax.Value) engine.EvalText {
	parts := make([]engine.EvalText, len(v.Parts))
	for i, p := range v.Parts {
		if p.Expr != nil {
			parts[i] = b.expr(p.Expr).Text
			continue
		}
		text := p.Text
		parts[i] = func(_ *engine.Loop, dst []byte) []byte { return append(dst, text...) }
	}
	return func(l *engine.Loop, dst []byte) []byte {
		start := len(dst)
		for _, p := range parts {
			if dst = p(l, dst); !l.Room(len(dst) - start) {
				break
			}
		}
		return dst
	}
}

// text compiles the text of a key, nil: the key is absent.
func (b *builder) text(r *syntax.Record, key string) engine.EvalText {
	v := syntax.As[*syntax.Value](r, key)
	if v == nil {
		return nil
	}
	if v.Kind == syntax.Literal && v.Const.IsNull() {
		return noText
	}
	return b.value(v).Text
}

// noText is the empty text.
func noText(_ *engine.Loop, dst []byte) []byte { return dst }

func (b *builder) condition(c *syntax.Condition) engine.EvalBool {
	return b.expr(c.Expr).AsBool("a condition")
}

// duration compiles the duration of a key, nil: the key is absent.
func (b *builder) duration(r *syntax.Record, key string) engine.EvalTime {
	d := syntax.As[*syntax.Duration](r, key)
	switch {
	case d == nil:
		return nil
	case d.Expr != nil:
		return b.expr(d.Expr).AsTime("`" + key + "`")
	}
	ns := d.Nanos
	return func(*engine.Loop) int64 { return ns }
}

// reads is the variables that a value reads, for a watched program.
func (b *builder) reads(v *syntax.Value) []engine.Ref {
	if !b.watch || v == nil {
		return nil
	}
	var refs []engine.Ref
	check.EachExpr(v, func(e *syntax.Expr) {
		e.Tree.Reads(func(name string, _ source.Span) {
			if x := b.Variable(name); x != nil && x.Kind != expr.SymParam && x.Kind != expr.SymObject {
				refs = append(refs, x.Ref())
			}
		})
	})
	return refs
}

// as compiles what `as` or `for` names, nil: nothing.
func (b *builder) as(r *syntax.Record, key string) *engine.Target {
	name := syntax.As[*syntax.Name](r, key)
	if name == nil {
		return nil
	}
	return &engine.Target{Ref: b.Variable(name.Text).Ref()}
}

// target compiles a path.
func (b *builder) target(p *syntax.Path) engine.Target {
	t := engine.Target{Ref: b.Variable(p.Name.Text).Ref()}
	for _, e := range p.Elems {
		if e.Index != nil {
			t.Path = append(t.Path, b.expr(e.Index).Value)
			continue
		}
		key := engine.String(e.Key)
		t.Path = append(t.Path, func(*engine.Loop) engine.Value { return key })
	}
	return t
}

// assigned compiles a value that goes into a variable.
func (b *builder) assigned(v *check.Variable, value *syntax.Value) engine.Eval {
	return assignedTo(b.value(value), v)
}

// assignedTo gives a value to a variable: one of a declared type takes nothing else.
func assignedTo(c expr.Compiled, v *check.Variable) engine.Eval {
	if v.Fixed {
		return c.As(v.Type, "`"+v.Name+"`")
	}
	return c.Value
}

// arguments compiles what a coroutine or callback is called with, in the order of its parameters.
func (b *builder) arguments(d *syntax.Definition, with *syntax.Bindings) []engine.Eval {
	args := make([]engine.Eval, len(d.Params))
	for i, p := range d.Params {
		what := "`" + p.Name.Text + "` of `" + d.Name.Text + "`"
		given := check.ArgumentFor(with, p.Name.Text)
		inside := b.Scope
		if given == nil {
			given = p.Default
			b.outside(false)
		}
		if v, ok := p.Seconds(given); ok {
			args[i] = expr.OfConst(expr.FloatType, v).Value
		} else {
			args[i] = b.value(given).As(p.Type, what)
		}
		b.Scope = inside
	}
	return args
}

// entry compiles an entry: outer has its name, context, daemon and count, body its `call` or `do`; a spawn's coroutine
// comes as call.
func (b *builder) entry(outer, body *syntax.Record, call *syntax.Name, at source.Span) *engine.Entry {
	e := &engine.Entry{Pos: b.pos(at)}
	if name := syntax.As[*syntax.Value](outer, "name"); name != nil {
		if c := b.value(name); c.Const != nil {
			e.Name = string(c.Text(nil, nil))
		} else {
			e.NameText = c.Text
		}
	}
	if daemon := syntax.As[*syntax.Value](outer, "daemon"); daemon != nil {
		e.Daemon = daemon.Const.AsBool()
	}
	if count := syntax.As[*syntax.Value](outer, "count"); count != nil {
		e.Count = b.value(count).AsInt("`count`")
	}
	e.Context = b.contextValues(syntax.As[*syntax.Bindings](outer, "context"))
	if call == nil {
		call = syntax.As[*syntax.Name](body, "call")
	}
	if call != nil {
		d := b.Coroutines[call.Text]
		e.Code, e.Args = b.codes[d], b.arguments(d, syntax.As[*syntax.Bindings](body, "with"))
		return e
	}
	act := b.InlineOf(body)
	e.Code = b.newCode(act, body.Span)
	e.Code.Body = b.body(act, syntax.As[*syntax.Block](body, "do"))
	for _, c := range act.Copies {
		e.Args = append(e.Args, b.copied(c.Name))
	}
	return e
}

// copied reads the local that an inline body gets a copy of.
func (b *builder) copied(name string) engine.Eval {
	sym, _ := b.Lookup(name)
	if sym.Kind == expr.SymIndex {
		return func(l *engine.Loop) engine.Value { return engine.Int(l.Index()) }
	}
	i := sym.Index
	return func(l *engine.Loop) engine.Value { return l.Escape(l.Local(i)) }
}

func (b *builder) contextValues(values *syntax.Bindings) []engine.Assign {
	if values == nil {
		return nil
	}
	var list []engine.Assign
	for _, item := range values.Items {
		v := b.Globals[item.Name.Text]
		list = append(list, engine.Assign{To: engine.Target{Ref: v.Ref()}, Value: b.assigned(v, item.Value)})
	}
	return list
}

func (b *builder) block(do *syntax.Block) []engine.Step {
	if do == nil {
		return nil
	}
	steps := make([]engine.Step, 0, len(do.Steps))
	for _, s := range do.Steps {
		steps = append(steps, b.limited(s, StepBuilders[s.Verb.Name](b, s, b.pos(s.Place()))))
	}
	return slices.Clip(steps)
}
