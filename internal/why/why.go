// Package why says why things happened when they did: the chain of causes that led to a turn, and, of two turns, the one rule
// of the loop that decided which came first. Both are read from the record of a run.
package why

import (
	"runloop/engine"
	"runloop/internal/trace"
)

// Chain is why a turn came: itself, what made it ready, what made that ready, back to the start of the run.
type Chain struct {
	Turn  int  // its place in Run.Turns
	Len   int  // how many turns there are, itself included
	Whole bool // it goes back to the start; else what came before is not kept

	r *trace.Run
}

// cause is what made a turn ready.
type cause struct {
	rec  uint32 // the record that did; trace.None: none is known
	arm  uint32 // of a timer that was due: the record that armed it; else trace.None
	turn int    // the turn in which that happened, of a timer: in which it was armed; -1: none is kept
}

// fired reports whether a timer made the turn ready.
func (c *cause) fired() bool { return c.arm != trace.None }

// causeOf is what made a turn ready.
func causeOf(r *trace.Run, turn int) cause {
	t := &r.Turns[turn]
	switch {
	case t.Handle == trace.Phase:
		return phaseCause(r, turn)
	case t.Cause == trace.None:
		return cause{trace.None, trace.None, -1}
	}
	c := cause{t.Cause, trace.None, int(t.By)}
	if rec := r.Rec(t.Cause); rec.Kind == engine.RecFire {
		c.arm = r.ArmOf(rec.On)
	}
	return c
}

// phaseCause is why a phase of the run began: at the start because the one before was over, at the end because of what ended
// the loop.
func phaseCause(r *trace.Run, turn int) cause {
	t := &r.Turns[turn]
	none := cause{trace.None, trace.None, -1}
	switch {
	case turn == 0:
		return none
	case t.Phase <= engine.PhaseWorkers, t.Phase == engine.PhaseEnded, t.Phase == engine.PhaseDrain:
		return cause{trace.None, trace.None, turn - 1}
	}
	for i := turn - 1; i >= 0 && r.Turns[i].Phase >= engine.PhaseShutdown; i-- {
		if r.Turns[i].Handle == trace.Phase && r.Turns[i].Phase == engine.PhaseShutdown {
			return cause{trace.None, trace.None, i} // what ended the loop stands there
		}
	}
	if n := endOf(r, turn); n != trace.None {
		return cause{n, trace.None, r.TurnOf(n)}
	}
	return cause{trace.None, trace.None, turn - 1} // nothing was left to do
}

// endOf is the record of what ended the loop before a phase: a `stop`, or the end of main, in the last iteration.
func endOf(r *trace.Run, turn int) uint32 {
	i := r.Turns[turn].Iteration
	if i < 0 {
		return trace.None
	}
	for n := r.Turns[turn].First; n > r.Iterations[i].First; n-- {
		if rec := r.Rec(n - 1); rec.Kind == engine.RecStop || rec.Kind == engine.RecRun && rec.Aux == engine.RunMain {
			return n - 1
		}
	}
	return trace.None
}

// before is the turn that a turn comes from; -1: there is none, or it is not kept.
func before(r *trace.Run, turn int) int {
	if t := &r.Turns[turn]; t.Handle != trace.Phase {
		return int(t.By)
	}
	c := phaseCause(r, turn)
	return c.turn
}

// starts reports whether a turn is a beginning of the run, which needs no cause.
func starts(r *trace.Run, turn int) bool {
	t := &r.Turns[turn]
	return t.Handle == trace.Phase && t.Phase <= engine.PhaseWorkers
}

// Explain is the chain of causes of a turn, given by its place in Run.Turns.
func Explain(r *trace.Run, turn int) *Chain {
	c := &Chain{Turn: turn, r: r}
	for ; turn >= 0 && !c.Whole; turn = before(r, turn) {
		c.Len++
		c.Whole = starts(r, turn)
	}
	return c
}

// Turns is the places in Run.Turns of the chain's first ones, at most so many; 0: of all.
func (c *Chain) Turns(most int) []int {
	var turns []int
	c.each(c.Shown(most), func(turn int) { turns = append(turns, turn) })
	return turns
}

// each calls f for the chain's first n turns.
func (c *Chain) each(n int, f func(turn int)) {
	for turn := c.Turn; n > 0; n-- {
		f(turn)
		turn = before(c.r, turn)
	}
}
