package lint

import (
	"slices"

	"runloop/dsl/syntax"
)

// loans reports items that the steps of a loan put back by hand: they go back by themselves, and would be there twice.
func (l *linter) loans() {
	syntax.Walk(l.s.Root, func(r *syntax.Record) bool {
		n, ok := r.Node.(*syntax.Get)
		if !ok || n.Do == nil || n.As == nil || n.Queue == nil {
			return true
		}
		for _, s := range n.Do.Steps {
			syntax.Walk(s, func(inner *syntax.Record) bool {
				put, isPut := inner.Node.(*syntax.Put)
				switch {
				case slices.ContainsFunc(assigned(inner), func(name *syntax.Name) bool { return name.Text == n.As.Text }):
					return false // it may be another item from here on
				case isPut && put.Queue != nil && put.Queue.Text == n.Queue.Text && put.Value != nil && put.Value.Expr != nil &&
					put.Value.Expr.Text == n.As.Text:
					l.warn(CodeLoanPut, put.Value.Span, "`"+n.As.Text+"` is on loan: it goes back by itself, and would be there twice",
						"remove the `put`, or the `do` of the `get`")
				}
				return true
			})
		}
		return true
	})
}
