package engine

import (
	"fmt"
	"strings"
)

// lock is asyncio.Lock.
type lock struct {
	plainObject
	name    string
	locked  bool
	owner   uint32 // the task that acquired it
	waiters waiters
}

func (k *lock) title() string { return k.name }

func (k *lock) attr(_ *Loop, _ uint32, a Attr) (Value, bool) { return Bool(k.locked), a == AttrLocked }

func (k *lock) holders(*Loop) []uint32 {
	if k.owner == 0 {
		return nil
	}
	return []uint32{k.owner}
}

func (k *lock) own(was *lock) { k.waiters.own(&was.waiters.roster) }

func (k *lock) level() (int64, int) { return oneIf(k.owner != 0), k.waiters.len() }

func (k *lock) most() int64 { return 1 }

// lockFree reports whether acquire can take the lock without waiting.
func (l *Loop) lockFree(k *lock) bool { return !k.locked && !l.anyWaiting(&k.waiters) }

// wakeFirst is Lock._wake_up_first.
func (l *Loop) wakeFirst(k *lock) {
	if k.waiters.len() > 0 && !l.futureDone(k.waiters.first()) {
		l.complete(k.waiters.first())
	}
}

// finishLock is what follows the wait in Lock.acquire.
func (l *Loop) finishLock(k *lock, id uint32, err *Error) {
	k.waiters.remove(id)
	switch {
	case err == nil:
		k.locked, k.owner = true, id
	case err.leaves() && !k.locked:
		l.wakeFirst(k)
	}
}

// state describes the lock for reports; one that was made at run time has no name.
func (k *lock) state() string { return strings.TrimSuffix("nothing has acquired "+k.name, " ") }

func (l *Loop) releaseLock(k *lock) {
	if !k.locked {
		l.raiseOf("RuntimeError", "Lock is not acquired.", k.state())
		return
	}
	k.locked, k.owner = false, 0
	l.wakeFirst(k)
}

// semaphore is asyncio.Semaphore, or BoundedSemaphore where bound is not negative.
type semaphore struct {
	plainObject
	name         string
	value, bound int64
	first        int64 // value that it was made with
	waiters      waiters
	held         roster // for reports: by whom it was acquired and not released
}

func newSemaphore(name string, value int64, bounded bool) semaphore {
	if !bounded {
		return semaphore{name: name, value: value, bound: -1, first: value}
	}
	return semaphore{name: name, value: value, bound: value, first: value}
}

func (s *semaphore) title() string { return s.name }

func (s *semaphore) attr(l *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrValue:
		return Int(s.value), true
	case AttrLocked:
		return Bool(l.semaphoreLocked(s)), true
	}
	return Value{}, false
}

func (s *semaphore) holders(*Loop) []uint32 { return s.held.list() }

func (s *semaphore) level() (int64, int) { return int64(s.held.len()), s.waiters.len() }

func (s *semaphore) most() int64 { return s.first }

func (s *semaphore) own(was *semaphore) {
	s.waiters.own(&was.waiters.roster)
	s.held.own(&was.held)
}

func (l *Loop) semaphoreLocked(s *semaphore) bool { return s.value == 0 || l.anyWaiting(&s.waiters) }

// wakeNext is Semaphore._wake_up_next.
func (l *Loop) wakeNext(s *semaphore) {
	if l.completeFirst(&s.waiters) {
		s.value--
	}
}

// finishSemaphore is what follows the wait in Semaphore.acquire; gone: its future was cancelled.
func (l *Loop) finishSemaphore(s *semaphore, id uint32, err *Error, gone bool) {
	s.waiters.remove(id)
	all := l.rules[ruleSemaphoreWakesAll]
	switch {
	case err == nil:
		s.held.push(id)
		if s.value > 0 && !all {
			l.wakeNext(s)
		}
	case err.leaves() && !gone:
		s.value++
		if !all {
			l.wakeNext(s)
		}
	}
	for all && s.value > 0 && l.completeFirst(&s.waiters) {
		s.value--
	}
}

func (l *Loop) releaseSemaphore(s *semaphore) {
	if s.bound >= 0 && s.value >= s.bound {
		l.raiseOf("ValueError", "BoundedSemaphore released too many times",
			fmt.Sprintf("semaphore %s has its first value, %d", s.name, s.value))
		return
	}
	s.held.drop(l.curID)
	s.value++
	l.wakeNext(s)
}

