package engine

import (
	"slices"
	"strconv"
)

// Blocked is a task that waits at the end of a run: with Deadlock although nothing is left to wake it.
type Blocked struct {
	Task string
	awaited
	Since int64 // loop time
	Pos   Pos   // the waiting step
}

// awaited is what tasks wait for.
type awaited struct {
	Waits   string   // in words: "task x", "lock m"
	Holders []string // the tasks that could end the wait: the one awaited, those that hold the lock …; at most maxHolders
	More    int      // how many more of them there are
	holders []uint32
}

// maxHolders is how many holders are named.
const maxHolders = 50

// maxBlocked is how many tasks are described where the end of the run has other reasons than that they wait.
const maxBlocked = 1000

// noteBlocked describes the tasks that wait when the run ends, or is asked to: those that only sleep come last.
func (l *Loop) noteBlocked(most int) {
	r := &l.res
	sleeps := func(t *task) bool { return t.wait == waitSleep }
	r.Blocked, r.Cycles, r.Waiting = l.blocked(most, func(t *task) bool { return !sleeps(t) })
	asleep, _, n := l.blocked(most-len(r.Blocked), sleeps)
	r.Blocked, r.Waiting = append(r.Blocked, asleep...), r.Waiting+n
}

// Waiting describes the tasks that wait now, at the end of the run, as Result.Blocked does where the run ended because of them.
func (l *Loop) Waiting() (list []Blocked, n int) {
	if len(l.res.Blocked) > 0 {
		return l.res.Blocked, l.res.Waiting
	}
	list, _, n = l.blocked(maxBlocked, func(t *task) bool { return t.wait != waitSleep })
	asleep, _, m := l.blocked(maxBlocked-len(list), func(t *task) bool { return t.wait == waitSleep })
	return append(list, asleep...), n + m
}

// blocked lists at most so many of the waiting tasks that are wanted, in the order of creation, and the circles in which they
// wait for each other, as indices into that list; n is how many there are.
func (l *Loop) blocked(most int, wanted func(t *task) bool) (list []Blocked, cycles [][]int, n int) {
	type reason struct {
		wait waitKind
		on   uint32
	}
	known := map[reason]awaited{} // many may wait for the same
	index := map[uint32]int{}
	living := 0
	l.inOrder(func(id uint32, t *task) bool {
		if t.state.ended() {
			return true
		}
		living++
		if t.wait <= waitTurn || t.flags&(flagFutureDone|flagFutureGone) != 0 || !wanted(t) {
			return living < l.tasks.living
		}
		if n++; n > most {
			return living < l.tasks.living
		}
		what, ok := known[reason{t.wait, t.on}]
		if !ok {
			what = l.awaitedBy(t)
			known[reason{t.wait, t.on}] = what
		}
		index[id] = len(list)
		list = append(list, Blocked{Task: l.taskName(id), awaited: what, Since: t.since, Pos: l.p.pos[t.pc]})
		return living < l.tasks.living
	})
	// Each task is followed along the first task that it waits for: a walk that meets itself is a circle.
	met := make([]int, len(list)) // the walk that came by, from 1
	for start := range list {
		at := start
		var path []int
		for met[at] == 0 {
			met[at] = start + 1
			path = append(path, at)
			if len(list[at].holders) == 0 {
				break
			}
			next, waits := index[list[at].holders[0]]
			if !waits {
				break
			}
			if at = next; met[at] == start+1 {
				cycles = append(cycles, path[slices.Index(path, at):])
			}
		}
	}
	return list, cycles, n
}

// awaitedBy describes what t waits for.
func (l *Loop) awaitedBy(t *task) awaited {
	x := awaited{Waits: waits[t.wait].words(l, t), holders: waits[t.wait].holders(l, t)}
	for _, h := range x.holders[:min(len(x.holders), maxHolders)] {
		x.Holders = append(x.Holders, l.taskName(h))
	}
	x.More = len(x.holders) - len(x.Holders)
	return x
}

// unended returns the tasks of the list that have not ended, and leaves futures out.
func (l *Loop) unended(list ...awaitable) []uint32 {
	var ids []uint32
	add := func(a awaitable) {
		if a&isFuture == 0 && !l.stateOf(a).ended() {
			ids = append(ids, uint32(a))
		}
	}
	for _, a := range list {
		if add(a); a&isFuture != 0 {
			l.behind(l.future(a), add)
		}
	}
	return ids
}

// behind calls f for what the future of a gather or a shield waits for.
func (l *Loop) behind(x *future, f func(a awaitable)) {
	if x.shielding {
		f(x.shields)
	}
	if x.gather != 0 {
		for _, a := range l.gathers.at(x.gather).children {
			f(a)
		}
	}
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
