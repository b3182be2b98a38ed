package engine

import (
	"cmp"
	"math"
	"strconv"
)

// shifts is what happens to resources at known times by itself: timetables change capacities, units break down and are repaired.
// It comes before all timers of its instant: timetables in the order of the file, then units by resource and number. It keeps a run
// alive only while somebody waits for a resource that will have more units.
type shifts struct {
	due     []shift // what is to come: a heap
	tables  []capacityTable
	failing []failing // of each unit of a resource with failures, one for each of those
}

// shift is one of these at a time. id is the place of its table; from shiftFails on, that of what fails.
type shift struct {
	when int64
	id   uint32
}

const shiftFails = 1 << 31

type capacityTable struct {
	timetable
	on    uint32
	place int32
}

// Failure is how the units of a resource break down and are repaired.
type Failure struct {
	Every, Lasts EvalTime // computed for each: how long it works from a repair on, and how long it is down
	Busy         bool     // Every is of its own time in use
	Finish       bool     // who holds it keeps it until it gives it back, and is not interrupted
}

// failing is one Failure of one unit.
type failing struct {
	on, unit uint32
	of       int32 // its place in Program.failures
	sync     int32 // where its draws come from
	place    int32 // in shifts.due, from 1 on; 0: it is not there
	state    failState
	left     int64 // busy: how long it will work while nobody uses it
	since    int64 // busy: when it was taken
}

// failState is what is with a unit, for one of its failures.
type failState uint8

const (
	failsLater    failState = iota // it works
	failsReturned                  // it goes down when it is given back
	failsDown                      // it is down
	failsSkipped                   // its time came while it was down of another failure
)

// unitDown stands in resource.slots for a unit that is down.
const unitDown = math.MaxUint32

func (x *shifts) own(was *shifts) {
	x.due = append(was.due[:0], x.due...)
	x.tables = append(was.tables[:0], x.tables...)
	x.failing = append(was.failing[:0], x.failing...)
}

func (x *shifts) hash(h *hasher) {
	h.sum(len(x.due), func(i int) { h.words(uint64(x.due[i].when), uint64(x.due[i].id)) })
	for i := range x.tables {
		for _, v := range x.tables[i].values {
			h.word(math.Float64bits(v))
		}
		h.words(uint64(x.tables[i].on), uint64(len(x.tables[i].times)))
	}
	for i := range x.failing {
		f := &x.failing[i]
		h.words(uint64(f.on), uint64(f.of), uint64(f.state), uint64(f.left), uint64(f.since))
	}
}

// placeOf is where the place of a shift is kept.
func (x *shifts) placeOf(id uint32) *int32 {
	if id >= shiftFails {
		return &x.failing[id-shiftFails].place
	}
	return &x.tables[id].place
}

func (s shift) before(t shift) bool {
	return cmp.Or(cmp.Compare(s.when, t.when), cmp.Compare(s.id, t.id)) < 0
}

func (x *shifts) set(i int, s shift) {
	x.due[i] = s
	*x.placeOf(s.id) = int32(i) + 1
}

func (x *shifts) add(when int64, id uint32) {
	x.due = append(x.due, shift{})
	x.rise(len(x.due)-1, shift{when, id})
}

// rise and sink put s into the hole at i of the heap, or nearer to its head, or farther from it.
func (x *shifts) rise(i int, s shift) {
	for ; i > 0 && s.before(x.due[(i-1)/2]); i = (i - 1) / 2 {
		x.set(i, x.due[(i-1)/2])
	}
	x.set(i, s)
}

func (x *shifts) sink(i int, s shift) {
	for {
		child := 2*i + 1
		if child+1 < len(x.due) && x.due[child+1].before(x.due[child]) {
			child++
		}
		if child >= len(x.due) || s.before(x.due[child]) {
			break
		}
		x.set(i, x.due[child])
		i = child
	}
	x.set(i, s)
}

// remove takes a shift out, if it is there.
func (x *shifts) remove(id uint32) {
	i := int(*x.placeOf(id)) - 1
	if i < 0 {
		return
	}
	*x.placeOf(id) = 0
	last := x.due[len(x.due)-1]
	if x.due = x.due[:len(x.due)-1]; i == len(x.due) {
		return
	}
	if i > 0 && last.before(x.due[(i-1)/2]) {
		x.rise(i, last)
	} else {
		x.sink(i, last)
	}
}

// next is when the next shift comes.
func (x *shifts) next() int64 {
	if len(x.due) == 0 {
		return never
	}
	return x.due[0].when
}

