package engine

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// tally is the statistics of single values: durations in nanoseconds, or reals. Its size does not depend on how many there are: at
// most 36 KiB, and what `metrics` asks for besides.
type tally struct {
	sums
	exact   []uint64 // the values themselves, up to exactValues of them: durations, or the bits of reals
	over    buckets  // of more values: those that are not below zero
	under   buckets  // those below zero, by their distance from it
	batches batches
	more    []detail[sums] // one, where there is any
}

// sums is what is added up of single values: of durations exactly, of reals by Welford's method with each product rounded.
type sums struct {
	real     bool
	count    int64
	zeros    int64
	sum      [2]uint64 // of durations: 128 bits, the low word first
	squares  [3]uint64 // of durations: 192 bits
	mean, m2 float64   // of reals
	min, max float64
}

const (
	exactValues = 512
	// octaveBits says how finely values are told apart in buckets: 64 in an octave.
	octaveBits = 6
	// tallyRoom is how many buckets a tally has at most: all there are of durations, half of them on each side of zero
	// of reals, 28 octaves.
	tallyRoom = 58 << octaveBits
)

// addDuration counts a duration, 0 or more, that ends now.
func (t *tally) addDuration(d, now int64) {
	d = max(d, 0)
	x := float64(d)
	t.duration(d, x)
	t.batches.add(x)
	if len(t.more) > 0 {
		t.detail(x, d, now)
	}
	if t.count <= exactValues {
		t.keep(uint64(d))
		return
	}
	t.spill()
	t.over.add(durationKey(uint64(d)), 1, tallyRoom)
}

// addReal counts a number that comes now; NaN is not one.
func (t *tally) addReal(x float64, now int64) {
	t.number(x)
	t.batches.add(x)
	if len(t.more) > 0 {
		t.detail(x, 0, now)
	}
	if t.count <= exactValues {
		t.keep(math.Float64bits(x))
		return
	}
	t.spill()
	t.bucket(x)
}

// detail counts a value for what `metrics` asks for besides.
func (t *tally) detail(x float64, duration, now int64) {
	d := &t.more[0]
	d.sort(x)
	if d.windows.Every == 0 {
		return
	}
	if s := d.slotAt(d.windows.slot(now)); t.real {
		s.number(x)
	} else {
		s.duration(duration, x)
	}
}

// duration and number add a value; x is what d is.
func (s *sums) duration(d int64, x float64) {
	s.note(x)
	v := uint64(d)
	var carry uint64
	s.sum[0], carry = bits.Add64(s.sum[0], v, 0)
	s.sum[1] += carry
	hi, lo := bits.Mul64(v, v)
	add192(&s.squares, hi, lo)
}

func (s *sums) number(x float64) {
	s.real = true
	s.note(x)
	delta := x - s.mean
	s.mean += delta / float64(s.count)
	s.m2 += float64(delta * (x - s.mean))
}

func (s *sums) note(x float64) {
	if s.count++; s.count == 1 {
		s.min, s.max = x, x
	}
	switch {
	case x > s.max:
		s.max = x
	case x < s.min:
		s.min = x
	}
	if x == 0 {
		s.zeros++
	}
}

// fresh is a tally without values that keeps the same.
func (t *tally) fresh() tally {
	return tally{sums: sums{real: t.real}, more: freshDetail(t.more)}
}

// keep keeps a value itself.
func (t *tally) keep(v uint64) { t.exact = append(t.exact, v) }

// spill moves the values that were kept into buckets.
func (t *tally) spill() {
	if t.exact != nil {
		t.spillAll()
	}
}

func (t *tally) spillAll() {
	for _, v := range t.exact {
		if t.real {
			t.bucket(math.Float64frombits(v))
		} else {
			t.over.add(durationKey(v), 1, tallyRoom)
		}
	}
	t.exact = nil
}

func (t *tally) bucket(x float64) {
	if key := realKey(math.Abs(x), octaveBits); x < 0 {
		t.under.add(key, 1, tallyRoom/2)
	} else {
		t.over.add(key, 1, tallyRoom/2)
	}
}

