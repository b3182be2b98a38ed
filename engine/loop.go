package engine

import "sync/atomic"

// Loop is a running program: an event loop with asyncio's semantics. All state of the run is data, in parts that clone
// themselves. Only the goroutine that made the loop may use it, but for Interrupt.
type Loop struct {
	p       *Program
	opts    Options
	clock   Clock    // Options.Clock
	trace   *Trace   // Options.Trace
	explore *Explore // Options.Explore
	rules   ruleSet  // of Options.Python

	timeline  // the time, what is ready and what is due
	progress  // how far the run is
	running   // what runs now
	tasks     taskTable
	names     nameTable
	frames    frames
	contexts  contexts
	objects   // synchronisation objects
	joins     // gathers, groups, timeouts and waits
	callbacks callbacks
	sources   arrivals
	shifts    shifts
	pool      pool // threads
	vars      variables
	draws     draws
	chosen    chosen // of an explored run
	memory    accounting
	stats     statistics
	out       output
	record    // what came of the run so far
	scratch   // of no meaning between instructions

	interrupt atomic.Int32 // the door from outside
}

// timeline is the time, what is ready to run and the timers.
type timeline struct {
	now       int64
	iteration int64
	ready     ring[handle]
	todo      int  // handles of this iteration still to run
	turning   bool // an iteration is under way, even where todo is 0: a slice may end right before the iteration does
	timers    timers
	stopping  bool // stop was called: the loop ends with this iteration
	late      bool // time has passed inside a turn: whether the run is over is looked at again
	quits     bool // an error that ends the run was raised: the loop ends at once

	plainUntil int64 // up to here, exclusive, lone may be taken; 0: not at all, as every handle is looked at
}

func (x *timeline) own(was *timeline) {
	x.ready.buf = append(was.ready.buf[:0], x.ready.buf...)
	x.timers.own(&was.timers)
}

// progress is how far the run is.
type progress struct {
	phase     phase
	active    bool // a turn was broken off because the slice ended
	measuring bool // statistics are made, until the loop has ended
	warming   bool // they will begin anew at Options.Warmup
	mainID    uint32
	shutdown  uint32 // the gather over what asyncio.run cancels; 0: there is none, or it is done
	drains    int    // turns left of asyncio.run's shutdown
	left      int64  // instructions left of the slice
	steps     int64  // instructions in earlier slices
	slice     int64  // instructions this slice began with
}

// running is what runs now.
type running struct {
	cur        *task // the running task's line; task 0's while before, after or a callback runs
	curID      uint32
	frame      []Value // the running activation's slots
	pc         int32   // the instruction that runs
	fault      *Error  // raised while evaluating
	overflow   bool    // a limit was hit while evaluating
	cut        bool    // Interrupt was called while evaluating
	limit      Limit   // which
	result     Value   // what the wait that has just ended gives
	entryIndex int64   // Loop.Index
	sync       syncKind
	syncID     uint32 // the scheduled callback that runs
	syncIndex  int    // its place in draws.sync
	named      uint32 // the named stream that is drawn from; 0: the own one of what runs
	held       heldTurn
}

// scratch is memory that is used again and again.
type scratch struct {
	args       []Value // arguments of the activation or task being made
	vals       []Value // values about to be assigned
	kept       []Value // arguments of functions of expressions; see Keep
	plans      []plan  // tasks about to be created
	planArgs   []Value
	made       []uint32 // tasks that the step has created
	joined     []byte   // the text that was joined last, for Join
	points     []point  // of an empirical distribution
	options    []timer  // timers among which one is chosen, and those that a fingerprint takes in
	planned    []planned
	asking     []timer // the options of the choice that is being made
	until      int64   // with ChooseLatest: as late as it may be
	waiting    []uint32
	hasher     hasher
	requesting uint32   // the request that is being made
	looks      []Value  // resources, containers and stores that are to be looked at in this step
	looking    bool     // they are being looked at
	aside      []uint32 // requests that were passed over
	taking     []uint32 // requests whose units are to be taken
	spared     []uint32 // those of whom they are not
	changes    []Value  // objects that have changed in this step and have onlookers
	lookers    []uint32 // those
	showing    bool     // they look
	shown      Value    // at this
	fit        []int    // the places of items in a store that a request takes
	ranked     Ranked   // the request whose rank is computed
	ranking    bool     // it is
}

var epochs atomic.Uint64

