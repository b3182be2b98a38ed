package engine

import (
	"math"
	"slices"
	"strconv"
)

// plan is a task that a step is about to create, or an existing one that it names. As in Python, the arguments of all
// new tasks of a step are evaluated before the first one is created.
type plan struct {
	entry *Entry
	item  awaitable // the task or future; a new one once it is created
	args  int       // where its arguments, then its context values, begin in planArgs
	of    uint32    // the task whose context it shares; 0: it has its own
	name  string
	index uint32
}

// planCost is what a plan counts for the memory limit.
const planCost = 48

// planTask evaluates what a new task of e needs.
func (l *Loop) planTask(e *Entry, index uint32) {
	l.entryIndex = int64(index)
	p := plan{entry: e, args: len(l.planArgs), index: index}
	for _, a := range e.Args {
		l.planArgs = append(l.planArgs, a(l))
	}
	for _, c := range e.Context {
		l.planArgs = append(l.planArgs, c.Value(l))
	}
	if !e.worker && !e.sourced {
		p.name = l.nameFor(e, index)
	}
	if e.SharedBy != nil && l.fault == nil {
		if v := e.SharedBy(l); l.fault == nil && l.expect(v, KindTask, "context_of") {
			p.of = uint32(v.n)
		}
	}
	l.plans = append(l.plans, p)
}

// nameFor is the name that the index-th task of e gets at run time; empty: none.
func (l *Loop) nameFor(e *Entry, index uint32) string {
	switch {
	case e.NameText != nil:
		return string(e.NameText(l, nil))
	case e.Name != "" && e.Count != nil:
		return e.Name + "-" + strconv.Itoa(int(index)+1)
	}
	return e.Name
}

// create makes the task of a plan; it fails when its name is taken by a living task or there are too many tasks.
func (l *Loop) create(p plan) (uint32, bool) {
	n := len(p.entry.Args)
	l.args = append(l.args[:0], l.planArgs[p.args:p.args+n]...)
	if !l.mayCreate(p.name) {
		return 0, false
	}
	id := l.newTask(p.entry, p.name)
	w := l.warm(id)
	for i, c := range p.entry.Context {
		w.ctx = l.setIn(w.ctx, c.To.Index, l.planArgs[p.args+n+i])
	}
	if p.of != 0 {
		l.shareContext(id, p.of)
	}
	return id, true
}

func (l *Loop) mayCreate(name string) bool {
	if name != "" && l.nameTaken(name) {
		return false
	}
	if int64(l.tasks.created) >= l.opts.Limits.Tasks {
		l.hitLimit(LimitTasks)
	}
	return !l.overflow
}

// reserveFrom is how many tasks of one step make it worth while to make room at once: growing bit by bit would need
// twice the memory.
const reserveFrom = 10_000

// spawn creates the tasks of e, one or Count, and returns the first. Where they are a step's, and something can refer to
// them, they are in l.made.
func (l *Loop) spawn(e *Entry) (first uint32, ok bool) {
	l.made = l.made[:0]
	n := int64(1)
	if e.Count != nil {
		if n = e.Count(l); l.fault != nil {
			return 0, false
		}
	}
	if n < 0 || n > l.opts.Limits.Tasks {
		n = min(max(n, 0), l.opts.Limits.Tasks+1)
	}
	if n > reserveFrom {
		if !l.Charge(int(min(n, math.MaxInt32)) * (taskCost + handleCost + timerCost)) {
			return 0, false
		}
		l.ready.reserve(int(n))
		l.timers.reserve(int(n))
	}
	for i := range n {
		id, ok := l.spawnOne(e, uint32(i))
		if !ok {
			return 0, false
		}
		if i == 0 {
			first = id
		}
		if !e.anonymous && !e.worker {
			l.made = append(l.made, id)
		}
	}
	return first, true
}

// spawnOne creates the index-th task of e.
func (l *Loop) spawnOne(e *Entry, index uint32) (uint32, bool) {
	if e.anonymous && len(e.Context) == 0 && e.SharedBy == nil {
		l.entryIndex = int64(index)
		if l.evalArgs(e.Args); l.fault != nil || !l.mayCreate("") {
			return 0, false
		}
		return l.newTask(e, ""), true
	}
	l.plans, l.planArgs = l.plans[:0], l.planArgs[:0]
	if l.planTask(e, index); l.fault != nil {
		return 0, false
	}
	return l.create(l.plans[0])
}

