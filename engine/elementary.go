package engine

import (
	"math"
	"math/big"
	"sync"
)

// The elementary functions of expressions. Each is computed to about a hundred bits, in pairs of floats, and rounded once,
// so the result is the float next to the true value on every processor. Where a product is added to something it is
// rounded first, see randmath.go. Their special cases are those of package math.

// Exp is e**x; +Inf where that does not fit.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < -746:
		return 0
	case x > 710:
		return math.Inf(1)
	}
	p, k := pair{hi: x}.exp()
	return math.Ldexp(p.hi, k)
}

// Log is the natural logarithm; NaN below zero, -Inf at zero.
func Log(x float64) float64 {
	return logarithm(x, pair{}, pair{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56})
}

// Log2 is the logarithm to base 2, exact for powers of 2.
func Log2(x float64) float64 {
	return logarithm(x, pair{0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56}, pair{hi: 1})
}

// Log10 is the logarithm to base 10, exact for powers of 10.
func Log10(x float64) float64 {
	return logarithm(x, pair{0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57}, pair{0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59})
}

// logarithm is the logarithm whose base has the logarithm 1/scale (0: base e); two is that of 2.
func logarithm(x float64, scale, two pair) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	f, e := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f, e = 2*f, e-1
	}
	p := logPair(f)
	if scale.hi != 0 {
		p = p.times(scale)
	}
	return two.times(pair{hi: float64(e)}).plus(p).hi
}

// Sin is the sine of x radians; NaN of an infinity.
func Sin(x float64) float64 {
	switch {
	case x == 0 || math.IsNaN(x):
		return x
	case math.IsInf(x, 0):
		return math.NaN()
	}
	r, quarter := quarterTurn(x)
	sin, cos := r.sinCos()
	return [4]float64{sin.hi, cos.hi, -sin.hi, -cos.hi}[quarter]
}

// Cos is the cosine of x radians; NaN of an infinity.
func Cos(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return math.NaN()
	}
	r, quarter := quarterTurn(x)
	sin, cos := r.sinCos()
	return [4]float64{cos.hi, -sin.hi, -cos.hi, sin.hi}[quarter]
}

// Atan2 is the angle of the point (x, y) in radians, from -pi to pi.
func Atan2(y, x float64) float64 {
	if y == 0 || x == 0 || math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Atan2(y, x) // a constant
	}
	const far = 300 // powers of two between the sides: nothing of the shorter one is left in a sum
	fy, ey := math.Frexp(math.Abs(y))
	fx, ex := math.Frexp(math.Abs(x))
	d := ey - ex
	if d < -far && x > 0 {
		return math.Copysign(math.Ldexp(fy/fx, d), y)
	}
	rise, run := pair{hi: math.Ldexp(fy, min(max(d, -far), far))}, pair{hi: fx}
	angle, halfPi := pair{}, pair{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}
	if rise.hi <= run.hi {
		angle = rise.over(run).atan()
	} else {
		angle = halfPi.plus(run.over(rise).atan().negative())
	}
	if x < 0 {
		angle = pair{2 * halfPi.hi, 2 * halfPi.lo}.plus(angle.negative())
	}
	return math.Copysign(angle.hi, y)
}

// exp is e**a as p * 2**k, for |a| < 1100. e**r - 1 is summed for a small r and doubled nine times.
func (a pair) exp() (p pair, k int) {
	const halvings = 9
	n := math.RoundToEven(a.hi * log2e)
	r := a
	for _, part := range [...]float64{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56, 0x1.7b57a079a1934p-111} { // ln 2
		r = r.plus(product(-n, part))
	}
	r.hi, r.lo = r.hi/(1<<halvings), r.lo/(1<<halvings)
	one := pair{hi: 1}
	p = one
	for i := 10.0; i > 1; i-- {
		p = one.plus(p.times(r).by(i))
	}
	p = p.times(r)
	for range halvings {
		p = pair{2 * p.hi, 2 * p.lo}.plus(p.times(p))
	}
	return one.plus(p), int(n)
}

// logPair is the natural logarithm of f, from 0.5 to 2. Next to 1 it is a series; elsewhere logE is made exact by what
// it lacks, f * e**-logE(f) - 1.
func logPair(f float64) pair {
	if math.Abs(f-1) < 1.0/256 {
		s := pair{hi: f - 1}.over(sum(f, 1))
		return pair{2 * s.hi, 2 * s.lo}.times(s.times(s).oddSeries(9, 1))
	}
	y := logE(f)
	p, k := pair{hi: -y}.exp()
	rest := pair{math.Ldexp(p.hi, k), math.Ldexp(p.lo, k)}.times(pair{hi: f}).plus(pair{hi: -1})
	rest = rest.plus(pair{hi: -float64(rest.hi*rest.hi) / 2})
	return pair{hi: y}.plus(rest)
}

// oddSeries is 1 + sign*a/3 + a**2/5 + sign*a**3/7 …, of n terms.
func (a pair) oddSeries(n int, sign float64) pair {
	p := pair{}
	for i := n - 1; i >= 0; i-- {
		p = pair{hi: 1}.by(float64(2*i + 1)).plus(pair{sign * p.hi, sign * p.lo}.times(a))
	}
	return p
}

