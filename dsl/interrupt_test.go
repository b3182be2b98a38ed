package dsl

import (
	"testing"

	"runloop/dsl/compile"
	"runloop/engine"
)

// interruptFirst interrupts a run when its first iteration begins.
func interruptFirst(l *engine.Loop, r *engine.Rec) {
	if r.Kind == engine.RecIteration && r.What == 1 {
		l.Interrupt()
	}
}

// TestInterruptExpression checks that Interrupt cuts short an expression that would take hours, like any step that
// does not give up its turn. The report has its place, and the steps around it clean up.
func TestInterruptExpression(t *testing.T) {
	s, err := Load("f.yaml", []byte(`runloop: 1
shared: { xs: [], n: 0 }
main:
  - set: { xs: "${1..100000}" }
  - try:
      - set: { n: "${count(xs, count(xs, # > n) > 0)}" }
    finally:
      - print: cleaned up
`))
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(compile.RunOptions{Clock: "virtual", KeepOutput: true, Trace: &engine.Trace{Hook: interruptFirst},
		Limits: engine.Limits{Steps: 1e15}})
	if err != nil {
		t.Fatal(err)
	}
	r := l.Run()
	want := engine.Place{Task: "Task-1", Pos: engine.Pos{Line: 6, Col: 9}}
	if r.Ended != engine.Interrupted || string(r.Output) != "cleaned up\n" || len(r.Interrupts) != 1 || r.Interrupts[0] != want {
		t.Errorf("it %s at %v and printed %q", r.Ended, r.Interrupts, r.Output)
	}
}
