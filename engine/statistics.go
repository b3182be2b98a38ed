package engine

import (
	"math"
	"slices"
	"strconv"
)

// statistics is what is counted and measured of a run: of every object, and of the tasks of every coroutine. It is a part of
// the loop's data, never changes the run, and allocates nothing in the steady state. Where it is off a run pays a branch.
type statistics struct {
	parts []statParts // one, where they were switched on: a loop without stays small
}

type statParts struct {
	began   int64          // since when they count
	ended   int64          // when the loop had ended
	objects []objectStats  // of each object, or of all that one `new` makes
	of      [][]objectView // by kind and number
	codes   []codeStats    // by the code of the tasks
	sources []int64        // by Source.index: the tasks it had made when they began
	made    []madeAt
	waits   []waitView // by the number of the task
}

// objectStats is the statistics of an object. Which counts, tallies and levels it has, and what they are, say objectStatRows.
type objectStats struct {
	kind    Kind
	name    string
	counts  [5]int64
	tallies [4]tally
	levels  [3]level
	holds   []holding // what is held, the oldest first
	before  int64     // how many stood in line when the statistics began
}

// objectView is what the statistics have last seen of an object.
type objectView struct {
	stats  uint32 // its place in statistics.objects + 1; 0: none yet
	levels [3]int64
}

// madeAt is the statistics of what one `new` makes.
type madeAt struct {
	pc    int32
	stats uint32
}

type holding struct {
	task uint32
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
	statRequests = iota // of a queue: puts
	statServed          // gets
	statRefused
	statReneged
	statPreempted
)

const (
	statWait        = iota // of a queue: put_wait
	statGaveUp             // get_wait
	statHold               // stay
	statInterrupted        // waits of those that were preempted
)

const (
	statQueue = iota // of a queue of items: its size
	statInUse        // putters
	statThird        // capacity; getters
)

// statRow names the statistics of a kind of objects; an empty name: it has none at that place.
type statRow struct {
	counts  [5]string
	tallies [4]string
	levels  [3]string
	look    func(o object) [3]int64 // the levels now
}

var lockRow = statRow{
	counts: [5]string{"requests", "served", "refused", "reneged"}, tallies: [4]string{"wait", "gave_up", "hold"},
	levels: [3]string{"queue", "in_use", "capacity"},
	look: func(o object) [3]int64 {
		held, waiting := o.level()
		return [3]int64{int64(waiting), held, max(o.most(), 1)}
	},
}

var resourceRow = statRow{
	counts:  [5]string{"requests", "served", "refused", "reneged", "preempted"},
	tallies: [4]string{"wait", "gave_up", "hold", "interrupted"}, levels: [3]string{"queue", "in_use", "capacity"},
	look: func(o object) [3]int64 {
		r := o.(*resource)
		return [3]int64{r.waiting(), r.inUse, r.capacity}
	},
}

var eventRow = statRow{tallies: [4]string{"wait"}, levels: [3]string{"waiting"}, look: func(o object) [3]int64 {
	_, waiting := o.level()
	return [3]int64{int64(waiting)}
}}

// objectStatRows has a row for each kind of object that has statistics.
var objectStatRows = [kindScalars]*statRow{
	KindResource: &resourceRow, KindLock: &lockRow, KindSemaphore: &lockRow, KindRWLock: &lockRow,
	KindEvent: &eventRow, KindCondition: &eventRow, KindBarrier: &eventRow,
	KindQueue: {
		counts: [5]string{"puts", "gets", "refused", "reneged"}, tallies: [4]string{"put_wait", "get_wait", "stay"},
		levels: [3]string{"size", "putters", "getters"},
		look: func(o object) [3]int64 {
			q := o.(*queue)
			return [3]int64{int64(q.items.n), int64(q.putters.len()), int64(q.getters.len())}
		},
	},
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
		o.holds = slices.Clone(o.holds)
		for j := range o.tallies {
			o.tallies[j] = o.tallies[j].clone()
		}
		for j := range o.levels {
			o.levels[j] = o.levels[j].clone()
		}
	}
	c.of = slices.Clone(c.of)
	for k := range c.of {
		c.of[k] = slices.Clone(c.of[k])
	}
	c.codes = slices.Clone(c.codes)
	for i := range c.codes {
		c.codes[i].time, c.codes[i].inside = c.codes[i].time.clone(), c.codes[i].inside.clone()
	}
	c.sources = slices.Clone(c.sources)
	c.made, c.waits = slices.Clone(c.made), slices.Clone(c.waits)
}

