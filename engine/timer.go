package engine

import (
	"math"
	"slices"
)

// Ties says how timers of one instant are ordered.
type Ties uint8

const (
	TiesFIFO   Ties = iota // in the order of scheduling
	TiesHeapq              // as CPython's heapq leaves them
	TiesLIFO               // the latest first
	TiesRandom             // by the seed
)

// timerKind says what a timer does when it is due.
type timerKind uint8

const (
	timerSleep    timerKind = iota // a task's sleep; id: the task
	timerCallback                  // a scheduled callback
	timerScope                     // a timeout scope expires
	timerWait                      // a wait set's time is up
	timerThread                    // a thread ends its job
	timerArm                       // an arm of a `first` is over; id: the task
	timerStart                     // a delayed worker; id: index in Program.Workers
	timerShift                     // no timer: what happens to a resource by itself
)

// timer is an entry of the heap. key is the number of the arming, counted up, above the kind.
type timer struct {
	when int64
	key  uint64
	id   uint32
}

func (t timer) kind() timerKind { return timerKind(t.key & 15) }

// number tells the timers of one task apart. 2^32 armings would have to pass between two for them to be taken for
// each other while both are in the heap.
func (t timer) number() uint32 { return uint32(t.key >> 4) }

func (t timer) before(u timer) bool { return t.when < u.when || t.when == u.when && t.key < u.key }

func (t timer) compare(u timer) int {
	if t.before(u) {
		return -1
	}
	return 1
}

// timers is the timers that are armed (CPython: BaseEventLoop._scheduled). The earliest are in a 4-ary heap ordered by
// (when, key). When they become many, those after last are in a wheel: the few that the heap then has fit into the
// processor's nearest memory, and those far away are moved in blocks. With TiesHeapq all are in CPython's binary heapq,
// ordered by when alone.
//
// Every timer of the heap is before every timer of the wheel, so the order does not depend on where they are.
type timers struct {
	heap      []timer
	last      int64 // a timer up to this time goes into the heap, a later one into the wheel; never: the wheel is empty
	wheel     wheel
	limit     int    // a heap that is as long spills over before another is pushed
	wheelFrom int    // what limit is, unless spilling cannot make the heap shorter
	count     uint64 // armings so far
	cancelled int    // CPython's _timer_cancelled_count: every cancelled timer that is here, and some that have left
	heapq     bool
	due       []timer // scratch
	fresh     bool    // the wheel was opened, and touch has not been called since
	touched   uint64  // what touch read, so that the compiler does not drop its reads
}

const (
	// wheelFrom is how many timers the heap holds before it spills over. From about here on the wheel is faster.
	wheelFrom = 64
	// openSize is how many timers of the wheel come into the heap at once, at most.
	openSize = 64
)

func newTimers(heapq bool) timers {
	q := timers{heapq: heapq, last: never, limit: wheelFrom, wheelFrom: wheelFrom}
	if heapq {
		q.limit = math.MaxInt
	}
	return q
}

func (q *timers) len() int { return len(q.heap) + q.wheel.n }

// push arms a timer and returns its number.
func (q *timers) push(when int64, kind timerKind, id uint32) uint32 {
	q.count++
	t := timer{when: when, key: q.count<<4 | uint64(kind), id: id}
	if len(q.heap) >= q.limit {
		q.spill()
	}
	if when > q.last {
		q.wheel.add(t)
		return t.number()
	}
	q.heap = append(q.heap, t)
	if q.heapq {
		heapqSiftDown(q.heap, 0, len(q.heap)-1)
	} else {
		q.up(len(q.heap)-1, t)
	}
	return t.number()
}

// nextNumber is a number that no timer has.
func (q *timers) nextNumber() uint32 {
	q.count++
	return uint32(q.count)
}

// earliest is the timer that is due first. There must be one.
func (q *timers) earliest() timer {
	q.nextDue()
	return q.heap[0]
}

// nextDue is when that is due.
func (q *timers) nextDue() int64 {
	if len(q.heap) == 0 {
		q.open()
	}
	return q.heap[0].when
}

// mayBeDue is isDue without opening the wheel: where the heap is empty, true may be wrong.
func (q *timers) mayBeDue(now int64) bool {
	if len(q.heap) == 0 {
		return now > q.last
	}
	return q.heap[0].when <= now
}

