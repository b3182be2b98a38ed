package engine

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Source is a stream of arrivals: a callback that runs by itself and creates tasks. It says when by one of Every, Rate, At and
// Rows. What it draws comes from its own stream, in the order batch, arguments of each task, next gap.
type Source struct {
	Callback *Callback // of its name; it has no steps of its own
	Entry    *Entry    // of its tasks, which are Name-1, Name-2 … unless it names them; Loop.Index counts them from 0
	Every    EvalTime  // each gap
	Rate     *Timetable
	Per      EvalTime // the time to which Rate refers; nil: one unit
	At       []EvalTime
	Rows     Eval     // a list; the callback's first local is the row
	RowAt    EvalTime // when the row in the callback's first local comes
	After    EvalTime // instead of the first gap, from Start
	Start    EvalTime // nothing arrives before
	End      EvalTime // nothing arrives at or after it; nil: it has none
	Limit    EvalInt  // tasks in all; nil: any number
	Batch    EvalInt  // tasks of each arrival; nil: one

	index int
}

// source is how far a Source is.
type source struct {
	made  int64    // tasks
	came  int64    // arrivals
	ids   []uint32 // its tasks by their index, where something asks for them by their names
	bound          // what does not change during the run
}

// bound is what of a Source is computed when the loop is made.
type bound struct {
	start, end int64
	limit      int64
	rate       timetable
	per        float64
	times      []int64
	rows       Value
	named      bool // tasks are asked for by their names
}

// arrivals is the sources of a run, by Source.index.
type arrivals []source

func (x *arrivals) own(was *arrivals) {
	list := append((*was)[:0], *x...)
	for i := range list {
		list[i].ids = slices.Clone(list[i].ids)
	}
	*x = list
}

// armSource computes what a source is made of and arms it for its first arrival.
func (l *Loop) armSource(s *Source) {
	l.syncIndex = s.Callback.index
	x := &l.sources[s.index]
	x.bound = bound{end: never, limit: math.MaxInt64, per: float64(l.UnitNanos())}
	l.bindSource(s, &x.bound)
	if l.fault != nil {
		return
	}
	if at, ok := l.firstArrival(s, x); ok {
		l.armFirst(s.Callback, max(at, l.now))
	}
}

func (l *Loop) bindSource(s *Source, b *bound) {
	if s.Start != nil {
		b.start = max(s.Start(l), 0)
	}
	if s.End != nil {
		b.end = s.End(l)
	}
	if s.Limit != nil {
		b.limit = s.Limit(l)
	}
	if s.Per != nil {
		if b.per = float64(s.Per(l)); b.per <= 0 {
			l.Raise("ValueError", "`per` must be above 0")
		}
	}
	if s.Rate != nil {
		b.rate = l.bindTimetable(s.Rate, "the rate of "+s.Callback.Name)
	}
	for _, at := range s.At {
		b.times = append(b.times, at(l))
	}
	if s.Rows != nil {
		l.bindRows(s, b)
	}
	for i := range b.times {
		if i > 0 && b.times[i] < b.times[i-1] || b.times[i] < 0 {
			l.Raise("ValueError", fmt.Sprintf("time %d of %s is earlier than the one before it", i+1, s.Callback.Name))
			break
		}
	}
	base := s.Callback.Name + "-"
	b.named = !l.p.Recycle || slices.ContainsFunc(l.p.Named, func(name string) bool { return strings.HasPrefix(name, base) })
}

// bindRows computes the rows of a trace and their times.
func (l *Loop) bindRows(s *Source, b *bound) {
	b.rows = l.Escape(s.Rows(l))
	rows, ok := l.sequence(b.rows)
	if !ok {
		return
	}
	b.times = make([]int64, 0, len(rows))
	t, slots := l.task(0), int(s.Callback.Code.slots)
	t.frame = l.newFrame(slots)
	l.loadFrame()
	for i, row := range rows {
		l.frame[0] = row
		if b.times = append(b.times, s.RowAt(l)); l.fault != nil {
			l.fault.Message = fmt.Sprintf("row %d of %s: %s", i+1, s.Callback.Name, l.fault.Message)
			break
		}
	}
	l.freeFrame(t.frame, slots)
	t.frame = 0
	l.loadFrame()
}

