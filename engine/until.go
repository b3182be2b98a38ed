package engine

// onlooker is a task that waits until something holds of a resource, a container, a store or a queue. Whatever changes one of these
// lets its onlookers look at it in the same step, once that has come to its end: in the order in which they came. One for which it
// holds runs in the next iteration and is not asked again.
//
// stir is where changes are noted, show where onlookers look.

// untilKinds is the kinds of objects that have onlookers.
var untilKinds = [...]Kind{KindResource, KindContainer, KindStore, KindQueue}

// untilNumber is the number of an object that has onlookers, with its kind: what a task that waits in this way waits on.
func untilNumber(v Value) uint32 {
	for i, k := range untilKinds {
		if v.is(k) {
			return uint32(v.n)<<2 | uint32(i)
		}
	}
	return 0
}

func untilObject(number uint32) (Kind, uint32) { return untilKinds[number&3], number >> 2 }

// onlookers is the tasks that look at an object; nil: it has none.
func (l *Loop) onlookers(k Kind, on uint32) *roster {
	switch k {
	case KindResource:
		return &l.resources[on].onlookers
	case KindContainer:
		return &l.containers[on].onlookers
	case KindStore:
		return &l.stores[on].onlookers
	case KindQueue:
		return &l.queues[on].onlookers
	}
	return nil
}

// stir notes that an object has changed: its onlookers look at it at the end of this step, and the statistics of a resource or a
// queue before time passes.
func (l *Loop) stir(k Kind, on uint32) {
	if l.measuring {
		switch k {
		case KindResource:
			l.unseen(&l.resources[on].unseen, k, on)
		case KindQueue:
			l.unseen(&l.queues[on].unseen, k, on)
		}
	}
	if l.p.looked {
		l.stirOnlookers(k, on)
	}
}

func (l *Loop) stirOnlookers(k Kind, on uint32) {
	if w := l.onlookers(k, on); w == nil || w.len() == 0 {
		return
	}
	for _, v := range l.changes {
		if v.is(k) && uint32(v.n) == on {
			return
		}
	}
	l.changes = append(l.changes, scalar(k, uint64(on)))
}

// stirBy is stir for the object that a request is about.
func (l *Loop) stirBy(q *request) {
	if l.measuring || l.p.looked {
		l.stir(q.kind, q.on)
	}
}

// show lets onlookers look at what this step has changed.
func (l *Loop) show() {
	if len(l.changes) > 0 && !l.showing {
		l.showChanges()
	}
}

func (l *Loop) showChanges() {
	l.showing = true
	for i := 0; i < len(l.changes); i++ {
		l.shown = l.changes[i]
		w := l.onlookers(l.shown.Kind(), uint32(l.shown.n))
		l.lookers = append(l.lookers[:0], w.ids[w.head:]...)
		for _, id := range l.lookers {
			if id != 0 && !l.futureDone(id) {
				l.showTo(id)
			}
		}
		l.changes[i] = Value{} // what changes from here on is looked at again
	}
	l.changes, l.shown, l.showing = l.changes[:0], Value{}, false
}

// showTo lets one onlooker look at the object that is shown.
func (l *Loop) showTo(id uint32) {
	t := l.task(id)
	if t.wait == waitFirst {
		l.meetIfThere(id)
		return
	}
	in, frame := &l.p.code[t.pc], l.frameOf(t)
	if ok, err := l.holdsFor(id, t.pc); err != nil {
		frame[in.a] = errorValue(err)
	} else if !ok {
		return
	}
	l.complete(id)
}

// holdsFor evaluates the condition of an onlooker in its own variables.
func (l *Loop) holdsFor(id uint32, pc int32) (ok bool, err *Error) {
	from := l.visit(id, pc)
	ok = l.p.code[pc].bool(l)
	return ok, l.comeBack(from)
}

// waitUntil is opWaitUntil.
func (l *Loop) waitUntil(in *instr, pc int32) whereTo {
	v := l.operand(in)
	if !l.hasOnlookers(v) {
		return toNext
	}
	if ok := in.bool(l); ok || l.fault != nil {
		return toNext
	}
	l.frame[in.a] = Value{}
	l.onlookers(v.Kind(), uint32(v.n)).push(l.curID)
	l.recObject(OpQueue, v.Kind(), uint32(v.n))
	l.suspend(pc, waitUntil, untilNumber(v))
	return toWait
}

// hasOnlookers reports whether v can be looked at; false after an error.
func (l *Loop) hasOnlookers(v Value) bool {
	if l.fault != nil {
		return false
	}
	for _, k := range untilKinds {
		if v.is(k) {
			return true
		}
	}
	l.Raise("TypeError", "wait … until takes a resource, a container, a store or a queue here, not "+v.Kind().String())
	return false
}

// untilWait is the wait until something holds of an object; on: see untilNumber.
type untilWait struct{ ownFuture }

func (untilWait) target(_ *Loop, on uint32) (Kind, uint32) { return untilObject(on) }

func (untilWait) words(l *Loop, t *task) string {
	return "its condition on " + l.objectWords(untilObject(t.on))
}

func (untilWait) holders(l *Loop, t *task) []uint32 { return l.objectHolders(untilObject(t.on)) }

func (untilWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	k, on := untilObject(t.on)
	l.onlookers(k, on).remove(l.curID)
	l.recObject(OpUnqueue, k, on)
	if v := l.frame[l.p.code[w.pc].a]; w.err == nil && v.Kind() == KindError {
		return w.pc, v.AsError()
	}
	return w.goOn()
}

// untilArm waits until something holds of an object: slot a has that, the one behind it the error of the condition.
type untilArm struct{ noArm }

func (u untilArm) try(l *Loop, x arm) bool {
	v := x.in.val(l)
	if !l.hasOnlookers(v) {
		return false
	}
	x.frame[x.in.a] = v
	return x.in.bool(l)
}

// there looks only at the object that has changed.
func (u untilArm) there(l *Loop, x arm) bool {
	if v := x.frame[x.in.a]; v.Kind() != l.shown.Kind() || v.n != l.shown.n {
		return false
	}
	return u.holds(l, x)
}

func (untilArm) holds(l *Loop, x arm) bool {
	ok, err := l.holdsFor(x.task, l.p.code[l.task(x.task).pc].x.arms[x.i])
	if err != nil {
		x.frame[x.in.a+1] = errorValue(err)
	}
	return ok || err != nil
}

func (untilArm) line(l *Loop, x arm) *roster {
	return l.onlookers(x.frame[x.in.a].Kind(), uint32(x.frame[x.in.a].n))
}

func (u untilArm) begin(l *Loop, x arm) bool {
	if u.holds(l, x) {
		return true
	}
	if v := x.frame[x.in.a]; !l.stands(x) {
		u.line(l, x).push(x.task)
		l.recObject(OpQueue, v.Kind(), uint32(v.n))
	}
	return false
}

func (u untilArm) leave(l *Loop, x arm) { u.line(l, x).remove(x.task) }

func (u untilArm) finish(l *Loop, x arm) {
	u.leave(l, x)
	v := x.frame[x.in.a]
	l.recObject(OpUnqueue, v.Kind(), uint32(v.n))
	if failed := x.frame[x.in.a+1]; failed.Kind() == KindError {
		l.fault = failed.AsError()
	}
}

func (untilArm) waits(_ *Loop, x arm) (waitKind, uint32) {
	return waitUntil, untilNumber(x.frame[x.in.a])
}
