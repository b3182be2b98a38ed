package dsl

import (
	"bytes"
	"slices"
	"strings"
)

// maxFixRounds bounds how often the mended file is looked at again: a mistake can hide another one.
const maxFixRounds = 10

// MendAll applies the fixes that diagnostics have, and looks again until there are none; n is how many it applied. It
// edits the bytes of the spans alone, so comments and layout stay. Where the file would still be no YAML, or would not have
// fewer errors, it comes back as it is, with n = 0.
func MendAll(name string, data []byte) (mended []byte, n int) {
	best, bestErrors, bestN := data, countErrors(name, data), 0
	for range maxFixRounds {
		f, _, diags := load(name, data)
		if f.Root == nil {
			break
		}
		fixed, applied := applyFixes(data, diags)
		if applied == 0 {
			break
		}
		data, n = fixed, n+applied
		if errors := countErrors(name, data); errors < bestErrors && isYAML(NewSource(name, data)) {
			best, bestErrors, bestN = data, errors, n
		}
	}
	return best, bestN
}

func countErrors(name string, data []byte) int {
	_, _, diags := load(name, data)
	n := 0
	for _, d := range diags {
		if d.Severity == SeverityError {
			n++
		}
	}
	return n
}

// applyFixes applies fixes from the beginning of the file on; of two that overlap, the first.
func applyFixes(data []byte, diags Diagnostics) (fixed []byte, n int) {
	var fixes []Fix
	for _, d := range diags {
		if d.Fix != (Fix{}) {
			fixes = append(fixes, d.Fix)
		}
	}
	slices.SortStableFunc(fixes, func(a, b Fix) int { return a.Span.Start - b.Span.Start })
	var out bytes.Buffer
	at := 0
	for _, f := range fixes {
		if f.Span.Start < at || n > 0 && f.Span.Start == f.Span.End && f.Span.Start == at {
			continue
		}
		out.Write(data[at:f.Span.Start])
		out.WriteString(f.New)
		at, n = f.Span.End, n+1
	}
	out.Write(data[at:])
	return out.Bytes(), n
}

// onlySuggestion is the candidate that word was surely meant to be: no other one is as near. It is "" if there is none.
func onlySuggestion(word string, candidates []string) string {
	best := suggest(word, candidates)
	if best == "" {
		return ""
	}
	near := func(s string) int { return editDistance(strings.ToLower(word), strings.ToLower(s)) }
	for _, c := range candidates {
		if c != best && near(c) <= near(best) {
			return ""
		}
	}
	return best
}

// onlyKey is the key that a misspelt one of the map n was surely meant to be, "" if there is none or it is there.
func onlyKey(word string, candidates []string, n *Node) string {
	best := onlySuggestion(word, candidates)
	if slices.ContainsFunc(n.Pairs, func(p Pair) bool { return p.Key == best }) {
		return ""
	}
	return best
}

// isDuration reports whether text is a duration.
func isDuration(text string) bool {
	_, err := parseDuration(text)
	return err == nil
}

// bareCondition is how the expression of `${…}` is written as the condition n, "" where quotes would have to change.
func (p *parser) bareCondition(n *Node, expr string) string {
	expr = strings.TrimSpace(expr)
	plain := !n.Quoted && strings.IndexByte("!&*[{|>@%`'\"#,-?:", expr[0]) < 0 && !strings.Contains(expr, ": ")
	if plain || n.Quoted && len(n.source.Text(n.Span)) == len(n.Text)+2 {
		return expr
	}
	return ""
}
