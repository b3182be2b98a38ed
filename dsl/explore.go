package dsl

import (
	"fmt"
	"math"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// Exploring is what the section `explore` of a scenario says.
type Exploring struct {
	Pos   source.Pos
	Ties  bool
	Late  int64 // nanoseconds; -1: timers are never late
	Who   string
	Draws bool
	Ready bool
	Fail  map[string]string // errors, by coroutine

	Cancel, Runs int
	Known        [][]KnownStep
}

// KnownStep is one unusual choice of a schedule, in names that survive edits of the scenario.
type KnownStep struct {
	At     int64  // loop time in nanoseconds
	First  string // the task or callback that goes first then
	Cancel string // or the task that is cancelled
	Late   int64  // with First: how late the timer is that would have gone first; 0: any
}

// String is the step as a scenario has it.
func (s KnownStep) String() string {
	verb, who := "first", s.First
	if s.Cancel != "" {
		verb, who = "cancel", s.Cancel
	}
	late := ""
	if s.Late > 0 {
		late = ", late: " + DurationText(s.Late)
	}
	return fmt.Sprintf("{ at: %s, %s: %s%s }", DurationText(s.At), verb, who, late)
}

// DurationText is nanoseconds as a duration that scenarios can have: 5ms.
func DurationText(ns int64) string {
	for _, unit := range []struct {
		name  string
		nanos int64
	}{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}} {
		if ns%unit.nanos == 0 {
			return fmt.Sprintf("%d%s", ns/unit.nanos, unit.name)
		}
	}
	return fmt.Sprintf("%dns", ns)
}

// Exploring returns what `explore` says; nil: the scenario has no such section. The error says what is wrong with it.
func (s *Scenario) Exploring() (*Exploring, error) {
	e := s.File.Explore
	if e == nil {
		return nil, nil
	}
	x := &Exploring{Pos: s.Source.Pos(e.Span.Start), Ties: true, Late: -1, Runs: syntax.DefaultExploreRuns}
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
	flag(&x.Draws, e.Draws)
	flag(&x.Ready, e.Ready)
	number(&x.Cancel, e.Cancel)
	number(&x.Runs, e.Runs)
	if e.Who != nil {
		x.Who = syntax.ConstText(e.Who)
	}
	if e.Late != nil {
		if e.Late.Expr != nil {
			return nil, s.exploreError(e.Late.Span, "`late` is a duration such as 5ms, no expression")
		}
		x.Late = e.Late.Nanos
	}
	if err := s.failing(x, e.Fail); err != nil {
		return nil, err
	}
	return x, s.knownSchedules(x, e.Known)
}

func (s *Scenario) exploreError(at source.Span, format string, args ...any) error {
	pos := s.Source.Pos(at.Start)
	return fmt.Errorf("%s:%d:%d: explore: %s", s.Source.Name(), pos.Line, pos.Col, fmt.Sprintf(format, args...))
}

// failing reads `fail`.
func (s *Scenario) failing(x *Exploring, v *syntax.Value) error {
	if v == nil {
		return nil
	}
	items := []*syntax.Value{v}
	if v.Kind == syntax.ListValue {
		items = v.Items
	}
	x.Fail = map[string]string{}
	for _, item := range items {
		name, typ, ok := strings.Cut(syntax.ConstText(item), "=")
		if !ok || name == "" || typ == "" {
			return s.exploreError(item.Span, "`fail` names a coroutine and an error, such as fetch=TimeoutError")
		}
		x.Fail[name] = typ
	}
	return nil
}

// knownSchedules reads `known`: a schedule or a list of them.
func (s *Scenario) knownSchedules(x *Exploring, v *syntax.Value) error {
	if v == nil {
		return nil
	}
	lists := v.Items
	if len(lists) > 0 && lists[0].Kind == syntax.MapValue {
		lists = []*syntax.Value{v}
	}
	for _, list := range lists {
		var steps []KnownStep
		for _, item := range list.Items {
			step, ok := knownStep(item)
			if !ok {
				return s.exploreError(item.Span, "a known schedule is a list of steps such as { at: 5ms, first: worker-2 } or { at: 5ms, cancel: worker-2 }")
			}
			steps = append(steps, step)
		}
		x.Known = append(x.Known, steps)
	}
	return nil
}

func knownStep(item *syntax.Value) (step KnownStep, ok bool) {
	if item.Kind != syntax.MapValue {
		return step, false
	}
	v := syntax.ConstantOf(item)
	at, timed := v.Get("at")
	seconds, isNumber := at.Number()
	first, hasFirst := v.Get("first")
	cancelled, hasCancel := v.Get("cancel")
	late, hasLate := v.Get("late")
	lateSeconds, lateIsNumber := late.Number()
	if !timed || !isNumber || hasFirst == hasCancel || hasLate && (!hasFirst || !lateIsNumber) || v.Size() > 3 || v.Size() == 3 && !hasLate {
		return step, false
	}
	step.Late = int64(math.Round(lateSeconds * 1e9))
	step.At = int64(math.Round(seconds * 1e9))
	text := func(v engine.Value) string { return string(engine.AppendText(nil, nil, v)) }
	if hasFirst {
		step.First = text(first)
	} else {
		step.Cancel = text(cancelled)
	}
	return step, true
}
