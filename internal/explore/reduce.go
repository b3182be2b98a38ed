package explore

import (
	"slices"

	"runloop/engine"
)

// Reduction: of timers that fire at one instant only those change the state after it by their order that have something to do
// with each other, by what each of them leads to. So only the orders within such groups are run. Which groups there are is
// looked at in each run, and they are joined until every run agrees.

// reducible reports whether the orders of one instant's timers are all that is left open now.
func (s *search) reducible(l *engine.Loop) bool {
	m := &s.opts.Modes
	return m.Ties && !m.Split && !m.Ready && !m.Draws && len(m.Fail) == 0 && m.Cancel == 0 && l.Idle()
}

// instant is the timers of one instant and the orders of them that were run.
type instant struct {
	n      int
	groups []int // by a timer's place in the usual order: its group
	runs   map[string]tally
}

// reduced explores the orders of the next instant as far as they differ; false: it does not know how.
func (s *search) reduced(l *engine.Loop) (tally, bool) {
	if !s.reducible(l) {
		return tally{}, false
	}
	x := &instant{runs: map[string]tally{}}
	for again := true; again && !s.ended; {
		again = false
		for order := range x.orders {
			if _, done := x.runs[key(order)]; done {
				continue
			}
			joined, ok := s.runOrder(l, x, order)
			if !ok {
				return tally{}, false
			}
			if again = joined; again || s.ended {
				break
			}
		}
	}
	if s.ended {
		return tally{}, true
	}
	var sum tally
	for order := range x.orders {
		sum = sum.plus(x.runs[key(order)])
	}
	return sum.times(x.weight()), true
}

// runOrder runs the instant in one order and all that follows. It reports whether groups were joined, and whether the instant
// is of the kind that it knows: one choice of the order of timers and no other.
func (s *search) runOrder(l *engine.Loop, x *instant, order []int) (joined, ok bool) {
	c := s.get()
	defer func() { s.put(c) }()
	depth := len(s.path)
	defer func() { s.path = s.path[:depth] }()
	l.CloneInto(c)
	c.Follow(&s.foot)
	taken := s.step(c, picks(order))
	if x.n == 0 {
		if !x.start(taken) {
			return false, false
		}
		order = x.usual()
	}
	for !c.Idle() {
		if c.WillChoose() {
			return false, false
		}
		if !c.RunUnit() {
			break
		}
	}
	groups := s.foot.Groups(x.n)
	c.Follow(nil)
	for at, g := range groups {
		if at != g {
			joined = x.join(order[at], order[g]) || joined
		}
	}
	x.runs[key(order)] = s.visit(c)
	return joined, true
}

// start takes in how many timers there are, from the choices that were made of them.
func (x *instant) start(taken Schedule) bool {
	for i, c := range taken {
		if c.Kind != engine.ChooseTie || c.N != taken[0].N-i {
			return false
		}
	}
	if len(taken) == 0 || taken[len(taken)-1].N != 2 {
		return false
	}
	x.n = taken[0].N
	x.groups = x.usual()
	return true
}

// usual is the order in which they fire in the usual run.
func (x *instant) usual() []int {
	order := make([]int, x.n)
	for i := range order {
		order[i] = i
	}
	return order
}

// join joins the groups of two timers; false: they are of one.
func (x *instant) join(a, b int) bool {
	from, to := max(x.groups[a], x.groups[b]), min(x.groups[a], x.groups[b])
	for i, g := range x.groups {
		if g == from {
			x.groups[i] = to
		}
	}
	return from != to
}

// orders yields the orders in which each group stays at its places; before the number of timers is known, the usual one.
func (x *instant) orders(yield func(order []int) bool) {
	if x.n == 0 {
		yield(nil)
		return
	}
	order := x.usual()
	var places [][]int
	for g := range x.n {
		var at []int
		for i, h := range x.groups {
			if h == g {
				at = append(at, i)
			}
		}
		if len(at) > 1 {
			places = append(places, at)
		}
	}
	x.permute(order, places, yield)
}

// permute yields all orders of the elements at each of the lists of places.
func (x *instant) permute(order []int, places [][]int, yield func(order []int) bool) bool {
	if len(places) == 0 {
		return yield(slices.Clone(order))
	}
	var fill func(k int, left []int) bool
	at := places[0]
	fill = func(k int, left []int) bool {
		if k == len(at) {
			return x.permute(order, places[1:], yield)
		}
		for i := range left {
			order[at[k]] = left[i]
			rest := append(slices.Clone(left[:i]), left[i+1:]...)
			if !fill(k+1, rest) {
				return false
			}
		}
		return true
	}
	return fill(0, at)
}

// weight is how many orders of all timers there are for each one of those within the groups.
func (x *instant) weight() number {
	size := map[int]int{}
	for _, g := range x.groups {
		size[g]++
	}
	w := factorial(x.n)
	for g := range x.n {
		w = w.over(factorial(size[g]))
	}
	return w
}

// picks is the choices that lead to an order: the place of each among those that are left.
func picks(order []int) []int {
	var list []int
	left := make([]int, len(order))
	for i := range left {
		left[i] = i
	}
	for _, o := range order {
		i := slices.Index(left, o)
		list = append(list, i)
		left = slices.Delete(left, i, i+1)
	}
	return list
}

func key(order []int) string {
	text := make([]byte, 0, 2*len(order))
	for _, o := range order {
		text = append(text, byte(o>>8), byte(o))
	}
	return string(text)
}
