package engine

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"gonum.org/v1/gonum/mathext"
)

// durations draws durations of many sizes.
func durations(r *rand.Rand, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		switch r.IntN(10) {
		case 0:
			list[i] = 0
		case 1:
			list[i] = r.Int64()
		default:
			list[i] = int64(math.Exp(r.NormFloat64()*3 + 15))
		}
	}
	return list
}

// TestTally compares a tally with plain computations over all values.
func TestTally(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 511, 512, 513, 20_000} {
		var ints, reals tally
		list := durations(r, n)
		sum, squares := new(bigFloat), new(bigFloat)
		for _, d := range list {
			ints.addDuration(d, 0)
			reals.addReal(float64(d)-1e6, 0)
			sum.add(float64(d), 1)
			squares.add(float64(d), float64(d))
		}
		mean := sum.value() / float64(n)
		near(t, "mean", ints.average(), mean, 1e-15)
		near(t, "mean of reals", reals.average(), mean-1e6, 1e-9)
		if n > 1 {
			sd := math.Sqrt((squares.value() - mean*sum.value()) / float64(n-1))
			near(t, "sd", ints.deviation(), sd, 1e-6)
			near(t, "sd of reals", reals.deviation(), sd, 1e-6)
		}
		slices.Sort(list)
		for _, p := range []float64{0.001, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 1} {
			want := float64(list[max(int(math.Ceil(p*float64(n))), 1)-1])
			tolerance := 0.008
			if n <= exactValues {
				tolerance = 0
			}
			near(t, "quantile", ints.quantile(p), want, tolerance)
			near(t, "share", ints.share(want), shareOf(list, want), 0.02)
			if want > 1e7 { // nearer to zero the shift by 1e6 matters
				near(t, "quantile of reals", reals.quantile(p), want-1e6, 0.01)
			}
		}
	}
}

// bigFloat is a sum in many bits.
type bigFloat struct{ hi, lo float64 }

func (x *bigFloat) add(a, b float64) {
	p := a * b
	e := math.FMA(a, b, -p)
	s := x.hi + p
	bb := s - x.hi
	x.lo += (x.hi - (s - bb)) + (p - bb) + e
	x.hi = s
}

func (x *bigFloat) value() float64 { return x.hi + x.lo }

func shareOf(list []int64, x float64) float64 {
	n := 0
	for _, d := range list {
		if float64(d) <= x {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

func near(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s: got %g, want %g within %g of it", what, got, want, relative)
	}
}

// TestTallyMerge: quantiles and sums of merged tallies do not depend on how the values are parted, and a clone goes on alone.
func TestTallyMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, n := range []int{10, 500, 5000} {
		for _, real := range []bool{false, true} {
			var whole tally
			parts := make([]tally, 7)
			add := func(x *tally, d int64) {
				if real {
					x.addReal(float64(d-1<<20)/1024, 0)
				} else {
					x.addDuration(d, 0)
				}
			}
			for _, d := range durations(r, n) {
				d &= 1<<50 - 1
				add(&whole, d)
				add(&parts[r.IntN(len(parts))], d)
			}
			var forwards, backwards tally
			for i := range parts {
				forwards.merge(&parts[i])
				backwards.merge(&parts[len(parts)-1-i])
			}
			for _, m := range []*tally{&forwards, &backwards} {
				if m.count != whole.count || m.zeros != whole.zeros || m.sum != whole.sum || m.squares != whole.squares || m.min != whole.min || m.max != whole.max {
					t.Fatalf("the merged tally has %d values from %g to %g, the whole one %d from %g to %g", m.count, m.min, m.max, whole.count, whole.min, whole.max)
				}
				near(t, "merged mean", m.average(), whole.average(), 1e-9)
				near(t, "merged sd", m.deviation(), whole.deviation(), 1e-9)
				for p := 0.01; p < 1; p += 0.01 {
					if m.quantile(p) != whole.quantile(p) {
						t.Fatalf("the quantile at %g is %g merged, %g whole", p, m.quantile(p), whole.quantile(p))
					}
				}
			}
			c := whole.clone()
			before := whole.quantile(0.5)
			for range 10_000 {
				add(&c, 1<<40)
			}
			if whole.quantile(0.5) != before {
				t.Error("a value of a clone was counted by the original")
			}
		}
	}
}

// TestLevel compares a level with plain sums over its values.
func TestLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, most := range []int64{2, 100, 5000, 1 << 30} {
		for _, least := range []int64{0, -most} {
			var x level
			x.restart(50)
			now, area, squares := int64(50), 0.0, 0.0
			lasted := map[int64]int64{}
			for range 5_000 {
				v, dt := x.value, max(r.Int64N(2000)-500, 0)
				now += dt
				area += float64(v * dt)
				squares += float64(v*v) * float64(dt)
				lasted[v] += dt
				next := least + r.Int64N(most-least+1)
				if most == 1<<30 {
					next >>= r.Int64N(30) // of all sizes
				}
				x.set(next, now)
			}
			x.pass(now)
			lasted[x.value] += now - x.since
			length := float64(now - 50)
			mean := area / length
			near(t, "mean", x.all().average(), mean, 1e-12)
			near(t, "sd", x.all().deviation(), math.Sqrt(squares/length-mean*mean), 1e-9)
			if least == 0 && most < 128 {
				for _, p := range []float64{0.05, 0.5, 0.9, 1} {
					sum := int64(0)
					for v := least; v <= most; v++ {
						if sum += lasted[v]; float64(sum) >= p*length {
							near(t, "quantile", x.quantile(p), float64(v), 0)
							break
						}
					}
				}
			}
		}
	}
}

