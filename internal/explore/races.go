package explore

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// Races is what came of looking for races: steps of two tasks that meet at one variable or queue, and are in no order but that of
// the run.
type Races struct {
	Broken   []Broken  // what was not whole in the usual run already
	Changing []Changes // orders that change the outcome
	Harmless []Pair    // that were turned round, and the outcome was the same
	Timed    []Pair    // that only time orders: no order turned them round
	Proved   bool      // every order was explored
	Orders   string    // Proved: how many there are
	Runs     int       // that were looked at one by one
	Turns    int       // of the usual run that were looked at
	Whole    bool      // these are all
	Usual    Outcome
	Limit    string // at which the usual run was broken off: then nothing else was looked at
}

// Place is a step of a task that looks at a variable or a queue, or changes it.
type Place struct {
	Who  string     `json:"who"`
	What string     `json:"what"` // reads, sets, reads and sets, uses
	At   int64      `json:"time"` // loop time in nanoseconds
	Line string     `json:"line"` // in words, with the file where it is another one
	Step string     `json:"step"`
	Pos  engine.Pos `json:"-"`
}

// Pair is two steps that meet, in the order of the usual run.
type Pair struct {
	Of     string `json:"of"` // the variable, with its element, or the queue
	First  Place  `json:"first"`
	Second Place  `json:"second"`
	Margin int64  `json:"margin"` // the least time between them, in nanoseconds
	Times  int    `json:"times"`  // how often they meet
}

// Changes is an order that changes the outcome.
type Changes struct {
	Pairs  []Pair // that it turns round; none: it is not to be seen at a variable or a queue
	Text   string // what is different then
	Failed bool   // an expectation is not met then
	Steps  []Step
	Token  Token
}

// Broken is two steps of one task, or one that goes by what another has read, that another task came between.
type Broken struct {
	Of      string `json:"of"` // of a torn pair: both variables
	From    Place  `json:"from"`
	To      Place  `json:"to"`
	Between Place  `json:"between"`
	Torn    bool   `json:"torn"`          // Between has read both, one new and one old
	Via     string `json:"via,omitempty"` // how To knows of From, if it is another task: "queue jobs"
}

// pairKey is what pairs are told apart by: steps of the file, not how often they run.
type pairKey struct {
	space     engine.Kind
	id        uint32
	first, pc int32
}

// spot is the n-th access of a task to a place by one step.
type spot struct {
	space engine.Kind
	id    uint32
	who   string
	pc    int32
	n     int
}

// candidate is a pair with the places where it meets.
type candidate struct {
	Pair
	key       pairKey
	instances [][2]spot
	turned    bool
}

// How much is looked at.
const (
	mostPairs     = 500
	mostInstances = 16
	mostRecent    = 256 // steps at one place that a later one is compared with
	mostChanges   = 20
)

// meeting finds pairs in the record of a run.
type meeting struct {
	r      *trace.Run
	pairs  map[pairKey]*candidate
	list   []*candidate
	recent map[[2]uint32][]*seen
	counts map[spot]int
	all    map[[2]uint32][]*access
	broken []Broken

	derived map[engine.Pos]bool // places of steps that assign what they make from variables
}

// seen is an access with its name for other runs.
type seen struct {
	*access
	spot spot
}

func placeOf(a *access) [2]uint32 { return [2]uint32{uint32(a.space), a.id} }

// spotOf names an access for other runs.
func spotOf(r *trace.Run, counts map[spot]int, a *access) spot {
	s := spot{space: a.space, id: a.id, who: r.Name(a.who), pc: a.pc}
	counts[s]++
	s.n = counts[s]
	return s
}

func (m *meeting) see(a *access) {
	key := placeOf(a)
	x := &seen{a, spotOf(m.r, m.counts, a)}
	m.all[key] = append(m.all[key], a)
	list := m.recent[key]
	for _, b := range list {
		if b.who != a.who && (a.sets || b.sets) && b.meets(a) && !b.before(a) && !(commutes(m.r, a) && commutes(m.r, b.access)) {
			m.pair(b, x)
		}
	}
	i := slices.IndexFunc(list, func(b *seen) bool { return b.who == a.who && b.pc == a.pc && b.elem == a.elem })
	switch {
	case i >= 0:
		list = append(slices.Delete(list, i, i+1), x)
	case len(list) >= mostRecent:
		list = append(slices.Delete(list, 0, 1), x)
	default:
		list = append(list, x)
	}
	m.recent[key] = list
}

// commutes reports whether an access adds a constant: two such may change places.
func commutes(r *trace.Run, a *access) bool { return a.space == engine.KindNull && r.Counts(a.pc) }

