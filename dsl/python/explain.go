package python

import (
	"fmt"
	"slices"
	"strings"

	"runloop/dsl/expr"
)

// explain returns Python for the text by which an AssertionError explains why s does not have the wanted value. It is
// empty if there is nothing to say.
func (t *translator) explain(s *expr.Node, holds bool) string {
	switch {
	case s.Kind == expr.UnaryNode && s.Text == "not":
		return t.explain(s.Args[0], !holds)
	case s.Kind == expr.BinaryNode && (s.Text == "and" || s.Text == "or"):
		return t.explainPair(s, holds)
	case s.Kind == expr.BinaryNode && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "in", "contains",
		"startsWith", "endsWith", "matches"}, s.Text):
		if text := t.values(s.Args...); text != "" {
			return text
		}
	}
	return t.values(s)
}

// explainPair explains `and` and `or` by the operand that decides the result, or by both if neither does alone.
func (t *translator) explainPair(s *expr.Node, holds bool) string {
	decisive := s.Text == "or"
	left, right := t.explain(s.Args[0], holds), t.explain(s.Args[1], holds)
	if left == "" {
		left = `""`
	}
	if right == "" {
		right = `""`
	}
	if holds != decisive {
		return left + ` + ", " + ` + right
	}
	test := t.node(s.Args[0]).in(bindNot)
	if !decisive {
		test = "not " + test
	}
	return fmt.Sprintf("(%s if %s else %s)", left, test, right)
}

// values returns Python for the text that shows the values of the operands, except constants.
func (t *translator) values(nodes ...*expr.Node) string {
	var parts []string
	for _, s := range nodes {
		if s.Kind == expr.ConstantNode {
			continue
		}
		t.use("quoted")
		lead := s.Source + " is "
		if len(parts) > 0 {
			lead = ", " + lead
		}
		parts = append(parts, quote(lead)+" + quoted("+t.node(s).text+")")
	}
	return strings.Join(parts, " + ")
}
