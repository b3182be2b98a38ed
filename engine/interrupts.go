package engine

// interruptTask raises an Interrupt where a task waits (SimPy: Process.interrupt). Its wait ends in this step, and it runs in the
// next iteration. What it awaits goes on. One that has not begun to run begins, and gets it at its first wait; several come
// one by one, each at the next wait.
func (l *Loop) interruptTask(id uint32, err *Error) {
	c := l.coldOf(id)
	c.interrupts = append(c.interrupts, err)
	t := l.task(id)
	t.flags |= flagInterrupts
	if l.trace != nil {
		l.rec(Rec{Kind: RecInterrupt, What: id})
	}
	if t.state != taskNew && t.wait != waitNothing {
		l.deliver(id)
	}
}

// detacher is a kind of waiting whose cancellation passes on to something else: detach ends the wait alone, false: it is about
// to end already.
type detacher interface {
	detach(l *Loop, id uint32, t *task) bool
}

// deliver ends the wait of a task because of an Interrupt, unless it is about to run: then it gets that instead of what it
// waited for.
func (l *Loop) deliver(id uint32) {
	t := l.task(id)
	if t.flags&flagCut != 0 {
		return
	}
	ok := false
	if d, is := waits[t.wait].(detacher); is {
		ok = d.detach(l, id, t)
	} else {
		ok = waits[t.wait].cancel(l, id, t, nil, 0)
	}
	if ok {
		t.flags |= flagCut
	}
}

// takeInterrupt is the next Interrupt that a task is to get.
func (l *Loop) takeInterrupt(t *task) *Error {
	c := l.cold(t.cold)
	err := c.interrupts[0]
	if c.interrupts = c.interrupts[1:]; len(c.interrupts) == 0 {
		c.interrupts = nil
		t.flags &^= flagInterrupts
	}
	t.flags &^= flagCut
	return err
}

// interruptStep is `interrupt`.
func (l *Loop) interruptStep(in *instr) {
	v, cause := in.val(l), Value{}
	if in.x.item != nil {
		cause = in.x.item(l)
	}
	if l.fault != nil || !l.expect(v, KindTask, "interrupt") {
		return
	}
	switch id := uint32(v.n); {
	case id == l.curID:
		l.Raise("RuntimeError", "a task cannot interrupt itself")
	case l.task(id).state.ended():
		l.raiseOf("RuntimeError", "task "+l.taskName(id)+" has ended: it cannot be interrupted", "it is "+l.task(id).state.String())
	default:
		err := l.newError("Interrupt", "")
		if cause.Kind() == KindString {
			err.Message = cause.AsString()
		}
		err.Cause = l.Escape(cause)
		l.interruptTask(id, err)
	}
}

// passOver drops a wake-up of a task that waits again because what it was given was taken back.
func (l *Loop) passOver(t *task) {
	c := l.cold(t.cold)
	if c.stale--; c.stale == 0 {
		t.flags &^= flagStale
	}
}

// leaves reports whether an error is one that ends a task's wait from outside: CancelledError, or an Interrupt.
func (e *Error) leaves() bool { return e.Type == "CancelledError" || e.Type == "Interrupt" }
