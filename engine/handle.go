package engine

import "fmt"

// handleKind says what a handle does when it is run.
type handleKind uint32

const (
	handleStep      handleKind = iota // runs a task: its first turn, or after `sleep: 0`; a: task
	handleWake                        // runs a task whose wait is over; a: task
	handleThrow                       // runs a task with the error in its cold record; a: task
	handleSleep                       // completes the future a task sleeps on; a: task, b: its timer
	handleStart                       // creates a delayed worker; a: index in Program.Workers
	handleCallback                    // runs a callback; a: scheduled callback
	handleGather                      // a child of a gather is done; a: gather, b: the child's task
	handleGroup                       // a task of a group is done; a: group, b: the task
	handleWait                        // what asyncio.wait waits for is done; a: wait set, b: which
	handleCompleted                   // what as_completed waits for is done; a: wait set, b: which
	handleShield                      // what a shield protects is done; a: the waiting task, b: its wait's number; a: 0, b: what it protected
	handleScope                       // a timeout has expired; a: scope, b: its number
	handleWaitOver                    // a wait's or an as_completed's time is up; a: wait set, b: its timer
	handleThread                      // a thread has run its job; a: job
	handleShielded                    // what a kept shield protects is done; a: its future, b: what it protects
	handleUnshield                    // a kept shield is done; a: its future
	handleUnthread                    // the await of a job was cancelled; a: job, b: its number
	handleArm                         // what an arm of a `first` awaits is done, which is noticed at once; a: task, b: the arm
	handleArmOver                     // the time of an arm is over; a: task, b: its timer
	handleShift                       // the capacity of a resource changes; a: that, b: its timetable
	handleUnit                        // a unit fails or is repaired; a: the resource, b: the failure
	handleMain                        // main is done (a: 0), or what asyncio.run cancelled is (a: 1): stops the loop
)

// handle is an entry of the ready queue, and of a future's list of callbacks (CPython: asyncio.Handle). It is data:
// no closure, so that a loop can be copied.
type handle struct {
	kind handleKind
	a, b uint32
}

// ring is a queue, first in, first out: the ready queue is one.
type ring[T any] struct {
	buf  []T // its length is a power of two
	head int
	n    int
}

