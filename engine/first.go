package engine

import "strings"

// A `first` waits in several ways at once. Its arms are looked at in order; the first that needs no wait is taken. Else all of them
// begin, and the first that has what it wants is met: in the same step the others leave. Never are two met. The task goes on in
// the next iteration, with what follows its arm.
//
// An arm is an instruction that is never run: its operands say what it wants, and from slot a on it has two slots. In the slot of
// opFirst is the number of the arm that is met, null before.

// arm is one arm of the `first` that a task waits in.
type arm struct {
	in    *instr
	frame []Value
	task  uint32
	i     int
}

// arming is what an instruction does as an arm.
type arming interface {
	// try computes what it wants, and reports whether it has that without waiting. Requests stand in line from here on.
	try(l *Loop, x arm) bool
	// begin begins to wait; true: what it wants is there by now, and it has it.
	begin(l *Loop, x arm) bool
	// there looks whether what it wants is there, and takes it.
	there(l *Loop, x arm) bool
	// leave ends the wait; what it has asked for is still known.
	leave(l *Loop, x arm)
	// back gives back what it was given and has not used.
	back(l *Loop, x arm)
	// finish is what follows, in the running task.
	finish(l *Loop, x arm)
	// forget lets go of what it has asked for.
	forget(l *Loop, x arm)
	// waits is the wait that it is a part of.
	waits(l *Loop, x arm) (waitKind, uint32)
}

// armings has a row for each instruction that can be an arm.
var armings = [...]arming{
	opAcquire: unitsArm{}, opOffer: stockArm{}, opWant: stockArm{}, opPut: putArm{}, opGet: getArm{}, opJoin: joinArm{},
	opWaitEvent: eventArm{}, opWaitUntil: untilArm{}, opAwait: awaitArm{}, opSleep: sleepArm{}, opSleepUntil: sleepArm{},
}

// armsOf is the arms of the `first` at which a task is, by the place of their instructions, and its variables.
func (l *Loop) armsOf(task uint32) (arms []int32, frame []Value) {
	t := l.task(task)
	return l.p.code[t.pc].x.arms, l.frameOf(t)
}

// armAt is the i-th arm of a `first`, whose instruction is at a place.
func (l *Loop) armAt(at int32, frame []Value, task uint32, i int) (arm, arming) {
	in := &l.p.code[at]
	return arm{in, frame, task, i}, armings[in.op]
}

// armOf is arm i of the `first` at which a task is.
func (l *Loop) armOf(task uint32, i int) (arm, arming) {
	arms, frame := l.armsOf(task)
	return l.armAt(arms[i], frame, task, i)
}

// first is opFirst. It returns where to go on; -1: the task waits, or an error was raised.
func (l *Loop) first(in *instr, pc int32) int32 {
	l.cur.pc = pc
	l.frame[in.a] = Value{}
	for _, at := range in.x.arms {
		a := l.p.code[at].a
		l.frame[a], l.frame[a+1] = Value{}, Value{}
	}
	for i, at := range in.x.arms {
		l.pc = at
		x, kind := l.armAt(at, l.frame, l.curID, i)
		taken := kind.try(l, x)
		switch {
		case l.fault != nil:
			l.placeFault(at)
			l.leaveArms(l.curID, i)
			l.forgetArms(l.curID, -1)
			return -1
		case !l.frame[in.a].IsNull(): // it took what others held: they run first
			return -1
		case taken:
			l.leaveArms(l.curID, i)
			return l.goOnWithArm(in, i)
		}
	}
	for i, at := range in.x.arms {
		x, kind := l.armAt(at, l.frame, l.curID, i)
		kind.begin(l, x)
	}
	l.pc = pc
	l.suspend(pc, waitFirst, l.curID)
	return -1
}

// goOnWithArm is the end of a `first` of the running task, and where it goes on; -1: an error was raised.
func (l *Loop) goOnWithArm(in *instr, i int) int32 {
	x, kind := l.armAt(in.x.arms[i], l.frame, l.curID, i)
	l.forgetArms(l.curID, i)
	l.pc = in.x.arms[i]
	kind.finish(l, x)
	if l.fault != nil {
		l.placeFault(l.pc)
		return -1
	}
	return in.x.targets[i]
}

// placeFault says that an error was raised at an arm.
func (l *Loop) placeFault(at int32) {
	if err := l.fault; err.Pos == (Pos{}) {
		err.Pos, err.At, err.Code = l.p.pos[at], l.now, l.p.codes[l.p.owner[at]].Name
	}
}

// leaveArms ends the waits of all arms but one. Nobody is served before all of them have ended: one arm may hold up another.
func (l *Loop) leaveArms(task uint32, but int) {
	outer := l.looking
	l.looking = true
	arms, frame := l.armsOf(task)
	for i, at := range arms {
		if x, kind := l.armAt(at, frame, task, i); i != but && !frame[x.in.a].IsNull() {
			kind.leave(l, x)
		}
	}
	if !outer {
		l.lookOn()
	}
}

