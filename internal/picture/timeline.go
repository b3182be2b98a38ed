package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"runloop/engine"
	"runloop/internal/trace"
)

// Sizes down the page.
const (
	laneHeight  = 34
	turnHeight  = 18
	systemHead  = 50 // from a system's top to its first lane
	maxLanes    = 16 // that there are at one time
	systemSpace = 18 // between two systems
)

// row is a lane of the picture.
type row struct {
	lane  *trace.Lane // nil: of the loop, or of all who have no lane of their own
	name  string
	under string
}

// area is where something is drawn that no text may cover.
type area struct {
	x1, y1, x2, y2 float64
	hard           bool // else it may be covered where there is no other place
}

// wait is a stretch in which somebody waits for something that is told there, if it fits.
type wait struct {
	x1, x2, y float64
	what      string
}

// timeline draws a scene along time.
type timeline struct {
	*timeScale
	d      *svg
	rows   []row
	rowOf  map[uint32]int
	others int // the row of those without one; -1: there is none
	loop   int // the row of the loop itself; -1: there is none
	tracks []chart
	top    int // of the system that is being drawn
	taken  []area
	waits  []wait
}

// Timeline draws a scene with time from left to right: a band for each instant, as wide as its turns, and a lane for everybody.
// Where a line is full the next begins below, as in sheet music.
func Timeline(s *trace.Scene, o Options) ([]byte, error) {
	t := timeline{d: newSVG(timelineWidth), rowOf: map[uint32]int{}, others: -1, loop: -1}
	t.choose(s, o)
	charts := chartsOf(s, o)
	slot, right := 26, timelineWidth-14
	if len(charts) > 0 {
		slot = 24
		right -= chartMargin
	}
	scale, err := layTime(s, o, slot, right, func(who uint32) bool { _, ok := t.rowOf[who]; return ok })
	if err != nil {
		return nil, err
	}
	t.timeScale, t.tracks = scale, charts
	t.d.across = true
	t.addShared()
	return t.draw(), nil
}

// choose gives rows to those who have a lane of their own: of tasks that there are at the same time so many.
func (t *timeline) choose(s *trace.Scene, o Options) {
	var ends []trace.Mark // of the lanes that go on
	for i := range s.Lanes {
		l := &s.Lanes[i]
		if o.Tasks != nil && !o.Tasks(l.Name) || !l.Callback() && l.End != "" && l.Ended <= trace.Mark(2*s.From) {
			continue
		}
		ends = slices.DeleteFunc(ends, func(m trace.Mark) bool { return m < l.Born })
		if len(ends) >= maxLanes && !o.All {
			continue
		}
		end := trace.Mark(math.MaxInt32)
		if l.End != "" {
			end = l.Ended
		}
		ends = append(ends, end)
		t.rowOf[l.Who] = len(t.rows)
		t.rows = append(t.rows, row{l, clean(l.Name), laneWords(l)})
	}
}

// addShared adds the rows of those who have none of their own, as far as their turns are drawn.
func (t *timeline) addShared() {
	var others, loop bool
	for _, c := range t.columns {
		who := cmp.Or(t.s.Turns[c.turn].Who, t.s.Turns[c.turn].For)
		_, own := t.rowOf[who]
		loop = loop || who == 0
		others = others || who != 0 && !own
	}
	if n := len(t.s.Lanes) - len(t.rows); others {
		t.others = len(t.rows)
		t.rows = append(t.rows, row{name: fmt.Sprintf("+ %d others", max(n, 1)), under: "turns of the others"})
	}
	if loop {
		t.loop = len(t.rows)
		t.rows = append(t.rows, row{name: "the loop"})
	}
}

// rowFor is the row of a task or a callback.
func (t *timeline) rowFor(who uint32) int {
	if who == 0 {
		return t.loop
	}
	if n, ok := t.rowOf[who]; ok {
		return n
	}
	return t.others
}

