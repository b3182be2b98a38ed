package picture

import (
	"bytes"
	"fmt"
	"strconv"

	"runloop/engine"
	"runloop/internal/trace"
)

// What a timeline shows of the output at most.
const (
	maxPrinted    = 400 // lines
	maxOfTurn     = 40  // lines of one turn
	printedHeight = 17
	columnWidth   = 486
)

// printedLine is a line of the output, and which turn printed it.
type printedLine struct {
	by   string
	text string
	note bool // no output, but what is said of it
}

// output is what was printed in the scene, by turn. What is folded is left out.
func (t *timeline) output() []printedLine {
	var lines []printedLine
	skipTo, left := 0, 0
	for i := t.s.From; i < t.s.To; i++ {
		if i >= skipTo {
			if f := t.foldAt(i); f != nil {
				if skipTo = f.turns[1]; t.prints(&column{turn: i, to: skipTo}) {
					lines = append(lines, printedLine{"…", fmt.Sprintf("what turns %d to %d printed is left out", f.fold.from, f.fold.to), true})
				}
			}
		}
		if i < skipTo {
			continue
		}
		for k, text := range t.linesOf(i) {
			switch {
			case len(lines) >= maxPrinted && !t.o.All:
				left++
			case k < maxOfTurn || t.o.All:
				lines = append(lines, printedLine{t.by(i), text, false})
			case k == maxOfTurn:
				lines = append(lines, printedLine{t.by(i), fmt.Sprintf("and %s more", plural(len(t.linesOf(i))-maxOfTurn, "line")), true})
			}
		}
	}
	if left > 0 {
		lines = append(lines, printedLine{"…", plural(left, "more line"), true})
	}
	return lines
}

// foldAt is the fold that begins with turn i.
func (t *timeline) foldAt(i int) *block {
	if t.slotted(i) && t.places[i-t.s.From].system < 0 {
		if _, b := t.blockOf(i); b != nil && b.fold != nil && i >= b.turns[0] {
			return b
		}
	}
	return nil
}

// linesOf is what turn i printed, by lines, without those that are empty.
func (t *timeline) linesOf(i int) []string {
	var text []byte
	for _, p := range t.s.PrintsOf(i) {
		text = append(text, t.s.TextOf(p)...)
	}
	if len(text) == 0 {
		return nil
	}
	var lines []string
	for line := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		if len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, string(line[:min(len(line), maxText)]))
		}
	}
	return lines
}

// by is who printed: the number of a turn, before or after.
func (t *timeline) by(i int) string {
	turn := &t.s.Turns[i]
	switch {
	case turn.Number > 0:
		return strconv.Itoa(int(turn.Number))
	case turn.Handle == trace.Phase && turn.Phase == engine.PhaseAfter:
		return "after"
	case turn.Handle == trace.Phase:
		return "before"
	}
	return ""
}

// drawOutput draws what was printed in two columns, by turn.
func (t *timeline) drawOutput() {
	lines := t.output()
	if len(lines) == 0 {
		return
	}
	d := t.d
	t.top += 20
	d.label(bold, 14, float64(t.top), 400, atStart, "printed, by turn")
	t.top += 5
	half := (len(lines) + 1) / 2
	for k, l := range lines {
		x, y := 14.0, float64(t.top+printedHeight*(k%half+1))
		if k >= half {
			x += columnWidth
		}
		f := mono
		if l.note {
			f = note
		}
		if k == 0 || k == half || lines[k-1].by != l.by {
			d.label(bold, x+44, y, 44, atEnd, l.by)
		}
		d.label(f, x+54, y, columnWidth-64, atStart, l.text)
		if k%4 == 3 {
			d.raw("\n")
		}
	}
	d.raw("\n")
	t.top += printedHeight*half + 4
}
