package engine

// contextBlock is one context: the values of all context variables (CPython: contextvars.Context). Tasks and handles
// get a copy of the current one; as long as nobody writes, they have the same block.
type contextBlock struct {
	vals   []Value
	refs   int32
	shared bool // it is one context for all who have it: a copy is a block of its own
}

// contexts holds the contexts of a run.
type contexts struct {
	arena[contextBlock]
	base uint32 // the context that `before` left: workers and `after` go on in it
}

func (x *contexts) own(was *contexts) {
	x.arena.own(&was.arena, func(c, was *contextBlock) { c.vals = append(was.vals[:0], c.vals...) })
}

func (l *Loop) context(id uint32) []Value { return l.contexts.at(id).vals }

// copyContext returns a copy of context id: another reference to the block, which who writes first gives up.
func (l *Loop) copyContext(id uint32) uint32 {
	if len(l.p.Context) == 0 { // all are the same
		return id
	}
	return l.copyOfContext(id)
}

func (l *Loop) copyOfContext(id uint32) uint32 {
	c := l.contexts.at(id)
	if c.shared {
		return l.newContext(c.vals)
	}
	c.refs++
	return id
}

// shareContext makes a new task run in the context of task of, instead of in a copy of the one that made it.
func (l *Loop) shareContext(id, of uint32) {
	if len(l.p.Context) == 0 {
		return
	}
	l.dropContext(l.warm(id).ctx)
	theirs := l.warm(of).ctx
	if c := l.contexts.at(theirs); !c.shared && c.refs > 1 {
		c.refs--
		theirs = l.newContext(c.vals)
		l.warm(of).ctx = theirs
	}
	if l.trace != nil {
		l.lookAtState(touchTask, of, writes) // from now on what it sets may be another's
	}
	c := l.contexts.at(theirs)
	c.shared = true
	c.refs++
	l.warm(id).ctx = theirs
}

// dropContext gives a reference back.
func (l *Loop) dropContext(id uint32) {
	if len(l.p.Context) > 0 {
		l.giveContext(id)
	}
}

func (l *Loop) giveContext(id uint32) {
	c := l.contexts.at(id)
	if c.refs--; c.refs == 0 {
		c.shared = false
		clear(c.vals)
		l.contexts.give(id)
	}
}

// setContext sets variable i in the current context.
func (l *Loop) setContext(i int, v Value) {
	w := l.warm(l.curID)
	w.ctx = l.setIn(w.ctx, i, v)
	if l.trace != nil {
		l.recRef(RecSet, Ref{Space: ContextVar, Index: i}, v)
	}
}

// contextVar is variable i in the current context.
func (l *Loop) contextVar(i int) Value { return l.context(l.ctx())[i] }

// ctx is the current context.
func (l *Loop) ctx() uint32 { return l.warm(l.curID).ctx }

// setIn sets variable i in context id, to which the caller has a reference; where others have one too it is copied
// first. The caller's reference is to the returned context from now on.
func (l *Loop) setIn(id uint32, i int, v Value) uint32 {
	if c := l.contexts.at(id); c.refs > 1 && !c.shared {
		c.refs--
		id = l.newContext(l.contexts.at(id).vals)
	}
	l.contexts.at(id).vals[i] = v
	return id
}

func (l *Loop) newContext(vals []Value) uint32 {
	id, fresh := l.contexts.take()
	if fresh {
		l.contexts.at(id).vals = make([]Value, len(vals))
		l.grow(contextCost + len(vals)*valueSize)
	}
	c := l.contexts.at(id)
	copy(c.vals, vals)
	for _, v := range vals {
		l.Escape(v)
	}
	c.refs = 1
	return id
}