// sinCos is the sine and the cosine of a, at most pi/4.
func (a pair) sinCos() (sin, cos pair) {
	one := pair{hi: 1}
	minus := a.times(a).negative()
	sin, cos = one, one
	for i := 27.0; i > 1; i -= 2 {
		sin = one.plus(sin.times(minus).by(i * (i - 1)))
		cos = one.plus(cos.times(minus).by((i - 1) * (i - 2)))
	}
	return a.times(sin), cos
}

// atan is the angle whose tangent is a, from 0 to 1: one near it, of which the tangent of the difference is known.
func (a pair) atan() pair {
	near := pair{hi: math.RoundToEven(64*(a.hi*(math.Pi/4+float64(0.273*(1-a.hi))))) / 64}
	sin, cos := near.sinCos()
	d := a.times(cos).plus(sin.negative()).over(cos.plus(a.times(sin)))
	return near.plus(d.times(d.times(d).oddSeries(12, -1)))
}

// quarterTurn is what x is beyond a multiple of pi/2, and which quarter of the circle that is in.
func quarterTurn(x float64) (rest pair, quarter int) {
	const large = 1 << 27 // the multiple has few digits below it
	if math.Abs(x) >= large {
		return largeQuarterTurn(x)
	}
	n := math.RoundToEven(x * (2 / math.Pi))
	rest = pair{hi: x}
	for _, part := range [...]float64{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110, 0x1.4cf98e804177dp-164} {
		rest = rest.plus(product(-n, part))
	}
	return rest, int(n) & 3
}

func largeQuarterTurn(x float64) (rest pair, quarter int) {
	half := halfPi()
	exact := new(big.Float).SetPrec(half.Prec()).SetFloat64(x)
	turns, _ := new(big.Float).SetPrec(half.Prec()).Quo(exact, half).Int(nil)
	exact.Sub(exact, new(big.Float).SetPrec(half.Prec()).Mul(half, new(big.Float).SetPrec(half.Prec()).SetInt(turns)))
	if quarterPi := new(big.Float).Quo(half, big.NewFloat(2)); exact.Cmp(quarterPi) > 0 {
		turns.Add(turns, big.NewInt(1))
		exact.Sub(exact, half)
	} else if exact.Cmp(quarterPi.Neg(quarterPi)) < 0 {
		turns.Sub(turns, big.NewInt(1))
		exact.Add(exact, half)
	}
	rest.hi, _ = exact.Float64()
	rest.lo, _ = exact.Sub(exact, new(big.Float).SetFloat64(rest.hi)).Float64()
	return rest, int(new(big.Int).And(turns, big.NewInt(3)).Int64())
}

var halfPiOnce struct {
	sync.Once
	value *big.Float
}

// halfPi is pi/2 with as many digits as the largest float needs, computed once.
func halfPi() *big.Float {
	halfPiOnce.Do(func() { halfPiOnce.value = computeHalfPi() })
	return halfPiOnce.value
}

// computeHalfPi uses Machin's 4 atan(1/5) - atan(1/239), twice.
func computeHalfPi() *big.Float {
	const bits = 1300
	atan := func(inverse int64) *big.Int {
		total, square := new(big.Int), big.NewInt(inverse*inverse)
		term := new(big.Int).Lsh(big.NewInt(1), bits)
		term.Quo(term, big.NewInt(inverse))
		for i := int64(1); term.Sign() != 0; i += 2 {
			total.Add(total, new(big.Int).Quo(term, big.NewInt(i)))
			term.Quo(term, square).Neg(term)
		}
		return total
	}
	sum := atan(5)
	sum.Lsh(sum, 2).Sub(sum, atan(239))
	half := new(big.Float).SetPrec(bits).SetInt(sum)
	return half.SetMantExp(half, 1-bits)
}

// sum is a + b.
func sum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{hi: s, lo: (a - (s - t)) + (b - t)}
}

// product is a * b; math.FMA is exact on every processor.
func product(a, b float64) pair {
	p := float64(a * b)
	return pair{hi: p, lo: math.FMA(a, b, -p)}
}

// plus is a + b, to about 100 bits even where the two nearly cancel.
func (a pair) plus(b pair) pair {
	s, t := sum(a.hi, b.hi), sum(a.lo, b.lo)
	s = normal(s.hi, s.lo+t.hi)
	return normal(s.hi, s.lo+t.lo)
}

// normal is hi + lo, of which hi is the larger.
func normal(hi, lo float64) pair {
	s := hi + lo
	return pair{hi: s, lo: lo - (s - hi)}
}

func (a pair) negative() pair { return pair{hi: -a.hi, lo: -a.lo} }

// over is a / b.
func (a pair) over(b pair) pair {
	q := a.hi / b.hi
	rest := a.plus(b.times(pair{hi: -q}))
	q2 := rest.hi / b.hi
	rest = rest.plus(b.times(pair{hi: -q2}))
	return normal(q, q2).plus(pair{hi: rest.hi / b.hi})
}

// by is a / d.
func (a pair) by(d float64) pair {
	q := a.hi / d
	p := product(q, d)
	return normal(q, (a.hi-p.hi-p.lo+a.lo)/d)
}
