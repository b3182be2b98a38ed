package engine

import "fmt"

// queue is asyncio.Queue, LifoQueue or PriorityQueue, with 3.13's shutdown.
type queue struct {
	plainObject
	name             string
	capacity         int64 // 0: no limit
	order            QueueOrder
	plain            bool        // first in, first out, and no getter chooses
	items            ring[Value] // QueuePriority: a heap in buf[:n], head 0
	puts             ring[int64] // with statistics: when each of the items was put
	unfinished       int64
	shutdown         bool
	getters, putters waiters
	joiners          waiters
	onlookers        roster
	nowhere          int64
	unseen           bool // it is among statParts.unseen
	woken            int  // getters that an item has woken and that have not run yet; counted where a get chooses
}

func (q *queue) measure(m *meter) {
	m.values(q.items.buf)
	m.size += int64(len(q.items.buf)) * valueSize
}

func (q *queue) level() (int64, int) {
	return int64(q.items.n), q.getters.len() + q.putters.len() + q.joiners.len()
}

func (q *queue) most() int64 { return q.capacity }

func (q *queue) own(was *queue) {
	q.items.buf = append(was.items.buf[:0], q.items.buf...)
	q.puts.buf = append(was.puts.buf[:0], q.puts.buf...)
	q.getters.own(&was.getters.roster)
	q.putters.own(&was.putters.roster)
	q.joiners.own(&was.joiners.roster)
	q.onlookers.own(&was.onlookers)
}

func (q *queue) full() bool { return q.capacity > 0 && int64(q.items.n) >= q.capacity }

func (q *queue) title() string { return q.name }

func (q *queue) attr(_ *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrSize:
		return Int(int64(q.items.n)), true
	case AttrFull:
		return Bool(q.full()), true
	case AttrEmpty:
		return Bool(q.items.n == 0), true
	case AttrCapacity:
		return Int(q.capacity), true
	}
	return Value{}, false
}

// at is the i-th item in the order in which they are looked at.
func (q *queue) at(i int) *Value { return &q.items.buf[(q.items.head+i)&(len(q.items.buf)-1)] }

// when is when the i-th item was put; of no meaning without statistics.
func (q *queue) when(i int) *int64 {
	if q.puts.n == 0 {
		return &q.nowhere
	}
	return &q.puts.buf[(q.puts.head+i)&(len(q.puts.buf)-1)]
}

// object is the object that a step works on: a declared one, or the value of an expression.
func (l *Loop) object(in *instr) Value {
	var v Value
	if in.declared > 0 {
		v = l.declared[in.declared-1]
	} else {
		v = in.x.what(l)
	}
	if l.trace != nil {
		l.look(v, writes)
	}
	return v
}

// put is opPut, and again opPutAgain: the rest of Queue.put once the task was woken.
func (l *Loop) put(in *instr, pc int32, again bool) whereTo {
	var q uint32
	var item Value
	if again {
		q, item = l.cur.on, l.frame[in.a]
	} else {
		v := l.object(in)
		item = in.val(l)
		if l.fault != nil || !v.is(KindQueue) && !l.expect(v, KindQueue, "put") {
			return toJump
		}
		q = uint32(v.n)
	}
	switch queue := &l.queues[q]; {
	case queue.shutdown:
		l.Raise("QueueShutDown", "")
		l.statInVain(again, waitPut, q)
	case !queue.full():
		l.insert(queue, item)
		l.stir(KindQueue, q)
		l.recObject(OpPut, KindQueue, q)
	case in.x.nowait:
		l.Raise("QueueFull", "")
		l.statRefused(KindQueue, q)
	default:
		l.frame[in.a] = item
		queue.putters.push(l.curID)
		l.recObject(OpQueue, KindQueue, q)
		if again {
			pc-- // opPutAgain follows
		}
		l.suspend(pc, waitPut, q)
		return toWait
	}
	return toJump
}

