package engine

import (
	"math"
	"math/big"
	"math/bits"
)

// level is the statistics of what lasts: the length of a line, units in use. Each value counts for as long as it lasts, one
// of no duration not at all. Whole numbers times nanoseconds are summed exactly, others by Welford's method with weights, each
// product rounded. It is at most 2 KiB, of other numbers 17 KiB, however long the run, and what `metrics` asks for besides.
type level struct {
	value  int64
	real   float64           // the value where it is not whole, or was not
	since  int64             // when the value began, or the statistics
	isReal bool              // the value is real
	summed bool              // rest is of all values
	rest   lasting           // of the values that are not below fineLevels: of those, over says all there is to be said
	over   buckets           // time by value: exact below fineLevels, then 8 buckets an octave
	under  buckets           // of values below zero, by their distance from it
	zeros  uint64            // time at 0, where values are real
	more   []detail[lasting] // one, where there is any
}

// lasting is what is added up of what lasts.
type lasting struct {
	length   int64     // how long all values together
	integral [2]uint64 // of value times time: 128 bits, two's complement, the low word first
	squares  [3]uint64 // of value² times time: 192 bits
	min, max int64     // of the values that lasted
	ofReals  bool      // some were not whole: the sums are those of reals
	reals    realSums
}

// realSums is what there is in place of exact sums where values are not whole.
type realSums struct {
	mean, m2 float64 // weighted with time, and the sum of the squares of the distances from it, times time
	min, max float64
}

const (
	levelFine  = 3
	fineLevels = 1 << 7
	levelRoom  = fineLevels + 8<<levelFine // of values that are not below zero
	underRoom  = 32                        // of those below
	realRoom   = 16 << octaveBits          // of reals on either side of zero: 16 octaves
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
	x.real = v
}

// number is the value now.
func (x *level) number() float64 {
	if x.isReal {
		return x.real
	}
	return float64(x.value)
}

// becomeReal makes the buckets of whole numbers those of reals.
func (x *level) becomeReal() {
	x.sum()
	over, under := x.over, x.under
	x.over, x.under, x.isReal = buckets{}, buckets{}, true
	for i, n := range over.counts {
		if over.first+int32(i) == 0 {
			x.zeros = n
		} else if n > 0 {
			x.over.add(realKey(levelMiddle(over.first+int32(i)), octaveBits), n, realRoom)
		}
	}
	for i, n := range under.counts {
		if n > 0 {
			x.under.add(realKey(levelMiddle(under.first+int32(i)), octaveBits), n, realRoom)
		}
	}
}

// becomeReal turns sums of whole numbers into those of reals.
func (s *lasting) becomeReal() {
	r := realSums{min: float64(s.min), max: float64(s.max)}
	if s.length > 0 {
		d := s.deviation()
		r.mean, r.m2 = s.average(), float64(d*d)*float64(s.length)
	}
	s.reals, s.ofReals = r, true
}

// pass counts the time up to now.
func (x *level) pass(now int64) {
	dt := now - x.since
	if dt <= 0 {
		return
	}
	if len(x.more) > 0 {
		x.sort(&x.more[0], now)
	}
	x.since = now
	if uint64(x.value) < fineLevels && !x.summed && !x.isReal {
		x.over.add(int32(x.value), uint64(dt), levelRoom)
		return
	}
	x.other(dt)
}

// other counts that the value has lasted for dt, where that takes more than its bucket.
func (x *level) other(dt int64) {
	if x.isReal {
		x.rest.realNumber(x.real, dt)
		switch key := realKey(math.Abs(x.real), octaveBits); {
		case x.real == 0:
			x.zeros += uint64(dt)
		case x.real < 0:
			x.under.add(key, uint64(dt), realRoom)
		default:
			x.over.add(key, uint64(dt), realRoom)
		}
		return
	}
	if x.value < 0 {
		x.rest.whole(x.value, dt)
		x.under.add(levelKey(uint64(-x.value)), uint64(dt), underRoom)
		return
	}
	key := levelKey(uint64(x.value))
	if key >= levelRoom && !x.summed {
		x.sum() // the buckets of small values may run together
	}
	x.rest.whole(x.value, dt)
	x.over.add(key, uint64(dt), levelRoom)
}

// sum makes rest that of all values, from now on.
func (x *level) sum() { x.rest, x.summed = *x.all(), true }

// all is what is added up of all values.
func (x *level) all() *lasting {
	s := x.rest
	if x.summed || x.isReal {
		return &s
	}
	for i, n := range x.over.counts {
		if v := int64(x.over.first) + int64(i); n > 0 && v < fineLevels {
			s.whole(v, int64(n))
		}
	}
	return &s
}

