package main

import (
	"bytes"
	"fmt"

	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/suite"
	"runloop/internal/trace"
	"runloop/internal/why"
)

// bothClocks is the word of --clock that compares them.
const bothClocks = "both"

// both runs the scenario on the virtual and on the real clock, and says where they differ.
func (f *runFlags) both(cmd *cobra.Command, io streams, arg string) error {
	for _, name := range []string{"json", "live", "trace", "tasks-at", "schedule", "check-races", "summary", "stats", "stats-file", "vectors", "tasks", "bundle"} {
		if flag := cmd.Flags().Lookup(name); flag != nil && flag.Changed {
			return usageError(cmd, "--clock both compares two runs: leave out --"+name)
		}
	}
	s, _, err := f.load(arg, io)
	if err != nil {
		return err
	}
	var runs [2]*trace.Run
	var failed []string
	for i, clock := range []string{"virtual", "real"} {
		r, failures, err := f.recordedOn(cmd, io, s, clock)
		if err != nil {
			return err
		}
		runs[i] = r
		for _, text := range failures {
			failed = append(failed, "on the "+clock+" clock: "+text)
		}
	}
	c := explore.CompareClocks(runs[0], runs[1])
	fmt.Fprint(io.Out, clocksText(c, runs[0], runs[1], arg))
	for _, text := range failed {
		fmt.Fprintln(io.Out, text)
	}
	if len(failed) > 0 || !c.Alike() {
		return &exitError{code: exitFailed}
	}
	return nil
}

// recordedOn runs the scenario on a clock, and returns the record and which expectations it did not meet.
func (f *runFlags) recordedOn(cmd *cobra.Command, io streams, s *dsl.Scenario, clock string) (*trace.Run, []string, error) {
	g := *f
	g.clock.value = clock
	run, err := g.runOptions(cmd, io.Now())
	if err != nil {
		return nil, nil, err
	}
	if clock == "virtual" {
		run.Speed = 0
	}
	opts, err := s.Options(run)
	if err != nil {
		return nil, nil, err
	}
	opts.KeepOutput, opts.Trace = true, &engine.Trace{Values: true}
	l := engine.New(s.Program(), opts)
	sig, err := execute(l, io)
	if err != nil {
		return nil, nil, err
	}
	if n, ok := sig.(syscall.Signal); ok && l.Result().Ended == engine.Interrupted {
		return nil, nil, &exitError{code: signalExit(n)}
	}
	var failed []string
	for _, x := range suite.Failures(s, l) {
		failed = append(failed, fmt.Sprintf("%s: %s", l.Result().Files.Line(x.Pos.Line), x.Message))
	}
	return trace.New(l, opts.Trace, f.source(s, s.Program(), &opts)), failed, nil
}

// latestShown is how many late timers are listed.
const latestShown = 5

// clocksText says how two runs differ.
func clocksText(c *explore.Clocks, virtual, real *trace.Run, arg string) string {
	var b strings.Builder
	if c.Alike() {
		fmt.Fprintf(&b, "the same %s on both clocks.\n", count(c.Turns, "turn"))
		if !bytes.Equal(virtual.Output, real.Output) {
			b.WriteString("what they print differs: it depends on times.\n")
		}
	} else {
		fmt.Fprintf(&b, "DIFFERENT after %s in common:\n", count(c.Turns, "turn"))
		clockTurn(&b, "virtual", virtual, c.Virtual)
		clockTurn(&b, "real", real, c.Real)
	}
	if c.Most() == 0 {
		b.WriteString("no timer of the real run was late.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "timers of the real run were late, the latest:\n")
	for _, x := range c.Late[:min(len(c.Late), latestShown)] {
		what := "that nothing came of"
		if x.Turn >= 0 {
			what = "of " + why.TurnName(real, x.Turn)
		}
		fmt.Fprintf(&b, "  %-10s due at %s, %s\n", trace.Clock(x.Late), trace.Clock(x.Due), what)
	}
	fmt.Fprintf(&b, "`runloop explore %s --late %s` tries all orders of timers that are so late.\n", shellWord(arg), dsl.DurationText(c.Allowance()))
	return b.String()
}

// clockTurn shows a turn and why it came when it did.
func clockTurn(b *strings.Builder, clock string, r *trace.Run, turn int) {
	if turn < 0 {
		fmt.Fprintf(b, "  on the %s clock the run had ended.\n", clock)
		return
	}
	chain := why.Explain(r, turn)
	fmt.Fprintf(b, "  on the %s clock:\n", clock)
	for _, line := range append(why.Describe(chain, 0, 1).Lines(r), chain.Lines(4)...) {
		fmt.Fprintf(b, "    %s\n", line)
	}
}
