package engine

import (
	"cmp"
	"slices"
)

// Footprint is what follows, at one instant, from each of the timers that fired then: which objects, variables and tasks are
// read and changed by what each led to. Two timers that lead to nothing in common may fire in either order: the state after
// the instant is the same but for numbers that nothing depends on.
//
// A loop that has one writes it instead of a trace; see Loop.Follow.
type Footprint struct {
	// Output: what is printed is part of what counts.
	Output bool
	// Audit: a unit that changes an object, a shared variable or a task without a record panics. It is slow: for tests.
	Audit bool
	// Apart: the timers of the instant may fire in several iterations, and what each of these leads to is over before the next.
	Apart bool

	trace   Trace
	owner   int32            // whose is what runs: the place of a timer among those that fired; -1: nobody's
	owners  []int32          // of the handles that became ready, by their number
	base    uint32           // number of the first of these
	fired   int32            // timers that fired in the first iteration; Apart: in any, but for those that were armed meanwhile
	begun   bool             // it is over
	numbers []uint32         // of these timers, in the order in which they fired
	firsts  []int            // where in numbers an iteration begins
	again   bool             // a timer has fired that was armed meanwhile
	armed   map[uint32]int32 // owners of timers that were armed meanwhile, by their numbers
	touched []touched
	joints  []uint64 // gathers and groups, as in touched.what, whose last parts have ended: owner jointOwner + i
	global  bool     // something touches everything
}

// jointOwner is the first of the owners that stand for all the timers that have led to the ends of a gather's children or of a
// group's tasks. In which order these end is of no account: what follows when all have ended is the same.
const jointOwner = 1 << 24

// touched is that what follows from a timer touches something.
type touched struct {
	what  uint64
	owner int32
	how   access
}

type access uint8

const (
	reads   access = 1 << iota
	counts         // a constant is added: two such may change places
	writes         //
	checked        // a check reads it
)

// What is touched, besides objects, by kind. The upper half of touched.what is the kind, the lower the number.
const (
	touchTask     = uint64(kindScalars) + iota
	touchShared   // a shared variable
	touchCallback // Rec.Who
	touchGather
	touchGroup
	touchWaitSet
	touchSpawn    // the names and the order of tasks
	touchFailures // the order of errors that nobody took
	touchOutput
	touchPool // which thread does what
)

// Follow makes the loop write a footprint from now on: it stands before an iteration in which nothing is ready. nil: it ends that.
func (l *Loop) Follow(f *Footprint) {
	if l.trace = nil; f == nil {
		return
	}
	f.owner, f.fired, f.begun, f.global, f.again = -1, 0, false, false, false
	f.numbers, f.firsts = f.numbers[:0], f.firsts[:0]
	f.owners, f.touched, f.joints = f.owners[:0], f.touched[:0], f.joints[:0]
	if f.armed == nil {
		f.armed = map[uint32]int32{}
	}
	clear(f.armed)
	f.trace = Trace{Values: true, foot: f}
	f.base = 0
	l.trace = &f.trace
}

// Idle reports whether the loop stands before an iteration in which nothing is ready: the instant is over.
func (l *Loop) Idle() bool { return !l.turning && l.ready.n == 0 && !l.active }

// fill notes whose the handles are that have become ready since the last look.
func (f *Footprint) fill(l *Loop) {
	for n := f.trace.runs + uint32(l.ready.n) - f.base; uint32(len(f.owners)) < n; {
		f.owners = append(f.owners, f.owner)
	}
}

// touch notes that what runs touches something.
func (f *Footprint) touch(kind uint64, id uint32, how access) {
	if kind == uint64(KindResource) && how == writes {
		f.global = true // who has units of it may be interrupted, and what that one does then depends on who asked
	}
	t := touched{kind<<32 | uint64(id), f.owner, how}
	if n := len(f.touched); n == 0 || f.touched[n-1] != t {
		f.touched = append(f.touched, t)
	}
}

