package engine

import "slices"

// awaitable is what await, gather, wait, as_completed and shield take: the number of a task, or with isFuture that of
// a future.
type awaitable uint32

const isFuture awaitable = 1 << 31

// future is asyncio.Future, made at run time; a task has the same in its line and its cold record.
type future struct {
	plainObject
	name      string
	state     taskState // taskRunning until it is resolved or cancelled; taskNew counts as that
	taken     bool
	result    Value
	err       *Error
	callbacks []handle
	gather    uint32    // of which gather it is, while that is not done; 0: of none
	shields   awaitable // what it shields
	shielding bool      // it is that of a shield
}

func (f *future) title() string { return f.name }

func (f *future) measure(m *meter) { m.value(f.result) }

func (f *future) level() (int64, int) { return oneIf(f.state.ended()), len(f.callbacks) }

func (f *future) own(was *future) { f.callbacks = append(was.callbacks[:0], f.callbacks...) }

// awaitable is the task or future in v; it raises TypeError for anything else.
func (l *Loop) awaitable(v Value) (awaitable, bool) {
	switch v.Kind() {
	case KindTask:
		return awaitable(v.n), true
	case KindFuture:
		return awaitable(v.n) | isFuture, true
	}
	if l.fault == nil {
		l.Raise("TypeError", "a task or a future is required, not "+v.Kind().String())
	}
	return 0, false
}

// awaitables finds out which elements a growing list has.
type awaitables struct {
	known map[awaitable]bool // of a long list
}

// among reports whether a is in list. What else the list gets is new.
func (x *awaitables) among(list []awaitable, a awaitable) bool {
	if len(list) <= searchUpTo {
		return slices.Contains(list, a)
	}
	if x.known == nil {
		x.known = make(map[awaitable]bool, 2*len(list))
		for _, b := range list {
			x.known[b] = true
		}
	}
	known := x.known[a]
	x.known[a] = true
	return known
}

func (a awaitable) value() Value {
	if a&isFuture != 0 {
		return scalar(KindFuture, uint64(a&^isFuture))
	}
	return scalar(KindTask, uint64(a))
}

func (l *Loop) future(a awaitable) *future { return &l.futures[a&^isFuture] }

func (l *Loop) awaitableName(a awaitable) string {
	if a&isFuture != 0 {
		return "future " + l.objectName(KindFuture, uint32(a&^isFuture))
	}
	return "task " + l.taskName(uint32(a))
}

// stateOf is the state of a task or a future.
func (l *Loop) stateOf(a awaitable) taskState {
	if l.trace != nil {
		l.look(a.value(), reads)
	}
	if a&isFuture != 0 {
		return l.future(a).state
	}
	return l.task(uint32(a)).state
}

// addDoneCallback is Future.add_done_callback.
func (l *Loop) addDoneCallback(a awaitable, h handle) {
	if l.trace != nil {
		l.recLink(a, h)
	}
	switch {
	case l.stateOf(a).ended():
		l.ready.push(h)
	case a&isFuture != 0:
		f := l.future(a)
		f.callbacks = append(f.callbacks, h)
	default:
		c := l.coldOf(uint32(a))
		c.callbacks = append(c.callbacks, h)
	}
}

// removeDoneCallback is Future.remove_done_callback; it reports whether h was still to be called.
func (l *Loop) removeDoneCallback(a awaitable, h handle) bool {
	if l.stateOf(a).ended() || !l.removeOne(a, h) {
		return false
	}
	if l.trace != nil {
		l.look(a.value(), writes)
	}
	return true
}

// removeOne removes h from the callbacks of a.
func (l *Loop) removeOne(a awaitable, h handle) bool {
	list := l.callbacksOf(a)
	if len(*list) > searchUpTo {
		return l.removeFromMany(a, list, h)
	}
	i := slices.Index(*list, h)
	if i < 0 {
		return false
	}
	*list = slices.Delete(*list, i, i+1)
	return true
}

func (l *Loop) callbacksOf(a awaitable) *[]handle {
	if a&isFuture != 0 {
		return &l.future(a).callbacks
	}
	return &l.coldOf(uint32(a)).callbacks
}

// removeFromMany leaves a gap, and closes the gaps when they are many.
func (l *Loop) removeFromMany(a awaitable, list *[]handle, h handle) bool {
	find := l.removals[a]
	if find == nil {
		find = &places[handle]{}
		if l.removals == nil {
			l.removals = map[awaitable]*places[handle]{}
		}
		l.removals[a] = find
	}
	i := find.in(*list, 0, h)
	if i < 0 {
		return false
	}
	(*list)[i] = handle{}
	if find.removed++; find.removed > len(*list)/2 {
		*list = slices.DeleteFunc(*list, func(h handle) bool { return h == handle{} })
		delete(l.removals, a)
	}
	return true
}

