package engine

import (
	"slices"
	"strconv"
)

// Blocked is a task that waits although nothing is left to wake it.
type Blocked struct {
	Task    string
	Waits   string   // what it waits for, in words: "task x", "lock m"
	Holders []string // the tasks that could end the wait: the one awaited, those that hold the lock …
	Since   int64    // loop time
	Pos     Pos      // the waiting step
}

// blocked lists every waiting task, in the order of creation, and the circles in which they wait for each other, as
// indices into that list.
func (l *Loop) blocked() (list []Blocked, cycles [][]int) {
	index := map[uint32]int{}
	var edges [][]uint32
	l.inOrder(func(id uint32, t *task) bool {
		if t.state.ended() {
			return true
		}
		b := Blocked{Task: l.taskName(id), Waits: waits[t.wait].words(l, t), Since: t.since, Pos: l.p.pos[t.pc]}
		holders := waits[t.wait].holders(l, t)
		for _, h := range holders {
			b.Holders = append(b.Holders, l.taskName(h))
		}
		index[id] = len(list)
		list, edges = append(list, b), append(edges, holders)
		return len(list) < l.tasks.living
	})
	// Each task is followed along the first task that it waits for: a walk that meets itself is a circle.
	met := make([]int, len(list)) // the walk that came by, from 1
	for start := range list {
		at := start
		var path []int
		for met[at] == 0 {
			met[at] = start + 1
			path = append(path, at)
			if len(edges[at]) == 0 {
				break
			}
			next, waits := index[edges[at][0]]
			if !waits {
				break
			}
			if at = next; met[at] == start+1 {
				cycles = append(cycles, path[slices.Index(path, at):])
			}
		}
	}
	return list, cycles
}

// unended returns the tasks of the list that have not ended, and leaves futures out.
func (l *Loop) unended(list ...awaitable) []uint32 {
	var ids []uint32
	for _, a := range list {
		if a&isFuture == 0 && !l.stateOf(a).ended() {
			ids = append(ids, uint32(a))
		}
	}
	return ids
}

// severalWords names the tasks that a task waits for together, at most three.
func (l *Loop) severalWords(ids []uint32) string {
	const most = 3
	text := ""
	for i, id := range ids {
		if i == most {
			return text + " and " + strconv.Itoa(len(ids)-most) + " more"
		}
		if i > 0 {
			text += ", "
		}
		text += "task " + l.taskName(id)
	}
	if text == "" {
		return "futures"
	}
	return text
}
