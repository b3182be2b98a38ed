package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"runloop/dsl"
)

// Series is the cost of an event as the number of something grows.
type Series struct {
	Of     string  `json:"of"`
	Points []Point `json:"points"`
}

// Point holds nanoseconds per event with N of them, as medians of some rounds.
type Point struct {
	N    int     `json:"n"`
	Ours float64 `json:"ours"`
	Bare float64 `json:"bare"`
}

// growthEvents is how many events a point is measured over, unless three per worker are more.
const (
	growthEvents = 1_000_000
	growthRounds = 3
)

// measureGrowth measures sleepers, from 10 to a million, and timers, from one to ten million.
func measureGrowth(r *Record) error {
	workers, err := grow("workers", 10, 1_000_000, sleepersRound)
	if err != nil {
		return err
	}
	timers, err := grow("timers", 1, 10_000_000, timersRound)
	r.Growth = []Series{workers, timers}
	return err
}

// grow measures with 1, 3, 10, 30 … of something.
func grow(of string, from, to int, round func(n int, c *comparison) error) (Series, error) {
	s := Series{Of: of}
	var sizes []int
	for n := from; n <= to; n *= 10 {
		sizes = append(sizes, n, 3*n)
	}
	for _, n := range sizes[:len(sizes)-1] {
		var c comparison
		for range growthRounds {
			if err := round(n, &c); err != nil {
				return s, err
			}
		}
		p := Point{N: n, Ours: rounded(median(c.ours)), Bare: rounded(median(c.bare))}
		s.Points = append(s.Points, p)
		fmt.Fprintf(os.Stderr, "        %s %s: %s ns, bare %s ns\n", commas(strconv.Itoa(n)), plural(of, n), number(p.Ours), number(p.Bare))
	}
	return s, nil
}

// sleepersRound measures the workload of sleepers, including their creation.
func sleepersRound(n int, c *comparison) error {
	turns := max(growthEvents/n, 3)
	w := &workload{
		params: map[string]string{"workers": strconv.Itoa(n), "turns": strconv.Itoa(turns)}, events: n * turns,
		bare: func() { bareSleepers(n, turns, delay) },
	}
	s, err := load("sleepers.yaml")
	if err != nil {
		return err
	}
	return c.round(w, s)
}

// timersRound measures n callbacks that each arm themselves again. All of them are armed before the measurement
// begins.
func timersRound(n int, c *comparison) error {
	fire := bareCallbacks(n)
	bare := timed(func() { fire(growthEvents) }, growthEvents)
	s, err := load("timers.yaml")
	if err != nil {
		return err
	}
	l, err := s.NewLoop(dsl.RunOptions{Params: map[string]string{"timers": strconv.Itoa(n)}, Output: io.Discard})
	if err != nil {
		return err
	}
	fired := func() int { return int(l.SharedVar(0).AsInt()) }
	for fired() == 0 {
		if l.RunFor(1000) {
			return fmt.Errorf("the run has ended: %+v", l.Result())
		}
	}
	before := fired()
	var events int
	ns := timed(func() {
		for events < growthEvents && !l.RunFor(100_000) {
			events = fired() - before
		}
	}, 1)
	c.add(ns/float64(events), bare)
	return nil
}

func growthTable(all []Series) *table {
	t := &table{head: []string{"", "ns/event", "bare ns", "x bare"}}
	for _, s := range all {
		for _, p := range s.Points {
			t.add(commas(strconv.Itoa(p.N))+" "+plural(s.Of, p.N), number(p.Ours), number(p.Bare), number(p.Ours/p.Bare))
		}
	}
	return t
}

func plural(of string, n int) string {
	if n == 1 {
		return strings.TrimSuffix(of, "s")
	}
	return of
}
