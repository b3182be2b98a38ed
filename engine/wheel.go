package engine

import (
	"math/bits"
	"slices"
)

// wheel keeps timers roughly ordered: a radix heap, or hierarchical timing wheels that do not tick. Level k has 64
// buckets that are 64^k nanoseconds wide. With times and base written in base 64, a timer's level is that of the first
// digit in which its time differs from base, and this digit is the number of its bucket. So the lowest bucket in use of
// the lowest level holds the earliest timers, and base may go up to its start without another timer's being misplaced.
//
// No timer is earlier than base.
type wheel struct {
	base    int64
	n       int
	levels  uint32              // a bit for each level that holds timers
	used    [wheelLevels]uint64 // by level: a bit for each bucket that does
	buckets []bucket            // of all levels; none as long as the wheel was never used
	timers  []timer             // in blocks
	next    []uint32            // by block: the next one of its bucket, or of those that are free
	free    uint32              // the first free block + 1; 0: there is none
}

const (
	levelBits   = 6
	levelSize   = 1 << levelBits
	wheelLevels = (64 + levelBits - 1) / levelBits

	blockBits = 5
	blockSize = 1 << blockBits
)

// bucket is timers in the order in which they were added, in a chain of blocks that are full but for the last.
type bucket struct {
	n           int
	first, last uint32 // blocks
	when        int64  // of the timer that was added first
	differ      int64  // the bits in which any other's time differs from it
}

// add puts t behind all timers of its time.
func (w *wheel) add(t timer) {
	level := (bits.Len64(uint64(t.when^w.base)|1) - 1) / levelBits
	digit := int(t.when >> (level * levelBits) & (levelSize - 1))
	b := &w.buckets[level<<levelBits|digit]
	k := b.n % blockSize
	if k == 0 {
		block := w.newBlock()
		if b.n == 0 {
			*b = bucket{first: block, when: t.when}
			w.used[level] |= 1 << digit
			w.levels |= 1 << level
		} else {
			w.next[b.last] = block
		}
		b.last = block
	}
	w.timers[int(b.last)<<blockBits|k] = t
	b.differ |= t.when ^ b.when
	b.n++
	w.n++
}

func (w *wheel) newBlock() uint32 {
	if w.free == 0 {
		w.timers = append(w.timers, make([]timer, blockSize)...)
		w.next = append(w.next, 0)
		return uint32(len(w.next) - 1)
	}
	block := w.free - 1
	w.free = w.next[block]
	return block
}

// lowest is where the bucket with the earliest timers is.
func (w *wheel) lowest() (level, digit int) {
	level = bits.TrailingZeros32(w.levels)
	return level, bits.TrailingZeros64(w.used[level])
}

// detach empties a bucket and returns what it was, for pull.
func (w *wheel) detach(level, digit int) bucket {
	i := level<<levelBits | digit
	b := w.buckets[i]
	w.buckets[i] = bucket{}
	if w.used[level] &^= 1 << digit; w.used[level] == 0 {
		w.levels &^= 1 << level
	}
	return b
}

// pull moves the timers of b's first block to dst.
func (w *wheel) pull(b *bucket, dst []timer) []timer {
	k := min(b.n, blockSize)
	block := b.first
	dst = append(dst, w.timers[int(block)<<blockBits:][:k]...)
	b.first = w.next[block]
	w.next[block], w.free = w.free, block+1
	b.n -= k
	w.n -= k
	return dst
}

// spread moves the timers of a bucket to lower levels, as low as one base for all of them allows.
func (w *wheel) spread(level, digit int) {
	b := w.detach(level, digit)
	low := (bits.Len64(uint64(b.differ)) + levelBits - 1) / levelBits * levelBits
	w.base = b.when &^ (1<<low - 1)
	var block [blockSize]timer
	for b.n > 0 {
		for _, t := range w.pull(&b, block[:0]) {
			w.add(t)
		}
	}
}

// deleteFunc deletes the timers for which del is true.
func (w *wheel) deleteFunc(del func(timer) bool) {
	var block [blockSize]timer
	for i := range w.buckets {
		if w.buckets[i].n == 0 {
			continue
		}
		for b := w.detach(i>>levelBits, i%levelSize); b.n > 0; {
			for _, t := range w.pull(&b, block[:0]) {
				if !del(t) {
					w.add(t)
				}
			}
		}
	}
}

// reserve makes room for n more timers.
func (w *wheel) reserve(n int) {
	n += min(n/16, 200*blockSize) // for blocks that are not full: one in each bucket of about three levels
	w.timers = slices.Grow(w.timers, n)
	w.next = slices.Grow(w.next, n/blockSize)
}

// own gives a copied wheel memory of its own, that of was. Only the levels that hold timers are copied.
func (w *wheel) own(was *wheel) {
	from := w.buckets
	w.timers, w.next = append(was.timers[:0], w.timers...), append(was.next[:0], w.next...)
	if from == nil {
		return
	}
	if w.buckets = was.buckets; w.buckets == nil {
		w.buckets = make([]bucket, len(from))
	}
	for level := range wheelLevels {
		if at := level << levelBits; (w.levels|was.levels)>>level&1 != 0 {
			copy(w.buckets[at:], from[at:min(at+levelSize, len(from))])
		}
	}
}
