package engine

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// maxDepthOfValues is how deep a list or a map may be nested for it to be rendered or compared: Python's limit of
// recursion.
const maxDepthOfValues = 1000

// AppendText appends v as it appears in text: strings as they are, floats as Python's repr, lists and maps as JSON.
// names may be nil where v has no task, handle or object in it. Loop.AppendText is for values that a scenario made.
func AppendText(dst []byte, names Names, v Value) []byte {
	r := renderer{names: names}
	return r.append(dst, v, false, 0)
}

// AppendJSON is like AppendText, but appends v as JSON; tasks, handles and objects as strings.
func AppendJSON(dst []byte, names Names, v Value) []byte {
	r := renderer{names: names}
	return r.append(dst, v, true, 0)
}

// AppendText is like the function AppendText; a value that is nested too deeply raises RecursionError, and one that
// takes too much room comes to the memory limit.
func (l *Loop) AppendText(dst []byte, v Value) []byte {
	r := renderer{names: l, run: l, start: len(dst)}
	return r.append(dst, v, false, 0)
}

// AppendJSON is like the function AppendJSON, within the bounds of Loop.AppendText.
func (l *Loop) AppendJSON(dst []byte, v Value) []byte {
	r := renderer{names: l, run: l, start: len(dst)}
	return r.append(dst, v, true, 0)
}

// renderer renders one value.
type renderer struct {
	names Names // nil: nothing has a name
	run   *Loop // whose limits hold; nil: none do
	start int   // where the value begins
	most  int   // about how many bytes are wanted; 0: all
}

// append appends v, which is so deep inside the value.
func (r *renderer) append(dst []byte, v Value, json bool, depth int) []byte {
	if depth > maxDepthOfValues {
		r.tooDeep(v)
		return dst
	}
	if depth > 0 && r.run != nil && !r.run.Room(len(dst)-r.start) {
		return dst
	}
	if r.enough(dst) {
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
		return r.list(dst, v.Elems(), depth+1)
	case KindMap:
		return r.dict(dst, v.Keys(), v.Vals(), depth+1)
	}
	if json {
		return appendQuoted(dst, string(r.special(nil, v)))
	}
	return r.special(dst, v)
}

// enough reports whether as much was appended as is wanted.
func (r *renderer) enough(dst []byte) bool { return r.most > 0 && len(dst)-r.start > r.most }

// tooDeep raises what Python does where v is nested too deeply.
func (r *renderer) tooDeep(v Value) {
	if r.run != nil {
		r.run.Raise("RecursionError", "the "+v.Kind().String()+" is nested too deeply to be shown")
	}
}

func (r *renderer) list(dst []byte, elems []Value, depth int) []byte {
	dst = append(dst, '[')
	for i, e := range elems {
		if r.enough(dst) {
			break
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = r.append(dst, e, true, depth)
	}
	return append(dst, ']')
}

func (r *renderer) dict(dst []byte, keys []string, vals []Value, depth int) []byte {
	dst = append(dst, '{')
	for i, k := range keys {
		if r.enough(dst) {
			break
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(appendQuoted(dst, k), ": "...)
		dst = r.append(dst, vals[i], true, depth)
	}
	return append(dst, '}')
}

// special appends a task, a handle, an object or an error.
func (r *renderer) special(dst []byte, v Value) []byte {
	k := v.Kind()
	if k == KindError {
		return append(dst, v.AsError().Error()...)
	}
	dst = append(append(dst, '<'), classes[k]...)
	if r.names != nil {
		if name := r.names.NameOf(v); name != "" {
			dst = append(append(dst, ' '), name...)
		}
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
