package engine

import (
	"math"
	"strconv"
)

// Draws from distributions beyond those of random.go. Where one number of the stream suffices they invert the
// distribution function: a greater number gives a greater draw. Every product that is added is rounded first, see
// randmath.go.

// DrawFrom lets draws take their numbers from the task's stream of that name until DrawFromOwn, so that one draw more
// elsewhere moves none of these. The key of the stream is made of the task's and the name.
func (l *Loop) DrawFrom(name string) { l.named = l.namedStream(name) }

// DrawFromOwn lets draws take their numbers from the task's own stream again.
func (l *Loop) DrawFromOwn() { l.named = 0 }

// namedStream is a stream of a task or callback that has a name. Those of one task form a list.
type namedStream struct {
	stream
	name uint64 // nameKey of the name
	next uint32 // another one; 0: there is none
}

// namedStream finds the running task's stream of that name, or makes it.
func (l *Loop) namedStream(name string) uint32 {
	d := l.drawSource()
	key := nameKey(d.stream.key, name)
	for id := d.named; id != 0; id = l.draws.named.at(id).next {
		if l.draws.named.at(id).name == key {
			return id
		}
	}
	id, fresh := l.draws.named.take()
	if fresh {
		l.grow(namedCost)
	}
	*l.draws.named.at(id) = namedStream{stream: stream{key: key}, name: key, next: d.named}
	d.named = id
	return id
}

// dropNamed gives back the named streams of a task that has ended.
func (l *Loop) dropNamed(d *drawSource) {
	for id := d.named; id != 0; {
		next := l.draws.named.at(id).next
		l.draws.named.give(id)
		id = next
	}
	d.named = 0
}

// Weighted is one element of a list, each with a probability in proportion to its weight.
func (l *Loop) Weighted(list, weights Value) Value {
	elems := list.Elems()
	if len(elems) == 0 {
		l.Raise("IndexError", "choice(): the list is empty")
		return Value{}
	}
	i := l.weighted("choice", weights.Elems(), len(elems))
	if i < 0 {
		return Value{}
	}
	return l.Escape(elems[i])
}

// weighted is an index below n with a probability in proportion to its weight; -1: an error was raised.
func (l *Loop) weighted(draw string, weights []Value, n int) int {
	if len(weights) != n {
		l.Raise("ValueError", draw+"(): there are "+strconv.Itoa(n)+" to choose from, but "+strconv.Itoa(len(weights))+" weights")
		return -1
	}
	total, last := 0.0, -1
	for i, v := range weights {
		w, ok := v.Number()
		if !ok || !(w >= 0 && w <= math.MaxFloat64) {
			l.Raise("ValueError", draw+"(): a weight is a number, 0 or more, not "+string(l.AppendText(nil, v)))
			return -1
		}
		if total += w; w > 0 {
			last = i
		}
	}
	if last < 0 || total > math.MaxFloat64 {
		l.Raise("ValueError", draw+"(): the sum of the weights must be above zero and finite, it is "+floatText(total))
		return -1
	}
	at := total * l.random()
	sum := 0.0
	for i, v := range weights[:last] {
		w, _ := v.Number()
		if sum += w; at < sum {
			return i
		}
	}
	return last
}

// erlangSum is up to how many phases an erlang is their sum: it takes a number for each.
const erlangSum = 64

// Erlang is the sum of k exponentials of that mean, as gamma(k, scale).
func (l *Loop) Erlang(k int64, scale float64) float64 {
	if !l.finite("erlang", scale) || !l.positive("erlang", "k", float64(k)) || !l.positive("erlang", "scale", scale) {
		return 0
	}
	s := l.stream()
	if k > erlangSum {
		return scale * s.gamma(float64(k), l.p.Inverse)
	}
	sum := 0.0
	for range k {
		sum += s.exponential()
	}
	return scale * sum
}

// Beta is between lo and hi, with the shapes a and b, both above zero.
func (l *Loop) Beta(a, b, lo, hi float64) float64 {
	if !l.finite("beta", a, b, lo, hi) || !l.positive("beta", "a", a) || !l.positive("beta", "b", b) {
		return 0
	}
	if lo > hi {
		l.Raise("ValueError", "beta(a, b, lo, hi): lo <= hi must hold, they are "+floatText(lo)+" and "+floatText(hi))
		return 0
	}
	return lo + float64((hi-lo)*l.beta(a, b))
}

// beta is between 0 and 1: x/(x+y) of two gammas.
func (l *Loop) beta(a, b float64) float64 {
	s := l.stream()
	x := s.gamma(a, l.p.Inverse)
	sum := x + s.gamma(b, l.p.Inverse)
	switch {
	case sum > 0:
		return x / sum
	case s.float() < a/(a+b): // both shapes are so small that nearly all lies at the ends
		return 1
	}
	return 0
}

