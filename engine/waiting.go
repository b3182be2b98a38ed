package engine

// waiting is what is special about one kind of waiting; t is a task that waits in this way.
type waiting interface {
	// target is the object, task or future that on stands for; KindNull: it is something else.
	target(l *Loop, on uint32) (Kind, uint32)
	// words says what t waits for.
	words(l *Loop, t *task) string
	// holders is the tasks that t waits for: the ones it awaits, or those that hold what it wants.
	holders(l *Loop, t *task) []uint32
	// cancel passes a cancellation on to what t waits for (Task._fut_waiter.cancel); false if that is done already.
	cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool
	// outcome is what the await gives or raises, once the wait is over.
	outcome(l *Loop, t *task) (Value, *Error)
	// finish does what follows the await in CPython's method. It returns where to go on, or an error to raise there.
	finish(l *Loop, t *task, w ended) (pc int32, err *Error)
}

// ended is how the wait of the running task ended.
type ended struct {
	pc     int32  // the waiting instruction
	err    *Error // what is raised there
	gone   bool   // the task's own future was cancelled
	fired  bool   // the timer of a sleep has left the heap
	result Value
}

// goOn leads to the next instruction, or raises the error that the wait ended with.
func (w ended) goOn() (int32, *Error) { return w.pc + 1, w.err }

// bound is goOn with the result assigned to the step's `as`.
func (w ended) bound(l *Loop) (int32, *Error) {
	if w.err != nil {
		return w.pc, w.err
	}
	l.bind(&l.p.code[w.pc], w.result)
	return w.pc + 1, l.fault
}

// left reports whether the wait was ended from outside, by a cancellation or an Interrupt.
func (w ended) left() bool { return w.err != nil && w.err.leaves() }

// ownFuture is what most kinds of waiting have in common: the task waits on a future of its own.
type ownFuture struct{}

func (ownFuture) target(_ *Loop, on uint32) (Kind, uint32) { return KindNull, on }

func (ownFuture) holders(*Loop, *task) []uint32 { return nil }

func (ownFuture) cancel(l *Loop, id uint32, t *task, message *Error, _ int) bool {
	if t.flags&(flagFutureDone|flagFutureGone) != 0 {
		return false
	}
	l.endFuture(id, t, message)
	l.ready.push(handle{kind: handleWake, a: id})
	return true
}

// leave is cancel for a wait that may have been given something which the task has not used yet: its wake-up is ready already.
func (x ownFuture) leave(l *Loop, id uint32, t *task, message *Error, depth int) bool {
	if t.flags&flagFutureDone == 0 {
		return x.cancel(l, id, t, message, depth)
	}
	again := t.flags&flagFutureGone != 0
	l.endFuture(id, t, message) // the future has its result: the task itself is cancelled, and the latest message counts
	return !again
}

// endFuture cancels the future that a task waits on.
func (l *Loop) endFuture(id uint32, t *task, message *Error) {
	t.flags |= flagFutureGone
	if message != nil || t.cold != 0 {
		l.coldOf(id).gone = message
	}
}

func (ownFuture) outcome(l *Loop, t *task) (Value, *Error) {
	switch {
	case t.flags&flagFutureGone == 0:
		return Value{}, nil
	case t.cold == 0:
		return Value{}, l.newError("CancelledError", "")
	}
	return Value{}, l.takeCancelled(&l.cold(t.cold).gone)
}

func (ownFuture) finish(_ *Loop, _ *task, w ended) (int32, *Error) { return w.goOn() }

// noWait is that of a task that is ready to run, or does.
type noWait struct{ ownFuture }

func (noWait) words(*Loop, *task) string { return "its turn" }

func (noWait) cancel(*Loop, uint32, *task, *Error, int) bool { return false }

type sleepWait struct{ ownFuture }

func (sleepWait) words(*Loop, *task) string { return "sleep" }

func (sleepWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	if !w.fired {
		l.recTimer(RecDisarm, timerSleep, l.curID, t.on, 0)
		l.timers.cancelled++ // asyncio.sleep: `finally: h.cancel()`
	}
	return w.goOn()
}

// objectWait is what kinds of waiting on an object have in common.
type objectWait struct {
	ownFuture
	kind   Kind   // the task's `on` is the number of one of these
	prefix string // of the words
}

func (x objectWait) target(_ *Loop, on uint32) (Kind, uint32) { return x.kind, on }

func (x objectWait) words(l *Loop, t *task) string { return x.prefix + l.objectWords(x.kind, t.on) }

func (x objectWait) holders(l *Loop, t *task) []uint32 { return l.objectHolders(x.kind, t.on) }
