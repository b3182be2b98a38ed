package engine

import (
	"slices"
	"strconv"
)

// Watching: a program compiled with Program.Watched has instructions that track where values come from. They find lost
// updates, where a shared variable is read before a wait and written after it from what was read, though another task
// wrote it meanwhile. They also find context variables that a call leaves changed for its caller. Plain programs have
// none of these instructions.

// Race is a lost update: Var was read, waited for, and written from what had been read, though By had written it
// meanwhile.
type Race struct {
	Var    string
	Task   string // who read and wrote
	By     string // who wrote in between
	Read   Pos
	Write  Pos
	Other  Pos   // the write in between
	ReadAt int64 // loop times, in nanoseconds
	At     int64
	ByAt   int64
}

// Leak is a context variable that a call changed for its caller.
type Leak struct {
	Var  string
	Task string
	Code string // the coroutine that was called
	Set  Pos    // where it was set
	At   int64
}

// origin is a read of a shared variable that a value came from.
type origin struct {
	variable int
	stamp    uint64 // writes before it
	pos      Pos
	at       int64
}

// written is the latest write of a shared variable, or of the place under one key in it.
type written struct {
	stamp uint64
	task  uint32
	name  string
	pos   Pos
	at    int64
}

type place struct {
	variable int
	key      string // "": the whole
}

type slotKey struct {
	task, frame uint32
	slot        int
}

// watch is what is known of the flow of values.
type watch struct {
	stamp   uint64
	origins map[slotKey][]origin
	writes  map[place]written
	args    [][]origin // of the call being made
	result  []origin   // of the call that returned
	entered map[slotKey][]Value
	setAt   map[int]Pos // where a context variable was set last
}

func newWatch() *watch {
	return &watch{origins: map[slotKey][]origin{}, writes: map[place]written{}, entered: map[slotKey][]Value{},
		setAt: map[int]Pos{}}
}

func (l *Loop) slotKey(slot int) slotKey { return slotKey{l.curID, l.cur.frame, slot} }

// originsOf is where the value of an expression that reads these variables comes from.
func (l *Loop) originsOf(reads []Ref, pc int32) []origin {
	var list []origin
	for _, r := range reads {
		switch r.Space {
		case LocalVar:
			list = withOrigins(list, l.watch.origins[l.slotKey(r.Index)]...)
		case SharedVar:
			list = withOrigins(list, origin{r.Index, l.watch.stamp, l.p.pos[pc], l.now})
		}
	}
	return list
}

// withOrigins adds origins to list, which is the caller's own. Of one variable's reads at one place only the oldest counts:
// what was written since a later one was written since that, too.
func withOrigins(list []origin, more ...origin) []origin {
	for _, o := range more {
		i := slices.IndexFunc(list, func(x origin) bool { return x.variable == o.variable && x.pos == o.pos })
		switch {
		case i < 0:
			list = append(list, o)
		case o.stamp < list[i].stamp:
			list[i] = o
		}
	}
	return list
}

// watchSet tracks the assignments of the instruction before it. After opSet the evaluated paths and values are still
// in vals.
func (l *Loop) watchSet(in *instr, pc int32) {
	if l.watch == nil {
		return // a clone
	}
	from := make([][]origin, len(in.x.assigns))
	for i, a := range in.x.assigns {
		if from[i] = l.originsOf(a.Reads, pc); in.b != 0 {
			from[i] = l.watch.result // what a call returned
		}
	}
	vals := l.vals
	for i, a := range in.x.assigns {
		key := ""
		if n := len(a.To.Path); n > 0 && len(vals) > n {
			key = l.placeKey(a, vals[0])
			vals = vals[n+1:]
		} else if len(vals) > 0 {
			vals = vals[1:]
		}
		l.watchAssign(a, key, from[i], pc)
	}
}

