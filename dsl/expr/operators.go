package expr

import (
	"math"
	"math/big"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"runloop/engine"
)

// What compiled expressions call at run time: the operators over values whose types are known only then, and the
// integer operations that raise OverflowError. A failed operation raises and returns any value of its type.

// valueCost is what an element of a list costs of the memory limit; a map's pays for its key, too.
const valueCost = 16

// What a list and a map cost besides, in values.
const (
	listHeader = 2
	mapHeader  = 4
)

// describeKind is the type of v with its article, in the language's words.
func describeKind(v engine.Value) string {
	switch k := v.Kind(); k {
	case engine.KindNull:
		return "null"
	case engine.KindInt, engine.KindEvent, engine.KindError:
		return "an " + k.String()
	default:
		return "a " + k.String()
	}
}

// ElemsOf is the elements of a list; none of anything else, which has raised by then.
func ElemsOf(v engine.Value) []engine.Value {
	if v.Kind() != engine.KindList {
		return nil
	}
	return v.Elems()
}

// textOf is the text in v; none of anything else, which has raised by then.
func textOf(v engine.Value) string {
	if v.Kind() != engine.KindString {
		return ""
	}
	return v.AsString()
}

// numberOf is the number in v; 0 of anything else, which has raised by then.
func numberOf(v engine.Value) float64 {
	f, _ := v.Number()
	return f
}

func overflow(l *engine.Loop, what string) int64 {
	l.Raise("OverflowError", what+" does not fit into 64 bits")
	return 0
}

func addInt(l *engine.Loop, a, b int64) int64 {
	s := a + b
	if (s > a) != (b > 0) {
		return overflow(l, "the sum of "+itoa(a)+" and "+itoa(b))
	}
	return s
}

func subInt(l *engine.Loop, a, b int64) int64 {
	d := a - b
	if (d < a) != (b > 0) {
		return overflow(l, "the difference of "+itoa(a)+" and "+itoa(b))
	}
	return d
}

func mulInt(l *engine.Loop, a, b int64) int64 {
	product, fits := multiplied(a, b)
	if !fits {
		return overflow(l, "the product of "+itoa(a)+" and "+itoa(b))
	}
	return product
}

// multiplied is a * b and whether it fits into 64 bits.
func multiplied(a, b int64) (product int64, fits bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	limit := uint64(math.MaxInt64)
	negative := (a < 0) != (b < 0)
	if negative {
		limit++
	}
	if negative {
		return -int64(lo), hi == 0 && lo <= limit
	}
	return int64(lo), hi == 0 && lo <= limit
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

func negInt(l *engine.Loop, a int64) int64 {
	if a == math.MinInt64 {
		return overflow(l, "-("+itoa(a)+")")
	}
	return -a
}

// modInt has the sign of a, as in Go.
func modInt(l *engine.Loop, a, b int64) int64 {
	if b == 0 {
		l.Raise("ZeroDivisionError", "integer modulo by zero")
		return 0
	}
	return a % b
}

func divFloat(l *engine.Loop, a, b float64) float64 {
	if b == 0 {
		l.Raise("ZeroDivisionError", "division by zero")
		return 0
	}
	return a / b
}

// divInt is a / b, rounded once as in Python: above 2**53 an integer is no float.
func divInt(l *engine.Loop, a, b int64) float64 {
	if max(magnitude(a), magnitude(b)) <= 1<<53 || b == 0 {
		return divFloat(l, float64(a), float64(b))
	}
	f, _ := new(big.Rat).SetFrac(big.NewInt(a), big.NewInt(b)).Float64()
	return f
}

func itoa(i int64) string { return strconv.FormatInt(i, 10) }

// arithmetic is a op b for + - * / % ** of values of any type.
func arithmetic(l *engine.Loop, op string, a, b engine.Value) engine.Value {
	ka, kb := a.Kind(), b.Kind()
	if ka == engine.KindInt && kb == engine.KindInt {
		x, y := a.AsInt(), b.AsInt()
		switch op {
		case "+":
			return engine.Int(addInt(l, x, y))
		case "-":
			return engine.Int(subInt(l, x, y))
		case "*":
			return engine.Int(mulInt(l, x, y))
		case "%":
			return engine.Int(modInt(l, x, y))
		case "/":
			return engine.Float(divInt(l, x, y))
		}
	}
	x, xok := a.Number()
	y, yok := b.Number()
	if xok && yok && op != "%" {
		return engine.Float(floatOp(l, op, x, y))
	}
	if op == "+" && ka == engine.KindString && kb == engine.KindString {
		return joinText(l, a.AsString(), b.AsString())
	}
	l.Raise("TypeError", "`"+op+"` does not work on "+describeKind(a)+" and "+describeKind(b))
	return engine.Int(0)
}

func floatOp(l *engine.Loop, op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return divFloat(l, x, y)
	}
	return power(l, x, y)
}

// power is x**y, always a float.
func power(l *engine.Loop, x, y float64) float64 {
	p := engine.Pow(x, y)
	switch {
	case math.IsInf(p, 0) && x == 0:
		l.Raise("ZeroDivisionError", "zero cannot be raised to a negative power")
	case math.IsNaN(p) && !math.IsNaN(x) && !math.IsNaN(y):
		l.Raise("ValueError", "a negative number cannot be raised to a power that is not whole")
	}
	return p
}

