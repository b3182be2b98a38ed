package engine

import "unsafe"

// Lines of tasks that have ended are used again once nothing can refer to them. What is known to be out of reach at its end
// goes back at once (endTask). For the others all references are followed from time to time, between two iterations,
// where all of the run is data: a pass looks at each value once, and the next one is due when as much as a share of that
// has ended since. So it costs each task a constant time, and memory at most about doubles.

const (
	// sweepFrom is how many tasks must have ended at least before references are followed.
	sweepFrom = 1024
	// sweepShare is for how many bytes of the run's state one more task must have ended.
	sweepShare = 256
)

// marker finds the tasks that something refers to.
type marker struct {
	meter
	l    *Loop
	used []bool   // by the number of the task
	look []uint32 // ended ones whose result is still to be looked at
}

// sweep gives back the lines of tasks that have ended and that nothing refers to.
func (l *Loop) sweep() {
	m := &marker{l: l, used: make([]bool, l.tasks.lines.n), meter: meter{seen: map[unsafe.Pointer]bool{}}}
	m.meter.task = m.mark
	m.roots()
	for len(m.look) > 0 {
		t := l.task(m.look[len(m.look)-1])
		m.look = m.look[:len(m.look)-1]
		if t.cold != 0 {
			m.value(l.cold(t.cold).result)
		}
	}
	l.settle(m.used)
	for id := l.tasks.lines.n - 1; id > 0; id-- {
		if t := l.task(id); !m.used[id] && t.state.ended() && l.warm(id).entry != 0 {
			l.recycleTask(id, t)
		}
	}
	l.tasks.idle, l.tasks.sweepAt = 0, max(sweepFrom, int((m.size+l.arenas())/sweepShare))
}

func (m *marker) mark(id uint32) {
	if m.used[id] {
		return
	}
	m.used[id] = true
	if m.l.task(id).state.ended() {
		m.look = append(m.look, id)
	}
}

func (m *marker) marks(ids []uint32) {
	for _, id := range ids {
		m.mark(id)
	}
}

func (m *marker) awaitables(list ...awaitable) {
	for _, a := range list {
		if a&isFuture == 0 {
			m.mark(uint32(a))
		}
	}
}

// roots marks all that is referred to from outside the results of tasks that have ended.
func (m *marker) roots() {
	l := m.l
	m.mark(l.curID) // reports name it
	m.mark(l.mainID)
	for _, name := range l.p.Named {
		m.mark(l.findTask(name))
	}
	l.variables(&m.meter)
	l.objects.each(func(o object) { m.marks(o.holders(l)) })
	for id := range l.tasks.lines.n {
		if w := l.warm(id); w.entry != 0 {
			m.line(id, l.task(id), l.p.entries[w.entry-1])
		}
	}
	for i := range l.ready.n {
		m.handle(l.ready.buf[(l.ready.head+i)&(len(l.ready.buf)-1)])
	}
	for g := range l.gathers.all {
		m.awaitables(g.children...)
	}
	for g := range l.groups.all {
		m.marks(g.tasks.ids[g.tasks.head:])
	}
	for w := range l.waitSets.all {
		m.awaitables(w.items...)
		m.awaitables(w.completed.buf...)
	}
	for i := range l.futures {
		if f := &l.futures[i]; f.shielding {
			m.awaitables(f.shields)
		}
	}
	for _, a := range l.shielded {
		m.awaitables(a)
	}
}

// line marks a task that has not ended and what it waits for, and those of workers, whose names are computed from their
// lines.
func (m *marker) line(id uint32, t *task, e *Entry) {
	if t.state.ended() && !e.worker {
		return
	}
	m.mark(id)
	if t.cold != 0 {
		for _, err := range m.l.cold(t.cold).interrupts {
			m.value(errorValue(err))
		}
	}
	if t.wait == waitFuture || t.wait == waitShield {
		m.awaitables(awaitable(t.on))
	}
}

// handle marks what has ended and that a handle is about.
func (m *marker) handle(h handle) {
	switch h.kind {
	case handleGather, handleGroup, handleWait, handleCompleted:
		m.awaitables(awaitable(h.b))
	case handleShield:
		if h.a == 0 {
			m.awaitables(awaitable(h.b))
		}
	}
}
