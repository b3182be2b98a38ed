package picture

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// A ladder is what the ladder as SVG and the one as text have in common: what stands in which row and in which column.
type ladder struct {
	s       *trace.Scene
	o       Options
	rungs   []rung
	rungOf  []int // by turn, from s.From: the rung that it is in, or the next one
	rails   []rail
	railOf  map[uint32]int
	others  int // lanes without a rail of their own: they share the last one
	columns []valueColumn
	hidden  int // turns that are not shown, since they are of tasks that are not
	folded  int // turns in folds
	output  bool
}

// rung is one row: a turn, or many that repeat what the turns above did.
type rung struct {
	from, to  int  // the turns
	instant   bool // it is the first at its instant
	iteration bool // … in its iteration
	fold      foldedRows
	chip      string
	rail      int  // -1: none
	leads     bool // an arrow leaves it to the right
	outcome   outcome
	lines     []string // printed
	notes     []string // what else there is to say
}

// foldedRows says what a folded rung leaves out.
type foldedRows struct {
	times  int // 0: it is no fold
	rows   int // that are repeated
	every  int64
	turns  []int
	rails  map[int]bool // whose turns they are
	prints int          // lines
}

// rail is a lane that is drawn; the last one may be shared.
type rail struct {
	*trace.Lane // nil: of all others
	name, words string
}

// valueColumn is a column with the values of a variable.
type valueColumn struct {
	name, words string
	cells       map[int]cell // by turn
}

// cell is what a turn did with a variable.
type cell struct {
	text  string
	stale bool   // it read what it had not written last
	lost  bool   // it overwrote what another had written after it had read
	why   string // in words
}

// The limits of what can be read.
const (
	mostRungs = 200
	foldAbove = 60 // rows: less is shown as it is
	mostLong  = 48 // turns of a pattern that repeats
)

// newLadder finds out what stands where. most is how many lanes there is room for, with so many columns of values.
// With few no columns are chosen but those in which there is something wrong.
func newLadder(s *trace.Scene, o Options, few bool, most func(columns int) int) (*ladder, error) {
	l := &ladder{s: s, o: o, railOf: map[uint32]int{}}
	shown := l.shown()
	l.rungs = l.fold(shown)
	if n := len(l.rungs); n > mostRungs && !o.All {
		return nil, &TooMuch{n, mostRungs, l.until()}
	}
	l.addColumns(few)
	l.addRails(most(len(l.columns)))
	l.index()
	for i := range l.rungs {
		l.fill(i)
	}
	return l, nil
}

// until is the last instant up to which there are not too many rows; -1: there is none.
func (l *ladder) until() int64 {
	next := l.s.At(l.rungs[mostRungs].from)
	for k := mostRungs - 1; k >= 0; k-- {
		if at := l.s.At(l.rungs[k].from); at < next {
			return at
		}
	}
	return -1
}

// shown is the turns that have a row.
func (l *ladder) shown() []int {
	list := make([]int, 0, max(l.s.To-l.s.From, 0))
	wanted := l.wanted()
	for i := l.s.From; i < l.s.To; i++ {
		t := &l.s.Turns[i]
		switch {
		case t.Handle == trace.Phase && len(l.s.PrintsOf(i)) == 0 && !l.interrupts(i):
		case wanted(t):
			list = append(list, i)
		default:
			l.hidden++
		}
	}
	return list
}

// interrupts reports whether the loop cancels somebody in phase i.
func (l *ladder) interrupts(i int) bool {
	from, to := l.s.RecordsOf(i)
	for n := from; n < to; n++ {
		if l.s.Rec(n).Kind == engine.RecCancel {
			return true
		}
	}
	return false
}

// wanted reports whether a turn is of a task that the reader wishes to see.
func (l *ladder) wanted() func(t *trace.Turn) bool {
	if l.o.Tasks == nil {
		return func(*trace.Turn) bool { return true }
	}
	known := map[uint32]bool{}
	named := func(who uint32) bool {
		yes, ok := known[who]
		if !ok && who != 0 {
			yes = l.o.Tasks(l.s.Name(who))
			known[who] = yes
		}
		return yes
	}
	return func(t *trace.Turn) bool { return named(t.Who) || named(t.For) }
}