func (m *meeting) pair(a, b *seen) {
	key := pairKey{a.space, a.id, a.pc, b.pc}
	c := m.pairs[key]
	margin := m.r.At(b.turn) - m.r.At(a.turn)
	if c == nil {
		if len(m.list) == mostPairs {
			return
		}
		c = &candidate{key: key, Pair: Pair{Of: m.of(a.access, b.access), First: m.place(a.access), Second: m.place(b.access), Margin: margin}}
		m.pairs[key] = c
		m.list = append(m.list, c)
	}
	if c.Times++; margin < c.Margin {
		c.Margin, c.First, c.Second = margin, m.place(a.access), m.place(b.access)
	}
	if len(c.instances) < mostInstances {
		c.instances = append(c.instances, [2]spot{a.spot, b.spot})
	}
}

// of is where two accesses meet.
func (m *meeting) of(a, b *access) string {
	if a.space != engine.KindNull {
		return m.r.ObjectName(a.space, a.id)
	}
	return m.r.Variable(uint8(engine.SharedVar), a.id) + m.r.Element(a.id, max(a.elem, b.elem))
}

func (m *meeting) place(a *access) Place {
	p := Place{Who: m.r.Name(a.who), At: m.r.At(a.turn), Pos: m.r.Place(a.pc), Step: m.r.Step(a.pc)}
	p.Line = m.r.Result.Files.Line(p.Pos.Line)
	switch {
	case a.space != engine.KindNull:
		p.What = "uses"
	case a.reads && a.sets || a.whole:
		p.What = "reads and sets"
	case a.sets:
		p.What = "sets"
	default:
		p.What = "reads"
	}
	return p
}

// between looks whether another task has set what a task goes by, after it was read, with no order between them.
func (m *meeting) between(from, to *access) {
	if from.via != "" && !m.derived[m.r.Place(to.pc)] {
		return // it is set to a constant: what another task has read has no part in it
	}
	for _, x := range slices.Backward(m.all[placeOf(from)]) {
		if x.rec < from.rec {
			return
		}
		if x.rec > to.rec || !x.sets || x.same || x.who == from.who || x.who == to.who || !x.meets(from) || !x.meets(to) || from.before(x) && x.before(to) {
			continue
		}
		m.found(Broken{Of: m.of(from, to), From: m.place(from), To: m.place(to), Between: m.place(x), Via: from.via})
		return
	}
}

// found keeps what was not whole, once for the steps.
func (m *meeting) found(b Broken) {
	if !slices.ContainsFunc(m.broken, func(x Broken) bool {
		return x.Of == b.Of && x.From.Pos == b.From.Pos && x.To.Pos == b.To.Pos && x.Between.Pos == b.Between.Pos && x.Torn == b.Torn
	}) {
		m.broken = append(m.broken, b)
	}
}

// torn looks for a task that has seen two variables between the turns in which another has set them. list is all accesses to
// variables, in order.
func (m *meeting) torn(list []*access) {
	latest := map[int][]*access{} // by chain: what it has set in the latest turn in which it did
	for at, a := range list {
		if !a.sets || a.same {
			continue
		}
		before := latest[a.chain]
		if len(before) > 0 && before[0].turn != a.turn {
			for _, x := range before {
				if !setsOneOf(before, a) && !setsOneOf(ofTurn(list, at), x) && m.r.SameCode(x.pc, a.pc) {
					m.sawBoth(x, a, list[:at])
				}
			}
			before = nil
		}
		latest[a.chain] = append(before, a)
	}
}

// setsOneOf reports whether one of several accesses sets the variable of a.
func setsOneOf(list []*access, a *access) bool {
	return slices.ContainsFunc(list, func(b *access) bool { return b.sets && b.id == a.id })
}

// ofTurn is the accesses of one turn around that at a place of the list.
func ofTurn(list []*access, at int) []*access {
	from, to := at, at
	for from > 0 && list[from-1].turn == list[at].turn {
		from--
	}
	for to < len(list) && list[to].turn == list[at].turn {
		to++
	}
	return list[from:to]
}

// sawBoth looks for a turn between x and y that reads both variables.
func (m *meeting) sawBoth(x, y *access, list []*access) {
	read := map[int]*access{}
	for _, a := range slices.Backward(list) {
		if a.rec < x.rec {
			return
		}
		if a.chain == x.chain || !a.reads || !a.meets(x) && !a.meets(y) || x.before(a) && a.before(y) {
			continue
		}
		b := read[a.turn]
		if read[a.turn] = a; b != nil && (a.meets(x) && b.meets(y) || a.meets(y) && b.meets(x)) {
			m.found(Broken{Of: m.of(x, x) + " and " + m.of(y, y), From: m.place(x), To: m.place(y), Between: m.place(a), Torn: true})
			return
		}
	}
}

