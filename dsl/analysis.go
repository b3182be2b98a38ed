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
	Diagnostics source.Diagnostics // what Check returns, all in the file itself
}

// Analyze parses and checks a scenario for an editor, which wants the tree and the findings even of a file with errors.
// name is the file's name, for messages. The caller must not change data afterwards.
func Analyze(name string, data []byte) *Analysis { return Folder{}.Analyze(name, data) }

// Analyze is the function Analyze, for a scenario that may include files of the folder. What is wrong in those is told of the
// key `include`, with the place.
func (in Folder) Analyze(name string, data []byte) *Analysis {
	f, info, diags := in.load(name, data)
	return &Analysis{File: f, Info: info, Diagnostics: inFirst(f, warned(f, info, diags))}
}

// inFirst moves diagnostics of included files, the first of each, to the key that includes them, and drops their further ones.
func inFirst(f *syntax.File, diags source.Diagnostics) source.Diagnostics {
	if f.Source.Parts() == 1 {
		return diags
	}
	var list source.Diagnostics
	last := 0
	for _, d := range diags {
		if d.Note != "" && f.Source.PartAt(d.NoteSpan.Start) > 0 {
			d.Note = f.Source.Pos(d.NoteSpan.Start).String() + ": " + d.Note
			d.NoteSpan = d.Span
		}
		switch part := f.Source.PartAt(d.Span.Start); {
		case part == 0:
			list.Add(d)
		case part != last:
			last = part
			list.Add(source.Diagnostic{Code: d.Code, Severity: d.Severity, Span: f.KeySpanOf(syntax.IncludeKey),
				Message: f.Source.Pos(d.Span.Start).String() + ": " + d.Message, Hint: d.Hint})
		}
	}
	list.Sort()
	return list
}
