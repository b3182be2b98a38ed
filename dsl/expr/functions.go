package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
	"runloop/engine"
)

// Function is a function of the scenario: an expression with parameters. In Body they are symbols of the kind SymArgument.
type Function struct {
	Name   string
	Params []Parameter
	Body   *Tree // nil: it could not be read
	Result Type  // as far as it is known
	Draws  bool  // its value is drawn at random, or may be
}

// Parameter is a parameter of a Function.
type Parameter struct {
	Name    string
	Type    Type
	Default *engine.Value // nil: it must be given
}

// required is how many arguments must be given.
func (f *Function) required() int {
	n := len(f.Params)
	for n > 0 && f.Params[n-1].Default != nil {
		n--
	}
	return n
}

// Signature shows the function as the reference shows built-in ones: "backoff(n int, cap? number) number".
func (f *Function) Signature() string {
	parts := make([]string, len(f.Params))
	for i, p := range f.Params {
		optional := ""
		if p.Default != nil {
			optional = "?"
		}
		parts[i] = p.Name + optional + " " + p.Type.String()
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ") " + f.Result.String()
}

// Calls yields the names of what an expression calls.
func (e *Tree) Calls(yield func(name string)) {
	each(e.root, func(n ast.Node) {
		if call, ok := n.(*ast.CallNode); ok {
			if name, ok := call.Callee.(*ast.IdentifierNode); ok {
				yield(name.Value)
			}
		}
	})
}

// IsBuiltin reports whether there is a built-in function of that name.
func IsBuiltin(name string) bool {
	_, found := findBuiltin(name)
	return found
}

// function checks a call of a function of the scenario.
func (c *checker) function(n ast.Node, f *Function, args []ast.Node) Type {
	for i, a := range args {
		t := c.value(a)
		if i < len(f.Params) && !Assignable(t, f.Params[i].Type) {
			p := f.Params[i]
			c.report(a, CodeType, fmt.Sprintf("%s(): %s must be %s, `%s` is %s", f.Name, p.Name, p.Type.Article(), c.e.source(a),
				t.Article()), f.Signature())
		}
	}
	switch least := f.required(); {
	case len(args) < least:
		c.report(n, CodeArguments, fmt.Sprintf("%s() lacks its argument `%s`", f.Name, f.Params[len(args)].Name), f.Signature())
	case len(args) > len(f.Params):
		c.report(args[len(f.Params)], CodeArguments, fmt.Sprintf("%s() takes %d arguments, not %d", f.Name, len(f.Params), len(args)),
			f.Signature())
	}
	if f.Draws && c.env.NoDraws {
		c.report(n, CodeNotHere, fmt.Sprintf("`%s` draws a random number, which is not possible here", f.Name),
			"looking at a run must not change it: draw in a step and keep the value in a variable")
	}
	c.functions[n] = f
	return f.Result
}

// functionNames is the names of all functions, sorted, for "did you mean".
func (c *checker) functionNames() []string {
	names := builtinNames()
	for name := range c.env.Functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// suggestFunction is the function that a name most likely means, "": none.
func (c *checker) suggestFunction(name string) string { return source.Suggest(name, c.functionNames()) }

// function compiles a call of a function of the scenario: its body stands in place of the call. Constants and plain variables
// stand in place of the parameters; other arguments are computed first and kept by the loop meanwhile.
func (c *compiler) function(n ast.Node, f *Function, args []ast.Node) Compiled {
	first := c.kept
	c.kept += len(f.Params)
	inner := compiler{resolution: c.facts[f.Body], facts: c.facts, e: f.Body, kept: c.kept, args: make([]Compiled, len(f.Params))}
	var keep []func(l *engine.Loop)
	for i, p := range f.Params {
		if i >= len(args) {
			inner.args[i] = OfConst(p.Type, *p.Default)
			continue
		}
		given, sure := c.compile(args[i]), (Param{Types: []Type{p.Type}}).Sure
		if sure(given.Type) && (given.Const != nil || given.place != placeNone) {
			inner.args[i] = given
			continue
		}
		slot := first + i
		eval := given.peek()
		if !sure(given.Type) {
			eval = given.As(p.Type, "`"+p.Name+"` of `"+f.Name+"`")
		}
		keep = append(keep, func(l *engine.Loop) { l.Keep(slot, eval(l)) })
		inner.args[i] = keptValue(p.Type, slot)
	}
	body := inner.compile(f.Body.root)
	c.stateful = c.stateful || inner.stateful
	c.makes = c.makes || inner.makes || f.Body.makesMuch(inner.resolution)
	c.kept = first
	if keep == nil {
		body.Const, body.Plus = nil, 0
		return body
	}
	return after(keep, body)
}

// keptValue is an argument that the loop keeps.
func keptValue(t Type, slot int) Compiled {
	c := ofVariable(t, func(l *engine.Loop) engine.Value { return l.Kept(slot) })
	switch t.Kind {
	case TypeInt:
		c.Int = func(l *engine.Loop) int64 { return l.Kept(slot).AsInt() }
	case TypeFloat, TypeNumber:
		c.Float = func(l *engine.Loop) float64 { return numberOf(l.Kept(slot)) }
	case TypeBool:
		c.Bool = func(l *engine.Loop) bool { return l.Kept(slot).AsBool() }
	}
	return c
}

// after is body, computed once its arguments are.
func after(keep []func(l *engine.Loop), body Compiled) Compiled {
	first := keep[0]
	for _, next := range keep[1:] {
		before := first
		first = func(l *engine.Loop) {
			before(l)
			next(l)
		}
	}
	out := Compiled{Type: body.Type, Value: then(first, body.Value), Int: then(first, body.Int), Float: then(first, body.Float),
		Bool: then(first, body.Bool)}
	if body.look != nil {
		out.look = then(first, body.look)
	}
	text := body.Text
	out.Text = func(l *engine.Loop, dst []byte) []byte {
		first(l)
		return text(l, dst)
	}
	return out
}

func then[T any](first func(l *engine.Loop), f func(l *engine.Loop) T) func(l *engine.Loop) T {
	if f == nil {
		return nil
	}
	return func(l *engine.Loop) T {
		first(l)
		return f(l)
	}
}
