package explore

import (
	"math/rand/v2"
	"slices"

	"runloop/dsl"
	"runloop/engine"
)

// Fuzzing says which values of a scenario's parameters are tried, and how often.
type Fuzzing struct {
	Scenario *dsl.Scenario
	Run      dsl.RunOptions // how each run is made; its parameters are not varied
	Domains  []dsl.Domain   // of those that are
	Seed     bool           // the seed is varied, too
	Runs     int            // how many runs there are, at most
	Key      uint64         // of the random choices
}

// Point is a value for each domain, by its place, AtDefault: the scenario's own; and a seed, nil: the scenario's own.
type Point struct {
	Values []int64
	Seed   *uint64
}

// AtDefault is the place of a value that is not given.
const AtDefault = -1

// Fuzzed is what trying values came to.
type Fuzzed struct {
	Usual Outcome // of the run in which nothing is given that has a default
	Runs  int     // runs that were made
	Long  int     // of them broken off because they were too long
	Whole bool    // every value was tried

	Found   int // the number of the run that failed; 0: none did
	First   Point
	Least   Point // shrunk: as few values as possible are not the usual ones, and those are as near to them as they can be
	Outcome Outcome
	Beside  []Beside
	Shrink  int // runs that it took
}

// Beside is the value next to one of the least, on the side of the usual one, with which the run is as expected.
type Beside struct {
	Domain int
	Value  int64
}

// Fuzz tries values of parameters until a run fails, and shrinks those: first the corners, then values at random. The same
// findings come on every machine. The error says why a run cannot be made.
func Fuzz(f Fuzzing) (*Fuzzed, error) {
	x := &fuzzer{of: f, draw: rand.New(rand.NewPCG(f.Key, 0)), tried: map[string]bool{}}
	usual := Point{Values: make([]int64, len(f.Domains))}
	for i, d := range f.Domains {
		usual.Values[i] = AtDefault
		if d.Default < 0 {
			usual.Values[i] = 0
		}
	}
	if _, err := f.Scenario.Options(f.Params(usual)); err != nil {
		return nil, err
	}
	if x.Usual = x.try(usual); !x.Usual.Failed {
		x.search(usual)
	}
	return &x.Fuzzed, nil
}

type fuzzer struct {
	of Fuzzing
	Fuzzed
	draw  *rand.Rand
	tried map[string]bool
}

// Params is how the run of a point is made.
func (f *Fuzzing) Params(p Point) dsl.RunOptions {
	run := f.Run
	run.Params = map[string]string{}
	for name, text := range f.Run.Params {
		run.Params[name] = text
	}
	for i, at := range p.Values {
		if at != AtDefault {
			run.Params[f.Domains[i].Name] = f.Domains[i].Text(at)
		}
	}
	if p.Seed != nil {
		run.Seed = p.Seed
	}
	return run
}

// longest is how many steps a run may have. One that has more is broken off and does not count.
const longest = 5_000_000

// try runs the scenario once. Values with which it cannot be run fail, too.
func (x *fuzzer) try(p Point) Outcome {
	x.Runs++
	run, err := x.of.Scenario.Options(x.of.Params(p))
	if err != nil {
		return Outcome{Failed: true, Key: "options", Text: err.Error() + "\n"}
	}
	bound := run.Limits.Steps == 0 || run.Limits.Steps > longest
	if bound {
		run.Limits.Steps = longest
	}
	opts := Of(x.of.Scenario, run, engine.Explore{}, Verdict)
	run.KeepOutput = opts.Output
	l := engine.New(opts.Program, run)
	if r := l.Run(); bound && r.Ended == engine.LimitHit && r.Steps >= longest {
		x.Long++
		return Outcome{}
	}
	return opts.Judge(l)
}

// search tries corners, then random points; where there are few, all of them.
func (x *fuzzer) search(usual Point) {
	total, few := int64(1), !x.of.Seed
	for _, d := range x.of.Domains {
		if few = few && d.Size <= int64(x.of.Runs)/total; few {
			total *= d.Size
		}
	}
	points := x.corners(usual)
	if few {
		points = x.all(usual)
	}
	for _, p := range points {
		if x.Runs >= x.of.Runs || x.fails(p) {
			return
		}
	}
	if x.Whole = few; few {
		return
	}
	for misses := 0; x.Runs < x.of.Runs && misses < 1000; {
		if before := x.Runs; x.fails(x.random(usual)) {
			return
		} else if misses++; x.Runs > before {
			misses = 0
		}
	}
}

// fails runs a point that was not tried yet, and shrinks it if it fails.
func (x *fuzzer) fails(p Point) bool {
	if x.tried[x.name(p)] {
		return false
	}
	x.tried[x.name(p)] = true
	o := x.try(p)
	if o.Failed {
		x.Found, x.First, x.Outcome = x.Runs, p, o
		x.shrink(p)
	}
	return o.Failed
}

