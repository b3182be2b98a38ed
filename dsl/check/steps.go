package check

import (
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// block checks steps in order. Steps behind the end of all paths are reported once and checked as if they ran.
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
		if s.Verb.Key("nowait") != nil {
			hint = "add `nowait: true`, or `spawn` a task that does it"
		}
		c.errorf(CodeWaits, s.Place(), hint, "`%s` may wait, and %s cannot wait", s.Verb.Name, bodyWords[c.Act.Kind])
	}
	switch s.Verb.Name {
	case "let":
		c.let(s)
	case "set", "append":
		c.set(s)
	case "reset":
		c.reset(s)
	case "context":
		c.contextValues(syntax.As[*syntax.Bindings](s, "context"))
		c.block(syntax.As[*syntax.Block](s, "do"))
	case "if":
		c.ifElse(s)
	case "repeat", "for", "while":
		c.loops(s)
	case "break", "continue":
		c.leaveLoop(s)
	case "call":
		c.within(s, func() { c.call(s) })
	case "return":
		c.returnValue(s)
	case "raise":
		c.raise(s)
	case "try":
		c.try(s)
	case "spawn":
		c.spawn(s)
	case "await", "shield":
		c.within(s, func() {
			t := expr.AnyType
			if what := syntax.As[*syntax.Reference](s, s.Verb.Name); what != nil {
				t = c.results.Of(c.reference(what, s.Verb.Keys[0]))
			}
			c.bind(syntax.As[*syntax.Name](s, "as"), t)
		})
	case "gather":
		c.within(s, func() { c.gather(s) })
	case "timeout":
		c.timeout(s)
	case "wait":
		c.wait(s)
	case "as_completed":
		c.asCompleted(s)
	case "group":
		c.bind(syntax.As[*syntax.Name](s, "group"), expr.Type{Kind: expr.TypeGroup})
		c.block(syntax.As[*syntax.Block](s, "do"))
	case "acquire":
		c.acquire(s)
	case "put":
		c.put(s)
	case "join":
		c.within(s, func() { c.fields(s) })
	case "notify":
		c.notify(s)
	case "get":
		c.get(s)
	case "new":
		c.newObject(s)
	case "resolve":
		c.resolveFuture(s)
	case "call_soon", "call_later", "call_at":
		c.schedule(s)
	default:
		c.fields(s)
	}
}

// fields checks the values of a step whose fields stand for themselves.
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

func (c *checker) let(s *syntax.Step) {
	b := syntax.As[*syntax.Bindings](s, "let")
	if b == nil {
		return
	}
	types := make([]expr.Type, len(b.Items))
	for i, item := range b.Items {
		types[i] = c.value(item.Value)
	}
	for i, item := range b.Items {
		if v := c.Variable(item.Name.Text); v != nil && v.Kind == expr.SymLocal {
			c.assign(v, types[i], item.Value.Span)
		}
	}
}

func (c *checker) set(s *syntax.Step) {
	t := syntax.As[*syntax.Targets](s, s.Verb.Name)
	if t == nil {
		return
	}
	types := make([]expr.Type, len(t.Items))
	for i, item := range t.Items {
		types[i] = c.value(item.Value)
	}
	for i, item := range t.Items {
		c.target(item.Path, types[i], item.Value.Span, s.Verb.Name == "append")
	}
}

