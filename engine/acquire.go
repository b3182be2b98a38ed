package engine

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// lineOf is the line of a resource that a request stands in.
func (r *resource) lineOf(q *request) *waitLine {
	if q.next != 0 {
		return &r.joints
	}
	return &r.line
}

// partAfter is the part of a joint request that follows one, where first is the one to begin with; 0: there is none.
func (q *request) partAfter(first uint32) uint32 {
	if q.next == first {
		return 0
	}
	return q.next
}

// parts calls f for a request and the other parts of a joint one. f may free the record.
func (l *Loop) parts(id uint32, f func(id uint32, q *request)) {
	for at, next := id, uint32(0); at != 0; at = next {
		q := l.request(at)
		next = q.partAfter(id)
		f(at, q)
	}
}

// acquireOne is `acquire` of a resource: in slot a of the instruction is the resource, the number of the request goes behind it.
func (l *Loop) acquireOne(in *instr, v Value, pc int32) whereTo {
	if in.x == nil || in.x.ask == nil {
		l.Raise("TypeError", "acquire takes a lock, a semaphore or a condition here, not resource")
		return toNext
	}
	id := l.asksFor(in, v)
	if l.fault != nil {
		return toNext
	}
	return l.enterAndLook(in, pc, id)
}

// acquireAll is `acquire` of several resources at once: all of them or none.
func (l *Loop) acquireAll(in *instr, v Value, pc int32) whereTo {
	id := l.asksFor(in, v)
	switch {
	case l.fault != nil:
		return toNext
	case id == 0:
		l.frame[in.a+1] = Int(0)
		return toNext
	}
	return l.enterAndLook(in, pc, id)
}

// asksFor makes the request for a resource, or the joint request for a list of them; 0: for none.
func (l *Loop) asksFor(in *instr, v Value) uint32 {
	if v.Kind() != KindList {
		if !l.expect(v, KindResource, "acquire") {
			return 0
		}
		id, _ := l.askFor(in, uint32(v.n))
		return id
	}
	first, last := uint32(0), uint32(0)
	for i, e := range v.Elems() {
		switch {
		case e.Kind() != KindResource:
			l.Raise("TypeError", "acquire takes a list of resources, not of "+e.Kind().String())
		case slices.ContainsFunc(v.Elems()[:i], func(x Value) bool { return x.n == e.n }):
			l.Raise("ValueError", "acquire has "+l.objectName(KindResource, uint32(e.n))+" twice")
		}
		id := uint32(0)
		if l.fault == nil {
			id, _ = l.askFor(in, uint32(e.n))
		}
		if l.fault != nil {
			break
		}
		if first == 0 {
			first, last = id, id
		}
		l.request(id).next, l.request(last).next, last = first, id, id
	}
	switch {
	case l.fault != nil && first != 0:
		l.parts(first, func(id uint32, _ *request) { l.freeRequest(id) })
		return 0
	case first != 0 && l.request(first).next == first:
		l.request(first).next = 0 // a list of one
	}
	return first
}

// askFor makes the request for one resource.
func (l *Loop) askFor(in *instr, on uint32) (uint32, bool) {
	ask, amount := in.x.ask, int64(1)
	if ask.Amount != nil {
		amount = ask.Amount(l)
		if l.fault == nil && amount < 1 {
			l.Raise("ValueError", "an amount must be 1 or more, not "+strconv.FormatInt(amount, 10))
		}
	}
	if r := &l.resources[on]; r.order == ResourceShared && l.fault == nil {
		l.sharesAlone(in, l.objectName(KindResource, on), amount)
	}
	if l.fault != nil {
		return 0, false
	}
	id, ok := l.newRequest(ask, amount, KindResource, on)
	if ok {
		l.request(id).scoped = in.x.scoped
	}
	return id, ok
}

