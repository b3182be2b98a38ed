package engine

import (
	"math"
	"slices"
)

// Explore says what an explored run leaves open, and chooses. A choice that is not asked for is made as without it. The
// choices of a run follow each other in one order, so that a list of what was picked repeats the run.
type Explore struct {
	// Ties: timers that are due at the same instant fire in any order, in one iteration.
	Ties bool
	// Split: a timer may be late by up to Late, in nanoseconds: when nothing is ready, the next one to fire is any of those
	// that are due up to Late after the earliest, then others fire with it in any order or wait until nothing is ready again.
	// With Late 0 they are those of one instant. Split includes Ties.
	Split bool
	Late  int64
	// Latest: with Split, the clock may also be, when a timer fires, as late as the timers that are due allow: the next one is
	// then late by Late. That counts for what is armed from there.
	Latest bool
	// Cancel is how many cancellations come from outside, at most: at the beginning of an iteration, each of a task that
	// waits, or has been woken and has not run yet. Who says which tasks; nil: all.
	Cancel int
	Who    func(name string) bool
	// Draws: chance, choice, and randint of at most 8 numbers, take every value.
	Draws bool
	// Fail has, by the name of a coroutine, the error that its calls and tasks may raise at their beginning.
	Fail map[string]string
	// Ready: what runs in one iteration does so in any order, as goroutines do.
	Ready bool

	// Pick makes a choice among n, which is at least 2: it returns a number from 0 to n-1. 0 is what happens in the usual run.
	Pick func(l *Loop, kind ChoiceKind, n int) int
}

// Answer lets x make the choices from now on, which leaves open the same: so copies that run at the same time can have one each.
func (l *Loop) Answer(x *Explore) { l.explore = x }

// ChoiceKind says what is chosen.
type ChoiceKind uint8

const (
	ChooseTie    ChoiceKind = iota // which timer of one instant fires next
	ChooseLate                     // which timer fires next, or that no further one does for now
	ChooseCancel                   // which task is cancelled; 0: none
	ChooseDraw                     // what is drawn
	ChooseFail                     // whether a coroutine fails: 1
	ChooseReady                    // which handle runs next
	ChooseLatest                   // whether the clock is as late as it may be: 1
)

// ChoiceWords is the kinds in words.
var ChoiceWords = [...]string{"tie", "late", "cancel", "draw", "fail", "ready", "latest"}

// chosen is what an explored run keeps of its choices.
type chosen struct {
	cancels int32  // cancellations from outside so far
	idle    uint64 // timers.count when nothing was ready last
}

// maxDraws is how many values randint may have so that each of them is tried.
const maxDraws = 8

// pick makes a choice; what was chosen has a record.
func (l *Loop) pick(kind ChoiceKind, n int) int {
	k := l.ask(kind, n)
	l.recChoice(kind, k, n)
	return k
}

func (l *Loop) ask(kind ChoiceKind, n int) int {
	if n <= 1 {
		return 0
	}
	if k := l.explore.Pick(l, kind, n); k > 0 && k < n {
		return k
	}
	return 0
}

func (l *Loop) recChoice(kind ChoiceKind, k, n int) {
	if l.trace != nil && n > 1 {
		l.rec(Rec{Kind: RecChoose, Aux: uint8(kind) + 1, What: uint32(k), Arg: int64(n)})
	}
}

// RunUnit runs one unit: a part of the run before or after the loop, the beginning of an iteration, or one handle. Between two
// units the run can be copied and told from others by its fingerprint. It reports false when the run has ended. It must not be
// mixed with RunFor in one handle.
func (l *Loop) RunUnit() bool {
	if l.phase == phaseEnded {
		return false
	}
	if l.trace != nil && l.trace.foot != nil && l.trace.foot.Audit {
		return l.trace.foot.audit(l, l.runUnit)
	}
	return l.runUnit()
}

