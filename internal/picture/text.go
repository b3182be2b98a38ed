package picture

import (
	"fmt"
	"strconv"
	"strings"

	"runloop/internal/trace"
)

// Text writes a scene as the ladder in characters: what logs, terminals and readers of screens get. Of a scene with more rows
// than anybody reads it is a *TooMuch.
func Text(s *trace.Scene, o Options) ([]byte, error) {
	t, err := newTextLadder(s, o)
	if err != nil {
		return nil, err
	}
	t.write()
	return t.out, nil
}

func newTextLadder(s *trace.Scene, o Options) (*textLadder, error) {
	l, err := newLadder(s, o, true, railsOfText)
	if err != nil {
		return nil, err
	}
	t := &textLadder{ladder: l, signs: &textSigns, passed: make([]int, len(l.rails))}
	if o.ASCII {
		t.signs = &asciiSigns
	}
	longest := textCells("ready queue")
	for i := range l.rungs {
		longest = max(longest, textCells(t.shown(l.rungs[i].chip))+1) // that of a fold begins one column before
	}
	t.railsX = min(textQueue+longest+2, textRails)
	name := 0
	for _, r := range l.rails {
		name = max(name, textCells(t.shown(r.name))+1)
	}
	room := (textWidth - t.railsX - textCell*len(l.columns) - textPrinted) / max(len(l.rails), 1)
	t.rail = min(max(room, textNarrow), textRail, max(name, textNamed))
	t.columnsX = t.railsX + t.rail*len(l.rails) + 1
	t.outputX = t.columnsX + textCell*len(l.columns)
	if len(l.columns) == 0 {
		t.outputX++
	}
	return t, nil
}

// The measures of the ladder as text, in columns of characters.
const (
	textWidth   = 104
	textTime    = 7
	textQueue   = 13 // where the ready queue begins
	textRails   = 36 // where lanes begin, at most
	textRail    = 10 // the width of a lane, at most
	textNarrow  = 5  // … and at least
	textNamed   = 7  // below it lanes have numbers in place of names
	textCell    = 10
	textPrinted = 30 // at least
)

// railsOfText is how many lanes there is room for.
func railsOfText(columns int) int {
	return max((textWidth-textRails-textCell*columns-textPrinted)/textNarrow, 3)
}

// textSign is a character of a ladder, by its meaning.
type textSign uint8

const (
	signTask textSign = iota
	signCallback
	signLoop
	signReady
	signAsleep
	signWaits
	signEnded
	signFailed
	signPending
	signStale
	signLost
	signFold
	legendSigns // the rest is not explained
	signFirst   = legendSigns + iota - 1
	signMiddle
	signLast
	signOnly
	signMore
	allSigns
)

var (
	textSigns = [allSigns]string{signTask: "■", signCallback: "●", signLoop: "◇", signReady: "┃", signAsleep: "┊", signWaits: "│",
		signEnded: "╵", signFailed: "×", signPending: "○", signStale: "!", signLost: "✱", signFold: "⋮", signFirst: "┌", signMiddle: "├", signLast: "└",
		signOnly: "─", signMore: "…"}
	asciiSigns = [allSigns]string{signTask: "#", signCallback: "@", signLoop: "o", signReady: "!", signAsleep: ":", signWaits: "|",
		signEnded: ".", signFailed: "x", signPending: "?", signStale: "!", signLost: "*", signFold: "~", signFirst: "/", signMiddle: "|", signLast: "\\",
		signOnly: "-", signMore: ".."}
	signWords = [legendSigns]string{"a task runs", "a callback runs", "the loop completes a future", "ready", "asleep", "waits", "ended",
		"failed", "pending at the end", "not what it wrote last", "overwrites what it had not read", "rows like those above"}
	signColours = [allSigns]string{signTask: "34", signCallback: "35", signLoop: "33", signReady: "33", signAsleep: "90", signWaits: "36",
		signFailed: "31", signStale: "31", signLost: "31"}
	stateSigns = [...]textSign{trace.Ready: signReady, trace.Asleep: signAsleep, trace.Waits: signWaits}
)

// Colours of a terminal that are no sign's.
const (
	noColour     = ""
	boldColour   = "1"
	mutedColour  = "90"
	failedColour = "31"
)

// textLadder writes a ladder as text.
type textLadder struct {
	*ladder
	signs    *[allSigns]string
	railsX   int // where lanes begin
	rail     int // the width of a lane
	columnsX int
	outputX  int
	passed   []int // by lane: spans that are over
	used     [allSigns]bool
	out      []byte
	column   int // of the line that is being written
	overlaps int // texts that had no room: there should be none
}

// put writes a text at a column of the line, cut off after most columns.
func (t *textLadder) put(column int, text, colour string, most int) {
	text = clipCells(t.shown(text), most, t.signs[signMore])
	if text == "" {
		return
	}
	if column < t.column {
		t.overlaps++
	}
	for ; t.column < column; t.column++ {
		t.out = append(t.out, ' ')
	}
	t.column += textCells(text)
	if colour != noColour && t.o.Colour {
		text = "\x1b[" + colour + "m" + text + "\x1b[0m"
	}
	t.out = append(t.out, text...)
}

