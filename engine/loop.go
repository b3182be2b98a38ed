package engine

import (
	"io"
	"sync/atomic"
)

// Options says how a program is run. The zero value runs it on the virtual clock with default limits and throws its
// output away.
type Options struct {
	Params     []Value   // values of Program.Params
	Seed       uint64    // of all draws and of random ties
	Ties       Ties      // order of the timers of one instant
	Clock      Clock     // nil: the virtual clock
	ClockStart int64     // what the clock shows at loop time 0, in Unix nanoseconds (strftime)
	Until      int64     // the run ends before anything due at this loop time runs; 0: no such time
	Limits     Limits    // zero fields are the defaults
	Output     io.Writer // gets what the scenario prints; nil: nothing does
	KeepOutput bool      // Result.Output has what was printed
	KeepTasks  bool      // Loop.Tasks lists every task, those too that ended and that nobody refers to any more
	Observer   Observer  // is shown every event; nil: none
}

// Loop is a running program: an event loop with asyncio's semantics. Its state is data in arenas, referred to by
// number. Only the goroutine that made it may use it, but for Interrupt.
type Loop struct {
	p     *Program
	opts  Options
	clock Clock // Options.Clock
	obs   Observer
	epoch uint64 // lists and maps with this owner may be changed in place

	now       int64
	iteration int64
	ready     ring[handle]
	todo      int  // handles of this iteration still to run
	turning   bool // an iteration is under way: a slice may end with nothing left of it to run but its end
	timers    timers
	stopping  bool // stop was called: the loop ends with this iteration

	tasks       []*[1 << chunkBits]task
	warms       []*[1 << chunkBits]warmTask
	taskCount   uint32 // lines in use, that of task 0 among them
	created     uint32 // tasks created: the N of Task-N
	freeTask    uint32
	freeCold    uint32
	recycle     bool // lines of tasks that nobody can refer to are used again
	recycled    bool // one was: lines are no longer in the order of creation
	colds       []coldTask
	slots       []*[1 << slotBits]Value
	slotsUsed   int
	freeFrames  []uint32 // by length: the first free frame
	names       map[string]uint32
	ranges      map[string]nameRange
	workerStart []int64  // by Entry.index
	workerFirst []uint32 // by Entry.index: the ordinal of a worker's first task
	workerLine  []uint32 // by Entry.index: the number of a worker's first task; the others follow

	living, unfinished int      // tasks not ended; not counting daemons
	ended              [5]int64 // tasks by taskState

	contexts    []contextBlock
	freeContext uint32
	base        uint32 // the context that `before` left: workers and `after` go on in it
	gathers     []gather
	freeGather  uint32

	locks       []lock
	semaphores  []semaphore
	events      []event
	conditions  []condition
	barriers    []barrier
	queues      []queue
	futures     []future
	groups      []group
	freeGroup   uint32
	scopes      []scope
	freeScope   uint32
	waitSets    []waitSet
	freeWaitSet uint32
	objects     []Value // declared objects, and lists of them

	scheduled     []scheduled
	freeScheduled uint32
	periodic      []uint32 // by Callback.index: its handle
	missed        int64    // runs of periodic callbacks left out

	shared    []Value
	params    []Value
	syncDraws []drawSource // by syncIndex
	choice    stream       // of choose

	// What runs now.
	phase      phase
	cur        *task // the running task's line; task 0's while before, after or a callback runs
	curID      uint32
	frame      []Value // the running activation's slots
	pc         int32   // the instruction whose operands are evaluated, where it matters for messages
	fault      *Error  // raised while evaluating
	overflow   bool    // a limit was hit while evaluating
	limit      string  // which
	result     Value   // what the wait that is over gives
	args       []Value // scratch: arguments of the activation or task being made
	vals       []Value // scratch: values about to be assigned
	plans      []plan  // scratch: tasks about to be created
	planArgs   []Value
	entryIndex int64 // Loop.Index
	sync       syncKind
	syncID     uint32 // the scheduled callback that runs
	syncIndex  int    // its place in syncDraws
	active     bool   // a turn was broken off at the end of a slice
	mainID     uint32
	shutdown   uint32 // the gather over what asyncio.run cancels; 0: there is none, or it is done
	drains     int    // iterations left of asyncio.run's shutdown

	left        int64 // instructions left of the slice
	steps       int64 // instructions in earlier slices
	slice       int64 // instructions this slice began with
	charged     int64
	chargeCheck int64
	chargeBase  int64 // what was charged when memory was last looked at, or evaluating began
	making      int64 // what the expression being evaluated made up to then
	evaluating  bool  // between Begin and End
	turns       int64 // of loops inside expressions
	depthLimit  uint16

	out      []byte
	flushed  int   // bytes of out that are written
	outBase  int64 // bytes written and dropped from out
	lateness Lateness
	seq      uint64 // events so far
	event    Event

	failures  []failure
	checks    []CheckReport // by Program.Checks
	checking  bool          // a check is being evaluated
	watch     *watch        // of a watched program
	res       Result
	interrupt atomic.Int32
}