// TestLevelLasts: what did not last is not seen, not even by max, and a restart goes on from where the value stands.
func TestLevelLasts(t *testing.T) {
	var x level
	x.restart(0)
	x.set(9, 0)
	x.set(1, 0)
	x.set(3, 10)
	x.pass(20)
	if s := x.all(); s.max != 3 || s.min != 1 || s.average() != 2 {
		t.Errorf("from %d to %d, mean %g; want from 1 to 3, mean 2", s.min, s.max, s.average())
	}
	x.restart(20)
	x.pass(30)
	if s := x.all(); s.average() != 3 || s.min != 3 {
		t.Errorf("after the restart the mean is %g, the least %d; want 3", s.average(), s.min)
	}
}

// TestInfinite: what is without end is counted at its end, and leaves the others as they are, of single values and of what lasts.
func TestInfinite(t *testing.T) {
	const n = 4_000
	for _, parts := range []int{1, 3} {
		tallies := make([]tally, parts)
		var x level
		x.setNumber(0.5, 0)
		x.restart(0)
		for i := range int64(n) {
			v := float64(i) - n/2 + 0.25
			switch i % 8 {
			case 3:
				v = math.Inf(1)
			case 5:
				v = math.Inf(-1)
			}
			tallies[i%int64(parts)].addReal(v, i)
			x.setNumber(v, i)
		}
		x.pass(n)
		sum := tallies[0].clone()
		for i := range tallies[1:] {
			sum.merge(&tallies[i+1])
		}
		for _, c := range []struct{ p, want float64 }{
			{0.1, math.Inf(-1)}, {0.125, math.Inf(-1)}, {0.25, -n/2 + n/6}, {0.75, n/2 - n/6}, {0.874, n/2 - 8}, {0.88, math.Inf(1)}, {1, math.Inf(1)},
		} {
			for name, got := range map[string]float64{"tally": sum.quantile(c.p), "level": x.quantile(c.p)} {
				if got != c.want && !(math.Abs(got-c.want) <= 0.01*math.Abs(c.want)) {
					t.Errorf("of a %s in %d parts %v of the values are up to %v, want %v", name, parts, c.p, got, c.want)
				}
			}
		}
		near(t, "share below the least", sum.share(-n), 0.125, 0.001)
		near(t, "share up to 0", sum.share(0), 0.5, 0.01)
		near(t, "share up to the greatest", sum.share(n), 0.875, 0.001)
		near(t, "share of all", sum.share(math.Inf(1)), 1, 0)
		near(t, "share of none", sum.share(math.Inf(-1)), 0.125, 0)
	}
}

// TestStatisticsSizes: a tally and a level stay small whatever they count.
func TestStatisticsSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	size := func(b *buckets) uintptr { return uintptr(8 * cap(b.counts)) }
	for _, real := range []bool{false, true} {
		var x tally
		for range 100_000 {
			if real {
				x.addReal(math.Exp(r.NormFloat64()*100)*float64(r.IntN(3)-1), 0)
			} else {
				x.addDuration(int64(math.Exp(r.Float64()*43)), 0)
			}
		}
		if n := unsafe.Sizeof(x) + size(&x.over) + size(&x.under) + uintptr(8*cap(x.exact)); n > 36<<10 {
			t.Errorf("a tally, of reals %t, has %d bytes", real, n)
		}
	}
	var x level
	for now := range int64(100_000) {
		x.set(int64(math.Exp(r.NormFloat64()*8))*int64(r.IntN(3)-1), now)
	}
	if n := unsafe.Sizeof(x) + size(&x.over) + size(&x.under); n > 2<<10 {
		t.Errorf("a level has %d bytes", n)
	}
}

