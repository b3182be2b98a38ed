package python

import (
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// newContainer returns Python that makes a container.
func (f *function) newContainer(o syntax.Options) string {
	f.use("Container")
	var args []string
	if o.Capacity != nil {
		args = append(args, f.value(o.Capacity).text)
	}
	if o.Initial != nil {
		args = append(args, "initial="+f.value(o.Initial).text)
	}
	if flag(o.Overtake) {
		args = append(args, "overtake=True")
	}
	return "Container(" + strings.Join(args, ", ") + ")"
}

// newStore returns Python that makes a store.
func (f *function) newStore(o syntax.Options) string {
	f.use("Store")
	var args []string
	if o.Capacity != nil {
		args = append(args, f.value(o.Capacity).text)
	}
	if o.Order != nil {
		if o.Order.Text == "random" {
			f.refusef(o.Order.Span, "a store with `order: random` cannot be exported")
		}
		args = append(args, "order="+quote(o.Order.Text))
	}
	if o.Initial != nil {
		args = append(args, "initial="+f.value(o.Initial).text)
	}
	return "Store(" + strings.Join(args, ", ") + ")"
}

// isStock reports whether a step works on a container or a store: what it is about is one, or it has a key that only those take.
func (f *function) isStock(r *syntax.Reference, keys ...*syntax.Value) bool {
	switch f.kind(r) {
	case expr.TypeContainer, expr.TypeStore:
		return true
	case expr.TypeQueue:
		return false
	}
	return slices.ContainsFunc(keys, func(v *syntax.Value) bool { return v != nil })
}

// isStocked reports whether a step is known to work on a container or a store.
func (e *exporter) isStocked(r *syntax.Reference) bool {
	k := e.info.View(e.info.ExprOf(r)).Type.Kind
	return k == expr.TypeContainer || k == expr.TypeStore
}

// offer writes `put` into a container or a store.
func (f *function) offer(n *syntax.Put) {
	v := n.Value
	if v == nil {
		v = n.Amount
	}
	args := []string{f.value(v).text}
	if n.Priority != nil {
		args = append(args, "priority="+f.value(n.Priority).text)
	}
	f.claimed("QueueFull", f.what(n.Queue)+".put", args, n.Nowait, n.Limit, nil)
}

// want writes `get` from a container or a store.
func (f *function) want(n *syntax.Get) {
	if n.AtLeast != nil {
		f.refusef(n.KeySpanOf(syntax.AtLeastKey), "asyncio has no counterpart of `at_least`")
	}
	var args []string
	if n.Amount != nil {
		args = append(args, f.value(n.Amount).text)
	}
	if n.Priority != nil {
		args = append(args, "priority="+f.value(n.Priority).text)
	}
	if where := f.where(n); where != "" {
		args = append(args, "where="+where)
	}
	var then func(claim string)
	what := f.what(n.Queue)
	if n.Do != nil {
		what = f.kept(what)
		args = append(args, "loan=True")
	}
	if n.As != nil || n.Do != nil {
		then = func(claim string) {
			if n.As != nil {
				f.use("Store")
				f.assign(n.As.Text, "Store.value("+claim+")")
			}
			if n.Do != nil {
				f.suite("try:", n.Do)
				f.under("finally:", func() { f.linef("%s.give_back(%s)", what, claim) })
			}
		}
	}
	f.claimed("QueueEmpty", what+".get", args, n.Nowait, n.Limit, then)
}

// claimed writes a call that asks a container or a store, and what follows it; of type typ is what it raises where it may not wait.
func (f *function) claimed(typ, call string, args []string, nowait *syntax.Value, limit syntax.Limit, then func(claim string)) {
	f.use("asyncio")
	call = "await " + call + "(" + strings.Join(args, ", ") + ")"
	if flag(nowait) {
		call = strings.Replace(strings.TrimPrefix(call, "await "), "(", "_nowait(", 1)
	}
	if then == nil && limit.Else == nil {
		f.limited(limit, func() { f.linef("%s", call) })
		return
	}
	claim := f.temp()
	ask := func() { f.linef("%s = %s", claim, call) }
	if limit.Else == nil {
		f.limited(limit, ask)
		then(claim)
		return
	}
	f.linef("%s = None", claim)
	if flag(nowait) {
		f.under("try:", ask)
		f.under("except asyncio."+typ+":", func() { f.linef("pass") })
	} else {
		f.limited(syntax.Limit{Within: limit.Within, Else: &syntax.Block{}}, ask)
	}
	f.under("if "+claim+" is None:", func() { f.block(limit.Else) })
	if then != nil {
		f.under("else:", func() { then(claim) })
	}
}
