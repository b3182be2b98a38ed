package explore

import (
	"fmt"
	"hash/crc32"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// wakeUps is n tasks that wake up at the same instants; with locks they come to one in pairs.
func wakeUps(t testing.TB, n, times int, locks bool, modes engine.Explore) Options {
	t.Helper()
	step := "- add: { total: 1 }"
	extra := ""
	if locks {
		step = "- acquire: m[floordiv(i, 2)]\n        do:\n          - set: { \"xs[floordiv(i, 2)]\": \"${xs[floordiv(i, 2)] * 3 + i}\" }"
		extra = fmt.Sprintf("locks: { m: { count: %d } }\n", n/2)
	}
	text := fmt.Sprintf("runloop: 1\nname: wake-ups\nshared: { total: 0, xs: [%s] }\n%scoroutines:\n  work:\n    params: { i: int }\n    do:\n", strings.Repeat("0, ", n)+"0", extra)
	for range times {
		text += "      - sleep: 1s\n      " + step + "\n"
	}
	text += fmt.Sprintf("workers:\n  w: { call: work, with: { i: \"${index}\" }, count: %d }\n", n)
	return optionsOf(t, text, modes, Verdict)
}

// optionsOf loads a scenario to be explored.
func optionsOf(t testing.TB, text string, modes engine.Explore, counts string) Options {
	t.Helper()
	s, err := dsl.Load("explored.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	run, err := s.Options(dsl.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return Of(s, run, modes, counts)
}

// ties and split are what is left open of the order of equals.
var (
	ties  = engine.Explore{Ties: true}
	split = engine.Explore{Ties: true, Split: true}
)

// TestReduction: timers that have nothing to do with each other are run in one order, and all orders are counted: n! of n timers, and
// where they may fire apart 2^(n-1) times as many, as each may be in one iteration with that before it or not.
func TestReduction(t *testing.T) {
	for _, x := range []struct{ n, times int }{{2, 1}, {4, 3}, {7, 3}, {100, 5}} {
		for _, modes := range []engine.Explore{ties, split} {
			once := new(big.Int).MulRange(1, int64(x.n))
			if modes.Split {
				once.Lsh(once, uint(x.n-1))
			}
			orders := once.Exp(once, big.NewInt(int64(x.times)), nil)
			r := Explore(wakeUps(t, x.n, x.times, false, modes))
			if !r.Complete || r.Orders.Cmp(orders) != 0 || r.Failure != nil || !r.Same() || r.Runs != 1 {
				t.Errorf("%d tasks, %d times, apart %v: not %d orders in one run, but %+v", x.n, x.times, modes.Split, orders, r)
			}
		}
	}
	few := wakeUps(t, 4, 3, false, ties)
	few.Plain = 2
	if r := Explore(few); r.Runs != 13_824 || !r.Complete {
		t.Errorf("one by one: %d runs", r.Runs)
	}
}

// groupsOf is tasks in groups, each of which has a lock and a variable, that wake up at the same instants.
func groupsOf(t testing.TB, times int, modes engine.Explore, sizes ...int) Options {
	t.Helper()
	var shared, locks, workers strings.Builder
	for g, size := range sizes {
		fmt.Fprintf(&shared, "  x%d: 0\n", g)
		fmt.Fprintf(&locks, "  - m%d\n", g)
		for i := range size {
			fmt.Fprintf(&workers, "  w%d-%d:\n", g, i)
			for range times {
				fmt.Fprintf(&workers, "    - sleep: 1s\n    - acquire: m%d\n      do: [ sleep: 0, set: { x%d: \"${x%d * 3 + %d}\" } ]\n", g, g, g, i)
			}
		}
	}
	return optionsOf(t, fmt.Sprintf("runloop: 1\nshared:\n%slocks:\n%sworkers:\n  last: [ sleep: 9s ]\n%s", &shared, &locks, &workers), modes, Shared)
}

// TestReductionOfGroups: groups of timers that depend on each other are run in all their orders, and these stand for as many as there are.
func TestReductionOfGroups(t *testing.T) {
	for _, sizes := range [][]int{{2, 1}, {2, 2}, {3, 2}, {2, 1, 1, 2}, {1, 3, 1}} {
		for _, modes := range []engine.Explore{ties, split} {
			opts := groupsOf(t, 2, modes, sizes...)
			r := Explore(opts)
			opts.Plain = 1
			all := Explore(opts)
			if !r.Complete || !all.Complete || r.Orders.Cmp(all.Orders) != 0 || len(r.Outcomes) != len(all.Outcomes) || len(r.Outcomes) < 2 {
				t.Errorf("groups of %v, apart %v: %d orders and %d outcomes, with fingerprints alone %d and %d", sizes, modes.Split, r.Orders,
					len(r.Outcomes), all.Orders, len(all.Outcomes))
			}
			if 3*r.Begun >= all.Begun {
				t.Errorf("groups of %v, apart %v: %d runs are begun, with fingerprints alone %d", sizes, modes.Split, r.Begun, all.Begun)
			}
		}
	}
}

// TestWorkers: what is found does not depend on how many runs go on at the same time.
func TestWorkers(t *testing.T) {
	ready := engine.Explore{Ties: true, Ready: true}
	for _, x := range []struct {
		name     string
		opts     Options
		complete bool
	}{
		{"sample", wakeUps(t, 6, 4, true, split), false},
		{"whole", wakeUps(t, 4, 4, true, split), true},
		{"ready", wakeUps(t, 5, 3, false, ready), true},
		{"failing", failing(wakeUps(t, 4, 2, true, ready), 0), true},
		{"failing soon", failing(wakeUps(t, 6, 3, true, split), 1), false},
		{"forever", looping(t), true},
	} {
		if x.opts.Runs = 100_000; !x.complete {
			x.opts.Runs = 1700
		}
		x.opts.Workers = 1
		first := Explore(x.opts)
		if first.Complete != x.complete || first.States < 2*perState {
			t.Errorf("%s: complete %v, %d states", x.name, first.Complete, first.States)
		}
		if found := first.Cycle; found != (x.name == "forever") {
			t.Errorf("%s: a way that comes back was found: %v", x.name, found)
		}
		t.Logf("%s: %d runs, %d states, %d outcomes, cycle %v", x.name, first.Runs, first.States, len(first.Outcomes), first.Cycle)
		for _, workers := range []int{2, 4} {
			x.opts.Workers = workers
			if r := Explore(x.opts); !reflect.DeepEqual(r, first) {
				t.Errorf("%s, %d workers:\n%+v\nnot\n%+v", x.name, workers, r, first)
			}
		}
	}
}

// failing makes some runs fail, each with other shared variables at the end in a way of its own.
func failing(opts Options, kind uint32) Options {
	judge := opts.Judge
	opts.Judge = func(l *engine.Loop) Outcome {
		o := judge(l)
		xs := string(engine.AppendText(nil, l, l.Final().Shared[1].Value))
		if h := crc32.ChecksumIEEE([]byte(xs)); h%3 == kind {
			o.Failed, o.Key = true, o.Key+xs
		}
		return o
	}
	return opts
}

// looping is a scenario in which one order, of many, never ends.
func looping(t testing.TB) Options {
	t.Helper()
	return optionsOf(t, `runloop: 1
shared: { first: "", xs: [] }
coroutines:
  work:
    params: { i: int }
    do:
      - sleep: 1s
      - append: { xs: "${i}" }
workers:
  w: { call: work, with: { i: "${index}" }, count: 5 }
  last:
    count: 2
    do:
      - sleep: 2s
      - while: xs == [4, 3, 2, 1, 0]
        do: [ sleep: 0 ]
`, engine.Explore{Ties: true, Ready: true}, Verdict)
}

// BenchmarkState copies a loop in mid-run into another one and makes its fingerprint.
func BenchmarkState(b *testing.B) {
	for _, n := range []int{10, 500} {
		opts := wakeUps(b, n, 3, false, ties)
		s := newSearch(opts)
		l := engine.New(opts.Program, s.engineOptions(s.modes(func(*engine.Loop, engine.ChoiceKind, int) int { return 0 })))
		for !l.WillChoose() {
			l.RunUnit()
		}
		c := &engine.Loop{}
		b.Run(fmt.Sprint(n, " tasks, clone"), func(b *testing.B) {
			for b.Loop() {
				l.CloneInto(c)
			}
		})
		b.Run(fmt.Sprint(n, " tasks, fingerprint"), func(b *testing.B) {
			for b.Loop() {
				l.Fingerprint(false)
			}
		})
	}
}

// BenchmarkRuns runs all orders of four tasks one by one.
func BenchmarkRuns(b *testing.B) {
	opts := wakeUps(b, 4, 3, false, ties)
	opts.Plain = 2
	for b.Loop() {
		Explore(opts)
	}
	b.ReportMetric(13_824*float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}

// BenchmarkProve explores all orders of many tasks.
func BenchmarkProve(b *testing.B) {
	for _, x := range []struct{ n, times int }{{7, 3}, {100, 5}} {
		for _, modes := range []engine.Explore{ties, split} {
			opts := wakeUps(b, x.n, x.times, false, modes)
			b.Run(fmt.Sprintf("%d tasks, %d times, apart %v", x.n, x.times, modes.Split), func(b *testing.B) {
				for b.Loop() {
					if r := Explore(opts); !r.Complete {
						b.Fatal("not complete")
					}
				}
			})
		}
	}
}

// TestTimeoutsAreTouched: that a timeout expires or is left is seen by whoever has it, so it counts for the order.
func TestTimeoutsAreTouched(t *testing.T) {
	opts := optionsOf(t, `runloop: 1
workers:
  a:
    - timeout: 1s
      as: limit
      do:
        - sleep: 2s
      else: []
    - timeout: 2s
      as: limit
      do:
        - sleep: 1s
  b: [ sleep: 1s, sleep: 1s ]
`, ties, Verdict)
	opts.Audit = true // it panics where a change has no record
	if r := Explore(opts); !r.Complete || r.Failure != nil || r.Orders.Int64() != 4 {
		t.Errorf("%+v", r)
	}
}

// TestCallbacksAreTouched: whoever is cancelled while it waits for a future lets go of it, and that counts for the order.
func TestCallbacksAreTouched(t *testing.T) {
	for _, step := range []string{`wait: [ "${v}" ]`, `shield: "${v}"`, `{ as_completed: [ "${v}" ], as: y, do: [ sleep: 0 ] }`} {
		opts := optionsOf(t, `runloop: 1
workers:
  a:
    - new: future
      as: v
    - spawn:
        do:
          - `+step+`
      as: w
    - spawn:
        do:
          - shield: "${v}"
      as: x
    - sleep: 1s
    - cancel: ${w}
    - sleep: 1s
    - resolve: "${v}"
  b: [ sleep: 1s, sleep: 1s ]
`, ties, Verdict)
		opts.Audit = true // it panics where a change has no record
		if r := Explore(opts); !r.Complete || r.Failure != nil || r.Usual.Failed || r.Orders.Int64() != 4 {
			t.Errorf("%s: %+v", step, r)
		}
	}
}

// TestOrderOfErrors: the order in which errors that nothing takes are reported counts, those of callbacks, too.
func TestOrderOfErrors(t *testing.T) {
	for _, of := range []string{
		"callbacks: { a: { after: 1s, do: [ raise: A ] }, b: { after: 1s, do: [ raise: B ] } }\nworkers: { w: [ sleep: 2s ] }",
		"workers: { a: [ sleep: 1s, raise: A ], b: [ sleep: 1s, raise: B ], w: [ sleep: 2s ] }",
	} {
		opts := optionsOf(t, "runloop: 1\n"+of+"\nexpect: { errors: [A, B] }\n", ties, Verdict)
		opts.Judge = func(l *engine.Loop) Outcome {
			key := ""
			for _, e := range l.Result().Errors {
				key += e.Err.Type
			}
			return Outcome{Key: key}
		}
		if r := Explore(opts); !r.Complete || len(r.Outcomes) != 2 {
			t.Errorf("%s: %+v", of, r.Outcomes)
		}
	}
}

// TestOrdersThatMatter: whatever one of several timers leads to and another sees, the reduction leaves no outcome out.
func TestOrdersThatMatter(t *testing.T) {
	texts := []string{
		"shared: { x: 0.0 }\nworkers: { last: [ sleep: 9s ], a: [ sleep: 1s, block: 500ms ], b: [ sleep: 1s, set: { x: \"${now}\" } ] }\n",
		`shared: { xs: [] }
coroutines:
  work: [ sleep: 2s ]
callbacks:
  one: { do: [ append: { xs: 1 } ] }
  two: { do: [ append: { xs: 2 } ] }
workers:
  last: [ sleep: 9s ]
  w: { call: work }
  a: [ sleep: 1s, { add_done_callback: "${tasks['w']}", callback: one } ]
  b: [ sleep: 1s, { add_done_callback: "${tasks['w']}", callback: two } ]
`,
		// timers of two instants are overdue when nothing is ready
		`shared: { x: 0, y: 0 }
workers:
  a: [ sleep: 1s, set: { y: 1 } ]
  b: [ sleep: 2s, set: { x: 1 } ]
  c: [ sleep: 2s, set: { x: 2 } ]
  blocker: [ sleep: 500ms, block: 5s, sleep: 9s ]
`,
		// a has something to do with b where it comes apart from c, after it: then it is not in b's iteration
		`shared: { x: 0, y: 0, z: 0 }
workers:
  last: [ sleep: 9s ]
  a: [ sleep: 1s, { if: x == 1, then: [ set: { y: "${y * 2}" } ] } ]
  b: [ sleep: 1s, set: { y: "${y * 2 + 1}" } ]
  c: [ sleep: 1s, sleep: 0, sleep: 0, set: { x: 1 } ]
  d: [ sleep: 1s, set: { z: 1 } ]
`,
		// the timer of b is let go of where a comes apart, before it
		`events: [e]
shared: { x: 0, z: 0 }
workers:
  last: [ sleep: 9s ]
  b:
    - timeout: 1s
      do:
        - wait: e
        - set: { x: 1 }
      else:
        - set: { x: 2 }
  a: [ sleep: 1s, signal: e ]
  d: [ sleep: 1s, set: { z: 1 } ]
`,
		// a timer is armed for the instant that it is
		`shared: { xs: [] }
callbacks:
  soon: { do: [ append: { xs: s } ] }
workers:
  last: [ sleep: 9s ]
  a: [ sleep: 1s, { call_later: soon, after: 0s } ]
  b: [ sleep: 1s, append: { xs: b } ]
  c: [ sleep: 1s, sleep: 0, append: { xs: c } ]
`,
		// timers that are armed for the instant that it is meet where a comes apart from c, with b
		`shared: { x: 0, y: 0, z: 0 }
callbacks:
  of_a: { do: [ set: { y: 1 } ] }
  of_b: { do: [ set: { z: 1 } ] }
workers:
  last: [ sleep: 9s ]
  a: [ sleep: 1s, { if: x == 1, then: [ { call_later: of_a, after: 0s } ] } ]
  b: [ sleep: 1s, { call_later: of_b, after: 0s } ]
  c: [ sleep: 1s, sleep: 0, sleep: 0, set: { x: 1 } ]
`,
	}
	for turns := range 6 { // one of them meets what the end of the gather leads to
		texts = append(texts, fmt.Sprintf(`shared: { x: 0, y: 0 }
workers:
  last: [ sleep: 9s ] # the end of a run has to do with everything
  all:
    - gather:
        - do: [ sleep: 1s ]
        - do: [ sleep: 1s ]
    - set: { x: 1 }
  other:
    - sleep: 1s
    - repeat: %d
      do: [ sleep: 0 ]
    - set: { y: "${x}" }
`, turns))
	}
	for _, modes := range []engine.Explore{ties, split} {
		several := 0
		for _, text := range texts {
			opts := optionsOf(t, "runloop: 1\n"+text, modes, Shared)
			opts.Audit = true
			r := Explore(opts)
			opts.Plain = 2
			if all := Explore(opts); !r.Complete || len(r.Outcomes) != len(all.Outcomes) || r.Orders.Cmp(all.Orders) != 0 {
				t.Errorf("apart %v: %d outcomes of %v orders, one by one %d of %v\n%s", modes.Split, len(r.Outcomes), r.Orders, len(all.Outcomes),
					all.Orders, text)
			}
			if len(r.Outcomes) > 1 {
				several++
			}
		}
		if most := len(texts); several < 4 || modes.Split && several < most {
			t.Errorf("apart %v: the order matters in %d of %d only", modes.Split, several, most)
		}
	}
}

// TestOrderThatNeverEnds: an order that never ends is found, but not where it only keeps a timer back for ever.
func TestOrderThatNeverEnds(t *testing.T) {
	const both = `runloop: 1
shared: { x: "" }
callbacks:
  a: { do: [ { if: "x == ''", then: [ set: { x: a } ] }, { if: "x == 'b'", then: [ { call_later: a, after: 0s } ] } ] }
  b: { do: [ { if: "x == ''", then: [ set: { x: b } ] }, { if: "x == 'b'", then: [ { call_later: b, after: 0s } ] } ] }
workers:
  w: [ { call_later: a, after: 1s }, { call_later: b, after: 1s }, sleep: 2s ]
`
	const untilOther = `runloop: 1
shared: { x: "" }
callbacks:
  a: { do: [ { if: "x == ''", then: [ { call_later: a, after: 0s } ] } ] }
  b: { do: [ set: { x: b } ] }
workers:
  w: [ { call_later: a, after: 1s }, { call_later: b, after: 1s }, sleep: 2s ]
`
	for _, modes := range []engine.Explore{ties, split} {
		if r := Explore(optionsOf(t, both, modes, Verdict)); !r.Cycle || r.Failure == nil {
			t.Errorf("apart %v: the order that never ends is not found: %+v", modes.Split, r)
		}
		if r := Explore(optionsOf(t, untilOther, modes, Verdict)); r.Cycle || r.Failure != nil || !r.Complete {
			t.Errorf("apart %v: there is no order that never ends, but %+v", modes.Split, r)
		}
	}
}
