package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

var update = flag.Bool("update", false, "rewrite docs/performance.md and docs/growth.svg from the record")

func (w *workload) loop(tb testing.TB) *engine.Loop {
	tb.Helper()
	_, l, err := w.newLoop()
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// TestWorkloads checks that the scenarios do the same as the bare loops.
func TestWorkloads(t *testing.T) {
	if testing.Short() {
		t.Skip("millions of events: without -short")
	}
	for _, w := range workloads {
		s, l, err := w.newLoop()
		if err == nil {
			err = verified(s, l)
		}
		if err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
	}
	if n := bareSleepers(10, 7, delay); n != 70 {
		t.Errorf("bareSleepers: %d", n)
	}
	if n := barePair(1000, 1); n != 1000 {
		t.Errorf("barePair: %d", n)
	}
	// In M/M/1 the mean wait is load / (1 - load) service times.
	if n, waited := bareServer(300_000, 0.8, 1); n != 300_000 || waited/300_000 < 3 || waited/300_000 > 5 {
		t.Errorf("bareServer: %d served, mean wait %g", n, waited/300_000)
	}
}

// TestBareObjects: the workloads with objects come, like their bare loops, to the same counts at the same nanosecond.
func TestBareObjects(t *testing.T) {
	const turns = 500
	type result map[string]int64
	count := func(name string, n int, end int64) result { return result{name: int64(n), "end": end} }
	for _, c := range []struct {
		file string
		bare func() result
	}{
		{"priority.yaml", func() result { n, end := bareDesk(20, turns, false); return count("served", n, end) }},
		{"preemptive.yaml", func() result { n, end := bareDesk(20, turns, true); return count("served", n, end) }},
		{"container.yaml", func() result { n, _, end := bareTank(10, turns); return count("moved", n, end) }},
		{"store.yaml", func() result { n, end := bareBox(10, turns); return count("sum", n, end) }},
		{"choosy.yaml", func() result { n, end := bareChoosyBox(10, turns); return count("sum", n, end) }},
		{"first.yaml", func() result {
			got, late, end := bareFirst(10, turns)
			return result{"got": int64(got), "late": int64(late), "end": end}
		}},
	} {
		s, err := load(c.file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.NewLoop(dsl.RunOptions{Params: map[string]string{"turns": strconv.Itoa(turns)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := verified(s, l); err != nil {
			t.Error(err)
		}
		want := c.bare()
		have := result{"end": l.Result().At}
		for i, v := range s.Program().Shared {
			have[v.Name] = l.SharedVar(i).AsInt()
		}
		if !maps.Equal(have, want) {
			t.Errorf("%s: %v, by hand %v", c.file, have, want)
		}
	}
}

// TestBareLines: the bare heaps let all go, and what is left in them is in order.
func TestBareLines(t *testing.T) {
	for _, kind := range lineKinds {
		for _, n := range []int{1, 2, 1000} {
			if got := kind.bare(n)(); got != n {
				t.Errorf("%s: %d of %d", kind.of, got, n)
			}
		}
	}
	rng := splitMix(2)
	h, there := newRankedHeap(500), map[uint32]bool{}
	for id := range uint32(500) {
		h.push(ranked{int64(rng.next() * 20), int64(id), id})
		there[id] = true
	}
	for range 300 {
		id := uint32(rng.next() * 500)
		if there[id] {
			if x := h.remove(id); x.id != id {
				t.Fatalf("%d instead of %d", x.id, id)
			}
			delete(there, id)
		}
	}
	for last := (ranked{rank: -1}); len(h.xs) > 0; {
		x := h.remove(h.xs[0].id)
		if x.before(last) || !there[x.id] {
			t.Fatalf("%v after %v", x, last)
		}
		last = x
		delete(there, x.id)
	}
	if len(there) > 0 {
		t.Errorf("%d are lost", len(there))
	}
}

// TestScaling: what a scenario allocates grows with n, not with its square. Each runs to the end that it expects.
func TestScaling(t *testing.T) {
	all, err := scalings()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		n := s.n / 10
		var bytes [2]uint64
		for i, n := range []int{n, 4 * n} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := s.run(n); err != nil {
				t.Error(err)
			}
			runtime.ReadMemStats(&after)
			bytes[i] = after.TotalAlloc - before.TotalAlloc
		}
		if ratio := float64(bytes[1]) / float64(bytes[0]); ratio > 8 {
			t.Errorf("%s allocates %d bytes with %d, %.1f times as many with %d", s.file, bytes[0], n, ratio, 4*n)
		}
	}
}

// TestBareHeap checks that the bare loops' heap is ordered by (when, seq).
func TestBareHeap(t *testing.T) {
	rng := splitMix(1)
	for n := range 200 {
		var q timers
		for i := range n {
			q.push(timer{int64(rng.next() * 20), uint64(i), 0})
		}
		last := timer{when: -1}
		for range n {
			x := q.pop()
			if x.before(last) {
				t.Fatalf("%d timers: %v after %v", n, x, last)
			}
			last = x
		}
		if len(q) > 0 {
			t.Fatalf("%d timers: %d are left", n, len(q))
		}
	}
}

// TestSteadyStateAllocatesNothing: once a workload has warmed up, its events allocate nothing.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, w := range workloads {
		l := w.loop(t)
		l.RunFor(1_500_000)
		if l.RunFor(1) {
			t.Fatalf("%s: it is over", w.name)
		}
		if n := testing.AllocsPerRun(5, func() { l.RunFor(20_000) }); n > 0 {
			t.Errorf("%s: %v allocations in 20,000 instructions", w.name, n)
		}
	}
}

// TestLarge: the long scenario has the right length, has no errors, and runs to its end.
func TestLarge(t *testing.T) {
	src := large(largeLines)
	if n := bytes.Count(src, []byte("\n")); n != largeLines {
		t.Errorf("%d lines", n)
	}
	s, err := dsl.Load("large.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(dsl.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := verified(s, l); err != nil || l.Result().Tasks.Done < 200 {
		t.Errorf("it ended with %v, %v", l.Result().Tasks, err)
	}
}

// TestCompare checks with made-up numbers which measures have slipped.
func TestCompare(t *testing.T) {
	good := Measure{Name: "m", Unit: unitBare, Value: 2, Target: 2.2, Ours: 100, Bare: 50, Floor: 15e6}
	for _, c := range []struct {
		name                string
		fresh               Measure
		slipped, met, count bool
	}{
		{"the same", good, false, true, true},
		{"a quarter more is within", Measure{Value: 2.5, Target: 2.2, Ours: 125, Bare: 50, Floor: 15e6}, false, false, true},
		{"more than a quarter", Measure{Value: 2.51, Target: 2.2, Ours: 125.5, Bare: 50, Floor: 15e6}, true, false, true},
		{"better", Measure{Value: 0.5, Target: 2.2, Ours: 25, Bare: 50, Floor: 15e6}, false, true, true},
		{"a slow bare loop flatters", Measure{Value: 1, Target: 2.2, Ours: 100, Bare: 100, Floor: 15e6}, false, true, false},
		{"the floor itself", Measure{Value: 2, Target: 2.2, Ours: 100, Bare: 50, Floor: 20e6}, false, true, true},
		{"no bare loop", Measure{Value: 2.6, Target: 3}, true, true, true},
	} {
		f := c.fresh
		if f.slipped(good) != c.slipped || f.met() != c.met || f.counts() != c.count {
			t.Errorf("%s: slipped %v, met %v, counts %v", c.name, f.slipped(good), f.met(), f.counts())
		}
	}
}

// TestText checks the text of a comparison.
func TestText(t *testing.T) {
	before := &Record{Machine: "here"}
	before.add(Measure{Name: "sleepers", Unit: unitBare, Value: 1.5, Target: 1.8, Ours: 90, Bare: 60, Floor: 14e6})
	before.add(Measure{Name: "load", Unit: "ms", Value: 100, Target: 200})
	fresh := &Record{Machine: "here"}
	fresh.add(Measure{Name: "sleepers", Unit: unitBare, Value: 2, Target: 1.8, Ours: 200, Bare: 100, Floor: 14e6})
	fresh.add(Measure{Name: "load", Unit: "ms", Value: 110, Target: 200, Note: "a note"})
	fresh.add(Measure{Name: "a list", Unit: unitScaling, Value: 4.25, Target: 6, N: 25_000, Took: 12.34})
	fresh.add(Measure{Name: "new", Unit: "ns", Value: 1234.5, Target: 1000})
	want := `workload  events/s  ns/event  bare ns  x bare  target  met  ratio counts  recorded  slipped
sleepers        5M       200      100    2.00    1.80   no            no      1.50      yes

scenario       n    ms  x n's time  target  met  recorded  slipped
a list    25,000  12.3        4.25    6.00  yes         -        -

measure     value  target  met  recorded  slipped
load       110 ms     200  yes       100       no  a note
new      1,230 ns   1,000   no         -        -

slipped by more than a quarter: sleepers, 2.00, recorded 1.50
the ratio does not count: sleepers, its bare loop does 10M events a second, not 14M
`
	if got := fresh.text(before); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := before.text(before); !strings.HasSuffix(got, "\nnothing slipped by more than a quarter\n") {
		t.Errorf("nothing slipped, and it says\n%s", got)
	}
	fresh.Machine = "there"
	if got := fresh.text(before); !strings.Contains(got, "another machine, so that only ratios compare: here") {
		t.Errorf("the machines differ, and it says\n%s", got)
	}
	if got := fresh.text(&Record{}); !strings.Contains(got, "nothing is recorded yet") || strings.Contains(got, "nothing slipped") {
		t.Errorf("nothing is recorded, and it says\n%s", got)
	}
}

// TestMerge: new measures replace the recorded ones, and the others stay.
func TestMerge(t *testing.T) {
	r := &Record{Machine: "a", Growth: []Series{{Of: "workers"}}}
	r.add(Measure{Name: "x", Value: 1})
	r.add(Measure{Name: "y", Value: 2})
	fresh := &Record{Machine: "b", Others: &Others{}}
	fresh.add(Measure{Name: "x", Value: 1.23456})
	r.merge(fresh)
	x, _ := r.measure("x")
	y, _ := r.measure("y")
	if x.Value != 1.23 || y.Value != 2 || len(r.Measures) != 2 || r.Machine != "b" || r.Others == nil || r.Growth == nil {
		t.Errorf("%+v", r)
	}
}

// TestParts: parts are chosen by name.
func TestParts(t *testing.T) {
	for args, want := range map[string]int{"": 7, "growth load": 2} {
		if got, err := choose(strings.Fields(args), false); err != nil || len(got) != want {
			t.Errorf("%q: %d parts, %v", args, len(got), err)
		}
	}
	if got, err := choose(nil, true); err != nil || len(got) != len(parts) {
		t.Errorf("-record: %d parts, %v", len(got), err)
	}
	if _, err := choose([]string{"wrong"}, false); err == nil || !strings.Contains(err.Error(), "there are workloads, scaling,") {
		t.Errorf("a wrong part: %v", err)
	}
}

// TestRecorded: the page about performance and its chart agree with the record.
func TestRecorded(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	r, err := readRecord(root)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := r.writeDocs(root); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := r.doc(root)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]byte{docFile: doc, chartFile: chart(r.Growth)} {
		if have, err := os.ReadFile(filepath.Join(root, file)); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not of the record (%v): `go test ./internal/bench -run TestRecorded -update` rewrites it", file, err)
		}
	}
	for _, w := range workloads {
		if _, ok := r.measure(w.name); !ok {
			t.Errorf("%s is not recorded", w.name)
		}
	}
}