// nameRange is the names of the tasks of one worker with a count: base-1 … base-count.
type nameRange struct{ first, count uint32 }

// failure is an error that ended a task or a callback.
type failure struct {
	task   uint32    // 0: a callback, before or after, or a future
	future awaitable // 0: not a future
	name   string    // of what was not a task
	err    *Error
	at     int64
}

// phase is what the run is at.
type phase uint8

const (
	phaseBefore  phase = iota // Program.Before runs
	phaseWorkers              // tasks, timers and main are created
	phaseLoop
	phaseShutdown // asyncio.run: what is left is cancelled and runs to its end
	phaseDrain    // asyncio.run: the last turns of the loop
	phaseAfter    // Program.After runs
	phaseEnded
)

// syncKind says what runs where no task does.
type syncKind uint8

const (
	syncNone syncKind = iota
	syncBefore
	syncCallback
	syncAfter
)

var epochs atomic.Uint64

// New makes a loop for p and evaluates the initial values. An error in them is the run's: Run reports it.
func New(p *Program, opts Options) *Loop {
	l := &Loop{p: p, opts: opts, clock: opts.Clock, obs: opts.Observer, params: opts.Params, epoch: epochs.Add(1)}
	l.opts.Limits = opts.Limits.withDefaults()
	l.depthLimit = uint16(l.opts.Limits.Depth)
	l.chargeCheck = l.opts.Limits.Memory / 4
	l.timers = newTimers(opts.Ties == TiesHeapq)
	l.names = map[string]uint32{}
	l.ranges = map[string]nameRange{}
	l.workerStart = make([]int64, len(p.entries))
	l.workerFirst = make([]uint32, len(p.entries))
	l.workerLine = make([]uint32, len(p.entries))
	l.recycle = p.Recycle && !opts.KeepTasks && opts.Observer == nil
	l.periodic = make([]uint32, len(p.Callbacks))
	l.choice.key = nameKey(opts.Seed, "loop")
	l.syncDraws = make([]drawSource, len(p.Callbacks)+2)
	for i, cb := range p.Callbacks {
		l.syncDraws[i].stream.key = nameKey(opts.Seed, cb.Name)
	}
	l.syncDraws[len(p.Callbacks)].stream.key = nameKey(opts.Seed, "before")
	l.syncDraws[len(p.Callbacks)+1].stream.key = nameKey(opts.Seed, "after")
	if p.Watched {
		l.watch = newWatch()
	}
	l.newTaskLine(false)
	l.contexts = []contextBlock{{vals: make([]Value, len(p.Context)), refs: 1}}
	l.cur = l.task(0)
	for _, v := range p.Shared {
		l.shared = append(l.shared, v.Init(l))
	}
	for i, v := range p.Context {
		l.contexts[0].vals[i] = v.Init(l)
	}
	for i := range p.Objects {
		l.objects = append(l.objects, l.declare(&p.Objects[i]))
	}
	l.startChecks()
	switch {
	case l.Failed():
		l.failSetup("initial values")
	case p.Before != nil:
		l.startSync(syncBefore, 0, p.Before)
		l.active = true
	}
	return l
}

