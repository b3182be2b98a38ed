package engine

import (
	"math"
	"math/big"
	"math/bits"
)

// level is the statistics of what lasts: the length of a line, units in use. Each value counts for as long as it lasts, one
// of no duration not at all. Whole numbers times nanoseconds are summed exactly, others by Welford's method with weights, each
// product rounded. It is at most 2 KiB, of other numbers 17 KiB, however long the run.
type level struct {
	value    int64
	since    int64     // when the value began, or the statistics
	began    int64     // when the statistics began
	integral [2]uint64 // of value times time: 128 bits, two's complement, the low word first
	squares  [3]uint64 // of value² times time: 192 bits
	min, max int64     // of the values that lasted
	lasted   bool      // one did
	isReal   bool      // the values are not whole, or were not: the sums are those of real
	real     realLevel
	over     buckets // time by value: exact below 128, then 8 buckets an octave
	under    buckets // of values below zero, by their distance from it
}

// realLevel is what a level has in place of exact sums where its values are not whole.
type realLevel struct {
	value    float64
	mean, m2 float64 // weighted with time, and the sum of the squares of the distances from it, times time
	min, max float64
	zeros    uint64 // time at 0
}

const (
	levelFine = 3
	levelRoom = 1<<7 + 8<<levelFine // of values that are not below zero
	underRoom = 32                  // of those below
	realRoom  = 16 << octaveBits    // of reals on either side of zero: 16 octaves
)

// set makes v the value from now on.
func (x *level) set(v, now int64) {
	if v == x.value {
		return
	}
	x.pass(now)
	x.value = v
}

// setNumber is set for any number. From the first one on that is not whole the sums are those of reals.
func (x *level) setNumber(v float64, now int64) {
	if whole := int64(v); !x.isReal && float64(whole) == v && math.Abs(v) < 1<<53 {
		x.set(whole, now)
		return
	}
	if math.IsNaN(v) { // it is no level: the one before goes on
		return
	}
	x.pass(now)
	if !x.isReal {
		x.becomeReal()
	}
	x.real.value = v
}

// number is the value now.
func (x *level) number() float64 {
	if x.isReal {
		return x.real.value
	}
	return float64(x.value)
}

// becomeReal turns sums of whole numbers into those of reals.
func (x *level) becomeReal() {
	r := realLevel{value: float64(x.value), min: float64(x.min), max: float64(x.max)}
	if x.length() > 0 {
		d := x.deviation()
		r.mean, r.m2 = x.average(), float64(d*d)*float64(x.length())
	}
	over, under := x.over, x.under
	x.over, x.under = buckets{}, buckets{}
	for i, n := range over.counts {
		if over.first+int32(i) == 0 {
			r.zeros = n
		} else if n > 0 {
			x.over.add(realKey(levelMiddle(over.first+int32(i)), octaveBits), n, realRoom)
		}
	}
	for i, n := range under.counts {
		if n > 0 {
			x.under.add(realKey(levelMiddle(under.first+int32(i)), octaveBits), n, realRoom)
		}
	}
	x.real, x.isReal = r, true
}

// passReal counts that the value has lasted for dt.
func (x *level) passReal(dt int64) {
	r := &x.real
	if !x.lasted {
		r.min, r.max, x.lasted = r.value, r.value, true
	}
	r.min, r.max = min(r.min, r.value), max(r.max, r.value)
	delta := r.value - r.mean
	r.mean += float64(delta * (float64(dt) / float64(x.length())))
	r.m2 += float64(float64(dt) * float64(delta*(r.value-r.mean)))
	switch key := realKey(math.Abs(r.value), octaveBits); {
	case r.value == 0:
		r.zeros += uint64(dt)
	case r.value < 0:
		x.under.add(key, uint64(dt), realRoom)
	default:
		x.over.add(key, uint64(dt), realRoom)
	}
}

// pass counts the time up to now.
func (x *level) pass(now int64) {
	dt := now - x.since
	if dt <= 0 {
		return
	}
	x.since = now
	if x.isReal {
		x.passReal(dt)
		return
	}
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
func (x *level) restart(now int64) {
	*x = level{value: x.value, since: now, began: now, isReal: x.isReal, real: realLevel{value: x.real.value}}
}

func (x *level) clone() level {
	c := *x
	c.over, c.under = x.over.clone(), x.under.clone()
	return c
}

// upTo is the level with the time up to now counted, which x itself has not yet.
func (x *level) upTo(now int64) *level {
	c := x.clone()
	c.pass(now)
	return &c
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
	switch {
	case x.length() <= 0:
		return math.NaN()
	case x.isReal:
		return x.real.mean
	}
	return ratio(x.area(), big.NewInt(x.length()))
}

func (x *level) deviation() float64 {
	switch {
	case x.length() <= 0:
		return math.NaN()
	case x.isReal:
		return math.Sqrt(x.real.m2 / float64(x.length()))
	}
	n := big.NewInt(x.length())
	return math.Sqrt(spread(x.area(), bigSum(x.squares[:]...), n, n))
}

func (x *level) quantile(p float64) float64 {
	if x.length() <= 0 {
		return math.NaN()
	}
	rank, middle := rankOf(p, uint64(x.length())), levelMiddle
	if x.isReal {
		middle = func(key int32) float64 { return realMiddle(key, octaveBits) }
		if below := x.under.total(); rank > below {
			if rank <= below+x.real.zeros {
				return 0
			}
			rank -= x.real.zeros
		}
	}
	q := quantileOf(&x.under, &x.over, rank, middle)
	return min(max(q, x.least()), x.most())
}

// least and most are the bounds of the values that lasted, NaN: none did.
func (x *level) least() float64 {
	switch {
	case !x.lasted:
		return math.NaN()
	case x.isReal:
		return x.real.min
	}
	return float64(x.min)
}

func (x *level) most() float64 {
	switch {
	case !x.lasted:
		return math.NaN()
	case x.isReal:
		return x.real.max
	}
	return float64(x.max)
}

// shareAbove is the part of the time with a value above zero.
func (x *level) shareAbove() float64 {
	if x.length() <= 0 {
		return math.NaN()
	}
	above := x.over.total()
	if !x.isReal {
		above -= x.over.below(1)
	}
	return float64(above) / float64(x.length())
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
