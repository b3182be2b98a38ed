package engine

// syncKind says what runs where no task does.
type syncKind uint8

const (
	syncNone syncKind = iota
	syncBefore
	syncCallback
	syncAfter
)

// startSync runs code where no task does.
func (l *Loop) startSync(kind syncKind, id uint32, code *Code) {
	t := l.task(0)
	t.pc, t.calls = code.start, 0
	switch kind {
	case syncBefore:
		l.syncIndex = len(l.p.Callbacks)
	case syncAfter:
		l.syncIndex = len(l.p.Callbacks) + 1
	case syncCallback:
		l.syncIndex = int(l.callbacks.scheduled.at(id).callback)
	}
	if kind != syncCallback {
		t.frame = l.newFrame(int(code.slots))
	}
	l.sync, l.syncID = kind, id
	if l.trace != nil {
		l.trace.who = whoCallback(l.syncIndex)
	}
	l.enter(0, t)
	if kind == syncCallback {
		l.exec(code.start)
	}
}

// endSync is the end of before, after or a callback; err is the error that ended it.
func (l *Loop) endSync(err *Error) {
	kind := l.sync
	l.sync = syncNone
	t := l.task(0)
	if t.frame != 0 {
		l.freeFrame(t.frame, int(l.syncCode(kind).slots))
		t.frame = 0
	}
	if err != nil {
		l.fail(failure{Report: Report{In: l.syncNameOf(kind), Err: err, At: l.now}})
	}
	switch {
	case kind == syncCallback:
		l.dropContext(l.ctx())
		l.warm(0).ctx = l.contexts.base
		s := l.callbacks.scheduled.at(l.syncID)
		if s.state == scheduledRunning {
			l.endScheduled(l.syncID, scheduledDone)
		}
		if s.over {
			l.end(Failed)
		} else if err != nil && err.endsRun() {
			l.escape()
		}
	case kind == syncBefore && err != nil:
		l.end(Failed)
	}
}

func (l *Loop) syncCode(kind syncKind) *Code {
	switch kind {
	case syncBefore:
		return l.p.Before
	case syncAfter:
		return l.p.After
	}
	return l.p.Callbacks[l.callbacks.scheduled.at(l.syncID).callback].Code
}

func (l *Loop) syncNameOf(kind syncKind) string {
	switch kind {
	case syncBefore:
		return "before"
	case syncAfter:
		return "after"
	case syncCallback:
		return l.handleName(l.syncID)
	}
	return "loop"
}

func (l *Loop) syncName() string { return l.syncNameOf(l.sync) }
