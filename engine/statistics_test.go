package engine_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/conformance"
	"runloop/scenarios"
)

// loopOf makes a loop of a scenario on the virtual clock.
func loopOf(t testing.TB, name, text string, statistics bool) *engine.Loop {
	t.Helper()
	s, err := dsl.Folder{FS: scenarios.Files()}.Load(name+".yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	opts, err := s.Options(dsl.RunOptions{Clock: "virtual", KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	opts.Statistics = statistics
	return engine.New(s.Program(), opts)
}

// TestStatisticsOfBundled: after every bundled scenario the identities hold, and the run is the one without statistics.
func TestStatisticsOfBundled(t *testing.T) {
	for _, name := range scenarios.Names() {
		text, _ := scenarios.Source(name)
		with, without := loopOf(t, name, string(text), true), loopOf(t, name, string(text), false)
		a, b := with.Run(), without.Run()
		if string(a.Output) != string(b.Output) || a.Steps != b.Steps || a.Iterations != b.Iterations || a.At != b.At {
			t.Errorf("%s: the run with statistics is another one", name)
		}
		for _, wrong := range engine.Audit(with) {
			t.Errorf("%s: %s", name, wrong)
		}
	}
}

// TestStatisticsOfClones: a copy in the middle comes to the same statistics, and does not touch those of the original.
func TestStatisticsOfClones(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, name := range scenarios.Names() {
		text, _ := scenarios.Source(name)
		whole := loopOf(t, name, string(text), true)
		whole.Run()
		want := fmt.Sprintf("%+v", whole.Statistics())
		l := loopOf(t, name, string(text), true)
		for range r.IntN(30) {
			l.RunFor(1 + r.Int64N(20))
		}
		c := l.Clone()
		for _, x := range []*engine.Loop{c, l} {
			x.Run()
			if got := fmt.Sprintf("%+v", x.Statistics()); got != want {
				t.Fatalf("%s: got\n%s\nwant\n%s", name, got, want)
			}
		}
	}
}

// mm1 is a queue with one server and Poisson arrivals.
const mm1 = `
runloop: 1
params: { n: 20000, load: 0.8 }
locks: [desk]
coroutines:
  customer:
    do: [ { acquire: desk }, { sleep: "${exponential(1)}" }, { release: desk } ]
main:
  - repeat: ${n}
    do:
      - sleep: ${exponential(1 / load)}
      - spawn: customer
`

func statistic(t *testing.T, l *engine.Loop, kind, name string) engine.Statistics {
	t.Helper()
	for _, s := range l.Statistics() {
		if s.Kind == kind && s.Name == name {
			return s
		}
	}
	t.Fatalf("there are no statistics of %s %s", kind, name)
	return engine.Statistics{}
}

// TestStatisticsByHand compares the statistics of a small run with what was worked out by hand.
func TestStatisticsByHand(t *testing.T) {
	l := loopOf(t, "hand", `
runloop: 1
semaphores: { desk: 2 }
queues: { inbox: { capacity: 1 } }
coroutines:
  customer:
    params: { takes: number }
    do:
      - try: [ { acquire: desk, within: 3, do: [ { sleep: "${takes}" } ] } ]
        catch: [ { error: TimeoutError, do: [] } ]
workers:
  a: { call: customer, with: { takes: 4 } }
  b: { call: customer, with: { takes: 6 } }
  c: { call: customer, with: { takes: 2 } }
  d: { start: 2, call: customer, with: { takes: 1 } }
  producer: [ { put: inbox, value: 1 }, { put: inbox, value: 2 } ]
  consumer: [ { sleep: 5 }, { get: inbox }, { sleep: 2 }, { get: inbox }, { sleep: 3 } ]
`, true)
	l.Run()
	desk := statistic(t, l, "semaphore", "desk")
	got := fmt.Sprint(desk.Counts, desk.Tally[0].Value("sum"), desk.Tally[0].Value("zero"), desk.Tally[1].Value("sum"), desk.Tally[2].Value("mean"), desk.Level[0].Value("mean"), desk.Level[1].Value("max"), desk.Rates[0])
	// a and b have it from 0 to 4 and 6; c waits from 0 to 3 in vain; d waits from 2 to 4 and has it to 5; the end is at 10
	if want := "[{requests 4} {served 3} {refused 0} {reneged 1}] 2 0.6666666666666666 3 3.6666666666666665 0.5 2 {utilisation 0.55}"; got != want {
		t.Errorf("desk: %s, want %s", got, want)
	}
	inbox := statistic(t, l, "queue", "inbox")
	got = fmt.Sprint(inbox.Counts, inbox.Tally[0].Value("sum"), inbox.Tally[1].Value("sum"), inbox.Tally[2].Value("sum"), inbox.Level[0].Value("mean"), inbox.Level[1].Value("mean"))
	if want := "[{puts 2} {gets 2} {refused 0} {reneged 0}] 5 0 7 0.7 0.5"; got != want {
		t.Errorf("inbox: %s, want %s", got, want)
	}
	customers := statistic(t, l, "tasks", "customer")
	got = fmt.Sprint(customers.Counts, customers.Tally[0].Value("sum"), customers.Level[0].Value("mean"))
	if want := "[{started 4} {done 4} {failed 0} {cancelled 0}] 16 1.6"; got != want {
		t.Errorf("customers: %s, want %s", got, want)
	}
	for _, wrong := range engine.Audit(l) {
		t.Error(wrong)
	}
}

// TestStatisticsKinds: every kind of object with statistics has its own, and the identities hold whoever gives up.
func TestStatisticsKinds(t *testing.T) {
	l := loopOf(t, "kinds", `
runloop: 1
seed: 5
clock: { until: 300 }
locks: [k]
semaphores: { s: 2 }
rwlocks: [rw]
events: [e]
conditions: [c]
barriers: { b: 3 }
queues: { q: { capacity: 2 }, best: { order: priority }, stack: { order: lifo } }
coroutines:
  one:
    do:
      - repeat: 20
        do:
          - sleep: ${randint(0, 5)}
          - try:
              - acquire: k
                within: ${randint(1, 3)}
                do: [ { sleep: "${randint(0, 4)}" } ]
              - acquire: s
                within: ${randint(1, 3)}
                do: [ { sleep: "${randint(0, 4)}" } ]
              - acquire: rw
                mode: read
                within: ${randint(1, 3)}
                do: [ { sleep: "${randint(0, 4)}" } ]
              - { wait: e, within: "${randint(1, 3)}" }
            catch: [ { error: TimeoutError, do: [] } ]
          - try: [ { put: q, value: 1, within: "${randint(1, 3)}" } ]
            catch: [ { error: TimeoutError, do: [] } ]
          - try: [ { put: q, value: 1, nowait: true } ]
            catch: [ { error: QueueFull, do: [] } ]
          - put: best
            value: ${randint(1, 9)}
          - put: stack
            value: ${randint(1, 9)}
          - acquire: c
            do:
              - try: [ { wait: c, within: 1 } ]
                catch: [ { error: TimeoutError, do: [] } ]
              - notify: c
          - new: queue
            as: own
          - put: own
            value: 1
          - sleep: 1
          - get: own
  taker:
    do: [ { while: true, do: [ { get: q }, { sleep: 1 }, { get: best, where: "item > 3", as: item, within: 2, else: [] }, { get: stack } ] } ]
workers:
  w: { call: one, count: 6 }
  t: { call: taker, daemon: true }
  ringer: { daemon: true, do: [ { while: true, do: [ { sleep: 7 }, { signal: e }, { clear: e } ] } ] }
`, true)
	r := l.Run()
	for _, e := range r.Errors {
		t.Error(e.Err)
	}
	for _, wrong := range engine.Audit(l) {
		t.Error(wrong)
	}
	var names []string
	for _, s := range l.Statistics() {
		names = append(names, s.Kind+" "+s.Name)
		for _, c := range s.Counts {
			if c.N == 0 && c.Name != "failed" && c.Name != "cancelled" && c.Name != "refused" && c.Name != "reneged" && s.Name != "taker" && s.Name != "ringer" {
				t.Errorf("%s %s: no %s", s.Kind, s.Name, c.Name)
			}
		}
	}
	want := "lock k, semaphore s, rwlock rw, event e, condition c, barrier b, queue q, queue best, queue stack, queue new, line"
	if got := strings.Join(names, ", "); !strings.HasPrefix(got, want) {
		t.Errorf("there are statistics of %s", got)
	}
}

// TestStatisticsOfResources: the identities hold with priorities, preemption, patience and room to wait.
func TestStatisticsOfResources(t *testing.T) {
	l := loopOf(t, "resources", `
runloop: 1
seed: 5
clock: { until: 20000 }
resources: { desk: { capacity: 2, order: preemptive, max_waiting: 6, failures: { every: "${exponential(500)}", lasts: 20, holder: finish } } }
coroutines:
  customer:
    params: { p: int }
    do:
      - try: [ { use: desk, takes: "${exponential(1)}", priority: "${p}", within: "${exponential(5)}" } ]
        catch: [ { error: [TimeoutError, ResourceFull], do: [] } ]
workers:
  door: { do: [ { while: true, do: [ { sleep: "${exponential(0.6)}" }, { spawn: customer, with: { p: "${randint(0, 2)}" } } ] } ] }
`, true)
	result := l.Run()
	for _, e := range result.Errors {
		t.Error(e.Err)
	}
	for _, wrong := range engine.Audit(l) {
		t.Error(wrong)
	}
	desk := statistic(t, l, "resource", "desk")
	for _, c := range desk.Counts {
		if c.N == 0 {
			t.Errorf("no %s", c.Name)
		}
	}
	if c, d := desk.Level[2].Value("mean"), desk.Level[3].Value("mean"); math.Abs(c+d-2) > 1e-12 || d < 0.02 {
		t.Errorf("%g units are there, and %g down", c, d)
	}
	if u := desk.Rates[0].Value; u < 0.6 || u > 0.95 {
		t.Errorf("the utilisation is %g", u)
	}
}

// TestWarmup: after it levels begin from where they stand, counts from 0, and a duration counts whole where it ends later; a
// run that ends before has none, and the run itself is the same.
func TestWarmup(t *testing.T) {
	const text = `
runloop: 1
warmup: %d
resources: [desk]
sources:
  customer: { at: [0, 1, 2, 8], do: [{ use: desk, takes: 3 }] }
`
	l := loopOf(t, "warmup", fmt.Sprintf(text, 5), true)
	at := l.Run().At
	// They hold it from 0, 3, 6 and 9 to 12: at 5 one has it and one waits.
	desk, tasks, source := statistic(t, l, "resource", "desk"), statistic(t, l, "tasks", "customer"), statistic(t, l, "sources", "customer")
	got := fmt.Sprint(at, desk.Counts[:2], desk.Tally[0].Value("sum"), desk.Tally[2].Value("sum"), desk.Level[0].Value("mean")*7, desk.Level[1].Value("mean"), desk.Rates[2], tasks.Counts[:2], tasks.Level[0].Value("mean")*7,
		tasks.Tally[0].Value("sum"), source.Counts, source.Rates)
	if want := "12000000000 [{requests 1} {served 2}] 5 9 2 1 {throughput 0.2857142857142857} [{started 1} {done 3}] 9 5+7+4 [{arrivals 1}] [{rate 0.14285714285714285}]"; got != strings.Replace(want, "5+7+4", "16", 1) {
		t.Errorf("%s, want %s", got, want)
	}
	late := loopOf(t, "warmup", fmt.Sprintf(text, 50), true)
	late.Run()
	if desk := statistic(t, late, "resource", "desk"); desk.Tally[0].Value("count") != 0 || desk.Level[0].Value("mean") == desk.Level[0].Value("mean") {
		t.Errorf("of a run that ends before the warm-up there is %+v", desk)
	}
}

// TestStatisticsOfJointRequests: who is passed over, and who is refused by several at once, leaves every line as long as it is.
func TestStatisticsOfJointRequests(t *testing.T) {
	l := loopOf(t, "joint", `
runloop: 1
seed: 2
clock: { until: 3000 }
resources: { a: { capacity: 2, max_waiting: 3 }, b: { capacity: 3, overtake: true } }
coroutines:
  both: { do: [ { acquire: [a, b], within: 5, else: [ return ], do: [ { sleep: "${exponential(1)}" } ] } ] }
  hasty: { do: [ { acquire: [a, b], nowait: true, else: [ return ], do: [ { sleep: 1 } ] } ] }
  one: { do: [ { use: b, amount: "${randint(1, 3)}", takes: "${exponential(1)}", within: 7, else: [ return ] } ] }
  other: { do: [ { use: a, takes: "${exponential(1)}", within: 9, else: [ return ] } ] }
sources:
  x: { every: "${exponential(2)}", call: both }
  y: { every: "${exponential(3)}", call: one }
  z: { every: "${exponential(2)}", call: other }
  w: { every: "${exponential(5)}", call: hasty }
`, true)
	for _, e := range l.Run().Errors {
		t.Error(e.Err)
	}
	for _, wrong := range engine.Audit(l) {
		t.Error(wrong)
	}
	for _, name := range []string{"a", "b"} {
		for _, c := range statistic(t, l, "resource", name).Counts {
			if c.N == 0 && c.Name != "preempted" && c.Name != "failures" {
				t.Errorf("%s: no %s", name, c.Name)
			}
		}
	}
}

// TestStatisticsOfFirst: a task that waits in a `first` stands in the line of every arm, for as long as it waits.
func TestStatisticsOfFirst(t *testing.T) {
	l := loopOf(t, "first", `
runloop: 1
resources: [desk, a, b]
containers: { low: { capacity: 5 }, high: { capacity: 5, initial: 5 } }
stores: { empty: {}, full: { capacity: 1 } }
queues: { none: {}, some: { capacity: 1 } }
events: [bell]
workers:
  holder:
    do:
      - put: full
        value: 1
      - put: some
        value: 1
      - acquire: desk
        do: [ { acquire: [a, b], do: [ { sleep: 10 } ] } ]
  waiter:
    do:
      - sleep: 1
      - first:
          - acquire: desk
          - acquire: [a, b]
          - get: low
            amount: 1
          - put: high
            amount: 1
          - get: empty
          - put: full
            value: 2
          - get: none
          - put: some
            value: 2
          - wait: bell
          - sleep: 5
`, true)
	for _, e := range l.Run().Errors {
		t.Error(e.Err)
	}
	for _, wrong := range engine.Audit(l) {
		t.Error(wrong)
	}
	for _, line := range []string{
		"resource desk queue", "resource a queue", "resource b queue", "container low getters", "container high putters", "store empty getters",
		"store full putters", "queue none getters", "queue some putters", "event bell waiting",
	} {
		var kind, name, level string
		fmt.Sscan(line, &kind, &name, &level)
		levels := statistic(t, l, kind, name).Level
		i := slices.IndexFunc(levels, func(x engine.StatLevel) bool { return x.Name == level })
		if mean := levels[i].Value("mean"); mean != 0.5 {
			t.Errorf("%s is %g, want 0.5", line, mean)
		}
	}
}

// TestStatisticsOfRandomFirst: the identities hold where tasks wait in a `first` for everything, and some of them are cancelled
// there, before they had what they waited for or after.
func TestStatisticsOfRandomFirst(t *testing.T) {
	arms := []string{
		"{ acquire: desk, then: [ { sleep: %s }, { release: desk } ] }", "{ acquire: till, amount: 2, priority: 1, then: [ { sleep: %s }, { release: till } ] }",
		"{ acquire: [desk, till], then: [ { sleep: %s }, { release: till }, { release: desk } ] }", "{ get: tank, amount: 2 }", "{ put: tank, amount: 1 }",
		"{ get: shelf, as: x }", "{ put: shelf, value: 1 }", "{ get: line, as: x }", "{ put: line, value: 2 }", "{ get: best, as: x }", "{ put: best, value: 3 }",
		"{ get: best, as: x, where: x > 3 }", "{ wait: bell }",
	}
	others := []string{
		"{ put: line, value: 5, nowait: true, else: [] }", "{ put: best, value: 4, nowait: true, else: [] }", "{ put: shelf, value: 6, nowait: true, else: [] }",
		"{ put: tank, amount: 1, nowait: true, else: [] }", "{ get: best, as: x, nowait: true, else: [] }", "{ signal: bell }", "{ clear: bell }", "{ sleep: %s }", "{ sleep: 0 }",
	}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		pause := func() string { return []string{"0", "0.25", "0.5", "1"}[r.IntN(4)] }
		of := func(list []string) string { return strings.ReplaceAll(list[r.IntN(len(list))], "%s", pause()) }
		var steps strings.Builder
		for range 1 + r.IntN(3) {
			fmt.Fprintf(&steps, "          - first:\n")
			for range 1 + r.IntN(3) {
				fmt.Fprintf(&steps, "              - %s\n", of(arms))
			}
			fmt.Fprintf(&steps, "              - { sleep: %s }\n", pause())
			for range r.IntN(3) {
				fmt.Fprintf(&steps, "          - %s\n", of(others))
			}
		}
		l := loopOf(t, "first", fmt.Sprintf(`
runloop: 1
resources: { desk: {}, till: { capacity: 2, order: %s } }
containers: { tank: { capacity: 5, initial: 2 } }
stores: { shelf: { capacity: 2 } }
queues: { line: { capacity: 2 }, best: { capacity: 2, order: priority } }
events: [bell]
coroutines:
  w:
    do:
      - repeat: 4
        do:
%s  rash:
    do:
      - spawn: w
        as: v
      - sleep: %s
      - cancel: ${v}
workers:
  a: { call: w, count: %d }
  b: { call: rash, count: %d, start: %s }
`, []string{"priority", "preemptive"}[r.IntN(2)], &steps, pause(), 1+r.IntN(3), r.IntN(4), pause()), true)
		l.Run()
		for _, wrong := range engine.Audit(l) {
			t.Errorf("seed %d: %s\n%s", seed, wrong, &steps)
		}
		if t.Failed() {
			return
		}
	}
}

