package expr

import (
	"strings"
	"testing"
)

// TestBuiltins holds the table together: what define reads is what signature shows, and every function can be run.
func TestBuiltins(t *testing.T) {
	own := []string{"strftime", "format"} // compiled by functions of their own
	for i, b := range Builtins {
		if i > 0 && Builtins[i-1].name >= b.name {
			t.Errorf("%s stands twice, or not in order", b.name)
		}
		if b.Doc == "" || strings.ContainsAny(b.Doc, "\n") {
			t.Errorf("%s: the doc line is %q", b.name, b.Doc)
		}
		again := define(b.Signature(), b.Doc, Builtin{})
		if again.Signature() != b.Signature() || len(again.params) != len(b.params) {
			t.Errorf("%s: the signature %s is read as %s", b.name, b.Signature(), again.Signature())
		}
		looping := len(b.params) > 1 && b.params[1].predicate
		if b.run == nil && b.list == nil && !looping && b.name != own[0] && b.name != own[1] {
			t.Errorf("%s cannot be run", b.name)
		}
		if _, gone := goneFunctions[b.name]; gone {
			t.Errorf("%s exists and is said not to", b.name)
		}
	}
}

func TestSignature(t *testing.T) {
	for name, want := range map[string]string{
		"round":   "round(x number, n? int) number",
		"join":    "join(list list of string, separator? string) string",
		"max":     "max(...values any) any",
		"len":     "len(x string|list|map) int",
		"filter":  "filter(list list, test predicate) list",
		"toPairs": "toPairs(map map) list of list",
	} {
		b, ok := findBuiltin(name)
		if !ok || b.Signature() != want {
			t.Errorf("%s: got %s, want %s", name, b.Signature(), want)
		}
	}
}