// whole adds that a whole number has lasted for dt.
func (s *lasting) whole(v, dt int64) {
	if s.ofReals {
		s.realNumber(float64(v), dt)
		return
	}
	if s.length == 0 {
		s.min, s.max = v, v
	}
	s.length += dt
	s.min, s.max = min(s.min, v), max(s.max, v)
	if v == 0 {
		return
	}
	size := uint64(max(v, -v))
	hi, lo := bits.Mul64(size, uint64(dt))
	addSquares(&s.squares, size, hi, lo)
	var carry uint64
	if v < 0 {
		s.integral[0], carry = bits.Sub64(s.integral[0], lo, 0)
		s.integral[1], _ = bits.Sub64(s.integral[1], hi, carry)
		return
	}
	s.integral[0], carry = bits.Add64(s.integral[0], lo, 0)
	s.integral[1], _ = bits.Add64(s.integral[1], hi, carry)
}

// realNumber adds that a number has lasted for dt.
func (s *lasting) realNumber(v float64, dt int64) {
	if !s.ofReals {
		s.becomeReal()
	}
	r := &s.reals
	if s.length == 0 {
		r.min, r.max = v, v
	}
	s.length += dt
	r.min, r.max = min(r.min, v), max(r.max, v)
	delta := v - r.mean
	r.mean += float64(delta * (float64(dt) / float64(s.length)))
	r.m2 += float64(float64(dt) * float64(delta*(v-r.mean)))
}

// sort counts the time up to now in the bin of the value, and in the slots in which it lies.
func (x *level) sort(d *detail[lasting], now int64) {
	if d.bins.counts != nil {
		d.bins.add(x.number(), uint64(now-x.since))
	}
	if d.windows.Every == 0 {
		return
	}
	for at := x.since; at < now; {
		end := min(d.windows.end(at), now)
		if s := d.slotAt(d.windows.slot(at)); x.isReal {
			s.realNumber(x.real, end-at)
		} else {
			s.whole(x.value, end-at)
		}
		at = end
	}
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
	*x = level{value: x.value, real: x.real, isReal: x.isReal, since: now, more: freshDetail(x.more)}
}

func (x *level) clone() level {
	c := *x
	c.over, c.under, c.more = x.over.clone(), x.under.clone(), cloneDetail(x.more)
	return c
}

// upTo is the level with the time up to now counted, which x itself has not yet.
func (x *level) upTo(now int64) *level {
	c := x.clone()
	c.pass(now)
	return &c
}

// area is the integral of whole numbers, in nanoseconds.
func (s *lasting) area() *big.Int {
	sum := bigSum(s.integral[:]...)
	if s.integral[1]>>63 == 1 {
		sum.Sub(sum, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	return sum
}

func (s *lasting) average() float64 {
	switch {
	case s.length == 0:
		return math.NaN()
	case s.ofReals:
		return s.reals.mean
	}
	return ratio(s.area(), big.NewInt(s.length))
}

func (s *lasting) deviation() float64 {
	switch {
	case s.length == 0:
		return math.NaN()
	case s.ofReals:
		return math.Sqrt(s.reals.m2 / float64(s.length))
	}
	n := big.NewInt(s.length)
	return math.Sqrt(spread(s.area(), bigSum(s.squares[:]...), n, n))
}

func (x *level) quantile(p float64) float64 {
	s := x.all()
	if s.length == 0 {
		return math.NaN()
	}
	rank, middle := rankOf(p, uint64(s.length)), levelMiddle
	if x.isReal {
		middle = func(key int32) float64 { return realMiddle(key, octaveBits) }
		if below := x.under.total(); rank > below {
			if rank <= below+x.zeros {
				return 0
			}
			rank -= x.zeros
		}
	}
	q := quantileOf(&x.under, &x.over, rank, middle)
	return min(max(q, s.least()), s.most())
}

// least and most are the bounds of the values that lasted, NaN: none did.
func (s *lasting) least() float64 {
	switch {
	case s.length == 0:
		return math.NaN()
	case s.ofReals:
		return s.reals.min
	}
	return float64(s.min)
}

func (s *lasting) most() float64 {
	switch {
	case s.length == 0:
		return math.NaN()
	case s.ofReals:
		return s.reals.max
	}
	return float64(s.max)
}

// shareAbove is the part of the time with a value above zero.
func (x *level) shareAbove() float64 {
	length := x.all().length
	if length == 0 {
		return math.NaN()
	}
	above := x.over.total()
	if !x.isReal {
		above -= x.over.below(1)
	}
	return float64(above) / float64(length)
}

func levelKey(v uint64) int32 {
	if v < fineLevels {
		return int32(v)
	}
	e := bits.Len64(v) - levelFine - 1
	return fineLevels + int32(e-4)<<levelFine + int32(v>>e) - 8
}

func levelMiddle(key int32) float64 {
	if key < fineLevels {
		return float64(key)
	}
	e := (key-fineLevels)>>levelFine + 4
	from := uint64((key-fineLevels)&7+8) << e
	return float64(from + uint64(1)<<e/2)
}
