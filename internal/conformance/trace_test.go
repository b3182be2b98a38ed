package conformance

import (
	"bytes"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
)

// TestTrace: a trace changes nothing of a run, and tells of every turn why it came; between two turns a task is gapless at
// something, the last of it ready.
func TestTrace(t *testing.T) {
	for i := range scenarios() {
		n := *seed + uint64(i)
		text, s := Scenario(n)
		for _, ties := range []string{"fifo", "heapq", "random"} {
			r := traced(t, s, text, ties)
			checkCauses(t, n, r)
			checkLanes(t, n, r)
			if t.Failed() {
				t.Fatalf("seed %d:\n%s", n, text)
			}
		}
	}
}

// traced runs a scenario without a trace and with one.
func traced(t *testing.T, s *dsl.Scenario, text []byte, ties string) *trace.Run {
	t.Helper()
	var results [2]*engine.Result
	var loop *engine.Loop
	rec := &engine.Trace{Values: true}
	for i, tr := range []*engine.Trace{nil, rec} {
		l, err := s.NewLoop(dsl.RunOptions{Clock: "virtual", Ties: ties, KeepOutput: true, Trace: tr, Caps: engine.Limits{Steps: 100_000, Memory: 64 << 20}})
		if err != nil {
			t.Fatal(err)
		}
		results[i], loop = l.Run(), l
	}
	if a, b := results[0], results[1]; a.Ended != b.Ended || a.At != b.At || a.Iterations != b.Iterations || a.Steps != b.Steps ||
		!bytes.Equal(a.Output, b.Output) || a.Tasks != b.Tasks || len(a.Errors) != len(b.Errors) {
		t.Errorf("with a trace the run came to\n%+v\nwithout to\n%+v", b, a)
	}
	return trace.New(loop, rec, trace.Source{Name: s.Name, File: "s.yaml", Text: text, Program: s.Program()})
}

func checkCauses(t *testing.T, seed uint64, r *trace.Run) {
	t.Helper()
	for i := range r.Turns {
		turn := &r.Turns[i]
		if turn.Handle == trace.Phase {
			continue
		}
		if turn.Cause == trace.None || turn.Cause >= turn.First {
			t.Errorf("seed %d: turn %d (%s) has cause %d", seed, i, r.Chip(i), turn.Cause)
			continue
		}
		rec := r.Rec(turn.Cause)
		if rec.Kind == engine.RecFire && r.ArmOf(rec.On) == trace.None {
			t.Errorf("seed %d: turn %d (%s): nothing armed its timer", seed, i, r.Chip(i))
		}
		// What is made ready by name is what runs.
		switch {
		case rec.Kind == engine.RecWake && rec.What != turn.Who, rec.Kind == engine.RecSpawn && rec.What != turn.Who,
			rec.Kind == engine.RecReady && (rec.Aux != turn.Handle || turn.Who+turn.For != 0 && rec.What != turn.Who+turn.For),
			rec.Kind == engine.RecFire && rec.Aux == engine.TimerSleep && rec.What != turn.For:
			t.Errorf("seed %d: turn %d (%s) is caused by %s of %s", seed, i, r.Chip(i), engine.RecWords[rec.Kind], r.Name(rec.What))
		}
	}
}

func checkLanes(t *testing.T, seed uint64, r *trace.Run) {
	t.Helper()
	for _, l := range r.Scene(0, len(r.Turns)).Lanes {
		if l.Callback() {
			continue
		}
		for i, span := range l.Spans {
			switch turn := span.To.Turn(); {
			case i > 0 && span.From != l.Spans[i-1].To:
				t.Errorf("seed %d: %s: a gap from %d to %d", seed, l.Name, l.Spans[i-1].To, span.From)
			case span.Open || span.To&1 == 0:
			case r.Turns[turn].Who == l.Who && span.State != trace.Ready:
				t.Errorf("seed %d: %s runs in turn %d, though it %s", seed, l.Name, turn, trace.StateWords[span.State])
			}
		}
	}
}