func (l *Loop) runUnit() bool {
	l.slice = l.opts.Limits.Steps - l.steps
	l.left = l.slice
	switch {
	case l.active || l.phase == phaseBefore || l.phase == phaseAfter:
		l.advance()
	case !l.turning:
		if l.beginExplored() {
			l.turning = true
			l.endIteration(l.phase)
		}
	default:
		phase := l.phase
		l.todo--
		l.runHandle(l.nextHandle())
		l.endIteration(phase)
	}
	l.steps += l.slice - l.left
	l.slice, l.left = 0, 0
	if l.phase != phaseEnded && l.steps >= l.opts.Limits.Steps {
		l.endLimit(LimitSteps)
	}
	if !l.opts.KeepOutput && l.opts.Output == nil {
		l.flush() // so that a copy does not carry it
	}
	return l.phase != phaseEnded
}

// nextHandle takes a handle of the iteration: the first, or with Explore.Ready any.
func (l *Loop) nextHandle() handle {
	r := &l.ready
	if k := 0; l.explore != nil && l.explore.Ready {
		k = l.pick(ChooseReady, l.todo+1)
		mask := len(r.buf) - 1
		h := r.buf[(r.head+k)&mask]
		for ; k > 0; k-- {
			r.buf[(r.head+k)&mask] = r.buf[(r.head+k-1)&mask]
		}
		r.buf[r.head] = h
	}
	h := r.pop()
	if l.trace != nil {
		l.recRun(h)
	}
	return h
}

// endIteration ends the iteration where no handle of it is left; see iterate.
func (l *Loop) endIteration(phase phase) {
	if l.todo > 0 {
		return
	}
	l.turning = false
	if l.stopping && l.phase == phase {
		l.stopped()
	}
}

// runUnits is RunFor of an explored run. What it runs between two looks for Interrupt is whole units.
func (l *Loop) runUnits(n int64) bool {
	for until := l.steps + n; l.phase != phaseEnded && l.steps < until; n-- {
		switch {
		case l.asked():
			l.heed()
		case !l.RunUnit() || n == 0:
			return l.phase == phaseEnded
		}
	}
	return l.phase == phaseEnded
}

// WillChoose reports whether the next unit may ask for a choice. It may be wrong where it reports true.
func (l *Loop) WillChoose() bool {
	x := l.explore
	switch {
	case x == nil || l.phase == phaseEnded:
		return false
	case x.Draws && l.p.Draws || len(x.Fail) > 0:
		return true
	case l.turning:
		return x.Ready && l.todo > 1
	case l.phase == phaseBefore || l.phase == phaseAfter || l.active:
		return false
	case l.cancels():
		return true
	case x.Ready && !x.Split:
		return false
	}
	return (x.Ties || x.Split) && (l.severalDue() || x.Split && x.Latest && l.mayBeLate())
}

// mayBeLate reports whether the clock may go on beyond the next timer.
func (l *Loop) mayBeLate() bool {
	if l.ready.n > 0 || l.timers.len() == 0 {
		return false
	}
	until := l.horizon()
	return l.timers.len() > 0 && until > max(l.now, l.timers.nextDue())
}

// cancels reports whether cancellations may still come from outside.
func (l *Loop) cancels() bool {
	return int(l.chosen.cancels) < l.explore.Cancel && l.phase == phaseLoop
}

// severalDue reports whether the next iteration has two timers to choose from.
func (l *Loop) severalDue() bool {
	q := &l.timers
	if q.len() < 2 {
		return false
	}
	until := l.horizon()
	if len(q.heap) == 0 && until > q.last {
		q.open()
	}
	if q.wheel.n > 0 && until > q.last {
		return true
	}
	return l.countLive(0, until, 2) >= 2
}

// countLive counts the timers of the subtree at i that are due up to a time and still meant, up to most.
func (l *Loop) countLive(i int, until int64, most int) int {
	q := &l.timers
	if i >= len(q.heap) || q.heap[i].when > until {
		return 0
	}
	n := 0
	if !l.isCancelled(q.heap[i]) {
		n++
	}
	width := arity
	if q.heapq {
		width = 2
	}
	for c := i*width + 1; c <= i*width+width && n < most; c++ {
		n += l.countLive(c, until, most-n)
	}
	return n
}