// TestStatisticsOfRandomResources: the identities hold whatever a resource is like and whatever becomes of those who want it, and its
// levels are what a metric sees.
func TestStatisticsOfRandomResources(t *testing.T) {
	counts := map[string]int64{}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		pause := func() string { return pick("0", "0.25", "0.5", "1", "${exponential(0.5)}") }
		order := pick("order: fifo", "order: lifo", "order: random", "order: priority", "order: preemptive", "rank: amount - waited")
		ranked := strings.Contains(order, "pr") || strings.Contains(order, "rank")
		options := ""
		switch r.IntN(5) {
		case 0:
			options = ", overtake: true"
		case 1:
			options = ", max_waiting: 2"
		case 2:
			options = ", on_shrink: interrupt"
		case 3:
			options = ", failures: { every: \"${exponential(3)}\", lasts: 0.5" + pick("", ", holder: finish", ", clock: busy") + " }"
		}
		steps := func(of string, n int) string {
			var b strings.Builder
			for range n {
				asked := pick("", ", amount: 2")
				if ranked {
					asked += ", priority: " + pick("0", "1", "-1")
				}
				if order == "order: preemptive" {
					asked += pick("", "", ", preempt: false", ", preemptible: false")
				}
				patience := pick("", "", ", within: 0.5, else: []", ", nowait: true, else: []")
				step := pick("use", "acquire", "both", "other", "sleep", "resize")
				if strings.Contains(options, "failures") && step == "resize" {
					step = "sleep"
				}
				switch step {
				case "use":
					again := ""
					if order == "order: preemptive" || strings.Contains(options, "failures") || strings.Contains(options, "on_shrink") {
						again = pick("", ", if_preempted: restart", ", if_preempted: raise")
					}
					step = fmt.Sprintf("use: desk, takes: %q%s%s%s", pause(), asked, again, patience)
				case "acquire":
					step = fmt.Sprintf("acquire: desk%s%s, do: [ { sleep: %q } ]", asked, patience, pause())
				case "both":
					step = fmt.Sprintf("acquire: [desk, till]%s, do: [ { sleep: %q } ]", patience, pause())
				case "other":
					step = fmt.Sprintf("use: till, takes: %q", pause())
				case "resize":
					step = "resize: desk, capacity: " + pick("1", "2", "3")
				default:
					step = fmt.Sprintf("sleep: %q", pause())
				}
				fmt.Fprintf(&b, "          - try: [ { %s } ]\n            catch: [ { error: [ResourceFull, Interrupt, TimeoutError] } ]\n", step)
			}
			return of + "\n" + b.String()
		}
		text := fmt.Sprintf(`
runloop: 1
seed: %d
clock: { until: 40 }
resources: { desk: { capacity: 2, %s%s }, till: {} }
metrics:
  seen_queue: { kind: level, of: desk.waiting }
  seen_in_use: { kind: level, of: desk.in_use }
  seen_capacity: { kind: level, of: desk.capacity }
  seen_down: { kind: level, of: desk.down }
coroutines:
  a:
    do:
      - repeat: 3
%s  b:
    do:
      - repeat: 3
%s  rash:
    do:
      - spawn: %s
        as: v
      - sleep: %q
      - %s: ${v}
workers:
  a: { call: a, count: 2 }
  b: { call: b, count: %d }
  c: { call: rash, count: %d }
`, seed, order, options, steps("        do:", 1+r.IntN(3)), steps("        do:", 1+r.IntN(3)), pick("a", "b"), pause(), pick("cancel", "interrupt"), 1+r.IntN(3), r.IntN(4))
		l := loopOf(t, "resources", text, true)
		l.Run()
		wrong := engine.Audit(l)
		desk := statistic(t, l, "resource", "desk")
		for i, name := range []string{"queue", "in_use", "capacity", "down"} {
			for _, field := range []string{"mean", "min", "max", "sd"} {
				if a, b := desk.Level[i].Value(field), statistic(t, l, "level", "seen_"+name).Level[0].Value(field); a != b && a == a {
					wrong = append(wrong, fmt.Sprintf("the %s of %s is %g, that of what was seen %g", field, name, a, b))
				}
			}
		}
		if len(wrong) > 0 {
			t.Fatalf("seed %d: %s\n%s", seed, strings.Join(wrong, "\n"), text)
		}
		for _, c := range desk.Counts {
			counts[c.Name] += c.N
		}
	}
	for _, name := range []string{"served", "refused", "reneged", "preempted", "failures"} {
		if counts[name] < 100 {
			t.Errorf("%s: %d, want many", name, counts[name])
		}
	}
}

