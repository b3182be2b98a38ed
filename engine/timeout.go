package engine

// scope is asyncio.Timeout: a `timeout` block, or a step's `within`.
type scope struct {
	task       uint32
	number     uint32 // of the handle, or of the timer, that expires it
	timer      bool   // it waits in the heap, not in the ready queue
	fired      bool   // it has left the heap
	state      scopeState
	cancelling uint16 // Task.cancelling at entry
}

type scopeState uint8

const (
	scopeLeft     scopeState = iota
	scopeEntered             // the deadline is ahead
	scopeExpiring            // it has cancelled its task
)

// enterScope is Timeout.__aenter__; the scope's number goes to slot a.
func (l *Loop) enterScope(in *instr) {
	t := in.int(l)
	if !in.x.at {
		t = l.addTime(l.now, t)
	}
	if l.fault != nil {
		return
	}
	id, _ := l.scopes.take()
	s := l.scopes.at(id)
	*s = scope{task: l.curID, state: scopeEntered, cancelling: l.cur.cancel}
	if t <= l.now {
		s.number = l.timers.nextNumber()
		l.recReady(handleScope, l.curID, 0)
		l.ready.push(handle{handleScope, id, s.number})
	} else {
		s.timer = true
		s.number = l.timers.push(t, timerScope, id)
		l.recTimer(RecArm, timerScope, l.curID, s.number, t)
	}
	l.frame[in.a] = Int(int64(id))
}

// expire is Timeout._on_timeout.
func (l *Loop) expire(id, number uint32) {
	s := l.scopes.at(id)
	if s.state != scopeEntered || s.number != number {
		return // left: the handle is cancelled
	}
	l.cancelTask(s.task, nil, 0)
	l.fault = nil // a circle of tasks awaiting each other has nothing to cancel
	s.state = scopeExpiring
}

// leaveScope is Timeout.__aexit__, at the end of the finally block whose reason is in slot b. Where the scope's own
// expiry ended it the scope's else follows, or TimeoutError is raised.
func (l *Loop) leaveScope(in *instr) whereTo {
	id := uint32(l.frame[in.a].n)
	s := l.scopes.at(id)
	if s.timer && !s.fired {
		l.timers.cancelled++
		l.recTimer(RecDisarm, timerScope, l.curID, s.number, 0)
	}
	expired := s.state == scopeExpiring
	s.state = scopeLeft
	l.scopes.give(id)
	if !expired {
		return toNext
	}
	l.uncancel()
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

// uncancel is Task.uncancel of the running task.
func (l *Loop) uncancel() {
	if l.cur.cancel == 0 {
		return
	}
	if l.cur.cancel--; l.cur.cancel == 0 && l.rules[ruleUncancelClears] {
		l.cur.flags &^= flagMustCancel
	}
}
