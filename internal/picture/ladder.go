package picture

import (
	"fmt"

	"runloop/engine"
	"runloop/internal/trace"
)

// Ladder draws a scene with time running down: one row is one turn of the loop, with the entry of the ready queue that it was,
// the lane of whose turn it is, what it did with variables, and what it printed. Of a scene with more rows than anybody reads it
// is a *TooMuch.
func Ladder(s *trace.Scene, o Options) ([]byte, error) {
	l, err := newLadder(s, o, false, railsFor)
	if err != nil {
		return nil, err
	}
	d := ladderSVG{ladder: l}
	d.measure()
	d.draw()
	return d.svg.bytes(page{Title: l.title(), Desc: d.describe(), Height: d.height, Theme: o.Theme}), nil
}

// The measures of a ladder, in px.
const (
	margin      = 14.0
	chipLeft    = 114.0 // of the chips, where the times are short
	timeWidth   = 58.0  // of a time then
	chipNarrow  = 116.0
	chipWidest  = 170.0
	railWidest  = 108.0
	railTurned  = 72.0 // below it names go up
	railNarrow  = 48.0
	cellWidth   = 74.0
	printWidth  = 270.0 // at least
	narrowPage  = 1000.0
	widePage    = 1180.0
	rungHeight  = 22.0
	printHeight = 15.0
	chipHeight  = 18.0
	passGap     = 8.0
	instantGap  = 26.0
	turnedNames = 84.0
)

// railRoom is how much room there is for lanes on a page.
func railRoom(width float64, columns int) float64 {
	return width - chipLeft - chipNarrow - 12 - cellWidth*float64(columns) - printWidth - margin
}

// railsFor is how many lanes there is room for.
func railsFor(columns int) int { return max(int(railRoom(widePage, columns)/railNarrow), 4) }

// ladderSVG draws a ladder.
type ladderSVG struct {
	*ladder
	*svg
	height   float64
	chips    float64 // the width of the ready queue
	railsX   float64
	rail     float64 // the width of a lane
	chipX    float64 // of the chips
	columnsX float64
	outputX  float64
	top      float64   // where lanes begin
	bottom   float64   // … and end
	tops     []float64 // by rung
	heights  []float64
	leftText string
}

// measure finds the places of columns and rows.
func (d *ladderSVG) measure() {
	n := float64(max(len(d.rails), 1))
	width := narrowPage
	if columns := len(d.columns); columns > 1 || n*100 > railRoom(narrowPage, columns) {
		width = widePage
	}
	d.svg = newSVG(width)
	d.chipX = chipLeft + d.longTimes()
	d.chips = chipNarrow
	for i := range d.rungs {
		d.chips = min(max(d.chips, chip.width(d.rungs[i].chip)+11), chipWidest)
	}
	d.railsX = d.chipX + d.chips + 12
	d.rail = min(max((railRoom(width, len(d.columns))-(d.chipX-chipLeft)-d.chips+chipNarrow)/n, railNarrow), railWidest)
	d.columnsX = d.railsX + float64(d.rail*float64(len(d.rails))) + 6
	d.outputX = d.columnsX + cellWidth*float64(len(d.columns)) + 12
	d.leftText = d.leftOut()
	y := 94.0
	if d.leftText != "" {
		y += printHeight
	}
	if d.turnedNames() {
		y += turnedNames - 28
	}
	d.top = y - 8
	for i := range d.rungs {
		g := &d.rungs[i]
		switch {
		case i == 0:
		case g.instant:
			y += instantGap
		case g.iteration:
			y += passGap
		}
		h := rungHeight
		if lines := len(g.lines) + len(g.notes); lines > 0 {
			h = printHeight*float64(lines) + 8
		}
		d.tops, d.heights = append(d.tops, y), append(d.heights, h)
		y += h
	}
	d.bottom = y + 8
}

// longTimes is how much wider than usual the times are.
func (d *ladderSVG) longTimes() float64 {
	most := timeWidth
	for k := range d.rungs {
		if d.rungs[k].instant || k == 0 {
			most = max(most, bold.width(d.clock(k))+2)
		}
	}
	return most - timeWidth
}

func (d *ladderSVG) turnedNames() bool { return d.rail < railTurned }

// middle is the height of what stands in rung k.
func (d *ladderSVG) middle(k int) float64 { return d.tops[k] + chipHeight/2 }

// railX is the middle of a lane.
func (d *ladderSVG) railX(rail int) float64 { return d.railsX + float64(d.rail*(float64(rail)+0.5)) }

// at is the height of a mark.
func (d *ladderSVG) at(m trace.Mark) float64 {
	i := m.Turn()
	if m < trace.Mark(2*d.s.From) {
		return d.top
	}
	if i >= d.s.To || d.rungOf[i-d.s.From] >= len(d.rungs) {
		return d.bottom
	}
	k := d.rungOf[i-d.s.From]
	g := &d.rungs[k]
	if inside := i >= g.from && i < g.to; inside && (m&1 == 1 || i > g.from) {
		return d.middle(k)
	}
	switch {
	case g.instant:
		return d.tops[k] - 2
	case g.iteration:
		return d.tops[k] - passGap/2 - 2
	}
	return d.tops[k] - 2
}