// insert is Queue.put_nowait once there is room.
func (l *Loop) insert(q *queue, item Value) {
	if q.items.n == len(q.items.buf) && !l.Charge(q.items.n*valueSize) {
		return
	}
	q.items.push(item)
	if l.measuring {
		q.puts.push(l.now)
	}
	q.unfinished++
	if q.plain {
		l.wakeNextOf(&q.getters)
		return
	}
	if q.order == QueuePriority {
		l.siftDown(q, 0, q.items.n-1)
	}
	l.wakeGetter(q, item)
}

// wakeGetter is Queue._wakeup_next(self._getters); it reports whether there was one to wake. A getter that takes only
// some items is passed over unless it takes this one.
func (l *Loop) wakeGetter(q *queue, item Value) bool {
	if !l.p.choosy {
		return l.wakeNextOf(&q.getters)
	}
	ids := q.getters.ids
	for i := q.getters.head; i < len(ids); i++ {
		id := ids[i]
		t := l.task(id)
		done := t.flags&(flagFutureDone|flagFutureGone) != 0
		if id != 0 && !done && t.wait == waitFirst {
			if l.meetIfThere(id) {
				return true
			}
			continue
		}
		if x := l.p.code[t.pc].x; id == 0 || !done && x.where != nil && !l.wants(id, x, item) {
			continue
		}
		q.getters.removeAt(i)
		if !done {
			l.complete(id)
			q.woken++
			return true
		}
	}
	return false
}

// passOn wakes the first getter that takes one of the items, if there is one.
func (l *Loop) passOn(q *queue) {
	for i := 0; i < q.items.n && q.getters.len() > 0; i++ {
		if l.wakeGetter(q, *q.at(i)) {
			return
		}
	}
}

// wants evaluates the `where` of the waiting getter id on item, in that task's own variables. An error counts as
// yes: the getter meets it again when it runs.
func (l *Loop) wants(id uint32, x *operands, item Value) bool {
	from := l.visit(id, l.pc)
	ok := l.accepts(x, item)
	return l.comeBack(from) != nil || ok
}

// accepts evaluates `where` with item in the variable of `as`, which then gets its old value back.
func (l *Loop) accepts(x *operands, item Value) bool {
	kept := l.load(x.as.Ref)
	l.store(x.as.Ref, l.Escape(item))
	ok := x.where(l) && l.fault == nil
	l.store(x.as.Ref, kept)
	return ok
}

// wakeNextOf is Queue._wakeup_next; it reports whether there was one to wake.
func (l *Loop) wakeNextOf(w *waiters) bool {
	for w.len() > 0 {
		id := w.pop()
		if t := l.task(id); t.flags&(flagFutureDone|flagFutureGone) == 0 {
			if t.wait == waitFirst {
				if l.meetIfThere(id) {
					return true
				}
				continue
			}
			t.flags |= flagFutureDone
			if l.trace != nil {
				l.recTask(RecWake, id)
			}
			l.ready.push(handle{kind: handleWake, a: id})
			return true
		}
	}
	return false
}

