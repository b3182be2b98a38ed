package dsl

import (
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// withoutEchoes drops diagnostics that only follow from reported ones: unknown names, and variables without a value, that occur
// in lines hidden from YAML or in steps and values that could not be read; steps that can never run behind those; keys that
// stand twice in them; and keys and values that are missing where lines are hidden.
func withoutEchoes(f *syntax.File, roots []*yaml.Node, hidden []source.Span, diags source.Diagnostics) source.Diagnostics {
	if len(hidden) == 0 && len(f.Unread) == 0 {
		return diags
	}
	s := f.Source
	lost := slices.Concat(hidden, f.Unread)
	known := wordsOf(s, lost)
	absent := map[source.Span]bool{}
	for _, root := range roots {
		eachNode(root, func(n *yaml.Node) {
			if syntax.IsNull(n) {
				absent[n.Span] = true
			}
		})
	}
	return slices.DeleteFunc(diags, func(d source.Diagnostic) bool {
		switch d.Code {
		case expr.CodeUnknownName, check.CodeNoVariable, check.CodeNoCoroutine, check.CodeNoCallback, check.CodeNoTask, check.CodeUnassigned:
			return known[strings.Trim(s.Text(d.Span), `"'`)]
		case check.CodeValueType, expr.CodeNotHere: // a name of the language, which was to be a variable
			return syntax.IsOwnName(s.Text(d.Span)) && known[s.Text(d.Span)]
		case check.CodeUnreachable:
			return slices.ContainsFunc(lost, func(sp source.Span) bool { return sp.Start <= d.Span.Start && mayGoOn(s, sp) })
		case yaml.CodeDuplicateKey:
			return slices.ContainsFunc(f.Unread, func(sp source.Span) bool { return sp.Start < d.Span.Start && d.Span.End <= sp.End })
		case syntax.CodeMissingKey, check.CodeMissingArg, syntax.CodeNoValue:
			return losesLines(s, hidden, d.Span.Start)
		case syntax.CodeWrongForm, syntax.CodeCondition, syntax.CodeDuration, syntax.CodeReference, syntax.CodeUnknownWord,
			syntax.CodeNoVerb, syntax.CodeParam: // the value is missing
			return absent[d.Span] && losesLines(s, hidden, d.Span.Start)
		}
		return false
	})
}

// withoutGuesses drops what was found out about the value of a step whose verb, a word of another library, was guessed: if
// the verb cannot take it, the guess was wrong, and the diagnostic about the word says so.
func withoutGuesses(s *source.Source, diags source.Diagnostics) source.Diagnostics {
	guess := func(d source.Diagnostic) int {
		return slices.IndexFunc(diags, func(g source.Diagnostic) bool {
			return d.Code == check.CodeValueType && g.Code == syntax.CodeUnknownVerb && strings.HasPrefix(g.Hint, "write `- ") &&
				g.Span.End < d.Span.Start && strings.Trim(s.Text(source.Span{Start: g.Span.End, End: d.Span.Start}), ": ") == ""
		})
	}
	for i := len(diags) - 1; i >= 0; i-- {
		if at := guess(diags[i]); at >= 0 {
			diags[at].Fix = source.Fix{}
			if diags[at].Hint = diags[i].Message; diags[i].Hint != "" {
				diags[at].Hint += ": " + diags[i].Hint
			}
			diags = slices.Delete(diags, i, i+1)
		}
	}
	return diags
}

// mayGoOn reports whether what could not be read may be a path to the steps behind it.
func mayGoOn(s *source.Source, at source.Span) bool {
	words := wordsOf(s, []source.Span{at})
	return slices.ContainsFunc([]string{"break", "while", "if", "then", "else", "elif", "try", "catch", "except", "timeout"},
		func(word string) bool { return words[word] })
}

// eachNode calls f for a node and all nodes inside it.
func eachNode(n *yaml.Node, f func(*yaml.Node)) {
	f(n)
	for _, item := range n.Items {
		eachNode(item, f)
	}
	for _, p := range n.Pairs {
		eachNode(p.Value, f)
	}
}

// wordsOf returns the names that occur in these places.
func wordsOf(s *source.Source, places []source.Span) map[string]bool {
	words := map[string]bool{}
	for _, sp := range places {
		for _, word := range strings.FieldsFunc(s.Text(sp), func(c rune) bool { return c != '-' && !source.IsIdentifier("_"+string(c)) }) {
			words[word] = true
			for part := range strings.SplitSeq(word, "-") {
				words[part] = true
			}
		}
	}
	return words
}

// losesLines reports whether the line at offset, with the deeper ones below it, is followed by a hidden line.
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
