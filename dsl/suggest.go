package dsl

import (
	"slices"
	"strings"
)

// maxSuggest is the length in bytes above which no name is looked for.
const maxSuggest = 64

// suggest is the candidate that word was most likely meant to be, "" if none is near. Case counts for little. Of
// equally near ones it is the first in alphabetical order, whatever the order of the candidates.
func suggest(word string, candidates []string) string {
	if len(word) > maxSuggest {
		return ""
	}
	best, bestCost := "", 0
	for _, c := range candidates {
		if c == word || c == "" || len(c) > maxSuggest {
			continue
		}
		folded := editDistance(strings.ToLower(word), strings.ToLower(c))
		if folded > (max(len(word), len(c))+1)/3 || folded >= max(len(word), len(c)) {
			continue
		}
		// A common beginning, case, then length, only decide among names that are equally near without them.
		cost := folded<<24 | editDistance(word, c)<<8 | max(len(word)-len(c), len(c)-len(word))
		if !strings.EqualFold(word[:1], c[:1]) {
			cost |= 1 << 16
		}
		if best == "" || cost < bestCost || cost == bestCost && c < best {
			best, bestCost = c, cost
		}
	}
	return best
}

// synonyms is what other languages and libraries call a verb or a key, with the words that the language has for it.
var synonyms = map[string][]string{
	"echo": {"print"}, "log": {"print"}, "puts": {"print"}, "write": {"print"}, "say": {"print"}, "output": {"print"},
	"create_task": {"spawn"}, "fork": {"spawn"}, "start": {"spawn"}, "launch": {"spawn"}, "go": {"spawn"}, "task": {"spawn"},
	"run": {"call", "do"}, "exec": {"call"}, "invoke": {"call"}, "delay": {"sleep", "after"}, "pause": {"sleep"},
	"wait_for": {"await"}, "lock": {"acquire"}, "unlock": {"release"}, "throw": {"raise"}, "except": {"catch"},
	"rescue": {"catch"}, "ensure": {"finally"}, "var": {"let"}, "assign": {"set"}, "send": {"put"}, "enqueue": {"put"},
	"push": {"append"}, "add": {"append"}, "receive": {"get"}, "recv": {"get"}, "dequeue": {"get"}, "pop": {"get"},
	"emit": {"signal"}, "trigger": {"signal"}, "loop": {"repeat", "while"}, "times": {"repeat"}, "foreach": {"for"},
	"each": {"for"}, "timer": {"call_later", "callbacks"}, "set_timeout": {"call_later"}, "schedule": {"call_later"},
	"exit": {"stop"}, "quit": {"stop"}, "args": {"with"}, "arguments": {"with"}, "params": {"with"},
	"into": {"as"}, "save": {"as"}, "store": {"as"}, "result": {"as"}, "steps": {"do", "then", "main"}, "do": {"then"},
	"then": {"do"}, "body": {"do"}, "interval": {"every"}, "period": {"every"}, "tasks": {"workers"},
	"processes": {"workers"}, "actors": {"workers"}, "functions": {"coroutines"}, "definitions": {"coroutines"},
	"timers": {"callbacks"}, "vars": {"shared"}, "variables": {"shared"}, "globals": {"shared"}, "state": {"shared"},
	"version": {"runloop"}, "title": {"name"}, "inputs": {"params"}, "parameters": {"params"}, "otherwise": {"else"},
	"elseif": {"elif"}, "else if": {"elif"}, "minimum": {"min"}, "maximum": {"max"}, "values": {"enum"}, "choices": {"enum"},
	"else_if": {"elif"}, "max": {"capacity"}, "size": {"capacity"}, "maxsize": {"capacity"},
	"deadline": {"within", "timeout"}, "timeout": {"within"}, "count": {"value"}, "condition": {"if"},
}

// suggestKey is suggest for verbs and keys, which may also have another name elsewhere.
func suggestKey(word string, candidates []string) string {
	if s := suggest(word, candidates); s != "" {
		return s
	}
	for _, s := range synonyms[strings.ToLower(word)] {
		if slices.Contains(candidates, s) {
			return s
		}
	}
	return ""
}

// editDistance is the Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions,
// deletions, replacements, and swaps of neighbours.
func editDistance(a, b string) int {
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
