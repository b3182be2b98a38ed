package syntax

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// TypeWord is the type in the words of a file: "int", "list", "duration".
func (p *Param) TypeWord() string {
	if p.IsDuration {
		return "duration"
	}
	return p.Type.String()
}

// unitNanos is what a bare number of time counts, in nanoseconds.
func (p *Param) unitNanos() int64 { return cmp.Or(p.unit, 1e9) }

// Nanos is a value of the parameter, which is a duration, in nanoseconds.
func (p *Param) Nanos(n float64) int64 { return int64(math.Round(n * float64(p.unitNanos()))) }

// Parse reads a value of the parameter's type from text.
func (p *Param) Parse(text string) (engine.Value, error) {
	bad := func(want string) (engine.Value, error) {
		return engine.Value{}, fmt.Errorf("parameter `%s` is %s, not %q", p.Name.Text, want, source.Shorten(text))
	}
	if p.IsDuration {
		ns, err := expr.ParseDuration(text, p.unitNanos())
		if err != nil {
			return engine.Value{}, fmt.Errorf("parameter `%s`: %w", p.Name.Text, err)
		}
		return engine.Float(float64(ns) / float64(p.unitNanos())), nil
	}
	switch p.Type.Kind {
	case expr.TypeString:
		return engine.String(text), nil
	case expr.TypeBool:
		if text != "true" && text != "false" {
			return bad("true or false")
		}
		return engine.Bool(text == "true"), nil
	case expr.TypeInt, expr.TypeNumber, expr.TypeFloat:
		if i, err := strconv.ParseInt(text, 10, 64); err == nil && p.Type.Kind != expr.TypeFloat {
			return engine.Int(i), nil
		} else if f, err := strconv.ParseFloat(text, 64); err == nil && p.Type.Kind != expr.TypeInt {
			return engine.Float(f), nil
		}
		return bad(p.Type.Article())
	}
	return p.parseYAML(text)
}

// parseYAML reads a value of any other type: it is written as in the file.
func (p *Param) parseYAML(text string) (engine.Value, error) {
	var diags source.Diagnostics
	n, _ := yaml.Parse(source.NewSource(p.Name.Text, []byte(text)), &diags)
	if n == nil || diags.HasErrors() {
		return engine.Value{}, fmt.Errorf("parameter `%s`: %q is no value", p.Name.Text, source.Shorten(text))
	}
	reader := parser{diags: &diags, unit: p.unit}
	v := reader.value(n, true)
	if !expr.Assignable(TypeOfLiteral(v), p.Type) {
		return engine.Value{}, fmt.Errorf("parameter `%s` is %s, not %q", p.Name.Text, p.Type.Article(), source.Shorten(text))
	}
	return ConstantOf(v), nil
}

// ParseDefault is the parameter's default, or what is wrong with it.
func (p *Param) ParseDefault() (engine.Value, error) { return p.constant(p.Default, "its default") }

// Given is a constant that a case gives to the parameter, or what is wrong with it.
func (p *Param) Given(v *Value) (engine.Value, error) { return p.constant(v, "it") }

// constant is the value of v for the parameter. what says which value it is, for messages.
func (p *Param) constant(from *Value, what string) (engine.Value, error) {
	from = p.Fit(from)
	v := ConstantOf(from)
	if p.IsDuration && v.Kind() == engine.KindString {
		_, err := expr.ParseDuration(v.AsString(), p.unitNanos())
		return v, fmt.Errorf("parameter `%s` is a duration: %w", p.Name.Text, err)
	} else if !expr.Assignable(TypeOfLiteral(from), p.Type) {
		return v, fmt.Errorf("parameter `%s` is %s: %s cannot be %s",
			p.Name.Text, p.Type.Article(), what, TypeOfLiteral(from).Article())
	}
	return v, p.Allows(v)
}

// Allows reports a value that min, max or enum forbid.
func (p *Param) Allows(v engine.Value) error {
	text := func(v engine.Value) string { return string(engine.AppendText(nil, nil, v)) }
	bound := func(b *Value) engine.Value { return ConstantOf(p.Fit(b)) }
	if p.Min != nil {
		if c, ok := engine.Compare(v, bound(p.Min)); !ok || c < 0 {
			return fmt.Errorf("parameter `%s` is at least %s, not %s", p.Name.Text, text(bound(p.Min)), text(v))
		}
	}
	if p.Max != nil {
		if c, ok := engine.Compare(v, bound(p.Max)); !ok || c > 0 {
			return fmt.Errorf("parameter `%s` is at most %s, not %s", p.Name.Text, text(bound(p.Max)), text(v))
		}
	}
	if p.Enum == nil {
		return nil
	}
	enum := *p.Enum
	enum.Items = slices.Clone(enum.Items)
	for i, item := range enum.Items {
		enum.Items[i] = p.Fit(item)
	}
	same := func(e engine.Value) bool { return engine.Equal(e, v) }
	if slices.ContainsFunc(ConstantOf(&enum).Elems(), same) {
		return nil
	}
	return fmt.Errorf("parameter `%s` is one of %s, not %s", p.Name.Text, text(ConstantOf(&enum)), text(v))
}

// Fit is a value as the parameter takes it: a written duration, in quotes or not, is a number of seconds where it is a
// duration, and one without quotes is text where it is a string.
func (p *Param) Fit(v *Value) *Value {
	switch {
	case v == nil || v.Kind != Literal:
	case p.Type.Kind == expr.TypeString:
		return v.AsText()
	case p.IsDuration && v.Const.Kind() == engine.KindString:
		if ns, err := expr.ParseDuration(v.Const.AsString(), p.unitNanos()); err == nil {
			return &Value{Span: v.Span, Const: engine.Float(float64(ns) / float64(p.unitNanos())), Unit: v.Const.AsString()}
		}
	}
	return v
}

