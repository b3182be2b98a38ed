package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"runloop/engine"
)

// Problems returns the text of everything that went wrong: errors that nobody took, the deadlock or the limit with
// what was waiting then and, unless the run was interrupted, expectations that were not met. Each begins a line with
// its place in the file.
func Problems(r *Run) string {
	var b strings.Builder
	res := r.Result
	for _, e := range res.Errors {
		r.unhandled(&b, e)
	}
	if n := res.MoreErrors; n > 0 {
		fmt.Fprintf(&b, "… and %d more that nobody took\n", n)
	}
	if res.Ended == engine.Deadlock {
		r.deadlock(&b, res)
	}
	if res.Limit != nil {
		fmt.Fprintf(&b, "%s: limit: %s at %s\n", r.place(res.Limit.Pos), res.Limit, seconds(res.Now))
		r.waiting(&b, res)
	}
	if res.Ended == engine.Interrupted { // expectations about an interrupted run say nothing
		r.interrupted(&b, res)
		return b.String()
	}
	r.kept(&b, res)
	r.slow(&b, res)
	r.races(&b, res)
	for _, f := range r.Failures {
		if f.Pos.Line == 0 && f.Diff == "" {
			continue // about the end of the run or an error, which is reported above
		}
		fmt.Fprintf(&b, "%s: failed: %s\n", r.place(f.Pos), message(f.Message))
		if f.Diff != "" {
			b.WriteString("  " + indent(f.Diff) + "\n")
		}
	}
	return b.String()
}

// kept writes the units that stay taken because the tasks that held them have ended.
func (r *Run) kept(b *strings.Builder, res *engine.Result) {
	for _, x := range res.Kept {
		fmt.Fprintf(b, "%s: warning: task %s has ended at %s and never released %s, which it acquired here\n",
			r.place(x.Pos), x.Task, seconds(x.At), x.Object)
	}
}

// slow writes the turns that held the loop up.
func (r *Run) slow(b *strings.Builder, res *engine.Result) {
	for _, x := range res.Slow {
		fmt.Fprintf(b, "%s: slow: %s held the loop up for %s, at %s\n", r.place(x.Pos), x.Who(), seconds(x.Took), seconds(x.At))
	}
	if n := res.MoreSlow; n > 0 {
		fmt.Fprintf(b, "… and %d more slow turns\n", n)
	}
}

// races writes the lost updates and the context variables that calls left changed.
func (r *Run) races(b *strings.Builder, res *engine.Result) {
	for _, x := range res.Races {
		fmt.Fprintf(b, "%s: race: task %s writes %s at %s from what it read before it waited\n",
			r.place(x.Write), x.Task, x.Var, seconds(x.At))
		fmt.Fprintf(b, "  it was read at %s (%s), and task %s wrote it at %s (%s): that update is lost\n",
			r.place(x.Read), seconds(x.ReadAt), x.By, r.place(x.Other), seconds(x.ByAt))
	}
	for _, x := range res.Leaks {
		fmt.Fprintf(b, "%s: leak: %s sets the context variable %s, and its caller in task %s keeps that at %s\n"+
			"  `call` shares the caller's context: use `context:` with the steps, or `reset`\n",
			r.place(x.Set), x.Code, x.Var, x.Task, seconds(x.At))
	}
}

// unhandled writes an error that nobody took.
func (r *Run) unhandled(b *strings.Builder, e engine.Report) {
	where := e.In
	if where == "" {
		where = "task " + e.Task
	}
	fmt.Fprintf(b, "%s: error: %s\n", r.place(e.Err.Pos), message(e.Err.Error()))
	if e.Err.State != "" {
		fmt.Fprintf(b, "  state: %s\n", e.Err.State)
	}
	r.causes(b, e.Err, "  ")
	fmt.Fprintf(b, "  in %s, at %s", where, seconds(e.At))
	if e.Spawned.Line != 0 {
		fmt.Fprintf(b, "; created at %s", r.place(e.Spawned))
	}
	b.WriteByte('\n')
}

// maxCauses is how deeply nested causes and groups are shown.
const maxCauses = 16

// causes writes the cause of e and the errors that a group holds.
func (r *Run) causes(b *strings.Builder, e *engine.Error, margin string) {
	if len(margin) > 2*maxCauses {
		fmt.Fprintf(b, "%s…\n", margin)
		return
	}
	show := func(word string, v engine.Value) {
		if v.Kind() == engine.KindError {
			inner := v.AsError()
			fmt.Fprintf(b, "%s%s: %s: %s\n", margin, word, r.place(inner.Pos), message(inner.Error()))
			r.causes(b, inner, margin+"  ")
		}
	}
	show("cause", e.Cause)
	for _, v := range e.Errors {
		show("holds", v)
	}
}