func (c *checker) reset(s *syntax.Step) {
	name := syntax.As[*syntax.Name](s, "reset")
	if name == nil {
		return
	}
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

func (c *checker) ifElse(s *syntax.Step) {
	out := nowhere
	branch := func(r *syntax.Record) {
		c.condition(syntax.As[*syntax.Condition](r, "if"))
		after := c.flow.clone()
		c.block(syntax.As[*syntax.Block](r, "then"))
		out, c.flow = merge(out, c.flow), after
	}
	branch(s)
	if elif := syntax.As[*syntax.Records](s, "elif"); elif != nil {
		for _, r := range elif.Items {
			branch(r)
		}
	}
	c.block(syntax.As[*syntax.Block](s, "else"))
	c.flow = merge(out, c.flow)
}

// loops checks `repeat`, `for` and `while`.
func (c *checker) loops(s *syntax.Step) {
	sure, endless := false, false // the body runs at least once; only a break ends the loop
	switch s.Verb.Name {
	case "repeat":
		if n := syntax.As[*syntax.Value](s, "repeat"); n != nil {
			c.wanted(s.Verb.Keys[0], n)
			sure = n.Kind == syntax.Literal && n.Const.Kind() == engine.KindInt && n.Const.AsInt() > 0
		}
	case "while":
		cond := syntax.As[*syntax.Condition](s, "while")
		c.condition(cond)
		endless = cond != nil && strings.TrimSpace(cond.Expr.Text) == "true"
	}
	start := c.flow.clone()
	outer := c.loop
	c.loop = &loopExits{breaks: nowhere, turns: nowhere}
	c.bindLoop(s)
	c.block(syntax.As[*syntax.Block](s, "do"))
	turned, breaks := merge(c.flow, c.loop.turns), c.loop.breaks
	c.loop = outer
	switch {
	case endless:
		c.flow = breaks
	case sure:
		c.flow = merge(turned, breaks)
	default:
		c.flow = start
	}
}

// bindLoop assigns the variable that a loop counts or goes through its elements with.
func (c *checker) bindLoop(s *syntax.Step) {
	switch s.Verb.Name {
	case "repeat":
		c.bind(syntax.As[*syntax.Name](s, "as"), expr.IntType)
	case "for":
		c.forEach(s, s.Verb.Keys)
	}
}

// forEach checks `for` and `in`.
func (c *checker) forEach(r *syntax.Record, keys []*syntax.Key) {
	in := syntax.As[*syntax.Value](r, "in")
	if in == nil { // which has been reported
		c.bind(syntax.As[*syntax.Name](r, "for"), expr.AnyType)
		return
	}
	t := c.wanted(syntax.FindKey(keys, "in"), in)
	switch t.Kind {
	case expr.TypeMap:
		t = expr.StringType
	case expr.TypeUnknown:
	default:
		t = t.Element()
	}
	c.bind(syntax.As[*syntax.Name](r, "for"), t)
}

func (c *checker) leaveLoop(s *syntax.Step) {
	if c.loop == nil {
		c.errorf(CodeOutsideLoop, s.Place(), "", "`%s` outside a loop: `repeat`, `for` or `while`", s.Verb.Name)
		return
	} else if s.Verb.Name == "break" {
		c.loop.breaks = merge(c.loop.breaks, c.flow.clone())
	} else {
		c.loop.turns = merge(c.loop.turns, c.flow.clone())
	}
	c.flow.dead = true
}

func (c *checker) call(s *syntax.Step) {
	name := syntax.As[*syntax.Name](s, "call")
	if name == nil {
		return
	}
	t := expr.AnyType
	if d := c.coroutine(name); d != nil {
		c.arguments(d, s, s.Place())
		t = c.BodyOf(d).Result
		if w := c.BodyOf(d).Waiting; w != nil && !c.Act.Kind.Waits() {
			c.errorf(CodeWaits, name.Span,
				"`spawn` it as a task", "`%s` may wait, and %s cannot wait", name.Text, bodyWords[c.Act.Kind])
			c.note("it waits here", w.Place())
		}
	}
	c.bind(syntax.As[*syntax.Name](s, "as"), t)
}

func (c *checker) returnValue(s *syntax.Step) {
	t := expr.NullType
	if v := syntax.As[*syntax.Value](s, "return"); v != nil {
		t = c.value(v)
	}
	if k := c.Act.Kind; k == BeforeBody || k == AfterBody {
		c.errorf(CodeOutsideBody, s.Place(), "", "`return` in %s: there is nothing to return from", bodyWords[k])
	}
	c.result(t)
	c.returns = merge(c.returns, c.flow.clone())
	c.flow.dead = true
}

func (c *checker) raise(s *syntax.Step) {
	message := syntax.As[*syntax.Value](s, "message")
	if message != nil {
		c.wanted(s.Verb.Key("message"), message)
	}
	if from := syntax.As[*syntax.Reference](s, "from"); from != nil {
		c.reference(from, s.Verb.Key("from"))
	}
	switch v := s.Get("raise").(type) {
	case *syntax.Name:
		if _, ok := c.Lookup(v.Text); ok {
			c.errorf(CodeNoErrorType, v.Span,
				"did you mean `${"+v.Text+"}`?", "`%s` is a variable, not the type of an error", v.Text)
		}
	case *syntax.Value:
		if t := c.expr(v.Expr); !expr.Assignable(t, expr.ErrorType) {
			c.errorf(CodeValueType, v.Span,
				"write the name of its type: `raise: ValueError`", "`raise` takes an error, not %s", t.Article())
		}
		if message != nil {
			c.errorf(syntax.CodeWrongForm, message.Span,
				"", "`message` needs the type of an error: an error that exists has its message")
		}
	default:
		if c.Handled == nil && (v != nil || !s.Has("raise")) {
			c.errorf(CodeBareRaise, s.Place(), "write `raise: ValueError`, or another type",
				"`raise` without an error has its place in a `catch`: it raises again what was caught")
		}
	}
	c.flow.dead = true
}

func (c *checker) try(s *syntax.Step) {
	catch, finally := syntax.As[*syntax.Records](s, "catch"), syntax.As[*syntax.Block](s, "finally")
	if !s.Has("catch") && !s.Has("finally") {
		c.errorf(syntax.CodeMissingKey, s.Place(), "", "`try` needs `catch` or `finally`")
	}
	start := c.flow.clone()
	c.block(syntax.As[*syntax.Block](s, "try"))
	c.block(syntax.As[*syntax.Block](s, "else"))
	out := c.flow
	if catch != nil {
		var seen []string
		for _, r := range catch.Items {
			seen = c.catches(r, seen)
			c.flow = start.clone()
			c.handler(r)
			out = merge(out, c.flow)
		}
	}
	if finally == nil {
		c.flow = out
		return
	}
	c.flow = start.clone()
	c.block(finally)
	after := out.clone()
	after.dead = out.dead || c.flow.dead
	for i := range after.assigned {
		after.assigned[i] = after.assigned[i] || !c.flow.dead && c.flow.assigned[i]
	}
	c.flow = after
}

// catches checks the types of a handler and reports one that handlers before it leave nothing to.
func (c *checker) catches(r *syntax.Record, seen []string) []string {
	types, at := []string{"Exception"}, r.Span
	names := syntax.As[*syntax.Names](r, "error")
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

func (c *checker) handler(r *syntax.Record) {
	outer := c.Handled
	c.Handled = c.Caught[r]
	c.bind(syntax.As[*syntax.Name](r, "as"), expr.ErrorType)
	c.block(syntax.As[*syntax.Block](r, "do"))
	c.Handled = outer
}

func (c *checker) spawn(s *syntax.Step) {
	count := syntax.As[*syntax.Value](s, "count")
	if count != nil {
		c.wanted(s.Verb.Key("count"), count)
		c.above(s.Verb.Key("count"), count, false)
	}
	outer := c.Index
	c.Index = outer || count != nil
	if daemon := syntax.As[*syntax.Value](s, "daemon"); daemon != nil {
		c.wanted(syntax.EntryDaemon, daemon)
	}
	result := expr.AnyType
	switch v := s.Get("spawn").(type) {
	case *syntax.Name:
		result = c.entry(s, v, s.Place())
	case *syntax.Record:
		c.entry(s, nil, s.Place())
		result = c.entry(v, nil, s.Place())
	}
	c.Index = outer
	t := expr.TaskOf(c.nameTasks(s, result))
	if count != nil {
		t = expr.ListOf(t)
	}
	if group := syntax.As[*syntax.Reference](s, "in"); group != nil {
		c.reference(group, s.Verb.Key("in"))
	}
	c.bind(syntax.As[*syntax.Name](s, "as"), t)
}

func (c *checker) gather(s *syntax.Step) {
	key := s.Verb.Keys[0]
	result := expr.Type{}
	add := func(t expr.Type) { result, _ = expr.Join(result, t) }
	switch v := s.Get("gather").(type) {
	case *syntax.Items:
		for _, item := range v.Items {
			switch item := item.(type) {
			case *syntax.Record:
				add(c.nameTasks(item, c.entry(item, nil, c.entryHead(item))))
			case *syntax.Reference:
				add(c.results.Of(c.reference(item, key)))
			}
		}
	case *syntax.Record:
		c.forEach(v, key.Keys)
		add(c.nameTasks(v, c.entry(v, nil, c.entryHead(v))))
	}
	if v := syntax.As[*syntax.Value](s, "return_exceptions"); v != nil {
		c.wanted(s.Verb.Key("return_exceptions"), v)
		result = expr.AnyType
	}
	c.bind(syntax.As[*syntax.Name](s, "as"), expr.ListOf(result))
}

// entryHead is the place that stands for an entry: its first key.
func (c *checker) entryHead(r *syntax.Record) source.Span {
	if len(r.Fields) > 0 {
		return r.Fields[0].KeySpan
	}
	return r.Span
}

func (c *checker) schedule(s *syntax.Step) {
	name := syntax.As[*syntax.Name](s, s.Verb.Name)
	if name == nil {
		return
	}
	c.duration(syntax.As[*syntax.Duration](s, "after"))
	c.duration(syntax.As[*syntax.Duration](s, "at"))
	if d := c.callback(name); d != nil {
		c.arguments(d, s, s.Place())
	}
	c.bind(syntax.As[*syntax.Name](s, "as"), expr.Type{Kind: expr.TypeHandle})
}
