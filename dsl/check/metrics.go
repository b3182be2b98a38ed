package check

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// metricsOf is what expressions of the first file can ask the statistics for.
func (i *Info) metricsOf(s *syntax.File) *expr.Metrics {
	m := &expr.Metrics{Objects: map[string]expr.Symbol{}, Tasks: map[string]bool{}, Calls: map[string]string{}, Sources: map[string]int{}, Own: map[string]expr.OwnMetric{},
		Ranked: map[string]bool{}, Asked: map[string]expr.MetricAsked{}, More: len(s.Lost) > 0}
	for _, o := range s.Objects {
		if v := i.Globals[o.Name.Text]; v != nil && v.Kind == expr.SymObject {
			m.Objects[o.Name.Text] = v.Symbol
			if order := o.With().Order; order != nil && o.Kind == expr.TypeResource {
				m.Ranked[o.Name.Text] = order.Text == "priority" || order.Text == "preemptive"
			}
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
	for _, own := range s.Metrics {
		m.Asked[own.Name.Text] = expr.MetricAsked{Windows: own.Windows != nil, Histogram: own.Histogram != nil}
		if own.Automatic() == nil {
			m.Own[own.Name.Text] = expr.OwnMetric{Index: len(m.Own), Kind: own.Counts()}
		}
	}
	return m
}

// metrics checks the entries of `metrics`.
func (c *checker) metrics() {
	c.outside(false)
	for _, m := range c.s.Metrics {
		c.metric(m)
	}
}

func (c *checker) metric(m *syntax.Metric) {
	known, name := c.Info.Metrics, m.Name.Text
	c.windows(m)
	c.histogram(m.Histogram)
	if path := m.Automatic(); path != nil {
		measure, problem, hint := known.Automatic(path)
		if problem != "" && !known.More {
			c.errorf(expr.CodeUnknownName, m.Name.Span, hint, "%s", problem)
		}
		for _, key := range []*syntax.Key{syntax.MetricKind, syntax.MetricOf, syntax.MetricInitial, syntax.MetricUnit} {
			if m.Written(key) {
				c.errorf(syntax.CodeWrongForm, m.KeySpanOf(key), "remove it", "`%s` is made by itself: it has no `%s`", name, key.Name)
			}
		}
		if m.Shares != nil && problem == "" && measure.Stat.Class == engine.StatIsLevel {
			c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricShares), "`histogram` tells how long it was where", "`shares` are of single values, not of a level")
		}
		c.statOptions(m)
		return
	}
	kind := m.Counts()
	s, isObject := known.Objects[name]
	switch {
	case isObject:
		c.errorf(syntax.CodeWrongForm, m.Name.Span, "choose another name; `"+name+".wait: { shares: [20s] }` gives options to its statistics",
			"`%s` is %s: its statistics are made by themselves", name, s.Type.Article())
	case name == "tasks" || name == "sources":
		c.errorf(syntax.CodeWrongForm, m.Name.Span, "choose another name", "`metrics.%s` has the statistics of all %s", name, name)
	}
	if m.Of != nil {
		c.noDraws = true
		t := c.expr(m.Of.Expr)
		c.noDraws = false
		switch {
		case kind == engine.MetricTally || kind == engine.MetricCount:
			c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricOf), "write `kind: level`, or observe it with `record`",
				"a %s is of what steps record: `of` says what a level or states are", engine.MetricKindWords[kind])
		case kind == engine.MetricLevel && !expr.Assignable(t, expr.NumberType):
			c.errorf(CodeValueType, m.Of.Span, "`kind: states` is of texts, integers and bools", "a level is a number, this is %s", t.Article())
		case kind == engine.MetricStates && !isState(t):
			c.errorf(CodeValueType, m.Of.Span, "", "a state is a text, an integer or a bool, not %s", t.Article())
		}
	}
	c.initial(m, kind)
	if m.Unit != nil {
		c.metricUnit(m.Unit)
	}
	if kind > engine.MetricLevel && m.Histogram != nil {
		c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricHistogram), "remove it", "there is no histogram of %s", kindWords[kind])
	}
	if kind == engine.MetricStates && m.Windows != nil {
		c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricWindows), "`kind: level` with `of: machine == 'down' ? 1 : 0` has some", "there are no windows of states")
	}
	if kind != engine.MetricTally && m.Shares != nil {
		c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricShares), "remove it", "`shares` are of single values, not of %s", kindWords[kind])
	}
	if kind > engine.MetricLevel && m.Quantiles != nil {
		c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricQuantiles), "remove it", "there are no quantiles of %s", kindWords[kind])
	}
	c.statOptions(m)
}

