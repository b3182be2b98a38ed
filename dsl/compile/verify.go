package compile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// Failure is an expectation that a run did not meet.
type Failure struct {
	Pos     source.Pos // the place of the expectation; the zero Pos if the file does not mention this outcome
	Message string
	Output  bool   // the failure is about the output
	Part    string // the part of `expect` that is not met: ends, at, errors, output, that, always, eventually, tasks
	// Want and Got are whole outputs that differ only in what is wrong. If only some lines are expected, Want is Got
	// with the nearest lines replaced by the expected ones.
	Want, Got string
}

// Verify compares a run that has ended with what the scenario expects of it. Without `expect.ends` a run may end
// completed, stopped or at `clock.until`. Errors that nobody took are failures unless `expect.errors` names them. If
// ExpectsOutput, the run must have kept its output.
func (s *Scenario) Verify(l *engine.Loop, r *engine.Result) []Failure {
	v := &verification{s: s, loop: l, result: r, expect: s.expect}
	for _, part := range []struct {
		name   string
		verify func()
	}{{"ends", v.ends}, {"at", v.at}, {"errors", v.errors}, {"output", v.output}, {"that", v.that}, {"always", v.checks}, {"tasks", v.tasks}} {
		from := len(v.failures)
		part.verify()
		for i := range v.failures[from:] {
			if f := &v.failures[from+i]; f.Part == "" {
				f.Part = part.name
			}
		}
	}
	return v.failures
}

// verification collects the failures of a run.
type verification struct {
	s        *Scenario
	loop     *engine.Loop
	result   *engine.Result
	expect   *syntax.Expect
	failures []Failure
}

func (v *verification) fail(at source.Span, format string, args ...any) {
	f := Failure{Message: fmt.Sprintf(format, args...)}
	if at != (source.Span{}) {
		f.Pos = v.s.Source.Pos(at.Start)
	}
	v.failures = append(v.failures, f)
}

func (v *verification) ends() {
	ended, name := v.result.Ended, v.expect.Ends
	switch {
	case name != nil && name.Text != ended.String():
		v.fail(name.Span, "the run ended `%s`, expected was `%s`", ended, name.Text)
	case name == nil && ended == engine.Failed && v.expect.Errors != nil:
		// The errors decide whether that was expected.
	case name == nil && ended != engine.Completed && ended != engine.Stopped && ended != engine.Until:
		v.fail(source.Span{}, "the run ended `%s`", ended)
	}
}

func (v *verification) at() {
	if v.s.at != nil {
		v.moment(v.s.at, v.result.At, "the run ended")
	}
}

// moment compares the loop time at which something was with the expected one.
func (v *verification) moment(want *moment, at int64, what string) {
	var problem *engine.Error
	value := func(f engine.EvalTime, otherwise int64) int64 {
		if f == nil {
			return otherwise
		}
		ns, err := eval(v.loop, f)
		if err != nil {
			problem = err
		}
		return ns
	}
	from, to := value(want.from, 0), value(want.to, math.MaxInt64)
	if want.exact != nil {
		from = value(want.exact, 0)
		to = from
	}
	tolerance := value(want.tolerance, v.tolerance())
	if problem != nil {
		v.fail(want.Span, "%s", problem.Error())
	} else if at < from-min(from, tolerance) || at-min(at, tolerance) > to {
		v.fail(want.Span, "%s at %s, expected was %s", what, expr.FormatDuration(at), momentText(from, to, tolerance))
	}
}

// tolerance is how far a loop time may be off where the scenario does not say: on a real clock, what timers were late, and
// what steps may take.
func (v *verification) tolerance() int64 {
	if !v.loop.Real() {
		return 0
	}
	return v.result.Lateness.Drift + int64(50*time.Millisecond)
}

func momentText(from, to, tolerance int64) string {
	text := expr.FormatDuration(from)
	switch {
	case to == math.MaxInt64:
		text += " or later"
	case from == 0 && to != 0:
		text = "up to " + expr.FormatDuration(to)
	case from != to:
		text += " to " + expr.FormatDuration(to)
	}
	if tolerance > 0 {
		text += ", give or take " + expr.FormatDuration(tolerance)
	}
	return text
}

// eval evaluates an expression on a run that has ended.
func eval[T any](l *engine.Loop, f func(*engine.Loop) T) (x T, err *engine.Error) {
	_, err = l.EvalBool(func(l *engine.Loop) bool { x = f(l); return true })
	return x, err
}