// pass is the turns of one iteration, or a phase: what a pattern repeats.
type pass struct {
	from, to int32 // in the list of turns that are shown
	at       int64
	sign     uint64
}

// fold makes rungs of the turns, and one of many that repeat the ones before them.
func (l *ladder) fold(shown []int) []rung {
	var rungs []rung
	if len(shown) <= foldAbove || l.o.All {
		for _, i := range shown {
			rungs = append(rungs, rung{from: i, to: i + 1})
		}
		return rungs
	}
	passes := l.passes(shown)
	for i := 0; i < len(passes); {
		period, times := pattern(passes[i:], i == 0 || passes[i].at != passes[i-1].at)
		end := i + max(period, 1)
		for _, p := range passes[i:end] {
			rungs = l.foldPass(rungs, shown[p.from:p.to])
		}
		if times > 0 {
			last := i + period*(times+1)
			rungs = append(rungs, l.foldOf(shown, passes[end:last], period, times))
			end = last
		}
		i = end
	}
	return rungs
}

// crowd is how many turns of one iteration that do the same are shown before the rest is folded.
const crowd = 2

// foldPass adds the rungs of one iteration: of many turns in a row that do the same, by whomever, the first ones.
func (l *ladder) foldPass(rungs []rung, turns []int) []rung {
	for len(turns) > 0 {
		n, shape := 1, l.shape(turns[0])
		for n < len(turns) && l.shape(turns[n]) == shape {
			n++
		}
		alone := n
		if n > crowd+3 {
			alone = crowd
		}
		for _, i := range turns[:alone] {
			rungs = append(rungs, rung{from: i, to: i + 1})
		}
		if alone < n {
			rungs = append(rungs, l.foldedRung(turns[alone:n], n-alone, 1, 0))
		}
		turns = turns[n:]
	}
	return rungs
}

// foldedRung is the rung in place of turns.
func (l *ladder) foldedRung(turns []int, times, rows int, every int64) rung {
	l.folded += len(turns)
	return rung{from: turns[0], to: turns[len(turns)-1] + 1, rail: -1,
		fold: foldedRows{times: times, rows: rows, every: every, turns: turns}}
}

// shape is equal for turns that do the same, by whatever tasks of one coroutine.
func (l *ladder) shape(i int) uint64 {
	t := &l.s.Turns[i]
	from, to := l.s.OwnRecords(i)
	sign := uint64(14695981039346656037)
	for _, x := range [...]uint64{uint64(t.Handle), uint64(uint32(t.PC)), uint64(to - from), uint64(len(l.s.PrintsOf(i)))} {
		sign = (sign ^ x) * 1099511628211
	}
	for _, c := range []byte(l.s.Code(t.Who | t.For)) {
		sign = (sign ^ uint64(c)) * 1099511628211
	}
	return sign
}

// passes groups the turns by iteration.
func (l *ladder) passes(shown []int) []pass {
	list := make([]pass, 0, l.s.Turns[shown[len(shown)-1]].Iteration-l.s.Turns[shown[0]].Iteration+4)
	for k, i := range shown {
		t := &l.s.Turns[i]
		if n := len(list); n == 0 || t.Handle == trace.Phase || l.s.Turns[shown[k-1]].Handle == trace.Phase ||
			t.Iteration != l.s.Turns[shown[k-1]].Iteration {
			list = append(list, pass{from: int32(k), to: int32(k), at: l.s.At(i)})
		}
		p := &list[len(list)-1]
		p.to = int32(k) + 1
		p.sign = (p.sign ^ l.shape(i)) * 1099511628211
	}
	return list
}

