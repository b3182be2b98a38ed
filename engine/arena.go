package engine

import "slices"

// arena holds records, each known by its number, in chunks. A whole chunk never moves; the first one starts small and
// moves as it doubles. Numbers that were given back are used again, the latest first.
type arena[T any] struct {
	chunks [][]T
	first  []T      // the first chunk again: most runs have no other, and it is quicker to reach
	n      uint32   // numbers in use so far, from 0
	free   []uint32 // given back
}

const (
	chunkBits  = 12
	chunkMask  = 1<<chunkBits - 1
	firstChunk = 16
)

func (a *arena[T]) at(id uint32) *T {
	if id < uint32(len(a.first)) {
		return &a.first[id]
	}
	return &a.chunks[id>>chunkBits][id&chunkMask]
}

// add returns the next number, whose record is zero.
func (a *arena[T]) add() uint32 {
	id := a.n
	switch last := len(a.chunks) - 1; {
	case id == 0:
		a.chunks = append(a.chunks, make([]T, firstChunk))
		a.first = a.chunks[0]
	case id&chunkMask == 0:
		a.chunks = append(a.chunks, make([]T, 1<<chunkBits))
	case int(id&chunkMask) == len(a.chunks[last]):
		grown := make([]T, 2*id)
		copy(grown, a.chunks[last])
		if a.chunks[last] = grown; last == 0 {
			a.first = grown
		}
	}
	a.n++
	return id
}

// reuse returns a number that was given back, with its record as it was left; 0 if there is none.
func (a *arena[T]) reuse() uint32 {
	if len(a.free) == 0 {
		return 0
	}
	id := a.free[len(a.free)-1]
	a.free = a.free[:len(a.free)-1]
	return id
}

// take returns a number that was given back, or else the next one; never 0, which stands for none.
func (a *arena[T]) take() (id uint32, fresh bool) {
	if id := a.reuse(); id != 0 {
		return id, false
	}
	if a.n == 0 {
		a.add()
	}
	return a.add(), true
}

// give gives a number back.
func (a *arena[T]) give(id uint32) { a.free = append(a.free, id) }

// all yields every record, including those given back.
func (a *arena[T]) all(yield func(*T) bool) {
	for id := range a.n {
		if !yield(a.at(id)) {
			return
		}
	}
}

// own gives a copied arena memory of its own: that of was, which is of no use any more. each, where it is not nil, does the
// same with a record.
func (a *arena[T]) own(was *arena[T], each func(x, was *T)) {
	from, to := a.chunks, was.chunks
	for len(to) < len(from) {
		to = append(to, nil)
	}
	to = to[:len(from)]
	for i, chunk := range from {
		cloneAll(&to[i], chunk, each)
	}
	a.chunks, a.first = to, nil
	if len(to) > 0 {
		a.first = to[0]
	}
	a.free = append(was.free[:0], a.free...)
}

// cloneAll makes to a copy of a list of records, in the memory that it has; own gives a copied record slices of its own, in
// those of the record that stood there before.
func cloneAll[T any](to *[]T, from []T, own func(x, was *T)) {
	if own == nil {
		*to = append((*to)[:0], from...)
		return
	}
	list := slices.Grow((*to)[:0], len(from))[:len(from)]
	var was T // one for all: it is allocated
	for i := range from {
		was = list[i]
		list[i] = from[i]
		own(&list[i], &was)
	}
	*to = list
}
