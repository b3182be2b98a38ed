package dsl

import (
	"bytes"
	"strings"

	"runloop/dsl/source"
)

// ignoreComment matches a comment that hides diagnostics: "# runloop: ignore RL0504 RL0301".
var ignoreComment = source.NewPattern(`(^|[ \t])(#[ \t]*runloop:[ \t]*ignore((?:[ \t,]+RL[0-9]{4})+))`)

// ignored is one code of such a comment.
type ignored struct {
	code string
	line int         // the line whose diagnostics are hidden
	span source.Span // the code, in the comment
	used bool
}

// ignores returns the codes that comments of the file hide, each with its line. A comment alone on a line applies to
// the next line that holds more than a comment.
func ignores(s *source.Source) []ignored {
	var list []ignored
	if !bytes.Contains(s.Data, []byte("runloop:")) {
		return nil
	}
	for n := 1; n <= len(s.Lines); n++ {
		text := s.Line(n)
		if !strings.Contains(text, "ignore") {
			continue
		}
		m := ignoreComment.Regexp().FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		line := n
		if strings.TrimSpace(text[:m[4]]) == "" {
			line = s.NextContent(n)
		}
		at := s.Lines[n-1] + m[6]
		for _, i := range codeForm.Regexp().FindAllStringIndex(text[m[6]:m[7]], -1) {
			list = append(list, ignored{code: text[m[6]+i[0] : m[6]+i[1]], line: line,
				span: source.Span{Start: at + i[0], End: at + i[1]}})
		}
	}
	return list
}

var codeForm = source.NewPattern(`RL[0-9]{4}`)

// hideIgnored drops the warnings that comments of the file hide. It reports comments that would hide errors, because a
// file with errors does not run. In a file without errors it also reports comments that hide nothing.
func hideIgnored(s *source.Source, diags source.Diagnostics) source.Diagnostics {
	list := ignores(s)
	if len(list) == 0 {
		return diags
	}
	var kept source.Diagnostics
	for _, d := range diags {
		if d.Severity != source.SeverityWarning || d.Span == (source.Span{}) || !hides(list, d.Code, s.LineAt(d.Span.Start)) {
			kept = append(kept, d)
		}
	}
	sound := !kept.HasErrors() // otherwise no warnings were looked for
	for _, x := range list {
		d := source.Diagnostic{Code: CodeIdleIgnore, Severity: source.SeverityWarning, Span: x.span, Hint: "remove " + x.code + " from the comment"}
		switch code, known := CodeNamed(x.code); {
		case known && code.Severity == source.SeverityError:
			d.Message = x.code + " is an error, which cannot be ignored: the file does not run"
		case !known:
			d.Message = "there is no code " + x.code + " to ignore"
		case sound && !x.used && !code.Ran:
			d.Message = "there is no " + x.code + " here to ignore"
		default:
			continue
		}
		kept.Add(d)
	}
	kept.Sort()
	return kept
}

func hides(list []ignored, code string, line int) bool {
	hidden := false
	for i := range list {
		if list[i].code == code && list[i].line == line {
			list[i].used, hidden = true, true
		}
	}
	return hidden
}
