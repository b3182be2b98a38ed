package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	"runloop/scenarios"
)

// each calls f for every bundled scenario.
func each(t *testing.T, f func(t *testing.T, r *trace.Run)) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) { f(t, tracetest.Bundled(t, name)) })
	}
}

// TestCauses: every turn has a cause before it, and following causes leads to the start.
func TestCauses(t *testing.T) {
	each(t, func(t *testing.T, r *trace.Run) {
		for i := range r.Turns {
			turn := &r.Turns[i]
			if (turn.Cause == trace.None) != (turn.Handle == trace.Phase) {
				t.Fatalf("turn %d (%s): cause %d", i, r.Chip(i), turn.Cause)
			}
			if turn.Cause == trace.None {
				continue
			}
			if turn.Cause >= turn.First {
				t.Fatalf("turn %d (%s) is caused by what comes later", i, r.Chip(i))
			}
			by := turn.Cause
			if rec := r.Rec(turn.Cause); rec.Kind == engine.RecFire {
				if rec.Aux == engine.TimerShift {
					continue // what happens to a resource by itself was never armed
				}
				if by = r.ArmOf(rec.On); by >= turn.Cause {
					t.Errorf("turn %d (%s): nothing armed its timer", i, r.Chip(i))
				}
			}
			if got := r.TurnOf(by); got != int(turn.By) {
				t.Errorf("turn %d (%s) comes from turn %d, not %d", i, r.Chip(i), got, turn.By)
			}
		}
	})
}

// TestLines: the output's lines, put together, are the output; each was printed by the turn that it names.
func TestLines(t *testing.T) {
	each(t, func(t *testing.T, r *trace.Run) {
		var text strings.Builder
		for i := range r.Lines {
			text.WriteString(r.LineText(i) + "\n")
		}
		if want := string(r.Output); strings.TrimSuffix(text.String(), "\n") != strings.TrimSuffix(want, "\n") {
			t.Errorf("the lines are\n%s\nnot\n%s", text.String(), want)
		}
	})
}

// TestScene: what a task does is gapless from its creation to its end, and between two of its turns it is at one thing, then
// ready.
func TestScene(t *testing.T) {
	each(t, func(t *testing.T, r *trace.Run) {
		s := r.Scene(0, len(r.Turns))
		for _, l := range s.Lanes {
			for i, span := range l.Spans {
				if span.To <= span.From {
					t.Errorf("%s: span %d from %d to %d", l.Name, i, span.From, span.To)
				}
				if l.Callback() {
					continue
				}
				if i > 0 && span.From != l.Spans[i-1].To {
					t.Errorf("%s: a gap from %d to %d", l.Name, l.Spans[i-1].To, span.From)
				}
				if runs := span.To&1 == 1 && !span.Open && r.Turns[span.To.Turn()].Who == l.Who; runs && span.State != trace.Ready {
					t.Errorf("%s runs in turn %d, though it %s", l.Name, span.To.Turn(), trace.StateWords[span.State])
				}
			}
		}
	})
}

// TestEventLoop: at 6 s the callback runs in the iteration in which the sleep ends, the task in the next one.
func TestEventLoop(t *testing.T) {
	r := tracetest.Bundled(t, "event-loop")
	var got []string
	from, to := r.Between(6e9, 6e9)
	for i := from; i < to; i++ {
		turn := &r.Turns[i]
		got = append(got, fmt.Sprintf("it. %d turn %d %s", r.Iterations[turn.Iteration].Number, turn.Number, r.Chip(i)))
	}
	want := "it. 10 turn 0 Task-1: sleep ends\nit. 10 turn 10 periodic\nit. 11 turn 11 Task-1 goes on"
	if strings.Join(got, "\n") != want {
		t.Errorf("at 6 s\n%s\nnot\n%s", strings.Join(got, "\n"), want)
	}
}

// TestPhaseTime: `after` runs at the time of the run's end, though no iteration began then.
func TestPhaseTime(t *testing.T) {
	r := tracetest.Load(t, "until.yaml", []byte("runloop: 1\nclock: { until: 5s }\nmain: [ { sleep: 7s } ]\nafter: [ { print: \"${now}\" } ]\n"))
	last := &r.Prints[len(r.Prints)-1]
	if at := r.At(int(last.Turn)); at != 5e9 || r.LineText(0) != "5.0" || r.TimeOf(r.Turns[last.Turn].First) != at {
		t.Errorf("`after` printed %q at %d", r.LineText(0), at)
	}
}

// TestLost: an assignment from what was read before somebody else assigned it is marked, by whoever; adding a constant reads and
// assigns at once, so that nothing is lost and nothing stale.
func TestLost(t *testing.T) {
	const file = `runloop: 1
shared: { n: 0, m: 0, k: 0 }
workers:
  a: { do: [ { let: { x: "${n}" } }, { print: "${k < 9}" }, { sleep: 2s }, { set: { n: "${x + 1}" } }, { set: { m: "${m + 1}" } }, { set: { k: "${k + 1}" } } ] }
  b: { do: [ { sleep: 1s }, { set: { n: 5, k: 5 } }, { repeat: 2, do: [ { set: { m: "${m + 1}" } }, { sleep: 2s } ] } ] }
`
	r := tracetest.Load(t, "lost.yaml", []byte(file))
	var marked []string
	for _, v := range r.Scene(0, len(r.Turns)).Variables {
		for _, c := range v.Changes {
			if c.Lost {
				marked = append(marked, r.Name(c.Who)+" sets "+v.Name+" to "+c.New+" after "+r.Name(c.By))
			}
			if c.Stale {
				t.Errorf("%s of %s is told to be stale", r.Name(c.Who), v.Name)
			}
		}
	}
	if want := "a sets n to 1 after b"; strings.Join(marked, "; ") != want {
		t.Errorf("%q, want %q", marked, want)
	}
}
