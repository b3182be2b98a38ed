package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Assemble turns the step trees into code. It must be called once, before the first loop is made; afterwards the
// program is never written again.
func (p *Program) Assemble() error {
	a := &assembler{p: p}
	p.regions = []region{{}}
	a.emitOwned(-1, Pos{}, instr{op: opNop}) // 0 is no valid place
	for i := range p.Objects {
		a.object(&p.Objects[i])
	}
	for i, cb := range p.Callbacks {
		cb.index = i
	}
	for i, s := range p.Sources {
		a.source(i, s)
	}
	for _, cb := range p.Callbacks {
		a.callback(cb)
	}
	for _, e := range p.Workers {
		a.entry(e).worker = true
	}
	if p.Main != nil {
		a.entry(p.Main)
	}
	for _, c := range []*Code{p.Before, p.After} {
		if c != nil {
			a.code(c)
		}
	}
	for len(a.pending) > 0 {
		c := a.pending[0]
		a.pending = a.pending[1:]
		a.body(c, func() { a.steps(c.Body) })
	}
	return a.err
}

// assembler is the state of assembling: what holds at the place it emits to.
type assembler struct {
	p       *Program
	pending []*Code // reached, not assembled yet
	cur     *Code
	pos     Pos
	region  int32
	nest    []*nesting // what encloses the place, innermost last
	sets    []int32    // this activation's instructions that set context variables
	tokens  int32      // the slot for their tokens; -1: nothing resets them
	err     error
}

// nesting is a construct that break, continue, return or a bare raise must know of.
type nesting struct {
	loop     bool
	period   bool    // a periodic callback's steps: a return leads to breaks
	breaks   []int32 // instructions whose c is the loop's end
	nexts    []int32 // instructions whose c is the loop's next turn
	final    bool
	slot     int32   // of a finally block: why it was entered, then the value or error; of a catch: the error
	enters   []int32 // instructions whose c is the finally block
	exits    []exit
	catching bool
	groups   bool // slot is the first of those of a try with handlers of groups
}

// exit is a way out of a construct other than its end or an error.
type exit struct {
	kind exitKind
	loop *nesting
}

type exitKind uint8

const (
	exitReturn exitKind = iota
	exitBreak
	exitContinue
)

func (a *assembler) emitOwned(owner int32, pos Pos, in instr) int32 {
	p := a.p
	if x := in.x; x != nil && x.as != nil && x.as.Space == LocalVar && x.as.Path == nil {
		in.local = int32(x.as.Index) + 1
	}
	p.code = append(p.code, in)
	p.pos = append(p.pos, pos)
	p.owner = append(p.owner, owner)
	p.handler = append(p.handler, a.region)
	return int32(len(p.code) - 1)
}

func (a *assembler) emit(in instr) int32 { return a.emitOwned(a.cur.index, a.pos, in) }

func (a *assembler) here() int32 { return int32(len(a.p.code)) }

func (a *assembler) patch(at ...int32) {
	for _, i := range at {
		a.p.code[i].c = a.here()
	}
}

// hidden makes n slots for the assembler's own use and returns the first.
func (a *assembler) hidden(n int) int32 {
	s := a.cur.slots
	a.cur.slots += int32(n)
	if a.cur.slots > maxSlots && a.err == nil {
		a.err = fmt.Errorf("%s needs more than %d variables and nested blocks", a.cur.Name, maxSlots)
	}
	return s
}

// code makes sure that c is, or will be, assembled.
func (a *assembler) code(c *Code) *Code {
	if !c.assembled {
		c.assembled = true
		c.index = int32(len(a.p.codes))
		a.p.codes = append(a.p.codes, c)
		a.pending = append(a.pending, c)
	}
	return c
}

func (a *assembler) entry(e *Entry) *Entry {
	e.index = len(a.p.entries)
	a.p.entries = append(a.p.entries, e)
	a.code(e.Code)
	return e
}

// body assembles an activation: what steps emits, then a return.
func (a *assembler) body(c *Code, steps func()) {
	a.cur, a.pos, a.region, a.nest, a.sets, a.tokens = c, c.Pos, 0, nil, nil, -1
	c.start, c.slots = a.here(), int32(max(len(c.Locals), c.Params))
	if a.p.Watched {
		a.emit(instr{op: opWatchEnter, a: c.slots})
	}
	steps()
	a.watchReturn(nil)
	a.emit(instr{op: opReturn})
	for _, i := range a.sets {
		a.p.code[i].b = a.tokens
	}
}

// source makes known whose callback creates which tasks.
func (a *assembler) source(i int, s *Source) {
	s.index, s.Callback.source = i, s
	e := a.entry(s.Entry)
	e.sourced = e.Name != ""
	named := slices.ContainsFunc(a.p.Named, func(name string) bool { return strings.HasPrefix(name, e.Name+"-") })
	e.anonymous = e.sourced && !named
}

// object keeps what objects of a definition compute.
func (a *assembler) object(d *ObjectDef) {
	if r := &d.Resource; r.Rank != nil {
		r.rank = int32(len(a.p.ranks))
		a.p.ranks = append(a.p.ranks, r.Rank)
	}
	a.p.sharing = a.p.sharing || d.Resource.Order == ResourceShared
	d.Resource.failures = int32(len(a.p.failures))
	a.p.failures = append(a.p.failures, d.Resource.Failures...)
}

