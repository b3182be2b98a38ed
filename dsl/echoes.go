package dsl

import (
	"regexp"
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// withoutEchoes leaves out what is wrong only because lines are hidden from YAML, which has been reported: keys and
// values that are missing, and names that are not known.
func withoutEchoes(s *source.Source, root *yaml.Node, hidden []source.Span, diags source.Diagnostics) source.Diagnostics {
	if len(hidden) == 0 {
		return diags
	}
	absent := map[source.Span]bool{}
	eachNode(root, func(n *yaml.Node) {
		if syntax.IsNull(n) {
			absent[n.Span] = true
		}
	})
	return slices.DeleteFunc(diags, func(d source.Diagnostic) bool {
		switch d.Code {
		case expr.CodeUnknownName, check.CodeNoVariable, check.CodeNoCoroutine, check.CodeNoCallback, check.CodeNoTask:
			return mentions(s, hidden, s.Text(d.Span))
		case syntax.CodeMissingKey, check.CodeMissingArg, syntax.CodeNoValue:
			return losesLines(s, hidden, d.Span.Start)
		case syntax.CodeWrongForm, syntax.CodeCondition, syntax.CodeDuration, syntax.CodeReference, syntax.CodeUnknownWord,
			syntax.CodeNoVerb, syntax.CodeParam: // another value is wanted than none
			return absent[d.Span] && losesLines(s, hidden, d.Span.Start)
		}
		return false
	})
}

// eachNode calls f for a node and for those in it.
func eachNode(n *yaml.Node, f func(*yaml.Node)) {
	f(n)
	for _, item := range n.Items {
		eachNode(item, f)
	}
	for _, p := range n.Pairs {
		eachNode(p.Value, f)
	}
}

// mentions reports whether a name stands in a hidden line.
func mentions(s *source.Source, hidden []source.Span, name string) bool {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(strings.Trim(name, `"'`)) + `\b`)
	return slices.ContainsFunc(hidden, func(sp source.Span) bool { return word.MatchString(s.Text(sp)) })
}

// losesLines reports whether what begins at offset, with all that is indented deeper, is followed by a hidden line.
func losesLines(s *source.Source, hidden []source.Span, offset int) bool {
	first := s.LineAt(offset)
	for n := first + 1; n <= len(s.Lines); n++ {
		content := strings.TrimSpace(s.Line(n))
		switch {
		case slices.ContainsFunc(hidden, func(sp source.Span) bool { return s.LineAt(sp.Start) == n }):
			return true
		case content != "" && content[0] != '#' && s.Indentation(n) <= s.Indentation(first):
			return false
		}
	}
	return false
}