// getItem is opGet and opGetAgain.
func (l *Loop) getItem(in *instr, pc int32, again bool) whereTo {
	var q uint32
	if again {
		q = l.cur.on
	} else {
		v := l.object(in)
		if l.fault != nil || !v.is(KindQueue) && !l.expect(v, KindQueue, "get") {
			return toJump
		}
		q = uint32(v.n)
	}
	queue := &l.queues[q]
	if queue.plain && queue.items.n > 0 {
		item := queue.items.take()
		l.stir(KindQueue, q)
		if queue.puts.n > 0 {
			l.statStay(KindQueue, q, queue.puts.take())
		}
		l.wakeNextOf(&queue.putters)
		l.recObject(OpGet, KindQueue, q)
		l.bind(in, item)
		return toJump
	}
	i := -1
	if queue.items.n > 0 {
		i = l.findItem(queue, in.x)
	}
	var item Value
	if i >= 0 && l.fault == nil {
		if queue.puts.n > 0 {
			l.statStay(KindQueue, q, *queue.when(i))
		}
		item = l.remove(queue, i)
		l.stir(KindQueue, q)
	}
	// An item may be left that nobody comes for: the getter that it woke took another one, and the one that wants it
	// still waits. This happens only where a get has a `where`.
	if again && l.p.choosy {
		if queue.woken--; queue.woken == 0 {
			l.passOn(queue)
		}
	}
	switch {
	case l.fault != nil:
	case i >= 0:
		l.wakeNextOf(&queue.putters)
		l.recObject(OpGet, KindQueue, q)
		l.bind(in, item)
	case queue.shutdown: // nothing that fits will come any more
		l.Raise("QueueShutDown", "")
		l.statInVain(again, waitGet, q)
	case in.x.nowait:
		l.Raise("QueueEmpty", "")
		l.statRefused(KindQueue, q)
	default:
		queue.getters.push(l.curID)
		l.recObject(OpQueue, KindQueue, q)
		if again {
			pc-- // opGetAgain follows
		}
		l.suspend(pc, waitGet, q)
		return toWait
	}
	return toJump
}

// findItem is the place of the item that get takes; -1: none is there that it takes.
func (l *Loop) findItem(q *queue, x *operands) int {
	if x.where == nil {
		if q.order == QueueLIFO {
			return q.items.n - 1
		}
		return 0
	}
	best := -1
	for i := range q.items.n {
		j := i
		if q.order == QueueLIFO {
			j = q.items.n - 1 - i
		}
		if !l.accepts(x, *q.at(j)) {
			if l.fault != nil {
				return -1
			}
			continue
		}
		if q.order != QueuePriority {
			return j
		}
		if best < 0 || l.less(*q.at(j), *q.at(best)) {
			best = j
		}
	}
	return best
}

// remove takes the i-th item out.
func (l *Loop) remove(q *queue, i int) Value {
	item := *q.at(i)
	switch {
	case q.order == QueuePriority:
		q.items.n--
		last := q.at(q.items.n)
		if i < q.items.n {
			*q.at(i), *q.when(i) = *last, *q.when(q.items.n)
			l.siftUp(q, i)
			l.siftDown(q, 0, i) // what moved into the middle may belong nearer to the head
		}
		*last = Value{}
	case i == 0:
		q.items.take()
		if q.puts.n > 0 {
			q.puts.take()
		}
		return item
	default:
		for ; i < q.items.n-1; i++ {
			*q.at(i), *q.when(i) = *q.at(i + 1), *q.when(i + 1)
		}
		*q.at(i) = Value{}
		q.items.n--
	}
	q.puts.n = min(q.puts.n, q.items.n)
	return item
}

// unget puts an item back in front. It has stayed until it was taken, and stays anew.
func (q *queue) unget(l *Loop, item Value) {
	q.items.push(item)
	if l.measuring {
		q.puts.push(l.now)
	}
	switch last := q.items.n - 1; q.order {
	case QueuePriority:
		l.siftDown(q, 0, last)
	case QueueFIFO:
		put := *q.when(last)
		for i := last; i > 0; i-- {
			*q.at(i), *q.at(i - 1) = *q.at(i - 1), item
			*q.when(i), *q.when(i - 1) = *q.when(i - 1), put
		}
	}
}

// less is Python's < of two items of a priority queue.
func (l *Loop) less(a, b Value) bool {
	c, ok := l.Compare(a, b)
	if !ok {
		l.Raise("TypeError", "'<' not supported between instances of '"+a.Kind().String()+"' and '"+b.Kind().String()+
			"': a priority queue's items must have an order")
	}
	return c < 0
}

// siftDown and siftUp are heapq's _siftdown and _siftup (see heapq.go): which of two equal items comes first depends
// on them.
func (l *Loop) siftDown(q *queue, start, pos int) {
	item, put := *q.at(pos), *q.when(pos)
	for pos > start {
		parent := (pos - 1) >> 1
		if !l.less(item, *q.at(parent)) {
			break
		}
		*q.at(pos), *q.when(pos) = *q.at(parent), *q.when(parent)
		pos = parent
	}
	*q.at(pos), *q.when(pos) = item, put
}

