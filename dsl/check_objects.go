package dsl

import (
	"slices"

	"runloop/engine"
)

// within checks a step that may have `within` and `else`: either the step ends, or its time does and `else` runs.
func (c *codeChecker) within(s *Step, step func()) {
	d, otherwise := field[*Duration](&s.Record, "within"), field[*Block](&s.Record, "else")
	if s.has("else") && !s.has("within") {
		c.errorf(codeWrongForm, s.keySpan("else"), "", "`else` needs `within`: it runs when that time is over")
	}
	c.duration(d)
	start := c.flow.clone()
	step()
	if otherwise != nil {
		c.otherwise(start, otherwise)
	}
}

// otherwise checks steps that run instead of those just checked, from the state before them.
func (c *codeChecker) otherwise(start state, b *Block) {
	out := c.flow
	c.flow = start
	c.block(b)
	c.flow = merge(out, c.flow)
}

// keySpan is the place of a key that is written.
func (r *Record) keySpan(name string) Span {
	for _, f := range r.Fields {
		if f.Key.Name == name {
			return f.KeySpan
		}
	}
	return r.Span
}

func (c *codeChecker) timeout(s *Step) {
	switch v := s.Get("timeout").(type) {
	case *Duration:
		c.duration(v)
	case *Record:
		c.duration(field[*Duration](v, "at"))
	}
	start := c.flow.clone()
	c.block(field[*Block](&s.Record, "do"))
	if b := field[*Block](&s.Record, "else"); b != nil {
		c.otherwise(start, b)
	}
}

// references checks references and gives the type that one has, or the type of the list that they are.
func (c *codeChecker) references(r *References, key *Key) Type {
	elem := Type{}
	for _, item := range r.Items {
		t := c.reference(item, key)
		if !r.IsList {
			return t
		}
		if t.Kind != TypeTask && t.Kind != TypeFuture && t.Kind != TypeAny && t.Kind != TypeUnknown {
			c.errorf(codeValueType, item.Span, "", "a list in `%s` has tasks and futures, not %s", key.Name, t.article())
		}
		elem, _ = join(elem, t)
	}
	return listOf(elem)
}

// waited is what a `wait` waits for: TypeList stands for tasks.
func waited(t Type) TypeKind {
	switch t.Kind {
	case TypeEvent, TypeBarrier, TypeCondition:
		return t.Kind
	}
	return TypeList
}

func (c *codeChecker) wait(s *Step) {
	refs := field[*References](&s.Record, "wait")
	if refs == nil {
		return
	}
	t := c.references(refs, s.Verb.Keys[0])
	kind := waited(t)
	if t.Kind == TypeAny && !refs.IsList {
		c.errorf(codeValueType, refs.Span, "declare its type: `params: { x: event }`",
			"`wait` must know what this is: a list of tasks, an event, a barrier or a condition")
	}
	if refs.IsList && len(refs.Items) == 0 {
		c.errorf(codeBounds, refs.Span, "", "`wait` needs at least one task: of none it raises ValueError")
	}
	belongs := map[string][]TypeKind{
		"return_when": {TypeList}, "until": {TypeCondition}, "as": {TypeList, TypeBarrier},
		"else": {TypeEvent, TypeBarrier, TypeCondition},
	}
	for _, f := range s.Fields {
		if kinds := belongs[f.Key.Name]; kinds != nil && t.Kind != TypeUnknown && !slices.Contains(kinds, kind) {
			hint := ""
			if f.Key.Name == "else" {
				hint = "its end is no error for tasks: look at `pending` of what `as` gets"
			}
			c.errorf(codeWrongForm, f.KeySpan, hint, "`%s` has no place in a `wait` for %s", f.Key.Name, waitedWords[kind])
		}
	}
	c.within(s, func() {
		if until := field[*Condition](&s.Record, "until"); until != nil {
			c.condition(until)
		}
		result := intType
		if kind == TypeList {
			result = mapOf(listOf(eachOf(t)))
		}
		c.bind(field[*Name](&s.Record, "as"), result)
	})
}

var waitedWords = map[TypeKind]string{
	TypeList: "tasks", TypeEvent: "an event", TypeBarrier: "a barrier", TypeCondition: "a condition",
}

func (c *codeChecker) asCompleted(s *Step) {
	refs := field[*References](&s.Record, "as_completed")
	if refs == nil {
		return
	}
	elem := eachOf(c.references(refs, s.Verb.Keys[0]))
	c.within(s, func() {
		start := c.flow.clone()
		outer := c.loop
		c.loop = &loopExits{breaks: nowhere, turns: nowhere}
		c.bind(field[*Name](&s.Record, "as"), elem)
		c.block(field[*Block](&s.Record, "do"))
		c.loop = outer
		c.flow = start
	})
}

// eachOf is the type of each of the tasks that a reference of type t names: it is one, or a list.
func eachOf(t Type) Type {
	switch t.Kind {
	case TypeList:
		return t.elem()
	case TypeTask, TypeFuture:
		return t
	}
	return anyType
}

func (c *codeChecker) acquire(s *Step) {
	what := field[*Reference](&s.Record, "acquire")
	if what != nil {
		c.reference(what, s.Verb.Keys[0])
	}
	c.within(s, func() { c.block(field[*Block](&s.Record, "do")) })
}

