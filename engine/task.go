package engine

import (
	"slices"
	"unsafe"
)

// task is the hot part of a task, one cache line: all that sleeping and waking touches. Its creation and its end touch
// a warmTask; what few tasks need is in a coldTask.
type task struct {
	pc     int32 // the instruction it runs or waits at
	state  taskState
	wait   waitKind
	flags  taskFlags
	on     uint32 // what it waits for: a task, a gather, the number of a sleep's timer …
	frame  uint32 // its activation's slots; 0: those below
	cold   uint32 // its coldTask; 0: none
	calls  uint16 // how many calls deep it is
	cancel uint16 // cancellations requested (Task.cancelling)
	since  int64  // when its wait began; once ended: when
	slot   [2]Value
}

var _ [64 - unsafe.Sizeof(task{})]byte // a task must not outgrow its line

type warmTask struct {
	entry uint32 // index in Program.entries + 1; 0: not a task (before, after, a callback), or a free line
	ctx   uint32
}

// taskState is what becomes of a task.
type taskState uint8

const (
	taskNew       taskState = iota // its first step has not run
	taskRunning                    // it runs, is ready to run, or waits
	taskDone                       // it returned
	taskFailed                     // it raised
	taskCancelled                  // it was cancelled
)

func (s taskState) ended() bool { return s >= taskDone }

type taskFlags uint16

const (
	flagMustCancel taskFlags = 1 << iota // CancelledError is thrown at its next step (Task._must_cancel)
	flagFutureDone                       // the future it sleeps on has its result: it is about to wake
	flagFutureGone                       // the future it sleeps on was cancelled: it is about to wake
	flagDaemon
	flagTaken      // somebody took its error
	flagNamed      // its name is in the cold record
	flagFired      // the timer it sleeps on has left the heap
	flagKept       // it holds something that is not released by itself: its line is not used again at once
	flagInterrupts // it has Interrupts to come
	flagCut        // an Interrupt has ended its wait: it is about to wake
	flagStale      // wake-ups of it are ready that mean nothing any more
)

// coldTask is what only some tasks have.
type coldTask struct {
	name       string
	result     Value
	err        *Error   // why it failed or was cancelled; before its end: what is thrown at its next step
	message    *Error   // the CancelledError that its next step raises or passes on (Task._cancel_message); nil: a plain one
	gone       *Error   // the same of the future that it waits on, where that was cancelled (Future._cancel_message)
	callbacks  []handle // what is to be done when it ends, in order (Future.add_done_callback)
	spawned    int64
	started    int64  // -1: not yet
	parent     uint32 // the task that created it; 0: none
	ordinal    uint32 // its place among all tasks; a worker's is computed
	number     uint32 // the N of Task-N; of a task with a name: how many were counted before it
	draws      drawSource
	shield     uint32   // the number of the shield it waits at
	holds      uint32   // the latest request of a resource that it holds, or has lost and not given up; 0: none
	stale      uint32   // wake-ups that mean nothing any more
	index      uint32   // of a source's task: its place among them, from 0
	interrupts []*Error // Interrupts to come
}

// taskTable holds the tasks of a run, by number. Number 0 stands for what is no task: before, after and callbacks.
type taskTable struct {
	lines    arena[task]
	warms    arena[warmTask] // by the number of the line
	colds    arena[coldTask]
	created  uint32
	counted  uint32 // the N of Task-N
	recycle  bool   // lines of tasks that nobody can refer to are used again
	recycled bool   // one was: lines are no longer in the order of creation
	idle     int    // tasks that have ended since references were followed, and reports that were made
	sweepAt  int    // so many of them make it worth while again

	living, unfinished int      // tasks that have not ended; those that are no daemons
	ended              [5]int64 // by taskState
}

// mustSweep reports whether it is worth while to follow references again.
func (x *taskTable) mustSweep() bool { return x.idle >= x.sweepAt && x.recycle }

func (x *taskTable) own(was *taskTable) {
	x.lines.own(&was.lines, nil)
	x.warms.own(&was.warms, nil)
	x.colds.own(&was.colds, func(r, was *coldTask) {
		r.callbacks, r.interrupts = append(was.callbacks[:0], r.callbacks...), slices.Clone(r.interrupts)
	})
}