// horizon is the time up to which timers may fire in the next iteration.
func (l *Loop) horizon() int64 {
	if l.ready.n > 0 || l.timers.len() == 0 {
		return l.now
	}
	l.prune()
	if l.timers.len() == 0 {
		return l.now
	}
	until := max(l.now, l.timers.nextDue())
	if x := l.explore; x.Split && x.Late > 0 {
		end := int64(math.MaxInt64)
		if l.opts.Until > 0 && l.phase == phaseLoop {
			end = l.opts.Until - 1
		}
		if t := l.opts.Limits.Time; t > 0 {
			end = min(end, t)
		}
		first := l.timers.nextDue()
		until = max(until, min(first+min(x.Late, math.MaxInt64-first), end))
	}
	return max(l.now, min(until, l.shifts.next())) // what is late is so for less than until then
}

// beginExplored is beginIteration of an explored run.
func (l *Loop) beginExplored() bool {
	if l.timers.cancelled > 0 {
		l.prune()
	}
	if l.tasks.idle >= l.tasks.sweepAt && l.tasks.recycle {
		l.sweep()
	}
	idle, until := l.ready.n == 0, int64(0)
	if x := l.explore; x != nil && idle {
		until = l.horizon()
	}
	if idle && !l.moveClock() {
		return false
	}
	plan := l.plan(idle, max(until, l.now))
	if l.trace != nil {
		l.recIteration()
	}
	if l.explore != nil && l.cancels() {
		l.cancelFromOutside()
	}
	if l.shifts.next() <= l.now {
		l.startShifts()
	}
	for i := range plan {
		p := &plan[i]
		l.recChoice(p.kind, p.k, p.n)
		if p.ends > 0 {
			l.recChoice(ChooseLatest, p.ends-1, 2)
		}
		if !p.stop {
			l.fire(p.timer)
		}
	}
	l.todo = l.ready.n
	if l.iteration++; l.iteration > l.opts.Limits.Iterations {
		l.endLimit(LimitIterations)
		return false
	}
	return true
}

// planned is a timer that is to fire, or with stop that no further one does, and how that was chosen: k of n.
type planned struct {
	timer
	kind ChoiceKind
	k, n int
	ends int // 1: it fires as soon as it may, 2: as late as it may; 0: these are the same
	stop bool
}

// plan takes out the timers that are to fire now, in the order that is chosen; the clock moves on where one is late.
func (l *Loop) plan(idle bool, until int64) []planned {
	l.planned = l.planned[:0]
	x := l.explore
	split := x != nil && x.Split
	due := l.takeDue(until, split && !idle)
	switch {
	case len(due) == 0:
	case split && idle:
		l.planSplit(due, until)
	default:
		for from := 0; from < len(due); {
			to := from + 1
			for to < len(due) && due[to].when == due[from].when {
				to++
			}
			l.planGroup(due[from:to])
			from = to
		}
	}
	if idle {
		l.chosen.idle = l.timers.count
	}
	return l.planned
}

// takeDue takes the timers that are due up to a time out of the heap, in the usual order. Those that are held back stay there
// until nothing is ready.
func (l *Loop) takeDue(until int64, holds bool) []timer {
	q := &l.timers
	due, held := l.options[:0], 0
	for q.isDue(until) {
		t := q.pop()
		switch {
		case l.dropIfCancelled(t):
		case holds && l.isHeld(t):
			q.due = append(q.due[:held], t)
			held++
		default:
			due = append(due, t)
		}
	}
	for _, t := range q.due[:held] {
		q.back(t)
	}
	l.options = due
	l.usualOrder(due)
	return due
}

// isHeld reports whether a timer could have fired when nothing was ready last, and did not.
func (l *Loop) isHeld(t timer) bool { return t.key>>4 <= l.chosen.idle }

// usualOrder puts timers that are due, the earliest first, into the order in which they fire in the usual run.
func (l *Loop) usualOrder(due []timer) {
	ties := l.opts.Ties
	if ties != TiesLIFO && ties != TiesRandom {
		return
	}
	for from := 0; from < len(due); {
		to := from + 1
		for to < len(due) && due[to].when == due[from].when {
			to++
		}
		switch group := due[from:to]; ties {
		case TiesLIFO:
			slices.Reverse(group)
		default:
			for i := range group {
				j := i + l.choose(len(group)-i)
				group[i], group[j] = group[j], group[i]
			}
		}
		from = to
	}
}

