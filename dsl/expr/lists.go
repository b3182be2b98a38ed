package expr

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"runloop/engine"
)

func length(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	switch x.Kind() {
	case engine.KindString:
		return engine.Int(int64(utf8.RuneCountInString(x.AsString())))
	case engine.KindMap:
		return engine.Int(int64(x.Size()))
	}
	return engine.Int(int64(len(ElemsOf(x))))
}

func first(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if elems := ElemsOf(list); len(elems) > 0 {
		return elems[0]
	}
	return engine.Value{}
}

func last(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if elems := ElemsOf(list); len(elems) > 0 {
		return elems[len(elems)-1]
	}
	return engine.Value{}
}

func take(l *engine.Loop, list, n, _, _ engine.Value) engine.Value {
	if n.AsInt() < 0 {
		l.Raise("ValueError", "take(): the count must not be negative, it is "+itoa(n.AsInt()))
		return list
	}
	if list.Kind() != engine.KindList {
		return engine.List(nil)
	}
	return partOf(l, list, 0, min(n.AsInt(), int64(len(list.Elems()))))
}

func reverse(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	out := copyList(l, ElemsOf(list))
	slices.Reverse(out.Elems())
	return out
}

func uniq(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	var out []engine.Value
	for _, e := range ElemsOf(list) {
		if !slices.ContainsFunc(out, func(o engine.Value) bool { return !l.Turn() || l.Equal(o, e) }) {
			out = append(out, l.Escape(e))
		}
	}
	return NewList(l, out)
}

// extendFrom is how many elements a list has at least that concat lets grow in place.
const extendFrom = 16

func concat(l *engine.Loop, lists []engine.Value) engine.Value {
	size := 0
	for _, list := range lists {
		size += len(ElemsOf(list))
	}
	if n := len(ElemsOf(lists[0])); n >= extendFrom && size < 2*n {
		out := lists[0]
		for _, list := range lists[1:] {
			out = l.Extend(out, ElemsOf(list))
		}
		return out
	}
	if !l.Charge(size * valueCost) {
		return engine.List(nil)
	}
	out := make([]engine.Value, 0, size)
	for _, list := range lists {
		for _, e := range ElemsOf(list) {
			out = append(out, l.Escape(e))
		}
	}
	return engine.List(out)
}

func flatten(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	return NewList(l, appendFlat(l, nil, list, 0))
}

func appendFlat(l *engine.Loop, out []engine.Value, list engine.Value, depth int) []engine.Value {
	const deepest = 1000 // Python's limit of recursion
	if depth > deepest {
		l.Raise("RecursionError", "flatten(): the list is nested too deeply")
		return out
	}
	for _, e := range ElemsOf(list) {
		if e.Kind() == engine.KindList {
			out = appendFlat(l, out, e, depth+1)
		} else {
			out = append(out, l.Escape(e))
		}
	}
	return out
}

func sortList(l *engine.Loop, list, order, _, _ engine.Value) engine.Value {
	out := copyList(l, ElemsOf(list))
	sortValues(l, out.Elems(), out.Elems(), order)
	return out
}

// sortValues sorts elems by their keys, stably; the order is "asc", "desc" or absent. keys may be elems.
func sortValues(l *engine.Loop, elems, keys []engine.Value, order engine.Value) {
	sign := 1
	switch o := textOf(order); {
	case o == "desc":
		sign = -1
	case o != "asc" && !order.IsNull():
		l.Raise("ValueError", `the order is "asc" or "desc", not `+strconv.Quote(o))
		return
	}
	at := make([]int, len(keys))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(i, j int) int {
		if !l.Turn() {
			return 0
		}
		c, ok := l.Compare(keys[i], keys[j])
		if !ok {
			l.Raise("TypeError", describeKind(keys[i])+" and "+describeKind(keys[j])+" have no order")
		}
		return sign * c
	})
	sorted := make([]engine.Value, len(elems))
	for i, from := range at {
		sorted[i] = elems[from]
	}
	copy(elems, sorted)
}

