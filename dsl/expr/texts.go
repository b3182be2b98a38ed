package expr

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"runloop/engine"
)

// newText is a text value, accounted for.
func newText(l *engine.Loop, s string) engine.Value {
	if !l.Charge(len(s)) {
		return engine.String("")
	}
	return engine.String(s)
}

func trim(l *engine.Loop, s, chars, _, _ engine.Value) engine.Value {
	if chars.IsNull() {
		return engine.String(strings.TrimSpace(textOf(s)))
	}
	return engine.String(strings.Trim(textOf(s), textOf(chars)))
}

func trimPrefix(l *engine.Loop, s, prefix, _, _ engine.Value) engine.Value {
	return engine.String(strings.TrimPrefix(textOf(s), textOf(prefix)))
}

func trimSuffix(l *engine.Loop, s, suffix, _, _ engine.Value) engine.Value {
	return engine.String(strings.TrimSuffix(textOf(s), textOf(suffix)))
}

func upper(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	return newText(l, strings.ToUpper(textOf(s)))
}

func lower(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	return newText(l, strings.ToLower(textOf(s)))
}

// limit is an optional count as package strings has it: absent, all.
func limit(n engine.Value) int {
	if n.IsNull() {
		return -1
	}
	return int(min(max(n.AsInt(), -1), math.MaxInt32))
}

func split(l *engine.Loop, s, separator, n, _ engine.Value) engine.Value {
	if !roomToSplit(l, textOf(s), textOf(separator)) {
		return engine.List(nil)
	}
	return textList(l, strings.SplitN(textOf(s), textOf(separator), limit(n)))
}

func splitAfter(l *engine.Loop, s, separator, n, _ engine.Value) engine.Value {
	if !roomToSplit(l, textOf(s), textOf(separator)) {
		return engine.List(nil)
	}
	return textList(l, strings.SplitAfterN(textOf(s), textOf(separator), limit(n)))
}

// roomToSplit accounts for the parts of a text before there are any.
func roomToSplit(l *engine.Loop, s, separator string) bool {
	return l.Charge(int(min(int64(strings.Count(s, separator))*valueCost, math.MaxInt32)))
}

func textList(l *engine.Loop, parts []string) engine.Value {
	elems := make([]engine.Value, len(parts))
	for i, p := range parts {
		elems[i] = engine.String(p)
	}
	return NewList(l, elems)
}

func replace(l *engine.Loop, s, old, with, n engine.Value) engine.Value {
	text, from, to := textOf(s), textOf(old), textOf(with)
	times := int64(strings.Count(text, from))
	if most := limit(n); most >= 0 {
		times = min(times, int64(most))
	}
	if size := int64(len(text)) + times*int64(len(to)-len(from)); !l.Charge(int(min(size, math.MaxInt32))) {
		return s
	}
	return engine.String(strings.Replace(text, from, to, int(times)))
}

func repeatText(l *engine.Loop, s, n, _, _ engine.Value) engine.Value {
	text, times := textOf(s), n.AsInt()
	if times < 0 {
		l.Raise("ValueError", "repeat(): the count must not be negative, it is "+itoa(times))
		return s
	}
	if text == "" || times == 0 {
		return engine.String("")
	}
	if times > math.MaxInt32/int64(len(text)) {
		l.Raise("OverflowError", "repeat(): the text would be too long")
		return s
	}
	if !l.Charge(len(text) * int(times)) {
		return s
	}
	return engine.String(strings.Repeat(text, int(times)))
}

func joinList(l *engine.Loop, list, separator, _, _ engine.Value) engine.Value {
	between := textOf(separator)
	parts := make([]string, len(ElemsOf(list)))
	size := int64(0)
	for i, e := range ElemsOf(list) {
		parts[i] = textOf(e)
		size += int64(len(parts[i]) + len(between))
	}
	if !l.Charge(int(min(size, math.MaxInt32))) {
		return engine.String("")
	}
	return engine.String(strings.Join(parts, between))
}

// characters turns a byte offset in s, or -1, into one of characters.
func characters(s string, offset int) engine.Value {
	if offset < 0 {
		return engine.Int(-1)
	}
	return engine.Int(int64(utf8.RuneCountInString(s[:offset])))
}

