package check

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// first checks the arms of a `first`: one of them is had, and what follows it runs.
func (c *checker) first(n *syntax.First) {
	if n.Arms == nil {
		return
	}
	if len(n.Arms.Steps) < 2 && !n.Arms.Lacks {
		c.errorf(CodeBounds, n.Arms.Span, "one arm is that step: write it alone, with its `then` behind it", "`first` needs two arms or more")
	}
	start := c.flow.clone()
	var out state
	for i, arm := range n.Arms.Steps {
		c.flow = start.clone()
		c.step(arm)
		c.armWaits(arm)
		if arm.Then != nil && arm.Written(syntax.ThenKey) && hasBlock(arm) {
			c.errorf(syntax.CodeWrongForm, arm.KeySpanOf(syntax.ThenKey), "put it at the end of `do`, or take `do` away", "an arm has `do` or `then`, not both")
		}
		c.block(arm.Then)
		if i == 0 {
			out = c.flow
		} else {
			out = merge(out, c.flow)
		}
	}
	if len(n.Arms.Steps) > 0 {
		c.flow = out
	}
}

// hasBlock reports whether an arm holds what it gets for steps of its own.
func hasBlock(arm *syntax.Step) bool {
	switch n := arm.Node.(type) {
	case *syntax.Acquire:
		return n.Do != nil
	case *syntax.Get:
		return n.Do != nil
	}
	return false
}

// armWaits reports arms that cannot be left again: of what wait they are a part.
func (c *checker) armWaits(arm *syntax.Step) {
	var list []*syntax.Reference
	allowed, hint := []expr.TypeKind{expr.TypeResource}, "wait in a task of its own, and `await` that in the arm"
	switch n := arm.Node.(type) {
	case *syntax.Acquire:
		if n.Whats == nil || n.Whats.IsList {
			return
		}
		list = n.Whats.Items
	case *syntax.Wait:
		if n.What == nil {
			return
		}
		list, allowed = n.What.Items, append([]expr.TypeKind{expr.TypeEvent}, onlooked...)
		if n.What.IsList {
			c.errorf(CodeValueType, n.What.Span, "write an arm with `await` for each", "`wait` of an arm takes an event, not tasks")
			return
		}
	}
	for _, r := range list {
		e := c.ExprOf(r)
		if e == nil || e.Tree == nil {
			continue
		}
		t := c.View(e).Type
		if !t.Open() && !slices.Contains(allowed, t.Kind) {
			c.errorf(CodeValueType, r.Span, hint, "`%s` of an arm takes %s, not %s", arm.Verb.Name, typeChoice(allowed), t.Article())
		}
	}
}
