package syntax

import (
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
	metricKeys = []*Key{MetricKind, MetricOf, MetricQuantiles, MetricShares}

	RecordValues = &Key{Name: "record", Kind: BindingsKey, Space: MetricSpace, Required: true, Doc: "metric to value",
		into: func(n Node, v FieldValue) { n.(*RecordStep).Values, _ = v.(*Bindings) }}
	RecordBy = &Key{Name: "by", Also: []string{"label", "tag"}, Kind: TextKey,
		Doc:  "a text that also keeps the observations apart: `metrics.stay[\"gold\"].mean`",
		into: func(n Node, v FieldValue) { n.(*RecordStep).By, _ = v.(*Value) }}
)

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