// TestBatches: the interval has its half-width where batches do not depend on each other, and says why there is none.
func TestBatches(t *testing.T) {
	var b batches
	if half, why := b.half(); !math.IsNaN(half) || why != tooFew {
		t.Errorf("without values: %g, %q", half, why)
	}
	r := rand.New(rand.NewPCG(5, 5))
	covered, none := 0, 0
	for range 1000 {
		var x tally
		for range 3000 {
			x.addReal(r.ExpFloat64(), 0)
		}
		half, _ := x.batches.half()
		switch {
		case math.IsNaN(half):
			none++
		case math.Abs(x.average()-1) <= half:
			covered++
		}
	}
	if share := float64(covered) / float64(1000-none); share < 0.92 || share > 0.98 || none > 200 {
		t.Errorf("%g of the intervals cover the mean, %d of 1000 are missing", share, none)
	}
	var walk batches
	sum := 0.0
	for range 10_000 {
		sum += r.NormFloat64()
		walk.add(sum)
	}
	if half, why := walk.half(); !math.IsNaN(half) || why != correlated {
		t.Errorf("a walk: %g, %q", half, why)
	}
	for i, q := range tQuantiles {
		df := float64(leastBatches - 1 + i)
		if p := 1 - mathext.RegIncBeta(df/2, 0.5, df/(df+q*q))/2; math.Abs(p-0.975) > 1e-10 {
			t.Errorf("t with %g degrees of freedom is at %g, not 0.975", df, p)
		}
	}
}

// TestKeys: keys are in the order of the values, and the middle of a bucket is in it.
func TestKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 100_000 {
		a, b := r.Uint64()>>r.IntN(64), r.Uint64()>>r.IntN(64)
		a, b = a&math.MaxInt64, b&math.MaxInt64
		if (a < b) != (durationKey(a) < durationKey(b)) && durationKey(a) != durationKey(b) {
			t.Fatalf("%d and %d have the keys %d and %d", a, b, durationKey(a), durationKey(b))
		}
		if k := durationKey(a); int(k) >= tallyRoom || durationKey(uint64(durationMiddle(k))) != k && a < 1<<50 {
			t.Fatalf("%d has the key %d, whose middle is %g", a, k, durationMiddle(k))
		}
		if k := levelKey(a); levelKey(uint64(levelMiddle(k))) != k && a < 1<<50 {
			t.Fatalf("%d has the level key %d, whose middle is %g", a, k, levelMiddle(k))
		}
	}
}

// TestClonesAreDeep: a copy of the statistics shares no memory with the original.
func TestClonesAreDeep(t *testing.T) {
	whole := statistics{parts: []statParts{{objects: make([]objectStats, 1), codes: make([]codeStats, 1), waits: make([]waitView, 1), made: make([]madeAt, 1)}}}
	x := &whole.parts[0]
	for i := range 3 {
		for range 1000 {
			x.objects[0].tallies[i].addDuration(int64(i), 0)
		}
		x.objects[0].levels[i].pass(5)
	}
	x.objects[0].holds = append(x.objects[0].holds, holding{1, 1, 2})
	copied := whole.clone()
	if !reflect.DeepEqual(whole, copied) {
		t.Fatal("the copy differs")
	}
	c := &copied.parts[0]
	c.objects[0].tallies[0].addDuration(0, 0)
	c.objects[0].levels[0].pass(50)
	c.objects[0].holds[0].at = 9
	c.waits[0].since = 9
	c.codes[0].counts[0] = 9
	if d := x; d.objects[0].tallies[0].over.total() != 1000 || d.objects[0].holds[0].at != 2 || d.waits[0].since != 0 || d.codes[0].counts[0] != 0 {
		t.Error("the original has changed with its copy")
	}
}

func BenchmarkTally(b *testing.B) {
	var x tally
	s := stream{key: 1}
	for b.Loop() {
		x.addDuration(int64(s.next()>>34), 0)
	}
}

func BenchmarkLevel(b *testing.B) {
	var x level
	now := int64(0)
	for b.Loop() {
		now += 1000
		x.set(now&7, now)
	}
}
