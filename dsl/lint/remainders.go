package lint

import (
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// remainders reports each `%` with a negative number, whose result has another sign in Python.
func (l *linter) remainders() {
	syntax.Walk(l.s.Root, func(r *syntax.Record) bool {
		for _, f := range r.Fields {
			syntax.Exprs(f.Value, l.info.ExprOf, func(e *syntax.Expr) {
				if e.Tree != nil {
					e.Tree.Remainders(l.remainder)
				}
			})
		}
		return true
	})
}

func (l *linter) remainder(text, a, b string, at source.Span) {
	l.warn(CodeRemainder, at, "`"+text+"` has the sign of `"+a+"`; in Python it has that of `"+b+"`",
		"Python's remainder is `mod("+a+", "+b+")`")
}