// pattern finds what the passes begin with that repeats: of how many passes it is, and how often it comes again. It saves at
// least three rows. What repeats from instant to instant begins with one.
func pattern(list []pass, instant bool) (period, times int) {
	best := 0
	for p := 1; p <= mostLong && 3*p <= len(list); p++ {
		step := list[p].at - list[0].at
		if step > 0 && !instant {
			break
		}
		n := 0
		for n+p < len(list) && list[n].sign == list[n+p].sign && list[n+p].at-list[n].at == step &&
			list[n].to-list[n].from == list[n+p].to-list[n+p].from {
			n++
		}
		rows := int(list[p-1].to - list[0].from)
		if again := n / p; again >= 2 && again*rows > max(best, 3) {
			best, period, times = again*rows, p, again
		}
	}
	return period, times
}

// foldOf is the rung in place of passes that repeat the ones before.
func (l *ladder) foldOf(shown []int, list []pass, period, times int) rung {
	first, last := list[0], list[len(list)-1]
	every := int64(0)
	if period < len(list) {
		every = list[period].at - first.at
	}
	return l.foldedRung(shown[first.from:last.to], times, int(list[period-1].to-first.from), every)
}

// index finds the rung of every turn, and where instants and iterations begin.
func (l *ladder) index() {
	l.rungOf = make([]int, max(l.s.To-l.s.From, 0))
	i := l.s.From
	for k := range l.rungs {
		g := &l.rungs[k]
		for ; i < g.to; i++ {
			l.rungOf[i-l.s.From] = k
		}
		if k == 0 {
			g.instant, g.iteration = true, true
			continue
		}
		before := l.rungs[k-1].to - 1
		g.instant = l.s.At(g.from) != l.s.At(before)
		g.iteration = g.instant || l.s.Turns[g.from].Iteration != l.s.Turns[before].Iteration || l.isPhase(g.from) || l.isPhase(before) ||
			g.fold.every > 0 || l.rungs[k-1].fold.every > 0 || g.fold.rows > 1 || l.rungs[k-1].fold.rows > 1
	}
	for ; i < l.s.To; i++ {
		l.rungOf[i-l.s.From] = len(l.rungs)
	}
}

func (l *ladder) isPhase(turn int) bool { return l.s.Turns[turn].Handle == trace.Phase }

// addRails chooses the lanes: where there are more than most, the last one is shared by what is left.
func (l *ladder) addRails(most int) {
	var lanes []*trace.Lane
	for i := range l.s.Lanes {
		if lane := &l.s.Lanes[i]; l.o.Tasks == nil || l.o.Tasks(lane.Name) {
			lanes = append(lanes, lane)
		}
	}
	own := len(lanes)
	if own > most {
		own = most - 1
		l.others = len(lanes) - own
	}
	for i, lane := range lanes[:own] {
		l.rails = append(l.rails, rail{lane, clean(lane.Name), laneWords(lane)})
		l.railOf[lane.Who] = i
	}
	if l.others > 0 {
		for _, lane := range lanes[own:] {
			l.railOf[lane.Who] = own
		}
		l.rails = append(l.rails, rail{name: fmt.Sprintf("+ %d others", l.others)})
	}
}

// laneWords is what stands below a lane's name.
func laneWords(l *trace.Lane) string {
	switch {
	case l.Callback():
		return "callback"
	case l.Args != "":
		return clean(l.Code + "(" + l.Args + ")")
	case l.Code != l.Name:
		return clean(l.Code)
	}
	return ""
}

// mostColumns is how many columns of values are chosen where the reader names none.
const mostColumns = 3

// addColumns chooses the variables: the ones that the reader names, or the first ones that are assigned; those first of which
// a read is stale.
func (l *ladder) addColumns(few bool) {
	type candidate struct {
		v    *trace.Variable
		rank int
	}
	var list []candidate
	for i := range l.s.Variables {
		v := &l.s.Variables[i]
		if l.o.Values != nil {
			if slices.Contains(l.o.Values, v.Name) {
				list = append(list, candidate{v, slices.Index(l.o.Values, v.Name)})
			}
			continue
		}
		rank := 3
		for _, c := range v.Changes {
			if c.Stale || c.Lost {
				rank = 0
			} else if !c.Read {
				rank = min(rank, 1)
			}
		}
		if rank == 0 || rank < 3 && !few {
			list = append(list, candidate{v, rank})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.rank - b.rank })
	if l.o.Values == nil {
		list = list[:min(len(list), mostColumns)]
	}
	for _, c := range list {
		l.columns = append(l.columns, l.columnOf(c.v))
	}
}