func get(l *engine.Loop, x, key, _, _ engine.Value) engine.Value {
	switch {
	case x.Kind() == engine.KindMap && key.Kind() == engine.KindString:
		v, _ := x.Get(key.AsString())
		return v
	case x.Kind() == engine.KindList && key.Kind() == engine.KindInt:
		elems, i := x.Elems(), key.AsInt()
		if i < 0 {
			i += int64(len(elems))
		}
		if uint64(i) < uint64(len(elems)) {
			return elems[i]
		}
	}
	return engine.Value{}
}

func keys(l *engine.Loop, m, _, _, _ engine.Value) engine.Value {
	if m.Kind() != engine.KindMap {
		return engine.List(nil)
	}
	return textList(l, m.Keys())
}

func values(l *engine.Loop, m, _, _, _ engine.Value) engine.Value {
	if m.Kind() != engine.KindMap {
		return engine.List(nil)
	}
	return copyList(l, m.Vals())
}

func toPairs(l *engine.Loop, m, _, _, _ engine.Value) engine.Value {
	if m.Kind() != engine.KindMap {
		return engine.List(nil)
	}
	pairs := make([]engine.Value, len(m.Keys()))
	for i, k := range m.Keys() {
		pairs[i] = NewList(l, []engine.Value{engine.String(k), l.Escape(m.Vals()[i])})
	}
	return NewList(l, pairs)
}

func fromPairs(l *engine.Loop, pairs, _, _, _ engine.Value) engine.Value {
	var names []string
	var vals []engine.Value
	for _, p := range ElemsOf(pairs) {
		pair := ElemsOf(p)
		if len(pair) != 2 || pair[0].Kind() != engine.KindString {
			l.Raise("ValueError", "fromPairs(): each element is a list of a string and a value")
			return engine.Map(nil, nil)
		}
		names = append(names, pair[0].AsString())
		vals = append(vals, l.Escape(pair[1]))
	}
	return NewMap(l, names, vals)
}

func typeOf(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	return engine.String(v.Kind().String())
}

func isError(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	return engine.Bool(v.Kind() == engine.KindError)
}

// integers is Python's range: to before n, from a to before b, in steps.
func integers(l *engine.Loop, a, b, step, _ engine.Value) engine.Value {
	from, to, by := a.AsInt(), b.AsInt(), int64(1)
	if b.IsNull() {
		from, to = 0, from
	}
	if !step.IsNull() {
		by = step.AsInt()
	}
	if by == 0 {
		l.Raise("ValueError", "range(): the step must not be zero")
		return engine.List(nil)
	}
	if by > 0 && from >= to || by < 0 && from <= to {
		return engine.List(nil)
	}
	n := (max(uint64(to)-uint64(from), 1)-1)/uint64(by) + 1
	if by < 0 {
		n = (uint64(from)-uint64(to)-1)/-uint64(by) + 1
	}
	if n > math.MaxInt32/valueCost {
		l.Raise("ValueError", "the range from "+itoa(from)+" to "+itoa(to)+" is too long for a list")
		return engine.List(nil)
	}
	if !l.Charge((int(n) + listHeader) * valueCost) {
		return engine.List(nil)
	}
	elems := make([]engine.Value, n)
	for i := range elems {
		elems[i] = engine.Int(from + int64(i)*by)
	}
	return engine.List(elems)
}

// zip is as long as the shortest of the lists.
func zip(l *engine.Loop, lists []engine.Value) engine.Value {
	n := len(ElemsOf(lists[0]))
	for _, list := range lists {
		n = min(n, len(ElemsOf(list)))
	}
	rows := make([]engine.Value, n)
	for i := range rows {
		row := make([]engine.Value, len(lists))
		for j, list := range lists {
			row[j] = l.Escape(list.Elems()[i])
		}
		if rows[i] = NewList(l, row); l.Failed() {
			return engine.List(nil)
		}
	}
	return NewList(l, rows)
}

func enumerate(l *engine.Loop, list, start, _, _ engine.Value) engine.Value {
	first := int64(0)
	if !start.IsNull() {
		first = start.AsInt()
	}
	rows := make([]engine.Value, len(ElemsOf(list)))
	for i, e := range ElemsOf(list) {
		rows[i] = NewList(l, []engine.Value{engine.Int(addInt(l, first, int64(i))), l.Escape(e)})
		if l.Failed() {
			return engine.List(nil)
		}
	}
	return NewList(l, rows)
}
