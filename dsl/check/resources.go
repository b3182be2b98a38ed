package check

import (
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// acquiredAll checks an `acquire` of several resources and returns their type.
func (c *checker) acquiredAll(n *syntax.Acquire) expr.Type {
	if len(n.Whats.Items) == 0 {
		c.errorf(CodeBounds, n.Whats.Span, "", "`acquire` needs at least one resource")
	}
	for _, item := range n.Whats.Items {
		if t := c.reference(item, syntax.AcquireKey); t.Kind != expr.TypeResource && !t.Open() && slices.Contains(syntax.AcquireKey.Types, t.Kind) {
			c.errorf(CodeValueType, item.Span, "nest them: an `acquire` inside the `do` of the other",
				"a list in `acquire` has resources, not %s", t.Article())
		}
	}
	for _, key := range []*syntax.Key{syntax.UnitKey, syntax.AmountKey} {
		if n.Written(key) {
			c.errorf(syntax.CodeWrongForm, n.KeySpanOf(key), "nest them: an `acquire` inside the `do` of the other",
				"`%s` has no place in an `acquire` of several: it takes one unit of each", key.Name)
		}
	}
	return expr.Type{Kind: expr.TypeResource}
}

// asks checks what a step asks of a resource and how long it waits: it is served, or `else` runs.
func (c *checker) asks(r *syntax.Record, limit syntax.Limit, ask *syntax.Asking, t expr.Type, then func()) {
	c.nowait(r, ask.Nowait)
	c.duration(limit.Within)
	start := c.flow.clone()
	for _, v := range []*syntax.Value{ask.Amount, ask.Priority, ask.Preempt, ask.Preemptible, ask.Nowait} {
		c.given(r, v)
	}
	c.unit(r, ask)
	then()
	if limit.Else != nil {
		c.otherwise(start, limit.Else)
	}
}

// unit checks the amount, and the variable for the number of a unit.
func (c *checker) unit(r *syntax.Record, ask *syntax.Asking) {
	if ask.Amount != nil {
		c.above(r.FieldOf(ask.Amount).Key, ask.Amount, true)
	}
	if ask.As != nil && ask.Amount != nil && !isNumber(ask.Amount, 1) {
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.UnitKey), "remove one of the two", "`as` is one unit: it has no place beside `amount`")
	}
	c.bind(ask.As, expr.IntType)
}

// isNumber reports whether a value is a certain integer as it is written.
func isNumber(v *syntax.Value, n int64) bool {
	return v.Kind == syntax.Literal && v.Const.Kind() == engine.KindInt && v.Const.AsInt() == n
}

// askKeys reports keys of an `acquire` that make no sense for what it acquires.
func (c *checker) askKeys(r *syntax.Record, t expr.Type) {
	if t.Open() {
		return
	}
	for _, f := range r.Fields {
		switch resource := t.Kind == expr.TypeResource; {
		case !resource && ofResources(f.Key):
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "remove it", "`%s` has no place in an `acquire` of %s", f.Key.Name, t.Article())
		case !resource && f.Key == syntax.AskElse && !r.Limited():
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "", "`else` needs `within`: it runs when that time is over")
		case f.Key == syntax.AskElse && !r.Limited() && !r.Written(syntax.NowaitKey) && !c.mayRefuse(r):
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "", "`else` needs `within`, `nowait` or a resource with `max_waiting`")
		}
	}
	if t.Kind == expr.TypeResource {
		c.looksAt(r)
	}
}

// ofResources reports whether a key of an `acquire` belongs to resources alone.
func ofResources(key *syntax.Key) bool {
	switch key {
	case syntax.AmountKey, syntax.PriorityKey, syntax.PreemptKey, syntax.PreemptibleKey, syntax.UnitKey, syntax.NowaitKey:
		return true
	}
	return false
}

// askedFor returns the declared resources that a step asks for by name; false: it may also be others.
func (c *checker) askedFor(r *syntax.Record) (list []*syntax.Object, all bool) {
	all = true
	for _, f := range r.Fields[:min(len(r.Fields), 1)] {
		for _, ref := range referencesIn(f.Value) {
			e := c.ExprOf(ref)
			i := -1
			if e != nil && e.Tree != nil {
				i = slices.IndexFunc(c.s.Objects, func(o *syntax.Object) bool { return o.Name.Text == e.Tree.Indexed() })
			}
			if i < 0 {
				all = false
			} else if c.s.Objects[i].Kind == expr.TypeResource {
				list = append(list, c.s.Objects[i])
			}
		}
	}
	return list, all
}

// mayRefuse reports whether a step asks a resource that may be full.
func (c *checker) mayRefuse(r *syntax.Record) bool {
	list, all := c.askedFor(r)
	room := func(o *syntax.Object) bool {
		return o.With().Room != nil || c.resized(o, func(n *syntax.Resize) bool { return n.Room != nil })
	}
	return !all || slices.ContainsFunc(list, room)
}

// looksAt reports keys that the order of a resource does not look at, and amounts that it never has.
func (c *checker) looksAt(r *syntax.Record) {
	list, _ := c.askedFor(r)
	for _, o := range list {
		if isShared(o.With()) {
			c.sharedUse(r, o)
			continue
		}
		order := "fifo"
		if name := o.With().Order; name != nil {
			order = name.Text
		} else if o.With().Rank != nil {
			order = "ranked"
		}
		if order != "priority" && order != "preemptive" && order != "ranked" && r.Written(syntax.PriorityKey) {
			c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.PriorityKey), "declare it with `order: priority`",
				"`%s` is %s: it does not look at `priority`", o.Name.Text, order)
		}
		if order != "preemptive" && r.Written(syntax.PreemptKey) {
			c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.PreemptKey), "declare it with `order: preemptive`",
				"`%s` is %s: nothing is preempted", o.Name.Text, order)
		}
		c.amountFits(r, o)
	}
}

