package report

import (
	"fmt"
	"strings"

	"runloop/engine"
)

// TasksAt returns the text of the task tree at loop time at. tasks is their state at now, which is earlier than at if
// the run ended earlier.
func TasksAt(file string, at, now int64, tasks []engine.TaskInfo) string {
	title := fmt.Sprintf("tasks at %s:\n", seconds(at))
	if now < at {
		title = fmt.Sprintf("tasks at the end, %s (the run did not come to %s):\n", seconds(now), seconds(at))
	}
	return title + taskTree(file, tasks)
}

// taskTree lists every task under the one that created it, with its name, its state, what it waits for, where and
// since when.
func taskTree(file string, tasks []engine.TaskInfo) string {
	children := map[uint32][]engine.TaskInfo{}
	for _, t := range tasks {
		children[t.Parent] = append(children[t.Parent], t)
	}
	var b strings.Builder
	var add func(parent uint32, margin string)
	add = func(parent uint32, margin string) {
		for _, t := range children[parent] {
			fmt.Fprintf(&b, "%s%s: %s\n", margin, t.Name, taskState(file, t))
			add(t.ID, margin+"  ")
		}
	}
	add(0, "  ")
	if b.Len() == 0 {
		return "  none\n"
	}
	return b.String()
}

func taskState(file string, t engine.TaskInfo) string {
	switch {
	case t.Ended >= 0 && t.Err != nil:
		return fmt.Sprintf("%s at %s: %s", t.State, seconds(t.Ended), t.Err)
	case t.Ended >= 0:
		return fmt.Sprintf("%s at %s", t.State, seconds(t.Ended))
	case t.Started < 0:
		return "not started"
	case t.Waits == "":
		return "ready to run, at " + place(file, t.Pos)
	}
	if t.Waits == "sleep" {
		return fmt.Sprintf("sleeps since %s, at %s", seconds(t.Since), place(file, t.Pos))
	}
	return fmt.Sprintf("waits for %s since %s, at %s", t.Waits, seconds(t.Since), place(file, t.Pos))
}
