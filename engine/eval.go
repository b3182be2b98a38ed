package engine

// What compiled expressions may use of the running loop. All of it is for the goroutine that runs the loop.

// variables holds the values of shared variables and run parameters.
type variables struct {
	shared []Value
	params []Value
	epoch  uint64 // lists and maps with this owner may be changed in place

	attributes int64 // how many were looked at
}

func (x *variables) own(was *variables) { x.shared = append(was.shared[:0], x.shared...) }

// Raise makes the running step fail with an error once its expressions are evaluated; the first one counts.
func (l *Loop) Raise(typ, message string) {
	if l.fault == nil {
		l.fault = l.newError(typ, message)
	}
}

// raiseOf is Raise with the state of the object that the error is about, for reports.
func (l *Loop) raiseOf(typ, message, state string) {
	if l.fault == nil {
		l.Raise(typ, message)
		l.fault.State = state
	}
}

// NewError makes an error value that is not raised.
func (l *Loop) NewError(typ, message string) Value { return errorValue(l.newError(typ, message)) }

// Failed reports whether the expression being evaluated has raised.
func (l *Loop) Failed() bool { return l.fault != nil || l.overflow }

// Charge accounts for n bytes of new text, list or map. When it reports false the run has come to its memory limit:
// the caller gives up and returns any value.
func (l *Loop) Charge(n int) bool {
	if l.memory.charged += int64(n); l.memory.charged > l.memory.check {
		return l.checkMemory(int64(n))
	}
	return true
}

// Begin is called before an expression that may make more than one text, list or map: until End all of it counts as
// held. The result is for End.
func (l *Loop) Begin() (outer bool) {
	outer = l.memory.evaluating
	if !outer {
		l.memory.evaluating, l.memory.making, l.memory.base = true, 0, l.memory.charged
	}
	return outer
}

// End is called after the expression.
func (l *Loop) End(outer bool) { l.memory.evaluating = outer }

// Turn counts one turn of a loop inside an expression; a run may have as many as steps. When it reports false the
// expression has failed, or the run has come to that limit: the caller gives up and returns any value.
func (l *Loop) Turn() bool {
	l.memory.turns++
	switch {
	case l.memory.turns > l.opts.Limits.Steps:
		l.hitLimit(LimitSteps)
	case l.memory.turns%cutTurns == 0 && l.mayCut() && l.asked():
		l.cut, l.fault = true, l.newError("CancelledError", "")
	}
	return !l.Failed()
}

// Room reports whether a text that has grown to n bytes may still grow; if not the run has come to its memory limit:
// while a text grows and is copied, it takes about four times its size.
func (l *Loop) Room(n int) bool {
	if int64(n) > l.opts.Limits.Memory/4 {
		l.hitLimit(LimitMemory)
	}
	return !l.Failed()
}

// Local is slot i of the running activation.
func (l *Loop) Local(i int) Value { return l.frame[i] }

// SharedVar is shared variable i.
func (l *Loop) SharedVar(i int) Value {
	if l.trace != nil {
		return l.readShared(i)
	}
	return l.vars.shared[i]
}

// ContextVar is context variable i in the running task's or callback's context.
func (l *Loop) ContextVar(i int) Value {
	v := l.contextVar(i)
	if l.trace != nil {
		l.recRef(RecRead, Ref{Space: ContextVar, Index: i}, v)
	}
	return v
}

// Object is declared object i, or the list of them where there is a count.
func (l *Loop) Object(i int) Value { return l.declared[i] }

// Param is run parameter i.
func (l *Loop) Param(i int) Value { return l.vars.params[i] }

// Now is the loop time in nanoseconds, read once an iteration.
func (l *Loop) Now() int64 { return l.now }

// Real reports whether the loop runs on a real clock.
func (l *Loop) Real() bool { return l.clock != nil }

// Keep keeps an argument of a function until its value is computed, for Kept. Expressions count their arguments from 0, each
// behind those of the functions around it.
func (l *Loop) Keep(i int, v Value) {
	for i >= len(l.kept) {
		l.kept = append(l.kept, Value{})
	}
	l.kept[i] = v
}

