package engine

import (
	"maps"
	"slices"
	"strconv"
)

// object is what an object can say about itself; id is its number.
type object interface {
	title() string                                 // the name that it was declared with; empty: made at run time
	attr(l *Loop, id uint32, a Attr) (Value, bool) // false: it has no such attribute
	holders(l *Loop) []uint32                      // tasks that hold what others wait for
	level() (level int64, waiting int)             // for a trace: what is in it or taken of it, and how many stand in line
	most() int64                                   // for a trace: the highest level that it can have; 0: there is none
	measure(m *meter)                              // adds the values in it
	hash(l *Loop, h *hasher)                       // takes in its state
}

// plainObject is an object that no task holds and that has no values in it.
type plainObject struct{}

func (plainObject) holders(*Loop) []uint32 { return nil }

func (plainObject) most() int64 { return 0 }

func (plainObject) measure(*meter) {}

// Most is the highest level that an object can have, as it was declared: see RecObject. 0: there is none.
func (l *Loop) Most(k Kind, id uint32) int64 {
	if k >= kindScalars || objectKinds[k].at == nil {
		return 0
	}
	return objectKinds[k].at(&l.objects, id).most()
}

// Initially is how full a declared container or store was when the loop was made; of what else there is 0.
func (l *Loop) Initially(k Kind, id uint32) int64 {
	for i, v := range l.declared {
		list := []Value{v}
		if v.Kind() == KindList {
			list = v.Elems()
		}
		if !slices.ContainsFunc(list, func(v Value) bool { return v.Kind() == k && uint32(v.n) == id }) {
			continue
		}
		switch d := &l.p.Objects[i]; {
		case k == KindContainer && d.Container.Initial != nil:
			return whole(d.Container.Initial(l))
		case k == KindStore && d.Store.Initial != nil:
			return int64(len(d.Store.Initial(l).Elems()))
		}
	}
	return 0
}

// add appends x and returns its number.
func add[T any](list *[]T, x T) int {
	*list = append(*list, x)
	return len(*list) - 1
}

// each calls f for every object.
func (x *objects) each(f func(o object)) {
	for _, k := range objectKinds {
		if k.count == nil {
			continue
		}
		for id := range k.count(x) {
			f(k.at(x, uint32(id)))
		}
	}
}

// joins holds the constructs with which tasks wait for each other.
type joins struct {
	gathers  arena[gather]
	groups   arena[group]
	scopes   arena[scope]
	waitSets arena[waitSet]
	shielded map[uint32]awaitable          // by a shield's number: what has ended, whose waiter has gone on, and whose callback is ready
	removals map[awaitable]*places[handle] // where the done-callbacks are of what has many and loses some
}

// own leaves removals out: gaps are found again.
func (x *joins) own(was *joins) {
	x.gathers.own(&was.gathers, (*gather).own)
	x.groups.own(&was.groups, (*group).own)
	x.scopes.own(&was.scopes, nil)
	x.waitSets.own(&was.waitSets, (*waitSet).own)
	x.removals = nil
	if x.shielded != nil {
		x.shielded = maps.Clone(x.shielded)
	}
}

// declare makes a declared object, or the list of them.
func (l *Loop) declare(d *ObjectDef) Value {
	if d.Count == nil {
		return l.make(d, d.Name)
	}
	n := d.Count(l)
	if n < 0 || n > l.opts.Limits.Tasks {
		l.Raise("ValueError", "the count of "+d.Name+" must be 0 or more, not "+strconv.FormatInt(n, 10))
		return List(nil)
	}
	list := make([]Value, 0, n)
	for i := range n {
		list = append(list, l.make(d, d.Name+"["+strconv.FormatInt(i, 10)+"]"))
	}
	return List(list)
}

// make makes an object; a bad size raises Python's error.
func (l *Loop) make(d *ObjectDef, name string) Value {
	k := &objectKinds[d.Kind]
	size := k.size
	if d.Size != nil {
		size = d.Size(l)
	}
	if k.wrong != nil {
		if message := k.wrong(l, size); message != "" {
			l.Raise("ValueError", message)
		}
	}
	return scalar(d.Kind, uint64(k.make(l, d, name, size)))
}

// givenLock is the number + 1 of the lock that a condition is given; 0: none.
func (l *Loop) givenLock(d *ObjectDef) uint32 {
	if d.Lock == nil {
		return 0
	}
	v := d.Lock(l)
	if l.fault != nil || !l.expect(v, KindLock, "a condition") {
		return 0
	}
	return uint32(v.n) + 1
}

// makeNew is `new`: an object made at run time.
func (l *Loop) makeNew(in *instr) {
	l.grow(objectCost) // it stays to the end of the run
	v := l.make(in.x.object, "")
	if l.fault == nil {
		if l.measuring {
			l.statNew(v)
		}
		l.bind(in, v)
	}
}

// objectName is how an object is named in text: as declared, or by its number.
func (l *Loop) objectName(k Kind, id uint32) string {
	if at := objectKinds[k].at; at != nil {
		if name := at(&l.objects, id).title(); name != "" {
			return name
		}
	}
	return k.String() + "-" + strconv.Itoa(int(id)+1)
}

// objectWords is the kind and the name of an object.
func (l *Loop) objectWords(k Kind, id uint32) string { return k.String() + " " + l.objectName(k, id) }

func (l *Loop) objectHolders(k Kind, id uint32) []uint32 {
	return objectKinds[k].at(&l.objects, id).holders(l)
}

// objectAttr is attribute a of v; false: v is no object, or has no such attribute.
func (l *Loop) objectAttr(v Value, a Attr) (Value, bool) {
	if k := v.Kind(); k < kindScalars && objectKinds[k].at != nil {
		id := uint32(v.n)
		return objectKinds[k].at(&l.objects, id).attr(l, id, a)
	}
	return Value{}, false
}
