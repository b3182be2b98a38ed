package dsl

import (
	"slices"

	"runloop/engine"
)

// builder compiles a checked scenario.
type builder struct {
	view
	s         *Unit
	codes     map[*Definition]*engine.Code
	scheduled map[*Definition]*engine.Callback
	names     bool // an expression may name a task that nothing refers to
	draws     bool // an expression draws random numbers
	watch     bool // the program is watched: steps say what they read
}

// What `loop` shows where the scenario does not say.
const (
	defaultLoopType = "<class 'runloop.EventLoop'>"
	defaultLoopID   = "1"
)

// Unit is a checked scenario that is ready to run. It is immutable and may be shared.
type Unit struct {
	*File
	Info *Info // what the check found out

	program  *engine.Program
	that     []expectation
	tasks    []expectedTask
	settings settings
}

// compile makes a checked scenario without errors ready to run.
func compile(f *File, info *Info) (*Unit, error) {
	s := &Unit{File: f, Info: info}
	b := newBuilder(s)
	s.program = b.program()
	b.expectations()
	if err := b.settings(); err != nil {
		return nil, err
	}
	return s, s.program.Assemble()
}

// Program is the compiled scenario.
func (s *Unit) Program() *engine.Program { return s.program }

// Watched compiles the scenario once more, so that a run follows the flow of values and reports lost updates and
// context variables that calls leave changed (engine.Result.Races and Leaks). What it prints stays the same.
func (s *Unit) Watched() (*engine.Program, error) {
	b := newBuilder(s)
	b.watch = true
	p := b.program()
	p.Watched = true
	return p, p.Assemble()
}

func newBuilder(s *Unit) *builder {
	b := &builder{s: s, view: view{Info: s.Info}, codes: map[*Definition]*engine.Code{},
		scheduled: map[*Definition]*engine.Callback{}}
	return b
}