// callback assembles a callback's steps and, for a periodic one, what follows them.
func (a *assembler) callback(cb *Callback) {
	c := cb.Code
	c.assembled = true
	c.index = int32(len(a.p.codes))
	a.p.codes = append(a.p.codes, c)
	a.body(c, func() {
		if cb.source != nil {
			a.at(cb.Pos, instr{op: opArrive, x: &operands{source: cb.source}})
			return
		}
		if cb.Until == nil && cb.Every == nil && cb.Cron == nil {
			a.steps(c.Body)
			return
		}
		// A return ends the steps, not the period.
		n := &nesting{period: true}
		a.nest = append(a.nest, n)
		a.steps(c.Body)
		a.nest = nil
		a.patch(n.breaks...)
		a.pos = cb.Pos
		end := a.emit(instr{op: opPeriodic, bool: cb.Until, x: &operands{callback: cb}})
		a.steps(cb.Then)
		a.patch(end)
	})
}

func (a *assembler) steps(steps []Step) {
	for _, s := range steps {
		a.step(s)
	}
}

func (a *assembler) step(s Step) {
	a.emitStep(s)
	if a.p.Watched {
		a.watchStep(s)
	}
	if len(a.p.Checks) > 0 {
		a.emit(instr{op: opCheck})
	}
}

// watchStep emits what tracks the flow of values through the step that was just emitted.
func (a *assembler) watchStep(s Step) {
	var as *Target
	result := int32(0)
	switch s := s.(type) {
	case *Set:
		a.emit(instr{op: opWatchSet, x: &operands{assigns: s.Assigns}})
	case *Append:
		a.emit(instr{op: opWatchSet, x: &operands{assigns: s.Assigns}})
	case *Call:
		as, result = s.As, 1
	case *Spawn:
		as = s.As
	case *Await:
		as = s.As
	case *Gather:
		as = s.As
	case *Schedule:
		as = s.As
	case *ToThread:
		as = s.As
	case *RemoveDone:
		as = s.As
	case *Uncancel:
		as = s.As
	case *Wait:
		as = s.As
	case *Shield:
		as = s.As
	case *Get:
		as = s.As
	case *Want:
		as = s.As
	case *WaitBarrier:
		as = s.As
	case *Make:
		as = s.As
	case *Acquire:
		as = s.As
	case *Use:
		as = s.As
	}
	if as != nil && as.Path == nil {
		a.emit(instr{op: opWatchSet, b: result, x: &operands{assigns: []Assign{{To: *as}}}})
	}
}

// watchReturn emits what tracks a returned value that was computed from these variables.
func (a *assembler) watchReturn(reads []Ref) {
	if a.p.Watched {
		a.emit(instr{op: opWatchReturn, x: &operands{assigns: []Assign{{Reads: reads}}}})
	}
}

