package expr

import (
	"slices"
	"strings"
	"testing"
)

// TestBuiltins holds the table together: signatures can be read, and every function can be run.
func TestBuiltins(t *testing.T) {
	own := []string{"strftime", "format", "truncated"} // compiled by functions of their own
	for name := range builtins() {
		b, _ := findBuiltin(name)
		if got := signature(b); got != b.Signature {
			t.Errorf("the signature %s is read as %s", b.Signature, got)
		}
		if b.Doc == "" || strings.ContainsAny(b.Doc, "\n") {
			t.Errorf("%s: the doc line is %q", b.name, b.Doc)
		}
		looping := len(b.params) > 1 && b.params[1].predicate
		if b.run == nil && b.list == nil && !looping && !slices.Contains(own, b.name) {
			t.Errorf("%s cannot be run", b.name)
		}
		if goneFunction(b.name) != "" {
			t.Errorf("%s exists and is said not to", b.name)
		}
	}
}

// signature is the function as it was read.
func signature(b *Builtin) string {
	var params []string
	for _, p := range b.params {
		var types []string
		for _, t := range p.Types {
			types = append(types, t.String())
		}
		if p.predicate {
			types = []string{"predicate"}
		}
		name := p.name
		if p.variadic {
			name = "..." + name
		}
		if p.optional {
			name += "?"
		}
		params = append(params, name+" "+strings.Join(types, "|"))
	}
	return b.name + "(" + strings.Join(params, ", ") + ") " + b.result.String()
}