// placeKey is the key of the place that is assigned to: of an element of a list its index, from 0. An element that goes moves
// the others, so then it is the whole.
func (l *Loop) placeKey(a Assign, key Value) string {
	switch {
	case key.Kind() == KindString:
		return key.AsString()
	case key.Kind() != KindInt || a.Op == OpRemove:
		return ""
	}
	i := key.AsInt()
	if whole := l.load(a.To.Ref); i < 0 && whole.Kind() == KindList {
		i += int64(len(whole.Elems()))
	}
	return "[" + strconv.FormatInt(i, 10) + "]"
}

func (l *Loop) watchAssign(a Assign, key string, from []origin, pc int32) {
	w := l.watch
	switch a.To.Space {
	case LocalVar:
		if len(a.To.Path) > 0 || a.Adds {
			from = withOrigins(slices.Clone(from), w.origins[l.slotKey(a.To.Index)]...)
		}
		w.origins[l.slotKey(a.To.Index)] = from
	case ContextVar:
		w.setAt[a.To.Index] = l.p.pos[pc]
	case SharedVar:
		fresh := slices.ContainsFunc(a.Reads, func(r Ref) bool { return r.Space == SharedVar && r.Index == a.To.Index })
		for _, o := range from {
			if o.variable == a.To.Index && !fresh && !a.Adds {
				l.reportRace(o, key, pc)
			}
		}
		w.stamp++
		w.writes[place{a.To.Index, key}] = written{w.stamp, l.curID, l.taskName(l.curID), l.p.pos[pc], l.now}
	}
}

// reportRace notes a lost update if another task wrote the place since o.
func (l *Loop) reportRace(o origin, key string, pc int32) {
	last := l.watch.writes[place{o.variable, key}]
	if whole := l.watch.writes[place{o.variable, ""}]; whole.stamp > last.stamp {
		last = whole
	}
	if last.stamp <= o.stamp || last.task == l.curID {
		return
	}
	r := Race{
		Var: l.p.Shared[o.variable].Name, Task: l.taskName(l.curID), By: last.name, Read: o.pos, Write: l.p.pos[pc],
		Other: last.pos, ReadAt: o.at, At: l.now, ByAt: last.at,
	}
	known := slices.ContainsFunc(l.res.Races, func(x Race) bool {
		return x.Var == r.Var && x.Read == r.Read && x.Write == r.Write && x.Other == r.Other
	})
	if !known {
		l.res.Races = append(l.res.Races, r)
	}
}

// watchCall keeps where the arguments of the call that follows come from.
func (l *Loop) watchCall(in *instr, pc int32) {
	if l.watch == nil {
		return
	}
	l.watch.args = l.watch.args[:0]
	for _, a := range in.x.assigns {
		l.watch.args = append(l.watch.args, l.originsOf(a.Reads, pc))
	}
}

// watchEnter begins an activation.
func (l *Loop) watchEnter(in *instr) {
	if l.watch == nil {
		return
	}
	for i := range int(in.a) {
		delete(l.watch.origins, l.slotKey(i))
	}
	if l.cur.calls == 0 {
		return
	}
	for i, from := range l.watch.args {
		l.watch.origins[l.slotKey(i)] = from
	}
	l.watch.entered[l.slotKey(0)] = slices.Clone(l.context(l.ctx()))
}

// watchReturn ends an activation with a value that comes from what the instruction reads.
func (l *Loop) watchReturn(in *instr, pc int32) {
	if l.watch == nil {
		return
	}
	l.watch.result = nil
	if in.x != nil {
		l.watch.result = l.originsOf(in.x.assigns[0].Reads, pc)
	}
	before, called := l.watch.entered[l.slotKey(0)]
	if l.cur.calls == 0 || !called {
		return
	}
	delete(l.watch.entered, l.slotKey(0))
	for i, v := range l.context(l.ctx()) {
		leak := Leak{
			Var: l.p.Context[i].Name, Task: l.taskName(l.curID), Code: l.p.codes[l.p.owner[pc]].Name,
			Set: l.watch.setAt[i], At: l.now,
		}
		known := slices.ContainsFunc(l.res.Leaks, func(x Leak) bool { return x.Set == leak.Set && x.Code == leak.Code })
		if !known && !l.Equal(v, before[i]) {
			l.res.Leaks = append(l.res.Leaks, leak)
		}
	}
}
