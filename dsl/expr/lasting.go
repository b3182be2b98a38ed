package expr

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// Lasts reports whether the expression gives the same as long as the local variables are the same: it reads nothing else but what
// no run changes. Attributes of tasks and objects are not known here: Loop.Attr counts how many are looked at.
func (e *Tree) Lasts(facts Facts) bool {
	found := facts[e]
	return found != nil && found.lasts(e.root)
}

func (r *resolution) lasts(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.NilNode:
	case *ast.IdentifierNode:
		switch s := r.symbols[n]; {
		case s == nil:
			return n.Value == "null"
		case s.Kind != SymLocal && s.Kind != SymError && s.Kind != SymParam && s.Kind != SymPi:
			return false
		}
	case *ast.UnaryNode, *ast.BinaryNode, *ast.ChainNode, *ast.MemberNode, *ast.SliceNode, *ast.ConditionalNode, *ast.ArrayNode:
	case *ast.BuiltinNode, *ast.CallNode:
		if r.functions[n] != nil || !followsFromArguments(called(n)) {
			return false
		}
		if call, ok := n.(*ast.CallNode); ok {
			return !slices.ContainsFunc(call.Arguments, func(a ast.Node) bool { return !r.lasts(a) })
		}
	default:
		return false
	}
	return !slices.ContainsFunc(children(n), func(c ast.Node) bool { return !r.lasts(c) })
}

// followsFromArguments reports whether what a built-in function gives does. What shows a value is not among them: the names of tasks
// and objects may change.
func followsFromArguments(name string) bool {
	switch name {
	case "toJSON", "strftime", "format", "string":
		return false
	}
	b, ok := findBuiltin(name)
	return ok && (slices.Contains(TextBuiltins, b) || slices.Contains(NumberBuiltins, b) || slices.Contains(ListBuiltins, b) || slices.Contains(MapBuiltins, b))
}
