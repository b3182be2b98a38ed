package engine

import (
	"fmt"
	"slices"
	"strconv"
)

// group is asyncio.TaskGroup; tasks are in the order of creation, where CPython has a set.
type group struct {
	parent                uint32
	tasks                 roster
	errors                []Value
	base                  *Error // the first error that ends the run: it goes out as it is (_base_error)
	exiting, aborting     bool
	parentCancelRequested bool
	waiting               bool   // the parent waits for the tasks
	propagate             *Error // the CancelledError that goes on after the end
	generation            uint32 // groups that had this number before
}

func (g *group) own(was *group) {
	g.tasks.own(&was.tasks)
	g.errors = slices.Clone(g.errors) // the memory of was may be part of an error by now
}

// openGroup is TaskGroup.__aenter__; the group goes to slot a, which the block's own variable shows.
func (l *Loop) openGroup(in *instr) {
	id, _ := l.groups.take()
	g := l.groups.at(id)
	*g = group{parent: l.curID, generation: g.generation}
	l.frame[in.a] = scalar(KindGroup, uint64(g.generation)<<32|uint64(id))
	l.bind(in, l.frame[in.a])
}

// groupFor is the number of the group that a spawn is to join; false after an error.
func (l *Loop) groupFor(v Value) (uint32, bool) {
	if !l.expect(v, KindGroup, "spawn … in") {
		return 0, false
	}
	id := uint32(v.n)
	if l.trace != nil {
		l.look(v, writes)
	}
	g := l.groups.at(id)
	switch {
	case g.generation != uint32(v.n>>32) || g.exiting && g.tasks.len() == 0:
		l.raiseOf("RuntimeError", "TaskGroup is finished", "its block has ended and so have all its tasks")
		return 0, false
	case g.aborting:
		l.raiseOf("RuntimeError", "TaskGroup is shutting down", fmt.Sprintf("%d of its tasks are being cancelled", g.tasks.len()))
		return 0, false
	}
	return id, true
}

func (l *Loop) joinGroup(id, task uint32) {
	l.addDoneCallback(awaitable(task), handle{handleGroup, id, task})
	l.groups.at(id).tasks.push(task)
}

// abort is TaskGroup._abort.
func (l *Loop) abort(id uint32) {
	l.groups.at(id).aborting = true
	for _, t := range l.groups.at(id).tasks.list() {
		l.cancelTask(t, nil, 0)
	}
}

// groupTaskDone is TaskGroup._on_task_done.
func (l *Loop) groupTaskDone(id, task uint32) {
	g := l.groups.at(id)
	g.tasks.remove(task)
	if g.waiting && g.tasks.len() == 0 && !l.futureDone(g.parent) {
		l.complete(g.parent)
	}
	t := l.task(task)
	if t.state != taskFailed {
		return
	}
	_, err := l.outcome(awaitable(task))
	g.errors = append(g.errors, errorValue(err))
	g.keepBase(err)
	if !g.aborting && !g.parentCancelRequested {
		l.abort(id)
		l.groups.at(id).parentCancelRequested = true
		l.cancelTask(g.parent, nil, 0)
	}
}

func (g *group) keepBase(err *Error) {
	if g.base == nil && err.endsRun() {
		g.base = err
	}
}

// closeGroup is the first part of TaskGroup.__aexit__: slot a has the group, slot b why the block ended.
func (l *Loop) closeGroup(in *instr) {
	id := uint32(l.frame[in.a].n)
	g := l.groups.at(id)
	g.exiting = true
	raised := l.raisedIn(in.b)
	if raised != nil {
		g.keepBase(raised)
		if raised.Type == "CancelledError" {
			g.propagate = raised
		}
	}
	if g.parentCancelRequested && !l.rules[ruleGroupUncancelsLast] {
		l.uncancelGroup(g)
	}
	if raised != nil && !g.aborting {
		l.abort(id)
	}
}

// uncancelGroup takes the group's own cancellation of its parent back.
func (l *Loop) uncancelGroup(g *group) {
	if l.uncancel(l.cur); l.cur.cancel == 0 && g.propagate != nil && g.propagate.Type == "CancelledError" {
		g.propagate = nil
	}
}

// raisedIn is the error that the finally block with its reason in slot was entered with; nil: none.
func (l *Loop) raisedIn(slot int32) *Error {
	if l.frame[slot].AsInt() == leaveRaising {
		return l.frame[slot+1].AsError()
	}
	return nil
}

// awaitGroup is the loop and the end of TaskGroup.__aexit__.
func (l *Loop) awaitGroup(in *instr, pc int32) whereTo {
	id := uint32(l.frame[in.a].n)
	g := l.groups.at(id)
	if g.tasks.len() > 0 {
		g.waiting = true
		l.suspend(pc, waitGroup, id)
		return toWait
	}
	if g.parentCancelRequested && l.rules[ruleGroupUncancelsLast] {
		l.uncancelGroup(g)
	}
	errs, propagate, base := g.errors, g.propagate, g.base
	*g = group{generation: g.generation + 1}
	l.groups.give(id)
	if base != nil {
		l.fault = base
		return toNext
	}
	if propagate != nil && len(errs) == 0 {
		l.fault = propagate
		return toNext
	}
	if propagate != nil && propagate.Type == "Interrupt" {
		errs = append(errs, errorValue(propagate))
	}
	if raised := l.raisedIn(in.b); raised != nil && raised.Type != "CancelledError" {
		errs = append(errs, errorValue(raised))
	}
	if len(errs) > 0 {
		if l.rules[ruleGroupHandsOn] && l.cur.cancel > 0 {
			l.uncancel(l.cur)
			l.cancelTask(l.curID, nil, 0)
		}
		l.fault = l.newGroupError("unhandled errors in a TaskGroup", errs)
	}
	return toNext
}

// newGroupError is BaseExceptionGroup.__new__: an ExceptionGroup where all are Exceptions.
func (l *Loop) newGroupError(message string, errs []Value) *Error {
	typ := "ExceptionGroup"
	for _, e := range errs {
		if !IsSubtype(e.AsError().Type, "Exception") {
			typ = "BaseExceptionGroup"
		}
	}
	plural := "s"
	if len(errs) == 1 {
		plural = ""
	}
	err := l.newError(typ, message+" ("+strconv.Itoa(len(errs))+" sub-exception"+plural+")")
	err.Errors = errs
	return err
}

// finishGroupWait is what follows the await in TaskGroup.__aexit__: a cancellation is kept for the end.
func (l *Loop) finishGroupWait(id uint32, err *Error) {
	g := l.groups.at(id)
	g.waiting = false
	switch {
	case err == nil || !err.leaves():
	case !g.aborting:
		g.propagate = err
		l.abort(id)
	case g.propagate == nil && err.Type == "Interrupt":
		g.propagate = err
	}
}

// groupWait is the wait at the end of a group's block, which looks again.
type groupWait struct{ ownFuture }

func (x groupWait) words(l *Loop, t *task) string { return l.severalWords(x.holders(l, t)) }

func (groupWait) holders(l *Loop, t *task) []uint32 { return l.groups.at(t.on).tasks.list() }

func (groupWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	if l.finishGroupWait(t.on, w.err); w.left() {
		return w.pc, nil
	}
	return w.pc, w.err
}
