package explore

import (
	"slices"
	"sync"

	"runloop/engine"
	"runloop/internal/parallel"
)

// search is one exploration. It goes on from several states at a time, each of which is the work of one of its workers alone, and
// then takes in what they found, in the order of the states. How many states these are depends on the search and not on the
// workers: so what is found does not depend on them either.
type search struct {
	opts    Options
	report  *Report
	workers []*worker
	states  map[engine.Fingerprint]uint32 // their numbers in the graph
	graph   graph
	counts  []tally         // by state, when the search is over: of what is below it, where all of that was explored
	stack   []*frame        // states from which to go on, the next one last
	round   []*frame        // those from which it goes on now
	known   map[string]bool // outcomes, by key
	wide    bool            // it has gone on from several states at a time
	narrow  bool            // it never does

	mu   sync.Mutex
	pool []*engine.Loop // that are of no use any more

	share int     // runs that the search may begin; 0: any number
	part  float64 // of the time that it may take
	extra int     // runs that it may still begin after a failure; -1: there is none
	ended bool    // the search was broken off
}

// afterFailure is how many runs a search of the whole begins after the first that failed, to say how many orders there are.
const afterFailure = 1000

// spare is how many times longer than the usual run, and by how much more, an explored one may be.
const (
	spare     = 10
	spareMore = 100_000
)

// From how many states the search goes on at the same time: one more for each perState that it has found, so that a small search
// goes strictly depth first, and mostWide at most; and how often from each. Where mostPending wait, it goes depth first again.
const (
	perState    = 64
	mostWide    = 64
	steps       = 8
	mostPending = 4096
)

func newSearch(opts Options) *search {
	s := &search{opts: opts, report: &Report{Modes: opts.Modes}}
	if s.opts.States == 0 {
		s.opts.States = MaxStates
	}
	for range max(1, opts.Workers) {
		s.workers = append(s.workers, newWorker(s))
	}
	s.share, s.part = (opts.Runs+1)/2, 0.5 // of the whole; what is left is for a sample
	s.narrow = opts.Plain > 1              // one by one there are no more copies than a run has choices
	s.restart()
	return s
}

// restart forgets what was found.
func (s *search) restart() {
	r := s.report
	s.report = &Report{Modes: r.Modes, Usual: r.Usual, Limit: r.Limit, Choices: r.Choices}
	s.states, s.graph, s.known = map[engine.Fingerprint]uint32{}, graph{}, map[string]bool{}
	s.stack, s.extra, s.ended, s.wide = nil, -1, false, false
}

// modes is what is left open, answered by pick.
func (s *search) modes(pick func(l *engine.Loop, kind engine.ChoiceKind, n int) int) *engine.Explore {
	m := s.opts.Modes
	m.Pick = pick
	return &m
}

// engineOptions is how runs are made.
func (s *search) engineOptions(modes *engine.Explore) engine.Options {
	o := s.opts.Run
	o.Explore, o.Output, o.Trace, o.KeepTasks = modes, nil, nil, false
	o.KeepOutput = s.opts.Output
	return o
}

// usual runs the usual run, and bounds the others by it.
func (s *search) usual() {
	player := &Player{}
	l := engine.New(s.opts.Program, s.engineOptions(s.modes(player.Pick)))
	for l.RunUnit() {
	}
	s.report.Choices = len(player.Asked)
	s.report.Usual = s.opts.Judge(l)
	s.report.Limit = limitOf(l.Result())
	s.boundBy(l.Result())
}

// limitOf is the limit at which a run was broken off; empty: it has ended.
func limitOf(r *engine.Result) string {
	if r.Limit == nil {
		return ""
	}
	return r.Limit.Limit
}

// boundBy bounds the runs by the usual one.
func (s *search) boundBy(r *engine.Result) {
	for limit, used := range map[engine.Limit]int64{engine.LimitSteps: r.Steps, engine.LimitIterations: r.Iterations} {
		most := s.opts.Run.Limits.Of(limit)
		if bound := spare*used + spareMore; *most == 0 || *most > bound {
			*most = bound
		}
	}
}

// whole explores every order, as far as it may.
func (s *search) whole() {
	root := s.search()
	cyclic := false
	if s.counts, cyclic = s.graph.count(); cyclic && !s.narrow && s.opts.Modes.Late == 0 {
		s.restart() // depth first the way is known that comes back
		s.narrow = true
		root = s.search()
		s.counts, _ = s.graph.count()
	}
	s.report.States = len(s.states)
	if !s.ended {
		t := s.graph.below(root, s.counts)
		s.report.Complete, s.report.Orders, s.report.Failing = true, t.orders.big(), t.failed.big()
	}
	s.stack, s.pool = nil, nil
}

// search goes on from state to state until there are no more, and returns the first.
func (s *search) search() edge {
	start := frame{loop: engine.New(s.opts.Program, s.engineOptions(s.workers[0].modes))}
	s.workers[0].arrive(&start, start.loop, nil)
	root := s.take(&start, &start.found[0])
	s.push(&start)
	for len(s.stack) > 0 && !s.ended {
		s.goOn()
	}
	return root
}

