package engine

import (
	"flag"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

// drawCount is how many draws of each distribution are compared with its exact function: -args -draws 1000000 takes a minute.
var drawCount = flag.Int("draws", 20_000, "how many draws of each distribution are compared with its function")

// The exact distribution functions, over gonum's special functions.

func gammaCDF(shape, scale float64) func(x float64) float64 {
	return func(x float64) float64 { return mathext.GammaIncReg(shape, max(x, 0)/scale) }
}

func betaCDF(a, b, lo, hi float64) func(x float64) float64 {
	return func(x float64) float64 { return mathext.RegIncBeta(a, b, min(max((x-lo)/(hi-lo), 0), 1)) }
}

func normalCDF(mean, sd float64) func(x float64) float64 {
	return func(x float64) float64 { return math.Erfc((mean-x)/(sd*math.Sqrt2)) / 2 }
}

func exponentialCDF(mean float64) func(x float64) float64 {
	return func(x float64) float64 { return -math.Expm1(-x / mean) }
}

func poissonCDF(mean float64) func(x float64) float64 {
	return func(k float64) float64 {
		if k < 0 {
			return 0
		}
		return mathext.GammaIncRegComp(math.Floor(k)+1, mean)
	}
}

func binomialCDF(n, p float64) func(x float64) float64 {
	return func(k float64) float64 {
		switch k = math.Floor(k); {
		case k < 0:
			return 0
		case k >= n:
			return 1
		}
		return mathext.RegIncBeta(n-k, k+1, 1-p)
	}
}

func negativeBinomialCDF(r, p float64) func(x float64) float64 {
	return func(k float64) float64 {
		if k < 0 {
			return 0
		}
		return mathext.RegIncBeta(r, math.Floor(k)+1, p)
	}
}

func geometricCDF(p float64) func(x float64) float64 {
	return func(k float64) float64 { return -math.Expm1(max(math.Floor(k), 0) * math.Log1p(-p)) }
}

// mixed is a distribution function that is the sum of others, by weight.
func mixed(a float64, f func(float64) float64, b float64, g func(float64) float64) func(x float64) float64 {
	return func(x float64) float64 { return (a*f(x) + b*g(x)) / (a + b) }
}

// distance is Kolmogorov's: the greatest difference between the draws and the distribution function, which has left as its
// limit from below, times the root of their count.
func distance(draws []float64, cdf, left func(x float64) float64) float64 {
	slices.Sort(draws)
	n, worst := float64(len(draws)), 0.0
	for i := 0; i < len(draws); {
		j := i
		for j < len(draws) && draws[j] == draws[i] {
			j++
		}
		worst = max(worst, math.Abs(float64(j)/n-cdf(draws[i])), math.Abs(float64(i)/n-left(draws[i])))
		i = j
	}
	return worst * math.Sqrt(n)
}

// critical is what distance exceeds once in ten thousand times.
const critical = 2.23

// drawn is a distribution, how it is drawn, and its function. whole: it is one of counts.
type drawn struct {
	name  string
	draw  func(l *Loop) float64
	cdf   func(x float64) float64
	whole bool
}

func floats(xs ...float64) Value {
	list := make([]Value, len(xs))
	for i, x := range xs {
		list[i] = Float(x)
	}
	return List(list)
}

func distributions() []drawn {
	count := func(f func(l *Loop) int64) func(l *Loop) float64 {
		return func(l *Loop) float64 { return float64(f(l)) }
	}
	list := []drawn{
		{name: "uniform", draw: func(l *Loop) float64 { return l.Uniform(-1, 3) }, cdf: func(x float64) float64 { return (x + 1) / 4 }},
		{name: "exponential", draw: func(l *Loop) float64 { return l.Exponential(3) }, cdf: exponentialCDF(3)},
		{name: "normal", draw: func(l *Loop) float64 { return l.Normal(1, 2) }, cdf: normalCDF(1, 2)},
		{name: "lognormal", draw: func(l *Loop) float64 { return math.Log(l.Lognormal(0.5, 0.75)) }, cdf: normalCDF(0.5, 0.75)},
		{name: "triangular", draw: func(l *Loop) float64 { return l.Triangular(0, 4, 1) }, cdf: func(x float64) float64 {
			if x < 1 {
				return x * x / 4
			}
			return 1 - (4-x)*(4-x)/12
		}},
		{name: "gamma", draw: func(l *Loop) float64 { return l.Gamma(2.5, 3) }, cdf: gammaCDF(2.5, 3)},
		{name: "gamma, small", draw: func(l *Loop) float64 { return l.Gamma(0.2, 1) }, cdf: gammaCDF(0.2, 1)},
		{name: "weibull", draw: func(l *Loop) float64 { return l.Weibull(2, 1.5) },
			cdf: func(x float64) float64 { return -math.Expm1(-math.Pow(x/2, 1.5)) }},
		{name: "erlang", draw: func(l *Loop) float64 { return l.Erlang(3, 0.5) }, cdf: gammaCDF(3, 0.5)},
		{name: "erlang, many", draw: func(l *Loop) float64 { return l.Erlang(200, 0.5) }, cdf: gammaCDF(200, 0.5)},
		{name: "hyperexponential", draw: func(l *Loop) float64 { return l.Hyperexponential(floats(1, 10), floats(3, 1)) },
			cdf: mixed(3, exponentialCDF(1), 1, exponentialCDF(10))},
		{name: "beta", draw: func(l *Loop) float64 { return l.Beta(2, 3, 0, 1) }, cdf: betaCDF(2, 3, 0, 1)},
		{name: "beta, at the ends", draw: func(l *Loop) float64 { return l.Beta(0.5, 0.4, -1, 1) }, cdf: betaCDF(0.5, 0.4, -1, 1)},
		{name: "pert", draw: func(l *Loop) float64 { return l.Pert(1, 9, 3) }, cdf: betaCDF(2, 4, 1, 9)},
		{name: "pareto", draw: func(l *Loop) float64 { return l.Pareto(2.5, 2) },
			cdf: func(x float64) float64 { return 1 - math.Pow(2/x, 2.5) }},
		{name: "empirical, between", draw: func(l *Loop) float64 { return l.Empirical(floats(0, 1, 5), floats(0, 0.25, 1)).n64() },
			cdf: func(x float64) float64 {
				if x < 1 {
					return x / 4
				}
				return 0.25 + (x-1)/4*0.75
			}},
		{name: "truncated", draw: func(l *Loop) float64 {
			return l.Truncated(func(l *Loop) Value { return Float(l.Normal(0, 1)) }, Float(0.5), Value{}).n64()
		}, cdf: func(x float64) float64 {
			f := normalCDF(0, 1)
			return (f(x) - f(0.5)) / (1 - f(0.5))
		}},
		{"choice", func(l *Loop) float64 { return l.Weighted(floats(1, 2, 3), floats(2, 0, 6)).n64() }, func(x float64) float64 {
			return [...]float64{0, 0.25, 0.25, 1}[int(x)]
		}, true},
		{"empirical, one of", func(l *Loop) float64 { return l.Empirical(floats(1, 2, 3, 4), Value{}).n64() },
			func(x float64) float64 { return x / 4 }, true},
		{"geometric", count(func(l *Loop) int64 { return l.Geometric(0.2) }), geometricCDF(0.2), true},
		{"geometric, rare", count(func(l *Loop) int64 { return l.Geometric(1e-9) }), geometricCDF(1e-9), true},
	}
	for _, mean := range []float64{0.1, 3, 499, 501, 20_000} {
		list = append(list, drawn{"poisson " + floatText(mean), count(func(l *Loop) int64 { return l.Poisson(mean) }), poissonCDF(mean), true})
	}
	for _, of := range []struct{ n, p float64 }{{1, 0.3}, {10, 0.3}, {10, 0.9}, {900, 0.5}, {2000, 0.5}, {3000, 0.8}, {1e5, 0.001}, {1e9, 1e-8}} {
		list = append(list, drawn{"binomial " + floatText(of.n) + " " + floatText(of.p),
			count(func(l *Loop) int64 { return l.Binomial(int64(of.n), of.p) }), binomialCDF(of.n, of.p), true})
	}
	for _, of := range []struct{ r, p float64 }{{1, 0.3}, {2.5, 0.1}, {0.3, 0.9}, {40, 0.02}} {
		list = append(list, drawn{"negative binomial " + floatText(of.r) + " " + floatText(of.p),
			count(func(l *Loop) int64 { return l.NegativeBinomial(of.r, of.p) }), negativeBinomialCDF(of.r, of.p), true})
	}
	return list
}

// n64 is a number's float.
func (v Value) n64() float64 {
	x, _ := v.Number()
	return x
}

// TestDistributions compares draws with their exact distribution functions, classic and by inversion.
func TestDistributions(t *testing.T) {
	for _, inverse := range []bool{false, true} {
		for _, d := range distributions() {
			p := emptyProgram(t)
			p.Inverse = inverse
			l := New(p, Options{Seed: uint64(len(d.name))})
			draws := make([]float64, *drawCount)
			for i := range draws {
				draws[i] = d.draw(l)
			}
			if l.fault != nil {
				t.Fatalf("%s: %v", d.name, l.fault)
			}
			left := d.cdf
			if d.whole {
				left = func(x float64) float64 { return d.cdf(x - 1) }
			}
			if got := distance(draws, d.cdf, left); !(got < critical) {
				t.Errorf("%s, inverse %t: the distance is %g, more than %g", d.name, inverse, got, critical)
			}
		}
	}
}

// TestEmpiricalBegins: what a cumulative list begins with is the probability of the first value.
func TestEmpiricalBegins(t *testing.T) {
	l := New(emptyProgram(t), Options{})
	first := 0
	for range 10_000 {
		if l.Empirical(floats(7, 8), floats(0.3, 1)).n64() == 7 {
			first++
		}
	}
	if first < 2_850 || first > 3_150 {
		t.Errorf("7 came %d times of 10000, want about 3000", first)
	}
}

// TestInversion: where one number suffices, a greater one gives a draw that is not less, and one number is taken.
func TestInversion(t *testing.T) {
	for _, d := range []struct {
		name string
		draw func(s *stream) float64
	}{
		{"normal", func(s *stream) float64 { return s.standardNormal(true) }},
		{"poisson", func(s *stream) float64 { return float64(s.poisson(40)) }},
		{"binomial", func(s *stream) float64 { return float64(s.binomial(50, 0.3)) }},
		{"binomial, often", func(s *stream) float64 { return float64(s.binomial(50, 0.9)) }},
	} {
		type pair struct{ u, x float64 }
		var pairs []pair
		s := stream{key: 5}
		for range 2_000 {
			u := s
			x := d.draw(&s)
			if s.count != u.count+1 {
				t.Fatalf("%s took %d numbers", d.name, s.count-u.count)
			}
			pairs = append(pairs, pair{u.float(), x})
		}
		slices.SortFunc(pairs, func(a, b pair) int { return int(math.Copysign(1, a.u-b.u)) })
		for i := 1; i < len(pairs); i++ {
			if pairs[i].x < pairs[i-1].x {
				t.Fatalf("%s: %g gives %g, %g gives %g", d.name, pairs[i-1].u, pairs[i-1].x, pairs[i].u, pairs[i].x)
			}
		}
	}
}

// TestNormalQuantile compares the quantile with the distribution function, and its two sides with each other.
func TestNormalQuantile(t *testing.T) {
	s := stream{key: 1}
	check := func(p float64) {
		x := normalQuantile(p)
		if back := normalCDF(0, 1)(x); math.Abs(back-p) > 3e-14*p+1e-300 && p < 0.5 {
			t.Errorf("the quantile at %g is %g, where the function is %g", p, x, back)
		}
		if other := normalQuantile(1 - p); 1-(1-p) == p && other != -x {
			t.Errorf("the quantile at %g is %g, that at %g is %g", p, x, 1-p, other)
		}
	}
	for range 10_000 {
		check(s.open())
	}
	for p := 0.25; p > 0x1p-53; p /= 2 {
		check(p)
	}
}

// TestLogFactorial compares with math.Lgamma, and log(1-p) with math.Log1p.
func TestLogFactorial(t *testing.T) {
	for k := 0.0; k < 1e10; k = math.Floor(k*1.3) + 1 {
		want, _ := math.Lgamma(k + 1)
		if got := logFactorial(k); math.Abs(got-want) > 1e-13*max(1, want) {
			t.Errorf("log(%g!) is %g, want %g", k, got, want)
		}
	}
	for p := 0.5; p > 1e-16; p *= 0.9 {
		if got, want := logOneMinus(p), math.Log1p(-p); math.Abs(got-want) > -3e-14*want {
			t.Errorf("log(1-%g) is %g, want %g", p, got, want)
		}
	}
}

// TestMoreDrawErrors: arguments that a distribution does not have raise ValueError.
func TestMoreDrawErrors(t *testing.T) {
	none := List(nil)
	for want, draw := range map[string]func(l *Loop){
		"choice(): the list is empty":                                                            func(l *Loop) { l.Weighted(none, none) },
		"choice(): there are 2 to choose from, but 1 weights":                                    func(l *Loop) { l.Weighted(floats(1, 2), floats(1)) },
		"choice(): a weight is a number, 0 or more, not -1.0":                                    func(l *Loop) { l.Weighted(floats(1, 2), floats(1, -1)) },
		"choice(): the sum of the weights must be above zero and finite, it is 0.0":              func(l *Loop) { l.Weighted(floats(1, 2), floats(0, 0)) },
		"erlang(): k must be above zero, it is 0.0":                                              func(l *Loop) { l.Erlang(0, 1) },
		"beta(): a must be above zero, it is 0.0":                                                func(l *Loop) { l.Beta(0, 1, 0, 1) },
		"beta(a, b, lo, hi): lo <= hi must hold, they are 1.0 and 0.0":                           func(l *Loop) { l.Beta(1, 1, 1, 0) },
		"pert(lo, hi, mode): lo <= mode <= hi must hold, they are 0.0, 1.0 and 2.0":              func(l *Loop) { l.Pert(0, 1, 2) },
		"pareto(): shape must be above zero, it is -1.0":                                         func(l *Loop) { l.Pareto(-1, 1) },
		"hyperexponential(): a mean is a number above zero, not 0.0":                             func(l *Loop) { l.Hyperexponential(floats(0), floats(1)) },
		"empirical(): there are 1 values, but 2 probabilities":                                   func(l *Loop) { l.Empirical(floats(1), floats(0, 1)) },
		"empirical(): the values must not fall: 2.0, then 1.0":                                   func(l *Loop) { l.Empirical(floats(2, 1), floats(0, 1)) },
		"empirical(): the probabilities go up to 1 and do not fall: 0.5, then 0.25":              func(l *Loop) { l.Empirical(floats(1, 2), floats(0.5, 0.25)) },
		"empirical(): the last probability must be 1, it is 0.5":                                 func(l *Loop) { l.Empirical(floats(1, 2), floats(0.25, 0.5)) },
		"poisson(): mean is from 0 to 10000000000, not -1.0":                                     func(l *Loop) { l.Poisson(-1) },
		"binomial(): n is from 0 to 10000000000, not -1":                                         func(l *Loop) { l.Binomial(-1, 0.5) },
		"binomial(): a probability is between 0 and 1, not 2.0":                                  func(l *Loop) { l.Binomial(1, 2) },
		"geometric(): p is a probability from 1e-15 to 1, not 0.0":                               func(l *Loop) { l.Geometric(0) },
		"negative_binomial(): r must be above zero, it is 0.0":                                   func(l *Loop) { l.NegativeBinomial(0, 0.5) },
		"negative_binomial(): the mean, r*(1-p)/p, must be at most 100000000, it is 999999999.0": func(l *Loop) { l.NegativeBinomial(1, 1e-9) },
		"truncated(): none of 10000 draws is from 2.0 to inf":                                    func(l *Loop) { l.Truncated(func(l *Loop) Value { return Float(l.Uniform(0, 1)) }, Float(2), Value{}) },
	} {
		l := New(emptyProgram(t), Options{})
		draw(l)
		if l.fault == nil || !strings.HasSuffix(l.fault.Error(), want) {
			t.Errorf("got %v, want %s", l.fault, want)
		}
	}
}

// TestNamedStreams: a stream with a name goes its own way, and its memory is used again once its task has ended.
func TestNamedStreams(t *testing.T) {
	l := New(emptyProgram(t), Options{})
	draw := func(name string) float64 {
		l.DrawFrom(name)
		defer l.DrawFromOwn()
		return l.Uniform(0, 1)
	}
	a, b := draw("a"), draw("b")
	l.Uniform(0, 1)
	second := draw("a")
	m := New(emptyProgram(t), Options{})
	m.DrawFrom("b")
	if other := m.Uniform(0, 1); a == b || other != b {
		t.Errorf("a begins with %g, b with %g, b alone with %g", a, b, other)
	}
	m.DrawFromOwn()
	m.DrawFrom("a")
	m.Uniform(0, 1)
	if again := m.Uniform(0, 1); again != second {
		t.Errorf("the second of a is %g, in another order %g", second, again)
	}
	used := l.draws.named.n
	for range 1000 {
		l.dropNamed(l.drawSource())
		draw("a")
	}
	if l.draws.named.n != used {
		t.Errorf("%d streams were made, %d are enough", l.draws.named.n, used)
	}
}
