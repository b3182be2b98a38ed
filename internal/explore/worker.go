package explore

import "runloop/engine"

// frame is a state from which the search goes on, and how far it is there.
type frame struct {
	loop    *engine.Loop // nil: every choice was made
	number  uint32       // in the graph
	way     *way         // that led to it first
	script  []int        // what the next unit is answered
	instant *instant     // its timers, where only the orders that differ are run
	edges   []edge       // what it leads to
	weights []number     // how many orders there are for each of these; nil: one

	found []child  // in this round
	fresh []*frame // of these, the states that are new
}

// child is what one step from a frame came to.
type child struct {
	loop    *engine.Loop // nil: the run is over, or the state is known
	asked   Schedule
	over    bool
	outcome Outcome            // over
	state   engine.Fingerprint // not over
	hashed  bool               // it has one
}

// way is the choices that lead to a state, the last ones last.
type way struct {
	before *way
	last   Schedule
	n      int // choices in all
}

func (w *way) len() int {
	if w == nil {
		return 0
	}
	return w.n
}

func (w *way) and(asked Schedule) *way {
	if len(asked) == 0 {
		return w
	}
	return &way{w, append(Schedule(nil), asked...), w.len() + len(asked)}
}

// schedule is the choices of a way and then some more.
func (w *way) schedule(more Schedule) Schedule {
	list := make(Schedule, w.len()+len(more))
	copy(list[w.len():], more)
	for ; w != nil; w = w.before {
		copy(list[w.n-len(w.last):], w.last)
	}
	return list
}

// worker runs the steps of a search. It changes nothing but the frame that it is given, and only reads what the search knows.
type worker struct {
	search *search
	modes  *engine.Explore // that it answers
	script []int           // what the unit is answered
	asked  Schedule        // what the units of this round have asked
	from   int             // what the unit has asked is from here on
	asks   bool            // the unit may ask
	foot   engine.Footprint

	instant *instant // it is answered so that its timers fire in the next order; nil: by script
	weights weigher
}

func newWorker(s *search) *worker {
	w := &worker{search: s}
	w.modes = s.modes(w.pick)
	w.foot.Output, w.foot.Audit = s.opts.Output, s.opts.Audit
	return w
}

// pick answers a unit that may ask; see script.
func (w *worker) pick(l *engine.Loop, kind engine.ChoiceKind, n int) int {
	if !w.asks {
		panic("explore: a unit asks that was not to")
	}
	k := 0
	if i := len(w.asked) - w.from; w.instant != nil {
		k = w.instant.pick(l, kind)
	} else if i < len(w.script) {
		k = w.script[i]
	}
	w.asked = append(w.asked, Choice{kind, n, k})
	return k
}

// expand goes on from a frame, in so many ways at most.
func (w *worker) expand(f *frame, most int) {
	f.found = f.found[:0]
	w.asked = nil // the old ones are kept by what was found
	for len(f.found) < most && f.loop != nil {
		if f.instant != nil {
			w.nextOrder(f)
		} else {
			w.nextChoice(f)
		}
	}
}

// copyOf is a copy of a frame's loop, which the worker answers.
func (w *worker) copyOf(f *frame) *engine.Loop {
	c := w.search.get()
	f.loop.CloneInto(c)
	c.Answer(w.modes)
	return c
}

// leave ends a frame: every choice was made.
func (w *worker) leave(f *frame) {
	w.search.put(f.loop)
	f.loop = nil
}

// nextChoice answers the next unit in the next way.
func (w *worker) nextChoice(f *frame) {
	c := w.copyOf(f)
	asked := w.step(c, f.script)
	f.script = following(f.script[:0], asked)
	if len(f.script) == 0 {
		w.leave(f)
	}
	w.arrive(f, c, asked)
}

// step runs one unit, answered by a script, and returns what it asked.
func (w *worker) step(l *engine.Loop, script []int) Schedule {
	w.script, w.from, w.asks = script, len(w.asked), true
	l.RunUnit()
	w.asks = false
	return w.asked[w.from:len(w.asked):len(w.asked)]
}

// arrive runs a loop, which has made its choices, until it may choose again, and notes what it came to.
func (w *worker) arrive(f *frame, l *engine.Loop, asked Schedule) {
	s := w.search
	c := child{asked: asked}
	for !l.WillChoose() {
		if !l.RunUnit() {
			c.over, c.outcome = true, s.opts.Judge(l)
			s.put(l)
			f.found = append(f.found, c)
			return
		}
	}
	if s.opts.Plain < 2 {
		c.state, c.hashed = l.Fingerprint(s.opts.Output)
	}
	if _, met := s.states[c.state]; met && c.hashed {
		s.put(l)
	} else {
		c.loop = l
	}
	f.found = append(f.found, c)
}

// following is the script after the one that was answered with asked; empty: that was the last.
func following(script []int, asked Schedule) []int {
	i := len(asked) - 1
	for i >= 0 && asked[i].K+1 >= asked[i].N {
		i--
	}
	if i < 0 {
		return script[:0]
	}
	for _, c := range asked[:i] {
		script = append(script, c.K)
	}
	return append(script, asked[i].K+1)
}
