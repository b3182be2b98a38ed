package expr

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"runloop/engine"
)

func absolute(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	switch {
	case x.Kind() == engine.KindFloat:
		return engine.Float(math.Abs(x.AsFloat()))
	case x.AsInt() < 0:
		return engine.Int(negInt(l, x.AsInt()))
	}
	return x
}

// whole is a float that has no fraction as an integer; NaN and what does not fit raise as in Python.
func whole(l *engine.Loop, f float64) engine.Value {
	switch {
	case math.IsNaN(f):
		l.Raise("ValueError", "NaN cannot be turned into an int")
	case math.IsInf(f, 0) || f < math.MinInt64 || f >= 1<<63:
		overflow(l, string(engine.AppendFloat(nil, f)))
	default:
		return engine.Int(int64(f))
	}
	return engine.Int(0)
}

func ceil(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	if x.Kind() == engine.KindInt {
		return x
	}
	return whole(l, math.Ceil(numberOf(x)))
}

func floor(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	if x.Kind() == engine.KindInt {
		return x
	}
	return whole(l, math.Floor(numberOf(x)))
}

// round is Python's: to even, to n decimal digits of the exact value; negative n rounds before the point.
func round(l *engine.Loop, x, n, _, _ engine.Value) engine.Value {
	isInt := x.Kind() == engine.KindInt
	switch {
	case n.IsNull() && isInt, isInt && n.AsInt() >= 0:
		return x
	case n.IsNull():
		return whole(l, math.RoundToEven(numberOf(x)))
	case isInt:
		return roundInt(l, x.AsInt(), -n.AsInt())
	}
	f, digits := x.AsFloat(), n.AsInt()
	if math.IsNaN(f) || math.IsInf(f, 0) || digits > 323 {
		return x
	}
	if digits < 0 {
		r := roundTens(f, -digits)
		if math.IsInf(r, 0) {
			l.Raise("OverflowError", "rounded value too large to represent")
		}
		return engine.Float(r)
	}
	r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(digits), 64), 64)
	return engine.Float(r)
}

// allDigits is how many decimal digits behind the first a float has at most.
const allDigits = 766

// roundTens rounds to a multiple of 10**n, ties to even, by all the decimal digits that f has.
func roundTens(f float64, n int64) float64 {
	none := math.Copysign(0, f)
	if n > 308 || f == 0 {
		return none
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(f), 'e', allDigits, 64), "e")
	e, _ := strconv.Atoi(exponent)
	switch left := e - int(n); { // so many digits are left, after the first
	case left >= 0:
		r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'e', left, 64), 64)
		return r
	case left == -1 && strings.TrimRight(digits, "0") > "5.":
		r, _ := strconv.ParseFloat("1e"+itoa(n), 64)
		return math.Copysign(r, f)
	}
	return none
}

func roundInt(l *engine.Loop, i, n int64) engine.Value {
	if n > 18 {
		return engine.Int(0)
	}
	ten := int64(1)
	for range n {
		ten *= 10
	}
	rest := i % ten
	base := i - rest
	half := ten / 2
	up := max(rest, -rest) > half || max(rest, -rest) == half && (base/ten)%2 != 0
	switch {
	case !up:
		return engine.Int(base)
	case i < 0:
		return engine.Int(subInt(l, base, ten))
	}
	return engine.Int(addInt(l, base, ten))
}

func toInt(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	switch x.Kind() {
	case engine.KindInt:
		return x
	case engine.KindFloat:
		return whole(l, math.Trunc(x.AsFloat()))
	case engine.KindBool:
		return engine.Int(int64(x.Num()))
	}
	s := textOf(x)
	digits := strings.TrimSpace(s)
	if !plainDigits(digits, false) {
		l.Raise("ValueError", "int(): "+strconv.Quote(s)+" is not an integer")
		return engine.Int(0)
	}
	i, err := strconv.ParseInt(strings.ReplaceAll(digits, "_", ""), 10, 64)
	if err != nil {
		overflow(l, strings.TrimSpace(s))
	}
	return engine.Int(i)
}