// Pert is between lo and hi, likeliest at mode: the beta whose mean is (lo + 4*mode + hi)/6.
func (l *Loop) Pert(lo, hi, mode float64) float64 {
	if !l.peaked("pert", lo, hi, mode) {
		return 0
	}
	if lo == hi {
		return lo
	}
	width := hi - lo
	x := l.beta(1+4*(mode-lo)/width, 1+4*(hi-mode)/width)
	return lo + float64(width*x)
}

// Pareto is at least scale, with tails as x**-shape; both are above zero.
func (l *Loop) Pareto(shape, scale float64) float64 {
	if !l.finite("pareto", shape, scale) || !l.positive("pareto", "shape", shape) || !l.positive("pareto", "scale", scale) {
		return 0
	}
	return scale * expE(l.stream().exponential()/shape)
}

// Hyperexponential is exponential with one of the means, chosen by weight. It takes two numbers.
func (l *Loop) Hyperexponential(means, weights Value) float64 {
	list := means.Elems()
	i := l.weighted("hyperexponential", weights.Elems(), len(list))
	if i < 0 {
		return 0
	}
	mean, ok := list[i].Number()
	if !ok || !(mean > 0 && mean <= math.MaxFloat64) {
		l.Raise("ValueError", "hyperexponential(): a mean is a number above zero, not "+string(l.AppendText(nil, list[i])))
		return 0
	}
	return mean * l.stream().exponential()
}

// Empirical is one of the values. With cumulative, the distribution function at each of them, it lies between two of
// them: the function is linear there; what it begins with is the probability of the first value.
func (l *Loop) Empirical(values, cumulative Value) Value {
	list := values.Elems()
	if cumulative.IsNull() {
		if len(list) == 0 {
			l.Raise("IndexError", "empirical(): the list is empty")
			return Value{}
		}
		return l.Escape(list[l.stream().below(uint64(len(list)))])
	}
	points, ok := l.empirical(list, cumulative.Elems())
	if !ok {
		return Float(0)
	}
	u := l.random()
	for i, p := range points {
		switch {
		case u >= p.share:
		case i == 0:
			return Float(p.value)
		default:
			from := points[i-1]
			return Float(from.value + float64((p.value-from.value)*((u-from.share)/(p.share-from.share))))
		}
	}
	return Float(points[len(points)-1].value)
}

// point is a value with its distribution function.
type point struct{ value, share float64 }

// empirical checks the arguments of Empirical.
func (l *Loop) empirical(values, cumulative []Value) ([]point, bool) {
	bad := func(message string) ([]point, bool) {
		l.Raise("ValueError", "empirical(): "+message)
		return nil, false
	}
	if len(values) != len(cumulative) || len(values) == 0 {
		return bad("there are " + strconv.Itoa(len(values)) + " values, but " + strconv.Itoa(len(cumulative)) + " probabilities")
	}
	l.points = l.points[:0]
	last := point{math.Inf(-1), 0}
	for i := range values {
		value, ok := values[i].Number()
		share, known := cumulative[i].Number()
		switch {
		case !ok || !known || math.IsInf(value, 0):
			return bad("values and probabilities are finite numbers")
		case !(value >= last.value):
			return bad("the values must not fall: " + floatText(last.value) + ", then " + floatText(value))
		case !(share >= last.share && share <= 1):
			return bad("the probabilities go up to 1 and do not fall: " + floatText(last.share) + ", then " + floatText(share))
		}
		last = point{value, share}
		l.points = append(l.points, last)
	}
	if last.share != 1 {
		return bad("the last probability must be 1, it is " + floatText(last.share))
	}
	return l.points, true
}

// DrawsWords says how normal numbers are made: by a ratio of uniforms, which takes a varying count of numbers of the
// stream, or by inversion, which takes one.
var DrawsWords = []string{"classic", "inverse"}

// inverted is up to which mean counts are drawn by inversion, one number each, and maxCount the greatest mean, or
// number of trials, that they may have: above it the logarithms are not exact enough.
const (
	inverted = 500
	maxCount = 1e10
)

// Poisson counts what happens by itself, mean times on the average, 0 to 10 billion.
func (l *Loop) Poisson(mean float64) int64 {
	switch {
	case !l.finite("poisson", mean):
		return 0
	case mean < 0 || mean > maxCount:
		l.Raise("ValueError", "poisson(): mean is from 0 to 10000000000, not "+floatText(mean))
		return 0
	}
	return l.stream().poisson(mean)
}