// event is asyncio.Event.
type event struct {
	plainObject
	name    string
	set     bool
	waiters waiters
}

func (e *event) title() string { return e.name }

func (e *event) attr(_ *Loop, _ uint32, a Attr) (Value, bool) { return Bool(e.set), a == AttrIsSet }

func (e *event) level() (int64, int) { return oneIf(e.set), e.waiters.len() }

func (e *event) most() int64 { return 1 }

func (e *event) own(was *event) { e.waiters.own(&was.waiters.roster) }

func (l *Loop) setEvent(e *event) {
	if e.set {
		return
	}
	e.set = true
	l.completeAll(&e.waiters)
}

// condition is asyncio.Condition; its lock is its own.
type condition struct {
	plainObject
	lock    lock   // its name is the condition's
	given   uint32 // the number + 1 of the lock that it was given; 0: it has its own
	waiters waiters
}

func (c *condition) title() string { return c.lock.name }

func (c *condition) attr(l *Loop, id uint32, a Attr) (Value, bool) {
	return l.conditionLock(c).attr(l, id, a)
}

// conditionLock is the lock of a condition: its own, or the one that it was given.
func (l *Loop) conditionLock(c *condition) *lock {
	if c.given != 0 {
		return &l.locks[c.given-1]
	}
	return &c.lock
}

// lockFor is what is acquired and released with v: the lock that a condition was given, or else v itself.
func (l *Loop) lockFor(v Value) Value {
	if v.Kind() == KindCondition {
		if given := l.conditions[v.n].given; given != 0 {
			return scalar(KindLock, uint64(given-1))
		}
	}
	return v
}

func (c *condition) level() (int64, int) {
	held, _ := c.lock.level()
	return held, c.waiters.len()
}

func (c *condition) most() int64 { return 1 }

func (c *condition) own(was *condition) {
	c.lock.own(&was.lock)
	c.waiters.own(&was.waiters.roster)
}

// notify is Condition.notify; n < 0: all.
func (l *Loop) notify(c *condition, n int64) {
	if k := l.conditionLock(c); !k.locked {
		l.raiseOf("RuntimeError", "cannot notify on un-acquired lock", k.state())
		return
	}
	for n != 0 && l.completeFirst(&c.waiters) {
		n--
	}
}

// barrier is asyncio.Barrier: a condition, a count and a state.
type barrier struct {
	plainObject
	name           string
	parties, count int64
	state          barrierState
	cond           condition
}

func (b *barrier) title() string { return b.name }

// barrierState is what a barrier does.
type barrierState uint8

const (
	barrierFills  barrierState = iota // tasks come
	barrierDrains                     // all have come, and leave
	barrierResets                     // those that are there leave with an error
	barrierBroken                     // it was aborted
)

func (b *barrier) attr(_ *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrWaiting: // Barrier.n_waiting
		if b.state != barrierFills {
			return Int(0), true
		}
		return Int(b.count), true
	case AttrParties:
		return Int(b.parties), true
	case AttrBroken:
		return Bool(b.state == barrierBroken), true
	}
	return Value{}, false
}

func (b *barrier) level() (int64, int) { return b.count, b.cond.waiters.len() }

func (b *barrier) most() int64 { return b.parties }

func (b *barrier) own(was *barrier) { b.cond.own(&was.cond) }

// lockOf is the lock behind a lock, a condition or a barrier's condition; nil: v is none of them.
func (l *Loop) lockOf(v Value) *lock {
	switch v.Kind() {
	case KindLock:
		return &l.locks[v.n]
	case KindCondition:
		return l.conditionLock(&l.conditions[v.n])
	case KindBarrier:
		return &l.barriers[v.n].cond.lock
	}
	return nil
}

func (l *Loop) conditionOf(v Value) *condition {
	switch v.Kind() {
	case KindCondition:
		return &l.conditions[v.n]
	case KindBarrier:
		return &l.barriers[v.n].cond
	}
	return nil
}

// acquirer is an object that tasks acquire and release. v is the object itself as a value.
type acquirer interface {
	// acquire takes it for the running task, or lets that wait; pc is the instruction.
	acquire(l *Loop, v Value, pc int32) whereTo
}

