package python

import (
	"strings"
	"testing"

	"runloop/dsl/expr"
)

// TestFunctions: every function of the language has a translation for every number of arguments, and nothing else has
// one.
func TestFunctions(t *testing.T) {
	stale := map[string]bool{}
	for name := range callCode() {
		stale[name] = true
	}
	for name := range calls() {
		stale[name] = true
	}
	for _, b := range expr.Builtins() {
		name, least, most := arity(b.Signature)
		delete(stale, name)
		for n := least; n <= most; n++ {
			if calls()[name] == nil && formOf(name, n) == "" && sectionWith(name) == "" {
				t.Errorf("%s has no translation with %d arguments", name, n)
			}
		}
	}
	for name := range stale {
		t.Errorf("%s is translated, but there is no such function", name)
	}
}

// arity returns the name of a function and how many arguments it takes. "Any number" counts as one more than are
// named.
func arity(signature string) (name string, least, most int) {
	name, rest, _ := strings.Cut(signature, "(")
	params, _, _ := strings.Cut(rest, ")")
	for p := range strings.SplitSeq(params, ", ") {
		most++
		switch {
		case strings.HasPrefix(p, "..."):
			most++
		case !strings.Contains(p, "? "):
			least++
		}
	}
	return name, max(least, 1), most
}

// TestAttributes: every attribute has a translation, whether the type of the value is known or not.
func TestAttributes(t *testing.T) {
	byItem := map[string]string{"errors": "a list: what reads any attribute makes it"}
	for kind, list := range expr.Attributes {
		for _, a := range list {
			if attributeCode()[expr.TypeKind(kind)][a.Name] == "" && byItem[a.Name] == "" {
				t.Errorf("`%s` of %s has no translation", a.Name, expr.Type{Kind: expr.TypeKind(kind)}.Article())
			}
			if !strings.Contains(preludeText, `"`+a.Name+`": `) {
				t.Errorf("`attribute` in prelude.py does not know `%s`", a.Name)
			}
		}
	}
}
