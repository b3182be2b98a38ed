package engine

import (
	"math"
	"slices"
)

// request is what a task wants of a resource, a container or a store, from asking on: it stands in line, is given what it
// wants, and, of a resource, holds it until it is given back or lost. It is known by its number in objects.requests.
type request struct {
	task     uint32
	on       uint32 // the number of the object
	kind     Kind   // of the object
	state    requestState
	place    int32  // where it is in the heap that it is in: a line, or the victims
	next     uint32 // of a joint request: its other parts, in a circle; 0: it is single
	before   uint32 // of what is held: its neighbours in the resource's list of holders
	after    uint32
	older    uint32 // of what is held or lost: its neighbours among what the task holds
	newer    uint32
	arm      uint8  // of a `first`: the number + 1 of its arm
	unit     uint32 // of what is held: the number of its unit
	pc       int32  // the instruction that asked
	items    uint32 // of a store: the first of the items that it puts in or has got
	refused  uint64 // of a store: no item up to this number that is there now is one for it
	amount   int64  // of a container with isFloat: its bits
	least    int64  // of a store: how many items will do when its time is over
	priority float64
	number   uint64 // counts the requests of a run
	since    int64  // when it was asked for; once given: when it was given
	ends     work   // of a use of a resource that is shared: what all its users have been given when it ends; 0: it has ended

	preempt     bool // it may take units from others
	preemptible bool // others may take its units
	scoped      bool // a block gives it back
	again       bool // its units were taken from it: it does not count in max_waiting

	offers  bool // of a container or a store: it puts something in
	isFloat bool // of a container: amount is a float
	batch   bool // of a store: it wants a list of items
	hurried bool // of a store: its time is over, least will do
	failed  bool // of a store: its items are the error that its condition raised
}

// requestState is where a request is on its way.
type requestState uint8

const (
	requestFree     requestState = iota // the record is not in use, or the task has left the line
	requestAsking                       // it stands in line
	requestGiven                        // it has its units; the task has yet to run
	requestHeld                         // the task has gone on with its units
	requestLost                         // they were taken from it
	requestReturned                     // somebody gave them back before the block that was to, or before the task ran
)

// lineOrder says who is first of those in a line.
type lineOrder uint8

const (
	lineFIFO     lineOrder = iota // the earliest
	lineLIFO                      // the latest
	linePriority                  // the least priority, the earliest of those
	lineVictims                   // the greatest priority, the latest of those
	lineEnds                      // who ends first, the earliest of those
	lineOpen                      // nobody: one is chosen when somebody is to be served
)

// waitLine is requests that wait: a heap, so that entering and leaving, also from the middle, takes logarithmic time. With
// lineOpen it is a list without an order.
type waitLine struct {
	order lineOrder
	heap  []uint32
}

func (x *waitLine) own(was *waitLine) { x.heap = append(was.heap[:0], x.heap...) }

func (x *waitLine) len() int { return len(x.heap) }

// head is the first request; 0: there is none.
func (x *waitLine) head() uint32 {
	if len(x.heap) == 0 {
		return 0
	}
	return x.heap[0]
}

func (l *Loop) request(id uint32) *request { return l.requests.at(id) }

// hash takes in a request but for its number and its places in lists.
func (q *request) hash(h *hasher, id uint32) {
	h.words(uint64(id), uint64(q.task), uint64(q.on), uint64(q.kind), uint64(q.state), uint64(q.next), uint64(q.unit), uint64(q.pc), uint64(q.arm),
		uint64(q.amount), uint64(q.least), math.Float64bits(q.priority), uint64(q.since), q.ends.ns, q.ends.parts,
		uint64(oneIf(q.preempt)|oneIf(q.preemptible)<<1|oneIf(q.scoped)<<2|oneIf(q.again)<<3|oneIf(q.offers)<<4|oneIf(q.isFloat)<<5|
			oneIf(q.batch)<<6|oneIf(q.hurried)<<7|oneIf(q.failed)<<8))
}

// comesBefore reports whether request a stands before b in a line.
func (l *Loop) comesBefore(order lineOrder, a, b *request) bool {
	switch order {
	case lineLIFO:
		return a.number > b.number
	case linePriority:
		if a.priority != b.priority {
			return a.priority < b.priority
		}
	case lineVictims:
		if a.priority != b.priority {
			return a.priority > b.priority
		}
		return a.number > b.number
	case lineEnds:
		if c := a.ends.compare(b.ends); c != 0 {
			return c < 0
		}
	case lineOpen:
		return false
	}
	return a.number < b.number
}

// enterLine puts a request into a line.
func (l *Loop) enterLine(x *waitLine, id uint32) {
	l.stirBy(l.request(id))
	x.heap = append(x.heap, id)
	l.raiseInLine(x, len(x.heap)-1)
}