func (a *assembler) emitStep(s Step) {
	switch s := s.(type) {
	case *Print:
		a.at(s.Pos, instr{op: opPrint, text: s.Text, x: &operands{end: s.End}})
	case *Set:
		a.set(s)
	case *Append:
		a.at(s.Pos, instr{op: opAppend, x: &operands{assigns: s.Assigns}})
	case *Reset:
		if a.tokens < 0 {
			a.tokens = a.hidden(1)
		}
		a.at(s.Pos, instr{op: opReset, a: int32(s.Var), b: a.tokens})
	case *WithContext:
		a.withContext(s)
	case *If:
		a.ifElse(s)
	case *Repeat:
		a.repeat(s)
	case *For:
		a.forIn(s)
	case *While:
		a.while(s)
	case *Break:
		a.pos = s.Pos
		a.leave(exit{exitBreak, a.innermostLoop()}, nil, -1)
	case *Continue:
		a.pos = s.Pos
		a.leave(exit{exitContinue, a.innermostLoop()}, nil, -1)
	case *Call:
		a.call(s)
	case *WaitFor:
		a.waitFor(s)
	case *Return:
		a.pos = s.Pos
		a.watchReturn(s.Reads)
		a.leave(exit{kind: exitReturn}, s.Value, -1)
	case *Raise:
		a.raise(s)
	case *Try:
		a.try(s)
	case *Assert:
		a.at(s.Pos, instr{op: opAssert, bool: s.Cond, text: s.Message, x: &operands{detail: s.Detail}})
	case *Sleep:
		a.at(s.Pos, instr{op: opSleep, int: s.For})
	case *SleepUntil:
		a.at(s.Pos, instr{op: opSleepUntil, int: s.At})
	case *Block:
		a.at(s.Pos, instr{op: opBlock, int: s.For})
	case *ToThread:
		x := &operands{item: s.Value, as: s.As}
		if s.IsError {
			x.typ = "error"
		}
		a.at(s.Pos, instr{op: opToThread, int: s.For, x: x})
	case *AddDone:
		a.at(s.Pos, instr{op: opAddDone, val: s.What, x: &operands{callback: s.Callback, args: s.Args}})
	case *RemoveDone:
		a.at(s.Pos, instr{op: opRemoveDone, val: s.What, x: &operands{callback: s.Callback, as: s.As}})
	case *Uncancel:
		a.at(s.Pos, instr{op: opUncancel, val: s.Task, x: &operands{as: s.As}})
	case *SetName:
		a.at(s.Pos, instr{op: opSetName, val: s.Task, text: s.Name})
	case *Spawn:
		a.p.Shares = a.p.Shares || s.Entry.SharedBy != nil
		s.Entry.anonymous = s.As == nil && s.Group == nil && s.Entry.Name == "" && s.Entry.NameText == nil
		a.at(s.Pos, instr{op: opSpawn, x: &operands{entry: a.entry(s.Entry), what: s.Group, as: s.As}})
	case *Await:
		a.at(s.Pos, instr{op: opAwait, val: s.What, x: &operands{as: s.As}})
	case *Gather:
		for _, it := range s.Items {
			if it.Entry != nil {
				a.entry(it.Entry)
			}
		}
		a.at(s.Pos, instr{op: opGather, bool: s.ReturnExceptions, x: &operands{items: s.Items, as: s.As, keep: s.Keep}})
	case *Cancel:
		a.at(s.Pos, instr{op: opCancel, val: s.What, text: s.Message, x: &operands{callback: s.Callback}})
	case *Schedule:
		a.schedule(s)
	case *Timeout:
		a.timeout(s)
	case *Reschedule:
		in := instr{op: opReschedule, val: s.Timeout, int: s.After, x: &operands{}}
		if s.At != nil {
			in.int, in.x.at = s.At, true
		}
		a.at(s.Pos, in)
	case *ResetBarrier:
		a.resetBarrier(s)
	case *Wait:
		a.at(s.Pos, instr{op: opWaitTasks, val: s.Tasks, int: s.Within, x: &operands{when: s.When, as: s.As}})
	case *AsCompleted:
		a.asCompleted(s)
	case *Group:
		a.group(s)
	case *Shield:
		a.at(s.Pos, instr{op: opShield, val: s.What, x: &operands{as: s.As, keep: s.Keep}})
	case *Acquire:
		a.acquire(s)
	case *Use:
		a.use(s)
	case *Resize:
		a.at(s.Pos, instr{op: opResize, val: s.What, int: s.Capacity, x: &operands{most: s.MaxWaiting}})
	case *Record:
		a.at(s.Pos, instr{op: opRecord, text: s.By, x: &operands{records: s.Values}})
	case *Interrupt:
		a.at(s.Pos, instr{op: opInterrupt, val: s.Task, x: &operands{item: s.Cause}})
	case *Release:
		a.at(s.Pos, instr{op: opRelease, val: s.What, x: &operands{item: s.Of}})
	case *Put:
		x := &operands{what: s.Queue, nowait: s.Nowait}
		item := a.hidden(1)
		first := a.at(s.Pos, instr{op: opPut, a: item, declared: int32(s.Declared), val: s.Item, x: x})
		again := a.emit(instr{op: opPutAgain, a: item, x: x})
		a.patch(first, again)
	case *First:
		a.first(s)
	case *Offer:
		a.offer(s)
	case *Want:
		a.want(s)
	case *Get:
		x := &operands{what: s.Queue, as: s.As, where: s.Where, nowait: s.Nowait}
		a.p.choosy = a.p.choosy || s.Where != nil
		first := a.at(s.Pos, instr{op: opGet, declared: int32(s.Declared), x: x})
		again := a.emit(instr{op: opGetAgain, x: x})
		a.patch(first, again)
	case *TaskDone:
		a.at(s.Pos, instr{op: opTaskDone, val: s.Queue})
	case *Join:
		a.at(s.Pos, instr{op: opJoin, val: s.Queue})
	case *Shutdown:
		a.at(s.Pos, instr{op: opShutdown, val: s.Queue, bool: s.Immediate})
	case *Signal:
		a.at(s.Pos, instr{op: opSignal, val: s.Event})
	case *Clear:
		a.at(s.Pos, instr{op: opClear, val: s.Event})
	case *WaitEvent:
		a.at(s.Pos, instr{op: opWaitEvent, val: s.Event})
	case *WaitUntil:
		a.at(s.Pos, a.untilInstr(s, a.hidden(1)))
	case *WaitCondition:
		a.waitCondition(s)
	case *WaitBarrier:
		a.waitBarrier(s)
	case *Notify:
		a.at(s.Pos, instr{op: opNotify, val: s.Condition, int: s.Count})
	case *Make:
		a.object(&s.Object)
		a.at(s.Pos, instr{op: opNew, x: &operands{object: &s.Object, as: s.As}})
	case *Resolve:
		x := &operands{item: s.Value}
		if s.IsError {
			x.typ = "error"
		}
		a.at(s.Pos, instr{op: opResolve, val: s.Future, x: x})
	case *Stop:
		a.at(s.Pos, instr{op: opStop})
	case emitted:
		s()
	default:
		panic(fmt.Sprintf("engine: no code for %T", s))
	}
}

func (a *assembler) at(pos Pos, in instr) int32 {
	a.pos = pos
	return a.emit(in)
}

