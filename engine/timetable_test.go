package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainPlace is timetable.place, looked up step by step.
func plainPlace(t *timetable, at int64) (value float64, next int64) {
	value, next = t.values[len(t.values)-1], math.MaxInt64
	for cycle := int64(-2); cycle < 50; cycle++ {
		for i, time := range t.times {
			if when := cycle*t.every + time - t.offset; when <= at {
				value = t.values[i]
			} else {
				next = min(next, when)
			}
		}
		if t.every == 0 {
			break
		}
	}
	return value, next
}

func randomTimetable(r *rand.Rand) timetable {
	t := timetable{}
	if r.IntN(3) > 0 {
		t.every = 20 + r.Int64N(30)
		t.offset = r.Int64N(t.every)
	}
	at := int64(0)
	if t.every > 0 {
		at = r.Int64N(5)
	}
	for range 1 + r.IntN(4) {
		t.times, t.values = append(t.times, at), append(t.values, float64(r.IntN(3)))
		at += 1 + r.Int64N(4)
	}
	return t
}

// TestTimetablePlace compares the value at a time, and when it changes, with looking through all times.
func TestTimetablePlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		table, at := randomTimetable(r), r.Int64N(200)
		i, next, ok := table.place(at)
		value, later := plainPlace(&table, at)
		if !ok {
			next = math.MaxInt64
		}
		if table.values[i] != value || next != later {
			t.Fatalf("%+v at %d: %g until %d, want %g until %d", table, at, table.values[i], next, value, later)
		}
	}
}

// TestTimetableReach: between a time and the one that is reached the values come to what was asked for, and not before.
func TestTimetableReach(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		table, from := randomTimetable(r), r.Int64N(100)
		need := float64(1 + r.IntN(150))
		at, ok := table.reach(from, need)
		if !ok {
			last := table.values[len(table.values)-1]
			if table.every > 0 && table.sum() > 0 || table.every == 0 && last > 0 {
				t.Fatalf("%+v from %d never comes to %g", table, from, need)
			}
			continue
		}
		sum, before := 0.0, 0.0
		for now := from; now < at; now++ {
			before = sum
			sum += table.value(now)
		}
		if half := slices.Max(table.values) / 2; sum < need-half || before > need+half {
			t.Fatalf("%+v from %d to %d: %g, then %g; wanted %g", table, from, at, before, sum, need)
		}
	}
	rare := timetable{times: []int64{0, 1e9}, values: []float64{1e-12, 0}, every: 2e9}
	if at, ok := rare.reach(0, 1e6); !ok || math.Abs(float64(at)-2e18) > 2e9 {
		t.Errorf("a rare one comes at %d, %t", at, ok)
	}
	if _, ok := rare.reach(0, 1e9); ok {
		t.Error("one after the end of the clock comes")
	}
}

// TestCalendarPlace: 2026-03-02 is a Monday.
func TestCalendarPlace(t *testing.T) {
	const day, monday = int64(24 * 3600 * 1e9), int64(1772409600 * 1e9)
	for _, c := range []struct{ at, every, want int64 }{
		{monday, 7 * day, 0}, {monday + 3*day + 5, 7 * day, 3*day + 5}, {monday - 1, 7 * day, 7*day - 1}, {monday + 7, day, 7}, {-1, day, day - 1},
	} {
		if got := calendarPlace(c.at, c.every); got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.at, c.every, got, c.want)
		}
	}
}
