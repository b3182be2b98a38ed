package engine

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// maxDepthOfValues is how deep a list or a map may be nested for it to be rendered or compared: Python's limit of
// recursion.
const maxDepthOfValues = 1000

// appendValue appends v as text, or as JSON.
func appendValue(dst []byte, l *Loop, v Value, json bool) []byte {
	return appendNested(dst, l, v, json, 0, len(dst))
}

// appendNested appends v, which is so deep inside what begins at start.
func appendNested(dst []byte, l *Loop, v Value, json bool, depth, start int) []byte {
	if depth > maxDepthOfValues {
		l.Raise("RecursionError", "the "+v.Kind().String()+" is nested too deeply to be shown")
		return dst
	}
	if depth > 0 && l != nil && !l.Room(len(dst)-start) {
		return dst
	}
	switch v.Kind() {
	case KindNull:
		return append(dst, "null"...)
	case KindBool:
		return strconv.AppendBool(dst, v.AsBool())
	case KindInt:
		return strconv.AppendInt(dst, v.AsInt(), 10)
	case KindFloat:
		if json {
			return appendJSONFloat(dst, v.AsFloat())
		}
		return AppendFloat(dst, v.AsFloat())
	case KindString:
		if json {
			return appendQuoted(dst, v.AsString())
		}
		return append(dst, v.AsString()...)
	case KindList:
		dst = append(dst, '[')
		for i, e := range v.Elems() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendNested(dst, l, e, true, depth+1, start)
		}
		return append(dst, ']')
	case KindMap:
		dst = append(dst, '{')
		vals := v.Vals()
		for i, k := range v.Keys() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendQuoted(dst, k), ": "...)
			dst = appendNested(dst, l, vals[i], true, depth+1, start)
		}
		return append(dst, '}')
	}
	if json {
		return appendQuoted(dst, string(appendSpecial(nil, l, v)))
	}
	return appendSpecial(dst, l, v)
}

// objectWords is how the kinds of objects are called in text, as Python's classes are.
var objectWords = [...]string{
	KindFuture: "Future", KindQueue: "Queue", KindLock: "Lock", KindSemaphore: "Semaphore", KindEvent: "Event",
	KindCondition: "Condition", KindBarrier: "Barrier", KindGroup: "TaskGroup", KindResource: "Resource",
	KindContainer: "Container",
}

// appendSpecial appends a task, a handle, an object or an error.
func appendSpecial(dst []byte, l *Loop, v Value) []byte {
	var word, name string
	switch k := v.Kind(); k {
	case KindError:
		return append(dst, v.AsError().Error()...)
	case KindTask:
		word, name = "Task", l.taskName(uint32(v.n))
	case KindHandle:
		word, name = "Handle", l.handleName(uint32(v.n))
	default:
		word, name = objectWords[k], l.objectName(k, uint32(v.n))
	}
	dst = append(append(dst, '<'), word...)
	if name != "" {
		dst = append(append(dst, ' '), name...)
	}
	return append(dst, '>')
}

// AppendFloat appends f as Python's repr shows it: the shortest digits that read back as f, with a point or an
// exponent; `3.0`, `1e+16`, `1e-05`, `inf`, `-inf`, `nan`, `-0.0`.
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// appendJSONFloat differs from AppendFloat as Python's json.dumps from repr: in the values that JSON does not have.
func appendJSONFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return AppendFloat(dst, f)
}

// appendQuoted appends s in JSON quotes, as json.dumps with ensure_ascii=False does; bytes that are not UTF-8 become
// U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case r < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r < utf8.RuneSelf:
			dst = append(dst, s[i])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
