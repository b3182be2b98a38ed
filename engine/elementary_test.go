package engine_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"runloop/engine"
)

// exact is arithmetic of 400 bits, or of 1500 for angles, which large ones need.
type exact struct{ bits uint }

func (e exact) of(x float64) *big.Float { return e.new().SetFloat64(x) }
func (e exact) new() *big.Float         { return new(big.Float).SetPrec(e.bits) }

// series is first + first*step(1) + first*step(1)*step(2) …
func (e exact) series(first *big.Float, step func(i int64) *big.Float) *big.Float {
	total, term := e.new().Set(first), e.new().Set(first)
	for i := int64(1); term.Sign() != 0 && term.MantExp(nil) > -int(e.bits)+total.MantExp(nil)-8; i++ {
		term.Mul(term, step(i))
		total.Add(total, term)
	}
	return total
}

func (e exact) exp(x *big.Float) *big.Float {
	small := e.new().SetMantExp(x, -20)
	p := e.series(e.of(1), func(i int64) *big.Float { return e.new().Quo(small, e.of(float64(i))) })
	for range 20 {
		p.Mul(p, p)
	}
	return p
}

// log is by Newton's method from a float that is nearly right.
func (e exact) log(x *big.Float) *big.Float {
	f, k := new(big.Float).Set(x), 0
	k = x.MantExp(f)
	m, _ := f.Float64()
	y := e.of(math.Log(m) + float64(k)*math.Ln2)
	for range 4 {
		rest := e.new().Quo(x, e.exp(y))
		y.Add(y, rest.Sub(rest, e.of(1)))
	}
	return y
}

// atan is by halving the angle and a series.
func (e exact) atan(q *big.Float) *big.Float {
	q = e.new().Set(q)
	for range 8 {
		root := e.new().Mul(q, q)
		root.Sqrt(root.Add(root, e.of(1)))
		q.Quo(q, root.Add(root, e.of(1)))
	}
	square := e.new().Mul(q, q)
	square.Neg(square)
	sum := e.series(q, func(i int64) *big.Float {
		return e.new().Mul(square, e.new().Quo(e.of(float64(2*i-1)), e.of(float64(2*i+1))))
	})
	return sum.Mul(sum, e.of(256))
}

func (e exact) pi() *big.Float { return e.new().Mul(e.atan(e.of(1)), e.of(4)) }

// sin is of x + shift*pi/2.
func (e exact) sin(x float64, shift float64) *big.Float {
	half := e.new().Quo(e.pi(), e.of(2))
	angle := e.of(x)
	angle.Add(angle, e.new().Mul(half, e.of(shift)))
	turns, _ := e.new().Quo(angle, e.new().Mul(half, e.of(4))).Int(nil)
	angle.Sub(angle, e.new().Mul(e.new().Mul(half, e.of(4)), e.new().SetInt(turns)))
	square := e.new().Mul(angle, angle)
	square.Neg(square)
	return e.series(angle, func(i int64) *big.Float { return e.new().Quo(square, e.of(float64(2*i*(2*i+1)))) })
}

func nearest(f *big.Float) float64 {
	x, _ := f.Float64()
	return x
}

// points are arguments of all sizes.
func points(seed uint64, n int, positive bool) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []float64
	for range n {
		x := math.Ldexp(0.5+r.Float64()/2, r.IntN(60)-30)
		if !positive && r.IntN(2) == 0 {
			x = -x
		}
		out = append(out, x)
	}
	return out
}

