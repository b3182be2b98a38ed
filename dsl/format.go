package dsl

import (
	"fmt"

	"runloop/dsl/format"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// Format returns a scenario in the one layout that there is; its meaning stays the same. The error is a *LoadError with
// what is wrong with a file that is no YAML, or names the place of a form of YAML that is not laid out.
func Format(name string, data []byte) ([]byte, error) {
	edits, err := FormatEdits(source.NewSource(name, data))
	if err != nil {
		return nil, err
	}
	return ApplyEdits(data, edits), nil
}

// FormatEdits returns the edits that lay a file out, in the order of the file, as Format does. None overlap.
func FormatEdits(src *Source) ([]Fix, error) {
	edits, at := format.Edits(src)
	return edits, formatError(src, at)
}

// ApplyEdits returns data with edits applied, which are in the order of the file and do not overlap.
func ApplyEdits(data []byte, edits []Fix) []byte { return format.Apply(data, edits) }

// FormatEditsIn returns the edits that lay out what stands around a span, as little as can be laid out on its own.
func FormatEditsIn(src *Source, sp Span) ([]Fix, error) {
	edits, at := format.EditsIn(src, sp)
	return edits, formatError(src, at)
}

// formatError is the error for a file that could not be read at an offset; -1: it could.
func formatError(src *Source, at int) error {
	if at < 0 {
		return nil
	}
	var diags source.Diagnostics
	if yaml.Parse(src, &diags); diags.HasErrors() {
		return &LoadError{Source: src, Diagnostics: Check(src.Name(), src.Data)}
	}
	return fmt.Errorf("%s: YAML can be written so, but fmt does not lay it out: indent with spaces, and write each key "+
		"in one line, `key: value`", src.Pos(at))
}