// shiftAwaited reports whether somebody waits for a resource that will have more units, or until something holds of one that changes.
func (l *Loop) shiftAwaited() bool {
	if len(l.shifts.due) == 0 {
		return false
	}
	for i := range l.resources {
		r := &l.resources[i]
		if r.onlookers.len() > 0 && r.table+r.failures > 0 || r.waiting() > 0 && (r.down > 0 || l.growsLater(r)) || r.sharing.users.len() > 0 && l.growsLater(r) {
			return true
		}
	}
	return false
}

// growsLater reports whether the timetable of a resource will give it more units than it has.
func (l *Loop) growsLater(r *resource) bool {
	if r.table == 0 {
		return false
	}
	t := &l.shifts.tables[r.table-1]
	from := 0
	if t.every == 0 {
		from, _, _ = t.timetable.place(l.now)
		from++
	}
	for _, v := range t.values[from:] {
		if v > float64(r.capacity) {
			return true
		}
	}
	return false
}

// startShifts makes the shifts that are due ready.
func (l *Loop) startShifts() {
	x := &l.shifts
	for len(x.due) > 0 && x.due[0].when <= l.now {
		s := x.due[0]
		x.remove(s.id)
		h := handle{handleShift, 0, s.id}
		if s.id >= shiftFails {
			f := &x.failing[s.id-shiftFails]
			h = handle{handleUnit, f.on, s.id - shiftFails}
		} else {
			h.a = x.tables[s.id].on
		}
		if l.trace != nil {
			l.rec(Rec{Kind: RecFire, Aux: uint8(timerShift), What: h.a, Arg: s.when})
		}
		l.ready.push(h)
	}
}

// tableOf makes the timetable of a resource, and returns the capacity that it begins with.
func (l *Loop) tableOf(r *resource, on uint32, t *Timetable) int64 {
	name := r.called(on)
	table := capacityTable{timetable: l.bindTimetable(t, "the capacity of "+name), on: on}
	for _, v := range table.values {
		if v != math.Trunc(v) && l.fault == nil {
			l.Raise("ValueError", "the capacity of "+name+" cannot be "+floatText(v))
		}
	}
	if l.fault != nil {
		return 0
	}
	id := uint32(len(l.shifts.tables))
	l.shifts.tables = append(l.shifts.tables, table)
	r.table = int32(id) + 1
	i, next, ok := table.timetable.place(l.now)
	if ok {
		l.shifts.add(next, id)
	}
	return int64(table.values[i])
}

// shift is handleShift: the next value of a timetable.
func (l *Loop) shift(on, id uint32) {
	t := &l.shifts.tables[id]
	i, next, ok := t.timetable.place(l.now)
	if ok {
		l.shifts.add(next, id)
	}
	if capacity := int64(t.values[i]); capacity != l.resources[on].capacity {
		l.setCapacity(on, capacity)
		l.recObject(OpResize, KindResource, on)
	}
}

// failuresOf makes the failures of the units of a resource.
func (l *Loop) failuresOf(on uint32, d *ResourceDef) {
	r := &l.resources[on]
	name := r.called(on)
	if len(d.Failures) == 0 || r.capacity > int64(l.opts.Limits.Tasks) {
		return
	}
	r.failing, r.failures = int32(len(l.shifts.failing)), int32(len(d.Failures))
	r.slots = make([]uint32, r.capacity)
	key := nameKey(l.opts.Seed, name)
	for unit := range uint32(r.capacity) {
		sync := int32(len(l.draws.sync))
		l.draws.sync = append(l.draws.sync, drawSource{stream: stream{key: childKey(key, uint64(unit))}})
		for i := range d.Failures {
			f := failing{on: on, unit: unit, of: d.failures + int32(i), sync: sync}
			l.shifts.failing = append(l.shifts.failing, f)
		}
		for i := range r.failuresOf(unit) {
			l.failsAgain(i, name)
		}
	}
}

// failuresOf is the places in shifts.failing of those of a unit.
func (r *resource) failuresOf(unit uint32) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		first := int(r.failing) + int(unit)*int(r.failures)
		for i := first; i < first+int(r.failures) && yield(i); i++ {
		}
	}
}

// lasting computes a duration from the draws of a unit. ok is false after an error, which is told as the resource's, or is that of the
// loop being made.
func (l *Loop) lasting(f *failing, d EvalTime, what, name string) (ns int64, ok bool) {
	sync := l.syncIndex
	from := l.visit(0, l.pc)
	l.syncIndex = int(f.sync)
	ns = d(l)
	if l.fault == nil && ns < 0 {
		l.Raise("ValueError", "`"+what+"` of "+name+" must not be below 0")
	}
	if l.fault == nil {
		ns = l.addTime(l.now, ns)
	}
	l.syncIndex = sync
	err := l.comeBack(from)
	switch {
	case err == nil:
		return ns, true
	case l.phase == phaseBefore:
		l.fault = err
	default:
		l.failResource(name, err)
	}
	return 0, false
}

