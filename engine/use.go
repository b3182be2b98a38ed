package engine

// UsePreempted is what a `use` does when its units are taken from it.
type UsePreempted uint8

const (
	UseResumes  UsePreempted = iota // it waits at its old place, and goes on with what is left of its time
	UseRestarts                     // it waits at its old place, and begins anew with the same time
	UseRedraws                      // the same, and its time is computed anew
	UseRaises                       // Interrupt
)

// UsePreemptedWords is what can be chosen, by UsePreempted.
var UsePreemptedWords = []string{"resume", "restart", "redraw", "raise"}

// The slots of a `use`, from slot a of its instructions on.
const (
	useWhat    = iota // the resource
	useRequest        // the number of its request
	useLeft           // how long it has still to hold it, in nanoseconds
	useEnds           // when it will have
	useSlots
)

// useTakes computes how long a `use` takes, once it holds its units.
func (l *Loop) useTakes(in *instr) {
	if d := in.int(l); l.fault == nil {
		l.frame[in.a+useLeft] = Int(d)
	}
}

// useSleep is the sleep in a `use`.
func (l *Loop) useSleep(in *instr, pc int32) whereTo {
	d := l.frame[in.a+useLeft].n
	when := l.addTime(l.now, int64(d))
	if l.fault != nil {
		return toNext
	}
	if l.p.sharing && int64(d) > 0 {
		if id := uint32(l.frame[in.a+useRequest].n); l.resources[l.request(id).on].order == ResourceShared {
			l.share(pc, id, int64(d))
			return toWait
		}
	}
	l.frame[in.a+useEnds] = Int(when)
	l.sleepUntil(pc, int64(d) > 0, when)
	if l.cur.wait == waitSleep {
		l.cur.wait = waitUse
	}
	return toWait
}

// evictUse is what becomes of a task that holds request id in a `use`; false: it does not, or wants an Interrupt. The request
// is lost by now. A task whose time is over in this very instant has ended its use.
func (l *Loop) evictUse(t *task, id uint32) bool {
	in := &l.p.code[t.pc]
	if in.op != opUseSleep || t.wait != waitUse && t.wait != waitTurn {
		return false
	}
	q := l.request(id)
	frame := l.frameOf(t)
	if uint32(frame[in.a+useRequest].n) != id {
		return false
	}
	if t.wait == waitTurn || t.flags&(flagFired|flagFutureDone|flagFutureGone) != 0 {
		return true
	}
	if UsePreempted(in.b) == UseRaises {
		return false
	}
	l.timers.cancelled++
	l.recTimer(RecDisarm, timerSleep, q.task, t.on, 0)
	if UsePreempted(in.b) == UseResumes {
		frame[in.a+useLeft] = Int(frame[in.a+useEnds].AsInt() - l.now)
	}
	t.pc, t.wait, t.on, t.since = in.c, waitUnits, id, l.now
	l.backInLine(id)
	if l.trace != nil {
		l.recTask(RecWait, q.task)
	}
	return true
}

// frameOf is the slots of a task's running activation.
func (l *Loop) frameOf(t *task) []Value {
	if f := t.frame; f != 0 {
		return l.frames.chunks[f>>slotBits][f&slotMask+1:]
	}
	return t.slot[:]
}

// useWait is the sleep in a `use`.
type useWait struct{ sleepWait }

// finish lets go of the timer, which of those who share a resource one has.
func (x useWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	if t.on == 0 {
		return w.goOn()
	}
	return x.sleepWait.finish(l, t, w)
}

func (useWait) words(l *Loop, t *task) string {
	v := l.frameOf(t)[l.p.code[t.pc].a+useWhat]
	return "use of " + l.objectWords(v.Kind(), uint32(v.n))
}
