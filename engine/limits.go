package engine

import (
	"fmt"
	"math"
	"unsafe"
)

// Limits bound a run. A zero field is the default; the zero Limits are DefaultLimits.
type Limits struct {
	Time       int64 // loop time in nanoseconds; default: none
	Iterations int64 // iterations of the loop
	Steps      int64 // instructions: one or a few for each step
	Tasks      int64 // tasks created
	Depth      int64 // calls inside each other; more raise RecursionError
	Memory     int64 // bytes of text, lists and maps, and of what tasks, timers and objects need
	Output     int64 // bytes printed
}

// DefaultLimits is what holds where nothing else is said.
var DefaultLimits = Limits{
	Iterations: 1_000_000_000,
	Steps:      1_000_000_000,
	Tasks:      10_000_000,
	Depth:      1000,
	Memory:     512 << 20,
	Output:     1 << 30,
}

// maxDepth is the most that Limits.Depth can be.
const maxDepth = math.MaxUint16 - 1

func (x Limits) withDefaults() Limits {
	for limit := range LimitOutput + 1 {
		if v := x.Of(limit); *v == 0 {
			*v = *DefaultLimits.Of(limit)
		}
	}
	x.Depth = min(x.Depth, maxDepth)
	return x
}

// Limit is one of the limits.
type Limit uint8

const (
	LimitTime Limit = iota
	LimitIterations
	LimitSteps
	LimitTasks
	LimitDepth
	LimitMemory
	LimitOutput
)

// Of is the field of one limit.
func (x *Limits) Of(limit Limit) *int64 {
	return [...]*int64{&x.Time, &x.Iterations, &x.Steps, &x.Tasks, &x.Depth, &x.Memory, &x.Output}[limit]
}

// LimitReport says which limit ended a run, and where.
type LimitReport struct {
	Limit string // its name: any but depth
	Value int64  // the limit; time in nanoseconds
	Place
}

func (r *LimitReport) String() string {
	v := fmt.Sprint(r.Value)
	if r.Limit == LimitTime.String() {
		v = string(AppendFloat(nil, Seconds(r.Value))) + " s"
	}
	return fmt.Sprintf("the limit of %s (%s) was hit in %s", r.Limit, v, r.Task)
}

// accounting is how much memory the run was charged for, and its turns of loops inside expressions.
type accounting struct {
	charged    int64
	check      int64 // memory is measured again when charged is above this
	base       int64 // charged when memory was last looked at, or evaluating began
	making     int64 // what the expression being evaluated made up to then
	evaluating bool  // between Begin and End
	turns      int64
}

// hitLimit ends the run at the step that is being evaluated, which fails: nothing takes its error.
func (l *Loop) hitLimit(limit Limit) {
	if l.overflow, l.limit = true, limit; l.fault == nil {
		l.fault = &Error{Type: "MemoryError"}
	}
}

// checkMemory is called when n bytes more were asked for and much was made since the last look: it measures what is
// reachable. It reports false when that and n pass the limit.
//
// What the expression that is being evaluated has made counts too: the expression may still hold it.
func (l *Loop) checkMemory(n int64) bool {
	limit := l.opts.Limits.Memory
	live := n
	if l.memory.evaluating {
		l.memory.making += l.memory.charged - l.memory.base
		live = l.memory.making
	}
	if live <= limit {
		live += l.measure()
	}
	if live > limit {
		l.hitLimit(LimitMemory)
		l.memory.check = math.MaxInt64 // the limit is reported once
		return false
	}
	l.memory.charged, l.memory.base = live, live
	l.memory.check = live + (limit-live)/2 + limit/64 // measuring takes time: it is not done more often near the limit
	return true
}

// grow accounts for n bytes of new tasks, timers or objects. arenas counts them, so they do not count as made by the
// expression that is being evaluated.
func (l *Loop) grow(n int) {
	l.memory.charged += int64(n)
	l.memory.base += int64(n)
	if l.memory.charged > l.memory.check {
		l.checkMemory(0)
	}
}

