package picture

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/numeral"
)

// Slots draws what statistics were in slots of time: a bar for each slot over the loop time, or over the time of a cycle.
func Slots(m *Measured, o Options) ([]byte, error) {
	return drawPanels(m, o, "slots of time", "A bar stands over its slot of the loop time: single values count in the slot in which they come, "+
		"durations in the one in which they end.", (*panels).slots), nil
}

// slotPlots is the fields of a slot that are drawn, and how high: the first rows whose field there is.
var slotPlots = []struct {
	field string
	high  float64
	whole bool
}{{"mean", 110, false}, {"count", 70, true}}

// slots draws the slots of a statistic and returns them in words.
func (p *panels) slots(s *Statistic) string {
	told := p.head(s)
	if len(s.Windows) == 0 {
		p.d.label(note, panelLeft, p.top+4, timelineWidth, atStart, "no slots: no time has passed")
		p.top += 8
		return told + " no slots."
	}
	first, last := s.Windows[0], s.Windows[len(s.Windows)-1]
	axis := across{panelLeft, panelRight, first.From, max(last.To, first.From)}
	if axis.to == axis.from {
		axis.to++
	}
	groups := grouped(s.Windows)
	drawn := false
	for _, plot := range slotPlots {
		if !slices.ContainsFunc(first.Fields, func(f engine.StatValue) bool { return f.Name == plot.field }) {
			continue
		}
		if drawn {
			p.top += 4
		}
		drawn = true
		p.slotPlot(s, plot.field, plot.high, plot.whole, groups, &axis)
	}
	p.slotAxis(s, &axis)
	return told + s.slotWords()
}

// grouped is the slots by bars: more than can be seen are drawn as the stretch between the least and the greatest of neighbours.
func grouped(slots []engine.StatSlot) [][]engine.StatSlot {
	return slices.Collect(slices.Chunk(slots, (len(slots)+maxBars-1)/maxBars))
}

// slotPlot draws one field of all slots.
func (p *panels) slotPlot(s *Statistic, field string, high float64, whole bool, groups [][]engine.StatSlot, axis *across) {
	name := field
	if len(groups) < len(s.Windows) {
		name += ", least to greatest of " + plural(len(groups[0]), "slot")
	}
	p.d.label(tiny, panelLeft, p.top, timelineWidth, atStart, name)
	base := p.top + 18 + high
	var values []float64
	for _, slot := range s.Windows {
		values = append(values, slotValue(&slot, field))
	}
	up := newUpright(base, high, values, whole)
	up.grid(p.d, axis.left, axis.right)
	up.numbers(p.d, func(v float64) string { return numeral.Tick(v, up.step) })
	p.d.raw("\n")
	labels := slotLabels(groups, field, axis)
	for i, g := range groups {
		low, top := math.Inf(1), math.Inf(-1)
		for _, slot := range g {
			if x := slotValue(&slot, field); !math.IsNaN(x) && !math.IsInf(x, 0) {
				low, top = min(low, x), max(top, x)
			}
		}
		x1, x2 := axis.x(g[0].From), axis.x(g[len(g)-1].To)
		if x := slotValue(&g[0], field); math.IsInf(x, 0) && len(g) == 1 && x2-x1 > 24 { // no bar is so high
			p.d.begin(p.slotName(&g[0]) + ": " + s.slotText(&g[0]))
			p.d.label(overBar, (x1+x2)/2, up.y(0)-4, x2-x1, atMiddle, amount(x, ""))
			p.d.end()
		}
		if low > top || low == 0 && top == 0 {
			continue
		}
		p.d.begin(p.tooltip(s, g, field, low, top))
		if len(g) == 1 {
			p.bar(&up, x1, x2, top)
		} else {
			p.d.rect("bar", x1, up.y(top), max(x2-x1, 0.5), max(up.y(low)-up.y(top), 1), 0)
		}
		if labels[i] != "" {
			y := up.y(max(top, 0)) - 4
			p.d.label(overBar, (x1+x2)/2, y, x2-x1+4, atMiddle, labels[i])
		}
		p.d.end()
	}
	p.d.line("brk", axis.left, up.y(0), axis.right, up.y(0))
	p.d.raw("\n")
	p.top = base + 14
}

// slotValue is a field of a slot.
func slotValue(slot *engine.StatSlot, field string) float64 {
	for _, f := range slot.Fields {
		if f.Name == field {
			return f.Value
		}
	}
	return math.NaN()
}

// slotLabels is what stands over the bars: nothing where not all of them have room for it.
func slotLabels(groups [][]engine.StatSlot, field string, axis *across) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		x := slotValue(&g[0], field)
		if math.IsNaN(x) || math.IsInf(x, 0) || x == 0 {
			continue
		}
		if list[i] = numeral.Brief(x); field == "count" {
			list[i] = many(x)
		}
		if len(g) > 1 || overBar.width(list[i]) > axis.x(g[0].To)-axis.x(g[0].From)+2 {
			return make([]string, len(groups))
		}
	}
	return list
}

// name is how a slot is called.
func (p *panels) slotName(slot *engine.StatSlot) string {
	if slot.Label != "" {
		return slot.Label
	}
	return numeral.Brief(slot.From) + " to " + amount(slot.To, p.m.Unit)
}

// tooltip is the slots of a bar in words.
func (p *panels) tooltip(s *Statistic, g []engine.StatSlot, field string, low, top float64) string {
	if len(g) > 1 {
		return fmt.Sprintf("%s to %s: %s from %s to %s", p.slotName(&g[0]), p.slotName(&g[len(g)-1]), field, numeral.Brief(low), amount(top, s.Unit))
	}
	return p.slotName(&g[0]) + ": " + s.slotText(&g[0])
}

