package expr

import (
	"slices"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// countsAnother warns of `xs[#index]` where `#index` counts the elements of another list than xs, through which a
// predicate around this one goes.
func (c *checker) countsAnother(n *ast.MemberNode) {
	index, ok := n.Property.(*ast.PointerNode)
	if !ok || index.Name != "index" || len(c.loops) < 2 || c.env.Diags == nil {
		return
	}
	list, inner, outer := c.e.source(n.Node), c.loops[len(c.loops)-1], c.loops[:len(c.loops)-1]
	if inner.list == list || !slices.ContainsFunc(outer, func(l loopTypes) bool { return l.list == list }) {
		return
	}
	*c.env.Diags = append(*c.env.Diags, source.Diagnostic{Code: CodeOtherIndex, Severity: source.SeverityWarning,
		Span:    c.e.span(c.e.extent(index)),
		Message: "`#index` counts the elements of `" + source.Shorten(inner.list) + "` here, not those of `" + source.Shorten(list) + "`",
		Hint:    "give the outer one a name in the outer predicate: `let i = #index; …`, and write `" + source.Shorten(list) + "[i]`"})
}
