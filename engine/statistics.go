package engine

import (
	"math/big"
	"math/bits"
	"slices"
	"strconv"
)

// statistics is what is counted and measured of a run: of every object, and of the tasks of every coroutine. It is a part of
// the loop's data, never changes the run, and allocates nothing in the steady state. Where it is off a run pays a branch.
type statistics struct {
	parts []statParts // one, where they were switched on: a loop without stays small
}

type statParts struct {
	began   int64                     // since when they count
	ended   int64                     // when the loop had ended
	objects []objectStats             // of each object, or of all that one `new` makes
	of      [kindScalars][]objectView // by kind and number
	codes   []codeStats               // by the code of the tasks
	metrics []metric                  // by the program's Metrics
	sources []int64                   // by Source.index: the tasks it had made when they began
	made    []madeAt
	waits   []waitView // by the number of the task
	unseen  []Value    // objects that have changed, and at whose levels nobody has looked since
}

// objectStats is the statistics of an object. Which counts, tallies and levels it has, and what they are, say objectStatRows.
type objectStats struct {
	kind    Kind
	name    string
	counts  [statCounts]int64
	tallies [statTallies]tally
	levels  [statLevels]level
	amounts [2]float64 // of a container: what was put in and taken out
	held    [2]uint64  // of a resource: units times time of what is not held any more, 128 bits
	holds   []holding  // of locks and their like: what is held, the oldest first
	before  int64      // how many stood in line when the statistics began
	ranks   []rankWait // of a resource that looks at priorities: in the order in which they came
}

// rankWait is the waits of those that asked with a priority.
type rankWait struct {
	priority float64
	wait     tally
}

// mostRanks is how many priorities of a resource are told apart; further ones are only among all.
const mostRanks = 16

// objectView is what the statistics have last seen of an object.
type objectView struct {
	stats  uint32 // its place in statistics.objects + 1; 0: none yet
	levels [statLevels]int64
	amount float64 // of a container: what is in it
	holds  int64   // of a lock and its like: how many of objectStats.holds are of it
}

// madeAt is the statistics of what one `new` makes.
type madeAt struct {
	pc    int32
	stats uint32
}

type holding struct {
	task uint32
	id   uint32 // of the object
	at   int64
}

// waitView is what the statistics know of a task that waits for an object.
type waitView struct {
	since int64
	on    uint32
	kind  waitKind
}

// codeStats is the statistics of the tasks that run a coroutine.
type codeStats struct {
	counts [4]int64 // started, done, failed, cancelled
	time   tally    // from creation to the end, of those that are done
	inside level
}

// The counts, tallies and levels of kinds of objects, by place.
const (
	statRequests = iota // of queues, stores and containers: puts
	statServed          // gets
	statRefused
	statReneged
	statPreempted
	statFailures
	statCounts
)

const (
	statWait        = iota // of queues, stores and containers: put_wait
	statGaveUp             // get_wait
	statHold               // of queues and stores: stay
	statInterrupted        // waits of those that were preempted
	statTallies
)

const (
	statQueue  = iota // of queues, stores and containers: what is in it
	statInUse         // putters
	statThird         // capacity; getters
	statFourth        // of a store: lent; of a container: whether it is empty; of a resource: down
	statFifth         // of a container: whether it is full; of a resource: in use above its capacity
	statLevels
)

// statRow names the statistics of a kind of objects; an empty name: it has none at that place.
type statRow struct {
	counts  [statCounts]string
	tallies [statTallies]string
	levels  [statLevels]string
	derived []string                                   // what follows from them
	look    func(l *Loop, id uint32) [statLevels]int64 // the levels now
	derive  func(l *Loop, o *objectStats) []float64    // the derived ones
}

