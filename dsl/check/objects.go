package check

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// within checks a step with its limit: either the step ends in time, or the time is over and `else` runs.
func (c *checker) within(r *syntax.Record, limit syntax.Limit, step func()) {
	switch {
	case r.Limited():
	case r.Written(syntax.ElseKey):
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.ElseKey), "", "`else` needs `within`: it runs when that time is over")
	case r.Written(syntax.NowaitElse) && !r.Written(syntax.NowaitKey):
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.NowaitElse), "", "`else` needs `within` or `nowait`: it runs where the step gives up")
	}
	c.duration(limit.Within)
	start := c.flow.clone()
	step()
	if limit.Else != nil {
		c.otherwise(start, limit.Else)
	}
}

// otherwise checks steps that run instead of those just checked, from the state before them.
func (c *checker) otherwise(start state, b *syntax.Block) {
	out := c.flow
	c.flow = start
	c.block(b)
	c.flow = merge(out, c.flow)
}

func (c *checker) timeout(n *syntax.Timeout) {
	c.duration(n.For)
	if n.At != nil {
		c.duration(n.At.At)
	}
	c.bind(n.As, expr.Type{Kind: expr.TypeTimeout})
	start := c.flow.clone()
	c.block(n.Do)
	if n.Else != nil {
		c.otherwise(start, n.Else)
	}
}

func (c *checker) reschedule(n *syntax.Reschedule) {
	c.fields(&n.Record)
	if n.After != nil && n.At != nil {
		c.errorf(syntax.CodeWrongForm, n.FieldOf(n.At).KeySpan, "remove one of the two", "`reschedule` takes `after` or `at`, not both")
	}
}

// references checks references. It returns the type of a single one, or the list type of several.
func (c *checker) references(r *syntax.References, key *syntax.Key) expr.Type {
	if !r.IsList {
		for _, item := range r.Items {
			return c.reference(item, key)
		}
	}
	return expr.ListOf(c.listed(r, key))
}

// listed checks the references of a list and returns the type of its elements. It reports only the first that cannot
// stand in a list.
func (c *checker) listed(r *syntax.References, key *syntax.Key) expr.Type {
	elem, told := expr.Type{}, false
	for _, item := range r.Items {
		t := c.referred(item, key)
		if !told && t.Kind != expr.TypeTask && t.Kind != expr.TypeFuture && t.Kind != expr.TypeAny && t.Kind != expr.TypeUnknown {
			c.errorf(CodeValueType, item.Span, listHint(item, t), "a list in `%s` has tasks and futures, not %s", key.Name, t.Article())
			told = true
		}
		elem, _ = expr.Join(elem, t)
	}
	return elem
}

// Waited returns the kind of object that a `wait` for a t waits for; TypeList stands for tasks.
func Waited(t expr.Type) expr.TypeKind {
	switch t.Kind {
	case expr.TypeEvent, expr.TypeBarrier, expr.TypeCondition, expr.TypeResource, expr.TypeContainer, expr.TypeStore, expr.TypeQueue:
		return t.Kind
	}
	return expr.TypeList
}

// onlooked is the kinds of objects of which a `wait` with `until` waits for something to hold.
var onlooked = []expr.TypeKind{expr.TypeResource, expr.TypeContainer, expr.TypeStore, expr.TypeQueue}

// Onlooked reports whether a `wait` for an object of a kind waits until something holds of it.
func Onlooked(kind expr.TypeKind) bool { return slices.Contains(onlooked, kind) }

