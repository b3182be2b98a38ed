package dsl

import (
	"bytes"
	"slices"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// maxFixRounds bounds how often the mended file is checked again. That is needed because one mistake can hide another.
const maxFixRounds = 10

// MendAll applies the fixes of diagnostics and checks again until there are none left. n is how many it applied. It
// edits only the bytes of their spans, so comments and layout stay. If the result would still not be YAML, or would
// not have fewer errors, or as many and fewer warnings, it returns the file unchanged, with n = 0.
func MendAll(name string, data []byte) (mended []byte, n int) { return Folder{}.MendAll(name, data) }

// MendAll is the function MendAll, for a scenario that may include files of the folder. Those are not changed.
func (in Folder) MendAll(name string, data []byte) (mended []byte, n int) {
	f, diags := in.checked(name, data)
	best, bestErrors, bestAll, bestN := data, countErrors(f, diags), len(diags), 0
	for range maxFixRounds {
		fixed, applied := applyFixes(data, diags)
		if applied == 0 {
			break
		}
		data, n = fixed, n+applied
		f, diags = in.checked(name, data)
		errors, all := countErrors(f, diags), len(diags)
		if (errors < bestErrors || errors == bestErrors && all < bestAll) && yaml.Valid(f.Source.First()) {
			best, bestErrors, bestAll, bestN = data, errors, all, n
		}
	}
	return best, bestN
}

// checked is Check, with the tree, for the file itself: what is wrong in those that it includes stays.
func (in Folder) checked(name string, data []byte) (*syntax.File, source.Diagnostics) {
	f, info, diags := in.load(name, data)
	diags = warned(f, info, diags)
	return f, slices.DeleteFunc(diags, func(d source.Diagnostic) bool { return f.Source.PartAt(d.Span.Start) > 0 })
}

// countErrors returns how many errors a file has. A file that is not YAML counts as having more than any other,
// because most of its errors are hidden.
func countErrors(f *syntax.File, diags source.Diagnostics) int {
	n := diags.Errors()
	if f.Root == nil {
		n += maxErrors
	}
	return n
}

// maxErrors is larger than any number of errors in a file.
const maxErrors = 1 << 30

// applyFixes applies fixes from the beginning of the file on. Of two that overlap it applies the first.
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