// used is the rows that a system has: all of them where they are few, else those of who is there at that time.
func (t *timeline) used(n int) []int {
	var list []int
	first, last := spot{n, laneStart}, spot{n, t.systems[n].right}
	shared := map[int]bool{}
	for _, b := range t.systems[n].blocks {
		for _, c := range t.columns[b.cols[0]:b.cols[1]] {
			shared[t.rowFor(cmp.Or(t.s.Turns[c.turn].Who, t.s.Turns[c.turn].For))] = true
		}
	}
	few := len(t.rowOf) <= 8
	for i, r := range t.rows {
		if l := r.lane; l == nil && shared[i] || l != nil && !t.inFold(l) && (few || !last.before(t.at(l.Born, true)) && (l.End == "" || !t.at(l.Ended, false).before(first))) {
			list = append(list, i)
		}
	}
	return list
}

// inFold reports whether all that a lane does is left out.
func (t *timeline) inFold(l *trace.Lane) bool {
	if l.End == "" || l.Born < trace.Mark(2*t.s.From) {
		return false
	}
	_, first := t.blockOf(l.Born.Turn())
	_, last := t.blockOf(l.Ended.Turn())
	return first != nil && first == last && first.fold != nil && l.Born.Turn() >= first.turns[0]
}

func (t *timeline) draw() []byte {
	d := t.d
	d.label(heading, 14, 24, timelineWidth-28, atStart, titleOf(t.s, t.o))
	t.top = 41
	for _, line := range small.wrap(t.subtitle(), timelineWidth-28) {
		d.label(small, 14, float64(t.top), timelineWidth-28, atStart, line)
		t.top += 14
	}
	for n := range t.systems {
		t.drawSystem(n)
	}
	t.top += int(d.legend(14, float64(t.top), timelineWidth-28)) + 8
	t.drawFoot()
	t.drawOutput()
	return d.bytes(page{Title: titleOf(t.s, t.o), Desc: describe(t.s), Height: float64(t.top + 10), Theme: t.o.Theme})
}

// subtitle is how to read the picture.
func (t *timeline) subtitle() string {
	text := "Left is earlier. A grey block is one instant: inside it no time passes, and each number is one turn of the loop. Brackets " +
		"are iterations. Between blocks time passes, as much as is written there"
	if t.o.Linear {
		return text + "; a second is everywhere as wide."
	}
	return text + ": long times are drawn shorter."
}

// drawSystem draws one line of the timeline.
func (t *timeline) drawSystem(n int) {
	s := &t.systems[n]
	rows := t.used(n)
	lanes := t.top + systemHead + laneHeight/2
	y := map[int]float64{}
	for k, i := range rows {
		y[i] = float64(lanes + k*laneHeight)
	}
	bottom := lanes + len(rows)*laneHeight - laneHeight/2
	end := bottom
	for _, c := range t.tracks {
		end += c.height
	}
	t.drawHead(s, end)
	for _, i := range rows {
		r := &t.rows[i]
		t.d.label(bold, 14, y[i]+1, gutter-24, atStart, r.name)
		t.d.label(tiny, 14, y[i]+14, gutter-24, atStart, r.under)
		t.d.line("grid", laneStart, y[i], float64(s.right), y[i])
	}
	t.d.raw("\n")
	for k, at := 0, bottom; k < len(t.tracks); k++ {
		t.drawChart(&t.tracks[k], n, at)
		at += t.tracks[k].height
	}
	for _, i := range rows {
		t.drawSpans(n, i, y[i])
	}
	t.drawTurns(n, y)
	t.drawFolds(s, end)
	for _, w := range t.waits {
		t.drawWait(w)
	}
	t.waits, t.taken = t.waits[:0], t.taken[:0]
	t.d.raw("\n")
	t.top = end + systemSpace
}

// drawHead draws the bands of a system with their times and iterations.
func (t *timeline) drawHead(s *system, end int) {
	d := t.d
	y := float64(t.top)
	for _, p := range s.passages {
		d.label(tiny, float64(p.x)+float64(p.w)/2, y+14, float64(p.w), atMiddle, p.label)
	}
	for _, b := range s.blocks {
		mid := float64(b.x) + float64(b.w)/2
		if b.fold == nil {
			d.rect("band", float64(b.x), y+20, float64(b.w), float64(end-t.top-20), 5)
		}
		d.label(instant, mid, y+14, float64(b.w), atMiddle, b.label)
		if b.end {
			d.label(tiny, mid, y+33, float64(max(b.w, 40)), atMiddle, "end")
		}
		for _, i := range b.brackets {
			if i.number == "" {
				continue
			}
			d.path("brk", "M", i.from, y+44, "v", -6, "H", i.to, "v", 6)
			d.label(tiny, float64(i.from+i.to)/2, y+33, float64(i.to-i.from+4), atMiddle, i.number)
		}
	}
	d.raw("\n")
}

