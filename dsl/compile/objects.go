package compile

import (
	"cmp"
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// object compiles a declaration.
func (b *builder) object(o *syntax.Object) engine.ObjectDef {
	options := syntax.Options{}
	if o.Options != nil {
		options = o.Options.Node.(*syntax.ObjectOptions).Options
	}
	def := b.objectDef(o.Kind, options, o.Size)
	def.Pos, def.Name = b.pos(o.Name.Span), o.Name.Text
	def.Count = b.integer(options.Count, "`count`")
	return def
}

// objectDef compiles the options of an object of a kind. size is its main option where the declaration is just a
// number.
func (b *builder) objectDef(kind expr.TypeKind, o syntax.Options, size *syntax.Value) engine.ObjectDef {
	def := engine.ObjectDef{Kind: kind.Value(), Bounded: flag(o.Bounded)}
	outer := b.Scope.OnlyParams
	b.Scope.OnlyParams = false
	def.Lock = b.reference(o.Lock)
	b.Scope.OnlyParams = outer
	if size = cmp.Or(size, o.Capacity, o.Value, o.Parties); size != nil && kind != expr.TypeContainer {
		def.Size = b.integer(size, "`"+syntax.SizeKey(kind).Name+"`")
	}
	if o.Order != nil && kind == expr.TypeQueue {
		def.Order, _ = engine.ParseQueueOrder(o.Order.Text)
	}
	switch kind {
	case expr.TypeResource:
		def.Resource = b.resource(o)
	case expr.TypeContainer:
		def.Container = engine.ContainerDef{Capacity: b.optional(size), Initial: b.optional(o.Initial), Overtake: flag(o.Overtake)}
	case expr.TypeStore:
		def.Store.Initial = b.optional(o.Initial)
		if o.Order != nil {
			def.Store.Order, _ = engine.ParseStoreOrder(o.Order.Text)
		}
	}
	return def
}

// optional compiles a value that may be absent: nil.
func (b *builder) optional(v *syntax.Value) engine.Eval {
	if v == nil {
		return nil
	}
	return b.value(v).Value
}

// resource compiles the options of a resource besides its capacity.
func (b *builder) resource(o syntax.Options) engine.ResourceDef {
	def := engine.ResourceDef{MaxWaiting: b.integer(o.Room, "`max_waiting`"), Overtake: flag(o.Overtake)}
	def.Table = b.timetable(o.Table, "`capacity`")
	for _, f := range o.Failures {
		def.Failures = append(def.Failures, engine.Failure{
			Every: b.duration(f.Every, "`every`"), Lasts: b.duration(f.Lasts, "`lasts`"),
			Busy: f.Clock != nil && f.Clock.Text == "busy", Finish: f.Holder != nil && f.Holder.Text == "finish",
		})
	}
	def.Interrupt = o.Shrink != nil && o.Shrink.Text == "interrupt"
	if o.Order != nil {
		def.Order, _ = engine.ParseResourceOrder(o.Order.Text)
	}
	if o.Rank != nil {
		outer := b.Scope
		b.Scope = check.Scope{Info: b.Info, Ranked: true}
		def.Order, def.Rank = engine.ResourceRank, b.expr(o.Rank.Expr).AsFloat("a rank")
		b.Scope = outer
	}
	return def
}

func (b *builder) newObject(n *syntax.New) engine.Step {
	kind, _ := check.Made(n)
	def := b.objectDef(kind, n.Options, nil)
	def.Pos = b.at(n)
	return &engine.Make{Pos: def.Pos, Object: def, As: b.into(n.As)}
}

// acquire compiles `acquire`. With `do`, `within` limits only the wait for the object.
func (b *builder) acquire(n *syntax.Acquire) engine.Step {
	step := &engine.Acquire{Pos: b.at(n), Scoped: n.Do != nil, Do: b.block(n.Do)}
	step.Read = n.Mode != nil && n.Mode.Text == "read"
	if n.What == nil {
		step.What, step.Ask = b.references(n.Whats), b.ask(&n.Asking)
	} else {
		step.What = b.reference(n.What)
		if t := b.expr(b.ExprOf(n.What)).Type; t.Kind == expr.TypeResource || t.Kind == expr.TypeAny {
			step.Ask, step.As = b.ask(&n.Asking), b.into(n.As)
		}
	}
	if !step.Scoped && step.Ask == nil {
		return b.limited(step.Pos, n.Limit, step)
	}
	step.Within, step.Else = b.within(n.Limit), b.block(n.Else)
	return step
}

// ask compiles what a step asks of a resource.
func (b *builder) ask(n *syntax.Asking) *engine.Ask {
	ask := &engine.Ask{Amount: b.integer(n.Amount, "`amount`"), Nowait: flag(n.Nowait)}
	if n.Priority != nil {
		ask.Priority = b.value(n.Priority).AsFloat("`priority`")
	}
	if n.Preempt != nil {
		ask.Preempt = b.value(n.Preempt).AsBool("`preempt`")
	}
	if n.Preemptible != nil {
		ask.Preemptible = b.value(n.Preemptible).AsBool("`preemptible`")
	}
	return ask
}

func (b *builder) use(n *syntax.Use) engine.Step {
	step := &engine.Use{
		Pos: b.at(n), What: b.reference(n.What), Ask: b.ask(&n.Asking), Takes: b.duration(n.Takes, "`takes`"), As: b.into(n.As),
		Within: b.within(n.Limit), Else: b.block(n.Else),
	}
	if n.Preempted != nil {
		step.Preempted = engine.UsePreempted(slices.Index(engine.UsePreemptedWords, n.Preempted.Text))
	}
	return step
}

func (b *builder) release(n *syntax.Release) engine.Step {
	return &engine.Release{Pos: b.at(n), What: b.reference(n.What), Of: b.reference(n.Of)}
}

func (b *builder) resize(n *syntax.Resize) engine.Step {
	return &engine.Resize{
		Pos: b.at(n), What: b.reference(n.What), Capacity: b.integer(n.Capacity, "`capacity`"),
		MaxWaiting: b.integer(n.Room, "`max_waiting`"),
	}
}

func (b *builder) interrupt(n *syntax.Interrupt) engine.Step {
	step := &engine.Interrupt{Pos: b.at(n), Task: b.reference(n.Task)}
	if n.Cause != nil {
		step.Cause = b.value(n.Cause).Value
	}
	return step
}

func (b *builder) put(n *syntax.Put) engine.Step {
	pos := b.at(n)
	if b.isStock(n.Queue, n.Amount, n.Priority) {
		return &engine.Offer{
			Pos: pos, What: b.reference(n.Queue), Declared: b.declared(n.Queue), Item: b.value(cmp.Or(n.Value, n.Amount)).Value,
			Amount: n.Value == nil, Ask: b.ask(&syntax.Asking{Priority: n.Priority, Nowaiting: n.Nowaiting}),
			Within: b.within(n.Limit), Else: b.block(n.Else),
		}
	}
	return b.refusable(pos, n.Limit, n.Nowait, "QueueFull", &engine.Put{
		Pos: pos, Queue: b.reference(n.Queue), Declared: b.declared(n.Queue), Item: b.value(n.Value).Value,
		Nowait: flag(n.Nowait),
	})
}

func (b *builder) get(n *syntax.Get) engine.Step {
	pos := b.at(n)
	if b.isStock(n.Queue, n.Amount, n.Priority) || n.Do != nil {
		return &engine.Want{
			Pos: pos, What: b.reference(n.Queue), Declared: b.declared(n.Queue), Amount: b.optional(n.Amount),
			AtLeast: b.integer(n.AtLeast, "`at_least`"), As: b.into(n.As),
			Where: b.condition(n.Where), Lasting: n.Where != nil && n.Where.Expr.Tree.Lasts(b.Facts),
			Ask: b.ask(&syntax.Asking{Priority: n.Priority, Nowaiting: n.Nowaiting}), Scoped: n.Do != nil, Do: b.block(n.Do),
			Within: b.within(n.Limit), Else: b.block(n.Else),
		}
	}
	return b.refusable(pos, n.Limit, n.Nowait, "QueueEmpty", &engine.Get{
		Pos: pos, Queue: b.reference(n.Queue), Declared: b.declared(n.Queue), As: b.into(n.As),
		Where: b.condition(n.Where), Nowait: flag(n.Nowait),
	})
}

// isStock reports whether a step works on a container or a store: what it is about is one, or it has a key that only those take.
func (b *builder) isStock(r *syntax.Reference, keys ...*syntax.Value) bool {
	switch b.expr(b.ExprOf(r)).Type.Kind {
	case expr.TypeContainer, expr.TypeStore:
		return true
	case expr.TypeQueue:
		return false
	}
	return slices.ContainsFunc(keys, func(v *syntax.Value) bool { return v != nil })
}

// refusable is limited for a step that raises an error of a type where it may not wait: then `else` runs, if there is one.
func (b *builder) refusable(pos engine.Pos, limit syntax.Limit, nowait *syntax.Value, typ string, step engine.Step) engine.Step {
	if !flag(nowait) || limit.Else == nil {
		return b.limited(pos, limit, step)
	}
	return &engine.Try{Pos: pos, Do: []engine.Step{step}, Catch: []engine.Catch{{Pos: pos, Types: []string{typ}, As: -1, Do: b.block(limit.Else)}}}
}

// declared returns the index + 1 of the declared object that a reference names, or 0 if it names none or a list of
// objects.
func (b *builder) declared(r *syntax.Reference) int {
	if v := b.Variable(r.Text); v != nil && v.Kind == expr.SymObject && v.Type.Kind != expr.TypeList {
		return v.Index + 1
	}
	return 0
}

func (b *builder) taskDone(n *syntax.TaskDone) engine.Step {
	return &engine.TaskDone{Pos: b.at(n), Queue: b.reference(n.Queue)}
}

func (b *builder) join(n *syntax.Join) engine.Step {
	pos := b.at(n)
	return b.limited(pos, n.Limit, &engine.Join{Pos: pos, Queue: b.reference(n.Queue)})
}

func (b *builder) shutdown(n *syntax.Shutdown) engine.Step {
	step := &engine.Shutdown{Pos: b.at(n), Queue: b.reference(n.Queue)}
	if n.Immediate != nil {
		step.Immediate = b.value(n.Immediate).AsBool("`immediate`")
	}
	return step
}

func (b *builder) signal(n *syntax.Signal) engine.Step {
	return &engine.Signal{Pos: b.at(n), Event: b.reference(n.Event)}
}

func (b *builder) clear(n *syntax.Clear) engine.Step {
	return &engine.Clear{Pos: b.at(n), Event: b.reference(n.Event)}
}

func (b *builder) notify(n *syntax.Notify) engine.Step {
	step := &engine.Notify{Pos: b.at(n), Condition: b.reference(n.Condition)}
	switch {
	case flag(n.All):
	case n.Count != nil:
		step.Count = b.integer(n.Count, "`count`")
	default:
		step.Count = func(*engine.Loop) int64 { return 1 }
	}
	return step
}

func (b *builder) resolve(n *syntax.Resolve) engine.Step {
	return &engine.Resolve{
		Pos: b.at(n), Future: b.reference(n.Future), IsError: n.Written(syntax.ResolveError), Value: b.outcome(&n.Outcome),
	}
}

// outcome compiles the value, or the error, that something comes to; nil: null.
func (b *builder) outcome(n *syntax.Outcome) engine.Eval {
	switch {
	case n.Error != nil:
		return b.value(n.Error).Value
	case n.Type != nil:
		return newError(n.Type.Text, b.text(n.Message.Message))
	case n.Value != nil:
		return b.value(n.Value).Value
	}
	return nil
}

// newError makes an error. If message is nil, its message is empty.
func newError(typ string, message engine.EvalText) engine.Eval {
	if message == nil {
		message = noText
	}
	return func(l *engine.Loop) engine.Value { return l.NewError(typ, string(message(l, nil))) }
}
