package picture

import (
	"fmt"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// Two runs of one scenario beside each other, as a diff: a row is a turn of the scenario's own, and turns of the same task at the
// same step are in one row as far as their order is the same in both.

// beside is what both forms have in common.
type beside struct {
	runs   [2]*trace.Run
	o      Options
	titles [2]string
	rows   []besideRow
	lanes  []uint32
}

// besideRow is a turn of each run; -1: the run has none here.
type besideRow struct {
	turns [2]int
	mark  besideMark
	fold  int // so many rows that are the same are left out
}

// besideMark says how the two turns of a row are.
type besideMark uint8

const (
	besideSame  besideMark = iota
	besideLater            // the same at another time
	besideOther            // the same task and step, with something else
	besideLeft             // only the left run has it
	besideRight            // only the right one
)

var besideSigns = [...]string{"", "~", "|", "<", ">"}

var besideWords = [...]string{"", "the same at another time", "the same step does something else", "only here, or elsewhere in the other run"}

const (
	mostBeside   = 400       // rows
	besideKept   = 3         // rows that are the same, around those that are not
	besideMatrix = 4_000_000 // pairs of turns that are looked at for what is the same
)

// newBeside finds which turns stand beside each other.
func newBeside(a, b *trace.Run, titles [2]string, o Options) (*beside, error) {
	x := &beside{runs: [2]*trace.Run{a, b}, o: o, titles: titles}
	left, right := a.OwnTurns(), b.OwnTurns()
	for _, p := range x.align(left, right) {
		x.rows = append(x.rows, besideRow{turns: p, mark: x.markOf(p)})
	}
	if !o.All {
		x.fold()
	}
	if len(x.rows) > mostBeside && !o.All {
		return nil, &TooMuch{len(x.rows), mostBeside, -1}
	}
	x.findLanes()
	return x, nil
}

// alike reports whether two turns are of the same task at the same step.
func (x *beside) alike(i, j int) bool {
	a, b := &x.runs[0].Turns[i], &x.runs[1].Turns[j]
	return a.PC == b.PC && a.Handle == b.Handle && x.runs[0].Name(a.Who) == x.runs[1].Name(b.Who)
}

// align pairs turns: the longest list of pairs that is in order in both runs.
func (x *beside) align(left, right []int) (pairs [][2]int) {
	var tail [][2]int
	for len(left) > 0 && len(right) > 0 && x.alike(left[0], right[0]) {
		pairs = append(pairs, [2]int{left[0], right[0]})
		left, right = left[1:], right[1:]
	}
	for len(left) > 0 && len(right) > 0 && x.alike(left[len(left)-1], right[len(right)-1]) {
		tail = append(tail, [2]int{left[len(left)-1], right[len(right)-1]})
		left, right = left[:len(left)-1], right[:len(right)-1]
	}
	slices.Reverse(tail)
	n, m := len(left), len(right)
	if n*m > besideMatrix {
		n, m = 0, 0
	}
	most := make([][]int32, n+1) // of the turns from i and j on
	for i := range most {
		most[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if most[i][j] = max(most[i+1][j], most[i][j+1]); x.alike(left[i], right[j]) {
				most[i][j] = most[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < n && j < m {
		switch {
		case x.alike(left[i], right[j]):
			pairs = append(pairs, [2]int{left[i], right[j]})
			i, j = i+1, j+1
		case most[i+1][j] >= most[i][j+1]:
			pairs = append(pairs, [2]int{left[i], -1})
			i++
		default:
			pairs = append(pairs, [2]int{-1, right[j]})
			j++
		}
	}
	for ; i < len(left); i++ {
		pairs = append(pairs, [2]int{left[i], -1})
	}
	for ; j < len(right); j++ {
		pairs = append(pairs, [2]int{-1, right[j]})
	}
	return append(pairs, tail...)
}

func (x *beside) markOf(p [2]int) besideMark {
	switch {
	case p[0] < 0:
		return besideRight
	case p[1] < 0:
		return besideLeft
	case !slices.Equal(effects(x.runs[0], p[0], false), effects(x.runs[1], p[1], false)):
		return besideOther
	case x.runs[0].At(p[0]) != x.runs[1].At(p[1]):
		return besideLater
	}
	return besideSame
}

// fold leaves out rows that are the same, but for some before and after those that are not.
func (x *beside) fold() {
	near := make([]bool, len(x.rows))
	for i, r := range x.rows {
		if r.mark == besideSame {
			continue
		}
		for k := max(i-besideKept, 0); k < min(i+besideKept+1, len(near)); k++ {
			near[k] = true
		}
	}
	var rows []besideRow
	for i, r := range x.rows {
		switch {
		case near[i]:
			rows = append(rows, r)
		case len(rows) > 0 && rows[len(rows)-1].fold > 0:
			rows[len(rows)-1].fold++
		default:
			rows = append(rows, besideRow{turns: r.turns, fold: 1})
		}
	}
	for i := range rows { // one is shown as it is
		if rows[i].fold == 1 {
			rows[i].fold = 0
		}
	}
	x.rows = rows
}

// findLanes is whose turns are shown, in the order of the left run.
func (x *beside) findLanes() {
	names := map[string]bool{}
	for side, r := range x.runs {
		for _, row := range x.rows {
			if i := row.turns[side]; i >= 0 && row.fold == 0 && !names[r.Name(r.Turns[i].Who)] {
				names[r.Name(r.Turns[i].Who)] = true
				x.lanes = append(x.lanes, uint32(side)<<31|uint32(i))
			}
		}
	}
}

// lane is the name of lane k.
func (x *beside) lane(k int) string {
	r := x.runs[x.lanes[k]>>31]
	return r.Name(r.Turns[x.lanes[k]&^(1<<31)].Who)
}

// laneOf is the lane of a turn.
func (x *beside) laneOf(side, turn int) int {
	name := x.runs[side].Name(x.runs[side].Turns[turn].Who)
	for k := range x.lanes {
		if x.lane(k) == name {
			return k
		}
	}
	return -1
}

// objectVerbs is what is done with objects, by engine.Op…; empty: it is not told.
var objectVerbs = [...]string{
	engine.OpAcquire: "takes", engine.OpRelease: "gives back", engine.OpPut: "puts into", engine.OpGet: "takes out of", engine.OpSet: "sets",
	engine.OpClear: "clears", engine.OpNotify: "notifies", engine.OpArrive: "comes to", engine.OpTaskDone: "has done an item of",
	engine.OpShutdown: "shuts down", engine.OpReset: "resets", engine.OpAbort: "aborts", engine.OpResize: "resizes",
}

// effects is what a turn does, in words; with times it says until when tasks sleep.
func effects(r *trace.Run, i int, times bool) (list []string) {
	if t := &r.Turns[i]; t.Cause != trace.None {
		switch rec := r.Rec(t.Cause); {
		case rec.Kind == engine.RecSpawn:
			list = append(list, "begins")
		case rec.Kind == engine.RecWake && rec.What == t.Who && rec.Obj != engine.KindNull:
			list = append(list, "has waited for "+clean(r.WaitText(t.Cause)))
		}
	}
	from, to := r.OwnRecords(i)
	for n := from; n < to; n++ {
		if text := effect(r, n, times); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for _, p := range r.PrintsOf(i) {
		if text := strings.TrimRight(string(r.TextOf(p)), "\n"); text != "" {
			list = append(list, "prints "+clean(text))
		}
	}
	if len(list) == 0 {
		list = []string{"goes on"}
	}
	return list
}

func effect(r *trace.Run, n uint32, times bool) string {
	rec := r.Rec(n)
	switch rec.Kind {
	case engine.RecRead, engine.RecSet:
		v, ok := r.Value(n)
		if engine.Space(rec.Aux) != engine.SharedVar || !ok {
			return ""
		}
		verb := "reads "
		if rec.Kind == engine.RecSet {
			verb = "sets "
		}
		return clean(verb + r.Variable(rec.Aux, rec.On) + " = " + r.Show(v))
	case engine.RecObject:
		if int(rec.Aux) < len(objectVerbs) && objectVerbs[rec.Aux] != "" {
			return objectVerbs[rec.Aux] + " " + clean(r.ObjectName(rec.Obj, rec.On))
		}
	case engine.RecArm:
		switch {
		case rec.Aux != engine.TimerSleep:
		case times:
			return "sleeps until " + trace.Clock(rec.Arg)
		default:
			return "sleeps"
		}
	case engine.RecWait:
		if rec.What == rec.Who && rec.Aux != engine.WaitsSleep && rec.Aux != engine.WaitsUse && rec.Aux != engine.WaitsTurn {
			return "waits for " + clean(r.WaitText(n))
		}
	case engine.RecSpawn:
		return "starts " + clean(r.Name(rec.What))
	case engine.RecCancel:
		return "cancels " + clean(r.Name(rec.What))
	case engine.RecRaise:
		if v, ok := r.Value(n); ok {
			return "raises " + clean(r.Show(v))
		}
	case engine.RecStop:
		return "stops the loop"
	case engine.RecEnd:
		return endWords(outcome{state: engine.TaskStateWords[rec.Aux-1]})
	}
	return ""
}

// endOf is how a run ended.
func (x *beside) endOf(side int) (text string, bad bool) {
	l := ladder{s: x.runs[side].Scene(len(x.runs[side].Turns), len(x.runs[side].Turns))}
	return l.ending()
}

// title is the heading.
func (x *beside) title() string {
	if x.o.Title != "" {
		return clean(x.o.Title)
	}
	return clean(x.runs[0].Source.Name) + ", two runs beside each other"
}

// explained is what the marks that occur mean.
func (x *beside) explained() string {
	var parts []string
	for m := besideLater; m <= besideLeft; m++ {
		sign := besideSigns[m]
		if m == besideLeft {
			sign = "< >"
		}
		if slices.ContainsFunc(x.rows, func(r besideRow) bool { return min(r.mark, besideLeft) == m }) {
			parts = append(parts, sign+" "+besideWords[m])
		}
	}
	return strings.Join(parts, "   ")
}

func foldWords(n int) string { return fmt.Sprintf("%d turns that are the same in both", n) }

// BesideText writes two runs of one scenario beside each other, with what is different marked. titles is what they are called. Of
// runs that differ in more than anybody reads it is a *TooMuch.
func BesideText(a, b *trace.Run, titles [2]string, o Options) ([]byte, error) {
	x, err := newBeside(a, b, titles, o)
	if err != nil {
		return nil, err
	}
	signs := &textSigns
	if o.ASCII {
		signs = &asciiSigns
	}
	t := &textLadder{ladder: &ladder{o: o}, signs: signs}
	x.write(t)
	return t.out, nil
}

// The measures of the text.
const (
	besideTime = 9
	besideText = 50 // of a side
	besideGap  = 3
)

func (x *beside) write(t *textLadder) {
	t.put(0, x.title(), boldColour, textWidth)
	t.end()
	t.end()
	x.writeSides(t, boldColour, besideSame, [2]string{}, [2][]string{wrapCells(t.shown(x.titles[0]), besideText), wrapCells(t.shown(x.titles[1]), besideText)}, 0)
	t.end()
	for _, row := range x.rows {
		if row.fold > 0 {
			t.put(besideTime, t.signs[signFold]+" "+foldWords(row.fold), mutedColour, textWidth-besideTime)
			t.end()
			continue
		}
		var times [2]string
		var lines [2][]string
		for side, i := range row.turns {
			if i >= 0 {
				r := x.runs[side]
				times[side] = trace.Brief(r.At(i))
				text := clean(r.Name(r.Turns[i].Who)) + ": " + strings.Join(effects(r, i, true), ", ")
				lines[side] = wrapCells(t.shown(text), besideText-besideTime)
			}
		}
		colour := noColour
		if row.mark > besideLater {
			colour = failedColour
		}
		x.writeSides(t, colour, row.mark, times, lines, besideTime)
	}
	t.end()
	var ends [2][]string
	for side := range ends {
		text, _ := x.endOf(side)
		ends[side] = wrapCells(t.shown(text), besideText)
	}
	x.writeSides(t, mutedColour, besideSame, [2]string{}, ends, 0)
	t.end()
	if words := x.explained(); words != "" {
		t.put(0, words, mutedColour, textWidth)
		t.end()
	}
	for _, paragraph := range x.o.Foot {
		t.writeWrapped(paragraph, noColour)
	}
}

// writeSides writes lines of both sides, with a mark between them.
func (x *beside) writeSides(t *textLadder, colour string, mark besideMark, times [2]string, lines [2][]string, indent int) {
	for k := range max(len(lines[0]), len(lines[1])) {
		for side := range lines {
			at := side * (besideText + besideGap)
			if k == 0 {
				t.put(at, times[side], mutedColour, besideTime-1)
			}
			if k < len(lines[side]) {
				t.put(at+indent, lines[side][k], colour, besideText-indent)
			}
			if side == 0 && k == 0 {
				t.put(besideText+1, besideSigns[mark], failedColour, 1)
			}
		}
		t.end()
	}
}

// Beside draws two runs of one scenario beside each other; see BesideText.
func Beside(a, b *trace.Run, titles [2]string, o Options) ([]byte, error) {
	x, err := newBeside(a, b, titles, o)
	if err != nil {
		return nil, err
	}
	d := besideSVG{beside: x, svg: newSVG(widePage)}
	d.measure()
	d.draw()
	desc := "Turns of two runs, one below the other. " + x.titles[0] + " is left, " + x.titles[1] + " is right."
	return d.svg.bytes(page{Title: x.title(), Desc: clean(desc), Height: d.height, Theme: o.Theme}), nil
}

// besideSVG draws them.
type besideSVG struct {
	*beside
	*svg
	lane   float64 // the width of a lane; 0: there are too many, names stand before the words
	top    float64
	height float64
}

const (
	besideLanes  = 8 // at most
	besideLane   = 34.0
	besideClock  = 66.0
	besideMiddle = widePage / 2
	besideRowGap = 7.0
)

func (d *besideSVG) measure() {
	d.top = 96
	if len(d.lanes) <= besideLanes {
		d.lane = besideLane
		d.top += turnedNames - 28
	}
}

// left is where a side begins.
func (d *besideSVG) left(side int) float64 { return margin + float64(side)*(besideMiddle+4) }

// words is where the words of a side begin, and how much room there is for them.
func (d *besideSVG) words(side int) (x, most float64) {
	x = d.left(side) + besideClock + float64(d.lane*float64(len(d.lanes))) + 8
	return x, float64(side+1)*besideMiddle + float64(side)*(-margin) - x - 14*float64(1-side)
}

// draw draws rows, then what is around them.
func (d *besideSVG) draw() {
	d.label(heading, margin, 28, d.width-2*margin, atStart, d.title())
	for side, title := range d.titles {
		d.label(bold, d.left(side), 54, besideMiddle-2*margin-10, atStart, title)
		for k := range d.lanes {
			if d.lane > 0 {
				d.turned(small, d.laneX(side, k)+3, d.top-10, turnedNames, d.beside.lane(k))
			}
		}
	}
	y := d.top
	for _, row := range d.rows {
		y += d.row(row, y)
	}
	d.line("grid", besideMiddle, d.top-8, besideMiddle, y)
	y += 18
	for side := range d.titles {
		text, bad := d.endOf(side)
		f := small
		if bad {
			f = alarm
		}
		d.label(f, d.left(side), y, besideMiddle-2*margin-10, atStart, text)
	}
	y += 18
	d.label(small, margin, y, d.width-2*margin, atStart, d.explained())
	y += 4
	y += d.legend(margin, y, d.width-2*margin)
	d.height = y + 8
	for _, paragraph := range d.o.Foot {
		for _, line := range plain.wrap(paragraph, d.width-2*margin) {
			d.label(plain, margin, d.height+8, d.width-2*margin, atStart, line)
			d.height += 18
		}
	}
	d.height += 8
}

func (d *besideSVG) laneX(side, k int) float64 {
	return d.left(side) + besideClock + float64(d.lane*(float64(k)+0.5))
}

// row draws a row and returns how high it is.
func (d *besideSVG) row(row besideRow, y float64) float64 {
	if row.fold > 0 {
		d.rect("fold", margin, y+2, d.width-2*margin, 18, 3)
		d.label(note, margin+10, y+15, d.width-40, atStart, foldWords(row.fold))
		return 26
	}
	var lines [2][]string
	h := 1
	for side, i := range row.turns {
		if i < 0 {
			continue
		}
		r := d.runs[side]
		text := strings.Join(effects(r, i, true), ", ")
		if d.lane == 0 {
			text = clean(r.Name(r.Turns[i].Who)) + ": " + text
		}
		_, most := d.words(side)
		lines[side] = plain.wrap(text, most)
		h = max(h, len(lines[side]))
	}
	height := printHeight*float64(h) + besideRowGap
	for side, i := range row.turns {
		if row.mark > besideLater && i >= 0 {
			d.rect("hot", d.left(side)-4, y+1, besideMiddle-2*margin, height-2, 3)
		}
	}
	d.label(stale, besideMiddle, y+15, 20, atMiddle, besideSigns[row.mark])
	for side, i := range row.turns {
		if i >= 0 {
			d.turn(side, i, y, lines[side], row.mark)
		}
	}
	d.raw("\n")
	return height
}

// turn draws a turn of one side.
func (d *besideSVG) turn(side, i int, y float64, lines []string, mark besideMark) {
	r := d.runs[side]
	t := &r.Turns[i]
	d.begin(turnWords(r, i))
	f := small
	if mark == besideLater {
		f = alarm
	}
	d.label(f, d.left(side), y+15, besideClock-6, atStart, trace.Brief(r.At(i)))
	if k := d.laneOf(side, i); d.lane > 0 && k >= 0 {
		number := fmt.Sprint(t.Number)
		if trace.IsCallback(t.Who) {
			d.callbackBox(d.laneX(side, k), y+11, min(boxWidth(number), d.lane-4), 17, number)
		} else {
			d.taskBox(d.laneX(side, k), y+11, min(boxWidth(number), d.lane-4), 17, number)
		}
	}
	x, most := d.words(side)
	for k, line := range lines {
		d.label(plain, x, y+15+float64(printHeight*float64(k)), most, atStart, line)
	}
	d.end()
}