func joinText(l *engine.Loop, a, b string) engine.Value {
	s, _ := l.Join(a, b)
	return engine.String(s)
}

// negate is -v.
func negate(l *engine.Loop, v engine.Value) engine.Value {
	switch v.Kind() {
	case engine.KindInt:
		return engine.Int(negInt(l, v.AsInt()))
	case engine.KindFloat:
		return engine.Float(-v.AsFloat())
	}
	l.Raise("TypeError", "`-` does not work on "+describeKind(v))
	return engine.Int(0)
}

// ordered is a op b for < <= > >=; NaN is neither below, above nor equal to anything.
func ordered(l *engine.Loop, op string, a, b engine.Value) bool {
	x, xok := a.Number()
	y, yok := b.Number()
	if xok && yok && (a.Kind() == engine.KindFloat || b.Kind() == engine.KindFloat) {
		return holdsFloat(op, x, y)
	}
	c, ok := l.Compare(a, b)
	if !ok {
		l.Raise("TypeError", "`"+op+"` does not work on "+describeKind(a)+" and "+describeKind(b))
		return false
	}
	return holds(op, c)
}

func holdsFloat(op string, x, y float64) bool {
	switch op {
	case "<":
		return x < y
	case "<=":
		return x <= y
	case ">":
		return x > y
	}
	return x >= y
}