// plainDigits reports whether s is a decimal number as Python reads one: a sign, digits with single underscores
// between them; a float may have a point and an exponent.
func plainDigits(s string, float bool) bool {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '_':
			if i == 0 || i == len(s)-1 || !isDigit(s[i-1]) || !isDigit(s[i+1]) {
				return false
			}
		case c == '+' || c == '-':
			if i > 0 && !(float && (s[i-1] == 'e' || s[i-1] == 'E')) {
				return false
			}
		case !float || c != '.' && c != 'e' && c != 'E':
			return false
		}
	}
	return digits > 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func toFloat(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	if f, ok := x.Number(); ok {
		return engine.Float(f)
	}
	if x.Kind() == engine.KindBool {
		return engine.Float(float64(x.Num()))
	}
	s := strings.TrimSpace(textOf(x))
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "inf", "infinity", "nan":
		f, err := strconv.ParseFloat(s, 64)
		if err == nil {
			return engine.Float(f)
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if !plainDigits(s, true) || err != nil && !math.IsInf(f, 0) {
		l.Raise("ValueError", "float(): "+strconv.Quote(textOf(x))+" is not a number")
		return engine.Float(0)
	}
	return engine.Float(f)
}

func maximum(l *engine.Loop, args []engine.Value) engine.Value {
	return pickExtreme(l, "max", ">", args)
}

func minimum(l *engine.Loop, args []engine.Value) engine.Value {
	return pickExtreme(l, "min", "<", args)
}

// operands is the values of an aggregate: the arguments, or the elements of the only one.
func operands(args []engine.Value) []engine.Value {
	if len(args) == 1 && args[0].Kind() == engine.KindList {
		return args[0].Elems()
	}
	return args
}

func pickExtreme(l *engine.Loop, name, op string, args []engine.Value) engine.Value {
	values := operands(args)
	if len(values) == 0 {
		l.Raise("ValueError", name+"(): there are no values")
		return engine.Value{}
	}
	best := values[0]
	for _, v := range values[1:] {
		if ordered(l, op, v, best) {
			best = v
		}
	}
	return best
}

// numbers is the values of an aggregate as floats; ok is false after it has raised.
func numbers(l *engine.Loop, name string, args []engine.Value) (out []float64, ok bool) {
	values := operands(args)
	if len(values) == 0 {
		l.Raise("ValueError", name+"(): there are no values")
		return nil, false
	}
	for _, v := range values {
		f, isNumber := v.Number()
		if !isNumber {
			l.Raise("TypeError", name+"() works on numbers, not on "+describeKind(v))
			return nil, false
		}
		out = append(out, f)
	}
	return out, true
}

func mean(l *engine.Loop, args []engine.Value) engine.Value {
	values, ok := numbers(l, "mean", args)
	if !ok {
		return engine.Float(0)
	}
	sum := 0.0
	for _, f := range values {
		sum += f
	}
	return engine.Float(sum / float64(len(values)))
}

func median(l *engine.Loop, args []engine.Value) engine.Value {
	values, ok := numbers(l, "median", args)
	if !ok {
		return engine.Float(0)
	}
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return engine.Float(values[n/2])
	}
	return engine.Float((values[n/2-1] + values[n/2]) / 2)
}

func bitOp(f func(a, b int64) int64) func(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	return func(_ *engine.Loop, a, b, _, _ engine.Value) engine.Value { return engine.Int(f(a.AsInt(), b.AsInt())) }
}

func shift(f func(a int64, n uint64) int64) func(l *engine.Loop, a, n, _, _ engine.Value) engine.Value {
	return func(l *engine.Loop, a, n, _, _ engine.Value) engine.Value {
		if n.AsInt() < 0 {
			l.Raise("ValueError", "the number of bits to shift by must not be negative, it is "+itoa(n.AsInt()))
			return a
		}
		return engine.Int(f(a.AsInt(), uint64(n.AsInt())))
	}
}

// toSeconds reads a duration as ParseDuration does.
func toSeconds(l *engine.Loop, text, _, _, _ engine.Value) engine.Value {
	ns, err := ParseDuration(text.AsString(), l.UnitNanos())
	if err != nil {
		l.Raise("ValueError", err.Error())
		return engine.Value{}
	}
	return engine.Float(l.InUnits(ns))
}
