package engine

import "slices"

// whereTo says where to go on after an instruction. The methods that carry one out return it where there is a choice.
// An error that they raise is in Loop.fault, as it is with expressions.
type whereTo uint8

const (
	toNext whereTo = iota // the next instruction follows
	toJump                // the instruction at c follows
	toWait                // the task waits
)

func jumpIf(c bool) whereTo {
	if c {
		return toJump
	}
	return toNext
}

// exec runs the current activation from pc until it waits, ends, or the slice is used up. The switch only dispatches
// where a case is more than a few lines.
func (l *Loop) exec(pc int32) {
	code := l.p.code
run:
	for {
		if l.left--; l.left < 0 {
			l.left = 0
			l.cur.pc, l.active = pc, true
			break
		}
		in, to := &code[pc], toNext
		l.pc = pc
		switch in.op {
		case opPrint:
			l.print(in)
		case opSetLocal:
			v := in.val(l)
			if l.fault == nil {
				l.frame[in.a] = v
			}
		case opSetShared:
			v := in.val(l)
			if l.fault == nil {
				l.vars.shared[in.a] = v
				l.noteSet(in.a)
			}
		case opCountLocal:
			if v := &l.frame[in.a]; !v.count(in.b) {
				if x := in.val(l); l.fault == nil {
					*v = x
				}
			}
		case opCountShared:
			if v := &l.vars.shared[in.a]; !v.count(in.b) {
				if x := in.val(l); l.fault == nil {
					*v = x
				}
			}
			if l.fault == nil {
				l.noteSet(in.a)
			}
		case opSet:
			l.setMany(in)
		case opAppend:
			l.appendMany(in)
		case opReset:
			l.reset(in)
		case opCtxEnter:
			l.enterContext(in)
		case opCtxExit:
			l.exitContext(in)
		case opJump:
			pc = in.c
			continue
		case opUnless:
			if ok := in.bool(l); !ok && l.fault == nil {
				pc = in.c
				continue
			}
		case opRepeat:
			n := in.int(l)
			if l.fault == nil && n <= 0 {
				pc = in.c
				continue
			}
			l.frame[in.a] = Int(n)
			if in.b >= 0 {
				l.frame[in.b] = Int(0)
			}
		case opRepeatEnd:
			if n := l.frame[in.a].n - 1; n != 0 {
				l.frame[in.a].n = n
				pc = in.c
				continue
			}
		case opRepeatAs:
			l.bind(in, l.frame[in.b])
		case opRepeatEndAs:
			if n := l.frame[in.a].n - 1; n != 0 {
				l.frame[in.a].n = n
				l.frame[in.b].n++
				if l.bind(in, l.frame[in.b]); l.fault == nil {
					pc = in.c
					continue
				}
			}
		case opFor:
			l.startFor(in)
		case opForNext:
			to = l.nextFor(in)
		case opCall:
			if next := l.call(in, pc); l.fault == nil {
				pc = next
				continue
			}
		case opReturn:
			v := Value{}
			if in.val != nil {
				v = in.val(l)
			}
			if l.fault == nil {
				if pc = l.endActivation(pc, v); pc < 0 {
					break run
				}
				continue
			}
		case opReturnSlot:
			if pc = l.endActivation(pc, l.frame[in.a]); pc < 0 {
				break run
			}
			continue
		case opRaise:
			l.raise(in)
		case opReraise:
			l.fault = l.frame[in.a].AsError()
		case opMatch:
			to = l.match(in)
		case opReraiseGroup:
			l.frame[in.a+groupBare] = Bool(true)
			l.fault = l.frame[in.a+groupTaken].AsError()
		case opStartGroup:
			l.startGroup(in)
		case opMatchGroup:
			to = l.matchGroup(in)
		case opKeepRaised:
			l.keepRaised(in)
		case opEndGroup:
			l.endGroup(in)
		case opEnter:
			v := Value{}
			if in.val != nil {
				v = in.val(l)
			}
			if l.fault == nil {
				l.frame[in.a], l.frame[in.a+1] = Int(int64(in.b)), v
				pc = in.c
				continue
			}
		case opEnterFrom:
			l.frame[in.a], l.frame[in.a+1] = Int(int64(in.b)), l.frame[in.x.slot]
			pc = in.c
			continue
		case opLeave:
			switch why := l.frame[in.a].AsInt(); why {
			case leaveNormally:
				pc = in.c
				continue
			case leaveRaising:
				l.fault = l.frame[in.a+1].AsError()
			default:
				pc = in.x.targets[why-leaveExits]
				continue
			}
		case opAssert:
			if ok := in.bool(l); !ok && l.fault == nil {
				l.assertion(in)
			}
		case opSleep:
			d := in.int(l)
			if when := l.addTime(l.now, d); l.fault == nil {
				l.sleepUntil(pc, d > 0, when)
				break run
			}
		case opSleepUntil:
			if t := in.int(l); l.fault == nil {
				l.sleepUntil(pc, t > l.now, t)
				break run
			}
		case opBlock:
			l.block(in, pc)
		case opToThread:
			to = l.toThread(in, pc)
		case opSpawn:
			l.spawnStep(in)
		case opAwait:
			to = l.await(in, pc)
		case opGather:
			to = l.gather(in, pc)
		case opCancel:
			l.cancelStep(in)
			l.show()
		case opSchedule:
			l.schedule(in)
		case opAddDone:
			l.addDone(in)
		case opRemoveDone:
			l.removeDone(in)
		case opUncancel:
			l.uncancelStep(in)
		case opSetName:
			l.setName(in)
		case opWith:
			if v := in.val(l); l.fault == nil && (in.b == 0 || l.expect(v, Kind(in.b), withVerb(Kind(in.b)))) {
				l.frame[in.a] = v
			}
		case opEnterScope:
			l.enterScope(in)
		case opReschedule:
			l.reschedule(in)
		case opLeaveScope:
			to = l.leaveScope(in)
		case opAcquire:
			if in.val != nil {
				l.cur.flags |= flagKept
			}
			to = l.acquire(in, pc)
			l.show()
		case opRelease:
			l.release(in)
			l.show()
		case opRefused:
			to = jumpIf(l.frame[in.a+1].IsNull())
		case opUnit:
			l.bindUnit(in)
		case opUseTakes:
			l.useTakes(in)
		case opUseSleep:
			to = l.useSleep(in, pc)
		case opResize:
			l.resize(in)
			l.show()
		case opRecord:
			l.recordStep(in)
		case opInterrupt:
			l.interruptStep(in)
			l.show()
		case opPut, opPutAgain:
			to = l.put(in, pc, in.op == opPutAgain)
			l.show()
		case opGet, opGetAgain:
			to = l.getItem(in, pc, in.op == opGetAgain)
			l.show()
		case opOffer:
			to = l.offer(in, pc)
			l.show()
		case opWant:
			to = l.want(in, pc)
			l.show()
		case opEndLoan:
			l.endLoan(in)
			l.show()
		case opFirst:
			next := l.first(in, pc)
			if l.show(); next >= 0 {
				pc = next
				continue
			} else if l.fault == nil {
				break run
			}
		case opTaskDone:
			l.taskDone(in)
		case opJoin:
			to = l.join(in, pc)
		case opShutdown:
			l.shutDown(in)
		case opSignal:
			l.signal(in)
		case opClear:
			l.clearEvent(in)
		case opWaitUntil:
			to = l.waitUntil(in, pc)
		case opWaitEvent:
			to = l.waitEvent(in, pc)
		case opOwned:
			l.mustOwn(in)
		case opWaitCondition:
			to = l.waitCondition(in, pc)
		case opReacquire:
			to = l.reacquire(in, pc)
		case opNotify:
			l.notifyStep(in)
		case opBarrier:
			to = l.barrierStep(in)
		case opWaitTasks:
			to = l.waitTasks(in, pc)
		case opOpenCompleted:
			l.openCompleted(in)
		case opNextCompleted:
			to = l.nextCompleted(in, pc)
		case opCloseCompleted:
			l.closeCompleted(in)
		case opOpenGroup:
			l.openGroup(in)
		case opCloseGroup:
			l.closeGroup(in)
		case opAwaitGroup:
			to = l.awaitGroup(in, pc)
		case opShield:
			to = l.shield(in, pc)
		case opNew:
			l.makeNew(in)
		case opResolve:
			l.resolve(in)
		case opWatchSet:
			l.watchSet(in, pc)
		case opWatchCall:
			l.watchCall(in, pc)
		case opWatchEnter:
			l.watchEnter(in)
		case opWatchReturn:
			l.watchReturn(in, pc)
		case opStop:
			l.stopping = true
			if l.trace != nil {
				l.rec(Rec{Kind: RecStop})
			}
		case opCheck:
			l.left++
			l.check(l.p.pos[pc], false)
		case opArrive:
			l.arrive(in.x.source)
		case opPeriodic:
			to = l.endPeriod(in)
		}
		if to == toWait {
			break run
		}
		if to == toJump && l.fault == nil {
			pc = in.c
			continue
		}
		if l.fault != nil || l.overflow {
			if pc = l.unwind(pc); pc < 0 {
				break run
			}
			continue
		}
		pc++
	}
	l.show() // what else has changed: a signal can end a `first`, which leaves its lines
	if t := l.cur; t.wait != waitNothing && (l.trace != nil || t.flags&(flagMustCancel|flagInterrupts) != 0) {
		l.suspended()
	}
}