// forgetArms lets go of what all arms but one have asked for.
func (l *Loop) forgetArms(task uint32, but int) {
	arms, frame := l.armsOf(task)
	for i, at := range arms {
		if x, kind := l.armAt(at, frame, task, i); i != but && !frame[x.in.a].IsNull() {
			kind.forget(l, x)
			frame[x.in.a], frame[x.in.a+1] = Value{}, Value{}
		}
	}
}

// meet is what ends the wait of a task in a `first`: an arm has what it wants. The others leave in this step.
func (l *Loop) meet(task uint32, i int) {
	t := l.task(task)
	l.frameOf(t)[l.p.code[t.pc].a] = Int(int64(i))
	t.flags |= flagFutureDone
	l.leaveArms(task, i)
	if l.trace != nil {
		l.recTask(RecWake, task)
	}
	l.ready.push(handle{kind: handleWake, a: task})
}

// meetIfThere meets the first arm of a task whose queue or event has what it wants; false: none has.
func (l *Loop) meetIfThere(task uint32) bool {
	arms, frame := l.armsOf(task)
	for i, at := range arms {
		if x, kind := l.armAt(at, frame, task, i); !frame[x.in.a].IsNull() && kind.there(l, x) {
			l.meet(task, i)
			return true
		}
	}
	return false
}

// waitsInFirst reports whether a task waits in a `first` of which no arm is met.
func (t *task) waitsInFirst() bool {
	return t.wait == waitFirst && t.flags&(flagFutureDone|flagFutureGone) == 0
}

// served is the wake-up of a task whose request was served.
func (l *Loop) served(id uint32) {
	q := l.request(id)
	if q.arm == 0 {
		l.complete(q.task)
		return
	}
	l.meet(q.task, int(q.arm)-1)
}

// firstAgain lets the arms of a `first` wait again but for one, which stands in its line: what it was given was taken back.
func (l *Loop) firstAgain(task uint32, but int) {
	arms, frame := l.armsOf(task)
	met := &frame[l.p.code[l.task(task).pc].a]
	*met = Value{}
	for i, at := range arms {
		x, kind := l.armAt(at, frame, task, i)
		if i == but || frame[x.in.a].IsNull() {
			continue
		}
		if there := kind.begin(l, x); !met.IsNull() {
			return // it was served
		} else if there {
			l.meet(task, i)
			return
		}
	}
}

// armOver is the timer of an arm.
func (l *Loop) armOver(task, number uint32) {
	if i := l.armWithTimer(task, number); i >= 0 {
		x, _ := l.armOf(task, i)
		x.frame[x.in.a+1] = Value{}
		l.meet(task, i)
	}
}

// armWithTimer is the arm of a task whose timer has a number; -1: it does not wait for that any more.
func (l *Loop) armWithTimer(task, number uint32) int {
	if !l.task(task).waitsInFirst() {
		return -1
	}
	arms, frame := l.armsOf(task)
	for i, at := range arms {
		switch in := &l.p.code[at]; in.op {
		case opSleep, opSleepUntil:
			if uint32(frame[in.a+1].n) == number {
				return i
			}
		}
	}
	return -1
}

// firstWait is the wait in a `first`.
type firstWait struct{ ownFuture }

// each calls f for the waits that the arms of a task are.
func (firstWait) each(l *Loop, id uint32, f func(part *task)) {
	arms, frame := l.armsOf(id)
	for i, at := range arms {
		x, kind := l.armAt(at, frame, id, i)
		if frame[x.in.a].IsNull() {
			continue
		}
		part := *l.task(id)
		part.wait, part.on = kind.waits(l, x)
		f(&part)
	}
}

func (w firstWait) words(l *Loop, t *task) string {
	var parts []string
	w.each(l, t.on, func(part *task) { parts = append(parts, waits[part.wait].words(l, part)) })
	return "first of " + strings.Join(parts, ", ")
}

func (w firstWait) holders(l *Loop, t *task) []uint32 {
	var ids []uint32
	w.each(l, t.on, func(part *task) { ids = append(ids, waits[part.wait].holders(l, part)...) })
	return ids
}

// cancel leaves all lines in this step; what the arm that is met was given goes back.
func (firstWait) cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool {
	met := t.flags&flagFutureDone != 0
	if !(ownFuture{}).leave(l, id, t, message, depth) {
		return false
	}
	if met {
		x, kind := l.armOf(id, int(l.frameOf(t)[l.p.code[t.pc].a].AsInt()))
		kind.back(l, x)
	} else {
		l.leaveArms(id, -1)
	}
	return true
}

func (firstWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	in := &l.p.code[w.pc]
	if w.err != nil {
		if met := l.frame[in.a]; !met.IsNull() { // it is still in its line
			x, kind := l.armOf(l.curID, int(met.AsInt()))
			kind.leave(l, x)
		}
		l.forgetArms(l.curID, -1)
		return w.pc, w.err
	}
	next := l.goOnWithArm(in, int(l.frame[in.a].AsInt()))
	err := l.fault
	l.fault = nil
	return next, err
}