func (c *checker) wait(n *syntax.Wait) {
	refs := n.What
	if refs == nil {
		return
	}
	t := c.references(refs, syntax.WaitKey)
	kind := Waited(t)
	if t.Kind == expr.TypeAny && !refs.IsList && len(refs.Items) > 0 && c.ExprOf(refs.Items[0]) != nil {
		c.errorf(CodeValueType, refs.Span, "declare its type: `params: { x: event }`",
			"`wait` must know what this is: a list of tasks, an event, a barrier, a condition, or a resource, container, store or queue")
	}
	if refs.IsList && len(refs.Items) == 0 {
		c.errorf(CodeBounds, refs.Span, "", "`wait` needs at least one task: of none it raises ValueError")
	}
	if t.Kind != expr.TypeUnknown {
		c.waitKeys(n, kind)
	}
	if Onlooked(kind) && !n.Written(syntax.WaitUntil) {
		c.errorf(syntax.CodeMissingKey, n.Place(), "write `until: "+refs.Items[0].Text+"."+untilExample[kind]+"`",
			"`wait` for %s lacks its `until`: what has to hold of it", t.Article())
	}
	c.within(&n.Record, n.Limit, func() {
		c.condition(n.Until)
		result := expr.IntType
		if kind == expr.TypeList {
			result = expr.MapOf(expr.ListOf(eachOf(t)))
		}
		c.bind(n.As, result)
	})
}

// waitKeys reports keys of a `wait` that make no sense for the kind of object it waits for.
func (c *checker) waitKeys(n *syntax.Wait, kind expr.TypeKind) {
	belongs := map[*syntax.Key][]expr.TypeKind{
		syntax.WaitWhen: {expr.TypeList}, syntax.WaitUntil: append(onlooked[:len(onlooked):len(onlooked)], expr.TypeCondition),
		syntax.WaitAs:  {expr.TypeList, expr.TypeBarrier},
		syntax.ElseKey: append(onlooked[:len(onlooked):len(onlooked)], expr.TypeEvent, expr.TypeBarrier, expr.TypeCondition),
	}
	for _, f := range n.Fields {
		if kinds := belongs[f.Key]; kinds != nil && !slices.Contains(kinds, kind) {
			hint := ""
			if f.Key == syntax.ElseKey {
				hint = "its end is no error for tasks: look at `pending` of what `as` gets"
			}
			c.errorf(syntax.CodeWrongForm, f.KeySpan, hint, "`%s` has no place in a `wait` for %s", f.Key.Name, waitedWords[kind])
		}
	}
}

var waitedWords = [len(expr.TypeWords)]string{
	expr.TypeList: "tasks", expr.TypeEvent: "an event", expr.TypeBarrier: "a barrier", expr.TypeCondition: "a condition",
	expr.TypeResource: "a resource", expr.TypeContainer: "a container", expr.TypeStore: "a store", expr.TypeQueue: "a queue",
}

// untilExample is what could be waited for, by kind.
var untilExample = [len(expr.TypeWords)]string{
	expr.TypeResource: "waiting < 3", expr.TypeContainer: "level <= 5", expr.TypeStore: "size == 0", expr.TypeQueue: "size == 0",
}

func (c *checker) asCompleted(n *syntax.AsCompleted) {
	if n.Tasks == nil {
		return
	}
	elem := eachOf(c.references(n.Tasks, syntax.CompletedKey))
	c.within(&n.Record, n.Limit, func() {
		start := c.flow.clone()
		c.loopBody(n.Do, func() { c.bind(n.As, elem) })
		c.flow = start
	})
}

// eachOf returns the type of each task named by a reference of type t, which is one task or a list of them.
func eachOf(t expr.Type) expr.Type {
	switch t.Kind {
	case expr.TypeList:
		return t.Element()
	case expr.TypeTask, expr.TypeFuture:
		return t
	}
	return expr.AnyType
}

// objectOf checks the reference to the object that a step works on.
func (c *checker) objectOf(r *syntax.Record, what *syntax.Reference) {
	if what != nil {
		c.reference(what, r.Verb.Keys[0])
	}
}

func (c *checker) acquire(n *syntax.Acquire) {
	t := expr.Type{}
	switch {
	case n.What != nil:
		t = c.reference(n.What, syntax.AcquireKey)
		c.acquireMode(n, t)
	case n.Whats != nil:
		t = c.acquiredAll(n)
	}
	c.askKeys(&n.Record, t)
	c.asks(&n.Record, n.Limit, &n.Asking, t, func() { c.block(n.Do) })
}

