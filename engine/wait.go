package engine

// waitSet is what asyncio.wait, or as_completed, knows of the tasks and futures it was given.
type waitSet struct {
	items       []awaitable // different ones, in the order of the arguments
	left        int         // as_completed: len(todo); wait: counter
	when        ReturnWhen
	task        uint32 // who waits
	callbacks   int    // done-callbacks that have neither run nor been removed
	released    bool   // the waiting task has gone on
	timer       uint32 // number of its timer; 0: none
	fired       bool   // the timer has left the heap
	timedOut    bool   // as_completed: the time was up
	turns       int    // as_completed: turns of the loop left
	completed   ring[awaitable]
	isCompleted bool // as_completed
}

func (w *waitSet) own(was *waitSet) {
	w.items, w.completed.buf = append(was.items[:0], w.items...), append(was.completed.buf[:0], w.completed.buf...)
}

// ReturnWhen says what asyncio.wait waits for.
type ReturnWhen uint8

const (
	AllCompleted ReturnWhen = iota
	FirstCompleted
	FirstException
)

// newWaitSet makes a wait set of the tasks and futures in the list v, and adds its callbacks.
func (l *Loop) newWaitSet(v Value, kind handleKind) (uint32, bool) {
	if l.fault != nil || !l.expect(v, KindList, "wait") {
		return 0, false
	}
	id, _ := l.waitSets.take()
	w := l.waitSets.at(id)
	*w = waitSet{items: w.items[:0], completed: w.completed}
	var seen awaitables
	for _, e := range v.Elems() {
		a, ok := l.awaitable(e)
		if !ok {
			w.released = true
			l.freeSet(id)
			return 0, false
		}
		if !seen.among(w.items, a) {
			w.items = append(w.items, a)
		}
	}
	w.task, w.left, w.callbacks, w.turns = l.curID, len(w.items), len(w.items), len(w.items)
	for _, a := range w.items {
		l.addDoneCallback(a, handle{kind, id, uint32(a)})
	}
	return id, true
}

// freeSet gives a wait set back once neither a task, nor a callback, nor a timer refers to it.
func (l *Loop) freeSet(id uint32) {
	if w := l.waitSets.at(id); w.released && w.callbacks == 0 && w.timer == 0 {
		w.released, w.items = false, w.items[:0]
		w.completed = ring[awaitable]{}
		l.waitSets.give(id)
	}
}

// armSet arms the timer of a wait set.
func (l *Loop) armSet(id uint32, when int64) {
	w := l.waitSets.at(id)
	w.timer, w.fired = l.timers.push(when, timerWait, id), false
	l.recTimer(RecArm, timerWait, w.task, w.timer, when)
}

// disarmSet cancels a wait set's timer.
func (l *Loop) disarmSet(id uint32) {
	if w := l.waitSets.at(id); w.timer != 0 {
		if !w.fired {
			l.timers.cancelled++
			l.recTimer(RecDisarm, timerWait, w.task, w.timer, 0)
		}
		w.timer = 0
	}
}

// waitTasks is asyncio.wait.
func (l *Loop) waitTasks(in *instr, pc int32) whereTo {
	v := in.val(l)
	until := int64(0)
	if in.int != nil {
		until = l.addTime(l.now, in.int(l))
	}
	if l.fault == nil && v.Kind() == KindList && len(v.Elems()) == 0 {
		l.Raise("ValueError", "Set of Tasks/Futures is empty.")
	}
	id, ok := l.newWaitSet(v, handleWait)
	if !ok {
		return toNext
	}
	l.waitSets.at(id).when = in.x.when
	if in.int != nil {
		l.armSet(id, until)
	}
	l.suspend(pc, waitAny, id)
	return toWait
}

