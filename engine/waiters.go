package engine

// waiters is the tasks that wait on an object, in the order in which they began (CPython: a deque of futures). A task
// stays in it until it runs again, be its future done or cancelled. A future that is neither stays so behind the two
// marks only: nobody looks twice at those before.
type waiters struct {
	roster
	pending int // the futures before it are done or cancelled
	asking  int // the futures before it are cancelled
}

func (w *waiters) push(id uint32) {
	n := len(w.ids)
	if w.roster.push(id); len(w.ids) != n+1 || n == 0 {
		w.pending, w.asking = 0, 0
	}
}

// futureDone reports whether the future that task id waits on is done or cancelled.
func (l *Loop) futureDone(id uint32) bool {
	return l.task(id).flags&(flagFutureDone|flagFutureGone) != 0
}

// complete sets the result of the future that task id waits on (Future.set_result).
func (l *Loop) complete(id uint32) {
	if l.task(id).wait == waitFirst {
		l.meetIfThere(id)
		return
	}
	l.task(id).flags |= flagFutureDone
	if l.trace != nil {
		l.recTask(RecWake, id)
	}
	l.ready.push(handle{kind: handleWake, a: id})
}

// firstPending is the first waiter whose future is neither done nor cancelled; 0: there is none.
func (l *Loop) firstPending(w *waiters) uint32 {
	w.pending = l.pass(w, w.pending, flagFutureDone|flagFutureGone)
	if w.pending == len(w.ids) {
		return 0
	}
	return w.ids[w.pending]
}

// anyWaiting reports whether a waiter's future is not cancelled.
func (l *Loop) anyWaiting(w *waiters) bool {
	w.asking = l.pass(w, w.asking, flagFutureGone)
	return w.asking < len(w.ids)
}

// pass is the place of the first waiter from i on whose task has none of the flags.
func (l *Loop) pass(w *waiters, i int, flags taskFlags) int {
	for i = min(max(i, w.head), len(w.ids)); i < len(w.ids); i++ {
		if id := w.ids[i]; id != 0 && l.task(id).flags&flags == 0 {
			break
		}
	}
	return i
}

// completeFirst completes the first waiter's future that is not done yet, and reports whether there was one.
func (l *Loop) completeFirst(w *waiters) bool {
	id := l.firstPending(w)
	if id != 0 {
		l.complete(id)
	}
	return id != 0
}

// completeAll completes every waiter's future that is not done yet (Event.set).
func (l *Loop) completeAll(w *waiters) {
	for l.completeFirst(w) {
	}
}
