package check

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// valueHint returns a hint that turns a computed value of type t into one of the wanted kinds, or "" if there is no
// way.
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

// durationHint returns a hint for a value that is no duration: for a variable with text, how to declare the duration;
// for a task or a future, to await it.
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

// constText returns the text of a literal string, or "" for any other value.
func constText(v *syntax.Value) string {
	if v == nil || v.Kind != syntax.Literal || v.Const.Kind() != engine.KindString {
		return ""
	}
	return v.Const.AsString()
}

// listHint returns a hint for waiting for one of several things that are not all tasks, or "".
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

// indexHint returns a hint that turns a number in brackets into an index of the list or map before it, or "".
func indexHint(text string, base, index expr.Type) string {
	switch {
	case base.Kind == expr.TypeMap && index.Numeric():
		return "write `[string(" + text + ")]`"
	case index.Numeric():
		return expr.IntHint(text)
	}
	return ""
}