// acquireMode checks that `mode` is given for locks that can be shared, and only for those.
func (c *checker) acquireMode(n *syntax.Acquire, t expr.Type) {
	switch shared := slices.Contains(syntax.SharedTypes, t.Kind); {
	case shared && !n.Written(syntax.AcquireMode):
		c.errorf(syntax.CodeMissingKey, n.Place(), "write `mode: read` or `mode: write`",
			"`acquire` of %s lacks its `mode`", t.Article())
	case !shared && !t.Open() && n.Mode != nil:
		c.errorf(syntax.CodeWrongForm, n.KeySpanOf(syntax.AcquireMode), "remove it",
			"`mode` has no place in an `acquire` of %s", t.Article())
	}
}

func (c *checker) get(n *syntax.Get) {
	c.nowait(&n.Record, n.Nowait)
	if n.Written(syntax.WhereKey) && !n.Written(syntax.AsKey) {
		c.errorf(syntax.CodeWrongForm, n.KeySpanOf(syntax.WhereKey), "add `as: item`",
			"`where` needs `as`: the condition is on the item that it names")
	}
	c.within(&n.Record, n.Limit, func() {
		taken := expr.AnyType
		if n.Queue != nil {
			c.stocked(&n.Record, n.Queue)
			taken = c.itemsOf(n.Queue)
		}
		for _, v := range []*syntax.Value{n.Nowait, n.Priority, n.Amount, n.AtLeast} {
			c.given(&n.Record, v)
		}
		if n.Amount != nil {
			if taken = expr.ListOf(taken); n.Where != nil {
				taken = expr.AnyType // each item, and then the list of them
			}
		}
		c.bind(n.As, taken)
		c.condition(n.Where)
		c.loan(n)
	})
}

// put checks a `put`, and records the type of the item with its queue.
func (c *checker) put(n *syntax.Put) {
	c.nowait(&n.Record, n.Nowait)
	c.within(&n.Record, n.Limit, func() {
		where, t := &c.results.Stray, expr.AnyType
		if n.Queue != nil {
			c.stocked(&n.Record, n.Queue)
			if declared := c.declaredQueue(n.Queue); declared != nil {
				where = &declared.items
			}
		}
		if n.Value != nil {
			t = c.value(n.Value)
		}
		for _, v := range []*syntax.Value{n.Nowait, n.Priority, n.Amount} {
			c.given(&n.Record, v)
		}
		if n.Amount != nil && n.Value == nil {
			return
		}
		c.widenType(where, t)
		c.widenType(&c.results.Items, t)
	})
}

// declaredQueue returns the declared queue, or list of queues, that a reference names. It returns nil if the reference
// names something else, which may hold any queue.
func (c *checker) declaredQueue(r *syntax.Reference) *Variable {
	e := c.ExprOf(r)
	if e == nil || e.Tree == nil {
		return nil
	}
	if v := c.Globals[e.Tree.Indexed()]; v != nil && v.Kind == expr.SymObject {
		return v
	}
	return nil
}

// itemsOf returns the type of the items that can come out of the queue that a reference names.
func (c *checker) itemsOf(r *syntax.Reference) expr.Type {
	q := c.declaredQueue(r)
	if q == nil {
		return c.results.Items
	}
	if !q.lent {
		return q.items
	}
	t, _ := expr.Join(q.items, c.results.Stray)
	return t
}

// nowait reports `within` beside `nowait: true`.
func (c *checker) nowait(r *syntax.Record, v *syntax.Value) {
	if v != nil && v.Const.Kind() == engine.KindBool && v.Const.AsBool() && r.Written(syntax.WithinKey) {
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.WithinKey), "remove one of the two",
			"with `nowait` the step never waits: `within` limits nothing")
	}
}

// notify checks how many tasks a condition wakes.
func (c *checker) notify(n *syntax.Notify) {
	c.fields(&n.Record)
	if n.Count != nil {
		c.above(n.FieldOf(n.Count).Key, n.Count, false)
	}
	if n.Count != nil && n.All != nil {
		c.errorf(syntax.CodeWrongForm, n.KeySpanOf(syntax.NotifyAll), "remove one of the two",
			"`notify` wakes `count` tasks or `all`, not both")
	}
}

