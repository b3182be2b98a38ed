package engine

import "math"

// phase is the part that the run is in.
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

// createAll creates the workers, the periodic callbacks and main, in this order.
func (l *Loop) createAll() {
	l.enter(0, l.task(0))
	l.contexts.base = l.ctx()
	for i, e := range l.p.Workers {
		if e.Start == nil {
			l.createWorker(e)
		} else if start := e.Start(l); l.fault == nil {
			l.names.workers[e.index].start = max(start, 0)
			number := l.timers.push(max(start, 0), timerStart, uint32(i))
			l.recTimer(RecArm, timerStart, uint32(i), number, max(start, 0))
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
	w := &l.names.workers[e.index]
	w.first, w.line, w.counted = l.tasks.created+1, l.tasks.lines.n, l.tasks.counted
	if e.Count == nil {
		if l.nameTaken(e.Name) {
			return
		}
		id, _ := l.spawn(e)
		l.names.give(e.Name, id)
		return
	}
	first := l.tasks.lines.n
	if _, ok := l.spawn(e); ok && l.tasks.lines.n > first {
		l.names.mine()
		l.names.ranges[e.Name] = nameRange{first, l.tasks.lines.n - first}
	}
}

// startWorker creates the tasks of a worker whose time has come, in a context of their own.
func (l *Loop) startWorker(e *Entry) {
	l.enter(0, l.task(0))
	l.warm(0).ctx = l.copyContext(l.contexts.base)
	l.createWorker(e)
	l.dropContext(l.ctx())
	l.warm(0).ctx = l.contexts.base
	switch {
	case l.overflow:
		l.failSetup("worker " + e.Name)
	case l.fault != nil:
		l.failSync("worker " + e.Name)
	}
}

// armPeriodic arms a callback declared with `after`, `every` or `cron` for its first run.
func (l *Loop) armPeriodic(cb *Callback) {
	if cb.source != nil {
		l.armSource(cb.source)
		return
	}
	if cb.Cron != nil {
		if at, ok := l.nextCron(cb, l.now); ok {
			l.armFirst(cb, at)
		}
		return
	}
	delay := cb.After
	if delay == nil {
		delay = cb.Every
	}
	if delay == nil {
		return
	}
	first := l.addTime(l.now, delay(l))
	if l.fault != nil {
		return
	}
	l.armFirst(cb, max(first, l.now))
}

func (l *Loop) armFirst(cb *Callback, at int64) {
	id, s := l.newScheduled(cb, true)
	s.periodic = cb.Every != nil || cb.Cron != nil || cb.source != nil
	l.callbacks.periodic[cb.index] = id
	l.armScheduled(id, at)
}

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
	l.fail(failure{Report: Report{In: name, Err: l.fault, At: l.now}})
	l.fault = nil
}

// stopped is what follows the iteration in which `stop` was called or main's end was noticed.
func (l *Loop) stopped() {
	l.stopping = false
	quits := l.quits
	l.quits = false
	switch l.phase {
	case phaseLoop:
		l.loopStopped(quits)
	case phaseShutdown:
		early := l.shutdown != 0
		if early && !quits { // a `stop` came before all had ended: asyncio.run gives up
			l.failMain()
		}
		if early || quits {
			l.end(l.res.Ended)
			return
		}
		l.drain()
	case phaseDrain:
		if l.pool.closing && !quits { // likewise while it waited for the threads
			l.failMain()
		}
		if l.pool.closing || quits {
			l.end(l.res.Ended)
			return
		}
		l.drains--
		l.drain()
	}
}

// loopStopped ends the loop proper, with quits because of an error that ends the run; with main the rest of asyncio.run
// follows.
func (l *Loop) loopStopped(quits bool) {
	outcome := Stopped
	switch {
	case l.res.Ended == Interrupted:
		outcome = Interrupted
	case quits:
		outcome = Failed
	}
	if l.mainID == 0 {
		l.end(outcome)
		return
	}
	l.endStatistics(l.now)
	main := l.task(l.mainID)
	switch {
	case main.state.ended() && outcome == Stopped:
		outcome = Completed
		if main.state != taskDone {
			outcome = Failed
		}
		if main.state == taskCancelled {
			l.fail(failure{task: l.mainID, Report: Report{Err: l.cold(main.cold).err, At: main.since}})
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

// escape ends the loop with an error that goes out through run_forever: what is still ready stays so.
func (l *Loop) escape() {
	l.stopping, l.quits, l.todo = true, true, 0
	if l.trace != nil {
		l.rec(Rec{Kind: RecStop, Aux: 1})
	}
}

// failMain reports what run_until_complete raises when the loop is stopped too early.
func (l *Loop) failMain() {
	err := l.newError("RuntimeError", "Event loop stopped before Future completed.")
	err.Pos = l.p.Main.Pos
	l.fail(failure{Report: Report{In: "main", Err: err, At: l.now}})
}

// cancelAll is asyncio.runners._cancel_all_tasks, in the order of creation.
func (l *Loop) cancelAll() {
	l.phase = phaseShutdown
	l.recPhase()
	l.enter(0, l.task(0))
	var left []uint32
	l.inOrder(func(id uint32, t *task) bool {
		if !t.state.ended() {
			left = append(left, id)
		}
		return len(left) < l.tasks.living
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
	l.gathers.at(g).returnExceptions = true
	for _, id := range left {
		l.addChild(g, awaitable(id), true, nil)
	}
	l.shutdown = g
}

// closingFrom is how many turns are left when shutdown_default_executor begins to wait for the threads.
const closingFrom = 3

// closePool is the end of that wait.
func (l *Loop) closePool() { l.pool.closing, l.stopping = false, true }

// drain runs the turns that asyncio.run gives the loop after the last task: two each for shutdown_asyncgens and
// shutdown_default_executor. All they show is what else is ready, or becomes ready, meanwhile.
func (l *Loop) drain() {
	if l.phase != phaseDrain {
		l.phase, l.drains = phaseDrain, 4
		if l.pool.used {
			l.drains = closingFrom + 3
		}
		l.recPhase()
	}
	if !l.pool.idle() && l.drains >= closingFrom {
		l.pool.closing = l.drains == closingFrom
		l.stopping = !l.pool.closing
		return
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
	case l.phase != phaseLoop || l.mainID != 0 || l.tasks.unfinished > 0:
		l.end(Deadlock)
	default:
		l.end(Completed)
	}
}

// end ends the loop; `after` follows unless the run was cut short.
func (l *Loop) end(o Outcome) {
	if l.phase <= phaseLoop {
		l.res.At = l.now // with main: when main ended
		l.endStatistics(l.now)
	}
	l.res.Ended = o
	l.enter(0, l.task(0))
	l.active, l.turning, l.todo = false, false, 0
	switch o {
	case Deadlock:
		l.noteBlocked(math.MaxInt)
	case LimitHit:
		l.noteBlocked(maxBlocked)
	}
	if l.p.After == nil || o == LimitHit || l.phase <= phaseWorkers {
		l.finish()
		return
	}
	l.phase = phaseAfter
	l.recPhase()
	l.startSync(syncAfter, 0, l.p.After)
	l.active = true
}

// endLimit ends the run because it came to a limit.
func (l *Loop) endLimit(limit Limit) {
	if l.trace != nil {
		l.rec(Rec{Kind: RecLimit, Aux: uint8(limit)})
	}
	l.res.Limit = &LimitReport{Limit: limit.String(), Value: *l.opts.Limits.Of(limit), Place: l.here()}
	l.end(LimitHit)
}

// finish closes the run.
func (l *Loop) finish() {
	l.phase = phaseEnded
	l.check(Pos{}, true)
	l.flush()
	l.fillResult()
	l.recPhase()
	l.trace = nil // what is evaluated from now on is not part of the run
}