// TestElementary: the functions are the floats next to the true values.
func TestElementary(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 60
	}
	e, angles := exact{400}, exact{1500}
	check := func(name string, x, got, want float64) {
		if got != want {
			t.Errorf("%s(%v) is %v, want %v", name, x, got, want)
		}
	}
	for _, x := range append(points(1, n, false), 709.7, -708.3, 1e-300, 1, -1) {
		if math.Abs(x) < 709.7 {
			check("exp", x, engine.Exp(x), nearest(e.exp(e.of(x))))
		}
	}
	logarithms := append(points(2, n, true), 0x1p-1074, math.MaxFloat64, 1.0000000000000002, 0.9999999999999999, 1.001, 0.998, 10, 1000)
	ln2, ln10 := e.log(e.of(2)), e.log(e.of(10))
	for _, x := range logarithms {
		y := e.log(e.of(x))
		check("log", x, engine.Log(x), nearest(y))
		check("log2", x, engine.Log2(x), nearest(e.new().Quo(y, ln2)))
		check("log10", x, engine.Log10(x), nearest(e.new().Quo(y, ln10)))
	}
	for _, x := range append(points(3, n/10, false), 3.141592653589793, 1e22, 6381956970095103*0x1p797, math.MaxFloat64, -1e300) {
		check("sin", x, engine.Sin(x), nearest(angles.sin(x, 0)))
		check("cos", x, engine.Cos(x), nearest(angles.sin(x, 1)))
	}
	pi := e.pi()
	ys := points(4, n, false)
	for i, x := range points(5, n, false) {
		angle := e.atan(e.new().Quo(e.of(ys[i]), e.of(x)))
		if x < 0 && ys[i] > 0 {
			angle.Add(angle, pi)
		} else if x < 0 {
			angle.Sub(angle, pi)
		}
		check(fmt.Sprintf("atan2(%v, …)", ys[i]), x, engine.Atan2(ys[i], x), nearest(angle))
	}
}

// TestElementarySpecial: powers of the base are exact, and special cases are those of package math.
func TestElementarySpecial(t *testing.T) {
	for i := -1074; i < 1024; i++ {
		if got := engine.Log2(math.Ldexp(1, i)); got != float64(i) {
			t.Errorf("log2(2**%d) is %v", i, got)
		}
	}
	for i := range 23 {
		if got := engine.Log10(math.Pow10(i)); got != float64(i) {
			t.Errorf("log10(10**%d) is %v", i, got)
		}
	}
	inf, nan, zero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	special := []float64{0, zero, inf, -inf, nan, -1, 1, 1000, -1000}
	ones := map[string][2]func(float64) float64{
		"exp": {engine.Exp, math.Exp}, "log": {engine.Log, math.Log}, "log2": {engine.Log2, math.Log2},
		"log10": {engine.Log10, math.Log10}, "sin": {engine.Sin, math.Sin}, "cos": {engine.Cos, math.Cos},
	}
	for name, f := range ones {
		for _, x := range special {
			if got, want := f[0](x), f[1](x); !alike(got, want) {
				t.Errorf("%s(%v) is %v, want %v", name, x, got, want)
			}
		}
	}
	for _, y := range special {
		for _, x := range special {
			if got, want := engine.Atan2(y, x), math.Atan2(y, x); !alike(got, want) {
				t.Errorf("atan2(%v, %v) is %v, want %v", y, x, got, want)
			}
		}
	}
}

// alike is equal but for the last digit.
func alike(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || a == b && math.Signbit(a) == math.Signbit(b) || math.Abs(a-b) < 1e-15*math.Abs(a)
}

// TestElementaryBytes: the same bytes on every processor; the number was computed on amd64.
func TestElementaryBytes(t *testing.T) {
	h := fnv.New64a()
	ys := points(7, 3000, true)
	for i, x := range points(6, 3000, true) {
		y := ys[i]
		for _, f := range []float64{engine.Exp(x), engine.Exp(-x), engine.Log(x), engine.Log2(x), engine.Log10(x), engine.Sin(x),
			engine.Cos(x), engine.Atan2(y, x), engine.Atan2(-x, -y)} {
			fmt.Fprintf(h, "%x\n", math.Float64bits(f))
		}
	}
	if got, want := h.Sum64(), uint64(0xfc5532ab29fbb134); got != want {
		t.Errorf("the bytes are %#x, want %#x", got, want)
	}
}

func BenchmarkElementary(b *testing.B) {
	for name, f := range map[string]func(float64) float64{
		"exp": engine.Exp, "log": engine.Log, "log10": engine.Log10, "sin": engine.Sin, "atan2": func(x float64) float64 { return engine.Atan2(x, 2) },
	} {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				f(float64(i%1000) / 100)
			}
		})
	}
}
