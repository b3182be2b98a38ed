package report

import (
	"bytes"
	"encoding/json"
	"math"

	"runloop/engine"
)

// A value is shown up to a depth and up to about a size in bytes; the rest becomes "…". Because lists share elements,
// a small one can be endless when written out.
const (
	maxDepth = 1000
	maxSize  = 16 << 20
)

// appendJSON appends v as strict JSON. It differs from engine.AppendJSON, which is the language's own rendering, in
// floats that JSON lacks: they become the strings "nan", "inf" and "-inf".
func appendJSON(dst []byte, names engine.Names, v engine.Value, depth int) []byte {
	if depth > maxDepth || len(dst) > maxSize {
		return append(dst, `"…"`...)
	}
	switch v.Kind() {
	case engine.KindNull:
		return append(dst, "null"...)
	case engine.KindBool, engine.KindInt:
		return engine.AppendText(dst, names, v)
	case engine.KindFloat:
		if f := v.AsFloat(); math.IsNaN(f) || math.IsInf(f, 0) {
			return appendString(dst, string(engine.AppendText(nil, names, v)))
		}
		return engine.AppendText(dst, names, v)
	case engine.KindList:
		dst = append(dst, '[')
		for i, e := range v.Elems() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, names, e, depth+1)
		}
		return append(dst, ']')
	case engine.KindMap:
		dst = append(dst, '{')
		for i, k := range v.Keys() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, k), ':')
			dst = appendJSON(dst, names, v.Vals()[i], depth+1)
		}
		return append(dst, '}')
	}
	return appendString(dst, string(engine.AppendText(nil, names, v)))
}

// appendString appends s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can always be encoded
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte{'\n'})...)
}
