package engine

import (
	"hash/fnv"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A Trace is the record of a run: everything that happened, in order, as fixed records without a pointer in them. All
// that explains a run is made from it: pictures, reports, `why`. A trace changes no byte of the run that it records.
// A run without one pays a nil check where a record would be written.
//
// A trace belongs to one run: it is given to New, empty, in Options.Trace, and read when the run has ended.
type Trace struct {
	// Last is how many records are kept at least: of a longer run the oldest are dropped, a block of them at a time.
	// 0: as many as fit into half of the run's memory limit.
	Last int
	// Values records the objects and variables, too, and the values that are assigned.
	Values bool
	// Objects records the objects, too; with Values that is no difference.
	Objects bool
	// Hook is called after each record was written; nil: it is not. It must not keep r, and must not call the methods of
	// the loop that run it.
	Hook func(l *Loop, r *Rec)

	blocks  []*traceBlock // the oldest first
	block   *traceBlock   // the last of them, which is being written
	recs    *traceRecs    // its records
	written int           // records in the last block
	most    int           // blocks
	dropped uint64        // records
	runs    uint32        // records of kind RecRun, modulo 2^32
	who     uint32        // what runs: Rec.Who of what comes next
	foot    *Footprint    // not nil: it gets the records, and none is kept
}

// Rec is one record. What its fields mean depends on its kind; where the table below is silent they are 0.
//
//	kind          Aux          What           Obj, On              Arg
//	RecPhase      Phase…       outcome, at the end                 the loop time
//	RecIteration  Phase…       its number, modulo 2^32             the loop time
//	RecRun        Run…         whom it is for see Run…
//	RecSpawn                   the task                            its arguments' place in the values, with Values
//	RecLink       Run…         the task       the awaitable        done-callback added: the task waits for it
//	RecWait       waitKind     the task       what it waits for    the timer's number, of a sleep
//	RecWake       waitKind     the task       what it waited for
//	RecEnd        the state    the task
//	RecResolve    the state                   the future
//	RecArm        Timer…       whom it is for its number           when it is due
//	RecDisarm     Timer…       whom it is for its number
//	RecFire       Timer…       whom it is for its number           when it was due
//	RecReady      Run…         whom it is for                      of a callback: the handle's number
//	RecCancel     1: only now  whom                                (1: requested while the task ran, it reaches the wait)
//	RecObject     Op…          who            the object           its level, and above 32 bits how many wait
//	RecRead, Set  the space    the element    the variable         the value's place; the element: see Element
//	RecPrint                                  On: its length       its offset in the output
//	RecChoose                  what was taken                      of how many
//	RecRaise      1: caught                                        the value's place: type and message
//	RecStop       1: by an error
//	RecLimit      the Limit
//	RecInterrupt               the task
//	RecPreempt                 the task       the resource
//	RecBlock                                                       the loop time afterwards
type Rec struct {
	Arg    int64
	Pushed uint32 // handles made ready before it, modulo 2^32
	Who    uint32 // what runs: see Who
	What   uint32
	On     uint32
	PC     int32 // the instruction: see Loop.At; -1: none
	Kind   RecKind
	Aux    uint8
	Obj    Kind
	_      uint8
}

// RecKind says what a record is about.
type RecKind uint8

const (
	RecPhase     RecKind = iota // the run enters a phase
	RecIteration                // an iteration begins: the clock has moved, what is due is not yet ready
	RecRun                      // a handle runs
	RecSpawn                    // a task was created
	RecLink                     // a done-callback was added to a task or a future
	RecWait                     // a task waits
	RecWake                     // what a task waits for is there: it becomes ready
	RecEnd                      // a task ended
	RecResolve                  // a future was resolved or cancelled
	RecArm                      // a timer was armed
	RecDisarm                   // a timer was cancelled
	RecFire                     // a timer was due: its handle becomes ready
	RecReady                    // a handle becomes ready at once: call_soon, `sleep: 0`, a timeout of 0
	RecCancel                   // a cancellation was requested
	RecObject                   // something was done with an object
	RecRead                     // a variable was read
	RecSet                      // a variable was assigned
	RecPrint                    // something was printed
	RecChoose                   // one of several equals was chosen
	RecRaise                    // an error was raised
	RecStop                     // `stop`, or an error that ends the run was raised
	RecLimit                    // a limit was hit
	RecInterrupt                // an Interrupt was requested
	RecPreempt                  // units of a resource were taken from a task
	RecBlock                    // time has passed inside a step
	recKinds
)

// RecWords is the kinds in words, for files.
var RecWords = [recKinds]string{
	"phase", "iteration", "run", "spawn", "link", "wait", "wake", "end", "resolve", "arm", "disarm", "fire", "ready", "cancel",
	"object", "read", "set", "print", "choose", "raise", "stop", "limit", "interrupt", "preempt",
	"block",
}

// What a handle does: Aux of RecRun, and of RecLink. The loop itself runs it but for the first three and RunCallback.
const (
	RunStep      = uint8(handleStep)      // a task: its first turn, or after `sleep: 0`
	RunWake      = uint8(handleWake)      // a task whose wait is over
	RunThrow     = uint8(handleThrow)     // a task with an error
	RunSleep     = uint8(handleSleep)     // a sleep is over: What becomes ready
	RunStart     = uint8(handleStart)     // creates the tasks of worker number What
	RunCallback  = uint8(handleCallback)  // a callback; On: the handle's number
	RunGather    = uint8(handleGather)    // tells the gather of What that On has ended
	RunGroup     = uint8(handleGroup)     // tells the group of What that On has ended
	RunWait      = uint8(handleWait)      // tells the `wait` of What that On has ended
	RunCompleted = uint8(handleCompleted) // tells the as_completed of What that On has ended
	RunShield    = uint8(handleShield)    // tells the shield of What that On has ended
	RunScope     = uint8(handleScope)     // a timeout of What has expired; 0: its block was left meanwhile
	RunWaitOver  = uint8(handleWaitOver)  // the time of What's `wait` or as_completed is up; 0: it was over meanwhile
	RunThread    = uint8(handleThread)    // a thread has done the work of What
	RunShielded  = uint8(handleShielded)  // tells the future On of a shield that what it protects has ended
	RunUnshield  = uint8(handleUnshield)  // the future On of a shield is done: what it protects is let go
	RunUnthread  = uint8(handleUnthread)  // takes back work of What, which was cancelled
	RunArm       = uint8(handleArm)       // tells the `first` of What that On has ended
	RunShift     = uint8(handleShift)     // the capacity of a resource changes by its timetable
	RunUnit      = uint8(handleUnit)      // a unit of a resource fails or is repaired
	RunArmOver   = uint8(handleArmOver)   // the time of an arm of What's `first` is up; 0: it was over meanwhile
	RunMain      = uint8(handleMain)      // main is done, or all that was cancelled at the end: the loop stops
)

// RunWords is what handles do in words, for files.
var RunWords = [...]string{
	"step", "wake", "throw", "sleep", "start", "callback", "gather", "group", "wait", "completed", "shield", "timeout",
	"wait_over", "thread", "shielded", "unshield", "unthread", "arm", "arm_over", "shift", "unit", "main",
}

// What a timer is for: Aux of RecArm, RecDisarm and RecFire.
const (
	TimerSleep    = uint8(timerSleep)    // a task's sleep
	TimerCallback = uint8(timerCallback) // a callback
	TimerScope    = uint8(timerScope)    // a timeout block of a task
	TimerWait     = uint8(timerWait)     // the timeout of a task's `wait` or as_completed
	TimerThread   = uint8(timerThread)   // what a thread does for a task
	TimerArm      = uint8(timerArm)      // an arm of a task's `first`
	TimerStart    = uint8(timerStart)    // a delayed worker, by its number
	TimerShift    = uint8(timerShift)    // what happens to a resource by itself, by its number: it was never armed
)

// TimerWords is what timers are for in words, for files.
var TimerWords = [...]string{"sleep", "callback", "timeout", "wait", "thread", "arm", "start", "shift"}

// Aux of RecWait and RecWake that readers tell apart.
const (
	WaitsTurn      = uint8(waitTurn)
	WaitsSleep     = uint8(waitSleep)
	WaitsFuture    = uint8(waitFuture)
	WaitsGather    = uint8(waitGather)
	WaitsLock      = uint8(waitLock)
	WaitsRelock    = uint8(waitRelock)
	WaitsRW        = uint8(waitRW)
	WaitsSemaphore = uint8(waitSemaphore)
	WaitsEvent     = uint8(waitEvent)
	WaitsCondition = uint8(waitCondition)
	WaitsPut       = uint8(waitPut)
	WaitsGet       = uint8(waitGet)
	WaitsJoin      = uint8(waitJoin)
	WaitsAny       = uint8(waitAny)
	WaitsCompleted = uint8(waitCompleted)
	WaitsGroup     = uint8(waitGroup)
	WaitsShield    = uint8(waitShield)
	WaitsUnits     = uint8(waitUnits)
	WaitsUse       = uint8(waitUse)
	WaitsOffer     = uint8(waitOffer)
	WaitsWant      = uint8(waitWant)
	WaitsFirst     = uint8(waitFirst)
	WaitsUntil     = uint8(waitUntil)
	WaitsThread    = uint8(waitThread)
	WaitsKinds     = uint8(waitKinds)
)

// WaitWords is the kinds of waiting in words, for files.
var WaitWords = [waitKinds]string{
	"nothing", "turn", "sleep", "await", "gather", "lock", "relock", "rwlock", "semaphore", "event", "condition", "put", "get",
	"join", "wait", "completed", "group", "shield", "resource", "use", "offer", "want", "first", "until", "thread",
}

// Aux of RecPhase and RecIteration.
const (
	PhaseBefore   = uint8(phaseBefore)   // `before` runs
	PhaseWorkers  = uint8(phaseWorkers)  // workers, callbacks and main are created
	PhaseLoop     = uint8(phaseLoop)     // the loop runs
	PhaseShutdown = uint8(phaseShutdown) // asyncio.run cancels what is left
	PhaseDrain    = uint8(phaseDrain)    // asyncio.run: the last turns of the loop
	PhaseAfter    = uint8(phaseAfter)    // `after` runs
	PhaseEnded    = uint8(phaseEnded)
)

// PhaseWords is the phases in words, for files.
var PhaseWords = [...]string{"before", "workers", "loop", "shutdown", "drain", "after", "ended"}

// What was done with an object: Aux of RecObject.
const (
	OpAcquire  = iota // a lock, a semaphore, a readers–writer lock: the task has it
	OpRelease         // it has given it back
	OpPut             // an item was put into a queue or a store, an amount into a container
	OpGet             // an item, or an amount, was taken out
	OpSet             // an event was set
	OpClear           // an event was cleared
	OpNotify          // a condition's waiters were notified
	OpArrive          // a task has come to a barrier
	OpLeave           // a task has left it
	OpTaskDone        // an item was done
	OpShutdown        // a queue was shut down
	OpQueue           // a task stands in line
	OpReset           // a barrier was reset
	OpAbort           // a barrier was aborted
	OpUnqueue         // it does not any more, without having got what it wanted
	OpResize          // a resource has another capacity, or room for more or fewer to wait
	ops
)

// OpWords is what is done with objects in words, for files.
var OpWords = [ops]string{
	"acquire", "release", "put", "get", "set", "clear", "notify", "arrive", "leave", "task_done", "shutdown", "queue",
	"reset", "abort", "unqueue", "resize",
}

// WhoCallback is the bit that tells the numbers of callbacks in Rec.Who and Rec.What from those of tasks: the rest is the
// callback's place in Program.Callbacks, or the number after the last one for `before` and the one after that for `after`.
// 0 is the loop itself.
const WhoCallback = 1 << 31

const traceBlockSize = 4096

// traceRecs is so many records. It has no pointers, so that the garbage collector passes it by.
type traceRecs [traceBlockSize]Rec

// traceBlock is records, and the values that they refer to.
type traceBlock struct {
	recs   *traceRecs
	values []Value
	runs   uint32 // records of kind RecRun before it
}

// begin makes the trace ready for a run.
func (t *Trace) begin(limits *Limits) {
	if t.blocks != nil || t.written != 0 {
		panic("engine: a Trace is for one run")
	}
	t.most = t.Last/traceBlockSize + 2
	if t.Last == 0 {
		t.most = max(int(limits.Memory/2/(traceBlockSize*32)), 2)
	}
	t.written = traceBlockSize
}

// Len is how many records were written so far, those that were dropped included.
func (t *Trace) Len() uint64 {
	if len(t.blocks) == 0 {
		return 0
	}
	return t.dropped + uint64(len(t.blocks)-1)*traceBlockSize + uint64(t.written)
}

// Dropped is how many of them are not kept any more: the records from that number on are.
func (t *Trace) Dropped() uint64 { return t.dropped }

// RunsBefore is how many records of kind RecRun came before the first one that is kept, modulo 2^32.
func (t *Trace) RunsBefore() uint32 {
	if len(t.blocks) == 0 {
		return 0
	}
	return t.blocks[0].runs
}

// At is record number i, from Dropped() to Len()-1. It must not be changed.
func (t *Trace) At(i uint64) *Rec {
	i -= t.dropped
	return &t.blocks[i/traceBlockSize].recs[i%traceBlockSize]
}

// Value is the value that record number i refers to: what RecRead read, RecSet assigned, the text of RecRaise and the
// arguments of RecSpawn. Lists and maps are text of at most about 80 bytes.
func (t *Trace) Value(i uint64) (Value, bool) {
	r := t.At(i)
	switch r.Kind {
	case RecRead, RecSet, RecRaise, RecSpawn:
	default:
		return Value{}, false
	}
	if b := t.blocks[(i-t.dropped)/traceBlockSize]; r.Arg >= 0 && r.Arg < int64(len(b.values)) {
		return b.values[r.Arg], true
	}
	return Value{}, false
}

// turnBlock begins another block: the oldest where there are enough of them, else a new one.
func (t *Trace) turnBlock() {
	var b *traceBlock
	if len(t.blocks) >= t.most {
		b = t.blocks[0]
		t.blocks = append(t.blocks[:0], t.blocks[1:]...)
		t.dropped += traceBlockSize
		clear(b.values)
		b.values = b.values[:0]
	} else {
		b = &traceBlock{recs: new(traceRecs)}
	}
	b.runs = t.runs
	t.blocks, t.block, t.recs = append(t.blocks, b), b, b.recs
	t.written = 0
}

// rec writes a record: it fills in what every kind has. There must be a trace.
func (l *Loop) rec(r Rec) {
	t := l.trace
	if t.foot != nil {
		t.foot.note(l, &r)
		return
	}
	if t.written == traceBlockSize {
		t.turnBlock()
	}
	r.Pushed, r.Who, r.PC = t.runs+uint32(l.ready.n), t.who, l.pc
	if t.who == 0 {
		r.PC = -1
	}
	at := &t.recs[t.written&(traceBlockSize-1)]
	*at = r
	t.written++
	if t.Hook != nil {
		t.Hook(l, at)
	}
}

// recValue writes a record with a value.
func (l *Loop) recValue(r Rec, v Value) {
	t := l.trace
	if t.foot != nil {
		t.foot.note(l, &r)
		return
	}
	if t.written == traceBlockSize {
		t.turnBlock()
	}
	b := t.block
	r.Arg = int64(len(b.values))
	b.values = append(b.values, l.shortValue(v))
	l.rec(r)
}

// maxValueText is about how many bytes of a value a trace keeps.
const maxValueText = 80

// shortValue is v where it is a scalar, else its text, cut off.
func (l *Loop) shortValue(v Value) Value {
	switch k := v.Kind(); {
	case k == KindString && len(v.AsString()) <= maxValueText || k < kindScalars:
		return v
	}
	r := renderer{names: l, most: maxValueText}
	text := r.append(nil, v, false, 0)
	if len(text) > maxValueText {
		text = append(cutText(text, maxValueText), "…"...)
	}
	return String(string(text))
}

// cutText is at most the first n bytes of text, whole runes.
func cutText(text []byte, n int) []byte {
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// recRun is the record of a handle that runs.
func (l *Loop) recRun(h handle) {
	t := l.trace
	t.runs++
	if t.foot != nil {
		t.foot.run(l, h)
		return
	}
	r := Rec{Kind: RecRun, Aux: uint8(h.kind), What: h.a, On: h.b}
	t.who = 0
	switch h.kind {
	case handleStep, handleWake, handleThrow:
		if l.task(h.a).flags&flagStale != 0 && h.kind == handleWake {
			r.What, r.On = 0, 0 // what it was given was taken back meanwhile
			break
		}
		t.who, l.pc, r.On = h.a, l.task(h.a).pc, 0
	case handleCallback:
		cb := l.p.Callbacks[l.callbacks.scheduled.at(h.a).callback]
		t.who, l.pc = whoCallback(cb.index), cb.Code.start
		r.What, r.On = t.who, h.a
	case handleShift, handleUnit:
		r.What, r.Obj, r.On = 0, KindResource, h.a
	case handleGather:
		r.What = l.gathers.at(h.a).waiter
		r.Obj, r.On = awaitable(h.b).object()
	case handleGroup:
		r.What, r.Obj = l.groups.at(h.a).parent, KindTask
	case handleWait, handleCompleted:
		r.What = l.waitSets.at(h.a).task
		r.Obj, r.On = awaitable(h.b).object()
	case handleWaitOver:
		if r.What = 0; l.waitSets.at(h.a).timer == h.b {
			r.What = l.waitSets.at(h.a).task
		}
	case handleShield:
		if h.a == 0 {
			r.Obj, r.On = awaitable(h.b).object()
		} else if w := l.task(h.a); w.wait == waitShield {
			r.Obj, r.On = awaitable(w.on).object()
		}
	case handleShielded, handleUnshield:
		r.What, r.Obj, r.On = 0, KindFuture, h.a
	case handleThread, handleUnthread:
		r.What, r.On = l.pool.jobs.at(h.a).task, 0
	case handleArmOver:
		if l.armWithTimer(h.a, h.b) < 0 {
			r.What = 0
		}
	case handleScope:
		if r.What = 0; l.scopes.at(h.a).number == h.b {
			r.What = l.scopes.at(h.a).task
		}
	}
	l.rec(r)
}

// recIteration is the record of an iteration that begins.
func (l *Loop) recIteration() {
	l.trace.who = 0
	l.rec(Rec{Kind: RecIteration, Aux: uint8(l.phase), What: uint32(l.iteration + 1), Arg: l.now})
}

// recPhase is the record of a phase that begins: what it does is done by the loop itself.
func (l *Loop) recPhase() {
	if l.trace != nil {
		l.trace.who = 0
		l.rec(Rec{Kind: RecPhase, Aux: uint8(l.phase), What: uint32(l.res.Ended), Arg: l.now})
	}
}

// recTask is a record about a task that waits, or waited.
func (l *Loop) recTask(kind RecKind, id uint32) {
	t := l.task(id)
	r := Rec{Kind: kind, Aux: uint8(t.wait), What: id}
	if t.wait == waitUse { // for who reads it a sleep like any other
		r.Aux = uint8(waitSleep)
	}
	r.Obj, r.On = waits[t.wait].target(l, t.on)
	l.rec(r)
}

// recTimer is a record about a timer for the task or callback what.
func (l *Loop) recTimer(kind RecKind, timer timerKind, what, number uint32, when int64) {
	if l.trace != nil {
		l.rec(Rec{Kind: kind, Aux: uint8(timer), What: what, On: number, Arg: when})
	}
}

// recReady is the record of a handle that becomes ready at once, for the task or callback what.
func (l *Loop) recReady(kind handleKind, what, id uint32) {
	if l.trace != nil {
		l.rec(Rec{Kind: RecReady, Aux: uint8(kind), What: what, Arg: int64(id)})
	}
}

// recObject is a record about what the running task did with an object.
func (l *Loop) recObject(op uint8, k Kind, id uint32) {
	if l.trace != nil || l.measuring {
		l.noteObject(op, k, id)
	}
}

// noteObject is recObject where there is a trace, or statistics are made.
func (l *Loop) noteObject(op uint8, k Kind, id uint32) {
	if l.measuring {
		l.statObject(op, k, id)
	}
	if l.trace == nil || !l.trace.Values && !l.trace.Objects {
		return
	}
	if l.trace.foot != nil {
		l.trace.foot.touch(uint64(k), id, writes)
		return
	}
	level, waiting := objectKinds[k].at(&l.objects, id).level()
	l.rec(Rec{Kind: RecObject, Aux: op, What: l.trace.who, Obj: k, On: id, Arg: int64(uint32(level)) | int64(waiting)<<32})
}

// recGot is the record of an object that the running task waited for, and has now unless there is an error.
func (l *Loop) recGot(v Value, err *Error) {
	if err != nil {
		l.recLeft(v)
		return
	}
	l.recObject(OpAcquire, v.Kind(), uint32(v.n))
}

// recLeft is the record of an object in whose line the running task does not stand any more.
func (l *Loop) recLeft(v Value) { l.recObject(OpUnqueue, v.Kind(), uint32(v.n)) }

// recRef is a record about a variable that was read or assigned.
func (l *Loop) recRef(kind RecKind, r Ref, v Value) {
	if l.trace.foot != nil {
		l.trace.foot.variable(l, kind, r)
		return
	}
	if l.trace.Values && !l.checking && r.Space != LocalVar {
		l.recValue(Rec{Kind: kind, Aux: uint8(r.Space), Obj: v.Kind(), On: uint32(r.Index)}, v)
	}
}

// readShared is SharedVar with a record.
func (l *Loop) readShared(i int) Value {
	v := l.vars.shared[i]
	l.recRef(RecRead, Ref{Space: SharedVar, Index: i}, v)
	return v
}

// noteSet is the record of a shared variable that was assigned.
func (l *Loop) noteSet(i int32) {
	if l.trace != nil {
		l.recRef(RecSet, Ref{Space: SharedVar, Index: int(i)}, l.vars.shared[i])
	}
}

// Element notes that of shared variable i, which an expression has just read, only what stands under key was meant.
func (l *Loop) Element(i int, key Value) {
	if l.trace != nil {
		l.recElement(RecRead, i, key)
	}
}

// recElement notes in the latest record of a kind about shared variable i that it is about what stands under key: Rec.What is 0 for
// the whole, an index of a list and 1, or a hash of a map's key and elementKey.
func (l *Loop) recElement(kind RecKind, i int, key Value) {
	const near = 32
	t := l.trace
	if t.foot != nil || !t.Values || l.checking {
		return
	}
	for n := t.written - 1; n >= max(0, t.written-near); n-- {
		if r := &t.block.recs[n]; r.Kind == kind && r.On == uint32(i) && Space(r.Aux) == SharedVar {
			r.What = elementNumber(l.vars.shared[i], key)
			return
		}
	}
}

const elementKey = 1 << 31

func elementNumber(whole, key Value) uint32 {
	switch key.Kind() {
	case KindInt:
		at := key.AsInt()
		if at < 0 && whole.Kind() == KindList {
			at += int64(len(whole.Elems()))
		}
		if at >= 0 && at < elementKey-1 {
			return uint32(at) + 1
		}
	case KindString:
		return elementHash(key.AsString())
	}
	return 0
}

func elementHash(key string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(key))
	return h.Sum32() | elementKey
}

// ElementName is the element of shared variable i that the What of a RecRead or RecSet tells, such as "[2]"; empty: the whole, or a
// key that the variable does not have any more.
func (l *Loop) ElementName(i, what uint32) string {
	switch v := l.vars.shared[i]; {
	case what == 0:
		return ""
	case what&elementKey == 0:
		return "[" + strconv.FormatUint(uint64(what-1), 10) + "]"
	case v.Kind() == KindMap:
		for _, key := range v.Keys() {
			if elementHash(key) == what {
				return "[" + strconv.Quote(key) + "]"
			}
		}
	}
	return ""
}

// recSpawn is the record of a task that was created; its arguments are in l.args.
func (l *Loop) recSpawn(id uint32) {
	r := Rec{Kind: RecSpawn, What: id, Arg: -1}
	if !l.trace.Values || len(l.args) == 0 || l.trace.foot != nil {
		l.rec(r)
		return
	}
	var text []byte
	for i, v := range l.args {
		if i > 0 {
			text = append(text, ", "...)
		}
		r := renderer{names: l, start: len(text), most: maxValueText}
		if text = r.append(text, v, true, 1); len(text) > maxValueText {
			break
		}
	}
	l.recValue(r, String(string(text)))
}

// recLink is the record of a done-callback that is added.
func (l *Loop) recLink(a awaitable, h handle) {
	r := Rec{Kind: RecLink, Aux: uint8(h.kind), What: l.curID}
	if h.kind == handleCallback {
		r.What = whoCallback(int(l.callbacks.scheduled.at(h.a).callback))
	}
	r.Obj, r.On = a.object()
	l.rec(r)
}

// recResolve is the record of a future that was resolved or cancelled.
func (l *Loop) recResolve(state taskState, id uint32) {
	if l.trace != nil {
		l.rec(Rec{Kind: RecResolve, Aux: uint8(state), Obj: KindFuture, On: id})
	}
}

// recRaise is the record of an error that the instruction at pc raised.
func (l *Loop) recRaise(pc int32, err *Error) {
	r := Rec{Kind: RecRaise, Obj: KindError}
	if l.p.handler[pc] != 0 {
		r.Aux = 1
	}
	text := err.Type
	if err.Message != "" {
		text += ": " + err.Message
	}
	l.recValue(r, String(text))
}

// timerFor is whom a timer is for: Rec.What.
func (l *Loop) timerFor(t timer) uint32 {
	switch t.kind() {
	case timerCallback:
		return whoCallback(int(l.callbacks.scheduled.at(t.id).callback))
	case timerScope:
		return l.scopes.at(t.id).task
	case timerWait:
		return l.waitSets.at(t.id).task
	case timerThread:
		return l.pool.jobs.at(t.id).task
	}
	return t.id
}

func whoCallback(index int) uint32 { return WhoCallback | uint32(index) }

// object is the kind and the number of a task or a future.
func (a awaitable) object() (Kind, uint32) {
	if a&isFuture != 0 {
		return KindFuture, uint32(a &^ isFuture)
	}
	return KindTask, uint32(a)
}

// WhoName is the name of a Rec.Who: a task, a callback, before or after; empty for the loop itself.
func (l *Loop) WhoName(who uint32) string {
	n := len(l.p.Callbacks)
	switch i := int(who &^ WhoCallback); {
	case who == 0:
		return ""
	case who&WhoCallback == 0:
		return l.taskName(who)
	case i < n:
		return l.p.Callbacks[i].Name
	case i == n:
		return "before"
	}
	return "after"
}

// WhoCode is the coroutine that a task runs, or the callback; empty for the loop itself, before and after.
func (l *Loop) WhoCode(who uint32) string {
	switch i := int(who &^ WhoCallback); {
	case who == 0:
		return ""
	case who&WhoCallback == 0:
		return l.entryOf(who).Code.Name
	case i < len(l.p.Callbacks):
		return l.p.Callbacks[i].Name
	}
	return ""
}

// InstrAt is the place of an instruction, and the coroutine or callback that it is part of; zero for -1.
func (l *Loop) InstrAt(pc int32) (Pos, string) {
	if pc < 0 {
		return Pos{}, ""
	}
	return l.p.pos[pc], l.p.codes[l.p.owner[pc]].Name
}

// CountsAt reports whether an instruction adds a constant to a variable: it reads and assigns it at once, and only the assignment
// has a record where it can be done in place.
func (l *Loop) CountsAt(pc int32) bool {
	return pc >= 0 && (l.p.code[pc].op == opCountShared || l.p.code[pc].op == opCountLocal)
}

// RenewsAt reports whether an instruction assigns to a variable what it makes from its value at that moment, without a record of
// the read: add, append.
func (l *Loop) RenewsAt(pc int32) bool {
	if pc < 0 {
		return false
	}
	in := &l.p.code[pc]
	return l.CountsAt(pc) || in.op == opAppend || in.x != nil && slices.ContainsFunc(in.x.assigns, func(a Assign) bool { return a.Op == OpAdd || a.Adds })
}

// Derives calls f with the place of every step of a watched program that assigns what it makes from variables.
func (p *Program) Derives(f func(at Pos)) {
	for pc := range p.code {
		if x := p.code[pc].x; x != nil && slices.ContainsFunc(x.assigns, func(a Assign) bool { return len(a.Reads) > 0 }) {
			f(p.pos[pc])
		}
	}
}

// ObjectValue is the value for an object, a task or a future, by its number.
func ObjectValue(k Kind, id uint32) Value { return scalar(k, uint64(id)) }

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
