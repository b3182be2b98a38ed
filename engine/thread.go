package engine

import "slices"

// pool is the threads of the loop's executor, and the jobs that to_thread has given it. What a thread computes is known: a
// job is how long it takes and what comes of it.
type pool struct {
	jobs    arena[job]
	line    []uint32 // jobs that wait for a thread, in order
	busy    int64    // threads that work
	used    bool     // asyncio makes the executor when it is first used
	closing bool     // shutdown_default_executor waits until no thread works
}

// job is a function that a thread runs.
type job struct {
	task      uint32 // who awaits it; 0: nobody does any more
	number    uint32 // of the wait: tells the jobs of one place apart
	takes     int64  // nanoseconds
	value     Value
	err       *Error
	cancelled bool // it is not to begin (concurrent.futures.Future.cancel)
	over      bool // no thread will run it any more
}

func (x *pool) own(was *pool) {
	x.jobs.own(&was.jobs, nil)
	x.line = append(was.line[:0], x.line...)
}

// toThread is asyncio.to_thread: a thread of the pool runs a job, and the task waits for it.
func (l *Loop) toThread(in *instr, pc int32) whereTo {
	takes, value := in.int(l), Value{}
	if in.x.item != nil {
		value = in.x.item(l)
	}
	l.addTime(l.now, takes)
	if in.x.typ == "error" && l.fault == nil && value.Kind() != KindError {
		l.Raise("TypeError", "exceptions must derive from BaseException, not "+value.Kind().String())
	}
	if l.fault != nil {
		return toNext
	}
	id, _ := l.pool.jobs.take()
	j := l.pool.jobs.at(id)
	*j = job{task: l.curID, number: l.timers.nextNumber(), takes: max(takes, 0), value: value}
	if in.x.typ == "error" {
		j.value, j.err = Value{}, value.AsError()
	}
	l.lookAtPool()
	l.pool.used = true
	l.pool.line = append(l.pool.line, id)
	l.suspend(pc, waitThread, id)
	l.startJobs()
	return toWait
}

// startJobs gives jobs to the threads that have none.
func (l *Loop) startJobs() {
	for p := &l.pool; len(p.line) > 0 && p.busy < l.opts.threads(); {
		id := p.line[0]
		p.line = slices.Delete(p.line, 0, 1)
		j := p.jobs.at(id)
		if j.cancelled {
			l.endJob(id)
			continue
		}
		p.busy++
		when := min(j.takes, never-1-l.now) + l.now
		number := l.timers.push(when, timerThread, id)
		l.recTimer(RecArm, timerThread, j.task, number, when)
	}
}

// jobDone is what follows when a thread has run its job: futures._set_state on the loop, and the thread takes another.
func (l *Loop) jobDone(id uint32) {
	p := &l.pool
	if who := p.jobs.at(id).task; who != 0 && !l.futureDone(who) {
		l.complete(who)
	}
	l.endJob(id)
	p.busy--
	l.startJobs()
	if p.closing && p.idle() {
		l.closePool()
	}
}

func (p *pool) idle() bool { return p.busy == 0 && len(p.line) == 0 }

// lookAtPool notes for a footprint that something changes which thread does what.
func (l *Loop) lookAtPool() {
	if l.trace != nil {
		l.lookAtState(touchPool, 0, writes)
	}
}

// cancelJob is _call_check_cancel of futures._chain_future: what no thread has begun never begins.
func (l *Loop) cancelJob(id, number uint32) {
	if j := l.pool.jobs.at(id); j.number == number {
		j.cancelled = true
	}
}

// endJob notes that no thread will run a job any more; it is given back once nobody awaits it.
func (l *Loop) endJob(id uint32) {
	if j := l.pool.jobs.at(id); j.task != 0 {
		j.over = true
		return
	}
	l.dropJob(id)
}

// dropJob gives a job back.
func (l *Loop) dropJob(id uint32) {
	*l.pool.jobs.at(id) = job{}
	l.pool.jobs.give(id)
}

// threads is how many threads there are.
func (o *Options) threads() int64 {
	if o.Threads > 0 {
		return o.Threads
	}
	return DefaultThreads
}

// DefaultThreads is how many threads asyncio's executor has at most, where Options.Threads does not say.
const DefaultThreads = 32

// threadWait is the await of what a thread does.
type threadWait struct{ ownFuture }

func (threadWait) words(*Loop, *task) string { return "a thread" }

func (threadWait) cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool {
	if t.flags&(flagFutureDone|flagFutureGone) == 0 {
		l.ready.push(handle{handleUnthread, t.on, l.pool.jobs.at(t.on).number})
	}
	return ownFuture{}.cancel(l, id, t, message, depth)
}

func (threadWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	j := l.pool.jobs.at(t.on)
	if !j.over {
		j.task = 0 // a thread may still be at it
		return w.pc, w.err
	}
	w.result = l.Escape(j.value)
	if err := j.err; w.err == nil {
		w.err = err
	}
	l.dropJob(t.on)
	return w.bound(l)
}
