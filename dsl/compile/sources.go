package compile

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// source compiles a source. What says when tasks arrive is computed when a loop is made, but for gaps and batches.
func (b *builder) source(s *syntax.Source) {
	src := b.sources[s]
	b.outside(true)
	src.Rate = b.timetable(s.Rate, "`rate`")
	src.Per, src.Start, src.End = b.duration(s.Per, "`per`"), b.moment(s.From, "`start`"), b.moment(s.End, "`end`")
	src.Limit = b.integer(s.Limit, "`limit`")
	if s.At != nil {
		for _, at := range s.At.Items {
			src.At = append(src.At, b.moment(at, "`at`"))
		}
	}
	if s.Rows != nil {
		src.Rows, src.RowAt = b.value(s.Rows).As(expr.ListOf(expr.AnyType), "`rows`"), b.rowTime(s)
	}
	b.Scope = check.Scope{Info: b.Info, Act: b.BodyOfSource(s), Index: true}
	src.Every, src.After, src.Batch = b.duration(s.Every, "`every`"), b.duration(s.After, "`after`"), b.integer(s.Batch, "`batch`")
	e := b.entry(&s.Entry, &s.Entry, s.Title.Span)
	switch {
	case s.Name == nil:
		e.Name = s.Title.Text
	case e.NameText == nil:
		e.NameText, e.Name = b.text(s.Name), ""
	}
	src.Entry = e
	b.draws = b.draws || s.Rate != nil
	b.outside(false)
}

// rowTime compiles when the row in the first local comes: its `at`, a number of the scenario's unit or a duration.
func (b *builder) rowTime(s *syntax.Source) engine.EvalTime {
	unit := b.s.Unit
	at := func(l *engine.Loop) engine.Value {
		row := l.Local(0)
		if row.Kind() != engine.KindMap {
			l.Raise("TypeError", "it is a map with `at`, not "+row.Kind().String())
			return engine.Value{}
		}
		v, ok := row.Get("at")
		switch {
		case !ok:
			l.Raise("ValueError", "it lacks its `at`")
		case v.Kind() == engine.KindString:
			ns, err := expr.ParseDuration(v.AsString(), unit)
			if err != nil {
				l.Raise("ValueError", err.Error())
			}
			return engine.Float(l.InUnits(ns))
		}
		return v
	}
	return expr.OfValue(expr.AnyType, at).AsMoment("`at`")
}

// timetable compiles a number that may change over time, or returns nil if it is absent.
func (b *builder) timetable(t *syntax.Timetable, what string) *engine.Timetable {
	switch {
	case t == nil:
		return nil
	case t.Constant != nil:
		return engine.Constant(b.value(t.Constant).AsFloat(what))
	}
	table := &engine.Timetable{}
	if table.Every, table.Calendar = t.Calendar(); t.Every != nil {
		table.Every = t.Every.Nanos
	}
	for _, item := range t.Times.Items {
		table.Times = append(table.Times, item.Time.Nanos)
		table.Values = append(table.Values, b.value(item.Value).AsFloat(what))
	}
	return table
}
