package engine

import "math"

// Check is a condition that is evaluated after every step and whenever a task ends, in the context of whatever runs
// then, and once more at the end of the run. Evaluating it changes nothing: no instruction is counted, no memory
// charged, no error taken. A program without checks has no instruction for them.
type Check struct {
	Holds  EvalBool
	Detail EvalText // the values of its parts
	Once   bool     // it must hold once; otherwise always
	Within EvalTime // of Once: it must hold up to this loop time; nil: up to the end of the run
}

// CheckReport is the outcome of a check.
type CheckReport struct {
	Decided bool // it broke, or it has held once where that is enough: it is not evaluated again
	Broken  bool
	Pos     Pos    // the step after which it was decided; zero: the end of the run
	Task    string // what ran: a task, or a callback, before, after; empty: the end of the run
	At      int64  // loop time, in nanoseconds
	Detail  string // broken: the values of its parts
	Err     *Error // broken: what it raised instead

	within int64
}

// startChecks evaluates the times of checks.
func (l *Loop) startChecks() {
	l.checks = make([]CheckReport, len(l.p.Checks))
	for i, c := range l.p.Checks {
		if l.checks[i].within = math.MaxInt64; c.Within != nil {
			l.checks[i].within = c.Within(l)
		}
	}
}

// check evaluates every check that is not decided, after the step at pos or at the end of the run.
func (l *Loop) check(pos Pos, atEnd bool) {
	if len(l.checks) == 0 {
		return
	}
	memory, fault, overflow := l.memory, l.fault, l.overflow
	l.checking = true
	for i := range l.checks {
		if r := &l.checks[i]; !r.Decided {
			l.lookAt(r, &l.p.Checks[i], pos, atEnd)
		}
	}
	l.checking = false
	l.memory, l.fault, l.overflow = memory, fault, overflow
}

func (l *Loop) lookAt(r *CheckReport, c *Check, pos Pos, atEnd bool) {
	l.memory.check, l.fault, l.memory.evaluating, l.overflow, l.memory.turns = math.MaxInt64, nil, false, false, 0
	late := l.now > r.within
	holds := !late && c.Holds(l)
	if r.Err = l.fault; l.overflow {
		r.Err = l.newError("MemoryError", "the limit of "+l.limit.String()+" was hit")
	}
	holds = holds && r.Err == nil
	r.Decided = c.Once && (holds || late || atEnd) || !c.Once && !holds
	r.Broken = r.Decided && !holds
	if !r.Decided {
		return
	}
	r.Pos, r.At = pos, l.now
	if !atEnd {
		r.Task = l.taskName(l.curID)
	}
	if r.Broken && r.Err == nil {
		r.Detail = string(c.Detail(l, nil))
	}
}
