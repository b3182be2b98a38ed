package engine

import (
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// task is the hot part of a task, one cache line: all that sleeping and waking touches. Its creation and its end touch
// a warmTask; what few tasks need is in a coldTask.
type task struct {
	pc     int32 // the instruction it runs or waits at
	state  taskState
	flags  taskFlags
	wait   waitKind
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

// String is the state's name in the language.
func (s taskState) String() string {
	return [...]string{"pending", "pending", "done", "failed", "cancelled"}[s]
}

type taskFlags uint8

const (
	flagMustCancel taskFlags = 1 << iota // CancelledError is thrown at its next step (Task._must_cancel)
	flagFutureDone                       // the future it sleeps on has its result: it is about to wake
	flagFutureGone                       // the future it sleeps on was cancelled: it is about to wake
	flagDaemon
	flagTaken // somebody took its error
	flagNamed // its name is in the cold record
	flagFired // the timer it sleeps on has left the heap
	flagKept  // it holds something that is not released by itself: its line is not used again
)

// waitKind says what a task waits for (see doc.go).
type waitKind uint8

const (
	waitNothing   waitKind = iota
	waitTurn               // sleep: 0
	waitSleep              // on: the timer's number
	waitFuture             // await; on: the task or future
	waitGather             // on: the gather
	waitLock               // on: see lockNumber
	waitRelock             // the end of a condition's wait; on: see lockNumber
	waitSemaphore          // on: the semaphore
	waitEvent              // on: the event
	waitCondition          // on: see lockNumber
	waitPut                // on: the queue
	waitGet                // on: the queue
	waitJoin               // on: the queue
	waitAny                // asyncio.wait; on: the wait set
	waitCompleted          // as_completed; on: the wait set
	waitGroup              // the end of a group's block; on: the group
	waitShield             // on: the task or future shielded
)

// coldTask is what only some tasks have.
type coldTask struct {
	name      string
	result    Value
	err       *Error   // why it failed or was cancelled; before its end: what is thrown at its next step
	message   *Error   // the CancelledError that the next cancellation raises; nil: a plain one
	callbacks []handle // what is to be done when it ends, in order (Future.add_done_callback)
	spawned   int64
	started   int64  // -1: not yet
	parent    uint32 // the task that created it; 0: none
	ordinal   uint32 // the N of Task-N; a worker's is computed
	draws     drawSource
	next      uint32 // of a free record
	shield    uint32 // the number of the shield it waits at
}

// drawSource is where the draws of a task or a callback come from.
type drawSource struct {
	stream  stream
	ordinal uint64 // tasks it has created: their keys derive from it
}

const (
	chunkBits = 12 // tasks and slots live in chunks: growing moves nothing
	chunkMask = 1<<chunkBits - 1
	slotBits  = 14
	slotMask  = 1<<slotBits - 1
)

func (l *Loop) task(id uint32) *task { return &l.tasks[id>>chunkBits][id&chunkMask] }

func (l *Loop) warm(id uint32) *warmTask { return &l.warms[id>>chunkBits][id&chunkMask] }

// entryOf is what task id was created by.
func (l *Loop) entryOf(id uint32) *Entry { return l.p.entries[l.warm(id).entry-1] }

// newTaskLine gives a line for a task: one that a task left behind, where that is allowed, or a new one. The lines of
// one step's tasks that somebody can refer to follow each other.
func (l *Loop) newTaskLine(again bool) uint32 {
	if id := l.freeTask; id != 0 && again {
		l.freeTask = l.task(id).on
		return id
	}
	id := l.taskCount
	if int(id>>chunkBits) == len(l.tasks) {
		l.tasks = append(l.tasks, new([1 << chunkBits]task))
		l.warms = append(l.warms, new([1 << chunkBits]warmTask))
		l.grow(taskCost << chunkBits)
	}
	l.taskCount++
	return id
}

// coldOf is a task's cold record, made when first asked for.
func (l *Loop) coldOf(id uint32) *coldTask {
	t := l.task(id)
	if t.cold == 0 {
		if len(l.colds) == 0 {
			l.colds = append(l.colds, coldTask{}) // number 0 means none
		}
		if t.cold = l.freeCold; t.cold != 0 {
			l.freeCold = l.colds[t.cold].next
		} else {
			t.cold = uint32(len(l.colds))
			l.colds = append(l.colds, coldTask{})
			l.grow(coldCost)
		}
		c := &l.colds[t.cold]
		c.started, c.next = -1, 0
		if l.warm(id).entry != 0 {
			c.spawned = l.spawnTime(id)
			if t.state != taskNew {
				c.started = c.spawned
			}
		}
	}
	return &l.colds[t.cold]
}

// spawnTime is the creation time of a worker without a cold record: before the loop, or its start.
func (l *Loop) spawnTime(id uint32) int64 {
	if e := l.entryOf(id); e.Start != nil {
		return l.workerStart[e.index]
	}
	return 0
}

// newFrame allocates n slots and returns their place; they are null.
func (l *Loop) newFrame(n int) uint32 {
	n++ // the header
	if n < len(l.freeFrames) && l.freeFrames[n] != 0 {
		f := l.freeFrames[n]
		head := &l.slots[f>>slotBits][f&slotMask]
		l.freeFrames[n] = uint32(head.n)
		*head = Value{}
		return f
	}
	if len(l.slots) == 0 || l.slotsUsed+n > 1<<slotBits {
		l.slots = append(l.slots, new([1 << slotBits]Value))
		l.grow(valueSize << slotBits)
		l.slotsUsed = 0
		if len(l.slots) == 1 {
			l.slotsUsed = 1 // place 0 means none
		}
	}
	f := uint32(len(l.slots)-1)<<slotBits | uint32(l.slotsUsed)
	l.slotsUsed += n
	return f
}

// freeFrame gives back the frame at f with n slots.
func (l *Loop) freeFrame(f uint32, n int) {
	n++
	block := l.slots[f>>slotBits][f&slotMask:][:n]
	clear(block)
	for len(l.freeFrames) <= n {
		l.freeFrames = append(l.freeFrames, 0)
	}
	block[0].n = uint64(l.freeFrames[n])
	l.freeFrames[n] = f
}

// frameSlots is the slots of the frame at f.
func (l *Loop) frameSlots(f uint32, n int) []Value { return l.slots[f>>slotBits][f&slotMask+1:][:n:n] }

// header is a call frame's link to its caller: where to go on, and the caller's frame.
func (l *Loop) header(f uint32) *uint64 { return &l.slots[f>>slotBits][f&slotMask].n }

// newTask creates a task of e in the running context (asyncio.create_task): its first step runs in the next
// iteration. Its arguments are in l.args. name is a name given at run time, or empty.
func (l *Loop) newTask(e *Entry, name string) uint32 {
	id := l.newTaskLine(e.anonymous)
	l.created++
	t := l.task(id)
	*t = task{pc: e.Code.start, since: l.now}
	*l.warm(id) = warmTask{entry: uint32(e.index) + 1, ctx: l.copyContext(l.ctx())}
	if e.Daemon {
		t.flags = flagDaemon
	} else {
		l.unfinished++
	}
	l.living++
	var key uint64
	if l.p.Draws {
		key = l.streamKey(e, id) // may move the cold records
	}
	if !e.worker || l.p.Draws {
		c := l.coldOf(id)
		c.draws.stream.key = key
		if !e.worker {
			c.spawned, c.parent, c.ordinal, c.name = l.now, l.curID, l.created, name
		}
	}
	if name != "" {
		t.flags |= flagNamed
		l.names[name] = id
	}
	if n := int(e.Code.slots); n > len(t.slot) {
		t.frame = l.newFrame(n)
		copy(l.frameSlots(t.frame, n), l.args)
	} else {
		copy(t.slot[:], l.args)
	}
	l.ready.push(handle{kind: handleStep, a: id})
	if l.obs != nil {
		l.emit(Event{Kind: EventSpawn, Other: id})
	}
	return id
}

// streamKey is where a new task's draws come from: a worker's name, else its parent's key and its place among the
// parent's children. A new worker changes nobody else's draws.
func (l *Loop) streamKey(e *Entry, id uint32) uint64 {
	switch {
	case e.worker:
		return nameKey(l.opts.Seed, l.taskName(id))
	case e == l.p.Main:
		return nameKey(l.opts.Seed, "main")
	}
	d := l.drawSource()
	d.ordinal++
	return childKey(d.stream.key, d.ordinal)
}

// drawSource is that of the running task or callback.
func (l *Loop) drawSource() *drawSource {
	switch c := l.cur.cold; {
	case l.curID == 0:
		return &l.syncDraws[l.syncIndex]
	case c != 0:
		return &l.colds[c].draws
	}
	return &l.coldOf(l.curID).draws
}

func (l *Loop) stream() *stream { return &l.drawSource().stream }

// taskName is the name of a task: computed, unless it was given at run time.
func (l *Loop) taskName(id uint32) string {
	if l.warm(id).entry == 0 {
		return l.syncName()
	}
	t, e := l.task(id), l.entryOf(id)
	switch {
	case t.flags&flagNamed != 0:
		return l.colds[t.cold].name
	case !e.worker:
		return "Task-" + strconv.Itoa(int(l.ordinal(id))) // N counts every task
	case e.Count != nil:
		return e.Name + "-" + strconv.Itoa(int(id-l.workerLine[e.index])+1)
	}
	return e.Name
}

// findTask is the number of the task named name, the latest if there were several; 0 if there is none.
func (l *Loop) findTask(name string) uint32 {
	if id, ok := l.names[name]; ok {
		return id
	}
	base, digits, ok := cutLast(name, "-")
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n == 0 || digits[0] == '0' {
		return 0
	}
	if r, ok := l.ranges[base]; ok && n <= uint64(r.count) {
		return r.first + uint32(n) - 1
	}
	if id := uint32(n); base == "Task" && id < l.taskCount && l.taskName(id) == name {
		return id
	}
	return 0
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// cancelTask is Task.cancel: it reports whether the task was not done yet. message is the CancelledError to raise, nil
// for a plain one.
func (l *Loop) cancelTask(id uint32, message *Error, depth int) bool {
	t := l.task(id)
	if t.state.ended() {
		return false
	}
	if depth > maxAwaitDepth {
		l.Raise("RecursionError", "maximum recursion depth exceeded")
		return true
	}
	if l.obs != nil {
		l.emit(Event{Kind: EventCancel, Other: id})
	}
	t.cancel++
	if l.cancelWait(id, t, message, depth) {
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

// cancelWait passes a cancellation on to what t waits for (Task._fut_waiter.cancel); false if that is done already,
// or there is nothing.
func (l *Loop) cancelWait(id uint32, t *task, message *Error, depth int) bool {
	switch t.wait {
	case waitNothing, waitTurn:
		return false
	case waitFuture:
		return l.cancelAwaitable(awaitable(t.on), message, depth+1)
	case waitGather:
		return l.cancelGather(t.on, message, depth+1)
	}
	// A future of its own.
	if t.flags&(flagFutureDone|flagFutureGone) != 0 {
		return false
	}
	t.flags |= flagFutureGone
	if message != nil || t.cold != 0 {
		l.coldOf(id).message = message
	}
	l.ready.push(handle{kind: handleWake, a: id})
	return true
}

// cancelledError is what a cancelled wait or task raises.
func (l *Loop) cancelledError(t *task) *Error {
	if t.cold != 0 {
		if c := &l.colds[t.cold]; c.message != nil {
			e := c.message
			c.message = nil
			return e
		}
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
	switch {
	case first && err != nil:
		l.coldOf(id) // made while the task is new: it never starts
	case first:
		if t.cold != 0 {
			l.colds[t.cold].started = l.now
		} else if l.now != l.spawnTime(id) {
			l.coldOf(id).started = l.now
		}
		t.state = taskRunning
	}
	if l.obs != nil {
		l.emit(Event{Kind: EventResume})
	}
	if err != nil && first {
		l.endTask(id, taskCancelled, Value{}, err)
		return
	}
	pc := t.pc
	if !first {
		pc = l.finishWait(t, pc, err)
	}
	if pc >= 0 {
		l.exec(pc)
	}
}

// wake is Task.__wakeup: it runs a task whose wait is over.
func (l *Loop) wake(id uint32) {
	t := l.task(id)
	if t.flags&(flagMustCancel|flagFutureGone) == 0 && l.obs == nil {
		// The common cases of what follows, on their own: nothing was cancelled.
		switch t.wait {
		case waitLock:
			l.finishLock(l.lockNumbered(t.on), id, nil)
			fallthrough
		case waitSleep, waitPut, waitGet:
			t.wait = waitNothing
			t.flags &^= flagFutureDone | flagFired
			l.enter(id, t)
			l.exec(t.pc + 1)
			return
		}
	}
	var err *Error
	switch t.wait {
	case waitFuture:
		l.result, err = l.outcome(awaitable(t.on))
	case waitGather:
		l.result, err = l.gatherResults(t.on)
		l.gathers[t.on].waiter = 0
		l.releaseGather(t.on)
	default:
		if t.flags&flagFutureGone != 0 {
			err = l.cancelledError(t)
		}
	}
	l.resume(id, err)
}

// finishWait does what follows the await in the waiting step at pc, err being raised there where it is not nil. It
// returns where to go on: the next instruction, the same one where the step looks again, or a handler.
func (l *Loop) finishWait(t *task, pc int32, err *Error) int32 {
	wait, gone := t.wait, t.flags&flagFutureGone != 0
	fired := t.flags&flagFired != 0
	t.wait = waitNothing
	t.flags &^= flagFutureDone | flagFutureGone | flagFired
	id, next := l.curID, pc+1
	result := l.result
	l.result = Value{}
	switch wait {
	case waitSleep:
		if !fired {
			l.timers.cancelled++ // asyncio.sleep: `finally: h.cancel()`
		}
	case waitLock:
		l.finishLock(l.lockNumbered(t.on), id, err)
	case waitRelock:
		if l.finishLock(l.lockNumbered(t.on), id, err); err != nil && err.Type == "CancelledError" {
			l.frame[l.p.code[pc].a+1] = Bool(true)
			return pc
		} else if err == nil {
			l.reacquired(&l.p.code[pc])
			err = l.fault
		}
	case waitSemaphore:
		l.finishSemaphore(&l.semaphores[t.on], id, err, gone)
	case waitEvent:
		l.events[t.on].waiters.remove(id)
	case waitCondition:
		l.conditionOf(lockValue(t.on)).waiters.remove(id)
	case waitPut:
		if err != nil {
			l.finishPut(&l.queues[t.on], id, gone)
		}
	case waitGet:
		if err != nil {
			l.finishGet(&l.queues[t.on], id, gone)
		}
	case waitJoin:
		l.queues[t.on].joiners.remove(id)
	case waitAny:
		result = l.finishWaitTasks(t.on)
	case waitCompleted:
		next = pc
	case waitGroup:
		next = pc
		l.finishGroupWait(t.on, err)
		if err != nil && err.Type == "CancelledError" {
			return pc
		}
	case waitShield:
		result, err = l.finishShield(t, err)
	}
	if err != nil {
		l.fault = err
		return l.unwind(pc)
	}
	switch wait {
	case waitFuture, waitGather, waitAny, waitShield:
		if l.bind(&l.p.code[pc], result); l.fault != nil {
			return l.unwind(pc)
		}
	}
	return next
}

// enter makes t the running task.
func (l *Loop) enter(id uint32, t *task) {
	l.cur, l.curID = t, id
	l.loadFrame()
}

// loadFrame makes the running activation's slots reachable.
func (l *Loop) loadFrame() {
	if f := l.cur.frame; f != 0 {
		l.frame = l.slots[f>>slotBits][f&slotMask+1:]
		return
	}
	l.frame = l.cur.slot[:]
}

// suspend makes the running task wait at pc: exec is left next.
func (l *Loop) suspend(pc int32, wait waitKind, on uint32) {
	t := l.cur
	t.pc, t.wait, t.on, t.since = pc, wait, on, l.now
}

// suspended is the end of Task.__step where the task waits.
func (l *Loop) suspended() {
	t := l.cur
	if l.obs != nil {
		l.emit(Event{Kind: EventWait})
	}
	// A cancellation that came while it ran is passed on at once.
	if t.flags&flagMustCancel != 0 && t.wait != waitTurn {
		var message *Error
		if t.cold != 0 {
			message = l.colds[t.cold].message
		}
		if l.cancelWait(l.curID, t, message, 0) {
			t.flags &^= flagMustCancel
		}
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
	l.living--
	if t.flags&flagDaemon == 0 {
		l.unfinished--
	}
	l.ended[state]++
	w := l.warm(id)
	e := l.p.entries[w.entry-1]
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
		l.failures = append(l.failures, failure{task: id, err: err, at: l.now})
	}
	if t.cold != 0 {
		c := &l.colds[t.cold]
		l.readyAll(c.callbacks)
		c.callbacks = nil
	}
	if l.obs != nil {
		l.emit(Event{Kind: EventEnd, Err: err})
	}
	if len(l.checks) > 0 {
		l.check(l.p.pos[l.cur.pc], false)
	}
	l.dropContext(w.ctx)
	if l.recycle && state != taskFailed && t.flags&flagKept == 0 && e.anonymous {
		l.recycleTask(id, t)
	}
}

// recycleTask gives the line of a task that has ended, and that nobody can refer to, to the next one.
func (l *Loop) recycleTask(id uint32, t *task) {
	if t.cold != 0 {
		l.colds[t.cold] = coldTask{next: l.freeCold}
		l.freeCold = t.cold
	}
	*t = task{state: taskDone, on: l.freeTask}
	l.warm(id).entry = 0
	l.freeTask = id
	l.recycled = true
}

// ordinal is a task's place in the order of creation.
func (l *Loop) ordinal(id uint32) uint32 {
	if e := l.entryOf(id); e.worker {
		return l.workerFirst[e.index] + id - l.workerLine[e.index]
	}
	return l.colds[l.task(id).cold].ordinal
}

// inOrder calls f for the tasks in the order of their creation, those left out whose line is free, until it returns
// false.
func (l *Loop) inOrder(f func(id uint32, t *task) bool) {
	if !l.recycled {
		for id := uint32(1); id < l.taskCount; id++ {
			if !f(id, l.task(id)) {
				return
			}
		}
		return
	}
	var ids []uint32
	for id := uint32(1); id < l.taskCount; id++ {
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
func (l *Loop) readyAll(callbacks []handle) {
	for _, h := range callbacks {
		l.ready.push(h)
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
	case AttrSpawned:
		return Float(Seconds(l.spawned(id)))
	case AttrStarted:
		if at := l.started(id); at >= 0 {
			return Float(Seconds(at))
		}
		return Value{}
	case AttrEnded:
		if t.state.ended() {
			return Float(Seconds(t.since))
		}
		return Value{}
	}
	l.Raise("TypeError", "a task has no such attribute")
	return Value{}
}

// spawned is the loop time of a task's creation.
func (l *Loop) spawned(id uint32) int64 {
	if t := l.task(id); t.cold != 0 {
		return l.colds[t.cold].spawned
	}
	return l.spawnTime(id)
}

// started is the loop time of a task's first step, -1 before.
func (l *Loop) started(id uint32) int64 {
	switch t := l.task(id); {
	case t.cold != 0:
		return l.colds[t.cold].started
	case t.state == taskNew:
		return -1
	}
	return l.spawnTime(id)
}
