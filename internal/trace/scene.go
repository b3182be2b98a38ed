package trace

import (
	"slices"
	"strings"

	"runloop/engine"
)

// Scene is a part of a run, from turn From up to but without turn To, and what everybody did in it.
type Scene struct {
	*Run
	From, To  int
	Lanes     []Lane     // tasks in the order of their creation, then callbacks in the order of declaration
	Tracks    []Track    // of objects, in the order in which they were first used; with Trace.Values
	Variables []Variable // in the order of declaration, shared ones first; with Trace.Values
}

// Mark is a place between or in the turns of a run: 2*i is right before turn i, where its iteration begins and timers fire if it
// is the first one; 2*i+1 is in turn i.
type Mark int32

// Turn is the turn that a mark is in, or right before.
func (m Mark) Turn() int { return int(m / 2) }

// Lane is a task, or a callback, as long as it is of interest: from when it is there.
type Lane struct {
	Who    uint32
	Name   string
	Code   string // the coroutine; of a callback its name
	Args   string // the coroutine's arguments, as text that may be cut off; with Trace.Values
	Parent uint32 // what created it; 0: the loop
	Born   Mark
	Spans  []Span // in order, without the turns in which it runs; only those that reach into the scene
	End    string // how the task ended, in the words of engine.TaskStateWords; empty: it has not, or is a callback
	Ended  Mark
}

// Callback reports whether the lane is a callback's.
func (l *Lane) Callback() bool { return IsCallback(l.Who) }

// State is what a lane does while it does not run.
type State uint8

const (
	Ready  State = iota // it is in the ready queue, or its timer is due
	Asleep              // a timer is armed for it
	Waits               // for something else
)

// StateWords is the states in words.
var StateWords = [...]string{"ready", "asleep", "waits"}

// Span is a stretch of a lane's time: from a mark up to another, or to the end of the scene.
type Span struct {
	State    State
	Open     bool // it goes on after the scene
	From, To Mark
	Rec      uint32 // the record that began it: the wait, the arming, or what made it ready
}

// Track is how full an object was.
type Track struct {
	Kind     engine.Kind
	ID       uint32
	Name     string // kind and name
	Capacity int64  // 0: it has no such bound
	Initial  int64  // how full it was when the run began
	Levels   []Level
}

// Base is the name without the kind.
func (t *Track) Base() string { return strings.TrimPrefix(t.Name, t.Kind.String()+" ") }

// Level is how full an object is after something was done with it: see engine.Rec of kind RecObject.
type Level struct {
	Mark    Mark
	Level   int64
	Waiting int64
	Who     uint32
	Op      uint8 // engine.Op…
	Rec     uint32
}

// Variable is a variable that was read or assigned in the scene.
type Variable struct {
	Space   uint8 // engine.SharedVar or engine.ContextVar
	Index   uint32
	Name    string
	Changes []Change
}

// Change is one assignment or one read.
type Change struct {
	Mark  Mark
	Who   uint32
	Read  bool
	Old   string // of an assignment: what it was before; empty: unknown
	New   string // what it is now, or what was read
	Stale bool   // of a read: it is not what the same task had assigned last
	Lost  bool   // of an assignment of a shared variable: somebody else has assigned it since the same task read it
	By    uint32 // Stale, Lost: who assigned it meanwhile
	Rec   uint32
}

// Scene is the part of the run from one turn up to another.
func (r *Run) Scene(from, to int) *Scene {
	d := director{
		s: &Scene{Run: r, From: max(from, 0), To: min(to, len(r.Turns))}, lanes: map[uint32]*lane{},
		tracks: map[objectKey]*Track{}, variables: map[variableKey]*variable{}, awaiting: map[objectKey][]uint32{},
	}
	d.direct()
	return d.s
}

// Between is the turns at loop times from one up to and with another.
func (r *Run) Between(from, to int64) (first, end int) {
	first, end = len(r.Turns), len(r.Turns)
	for i := range r.Turns {
		at := r.At(i)
		if at >= from && i < first {
			first = i
		}
		if at > to {
			return min(first, i), i
		}
	}
	return first, end
}

type objectKey struct {
	kind engine.Kind
	id   uint32
}

type variableKey struct {
	space uint8
	index uint32
}

type variable struct {
	Variable
	last string            // shared: what it is
	by   uint32            // who assigned it last
	set  uint32            // that record
	own  map[uint32]string // by who: what it assigned last
	read map[uint32]uint32 // by who: the record of its last read
}

type lane struct {
	Lane
	open   Span
	isOpen bool
	waits  uint8 // the kind of waiting
}

