package dsl

import (
	"regexp"
	"slices"
	"strings"
)

// withoutEchoes leaves out what is wrong only because lines are hidden from YAML, which has been reported: keys and
// values that are missing, and names that are not known.
func withoutEchoes(s *Source, root *Node, hidden []Span, diags Diagnostics) Diagnostics {
	if len(hidden) == 0 {
		return diags
	}
	absent := map[Span]bool{}
	eachNode(root, func(n *Node) {
		if isNull(n) {
			absent[n.Span] = true
		}
	})
	return slices.DeleteFunc(diags, func(d Diagnostic) bool {
		switch d.Code {
		case codeUnknownName, codeNoVariable, codeNoCoroutine, codeNoCallback, codeNoTask:
			return mentions(s, hidden, s.Text(d.Span))
		case codeMissingKey, codeMissingArg, codeNoValue:
			return losesLines(s, hidden, d.Span.Start)
		}
		return absent[d.Span] && losesLines(s, hidden, d.Span.Start)
	})
}

// eachNode calls f for a node and for those in it.
func eachNode(n *Node, f func(*Node)) {
	f(n)
	for _, item := range n.Items {
		eachNode(item, f)
	}
	for _, p := range n.Pairs {
		eachNode(p.Value, f)
	}
}

// mentions reports whether a name stands in a hidden line.
func mentions(s *Source, hidden []Span, name string) bool {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(strings.Trim(name, `"'`)) + `\b`)
	return slices.ContainsFunc(hidden, func(sp Span) bool { return word.MatchString(s.Text(sp)) })
}

// losesLines reports whether what begins at offset, with all that is indented deeper, is followed by a hidden line.
func losesLines(s *Source, hidden []Span, offset int) bool {
	first := s.lineAt(offset)
	for n := first + 1; n <= len(s.lines); n++ {
		content := strings.TrimSpace(s.Line(n))
		switch {
		case slices.ContainsFunc(hidden, func(sp Span) bool { return s.lineAt(sp.Start) == n }):
			return true
		case content != "" && content[0] != '#' && s.indentation(n) <= s.indentation(first):
			return false
		}
	}
	return false
}

// indentation is how many spaces line n begins with.
func (s *Source) indentation(n int) int {
	text := s.Line(n)
	return len(text) - len(strings.TrimLeft(text, " "))
}
