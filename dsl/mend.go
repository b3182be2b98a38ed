package dsl

import (
	"bytes"
	"slices"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// maxFixRounds bounds how often the mended file is looked at again: a mistake can hide another one.
const maxFixRounds = 10

// MendAll applies the fixes that diagnostics have, and looks again until there are none; n is how many it applied. It
// edits the bytes of the spans alone, so comments and layout stay. Where the file would still be no YAML, or would not have
// fewer errors, it comes back as it is, with n = 0.
func MendAll(name string, data []byte) (mended []byte, n int) {
	best, bestErrors, bestN := data, countErrors(name, data), 0
	for range maxFixRounds {
		_, _, diags := load(name, data)
		fixed, applied := applyFixes(data, diags)
		if applied == 0 {
			break
		}
		data, n = fixed, n+applied
		if errors := countErrors(name, data); errors < bestErrors && yaml.Valid(source.NewSource(name, data)) {
			best, bestErrors, bestN = data, errors, n
		}
	}
	return best, bestN
}

// countErrors is how many errors a file has. One that is no YAML hides most of its errors: it has more than any other.
func countErrors(name string, data []byte) int {
	f, _, diags := load(name, data)
	n := 0
	for _, d := range diags {
		if d.Severity == source.SeverityError {
			n++
		}
	}
	if f.Root == nil {
		n += maxErrors
	}
	return n
}

// maxErrors is more errors than a file can have.
const maxErrors = 1 << 40

// applyFixes applies fixes from the beginning of the file on; of two that overlap, the first.
func applyFixes(data []byte, diags source.Diagnostics) (fixed []byte, n int) {
	var fixes []source.Fix
	for _, d := range diags {
		if d.Fix != (source.Fix{}) {
			fixes = append(fixes, d.Fix)
		}
	}
	slices.SortStableFunc(fixes, func(a, b source.Fix) int { return a.Span.Start - b.Span.Start })
	var out bytes.Buffer
	at := 0
	for _, f := range fixes {
		if f.Span.Start < at || n > 0 && f.Span.Start == f.Span.End && f.Span.Start == at {
			continue
		}
		out.Write(data[at:f.Span.Start])
		out.WriteString(f.New)
		at, n = f.Span.End, n+1
	}
	out.Write(data[at:])
	return out.Bytes(), n
}
