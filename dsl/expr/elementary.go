package expr

import (
	"math"

	"runloop/engine"
)

func squareRoot(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	f := numberOf(x)
	if f < 0 {
		l.Raise("ValueError", "sqrt(): negative numbers have no square root, it is "+floatText(f))
		return engine.Float(0)
	}
	return engine.Float(math.Sqrt(f)) // exact on every processor
}

func exponential(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	f := numberOf(x)
	e := engine.Exp(f)
	if math.IsInf(e, 1) && !math.IsInf(f, 1) {
		l.Raise("OverflowError", "exp(): e to the power of "+floatText(f)+" does not fit into a float")
	}
	return engine.Float(e)
}

// logarithm is log(x) or log(x, base), which is log(x) / log(base) as in Python.
func logarithm(l *engine.Loop, x, base, _, _ engine.Value) engine.Value {
	y := logOf(l, "log", engine.Log, x)
	if base.IsNull() {
		return engine.Float(y)
	}
	return engine.Float(divFloat(l, y, logOf(l, "log", engine.Log, base)))
}

func logOf(l *engine.Loop, name string, f func(float64) float64, x engine.Value) float64 {
	if numberOf(x) <= 0 {
		l.Raise("ValueError", name+"(): only numbers above 0 have a logarithm, not "+floatText(numberOf(x)))
		return 0
	}
	return f(numberOf(x))
}

func binaryLogarithm(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	return engine.Float(logOf(l, "log2", engine.Log2, x))
}

func decimalLogarithm(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	return engine.Float(logOf(l, "log10", engine.Log10, x))
}

func sine(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	return ofAngle(l, "sin", engine.Sin, numberOf(x))
}

func cosine(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	return ofAngle(l, "cos", engine.Cos, numberOf(x))
}

func ofAngle(l *engine.Loop, name string, f func(float64) float64, x float64) engine.Value {
	if math.IsInf(x, 0) {
		l.Raise("ValueError", name+"(): "+floatText(x)+" is no angle")
		return engine.Float(0)
	}
	return engine.Float(f(x))
}

func angleOf(_ *engine.Loop, y, x, _, _ engine.Value) engine.Value {
	return engine.Float(engine.Atan2(numberOf(y), numberOf(x)))
}

func floatText(f float64) string { return string(engine.AppendFloat(nil, f)) }

// raised is pow: an int for ints.
func raised(l *engine.Loop, x, y, _, _ engine.Value) engine.Value {
	if x.Kind() == engine.KindInt && y.Kind() == engine.KindInt {
		return engine.Int(powInt(l, x.AsInt(), y.AsInt()))
	}
	return engine.Float(power(l, numberOf(x), numberOf(y)))
}

func powInt(l *engine.Loop, x, n int64) int64 {
	if n < 0 {
		l.Raise("ValueError", "pow(): the power of an int must not be negative, it is "+itoa(n)+"; `**` gives a float")
		return 0
	}
	if x == 0 || x == 1 || x == -1 {
		n = min(n, 2-n%2) // all even powers above 0 are alike, and all odd ones
	}
	result := int64(1)
	for range n { // at most 63 times before it does not fit
		product, fits := multiplied(result, x)
		if !fits {
			return overflow(l, itoa(x)+" to the power of "+itoa(n))
		}
		result = product
	}
	return result
}

// sameSign is the remainder with the sign of the divisor, as Python's %.
func sameSign(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	if a.Kind() == engine.KindInt && b.Kind() == engine.KindInt {
		rest := modInt(l, a.AsInt(), b.AsInt())
		if rest != 0 && (rest < 0) != (b.AsInt() < 0) {
			rest += b.AsInt()
		}
		return engine.Int(rest)
	}
	_, rest := divMod(l, numberOf(a), numberOf(b))
	return engine.Float(rest)
}

// floorDiv is the quotient rounded down, as Python's //.
func floorDiv(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	if a.Kind() != engine.KindInt || b.Kind() != engine.KindInt {
		quotient, _ := divMod(l, numberOf(a), numberOf(b))
		return engine.Float(quotient)
	}
	x, y := a.AsInt(), b.AsInt()
	switch {
	case y == 0:
		l.Raise("ZeroDivisionError", "integer division or modulo by zero")
		return engine.Int(0)
	case y == -1:
		return engine.Int(negInt(l, x))
	case x%y != 0 && (x < 0) != (y < 0):
		return engine.Int(x/y - 1)
	}
	return engine.Int(x / y)
}

// divMod is CPython's float_divmod.
func divMod(l *engine.Loop, a, b float64) (quotient, rest float64) {
	if b == 0 {
		l.Raise("ZeroDivisionError", "division by zero")
		return 0, 0
	}
	rest = math.Mod(a, b) // exact
	quotient = (a - rest) / b
	switch {
	case rest == 0:
		rest = math.Copysign(0, b)
	case (rest < 0) != (b < 0):
		rest += b
		quotient--
	}
	if quotient == 0 {
		return math.Copysign(0, a/b), rest
	}
	whole := math.Floor(quotient)
	if quotient-whole > 0.5 {
		whole++
	}
	return whole, rest
}

// clamp keeps the value and the bounds as they are: ints stay ints.
func clamp(l *engine.Loop, x, lo, hi, _ engine.Value) engine.Value {
	low, high := numberOf(lo), numberOf(hi)
	switch f := numberOf(x); {
	case low > high:
		l.Raise("ValueError", "clamp(): the least, "+floatText(low)+", is above the greatest, "+floatText(high))
	case f < low:
		return lo
	case f > high:
		return hi
	}
	return x
}
