package main

import (
	"embed"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"runloop/dsl"
	"runloop/engine"
)

//go:embed *.yaml
var scenarios embed.FS

// workload is a scenario of this folder with its parameters and its bare loop.
type workload struct {
	name   string
	file   string
	params map[string]string
	events int
	target float64 // the most that its ratio to the bare loop should be
	floor  float64 // events per second that the bare loop must reach
	bare   func()

	statistics bool // all are kept
}

// workloads have targets for their ratios. A ratio to a slow loop says nothing, so each bare loop has a floor: nine
// tenths of what a good one reached on two shared cores.
var workloads = []workload{
	{"100 sleepers", "sleepers.yaml", map[string]string{"workers": "100", "turns": "10000"}, 1_000_000, 1.8, 0.9 * 16.6e6,
		func() { bareSleepers(100, 10_000, delay) }, false},
	{"100,000 sleepers", "sleepers.yaml", map[string]string{"workers": "100000", "turns": "10"}, 1_000_000, 2.2, 0.9 * 3.8e6,
		func() { bareSleepers(100_000, 10, delay) }, false},
	{"1,000 in step", "ties.yaml", map[string]string{"workers": "1000", "turns": "1000"}, 1_000_000, 2, 0.9 * 44e6,
		func() { bareSleepers(1000, 1000, func(int) int64 { return 1e9 }) }, false},
	{"pair over a queue", "pair.yaml", map[string]string{"items": "1000000"}, 1_000_000, 13, 0.9 * 134e6,
		func() { barePair(1_000_000, 1) }, false},
	{"M/M/1 customers", "mm1.yaml", map[string]string{"customers": "300000"}, 300_000, 3, 0.9 * 8.7e6,
		func() { bareServer(300_000, 0.8, 0) }, false},
	{"M/M/1 of a source", "mm1-source.yaml", map[string]string{"customers": "300000"}, 300_000, 2, 0.9 * 8.7e6,
		func() { bareServer(300_000, 0.8, 0) }, false},
	{"M/M/1 with statistics", "mm1-source.yaml", map[string]string{"customers": "300000"}, 300_000, 2.5, 0.9 * 8.7e6,
		func() { bareServer(300_000, 0.8, 0) }, true},
	{"printed lines", "print.yaml", map[string]string{"lines": "1000000"}, 1_000_000, 2.5, 0.9 * 27.8e6,
		func() { barePrint(io.Discard, 1_000_000) }, false},
	{"desk by priority", "priority.yaml", desk, 500_000, 3, 0.9 * 8.7e6,
		func() { bareDesk(20, 25_000, false) }, false},
	{"desk with preemption", "preemptive.yaml", desk, 500_000, 3, 0.9 * 7.4e6,
		func() { bareDesk(20, 25_000, true) }, false},
	{"container", "container.yaml", map[string]string{"workers": "10", "turns": "25000"}, 500_000, 3, 0.9 * 15.4e6,
		func() { bareTank(10, 25_000) }, false},
	{"store", "store.yaml", box, 500_000, 3, 0.9 * 7.3e6,
		func() { bareBox(10, 50_000) }, false},
	{"store with `where`", "choosy.yaml", box, 500_000, 3, 0.9 * 6.6e6,
		func() { bareChoosyBox(10, 50_000) }, false},
	{"`first` with a time-out", "first.yaml", box, 500_000, 3, 0.9 * 11.6e6,
		func() { bareFirst(10, 50_000) }, false},
}

// Parameters of workloads with one object.
var (
	desk = map[string]string{"workers": "20", "turns": "25000"}
	box  = map[string]string{"workers": "10", "turns": "50000"}
)

// delay returns how long the i-th sleeper sleeps.
func delay(i int) int64 { return 1_000_000 + int64(i)*7919%1_000_003 }

// load compiles a scenario of this folder.
func load(file string) (*dsl.Scenario, error) {
	src, err := scenarios.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return dsl.Load(file, src)
}

// newLoop compiles a workload's scenario and makes a loop for it.
func (w *workload) newLoop() (*dsl.Scenario, *engine.Loop, error) {
	s, err := load(w.file)
	if err != nil {
		return nil, nil, err
	}
	l, err := w.loopOf(s)
	return s, l, err
}

func (w *workload) loopOf(s *dsl.Scenario) (*engine.Loop, error) {
	opts, err := s.Options(dsl.RunOptions{Params: w.params, Output: io.Discard})
	if err != nil {
		return nil, err
	}
	opts.Statistics = w.statistics
	return engine.New(s.Program(), opts), nil
}

// verified runs a loop and verifies the scenario's expectations.
func verified(s *dsl.Scenario, l *engine.Loop) error {
	if fails := s.Verify(l, l.Run()); len(fails) > 0 {
		return fmt.Errorf("%s: %s (and %d more failures)", s.Source.Name(), fails[0].Message, len(fails)-1)
	}
	return nil
}

// rounds is how many times the two sides of a comparison run alternately.
const rounds = 7

// measureWorkloads runs each workload alternately with its bare loop.
func measureWorkloads(r *Record) error {
	for _, w := range workloads {
		s, err := load(w.file)
		if err != nil {
			return err
		}
		var c comparison
		for range rounds {
			if err := c.round(&w, s); err != nil {
				return err
			}
		}
		r.add(Measure{
			Name: w.name, Unit: unitBare, Value: median(c.ratio), Target: w.target,
			Ours: median(c.ours), Bare: median(c.bare), Floor: w.floor,
		})
	}
	return nil
}

// comparison holds nanoseconds per event and their ratio, round by round.
type comparison struct{ ours, bare, ratio []float64 }

// round runs a workload's bare loop and then its scenario.
func (c *comparison) round(w *workload, s *dsl.Scenario) error {
	bare := timed(w.bare, w.events)
	l, err := w.loopOf(s)
	if err != nil {
		return err
	}
	ours := timed(func() { l.Run() }, w.events)
	c.add(ours, bare)
	return nil
}

func (c *comparison) add(ours, bare float64) {
	c.ours, c.bare, c.ratio = append(c.ours, ours), append(c.bare, bare), append(c.ratio, ours/bare)
}

// timed returns the nanoseconds per event that f takes, after collecting the garbage left before it.
func timed(f func(), events int) float64 {
	runtime.GC()
	start := time.Now()
	f()
	return float64(time.Since(start).Nanoseconds()) / float64(events)
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[len(xs)/2]
}