// withVerb is the step that opWith begins with an object of a kind.
func withVerb(k Kind) string {
	if k == KindResource {
		return "use"
	}
	return "wait"
}

// unwind takes the pending error from the instruction at pc to the nearest handler and returns where to go on; -1 when
// the activation has ended, or the run.
func (l *Loop) unwind(pc int32) int32 {
	if l.overflow {
		l.cur.pc, l.fault, l.overflow = pc, nil, false
		l.endLimit(l.limit)
		return -1
	}
	if l.cut {
		l.heedCut(pc)
	}
	err := l.fault
	l.fault = nil
	if err.Pos == (Pos{}) {
		err.Pos, err.At, err.Code = l.p.pos[pc], l.now, l.p.codes[l.p.owner[pc]].Name
	}
	if l.trace != nil {
		l.recRaise(pc, err)
	}
	for {
		if r := l.p.handler[pc]; r != 0 {
			to := l.p.regions[r]
			l.frame[to.slot] = errorValue(err)
			return to.pc
		}
		if l.cur.calls == 0 {
			break
		}
		pc = l.popFrame(pc)
	}
	l.cur.pc = pc
	switch {
	case l.curID == 0:
		l.endSync(err)
	case err.Type == "CancelledError":
		l.endTask(l.curID, taskCancelled, Value{}, err)
	default:
		l.endTask(l.curID, taskFailed, Value{}, err)
	}
	return -1
}