// TestStatisticsOfRandom: the identities hold after random scenarios, whatever becomes of locks and queues, and with a trace the
// statistics are the same.
func TestStatisticsOfRandom(t *testing.T) {
	for seed := range uint64(150) {
		text, s := conformance.Scenario(seed)
		opts, err := s.Options(dsl.RunOptions{Clock: "virtual", Caps: engine.Limits{Steps: 100_000, Memory: 64 << 20}})
		if err != nil {
			t.Fatal(err)
		}
		opts.Statistics = true
		l := engine.New(s.Program(), opts)
		ended := l.Run().Ended == engine.Completed
		for _, x := range l.Statistics() {
			ended = ended && (x.Kind != "tasks" || x.Level[0].Value("last") == 0)
		}
		for _, wrong := range engine.Audit(l) {
			// What tasks that are cancelled at the end still have of a resource or a store is no part of the statistics.
			if ended || !strings.HasPrefix(wrong, "resource ") && !strings.HasPrefix(wrong, "store ") {
				t.Fatalf("seed %d: %s\n%s", seed, wrong, text)
			}
		}
		opts.Trace = &engine.Trace{Values: true}
		traced := engine.New(s.Program(), opts)
		traced.Run()
		if got, want := fmt.Sprintf("%+v", traced.Statistics()), fmt.Sprintf("%+v", l.Statistics()); got != want {
			t.Fatalf("seed %d: with a trace there is\n%s\nwithout\n%s\n%s", seed, got, want, text)
		}
	}
}