var (
	lockRow = statRow{
		counts: [statCounts]string{"requests", "served", "refused", "reneged"}, tallies: [statTallies]string{"wait", "gave_up", "hold"},
		levels: [statLevels]string{"queue", "in_use", "capacity"}, derived: heldRates, derive: (*Loop).heldRates,
	}
	resourceRow = statRow{
		counts:  [statCounts]string{"requests", "served", "refused", "reneged", "preempted", "failures"},
		tallies: [statTallies]string{"wait", "gave_up", "hold", "interrupted"},
		levels:  [statLevels]string{"queue", "in_use", "capacity", "down"}, derived: []string{"utilisation", "busy", "throughput", "overtime"},
		derive: func(l *Loop, o *objectStats) []float64 {
			over := &o.levels[statFifth]
			return append(l.heldRates(o), ratio(over.all().area(), big.NewInt(l.UnitNanos())))
		},
	}
	eventRow = statRow{tallies: [statTallies]string{"wait"}, levels: [statLevels]string{"waiting"}}
	queueRow = statRow{
		counts:  [statCounts]string{"puts", "gets", "refused", "reneged"},
		tallies: [statTallies]string{"put_wait", "get_wait", "stay"},
		levels:  [statLevels]string{"size", "putters", "getters"},
		look: func(l *Loop, id uint32) [statLevels]int64 {
			q := &l.queues[id]
			return [statLevels]int64{int64(q.items.n), int64(q.putters.len()), int64(q.getters.len())}
		},
	}
	storeRow = statRow{
		counts: queueRow.counts, tallies: queueRow.tallies, levels: [statLevels]string{"size", "putters", "getters", "lent"},
		look: func(l *Loop, id uint32) [statLevels]int64 {
			s := &l.stores[id]
			return [statLevels]int64{s.size(), int64(s.offers.len()), int64(s.wants.len()), s.lent}
		},
	}
	containerRow = statRow{
		counts: queueRow.counts, tallies: [statTallies]string{"put_wait", "get_wait"},
		levels:  [statLevels]string{"level", "putters", "getters"},
		derived: []string{"amount_in", "amount_out", "empty", "full"},
		derive: func(_ *Loop, o *objectStats) []float64 {
			return []float64{o.amounts[0], o.amounts[1], o.levels[statFourth].all().average(), o.levels[statFifth].all().average()}
		},
	}
)

// heldRates is what follows from the statistics of what tasks hold.
var heldRates = []string{"utilisation", "busy", "throughput"}

func (l *Loop) heldRates(o *objectStats) []float64 {
	used, capacity := o.levels[statInUse].all(), o.levels[statThird].all()
	return []float64{used.average() / capacity.average(), o.levels[statInUse].shareAbove(), float64(o.counts[statServed]) / l.InUnits(used.length)}
}

// objectStatRows has a row for each kind of object that has statistics.
var objectStatRows = [kindScalars]*statRow{
	KindResource: &resourceRow, KindLock: &lockRow, KindSemaphore: &lockRow, KindRWLock: &lockRow,
	KindEvent: &eventRow, KindCondition: &eventRow, KindBarrier: &eventRow,
	KindQueue: &queueRow, KindStore: &storeRow, KindContainer: &containerRow,
}

// codeRow names the statistics of the tasks of a coroutine.
var codeRow = [4]string{"started", "done", "failed", "cancelled"}

// measured is the statistics of a loop that has some.
func (l *Loop) measured() *statParts { return &l.stats.parts[0] }

func (x *statistics) clone() statistics {
	c := *x
	c.parts = slices.Clone(x.parts)
	for i := range c.parts {
		c.parts[i].own()
	}
	return c
}

// own gives a copy memory of its own.
func (c *statParts) own() {
	c.objects = slices.Clone(c.objects)
	for i := range c.objects {
		o := &c.objects[i]
		o.holds, o.ranks = slices.Clone(o.holds), slices.Clone(o.ranks)
		for j := range o.ranks {
			o.ranks[j].wait = o.ranks[j].wait.clone()
		}
		for j := range o.tallies {
			o.tallies[j] = o.tallies[j].clone()
		}
		for j := range o.levels {
			o.levels[j] = o.levels[j].clone()
		}
	}
	for k := range c.of {
		c.of[k] = slices.Clone(c.of[k])
	}
	c.codes = slices.Clone(c.codes)
	for i := range c.codes {
		c.codes[i].time, c.codes[i].inside = c.codes[i].time.clone(), c.codes[i].inside.clone()
	}
	c.sources, c.metrics = slices.Clone(c.sources), slices.Clone(c.metrics)
	for i := range c.metrics {
		c.metrics[i] = c.metrics[i].clone()
	}
	c.made, c.waits, c.unseen = slices.Clone(c.made), slices.Clone(c.waits), slices.Clone(c.unseen)
}

// beginStatistics makes the statistics of the declared objects, in the order of the file.
func (l *Loop) beginStatistics() {
	l.warming = l.opts.Warmup > 0
	l.measuring, l.stats.parts = true, []statParts{{}}
	s := l.measured()
	s.codes, s.sources = make([]codeStats, len(l.p.codes)), make([]int64, len(l.p.Sources))
	for i := range s.codes {
		s.codes[i].inside.restart(l.now)
	}
	for _, v := range l.declared {
		if v.Kind() == KindList {
			for _, e := range v.Elems() {
				l.viewOf(e.Kind(), uint32(e.n))
			}
			continue
		}
		l.viewOf(v.Kind(), uint32(v.n))
	}
	l.beginMetrics()
}