// endActivation returns v from the activation that runs at pc, and where its caller goes on; -1 when there is none.
func (l *Loop) endActivation(pc int32, v Value) int32 {
	if l.cur.calls == 0 {
		l.cur.pc = pc
		if l.curID == 0 {
			l.endSync(nil)
		} else {
			l.endTask(l.curID, taskDone, v, nil)
		}
		return -1
	}
	pc = l.popFrame(pc)
	if l.bind(&l.p.code[pc], v); l.fault != nil {
		return l.unwind(pc)
	}
	return pc + 1
}

// popFrame leaves the activation that runs at pc and returns the call it was made by.
func (l *Loop) popFrame(pc int32) int32 {
	t := l.cur
	f := t.frame
	link := *l.header(f)
	l.freeFrame(f, int(l.p.codes[l.p.owner[pc]].slots))
	t.frame = uint32(link)
	t.calls--
	l.loadFrame()
	return int32(link >> 32)
}

// call enters a coroutine's activation and returns its first instruction.
func (l *Loop) call(in *instr, pc int32) int32 {
	t := l.cur
	if int64(t.calls) >= l.opts.Limits.Depth {
		l.Raise("RecursionError", "maximum recursion depth exceeded")
		return pc
	}
	if l.evalArgs(in.x.args); l.fault != nil || l.explore != nil && l.fails(in.x.code) {
		return pc
	}
	n := int(in.x.code.slots)
	f := l.newFrame(n)
	copy(l.frameSlots(f, n), l.args)
	*l.header(f) = uint64(pc)<<32 | uint64(t.frame)
	t.frame = f
	t.calls++
	l.loadFrame()
	return in.x.code.start
}

// evalArgs evaluates args into l.args.
func (l *Loop) evalArgs(args []Eval) {
	l.args = l.args[:0]
	for _, a := range args {
		l.args = append(l.args, a(l))
	}
}

func (l *Loop) print(in *instr) {
	at := len(l.out.buf)
	l.out.buf = in.text(l, l.out.buf)
	if in.x.end == nil {
		l.out.buf = append(l.out.buf, '\n')
	} else {
		l.out.buf = in.x.end(l, l.out.buf)
	}
	if l.Failed() {
		l.out.buf = l.out.buf[:at]
		return
	}
	l.printed(at)
}

