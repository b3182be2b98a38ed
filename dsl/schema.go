package dsl

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// Schema returns the JSON Schema (draft 2020-12) of scenarios, made from the tables of keys and verbs. Editors
// complete, explain and check with it. It describes the form only: Load checks names and the types of computed values.
func Schema() []byte {
	defs := schema{{"step", stepSchema()}}
	for _, v := range syntax.Verbs {
		defs = append(defs, member{"step-" + v.Name, verbSchema(v)})
	}
	defs = append(defs, member{"arm", armSchema()})
	for _, v := range syntax.ArmVerbs() {
		defs = append(defs, member{"arm-" + v.Name, verbSchema(v)})
	}
	defs = append(defs, member{"entry", entrySchema(syntax.EntryKeys, "a task to create")},
		member{"generator", entrySchema(syntax.GeneratorKeys, "a task for each element")})
	root := schema{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "runloop.schema.json"},
		{"title", "A runloop scenario"},
	}
	root = append(root, recordSchema(syntax.TopKeys)...)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(append(root, member{"$defs", defs})); err != nil {
		panic(err) // a schema holds only text, numbers, lists and maps
	}
	return b.Bytes()
}

// schema is a JSON object whose members keep their order.
type schema []member

type member struct {
	name  string
	value any
}

// get returns the value of a member, which must exist.
func (s schema) get(name string) any { return s[s.index(name)].value }

func (s schema) index(name string) int {
	return slices.IndexFunc(s, func(m member) bool { return m.name == name })
}

// with returns a copy of s with the value of a member. A new member comes after the description.
func (s schema) with(name string, value any) schema {
	s = slices.Clone(s)
	if i := s.index(name); i >= 0 {
		s[i].value = value
		return s
	}
	return slices.Insert(s, 1, member{name, value})
}

// MarshalJSON implements json.Marshaler.
func (s schema) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// ref returns a reference to a definition.
func ref(name string) schema { return schema{{"$ref", "#/$defs/" + name}} }

// stepSchema chooses the schema of a step by its verb. It is a chain of conditions, so that a mistake in a step is
// reported once and not once for every verb. A verb that is also a key of another verb (`context` of `spawn`) comes
// after that one.
func stepSchema() schema {
	var bare []string
	choice := schema{}
	for _, v := range syntax.Verbs {
		if v.Bare {
			bare = append(bare, v.Name)
		}
		choice = append(choice, member{v.Name, schema{{"description", description(v)}}})
	}
	chain := schema{
		{"description", "a step: one verb with its keys"}, {"properties", choice}, {"additionalProperties", false},
		{"minProperties", 1},
	}
	for _, v := range slices.Backward(distinctFirst(syntax.Verbs)) {
		chain = schema{
			{"if", schema{{"required", []string{v.Name}}}}, {"then", ref("step-" + v.Name)}, {"else", chain},
		}
	}
	return schema{
		{"description", "a step: a map with one verb, or a bare verb"},
		{"if", schema{{"type", "object"}}},
		{"then", chain},
		{"else", schema{{"description", "a bare verb"}, {"enum", bare}}},
	}
}

// armSchema chooses the schema of an arm of `first`, as stepSchema does.
func armSchema() schema {
	choice := schema{}
	for _, v := range syntax.ArmVerbs() {
		choice = append(choice, member{v.Name, schema{{"description", description(v)}}})
	}
	chain := schema{
		{"type", "object"}, {"description", "an arm: a step that waits, with its `then`"}, {"properties", choice}, {"additionalProperties", false},
		{"minProperties", 1},
	}
	for _, v := range slices.Backward(syntax.ArmVerbs()) {
		chain = schema{
			{"if", schema{{"required", []string{v.Name}}}}, {"then", ref("arm-" + v.Name)}, {"else", chain},
		}
	}
	return chain
}

// distinctFirst moves verbs that are also keys of others to the end.
func distinctFirst(verbs []*syntax.Verb) []*syntax.Verb {
	isKey := func(v *syntax.Verb) bool {
		return slices.ContainsFunc(verbs, func(other *syntax.Verb) bool {
			return other != v && slices.ContainsFunc(other.Keys, func(k *syntax.Key) bool { return k.Name == v.Name })
		})
	}
	var distinct, keys []*syntax.Verb
	for _, v := range verbs {
		if isKey(v) {
			keys = append(keys, v)
		} else {
			distinct = append(distinct, v)
		}
	}
	return append(distinct, keys...)
}