// warmUp lets the statistics begin anew where the warm-up is over: levels from where they stand, durations with those that end
// from now on.
func (l *Loop) warmUp() {
	if l.now >= l.opts.Warmup && l.measuring {
		l.restartStatistics(l.opts.Warmup)
	}
}

// restartStatistics lets the statistics begin at a time, at which nothing has happened yet.
func (l *Loop) restartStatistics(at int64) {
	l.warming = false
	s := l.measured()
	s.began = at
	for i := range s.objects {
		o := &s.objects[i]
		o.counts, o.before = [statCounts]int64{}, o.levels[statQueue].value
		for j := range o.tallies {
			o.tallies[j] = o.tallies[j].fresh()
		}
		o.amounts, o.held, o.ranks = [2]float64{}, [2]uint64{}, nil
		for j := range o.levels {
			o.levels[j].restart(at)
		}
	}
	for i := range s.codes {
		c := &s.codes[i]
		c.counts, c.time = [4]int64{}, c.time.fresh()
		c.inside.restart(at)
	}
	for i := range s.metrics {
		s.metrics[i].restart(at)
	}
	for i := range s.sources {
		s.sources[i] = l.sources[i].made
	}
}

// viewOf is what was last seen of an object. nil: its kind has no statistics.
func (l *Loop) viewOf(k Kind, id uint32) *objectView {
	if views := l.stats.parts[0].of[k]; id < uint32(len(views)) && views[id].stats != 0 {
		return &views[id]
	}
	return l.newView(k, id, 0)
}

// newView is viewOf for an object that is new: it gets statistics of its own, or shares those at place in
// statistics.objects + 1.
func (l *Loop) newView(k Kind, id uint32, share uint32) *objectView {
	if objectStatRows[k] == nil {
		return nil
	}
	s := l.measured()
	for uint32(len(s.of[k])) <= id {
		s.of[k] = append(s.of[k], objectView{})
	}
	v := &s.of[k][id]
	if v.stats = share; share == 0 {
		s.objects = append(s.objects, objectStats{kind: k, name: l.objectName(k, id)})
		v.stats = uint32(len(s.objects))
		for i := range s.objects[v.stats-1].levels {
			s.objects[v.stats-1].levels[i].restart(l.now)
		}
	}
	l.lookAtLevels(v, k, id)
	return v
}

// statNew sees that an object was made at run time: all that one step makes share their statistics.
func (l *Loop) statNew(v Value) {
	i := slices.IndexFunc(l.measured().made, func(m madeAt) bool { return m.pc == l.pc })
	if i >= 0 {
		l.newView(v.Kind(), uint32(v.n), l.measured().made[i].stats)
		return
	}
	if view := l.viewOf(v.Kind(), uint32(v.n)); view != nil {
		l.measured().made = append(l.measured().made, madeAt{l.pc, view.stats})
		pos, _ := l.InstrAt(l.pc)
		l.measured().objects[view.stats-1].name = "new, line " + strconv.Itoa(int(pos.Line))
	}
}

// lookAtLevels sees how an object's levels have changed.
func (l *Loop) lookAtLevels(v *objectView, k Kind, id uint32) {
	o := &l.measured().objects[v.stats-1]
	switch row := objectStatRows[k]; {
	case k == KindResource:
		l.resourceLevels(o, v, &l.resources[id])
	case k == KindContainer:
		l.containerLevels(o, v, &l.containers[id])
	case row.look != nil:
		now := row.look(l, id)
		for i := range row.levels {
			l.levelIs(o, v, i, now[i])
		}
	default:
		x := objectKinds[k].at(&l.objects, id)
		held, waiting := x.level()
		l.levelIs(o, v, statQueue, int64(waiting))
		if row == &lockRow {
			l.levelIs(o, v, statInUse, held)
			l.levelIs(o, v, statThird, max(x.most(), 1))
		}
	}
}

// unseen notes that an object has changed, and that it is noted.
func (l *Loop) unseen(noted *bool, k Kind, on uint32) {
	if !*noted {
		*noted = true
		s := l.measured()
		s.unseen = append(s.unseen, scalar(k, uint64(on)))
	}
}

