package picture

import "runloop/internal/trace"

// mark is something with a shape that the legend explains. A shape can be told from all others without its colour.
type mark uint8

const (
	markTask mark = iota
	markCallback
	markLoop
	markAsleep
	markReady
	markWaits
	markEnded
	markFailed
	markPending
	markStop
	markArrow
	markStale
	markLost
	markPrints
	marks
)

// legends is the words of the legend, and how the mark is drawn there: 22 wide, around (x, y).
var legends = [marks]struct {
	words string
	draw  func(s *svg, x, y float64)
}{
	markTask:     {"a task runs", func(s *svg, x, y float64) { s.taskBox(x, y, 22, 16, "") }},
	markCallback: {"a callback runs", func(s *svg, x, y float64) { s.callbackBox(x, y, 22, 16, "") }},
	markLoop:     {"the loop itself", func(s *svg, x, y float64) { s.diamond(x, y) }},
	markAsleep:   {"timer armed, asleep", func(s *svg, x, y float64) { s.span(trace.Asleep, x-10, y, x+10, y) }},
	markReady:    {"ready, in the queue", func(s *svg, x, y float64) { s.span(trace.Ready, x-10, y, x+10, y) }},
	markWaits:    {"waits for something", func(s *svg, x, y float64) { s.span(trace.Waits, x-10, y, x+10, y) }},
	markEnded:    {"ended", func(s *svg, x, y float64) { s.ended(x, y, 22) }},
	markFailed:   {"ended with an error", func(s *svg, x, y float64) { s.failed(x, y, 22) }},
	markPending:  {"goes on, or is pending", func(s *svg, x, y float64) { s.pending(x, y) }},
	markStop:     {"stops the loop", func(s *svg, x, y float64) { s.stop(x, y) }},
	markArrow:    {"makes ready", func(s *svg, x, y float64) { s.wakes("M", x-10, y, "H", x+10) }},
	markStale:    {"not what it wrote last", func(s *svg, x, y float64) { s.label(stale, x, y+4, 40, atMiddle, "7"); s.drawn[markStale] = true }},
	markLost:     {"overwrites what it had not read", func(s *svg, x, y float64) { s.label(stale, x, y+4, 40, atMiddle, "1→2"); s.drawn[markLost] = true }},
	markPrints:   {"prints", func(s *svg, x, y float64) { s.prints(x, y-2) }},
}

// spanClasses is how a state is drawn, and its mark.
var spanClasses = [...]struct {
	class string
	mark  mark
}{trace.Ready: {"rdy", markReady}, trace.Asleep: {"slp", markAsleep}, trace.Waits: {"wt", markWaits}}

// span draws what somebody does while it does not run, as a line.
func (s *svg) span(state trace.State, x1, y1, x2, y2 float64) {
	c := spanClasses[state]
	s.drawn[c.mark] = true
	if x1 == x2 {
		s.path(c.class, "M", x1, y1, "V", y2)
		return
	}
	s.line(c.class, x1, y1, x2, y2)
}

// taskBox draws a turn of a task, with its number, around (x, y).
func (s *svg) taskBox(x, y, w, h float64, number string) {
	s.box(markTask, "run", x, y, w, h, 3, number)
}

// callbackBox draws a turn of a callback.
func (s *svg) callbackBox(x, y, w, h float64, number string) {
	s.box(markCallback, "cb", x, y, w, h, h/2, number)
}

func (s *svg) box(m mark, class string, x, y, w, h, r float64, number string) {
	s.drawn[m] = true
	s.rect(class, x-w/2, y-h/2, w, h, r)
	s.label(inBox, x, y+4, max(w, inBox.width(number)), atMiddle, number)
}

// boxWidth is how wide a box is that has the number in it.
func boxWidth(number string) float64 { return max(24, inBox.width(number)+6) }

// diamond draws a turn of the loop itself.
func (s *svg) diamond(x, y float64) {
	s.drawn[markLoop] = true
	s.path("dia", "M", x, y-8, "l", 8, 8, "l", -8, 8, "l", -8, -8, "z")
}

// ended draws that a task ended: a bar across a lane that goes down.
func (s *svg) ended(x, y, w float64) {
	if s.across {
		s.endedAcross(x, y, 18)
		return
	}
	s.drawn[markEnded] = true
	s.path("end", "M", x-w/2, y, "h", w)
}

// endedAcross is ended for a lane that goes to the right.
func (s *svg) endedAcross(x, y, h float64) {
	s.drawn[markEnded] = true
	s.path("end", "M", x, y-h/2, "v", h)
}

// failed draws that a task ended with an error: the bar in red, and a cross.
func (s *svg) failed(x, y, w float64) {
	if s.across {
		s.failedAcross(x, y, 18)
		return
	}
	s.path("err", "M", x-w/2, y, "h", w)
	s.cross(x, y)
}

// failedAcross is failed for a lane that goes to the right.
func (s *svg) failedAcross(x, y, h float64) {
	s.path("err", "M", x, y-h/2, "v", h)
	s.cross(x, y)
}

func (s *svg) cross(x, y float64) {
	s.drawn[markFailed] = true
	s.path("err", "M", x-4, y-4, "l", 8, 8, "m", 0, -8, "l", -8, 8)
}

// pending draws that a task is not done where the picture ends.
func (s *svg) pending(x, y float64) {
	s.drawn[markPending] = true
	s.raw(`<circle class="open"`)
	s.attr("cx", x)
	s.attr("cy", y)
	s.raw(` r="4"/>`)
}

// stop draws that somebody stops the loop.
func (s *svg) stop(x, y float64) {
	s.drawn[markStop] = true
	s.path("stop", "M", x-3, y-7, "h", 6, "l", 4, 4, "v", 6, "l", -4, 4, "h", -6, "l", -4, -4, "v", -6, "z")
}

// prints draws below a box that its turn printed.
func (s *svg) prints(x, y float64) {
	s.drawn[markPrints] = true
	s.path("ink", "M", x-4, y, "h", 8, "l", -4, 4, "z")
}

// wakes draws an arrow from the turn that made somebody ready.
func (s *svg) wakes(parts ...any) {
	s.drawn[markArrow] = true
	s.arrow(parts...)
}

// legend explains the marks that were drawn, in lines of at most so many px, and is so high.
func (s *svg) legend(x, y, most float64) (height float64) {
	const row = 22
	drawn := s.drawn
	at, height := 0.0, float64(row)
	for m, l := range legends {
		if !drawn[m] {
			continue
		}
		w := 30 + small.width(l.words) + 16
		if at > 0 && at+w > most {
			at, height = 0, height+row
		}
		l.draw(s, x+at+11, y+height-row/2)
		s.label(small, x+at+28, y+height-row/2+4, w, atStart, l.words)
		at += w
	}
	s.raw("\n")
	return height
}
