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
			p.Options = append(p.Options, engine.OptionDef{Measure: measure, StatOptions: b.statOptions(m, float64(b.s.Unit))})
			continue
		}
		def := engine.MetricDef{Pos: b.pos(m.Name.Span), Name: m.Name.Text, Kind: m.Counts(), StatOptions: b.statOptions(m, 1)}
		if m.Of != nil {
			def.Of = b.expr(m.Of.Expr).Value
		}
		p.Metrics = append(p.Metrics, def)
	}
}

// statOptions compiles the quantiles and shares of a metric, whose values count so much.
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
