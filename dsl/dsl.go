// Package dsl is the entry point to the language of scenarios. Load parses, checks and compiles a file, Check only
// reports what is wrong with it, and MendAll mends what has one answer. Schema returns a JSON Schema of scenarios.
//
// The stages are bytes → nodes → typed tree → checked tree and facts → (warnings | program | asyncio program). The
// packages below do the work: source, yaml, expr, syntax, check, lint, compile and python.
package dsl

import (
	"runloop/dsl/compile"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// Types of the packages below that callers of Load and Check need.
type (
	// Source is the bytes of a file, with lines and columns.
	Source = source.Source
	// Span is a range of bytes in a file.
	Span = source.Span
	// Diagnostic is one problem of a file.
	Diagnostic = source.Diagnostic
	// Diagnostics are the problems of a file.
	Diagnostics = source.Diagnostics
	// Severity says whether a diagnostic stops a scenario from running.
	Severity = source.Severity
	// Fix replaces a span of a file.
	Fix = source.Fix
	// Style holds the colours of a diagnostic.
	Style = source.Style
	// LoadError is the error of a file that cannot be run.
	LoadError = source.LoadError
	// RunOptions supplements and overrides what the file says about a run.
	RunOptions = compile.RunOptions
	// Failure is an expectation that a run did not meet.
	Failure = compile.Failure
)

// The severities.
const (
	SeverityError   = source.SeverityError
	SeverityWarning = source.SeverityWarning
)

// NewSource makes a source of data, which the caller must not change afterwards.
func NewSource(name string, data []byte) *Source { return source.NewSource(name, data) }

// OutputDifference says where two different outputs begin to differ.
func OutputDifference(want, got string) string { return compile.OutputDifference(want, got) }

// ParseSeeds reads seeds and ranges of seeds: 1..200, or 3,7,10..20.
func ParseSeeds(text string) ([]uint64, error) { return syntax.ParseSeeds(text) }