func (l *Loop) task(id uint32) *task { return l.tasks.lines.at(id) }

func (l *Loop) warm(id uint32) *warmTask { return l.tasks.warms.at(id) }

func (l *Loop) cold(n uint32) *coldTask { return l.tasks.colds.at(n) }

// entryOf is what task id was created by.
func (l *Loop) entryOf(id uint32) *Entry { return l.p.entries[l.warm(id).entry-1] }

// newTaskLine returns a line for a new task. With again it may be one that an ended task has left. Without, it is the
// next one: the lines of one worker's tasks follow each other.
func (l *Loop) newTaskLine(again bool) uint32 {
	if again {
		if id := l.tasks.lines.reuse(); id != 0 {
			return id
		}
	}
	id := l.tasks.lines.add()
	l.tasks.warms.add()
	if id <= chunkMask {
		l.enter(l.curID, l.task(l.curID)) // the first chunk may have moved
	}
	if id&chunkMask == 0 {
		l.grow(taskCost << chunkBits)
	}
	return id
}

// coldOf is a task's cold record, made when first asked for.
func (l *Loop) coldOf(id uint32) *coldTask {
	t := l.task(id)
	if t.cold != 0 {
		return l.cold(t.cold)
	}
	c := l.newCold(t)
	if l.warm(id).entry != 0 {
		c.spawned = l.spawnTime(id)
		if t.state != taskNew {
			c.started = c.spawned
		}
	}
	return c
}

// newCold makes the cold record of a task that has none.
func (l *Loop) newCold(t *task) *coldTask {
	n, fresh := l.tasks.colds.take()
	if t.cold = n; fresh {
		l.grow(coldCost)
	}
	c := l.cold(n)
	c.started = -1
	return c
}

// spawnTime is the creation time of a worker without a cold record: before the loop, or its start, when that is not late.
func (l *Loop) spawnTime(id uint32) int64 {
	if e := l.entryOf(id); e.Start != nil {
		return l.names.workers[e.index].start
	}
	return 0
}

// newTask creates a task of e in the running context (asyncio.create_task): its first step runs in the next
// iteration. Its arguments are in l.args. name is a name given at run time, or empty.
func (l *Loop) newTask(e *Entry, name string) uint32 {
	id := l.newTaskLine(!e.worker)
	l.tasks.created++
	if !l.rules[ruleNamedUncounted] || name == "" && !e.worker && !e.sourced {
		l.tasks.counted++
	}
	t := l.task(id)
	*t = task{pc: e.Code.start, since: l.now}
	*l.warm(id) = warmTask{entry: uint32(e.index) + 1, ctx: l.copyContext(l.ctx())}
	if e.Daemon {
		t.flags = flagDaemon
	} else {
		l.tasks.unfinished++
	}
	l.tasks.living++
	var key uint64
	if l.p.Draws {
		key = l.streamKey(e, id) // may move the cold records
	}
	if !e.worker {
		c := l.newCold(t)
		c.draws.stream.key = key
		c.spawned, c.parent, c.name = l.now, l.curID, name
		c.ordinal, c.number = l.tasks.created, l.tasks.counted
	} else if late := l.now != l.spawnTime(id); late || l.p.Draws { // the loop was blocked at its start, or the clock is real
		c := l.coldOf(id)
		c.draws.stream.key = key
		if late {
			c.spawned = l.now
		}
	}
	if name != "" {
		t.flags |= flagNamed
		l.names.give(name, id)
	}
	if n := int(e.Code.slots); n > len(t.slot) {
		t.frame = l.newFrame(n)
		copy(l.frameSlots(t.frame, n), l.args)
	} else {
		copy(t.slot[:], l.args)
	}
	if l.measuring {
		l.statSpawn(e.Code)
	}
	if l.trace != nil {
		l.recSpawn(id)
	}
	l.ready.push(handle{kind: handleStep, a: id})
	return id
}

