package check

import (
	"path"
	"slices"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// explore checks the section `explore`, all but its expectations.
func (c *checker) explore() {
	x := c.s.Explore
	if x == nil {
		return
	}
	c.settings(&x.Record, false)
	if x.Runs != nil {
		c.above(syntax.RunsKey, x.Runs, true)
	}
	if x.Late != nil && x.Late.Expr != nil {
		c.errorf(syntax.CodeWrongForm, x.Late.Span, "write a duration such as `late: 5ms`", "`late` is a duration, no expression")
	}
	if x.LateExact != nil && x.Late == nil {
		c.errorf(syntax.CodeWrongForm, x.LateExact.Span, "add `late: 5ms`", "`late_exact` is for timers that are late, and `late` does not say how late they may be")
	}
	if x.Late != nil && isConstant(x.Split, false) {
		c.errorf(syntax.CodeWrongForm, x.Split.Span, "leave out `split`, or `late`", "timers that are late, as `late` says, fire apart")
	}
	if isConstant(x.Ties, false) && isConstant(x.Split, true) {
		c.errorf(syntax.CodeWrongForm, x.Split.Span, "leave out `split`, or `ties`", "timers that fire apart do so in any order, and `ties` is false")
	}
	if x.Who != nil && x.Who.Kind == syntax.Literal {
		if _, err := path.Match(syntax.ConstText(x.Who), ""); err != nil {
			c.errorf(syntax.CodeWrongForm, x.Who.Span, "`*` stands for any text, `[ab]` for a or b", "`%s` is no pattern of names", syntax.ConstText(x.Who))
		}
	}
	for _, item := range syntax.FailItems(x.Fail) {
		c.exploreFail(item)
	}
	c.knownSchedules(x.Known)
	if x.Expect != nil {
		c.noDraws = true
		c.settings(&x.Expect.Record, false)
		c.noDraws = false
	}
}

// exploreFail checks an entry of `fail`.
func (c *checker) exploreFail(item *syntax.Value) {
	name, typ, ok := "", "", item.Kind == syntax.Literal
	if ok {
		name, typ, ok = syntax.FailOf(syntax.ConstText(item))
	}
	if !ok {
		c.errorf(syntax.CodeWrongForm, item.Span, "write `fail: fetch=TimeoutError`", "`fail` names a coroutine and an error")
		return
	}
	if !slices.ContainsFunc(c.s.Coroutines, func(d *syntax.Definition) bool { return d.Name.Text == name }) {
		var names []string
		for _, d := range c.s.Coroutines {
			names = append(names, d.Name.Text)
		}
		c.errorf(CodeNoCoroutine, item.Span, source.DidYouMean(name, names), "there is no coroutine `%s`", name)
	}
	c.errorTypeName(&syntax.Name{Text: typ, Span: item.Span})
}

// stepForm is how a step of a known schedule is written.
const stepForm = "write `[{ at: 5ms, first: worker-2 }]`, or `{ at: 5ms, cancel: worker-2 }`"

// knownSchedules checks that `known` has schedules of tasks, callbacks and workers that there are.
func (c *checker) knownSchedules(v *syntax.Value) {
	lists, ok := syntax.KnownSchedules(v)
	if !ok {
		c.errorf(syntax.CodeWrongForm, v.Span, stepForm, "`known` is a list of schedules, each a list of steps")
		return
	}
	for _, list := range lists {
		for _, item := range list {
			step, ok := syntax.KnownStepOf(item)
			switch {
			case !ok:
				c.errorf(syntax.CodeWrongForm, item.Span, stepForm, "this is no step of a known schedule")
			case step.Do == syntax.KnownCancel || !c.fires(step.Who):
				c.knownTask(step.Who, item.Span)
			}
		}
	}
}

// fires reports whether a name is that of a callback or a worker, which have timers, too.
func (c *checker) fires(name string) bool {
	named := func(n *syntax.Name) bool { return n.Text == name }
	return slices.ContainsFunc(c.s.Callbacks, func(d *syntax.Definition) bool { return named(d.Name) }) ||
		slices.ContainsFunc(c.s.Workers, func(w *syntax.Worker) bool { return named(w.Name) })
}

// isConstant reports whether a value is written as true, or as false.
func isConstant(v *syntax.Value, b bool) bool {
	return v != nil && v.Kind == syntax.Literal && v.Const.Kind() == engine.KindBool && v.Const.AsBool() == b
}
