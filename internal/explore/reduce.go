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
	return s.opts.Plain < 1 && m.Ties && !m.Split && !m.Ready && !m.Draws && len(m.Fail) == 0 && m.Cancel == 0 && l.Idle()
}

// instant is the timers of one instant and the orders of them that were run.
type instant struct {
	n      int
	groups []int           // by a timer's place in the usual order: its group
	places [][]int         // of the groups with several timers
	next   int             // the number of the next order
	done   map[string]bool // orders that were run
}

// nextOrder runs the instant of a frame in the next order, or ends the frame. An instant that is not of the kind that it knows,
// one choice of the order of timers and no other, is left to nextChoice.
func (w *worker) nextOrder(f *frame) {
	x := f.instant
	order, ok := x.nextOrder()
	if !ok {
		f.weight = x.weight()
		w.leave(f)
		return
	}
	c := w.copyOf(f)
	c.Follow(&w.foot)
	asked := w.step(c, picks(order))
	if ok = x.n > 0 || x.start(asked); ok && order == nil {
		order = x.usual()
	}
	for ok && !c.Idle() && !c.WillChoose() && c.RunUnit() {
	}
	if !ok || c.WillChoose() && !c.Idle() {
		c.Follow(nil)
		w.search.put(c)
		for i := range f.found {
			w.search.put(f.found[i].loop)
		}
		f.instant, f.edges, f.found = nil, nil, f.found[:0]
		return
	}
	groups := w.foot.Groups(x.n)
	c.Follow(nil)
	joined := false
	for at, g := range groups {
		if at != g {
			joined = x.join(order[at], order[g]) || joined
		}
	}
	if x.done[key(order)] = true; joined {
		x.regroup()
	}
	w.arrive(f, c, asked)
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
	x.groups, x.done = x.usual(), map[string]bool{}
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

// regroup begins anew with the orders, now that there are other groups.
func (x *instant) regroup() {
	x.places, x.next = x.places[:0], 0
	for g := range x.n {
		var at []int
		for i, h := range x.groups {
			if h == g {
				at = append(at, i)
			}
		}
		if len(at) > 1 {
			x.places = append(x.places, at)
		}
	}
}

// nextOrder is the next order in which each group stays at its places, and which was not run yet; false: there is none. Before
// the number of timers is known it is the usual one, nil.
func (x *instant) nextOrder() (order []int, ok bool) {
	if x.n == 0 {
		return nil, true
	}
	for {
		order, ok := x.order(x.next)
		if !ok {
			return nil, false
		}
		if x.next++; !x.done[key(order)] {
			return order, true
		}
	}
}

// order is order number i, of all in which the timers of a group change places; false: there are not so many.
func (x *instant) order(i int) (order []int, ok bool) {
	order = x.usual()
	for _, at := range slices.Backward(x.places) { // the last places change first
		digits := make([]int, len(at))
		for k := range slices.Backward(at) {
			digits[k], i = i%(len(at)-k), i/(len(at)-k)
		}
		left := slices.Clone(at)
		for k, d := range digits {
			order[at[k]] = left[d]
			left = slices.Delete(left, d, d+1)
		}
	}
	return order, i == 0
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
