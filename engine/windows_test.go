package engine

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// someWindows are slots without and with a cycle, from the start and from what the clock shows.
func someWindows() []windows {
	var list []windows
	for _, start := range []int64{0, monday + 12345, -7 * int64(time.Hour)} {
		l := &Loop{opts: Options{ClockStart: start}}
		for _, w := range []Windows{{Every: 1000}, {Every: 700, Cycle: 2100}, {Every: 100, Cycle: 100}} {
			list = append(list, l.windowsOf(w))
		}
	}
	return list
}

// slotOf says in which slot a time lies, by going through all of them.
func slotOf(w windows, at int64) int {
	slot := 0
	for t := -w.phase; ; t += w.Every {
		if at < t+w.Every {
			return min(slot, MostSlots)
		}
		if slot++; w.Cycle > 0 && int64(slot) == w.Cycle/w.Every {
			slot = 0
		}
	}
}

// TestWindowsOfTally compares the slots of a tally with tallies of the values that came in each.
func TestWindowsOfTally(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, w := range someWindows() {
		for _, real := range []bool{false, true} {
			x := tally{more: detailsFor[sums](&StatOptions{}, w)}
			parts := []tally{{more: freshDetail(x.more)}, {more: freshDetail(x.more)}}
			plain := map[int]*tally{}
			add := func(x *tally, v, at int64) {
				if real {
					x.addReal(float64(v)/3-5, at)
				} else {
					x.addDuration(v, at)
				}
			}
			for at := int64(0); at < 9000; at += r.Int64N(60) {
				slot, v := slotOf(w, at), r.Int64N(50)
				if plain[slot] == nil {
					plain[slot] = &tally{}
				}
				add(&x, v, at)
				add(&parts[r.IntN(2)], v, at)
				add(plain[slot], v, 0)
			}
			parts[0].merge(&parts[1])
			for slot := range x.more[0].slots {
				s, merged, want := x.more[0].slots[slot], parts[0].more[0].slot(slot), plain[slot]
				if want == nil {
					want = &tally{}
				}
				if s != want.sums {
					t.Fatalf("%+v: slot %d is %+v, want %+v", w, slot, s, want.sums)
				}
				for f := fieldCount; f <= fieldMax; f++ {
					if a, b := merged.field(f), s.field(f); s.count > 1 && math.Abs(a-b) > 1e-9*math.Abs(b) {
						t.Fatalf("%+v: slot %d merged has %g as its field %d, want %g", w, slot, a, f, b)
					}
				}
				delete(plain, slot)
			}
			if len(plain) > 0 {
				t.Fatalf("%+v: %d slots are missing", w, len(plain))
			}
		}
	}
}

// TestWindowsOfLevel compares the slots of a level with sums nanosecond by nanosecond, before and after a restart.
func TestWindowsOfLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, w := range someWindows() {
		for _, real := range []bool{false, true} {
			x := level{more: detailsFor[lasting](&StatOptions{}, w)}
			for _, began := range []int64{0, 5321} {
				x.restart(began)
				count, sum, squares := map[int]float64{}, map[int]float64{}, map[int]float64{}
				least, most := map[int]float64{}, map[int]float64{}
				at, end := began, began+6000+r.Int64N(1000)
				for at < end {
					until := min(at+r.Int64N(900), end)
					v := x.number()
					for ; at < until; at++ {
						slot := slotOf(w, at)
						if count[slot]++; count[slot] == 1 {
							least[slot], most[slot] = v, v
						}
						sum[slot], squares[slot] = sum[slot]+v, squares[slot]+v*v
						least[slot], most[slot] = min(least[slot], v), max(most[slot], v)
					}
					next := float64(r.IntN(9) - 3)
					if real {
						next /= 4
					}
					x.setNumber(next, at)
				}
				x.pass(end)
				from, to := w.shown(began, end)
				total := int64(0)
				for slot := from; slot < max(to, len(x.more[0].slots)); slot++ {
					s, n := x.more[0].slot(slot), count[slot]
					total += s.length
					if float64(s.length) != n || w.length(slot, began, end) != s.length {
						t.Fatalf("%+v: slot %d is %d long, and %d by its bounds, want %g", w, slot, s.length, w.length(slot, began, end), n)
					}
					if n == 0 {
						continue
					}
					mean := sum[slot] / n
					for f, want := range map[statField]float64{
						fieldMean: mean, fieldMin: least[slot], fieldMax: most[slot], fieldSD: math.Sqrt(max(squares[slot]/n-mean*mean, 0)),
					} {
						if got := s.field(f); math.Abs(got-want) > 1e-6 {
							t.Fatalf("%+v: field %d of slot %d is %g, want %g", w, f, slot, got, want)
						}
					}
				}
				if total != end-began {
					t.Fatalf("%+v: the slots are %d long together, want %d", w, total, end-began)
				}
			}
		}
	}
}