// waitCallback is asyncio.wait's _on_completion.
func (l *Loop) waitCallback(id uint32, b uint32) {
	w := l.waitSets.at(id)
	w.callbacks--
	w.left--
	a := awaitable(b)
	failed := false
	if w.left > 0 && w.when == FirstException && l.stateOf(a) == taskFailed {
		l.outcome(a)
		failed = true
	}
	if !w.released && (w.left <= 0 || w.when == FirstCompleted || failed) {
		l.disarmSet(id)
		if !l.futureDone(w.task) {
			l.complete(w.task)
		}
	}
	l.freeSet(id)
}

// waitOver is what the timer of a wait set does: _release_waiter, or as_completed's _on_timeout.
func (l *Loop) waitOver(id, number uint32) {
	w := l.waitSets.at(id)
	if w.timer != number {
		return // cancelled
	}
	w.timer = 0
	if !w.isCompleted {
		if !l.futureDone(w.task) {
			l.complete(w.task)
		}
		return
	}
	for _, a := range w.items {
		if l.removeDoneCallback(a, handle{handleCompleted, id, uint32(a)}) {
			w.callbacks--
		}
	}
	w.timedOut, w.left = true, 0
	l.wakeCompleted(w)
	l.freeSet(id)
}

// finishWaitTasks is the end of asyncio.wait: it gives {done, pending}.
func (l *Loop) finishWaitTasks(id uint32) Value {
	l.disarmSet(id)
	w := l.waitSets.at(id)
	var done, pending []Value
	for _, a := range w.items {
		if l.removeDoneCallback(a, handle{handleWait, id, uint32(a)}) {
			w.callbacks--
		}
		if l.stateOf(a).ended() {
			done = append(done, a.value())
		} else {
			pending = append(pending, a.value())
		}
	}
	w.released = true
	l.freeSet(id)
	l.Charge((len(done) + len(pending) + 8) * valueSize)
	return Map([]string{"done", "pending"}, []Value{List(done), List(pending)})
}

// openCompleted is asyncio.as_completed; the wait set goes to slot a.
func (l *Loop) openCompleted(in *instr) {
	v := in.val(l)
	until := int64(0)
	if in.int != nil {
		until = l.addTime(l.now, in.int(l))
	}
	id, ok := l.newWaitSet(v, handleCompleted)
	if !ok {
		return
	}
	l.waitSets.at(id).isCompleted = true
	if in.int != nil && l.waitSets.at(id).left > 0 {
		l.armSet(id, until)
	}
	l.frame[in.a], l.frame[in.a+1] = Int(int64(id)), Bool(false)
}

// completedCallback is as_completed's _on_completion.
func (l *Loop) completedCallback(id uint32, a awaitable) {
	w := l.waitSets.at(id)
	w.callbacks--
	if !w.timedOut {
		w.left--
		if !w.released {
			w.completed.push(a)
			l.wakeCompleted(w)
		}
		if w.left == 0 {
			l.disarmSet(id)
		}
	}
	l.freeSet(id)
}

// wakeCompleted is Queue._wakeup_next of as_completed's queue, whose only getter is the task itself.
func (l *Loop) wakeCompleted(w *waitSet) {
	if w.released {
		return
	}
	if t := l.task(w.task); t.wait == waitCompleted && !l.futureDone(w.task) {
		l.complete(w.task)
	}
}

// nextCompleted begins a turn of the loop; it jumps where the loop is over.
func (l *Loop) nextCompleted(in *instr, pc int32) whereTo {
	id := uint32(l.frame[in.a].n)
	w := l.waitSets.at(id)
	switch {
	case w.turns == 0:
		return toJump
	case w.completed.n > 0:
		w.turns--
		l.bind(in, w.completed.pop().value())
		return toNext
	case w.timedOut && in.x.otherwise:
		l.frame[in.a+1] = Bool(true)
		return toJump
	case w.timedOut:
		w.turns--
		l.Raise("TimeoutError", "")
		return toNext
	}
	l.suspend(pc, waitCompleted, id)
	return toWait
}

// closeCompleted is the end of the loop, however it ended.
func (l *Loop) closeCompleted(in *instr) {
	id := uint32(l.frame[in.a].n)
	l.waitSets.at(id).released = true
	l.freeSet(id)
}