// cancelTask is Task.cancel: it reports whether the task was not done yet. message is the CancelledError to raise, nil
// for a plain one.
func (l *Loop) cancelTask(id uint32, message *Error, depth int) bool {
	t := l.task(id)
	if l.trace != nil {
		l.lookAtState(touchTask, id, writes)
	}
	if t.state.ended() {
		return false
	}
	if depth > maxAwaitDepth {
		l.Raise("RecursionError", "maximum recursion depth exceeded")
		return true
	}
	if l.trace != nil {
		l.rec(Rec{Kind: RecCancel, What: id})
	}
	t.cancel++
	if t.flags&flagCut == 0 && waits[t.wait].cancel(l, id, t, message, depth) {
		return true
	}
	t.flags |= flagMustCancel
	if message != nil || t.cold != 0 {
		l.coldOf(id).message = message
	}
	return true
}

// maxAwaitDepth is how long a chain of tasks awaiting each other a cancellation follows (CPython: its recursion limit).
const maxAwaitDepth = 1000

// cancelledError is what a cancelled task raises.
func (l *Loop) cancelledError(t *task) *Error {
	if t.cold != 0 {
		return l.takeCancelled(&l.cold(t.cold).message)
	}
	return l.newError("CancelledError", "")
}

// takeCancelled takes the CancelledError that was kept, or makes a plain one.
func (l *Loop) takeCancelled(kept **Error) *Error {
	if e := *kept; e != nil {
		*kept = nil
		return e
	}
	return l.newError("CancelledError", "")
}

// resume runs a task until it waits or ends; with err that is raised where it waits (Task.__step).
func (l *Loop) resume(id uint32, err *Error) {
	t := l.task(id)
	if t.flags&flagMustCancel != 0 {
		t.flags &^= flagMustCancel
		if err == nil || err.Type != "CancelledError" {
			err = l.cancelledError(t)
		}
	}
	l.enter(id, t)
	first := t.state == taskNew
	if t.flags&flagInterrupts != 0 && !first && (err == nil || err.Type != "CancelledError") {
		err = l.takeInterrupt(t)
	}
	switch {
	case first && err != nil:
		l.coldOf(id) // made while the task is new, so that it has no start
	case first:
		if t.cold != 0 {
			l.cold(t.cold).started = l.now
		} else if l.now != l.spawnTime(id) {
			l.coldOf(id).started = l.now
		}
		t.state = taskRunning
	}
	if err != nil && first {
		l.endTask(id, taskCancelled, Value{}, err)
		return
	}
	pc := t.pc
	switch {
	case !first:
		pc = l.finishWait(t, pc, err)
	case l.explore != nil && l.fails(l.entryOf(id).Code):
		pc = l.unwind(pc)
	}
	if pc >= 0 {
		l.exec(pc)
	}
}

// throw runs a task with the error in its cold record.
func (l *Loop) throw(id uint32) {
	c := l.cold(l.task(id).cold)
	err := c.err
	c.err = nil
	l.resume(id, err)
}

// wake is Task.__wakeup: it runs a task whose wait is over.
func (l *Loop) wake(id uint32) {
	t := l.task(id)
	if t.flags&(flagMustCancel|flagFutureGone|flagStale|flagInterrupts) == 0 {
		// Shortcuts for the most frequent waits, where nothing was cancelled.
		switch t.wait {
		case waitUnits:
			l.gotUnits(t)
			l.goOn(id, t)
			return
		case waitLock:
			l.finishLock(l.lockNumbered(t.on), id, nil)
			if l.measuring {
				l.curID = id
				k, on := waits[t.wait].target(l, t.on)
				l.statObject(OpAcquire, k, on)
			}
			fallthrough
		case waitSleep, waitUse, waitPut, waitGet:
			l.goOn(id, t)
			return
		}
	}
	var err *Error
	switch {
	case t.flags&flagStale != 0:
		l.passOver(t)
		return
	case t.flags&flagCut == 0:
		l.result, err = waits[t.wait].outcome(l, t)
	}
	l.resume(id, err)
}

// goOn runs a task behind the instruction at which it waited.
func (l *Loop) goOn(id uint32, t *task) {
	t.wait = waitNothing
	t.flags &^= flagFutureDone | flagFired
	l.enter(id, t)
	l.exec(t.pc + 1)
}

