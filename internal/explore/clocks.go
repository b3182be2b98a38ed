package explore

import (
	"cmp"
	"slices"

	"runloop/engine"
	"runloop/internal/trace"
)

// Clocks is how the run of a scenario on the real clock differs from that on the virtual one, in the order of its turns.
type Clocks struct {
	Turns         int         // that the runs begin with in common, times aside
	Virtual, Real int         // the first turns that are not the same; -1: the run has no more. Both -1: the runs are alike
	Late          []LateTimer // of the real run, the latest first
}

// LateTimer is a timer of a run on the real clock that came after it was due.
type LateTimer struct {
	Turn int   // the one that it led to; -1: to none
	Due  int64 // loop time in nanoseconds
	Late int64 // nanoseconds
}

// Alike reports whether the turns are the same.
func (c *Clocks) Alike() bool { return c.Virtual < 0 && c.Real < 0 }

// Most is how late the latest timer was.
func (c *Clocks) Most() int64 {
	if len(c.Late) == 0 {
		return 0
	}
	return c.Late[0].Late
}

// Allowance is a round duration, a little more than the latest timer was late: for the orders that are to be explored.
func (c *Clocks) Allowance() int64 {
	for unit := int64(1000); ; unit *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if n*unit >= c.Most() {
				return n * unit
			}
		}
	}
}

// CompareClocks compares the records of a scenario's runs on the virtual and on the real clock.
func CompareClocks(virtual, real *trace.Run) *Clocks {
	c := &Clocks{}
	c.Virtual, c.Real = firstUnlike(virtual, real, sameWork)
	c.Turns = len(virtual.OwnTurns())
	if c.Virtual >= 0 {
		c.Turns = int(virtual.Turns[c.Virtual].Number) - 1
	}
	for n := range real.Len() {
		rec := real.Rec(n)
		if rec.Kind != engine.RecFire {
			continue
		}
		if late := real.TimeOf(n) - rec.Arg; late > 0 {
			c.Late = append(c.Late, LateTimer{turnAfter(real, n), rec.Arg, late})
		}
	}
	slices.SortStableFunc(c.Late, func(a, b LateTimer) int { return cmp.Compare(b.Late, a.Late) })
	return c
}

// turnAfter is the turn that record n, a timer that fires, made ready; -1: it did not run.
func turnAfter(r *trace.Run, n uint32) int {
	for i := r.TurnOf(n) + 1; i < len(r.Turns); i++ {
		switch cause := r.Turns[i].Cause; {
		case cause == n && r.Turns[i].Number == 0 && r.Turns[i].Handle != trace.Phase: // the loop's own: it wakes a task
			return turnAfter(r, lastOf(r, i))
		case cause == n:
			return i
		case cause != trace.None && cause > n:
			return -1
		}
	}
	return -1
}

// lastOf is the last record of a turn.
func lastOf(r *trace.Run, i int) uint32 {
	_, to := r.OwnRecords(i)
	return to - 1
}