// outcome is what await of an ended task or future gives: its result, or its error; the error counts as taken.
func (l *Loop) outcome(a awaitable) (Value, *Error) {
	if l.trace != nil {
		l.look(a.value(), writes)
	}
	switch {
	case l.checking:
	case a&isFuture != 0:
		l.future(a).taken = true
	default:
		l.task(uint32(a)).flags |= flagTaken
	}
	return l.peekOutcome(a)
}

// peekOutcome is outcome without taking the error.
func (l *Loop) peekOutcome(a awaitable) (Value, *Error) {
	if l.trace != nil {
		l.look(a.value(), reads)
	}
	if a&isFuture != 0 {
		f := l.future(a)
		return l.Escape(f.result), f.err
	}
	t := l.task(uint32(a))
	if t.cold == 0 {
		return Value{}, nil
	}
	c := l.cold(t.cold)
	return l.Escape(c.result), c.err
}

// cancelAwaitable is Task.cancel or Future.cancel.
func (l *Loop) cancelAwaitable(a awaitable, message *Error, depth int) bool {
	if a&isFuture == 0 {
		return l.cancelTask(uint32(a), message, depth)
	}
	f := l.future(a)
	if l.trace != nil {
		l.look(a.value(), writes)
	}
	switch {
	case f.state.ended():
		return false
	case f.gather != 0 && depth > maxAwaitDepth:
		l.Raise("RecursionError", "maximum recursion depth exceeded")
		return true
	case f.gather != 0:
		return l.cancelGather(f.gather, message, depth+1)
	}
	if message == nil {
		message = l.newError("CancelledError", "")
	}
	f.state, f.err = taskCancelled, message
	l.recResolve(taskCancelled, uint32(a&^isFuture))
	l.readyAll(a, f.callbacks)
	f.callbacks = nil
	return true
}

// resolve is Future.set_result, or set_exception.
func (l *Loop) resolve(in *instr) {
	v := l.operand(in)
	result := Value{}
	if in.x.item != nil {
		result = in.x.item(l)
	}
	if l.fault != nil || !l.expect(v, KindFuture, "resolve") {
		return
	}
	f := &l.futures[v.n]
	switch {
	case f.state.ended():
		l.Raise("InvalidStateError", "the future "+l.objectName(KindFuture, uint32(v.n))+" is "+f.state.String()+" already")
		return
	case f.gather != 0: // it hears of what it gathers no more
		l.gathers.at(f.gather).done, l.gathers.at(f.gather).outer = true, 0
		f.gather = 0
	}
	switch {
	case in.x.typ != "error":
		f.state, f.result = taskDone, result
	case result.Kind() != KindError:
		l.Raise("TypeError", "a future's error must be an error, not "+result.Kind().String())
		return
	default:
		f.state, f.err = taskFailed, result.AsError()
		l.fail(failure{future: awaitable(v.n) | isFuture, Report: Report{Err: f.err, At: l.now}})
	}
	l.recResolve(f.state, uint32(v.n))
	l.readyAll(awaitable(v.n)|isFuture, f.callbacks)
	f.callbacks = nil
}

func (f *future) attr(l *Loop, id uint32, a Attr) (Value, bool) {
	switch a {
	case AttrState:
		return String(f.state.String()), true
	case AttrDone:
		return Bool(f.state.ended()), true
	case AttrResult, AttrError:
		return l.outcomeAttr(awaitable(id)|isFuture, a), true
	}
	l.Raise("TypeError", "a future has no such attribute")
	return Value{}, true
}

// outcomeAttr is Future.result or Future.exception.
func (l *Loop) outcomeAttr(a awaitable, attr Attr) Value {
	if !l.stateOf(a).ended() {
		if attr == AttrResult {
			l.Raise("InvalidStateError", "Result is not set.")
		}
		return Value{}
	}
	v, err := l.outcome(a)
	switch {
	case err == nil && attr == AttrResult:
		return v
	case err == nil:
		return Value{}
	case attr == AttrResult:
		if l.fault == nil {
			l.fault = err
		}
		return Value{}
	}
	return errorValue(err)
}

// futureWait is await of a task or a future: a cancellation passes on to it.
type futureWait struct{}

func (futureWait) target(_ *Loop, on uint32) (Kind, uint32) { return awaitable(on).object() }

func (futureWait) words(l *Loop, t *task) string { return l.awaitableName(awaitable(t.on)) }

func (futureWait) holders(l *Loop, t *task) []uint32 { return l.unended(awaitable(t.on)) }

func (futureWait) cancel(l *Loop, _ uint32, t *task, message *Error, depth int) bool {
	return l.cancelAwaitable(awaitable(t.on), message, depth+1)
}

// detach lets what is awaited go on.
func (futureWait) detach(l *Loop, id uint32, t *task) bool {
	h := handle{kind: handleWake, a: id}
	if !l.removeDoneCallback(awaitable(t.on), h) {
		return false
	}
	l.ready.push(h)
	return true
}

func (futureWait) outcome(l *Loop, t *task) (Value, *Error) { return l.outcome(awaitable(t.on)) }

func (futureWait) finish(l *Loop, _ *task, w ended) (int32, *Error) { return w.bound(l) }
