package engine

import (
	"math/bits"
	"slices"
)

// Fingerprint stands for a state of a run: of two loops of one program that are given the same options, equal ones go on
// alike. It is 128 bits: that two of ten million different states have the same is less probable than 10^-24.
type Fingerprint [2]uint64

// Fingerprint is that of the loop's state between two units. It takes in what the future of the run and its result depend
// on, and nothing else: not the numbers of timers, not what came before. With output what was printed is part of it; the
// loop must keep its output then. It reports false where the values are too large to be looked at, and where the run depends on
// its statistics.
func (l *Loop) Fingerprint(output bool) (Fingerprint, bool) {
	h := &l.hasher
	h.a, h.b, h.left, h.errors = 0x9AE16A3B2F90404F, 0xC949D7C7509E6557, maxHashed, h.errors[:0]
	l.hashTime(h)
	l.hashTasks(h)
	l.hashObjects(h)
	l.hashJoins(h)
	l.hashScheduled(h)
	l.hashPool(h)
	h.values(l.vars.shared)
	l.hashContext(h, l.contexts.base)
	if l.p.Draws {
		for i := range l.draws.sync {
			l.hashDraws(h, &l.draws.sync[i])
		}
	}
	l.hashRecord(h)
	if output {
		h.bytes(l.out.buf)
	}
	return Fingerprint{mix64(h.a), mix64(h.b)}, h.left > 0 && !l.p.Measures
}

// maxHashed is how many values one fingerprint looks at, at most.
const maxHashed = 1 << 20

// hasher takes in words: two sums that do not depend on each other.
type hasher struct {
	a, b   uint64
	left   int      // values that may still be looked at
	todo   []Value  // values still to look at, the next one last: they may be nested deeper than a stack goes
	errors []*Error // those that were met: two are equal where they are the same
}

func (h *hasher) word(x uint64) {
	hi, lo := bits.Mul64(h.a^x^0xA0761D6478BD642F, 0xE7037ED1A0B428DB)
	h.a = hi ^ lo + x
	h.b = (bits.RotateLeft64(h.b, 27) ^ x) * 0x9FB21C651E98DF25
	h.b ^= h.b >> 29
}

func (h *hasher) words(list ...uint64) {
	for _, x := range list {
		h.word(x)
	}
}

func (h *hasher) int(x int64) { h.word(uint64(x)) }

func (h *hasher) bool(b bool) { h.word(uint64(oneIf(b))) }

// bytes takes in a text of any length.
func (h *hasher) bytes(text []byte) {
	h.word(uint64(len(text)))
	var x uint64
	for i, c := range text {
		if x = x<<8 | uint64(c); i&7 == 7 {
			h.word(x)
		}
	}
	h.word(x)
}

func (h *hasher) text(s string) {
	h.word(uint64(len(s)))
	var x uint64
	for i := range len(s) {
		if x = x<<8 | uint64(s[i]); i&7 == 7 {
			h.word(x)
		}
	}
	h.word(x)
}

func (h *hasher) values(list []Value) {
	h.word(uint64(len(list)))
	for _, v := range list {
		h.value(v)
	}
}

func (h *hasher) value(v Value) {
	if k := v.Kind(); k < kindScalars {
		h.scalar(v, k)
		return
	}
	h.todo = append(h.todo[:0], v)
	for len(h.todo) > 0 && h.left > 0 {
		v, h.todo = h.todo[len(h.todo)-1], h.todo[:len(h.todo)-1]
		h.left--
		h.whole(v)
	}
}

func (h *hasher) scalar(v Value, k Kind) {
	if v.IsNull() { // what else is in a null value means nothing
		h.word(0)
		return
	}
	h.word(uint64(k))
	h.word(v.n)
}

// whole takes in v; what is in it is to be done.
func (h *hasher) whole(v Value) {
	k := v.Kind()
	if k < kindScalars {
		h.scalar(v, k)
		return
	}
	h.word(uint64(k))
	switch k {
	case KindString:
		h.text(v.AsString())
	case KindList:
		h.later(v.Elems())
	case KindMap:
		for _, key := range v.Keys() {
			h.text(key)
		}
		h.later(v.Vals())
	case KindError:
		h.error(v.AsError())
	}
}

// later leaves values to be done, the first one next.
func (h *hasher) later(list []Value) {
	h.word(uint64(len(list)))
	for _, v := range slices.Backward(list) {
		h.todo = append(h.todo, v)
	}
}

