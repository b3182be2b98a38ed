package dsl

import (
	"fmt"
	rand "math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"runloop/dsl/compile"
	"runloop/engine"
)

// onBothClocks runs a scenario on the virtual clock and on a simulated real one, and compares how it ends and what it
// prints.
func onBothClocks(t *testing.T, source, want string) {
	t.Helper()
	s, err := Load("time.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	opts, err := s.Options(compile.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, clock := range map[string]engine.Clock{"virtual": nil, "exact": &lateClock{}, "late": &lateClock{late: 3}} {
		opts.Clock = clock
		if got := outcome(engine.New(s.Program(), opts).Run()); got != want {
			t.Errorf("%s clock: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// lateClock simulates a real clock that wakes up to late nanoseconds too late.
type lateClock struct{ now, late int64 }

func (c *lateClock) Wait(until int64) int64 {
	if c.now = max(c.now, until); c.late > 0 && c.now < 1<<62 {
		c.now += c.now % (c.late + 1)
	}
	return c.now
}

func (*lateClock) Wake() {}

// outcome returns what a run printed, how it ended, and its errors.
func outcome(r *engine.Result) string {
	text := string(r.Output) + r.Ended.String()
	for _, e := range r.Errors {
		text += "\n" + strings.TrimSpace(e.Task+" "+e.In) + ": " + e.Err.Error()
	}
	return text
}

// TestTokenBuckets: a task that waits for the missing part of a token waits once, or twice if the sum of floats falls
// short.
func TestTokenBuckets(t *testing.T) {
	onBothClocks(t, `runloop: 1
shared: { worst: 0 }
coroutines:
  bucket:
    params: { rate: int }
    do:
      - let: { tokens: 1.0, last: 0.0, waits: 0 }
      - repeat: 50
        do:
          - let: { waits: 0, tokens: "${min(tokens + (now - last) * rate, rate * 1.0)}", last: "${now}" }
          - while: tokens < 1
            do:
              - sleep: ${(1 - tokens) / rate}
              - let: { waits: "${waits + 1}", tokens: "${tokens + (now - last) * rate}", last: "${now}" }
          - set: { worst: "${max(worst, waits)}" }
          - let: { tokens: "${tokens - 1}" }
      - assert: now >= 49 / rate - 0.000001 and now < 49 / rate + 0.000001
main:
  - gather: { for: rate, in: "${1..100}", call: bucket, with: { rate: "${rate}" } }
  - assert: worst <= 2
  - print: done
`, "done\ncompleted")
}

// waits pairs steps that wait for the rest of a time with those that wait until the same loop time.
var waits = []struct{ rest, until string }{
	{"sleep: ${goal - now}", "sleep_until: ${goal}"},
	{"timeout: ${goal - now}\n                do: [ wait: never ]\n                else: []",
		"timeout: { at: \"${goal}\" }\n            do: [ wait: never ]\n            else: []"},
	{"wait: never\n                within: ${goal - now}\n                else: []", ""},
	{"call_later: ring\n                after: ${goal - now}\n              - wait: bell\n              - clear: bell",
		"call_at: ring\n            at: ${goal}\n          - wait: bell\n          - clear: bell"},
	{"wait: [sleeper]\n                within: ${goal - now}", ""},
}

// TestWaitForTheRest: a loop that waits for the rest of a time ends after one turn, or after two if the difference was
// rounded down. A task that waits until a time finds that it has come.
func TestWaitForTheRest(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	goals, goal := make([]string, 2000), 0.1+0.2
	for i := range goals {
		goals[i] = strconv.FormatFloat(goal, 'g', -1, 64)
		goal += r.Float64() * []float64{1e-9, 1e-8, 1e-3, 1, 1e2, 5e3}[r.IntN(6)]
	}
	for _, w := range waits {
		source := `runloop: 1
events: [never, bell]
callbacks: { ring: { do: [ signal: bell ] } }
main:
  - spawn: { do: [ wait: never ] }
    as: sleeper
  - for: goal
    in: [` + strings.Join(goals, ", ") + `]
    do:
      - let: { turns: 0 }
      - while: now < goal
        do:
              - ` + w.rest + `
              - let: { turns: "${turns + 1}" }
      - assert: turns <= 2
`
		if w.until != "" {
			source += `  - for: later
    in: [` + strings.Join(goals, ", ") + `]
    do:
          - let: { goal: "${later + ` + goals[len(goals)-1] + `}" }
          - ` + w.until + `
          - assert: now >= goal
`
		}
		onBothClocks(t, source+"  - print: done\n", "done\ncompleted")
	}
}

// TestLeastPeriod: a period above zero is at least a nanosecond.
func TestLeastPeriod(t *testing.T) {
	onBothClocks(t, `runloop: 1
shared: { n: 0 }
callbacks:
  tick:
    after: ${now + 1e-12}
    every: ${now * 0 + 1e-12}
    do: [ set: { n: "${n + 1}" } ]
    until: n == 3
    then: [ assert: now < 0.0000001, print: done ]
`, "done\ncompleted")
}

// TestEndOfTheClock: a timer beyond the end is an error at its step, and armed timers still fire in order.
func TestEndOfTheClock(t *testing.T) {
	const over = "OverflowError: the clock ends 292 years after its start"
	for _, step := range []string{
		"sleep: 5e8", "sleep: ${5e8}", "call_later: tick\n    after: 5e8", "timeout: 5e8\n    do: []",
		"wait: never\n    within: 5e8", "wait: [t]\n    within: 5e8", "as_completed: [t]\n    as: x\n    within: 5e8\n    do: []",
		"acquire: lock\n    within: 5e8\n    do: []",
	} {
		t.Run(step, func(t *testing.T) {
			onBothClocks(t, `runloop: 1
events: [never]
locks: [lock]
callbacks: { tick: { do: [ print: tick ] } }
main:
  - spawn: { do: [ wait: never ] }
    as: t
  - sleep: 9e9
  - call_later: tick
    after: 2e8
  - `+step+`
`, "failed\nTask-1 main: "+over)
		})
	}
	for _, step := range []string{"sleep: ${1e10}", "sleep_until: ${1e300}", "sleep: ${10000000000}"} {
		s, err := Load("time.yaml", []byte("runloop: 1\nmain:\n  - "+step+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		l, _ := s.NewLoop(compile.RunOptions{})
		if got := outcome(l.Run()); !strings.Contains(got, "OverflowError: ") || !strings.Contains(got, "at most 292 years fit") {
			t.Errorf("%s: %s", step, got)
		}
	}
}

// TestPeriodAtTheEndOfTheClock: a periodic callback without a next time ends the run.
func TestPeriodAtTheEndOfTheClock(t *testing.T) {
	const over = "OverflowError: the clock ends 292 years after its start"
	for _, missed := range []string{"skip", "catch-up", "drift"} {
		onBothClocks(t, `runloop: 1
callbacks:
  beat:
    every: 4e9
    missed: `+missed+`
    do: [ print: beat ]
workers:
  w: { do: [ sleep: 9.1e9, print: late ] }
`, "beat\nbeat\nfailed\nbeat: "+over)
	}
	for _, start := range []string{"1970-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "1900-01-01T00:00:00Z"} {
		onBothClocks(t, `runloop: 1
clock: { start: "`+start+`" }
callbacks:
  beat:
    cron: "0 0 2 mar *"
    do: [ print: beat ]
workers:
  w: { do: [ block: 106500d ] } # 291.6 years
`, "beat\nbeat\nfailed\nbeat: "+over) // the late one, and that of the last year
	}
}

// TestLiteralTimes: literal durations that do not fit are reported.
func TestLiteralTimes(t *testing.T) {
	for _, tt := range []struct{ literal, want string }{
		{"1e10", "at most 292 years"}, {"1e300", "at most 292 years"}, {"10000000000", "at most 292 years"}, {"300000d", "at most 292 years"},
		{"0.4ns", "shorter than a nanosecond"}, {"4e-10", "shorter than a nanosecond"}, {"0.0000000001", "shorter than a nanosecond"},
		{".inf", "must be finite"}, {"-.inf", "must be finite"}, {".nan", "not a length of time"}, {"-1e-12", "negative"},
	} {
		for _, step := range []string{"sleep: %s", "sleep_until: %s", "wait: never\n    within: %s", "timeout: %s\n    do: []"} {
			_, err := Load("time.yaml", []byte("runloop: 1\nevents: [never]\nmain:\n  - "+fmt.Sprintf(step, tt.literal)+"\n"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s of %s: %v, want %s", step, tt.literal, err, tt.want)
			}
		}
	}
}
