package compile

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

func (b *builder) expr(e *syntax.Expr) expr.Compiled {
	b.draws = b.draws || e.Tree.Draws()
	e.Tree.UsesTasks(&b.tasks)
	return e.Tree.Compile(b.Facts)
}

// value compiles a value. Constants are made here, once for all runs.
func (b *builder) value(v *syntax.Value) expr.Compiled {
	switch v.Kind {
	case syntax.Computed:
		return b.expr(v.Expr)
	case syntax.Template:
		return b.template(v)
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

// collection compiles a list or a map. It calls once now if all elements are constant; otherwise fresh makes the value
// at each evaluation.
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
func (b *builder) template(v *syntax.Value) expr.Compiled {
	parts := make([]engine.EvalText, len(v.Parts))
	var head expr.Compiled
	for i, p := range v.Parts {
		if p.Expr != nil {
			part := b.expr(p.Expr)
			if parts[i] = part.Text; i == 0 {
				head = part
			}
			continue
		}
		text := p.Text
		parts[i] = func(_ *engine.Loop, dst []byte) []byte { return append(dst, text...) }
	}
	c := expr.OfText(joined(parts))
	if (head.Type.Kind == expr.TypeString || head.Type.Kind == expr.TypeAny) && len(parts) > 1 {
		c.Value = expr.Grown(head, joined(parts[1:]))
	}
	return c
}

// joined is one text after the other.
func joined(parts []engine.EvalText) engine.EvalText {
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

// text compiles a text, or returns nil if it is absent.
func (b *builder) text(v *syntax.Value) engine.EvalText {
	switch {
	case v == nil:
		return nil
	case v.Kind == syntax.Literal && v.Const.IsNull():
		return noText
	}
	return b.value(v).Text
}

// noText is the empty text.
func noText(_ *engine.Loop, dst []byte) []byte { return dst }

// condition compiles a condition, or returns nil if it is absent.
func (b *builder) condition(c *syntax.Condition) engine.EvalBool {
	if c == nil {
		return nil
	}
	return b.expr(c.Expr).AsBool("a condition")
}

// duration compiles a duration, or returns nil if it is absent. Errors call it what.
func (b *builder) duration(d *syntax.Duration, what string) engine.EvalTime {
	switch {
	case d == nil:
		return nil
	case d.Expr != nil:
		return b.expr(d.Expr).AsDuration(what)
	}
	ns := d.Nanos
	return func(*engine.Loop) int64 { return ns }
}

// moment compiles a loop time, or returns nil if it is absent.
func (b *builder) moment(d *syntax.Duration, what string) engine.EvalTime {
	switch {
	case d != nil && d.Expr != nil:
		return b.expr(d.Expr).AsMoment(what)
	case d != nil && d.OfDay:
		ofDay := d.Nanos
		return func(l *engine.Loop) int64 { return l.DayTime(ofDay) }
	}
	return b.duration(d, what)
}

// integer compiles an integer, or returns nil if it is absent. Errors call it what.
func (b *builder) integer(v *syntax.Value, what string) engine.EvalInt {
	if v == nil {
		return nil
	}
	return b.value(v).AsInt(what)
}

// reference compiles a reference, or returns nil if it is absent.
func (b *builder) reference(r *syntax.Reference) engine.Eval {
	if r == nil {
		return nil
	}
	return b.expr(b.ExprOf(r)).Value
}

// references compiles a list of references, or a single one. A single task becomes a list of one.
func (b *builder) references(r *syntax.References) engine.Eval {
	evals := make([]expr.Compiled, len(r.Items))
	for i, item := range r.Items {
		evals[i] = b.expr(b.ExprOf(item))
	}
	if !r.IsList && evals[0].Type.Kind != expr.TypeTask && evals[0].Type.Kind != expr.TypeFuture {
		return evals[0].Value
	}
	return func(l *engine.Loop) engine.Value {
		list := make([]engine.Value, len(evals))
		for i, e := range evals {
			list[i] = e.Value(l)
		}
		return engine.List(list)
	}
}

// flag returns a literal boolean, or false if it is absent.
func flag(v *syntax.Value) bool { return v != nil && v.Const.AsBool() }

// reads returns the variables that a value reads, or nil if the program is not watched.
func (b *builder) reads(v *syntax.Value) []engine.Ref {
	if !b.watch || v == nil {
		return nil
	}
	var refs []engine.Ref
	syntax.Exprs(v, nil, func(e *syntax.Expr) {
		e.Tree.Reads(func(name string, _ source.Span) {
			if x := b.Variable(name); x != nil && x.Kind != expr.SymParam && x.Kind != expr.SymObject {
				refs = append(refs, x.Ref())
			}
		})
	})
	return refs
}

// into compiles the variable that a step assigns, or returns nil if it is absent.
func (b *builder) into(name *syntax.Name) *engine.Target {
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

// assigned compiles a value that is assigned to a variable.
func (b *builder) assigned(v *check.Variable, value *syntax.Value) engine.Eval {
	return assignedTo(b.value(value), v)
}

// assignedTo makes c fit for a variable. If the variable's type is declared, other values raise an error.
func assignedTo(c expr.Compiled, v *check.Variable) engine.Eval {
	if v.Fixed {
		return c.As(v.Type, "`"+v.Name+"`")
	}
	return c.Value
}