// enterAndLook puts a request into its lines, and lets the running task go on, wait, or be refused.
func (l *Loop) enterAndLook(in *instr, pc int32, id uint32) whereTo {
	l.frame[in.a+1] = Int(int64(id))
	l.standInLines(id)
	state, op := l.request(id).state, uint8(OpQueue)
	if state == requestHeld {
		op = OpAcquire
	}
	if l.trace != nil {
		l.parts(id, func(_ uint32, q *request) { l.recObject(op, KindResource, q.on) })
	}
	switch state {
	case requestHeld:
		if !in.x.scoped {
			l.cur.flags |= flagKept
		}
		return toNext
	case requestAsking:
		if why := l.refusal(in, id); why != "" {
			l.refuse(in, id, why)
			return toNext
		}
		l.suspend(pc, waitUnits, id)
	}
	return toWait
}

// standInLines puts a request into its lines, and looks at them. It is of the running task, or of one that waits in a `first` and is
// in line again because that has taken from it what it was given.
func (l *Loop) standInLines(id uint32) {
	first := l.request(id)
	if r := &l.resources[first.on]; first.next == 0 {
		if first.task == l.curID && !l.looking && r.hasFree(first) {
			l.takeUnits(id)
			first.state = requestHeld
			return
		}
		first.state = requestAsking
		if l.enterLine(&r.line, id); first.place > 0 && r.order == ResourceFIFO && !r.overtake {
			return // who is first was looked at when something changed
		}
	} else {
		l.parts(id, func(id uint32, q *request) {
			q.state = requestAsking
			l.enterLine(&l.resources[q.on].joints, id)
		})
	}
	outer := l.requesting
	if first.task == l.curID {
		l.requesting = id
	}
	if first.next == 0 {
		l.lookInto(KindResource, first.on)
	} else {
		l.parts(id, func(_ uint32, q *request) { l.lookInto(KindResource, q.on) })
	}
	l.requesting = outer
}

// hasFree reports whether there are units enough for a single request that comes now, nobody is before it, and who is next is
// not drawn or computed.
func (r *resource) hasFree(q *request) bool {
	return q.amount <= r.capacity-r.inUse && r.waiting() == 0 && r.line.order != lineOpen && r.order != ResourceShared
}

// refusal says why a request that would have to wait is refused; "": it is not.
func (l *Loop) refusal(in *instr, id uint32) (why string) {
	for part, next := id, uint32(0); part != 0 && why == ""; part = next {
		q := l.request(part)
		next = q.partAfter(id)
		switch r := &l.resources[q.on]; {
		case in.x.ask.Nowait:
			why = strconv.FormatInt(r.free(), 10) + " are free"
		case r.maxWaiting >= 0 && r.waiting()-r.again > r.maxWaiting: // it is counted itself
			why = strconv.FormatInt(r.maxWaiting, 10) + " may wait, and do"
		}
	}
	return why
}

// refuse takes a request out of its lines again: the step's `else` follows, or ResourceFull is raised.
func (l *Loop) refuse(in *instr, id uint32, why string) {
	on := l.request(id).on
	name := l.objectName(KindResource, on)
	l.parts(id, func(id uint32, q *request) {
		l.leaveLine(l.resources[q.on].lineOf(q), id)
		l.statRefused(KindResource, q.on)
		l.freeRequest(id)
	})
	l.recObject(OpUnqueue, KindResource, on)
	l.frame[in.a+1] = Value{}
	if !in.x.otherwise {
		l.raiseOf("ResourceFull", why, "it asked for "+name)
	}
}

// takeUnits gives a request its units, out of its line if it stands in one: it is among the holders from now on.
func (l *Loop) takeUnits(id uint32) {
	q := l.request(id)
	r := &l.resources[q.on]
	if q.state == requestAsking {
		l.leaveLine(r.lineOf(q), id)
	}
	again := q.again
	if q.again {
		q.again = false
		r.again--
	}
	r.drawn = false
	r.inUse += q.amount
	l.stirBy(q)
	if l.measuring {
		l.statTaken(q, again)
	}
	q.since = l.now
	q.before, q.after = r.last, 0
	if r.last != 0 {
		l.request(r.last).after = id
	} else {
		r.first = id
	}
	r.last = id
	if q.preemptible && (r.order == ResourcePreemptive || r.interrupts) {
		l.enterLine(&r.victims, id)
	}
	if r.failures > 0 {
		l.takeSlots(r, id, q)
	} else if l.p.numbered && q.amount == 1 {
		q.unit = r.units.take()
	}
	c := l.coldOf(q.task)
	if q.older, q.newer = c.holds, 0; c.holds != 0 {
		l.request(c.holds).newer = id
	}
	c.holds = id
}

