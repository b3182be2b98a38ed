package main

import (
	"fmt"
	"io"

	"runloop/dsl"
	"runloop/engine"
)

// measureTrace runs 100 sleepers alternately with and without a trace.
func measureTrace(r *Record) error {
	w := &workloads[0]
	s, err := load(w.file)
	if err != nil {
		return err
	}
	var cost []float64
	records := uint64(0)
	for range rounds {
		trace := &engine.Trace{Last: 1}
		var ns [2]float64
		for i, t := range []*engine.Trace{nil, trace} {
			l, err := s.NewLoop(dsl.RunOptions{Params: w.params, Output: io.Discard, Trace: t})
			if err != nil {
				return err
			}
			ns[i] = timed(func() { l.Run() }, 1)
		}
		records = trace.Len()
		cost = append(cost, (ns[1]-ns[0])/float64(records))
	}
	r.add(Measure{Name: "trace", Unit: "ns/record", Value: median(cost), Target: 10,
		Note: fmt.Sprintf("each of %s records of %s", commas(fmt.Sprint(records)), w.name)})
	return nil
}