// failResource tells an error in what a resource says, which no task has raised.
func (l *Loop) failResource(name string, err *Error) {
	l.fail(failure{Report: Report{In: "resource " + name, Err: err, At: l.now}})
}

// failsAgain computes how long a unit works from now on.
func (l *Loop) failsAgain(i int, name string) {
	f := &l.shifts.failing[i]
	of := &l.p.failures[f.of]
	when, ok := l.lasting(f, of.Every, "every", name)
	f = &l.shifts.failing[i]
	f.state, f.since = failsLater, -1
	switch {
	case !ok:
		f.left = never
	case of.Busy:
		f.left = when - l.now
	default:
		l.shifts.add(when, shiftFails+uint32(i))
	}
}

// unitShift is handleUnit: a unit fails, or is repaired.
func (l *Loop) unitShift(on uint32, i int) {
	r, f := &l.resources[on], &l.shifts.failing[i]
	outer := l.looking
	l.looking = true // the line is looked at when all is done
	switch holder := r.slots[f.unit]; {
	case f.state == failsDown:
		l.repaired(r, f.unit)
	case holder == unitDown:
		f.state = failsSkipped
	case holder == 0:
		l.goDown(r, i)
	case l.p.failures[f.of].Finish || !l.request(holder).preemptible:
		f.state, f.since = failsReturned, -1
	default:
		l.evict(holder, reasonFailed, Value{})
		l.goDown(r, i)
	}
	l.looking = outer
	l.lookInto(KindResource, on)
	l.recObject(OpResize, KindResource, on)
}

// goDown is the beginning of the time in which a unit that nobody holds is down.
func (l *Loop) goDown(r *resource, i int) {
	f := &l.shifts.failing[i]
	f.state, f.since = failsDown, -1
	r.slots[f.unit] = unitDown
	r.down++
	r.capacity--
	l.statFailed(f.on)
	l.stir(KindResource, f.on)
	if when, ok := l.lasting(f, l.p.failures[f.of].Lasts, "lasts", r.called(f.on)); ok {
		l.shifts.add(when, shiftFails+uint32(i))
	}
}

// repaired is the end of that time.
func (l *Loop) repaired(r *resource, unit uint32) {
	r.slots[unit] = 0
	r.down--
	r.capacity++
	for i := range r.failuresOf(unit) {
		if s := l.shifts.failing[i].state; s == failsDown || s == failsSkipped {
			l.stir(KindResource, l.shifts.failing[i].on)
			l.failsAgain(i, r.called(l.shifts.failing[i].on))
		}
	}
}

// takeSlots gives a request the lowest units of a resource with failures.
func (l *Loop) takeSlots(r *resource, id uint32, q *request) {
	for unit, left := 0, q.amount; left > 0; unit++ {
		if r.slots[unit] != 0 {
			continue
		}
		if left == q.amount {
			q.unit = uint32(unit)
		}
		left--
		r.slots[unit] = id
		for i := range r.failuresOf(uint32(unit)) {
			if f := &l.shifts.failing[i]; l.p.failures[f.of].Busy && f.state == failsLater && f.left < never-l.now {
				f.since = l.now
				l.shifts.add(l.now+f.left, shiftFails+uint32(i))
			}
		}
	}
}

// dropSlots takes them back. One that was to fail goes down now.
func (l *Loop) dropSlots(r *resource, id uint32) {
	for unit, holder := range r.slots {
		if holder != id {
			continue
		}
		r.slots[unit] = 0
		for i := range r.failuresOf(uint32(unit)) {
			f := &l.shifts.failing[i]
			if f.since >= 0 {
				f.left -= l.now - f.since
				f.since = -1
				l.shifts.remove(shiftFails + uint32(i))
			}
			switch {
			case f.state != failsReturned:
			case r.slots[unit] == unitDown:
				f.state = failsSkipped
			default:
				l.goDown(r, i)
			}
		}
	}
}

// yields is how many units a request would give back that others could have.
func (l *Loop) yields(r *resource, id uint32) int64 {
	n := l.request(id).amount
	for unit, holder := range r.slots {
		if holder != id {
			continue
		}
		for i := range r.failuresOf(uint32(unit)) {
			if l.shifts.failing[i].state == failsReturned {
				n--
				break
			}
		}
	}
	return n
}

// mayResize raises ValueError where the units of a resource have numbers that failures know.
func (l *Loop) mayResize(on uint32) bool {
	r := &l.resources[on]
	if r.failures > 0 {
		l.Raise("ValueError", r.called(on)+" has `failures`: its capacity stays "+strconv.FormatInt(r.capacity+r.down, 10))
	}
	return l.fault == nil
}
