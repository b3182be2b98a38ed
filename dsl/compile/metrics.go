package compile

import (
	"runloop/dsl/syntax"
	"runloop/engine"
)

// metrics compiles the entries of `metrics`.
func (b *builder) metrics(p *engine.Program) {
	b.outside(false)
	for _, m := range b.s.Metrics {
		if path := m.Automatic(); path != nil {
			measure, _, _ := b.Info.Metrics.Automatic(path)
			unit := 1.0
			if measure.Stat.Class == engine.StatIsTally {
				unit = float64(b.s.Unit)
			}
			p.Options = append(p.Options, engine.OptionDef{Measure: measure, StatOptions: b.statOptions(m, unit)})
			continue
		}
		def := engine.MetricDef{Pos: b.pos(m.Name.Span), Name: m.Name.Text, Kind: m.Counts(), StatOptions: b.statOptions(m, 1)}
		if m.Of != nil {
			def.Of = b.expr(m.Of.Expr).Value
		}
		def.Initial = b.optional(m.Initial)
		p.Metrics = append(p.Metrics, def)
	}
}

// statOptions compiles what a metric tells besides, whose values count so much.
func (b *builder) statOptions(m *syntax.Metric, unit float64) engine.StatOptions {
	var o engine.StatOptions
	if m.Quantiles != nil {
		for _, item := range m.Quantiles.Items {
			x, _ := item.Const.Number()
			o.Quantiles = append(o.Quantiles, x)
		}
	}
	if m.Shares != nil {
		for _, item := range m.Shares.Items {
			x, _ := item.Const.Number()
			o.Shares = append(o.Shares, engine.StatShare{Text: b.s.Source.Text(item.Span), Bound: x * unit})
		}
	}
	if w := m.Windows; w != nil {
		o.Windows.Every = w.Every.Nanos
		if w.Cycle != nil {
			o.Windows.Cycle = w.Cycle.Nanos
		}
	}
	if h := m.Histogram; h != nil {
		from, _ := h.From.Const.Number()
		to, _ := h.To.Const.Number()
		o.Histogram = engine.Histogram{From: from * unit, To: to * unit, Bins: syntax.DefaultBins}
		if h.Bins != nil {
			o.Histogram.Bins = int(h.Bins.Const.AsInt())
		}
	}
	if m.Unit != nil {
		o.Unit = m.Unit.Const.AsString()
	}
	return o
}

func (b *builder) record(n *syntax.RecordStep) engine.Step {
	step := &engine.Record{Pos: b.at(n)}
	for _, item := range n.Values.Items {
		step.Values = append(step.Values, engine.Observation{Metric: b.Info.Metrics.Own[item.Name.Text].Index, Value: b.value(item.Value).Value})
	}
	if n.By != nil {
		step.By = b.text(n.By)
	}
	return step
}