// releaser is an acquirer that is given back by anybody.
type releaser interface{ release(l *Loop) }

// acquirerOf is the object behind v, nil: it cannot be acquired.
func (l *Loop) acquirerOf(v Value) acquirer {
	if k := v.Kind(); k < kindScalars && objectKinds[k].at != nil {
		x, _ := objectKinds[k].at(&l.objects, uint32(v.n)).(acquirer)
		return x
	}
	return nil
}

// acquire is opAcquire.
func (l *Loop) acquire(in *instr, pc int32) whereTo {
	v := l.operand(in)
	if l.fault != nil {
		return toNext
	}
	v = l.lockFor(v)
	switch v.Kind() {
	case KindList:
		return l.acquireAll(in, v, pc)
	case KindResource:
		return l.acquireOne(in, v, pc)
	}
	if x := l.acquirerOf(v); x != nil {
		to := x.acquire(l, v, pc)
		if to != toWait {
			l.recObject(OpAcquire, v.Kind(), uint32(v.n))
		} else {
			l.recObject(OpQueue, v.Kind(), uint32(v.n))
		}
		return to
	}
	l.Raise("TypeError", "acquire takes a lock, a semaphore, a condition or a resource, not "+v.Kind().String())
	return toNext
}

func (k *lock) acquire(l *Loop, v Value, pc int32) whereTo {
	if l.lockFree(k) {
		k.locked, k.owner = true, l.curID
		return toNext
	}
	k.waiters.push(l.curID)
	l.suspend(pc, waitLock, lockNumber(v))
	return toWait
}

func (k *lock) release(l *Loop) { l.releaseLock(k) }

func (c *condition) acquire(l *Loop, v Value, pc int32) whereTo { return c.lock.acquire(l, v, pc) }
func (c *condition) release(l *Loop)                            { l.releaseLock(&c.lock) }

// A barrier's lock is taken within Barrier.wait.
func (b *barrier) acquire(l *Loop, v Value, pc int32) whereTo { return b.cond.lock.acquire(l, v, pc) }
func (b *barrier) release(l *Loop)                            { l.releaseLock(&b.cond.lock) }

func (s *semaphore) acquire(l *Loop, v Value, pc int32) whereTo {
	if !l.semaphoreLocked(s) {
		s.value--
		s.held.push(l.curID)
		return toNext
	}
	s.waiters.push(l.curID)
	l.suspend(pc, waitSemaphore, uint32(v.n))
	return toWait
}

func (s *semaphore) release(l *Loop) { l.releaseSemaphore(s) }

// lockNumber packs the number and the kind of a lock, or of the condition or barrier that has the lock, into one number.
func lockNumber(v Value) uint32 {
	switch v.Kind() {
	case KindCondition:
		return uint32(v.n)<<2 | 1
	case KindBarrier:
		return uint32(v.n)<<2 | 2
	}
	return uint32(v.n) << 2
}

func (l *Loop) lockNumbered(n uint32) *lock { return l.lockOf(lockValue(n)) }

func lockValue(n uint32) Value {
	return scalar([...]Kind{KindLock, KindCondition, KindBarrier}[n&3], uint64(n>>2))
}

// reacquire is the end of Condition.wait: the lock is taken again whatever happens; a cancellation meanwhile is kept
// in slot a+1 and raised afterwards.
func (l *Loop) reacquire(in *instr, pc int32) whereTo {
	v := l.frame[in.a]
	k := l.lockOf(v)
	v = l.lockFor(v)
	if !l.lockFree(k) {
		k.waiters.push(l.curID)
		l.suspend(pc, waitRelock, lockNumber(v))
		return toWait
	}
	k.locked, k.owner = true, l.curID
	l.recObject(OpAcquire, v.Kind(), uint32(v.n))
	l.reacquired(in)
	return toNext
}

// reacquired raises the cancellation that was kept. Slot b has how the wait ended.
func (l *Loop) reacquired(in *instr) {
	kept := l.frame[in.a+1]
	if l.rules[ruleConditionPassesOn] && (!kept.IsNull() || l.raisedIn(in.b) != nil) {
		l.completeFirst(&l.conditionOf(l.frame[in.a]).waiters)
	}
	switch {
	case kept.IsNull():
		return
	case l.rules[ruleConditionKeepsMessage] || kept.AsError().Type == "Interrupt":
		l.fault = kept.AsError()
	default:
		l.Raise("CancelledError", "")
	}
	l.frame[in.a+1] = Value{}
}

