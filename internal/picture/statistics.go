package picture

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/numeral"
)

// Statistic is what a run's statistics say of one thing, such as the waits for a desk.
type Statistic struct {
	Name   string // as expressions call it: desk.wait
	Unit   string // of its values; empty: they are plain numbers
	Lasts  bool   // its values last: a histogram is of times, not of counts
	Whole  bool   // its values are whole numbers
	Fields []engine.StatValue
	States []State // of a metric that has states: they are drawn in place of a histogram
	engine.StatDetail
}

// State is how much of the time a state lasted, as a part of all and in the unit of times, and how often it began.
type State struct {
	Name                 string
	Share, Time, Entries float64
}

// Measured is the statistics of a run that are drawn, each in a panel of its own.
type Measured struct {
	Scenario string
	Unit     string // of times
	List     []Statistic
}

// Sizes of panels.
const (
	panelLeft  = 84.0 // the numbers of the axis that goes up are left of it
	panelRight = timelineWidth - 40.0
	panelPlot  = 150.0
	panelMore  = 64.0 // how wide what lies outside the bins is
	panelSpace = 32.0
	maxPanels  = 12
	maxBars    = 400 // more would be narrower than anybody sees: neighbours are drawn as one
	labelRow   = 14.0
)

// panelStyle is the classes of panels besides those of all pictures.
const panelStyle = "\nsvg .o{font-size:9.5px;stroke:var(--bg);stroke-width:3px;paint-order:stroke;stroke-linejoin:round}\n" +
	".bar{fill:var(--wait)}.mean,.quant{stroke:var(--fg);stroke-width:1.5;fill:none}.quant{stroke:var(--mut);stroke-dasharray:5 3}"

// panels draws statistics, one below the other.
type panels struct {
	d   *svg
	m   *Measured
	top float64
}

// drawPanels draws each statistic with draw, below a heading.
func drawPanels(m *Measured, o Options, what, note string, draw func(p *panels, s *Statistic) string) []byte {
	p := panels{d: newSVG(timelineWidth), m: m, top: 28}
	title := o.Title
	if title == "" {
		title = m.Scenario + ": " + what
	}
	p.d.label(heading, 14, p.top, timelineWidth-28, atStart, title)
	p.top += 18
	p.words(small, note)
	list := m.List
	if !o.All {
		list = list[:min(len(list), maxPanels)]
	}
	var told []string
	for i := range list {
		p.top += panelSpace
		told = append(told, draw(&p, &list[i]))
	}
	if left := len(m.List) - len(list); left > 0 {
		p.top += panelSpace
		p.words(plain, fmt.Sprintf("+ %s that are not drawn: choose with --values, or take all with --all", plural(left, "other")))
	}
	for _, text := range o.Foot {
		p.top += 4
		p.words(plain, text)
	}
	return p.d.bytes(page{Title: title, Desc: escapeWords(told), Height: p.top + 10, Theme: o.Theme, Style: panelStyle})
}

// escapeWords is sentences as one text without what cannot be shown. clean shortens each of them alone.
func escapeWords(sentences []string) string {
	for i, s := range sentences {
		var parts []string
		for part := range strings.SplitSeq(s, "; ") {
			parts = append(parts, clean(part))
		}
		sentences[i] = strings.Join(parts, "; ")
	}
	return strings.Join(sentences, " ")
}

// words draws a text in as many lines as it needs.
func (p *panels) words(f font, text string) {
	for _, line := range f.wrap(text, timelineWidth-28) {
		p.d.label(f, 14, p.top, timelineWidth-28, atStart, line)
		p.top += 16
	}
}

// head draws the name of a statistic and its numbers, and returns them in words.
func (p *panels) head(s *Statistic) string {
	p.d.label(bold, 14, p.top, timelineWidth-28, atStart, s.Name)
	p.top += 16
	numbers := s.numbers()
	p.words(small, numbers)
	return clean(s.Name) + ": " + numbers
}

// Value is a field; NaN: it has none of that name.
func (s *Statistic) Value(name string) float64 {
	for _, f := range s.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return math.NaN()
}

// numbers is the fields of a statistic that can be told, in one line.
func (s *Statistic) numbers() string {
	var parts []string
	add := func(name, shown string) {
		if x := s.Value(name); !math.IsNaN(x) {
			text := shown + " " + amount(x, s.Unit)
			if half := s.Value("ci"); name == "mean" && !math.IsNaN(half) {
				text = shown + " " + numeral.Brief(x) + " ± " + amount(half, s.Unit)
			}
			parts = append(parts, text)
		}
	}
	if rate := s.Value("rate"); !math.IsNaN(rate) {
		parts = append(parts, "count "+many(s.Value("count")), "rate "+numeral.Brief(rate))
	} else if n := s.Value("count"); !math.IsNaN(n) {
		parts = append(parts, counted(n))
	}
	for _, name := range []string{"mean", "sd", "min", "p50", "p95", "max"} {
		add(name, name)
	}
	for _, f := range s.Fields {
		switch {
		case strings.HasPrefix(f.Name, "share ") && !math.IsNaN(f.Value):
			parts = append(parts, numeral.Percent(f.Value)+" up to "+strings.TrimPrefix(f.Name, "share "))
		case isQuantile(f.Name) && !slices.Contains(engine.TallyFields, f.Name):
			add(f.Name, f.Name)
		}
	}
	return strings.Join(parts, " · ")
}