// error takes in an error: which one it is, and the first time what expressions can see of it.
func (h *hasher) error(e *Error) {
	i := slices.Index(h.errors, e)
	if h.int(int64(i)); i >= 0 {
		return
	}
	h.errors = append(h.errors, e)
	h.text(e.Type)
	h.text(e.Message)
	h.later(e.Errors)
	h.later([]Value{e.Cause})
}

// errorOr is error for one that may be nil.
func (h *hasher) errorOr(e *Error) {
	if h.bool(e != nil); e != nil {
		h.value(errorValue(e))
	}
}

func (h *hasher) ids(x *roster) {
	h.word(uint64(x.len()))
	for _, id := range x.ids[x.head:] {
		if id != 0 {
			h.word(uint64(id))
		}
	}
}

func (h *hasher) awaitables(list []awaitable) {
	h.word(uint64(len(list)))
	for _, a := range list {
		h.word(uint64(a))
	}
}

// sum takes in the sum of what f takes in for 0 to n-1, each by itself: their order is of no account. Those must not be values.
func (h *hasher) sum(n int, f func(i int)) {
	a, b := h.a, h.b
	var sumA, sumB uint64
	for i := range n {
		h.a, h.b = 0x2545F4914F6CDD1D, 0x27D4EB2F165667C5
		f(i)
		sumA, sumB = sumA+mix64(h.a), sumB+mix64(h.b)
	}
	h.a, h.b = a, b
	h.words(uint64(n), sumA, sumB)
}

// hashTime takes in the timeline and how far the run is.
func (l *Loop) hashTime(h *hasher) {
	h.int(l.now)
	h.words(uint64(l.phase), uint64(l.mainID), uint64(l.shutdown), uint64(l.drains), uint64(l.todo), uint64(l.chosen.cancels))
	h.word(uint64(oneIf(l.turning) | oneIf(l.stopping)<<1 | oneIf(l.quits)<<2 | oneIf(l.active)<<3 | oneIf(l.late)<<4))
	l.hashReady(h)
	l.shifts.hash(h)
	l.hashTimers(h)
	if l.opts.Ties == TiesRandom && !l.anyOrder() {
		h.word(l.draws.choice.count)
	}
}

// anyOrder reports whether every order of the timers of one instant is explored, so that the order that they stand in means
// nothing.
func (l *Loop) anyOrder() bool {
	x := l.explore
	return x != nil && (x.Ties || x.Split)
}

// hashReady takes in the ready queue. Where handles run in any order, only which ones are in it counts.
func (l *Loop) hashReady(h *hasher) {
	r := &l.ready
	at := func(i int) handle { return r.buf[(r.head+i)&(len(r.buf)-1)] }
	if l.explore == nil || !l.explore.Ready {
		h.word(uint64(r.n))
		for i := range r.n {
			l.hashHandle(h, at(i))
		}
		return
	}
	todo := min(l.todo, r.n)
	h.sum(todo, func(i int) { l.hashHandle(h, at(i)) })
	h.sum(r.n-todo, func(i int) { l.hashHandle(h, at(todo+i)) })
}

// hashHandle takes in a handle. The number of a timer in it only says whether the handle is still meant.
func (l *Loop) hashHandle(h *hasher, x handle) {
	b := uint64(x.b)
	switch x.kind {
	case handleSleep:
		t := l.task(x.a)
		b = uint64(oneIf(t.sleepsOn(x.b)))
	case handleArmOver:
		b = uint64(l.armWithTimer(x.a, x.b) + 1)
	case handleScope:
		s := l.scopes.at(x.a)
		b = uint64(oneIf(s.state == scopeEntered && s.number == x.b))
	case handleWaitOver:
		b = uint64(oneIf(l.waitSets.at(x.a).timer == x.b))
	case handleShield:
		b = l.shieldHash(x)
	case handleUnthread:
		b = uint64(oneIf(l.pool.jobs.at(x.a).number == x.b))
	case handleCallback:
		b = uint64(l.callbacks.scheduled.at(x.a).state)
	}
	h.words(uint64(x.kind), uint64(x.a), b)
}

// shieldHash stands for the number in a shield's handle.
func (l *Loop) shieldHash(x handle) uint64 {
	if x.a == 0 {
		return uint64(x.b)
	}
	if a, ok := l.shielded[x.b]; ok {
		return uint64(a)<<2 | 2
	}
	t := l.task(x.a)
	return uint64(oneIf(t.cold != 0 && l.cold(t.cold).shield == x.b))
}

