package engine

import (
	"math"
	"math/bits"
	"strconv"
)

// stream is one source of draws: the n-th number is a function of key and n alone, so that drawing from one stream
// changes no other, and a copy of a stream goes on where the original stood.
type stream struct{ key, count uint64 }

// drawSource is where the draws of a task or a callback come from.
type drawSource struct {
	stream  stream
	ordinal uint32 // tasks it has created: their keys derive from it
	named   uint32 // the first of its named streams; 0: there is none
}

// draws is where random numbers come from where no task draws them: a task has its stream in its cold record.
type draws struct {
	sync   []drawSource       // of callbacks, by Callback.index, then of before and after
	choice stream             // of choose
	named  arena[namedStream] // of all of them
}

func newDraws(p *Program, seed uint64) draws {
	n := len(p.Callbacks)
	x := draws{sync: make([]drawSource, n+2), choice: stream{key: nameKey(seed, "loop")}}
	for i, cb := range p.Callbacks {
		x.sync[i].stream.key = nameKey(seed, cb.Name)
	}
	x.sync[n].stream.key, x.sync[n+1].stream.key = nameKey(seed, "before"), nameKey(seed, "after")
	return x
}

func (x *draws) own(was *draws) {
	x.sync = append(was.sync[:0], x.sync...)
	x.named.own(&was.named, nil)
}

// golden is 2**64 divided by the golden ratio, odd: the step of SplitMix64.
const golden = 0x9E3779B97F4A7C15

// mix64 is SplitMix64's finaliser, a bijection in which every bit of z reaches every bit of the result.
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// next is the stream's next 64 bits.
func (s *stream) next() uint64 {
	s.count++
	return mix64(s.key + mix64(s.count*golden))
}

// childKey is the key of the stream of a task, from its parent's key and its ordinal among the parent's spawns.
func childKey(key, ordinal uint64) uint64 {
	return mix64(mix64(key^0x5851F42D4C957F2D) + (ordinal+1)*golden)
}

// nameKey is the key of the stream of a worker or a callback, from the seed and its name (FNV-1a).
func nameKey(seed uint64, name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return mix64(mix64(seed+golden) ^ h)
}

// float is uniform in [0, 1), a multiple of 2**-53.
func (s *stream) float() float64 { return float64(float64(s.next()>>11) * 0x1p-53) }

// below is uniform in [0, n), n > 0, unbiased (Lemire, "Fast Random Integer Generation in an Interval").
func (s *stream) below(n uint64) uint64 {
	hi, lo := bits.Mul64(s.next(), n)
	if lo < n {
		for reject := -n % n; lo < reject; {
			hi, lo = bits.Mul64(s.next(), n)
		}
	}
	return hi
}

// between is uniform in [a, b], a <= b.
func (s *stream) between(a, b int64) int64 {
	n := uint64(b) - uint64(a) + 1
	if n == 0 { // all of int64
		return int64(s.next())
	}
	return int64(uint64(a) + s.below(n))
}

// exponential has mean 1.
func (s *stream) exponential() float64 { return -logE(1 - s.float()) }

// normal has mean 0 and deviation 1: Kinderman and Monahan's ratio of uniforms, as in Python's normalvariate. It makes
// one value at a time: a stream cannot keep a second one.
func (s *stream) normal() float64 {
	const magic = 1.7155277699214135 // 4*exp(-0.5)/sqrt(2)
	for {
		u1 := s.float()
		u2 := 1 - s.float()
		z := magic * (u1 - 0.5) / u2
		if z*z/4 <= -logE(u2) {
			return z
		}
	}
}

// gamma has scale 1: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", over normals as
// standardNormal makes them.
func (s *stream) gamma(shape float64, inverse bool) float64 {
	if shape < 1 {
		boost := expE(logE(1-s.float()) / shape)
		return s.gamma(shape+1, inverse) * boost
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := s.standardNormal(inverse)
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := 1 - s.float()
		dv := float64(d * v)
		if logE(u) < float64(0.5*x*x)+(d-dv+float64(d*logE(v))) {
			return dv
		}
	}
}