// drawSpans draws what somebody did while it did not run, and, where it is not done, how it goes on.
func (t *timeline) drawSpans(n, i int, y float64) {
	l := t.rows[i].lane
	if l == nil {
		return
	}
	left, right := spot{n, laneStart}, spot{n, t.systems[n].right}
	k, _ := slices.BinarySearchFunc(l.Spans, left, func(s trace.Span, p spot) int {
		if t.at(s.To, false).before(p) {
			return -1
		}
		return 1
	})
	for ; k < len(l.Spans); k++ {
		span := &l.Spans[k]
		from, to := t.at(span.From, true), t.at(span.To, false)
		if right.before(from) {
			break
		}
		if from.before(left) {
			from = left
		}
		if right.before(to) || span.Open {
			to = right
		}
		if from.before(to) && (from.system == n) {
			t.drawSpan(span, from.x, to.x, y)
		}
	}
	if l.End == "" && !l.Callback() && n == len(t.systems)-1 {
		t.d.pending(float64(right.x), y)
	}
}

func (t *timeline) drawSpan(span *trace.Span, from, to int, y float64) {
	x1, x2 := float64(from), float64(to)
	if span.State != trace.Waits {
		t.d.span(span.State, x1, y, x2, y)
		return
	}
	rec := t.s.Rec(span.Rec)
	what := "something"
	if rec.Kind == engine.RecWait {
		what = clean(t.s.WaitText(span.Rec))
	}
	t.d.begin(fmt.Sprintf("waits for %s, from %s", what, trace.Clock(t.s.TimeOf(span.Rec))))
	t.d.span(span.State, x1, y, x2, y)
	t.d.end()
	t.waits = append(t.waits, wait{x1 + 14, x2 - 4, y, what})
}

// drawWait tells what somebody waits for, where there is room for it: best where it covers nothing.
func (t *timeline) drawWait(w wait) {
	for _, hard := range []bool{false, true} {
		for _, text := range []string{"waits for " + w.what, w.what} {
			width := waiting.width(text) + 10
			if x, ok := t.room(w, width, hard); ok {
				t.d.rect("wtc", x, w.y-8, width, 16, 3)
				t.d.label(waiting, x+5, w.y+4, width, atStart, text)
				return
			}
		}
	}
}

// room finds the first place for a chip; hard: what is not hard may be covered.
func (t *timeline) room(w wait, width float64, hard bool) (x float64, ok bool) {
	x = w.x1
	for moved := true; moved; {
		moved = false
		for _, a := range t.taken {
			if (a.hard || !hard) && a.y1 < w.y+8 && a.y2 > w.y-8 && a.x1 < x+width && a.x2 > x {
				x, moved = a.x2+1, true
			}
		}
	}
	return x, x+width <= w.x2
}

// drawTurns draws the boxes and diamonds of a system, and who made whom ready.
func (t *timeline) drawTurns(n int, y map[int]float64) {
	for _, b := range t.systems[n].blocks {
		for k := b.cols[0]; k < b.cols[1]; k++ {
			t.drawArrow(&t.columns[k], n, y)
		}
	}
	for _, b := range t.systems[n].blocks {
		for k := b.cols[0]; k < b.cols[1]; k++ {
			c := &t.columns[k]
			turn := &t.s.Turns[c.turn]
			t.drawTurn(c, turn, y[t.rowFor(cmp.Or(turn.Who, turn.For))])
			for i := c.turn; i < c.to; i++ {
				t.drawEnds(i, y)
			}
		}
	}
}

