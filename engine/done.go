package engine

import "slices"

// addDone is add_done_callback of a scenario's callback, which runs in a copy of the context as it is now.
func (l *Loop) addDone(in *instr) {
	v := in.val(l)
	l.evalArgs(in.x.args)
	a, ok := awaitable(0), false
	if l.fault == nil {
		a, ok = l.awaitable(v)
	}
	if !ok {
		return
	}
	id, s := l.newScheduled(in.x.callback, false)
	s.args = l.keepArgs(in.x.callback)
	l.addDoneCallback(a, handle{kind: handleCallback, a: id})
}

// keepArgs is a frame for a callback with the arguments in l.args; 0: there are none.
func (l *Loop) keepArgs(cb *Callback) uint32 {
	if len(l.args) == 0 {
		return 0
	}
	n := int(cb.Code.slots)
	f := l.newFrame(n)
	copy(l.frameSlots(f, n), l.args)
	return f
}

// removeDone is remove_done_callback: it removes a callback as often as it was added, and gives how often that was.
func (l *Loop) removeDone(in *instr) {
	v := in.val(l)
	if l.fault != nil {
		return
	}
	a, ok := l.awaitable(v)
	if !ok {
		return
	}
	if l.trace != nil {
		l.look(v, writes)
	}
	n := int64(0)
	if !l.stateOf(a).ended() {
		list := l.callbacksOf(a)
		*list = slices.DeleteFunc(*list, func(h handle) bool {
			if h.kind != handleCallback || l.callbacks.scheduled.at(h.a).callback != int32(in.x.callback.index) {
				return false
			}
			l.cancelScheduled(h.a)
			n++
			return true
		})
		delete(l.removals, a)
	}
	l.bind(in, Int(n))
}

// uncancelStep is Task.uncancel: it takes one request for cancellation back, and gives how many are left.
func (l *Loop) uncancelStep(in *instr) {
	v := in.val(l)
	if l.fault != nil || !l.expect(v, KindTask, "uncancel") {
		return
	}
	if l.trace != nil {
		l.look(v, writes)
	}
	t := l.task(uint32(v.n))
	l.uncancel(t)
	l.bind(in, Int(int64(t.cancel)))
}

// setName is Task.set_name.
func (l *Loop) setName(in *instr) {
	v := in.val(l)
	if l.fault != nil || !l.expect(v, KindTask, "set_name") {
		return
	}
	name := string(in.text(l, nil))
	id := uint32(v.n)
	if l.fault != nil || name == l.taskName(id) || !l.task(id).state.ended() && l.nameTaken(name) {
		return
	}
	if l.trace != nil {
		l.look(v, writes)
		l.lookAtState(touchSpawn, 0, writes)
	}
	l.names.take(l.taskName(id), id)
	l.coldOf(id).name = name
	l.task(id).flags |= flagNamed
	l.names.give(name, id)
}

// AllTasks is the tasks that have not ended, in the order of their creation (asyncio.all_tasks).
func (l *Loop) AllTasks() Value {
	if !l.Charge(l.tasks.living * valueSize) {
		return List(nil)
	}
	if l.trace != nil && l.trace.foot != nil {
		l.trace.foot.global = true
	}
	tasks := make([]Value, 0, l.tasks.living)
	l.inOrder(func(id uint32, t *task) bool {
		if l.warm(id).entry != 0 && !t.state.ended() {
			tasks = append(tasks, scalar(KindTask, uint64(id)))
		}
		return len(tasks) < l.tasks.living
	})
	return l.ownList(tasks)
}