func (d *ladderSVG) draw() {
	d.drawBands()
	d.drawBrackets()
	d.drawHead()
	for i := range d.rails {
		d.drawSpans(i)
	}
	d.raw("\n")
	for k := range d.rungs {
		d.drawArrow(k)
	}
	d.raw("\n")
	for k := range d.rungs {
		d.drawRung(k)
	}
	for i := range d.rails {
		d.drawEnd(i)
	}
	d.drawFoot()
}

// drawBands draws the instants.
func (d *ladderSVG) drawBands() {
	for k := 0; k < len(d.rungs); {
		end := k + 1
		for end < len(d.rungs) && !d.rungs[end].instant {
			end++
		}
		y, bottom := d.tops[k]-6, d.tops[end-1]+d.heights[end-1]+2
		d.rect("band", 8, y, d.width-16, bottom-y, 6)
		text := d.clock(k)
		f := instant
		if f.width(text) > 50 {
			f = bold
		}
		d.label(f, margin, y+19, timeWidth+d.chipX-chipLeft, atStart, text)
		if k > 0 {
			d.label(small, margin, y-5, 90+d.chipX-chipLeft, atStart, d.later(k)+" later")
		}
		k = end
	}
	d.raw("\n")
}

// drawBrackets draws the iterations.
func (d *ladderSVG) drawBrackets() {
	for k := 0; k < len(d.rungs); {
		end := k + 1
		for end < len(d.rungs) && !d.rungs[end].iteration {
			end++
		}
		if g := &d.rungs[k]; g.fold.every == 0 && !d.isPhase(g.from) && d.s.Turns[g.from].Iteration >= 0 {
			y, bottom := d.tops[k], d.tops[end-1]+d.heights[end-1]-4
			text := fmt.Sprintf("it. %d", d.s.Iterations[d.s.Turns[g.from].Iteration].Number)
			d.path("brk", "M", d.chipX-3, y, "h", -6, "V", bottom, "h", 6)
			d.label(small, d.chipX-13, (y+bottom)/2+4, 90, atEnd, text)
		}
		k = end
	}
	d.raw("\n")
}

// drawHead draws the title and the heads of the columns.
func (d *ladderSVG) drawHead() {
	d.label(heading, margin, 28, d.width-2*margin, atStart, d.title())
	d.label(small, margin, 45, d.width-2*margin, atStart,
		"Time runs down. One row is one turn of the loop: nothing else runs meanwhile. An iteration (it.) runs what was ready when it began, in this order.")
	d.label(small, margin, 60, d.width-2*margin, atStart, d.leftText)
	y := d.top - 20
	d.label(bold, margin, y, 80, atStart, "time")
	d.label(bold, d.chipX, y, d.chips, atStart, "ready queue")
	d.label(small, d.chipX, y+14, d.chips, atStart, "first in, first out")
	for i, r := range d.rails {
		x := d.railX(i)
		if d.turnedNames() {
			d.turned(bold, x-1, d.top-6, turnedNames, r.name)
			d.turned(small, x+12, d.top-6, turnedNames, r.words)
			continue
		}
		d.label(bold, x, y, d.rail-6, atMiddle, r.name)
		d.label(small, x, y+14, d.rail-6, atMiddle, r.words)
	}
	for i, c := range d.columns {
		x := d.columnsX + cellWidth*(float64(i)+0.5)
		d.label(bold, x, y, cellWidth-4, atMiddle, c.name)
		d.label(small, x, y+14, cellWidth-4, atMiddle, c.words)
	}
	if d.output {
		d.label(bold, d.outputX, y, 100, atStart, "printed")
	}
	d.raw("\n")
}

// drawSpans draws what a lane does while it does not run.
func (d *ladderSVG) drawSpans(i int) {
	if d.rails[i].Lane == nil {
		return
	}
	for _, span := range d.rails[i].Spans {
		y1, y2 := d.at(span.From), d.at(span.To)
		if span.Open {
			y2 = d.bottom
		}
		if y2 > y1 {
			d.svg.span(span.State, d.railX(i), y1, d.railX(i), y2)
		}
	}
}

// drawEnd draws that a task is pending when the run has ended.
func (d *ladderSVG) drawEnd(i int) {
	l := d.rails[i].Lane
	if l == nil || l.Callback() || l.End != "" || d.s.To < len(d.s.Turns) {
		return
	}
	d.begin(l.Name + " is pending when the run ends")
	d.pending(d.railX(i), d.bottom)
	d.svg.end()
}

// drawArrow draws who made the turn of rung k ready.
func (d *ladderSVG) drawArrow(k int) {
	from := d.cause(k)
	if from < 0 {
		return
	}
	x1, x2, y1, y2 := d.railX(d.rungs[from].rail), d.railX(d.rungs[k].rail), d.middle(from), d.middle(k)-11
	side := 13.0
	if x2 < x1 {
		side = -side
	}
	d.rungs[from].leads = d.rungs[from].leads || x2 > x1
	d.wakes("M", x1+side, y1, "C", x1+float64((x2-x1)*0.6), y1, x2, y1, x2, y2)
}

