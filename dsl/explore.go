package dsl

import (
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// KnownStep is one unusual choice of a schedule, in names that survive edits of the scenario.
type KnownStep = syntax.KnownStep

// ExpectParts is the parts of expectations, as Failure.Part has them.
var ExpectParts = []string{"ends", "at", "output", "that", "always", "eventually", "tasks", "errors"}

// DurationText is nanoseconds as a duration that scenarios and flags can have: 5ms.
func DurationText(ns int64) string { return syntax.DurationText(ns) }

// Exploring is what the section `explore` of a scenario says.
type Exploring struct {
	Pos  source.Pos
	Ties bool
	// Split: timers of one instant may fire apart, too.
	Split bool
	Late  int64 // nanoseconds; 0: timers are never late
	// LateExact: the clock may be as late as it may be, too.
	LateExact bool
	Who       string
	Draws     bool
	Ready     bool
	Fail      map[string]string // errors, by coroutine

	Cancel, Runs int
	Known        [][]KnownStep
}

// Exploring returns what `explore` says; nil: the scenario has no such section.
func (s *Scenario) Exploring() *Exploring {
	e := s.File.Explore
	if e == nil {
		return nil
	}
	x := &Exploring{Pos: s.Source.Pos(e.Span.Start), Ties: true, Split: true, Runs: syntax.DefaultExploreRuns}
	flag := func(to *bool, v *syntax.Value) {
		if v != nil {
			*to = syntax.ConstantOf(v).AsBool()
		}
	}
	number := func(to *int, v *syntax.Value) {
		if v != nil {
			*to = int(syntax.ConstantOf(v).AsInt())
		}
	}
	flag(&x.Ties, e.Ties)
	flag(&x.Split, e.Split)
	flag(&x.LateExact, e.LateExact)
	flag(&x.Draws, e.Draws)
	flag(&x.Ready, e.Ready)
	number(&x.Cancel, e.Cancel)
	number(&x.Runs, e.Runs)
	if e.Who != nil {
		x.Who = syntax.ConstText(e.Who)
	}
	if e.Late != nil {
		x.Ties, x.Split, x.Late = true, true, e.Late.Nanos
	}
	x.Split = x.Split && x.Ties
	for _, item := range syntax.FailItems(e.Fail) {
		if x.Fail == nil {
			x.Fail = map[string]string{}
		}
		name, typ, _ := syntax.FailOf(syntax.ConstText(item)) // the check has looked at it
		x.Fail[name] = typ
	}
	lists, _ := syntax.KnownSchedules(e.Known)
	for _, list := range lists {
		var steps []KnownStep
		for _, item := range list {
			step, _ := syntax.KnownStepOf(item)
			steps = append(steps, step)
		}
		x.Known = append(x.Known, steps)
	}
	return x
}

// Explored compiles the scenario as it is explored: with the expectations of `explore.expect`, if there are any.
func (s *Scenario) Explored() (*Scenario, error) {
	unit, err := s.Scenario.Explored()
	if err != nil || unit == s.Scenario {
		return s, err
	}
	return &Scenario{Scenario: unit, found: s.found, ofCase: s.ofCase, folder: s.folder}, nil
}
