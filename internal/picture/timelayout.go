package picture

import (
	"errors"
	"fmt"
	"math/bits"
	"sort"
	"strconv"

	"runloop/engine"
	"runloop/internal/trace"
)

// Sizes of the timeline. All of its layout is in whole px: it is the same on every machine.
const (
	timelineWidth = 1000
	gutter        = 132 // where the first band begins; names stand before it
	laneStart     = 126 // where lines begin
	bandPad       = 7   // in a band, on both sides
	iterationGap  = 7   // between the iterations of an instant
	maxSystems    = 60
	foldSystems   = 6 // what is longer is folded where it repeats itself
	leastFold     = 4 // so many repetitions are folded
	longestFold   = 12
)

// moment is the turns of one loop time, or, folded, of many.
type moment struct {
	at       int64
	from, to int // turns
	sign     uint64
	fold     *fold
}

// fold is what is left out: a pattern of moments that repeats itself.
type fold struct {
	times    int // how often the pattern is left out
	period   int64
	from, to int32 // the first and the last number of the turns that are left out
	until    int64 // loop time of the last one
}

// column is a turn, or some turns of those who have no lane of their own.
type column struct {
	turn, to  int // turns; to is the one after the last
	x, w      int // its middle, and how wide it is
	iteration int32
	text      string // in its box
}

// bracket is an iteration.
type bracket struct {
	from, to int
	number   string
}

// block is a band: a moment, or a part of one that is wider than a system.
type block struct {
	x, w     int
	label    string
	at       int64
	cols     []int // places in columns: from, to
	brackets []bracket
	fold     *fold
	turns    [2]int
	end      bool // nothing runs: the run's end
}

// passage is the time between two blocks.
type passage struct {
	x, w  int
	label string
}

// system is a line of the timeline, as in sheet music.
type system struct {
	blocks   []block
	passages []passage
	right    int
}

// spot is a place in the timeline.
type spot struct{ system, x int }

func (p spot) before(q spot) bool { return p.system < q.system || p.system == q.system && p.x < q.x }

// timeScale lays out the turns of a scene along time.
type timeScale struct {
	s       *trace.Scene
	o       Options
	slot    int // how wide a turn is
	right   int // where systems end
	shown   func(who uint32) bool
	columns []column
	systems []system
	places  []spot // by turn: the middle of its column
	least   int64  // the shortest time between two moments
	x       int
	scale   float64 // linear: px a nanosecond
}

// errTooLong is what is said where there are too many systems.
type errTooLong struct{ linear bool }

func (e errTooLong) Error() string {
	if e.linear {
		return fmt.Sprintf("with this scale the timeline has more than %d lines: a second must be wide enough for the turns of the "+
			"busiest moment. Ask for a part with --from and --to, or leave out --scale linear", maxSystems)
	}
	return fmt.Sprintf("the timeline has more than %d lines: ask for a part of the run with --from and --to, or for --as html, "+
		"which has all of it", maxSystems)
}

// errEmpty is what is said where there is nothing to draw.
var errEmpty = errors.New("nothing runs in this part of the run: ask for another with --from and --to")

// layTime lays out a scene; shown says who has a lane.
func layTime(s *trace.Scene, o Options, slot, right int, shown func(who uint32) bool) (*timeScale, error) {
	t := &timeScale{s: s, o: o, slot: slot, right: right, shown: shown}
	all := t.moments()
	if len(all) == 0 {
		return nil, errEmpty
	}
	moments := all
	if !o.All && !o.Linear && t.systemsOf(all) > foldSystems {
		moments = t.foldAll(all)
	}
	t.setScale(moments)
	if err := t.lay(moments); err != nil {
		return nil, err
	}
	t.findPlaces()
	return t, nil
}

// slotted reports whether turn i has a column: it is no phase.
func (t *timeScale) slotted(i int) bool { return t.s.Turns[i].Handle != trace.Phase }

// moments is the instants of the scene.
func (t *timeScale) moments() []moment {
	var list []moment
	for i := t.s.From; i < t.s.To; i++ {
		if !t.slotted(i) {
			continue
		}
		at := t.s.At(i)
		if n := len(list); n == 0 || list[n-1].at != at {
			list = append(list, moment{at: at, from: i})
		}
		m := &list[len(list)-1]
		m.to = i + 1
		m.sign = t.sign(m.sign, i)
	}
	return t.withEnd(list)
}

