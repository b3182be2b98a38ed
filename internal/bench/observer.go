package main

import (
	"fmt"
	"io"

	"runloop/dsl"
	"runloop/engine"
)

// eventRing keeps the last events.
type eventRing struct {
	events [4096]engine.Event
	n      int
}

// Event replaces the oldest event.
func (r *eventRing) Event(_ *engine.Loop, e *engine.Event) {
	r.events[r.n%len(r.events)] = *e
	r.n++
}

// measureObserver runs 100 sleepers alternately with and without an observer.
func measureObserver(r *Record) error {
	w := &workloads[0]
	s, err := load(w.file)
	if err != nil {
		return err
	}
	var cost []float64
	events := 0
	for range rounds {
		ring := &eventRing{}
		var ns [2]float64
		for i, obs := range []engine.Observer{nil, ring} {
			l, err := s.NewLoop(dsl.RunOptions{Params: w.params, Output: io.Discard, Observer: obs})
			if err != nil {
				return err
			}
			ns[i] = timed(func() { l.Run() }, 1)
		}
		events = ring.n
		cost = append(cost, (ns[1]-ns[0])/float64(events))
	}
	r.add(Measure{Name: "observer", Unit: "ns/event", Value: median(cost), Target: 35,
		Note: fmt.Sprintf("keeps each of %s events of %s in a ring", commas(fmt.Sprint(events)), w.name)})
	return nil
}