// director goes through the records and keeps what everybody does.
type director struct {
	s         *Scene
	lanes     map[uint32]*lane
	order     []*lane
	tracks    map[objectKey]*Track
	trackList []*Track
	variables map[variableKey]*variable
	awaiting  map[objectKey][]uint32 // tasks that await a task or a future
	turn      int
}

func (d *director) direct() {
	r := d.s.Run
	end := r.Len()
	if d.s.To < len(r.Turns) {
		end = r.Turns[d.s.To].First
	}
	d.turn = -1
	fires := false // between an iteration's beginning and its first turn
	for n := range end {
		rec := r.Rec(n)
		switch rec.Kind {
		case engine.RecIteration:
			fires = true
		case engine.RecRun, engine.RecPhase:
			d.turn++
			fires = false
		}
		mark := Mark(2*d.turn + 1)
		if fires {
			mark++
		}
		d.see(n, rec, mark)
	}
	d.finish()
}

// see takes in one record.
func (d *director) see(n uint32, rec *engine.Rec, mark Mark) {
	switch rec.Kind {
	case engine.RecSpawn:
		l := d.lane(rec.What, mark)
		if v, ok := d.s.Value(n); ok {
			l.Args = d.s.Show(v)
		}
		l.Parent = rec.Who
		d.begin(l, Ready, n, mark)
	case engine.RecRun:
		if rec.Who != 0 {
			d.close(d.lane(rec.Who, mark), mark)
		}
	case engine.RecWait:
		d.wait(n, rec, mark)
	case engine.RecWake:
		d.ready(rec.What, n, mark)
	case engine.RecInterrupt:
		if l := d.lane(rec.What, mark); l.isOpen {
			d.ready(rec.What, n, mark)
		}
	case engine.RecCancel:
		d.cancelled(rec.What, n, mark)
	case engine.RecEnd:
		l := d.lane(rec.What, mark)
		d.close(l, mark)
		l.End, l.Ended = engine.TaskStateWords[rec.Aux-1], mark
		d.over(objectKey{engine.KindTask, rec.What}, n, mark)
	case engine.RecResolve:
		d.over(objectKey{rec.Obj, rec.On}, n, mark)
	case engine.RecArm:
		if rec.Aux == engine.TimerCallback {
			d.begin(d.lane(rec.What, mark), Asleep, n, mark)
		}
	case engine.RecDisarm:
		if rec.Aux == engine.TimerCallback {
			d.close(d.lane(rec.What, mark), mark)
		}
	case engine.RecFire:
		if rec.Aux == engine.TimerSleep || rec.Aux == engine.TimerCallback {
			d.ready(rec.What, n, mark)
		}
	case engine.RecReady:
		if rec.Aux != engine.RunCallback {
			break // its wait follows
		}
		d.begin(d.lane(rec.What, mark), Ready, n, mark)
	case engine.RecObject:
		d.object(n, rec, mark)
	case engine.RecRead, engine.RecSet:
		d.variable(n, rec, mark)
	}
}

func (d *director) lane(who uint32, mark Mark) *lane {
	l := d.lanes[who]
	if l == nil {
		l = &lane{Lane: Lane{Who: who, Name: d.s.Name(who), Code: d.s.Code(who), Born: mark}}
		d.lanes[who] = l
		d.order = append(d.order, l)
	}
	return l
}

// begin ends what a lane did, and begins something else.
func (d *director) begin(l *lane, state State, n uint32, mark Mark) {
	d.close(l, mark)
	l.open, l.isOpen = Span{State: state, From: mark, Rec: n}, true
}

// close ends what a lane did.
func (d *director) close(l *lane, mark Mark) {
	if !l.isOpen {
		return
	}
	l.isOpen = false
	if l.open.To = mark; mark >= Mark(2*d.s.From) && mark > l.open.From {
		l.Spans = append(l.Spans, l.open)
	}
}

func (d *director) wait(n uint32, rec *engine.Rec, mark Mark) {
	l := d.lane(rec.What, mark)
	l.waits = rec.Aux
	switch rec.Aux {
	case engine.WaitsTurn:
		d.begin(l, Ready, n, mark)
	case engine.WaitsSleep:
		d.begin(l, Asleep, n, mark)
	default:
		d.begin(l, Waits, n, mark)
		if rec.Aux == engine.WaitsFuture {
			key := objectKey{rec.Obj, rec.On}
			d.awaiting[key] = append(d.awaiting[key], rec.What)
		}
	}
}

// ready makes a lane ready unless it is already.
func (d *director) ready(who, n uint32, mark Mark) {
	if l := d.lane(who, mark); !l.isOpen || l.open.State != Ready {
		d.begin(l, Ready, n, mark)
	}
}

