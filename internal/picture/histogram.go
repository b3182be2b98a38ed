package picture

import (
	"fmt"
	"math"
	"slices"

	"runloop/engine"
	"runloop/internal/numeral"
)

// Histograms draws the histograms of statistics: bars over the values, how often or how long they were, what lies below and above
// the bins, the mean and the quantiles.
func Histograms(m *Measured, o Options) ([]byte, error) {
	return drawPanels(m, o, "histograms", "A bar is as high as there are values between its two sides; of what lasts, such as the length of a line, "+
		"as much of the time as it was that.", (*panels).histogram), nil
}

// bin is a bar of a histogram.
type bin struct {
	from, to float64 // -Inf: below all bins; Inf: above
	n        float64
	one      bool // it is of one whole number
}

// binsOf is the bars of a histogram: those below and above only where something is in them.
func (s *Statistic) binsOf() (below, above *bin, bins []bin) {
	h := &s.Histogram
	if n := h.Counts[0]; n > 0 {
		below = &bin{from: math.Inf(-1), to: h.From, n: n}
	}
	if n := h.Counts[h.Bins+1]; n > 0 {
		above = &bin{from: h.To, to: math.Inf(1), n: n}
	}
	group := (h.Bins + maxBars - 1) / maxBars
	for i := 0; i < h.Bins; i += group {
		last := min(i+group, h.Bins)
		b := bin{from: h.Border(i), to: h.Border(last), one: s.ones()}
		for _, n := range h.Counts[i+1 : last+1] {
			b.n += n
		}
		bins = append(bins, b)
	}
	return below, above, bins
}

// ones reports whether each bin is of one whole number.
func (s *Statistic) ones() bool {
	h := &s.Histogram
	return s.Whole && h.From == math.Trunc(h.From) && h.To-h.From == float64(h.Bins) && h.Bins <= maxBars
}

// where is a bin in words.
func (b *bin) where(unit string) string {
	switch {
	case math.IsInf(b.from, -1):
		return "below " + amount(b.to, unit)
	case math.IsInf(b.to, 1):
		return "from " + amount(b.from, unit) + " on"
	case b.one:
		return amount(b.from, unit)
	}
	return numeral.Brief(b.from) + " to " + amount(b.to, unit)
}

// histogram draws one and returns it in words.
func (p *panels) histogram(s *Statistic) string {
	told := p.head(s)
	if s.States != nil {
		return told + p.states(s)
	}
	h := &s.Histogram
	all := 0.0
	for _, n := range h.Counts {
		all += n
	}
	if all == 0 {
		text := "no values: nothing was observed"
		if s.Lasts {
			text = "no time has passed"
		}
		p.d.label(note, panelLeft, p.top+4, timelineWidth, atStart, text)
		p.top += 8
		return told + " " + text + "."
	}
	below, above, bins := s.binsOf()
	axis := across{panelLeft, panelRight, h.From, h.To}
	if below != nil {
		axis.left += panelMore + 10
	}
	if above != nil {
		axis.right -= panelMore + 10
	}
	marks := s.marks(&axis)
	base := p.top + float64(marks.rows)*labelRow + 16 + panelPlot
	values := make([]float64, 0, len(bins)+2)
	most := 0.0
	every := bins
	if below != nil {
		every = append([]bin{*below}, every...)
	}
	if above != nil {
		every = append(every[:len(every):len(every)], *above)
	}
	for _, b := range every {
		if s.Lasts {
			b.n /= all
			b.n *= 100
		}
		values, most = append(values, b.n), max(most, b.n)
	}
	up := newUpright(base, panelPlot, values, !s.Lasts)
	upText := func(v float64) string {
		if s.Lasts {
			return numeral.Tick(v, up.step) + " %"
		}
		return numeral.Tick(v, up.step)
	}
	for _, part := range p.parts(&axis, below, above) {
		up.grid(p.d, part[0], part[1])
	}
	up.numbers(p.d, upText)
	what := "values"
	if s.Lasts {
		what = "of the time"
	}
	p.d.label(tiny, panelLeft-6, p.top, panelLeft-20, atEnd, what)
	marks.lines(p.d, p.top, base)
	p.d.raw("\n")
	labels := p.barLabels(s, every, all, &axis)
	for i, b := range every {
		x1, x2 := p.place(&b, &axis)
		if b.n > 0 {
			p.d.begin(s.binWords(&b, all))
			p.bar(&up, x1, x2, values[i])
			if labels[i] != "" {
				p.d.label(overBar, (x1+x2)/2, up.y(values[i])-5, x2-x1+4, atMiddle, labels[i])
			}
			p.d.end()
		}
	}
	marks.labels(p.d, p.top)
	for _, part := range p.parts(&axis, below, above) {
		p.d.line("brk", part[0], base, part[1], base)
	}
	ticks, text := s.ticks(&axis)
	axis.draw(p.d, base, ticks, text)
	if below != nil {
		p.d.label(tiny, panelLeft+panelMore/2, base+15, panelMore, atMiddle, "below")
	}
	if above != nil {
		p.d.label(tiny, panelRight-panelMore/2, base+15, panelMore, atMiddle, "above")
	}
	p.top = base + 18
	if s.Unit != "" {
		p.top += 12
		p.d.label(small, (axis.left+axis.right)/2, p.top, axis.right-axis.left, atMiddle, "in "+s.Unit)
	}
	p.d.raw("\n")
	return told + s.inWords(every, all)
}

