// Package lint warns about scenarios that run, but probably not as intended. When in doubt it is silent: every warning
// is meant to be about a real fault.
package lint

import (
	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// linter collects the warnings of a scenario without errors.
type linter struct {
	s      *syntax.File
	info   *check.Info
	diags  *source.Diagnostics
	bodies []*body
	uses   uses
	meant  map[string]bool // variables whose bare names appear as text: they are not reported as unused as well
}

// Lint adds the warnings of a scenario without errors. It looks at the file itself, not at those that it includes.
func Lint(s *syntax.File, info *check.Info, diags *source.Diagnostics) {
	if s.StartsNothing() && !s.IsLibrary() {
		return // RL0120 says it all
	}
	s = s.Alone()
	l := &linter{s: s, info: info, diags: diags, uses: newUses(info), meant: map[string]bool{}}
	syntax.Walk(s.Root, l.uses.record)
	l.collectBodies()
	l.bareTexts()
	l.notations()
	l.remainders()
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
	l.neverWoken()
	l.heldUp()
	l.loans()
}

func (l *linter) warn(code string, at source.Span, message, hint string) *source.Diagnostic {
	l.diags.Add(source.Diagnostic{Code: code, Severity: source.SeverityWarning, Span: at, Message: message, Hint: hint})
	return &(*l.diags)[len(*l.diags)-1]
}

// readNames calls f for the name of each variable that the expressions in a value read.
func readNames(info *check.Info, v syntax.FieldValue, f func(name string)) {
	syntax.Exprs(v, info.ExprOf, func(e *syntax.Expr) {
		if e.Tree != nil {
			e.Tree.Reads(func(name string, _ source.Span) { f(name) })
		}
	})
}

// assigned returns the variables that a step writes.
func assigned(s *syntax.Step) []*syntax.Name {
	var list []*syntax.Name
	for _, f := range s.Fields {
		switch v := f.Value.(type) {
		case *syntax.Name:
			if f.Key.Space == syntax.TargetSpace || f.Key.Space == syntax.LocalSpace {
				list = append(list, v)
			}
		case *syntax.Bindings:
			for _, b := range v.Items {
				if f.Key.Space == syntax.LocalSpace {
					list = append(list, b.Name)
				}
			}
		case *syntax.Targets:
			for _, t := range v.Items {
				list = append(list, t.Path.Name)
			}
		}
	}
	return list
}

// stepsOf returns the steps of blocks in the order of the file, each before the steps inside it. It leaves out the
// steps of entries, which are other activations.
func stepsOf(blocks ...*syntax.Block) []*syntax.Step {
	var list []*syntax.Step
	visit := func(r *syntax.Record) bool {
		if r.Verb != nil {
			list = append(list, r)
		}
		return !isEntry(r)
	}
	for _, b := range blocks {
		if b != nil {
			syntax.Walk(b, visit)
		}
	}
	return list
}

// isEntry reports whether a map describes a task to create.
func isEntry(r *syntax.Record) bool {
	switch r.Node.(type) {
	case *syntax.Entry, *syntax.Generator:
		return true
	}
	return false
}

// blocksIn returns the blocks directly inside a step, and those of its branches and handlers.
func blocksIn(r *syntax.Record) []*syntax.Block {
	var list []*syntax.Block
	for _, f := range r.Fields {
		switch v := f.Value.(type) {
		case *syntax.Block:
			list = append(list, v)
		case *syntax.Records:
			for _, item := range v.Items {
				list = append(list, blocksIn(item)...)
			}
		}
	}
	return list
}