// Made returns the kind of object that a `new` makes.
func Made(n *syntax.New) (expr.TypeKind, bool) {
	if n.Kind == nil {
		return expr.TypeUnknown, false
	}
	t, ok := expr.ParseType(n.Kind.Text)
	return t.Kind, ok
}

func (c *checker) newObject(n *syntax.New) {
	kind, ok := Made(n)
	if !ok {
		if n.Lock != nil {
			c.reference(n.Lock, n.FieldOf(n.Lock).Key)
		}
		return
	}
	for _, f := range n.Fields {
		if f.Key != syntax.NewKey && f.Key != syntax.NewAs && !syntax.IsOption(kind, f.Key) {
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "", "`%s` is no option of a %s", f.Key.Name, expr.Type{Kind: kind})
		}
	}
	c.options(&n.Record, kind)
	if n.Order != nil && syntax.IsOption(kind, n.FieldOf(n.Order).Key) {
		c.orderOf(kind, n)
	}
	if kind != expr.TypeResource && n.Table != nil {
		c.errorf(syntax.CodeWrongForm, n.Table.Span, "write a number", "only the capacity of a resource changes by a timetable, not that of a %s", expr.Type{Kind: kind})
	}
	if kind == expr.TypeResource {
		name := "it"
		if n.As != nil {
			name = n.As.Text
		}
		c.failures(&n.Record, &n.Options, name)
		c.rank(&n.Record, &n.Options)
		c.sharedOptions(&n.Record, n.Options)
	}
	if kind == expr.TypeStore && n.Initial != nil {
		c.widenType(&c.results.Stray, eachOf(c.text(n.Initial)))
		c.widenType(&c.results.Items, eachOf(c.text(n.Initial)))
	}
	if kind == expr.TypeBarrier && !n.Written(syntax.PartiesKey) {
		c.errorf(syntax.CodeMissingKey, n.Place(), "", "a barrier needs its `parties`: how many tasks it waits for")
	}
	c.bind(n.As, expr.Type{Kind: kind})
}

func (c *checker) resolveFuture(n *syntax.Resolve) {
	c.objectOf(&n.Record, n.Future)
	if result, ok := c.outcome(&n.Record, &n.Outcome, "a future gets"); ok {
		c.widenType(&c.results.Resolved, result)
	}
}

// toThread checks what a thread does.
func (c *checker) toThread(n *syntax.ToThread) {
	c.duration(n.For)
	result, _ := c.outcome(&n.Record, &n.Outcome, "a thread gives")
	c.bind(n.As, result)
}

// outcome checks the value, or the error, that something comes to, and returns the type of the value; ok is false for an
// error.
func (c *checker) outcome(r *syntax.Record, n *syntax.Outcome, who string) (result expr.Type, ok bool) {
	result = expr.NullType
	if n.Value != nil {
		result = c.value(n.Value)
	}
	isError := r.Written(syntax.ResolveError)
	c.given(r, n.Message.Message)
	if isError && r.Written(syntax.ResolveValue) {
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.ResolveValue), "", "%s a `value` or an `error`, not both", who)
	}
	if r.Written(syntax.ResolveMessage) && !isError {
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.ResolveMessage), "", "`message` needs `error`: it is what the error says")
	}
	if n.Error != nil {
		if t := c.expr(n.Error.Expr); !expr.Assignable(t, expr.ErrorType) {
			c.errorf(CodeValueType, n.Error.Span, "", "`error` takes an error, not %s", t.Article())
		}
	}
	return result, !isError
}