// Sizes of the bars of states.
const (
	stateRow  = 22.0
	stateName = 200.0
	stateText = 210.0
)

// states draws how much of the time each state had, a bar to the right for each, and returns it in words.
func (p *panels) states(s *Statistic) string {
	left, right := 14+stateName+10, timelineWidth-14-stateText
	if len(s.States) == 0 {
		p.d.label(note, panelLeft, p.top+4, timelineWidth, atStart, "no state: nothing was observed")
		p.top += 8
		return " no state."
	}
	most := 0.0
	for _, x := range s.States {
		if x.Share <= 1 { // NaN: no time has passed
			most = max(most, x.Share)
		}
	}
	told := ""
	for _, x := range s.States {
		words := x.words(p.m.Unit)
		y := p.top + 4
		p.d.begin(clean(x.Name) + ": " + words)
		p.d.label(plain, left-10, y+4, stateName, atEnd, x.Name)
		end := left
		if x.Share > 0 {
			end += max(float64((right-left)*(x.Share/most)), 1)
			p.d.rect("fill", left, y-8, end-left, 16, 0)
		}
		p.d.label(small, end+8, y+4, stateText, atStart, words)
		p.d.end()
		told += "; " + clean(x.Name) + ": " + words
		p.top += stateRow
	}
	p.d.line("brk", left, p.top-stateRow*float64(len(s.States))-8, left, p.top-4)
	p.d.raw("\n")
	p.top -= 4
	return told + "."
}

// words is a state's part of the time.
func (x *State) words(unit string) string {
	if math.IsNaN(x.Share) {
		return "no time has passed"
	}
	times := " times"
	if x.Entries == 1 {
		times = " time"
	}
	return numeral.Percent(x.Share) + " of the time, " + amount(x.Time, unit) + ", " + many(x.Entries) + times
}

// ticks is where the axis is marked: at the borders of few bins, below the middle of bins of one number, else at round numbers.
func (s *Statistic) ticks(axis *across) (ticks []float64, text func(v float64) string) {
	h := &s.Histogram
	if s.ones() {
		for every := 1; ; every = int(numeral.Round(float64(every + 1))) {
			ticks = nil
			for i := 0; i < h.Bins; i += every {
				ticks = append(ticks, h.Border(i)+0.5)
			}
			text = func(v float64) string { return numeral.Tick(v-0.5, 1) }
			if axis.fits(ticks, text) || len(ticks) == 1 {
				return ticks, text
			}
		}
	}
	for i := range h.Bins + 1 {
		ticks = append(ticks, h.Border(i))
	}
	if h.Bins <= 12 && axis.fits(ticks, numeral.Brief) {
		return ticks, numeral.Brief
	}
	if ticks, text = axis.round(); text != nil {
		return ticks, text
	}
	return []float64{h.From, h.To}, numeral.Brief // the ends at least
}

// parts is the stretches of the axis: of the bins, and of what lies outside.
func (p *panels) parts(a *across, below, above *bin) [][2]float64 {
	list := [][2]float64{{a.left, a.right}}
	if below != nil {
		list = append(list, [2]float64{panelLeft, panelLeft + panelMore})
	}
	if above != nil {
		list = append(list, [2]float64{panelRight - panelMore, panelRight})
	}
	return list
}

// place is where a bar begins and ends.
func (p *panels) place(b *bin, a *across) (x1, x2 float64) {
	switch {
	case math.IsInf(b.from, -1):
		return panelLeft + 8, panelLeft + panelMore - 8
	case math.IsInf(b.to, 1):
		return panelRight - panelMore + 8, panelRight - 8
	}
	return a.x(b.from), a.x(b.to)
}

