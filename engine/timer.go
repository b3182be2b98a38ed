package engine

import "slices"

// Ties says how timers of one instant are ordered.
type Ties uint8

const (
	TiesFIFO   Ties = iota // in the order of scheduling
	TiesHeapq              // as CPython's heapq leaves them
	TiesLIFO               // the latest first
	TiesRandom             // by the seed
)

// String is the rule's name in the language.
func (t Ties) String() string { return [...]string{"fifo", "heapq", "lifo", "random"}[t] }

// timerKind says what a timer does when it is due.
type timerKind uint8

const (
	timerSleep    timerKind = iota // a task's sleep; id: the task
	timerCallback                  // a scheduled callback
	timerScope                     // a timeout scope expires
	timerWait                      // a wait set's time is up
	timerStart                     // a delayed worker; id: index in Program.Workers
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

// timers is the timer heap (CPython: BaseEventLoop._scheduled): 4-ary and ordered by (when, key), or with TiesHeapq
// CPython's binary heapq, ordered by when alone.
type timers struct {
	heap      []timer
	count     uint64 // armings so far
	cancelled int    // CPython's _timer_cancelled_count: every cancelled timer in the heap, and some that have left it
	heapq     bool
	due       []timer // scratch
}

// push arms a timer and returns its number.
func (q *timers) push(when int64, kind timerKind, id uint32) uint32 {
	q.count++
	t := timer{when: when, key: q.count<<4 | uint64(kind), id: id}
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

func (q *timers) pop() timer {
	if q.heapq {
		return heapqPop(&q.heap)
	}
	h := q.heap
	top, last := h[0], h[len(h)-1]
	q.heap = h[:len(h)-1]
	if len(q.heap) > 0 {
		q.down(0, last)
	}
	return top
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
		c := h[first : first+arity : first+arity]
		least, when := 0, c[0].when
		for k := 1; k < arity; k++ {
			if w := c[k].when; w < when || w == when && c[k].key < c[least].key {
				least, when = k, w
			}
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
	if n := len(q.heap); n > minScheduledTimers && q.cancelled*minCancelledFraction > n {
		q.heap = slices.DeleteFunc(q.heap, l.dropIfCancelled)
		q.rebuild()
		q.cancelled = 0
		return
	}
	for len(q.heap) > 0 && l.dropIfCancelled(q.heap[0]) {
		q.cancelled--
		q.pop()
	}
}

// dropIfCancelled reports whether nothing is to happen when t is due, and if so lets go of what t kept.
func (l *Loop) dropIfCancelled(t timer) bool {
	switch t.kind() {
	case timerSleep:
		sleeper := l.task(t.id)
		return sleeper.wait != waitSleep || sleeper.on != t.number()
	case timerCallback:
		s := &l.scheduled[t.id]
		if s.state != scheduledCancelled {
			return false
		}
		l.unarm(t.id)
		return true
	case timerScope:
		s := &l.scopes[t.id]
		return s.number != t.number() || s.state != scopeEntered
	case timerWait:
		return l.waitSets[t.id].timer != t.number()
	}
	return false
}

func (l *Loop) unarm(id uint32) {
	s := &l.scheduled[id]
	s.armed = false
	if !s.kept && s.state == scheduledCancelled {
		s.state, s.next = scheduledFree, l.freeScheduled
		l.freeScheduled = id
	}
}

// bulkFrom is how many timers are popped one by one before the rest of one iteration's are taken out together.
const bulkFrom = 8

// collect moves the timers that are due to the back of the ready queue, by (when, tie rule).
func (l *Loop) collect() {
	q := &l.timers
	if l.opts.Ties == TiesLIFO || l.opts.Ties == TiesRandom {
		l.collectReordered()
		return
	}
	for n := 0; len(q.heap) > 0 && q.heap[0].when <= l.now; n++ {
		if bulk := n == bulkFrom || n == 0 && len(q.heap) > bulkFrom && q.heap[1].when <= l.now; bulk && !q.heapq && q.countDue(0, l.now) >= len(q.heap)/4 {
			l.fireMany()
			return
		}
		l.fire(q.pop())
	}
}

// collectReordered turns the order of each group of equal times round, or shuffles it.
func (l *Loop) collectReordered() {
	q := &l.timers
	for len(q.heap) > 0 && q.heap[0].when <= l.now {
		q.due = append(q.due[:0], q.pop())
		for len(q.heap) > 0 && q.heap[0].when == q.due[0].when {
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
	slices.SortFunc(q.due, func(a, b timer) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
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
		l.lateness.add(l.now - t.when)
	}
	if l.obs != nil {
		l.emit(Event{Kind: EventFire, When: t.when, Task: t.sleeper(), Handle: t.callback()})
	}
	switch t.kind() {
	case timerSleep:
		l.task(t.id).flags |= flagFired
		l.ready.push(handle{handleSleep, t.id, t.number()})
	case timerCallback:
		l.scheduled[t.id].armed = false
		l.ready.push(handle{kind: handleCallback, a: t.id})
	case timerScope:
		l.scopes[t.id].fired = true
		l.ready.push(handle{handleScope, t.id, t.number()})
	case timerWait:
		l.waitSets[t.id].fired = true
		l.ready.push(handle{handleWaitOver, t.id, t.number()})
	case timerStart:
		l.ready.push(handle{kind: handleStart, a: t.id})
	}
}

func (t timer) sleeper() uint32 {
	if t.kind() == timerSleep {
		return t.id
	}
	return 0
}

func (t timer) callback() uint32 {
	if t.kind() == timerCallback {
		return t.id
	}
	return 0
}
