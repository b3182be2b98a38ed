package lsp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"runloop/dsl"
	"runloop/dsl/syntax"
	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/picture"
	"runloop/internal/trace"
)

// The commands that lenses give, and that clients can call with the address of a document.
const (
	commandRun     = "runloop.run"     // runs the scenario: the result is an outcome
	commandSee     = "runloop.see"     // draws the run: the result is a drawing
	commandExplore = "runloop.explore" // runs it in other orders: the result is what was explored
)

// caps bound a run in an editor, which waits for it.
var caps = engine.Limits{Steps: 500_000, Tasks: 20_000, Output: 1 << 20, Memory: 64 << 20}

type (
	codeLens struct {
		Range   textRange `json:"range"`
		Command *command  `json:"command"`
	}
	commandParams struct {
		Command   string            `json:"command"`
		Arguments []json.RawMessage `json:"arguments"`
	}
	// outcome is what a run came to.
	outcome struct {
		OK       bool      `json:"ok"` // all expectations were met
		Summary  string    `json:"summary"`
		Output   string    `json:"output"`
		Failures []failing `json:"failures"`

		version int64 // of the document that was run
	}
	// failing is an expectation that was not met.
	failing struct {
		Range   textRange `json:"range"` // its first character; that of the file, if nothing there says so
		Message string    `json:"message"`
	}
	drawing struct {
		SVG string `json:"svg"`
	}
	// explored is what came of other orders than the usual one.
	explored struct {
		OK       bool     `json:"ok"` // none that was tried fails
		Summary  string   `json:"summary"`
		Steps    []string `json:"steps"`    // of the least schedule that fails: what is unusual in it, and what fails then
		Schedule string   `json:"schedule"` // for `runloop run --schedule`; empty: none fails

		version int64 // of the document that was explored
	}
)

// exploredSteps bounds how many instructions are run to explore a scenario in an editor, and exploredRuns the runs.
const (
	exploredSteps = 5_000_000
	exploredRuns  = 5_000
)

// execute runs a command.
func (s *Server) execute(p commandParams) (any, error) {
	var uri string
	if len(p.Arguments) != 1 || json.Unmarshal(p.Arguments[0], &uri) != nil {
		return nil, &replyError{codeInvalidParams, "`" + p.Command + "` takes the address of a document"}
	}
	d, err := s.document(uri)
	if err != nil {
		return nil, err
	}
	switch p.Command {
	case commandRun:
		if d.outcome, err = s.run(d); err != nil {
			return nil, err
		}
		s.refresh()
		return d.outcome, nil
	case commandExplore:
		if d.explored, err = exploreOrders(d); err != nil {
			return nil, err
		}
		s.refresh()
		return d.explored, nil
	case commandSee:
		return see(d)
	}
	return nil, &replyError{codeInvalidParams, "there is no command `" + p.Command + "`"}
}

// refresh asks the client to ask for lenses again.
func (s *Server) refresh() {
	if s.refreshes {
		s.asked++
		s.send(map[string]any{"jsonrpc": "2.0", "id": fmt.Sprintf("runloop-%d", s.asked), "method": "workspace/codeLens/refresh"})
	}
}

// prepare makes the loop of a document's scenario. An expected loop keeps its output; a traced one also its record.
func prepare(d *document, t *engine.Trace) (*dsl.Scenario, *engine.Loop, engine.Options, error) {
	scenario, err := d.folder.Load(d.name(), d.text)
	if err != nil {
		return nil, nil, engine.Options{}, errors.New("the file has errors: it does not run")
	}
	options, err := scenario.Options(dsl.RunOptions{Clock: "virtual", Caps: caps, KeepOutput: true, Trace: t})
	if err != nil {
		return nil, nil, options, err
	}
	return scenario, engine.New(scenario.Program(), options), options, nil
}

// run runs the scenario of a document on the virtual clock.
func (s *Server) run(d *document) (*outcome, error) {
	scenario, loop, _, err := prepare(d, nil)
	if err != nil {
		return nil, err
	}
	r := loop.Run()
	o := &outcome{Output: string(r.Output), Failures: []failing{}, version: d.version,
		Summary: fmt.Sprintf("%s at %ss", r.Ended, engine.AppendFloat(nil, engine.Seconds(r.At)))}
	for _, f := range scenario.Verify(loop, r) {
		at := position{}
		if f.Pos.Line > 0 {
			at = d.position(scenario.Source.Offset(f.Pos.Line, f.Pos.Col), s.encoding)
		}
		o.Failures = append(o.Failures, failing{textRange{at, at}, f.Message})
	}
	o.OK = len(o.Failures) == 0
	return o, nil
}

