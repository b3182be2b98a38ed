package dsl

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	jsonschema "github.com/santhosh-tekuri/jsonschema/v6"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/syntax/syntaxtest"
	"runloop/dsl/yaml"
)

const schemaFile = "../runloop.schema.json"

// TestSchemaFile checks that the file that editors use agrees with the tables. -update rewrites it.
func TestSchemaFile(t *testing.T) {
	if *updateDocs {
		if err := os.WriteFile(schemaFile, Schema(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(schemaFile); err != nil || !bytes.Equal(have, Schema()) {
		t.Errorf("%s is stale (%v): `go test ./dsl -run TestSchemaFile -update` rewrites it", schemaFile, err)
	}
}

// schemaCompiler returns a compiler that knows the schema as runloop.schema.json, and the schema itself.
func schemaCompiler(t testing.TB) (c *jsonschema.Compiler, doc any) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c = jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("runloop.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	return c, doc
}

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	c, _ := schemaCompiler(t)
	s, err := c.Compile("runloop.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance returns a YAML node as data that a schema can validate.
func instance(n *yaml.Node) any {
	switch n.Kind {
	case yaml.ListNode:
		items := []any{}
		for _, item := range n.Items {
			items = append(items, instance(item))
		}
		return items
	case yaml.MapNode:
		m := map[string]any{}
		for _, p := range n.Pairs {
			m[p.Key] = instance(p.Value)
		}
		return m
	}
	switch n.Type {
	case yaml.NullScalar:
		return nil
	case yaml.BoolScalar:
		return n.Bool()
	case yaml.IntScalar:
		return n.Int()
	case yaml.FloatScalar:
		if f := n.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
		return math.MaxFloat64 // JSON has no infinities
	}
	return n.Text
}

// mistake is an error that the schema finds, with its place.
type mistake struct {
	path []string
	text string
}

// mistakes returns the innermost errors of a validation.
func mistakes(err error) []mistake {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return nil
	}
	if len(v.Causes) == 0 {
		text, _, _ := strings.Cut(strings.ReplaceAll(v.Error(), "\n", " "), "\x00")
		return []mistake{{v.InstanceLocation, text}}
	}
	var all []mistake
	for _, c := range v.Causes {
		all = append(all, mistakes(c)...)
	}
	return all
}

// nodeAt follows a path in the tree.
func nodeAt(n *yaml.Node, path []string) *yaml.Node {
	for _, step := range path {
		if n.Kind == yaml.ListNode {
			i, _ := strconv.Atoi(step)
			n = n.Items[i]
			continue
		}
		value := n.Get(step)
		if value == nil {
			return n // the name of a key
		}
		n = value
	}
	return n
}

// schemaKnows lists the codes whose mistakes the schema always finds, too. It finds the other codes of structure
// sometimes (RL0107: a condition with ${…} but no other form; RL0111 and RL0112: a wrong form but not every wrong
// text) or never (RL0115 to RL0117, RL0119, RL0120, which are about the inside of text and values).
var schemaKnows = []string{
	syntax.CodeUnknownKey, syntax.CodeUnknownVerb, syntax.CodeSeveralVerbs, syntax.CodeNoVerb, syntax.CodeVersion, syntax.CodeUnknownWord, syntax.CodeEntry, syntax.CodeNoValue,
}

// TestSchemaAgrees checks that the parser and the schema agree: they accept the same files, and report the same
// mistakes of structure at the same places.
func TestSchemaAgrees(t *testing.T) {
	schema := compileSchema(t)
	var files []string
	for _, pattern := range []string{"testdata/ok/*.yaml", "testdata/err/*.yaml", "testdata/codes/*.yaml", "../scenarios/*.yaml"} {
		found, _ := filepath.Glob(pattern)
		files = append(files, found...)
	}
	known, valid := map[string]int{}, 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var diags source.Diagnostics
		root, _ := yaml.Parse(source.NewSource(file, src), &diags)
		if root == nil || diags.HasErrors() {
			continue // not YAML, so there is nothing to validate
		}
		diags = Check(file, src)
		found := mistakes(schema.Validate(instance(root)))
		if !diags.HasErrors() {
			valid++
			for _, m := range found {
				t.Errorf("%s is fine, but the schema says: %s", file, m.text)
			}
			continue
		}
		for _, d := range diags {
			if slices.Contains(schemaKnows, d.Code) {
				known[d.Code]++
				if !slices.ContainsFunc(found, func(m mistake) bool { return covers(root, m.path, d.Span) }) {
					t.Errorf("the schema does not find:\n%s", source.NewSource(file, src).Format(d))
				}
			}
		}
	}
	for _, code := range schemaKnows {
		if known[code] < 2 {
			t.Errorf("%d files have %s", known[code], code)
		}
	}
	if valid < 100 {
		t.Errorf("only %d valid files were compared", valid)
	}
}

// covers reports whether a diagnostic is about the node at a path, its key, or one of its keys.
func covers(root *yaml.Node, path []string, at source.Span) bool {
	n := nodeAt(root, path)
	if n.Span.Start <= at.Start && at.End <= n.Span.End || at.Start <= n.Span.Start && n.Span.End <= at.End {
		return true
	}
	parent := nodeAt(root, path[:max(len(path)-1, 0)])
	return slices.ContainsFunc(parent.Pairs, func(p yaml.Pair) bool { return p.KeySpan == at && p.Value == n })
}

// TestExamples: the example of each verb compiles once the names it uses are declared.
func TestExamples(t *testing.T) {
	for _, v := range syntax.Verbs {
		if _, err := Load(v.Name, []byte(syntaxtest.Example(v))); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		if step := exampleNode(v); v.Example != v.Name && (len(step.Pairs) == 0 || step.Pairs[0].Key != v.Name) {
			t.Errorf("%s: its example is %s", v.Name, v.Example)
		}
	}
}

// TestSchemaExamples: the schema accepts its own examples and defaults.
func TestSchemaExamples(t *testing.T) {
	c, doc := schemaCompiler(t)
	examples, defaults := 0, 0
	check := func(place string, value any) {
		s, err := c.Compile("runloop.schema.json#" + place)
		if err != nil {
			t.Fatal(place, err)
		}
		if err := s.Validate(value); err != nil {
			t.Errorf("%s: %v is no example: %v", place, value, err)
		}
	}
	var walk func(place string, x any, named bool)
	walk = func(place string, x any, named bool) { // named: x is a map from names to schemas
		m, _ := x.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(m)) {
			at := place + "/" + url.PathEscape(name)
			switch {
			case named, slices.Contains([]string{"if", "then", "else", "items", "additionalProperties", "not"}, name):
				walk(at, m[name], false)
			case name == "properties", name == "$defs":
				walk(at, m[name], true)
			case name == "examples":
				for _, e := range m[name].([]any) {
					examples++
					check(place, e)
				}
			case name == "default":
				defaults++
				check(place, m[name])
			}
		}
	}
	walk("", doc, false)
	if examples < 150 || defaults < 15 {
		t.Errorf("only %d examples and %d defaults", examples, defaults)
	}
}

// TestSchemaSaysItOnce: one mistake gives one error.
func TestSchemaSaysItOnce(t *testing.T) {
	schema := compileSchema(t)
	for _, text := range []string{
		"nmae: a", "name: a\nclock: { mod: real }", "clock: { mode: fast }", "limits: { steps: many }", "ties: 3",
		"main: { print: a }", "main: [ { prnt: a } ]", "main: [ { print: a, edn: b } ]", "main: [ { sleep: 1 fortnight } ]",
		"main: [ { sleep: -1 } ]", "main: [ { repeat: 3 } ]", "main: [ { repeat: n, do: [] } ]", "main: [ stopp ]",
		"main: [ [stop] ]", "main: [ ~ ]", "main: [ { print: a, sleep: 1 } ]", "main: [ { if: '${x}', then: [] } ]",
		"main: [ { if: 3, then: [] } ]", "main: [ { spawn: { call: a, do: [] } } ]", "main: [ { spawn: 3 } ]",
		"main: [ { gather: 3 } ]", "main: [ { gather: [ { call: a, wiht: {} } ] } ]", "main: [ { let: { 1x: 2 } } ]", "main: [ { let: 3 } ]",
		"main: [ { repeat: 2, do: [ { try: [ { prnt: a } ] } ] } ]", "main: [ { sleep: } ]", "main: [ { new: lok, as: m } ]",
		"workers: { a: {} }", "workers: { a: b }", "workers: { a: { call: b, cuont: 3 } }", "locks: m", "semaphores: { a: b }",
		"coroutines: { a: { params: { x: sting }, do: [] } }", "coroutines: { a: {} }", "params: { a: { type: int, typ: 3 } }",
		"callbacks: { a: { do: [], until: now > 1 } }", "expect: { ends: over }", "expect: { eventually: [ { within: 1 } ] }",
		"expect: { tasks: { a: { state: over } } }", "expect: { always: 3 }", "main: [ { await: t, else: [] } ]",
	} {
		src := "runloop: 1\n" + text + "\n"
		var diags source.Diagnostics
		root, _ := yaml.Parse(source.NewSource("x.yaml", []byte(src)), &diags)
		if root == nil {
			t.Fatalf("%q: %v", text, diags)
		}
		if found := mistakes(schema.Validate(instance(root))); len(found) != 1 {
			t.Errorf("%q: %d errors: %q", text, len(found), found)
		}
		if !Check("x.yaml", []byte(src)).HasErrors() {
			t.Errorf("%q is fine", text)
		}
	}
}
