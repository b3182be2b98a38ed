package dsl

import "runloop/engine"

// limited puts a step with `within` into a time-out. Those that limit something else than the whole step do it
// themselves.
func (b *builder) limited(s *Step, step engine.Step) engine.Step {
	within := b.duration(&s.Record, "within")
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
	return &engine.Timeout{Pos: b.pos(s.head()), For: within, Do: []engine.Step{step}, Else: b.otherwise(s)}
}

// otherwise compiles `else`, nil: it is absent.
func (b *builder) otherwise(s *Step) []engine.Step {
	if field[*Block](&s.Record, "else") == nil {
		return nil
	}
	return append([]engine.Step{}, b.block(field[*Block](&s.Record, "else"))...)
}

func (b *builder) timeout(s *Step, pos engine.Pos) engine.Step {
	step := &engine.Timeout{Pos: pos, Do: b.do(s), Else: b.otherwise(s)}
	if at, ok := s.Get("timeout").(*Record); ok {
		step.At = b.duration(at, "at")
	} else {
		step.For = b.duration(&s.Record, "timeout")
	}
	return step
}

// references compiles a list of references, or one; a single task makes a list of one.
func (b *builder) references(r *References) engine.Eval {
	evals := make([]compiled, len(r.Items))
	for i, item := range r.Items {
		evals[i] = b.expr(b.ExprOf(item))
	}
	if !r.IsList && evals[0].Type.Kind != TypeTask && evals[0].Type.Kind != TypeFuture {
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

func (b *builder) wait(s *Step, pos engine.Pos) engine.Step {
	refs := field[*References](&s.Record, "wait")
	what := b.references(refs)
	kind := TypeList
	if !refs.IsList {
		kind = waited(b.expr(b.ExprOf(refs.Items[0])).Type)
	}
	switch kind {
	case TypeEvent:
		return &engine.WaitEvent{Pos: pos, Event: what}
	case TypeBarrier:
		return &engine.WaitBarrier{Pos: pos, Barrier: what, As: b.as(&s.Record, "as")}
	case TypeCondition:
		step := &engine.WaitCondition{Pos: pos, Condition: what}
		if until := field[*Condition](&s.Record, "until"); until != nil {
			step.Until = b.condition(until)
		}
		return step
	}
	step := &engine.Wait{Pos: pos, Tasks: what, Within: b.duration(&s.Record, "within"), As: b.as(&s.Record, "as")}
	if when := field[*Name](&s.Record, "return_when"); when != nil {
		step.When = returnWhen[when.Text]
	}
	return step
}

func (b *builder) asCompleted(s *Step, pos engine.Pos) engine.Step {
	return &engine.AsCompleted{
		Pos: pos, Tasks: b.references(field[*References](&s.Record, "as_completed")), As: *b.as(&s.Record, "as"),
		Within: b.duration(&s.Record, "within"), Do: b.do(s), Else: b.otherwise(s),
	}
}

func (b *builder) group(s *Step, pos engine.Pos) engine.Step {
	return &engine.Group{Pos: pos, As: *b.as(&s.Record, "group"), Do: b.do(s)}
}

func (b *builder) shield(s *Step, pos engine.Pos) engine.Step {
	return &engine.Shield{Pos: pos, What: b.reference(&s.Record, "shield"), As: b.as(&s.Record, "as")}
}

func (b *builder) acquire(s *Step, pos engine.Pos) engine.Step {
	step := &engine.Acquire{Pos: pos, What: b.reference(&s.Record, "acquire"), Scoped: s.Get("do") != nil, Do: b.do(s)}
	if step.Scoped {
		step.Within, step.Else = b.duration(&s.Record, "within"), b.otherwise(s)
	}
	return step
}

func (b *builder) release(s *Step, pos engine.Pos) engine.Step {
	return &engine.Release{Pos: pos, What: b.reference(&s.Record, "release")}
}

func (b *builder) put(s *Step, pos engine.Pos) engine.Step {
	return &engine.Put{
		Pos: pos, Queue: b.reference(&s.Record, "put"), Declared: b.declared(&s.Record, "put"), Item: b.value(field[*Value](&s.Record, "value")).Value,
		Nowait: b.flag(s, "nowait"),
	}
}

func (b *builder) get(s *Step, pos engine.Pos) engine.Step {
	step := &engine.Get{
		Pos: pos, Queue: b.reference(&s.Record, "get"), Declared: b.declared(&s.Record, "get"),
		As: b.as(&s.Record, "as"), Nowait: b.flag(s, "nowait"),
	}
	if where := field[*Condition](&s.Record, "where"); where != nil {
		step.Where = b.condition(where)
	}
	return step
}

// declared is the index + 1 of the declared object that a reference names, 0: it names none, or a list of them.
func (b *builder) declared(r *Record, key string) int {
	if v := b.variable(field[*Reference](r, key).Text); v != nil && v.Kind == symObject && v.Type.Kind != TypeList {
		return v.Index + 1
	}
	return 0
}

// flag is a literal boolean; absent it is false.
func (b *builder) flag(s *Step, key string) bool {
	v := field[*Value](&s.Record, key)
	return v != nil && v.Const.AsBool()
}

func (b *builder) taskDone(s *Step, pos engine.Pos) engine.Step {
	return &engine.TaskDone{Pos: pos, Queue: b.reference(&s.Record, "task_done")}
}

func (b *builder) join(s *Step, pos engine.Pos) engine.Step {
	return &engine.Join{Pos: pos, Queue: b.reference(&s.Record, "join")}
}

func (b *builder) shutdown(s *Step, pos engine.Pos) engine.Step {
	step := &engine.Shutdown{Pos: pos, Queue: b.reference(&s.Record, "shutdown")}
	if v := field[*Value](&s.Record, "immediate"); v != nil {
		step.Immediate = b.value(v).asBool("`immediate`")
	}
	return step
}

func (b *builder) signal(s *Step, pos engine.Pos) engine.Step {
	return &engine.Signal{Pos: pos, Event: b.reference(&s.Record, "signal")}
}

func (b *builder) clear(s *Step, pos engine.Pos) engine.Step {
	return &engine.Clear{Pos: pos, Event: b.reference(&s.Record, "clear")}
}

func (b *builder) notify(s *Step, pos engine.Pos) engine.Step {
	step := &engine.Notify{Pos: pos, Condition: b.reference(&s.Record, "notify")}
	if b.flag(s, "all") {
		return step
	}
	step.Count = func(*engine.Loop) int64 { return 1 }
	if n := field[*Value](&s.Record, "count"); n != nil {
		step.Count = b.value(n).asInt("`count`")
	}
	return step
}

func (b *builder) newObject(s *Step, pos engine.Pos) engine.Step {
	kind, _ := made(s)
	def := b.objectDef(kind, &s.Record)
	def.Pos = pos
	return &engine.Make{Pos: pos, Object: def, As: b.as(&s.Record, "as")}
}

func (b *builder) resolve(s *Step, pos engine.Pos) engine.Step {
	step := &engine.Resolve{Pos: pos, Future: b.reference(&s.Record, "resolve"), IsError: s.has("error")}
	switch v := s.Get("error").(type) {
	case *Value:
		step.Value = b.value(v).Value
	case *Name:
		typ, message := v.Text, b.text(&s.Record, "message")
		if message == nil {
			message = noText
		}
		step.Value = func(l *engine.Loop) engine.Value { return l.NewError(typ, string(message(l, nil))) }
	default:
		if value := field[*Value](&s.Record, "value"); value != nil {
			step.Value = b.value(value).Value
		}
	}
	return step
}