// New makes a loop for p and evaluates the initial values. An error in them is the run's: Run reports it.
func New(p *Program, opts Options) *Loop {
	opts.Limits = opts.Limits.withDefaults()
	l := &Loop{p: p, opts: opts, clock: opts.Clock, trace: opts.Trace, explore: opts.Explore, rules: rulesOf(opts.Python)}
	if l.trace != nil {
		l.trace.begin(&l.opts.Limits)
		l.recPhase()
	}
	l.timers = newTimers(opts.Ties == TiesHeapq)
	if l.clock == nil && l.trace == nil && l.explore == nil && !p.sharing && opts.Ties != TiesRandom {
		l.plainUntil = never
		for _, end := range []int64{opts.Until, l.opts.Limits.Time} {
			if end > 0 {
				l.plainUntil = min(l.plainUntil, end)
			}
		}
	}
	l.tasks.recycle, l.tasks.sweepAt = p.Recycle && !opts.KeepTasks && opts.Trace == nil, sweepFrom
	l.names = newNames(p)
	l.callbacks.periodic = make([]uint32, len(p.Callbacks))
	if len(p.Sources) > 0 {
		l.sources = make(arrivals, len(p.Sources))
	}
	l.vars = variables{epoch: epochs.Add(1), params: opts.Params}
	l.draws = newDraws(p, opts.Seed)
	l.res.Files = p.Files
	l.memory.check = opts.Limits.Memory / 4
	if p.Watched {
		l.watch = newWatch()
	}
	l.newTaskLine(false)
	l.contexts.add()
	l.contexts.at(0).vals, l.contexts.at(0).refs = make([]Value, len(p.Context)), 1
	l.initialValues()
	if opts.Statistics || opts.Monitor != nil || p.Measures {
		l.beginStatistics()
	}
	switch {
	case l.Failed():
		l.failSetup("initial values")
	case p.Before != nil:
		l.startSync(syncBefore, 0, p.Before)
		l.active = true
	}
	return l
}

// initialValues evaluates the initial values of variables, the declarations of objects and the times of checks.
func (l *Loop) initialValues() {
	for _, v := range l.p.Shared {
		l.vars.shared = append(l.vars.shared, v.Init(l))
	}
	for i, v := range l.p.Context {
		l.contexts.at(0).vals[i] = v.Init(l)
	}
	l.declared = make([]Value, len(l.p.Objects))
	for _, given := range []bool{false, true} { // conditions need the locks that they are given
		for i := range l.p.Objects {
			if d := &l.p.Objects[i]; (d.Lock != nil) == given {
				l.declared[i] = l.declare(d)
			}
		}
	}
	for i := range l.p.Metrics { // in every run: statistics change none
		if d := &l.p.Metrics[i]; d.Initial != nil && l.fault == nil {
			if wrong := l.lasts(&metricPart{}, d.Kind, d.Initial(l)); wrong != "" && l.fault == nil {
				l.Raise("TypeError", d.Name+": "+wrong)
			}
		}
	}
	l.startChecks()
}

// runSlice is how many instructions Run runs before it looks for Interrupt, flushSlices how many slices before it writes what
// was printed.
const (
	runSlice    = 1 << 12
	flushSlices = 1 << 8
)

// Run runs to the end and returns the result.
func (l *Loop) Run() *Result {
	for n := 1; !l.RunFor(runSlice); n++ {
		if n%flushSlices == 0 {
			l.flush() // else a step that does not give up its turn would hide what came before it
		}
	}
	return &l.res
}

// Result is the result of a run that has ended.
func (l *Loop) Result() *Result { return &l.res }

// RunFor runs at most about n instructions (a step is one or a few) and reports whether the run has ended.
func (l *Loop) RunFor(n int64) bool {
	if l.explore != nil {
		return l.runUnits(n)
	}
	l.slice = min(n, l.opts.Limits.Steps-l.steps)
	l.left = l.slice
	for l.phase != phaseEnded && l.left > 0 {
		if l.asked() {
			l.heed()
			continue
		}
		l.advance()
	}
	l.steps += l.slice - l.left
	l.slice, l.left = 0, 0
	if l.phase != phaseEnded && l.steps >= l.opts.Limits.Steps {
		l.endLimit(LimitSteps)
	}
	return l.phase == phaseEnded
}

