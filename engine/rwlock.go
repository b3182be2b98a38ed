package engine

import "strings"

// rwlock is a lock that several readers may hold, or one writer. It is had strictly in the order of arrival, so that nobody
// waits for ever; readers that stand beside each other in the line go in together. asyncio has none: dsl/python exports it
// as a class of its own, with the hand-over of asyncio.Semaphore.
type rwlock struct {
	plainObject
	name    string
	writing bool
	held    roster // the tasks that hold it: readers, or one writer
	waiters waiters
	asleep  int64 // waiters whose futures are neither done nor cancelled
}

func (k *rwlock) title() string { return k.name }

func (k *rwlock) readers() int {
	if k.writing {
		return 0
	}
	return k.held.len()
}

func (k *rwlock) attr(l *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrReaders:
		return Int(int64(k.readers())), true
	case AttrWriter:
		return Bool(k.writing), true
	case AttrWaiting:
		return Int(k.asleep), true
	}
	return Value{}, false
}

func (k *rwlock) holders(*Loop) []uint32 { return k.held.list() }

func (k *rwlock) level() (int64, int) { return int64(k.held.len()), k.waiters.len() }

func (k *rwlock) own(was *rwlock) {
	k.waiters.own(&was.waiters.roster)
	k.held.own(&was.held)
}

// fits reports whether one more may hold the lock, to read or to write.
func (k *rwlock) fits(read bool) bool { return k.held.len() == 0 || read && !k.writing }

func (k *rwlock) take(id uint32, read bool) {
	k.held.push(id)
	k.writing = !read
}

// drop takes back what a task holds, or, where it holds nothing, what the first one does.
func (k *rwlock) drop(id uint32) {
	k.held.drop(id)
	k.writing = k.writing && k.held.len() > 0
}

// reads reports whether a waiting task waits to read: its instruction says so.
func (l *Loop) reads(id uint32) bool { return l.p.code[l.task(id).pc].b == acquireRead }

func (k *rwlock) acquire(l *Loop, v Value, pc int32) whereTo {
	read := l.p.code[pc].b == acquireRead
	if k.fits(read) && l.firstPending(&k.waiters) == 0 {
		k.take(l.curID, read)
		return toNext
	}
	k.waiters.push(l.curID)
	k.asleep++
	l.suspend(pc, waitRW, uint32(v.n))
	return toWait
}

// wakeRW hands the lock over to those at the head of the line, as far as it can be held together.
func (l *Loop) wakeRW(k *rwlock) {
	for id := l.firstPending(&k.waiters); id != 0 && k.fits(l.reads(id)); id = l.firstPending(&k.waiters) {
		k.take(id, l.reads(id))
		k.asleep--
		l.complete(id)
	}
}

func (k *rwlock) release(l *Loop) {
	if k.held.len() == 0 {
		l.raiseOf("RuntimeError", "RWLock is not acquired.", strings.TrimSuffix("nothing has acquired "+k.name, " "))
		return
	}
	k.drop(l.curID)
	l.wakeRW(k)
}

// rwWait is the wait for a readers–writer lock.
type rwWait struct{ objectWait }

func (x rwWait) cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool {
	ok := x.ownFuture.cancel(l, id, t, message, depth)
	if ok {
		l.rwlocks[t.on].asleep--
	}
	return ok
}

func (rwWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	k := &l.rwlocks[t.on]
	k.waiters.remove(l.curID)
	if w.left() {
		if !w.gone { // it had been handed over
			k.drop(l.curID)
		}
		l.wakeRW(k) // those behind may have waited for this one
	}
	l.recGot(scalar(KindRWLock, uint64(t.on)), w.err)
	return w.goOn()
}