// shield is asyncio.shield and the await of it.
func (l *Loop) shield(in *instr, pc int32) whereTo {
	v := in.val(l)
	if l.fault != nil {
		return toNext
	}
	a, ok := l.awaitable(v)
	if !ok {
		return toNext
	}
	if in.x.keep {
		l.keepShield(in, a)
		return toNext
	}
	if l.stateOf(a).ended() {
		l.takeOutcome(in, a)
		return toNext
	}
	c := l.coldOf(l.curID)
	c.shield = l.timers.nextNumber()
	l.addDoneCallback(a, handle{handleShield, l.curID, c.shield})
	l.suspend(pc, waitShield, uint32(a))
	return toWait
}

// shieldCallback is shield's _inner_done_callback.
func (l *Loop) shieldCallback(id, number uint32) {
	if id == 0 {
		l.tell(awaitable(number))
		return
	}
	if a, ok := l.shielded[number]; ok {
		delete(l.shielded, number)
		l.leave(a)
		return
	}
	t := l.task(id)
	if t.wait != waitShield || l.cold(t.cold).shield != number {
		return
	}
	l.cold(t.cold).shield = 0
	if l.futureDone(id) {
		l.leave(awaitable(t.on)) // its waiter has yet to run
		return
	}
	if l.complete(id); l.stateOf(awaitable(t.on)) == taskCancelled { // so is the outer future, with no message
		t.flags &^= flagFutureDone
		l.endFuture(id, t, nil)
	}
}

// leave is what _inner_done_callback does with a result when the outer future was cancelled: it counts as taken.
func (l *Loop) leave(a awaitable) {
	if !l.rules[ruleShieldReports] {
		l.outcome(a)
	}
}

// tell is shield's _log_on_exception: an error of what was shielded is reported, whoever takes it.
func (l *Loop) tell(a awaitable) {
	if l.stateOf(a) != taskFailed {
		return
	}
	l.outcome(a)
	for i := range l.failures {
		if f := &l.failures[i]; a&isFuture != 0 && f.future == a || a&isFuture == 0 && f.task == uint32(a) {
			f.told = true
		}
	}
}

// finishShield is what follows the await of the outer future.
func (l *Loop) finishShield(t *task, err *Error, gone bool) (Value, *Error) {
	a := awaitable(t.on)
	number := l.cold(t.cold).shield
	switch {
	case err == nil:
		return l.outcome(a)
	case number == 0 && gone: // shieldCallback has run
		l.leave(a)
	case number == 0:
		l.outcome(a)
	case l.removeDoneCallback(a, handle{handleShield, l.curID, number}):
		l.tellLater(a)
	default:
		if l.shielded == nil {
			l.shielded = map[uint32]awaitable{}
		}
		l.shielded[number] = a // it has ended: shieldCallback comes yet, unless the loop stops before
	}
	return Value{}, err
}

// anyWait is asyncio.wait.
type anyWait struct{ ownFuture }

func (x anyWait) words(l *Loop, t *task) string { return l.severalWords(x.holders(l, t)) }

func (anyWait) holders(l *Loop, t *task) []uint32 { return l.unended(l.waitSets.at(t.on).items...) }

func (anyWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	w.result = l.finishWaitTasks(t.on)
	return w.bound(l)
}

// completedWait is the turn of an as_completed loop, which looks again.
type completedWait struct{ anyWait }

func (completedWait) finish(_ *Loop, _ *task, w ended) (int32, *Error) { return w.pc, w.err }

// shieldWait is await of a shield: a cancellation does not pass on.
type shieldWait struct{ ownFuture }

func (shieldWait) target(_ *Loop, on uint32) (Kind, uint32) { return awaitable(on).object() }

func (shieldWait) words(l *Loop, t *task) string {
	return "shield of " + l.awaitableName(awaitable(t.on))
}

func (shieldWait) holders(l *Loop, t *task) []uint32 { return l.unended(awaitable(t.on)) }

func (shieldWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	w.result, w.err = l.finishShield(t, w.err, w.gone)
	return w.bound(l)
}
