package engine

import (
	"cmp"
	"slices"
	"strconv"
)

// resource is so many units that tasks hold for a while (SimPy: Resource, PriorityResource, PreemptiveResource). Who asks
// for units that are free, while nobody is before it, has them at once. Whatever changes a resource looks at its line in the
// same step and hands units over: a unit is never free while the first in line could have it.
//
// enterLine and leaveLine are where a line changes, takeUnits and dropUnits where what is in use does, setCapacity where the
// capacity does.
type resource struct {
	plainObject
	name       string
	capacity   int64
	inUse      int64 // above the capacity after that has shrunk
	maxWaiting int64 // -1: no limit
	order      ResourceOrder
	rank       int32    // with ResourceRank: its place in Program.ranks
	overtake   bool     // smaller requests may pass one that does not fit
	interrupts bool     // when the capacity shrinks, those that hold more than there is are interrupted
	drawn      bool     // with ResourceRandom: the first of the line was drawn, and does not fit yet
	line       waitLine // requests for this resource alone
	joints     waitLine // parts of joint requests
	victims    waitLine // what is held and may be taken away
	again      int64    // requests in line that were preempted: they do not count in maxWaiting
	first      uint32   // requests that hold it, in the order in which they got it: both ends of a list
	last       uint32
	units      unitSet
	onlookers  roster
	table      int32    // the place of its timetable in shifts.tables, from 1 on; 0: it has none
	failing    int32    // the first of its units' failures in shifts.failing
	failures   int32    // how many each unit has
	unseen     bool     // it is among statParts.unseen
	down       int64    // units that are down; capacity is without them
	slots      []uint32 // with failures: the request that holds each unit; 0: none
	sharing    sharing  // with ResourceShared
}

// ResourceOrder says who is next in the line of a resource.
type ResourceOrder uint8

const (
	ResourceFIFO       ResourceOrder = iota // who came first
	ResourceLIFO                            // who came last
	ResourceRandom                          // anybody, drawn when units are free
	ResourcePriority                        // the least priority
	ResourcePreemptive                      // the same, and it takes units from those of a greater one
	ResourceShared                          // everybody, at a pace that is less when they are more
	ResourceRank                            // the least rank: ObjectDef.Rank
)

// ResourceOrderWords is the orders that can be chosen, by ResourceOrder.
var ResourceOrderWords = []string{"fifo", "lifo", "random", "priority", "preemptive", "shared"}

// looksAtPriority reports whether who is next depends on the priorities with which tasks ask, and on nothing before them.
func (o ResourceOrder) looksAtPriority() bool {
	return o == ResourcePriority || o == ResourcePreemptive
}

// ParseResourceOrder reads one of ResourceOrderWords.
func ParseResourceOrder(word string) (ResourceOrder, bool) {
	i := slices.Index(ResourceOrderWords, word)
	return ResourceOrder(max(i, 0)), i >= 0
}

// lineOrders is how the line of a resource is ordered.
var lineOrders = [...]lineOrder{
	ResourceFIFO: lineFIFO, ResourceLIFO: lineLIFO, ResourceRandom: lineOpen, ResourcePriority: linePriority,
	ResourcePreemptive: linePriority, ResourceShared: lineFIFO, ResourceRank: lineOpen,
}

// ResourceDef is what an ObjectDef says of a resource besides its capacity, which is its Size.
type ResourceDef struct {
	Order      ResourceOrder
	MaxWaiting EvalInt    // nil: no limit
	Overtake   bool       // smaller requests may pass one that does not fit
	Interrupt  bool       // when the capacity shrinks, those that hold more than there is are interrupted
	Rank       EvalFloat  // with ResourceRank: what the rank of a request is, computed of Loop.Ranked; it only looks
	Table      *Timetable // its capacity, instead of ObjectDef.Size
	Failures   []Failure  // not beside Table

	rank     int32 // its place in Program.ranks
	failures int32 // the place of the first in Program.failures
}

// Ranked is a request whose rank is computed.
type Ranked struct {
	Priority float64
	Amount   int64
	Waited   int64 // in nanoseconds
}

// Ranked is the request whose rank is being computed.
func (l *Loop) Ranked() *Ranked { return &l.ranked }

func makeResource(l *Loop, d *ObjectDef, name string, capacity int64) int {
	r := resource{
		name: name, capacity: capacity, maxWaiting: -1, order: d.Resource.Order, rank: d.Resource.rank,
		overtake: d.Resource.Overtake, interrupts: d.Resource.Interrupt,
	}
	r.line.order = lineOrders[r.order]
	r.joints.order, r.victims.order, r.sharing.users.order = r.line.order, lineVictims, lineEnds
	if d.Resource.MaxWaiting != nil {
		r.maxWaiting = d.Resource.MaxWaiting(l)
		l.mustNotBeNegative("max_waiting", r.maxWaiting)
	}
	on := uint32(len(l.resources))
	if t := d.Resource.Table; t != nil {
		r.capacity = l.tableOf(&r, on, t)
	}
	add(&l.resources, r)
	l.failuresOf(on, &d.Resource)
	return int(on)
}

