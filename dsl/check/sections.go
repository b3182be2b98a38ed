package check

import (
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// globalValues checks the values that are computed when a loop is made.
func (c *checker) globalValues() {
	for _, list := range [][]*syntax.Variable{c.s.Shared, c.s.Context} {
		for _, v := range list {
			if g := c.Globals[v.Name.Text]; g != nil && g.Decl == v.Name.Span {
				c.assign(g, c.value(v.Value), v.Value.Span)
			}
		}
	}
	for _, o := range c.s.Objects {
		c.object(o)
	}
	c.includes()
	c.runParams()
	if c.s.Seed != nil {
		c.wanted(syntax.SeedKey, c.s.Seed)
	}
	c.warmup()
	if clock := c.s.Clock; clock != nil {
		c.clockStart(clock.Start)
		c.settings(&clock.Record, false)
	}
	if c.s.Limits != nil {
		c.settings(&c.s.Limits.Record, true)
	}
	if c.s.Loop != nil {
		c.settings(&c.s.Loop.Record, true)
	}
	if c.s.Expect != nil {
		c.noDraws = true
		c.settings(&c.s.Expect.Record, false)
		c.noDraws = false
	}
	c.cases()
	c.explore()
}

// warmup reports one that leaves nothing to observe.
func (c *checker) warmup() {
	w := c.s.Warmup
	if c.duration(w); w == nil || w.Expr != nil || c.s.Clock == nil {
		return
	}
	if until := c.s.Clock.Until; until != nil && until.Expr == nil && w.Nanos >= until.Nanos {
		c.errorf(CodeBounds, w.Span, "let it end before `clock.until`", "nothing is left to observe: the run ends at %s", c.s.Source.Text(until.Span))
	}
}

// includes reports what is no path in `include`.
func (c *checker) includes() {
	v := c.s.Includes
	if v == nil {
		return
	}
	items := v.Items
	if v.Kind != syntax.ListValue {
		items = []*syntax.Value{v}
	}
	for _, item := range items {
		if t := syntax.TypeOfLiteral(item); !t.Equal(expr.StringType) {
			c.errorf(syntax.CodeWrongForm, item.Span, "write `include: [lib/retry.yaml]`", "`include` takes paths of files, not %s", t.Article())
		}
	}
}

// clockStart reports a `start` that is no time.
func (c *checker) clockStart(start *syntax.Value) {
	if start == nil || start.Kind != syntax.Literal {
		return
	}
	if _, err := syntax.ParseClockStart(syntax.ConstText(start)); err != nil {
		c.errorf(syntax.CodeClockStart, start.Span, "", "%s", err)
	}
}

// settings checks the numbers and durations of a section. If positive is set, all numbers must be above 0.
func (c *checker) settings(r *syntax.Record, positive bool) {
	for _, f := range r.Fields {
		switch v := f.Value.(type) {
		case *syntax.Value:
			c.wanted(f.Key, v)
			c.above(f.Key, v, positive || f.Key == syntax.SpeedKey)
		case *syntax.Duration:
			c.duration(v)
		case *syntax.Record:
			if m, ok := v.Node.(*syntax.Moment); ok {
				c.moment(m)
			}
		}
	}
}

// moment checks an expected loop time.
func (c *checker) moment(m *syntax.Moment) {
	if m == nil {
		return
	}
	c.duration(m.Exact)
	c.duration(m.From)
	c.duration(m.To)
	switch {
	case len(m.Fields) == 0 && m.Exact == nil:
		c.errorf(CodeBounds, m.Span, "write `{ from: 1s, to: 2s }`, or one of them", "a range of loop times needs `from` or `to`")
	case m.From != nil && m.To != nil && m.From.Expr == nil && m.To.Expr == nil && m.From.Nanos > m.To.Nanos:
		c.errorf(CodeBounds, m.Span, "", "no time is from %s to %s", c.s.Source.Text(m.From.Span), c.s.Source.Text(m.To.Span))
	}
}

// above reports a literal number below 0 or, if positive is set, one that is not above 0.
func (c *checker) above(key *syntax.Key, v *syntax.Value, positive bool) {
	n, ok := v.Const.Number()
	switch {
	case v.Kind != syntax.Literal || !ok:
	case positive && n <= 0:
		c.errorf(CodeBounds, v.Span, "", "`%s` must be above 0, not `%s`", key.Name, c.s.Source.Text(v.Span))
	case n < 0:
		c.errorf(CodeBounds, v.Span, "", "`%s` cannot be below 0, as `%s` is", key.Name, c.s.Source.Text(v.Span))
	}
}

// runParams checks the types and the defaults of the run parameters.
func (c *checker) runParams() {
	kinds := []expr.TypeKind{expr.TypeString, expr.TypeInt, expr.TypeNumber, expr.TypeBool, expr.TypeList, expr.TypeMap}
	for _, p := range c.s.Params {
		if p.Default != nil && !p.Typed {
			c.notation(p.Default, false)
		}
		if !fits(p.Type, kinds) && p.Typed {
			c.errorf(syntax.CodeParam, p.Name.Span,
				"string, int, number, bool, duration, list, map and any can be written on a command line",
				"a run parameter cannot be %s", p.Type.Article())
		} else if c.paramRange(p) && c.someValue(p) && p.Default != nil {
			if _, err := p.ParseDefault(); err != nil {
				c.errorf(syntax.CodeParamDefault, p.Default.Span, "", "%s", err)
			}
		}
	}
}

// someValue reports a range that contains no value. It returns false for one.
func (c *checker) someValue(p *syntax.Param) bool {
	if p.Min == nil || p.Max == nil || p.IsDuration {
		return true
	}
	if cmp, ok := engine.Compare(syntax.ConstantOf(p.Min), syntax.ConstantOf(p.Max)); !ok || cmp <= 0 {
		return true
	}
	c.errorf(syntax.CodeParam, p.Max.Span, "", "no value of parameter `%s` can be from %s to %s", p.Name.Text,
		c.s.Source.Text(p.Min.Span), c.s.Source.Text(p.Max.Span))
	return false
}

// paramRange checks the types of min, max and enum.
func (c *checker) paramRange(p *syntax.Param) bool {
	ok := true
	check := func(key *syntax.Key, v *syntax.Value) {
		if v = p.Fit(v); v != nil {
			ok = fits(c.wanted(key, v), key.Types) && ok
		}
	}
	check(syntax.MinKey, p.Min)
	check(syntax.MaxKey, p.Max)
	check(syntax.EnumKey, p.Enum)
	return ok
}

// defaults checks the defaults of parameters.
func (c *checker) defaults(d *syntax.Definition) {
	for _, p := range d.Params {
		if p.Default == nil {
			continue
		}
		t := c.value(p.Fit(p.Default))
		if !expr.Assignable(t, p.Type) {
			c.errorf(CodeArgType, p.Default.Span,
				"", "`%s` is %s: its default cannot be %s", p.Name.Text, p.Type.Article(), t.Article())
		}
	}
}

// callbackBody checks a callback: its steps, then `until` and `then`, which see its locals.
func (c *checker) callbackBody(d *syntax.Definition) {
	c.outside(false)
	c.period(d)
	act := c.BodyOf(d)
	c.body(act, act.begin(), d.Do)
	c.flow = merge(c.flow, c.returns)
	if c.flow.dead {
		c.flow.revive(len(act.Locals))
	}
	c.condition(d.Until)
	c.block(d.Then)
}

// period checks when a callback runs by itself.
func (c *checker) period(d *syntax.Definition) {
	c.duration(d.After)
	c.duration(d.Every)
	if d.Every != nil && d.Every.Expr == nil && d.Every.Nanos == 0 {
		c.errorf(CodeBounds, d.Every.Span, "", "`every` must be above 0: it would run for ever at one instant")
	}
	c.cron(d)
	switch {
	case d.Until != nil && !d.Written(syntax.EveryKey) && !d.Written(syntax.CronKey):
		c.errorf(syntax.CodeMissingKey, d.Until.Span, "", "`until` needs `every` or `cron`: it ends a periodic callback")
	case d.Then != nil && !d.Written(syntax.UntilKey):
		c.errorf(syntax.CodeMissingKey, d.Then.Span, "", "`then` needs `until`: it runs when that holds")
	}
	if d.Periodic() {
		c.periodicParams(d)
	}
}

// cron checks the schedule of a callback.
func (c *checker) cron(d *syntax.Definition) {
	if d.Cron == nil {
		return
	}
	for _, key := range []*syntax.Key{syntax.AfterKey, syntax.EveryKey} {
		if d.Written(key) {
			c.errorf(syntax.CodeCron, d.KeySpanOf(key), "remove one of them", "a callback with `cron` has no `%s`", key.Name)
		}
	}
	if _, hint, err := syntax.ParseCron(syntax.ConstText(d.Cron)); err != nil {
		c.errorf(syntax.CodeCron, d.Cron.Span, hint, "`cron`: %s", err)
	}
}

// periodicParams reports parameters of a callback that runs by itself.
func (c *checker) periodicParams(d *syntax.Definition) {
	for _, p := range d.Params {
		c.errorf(CodeMissingArg, p.Name.Span, "use shared variables, or schedule it with `call_later`",
			"callback `%s` runs by itself: nothing gives it the argument `%s`", d.Name.Text, p.Name.Text)
	}
}

// worker checks an entry of `workers`.
func (c *checker) worker(w *syntax.Worker) {
	c.outside(true)
	if e := w.Entry; e.Count != nil {
		c.wanted(syntax.WorkerCount, e.Count)
		c.above(syntax.WorkerCount, e.Count, false)
	}
	c.duration(w.Entry.Start)
	c.given(&w.Entry.Record, w.Entry.Daemon)
	c.outside(false)
	c.Index = true
	result := c.nameTasks(w.Entry, c.entry(w.Entry, w.Name.Span))
	if w.Entry.Written(syntax.WorkerCount) {
		c.nameTask(expr.EachOfCount(w.Name.Text), result)
	} else {
		c.nameTask(w.Name.Text, result)
	}
}

// expectations checks the conditions of `expect`, the scenario's and each case's.
func (c *checker) expectations() {
	c.expectation(c.s.Expect)
	for _, cs := range c.s.Cases {
		c.expectation(cs.Expect)
	}
	if c.s.Explore != nil {
		c.expectation(c.s.Explore.Expect)
	}
}

func (c *checker) expectation(e *syntax.Expect) {
	if e == nil {
		return
	}
	c.errorTypes(e.Errors)
	c.noDraws = true
	for _, list := range []*syntax.Conditions{e.That, e.Always} {
		if list != nil {
			for _, item := range list.Items {
				c.condition(item)
			}
		}
	}
	for _, item := range e.Eventually {
		c.condition(item.That)
	}
	for _, t := range e.Tasks {
		c.expectedTask(t)
	}
	c.outside(true)
	for _, item := range e.Eventually {
		c.duration(item.Within)
	}
	for _, t := range e.Tasks {
		c.moment(t.Spawned)
		c.moment(t.Started)
		c.moment(t.Ended)
		c.duration(t.Tolerance)
	}
	c.outside(false)
	c.noDraws = false
}

// expectedTask checks an entry of `expect.tasks`.
func (c *checker) expectedTask(t *syntax.ExpectedTask) {
	c.knownTask(t.Name.Text, t.Name.Span)
	if t.Result != nil {
		c.value(t.Result)
	}
	c.errorTypes(t.Errors)
}

func (c *checker) errorTypes(names *syntax.Names) {
	if names != nil {
		for _, n := range names.Items {
			c.errorTypeName(n)
		}
	}
}