// withEnd adds the end of the run, where it comes after the last turn.
func (t *timeScale) withEnd(list []moment) []moment {
	n := len(list)
	if t.s.To < len(t.s.Turns) || t.s.Base() > 0 && n == 0 {
		return list
	}
	if now := t.s.Result.Now; n == 0 || now > list[n-1].at {
		list = append(list, moment{at: now, from: t.s.To, to: t.s.To})
	}
	return list
}

// sign adds turn i to what tells moments apart: the steps that run, in their iterations.
func (t *timeScale) sign(h uint64, i int) uint64 {
	turn := &t.s.Turns[i]
	new := uint64(0)
	if i > t.s.From && t.s.Turns[i-1].Iteration != turn.Iteration {
		new = 1
	}
	prints := uint64(0)
	if len(t.s.PrintsOf(i)) > 0 {
		prints = 1
	}
	for _, v := range [...]uint64{uint64(uint32(turn.PC)), uint64(turn.Handle)<<2 | new<<1 | prints} {
		h = (h ^ v) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

// foldAll folds what repeats itself: the first and the last time of a pattern stay.
func (t *timeScale) foldAll(list []moment) []moment {
	var out []moment
	for i := 0; i < len(list); {
		period, times := repeats(list[i:])
		if times < leastFold {
			out = append(out, list[i])
			i++
			continue
		}
		end := i + period*(times-1)
		out = append(append(out, list[i:i+period]...), t.foldOf(list[i+period:end], period))
		out = append(out, list[end:end+period]...)
		i = end + period
	}
	return out
}

// repeats finds how many moments at the beginning of a list are a pattern that repeats itself, and how often it comes.
func repeats(list []moment) (period, times int) {
	for p := 1; p <= longestFold && 2*p <= len(list); p++ {
		n := p
		for n < len(list) && list[n].sign == list[n-p].sign && (n == p || list[n].at-list[n-1].at == list[n-p].at-list[n-p-1].at) &&
			list[n].at-list[n-p].at == list[p].at-list[0].at {
			n++
		}
		if n/p >= leastFold && n > period*times {
			period, times = p, n/p
		}
		if times > 2*leastFold {
			break
		}
	}
	return period, times
}

func (t *timeScale) foldOf(list []moment, period int) moment {
	last := &list[len(list)-1]
	m := moment{at: list[0].at, from: list[0].from, to: last.to}
	m.fold = &fold{times: len(list) / period, until: last.at, period: list[period].at - list[0].at}
	for i := m.from; i < m.to; i++ {
		if n := t.s.Turns[i].Number; n > 0 {
			if m.fold.from == 0 {
				m.fold.from = n
			}
			m.fold.to = n
		}
	}
	return m
}

// systemsOf is about how many systems the moments fill.
func (t *timeScale) systemsOf(list []moment) int {
	px := 0
	for _, m := range list {
		px += (m.to-m.from)*t.slot + 2*bandPad + 50
	}
	return px/(t.right-gutter) + 1
}

// setScale finds the shortest time between two moments, and, for a linear scale, how wide a nanosecond is.
func (t *timeScale) setScale(list []moment) {
	for i := 1; i < len(list); i++ {
		if d := list[i].at - list[i-1].end(); t.least == 0 || d < t.least {
			t.least = d
		}
		if t.o.Linear {
			w := float64((list[i-1].to-list[i-1].from)*(t.slot+iterationGap) + 2*bandPad + 40)
			t.scale = max(t.scale, w/float64(list[i].at-list[i-1].at))
		}
	}
}

// end is the loop time of the last turn of a moment.
func (m *moment) end() int64 {
	if m.fold != nil {
		return m.fold.until
	}
	return m.at
}

// gap is how wide a time is drawn.
func (t *timeScale) gap(d int64) int {
	w := tiny.width(trace.Brief(d))
	if t.least <= 0 {
		return max(36, int(w)+8)
	}
	return max(min(64, 22+14*log2(d, t.least)/16), int(w)+8)
}

// log2 is 16 times the logarithm of a/b+1, with a straight line between powers of two.
func log2(a, b int64) int {
	q := uint64(a/b) + 1
	if q > 1<<40 {
		return 16 * 40
	}
	n := bits.Len64(q) - 1
	shift := max(0, bits.Len64(uint64(b))-55)
	part := (q<<8 | uint64(a%b)>>shift<<8/uint64(b>>shift)) >> n // 8 binary digits after the leading one
	return 16*n + int(part-256)>>4
}

// lay places the moments in systems.
func (t *timeScale) lay(list []moment) error {
	t.newSystem()
	for i := range list {
		m := &list[i]
		cols := t.columnsOf(m)
		label := t.blockLabel(list, i)
		w := t.widthOf(m, cols, label)
		gap, since := 0, int64(0)
		if i > 0 {
			since = m.at - list[i-1].end()
			gap = t.gap(since)
		}
		if t.o.Linear && i > 0 {
			gap = t.linearGap(list, i)
		}
		t.advance(gap, w, since)
		t.place(m, cols, label, w)
		if len(t.systems) > maxSystems && !t.o.All {
			return errTooLong{t.o.Linear}
		}
	}
	last := t.system()
	last.right = min(t.x+18, t.right)
	if t.waitsAtEnd() {
		last.right = min(t.x+150, t.right) // for what they wait for
	}
	return nil
}

// waitsAtEnd reports whether somebody waits where the scene ends.
func (t *timeScale) waitsAtEnd() bool {
	for i := range t.s.Lanes {
		if l := &t.s.Lanes[i]; len(l.Spans) > 0 {
			if span := l.Spans[len(l.Spans)-1]; span.Open && span.State == trace.Waits {
				return true
			}
		}
	}
	return false
}

func (t *timeScale) system() *system { return &t.systems[len(t.systems)-1] }

func (t *timeScale) newSystem() {
	t.systems = append(t.systems, system{right: t.right})
	t.x = gutter
}

// advance lets time pass: in this system, or in the next one if what follows does not fit.
func (t *timeScale) advance(gap, w int, since int64) {
	label := trace.Brief(since)
	if t.o.Linear {
		for t.x+gap+w > t.right && gap > 0 { // a second is as wide across the break
			part := min(gap, t.right-t.x)
			if part > 0 {
				t.passage(part, label)
			}
			label = ""
			gap -= part
			t.newSystem()
			if len(t.systems) > maxSystems {
				break
			}
		}
	} else if t.x > gutter && t.x+gap+w > t.right && (t.x+gap+2*t.slot+2*bandPad > t.right || w <= t.right-gutter-gap) {
		t.newSystem()
	}
	if gap > 0 {
		t.passage(gap, label)
	}
}

func (t *timeScale) passage(w int, label string) {
	s := t.system()
	s.passages = append(s.passages, passage{t.x, w, label})
	t.x += w
}

// linearGap is the time before moment i where a second is everywhere as wide, without the width of the moment before.
func (t *timeScale) linearGap(list []moment, i int) int {
	last := t.system().blocks
	w := int(t.scale * float64(list[i].at-list[i-1].at))
	if n := len(last); n > 0 {
		w -= last[n-1].w
	}
	return max(w, 0)
}

// blockLabel is what stands over moment i: its time, short unless the one beside it would have the same label.
func (t *timeScale) blockLabel(list []moment, i int) string {
	m := &list[i]
	text := trace.Brief(m.at)
	switch {
	case m.fold != nil:
		return "× " + strconv.Itoa(m.fold.times)
	case i > 0 && trace.Brief(list[i-1].at) == text, i+1 < len(list) && trace.Brief(list[i+1].at) == text:
		return trace.Clock(m.at)
	}
	return text
}

// columnsOf is the columns of a moment, at no place yet.
func (t *timeScale) columnsOf(m *moment) []column {
	if m.fold != nil {
		return nil
	}
	var cols []column
	for i := m.from; i < m.to; i++ {
		if !t.slotted(i) {
			continue
		}
		turn := &t.s.Turns[i]
		if n := len(cols); n > 0 && cols[n-1].iteration == turn.Iteration && !t.ownLane(i) && !t.ownLane(cols[n-1].turn) {
			cols[n-1].to = i + 1
			continue
		}
		cols = append(cols, column{turn: i, to: i + 1, iteration: turn.Iteration})
	}
	for k := range cols {
		t.measureColumn(&cols[k])
	}
	return cols
}

// ownLane reports whether a turn is drawn on a lane of its own.
func (t *timeScale) ownLane(i int) bool {
	turn := &t.s.Turns[i]
	if who := max(turn.Who, turn.For); who != 0 {
		return t.shown(who)
	}
	return true
}

// measureColumn finds what stands in a column's box, and how wide it is.
func (t *timeScale) measureColumn(c *column) {
	first, last := int32(0), int32(0)
	for i := c.turn; i < c.to; i++ {
		if n := t.s.Turns[i].Number; n > 0 {
			if first == 0 {
				first = n
			}
			last = n
		}
	}
	switch {
	case first == 0:
	case first == last:
		c.text = strconv.Itoa(int(first))
	default:
		c.text = fmt.Sprintf("%d–%d", first, last)
	}
	c.w = max(t.slot, c.boxWidth()+t.slot-22)
	if c.text != "" && outcomeOf(t.s.Run, c.turn).stops {
		c.w += 18
	}
}

// boxWidth is how wide a column's box is.
func (c *column) boxWidth() int { return max(22, int(inBox.width(c.text))+6) }

// widthOf is how wide a moment is.
func (t *timeScale) widthOf(m *moment, cols []column, label string) int {
	if f := m.fold; f != nil {
		w := instant.width(label)
		for _, line := range f.words() {
			w = max(w, tiny.width(line))
		}
		return int(w) + 14
	}
	w := 2 * bandPad
	for k := 0; k < len(cols); {
		n, group := t.group(cols[k:])
		if k > 0 {
			w += iterationGap
		}
		w += group
		k += n
	}
	return max(w, int(instant.width(label))+6)
}

// words is what is left out.
func (f *fold) words() []string {
	return []string{"every " + trace.Clock(f.period), fmt.Sprintf("turns %d to %d", f.from, f.to), "are left out"}
}

// group is the columns of an iteration at the beginning of cols, and how wide they are with their bracket.
func (t *timeScale) group(cols []column) (n, w int) {
	for n < len(cols) && cols[n].iteration == cols[0].iteration {
		w += cols[n].w
		n++
	}
	return n, max(w, int(tiny.width(t.iterationNumber(cols[0].iteration)))+4)
}

func (t *timeScale) iterationNumber(i int32) string {
	if i < 0 {
		return ""
	}
	return strconv.FormatInt(t.s.Iterations[i].Number, 10)
}

// place puts a moment where the systems have come to, in parts where it is wider than one.
func (t *timeScale) place(m *moment, cols []column, label string, w int) {
	if len(cols) == 0 || t.x+w <= t.right {
		t.placeBlock(m, cols, label, w)
		return
	}
	rest := "… " + label
	for first := true; len(cols) > 0; first = false {
		if !first {
			t.newSystem()
			label = rest
		}
		n := t.fitting(cols)
		t.placeBlock(m, cols[:n], label, t.widthOf(m, cols[:n], label))
		cols = cols[n:]
		if len(t.systems) > maxSystems && !t.o.All {
			return
		}
	}
}

// fitting is how many columns fit into what is left of the system, at least one: whole iterations where more than half of the
// room is used.
func (t *timeScale) fitting(cols []column) int {
	room := t.right - t.x - 2*bandPad
	used, n, whole, wholeUsed := 0, 0, 0, 0
	for n < len(cols) {
		w := cols[n].w
		if n > 0 && cols[n].iteration != cols[n-1].iteration {
			whole, wholeUsed = n, used
			w += iterationGap
		}
		if used+w > room {
			break
		}
		used += w
		n++
	}
	switch {
	case n == len(cols):
		// The brackets of narrow iterations may be wider than their columns: what is too much goes over.
		for n > 1 && t.widthOf(&moment{}, cols[:n], "") > room+2*bandPad {
			n--
		}
	case whole > 0 && 2*wholeUsed > room:
		n = whole
	}
	return max(n, 1)
}

// placeBlock adds a band with the columns.
func (t *timeScale) placeBlock(m *moment, cols []column, label string, w int) {
	b := block{x: t.x, w: w, label: label, at: m.at, fold: m.fold, turns: [2]int{m.from, m.to}, end: m.from == m.to}
	from := len(t.columns)
	inner := t.widthOf(&moment{}, cols, "")
	x := t.x + bandPad + max(0, w-inner)/2
	for k := 0; k < len(cols); {
		if k > 0 {
			x += iterationGap
		}
		n, group := t.group(cols[k:])
		sum := 0
		for _, c := range cols[k : k+n] {
			sum += c.w
		}
		at := x + (group-sum)/2
		for i := k; i < k+n; i++ {
			c := cols[i]
			c.x = at + t.slot/2
			if extra := c.w - max(t.slot, c.boxWidth()+t.slot-22); extra == 0 { // else there is a mark behind the box
				c.x = at + c.w/2
			}
			at += c.w
			t.columns = append(t.columns, c)
		}
		b.brackets = append(b.brackets, bracket{x + 2, x + group - 2, t.iterationNumber(cols[k].iteration)})
		x += group
		k += n
	}
	b.cols = []int{from, len(t.columns)}
	s := t.system()
	s.blocks = append(s.blocks, b)
	t.x += w
}

// findPlaces finds the place of every turn.
func (t *timeScale) findPlaces() {
	t.places = make([]spot, t.s.To-t.s.From)
	for i := range t.places {
		t.places[i] = spot{-1, 0}
	}
	for n := range t.systems {
		for _, b := range t.systems[n].blocks {
			for _, c := range t.columns[b.cols[0]:b.cols[1]] {
				for i := c.turn; i < c.to; i++ {
					t.places[i-t.s.From] = spot{n, c.x}
				}
			}
		}
	}
}

// firstSystem is the one that has turn i, or what comes after it.
func (t *timeScale) blockOf(i int) (n int, b *block) {
	n = sort.Search(len(t.systems), func(n int) bool {
		blocks := t.systems[n].blocks
		return len(blocks) > 0 && blocks[len(blocks)-1].lastTurn(t) > i
	})
	for ; n < len(t.systems); n++ {
		for k := range t.systems[n].blocks {
			if b := &t.systems[n].blocks[k]; b.lastTurn(t) > i {
				return n, b
			}
		}
	}
	return n, nil
}

// lastTurn is the turn after the last one of a block.
func (b *block) lastTurn(t *timeScale) int {
	if b.cols[0] == b.cols[1] {
		return b.turns[1]
	}
	return t.columns[b.cols[1]-1].to
}

func (b *block) firstTurn(t *timeScale) int {
	if b.cols[0] == b.cols[1] {
		return b.turns[0]
	}
	return t.columns[b.cols[0]].turn
}

// at is the place of a mark; opens says of what is in a fold whether something begins there: it is seen after it.
func (t *timeScale) at(m trace.Mark, opens bool) spot {
	i := m.Turn()
	if i >= t.s.To {
		return t.last()
	}
	if i < t.s.From || m <= trace.Mark(2*t.s.From) && !t.slotted(i) {
		return spot{0, laneStart}
	}
	if p := t.places[i-t.s.From]; p.system >= 0 && m&1 == 1 {
		return p
	}
	n, b := t.blockOf(i)
	switch {
	case b == nil:
		return t.last()
	case b.fold != nil && i >= b.turns[0] && opens:
		return spot{n, b.x + b.w}
	case b.fold != nil && i >= b.turns[0]:
		return spot{n, b.x}
	case i < b.firstTurn(t): // a phase: between what was before it and this block
		return t.endBefore(n, b)
	}
	if i == b.firstTurn(t) {
		return spot{n, b.x}
	}
	if p := t.places[i-t.s.From]; p.system >= 0 { // the beginning of an iteration
		return spot{n, p.x - t.slot/2}
	}
	return spot{n, b.x}
}

// endBefore is the place right before a block.
func (t *timeScale) endBefore(n int, b *block) spot {
	for k := range t.systems[n].blocks {
		if &t.systems[n].blocks[k] == b && k > 0 {
			last := &t.systems[n].blocks[k-1]
			return spot{n, last.x + last.w}
		}
	}
	return spot{n, laneStart}
}

// last is where the timeline ends.
func (t *timeScale) last() spot {
	n := len(t.systems) - 1
	return spot{n, t.systems[n].right}
}

// stateOf is how the task or callback that ran in a column fared: of the last of several turns.
func (t *timeScale) outcome(c *column) outcome { return outcomeOf(t.s.Run, c.to-1) }

// causeOf is the turn that made the turn of a column ready: -1: a timer, the loop's own beginning, or another instant.
func (t *timeScale) causeOf(c *column) int {
	turn := &t.s.Turns[c.turn]
	if turn.Cause == trace.None || t.s.Rec(turn.Cause).Kind == engine.RecFire {
		return -1
	}
	i := t.s.TurnOf(turn.Cause)
	if i < t.s.From || t.places[i-t.s.From].system < 0 || t.s.At(i) != t.s.At(c.turn) {
		return -1
	}
	return i
}