// deadlock writes every waiting task, with what it waits for.
func (r *Run) deadlock(b *strings.Builder, res *engine.Result) {
	n := int64(len(res.Blocked))
	verb := "wait"
	if n == 1 {
		verb = "waits"
	}
	fmt.Fprintf(b, "%s: deadlock: %s %s at %s, and nothing is left that could wake %s\n",
		r.File, plural(n, "task"), verb, seconds(res.At), map[bool]string{true: "it", false: "them"}[n == 1])
	r.waiting(b, res)
	if r.See != "" {
		fmt.Fprintf(b, "  as a picture: %s --as graph -o deadlock.svg\n", r.See)
	}
}

// interrupted writes where a run was when it was interrupted.
func (r *Run) interrupted(b *strings.Builder, res *engine.Result) {
	for i, p := range res.Interrupts {
		fmt.Fprintf(b, "%s: interrupted%s at %s", r.place(p.Pos), []string{"", " again"}[i], seconds(p.At))
		if p.Task != "" {
			fmt.Fprintf(b, " in %s", p.Task)
		}
		if i > 0 {
			b.WriteString(": its clean-up had not ended")
		}
		b.WriteByte('\n')
		if i == 0 {
			r.waiting(b, res)
		}
	}
}

// maxWaiting is how many waiting tasks are listed.
const maxWaiting = 50

// waiting writes what tasks were waiting for at the end of a run, where and since when.
func (r *Run) waiting(b *strings.Builder, res *engine.Result) {
	shown := res.Blocked[:min(len(res.Blocked), maxWaiting)]
	for _, t := range shown {
		what := "waits for " + t.Waits
		if t.Waits == "sleep" {
			what = "sleeps"
		}
		fmt.Fprintf(b, "  %s: task %s %s since %s", r.place(t.Pos), t.Task, what, seconds(t.Since))
		if holders := slices.DeleteFunc(slices.Clone(t.Holders), func(h string) bool { return t.Waits == "task "+h }); len(holders) > 0 {
			fmt.Fprintf(b, ", held by %s", strings.Join(holders, ", "))
		}
		if t.More > 0 {
			fmt.Fprintf(b, " and %s more", plural(int64(t.More), "task"))
		}
		b.WriteByte('\n')
	}
	if more := res.Waiting - len(shown); more > 0 {
		fmt.Fprintf(b, "  and %s more\n", plural(int64(more), "task"))
	}
	for _, cycle := range res.Cycles {
		b.WriteString("  a circle: ")
		for _, i := range cycle[:min(len(cycle), maxWaiting)] {
			t := res.Blocked[i]
			fmt.Fprintf(b, "%s (%s) waits for ", t.Task, res.Files.Line(t.Pos.Line))
		}
		if more := len(cycle) - maxWaiting; more > 0 {
			fmt.Fprintf(b, "%s more, the last for ", plural(int64(more), "task"))
		}
		b.WriteString(res.Blocked[cycle[0]].Task + "\n")
	}
}

// indent indents all lines of a text but the first.
func indent(text string) string {
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}

// message returns a message of the scenario as a block. Characters that could upset a terminal are escaped.
func message(text string) string {
	hidden := func(r rune) bool { return r != '\t' && r != '\n' && !unicode.IsPrint(r) }
	if !strings.ContainsFunc(text, hidden) {
		return indent(text)
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return indent(b.String())
}

// Summary returns a text about a run: how it ended, its times and tasks.
func Summary(r *Run) string {
	var b strings.Builder
	res := r.Result
	verdict := "ok"
	if !r.OK {
		verdict = "failed"
	}
	fmt.Fprintf(&b, "%s: %s: %s at %s\n", r.Name, verdict, res.Ended, seconds(res.At))
	fmt.Fprintf(&b, "loop: time %s, %s, %s\n",
		seconds(res.Now), plural(res.Iterations, "iteration"), plural(res.Steps, "step"))
	t := res.Tasks
	fmt.Fprintf(&b, "tasks: %d (%d pending, %d done, %d failed, %d cancelled)\n",
		t.Pending+t.Done+t.Failed+t.Cancelled, t.Pending, t.Done, t.Failed, t.Cancelled)
	fmt.Fprintf(&b, "wall: %s\n", r.Wall.Round(time.Microsecond))
	if r.Real {
		late := &res.Lateness
		fmt.Fprintf(&b, "lateness: p50 %s, p99 %s, max %s of %s; %s of periodic callbacks missed\n",
			quantile(late, 0.5), quantile(late, 0.99), time.Duration(late.Max), plural(late.Count, "timer"),
			plural(res.Missed, "run"))
	}
	return b.String()
}

func quantile(x *engine.Lateness, q float64) time.Duration { return time.Duration(x.Quantile(q)) }