// isDue reports whether a timer is due.
func (q *timers) isDue(now int64) bool {
	if len(q.heap) == 0 && now > q.last {
		q.open()
	}
	return q.mayBeDue(now)
}

// pop removes the timer that is due first, which earliest or isDue has seen.
func (q *timers) pop() timer {
	top := q.heap[0]
	q.drop()
	return top
}

// drop is pop where the timer is known.
func (q *timers) drop() {
	if q.heapq {
		heapqPop(&q.heap)
		return
	}
	h := q.heap
	n := len(h) - 1
	if q.heap = h[:n]; n > 0 {
		q.down(0, h[n])
	}
}

// alone reports whether the timer that is due first is the only one of its instant. A timer of the wheel is later than last.
func (q *timers) alone() bool {
	h := q.heap
	next := q.last
	if len(h) > arity {
		c := h[1 : arity+1 : arity+1]
		next = min(next, c[0].when-1, c[1].when-1, c[2].when-1, c[3].when-1)
	} else {
		for i := 1; i < len(h); i++ {
			next = min(next, h[i].when-1)
		}
	}
	return h[0].when <= next
}

// open moves the earliest timers of the wheel to the heap, which is empty; when only few are left, all of them.
func (q *timers) open() {
	q.fresh = true
	w := &q.wheel
	few := w.n <= q.wheelFrom/4
	for w.n > 0 && (len(q.heap) == 0 || few) {
		level, digit := w.lowest()
		b := &w.buckets[level<<levelBits|digit]
		switch {
		case b.n <= openSize || few:
			width := int64(1) << (level * levelBits)
			w.base = b.when &^ (width - 1)
			q.last = w.base + (width - 1)
			for b := w.detach(level, digit); b.n > 0; {
				q.heap = w.pull(&b, q.heap)
			}
		case b.differ == 0:
			// Many of one instant are in order: those that come first are enough. The heap must not spill over, as what came
			// back of them would get behind the others.
			q.heap = w.pull(b, q.heap)
			q.last, q.limit = b.when-1, math.MaxInt
			return
		default:
			w.spread(level, digit)
		}
	}
	if w.n == 0 {
		w.base, q.last = 0, never
	}
	q.limit = max(q.wheelFrom, 2*len(q.heap))
	if !slices.IsSortedFunc(q.heap, timer.compare) {
		q.rebuild()
	}
}

// spill moves the timers of a heap that has grown large to the wheel, but for those that are before its base. The wheel
// gets those of one instant in order.
func (q *timers) spill() {
	w := &q.wheel
	if w.buckets == nil {
		w.buckets = make([]bucket, wheelLevels*levelSize)
	}
	slices.SortFunc(q.heap, timer.compare)
	near := 0
	for near < len(q.heap) && q.heap[near].when < w.base {
		near++
	}
	for _, t := range q.heap[near:] {
		w.add(t)
	}
	q.heap = q.heap[:near]
	q.last = w.base - 1
	q.limit = max(q.wheelFrom, 2*near)
}

// deleteFunc deletes the timers for which del is true.
func (q *timers) deleteFunc(del func(timer) bool) {
	q.heap = slices.DeleteFunc(q.heap, del)
	q.rebuild()
	q.wheel.deleteFunc(del)
}

// reserve makes room for n more timers.
func (q *timers) reserve(n int) {
	if n > q.limit && !q.heapq {
		q.wheel.reserve(n)
	} else {
		q.heap = slices.Grow(q.heap, n)
	}
}

func (q *timers) own(was *timers) {
	q.heap, q.due = append(was.heap[:0], q.heap...), was.due
	q.wheel.own(&was.wheel)
}

const arity = 4

