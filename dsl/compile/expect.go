package compile

import (
	"fmt"
	"iter"
	"slices"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// Failure is something that a run did not come to as expected.
type Failure struct {
	Pos     source.Pos // the expectation; for an outcome that the file says nothing about: the zero Pos
	Message string
	Output  bool // it is about the output
	// Want and Got are whole outputs, which differ in what is wrong. Where only some lines are expected, Want has them in
	// the place of those nearest to them.
	Want, Got string
}

// expectation is a compiled condition of `expect.that`.
type expectation struct {
	*syntax.Expr
	holds  engine.EvalBool
	detail engine.EvalText // the values of its parts
}

// expectedTask is a compiled part of `expect.tasks`.
type expectedTask struct {
	syntax.NamedRecord
	result engine.Eval // nil: any
	times  []expectedTime
}

// expectedTime is a loop time of a task.
type expectedTime struct {
	key  string // spawned, started or ended
	span source.Span
	at   engine.EvalTime
}

// expectations compiles what is looked at when the run has ended.
func (b *builder) expectations() {
	expect := syntax.As[*syntax.Record](b.s.Root, "expect")
	if that := syntax.As[*syntax.Conditions](expect, "that"); that != nil {
		for _, c := range that.Items {
			b.s.that = append(b.s.that, b.expectation(c))
		}
	}
	tasks := syntax.As[*syntax.Definitions](expect, "tasks")
	if tasks == nil {
		return
	}
	for _, t := range tasks.Items {
		e := expectedTask{NamedRecord: t}
		if v := syntax.As[*syntax.Value](t.Record, "result"); v != nil {
			e.result = b.value(v).Value
		}
		for _, key := range []string{"spawned", "started", "ended"} {
			if d := syntax.As[*syntax.Duration](t.Record, key); d != nil {
				e.times = append(e.times, expectedTime{key: key, span: d.Span, at: b.duration(t.Record, key)})
			}
		}
		b.s.tasks = append(b.s.tasks, e)
	}
}

// expectsTasks reports whether what is looked at when the run has ended names tasks.
func (s *Scenario) expectsTasks() bool {
	expect := syntax.As[*syntax.Record](s.Root, "expect")
	that := syntax.As[*syntax.Conditions](expect, "that")
	return expect.Has("tasks") || that != nil &&
		slices.ContainsFunc(that.Items, func(c *syntax.Condition) bool { return c.Expr.Tree.NamesTasks() })
}

func (b *builder) expectation(c *syntax.Condition) expectation {
	return expectation{Expr: c.Expr, holds: b.condition(c), detail: c.Expr.Tree.Describe(b.Facts)}
}

// checks compiles what is looked at during the run.
func (b *builder) checks() []engine.Check {
	var list []engine.Check
	for c, within := range b.s.checkedConditions() {
		e := b.expectation(c)
		check := engine.Check{Holds: e.holds, Detail: e.detail, Once: within != nil}
		b.outside(true)
		check.Within = b.duration(within, "within")
		b.outside(false)
		list = append(list, check)
	}
	return list
}

// checkedConditions is the conditions that are looked at during the run, as engine.Program.Checks has them: those of
// `always`, then those of `eventually`, each with its record.
func (s *Scenario) checkedConditions() iter.Seq2[*syntax.Condition, *syntax.Record] {
	expect := syntax.As[*syntax.Record](s.Root, "expect")
	return func(yield func(*syntax.Condition, *syntax.Record) bool) {
		if list := syntax.As[*syntax.Conditions](expect, "always"); list != nil {
			for _, c := range list.Items {
				if !yield(c, nil) {
					return
				}
			}
		}
		if list := syntax.As[*syntax.Records](expect, "eventually"); list != nil {
			for _, r := range list.Items {
				if !yield(syntax.As[*syntax.Condition](r, "that"), r) {
					return
				}
			}
		}
	}
}

// Verify compares a run that has ended with what the scenario expects of it. Without `expect.ends` a run may end
// completed, stopped or at `clock.until`; errors that nobody took are failures unless `expect.errors` names them. The
// run must have kept its output where the scenario expects one.
func (s *Scenario) Verify(l *engine.Loop, r *engine.Result) []Failure {
	v := &verification{s: s, loop: l, result: r, expect: syntax.As[*syntax.Record](s.Root, "expect")}
	v.ends()
	v.at()
	v.errors()
	v.output()
	v.that()
	v.checks()
	v.tasks()
	return v.failures
}

// verification collects what a run did not come to.
type verification struct {
	s        *Scenario
	loop     *engine.Loop
	result   *engine.Result
	expect   *syntax.Record
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
	ended := v.result.Ended
	name := syntax.As[*syntax.Name](v.expect, "ends")
	switch {
	case name != nil && name.Text != ended.String():
		v.fail(name.Span, "the run ended `%s`, expected was `%s`", ended, name.Text)
	case name == nil && ended == engine.Failed && syntax.As[*syntax.Names](v.expect, "errors") != nil:
		// The errors say whether that was meant.
	case name == nil && ended != engine.Completed && ended != engine.Stopped && ended != engine.Until:
		v.fail(source.Span{}, "the run ended `%s`", ended)
	}
}

func (v *verification) at() {
	d := syntax.As[*syntax.Duration](v.expect, "at")
	if d == nil {
		return
	}
	var want int64
	if _, err := v.loop.EvalBool(func(l *engine.Loop) bool { want = v.s.settings.at(l); return true }); err != nil {
		v.fail(d.Span, "%s", err.Error())
	} else if want != v.result.At {
		v.fail(d.Span, "the run ended at %s, expected was %s", syntax.FormatDuration(v.result.At), syntax.FormatDuration(want))
	}
}

// errors pairs the errors that nobody took with those expected: first of the very type, then of a subtype.
func (v *verification) errors() {
	var expected []*syntax.Name
	if names := syntax.As[*syntax.Names](v.expect, "errors"); names != nil {
		expected = slices.Clone(names.Items)
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
	if ends := syntax.As[*syntax.Name](v.expect, "ends"); ends != nil && ends.Text == "failed" && v.expect.Get("errors") == nil {
		return
	}
	for _, e := range left {
		who := e.In
		if e.Task != "" {
			who = "task `" + e.Task + "`"
		}
		v.fail(source.Span{}, "%s ended with %s, which nothing took", who, e.Err.Error())
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

// checks says which of the conditions that were looked at during the run broke, and where.
func (v *verification) checks() {
	i := 0
	for c, eventually := range v.s.checkedConditions() {
		if i == len(v.result.Checks) {
			return
		}
		r := v.result.Checks[i]
		i++
		if !r.Broken {
			continue
		}
		where, why := checkPlace(r), ": "+r.Detail
		if r.Err != nil {
			why = ": it raised " + r.Err.Error()
		}
		switch within := syntax.As[*syntax.Duration](eventually, "within"); {
		case eventually == nil:
			v.fail(c.Span, "`%s` does not hold %s%s", c.Expr.Text, where, why)
		case within == nil:
			v.fail(c.Span, "`%s` never held; %s%s", c.Expr.Text, where, why)
		default:
			v.fail(c.Span, "`%s` did not hold up to %s; %s%s", c.Expr.Text, v.s.Source.Text(within.Span), where, why)
		}
	}
}

// checkPlace is where a check was decided.
func checkPlace(r engine.CheckReport) string {
	at := syntax.FormatDuration(r.At)
	if r.Task == "" {
		return "at the end, at " + at
	}
	return fmt.Sprintf("after line %d in `%s` at %s", r.Pos.Line, r.Task, at)
}

// tasks compares tasks with what they were expected to come to.
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
	name := want.Name.Text
	if state := syntax.As[*syntax.Name](want.Record, "state"); state != nil && state.Text != got.State {
		v.fail(state.Span, "task `%s` is %s, expected was `%s`", name, taskState(got), state.Text)
	}
	if want.result != nil {
		var result engine.Value
		_, err := v.loop.EvalBool(func(l *engine.Loop) bool { result = want.result(l); return true })
		at := want.Record.Get("result").Where()
		text := func(x engine.Value) string { return string(v.loop.AppendJSON(nil, x)) }
		switch {
		case err != nil:
			v.fail(at, "%s", err.Error())
		case got.State != "done":
			v.fail(at, "task `%s` has no result: it is %s", name, taskState(got))
		case !engine.Equal(result, got.Result):
			v.fail(at, "the result of task `%s` is %s, expected was %s", name, text(got.Result), text(result))
		}
	}
	v.taskError(want, got)
	for _, t := range want.times {
		v.taskTime(&t, got)
	}
}

func (v *verification) taskError(want *expectedTask, got *engine.TaskInfo) {
	names := syntax.As[*syntax.Names](want.Record, "error")
	if names == nil {
		return
	}
	fits := func(n *syntax.Name) bool { return got.Err != nil && engine.IsSubtype(got.Err.Type, n.Text) }
	if !slices.ContainsFunc(names.Items, fits) {
		v.fail(names.Span, "task `%s` is %s, expected was an error: %s", got.Name, taskState(got), v.s.Source.Text(names.Span))
	}
}

func (v *verification) taskTime(want *expectedTime, got *engine.TaskInfo) {
	at := map[string]int64{"spawned": got.Spawned, "started": got.Started, "ended": got.Ended}[want.key]
	var wanted int64
	_, err := v.loop.EvalBool(func(l *engine.Loop) bool { wanted = want.at(l); return true })
	switch {
	case err != nil:
		v.fail(want.span, "%s", err.Error())
	case at < 0:
		v.fail(want.span, "task `%s` has not %s: it is %s", got.Name, want.key, taskState(got))
	case at != wanted:
		v.fail(want.span, "task `%s` %s at %s, expected was %s", got.Name,
			map[string]string{"spawned": "was spawned", "started": "started", "ended": "ended"}[want.key],
			syntax.FormatDuration(at), syntax.FormatDuration(wanted))
	}
}

// taskState is a task's state with what explains it.
func taskState(t *engine.TaskInfo) string {
	switch {
	case t.Err != nil:
		return t.State + " (" + t.Err.Error() + ")"
	case t.Waits != "":
		return fmt.Sprintf("%s (line %d, waits for %s since %s)", t.State, t.Pos.Line, t.Waits, syntax.FormatDuration(t.Since))
	}
	return t.State
}