// hashTimers takes in the timers that are still meant.
func (l *Loop) hashTimers(h *hasher) {
	q := &l.timers
	if q.len() == 0 {
		h.word(0)
		return
	}
	live := l.liveTimers()
	if l.anyOrder() {
		h.sum(len(live), func(i int) { l.hashTimer(h, live[i]) })
		return
	}
	if !q.heapq { // a heap of CPython's is taken in as it lies: the order of equals depends on that
		slices.SortFunc(live, timer.compare)
	}
	h.word(uint64(len(live)))
	for _, t := range live {
		l.hashTimer(h, t)
	}
}

func (l *Loop) hashTimer(h *hasher, t timer) {
	held := l.explore != nil && l.explore.Split && l.ready.n > 0 && l.isHeld(t)
	h.words(uint64(t.when), uint64(t.kind())|uint64(oneIf(held))<<8, uint64(t.id))
}

// liveTimers is the timers that are still meant, in memory that is used again.
func (l *Loop) liveTimers() []timer {
	q := &l.timers
	live := l.options[:0]
	keep := func(t timer) {
		if !l.isCancelled(t) {
			live = append(live, t)
		}
	}
	for _, t := range q.heap {
		keep(t)
	}
	q.wheel.each(keep)
	l.options = live
	return live
}

// each calls f for every timer.
func (w *wheel) each(f func(t timer)) {
	if w.n == 0 {
		return
	}
	for i := range w.buckets {
		n := w.buckets[i].n
		for block := w.buckets[i].first; n > 0; block = w.next[block] {
			for _, t := range w.timers[int(block)<<blockBits:][:min(n, blockSize)] {
				f(t)
			}
			n -= blockSize
		}
	}
}

// hashTasks takes in the tasks. The place of an activation's slots means nothing, what is in them does.
func (l *Loop) hashTasks(h *hasher) {
	h.words(uint64(l.tasks.lines.n), uint64(l.tasks.counted))
	for id := uint32(1); id < l.tasks.lines.n; id++ {
		w := l.warm(id)
		if h.word(uint64(w.entry)); w.entry == 0 {
			continue
		}
		t := l.task(id)
		h.word(uint64(t.state) | uint64(t.wait)<<8 | uint64(t.calls)<<16 | uint64(t.cancel)<<32 | uint64(t.flags&^flagKept)<<48)
		if t.state.ended() {
			h.int(t.since)
			if l.p.Shares {
				l.hashContext(h, w.ctx)
			}
		} else {
			l.hashActivation(h, id, t)
		}
		if h.bool(t.cold != 0); t.cold != 0 {
			l.hashCold(h, id, t, l.cold(t.cold))
		}
	}
	for i := range l.names.workers {
		w := &l.names.workers[i]
		h.words(uint64(w.start), uint64(w.first)|uint64(w.line)<<32, uint64(w.counted))
	}
}

// hashActivation takes in where a task is, what it waits for, and its variables.
func (l *Loop) hashActivation(h *hasher, id uint32, t *task) {
	if t.wait != waitSleep && t.wait != waitUse { // the timer says whose it is
		h.word(uint64(t.on))
	}
	pc, f := t.pc, t.frame
	for depth := t.calls; ; depth-- {
		h.int(int64(pc))
		if n := int(l.p.codes[l.p.owner[pc]].slots); f == 0 {
			h.values(t.slot[:min(n, len(t.slot))])
		} else {
			h.values(l.frameSlots(f, n))
		}
		if depth == 0 {
			break
		}
		link := *l.header(f)
		pc, f = int32(link>>32), uint32(link)
	}
	l.hashContext(h, l.warm(id).ctx)
}

func (l *Loop) hashCold(h *hasher, id uint32, t *task, c *coldTask) {
	if t.flags&flagNamed != 0 {
		h.text(c.name)
		h.bool(l.names.given[c.name] == id)
	}
	h.words(uint64(c.spawned), uint64(c.started), uint64(c.parent), uint64(c.ordinal), uint64(c.number), uint64(c.index), uint64(oneIf(c.shield != 0)))
	h.errorOr(c.err)
	h.errorOr(c.message)
	h.errorOr(c.gone)
	h.value(c.result)
	h.words(uint64(c.stale), uint64(len(c.interrupts)))
	for _, err := range c.interrupts {
		h.errorOr(err)
	}
	for id := c.holds; id != 0; id = l.request(id).older {
		l.request(id).hash(h, id)
	}
	l.hashCallbacks(h, c.callbacks)
	if l.p.Draws && !t.state.ended() {
		h.word(c.draws.stream.key)
		l.hashDraws(h, &c.draws)
	}
}

