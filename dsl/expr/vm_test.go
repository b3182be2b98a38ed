package expr

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/expr-lang/expr"

	"runloop/dsl/expr/exprtest"
	"runloop/engine"
)

// FuzzExpr holds our closures to expr's own virtual machine: over expressions that the bytes choose both give the same
// value. And whatever the text, nothing panics, and a value is of its static type.
func FuzzExpr(f *testing.F) {
	for _, seed := range []string{
		"", "i + 1", "((((", "xs[", "a?.b[", "let x = 1; x", "map(xs, # + '", "é ? : 1", "tasks['x'].y", "-9223372036854775808",
		"reduce(xs, #acc + #)", "format('%*d', 3, i)", "xs[least:big]", "s[least:]", "m?.a?.b ?? nothing", "b'x'", "1..2..3",
		"nothing matches nothing", "filter(rows, .n > 1)[0]?.name", "round(big, least)", "sum(mixed)", "a.b.c()", "#", "::len(xs)",
		"sort(rows)", "$env", "toJSON($env)", "{}.a", "i ?: 1", "not not yes", "count(mixed)", "'a'..'b'", "if yes { 1 } else { 2 }",
	} {
		f.Add(seed)
	}
	for i := range 300 {
		f.Add(strings.Repeat(strconv.Itoa(i*i*7919), 12))
	}
	f.Fuzz(func(t *testing.T, data string) {
		evaluate(t, data)
		g := exprtest.Generator{Data: []byte(data)}
		text := g.Value("int|bool|float|string|list", 4)
		compareWithVM(t, text)
	})
}

// compareWithVM evaluates text here and on expr's virtual machine.
func compareWithVM(t *testing.T, text string) {
	t.Helper()
	want, err := expr.Eval(text, vmVariables())
	if err != nil {
		return // expr refuses what our types allow, or fails on an index
	}
	e, env, _, diags := checkText(text)
	if len(diags) > 0 {
		return
	}
	c := e.Compile(env.Facts)
	var got string
	fail := inLoop(t, func(l *engine.Loop) { got = string(l.AppendJSON(nil, c.Value(l))) })
	if strings.HasPrefix(fail, "OverflowError") || strings.HasPrefix(fail, "ZeroDivisionError") {
		return // where expr wraps around, or gives an infinity
	}
	if fail != "" || got != vmText(want) {
		t.Errorf("%s\n got %s%s\nwant %s", text, got, fail, vmText(want))
	}
}

// vmVariables is the test's variables as expr has them.
func vmVariables() map[string]any {
	out := map[string]any{}
	for _, v := range exprtest.Variables {
		out[v.Name] = vmValue(v.Value)
	}
	return out
}

func vmValue(v engine.Value) any {
	switch v.Kind() {
	case engine.KindInt:
		return int(v.AsInt())
	case engine.KindFloat:
		return v.AsFloat()
	case engine.KindBool:
		return v.AsBool()
	case engine.KindString:
		return v.AsString()
	case engine.KindList:
		list := []any{}
		for _, e := range v.Elems() {
			list = append(list, vmValue(e))
		}
		return list
	case engine.KindMap:
		m := map[string]any{}
		for i, k := range v.Keys() {
			m[k] = vmValue(v.Vals()[i])
		}
		return m
	}
	return nil
}

// vmText is a result of expr as JSON in our spelling.
func vmText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return string(engine.AppendJSON(nil, nil, engine.Float(v)))
	case string:
		return string(engine.AppendJSON(nil, nil, engine.String(v)))
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = vmText(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []int:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = strconv.Itoa(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// The closures' speed: run `go test -bench Expr ./dsl/expr`.
func BenchmarkExpr(b *testing.B) {
	for _, text := range []string{"i + 1", "i < 10", "i == 7", "i % 3 == 1", "i * j - 4", "f * 2.5 + i", "dyn + 1", "s == 'x'",
		"xs[1]", "m.a", "yes ? i : j", "i > 3 and j < 0", "sum(xs, # * 2)", "count(xs, # > 1)", "len(xs)", "max(i, j)"} {
		b.Run(text, func(b *testing.B) {
			e, env, _, diags := checkText(text)
			if len(diags) > 0 {
				b.Fatal(diags)
			}
			c := e.Compile(env.Facts)
			inLoop(b, func(l *engine.Loop) {
				b.ReportAllocs()
				switch {
				case c.Bool != nil:
					for b.Loop() {
						c.Bool(l)
					}
				case c.Int != nil:
					for b.Loop() {
						c.Int(l)
					}
				default:
					for b.Loop() {
						c.Value(l)
					}
				}
			})
		})
	}
	b.Run("text: now i s", func(b *testing.B) {
		e, env, _, _ := checkText("strftime('%M:%S') + ' ' + t")
		text := e.Compile(env.Facts).Text
		var buf []byte
		inLoop(b, func(l *engine.Loop) {
			b.ReportAllocs()
			for b.Loop() {
				buf = text(l, buf[:0])
			}
		})
	})
}
