// Package dsl is the front door to the language of scenarios. Load parses, checks and compiles a file, Check only says
// what is wrong with it, MendAll mends what has one answer; Schema is what the tables say of it.
//
// The way through it is bytes → nodes → typed tree → checked tree and facts → (warnings | program | asyncio program). Each step
// is a package below: source, yaml, expr, syntax, check, lint, compile and python.
package dsl

import (
	"runloop/dsl/compile"
	"runloop/dsl/source"
)

// What the rooms behind the door give, under the names that callers of Load and Check need.
type (
	// Source is the bytes of a file with the positions in it.
	Source = source.Source
	// Span is a place in a file, in bytes.
	Span = source.Span
	// Diagnostic is one problem of a file.
	Diagnostic = source.Diagnostic
	// Diagnostics is the problems of a file.
	Diagnostics = source.Diagnostics
	// Severity says whether a diagnostic stops a scenario from running.
	Severity = source.Severity
	// Fix replaces a span of a file.
	Fix = source.Fix
	// Style is the colours of a diagnostic.
	Style = source.Style
	// LoadError is the error of a file that cannot be run.
	LoadError = source.LoadError
	// RunOptions says how a scenario is run.
	RunOptions = compile.RunOptions
	// Failure is something that a run did not come to as expected.
	Failure = compile.Failure
)

// The severities.
const (
	SeverityError   = source.SeverityError
	SeverityWarning = source.SeverityWarning
)

// NewSource makes a source of data, which the caller must not change afterwards.
func NewSource(name string, data []byte) *Source { return source.NewSource(name, data) }

// OutputDifference says where two outputs, which are not equal, begin to differ.
func OutputDifference(want, got string) string { return compile.OutputDifference(want, got) }