// merge adds what other, which keeps the same, has counted, as if its values came after those of t. Batches are not merged.
func (t *tally) merge(other *tally) {
	if other.count == 0 {
		return
	}
	t.sums.merge(&other.sums)
	for i := range t.more {
		d, o := &t.more[i], &other.more[i]
		for j := range d.limits {
			d.limits[j].n += o.limits[j].n
		}
		for j := range d.bins.counts {
			d.bins.counts[j] += o.bins.counts[j]
		}
		for j := range o.slots {
			d.slotAt(j).merge(&o.slots[j])
		}
	}
	if t.count <= exactValues {
		t.exact = append(t.exact, other.exact...)
		return
	}
	copied := *other
	copied.exact, copied.over, copied.under = slices.Clone(other.exact), other.over.clone(), other.under.clone()
	t.spill()
	copied.spill()
	room := tallyRoom
	if t.real {
		room /= 2
	}
	t.over.merge(&copied.over, room)
	t.under.merge(&copied.under, room)
}

// merge adds what other has added up.
func (s *sums) merge(other *sums) {
	if other.count == 0 {
		return
	}
	if s.count == 0 {
		s.min, s.max = other.min, other.max
	}
	s.real = s.real || other.real
	s.min, s.max, s.zeros = min(s.min, other.min), max(s.max, other.max), s.zeros+other.zeros
	var carry uint64
	s.sum[0], carry = bits.Add64(s.sum[0], other.sum[0], 0)
	s.sum[1], _ = bits.Add64(s.sum[1], other.sum[1], carry)
	s.squares[0], carry = bits.Add64(s.squares[0], other.squares[0], 0)
	s.squares[1], carry = bits.Add64(s.squares[1], other.squares[1], carry)
	s.squares[2], _ = bits.Add64(s.squares[2], other.squares[2], carry)
	n, m := float64(s.count), float64(other.count)
	delta := other.mean - s.mean
	s.m2 += other.m2 + float64(float64(delta*delta)*(n*m/(n+m)))
	s.mean += delta * m / (n + m)
	s.count += other.count
}

func (t *tally) clone() tally {
	c := *t
	c.exact, c.over, c.under, c.more = slices.Clone(t.exact), t.over.clone(), t.under.clone(), cloneDetail(t.more)
	return c
}

// bigSum is an exact sum of words, the low one first.
func bigSum(words ...uint64) *big.Int {
	sum := new(big.Int)
	for i := len(words) - 1; i >= 0; i-- {
		sum.Lsh(sum, 64).Or(sum, new(big.Int).SetUint64(words[i]))
	}
	return sum
}

// total is the sum of the values, mean their mean, and deviation the standard deviation of the sample; NaN: there is none.
func (s *sums) total() float64 {
	if s.real {
		return s.mean * float64(s.count)
	}
	return ratio(bigSum(s.sum[:]...), big.NewInt(1))
}

func (s *sums) average() float64 {
	switch {
	case s.count == 0:
		return math.NaN()
	case s.real:
		return s.mean
	}
	return ratio(bigSum(s.sum[:]...), big.NewInt(s.count))
}

func (s *sums) deviation() float64 {
	switch {
	case s.count < 2:
		return math.NaN()
	case s.real:
		return math.Sqrt(s.m2 / float64(s.count-1))
	}
	return math.Sqrt(spread(bigSum(s.sum[:]...), bigSum(s.squares[:]...), big.NewInt(s.count), big.NewInt(s.count-1)))
}

// spread is (squares - sum²/n)/d, exactly, rounded once.
func spread(sum, squares, n, d *big.Int) float64 {
	over := new(big.Int).Mul(squares, n)
	over.Sub(over, new(big.Int).Mul(sum, sum))
	return ratio(over, new(big.Int).Mul(n, d))
}

