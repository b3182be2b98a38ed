package syntax

import (
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/engine"
)

type (
	// Metric is an entry of `metrics`: what steps record, or what an expression comes to over time; or what a statistic tells
	// that is made by itself.
	Metric struct {
		Record
		Name              *Name
		Kind              *Name
		Of                *Condition
		Quantiles, Shares *Value
		Windows           *Windows
		Histogram         *Histogram
		Unit, Initial     *Value
	}
	// Windows is the slots of time of a metric.
	Windows struct {
		Record
		Every, Cycle *Duration
	}
	// Histogram is the bins of a metric.
	Histogram struct {
		Record
		From, To, Bins *Value
	}
	// RecordStep is `record`.
	RecordStep struct {
		Record
		Values *Bindings
		By     *Value
	}
)

// The keys of metrics that later stages ask for.
var (
	MetricsKey = &Key{Name: "metrics", Also: []string{"statistics", "monitors"}, Kind: NamedKey, Space: MetricSpace, Keys: metricKeys,
		Doc: "what is measured besides the statistics that are made by themselves, and what those tell", new: func() Node { return new(Metric) },
		into: func(n Node, v FieldValue) {
			for _, item := range named(v) {
				m := item.Record.Node.(*Metric)
				m.Name = item.Name
				n.(*File).Metrics = append(n.(*File).Metrics, m)
			}
		}}
	MetricKind = &Key{Name: "kind", Also: []string{"type"}, Kind: WordKey, Words: engine.MetricKindWords, Default: "tally",
		Doc:  "single values, a number that lasts, whole numbers that are added up, or what is so for a while",
		into: func(n Node, v FieldValue) { n.(*Metric).Kind, _ = v.(*Name) }}
	MetricOf = &Key{Name: "of", Also: []string{"value", "expression"}, Kind: ExpressionKey,
		Doc:  "of a level or states: what it is, of shared variables, parameters and objects; without it `record` says it",
		into: func(n Node, v FieldValue) { n.(*Metric).Of, _ = v.(*Condition) }}
	MetricQuantiles = &Key{Name: "quantiles", Also: []string{"percentiles"}, Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList}, Literal: true,
		Doc:  "further quantiles for tables and files, each above 0 and below 1",
		into: func(n Node, v FieldValue) { n.(*Metric).Quantiles, _ = v.(*Value) }}
	MetricShares = &Key{Name: "shares", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList}, Literal: true,
		Doc:  "bounds, such as 20s: the exact part of the values that are not above each",
		into: func(n Node, v FieldValue) { n.(*Metric).Shares, _ = v.(*Value) }}
	MetricWindows = &Key{Name: "windows", Also: []string{"slots"}, Kind: RecordKey, new: func() Node { return new(Windows) },
		Doc: "what it was in slots of time of equal length, a row for each: of single values, of a level, of a count",
		Keys: []*Key{
			WindowsEvery, WindowsCycle,
		},
		into: func(n Node, v FieldValue) { n.(*Metric).Windows = nodeOf[*Windows](v) }}
	WindowsEvery = &Key{Name: "every", Also: []string{"length", "width"}, Kind: DurationKey, Required: true, Doc: "how long a slot is",
		into: func(n Node, v FieldValue) { n.(*Windows).Every, _ = v.(*Duration) }}
	WindowsCycle = &Key{Name: "cycle", Kind: DurationKey,
		Doc:  "after so long the slots begin anew, and those of all cycles are added up: 1d shows the hours of the day",
		into: func(n Node, v FieldValue) { n.(*Windows).Cycle, _ = v.(*Duration) }}
	MetricHistogram = &Key{Name: "histogram", Also: []string{"bins"}, Kind: RecordKey, new: func() Node { return new(Histogram) },
		Doc: "how many values lie in bins of equal width, and below and above; of a level, how long it lay there",
		Keys: []*Key{
			{Name: "from", Also: []string{"min", "lo"}, Kind: ValueKey, Types: numberTypes, Literal: true, Required: true, Doc: "where the first bin begins",
				into: func(n Node, v FieldValue) { n.(*Histogram).From, _ = v.(*Value) }},
			{Name: "to", Also: []string{"max", "hi"}, Kind: ValueKey, Types: numberTypes, Literal: true, Required: true, Doc: "where the last bin ends",
				into: func(n Node, v FieldValue) { n.(*Histogram).To, _ = v.(*Value) }},
			HistogramBins,
		},
		into: func(n Node, v FieldValue) { n.(*Metric).Histogram = nodeOf[*Histogram](v) }}
	HistogramBins = &Key{Name: "bins", Kind: ValueKey, Types: intTypes, Literal: true, Default: strconv.Itoa(DefaultBins), Doc: "how many bins, up to 1,000",
		into: func(n Node, v FieldValue) { n.(*Histogram).Bins, _ = v.(*Value) }}
	MetricUnit = &Key{Name: "unit", Also: []string{"units"}, Kind: TextKey, Literal: true,
		Doc:  "what its numbers are, as tables and pictures show it: `kg`, `items`",
		into: func(n Node, v FieldValue) { n.(*Metric).Unit, _ = v.(*Value) }}
	MetricInitial = &Key{Name: "initial", Also: []string{"init"}, Kind: ValueKey, Default: "0; of states none",
		Doc:  "what a level or a state is until the first `record`",
		into: func(n Node, v FieldValue) { n.(*Metric).Initial, _ = v.(*Value) }}
	metricKeys = []*Key{MetricKind, MetricOf, MetricInitial, MetricUnit, MetricQuantiles, MetricShares, MetricHistogram, MetricWindows}

	RecordValues = &Key{Name: "record", Kind: BindingsKey, Space: MetricSpace, Required: true, Doc: "metric to value",
		into: func(n Node, v FieldValue) { n.(*RecordStep).Values, _ = v.(*Bindings) }}
	RecordBy = &Key{Name: "by", Also: []string{"label", "tag"}, Kind: TextKey,
		Doc:  "a text that also keeps the observations apart: `metrics.stay[\"gold\"].mean`",
		into: func(n Node, v FieldValue) { n.(*RecordStep).By, _ = v.(*Value) }}
)

// DefaultBins is how many bins a histogram has that does not say it.
const DefaultBins = 10

// Counts returns how the metric counts.
func (m *Metric) Counts() engine.MetricKind {
	if m.Kind != nil {
		for i, word := range engine.MetricKindWords {
			if word == m.Kind.Text {
				return engine.MetricKind(i)
			}
		}
	}
	return engine.MetricTally
}

// Automatic returns the names of the object and the statistic that a metric gives options to; nil: it is one of its own.
func (m *Metric) Automatic() []string {
	if path := strings.Split(m.Name.Text, "."); len(path) > 1 {
		return path
	}
	return nil
}

// isMetricPath reports whether a name is that of a metric, or of a statistic: `stay`, `desk.wait`.
func isMetricPath(name string) bool {
	for _, part := range strings.Split(name, ".") {
		if !source.IsDefinable(part) {
			return false
		}
	}
	return true
}
