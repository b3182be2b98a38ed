package check

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// within checks a step that may have `within` and `else`: either the step ends, or its time does and `else` runs.
func (c *checker) within(s *syntax.Step, step func()) {
	d, otherwise := syntax.As[*syntax.Duration](s, "within"), syntax.As[*syntax.Block](s, "else")
	if s.Has("else") && !s.Has("within") {
		c.errorf(syntax.CodeWrongForm, s.KeySpan("else"), "", "`else` needs `within`: it runs when that time is over")
	}
	c.duration(d)
	start := c.flow.clone()
	step()
	if otherwise != nil {
		c.otherwise(start, otherwise)
	}
}

// otherwise checks steps that run instead of those just checked, from the state before them.
func (c *checker) otherwise(start state, b *syntax.Block) {
	out := c.flow
	c.flow = start
	c.block(b)
	c.flow = merge(out, c.flow)
}

func (c *checker) timeout(s *syntax.Step) {
	switch v := s.Get("timeout").(type) {
	case *syntax.Duration:
		c.duration(v)
	case *syntax.Record:
		c.duration(syntax.As[*syntax.Duration](v, "at"))
	}
	start := c.flow.clone()
	c.block(syntax.As[*syntax.Block](s, "do"))
	if b := syntax.As[*syntax.Block](s, "else"); b != nil {
		c.otherwise(start, b)
	}
}

// references checks references and gives the type that one has, or the type of the list that they are.
func (c *checker) references(r *syntax.References, key *syntax.Key) expr.Type {
	elem := expr.Type{}
	for _, item := range r.Items {
		t := c.reference(item, key)
		if !r.IsList {
			return t
		}
		if t.Kind != expr.TypeTask && t.Kind != expr.TypeFuture && t.Kind != expr.TypeAny && t.Kind != expr.TypeUnknown {
			c.errorf(CodeValueType, item.Span, "", "a list in `%s` has tasks and futures, not %s", key.Name, t.Article())
		}
		elem, _ = expr.Join(elem, t)
	}
	return expr.ListOf(elem)
}

// Waited is what a `wait` waits for: TypeList stands for tasks.
func Waited(t expr.Type) expr.TypeKind {
	switch t.Kind {
	case expr.TypeEvent, expr.TypeBarrier, expr.TypeCondition:
		return t.Kind
	}
	return expr.TypeList
}

func (c *checker) wait(s *syntax.Step) {
	refs := syntax.As[*syntax.References](s, "wait")
	if refs == nil {
		return
	}
	t := c.references(refs, s.Verb.Keys[0])
	kind := Waited(t)
	if t.Kind == expr.TypeAny && !refs.IsList {
		c.errorf(CodeValueType, refs.Span, "declare its type: `params: { x: event }`",
			"`wait` must know what this is: a list of tasks, an event, a barrier or a condition")
	}
	if refs.IsList && len(refs.Items) == 0 {
		c.errorf(CodeBounds, refs.Span, "", "`wait` needs at least one task: of none it raises ValueError")
	}
	belongs := map[string][]expr.TypeKind{
		"return_when": {expr.TypeList}, "until": {expr.TypeCondition}, "as": {expr.TypeList, expr.TypeBarrier},
		"else": {expr.TypeEvent, expr.TypeBarrier, expr.TypeCondition},
	}
	for _, f := range s.Fields {
		if kinds := belongs[f.Key.Name]; kinds != nil && t.Kind != expr.TypeUnknown && !slices.Contains(kinds, kind) {
			hint := ""
			if f.Key.Name == "else" {
				hint = "its end is no error for tasks: look at `pending` of what `as` gets"
			}
			c.errorf(syntax.CodeWrongForm, f.KeySpan, hint, "`%s` has no place in a `wait` for %s", f.Key.Name, waitedWords[kind])
		}
	}
	c.within(s, func() {
		if until := syntax.As[*syntax.Condition](s, "until"); until != nil {
			c.condition(until)
		}
		result := expr.IntType
		if kind == expr.TypeList {
			result = expr.MapOf(expr.ListOf(eachOf(t)))
		}
		c.bind(syntax.As[*syntax.Name](s, "as"), result)
	})
}

