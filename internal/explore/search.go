package explore

import (
	"slices"

	"runloop/engine"
)

// search is one exploration.
type search struct {
	opts   Options
	report *Report
	root   *engine.Loop // at its start
	pool   []*engine.Loop
	states map[engine.Fingerprint]tally // of those that are done; open ones have no orders
	path   Schedule                     // of the run that goes on
	script []int                        // what the next unit is answered
	taken  Schedule                     // what it asked
	asks   bool                         // the unit may ask
	foot   engine.Footprint
	known  map[string]bool // outcomes, by key

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

func newSearch(opts Options) *search {
	s := &search{opts: opts, report: &Report{Modes: opts.Modes}, states: map[engine.Fingerprint]tally{}, known: map[string]bool{}, extra: -1}
	if s.opts.States == 0 {
		s.opts.States = MaxStates
	}
	s.foot.Output, s.foot.Audit = opts.Output, opts.Audit
	s.share, s.part = (opts.Runs+1)/2, 0.5 // of the whole; what is left is for a sample
	return s
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

// pick answers a unit that may ask; see script.
func (s *search) pick(_ *engine.Loop, kind engine.ChoiceKind, n int) int {
	k, i := 0, len(s.taken)
	if i < len(s.script) {
		k = s.script[i]
	}
	if !s.asks {
		panic("explore: a unit asks that was not to")
	}
	s.taken = append(s.taken, Choice{kind, n, k})
	return k
}

// whole explores every order, as far as it may.
func (s *search) whole() {
	s.root = engine.New(s.opts.Program, s.engineOptions(s.modes(s.pick)))
	l := s.get()
	s.root.CloneInto(l)
	t := s.visit(l)
	s.put(l)
	s.report.States = len(s.states)
	if s.ended {
		for fp, t := range s.states { // the order is of no account
			if t.orders == (number{}) {
				delete(s.states, fp)
			}
		}
		return
	}
	s.report.Complete, s.report.Orders, s.report.Failing = true, t.orders.big(), t.failed.big()
}

func (s *search) get() *engine.Loop {
	if n := len(s.pool); n > 0 {
		l := s.pool[n-1]
		s.pool = s.pool[:n-1]
		return l
	}
	return &engine.Loop{}
}

func (s *search) put(l *engine.Loop) { s.pool = append(s.pool, l) }

// visit explores all that may follow from the state of l.
func (s *search) visit(l *engine.Loop) tally {
	s.asks = false
	for !l.WillChoose() {
		if !l.RunUnit() {
			return s.leaf(l)
		}
	}
	fp, ok := engine.Fingerprint{}, false
	if s.opts.Plain < 2 {
		fp, ok = l.Fingerprint(s.opts.Output)
	}
	if ok {
		if t, met := s.states[fp]; met {
			s.begin()
			if t.orders == (number{}) {
				return s.cycle()
			}
			return t
		}
		if len(s.states) >= s.opts.States {
			s.report.Full, s.ended = true, true
			return tally{}
		}
		s.states[fp] = tally{}
	}
	var t tally
	reduced := false
	if s.opts.Plain < 1 {
		t, reduced = s.reduced(l)
	}
	if !reduced && !s.ended {
		t = s.all(l)
	}
	if ok && !s.ended {
		s.states[fp] = t
	}
	return t
}

// cycle is what comes of an order that comes back to a state of its own. Where timers may be late it does so because one of them
// is kept back for ever, which is no order that there is.
func (s *search) cycle() tally {
	if s.opts.Modes.Split {
		return tally{}
	}
	s.report.Cycle = true
	o := Outcome{Failed: true, Key: "cycle", Text: "the run never ends: it comes back to a state that it was in before\n"}
	s.note(o)
	return tally{one, one}
}

// all explores every choice of the next unit.
func (s *search) all(l *engine.Loop) tally {
	var sum tally
	depth := len(s.path)
	var script []int
	for !s.ended {
		c := s.get()
		l.CloneInto(c)
		taken := s.step(c, script)
		script = following(script[:0], taken)
		sum = sum.plus(s.visit(c))
		s.path = s.path[:depth]
		s.put(c)
		if len(script) == 0 {
			break
		}
	}
	return sum
}

// step runs one unit, answered by script, and adds what it asked to the path.
func (s *search) step(l *engine.Loop, script []int) Schedule {
	s.script, s.taken, s.asks = script, s.taken[:0], true
	l.RunUnit()
	s.asks = false
	at := len(s.path)
	s.path = append(s.path, s.taken...)
	return s.path[at:]
}

// following is the script after the one that was answered with taken; empty: that was the last.
func following(script []int, taken Schedule) []int {
	i := len(taken) - 1
	for i >= 0 && taken[i].K+1 >= taken[i].N {
		i--
	}
	if i < 0 {
		return script[:0]
	}
	for _, c := range taken[:i] {
		script = append(script, c.K)
	}
	return append(script, taken[i].K+1)
}

// leaf is the end of a run.
func (s *search) leaf(l *engine.Loop) tally {
	s.begin()
	s.report.Runs++
	s.report.Longest = max(s.report.Longest, len(s.path))
	o := s.opts.Judge(l)
	s.note(o)
	if o.Failed {
		return tally{one, one}
	}
	return tally{orders: one}
}

// note keeps an outcome that is new.
func (s *search) note(o Outcome) {
	s.keep(o, s.report.Runs, s.path)
}

func (s *search) keep(o Outcome, run int, schedule Schedule) {
	if !s.known[o.Key] {
		s.known[o.Key] = true
		s.report.Outcomes = append(s.report.Outcomes, Found{o, run, schedule.Trimmed()})
	}
	if o.Failed && s.report.Failure == nil && schedule.Unusual() > 0 {
		s.report.Failure = &Found{o, run, slices.Clone(schedule)}
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
