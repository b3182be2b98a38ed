package explore

import (
	"slices"

	"runloop/engine"
)

// Reduction: of timers that fire at one instant only those change the state after it by their order that have something to do
// with each other, by what each of them leads to. So only the orders within such groups are run. Which groups there are is
// looked at in each run, and they are joined until every run agrees.
//
// Where timers of one instant may fire apart, an order is a list of blocks, each of which fires in one iteration, and what it leads
// to is over before the next. A group has an order of its own then: the blocks of all in which one of its timers fires, without the
// timers of others. Such orders are run with the first block of each group in the first iteration, and so on, and each of these runs
// stands for all ways in which the blocks of the groups can meet: what has nothing in common can change places, be it due to the
// same iteration or to another one.

// reducible reports whether the orders of one instant's timers are all that is left open now.
func (s *search) reducible(l *engine.Loop) bool {
	m := &s.opts.Modes
	return s.opts.Plain < 1 && m.Ties && !m.Ready && !m.Draws && len(m.Fail) == 0 && m.Cancel == 0 && l.Idle() &&
		!(m.Split && (m.Late > 0 || m.Latest || s.opts.Program.Measures))
}

// instant is the timers of one instant and the orders of them that were run.
type instant struct {
	apart  bool
	number map[uint32]int  // the timers' places in the usual order, by their numbers
	groups []int           // by place: the group
	script []int           // what the next order takes
	over   bool            // every order was run
	done   map[string]bool // orders that were run
	orders [][][]int       // these, in the order of what they came to: the places of the timers that fire, block by block

	asked   Schedule // what the order that is run has taken, within the groups
	answers []int    // to what the unit asks next
	begun   bool     // the unit has asked
	wrong   bool     // it asks for something else
}

// nextOrder runs the instant of a frame in the next order, or ends the frame. An instant that is not of the kind that it knows,
// one choice of the order of timers and no other, is left to nextChoice.
func (w *worker) nextOrder(f *frame) {
	x := f.instant
	if x.over {
		f.weights = w.weights.of(x)
		w.leave(f)
		return
	}
	c := w.copyOf(f)
	w.foot.Apart = x.apart
	c.Follow(&w.foot)
	asked := w.fire(c, x)
	order, ok := x.fired(&w.foot)
	groups := w.foot.Groups(len(x.number))
	c.Follow(nil)
	ok = ok && !x.wrong && x.join(order, groups)
	if !ok {
		w.search.put(c)
		for i := range f.found {
			w.search.put(f.found[i].loop)
		}
		f.instant, f.edges, f.found = nil, nil, f.found[:0]
		return
	}
	if k := key(order); !x.done[k] {
		x.done[k] = true
		x.orders = append(x.orders, order)
		w.arrive(f, c, asked)
	} else {
		w.search.put(c)
	}
}

// fire runs an instant in the next order, until all that follows from its timers is over, and returns what was chosen.
func (w *worker) fire(l *engine.Loop, x *instant) Schedule {
	w.from, w.instant, w.asks = len(w.asked), x, true
	x.asked, x.wrong = x.asked[:0], false
	at, more := int64(0), true
	for first := true; more && !x.wrong && (first || x.apart && l.Overdue()); first = false {
		x.begun, x.answers = false, x.answers[:0]
		more = l.RunUnit()
		x.wrong = x.wrong || len(x.answers) > 0 || !first && l.Now() != at
		x.begun = true // what is asked from now on is something else
		for at = l.Now(); more && !x.wrong && !l.Idle(); {
			more = l.RunUnit()
		}
	}
	w.instant, w.asks = nil, false
	return w.asked[w.from:len(w.asked):len(w.asked)]
}

// pick answers what a unit asks, so that the timers fire in the next order.
func (x *instant) pick(l *engine.Loop, kind engine.ChoiceKind) int {
	if !x.begun {
		x.begun = true
		x.choose(l.AppendAsked(nil), kind)
	}
	if len(x.answers) == 0 || x.wrong {
		x.wrong = true
		return 0
	}
	k := x.answers[0]
	x.answers = x.answers[1:]
	return k
}

