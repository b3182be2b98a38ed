package compile

import (
	"fmt"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// block compiles steps, or returns nil if they are absent.
func (b *builder) block(do *syntax.Block) []engine.Step {
	if do == nil {
		return nil
	}
	steps := make([]engine.Step, len(do.Steps))
	for i, s := range do.Steps {
		steps[i] = b.step(s)
	}
	return steps
}

// step compiles a step.
func (b *builder) step(s *syntax.Step) engine.Step {
	switch n := s.Node.(type) {
	case *syntax.Print:
		return b.print(n)
	case *syntax.Let:
		return b.let(n)
	case *syntax.Set:
		return b.set(n)
	case *syntax.Add:
		return b.add(n)
	case *syntax.Remove:
		return b.remove(n)
	case *syntax.Append:
		return b.appendTo(n)
	case *syntax.Reset:
		return b.reset(n)
	case *syntax.Context:
		return b.context(n)
	case *syntax.If:
		return b.ifElse(n)
	case *syntax.Repeat:
		return b.repeat(n)
	case *syntax.For:
		return b.forIn(n)
	case *syntax.While:
		return b.while(n)
	case *syntax.Break:
		return &engine.Break{Pos: b.at(n)}
	case *syntax.Continue:
		return &engine.Continue{Pos: b.at(n)}
	case *syntax.Call:
		return b.call(n)
	case *syntax.Return:
		return b.returnValue(n)
	case *syntax.Raise:
		return b.raise(n)
	case *syntax.Try:
		return b.try(n)
	case *syntax.Assert:
		return b.assert(n)
	case *syntax.Sleep:
		return b.sleep(n)
	case *syntax.SleepUntil:
		return b.sleepUntil(n)
	case *syntax.Timeout:
		return b.timeout(n)
	case *syntax.Hold:
		return &engine.Block{Pos: b.at(n), For: b.duration(n.For, "`block`")}
	case *syntax.ToThread:
		return b.toThread(n)
	case *syntax.AddDone:
		return b.addDone(n)
	case *syntax.RemoveDone:
		return b.removeDone(n)
	case *syntax.Uncancel:
		return &engine.Uncancel{Pos: b.at(n), Task: b.reference(n.Task), As: b.into(n.As)}
	case *syntax.SetName:
		return &engine.SetName{Pos: b.at(n), Task: b.reference(n.Task), Name: b.text(n.Name)}
	case *syntax.Spawn:
		return b.spawn(n)
	case *syntax.Await:
		return b.await(n)
	case *syntax.Gather:
		return b.gather(n)
	case *syntax.Wait:
		return b.wait(n)
	case *syntax.AsCompleted:
		return b.asCompleted(n)
	case *syntax.Group:
		return b.group(n)
	case *syntax.Shield:
		return b.shield(n)
	case *syntax.Cancel:
		return b.cancel(n)
	case *syntax.Schedule:
		return b.schedule(n)
	case *syntax.Stop:
		return &engine.Stop{Pos: b.at(n)}
	case *syntax.Acquire:
		return b.acquire(n)
	case *syntax.First:
		return b.first(n)
	case *syntax.Use:
		return b.use(n)
	case *syntax.Release:
		return b.release(n)
	case *syntax.RecordStep:
		return b.record(n)
	case *syntax.Resize:
		return b.resize(n)
	case *syntax.Interrupt:
		return b.interrupt(n)
	case *syntax.Put:
		return b.put(n)
	case *syntax.Get:
		return b.get(n)
	case *syntax.TaskDone:
		return b.taskDone(n)
	case *syntax.Join:
		return b.join(n)
	case *syntax.Shutdown:
		return b.shutdown(n)
	case *syntax.Signal:
		return b.signal(n)
	case *syntax.Clear:
		return b.clear(n)
	case *syntax.Abort:
		return b.limited(b.at(n), n.Limit, &engine.ResetBarrier{Pos: b.at(n), Barrier: b.reference(n.Barrier), Abort: true})
	case *syntax.ResetBarrier:
		return b.limited(b.at(n), n.Limit, &engine.ResetBarrier{Pos: b.at(n), Barrier: b.reference(n.Barrier)})
	case *syntax.Reschedule:
		return &engine.Reschedule{
			Pos: b.at(n), Timeout: b.reference(n.Timeout), After: b.duration(n.After, "`after`"), At: b.moment(n.At, "`at`"),
		}
	case *syntax.Notify:
		return b.notify(n)
	case *syntax.New:
		return b.newObject(n)
	case *syntax.Resolve:
		return b.resolve(n)
	}
	panic(fmt.Sprintf("a step that cannot be compiled: %T", s.Node))
}

// at returns the position of a step.
func (b *builder) at(step syntax.Node) engine.Pos { return b.pos(step.Head().Place()) }

func (b *builder) print(n *syntax.Print) engine.Step {
	text := b.text(n.Text)
	if text == nil {
		text = noText
	}
	return &engine.Print{Pos: b.at(n), Text: text, End: b.text(n.End)}
}

func (b *builder) let(n *syntax.Let) engine.Step {
	step := &engine.Set{Pos: b.at(n)}
	for _, item := range n.Locals.Items {
		v := b.Variable(item.Name.Text)
		to := engine.Target{Ref: v.Ref()}
		step.Assigns = append(step.Assigns, engine.Assign{
			To: to, Value: b.assigned(v, item.Value), Reads: b.reads(item.Value),
		})
	}
	return step
}

func (b *builder) set(n *syntax.Set) engine.Step {
	step := &engine.Set{Pos: b.at(n)}
	for _, item := range n.Targets.Items {
		c := b.value(item.Value)
		a := engine.Assign{To: b.target(item.Path), Value: c.Value, Reads: b.reads(item.Value)}
		if a.To.Path == nil {
			a.Value = assignedTo(c, b.Variable(item.Path.Name.Text))
			if c.Sum == a.To.Ref { // else Plus is 0, or of another variable
				a.Plus = c.Plus
			}
		}
		step.Assigns = append(step.Assigns, a)
	}
	return step
}

func (b *builder) add(n *syntax.Add) engine.Step {
	step := &engine.Set{Pos: b.at(n)}
	for _, item := range n.Targets.Items {
		amount := b.value(item.Value)
		a := engine.Assign{To: b.target(item.Path), Value: amount.Value, Reads: b.reads(item.Value)}
		if a.To.Path != nil {
			a.Op, a.Sum, a.Adds = engine.OpAdd, expr.AddNumbers, true
		} else {
			v := b.Variable(item.Path.Name.Text)
			sum := expr.Sum(expr.OfVariable(check.Known(v.Type), a.To.Ref), amount)
			a.Value, a.Plus = assignedTo(sum, v), sum.Plus
			if b.watch {
				a.Reads = append(a.Reads, a.To.Ref)
			}
		}
		step.Assigns = append(step.Assigns, a)
	}
	return step
}

func (b *builder) remove(n *syntax.Remove) engine.Step {
	step := &engine.Set{Pos: b.at(n)}
	for _, item := range n.Places.Items {
		step.Assigns = append(step.Assigns, engine.Assign{To: b.target(item.Path), Op: engine.OpRemove, Adds: true})
	}
	return step
}

func (b *builder) appendTo(n *syntax.Append) engine.Step {
	step := &engine.Append{Pos: b.at(n)}
	for _, item := range n.Targets.Items {
		step.Assigns = append(step.Assigns, engine.Assign{
			To: b.target(item.Path), Value: b.value(item.Value).Value, Reads: b.reads(item.Value), Adds: true,
		})
	}
	return step
}

func (b *builder) reset(n *syntax.Reset) engine.Step {
	return &engine.Reset{Pos: b.at(n), Var: b.Globals[n.Var.Text].Index}
}

func (b *builder) context(n *syntax.Context) engine.Step {
	return &engine.WithContext{Pos: b.at(n), Vars: b.contextValues(n.Vars), Do: b.block(n.Do)}
}

func (b *builder) ifElse(n *syntax.If) engine.Step {
	branches := []engine.Branch{b.branch(&n.Branch, b.at(n))}
	for _, elif := range n.Elif {
		branches = append(branches, b.branch(elif, b.pos(elif.Span)))
	}
	return &engine.If{Pos: b.at(n), Branches: branches, Else: b.block(n.Else)}
}

func (b *builder) branch(n *syntax.Branch, pos engine.Pos) engine.Branch {
	return engine.Branch{Pos: pos, Cond: b.condition(n.Cond), Then: b.block(n.Then)}
}

func (b *builder) repeat(n *syntax.Repeat) engine.Step {
	return &engine.Repeat{Pos: b.at(n), N: b.integer(n.N, "`repeat`"), As: b.into(n.As), Do: b.block(n.Do)}
}

func (b *builder) forIn(n *syntax.For) engine.Step {
	return &engine.For{Pos: b.at(n), In: b.value(n.In).Value, As: *b.into(n.Var), Do: b.block(n.Do)}
}

func (b *builder) while(n *syntax.While) engine.Step {
	return &engine.While{Pos: b.at(n), Cond: b.condition(n.Cond), Do: b.block(n.Do)}
}

func (b *builder) call(n *syntax.Call) engine.Step {
	d := b.Coroutines[n.Coroutine.Text]
	step := &engine.Call{Pos: b.at(n), Code: b.codes[d], Args: b.arguments(d, n.With), As: b.into(n.As)}
	if b.watch && n.With != nil {
		for _, p := range d.Params {
			step.Reads = append(step.Reads, b.reads(check.ArgumentFor(n.With, p.Name.Text)))
		}
	}
	if within := n.Within; within != nil && (within.Expr != nil || within.Nanos <= 0) {
		return &engine.WaitFor{Pos: step.Pos, Call: step, Within: b.within(n.Limit), Else: b.block(n.Else)}
	}
	return b.limited(step.Pos, n.Limit, step)
}

func (b *builder) returnValue(n *syntax.Return) engine.Step {
	step := &engine.Return{Pos: b.at(n)}
	if n.Value != nil {
		step.Value, step.Reads = b.value(n.Value).Value, b.reads(n.Value)
	}
	return step
}

func (b *builder) raise(n *syntax.Raise) engine.Step {
	step := &engine.Raise{Pos: b.at(n), Message: b.text(n.Message.Message), From: b.reference(n.From)}
	if n.Type != nil {
		step.Type = n.Type.Text
	}
	if n.Value != nil {
		step.Value = b.expr(n.Value.Expr).As(expr.ErrorType, "what `raise` raises")
	}
	return step
}

func (b *builder) try(n *syntax.Try) engine.Step {
	step := &engine.Try{Pos: b.at(n), Do: b.block(n.Do), Else: b.block(n.Else)}
	for _, handler := range n.Catch {
		step.Catch = append(step.Catch, b.handler(handler))
	}
	for _, handler := range n.CatchGroup {
		step.Catch, step.Groups = append(step.Catch, b.handler(handler)), true
	}
	step.Finally = b.block(n.Finally)
	return step
}

func (b *builder) handler(n *syntax.Handler) engine.Catch {
	caught := b.Caught[n]
	c := engine.Catch{Pos: b.pos(n.Span), As: caught.Index}
	if n.Errors != nil {
		for _, name := range n.Errors.Items {
			c.Types = append(c.Types, name.Text)
		}
	}
	outer := b.Handled
	b.Handled = caught
	if as := b.into(n.As); as != nil {
		value := func(l *engine.Loop) engine.Value { return l.Local(caught.Index) }
		c.Do = append(c.Do, &engine.Set{Pos: c.Pos, Assigns: []engine.Assign{{To: *as, Value: value}}})
	}
	c.Do = append(c.Do, b.block(n.Do)...)
	b.Handled = outer
	return c
}

func (b *builder) assert(n *syntax.Assert) engine.Step {
	return &engine.Assert{
		Pos: b.at(n), Cond: b.condition(n.Cond), Message: b.text(n.Message.Message),
		Detail: n.Cond.Expr.Tree.Describe(b.Facts),
	}
}
