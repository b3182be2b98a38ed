package engine

// Place is where a run is.
type Place struct {
	Task string // what runs, or ran last
	Pos  Pos    // the step it is at
	At   int64  // loop time
}

// here is where the run is.
func (l *Loop) here() Place {
	if l.curID != 0 && (l.warm(l.curID).entry == 0 || l.cur.state.ended()) { // it has ended, and may be forgotten
		return Place{Task: "the loop", At: l.now}
	}
	return Place{Task: l.taskName(l.curID), Pos: l.p.pos[max(l.cur.pc, 0)], At: l.now}
}

// Interrupt asks the run to stop as by `stop`. What runs at that moment, and does not give up its turn, gets a CancelledError
// between two instructions. A second call ends the run at once, however long its clean-up would take. Any goroutine may call it.
func (l *Loop) Interrupt() {
	l.interrupt.Add(1)
	if l.clock != nil {
		l.clock.Wake()
	}
}

// asked reports whether there is a call of Interrupt that the run has not heeded: the first or the second.
func (l *Loop) asked() bool {
	k := l.interrupt.Load()
	return int(min(k, 2)) > len(l.res.Interrupts)
}

// cutTurns is after how many turns of loops inside expressions a task looks for Interrupt.
const cutTurns = 1 << 16

// mayCut reports whether what is evaluated is a step of a task, and not part of a clean-up.
func (l *Loop) mayCut() bool { return l.phase == phaseLoop && l.curID != 0 && !l.checking }

// noteInterrupt notes where the run is when it is asked to stop.
func (l *Loop) noteInterrupt(at Place) {
	l.res.Interrupts, l.res.Ended = append(l.res.Interrupts, at), Interrupted
	if l.phase <= phaseLoop {
		l.res.At = l.now
	}
	if len(l.res.Interrupts) == 1 {
		l.noteBlocked(maxBlocked)
	}
}

// heedCut heeds an Interrupt that has cut an expression of the instruction at pc, which then raises its CancelledError.
func (l *Loop) heedCut(pc int32) {
	l.cur.pc, l.cut = pc, false
	l.noteInterrupt(l.here())
	l.stopping = true
}

// heed does what Interrupt asks for.
func (l *Loop) heed() {
	at := l.here()
	if !l.active {
		at.Task, at.Pos = "", Pos{} // nothing runs
	}
	l.noteInterrupt(at)
	switch {
	case l.interrupt.Load() > 1 || l.phase == phaseAfter:
		l.finish()
	case l.phase != phaseLoop:
		l.end(Interrupted)
	default:
		l.stopping = true
		l.breakOff()
	}
}

// breakOff raises a CancelledError in the turn that is under way; a callback just ends.
func (l *Loop) breakOff() {
	switch {
	case !l.active:
		return
	case l.curID == 0:
		l.active = false
		for l.cur.calls > 0 {
			l.cur.pc = l.popFrame(l.cur.pc)
		}
		l.endSync(nil)
		return
	}
	l.active = false
	l.fault = l.newError("CancelledError", "")
	if pc := l.unwind(l.cur.pc); pc >= 0 {
		l.exec(pc)
	}
}
