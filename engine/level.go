package engine

import (
	"math"
	"math/big"
	"math/bits"
)

// level is the statistics of what lasts: the length of a line, units in use. Each value counts for as long as it lasts, one
// of no duration not at all. Whole numbers times nanoseconds are summed exactly. It is at most 2 KiB, however long the run.
type level struct {
	value    int64
	since    int64     // when the value began, or the statistics
	began    int64     // when the statistics began
	integral [2]uint64 // of value times time: 128 bits, two's complement, the low word first
	squares  [3]uint64 // of value² times time: 192 bits
	min, max int64     // of the values that lasted
	lasted   bool      // one did
	over     buckets   // time by value: exact below 128, then 8 buckets an octave
	under    buckets   // of values below zero, by their distance from it
}

const (
	levelFine = 3
	levelRoom = 1<<7 + 8<<levelFine // of values that are not below zero
	underRoom = 32                  // of those below
)

// set makes v the value from now on.
func (x *level) set(v, now int64) {
	if v == x.value {
		return
	}
	x.pass(now)
	x.value = v
}

// pass counts the time up to now.
func (x *level) pass(now int64) {
	dt := now - x.since
	if dt <= 0 {
		return
	}
	x.since = now
	v := x.value
	if !x.lasted {
		x.min, x.max, x.lasted = v, v, true
	}
	x.min, x.max = min(x.min, v), max(x.max, v)
	if v == 0 {
		x.over.add(0, uint64(dt), levelRoom)
		return
	}
	size := uint64(max(v, -v))
	hi, lo := bits.Mul64(size, uint64(dt))
	addSquares(&x.squares, size, hi, lo)
	var carry uint64
	if v < 0 {
		x.integral[0], carry = bits.Sub64(x.integral[0], lo, 0)
		x.integral[1], _ = bits.Sub64(x.integral[1], hi, carry)
		x.under.add(levelKey(size), uint64(dt), underRoom)
		return
	}
	x.integral[0], carry = bits.Add64(x.integral[0], lo, 0)
	x.integral[1], _ = bits.Add64(x.integral[1], hi, carry)
	x.over.add(levelKey(size), uint64(dt), levelRoom)
}

// addSquares adds v² times time, where v times time is hi and lo.
func addSquares(sum *[3]uint64, v, hi, lo uint64) {
	h1, l1 := bits.Mul64(v, lo)
	h2, l2 := bits.Mul64(v, hi)
	var carry uint64
	sum[0], carry = bits.Add64(sum[0], l1, 0)
	sum[1], carry = bits.Add64(sum[1], h1, carry)
	sum[2] += h2 + carry
	sum[1], carry = bits.Add64(sum[1], l2, 0)
	sum[2] += carry
}

// restart begins the statistics anew, from where the value stands.
func (x *level) restart(now int64) { *x = level{value: x.value, since: now, began: now} }

func (x *level) clone() level {
	c := *x
	c.over, c.under = x.over.clone(), x.under.clone()
	return c
}

// area is the integral, in nanoseconds.
func (x *level) area() *big.Int {
	sum := bigSum(x.integral[:]...)
	if x.integral[1]>>63 == 1 {
		sum.Sub(sum, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	return sum
}

// length is how long the statistics have run, up to the last pass.
func (x *level) length() int64 { return x.since - x.began }

func (x *level) average() float64 {
	if x.length() <= 0 {
		return math.NaN()
	}
	return ratio(x.area(), big.NewInt(x.length()))
}

func (x *level) deviation() float64 {
	if x.length() <= 0 {
		return math.NaN()
	}
	n := big.NewInt(x.length())
	return math.Sqrt(spread(x.area(), bigSum(x.squares[:]...), n, n))
}

func (x *level) quantile(p float64) float64 {
	if x.length() <= 0 {
		return math.NaN()
	}
	q := quantileOf(&x.under, &x.over, rankOf(p, uint64(x.length())), levelMiddle)
	return min(max(q, float64(x.min)), float64(x.max))
}

// shareAbove is the part of the time with a value above zero.
func (x *level) shareAbove() float64 {
	if x.length() <= 0 {
		return math.NaN()
	}
	return float64(x.over.total()-x.over.below(1)) / float64(x.length())
}

func levelKey(v uint64) int32 {
	if v < 128 {
		return int32(v)
	}
	e := bits.Len64(v) - levelFine - 1
	return 128 + int32(e-4)<<levelFine + int32(v>>e) - 8
}

func levelMiddle(key int32) float64 {
	if key < 128 {
		return float64(key)
	}
	e := (key-128)>>levelFine + 4
	from := uint64((key-128)&7+8) << e
	return float64(from + uint64(1)<<e/2)
}
