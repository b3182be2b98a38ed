package dsl

import (
	"slices"
	"strings"

	"runloop/engine"
)

// block checks steps in order. Steps behind the end of all paths are reported once and checked as if they ran.
func (c *codeChecker) block(b *Block) {
	if b == nil {
		return
	}
	ended := false
	for _, s := range b.Steps {
		if c.flow.dead {
			if !ended {
				c.errorf(codeUnreachable, s.head(),
					"remove it, or what ends the path before it", "this step can never run: `%s`", s.Verb.Name)
			}
			ended = true
			c.flow.revive(len(c.act.locals))
		}
		c.step(s)
	}
	c.flow.dead = c.flow.dead || ended
}

// head is the place of the step's verb.
func (s *Step) head() Span {
	for _, f := range s.Fields {
		if f.Key == s.Verb.Keys[0] {
			return f.KeySpan
		}
	}
	return s.Span
}

// waits reports whether the step may wait.
func (s *Step) waits() bool {
	nowait := field[*Value](&s.Record, "nowait")
	return s.Verb.Waits && (nowait == nil || nowait.Kind != Literal || !nowait.Const.AsBool())
}

func (c *codeChecker) step(s *Step) {
	if s.waits() && !c.act.kind.waits() {
		hint := "`spawn` a task that does it"
		if s.Verb.Key("nowait") != nil {
			hint = "add `nowait: true`, or `spawn` a task that does it"
		}
		c.errorf(codeWaits, s.head(), hint, "`%s` may wait, and %s cannot wait", s.Verb.Name, bodyWords[c.act.kind])
	}
	switch s.Verb.Name {
	case "let":
		c.let(s)
	case "set", "append":
		c.set(s)
	case "reset":
		c.reset(s)
	case "context":
		c.contextValues(field[*Bindings](&s.Record, "context"))
		c.block(field[*Block](&s.Record, "do"))
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
			t := anyType
			if what := field[*Reference](&s.Record, s.Verb.Name); what != nil {
				t = c.results.of(c.reference(what, s.Verb.Keys[0]))
			}
			c.bind(field[*Name](&s.Record, "as"), t)
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
		c.bind(field[*Name](&s.Record, "group"), Type{Kind: TypeGroup})
		c.block(field[*Block](&s.Record, "do"))
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
func (c *codeChecker) fields(s *Step) {
	for _, f := range s.Fields {
		switch v := f.Value.(type) {
		case *Value:
			c.wanted(f.Key, v)
		case *Condition:
			c.condition(v)
		case *Duration:
			c.duration(v)
		case *Reference:
			c.reference(v, f.Key)
		}
	}
}

func (c *codeChecker) let(s *Step) {
	b := field[*Bindings](&s.Record, "let")
	if b == nil {
		return
	}
	types := make([]Type, len(b.Items))
	for i, item := range b.Items {
		types[i] = c.value(item.Value)
	}
	for i, item := range b.Items {
		if v := c.variable(item.Name.Text); v != nil && v.Kind == symLocal {
			c.assign(v, types[i], item.Value.Span)
		}
	}
}

func (c *codeChecker) set(s *Step) {
	t := field[*Targets](&s.Record, s.Verb.Name)
	if t == nil {
		return
	}
	types := make([]Type, len(t.Items))
	for i, item := range t.Items {
		types[i] = c.value(item.Value)
	}
	for i, item := range t.Items {
		c.target(item.Path, types[i], item.Value.Span, s.Verb.Name == "append")
	}
}

func (c *codeChecker) reset(s *Step) {
	name := field[*Name](&s.Record, "reset")
	if name == nil {
		return
	}
	v := c.globals[name.Text]
	switch {
	case v == nil || v.Kind != symContext:
		c.errorf(codeNoVariable, name.Span, didYouMean(name.Text, c.ofKind(symContext)),
			"there is no context variable `%s`", name.Text)
	case !c.act.sets[name.Text]:
		c.errorf(codeResetUnset, name.Span, "`reset` undoes a `set` of the same body; `context:` sets and resets",
			"nothing here sets `%s`", name.Text)
	}
}

func (c *codeChecker) ifElse(s *Step) {
	out := nowhere
	branch := func(r *Record) {
		c.condition(field[*Condition](r, "if"))
		after := c.flow.clone()
		c.block(field[*Block](r, "then"))
		out, c.flow = merge(out, c.flow), after
	}
	branch(&s.Record)
	if elif := field[*Records](&s.Record, "elif"); elif != nil {
		for _, r := range elif.Items {
			branch(r)
		}
	}
	c.block(field[*Block](&s.Record, "else"))
	c.flow = merge(out, c.flow)
}

// loops checks `repeat`, `for` and `while`.
func (c *codeChecker) loops(s *Step) {
	sure, endless := false, false // the body runs at least once; only a break ends the loop
	switch s.Verb.Name {
	case "repeat":
		if n := field[*Value](&s.Record, "repeat"); n != nil {
			c.wanted(s.Verb.Keys[0], n)
			sure = n.Kind == Literal && n.Const.Kind() == engine.KindInt && n.Const.AsInt() > 0
		}
	case "while":
		cond := field[*Condition](&s.Record, "while")
		c.condition(cond)
		endless = cond != nil && strings.TrimSpace(cond.Expr.Text) == "true"
	}
	start := c.flow.clone()
	outer := c.loop
	c.loop = &loopExits{breaks: nowhere, turns: nowhere}
	c.bindLoop(s)
	c.block(field[*Block](&s.Record, "do"))
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
func (c *codeChecker) bindLoop(s *Step) {
	switch s.Verb.Name {
	case "repeat":
		c.bind(field[*Name](&s.Record, "as"), intType)
	case "for":
		c.forEach(&s.Record, s.Verb.Keys)
	}
}

// forEach checks `for` and `in`.
func (c *codeChecker) forEach(r *Record, keys []*Key) {
	in := field[*Value](r, "in")
	if in == nil { // which has been reported
		c.bind(field[*Name](r, "for"), anyType)
		return
	}
	t := c.wanted(findKey(keys, "in"), in)
	switch t.Kind {
	case TypeMap:
		t = stringType
	case TypeUnknown:
	default:
		t = t.elem()
	}
	c.bind(field[*Name](r, "for"), t)
}

func (c *codeChecker) leaveLoop(s *Step) {
	if c.loop == nil {
		c.errorf(codeOutsideLoop, s.head(), "", "`%s` outside a loop: `repeat`, `for` or `while`", s.Verb.Name)
		return
	} else if s.Verb.Name == "break" {
		c.loop.breaks = merge(c.loop.breaks, c.flow.clone())
	} else {
		c.loop.turns = merge(c.loop.turns, c.flow.clone())
	}
	c.flow.dead = true
}

func (c *codeChecker) call(s *Step) {
	name := field[*Name](&s.Record, "call")
	if name == nil {
		return
	}
	t := anyType
	if d := c.coroutine(name); d != nil {
		c.arguments(d, &s.Record, s.head())
		t = c.BodyOf(d).result
		if w := c.BodyOf(d).waiting; w != nil && !c.act.kind.waits() {
			c.errorf(codeWaits, name.Span,
				"`spawn` it as a task", "`%s` may wait, and %s cannot wait", name.Text, bodyWords[c.act.kind])
			c.note("it waits here", w.head())
		}
	}
	c.bind(field[*Name](&s.Record, "as"), t)
}

func (c *codeChecker) returnValue(s *Step) {
	t := nullType
	if v := field[*Value](&s.Record, "return"); v != nil {
		t = c.value(v)
	}
	if k := c.act.kind; k == beforeBody || k == afterBody {
		c.errorf(codeOutsideBody, s.head(), "", "`return` in %s: there is nothing to return from", bodyWords[k])
	}
	c.result(t)
	c.returns = merge(c.returns, c.flow.clone())
	c.flow.dead = true
}

func (c *codeChecker) raise(s *Step) {
	message := field[*Value](&s.Record, "message")
	if message != nil {
		c.wanted(s.Verb.Key("message"), message)
	}
	if from := field[*Reference](&s.Record, "from"); from != nil {
		c.reference(from, s.Verb.Key("from"))
	}
	switch v := s.Get("raise").(type) {
	case *Name:
		if _, ok := c.lookup(v.Text); ok {
			c.errorf(codeNoErrorType, v.Span,
				"did you mean `${"+v.Text+"}`?", "`%s` is a variable, not the type of an error", v.Text)
		}
	case *Value:
		if t := c.expr(v.Expr); !assignable(t, errorType) {
			c.errorf(codeValueType, v.Span,
				"write the name of its type: `raise: ValueError`", "`raise` takes an error, not %s", t.article())
		}
		if message != nil {
			c.errorf(codeWrongForm, message.Span,
				"", "`message` needs the type of an error: an error that exists has its message")
		}
	default:
		if c.handled == nil && (v != nil || !s.has("raise")) {
			c.errorf(codeBareRaise, s.head(), "write `raise: ValueError`, or another type",
				"`raise` without an error has its place in a `catch`: it raises again what was caught")
		}
	}
	c.flow.dead = true
}

func (c *codeChecker) try(s *Step) {
	catch, finally := field[*Records](&s.Record, "catch"), field[*Block](&s.Record, "finally")
	if !s.has("catch") && !s.has("finally") {
		c.errorf(codeMissingKey, s.head(), "", "`try` needs `catch` or `finally`")
	}
	start := c.flow.clone()
	c.block(field[*Block](&s.Record, "try"))
	c.block(field[*Block](&s.Record, "else"))
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
func (c *codeChecker) catches(r *Record, seen []string) []string {
	types, at := []string{"Exception"}, r.Span
	names := field[*Names](r, "error")
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
		c.errorf(codeCaughtBefore, at,
			"put it before the more general one", "no error comes here: handlers before this one catch %s",
			quoteList(types))
	}
	return append(seen, types...)
}

func (c *codeChecker) handler(r *Record) {
	outer := c.handled
	c.handled = c.caught[r]
	c.bind(field[*Name](r, "as"), errorType)
	c.block(field[*Block](r, "do"))
	c.handled = outer
}

func (c *codeChecker) spawn(s *Step) {
	count := field[*Value](&s.Record, "count")
	if count != nil {
		c.wanted(s.Verb.Key("count"), count)
		c.above(s.Verb.Key("count"), count, false)
	}
	outer := c.index
	c.index = outer || count != nil
	if daemon := field[*Value](&s.Record, "daemon"); daemon != nil {
		c.wanted(entryDaemon, daemon)
	}
	result := anyType
	switch v := s.Get("spawn").(type) {
	case *Name:
		result = c.entry(&s.Record, v, s.head())
	case *Record:
		c.entry(&s.Record, nil, s.head())
		result = c.entry(v, nil, s.head())
	}
	c.index = outer
	t := taskOf(c.nameTasks(&s.Record, result))
	if count != nil {
		t = listOf(t)
	}
	if group := field[*Reference](&s.Record, "in"); group != nil {
		c.reference(group, s.Verb.Key("in"))
	}
	c.bind(field[*Name](&s.Record, "as"), t)
}

func (c *codeChecker) gather(s *Step) {
	key := s.Verb.Keys[0]
	result := Type{}
	add := func(t Type) { result, _ = join(result, t) }
	switch v := s.Get("gather").(type) {
	case *Items:
		for _, item := range v.Items {
			switch item := item.(type) {
			case *Record:
				add(c.nameTasks(item, c.entry(item, nil, c.entryHead(item))))
			case *Reference:
				add(c.results.of(c.reference(item, key)))
			}
		}
	case *Record:
		c.forEach(v, key.Keys)
		add(c.nameTasks(v, c.entry(v, nil, c.entryHead(v))))
	}
	if v := field[*Value](&s.Record, "return_exceptions"); v != nil {
		c.wanted(s.Verb.Key("return_exceptions"), v)
		result = anyType
	}
	c.bind(field[*Name](&s.Record, "as"), listOf(result))
}

// entryHead is the place that stands for an entry: its first key.
func (c *codeChecker) entryHead(r *Record) Span {
	if len(r.Fields) > 0 {
		return r.Fields[0].KeySpan
	}
	return r.Span
}

func (c *codeChecker) schedule(s *Step) {
	name := field[*Name](&s.Record, s.Verb.Name)
	if name == nil {
		return
	}
	c.duration(field[*Duration](&s.Record, "after"))
	c.duration(field[*Duration](&s.Record, "at"))
	if d := c.callback(name); d != nil {
		c.arguments(d, &s.Record, s.head())
	}
	c.bind(field[*Name](&s.Record, "as"), Type{Kind: TypeHandle})
}