// choose chooses which of the timers that are due fire in this iteration, and makes the answers that lead to it.
func (x *instant) choose(due []uint32, kind engine.ChoiceKind) {
	if x.wrong = x.wrong || kind != engine.ChooseTie && kind != engine.ChooseLate; x.wrong {
		return
	}
	if x.number == nil {
		x.start(due)
	}
	left := make([]int, len(due)) // the places, as the options have them
	for i, number := range due {
		place, known := x.number[number]
		if !known {
			x.wrong = true
			return
		}
		left[i] = place
	}
	block := x.block(slices.Sorted(slices.Values(left)))
	for _, place := range block {
		i := slices.Index(left, place)
		if x.apart || len(left) > 1 { // else there is nothing to ask
			x.answers = append(x.answers, i)
		}
		left = slices.Delete(left, i, i+1)
	}
	if x.apart && len(left) > 0 {
		x.answers = append(x.answers, len(left)) // no further one
	}
}

// start takes in which timers there are.
func (x *instant) start(due []uint32) {
	x.number, x.groups, x.done = map[uint32]int{}, make([]int, len(due)), map[string]bool{}
	for i, number := range due {
		x.number[number], x.groups[i] = i, i
	}
}

// block chooses which of the timers at some places fire, and in which order. Of each group it is one at least, or all where they do
// not fire apart. Among those that fire each group keeps its places: they stand as in the usual order, but for the timers within it.
func (x *instant) block(due []int) []int {
	members := map[int][]int{}
	for _, place := range due {
		g := x.groups[place]
		members[g] = append(members[g], place)
	}
	chosen := map[int][]int{}
	var block []int
	for _, place := range due {
		g := x.groups[place]
		if _, is := chosen[g]; !is {
			chosen[g] = x.within(members[g])
			block = append(block, chosen[g]...)
		}
	}
	slices.Sort(block)
	for i, place := range block {
		g := x.groups[place]
		block[i], chosen[g] = chosen[g][0], chosen[g][1:]
	}
	return block
}

// within chooses which timers of a group fire, and in which order.
func (x *instant) within(due []int) (chosen []int) {
	for left := slices.Clone(due); len(left) > 0; {
		n := len(left)
		if x.apart && len(chosen) > 0 {
			n++ // the last option is that no further one does
		}
		k := x.take(n)
		if k == len(left) {
			break
		}
		chosen = append(chosen, left[k])
		left = slices.Delete(left, k, k+1)
	}
	return chosen
}

// take makes one choice within a group.
func (x *instant) take(n int) int {
	if n == 1 {
		return 0
	}
	k := 0
	if i := len(x.asked); i < len(x.script) {
		k = x.script[i]
	}
	x.asked = append(x.asked, Choice{N: n, K: k})
	return k
}

// fired is the places of the timers that fired, block by block; false: others have fired, too.
func (x *instant) fired(foot *engine.Footprint) (order [][]int, ok bool) {
	blocks, others := foot.Fired()
	n := 0
	for _, block := range blocks {
		var places []int
		for _, number := range block {
			place, known := x.number[number]
			if !known {
				return nil, false
			}
			places = append(places, place)
		}
		order, n = append(order, places), n+len(block)
	}
	return order, n > 0 && !(x.apart && others)
}

// join joins the groups of timers that depend on each other in a run, and goes on to the next order; false: there is but one group,
// whose orders are as many as all are, and states between its blocks would not be known again.
func (x *instant) join(order [][]int, found []int) bool {
	joined := false
	places := slices.Concat(order...)
	for at, place := range places {
		if g := found[at]; g != at {
			joined = x.joinTwo(place, places[g]) || joined
		}
	}
	if x.apart && !slices.ContainsFunc(x.groups, func(g int) bool { return g != x.groups[0] }) {
		return false
	}
	if joined { // begin anew, after the usual order
		x.script, x.asked = nil, x.asked[:0]
		all := make([]int, len(x.groups))
		for i := range all {
			all[i] = i
		}
		x.block(all)
	}
	x.script = following(x.script[:0], x.asked)
	x.over = len(x.script) == 0
	return true
}

// joinTwo joins the groups of two timers; false: they are of one.
func (x *instant) joinTwo(a, b int) bool {
	from, to := max(x.groups[a], x.groups[b]), min(x.groups[a], x.groups[b])
	for i, g := range x.groups {
		if g == from {
			x.groups[i] = to
		}
	}
	return from != to
}

// key tells orders apart.
func key(order [][]int) string {
	var text []byte
	for _, block := range order {
		for _, place := range block {
			text = append(text, byte(place>>16), byte(place>>8), byte(place))
		}
		text = append(text, 255)
	}
	return string(text)
}