// look notes that an expression or a step looks at v, where it is an object, a task or a future.
func (l *Loop) look(v Value, how access) {
	f := l.trace.foot
	if k := v.Kind(); f == nil || k < KindTask || k >= kindScalars {
		return
	} else if k == KindTask {
		l.lookAtState(touchTask, uint32(v.n), how)
	} else if k == KindHandle {
		l.lookAtState(touchCallback, whoCallback(int(l.callbacks.scheduled.at(uint32(v.n)).callback)), how)
	} else if k == KindGroup {
		l.lookAtState(touchGroup, uint32(v.n), how)
	} else {
		l.lookAtState(uint64(k), uint32(v.n), how)
	}
}

// looksAs is how an attribute touches what it is of: to look at a result or an error takes the error.
func looksAs(a Attr) access {
	if a == AttrResult || a == AttrError {
		return writes
	}
	return reads
}

// lookAtState notes that what runs touches something that has no record of its own.
func (l *Loop) lookAtState(kind uint64, id uint32, how access) {
	f := l.trace.foot
	switch {
	case f == nil:
	case l.checking:
		f.touch(kind, id, checked)
	default:
		f.touch(kind, id, how)
	}
}

// awaited notes a look at a task or a future.
func (f *Footprint) awaitable(a awaitable, how access) {
	if k, id := a.object(); k == KindFuture {
		f.touch(uint64(KindFuture), id, how)
	} else {
		f.touch(touchTask, id, how)
	}
}

// task notes that a task is touched, with what it waits for.
func (f *Footprint) task(l *Loop, id uint32) {
	f.touch(touchTask, id, writes)
	t := l.task(id)
	k, on := waits[t.wait].target(l, t.on)
	switch {
	case t.wait == waitFirst:
		firstWait{}.each(l, id, func(part *task) {
			if k, on := waits[part.wait].target(l, part.on); part.wait == waitUnits {
				l.parts(part.on, func(_ uint32, q *request) { f.touch(uint64(KindResource), q.on, writes) })
			} else if k == KindTask {
				f.touch(touchTask, on, writes)
			} else if k != KindNull {
				f.touch(uint64(k), on, writes)
			}
		})
	case t.wait == waitUnits:
		l.parts(t.on, func(_ uint32, q *request) { f.touch(uint64(KindResource), q.on, writes) })
	case k == KindTask:
		f.touch(touchTask, on, writes)
	case k != KindNull:
		f.touch(uint64(k), on, writes)
	case t.wait == waitGather:
		f.touch(touchGather, on, f.unlessJoint(touchGather, on))
	case t.wait == waitGroup:
		f.touch(touchGroup, on, f.unlessJoint(touchGroup, on))
	case t.wait == waitAny || t.wait == waitCompleted:
		f.touch(touchWaitSet, on, writes)
	case t.wait > waitSleep: // a kind that is not known here
		f.global = true
	}
}

