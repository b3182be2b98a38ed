package engine

import "slices"

// waiters is the tasks that wait on an object, in the order in which they began (CPython: a deque of futures). A task
// stays in it until it runs again, be its future done or cancelled.
type waiters struct {
	ids  []uint32
	head int
}

func (w *waiters) push(id uint32) {
	if w.head > 32 && w.head*2 > len(w.ids) {
		w.ids = w.ids[:copy(w.ids, w.ids[w.head:])]
		w.head = 0
	}
	w.ids = append(w.ids, id)
}

func (w *waiters) list() []uint32 { return w.ids[w.head:] }

func (w *waiters) len() int { return len(w.ids) - w.head }

func (w *waiters) pop() uint32 {
	id := w.ids[w.head]
	if w.head++; w.head == len(w.ids) {
		w.ids, w.head = w.ids[:0], 0
	}
	return id
}

// remove takes id out; it reports whether it was there.
func (w *waiters) remove(id uint32) bool {
	i := slices.Index(w.list(), id)
	switch {
	case i < 0:
		return false
	case i == 0:
		w.pop()
	default:
		w.ids = slices.Delete(w.ids, w.head+i, w.head+i+1)
	}
	return true
}

func (w *waiters) clone() waiters { return waiters{slices.Clone(w.ids), w.head} }

// futureDone reports whether the future that task id waits on is done or cancelled.
func (l *Loop) futureDone(id uint32) bool {
	return l.task(id).flags&(flagFutureDone|flagFutureGone) != 0
}

// complete sets the result of the future that task id waits on (Future.set_result).
func (l *Loop) complete(id uint32) {
	l.task(id).flags |= flagFutureDone
	l.ready.push(handle{kind: handleWake, a: id})
}

// completeFirst completes the first waiter's future that is not done yet, and reports whether there was one.
func (l *Loop) completeFirst(w *waiters) bool {
	for _, id := range w.list() {
		if !l.futureDone(id) {
			l.complete(id)
			return true
		}
	}
	return false
}

// completeAll completes every waiter's future that is not done yet (Event.set).
func (l *Loop) completeAll(w *waiters) {
	for _, id := range w.list() {
		if !l.futureDone(id) {
			l.complete(id)
		}
	}
}

// anyWaiting reports whether a waiter's future is not cancelled.
func (l *Loop) anyWaiting(w *waiters) bool {
	for _, id := range w.list() {
		if l.task(id).flags&flagFutureGone == 0 {
			return true
		}
	}
	return false
}