func (a *assembler) set(s *Set) {
	if len(s.Assigns) == 1 && s.Assigns[0].To.Path == nil {
		to := s.Assigns[0].To
		in := instr{a: int32(to.Index), b: s.Assigns[0].Plus, val: s.Assigns[0].Value}
		switch counts := in.b != 0; {
		case to.Space == LocalVar && counts:
			in.op = opCountLocal
		case to.Space == LocalVar:
			in.op = opSetLocal
		case to.Space == SharedVar && counts:
			in.op = opCountShared
		case to.Space == SharedVar:
			in.op = opSetShared
		}
		if in.op != opNop {
			a.at(s.Pos, in)
			return
		}
	}
	a.sets = append(a.sets, a.at(s.Pos, instr{op: opSet, x: &operands{assigns: s.Assigns}}))
}

func (a *assembler) call(s *Call) {
	if a.p.Watched {
		args := make([]Assign, len(s.Args))
		for i := range min(len(args), len(s.Reads)) {
			args[i].Reads = s.Reads[i]
		}
		a.at(s.Pos, instr{op: opWatchCall, x: &operands{assigns: args}})
	}
	a.at(s.Pos, instr{op: opCall, x: &operands{code: a.code(s.Code), args: s.Args, as: s.As}})
}

// waitFor is wait_for: without time a task of the coroutine is made, cancelled before it starts, and waited for. Slot limit
// has how long, the next one the task.
func (a *assembler) waitFor(s *WaitFor) {
	limit := a.hidden(2)
	task := func(l *Loop) Value { return l.frame[limit+1] }
	a.at(s.Pos, instr{op: opWith, a: limit, val: func(l *Loop) Value { return Int(s.Within(l)) }})
	timely := a.emit(instr{op: opUnless, bool: func(l *Loop) bool { return l.frame[limit].AsInt() <= 0 }})
	entry := a.entry(&Entry{Pos: s.Pos, Code: s.Call.Code, Args: s.Call.Args})
	a.emit(instr{op: opSpawn, x: &operands{entry: entry, as: &Target{Ref: Ref{Index: int(limit + 1)}}}})
	a.emit(instr{op: opCancel, val: task, x: &operands{}})
	a.emit(instr{op: opWaitTasks, val: func(l *Loop) Value { return List([]Value{task(l)}) }, x: &operands{}})
	var late []int32
	if s.Else != nil {
		late = append(late, a.emit(instr{op: opJump}))
	} else {
		cause := func(l *Loop) Value { return l.Attr(task(l), AttrError) }
		a.emit(instr{op: opRaise, x: &operands{typ: "TimeoutError", item: cause}})
	}
	a.patch(timely)
	within := func(l *Loop) int64 { return l.frame[limit].AsInt() }
	a.timeout(&Timeout{Pos: s.Pos, For: within, Do: []Step{s.Call}, Else: s.Else}, late...)
}

func (a *assembler) withContext(s *WithContext) {
	a.pos = s.Pos
	old := a.hidden(len(s.Vars))
	x := &operands{assigns: s.Vars}
	a.emit(instr{op: opCtxEnter, b: old, x: x})
	a.finally(func() { a.steps(s.Do) }, func(int32) { a.at(s.Pos, instr{op: opCtxExit, b: old, x: x}) })
}

func (a *assembler) ifElse(s *If) {
	var ends []int32
	for i, b := range s.Branches {
		skip := a.at(b.Pos, instr{op: opUnless, bool: b.Cond})
		a.steps(b.Then)
		if i < len(s.Branches)-1 || len(s.Else) > 0 {
			ends = append(ends, a.emit(instr{op: opJump}))
		}
		a.patch(skip)
	}
	a.steps(s.Else)
	a.patch(ends...)
}

// loop assembles a loop's body; again ends each turn, and is where continue goes.
func (a *assembler) loop(do []Step, again instr) {
	pos := a.pos
	n := &nesting{loop: true}
	a.nest = append(a.nest, n)
	a.steps(do)
	a.nest = a.nest[:len(a.nest)-1]
	a.patch(n.nexts...)
	a.pos = pos
	a.emit(again)
	a.patch(n.breaks...)
}

func (a *assembler) repeat(s *Repeat) {
	left := a.hidden(1)
	count := int32(-1)
	if s.As != nil {
		count = a.hidden(1)
	}
	never := a.at(s.Pos, instr{op: opRepeat, a: left, b: count, int: s.N})
	again := instr{op: opRepeatEnd, a: left}
	if s.As != nil {
		x := &operands{as: s.As}
		a.emit(instr{op: opRepeatAs, b: count, x: x})
		again = instr{op: opRepeatEndAs, a: left, b: count, x: x}
	}
	again.c = a.here()
	a.loop(s.Do, again)
	a.patch(never)
}

func (a *assembler) forIn(s *For) {
	seq := a.hidden(2)
	a.at(s.Pos, instr{op: opFor, a: seq, val: s.In})
	top := a.emit(instr{op: opForNext, a: seq, x: &operands{as: &s.As}})
	a.loop(s.Do, instr{op: opJump, c: top})
	a.patch(top)
}

func (a *assembler) while(s *While) {
	top := a.at(s.Pos, instr{op: opUnless, bool: s.Cond})
	a.loop(s.Do, instr{op: opJump, c: top})
	a.patch(top)
}

func (a *assembler) innermostLoop() *nesting {
	for i := len(a.nest) - 1; i >= 0; i-- {
		if a.nest[i].loop {
			return a.nest[i]
		}
	}
	panic("engine: break or continue outside a loop")
}

