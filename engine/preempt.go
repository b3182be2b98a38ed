package engine

// Why units were taken from a task: the `reason` in the cause of its Interrupt.
const (
	reasonPreempted = "preempted" // somebody of a smaller priority wanted them
	reasonCapacity  = "capacity"  // there are fewer units now
	reasonFailed    = "failed"    // the unit broke down
)

// preempt takes units from those who hold a resource with a greater priority than a request has, so that the request fits:
// from the greatest priority first, of equals from the latest request. It reports false, and takes none, where it would
// not fit even so. A task is never its own victim.
func (l *Loop) preempt(r *resource, id uint32) bool {
	q := l.request(id)
	free := r.capacity - r.inUse
	l.taking, l.spared = l.taking[:0], l.spared[:0]
	for free < q.amount && r.victims.len() > 0 {
		v := r.victims.head()
		victim := l.request(v)
		if victim.priority <= q.priority {
			break
		}
		l.leaveLine(&r.victims, v)
		if victim.task == q.task {
			l.spared = append(l.spared, v)
			continue
		}
		l.taking = append(l.taking, v)
		free += l.yields(r, v)
	}
	for _, v := range l.spared {
		l.enterLine(&r.victims, v)
	}
	for _, v := range l.taking {
		l.enterLine(&r.victims, v)
	}
	if free < q.amount {
		return false
	}
	for _, v := range l.taking {
		l.evict(v, reasonPreempted, scalar(KindTask, uint64(q.task)))
	}
	return true
}

// shrink takes units from those who hold more than there are, where a resource says so.
func (l *Loop) shrink(on uint32) {
	r := &l.resources[on]
	for r.interrupts && r.inUse > r.capacity && r.victims.len() > 0 {
		l.evict(r.victims.head(), reasonCapacity, Value{})
	}
}

// evict takes the units of a request from its task. One that has not run since it was given them goes back to its place
// in the line. One that is in a `use` does what that says. Any other gets an Interrupt where it waits.
func (l *Loop) evict(id uint32, reason string, by Value) {
	q := l.request(id)
	if l.trace != nil {
		l.rec(Rec{Kind: RecPreempt, What: q.task, Obj: KindResource, On: q.on})
	}
	since := q.since
	if l.measuring {
		l.resourceStats(q.on).counts[statPreempted]++
	}
	if q.state == requestGiven {
		l.withdraw(q.task)
		l.backInLine(id)
		if q.arm != 0 && l.request(id).state == requestAsking {
			l.firstAgain(q.task, int(q.arm)-1)
		}
		return
	}
	l.dropUnits(id, q)
	q.state = requestLost
	switch t := l.task(q.task); {
	case t.state.ended():
		l.disown(q)
		l.freeRequest(id)
	case !l.evictUse(t, id):
		l.interruptTask(q.task, l.preempted(q, reason, by, since))
	}
}

// backInLine puts a request, and the other parts of a joint one, back into line at its old place.
func (l *Loop) backInLine(id uint32) {
	l.parts(id, func(id uint32, q *request) {
		r := &l.resources[q.on]
		if q.state != requestLost {
			l.dropUnits(id, q)
		}
		l.disown(q)
		q.state, q.since, q.again = requestAsking, l.now, true
		r.again++
		l.enterLine(r.lineOf(q), id)
	})
	l.parts(id, func(_ uint32, q *request) { l.lookInto(KindResource, q.on) })
}

// preempted is the Interrupt of a task whose units were taken.
func (l *Loop) preempted(q *request, reason string, by Value, since int64) *Error {
	resource := scalar(KindResource, uint64(q.on))
	err := l.newError("Interrupt", l.objectName(KindResource, q.on)+": "+reason)
	err.Cause = Map([]string{"by", "reason", "resource", "since"}, []Value{by, String(reason), resource, Float(l.InUnits(since))})
	return err
}
