package lint

import (
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// uses holds the names that a part of a scenario mentions.
type uses struct {
	info       *check.Info
	coroutines map[string]bool // that run
	scheduled  map[string]bool // callbacks that a step schedules
	cancelled  map[string]bool // callbacks that a step cancels
	variables  map[string]bool // that are read, or written by `set`
	bound      map[string]bool // variables that `as` or `for` write
}

func newUses(info *check.Info) uses {
	return uses{info: info, coroutines: map[string]bool{}, scheduled: map[string]bool{}, cancelled: map[string]bool{},
		variables: map[string]bool{}, bound: map[string]bool{}}
}

// record notes what the fields of a record mention.
func (u *uses) record(r *syntax.Record) bool {
	for _, f := range r.Fields {
		u.note(f)
	}
	return true
}

func (u *uses) note(f syntax.Field) {
	readNames(u.info, f.Value, func(name string) { u.variables[name] = true })
	switch v := f.Value.(type) {
	case *syntax.Name:
		switch {
		case f.Key.Space == syntax.CoroutineSpace || f.Key.Kind == syntax.EntryKey:
			u.coroutines[v.Text] = true
		case f.Key.Space == syntax.CallbackSpace:
			u.scheduled[v.Text] = true
		case f.Key.Space == syntax.TargetSpace:
			u.bound[v.Text] = true
		case f.Key.Space == syntax.ContextSpace:
			u.variables[v.Text] = true
		}
	case *syntax.Reference:
		if d := u.info.CallbackOf(v); d != nil {
			u.cancelled[d.Name.Text] = true
		} else if s := u.info.SourceOf(v); s != nil {
			u.cancelled[s.Title.Text] = true
		}
	case *syntax.Targets:
		for _, t := range v.Items {
			u.variables[t.Path.Name.Text] = true
		}
	case *syntax.Bindings:
		if f.Key.Space == syntax.ContextSpace {
			for _, b := range v.Items {
				u.variables[b.Name.Text] = true
			}
		}
	}
}

// unusedDefinitions reports coroutines, callbacks and objects that nothing uses.
func (l *linter) unusedDefinitions() {
	if l.s.IsLibrary() {
		return // others include it
	}
	for _, d := range l.s.Coroutines {
		if !l.uses.coroutines[d.Name.Text] {
			l.warn(CodeUnusedCoroutine, d.Name.Span, "nothing runs the coroutine `"+d.Name.Text+"`",
				"remove it, or `call` or `spawn` it")
		}
	}
	for _, d := range l.s.Callbacks {
		if !d.Periodic() && !l.uses.scheduled[d.Name.Text] {
			l.warn(CodeUnusedCallback, d.Name.Span, "nothing schedules the callback `"+d.Name.Text+"`",
				"remove it, give it `after` or `every`, or schedule it with `call_later`")
		}
	}
	for _, o := range l.s.Objects {
		if !l.mentioned(o.Name.Text) {
			l.warn(CodeUnusedObject, o.Name.Span, "nothing uses the "+expr.Type{Kind: o.Kind}.String()+" `"+o.Name.Text+"`",
				"remove it, or use it")
		}
	}
}

// mentioned reports whether anything reads or writes a variable of the whole scenario.
func (l *linter) mentioned(name string) bool {
	return l.excused(name) || l.uses.variables[name] || l.uses.bound[name]
}

// excused reports whether an unused name is not reported, because another warning is about it or because it begins
// with `_`, which says that the name is not meant to be used.
func (l *linter) excused(name string) bool { return l.meant[name] || strings.HasPrefix(name, "_") }

// unusedNames reports parameters and locals that nothing reads, and variables of the whole scenario that nothing reads
// or writes.
func (l *linter) unusedNames() {
	for _, p := range l.s.Params {
		l.global("the run parameter", p.Name)
	}
	for _, v := range l.s.Shared {
		l.global("the shared variable", v.Name)
	}
	for _, v := range l.s.Context {
		l.global("the context variable", v.Name)
	}
	for _, d := range slices.Concat(l.s.Coroutines, l.s.Callbacks) {
		l.locals(&d.Record, d.Params)
	}
	for _, w := range l.s.Workers {
		l.locals(&w.Entry.Record, nil)
	}
	for _, s := range l.s.Sources {
		l.locals(&s.Record, nil)
	}
	for _, b := range []*syntax.Block{l.s.Main, l.s.Before, l.s.After} {
		if b != nil {
			l.locals(b, nil)
		}
	}
}

func (l *linter) unused(what string, name *syntax.Name) {
	l.warn(CodeUnusedName, name.Span, "nothing uses "+what+" `"+name.Text+"`",
		"remove it, or begin its name with `_`: `_"+name.Text+"`")
}

// global reports a variable of the whole scenario that nothing mentions.
func (l *linter) global(what string, name *syntax.Name) {
	if !l.mentioned(name.Text) {
		l.unused(what, name)
	}
}

// locals reports the parameters and locals of a part of a scenario that the part never reads.
func (l *linter) locals(part syntax.FieldValue, params []*syntax.Param) {
	u := newUses(l.info)
	syntax.Walk(part, u.record)
	for _, p := range params {
		if !u.variables[p.Name.Text] && !l.excused(p.Name.Text) {
			l.unused("the parameter", p.Name)
		}
	}
	seen := map[string]bool{}
	l.assignedLocals(part, func(name *syntax.Name) {
		if !u.variables[name.Text] && !l.excused(name.Text) && !seen[name.Text] {
			l.unused("the local", name)
		}
		seen[name.Text] = true
	})
}

// assignedLocals calls f for the names of locals that steps in a part assign for their value. It leaves out names that
// a loop requires, and those that only keep a task or a group.
func (l *linter) assignedLocals(part syntax.FieldValue, f func(*syntax.Name)) {
	syntax.Walk(part, func(r *syntax.Record) bool {
		switch n := r.Node.(type) {
		case *syntax.Spawn:
		case *syntax.Let:
			for _, b := range n.Locals.Items {
				f(b.Name)
			}
		default:
			l.results(r, f)
		}
		return true
	})
}

// results calls f for the local that gets the result of a step, unless the step must name one.
func (l *linter) results(s *syntax.Step, f func(*syntax.Name)) {
	for _, field := range s.Fields {
		name, ok := field.Value.(*syntax.Name)
		if ok && field.Key.Space == syntax.TargetSpace && !field.Key.Required && l.info.Globals[name.Text] == nil {
			f(name)
		}
	}
}