// measure is the size of what the run's state holds, with all text, lists and maps that it refers to; what is shared
// counts once.
func (l *Loop) measure() int64 {
	m := meter{seen: map[unsafe.Pointer]bool{}, size: l.arenas()}
	l.variables(&m)
	m.values(l.vals)
	m.values(l.planArgs)
	m.values(l.args)
	for c := range l.tasks.colds.all {
		m.value(c.result)
		m.size += int64(len(c.name))
		if c.err != nil {
			m.value(errorValue(c.err))
		}
		for _, err := range c.interrupts {
			m.value(errorValue(err))
		}
	}
	return m.size
}

// variables are the values that stand in variables, objects and activations.
func (l *Loop) variables(m *meter) {
	m.values(l.vars.shared)
	m.values(l.vars.params)
	m.value(l.result)
	for c := range l.contexts.all {
		m.values(c.vals)
	}
	l.objects.each(func(o object) { o.measure(m) })
	for x := range l.stored.all {
		m.value(x.value)
	}
	for _, chunk := range l.frames.chunks {
		m.values(chunk[:])
	}
	for j := range l.pool.jobs.all {
		m.value(j.value)
		if j.err != nil {
			m.value(errorValue(j.err))
		}
	}
	for t := range l.tasks.lines.all {
		m.values(t.slot[:])
	}
}

// What these cost towards the memory limit, in bytes: the same on every machine.
const (
	taskCost      = 72
	coldCost      = 128 // of a task that is more than a worker
	scheduledCost = 48
	contextCost   = 32
	timerCost     = 24
	handleCost    = 16
	objectCost    = 192 // a lock, a queue, a gather …
	namedCost     = 32  // a stream of draws with a name
	requestCost   = 128
	itemCost      = 40 // of a store
	errorCost     = 128

	listHeader = 2 // of a list, besides its elements, in values
	mapHeader  = 4
)

// arenas is the size of the arenas that tasks, timers and objects live in.
func (l *Loop) arenas() int64 {
	size := len(l.tasks.lines.chunks)*taskCost<<chunkBits + len(l.frames.chunks)*valueSize<<slotBits +
		int(l.tasks.colds.n)*coldCost + int(l.callbacks.scheduled.n)*scheduledCost +
		int(l.contexts.n)*(contextCost+len(l.p.Context)*valueSize) +
		l.timers.len()*timerCost + int(l.draws.named.n)*namedCost + l.ready.n*handleCost + len(l.plans)*planCost + len(l.planArgs)*valueSize
	objects := int(l.gathers.n + l.groups.n + l.scopes.n + l.waitSets.n)
	size += int(l.requests.n)*requestCost + int(l.stored.n)*itemCost
	l.objects.each(func(object) { objects++ })
	return int64(size) + int64(objects)*objectCost
}

// meter adds up the sizes of values.
type meter struct {
	seen map[unsafe.Pointer]bool
	todo []Value // lists, maps and errors still to look into: values may be nested deeper than a stack goes
	size int64
	task func(id uint32) // not nil: is called for each task that a value is, and texts are passed over
}

func (m *meter) values(vs []Value) {
	for _, v := range vs {
		m.value(v)
	}
}

func (m *meter) value(v Value) {
	m.note(v)
	for len(m.todo) > 0 {
		v, m.todo = m.todo[len(m.todo)-1], m.todo[:len(m.todo)-1]
		switch v.Kind() {
		case KindList:
			m.notes(v.Elems())
		case KindMap:
			m.notes((*dict)(v.p).vals)
		case KindError:
			e := v.AsError()
			m.note(e.Cause)
			m.notes(e.Errors)
		}
	}
}

func (m *meter) notes(vs []Value) {
	for _, v := range vs {
		m.note(v)
	}
}

// note counts v itself, once.
func (m *meter) note(v Value) {
	k := v.Kind()
	switch {
	case m.task != nil && k == KindTask:
		m.task(uint32(v.n))
		return
	case k < kindScalars || m.task != nil && k == KindString || m.seen[v.p]:
		return
	}
	m.seen[v.p] = true
	switch k {
	case KindString:
		m.size += int64(len(v.AsString()))
		return
	case KindList:
		m.size += int64(len(v.Elems())+listHeader) * valueSize
	case KindMap:
		m.size += int64(2*v.Size()+mapHeader) * valueSize
		for _, k := range (*dict)(v.p).keys {
			m.size += int64(len(k))
		}
	case KindError:
		m.size += int64(len(v.AsError().Message)) + errorCost
	}
	m.todo = append(m.todo, v)
}
