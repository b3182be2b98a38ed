package engine

import "strconv"

// objects is the synchronisation objects of a run, by kind and number.
type objects struct {
	declared   []Value // by Program.Objects: an object, or the list of them
	locks      []lock
	semaphores []semaphore
	events     []event
	conditions []condition
	barriers   []barrier
	queues     []queue
	futures    []future
}

func (x *objects) clone() objects {
	return objects{
		declared: x.declared,
		locks:    cloneAll(x.locks, (*lock).own), semaphores: cloneAll(x.semaphores, (*semaphore).own),
		events: cloneAll(x.events, (*event).own), conditions: cloneAll(x.conditions, (*condition).own),
		barriers: cloneAll(x.barriers, (*barrier).own), queues: cloneAll(x.queues, (*queue).own),
		futures: cloneAll(x.futures, (*future).own),
	}
}

// joins is what tasks wait for each other with.
type joins struct {
	gathers  arena[gather]
	groups   arena[group]
	scopes   arena[scope]
	waitSets arena[waitSet]
}

func (x *joins) clone() joins {
	return joins{x.gathers.clone((*gather).own), x.groups.clone((*group).own), x.scopes.clone(nil), x.waitSets.clone((*waitSet).own)}
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
	size := int64(0)
	if d.Kind == KindSemaphore {
		size = 1
	}
	if d.Size != nil {
		size = d.Size(l)
	}
	n := 0
	switch d.Kind {
	case KindLock:
		n = len(l.locks)
		l.locks = append(l.locks, lock{name: name})
	case KindSemaphore:
		if size < 0 {
			l.Raise("ValueError", "Semaphore initial value must be >= 0")
		}
		s := semaphore{name: name, value: size, bound: -1}
		if d.Bounded {
			s.bound = size
		}
		n = len(l.semaphores)
		l.semaphores = append(l.semaphores, s)
	case KindEvent:
		n = len(l.events)
		l.events = append(l.events, event{name: name})
	case KindCondition:
		n = len(l.conditions)
		l.conditions = append(l.conditions, condition{lock: lock{name: name}})
	case KindBarrier:
		if size < 1 {
			l.Raise("ValueError", "parties must be > 0")
		}
		n = len(l.barriers)
		l.barriers = append(l.barriers, barrier{name: name, parties: size, cond: condition{lock: lock{name: name}}})
	case KindQueue:
		if size < 0 {
			l.Raise("ValueError", "a queue's capacity must be 0 (no limit) or more, not "+strconv.FormatInt(size, 10))
		}
		n = len(l.queues)
		l.queues = append(l.queues, queue{name: name, capacity: size, order: d.Order, plain: d.Order == QueueFIFO && !l.p.choosy})
	case KindFuture:
		n = len(l.futures)
		l.futures = append(l.futures, future{name: name})
	}
	return Scalar(d.Kind, uint64(n))
}

// makeNew is `new`: an object made at run time.
func (l *Loop) makeNew(in *instr) {
	l.grow(objectCost) // it stays to the end of the run
	v := l.make(in.x.object, "")
	if l.fault == nil {
		l.bind(in, v)
	}
}

// objectName is how an object is named in text: as declared, or by its number.
func (l *Loop) objectName(k Kind, id uint32) string {
	name := ""
	switch k {
	case KindLock:
		name = l.locks[id].name
	case KindSemaphore:
		name = l.semaphores[id].name
	case KindEvent:
		name = l.events[id].name
	case KindCondition:
		name = l.conditions[id].lock.name
	case KindBarrier:
		name = l.barriers[id].name
	case KindQueue:
		name = l.queues[id].name
	case KindFuture:
		name = l.futures[id].name
	}
	if name == "" {
		name = k.String() + "-" + strconv.Itoa(int(id)+1)
	}
	return name
}

func (l *Loop) objectAttr(v Value, a Attr) (Value, bool) {
	switch v.Kind() {
	case KindQueue:
		return l.queues[v.n].attr(a)
	case KindLock, KindCondition:
		if a == AttrLocked {
			return Bool(l.lockOf(v).locked), true
		}
	case KindSemaphore:
		s := &l.semaphores[v.n]
		switch a {
		case AttrValue:
			return Int(s.value), true
		case AttrLocked:
			return Bool(l.semaphoreLocked(s)), true
		}
	case KindEvent:
		if a == AttrIsSet {
			return Bool(l.events[v.n].set), true
		}
	case KindBarrier:
		if a == AttrWaiting {
			b := &l.barriers[v.n]
			if b.draining {
				return Int(0), true // Barrier.n_waiting
			}
			return Int(b.count), true
		}
	}
	return Value{}, false
}
