package engine

// scope is asyncio.Timeout: a `timeout` block, or a step's `within`.
type scope struct {
	task       uint32
	number     uint32 // of the handle, or of the timer, that expires it
	timer      bool   // it waits in the heap, not in the ready queue
	fired      bool   // it has left the heap
	state      scopeState
	cancelling uint16 // Task.cancelling at entry
	kept       uint32 // the number + 1 of the timeout that a variable has of it; 0: none
}

// timeout is what a variable has of a scope, with which the scope can be looked at and rescheduled.
type timeout struct {
	plainObject
	scope   uint32 // while the block runs
	state   scopeState
	when    int64 // never: no deadline
	expired bool
}

func (x *timeout) title() string { return "" }

func (x *timeout) attr(l *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrWhen:
		if x.when == never {
			return Value{}, true
		}
		return Float(l.InUnits(x.when)), true
	case AttrExpired:
		return Bool(x.expired || x.state == scopeEntered && l.scopes.at(x.scope).state == scopeExpiring), true
	}
	return Value{}, false
}

func (x *timeout) level() (int64, int) { return oneIf(x.state == scopeEntered), 0 }

type scopeState uint8

const (
	scopeLeft     scopeState = iota
	scopeEntered             // the deadline is ahead
	scopeExpiring            // it has cancelled its task
	scopeExpired             // of a timeout: its block has ended, and it had cancelled its task
	scopeExited              // of a timeout: its block has ended before
)

// scopeWords is the states in Python's words.
var scopeWords = [...]string{
	scopeEntered: "active", scopeExpiring: "expiring", scopeExpired: "expired", scopeExited: "finished",
}

// enterScope is Timeout.__aenter__; the scope's number goes to slot a.
func (l *Loop) enterScope(in *instr) {
	t := l.deadline(in)
	if l.fault != nil {
		return
	}
	id, _ := l.scopes.take()
	s := l.scopes.at(id)
	*s = scope{task: l.curID, state: scopeEntered, cancelling: l.cur.cancel}
	if in.x.as != nil {
		l.keepScope(in, id, t)
	}
	l.armScope(id, t)
	l.frame[in.a] = Int(int64(id))
}

// deadline is the loop time of a scope's end; never: it has none.
func (l *Loop) deadline(in *instr) int64 {
	switch {
	case in.int == nil:
		return never
	case in.x.at:
		return in.int(l)
	}
	return l.addTime(l.now, in.int(l))
}

// keepScope gives a variable the timeout of a scope.
func (l *Loop) keepScope(in *instr, id uint32, when int64) {
	l.grow(objectCost) // it stays to the end of the run
	n := add(&l.timeouts, timeout{scope: id, state: scopeEntered, when: when})
	l.scopes.at(id).kept = uint32(n) + 1
	l.bind(in, scalar(KindTimeout, uint64(n)))
}

// armScope is the end of Timeout.reschedule: it lets the scope expire at t.
func (l *Loop) armScope(id uint32, t int64) {
	s := l.scopes.at(id)
	s.timer, s.fired, s.number = false, false, l.timers.nextNumber()
	switch {
	case t == never:
	case t <= l.now:
		l.recReady(handleScope, s.task, 0)
		l.ready.push(handle{handleScope, id, s.number})
	default:
		s.timer = true
		s.number = l.timers.push(t, timerScope, id)
		l.recTimer(RecArm, timerScope, s.task, s.number, t)
	}
}

// disarmScope cancels the timer of a scope.
func (l *Loop) disarmScope(s *scope) {
	if s.timer && !s.fired {
		l.timers.cancelled++
		l.recTimer(RecDisarm, timerScope, s.task, s.number, 0)
	}
}

// reschedule is Timeout.reschedule.
func (l *Loop) reschedule(in *instr) {
	v := in.val(l)
	if l.fault != nil {
		return
	}
	t := l.deadline(in)
	if l.fault != nil || !l.expect(v, KindTimeout, "reschedule") {
		return
	}
	x := &l.timeouts[v.n]
	if l.trace != nil {
		l.look(v, writes)
		if x.state == scopeEntered {
			l.lookAtState(touchTask, l.scopes.at(x.scope).task, writes)
		}
	}
	state := x.state
	if state == scopeEntered {
		state = l.scopes.at(x.scope).state
	}
	if state != scopeEntered {
		l.Raise("RuntimeError", "Cannot change state of "+scopeWords[state]+" Timeout")
		return
	}
	x.when = t
	l.disarmScope(l.scopes.at(x.scope))
	l.armScope(x.scope, t)
}

// touchScope notes that the state of a scope changes, which its timeout shows to everybody who has it.
func (l *Loop) touchScope(s *scope) {
	if l.trace != nil && s.kept != 0 {
		l.lookAtState(uint64(KindTimeout), s.kept-1, writes)
	}
}

// expire is Timeout._on_timeout.
func (l *Loop) expire(id, number uint32) {
	s := l.scopes.at(id)
	if s.state != scopeEntered || s.number != number {
		return // left: the handle is cancelled
	}
	if l.enough(id, s.task) {
		return
	}
	l.cancelTask(s.task, nil, 0)
	l.fault = nil // a circle of tasks awaiting each other has nothing to cancel
	l.touchScope(s)
	s.state = scopeExpiring
}

// leaveScope is Timeout.__aexit__, at the end of the finally block whose reason is in slot b. Where the scope's own
// expiry ended it the scope's else follows, or TimeoutError is raised.
func (l *Loop) leaveScope(in *instr) whereTo {
	id := uint32(l.frame[in.a].n)
	s := l.scopes.at(id)
	l.disarmScope(s)
	l.touchScope(s)
	expired := s.state == scopeExpiring
	if s.kept != 0 {
		x := &l.timeouts[s.kept-1]
		x.state, x.expired = scopeExited, expired
		if expired {
			x.state = scopeExpired
		}
	}
	s.state = scopeLeft
	l.scopes.give(id)
	if !expired {
		return toNext
	}
	l.uncancel(l.cur)
	raised := l.raisedIn(in.b)
	switch {
	case l.cur.cancel > s.cancelling || raised == nil || raised.Type != "CancelledError":
		return toNext
	case in.x.otherwise:
		return toJump
	}
	l.Raise("TimeoutError", "")
	l.fault.Cause = errorValue(raised)
	return toNext
}

// uncancel is Task.uncancel.
func (l *Loop) uncancel(t *task) {
	if t.cancel == 0 {
		return
	}
	if t.cancel--; t.cancel == 0 && l.rules[ruleUncancelClears] {
		t.flags &^= flagMustCancel
	}
}