// leave emits the exit e from here, through every finally block in between, innermost first. A return's value comes
// from val, or from slot where that is not negative.
func (a *assembler) leave(e exit, val Eval, slot int32) {
	for i := len(a.nest) - 1; i >= 0; i-- {
		n := a.nest[i]
		switch {
		case n.final:
			in := instr{op: opEnter, a: n.slot, b: int32(leaveExits + len(n.exits)), val: val}
			if slot >= 0 {
				in.op, in.x = opEnterFrom, &operands{slot: slot}
			}
			n.enters = append(n.enters, a.emit(in))
			n.exits = append(n.exits, e)
			return
		case n == e.loop && e.kind == exitBreak:
			n.breaks = append(n.breaks, a.emit(instr{op: opJump}))
			return
		case n == e.loop:
			n.nexts = append(n.nexts, a.emit(instr{op: opJump}))
			return
		case n.period && e.kind == exitReturn:
			n.breaks = append(n.breaks, a.emit(instr{op: opJump}))
			return
		}
	}
	if slot >= 0 {
		a.emit(instr{op: opReturnSlot, a: slot})
		return
	}
	a.emit(instr{op: opReturn, val: val})
}

func (a *assembler) raise(s *Raise) {
	a.pos = s.Pos
	switch {
	case s.Value != nil:
		a.emit(instr{op: opRaise, val: s.Value, x: &operands{item: s.From}})
	case s.Type != "":
		a.emit(instr{op: opRaise, text: s.Message, x: &operands{typ: s.Type, item: s.From}})
	default:
		for i := len(a.nest) - 1; i >= 0; i-- {
			if n := a.nest[i]; n.catching && n.groups {
				a.emit(instr{op: opReraiseGroup, a: n.slot})
				return
			} else if n.catching {
				a.emit(instr{op: opReraise, a: n.slot})
				return
			}
		}
		a.emit(instr{op: opRaise, x: &operands{typ: "RuntimeError"}, text: func(_ *Loop, dst []byte) []byte {
			return append(dst, "No active exception to reraise"...)
		}})
	}
}

// within assembles body inside a new region, which gets the errors of body, and returns the region's index.
func (a *assembler) within(slot int32, body func()) int32 {
	outer := a.region
	a.p.regions = append(a.p.regions, region{slot: slot})
	r := int32(len(a.p.regions) - 1)
	a.region = r
	body()
	a.region = outer
	return r
}

// finally assembles body so that last runs whatever happens in it; last gets the slot that holds why it was entered.
func (a *assembler) finally(body func(), last func(why int32)) {
	pos := a.pos
	n := &nesting{final: true, slot: a.hidden(2)}
	a.nest = append(a.nest, n)
	r := a.within(n.slot+1, body)
	a.nest = a.nest[:len(a.nest)-1]
	a.pos = pos
	normally := a.emit(instr{op: opEnter, a: n.slot, b: leaveNormally})
	a.p.regions[r].pc = a.here()
	a.emit(instr{op: opEnterFrom, a: n.slot, b: leaveRaising, c: a.here() + 1, x: &operands{slot: n.slot + 1}})
	a.patch(normally)
	a.patch(n.enters...)
	last(n.slot)
	a.pos = pos
	x := &operands{}
	end := a.emit(instr{op: opLeave, a: n.slot, x: x})
	for _, e := range n.exits {
		x.targets = append(x.targets, a.here())
		a.leave(e, nil, n.slot+1)
	}
	a.patch(end)
}

func (a *assembler) try(s *Try) {
	a.pos = s.Pos
	if s.Finally != nil {
		a.finally(func() { a.tryCatch(s) }, func(int32) { a.steps(s.Finally) })
		return
	}
	a.tryCatch(s)
}

func (a *assembler) tryCatch(s *Try) {
	if len(s.Catch) == 0 {
		a.steps(s.Do)
		a.steps(s.Else)
		return
	}
	if s.Groups {
		a.tryGroups(s)
		return
	}
	err := a.hidden(1)
	r := a.within(err, func() { a.steps(s.Do) })
	a.steps(s.Else)
	ends := []int32{a.emit(instr{op: opJump})}
	a.p.regions[r].pc = a.here()
	a.nest = append(a.nest, &nesting{catching: true, slot: err})
	for _, c := range s.Catch {
		next := a.at(c.Pos, instr{op: opMatch, a: err, b: int32(c.As), x: &operands{types: c.Types}})
		a.steps(c.Do)
		ends = append(ends, a.emit(instr{op: opJump}))
		a.patch(next)
	}
	a.nest = a.nest[:len(a.nest)-1]
	a.emit(instr{op: opReraise, a: err})
	a.patch(ends...)
}

