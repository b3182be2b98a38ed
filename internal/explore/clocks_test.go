package explore

import (
	"testing"
	"testing/synctest"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
)

// lagging is a clock on which each wait ends late.
type lagging struct{ by, now int64 }

func (c *lagging) Wait(until int64) int64 {
	if until > c.now {
		c.now = until + c.by
	}
	return c.now
}

func (c *lagging) Wake() {}

// TestClocks: the turns of two runs are compared without their times, and it is said how late timers were.
func TestClocks(t *testing.T) {
	s, err := dsl.Load("clocks.yaml", []byte(`runloop: 1
shared: { n: 0 }
workers:
  a: [ sleep: 10ms, sleep: 2ms, set: { n: "${n + 1}" } ]
  b: [ sleep: 13ms, set: { n: "${n * 2}" } ]
`))
	if err != nil {
		t.Fatal(err)
	}
	record := func(clock engine.Clock) *trace.Run {
		opts, err := s.Options(dsl.RunOptions{Clock: "virtual"})
		if err != nil {
			t.Fatal(err)
		}
		opts.Clock, opts.KeepOutput, opts.Trace = clock, true, &engine.Trace{Values: true}
		l := engine.New(s.Program(), opts)
		l.Run()
		return trace.New(l, opts.Trace, trace.Source{Name: "clocks", File: "clocks.yaml", Text: s.Source.Bytes(), Program: s.Program()})
	}
	virtual := record(nil)
	synctest.Test(t, func(t *testing.T) { // the real clock, with timers that are exact
		if c := CompareClocks(virtual, record(engine.NewRealClock(1))); !c.Alike() || c.Turns != 5 || c.Most() != 0 {
			t.Errorf("%+v", c)
		}
	})
	if c := CompareClocks(virtual, record(&lagging{by: 400_000})); !c.Alike() || c.Most() != 400_000 || c.Allowance() != 500_000 {
		t.Errorf("a little late: %+v", c)
	}
	real := record(&lagging{by: 2_000_000})
	c := CompareClocks(virtual, real)
	if c.Alike() || c.Turns != 3 || virtual.Name(virtual.Turns[c.Virtual].Who) != "a" || real.Name(real.Turns[c.Real].Who) != "b" {
		t.Errorf("late: %+v", c)
	}
	if len(c.Late) != 3 || c.Allowance() != 2_000_000 || c.Late[0].Turn < 0 {
		t.Errorf("late: %+v", c)
	}
}
