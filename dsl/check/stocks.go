package check

import (
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// stocked checks what a `put` or a `get` works on, and reports keys that make no sense for it, and those that it lacks.
func (c *checker) stocked(r *syntax.Record, what *syntax.Reference) {
	t := c.reference(what, r.Verb.Keys[0])
	if r.IsPartial() {
		return
	}
	verb, name := r.Verb.Name, c.s.Source.Text(what.Span)
	for _, f := range r.Fields {
		if !t.Open() && isStocked(t.Kind) && !takesKey(t.Kind, f.Key) {
			c.errorf(syntax.CodeWrongForm, f.KeySpan, stockHint(t.Kind, f.Key), "`%s` has no place in a `%s` of %s", f.Key.Name, verb, t.Article())
		}
	}
	value, amount := r.Written(syntax.PutValue), r.Written(syntax.PutAmount) || r.Written(syntax.GetAmount)
	switch {
	case t.Kind == expr.TypeContainer && !amount && verb == "get": // of a `put` the parser says it
		c.errorf(syntax.CodeMissingKey, r.Place(), "write `amount: 1`", "`%s` is a container: `%s` lacks its `amount`", name, verb)
	case !isStocked(t.Kind) && value && amount:
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.PutAmount), "remove one of the two", "`put` takes a `value`, or the `amount` for a container")
	}
}

func isStocked(k expr.TypeKind) bool {
	return k == expr.TypeQueue || k == expr.TypeContainer || k == expr.TypeStore
}

// takesKey reports whether a key of `put` or `get` is for objects of a kind.
func takesKey(k expr.TypeKind, key *syntax.Key) bool {
	switch key {
	case syntax.PutValue, syntax.AsKey, syntax.WhereKey:
		return k != expr.TypeContainer
	case syntax.PutAmount:
		return k == expr.TypeContainer
	case syntax.GetAmount, syntax.ItemPriority:
		return k != expr.TypeQueue
	case syntax.AtLeastKey, syntax.LoanKey:
		return k == expr.TypeStore
	}
	return true
}

// stockHint says what to write instead of a key.
func stockHint(k expr.TypeKind, key *syntax.Key) string {
	switch {
	case k == expr.TypeContainer && key == syntax.PutValue:
		return "it takes an `amount`"
	case k != expr.TypeContainer && key == syntax.PutAmount:
		return "it takes a `value`"
	case k == expr.TypeQueue:
		return "declare it under `stores`"
	}
	return "remove it"
}

// loan checks the batch and the loan of a `get`.
func (c *checker) loan(n *syntax.Get) {
	if n.AtLeast != nil {
		c.above(syntax.AtLeastKey, n.AtLeast, true)
		if n.Amount == nil || !n.Limited() {
			c.errorf(syntax.CodeWrongForm, n.KeySpanOf(syntax.AtLeastKey), "", "`at_least` needs `amount` and `within`: it says what will do when that time is over")
		} else if most, least, ok := twoInts(n.Amount, n.AtLeast); ok && least > most {
			c.errorf(CodeBounds, n.AtLeast.Span, "", "`at_least` is %d and `amount` is %d: it cannot be more", least, most)
		}
	}
	if n.Amount != nil {
		c.above(syntax.GetAmount, n.Amount, true)
	}
	if n.Do != nil {
		c.block(n.Do)
	}
}

// twoInts is the numbers that two values are as they are written; false: they are not.
func twoInts(a, b *syntax.Value) (x, y int64, ok bool) {
	for _, v := range []*syntax.Value{a, b} {
		if v.Kind != syntax.Literal || v.Const.Kind() != engine.KindInt {
			return 0, 0, false
		}
	}
	return a.Const.AsInt(), b.Const.AsInt(), true
}

// begins checks what a container or a store begins with.
func (c *checker) begins(o *syntax.Object) {
	with, v := o.With(), c.Globals[o.Name.Text]
	switch {
	case with.Initial == nil:
	case o.Kind == expr.TypeStore && v != nil:
		if t := c.text(with.Initial); t.Kind == expr.TypeList {
			c.widenType(&v.items, t.Element())
		} else if !t.Open() {
			v.items = expr.AnyType
		}
	case o.Kind == expr.TypeContainer && with.Capacity != nil:
		if capacity, initial, ok := twoInts(with.Capacity, with.Initial); ok && initial > capacity {
			c.errorf(CodeBounds, with.Initial.Span, "", "`initial` is %d and `capacity` is %d: so much does not fit", initial, capacity)
		}
	}
}