// Run runs to the end and returns the result.
func (l *Loop) Run() *Result {
	for !l.RunFor(1 << 20) {
	}
	return &l.res
}

// Result is the result of a run that has ended.
func (l *Loop) Result() *Result { return &l.res }

// RunFor runs at most about n instructions (a step is one or a few) and reports whether the run has ended.
func (l *Loop) RunFor(n int64) bool {
	l.slice = min(n, l.opts.Limits.Steps-l.steps)
	l.left = l.slice
	for l.phase != phaseEnded && l.left > 0 {
		if k := l.interrupt.Load(); k != 0 && l.res.Ended != Interrupted {
			l.res.Ended = Interrupted
			l.stopping = true
			if l.phase != phaseLoop {
				l.end(Interrupted)
				continue
			}
		} else if k > 1 {
			l.finish()
			break
		}
		l.advance()
	}
	l.steps += l.slice - l.left
	l.slice, l.left = 0, 0
	if l.phase != phaseEnded && l.steps >= l.opts.Limits.Steps {
		l.endLimit("steps")
	}
	return l.phase == phaseEnded
}

// Interrupt asks the loop to stop as by `stop`; a second call ends the run at once. Any goroutine may call it.
func (l *Loop) Interrupt() {
	l.interrupt.Add(1)
	if l.clock != nil {
		l.clock.Wake()
	}
}

// advance goes one step of the run's plan: the rest of a turn, an iteration, or a change of phase.
func (l *Loop) advance() {
	if l.active {
		l.active = false
		l.exec(l.cur.pc)
		return
	}
	switch l.phase {
	case phaseBefore:
		l.phase = phaseWorkers
		l.createAll()
		if l.phase == phaseWorkers {
			l.phase = phaseLoop
		}
	case phaseAfter:
		l.finish()
	default:
		l.iterate()
	}
}

// createAll creates the workers, the periodic callbacks and main, in this order.
func (l *Loop) createAll() {
	l.enter(0, l.task(0))
	l.base = l.ctx()
	for i, e := range l.p.Workers {
		if e.Start == nil {
			l.createWorker(e)
		} else if start := e.Start(l); l.fault == nil {
			l.workerStart[e.index] = max(start, 0)
			l.timers.push(max(start, 0), timerStart, uint32(i))
		}
		if l.Failed() {
			l.failSetup("worker " + e.Name)
			return
		}
	}
	for _, cb := range l.p.Callbacks {
		l.armPeriodic(cb)
		if l.Failed() {
			l.failSetup("callback " + cb.Name)
			return
		}
	}
	if m := l.p.Main; m != nil {
		id, ok := l.spawn(m)
		if !ok {
			l.failSetup("main")
			return
		}
		l.mainID = id
		l.addDoneCallback(awaitable(l.mainID), handle{kind: handleMain})
	}
}

func (l *Loop) createWorker(e *Entry) {
	l.workerFirst[e.index], l.workerLine[e.index] = l.created+1, l.taskCount
	if e.Count == nil {
		if l.nameTaken(e.Name) {
			return
		}
		l.names[e.Name], _ = l.spawn(e)
		return
	}
	first := l.taskCount
	if _, ok := l.spawn(e); ok && l.taskCount > first {
		l.ranges[e.Name] = nameRange{first, l.taskCount - first}
	}
}

// armPeriodic arms a callback declared with `after` or `every` for its first run.
func (l *Loop) armPeriodic(cb *Callback) {
	delay := cb.After
	if delay == nil {
		delay = cb.Every
	}
	if delay == nil {
		return
	}
	d := delay(l)
	if l.fault != nil {
		return
	}
	id, s := l.newScheduled(cb, true)
	s.periodic = cb.Every != nil
	l.periodic[cb.index] = id
	l.armScheduled(id, max(addTime(l.now, d), l.now))
}

