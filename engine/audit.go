package engine

import "fmt"

// audit runs one unit and panics where it changes an object, a shared variable or a task without a record that the footprint
// takes in: then orders would be left out that differ. It is for tests.
func (f *Footprint) audit(l *Loop, unit func() bool) bool {
	before, from := f.marks(l), max(len(f.touched)-1, 0) // the last one may stand for what is touched again
	more := unit()
	if f.global || l.phase == phaseEnded {
		return more
	}
	touched := map[uint64]bool{}
	for _, t := range f.touched[from:] {
		touched[t.what] = touched[t.what] || t.how&(writes|counts) != 0
	}
	after := f.marks(l)
	for what, mark := range before {
		if now, there := after[what]; there && now != mark && !touched[what] {
			panic(fmt.Sprintf("engine: %s changed without a record, in a step of line %d", l.touchedName(what), l.p.pos[max(l.pc, 0)].Line))
		}
	}
	return more
}

// marks is the fingerprints of the parts of the state that have records of their own.
func (f *Footprint) marks(l *Loop) map[uint64]Fingerprint {
	marks := map[uint64]Fingerprint{}
	add := func(kind uint64, id uint32, hash func(h *hasher)) {
		h := &hasher{left: maxHashed}
		hash(h)
		marks[kind<<32|uint64(id)] = Fingerprint{h.a, h.b}
	}
	for k := range objectKinds {
		kind := &objectKinds[k]
		if kind.count == nil {
			continue
		}
		for id := range kind.count(&l.objects) {
			add(uint64(k), uint32(id), func(h *hasher) { kind.at(&l.objects, uint32(id)).hash(l, h) })
		}
	}
	for i, v := range l.vars.shared {
		add(touchShared, uint32(i), func(h *hasher) { h.value(v) })
	}
	for id := uint32(1); id < l.tasks.lines.n; id++ {
		if w := l.warm(id); w.entry != 0 {
			t := l.task(id)
			add(touchTask, id, func(h *hasher) {
				h.words(uint64(w.entry), uint64(t.state), uint64(t.wait), uint64(t.cancel))
				if !t.state.ended() {
					l.hashActivation(h, id, t)
				}
			})
		}
	}
	return marks
}

// touchedName is what is touched, for messages.
func (l *Loop) touchedName(what uint64) string {
	switch kind, id := what>>32, uint32(what); kind {
	case touchTask:
		return "task " + l.taskName(id)
	case touchShared:
		return "shared variable " + l.p.Shared[id].Name
	default:
		return Kind(kind).String() + " " + l.NameOf(ObjectValue(Kind(kind), id))
	}
}
