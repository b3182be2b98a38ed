package engine

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// store is items that tasks put in and take out, perhaps those that fit, several at once, or for a while (SimPy: Store,
// FilterStore, PriorityStore).
type store struct {
	plainObject
	stock
	name     string
	capacity int64 // 0: no limit
	order    StoreOrder
	items    ring[uint32] // StorePriority: a heap in buf[:n], head 0; the others in the order in which they were put in
	puts     uint64       // items so far
	lent     int64        // items that are to come back: they keep their room
}

// StoreOrder says which item of a store is next.
type StoreOrder uint8

const (
	StoreFIFO     StoreOrder = iota // the one that was put in first
	StoreLIFO                       // the one that was put in last
	StoreRandom                     // any, drawn when it is taken
	StorePriority                   // the one of the least priority, and of those the first
)

// StoreOrderWords is the orders by StoreOrder.
var StoreOrderWords = []string{"fifo", "lifo", "random", "priority"}

// ParseStoreOrder reads one of StoreOrderWords.
func ParseStoreOrder(word string) (StoreOrder, bool) {
	i := slices.Index(StoreOrderWords, word)
	return StoreOrder(max(i, 0)), i >= 0
}

// StoreDef is what an ObjectDef says of a store besides its capacity, which is its Size.
type StoreDef struct {
	Order   StoreOrder
	Initial Eval // a list; nil: nothing is in it
}

// item is what is in a store, or what a request puts in or has got. It is known by its number in objects.stored.
type item struct {
	value    Value
	priority float64 // of the `put`
	number   uint64  // counts the items that were put into the store
	next     uint32  // the next one of a request
	since    int64   // with statistics: when it came into the store
}

func makeStore(l *Loop, d *ObjectDef, name string, capacity int64) int {
	s := store{name: name, capacity: capacity, order: d.Store.Order}
	initial := Value{}
	if d.Store.Initial != nil {
		initial = d.Store.Initial(l)
	}
	switch {
	case l.fault != nil || d.Store.Initial == nil:
	case initial.Kind() != KindList:
		l.Raise("TypeError", "what is in a store is a list, not "+initial.Kind().String())
	case capacity > 0 && int64(len(initial.Elems())) > capacity:
		l.Raise("ValueError", "a store of "+strconv.FormatInt(capacity, 10)+" cannot begin with "+strconv.Itoa(len(initial.Elems())))
	default:
		for _, v := range initial.Elems() {
			s.insert(l, l.newItem(v, 0))
		}
	}
	return add(&l.stores, s)
}

// newItem makes the record of an item.
func (l *Loop) newItem(v Value, priority float64) uint32 {
	id, _ := l.stored.take()
	*l.stored.at(id) = item{value: v, priority: priority}
	return id
}

func (l *Loop) freeItem(id uint32) {
	*l.stored.at(id) = item{}
	l.stored.give(id)
}

func (s *store) title() string { return s.name }

func (s *store) size() int64 { return int64(s.items.n) }

func (s *store) full() bool { return s.capacity > 0 && s.size()+s.lent >= s.capacity }

func (s *store) attr(l *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrSize:
		return Int(s.size()), true
	case AttrCapacity:
		return Int(s.capacity), true
	case AttrFull:
		return Bool(s.full()), true
	case AttrEmpty:
		return Bool(s.items.n == 0), true
	case AttrLent:
		return Int(s.lent), true
	case AttrItems:
		l.Charge(s.items.n * valueSize)
		return l.ownList(l.valuesOf(s.inOrder(l))), true
	}
	return Value{}, false
}

// valuesOf is the values of items.
func (l *Loop) valuesOf(ids []uint32) []Value {
	list := make([]Value, len(ids))
	for i, id := range ids {
		list[i] = l.stored.at(id).value
	}
	return list
}

// inOrder is the items in the order in which they would be taken; of a random store in that in which they were put in.
func (s *store) inOrder(l *Loop) []uint32 {
	ids := make([]uint32, s.items.n)
	for i := range ids {
		ids[i] = *s.at(i)
	}
	switch s.order {
	case StoreLIFO:
		slices.Reverse(ids)
	case StorePriority:
		slices.SortFunc(ids, func(a, b uint32) int { return compareItems(l.stored.at(a), l.stored.at(b)) })
	}
	return ids
}