// seeLevels looks at the levels of the objects that have changed, before time passes or somebody asks for them: what lasted no
// time is not seen.
func (l *Loop) seeLevels() {
	s := l.measured()
	for _, x := range s.unseen {
		k, on := x.Kind(), uint32(x.n)
		if k == KindResource {
			l.resources[on].unseen = false
		} else {
			l.queues[on].unseen = false
		}
		l.lookAtLevels(l.viewOf(k, on), k, on)
	}
	s.unseen = s.unseen[:0]
}

func (l *Loop) resourceLevels(o *objectStats, v *objectView, r *resource) {
	used := r.used()
	l.levelIs(o, v, statQueue, r.waiting())
	l.levelIs(o, v, statInUse, used)
	if r.capacity != v.levels[statThird] || r.down != v.levels[statFourth] || used > r.capacity || v.levels[statFifth] != 0 {
		l.levelIs(o, v, statThird, r.capacity)
		l.levelIs(o, v, statFourth, r.down)
		l.levelIs(o, v, statFifth, max(used-r.capacity, 0))
	}
}

// levelIs sees that a level of an object has a value now.
func (l *Loop) levelIs(o *objectStats, v *objectView, place int, now int64) {
	if now != v.levels[place] {
		l.levelChanges(o, v, place, now)
	}
}

func (l *Loop) levelChanges(o *objectStats, v *objectView, place int, now int64) {
	x := &o.levels[place]
	x.set(x.value+now-v.levels[place], l.now)
	v.levels[place] = now
	if l.opts.Monitor != nil {
		l.levelTouched(MeasureObject, int(v.stats)-1, place)
	}
}

func (l *Loop) containerLevels(o *objectStats, v *objectView, c *container) {
	if now, _ := c.amount.Number(); now != v.amount {
		x := &o.levels[statQueue]
		x.setNumber(x.number()-v.amount+now, l.now)
		v.amount = now
		l.levelTouched(MeasureObject, int(v.stats)-1, statQueue)
	}
	l.levelIs(o, v, statInUse, int64(c.offers.len()))
	l.levelIs(o, v, statThird, int64(c.wants.len()))
	l.levelIs(o, v, statFourth, int64(oneIf(!less(Int(0), c.amount))))
	l.levelIs(o, v, statFifth, int64(oneIf(!less(c.amount, c.capacity))))
}

// statObject sees what the running task did with an object.
func (l *Loop) statObject(op uint8, k Kind, id uint32) {
	if k == KindResource && (op == OpAcquire || op == OpRelease) {
		return // statTaken and statDropped have seen it
	}
	v := l.viewOf(k, id)
	if v == nil {
		return
	}
	o := &l.measured().objects[v.stats-1]
	switch {
	case k >= KindResource: // statTaken and its like see that
	case op == OpAcquire:
		if k != KindCondition && k != KindBarrier {
			o.counts[statServed]++
			l.tally(o, statWait, l.waited(k, id))
			if held, _ := objectKinds[k].at(&l.objects, id).level(); held > v.holds { // else it was released before its task ran
				v.holds++
				o.holds = append(o.holds, holding{l.curID, id, l.now})
				l.logLock(l.curID, 1)
			}
		}
	case op == OpRelease:
		if v.holds > 0 {
			v.holds--
			h := o.release(id, l.curID)
			l.tally(o, statHold, l.now-h.at)
			l.logHold(h.task, h.at)
			l.logLock(h.task, -1)
		}
	case op == OpPut:
		o.counts[statRequests]++
		l.tally(o, statWait, l.waited(k, id))
	case op == OpGet:
		o.counts[statServed]++
		l.tally(o, statGaveUp, l.waited(k, id))
	}
	l.lookAtLevels(v, k, id)
}

// release takes the task's oldest holding of an object out, or, where it has none, the oldest of all; it returns it.
func (o *objectStats) release(id, task uint32) holding {
	i := slices.IndexFunc(o.holds, func(h holding) bool { return h.id == id && h.task == task })
	if i < 0 {
		i = slices.IndexFunc(o.holds, func(h holding) bool { return h.id == id })
	}
	h := o.holds[i]
	o.holds = append(o.holds[:i], o.holds[i+1:]...)
	return h
}

// resourceStats is the statistics of a resource.
func (l *Loop) resourceStats(on uint32) *objectStats {
	return &l.measured().objects[l.viewOf(KindResource, on).stats-1]
}

