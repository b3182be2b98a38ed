package compile

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// StepBuilders compiles the steps, by verb.
var StepBuilders map[string]func(b *builder, s *syntax.Step, pos engine.Pos) engine.Step

func init() {
	StepBuilders = map[string]func(b *builder, s *syntax.Step, pos engine.Pos) engine.Step{
		"print": (*builder).print, "let": (*builder).let, "set": (*builder).set, "append": (*builder).appendTo,
		"reset": (*builder).reset, "context": (*builder).context, "if": (*builder).ifElse, "repeat": (*builder).repeat,
		"for": (*builder).forIn, "while": (*builder).while, "break": (*builder).breakLoop,
		"continue": (*builder).continueLoop, "call": (*builder).call, "return": (*builder).returnValue,
		"raise": (*builder).raise, "try": (*builder).try, "assert": (*builder).assert, "sleep": (*builder).sleep,
		"sleep_until": (*builder).sleepUntil, "spawn": (*builder).spawn, "await": (*builder).await,
		"gather": (*builder).gather, "cancel": (*builder).cancel, "call_soon": (*builder).schedule,
		"call_later": (*builder).schedule, "call_at": (*builder).schedule, "stop": (*builder).stop,
		"timeout": (*builder).timeout, "wait": (*builder).wait, "as_completed": (*builder).asCompleted,
		"group": (*builder).group, "shield": (*builder).shield, "acquire": (*builder).acquire,
		"release": (*builder).release, "put": (*builder).put, "get": (*builder).get,
		"task_done": (*builder).taskDone, "join": (*builder).join, "shutdown": (*builder).shutdown,
		"signal": (*builder).signal, "clear": (*builder).clear, "notify": (*builder).notify,
		"new": (*builder).newObject, "resolve": (*builder).resolve,
	}
}

func (b *builder) print(s *syntax.Step, pos engine.Pos) engine.Step {
	text := b.text(s, "print")
	if text == nil {
		text = noText
	}
	return &engine.Print{Pos: pos, Text: text, End: b.text(s, "end")}
}

func (b *builder) let(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Set{Pos: pos}
	for _, item := range syntax.As[*syntax.Bindings](s, "let").Items {
		v := b.Variable(item.Name.Text)
		to := engine.Target{Ref: v.Ref()}
		step.Assigns = append(step.Assigns, engine.Assign{
			To: to, Value: b.assigned(v, item.Value), Reads: b.reads(item.Value),
		})
	}
	return step
}

// assigns compiles the targets of `set` and `append`.
func (b *builder) assigns(s *syntax.Step) []engine.Assign {
	var list []engine.Assign
	for _, item := range syntax.As[*syntax.Targets](s, s.Verb.Name).Items {
		c := b.value(item.Value)
		a := engine.Assign{
			To: b.target(item.Path), Value: c.Value, Reads: b.reads(item.Value), Adds: s.Verb.Name == "append",
		}
		if s.Verb.Name == "set" && a.To.Path == nil {
			if a.Value = assignedTo(c, b.Variable(item.Path.Name.Text)); c.Sum == a.To.Ref { // else Plus is 0, or of another variable
				a.Plus = c.Plus
			}
		}
		list = append(list, a)
	}
	return list
}

func (b *builder) set(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Set{Pos: pos, Assigns: b.assigns(s)}
}

func (b *builder) appendTo(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Append{Pos: pos, Assigns: b.assigns(s)}
}

func (b *builder) reset(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Reset{Pos: pos, Var: b.Globals[syntax.As[*syntax.Name](s, "reset").Text].Index}
}

func (b *builder) context(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.WithContext{Pos: pos, Vars: b.contextValues(syntax.As[*syntax.Bindings](s, "context")), Do: b.do(s)}
}

// do compiles a step's `do`.
func (b *builder) do(s *syntax.Step) []engine.Step {
	return b.block(syntax.As[*syntax.Block](s, "do"))
}