// leaveLine takes a request out of a line.
func (l *Loop) leaveLine(x *waitLine, id uint32) {
	q := l.request(id)
	l.stirBy(q)
	i := int(q.place)
	if i < 0 { // it was passed over, and is to be put back
		l.aside = slices.DeleteFunc(l.aside, func(other uint32) bool { return other == id })
		return
	}
	last := len(x.heap) - 1
	moved := x.heap[last]
	x.heap = x.heap[:last]
	if i == last {
		return
	}
	x.heap[i] = moved
	l.request(moved).place = int32(i)
	if l.raiseInLine(x, i) == i {
		l.lowerInLine(x, i)
	}
}

// setAside takes a request out of a line for as long as those behind it are looked at.
func (l *Loop) setAside(x *waitLine, id uint32) {
	l.leaveLine(x, id)
	l.request(id).place = -1
	l.aside = append(l.aside, id)
}

// raiseInLine moves the request at i up to its place, which it returns.
func (l *Loop) raiseInLine(x *waitLine, i int) int {
	id := x.heap[i]
	q := l.request(id)
	for i > 0 {
		parent := (i - 1) / 2
		p := l.request(x.heap[parent])
		if !l.comesBefore(x.order, q, p) {
			break
		}
		x.heap[i], p.place = x.heap[parent], int32(i)
		i = parent
	}
	x.heap[i], q.place = id, int32(i)
	return i
}

// lowerInLine moves the request at i down to its place.
func (l *Loop) lowerInLine(x *waitLine, i int) {
	id := x.heap[i]
	q := l.request(id)
	for {
		child := 2*i + 1
		if child >= len(x.heap) {
			break
		}
		c := l.request(x.heap[child])
		if right := child + 1; right < len(x.heap) {
			if r := l.request(x.heap[right]); l.comesBefore(x.order, r, c) {
				child, c = right, r
			}
		}
		if !l.comesBefore(x.order, c, q) {
			break
		}
		x.heap[i], c.place = x.heap[child], int32(i)
		i = child
	}
	x.heap[i], q.place = id, int32(i)
}

// inLine is the requests of lines in their order; of those without an order by number.
func (l *Loop) inLine(lines ...*waitLine) []uint32 {
	var ids []uint32
	for _, x := range lines {
		ids = append(ids, x.heap...)
	}
	order := lines[0].order
	if order == lineOpen {
		order = lineFIFO
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		if l.comesBefore(order, l.request(a), l.request(b)) {
			return -1
		}
		return 1
	})
	return ids
}

// Ask is what a request says besides the object: of `acquire` and `use`.
type Ask struct {
	Amount               EvalInt // nil: 1
	Priority             EvalFloat
	Preempt, Preemptible EvalBool // nil: true
	Nowait               bool     // it is refused rather than waiting
}

// newRequest makes a request of the running task, with the amount and the priority that ask says; false after an error.
func (l *Loop) newRequest(ask *Ask, amount int64, kind Kind, on uint32) (uint32, bool) {
	priority, preempt, preemptible := 0.0, true, true
	if ask != nil {
		if ask.Priority != nil {
			priority = ask.Priority(l)
		}
		preempt = ask.Preempt == nil || ask.Preempt(l)
		preemptible = ask.Preemptible == nil || ask.Preemptible(l)
	}
	switch {
	case l.fault != nil:
		return 0, false
	case priority != priority:
		l.Raise("ValueError", "a priority must be a number, not nan")
		return 0, false
	}
	id := l.makeRequest(priority, amount, kind, on)
	q := l.request(id)
	q.preempt, q.preemptible = preempt, preemptible
	return id, true
}

// priorityOf is the priority that a request says.
func (l *Loop) priorityOf(ask *Ask) float64 {
	if ask == nil || ask.Priority == nil || l.fault != nil {
		return 0
	}
	priority := ask.Priority(l)
	if priority != priority {
		l.Raise("ValueError", "a priority must be a number, not nan")
	}
	return priority
}

// makeRequest makes a request of the running task.
func (l *Loop) makeRequest(priority float64, amount int64, kind Kind, on uint32) uint32 {
	id, fresh := l.requests.take()
	if fresh {
		l.grow(requestCost)
	}
	l.numbers++
	q := l.request(id)
	*q = request{} // then its fields: a copy of a whole record takes longer
	q.kind, q.on, q.task, q.amount, q.pc, q.since, q.number = kind, on, l.curID, amount, l.pc, l.now, l.numbers
	q.priority = priority
	return id
}

// freeRequest gives the record of a request back that nothing refers to any more.
func (l *Loop) freeRequest(id uint32) {
	*l.request(id) = request{}
	l.requests.give(id)
}

// withdraw is complete taken back: the task of a request that was given what it wanted, and has not run, waits again. Its
// wake-up is ready already: it will be passed over.
func (l *Loop) withdraw(t uint32) {
	l.task(t).flags &^= flagFutureDone
	l.task(t).flags |= flagStale
	l.coldOf(t).stale++
}