// name tells points apart.
func (x *fuzzer) name(p Point) string {
	text := make([]byte, 0, 9*len(p.Values)+9)
	word := func(n uint64) {
		for range 8 {
			text = append(text, byte(n))
			n >>= 8
		}
	}
	for i, at := range p.Values {
		if at == AtDefault {
			at = x.of.Domains[i].Default
		}
		word(uint64(at))
	}
	if p.Seed != nil {
		word(*p.Seed)
	}
	return string(text)
}

// corners is the least and the greatest value of each parameter alone, then of all of them.
func (x *fuzzer) corners(usual Point) (list []Point) {
	with := func(p Point, i int, at int64) Point {
		q := Point{slices.Clone(p.Values), p.Seed}
		q.Values[i] = at
		return q
	}
	for i, d := range x.of.Domains {
		list = append(list, with(usual, i, 0), with(usual, i, d.Size-1))
	}
	whole := []Point{usual}
	for i, d := range x.of.Domains {
		if len(whole) > 64 {
			break
		}
		var next []Point
		for _, p := range whole {
			next = append(next, with(p, i, 0), with(p, i, d.Size-1))
		}
		whole = next
	}
	return append(list, whole...)
}

// all is every point.
func (x *fuzzer) all(usual Point) []Point {
	list := []Point{usual}
	for i, d := range x.of.Domains {
		var next []Point
		for _, p := range list {
			for at := range d.Size {
				q := Point{Values: slices.Clone(p.Values)}
				q.Values[i] = at
				next = append(next, q)
			}
		}
		list = next
	}
	return list
}

// random is a point with each value at random, or now and then the usual one.
func (x *fuzzer) random(usual Point) Point {
	p := Point{Values: slices.Clone(usual.Values)}
	for i, d := range x.of.Domains {
		if x.draw.IntN(4) > 0 {
			p.Values[i] = x.draw.Int64N(d.Size)
		}
	}
	if x.of.Seed {
		seed := x.draw.Uint64N(1 << 20)
		p.Seed = &seed
	}
	return p
}

// shrink gives back their usual values to as many parameters as it can, and brings the others as near to them as it can.
func (x *fuzzer) shrink(p Point) {
	from := x.Runs
	x.Least = Point{slices.Clone(p.Values), p.Seed}
	if p.Seed != nil {
		x.keeps(func(q *Point) { q.Seed = nil })
	}
	for changed := true; changed; {
		changed = false
		for i, d := range x.of.Domains {
			if x.Least.Values[i] == AtDefault {
				continue
			}
			changed = x.nearer(i, &d) || changed
		}
	}
	if x.Least.Seed != nil {
		for seed := range uint64(100) {
			if seed >= *x.Least.Seed || x.keeps(func(q *Point) { q.Seed = &seed }) {
				break
			}
		}
	}
	x.beside()
	x.Shrink = x.Runs - from
	x.Runs = from
}

// base is the value of a domain from which it is as expected.
func base(d *dsl.Domain) int64 { return max(d.Default, 0) }

// nearer brings one value nearer to the usual one.
func (x *fuzzer) nearer(i int, d *dsl.Domain) (changed bool) {
	at := x.Least.Values[i]
	if d.Default >= 0 && x.keeps(func(q *Point) { q.Values[i] = AtDefault }) {
		return true
	}
	fine, fails := base(d), at
	if d.Default < 0 && at != fine && x.keeps(func(q *Point) { q.Values[i] = fine }) {
		return true
	}
	for fine != fails && fine-fails != 1 && fails-fine != 1 {
		middle := fine + (fails-fine)/2
		if x.keeps(func(q *Point) { q.Values[i] = middle }) {
			fails, changed = middle, true
		} else {
			fine = middle
		}
	}
	return changed
}

// keeps changes the least point where it still fails in the same way.
func (x *fuzzer) keeps(change func(q *Point)) bool {
	q := Point{slices.Clone(x.Least.Values), x.Least.Seed}
	change(&q)
	o := x.try(q)
	if !o.Failed || o.Key != x.Outcome.Key {
		return false
	}
	x.Least, x.Outcome = q, o
	return true
}

// beside looks which values next to the least ones are as expected.
func (x *fuzzer) beside() {
	for i, at := range x.Least.Values {
		d := &x.of.Domains[i]
		if at == AtDefault || at == base(d) {
			continue
		}
		next := at + 1
		if at > base(d) {
			next = at - 1
		}
		q := Point{slices.Clone(x.Least.Values), x.Least.Seed}
		q.Values[i] = next
		if next == d.Default {
			q.Values[i] = AtDefault
		}
		if o := x.try(q); !o.Failed {
			x.Beside = append(x.Beside, Beside{i, next})
		}
	}
}