func (p *parser) params(n *yaml.Node, key *Key) *Params {
	if n.Kind != yaml.MapNode {
		hint := "write `{ name: string, delay: number }`; `any` is a type too"
		if key.Kind == RunParamsKey {
			hint = "write `{ delay: 2 }`: a name, and its value where none is given"
		}
		hint = cmp.Or(paramsHint(n, key), hint)
		p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	list := &Params{Span: n.Span}
	for _, pair := range n.Pairs {
		name := p.checkName(&Name{Span: pair.KeySpan, Text: pair.Key}, LocalSpace, key.Name)
		if name == nil {
			continue
		}
		param := &Param{Name: name, Type: expr.Type{Kind: expr.TypeAny}, unit: p.unit}
		switch {
		case key.Kind == RunParamsKey && pair.Value.Kind == yaml.MapNode && ownMap(pair.Value, key):
			p.errorf(CodeParam, pair.Value.Head(), "write `"+name.Text+": { default: { … } }`",
				"the default of `%s` is a map: it is written under `default`", name.Text)
			if text := pair.Value.Source.Text(pair.Value.Span); strings.HasPrefix(text, "{") && !strings.Contains(text, "\n") {
				p.fix(pair.Value.Span, "{ default: "+text+" }")
			}
			param.Default = p.value(pair.Value, true)
			param.inferType()
		case pair.Value.Kind == yaml.MapNode:
			p.paramRecord(param, pair.Value, key)
		case key.Kind == RunParamsKey:
			if p.computed(pair.Value) {
				break
			}
			param.Default = p.value(pair.Value, true)
			param.inferType()
		default:
			p.paramType(param, pair.Value)
		}
		list.Items = append(list.Items, param)
	}
	return list
}

// ownMap reports whether a map is the default of a run parameter: it has keys, and none is like one of the parameter's own.
func ownMap(n *yaml.Node, key *Key) bool {
	names := keyNames(key.Keys)
	return len(n.Pairs) > 0 && !slices.ContainsFunc(n.Pairs, func(pair yaml.Pair) bool {
		return slices.Contains(names, pair.Key) || suggestKey(pair.Key, names) != ""
	})
}

// computed reports a run parameter's default with `${…}` in it.
func (p *parser) computed(n *yaml.Node) bool {
	i := strings.Index(n.Text, "${")
	if i < 0 || !isText(n) || n.Broken {
		return false
	}
	p.errorf(CodeParam, n.TextSpan(i, i+2), "compute it where it is used, or in `shared:`",
		"the default of a run parameter is a constant: `${…}` is not computed")
	return true
}

func (p *parser) paramRecord(param *Param, n *yaml.Node, key *Key) {
	r := p.record(n, key.Keys, param, "parameter `"+param.Name.Text+"`")
	if key.Kind == RunParamsKey && !r.Written(findKey(key.Keys, "type")) && !r.Written(findKey(key.Keys, "default")) {
		p.errorf(CodeParam, param.Name.Span, "", "parameter `%s` needs a `type` or a `default`", param.Name.Text)
	}
	if v := n.Get("default"); v != nil && key.Kind == RunParamsKey && p.computed(v) {
		param.Default = nil
	}
	for _, pair := range n.Pairs {
		if pair.Key == "type" {
			p.paramType(param, pair.Value)
		}
	}
	if !param.Typed && param.Default != nil && key.Kind == RunParamsKey {
		param.inferType()
	}
}

// inferType gives a parameter its default's type.
func (p *Param) inferType() {
	p.Type = expr.Type{Kind: TypeOfLiteral(p.Default).Kind}
	if p.Default != nil && p.Default.Unit != "" {
		p.Type, _ = expr.ParseType("duration")
		p.IsDuration = true
	}
}

// otherTypeWords is what other languages call the types.
var otherTypeWords = map[string]string{
	"str": "string", "text": "string", "integer": "int", "float": "number", "double": "number", "boolean": "bool",
	"array": "list", "object": "map", "dict": "map", "time": "duration",
}

func (p *parser) paramType(param *Param, n *yaml.Node) {
	t, ok := expr.ParseType(n.Text)
	if n.Kind != yaml.ScalarNode || !ok {
		hint := source.DidYouMean(n.Text, ParamTypes)
		if near := source.Suggest(n.Text, slices.Sorted(maps.Keys(otherTypeWords))); near != "" &&
			source.Suggest(n.Text, ParamTypes) == "" {
			hint = "did you mean `" + otherTypeWords[near] + "`?"
		}
		if word := otherTypeWords[n.Text]; word != "" {
			hint = "did you mean `" + word + "`?"
		}
		p.errorf(CodeParam, n.Span, hint, "the type of parameter `%s` is a word such as %s, not %s",
			param.Name.Text, source.QuoteChoice([]string{"string", "number", "any"}), form(n))
		if word := otherTypeWords[n.Text]; word != "" {
			p.fix(n.TextSpan(0, len(n.Text)), word)
		} else if n.Kind == yaml.ScalarNode {
			p.fix(n.TextSpan(0, len(n.Text)), source.OnlySuggestion(n.Text, ParamTypes))
		}
		return
	}
	param.Type, param.Typed, param.IsDuration = t, true, n.Text == "duration"
}
