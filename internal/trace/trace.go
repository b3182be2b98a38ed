// Package trace makes the record of a run (engine.Trace) readable: its turns, why each was ready, and, for a part of it, what
// every task did meanwhile. What explains a run to people is made from it: pictures, `why`, trace files.
package trace

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"

	"runloop/engine"
)

// Source is what the record does not hold: the scenario, and how it was run.
type Source struct {
	Name    string          // the scenario's name
	File    string          // its path, for messages
	Text    []byte          // of the file; of several, one behind the other
	Program *engine.Program // that was run
	Seed    uint64
	Ties    engine.Ties
	Params  map[string]string
}

// Run is a run that has ended, as its record tells it. It is not changed after New.
type Run struct {
	Source
	Result     *engine.Result
	Trace      *engine.Trace
	Turns      []Turn // in order
	Iterations []Iteration
	Prints     []Print
	Lines      []Line // of the output
	Output     []byte // what was printed

	loop *engine.Loop
	base uint64   // number of the first record that is kept
	arms []uint32 // the arm records, in order of the timers' numbers
	by   []int32  // and the turns that they are part of

	blocks []uint32 // the records of time that passed inside a step
}

// Turn is one handle that ran, or a phase in which the loop itself did something: between two turns nothing happens but
// that iterations begin and timers fire. Numbers of records count from Run.Base.
type Turn struct {
	First     uint32 // its first record: of kind RecRun or RecPhase
	Cause     uint32 // the record that made it ready; None: it is not kept, or this is a phase
	By        int32  // the turn of the cause, or, where a timer fired, of its arming; -1: it is not kept
	Iteration int32  // its place in Run.Iterations; -1: before the first
	Number    int32  // counts the turns that run steps of the scenario, from 1; 0: the loop's own
	Print     int32  // its first one's place in Run.Prints: they go up to the next turn's
	PC        int32  // the instruction that it goes on with; -1: the loop's own
	Who       uint32 // engine.Rec.Who
	For       uint32 // the loop's own: whom it is for; 0: nobody
	Handle    uint8  // engine.Run…, or Phase
	Phase     uint8  // engine.Phase…
}

// Phase is the Handle of a turn that is a phase's beginning.
const Phase = 255

// None is the number of no record.
const None = ^uint32(0)

// Iteration is one iteration of the loop.
type Iteration struct {
	At     int64 // loop time
	Number int64 // counts from 1
	Turn   int32 // its first one's place in Run.Turns: they go up to the next iteration's
	First  uint32
}

// Print is one piece of output.
type Print struct {
	Turn   int32
	PC     int32
	Offset int64 // in the output
	Len    uint32
}

// Line is one line of the output.
type Line struct {
	Print  int32 // the one that began it
	Offset int64
}

// New reads the record of a run that has ended. The loop must have been made with Options.KeepOutput for Output and Lines.
func New(l *engine.Loop, t *engine.Trace, src Source) *Run {
	r := &Run{Source: src, Result: l.Result(), Trace: t, loop: l, base: t.Dropped(), Output: l.Result().Output}
	r.reserve()
	runs := t.RunsBefore()
	cause, by := None, -1
	phase := engine.PhaseBefore
	number := int32(0)
	for n := range r.Len() {
		rec := r.Rec(n)
		switch rec.Kind {
		case engine.RecPhase:
			phase = rec.Aux
			r.Turns = append(r.Turns, Turn{First: n, Cause: None, By: -1, Iteration: int32(len(r.Iterations)) - 1,
				Print: int32(len(r.Prints)), PC: -1, Handle: Phase, Phase: phase})
		case engine.RecIteration:
			r.Iterations = append(r.Iterations, Iteration{At: rec.Arg, Number: r.iterationNumber(rec.What), Turn: int32(len(r.Turns)), First: n})
		case engine.RecRun:
			cause = r.cause(cause, n, runs)
			for by+1 < len(r.Turns) && cause != None && r.Turns[by+1].First <= cause {
				by++
			}
			turn := Turn{First: n, Cause: cause, By: r.byTurn(cause, by), Iteration: int32(len(r.Iterations)) - 1, Print: int32(len(r.Prints)),
				PC: rec.PC, Who: rec.Who, Handle: rec.Aux, Phase: phase}
			if runs++; rec.Who != 0 {
				number++
				turn.Number = number
			} else if rec.Aux != engine.RunStart && rec.Aux != engine.RunMain {
				turn.For = rec.What
			}
			r.Turns = append(r.Turns, turn)
		case engine.RecPrint:
			r.Prints = append(r.Prints, Print{Turn: int32(len(r.Turns)) - 1, PC: rec.PC, Offset: rec.Arg, Len: rec.On})
		case engine.RecArm:
			r.arms, r.by = append(r.arms, n), append(r.by, int32(len(r.Turns))-1)
		case engine.RecBlock:
			r.blocks = append(r.blocks, n)
		}
	}
	r.findLines()
	return r
}

