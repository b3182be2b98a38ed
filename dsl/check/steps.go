package check

import (
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// block checks steps in order. Steps that can never run are reported once and checked as if they ran.
func (c *checker) block(b *syntax.Block) {
	if b == nil {
		return
	}
	ended := false
	for _, s := range b.Steps {
		if c.flow.dead {
			if !ended {
				c.errorf(CodeUnreachable, s.Place(),
					"remove it, or what ends the path before it", "this step can never run: `%s`", s.Verb.Name)
			}
			ended = true
			c.flow.revive(len(c.Act.Locals))
		}
		c.step(s)
	}
	c.flow.dead = c.flow.dead || ended
}

func (c *checker) step(s *syntax.Step) {
	if s.Waits() && !c.Act.Kind.Waits() {
		hint := "`spawn` a task that does it"
		if slices.Contains(s.Verb.Keys, syntax.NowaitKey) {
			hint = "add `nowait: true`, or `spawn` a task that does it"
		}
		c.errorf(CodeWaits, s.Place(), hint, "`%s` may wait, and %s cannot wait", s.Verb.Name, bodyWords[c.Act.Kind])
	}
	switch n := s.Node.(type) {
	case *syntax.Let:
		c.let(n)
	case *syntax.Set:
		c.targets(n.Targets, replaces)
	case *syntax.Add:
		c.targets(n.Targets, adds)
	case *syntax.Remove:
		c.targets(n.Places, removes)
	case *syntax.Append:
		c.targets(n.Targets, appends)
	case *syntax.Reset:
		c.reset(n)
	case *syntax.Context:
		c.contextValues(n.Vars)
		c.block(n.Do)
	case *syntax.If:
		c.ifElse(n)
	case *syntax.Repeat:
		c.repeat(n)
	case *syntax.For:
		c.forIn(n)
	case *syntax.While:
		c.while(n)
	case *syntax.Break, *syntax.Continue:
		c.leaveLoop(s)
	case *syntax.Call:
		c.within(s, n.Limit, func() { c.call(n) })
	case *syntax.Return:
		c.returnValue(n)
	case *syntax.Raise:
		c.raise(n)
	case *syntax.Try:
		c.try(n)
	case *syntax.Spawn:
		c.spawn(n)
	case *syntax.Await:
		c.within(s, n.Limit, func() { c.bind(n.As, c.awaited(n.What, syntax.AwaitKey)) })
	case *syntax.Shield:
		c.within(s, n.Limit, func() { c.shield(s, n) })
	case *syntax.Gather:
		c.within(s, n.Limit, func() { c.gather(s, n) })
	case *syntax.Timeout:
		c.timeout(n)
	case *syntax.Wait:
		c.wait(n)
	case *syntax.AsCompleted:
		c.asCompleted(n)
	case *syntax.Group:
		c.bind(n.As, expr.Type{Kind: expr.TypeGroup})
		c.block(n.Do)
	case *syntax.Acquire:
		c.acquire(n)
	case *syntax.First:
		c.first(n)
	case *syntax.Use:
		c.use(n)
	case *syntax.Release:
		c.release(n)
	case *syntax.RecordStep:
		c.record(n)
	case *syntax.Resize:
		c.resize(n)
	case *syntax.Put:
		c.put(n)
	case *syntax.Get:
		c.get(n)
	case *syntax.Join:
		c.within(s, n.Limit, func() { c.fields(s) })
	case *syntax.Abort:
		c.within(s, n.Limit, func() { c.objectOf(s, n.Barrier) })
	case *syntax.ResetBarrier:
		c.within(s, n.Limit, func() { c.objectOf(s, n.Barrier) })
	case *syntax.Reschedule:
		c.reschedule(n)
	case *syntax.Notify:
		c.notify(n)
	case *syntax.New:
		c.newObject(n)
	case *syntax.Resolve:
		c.resolveFuture(n)
	case *syntax.Schedule:
		c.schedule(n)
	case *syntax.ToThread:
		c.within(s, n.Limit, func() { c.toThread(n) })
	case *syntax.AddDone:
		c.fields(s)
		c.calledBack(n.Callback, &n.Record, n.With)
	case *syntax.RemoveDone:
		c.fields(s)
		if n.Callback != nil {
			c.callback(n.Callback)
		}
		c.bind(n.As, expr.IntType)
	case *syntax.Uncancel:
		c.fields(s)
		c.bind(n.As, expr.IntType)
	default:
		c.fields(s)
	}
}

// calledBack checks a callback and its arguments.
func (c *checker) calledBack(name *syntax.Name, r *syntax.Record, with *syntax.Bindings) {
	if name == nil {
		return
	}
	if d := c.callback(name); d != nil {
		c.arguments(d, r, with, r.Place())
	}
}

// fields checks the values of a step whose fields do not depend on each other.
func (c *checker) fields(s *syntax.Step) {
	for _, f := range s.Fields {
		switch v := f.Value.(type) {
		case *syntax.Value:
			c.wanted(f.Key, v)
		case *syntax.Condition:
			c.condition(v)
		case *syntax.Duration:
			c.duration(v)
		case *syntax.Reference:
			c.reference(v, f.Key)
		}
	}
}

// given checks the value of a key of a step, if it is present.
func (c *checker) given(r *syntax.Record, v *syntax.Value) {
	if v != nil {
		c.wanted(r.FieldOf(v).Key, v)
	}
}

// awaited checks a task or future that is awaited and returns the type of its result.
func (c *checker) awaited(what *syntax.Reference, key *syntax.Key) expr.Type {
	if what == nil {
		return expr.AnyType
	}
	return c.results.Of(c.reference(what, key))
}

func (c *checker) let(n *syntax.Let) {
	if n.Locals == nil {
		return
	}
	types := make([]expr.Type, len(n.Locals.Items))
	for i, item := range n.Locals.Items {
		if len(types) == 1 {
			c.env.As = item.Name.Text
		}
		types[i] = c.value(item.Value)
		c.env.As = ""
	}
	for i, item := range n.Locals.Items {
		if v := c.Variable(item.Name.Text); v != nil && v.Kind == expr.SymLocal {
			c.assign(v, types[i], item.Value.Span)
		}
	}
}

// targets checks the places that a step changes.
func (c *checker) targets(t *syntax.Targets, use placeUse) {
	if t == nil {
		return
	}
	types := make([]expr.Type, len(t.Items))
	for i, item := range t.Items {
		if item.Value != nil {
			types[i] = c.value(item.Value)
		}
	}
	for i, item := range t.Items {
		c.target(item, types[i], use)
	}
}

func (c *checker) reset(n *syntax.Reset) {
	if n.Var == nil {
		return
	}
	name := n.Var
	v := c.Globals[name.Text]
	switch {
	case v == nil || v.Kind != expr.SymContext:
		c.errorf(CodeNoVariable, name.Span, source.DidYouMean(name.Text, c.ofKind(expr.SymContext)),
			"there is no context variable `%s`", name.Text)
	case !c.Act.sets[name.Text]:
		c.errorf(CodeResetUnset, name.Span, "`reset` undoes a `set` of the same body; `context:` sets and resets",
			"nothing here sets `%s`", name.Text)
	}
}

func (c *checker) ifElse(n *syntax.If) {
	out := nowhere
	branch := func(b *syntax.Branch) {
		c.condition(b.Cond)
		after := c.flow.clone()
		c.block(b.Then)
		out, c.flow = merge(out, c.flow), after
	}
	branch(&n.Branch)
	for _, b := range n.Elif {
		branch(b)
	}
	c.block(n.Else)
	c.flow = merge(out, c.flow)
}

func (c *checker) repeat(n *syntax.Repeat) {
	sure := false // the body runs at least once
	if n.N != nil {
		c.given(&n.Record, n.N)
		sure = n.N.Kind == syntax.Literal && n.N.Const.Kind() == engine.KindInt && n.N.Const.AsInt() > 0
	}
	start := c.flow.clone()
	turned, breaks := c.loopBody(n.Do, func() { c.bind(n.As, expr.IntType) })
	c.flow = start
	if sure {
		c.flow = merge(turned, breaks)
	}
}

func (c *checker) while(n *syntax.While) {
	c.condition(n.Cond)
	start := c.flow.clone()
	_, breaks := c.loopBody(n.Do, func() {})
	c.flow = start
	if n.Cond != nil && strings.TrimSpace(n.Cond.Expr.Text) == "true" { // only a break ends the loop
		c.flow = breaks
	}
}

func (c *checker) forIn(n *syntax.For) {
	start := c.flow.clone()
	c.loopBody(n.Do, func() { c.forEach(&n.Record, &n.Each) })
	c.flow = start
}

// loopBody checks the steps of a loop after bind has assigned its variable. turned is the state at the end of a turn,
// breaks the state after a break.
func (c *checker) loopBody(do *syntax.Block, bind func()) (turned, breaks state) {
	outer := c.loop
	c.loop = &loopExits{breaks: nowhere, turns: nowhere}
	bind()
	c.block(do)
	turned, breaks = merge(c.flow, c.loop.turns), c.loop.breaks
	c.loop = outer
	return turned, breaks
}

// forEach checks `for` and `in`.
func (c *checker) forEach(r *syntax.Record, each *syntax.Each) {
	if each.In == nil { // the parser reported it
		c.bind(each.Var, expr.AnyType)
		return
	}
	t := c.wanted(r.FieldOf(each.In).Key, each.In)
	switch t.Kind {
	case expr.TypeMap:
		t = expr.StringType
	case expr.TypeUnknown:
	default:
		t = t.Element()
	}
	c.bind(each.Var, t)
}

func (c *checker) leaveLoop(s *syntax.Step) {
	if c.loop == nil && c.inGroupHandler {
		c.errorf(CodeOutsideLoop, s.Place(), "set a variable, and leave after the `try`", "`%s` cannot leave a handler of `catch_group`", s.Verb.Name)
		return
	}
	if c.loop == nil {
		c.errorf(CodeOutsideLoop, s.Place(), "", "`%s` outside a loop: `repeat`, `for` or `while`", s.Verb.Name)
		return
	}
	if _, breaks := s.Node.(*syntax.Break); breaks {
		c.loop.breaks = merge(c.loop.breaks, c.flow.clone())
	} else {
		c.loop.turns = merge(c.loop.turns, c.flow.clone())
	}
	c.flow.dead = true
}

func (c *checker) call(n *syntax.Call) {
	if n.Coroutine == nil {
		c.bind(n.As, expr.AnyType)
		return
	}
	t := expr.AnyType
	if d := c.coroutine(n.Coroutine); d != nil {
		c.arguments(d, &n.Record, n.With, n.Place())
		t = c.BodyOf(d).Result
		if w := c.BodyOf(d).Waiting; w != nil && !c.Act.Kind.Waits() {
			c.errorf(CodeWaits, n.Coroutine.Span,
				"`spawn` it as a task", "`%s` may wait, and %s cannot wait", n.Coroutine.Text, bodyWords[c.Act.Kind])
			c.note("it waits here", w.Place())
		}
	}
	c.bind(n.As, t)
	if v := c.boundTo(n.As); v != nil && n.Coroutine != nil && c.Coroutines[n.Coroutine.Text] != nil {
		v.wrote = c.BodyOf(c.Coroutines[n.Coroutine.Text]).returned
	}
}

// boundTo returns the variable that `as` names, or nil if there is none.
func (c *checker) boundTo(name *syntax.Name) *Variable {
	if name == nil {
		return nil
	}
	return c.Variable(name.Text)
}

func (c *checker) returnValue(n *syntax.Return) {
	t := expr.NullType
	if n.Value != nil {
		t = c.value(n.Value)
		c.Act.returned = c.s.Source.Text(n.Value.Span)
	}
	if c.inGroupHandler {
		c.errorf(CodeOutsideBody, n.Place(), "set a variable, and leave after the `try`", "`return` cannot leave a handler of `catch_group`")
	}
	if k := c.Act.Kind; k == BeforeBody || k == AfterBody {
		c.errorf(CodeOutsideBody, n.Place(), "", "`return` in %s: there is nothing to return from", bodyWords[k])
	}
	c.result(t)
	c.returns = merge(c.returns, c.flow.clone())
	c.flow.dead = true
}

func (c *checker) raise(n *syntax.Raise) {
	c.given(&n.Record, n.Message.Message)
	if n.From != nil {
		c.reference(n.From, n.FieldOf(n.From).Key)
	}
	switch {
	case n.Type != nil:
		c.raisedType(n.Type)
	case n.Value != nil:
		c.raisedValue(n)
	case c.Handled == nil && !n.Lost:
		c.errorf(CodeBareRaise, n.Place(), "write `raise: ValueError`, or another type",
			"`raise` without an error has its place in a `catch`: it raises again what was caught")
	}
	c.flow.dead = true
}

func (c *checker) raisedType(name *syntax.Name) {
	if _, ok := c.Lookup(name.Text); ok {
		c.errorf(CodeNoErrorType, name.Span,
			"did you mean `${"+name.Text+"}`?", "`%s` is a variable, not the type of an error", name.Text)
	}
}

func (c *checker) raisedValue(n *syntax.Raise) {
	if t := c.expr(n.Value.Expr); !expr.Assignable(t, expr.ErrorType) {
		c.errorf(CodeValueType, n.Value.Span,
			"write the name of its type: `raise: ValueError`", "`raise` takes an error, not %s", t.Article())
	}
	if message := n.Message.Message; message != nil {
		c.errorf(syntax.CodeWrongForm, message.Span,
			"", "`message` needs the type of an error: an error that exists has its message")
	}
}

func (c *checker) try(n *syntax.Try) {
	if !n.Written(syntax.CatchKey) && !n.Written(syntax.CatchGroupKey) && !n.Written(syntax.FinallyKey) && !n.IsPartial() && n.Do != nil {
		c.errorf(syntax.CodeMissingKey, n.Place(), "write `catch: [{ do: […] }]` beside it", "`try` needs `catch` or `finally`")
	}
	start := c.flow.clone()
	c.block(n.Do)
	c.block(n.Else)
	out := c.flow
	var seen []string
	for _, h := range n.Catch {
		seen = c.catches(h, seen)
		c.flow = start.clone()
		c.handler(h)
		out = merge(out, c.flow)
	}
	out = c.groupHandlers(n, start, out)
	c.flow = out
	if n.Finally != nil {
		c.finally(n.Finally, start, out)
	}
}

// groupHandlers checks handlers of groups, of which several may run, and returns the state after them.
func (c *checker) groupHandlers(n *syntax.Try, start, out state) state {
	if n.Written(syntax.CatchGroupKey) && n.Written(syntax.CatchKey) {
		c.errorf(syntax.CodeWrongForm, n.KeySpanOf(syntax.CatchGroupKey), "remove one of the two",
			"a `try` has `catch` or `catch_group`, not both")
	}
	var seen []string
	for _, h := range n.CatchGroup {
		if seen = c.catches(h, seen); h.Errors != nil {
			for _, name := range h.Errors.Items {
				if engine.IsSubtype(name.Text, "BaseExceptionGroup") {
					c.errorf(CodeNoErrorType, name.Span, "use `catch`", "`catch_group` takes errors out of groups: it does not catch `%s`", name.Text)
				}
			}
		}
		c.flow = start.clone()
		loop, leaves := c.loop, c.inGroupHandler
		c.loop, c.inGroupHandler = nil, true
		c.handler(h)
		c.loop, c.inGroupHandler = loop, leaves
		out = merge(out, c.flow)
	}
	return out
}

// finally checks the steps that always run. start is the state before the steps of the `try`, out the state after it.
func (c *checker) finally(b *syntax.Block, start, out state) {
	c.flow = start.clone()
	c.block(b)
	after := out.clone()
	after.dead = out.dead || c.flow.dead
	for i := range after.assigned {
		after.assigned[i] = after.assigned[i] || !c.flow.dead && c.flow.assigned[i]
	}
	c.flow = after
}

// catches checks the types of a handler and reports a handler whose errors earlier ones all catch. It adds the types
// to those seen.
func (c *checker) catches(h *syntax.Handler, seen []string) []string {
	types, at := []string{"Exception"}, h.Span
	names := h.Errors
	if names != nil {
		types = types[:0]
		for _, n := range names.Items {
			c.errorTypeName(n)
			types = append(types, n.Text)
		}
		at = names.Span
	}
	covered := func(typ string) bool {
		return slices.ContainsFunc(seen, func(base string) bool { return engine.IsSubtype(typ, base) })
	}
	if len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return !covered(t) }) {
		c.errorf(CodeCaughtBefore, at,
			"put it before the more general one", "no error comes here: handlers before this one catch %s",
			source.QuoteList(types))
	}
	return append(seen, types...)
}

