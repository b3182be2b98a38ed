package source

import "strings"

// QuoteYAML returns text in quotes, on one line. Quotes that already enclose all of it are replaced, unless it is an
// expression.
func QuoteYAML(text string) string {
	if text = strings.TrimSpace(text); strings.ContainsAny(text, "\n\r") {
		text = strings.Join(strings.Fields(text), " ")
	}
	if last := len(text) - 1; last > 1 && (text[0] == '\'' || text[0] == '"') && text[last] == text[0] &&
		!strings.ContainsAny(text, "=<>!&|+?()[]") {
		text = text[1:last]
	}
	if strings.ContainsAny(text, `"\`) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + text + `"`
}

// OpenBracket returns the innermost bracket of text that is not closed, or 0 if there is none.
func OpenBracket(text string) byte {
	var open []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '(', '[', '{':
			open = append(open, c)
		case ')', ']', '}':
			if len(open) > 0 && CloserOf(open[len(open)-1]) == c {
				open = open[:len(open)-1]
			}
		}
	}
	if len(open) == 0 {
		return 0
	}
	return open[len(open)-1]
}

// CloserOf returns the bracket that closes open.
func CloserOf(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	}
	return '}'
}

// OnlySuggestion returns the candidate that Suggest returns if no other is as near, else "".
func OnlySuggestion(word string, candidates []string) string {
	best := Suggest(word, candidates)
	if best == "" {
		return ""
	}
	near := func(s string) int { return EditDistance(strings.ToLower(word), strings.ToLower(s)) }
	for _, c := range candidates {
		if c != best && near(c) <= near(best) {
			return ""
		}
	}
	return best
}

// IsIdentifier reports whether text consists of ASCII letters, digits and _, and does not begin with a digit.
func IsIdentifier(text string) bool { return text != "" && identifierLen(text) == len(text) }

// WordLen returns the length of the word or number of ASCII letters, digits and _ that begins at i, or 0 if none does.
func WordLen(text string, i int) int {
	n := 0
	for i+n < len(text) {
		switch c := text[i+n]; {
		case c == '_', 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9':
			n++
		default:
			return n
		}
	}
	return n
}

// IsDefinable reports whether text is an identifier that may also contain -, but not as its first character.
func IsDefinable(text string) bool {
	return identifierLen(text) > 0 && IsIdentifier(strings.ReplaceAll(text, "-", "_"))
}

// IsBarePath reports whether text is one line that is an identifier or begins with one before a . or [.
func IsBarePath(text string) bool {
	n := identifierLen(text)
	return n > 0 && (n == len(text) || text[n] == '.' || text[n] == '[') && !strings.Contains(text, "\n")
}

// identifierLen returns the length of the identifier that text begins with, or 0 if there is none.
func identifierLen(text string) int {
	if text != "" && '0' <= text[0] && text[0] <= '9' {
		return 0
	}
	return WordLen(text, 0)
}

// MaxListed is the most words that DidYouMean lists.
const MaxListed = 12

// DidYouMean returns a hint that offers the nearest candidate or, if none is near and they are few, lists them all.
func DidYouMean(word string, candidates []string) string {
	if s := Suggest(word, candidates); s != "" {
		return "did you mean `" + s + "`?"
	}
	if len(candidates) == 0 || len(candidates) > MaxListed {
		return ""
	}
	return "there is " + QuoteList(candidates)
}

// QuoteList returns words in backquotes: `a`, `b` and `c`.
func QuoteList(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return "`" + words[0] + "`"
	default:
		return "`" + strings.Join(words[:n-1], "`, `") + "` and `" + words[n-1] + "`"
	}
}

// longest is how many characters a text may have before a message cuts it.
const longest = 40

// Shorten cuts long text for a message. The result, ellipsis included, is never longer than text that is not cut.
func Shorten(text string) string { return beginning(text, longest-1) }

// Cut cuts the text of a line for a message. The ellipsis comes on top of the allowed length.
func Cut(text string) string { return beginning(text, longest) }

// beginning returns a text that is short enough, or the first keep characters of it and an ellipsis.
func beginning(text string, keep int) string {
	if r := []rune(text); len(r) > longest {
		return string(r[:keep]) + "…"
	}
	return text
}

// QuoteChoice returns words, at least two, in backquotes: `a`, `b` or `c`.
func QuoteChoice(words []string) string {
	n := len(words)
	return "`" + strings.Join(words[:n-1], "`, `") + "` or `" + words[n-1] + "`"
}

// ClosingBracket returns the offset of the ] that closes the [ at open, or 0 if there is none.
func ClosingBracket(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			n := QuotedLen(text[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// QuotedLen returns the length of the quoted text that s begins with, quotes included, or 0 if it is not closed. A
// backslash escapes in '…' and "…", not in `…`.
func QuotedLen(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] != '`':
			i++
		}
	}
	return 0
}

// Words is a table that says something about each of its words.
type Words []struct{ Word, Text string }

// Of returns what is said about a word, or "" if it is not in the table.
func (w Words) Of(word string) string {
	for _, row := range w {
		if row.Word == word {
			return row.Text
		}
	}
	return ""
}
