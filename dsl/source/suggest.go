package source

import (
	"slices"
	"strings"
)

// maxSuggest is the length in bytes above which nothing is suggested.
const maxSuggest = 64

// Suggest returns the candidate that word was most likely meant to be, or "" if none is near. Case counts for little.
// Of several equally near ones it returns the first in alphabetical order, whatever the order of the candidates.
func Suggest(word string, candidates []string) string {
	if len(word) > maxSuggest {
		return ""
	}
	best, bestCost := "", 0
	for _, c := range candidates {
		if c == word || c == "" || len(c) > maxSuggest {
			continue
		}
		a, b := strings.ToLower(word), strings.ToLower(c)
		folded := EditDistance(a, b)
		if !near(squeezed(a), squeezed(b)) {
			continue
		}
		// The first letter, then case, then length decide between names that are otherwise equally near.
		cost := folded<<24 | EditDistance(word, c)<<8 | max(len(word)-len(c), len(c)-len(word))
		if !strings.EqualFold(word[:1], c[:1]) {
			cost |= 1 << 16
		}
		if best == "" || cost < bestCost || cost == bestCost && c < best {
			best, bestCost = c, cost
		}
	}
	return best
}

// squeezed is a name without what only separates its parts.
func squeezed(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, name)
}

// endings is what distinguishes forms of one word.
var endings = []string{"s", "es", "ed", "ing"}

// near reports whether one of two words, in small letters, is the other one misspelt. The shorter they are, the fewer
// slips they bear: most words of three letters are one letter from another word.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	distance := EditDistance(a, b)
	n := len(a)
	switch {
	case distance == 0:
		return true
	case n == 0:
		return false
	case strings.HasPrefix(b, a) && slices.Contains(endings, b[n:]):
		return true
	case distance == 1 && len(a) < len(b): // a letter too many or too few
		return n >= 4 || a[0] == b[0] && (n >= 2 || b[0] == b[1])
	case distance == 1:
		at := differs(a, b)
		return a[at+1:] != b[at+1:] || // two letters swapped
			beside(a[at], b[at]) && n > 2 || n >= 4 && at > 0 || n >= 8
	}
	return n >= 6 && a[0] == b[0] && distance <= n/3
}

// differs is the index of the first byte in which two words of one length differ.
func differs(a, b string) int {
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a) - 1
}

// keyboard is the rows of a keyboard; what is beside or below a key is struck in its place.
var keyboard = [...]string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}

// beside reports whether two letters have keys that touch.
func beside(a, b byte) bool {
	row1, col1 := keyOf(a)
	row2, col2 := keyOf(b)
	switch row2 - row1 {
	case 0:
		return row1 >= 0 && (col1-col2 == 1 || col2-col1 == 1)
	case 1:
		return row1 >= 0 && (col1 == col2 || col1 == col2+1)
	case -1:
		return row2 >= 0 && (col1 == col2 || col2 == col1+1)
	}
	return false
}

// keyOf is the place of a letter on the keyboard; the row is -1 for what is no letter.
func keyOf(c byte) (row, col int) {
	for i, letters := range keyboard {
		if at := strings.IndexByte(letters, c); at >= 0 {
			return i, at
		}
	}
	return -1, 0
}

// EditDistance returns the restricted Damerau-Levenshtein distance (optimal string alignment): it counts insertions,
// deletions, replacements, and swaps of neighbours.
func EditDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := [3][]int{make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)}
	above2, above, row := rows[0], rows[1], rows[2]
	for j := range row {
		row[j] = j
	}
	for i := range s {
		above2, above, row = above, row, above2
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			d := min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				d = min(d, above2[j-1]+1)
			}
			row[j+1] = d
		}
	}
	return row[len(t)]
}