// cancelled makes a task ready that waits on a future of its own: a cancellation passes on to what it awaits otherwise.
func (d *director) cancelled(who, n uint32, mark Mark) {
	if l := d.lane(who, mark); l.isOpen && l.waits != engine.WaitsFuture && l.waits != engine.WaitsGather && !l.Callback() {
		d.ready(who, n, mark)
	}
}

// over makes ready what awaits a task or a future.
func (d *director) over(key objectKey, n uint32, mark Mark) {
	for _, who := range d.awaiting[key] {
		d.ready(who, n, mark)
	}
	delete(d.awaiting, key)
}

func (d *director) object(n uint32, rec *engine.Rec, mark Mark) {
	key := objectKey{rec.Obj, rec.On}
	t := d.tracks[key]
	if t == nil {
		t = &Track{Kind: rec.Obj, ID: rec.On, Name: d.s.ObjectName(rec.Obj, rec.On), Capacity: d.s.Capacity(rec.Obj, rec.On),
			Initial: d.s.Initially(rec.Obj, rec.On)}
		d.tracks[key] = t
		d.trackList = append(d.trackList, t)
	}
	level := Level{Mark: mark, Level: int64(int32(rec.Arg)), Waiting: rec.Arg >> 32, Who: rec.Who, Op: rec.Aux, Rec: n}
	if mark < Mark(2*d.s.From) {
		t.Levels = t.Levels[:0] // the last one before the scene is what holds when it begins
	} else if len(t.Levels) == 1 && t.Levels[0].Mark < Mark(2*d.s.From) {
		t.Levels[0].Mark = Mark(2 * d.s.From)
	}
	t.Levels = append(t.Levels, level)
}

func (d *director) variable(n uint32, rec *engine.Rec, mark Mark) {
	key := variableKey{rec.Aux, rec.On}
	v := d.variables[key]
	if v == nil {
		v = &variable{Variable: Variable{Space: rec.Aux, Index: rec.On, Name: d.s.Variable(rec.Aux, rec.On)}, own: map[uint32]string{},
			read: map[uint32]uint32{}}
		d.variables[key] = v
	}
	value, _ := d.s.Value(n)
	text := d.s.Show(value)
	c := Change{Mark: mark, Who: rec.Who, Read: rec.Kind == engine.RecRead, New: text, Rec: n}
	own, assigned := v.own[rec.Who]
	counts := d.s.Counts(rec.PC) // it reads what it assigns, and nothing comes between
	switch {
	case c.Read:
		c.Stale = assigned && own != text && v.by != rec.Who && !counts
		c.By = v.by
		if c.Stale {
			v.own[rec.Who] = text // told once
		}
		v.read[rec.Who] = n
	case engine.Space(rec.Aux) == engine.SharedVar:
		c.Old = v.last
		if read, ok := v.read[rec.Who]; ok && !counts && v.by != rec.Who && read < v.set {
			c.Lost, c.By = true, v.by
		}
		if counts {
			v.read[rec.Who] = n
		}
		v.own[rec.Who], v.by, v.set = text, rec.Who, n
	default:
		c.Old = own
		v.own[rec.Who], v.by = text, rec.Who
	}
	if engine.Space(rec.Aux) == engine.SharedVar {
		v.last = text
	}
	if mark >= Mark(2*d.s.From) {
		v.Changes = append(v.Changes, c)
	}
}

// finish closes what is open, and puts lanes and variables in order.
func (d *director) finish() {
	s := d.s
	end := Mark(2 * s.To)
	for _, l := range d.order {
		if l.isOpen {
			l.open.Open = true
			d.close(l, max(end, l.open.From+1))
		}
		if l.End == "" || l.Ended >= Mark(2*s.From) {
			s.Lanes = append(s.Lanes, l.Lane)
		}
	}
	slices.SortStableFunc(s.Lanes, func(a, b Lane) int {
		if ca, cb := a.Callback(), b.Callback(); ca || cb {
			if ca && cb {
				return int(a.Who&^engine.WhoCallback) - int(b.Who&^engine.WhoCallback)
			}
			if ca {
				return 1
			}
			return -1
		}
		return int(a.Who) - int(b.Who)
	})
	for _, t := range d.trackList {
		s.Tracks = append(s.Tracks, *t)
	}
	for _, v := range d.variables {
		if len(v.Changes) > 0 {
			s.Variables = append(s.Variables, v.Variable)
		}
	}
	slices.SortFunc(s.Variables, func(a, b Variable) int {
		if a.Space != b.Space {
			if engine.Space(a.Space) == engine.SharedVar {
				return -1
			}
			return 1
		}
		return int(a.Index) - int(b.Index)
	})
}
