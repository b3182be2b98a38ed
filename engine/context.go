package engine

// contextBlock is one context: the values of all context variables (CPython: contextvars.Context). Tasks and handles
// get a copy of the current one; as long as nobody writes, they share the block.
type contextBlock struct {
	vals []Value
	refs int32
	next uint32
}

func (l *Loop) context(id uint32) []Value { return l.contexts[id].vals }

// copyContext gives a reference to a copy of context id.
func (l *Loop) copyContext(id uint32) uint32 {
	l.contexts[id].refs++
	return id
}

// dropContext gives a reference back.
func (l *Loop) dropContext(id uint32) {
	c := &l.contexts[id]
	if c.refs--; c.refs == 0 {
		clear(c.vals)
		c.next, l.freeContext = l.freeContext, id
	}
}

// setContext sets variable i in the current context.
func (l *Loop) setContext(i int, v Value) {
	w := l.warm(l.curID)
	w.ctx = l.setIn(w.ctx, i, v)
}

// ctx is the current context.
func (l *Loop) ctx() uint32 { return l.warm(l.curID).ctx }

// setIn sets variable i in context id, whose only holder is the caller; it returns the context to hold from now on.
func (l *Loop) setIn(id uint32, i int, v Value) uint32 {
	if l.contexts[id].refs > 1 {
		l.contexts[id].refs--
		id = l.newContext(l.contexts[id].vals)
	}
	l.contexts[id].vals[i] = v
	return id
}

func (l *Loop) newContext(vals []Value) uint32 {
	id := l.freeContext
	if id != 0 {
		l.freeContext = l.contexts[id].next
	} else {
		id = uint32(len(l.contexts))
		l.contexts = append(l.contexts, contextBlock{vals: make([]Value, len(vals))})
		l.grow(contextCost + len(vals)*valueSize)
	}
	c := &l.contexts[id]
	copy(c.vals, vals)
	for _, v := range vals {
		l.Escape(v)
	}
	c.refs = 1
	return id
}