// failures checks how the units of a resource change by themselves.
func (c *checker) failures(r *syntax.Record, o *syntax.Options, name string) {
	c.timetable(o.Table, syntax.SizeKey(expr.TypeResource))
	c.later(Scope{Info: c.Info, OnlyParams: true}, "`failures` are computed later, by no step: they know the parameters of the run", func() {
		for _, f := range o.Failures {
			c.duration(f.Every)
			c.duration(f.Lasts)
			if f.Every != nil && f.Every.Expr == nil && f.Every.Nanos == 0 {
				c.errorf(CodeBounds, f.Every.Span, "", "`every` must be above 0: a unit that never works is none")
			}
		}
	})
	if len(o.Failures) > 0 && o.Table != nil {
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.FailuresKey), "remove one of the two",
			"`%s` has a timetable: units that break down stay as many as there are", name)
	}
}

// resizedFailures reports a `resize` of units that break down.
func (c *checker) resizedFailures(o *syntax.Object) {
	if len(o.With().Failures) > 0 && c.resized(o, func(n *syntax.Resize) bool { return n.Capacity != nil && n.What.Text == o.Name.Text }) {
		c.errorf(syntax.CodeWrongForm, o.Options.KeySpanOf(syntax.FailuresKey), "remove the `resize`, or the failures",
			"`%s` is resized: units that break down stay as many as there are", o.Name.Text)
	}
}

// object checks the declaration of an object and its options, as far as they are known before the run.
func (c *checker) object(o *syntax.Object) {
	if o.Size != nil {
		c.size(syntax.SizeKey(o.Kind), o.Size)
	}
	if o.Options != nil {
		c.options(o.Options, o.Kind)
		with := o.With()
		c.failures(o.Options, &with, o.Name.Text)
		c.resizedFailures(o)
		c.rank(o.Options, &with)
		c.sharedOptions(o.Options, with)
		c.begins(o)
	}
	if o.Kind == expr.TypeBarrier && o.With().Parties == nil {
		c.errorf(syntax.CodeMissingKey, o.Name.Span, "write `"+o.Name.Text+": 3`",
			"barrier `%s` lacks the number of tasks it waits for", o.Name.Text)
	}
}

// options checks the options of an object of a kind.
func (c *checker) options(r *syntax.Record, kind expr.TypeKind) {
	for _, f := range r.Fields {
		if lock, ok := f.Value.(*syntax.Reference); ok {
			outer := c.Scope.OnlyParams
			c.Scope.OnlyParams = false // a declaration may name another
			c.reference(lock, f.Key)
			c.Scope.OnlyParams = outer
		}
		if v, ok := f.Value.(*syntax.Value); ok {
			if f.Key.Literal || f.Key.Kind != syntax.ValueKey && f.Key.Kind != syntax.TimetableKey {
				c.wanted(f.Key, v)
				continue
			}
			c.size(f.Key, v)
		}
	}
}

// rank checks what the requests for a resource are ranked by.
func (c *checker) rank(r *syntax.Record, o *syntax.Options) {
	if o.Order != nil && r.Written(syntax.RankKey) {
		c.errorf(syntax.CodeWrongForm, r.KeySpanOf(syntax.RankKey), "remove one of the two", "`rank` stands instead of `order`: the least goes first")
	}
	if o.Rank == nil {
		return
	}
	knows := "a `rank` knows `priority`, `amount`, `waited`, `now`, shared variables and parameters"
	c.later(Scope{Info: c.Info, Ranked: true}, knows, func() {
		c.noDraws = true
		if t := c.expr(o.Rank.Expr); !expr.Assignable(t, expr.NumberType) {
			c.errorf(CodeValueType, o.Rank.Span, "", "a rank is a number, this is %s", t.Article())
		}
		c.noDraws = false
	})
}

// later checks what is computed outside the step in which it stands, and knows other names.
func (c *checker) later(scope Scope, knows string, check func()) {
	outer, flow, loop := c.Scope, c.flow, c.loop
	c.Scope, c.flow, c.loop, c.env.Knows = scope, state{}, nil, knows
	check()
	c.Scope, c.flow, c.loop, c.env.Knows = outer, flow, loop, ""
}

// size checks a number that must not be negative. A barrier's parties must not be 0 either.
func (c *checker) size(key *syntax.Key, v *syntax.Value) {
	c.wanted(key, v)
	c.above(key, v, key == syntax.PartiesKey)
}
