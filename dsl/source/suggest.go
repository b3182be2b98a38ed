package source

import (
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
		folded := EditDistance(strings.ToLower(word), strings.ToLower(c))
		if folded > (max(len(word), len(c))+1)/3 || folded >= max(len(word), len(c)) {
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