func (b *builder) ifElse(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.If{Pos: pos}
	branch := func(r *syntax.Record, pos engine.Pos) {
		step.Branches = append(step.Branches, engine.Branch{
			Pos: pos, Cond: b.condition(syntax.As[*syntax.Condition](r, "if")), Then: b.block(syntax.As[*syntax.Block](r, "then")),
		})
	}
	branch(s, pos)
	if elif := syntax.As[*syntax.Records](s, "elif"); elif != nil {
		for _, r := range elif.Items {
			branch(r, b.pos(r.Span))
		}
	}
	step.Else = b.block(syntax.As[*syntax.Block](s, "else"))
	return step
}

func (b *builder) repeat(s *syntax.Step, pos engine.Pos) engine.Step {
	n := b.value(syntax.As[*syntax.Value](s, "repeat")).AsInt("`repeat`")
	return &engine.Repeat{Pos: pos, N: n, As: b.as(s, "as"), Do: b.do(s)}
}

func (b *builder) forIn(s *syntax.Step, pos engine.Pos) engine.Step {
	in := b.value(syntax.As[*syntax.Value](s, "in")).Value
	return &engine.For{Pos: pos, In: in, As: *b.as(s, "for"), Do: b.do(s)}
}

func (b *builder) while(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.While{Pos: pos, Cond: b.condition(syntax.As[*syntax.Condition](s, "while")), Do: b.do(s)}
}

func (b *builder) breakLoop(_ *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Break{Pos: pos}
}

func (b *builder) continueLoop(_ *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Continue{Pos: pos}
}

func (b *builder) stop(_ *syntax.Step, pos engine.Pos) engine.Step { return &engine.Stop{Pos: pos} }

func (b *builder) call(s *syntax.Step, pos engine.Pos) engine.Step {
	d := b.Coroutines[syntax.As[*syntax.Name](s, "call").Text]
	args := b.arguments(d, syntax.As[*syntax.Bindings](s, "with"))
	step := &engine.Call{Pos: pos, Code: b.codes[d], Args: args, As: b.as(s, "as")}
	if with := syntax.As[*syntax.Bindings](s, "with"); b.watch && with != nil {
		for _, p := range d.Params {
			step.Reads = append(step.Reads, b.reads(check.ArgumentFor(with, p.Name.Text)))
		}
	}
	return step
}

func (b *builder) returnValue(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Return{Pos: pos}
	if v := syntax.As[*syntax.Value](s, "return"); v != nil {
		step.Value, step.Reads = b.value(v).Value, b.reads(v)
	}
	return step
}

func (b *builder) raise(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Raise{Pos: pos, Message: b.text(s, "message"), From: b.reference(s, "from")}
	switch v := s.Get("raise").(type) {
	case *syntax.Name:
		step.Type = v.Text
	case *syntax.Value:
		step.Value = b.expr(v.Expr).As(expr.ErrorType, "what `raise` raises")
	}
	return step
}

func (b *builder) try(s *syntax.Step, pos engine.Pos) engine.Step {
	r := s
	step := &engine.Try{Pos: pos, Do: b.block(syntax.As[*syntax.Block](r, "try")), Else: b.block(syntax.As[*syntax.Block](r, "else"))}
	if catch := syntax.As[*syntax.Records](r, "catch"); catch != nil {
		for _, item := range catch.Items {
			step.Catch = append(step.Catch, b.handler(item))
		}
	}
	step.Finally = b.block(syntax.As[*syntax.Block](r, "finally"))
	return step
}

func (b *builder) handler(r *syntax.Record) engine.Catch {
	c := engine.Catch{Pos: b.pos(r.Span), As: b.Caught[r].Index}
	if names := syntax.As[*syntax.Names](r, "error"); names != nil {
		for _, n := range names.Items {
			c.Types = append(c.Types, n.Text)
		}
	}
	outer := b.Handled
	b.Handled = b.Caught[r]
	if as := b.as(r, "as"); as != nil {
		slot := b.Handled.Index
		value := func(l *engine.Loop) engine.Value { return l.Local(slot) }
		c.Do = append(c.Do, &engine.Set{Pos: c.Pos, Assigns: []engine.Assign{{To: *as, Value: value}}})
	}
	c.Do = append(c.Do, b.block(syntax.As[*syntax.Block](r, "do"))...)
	b.Handled = outer
	return c
}