func compareItems(a, b *item) int {
	return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.number, b.number))
}

func (s *store) level() (int64, int) { return s.size(), s.waiting() }

func (s *store) most() int64 { return s.capacity }

func (s *store) own(was *store) {
	s.ownLines(&was.stock)
	s.items.buf = append(was.items.buf[:0], s.items.buf...)
}

func (s *store) hash(l *Loop, h *hasher) {
	h.words(uint64(s.capacity), uint64(s.lent), uint64(s.items.n))
	for _, id := range s.inOrder(l) {
		h.word(math.Float64bits(l.stored.at(id).priority))
		h.value(l.stored.at(id).value)
	}
	s.hashLines(l, h)
}

// hashItems takes in the items of a request, and where they may go back to.
func (l *Loop) hashItems(h *hasher, id uint32) {
	for ; id != 0; id = l.stored.at(id).next {
		x := l.stored.at(id)
		h.words(math.Float64bits(x.priority), x.number)
		h.value(x.value)
	}
}

func (s *store) at(i int) *uint32 { return &s.items.buf[(s.items.head+i)&(len(s.items.buf)-1)] }

// insert puts an item in: a new one as the last of its priority, one that comes back to its old place.
func (s *store) insert(l *Loop, id uint32) {
	s.wants.due = everybody
	x := l.stored.at(id)
	x.next = 0
	if l.measuring {
		x.since = l.now
	}
	if x.number == 0 {
		s.puts++
		x.number = s.puts
	}
	s.items.push(id)
	i := s.items.n - 1
	if s.order == StorePriority {
		s.rise(l, i)
		return
	}
	for ; i > 0 && l.stored.at(*s.at(i - 1)).number > x.number; i-- {
		*s.at(i), *s.at(i - 1) = *s.at(i - 1), id
	}
}

// rise and sink move the item at i of a heap to its place.
func (s *store) rise(l *Loop, i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if compareItems(l.stored.at(*s.at(parent)), l.stored.at(*s.at(i))) < 0 {
			return
		}
		*s.at(i), *s.at(parent) = *s.at(parent), *s.at(i)
		i = parent
	}
}

func (s *store) sink(l *Loop, i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < s.items.n; child++ {
			if compareItems(l.stored.at(*s.at(child)), l.stored.at(*s.at(least))) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		*s.at(i), *s.at(least) = *s.at(least), *s.at(i)
		i = least
	}
}

// take takes the item at i out.
func (s *store) take(l *Loop, i int) uint32 {
	s.offers.due = everybody
	id := *s.at(i)
	switch last := s.items.n - 1; {
	case s.order == StorePriority:
		*s.at(i) = *s.at(last)
		s.items.n--
		if i < last {
			s.rise(l, i)
			s.sink(l, i)
		}
	case i == 0:
		s.items.pop()
	default:
		for ; i < last; i++ {
			*s.at(i) = *s.at(i + 1)
		}
		s.items.n--
	}
	return id
}

// asked notes how many items a request wants: with batch amount of them at once, or at least least when its time is over.
func (s *store) asked(l *Loop, q *request, amount Value, least EvalInt) {
	q.amount = int64(amount.n)
	switch {
	case l.fault != nil:
		return
	case !amount.is(KindInt):
		l.Raise("TypeError", "an amount of items is an integer, not "+amount.Kind().String())
	case q.amount < 1:
		l.Raise("ValueError", "an amount must be 1 or more, not "+strconv.FormatInt(q.amount, 10))
	case s.capacity > 0 && q.amount > s.capacity:
		l.Raise("ValueError", "an amount of "+strconv.FormatInt(q.amount, 10)+" is more than the capacity, "+strconv.FormatInt(s.capacity, 10))
	case least != nil:
		q.least = least(l)
		if l.fault == nil && (q.least < 1 || q.least > q.amount) {
			l.Raise("ValueError", "at_least must be from 1 to "+strconv.FormatInt(q.amount, 10)+", not "+strconv.FormatInt(q.least, 10))
		}
	}
}