// dropUnits takes the units of a request back: it is not among the holders any more, but still among what its task has.
func (l *Loop) dropUnits(id uint32, q *request) {
	r := &l.resources[q.on]
	l.unshare(r, id)
	r.inUse -= q.amount
	l.stirBy(q)
	if l.measuring {
		l.statDropped(q)
	}
	if q.before != 0 {
		l.request(q.before).after = q.after
	} else {
		r.first = q.after
	}
	if q.after != 0 {
		l.request(q.after).before = q.before
	} else {
		r.last = q.before
	}
	if q.preemptible && (r.order == ResourcePreemptive || r.interrupts) {
		l.leaveLine(&r.victims, id)
	}
	if r.failures > 0 {
		l.dropSlots(r, id)
	} else if l.p.numbered && q.amount == 1 {
		r.units.give(q.unit)
	}
}

// disown takes a request out of what its task has.
func (l *Loop) disown(q *request) {
	if q.newer != 0 {
		l.request(q.newer).older = q.older
	} else {
		l.cold(l.task(q.task).cold).holds = q.older
	}
	if q.older != 0 {
		l.request(q.older).newer = q.newer
	}
	q.older, q.newer = 0, 0
}

// lookInto looks at a resource, a container or a store in whose line somebody could be served now, in the step that changed it.
func (l *Loop) lookInto(k Kind, on uint32) {
	switch {
	case k == KindResource && l.resources[on].waiting() == 0:
		return
	case l.looking:
		l.looks = append(l.looks, scalar(k, uint64(on)))
		return
	case k == KindResource && !l.resources[on].mayServe():
		return
	}
	l.looking = true
	l.serveAt(k, on)
	l.lookOn()
}

// lookOn looks into what was to be looked into meanwhile.
func (l *Loop) lookOn() {
	for i := 0; i < len(l.looks); i++ {
		l.serveAt(l.looks[i].Kind(), uint32(l.looks[i].n))
	}
	l.looks, l.looking = l.looks[:0], false
}

func (l *Loop) serveAt(k Kind, on uint32) {
	if k == KindResource {
		l.serve(on)
	} else {
		l.serveStock(k, on)
	}
}

// serve gives units of a resource to those in line, while the first one fits. Joint requests that do not fit are passed over,
// and with `overtake` all that do not.
func (l *Loop) serve(on uint32) {
	r := &l.resources[on]
	l.aside = l.aside[:0]
	for r.mayServe() {
		id := l.next(r)
		if id == 0 {
			break
		}
		q := l.request(id)
		switch joint := q.next != 0; {
		case l.fits(id):
			l.give(id, false)
		case !joint && r.order == ResourcePreemptive && q.preempt && l.preempt(r, id):
			l.give(id, true)
		case joint || r.overtake:
			l.setAside(r.lineOf(q), id)
			r.drawn = false
		default:
			l.putBack(on)
			return
		}
	}
	l.putBack(on)
}

// mayServe reports whether somebody in line may get units: some are free, or may be taken or shared.
func (r *resource) mayServe() bool {
	return r.inUse < r.capacity || r.order == ResourcePreemptive || r.order == ResourceShared
}

// putBack puts those that were passed over back into the line.
func (l *Loop) putBack(on uint32) {
	if len(l.aside) == 0 {
		return
	}
	r := &l.resources[on]
	for _, id := range l.aside {
		l.enterLine(r.lineOf(l.request(id)), id)
	}
	l.aside = l.aside[:0]
}

// next is the request of a resource that is looked at next; 0: nobody waits. In a line without an order of its own joint
// requests come last.
func (l *Loop) next(r *resource) uint32 {
	one, joint := r.line.head(), r.joints.head()
	switch {
	case one == 0:
		return joint
	case r.order == ResourceRandom:
		return l.draw(r)
	case r.order == ResourceRank:
		return l.leastRank(r)
	case joint != 0 && l.comesBefore(r.line.order, l.request(joint), l.request(one)):
		return joint
	}
	return one
}

