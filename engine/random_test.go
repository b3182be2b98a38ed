package engine

import (
	"math"
	"math/big"
	"testing"
)

func TestStreamGolden(t *testing.T) {
	s := stream{key: nameKey(0, "worker")}
	var got [3]uint64
	for i := range got {
		got[i] = s.next()
	}
	want := [3]uint64{0xdd64fd015eeb65db, 0xdde0e4d832aee987, 0x275b093794e885aa}
	if got != want {
		t.Errorf("got %#x, want %#x", got, want)
	}
	if k := childKey(1, 0); k != 0xe217e7ac4d85e060 {
		t.Errorf("childKey(1, 0) is %#x, want %#x", k, uint64(0xe217e7ac4d85e060))
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[uint64]string{}
	add := func(k uint64, what string) {
		if other, twice := seen[k]; twice {
			t.Errorf("%s and %s have one key", what, other)
		}
		seen[k] = what
	}
	for seed := range uint64(50) {
		for _, name := range []string{"", "a", "b", "ab", "ba", "worker-1"} {
			add(nameKey(seed, name), name)
		}
	}
	for key := range uint64(50) {
		for ordinal := range uint64(50) {
			add(childKey(key, ordinal), "child")
		}
	}
}

// moments is the mean and the variance of n draws.
func moments(n int, draw func() float64) (mean, variance float64) {
	var sum, squares float64
	for range n {
		x := draw()
		sum += x
		squares += x * x
	}
	mean = sum / float64(n)
	return mean, squares/float64(n) - mean*mean
}

func TestMoments(t *testing.T) {
	const n = 200_000
	s := stream{key: 12345}
	g := math.Gamma
	for _, tt := range []struct {
		name           string
		draw           func() float64
		mean, variance float64
	}{
		{"float", s.float, 0.5, 1.0 / 12},
		{"exponential", s.exponential, 1, 1},
		{"normal", s.normal, 0, 1},
		{"lognormal", func() float64 { return expE(0.5 * s.normal()) }, math.Exp(0.125), (math.Exp(0.25) - 1) * math.Exp(0.25)},
		{"gamma 3.5", func() float64 { return s.gamma(3.5, false) }, 3.5, 3.5},
		{"gamma 0.5", func() float64 { return s.gamma(0.5, false) }, 0.5, 0.5},
		{"triangular", func() float64 { return s.triangular(1, 5, 2) }, 8.0 / 3, (1 + 25 + 4 - 5 - 2 - 10) / 18.0},
		{"weibull", func() float64 { return expE(logE(s.exponential()) / 2) }, g(1.5), g(2) - g(1.5)*g(1.5)},
		{"between", func() float64 { return float64(s.between(-3, 6)) }, 1.5, 99.0 / 12},
	} {
		mean, variance := moments(n, tt.draw)
		if allowed := 5 * math.Sqrt(tt.variance/n); math.Abs(mean-tt.mean) > allowed {
			t.Errorf("%s: the mean is %g, want %g within %g", tt.name, mean, tt.mean, allowed)
		}
		if math.Abs(variance-tt.variance) > 0.05*tt.variance {
			t.Errorf("%s: the variance is %g, want %g", tt.name, variance, tt.variance)
		}
	}
}

func TestNormalIsNormal(t *testing.T) {
	const n = 200_000
	s := stream{key: 7}
	inside, beyond := 0, 0
	for range n {
		switch x := math.Abs(s.normal()); {
		case x < 1:
			inside++
		case x > 3:
			beyond++
		}
	}
	if p := float64(inside) / n; math.Abs(p-0.6827) > 0.005 {
		t.Errorf("%g are within one deviation, want 0.6827", p)
	}
	if p := float64(beyond) / n; math.Abs(p-0.0027) > 0.0006 {
		t.Errorf("%g are beyond three deviations, want 0.0027", p)
	}
}

func TestBetween(t *testing.T) {
	s := stream{key: 3}
	var counts [6]int
	for range 60_000 {
		counts[s.between(1, 6)-1]++
	}
	for i, c := range counts {
		if c < 9_500 || c > 10_500 {
			t.Errorf("%d came %d times of 60000", i+1, c)
		}
	}
	for range 1000 {
		if s.between(5, 5) != 5 {
			t.Fatal("between(5, 5) is not 5")
		}
		s.between(math.MinInt64, math.MaxInt64)
	}
}

func TestDrawErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tt := range []struct {
		want string
		draw func(l *Loop)
	}{
		{"ValueError: randint(2, 1): there is no such integer", func(l *Loop) { l.RandInt(2, 1) }},
		{"ValueError: uniform(): the arguments must be finite, one is nan", func(l *Loop) { l.Uniform(0, nan) }},
		{"ValueError: exponential(): mean must be above zero, it is -1.0", func(l *Loop) { l.Exponential(-1) }},
		{"ValueError: normal(): sd must not be negative, it is -1.0", func(l *Loop) { l.Normal(0, -1) }},
		{"ValueError: lognormal(): sigma must not be negative, it is -1.0", func(l *Loop) { l.Lognormal(0, -1) }},
		{"ValueError: triangular(lo, hi, mode): lo <= mode <= hi must hold, they are 1.0, 2.0 and 3.0",
			func(l *Loop) { l.Triangular(1, 2, 3) }},
		{"ValueError: gamma(): scale must be above zero, it is 0.0", func(l *Loop) { l.Gamma(1, 0) }},
		{"ValueError: weibull(): the arguments must be finite, one is inf", func(l *Loop) { l.Weibull(inf, 1) }},
		{"ValueError: chance(): a probability is between 0 and 1, not nan", func(l *Loop) { l.Chance(nan) }},
		{"IndexError: choice(): the list is empty", func(l *Loop) { l.Choice(List(nil)) }},
	} {
		l := New(emptyProgram(t), Options{})
		tt.draw(l)
		if l.fault == nil || l.fault.Error() != tt.want {
			t.Errorf("got %v, want %s", l.fault, tt.want)
		}
	}
}

