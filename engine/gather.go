package engine

// gather is the outer future of asyncio.gather (_GatheringFuture) and its bookkeeping.
type gather struct {
	children         []awaitable // one for each argument
	pending          int         // done-callbacks that have not run; one for each different child
	returnExceptions bool
	cancelRequested  bool
	done             bool
	err              *Error
	waiter           uint32 // the task that awaits it; 0: it has gone on
	outer            uint32 // the number + 1 of its future, while that is open; 0: it is awaited where it is made
}

func (g *gather) own(was *gather) { g.children = append(was.children[:0], g.children...) }

func (l *Loop) newGather() uint32 {
	id, _ := l.gathers.take()
	g := l.gathers.at(id)
	*g = gather{children: g.children[:0]}
	return id
}

// addChild is the body of gather's loop over its arguments. A child that is given twice calls back once; a fresh one was
// created for this gather. done: the child has ended, and the gather hears of it at once.
func (l *Loop) addChild(g uint32, child awaitable, fresh bool, seen *awaitables) (done bool) {
	ga := l.gathers.at(g)
	known := !fresh && seen.among(ga.children, child)
	ga.children = append(ga.children, child)
	if known {
		return false
	}
	ga.pending++
	if l.rules[ruleGatherTakesDone] && l.stateOf(child).ended() {
		return true
	}
	l.addDoneCallback(child, handle{kind: handleGather, a: g, b: uint32(child)})
	return false
}

// gatherChild is gather's _done_callback in a turn of its own.
func (l *Loop) gatherChild(g uint32, child awaitable) {
	l.childDone(g, child)
	l.releaseGather(g)
}

// childDone is gather's _done_callback.
func (l *Loop) childDone(g uint32, child awaitable) {
	ga := l.gathers.at(g)
	ga.pending--
	_, err := l.peekOutcome(child)
	switch {
	case g == l.shutdown: // its children's errors are reported
	case ga.done || !ga.returnExceptions:
		l.outcome(child)
	case ga.pending == 0: // CPython looks at the errors it is to return once it has all
		for _, c := range ga.children {
			l.outcome(c)
		}
	}
	switch {
	case ga.done:
	case err != nil && !ga.returnExceptions:
		l.resolveGather(g, err)
	case ga.pending == 0 && ga.cancelRequested:
		if err == nil || l.stateOf(child) != taskCancelled {
			err = l.newError("CancelledError", "")
		}
		l.resolveGather(g, err)
	case ga.pending == 0:
		l.resolveGather(g, nil)
	}
}

func (l *Loop) resolveGather(g uint32, err *Error) {
	ga := l.gathers.at(g)
	ga.done, ga.err = true, err
	if g == l.shutdown {
		l.shutdown = 0
		l.ready.push(handle{kind: handleMain, a: 1})
	}
	if ga.outer != 0 {
		l.settleGather(g)
		return
	}
	if ga.waiter != 0 {
		if l.trace != nil {
			l.recTask(RecWake, ga.waiter)
		}
		l.ready.push(handle{kind: handleWake, a: ga.waiter})
	}
}

// releaseGather gives a gather back once nobody refers to it.
func (l *Loop) releaseGather(g uint32) {
	if ga := l.gathers.at(g); ga.pending == 0 && ga.waiter == 0 && ga.done {
		ga.done, ga.children = false, ga.children[:0] // it must not be given back again
		l.gathers.give(g)
	}
}

// cancelGather is _GatheringFuture.cancel.
func (l *Loop) cancelGather(g uint32, message *Error, depth int) bool {
	if l.gathers.at(g).done {
		return false
	}
	cancelled := false
	for i := range l.gathers.at(g).children {
		if l.cancelAwaitable(l.gathers.at(g).children[i], message, depth) {
			cancelled = true
		}
	}
	if cancelled {
		l.gathers.at(g).cancelRequested = true
	}
	return cancelled
}

// gatherResults is the list of results, or the error, that awaiting a gather gives.
func (l *Loop) gatherResults(g uint32) (Value, *Error) {
	ga := l.gathers.at(g)
	if ga.err != nil {
		return Value{}, ga.err
	}
	l.Charge(len(ga.children) * valueSize)
	results := make([]Value, len(ga.children))
	for i, c := range ga.children {
		v, err := l.outcome(c)
		if err != nil {
			v = errorValue(err)
		}
		results[i] = v
	}
	return l.ownList(results), nil
}

// finishGather gives a gather back that nobody waits for any more, and returns its results or its error.
func (l *Loop) finishGather(g uint32) (Value, *Error) {
	v, err := l.gatherResults(g)
	l.releaseGather(g)
	return v, err
}

// gatherWait is the await of a gather.
type gatherWait struct{}

func (gatherWait) target(_ *Loop, on uint32) (Kind, uint32) { return KindNull, on }

func (x gatherWait) words(l *Loop, t *task) string { return l.severalWords(x.holders(l, t)) }

func (gatherWait) holders(l *Loop, t *task) []uint32 {
	return l.unended(l.gathers.at(t.on).children...)
}

func (gatherWait) cancel(l *Loop, _ uint32, t *task, message *Error, depth int) bool {
	return l.cancelGather(t.on, message, depth+1)
}

// detach lets the children go on.
func (gatherWait) detach(l *Loop, id uint32, t *task) bool {
	ga := l.gathers.at(t.on)
	if ga.done {
		return false
	}
	ga.waiter = 0
	l.ready.push(handle{kind: handleWake, a: id})
	return true
}

func (gatherWait) outcome(l *Loop, t *task) (Value, *Error) {
	l.gathers.at(t.on).waiter = 0
	return l.finishGather(t.on)
}

func (gatherWait) finish(l *Loop, _ *task, w ended) (int32, *Error) { return w.bound(l) }