// spaceWords is the spaces of variables.
func spaceWords(space uint8) string {
	if engine.Space(space) == engine.ContextVar {
		return "context"
	}
	return "shared"
}

// columnOf tells what each turn did with a variable.
func (l *ladder) columnOf(v *trace.Variable) valueColumn {
	col := valueColumn{name: clean(v.Name), words: spaceWords(v.Space), cells: map[int]cell{}}
	type did struct {
		first, read, last string
		set, stale        bool
		by                uint32
		lost              string // what was overwritten; empty: nothing
	}
	turns := map[int]*did{}
	var order []int
	for _, c := range v.Changes {
		turn := c.Mark.Turn()
		d := turns[turn]
		if d == nil {
			d = &did{first: c.Old}
			if c.Read {
				d.first, d.read = c.New, c.New
			}
			turns[turn] = d
			order = append(order, turn)
		}
		if c.Read && c.Stale && !d.stale {
			d.stale, d.read, d.by = true, c.New, c.By
		}
		if c.Lost && d.lost == "" {
			d.lost = fmt.Sprintf("overwrites what %s wrote after it had read; ", clean(l.s.Name(c.By)))
		}
		if d.last = c.New; !c.Read {
			d.set = true
		}
	}
	for _, turn := range order {
		d := turns[turn]
		c := cell{text: clean(d.last), stale: d.stale, lost: d.lost != "", why: "reads " + clean(d.last)}
		if d.set {
			c.text, c.why = clean(d.first)+"→"+clean(d.last), "is set from "+clean(d.first)+" to "+clean(d.last)
			if d.first == "" {
				c.text, c.why = "→"+clean(d.last), "is set to "+clean(d.last)
			}
		}
		if d.stale {
			c.why = fmt.Sprintf("reads %s, which is not what it wrote last: %s wrote it meanwhile; %s", clean(d.read), clean(l.s.Name(d.by)), c.why)
			if !d.set {
				c.text = clean(d.read)
			}
		}
		c.why = d.lost + c.why
		col.cells[turn] = c
	}
	return col
}

// fill adds to rung k what stands in it.
func (l *ladder) fill(k int) {
	g := &l.rungs[k]
	if g.fold.times > 0 {
		l.fillFold(g)
		return
	}
	t := &l.s.Turns[g.from]
	g.rail = -1
	if who := t.Who | t.For; who != 0 {
		if rail, ok := l.railOf[who]; ok {
			g.rail = rail
		}
	}
	g.chip, g.lines, g.outcome = clean(l.chip(g.from)), printed(l.s.Run, g.from), outcomeOf(l.s.Run, g.from)
	switch {
	case t.Handle == trace.Phase && t.Phase == engine.PhaseBefore:
		g.chip = "`before` runs"
	case t.Handle == trace.Phase:
		g.outcome = outcome{}
	}
	for i, line := range g.lines {
		g.lines[i] = clean(line)
	}
	l.output = l.output || len(g.lines) > 0
	if o := g.outcome; o.state == "failed" || o.state == "cancelled" || o.stops || o.waits && len(g.lines) == 0 {
		g.notes = append(g.notes, o.words)
		l.output = true
	}
}

// chip is the entry of the ready queue: who is meant can be seen from the lane, so that there it is told who ended only.
func (l *ladder) chip(turn int) string {
	rec := l.s.Rec(l.s.Turns[turn].First)
	switch l.s.Turns[turn].Handle {
	case engine.RunGather, engine.RunGroup, engine.RunWait, engine.RunCompleted:
		if rec.Obj == engine.KindTask {
			return l.s.Name(rec.On) + " ended"
		}
		return l.s.ObjectName(rec.Obj, rec.On) + " is done"
	}
	return l.s.Chip(turn)
}

