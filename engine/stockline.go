package engine

import (
	"math"
	"slices"
	"sort"
)

// stockLine is requests that wait for a container or a store, in their order: the least priority first, of equals the earliest.
// They are kept in short lists, one behind the other, so that a line is gone through from its head, and entering it, mostly at
// its end, and leaving it, mostly at its head, moves few.
type stockLine struct {
	lists [][]uint32
	n     int
	spare []uint32 // an empty list to be used again
	// due says who may have to be served: nobody, everybody, or the one request of that number, all others having been looked at
	// since what they ask of the stock last changed.
	due    uint32
	barred uint32 // the request that was looked at last and holds up who is behind it; 0: none does
}

const (
	nobody    = 0
	everybody = math.MaxUint32

	listLength = 128
)

// spot is where a request stands in a line, or the end of the line.
type spot struct{ list, i int }

func (x *stockLine) own(was *stockLine) {
	lists := was.lists
	for len(lists) < len(x.lists) {
		lists = append(lists, nil)
	}
	lists = lists[:len(x.lists)]
	for i, list := range x.lists {
		lists[i] = append(lists[i][:0], list...)
	}
	x.lists, x.spare = lists, append(was.spare[:0], x.spare...)
}

func (x *stockLine) len() int { return x.n }

// settled reports whether nobody in it may have to be served.
func (x *stockLine) settled() bool { return x.due == nobody || x.n == 0 }

// head is the first request; 0: there is none.
func (x *stockLine) head() uint32 { return x.at(spot{}) }

// at is the request at a place; 0: that is the end.
func (x *stockLine) at(p spot) uint32 {
	if p.list < len(x.lists) && p.i < len(x.lists[p.list]) {
		return x.lists[p.list][p.i]
	}
	return 0
}

// next is the place behind one.
func (x *stockLine) next(p spot) spot {
	if p.i++; p.i >= len(x.lists[p.list]) && p.list < len(x.lists)-1 {
		return spot{p.list + 1, 0}
	}
	return p
}

// all is the requests in their order.
func (x *stockLine) all() []uint32 { return slices.Concat(x.lists...) }

// standsBefore reports whether request a stands before b.
func standsBefore(a, b *request) bool {
	return a.priority < b.priority || a.priority == b.priority && a.number < b.number
}

// placeOf is where a request would stand: behind all that stand before it.
func (l *Loop) placeOf(x *stockLine, q *request) spot {
	list := sort.Search(len(x.lists)-1, func(i int) bool { return !standsBefore(l.request(x.lists[i][len(x.lists[i])-1]), q) })
	ids := x.lists[list]
	return spot{list, sort.Search(len(ids), func(i int) bool { return !standsBefore(l.request(ids[i]), q) })}
}

// enterStock puts a request into a line. It has to be looked at unless somebody before it holds it up.
func (l *Loop) enterStock(x *stockLine, id uint32) {
	q := l.request(id)
	l.stirBy(q)
	switch {
	case x.due != nobody:
		x.due = everybody
	case x.barred == 0 || standsBefore(q, l.request(x.barred)):
		x.due = id
	}
	if len(x.lists) == 0 {
		x.lists = append(x.lists, nil)
	}
	last := len(x.lists) - 1
	p := spot{last, len(x.lists[last])}
	if p.i > 0 && !standsBefore(l.request(x.lists[last][p.i-1]), q) {
		p = l.placeOf(x, q)
	}
	if len(x.lists[p.list]) == listLength {
		p = x.split(p)
	}
	ids := append(x.lists[p.list], id)
	if p.i < len(ids)-1 {
		copy(ids[p.i+1:], ids[p.i:])
		ids[p.i] = id
	}
	x.lists[p.list] = ids
	x.n++
}

// split makes two lists of a full one, and returns what becomes of a place in it.
func (x *stockLine) split(p spot) spot {
	ids, middle := x.lists[p.list], listLength/2
	if p.i == listLength && p.list == len(x.lists)-1 {
		middle = listLength // at the end of a line there will be more
	}
	x.lists = slices.Insert(x.lists, p.list+1, append(x.spare, ids[middle:]...))
	x.lists[p.list], x.spare = ids[:middle], nil
	if p.i >= middle {
		return spot{p.list + 1, p.i - middle}
	}
	return p
}

// leaveStock takes a request out of a line. Those whom it held up have to be looked at.
func (l *Loop) leaveStock(x *stockLine, id uint32) {
	q := l.request(id)
	l.stirBy(q)
	switch id {
	case x.barred:
		x.barred, x.due = 0, everybody
	case x.due:
		x.due = nobody
	}
	p := spot{}
	switch {
	case x.head() == id:
	case len(x.lists) == 1:
		p.i = slices.Index(x.lists[0], id)
	default:
		p = l.placeOf(x, q)
	}
	ids := x.lists[p.list]
	ids = ids[:p.i+copy(ids[p.i:], ids[p.i+1:])]
	x.lists[p.list] = ids
	if x.n--; len(ids) == 0 && len(x.lists) > 1 {
		x.lists, x.spare = slices.Delete(x.lists, p.list, p.list+1), ids
	}
}