// hashDraws takes in how far the streams of a task or a callback are.
func (l *Loop) hashDraws(h *hasher, d *drawSource) {
	h.words(d.stream.count, uint64(d.ordinal))
	for id, most := d.named, l.draws.named.n; id != 0 && most > 0; most-- {
		s := l.draws.named.at(id)
		h.words(s.name, s.count)
		id = s.next
	}
}

// hashCallbacks takes in a list of done-callbacks, without its gaps.
func (l *Loop) hashCallbacks(h *hasher, list []handle) {
	n := 0
	for _, x := range list {
		if x != (handle{}) {
			l.hashHandle(h, x)
			n++
		}
	}
	h.word(uint64(n))
}

func (l *Loop) hashContext(h *hasher, id uint32) {
	if len(l.p.Context) > 0 {
		h.values(l.context(id))
		if l.contexts.at(id).shared {
			h.word(uint64(id)) // who else has it
		}
	}
}

func (l *Loop) hashObjects(h *hasher) {
	for k := range objectKinds {
		kind := &objectKinds[k]
		if kind.count == nil {
			continue
		}
		n := kind.count(&l.objects)
		if n == 0 {
			continue
		}
		h.words(uint64(k), uint64(n))
		for id := range n {
			kind.at(&l.objects, uint32(id)).hash(l, h)
		}
	}
	l.hashGiven(h)
}

func (k *lock) hash(_ *Loop, h *hasher) {
	h.words(uint64(oneIf(k.locked)), uint64(k.owner))
	h.ids(&k.waiters.roster)
}

func (k *rwlock) hash(_ *Loop, h *hasher) {
	h.words(uint64(oneIf(k.writing)), uint64(k.asleep))
	h.ids(&k.held)
	h.ids(&k.waiters.roster)
}

func (s *semaphore) hash(_ *Loop, h *hasher) {
	h.words(uint64(s.value), uint64(s.bound))
	h.ids(&s.held)
	h.ids(&s.waiters.roster)
}

func (e *event) hash(_ *Loop, h *hasher) {
	h.bool(e.set)
	h.ids(&e.waiters.roster)
}

func (c *condition) hash(l *Loop, h *hasher) {
	h.word(uint64(c.given))
	c.lock.hash(l, h)
	h.ids(&c.waiters.roster)
}

func (b *barrier) hash(l *Loop, h *hasher) {
	h.words(uint64(b.parties), uint64(b.count), uint64(b.state))
	b.cond.hash(l, h)
}

func (q *queue) hash(_ *Loop, h *hasher) {
	h.words(uint64(q.capacity), uint64(q.order), uint64(q.unfinished), uint64(oneIf(q.shutdown)), uint64(q.woken), uint64(q.items.n))
	for i := range q.items.n {
		h.value(*q.at(i))
	}
	h.ids(&q.getters.roster)
	h.ids(&q.putters.roster)
	h.ids(&q.joiners.roster)
	h.ids(&q.onlookers)
}

func (f *future) hash(l *Loop, h *hasher) {
	h.words(uint64(f.state), uint64(oneIf(f.taken)|oneIf(f.shielding)<<1), uint64(f.gather), uint64(f.shields))
	h.value(f.result)
	h.errorOr(f.err)
	l.hashCallbacks(h, f.callbacks)
}

func (x *timeout) hash(_ *Loop, h *hasher) {
	h.words(uint64(x.scope), uint64(x.state), uint64(x.when), uint64(oneIf(x.expired)))
}

// hashPool takes in what the threads do, and the jobs that wait for one.
func (l *Loop) hashPool(h *hasher) {
	p := &l.pool
	h.words(uint64(p.busy), uint64(oneIf(p.used)|oneIf(p.closing)<<1), uint64(len(p.line)))
	for _, id := range p.line {
		h.word(uint64(id))
	}
	for id := range p.jobs.n {
		if j := p.jobs.at(id); j.number != 0 {
			h.words(uint64(id), uint64(j.task), uint64(j.takes), uint64(oneIf(j.cancelled)|oneIf(j.over)<<1))
			h.value(j.value)
			h.errorOr(j.err)
		}
	}
}

