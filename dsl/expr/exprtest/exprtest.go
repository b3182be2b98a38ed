// Package exprtest makes expressions, and the variables that they mention, for tests.
package exprtest

import (
	"strings"

	"runloop/engine"
)

// Variable is a variable that tests of expressions use.
type Variable struct {
	Name  string
	Value engine.Value
}

func intList(ints ...int64) engine.Value {
	var elems []engine.Value
	for _, i := range ints {
		elems = append(elems, engine.Int(i))
	}
	return engine.List(elems)
}

// Variables is the variables that tests of expressions use.
var Variables = []Variable{
	{Name: "i", Value: engine.Int(7)},
	{Name: "j", Value: engine.Int(-3)},
	{Name: "big", Value: engine.Int(1<<63 - 1)},
	{Name: "least", Value: engine.Int(-1 << 63)},
	{Name: "f", Value: engine.Float(2.5)},
	{Name: "num", Value: engine.Int(4)},
	{Name: "dyn", Value: engine.Int(5)},
	{Name: "dyntext", Value: engine.String("five")},
	{Name: "yes", Value: engine.Bool(true)},
	{Name: "no", Value: engine.Bool(false)},
	{Name: "s", Value: engine.String("héllo")},
	{Name: "t", Value: engine.String("worker-1")},
	{Name: "xs", Value: intList(3, 1, 2)},
	{Name: "empty", Value: intList()},
	{Name: "mixed", Value: engine.List([]engine.Value{engine.Int(1), engine.String("a"), engine.Float(2), {}})},
	{Name: "m", Value: engine.Map([]string{"b", "a"}, []engine.Value{engine.Int(2), engine.Int(1)})},
	{Name: "rows", Value: engine.List([]engine.Value{
		engine.Map([]string{"name", "n"}, []engine.Value{engine.String("x"), engine.Int(2)}),
		engine.Map([]string{"name", "n"}, []engine.Value{engine.String("y"), engine.Int(1)}),
	})},
	{Name: "nothing", Value: engine.Value{}},
	{Name: "count", Value: engine.Int(5)},
	{Name: "first", Value: engine.Int(6)},
}

// Generator writes expressions whose shape the bytes choose.
type Generator struct{ Data []byte }

// Choose is one of n.
func (g *Generator) Choose(n int) int {
	if len(g.Data) == 0 {
		return 0
	}
	b := g.Data[0]
	g.Data = g.Data[1:]
	return int(b) % n
}

// grammar is the forms of each type; a lower-case word in <> is a value of that type, a predicate's body is over #.
var grammar = map[string][]string{
	"int": {"i", "j", "2", "-3", "<int> + <int>", "<int> - <int>", "<int> * <int>", "<int> % <int>", "(<int>)", "-<int>",
		"len(<list>)", "count(<list>, # > <int>)", "sum(<list>)", "sum(<list>, # * 2)", "<list>[0]", "xs[<int>]", "m.a",
		"m['b']", "(<bool> ? <int> : <int>)", "(findIndex(<list>, # == <int>) ?? -1)", "first(<list>) ?? 4", "(let a = <int>; a + a)",
		"reduce(<list>, #acc + #, <int>)", "(nothing ?? <int>)", "bitand(<int>, 15)", "abs(<int>)", "<list>[-1]", "(m?.a)"},
	"float": {"f", "1.5", "<int> / <int>", "<float> + <int>", "<float> * <float>", "<float> - <float>", "(<float>)", "-<float>",
		"(<bool> ? <float> : <float>)", "<int> ** 2", "float(<int>)"},
	"bool": {"yes", "no", "<int> < <int>", "<int> == <int>", "<float> >= <int>", "<int> != <float>", "<string> == <string>",
		"<bool> and <bool>", "(<bool> or <bool>)", "not (<bool>)", "<int> in <list>", "<int> not in <list>",
		"<string> contains <string>", "<string> startsWith <string>", "any(<list>, # > <int>)", "all(<list>, # < <int>)",
		"none(<list>, # == <int>)", "one(<list>, # != <int>)", "<string> matches 'w.*1'", "<string> < <string>",
		"<int> <= <int> <= <int>", "'a' in m", "<list> == <list>", "!(<bool>)", "nothing == null"},
	"string": {"t", "'a'", "<string> + <string>", "upper(<string>)", "(<bool> ? <string> : <string>)", "trimPrefix(<string>, 'w')",
		"replace(<string>, 'o', <string>)", "repeat(<string>, 2)", "join(split(<string>, '-'), <string>)", "rows[0].name"},
	"list": {"xs", "empty", "[<int>, <int>]", "filter(<list>, # > <int>)", "map(<list>, # + <int>)", "1..4", "<list>[1:]",
		"<list>[:2]", "sort(<list>)", "reverse(<list>)", "concat(<list>, <list>)", "uniq(<list>)", "map(<list>, #index)",
		"(<bool> ? <list> : <list>)", "<list> | filter(# != <int>)", "sortBy(<list>, -#)", "flatten([<list>, <list>])",
		"map(<list>, {let b = #; b * b})", "map(rows, .n)"},
}

// Value writes an expression of one of the types, at most depth deep.
func (g *Generator) Value(types string, depth int) string {
	choices := strings.Split(types, "|")
	forms := grammar[choices[g.Choose(len(choices))]]
	form := forms[g.Choose(len(forms))]
	if depth == 0 {
		form = forms[g.Choose(2)]
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(form, "<")
		word, after, closed := strings.Cut(rest, ">")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if _, isType := grammar[word]; !closed || !isType {
			out.WriteByte('<')
			form = rest
			continue
		}
		out.WriteString(g.Value(word, depth-1))
		form = after
	}
}