// triangular is between lo and hi with its peak at mode, by the inverse of its distribution.
func (s *stream) triangular(lo, hi, mode float64) float64 {
	u := s.float()
	if hi == lo {
		return lo
	}
	c := (mode - lo) / (hi - lo)
	if u > c {
		u, c, lo, hi = 1-u, 1-c, hi, lo
	}
	return lo + float64((hi-lo)*math.Sqrt(u*c))
}

// choose picks one of n equals: every such choice of a run goes through here.
func (l *Loop) choose(n int) int {
	if n <= 1 {
		return 0
	}
	var picked int
	if l.opts.Choose != nil {
		picked = l.opts.Choose(n)
	} else {
		picked = int(l.draws.choice.below(uint64(n)))
	}
	if l.trace != nil {
		l.rec(Rec{Kind: RecChoose, What: uint32(picked), Arg: int64(n)})
	}
	return picked
}

// streamKey is where a new task's draws come from: a worker's name, else its parent's key and its place among the
// parent's children. A new worker changes nobody else's draws.
func (l *Loop) streamKey(e *Entry, id uint32) uint64 {
	switch {
	case e.worker:
		return nameKey(l.opts.Seed, l.taskName(id))
	case e == l.p.Main:
		return nameKey(l.opts.Seed, "main")
	}
	d := l.drawSource()
	d.ordinal++
	return childKey(d.stream.key, uint64(d.ordinal))
}

// drawSource is that of the running task or callback.
func (l *Loop) drawSource() *drawSource {
	switch c := l.cur.cold; {
	case l.curID == 0:
		return &l.draws.sync[l.syncIndex]
	case c != 0:
		return &l.cold(c).draws
	}
	return &l.coldOf(l.curID).draws
}

// stream is what is drawn from: the running task's or callback's, or one of its own that has a name.
func (l *Loop) stream() *stream {
	if l.named != 0 {
		return &l.draws.named.at(l.named).stream
	}
	return &l.drawSource().stream
}

// What expressions draw from the stream of the running task or callback. Arguments that a distribution does not have
// raise ValueError.

// random is uniform in [0, 1), with 53 bits.
func (l *Loop) random() float64 { return l.stream().float() }

// RandInt is uniform among the integers from a to b, both included.
func (l *Loop) RandInt(a, b int64) int64 {
	if a > b {
		l.Raise("ValueError",
			"randint("+strconv.FormatInt(a, 10)+", "+strconv.FormatInt(b, 10)+"): there is no such integer")
		return a
	}
	x := l.stream().between(a, b)
	if l.explore != nil {
		x = a + int64(l.drawn(uint64(x)-uint64(a), uint64(b)-uint64(a)+1))
	}
	return x
}

// Uniform is uniform between a and b, as Python's random.uniform.
func (l *Loop) Uniform(a, b float64) float64 {
	if !l.finite("uniform", a, b) {
		return 0
	}
	return a + float64((b-a)*l.random())
}

// Exponential has the given mean, above zero.
func (l *Loop) Exponential(mean float64) float64 {
	if ok := mean > 0 && mean <= math.MaxFloat64; !ok && (!l.finite("exponential", mean) || !l.positive("exponential", "mean", mean)) {
		return 0
	}
	return mean * l.stream().exponential()
}

// Normal has the given mean and standard deviation, not below zero.
func (l *Loop) Normal(mean, sd float64) float64 {
	if !l.finite("normal", mean, sd) {
		return 0
	}
	if sd < 0 {
		l.Raise("ValueError", "normal(): sd must not be negative, it is "+floatText(sd))
		return 0
	}
	return mean + float64(sd*l.stream().standardNormal(l.p.Inverse))
}

