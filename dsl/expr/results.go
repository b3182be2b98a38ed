package expr

import (
	"strings"
)

// Results is the types of what goes from one task to another: by the end of a task, through a future, through a queue.
// All of it only grows while types are being inferred.
type Results struct {
	ByName   map[string]Type // of tasks with a constant name
	Computed Type            // of tasks with a computed name, which may be any
	Resolved Type            // of futures: any of them can be resolved anywhere
	Items    Type            // what is put into queues
	Stray    Type            // what is put into queues that are not named, which may be any
}

// Of is the type of what awaiting a value of type t gives; of a list of tasks, any one of them.
func (r *Results) Of(t Type) Type {
	switch {
	case t.Kind == TypeUnknown:
		return Type{}
	case t.Kind == TypeTask:
		return t.Element()
	case t.Kind == TypeFuture && r != nil:
		return r.Resolved
	case t.Kind == TypeList:
		return r.Of(t.Element())
	}
	return AnyType
}

// ofTask is the type of the result of tasks["name"].
func (r *Results) ofTask(name string) Type {
	if r == nil || NumberedTask(name) {
		return AnyType
	}
	t, _ := Join(r.ByName[name], r.Computed)
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		t, _ = Join(t, r.ByName[EachOfCount(name[:i])])
	}
	return t
}

// EachOfCount stands for the names of the tasks of a counted worker: name-1, name-2 and so on.
func EachOfCount(name string) string { return name + "-*" }