// planGroup plans the timers of one instant.
func (l *Loop) planGroup(due []timer) {
	asks := l.explore != nil && l.explore.Ties && !l.explore.Ready
	for len(due) > 0 {
		p := planned{kind: ChooseTie}
		if asks {
			p.n, l.asking = len(due), due
			p.k = l.ask(ChooseTie, p.n)
		}
		p.timer, due = takeOut(due, p.k)
		l.planned = append(l.planned, p)
	}
}

// planSplit plans which timers fire now, and when, up to a time; the others go back. 0 is what the usual run does: it fires those
// that are due.
func (l *Loop) planSplit(due []timer, until int64) {
	for first := true; len(due) > 0; first = false {
		p := planned{kind: ChooseLate, n: len(due)}
		usual := first || due[0].when <= l.now
		if !first {
			p.n++
		}
		l.asking = due
		p.k = l.ask(ChooseLate, p.n)
		i := p.k
		switch {
		case !first && usual:
			p.stop = p.k == p.n-1
		case !first:
			p.stop = p.k == 0
			i--
		}
		if p.stop {
			l.planned = append(l.planned, p)
			break
		}
		p.timer, due = takeOut(due, i)
		if l.measuring {
			l.timePasses()
		}
		l.now = max(l.now, p.when)
		if l.explore.Latest && until > l.now {
			l.asking, l.until = append(l.asking[:0], p.timer), until
			if p.ends = 1 + l.ask(ChooseLatest, 2); p.ends == 2 {
				l.now = until
			}
		}
		if l.warming {
			l.warmUp()
		}
		l.planned = append(l.planned, p)
	}
	for _, t := range due {
		l.timers.back(t)
	}
}

// takeOut takes element i out; the order of the others stays.
func takeOut(list []timer, i int) (timer, []timer) {
	t := list[i]
	copy(list[1:i+1], list[:i])
	return t, list[1:]
}

// back puts a timer that was popped into the heap again: it is before all in the wheel.
func (q *timers) back(t timer) {
	q.heap = append(q.heap, t)
	if q.heapq {
		heapqSiftDown(q.heap, 0, len(q.heap)-1)
	} else {
		q.up(len(q.heap)-1, t)
	}
}

// cancelFromOutside lets tasks be cancelled at the beginning of an iteration.
func (l *Loop) cancelFromOutside() {
	for l.cancels() {
		waiting := l.cancellable()
		k := l.pick(ChooseCancel, len(waiting)+1)
		if k == 0 {
			return
		}
		l.chosen.cancels++
		l.cancelTask(waiting[k-1], nil, 0)
		l.fault = nil // a circle of tasks awaiting each other has nothing to cancel
	}
}

// cancellable is the tasks that may be cancelled, in the order of their creation.
func (l *Loop) cancellable() []uint32 {
	list := l.waiting[:0]
	l.inOrder(func(id uint32, t *task) bool {
		if t.wait != waitNothing && !t.state.ended() && t.cancel == 0 && (l.explore.Who == nil || l.explore.Who(l.taskName(id))) {
			list = append(list, id)
		}
		return true
	})
	l.waiting = list
	return list
}

// drawn lets a draw from n values take another one than the stream's, which is the usual one.
func (l *Loop) drawn(usual, n uint64) uint64 {
	if !l.explore.Draws || n == 0 || n > maxDraws || l.checking {
		return usual
	}
	return (usual + uint64(l.pick(ChooseDraw, int(n)))) % n
}

// fails lets an activation of a coroutine raise at its beginning.
func (l *Loop) fails(code *Code) bool {
	typ, may := l.explore.Fail[code.Name]
	if !may || l.pick(ChooseFail, 2) == 0 {
		return false
	}
	l.Raise(typ, "")
	return true
}

