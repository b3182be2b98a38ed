package yaml

import (
	"slices"
	"strings"
)

const digits = "0123456789"

// consists reports whether text has at least one character, and only those of the set.
func consists(text, set string) bool { return text != "" && strings.Trim(text, set) == "" }

// unsigned is text without the sign that it may begin with.
func unsigned(text string) string {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		return text[1:]
	}
	return text
}

// isInt reports whether text is an integer as it is written here: decimal, without leading zeros.
func isInt(text string) bool {
	text = unsigned(text)
	return consists(text, digits) && (text[0] != '0' || text == "0")
}

// isForeignInt reports whether text is what some reader of YAML takes for an integer: with leading zeros, in another
// base, or with underscores between the digits.
func isForeignInt(text string) bool {
	text = unsigned(text)
	if consists(text, digits) {
		return true
	}
	if len(text) > 2 && text[0] == '0' {
		switch text[1] {
		case 'o', 'O':
			return consists(text[2:], "01234567")
		case 'x', 'X':
			return consists(text[2:], digits+"abcdefABCDEF")
		case 'b', 'B':
			return consists(text[2:], "01")
		}
	}
	whole, fraction, _ := strings.Cut(text, ".")
	groups := strings.Split(whole, "_")
	return len(groups) > 1 && strings.Trim(fraction, digits+"_") == "" &&
		!slices.ContainsFunc(groups, func(g string) bool { return !consists(g, digits) })
}

// isFloat reports whether text is a decimal number, with or without a fraction and an exponent.
func isFloat(text string) bool {
	text = unsigned(text)
	if e := strings.IndexAny(text, "eE"); e >= 0 {
		if !consists(unsigned(text[e+1:]), digits) {
			return false
		}
		text = text[:e]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	return consists(whole+fraction, digits)
}

// isNonFinite reports whether text is one of YAML's words for infinity, or for what is no number.
func isNonFinite(text string) bool {
	switch text {
	case ".nan", ".NaN", ".NAN":
		return true
	}
	switch unsigned(text) {
	case ".inf", ".Inf", ".INF":
		return true
	}
	return false
}
