package engine

import "math"

// The logarithm and the exponential behind the draws, written so that every processor gives the same bytes: each
// product that is added is rounded first, since float64(x*y) keeps a compiler from fusing it into the sum, which some
// processors do and others do not. The exponential is FreeBSD's (e_exp.c, as in Go's math package).

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
	log2e = 1.44269504088896338700e+00
)

// logE is the natural logarithm, within 1 ulp of math.Log; NaN below zero, -Inf at zero. x is 2^k*z with z next to 1,
// and z is c*(1+r) with c in logTable (Tang, "Table-Driven Implementation of the Logarithm Function", 1990). c is 1
// where z is within 1/256 of 1, so that the result keeps its precision there.
func logE(x float64) float64 {
	const (
		firstC = 88                 // of 128ths: where the table begins
		least  = 0x3FE6000000000000 // the bits of firstC/128
		hi     = 0x1.62e42fefa38p-1 // ln 2; a multiple of 2^-42, so that k*hi + logTable.hi is exact
		lo     = 0x1.ef35793c7673p-45
	)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	k := 0.0
	if x < 0x1p-1022 {
		x, k = x*0x1p54, -54
	}
	b := math.Float64bits(x)
	e := int64(b-least) >> 52
	z := math.Float64frombits(b - uint64(e)<<52)
	k += float64(e)
	i := int(float64(z*128) + 0.5)
	t := &logTable[i-firstC]
	r := (z - float64(float64(i)/128)) * t.inverse // the difference is exact
	r2 := r * r
	p := -1.0/2 + float64(r*(1.0/3)) + float64(r2*(-1.0/4+float64(r*(1.0/5))+float64(r2*(-1.0/6+float64(r*(1.0/7))))))
	w := float64(k*hi) + t.hi
	sum := w + float64(r)
	return sum + (w - sum + float64(r) + (float64(k*lo) + t.lo + float64(r2*p)))
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
	p := float64(a.hi * b.hi)
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
