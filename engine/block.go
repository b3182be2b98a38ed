package engine

// heldTurn is a turn in which time has passed, because a step of it blocks (time.sleep).
type heldTurn struct {
	is    bool
	task  bool   // it is a task's
	pc    int32  // the first step that blocked
	began int64  // the loop time of the turn
	who   string // whose it is
}

// SlowTurn is a turn in which the loop was held up for long, as asyncio's debug mode reports it.
type SlowTurn struct {
	Place        // the first step that blocked, and the loop time when it did
	In    string // the callback whose turn it was; empty: a task's
	Took  int64  // nanoseconds
}

// Who is whose turn it was, in words.
func (x *SlowTurn) Who() string {
	if x.In != "" {
		return x.In
	}
	return "task " + x.Task
}

// block is time.sleep: the clock goes on inside the step, and nothing else runs meanwhile.
func (l *Loop) block(in *instr, pc int32) {
	d := in.int(l)
	if d < 0 {
		l.Raise("ValueError", "sleep length must be non-negative")
	}
	from := l.now
	if l.clock != nil {
		from = max(l.now, l.clock.Wait(l.now))
	}
	until := l.addTime(from, d)
	if l.fault != nil {
		return
	}
	l.hold(pc)
	if l.measuring {
		l.timePasses()
	}
	l.now = until
	if l.warming {
		l.warmUp()
	}
	if l.clock != nil {
		l.flush()
		for at := from; at < until && !l.asked(); at = l.now {
			l.now = max(at, l.clock.Wait(until))
		}
	}
	l.late = true
	if l.trace != nil {
		l.rec(Rec{Kind: RecBlock, Arg: l.now})
	}
}

// hold notes that time passes in the turn that runs; the first step that blocks counts.
func (l *Loop) hold(pc int32) {
	if h := &l.held; !h.is && l.phase > phaseWorkers && l.phase < phaseAfter {
		*h = heldTurn{is: true, task: l.curID != 0, pc: pc, began: l.now, who: l.taskName(l.curID)}
	}
}

// endHeld is the end of a turn in which time has passed. What took as long as Options.Slow is reported, unless its error goes out
// of the loop.
func (l *Loop) endHeld() {
	h := &l.held
	h.is = false
	took := l.now - h.began
	if l.opts.Slow <= 0 || took < l.opts.Slow || l.quits {
		return
	}
	if len(l.res.Slow) >= maxReports {
		l.res.MoreSlow++
		return
	}
	slow := SlowTurn{Place: Place{Pos: l.p.pos[h.pc], At: h.began}, Took: took}
	if slow.In = h.who; h.task {
		slow.Task, slow.In = h.who, ""
	}
	l.res.Slow = append(l.res.Slow, slow)
}
