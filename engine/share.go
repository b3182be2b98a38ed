package engine

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
)

// sharing is the users of a resource that is shared (processor sharing): n of them get min(1, capacity/n) of their pace, and nobody
// waits. All of them get the same at any time, so that each ends when what all have been given has come to a number that does
// not change: a heap by that number says who is next, and one timer, of its task, is armed.
//
// share is where a user comes, unshare where one goes, pace must be called before either and before the capacity changes.
type sharing struct {
	users waitLine
	given work   // what each has been given since nobody used it, up to at
	at    int64  // a loop time
	timed uint32 // the request whose task has the timer; 0: there is none
	when  int64  // when that is due
}

// work is a duration at full pace in nanoseconds and in parts of one, 2^64 of which are one.
type work struct{ ns, parts uint64 }

// workGrain is what is too little to be waited for: far more than what is lost by rounding, far less than a nanosecond.
const workGrain = 1 << 40

func (w work) compare(v work) int {
	return cmp.Or(cmp.Compare(w.ns, v.ns), cmp.Compare(w.parts, v.parts))
}

func (w work) plus(v work) work {
	parts, carry := bits.Add64(w.parts, v.parts, 0)
	return work{w.ns + v.ns + carry, parts}
}

// minus is 0 where v is more.
func (w work) minus(v work) work {
	if w.compare(v) <= 0 {
		return work{}
	}
	parts, borrow := bits.Sub64(w.parts, v.parts, 0)
	return work{w.ns - v.ns - borrow, parts}
}

// worked is what each of n users is given in a time, by a capacity: to the nearest part.
func worked(ns, capacity, n uint64) work {
	if capacity >= n {
		return work{ns: ns}
	}
	high, low := bits.Mul64(ns, capacity)
	whole, rest := bits.Div64(high, low, n)
	parts, rest := bits.Div64(rest, 0, n)
	return work{ns: whole}.plus(work{parts: parts}).plus(work{parts: uint64(oneIf(rest >= n-rest))})
}

// lasts is how long n users take for what is left of one, by a capacity: whole nanoseconds, rounded up.
func (w work) lasts(capacity, n uint64) int64 {
	w = w.minus(work{parts: workGrain})
	if capacity = min(capacity, n); capacity == 0 {
		return never
	}
	carry, parts := bits.Mul64(w.parts, n)
	high, low := bits.Mul64(w.ns, n)
	low, more := bits.Add64(low, carry, 0)
	if high += more; high >= capacity {
		return never
	}
	whole, rest := bits.Div64(high, low, capacity)
	if rest > 0 || parts > 0 {
		whole++
	}
	return int64(min(whole, uint64(never)))
}

// pace gives the users what is theirs up to now.
func (l *Loop) pace(r *resource) {
	x := &r.sharing
	if n := uint64(x.users.len()); n > 0 {
		x.given = x.given.plus(worked(uint64(l.now-x.at), uint64(r.capacity), n))
	}
	x.at = l.now
}

// share is the sleep in a `use` of a resource that is shared.
func (l *Loop) share(pc int32, id uint32, d int64) {
	q := l.request(id)
	r := &l.resources[q.on]
	l.pace(r)
	q.ends = r.sharing.given.plus(work{ns: uint64(d)})
	l.enterLine(&r.sharing.users, id)
	l.suspend(pc, waitSleep, 0)
	l.cur.wait = waitUse
	l.timeSharing(r)
}

// unshare is the end of a use, before its time too.
func (l *Loop) unshare(r *resource, id uint32) {
	q := l.request(id)
	if q.ends == (work{}) {
		return
	}
	l.pace(r)
	l.leaveLine(&r.sharing.users, id)
	if q.ends = (work{}); r.sharing.timed == id {
		r.sharing.timed = 0
	}
	l.timeSharing(r)
}

// timeSharing arms the timer of who ends next.
func (l *Loop) timeSharing(r *resource) {
	x := &r.sharing
	next, when := x.users.head(), never
	if next == 0 {
		x.given, x.at = work{}, 0
	} else if d := l.request(next).ends.minus(x.given).lasts(uint64(r.capacity), uint64(x.users.len())); d < never-l.now {
		when = l.now + d
	}
	if x.timed != 0 {
		q := l.request(x.timed)
		if x.timed == next && x.when == when {
			return
		}
		t := l.task(q.task)
		l.timers.cancelled++
		l.recTimer(RecDisarm, timerSleep, q.task, t.on, 0)
		t.on, x.timed = 0, 0
	}
	if x.when = when; when == never {
		return
	}
	task := l.request(next).task
	number := l.timers.push(when, timerSleep, task)
	l.recTimer(RecArm, timerSleep, task, number, when)
	l.task(task).on, x.timed = number, next
}

// sharingUntil reports whether a timer is that of a task in a shared use which ends next.
func (l *Loop) sharingUntil(t *task, number uint32) bool {
	if t.wait != waitUse || t.on != number {
		return false
	}
	id := l.useOf(t)
	return l.resources[l.request(id).on].sharing.timed == id
}

// useOf is the request of a task in a `use`.
func (l *Loop) useOf(t *task) uint32 { return uint32(l.frameOf(t)[l.p.code[t.pc].a+useRequest].n) }

// sharingOver is the timer of who ends next: it has ended, and all who end in this instant.
func (l *Loop) sharingOver(t *task) {
	r := &l.resources[l.request(l.useOf(t)).on]
	x := &r.sharing
	l.pace(r)
	grain := work{parts: workGrain}
	upTo := x.given.plus(grain)
	if first := l.request(x.timed).ends; first.compare(upTo) > 0 {
		upTo = first
	}
	x.timed = 0
	l.taking = l.taking[:0]
	for next := x.users.head(); next != 0 && l.request(next).ends.compare(upTo) <= 0; next = x.users.head() {
		l.leaveLine(&x.users, next)
		l.request(next).ends = work{}
		l.taking = append(l.taking, next)
	}
	slices.SortFunc(l.taking, func(a, b uint32) int { return cmp.Compare(l.request(a).number, l.request(b).number) })
	for _, id := range l.taking {
		if task := l.request(id).task; l.task(task).flags&(flagFutureDone|flagFutureGone) == 0 {
			l.complete(task)
		}
	}
	l.timeSharing(r)
}

// sharesAlone raises an error where a step asks a resource that is shared for what it has not.
func (l *Loop) sharesAlone(in *instr, name string, amount int64) {
	switch {
	case !in.x.uses:
		l.Raise("RuntimeError", name+" is shared: `use` it")
	case amount != 1:
		l.Raise("ValueError", "an amount of "+name+" is 1, not "+strconv.FormatInt(amount, 10)+": it is shared")
	}
}
