package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"runloop/engine"
)

// TasksAt returns the text of the task tree at loop time at. tasks is their state at now, which is earlier than at if
// the run ended earlier.
func TasksAt(file string, files engine.Files, at, now int64, tasks []engine.TaskInfo) string {
	title := fmt.Sprintf("tasks at %s:\n", seconds(at))
	if now < at {
		title = fmt.Sprintf("tasks at the end, %s (the run did not come to %s):\n", seconds(now), seconds(at))
	}
	return title + taskTree(file, files, tasks)
}

// taskTree lists every task under the one that created it, with its name, its state, what it waits for, where and
// since when.
func taskTree(file string, files engine.Files, tasks []engine.TaskInfo) string {
	children := map[uint32][]engine.TaskInfo{}
	for _, t := range tasks {
		children[t.Parent] = append(children[t.Parent], t)
	}
	var b strings.Builder
	var add func(parent uint32, margin string)
	add = func(parent uint32, margin string) {
		for _, t := range children[parent] {
			fmt.Fprintf(&b, "%s%s: %s\n", margin, t.Name, taskState(file, files, t))
			add(t.ID, margin+"  ")
		}
	}
	add(0, "  ")
	if b.Len() == 0 {
		return "  none\n"
	}
	return b.String()
}

func taskState(file string, files engine.Files, t engine.TaskInfo) string {
	switch {
	case t.Ended >= 0 && t.Err != nil:
		return fmt.Sprintf("%s at %s: %s", t.State, seconds(t.Ended), t.Err)
	case t.Ended >= 0:
		return fmt.Sprintf("%s at %s", t.State, seconds(t.Ended))
	case t.Started < 0:
		return "not started"
	case t.Waits == "":
		return "ready to run, at " + place(file, files, t.Pos)
	}
	if t.Waits == "sleep" {
		return fmt.Sprintf("sleeps since %s, at %s", seconds(t.Since), place(file, files, t.Pos))
	}
	return fmt.Sprintf("waits for %s since %s, at %s", t.Waits, seconds(t.Since), place(file, files, t.Pos))
}

// TaskTable is a table of the tasks that have not ended, for a terminal: how many are in which state, then a row for each with
// its name, what it does, what it waits for, since when and where. It has at most so many rows, of which a title, and none is
// longer than width characters.
func TaskTable(now int64, counts engine.TaskCounts, files engine.Files, tasks []engine.TaskInfo, rows, width int) []string {
	table := [][]string{{"task", "does", "what it waits for", "since", "line"}}
	does := map[string]int64{}
	for _, t := range tasks {
		if t.Ended >= 0 {
			continue
		}
		row := taskRow(files, t)
		does[row[1]]++
		table = append(table, row)
	}
	lines := []string{liveTitle(now, counts, does)}
	more := ""
	if fit := rows - 1; len(table) > fit {
		more = fmt.Sprintf("… and %s", plural(int64(len(table)-fit+1), "other task"))
		table = table[:max(fit-1, 1)]
	}
	lines = append(lines, columns(table)...)
	if more != "" {
		lines = append(lines, more)
	}
	for i, line := range lines {
		lines[i] = cutLine(line, width)
	}
	return lines
}

// taskRow is a task that has not ended: its name, what it does, what it waits for, since when and in which line.
func taskRow(files engine.Files, t engine.TaskInfo) []string {
	does, waits, since := "waits", t.Waits, t.Since
	switch {
	case t.Started < 0:
		does, since = "not started", t.Spawned
	case t.Waits == "":
		does = "ready"
	case t.Waits == "sleep":
		does, waits = "asleep", ""
	}
	return []string{t.Name, does, waits, seconds(since - since%1e6), strings.TrimPrefix(files.Line(t.Pos.Line), "line ")}
}

// liveTitle says what time it is and how many tasks do what.
func liveTitle(now int64, counts engine.TaskCounts, does map[string]int64) string {
	now -= now % 1e8 // a tenth of a second is as much as a reader can follow
	parts := []string{seconds(now)}
	for _, what := range []string{"not started", "ready", "asleep", "waits"} {
		if n := does[what]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	for _, ended := range []struct {
		n    int64
		what string
	}{{counts.Done, "done"}, {counts.Failed, "failed"}, {counts.Cancelled, "cancelled"}} {
		if ended.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", ended.n, ended.what))
		}
	}
	return "── " + strings.Join(parts, " · ") + " ──"
}

// columns is the rows of a table as text, with columns of one width. Names that are very long are cut off.
func columns(table [][]string) []string {
	const widest = 40
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			row[i] = cutLine(cell, widest)
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	lines := make([]string, len(table))
	for k, row := range table {
		var b strings.Builder
		for i, cell := range row {
			if widths[i] == 0 || i == len(row)-1 {
				b.WriteString(cell)
				continue
			}
			b.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		lines[k] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// cutLine is a text as one line of at most so many characters that does nothing else to a terminal.
func cutLine(text string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n >= most && utf8.RuneCountInString(text) > most {
			b.WriteRune('…')
			break
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}
