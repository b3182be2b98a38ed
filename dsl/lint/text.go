package lint

import (
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// misspeltErrors reports errors whose type is almost one of Python's, unless a handler names it.
func (l *linter) misspeltErrors() {
	handled := map[string]bool{}
	var raised []*syntax.Name
	syntax.Walk(l.s.Root, func(r *syntax.Record) bool {
		for _, f := range r.Fields {
			switch v := f.Value.(type) {
			case *syntax.Name:
				if f.Key.Kind == syntax.ErrorKey {
					raised = append(raised, v)
				}
			case *syntax.Names:
				for _, name := range v.Items {
					handled[name.Text] = true
				}
			}
		}
		return true
	})
	types := engine.ErrorTypes()
	for _, name := range raised {
		near := source.Suggest(name.Text, types)
		if near == "" || handled[name.Text] || slices.Contains(types, name.Text) || len(near) < 8 ||
			source.EditDistance(strings.ToLower(name.Text), strings.ToLower(near)) > 1 {
			continue
		}
		l.warn(CodeNearError, name.Span, "`"+name.Text+"` is not one of Python's errors, and nothing handles it by this name",
			"did you mean `"+near+"`?")
	}
}

// bareTexts reports texts that were probably meant as the value of a variable.
func (l *linter) bareTexts() {
	for _, b := range l.info.Bare {
		l.meant[b.Name] = true
		hint := "did you mean `${" + b.Name + "}`? text of that name is written in quotes"
		if b.Text != b.Name {
			hint = "did you mean `${" + b.Name + "}`?"
		}
		l.warn(CodeBareName, b.At, "`"+b.Text+"` is text, and there is a variable `"+b.Name+"`", hint)
	}
}

// notations reports texts that are written as values are in other languages.
func (l *linter) notations() {
	for _, n := range l.info.Foreign {
		d := l.warn(CodeNotation, n.At, n.Message, n.Hint)
		l.uses.coroutines[n.Coroutine] = true // it was meant to run
		for _, name := range n.Names {
			l.meant[name] = true
		}
		if n.Value != "" {
			d.Fix = source.Fix{Span: n.At, New: n.Value}
		}
	}
}
