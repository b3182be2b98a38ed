package dsl

import (
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// Parts of the language that a command line uses outside a scenario's file.

// ParseDuration reads a written duration (1m30s, 250ms, or a number of seconds) as nanoseconds; it is never negative.
func ParseDuration(text string) (int64, error) { return expr.ParseDuration(text, 1e9) }

// Suggest returns the candidate that word was most likely meant to be, or "" if none is near.
func Suggest(word string, candidates []string) string { return source.Suggest(word, candidates) }

// ReadParams reads a YAML map of values of run parameters, as RunOptions.Params takes them. name is the file's name,
// for messages. The error is a *LoadError.
func ReadParams(name string, data []byte) (map[string]string, error) {
	src := source.NewSource(name, data)
	var diags source.Diagnostics
	root, _ := yaml.Parse(src, &diags)
	if root != nil && root.Kind != yaml.MapNode {
		diags.Add(source.Diagnostic{Code: syntax.CodeWrongForm, Span: root.Span, Message: "parameters are a map", Hint: "write `name: value`"})
	}
	if diags.HasErrors() {
		diags.Sort()
		return nil, &source.LoadError{Source: src, Diagnostics: diags}
	}
	params := map[string]string{}
	if root == nil {
		return params, nil
	}
	for _, p := range root.Pairs {
		if p.Value.Kind == yaml.ScalarNode {
			params[p.Key] = p.Value.Text
			continue
		}
		// Keep the text as written, and indent its first line like the others of a block.
		indent := strings.Repeat(" ", src.Pos(p.Value.Span.Start).Col-1)
		params[p.Key] = indent + src.Text(p.Value.Span)
	}
	return params, nil
}