// beginStatistics makes the statistics of the declared objects, in the order of the file.
func (l *Loop) beginStatistics() {
	l.warming = l.opts.Warmup > 0
	l.measuring, l.stats.parts = true, []statParts{{of: make([][]objectView, kindScalars)}}
	s := l.measured()
	s.codes, s.sources = make([]codeStats, len(l.p.codes)), make([]int64, len(l.p.Sources))
	for i := range s.codes {
		s.codes[i].inside.restart(l.now)
	}
	for _, v := range l.declared {
		if v.Kind() == KindList {
			for _, e := range v.Elems() {
				l.viewOf(e.Kind(), uint32(e.n), 0)
			}
			continue
		}
		l.viewOf(v.Kind(), uint32(v.n), 0)
	}
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
		o.counts, o.tallies, o.before = [5]int64{}, [4]tally{}, o.levels[statQueue].value
		for j := range o.levels {
			o.levels[j].restart(at)
		}
	}
	for i := range s.codes {
		c := &s.codes[i]
		c.counts, c.time = [4]int64{}, tally{}
		c.inside.restart(at)
	}
	for i := range s.sources {
		s.sources[i] = l.sources[i].made
	}
}

// viewOf is what was last seen of an object; one that is new gets statistics of its own, or shares those at place in
// statistics.objects + 1. nil: its kind has none.
func (l *Loop) viewOf(k Kind, id uint32, share uint32) *objectView {
	row := objectStatRows[k]
	if row == nil {
		return nil
	}
	views := &l.measured().of[k]
	for uint32(len(*views)) <= id {
		*views = append(*views, objectView{})
	}
	v := &(*views)[id]
	if v.stats == 0 {
		if v.stats = share; share == 0 {
			l.measured().objects = append(l.measured().objects, objectStats{kind: k, name: l.objectName(k, id)})
			v.stats = uint32(len(l.measured().objects))
			for i := range l.measured().objects[v.stats-1].levels {
				l.measured().objects[v.stats-1].levels[i].restart(l.now)
			}
		}
		l.statLevels(v, k, id)
	}
	return v
}

// statNew sees that an object was made at run time: all that one step makes share their statistics.
func (l *Loop) statNew(v Value) {
	i := slices.IndexFunc(l.measured().made, func(m madeAt) bool { return m.pc == l.pc })
	if i >= 0 {
		l.viewOf(v.Kind(), uint32(v.n), l.measured().made[i].stats)
		return
	}
	if view := l.viewOf(v.Kind(), uint32(v.n), 0); view != nil {
		l.measured().made = append(l.measured().made, madeAt{l.pc, view.stats})
		pos, _ := l.InstrAt(l.pc)
		l.measured().objects[view.stats-1].name = "new, line " + strconv.Itoa(int(pos.Line))
	}
}

// statLevels sees how an object's levels have changed.
func (l *Loop) statLevels(v *objectView, k Kind, id uint32) {
	o := &l.measured().objects[v.stats-1]
	for i, now := range objectStatRows[k].look(objectKinds[k].at(&l.objects, id)) {
		if d := now - v.levels[i]; d != 0 {
			o.levels[i].set(o.levels[i].value+d, l.now)
			v.levels[i] = now
		}
	}
}