// firstArrival is when the first tasks come; ok is false if none do, or after an error.
func (l *Loop) firstArrival(s *Source, x *source) (at int64, ok bool) {
	if s.After == nil {
		return l.nextArrival(s, x, x.start)
	}
	at = l.addTime(x.start, max(s.After(l), 0))
	return at, l.fault == nil && at < x.end && x.limit > 0
}

// nextArrival is when tasks come next after a time; ok is false if none do, or after an error.
func (l *Loop) nextArrival(s *Source, x *source, after int64) (at int64, ok bool) {
	if x.made >= x.limit {
		return 0, false
	}
	switch {
	case s.Every != nil:
		at, ok = l.gapFrom(s, x, after)
	case s.Rate != nil:
		at, ok = x.rate.reach(after, float64(l.stream().exponential()*x.per))
	default:
		for x.came < int64(len(x.times)) && x.times[x.came] < x.start {
			x.came++
		}
		if ok = x.came < int64(len(x.times)); ok {
			at = x.times[x.came]
		}
	}
	return at, ok && at < x.end
}

// gapFrom is one gap after a time.
func (l *Loop) gapFrom(s *Source, x *source, after int64) (at int64, ok bool) {
	l.entryIndex = x.made
	gap := s.Every(l)
	if gap < 0 && l.fault == nil {
		l.Raise("ValueError", "the gap of "+s.Callback.Name+" must not be below 0")
	}
	if l.fault != nil {
		return 0, false
	}
	at = l.addTime(after, gap)
	return at, l.fault == nil
}

// arrive creates the tasks of an arrival, and arms the source for the next.
func (l *Loop) arrive(s *Source) {
	x := &l.sources[s.index]
	if s.Rows != nil {
		l.frame[0] = x.rows.Elems()[x.came]
	}
	x.came++
	if l.entryIndex = x.made; !l.makeBatch(s, x) {
		return
	}
	scheduled := l.callbacks.scheduled.at(l.syncID)
	if !scheduled.periodic {
		return // its own task's arguments cannot cancel it, a step of another turn has
	}
	at, ok := l.nextArrival(s, x, scheduled.when)
	if !ok {
		return
	}
	scheduled.state = scheduledPending
	scheduled.ctx = l.copyContext(l.ctx())
	l.armScheduled(l.syncID, at)
}

// makeBatch creates the tasks of one arrival.
func (l *Loop) makeBatch(s *Source, x *source) bool {
	n := int64(1)
	if s.Batch != nil {
		if n = s.Batch(l); n < 0 && l.fault == nil {
			l.Raise("ValueError", "the batch of "+s.Callback.Name+" must not be below 0, it is "+strconv.FormatInt(n, 10))
		}
		if l.fault != nil {
			return false
		}
	}
	for n = min(n, x.limit-x.made); n > 0; n-- {
		id, ok := l.spawnOne(s.Entry, uint32(x.made))
		if !ok {
			return false
		}
		l.cold(l.task(id).cold).index = uint32(x.made)
		if x.made++; x.named {
			x.ids = append(x.ids, id)
		}
	}
	return true
}

// sourceTask is the living or kept task of a source that has a name by its number; 0: there is none.
func (l *Loop) sourceTask(base string, n uint32) uint32 {
	for _, s := range l.p.Sources {
		if s.Callback.Name != base || s.Entry.Name == "" || int(n) > len(l.sources[s.index].ids) {
			continue
		}
		id := l.sources[s.index].ids[n-1]
		if w := l.warm(id); w.entry == uint32(s.Entry.index)+1 && l.cold(l.task(id).cold).index == n-1 {
			return id
		}
	}
	return 0
}
