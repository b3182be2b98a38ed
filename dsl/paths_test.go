package dsl

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// badEnds holds endings that make a bare path an invalid expression.
var badEnds = []string{"[", "[]", "[ ]", "[[", "[)]", "[(]", "['", "[1,2]", "[0]x", "[0][]", "[0].", ".", ".[0]", "[#]", "[0", ".1", "[\"]"}

// TestBadPaths checks that every key that takes a bare path reports one that is no expression, whatever kind of object
// it names.
func TestBadPaths(t *testing.T) {
	forms := map[syntax.KeyKind][]string{
		syntax.ReferenceKey:  {"%s: '%s'"},
		syntax.ReferencesKey: {"%s: '%s'", "%s: ['%s']"},
		syntax.ItemsKey:      {"%s: ['%s']"},
	}
	for _, verb := range syntax.Verbs {
		for i, key := range verb.Keys {
			for _, form := range forms[key.Kind] {
				for _, end := range badEnds {
					step := fmt.Sprintf(form, key.Name, "many"+strings.ReplaceAll(end, "'", "''"))
					if i > 0 {
						step = verb.Name + ": null, " + step
					}
					src := "runloop: 1\nlocks: { many: { count: 2 } }\nmain:\n  - { " + step + " }\n"
					if !slices.ContainsFunc(Check("f.yaml", []byte(src)), isSyntaxError) {
						t.Errorf("nothing is wrong with `%s`", step)
					}
				}
			}
		}
	}
}

func isSyntaxError(d source.Diagnostic) bool { return d.Code == expr.CodeExprSyntax }