// tryGroups is a try with handlers of groups: each gets its part of what was raised, and what they raise is raised together.
func (a *assembler) tryGroups(s *Try) {
	slots, raised := a.hidden(groupSlots), a.hidden(1)
	r := a.within(slots+groupCaught, func() { a.steps(s.Do) })
	a.steps(s.Else)
	end := a.emit(instr{op: opJump})
	a.p.regions[r].pc = a.here()
	a.at(s.Pos, instr{op: opStartGroup, a: slots})
	a.nest = append(a.nest, &nesting{catching: true, groups: true, slot: slots})
	for _, c := range s.Catch {
		next := a.at(c.Pos, instr{op: opMatchGroup, a: slots, b: int32(c.As), x: &operands{types: c.Types}})
		h := a.within(raised, func() { a.steps(c.Do) })
		over := a.emit(instr{op: opJump})
		a.p.regions[h].pc = a.here()
		a.emit(instr{op: opKeepRaised, a: slots, b: raised})
		a.patch(next, over)
	}
	a.nest = a.nest[:len(a.nest)-1]
	a.at(s.Pos, instr{op: opEndGroup, a: slots})
	a.patch(end)
}

func (a *assembler) schedule(s *Schedule) {
	in := instr{op: opSchedule, x: &operands{callback: s.Callback, args: s.Args, as: s.As}}
	switch {
	case s.At != nil:
		in.int, in.x.at = s.At, true
	case s.After != nil:
		in.int = s.After
	}
	a.at(s.Pos, in)
}

// timeout assembles a scope; what jumps at late goes to its `else`, if there is one.
func (a *assembler) timeout(s *Timeout, late ...int32) {
	leave := a.scope(s, func() { a.steps(s.Do) })
	a.steps(s.Then)
	if s.Else == nil {
		return
	}
	end := a.emit(instr{op: opJump})
	a.patch(append(late, leave)...)
	a.steps(s.Else)
	a.patch(end)
}

// scope assembles do inside the scope of a timeout, and returns the instruction whose c is the timeout's else.
func (a *assembler) scope(s *Timeout, do func()) (leave int32) {
	id := a.hidden(1)
	x := &operands{otherwise: s.Else != nil}
	in := instr{op: opEnterScope, a: id, int: s.For, x: &operands{as: s.As}}
	if s.At != nil {
		in.int, in.x.at = s.At, true
	}
	a.at(s.Pos, in)
	a.finally(do, func(why int32) { leave = a.at(s.Pos, instr{op: opLeaveScope, a: id, b: why, x: x}) })
	return leave
}

// asCompleted assembles a loop over tasks in the order in which they end; slot set+1 records that the time ran out.
func (a *assembler) asCompleted(s *AsCompleted) {
	set := a.hidden(2)
	a.at(s.Pos, instr{op: opOpenCompleted, a: set, val: s.Tasks, int: s.Within})
	a.finally(func() {
		top := a.at(s.Pos, instr{op: opNextCompleted, a: set, x: &operands{as: &s.As, otherwise: s.Else != nil}})
		a.loop(s.Do, instr{op: opJump, c: top})
		a.patch(top)
	}, func(int32) { a.at(s.Pos, instr{op: opCloseCompleted, a: set}) })
	if s.Else != nil {
		inTime := a.at(s.Pos, instr{op: opUnless, bool: func(l *Loop) bool { return l.frame[set+1].AsBool() }})
		a.steps(s.Else)
		a.patch(inTime)
	}
}

func (a *assembler) group(s *Group) {
	g := a.hidden(1)
	a.at(s.Pos, instr{op: opOpenGroup, a: g, x: &operands{as: &s.As}})
	a.finally(func() { a.steps(s.Do) }, func(why int32) {
		a.at(s.Pos, instr{op: opCloseGroup, a: g, b: why})
		a.emit(instr{op: opAwaitGroup, a: g, b: why})
	})
}

func (a *assembler) acquire(s *Acquire) {
	mode := int32(acquireWrite)
	if s.Read {
		mode = acquireRead
	}
	if s.Ask != nil {
		a.acquireUnits(s, mode)
		return
	}
	if !s.Scoped {
		a.at(s.Pos, instr{op: opAcquire, b: mode, val: s.What})
		return
	}
	held := a.hidden(1)
	a.at(s.Pos, instr{op: opWith, a: held, val: s.What})
	take := func() { a.at(s.Pos, instr{op: opAcquire, a: held, b: mode}) }
	hold := func() {
		a.finally(func() { a.steps(s.Do) }, func(int32) { a.at(s.Pos, instr{op: opRelease, a: held}) })
	}
	if s.Within == nil {
		take()
		hold()
		return
	}
	a.timeout(&Timeout{Pos: s.Pos, For: s.Within, Do: []Step{emitted(take)}, Then: []Step{emitted(hold)}, Else: s.Else})
}

// acquireUnits assembles an `acquire` of what may be a resource. Behind the slot that has it is the number of the request.
func (a *assembler) acquireUnits(s *Acquire, mode int32) {
	held := a.hidden(2)
	a.at(s.Pos, instr{op: opWith, a: held, val: s.What})
	a.asking(s, held, mode, func() {
		if s.Scoped {
			a.finally(func() { a.steps(s.Do) }, func(int32) { a.at(s.Pos, instr{op: opRelease, a: held, x: &operands{}}) })
		}
	})
}

// asking assembles the request for what is in slot held, what follows once it was given, and the else of one that was not.
func (a *assembler) asking(s *Acquire, held, mode int32, then func()) {
	a.p.numbered = a.p.numbered || s.As != nil
	x := &operands{ask: s.Ask, uses: s.uses, scoped: s.Scoped, otherwise: s.Else != nil}
	ask := func() { a.at(s.Pos, instr{op: opAcquire, a: held, b: mode, x: x}) }
	a.limited(s.Pos, s.Within, s.Else, held, ask, func() {
		if s.As != nil {
			a.emit(instr{op: opUnit, a: held, x: &operands{as: s.As}})
		}
		then()
	})
}