// iterate runs iterations (BaseEventLoop._run_once) until the slice is used up or the run changes its phase. One that
// was broken off is gone on with first.
func (l *Loop) iterate() {
	for phase := l.phase; l.phase == phase; {
		if !l.turning {
			if !l.beginIteration() {
				return
			}
			l.turning = true
		}
		for l.todo > 0 {
			l.todo--
			if h := l.ready.pop(); h.kind == handleWake {
				l.wake(h.a)
			} else {
				l.runHandle(h)
			}
			if l.left <= 0 {
				return
			}
		}
		l.turning = false
		if l.stopping && l.phase == phase {
			l.stopped()
		}
		if l.clock != nil {
			return // Interrupt is looked for
		}
	}
}

// beginIteration moves the clock and collects what is due; it reports false when there is nothing to run or the run
// has come to a limit.
func (l *Loop) beginIteration() bool {
	if l.timers.cancelled > 0 {
		l.prune()
	}
	if (l.ready.n == 0 || l.clock != nil) && !l.moveClock() {
		return false
	}
	if l.timers.mayBeDue(l.now) {
		l.collect()
	}
	l.todo = l.ready.n
	if l.iteration++; l.iteration > l.opts.Limits.Iterations {
		l.endLimit("iterations")
		return false
	}
	if l.obs != nil {
		l.emit(Event{Kind: EventIteration})
	}
	return true
}

// moveClock moves to the earliest timer when nothing is ready; it reports false when the run ends instead.
func (l *Loop) moveClock() bool {
	until := l.now
	if l.ready.n == 0 && !l.stopping {
		if l.timers.len() == 0 {
			l.idle()
			return false
		}
		until = max(l.now, l.timers.earliest().when)
	}
	if l.pastEnd(until) {
		return false
	}
	if l.clock == nil {
		l.now = until
		return true
	}
	return l.waitReal(until)
}

// pastEnd ends the run when the next thing to happen is at or after clock.until, or after the time limit.
func (l *Loop) pastEnd(next int64) bool {
	if u := l.opts.Until; u > 0 && next >= u && l.phase == phaseLoop && (l.clock == nil || l.now >= u) {
		l.now = max(l.now, u)
		l.end(Until)
		return true
	}
	if t := l.opts.Limits.Time; t > 0 && next > t {
		l.now = max(l.now, t)
		l.endLimit("time")
		return true
	}
	return false
}

// waitReal waits for a loop time on the real clock; false when the run ended meanwhile.
func (l *Loop) waitReal(until int64) bool {
	l.flush()
	if u := l.opts.Until; u > 0 && l.phase == phaseLoop {
		until = min(until, u)
	}
	l.now = max(l.now, l.clock.Wait(until))
	return !l.pastEnd(l.now)
}

// runHandle is Handle._run.
func (l *Loop) runHandle(h handle) {
	switch h.kind {
	case handleStep:
		l.resume(h.a, nil)
	case handleWake: // most of all: iterate does not ask here
		l.wake(h.a)
	case handleThrow:
		t := l.task(h.a)
		c := &l.colds[t.cold]
		err := c.err
		c.err = nil
		l.resume(h.a, err)
	case handleSleep:
		t := l.task(h.a)
		if t.wait == waitSleep && t.on == h.b && t.flags&(flagFutureDone|flagFutureGone) == 0 {
			t.flags |= flagFutureDone
			l.ready.push(handle{kind: handleWake, a: h.a})
		}
	case handleStart:
		l.enter(0, l.task(0))
		l.warm(0).ctx = l.copyContext(l.base)
		l.createWorker(l.p.Workers[h.a])
		l.dropContext(l.ctx())
		l.warm(0).ctx = l.base
		switch name := "worker " + l.p.Workers[h.a].Name; {
		case l.overflow:
			l.failSetup(name)
		case l.fault != nil:
			l.failSync(name)
		}
	case handleCallback:
		l.runScheduled(h.a)
	case handleGather:
		l.gatherChild(h.a, awaitable(h.b))
	case handleGroup:
		l.groupTaskDone(h.a, h.b)
	case handleWait:
		l.waitCallback(h.a, h.b)
	case handleCompleted:
		l.completedCallback(h.a, awaitable(h.b))
	case handleShield:
		l.shieldCallback(h.a, h.b)
	case handleScope:
		l.expire(h.a, h.b)
	case handleWaitOver:
		l.waitOver(h.a, h.b)
	case handleMain:
		if shutdown := h.a != 0; shutdown == (l.phase == phaseShutdown) {
			l.stopping = true
		}
	}
}