// spawnStep is create_task; As gets the task, or the list of tasks where there is a count.
func (l *Loop) spawnStep(in *instr) {
	group := uint32(0)
	if in.x.what != nil {
		v := in.x.what(l)
		ok := l.fault == nil
		if ok {
			group, ok = l.groupFor(v)
		}
		if !ok {
			return
		}
	}
	first, ok := l.spawn(in.x.entry)
	if group != 0 {
		for _, id := range l.made {
			l.joinGroup(group, id)
		}
	}
	if !ok || in.x.as == nil {
		return
	}
	if in.x.entry.Count == nil {
		l.bind(in, scalar(KindTask, uint64(first)))
		return
	}
	tasks := make([]Value, 0, len(l.made))
	for _, id := range l.made {
		tasks = append(tasks, scalar(KindTask, uint64(id)))
	}
	l.bind(in, l.ownList(tasks))
}

// gather is asyncio.gather and the await of it.
func (l *Loop) gather(in *instr, pc int32) whereTo {
	l.plans, l.planArgs = l.plans[:0], l.planArgs[:0]
	for i := range in.x.items {
		if l.planItem(&in.x.items[i]); l.fault != nil {
			return toNext
		}
	}
	returnExceptions := in.bool != nil && in.bool(l)
	if l.fault != nil {
		return toNext
	}
	if len(l.plans) == 0 && !in.x.keep {
		l.bind(in, l.ownList(nil))
		return toNext
	}
	// A task with a name or a context of its own is created first, as Python evaluates create_task(…) before gather looks
	// at its arguments. Of a bare coroutine gather makes a task when it comes to it.
	for i := range l.plans {
		if p := &l.plans[i]; p.entry != nil && (p.name != "" || len(p.entry.Context) > 0) && !l.createPlanned(p) {
			return toNext
		}
	}
	g := l.newGather()
	l.gathers.at(g).returnExceptions = returnExceptions
	var seen awaitables
	var done []awaitable
	for i := range l.plans {
		p := &l.plans[i]
		if p.item == 0 && !l.createPlanned(p) {
			return toNext
		}
		if l.addChild(g, p.item, p.entry != nil, &seen) {
			done = append(done, p.item)
		}
	}
	if in.x.keep {
		l.bind(in, scalar(KindFuture, uint64(l.startKept(g, done))))
		return toNext
	}
	for _, child := range done {
		l.childDone(g, child)
	}
	if l.gathers.at(g).done {
		v, err := l.finishGather(g)
		if l.fault = err; err == nil {
			l.bind(in, v)
		}
		return toNext
	}
	l.gathers.at(g).waiter = l.curID
	l.suspend(pc, waitGather, g)
	return toWait
}

// startKept makes the future of a gather of which some children have ended, and returns the future's number.
func (l *Loop) startKept(g uint32, done []awaitable) uint32 {
	l.keepGather(g)
	n := l.gathers.at(g).outer - 1
	for _, child := range done {
		l.childDone(g, child)
	}
	if ga := l.gathers.at(g); len(ga.children) == 0 {
		l.resolveGather(g, nil)
	}
	l.releaseGather(g)
	return n
}

// createPlanned makes the task of a plan, if it can be made.
func (l *Loop) createPlanned(p *plan) bool {
	id, ok := l.create(*p)
	p.item = awaitable(id)
	return ok
}

// planItem plans the tasks of one item of a gather.
func (l *Loop) planItem(it *GatherItem) {
	switch {
	case it.Task != nil:
		l.planTasks(it.Task(l))
	case it.In == nil:
		l.planTask(it.Entry, 0)
	default:
		elems, ok := l.sequence(it.In(l))
		if !l.Charge(len(elems) * (planCost + len(it.Entry.Args)*valueSize)) {
			return
		}
		l.plans = slices.Grow(l.plans, len(elems))
		for i := 0; ok && i < len(elems) && !l.Failed(); i++ {
			l.assign(&it.As, l.Escape(elems[i]))
			l.planTask(it.Entry, uint32(i))
		}
	}
}

// planTasks plans for an existing task or future, or for those of a list.
func (l *Loop) planTasks(v Value) {
	if v.Kind() != KindList {
		if a, ok := l.awaitable(v); ok {
			l.plans = append(l.plans, plan{item: a})
		}
		return
	}
	for _, e := range v.Elems() {
		if l.planTasks(e); l.fault != nil {
			return
		}
	}
}