func TestDrawsInRange(t *testing.T) {
	l := New(emptyProgram(t), Options{Seed: 1})
	items := List([]Value{Int(1), Int(2), Int(3), Int(4)})
	for range 1000 {
		if x := l.Uniform(2, 3); x < 2 || x >= 3 {
			t.Fatalf("uniform(2, 3) is %g", x)
		}
		if x := l.Triangular(1, 4, 4); x < 1 || x > 4 {
			t.Fatalf("triangular(1, 4, 4) is %g", x)
		}
		if l.Chance(0) || !l.Chance(1) {
			t.Fatal("chance(0) held or chance(1) did not")
		}
		var sum int64
		for _, v := range l.Shuffle(items).Elems() {
			sum += v.AsInt()
		}
		if sum != 10 {
			t.Fatalf("shuffle lost an element: the sum is %d", sum)
		}
	}
	if l.fault != nil {
		t.Error(l.fault)
	}
}

// ulps is how many floats lie between a and b, which have one sign.
func ulps(a, b float64) uint64 {
	x, y := int64(math.Float64bits(a)), int64(math.Float64bits(b))
	return uint64(max(x-y, y-x))
}

func TestLogExp(t *testing.T) {
	s := stream{key: 99}
	for range 200_000 {
		x := math.Ldexp(1+s.float(), int(s.between(-1022, 1023)))
		if got, want := logE(x), math.Log(x); ulps(got, want) > 1 {
			t.Fatalf("logE(%g) is %g, math.Log %g", x, got, want)
		}
		y := 1 - s.float()
		if got, want := logE(y), math.Log(y); y != 1 && ulps(got, want) > 1 {
			t.Fatalf("logE(%g) is %g, math.Log %g", y, got, want)
		}
		z := (s.float() - 0.5) * 1400
		// math.Exp is in assembly on some processors and itself up to 1 ulp off.
		if got, want := expE(z), math.Exp(z); ulps(got, want) > 2 {
			t.Fatalf("expE(%g) is %g, math.Exp %g", z, got, want)
		}
	}
	for _, x := range []float64{0, 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 710, -746, 1e-300} {
		if got, want := logE(x), math.Log(x); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("logE(%g) is %g, want %g", x, got, want)
		}
		if got, want := expE(x), math.Exp(x); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("expE(%g) is %g, want %g", x, got, want)
		}
	}
}

// TestLogTable computes the table again: ln c = 2*artanh((c-1)/(c+1)).
func TestLogTable(t *testing.T) {
	const prec = 200
	for i, row := range logTable {
		n := int64(88 + i)
		if want := 128 / float64(n); row.inverse != want {
			t.Errorf("1/c of %d/128 is %v, want %v", n, row.inverse, want)
		}
		x := new(big.Float).SetPrec(prec).SetRat(big.NewRat(n-128, n+128))
		x2 := new(big.Float).Mul(x, x)
		sum, power := new(big.Float).SetPrec(prec), new(big.Float).Set(x)
		for k := int64(1); k < 200; k += 2 {
			sum.Add(sum, new(big.Float).Quo(power, big.NewFloat(float64(k))))
			power.Mul(power, x2)
		}
		sum.Add(sum, sum)
		scaled, _ := new(big.Float).SetMantExp(sum, 42).Float64()
		hi := math.Ldexp(math.RoundToEven(scaled), -42)
		lo, _ := sum.Sub(sum, big.NewFloat(hi)).Float64()
		if row.hi != hi || row.lo != lo {
			t.Errorf("ln(%d/128) is %v + %v, want %v + %v", n, row.hi, row.lo, hi, lo)
		}
	}
}

// BenchmarkLog is beside math.Log, which is in assembly on some processors.
func BenchmarkLog(b *testing.B) {
	for _, f := range []struct {
		name string
		log  func(float64) float64
	}{{"ours", logE}, {"math", math.Log}} {
		b.Run(f.name, func(b *testing.B) {
			s, sum := stream{key: 1}, 0.0
			for b.Loop() {
				sum += f.log(1 - s.float())
			}
		})
	}
}

// TestPow compares whole powers with exact ones, and others with math.Pow.
func TestPow(t *testing.T) {
	s := stream{key: 5}
	for range 20_000 {
		x, n := math.Ldexp(1+s.float(), int(s.between(-20, 20))), s.between(-30, 30)
		exact := new(big.Float).SetPrec(2000).SetInt64(1)
		for range max(n, -n) {
			exact.Mul(exact, big.NewFloat(x))
		}
		if n < 0 {
			exact.Quo(big.NewFloat(1).SetPrec(2000), exact)
		}
		want, _ := exact.Float64()
		if got := Pow(x, float64(n)); got != want {
			t.Fatalf("Pow(%v, %d) is %v, want %v", x, n, got, want)
		}
		y := (s.float() - 0.5) * 20
		if got, want := Pow(x, y), math.Pow(x, y); math.Abs(got-want) > 1e-14*want {
			t.Fatalf("Pow(%v, %v) is %v, math.Pow %v", x, y, got, want)
		}
	}
	odd := []float64{0, 1, -1, 2, -2, 0.5, -0.5, 3, 1e300, 1e-300, 1 << 62, 1 << 63, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, x := range odd {
		for _, y := range odd {
			got, want := Pow(x, y), math.Pow(x, y)
			if ok := got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) < 1e-14*math.Abs(want); !ok {
				t.Errorf("Pow(%g, %g) is %g, math.Pow %g", x, y, got, want)
			}
		}
	}
}
