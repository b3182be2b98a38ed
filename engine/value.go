package engine

import (
	"math"
	"slices"
	"strings"
	"unsafe"
)

// Value is one value of the language in 16 bytes: assigning one never allocates.
//
// A scalar has p pointing into scalarTag (the index there is its kind) and its bits in n. Anything else has p
// pointing at its data and its kind in the top byte of n; a string keeps its length in the bits below.
// The zero Value is null.
type Value struct {
	p unsafe.Pointer
	n uint64
}

var scalarTag [kindScalars]byte

const (
	kindShift = 56
	lenMask   = 1<<kindShift - 1
)

// Kind says what v holds.
func (v Value) Kind() Kind {
	if d := uintptr(v.p) - uintptr(unsafe.Pointer(&scalarTag)); d < uintptr(kindScalars) {
		return Kind(d)
	}
	return Kind(v.n >> kindShift)
}

// is reports whether v is of scalar kind k; quicker than Kind.
func (v Value) is(k Kind) bool { return v.p == unsafe.Pointer(&scalarTag[k]) }

// count adds k to v in place; false where v is not an integer or would overflow.
func (v *Value) count(k int32) bool {
	n := int64(v.n) + int64(k)
	if !v.is(KindInt) || (n > int64(v.n)) != (k > 0) {
		return false
	}
	v.n = uint64(n)
	return true
}

// Scalar makes a value of a scalar kind (a task, a handle, a queue …) from its number.
func scalar(k Kind, n uint64) Value { return Value{unsafe.Pointer(&scalarTag[k]), n} }

// Int makes an integer value.
func Int(i int64) Value { return Value{unsafe.Pointer(&scalarTag[KindInt]), uint64(i)} }

// Float makes a floating-point value.
func Float(f float64) Value { return Value{unsafe.Pointer(&scalarTag[KindFloat]), math.Float64bits(f)} }

// Bool makes a boolean value.
func Bool(b bool) Value {
	v := Value{p: unsafe.Pointer(&scalarTag[KindBool])}
	if b {
		v.n = 1
	}
	return v
}

// String makes a text value; the bytes are shared with s.
func String(s string) Value {
	if s == "" {
		return Value{unsafe.Pointer(&emptyString), uint64(KindString) << kindShift}
	}
	return Value{unsafe.Pointer(unsafe.StringData(s)), uint64(KindString)<<kindShift | uint64(len(s))}
}

var emptyString byte

func errorValue(e *Error) Value {
	return Value{unsafe.Pointer(e), uint64(KindError) << kindShift}
}

// Num is the number behind a scalar value: the bits of an int, the number of a task or a queue.
func (v Value) Num() uint64 { return v.n }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.p == nil || v.p == unsafe.Pointer(&scalarTag[KindNull]) }

// AsInt is the integer in v, whose kind must be KindInt.
func (v Value) AsInt() int64 { return int64(v.n) }

// AsFloat is the float in v, whose kind must be KindFloat.
func (v Value) AsFloat() float64 { return math.Float64frombits(v.n) }

// AsBool is the boolean in v, whose kind must be KindBool.
func (v Value) AsBool() bool { return v.n != 0 }

// AsString is the text in v, whose kind must be KindString.
func (v Value) AsString() string {
	return unsafe.String((*byte)(v.p), int(v.n&lenMask))
}

// AsError is the error in v, whose kind must be KindError.
func (v Value) AsError() *Error { return (*Error)(v.p) }

// Elems is the elements of a list; the caller must not change them.
func (v Value) Elems() []Value { return (*list)(v.p).elems }

// Keys is the sorted keys of a map; the caller must not change them.
func (v Value) Keys() []string { return (*dict)(v.p).inOrder().keys }

// Vals is the values of a map in the order of Keys; the caller must not change them.
func (v Value) Vals() []Value { return (*dict)(v.p).inOrder().vals }

// Size is how many entries a map has.
func (v Value) Size() int { return len((*dict)(v.p).keys) }

// Get is the value under key in a map.
func (v Value) Get(key string) (Value, bool) { return (*dict)(v.p).get(key) }

// Number is v as a float, and whether v is an int or a float.
func (v Value) Number() (float64, bool) {
	switch {
	case v.is(KindInt):
		return float64(v.AsInt()), true
	case v.is(KindFloat):
		return v.AsFloat(), true
	}
	return 0, false
}

// Equal reports whether a and b are the same value: 1 and 1.0 are, NaN and NaN are not. Loop.Equal is for values that
// a scenario made.
func Equal(a, b Value) bool { return equal(a, b, nil, 0) }

// Equal is like the function Equal; each element that is compared counts as a turn of a loop, and lists that are
// nested too deeply raise RecursionError.
func (l *Loop) Equal(a, b Value) bool { return equal(a, b, l, 0) }

// deeper reports whether values may be compared so deep inside others.
func (l *Loop) deeper(depth int) bool {
	if depth > maxDepthOfValues {
		l.Raise("RecursionError", "the values are nested too deeply to be compared")
	}
	return l.Turn()
}

func equalAll(a, b []Value, l *Loop, depth int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if l != nil && !l.deeper(depth) || !equal(a[i], b[i], l, depth) {
			return false
		}
	}
	return true
}

func equal(a, b Value, l *Loop, depth int) bool {
	ka, kb := a.Kind(), b.Kind()
	if ka != kb {
		if ka == KindInt && kb == KindFloat {
			return float64(a.AsInt()) == b.AsFloat()
		}
		if ka == KindFloat && kb == KindInt {
			return a.AsFloat() == float64(b.AsInt())
		}
		return false
	}
	switch ka {
	case KindNull:
		return true
	case KindFloat:
		return a.AsFloat() == b.AsFloat()
	case KindString:
		return a.AsString() == b.AsString()
	case KindList:
		return equalAll(a.Elems(), b.Elems(), l, depth+1)
	case KindMap:
		return slices.Equal(a.Keys(), b.Keys()) && equalAll(a.Vals(), b.Vals(), l, depth+1)
	case KindError:
		return a.p == b.p
	}
	return a.n == b.n
}

// Compare orders two numbers, two strings, two booleans, or two lists element by element, as Python does; ok is
// false where they have no order.
func Compare(a, b Value) (c int, ok bool) { return compare(a, b, nil, 0) }

// Compare is like the function Compare; each element that is compared counts as a turn of a loop, and lists that are
// nested too deeply raise RecursionError.
func (l *Loop) Compare(a, b Value) (c int, ok bool) { return compare(a, b, l, 0) }

func compare(a, b Value, l *Loop, depth int) (c int, ok bool) {
	ka, kb := a.Kind(), b.Kind()
	if ka == KindInt && kb == KindInt {
		return cmp3(a.AsInt(), b.AsInt()), true
	}
	if x, isNum := a.Number(); isNum {
		y, isNum := b.Number()
		return cmp3(x, y), isNum
	}
	if ka != kb {
		return 0, false
	}
	switch ka {
	case KindString:
		return strings.Compare(a.AsString(), b.AsString()), true
	case KindBool:
		return cmp3(a.n, b.n), true
	case KindList:
		x, y := a.Elems(), b.Elems()
		for i := range min(len(x), len(y)) {
			if l != nil && !l.deeper(depth+1) {
				return 0, true // it has failed
			}
			if c, ok := compare(x[i], y[i], l, depth+1); c != 0 || !ok {
				return c, ok
			}
		}
		return cmp3(len(x), len(y)), true
	}
	return 0, false
}

func cmp3[T int | int64 | uint64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
