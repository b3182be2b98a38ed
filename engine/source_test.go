package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// mm1Source is M/M/1 with a source and a resource.
const mm1Source = `
runloop: 1
clock: { until: %d }
resources: [desk]
sources:
  customer: { every: "${exponential(1 / 0.8)}", do: [{ use: desk, takes: "${exponential(1)}" }] }
`

// TestSourcesAllocate: a source with a resource and statistics allocates nothing in the steady state, and its tasks' memory is
// used again.
func TestSourcesAllocate(t *testing.T) {
	for _, on := range []bool{false, true} {
		l := loopOf(t, "mm1", fmt.Sprintf(mm1Source, 10_000_000), on)
		l.RunFor(2_000_000)
		if n := testing.AllocsPerRun(20, func() { l.RunFor(20_000) }); n > 0 {
			t.Errorf("20000 instructions allocate %g times, statistics %t", n, on)
		}
	}
}

// TestSourceStreams: what a task draws depends on its index alone, not on what the tasks before it or the source draw.
func TestSourceStreams(t *testing.T) {
	const text = `
runloop: 1
sources:
  one: { GAP, limit: 4, do: [{ print: "${index} ${uniform(0, 1)}" }, MORE] }
`
	out := func(gap, more string) string {
		l := loopOf(t, "streams", strings.NewReplacer("GAP", gap, ", MORE", more).Replace(text), false)
		return string(l.Run().Output)
	}
	want := out("every: 1s", "")
	for _, c := range []string{"every: \"${exponential(1)}\"", "rate: 2", "at: [1, 2, 3, 4]", "rows: [{ at: 1 }, { at: 1 }, { at: 1 }, { at: 1 }]", "every: 1s, batch: 2"} {
		if got := out(c, ", { let: { x: \"${uniform(0, 1) + index}\" } }, { assert: x > 0 }"); got != want {
			t.Errorf("%s:\n%swant\n%s", c, got, want)
		}
	}
}

// TestSourceErrors: what is wrong at run time is said, with its row, and ends the source.
func TestSourceErrors(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`every: "${1 - index}"`, "the gap of one must not be below 0"},
		{`every: "${0 * index}", batch: "${-1}"`, "the batch of one must not be below 0, it is -1"},
		{`rows: "${[{'at': 1}, {'at': 0.5}]}"`, "time 2 of one is earlier than the one before it"},
		{`rows: "${[{'at': -1}]}"`, "time 1 of one is earlier than the one before it"},
		{`rows: "${[{'at': 1}, {'on': 2}]}"`, "row 2 of one: it lacks its `at`"},
		{`rows: "${[{'at': 'soon'}]}"`, "row 1 of one: \"soon\" is no duration"},
		{`rate: "${0 - 1}"`, "the rate of one cannot be -1.0"},
		{`rate: 1, per: "${0 * 1}"`, "`per` must be above 0"},
	} {
		l := loopOf(t, "wrong", "runloop: 1\nsources:\n  one: { "+c.source+", limit: 3, do: [{ print: \"${now}\" }] }\n", true)
		r := l.Run()
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Err.Message, c.want) {
			t.Errorf("%s: %v", c.source, r.Errors)
		}
	}
}

// TestSourceRate: a rate that changes gives as many arrivals as the rates come to, and none where it is 0.
func TestSourceRate(t *testing.T) {
	l := loopOf(t, "rate", `
runloop: 1
clock: { start: "2026-03-02T00:00:00Z", unit: h, until: 2400h }
shared: { night: 0 }
sources:
  call: { rate: { at: { "08:00": 6, "12:00": 30, "18:00": 0 } }, do: [{ if: "int(now) % 24 < 8 or int(now) % 24 >= 18", then: [{ set: { night: "${night + 1}" } }] }] }
after: [{ print: "${night}" }]
`, true)
	if out := string(l.Run().Output); out != "0\n" {
		t.Errorf("at night there came %s", out)
	}
	for _, s := range l.Statistics() {
		if s.Kind != "sources" {
			continue
		}
		if n, want := float64(s.Counts[0].N), 100*(4*6+6*30.0); n < want-450 || n > want+450 || s.Rates[0].Value != n/2400 {
			t.Errorf("%g arrivals at a rate of %g, not about %g", n, s.Rates[0].Value, want)
		}
	}
}

// TestSourceNames: a task of a source is found by its name, also in a run that uses the memory of ended tasks again.
func TestSourceNames(t *testing.T) {
	l := loopOf(t, "names", `
runloop: 1
sources:
  one: { every: 1s, limit: 500, do: [{ return: "${index}" }] }
after: [{ print: '${tasks["one-3"].result} ${tasks["one-500"].name}' }]
`, false)
	if out := string(l.Run().Output); out != "2 one-500\n" {
		t.Errorf("it printed %q", out)
	}
}
