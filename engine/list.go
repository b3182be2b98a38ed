package engine

import "unsafe"

// list is the data of a list. Several may share one array: parts of a list, and those that it was before something was
// appended. Only elements that nobody else has change in place.
type list struct {
	owner uint64 // the loop epoch that may change it in place; 0: shared, copy first
	space uint64 // the loop epoch that may use the array's space behind elems; 0: none, others do
	fixed int    // of an owned list: the first so many elements are in others, too
	elems []Value
}

func listValue(o *list) Value { return Value{unsafe.Pointer(o), uint64(KindList) << kindShift} }

// List makes a list value that takes over elems: the caller must not change them afterwards.
func List(elems []Value) Value { return listValue(&list{elems: elems}) }

func (l *Loop) ownList(elems []Value) Value {
	return listValue(&list{owner: l.vars.epoch, space: l.vars.epoch, elems: elems})
}

// ownedList is v, or a copy of it, whose element i may be changed in place.
func (l *Loop) ownedList(v Value, i int) Value {
	o := (*list)(v.p)
	if o.owner == l.vars.epoch && i >= o.fixed {
		return v
	}
	if !l.Charge(len(o.elems) * valueSize) {
		return v
	}
	return l.ownList(l.escaped(append(make([]Value, 0, len(o.elems)), o.elems...)))
}

// escaped is elements that two lists hold now.
func (l *Loop) escaped(elems []Value) []Value {
	for _, e := range elems {
		l.Escape(e)
	}
	return elems
}

// appended is the list v with x at its end: v itself where nobody else holds it, or else another one, in the same array
// where there is space behind v that nobody has used.
func (l *Loop) appended(v, x Value) Value {
	o := (*list)(v.p)
	n, epoch := len(o.elems), l.vars.epoch
	full := n == cap(o.elems) || o.space != epoch
	switch {
	case o.owner == epoch && !full:
		o.elems = append(o.elems, x)
		return v
	case !full:
		l.Charge(listHeader * valueSize)
		o.space = 0
		return listValue(&list{owner: epoch, space: epoch, fixed: n, elems: append(o.elems, x)})
	case !l.Charge(n * valueSize):
		return v
	case o.owner == epoch && o.fixed == 0:
		o.elems, o.space = append(o.elems[:n:n], x), epoch
		return v
	}
	return l.ownList(append(l.escaped(o.elems)[:n:n], x))
}

// Extend is the list v with more at its end: in the same array where there is space behind v that nobody has used. Else
// the copy has space, so that a list that grows from itself in a loop is not copied each time.
func (l *Loop) Extend(v Value, more []Value) Value {
	o := (*list)(v.p)
	n, epoch := len(o.elems), l.vars.epoch
	l.escaped(more)
	if o.space == epoch && n+len(more) <= cap(o.elems) {
		if !l.Charge((listHeader + len(more)) * valueSize) {
			return v
		}
		l.Escape(v)
		o.space = 0
		return listValue(&list{space: epoch, elems: append(o.elems, more...)})
	}
	if !l.Charge((listHeader + n + len(more)) * valueSize) {
		return v
	}
	return listValue(&list{space: epoch, elems: append(l.escaped(o.elems)[:n:n], more...)})
}

// shareFrom is how many elements a part of a list has at least if it is to share the array: fewer are copied, lest they
// keep a long array alive, or make the list copy itself before it changes.
const shareFrom = 16

// Part is elements a to b of the list v, which must be in order and in its bounds; ok is false where they are to be copied.
func (l *Loop) Part(v Value, a, b int) (part Value, ok bool) {
	o := (*list)(v.p)
	if b-a < shareFrom || b-a < cap(o.elems)/4 {
		return Value{}, false
	}
	l.Escape(v)
	p := &list{elems: o.elems[a:b]}
	if b == len(o.elems) && o.space == l.vars.epoch {
		p.space, o.space = o.space, 0
	}
	return listValue(p), true
}

// without is the list v without its element i. Only the rest of a long list is not copied.
func (l *Loop) without(v Value, i int) Value {
	elems := v.Elems()
	if i == 0 {
		if rest, ok := l.Part(v, 1, len(elems)); ok {
			return rest
		}
	}
	if !l.Charge(len(elems) * valueSize) {
		return v
	}
	rest := make([]Value, 0, len(elems)-1)
	return l.ownList(l.escaped(append(append(rest, elems[:i]...), elems[i+1:]...)))
}