func (b *builder) program() *engine.Program {
	s := b.s
	loop := field[*Record](s.Root, "loop")
	p := &engine.Program{
		Name: s.Name, File: s.Source.Name(),
		LoopType: textOr(field[*Value](loop, "type"), defaultLoopType),
		LoopID:   textOr(field[*Value](loop, "id"), defaultLoopID),
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

func textOr(v *Value, otherwise string) string {
	if v == nil {
		return otherwise
	}
	return constText(v)
}

// outside leaves all activations.
func (b *builder) outside(onlyParams bool) {
	b.view = view{Info: b.Info, onlyParams: onlyParams}
}

func (b *builder) variables(list []*Variable) []engine.VarDef {
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

func (b *builder) newCode(act *activation, at Span) *engine.Code {
	code := &engine.Code{Pos: b.pos(at), Name: act.name, Params: act.params}
	for _, v := range act.locals {
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
	sections := map[bodyKind]*engine.Code{}
	for act, do := range b.blocks(b.s.File) {
		code := b.newCode(act, do.Span)
		code.Body = b.body(act, do)
		sections[act.kind] = code
	}
	p.Before, p.After = sections[beforeBody], sections[afterBody]
	if code := sections[mainBody]; code != nil {
		p.Main = &engine.Entry{Pos: code.Pos, Code: code}
	}
	b.outside(false)
}

// body compiles the steps of an activation.
func (b *builder) body(act *activation, do *Block) []engine.Step {
	outer := b.view
	b.view = view{Info: b.Info, act: act}
	steps := b.block(do)
	b.view = outer
	return steps
}

func (b *builder) callback(d *Definition) {
	cb, r := b.scheduled[d], d.Record
	cb.Code.Body = b.body(b.BodyOf(d), d.Do)
	b.view = view{Info: b.Info, act: b.BodyOf(d)}
	cb.After, cb.Every = b.duration(r, "after"), b.duration(r, "every")
	if until := field[*Condition](r, "until"); until != nil {
		cb.Until = b.condition(until)
	}
	cb.Then = b.block(field[*Block](r, "then"))
	switch missed := field[*Name](r, "missed"); {
	case missed == nil:
	case missed.Text == "catch-up":
		cb.Missed = engine.MissedCatchUp
	case missed.Text == "drift":
		cb.Missed = engine.MissedDrift
	}
}

func (b *builder) worker(w *Worker) *engine.Entry {
	b.outside(false)
	b.index = true
	e := b.entry(w.Entry, w.Entry, nil, w.Name.Span)
	e.Name = w.Name.Text
	b.index = false
	e.Start = b.duration(w.Entry, "start")
	return e
}

func (b *builder) pos(at Span) engine.Pos {
	p := b.s.Source.Pos(at.Start)
	return engine.Pos{Line: int32(p.Line), Col: int32(p.Col)}
}

func (b *builder) expr(e *Expr) compiled {
	b.draws = b.draws || e.tree.draws()
	b.names = b.names || e.tree.namesTasks()
	return e.tree.compile(b.facts)
}

// value compiles a value. Constants are made here, once.
func (b *builder) value(v *Value) compiled {
	switch v.Kind {
	case Computed:
		return b.expr(v.Expr)
	case Template:
		return ofText(b.template(v))
	case Literal:
		return ofConst(typeOfLiteral(v), v.Const)
	}
	elems := make([]compiled, len(v.Items))
	constant, elem := true, Type{}
	for i, item := range v.Items {
		elems[i] = b.value(item)
		constant = constant && elems[i].Const != nil
		elem, _ = join(elem, elems[i].Type)
	}
	if keys := v.Keys; v.Kind == MapValue {
		return collection(mapOf(known(elem)), elems, constant,
			func(vals []engine.Value) engine.Value { return engine.Map(keys, vals) },
			func(l *engine.Loop, vals []engine.Value) engine.Value { return newMap(l, keys, vals) })
	}
	return collection(listOf(known(elem)), elems, constant, engine.List, newList)
}

// collection makes a list or a map of its elements: once where they are constant, or each time.
func collection(t Type, elems []compiled, constant bool, once func([]engine.Value) engine.Value,
	fresh func(*engine.Loop, []engine.Value) engine.Value) compiled {
	vals := make([]engine.Value, len(elems))
	if constant {
		for i, e := range elems {
			vals[i] = *e.Const
		}
		return ofConst(t, once(vals))
	}
	return ofValue(t, func(l *engine.Loop) engine.Value {
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
func (b *builder) template(v *Value) engine.EvalText {
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
func (b *builder) text(r *Record, key string) engine.EvalText {
	v := field[*Value](r, key)
	if v == nil {
		return nil
	}
	if v.Kind == Literal && v.Const.IsNull() {
		return noText
	}
	return b.value(v).Text
}

// noText is the empty text.
func noText(_ *engine.Loop, dst []byte) []byte { return dst }

func (b *builder) condition(c *Condition) engine.EvalBool {
	return b.expr(c.Expr).asBool("a condition")
}

// duration compiles the duration of a key, nil: the key is absent.
func (b *builder) duration(r *Record, key string) engine.EvalTime {
	d := field[*Duration](r, key)
	switch {
	case d == nil:
		return nil
	case d.Expr != nil:
		return b.expr(d.Expr).asTime("`" + key + "`")
	}
	ns := d.Nanos
	return func(*engine.Loop) int64 { return ns }
}

// reads is the variables that a value reads, for a watched program.
func (b *builder) reads(v *Value) []engine.Ref {
	if !b.watch || v == nil {
		return nil
	}
	var refs []engine.Ref
	eachExpr(v, func(e *Expr) {
		e.tree.reads(func(name string, _ Span) {
			if x := b.variable(name); x != nil && x.Kind != symParam && x.Kind != symObject {
				refs = append(refs, x.ref())
			}
		})
	})
	return refs
}

// ref is where a variable lives.
func (v *variable) ref() engine.Ref {
	space := engine.LocalVar
	switch v.Kind {
	case symShared:
		space = engine.SharedVar
	case symContext:
		space = engine.ContextVar
	}
	return engine.Ref{Space: space, Index: v.Index}
}

// as compiles what `as` or `for` names, nil: nothing.
func (b *builder) as(r *Record, key string) *engine.Target {
	name := field[*Name](r, key)
	if name == nil {
		return nil
	}
	return &engine.Target{Ref: b.variable(name.Text).ref()}
}

// target compiles a path.
func (b *builder) target(p *Path) engine.Target {
	t := engine.Target{Ref: b.variable(p.Name.Text).ref()}
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
func (b *builder) assigned(v *variable, value *Value) engine.Eval {
	return assignedTo(b.value(value), v)
}

// assignedTo gives a value to a variable: one of a declared type takes nothing else.
func assignedTo(c compiled, v *variable) engine.Eval {
	if v.fixed {
		return c.as(v.Type, "`"+v.Name+"`")
	}
	return c.Value
}

// arguments compiles what a coroutine or callback is called with, in the order of its parameters.
func (b *builder) arguments(d *Definition, with *Bindings) []engine.Eval {
	args := make([]engine.Eval, len(d.Params))
	for i, p := range d.Params {
		what := "`" + p.Name.Text + "` of `" + d.Name.Text + "`"
		given := argumentFor(with, p.Name.Text)
		inside := b.view
		if given == nil {
			given = p.Default
			b.outside(false)
		}
		if v, ok := p.Seconds(given); ok {
			args[i] = ofConst(floatType, v).Value
		} else {
			args[i] = b.value(given).as(p.Type, what)
		}
		b.view = inside
	}
	return args
}

// entry compiles an entry: outer has its name, context, daemon and count, body its `call` or `do`; a spawn's coroutine
// comes as call.
func (b *builder) entry(outer, body *Record, call *Name, at Span) *engine.Entry {
	e := &engine.Entry{Pos: b.pos(at)}
	if name := field[*Value](outer, "name"); name != nil {
		if c := b.value(name); c.Const != nil {
			e.Name = string(c.Text(nil, nil))
		} else {
			e.NameText = c.Text
		}
	}
	if daemon := field[*Value](outer, "daemon"); daemon != nil {
		e.Daemon = daemon.Const.AsBool()
	}
	if count := field[*Value](outer, "count"); count != nil {
		e.Count = b.value(count).asInt("`count`")
	}
	e.Context = b.contextValues(field[*Bindings](outer, "context"))
	if call == nil {
		call = field[*Name](body, "call")
	}
	if call != nil {
		d := b.coroutines[call.Text]
		e.Code, e.Args = b.codes[d], b.arguments(d, field[*Bindings](body, "with"))
		return e
	}
	act := b.InlineOf(body)
	e.Code = b.newCode(act, body.Span)
	e.Code.Body = b.body(act, field[*Block](body, "do"))
	for _, c := range act.copies {
		e.Args = append(e.Args, b.copied(c.name))
	}
	return e
}

// copied reads the local that an inline body gets a copy of.
func (b *builder) copied(name string) engine.Eval {
	sym, _ := b.lookup(name)
	if sym.Kind == symIndex {
		return func(l *engine.Loop) engine.Value { return engine.Int(l.Index()) }
	}
	i := sym.Index
	return func(l *engine.Loop) engine.Value { return l.Escape(l.Local(i)) }
}

func (b *builder) contextValues(values *Bindings) []engine.Assign {
	if values == nil {
		return nil
	}
	var list []engine.Assign
	for _, item := range values.Items {
		v := b.globals[item.Name.Text]
		list = append(list, engine.Assign{To: engine.Target{Ref: v.ref()}, Value: b.assigned(v, item.Value)})
	}
	return list
}

func (b *builder) block(do *Block) []engine.Step {
	if do == nil {
		return nil
	}
	steps := make([]engine.Step, 0, len(do.Steps))
	for _, s := range do.Steps {
		steps = append(steps, b.limited(s, stepBuilders[s.Verb.Name](b, s, b.pos(s.head()))))
	}
	return slices.Clip(steps)
}
