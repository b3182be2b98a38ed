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
		b := Blocked{Task: l.taskName(id), Waits: l.waitText(t), Since: t.since, Pos: l.p.pos[t.pc]}
		holders := l.waitsFor(t)
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

// waitsFor is the tasks that a waiting task waits for: the ones it awaits, or the holders of what it wants.
func (l *Loop) waitsFor(t *task) []uint32 {
	var ids []uint32
	add := func(list ...awaitable) {
		for _, a := range list {
			if a&isFuture == 0 && !l.stateOf(a).ended() {
				ids = append(ids, uint32(a))
			}
		}
	}
	switch t.wait {
	case waitFuture, waitShield:
		add(awaitable(t.on))
	case waitGather:
		add(l.gathers.at(t.on).children...)
	case waitAny, waitCompleted:
		add(l.waitSets.at(t.on).items...)
	case waitGroup:
		ids = slices.Clone(l.groups.at(t.on).tasks)
	case waitLock, waitRelock:
		if o := l.lockNumbered(t.on).owner; o != 0 {
			ids = []uint32{o}
		}
	case waitSemaphore:
		ids = slices.Clone(l.semaphores[t.on].holders)
	}
	return ids
}

// waitText says what a task waits for.
func (l *Loop) waitText(t *task) string {
	name := func(k Kind, id uint32) string { return k.String() + " " + l.objectName(k, id) }
	switch t.wait {
	case waitSleep:
		return "sleep"
	case waitFuture:
		return l.awaitableName(awaitable(t.on))
	case waitShield:
		return "shield of " + l.awaitableName(awaitable(t.on))
	case waitGather, waitAny, waitCompleted, waitGroup:
		return l.severalText(t)
	case waitLock, waitRelock, waitCondition:
		v := lockValue(t.on)
		return name(v.Kind(), uint32(v.n))
	case waitSemaphore:
		return name(KindSemaphore, t.on)
	case waitEvent:
		return name(KindEvent, t.on)
	case waitPut:
		return "room in " + name(KindQueue, t.on)
	case waitGet:
		return "an item of " + name(KindQueue, t.on)
	case waitJoin:
		return "join of " + name(KindQueue, t.on)
	}
	return "its turn"
}

// severalText names the tasks that a task waits for together, at most three.
func (l *Loop) severalText(t *task) string {
	const most = 3
	ids := l.waitsFor(t)
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
