package main

import (
	"embed"
	"fmt"
	"io"
	"path"
	"runtime"
	"strconv"
	"time"

	"runloop/dsl"
	"runloop/engine"
)

// Each scenario of this folder has a parameter n and should take time and memory in proportion to it. A new one is a
// new file; its description is its row of the page.
//
//go:embed scaling/*.yaml
var scalingFiles embed.FS

const (
	scalingRounds = 5
	linear        = 6 // the most that a scenario should take at 4n, as a multiple of n's: four, and what caches and garbage cost
	unitScaling   = "x n's time"
)

// scaling is a scenario of the folder.
type scaling struct {
	file     string
	scenario *dsl.Scenario
	program  *engine.Program // nil: the scenario's own
	n        int
	target   float64
	fails    bool // more tasks fail than an expectation can name
}

// scalings returns the scenarios in the order of their names.
func scalings() ([]scaling, error) {
	files, err := scalingFiles.ReadDir("scaling")
	if err != nil {
		return nil, err
	}
	var all []scaling
	for _, f := range files {
		s, err := loadScaling(f.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// scalingOptions are what a scenario's own file cannot say.
var scalingOptions = map[string]func(*scaling) error{
	"check-races.yaml": func(s *scaling) (err error) {
		s.program, err = s.scenario.Watched()
		return err
	},
	"choosy-last.yaml": func(s *scaling) error {
		s.target = 4 * linear
		return nil
	},
	"ended-unhandled.yaml": func(s *scaling) error {
		s.fails = true
		return nil
	},
}

func loadScaling(file string) (scaling, error) {
	s := scaling{file: file, target: linear}
	src, err := scalingFiles.ReadFile(path.Join("scaling", file))
	if err != nil {
		return s, err
	}
	if s.scenario, err = dsl.Load(file, src); err != nil {
		return s, err
	}
	opts, err := s.scenario.Options(dsl.RunOptions{})
	if err != nil {
		return s, err
	}
	s.n = int(opts.Params[0].AsInt())
	if set, ok := scalingOptions[file]; ok {
		err = set(&s)
	}
	return s, err
}

// run runs the scenario with n of what it has, from making its loop to its expectations.
func (s *scaling) run(n int) error {
	opts, err := s.scenario.Options(dsl.RunOptions{Params: map[string]string{"n": strconv.Itoa(n)}, Output: io.Discard})
	if err != nil {
		return err
	}
	program := s.program
	if program == nil {
		program = s.scenario.Program()
	}
	l := engine.New(program, opts)
	if !s.fails {
		return verified(s.scenario, l)
	}
	if res := l.Run(); res.Ended != engine.Completed {
		return fmt.Errorf("%s: it ended %s", s.file, res.Ended)
	}
	return nil
}

// time returns how many milliseconds run takes.
func (s *scaling) time(n int) (ms float64, err error) {
	runtime.GC()
	start := time.Now()
	err = s.run(n)
	return time.Since(start).Seconds() * 1e3, err
}

// measureScaling measures how the time of each scenario grows from n to 4n.
func measureScaling(r *Record) error {
	all, err := scalings()
	if err != nil {
		return err
	}
	for _, s := range all {
		var small, ratios []float64
		for range scalingRounds {
			one, err := s.time(s.n)
			if err != nil {
				return err
			}
			four, err := s.time(4 * s.n)
			if err != nil {
				return err
			}
			small, ratios = append(small, one), append(ratios, four/one)
		}
		r.add(Measure{Name: s.scenario.Description, Unit: unitScaling, Value: median(ratios), Target: s.target,
			N: s.n, Took: median(small)})
	}
	return nil
}