// limited assembles a step that asks for something, then what follows where it has that, or the else of one that has not: the
// time was over, or slot held+1 is null because it was refused.
func (a *assembler) limited(pos Pos, within EvalTime, otherwise []Step, held int32, ask, then func()) {
	var elses []int32
	if within == nil {
		ask()
	} else if leave := a.scope(&Timeout{Pos: pos, For: within, Else: otherwise}, ask); otherwise != nil {
		elses = append(elses, leave)
	}
	if otherwise != nil {
		elses = append(elses, a.at(pos, instr{op: opRefused, a: held}))
	}
	then()
	if otherwise == nil {
		return
	}
	end := a.emit(instr{op: opJump})
	a.patch(elses...)
	a.steps(otherwise)
	a.patch(end)
}

// first assembles a `first`: its arms are instructions that are never run, behind them is what follows each.
func (a *assembler) first(s *First) {
	x := &operands{}
	a.at(s.Pos, instr{op: opFirst, a: a.hidden(1), x: x})
	thens := make([]func(), len(s.Arms))
	for i := range s.Arms {
		at, then := a.arm(s.Arms[i].Step)
		x.arms, thens[i] = append(x.arms, at), then
	}
	var ends []int32
	for i := range s.Arms {
		x.targets = append(x.targets, a.here())
		if a.p.Watched {
			a.watchStep(s.Arms[i].Step)
		}
		if thens[i] != nil {
			thens[i]()
		}
		a.steps(s.Arms[i].Then)
		ends = append(ends, a.emit(instr{op: opJump}))
	}
	a.patch(ends...)
}

// arm emits the instruction that is an arm of a `first`, with its two slots, and returns what assembles the rest of its step; nil:
// nothing.
func (a *assembler) arm(s Step) (at int32, then func()) {
	slot := a.hidden(2)
	switch s := s.(type) {
	case *Acquire:
		a.p.numbered = a.p.numbered || s.As != nil
		x := &operands{what: s.What, ask: s.Ask, scoped: s.Scoped}
		return a.at(s.Pos, instr{op: opAcquire, a: slot, b: acquireWrite, x: x}), func() { a.holding(s, slot) }
	case *Offer:
		return a.at(s.Pos, a.offerInstr(s, slot)), nil
	case *Want:
		return a.at(s.Pos, a.wantInstr(s, slot)), func() { a.lent(s, slot) }
	case *Put:
		return a.at(s.Pos, instr{op: opPut, a: slot, declared: int32(s.Declared), val: s.Item, x: &operands{what: s.Queue}}), nil
	case *Get:
		a.p.choosy = true
		x := &operands{what: s.Queue, as: s.As, where: s.Where}
		return a.at(s.Pos, instr{op: opGet, a: slot, declared: int32(s.Declared), x: x}), nil
	case *Join:
		return a.at(s.Pos, instr{op: opJoin, a: slot, val: s.Queue}), nil
	case *WaitEvent:
		return a.at(s.Pos, instr{op: opWaitEvent, a: slot, val: s.Event}), nil
	case *WaitUntil:
		return a.at(s.Pos, a.untilInstr(s, slot)), nil
	case *Await:
		return a.at(s.Pos, instr{op: opAwait, a: slot, val: s.What, x: &operands{as: s.As}}), nil
	case *Sleep:
		return a.at(s.Pos, instr{op: opSleep, a: slot, int: s.For}), nil
	case *SleepUntil:
		return a.at(s.Pos, instr{op: opSleepUntil, a: slot, int: s.At}), nil
	}
	panic(fmt.Sprintf("engine: %T is no arm of a First", s))
}

func (a *assembler) untilInstr(s *WaitUntil, slot int32) instr {
	a.p.looked = true
	return instr{op: opWaitUntil, a: slot, val: s.Object, bool: s.Until}
}

// holding assembles what follows an acquired resource: the number of its unit, and the block that holds it.
func (a *assembler) holding(s *Acquire, held int32) {
	if s.As != nil {
		a.emit(instr{op: opUnit, a: held, x: &operands{as: s.As}})
	}
	if s.Scoped {
		a.finally(func() { a.steps(s.Do) }, func(int32) { a.at(s.Pos, instr{op: opRelease, a: held, x: &operands{}}) })
	}
}

// offer assembles `put` into a container or a store.
func (a *assembler) offer(s *Offer) {
	slot := a.hidden(1)
	ask := func() { a.at(s.Pos, a.offerInstr(s, slot)) }
	a.limited(s.Pos, s.Within, s.Else, slot-1, ask, func() {})
}

func (*assembler) offerInstr(s *Offer, slot int32) instr {
	x := &operands{what: s.What, ask: s.Ask, amount: s.Amount, otherwise: s.Else != nil}
	return instr{op: opOffer, a: slot, declared: int32(s.Declared), val: s.Item, x: x}
}

// want assembles `get` from a container or a store.
func (a *assembler) want(s *Want) {
	slot := a.hidden(1)
	ask := func() { a.at(s.Pos, a.wantInstr(s, slot)) }
	a.limited(s.Pos, s.Within, s.Else, slot-1, ask, func() { a.lent(s, slot) })
}

