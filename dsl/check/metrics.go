package check

import (
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// metricsOf is what expressions of the first file can ask the statistics for.
func (i *Info) metricsOf(s *syntax.File) *expr.Metrics {
	m := &expr.Metrics{Objects: map[string]expr.Symbol{}, Tasks: map[string]bool{}, Calls: map[string]string{}, Sources: map[string]int{},
		More: len(s.Lost) > 0}
	for _, o := range s.Objects {
		if v := i.Globals[o.Name.Text]; v != nil && v.Kind == expr.SymObject {
			m.Objects[o.Name.Text] = v.Symbol
		}
	}
	for _, d := range s.Coroutines {
		m.Tasks[d.Name.Text] = true
	}
	entry := func(e *syntax.Entry, name string) {
		if i.InlineOf(e) != nil {
			m.Tasks[name] = true
		} else if e.Coroutine != nil {
			m.Calls[name] = e.Coroutine.Text
		}
	}
	for _, w := range s.Workers {
		entry(w.Entry, w.Name.Text)
	}
	for n, src := range s.Sources {
		entry(&src.Entry, src.Title.Text)
		m.Sources[src.Title.Text] = n
	}
	return m
}