func (c *codeChecker) get(s *Step) {
	c.nowait(s)
	as := field[*Name](&s.Record, "as")
	if s.has("where") && !s.has("as") {
		c.errorf(codeWrongForm, s.keySpan("where"), "add `as: item`",
			"`where` needs `as`: the condition is on the item that it names")
	}
	c.within(s, func() {
		taken := anyType
		if q := field[*Reference](&s.Record, "get"); q != nil {
			c.reference(q, s.Verb.Keys[0])
			taken = c.itemsOf(q)
		}
		if v := field[*Value](&s.Record, "nowait"); v != nil {
			c.wanted(nowaitKey, v)
		}
		c.bind(as, taken)
		if where := field[*Condition](&s.Record, "where"); where != nil {
			c.condition(where)
		}
	})
}

// put checks a `put`, and notes what is put where.
func (c *codeChecker) put(s *Step) {
	c.nowait(s)
	c.within(s, func() {
		where, t := &c.results.stray, anyType
		if q := field[*Reference](&s.Record, "put"); q != nil {
			c.reference(q, s.Verb.Keys[0])
			if declared := c.declaredQueue(q); declared != nil {
				where = &declared.items
			}
		}
		if v := field[*Value](&s.Record, "value"); v != nil {
			t = c.value(v)
		}
		if v := field[*Value](&s.Record, "nowait"); v != nil {
			c.wanted(nowaitKey, v)
		}
		c.widenType(where, t)
		c.widenType(&c.results.items, t)
	})
}

// declaredQueue is the declared queue, or list of them, that a reference names, nil: it names something else, which may
// hold any queue.
func (c *codeChecker) declaredQueue(r *Reference) *variable {
	e := c.ExprOf(r)
	if e == nil || e.tree == nil {
		return nil
	}
	if v := c.globals[e.tree.indexed()]; v != nil && v.Kind == symObject {
		return v
	}
	return nil
}

// itemsOf is the type of what can be taken from the queue that a reference names.
func (c *codeChecker) itemsOf(r *Reference) Type {
	q := c.declaredQueue(r)
	if q == nil {
		return c.results.items
	}
	if !q.lent {
		return q.items
	}
	t, _ := join(q.items, c.results.stray)
	return t
}

// nowait checks that a step that does not wait has no limit for it.
func (c *codeChecker) nowait(s *Step) {
	if v := field[*Value](&s.Record, "nowait"); v != nil && v.Const.Kind() == engine.KindBool && v.Const.AsBool() && s.has("within") {
		c.errorf(codeWrongForm, s.keySpan("within"), "remove one of the two", "with `nowait` the step never waits: `within` limits nothing")
	}
}

// notify checks how many tasks a condition wakes.
func (c *codeChecker) notify(s *Step) {
	c.fields(s)
	count, all := field[*Value](&s.Record, "count"), field[*Value](&s.Record, "all")
	if count != nil {
		c.above(s.Verb.Key("count"), count, false)
	}
	if count != nil && all != nil {
		c.errorf(codeWrongForm, s.keySpan("all"), "remove one of the two", "`notify` wakes `count` tasks or `all`, not both")
	}
}

// made is the kind of object that a `new` makes.
func made(s *Step) (TypeKind, bool) {
	word := field[*Name](&s.Record, "new")
	if word == nil {
		return TypeUnknown, false
	}
	t, ok := parseType(word.Text)
	return t.Kind, ok
}

func (c *codeChecker) newObject(s *Step) {
	kind, ok := made(s)
	if !ok {
		return
	}
	options := map[TypeKind][]string{
		TypeQueue: {"capacity", "order"}, TypeSemaphore: {"value", "bounded"}, TypeBarrier: {"parties"},
	}
	for _, f := range s.Fields {
		if name := f.Key.Name; name != "new" && name != "as" && !slices.Contains(options[kind], name) {
			c.errorf(codeWrongForm, f.KeySpan, "", "`%s` is no option of a %s", name, Type{Kind: kind})
		}
	}
	c.options(&s.Record, kind)
	if kind == TypeBarrier && !s.has("parties") {
		c.errorf(codeMissingKey, s.head(), "", "a barrier needs its `parties`: how many tasks it waits for")
	}
	c.bind(field[*Name](&s.Record, "as"), Type{Kind: kind})
}

func (c *codeChecker) resolveFuture(s *Step) {
	if what := field[*Reference](&s.Record, "resolve"); what != nil {
		c.reference(what, s.Verb.Keys[0])
	}
	result := nullType
	if v := field[*Value](&s.Record, "value"); v != nil {
		result = c.value(v)
	}
	if !s.has("error") {
		c.widenType(&c.results.resolved, result)
	}
	if v := field[*Value](&s.Record, "message"); v != nil {
		c.wanted(s.Verb.Key("message"), v)
	}
	if s.has("error") && s.has("value") {
		c.errorf(codeWrongForm, s.keySpan("value"), "", "a future gets a `value` or an `error`, not both")
	}
	if s.has("message") && !s.has("error") {
		c.errorf(codeWrongForm, s.keySpan("message"), "", "`message` needs `error`: it is what the error says")
	}
	if v, ok := s.Get("error").(*Value); ok {
		if t := c.expr(v.Expr); !assignable(t, errorType) {
			c.errorf(codeValueType, v.Span, "", "`error` takes an error, not %s", t.article())
		}
	}
}
