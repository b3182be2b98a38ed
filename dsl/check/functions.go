package check

import (
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// functions declares the functions of expressions.
func (c *collector) functions(s *syntax.File) {
	for _, d := range s.Functions {
		if expr.IsBuiltin(d.Name.Text) {
			c.diags.Add(source.Diagnostic{Code: expr.CodeHiddenName, Span: d.Name.Span, Hint: "choose another name",
				Message: "the function `" + d.Name.Text + "` would hide the one of the language"})
			continue
		}
		if c.Functions[d.Name.Text] != nil {
			c.definedTwice("function", c.functionNamed(d.Name.Text), d.Name)
			c.twice[d] = true
			continue
		}
		f := &expr.Function{Name: d.Name.Text}
		for _, p := range d.Params {
			q := expr.Parameter{Name: p.Name.Text, Type: p.Type}
			if p.Default != nil {
				v := syntax.ConstantOf(p.Fit(p.Default))
				q.Default = &v
			}
			f.Params = append(f.Params, q)
		}
		if d.Value != nil && d.Value.Expr.Tree != nil {
			f.Body = d.Value.Expr.Tree
		} else {
			f.Result = expr.AnyType
		}
		c.Functions[f.Name] = f
	}
	told := map[string]bool{}
	for _, d := range s.Functions {
		c.function(d, told)
	}
}

// functionNamed is the name of the first function that has it.
func (c *collector) functionNamed(name string) *syntax.Name {
	i := slices.IndexFunc(c.s.Functions, func(d *syntax.Function) bool { return d.Name.Text == name })
	return c.s.Functions[i].Name
}

// function reports a function that calls itself, unless that was told of another one on its way, and finds out whether it
// draws.
func (c *collector) function(d *syntax.Function, told map[string]bool) {
	f := c.Functions[d.Name.Text]
	if f == nil || f.Body == nil || c.twice[d] {
		return
	}
	var path []string // from f to the function that is looked at
	seen := map[string]bool{}
	var visit func(g *expr.Function) bool
	visit = func(g *expr.Function) (circle bool) {
		path = append(path, g.Name)
		f.Draws = f.Draws || g.Body.Draws()
		g.Body.Calls(func(name string) {
			next := c.Functions[name]
			switch {
			case circle || next == nil || next.Body == nil:
			case next == f:
				circle = true
			case !seen[name]:
				seen[name] = true
				circle = visit(next)
			}
		})
		if !circle {
			path = path[:len(path)-1]
		}
		return circle
	}
	if visit(f) && !told[f.Name] {
		for _, name := range path {
			told[name] = true
		}
		c.diags.Add(source.Diagnostic{Code: CodeRecursion, Span: d.Name.Span,
			Hint:    "compute it in steps: a coroutine may call itself, and has loops",
			Message: "the function calls itself: " + strings.Join(append(path, f.Name), " → ")})
	}
}

// functions checks the functions of expressions and infers what they come to.
func (c *checker) functions() {
	for _, d := range c.s.Functions {
		c.enter(c.s.Part(d.Name)) // another file may not see it
		f := c.Functions[d.Name.Text]
		if f == nil || c.twice[d] {
			continue
		}
		c.functionParams(d)
		c.outside(true)
		c.Function = f
		var t expr.Type
		if d.Value != nil {
			t = c.expr(d.Value.Expr)
		}
		c.outside(false)
		if joined, _ := expr.Join(f.Result, t); !joined.Equal(f.Result) {
			f.Result, c.changed = joined, true
		}
	}
	c.enter(0)
}

// functionParams checks the defaults of a function's parameters.
func (c *checker) functionParams(d *syntax.Function) {
	optional := false
	for _, p := range d.Params {
		if g := c.Globals[p.Name.Text]; g != nil && g.Kind == expr.SymParam { // it sees no other
			c.errorf(expr.CodeHiddenName, p.Name.Span, "choose another name", "the parameter `%s` would hide %s", p.Name.Text,
				expr.SymbolWords[g.Kind])
		}
		switch {
		case p.Default == nil && optional:
			c.errorf(syntax.CodeParam, p.Name.Span, "put it before those that have one", "`%s` needs a default: it comes after a parameter with one",
				p.Name.Text)
		case p.Default == nil:
		case !p.Default.IsConstant():
			c.errorf(syntax.CodeParam, p.Default.Span, "write the value itself", "the default of a function's parameter is a constant")
		case !expr.Assignable(syntax.TypeOfLiteral(p.Fit(p.Default)), p.Type):
			c.errorf(CodeArgType, p.Default.Span, "", "`%s` is %s: its default cannot be %s", p.Name.Text, p.Type.Article(),
				syntax.TypeOfLiteral(p.Fit(p.Default)).Article())
		}
		optional = optional || p.Default != nil
	}
}