// TestMetrics: a copy in the middle of a run comes to the same metrics, after a warm-up, too; and a run without statistics is the same.
func TestMetrics(t *testing.T) {
	const text = `
runloop: 1
seed: 4
clock: { until: 400 }
warmup: 100
shared: { mood: calm, depth: 0.5 }
resources: [desk]
metrics:
  stay: { shares: [2, 5s], quantiles: [0.75] }
  lost: { kind: count }
  load: { kind: level, of: desk.in_use + desk.waiting + depth }
  whole: { kind: level, of: desk.in_use + desk.waiting }
  mood: { kind: states, of: mood }
  desk.wait: { shares: [1s] }
sources:
  customer:
    every: ${exponential(2)}
    do:
      - let: { came: "${now}" }
      - use: desk
        takes: ${exponential(1.5)}
        within: 6
        else: [ { record: { lost: 1 } }, return ]
      - set: { mood: "${choice(['calm', 'busy', 'wild'])}", depth: "${uniform(0, 3)}" }
      - record: { stay: "${now - came}" }
        by: ${mood}
`
	whole := loopOf(t, "metrics", text, true)
	result, plain := whole.Run(), loopOf(t, "metrics", text, false).Run()
	if result.Steps != plain.Steps || result.Iterations != plain.Iterations {
		t.Error("the run with statistics is another one")
	}
	want := fmt.Sprintf("%+v", whole.Statistics())
	for n := int64(1); n < 2000; n += 190 {
		l := loopOf(t, "metrics", text, true)
		l.RunFor(n)
		c := l.Clone()
		for _, x := range []*engine.Loop{c, l} {
			x.Run()
			if got := fmt.Sprintf("%+v", x.Statistics()); got != want {
				t.Fatalf("after %d: got\n%s\nwant\n%s", n, got, want)
			}
		}
	}
	desk, level, load := statistic(t, whole, "resource", "desk"), statistic(t, whole, "level", "whole"), statistic(t, whole, "level", "load")
	if a, b := desk.Level[0].Value("mean")+desk.Level[1].Value("mean"), level.Level[0].Value("mean"); a-b > 1e-12 || b-a > 1e-12 {
		t.Errorf("the queue and what is in use are %g, their sum is %g", a, b)
	}
	if load.Level[0].Value("mean") <= level.Level[0].Value("mean") || load.Level[0].Value("min") < 0 {
		t.Errorf("a level of numbers that are not whole is %+v", load)
	}
	states, shares := statistic(t, whole, "states", "mood").Level[0], 0.0
	for _, s := range states.Fields {
		shares += s.Value
	}
	if len(states.Fields) != 3 || shares < 0.999999 || shares > 1.000001 {
		t.Errorf("the states have the shares %v", states.Fields)
	}
	stay := statistic(t, whole, "tally", "stay").Tally[0]
	if a, b := stay.Value("share 5s"), statistic(t, whole, "tally", `stay["calm"]`).Tally[0].Value("count"); a <= 0.3 || a > 1 || b == 0 {
		t.Errorf("of the stays %g are at most 5, %g were calm", a, b)
	}
}

