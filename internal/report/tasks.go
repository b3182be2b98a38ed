package report

import (
	"fmt"
	"strings"

	"runloop/engine"
)

// TasksAt is an observer that keeps the text of the task tree as it stands when the clock is about to leave loop time
// At, or when the run ends before.
type TasksAt struct {
	At   int64 // nanoseconds
	File string
	Text string // the tree, once that time has come
}

// Event takes the tree at the first iteration after At, or at the end of the run.
func (o *TasksAt) Event(l *engine.Loop, e *engine.Event) {
	last := e.Kind == engine.EventStop
	if o.Text != "" || !last && (e.Kind != engine.EventIteration || e.At <= o.At) {
		return
	}
	at := fmt.Sprintf("tasks at %s:\n", seconds(o.At))
	if last && e.At < o.At {
		at = fmt.Sprintf("tasks at the end, %s (the run did not come to %s):\n", seconds(e.At), seconds(o.At))
	}
	o.Text = at + taskTree(&Run{File: o.File, Loop: l})
}

// taskTree is every task under the one that created it: its name, its state, what it waits for, where and since when.
func taskTree(r *Run) string {
	tasks := r.Loop.Tasks()
	children := map[uint32][]engine.TaskInfo{}
	for _, t := range tasks {
		children[t.Parent] = append(children[t.Parent], t)
	}
	var b strings.Builder
	var add func(parent uint32, margin string)
	add = func(parent uint32, margin string) {
		for _, t := range children[parent] {
			fmt.Fprintf(&b, "%s%s: %s\n", margin, t.Name, r.taskState(t))
			add(t.ID, margin+"  ")
		}
	}
	add(0, "  ")
	if b.Len() == 0 {
		return "  none\n"
	}
	return b.String()
}

func (r *Run) taskState(t engine.TaskInfo) string {
	switch {
	case t.Ended >= 0 && t.Err != nil:
		return fmt.Sprintf("%s at %s: %s", t.State, seconds(t.Ended), t.Err)
	case t.Ended >= 0:
		return fmt.Sprintf("%s at %s", t.State, seconds(t.Ended))
	case t.Started < 0:
		return "not started"
	case t.Waits == "":
		return "ready to run, at " + r.place(t.Pos)
	}
	if t.Waits == "sleep" {
		return fmt.Sprintf("sleeps since %s, at %s", seconds(t.Since), r.place(t.Pos))
	}
	return fmt.Sprintf("waits for %s since %s, at %s", t.Waits, seconds(t.Since), r.place(t.Pos))
}
