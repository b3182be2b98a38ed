// Package bench measures runloop against what one would write by hand in Go, workload by workload, in one run:
//
//	go test ./bench -run ^$ -bench .
//
// Each benchmark runs a scenario of this folder and the bare loop of bare_test.go in turn and reports nanoseconds an
// event for both and their ratio, the median of the rounds.
package bench

import (
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"runloop/dsl"
	"runloop/engine"
)

// workload is a scenario, its parameters, and the bare loop beside it.
type workload struct {
	name   string
	file   string
	params map[string]string
	events int
	bare   func()
}

func delay(i int) int64 { return 1_000_000 + int64(i)*7919%1_000_003 }

var workloads = []workload{
	{"100 sleepers", "sleepers.yaml", map[string]string{"workers": "100", "turns": "10000"}, 1_000_000,
		func() { bareSleepers(100, 10_000, delay) }},
	{"100,000 sleepers", "sleepers.yaml", map[string]string{"workers": "100000", "turns": "10"}, 1_000_000,
		func() { bareSleepers(100_000, 10, delay) }},
	{"1,000 in step", "ties.yaml", map[string]string{"workers": "1000", "turns": "1000"}, 1_000_000,
		func() { bareSleepers(1000, 1000, func(int) int64 { return 1e9 }) }},
	{"pair over a queue", "pair.yaml", map[string]string{"items": "1000000"}, 1_000_000,
		func() { barePair(1_000_000) }},
	{"M/M/1 customers", "mm1.yaml", map[string]string{"customers": "300000"}, 300_000,
		func() { bareServer(300_000, 0.8, 0) }},
	{"printed lines", "print.yaml", map[string]string{"lines": "1000000"}, 1_000_000,
		func() { barePrint(io.Discard, 1_000_000) }},
}

func (w *workload) load(tb testing.TB) *dsl.Scenario {
	tb.Helper()
	src, err := os.ReadFile(w.file)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := dsl.Load(w.file, src)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (w *workload) loop(tb testing.TB, s *dsl.Scenario) *engine.Loop {
	tb.Helper()
	l, err := s.NewLoop(dsl.RunOptions{Params: w.params, Output: io.Discard})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// TestWorkloads holds that the scenarios do what the bare loops do.
func TestWorkloads(t *testing.T) {
	for _, w := range workloads {
		s := w.load(t)
		l := w.loop(t, s)
		r := l.Run()
		if fails := s.Verify(l, r); len(fails) > 0 {
			t.Errorf("%s: %v", w.name, fails)
		}
	}
	if n := bareSleepers(10, 7, delay); n != 70 {
		t.Errorf("bareSleepers: %d", n)
	}
	if n := barePair(1000); n != 1000 {
		t.Errorf("barePair: %d", n)
	}
	// In M/M/1 the mean wait is load / (1 - load) service times.
	if n, waited := bareServer(300_000, 0.8, 1); n != 300_000 || waited/300_000 < 3 || waited/300_000 > 5 {
		t.Errorf("bareServer: %d served, mean wait %g", n, waited/300_000)
	}
}

// TestSteadyStateAllocatesNothing: once a workload has warmed up, its events allocate nothing.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, w := range workloads {
		l := w.loop(t, w.load(t))
		l.RunFor(1_500_000)
		if l.RunFor(1) {
			t.Fatalf("%s: it is over", w.name)
		}
		if n := testing.AllocsPerRun(5, func() { l.RunFor(20_000) }); n > 0 {
			t.Errorf("%s: %v allocations in 20,000 instructions", w.name, n)
		}
	}
}

// BenchmarkWorkloads runs each workload and its bare loop in turn.
func BenchmarkWorkloads(b *testing.B) {
	for _, w := range workloads {
		b.Run(w.name, func(b *testing.B) {
			s := w.load(b)
			var bare, ours, ratio []float64
			for b.Loop() {
				x := timed(w.bare, w.events)
				l := w.loop(b, s)
				y := timed(func() { l.Run() }, w.events)
				bare, ours, ratio = append(bare, x), append(ours, y), append(ratio, y/x)
			}
			b.ReportMetric(median(bare), "bare-ns/event")
			b.ReportMetric(median(ours), "ns/event")
			b.ReportMetric(median(ratio), "x-bare")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func timed(f func(), events int) float64 {
	start := time.Now()
	f()
	return float64(time.Since(start).Nanoseconds()) / float64(events)
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[len(xs)/2]
}