// barLabels is what stands over the bars: nothing where not all of them have room for it.
func (p *panels) barLabels(s *Statistic, bins []bin, all float64, a *across) []string {
	list := make([]string, len(bins))
	for i, b := range bins {
		if b.n == 0 {
			continue
		}
		if list[i] = many(b.n); s.Lasts {
			list[i] = numeral.Percent(b.n / all)
		}
		if x1, x2 := p.place(&b, a); overBar.width(list[i]) > x2-x1+2 {
			return make([]string, len(bins))
		}
	}
	return list
}

// binWords is a bar's tooltip.
func (s *Statistic) binWords(b *bin, all float64) string {
	if s.Lasts {
		return fmt.Sprintf("%s: %s of the time", b.where(s.Unit), numeral.Percent(b.n/all))
	}
	return fmt.Sprintf("%s: %s, %s", b.where(s.Unit), counted(b.n), numeral.Percent(b.n/all))
}

// inWords tells the bars in which something is, or, where they are many, the highest.
func (s *Statistic) inWords(bins []bin, all float64) string {
	bins = slices.DeleteFunc(slices.Clone(bins), func(b bin) bool { return b.n == 0 })
	if len(bins) > maxTold {
		highest := slices.MaxFunc(bins, func(a, b bin) int {
			switch {
			case a.n < b.n:
				return -1
			case a.n > b.n:
				return 1
			}
			return 0
		})
		return fmt.Sprintf("; %d bars, the highest: %s.", len(bins), s.binWords(&highest, all))
	}
	text := ""
	for _, b := range bins {
		text += "; " + s.binWords(&b, all)
	}
	return text + "."
}

// histogramMarks is values that are marked in a histogram, and the rows that their names need.
type histogramMarks struct {
	list []histogramMark
	rows int
}

type histogramMark struct {
	names string
	value string
	class string
	x     float64
	label float64 // the middle of the text
	row   int
}

func (m *histogramMark) text() string { return m.names + " " + m.value }

// marks is the mean and the quantiles that lie in the bins.
func (s *Statistic) marks(a *across) (m histogramMarks) {
	add := func(name, class string) {
		x := s.Value(name)
		at := x
		if s.ones() {
			at += 0.5
		}
		value := numeral.Brief(x)
		if !(at >= a.from && at <= a.to) {
			return
		}
		for i := range m.list {
			if o := &m.list[i]; o.value == value {
				o.names += ", " + name
				return
			}
		}
		m.list = append(m.list, histogramMark{names: name, value: value, class: class, x: a.x(at)})
	}
	add("mean", "mean")
	add("p50", "quant")
	add("p95", "quant")
	extra := 0
	for _, f := range s.Fields {
		if isQuantile(f.Name) && !slices.Contains(engine.TallyFields, f.Name) && extra < 3 {
			extra++
			add(f.Name, "quant")
		}
	}
	for i := range m.list {
		k := &m.list[i]
		half := overBar.width(k.text()) / 2
		k.label = min(max(k.x, panelLeft+half), panelRight-half)
		for slices.ContainsFunc(m.list[:i], func(o histogramMark) bool {
			return o.row == k.row && math.Abs(o.label-k.label) < half+overBar.width(o.text())/2+6
		}) {
			k.row++
		}
		m.rows = max(m.rows, k.row+1)
	}
	return m
}

// lines draws them from below their names to the axis.
func (m *histogramMarks) lines(d *svg, top, base float64) {
	for _, k := range m.list {
		d.line(k.class, k.x, top+float64(k.row)*labelRow+3, k.x, base)
	}
}

func (m *histogramMarks) labels(d *svg, top float64) {
	for _, k := range m.list {
		d.begin(k.text())
		d.label(overBar, k.label, top+float64(k.row)*labelRow, timelineWidth, atMiddle, k.text())
		d.end()
	}
}

// Bins is 10 to 25 bins with round bounds for values from low to high, of which 99 % are not above usual; whole numbers have
// bins that are no narrower than 1. Where few values lie far above the others the bins end before them.
func Bins(low, high, usual float64, whole bool) engine.Histogram {
	if usual > 0 && high > 3*usual {
		high = 1.5 * usual
	}
	same := high-low <= 1e-9*max(math.Abs(low), math.Abs(high))
	switch {
	case low >= 0 && (low <= high/2 || same):
		low = 0
	case high <= 0 && (high >= low/2 || same):
		high = 0
	}
	if low == high { // both are 0
		high = 1
	}
	most := 25.0
	if same {
		most = 5
	}
	width := numeral.Round((high - low) / most)
	if whole {
		width = max(width, 1)
	}
	first := math.Floor(low / width)
	bins := math.Floor(high/width+1e-9) - first + 1
	return engine.Histogram{From: numeral.Multiple(first, width), To: numeral.Multiple(first+bins, width), Bins: int(bins)}
}
