package engine

// Sweep gives back every line that nothing refers to, where a run stands between two turns, and reports whether it did.
func (l *Loop) Sweep() bool {
	if l.active || !l.tasks.recycle {
		return false
	}
	l.sweep()
	return true
}