// finishWait ends the wait of the running task in the instruction at pc, where err is raised if it is not nil. It
// returns where to go on.
func (l *Loop) finishWait(t *task, pc int32, err *Error) int32 {
	wait, kind, on := waits[t.wait], t.wait, t.on
	w := ended{pc: pc, err: err, gone: t.flags&flagFutureGone != 0, fired: t.flags&flagFired != 0, result: l.result}
	t.wait, l.result = waitNothing, Value{}
	t.flags &^= flagFutureDone | flagFutureGone | flagFired | flagCut
	next, err := wait.finish(l, t, w)
	if l.measuring {
		l.statLeft(kind, on, err)
	}
	if err != nil {
		l.fault = err
		return l.unwind(pc)
	}
	return next
}

// enter makes t the running task.
func (l *Loop) enter(id uint32, t *task) {
	l.cur, l.curID = t, id
	l.loadFrame()
}

// visited is where the loop was before a visit: in whose step, and what error that had raised.
type visited struct {
	cur   *task
	curID uint32
	frame []Value
	pc    int32
	fault *Error
}

// visit goes to a task in whose variables something is evaluated.
func (l *Loop) visit(id uint32, pc int32) (from visited) {
	from = visited{l.cur, l.curID, l.frame, l.pc, l.fault}
	l.fault, l.pc = nil, pc
	if id != l.curID {
		l.enter(id, l.task(id))
	}
	return from
}

// comeBack ends a visit. It returns the error that came of it.
func (l *Loop) comeBack(from visited) *Error {
	err := l.fault
	l.cur, l.curID, l.frame, l.pc, l.fault = from.cur, from.curID, from.frame, from.pc, from.fault
	return err
}

// suspend makes the running task wait at pc: exec is left next.
func (l *Loop) suspend(pc int32, wait waitKind, on uint32) {
	t := l.cur
	t.pc, t.wait, t.on, t.since = pc, wait, on, l.now
	if l.measuring {
		l.statWaits(wait, on)
	}
}

// suspended is what Task.__step does when the task has begun to wait.
func (l *Loop) suspended() {
	t := l.cur
	if l.trace != nil && t.flags&flagFutureDone == 0 { // else it had to wait for its turn alone, which has been recorded
		l.recTask(RecWait, l.curID)
	}
	// A cancellation that came while it ran is passed on at once.
	if t.flags&flagMustCancel != 0 && t.wait != waitTurn {
		var message *Error
		if t.cold != 0 {
			message = l.cold(t.cold).message
		}
		if l.trace != nil {
			l.rec(Rec{Kind: RecCancel, Aux: 1, What: l.curID})
		}
		if waits[t.wait].cancel(l, l.curID, t, message, 0) {
			t.flags &^= flagMustCancel
		}
	}
	if t.flags&flagInterrupts != 0 {
		l.deliver(l.curID)
	}
}

// endTask is the end of a task: what waits for it becomes ready, in order.
func (l *Loop) endTask(id uint32, state taskState, result Value, err *Error) {
	t := l.task(id)
	if state == taskDone && t.flags&flagMustCancel != 0 {
		// Cancelled right before its end.
		t.flags &^= flagMustCancel
		state, result, err = taskCancelled, Value{}, l.cancelledError(t)
	}
	t.state, t.since = state, l.now
	l.tasks.living--
	if t.flags&flagDaemon == 0 {
		l.tasks.unfinished--
	}
	l.tasks.ended[state]++
	w := l.warm(id)
	e := l.p.entries[w.entry-1]
	if l.measuring {
		l.statEnd(id, e.Code, state)
	}
	if t.frame != 0 {
		l.freeFrame(t.frame, int(e.Code.slots))
		t.frame = 0
	}
	t.slot = [len(t.slot)]Value{}
	if !result.IsNull() || err != nil {
		c := l.coldOf(id)
		c.result, c.err = result, err
	}
	if state == taskFailed {
		l.fail(failure{task: id, Report: Report{Err: err, At: l.now}})
		if err.endsRun() {
			l.escape()
		}
	}
	if l.trace != nil {
		l.rec(Rec{Kind: RecEnd, Aux: uint8(state), What: id})
	}
	if t.cold != 0 {
		c := l.cold(t.cold)
		l.readyAll(awaitable(id), c.callbacks)
		c.callbacks = nil
		l.dropNamed(&c.draws)
		if c.holds != 0 {
			l.endHolder(id, c)
		}
	}
	if len(l.checks) > 0 {
		l.check(l.p.pos[l.cur.pc], false)
	}
	if !l.p.Shares {
		l.dropContext(w.ctx)
	}
	if l.tasks.recycle && state != taskFailed && t.flags&flagKept == 0 && e.anonymous && !l.p.Held {
		l.recycleTask(id, t)
		return
	}
	if !e.worker {
		l.tasks.idle++
	}
}

