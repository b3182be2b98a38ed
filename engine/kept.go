package engine

// A gather or a shield that is kept instead of awaited is a future, as each is in asyncio.

// keepGather makes the future of a gather.
func (l *Loop) keepGather(g uint32) {
	l.grow(objectCost) // it stays to the end of the run
	n := add(&l.futures, future{gather: g})
	l.gathers.at(g).outer = uint32(n) + 1
}

// settleGather gives the future of a gather its results or its error.
func (l *Loop) settleGather(g uint32) {
	ga := l.gathers.at(g)
	n := ga.outer - 1
	v, err := l.gatherResults(g)
	l.gathers.at(g).outer = 0
	l.futures[n].gather = 0
	l.settleFuture(n, v, err)
}

// settleFuture is set_result or set_exception of a future that is still open.
func (l *Loop) settleFuture(n uint32, v Value, err *Error) {
	f := &l.futures[n]
	if f.state, f.result, f.err = taskDone, v, err; err != nil {
		f.state, f.result = taskFailed, Value{}
		l.fail(failure{future: awaitable(n) | isFuture, Report: Report{Err: err, At: l.now}})
	}
	l.recResolve(f.state, n)
	l.readyAll(awaitable(n)|isFuture, f.callbacks)
	f.callbacks = nil
}

// keepShield is asyncio.shield: the future that it gives, or what it was given where that has ended.
func (l *Loop) keepShield(in *instr, inner awaitable) {
	if l.stateOf(inner).ended() {
		l.bind(in, inner.value())
		return
	}
	l.grow(objectCost)
	n := uint32(add(&l.futures, future{shields: inner, shielding: true}))
	l.addDoneCallback(inner, handle{handleShielded, n, uint32(inner)})
	l.addDoneCallback(awaitable(n)|isFuture, handle{kind: handleUnshield, a: n})
	l.bind(in, scalar(KindFuture, uint64(n)))
}

// shieldedDone is shield's _inner_done_callback.
func (l *Loop) shieldedDone(n uint32, inner awaitable) {
	state := l.stateOf(inner)
	switch f := &l.futures[n]; {
	case f.state == taskCancelled && state != taskCancelled:
		l.leave(inner)
	case f.state.ended():
	case state == taskCancelled:
		l.cancelAwaitable(awaitable(n)|isFuture, nil, 0)
	default:
		v, err := l.outcome(inner)
		l.settleFuture(n, v, err)
	}
}

// unshield is shield's _outer_done_callback: what nobody waits for any more is let go.
func (l *Loop) unshield(n uint32) {
	inner := l.futures[n].shields
	if l.stateOf(inner).ended() {
		return
	}
	l.removeDoneCallback(inner, handle{handleShielded, n, uint32(inner)})
	l.tellLater(inner)
}

// tellLater lets an error of what is shielded be reported, whoever takes it (_log_on_exception).
func (l *Loop) tellLater(inner awaitable) {
	if told := (handle{handleShield, 0, uint32(inner)}); l.rules[ruleShieldReports] {
		l.removeDoneCallback(inner, told)
		l.addDoneCallback(inner, told)
	}
}