// statTaken sees that a request has got its units; it has waited since its time, for the first time or again.
func (l *Loop) statTaken(q *request, again bool) {
	o := l.resourceStats(q.on)
	l.logWait(q.task, q.since)
	if again {
		l.tally(o, statInterrupted, l.now-q.since)
		return
	}
	o.counts[statServed]++
	l.tally(o, statWait, l.now-q.since)
	if l.resources[q.on].order.looksAtPriority() {
		if t := o.waitOf(q.priority, true); t != nil {
			t.addDuration(l.now-q.since, l.now)
		}
	}
}

// waitOf is the waits of those that asked with a priority; nil: there are none, or, to be made, too many.
func (o *objectStats) waitOf(priority float64, make bool) *tally {
	i := slices.IndexFunc(o.ranks, func(r rankWait) bool { return r.priority == priority })
	if i < 0 && make && len(o.ranks) < mostRanks {
		i = len(o.ranks)
		o.ranks = append(o.ranks, rankWait{priority: priority})
	}
	if i < 0 {
		return nil
	}
	return &o.ranks[i].wait
}

// statFailed sees that a unit of a resource goes down.
func (l *Loop) statFailed(on uint32) {
	if l.measuring {
		l.resourceStats(on).counts[statFailures]++
	}
}

// statDropped sees that a request has not its units any more.
func (l *Loop) statDropped(q *request) {
	o := l.resourceStats(q.on)
	l.logHold(q.task, q.since)
	l.tally(o, statHold, l.now-q.since)
	hi, lo := bits.Mul64(uint64(l.now-q.since), uint64(q.amount))
	var carry uint64
	o.held[0], carry = bits.Add64(o.held[0], lo, 0)
	o.held[1] += hi + carry
}

// statQuit sees that a request has left the line without its units.
func (l *Loop) statQuit(q *request) {
	o := l.resourceStats(q.on)
	l.logWait(q.task, q.since)
	o.counts[statReneged]++
	if q.again {
		l.tally(o, statInterrupted, l.now-q.since)
	} else {
		l.tally(o, statGaveUp, l.now-q.since)
	}
}

// statStock sees that a request of a container or a store is given what it wants.
func (l *Loop) statStock(q *request) {
	o := &l.measured().objects[l.viewOf(q.kind, q.on).stats-1]
	way := oneIf(!q.offers)
	l.logWait(q.task, q.since)
	if q.failed {
		o.counts[statReneged]++
		return
	}
	o.counts[statRequests+way]++
	l.tally(o, statWait+int(way), l.now-q.since)
	if q.kind == KindContainer {
		amount, _ := q.quantity().Number()
		o.amounts[way] += amount
	}
}

// statTakenBack sees that what a request of a container or a store was given goes back.
func (l *Loop) statTakenBack(q *request) {
	if q.kind == KindContainer {
		amount, _ := q.quantity().Number()
		l.measured().objects[l.viewOf(q.kind, q.on).stats-1].amounts[1] -= amount
	}
}

// statStockLeft sees that a request has left the line of a container or a store without what it wants.
func (l *Loop) statStockLeft(q *request) {
	l.logWait(q.task, q.since)
	l.measured().objects[l.viewOf(q.kind, q.on).stats-1].counts[statReneged]++
}

// statSeen sees how the levels of an object have changed.
func (l *Loop) statSeen(k Kind, on uint32) {
	if l.measuring {
		l.lookAtLevels(l.viewOf(k, on), k, on)
	}
}

// statRefused counts what was refused at once.
func (l *Loop) statRefused(k Kind, id uint32) {
	if l.measuring {
		if v := l.viewOf(k, id); v != nil {
			l.measured().objects[v.stats-1].counts[statRefused]++
			l.lookAtLevels(v, k, id) // it has left the line
		}
	}
}

// statStay sees that an item is taken out of a queue or a store, into which it was put at a time.
func (l *Loop) statStay(k Kind, id uint32, put int64) {
	if l.measuring {
		v := l.viewOf(k, id)
		l.tally(&l.measured().objects[v.stats-1], statHold, l.now-put)
	}
}

// statInVain sees that the running task has waited, with again, for what does not come any more.
func (l *Loop) statInVain(again bool, wait waitKind, on uint32) {
	if again && l.measuring {
		l.statLeft(wait, on, l.fault)
	}
}