// recycleTask gives back the line of a task that has ended and that nothing can refer to.
func (l *Loop) recycleTask(id uint32, t *task) {
	if t.cold != 0 {
		c := l.cold(t.cold)
		if t.flags&flagNamed != 0 {
			l.names.take(c.name, id)
		}
		*c = coldTask{}
		l.tasks.colds.give(t.cold)
	}
	if l.p.Shares {
		l.dropContext(l.warm(id).ctx)
	}
	*t = task{state: taskDone}
	l.warm(id).entry = 0
	l.tasks.lines.give(id)
	l.tasks.recycled = true
}

// ordinal is a task's place in the order of creation.
func (l *Loop) ordinal(id uint32) uint32 {
	if e := l.entryOf(id); e.worker {
		return l.names.workers[e.index].first + id - l.names.workers[e.index].line
	}
	return l.cold(l.task(id).cold).ordinal
}

// inOrder calls f for the tasks in the order of their creation until it returns false. Free lines are left out.
func (l *Loop) inOrder(f func(id uint32, t *task) bool) {
	if !l.tasks.recycled {
		for id := uint32(1); id < l.tasks.lines.n; id++ {
			if !f(id, l.task(id)) {
				return
			}
		}
		return
	}
	var ids []uint32
	for id := uint32(1); id < l.tasks.lines.n; id++ {
		if l.warm(id).entry != 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		return cmp3(uint64(l.ordinal(a)), uint64(l.ordinal(b)))
	})
	for _, id := range ids {
		if !f(id, l.task(id)) {
			return
		}
	}
}

// readyAll is Future.__schedule_callbacks.
func (l *Loop) readyAll(a awaitable, callbacks []handle) {
	for _, h := range callbacks {
		if h.kind == handleArm {
			if l.task(h.a).waitsInFirst() {
				l.meet(h.a, int(h.b))
			}
		} else if h != (handle{}) {
			l.ready.push(h)
		}
	}
	if len(l.removals) > 0 {
		delete(l.removals, a)
	}
}

func (l *Loop) taskAttr(id uint32, a Attr) Value {
	t := l.task(id)
	switch a {
	case AttrName:
		return String(l.taskName(id))
	case AttrState:
		return String(t.state.String())
	case AttrDone:
		return Bool(t.state.ended())
	case AttrResult, AttrError:
		return l.outcomeAttr(awaitable(id), a)
	case AttrCancelling:
		return Int(int64(t.cancel))
	case AttrSpawned:
		return Float(l.InUnits(l.spawned(id)))
	case AttrStarted:
		if at := l.started(id); at >= 0 {
			return Float(l.InUnits(at))
		}
		return Value{}
	case AttrEnded:
		if t.state.ended() {
			return Float(l.InUnits(t.since))
		}
		return Value{}
	}
	l.Raise("TypeError", "a task has no such attribute")
	return Value{}
}

// spawned is the loop time of a task's creation.
func (l *Loop) spawned(id uint32) int64 {
	if t := l.task(id); t.cold != 0 {
		return l.cold(t.cold).spawned
	}
	return l.spawnTime(id)
}

// started is the loop time of a task's first step, -1 before.
func (l *Loop) started(id uint32) int64 {
	switch t := l.task(id); {
	case t.cold != 0:
		return l.cold(t.cold).started
	case t.state == taskNew:
		return -1
	}
	return l.spawnTime(id)
}
