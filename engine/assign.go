package engine

import (
	"fmt"
	"slices"
	"strconv"
)

const valueSize = 16 // what a value counts for the memory limit, on every machine

// bind assigns what a step gives to its `as`, if it has one.
func (l *Loop) bind(in *instr, v Value) {
	if in.local > 0 {
		l.frame[in.local-1] = v
	} else {
		l.assign(in.x.as, v)
	}
}

// assign writes v to a variable, or to a place inside the one that it holds; to nothing where to is nil.
func (l *Loop) assign(to *Target, v Value) {
	switch {
	case to == nil:
		return
	case to.Path == nil:
		l.store(to.Ref, v)
		return
	}
	n := len(l.vals)
	for _, p := range to.Path {
		l.vals = append(l.vals, p(l))
	}
	l.assignAt(to, l.vals[n:], change{value: v})
	l.vals = l.vals[:n]
}

func (l *Loop) assignAt(to *Target, path []Value, c change) {
	if l.fault != nil {
		return
	}
	if x := l.changed(l.load(to.Ref), path, c); l.fault == nil {
		l.store(to.Ref, x)
		if c.op != OpRemove { // what goes moves what is behind it
			l.storedAt(to.Ref, path)
		}
	}
}

// storedAt notes which element of a variable was assigned.
func (l *Loop) storedAt(r Ref, path []Value) {
	if l.trace != nil && r.Space == SharedVar && len(path) > 0 {
		l.recElement(RecSet, r.Index, path[0])
	}
}

func (l *Loop) load(r Ref) Value {
	switch r.Space {
	case LocalVar:
		return l.frame[r.Index]
	case SharedVar:
		return l.vars.shared[r.Index]
	}
	return l.contextVar(r.Index)
}

func (l *Loop) store(r Ref, v Value) {
	switch r.Space {
	case LocalVar:
		l.frame[r.Index] = v
	case SharedVar:
		l.vars.shared[r.Index] = v
		l.noteSet(int32(r.Index))
	default:
		l.setContext(r.Index, v)
	}
}

// setMany computes every path and value of a `let` or `set`, then assigns in order.
func (l *Loop) setMany(in *instr) {
	l.vals = l.vals[:0]
	for i := range in.x.assigns {
		a := &in.x.assigns[i]
		for _, p := range a.To.Path {
			l.vals = append(l.vals, p(l))
		}
		v := Value{}
		if a.Op != OpRemove {
			v = a.Value(l)
		}
		l.vals = append(l.vals, v)
	}
	vals := l.vals
	for i := 0; i < len(in.x.assigns) && l.fault == nil; i++ {
		a := &in.x.assigns[i]
		to := &a.To
		n := len(to.Path)
		if to.Path == nil {
			if to.Space == ContextVar && in.b >= 0 {
				l.pushToken(in.b, to.Index)
			}
			l.store(to.Ref, vals[0])
		} else {
			l.assignAt(to, vals[:n], change{vals[n], a.Op, a.Sum})
		}
		vals = vals[n+1:]
	}
}

// change is what becomes of a place in a variable; see PlaceOp.
type change struct {
	value Value
	op    PlaceOp
	sum   func(l *Loop, old, amount Value) Value
}

// changed is v with c done at path: in place where nobody else holds it, else in a copy.
func (l *Loop) changed(v Value, path []Value, c change) Value {
	switch {
	case len(path) == 0 && c.op == opAppends:
		return l.appended(v, c.value)
	case len(path) == 0 && c.op == OpAdd:
		return c.sum(l, v, c.value)
	case len(path) == 0:
		return c.value
	case v.Kind() == KindList:
		return l.changedList(v, path, c)
	case v.Kind() == KindMap:
		return l.changedMap(v, path, c)
	}
	l.Raise("TypeError", "only a list or a map has elements that can be set, not "+v.Kind().String())
	return v
}

func (l *Loop) changedList(v Value, path []Value, c change) Value {
	key := path[0]
	if key.Kind() != KindInt {
		l.Raise("TypeError", "list indices must be integers, not "+key.Kind().String())
		return v
	}
	i, n := key.AsInt(), int64(len(v.Elems()))
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		l.Raise("IndexError", fmt.Sprintf("list index %d is out of range: the list has %d elements", key.AsInt(), n))
		return v
	}
	if len(path) == 1 && c.op == OpRemove {
		return l.without(v, int(i))
	}
	v = l.ownedList(v, int(i))
	elems := v.Elems()
	elems[i] = l.changed(elems[i], path[1:], c)
	return v
}

func (l *Loop) changedMap(v Value, path []Value, c change) Value {
	key := path[0]
	if key.Kind() != KindString {
		l.Raise("TypeError", "map keys must be strings, not "+key.Kind().String())
		return v
	}
	k, d := key.AsString(), (*dict)(v.p)
	i, ok := d.find(k)
	if !ok && (len(path) > 1 || c.op == OpRemove) {
		l.Raise("KeyError", quote(k))
		return v
	} else if !ok {
		l.Charge(2*valueSize + len(k))
	}
	v = l.ownedMap(v) // first, so that what is in it counts as held by both
	if owned := (*dict)(v.p); owned != d {
		d = owned
		i, ok = d.find(k)
	}
	if len(path) == 1 && c.op == OpRemove {
		d.remove(i)
		return v
	}
	var old Value
	if ok {
		old = d.vals[i]
	} else if c.op == OpAdd {
		old = Int(0)
	}
	d.putAt(i, ok, k, l.changed(old, path[1:], c))
	return v
}