// shown is a text in the characters that are wished for.
func (t *textLadder) shown(text string) string {
	if t.o.ASCII {
		return ascii(text)
	}
	return text
}

// sign writes a character of the ladder.
func (t *textLadder) sign(column int, s textSign) {
	t.used[s] = true
	t.put(column, t.signs[s], signColours[s], 2)
}

// end ends a line.
func (t *textLadder) end() {
	t.out = append(t.out, '\n')
	t.column = 0
}

// ascii makes a text of ASCII characters only.
func ascii(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r == '→':
			b.WriteString("->")
		case r == '…':
			b.WriteString("..")
		case r == '×':
			b.WriteByte('x')
		case r == '–':
			b.WriteByte('-')
		case r == 'µ':
			b.WriteByte('u')
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func (t *textLadder) write() {
	t.writeHead()
	for k := range t.rungs {
		if g := &t.rungs[k]; g.instant && k > 0 {
			t.writeGap(k)
		}
		t.writeRung(k)
	}
	t.writeFoot()
}

func (t *textLadder) writeHead() {
	t.put(0, t.title(), boldColour, textWidth)
	t.end()
	if text := t.leftOut(); text != "" {
		t.put(0, text, mutedColour, textWidth)
		t.end()
	}
	if t.rail < textNamed {
		t.writeKey()
	}
	t.end()
	t.put(0, "time", boldColour, 7)
	t.put(8, "it.", boldColour, 3)
	t.put(textQueue, "ready queue", boldColour, t.railsX-textQueue-1)
	for i, r := range t.rails {
		t.put(t.railsX+i*t.rail, t.railName(i, r), boldColour, t.rail-1)
	}
	for i, c := range t.columns {
		t.put(t.columnsX+i*textCell, c.name, boldColour, textCell-1)
	}
	if t.output {
		t.put(t.outputX, "printed", boldColour, textWidth-t.outputX)
	}
	t.end()
}

// railName is what stands above a lane: its name if there is room for names, else a number.
func (t *textLadder) railName(i int, r rail) string {
	if t.rail >= textNamed {
		return r.name
	}
	if r.Lane == nil {
		return " +" + strconv.Itoa(t.others)
	}
	return " " + strconv.Itoa(i+1)
}

// writeKey says which lane is whose.
func (t *textLadder) writeKey() {
	var parts []string
	for i, r := range t.rails {
		if r.Lane != nil {
			parts = append(parts, strconv.Itoa(i+1)+" "+r.name)
		}
	}
	t.writeWrapped(strings.Join(parts, ", "), mutedColour)
}

// laneMark is the column of a lane's marks.
func (t *textLadder) laneMark(i int) int { return t.railsX + i*t.rail + min((t.rail-3)/2, 3) }

// state writes what a lane does at a mark, or right after it.
func (t *textLadder) state(i int, m trace.Mark, after bool) {
	if t.rails[i].Lane == nil {
		return
	}
	spans := t.rails[i].Spans
	for n := t.passed[i]; n < len(spans); n++ {
		s := &spans[n]
		if to := s.To; to < m && !s.Open {
			t.passed[i] = n + 1
			continue
		}
		began, goesOn := s.From < m, true
		if after {
			began, goesOn = s.From <= m, m < s.To || s.Open
		}
		if began && goesOn {
			t.sign(t.laneMark(i), stateSigns[s.State])
			return
		}
	}
}

// writeGap writes the line between two instants.
func (t *textLadder) writeGap(k int) {
	before := t.rungs[k-1].to - 1
	text := t.later(k) + " later"
	if clock := t.clock(k); textCells(clock) > textTime {
		text += ", at " + clock
	}
	t.put(0, text, mutedColour, t.railsX-1)
	for i := range t.rails {
		t.state(i, trace.Mark(2*before+1), true)
	}
	t.end()
}

// writeRung writes the lines of rung k.
func (t *textLadder) writeRung(k int) {
	g := &t.rungs[k]
	if g.instant {
		t.put(0, t.clock(k), boldColour, textTime)
	}
	t.writeQueue(k)
	mark := trace.Mark(2*g.from + 1)
	for i := range t.rails {
		t.writeMark(g, i, mark)
	}
	for i, c := range t.columns {
		cell, ok := c.cells[g.from]
		if !ok || g.fold.times > 0 {
			continue
		}
		colour := noColour
		if cell.stale || cell.lost {
			sign := signStale
			if cell.lost {
				sign = signLost
			}
			t.used[sign] = true
			cell.text, colour = clipCells(t.shown(cell.text), textCell-2, t.signs[signMore])+t.signs[sign], failedColour
		}
		t.put(t.columnsX+i*textCell, cell.text, colour, textCell-1)
	}
	said := make([]string, 0, len(g.lines)+len(g.notes))
	said = append(said, g.lines...)
	for _, n := range g.notes {
		said = append(said, wrapCells(t.shown("("+n+")"), textWidth-t.outputX)...)
	}
	mark = trace.Mark(2*(g.to-1) + 1)
	for i := 0; i == 0 || i < len(said); i++ {
		if i > 0 {
			t.writeBracket(k, true)
			for rail := range t.rails {
				t.state(rail, mark, true)
			}
		}
		if i < len(said) {
			colour := noColour
			if i >= len(g.lines) {
				if colour = mutedColour; g.outcome.state == "failed" {
					colour = failedColour
				}
			}
			t.put(t.outputX, said[i], colour, textWidth-t.outputX)
		}
		t.end()
	}
}

// writeQueue writes the iteration's number, its bracket, and the entry of the queue.
func (t *textLadder) writeQueue(k int) {
	g := &t.rungs[k]
	room := t.railsX - textQueue - 1
	switch {
	case t.isPhase(g.from):
		t.put(textQueue, g.chip, mutedColour, room)
		return
	case g.fold.times > 0:
		t.put(textQueue-1, g.chip, boldColour, room+1)
		return
	}
	if i := t.s.Turns[g.from].Iteration; g.iteration && i >= 0 {
		if number := strconv.FormatInt(t.s.Iterations[i].Number, 10); 11-len(number) > t.column {
			t.put(11-len(number), number, mutedColour, 10)
		}
	}
	t.writeBracket(k, false)
	t.put(textQueue, g.chip, noColour, room)
}

// writeBracket writes the bracket around an iteration; more: at a line below the first of rung k.
func (t *textLadder) writeBracket(k int, more bool) {
	g := &t.rungs[k]
	if t.isPhase(g.from) || g.fold.times > 0 {
		return
	}
	last := k+1 == len(t.rungs) || t.rungs[k+1].iteration
	s := signMiddle
	switch {
	case more && last:
		return
	case more:
		t.put(textQueue-1, t.signs[signWaits], noColour, 1)
		return
	case g.iteration && last:
		s = signOnly
	case g.iteration:
		s = signFirst
	case last:
		s = signLast
	}
	t.sign(textQueue-1, s)
}

// writeMark writes what lane i does in a rung.
func (t *textLadder) writeMark(g *rung, i int, mark trace.Mark) {
	at := t.laneMark(i)
	if g.fold.times > 0 {
		if g.fold.rails[i] {
			t.sign(at, signFold)
		} else {
			t.state(i, mark, false)
		}
		return
	}
	if g.rail != i {
		t.state(i, mark, false)
		return
	}
	turn := &t.s.Turns[g.from]
	switch {
	case turn.Who == 0:
		t.sign(at, signLoop)
		return
	case trace.IsCallback(turn.Who):
		t.sign(at, signCallback)
	default:
		t.sign(at, signTask)
	}
	room := t.railsX + (i+1)*t.rail - t.column
	if number := t.number(g); len(number) <= room {
		t.put(t.column, number, boldColour, room)
		room -= len(number)
	}
	switch {
	case room <= 0 || g.outcome.state == "":
	case g.outcome.state == "failed":
		t.sign(t.column, signFailed)
	default:
		t.sign(t.column, signEnded)
	}
}

// writeFoot writes what stands below the lanes.
func (t *textLadder) writeFoot() {
	if len(t.rungs) == 0 {
		t.put(0, "Nothing runs here.", noColour, textWidth)
		t.end()
	}
	if t.writePending() {
		t.end()
	}
	t.end()
	if text, bad := t.ending(); text != "" {
		colour := mutedColour
		if bad {
			colour = failedColour
		}
		t.writeWrapped(text, colour)
	}
	t.writeLegend()
	if len(t.o.Foot) > 0 {
		t.end()
	}
	for _, paragraph := range t.o.Foot {
		t.writeWrapped(paragraph, noColour)
	}
}

// writePending marks the tasks that are pending when the run has ended.
func (t *textLadder) writePending() (any bool) {
	if t.s.To < len(t.s.Turns) {
		return false
	}
	for i, r := range t.rails {
		if r.Lane != nil && !r.Callback() && r.End == "" {
			t.sign(t.laneMark(i), signPending)
			any = true
		}
	}
	return any
}

// writeLegend explains the signs that occur.
func (t *textLadder) writeLegend() {
	for s := range legendSigns {
		if !t.used[s] {
			continue
		}
		words := signWords[s]
		if t.column > 0 && t.column+3+2+len(words) > textWidth {
			t.end()
		}
		if t.column > 0 {
			t.column += 3
			t.out = append(t.out, "   "...)
		}
		t.put(t.column, t.signs[s], signColours[s], 2)
		t.put(t.column, " "+words, mutedColour, textWidth)
	}
	t.end()
}

// writeWrapped writes a text in lines, broken between words.
func (t *textLadder) writeWrapped(text, colour string) {
	for line := range strings.SplitSeq(text, "\n") {
		for _, part := range wrapCells(t.shown(clean(line)), textWidth) {
			t.put(0, part, colour, textWidth)
			t.end()
		}
	}
}