// exploreOrders runs the scenario of a document in the orders that its section `explore` leaves open, or that of timers of one
// instant: in as many as an editor may wait for.
func exploreOrders(d *document) (*explored, error) {
	scenario, loop, options, err := prepare(d, nil)
	if err != nil {
		return nil, err
	}
	token := explore.Token{Modes: engine.Explore{Ties: true, Split: true}}
	runs := exploredRuns
	if x := scenario.Exploring(); x != nil {
		token, runs = explore.ModesOf(x), min(runs, x.Runs)
	}
	if scenario, err = scenario.Explored(); err != nil {
		return nil, err
	}
	opts := explore.Of(scenario, options, token.Modes, explore.Verdict)
	opts.Runs = max(1, min(runs, int(exploredSteps/max(loop.Run().Steps, 1))))
	r := explore.Explore(opts)
	out := &explored{Steps: []string{}, version: d.version}
	switch {
	case r.Usual.Failed:
		out.Summary = "the usual run fails already"
	case r.Failure != nil:
		least := explore.Shrink(opts, *r.Failure, exploredRuns)
		token.Mark, token.Given = explore.Mark(scenario, options), least.Schedule
		out.Schedule = token.String()
		for _, step := range explore.Tell(opts, recorded(d, scenario, options), least.Schedule).Steps {
			out.Steps = append(out.Steps, "at "+trace.Clock(step.At)+" "+step.Text)
		}
		out.Summary = "another order fails"
		out.Steps = append(out.Steps, strings.Split(strings.TrimSuffix(least.Text, "\n"), "\n")...)
	case r.Complete && r.Choices == 0 && r.Longest == 0:
		out.OK, out.Summary = true, "there is one order only"
	case r.Complete:
		out.OK, out.Summary = true, "all "+r.Orders.String()+" orders are as expected"
	default:
		out.OK, out.Summary = true, fmt.Sprintf("%d schedules are as expected: no proof", r.Begun)
	}
	return out, nil
}

// recorded is what a record of a run does not hold.
func recorded(d *document, s *dsl.Scenario, run engine.Options) trace.Source {
	return trace.Source{Name: s.Name, File: d.name(), Text: d.text, Program: s.Program(), Seed: run.Seed, Ties: run.Ties}
}

// see draws the run of a document's scenario as a timeline.
func see(d *document) (any, error) {
	t := &engine.Trace{Values: true}
	scenario, loop, options, err := prepare(d, t)
	if err != nil {
		return nil, err
	}
	loop.Run()
	run := trace.New(loop, t, recorded(d, scenario, options))
	svg, err := picture.Timeline(run.Scene(0, len(run.Turns)), picture.Options{})
	if err != nil {
		return nil, err
	}
	return drawing{string(svg)}, nil
}

// mark is the sign before what is well or not.
func mark(ok bool) string {
	if ok {
		return "✓ "
	}
	return "✗ "
}

// lenses returns what can be done with the scenario, above its first key, and what the last run said: of each expectation
// that was not met above its line, and above `expect` that all were. After a change of the text nothing is said.
func (s *Server) lenses(p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	list := []codeLens{}
	root := d.analyze().File.Root
	if !d.isScenario() || root == nil {
		return list, nil
	}
	lens := func(at textRange, title, name string) {
		c := &command{Title: title, Command: name}
		if name != "" {
			c.Arguments = []any{d.uri}
		}
		list = append(list, codeLens{at, c})
	}
	for _, f := range root.Fields {
		at := s.rangeOf(d, f.KeySpan)
		switch {
		case f.Key == syntax.VersionKey:
			lens(at, "▶ run", commandRun)
			lens(at, "see", commandSee)
			lens(at, "explore", commandExplore)
			if o := d.outcome; o != nil && o.version == d.version {
				lens(at, "ended "+o.Summary, "")
			}
			if x := d.explored; x != nil && x.version == d.version {
				lens(at, mark(x.OK)+x.Summary, "")
			}
		case f.Key.Name == "expect" && d.outcome != nil && d.outcome.version == d.version && d.outcome.OK:
			lens(at, "✓ held", "")
		}
	}
	if o := d.outcome; o != nil && o.version == d.version {
		for _, f := range o.Failures {
			lens(f.Range, "✗ "+oneLine(f.Message), "")
		}
	}
	return list, nil
}
