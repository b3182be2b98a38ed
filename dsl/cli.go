package dsl

import "strings"

// What a command line needs of the language outside a scenario's file.

// ParseDuration reads a written duration (1m30s, 250ms, or a number of seconds) as nanoseconds; it is never negative.
func ParseDuration(text string) (int64, error) { return parseDuration(text) }

// Suggest is the candidate that word was most likely meant to be, "" if none is near.
func Suggest(word string, candidates []string) string { return suggest(word, candidates) }

// ReadParams reads a YAML map of values of run parameters, as RunOptions.Params takes them. name is the file's name,
// for messages. The error is a *LoadError.
func ReadParams(name string, data []byte) (map[string]string, error) {
	src := NewSource(name, data)
	var diags Diagnostics
	root, _ := parseYAML(src, &diags)
	if root != nil && root.Kind != MapNode {
		diags.Add(Diagnostic{Code: codeWrongForm, Span: root.Span, Message: "parameters are a map", Hint: "write `name: value`"})
	}
	if diags.HasErrors() {
		diags.Sort()
		return nil, &LoadError{Source: src, Diagnostics: diags}
	}
	params := map[string]string{}
	if root == nil {
		return params, nil
	}
	for _, p := range root.Pairs {
		if p.Value.Kind == ScalarNode {
			params[p.Key] = p.Value.Text
			continue
		}
		// As it is written: the first line of a block begins in the column of the others.
		indent := strings.Repeat(" ", src.Pos(p.Value.Span.Start).Col-1)
		params[p.Key] = indent + src.Text(p.Value.Span)
	}
	return params, nil
}
