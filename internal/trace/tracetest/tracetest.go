// Package tracetest runs scenarios and reads their records, for tests.
package tracetest

import (
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
	"runloop/scenarios"
)

// Load runs a scenario on the virtual clock and reads its record, with values.
func Load(t testing.TB, name string, text []byte) *trace.Run {
	t.Helper()
	return Record(t, name, text, &engine.Trace{Values: true}, engine.Limits{})
}

// Record is Load with a trace that the test has made. The limits are at most those that are given.
func Record(t testing.TB, name string, text []byte, rec *engine.Trace, caps engine.Limits) *trace.Run {
	t.Helper()
	s, err := dsl.Folder{FS: scenarios.Files()}.Load(name, text)
	if err != nil {
		t.Fatal(err)
	}
	opts, err := s.Options(dsl.RunOptions{Clock: "virtual", KeepOutput: true, Trace: rec, Caps: caps})
	if err != nil {
		t.Fatal(err)
	}
	l := engine.New(s.Program(), opts)
	l.Run()
	return trace.New(l, rec, trace.Source{Name: s.Name, File: name, Text: text, Program: s.Program(), Seed: opts.Seed, Ties: opts.Ties})
}

// Bundled is Load of a bundled scenario.
func Bundled(t testing.TB, name string) *trace.Run {
	t.Helper()
	text, ok := scenarios.Source(name)
	if !ok {
		t.Fatalf("there is no scenario %s", name)
	}
	return Load(t, name+".yaml", text)
}