// TestStatisticsAllocate: nothing in the steady state.
func TestStatisticsAllocate(t *testing.T) {
	l := loopOf(t, "mm1", strings.Replace(mm1, "n: 20000", "n: 200000", 1), true)
	off := loopOf(t, "mm1", strings.Replace(mm1, "n: 20000", "n: 200000", 1), false)
	off.RunFor(1_000_000)
	allocs := testing.AllocsPerRun(20, func() { off.RunFor(10_000) })
	l.RunFor(1_000_000)
	if n := testing.AllocsPerRun(20, func() { l.RunFor(10_000) }); n > allocs {
		t.Errorf("10000 instructions allocate %g times", n)
	}
}

// BenchmarkStatistics is what a customer of M/M/1 costs with and without statistics.
func BenchmarkStatistics(b *testing.B) {
	for _, on := range []bool{false, true} {
		b.Run(fmt.Sprintf("on=%t", on), func(b *testing.B) {
			l := loopOf(b, "mm1", strings.Replace(mm1, "n: 20000", fmt.Sprintf("n: %d", b.N), 1), on)
			b.ResetTimer()
			l.Run()
		})
	}
}

// BenchmarkStatisticsOfUse is the same for a resource, a source and `use`.
func BenchmarkStatisticsOfUse(b *testing.B) {
	for range 2 { // the machine may be busy: look at both pairs
		for _, on := range []bool{false, true} {
			b.Run(fmt.Sprintf("on=%t", on), func(b *testing.B) {
				l := loopOf(b, "mm1", strings.Replace(`
runloop: 1
limits: { tasks: 100000000, steps: 100000000000 }
resources: [desk]
sources:
  customer: { every: "${exponential(1.25)}", limit: 20000, do: [ { use: desk, takes: "${exponential(1)}" } ] }
`, "20000", fmt.Sprint(b.N), 1), on)
				b.ResetTimer()
				l.Run()
			})
		}
	}
}