var waitedWords = map[expr.TypeKind]string{
	expr.TypeList: "tasks", expr.TypeEvent: "an event", expr.TypeBarrier: "a barrier", expr.TypeCondition: "a condition",
}

func (c *checker) asCompleted(s *syntax.Step) {
	refs := syntax.As[*syntax.References](s, "as_completed")
	if refs == nil {
		return
	}
	elem := eachOf(c.references(refs, s.Verb.Keys[0]))
	c.within(s, func() {
		start := c.flow.clone()
		outer := c.loop
		c.loop = &loopExits{breaks: nowhere, turns: nowhere}
		c.bind(syntax.As[*syntax.Name](s, "as"), elem)
		c.block(syntax.As[*syntax.Block](s, "do"))
		c.loop = outer
		c.flow = start
	})
}

// eachOf is the type of each of the tasks that a reference of type t names: it is one, or a list.
func eachOf(t expr.Type) expr.Type {
	switch t.Kind {
	case expr.TypeList:
		return t.Element()
	case expr.TypeTask, expr.TypeFuture:
		return t
	}
	return expr.AnyType
}

func (c *checker) acquire(s *syntax.Step) {
	what := syntax.As[*syntax.Reference](s, "acquire")
	if what != nil {
		c.reference(what, s.Verb.Keys[0])
	}
	c.within(s, func() { c.block(syntax.As[*syntax.Block](s, "do")) })
}

func (c *checker) get(s *syntax.Step) {
	c.nowait(s)
	as := syntax.As[*syntax.Name](s, "as")
	if s.Has("where") && !s.Has("as") {
		c.errorf(syntax.CodeWrongForm, s.KeySpan("where"), "add `as: item`",
			"`where` needs `as`: the condition is on the item that it names")
	}
	c.within(s, func() {
		taken := expr.AnyType
		if q := syntax.As[*syntax.Reference](s, "get"); q != nil {
			c.reference(q, s.Verb.Keys[0])
			taken = c.itemsOf(q)
		}
		if v := syntax.As[*syntax.Value](s, "nowait"); v != nil {
			c.wanted(syntax.NowaitKey, v)
		}
		c.bind(as, taken)
		if where := syntax.As[*syntax.Condition](s, "where"); where != nil {
			c.condition(where)
		}
	})
}

// put checks a `put`, and notes what is put where.
func (c *checker) put(s *syntax.Step) {
	c.nowait(s)
	c.within(s, func() {
		where, t := &c.results.Stray, expr.AnyType
		if q := syntax.As[*syntax.Reference](s, "put"); q != nil {
			c.reference(q, s.Verb.Keys[0])
			if declared := c.declaredQueue(q); declared != nil {
				where = &declared.items
			}
		}
		if v := syntax.As[*syntax.Value](s, "value"); v != nil {
			t = c.value(v)
		}
		if v := syntax.As[*syntax.Value](s, "nowait"); v != nil {
			c.wanted(syntax.NowaitKey, v)
		}
		c.widenType(where, t)
		c.widenType(&c.results.Items, t)
	})
}

// declaredQueue is the declared queue, or list of them, that a reference names, nil: it names something else, which may
// hold any queue.
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

// itemsOf is the type of what can be taken from the queue that a reference names.
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

// nowait checks that a step that does not wait has no limit for it.
func (c *checker) nowait(s *syntax.Step) {
	if v := syntax.As[*syntax.Value](s, "nowait"); v != nil && v.Const.Kind() == engine.KindBool && v.Const.AsBool() && s.Has("within") {
		c.errorf(syntax.CodeWrongForm, s.KeySpan("within"), "remove one of the two", "with `nowait` the step never waits: `within` limits nothing")
	}
}

