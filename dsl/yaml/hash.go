package yaml

import (
	"strings"

	"runloop/dsl/source"
)

// plainEnd reads the end of a line of unquoted text that began at from; hash is where its comment begins, -1: nowhere.
func (s *accidentScan) plainEnd(from, hash, eol int) {
	s.last = continuesText
	if hash < 0 {
		return
	}
	s.last = continuesNothing
	text, comment := s.text(from, hash), s.text(hash, eol)
	what := cutOff(text, comment)
	if what == "" {
		return
	}
	sp := trimSpan(s.data, source.Span{Start: from, End: eol})
	at := source.Span{Start: hash, End: sp.End}
	kept := trimSpan(s.data, source.Span{Start: from, End: min(hash, s.eol(from))}) // the blank before the ` #` stays
	s.patches = append(s.patches, patch{Span: kept, first: 'x', rest: 'x',
		silent: true})
	a := s.addOnly(CodeHash, at, "` #` "+what+" begins a comment: YAML cuts the text here",
		"quote the text: "+s.write(sp))
	a.silent, a.Fix = true, s.quote(sp)
}

// cutOff says where the ` #` stands that cut a text in two, if it is surely no comment that follows; empty: it may be
// one.
func cutOff(text, comment string) string {
	open := source.OpenBracket(text)
	switch {
	case openExpression(text) >= 0:
		return "inside `${…}`"
	case open != 0 && strings.IndexByte(comment, source.CloserOf(open)) >= 0:
		return "inside the brackets of an expression"
	case strings.HasPrefix(comment, "#${"), strings.Contains(withoutCode(comment), "${") && !isNumeric(text):
		return "before `${…}`"
	case openQuote(text, comment) != 0:
		return "inside a quote"
	}
	return ""
}

// withoutCode is a comment without what it only speaks of: what stands in backticks, and `${…}` itself.
func withoutCode(comment string) string {
	parts := strings.Split(strings.NewReplacer("${…}", "", "${...}", "").Replace(comment), "`")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = ""
	}
	return strings.Join(parts, "`")
}

// isNumeric reports whether a text begins as numbers and durations do: what is computed is not part of it.
func isNumeric(text string) bool {
	return text != "" && strings.IndexByte("+-.0123456789", text[0]) >= 0
}

// openQuote is the quote that a text opens and does not close, 0: there is none. An apostrophe is one only if the
// comment has another: `rock 'n roll` has none.
func openQuote(text, comment string) byte {
	open := byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case c == open:
			open = 0
		case open == 0 && (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" \t([{,=:+!<>", text[i-1]) >= 0):
			open = c
		}
	}
	if open == '\'' && !closesQuote(comment) {
		return 0
	}
	return open
}

// closesQuote reports whether an apostrophe in a comment ends a quote: it stands behind a word, and at its end.
func closesQuote(comment string) bool {
	for i := 1; i < len(comment); i++ {
		if comment[i] == '\'' && !isBlank(comment[i-1]) &&
			(i+1 == len(comment) || strings.IndexByte(" \t)],", comment[i+1]) >= 0) {
			return true
		}
	}
	return false
}