// Option is one of several among which Explore.Pick chooses.
type Option struct {
	Who    uint32 // the task or the callback, as Rec.Who; 0: nobody
	Worker string // with TimerStart: the worker
	When   int64  // when its timer is due
	Timer  uint8  // Timer…: what it is for
	Waits  string // what it waits for, in words; empty: nothing
	Woken  bool   // its wait is over, and it has not run yet
	Pos    Pos    // the step that it is at
}

// AppendAsked appends the numbers of the timers among which Explore.Pick chooses, in the order of the options: of these it makes a
// choice of timers. A timer keeps its number for as long as it is armed.
func (l *Loop) AppendAsked(list []uint32) []uint32 {
	for _, t := range l.asking {
		list = append(list, t.number())
	}
	return list
}

// Overdue reports whether a timer is due at the time that it is, so that the next iteration does not move the clock. It may be
// wrong where it reports true.
func (l *Loop) Overdue() bool {
	q := &l.timers
	if len(q.heap) == 0 && l.now > q.last {
		q.open()
	}
	return q.wheel.n > 0 && l.now > q.last || l.countLive(0, l.now, 1) > 0
}

// Options is what may be chosen now: it is for Explore.Pick, while that is asked. It has no list for draws and failures, which
// are those of whoever runs.
func (l *Loop) Options(kind ChoiceKind, n int) []Option {
	list := make([]Option, 0, n)
	switch kind {
	case ChooseTie, ChooseLate:
		for _, t := range l.asking {
			list = append(list, l.timerOption(t))
		}
		if kind == ChooseLate && len(list) < n {
			stop := len(list)
			if l.asking[0].when > l.now {
				stop = 0
			}
			list = slices.Insert(list, stop, Option{})
		}
	case ChooseLatest:
		o := l.timerOption(l.asking[0])
		list = append(list, o, o)
		list[1].When = l.until
	case ChooseCancel:
		list = append(list, Option{})
		for _, id := range l.waiting {
			list = append(list, l.option(id, l.now))
		}
	case ChooseReady:
		for i := range n {
			list = append(list, l.option(l.handleFor(l.ready.buf[(l.ready.head+i)&(len(l.ready.buf)-1)]), l.now))
		}
	default:
		who := l.curID
		if who == 0 {
			who = whoCallback(l.syncIndex)
		}
		o := l.option(who, l.now)
		o.Waits, o.Woken = "", false
		o.Pos = l.p.pos[max(l.pc, 0)]
		list = append(list, o)
	}
	return list
}

func (l *Loop) timerOption(t timer) Option {
	if t.kind() == timerStart {
		return Option{When: t.when, Timer: uint8(timerStart), Worker: l.p.Workers[t.id].Name, Pos: l.p.Workers[t.id].Pos}
	}
	o := l.option(l.timerFor(t), t.when)
	o.Timer = uint8(t.kind())
	return o
}

func (l *Loop) option(who uint32, when int64) Option {
	o := Option{Who: who, When: when}
	if who&WhoCallback != 0 {
		if i := int(who &^ WhoCallback); i < len(l.p.Callbacks) {
			o.Pos = l.p.Callbacks[i].Pos
		}
		return o
	}
	t := l.task(who)
	o.Pos = l.p.pos[max(t.pc, 0)]
	if t.wait > waitTurn && !t.state.ended() {
		o.Waits = waits[t.wait].words(l, t)
		o.Woken = t.flags&(flagFutureDone|flagFutureGone) == flagFutureDone
	}
	return o
}

// handleFor is whom a handle is for: see Rec.Who.
func (l *Loop) handleFor(h handle) uint32 {
	switch h.kind {
	case handleStep, handleWake, handleThrow, handleSleep:
		return h.a
	case handleCallback:
		return whoCallback(int(l.callbacks.scheduled.at(h.a).callback))
	case handleGather:
		return l.gathers.at(h.a).waiter
	case handleGroup:
		return l.groups.at(h.a).parent
	case handleWait, handleCompleted, handleWaitOver:
		return l.waitSets.at(h.a).task
	case handleArmOver:
		return h.a
	case handleScope:
		return l.scopes.at(h.a).task
	}
	return 0
}
