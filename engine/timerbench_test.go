package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// increments are the delays of the hold model, each with a mean of a second or so.
var increments = []struct {
	name string
	draw func(r *rand.Rand) int64
}{
	{"exponential", func(r *rand.Rand) int64 { return int64(r.ExpFloat64() * 1e9) }},
	{"uniform", func(r *rand.Rand) int64 { return r.Int64N(2e9) }},
	{"bimodal", func(r *rand.Rand) int64 {
		if r.IntN(10) > 0 {
			return r.Int64N(1e8)
		}
		return 9e9 + r.Int64N(1e8)
	}},
	{"equal", func(r *rand.Rand) int64 { return 1e9 }},
	{"triangular", func(r *rand.Rand) int64 { return int64(math.Sqrt(r.Float64()) * 15e8) }},
}

// BenchmarkHold is the hold model: n timers are armed; the earliest is taken out and armed again for a random time later.
// It says what an event takes with a heap alone, and with the wheel behind it. With -short up to a million timers.
func BenchmarkHold(b *testing.B) {
	most := 10_000_000
	if testing.Short() {
		most = 1_000_000
	}
	for _, inc := range increments {
		r := rand.New(rand.NewPCG(1, 2))
		draws := make([]int64, 1<<18)
		for i := range draws {
			draws[i] = inc.draw(r)
		}
		for n := 1; n <= most; n *= 10 {
			b.Run(fmt.Sprintf("%s/%d", inc.name, n), func(b *testing.B) {
				var heap, both []float64
				for b.Loop() {
					heap = append(heap, hold(n, NoWheel, draws))
					both = append(both, hold(n, wheelFrom, draws))
				}
				slices.Sort(heap)
				slices.Sort(both)
				x, y := heap[len(heap)/2], both[len(both)/2]
				b.ReportMetric(x, "heap-ns/event")
				b.ReportMetric(y, "ns/event")
				b.ReportMetric(x/y, "gain")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// hold is nanoseconds an event.
func hold(n, wheelAt int, draws []int64) float64 {
	q := newTimers(false)
	q.wheelAt(wheelAt)
	mask := len(draws) - 1
	for i := range n {
		q.push(draws[i*7&mask], timerSleep, uint32(i))
	}
	k := 0
	turn := func(turns int) {
		for range turns {
			q.earliest()
			t := q.pop()
			q.push(t.when+draws[k&mask], timerSleep, t.id)
			k++
		}
	}
	turns := max(200_000, n)
	turn(turns) // to the steady state
	start := time.Now()
	turn(turns)
	return float64(time.Since(start).Nanoseconds()) / float64(turns)
}