func (l *Loop) siftUp(q *queue, pos int) {
	start, item, put := pos, *q.at(pos), *q.when(pos)
	for child := 2*pos + 1; child < q.items.n; child = 2*pos + 1 {
		if right := child + 1; right < q.items.n && !l.less(*q.at(child), *q.at(right)) {
			child = right
		}
		*q.at(pos), *q.when(pos) = *q.at(child), *q.when(child)
		pos = child
	}
	*q.at(pos), *q.when(pos) = item, put
	l.siftDown(q, start, pos)
}

// finishPut and finishGet are the `except` of Queue.put and Queue.get; gone: the future was cancelled.
func (l *Loop) finishPut(q *queue, id uint32, gone bool) {
	q.putters.remove(id)
	if !q.full() && !gone {
		l.wakeNextOf(&q.putters)
	}
}

func (l *Loop) finishGet(q *queue, id uint32, gone bool) {
	q.getters.remove(id)
	if !gone {
		if l.p.choosy {
			q.woken--
		}
		l.passOn(q)
	}
}

func (l *Loop) taskDone(in *instr) {
	v := l.operand(in)
	if l.fault != nil || !l.expect(v, KindQueue, "task_done") {
		return
	}
	q := &l.queues[v.n]
	if q.unfinished <= 0 {
		l.raiseOf("ValueError", "task_done() called too many times",
			fmt.Sprintf("queue %s: no item is unfinished, %d wait in it", q.name, q.items.n))
		return
	}
	if q.unfinished--; q.unfinished == 0 {
		l.completeAll(&q.joiners) // Queue._finished.set
	}
	l.recObject(OpTaskDone, KindQueue, uint32(v.n))
}

func (l *Loop) join(in *instr, pc int32) whereTo {
	v := l.operand(in)
	if l.fault != nil || !l.expect(v, KindQueue, "join") {
		return toNext
	}
	q := &l.queues[v.n]
	if q.unfinished == 0 {
		return toNext
	}
	q.joiners.push(l.curID)
	l.recObject(OpQueue, KindQueue, uint32(v.n))
	l.suspend(pc, waitJoin, uint32(v.n))
	return toWait
}

// shutDown is Queue.shutdown of CPython 3.13.
func (l *Loop) shutDown(in *instr) {
	v := l.operand(in)
	immediate := in.bool != nil && in.bool(l)
	if l.fault != nil || !l.expect(v, KindQueue, "shutdown") {
		return
	}
	q := &l.queues[v.n]
	q.shutdown = true
	if immediate {
		q.unfinished = max(0, q.unfinished-int64(q.items.n))
		q.items, q.puts = ring[Value]{}, ring[int64]{}
		if q.unfinished == 0 {
			l.completeAll(&q.joiners) // Queue._finished.set
		}
	}
	for _, w := range []*waiters{&q.getters, &q.putters} {
		for w.len() > 0 {
			if id := w.pop(); !l.futureDone(id) {
				l.complete(id)
			}
		}
	}
	l.recObject(OpShutdown, KindQueue, uint32(v.n))
}

// putWait is Queue.put.
type putWait struct{ objectWait }

func (putWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	if w.err != nil {
		l.finishPut(&l.queues[t.on], l.curID, w.gone)
		l.recObject(OpUnqueue, KindQueue, t.on)
	}
	return w.goOn()
}

// getWait is Queue.get.
type getWait struct{ objectWait }

func (getWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	if w.err != nil {
		l.finishGet(&l.queues[t.on], l.curID, w.gone)
		l.recObject(OpUnqueue, KindQueue, t.on)
	}
	return w.goOn()
}

// joinWait is Queue.join.
type joinWait struct{ objectWait }

func (joinWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	l.queues[t.on].joiners.remove(l.curID)
	l.recObject(OpUnqueue, KindQueue, t.on)
	return w.goOn()
}