// draw draws the one of the line that is served next, and puts it first. It stays first until it is served.
func (l *Loop) draw(r *resource) uint32 {
	if x := &r.line; !r.drawn {
		i := l.choose(x.len())
		x.heap[0], x.heap[i] = x.heap[i], x.heap[0]
		l.request(x.heap[0]).place, l.request(x.heap[i]).place = 0, int32(i)
		r.drawn = true
	}
	return r.line.head()
}

// leastRank is the request of the line with the least rank, the earliest of those.
func (l *Loop) leastRank(r *resource) uint32 {
	best, least := uint32(0), 0.0
	for _, id := range r.line.heap {
		q := l.request(id)
		rank, err := l.rankOf(r, q)
		if err != nil {
			l.failResource(r.called(q.on), err)
		}
		if best == 0 || rank < least || rank == least && q.number < l.request(best).number {
			best, least = id, rank
		}
	}
	return best
}

// rankOf computes the rank of a request. One that has none comes last.
func (l *Loop) rankOf(r *resource, q *request) (float64, *Error) {
	l.ranked, l.ranking = Ranked{Priority: q.priority, Amount: q.amount, Waited: l.now - q.since}, true
	from := l.visit(0, l.pc)
	rank := l.p.ranks[r.rank](l)
	if rank != rank && l.fault == nil {
		l.Raise("ValueError", "a rank must be a number, not nan")
	}
	err := l.comeBack(from)
	if l.ranking = false; err != nil {
		rank = math.Inf(1)
	}
	return rank, err
}

// sortByRank sorts requests, which stand in the order of their numbers, by their ranks: those for this resource alone come first.
func (l *Loop) sortByRank(r *resource, ids []uint32) {
	ranks := map[uint32]float64{}
	for _, id := range ids {
		ranks[id] = math.Inf(1)
		if q := l.request(id); q.next == 0 {
			ranks[id], _ = l.rankOf(r, q)
		}
	}
	slices.SortStableFunc(ids, func(a, b uint32) int {
		joint := func(id uint32) int64 { return oneIf(l.request(id).next != 0) }
		return cmp.Or(cmp.Compare(joint(a), joint(b)), cmp.Compare(ranks[a], ranks[b]))
	})
}

// fits reports whether there are units enough for a request, and, for each part of a joint one, nobody before it who waits for
// that resource alone.
func (l *Loop) fits(id uint32) bool {
	if q := l.request(id); q.next == 0 {
		r := &l.resources[q.on]
		return q.amount <= r.capacity-r.inUse || r.order == ResourceShared
	}
	ok := true
	l.parts(id, func(_ uint32, q *request) {
		r := &l.resources[q.on]
		ok = ok && (q.amount <= r.capacity-r.inUse || r.order == ResourceShared)
		if head := r.line.head(); q.next != 0 && head != 0 && !r.overtake {
			ok = ok && !l.comesBefore(r.line.order, l.request(head), q) && r.line.order != lineOpen
		}
	})
	return ok
}

// give hands its units to a request. Its task runs in the next iteration, unless it is asking just now and took them from nobody.
func (l *Loop) give(id uint32, preempting bool) {
	asking := l.requesting != 0 && l.request(l.requesting).task == l.request(id).task
	state := requestGiven
	if asking && !preempting {
		state = requestHeld
	}
	for at, next := id, uint32(0); at != 0; at = next {
		q := l.request(at)
		next = q.partAfter(id)
		l.takeUnits(at)
		q.state = state
	}
	switch {
	case state == requestHeld:
		l.requesting = 0
		return
	case asking && l.request(id).arm != 0:
		l.requesting = 0
		l.suspend(l.cur.pc, waitFirst, l.curID)
		if l.trace != nil {
			l.recTask(RecWait, l.curID)
		}
	case asking:
		l.requesting = 0
		l.suspend(l.request(id).pc, waitUnits, id)
		if l.trace != nil {
			l.recTask(RecWait, l.curID)
		}
	}
	l.served(id)
}

