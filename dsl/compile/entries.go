package compile

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// arguments compiles the arguments of a coroutine or callback in the order of its parameters.
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
		args[i] = b.value(p.Fit(given)).As(p.Type, what)
		b.Scope = inside
	}
	return args
}

// entry compiles an entry: outer has its name, context, daemon and count, body its `call` or `do`.
func (b *builder) entry(outer, body *syntax.Entry, at source.Span) *engine.Entry {
	e := &engine.Entry{Pos: b.pos(at), Daemon: flag(outer.Daemon), Count: b.integer(outer.Count, "`count`")}
	if outer.Name != nil {
		if c := b.value(outer.Name); c.Const != nil {
			e.Name = string(c.Text(nil, nil))
		} else {
			e.NameText = c.Text
		}
	}
	e.Context = b.contextValues(outer.Context)
	if body.Coroutine != nil {
		d := b.Coroutines[body.Coroutine.Text]
		e.Code, e.Args = b.codes[d], b.arguments(d, body.With)
		return e
	}
	act := b.InlineOf(body)
	e.Code = b.newCode(act, body.Span)
	e.Code.Body = b.body(act, body.Do)
	for _, c := range act.Copies {
		e.Args = append(e.Args, b.copied(c.Name))
	}
	return e
}

// copied returns an Eval of the local that an inline body gets a copy of.
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
