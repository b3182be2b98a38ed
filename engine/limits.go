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
	Memory     int64 // bytes of text, lists and maps that variables hold
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
	or := func(v, def int64) int64 {
		if v == 0 {
			return def
		}
		return v
	}
	d := DefaultLimits
	return Limits{
		Time: x.Time, Iterations: or(x.Iterations, d.Iterations), Steps: or(x.Steps, d.Steps),
		Tasks: or(x.Tasks, d.Tasks), Depth: min(or(x.Depth, d.Depth), maxDepth), Memory: or(x.Memory, d.Memory),
		Output: or(x.Output, d.Output),
	}
}

func (x Limits) value(name string) int64 {
	switch name {
	case "time":
		return x.Time
	case "iterations":
		return x.Iterations
	case "steps":
		return x.Steps
	case "tasks":
		return x.Tasks
	case "memory":
		return x.Memory
	}
	return x.Output
}

// LimitReport says which limit ended a run, and where.
type LimitReport struct {
	Limit string // time, iterations, steps, tasks, memory or output
	Value int64  // the limit; time in nanoseconds
	Task  string // what ran
	Pos   Pos    // the step it was at
}

func (r *LimitReport) String() string {
	v := fmt.Sprint(r.Value)
	if r.Limit == "time" {
		v = string(AppendFloat(nil, Seconds(r.Value))) + " s"
	}
	return fmt.Sprintf("the limit of %s (%s) was hit in %s", r.Limit, v, r.Task)
}

// hitLimit ends the run at the step that is being evaluated.
func (l *Loop) hitLimit(name string) {
	l.overflow, l.limit = true, name
}

// checkMemory is called when n bytes more were asked for and much was made since the last look: it measures what is
// reachable. It reports false when that and n pass the limit.
func (l *Loop) checkMemory(n int64) bool {
	limit := l.opts.Limits.Memory
	live := n
	if n <= limit {
		live += l.measure()
	}
	if live > limit {
		l.hitLimit("memory")
		l.chargeCheck = math.MaxInt64 // said once
		return false
	}
	l.charged = live
	l.chargeCheck = live + (limit-live)/2 + 1<<16
	return true
}

// measure is the size of all text, lists and maps that the run's state refers to; what is shared counts once.
func (l *Loop) measure() int64 {
	m := meter{seen: map[unsafe.Pointer]bool{}}
	m.values(l.shared)
	m.values(l.params)
	m.values(l.vals)
	m.values(l.planArgs)
	m.value(l.result)
	for i := range l.contexts {
		m.values(l.contexts[i].vals)
	}
	for i := range l.queues {
		m.values(l.queues[i].items.buf)
		m.size += int64(len(l.queues[i].items.buf)) * valueSize
	}
	for i := range l.futures {
		m.value(l.futures[i].result)
	}
	for _, chunk := range l.slots {
		m.values(chunk)
	}
	for _, chunk := range l.tasks {
		for i := range chunk {
			m.value(chunk[i].slot[0])
		}
	}
	for i := range l.colds {
		c := &l.colds[i]
		m.value(c.result)
		m.size += int64(len(c.name))
		if c.err != nil {
			m.value(errorValue(c.err))
		}
	}
	return m.size
}

type meter struct {
	seen map[unsafe.Pointer]bool
	size int64
}

func (m *meter) values(vs []Value) {
	for _, v := range vs {
		m.value(v)
	}
}

func (m *meter) value(v Value) {
	k := v.Kind()
	if k < kindScalars || m.seen[v.p] {
		return
	}
	m.seen[v.p] = true
	switch k {
	case KindString:
		m.size += int64(len(v.AsString()))
	case KindList:
		m.size += int64(len(v.Elems())) * valueSize
		m.values(v.Elems())
	case KindMap:
		m.size += int64(len(v.Keys())) * 2 * valueSize
		for _, k := range v.Keys() {
			m.size += int64(len(k))
		}
		m.values(v.Vals())
	case KindError:
		e := v.AsError()
		m.size += int64(len(e.Message))
		m.value(e.Cause)
		m.values(e.Errors)
	}
}