func (b *builder) assert(s *syntax.Step, pos engine.Pos) engine.Step {
	c := syntax.As[*syntax.Condition](s, "assert")
	return &engine.Assert{
		Pos: pos, Cond: b.condition(c), Message: b.text(s, "message"), Detail: c.Expr.Tree.Describe(b.Facts),
	}
}

func (b *builder) sleep(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Sleep{Pos: pos, For: b.duration(s, "sleep")}
}

func (b *builder) sleepUntil(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.SleepUntil{Pos: pos, At: b.duration(s, "sleep_until")}
}

func (b *builder) spawn(s *syntax.Step, pos engine.Pos) engine.Step {
	outer := b.Index
	b.Index = outer || s.Get("count") != nil
	step := &engine.Spawn{Pos: pos, As: b.as(s, "as"), Group: b.reference(s, "in")}
	switch v := s.Get("spawn").(type) {
	case *syntax.Name:
		step.Entry = b.entry(s, s, v, s.Place())
	case *syntax.Record:
		step.Entry = b.entry(s, v, nil, s.Place())
	}
	b.Index = outer
	return step
}

func (b *builder) await(s *syntax.Step, pos engine.Pos) engine.Step {
	return &engine.Await{Pos: pos, What: b.reference(s, "await"), As: b.as(s, "as")}
}

// reference compiles the reference of a key, nil: the key is absent.
func (b *builder) reference(r *syntax.Record, key string) engine.Eval {
	if v := syntax.As[*syntax.Reference](r, key); v != nil {
		return b.expr(b.ExprOf(v)).Value
	}
	return nil
}

func (b *builder) gather(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Gather{Pos: pos, As: b.as(s, "as")}
	if v := syntax.As[*syntax.Value](s, "return_exceptions"); v != nil {
		step.ReturnExceptions = b.value(v).AsBool("`return_exceptions`")
	}
	switch v := s.Get("gather").(type) {
	case *syntax.Items:
		for _, item := range v.Items {
			step.Items = append(step.Items, b.gatherItem(item))
		}
	case *syntax.Record:
		item := engine.GatherItem{Pos: b.pos(v.Span), As: *b.as(v, "for")}
		item.In = b.value(syntax.As[*syntax.Value](v, "in")).Value
		item.Entry = b.entry(v, v, nil, v.Span)
		step.Items = append(step.Items, item)
	}
	return step
}

func (b *builder) gatherItem(v syntax.FieldValue) engine.GatherItem {
	item := engine.GatherItem{Pos: b.pos(v.Where())}
	switch v := v.(type) {
	case *syntax.Reference:
		item.Task = b.expr(b.ExprOf(v)).Value
	case *syntax.Record:
		item.Entry = b.entry(v, v, nil, v.Span)
	}
	return item
}

func (b *builder) cancel(s *syntax.Step, pos engine.Pos) engine.Step {
	step := &engine.Cancel{Pos: pos, Message: b.text(s, "message")}
	r := syntax.As[*syntax.Reference](s, "cancel")
	if d := b.CallbackOf(r); d != nil {
		step.Callback = b.scheduled[d]
	} else {
		step.What = b.expr(b.ExprOf(r)).Value
	}
	return step
}

func (b *builder) schedule(s *syntax.Step, pos engine.Pos) engine.Step {
	d := b.Callbacks[syntax.As[*syntax.Name](s, s.Verb.Name).Text]
	return &engine.Schedule{
		Pos: pos, Callback: b.scheduled[d], As: b.as(s, "as"),
		After: b.duration(s, "after"), At: b.duration(s, "at"),
		Args: b.arguments(d, syntax.As[*syntax.Bindings](s, "with")),
	}
}