// FindRaces looks for races in what a scenario's tasks do to shared variables and queues. The pairs come from the record of the
// usual run; exploring turns them round. opts.Runs is how many runs it looks at one by one, and how many a search of all orders
// begins besides. watched is the scenario's watched program.
func FindRaces(opts Options, src trace.Source, watched *engine.Program) *Races {
	f := &races{opts: opts, src: src, found: &Races{}}
	l, r, asked := f.run(nil)
	usual := opts.Judge(l)
	f.found.Usual, f.found.Limit = usual, limitOf(l.Result())
	if f.found.Limit != "" {
		return f.found
	}
	f.opts.Runs = int(min(int64(f.most()), max(leastRaceRuns, mostRaceSteps/max(l.Result().Steps, 1))))
	derived := map[engine.Pos]bool{}
	watched.Derives(func(at engine.Pos) { derived[at] = true })
	m := &meeting{r: r, derived: derived, pairs: map[pairKey]*candidate{}, recent: map[[2]uint32][]*seen{}, counts: map[spot]int{}, all: map[[2]uint32][]*access{}}
	var list []*access
	f.found.Turns = follow(r, func(a *access) {
		m.see(a)
		if a.space == engine.KindNull {
			list = append(list, a)
		}
	}, m.between)
	m.torn(list)
	f.found.Broken, f.pairs = m.broken, m.list
	f.usual, f.texts = usual, sharedTexts(l)
	f.bound(l)
	f.enumerate(asked)
	f.search()
	f.sort()
	return f.found
}

// races is a search for them.
type races struct {
	opts    Options
	src     trace.Source
	found   *Races
	pairs   []*candidate
	usual   Outcome
	texts   [][2]string
	differs []differing
	same    bool // a search of all orders has found one outcome only
}

// differing is a run with another outcome than the usual one.
type differing struct {
	schedule Schedule
	turned   []int // the pairs that it turns round
	key      string
	text     string
	failed   bool
}

// run runs a schedule with a record.
func (f *races) run(given Schedule) (*engine.Loop, *trace.Run, Schedule) {
	run := f.opts.Run
	run.KeepOutput, run.Output, run.Trace = true, nil, &engine.Trace{Values: true}
	l, player := Replay(f.opts.Program, run, f.opts.Modes, given)
	l.Run()
	return l, trace.New(l, run.Trace, f.src), player.Asked
}

// bound bounds the runs by the usual one.
func (f *races) bound(l *engine.Loop) {
	s := &search{opts: f.opts}
	s.boundBy(l.Result())
	f.opts = s.opts
}

// enumerate runs schedules, first those with one unusual choice, then those with two, and so on.
func (f *races) enumerate(asked Schedule) {
	list, cut := unusualAfter(asked, 0), false
	for f.found.Runs = 1; len(list) > 0 && !f.enough(); {
		given := list[0]
		list = list[1:]
		f.found.Runs++
		more := unusualAfter(f.look(given), len(given))
		if room := max(f.most()-f.found.Runs-len(list), 0); len(more) > room {
			more, cut = more[:room], true
		}
		list = append(list, more...)
	}
	f.found.Whole = len(list) == 0 && !cut
	if f.found.Whole {
		f.found.Proved, f.found.Orders = true, Grouped(big.NewInt(int64(f.found.Runs)))
	}
}

// mostRaceRuns is how many runs are looked at one by one where nothing else is said. Of long ones it is fewer: those that have
// mostRaceSteps together, but leastRaceRuns at least.
const (
	mostRaceRuns  = 2000
	leastRaceRuns = 50
	mostRaceSteps = 50_000_000
)

func (f *races) most() int { return cmp.Or(f.opts.Runs, mostRaceRuns) }

func (f *races) enough() bool {
	return f.found.Runs >= f.most() || f.opts.Stop != nil && f.found.Runs&15 == 0 && f.opts.Stop(0.5)
}

// unusualAfter is the schedules that make one unusual choice more than a run did, from its choice number from on.
func unusualAfter(asked Schedule, from int) (list []Schedule) {
	for i := from; i < len(asked); i++ {
		for k := 1; k < asked[i].N; k++ {
			list = append(list, append(slices.Clone(asked[:i]), Choice{asked[i].Kind, asked[i].N, k}))
		}
	}
	return list
}