func (s *store) serve(l *Loop, id uint32) served {
	q := l.request(id)
	switch {
	case q.offers && s.full():
		return servedNot
	case q.offers:
		item := q.items
		q.items = 0
		s.insert(l, item)
		return servedDone
	case s.items.n == 0:
		return servedNot
	}
	fit, err := s.fitting(l, q, l.p.code[q.pc].x)
	switch {
	case err != nil:
		q.items, q.failed = l.newItem(errorValue(err), 0), true
		return servedDone
	case int64(len(fit)) >= q.wants():
		s.lend(l, q, fit)
		return servedDone
	case q.batch:
		return servedNot
	}
	return servedPassed
}

// first is the place of the item that is next, in a store that is not empty; of a random store it is drawn.
func (s *store) first(l *Loop) int {
	switch s.order {
	case StoreLIFO:
		return s.items.n - 1
	case StoreRandom:
		return l.choose(s.items.n)
	}
	return 0
}

// wants is how many items a request must get at least now.
func (q *request) wants() int64 {
	if q.hurried {
		return q.least
	}
	return q.amount
}

// fitting is the places of the items that a request takes, in the order in which it takes them, no more than it wants: the first
// ones for which its `where` holds, if it has one; of a random store any of those. A `where` whose answers last is not asked again
// about what it has refused; with any other, whoever wants something has to be looked at again whatever changes.
func (s *store) fitting(l *Loop, q *request, x *operands) (places []int, err *Error) {
	switch {
	case x.where == nil:
		s.collect(l, q, x)
	case !x.lasting:
		err = s.collect(l, q, x)
		s.wants.due = everybody
	case q.refused == s.puts:
		return nil, nil
	default:
		err = s.askLasting(l, q, x)
	}
	if n := len(l.fit); s.order == StoreRandom && err == nil && int64(n) >= q.wants() {
		l.fit = l.fit[:min(q.amount, int64(n))]
		for i := range l.fit {
			j := i + l.choose(n-i)
			l.fit[:n][i], l.fit[:n][j] = l.fit[:n][j], l.fit[:n][i]
		}
	}
	return l.fit, err
}

// collect puts into l.fit the places of the items that a request takes, of a random store of all that it may take.
func (s *store) collect(l *Loop, q *request, x *operands) *Error {
	n, sorted := s.items.n, s.order == StorePriority && (x.where != nil || q.amount > 1)
	if sorted {
		n = s.sortAfter(l, 0)
	}
	places := l.fit[:0]
	for i := range n {
		at := s.placeAt(l, i, sorted)
		if x.where != nil {
			if ok, err := l.itemFits(q, l.stored.at(*s.at(at)).value); err != nil {
				return err
			} else if !ok {
				continue
			}
		}
		if places = append(places, at); int64(len(places)) == q.amount && s.order != StoreRandom {
			break
		}
	}
	l.fit = places
	return nil
}

// askLasting is collect for a `where` whose answers last, as long as nothing that it reads of the items changes.
func (s *store) askLasting(l *Loop, q *request, x *operands) *Error {
	from, effects := l.visit(q.task, q.pc), l.effects()
	as := &l.frame[x.as.Index]
	kept := *as
	i, n, sorted := 0, s.items.n, s.order == StorePriority
	switch {
	case sorted:
		n = s.sortAfter(l, q.refused)
	case q.refused > 0:
		for i = n; i > 0 && l.stored.at(*s.at(i - 1)).number > q.refused; i-- {
		}
		if s.order == StoreLIFO {
			i, n = 0, n-i
		}
	}
	places := l.fit[:0]
	for ; i < n; i++ {
		at := i
		if s.order == StoreFIFO || s.order == StoreRandom {
			i = s.firstFit(l, i, n, as, x.where)
			at = i
		} else {
			at = s.placeAt(l, i, sorted)
			if *as = l.stored.at(*s.at(at)).value; !x.where(l) && l.fault == nil {
				continue
			}
		}
		if i == n || l.fault != nil {
			break
		}
		if places = append(places, at); int64(len(places)) == q.amount && s.order != StoreRandom {
			break
		}
	}
	*as = kept
	switch l.fit = places; {
	case l.effects() != effects:
		s.wants.due = everybody
	case len(places) == 0 && l.fault == nil:
		q.refused = s.puts
	}
	return l.comeBack(from)
}