func description(v *syntax.Verb) string {
	text := v.Doc
	if v.Python != "-" {
		text += " Python: `" + v.Python + "`."
	}
	if v.Waits {
		text += " It may wait."
	}
	return text
}

func verbSchema(v *syntax.Verb) schema {
	example := exampleNode(v)
	s := schema{{"description", description(v)}}
	if example.Kind == yaml.MapNode {
		s = append(s, member{"examples", []any{exampleValue(example)}})
	}
	s = append(s, recordSchema(v.Keys)...)
	if v.Keys[0].Kind == syntax.EntryKey { // an entry has its own `with`
		entry := schema{{"properties", schema{{v.Name, schema{{"type", "object"}}}}}}
		s = append(s, member{"if", entry}, member{"then", schema{{"not", schema{{"required", []string{"with"}}}}}})
	}
	properties := s.get("properties").(schema)
	for i, p := range properties {
		if value := example.Get(p.name); value != nil {
			properties[i].value = p.value.(schema).with("examples", []any{exampleValue(value)})
		}
	}
	// The description of the step belongs to the verb's own key.
	own := properties[0].value.(schema)
	about := description(v)
	if v.Keys[0].Kind != syntax.NothingKey {
		about += " It takes " + v.Keys[0].Kind.String() + ": " + own.get("description").(string) + "."
	}
	properties[0].value = own.with("description", about).
		with("markdownDescription", about+"\n\n```yaml\n"+v.ExampleStep()+"\n```")
	return s
}

// exampleNode returns the verb's example as a node.
func exampleNode(v *syntax.Verb) *yaml.Node {
	var diags source.Diagnostics
	n, _ := yaml.Parse(source.NewSource(v.Name, []byte(v.Example)), &diags)
	if n == nil || diags.HasErrors() {
		panic(diags) // the table has a wrong row
	}
	return n
}

// exampleValue returns a YAML node as JSON. Maps keep their order.
func exampleValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.ListNode:
		items := []any{}
		for _, item := range n.Items {
			items = append(items, exampleValue(item))
		}
		return items
	case yaml.MapNode:
		m := schema{}
		for _, p := range n.Pairs {
			m = append(m, member{p.Key, exampleValue(p.Value)})
		}
		return m
	}
	switch n.Type {
	case yaml.IntScalar:
		return n.Int()
	case yaml.FloatScalar:
		return n.Float()
	case yaml.BoolScalar:
		return n.Bool()
	case yaml.NullScalar:
		return nil
	}
	return n.Text
}

