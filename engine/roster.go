package engine

import "slices"

// roster is tasks in the order in which they came. Each is in it once, but for the holders of a semaphore. Adding, taking
// the first and removing any take constant time on average.
type roster struct {
	ids  []uint32 // 0: one that was removed
	head int      // the first that is there, unless it is empty
	gone int      // zeros behind head
	find places[uint32]
}

func (x *roster) len() int { return len(x.ids) - x.head - x.gone }

// first is the first of a roster that is not empty.
func (x *roster) first() uint32 { return x.ids[x.head] }

func (x *roster) push(id uint32) {
	if x.head+x.gone > 32 {
		x.tidy()
	}
	x.ids = append(x.ids, id)
}

// tidy makes the list shorter where half of it is of no use.
func (x *roster) tidy() {
	if (x.head+x.gone)*2 <= len(x.ids) {
		return
	}
	kept := slices.DeleteFunc(x.ids[x.head:], func(id uint32) bool { return id == 0 })
	x.restart(x.ids[:copy(x.ids, kept)])
}

func (x *roster) restart(ids []uint32) {
	x.ids, x.head, x.gone = ids, 0, 0
	if x.find.at != nil {
		x.find = places[uint32]{}
	}
}

func (x *roster) pop() uint32 {
	id := x.ids[x.head]
	if x.head++; x.gone > 0 || x.head == len(x.ids) {
		x.skip()
	}
	return id
}

// skip keeps head at one that is there.
func (x *roster) skip() {
	for x.head < len(x.ids) && x.ids[x.head] == 0 {
		x.head++
		x.gone--
	}
	if x.head == len(x.ids) {
		x.restart(x.ids[:0])
	}
}

// remove takes id out, where it stands first; it reports whether it was there.
func (x *roster) remove(id uint32) bool {
	if x.head < len(x.ids) && x.ids[x.head] == id {
		x.pop()
		return true
	}
	i := x.find.in(x.ids, x.head, id)
	if i >= 0 {
		x.removeAt(i)
	}
	return i >= 0
}

func (x *roster) removeAt(i int) {
	x.ids[i] = 0
	x.gone++
	x.skip()
}

// drop takes id out, or, where it is not in it, the first.
func (x *roster) drop(id uint32) {
	if x.len() > 0 && !x.remove(id) {
		x.pop()
	}
}

// list is the tasks in it.
func (x *roster) list() []uint32 {
	return slices.DeleteFunc(slices.Clone(x.ids[x.head:]), func(id uint32) bool { return id == 0 })
}

// own gives a copied roster memory of its own, that of was. It leaves the cache out.
func (x *roster) own(was *roster) {
	x.ids, x.find = append(was.ids[:0], x.ids...), places[uint32]{}
}

// places finds elements of a long list that grows at its end and whose elements are zeroed when they go. It is a cache:
// without it elements are found as well.
type places[T comparable] struct {
	at      map[T]int   // the place of each, the first where it is there several times
	later   map[T][]int // the other places of those
	seen    int         // elements that were looked at
	removed int         // of those in at, for who counts them
}

// searchUpTo is how long a list is searched one by one.
const searchUpTo = 32

// in is the place of v in list[from:], -1: it is not there. The caller removes it.
func (x *places[T]) in(list []T, from int, v T) int {
	if len(list)-from <= searchUpTo {
		return after(list, from, v)
	}
	if x.at == nil {
		x.at, x.seen = make(map[T]int, len(list)-from), from
	}
	for ; x.seen < len(list); x.seen++ {
		x.note(list, from, list[x.seen])
	}
	for i, ok := x.at[v]; ok; i, ok = x.next(v) {
		if i >= from && list[i] == v {
			return i
		}
	}
	return -1
}

// note keeps the place of v, which is at x.seen.
func (x *places[T]) note(list []T, from int, v T) {
	var gap T
	if v == gap {
		return
	}
	if i, ok := x.at[v]; !ok || len(x.later[v]) == 0 && (i < from || list[i] != v) {
		x.at[v] = x.seen
		return
	}
	if x.later == nil {
		x.later = map[T][]int{}
	}
	x.later[v] = append(x.later[v], x.seen)
}

// next moves on to the next place of v; false: there is none.
func (x *places[T]) next(v T) (int, bool) {
	later := x.later[v]
	if len(later) == 0 {
		return 0, false
	}
	x.at[v] = later[0]
	if x.later[v] = later[1:]; len(later) == 1 {
		delete(x.later, v)
	}
	return x.at[v], true
}

func after[T comparable](list []T, from int, v T) int {
	if i := slices.Index(list[from:], v); i >= 0 {
		return from + i
	}
	return -1
}