// initial checks what a level or a state is at first.
func (c *checker) initial(m *syntax.Metric, kind engine.MetricKind) {
	if m.Initial == nil {
		return
	}
	c.noDraws = true
	t := c.value(m.Initial)
	c.noDraws = false
	switch {
	case kind == engine.MetricTally || kind == engine.MetricCount:
		c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricInitial), "remove it", "`initial` is of a level or of states: %s begins without any", kindOf[kind])
	case m.Of != nil:
		c.errorf(syntax.CodeWrongForm, m.KeySpanOf(syntax.MetricInitial), "remove it", "`%s` is what its `of` says, from the start", m.Name.Text)
	case kind == engine.MetricLevel && !expr.Assignable(t, expr.NumberType), kind == engine.MetricStates && !isState(t):
		c.errorf(CodeValueType, m.Initial.Span, "", "`%s` is %s, it takes %s, not %s", m.Name.Text, kindOf[kind], kindTakes[kind], t.Article())
	}
}

// metricUnit checks the unit of a metric: it stands in tables.
func (c *checker) metricUnit(v *syntax.Value) {
	c.wanted(syntax.MetricUnit, v)
	if text := v.Const.AsString(); v.Kind == syntax.Literal && (text == "" || utf8.RuneCountInString(text) > 20 || strings.ContainsFunc(text, unicode.IsControl)) {
		c.errorf(CodeBounds, v.Span, "such as `kg` or `items`", "a unit is a short text of one line, up to 20 characters")
	}
}

// windows checks the slots of time of a metric.
func (c *checker) windows(m *syntax.Metric) {
	w := m.Windows
	if w == nil || w.Every == nil {
		return
	}
	for _, d := range []*syntax.Duration{w.Every, w.Cycle} {
		switch {
		case d == nil:
		case d.Expr != nil:
			c.errorf(CodeValueType, d.Span, "write a duration such as 30m", "the slots of `windows` are known before the run")
			return
		case d.Nanos <= 0:
			c.errorf(CodeBounds, d.Span, "", "a slot of no time has nothing in it: `%s` must be above 0", w.FieldOf(d).Key.Name)
			return
		}
	}
	every := c.s.Source.Text(w.Every.Span)
	if w.Cycle != nil {
		switch text := c.s.Source.Text(w.Cycle.Span); {
		case w.Cycle.Nanos%w.Every.Nanos != 0:
			c.errorf(CodeBounds, w.Cycle.Span, "", "a cycle is some whole slots: %s is no multiple of %s", text, every)
		case w.Cycle.Nanos/w.Every.Nanos > engine.MostSlots:
			c.errorf(CodeBounds, w.Every.Span, "make them longer", "there are at most %d slots, %s has %d", engine.MostSlots, text, w.Cycle.Nanos/w.Every.Nanos)
		}
		return
	}
	if c.s.Clock == nil || c.s.Clock.Until == nil || c.s.Clock.Until.Expr != nil {
		return
	}
	if n := (c.s.Clock.Until.Nanos-1)/w.Every.Nanos + 1; n > engine.MostSlots {
		c.errorf(CodeBounds, w.Every.Span, "make them longer, or give them a `cycle`", "there are at most %d slots, a run of %s has %d", engine.MostSlots, c.s.Source.Text(c.s.Clock.Until.Span), n)
	}
}

