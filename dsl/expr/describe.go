package expr

import (
	"github.com/expr-lang/expr/ast"

	"runloop/engine"
)

// Describe gives the text that says why a condition does not hold: the values of the parts of the comparison that
// failed, `count is 3, total is 4`. It is for a condition that has just been evaluated.
func (e *Tree) Describe(facts Facts) engine.EvalText {
	found := facts[e]
	build := func() (*compiler, engine.EvalText) {
		c := compiler{resolution: found, facts: facts, e: e}
		return &c, c.explain(e.root, false)
	}
	c, text := build()
	if !c.stateful {
		return text
	}
	return pooled(OfText(text), func() Compiled {
		_, text := build()
		return OfText(text)
	}).Text
}

// explain says why n is not what it was wanted to be: holds is what it came out as.
func (c *compiler) explain(n ast.Node, holds bool) engine.EvalText {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return c.explain(n.Node, !holds)
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			return c.explainPair(n, holds, false)
		case "or", "||":
			return c.explainPair(n, holds, true)
		case "==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches":
			if text := c.explainValues(n.Left, n.Right); text != nil {
				return text
			}
		}
	}
	if text := c.explainValues(n); text != nil {
		return text
	}
	return func(_ *engine.Loop, dst []byte) []byte { return dst }
}

// explainPair explains `a and b` and `a or b`. Where one part alone decided, it is that part which is explained: the
// first one that came out as decisive says. Otherwise both.
func (c *compiler) explainPair(n *ast.BinaryNode, holds, decisive bool) engine.EvalText {
	left, right := c.explain(n.Left, holds), c.explain(n.Right, holds)
	if holds == decisive {
		test := c.compile(n.Left).AsBool("a condition")
		return func(l *engine.Loop, dst []byte) []byte {
			if test(l) == decisive {
				return left(l, dst)
			}
			return right(l, dst)
		}
	}
	return func(l *engine.Loop, dst []byte) []byte {
		start := len(dst)
		dst = left(l, dst)
		if len(dst) > start {
			dst = append(dst, ", "...)
		}
		return right(l, dst)
	}
}

// explainValues says what the nodes are that are no literals; nil if all are.
func (c *compiler) explainValues(nodes ...ast.Node) engine.EvalText {
	var texts []engine.EvalText
	for _, n := range nodes {
		value := c.compile(n)
		if value.Const != nil {
			continue
		}
		source := c.e.source(n)
		texts = append(texts, func(l *engine.Loop, dst []byte) []byte {
			dst = append(append(dst, source...), " is "...)
			if v := value.peek()(l); v.Kind() == engine.KindString {
				return l.AppendJSON(dst, v)
			} else {
				return l.AppendText(dst, v)
			}
		})
	}
	if len(texts) == 0 {
		return nil
	}
	return func(l *engine.Loop, dst []byte) []byte {
		for i, text := range texts {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = text(l, dst)
		}
		return dst
	}
}
