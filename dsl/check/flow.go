package check

// state is what is known at one point of an activation: which locals are assigned on every path to it, and whether any
// path leads there.
type state struct {
	assigned []bool // by slot
	dead     bool   // no path leads here
}

func (s state) clone() state {
	return state{assigned: append([]bool(nil), s.assigned...), dead: s.dead}
}

// merge returns what is known where two paths meet.
func merge(a, b state) state {
	switch {
	case a.dead:
		return b
	case b.dead:
		return a
	}
	m := a.clone()
	for i := range m.assigned {
		m.assigned[i] = m.assigned[i] && b.assigned[i]
	}
	return m
}

// nowhere is the state of a point that no path leads to.
var nowhere = state{dead: true}

// loopExits collects the states at the breaks of a loop and at the ends of its turns.
type loopExits struct {
	breaks, turns state
}

// revive lets checking go on after the end of all paths. It marks all locals as assigned, so that none is reported
// there.
func (s *state) revive(n int) {
	s.dead = false
	s.assigned = make([]bool, n)
	for i := range s.assigned {
		s.assigned[i] = true
	}
}