// Binomial counts the successes in n trials with probability p each.
func (l *Loop) Binomial(n int64, p float64) int64 {
	if n < 0 || n > maxCount {
		l.Raise("ValueError", "binomial(): n is from 0 to 10000000000, not "+strconv.FormatInt(n, 10))
		return 0
	}
	if !(p >= 0 && p <= 1) {
		l.Raise("ValueError", "binomial(): a probability is between 0 and 1, not "+floatText(p))
		return 0
	}
	return l.stream().binomial(n, p)
}

// leastSuccess is the least probability of a success that one may wait for.
const leastSuccess = 1e-15

// Geometric counts the trials up to the first success, that one included, with probability p each.
func (l *Loop) Geometric(p float64) int64 {
	if !l.success("geometric", p) {
		return 0
	}
	e := l.stream().exponential()
	if p == 1 {
		return 1
	}
	return 1 + int64(math.Floor(e/-logOneMinus(p)))
}

// NegativeBinomial counts the failures before the r-th success, with probability p each; r may be any number above zero.
func (l *Loop) NegativeBinomial(r, p float64) int64 {
	if !l.finite("negative_binomial", r) || !l.positive("negative_binomial", "r", r) || !l.success("negative_binomial", p) {
		return 0
	}
	scale := (1 - p) / p
	if mean := r * scale; mean > maxCount/100 {
		l.Raise("ValueError", "negative_binomial(): the mean, r*(1-p)/p, must be at most 100000000, it is "+floatText(mean))
		return 0
	}
	s := l.stream()
	return s.poisson(min(float64(scale*s.gamma(r, l.p.Inverse)), maxCount))
}

func (l *Loop) success(draw string, p float64) bool {
	if p >= leastSuccess && p <= 1 {
		return true
	}
	l.Raise("ValueError", draw+"(): p is a probability from 1e-15 to 1, not "+floatText(p))
	return false
}

// truncations is how often truncated draws at most.
const truncations = 10_000

// Truncated draws again until the number lies between lo and hi; either may be null.
func (l *Loop) Truncated(draw Eval, lo, hi Value) Value {
	least, most := math.Inf(-1), math.Inf(1)
	if !lo.IsNull() {
		least, _ = lo.Number()
	}
	if !hi.IsNull() {
		most, _ = hi.Number()
	}
	for range truncations {
		v := draw(l)
		if x, ok := v.Number(); l.fault != nil || !ok || least <= x && x <= most {
			return v
		}
	}
	l.Raise("ValueError", "truncated(): none of 10000 draws is from "+floatText(least)+" to "+floatText(most))
	return Float(0)
}

// poisson has the given mean: up to 500 by inversion, above by Hörmann's transformed rejection ("The Transformed
// Rejection Method for Generating Poisson Random Variables", 1993, PTRS).
func (s *stream) poisson(mean float64) int64 {
	if mean <= inverted {
		u, k := s.float(), int64(0)
		p := expE(-mean)
		for sum := p; u >= sum; {
			k++
			p = p * (mean / float64(k))
			next := sum + float64(p)
			if next == sum && float64(k) > mean {
				break // what is left has no probability that a number could show
			}
			sum = next
		}
		return k
	}
	root, log := math.Sqrt(mean), logE(mean)
	b := 0.931 + float64(2.53*root)
	a := -0.059 + float64(0.02483*b)
	inverse := 1.1239 + 1.1328/(b-3.4)
	sure := 0.9277 - 3.6224/(b-2)
	for {
		u, v := s.float()-0.5, 1-s.float()
		side := 0.5 - math.Abs(u)
		if side == 0 {
			continue
		}
		k := math.Floor(float64((2*a/side+b)*u) + mean + 0.43)
		switch {
		case side >= 0.07 && v <= sure:
			return int64(k)
		case k < 0 || k >= 1<<53 || side < 0.013 && v > side:
		case logE(v*inverse/(a/(side*side)+b)) <= float64(k*log)-mean-logFactorial(k):
			return int64(k)
		}
	}
}

// binomial is drawn by inversion where the mean of the rarer outcome is up to 500, above by Hörmann's transformed
// rejection ("The Generation of Binomial Random Variates", 1993, BTRS).
func (s *stream) binomial(n int64, p float64) int64 {
	many := float64(n)
	q := min(p, 1-p)
	if many*q > inverted {
		k := s.manyTrials(many, q)
		if p > 0.5 {
			return n - k
		}
		return k
	}
	u := s.float()
	if p <= 0.5 {
		return fewSuccesses(u, many, q)
	}
	return n - fewSuccesses(1-u, many, q)
}