// iterationNumber is the number of an iteration of which the lower half is known: they follow each other.
func (r *Run) iterationNumber(low uint32) int64 {
	if n := len(r.Iterations); n > 0 {
		return r.Iterations[n-1].Number + 1
	}
	return int64(low)
}

// reserve makes room for what New finds.
func (r *Run) reserve() {
	var n [256]int
	for i := range r.Len() {
		n[r.Rec(i).Kind]++
	}
	r.Turns = make([]Turn, 0, n[engine.RecRun]+n[engine.RecPhase])
	r.Iterations = make([]Iteration, 0, n[engine.RecIteration])
	r.Prints = make([]Print, 0, n[engine.RecPrint])
	r.arms, r.by = make([]uint32, 0, n[engine.RecArm]), make([]int32, 0, n[engine.RecArm])
}

// cause finds the record that made the handle of record n ready, which is the runs-th that ran: the last one before which
// no more than so many had been pushed. It is not before the cause of the handle that ran before.
func (r *Run) cause(last, n, runs uint32) uint32 {
	for i := last + 1; i < n && int32(r.Rec(i).Pushed-runs) <= 0; i++ { // None+1 is 0
		last = i
	}
	return last
}

func (r *Run) findLines() {
	if len(r.Prints) == 0 {
		return
	}
	r.Lines = make([]Line, 0, bytes.Count(r.Output, []byte("\n"))+1)
	fresh := true
	for i, p := range r.Prints {
		text := r.TextOf(p)
		if fresh && len(text) > 0 {
			r.Lines = append(r.Lines, Line{int32(i), p.Offset})
		}
		for at := 0; len(text) > 0; {
			k := bytes.IndexByte(text[at:], '\n')
			if k < 0 {
				fresh = false
				break
			}
			if at += k + 1; at == len(text) {
				fresh = true
				break
			}
			r.Lines = append(r.Lines, Line{int32(i), p.Offset + int64(at)})
		}
	}
}

// Len is how many records there are.
func (r *Run) Len() uint32 { return uint32(r.Trace.Len() - r.base) }

// Base is how many records were dropped before the first one, because the run is too long.
func (r *Run) Base() uint64 { return r.base }

// Rec is record n, from 0 to Len()-1.
func (r *Run) Rec(n uint32) *engine.Rec { return r.Trace.At(r.base + uint64(n)) }

// Value is the text of the value that record n refers to.
func (r *Run) Value(n uint32) (engine.Value, bool) { return r.Trace.Value(r.base + uint64(n)) }

// TextOf is what p printed.
func (r *Run) TextOf(p Print) []byte {
	end := p.Offset + int64(p.Len)
	if end > int64(len(r.Output)) {
		return nil
	}
	return r.Output[p.Offset:end]
}

// LineText is line i of the output, from 0, without its end.
func (r *Run) LineText(i int) string {
	text := r.Output[r.Lines[i].Offset:]
	if k := bytes.IndexByte(text, '\n'); k >= 0 {
		text = text[:k]
	}
	return string(text)
}

