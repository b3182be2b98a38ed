package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// wheelAt lets the heap spill over when it has more than n timers.
func (q *timers) wheelAt(n int) {
	if !q.heapq {
		q.limit, q.wheelFrom = n, n
	}
}

// NoWheel is more timers than there ever are.
const NoWheel = 1 << 30

// WheelAt lets the timer heap of a new loop spill over when it has more than n timers.
func (l *Loop) WheelAt(n int) { l.timers.wheelAt(n) }

// model is timers in a sorted slice.
type model []timer

func (m *model) push(t timer) {
	i, _ := slices.BinarySearchFunc(*m, t, timer.compare)
	*m = slices.Insert(*m, i, t)
}

// TestTimersOrder holds the heap and the wheel, at every size from which it may be used, to a sorted slice, in random
// sequences of what a loop does with its timers.
func TestTimersOrder(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		from := []int{NoWheel, 1, 2, 7, 40, 100, wheelFrom}[seed%7]
		if err := timersAgree(r, from); err != "" {
			t.Errorf("seed %d, wheel from %d: %s", seed, from, err)
		}
	}
}

func timersAgree(r *rand.Rand, from int) string {
	q := newTimers(false)
	q.wheelAt(from)
	var m model
	now, times := int64(0), randomTimes(r)
	for turn := range 400 {
		// The share of what is armed and what is taken changes, so that it grows and shrinks across every limit.
		when := times(now)
		push := func() {
			q.push(when, timerSleep, r.Uint32())
			m.push(timer{when: when, key: q.count<<4 | uint64(timerSleep)})
		}
		if r.IntN(30) == 0 { // many of one instant
			for range r.IntN(4 * openSize) {
				push()
			}
		}
		for range r.IntN(2 + turn*7%60) {
			push()
			when = times(now)
		}
		switch r.IntN(12) {
		case 0: // cancelled timers are removed
			k := r.Uint64N(7) + 1
			gone := func(t timer) bool { return t.number()%7 < uint32(k) }
			q.deleteFunc(gone)
			m = slices.DeleteFunc(m, gone)
		case 1:
			c := q
			c.own(&timers{})
			q.wheel.deleteFunc(func(timer) bool { return true })
			clear(q.heap)
			q = c
		case 2: // a cancelled timer at the head is removed; the clock does not move
			if len(m) > 0 {
				if got := q.earliest(); got.key != m[0].key {
					return fmt.Sprintf("the earliest is %v, not %v", got, m[0])
				}
				q.pop()
				m = m[1:]
			}
		case 3, 4, 5, 6, 7: // the clock moves to the earliest timer
			if len(m) > 0 {
				if got := q.earliest(); got.key != m[0].key {
					return fmt.Sprintf("the earliest is %v, not %v", got, m[0])
				}
				now = max(now, m[0].when)
			}
		case 8: // a real clock is late
			now += times(now) / 2 % 1e9
		}
		for n := r.IntN(80); n > 0 && q.isDue(now); n-- {
			if got := q.pop(); len(m) == 0 || got.when != m[0].when || got.key != m[0].key {
				return fmt.Sprintf("turn %d: %v, not %v", turn, got, m[:min(1, len(m))])
			}
			m = m[1:]
		}
		if q.len() != len(m) {
			return fmt.Sprintf("turn %d: %d timers, not %d", turn, q.len(), len(m))
		}
		if due := len(m) > 0 && m[0].when <= now; q.isDue(now) != due {
			return fmt.Sprintf("turn %d: due: %v", turn, !due)
		}
	}
	for ; len(m) > 0; m = m[1:] {
		if got := q.earliest(); got.key != m[0].key {
			return fmt.Sprintf("at the end: %v, not %v", got, m[0])
		}
		q.pop()
	}
	if q.len() != 0 || q.isDue(never) {
		return "some are left"
	}
	return ""
}

// TestLateTimersOrder: a clock that is late finds timers of several buckets due at once.
func TestLateTimersOrder(t *testing.T) {
	p := sleepers(500, 20, func(i int) int64 { return 1_000_000 + int64(i/10)*7919%50_003*(1+int64(i/10)%4*200) })
	log := &fired{}
	p.Workers[0].Code.Body = append(p.Workers[0].Code.Body, sleep(1), sleep(0.5))
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	var want []firing
	for _, from := range []int{NoWheel, wheelFrom, 20, 1} {
		log.timers = nil
		l := New(p, Options{Clock: &laggingClock{}, Trace: &Trace{Hook: log.see}})
		l.WheelAt(from)
		l.Run()
		if from == NoWheel {
			want = log.timers
		}
		if len(want) != 500*22 || !slices.Equal(log.timers, want) {
			t.Errorf("wheel from %d: %d timers fired, not %d in this order", from, len(log.timers), len(want))
		}
	}
}

// fired is which timers fired, and when.
type fired struct{ timers []firing }

type firing struct {
	task uint32
	at   int64
}

func (f *fired) see(l *Loop, r *Rec) {
	if r.Kind == RecFire {
		f.timers = append(f.timers, firing{r.What, l.Now()})
	}
}

// laggingClock is late now by little, now by much.
type laggingClock struct{ now, turns int64 }

func (c *laggingClock) Wait(until int64) int64 {
	if until > c.now {
		c.turns++
		c.now = until + c.turns*c.turns*977%(100_000<<(c.turns%3*5))
	}
	return c.now
}

func (c *laggingClock) Wake() {}

// randomTimes draws the times of timers: clusters, many of one instant, outliers, and the ends of time.
func randomTimes(r *rand.Rand) func(now int64) int64 {
	scale := int64(1) << r.IntN(45)
	cluster := r.Int64N(1e12)
	var last, many int64
	return func(now int64) int64 {
		d := r.Int64N(scale)
		switch r.IntN(10) {
		case 0:
			d = 0
		case 1:
			d = cluster + r.Int64N(3)
		case 2:
			d = r.Int64N(never)
		case 3:
			d = never - r.Int64N(4)
		case 4, 5:
			d = max(last-now, 0) // as the one before
		case 7:
			d = max(many-now, 0) // as one that there are many of, perhaps
			if r.IntN(20) == 0 {
				many = last
			}
		case 6:
			d = scale
		}
		last = now + min(d, never-now)
		return last
	}
}

// TestTimersBeforeTheWheelsBase: those that are all before what was opened of the wheel stay in the heap.
func TestTimersBeforeTheWheelsBase(t *testing.T) {
	q := newTimers(false)
	for i := range 3 * wheelFrom {
		q.push(1e15+int64(i), timerSleep, 0)
	}
	q.earliest()
	for i := range 5 * wheelFrom {
		q.push(int64(5*wheelFrom-i), timerSleep, 0)
	}
	last := int64(0)
	for q.len() > 0 {
		when := q.earliest().when
		if when < last {
			t.Fatalf("%d after %d", when, last)
		}
		last = when
		q.pop()
	}
}
