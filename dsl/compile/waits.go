package compile

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// limited wraps a step in a time-out if its wait is limited.
func (b *builder) limited(pos engine.Pos, limit syntax.Limit, step engine.Step) engine.Step {
	if limit.Within == nil {
		return step
	}
	return &engine.Timeout{Pos: pos, For: b.within(limit), Do: []engine.Step{step}, Else: b.block(limit.Else)}
}

func (b *builder) within(limit syntax.Limit) engine.EvalTime {
	return b.duration(limit.Within, "`within`")
}

func (b *builder) sleep(n *syntax.Sleep) engine.Step {
	return &engine.Sleep{Pos: b.at(n), For: b.duration(n.For, "`sleep`")}
}

func (b *builder) sleepUntil(n *syntax.SleepUntil) engine.Step {
	return &engine.SleepUntil{Pos: b.at(n), At: b.moment(n.At, "`sleep_until`")}
}

func (b *builder) timeout(n *syntax.Timeout) engine.Step {
	step := &engine.Timeout{
		Pos: b.at(n), For: b.duration(n.For, "`timeout`"), As: b.into(n.As), Do: b.block(n.Do), Else: b.block(n.Else),
	}
	if n.At != nil {
		step.At = b.moment(n.At.At, "`at`")
	}
	return step
}

func (b *builder) spawn(n *syntax.Spawn) engine.Step {
	outer := b.Index
	b.Index = outer || n.Count != nil
	step := &engine.Spawn{Pos: b.at(n), As: b.into(n.As), Group: b.reference(n.In)}
	body := &n.Entry
	if n.Inline != nil {
		body = n.Inline
	}
	step.Entry = b.entry(&n.Entry, body, n.Place())
	step.Entry.SharedBy = b.reference(n.ContextOf)
	b.Index = outer
	return step
}

func (b *builder) await(n *syntax.Await) engine.Step {
	pos := b.at(n)
	return b.limited(pos, n.Limit, &engine.Await{Pos: pos, What: b.reference(n.What), As: b.into(n.As)})
}

func (b *builder) gather(n *syntax.Gather) engine.Step {
	step := &engine.Gather{Pos: b.at(n), As: b.into(n.As), Keep: flag(n.Keep)}
	if n.ReturnExceptions != nil {
		step.ReturnExceptions = b.value(n.ReturnExceptions).AsBool("`return_exceptions`")
	}
	if n.Generator != nil {
		step.Items = []engine.GatherItem{b.generator(n.Generator)}
	} else {
		for _, item := range n.Items.Items {
			step.Items = append(step.Items, b.gatherItem(item))
		}
	}
	return b.limited(step.Pos, n.Limit, step)
}

func (b *builder) generator(n *syntax.Generator) engine.GatherItem {
	return engine.GatherItem{
		Pos: b.pos(n.Span), As: *b.into(n.Var), In: b.value(n.In).Value, Entry: b.entry(&n.Entry, &n.Entry, n.Span),
	}
}

func (b *builder) gatherItem(v syntax.FieldValue) engine.GatherItem {
	item := engine.GatherItem{Pos: b.pos(v.Where())}
	switch v := v.(type) {
	case *syntax.Reference:
		item.Task = b.reference(v)
	case *syntax.Record:
		entry := v.Node.(*syntax.Entry)
		item.Entry = b.entry(entry, entry, v.Span)
	}
	return item
}

func (b *builder) wait(n *syntax.Wait) engine.Step {
	pos, what, kind := b.at(n), b.references(n.What), expr.TypeList
	if !n.What.IsList {
		kind = check.Waited(b.expr(b.ExprOf(n.What.Items[0])).Type)
	}
	switch kind {
	case expr.TypeEvent:
		return b.limited(pos, n.Limit, &engine.WaitEvent{Pos: pos, Event: what})
	case expr.TypeBarrier:
		return b.limited(pos, n.Limit, &engine.WaitBarrier{Pos: pos, Barrier: what, As: b.into(n.As)})
	case expr.TypeCondition:
		return b.limited(pos, n.Limit, &engine.WaitCondition{Pos: pos, Condition: what, Until: b.condition(n.Until)})
	}
	if check.Onlooked(kind) {
		return b.limited(pos, n.Limit, &engine.WaitUntil{Pos: pos, Object: what, Until: b.condition(n.Until)})
	}
	step := &engine.Wait{Pos: pos, Tasks: what, Within: b.within(n.Limit), As: b.into(n.As)}
	if n.ReturnWhen != nil {
		step.When, _ = engine.ParseReturnWhen(n.ReturnWhen.Text)
	}
	return step
}

// first compiles a `first`. An arm whose type is not known acquires a resource.
func (b *builder) first(n *syntax.First) engine.Step {
	step := &engine.First{Pos: b.at(n)}
	for _, arm := range n.Arms.Steps {
		step.Arms = append(step.Arms, engine.Arm{Step: b.step(arm), Then: b.block(arm.Then)})
	}
	return step
}

func (b *builder) asCompleted(n *syntax.AsCompleted) engine.Step {
	return &engine.AsCompleted{
		Pos: b.at(n), Tasks: b.references(n.Tasks), As: *b.into(n.As), Within: b.within(n.Limit), Do: b.block(n.Do),
		Else: b.block(n.Else),
	}
}

func (b *builder) group(n *syntax.Group) engine.Step {
	return &engine.Group{Pos: b.at(n), As: *b.into(n.As), Do: b.block(n.Do)}
}

func (b *builder) shield(n *syntax.Shield) engine.Step {
	pos := b.at(n)
	return b.limited(pos, n.Limit, &engine.Shield{Pos: pos, What: b.reference(n.What), As: b.into(n.As), Keep: flag(n.Keep)})
}

func (b *builder) cancel(n *syntax.Cancel) engine.Step {
	step := &engine.Cancel{Pos: b.at(n), Message: b.text(n.Message.Message)}
	if d := b.CallbackOf(n.What); d != nil {
		step.Callback = b.scheduled[d]
	} else if s := b.SourceOf(n.What); s != nil {
		step.Callback = b.sources[s].Callback
	} else {
		step.What = b.reference(n.What)
	}
	return step
}

func (b *builder) schedule(n *syntax.Schedule) engine.Step {
	d := b.Callbacks[n.Callback.Text]
	return &engine.Schedule{
		Pos: b.at(n), Callback: b.scheduled[d], As: b.into(n.As), Args: b.arguments(d, n.With),
		After: b.duration(n.After, "`after`"), At: b.moment(n.At, "`at`"),
	}
}

func (b *builder) toThread(n *syntax.ToThread) engine.Step {
	pos := b.at(n)
	return b.limited(pos, n.Limit, &engine.ToThread{
		Pos: pos, For: b.duration(n.For, "`to_thread`"), IsError: n.Written(syntax.ResolveError), Value: b.outcome(&n.Outcome),
		As: b.into(n.As),
	})
}

func (b *builder) addDone(n *syntax.AddDone) engine.Step {
	d := b.Callbacks[n.Callback.Text]
	return &engine.AddDone{Pos: b.at(n), What: b.reference(n.What), Callback: b.scheduled[d], Args: b.arguments(d, n.With)}
}

func (b *builder) removeDone(n *syntax.RemoveDone) engine.Step {
	d := b.Callbacks[n.Callback.Text]
	return &engine.RemoveDone{Pos: b.at(n), What: b.reference(n.What), Callback: b.scheduled[d], As: b.into(n.As)}
}