// Lognormal is the exponential of Normal(mu, sigma).
func (l *Loop) Lognormal(mu, sigma float64) float64 {
	if !l.finite("lognormal", mu, sigma) {
		return 0
	}
	if sigma < 0 {
		l.Raise("ValueError", "lognormal(): sigma must not be negative, it is "+floatText(sigma))
		return 0
	}
	return expE(mu + float64(sigma*l.stream().standardNormal(l.p.Inverse)))
}

// peaked reports whether lo, hi and mode are the parameters of a distribution between two values; if not, it raises ValueError.
func (l *Loop) peaked(name string, lo, hi, mode float64) bool {
	if !l.finite(name, lo, hi, mode) {
		return false
	}
	if !(lo <= mode && mode <= hi) {
		l.Raise("ValueError", name+"(lo, hi, mode): lo <= mode <= hi must hold, they are "+
			floatText(lo)+", "+floatText(hi)+" and "+floatText(mode))
		return false
	}
	return true
}

// Triangular is between lo and hi with its peak at mode.
func (l *Loop) Triangular(lo, hi, mode float64) float64 {
	if !l.peaked("triangular", lo, hi, mode) {
		return 0
	}
	return l.stream().triangular(lo, hi, mode)
}

// Gamma has mean shape*scale, both above zero.
func (l *Loop) Gamma(shape, scale float64) float64 {
	if !l.finite("gamma", shape, scale) || !l.positive("gamma", "shape", shape) ||
		!l.positive("gamma", "scale", scale) {
		return 0
	}
	return scale * l.stream().gamma(shape, l.p.Inverse)
}

// Weibull has the given scale and shape, both above zero.
func (l *Loop) Weibull(scale, shape float64) float64 {
	if !l.finite("weibull", scale, shape) || !l.positive("weibull", "scale", scale) ||
		!l.positive("weibull", "shape", shape) {
		return 0
	}
	return scale * expE(logE(l.stream().exponential())/shape)
}

// Chance is true with probability p, between 0 and 1.
func (l *Loop) Chance(p float64) bool {
	if !(p >= 0 && p <= 1) {
		l.Raise("ValueError", "chance(): a probability is between 0 and 1, not "+floatText(p))
		return false
	}
	ok := l.random() < p
	if l.explore != nil && p > 0 && p < 1 {
		ok = l.drawn(uint64(oneIf(ok)), 2) == 1
	}
	return ok
}

// Choice is one element of a list; an empty one raises IndexError.
func (l *Loop) Choice(list Value) Value {
	elems := list.Elems()
	if len(elems) == 0 {
		l.Raise("IndexError", "choice(): the list is empty")
		return Value{}
	}
	i := l.stream().below(uint64(len(elems)))
	if l.explore != nil {
		i = l.drawn(i, uint64(len(elems)))
	}
	return l.Escape(elems[i])
}

// Shuffle is a new list with the elements of list in random order (Fisher and Yates).
func (l *Loop) Shuffle(list Value) Value {
	elems := list.Elems()
	if !l.Charge(16 * len(elems)) {
		return list
	}
	mixed := make([]Value, len(elems))
	for i, e := range elems {
		mixed[i] = l.Escape(e)
	}
	s := l.stream()
	for i := len(mixed) - 1; i > 0; i-- {
		j := s.below(uint64(i) + 1)
		mixed[i], mixed[j] = mixed[j], mixed[i]
	}
	return List(mixed)
}

// finite reports whether all arguments of a draw are numbers on the line, and raises if not.
func (l *Loop) finite(draw string, args ...float64) bool {
	for _, a := range args {
		if math.IsNaN(a) || math.IsInf(a, 0) {
			l.Raise("ValueError", draw+"(): the arguments must be finite, one is "+floatText(a))
			return false
		}
	}
	return true
}

func (l *Loop) positive(draw, arg string, x float64) bool {
	if x > 0 {
		return true
	}
	l.Raise("ValueError", draw+"(): "+arg+" must be above zero, it is "+floatText(x))
	return false
}

func floatText(f float64) string { return string(AppendFloat(nil, f)) }