// notify checks how many tasks a condition wakes.
func (c *checker) notify(s *syntax.Step) {
	c.fields(s)
	count, all := syntax.As[*syntax.Value](s, "count"), syntax.As[*syntax.Value](s, "all")
	if count != nil {
		c.above(s.Verb.Key("count"), count, false)
	}
	if count != nil && all != nil {
		c.errorf(syntax.CodeWrongForm, s.KeySpan("all"), "remove one of the two", "`notify` wakes `count` tasks or `all`, not both")
	}
}

// Made is the kind of object that a `new` makes.
func Made(s *syntax.Step) (expr.TypeKind, bool) {
	word := syntax.As[*syntax.Name](s, "new")
	if word == nil {
		return expr.TypeUnknown, false
	}
	t, ok := expr.ParseType(word.Text)
	return t.Kind, ok
}

func (c *checker) newObject(s *syntax.Step) {
	kind, ok := Made(s)
	if !ok {
		return
	}
	options := map[expr.TypeKind][]string{
		expr.TypeQueue: {"capacity", "order"}, expr.TypeSemaphore: {"value", "bounded"}, expr.TypeBarrier: {"parties"},
	}
	for _, f := range s.Fields {
		if name := f.Key.Name; name != "new" && name != "as" && !slices.Contains(options[kind], name) {
			c.errorf(syntax.CodeWrongForm, f.KeySpan, "", "`%s` is no option of a %s", name, expr.Type{Kind: kind})
		}
	}
	c.options(s, kind)
	if kind == expr.TypeBarrier && !s.Has("parties") {
		c.errorf(syntax.CodeMissingKey, s.Place(), "", "a barrier needs its `parties`: how many tasks it waits for")
	}
	c.bind(syntax.As[*syntax.Name](s, "as"), expr.Type{Kind: kind})
}

func (c *checker) resolveFuture(s *syntax.Step) {
	if what := syntax.As[*syntax.Reference](s, "resolve"); what != nil {
		c.reference(what, s.Verb.Keys[0])
	}
	result := expr.NullType
	if v := syntax.As[*syntax.Value](s, "value"); v != nil {
		result = c.value(v)
	}
	if !s.Has("error") {
		c.widenType(&c.results.Resolved, result)
	}
	if v := syntax.As[*syntax.Value](s, "message"); v != nil {
		c.wanted(s.Verb.Key("message"), v)
	}
	if s.Has("error") && s.Has("value") {
		c.errorf(syntax.CodeWrongForm, s.KeySpan("value"), "", "a future gets a `value` or an `error`, not both")
	}
	if s.Has("message") && !s.Has("error") {
		c.errorf(syntax.CodeWrongForm, s.KeySpan("message"), "", "`message` needs `error`: it is what the error says")
	}
	if v, ok := s.Get("error").(*syntax.Value); ok {
		if t := c.expr(v.Expr); !expr.Assignable(t, expr.ErrorType) {
			c.errorf(CodeValueType, v.Span, "", "`error` takes an error, not %s", t.Article())
		}
	}
}

// object checks a declaration: its options, and what can be known of them before the run.
func (c *checker) object(o *syntax.Object) {
	if o.Size != nil {
		c.size(syntax.SizeKeys[o.Kind], o.Size)
	}
	if o.Options != nil {
		c.options(o.Options, o.Kind)
	}
	if o.Kind == expr.TypeBarrier && o.Option("parties") == nil {
		c.errorf(syntax.CodeMissingKey, o.Name.Span, "write `"+o.Name.Text+": 3`",
			"barrier `%s` lacks the number of tasks it waits for", o.Name.Text)
	}
}

// options checks the options of an object of a kind.
func (c *checker) options(r *syntax.Record, kind expr.TypeKind) {
	for _, f := range r.Fields {
		if v, ok := f.Value.(*syntax.Value); ok {
			if f.Key.Literal || f.Key.Kind != syntax.ValueKey {
				c.wanted(f.Key, v)
				continue
			}
			c.size(f.Key, v)
		}
	}
}

// size checks a number that must not be negative; a barrier's parties not 0 either.
func (c *checker) size(key *syntax.Key, v *syntax.Value) {
	c.wanted(key, v)
	c.above(key, v, key == syntax.PartiesKey)
}
