package check

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// valueHint is how a value of type t is made one of those that are wanted, "": it cannot be.
func valueHint(v *syntax.Value, t expr.Type, wanted []expr.TypeKind) string {
	if v.Kind != syntax.Computed || v.Expr == nil {
		return ""
	}
	switch {
	case t.Numeric() && slices.Contains(wanted, expr.TypeInt):
		return expr.IntHint(v.Expr.Text)
	case t.Kind == expr.TypeTask && len(wanted) > 0:
		return expr.ResultHint(v.Expr.Text)
	}
	return ""
}

// durationHint is how the duration is declared that a variable holds as text.
func (c *checker) durationHint(e *syntax.Expr, t expr.Type) string {
	if t.Kind == expr.TypeTask || t.Kind == expr.TypeFuture {
		return expr.ResultHint(e.Text)
	}
	v := c.Variable(e.Text)
	if v == nil || t.Kind != expr.TypeString {
		return ""
	}
	if v.Kind == expr.SymParam {
		for _, p := range c.s.Params {
			if p.Name.Text == v.Name && syntax.IsDuration(constText(p.Default)) {
				return "declare it: `params: { " + v.Name + ": { type: duration, default: " + constText(p.Default) + " } }`"
			}
		}
	}
	if v.Fixed {
		return "declare it: `params: { " + v.Name + ": duration }`"
	}
	return "a variable holds the number of seconds: assign `2.5` for `2s500ms`, or make it a parameter with `type: duration`"
}

// constText is a literal text, "": it is none.
func constText(v *syntax.Value) string {
	if v == nil || v.Kind != syntax.Literal || v.Const.Kind() != engine.KindString {
		return ""
	}
	return v.Const.AsString()
}

// listHint is how one waits for one of several things that are not all tasks.
func listHint(r *syntax.Reference, t expr.Type) string {
	verb := ""
	switch t.Kind {
	case expr.TypeEvent, expr.TypeBarrier, expr.TypeCondition:
		verb = "wait"
	case expr.TypeQueue:
		verb = "get"
	case expr.TypeLock, expr.TypeSemaphore, expr.TypeRWLock:
		verb = "acquire"
	default:
		return ""
	}
	return "wait in a task: `- { spawn: { do: [" + verb + ": " + r.Text + "] }, as: t }`, and name `t` in the list"
}

// indexHint is how what stands in the brackets behind a list is made an index of it.
func indexHint(text string, base, index expr.Type) string {
	switch {
	case base.Kind == expr.TypeMap && index.Numeric():
		return "write `[string(" + text + ")]`"
	case index.Numeric():
		return expr.IntHint(text)
	}
	return ""
}