// look runs a schedule and sees which pairs it turns round, and whether its outcome is another one.
func (f *races) look(given Schedule) Schedule {
	l, r, asked := f.run(given)
	turned := f.turned(r)
	for _, i := range turned {
		f.pairs[i].turned = true
	}
	if o := f.opts.Judge(l); o.Key != f.usual.Key {
		d := differing{schedule: asked.Trimmed(), turned: turned, key: o.Key, failed: o.Failed, text: strings.TrimSuffix(o.Text, "\n")}
		if d.text == "" || d.text == strings.TrimSuffix(f.usual.Text, "\n") {
			d.text = difference(sharedTexts(l), f.texts)
		}
		f.differs = append(f.differs, d)
	}
	return asked
}

// turned is which pairs a run has in the other order: the second without the first before it.
func (f *races) turned(r *trace.Run) (list []int) {
	at, counts := map[spot]uint32{}, map[spot]int{}
	follow(r, func(a *access) { at[spotOf(r, counts, a)] = a.rec }, func(_, _ *access) {})
	for i, c := range f.pairs {
		if slices.ContainsFunc(c.instances, func(x [2]spot) bool {
			second, there := at[x[1]]
			first, was := at[x[0]]
			return there && (!was || second < first)
		}) {
			list = append(list, i)
		}
	}
	return list
}

// search explores all orders, where they could not be run one by one, and looks at each outcome that it finds.
func (f *races) search() {
	if f.found.Whole {
		f.same = len(f.differs) == 0
		return
	}
	opts := f.opts
	opts.Judge = func(l *engine.Loop) Outcome { o := f.opts.Judge(l); return Outcome{Key: o.Key} }
	r := Explore(opts)
	f.found.Proved, f.same = r.Complete, r.Complete && r.Same()
	if r.Complete {
		f.found.Orders = Grouped(r.Orders)
	}
	for _, o := range r.Outcomes {
		if o.Key == f.usual.Key || slices.ContainsFunc(f.differs, func(d differing) bool { return d.key == o.Key }) {
			continue
		}
		opts.Judge = func(l *engine.Loop) Outcome { x := f.opts.Judge(l); return Outcome{Failed: x.Key == o.Key, Key: x.Key} }
		least := Shrink(opts, Found{Outcome{Failed: true, Key: o.Key}, o.Run, o.Schedule}, 200)
		f.look(least.Schedule)
	}
}

// sort tells the pairs apart by what they came to.
func (f *races) sort() {
	slices.SortStableFunc(f.differs, func(a, b differing) int {
		return cmp.Or(cmp.Compare(len(a.turned), len(b.turned)), cmp.Compare(a.schedule.Unusual(), b.schedule.Unusual()))
	})
	guilty, keys := map[int]bool{}, map[string]bool{}
	for _, d := range f.differs {
		isNew := slices.ContainsFunc(d.turned, func(i int) bool { return !guilty[i] })
		if !isNew && (len(d.turned) > 0 || keys[d.key]) || f.hasPart(d) {
			continue
		}
		keys[d.key] = true
		if len(f.found.Changing) < mostChanges {
			f.found.Changing = append(f.found.Changing, f.change(d))
		}
		for _, i := range d.turned {
			guilty[i] = true
		}
	}
	for i, c := range f.pairs {
		switch {
		case guilty[i]:
		case c.key.space != engine.KindNull && c.key.space != engine.KindQueue && c.key.space != engine.KindStore: // somebody is always first
		case c.turned:
			f.found.Harmless = append(f.found.Harmless, c.Pair)
		default:
			f.found.Timed = append(f.found.Timed, c.Pair)
		}
	}
}

// hasPart reports whether some of what a run turns round leads to its outcome alone.
func (f *races) hasPart(d differing) bool {
	mine := setOf(d.turned)
	return slices.ContainsFunc(f.differs, func(x differing) bool {
		return x.key == d.key && len(x.turned) > 0 && len(x.turned) < len(d.turned) && !slices.ContainsFunc(x.turned, func(i int) bool { return !mine[i] })
	})
}

func setOf(list []int) map[int]bool {
	return maps.Collect(func(yield func(int, bool) bool) {
		for _, i := range list {
			if !yield(i, true) {
				return
			}
		}
	})
}

func (f *races) change(d differing) Changes {
	c := Changes{Text: d.text, Failed: d.failed, Token: Token{Modes: f.opts.Modes, Given: d.schedule}}
	for _, i := range d.turned {
		c.Pairs = append(c.Pairs, f.pairs[i].Pair)
	}
	c.Steps = Tell(f.opts, f.src, d.schedule).Steps
	return c
}