func indexOf(l *engine.Loop, s, part, _, _ engine.Value) engine.Value {
	return characters(textOf(s), strings.Index(textOf(s), textOf(part)))
}

func lastIndexOf(l *engine.Loop, s, part, _, _ engine.Value) engine.Value {
	return characters(textOf(s), strings.LastIndex(textOf(s), textOf(part)))
}

func hasPrefix(l *engine.Loop, s, prefix, _, _ engine.Value) engine.Value {
	return engine.Bool(strings.HasPrefix(textOf(s), textOf(prefix)))
}

func hasSuffix(l *engine.Loop, s, suffix, _, _ engine.Value) engine.Value {
	return engine.Bool(strings.HasSuffix(textOf(s), textOf(suffix)))
}

func toJSON(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	return newText(l, string(l.AppendJSON(nil, v)))
}

func toText(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	if v.Kind() == engine.KindString {
		return v
	}
	return newText(l, string(l.AppendText(nil, v)))
}

func fromJSON(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	const perByte = 16 // what decoding takes at most for each byte: `[0,0,0` is the worst
	if !l.Charge(int(min(int64(len(textOf(s)))*perByte, math.MaxInt32))) {
		return engine.Value{}
	}
	decoder := json.NewDecoder(strings.NewReader(textOf(s)))
	decoder.UseNumber()
	var v any
	err := decoder.Decode(&v)
	if err == nil && decoder.More() {
		l.Raise("ValueError", "fromJSON(): there is more text after the value")
		return engine.Value{}
	}
	if err != nil {
		l.Raise("ValueError", "fromJSON(): the text is not JSON: "+strings.TrimPrefix(err.Error(), "json: "))
		return engine.Value{}
	}
	return jsonValue(l, v)
}

func jsonValue(l *engine.Loop, v any) engine.Value {
	switch v := v.(type) {
	case bool:
		return engine.Bool(v)
	case string:
		return newText(l, v)
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return engine.Int(i)
		}
		f, err := v.Float64()
		if err != nil {
			l.Raise("ValueError", "fromJSON(): the number "+v.String()+" is too large")
		}
		return engine.Float(f)
	case []any:
		elems := make([]engine.Value, len(v))
		for i, e := range v {
			elems[i] = jsonValue(l, e)
		}
		return NewList(l, elems)
	case map[string]any:
		names := make([]string, 0, len(v))
		for k := range v {
			names = append(names, k)
		}
		slices.Sort(names)
		vals := make([]engine.Value, len(names))
		for i, k := range names {
			vals[i] = jsonValue(l, v[k])
		}
		return NewMap(l, names, vals)
	}
	return engine.Value{}
}

func toBase64(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	return newText(l, base64.StdEncoding.EncodeToString([]byte(textOf(s))))
}

func fromBase64(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	b, err := base64.StdEncoding.DecodeString(textOf(s))
	if err != nil || !utf8.Valid(b) {
		l.Raise("ValueError", "fromBase64(): this is not text in Base64")
		return engine.String("")
	}
	return newText(l, string(b))
}

func lpad(l *engine.Loop, s, width, fill, _ engine.Value) engine.Value {
	return newText(l, padding(l, "lpad", s, width, fill)+textOf(s))
}

func rpad(l *engine.Loop, s, width, fill, _ engine.Value) engine.Value {
	return newText(l, textOf(s)+padding(l, "rpad", s, width, fill))
}

// padding is what s lacks to a width in characters.
func padding(l *engine.Loop, name string, s, width, fill engine.Value) string {
	with := " "
	if !fill.IsNull() {
		with = textOf(fill)
	}
	if utf8.RuneCountInString(with) != 1 {
		l.Raise("ValueError", name+"(): the text is filled with one character, not with "+strconv.Quote(with))
		return ""
	}
	lacks := width.AsInt() - int64(utf8.RuneCountInString(textOf(s)))
	if lacks <= 0 {
		return ""
	}
	if !l.Charge(int(min(lacks, math.MaxInt32/int64(len(with)))) * len(with)) {
		return ""
	}
	if lacks > math.MaxInt32/int64(len(with)) {
		l.Raise("OverflowError", name+"(): the text would be too long")
		return ""
	}
	return strings.Repeat(with, int(lacks))
}
