package dsl

import "strings"

// results is the types of what goes from one task to another: by the end of a task, through a future, through a queue.
// All of it only grows while types are being inferred.
type results struct {
	byName   map[string]Type // of tasks with a constant name
	computed Type            // of tasks with a computed name, which may be any
	resolved Type            // of futures: any of them can be resolved anywhere
	items    Type            // what is put into queues
	stray    Type            // what is put into queues that are not named, which may be any
}

// of is the type of what awaiting a value of type t gives; of a list of tasks, any one of them.
func (r *results) of(t Type) Type {
	switch {
	case t.Kind == TypeUnknown:
		return Type{}
	case t.Kind == TypeTask:
		return t.elem()
	case t.Kind == TypeFuture && r != nil:
		return r.resolved
	case t.Kind == TypeList:
		return r.of(t.elem())
	}
	return anyType
}

// ofTask is the type of the result of tasks["name"].
func (r *results) ofTask(name string) Type {
	if r == nil || numberedTask(name) {
		return anyType
	}
	t, _ := join(r.byName[name], r.computed)
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		t, _ = join(t, r.byName[eachOfCount(name[:i])])
	}
	return t
}

// eachOfCount stands for the names of the tasks of a counted worker: name-1, name-2 and so on.
func eachOfCount(name string) string { return name + "-*" }
