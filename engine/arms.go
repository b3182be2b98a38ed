package engine

// noArm is what kinds of arms have in common that neither give nor keep anything.
type noArm struct{}

func (noArm) there(*Loop, arm) bool { return false }
func (noArm) back(*Loop, arm)       {}
func (noArm) forget(*Loop, arm)     {}
func (noArm) finish(*Loop, arm)     {}

// unitsArm asks for units of a resource, or of several: slot a has that, the one behind it the request.
type unitsArm struct{ noArm }

func (unitsArm) request(x arm) uint32 { return uint32(x.frame[x.in.a+1].AsInt()) }

func (unitsArm) try(l *Loop, x arm) bool {
	v := x.in.x.what(l)
	if l.fault != nil {
		return false
	}
	id := l.asksFor(x.in, v)
	if l.fault != nil {
		return false
	}
	x.frame[x.in.a], x.frame[x.in.a+1] = v, Int(int64(id))
	if id == 0 {
		return true // of no resource
	}
	l.parts(id, func(_ uint32, q *request) { q.arm = uint8(x.i) + 1 })
	l.standInLines(id)
	if l.request(id).state == requestAsking {
		if why := l.refusal(x.in, id); why != "" {
			l.refuse(x.in, id, why)
			x.frame[x.in.a] = Value{}
		}
	}
	return l.request(id).state == requestHeld
}

func (x unitsArm) begin(l *Loop, a arm) bool {
	if id := x.request(a); l.request(id).state == requestFree {
		l.standInLines(id)
	}
	return false
}

func (x unitsArm) leave(l *Loop, a arm) {
	if id := x.request(a); id != 0 && l.request(id).state == requestAsking {
		l.quit(id)
	}
}

func (x unitsArm) back(l *Loop, a arm) { l.quit(x.request(a)) }

func (x unitsArm) forget(l *Loop, a arm) {
	if id := x.request(a); id != 0 {
		l.parts(id, func(id uint32, _ *request) { l.freeRequest(id) })
	}
}

func (x unitsArm) finish(l *Loop, a arm) {
	id := x.request(a)
	if id == 0 {
		return
	}
	l.parts(id, func(_ uint32, q *request) {
		q.state, q.arm = requestHeld, 0
		l.recObject(OpAcquire, KindResource, q.on)
	})
	if !a.in.x.scoped {
		l.cur.flags |= flagKept
	}
}

func (x unitsArm) waits(_ *Loop, a arm) (waitKind, uint32) { return waitUnits, x.request(a) }

// stockArm puts into a container or a store, or takes out: slot a has the request.
type stockArm struct{ noArm }

func (stockArm) request(x arm) uint32 { return uint32(x.frame[x.in.a].AsInt()) }

func (stockArm) try(l *Loop, x arm) bool {
	id := uint32(0)
	if x.in.op == opOffer {
		id = l.offered(x.in)
	} else {
		id = l.wanted(x.in)
	}
	if id == 0 {
		return false
	}
	x.frame[x.in.a] = Int(int64(id))
	l.request(id).arm = uint8(x.i) + 1
	l.standAt(id)
	return l.request(id).state == requestHeld
}

func (x stockArm) begin(l *Loop, a arm) bool {
	if id := x.request(a); l.request(id).state == requestFree {
		l.standAt(id)
	}
	return false
}

func (x stockArm) leave(l *Loop, a arm) {
	if id := x.request(a); l.request(id).state == requestAsking {
		l.quitStock(id)
	}
}

func (x stockArm) back(l *Loop, a arm) { l.quitStock(x.request(a)) }

func (x stockArm) forget(l *Loop, a arm) { l.dropRequest(x.request(a)) }

func (x stockArm) finish(l *Loop, a arm) {
	id := x.request(a)
	l.request(id).arm = 0
	l.goOnWith(a.in, id)
}

func (x stockArm) waits(l *Loop, a arm) (waitKind, uint32) {
	id := x.request(a)
	return waitsInStock[oneIf(l.request(id).offers)], id
}

// stands reports whether an earlier arm stands in the same line: a task is in it once.
func (l *Loop) stands(x arm) bool {
	arms, frame := l.armsOf(x.task)
	for _, at := range arms[:x.i] {
		if in := &l.p.code[at]; in.op == x.in.op && frame[in.a] == frame[x.in.a] {
			return true
		}
	}
	return false
}

// beginInLine is the begin of an arm that stands in the line of a queue or an event.
func (l *Loop) beginInLine(x arm, kind arming, line *waiters) bool {
	if kind.there(l, x) {
		return true
	}
	if v := x.frame[x.in.a]; !l.stands(x) {
		line.push(x.task)
		l.recObject(OpQueue, v.Kind(), uint32(v.n))
	}
	return false
}

// leaveInVain takes the task of an arm out of the line of a queue, where it has got nothing, or of an event.
func (l *Loop) leaveInVain(x arm, line *waiters) {
	n := line.len()
	if line.remove(x.task); l.measuring && line.len() < n {
		l.statArmLeft(x)
	}
}