// run notes a handle that runs: it belongs to whom it was made ready by.
func (f *Footprint) run(l *Loop, h handle) {
	f.fill(l)
	f.owner = f.owners[f.trace.runs-1-f.base]
	switch h.kind {
	case handleStep, handleWake, handleThrow, handleSleep:
		f.task(l, h.a)
	case handleStart:
		f.touch(touchSpawn, 0, writes)
	case handleCallback:
		f.touch(touchCallback, whoCallback(int(l.callbacks.scheduled.at(h.a).callback)), writes)
	case handleGather:
		if g := l.gathers.at(h.a); g.onlyCounts(l, h.a, awaitable(h.b)) {
			f.awaitable(awaitable(h.b), writes)
			if f.counts(touchGather, h.a, g.pending == 1); g.pending == 1 && g.returnExceptions {
				f.touch(touchFailures, 0, writes)
			}
			return
		}
		f.touch(touchGather, h.a, writes)
		f.awaitable(awaitable(h.b), writes)
		if w := l.gathers.at(h.a).waiter; w != 0 {
			f.task(l, w)
		}
	case handleGroup:
		if g := l.groups.at(h.a); g.waiting && !g.aborting && l.task(h.b).state != taskFailed {
			f.touch(touchTask, h.b, writes)
			f.counts(touchGroup, h.a, g.tasks.len() == 1)
			return
		}
		f.touch(touchGroup, h.a, writes)
		f.touch(touchTask, h.b, writes)
		f.task(l, l.groups.at(h.a).parent)
	case handleWait, handleCompleted:
		f.touch(touchWaitSet, h.a, writes)
		f.awaitable(awaitable(h.b), writes)
		f.task(l, l.waitSets.at(h.a).task)
	case handleWaitOver:
		f.touch(touchWaitSet, h.a, writes)
		f.task(l, l.waitSets.at(h.a).task)
		for _, a := range l.waitSets.at(h.a).items {
			f.awaitable(a, writes)
		}
	case handleShield:
		if h.a != 0 {
			f.task(l, h.a)
		}
		f.touch(touchFailures, 0, writes)
	case handleThread, handleUnthread:
		f.touch(touchPool, 0, writes)
		if who := l.pool.jobs.at(h.a).task; who != 0 {
			f.task(l, who)
		}
	case handleShielded:
		f.touch(uint64(KindFuture), h.a, writes)
		f.awaitable(awaitable(h.b), writes)
		f.touch(touchFailures, 0, writes)
	case handleUnshield:
		f.touch(uint64(KindFuture), h.a, writes)
		f.awaitable(l.futures[h.a].shields, writes)
	case handleArmOver:
		f.task(l, h.a)
	case handleScope:
		f.task(l, l.scopes.at(h.a).task)
	default: // main is over, or it is a kind that is not known here: that touches everything
		f.global = true
	}
}

// onlyCounts reports whether the end of a child does nothing but bring the end of the gather nearer.
func (g *gather) onlyCounts(l *Loop, id uint32, child awaitable) bool {
	_, err := l.peekOutcome(child)
	return g.waiter != 0 && g.outer == 0 && id != l.shutdown && !g.done && !g.cancelRequested && (err == nil || g.returnExceptions)
}

// counts notes that one of several has ended, whose ends are awaited together. What follows from the last belongs to all.
func (f *Footprint) counts(kind uint64, id uint32, last bool) {
	f.touch(kind, id, counts)
	if last {
		f.owner = jointOwner + int32(len(f.joints))
		f.joints = append(f.joints, kind<<32|uint64(id))
		f.touch(kind, id, counts)
	}
}

// unlessJoint is how whoever runs touches a gather or a group: what follows from its end touches it as the ends do.
func (f *Footprint) unlessJoint(kind uint64, id uint32) access {
	if i := f.owner - jointOwner; i >= 0 && f.joints[i] == kind<<32|uint64(id) {
		return counts
	}
	return writes
}

// note takes in a record.
func (f *Footprint) note(l *Loop, r *Rec) {
	switch r.Kind {
	case RecIteration:
		f.fill(l)
		f.owner, f.begun = -1, f.fired > 0 && !f.Apart
		if n := len(f.firsts); n == 0 || f.firsts[n-1] < len(f.numbers) {
			f.firsts = append(f.firsts, len(f.numbers))
		}
	case RecFire:
		f.fill(l)
		if owner, ok := f.armed[r.On]; ok {
			f.owner, f.again = owner, true
		} else if f.owner = f.fired; !f.begun {
			f.fired++
			f.numbers = append(f.numbers, r.On)
		}
	case RecArm:
		f.armed[r.On] = f.owner
	case RecSpawn:
		f.touch(touchSpawn, 0, writes)
		f.touch(touchTask, r.What, writes)
	case RecLink:
		if r.Obj == KindTask {
			f.touch(touchTask, r.On, writes)
		} else {
			f.touch(uint64(r.Obj), r.On, writes)
		}
	case RecWait, RecWake:
		f.task(l, r.What)
	case RecEnd:
		f.touch(touchTask, r.What, writes)
		if taskState(r.Aux) == taskFailed {
			f.touch(touchFailures, 0, writes)
		}
	case RecResolve:
		f.touch(uint64(KindFuture), r.On, writes)
		if taskState(r.Aux) == taskFailed {
			f.touch(touchFailures, 0, writes)
		}
	case RecCancel:
		if r.What&WhoCallback != 0 {
			f.touch(touchCallback, r.What, writes)
		} else {
			f.task(l, r.What)
		}
	case RecInterrupt:
		f.task(l, r.What)
	case RecPreempt:
		f.touch(touchTask, r.What, writes)
		f.touch(uint64(KindResource), r.On, writes)
	case RecObject:
		f.touch(uint64(r.Obj), r.On, writes)
	case RecPrint:
		if f.Output {
			f.touch(touchOutput, 0, writes)
		}
	case RecRaise:
		if r.Aux == 0 {
			f.touch(touchFailures, 0, writes)
		}
	case RecStop, RecLimit, RecPhase, RecBlock:
		f.global = true
	}
}