// drawArrow draws the arrow from the turn that made a column's ready, where that is somebody else's.
func (t *timeline) drawArrow(c *column, n int, y map[int]float64) {
	i := t.causeOf(c)
	if i < 0 || t.places[i-t.s.From].system != n {
		return
	}
	from, to := t.rowFor(cmp.Or(t.s.Turns[i].Who, t.s.Turns[i].For)), t.rowFor(cmp.Or(t.s.Turns[c.turn].Who, t.s.Turns[c.turn].For))
	if from == to || t.s.Turns[i].Who == 0 {
		return
	}
	x1, y1, y2 := float64(t.places[i-t.s.From].x), y[from], y[to]
	x2 := min(float64(c.x-c.boxWidth()/2), x1+26)
	if x2-x1 < 8 {
		return
	}
	d := 1.0
	if y2 < y1 {
		d = -1
	}
	t.taken = append(t.taken, area{x1 - 2, min(y1, y2), x1 + 2, max(y1, y2), false}, area{x1 - 2, y2 - 5, x2 + 2, y2 + 5, true})
	t.d.wakes("M", x1, y1+9*d, "V", y2-9*d, "Q", x1, y2, x1+8, y2, "H", x2-1)
}

func (t *timeline) drawTurn(c *column, turn *trace.Turn, y float64) {
	d := t.d
	x, w := float64(c.x), float64(c.boxWidth())
	t.taken = append(t.taken, area{x - w/2 - 1, y - 9, x + w/2 + 1, y + 9, true})
	if c.to-c.turn > 1 {
		d.begin(fmt.Sprintf("%s of the others", plural(c.to-c.turn, "turn")))
	} else {
		d.begin(turnWords(t.s.Run, c.turn))
	}
	switch {
	case c.text == "":
		d.diamond(x, y)
	case trace.IsCallback(turn.Who):
		d.callbackBox(x, y, w, turnHeight, c.text)
	default:
		d.taskBox(x, y, w, turnHeight, c.text)
	}
	if c.text != "" && t.prints(c) {
		d.prints(x, y+turnHeight/2+0.5)
	}
	if c.text != "" && t.outcome(c).stops {
		d.stop(x+w/2+9, y)
	}
	d.end()
}

// prints reports whether a column printed.
func (t *timeline) prints(c *column) bool {
	for i := c.turn; i < c.to; i++ {
		if len(t.s.PrintsOf(i)) > 0 {
			return true
		}
	}
	return false
}

// drawEnds draws the ends of the tasks that end in turn i.
func (t *timeline) drawEnds(i int, y map[int]float64) {
	from, to := t.s.RecordsOf(i)
	for k := from; k < to; k++ {
		rec := t.s.Rec(k)
		if rec.Kind != engine.RecEnd {
			continue
		}
		n, own := t.rowOf[rec.What]
		at, there := y[n]
		if !own || !there {
			continue
		}
		x := float64(t.places[i-t.s.From].x)
		if rec.What == t.s.Turns[i].Who {
			x += 14
		}
		if engine.TaskStateWords[rec.Aux-1] == "failed" {
			t.d.failedAcross(x+3, at, 18)
		} else {
			t.d.endedAcross(x, at, 18)
		}
	}
}

// drawFolds draws what is left out.
func (t *timeline) drawFolds(s *system, end int) {
	for _, b := range s.blocks {
		if b.fold == nil {
			continue
		}
		x, y, w := float64(b.x), float64(t.top+20), float64(b.w)
		t.d.begin(fmt.Sprintf("%d more of the same, turns %d to %d, are left out", b.fold.times, b.fold.from, b.fold.to))
		t.d.rect("fold", x, y, w, float64(end)-y, 5)
		for k, line := range b.fold.words() {
			t.d.label(tiny, x+w/2, y+13+12*float64(k), w, atMiddle, line)
		}
		t.d.end()
	}
}

// drawFoot adds the paragraphs that were asked for.
func (t *timeline) drawFoot() {
	for _, p := range t.o.Foot {
		for _, line := range plain.wrap(p, timelineWidth-28) {
			t.top += 17
			t.d.label(plain, 14, float64(t.top), timelineWidth-28, atStart, line)
		}
		t.top += 6
	}
}

// titleOf is the title of a picture of a scene.
func titleOf(s *trace.Scene, o Options) string {
	if o.Title != "" {
		return o.Title
	}
	if s.From == 0 && s.To == len(s.Turns) || s.From >= s.To {
		return s.Source.Name
	}
	return fmt.Sprintf("%s, %s to %s", s.Source.Name, trace.Brief(s.At(s.From)), trace.Brief(s.At(s.To-1)))
}