func holds(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// isIn is `a in b`: an element of a list, a key of a map.
func isIn(l *engine.Loop, a, b engine.Value) bool {
	switch b.Kind() {
	case engine.KindList:
		for _, e := range b.Elems() {
			if l.Equal(a, e) {
				return true
			}
			if !l.Turn() {
				break
			}
		}
		return false
	case engine.KindMap:
		if a.Kind() != engine.KindString {
			return false
		}
		_, found := b.Get(a.AsString())
		return found
	}
	l.Raise("TypeError", "`in` looks into a list or a map, not into "+describeKind(b))
	return false
}

// textTest is `a op b` for contains, startsWith and endsWith.
func textTest(op, a, b string) bool {
	switch op {
	case "contains":
		return strings.Contains(a, b)
	case "startsWith":
		return strings.HasPrefix(a, b)
	}
	return strings.HasSuffix(a, b)
}

// matches is `text matches pattern` with a pattern that is not a literal.
func matches(l *engine.Loop, text, pattern string) bool {
	re, err := regexp.Compile(pattern)
	if err != nil {
		l.Raise("ValueError", patternProblem(pattern, err))
		return false
	}
	return re.MatchString(text)
}

func patternProblem(pattern string, err error) string {
	return strconv.Quote(pattern) + " is not a regular expression: " +
		strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// rangeOf is the list a..b, both included; empty where a > b.
func rangeOf(l *engine.Loop, a, b int64) engine.Value {
	if a > b {
		return engine.List(nil)
	}
	n := uint64(b) - uint64(a) + 1
	if n == 0 || n > math.MaxInt32/valueCost {
		l.Raise("ValueError", "the range "+itoa(a)+".."+itoa(b)+" is too long for a list")
		return engine.List(nil)
	}
	if !l.Charge(int(n) * valueCost) {
		return engine.List(nil)
	}
	elems := make([]engine.Value, n)
	for i := range elems {
		elems[i] = engine.Int(a + int64(i))
	}
	return engine.List(elems)
}

// indexList is elems[i]; a negative i counts from the end.
func indexList(l *engine.Loop, elems []engine.Value, i int64) engine.Value {
	n := int64(len(elems))
	at := i
	if at < 0 {
		at += n
	}
	if uint64(at) >= uint64(n) {
		l.Raise("IndexError", "list index "+itoa(i)+" is out of range: the list has "+itoa(n)+" elements")
		return engine.Value{}
	}
	return elems[at]
}

// indexText is the i-th character of s; a negative i counts from the end.
func indexText(l *engine.Loop, s string, i int64) engine.Value {
	n := int64(utf8.RuneCountInString(s))
	at := i
	if at < 0 {
		at += n
	}
	if uint64(at) >= uint64(n) {
		l.Raise("IndexError", "text index "+itoa(i)+" is out of range: the text has "+itoa(n)+" characters")
		return engine.String("")
	}
	from := charOffset(s, at)
	_, size := utf8.DecodeRuneInString(s[from:])
	return engine.String(s[from : from+size])
}

// charOffset is the byte offset of character n of s.
func charOffset(s string, n int64) int {
	if len(s) == utf8.RuneCountInString(s) {
		return int(n)
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// index is v[key] for values of any type. The key that a map does not have gives null.
func index(l *engine.Loop, v, key engine.Value) engine.Value {
	switch k := v.Kind(); {
	case k == engine.KindList && key.Kind() == engine.KindInt:
		return indexList(l, v.Elems(), key.AsInt())
	case k == engine.KindMap && key.Kind() == engine.KindString:
		e, _ := v.Get(key.AsString())
		return e
	case k == engine.KindString && key.Kind() == engine.KindInt:
		return indexText(l, v.AsString(), key.AsInt())
	case k == engine.KindList, k == engine.KindString:
		l.Raise("TypeError", "the index of "+describeKind(v)+" is an int, not "+describeKind(key))
	case k == engine.KindMap:
		l.Raise("TypeError", "the key of a map is a string, not "+describeKind(key))
	case key.Kind() == engine.KindString:
		return attribute(l, v, key.AsString())
	default:
		l.Raise("TypeError", describeKind(v)+" has no elements")
	}
	return engine.Value{}
}

// attribute is v.name for a value whose type is known only at run time.
func attribute(l *engine.Loop, v engine.Value, name string) engine.Value {
	switch v.Kind() {
	case engine.KindMap:
		e, _ := v.Get(name)
		return e
	case engine.KindNull:
		l.Raise("TypeError", "null has no attribute `"+name+"`")
		return engine.Value{}
	}
	kind := TypeKind(max(slices.Index(valueKinds[:], v.Kind()), 0))
	if a, ok := findAttribute(kind, name); ok {
		return l.Attr(v, a.attr)
	}
	l.Raise("TypeError", describeKind(v)+" has no attribute `"+name+"`")
	return engine.Value{}
}

// sliceOf is v[from:to] of a list or of text, as Python's slices; without hasTo it goes to the end.
func sliceOf(l *engine.Loop, v engine.Value, from, to int64, hasTo bool) engine.Value {
	switch v.Kind() {
	case engine.KindList:
		elems := v.Elems()
		a, b := sliceBounds(int64(len(elems)), from, to, hasTo)
		return partOf(l, v, a, b)
	case engine.KindString:
		s := v.AsString()
		a, b := sliceBounds(int64(utf8.RuneCountInString(s)), from, to, hasTo)
		return engine.String(s[charOffset(s, a):charOffset(s, b)])
	}
	l.Raise("TypeError", "only a list or text can be sliced, not "+describeKind(v))
	return engine.Value{}
}

// partOf is elements a to b of a list.
func partOf(l *engine.Loop, list engine.Value, a, b int64) engine.Value {
	if part, ok := l.Part(list, int(a), int(b)); ok {
		l.Charge(listHeader * valueCost)
		return part
	}
	return copyList(l, list.Elems()[a:b])
}

func sliceBounds(n, from, to int64, hasTo bool) (a, b int64) {
	if !hasTo {
		to = n
	}
	if from < 0 {
		from += n
	}
	if to < 0 {
		to += n
	}
	b = min(max(to, 0), n)
	return min(max(from, 0), b), b
}

// copyList is a new list with the given elements.
func copyList(l *engine.Loop, elems []engine.Value) engine.Value {
	if !l.Charge((len(elems) + listHeader) * valueCost) {
		return engine.List(nil)
	}
	out := make([]engine.Value, len(elems))
	for i, e := range elems {
		out[i] = l.Escape(e)
	}
	return engine.List(out)
}

// NewList is a list that takes over elems, accounted for.
func NewList(l *engine.Loop, elems []engine.Value) engine.Value {
	if !l.Charge((len(elems) + listHeader) * valueCost) {
		return engine.List(nil)
	}
	return engine.List(elems)
}

// NewMap is a map of pairs in any order, accounted for.
func NewMap(l *engine.Loop, keys []string, vals []engine.Value) engine.Value {
	size := mapHeader * valueCost
	for _, k := range keys {
		size += len(k) + 2*valueCost
	}
	if !l.Charge(size) {
		return engine.Map(nil, nil)
	}
	return engine.Map(keys, vals)
}

// nanos turns a time in the scenario's unit into nanoseconds, to nearest, ties to even. Below zero stays below zero: already due. Above zero
// stays above zero, so that a wait for what is left moves the clock.
func nanos(l *engine.Loop, s float64) int64 {
	ns := math.RoundToEven(s * float64(l.UnitNanos()))
	switch {
	case ns >= math.MinInt64 && ns < 1<<63 && (ns != 0 || s <= 0):
		return int64(ns)
	case ns == 0:
		return 1
	case math.IsNaN(s):
		l.Raise("ValueError", "nan "+l.Unit().Name+" is no time")
	default:
		l.Raise("OverflowError", string(engine.AppendFloat(nil, s))+" "+l.Unit().Name+" is no time: at most 292 years fit")
	}
	return 0
}

// moment turns a loop time in the scenario's unit into nanoseconds: nanos(s), or the least after it at which `now >= s` holds.
func moment(l *engine.Loop, s float64) int64 {
	ns := nanos(l, s)
	for l.InUnits(ns) < s && ns < math.MaxInt64 && !l.Failed() {
		ns++
	}
	return ns
}

// wholeNanos is one of the above for an integer, without a detour through floats where they could be inexact.
func wholeNanos(l *engine.Loop, s int64, convert func(*engine.Loop, float64) int64) int64 {
	unit := l.UnitNanos()
	if exact := 1 << 53 / unit; s > exact || s < -exact {
		return convert(l, float64(s))
	}
	return s * unit
}
