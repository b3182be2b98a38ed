package dsl

import (
	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// Analysis is all that is known of a file, which may be wrong. It is immutable, and may be shared.
type Analysis struct {
	File        *syntax.File       // what could be read; its Root is nil if the file is not YAML
	Info        *check.Info        // what the check found out, of what could be read; nil if the file is not YAML
	Diagnostics source.Diagnostics // what Check returns
}

// Analyze parses and checks a scenario for an editor, which wants the tree and the findings even of a file with errors.
// name is the file's name, for messages. The caller must not change data afterwards.
func Analyze(name string, data []byte) *Analysis {
	f, info, diags := load(name, data)
	return &Analysis{File: f, Info: info, Diagnostics: warned(f, info, diags)}
}