func (r *ring[T]) push(h T) {
	if r.n == len(r.buf) {
		r.grow(max(8, 2*len(r.buf)))
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = h
	r.n++
}

func (r *ring[T]) pop() T {
	h := r.buf[r.head]
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return h
}

// take is pop, and clears the place so that what was there is not kept alive.
func (r *ring[T]) take() T {
	var none T
	h := r.buf[r.head]
	r.buf[r.head] = none
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return h
}

// reserve makes room for n more.
func (r *ring[T]) reserve(n int) {
	size := max(8, len(r.buf))
	for size < r.n+n {
		size *= 2
	}
	if size > len(r.buf) {
		r.grow(size)
	}
}

func (r *ring[T]) grow(size int) {
	buf := make([]T, size)
	k := copy(buf, r.buf[r.head:])
	copy(buf[k:], r.buf[:r.head])
	r.buf, r.head = buf, 0
}

// scheduled is a callback that call_soon, call_later, call_at or a period has scheduled: what the language calls a
// handle (CPython: asyncio.Handle and TimerHandle).
type scheduled struct {
	callback int32
	state    scheduledState
	timer    bool // armed by call_later or call_at: when is set
	armed    bool // its timer is in the heap
	periodic bool // scheduled again after each run
	kept     bool // a value refers to it: its number is not used again
	asked    bool // it was cancelled, in time or not (Handle._cancelled)
	over     bool // its next time is beyond the end of the clock
	ctx      uint32
	args     uint32 // the frame with its arguments; 0: none
	when     int64
	number   uint32 // of its timer
	pos      int32  // the instruction that scheduled it
}

// callbacks holds the callbacks that were scheduled.
type callbacks struct {
	scheduled arena[scheduled]
	periodic  []uint32 // by Callback.index: its handle
	missed    int64    // runs of periodic callbacks left out
}

func (x *callbacks) own(was *callbacks) {
	x.scheduled.own(&was.scheduled, nil)
	x.periodic = append(was.periodic[:0], x.periodic...)
}

type scheduledState uint8

const (
	scheduledFree scheduledState = iota
	scheduledPending
	scheduledRunning
	scheduledDone
	scheduledCancelled
)

// newScheduled makes a scheduled callback with a copy of the current context.
func (l *Loop) newScheduled(cb *Callback, kept bool) (uint32, *scheduled) {
	id, fresh := l.callbacks.scheduled.take()
	if fresh {
		l.grow(scheduledCost + timerCost)
	}
	s := l.callbacks.scheduled.at(id)
	*s = scheduled{callback: int32(cb.index), state: scheduledPending, kept: kept, ctx: l.copyContext(l.ctx()), pos: l.pc}
	return id, s
}

// endScheduled gives back what a scheduled callback held.
func (l *Loop) endScheduled(id uint32, state scheduledState) {
	s := l.callbacks.scheduled.at(id)
	if s.args != 0 {
		l.freeFrame(s.args, int(l.p.Callbacks[s.callback].Code.slots))
	}
	s.state, s.args = state, 0
	if !s.kept && !s.armed {
		s.state = scheduledFree
		l.callbacks.scheduled.give(id)
	}
}

// armScheduled puts a scheduled callback into the timer heap.
func (l *Loop) armScheduled(id uint32, when int64) {
	s := l.callbacks.scheduled.at(id)
	s.when, s.timer, s.armed = when, true, true
	s.number = l.timers.push(when, timerCallback, id)
	l.recTimer(RecArm, timerCallback, whoCallback(int(s.callback)), s.number, when)
}

// cancelScheduled is Handle.cancel: nothing happens when it has run or was cancelled.
func (l *Loop) cancelScheduled(id uint32) {
	s := l.callbacks.scheduled.at(id)
	if l.trace != nil {
		l.lookAtState(touchCallback, whoCallback(int(s.callback)), writes)
	}
	s.asked = true
	if s.state == scheduledRunning {
		s.periodic = false // a periodic callback that cancels itself is not scheduled again
		return
	}
	if s.state != scheduledPending {
		return
	}
	if l.trace != nil {
		l.rec(Rec{Kind: RecCancel, What: whoCallback(int(s.callback))})
	}
	if s.armed {
		l.timers.cancelled++
		l.recTimer(RecDisarm, timerCallback, whoCallback(int(s.callback)), s.number, s.when)
	}
	l.dropContext(s.ctx)
	l.endScheduled(id, scheduledCancelled)
}

// runScheduled runs a callback in its own context.
func (l *Loop) runScheduled(id uint32) {
	s := l.callbacks.scheduled.at(id)
	if s.state != scheduledPending {
		return
	}
	s.state = scheduledRunning
	cb := l.p.Callbacks[s.callback]
	t := l.task(0)
	l.warm(0).ctx, s.ctx = s.ctx, 0
	t.frame, s.args = s.args, 0
	if n := int(cb.Code.slots); t.frame == 0 && n > 0 {
		t.frame = l.newFrame(n)
	}
	l.startSync(syncCallback, id, cb.Code)
}

// endPeriod is the end of a periodic callback's steps: it schedules the callback again and ends its run, or goes on to
// its `then`.
func (l *Loop) endPeriod(in *instr) whereTo {
	if until := in.bool != nil && in.bool(l); until || l.fault != nil {
		return toNext
	}
	l.periodAgain(in.x.callback)
	return toJump
}

// periodAgain schedules a periodic callback for its next time (`every`), from within its run.
func (l *Loop) periodAgain(cb *Callback) {
	id := l.syncID
	s := l.callbacks.scheduled.at(id)
	if !s.periodic {
		return
	}
	next, late, ok := l.nextPeriod(cb, s)
	if !ok {
		return
	}
	l.callbacks.missed += late
	// The same handle goes on, with a copy of the context as it is now: what a reader holds can still cancel it.
	s.state = scheduledPending
	s.ctx = l.copyContext(l.ctx())
	l.armScheduled(id, next)
}

// nextPeriod returns the loop time at which a periodic callback runs next, and how many runs it missed. ok is false if there is
// none, or after an error.
func (l *Loop) nextPeriod(cb *Callback, s *scheduled) (next, late int64, ok bool) {
	if cb.Cron != nil {
		return l.nextOfCron(cb, s)
	}
	every := cb.Every(l)
	if l.fault != nil {
		return 0, 0, false
	}
	if every <= 0 {
		l.Raise("ValueError", fmt.Sprintf("the period of %s must be above 0", cb.Name))
		return 0, 0, false
	}
	last := s.when
	switch {
	case cb.Missed == MissedDrift:
		last = l.now
	case cb.Missed == MissedSkip && l.now > last:
		late = (l.now - last) / every
		last += late * every
	}
	next = l.addTime(last, every)
	s.over = l.fault != nil
	return next, late, !s.over
}

// nextOfCron is nextPeriod for a callback with `cron`. Times that were missed are left out, but for `catch-up`.
func (l *Loop) nextOfCron(cb *Callback, s *scheduled) (next, late int64, ok bool) {
	next, ok = l.nextCron(cb, s.when)
	for ok && next <= l.now && cb.Missed != MissedCatchUp {
		next, ok = l.nextCron(cb, next)
		late++
	}
	s.over = l.fault != nil
	return next, late, ok
}

func (l *Loop) handleName(id uint32) string {
	return l.p.Callbacks[l.callbacks.scheduled.at(id).callback].Name
}

func (l *Loop) handleAttr(id uint32, a Attr) Value {
	s := l.callbacks.scheduled.at(id)
	switch a {
	case AttrCancelled:
		return Bool(s.asked)
	case AttrWhen:
		if s.timer {
			return Float(l.InUnits(s.when))
		}
		return Value{}
	case AttrName:
		return String(l.handleName(id))
	}
	l.Raise("TypeError", "a handle has no such attribute")
	return Value{}
}

// addTime is a + b; it raises OverflowError where that is beyond the end of the clock.
func (l *Loop) addTime(a, b int64) int64 {
	if s := a + b; b < 0 || s >= a {
		return s
	}
	l.clockEnds()
	return never
}

// clockEnds says that a time is beyond the end of the clock.
func (l *Loop) clockEnds() { l.Raise("OverflowError", "the clock ends 292 years after its start") }