// fillFold says what a fold leaves out.
func (l *ladder) fillFold(g *rung) {
	f := &g.fold
	f.rails = map[int]bool{}
	var lines []string
	var first, last *trace.Turn
	for _, i := range f.turns {
		t := &l.s.Turns[i]
		if rail, ok := l.railOf[t.Who|t.For]; ok {
			f.rails[rail] = true
		}
		if last = t; first == nil {
			first = t
		}
		p := printed(l.s.Run, i)
		if f.prints += len(p); len(p) > 0 {
			lines = append(lines[:min(len(lines), 1)], p...)
		}
	}
	g.chip = "× " + strconv.Itoa(f.times)
	if f.every > 0 {
		g.chip += ", every " + trace.Clock(f.every)
	} else {
		g.chip += " more"
	}
	what := "like the row above"
	if f.rows > 1 {
		what = fmt.Sprintf("like the %d rows above", f.rows)
	}
	if a, b := first.Who|first.For, last.Who|last.For; f.rows == 1 && a != b {
		what += ": " + clean(l.s.Name(a)) + " to " + clean(l.s.Name(b))
	}
	if at := l.s.At(g.to - 1); at != l.s.At(g.from) {
		what += ", up to " + trace.Clock(at)
	}
	if a, b := l.numbers(f.turns); b > a {
		what += fmt.Sprintf(", turns %d to %d", a, b)
	}
	g.notes = append(g.notes, what)
	if f.prints > 0 {
		g.notes = append(g.notes, fmt.Sprintf("prints %s: %s … %s", plural(f.prints, "line"), clean(lines[0]), clean(lines[len(lines)-1])))
	}
	l.output = true
}

// numbers is the least and the largest number of some turns.
func (l *ladder) numbers(turns []int) (least, most int32) {
	for _, i := range turns {
		if n := l.s.Turns[i].Number; n > 0 {
			if most = n; least == 0 {
				least = n
			}
		}
	}
	return least, most
}

// number is what stands in the box of a rung.
func (l *ladder) number(g *rung) string { return strconv.Itoa(int(l.s.Turns[g.from].Number)) }

// cause is the rung of the turn that made the one of rung k ready, if that is of another lane; -1: none.
func (l *ladder) cause(k int) int {
	g := &l.rungs[k]
	t := &l.s.Turns[g.from]
	if g.fold.times > 0 || g.rail < 0 || t.Cause == trace.None {
		return -1
	}
	if l.s.Rec(t.Cause).Kind == engine.RecFire {
		return -1
	}
	i := l.s.TurnOf(t.Cause)
	if i < l.s.From {
		return -1
	}
	j := l.rungOf[i-l.s.From]
	if j >= k || l.rungs[j].from != i || l.rungs[j].fold.times > 0 || l.rungs[j].rail < 0 || l.rungs[j].rail == g.rail {
		return -1
	}
	return j
}

// title is the heading.
func (l *ladder) title() string {
	if l.o.Title != "" {
		return clean(l.o.Title)
	}
	name := l.s.Source.Name
	if name == "" {
		name = l.s.File
	}
	name = clean(name)
	if len(l.rungs) == 0 {
		return name
	}
	from, to := l.s.At(l.rungs[0].from), l.s.At(l.rungs[len(l.rungs)-1].to-1)
	if from == to {
		return name + ", at " + trace.Brief(from)
	}
	return name + ", " + trace.Brief(from) + " to " + trace.Brief(to)
}

// clock is the time of rung k, short unless another instant beside it would have the same label.
func (l *ladder) clock(k int) string {
	at := l.s.At(l.rungs[k].from)
	from, to := l.instant(k)
	if from > 0 && trace.Brief(l.s.At(l.rungs[from-1].from)) == trace.Brief(at) || to < len(l.rungs) && trace.Brief(l.s.At(l.rungs[to].from)) == trace.Brief(at) {
		return trace.Clock(at)
	}
	return trace.Brief(at)
}