// goOn goes on from the next states.
func (s *search) goOn() {
	width, most := s.width()
	s.round = s.round[:0]
	for len(s.stack) > 0 && len(s.round) < width {
		last := len(s.stack) - 1
		f := s.stack[last]
		s.stack = s.stack[:last]
		if f.loop == nil {
			s.graph.close(f)
			continue
		}
		s.round = append(s.round, f)
	}
	s.wide = s.wide || width > 1
	parallel.For(len(s.workers), len(s.round), func(w, i int) { s.workers[w].expand(s.round[i], most) })
	for _, f := range s.round {
		for i := range f.found {
			if c := &f.found[i]; s.ended {
				s.put(c.loop)
			} else {
				f.edges = append(f.edges, s.take(f, c))
			}
		}
	}
	for i := len(s.round) - 1; i >= 0; i-- {
		s.stack = append(s.stack, s.round[i])
		s.push(s.round[i])
	}
}

// width is from how many states the search goes on now, and how often from each.
func (s *search) width() (states, most int) {
	states = min(1+s.graph.len()/perState, mostWide)
	if s.opts.Wide {
		states = mostWide
	}
	if s.narrow || len(s.stack) > mostPending {
		states = 1
	}
	if states == 1 {
		return 1, 1
	}
	return states, steps
}

// push makes the states that were found from f the next ones.
func (s *search) push(f *frame) {
	for i := len(f.fresh) - 1; i >= 0; i-- {
		s.stack = append(s.stack, f.fresh[i])
	}
	f.fresh = f.fresh[:0]
}

// take takes in what a step from f came to.
func (s *search) take(f *frame, c *child) edge {
	switch {
	case c.over:
		return s.leaf(f, c)
	case !c.hashed:
	default:
		if n, met := s.states[c.state]; met {
			s.put(c.loop)
			s.begin()
			if !s.wide && s.graph.isOpen(n) {
				return s.cycle(f, c, n)
			}
			return edge(n)
		}
	}
	if s.graph.len() >= s.opts.States {
		s.report.Full, s.ended = true, true
		s.put(c.loop)
		return nothing
	}
	n := s.graph.add()
	if c.hashed {
		s.states[c.state] = n
	}
	x := &frame{loop: c.loop, number: n, way: f.way.and(c.asked)}
	if s.reducible(c.loop) {
		x.instant = &instant{apart: s.opts.Modes.Split}
	}
	f.fresh = append(f.fresh, x)
	return edge(n)
}

// cycle is what comes of an order that comes back to state n, one of its own. Where timers may be late, or fire apart, it may do so
// because one of them is kept back for ever, which is no order that there is.
func (s *search) cycle(f *frame, c *child, n uint32) edge {
	if s.opts.Modes.Late > 0 || s.opts.Modes.Split && s.holdsSince(n, f, c) {
		return nothing
	}
	s.narrow = true // so that all such ways are known
	s.report.Cycle = true
	s.keep(Outcome{Failed: true, Key: "cycle", Text: "the run never ends: it comes back to a state that it was in before\n"},
		s.report.Runs, func() Schedule { return f.way.schedule(c.asked) })
	return fails
}

// holdsSince reports whether a timer that was due has been kept back somewhere on the way from state n to what f has led to.
func (s *search) holdsSince(n uint32, f *frame, c *child) bool {
	from := f
	if f.number != n {
		from = s.stack[slices.IndexFunc(s.stack, func(x *frame) bool { return x.number == n })]
	}
	for w := f.way.and(c.asked); w.len() > from.way.len(); w = w.before {
		if holds(w.last) {
			return true
		}
	}
	return false
}

// holds reports whether a unit, in which no timer can be late, has kept one back: the last of two comes with option 0 of 2.
func holds(asked Schedule) bool {
	for _, c := range slices.Backward(asked) {
		if c.Kind == engine.ChooseLate {
			return c.N != 2 || c.K != 0
		}
	}
	return false
}

// leaf is the end of a run.
func (s *search) leaf(f *frame, c *child) edge {
	s.begin()
	s.report.Runs++
	s.report.Longest = max(s.report.Longest, f.way.len()+len(c.asked))
	s.keep(c.outcome, s.report.Runs, func() Schedule { return f.way.schedule(c.asked) })
	if c.outcome.Failed {
		return fails
	}
	return fine
}

// keep keeps an outcome that is new.
func (s *search) keep(o Outcome, run int, schedule func() Schedule) {
	isNew := !s.known[o.Key]
	if !isNew && !(o.Failed && s.report.Failure == nil) {
		return
	}
	way := schedule()
	if isNew {
		s.known[o.Key] = true
		s.report.Outcomes = append(s.report.Outcomes, Found{o, run, way.Trimmed()})
	}
	if o.Failed && s.report.Failure == nil && way.Unusual() > 0 {
		s.report.Failure = &Found{o, run, way}
		s.extra = afterFailure
	}
}

// begin counts a run that was begun, and breaks the search off where there were enough.
func (s *search) begin() {
	s.report.Begun++
	if s.extra >= 0 {
		s.extra--
	}
	if s.share > 0 && s.report.Begun >= s.share || s.extra == 0 || s.report.Begun&63 == 0 && s.stopped(s.part) {
		s.ended = true
	}
}

func (s *search) stopped(share float64) bool { return s.opts.Stop != nil && s.opts.Stop(share) }

func (s *search) get() *engine.Loop {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.pool); n > 0 {
		l := s.pool[n-1]
		s.pool = s.pool[:n-1]
		return l
	}
	return &engine.Loop{}
}

func (s *search) put(l *engine.Loop) {
	if l != nil {
		s.mu.Lock()
		s.pool = append(s.pool, l)
		s.mu.Unlock()
	}
}