func (l *Loop) ownedMap(v Value) Value {
	d := (*dict)(v.p)
	if d.owner == l.vars.epoch {
		return v
	}
	if !l.Charge(2 * len(d.keys) * valueSize) {
		return v
	}
	entries := d.inOrder()
	fresh := &dict{owner: l.vars.epoch, pairs: pairs{slices.Clone(entries.keys), slices.Clone(entries.vals)}}
	for _, e := range fresh.vals {
		l.Escape(e)
	}
	return mapValue(fresh)
}

// appendMany is `append`: all values first, then each to the end of its list.
func (l *Loop) appendMany(in *instr) {
	l.vals = l.vals[:0]
	for i := range in.x.assigns {
		l.vals = append(l.vals, in.x.assigns[i].Value(l))
	}
	vals := l.vals
	for i := 0; i < len(vals) && l.fault == nil; i++ {
		l.appendTo(&in.x.assigns[i].To, vals[i])
	}
}

func (l *Loop) appendTo(to *Target, x Value) {
	whole := l.load(to.Ref)
	n := len(l.vals)
	for _, p := range to.Path {
		l.vals = append(l.vals, p(l))
	}
	path := l.vals[n:]
	l.vals = l.vals[:n]
	v := whole
	for _, key := range path {
		if v = l.element(v, key); l.fault != nil {
			return
		}
	}
	if v.Kind() != KindList {
		l.Raise("TypeError", "append takes a list, not "+v.Kind().String())
		return
	}
	l.Charge(valueSize)
	if grown := l.changed(whole, path, change{value: x, op: opAppends}); !l.Failed() {
		l.store(to.Ref, grown)
		l.storedAt(to.Ref, path)
	}
}

// element is v[key] for a path.
func (l *Loop) element(v, key Value) Value {
	switch {
	case l.fault != nil:
		return Value{}
	case v.Kind() == KindList && key.Kind() == KindInt:
		i, n := key.AsInt(), int64(len(v.Elems()))
		if i < 0 {
			i += n
		}
		if i >= 0 && i < n {
			return v.Elems()[i]
		}
		l.Raise("IndexError", fmt.Sprintf("list index %d is out of range: the list has %d elements", key.AsInt(), n))
	case v.Kind() == KindMap && key.Kind() == KindString:
		x, ok := v.Get(key.AsString())
		if !ok {
			l.Raise("KeyError", quote(key.AsString()))
		}
		return x
	default:
		l.Raise("TypeError", "a "+v.Kind().String()+" has no element of type "+key.Kind().String())
	}
	return Value{}
}

// Tokens: what `reset` undoes. A slot holds the activation's sets of context variables, latest last, each as the
// variable and the value before.

func (l *Loop) pushToken(slot int32, v int) {
	old := l.frame[slot]
	if old.Kind() != KindList {
		old = l.ownList(nil)
	}
	old = l.ownedList(old, 0)
	o := (*list)(old.p)
	o.elems = append(o.elems, Int(int64(v)), l.Escape(l.contextVar(v)))
	l.frame[slot] = old
}

// reset is ContextVar.reset with the latest token of this activation.
func (l *Loop) reset(in *instr) {
	if v := l.frame[in.b]; v.Kind() == KindList {
		v = l.ownedList(v, 0)
		o := (*list)(v.p)
		for i := len(o.elems) - 2; i >= 0; i -= 2 {
			if o.elems[i].AsInt() == int64(in.a) {
				l.setContext(int(in.a), o.elems[i+1])
				o.elems = slices.Delete(o.elems, i, i+2)
				l.frame[in.b] = v
				return
			}
		}
	}
	l.Raise("RuntimeError", "there is no set of "+l.p.Context[in.a].Name+" left to reset in this activation")
}

func (l *Loop) enterContext(in *instr) {
	l.vals = l.vals[:0]
	for i := range in.x.assigns {
		l.vals = append(l.vals, in.x.assigns[i].Value(l))
	}
	if l.fault != nil {
		return
	}
	for i := range in.x.assigns {
		v := in.x.assigns[i].To.Index
		l.frame[int(in.b)+i] = l.Escape(l.contextVar(v))
		l.setContext(v, l.vals[i])
	}
}

func (l *Loop) exitContext(in *instr) {
	for i := len(in.x.assigns) - 1; i >= 0; i-- {
		l.setContext(in.x.assigns[i].To.Index, l.frame[int(in.b)+i])
	}
}

// startFor takes hold of the sequence that a `for` runs over.
func (l *Loop) startFor(in *instr) {
	v := l.Escape(in.val(l))
	if _, ok := l.sequence(v); ok {
		l.frame[in.a], l.frame[in.a+1] = v, Int(0)
	}
}

func (l *Loop) nextFor(in *instr) whereTo {
	i := int(l.frame[in.a+1].n)
	v := l.frame[in.a]
	var x Value
	switch {
	case v.Kind() == KindMap && i < v.Size():
		x = String(v.Keys()[i])
	case v.Kind() == KindList && i < len(v.Elems()):
		x = l.Escape(v.Elems()[i])
	default:
		l.frame[in.a] = Value{}
		return toJump
	}
	l.frame[in.a+1].n++
	l.bind(in, x)
	return toNext
}

// sequence is the elements of a list, or the keys of a map.
func (l *Loop) sequence(v Value) ([]Value, bool) {
	switch {
	case l.fault != nil:
		return nil, false
	case v.Kind() == KindList:
		return v.Elems(), true
	case v.Kind() == KindMap:
		var keys []Value
		for _, k := range v.Keys() {
			keys = append(keys, String(k))
		}
		return keys, true
	}
	l.Raise("TypeError", "only a list or a map can be run through, not "+v.Kind().String())
	return nil, false
}

func quote(s string) string { return strconv.Quote(s) }
