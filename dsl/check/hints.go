package check

import (
	"cmp"
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// valueHint returns a hint that turns a computed value of type t into one of the wanted kinds, or "" if there is no
// way.
func (c *checker) valueHint(v *syntax.Value, t expr.Type, wanted []expr.TypeKind) string {
	if v.Kind != syntax.Computed || v.Expr == nil {
		return ""
	}
	switch {
	case t.Numeric() && slices.Contains(wanted, expr.TypeInt):
		return expr.IntHint(v.Expr.Text)
	case t.Kind == expr.TypeTask && len(wanted) > 0:
		return expr.ResultHint(v.Expr.Text)
	case t.Kind == expr.TypeString && slices.ContainsFunc(wanted, expr.TypeKind.Numeric):
		return c.textHint(v.Expr.Text)
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
	if hint := cmp.Or(c.declaredDuration(v), blockHint(v.wrote)); hint != "" {
		return hint
	}
	if v.Fixed {
		return "declare it: `params: { " + v.Name + ": duration }`"
	}
	return "a duration stands without quotes: `" + v.Name + ": 2.5s`; text becomes one by `duration(" + v.Name + ")`"
}

// textHint returns a hint for a variable with text where a number is wanted: how to declare the duration that it is, or
// where its line break comes from. It is "" for any other text.
func (c *checker) textHint(name string) string {
	v := c.Variable(name)
	if v == nil || v.Type.Kind != expr.TypeString {
		return ""
	}
	if hint := cmp.Or(c.declaredDuration(v), blockHint(v.wrote)); hint != "" {
		return hint
	}
	if text := strings.Trim(v.wrote, "\"'"); expr.HasUnits(text) {
		return withoutQuotes(v.Name, text)
	}
	if v.Fixed {
		return "declare it: `params: { " + v.Name + ": number }`"
	}
	return ""
}

// boolHint returns how a variable is made true or false that holds a word for it, such as `yes`, or "".
func (c *checker) boolHint(name string) string {
	v := c.Variable(name)
	if v == nil {
		return ""
	}
	text := strings.Trim(cmp.Or(v.wrote, c.defaultText(v)), "\"'")
	if word := boolWord(text); word != "" {
		return "`" + text + "` is text: write `" + v.Name + ": " + word + "` where it gets its value"
	}
	return ""
}

// defaultText returns the default of a run parameter that is text, or "" for any other variable.
func (c *checker) defaultText(v *Variable) string {
	if v.Kind != expr.SymParam {
		return ""
	}
	p := c.s.Param(v.Name)
	return constText(p.Fit(p.Default))
}

// withoutQuotes returns the hint that quotes make text of a duration.
func withoutQuotes(name, duration string) string {
	return "quotes make text of it: write `" + name + ": " + duration + "`"
}

// declaredDuration returns how a run parameter is written whose default is the text of a duration, or "" for any other
// variable.
func (c *checker) declaredDuration(v *Variable) string {
	text := c.defaultText(v)
	switch {
	case !expr.HasUnits(text):
		return ""
	case c.s.Param(v.Name).Typed:
		return "declare it: `params: { " + v.Name + ": { type: duration, default: " + text + " } }`"
	}
	return withoutQuotes(v.Name, text)
}

// BlockExpression matches a block scalar that contains nothing but one `${…}`.
var BlockExpression = source.NewPattern(`^[|>](\+?)[ \t]*(?:#.*)?\r?\n\s*\$\{[^\n]*\}\s*$`)

// BlockHint tells why a block scalar with one `${…}` is text.
func BlockHint(mark string) string {
	return "the line break at the end of `" + mark + "` makes text of it: write `" + mark + "-`, or `${…}` on the line of the key"
}

// blockHint is BlockHint for a variable that was assigned such a block, or "".
func blockHint(wrote string) string {
	if !BlockExpression.Regexp().MatchString(wrote) {
		return ""
	}
	return BlockHint(wrote[:1])
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
	case expr.TypeQueue, expr.TypeContainer, expr.TypeStore:
		verb = "get"
	case expr.TypeLock, expr.TypeSemaphore, expr.TypeRWLock, expr.TypeResource:
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