// PrintsOf is what turn i printed.
func (r *Run) PrintsOf(i int) []Print {
	to := int32(len(r.Prints))
	if i+1 < len(r.Turns) {
		to = r.Turns[i+1].Print
	}
	return r.Prints[r.Turns[i].Print:to]
}

// RecordsOf is the first record of turn i and the one after its last.
func (r *Run) RecordsOf(i int) (from, to uint32) {
	to = r.Len()
	if i+1 < len(r.Turns) {
		to = r.Turns[i+1].First
	}
	return r.Turns[i].First, to
}

// OwnTurns is the places in Turns of those that run steps of the scenario.
func (r *Run) OwnTurns() []int {
	var list []int
	for i := range r.Turns {
		if r.Turns[i].Number > 0 {
			list = append(list, i)
		}
	}
	return list
}

// OwnRecords is RecordsOf without the beginning of the iteration that follows the turn, and the timers that it fires.
func (r *Run) OwnRecords(i int) (from, to uint32) {
	from, end := r.RecordsOf(i)
	for to = from + 1; to < end && r.Rec(to).Kind != engine.RecIteration; {
		to++
	}
	return from, to
}

// TurnOf is the turn that record n is part of; -1: it stands before the first one that is kept. An iteration's beginning and
// the timers that it fires count to the turn before.
func (r *Run) TurnOf(n uint32) int {
	return sort.Search(len(r.Turns), func(i int) bool { return r.Turns[i].First > n }) - 1
}

// IterationOf is the iteration that record n is part of; -1: it stands before the first.
func (r *Run) IterationOf(n uint32) int {
	return sort.Search(len(r.Iterations), func(i int) bool { return r.Iterations[i].First > n }) - 1
}

// TimeOf is the loop time of record n.
func (r *Run) TimeOf(n uint32) int64 {
	i, turn := r.IterationOf(n), r.TurnOf(n)
	switch {
	case turn >= 0 && r.Turns[turn].Handle == Phase && (i < 0 || r.Iterations[i].First < r.Turns[turn].First):
		return r.At(turn)
	case i >= 0:
		return r.timeIn(i, n)
	}
	return 0
}

// timeIn is the loop time of record n, which is part of iteration i: that of the iteration, unless a step has blocked since.
func (r *Run) timeIn(i int, n uint32) int64 {
	k := sort.Search(len(r.blocks), func(k int) bool { return r.blocks[k] > n }) - 1
	if k >= 0 && r.blocks[k] > r.Iterations[i].First {
		return r.Rec(r.blocks[k]).Arg
	}
	return r.Iterations[i].At
}

// At is the loop time of turn i.
func (r *Run) At(i int) int64 {
	switch t := &r.Turns[i]; {
	case t.Handle == Phase: // the clock may have moved since the last iteration
		return r.Rec(t.First).Arg
	case t.Iteration >= 0:
		return r.timeIn(int(t.Iteration), t.First)
	}
	return 0
}

// TurnsOf is the first turn of iteration i and the one after its last.
func (r *Run) TurnsOf(i int) (from, to int) {
	to = len(r.Turns)
	if i+1 < len(r.Iterations) {
		to = int(r.Iterations[i+1].Turn)
	}
	return int(r.Iterations[i].Turn), to
}

// ArmOf is the record that armed the timer with that number; None: it is not kept.
func (r *Run) ArmOf(number uint32) uint32 {
	if i := r.armed(number); i >= 0 {
		return r.arms[i]
	}
	return None
}

// armed is the place of a timer's arming in r.arms; -1: it is not kept. Numbers count up, mostly by 1, so it is not after the
// place that the number has then.
func (r *Run) armed(number uint32) int {
	if len(r.arms) == 0 {
		return -1
	}
	n := int(number - r.Rec(r.arms[0]).On)
	if n >= 0 && n < len(r.arms) && r.Rec(r.arms[n]).On == number {
		return n
	}
	i, ok := slices.BinarySearchFunc(r.arms, number, func(n, number uint32) int { return cmp.Compare(r.Rec(n).On, number) })
	if !ok {
		return -1
	}
	return i
}

