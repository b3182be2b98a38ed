package explore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"runloop/dsl"
	"runloop/engine"
)

// What counts as the outcome of a run.
const (
	Verdict = "verdict" // whether the expectations are met, and which are not
	Shared  = "shared"  // the shared variables at the end, too
	Output  = "output"  // what was printed, too
)

// Outcomes is the words for what counts.
var Outcomes = []string{Verdict, Shared, Output}

// faults reports whether something is made to go wrong: then what speaks of a run without faults does not apply.
func faults(m *engine.Explore) bool { return m.Cancel > 0 || len(m.Fail) > 0 }

// withFaults is the parts of `expect` that apply where something is made to go wrong. Of `explore.expect` all apply that it has.
var withFaults = []string{"always"}

// Of makes the options to explore a scenario; see dsl.Scenario.Explored. counts is what counts as the outcome.
func Of(s *dsl.Scenario, run engine.Options, modes engine.Explore, counts string) Options {
	j := &judge{scenario: s, faults: faults(&modes), counts: counts}
	opts := Options{Program: s.Program(), Run: run, Modes: modes, Output: counts == Output || s.ExpectsOutput() && j.applies("output")}
	if j.faults {
		j.baseline(opts)
	}
	opts.Judge = j.judge
	return opts
}

// judge says what came of a run.
type judge struct {
	scenario *dsl.Scenario
	faults   bool
	counts   string
	deadlock bool           // the usual run, without faults, ends with one
	orphans  map[string]int // what ended tasks hold then
}

// applies reports whether a part of the expectations counts.
func (j *judge) applies(part string) bool {
	x := j.scenario.Explore
	return !j.faults || slices.Contains(withFaults, part) || x != nil && x.Expect != nil && j.scenario.Expects(part)
}

// LeftOut is the parts of the scenario's expectations that do not count, as something is made to go wrong.
func LeftOut(s *dsl.Scenario, modes engine.Explore) (parts []string) {
	j := &judge{scenario: s, faults: faults(&modes)}
	for _, part := range dsl.ExpectParts {
		if s.Expects(part) && !j.applies(part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// baseline runs the scenario without faults.
func (j *judge) baseline(opts Options) {
	run := opts.Run
	run.Explore, run.Output, run.Trace, run.KeepOutput = nil, nil, nil, opts.Output
	l := engine.New(opts.Program, run)
	j.deadlock = l.Run().Ended == engine.Deadlock
	j.orphans = map[string]int{}
	for _, o := range l.Orphans() {
		j.orphans[o.Object]++
	}
}

func (j *judge) judge(l *engine.Loop) Outcome {
	var text, key strings.Builder
	r := l.Result()
	for _, f := range j.scenario.Verify(l, r) {
		if !j.applies(f.Part) {
			continue
		}
		if f.Pos.Line > 0 {
			fmt.Fprintf(&text, "line %d: ", f.Pos.Line)
		}
		text.WriteString(strings.TrimSuffix(f.Message, "\n") + "\n")
		fmt.Fprintf(&key, "%s %d:%d ", f.Part, f.Pos.Line, f.Pos.Col)
	}
	fmt.Fprintf(&key, "%s", r.Ended)
	if j.faults {
		from := text.Len()
		j.withFaults(l, r, &text)
		key.WriteString(" " + text.String()[from:])
	}
	o := Outcome{Failed: text.Len() > 0, Text: text.String()}
	if o.Failed {
		key.WriteString(" failed")
	}
	j.rest(l, r, &key)
	o.Key = key.String()
	return o
}

// withFaults looks for what must not come of a fault: a deadlock, a run that does not end, and what nobody can have any more.
func (j *judge) withFaults(l *engine.Loop, r *engine.Result, text *strings.Builder) {
	switch {
	case j.applies("ends"): // they say how it may end
	case r.Ended == engine.Deadlock && !j.deadlock, r.Ended == engine.LimitHit:
		fmt.Fprintf(text, "the run ended `%s`\n", r.Ended)
	}
	held := map[string]int{}
	for _, o := range l.Orphans() {
		if held[o.Object]++; held[o.Object] == j.orphans[o.Object]+1 {
			fmt.Fprintf(text, "%s is held by `%s`, which has ended\n", o.Object, o.Task)
		}
	}
}

// rest is what else tells outcomes apart.
func (j *judge) rest(l *engine.Loop, r *engine.Result, key *strings.Builder) {
	if j.counts == Verdict {
		return
	}
	for _, v := range l.Final().Shared {
		fmt.Fprintf(key, "; %s %s", v.Name, engine.AppendText(nil, l, v.Value))
	}
	if j.counts == Output {
		key.WriteString("; ")
		key.Write(bytes.Clone(r.Output))
	}
}

// Mark is four digits that stand for a scenario and how it is run: a schedule is of use for no other one.
func Mark(s *dsl.Scenario, run engine.Options) string {
	h := sha256.New()
	h.Write(s.Source.Bytes())
	fmt.Fprintf(h, "\x00%d %d %d %v", run.Seed, run.Ties, run.Python, run.Until)
	for _, v := range run.Params {
		fmt.Fprintf(h, " %q", engine.AppendText(nil, nil, v))
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:2])
}