func (c *checker) handler(h *syntax.Handler) {
	outer := c.Handled
	c.Handled = c.Caught[h]
	c.bind(h.As, expr.ErrorType)
	c.block(h.Do)
	c.Handled = outer
}

func (c *checker) spawn(n *syntax.Spawn) {
	if n.Count != nil {
		c.wanted(syntax.SpawnCount, n.Count)
		c.above(syntax.SpawnCount, n.Count, false)
	}
	outer := c.Index
	c.Index = outer || n.Count != nil
	c.given(&n.Record, n.Daemon)
	result := expr.AnyType
	switch {
	case n.Coroutine != nil:
		result = c.entry(&n.Entry, n.Place())
	case n.Inline != nil:
		c.entry(&n.Entry, n.Place())
		result = c.entry(n.Inline, n.Place())
	}
	c.Index = outer
	t := expr.TaskOf(c.nameTasks(&n.Entry, result))
	if n.Count != nil {
		t = expr.ListOf(t)
	}
	if n.In != nil {
		c.reference(n.In, n.FieldOf(n.In).Key)
	}
	if n.ContextOf != nil {
		c.reference(n.ContextOf, n.FieldOf(n.ContextOf).Key)
		if n.Context != nil {
			c.errorf(syntax.CodeWrongForm, n.KeySpanOf(n.FieldOf(n.ContextOf).Key), "set the variable in its steps", "a new task has a `context` or a `context_of`, not both")
		}
	}
	c.bind(n.As, t)
}