// counted is how many values there are.
func counted(n float64) string {
	if n == 1 {
		return "1 value"
	}
	return many(n) + " values"
}

// many is a whole number that may be great.
func many(n float64) string {
	if n >= 1<<53 {
		return numeral.Brief(n)
	}
	return numeral.Thousands(int64(n))
}

// amount is a number with its unit.
func amount(x float64, unit string) string {
	text := numeral.Brief(x)
	switch {
	case math.IsInf(x, 1):
		text = "inf"
	case math.IsInf(x, -1):
		text = "-inf"
	}
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// isQuantile reports whether a field is a quantile: p75.
func isQuantile(name string) bool {
	digits, ok := strings.CutPrefix(name, "p")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// upright is an axis that goes up from base, and its scale.
type upright struct {
	base, high float64 // px
	low, top   float64 // the values at base and above it
	ticks      []float64
	step       float64
}

// newUpright is an axis on which there is room for all values, with 0.
func newUpright(base, high float64, values []float64, whole bool) upright {
	a := upright{base: base, high: high}
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			a.low, a.top = min(a.low, v), max(a.top, v)
		}
	}
	if a.low == a.top {
		a.top = 1
	}
	a.ticks, a.step = numeral.Ticks(a.low, a.top, int(high/22), whole)
	return a
}

// y is where a value stands.
func (a *upright) y(v float64) float64 { return a.base - float64(a.high*((v-a.low)/(a.top-a.low))) } // rounded: no machine may fuse the two

// grid draws a line at each of the round numbers.
func (a *upright) grid(d *svg, left, right float64) {
	for _, v := range a.ticks {
		d.line("grid", left, a.y(v), right, a.y(v))
	}
}

// numbers draws the round numbers, left of the panel.
func (a *upright) numbers(d *svg, text func(v float64) string) {
	for _, v := range a.ticks {
		d.label(tiny, panelLeft-6, a.y(v)+3.5, panelLeft-20, atEnd, text(v))
	}
}

// across is an axis that goes to the right, with round numbers below it.
type across struct {
	left, right float64 // px
	from, to    float64
}

func (a *across) x(v float64) float64 {
	return a.left + float64((a.right-a.left)*((v-a.from)/(a.to-a.from)))
}

// overEnds is how far a text may stand beyond the ends of an axis.
const overEnds = 24

// middle is where the middle of a tick's text is: below the tick, but not too far beyond the ends.
func (a *across) middle(v, half float64) float64 {
	return max(min(a.x(v), a.right+overEnds-half), a.left-overEnds+half)
}

// draw draws the ticks at values and their texts, below base.
func (a *across) draw(d *svg, base float64, ticks []float64, text func(v float64) string) {
	for _, v := range ticks {
		x, label := a.x(v), text(v)
		d.line("brk", x, base, x, base+4)
		d.label(tiny, a.middle(v, tiny.width(label)/2), base+15, a.right-a.left, atMiddle, label)
	}
}

// fits reports whether the texts of ticks have room beside each other.
func (a *across) fits(ticks []float64, text func(v float64) string) bool {
	end := math.Inf(-1)
	for _, v := range ticks {
		half := tiny.width(text(v)) / 2
		at := a.middle(v, half)
		if at-half < end+8 {
			return false
		}
		end = at + half
	}
	return true
}

// round is as many round numbers as have room.
func (a *across) round() (ticks []float64, text func(v float64) string) {
	for most := 12; most > 0; most-- {
		list, step := numeral.Ticks(a.from, a.to, most, false)
		text = func(v float64) string { return numeral.Tick(v, step) }
		if a.fits(list, text) {
			return list, text
		}
	}
	return nil, nil
}

// bar draws a bar from the axis's zero to a value; what is not nothing can be seen.
func (p *panels) bar(a *upright, x1, x2, value float64) {
	const least = 1
	zero, y := a.y(0), a.y(value)
	if value > 0 {
		y = min(y, zero-least)
	} else {
		y = max(y, zero+least)
	}
	class, gap := "fill", 0.0
	switch w := x2 - x1; {
	case w < 4:
		class = "bar"
	case w > 12:
		gap = 1
	}
	p.d.rect(class, x1+gap, min(y, zero), max(x2-x1-2*gap, 0.5), math.Abs(y-zero), 0)
}
