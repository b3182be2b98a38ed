// Package lint warns about scenarios that run, but most likely not as they were meant. Each warning is silent where there is
// a doubt: it stands for a fault in every case.
package lint

import (
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// linter looks for them in a scenario without errors.
type linter struct {
	s      *syntax.File
	info   *check.Info
	diags  *source.Diagnostics
	bodies []*body
	uses   uses
	meant  map[string]bool // variables whose names are texts: they are not said to be unused as well
}

// Lint adds the warnings of a scenario without errors.
func Lint(s *syntax.File, info *check.Info, diags *source.Diagnostics) {
	if s.StartsNothing() {
		return // that says it all
	}
	l := &linter{s: s, info: info, diags: diags, uses: newUses(info), meant: map[string]bool{}}
	eachField(s.Root, l.uses.note)
	l.collectBodies()
	l.bareTexts()
	l.misspeltErrors()
	l.unusedDefinitions()
	l.unusedNames()
	l.endlessCallbacks()
	for _, b := range l.bodies {
		l.loops(b)
		l.swallowed(b)
	}
	l.leftTasks()
	l.lockOrders()
	l.lostUpdates()
}

func (l *linter) warn(code string, at source.Span, message, hint string) *source.Diagnostic {
	l.diags.Add(source.Diagnostic{Code: code, Severity: source.SeverityWarning, Span: at, Message: message, Hint: hint})
	return &(*l.diags)[len(*l.diags)-1]
}

// eachField calls f for the fields of a record and of the records and steps in it, in the order of the file.
func eachField(r *syntax.Record, f func(syntax.Field)) {
	if r == nil {
		return
	}
	for _, field := range r.Fields {
		f(field)
		for _, inner := range recordsIn(field.Value) {
			eachField(inner, f)
		}
	}
}

// recordsIn is the records and steps right in a value.
func recordsIn(v syntax.FieldValue) []*syntax.Record {
	var list []*syntax.Record
	switch v := v.(type) {
	case *syntax.Record:
		list = append(list, v)
	case *syntax.Records:
		list = append(list, v.Items...)
	case *syntax.Block:
		for _, s := range v.Steps {
			list = append(list, s)
		}
	case *syntax.Items:
		for _, item := range v.Items {
			if r, ok := item.(*syntax.Record); ok {
				list = append(list, r)
			}
		}
	case *syntax.Definitions:
		for _, d := range v.Items {
			list = append(list, d.Record)
		}
	case *syntax.Objects:
		for _, o := range v.Items {
			if o.Options != nil {
				list = append(list, o.Options)
			}
		}
	}
	return list
}

// uses is what a part of a scenario mentions.
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

func (u *uses) note(f syntax.Field) {
	u.info.ReadNames(f.Value, func(name string) { u.variables[name] = true })
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
	for _, d := range l.s.Coroutines {
		if !l.uses.coroutines[d.Name.Text] {
			l.warn(CodeUnusedCoroutine, d.Name.Span, "nothing runs the coroutine `"+d.Name.Text+"`",
				"remove it, or `call` or `spawn` it")
		}
	}
	for _, d := range l.s.Callbacks {
		if !d.Record.Has("after") && !d.Record.Has("every") && !l.uses.scheduled[d.Name.Text] {
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

// mentioned reports whether anything reads or writes a variable of the whole scenario. A name that begins with `_` says
// that this is not meant.
func (l *linter) mentioned(name string) bool {
	return l.meant[name] || strings.HasPrefix(name, "_") || l.uses.variables[name] || l.uses.bound[name]
}

// unusedNames reports variables that nothing reads: those of the whole scenario where nothing writes them either.
func (l *linter) unusedNames() {
	unused := func(what string, name *syntax.Name) {
		l.warn(CodeUnusedName, name.Span, "nothing uses "+what+" `"+name.Text+"`",
			"remove it, or begin its name with `_`: `_"+name.Text+"`")
	}
	for _, p := range l.s.Params {
		if !l.mentioned(p.Name.Text) {
			unused("the run parameter", p.Name)
		}
	}
	for _, v := range l.s.Shared {
		if !l.mentioned(v.Name.Text) {
			unused("the shared variable", v.Name)
		}
	}
	for _, v := range l.s.Context {
		if !l.mentioned(v.Name.Text) {
			unused("the context variable", v.Name)
		}
	}
	locals := func(r *syntax.Record, params []*syntax.Param) {
		u := newUses(l.info)
		eachField(r, u.note)
		for _, p := range params {
			if !u.variables[p.Name.Text] && !l.meant[p.Name.Text] && !strings.HasPrefix(p.Name.Text, "_") {
				unused("the parameter", p.Name)
			}
		}
		seen := map[string]bool{}
		l.assignedLocals(r, func(name *syntax.Name) {
			if !u.variables[name.Text] && !l.meant[name.Text] && !seen[name.Text] && !strings.HasPrefix(name.Text, "_") {
				unused("the local", name)
			}
			seen[name.Text] = true
		})
	}
	for _, d := range l.s.Coroutines {
		locals(&d.Record, d.Params)
	}
	for _, d := range l.s.Callbacks {
		locals(&d.Record, d.Params)
	}
	for _, w := range l.s.Workers {
		locals(&w.Entry.Record, nil)
	}
	for _, b := range []*syntax.Block{l.s.Main, l.s.Before, l.s.After} {
		if b != nil {
			locals(&syntax.Record{Fields: []syntax.Field{{Key: syntax.DoKey, Value: b}}}, nil)
		}
	}
}

// assignedLocals calls f for the names of locals that steps in r assign for the sake of their value: not what a loop
// must name, and not what only keeps a task or a group.
func (l *linter) assignedLocals(r *syntax.Record, f func(*syntax.Name)) {
	for _, s := range stepsIn(r, true) {
		for _, field := range s.Fields {
			switch v := field.Value.(type) {
			case *syntax.Name:
				binds := field.Key.Name == "as" && s.Verb.Name != "spawn" && !field.Key.Required
				if g := l.info.Globals[v.Text]; binds && g == nil {
					f(v)
				}
			case *syntax.Bindings:
				for _, b := range v.Items {
					if field.Key.Space == syntax.LocalSpace {
						f(b.Name)
					}
				}
			}
		}
	}
}

// stepsIn is the steps in a record, with those inside them, in the order of the file; inline: also those of the entries
// that have a `do`, which are other activations.
func stepsIn(r *syntax.Record, inline bool) []*syntax.Step {
	var list []*syntax.Step
	for _, f := range r.Fields {
		if b, ok := f.Value.(*syntax.Block); ok {
			if inline || f.Key != syntax.EntryDo {
				list = append(list, stepsOf(b, inline)...)
			}
			continue
		}
		for _, inner := range recordsIn(f.Value) {
			list = append(list, stepsIn(inner, inline)...)
		}
	}
	return list
}

// stepsOf is the steps of a block, with those inside them.
func stepsOf(b *syntax.Block, inline bool) []*syntax.Step {
	if b == nil {
		return nil
	}
	var list []*syntax.Step
	for _, s := range b.Steps {
		list = append(append(list, s), stepsIn(s, inline)...)
	}
	return list
}

// endlessCallbacks reports periodic callbacks that keep a run going until a limit ends it.
func (l *linter) endlessCallbacks() {
	clock, expect := syntax.As[*syntax.Record](l.s.Root, "clock"), syntax.As[*syntax.Record](l.s.Root, "expect")
	mode, ends := syntax.As[*syntax.Name](clock, "mode"), syntax.As[*syntax.Name](expect, "ends")
	stops := slices.ContainsFunc(stepsIn(l.s.Root, true), func(s *syntax.Step) bool { return s.Verb.Name == "stop" })
	if l.s.Main != nil || stops || clock.Has("until") || mode != nil && mode.Text == "real" ||
		ends != nil && (ends.Text == "limit" || ends.Text == "interrupted") {
		return
	}
	for _, d := range l.s.Callbacks {
		if d.Record.Has("every") && !d.Record.Has("until") && !l.uses.cancelled[d.Name.Text] && !mayRaise(d.Do) {
			l.warn(CodeEndless, d.Name.Span, "nothing ever stops the periodic callback `"+d.Name.Text+
				"`: the run goes on until a limit", "give it an `until`, or `stop` the loop, or set `clock: { until: 1m }`")
		}
	}
}

// mayRaise reports whether a step in a block raises an error.
func mayRaise(b *syntax.Block) bool {
	for _, s := range stepsOf(b, false) {
		if s.Verb.Name == "raise" || s.Verb.Name == "assert" {
			return true
		}
	}
	return false
}

// loops reports `while` loops that can never end: they hold nothing but steps that neither wait nor change what the
// condition reads, and none that leaves the loop.
func (l *linter) loops(b *body) {
	for _, s := range b.steps() {
		cond := syntax.As[*syntax.Condition](s, "while")
		if s.Verb.Name != "while" || cond == nil || cond.Expr.Tree == nil || cond.Expr.Tree.Draws() ||
			strings.TrimSpace(cond.Expr.Text) == "false" {
			continue
		}
		tested := map[string]bool{}
		l.info.ReadNames(cond, func(name string) { tested[name] = true })
		if l.turnsForEver(syntax.As[*syntax.Block](s, "do"), tested) {
			l.warn(CodeSpins, cond.Expr.Span, "nothing in this loop waits or changes `"+source.Shorten(cond.Expr.Text)+
				"`: if it holds once, the loop never ends", "wait in it, for instance `- sleep: 100ms`, or assign what it tests")
		}
	}
}

// turnsForEver reports whether no step of a loop's body waits, changes one of the names, or leaves the loop.
func (l *linter) turnsForEver(do *syntax.Block, tested map[string]bool) bool {
	for _, s := range stepsOf(do, false) {
		switch s.Verb.Name {
		case "print", "if", "continue", "context":
		case "let", "set", "append", "repeat", "for", "while":
			u := newUses(l.info)
			for _, f := range s.Fields {
				switch v := f.Value.(type) {
				case *syntax.Targets:
					u.note(syntax.Field{Key: f.Key, Value: &syntax.Targets{Items: bare(v.Items)}})
				case *syntax.Bindings:
					for _, b := range v.Items {
						u.bound[b.Name.Text] = true
					}
				case *syntax.Name:
					u.bound[v.Text] = true
				}
			}
			for name := range tested {
				if u.variables[name] || u.bound[name] {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// bare is targets without their values.
func bare(items []syntax.Targeting) []syntax.Targeting {
	list := make([]syntax.Targeting, len(items))
	for i, t := range items {
		list[i] = syntax.Targeting{Path: &syntax.Path{Name: t.Path.Name}, Value: &syntax.Value{}}
	}
	return list
}

// swallowed reports handlers that take a cancellation and let the task wait again.
func (l *linter) swallowed(b *body) {
	if !b.act.Kind.Waits() {
		return
	}
	steps := b.steps()
	for _, s := range steps {
		catch := syntax.As[*syntax.Records](s, "catch")
		if catch == nil || !waitsItself(syntax.As[*syntax.Block](s, "try")) || !b.waitsAgain(s, steps) {
			continue
		}
		for _, handler := range catch.Items {
			name := catches(handler)
			if name == nil || leaves(syntax.As[*syntax.Block](handler, "do")) {
				continue
			}
			l.warn(CodeSwallowed, name.Span,
				"this handler swallows "+name.Text+": the task goes on as if nobody had cancelled it",
				"end the handler with `- raise`, which passes the "+name.Text+" on")
		}
	}
}

// catches is the name with which a handler catches a CancelledError, nil: it does not.
func catches(handler *syntax.Record) *syntax.Name {
	if names := syntax.As[*syntax.Names](handler, "error"); names != nil {
		for _, n := range names.Items {
			if engine.IsSubtype("CancelledError", n.Text) {
				return n
			}
		}
	}
	return nil
}

// waitsItself reports whether a block waits for something else than a task: there, a CancelledError is that of the
// waiting task. Where it awaits tasks, it may well be theirs.
func waitsItself(b *syntax.Block) bool {
	for _, s := range stepsOf(b, false) {
		switch s.Verb.Name {
		case "await", "gather", "shield", "wait", "as_completed", "group", "call", "timeout":
		default:
			if s.Verb.Waits {
				return true
			}
		}
	}
	return false
}

// leaves reports whether a step of a handler's block leaves it.
func leaves(b *syntax.Block) bool {
	for _, s := range stepsOf(b, false) {
		switch s.Verb.Name {
		case "raise", "return", "break":
			return true
		}
	}
	return false
}

// leftTasks reports tasks that `main` spawns and does not keep, when it waits for nothing afterwards.
func (l *linter) leftTasks() {
	main := l.mainBody()
	if main == nil {
		return
	}
	steps := main.steps()
	for _, s := range steps {
		if s.Verb.Name != "spawn" || s.Has("as") || s.Has("in") || s.Has("name") || s.Has("daemon") ||
			main.waitsAgain(s, steps) || !l.waits(s) {
			continue
		}
		l.warn(CodeLeftTask, s.Place(),
			"`main` ends without waiting for this task: it is cancelled before it has done its work",
			"keep it with `as: task` and `- await: task`")
	}
}

// waits reports whether what a `spawn` runs waits.
func (l *linter) waits(s *syntax.Step) bool {
	switch v := s.Get("spawn").(type) {
	case *syntax.Name:
		d := l.info.Coroutines[v.Text]
		return d != nil && l.info.BodyOf(d).Waiting != nil
	case *syntax.Record:
		if call := syntax.As[*syntax.Name](v, "call"); call != nil {
			d := l.info.Coroutines[call.Text]
			return d != nil && l.info.BodyOf(d).Waiting != nil
		}
		act := l.info.InlineOf(v)
		return act != nil && act.Waiting != nil
	}
	return false
}