// variable notes that a variable is read or set.
func (f *Footprint) variable(l *Loop, kind RecKind, r Ref) {
	if r.Space != SharedVar {
		f.global = f.global || r.Space == ContextVar && l.contexts.at(l.ctx()).shared
		return // locals and contexts are the task's own, but for a context that several share
	}
	how := reads
	switch {
	case l.checking:
		how = checked
	case kind == RecSet && l.pc >= 0 && l.p.code[l.pc].op == opCountShared:
		how = counts
	case kind == RecSet:
		how = writes
	}
	f.touch(touchShared, uint32(r.Index), how)
}

// Fired is the numbers of the timers that fired, in order: of the first iteration, or with Apart of each in which some did, but for
// timers that were armed meanwhile; others reports that there were such. The lists are kept until the loop follows the footprint again.
func (f *Footprint) Fired() (iterations [][]uint32, others bool) {
	for i, from := range f.firsts {
		to := len(f.numbers)
		if i+1 < len(f.firsts) {
			to = f.firsts[i+1]
		}
		if from < to {
			iterations = append(iterations, f.numbers[from:to])
		}
	}
	return iterations, f.again
}

// Groups says which of the n timers that fired depend on each other: timers of one group have the same number. A timer's
// place is that in which it fired.
func (f *Footprint) Groups(n int) []int {
	groups := make([]int, n+len(f.joints)) // joints are behind the timers
	for i := range groups {
		groups[i] = i
	}
	find := func(i int) int {
		for groups[i] != i {
			i = groups[i]
		}
		return i
	}
	place := func(owner int32) int {
		if owner >= jointOwner {
			return n + int(owner-jointOwner)
		}
		return int(owner)
	}
	join := func(a, b int32) bool { // false: they were joined
		if a < 0 || b < 0 || a < jointOwner && int(a) >= n || b < jointOwner && int(b) >= n {
			return false
		}
		i, j := find(place(a)), find(place(b))
		groups[max(i, j)] = min(i, j)
		return i != j
	}
	slices.SortFunc(f.touched, func(a, b touched) int {
		return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.owner, b.owner), cmp.Compare(a.how, b.how))
	})
	seen := int32(-1) // an owner that changes what a check reads
	for from := 0; from < len(f.touched); {
		to, all := from, access(0)
		for ; to < len(f.touched) && f.touched[to].what == f.touched[from].what; to++ {
			all |= f.touched[to].how
		}
		ours := f.touched[from:to]
		from = to
		last := int32(-1)
		for _, t := range ours {
			if t.how == checked || t.owner < 0 {
				continue
			}
			if all&checked != 0 && t.how != reads {
				join(seen, t.owner)
				seen = t.owner
			}
			if all&writes != 0 || all&(reads|counts) == reads|counts {
				join(last, t.owner)
				last = t.owner
			}
		}
	}
	for again := true; again; { // what a joint has something to do with, all that lead to it have
		again = false
		for i, what := range f.joints {
			alone := true
			for k := range groups {
				alone = alone && (k == n+i || find(k) != find(n+i))
			}
			for _, t := range f.touched {
				if !alone && t.what == what && t.owner >= 0 {
					again = join(t.owner, jointOwner+int32(i)) || again
				}
			}
		}
	}
	for i := range groups {
		if groups[i] = find(i); f.global {
			groups[i] = 0
		}
	}
	return groups[:n]
}
