package dsl

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"runloop/docs"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// TestReferenceFinds looks up every verb, key, function, attribute, type of error and code, and every section.
func TestReferenceFinds(t *testing.T) {
	ref := docs.Parse(docs.Language)
	entry := func(name, place, text string) {
		t.Helper()
		_, found := ref.Find(name)
		if !slices.ContainsFunc(found, func(e docs.Entry) bool {
			return strings.Contains(e.Text, strings.ReplaceAll(text, "`", "")) &&
				slices.ContainsFunc(e.Places, func(p string) bool { return strings.Contains(p, place) })
		}) {
			t.Errorf("%s of %s, %q, is not found but %v", name, place, text, found)
		}
	}
	for _, v := range syntax.Verbs {
		if s, _ := ref.Find(v.Name); s == nil || s.Level != 3 || !strings.Contains(s.Text, v.Doc) {
			t.Errorf("the verb %s is not found but %v", v.Name, s)
		}
		for _, k := range v.Keys {
			if len(v.Keys) > 1 {
				entry(k.Name, v.Name, k.Doc)
			}
		}
	}
	for _, row := range keyRows(nil, "", syntax.TopKeys) {
		entry(strings.Trim(row[0], "`"), "top-level keys", strings.ReplaceAll(row[2], `\|`, "|"))
	}
	for _, b := range expr.Builtins() {
		entry(b.Name(), "functions", b.Doc)
	}
	for kind, list := range expr.Attributes {
		for _, a := range list {
			entry(a.Name, expr.TypeWords[kind], a.Doc)
		}
	}
	for _, a := range slices.Concat(expr.LoopAttributes, expr.DatetimeAttributes) {
		entry(a.Name, "attributes", a.Doc)
	}
	for _, e := range engine.ErrorTypes() {
		entry(e, "types of errors", "")
	}
	for _, c := range Codes {
		entry(c.Code, "codes of diagnostics", strings.TrimPrefix(c.Meaning, "` "))
	}
	keys := map[string]bool{}
	var schema any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	schemaKeys(schema, keys)
	if len(keys) < 150 {
		t.Errorf("the schema has %d keys", len(keys))
	}
	for key := range keys {
		if s, found := ref.Find(key); s == nil && found == nil {
			t.Errorf("the key %s is not found", key)
		}
	}
	for _, x := range []struct{ name, says string }{
		{"histogram", "bins of equal width"}, {"bins", "bins of equal width"}, {"windows", "how long a slot is"}, {"cycle", "how long a slot is"},
		{"quantiles", "`quantiles` adds some"}, {"shares", "not above a bound"}, {"per", "so many in each per"}, {"rate", "so many in each per"},
		{"rows", "a trace"}, {"batch", "come at once"}, {"reneged", "counts"}, {"utilisation", "derived"}, {"in_use", "levels"},
	} {
		_, found := ref.Find(x.name)
		if !slices.ContainsFunc(found, func(e docs.Entry) bool { return strings.Contains(e.Line+" "+e.Text, x.says) }) {
			t.Errorf("%s is not found as %q but %v", x.name, x.says, found)
		}
	}
	for _, s := range ref.Sections {
		if got, _ := ref.Find(strings.ToUpper(strings.ReplaceAll(s.Name, " ", "-"))); got == nil || got.Name != s.Name {
			t.Errorf("the section %q is not found but %v", s.Name, got)
		}
	}
	if n := len(ref.Names()); n < 300 {
		t.Errorf("there are %d names", n)
	}
}

// schemaKeys adds the keys that a schema allows.
func schemaKeys(schema any, keys map[string]bool) {
	switch s := schema.(type) {
	case map[string]any:
		if properties, ok := s["properties"].(map[string]any); ok {
			for key := range properties {
				keys[key] = true
			}
		}
		for _, part := range s {
			schemaKeys(part, keys)
		}
	case []any:
		for _, part := range s {
			schemaKeys(part, keys)
		}
	}
}
