package lsp

import (
	"encoding/json"
	"errors"
	"fmt"

	"runloop/dsl"
	"runloop/dsl/syntax"
	"runloop/engine"
	"runloop/internal/picture"
	"runloop/internal/trace"
)

// The commands that lenses give, and that clients can call with the address of a document.
const (
	commandRun = "runloop.run" // runs the scenario: the result is an outcome
	commandSee = "runloop.see" // draws the run: the result is a drawing
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
		if s.refreshes {
			s.asked++
			s.send(map[string]any{"jsonrpc": "2.0", "id": fmt.Sprintf("runloop-%d", s.asked), "method": "workspace/codeLens/refresh"})
		}
		return d.outcome, nil
	case commandSee:
		return see(d)
	}
	return nil, &replyError{codeInvalidParams, "there is no command `" + p.Command + "`"}
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

// see draws the run of a document's scenario as a timeline.
func see(d *document) (any, error) {
	t := &engine.Trace{Values: true}
	scenario, loop, options, err := prepare(d, t)
	if err != nil {
		return nil, err
	}
	loop.Run()
	run := trace.New(loop, t, trace.Source{Name: scenario.Name, File: d.name(), Text: d.text, Program: scenario.Program(),
		Seed: options.Seed, Ties: options.Ties})
	svg, err := picture.Timeline(run.Scene(0, len(run.Turns)), picture.Options{})
	if err != nil {
		return nil, err
	}
	return drawing{string(svg)}, nil
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
			if o := d.outcome; o != nil && o.version == d.version {
				lens(at, "ended "+o.Summary, "")
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