// statObject sees what the running task did with an object.
func (l *Loop) statObject(op uint8, k Kind, id uint32) {
	v := l.viewOf(k, id, 0)
	if v == nil {
		return
	}
	o := &l.measured().objects[v.stats-1]
	switch {
	case k == KindResource: // statTaken and its like see that
	case op == OpAcquire:
		if k != KindCondition && k != KindBarrier {
			o.counts[statServed]++
			o.tallies[statWait].addDuration(l.waited(k, id))
			o.holds = append(o.holds, holding{l.curID, l.now})
		}
	case op == OpRelease:
		if len(o.holds) > 0 {
			o.tallies[statHold].addDuration(l.now - o.release(l.curID))
		}
	case op == OpPut:
		o.counts[statRequests]++
		o.tallies[statWait].addDuration(l.waited(k, id))
	case op == OpGet:
		o.counts[statServed]++
		o.tallies[statGaveUp].addDuration(l.waited(k, id))
	}
	l.statLevels(v, k, id)
}

// release takes the running task's oldest holding out, or, where it has none, the oldest of all; it returns when it began.
func (o *objectStats) release(task uint32) int64 {
	i := max(slices.IndexFunc(o.holds, func(h holding) bool { return h.task == task }), 0)
	at := o.holds[i].at
	o.holds = append(o.holds[:i], o.holds[i+1:]...)
	return at
}

// resourceStats is the statistics of a resource whose levels have changed, or will have in this step.
func (l *Loop) resourceStats(on uint32) *objectStats {
	v := l.viewOf(KindResource, on, 0)
	l.statLevels(v, KindResource, on)
	return &l.measured().objects[v.stats-1]
}

// statTaken sees that a request has got its units; it has waited since its time, for the first time or again.
func (l *Loop) statTaken(q *request, again bool) {
	o := l.resourceStats(q.on)
	if again {
		o.tallies[statInterrupted].addDuration(l.now - q.since)
		return
	}
	o.counts[statServed]++
	o.tallies[statWait].addDuration(l.now - q.since)
}

// statDropped sees that a request has not its units any more.
func (l *Loop) statDropped(q *request) {
	l.resourceStats(q.on).tallies[statHold].addDuration(l.now - q.since)
}

// statQuit sees that a request has left the line without its units.
func (l *Loop) statQuit(q *request) {
	o := l.resourceStats(q.on)
	o.counts[statReneged]++
	if q.again {
		o.tallies[statInterrupted].addDuration(l.now - q.since)
	} else {
		o.tallies[statGaveUp].addDuration(l.now - q.since)
	}
}

// statRefused counts what was refused at once.
func (l *Loop) statRefused(k Kind, id uint32) {
	if l.measuring {
		if v := l.viewOf(k, id, 0); v != nil {
			l.measured().objects[v.stats-1].counts[statRefused]++
		}
	}
}

