package compile

import (
	"cmp"
	"iter"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// expectation is a compiled condition of `expect.that`.
type expectation struct {
	*syntax.Expr
	holds  engine.EvalBool
	detail engine.EvalText // the values of its parts
}

// expectedTask is a compiled part of `expect.tasks`.
type expectedTask struct {
	*syntax.ExpectedTask
	result                  engine.Eval // nil if any result will do
	spawned, started, ended *moment     // nil: any time will do
}

// moment is a compiled loop time that is expected.
type moment struct {
	*syntax.Moment
	exact, from, to, tolerance engine.EvalTime // nil: none
}

// expectedMoment compiles an expected loop time, nil: none is expected. It may be off by tolerance.
func (b *builder) expectedMoment(m *syntax.Moment, tolerance *syntax.Duration, what string) *moment {
	if m == nil {
		return nil
	}
	return &moment{Moment: m, exact: b.duration(m.Exact, what), from: b.duration(m.From, what), to: b.duration(m.To, what),
		tolerance: b.duration(tolerance, "`tolerance`")}
}

// expectations compiles the expectations that are verified when the run has ended.
func (b *builder) expectations() {
	if that := b.s.expect.That; that != nil {
		for _, c := range that.Items {
			b.s.that = append(b.s.that, b.expectation(c))
		}
	}
	b.outside(true)
	b.s.at = b.expectedMoment(b.s.expect.At, b.s.expect.Tolerance, "`at`")
	b.outside(false)
	for _, t := range b.s.expect.Tasks {
		b.s.tasks = append(b.s.tasks, b.expectedTask(t))
	}
}

func (b *builder) expectation(c *syntax.Condition) expectation {
	return expectation{Expr: c.Expr, holds: b.condition(c), detail: c.Expr.Tree.Describe(b.Facts)}
}

func (b *builder) expectedTask(t *syntax.ExpectedTask) expectedTask {
	tolerance := cmp.Or(t.Tolerance, b.s.expect.Tolerance)
	e := expectedTask{
		ExpectedTask: t, spawned: b.expectedMoment(t.Spawned, tolerance, "`spawned`"),
		started: b.expectedMoment(t.Started, tolerance, "`started`"), ended: b.expectedMoment(t.Ended, tolerance, "`ended`"),
	}
	if t.Result != nil {
		e.result = b.value(t.Result).Value
	}
	return e
}

// expectsTasks adds the tasks that are looked up when expectations are verified at the end of the run.
func (s *Scenario) expectsTasks(u *expr.TaskUse) {
	for _, t := range s.expect.Tasks {
		u.Add(t.Name.Text)
	}
	if that := s.expect.That; that != nil {
		for _, c := range that.Items {
			c.Expr.Tree.UsesTasks(u)
		}
	}
}

// checks compiles the conditions that are checked during the run.
func (b *builder) checks() []engine.Check {
	var list []engine.Check
	for c, eventually := range b.s.checkedConditions() {
		e := b.expectation(c)
		check := engine.Check{Holds: e.holds, Detail: e.detail}
		if eventually != nil {
			b.outside(true)
			check.Once, check.Within = true, b.duration(eventually.Within, "`within`")
			b.outside(false)
		}
		list = append(list, check)
	}
	return list
}

// checkedConditions yields the conditions that are checked during the run, in the order of engine.Program.Checks:
// those of `always`, then those of `eventually`, each with its item.
func (s *Scenario) checkedConditions() iter.Seq2[*syntax.Condition, *syntax.Eventually] {
	return func(yield func(*syntax.Condition, *syntax.Eventually) bool) {
		if always := s.expect.Always; always != nil {
			for _, c := range always.Items {
				if !yield(c, nil) {
					return
				}
			}
		}
		for _, e := range s.expect.Eventually {
			if !yield(e.That, e) {
				return
			}
		}
	}
}