// TestLaterSlots: what comes after the last slot is counted in one more.
func TestLaterSlots(t *testing.T) {
	w := windows{Windows: Windows{Every: 10}, phase: 3}
	x := level{value: 2, more: detailsFor[lasting](&StatOptions{}, w)}
	end := int64(10*MostSlots + 500)
	x.pass(end)
	slots := x.more[0].slots
	if len(slots) != MostSlots+1 || slots[0].length != 7 || slots[MostSlots].length != 503 || w.length(MostSlots, 0, end) != 503 {
		t.Errorf("%d slots, the first %d long, the last %d and %d by its bounds", len(slots), slots[0].length, slots[len(slots)-1].length, w.length(MostSlots, 0, end))
	}
	if got := w.label(MostSlots, 0); got != "later" {
		t.Errorf("it is called %q", got)
	}
}

// TestHistogram compares bins with the borders, of single values and of a level.
func TestHistogram(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, d := range []Histogram{{From: 0, To: 1, Bins: 10}, {From: -0.3, To: 0.7, Bins: 7}, {From: 0, To: 3e9, Bins: 1000}, {From: -5, To: 5, Bins: 1}} {
		o := &StatOptions{Histogram: d}
		x, y := tally{more: detailsFor[sums](o, windows{})}, tally{more: detailsFor[sums](o, windows{})}
		lasts := level{more: detailsFor[lasting](o, windows{})}
		plain, times := make([]uint64, d.Bins+2), make([]uint64, d.Bins+2)
		now := int64(0)
		for i := range 20_000 {
			v := d.From + (d.To-d.From)*(r.Float64()*1.4-0.2)
			if i%3 == 0 {
				v = d.Border(r.IntN(d.Bins + 1))
			}
			place := 0
			for b := 0; b <= d.Bins && v >= d.Border(b); b++ {
				place = b + 1
			}
			if v >= d.To {
				place = d.Bins + 1
			}
			plain[place]++
			if i%2 == 0 {
				x.addReal(v, 0)
			} else {
				y.addReal(v, 0)
			}
			dt := 1 + r.Int64N(1000)
			times[place] += uint64(dt)
			lasts.setNumber(v, now)
			now += dt
			lasts.pass(now)
		}
		x.merge(&y)
		for i := range plain {
			if got := x.more[0].bins.counts[i]; got != plain[i] {
				t.Fatalf("%+v: place %d has %d values, want %d", d, i, got, plain[i])
			}
			if got := lasts.more[0].bins.counts[i]; got != times[i] {
				t.Fatalf("%+v: place %d has lasted %d, want %d", d, i, got, times[i])
			}
		}
	}
}

// TestDetailsOfClones: a copy shares no memory with the original, and a restart forgets what was counted only.
func TestDetailsOfClones(t *testing.T) {
	o := &StatOptions{Histogram: Histogram{To: 9, Bins: 3}, Shares: []StatShare{{Bound: 4}}}
	x := tally{more: detailsFor[sums](o, windows{Windows: Windows{Every: 5}})}
	y := level{value: 1, more: detailsFor[lasting](o, windows{Windows: Windows{Every: 5}})}
	x.addReal(3, 1)
	y.pass(12)
	c, d, f := x.clone(), y.clone(), x.fresh()
	c.addReal(3, 1)
	d.pass(20)
	f.addReal(8, 11)
	switch m := x.more[0]; {
	case m.limits[0].n != 1 || m.bins.counts[2] != 1 || m.slots[0].count != 1 || y.more[0].slots[2].length != 2 || y.more[0].bins.counts[1] != 12:
		t.Error("the original has changed with its copy")
	case f.more[0].limits[0].n != 0 || f.more[0].bins.counts[3] != 1 || f.more[0].slots[0].count != 0 || f.more[0].slots[2].count != 1:
		t.Error("a fresh one does not begin anew")
	}
}