// byTurn is the turn of a cause, which stands in turn by: of a timer that fired, the turn of its arming.
func (r *Run) byTurn(cause uint32, by int) int32 {
	if cause == None || by < 0 {
		return -1
	}
	rec := r.Rec(cause)
	if rec.Kind != engine.RecFire {
		return int32(by)
	}
	if i := r.armed(rec.On); i >= 0 {
		return r.by[i]
	}
	return -1
}

// Name is the name of a task, a callback, before or after; "the loop" for the loop itself.
func (r *Run) Name(who uint32) string {
	if who == 0 {
		return "the loop"
	}
	return r.loop.WhoName(who)
}

// Code is the coroutine that a task runs, or the callback.
func (r *Run) Code(who uint32) string { return r.loop.WhoCode(who) }

// IsCallback reports whether a Rec.Who is a callback, before or after.
func IsCallback(who uint32) bool { return who&engine.WhoCallback != 0 }

// Place is where an instruction stands in the file; Line 0: nowhere.
func (r *Run) Place(pc int32) engine.Pos {
	pos, _ := r.loop.InstrAt(pc)
	return pos
}

// PlaceIn is the file in which an instruction stands, empty where that is the scenario's own, and its place there.
func (r *Run) PlaceIn(pc int32) (file string, at engine.Pos) { return r.Result.Files.In(r.Place(pc)) }

// Counts reports whether an instruction adds a constant to a variable.
func (r *Run) Counts(pc int32) bool { return r.loop.CountsAt(pc) }

// SameCode reports whether two instructions are of one coroutine or callback.
func (r *Run) SameCode(a, b int32) bool {
	_, x := r.loop.InstrAt(a)
	_, y := r.loop.InstrAt(b)
	return x == y
}

// Renews reports whether an instruction sets a variable to what it makes from its value at that moment, as `add` does.
func (r *Run) Renews(pc int32) bool { return r.loop.RenewsAt(pc) }

// Element is the element of a shared variable that a RecRead or a RecSet is about, such as "[2]"; empty: the whole.
func (r *Run) Element(index, what uint32) string { return r.loop.ElementName(index, what) }

// Step is the source line that an instruction stands in, without the blanks around it; empty: there is none.
func (r *Run) Step(pc int32) string { return r.SourceLine(int(r.Place(pc).Line)) }

// SourceLine is line n of the file, or of all of them one behind the other, from 1, without the blanks around it; empty: there is none.
func (r *Run) SourceLine(n int) string {
	if n < 1 {
		return ""
	}
	rest := r.Text
	for ; n > 1; n-- {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimSpace(string(rest))
}

// ObjectName is the kind and the name of an object, a task or a future: "queue jobs", "task a".
func (r *Run) ObjectName(k engine.Kind, id uint32) string {
	return k.String() + " " + r.loop.NameOf(engine.ObjectValue(k, id))
}

// Capacity is how much an object holds at most, as it was declared; 0: it has no such bound.
func (r *Run) Capacity(k engine.Kind, id uint32) int64 { return r.loop.Most(k, id) }

// Initially is how full an object was when the run began.
func (r *Run) Initially(k engine.Kind, id uint32) int64 { return r.loop.Initially(k, id) }

// Waiting is the tasks that wait at the end of the run, those that only sleep last, and how many they are.
func (r *Run) Waiting() (list []engine.Blocked, n int) { return r.loop.Waiting() }

// Variable is the name of a shared or a context variable.
func (r *Run) Variable(space uint8, index uint32) string {
	if engine.Space(space) == engine.ContextVar {
		return r.Program.Context[index].Name
	}
	return r.Program.Shared[index].Name
}

// Show is a value as text.
func (r *Run) Show(v engine.Value) string { return string(engine.AppendText(nil, r.loop, v)) }