func (*assembler) wantInstr(s *Want, slot int32) instr {
	x := &operands{
		what: s.What, ask: s.Ask, as: s.As, where: s.Where, least: s.AtLeast, amount: s.Amount != nil, scoped: s.Scoped,
		otherwise: s.Else != nil, slot: slot + 1, // that of the scope
		lasting: s.Lasting && s.As.Space == LocalVar && s.As.Path == nil,
	}
	return instr{op: opWant, a: slot, declared: int32(s.Declared), val: s.Amount, x: x}
}

// lent assembles the steps of a loan.
func (a *assembler) lent(s *Want, slot int32) {
	if s.Scoped {
		a.finally(func() { a.steps(s.Do) }, func(int32) { a.at(s.Pos, instr{op: opEndLoan, a: slot}) })
	}
}

// use assembles acquire, sleep, release. Where its units are taken from it the task waits for them at the instruction before
// the sleep, or before the one that computes how long it takes.
func (a *assembler) use(s *Use) {
	u := a.hidden(useSlots)
	a.at(s.Pos, instr{op: opWith, a: u, b: int32(KindResource), val: s.What})
	ask := &Acquire{Pos: s.Pos, Ask: s.Ask, As: s.As, Scoped: true, Within: s.Within, Else: s.Else, uses: true}
	a.asking(ask, u, acquireWrite, func() {
		a.finally(func() {
			again := int32(0)
			if s.Preempted == UseRedraws {
				again = a.at(s.Pos, instr{op: opNop, a: u})
			}
			takes := a.at(s.Pos, instr{op: opUseTakes, a: u, int: s.Takes})
			if s.Preempted != UseRedraws {
				again = takes
			}
			a.emit(instr{op: opUseSleep, a: u, b: int32(s.Preempted), c: again})
		}, func(int32) { a.at(s.Pos, instr{op: opRelease, a: u, x: &operands{}}) })
	})
}

// emitted is a step whose code a function emits.
type emitted func()

func (emitted) step() {}

// waitCondition is Condition.wait and wait_for.
func (a *assembler) waitCondition(s *WaitCondition) {
	c := a.hidden(2)
	a.at(s.Pos, instr{op: opWith, a: c, b: int32(KindCondition), val: s.Condition})
	if s.Until == nil {
		a.conditionWait(c)
		return
	}
	top := a.emit(instr{op: opUnless, bool: s.Until})
	end := a.emit(instr{op: opJump})
	a.patch(top)
	a.conditionWait(c)
	a.emit(instr{op: opJump, c: top})
	a.patch(end)
}

// conditionWait is Condition.wait on the condition in slot c; slot c+1 records a cancellation that comes while the lock
// is taken again.
func (a *assembler) conditionWait(c int32) {
	a.emit(instr{op: opOwned, a: c})
	a.emit(instr{op: opWith, a: c + 1, val: func(*Loop) Value { return Value{} }})
	a.finally(func() { a.emit(instr{op: opWaitCondition, a: c}) }, func(why int32) { a.emit(instr{op: opReacquire, a: c, b: why}) })
}

// waitBarrier is Barrier.wait, step by step. Slot b has the barrier, the next one is conditionWait's, the third has the
// index.
func (a *assembler) waitBarrier(s *WaitBarrier) {
	b := a.hidden(3)
	a.at(s.Pos, instr{op: opWith, a: b, b: int32(KindBarrier), val: s.Barrier})
	a.emit(instr{op: opAcquire, a: b})
	waitUntil := func(step int32) {
		top := a.emit(instr{op: opBarrier, a: b, b: step})
		a.conditionWait(b)
		a.emit(instr{op: opJump, c: top})
		a.patch(top)
	}
	a.finally(func() {
		waitUntil(barrierBlocked)
		a.emit(instr{op: opBarrier, a: b, b: barrierOpen})
		a.finally(func() {
			last := a.emit(instr{op: opBarrier, a: b, b: barrierEnter})
			waitUntil(barrierFilling)
			a.emit(instr{op: opBarrier, a: b, b: barrierPassed})
			a.patch(last)
		}, func(int32) { a.emit(instr{op: opBarrier, a: b, b: barrierLeave}) })
	}, func(int32) { a.emit(instr{op: opRelease, a: b}) })
	if s.As != nil {
		a.emit(instr{op: opSet, b: -1, x: &operands{assigns: []Assign{{To: *s.As, Value: func(l *Loop) Value { return l.frame[b+2] }}}}})
	}
}

// resetBarrier is Barrier.reset and abort.
func (a *assembler) resetBarrier(s *ResetBarrier) {
	b, step := a.hidden(1), int32(barrierReset)
	if s.Abort {
		step = barrierAbort
	}
	a.at(s.Pos, instr{op: opWith, a: b, b: int32(KindBarrier), val: s.Barrier})
	a.emit(instr{op: opAcquire, a: b})
	a.finally(func() { a.emit(instr{op: opBarrier, a: b, b: step}) }, func(int32) { a.emit(instr{op: opRelease, a: b}) })
}

const (
	maxSlots = 1 << 12
	never    = int64(math.MaxInt64)
)
