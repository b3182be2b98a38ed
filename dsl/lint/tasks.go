package lint

import (
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// swallowed reports handlers that catch a cancellation and let the task wait again.
func (l *linter) swallowed(b *body) {
	if !b.act.Kind.Waits() {
		return
	}
	steps := b.steps()
	for _, s := range steps {
		try, ok := s.Node.(*syntax.Try)
		if !ok || len(try.Catch)+len(try.CatchGroup) == 0 || !waitsItself(try.Do) || !b.waitsAgain(s, steps) {
			continue
		}
		for _, handler := range slices.Concat(try.Catch, try.CatchGroup) {
			l.swallows(handler)
		}
	}
}

// swallows reports a handler that catches a cancellation and does not leave.
func (l *linter) swallows(h *syntax.Handler) {
	name := catches(h)
	if name == nil || leaves(h.Do) {
		return
	}
	l.warn(CodeSwallowed, name.Span,
		"this handler swallows "+name.Text+": the task goes on as if nobody had cancelled it",
		"end the handler with `- raise`, which passes the "+name.Text+" on")
}

// catches returns the type by which a handler catches CancelledError, or nil if it does not.
func catches(h *syntax.Handler) *syntax.Name {
	if h.Errors != nil {
		for _, n := range h.Errors.Items {
			if engine.IsSubtype("CancelledError", n.Text) {
				return n
			}
		}
	}
	return nil
}

// waitsItself reports whether a block waits for something other than tasks. A CancelledError there means that the
// waiting task was cancelled. Where the block awaits tasks, one of those may have been cancelled instead.
func waitsItself(b *syntax.Block) bool {
	return slices.ContainsFunc(stepsOf(b), func(s *syntax.Step) bool {
		switch s.Node.(type) {
		case *syntax.Await, *syntax.Gather, *syntax.Shield, *syntax.Wait, *syntax.AsCompleted, *syntax.Group, *syntax.Timeout:
			return false
		}
		return s.Verb.Waits
	})
}

// leaves reports whether a step of a handler's block leaves it.
func leaves(b *syntax.Block) bool {
	return slices.ContainsFunc(stepsOf(b), func(s *syntax.Step) bool { return s.Verb.Leaves })
}

// leftTasks reports tasks that `main` spawns and does not keep, if it does not wait afterwards.
func (l *linter) leftTasks() {
	main := l.mainBody()
	if main == nil {
		return
	}
	steps := main.steps()
	for _, s := range steps {
		n, ok := s.Node.(*syntax.Spawn)
		if !ok || n.As != nil || n.In != nil || n.Name != nil || n.Daemon != nil || main.waitsAgain(s, steps) || !l.waits(n) {
			continue
		}
		l.warn(CodeLeftTask, n.Place(),
			"`main` ends without waiting for this task: it is cancelled before it has done its work",
			"keep it with `as: task` and `- await: task`")
	}
}

// waits reports whether the coroutine or the steps that a `spawn` runs may wait.
func (l *linter) waits(n *syntax.Spawn) bool {
	e := spawned(n)
	act := l.info.InlineOf(e)
	if e.Coroutine != nil {
		act = l.coroutine(e.Coroutine)
	}
	return act != nil && act.Waiting != nil
}

// spawned returns the entry that says what a `spawn` runs.
func spawned(n *syntax.Spawn) *syntax.Entry {
	if n.Inline != nil {
		return n.Inline
	}
	return &n.Entry
}

// coroutine returns the activation of the coroutine of that name.
func (l *linter) coroutine(name *syntax.Name) *check.Activation {
	return l.info.BodyOf(l.info.Coroutines[name.Text])
}