// histogram checks the bins of a metric.
func (c *checker) histogram(h *syntax.Histogram) {
	if h == nil {
		return
	}
	for _, v := range []*syntax.Value{h.From, h.To, h.Bins} {
		if v == nil {
			continue
		}
		if key := h.FieldOf(v).Key; !fits(c.wanted(key, v), key.Types) || v.Kind != syntax.Literal {
			return
		}
	}
	if h.Bins != nil {
		if n := h.Bins.Const.AsInt(); n < 1 || n > engine.MostBins {
			c.errorf(CodeBounds, h.Bins.Span, "", "a histogram has from 1 to %d bins, not %d", engine.MostBins, n)
		}
	}
	if h.From == nil || h.To == nil {
		return
	}
	from, _ := h.From.Const.Number()
	to, _ := h.To.Const.Number()
	if !(from < to) {
		c.errorf(CodeBounds, h.To.Span, "", "nothing lies between %s and %s: `to` must be above `from`", c.s.Source.Text(h.From.Span), c.s.Source.Text(h.To.Span))
	}
}

var kindWords = []string{"single values", "a level", "a count", "states"}

func isState(t expr.Type) bool {
	return t.Open() || t.Kind == expr.TypeString || t.Kind == expr.TypeInt || t.Kind == expr.TypeBool
}

// statOptions checks the quantiles and the bounds of shares.
func (c *checker) statOptions(m *syntax.Metric) {
	for _, list := range []*syntax.Value{m.Quantiles, m.Shares} {
		if list == nil {
			continue
		}
		if key := m.FieldOf(list).Key; c.wanted(key, list).Kind != expr.TypeList || list.Kind != syntax.ListValue {
			continue
		}
		for _, item := range list.Items {
			x, isNumber := item.Const.Number()
			isNumber = isNumber && item.Kind == syntax.Literal
			if list == m.Quantiles && (!isNumber || x <= 0 || x >= 1) {
				c.errorf(CodeBounds, item.Span, "the median is `0.5`", "a quantile is a number above 0 and below 1, not `%s`", c.s.Source.Text(item.Span))
			} else if list == m.Shares && !isNumber {
				c.errorf(CodeValueType, item.Span, "write `20s`", "the bound of a share is a number or a duration, not `%s`", c.s.Source.Text(item.Span))
			}
		}
	}
}

// record checks a step `record`.
func (c *checker) record(n *syntax.RecordStep) {
	c.given(&n.Record, n.By)
	if n.Values == nil {
		return
	}
	for _, b := range n.Values.Items {
		t := c.value(b.Value)
		if c.env.Metrics == nil {
			c.errorf(syntax.CodeWrongForm, b.Name.Span, "return the value, and record it in the first file", "an included file knows no metrics")
			continue
		}
		own, ok := c.env.Metrics.Own[b.Name.Text]
		switch {
		case !ok && c.env.Metrics.More:
		case !ok:
			c.errorf(expr.CodeUnknownName, b.Name.Span, cmp.Or(source.DidYouMean(b.Name.Text, SortedNames(c.env.Metrics.Own)),
				"declare it: `metrics: { "+b.Name.Text+": {} }`"), "there is no metric `%s`", b.Name.Text)
		case (own.Kind == engine.MetricTally || own.Kind == engine.MetricLevel) && !expr.Assignable(t, expr.NumberType),
			own.Kind == engine.MetricCount && !expr.Assignable(t, expr.IntType), own.Kind == engine.MetricStates && !isState(t):
			c.errorf(CodeValueType, b.Value.Span, "", "`%s` is %s, it takes %s, not %s", b.Name.Text, kindOf[own.Kind], kindTakes[own.Kind], t.Article())
		case own.Kind == engine.MetricLevel && n.By != nil:
			c.errorf(syntax.CodeWrongForm, n.KeySpanOf(syntax.RecordBy), "declare a level for each", "`%s` is a level: it has one value at a time, not one `by` text", b.Name.Text)
		case c.metricHasOf(own.Index):
			c.errorf(syntax.CodeWrongForm, b.Name.Span, "remove its `of`, or this", "`%s` is what its `of` says: nothing else is recorded", b.Name.Text)
		}
	}
}

// metricHasOf reports whether an expression says what a metric of the scenario is.
func (c *checker) metricHasOf(index int) bool {
	for _, m := range c.s.Metrics {
		if m.Automatic() == nil {
			if index == 0 {
				return m.Of != nil
			}
			index--
		}
	}
	return false
}

var (
	kindOf    = []string{"a tally", "a level", "a count", "of states"}
	kindTakes = []string{"numbers", "a number", "integers", "a text, an integer or a bool"}
)