// quit takes a request out of its lines, or its units back where it was given them and has not run yet; those behind it are
// looked at.
func (l *Loop) quit(id uint32) {
	l.parts(id, func(id uint32, q *request) {
		if r := &l.resources[q.on]; q.state == requestAsking {
			l.leaveLine(r.lineOf(q), id)
			if l.measuring {
				l.statQuit(q)
			}
			if q.again {
				r.again--
			}
			if q.next == 0 {
				r.drawn = r.drawn && q.place != 0
			}
		} else if q.state != requestReturned {
			l.dropUnits(id, q)
			l.disown(q)
		}
		q.state = requestFree
	})
	l.parts(id, func(_ uint32, q *request) { l.lookInto(KindResource, q.on) })
}

// giveBack gives the units of a request back, and its record.
func (l *Loop) giveBack(id uint32) {
	q := l.request(id)
	on := q.on
	l.dropUnits(id, q)
	l.disown(q)
	l.freeRequest(id)
	l.lookInto(KindResource, on)
	if l.trace != nil {
		l.recObject(OpRelease, KindResource, on) // with whom it was handed to: it is never free in between
	}
}

// latest is what task id got last of a resource and still has: units, or else the record of units that it has lost. 0: nothing.
func (l *Loop) latest(id, on uint32) (held, lost uint32) {
	t := l.task(id)
	if t.cold == 0 {
		return 0, 0
	}
	for r := l.cold(t.cold).holds; r != 0; r = l.request(r).older {
		switch q := l.request(r); {
		case q.on != on:
		case q.state == requestLost && lost == 0 && !q.scoped:
			lost = r
		case q.state == requestHeld || q.state == requestGiven:
			return r, lost
		}
	}
	return 0, lost
}

// releaseLatest is `release` of a resource, by the running task or of another one.
func (l *Loop) releaseLatest(id, on uint32) {
	held, lost := uint32(0), uint32(0)
	if id != 0 {
		held, lost = l.latest(id, on)
	}
	switch {
	case held != 0 && l.resources[on].order == ResourceShared:
		l.Raise("RuntimeError", l.objectName(KindResource, on)+" is shared: its `use` gives it back")
	case held != 0 && (l.request(held).scoped || l.request(held).state == requestGiven): // its task still looks at it
		q := l.request(held)
		l.dropUnits(held, q)
		l.disown(q)
		q.state = requestReturned
		l.lookInto(KindResource, on)
		l.recObject(OpRelease, KindResource, on)
	case held != 0:
		l.giveBack(held)
	case lost != 0:
		l.disown(l.request(lost))
		l.freeRequest(lost)
	default:
		who := "nothing"
		if id != 0 {
			who = "task " + l.taskName(id)
		}
		l.raiseOf("RuntimeError", "Resource is not held.", who+" holds no unit of "+l.objectName(KindResource, on))
	}
}

// releaseBlock is the end of a block that holds resources; the number of its request is behind slot a.
func (l *Loop) releaseBlock(in *instr) {
	id := uint32(l.frame[in.a+1].AsInt())
	l.frame[in.a+1] = Int(0)
	if id == 0 {
		return // it left the line, or asked for nothing
	}
	if q := l.request(id); q.next == 0 && q.state == requestHeld {
		l.giveBack(id)
		return
	}
	l.parts(id, func(id uint32, q *request) {
		if q.state == requestHeld { // those in line are looked at when all parts are back
			l.dropUnits(id, q)
		}
	})
	l.parts(id, func(id uint32, q *request) {
		switch on := q.on; q.state {
		case requestHeld, requestLost:
			held := q.state == requestHeld
			l.disown(q)
			l.freeRequest(id)
			if held {
				l.lookInto(KindResource, on)
				l.recObject(OpRelease, KindResource, on)
			}
		default:
			if l.fault == nil {
				l.raiseOf("RuntimeError", "Resource is not held.", l.objectName(KindResource, q.on)+" was released inside the block that holds it")
			}
			l.freeRequest(id)
		}
	})
}

// bindUnit assigns the number of the unit that a step has got.
func (l *Loop) bindUnit(in *instr) {
	l.bind(in, Int(int64(l.request(uint32(l.frame[in.a+1].AsInt())).unit)))
}

// setCapacity is a new capacity of a resource, from now on.
func (l *Loop) setCapacity(on uint32, capacity int64) {
	r := &l.resources[on]
	l.pace(r)
	r.capacity = capacity
	l.timeSharing(r)
	l.stir(KindResource, on)
	outer := l.looking
	l.looking = true // the line is looked at when all have been interrupted
	l.shrink(on)
	l.looking = outer
	l.lookInto(KindResource, on)
}