// Kept is what Keep keeps.
func (l *Loop) Kept(i int) Value { return l.kept[i] }

// ClockStart is what the clock shows at loop time 0, in Unix nanoseconds.
func (l *Loop) ClockStart() int64 { return l.opts.ClockStart }

// Index is the index, from 0, of the task that an Entry's arguments are being evaluated for.
func (l *Loop) Index() int64 { return l.entryIndex }

// Escape must be called on a list or map that an expression passes on whole (not on one it only looks into): the next
// change of the variable it came from then copies first. It returns v.
func (l *Loop) Escape(v Value) Value {
	switch v.Kind() {
	case KindList:
		if o := (*list)(v.p); o.owner == l.vars.epoch {
			o.owner = 0
		}
	case KindMap:
		if o := (*dict)(v.p); o.owner == l.vars.epoch {
			o.owner = 0
		}
	}
	return v
}

// Attr is attribute a of v (a task, a handle, an error, an object); Loop.LoopAttr is for the loop's own.
func (l *Loop) Attr(v Value, a Attr) Value {
	l.vars.attributes++
	if l.trace != nil {
		l.look(v, looksAs(a))
	}
	switch v.Kind() {
	case KindTask:
		return l.taskAttr(uint32(v.n), a)
	case KindHandle:
		return l.handleAttr(uint32(v.n), a)
	case KindError:
		return l.errorAttr(v.AsError(), a)
	}
	if x, ok := l.objectAttr(v, a); ok {
		return x
	}
	l.Raise("TypeError", "a value of type "+v.Kind().String()+" has no attributes")
	return Value{}
}

// LoopAttr is `loop.type`, `loop.id` or `loop.time`.
func (l *Loop) LoopAttr(a Attr) Value {
	switch a {
	case AttrType:
		return String(l.p.LoopType)
	case AttrID:
		return String(l.p.LoopID)
	}
	return Float(l.InUnits(l.now))
}

// CurrentTask is the running task, null in a callback and in `before` and `after`.
func (l *Loop) CurrentTask() Value {
	if l.curID == 0 {
		return Value{}
	}
	return scalar(KindTask, uint64(l.curID))
}

// TaskNamed is the living task of that name, or else the latest that had it.
func (l *Loop) TaskNamed(name string) (Value, bool) {
	if l.trace != nil {
		l.lookAtState(touchSpawn, 0, reads)
	}
	id := l.findTask(name)
	return scalar(KindTask, uint64(id)), id != 0
}

// TimeUnits is the units of time in which a scenario may count, shortest first.
var TimeUnits = []TimeUnit{
	{"ns", "nanoseconds", 1}, {"us", "microseconds", 1e3}, {"ms", "milliseconds", 1e6}, {"s", "seconds", 1e9},
	{"m", "minutes", 60e9}, {"h", "hours", 3600e9}, {"d", "days", 86400e9},
}

// TimeUnitWords is their symbols.
var TimeUnitWords = []string{"ns", "us", "ms", "s", "m", "h", "d"}

// TimeUnit is a unit of time: its symbol and its name, many of them, and how many nanoseconds it has.
type TimeUnit struct {
	Symbol, Name string
	Nanos        int64
}

// Unit is the unit in which the scenario counts time.
func (l *Loop) Unit() TimeUnit { return UnitOf(l.p.Unit) }

// UnitOf is the unit of so many nanoseconds; 0: seconds.
func UnitOf(nanos int64) TimeUnit {
	for _, u := range TimeUnits {
		if u.Nanos == nanos {
			return u
		}
	}
	return TimeUnits[3]
}

// UnitNanos is how many nanoseconds the unit has in which the scenario counts time.
func (l *Loop) UnitNanos() int64 {
	if l.p.Unit == 0 {
		return 1e9
	}
	return l.p.Unit
}

// InUnits is a loop time or duration in the unit in which the scenario counts time.
func (l *Loop) InUnits(ns int64) float64 { return float64(ns) / float64(l.UnitNanos()) }

// Seconds is a loop time or duration in seconds.
func Seconds(ns int64) float64 { return float64(ns) / 1e9 }