// firstFit is the first of the items from i to before n for which where holds in the variable as, or raises; n: it is none.
func (s *store) firstFit(l *Loop, i, n int, as *Value, where EvalBool) int {
	for ; i < n; i++ {
		if *as = l.stored.at(*s.at(i)).value; where(l) || l.fault != nil {
			break
		}
	}
	return i
}

// sortAfter puts into l.fit the places of the items with numbers above one, in their order, and returns how many there are.
func (s *store) sortAfter(l *Loop, number uint64) int {
	l.fit = l.fit[:0]
	for i := range s.items.n {
		if l.stored.at(*s.at(i)).number > number {
			l.fit = append(l.fit, i)
		}
	}
	slices.SortFunc(l.fit, func(a, b int) int { return compareItems(l.stored.at(*s.at(a)), l.stored.at(*s.at(b))) })
	return len(l.fit)
}

// placeAt is the place of the item that is looked at as the i-th; sorted: as l.fit says.
func (s *store) placeAt(l *Loop, i int, sorted bool) int {
	switch {
	case sorted:
		return l.fit[i]
	case s.order == StoreLIFO:
		return s.items.n - 1 - i
	}
	return i
}

// effects is how much expressions have made, how often they went through something, and how many attributes they have looked at.
func (l *Loop) effects() int64 { return l.memory.charged + l.memory.turns + l.vars.attributes }

// lend gives the items at places to a request, in that order.
func (s *store) lend(l *Loop, q *request, places []int) {
	if q.scoped {
		s.lent += int64(len(places))
	}
	for _, at := range places {
		l.statStay(KindStore, q.on, l.stored.at(*s.at(at)).since)
	}
	if len(places) == 1 {
		q.items = s.take(l, places[0])
		return
	}
	last := uint32(0)
	for _, at := range places {
		id := *s.at(at)
		if last == 0 {
			q.items = id
		} else {
			l.stored.at(last).next = id
		}
		last = id
	}
	s.takeAll(l, places)
}

// takeAll takes the items at several places out.
func (s *store) takeAll(l *Loop, places []int) {
	s.offers.due = everybody
	slices.Sort(places)
	switch s.order {
	case StoreFIFO:
		for i, at := range places {
			s.take(l, at-i)
		}
	case StorePriority:
		for _, at := range places {
			*s.at(at) = 0
		}
		kept := slices.DeleteFunc(s.items.buf[:s.items.n], func(id uint32) bool { return id == 0 })
		s.items.n = len(kept)
		for i := s.items.n/2 - 1; i >= 0; i-- {
			s.sink(l, i)
		}
	default:
		for _, at := range slices.Backward(places) {
			s.take(l, at)
		}
	}
}

// itemFits evaluates the `where` of a request on an item, in the variables of its task.
func (l *Loop) itemFits(q *request, v Value) (ok bool, err *Error) {
	from := l.visit(q.task, q.pc)
	ok = l.accepts(l.p.code[q.pc].x, v)
	return ok, l.comeBack(from)
}

// takeBack puts what a request has got back to its place.
func (s *store) takeBack(l *Loop, q *request) { s.back(l, q, false) }

// returnLoan is the end of a loan: what was lent goes back as if it were put in.
func (s *store) returnLoan(l *Loop, q *request) { s.back(l, q, true) }

func (s *store) back(l *Loop, q *request, anew bool) {
	for id := q.items; id != 0; {
		x := l.stored.at(id)
		next := x.next
		if anew {
			x.number = 0
		} else {
			s.forget(l, x.number)
		}
		s.insert(l, id)
		if q.scoped {
			s.lent--
		}
		id = next
	}
	q.items = 0
}

// forget lets those who take be asked about the items from a number on again: one that they may not have seen comes back.
func (s *store) forget(l *Loop, number uint64) {
	for _, ids := range s.wants.lists {
		for _, id := range ids {
			q := l.request(id)
			q.refused = min(q.refused, number-1)
		}
	}
}

func (s *store) got(l *Loop, q *request) Value {
	if !q.batch {
		return l.stored.at(q.items).value
	}
	var list []Value
	for id := q.items; id != 0; id = l.stored.at(id).next {
		list = append(list, l.stored.at(id).value)
	}
	l.Charge(len(list) * valueSize)
	return l.ownList(list)
}
