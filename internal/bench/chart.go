package main

import (
	"bytes"
	"fmt"
	"math"
)

// Sizes of the chart, which has one panel per series, side by side.
const (
	panelWidth, panelHeight = 380, 260
	marginLeft, marginTop   = 76, 48
	chartHeight             = marginTop + panelHeight + 56
)

// chartHead has colours that colour-blind readers can tell apart, too, on a light and on a dark page.
const chartHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" role="img" aria-labelledby="title desc">
<title id="title">Cost per event as workers and timers grow</title>
<desc id="desc">Nanoseconds an event, of runloop and of a bare Go loop; both axes are logarithmic. The numbers are in the table beside it.</desc>
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 14px }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.ours { stroke: #0969da; fill: #0969da }
.bare { stroke: #bc4c00; fill: #bc4c00 }
path { fill: none !important; stroke-width: 2 }
text.ours, text.bare { stroke: none; font-weight: 600 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.ours { stroke: #58a6ff; fill: #58a6ff }
.bare { stroke: #f0883e; fill: #f0883e }
}
</style>
`

// chart draws the series as SVG.
func chart(all []Series) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, chartHead, len(all)*(marginLeft+panelWidth)+32, chartHeight)
	low, high := bounds(all)
	for i, s := range all {
		p := panel{b: &b, left: float64(marginLeft + i*(marginLeft+panelWidth))}
		p.x = scale{math.Log10(float64(s.Points[0].N)), math.Log10(float64(s.Points[len(s.Points)-1].N))}
		p.y = scale{low, high}
		p.draw(s)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// scale is a range of an axis, as powers of ten.
type scale struct{ from, to float64 }

// at returns where x lies in the range, from 0 to 1.
func (s scale) at(x float64) float64 {
	if s.to == s.from {
		return 0.5
	}
	return (math.Log10(x) - s.from) / (s.to - s.from)
}

// bounds returns the powers of ten around all costs.
func bounds(all []Series) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range all {
		for _, p := range s.Points {
			low, high = min(low, p.Ours, p.Bare), max(high, p.Ours, p.Bare)
		}
	}
	return math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
}

// panel draws the axes and lines of one series.
type panel struct {
	b    *bytes.Buffer
	left float64
	x, y scale
}

func (p *panel) px(n float64) float64  { return p.left + p.x.at(n)*panelWidth }
func (p *panel) py(ns float64) float64 { return marginTop + (1-p.y.at(ns))*panelHeight }

func (p *panel) draw(s Series) {
	p.text(p.left, marginTop-24, "start", "title", "Nanoseconds an event, by "+s.Of)
	for e := p.y.from; e <= p.y.to; e++ {
		ns := math.Pow(10, e)
		p.line(p.left, p.py(ns), p.left+panelWidth, p.py(ns))
		p.text(p.left-8, p.py(ns)+4, "end", "", commas(fmt.Sprintf("%.0f", ns))+" ns")
	}
	for e := math.Ceil(p.x.from); e <= p.x.to; e++ {
		n := math.Pow(10, e)
		p.line(p.px(n), marginTop, p.px(n), marginTop+panelHeight)
		p.text(p.px(n), marginTop+panelHeight+20, "middle", "", short(n))
	}
	p.text(p.left+panelWidth/2, marginTop+panelHeight+42, "middle", "", s.Of)
	p.curve("ours", "runloop", s, func(q Point) float64 { return q.Ours }, -14)
	p.curve("bare", "bare Go loop", s, func(q Point) float64 { return q.Bare }, 24)
}

// curve draws one line through its points and writes its name off pixels below the middle points (above them if off is
// negative).
func (p *panel) curve(class, name string, s Series, of func(Point) float64, off float64) {
	fmt.Fprintf(p.b, `<path class="%s" d="`, class)
	for i, q := range s.Points {
		fmt.Fprintf(p.b, "%s%.1f %.1f", map[bool]string{true: "M", false: " L"}[i == 0], p.px(float64(q.N)), p.py(of(q)))
	}
	p.b.WriteString("\"/>\n")
	for _, q := range s.Points {
		fmt.Fprintf(p.b, `<circle class="%s" cx="%.1f" cy="%.1f" r="3"><title>%s %s: %s ns</title></circle>`+"\n",
			class, p.px(float64(q.N)), p.py(of(q)), short(float64(q.N)), plural(s.Of, q.N), number(of(q)))
	}
	mid := len(s.Points) / 2
	y := p.py(of(s.Points[mid]))
	for _, q := range s.Points[max(mid-1, 0):min(mid+2, len(s.Points))] {
		if z := p.py(of(q)); (z < y) == (off < 0) {
			y = z
		}
	}
	p.text(p.px(float64(s.Points[mid].N)), y+off, "middle", class, name)
}

func (p *panel) line(x1, y1, x2, y2 float64) {
	fmt.Fprintf(p.b, `<line class="grid" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`+"\n", x1, y1, x2, y2)
}

func (p *panel) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(p.b, `<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`+"\n", x, y, anchor, class, text)
}