// startSync runs code where no task does.
func (l *Loop) startSync(kind syncKind, id uint32, code *Code) {
	t := l.task(0)
	t.pc, t.calls = code.start, 0
	switch kind {
	case syncBefore:
		l.syncIndex = len(l.p.Callbacks)
	case syncAfter:
		l.syncIndex = len(l.p.Callbacks) + 1
	case syncCallback:
		l.syncIndex = int(l.scheduled[id].callback)
	}
	if kind != syncCallback {
		t.frame = l.newFrame(int(code.slots))
	}
	l.sync, l.syncID = kind, id
	l.enter(0, t)
	if kind == syncCallback {
		l.exec(code.start)
	}
}

// endSync is the end of before, after or a callback; err is the error that ended it.
func (l *Loop) endSync(err *Error) {
	kind := l.sync
	l.sync = syncNone
	t := l.task(0)
	if t.frame != 0 {
		l.freeFrame(t.frame, int(l.syncCode(kind).slots))
		t.frame = 0
	}
	if err != nil {
		l.failures = append(l.failures, failure{name: l.syncNameOf(kind), err: err, at: l.now})
	}
	switch {
	case kind == syncCallback:
		l.dropContext(l.ctx())
		l.warm(0).ctx = l.base
		if l.obs != nil {
			l.emit(Event{Kind: EventCallbackEnd, Handle: l.syncID, Err: err})
		}
		if l.scheduled[l.syncID].state == scheduledRunning {
			l.endScheduled(l.syncID, scheduledDone)
		}
	case kind == syncBefore && err != nil:
		l.end(Failed)
	}
}

func (l *Loop) syncCode(kind syncKind) *Code {
	switch kind {
	case syncBefore:
		return l.p.Before
	case syncAfter:
		return l.p.After
	}
	return l.p.Callbacks[l.scheduled[l.syncID].callback].Code
}

func (l *Loop) syncNameOf(kind syncKind) string {
	switch kind {
	case syncBefore:
		return "before"
	case syncAfter:
		return "after"
	case syncCallback:
		return l.handleName(l.syncID)
	}
	return "loop"
}

func (l *Loop) syncName() string { return l.syncNameOf(l.sync) }

// failSetup ends a run that failed, or came to a limit, where no activation runs.
func (l *Loop) failSetup(name string) {
	if l.overflow {
		l.fault, l.overflow = nil, false
		l.endLimit(l.limit)
		return
	}
	l.failSync(name)
	l.end(Failed)
}

// failSync turns a pending fault outside every activation into a reported failure.
func (l *Loop) failSync(name string) {
	l.failures = append(l.failures, failure{name: name, err: l.fault, at: l.now})
	l.fault = nil
}

// stopped is what follows the iteration in which `stop` was called or main's end was noticed.
func (l *Loop) stopped() {
	l.stopping = false
	switch l.phase {
	case phaseLoop:
		l.loopStopped()
	case phaseShutdown:
		if l.shutdown != 0 { // a `stop` came before all had ended: asyncio.run gives up
			l.failMain()
			l.end(l.res.Ended)
			return
		}
		l.drain()
	case phaseDrain:
		l.drains--
		l.drain()
	}
}