// statWaits sees that the running task begins to wait. One that was woken in vain goes on waiting.
func (l *Loop) statWaits(wait waitKind, on uint32) {
	if (wait < waitLock || wait > waitGet || wait == waitRelock) && wait != waitFirst {
		return
	}
	s := l.measured()
	for uint32(len(s.waits)) <= l.curID {
		s.waits = append(s.waits, waitView{})
	}
	if w := &s.waits[l.curID]; w.kind != wait || w.on != on {
		*w = waitView{since: l.now, on: on, kind: wait}
	}
}

// waited is how long the running task has waited for an object that it has got now.
func (l *Loop) waited(k Kind, id uint32) int64 {
	if uint32(len(l.measured().waits)) <= l.curID {
		return 0
	}
	w := &l.measured().waits[l.curID]
	if w.kind == waitNothing {
		return 0
	}
	if w.kind != waitFirst { // it says itself which of its arms is met
		if kind, on := waits[w.kind].target(l, w.on); kind != k || on != id {
			return 0
		}
	}
	since := w.since
	w.kind = waitNothing
	l.logWait(l.curID, since)
	return l.now - since
}

// statLeft sees that the running task's wait has ended: with err it has not got what it waited for. What it got was seen
// before.
func (l *Loop) statLeft(wait waitKind, on uint32, err *Error) {
	if uint32(len(l.measured().waits)) <= l.curID || l.measured().waits[l.curID].kind != wait {
		return
	}
	if wait == waitFirst {
		l.measured().waits[l.curID].kind = waitNothing
		return
	}
	k, id := waits[wait].target(l, on)
	if err == nil && (wait == waitPut || wait == waitGet) {
		return // it looks whether there is anything for it
	}
	v := l.viewOf(k, id)
	o := &l.measured().objects[v.stats-1]
	d := l.waited(k, id)
	switch {
	case k == KindCondition && wait != waitCondition: // it is its lock that was not had: that has no statistics
	case objectStatRows[k] == &eventRow:
		l.tally(o, statWait, d)
	case k == KindQueue:
		o.counts[statReneged]++
	default:
		o.counts[statReneged]++
		l.tally(o, statGaveUp, d)
	}
	l.lookAtLevels(v, k, id)
}

// statArmLeft sees that an arm of a `first` does not stand in its line any more.
func (l *Loop) statArmLeft(x arm) {
	object, since := x.frame[x.in.a], l.task(x.task).since
	k, id := object.Kind(), uint32(object.n)
	v := l.viewOf(k, id)
	o := &l.measured().objects[v.stats-1]
	if l.logWait(x.task, since); k == KindQueue {
		o.counts[statReneged]++
	} else {
		l.tally(o, statWait, l.now-since)
	}
	l.lookAtLevels(v, k, id)
}

// codeStat is the statistics of the tasks that run a code.
func (l *Loop) codeStat(c *Code) *codeStats { return &l.measured().codes[c.index] }

// statSpawn sees that a task was created, statEnd that it has ended.
func (l *Loop) statSpawn(c *Code) {
	s := l.codeStat(c)
	s.counts[0]++
	s.inside.set(s.inside.value+1, l.now)
	l.levelTouched(MeasureTasks, int(c.index), 0)
}

func (l *Loop) statEnd(id uint32, c *Code, state taskState) {
	s := l.codeStat(c)
	s.counts[state-taskDone+1]++
	s.inside.set(s.inside.value-1, l.now)
	l.levelTouched(MeasureTasks, int(c.index), 0)
	if state == taskDone {
		d := l.now - l.spawned(id)
		s.time.addDuration(d, l.now)
		if l.telling() {
			l.vector("tasks."+c.Name+".time", l.InUnits(d))
		}
	}
	l.logEnd(id, c, state)
}

// endStatistics closes the statistics where the loop ends.
func (l *Loop) endStatistics(at int64) {
	if !l.measuring {
		return
	}
	l.timePasses()
	if l.warming { // it ended before that
		l.restartStatistics(at)
	}
	l.measuring, l.measured().ended = false, at
	l.passLevels(at)
}

// passLevels lets all levels count the time up to now.
func (l *Loop) passLevels(now int64) {
	for i := range l.measured().objects {
		for j := range l.measured().objects[i].levels {
			l.measured().objects[i].levels[j].pass(now)
		}
	}
	for i := range l.measured().codes {
		l.measured().codes[i].inside.pass(now)
	}
	for i := range l.measured().metrics {
		m := &l.measured().metrics[i]
		m.all.pass(now)
		for j := range m.by {
			m.by[j].pass(now)
		}
	}
}