// keeps checks a step that keeps a future, whose result is of a type.
func (c *checker) keeps(s *syntax.Step, as *syntax.Name, result expr.Type) {
	if as == nil {
		c.errorf(syntax.CodeMissingKey, s.Place(), "add `as: f`", "`keep` needs `as`: the variable that gets the future")
	}
	if s.Limited() {
		c.errorf(syntax.CodeWrongForm, s.KeySpanOf(syntax.WithinKey), "remove one of the two", "with `keep` the step never waits: `within` limits nothing")
	}
	c.widenType(&c.results.Resolved, result)
}

func (c *checker) shield(s *syntax.Step, n *syntax.Shield) {
	if !s.Keeps() {
		c.bind(n.As, c.awaited(n.What, syntax.ShieldKey))
		return
	}
	result := c.awaited(n.What, syntax.ShieldKey)
	c.keeps(s, n.As, result)
	c.bind(n.As, expr.AnyType) // of a task that has ended it is the task itself
}

func (c *checker) gather(s *syntax.Step, n *syntax.Gather) {
	result := expr.Type{}
	add := func(t expr.Type) { result, _ = expr.Join(result, t) }
	entry := func(e *syntax.Entry) { add(c.nameTasks(e, c.entry(e, entryPlace(e)))) }
	switch {
	case n.Items != nil:
		for _, item := range n.Items.Items {
			switch item := item.(type) {
			case *syntax.Record:
				entry(item.Node.(*syntax.Entry))
			case *syntax.Reference:
				add(c.results.Of(c.reference(item, syntax.GatherKey)))
			}
		}
	case n.Generator != nil:
		c.forEach(&n.Generator.Record, &n.Generator.Each)
		entry(&n.Generator.Entry)
	}
	if n.ReturnExceptions != nil {
		c.given(&n.Record, n.ReturnExceptions)
		result = expr.AnyType
	}
	if s.Keeps() {
		c.keeps(s, n.As, expr.ListOf(result))
		c.bind(n.As, expr.Type{Kind: expr.TypeFuture})
		return
	}
	c.bind(n.As, expr.ListOf(result))
}

// entryPlace returns the place where problems of an entry are reported: its first key.
func entryPlace(e *syntax.Entry) source.Span {
	if len(e.Fields) > 0 {
		return e.Fields[0].KeySpan
	}
	return e.Span
}

func (c *checker) schedule(n *syntax.Schedule) {
	if n.Callback == nil {
		c.bind(n.As, expr.AnyType)
		return
	}
	c.duration(n.After)
	c.duration(n.At)
	c.calledBack(n.Callback, &n.Record, n.With)
	c.bind(n.As, expr.Type{Kind: expr.TypeHandle})
}