// errors pairs the errors that nobody took with the expected types: first those of exactly the type, then those of a
// subtype.
func (v *verification) errors() {
	var expected []*syntax.Name
	if v.expect.Errors != nil {
		expected = slices.Clone(v.expect.Errors.Items)
	}
	left := slices.Clone(v.result.Errors)
	for _, fits := range []func(typ, base string) bool{func(t, b string) bool { return t == b }, engine.IsSubtype} {
		expected = slices.DeleteFunc(expected, func(n *syntax.Name) bool {
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
	if ends := v.expect.Ends; ends != nil && ends.Text == engine.Failed.String() && v.expect.Errors == nil {
		return
	}
	for _, e := range left {
		who := e.In
		if e.Task != "" {
			who = "task `" + e.Task + "`"
		}
		v.fail(source.Span{}, "%s ended with %s, which nothing took", who, e.Err.Error())
	}
	if n := v.result.MoreErrors; n > 0 {
		v.fail(source.Span{}, "%d more ended with errors that nothing took", n)
	}
}

func (v *verification) that() {
	for _, e := range v.s.that {
		ok, err := v.loop.EvalBool(e.holds)
		switch {
		case err != nil:
			v.fail(e.Span, "`%s` raised %s", e.Text, err.Error())
		case !ok:
			v.fail(e.Span, "`%s` does not hold: %s", e.Text, v.loop.EvalText(e.detail))
		}
	}
}

// checks reports which of the conditions checked during the run broke, and where.
func (v *verification) checks() {
	i := 0
	for c, eventually := range v.s.checkedConditions() {
		if i == len(v.result.Checks) {
			return
		}
		if r := &v.result.Checks[i]; r.Broken {
			v.brokenCheck(c, eventually, r)
		}
		i++
	}
}

func (v *verification) brokenCheck(c *syntax.Condition, eventually *syntax.Eventually, r *engine.CheckReport) {
	from := len(v.failures)
	defer func() {
		if eventually != nil {
			v.failures[from].Part = "eventually"
		}
	}()
	where, why := checkPlace(r, v.result.Files), ": "+r.Detail
	if r.Err != nil {
		why = ": it raised " + r.Err.Error()
	}
	switch {
	case eventually == nil:
		v.fail(c.Span, "`%s` does not hold %s%s", c.Expr.Text, where, why)
	case eventually.Within == nil:
		v.fail(c.Span, "`%s` never held; %s%s", c.Expr.Text, where, why)
	default:
		within := v.s.Source.Text(eventually.Within.Span)
		v.fail(c.Span, "`%s` did not hold up to %s; %s%s", c.Expr.Text, within, where, why)
	}
}

// checkPlace says where a check was decided.
func checkPlace(r *engine.CheckReport, files engine.Files) string {
	at := expr.FormatDuration(r.At)
	if r.Task == "" {
		return "at the end, at " + at
	}
	return fmt.Sprintf("after %s in `%s` at %s", files.Line(r.Pos.Line), r.Task, at)
}

// tasks compares tasks with `expect.tasks`.
func (v *verification) tasks() {
	if len(v.s.tasks) == 0 {
		return
	}
	latest := map[string]engine.TaskInfo{}
	for _, info := range v.loop.Tasks() {
		latest[info.Name] = info
	}
	for _, want := range v.s.tasks {
		if got, ok := latest[want.Name.Text]; ok {
			v.task(&want, &got)
		} else {
			v.fail(want.Name.Span, "there was no task `%s`", want.Name.Text)
		}
	}
}

func (v *verification) task(want *expectedTask, got *engine.TaskInfo) {
	if state := want.State; state != nil && state.Text != got.State {
		v.fail(state.Span, "task `%s` is %s, expected was `%s`", got.Name, taskState(got, v.result.Files), state.Text)
	}
	v.taskResult(want, got)
	v.taskError(want.Errors, got)
	v.taskTime(want.spawned, got, got.Spawned, "was spawned")
	v.taskTime(want.started, got, got.Started, "started")
	v.taskTime(want.ended, got, got.Ended, "ended")
}

func (v *verification) taskResult(want *expectedTask, got *engine.TaskInfo) {
	if want.result == nil {
		return
	}
	result, err := eval(v.loop, want.result)
	text := func(x engine.Value) string { return string(v.loop.AppendJSON(nil, x)) }
	switch at := want.Result.Span; {
	case err != nil:
		v.fail(at, "%s", err.Error())
	case got.State != "done":
		v.fail(at, "task `%s` has no result: it is %s", got.Name, taskState(got, v.result.Files))
	case !engine.Equal(result, got.Result):
		v.fail(at, "the result of task `%s` is %s, expected was %s", got.Name, text(got.Result), text(result))
	}
}

func (v *verification) taskError(want *syntax.Names, got *engine.TaskInfo) {
	if want == nil {
		return
	}
	fits := func(n *syntax.Name) bool { return got.Err != nil && engine.IsSubtype(got.Err.Type, n.Text) }
	if !slices.ContainsFunc(want.Items, fits) {
		v.fail(want.Span, "task `%s` is %s, expected was an error: %s", got.Name, taskState(got, v.result.Files), v.s.Source.Text(want.Span))
	}
}

// taskTime compares a loop time of a task, at, with the expected one. verb says what the task did then.
func (v *verification) taskTime(want *moment, got *engine.TaskInfo, at int64, verb string) {
	switch {
	case want == nil:
	case at < 0:
		v.fail(want.Span, "task `%s` has not %s: it is %s", got.Name, strings.TrimPrefix(verb, "was "), taskState(got, v.result.Files))
	default:
		v.moment(want, at, "task `"+got.Name+"` "+verb)
	}
}

// taskState returns a task's state with an explanation.
func taskState(t *engine.TaskInfo, files engine.Files) string {
	switch {
	case t.Err != nil:
		return t.State + " (" + t.Err.Error() + ")"
	case t.Waits != "":
		return fmt.Sprintf("%s (%s, waits for %s since %s)", t.State, files.Line(t.Pos.Line), t.Waits, expr.FormatDuration(t.Since))
	}
	return t.State
}