// resize is `resize`.
func (l *Loop) resize(in *instr) {
	v := in.val(l)
	capacity, most := int64(-1), int64(-1)
	if in.int != nil {
		capacity = in.int(l)
		l.mustNotBeNegative("a capacity", capacity)
	}
	if in.x.most != nil && l.fault == nil {
		most = in.x.most(l)
		l.mustNotBeNegative("max_waiting", most)
	}
	if l.fault != nil || !l.expect(v, KindResource, "resize") {
		return
	}
	if on := uint32(v.n); in.x.most != nil {
		l.resources[on].maxWaiting = most
	}
	if on := uint32(v.n); in.int != nil && l.mayResize(on) {
		l.setCapacity(on, capacity)
	}
	l.recObject(OpResize, KindResource, uint32(v.n))
}

// unitsWait is the wait for a resource, or for several at once; on: the request.
type unitsWait struct{ ownFuture }

func (unitsWait) target(l *Loop, on uint32) (Kind, uint32) { return KindResource, l.request(on).on }

func (unitsWait) words(l *Loop, t *task) string {
	text := ""
	l.parts(t.on, func(_ uint32, q *request) {
		if text != "" {
			text += ", "
		}
		text += l.objectWords(KindResource, q.on)
		if q.amount != 1 {
			text += " (" + strconv.FormatInt(q.amount, 10) + ")"
		}
	})
	return text
}

func (unitsWait) holders(l *Loop, t *task) []uint32 {
	var ids []uint32
	l.parts(t.on, func(_ uint32, q *request) { ids = append(ids, l.resources[q.on].holders(l)...) })
	return ids
}

// cancel leaves the line in this step; units that were given and have not been used pass on.
func (x unitsWait) cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool {
	if !x.leave(l, id, t, message, depth) {
		return false
	}
	l.quit(t.on)
	return true
}

func (unitsWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	if w.err != nil {
		on := l.request(t.on).on
		l.parts(t.on, func(id uint32, _ *request) { l.freeRequest(id) })
		l.frame[l.p.code[w.pc].a+1] = Int(0)
		l.recLeft(scalar(KindResource, uint64(on)))
		return w.pc, w.err
	}
	l.gotUnits(t)
	return w.pc + 1, nil
}

// gotUnits is the end of a task's wait for units that it was given.
func (l *Loop) gotUnits(t *task) {
	on, scoped := l.request(t.on).on, l.request(t.on).scoped
	for id, next := t.on, uint32(0); id != 0; id = next {
		q := l.request(id)
		next = q.partAfter(t.on)
		switch unit := q.unit; {
		case q.state != requestReturned:
			q.state = requestHeld
		case !q.scoped:
			l.freeRequest(id)
			l.request(id).unit = unit // for bindUnit, which is next
		}
	}
	if !scoped {
		t.flags |= flagKept
	}
	if l.trace != nil {
		l.recGot(scalar(KindResource, uint64(on)), nil)
	}
}

// releaseUnits is `release` of a resource: at the end of a block, or of what a task got last.
func (l *Loop) releaseUnits(in *instr, v Value) {
	if in.val == nil {
		l.releaseBlock(in)
		return
	}
	id := l.curID
	if in.x.item != nil {
		of := in.x.item(l)
		if l.fault != nil || !l.expect(of, KindTask, "release … of") {
			return
		}
		id = uint32(of.n)
	}
	if l.expect(v, KindResource, "release") {
		l.releaseLatest(id, uint32(v.n))
	}
}

// endHolder is the end of a task that has not given back all that it held: that stays taken.
func (l *Loop) endHolder(id uint32, c *coldTask) {
	for r := c.holds; r != 0; {
		q := l.request(r)
		older := q.older
		if q.state == requestLost {
			l.disown(q)
			l.freeRequest(r)
		} else if len(l.keeps) < maxReports {
			l.keeps = append(l.keeps, Kept{Task: l.taskName(id), Object: l.objectName(KindResource, q.on), Pos: l.p.pos[q.pc], At: l.now})
		}
		r = older
	}
}