func ratio(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

// quantile is the least value with at least that share of the values not above it: exact up to 512 values, then the middle
// of its bucket, at most 0.8 % off.
func (t *tally) quantile(p float64) float64 {
	if t.count == 0 {
		return math.NaN()
	}
	rank := rankOf(p, uint64(t.count))
	if t.exact != nil {
		sorted := make([]float64, len(t.exact))
		for i, v := range t.exact {
			sorted[i] = t.value(v)
		}
		slices.Sort(sorted)
		return sorted[rank-1]
	}
	middle := durationMiddle
	if t.real {
		middle = func(key int32) float64 { return realMiddle(key, octaveBits) }
	}
	return min(max(quantileOf(&t.under, &t.over, rank, middle), t.min), t.max)
}

// share is the part of the values that are not above x.
func (t *tally) share(x float64) float64 {
	if t.count == 0 {
		return math.NaN()
	}
	for _, limit := range detailOf(t.more).limits {
		if limit.bound == x {
			return float64(limit.n) / float64(t.count)
		}
	}
	n := uint64(0)
	for _, v := range t.exact {
		if t.value(v) <= x {
			n++
		}
	}
	if t.exact == nil {
		n = t.upTo(x)
	}
	return float64(n) / float64(t.count)
}

// upTo is how many values are not above x, to the bucket.
func (t *tally) upTo(x float64) uint64 {
	key := realKey(math.Abs(x), octaveBits)
	if !t.real {
		key = durationKey(uint64(max(x, 0)))
	}
	if x < 0 {
		return t.under.total() - t.under.below(key)
	}
	return t.under.total() + t.over.below(key+1)
}

func (t *tally) value(v uint64) float64 {
	if t.real {
		return math.Float64frombits(v)
	}
	return float64(v)
}

// rankOf is the place of a quantile among n values in order, from 1.
func rankOf(p float64, n uint64) uint64 {
	return min(max(uint64(math.Ceil(float64(p*float64(n)))), 1), n)
}

// quantileOf is the middle of the bucket in which the value of a rank lies.
func quantileOf(under, over *buckets, rank uint64, middle func(key int32) float64) float64 {
	if rank <= under.endless {
		return math.Inf(-1)
	}
	rank -= under.endless
	for i := len(under.counts) - 1; i >= 0; i-- {
		if n := under.counts[i]; n >= rank {
			return -middle(under.first + int32(i))
		}
		rank -= under.counts[i]
	}
	for i, n := range over.counts {
		if n >= rank {
			return middle(over.first + int32(i))
		}
		rank -= n
	}
	return math.Inf(1)
}

// durationKey is a duration's bucket: below 128 its own, then 64 in an octave. Keys are in the order of the values.
func durationKey(v uint64) int32 {
	e := max(bits.Len64(v)-octaveBits-1, 0)
	return int32(e<<octaveBits) + int32(v>>e)
}

func durationMiddle(key int32) float64 {
	e := max(key>>octaveBits-1, 0)
	from := uint64(key-e<<octaveBits) << e
	return float64(from + (uint64(1)<<e-1)/2)
}

// realKey is the bucket of a number that is not negative: so many bits of its mantissa are told apart.
func realKey(x float64, fine uint) int32 { return int32(math.Float64bits(x) >> (52 - fine)) }

func realMiddle(key int32, fine uint) float64 {
	if key == 0 {
		return 0
	}
	return math.Float64frombits(uint64(key)<<(52-fine) | 1<<(51-fine))
}

// buckets counts values by key. They have a window of keys that grows to where values are; where there is no room for all,
// those at its lower end are counted in its first bucket. What they say does not depend on the order of the values.
type buckets struct {
	first   int32
	counts  []uint64
	endless uint64 // how many values are infinite: a window up to them would have no room for others
}

// endlessKey is the key of an infinite value.
const endlessKey = 0x7ff << octaveBits

const bucketStep = 16 // a window begins at, and has, a multiple of this many

func (b *buckets) add(key int32, n uint64, room int) {
	if i := key - b.first; uint32(i) < uint32(len(b.counts)) { // a window never has endlessKey
		b.counts[i] += n
		return
	}
	b.addBeside(key, n, room)
}

// addBeside is add for a key that is not in the window.
func (b *buckets) addBeside(key int32, n uint64, room int) {
	if key == endlessKey {
		b.endless += n
		return
	}
	b.reach(key, room)
	b.counts[max(key-b.first, 0)] += n
}

// reach makes the window reach key, as far as there is room.
func (b *buckets) reach(key int32, room int) {
	low := key &^ (bucketStep - 1)
	high := low + bucketStep
	if len(b.counts) > 0 {
		low, high = min(low, b.first), max(high, b.first+int32(len(b.counts)))
	}
	low = max(low, high-int32(room))
	if low == b.first && int(high-low) == len(b.counts) {
		return
	}
	grown := make([]uint64, high-low)
	for i, n := range b.counts {
		grown[max(b.first+int32(i)-low, 0)] += n
	}
	b.first, b.counts = low, grown
}

func (b *buckets) merge(other *buckets, room int) {
	for i, n := range other.counts {
		if n > 0 {
			b.add(other.first+int32(i), n, room)
		}
	}
	b.endless += other.endless
}

func (b *buckets) clone() buckets { return buckets{b.first, slices.Clone(b.counts), b.endless} }

func (b *buckets) total() uint64 { return b.below(math.MaxInt32) }

// below is how many have a lower key.
func (b *buckets) below(key int32) uint64 {
	sum := uint64(0)
	for i, n := range b.counts {
		if b.first+int32(i) >= key {
			break
		}
		sum += n
	}
	if key > endlessKey {
		sum += b.endless
	}
	return sum
}

// batches is the sums of batches of values that follow each other: 20 to 40 of them, of equal length. When they are full,
// two become one (Law, "Simulation Modeling and Analysis", 9.5.3).
type batches struct {
	sums   [mostBatches]float64
	full   int     // how many are complete
	length int64   // values in each; 0: one
	sum    float64 // of the one that is being filled
	count  int64   // values in it
}

const (
	leastBatches = 20
	mostBatches  = 40
)

func (b *batches) add(x float64) {
	b.sum += x
	if b.count++; b.count < b.length {
		return
	}
	if b.full == mostBatches {
		for i := range mostBatches / 2 {
			b.sums[i] = b.sums[2*i] + b.sums[2*i+1]
		}
		b.full, b.length = mostBatches/2, 2*max(b.length, 1)
		if b.count < b.length {
			return
		}
	}
	b.sums[b.full] = b.sum
	b.full++
	b.sum, b.count = 0, 0
}

// Intervals that there are not: too few batches, or their means depend on each other.
const (
	tooFew     = "too few"
	correlated = "correlated"
)

// half is the half-width of a confidence interval of 95 % for the mean, NaN with a reason where there is none.
func (b *batches) half() (half float64, why string) {
	n := float64(b.full)
	if b.full < leastBatches {
		return math.NaN(), tooFew
	}
	length := float64(max(b.length, 1))
	mean := 0.0
	for _, s := range b.sums[:b.full] {
		mean += s / length / n
	}
	squares, products, last := 0.0, 0.0, 0.0
	for i, s := range b.sums[:b.full] {
		d := s/length - mean
		squares += float64(d * d)
		if i > 0 {
			products += float64(d * last)
		}
		last = d
	}
	if products > 1.28/math.Sqrt(n)*squares {
		return math.NaN(), correlated
	}
	return tQuantiles[b.full-leastBatches] * math.Sqrt(squares/(n-1)/n), ""
}

// tQuantiles is the quantile of Student's t at 0.975 for 19 to 39 degrees of freedom.
var tQuantiles = [mostBatches - leastBatches + 1]float64{
	2.0930240544, 2.0859634473, 2.0796138447, 2.0738730679, 2.0686576104, 2.0638985616, 2.0595385528, 2.0555294386, 2.0518305165,
	2.0484071418, 2.0452296421, 2.0422724563, 2.0395134464, 2.0369333435, 2.0345152974, 2.0322445093, 2.0301079283, 2.0280940010,
	2.0261924630, 2.0243941639, 2.0226909200,
}

func add192(x *[3]uint64, hi, lo uint64) {
	var carry uint64
	x[0], carry = bits.Add64(x[0], lo, 0)
	x[1], carry = bits.Add64(x[1], hi, carry)
	x[2] += carry
}