func (l *Loop) release(in *instr) {
	v := l.operand(in)
	if l.fault != nil {
		return
	}
	if k := v.Kind(); k == KindResource || k == KindList {
		l.releaseUnits(in, v)
		return
	}
	v = l.lockFor(v)
	if x, ok := l.acquirerOf(v).(releaser); ok {
		if x.release(l); l.fault == nil {
			l.recObject(OpRelease, v.Kind(), uint32(v.n))
		}
		return
	}
	l.Raise("TypeError", "release takes a lock, a semaphore, a condition or a resource, not "+v.Kind().String())
}

// operand is the object that an instruction works on: from its expression, or from slot a.
func (l *Loop) operand(in *instr) Value {
	var v Value
	if in.val != nil {
		v = in.val(l)
	} else {
		v = l.frame[in.a]
	}
	if l.trace != nil {
		l.look(v, writes)
	}
	return v
}

// signal is Event.set.
func (l *Loop) signal(in *instr) {
	if v := in.val(l); l.fault == nil && l.expect(v, KindEvent, "signal") {
		l.setEvent(&l.events[v.n])
		l.recObject(OpSet, KindEvent, uint32(v.n))
	}
}

// clearEvent is Event.clear.
func (l *Loop) clearEvent(in *instr) {
	if v := in.val(l); l.fault == nil && l.expect(v, KindEvent, "clear") {
		l.events[v.n].set = false
		l.recObject(OpClear, KindEvent, uint32(v.n))
	}
}

// waitEvent is Event.wait.
func (l *Loop) waitEvent(in *instr, pc int32) whereTo {
	v := l.operand(in)
	if l.fault != nil || !l.expect(v, KindEvent, "wait") {
		return toNext
	}
	e := &l.events[v.n]
	if e.set {
		return toNext
	}
	e.waiters.push(l.curID)
	l.recObject(OpQueue, KindEvent, uint32(v.n))
	l.suspend(pc, waitEvent, uint32(v.n))
	return toWait
}

// expect raises TypeError unless v is of kind k.
func (l *Loop) expect(v Value, k Kind, verb string) bool {
	if v.Kind() != k {
		l.Raise("TypeError", verb+" takes a "+k.String()+" here, not "+v.Kind().String())
		return false
	}
	return true
}

// mustOwn raises unless the condition in slot a is locked.
func (l *Loop) mustOwn(in *instr) {
	if k := l.lockOf(l.frame[in.a]); !k.locked {
		l.raiseOf("RuntimeError", "cannot wait on un-acquired lock", k.state())
	}
}

// waitCondition is Condition.wait up to the await: the lock is released, the task waits.
func (l *Loop) waitCondition(in *instr, pc int32) whereTo {
	v := l.frame[in.a]
	c := l.conditionOf(v)
	l.releaseLock(l.conditionLock(c))
	k := l.lockFor(v)
	l.recObject(OpRelease, k.Kind(), uint32(k.n))
	c.waiters.push(l.curID)
	l.recObject(OpQueue, v.Kind(), uint32(v.n))
	l.suspend(pc, waitCondition, lockNumber(v))
	return toWait
}

// notifyStep is Condition.notify; without a number, notify_all.
func (l *Loop) notifyStep(in *instr) {
	v := l.operand(in)
	n := int64(-1)
	if in.int != nil {
		n = max(in.int(l), 0)
	}
	if l.fault != nil || in.val != nil && !l.expect(v, KindCondition, "notify") {
		return
	}
	if l.notify(l.conditionOf(v), n); l.fault == nil {
		l.recObject(OpNotify, v.Kind(), uint32(v.n))
	}
}

// The steps of Barrier.wait.
const (
	barrierBlocked = iota // jumps unless the barrier drains or is reset: nobody may enter then
	barrierOpen           // raises if it is broken
	barrierEnter          // counts the task in: its index goes to slot a+2; the last one lets all go and jumps
	barrierFilling        // jumps unless the barrier fills
	barrierPassed         // raises if it is broken or reset
	barrierLeave          // counts it out; the last one opens the barrier again
	barrierReset          // the one step of Barrier.reset
	barrierAbort          // the one step of Barrier.abort
)

