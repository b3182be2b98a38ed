package engine

// Blocked is a task that waits although nothing is left to wake it.
type Blocked struct {
	Task  string
	Waits string // what it waits for, in words: "task x"
	On    string // the task it waits for; empty: none
	Since int64  // loop time
	Pos   Pos    // the waiting step
}

// blocked lists every waiting task, in the order of creation.
func (l *Loop) blocked() []Blocked {
	var list []Blocked
	for id := uint32(1); id < l.taskCount && len(list) < l.living; id++ {
		t := l.task(id)
		if t.state.ended() {
			continue
		}
		b := Blocked{Task: l.taskName(id), Waits: l.waitText(t), Since: t.since, Pos: l.p.pos[t.pc]}
		if t.wait == waitTask {
			b.On = l.taskName(t.on)
		}
		list = append(list, b)
	}
	return list
}

// waitText says what a task waits for.
func (l *Loop) waitText(t *task) string {
	switch t.wait {
	case waitSleep:
		return "sleep"
	case waitTask:
		return "task " + l.taskName(t.on)
	case waitGather:
		for _, c := range l.gathers[t.on].children {
			if !l.task(c).state.ended() {
				return "gather: task " + l.taskName(c)
			}
		}
		return "gather"
	}
	return "its turn"
}