func (q *timers) up(i int, t timer) {
	h := q.heap
	for i > 0 {
		parent := (i - 1) / arity
		if !t.before(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = t
}

// down puts t, which came from the end, into the hole at i: the hole goes down to a leaf along the least children, and t
// up from there. That takes one comparison less on each level than stopping early, which the last timer rarely does.
func (q *timers) down(i int, t timer) {
	h := q.heap
	start := i
	for {
		first := i*arity + 1
		if first+arity > len(h) {
			break
		}
		c := h[first : first+arity : first+arity] // the least of four in three comparisons, of which two wait for none
		least, other := 0, 2
		if c[1].before(c[0]) {
			least = 1
		}
		if c[3].before(c[2]) {
			other = 3
		}
		if c[other].before(c[least]) {
			least = other
		}
		h[i] = c[least]
		i = first + least
	}
	if first := i*arity + 1; first < len(h) {
		least := first
		for k := first + 1; k < len(h); k++ {
			if h[k].before(h[least]) {
				least = k
			}
		}
		h[i] = h[least]
		i = least
	}
	for i > start {
		parent := (i - 1) / arity
		if !t.before(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = t
}

func (q *timers) rebuild() {
	if q.heapq {
		heapqHeapify(q.heap)
		return
	}
	for i := (len(q.heap) - 2) / arity; i >= 0 && len(q.heap) > 1; i-- {
		q.down(i, q.heap[i])
	}
}

// CPython's limits for removing cancelled timers that are not at the head (base_events.py).
const (
	minScheduledTimers   = 100
	minCancelledFraction = 2 // one half
)

// prune removes cancelled timers as BaseEventLoop._run_once does: all of them when they are many, else those at the
// head.
func (l *Loop) prune() {
	q := &l.timers
	if n := q.len(); n > minScheduledTimers && q.cancelled*minCancelledFraction > n {
		l.pruneAll()
		return
	}
	for q.len() > 0 && l.dropIfCancelled(q.earliest()) {
		q.cancelled--
		q.pop()
	}
}

// pruneAll lets go of what the cancelled timers kept in an order that does not depend on where they were.
func (l *Loop) pruneAll() {
	q := &l.timers
	q.due = q.due[:0]
	q.deleteFunc(func(t timer) bool {
		gone := l.isCancelled(t)
		if gone && t.kind() == timerCallback {
			q.due = append(q.due, t)
		}
		return gone
	})
	q.cancelled = 0
	slices.SortFunc(q.due, timer.compare)
	for _, t := range q.due {
		l.unarm(t.id)
	}
}

// isCancelled reports whether nothing is to happen when t is due.
func (l *Loop) isCancelled(t timer) bool {
	switch t.kind() {
	case timerSleep:
		sleeper := l.task(t.id)
		return !sleeper.sleepsOn(t.number())
	case timerCallback:
		return l.callbacks.scheduled.at(t.id).state == scheduledCancelled
	case timerScope:
		s := l.scopes.at(t.id)
		return s.number != t.number() || s.state != scopeEntered
	case timerWait:
		return l.waitSets.at(t.id).timer != t.number()
	case timerArm:
		return l.armWithTimer(t.id, t.number()) < 0
	}
	return false
}

// sleepsOn reports whether t sleeps on a timer.
func (t *task) sleepsOn(number uint32) bool {
	return (t.wait == waitSleep || t.wait == waitUse) && t.on == number
}

// dropIfCancelled reports whether nothing is to happen when t is due, and if so lets go of what t kept.
func (l *Loop) dropIfCancelled(t timer) bool {
	gone := l.isCancelled(t)
	if gone && t.kind() == timerCallback {
		l.unarm(t.id)
	}
	return gone
}

func (l *Loop) unarm(id uint32) {
	s := l.callbacks.scheduled.at(id)
	s.armed = false
	if !s.kept && s.state == scheduledCancelled {
		s.state = scheduledFree
		l.callbacks.scheduled.give(id)
	}
}

// bulkFrom is how many timers are popped one by one before the rest of one iteration's are taken out together.
const bulkFrom = 8

// collect moves the timers that are due to the back of the ready queue, by (when, tie rule).
func (l *Loop) collect() {
	q := &l.timers
	if q.fresh {
		l.touch()
	}
	if l.opts.Ties == TiesLIFO || l.opts.Ties == TiesRandom {
		l.collectReordered()
		return
	}
	for n := 0; q.mayBeDue(l.now); n++ {
		if len(q.heap) == 0 {
			l.fireInstant()
			q.open()
			n = -1
			continue
		}
		if bulk := n == bulkFrom || n == 0 && len(q.heap) > bulkFrom && q.heap[1].when <= l.now; bulk && !q.heapq && q.countDue(0, l.now) >= len(q.heap)/4 {
			l.fireMany()
			n = -1
			continue
		}
		l.fire(q.pop())
	}
}

// touch reads what the timers that came out of the wheel are about to wake. These reads go on side by side, while those
// of one wake-up after another would each wait for memory.
func (l *Loop) touch() {
	q := &l.timers
	q.fresh = false
	for _, t := range q.heap {
		switch t.kind() {
		case timerSleep:
			x := l.task(t.id)
			q.touched += uint64(x.flags)
			if f := x.frame; f != 0 {
				q.touched += uint64(l.frames.chunks[f>>slotBits][f&slotMask].n)
			}
		case timerCallback:
			q.touched += uint64(l.callbacks.scheduled.at(t.id).state)
		}
	}
}

// fireInstant fires the wheel's earliest timers if they are due and all of one instant: they stand in order.
func (l *Loop) fireInstant() {
	w := &l.timers.wheel
	if w.n == 0 {
		return
	}
	level, digit := w.lowest()
	if b := &w.buckets[level<<levelBits|digit]; b.differ != 0 || b.when > l.now {
		return
	}
	var block [blockSize]timer
	for b := w.detach(level, digit); b.n > 0; {
		for _, t := range w.pull(&b, block[:0]) {
			l.fire(t)
		}
	}
}

// collectReordered turns the order of each group of equal times round, or shuffles it.
func (l *Loop) collectReordered() {
	q := &l.timers
	for q.isDue(l.now) {
		q.due = append(q.due[:0], q.pop())
		for q.isDue(q.due[0].when) {
			if t := q.pop(); !l.dropIfCancelled(t) {
				q.due = append(q.due, t)
			}
		}
		if l.opts.Ties == TiesLIFO {
			slices.Reverse(q.due)
		}
		for i := range q.due {
			if l.opts.Ties == TiesRandom {
				j := i + l.choose(len(q.due)-i)
				q.due[i], q.due[j] = q.due[j], q.due[i]
			}
			l.fire(q.due[i])
		}
	}
}

// fireMany fires every timer that is due, when they are a large part of the heap: they are the top of the tree, and
// those armed in order stand in order, so that no sifting is needed.
func (l *Loop) fireMany() {
	q := &l.timers
	inOrder := true
	var last timer
	for _, t := range q.heap {
		if t.when <= l.now {
			inOrder = inOrder && last.before(t)
			last = t
		}
	}
	q.due = q.due[:0]
	rest := q.heap[:0]
	for _, t := range q.heap {
		switch {
		case t.when > l.now:
			rest = append(rest, t)
		case inOrder:
			l.fire(t)
		default:
			q.due = append(q.due, t)
		}
	}
	q.heap = rest
	q.rebuild()
	slices.SortFunc(q.due, timer.compare)
	for _, t := range q.due {
		l.fire(t)
	}
}

// countDue counts the due timers of the subtree at i: those below one that is not due are not looked at.
func (q *timers) countDue(i int, now int64) int {
	if i >= len(q.heap) || q.heap[i].when > now {
		return 0
	}
	n := 1
	for c := i*arity + 1; c <= i*arity+arity; c++ {
		n += q.countDue(c, now)
	}
	return n
}

// fire makes what a due timer does ready.
func (l *Loop) fire(t timer) {
	if l.timers.cancelled > 0 && l.dropIfCancelled(t) {
		return
	}
	if l.opts.Clock != nil {
		l.res.Lateness.add(l.now, t.when)
	}
	if l.trace != nil {
		l.recTimer(RecFire, t.kind(), l.timerFor(t), t.number(), t.when)
	}
	switch t.kind() {
	case timerSleep:
		l.task(t.id).flags |= flagFired
		l.ready.push(handle{handleSleep, t.id, t.number()})
	case timerCallback:
		l.callbacks.scheduled.at(t.id).armed = false
		l.ready.push(handle{kind: handleCallback, a: t.id})
	case timerScope:
		l.scopes.at(t.id).fired = true
		l.ready.push(handle{handleScope, t.id, t.number()})
	case timerWait:
		l.waitSets.at(t.id).fired = true
		l.ready.push(handle{handleWaitOver, t.id, t.number()})
	case timerThread:
		l.ready.push(handle{kind: handleThread, a: t.id})
	case timerArm:
		l.ready.push(handle{handleArmOver, t.id, t.number()})
	case timerStart:
		l.ready.push(handle{kind: handleStart, a: t.id})
	}
}
