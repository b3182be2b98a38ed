package conformance

import (
	"bytes"
	"fmt"
	rand "math/rand/v2"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// choosers is a random scenario of tasks that take only some items of stores, with everything that gets in their way. wrap writes
// each condition.
func choosers(seed uint64, wrap func(condition string) string) string {
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	chance := func(p float64) bool { return r.Float64() < p }
	one := func(options ...string) string { return options[r.IntN(len(options))] }
	pause := func(n int) string { return fmt.Sprint(float64(r.IntN(n)) / 4) }
	priority := func(p float64) string {
		if chance(p) {
			return fmt.Sprintf(", priority: %d", r.IntN(3))
		}
		return ""
	}
	ordered := r.Float64() * 0.6
	b.WriteString("runloop: 1\nqueues: [q]\nstores:\n")
	for i := range 2 {
		fmt.Fprintf(&b, "  s%d: { capacity: %d, order: %s }\n", i, r.IntN(5), one("fifo", "lifo", "random", "priority"))
	}
	makers, takers := 2+r.IntN(3), 3+r.IntN(5)
	b.WriteString("coroutines:\n  maker:\n    params: { k: int }\n    do:\n")
	item := func(k string) string {
		return fmt.Sprintf("{ k: %d, n: \"${%s + %d}\", t: %s, q: \"${q}\" }", r.IntN(3), k, r.IntN(4), one("[]", "[1, 2]", "some"))
	}
	for range 3 + r.IntN(12) {
		fmt.Fprintf(&b, "      - sleep: %s\n", pause(5))
		limit := one("", "", ", within: 1, else: [ { print: full } ]")
		fmt.Fprintf(&b, "      - { put: s%d, value: %s%s%s }\n", r.IntN(2), item("k"), priority(ordered), limit)
		if chance(0.3) {
			b.WriteString("      - " + one("put: q\n        value: 1\n", "if: q.size > 0\n        then: [ { get: q } ]\n"))
		}
	}
	get := func(x string, arm bool) string {
		s := fmt.Sprintf("get: s%d, as: %s%s", r.IntN(2), x, priority(ordered))
		batch := chance(0.2)
		if chance(0.9) {
			c := one("x.k == k", "x.k == k", "k != x.k and x.n > 1", "x.n >= k", "10 / (x.n - k) > 4", "(x.k + x.n) % 3 == k", "len(x.t) > 1",
				"x.k in [k, 3]", "x.q.size < k", "x.q.size == 1 or x.k == k", "x[key] == k", "x.t == [1, 2]", "lower(x.t) == 'some'", "not (x.n > k)")
			s += ", where: " + fmt.Sprintf("%q", wrap(strings.ReplaceAll(c, "x", x)))
			s = strings.ReplaceAll(s, "ma"+x, "max") // no other word has an x in it
		}
		if batch {
			s += fmt.Sprintf(", amount: %d", 2+r.IntN(2))
			if chance(0.5) && !arm {
				return s + ", at_least: 1, within: " + pause(8) + ", else: [ { print: '${now} none' } ]"
			}
		}
		switch {
		case chance(0.25):
			s += ", do: [ { print: '${now} borrows ${" + x + "}' }, { sleep: " + pause(6) + " } ]"
		case arm:
		case chance(0.1):
			s += ", nowait: true"
		case chance(0.3):
			s += ", within: " + pause(8)
		}
		return s
	}
	for i := range takers {
		fmt.Fprintf(&b, "  taker%d:\n    params: { k: int }\n    do:\n      - let: { key: %s, x: \"${get({}, 'a')}\", y: \"${get({}, 'a')}\" }\n      - repeat: %d\n        do:\n          - sleep: %s\n",
			i, one("k", "n"), 2+r.IntN(6), pause(4))
		catch := "            catch: [ { error: [TimeoutError, QueueEmpty, ZeroDivisionError, TypeError, Interrupt], as: e, do: [ { print: '${now} ${task} ${e}' } ] } ]\n"
		for range 1 + r.IntN(2) {
			if chance(0.25) {
				fmt.Fprintf(&b, "          - try:\n              - first:\n                  - { %s }\n                  - { %s }\n                  - { sleep: %s }\n%s",
					get("x", true), get("y", true), pause(9), catch)
			} else {
				fmt.Fprintf(&b, "          - try:\n              - { %s }\n%s", get("x", false), catch)
			}
			b.WriteString("          - print: ${now} ${task} ${x} ${y}\n")
		}
	}
	b.WriteString("workers:\n")
	for i := range makers {
		fmt.Fprintf(&b, "  m%d: { call: maker, with: { k: %d } }\n", i, r.IntN(3))
	}
	for i := range takers {
		fmt.Fprintf(&b, "  t%d: { call: taker%d, with: { k: %d } }\n", i, i, r.IntN(3))
	}
	b.WriteString("main:\n")
	for range r.IntN(12) {
		fmt.Fprintf(&b, "  - sleep: %s\n", pause(6))
		for range r.IntN(4) { // whoever gets one of these may be cut off before it runs
			fmt.Fprintf(&b, "  - { put: s%d, value: %s, nowait: true, else: [] }\n", r.IntN(2), item("1"))
		}
		at := r.IntN(takers)
		fmt.Fprintf(&b, "  - if: not tasks['t%d'].done\n    then: [ { %s: \"${tasks['t%d']}\" } ]\n", at, one("interrupt", "interrupt", "cancel"), at)
	}
	b.WriteString("  - sleep: 9\n  - stop\n")
	return b.String()
}

// TestLastingConditions: what a `where` has refused is not asked again, as long as its answer lasts. A run is the same, to the last
// record of its trace and the last number of its statistics, where each condition looks at the clock as well and is asked again at
// every change.
func TestLastingConditions(t *testing.T) {
	n := 120
	if testing.Short() {
		n = 30
	}
	waited := 0
	for i := range n {
		seed := *seed + uint64(i)
		texts := [2]string{
			choosers(seed, func(c string) string { return c }),
			choosers(seed, func(c string) string { return "(" + c + ") and now >= 0" }),
		}
		for _, statistics := range []bool{false, true} {
			var loops [2]*engine.Loop
			var traces [2]*engine.Trace
			var results [2]*engine.Result
			for j, text := range texts {
				s, err := dsl.Load("choosers.yaml", []byte(text))
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				traces[j] = &engine.Trace{Values: true, Last: 1 << 20}
				opts, err := s.Options(dsl.RunOptions{Clock: "virtual", KeepOutput: true, Trace: traces[j], Caps: engine.Limits{Steps: 100_000}})
				if err != nil {
					t.Fatal(err)
				}
				opts.Statistics = statistics
				loops[j] = engine.New(s.Program(), opts)
				results[j] = loops[j].Run()
			}
			what := ""
			a, b := results[0], results[1]
			switch {
			case !bytes.Equal(a.Output, b.Output):
				what = "output: " + firstDifference(string(a.Output), string(b.Output))
			case a.Ended != b.Ended || a.At != b.At || a.Iterations != b.Iterations || a.Steps != b.Steps || a.Tasks != b.Tasks || len(a.Errors) != len(b.Errors):
				what = fmt.Sprintf("%+v\n%+v", a, b)
			case traces[0].Len() != traces[1].Len():
				what = fmt.Sprintf("%d and %d records", traces[0].Len(), traces[1].Len())
			case statistics && fmt.Sprintf("%+v", loops[0].Statistics()) != fmt.Sprintf("%+v", loops[1].Statistics()):
				what = "statistics"
			}
			for k := uint64(0); what == "" && k < traces[0].Len(); k++ {
				if x, y := *traces[0].At(k), *traces[1].At(k); x != y {
					what = fmt.Sprintf("record %d: %+v, %+v", k, x, y)
				}
			}
			if what != "" {
				t.Fatalf("seed %d, statistics %v: %s\n%s", seed, statistics, what, texts[0])
			}
			waited += bytes.Count(a.Output, []byte("\n"))
		}
	}
	if waited < 20*n {
		t.Errorf("little has happened in %d scenarios: %d lines", n, waited)
	}
}