// mustNotBeNegative raises ValueError where an option of an object is below 0.
func (l *Loop) mustNotBeNegative(what string, n int64) {
	if n < 0 {
		l.Raise("ValueError", what+" must be 0 or more, not "+strconv.FormatInt(n, 10))
	}
}

func (r *resource) title() string { return r.name }

// called is its name, or, where it was made at run time, one made of its number: see objectName.
func (r *resource) called(on uint32) string {
	return cmp.Or(r.name, KindResource.String()+"-"+strconv.Itoa(int(on)+1))
}

func (r *resource) free() int64 { return max(r.capacity-r.inUse, 0) }

// used is how many units are in use: of one that is shared no more than there are.
func (r *resource) used() int64 {
	if r.order == ResourceShared {
		return min(r.inUse, r.capacity)
	}
	return r.inUse
}

func (r *resource) waiting() int64 { return int64(r.line.len() + r.joints.len()) }

func (r *resource) attr(l *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrCapacity:
		return Int(r.capacity), true
	case AttrDown:
		return Int(r.down), true
	case AttrInUse:
		return Int(r.used()), true
	case AttrFree:
		return Int(r.free()), true
	case AttrWaiting:
		return Int(r.waiting()), true
	case AttrHolders:
		return l.taskList(r.holders(l)), true
	case AttrWaiters:
		return l.taskList(l.waiters(r)), true
	}
	return Value{}, false
}

// taskList is a list of tasks as a value.
func (l *Loop) taskList(ids []uint32) Value {
	l.Charge(len(ids) * valueSize)
	list := make([]Value, len(ids))
	for i, id := range ids {
		list[i] = scalar(KindTask, uint64(id))
	}
	return l.ownList(list)
}

func (r *resource) holders(l *Loop) []uint32 {
	var ids []uint32
	for id := r.first; id != 0; id = l.request(id).after {
		ids = append(ids, l.request(id).task)
	}
	return ids
}

// waiters is the tasks in line, in its order.
func (l *Loop) waiters(r *resource) []uint32 {
	ids := l.inLine(&r.line, &r.joints)
	if r.order == ResourceRank && !l.ranking {
		l.sortByRank(r, ids)
	}
	for i, id := range ids {
		ids[i] = l.request(id).task
	}
	return ids
}

func (r *resource) level() (int64, int) { return r.used(), int(r.waiting()) }

func (r *resource) most() int64 { return r.capacity }

func (r *resource) own(was *resource) {
	r.line.own(&was.line)
	r.joints.own(&was.joints)
	r.victims.own(&was.victims)
	r.sharing.users.own(&was.sharing.users)
	r.onlookers.own(&was.onlookers)
	r.slots = append(was.slots[:0], r.slots...)
	r.units.freed = append(was.units.freed[:0], r.units.freed...)
}

// hash takes in the requests in the order in which they were made: that and what they say is all that their places depend on.
func (r *resource) hash(l *Loop, h *hasher) {
	h.ids(&r.onlookers)
	for _, id := range r.slots {
		h.word(uint64(id))
	}
	h.words(uint64(r.capacity), uint64(r.inUse), uint64(r.maxWaiting), uint64(oneIf(r.drawn)), uint64(r.again), uint64(r.down))
	ids := append(append([]uint32(nil), r.line.heap...), r.joints.heap...)
	h.words(uint64(r.line.len()), uint64(r.joints.len()), r.sharing.given.ns, r.sharing.given.parts, uint64(r.sharing.at))
	if r.drawn {
		h.word(uint64(r.line.head()))
	}
	for id := r.first; id != 0; id = l.request(id).after {
		ids = append(ids, id)
		h.word(uint64(id))
	}
	slices.SortFunc(ids, func(a, b uint32) int { return cmp.Compare(l.request(a).number, l.request(b).number) })
	for _, id := range ids {
		l.request(id).hash(h, id)
	}
	if l.p.numbered {
		h.word(uint64(r.units.next))
		h.sum(len(r.units.freed), func(i int) { h.word(uint64(r.units.freed[i])) })
	}
}

// unitSet is which of the numbers from 0 on are free: those below next that were given back, a heap, and those from next on.
type unitSet struct {
	freed []uint32
	next  uint32
}

// take takes the lowest free number.
func (u *unitSet) take() uint32 {
	if len(u.freed) == 0 {
		u.next++
		return u.next - 1
	}
	least, last := u.freed[0], u.freed[len(u.freed)-1]
	u.freed = u.freed[:len(u.freed)-1]
	for i := 0; len(u.freed) > 0; {
		child := 2*i + 1
		if right := child + 1; right < len(u.freed) && u.freed[right] < u.freed[child] {
			child = right
		}
		if child >= len(u.freed) || last <= u.freed[child] {
			u.freed[i] = last
			break
		}
		u.freed[i] = u.freed[child]
		i = child
	}
	return least
}

func (u *unitSet) give(n uint32) {
	u.freed = append(u.freed, n)
	for i := len(u.freed) - 1; i > 0; {
		parent := (i - 1) / 2
		if u.freed[parent] <= n {
			break
		}
		u.freed[i], u.freed[parent] = u.freed[parent], n
		i = parent
	}
}