// TestMonitor: after every bundled scenario and one with all kinds of metrics, what was told while it ran comes to the statistics,
// and the run is the one without a monitor.
func TestMonitor(t *testing.T) {
	texts := map[string]string{"metrics": `
runloop: 1
clock: { unit: m, until: 8h }
shared: { broken: false }
resources: { desk: { order: preemptive, failures: { every: "${exponential(60)}", lasts: 5m } } }
containers: { tank: { capacity: 10, initial: 2.5 } }
locks: [k]
metrics:
  stay: {}
  lost: { kind: count }
  trouble: { kind: level, of: "desk.waiting + (broken ? 0.5 : 0)" }
  depth: { kind: level, initial: 3 }
  mood: { kind: states }
sources:
  customer:
    every: ${exponential(5)}
    do:
      - let: { came: "${now}" }
      - use: desk
        takes: ${exponential(4)}
        priority: ${randint(0, 2)}
        within: 20
        else: [{ record: { lost: 1 } }, return]
      - acquire: k
      - sleep: 0.5
      - release: k
      - { put: tank, amount: 0.5, within: 1, else: [] }
      - record: { stay: "${now - came}", mood: "${index % 3}", depth: "${index / 7}" }
workers:
  trouble: { daemon: true, do: [{ while: true, do: [{ sleep: 60 }, { set: { broken: true } }, { get: tank, amount: 3 }, { set: { broken: false } }] }] }
  keeps: [{ sleep: 460 }, { acquire: desk, priority: -1, preemptible: false }, { sleep: 3 }]
`}
	for _, name := range scenarios.Names() {
		text, _ := scenarios.Source(name)
		texts[name] = string(text)
	}
	for name, text := range texts {
		s, err := dsl.Folder{FS: scenarios.Files()}.Load(name+".yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		opts, err := s.Options(dsl.RunOptions{Clock: "virtual", KeepOutput: true})
		if err != nil {
			t.Fatal(err)
		}
		plain := engine.New(s.Program(), opts).Run()
		type seen struct{ count, sum, area, value, since float64 }
		vectors, last := map[string]*seen{}, 0.0
		ended, held := map[string]int64{}, 0.0
		opts.Monitor = &engine.Monitor{
			Vector: func(v engine.Vector) {
				x := vectors[v.Metric]
				if x == nil {
					x = &seen{}
					vectors[v.Metric] = x
				}
				if v.At < last || !v.Is && x.count > 0 && v.At == x.since && v.Value == x.value && strings.HasSuffix(v.Metric, ".inside") {
					t.Errorf("%s: %+v comes after %g, or again", name, v, last)
				}
				last = v.At
				x.area += x.value * (v.At - x.since)
				x.count, x.sum, x.value, x.since = x.count+1, x.sum+v.Value, v.Value, v.At
			},
			Task: func(e engine.EndedTask) {
				ended[e.Coroutine+" "+e.State]++
				held += e.Held
				if e.Waited < 0 || e.Waited > e.Ended-e.Spawned+1e-9 || e.Ran && (e.Started < e.Spawned || e.Started > e.Ended) {
					t.Errorf("%s: %+v", name, e)
				}
			},
		}
		l := engine.New(s.Program(), opts)
		r := l.Run()
		if string(r.Output) != string(plain.Output) || r.Steps != plain.Steps || r.At != plain.At {
			t.Errorf("%s: the run with a monitor is another one", name)
		}
		end := l.InUnits(r.At)
		same := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
				t.Errorf("%s: %s was told as %g, the statistics say %g", name, what, got, want)
			}
		}
		holds := 0.0
		for _, s := range l.Statistics() {
			of := s.Name + "."
			switch s.Kind {
			case "tasks":
				of = "tasks." + of
				for _, c := range s.Counts[1:] {
					same(s.Name+" "+c.Name, float64(ended[s.Name+" "+c.Name]), float64(c.N))
				}
			case "tally", "level", "count", "states":
				of = s.Name
			}
			for i := range s.Tally {
				x := vectors[strings.TrimSuffix(of+s.Tally[i].Name, "tally")]
				if strings.Contains(s.Tally[i].Name, "[") {
					continue // these are among all
				}
				if x == nil {
					x = &seen{}
				}
				same(of+s.Tally[i].Name, x.count, s.Tally[i].Value("count"))
				same(of+s.Tally[i].Name, x.sum, s.Tally[i].Value("sum"))
				if s.Tally[i].Name == "hold" {
					holds += s.Tally[i].Value("sum")
				}
			}
			for i := range s.Level {
				if x := vectors[strings.TrimSuffix(of+s.Level[i].Name, "level")]; x != nil && s.Kind != "states" && end > 0 && s.Kind != "new" {
					same(of+s.Level[i].Name, (x.area+x.value*(end-x.since))/end, s.Level[i].Value("mean"))
				}
			}
		}
		if name == "metrics" {
			if ended["keeps done"] != 1 || math.Abs(held-holds) < 1 || len(vectors) < 25 {
				t.Errorf("%d vectors, %v have ended and held %g, of %g that was given back", len(vectors), ended, held, holds)
			}
		}
	}
}