// getArm takes an item of a queue: slot a has the queue; once it is met null, or the error of its condition, and the one behind it the
// item, which is taken as soon as it is there.
type getArm struct{ noArm }

func (g getArm) try(l *Loop, x arm) bool {
	v := l.object(x.in)
	if l.fault != nil || !l.expect(v, KindQueue, "get") {
		return false
	}
	x.frame[x.in.a] = v
	return g.there(l, x)
}

func (getArm) there(l *Loop, x arm) bool {
	q := &l.queues[x.frame[x.in.a].n]
	if q.items.n == 0 {
		if q.shutdown {
			x.frame[x.in.a+1] = errorValue(l.newError("QueueShutDown", ""))
		}
		return q.shutdown
	}
	i, err := l.findFor(x, q)
	switch {
	case err != nil:
		x.frame[x.in.a+1] = errorValue(err)
	case i < 0:
		return false
	default:
		if q.puts.n > 0 {
			l.statStay(KindQueue, uint32(x.frame[x.in.a].n), *q.when(i))
		}
		x.frame[x.in.a+1] = List([]Value{l.remove(q, i)})
		l.stir(KindQueue, uint32(x.frame[x.in.a].n))
		l.wakeNextOf(&q.putters)
	}
	return true
}

// findFor is the place of the first item that an arm takes, in the variables of its task; -1: there is none.
func (l *Loop) findFor(x arm, q *queue) (int, *Error) {
	from := l.visit(x.task, l.pc)
	i := l.findItem(q, x.in.x)
	return i, l.comeBack(from)
}

func (getArm) line(l *Loop, x arm) *waiters { return &l.queues[x.frame[x.in.a].n].getters }

func (g getArm) begin(l *Loop, x arm) bool { return l.beginInLine(x, g, g.line(l, x)) }

func (g getArm) leave(l *Loop, x arm) { l.leaveInVain(x, g.line(l, x)) }

// back puts an item back in front.
func (getArm) back(l *Loop, x arm) {
	if v := x.frame[x.in.a+1]; v.Kind() == KindList {
		q := &l.queues[x.frame[x.in.a].n]
		q.unget(l, v.Elems()[0])
		l.stir(KindQueue, uint32(x.frame[x.in.a].n))
		l.wakeGetter(q, v.Elems()[0])
	}
}

func (g getArm) finish(l *Loop, x arm) {
	v := x.frame[x.in.a+1]
	if v.Kind() == KindError {
		g.leave(l, x)
		l.fault = v.AsError()
		return
	}
	g.line(l, x).remove(x.task)
	l.recObject(OpGet, KindQueue, uint32(x.frame[x.in.a].n))
	l.bind(x.in, v.Elems()[0])
}

func (getArm) waits(_ *Loop, x arm) (waitKind, uint32) { return waitGet, uint32(x.frame[x.in.a].n) }

// putArm puts an item into a queue: slot a has the queue, the one behind it a list of the item, and once it is met null or the error.
type putArm struct{ noArm }

func (p putArm) try(l *Loop, x arm) bool {
	v := l.object(x.in)
	item := Value{}
	if l.fault == nil {
		item = x.in.val(l)
	}
	if l.fault != nil || !l.expect(v, KindQueue, "put") {
		return false
	}
	x.frame[x.in.a], x.frame[x.in.a+1] = v, List([]Value{item})
	return p.there(l, x)
}

func (putArm) there(l *Loop, x arm) bool {
	q := &l.queues[x.frame[x.in.a].n]
	switch item := x.frame[x.in.a+1]; {
	case q.shutdown:
		x.frame[x.in.a+1] = errorValue(l.newError("QueueShutDown", ""))
	case q.full():
		return false
	default:
		x.frame[x.in.a+1] = Value{}
		l.insert(q, item.Elems()[0])
		l.stir(KindQueue, uint32(x.frame[x.in.a].n))
	}
	return true
}

func (putArm) line(l *Loop, x arm) *waiters { return &l.queues[x.frame[x.in.a].n].putters }

func (p putArm) begin(l *Loop, x arm) bool { return l.beginInLine(x, p, p.line(l, x)) }

func (p putArm) leave(l *Loop, x arm) { l.leaveInVain(x, p.line(l, x)) }

func (p putArm) finish(l *Loop, x arm) {
	if v := x.frame[x.in.a+1]; v.Kind() == KindError {
		p.leave(l, x)
		l.fault = v.AsError()
		return
	}
	p.line(l, x).remove(x.task)
	l.recObject(OpPut, KindQueue, uint32(x.frame[x.in.a].n))
}

func (putArm) waits(_ *Loop, x arm) (waitKind, uint32) { return waitPut, uint32(x.frame[x.in.a].n) }

// eventArm waits for an event, joinArm for the items of a queue to be done: slot a has it.
type eventArm struct{ noArm }

