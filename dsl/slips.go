package dsl

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// blockLine matches a block scalar of one line.
var blockLine = source.NewPattern(`^[|>](\+?)[ \t]*(?:#.*)?\r?\n\s*([^\n]+?)\s*$`)

// textWanted lists the codes of errors that come from text where another type is wanted.
var textWanted = []string{syntax.CodeDuration, syntax.CodeReference, check.CodeValueType, check.CodeTwoTypes, check.CodeArgType}

// explainBlocks adds to such errors about a block with one `${…}` the hint that its line break turns the value into
// text.
func explainBlocks(s *source.Source, diags source.Diagnostics) {
	for i := range diags {
		d := &diags[i]
		text := s.Text(d.Span)
		m := blockLine.Regexp().FindStringSubmatch(text)
		isDuration := m != nil && d.Code == syntax.CodeDuration && expr.IsDuration(m[2])
		if m == nil || !isDuration && !check.BlockExpression.Regexp().MatchString(text) || !slices.Contains(textWanted, d.Code) {
			continue
		}
		d.Hint = check.BlockHint(text[:1])
		if isDuration {
			d.Hint = "the line break at the end of `" + text[:1] + "` is part of the text: write `" + text[:1] + "-`, or `" + m[2] + "` on the line of the key"
		}
		d.Fix = source.Fix{Span: source.Span{Start: d.Span.Start + 1, End: d.Span.Start + 1 + len(m[1])}, New: "-"}
	}
}

// spelt lists the codes of errors that a wrong character in a word or an expression can cause.
var spelt = []string{
	syntax.CodeUnknownVerb, syntax.CodeUnknownKey, syntax.CodeUnknownWord, syntax.CodeDuration, syntax.CodeBadName,
	syntax.CodeCondition, syntax.CodePath, syntax.CodeWrongForm,
	check.CodeNoVariable, check.CodeNoCoroutine, check.CodeNoCallback, check.CodeNoTask, yaml.CodeColon,
}

// explainCharacters adds to errors the hint that a character in the wrong text only looks like a blank or a quote.
func explainCharacters(s *source.Source, diags source.Diagnostics) {
	for i := range diags {
		d := &diags[i]
		d.Hint, d.Fix = explained(s, *d)
	}
}

// explained returns the hint and the fix of a diagnostic. They are about a character if that is what is wrong in the
// span: a quote at its beginning, or a blank in its first word or at its end.
func explained(s *source.Source, d source.Diagnostic) (string, source.Fix) {
	text := s.Text(d.Span)
	r, plain := source.LookAlike(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	ends := source.IsOddBlank(last) && slices.Contains(textWanted, d.Code)
	inFirst := r != 0 && !strings.ContainsAny(text[:strings.IndexRune(text, r)], " [{") && (source.IsOddBlank(r) || strings.HasPrefix(text, string(r)))
	if hint, fix := narrowed(d, text); hint != "" && d.Fix == (source.Fix{}) {
		return hint, fix
	}
	if r == 0 || strings.Contains(text, "\n") || !ends && !(inFirst && slices.Contains(spelt, d.Code)) {
		return d.Hint, d.Fix
	}
	message, hint := source.DescribeLookAlike(r)
	fix := source.Fix{Span: d.Span, New: plain}
	if ends {
		fix.New = strings.TrimSpace(plain)
	}
	return message + ": " + hint, fix
}

// wideColon matches a key with a full-width colon behind it.
var wideColon = source.NewPattern(`^([A-Za-z_][\w.-]*)[：∶﹕] *`)

// narrowed is the hint and the fix of a diagnostic about a text with a full-width character or a dash that only looks like
// one of ASCII: the colon behind a key, or what makes a number or a word none.
func narrowed(d source.Diagnostic, text string) (string, source.Fix) {
	m := wideColon.Regexp().FindStringSubmatchIndex(text)
	first, plain := source.Narrow(text)
	message, _ := source.DescribeSign(first)
	switch {
	case m != nil && (slices.Contains(spelt, d.Code) || d.Code == yaml.CodeMissingColon):
		at := d.Span.Start
		r, _ := utf8.DecodeRuneInString(text[m[3]:])
		written := strings.TrimRight(text[:m[3]]+": "+source.Cut(text[m[1]:]), " ")
		return fmt.Sprintf("`%s` is U+%04X, no colon: write `%s`", string(r), r, written),
			source.Fix{Span: source.Span{Start: at + m[3], End: at + m[1]}, New: ": "}
	case first == 0 || strings.Contains(text, "\n") || strings.ContainsAny(text, " $") || !slices.Contains(textWanted, d.Code):
		return "", source.Fix{}
	case strings.HasPrefix(plain, "-") && d.Code == syntax.CodeDuration:
		return message + "; a duration is never negative", source.Fix{}
	}
	return message + ": write `" + plain + "`", source.Fix{Span: d.Span, New: plain}
}

// explainBodies adds to errors about a step that stands right under another, without the key that holds the steps, the hint which
// key that is.
func explainBodies(s *source.Source, diags source.Diagnostics) {
	for i := range diags {
		d := &diags[i]
		if d.Code != yaml.CodeIndentation || !strings.HasPrefix(s.Text(d.Span), "- ") {
			continue
		}
		if body := missingBody(s, s.LineAt(d.Span.Start)); body == "main" && beginsLine(s, "main:") {
			d.Hint = "indent it like the steps above it, or begin the list under `main:` in this column, too"
		} else if body != "" {
			d.Hint = "steps stand under `" + body + ":`: put that line above, and indent them below it"
		}
	}
}

// beginsLine reports whether a line begins with a text.
func beginsLine(s *source.Source, text string) bool {
	for n := 1; n <= len(s.Lines); n++ {
		if strings.HasPrefix(s.Line(n), text) {
			return true
		}
	}
	return false
}

// missingBody returns the key under which the step in a line would stand, or "" if there is none.
func missingBody(s *source.Source, line int) string {
	col := s.Indentation(line)
	for n := line - 1; n > 0; n-- {
		content := strings.TrimSpace(s.Line(n))
		indentation := s.Indentation(n)
		key, _, isKey := strings.Cut(strings.TrimPrefix(content, "- "), ":")
		switch {
		case content == "" || content[0] == '#' || !isKey || indentation > col:
		case strings.HasPrefix(content, "- "):
			if indentation+2 > col {
				return ""
			}
			return syntax.BodyOf(key)
		case indentation == col && col > 0:
		case col == 0:
			return "main"
		default:
			return sectionBody(s, n)
		}
	}
	return ""
}

// sectionBody returns the key under which the steps of the definition in a line stand, or "" if it is none.
func sectionBody(s *source.Source, line int) string {
	for n := line - 1; n > 0; n-- {
		if content := s.Line(n); s.Indentation(n) == 0 && strings.TrimSpace(content) != "" && content[0] != '#' {
			key, _, _ := strings.Cut(content, ":")
			if slices.Contains([]string{"coroutines", "callbacks", "workers"}, key) {
				return "do"
			}
			return ""
		}
	}
	return ""
}
