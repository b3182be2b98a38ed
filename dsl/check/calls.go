package check

import (
	"cmp"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// arguments checks the arguments of a coroutine or callback.
func (c *checker) arguments(d *syntax.Definition, r *syntax.Record, with *syntax.Bindings, at source.Span) {
	if with != nil {
		for _, b := range with.Items {
			c.argument(d, b)
		}
	}
	if with == nil && r.Written(syntax.WithKey) || with != nil && with.Partial {
		return // some of them cannot be read
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
	for _, p := range d.Params {
		if p.Name.Text != b.Name.Text {
			continue
		}
		t := c.value(p.Fit(b.Value))
		if !expr.Assignable(t, p.Type) {
			hint := cmp.Or(c.meantVariable(b.Value), c.valueHint(b.Value, t, []expr.TypeKind{p.Type.Kind}))
			if text := constText(b.Value); hint == "" && p.Type.Numeric() && expr.HasUnits(text) {
				hint = withoutQuotes(p.Name.Text, text)
			}
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
	c.value(b.Value)
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

// ArgumentFor returns the value given for a parameter, or nil if there is none.
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

// coroutine finds a declared coroutine, and reports a name that is not one.
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

// callback finds a declared callback, and reports a name that is not one.
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

// entry checks an entry and returns the type of its task's result.
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
	if act := c.InlineOf(e); act != nil {
		c.inline(e, act)
		return act.Result
	}
	return expr.AnyType
}

// nameTasks records the result type of the tasks that an entry makes, for tasks["name"].
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

// inline checks the `do` of an entry, which gets copies of the locals around it.
func (c *checker) inline(e *syntax.Entry, act *Activation) {
	assigned := make([]bool, len(act.Locals))
	for i, from := range act.Copies {
		if from.from != nil {
			act.Locals[i].wrote = from.from.wrote
		}
		assigned[i] = from.from == nil || c.flow.assigned[from.from.Index]
		if from.from != nil && !act.Locals[i].Fixed {
			c.widen(act.Locals[i], from.from.Type)
		}
	}
	view, flow, loop, returns, inHandler := c.Scope, c.flow, c.loop, c.returns, c.inGroupHandler
	c.inGroupHandler = false
	c.body(act, assigned, e.Do)
	c.Scope, c.flow, c.loop, c.returns, c.inGroupHandler = view, flow, loop, returns, inHandler
}