// loopStopped ends the loop proper; with main the rest of asyncio.run follows.
func (l *Loop) loopStopped() {
	outcome := Stopped
	if l.res.Ended == Interrupted {
		outcome = Interrupted
	}
	if l.mainID == 0 {
		l.end(outcome)
		return
	}
	main := l.task(l.mainID)
	switch {
	case main.state.ended() && outcome == Stopped:
		outcome = Completed
		if main.state != taskDone {
			outcome = Failed
		}
		if main.state == taskCancelled {
			l.failures = append(l.failures, failure{task: l.mainID, err: l.colds[main.cold].err, at: main.since})
		}
		l.res.At = main.since
	case main.state.ended():
		l.res.At = main.since
	default:
		l.res.At = l.now
		if outcome == Stopped {
			l.failMain()
		}
	}
	l.res.Ended = outcome
	l.cancelAll()
}

// failMain reports what run_until_complete raises when the loop is stopped too early.
func (l *Loop) failMain() {
	err := l.newError("RuntimeError", "Event loop stopped before Future completed.")
	err.Pos = l.p.Main.Pos
	l.failures = append(l.failures, failure{name: "main", err: err, at: l.now})
}

// cancelAll is asyncio.runners._cancel_all_tasks, in the order of creation.
func (l *Loop) cancelAll() {
	l.phase = phaseShutdown
	l.enter(0, l.task(0))
	var left []uint32
	l.inOrder(func(id uint32, t *task) bool {
		if !t.state.ended() {
			left = append(left, id)
		}
		return len(left) < l.living
	})
	if len(left) == 0 {
		l.drain()
		return
	}
	for _, id := range left {
		l.cancelTask(id, nil, 0)
	}
	l.fault = nil // a cancellation that runs in a circle ends nothing
	g := l.newGather()
	l.gathers[g].returnExceptions = true
	for _, id := range left {
		l.addChild(g, awaitable(id), true)
	}
	l.shutdown = g
}

// drain runs the turns that asyncio.run gives the loop after the last task: two each for shutdown_asyncgens and
// shutdown_default_executor. Nothing shows but what is ready already, or becomes so.
func (l *Loop) drain() {
	if l.phase != phaseDrain {
		l.phase, l.drains = phaseDrain, 4
	}
	if l.drains > 0 && (l.ready.n > 0 || l.timers.isDue(l.now)) {
		l.stopping = true
		return
	}
	l.end(l.res.Ended)
}

// idle is called when nothing is ready and no timer is armed.
func (l *Loop) idle() {
	switch {
	case l.phase != phaseLoop || l.mainID != 0 || l.unfinished > 0:
		l.end(Deadlock)
	default:
		l.end(Completed)
	}
}

// end ends the loop; what follows is `after`, except where the run broke off.
func (l *Loop) end(o Outcome) {
	if l.phase <= phaseLoop {
		l.res.At = l.now // with main: when main ended
	}
	l.res.Ended = o
	l.enter(0, l.task(0))
	l.active, l.turning, l.todo = false, false, 0
	if o == Deadlock {
		l.res.Blocked, l.res.Cycles = l.blocked()
	}
	if l.p.After == nil || o == LimitHit || l.phase <= phaseWorkers {
		l.finish()
		return
	}
	l.phase = phaseAfter
	l.startSync(syncAfter, 0, l.p.After)
	l.active = true
}

// endLimit ends the run because it came to a limit.
func (l *Loop) endLimit(limit string) {
	l.res.Limit = &LimitReport{Limit: limit, Value: l.opts.Limits.value(limit), Task: l.taskName(l.curID), Pos: l.p.pos[max(l.cur.pc, 0)]}
	l.end(LimitHit)
}

// finish closes the run.
func (l *Loop) finish() {
	l.phase = phaseEnded
	l.check(Pos{}, true)
	l.flush()
	l.fillResult()
	if l.obs != nil {
		l.emit(Event{Kind: EventStop})
		l.res.Events = l.seq
	}
}

// choose picks one of n equals: every such choice of a run goes through here.
func (l *Loop) choose(n int) int {
	if n <= 1 {
		return 0
	}
	return int(l.choice.below(uint64(n)))
}

// ClockStart is what the clock shows at loop time 0, in Unix nanoseconds.
func (l *Loop) ClockStart() int64 { return l.opts.ClockStart }
