package conformance

import (
	"fmt"
	"regexp"
	"strings"

	"runloop/dsl"
	"runloop/engine"
)

// Trace is what a run shows: its output, and the report on standard error with the errors that nobody took and how the
// run ended.
type Trace struct {
	Output string
	Report string
}

// onEngine runs a scenario on runloop's engine. ok is false when a limit ended the run.
func onEngine(s *dsl.Scenario, ties, python string) (t Trace, r *engine.Result, ok bool) {
	l, err := s.NewLoop(dsl.RunOptions{
		Ties: ties, Python: python, KeepOutput: true, Limits: engine.Limits{Steps: 50_000, Output: 1 << 20},
	})
	if err != nil {
		return Trace{Report: err.Error()}, nil, true
	}
	r = l.Run()
	return Trace{string(r.Output), report(r)}, r, r.Ended != engine.LimitHit
}

// report returns what an exported program would write to standard error.
func report(r *engine.Result) string {
	var b strings.Builder
	seconds := func(ns int64) string { return string(engine.AppendFloat(nil, engine.Seconds(ns))) }
	for _, e := range r.Errors {
		who := e.In
		if who == "" {
			who = "task " + e.Task
		}
		fmt.Fprintf(&b, "%s (%s, at %s s)\n", e.Err, who, seconds(e.At))
	}
	for _, s := range r.Slow {
		fmt.Fprintf(&b, "slow: %s s (%s, at %s s)\n", seconds(s.Took), s.Who(), seconds(s.At))
	}
	fmt.Fprintf(&b, "ended: %s at %s s\n", r.Ended, seconds(r.At))
	return b.String()
}

// cancelMessage matches a CancelledError with its message. CPython 3.11 passes the message on once: whoever awaits the
// cancelled task later, or gathers it with return_exceptions, gets none. The engine keeps it.
var cancelMessage = regexp.MustCompile(`CancelledError: (why|m|(at|n) [0-9.]+)`)

func (t Trace) withoutCancelMessages() Trace {
	return Trace{
		cancelMessage.ReplaceAllString(t.Output, "CancelledError"),
		cancelMessage.ReplaceAllString(t.Report, "CancelledError"),
	}
}

// diff returns the first line in which two traces differ, or "" if they are the same.
func diff(engine, python Trace) string {
	if d := firstDifference(engine.Output, python.Output); d != "" {
		return "output " + d
	}
	if d := firstDifference(engine.Report, python.Report); d != "" {
		return "report " + d
	}
	return ""
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		line := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return "(nothing)"
		}
		if line(x) != line(y) {
			return fmt.Sprintf("line %d:\n  runloop: %s\n  CPython: %s", i+1, line(x), line(y))
		}
	}
	return ""
}

// Reference is what the engine is compared with: CPython, or a recording of it.
type Reference interface {
	// Run runs a scenario with a rule for ties, fifo or heapq.
	Run(s *dsl.Scenario, ties string) (Trace, error)
}

// compare runs a scenario on the engine, equal to a version of Python, and on the reference. difference is the first line
// in which they differ, or "" if there is none. A run that a limit ended is not compared.
func compare(ref Reference, s *dsl.Scenario, ties, python string) (difference string, r *engine.Result, err error) {
	ours, r, ok := onEngine(s, ties, python)
	if !ok {
		return "", r, nil
	}
	theirs, err := ref.Run(s, ties)
	if err != nil {
		return "", r, err
	}
	return diff(ours.withoutCancelMessages(), theirs.withoutCancelMessages()), r, nil
}
