package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"runloop/dsl"
	"runloop/engine"
)

const (
	lateWorkers      = 1000
	lateSeconds      = 5
	lateAlternations = 5
)

// measureLateness lets workers sleep for 10 to 50 ms on the real clock, in turn with goroutines that each wait on a
// time.Timer of their own. The lateness is the time between the requested end of a sleep and the moment when the
// worker, or the goroutine, goes on.
func measureLateness(r *Record) error {
	var ours, plain [3][]float64 // p50, p99, max in microseconds
	var allowed []float64
	for range lateAlternations {
		x := quantiles(plainLateness())
		late, err := lateness()
		if err != nil {
			return err
		}
		y := quantiles(late)
		for i := range x {
			plain[i], ours[i] = append(plain[i], x[i]), append(ours[i], y[i])
		}
		allowed = append(allowed, y[1]/(1.1*x[1]+50))
	}
	r.add(Measure{Name: "lateness, p99", Unit: unitAllowed, Value: median(allowed), Target: 1,
		Note: fmt.Sprintf("p50, p99, max: %s, time.Timer's %s µs; 1.1 times its p99 and 50 µs are allowed",
			threeNumbers(ours), threeNumbers(plain))})
	return nil
}

func threeNumbers(xs [3][]float64) string {
	return fmt.Sprintf("%.0f, %.0f, %.0f", median(xs[0]), median(xs[1]), median(xs[2]))
}

// quantiles returns p50, p99 and the maximum, in microseconds.
func quantiles(late []time.Duration) [3]float64 {
	slices.Sort(late)
	at := func(q float64) float64 { return float64(late[int(q*float64(len(late)-1))].Nanoseconds()) / 1e3 }
	return [3]float64{at(0.5), at(0.99), at(1)}
}

// plainLateness returns how late goroutines are that each wait on a timer.
func plainLateness() []time.Duration {
	var all []time.Duration
	var mu sync.Mutex
	var group sync.WaitGroup
	stop := time.Now().Add(lateSeconds * time.Second)
	for i := range lateWorkers {
		group.Go(func() {
			rng := rand.New(rand.NewPCG(0, uint64(i)))
			late := make([]time.Duration, 0, 1000)
			timer := time.NewTimer(time.Hour)
			for now := time.Now(); now.Before(stop); {
				due := now.Add(time.Duration((0.01 + 0.04*rng.Float64()) * 1e9))
				timer.Reset(due.Sub(now))
				<-timer.C
				now = time.Now()
				late = append(late, now.Sub(due))
			}
			mu.Lock()
			all = append(all, late...)
			mu.Unlock()
		})
	}
	group.Wait()
	return all
}

// lateness returns how late the workers of a scenario are.
func lateness() ([]time.Duration, error) {
	s, err := load("lateness.yaml")
	if err != nil {
		return nil, err
	}
	opts, err := s.Options(dsl.RunOptions{
		Params: map[string]string{"workers": fmt.Sprint(lateWorkers), "seconds": fmt.Sprint(lateSeconds)},
	})
	if err != nil {
		return nil, err
	}
	clock := &startedClock{RealClock: engine.NewRealClock(1)}
	watch := &resumes{clock: clock, due: make([]int64, lateWorkers+1), late: make([]time.Duration, 0, 1<<19)}
	opts.Clock, opts.Trace = clock, &engine.Trace{Last: 1, Hook: watch.see}
	err = verified(s, engine.New(s.Program(), opts))
	return watch.late, err
}

// startedClock is a real clock that remembers when it began.
type startedClock struct {
	*engine.RealClock
	start time.Time
}

// Wait waits on the real clock, which begins with the first Wait.
func (c *startedClock) Wait(until int64) int64 {
	if c.start.IsZero() {
		c.start = time.Now()
	}
	return c.RealClock.Wait(until)
}

// resumes records how late tasks go on after their timers.
type resumes struct {
	clock *startedClock
	due   []int64 // by task; 0 if it has not slept yet
	late  []time.Duration
}

// see notes when a task arms its timer and when it goes on.
func (r *resumes) see(_ *engine.Loop, rec *engine.Rec) {
	switch {
	case rec.Kind == engine.RecArm:
		r.due[rec.Who] = rec.Arg
	case rec.Kind == engine.RecRun && rec.Who != 0:
		if due := r.due[rec.Who]; due > 0 {
			r.late = append(r.late, time.Since(r.clock.start)-time.Duration(due))
		}
	}
}
