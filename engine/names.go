package engine

import (
	"maps"
	"sort"
	"strconv"
	"strings"
)

// nameTable finds tasks by their names. Most names are computed from a worker's base and an index, and are not kept.
type nameTable struct {
	given   map[string]uint32    // the latest task of a name that was given at run time, or to one worker
	ranges  map[string]nameRange // by a worker's name
	workers []workerTasks        // by Entry.index
	shared  bool                 // a copy of the loop has the maps, too
}

// workerTasks is where the tasks of a worker are.
type workerTasks struct {
	start int64  // the loop time at which they are created
	first uint32 // the ordinal of the first
	line  uint32 // the number of the first; the others follow

	counted uint32 // how many tasks were counted before it
}

func newNames(p *Program) nameTable {
	return nameTable{given: map[string]uint32{}, ranges: map[string]nameRange{}, workers: make([]workerTasks, len(p.entries))}
}

// own leaves the maps shared: who writes next copies them.
func (x *nameTable) own(was *nameTable) {
	x.shared = true
	x.workers = append(was.workers[:0], x.workers...)
}

// mine makes sure that nobody else has the maps.
func (x *nameTable) mine() {
	if x.shared {
		x.given, x.ranges, x.shared = maps.Clone(x.given), maps.Clone(x.ranges), false
	}
}

// give notes that a task has a name from now on.
func (x *nameTable) give(name string, id uint32) {
	x.mine()
	x.given[name] = id
}

// take notes that a task that is given back has its name no longer.
func (x *nameTable) take(name string, id uint32) {
	if x.given[name] == id {
		x.mine()
		delete(x.given, name)
	}
}

// nameRange is the names of the tasks of one worker with a count: base-1 … base-count.
type nameRange struct{ first, count uint32 }

// taskName is the name of a task: computed, unless it was given at run time.
func (l *Loop) taskName(id uint32) string {
	if l.warm(id).entry == 0 {
		return l.syncName()
	}
	t, e := l.task(id), l.entryOf(id)
	switch {
	case t.flags&flagNamed != 0:
		return l.cold(t.cold).name
	case e.sourced:
		return e.Name + "-" + strconv.Itoa(int(l.cold(t.cold).index)+1)
	case !e.worker:
		return "Task-" + strconv.Itoa(int(l.cold(t.cold).number))
	case e.Count != nil:
		return e.Name + "-" + strconv.Itoa(int(id-l.names.workers[e.index].line)+1)
	}
	return e.Name
}

// Names gives tasks, handles and objects the names that they have in text.
type Names interface {
	NameOf(v Value) string // empty: it has none
}

// NameOf implements Names.
func (l *Loop) NameOf(v Value) string {
	switch k := v.Kind(); k {
	case KindTask:
		return l.taskName(uint32(v.n))
	case KindHandle:
		return l.handleName(uint32(v.n))
	default:
		return l.objectName(k, uint32(v.n))
	}
}

// NameTable is names as plain data, by the task, handle or object that has one.
type NameTable map[Value]string

// NameOf implements Names.
func (x NameTable) NameOf(v Value) string { return x[v] }

// namesIn is the names of all tasks, handles and objects in some values.
func (l *Loop) namesIn(values []Value) NameTable {
	names, seen := NameTable{}, map[Value]bool{}
	todo := [][]Value{values} // values may be nested deeper than a stack goes
	for len(todo) > 0 {
		last := len(todo) - 1
		values, todo = todo[last], todo[:last]
		for _, v := range values {
			switch k := v.Kind(); {
			case k >= KindTask && k < kindScalars:
				names[v] = l.NameOf(v)
			case k == KindList && !seen[v]:
				seen[v], todo = true, append(todo, v.Elems())
			case k == KindMap && !seen[v]:
				seen[v], todo = true, append(todo, v.Vals())
			}
		}
	}
	return names
}

// findTask is the number of the task named name, the latest if there were several; 0 if there is none. Of two the one that was
// given the name comes before the one that has it by its number.
func (l *Loop) findTask(name string) uint32 {
	if id := l.findGiven(name); id != 0 {
		return id
	}
	base, n := cutNumber(name)
	if id := l.sourceTask(base, n); id != 0 {
		return id
	}
	if base != "Task" || n == 0 || n >= l.tasks.lines.n {
		return 0
	}
	id := n
	if l.rules[ruleNamedUncounted] && !l.tasks.recycled {
		id += uint32(sort.Search(int(l.tasks.lines.n-n), func(i int) bool { return l.counted(n+uint32(i)) >= n }))
	}
	if id < l.tasks.lines.n && l.taskName(id) == name {
		return id
	}
	return 0
}

// counted is how many tasks had been counted once this one was there.
func (l *Loop) counted(id uint32) uint32 {
	if e := l.entryOf(id); e.worker {
		return l.names.workers[e.index].counted
	}
	return l.cold(l.task(id).cold).number
}

// findGiven is findTask for names that were given.
func (l *Loop) findGiven(name string) uint32 {
	if id, ok := l.names.given[name]; ok {
		return id
	}
	base, n := cutNumber(name)
	if r, ok := l.names.ranges[base]; ok && n > 0 && n <= r.count && l.task(r.first+n-1).flags&flagNamed == 0 {
		return r.first + n - 1
	}
	return 0
}

// cutNumber is a name such as `w-3` without its number, and the number; 0 if there is none.
func cutNumber(name string) (base string, n uint32) {
	base, digits, ok := cutLast(name, "-")
	number, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || digits[0] == '0' {
		return name, 0
	}
	return base, uint32(number)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// nameTaken raises ValueError when a living task was given that name. One that has it by its number does not count: in Python, too,
// `Task-2` may be given beside an unnamed second task.
func (l *Loop) nameTaken(name string) bool {
	other := l.findGiven(name)
	if l.trace != nil {
		l.lookAtState(touchTask, other, reads)
	}
	if other == 0 || l.task(other).state.ended() {
		return false
	}
	l.Raise("ValueError", "a living task is named "+quote(name)+" already")
	return true
}