// TestChart: the chart is valid XML with a point for each number, whatever the numbers are.
func TestChart(t *testing.T) {
	for _, all := range [][]Series{
		nil,
		{{Of: "workers", Points: []Point{{1, 10, 10}}}},
		{{Of: "workers", Points: []Point{{10, 52.5, 18}, {1_000_000, 1234, 310}}}, {Of: "timers", Points: []Point{{1, 100, 100}, {3, 1e4, 1}}}},
	} {
		svg := chart(all)
		circles, points := 0, 0
		for _, s := range all {
			points += 2 * len(s.Points)
		}
		d := xml.NewDecoder(bytes.NewReader(svg))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in\n%s", err, svg)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
				circles++
			}
		}
		if circles != points || bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
			t.Errorf("%d circles for %d points in\n%s", circles, points, svg)
		}
	}
}

// BenchmarkWorkloads runs each workload and its bare loop in turn.
func BenchmarkWorkloads(b *testing.B) {
	for _, w := range workloads {
		b.Run(w.name, func(b *testing.B) {
			s, err := load(w.file)
			if err != nil {
				b.Fatal(err)
			}
			var c comparison
			for b.Loop() {
				if err := c.round(&w, s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(median(c.bare), "bare-ns/event")
			b.ReportMetric(median(c.ours), "ns/event")
			b.ReportMetric(median(c.ratio), "x-bare")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkLoad reads, checks and compiles 10,000 lines.
func BenchmarkLoad(b *testing.B) {
	src := large(largeLines)
	for b.Loop() {
		if _, err := dsl.Load("large.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSteps compares ways to write the same: nanoseconds a step, in a loop of a million. `add` should cost what the counted
// `set` costs, and a function of the scenario what its expression costs.
func BenchmarkSteps(b *testing.B) {
	const functions = "functions: { backoff: { params: { n: int, cap: duration }, value: \"min(cap, 2 ** n * 100ms)\" } }\n"
	for _, c := range []struct{ name, step string }{
		{"set", `set: { n: "${n + 1}" }`},
		{"add", `add: { n: 1 }`},
		{"written out", `set: { x: "${min(30s, 2 ** i * 100ms)}" }`},
		{"function", `set: { x: "${backoff(i, 30s)}" }`},
	} {
		b.Run(c.name, func(b *testing.B) {
			text := "runloop: 1\nshared: { n: 0, x: 0.0 }\n" + functions + "limits: { steps: 100000000 }\n" +
				"main:\n  - let: { i: 3 }\n  - repeat: 1000000\n    do:\n      - " + c.step + "\n"
			s, err := dsl.Load("steps.yaml", []byte(text))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				l, err := s.NewLoop(dsl.RunOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if l.Run().Ended != engine.Completed {
					b.Fatal(l.Result().Ended)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/step")
		})
	}
}
