package dsl

import (
	"regexp"
	"slices"
	"strings"
)

// withoutEchoes leaves out what is wrong only because lines are hidden from YAML, which has been reported: keys that a
// step lacks, and names that are not known.
func (s *Source) withoutEchoes(diags Diagnostics) Diagnostics {
	if len(s.hidden) == 0 {
		return diags
	}
	return slices.DeleteFunc(diags, func(d Diagnostic) bool {
		switch d.Code {
		case codeUnknownName, codeNoVariable, codeNoCoroutine, codeNoCallback, codeNoTask:
			return s.hides(s.Text(d.Span))
		case codeMissingKey, codeMissingArg, codeNoValue:
			return s.losesLines(d.Span.Start)
		}
		return strings.HasSuffix(d.Message, "not nothing") && s.losesLines(d.Span.Start)
	})
}

// hides reports whether a name stands in a hidden line.
func (s *Source) hides(name string) bool {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(strings.Trim(name, `"'`)) + `\b`)
	return slices.ContainsFunc(s.hidden, func(sp Span) bool { return word.MatchString(s.Text(sp)) })
}

// losesLines reports whether what begins at offset, with all that is indented deeper, is followed by a hidden line.
func (s *Source) losesLines(offset int) bool {
	first := s.lineAt(offset)
	for n := first + 1; n <= len(s.lines); n++ {
		content := strings.TrimSpace(s.Line(n))
		switch {
		case slices.ContainsFunc(s.hidden, func(sp Span) bool { return s.lineAt(sp.Start) == n }):
			return true
		case content != "" && content[0] != '#' && s.indentation(n) <= s.indentation(first):
			return false
		}
	}
	return false
}

// indentation is how many spaces line n begins with.
func (s *Source) indentation(n int) int {
	text := s.Line(n)
	return len(text) - len(strings.TrimLeft(text, " "))
}
