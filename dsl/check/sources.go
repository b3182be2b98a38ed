package check

import (
	"strconv"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// rowName is what a task of a source with `rows` knows its row by.
const rowName = "row"

// sources collects the names of the sources, and those that their tasks know.
func (c *collector) collectSources(s *syntax.File) {
	for _, src := range s.Sources {
		c.sourceTasks(src)
		if c.Callbacks[src.Title.Text] != nil || c.tasks[src.Title.Text] {
			c.diags.Add(source.Diagnostic{Code: CodeSameTask, Span: src.Title.Span, Hint: "choose another name",
				Message: "a callback or a task is named `" + src.Title.Text + "`, too"})
		}
		act := newActivation(callbackBody, src.Title.Text)
		var params []*syntax.Param
		if src.Rows != nil {
			at := src.KeySpanOf(syntax.SourceRows)
			params = []*syntax.Param{{Name: &syntax.Name{Span: at, Text: rowName}, Type: rowType(src.Rows)}}
		}
		act.Params = len(params)
		c.record(act, &src.Record, false, true)
		c.finish(act, params)
		c.sources[src] = act
	}
}

// rowType is the type of a row, as far as it stands in the file.
func rowType(rows *syntax.Value) expr.Type {
	if t := syntax.TypeOfLiteral(rows); rows.IsConstant() && t.Kind == expr.TypeList && t.Elem.Kind == expr.TypeMap {
		return Known(*t.Elem)
	}
	return expr.MapOf(expr.AnyType)
}

// sourceTasks records the names of a source's tasks.
func (c *collector) sourceTasks(src *syntax.Source) {
	limit := src.Limit
	if src.Name != nil || limit == nil || limit.Kind != syntax.Literal || limit.Const.Kind() != engine.KindInt ||
		limit.Const.AsInt() > maxKnownTasks {
		c.computedTasks = true
		return
	}
	for i := range max(limit.Const.AsInt(), 0) {
		c.tasks[src.Title.Text+"-"+strconv.FormatInt(i+1, 10)] = true
	}
}

// BodyOfSource returns the activation that what a source says stands in: it knows `row`.
func (i *Info) BodyOfSource(s *syntax.Source) *Activation { return i.sources[s] }

// source checks an entry of `sources`.
func (c *checker) source(s *syntax.Source) {
	c.outside(true)
	c.when(s)
	c.outside(false)
	act := c.BodyOfSource(s)
	c.Act, c.Index, c.flow = act, true, state{assigned: act.begin()}
	c.duration(s.Every)
	c.duration(s.After)
	c.sourceNumber(syntax.SourceBatch, s.Batch)
	c.given(&s.Record, s.Daemon)
	result := c.nameTasks(&s.Entry, c.entry(&s.Entry, s.Title.Span))
	c.nameTask(expr.EachOfCount(s.Title.Text), result)
	c.outside(false)
}

// when checks when a source's tasks arrive.
func (c *checker) when(s *syntax.Source) {
	switch keys := s.When(); {
	case len(keys) == 0 && !s.IsPartial():
		c.errorf(syntax.CodeSource, s.Title.Span, "write `every: \"${exponential(10)}\"`, `rate: 6` with `per: 1m`, `at: [0s, 5s]` or `rows`",
			"source `%s` says when by exactly one of `every`, `rate`, `at` and `rows`", s.Title.Text)
	case len(keys) > 1:
		c.errorf(syntax.CodeSource, s.KeySpanOf(keys[1]), "remove one of them",
			"source `%s` says when by exactly one of `every`, `rate`, `at` and `rows`, not by `%s` and `%s`", s.Title.Text, keys[0].Name, keys[1].Name)
	}
	if s.Every != nil && s.Every.Expr == nil && s.Every.Nanos == 0 {
		c.errorf(CodeBounds, s.Every.Span, "give it a duration, or `at: [0s]` with a `batch`", "`every` must be above 0: it would never let time pass")
	}
	if s.Per != nil && !s.Written(syntax.SourceRate) {
		c.errorf(syntax.CodeMissingKey, s.Per.Span, "", "`per` needs `rate`: it says to what time that refers")
	}
	if s.After != nil && (s.At != nil || s.Rows != nil) {
		c.errorf(syntax.CodeSource, s.KeySpanOf(syntax.SourceAfter), "remove it", "the times say when the first arrives, not `after`")
	}
	if s.Per != nil && s.Per.Expr == nil && s.Per.Nanos == 0 {
		c.errorf(CodeBounds, s.Per.Span, "", "`per` must be above 0")
	}
	c.timetable(s.Rate, syntax.SourceRate)
	for _, d := range []*syntax.Duration{s.Per, s.From, s.End} {
		c.duration(d)
	}
	c.sourceNumber(syntax.SourceLimit, s.Limit)
	if s.End != nil && s.From != nil && s.End.Expr == nil && s.From.Expr == nil && s.End.Nanos <= s.From.Nanos {
		c.errorf(CodeBounds, s.End.Span, "", "nothing arrives from %s to %s", c.s.Source.Text(s.From.Span), c.s.Source.Text(s.End.Span))
	}
	c.times(s)
	c.rows(s)
}

func (c *checker) sourceNumber(key *syntax.Key, v *syntax.Value) {
	if v != nil {
		c.wanted(key, v)
		c.above(key, v, false)
	}
}

// times checks that the times of `at` do not fall.
func (c *checker) times(s *syntax.Source) {
	if s.At == nil {
		return
	}
	for i, d := range s.At.Items {
		c.duration(d)
		if i == 0 || d.Expr != nil {
			continue
		}
		if before := s.At.Items[i-1]; before.Expr == nil && d.Nanos < before.Nanos {
			c.errorf(syntax.CodeSource, d.Span, "put the times in their order", "%s comes after %s", c.s.Source.Text(before.Span), c.s.Source.Text(d.Span))
		}
	}
}

// rows checks the rows that stand in the file: maps with a time that does not fall.
func (c *checker) rows(s *syntax.Source) {
	if s.Rows == nil {
		return
	}
	if t := c.wanted(syntax.SourceRows, s.Rows); s.Rows.Kind != syntax.ListValue || t.Kind != expr.TypeList {
		return
	}
	for _, row := range s.Rows.Items {
		if row.Kind == syntax.MapValue {
			if at := mapItem(row, "at"); at == nil {
				c.errorf(syntax.CodeSource, row.Span, "add `at: 5s`", "a row of `rows` says when it arrives: it lacks its `at`")
			}
		} else if row.IsConstant() {
			c.errorf(syntax.CodeSource, row.Span, "write `{ at: 5s }`", "a row of `rows` is a map with `at`, not `%s`", source.Shorten(c.s.Source.Text(row.Span)))
		}
	}
}

// mapItem returns the value of a key of a map as it is written, or nil if it has none.
func mapItem(v *syntax.Value, key string) *syntax.Value {
	for i, k := range v.Keys {
		if k == key {
			return v.Items[i]
		}
	}
	return nil
}

// timetable checks a number that may change over time. Its values are computed when a loop is made.
func (c *checker) timetable(t *syntax.Timetable, key *syntax.Key) {
	switch {
	case t == nil:
		return
	case t.Constant != nil:
		c.wanted(key, t.Constant)
		c.above(key, t.Constant, false)
		return
	case t.Times == nil || len(t.Times.Items) == 0:
		return
	}
	items := t.Times.Items
	for _, item := range items {
		c.wanted(key, item.Value)
		c.above(key, item.Value, false)
	}
	_, calendar := t.Calendar()
	first := items[0].Time
	for i, item := range items {
		if i == 0 {
			continue
		}
		before, at := items[i-1].Time, item.Time
		switch {
		case at.OfDay != first.OfDay || at.OfWeek != first.OfWeek:
			c.errorf(syntax.CodeTimetable, at.Span, "", "`%s` and `%s`: %s", c.timeText(first), c.timeText(at), mixedTimes(first, at))
			return
		case at.Nanos <= before.Nanos:
			c.errorf(syntax.CodeTimetable, at.Span, "put the times in their order", "`%s` does not come after `%s`", c.timeText(at), c.timeText(before))
		}
	}
	switch {
	case calendar && t.Every != nil:
		c.errorf(syntax.CodeTimetable, t.KeySpanOf(syntax.TableEvery), "remove it", "times of the day and of the week repeat by themselves")
	case calendar:
	case t.Every == nil && first.Nanos > 0:
		c.errorf(syntax.CodeTimetable, first.Span, "begin with `0s:`, or repeat it with `every`", "before %s it has no value", c.timeText(first))
	case t.Every != nil && t.Every.Expr != nil:
		c.errorf(syntax.CodeTimetable, t.Every.Span, "", "`every` of a timetable is a duration that is known before the run")
	case t.Every != nil && items[len(items)-1].Time.Nanos >= t.Every.Nanos:
		last := items[len(items)-1].Time
		c.errorf(syntax.CodeTimetable, last.Span, "", "`%s` is not before the end of the cycle, %s", c.timeText(last), c.s.Source.Text(t.Every.Span))
	}
}

func (c *checker) timeText(d *syntax.Duration) string { return source.Shorten(c.s.Source.Text(d.Span)) }

// mixedTimes says what two times of one timetable are.
func mixedTimes(a, b *syntax.Duration) string {
	if a.OfDay == b.OfDay || a.OfWeek == b.OfWeek && !a.OfDay && !b.OfDay {
		return "times of the week or of the loop, not both"
	}
	if a.OfWeek || b.OfWeek {
		return "times of the day or of the week, not both"
	}
	return "times of the day or of the loop, not both"
}