// slotText is the fields of a slot in words.
func (s *Statistic) slotText(slot *engine.StatSlot) string {
	var parts []string
	for _, f := range slot.Fields {
		switch {
		case math.IsNaN(f.Value):
		case f.Name == "count":
			parts = append(parts, "count "+many(f.Value))
		case f.Name == "rate" || f.Name == "sum":
			parts = append(parts, f.Name+" "+numeral.Brief(f.Value))
		default:
			parts = append(parts, f.Name+" "+amount(f.Value, s.Unit))
		}
	}
	return strings.Join(parts, ", ")
}

// slotWords tells the slots, or, where they are many, how many there are.
func (s *Statistic) slotWords() string {
	if len(s.Windows) > maxTold {
		return fmt.Sprintf("; %d slots.", len(s.Windows))
	}
	text := ""
	for i := range s.Windows {
		slot := &s.Windows[i]
		name := slot.Label
		if name == "" {
			name = "from " + numeral.Brief(slot.From)
		}
		text += "; " + name + ": " + s.slotText(slot)
	}
	return text + "."
}

// slotAxis draws the axis below the plots: what the clock shows, where it was said, or else the loop time.
func (p *panels) slotAxis(s *Statistic, axis *across) {
	base := p.top - 14
	cycle := s.Windows[0].Cycle
	title := "loop time in " + p.m.Unit
	switch {
	case s.Windows[0].Label != "" && cycle:
		title = "time on the clock, all cycles together"
	case s.Windows[0].Label != "":
		title = "time on the clock"
	case cycle:
		title = "time in the cycle in " + p.m.Unit
	}
	if s.Windows[0].Label != "" {
		day := oneDay(s.Windows)
		if day != "" {
			title = "time on " + day
		}
		p.clockTicks(s.Windows, day, axis, base)
	} else {
		ticks, text := timeTicks(axis, p.m.Unit)
		axis.draw(p.d, base, ticks, text)
	}
	p.top = base + 30
	p.d.label(small, (axis.left+axis.right)/2, p.top, axis.right-axis.left, atMiddle, title)
	p.d.raw("\n")
}

// oneDay is the day on which all slots begin; empty: they begin on several, or it is not said.
func oneDay(slots []engine.StatSlot) string {
	day, _, dated := strings.Cut(slots[0].Label, " ")
	if !dated || slots[0].Cycle || slices.ContainsFunc(slots, func(x engine.StatSlot) bool { return !strings.HasPrefix(x.Label, day+" ") }) {
		return ""
	}
	return day
}

// clockTicks draws what the clock shows where slots begin, without the day that all have: of as many slots as have room.
func (p *panels) clockTicks(slots []engine.StatSlot, day string, axis *across, base float64) {
	start, every := clockSteps(slots)
	for _, n := range every {
		var ticks []float64
		texts := map[float64]string{}
		midnight := day == ""
		for i := start % n; i < len(slots); i += n {
			ticks, texts[slots[i].From] = append(ticks, slots[i].From), slots[i].Label
			midnight = midnight && strings.HasSuffix(slots[i].Label, " 00:00")
		}
		text := func(v float64) string {
			if midnight {
				return strings.TrimSuffix(texts[v], " 00:00")
			}
			return strings.TrimPrefix(texts[v], day+" ")
		}
		if len(ticks) > 0 && (axis.fits(ticks, text) || len(ticks) == 1) {
			axis.draw(p.d, base, ticks, text)
			return
		}
	}
}

// clockSteps is the first slot that begins at midnight, or 0, and of how many slots one may be marked: parts of a day, and days.
func clockSteps(slots []engine.StatSlot) (start int, every []int) {
	midnight := func(x engine.StatSlot) bool {
		return x.Label == "00:00" || strings.HasSuffix(x.Label, " 00:00") || strings.HasSuffix(x.Label, "00:00:00")
	}
	start = max(slices.IndexFunc(slots, midnight), 0)
	perDay := slices.IndexFunc(slots[start+1:], midnight) + 1
	if perDay == 0 {
		perDay = len(slots) - start
	}
	for n := 1; n < perDay; n++ {
		if perDay%n == 0 || perDay == len(slots)-start {
			every = append(every, n)
		}
	}
	for _, days := range []int{1, 2, 3, 4, 5, 7, 14, 28, 56, 112, 224, 448, 896, 1792, 3584, 7168, 14336} {
		every = append(every, days*perDay)
	}
	return start, every
}

// sixties is the round steps of minutes, and hours is those of hours.
var (
	sixties = []float64{1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160}
	hours   = []float64{1, 2, 3, 4, 6, 12, 24, 48, 72, 168, 336}
)

// timeTicks is as many round times as have room: those of a clock where that is what counts.
func timeTicks(axis *across, unit string) ([]float64, func(v float64) string) {
	steps := map[string][]float64{"m": sixties, "h": hours}[unit]
	for _, step := range steps {
		if n := (axis.to - axis.from) / step; n > 16 || n < 3 {
			continue
		}
		var ticks []float64
		for k := math.Ceil(axis.from / step); k*step <= axis.to; k++ {
			ticks = append(ticks, k*step+0)
		}
		if text := func(v float64) string { return numeral.Tick(v, 1) }; axis.fits(ticks, text) {
			return ticks, text
		}
	}
	if ticks, text := axis.round(); text != nil {
		return ticks, text
	}
	return []float64{axis.from, axis.to}, numeral.Brief
}
