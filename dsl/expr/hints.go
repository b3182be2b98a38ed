package expr

import (
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// typeWords is the types of Python as `type()` calls them here.
var typeWords = source.Words{
	{"int", "int"}, {"float", "float"}, {"str", "string"}, {"string", "string"}, {"bool", "bool"}, {"list", "list"},
	{"tuple", "list"}, {"dict", "map"}, {"map", "map"}, {"NoneType", "null"},
}

// comparesType reports whether items end with a call of `type`.
func comparesType(list []item) bool {
	n := len(list)
	return n > 1 && list[n-1].kind == '(' && list[n-2].text == "type"
}

// comparedType reports `type(x) == int`, where the name of the type stands without its quotes, and whether it is one.
func (c *checker) comparedType(n *ast.BinaryNode) bool {
	name, ok := n.Right.(*ast.IdentifierNode)
	left, called := n.Left.(*ast.BuiltinNode)
	if !ok || !called || left.Name != "type" || n.Operator != "==" && n.Operator != "!=" {
		return false
	}
	word := typeWords.Of(name.Value)
	if _, isVariable := c.lookupOuter(name.Value); isVariable || word == "" {
		return false
	}
	c.value(n.Left)
	c.report(n.Right, CodeUnknownName, "`type()` gives a text, `"+name.Value+"` is none",
		"write `"+c.e.source(n.Left)+" "+n.Operator+" '"+word+"'`")
	return true
}

// tried is the type of a node, and whether something in it was reported.
func (c *checker) tried(n ast.Node) (t Type, told bool) {
	failed := c.failed
	c.failed = false
	t = c.value(n)
	told = c.failed
	c.failed = told || failed
	return t, told
}

// defaultToo adds the value in place of null to the hint for `m.get(key) or value`, which is the latest diagnostic.
func (c *checker) defaultToo(n *ast.BinaryNode) {
	call, ok := n.Left.(*ast.CallNode)
	if !ok || c.env.Diags == nil || n.Operator != "or" && n.Operator != "||" || c.types[n.Right].Kind == TypeBool {
		return
	}
	m, _ := call.Callee.(*ast.MemberNode)
	if m == nil || len(*c.env.Diags) == 0 {
		return
	}
	name, _ := m.Property.(*ast.StringNode)
	d := &(*c.env.Diags)[len(*c.env.Diags)-1]
	if written, found := strings.CutPrefix(d.Hint, "write `"); found && name != nil && name.Value == "get" && len(call.Arguments) == 1 {
		d.Hint = "write `" + strings.TrimSuffix(written, "`") + " ?? " + c.e.source(n.Right) + "`"
	}
}

// textHint is how the variable n, which is text beside a value that is none, is made a number; "": nothing is known.
func (c *checker) textHint(n ast.Node, t, other Type) string {
	name, ok := n.(*ast.IdentifierNode)
	if !ok || c.env.TextHint == nil || t.Kind != TypeString || other.Kind == TypeString {
		return ""
	}
	if _, outer := c.lookupOuter(name.Value); !outer {
		return ""
	}
	return c.env.TextHint(name.Value)
}

// numberHint is how a number is written that cannot be read.
func numberHint(number string) string {
	if mended := MendDuration(number); mended != number && HasUnits(mended) && IsDuration(mended) {
		return "write `" + mended + "`"
	}
	return "numbers are written as 12, 2.5 or 1e3, durations as 250ms or 1m30s"
}

// formatted is Python's `'{} {}'.format(a, b)` as a text with `${…}`, "": it cannot be written so.
func formatted(n ast.Node, args []string) string {
	s, ok := n.(*ast.StringNode)
	if !ok || !strings.Contains(s.Value, "{") || strings.Contains(s.Value, "{{") {
		return ""
	}
	next, fits := 0, true
	out := replacedFields.Regexp().ReplaceAllStringFunc(s.Value, func(field string) string {
		which, spec, hasSpec := strings.Cut(field[1:len(field)-1], ":")
		at, err := strconv.Atoi(which)
		if which == "" {
			at, err = next, nil
			next++
		}
		switch {
		case err != nil || at < 0 || at >= len(args):
			fits = false
			return field
		case hasSpec:
			return "${format('%" + spec + "', " + args[at] + ")}"
		}
		return "${" + args[at] + "}"
	})
	if !fits {
		return ""
	}
	return out
}