// hashJoins takes in the gathers, groups, timeouts and waits that are in use.
func (l *Loop) hashJoins(h *hasher) {
	x := &l.joins
	for id := range x.gathers.n {
		if g := x.gathers.at(id); g.pending > 0 || g.waiter != 0 || g.done {
			h.words(1, uint64(id), uint64(g.pending), uint64(oneIf(g.returnExceptions)|oneIf(g.cancelRequested)<<1|oneIf(g.done)<<2), uint64(g.waiter), uint64(g.outer))
			h.awaitables(g.children)
			h.errorOr(g.err)
		}
	}
	for id := range x.groups.n {
		g := x.groups.at(id)
		h.words(2, uint64(g.generation), uint64(g.parent), uint64(oneIf(g.exiting)|oneIf(g.aborting)<<1|oneIf(g.parentCancelRequested)<<2|oneIf(g.waiting)<<3))
		h.ids(&g.tasks)
		h.values(g.errors)
		h.errorOr(g.base)
		h.errorOr(g.propagate)
	}
	for id := range x.scopes.n {
		if s := x.scopes.at(id); s.state != scopeLeft {
			h.words(3, uint64(id), uint64(s.task), uint64(s.state)|uint64(oneIf(s.timer))<<8|uint64(oneIf(s.fired))<<9|uint64(s.cancelling)<<16, uint64(s.kept))
		}
	}
	for id := range x.waitSets.n {
		if w := x.waitSets.at(id); w.released || w.callbacks > 0 || len(w.items) > 0 {
			l.hashWaitSet(h, id, w)
		}
	}
	h.word(uint64(len(x.shielded))) // what they are is in the handles that refer to them
}

func (l *Loop) hashWaitSet(h *hasher, id uint32, w *waitSet) {
	h.words(4, uint64(id), uint64(w.left), uint64(w.when), uint64(w.task), uint64(w.callbacks), uint64(w.turns),
		uint64(oneIf(w.released)|oneIf(w.timer != 0)<<1|oneIf(w.fired)<<2|oneIf(w.timedOut)<<3|oneIf(w.isCompleted)<<4))
	h.awaitables(w.items)
	h.word(uint64(w.completed.n))
	for i := range w.completed.n {
		h.word(uint64(w.completed.buf[(w.completed.head+i)&(len(w.completed.buf)-1)]))
	}
}

// hashScheduled takes in the callbacks that are to run, and those that a value refers to.
func (l *Loop) hashScheduled(h *hasher) {
	x := &l.callbacks
	for id := range x.scheduled.n {
		s := x.scheduled.at(id)
		if s.state == scheduledFree || !s.kept && s.state != scheduledPending {
			continue
		}
		h.words(uint64(id), uint64(s.callback), uint64(s.state), uint64(s.when),
			uint64(oneIf(s.timer)|oneIf(s.periodic)<<1|oneIf(s.kept)<<2|oneIf(s.asked)<<3|oneIf(s.over)<<4))
		if s.state != scheduledPending {
			continue
		}
		l.hashContext(h, s.ctx)
		if s.args != 0 {
			h.values(l.frameSlots(s.args, int(l.p.Callbacks[s.callback].Code.slots)))
		}
	}
	for _, id := range x.periodic {
		h.word(uint64(id))
	}
	for i := range l.sources {
		h.words(uint64(l.sources[i].made), uint64(l.sources[i].came))
	}
}

// hashRecord takes in what came of the run so far.
func (l *Loop) hashRecord(h *hasher) {
	h.words(uint64(l.res.Ended), uint64(len(l.failures)), uint64(l.untold), uint64(len(l.keeps)), uint64(len(l.res.Slow)),
		uint64(l.res.MoreSlow))
	for i := range l.keeps {
		k := &l.keeps[i]
		h.text(k.Task)
		h.text(k.Object)
		h.int(k.At)
	}
	if l.res.Ended != Running {
		h.int(l.res.At)
	}
	for i := range l.failures {
		f := &l.failures[i]
		h.words(uint64(f.task), uint64(f.future), uint64(oneIf(f.told)))
		h.text(f.In)
		h.errorOr(f.Err)
	}
	for i := range l.checks {
		c := &l.checks[i]
		h.words(uint64(oneIf(c.Decided) | oneIf(c.Broken)<<1))
	}
}
