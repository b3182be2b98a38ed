package dsl

import (
	"slices"
	"strings"
	"unicode/utf8"

	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// blockExpression is a block with one `${…}` alone in it.
var blockExpression = source.NewPattern(`^[|>](\+?)[ \t]*(?:#.*)?\r?\n\s*\$\{[^\n]*\}\s*$`)

// textWanted is the codes of what is wrong because text stands where something else is wanted.
var textWanted = []string{syntax.CodeDuration, syntax.CodeReference, check.CodeValueType, check.CodeTwoTypes, check.CodeArgType}

// explainBlocks says of a block with one `${…}` in it, where text is not wanted, that its line break makes text of it.
func explainBlocks(s *source.Source, diags source.Diagnostics) {
	for i := range diags {
		d := &diags[i]
		m := blockExpression.Regexp().FindStringSubmatch(s.Text(d.Span))
		if m == nil || !slices.Contains(textWanted, d.Code) {
			continue
		}
		mark := s.Text(d.Span)[:1]
		d.Hint = "the line break at the end of `" + mark + "` makes text of it: write `" + mark + "-`, or `${…}` on the line of the key"
		d.Fix = source.Fix{Span: source.Span{Start: d.Span.Start + 1, End: d.Span.Start + 1 + len(m[1])}, New: "-"}
	}
}

// spelt is the codes of words and expressions that are not what they must be.
var spelt = []string{
	syntax.CodeUnknownVerb, syntax.CodeUnknownKey, syntax.CodeUnknownWord, syntax.CodeDuration, syntax.CodeBadName,
	syntax.CodeCondition, syntax.CodePath, syntax.CodeWrongForm,
	check.CodeNoVariable, check.CodeNoCoroutine, check.CodeNoCallback, check.CodeNoTask, yaml.CodeColon,
}

// explainCharacters says of what is spelt wrongly that a character in it only looks like a blank or a quote.
func explainCharacters(s *source.Source, diags source.Diagnostics) {
	for i := range diags {
		d := &diags[i]
		d.Hint, d.Fix = explained(s, *d)
	}
}

// explained is the hint and the fix of a diagnostic, those of a character if that is what is wrong in its span: a quote that
// it begins with, a blank in its first word or at its end.
func explained(s *source.Source, d source.Diagnostic) (string, source.Fix) {
	text := s.Text(d.Span)
	r, plain := source.LookAlike(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	ends := source.IsOddBlank(last) && slices.Contains(textWanted, d.Code)
	inFirst := r != 0 && !strings.ContainsAny(text[:strings.IndexRune(text, r)], " [{") && (source.IsOddBlank(r) || strings.HasPrefix(text, string(r)))
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