// advance does what is next: the rest of a turn that was broken off, iterations, or a change of phase.
func (l *Loop) advance() {
	if l.active {
		l.active = false
		l.exec(l.cur.pc)
		if l.held.is && !l.active {
			l.endHeld()
		}
		return
	}
	switch l.phase {
	case phaseBefore:
		l.phase = phaseWorkers
		l.recPhase()
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

// iterate runs iterations (BaseEventLoop._run_once) until the slice is used up or the run changes its phase. It first
// completes an iteration that was broken off.
func (l *Loop) iterate() {
	for phase := l.phase; l.phase == phase; {
		if !l.turning {
			if l.ready.n > 0 || !l.lone() {
				if !l.beginIteration() {
					return
				}
				l.turning = true
			} else if l.left == 0 {
				return
			}
		}
		for l.todo > 0 {
			l.todo--
			h := l.ready.pop()
			if l.trace != nil {
				l.recRun(h)
			}
			if h.kind == handleWake {
				l.wake(h.a)
			} else {
				l.runHandle(h)
			}
			if l.held.is && !l.active {
				l.endHeld()
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
			return // RunFor looks for Interrupt
		}
	}
}

// beginIteration moves the clock and collects what is due; it reports false when there is nothing to run or the run
// has come to a limit.
func (l *Loop) beginIteration() bool {
	if l.timers.cancelled > 0 {
		l.prune()
	}
	if l.tasks.mustSweep() {
		l.sweep()
	}
	if (l.ready.n == 0 || l.clock != nil || l.late) && !l.moveClock() {
		return false
	}
	if l.trace != nil {
		l.recIteration()
	}
	if l.shifts.next() <= l.now {
		l.startShifts()
	}
	if l.timers.mayBeDue(l.now) {
		l.collect()
	}
	l.todo = l.ready.n
	if l.iteration++; l.iteration > l.opts.Limits.Iterations {
		l.endLimit(LimitIterations)
		return false
	}
	return true
}

// lone is the iterations in which the earliest timer is all there is, where nothing is ready: that in which it is due, and for a
// task that sleeps the one in which the task wakes up. It reports false where more may happen, and has done nothing then.
func (l *Loop) lone() bool {
	q := &l.timers
	if q.cancelled > 0 {
		l.prune()
	}
	if len(q.heap) == 0 || q.fresh || l.stopping || l.warming || l.tasks.mustSweep() {
		return false
	}
	t := q.heap[0]
	if t.when < l.now || t.when >= l.plainUntil || !q.alone() || t.when >= l.shifts.next() || l.iteration+2 > l.opts.Limits.Iterations {
		return false
	}
	switch t.kind() {
	case timerSleep: // nothing is ready, so that nobody is about to be woken by anything else
		l.goTo(t.when)
		q.drop()
		if q.cancelled > 0 {
			l.prune()
		}
		l.iteration++
		l.goOn(t.id, l.task(t.id))
	case timerCallback:
		l.goTo(t.when)
		q.drop()
		l.callbacks.scheduled.at(t.id).armed = false
		l.runScheduled(t.id)
		l.show()
	default:
		l.goTo(t.when)
		l.fire(q.pop())
		l.runHandle(l.ready.pop())
	}
	if l.held.is && !l.active {
		l.endHeld()
	}
	return true
}

// goTo begins an iteration of lone.
func (l *Loop) goTo(when int64) {
	if l.measuring && when > l.now {
		l.timePasses()
	}
	l.now = when
	l.iteration++
	l.turning = true
}

// moveClock moves to the earliest timer when nothing is ready; it reports false when the run ends instead.
func (l *Loop) moveClock() bool {
	until := l.now
	l.late = false
	if l.ready.n == 0 && !l.stopping {
		until = l.shifts.next()
		if l.timers.len() > 0 {
			until = min(until, l.timers.nextDue())
		} else if !l.shiftAwaited() {
			l.idle()
			return false
		}
		until = max(l.now, until)
	}
	if l.measuring && until > l.now {
		l.timePasses()
	}
	if (l.opts.Until > 0 || l.opts.Limits.Time > 0) && l.pastEnd(until) {
		return false
	}
	if l.clock == nil {
		l.now = until
		if l.warming {
			l.warmUp()
		}
		return true
	}
	if !l.waitReal(until) {
		return false
	}
	if l.warming {
		l.warmUp()
	}
	return true
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
		l.endLimit(LimitTime)
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
		if l.opts.Monitor != nil {
			l.logStart(h.a)
		}
		l.resume(h.a, nil)
	case handleWake: // the most frequent: iterate does not come here for it
		l.wake(h.a)
	case handleThrow:
		l.throw(h.a)
	case handleSleep:
		t := l.task(h.a)
		switch {
		case l.p.sharing && l.sharingUntil(t, h.b):
			l.sharingOver(t)
		case t.sleepsOn(h.b) && t.flags&(flagFutureDone|flagFutureGone) == 0:
			t.flags |= flagFutureDone
			l.ready.push(handle{kind: handleWake, a: h.a})
		}
	case handleStart:
		l.startWorker(l.p.Workers[h.a])
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
	case handleArmOver:
		l.armOver(h.a, h.b)
	case handleThread:
		l.jobDone(h.a)
	case handleShielded:
		l.shieldedDone(h.a, awaitable(h.b))
	case handleUnshield:
		l.unshield(h.a)
	case handleUnthread:
		l.cancelJob(h.a, h.b)
	case handleShift:
		l.shift(h.a, h.b)
	case handleUnit:
		l.unitShift(h.a, int(h.b))
	case handleMain:
		if shutdown := h.a != 0; shutdown == (l.phase == phaseShutdown) {
			l.stopping = true
		}
	}
	l.show()
}
