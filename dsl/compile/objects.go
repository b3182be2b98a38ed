package compile

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// limited puts a step with `within` into a time-out. Those that limit something else than the whole step do it
// themselves.
func (b *builder) limited(s *syntax.Step, step engine.Step) engine.Step {
	within := b.duration(s, "within")
	if within == nil {
		return step
	}
	switch step := step.(type) {
	case *engine.Wait, *engine.AsCompleted:
		return step
	case *engine.Acquire:
		if step.Scoped {
			return step
		}
	}
	return &engine.Timeout{Pos: b.pos(s.Place()), For: within, Do: []engine.Step{step}, Else: b.otherwise(s)}
}

// otherwise compiles `else`, nil: it is absent.
func (b *builder) otherwise(s *syntax.Step) []engine.Step {
	if syntax.As[*syntax.Block](s, "else") == nil {
		return nil
	}
	return append([]engine.Step{}, b.block(syntax.As[*syntax.Block](s, "else"))...)
}

func (b *builder) timeout(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Timeout{Pos: pos, Do: b.do(s), Else: b.otherwise(s)}
	if at, ok := s.Get("timeout").(*syntax.Record); ok {
		step.At = b.duration(at, "at")
	} else {
		step.For = b.duration(s, "timeout")
	}
	return step
}

// references compiles a list of references, or one; a single task makes a list of one.
func (b *builder) references(r *syntax.References) engine.Eval {
	evals := make([]expr.Compiled, len(r.Items))
	for i, item := range r.Items {
		evals[i] = b.expr(b.ExprOf(item))
	}
	if !r.IsList && evals[0].Type.Kind != expr.TypeTask && evals[0].Type.Kind != expr.TypeFuture {
		return evals[0].Value
	}
	return func(l *engine.Loop) engine.Value {
		list := make([]engine.Value, len(evals))
		for i, e := range evals {
			list[i] = e.Value(l)
		}
		return engine.List(list)
	}
}

var returnWhen = map[string]engine.ReturnWhen{
	"all_completed": engine.AllCompleted, "first_completed": engine.FirstCompleted,
	"first_exception": engine.FirstException,
}

func (b *builder) wait(s *syntax.Step, pos engine.Pos) engine.Step {
	refs := syntax.As[*syntax.References](s, "wait")
	what := b.references(refs)
	kind := expr.TypeList
	if !refs.IsList {
		kind = check.Waited(b.expr(b.ExprOf(refs.Items[0])).Type)
	}
	switch kind {
	case expr.TypeEvent:
		return &engine.WaitEvent{Pos: pos, Event: what}
	case expr.TypeBarrier:
		return &engine.WaitBarrier{Pos: pos, Barrier: what, As: b.as(s, "as")}
	case expr.TypeCondition:
		step := &engine.WaitCondition{Pos: pos, Condition: what}
		if until := syntax.As[*syntax.Condition](s, "until"); until != nil {
			step.Until = b.condition(until)
		}
		return step
	}
	step := &engine.Wait{Pos: pos, Tasks: what, Within: b.duration(s, "within"), As: b.as(s, "as")}
	if when := syntax.As[*syntax.Name](s, "return_when"); when != nil {
		step.When = returnWhen[when.Text]
	}
	return step
}

func (b *builder) asCompleted(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.AsCompleted{
		Pos: pos, Tasks: b.references(syntax.As[*syntax.References](s, "as_completed")), As: *b.as(s, "as"),
		Within: b.duration(s, "within"), Do: b.do(s), Else: b.otherwise(s),
	}
}

func (b *builder) group(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Group{Pos: pos, As: *b.as(s, "group"), Do: b.do(s)}
}

func (b *builder) shield(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Shield{Pos: pos, What: b.reference(s, "shield"), As: b.as(s, "as")}
}

func (b *builder) acquire(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Acquire{Pos: pos, What: b.reference(s, "acquire"), Scoped: s.Get("do") != nil, Do: b.do(s)}
	if step.Scoped {
		step.Within, step.Else = b.duration(s, "within"), b.otherwise(s)
	}
	return step
}

func (b *builder) release(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Release{Pos: pos, What: b.reference(s, "release")}
}

func (b *builder) put(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Put{
		Pos: pos, Queue: b.reference(s, "put"), Declared: b.declared(s, "put"), Item: b.value(syntax.As[*syntax.Value](s, "value")).Value,
		Nowait: b.flag(s, "nowait"),
	}
}

func (b *builder) get(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Get{
		Pos: pos, Queue: b.reference(s, "get"), Declared: b.declared(s, "get"),
		As: b.as(s, "as"), Nowait: b.flag(s, "nowait"),
	}
	if where := syntax.As[*syntax.Condition](s, "where"); where != nil {
		step.Where = b.condition(where)
	}
	return step
}