// fewSuccesses inverts the distribution function of the successes in n trials, q at most a half, at u.
func fewSuccesses(u, n, q float64) int64 {
	if q == 0 {
		return 0
	}
	p, k := expE(float64(n*logOneMinus(q))), 0.0
	odds := q / (1 - q)
	for sum := p; u >= sum && k < n; {
		k++
		p = p * (odds * ((n - k + 1) / k))
		next := sum + float64(p)
		if next == sum && k > n*q {
			break
		}
		sum = next
	}
	return int64(k)
}

func (s *stream) manyTrials(n, p float64) int64 {
	q := 1 - p
	root := math.Sqrt(n * p * q)
	b := 1.15 + float64(2.53*root)
	a := -0.0873 + float64(0.0248*b) + float64(0.01*p)
	center := float64(n*p) + 0.5
	sure := 0.92 - 4.2/b
	alpha := (2.83 + 5.1/b) * root
	log, mode := logE(p/q), math.Floor((n+1)*p)
	top := logFactorial(mode) + logFactorial(n-mode)
	for {
		u, v := s.float()-0.5, 1-s.float()
		side := 0.5 - math.Abs(u)
		if side == 0 {
			continue
		}
		k := math.Floor(float64((2*a/side+b)*u) + center)
		switch {
		case k < 0 || k > n:
		case side >= 0.07 && v <= sure:
			return int64(k)
		case logE(v*alpha/(a/(side*side)+b)) <= top-logFactorial(k)-logFactorial(n-k)+float64((k-mode)*log):
			return int64(k)
		}
	}
}

// logOneMinus is log(1-p), also where p is too small to be seen beside 1.
func logOneMinus(p float64) float64 {
	if p >= 0.01 {
		return logE(1 - p)
	}
	sum := 0.0
	for i := 8; i >= 1; i-- {
		sum = float64(p*sum) + 1/float64(i)
	}
	return -(p * sum)
}

// logFactorials is the series behind Stirling's formula.
var logFactorials = [...]float64{
	8.333333333333333e-02, -2.777777777777778e-03, 7.936507936507937e-04, -5.952380952380952e-04, 8.417508417508418e-04,
	-1.917526917526918e-03, 6.410256410256410e-03, -2.955065359477124e-02, 1.796443723688307e-01, -1.39243221690590e+00,
}

// logFactorial is log(k!), k 0 or more, by Stirling's formula from 7 on.
func logFactorial(k float64) float64 {
	x, below := k+1, 0.0
	for ; x < 7; x++ {
		below += logE(x)
	}
	square := 1 / (x * x)
	sum := 0.0
	for i := len(logFactorials) - 1; i >= 0; i-- {
		sum = float64(sum*square) + logFactorials[i]
	}
	const halfLogTwoPi = 0.9189385332046727
	return sum/x + halfLogTwoPi + float64((x-0.5)*logE(x)) - x - below
}

// open is uniform between 0 and 1, neither included, and symmetric: an odd multiple of 2**-53.
func (s *stream) open() float64 { return (float64(s.next()>>12) + 0.5) * 0x1p-52 }

// standardNormal is normal with mean 0 and deviation 1: by inversion, one number, or as normal does it.
func (s *stream) standardNormal(inverse bool) float64 {
	if inverse {
		return normalQuantile(s.open())
	}
	return s.normal()
}

// normalQuantile is the standard normal distribution's quantile at p, between 0 and 1, within 1e-15 of itself: Wichura,
// "Algorithm AS 241: The Percentage Points of the Normal Distribution", PPND16.
func normalQuantile(p float64) float64 {
	q := p - 0.5
	if math.Abs(q) <= 0.425 {
		r := 0.180625 - float64(q*q)
		return q * horner(&quantileMiddle[0], r) / horner(&quantileMiddle[1], r)
	}
	r := math.Sqrt(-logE(min(p, 1-p)))
	part, from := &quantileTail, 1.6
	if r > 5 {
		part, from = &quantileFar, 5
	}
	x := horner(&part[0], r-from) / horner(&part[1], r-from)
	if q < 0 {
		return -x
	}
	return x
}

// horner is the polynomial with these coefficients, the highest first.
func horner(c *[8]float64, x float64) float64 {
	sum := 0.0
	for _, a := range c {
		sum = float64(sum*x) + a
	}
	return sum
}

// The numerators and denominators of normalQuantile: within 0.425 of the middle, and where r is up to 5 and above.
var (
	quantileMiddle = [2][8]float64{{
		2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
		1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0,
	}, {
		5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
		5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1,
	}}
	quantileTail = [2][8]float64{{
		7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
		3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0,
	}, {
		1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
		6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1,
	}}
	quantileFar = [2][8]float64{{
		2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
		2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0,
	}, {
		2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
		1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
	}}
)