func (l *Loop) raise(in *instr) {
	switch {
	case in.val == nil:
		message := ""
		if in.text != nil {
			message = string(in.text(l, nil))
		}
		l.Raise(in.x.typ, message)
	default:
		v := in.val(l)
		switch {
		case l.fault != nil:
		case v.Kind() == KindError:
			l.fault = v.AsError()
		default:
			l.Raise("TypeError", "exceptions must derive from BaseException, not "+v.Kind().String())
		}
	}
	if in.x.item == nil {
		return
	}
	raised := l.fault
	l.fault = nil
	if cause := in.x.item(l); l.fault == nil {
		from := *raised // an error value is immutable
		from.Cause = cause
		l.fault = &from
	}
}

// match is opMatch.
func (l *Loop) match(in *instr) whereTo {
	if !matches(l.frame[in.a].AsError(), in.x.types) {
		return toJump
	}
	if in.b >= 0 {
		l.frame[in.b] = l.frame[in.a]
	}
	return toNext
}

// matches reports whether err is of one of the types; with none, whether it is an Exception.
func matches(err *Error, types []string) bool {
	if len(types) == 0 {
		return IsSubtype(err.Type, "Exception")
	}
	return slices.ContainsFunc(types, func(t string) bool { return IsSubtype(err.Type, t) })
}

func (l *Loop) assertion(in *instr) {
	var text []byte
	if in.text != nil {
		text = in.text(l, nil)
	}
	if in.x.detail != nil {
		if len(text) > 0 {
			text = append(text, ": "...)
		}
		text = in.x.detail(l, text)
	}
	l.Raise("AssertionError", string(text))
}

// sleepUntil makes the running task wait for a loop time, or for one turn where that is not ahead.
func (l *Loop) sleepUntil(pc int32, ahead bool, when int64) {
	if !ahead {
		l.recReady(handleStep, l.curID, 0)
		l.ready.push(handle{kind: handleStep, a: l.curID})
		l.suspend(pc, waitTurn, 0)
		return
	}
	number := l.timers.push(when, timerSleep, l.curID)
	l.recTimer(RecArm, timerSleep, l.curID, number, when)
	l.suspend(pc, waitSleep, number)
}

// await is opAwait.
func (l *Loop) await(in *instr, pc int32) whereTo {
	v := in.val(l)
	if l.fault != nil {
		return toNext
	}
	a, ok := l.awaitable(v)
	switch {
	case !ok:
		return toNext
	case l.stateOf(a).ended():
		l.takeOutcome(in, a)
		return toNext
	case a == awaitable(l.curID):
		l.coldOf(l.curID).err = l.newError("RuntimeError", "Task cannot await on itself: <Task "+l.taskName(l.curID)+">")
		l.recReady(handleThrow, l.curID, 0)
		l.ready.push(handle{kind: handleThrow, a: l.curID})
		l.suspend(pc, waitTurn, 0)
		return toWait
	}
	l.addDoneCallback(a, handle{kind: handleWake, a: l.curID})
	l.suspend(pc, waitFuture, uint32(a))
	return toWait
}

// takeOutcome completes the await of what has ended: its result is assigned, or its error raised.
func (l *Loop) takeOutcome(in *instr, a awaitable) {
	v, err := l.outcome(a)
	switch {
	case err != nil:
		l.fault = err
	default:
		l.bind(in, v)
	}
}

func (l *Loop) cancelStep(in *instr) {
	if cb := in.x.callback; cb != nil {
		if id := l.callbacks.periodic[cb.index]; id != 0 {
			l.cancelScheduled(id)
		}
		return
	}
	v := in.val(l)
	var message *Error
	if in.text != nil {
		message = l.newError("CancelledError", string(in.text(l, nil)))
	}
	if l.fault != nil {
		return
	}
	if v.Kind() == KindHandle {
		l.cancelScheduled(uint32(v.n))
		return
	}
	if a, ok := l.awaitable(v); ok {
		l.cancelAwaitable(a, message, 0)
	}
}

func (l *Loop) schedule(in *instr) {
	at := int64(0)
	if in.int != nil {
		at = in.int(l)
	}
	l.evalArgs(in.x.args)
	if !in.x.at {
		at = l.addTime(l.now, at)
	}
	if l.fault != nil {
		return
	}
	cb := in.x.callback
	id, s := l.newScheduled(cb, in.x.as != nil)
	s.args = l.keepArgs(cb)
	if in.int != nil {
		l.armScheduled(id, at)
	} else {
		l.recReady(handleCallback, whoCallback(cb.index), id)
		l.ready.push(handle{kind: handleCallback, a: id})
	}
	l.bind(in, scalar(KindHandle, uint64(id)))
}
