package expr

import (
	"math"
	"math/big"
	"slices"

	"runloop/engine"
)

// percentile is between the two values next to it, as statistics.quantiles(method="inclusive") has it.
func percentile(l *engine.Loop, list, p, _, _ engine.Value) engine.Value {
	values, ok := numbers(l, "percentile", []engine.Value{list})
	if !ok {
		return engine.Float(0)
	}
	part := numberOf(p)
	if !(part >= 0 && part <= 100) {
		l.Raise("ValueError", "percentile(): it must be from 0 to 100, not "+floatText(part))
		return engine.Float(0)
	}
	slices.Sort(values)
	place := float64(part * float64(len(values)-1))
	at := math.Floor(place / 100)
	beyond := place - float64(at*100)
	if beyond == 0 {
		return engine.Float(values[int(at)])
	}
	low, high := values[int(at)], values[int(at)+1]
	return engine.Float((float64(low*(100-beyond)) + float64(high*beyond)) / 100)
}

func variance(l *engine.Loop, args []engine.Value) engine.Value {
	over, under, ok := squares(l, "variance", args)
	if !ok {
		return engine.Float(math.NaN())
	}
	f, _ := new(big.Rat).SetFrac(over, under).Float64()
	return engine.Float(f)
}

func stdev(l *engine.Loop, args []engine.Value) engine.Value {
	over, under, ok := squares(l, "stdev", args)
	if !ok {
		return engine.Float(math.NaN())
	}
	const bits = 256
	q := new(big.Float).SetPrec(bits).SetRat(new(big.Rat).SetFrac(over, under))
	f, _ := q.Sqrt(q).Float64()
	return engine.Float(f)
}

// squares is the variance of a sample as a fraction, exact as in Python's statistics: the floats are whole multiples of
// one power of two. ok is false after it has raised, or where a value is not finite.
func squares(l *engine.Loop, name string, args []engine.Value) (over, under *big.Int, ok bool) {
	values := operands(args)
	n := len(values)
	if n < 2 {
		l.Raise("ValueError", name+"(): there must be at least two values")
		return nil, nil, false
	}
	parts, unit, ok := wholeParts(l, name, values)
	if !ok {
		return nil, nil, false
	}
	total, squared := new(big.Int), new(big.Int)
	for _, part := range parts {
		total.Add(total, part)
		squared.Add(squared, new(big.Int).Mul(part, part))
	}
	count := big.NewInt(int64(n))
	over = squared.Mul(squared, count).Sub(squared, total.Mul(total, total))
	under = count.Mul(count, big.NewInt(int64(n-1)))
	under.Lsh(under, uint(-2*unit))
	return over, under, true
}

// wholeParts is the values as multiples of 2**unit, which is at most 0.
func wholeParts(l *engine.Loop, name string, values []engine.Value) (parts []*big.Int, unit int, ok bool) {
	for _, v := range values {
		f, isNumber := v.Number()
		switch {
		case !isNumber:
			l.Raise("TypeError", name+"() works on numbers, not on "+describeKind(v))
			return nil, 0, false
		case math.IsNaN(f) || math.IsInf(f, 0):
			return nil, 0, false
		case v.Kind() == engine.KindFloat && f != math.Trunc(f):
			_, e := math.Frexp(f)
			unit = min(unit, max(e-53, -1074))
		}
	}
	for _, v := range values {
		if !l.Turn() {
			return nil, 0, false
		}
		part := big.NewInt(0)
		if v.Kind() == engine.KindInt {
			part.SetInt64(v.AsInt())
			part.Lsh(part, uint(-unit))
		} else {
			exact := new(big.Float).SetFloat64(v.AsFloat())
			exact.SetMantExp(exact, -unit).Int(part)
		}
		parts = append(parts, part)
	}
	return parts, unit, true
}

func cumsum(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	var out []engine.Value
	for i, v := range ElemsOf(list) {
		if _, isNumber := v.Number(); !isNumber {
			l.Raise("TypeError", "cumsum() works on numbers, not on "+describeKind(v))
			return list
		}
		if i > 0 {
			v = arithmetic(l, "+", out[i-1], v)
		}
		out = append(out, v)
	}
	return NewList(l, out)
}
