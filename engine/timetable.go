package engine

import (
	"math"
	"sort"
)

// Timetable is a number that changes at known times: the rate of a source, the units of a resource.
type Timetable struct {
	// Times are when the values begin, rising from 0, in nanoseconds: loop times, or with Calendar times of the day or the week
	// that the clock shows, since midnight or since Monday's midnight.
	Times    []int64
	Values   []EvalFloat // computed when a loop is made, not below zero
	Every    int64       // after so long it begins anew; until its first time it has its last value. 0: never
	Calendar bool        // Every is a day or a week
}

// Constant is a timetable that does not change.
func Constant(value EvalFloat) *Timetable {
	return &Timetable{Times: []int64{0}, Values: []EvalFloat{value}}
}

// timetable is a Timetable whose values are known. It does not change: copies of a loop share it.
type timetable struct {
	times  []int64
	values []float64
	every  int64
	offset int64 // of a loop time to one of times, below every
}

// bindTimetable computes the values of a timetable; what it is is for messages. An error is the loop's.
func (l *Loop) bindTimetable(t *Timetable, what string) timetable {
	b := timetable{times: t.Times, every: t.Every, values: make([]float64, len(t.Values))}
	for i, value := range t.Values {
		if b.values[i] = value(l); l.fault == nil && !(b.values[i] >= 0 && b.values[i] <= math.MaxFloat64) {
			l.Raise("ValueError", what+" cannot be "+floatText(b.values[i]))
		}
	}
	if t.Calendar {
		b.offset = calendarPlace(l.ClockStart(), t.Every)
	}
	return b
}

// calendarPlace is how long before a time, in nanoseconds since 1970, the day or the week began.
func calendarPlace(at, every int64) int64 {
	const day = 24 * 3600 * 1e9
	if every > day {
		return floorMod(floorMod(at, every)+3*day, every) // 1970 began on a Thursday
	}
	return floorMod(at, every)
}

func floorMod(a, b int64) int64 { return (a%b + b) % b }

// place is which value is in force at a loop time, and the loop time of the next one; ok is false if there is none before the
// end of the clock.
func (t *timetable) place(at int64) (i int, next int64, ok bool) {
	in := at
	if t.every > 0 {
		in = floorMod(floorMod(at, t.every)+t.offset, t.every)
	}
	n := len(t.times)
	i = sort.Search(n, func(k int) bool { return t.times[k] > in }) // the first that is still to come
	switch {
	case i < n:
		next = at - in + t.times[i]
	case t.every > 0:
		next = at - in + t.every + t.times[0]
	default:
		return n - 1, 0, false
	}
	return (i + n - 1) % n, next, next > at
}

// value is the value in force at a loop time.
func (t *timetable) value(at int64) float64 {
	i, _, _ := t.place(at)
	return t.values[i]
}

// sum is what the values come to over one cycle, value times nanoseconds.
func (t *timetable) sum() float64 {
	total := 0.0
	for i, v := range t.values {
		until := t.every + t.times[0]
		if i+1 < len(t.times) {
			until = t.times[i+1]
		}
		total += float64(v * float64(until-t.times[i]))
	}
	return total
}

// reach is the first loop time at which the values since from, value times nanoseconds, come to need. ok is false if they never
// do before the end of the clock.
func (t *timetable) reach(from int64, need float64) (at int64, ok bool) {
	for cycle := len(t.times); ; cycle-- {
		if cycle < 0 && t.every > 0 {
			if from, need, ok = t.leap(from, need); !ok {
				return 0, false
			}
			cycle = len(t.times)
		}
		i, next, more := t.place(from)
		v := t.values[i]
		if v > 0 {
			if left := math.RoundToEven(need / v); !more || float64(from)+left < float64(next) {
				return atTime(from, left)
			}
		}
		if !more {
			return 0, false
		}
		need -= float64(v * float64(next-from))
		from = next
	}
}

// leap passes over whole cycles.
func (t *timetable) leap(from int64, need float64) (int64, float64, bool) {
	whole := t.sum()
	if whole <= 0 {
		return 0, 0, false
	}
	cycles := math.Floor(need / whole)
	at, ok := atTime(from, float64(cycles*float64(t.every)))
	return at, need - float64(cycles*whole), ok
}

// atTime is a loop time so many nanoseconds after another; ok is false beyond the end of the clock.
func atTime(from int64, left float64) (int64, bool) {
	if left >= float64(math.MaxInt64-from) {
		return 0, false
	}
	return from + int64(left), true
}