// statStay sees that an item is taken out of a queue, into which it was put at a time.
func (l *Loop) statStay(id uint32, put int64) {
	if l.measuring {
		if v := l.viewOf(KindQueue, id, 0); v != nil {
			l.measured().objects[v.stats-1].tallies[statHold].addDuration(l.now - put)
		}
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
	if k, _ := waits[wait].target(l, on); k == KindNull || k >= kindScalars || objectStatRows[k] == nil || wait == waitRelock || wait == waitJoin || wait == waitUnits {
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
	if kind, on := waits[w.kind].target(l, w.on); kind != k || on != id {
		return 0
	}
	since := w.since
	w.kind = waitNothing
	return l.now - since
}

// statLeft sees that the running task's wait has ended: with err it has not got what it waited for. What it got was seen
// before.
func (l *Loop) statLeft(wait waitKind, on uint32, err *Error) {
	if uint32(len(l.measured().waits)) <= l.curID || l.measured().waits[l.curID].kind != wait {
		return
	}
	k, id := waits[wait].target(l, on)
	if err == nil && (wait == waitPut || wait == waitGet) {
		return // it looks whether there is anything for it
	}
	v := l.viewOf(k, id, 0)
	o := &l.measured().objects[v.stats-1]
	d := l.waited(k, id)
	switch {
	case objectStatRows[k] == &eventRow:
		o.tallies[statWait].addDuration(d)
	case k == KindQueue:
		o.counts[statReneged]++
	default:
		o.counts[statReneged]++
		o.tallies[statGaveUp].addDuration(d)
	}
	l.statLevels(v, k, id)
}

// codeStat is the statistics of the tasks that run a code.
func (l *Loop) codeStat(c *Code) *codeStats { return &l.measured().codes[c.index] }

// statSpawn sees that a task was created, statEnd that it has ended.
func (l *Loop) statSpawn(c *Code) {
	s := l.codeStat(c)
	s.counts[0]++
	s.inside.set(s.inside.value+1, l.now)
}

func (l *Loop) statEnd(id uint32, c *Code, state taskState) {
	s := l.codeStat(c)
	s.counts[state-taskDone+1]++
	s.inside.set(s.inside.value-1, l.now)
	if state == taskDone {
		s.time.addDuration(l.now - l.spawned(id))
	}
}

// endStatistics closes the statistics where the loop ends.
func (l *Loop) endStatistics(at int64) {
	if !l.measuring {
		return
	}
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
}

// Statistics is what was counted and measured of one object, or of the tasks of one coroutine.
type Statistics struct {
	Kind   string // "lock", "queue" …; "tasks" for a coroutine, "sources" for a source
	Name   string
	Counts []StatCount
	Tally  []StatTally
	Level  []StatLevel
	Rates  []StatValue // what follows from the others: utilisation, busy, throughput
}

// StatCount is how often something happened.
type StatCount struct {
	Name string
	N    int64
}

// StatValue is a number with a name.
type StatValue struct {
	Name  string
	Value float64
}

// StatTally is the statistics of single durations. Its values are in the scenario's unit of time; NaN: there is none.
type StatTally struct {
	Name               string
	Count              int64
	Sum, Mean, SD      float64
	Min, Max           float64
	P50, P90, P95, P99 float64
	Zero               float64 // the part of them that is 0
	Half               float64 // half the width of a confidence interval of 95 % for the mean
	WhyNot             string  // why there is none: "too few", "correlated"
}

// Fields is the values with their names, as files and expressions have them.
func (t *StatTally) Fields() []StatValue {
	return []StatValue{{"count", float64(t.Count)}, {"sum", t.Sum}, {"mean", t.Mean}, {"sd", t.SD}, {"min", t.Min}, {"max", t.Max},
		{"p50", t.P50}, {"p90", t.P90}, {"p95", t.P95}, {"p99", t.P99}, {"zero", t.Zero}, {"ci", t.Half}}
}

// Fields is the values with their names, as files and expressions have them.
func (x *StatLevel) Fields() []StatValue {
	return []StatValue{{"mean", x.Mean}, {"sd", x.SD}, {"min", x.Min}, {"max", x.Max}, {"last", x.Last},
		{"p50", x.P50}, {"p90", x.P90}, {"p95", x.P95}, {"p99", x.P99}}
}

// StatLevel is the statistics of what lasts; NaN: no time has passed.
type StatLevel struct {
	Name               string
	Mean, SD           float64
	Min, Max, Last     float64
	P50, P90, P95, P99 float64
}

// Statistics lists the statistics of a run: of the objects in the order in which they were made, then of the coroutines and
// the sources in the order of the file. Empty without Options.Statistics.
func (l *Loop) Statistics() []Statistics {
	if len(l.stats.parts) == 0 {
		return nil
	}
	if l.measuring {
		l.passLevels(l.now)
	}
	var list []Statistics
	for i := range l.measured().objects {
		list = append(list, l.objectStatistics(&l.measured().objects[i]))
	}
	for i, c := range l.p.codes {
		if i < len(l.measured().codes) && l.measured().codes[i].counts[0] > 0 && c.Name != "" {
			list = append(list, l.codeStatistics(&l.measured().codes[i], c.Name))
		}
	}
	for i, s := range l.p.Sources {
		list = append(list, l.sourceStatistics(i, s.Callback.Name))
	}
	return list
}

// sourceStatistics counts the arrivals of a source.
func (l *Loop) sourceStatistics(i int, name string) Statistics {
	x := l.measured()
	came := l.sources[i].made - x.sources[i]
	return Statistics{Kind: "sources", Name: name, Counts: []StatCount{{"arrivals", came}},
		Rates: []StatValue{{"rate", float64(came) / l.InUnits(l.measuredTo()-x.began)}}}
}

// measuredTo is the time up to which the statistics count.
func (l *Loop) measuredTo() int64 {
	if l.measuring {
		return l.now
	}
	return l.measured().ended
}

func (l *Loop) objectStatistics(o *objectStats) Statistics {
	row := objectStatRows[o.kind]
	s := Statistics{Kind: o.kind.String(), Name: o.name}
	counts := o.counts
	held := row == &lockRow || row == &resourceRow
	if held {
		counts[statRequests] = counts[statServed] + counts[statReneged] + counts[statRefused] + o.levels[statQueue].value - o.before
	}
	for i, name := range row.counts {
		if name != "" {
			s.Counts = append(s.Counts, StatCount{name, counts[i]})
		}
	}
	for i, name := range row.tallies {
		if name != "" {
			s.Tally = append(s.Tally, l.tallyStatistics(name, &o.tallies[i]))
		}
	}
	for i, name := range row.levels {
		if name != "" {
			s.Level = append(s.Level, levelStatistics(name, &o.levels[i]))
		}
	}
	if held {
		used, all := &o.levels[statInUse], &o.levels[statThird]
		s.Rates = []StatValue{{"utilisation", used.average() / all.average()}, {"busy", used.shareAbove()},
			{"throughput", float64(counts[statServed]) / l.InUnits(used.length())}}
	}
	return s
}

func (l *Loop) codeStatistics(c *codeStats, name string) Statistics {
	s := Statistics{Kind: "tasks", Name: name, Tally: []StatTally{l.tallyStatistics("time", &c.time)},
		Level: []StatLevel{levelStatistics("inside", &c.inside)}}
	for i, word := range codeRow {
		s.Counts = append(s.Counts, StatCount{word, c.counts[i]})
	}
	return s
}

func (l *Loop) tallyStatistics(name string, t *tally) StatTally {
	unit := float64(l.UnitNanos())
	if t.real {
		unit = 1
	}
	q := func(p float64) float64 { return t.quantile(p) / unit }
	half, why := t.batches.half()
	s := StatTally{Name: name, Count: t.count, Sum: t.total() / unit, Mean: t.average() / unit, SD: t.deviation() / unit,
		Min: t.min / unit, Max: t.max / unit, P50: q(0.5), P90: q(0.9), P95: q(0.95), P99: q(0.99),
		Zero: float64(t.zeros) / float64(t.count), Half: half / unit, WhyNot: why}
	if t.count == 0 {
		s.Min, s.Max = math.NaN(), math.NaN()
	}
	return s
}

func levelStatistics(name string, x *level) StatLevel {
	s := StatLevel{Name: name, Mean: x.average(), SD: x.deviation(), Min: float64(x.min), Max: float64(x.max), Last: float64(x.value),
		P50: x.quantile(0.5), P90: x.quantile(0.9), P95: x.quantile(0.95), P99: x.quantile(0.99)}
	if !x.lasted {
		s.Min, s.Max = math.NaN(), math.NaN()
	}
	return s
}