func (e eventArm) try(l *Loop, x arm) bool {
	v := x.in.val(l)
	if l.fault != nil || !l.expect(v, KindEvent, "wait") {
		return false
	}
	x.frame[x.in.a] = v
	return e.there(l, x)
}

func (eventArm) there(l *Loop, x arm) bool { return l.events[x.frame[x.in.a].n].set }

func (eventArm) line(l *Loop, x arm) *waiters { return &l.events[x.frame[x.in.a].n].waiters }

func (e eventArm) begin(l *Loop, x arm) bool { return l.beginInLine(x, e, e.line(l, x)) }

func (e eventArm) leave(l *Loop, x arm) { l.leaveInVain(x, e.line(l, x)) }

func (e eventArm) finish(l *Loop, x arm) {
	e.leave(l, x)
	l.recObject(OpUnqueue, KindEvent, uint32(x.frame[x.in.a].n))
}

func (eventArm) waits(_ *Loop, x arm) (waitKind, uint32) { return waitEvent, uint32(x.frame[x.in.a].n) }

type joinArm struct{ noArm }

func (j joinArm) try(l *Loop, x arm) bool {
	v := x.in.val(l)
	if l.fault != nil || !l.expect(v, KindQueue, "join") {
		return false
	}
	x.frame[x.in.a] = v
	return j.there(l, x)
}

func (joinArm) there(l *Loop, x arm) bool { return l.queues[x.frame[x.in.a].n].unfinished == 0 }

func (joinArm) line(l *Loop, x arm) *waiters { return &l.queues[x.frame[x.in.a].n].joiners }

func (j joinArm) begin(l *Loop, x arm) bool { return l.beginInLine(x, j, j.line(l, x)) }

func (j joinArm) leave(l *Loop, x arm) { j.line(l, x).remove(x.task) }

func (j joinArm) finish(l *Loop, x arm) {
	j.leave(l, x)
	l.recObject(OpUnqueue, KindQueue, uint32(x.frame[x.in.a].n))
}

func (joinArm) waits(_ *Loop, x arm) (waitKind, uint32) { return waitJoin, uint32(x.frame[x.in.a].n) }

// awaitArm awaits a task or a future, which goes on when another arm is met: slot a has it.
type awaitArm struct{ noArm }

func (awaitArm) handle(x arm) handle { return handle{handleArm, x.task, uint32(x.i)} }

func (a awaitArm) try(l *Loop, x arm) bool {
	v := x.in.val(l)
	if l.fault != nil {
		return false
	}
	of, ok := l.awaitable(v)
	if !ok {
		return false
	}
	if of == awaitable(x.task) {
		l.Raise("RuntimeError", "Task cannot await on itself: <Task "+l.taskName(x.task)+">")
		return false
	}
	x.frame[x.in.a] = v
	return a.there(l, x)
}

func (awaitArm) of(l *Loop, x arm) awaitable {
	a, _ := l.awaitable(x.frame[x.in.a])
	return a
}

func (a awaitArm) there(l *Loop, x arm) bool { return l.stateOf(a.of(l, x)).ended() }

func (a awaitArm) begin(l *Loop, x arm) bool {
	if a.there(l, x) {
		return true
	}
	l.addDoneCallback(a.of(l, x), a.handle(x))
	return false
}

func (a awaitArm) leave(l *Loop, x arm) { l.removeDoneCallback(a.of(l, x), a.handle(x)) }

func (a awaitArm) finish(l *Loop, x arm) { l.takeOutcome(x.in, a.of(l, x)) }

func (a awaitArm) waits(l *Loop, x arm) (waitKind, uint32) { return waitFuture, uint32(a.of(l, x)) }

// sleepArm sleeps: slot a has the time when it is over, the one behind it the number of the timer. One that is over at once needs no
// wait.
type sleepArm struct{ noArm }

func (sleepArm) try(l *Loop, x arm) bool {
	when := x.in.int(l)
	if l.fault == nil && x.in.op == opSleep {
		when = l.addTime(l.now, when)
	}
	if l.fault != nil {
		return false
	}
	x.frame[x.in.a] = Int(when)
	return when <= l.now
}

func (sleepArm) begin(l *Loop, x arm) bool {
	when := x.frame[x.in.a].AsInt()
	number := l.timers.push(when, timerArm, x.task)
	l.recTimer(RecArm, timerArm, x.task, number, when)
	x.frame[x.in.a+1] = Int(int64(number))
	return false
}

func (sleepArm) leave(l *Loop, x arm) {
	if number := x.frame[x.in.a+1]; !number.IsNull() {
		l.timers.cancelled++
		l.recTimer(RecDisarm, timerArm, x.task, uint32(number.n), 0)
		x.frame[x.in.a+1] = Value{}
	}
}

func (sleepArm) waits(_ *Loop, x arm) (waitKind, uint32) { return waitSleep, 0 }