// declared is the index + 1 of the declared object that a reference names, 0: it names none, or a list of them.
func (b *builder) declared(r *syntax.Record, key string) int {
	if v := b.Variable(syntax.As[*syntax.Reference](r, key).Text); v != nil && v.Kind == expr.SymObject && v.Type.Kind != expr.TypeList {
		return v.Index + 1
	}
	return 0
}

// flag is a literal boolean; absent it is false.
func (b *builder) flag(s *syntax.Step, key string) bool {
	v := syntax.As[*syntax.Value](s, key)
	return v != nil && v.Const.AsBool()
}

func (b *builder) taskDone(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.TaskDone{Pos: pos, Queue: b.reference(s, "task_done")}
}

func (b *builder) join(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Join{Pos: pos, Queue: b.reference(s, "join")}
}

func (b *builder) shutdown(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Shutdown{Pos: pos, Queue: b.reference(s, "shutdown")}
	if v := syntax.As[*syntax.Value](s, "immediate"); v != nil {
		step.Immediate = b.value(v).AsBool("`immediate`")
	}
	return step
}

func (b *builder) signal(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Signal{Pos: pos, Event: b.reference(s, "signal")}
}

func (b *builder) clear(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Clear{Pos: pos, Event: b.reference(s, "clear")}
}

func (b *builder) notify(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Notify{Pos: pos, Condition: b.reference(s, "notify")}
	if b.flag(s, "all") {
		return step
	}
	step.Count = func(*engine.Loop) int64 { return 1 }
	if n := syntax.As[*syntax.Value](s, "count"); n != nil {
		step.Count = b.value(n).AsInt("`count`")
	}
	return step
}

func (b *builder) newObject(s *syntax.Step, pos engine.Pos) engine.Step {
	kind, _ := check.Made(s.Node.(*syntax.New))
	def := b.objectDef(kind, s)
	def.Pos = pos
	return &engine.Make{Pos: pos, Object: def, As: b.as(s, "as")}
}

func (b *builder) resolve(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Resolve{Pos: pos, Future: b.reference(s, "resolve"), IsError: s.Has("error")}
	switch v := s.Get("error").(type) {
	case *syntax.Value:
		step.Value = b.value(v).Value
	case *syntax.Name:
		typ, message := v.Text, b.text(s, "message")
		if message == nil {
			message = noText
		}
		step.Value = func(l *engine.Loop) engine.Value { return l.NewError(typ, string(message(l, nil))) }
	default:
		if value := syntax.As[*syntax.Value](s, "value"); value != nil {
			step.Value = b.value(value).Value
		}
	}
	return step
}

var objectKinds = map[expr.TypeKind]engine.Kind{
	expr.TypeLock: engine.KindLock, expr.TypeSemaphore: engine.KindSemaphore, expr.TypeEvent: engine.KindEvent,
	expr.TypeCondition: engine.KindCondition, expr.TypeBarrier: engine.KindBarrier, expr.TypeQueue: engine.KindQueue,
	expr.TypeFuture: engine.KindFuture,
}

var queueOrders = map[string]engine.QueueOrder{
	"fifo": engine.QueueFIFO, "lifo": engine.QueueLIFO, "priority": engine.QueuePriority,
}

// object compiles a declaration.
func (b *builder) object(o *syntax.Object) engine.ObjectDef {
	def := b.objectDef(o.Kind, o.Options)
	def.Pos, def.Name = b.pos(o.Name.Span), o.Name.Text
	if o.Size != nil {
		def.Size = b.value(o.Size).AsInt("`" + syntax.SizeKeys[o.Kind].Name + "`")
	}
	if v := syntax.As[*syntax.Value](o.Options, "count"); v != nil {
		def.Count = b.value(v).AsInt("`count`")
	}
	return def
}

// objectDef compiles the options of an object of a kind.
func (b *builder) objectDef(kind expr.TypeKind, options *syntax.Record) engine.ObjectDef {
	def := engine.ObjectDef{Kind: objectKinds[kind]}
	if key := syntax.SizeKeys[kind]; key != nil {
		if v := syntax.As[*syntax.Value](options, key.Name); v != nil {
			def.Size = b.value(v).AsInt("`" + key.Name + "`")
		}
	}
	if v := syntax.As[*syntax.Value](options, "bounded"); v != nil {
		def.Bounded = v.Const.AsBool()
	}
	if v := syntax.As[*syntax.Name](options, "order"); v != nil {
		def.Order = queueOrders[v.Text]
	}
	return def
}
