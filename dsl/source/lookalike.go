package source

import (
	"fmt"
	"strings"
	"unicode"
)

// quotes maps typographic quotes to the plain ones that were meant.
var quotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "‚", "'", "‛", "'")

// IsOddBlank reports whether a character looks like a blank or is invisible, but is no blank to YAML.
func IsOddBlank(r rune) bool {
	return r >= 0x80 && (unicode.IsSpace(r) || r >= 0x200B && r <= 0x200D || r == 0x2060)
}

// IsTypographicQuote reports whether a character is a quotation mark of typography.
func IsTypographicQuote(r rune) bool { return r >= 0x80 && quotes.Replace(string(r)) != string(r) }

// LookAlike returns the first character of text that only looks like a blank or a quote, or 0 if there is none, and
// the text as it was meant.
func LookAlike(text string) (first rune, plain string) {
	plain = strings.Map(func(r rune) rune {
		if !IsOddBlank(r) {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return -1
	}, quotes.Replace(text))
	for _, r := range text {
		if IsOddBlank(r) || IsTypographicQuote(r) {
			return r, plain
		}
	}
	return 0, plain
}

// DescribeLookAlike says what such a character is and what to write instead.
func DescribeLookAlike(r rune) (message, hint string) {
	if IsOddBlank(r) {
		return fmt.Sprintf("U+%04X stands here, which looks like a blank and is none", r), "write a plain space"
	}
	return fmt.Sprintf("`%s` is U+%04X, a typographic quote", string(r), r), "write a plain one: \" or '"
}

// signs are characters that look like signs of the language, or mean the same, with those signs.
var signs = [...]struct {
	r    rune
	text string
}{
	{'–', "-"}, {'—', "-"}, {'−', "-"}, {'‐', "-"}, {'‑', "-"}, {'‒', "-"}, {'―', "-"}, {'≠', "!="},
	{'≤', "<="}, {'≥', ">="}, {'×', "*"}, {'·', "*"}, {'÷', "/"}, {'∧', "and"}, {'∨', "or"}, {'¬', "not "}, {'＝', "=="}, {'、', ","},
}

// signOf is the sign that a character looks like or means, or "".
func signOf(r rune) string {
	for _, s := range signs {
		if s.r == r {
			return s.text
		}
	}
	return ""
}

// PlainSign returns the ASCII text that a character outside ASCII stands for in an expression, or "" if there is none.
func PlainSign(r rune) string {
	if r >= '！' && r <= '～' && r != '＝' { // full-width forms of ASCII
		return string(r - '！' + '!')
	}
	return signOf(r)
}

// DescribeSign says what such a character is and what to write instead.
func DescribeSign(r rune) (message, hint string) {
	plain := strings.TrimSpace(PlainSign(r))
	what := "a sign that is not on the keyboard"
	switch {
	case r >= '！' && r <= '～':
		what = "a full-width form"
	case plain == "-":
		what = "a dash, not the minus sign `-`"
	}
	return fmt.Sprintf("`%s` is U+%04X, %s", string(r), r, what), "write `" + plain + "`"
}

// IsDash reports whether a character looks like the `-` of a list item.
func IsDash(r rune) bool {
	return signOf(r) == "-" || r == '•' || r == '●' || r == '▪' || r == '·'
}

// Narrow returns text with full-width forms of ASCII and dashes as ASCII, and the first of them, or 0 if there is none.
func Narrow(text string) (first rune, plain string) {
	plain = strings.Map(func(r rune) rune {
		sign := PlainSign(r)
		if len(sign) != 1 && r != '＝' {
			return r
		}
		if first == 0 {
			first = r
		}
		if r == '＝' {
			return '='
		}
		return rune(sign[0])
	}, text)
	return first, plain
}
