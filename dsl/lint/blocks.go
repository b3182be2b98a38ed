package lint

import "runloop/dsl/syntax"

// heldUp reports each `block` where others would run meanwhile. Who watches for slow turns knows what it does.
func (l *linter) heldUp() {
	if l.s.Loop != nil && l.s.Loop.Slow != nil || !l.concurrent() {
		return
	}
	for _, b := range l.bodies {
		if b.runs == 0 {
			continue
		}
		for _, s := range b.steps() {
			if n, ok := s.Node.(*syntax.Hold); ok {
				l.warn(CodeHeldUp, n.Place(), "`block` holds up the whole loop: no other task and no timer runs meanwhile",
					"`sleep` lets the others run, `to_thread` computes beside them; `loop: { slow: 100ms }` shows what is held up")
			}
		}
	}
}

// concurrent reports whether more than one task or callback runs.
func (l *linter) concurrent() bool {
	n := 0
	for _, b := range l.bodies {
		if b.root && b.runs > 0 {
			if n++; b.many {
				n++
			}
		}
	}
	return n > 1
}
