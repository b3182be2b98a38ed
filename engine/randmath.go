package engine

import "math"

// The logarithm and the exponential behind the draws. Both are FreeBSD's (e_log.c, e_exp.c, as in Go's math package),
// with every product that is added rounded first: float64(x*y) keeps a compiler from fusing it into the sum, which
// some processors do and others do not. So the same bytes come out on every one.

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
	log2e = 1.44269504088896338700e+00
)

// logE is the natural logarithm, within 1 ulp of math.Log; NaN below zero, -Inf at zero.
func logE(x float64) float64 {
	const (
		l1 = 6.666666666666735130e-01
		l2 = 3.999999999940941908e-01
		l3 = 2.857142874366239149e-01
		l4 = 2.222219843214978396e-01
		l5 = 1.818357216161805012e-01
		l6 = 1.531383769920937332e-01
		l7 = 1.479819860511658591e-01
	)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	f1, exp := math.Frexp(x)
	if f1 < math.Sqrt2/2 {
		f1 *= 2
		exp--
	}
	f := f1 - 1
	k := float64(exp)

	s := f / (2 + f)
	s2 := s * s
	s4 := s2 * s2
	t1 := s2 * (l1 + float64(s4*(l3+float64(s4*(l5+float64(s4*l7))))))
	t2 := s4 * (l2 + float64(s4*(l4+float64(s4*l6))))
	r := float64(t1) + float64(t2)
	hfsq := 0.5 * f * f
	return float64(k*ln2Hi) - ((float64(hfsq) - (float64(s*(float64(hfsq)+r)) + float64(k*ln2Lo))) - f)
}

// expE is e**x, within 1 ulp of math.Exp.
func expE(x float64) float64 {
	const (
		overflow  = 7.09782712893383973096e+02
		underflow = -7.45133219101941108420e+02
		nearZero  = 1.0 / (1 << 28)
		p1        = 1.66666666666666657415e-01
		p2        = -2.77777777770155933842e-03
		p3        = 6.61375632143793436117e-05
		p4        = -1.65339022054652515390e-06
		p5        = 4.13813679705723846039e-08
	)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case math.IsInf(x, -1) || x < underflow:
		return 0
	case x > overflow:
		return math.Inf(1)
	case -nearZero < x && x < nearZero:
		return 1 + x
	}
	// x = k*ln2 + r, |r| <= ln2/2; r is computed in two parts for its last bits.
	k := int(float64(log2e*x) + math.Copysign(0.5, x))
	hi := x - float64(float64(k)*ln2Hi)
	lo := float64(k) * ln2Lo
	r := hi - float64(lo)
	t := r * r
	c := r - float64(float64(t)*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	y := 1 - ((float64(lo) - float64(r*c)/(2-c)) - hi)
	return math.Ldexp(y, k)
}

// Pow is x**y for expressions, with the special cases of math.Pow, which gives other last bits on other processors.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1, math.IsNaN(x), math.IsNaN(y), math.IsInf(x, 0), math.IsInf(y, 0), x == 0:
		return math.Pow(x, y) // exact
	case y == 1:
		return x
	case y == 0.5:
		return math.Sqrt(x)
	case y == -0.5:
		return 1 / math.Sqrt(x)
	}
	whole, part := math.Modf(math.Abs(y))
	if part != 0 && x < 0 {
		return math.NaN()
	}
	if whole >= 1<<63 { // x is not 1: it overflows or vanishes, or x is -1
		return math.Pow(x, y)
	}
	if part > 0.5 {
		part--
		whole++
	}
	result := 1.0
	if part != 0 {
		result = expE(part * logE(x))
	}
	// result * x**whole by squaring, in pairs of floats whose sums carry twice the digits, so that the last one is
	// right; exponents are kept apart so that nothing overflows on the way.
	exponent := 0
	fraction, e := math.Frexp(x)
	power, total := pair{hi: fraction}, pair{hi: result}
	for n := int64(whole); n != 0; n >>= 1 {
		if e < -1<<12 || 1<<12 < e {
			exponent += e // overflows or vanishes whatever comes
			break
		}
		if n&1 == 1 {
			total = total.times(power)
			exponent += e
		}
		power = power.times(power)
		e <<= 1
		if math.Abs(power.hi) < 0.5 {
			power.hi, power.lo = 2*power.hi, 2*power.lo
			e--
		}
	}
	if y < 0 {
		return math.Ldexp(total.inverse(), -exponent)
	}
	return math.Ldexp(total.hi, exponent)
}

// pair is the number hi + lo, where hi is that sum rounded to a float.
type pair struct{ hi, lo float64 }

// times uses math.FMA, which is exact on every processor.
func (a pair) times(b pair) pair {
	p := a.hi * b.hi
	rest := math.FMA(a.hi, b.hi, -p) + (float64(a.hi*b.lo) + float64(a.lo*b.hi))
	hi := p + rest
	return pair{hi: hi, lo: rest - (hi - p)}
}

// inverse is 1/a, rounded.
func (a pair) inverse() float64 {
	q := 1 / a.hi
	rest := math.FMA(-q, a.hi, 1) - float64(q*a.lo)
	return q + float64(rest*q)
}