// instant is the rungs of the instant that rung k is in: the first, and the one behind the last.
func (l *ladder) instant(k int) (from, to int) {
	for from = k; from > 0 && !l.rungs[from].instant; from-- {
	}
	for to = k + 1; to < len(l.rungs) && !l.rungs[to].instant; to++ {
	}
	return from, to
}

// later is how much time passes before rung k, which begins an instant.
func (l *ladder) later(k int) string {
	return trace.Brief(l.s.At(l.rungs[k].from) - l.s.At(l.rungs[k-1].to-1))
}

// leftOut says what the ladder does not show; empty: nothing.
func (l *ladder) leftOut() string {
	var parts []string
	if l.folded > 0 {
		parts = append(parts, plural(l.folded, "turn")+" that repeat others are folded")
	}
	if l.hidden > 0 {
		parts = append(parts, plural(l.hidden, "turn")+" of what is not shown")
	}
	if l.s.Base() > 0 {
		parts = append(parts, fmt.Sprintf("the record begins at turn %d: what was before is not kept", l.firstTurn()))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Left out: " + strings.Join(parts, "; ") + "."
}

func (l *ladder) firstTurn() int32 {
	for i := range l.s.Turns {
		if n := l.s.Turns[i].Number; n > 0 {
			return n
		}
	}
	return 0
}

// ending says how the run ended, where the ladder goes up to there.
func (l *ladder) ending() (text string, bad bool) {
	res := l.s.Result
	if l.s.To < len(l.s.Turns) || res == nil {
		return "", false
	}
	text = "The run ended at " + trace.Clock(res.Now) + ": " + endingWords[res.Ended]
	switch res.Ended {
	case engine.LimitHit:
		if res.Limit != nil {
			text += " (" + res.Limit.Limit + ")"
		}
	case engine.Deadlock:
		text += ": " + plural(res.Waiting, "task") + " cannot go on"
	}
	if n := len(res.Errors); n > 0 && res.Ended != engine.Failed {
		text += "; " + plural(n, "error") + " that nobody took"
	}
	return text + ".", len(res.Errors) > 0 || res.Ended == engine.Deadlock || res.Ended == engine.Failed || res.Ended == engine.LimitHit
}

// endingWords is the ways to end, in words.
var endingWords = [...]string{
	engine.Running: "it has not", engine.Completed: "all is done", engine.Stopped: "it was stopped", engine.Until: "its time was up",
	engine.Deadlock: "deadlock", engine.Failed: "an error that nobody took", engine.LimitHit: "a limit was hit", engine.Interrupted: "a signal",
}

// Curious is the first two turns of one instant that come in another order than their timers were armed in: what a reader
// wonders about. They are places in Run.Turns.
func Curious(s *trace.Scene) (first, second int, ok bool) {
	if s.To-s.From > 10*mostRungs {
		return 0, 0, false // nobody looks at two turns of so many
	}
	arm := map[int]uint32{} // by turn: the timer that began what led to it, in its instant
	begin := s.From         // of the instant
	for i := s.From; i < s.To; i++ {
		if i > s.From && s.At(i) != s.At(i-1) {
			clear(arm)
			begin = i
		}
		t := &s.Turns[i]
		if t.Cause == trace.None {
			continue
		}
		if rec := s.Rec(t.Cause); rec.Kind == engine.RecFire {
			arm[i] = rec.On
		} else if from, known := arm[s.TurnOf(t.Cause)]; known {
			arm[i] = from
		}
		mine, known := arm[i]
		if !known || t.Number == 0 {
			continue
		}
		for j := begin; j < i; j++ {
			if other, known := arm[j]; known && other > mine && s.Turns[j].Number > 0 && s.Turns[j].Who != t.Who {
				return j, i, true
			}
		}
	}
	return 0, 0, false
}