// TestWindowLabels: what the clock shows where a slot begins.
func TestWindowLabels(t *testing.T) {
	start := time.Date(2026, 3, 4, 9, 10, 0, 0, time.UTC).UnixNano() // a Wednesday
	l := &Loop{opts: Options{ClockStart: start}}
	hour := int64(time.Hour)
	for _, c := range []struct {
		w    Windows
		at   int64
		want string
	}{
		{Windows{Every: hour}, 0, "2026-03-04 09:00"},
		{Windows{Every: hour}, hour, "2026-03-04 10:00"},
		{Windows{Every: hour / 2, Cycle: 24 * hour}, hour / 2, "09:30"},
		{Windows{Every: hour, Cycle: 7 * 24 * hour}, 0, "Wed 09:00"},
		{Windows{Every: 10e9, Cycle: 24 * hour}, 0, "09:10:00"},
	} {
		w := l.windowsOf(c.w)
		if got := w.label(w.slot(c.at), start); got != c.want {
			t.Errorf("%+v at %d: %q, want %q", c.w, c.at, got, c.want)
		}
	}
}

// TestSlotsShown: slots follow each other, the last one ends with the time where there are too many, and those of a cycle say so.
func TestSlotsShown(t *testing.T) {
	for _, c := range []struct {
		w        Windows
		ended    int64
		slots    int
		from, to float64 // of the last one
	}{
		{Windows{Every: 10}, 95, 10, 90, 100},
		{Windows{Every: 10, Cycle: 30}, 95, 3, 20, 30},
		{Windows{Every: 1}, MostSlots + 7, MostSlots + 1, MostSlots, MostSlots + 7},
	} {
		l := &Loop{p: &Program{Unit: 1}, stats: statistics{parts: []statParts{{ended: c.ended}}}}
		d := &detail[lasting]{windows: l.windowsOf(c.w)}
		list := shownSlots(l, d, LevelSlotFields, func(slot int, _ string) float64 { return float64(slot) })
		if len(list) != c.slots {
			t.Fatalf("%+v: %d slots, want %d", c.w, len(list), c.slots)
		}
		for i, s := range list {
			if s.Cycle != (c.w.Cycle > 0) || s.Slot != i || i > 0 && s.From != list[i-1].To {
				t.Fatalf("%+v: slot %d is %+v", c.w, i, s)
			}
		}
		if last := list[len(list)-1]; last.From != c.from || last.To != c.to {
			t.Errorf("%+v: the last slot is from %v to %v, want from %v to %v", c.w, last.From, last.To, c.from, c.to)
		}
	}
}

// TestDetail: what a statistic tells besides is found by how it is listed, and made where there was nothing.
func TestDetail(t *testing.T) {
	p := &Program{
		Objects: []ObjectDef{{Name: "m", Kind: KindLock}, {Name: "desk", Kind: KindResource}},
		Metrics: []MetricDef{{Name: "stay"}, {Name: "lost", Kind: MetricCount}},
	}
	for _, c := range []struct{ kind, name, statistic string }{
		{"lock", "m", "wait"}, {"lock", "m[3]", "queue"}, {"resource", "desk", "in_use"}, {"tasks", "a", "time"}, {"tasks", "a", "inside"},
		{"tally", "stay", "tally"}, {"count", "lost", "count"},
	} {
		o := p.Detail(c.kind, c.name, c.statistic)
		if o == nil {
			t.Errorf("%+v: there is nothing", c)
			continue
		}
		o.Histogram.Bins++
		if again := p.Detail(c.kind, c.name, c.statistic); again.Histogram.Bins != 1 {
			t.Errorf("%+v: it is another one the second time", c)
		}
	}
	if len(p.Options) != 5 {
		t.Errorf("there are %d options", len(p.Options))
	}
	for _, c := range []struct{ kind, name, statistic string }{
		{"resource", "m", "wait"}, {"lock", "new, line 3", "wait"}, {"lock", "m", "served"}, {"lock", "m", "utilisation"}, {"resource", "desk", "wait[1]"},
		{"tally", `stay["a"]`, "tally"}, {"sources", "a", "arrivals"},
	} {
		if p.Detail(c.kind, c.name, c.statistic) != nil {
			t.Errorf("%+v: there is something", c)
		}
	}
}