// recordSchema returns the schema of a map with known keys.
func recordSchema(keys []*syntax.Key) schema {
	properties, required, dependent := schema{}, []string{}, schema{}
	var either schema    // keys of which one is required
	var otherwise schema // what is dependent unless a certain key is written
	for _, k := range keys {
		properties = append(properties, member{k.Name, keySchema(k)})
		switch {
		case k.Required && k.Instead != nil:
			either = append(either, member{"anyOf", []schema{{{"required", []string{k.Name}}}, {{"required", []string{k.Instead.Name}}}}})
		case k.Required:
			required = append(required, k.Name)
		}
		switch needs := slices.Contains(keys, k.Needs); {
		case needs && k.Or != nil:
			otherwise = schema{{"if", schema{{"required", []string{k.Or.Name}}}},
				{"else", schema{{"dependentRequired", schema{{k.Name, []string{k.Needs.Name}}}}}}}
		case needs:
			dependent = append(dependent, member{k.Name, []string{k.Needs.Name}})
		}
	}
	s := schema{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
	if len(required) > 0 {
		s = append(s, member{"required", required})
	}
	if len(dependent) > 0 {
		s = append(s, member{"dependentRequired", dependent})
	}
	return append(append(s, either...), otherwise...)
}

// entrySchema returns the schema of an entry: it has `call` or `do`, and `with` only beside `call`.
func entrySchema(keys []*syntax.Key, description string) schema {
	has := func(name string) schema { return schema{{"required", []string{name}}} }
	s := append(schema{{"description", description}}, recordSchema(keys)...)
	return append(s,
		member{"if", has("do")},
		member{"then", schema{{"not", schema{{"anyOf", []schema{has("call"), has("with")}}}}}},
		member{"else", has("call")})
}

// keySchema returns the schema of a key's value, with its description, default and examples.
func keySchema(k *syntax.Key) schema {
	text := k.Doc
	if text == "" {
		text = "it takes nothing"
	}
	if k.Default != "" {
		text += " (default: " + k.Default + ")"
	}
	s := schema{{"description", text}}
	if v, ok := schemaDefault(k); ok {
		s = append(s, member{"default", v})
	}
	if v := schemaExamples(k); v != nil {
		s = append(s, member{"examples", v})
	}
	return append(s, kindSchema(k)...)
}

// schemaDefault returns a key's default if it is a value and not a description of one.
func schemaDefault(k *syntax.Key) (v any, ok bool) {
	switch {
	case k.Default == "":
		return nil, false
	case slices.Contains(k.Words, k.Default), k.Kind == syntax.TypesKey:
		return k.Default, true
	}
	word, _, _ := strings.Cut(k.Default, ":")
	err := json.Unmarshal([]byte(word), &v)
	return v, err == nil
}

func schemaExamples(k *syntax.Key) []any {
	switch k.Kind {
	case syntax.TimetableKey:
		return []any{2, schema{{"at", schema{{"07:00", 2}, {"18:00", 0}}}}, schema{{"at", schema{{"0s", 2}, {"8h", 5}}}, {"every", "1d"}}}
	case syntax.TimesKey:
		return []any{schema{{"0s", 2}, {"8h", 5}}, schema{{"Mon 08:00", 3}, {"Fri 16:00", 0}}}
	case syntax.DurationsKey:
		return []any{[]any{"0s", "2m", 5}}
	case syntax.DurationKey, syntax.DeadlineKey:
		return []any{"250ms", "1m30s", 2.5, "${delay}"}
	case syntax.ConditionKey:
		return []any{"count > 5", `tasks["worker"].done and not failed`}
	case syntax.ExpressionKey:
		return []any{"min(cap, 2 ** n * 100ms)"}
	case syntax.ConditionsKey:
		return []any{"count > 5", []any{"count == 6", `tasks["worker"].state == "done"`}}
	case syntax.ErrorKey:
		return []any{"ValueError", "${e}"}
	case syntax.TypesKey:
		return []any{"ValueError", []any{"TimeoutError", "KeyError"}}
	case syntax.StepsKey:
		return []any{[]any{schema{{"print", "hello"}}, schema{{"sleep", "1s"}}}}
	case syntax.PlacesKey:
		return []any{"totals.tea", []any{"totals.tea", "items[0]"}}
	case syntax.TargetsKey:
		return []any{schema{{"count", "${count + 1}"}}}
	case syntax.BindingsKey:
		return []any{schema{{"count", 1}, {"label", "number ${n}"}}}
	case syntax.ParamsKey:
		return []any{schema{{"name", "string"}, {"delay", schema{{"type", "duration"}, {"default", "1s"}}}}}
	case syntax.RunParamsKey:
		return []any{schema{{"rate", 2.5}, {"count", schema{{"type", "int"}, {"default", 3}, {"min", 1}}}}}
	case syntax.ItemsKey:
		return []any{[]any{schema{{"call", "worker"}}, "Task-1"}}
	case syntax.TextKey:
		if !k.Literal {
			return []any{"${name} at ${now}"}
		}
	}
	return nil
}

const (
	identifierPattern = `^[A-Za-z_][A-Za-z0-9_]*$`
	definablePattern  = `^[A-Za-z_][A-Za-z0-9_-]*$`
	metricPattern     = `^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$`
	pathPattern       = `^[A-Za-z_][A-Za-z0-9_]*([.\[].*)?$`
	computedPattern   = `\$\{`
	errorPattern      = `^[A-Za-z_][A-Za-z0-9_]*$|^\$\{[\s\S]*\}$`
	durationPattern   = `^\+?[0-9.]+([eE][-+]?[0-9]+)?$|^\+?([0-9.]+(d|h|ms|m|s|us|ns))+$|^\$\{[\s\S]*\}$`
)

// spacePattern returns the pattern for names of a space, or "" if any name will do.
func spacePattern(space syntax.Space) string {
	switch space {
	case syntax.MetricSpace:
		return metricPattern
	case syntax.NoSpace, syntax.ArgumentSpace, syntax.TaskSpace:
		return ""
	case syntax.CoroutineSpace, syntax.CallbackSpace, syntax.CaseSpace, syntax.SourceSpace:
		return definablePattern
	}
	return identifierPattern
}

func patterned(typ any, pattern string) schema {
	if pattern == "" {
		return schema{{"type", typ}}
	}
	return schema{{"type", typ}, {"pattern", pattern}}
}

// named returns the schema of a map from names that match a pattern to values. If values is nil, any value will do.
func named(pattern string, values any) schema {
	s := schema{{"type", "object"}}
	if pattern != "" {
		s = append(s, member{"propertyNames", schema{{"pattern", pattern}}})
	}
	if values != nil {
		s = append(s, member{"additionalProperties", values})
	}
	return s
}

// either returns a schema that applies then to values of a type and otherwise to the rest, so that a mistake is
// reported once.
func either(typ string, then, otherwise schema) schema {
	return schema{{"if", schema{{"type", typ}}}, {"then", then}, {"else", otherwise}}
}

// stepList returns the schema of a list of steps.
func stepList() schema { return list(ref("step")) }

// orSteps returns the schema of a map that may also be written as the list of its steps alone.
func orSteps(s schema) schema { return either("array", stepList(), s) }

func list(of schema) schema { return schema{{"type", "array"}, {"items", of}} }

// kindSchema returns the schema for the form of a key's value.
func kindSchema(k *syntax.Key) schema {
	switch k.Kind {
	case syntax.ValueKey:
		return valueSchema(k)
	case syntax.ConditionKey:
		return conditionSchema()
	case syntax.ExpressionKey:
		return schema{{"type", []string{"string", "boolean", "number"}}, {"not", schema{{"type", "string"}, {"pattern", computedPattern}}}}
	case syntax.ConditionsKey:
		return either("array", list(conditionSchema()), conditionSchema())
	case syntax.DurationKey:
		if k.OfDay {
			return durationSchema().with("pattern", durationPattern+`|^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$`).
				with("patternErrorMessage", "write "+expr.DurationForm+`, or a time of day such as "02:00"`)
		}
		return durationSchema()
	case syntax.ReferenceKey:
		return schema{{"type", "string"}, {"minLength", 1}}
	case syntax.ReferencesKey:
		return either("array", list(patterned("string", "")), patterned("string", ""))
	case syntax.NameKey:
		return patterned("string", spacePattern(k.Space))
	case syntax.ErrorKey:
		return patterned([]string{"string", "null"}, errorPattern)
	case syntax.TypesKey:
		name := patterned("string", identifierPattern)
		return either("array", list(name), name)
	case syntax.WordKey:
		return schema{{"enum", k.Words}}
	case syntax.StepsKey:
		if k == syntax.ArmsKey {
			return schema{{"type", "array"}, {"items", ref("arm")}, {"minItems", 2}}
		}
		return stepList()
	case syntax.BindingsKey:
		return named(spacePattern(k.Space), nil)
	case syntax.TargetsKey:
		return named(pathPattern, nil)
	case syntax.PlacesKey:
		return either("array", list(patterned("string", pathPattern)), patterned("string", pathPattern))
	case syntax.EntryKey:
		return either("object", entrySchema(k.Keys, k.Doc), either("array", stepList(), patterned("string", definablePattern)))
	case syntax.ItemsKey:
		return either("object", ref("generator"),
			either("array", list(either("object", ref("entry"), either("array", stepList(), patterned("string", "")))), patterned("string", "")))
	case syntax.RecordKey:
		return recordSchema(k.Keys)
	case syntax.RecordsKey:
		if k.OrOne {
			return either("array", list(recordSchema(k.Keys)), recordSchema(k.Keys))
		}
		return list(recordSchema(k.Keys))
	case syntax.NamedKey:
		if slices.Contains(k.Keys, syntax.EntryCall) {
			return named("", orSteps(entrySchema(k.Keys, "a task")))
		}
		if slices.Contains(k.Keys, syntax.DoKey) || k == syntax.CallbacksKey {
			return named(spacePattern(k.Space), orSteps(recordSchema(k.Keys)))
		}
		return named(spacePattern(k.Space), recordSchema(k.Keys))
	case syntax.ParamsKey, syntax.RunParamsKey:
		return paramsSchema(k)
	case syntax.ObjectsKey:
		return objectsSchema(k)
	case syntax.TimetableKey:
		return either("object", recordSchema(k.Keys), valueSchema(k))
	case syntax.TimesKey:
		return named("", schema{})
	case syntax.DurationsKey:
		return list(durationSchema())
	case syntax.DeadlineKey:
		if k.Nullable {
			return either("object", recordSchema(k.Keys), either("null", schema{}, durationSchema()))
		}
		return either("object", recordSchema(k.Keys), durationSchema())
	case syntax.NothingKey:
		return schema{{"type", "null"}}
	}
	return nil // TextKey: any value is rendered
}

func conditionSchema() schema {
	return schema{{"type", []string{"string", "boolean"}}, {"not", schema{{"type", "string"}, {"pattern", computedPattern}}}}
}

func durationSchema() schema {
	return schema{{"type", []string{"number", "string"}}, {"minimum", 0}, {"pattern", durationPattern},
		{"patternErrorMessage", "write " + expr.DurationForm}} // editors show this instead of the pattern
}

// typeForms holds JSON Schema's names of the types that can be written as literals.
var typeForms = [len(expr.TypeWords)]string{
	expr.TypeBool: "boolean", expr.TypeInt: "integer", expr.TypeFloat: "number", expr.TypeNumber: "number", expr.TypeString: "string",
	expr.TypeList: "array", expr.TypeMap: "object",
}

// valueSchema returns the schema of a value of the key's types, or of text with an expression that computes one.
func valueSchema(k *syntax.Key) schema {
	if k == syntax.VersionKey {
		return schema{{"const", 1}}
	}
	var types []string
	for _, t := range k.Types {
		if form := typeForms[t]; form == "" {
			return nil
		} else if !slices.Contains(types, form) {
			types = append(types, form)
		}
	}
	switch {
	case len(types) == 0:
		return nil
	case slices.Contains(types, "number"):
		types = []string{"number"}
	}
	if k.Literal && (slices.Contains(syntax.RunParamKeys, k) || slices.Equal(types, []string{"number"})) {
		return schema{{"type", append(types, "string")}} // a duration may be text: 1m30s
	}
	if k.Literal || slices.Contains(types, "string") {
		return schema{{"type", types}}
	}
	return patterned(append(types, "string"), computedPattern)
}

// paramTypeWords returns the words that stand for types of parameters.
func paramTypeWords() []string {
	return slices.DeleteFunc(append(slices.Clone(expr.TypeWords[:]), "duration"), func(word string) bool {
		_, ok := expr.ParseType(word)
		return !ok
	})
}

func paramsSchema(k *syntax.Key) schema {
	record := recordSchema(k.Keys)
	types := schema{{"description", "its type"}, {"enum", paramTypeWords()}}
	properties := record.get("properties").(schema)
	properties[properties.index("type")].value = types
	if k.Kind == syntax.ParamsKey {
		return named(identifierPattern, either("object", record, types))
	}
	has := func(name string) schema { return schema{{"required", []string{name}}} }
	record = append(record, member{"if", schema{{"not", has("type")}}}, member{"then", has("default")})
	return named(identifierPattern, either("object", record, schema{{"description", "its default"}}))
}

// sizeSchema is what may stand where the options of an object could: never a map.
func sizeSchema(k *syntax.Key) schema {
	if k.Kind == syntax.TimetableKey {
		return valueSchema(k)
	}
	return kindSchema(k)
}

func objectsSchema(k *syntax.Key) schema {
	options := recordSchema(k.Keys)
	var size schema
	if key := syntax.SizeKey(k.Types[0]); key != nil {
		size = append(schema{{"description", key.Doc}}, sizeSchema(key)...)
		size[1].value = append(slices.Clone(size[1].value.([]string)), "null")
	} else {
		size = schema{{"type", "null"}}
	}
	return either("array", list(patterned("string", identifierPattern)),
		named(identifierPattern, either("object", options, size)))
}