// isShared reports whether a resource is used by all at once.
func isShared(o syntax.Options) bool { return o.Order != nil && o.Order.Text == "shared" }

// sharedUse reports what a step wants of a resource that is shared besides using it.
func (c *checker) sharedUse(r *syntax.Record, o *syntax.Object) {
	if _, ok := r.Node.(*syntax.Use); !ok {
		c.errorf(syntax.CodeWrongForm, r.Fields[0].KeySpan, "write `use: "+o.Name.Text+"` with `takes`",
			"`%s` is shared: nobody holds it, all who use it go on at once", o.Name.Text)
		return
	}
	for _, f := range r.Fields {
		if f.Key != r.Verb.Keys[0] && f.Key.Name != "takes" {
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "remove it", "`%s` is shared: nobody waits for it, and `%s` says nothing", o.Name.Text, f.Key.Name)
		}
	}
}

// sharedOptions reports options that say nothing of a resource that is shared.
func (c *checker) sharedOptions(r *syntax.Record, o syntax.Options) {
	if !isShared(o) {
		return
	}
	for _, f := range r.Fields {
		if slices.Contains(syntax.WaitingOptions, f.Key) {
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "remove it", "a shared resource has no `%s`: nobody waits for it", f.Key.Name)
		}
	}
}

// resized reports whether a step that says what is wanted resizes a resource, or may.
func (c *checker) resized(o *syntax.Object, wanted func(n *syntax.Resize) bool) bool {
	found := false
	syntax.Walk(c.s.Root, func(r *syntax.Record) bool {
		if n, ok := r.Node.(*syntax.Resize); ok && n.What != nil && wanted(n) {
			list, all := c.askedFor(r)
			found = found || !all || slices.Contains(list, o)
		}
		return true
	})
	return found
}

// amountFits reports an amount that is above every capacity of a resource.
func (c *checker) amountFits(r *syntax.Record, o *syntax.Object) {
	if o.With().Table != nil {
		return
	}
	asking, ok := r.Node.(interface{ Ask() *syntax.Asking })
	if joint, is := r.Node.(*syntax.Acquire); !ok || asking.Ask().Amount == nil || is && joint.What == nil {
		return
	}
	amount, capacity := asking.Ask().Amount, o.With().Capacity
	most := int64(1)
	if capacity != nil {
		if capacity.Kind != syntax.Literal || capacity.Const.Kind() != engine.KindInt {
			return
		}
		most = capacity.Const.AsInt()
	}
	if c.resized(o, func(n *syntax.Resize) bool { return n.Capacity != nil }) {
		return
	}
	if amount.Kind == syntax.Literal && amount.Const.Kind() == engine.KindInt && amount.Const.AsInt() > most {
		c.errorf(CodeBounds, amount.Span, "", "`amount` is %d and `%s` never has more than %d", amount.Const.AsInt(), o.Name.Text, most)
	}
}

func (c *checker) use(n *syntax.Use) {
	t := expr.Type{Kind: expr.TypeResource}
	c.objectOf(&n.Record, n.What)
	c.askKeys(&n.Record, t)
	c.asks(&n.Record, n.Limit, &n.Asking, t, func() { c.duration(n.Takes) })
}

// release checks a `release`: `of` is for resources alone, and so is releasing outside tasks.
func (c *checker) release(n *syntax.Release) {
	t := expr.AnyType
	if n.What != nil {
		t = c.reference(n.What, n.Verb.Keys[0])
		list, _ := c.askedFor(&n.Record)
		for _, o := range list {
			if isShared(o.With()) {
				c.errorf(syntax.CodeWrongForm, n.What.Span, "remove the step", "`%s` is shared: its `use` gives it back", o.Name.Text)
			}
		}
	}
	if n.Of == nil {
		return
	}
	c.reference(n.Of, n.FieldOf(n.Of).Key)
	if !t.Open() && t.Kind != expr.TypeResource && slices.Contains(n.Verb.Keys[0].Types, t.Kind) {
		c.errorf(syntax.CodeWrongForm, n.FieldOf(n.Of).KeySpan, "remove it", "`of` has no place in a `release` of %s", t.Article())
	}
}

func (c *checker) resize(n *syntax.Resize) {
	c.fields(&n.Record)
	for _, v := range []*syntax.Value{n.Capacity, n.Room} {
		if v != nil {
			c.above(n.FieldOf(v).Key, v, false)
		}
	}
	if !n.Written(syntax.ResizeCapacity) && !n.Written(syntax.ResizeRoom) && !n.IsPartial() {
		c.errorf(syntax.CodeMissingKey, n.Place(), "write `capacity: 2`", "`resize` needs `capacity` or `max_waiting`")
	}
}

// orderOf checks the order of an object made at run time.
func (c *checker) orderOf(kind expr.TypeKind, n *syntax.New) {
	words := syntax.OptionWords(kind, n.FieldOf(n.Order).Key)
	if !slices.Contains(words, n.Order.Text) {
		c.errorf(syntax.CodeWrongForm, n.Order.Span, "write one of "+source.QuoteList(words),
			"the order of a %s cannot be `%s`", strings.TrimSpace(expr.Type{Kind: kind}.String()), n.Order.Text)
	}
}