// loopWords is what a turn of the loop itself does for whom it is, by its handle.
var loopWords = [...]string{
	engine.RunSleep: "future done", engine.RunGather: "gather told", engine.RunGroup: "group told", engine.RunWait: "wait told",
	engine.RunCompleted: "told", engine.RunShield: "shield over", engine.RunScope: "timeout", engine.RunWaitOver: "time is up",
	engine.RunThread: "thread done", engine.RunUnthread: "work taken back", engine.RunArmOver: "time is up",
	engine.RunShielded: "shield over", engine.RunUnshield: "shield let go", engine.RunMain: "",
}

// drawRung draws what stands in rung k.
func (d *ladderSVG) drawRung(k int) {
	g, y := &d.rungs[k], d.middle(k)
	switch {
	case g.fold.times > 0:
		d.drawFold(g, y)
	case d.isPhase(g.from):
		d.begin(turnWords(d.s.Run, g.from))
		d.label(note, d.chipX, y+4, d.chips+10, atStart, g.chip)
	default:
		d.begin(turnWords(d.s.Run, g.from))
		d.rect("chip", d.chipX, d.tops[k], d.chips, chipHeight, 3)
		d.label(chip, d.chipX+6, y+4, d.chips-9, atStart, g.chip)
		d.drawTurn(g, y)
	}
	d.drawOutput(g, y)
	d.svg.end()
	for i, c := range d.columns {
		if cell, ok := c.cells[g.from]; ok && g.fold.times == 0 {
			d.drawCell(c.name, cell, d.columnsX+cellWidth*(float64(i)+0.5), y)
		}
	}
}

// drawTurn draws the mark of a turn, and how a task ended with it.
func (d *ladderSVG) drawTurn(g *rung, y float64) {
	if g.rail < 0 {
		return
	}
	t := &d.s.Turns[g.from]
	x, number := d.railX(g.rail), d.number(g)
	w := min(boxWidth(number), d.rail-4)
	switch {
	case t.Who == 0:
		d.diamond(x, y)
		if words := loopWords[t.Handle]; !g.leads && small.width(words) < d.rail-26 { // an arrow would run through them
			d.label(readyNote, x+13, y+4, d.rail-26, atStart, words)
		}
	case trace.IsCallback(t.Who):
		d.callbackBox(x, y, w, chipHeight, number)
	default:
		d.taskBox(x, y, w, chipHeight, number)
	}
	switch g.outcome.state {
	case "failed":
		d.failed(x, y+12, w)
	case "":
	default:
		d.ended(x, y+12, w)
	}
	if g.outcome.stops {
		d.stop(x+w/2+10, y)
	}
}

// drawFold draws that turns are left out which repeat those above.
func (d *ladderSVG) drawFold(g *rung, y float64) {
	d.begin(g.chip + ": " + g.notes[0])
	d.label(chipBold, d.chipX, y+4, d.chips+10, atStart, g.chip)
	for rail := range d.rails {
		if g.fold.rails[rail] {
			d.rect("open", d.railX(rail)-8, y-chipHeight/2, 16, chipHeight, 3)
			d.label(bold, d.railX(rail), y+4, 16, atMiddle, "⋮")
		}
	}
}

// drawOutput draws what a turn printed, and what else there is to say of it.
func (d *ladderSVG) drawOutput(g *rung, y float64) {
	y += 4
	room := d.width - d.outputX - margin
	for _, line := range g.lines {
		d.label(mono, d.outputX, y, room, atStart, line)
		y += printHeight
	}
	f := note
	if g.outcome.state == "failed" {
		f = alarm
	}
	for _, words := range g.notes {
		d.label(f, d.outputX, y, room, atStart, words)
		y += printHeight
	}
}

// drawCell draws what a turn did with a variable.
func (d *ladderSVG) drawCell(name string, c cell, x, y float64) {
	f := mono
	if c.stale {
		f = stale
		d.drawn[markStale] = true
	}
	if c.lost {
		f = stale
		d.drawn[markLost] = true
	}
	d.begin(name + ": " + c.why)
	d.label(f, x, y+4, cellWidth-4, atMiddle, c.text)
	d.svg.end()
}

// drawFoot draws what stands below the lanes.
func (d *ladderSVG) drawFoot() {
	y := d.bottom + 12
	if len(d.rungs) == 0 {
		d.label(plain, margin, y+10, d.width-2*margin, atStart, "Nothing runs here.")
		y += 26
	}
	if text, bad := d.ending(); text != "" {
		f := small
		if bad {
			f = alarm
		}
		d.label(f, margin, y+12, d.width-2*margin, atStart, text)
		y += 22
	}
	y += d.legend(margin, y, d.width-2*margin)
	for i, paragraph := range d.o.Foot {
		f := plain
		if i == 0 {
			f = bold
		}
		for _, line := range f.wrap(paragraph, d.width-2*margin) {
			y += 18
			d.label(f, margin, y, d.width-2*margin, atStart, line)
		}
	}
	d.height = y + 16
}
