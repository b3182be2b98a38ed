package dsl

import (
	"fmt"
	"slices"
	"strings"

	"runloop/engine"
)

// Failure is something that a run did not come to as expected.
type Failure struct {
	Pos     Pos // the expectation; for an outcome that the file says nothing about: the zero Pos
	Message string
}

// expectation is a compiled condition of `expect.that`.
type expectation struct {
	span   Span
	text   string
	holds  engine.EvalBool
	detail engine.EvalText // the values of its parts
}

// expectations compiles the conditions of `expect.that`.
func (b *builder) expectations() {
	that := field[*Conditions](field[*Record](b.s.Root, "expect"), "that")
	if that == nil {
		return
	}
	for _, c := range that.Items {
		b.s.that = append(b.s.that, expectation{
			span: c.Expr.Span, text: c.Expr.Text, holds: b.condition(c), detail: c.Expr.tree.describe(&b.env),
		})
	}
}

// Verify compares a run that has ended with what the scenario expects of it. Without `expect.ends` a run may end
// completed, stopped or at `clock.until`; errors that nobody took are failures unless `expect.errors` names them. The
// run must have kept its output where the scenario expects one.
func (s *Scenario) Verify(l *engine.Loop, r *engine.Result) []Failure {
	v := &verification{s: s, loop: l, result: r, expect: field[*Record](s.Root, "expect")}
	v.ends()
	v.at()
	v.errors()
	v.output()
	v.that()
	return v.failures
}

// verification collects what a run did not come to.
type verification struct {
	s        *Scenario
	loop     *engine.Loop
	result   *engine.Result
	expect   *Record
	failures []Failure
}

func (v *verification) fail(at Span, format string, args ...any) {
	f := Failure{Message: fmt.Sprintf(format, args...)}
	if at != (Span{}) {
		f.Pos = v.s.Source.Pos(at.Start)
	}
	v.failures = append(v.failures, f)
}

func (v *verification) ends() {
	ended := v.result.Ended
	name := field[*Name](v.expect, "ends")
	switch {
	case name != nil && name.Text != ended.String():
		v.fail(name.Span, "the run ended `%s`, expected was `%s`", ended, name.Text)
	case name == nil && ended == engine.Failed && field[*Names](v.expect, "errors") != nil:
		// The errors say whether that was meant.
	case name == nil && ended != engine.Completed && ended != engine.Stopped && ended != engine.Until:
		v.fail(Span{}, "the run ended `%s`", ended)
	}
}

func (v *verification) at() {
	d := field[*Duration](v.expect, "at")
	if d == nil {
		return
	}
	var want int64
	if _, err := v.loop.EvalBool(func(l *engine.Loop) bool { want = v.s.settings.at(l); return true }); err != nil {
		v.fail(d.Span, "%s", err.Error())
	} else if want != v.result.At {
		v.fail(d.Span, "the run ended at %s, expected was %s", formatDuration(v.result.At), formatDuration(want))
	}
}

// errors pairs the errors that nobody took with those expected: first of the very type, then of a subtype.
func (v *verification) errors() {
	var expected []*Name
	if names := field[*Names](v.expect, "errors"); names != nil {
		expected = slices.Clone(names.Items)
	}
	left := slices.Clone(v.result.Errors)
	for _, fits := range []func(typ, base string) bool{func(t, b string) bool { return t == b }, engine.IsSubtype} {
		expected = slices.DeleteFunc(expected, func(n *Name) bool {
			i := slices.IndexFunc(left, func(e engine.Report) bool { return fits(e.Err.Type, n.Text) })
			if i >= 0 {
				left = slices.Delete(left, i, i+1)
			}
			return i >= 0
		})
	}
	for _, n := range expected {
		v.fail(n.Span, "an error of type `%s` was expected: there was none, or something took it", n.Text)
	}
	if ends := field[*Name](v.expect, "ends"); ends != nil && ends.Text == "failed" && v.expect.Get("errors") == nil {
		return
	}
	for _, e := range left {
		who := e.In
		if e.Task != "" {
			who = "task `" + e.Task + "`"
		}
		v.fail(Span{}, "%s ended with %s, which nothing took", who, e.Err.Error())
	}
}

func (v *verification) output() {
	want := field[*Value](v.expect, "output")
	if want == nil {
		return
	}
	got := string(v.result.Output)
	if want.Kind != ListValue {
		if text := constText(want); text != got {
			v.fail(want.Span, "%s", outputDifference(text, got))
		}
		return
	}
	rest := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	for _, line := range want.Items {
		text := string(v.loop.AppendText(nil, literal(line)))
		at := slices.Index(rest, text)
		if at < 0 {
			v.fail(line.Span, "the line %q does not come in the output, or not after the lines before it", text)
			return
		}
		rest = rest[at+1:]
	}
}

// outputDifference says where two texts begin to differ.
func outputDifference(want, got string) string {
	a, b := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d of the output is %q, expected was %q", i+1, b[i], a[i])
		}
	}
	if len(a) > len(b) {
		return fmt.Sprintf("the output ends after line %d, expected was %q next", len(b), a[len(b)])
	}
	return fmt.Sprintf("the output goes on after line %d with %q", len(a), b[len(a)])
}

func (v *verification) that() {
	for _, e := range v.s.that {
		ok, err := v.loop.EvalBool(e.holds)
		switch {
		case err != nil:
			v.fail(e.span, "`%s` raised %s", e.text, err.Error())
		case !ok:
			v.fail(e.span, "`%s` does not hold: %s", e.text, v.loop.EvalText(e.detail))
		}
	}
}