// barrierStep does step b of Barrier.wait.
func (l *Loop) barrierStep(in *instr) whereTo {
	v := l.frame[in.a]
	b := &l.barriers[v.n]
	switch in.b {
	case barrierBlocked:
		return jumpIf(b.state != barrierDrains && b.state != barrierResets)
	case barrierOpen:
		if b.state == barrierBroken {
			l.Raise("BrokenBarrierError", "Barrier aborted")
		}
		return toNext
	case barrierEnter:
		l.frame[in.a+2] = Int(b.count)
		b.count++
		l.recObject(OpArrive, KindBarrier, uint32(v.n))
		if b.count == b.parties {
			b.state = barrierDrains
			l.notify(&b.cond, -1)
			return toJump
		}
		return toNext
	case barrierFilling:
		return jumpIf(b.state != barrierFills)
	case barrierPassed:
		if b.state == barrierBroken || b.state == barrierResets {
			l.Raise("BrokenBarrierError", "Abort or reset of barrier")
		}
		return toNext
	case barrierReset, barrierAbort:
		l.breakBarrier(b, uint32(v.n), in.b == barrierAbort)
		return toNext
	}
	b.count--
	l.recObject(OpLeave, KindBarrier, uint32(v.n))
	if b.count == 0 {
		if b.state != barrierBroken {
			b.state = barrierFills
		}
		l.notify(&b.cond, -1)
	}
	return toNext
}

// breakBarrier is what Barrier.reset, or abort, does once it has the lock.
func (l *Loop) breakBarrier(b *barrier, id uint32, abort bool) {
	op := uint8(OpReset)
	switch {
	case abort:
		b.state, op = barrierBroken, OpAbort
	case b.count > 0:
		b.state = barrierResets
	default:
		b.state = barrierFills
	}
	l.notify(&b.cond, -1)
	l.recObject(op, KindBarrier, id)
}

// lockWait is Lock.acquire.
type lockWait struct{ ownFuture }

func (lockWait) target(_ *Loop, on uint32) (Kind, uint32) {
	v := lockValue(on)
	return v.Kind(), uint32(v.n)
}

func (lockWait) words(l *Loop, t *task) string {
	v := lockValue(t.on)
	return l.objectWords(v.Kind(), uint32(v.n))
}

func (lockWait) holders(l *Loop, t *task) []uint32 { return l.lockNumbered(t.on).holders(l) }

func (lockWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	l.finishLock(l.lockNumbered(t.on), l.curID, w.err)
	l.recGot(lockValue(t.on), w.err)
	return w.goOn()
}

// relockWait is the end of Condition.wait: a cancellation is kept for when the lock is taken again.
type relockWait struct{ lockWait }

func (relockWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	l.finishLock(l.lockNumbered(t.on), l.curID, w.err)
	l.recGot(lockValue(t.on), w.err)
	switch in := &l.p.code[w.pc]; {
	case w.left():
		l.frame[in.a+1] = errorValue(w.err)
		return w.pc, nil
	case w.err == nil:
		l.reacquired(in)
		return w.pc + 1, l.fault
	}
	return w.goOn()
}

// semaphoreWait is Semaphore.acquire.
type semaphoreWait struct{ objectWait }

func (semaphoreWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	l.finishSemaphore(&l.semaphores[t.on], l.curID, w.err, w.gone)
	l.recGot(scalar(KindSemaphore, uint64(t.on)), w.err)
	return w.goOn()
}

// eventWait is Event.wait.
type eventWait struct{ objectWait }

func (eventWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	l.events[t.on].waiters.remove(l.curID)
	l.recObject(OpUnqueue, KindEvent, t.on)
	return w.goOn()
}

// conditionWait is the await in Condition.wait: anybody may notify.
type conditionWait struct{ lockWait }

func (conditionWait) holders(*Loop, *task) []uint32 { return nil }

func (conditionWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	l.conditionOf(lockValue(t.on)).waiters.remove(l.curID)
	l.recLeft(lockValue(t.on))
	return w.goOn()
}
