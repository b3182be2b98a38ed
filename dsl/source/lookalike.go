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
		if IsOddBlank(r) || r >= 0x80 && quotes.Replace(string(r)) != string(r) {
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
