package picture

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// Sizes of the charts below the lanes.
const (
	chartMargin = 58 // for the means, at the right
	chartArea   = 40 // of 62, for the line
	maxCharts   = 6
)

// chart is how full an object was, or what a shared variable was, under the lanes: a step stands under the turn that made it.
type chart struct {
	name, under string
	steps       []chartStep
	low, high   float64
	most        int64 // what fits; 0: there is no such bound, or it is out of sight
	bars        bool  // it is had by one or nobody: who has it stands in a bar
	waits       bool  // somebody waits in its line at some time: that is drawn, too
	mean        [2]string
	height      int
}

// chartStep is what it is from a mark on.
type chartStep struct {
	mark  trace.Mark
	at    int64 // loop time
	value float64
	text  string  // bars: who has it
	line  float64 // how many wait
}

// chartKind is how a kind of object is charted: %d is how much fits.
type chartKind struct {
	kind   engine.Kind
	under  string
	bound  string // in place of under, where there is a bound
	bars   string // what stands in a bar: %s is who made it so; empty: a line
	shares string // what the mean is called where it is told as a part of what fits; empty: it is not
	waits  bool   // how many wait is drawn, too
}

// chartKinds is the kinds of objects with a chart; where there are too many, those of the first kinds are drawn.
var chartKinds = []chartKind{
	{engine.KindQueue, "items", "items; full at %d", "", "", false},
	{engine.KindSemaphore, "holders", "holders, of %d", "", "in use", false},
	{engine.KindResource, "in use", "in use, of %d", "", "in use", true},
	{engine.KindContainer, "level", "level, of %d", "", "", true},
	{engine.KindStore, "items", "items; full at %d", "", "", true},
	{engine.KindRWLock, "holders", "holders", "", "", false},
	{engine.KindBarrier, "tasks in it", "tasks in it, of %d", "", "", false},
	{engine.KindLock, "held by", "held by", "%s", "in use", false},
	{engine.KindEvent, "event", "event", "set", "set", false},
}

// chartsOf is the charts of a scene: of the objects and the numeric shared variables that are asked for, or, where nothing is said,
// of all objects.
func chartsOf(s *trace.Scene, o Options) []chart {
	var charts []chart
	for _, kind := range chartKinds {
		for i := range s.Tracks {
			track := &s.Tracks[i]
			name := track.Base()
			if track.Kind == kind.kind && (o.Values == nil || asked(o.Values, name)) && (len(charts) < maxCharts || o.All) {
				charts = append(charts, objectChart(s, track, &kind, clean(name)))
			}
		}
	}
	for i := range s.Variables {
		v := &s.Variables[i]
		if engine.Space(v.Space) == engine.SharedVar && slices.Contains(o.Values, v.Name) {
			if c, ok := variableChart(s, v); ok {
				charts = append(charts, c)
			}
		}
	}
	return charts
}

// asked reports whether an object is asked for: by its name, or by that of the list that it is in.
func asked(names []string, name string) bool {
	list, _, _ := strings.Cut(name, "[")
	return slices.Contains(names, name) || slices.Contains(names, list)
}

func objectChart(s *trace.Scene, track *trace.Track, kind *chartKind, name string) chart {
	c := chart{name: name, under: kind.under, most: track.Capacity, bars: kind.bars != "", height: 62}
	if track.Capacity > 0 {
		c.under = strings.ReplaceAll(kind.bound, "%d", strconv.FormatInt(track.Capacity, 10))
	}
	c.steps = append(c.steps, chartStep{trace.Mark(2 * s.From), startOf(s), float64(track.Initial), "", 0})
	for _, l := range track.Levels {
		step := chartStep{l.Mark, s.TimeOf(l.Rec), float64(l.Level), "", 0}
		if kind.waits {
			step.line = float64(l.Waiting)
			c.waits = c.waits || l.Waiting > 0
		}
		if c.bars && l.Level > 0 {
			step.text = strings.ReplaceAll(kind.bars, "%s", clean(s.Name(l.Who)))
		}
		c.add(step)
	}
	if c.bars {
		c.height = laneHeight
	}
	mean, ok := c.meanUntil(endOf(s))
	switch {
	case !ok:
	case kind.shares != "" && track.Capacity > 0:
		c.mean = [2]string{kind.shares, strconv.FormatFloat(math.Round(1000*mean/float64(track.Capacity))/10, 'f', -1, 64) + " %"}
	default:
		c.mean = [2]string{"mean", strconv.FormatFloat(math.Round(100*mean)/100, 'f', -1, 64)}
	}
	c.scale()
	return c
}

// variableChart is the chart of a shared variable whose values are numbers.
func variableChart(s *trace.Scene, v *trace.Variable) (chart, bool) {
	c := chart{name: clean(v.Name), under: "shared", height: 62}
	for _, change := range v.Changes {
		x, err := strconv.ParseFloat(change.New, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return c, false
		}
		step := chartStep{change.Mark, s.TimeOf(change.Rec), x, "", 0}
		if old, err := strconv.ParseFloat(change.Old, 64); len(c.steps) == 0 {
			if err != nil || change.Read {
				old = x
			}
			c.steps = append(c.steps, chartStep{trace.Mark(2 * s.From), startOf(s), old, "", 0})
		}
		c.add(step)
	}
	if mean, ok := c.meanUntil(endOf(s)); ok {
		c.mean = [2]string{"mean", strconv.FormatFloat(math.Round(100*mean)/100, 'f', -1, 64)}
	}
	c.scale()
	return c, len(c.steps) > 0
}

// add adds a step, unless nothing changes.
func (c *chart) add(step chartStep) {
	last := &c.steps[len(c.steps)-1]
	switch {
	case step.value == last.value && step.line == last.line && (step.value == 0 || !c.bars || step.text == last.text):
	case step.value == last.value && c.bars: // who has it does something else with it
	case step.mark <= last.mark:
		last.value, last.text, last.line = step.value, step.text, step.line
	default:
		c.steps = append(c.steps, step)
	}
}

// scale finds what is at the bottom and at the top.
func (c *chart) scale() {
	c.low, c.high = 0, 1
	for _, s := range c.steps {
		c.low, c.high = min(c.low, s.value), max(c.high, s.value, s.line)
	}
	if float64(c.most) > max(8, 4*c.high) || c.bars {
		c.most = 0
	}
	c.high = max(c.high, float64(c.most))
}

// meanUntil is the mean over time; false: no time passes.
func (c *chart) meanUntil(end int64) (mean float64, ok bool) {
	total := end - c.steps[0].at
	if total <= 0 {
		return 0, false
	}
	sum := 0.0
	for i, s := range c.steps {
		until := end
		if i+1 < len(c.steps) {
			until = c.steps[i+1].at
		}
		part := s.value * (float64(until-s.at) / float64(total))
		sum += float64(part) // rounded: no machine may fuse the two
	}
	return sum, true
}

// startOf and endOf are the loop times of the scene's beginning and end.
func startOf(s *trace.Scene) int64 {
	if s.From < len(s.Turns) {
		return s.At(s.From)
	}
	return 0
}

func endOf(s *trace.Scene) int64 {
	if s.To < len(s.Turns) {
		return s.At(max(s.To-1, 0))
	}
	return s.Result.Now
}

// drawChart draws a chart's part under system n, from y down.
func (t *timeline) drawChart(c *chart, n, y int) {
	d := t.d
	s := &t.systems[n]
	mid := float64(y + c.height/2)
	if !c.bars {
		mid = float64(y + 34)
	}
	d.label(bold, 14, mid+1, gutter-46, atStart, c.name)
	d.label(tiny, 14, mid+14, gutter-46, atStart, c.under)
	if c.waits {
		d.line("arw", 14, mid+22, 30, mid+22)
		d.label(tiny, 35, mid+25.5, gutter-67, atStart, "waiting")
	}
	if c.mean[0] != "" && n == len(t.systems)-1 {
		x := float64(min(s.right+8, t.right+8))
		d.label(tiny, x, mid-3, chartMargin-6, atStart, c.mean[0])
		d.label(small, x, mid+9, chartMargin-6, atStart, c.mean[1])
	}
	if c.bars {
		t.drawBars(c, n, mid)
	} else {
		t.drawLine(c, n, mid+chartArea/2)
	}
	d.raw("\n")
}

// parts calls f for each stretch of a chart in system n.
func (t *timeline) parts(c *chart, n int, f func(step *chartStep, from, to int)) {
	left, right := spot{n, laneStart}, spot{n, t.systems[n].right}
	k, _ := slices.BinarySearchFunc(c.steps, left, func(s chartStep, p spot) int {
		if t.at(s.mark, true).before(p) {
			return -1
		}
		return 1
	})
	for k = max(k-1, 0); k < len(c.steps); k++ {
		from, to := t.at(c.steps[k].mark, true), right
		if right.before(from) {
			return
		}
		if k+1 < len(c.steps) {
			if next := t.at(c.steps[k+1].mark, true); next.before(right) {
				to = next
			}
		}
		if from.before(left) {
			from = left
		}
		if from.before(to) {
			f(&c.steps[k], from.x, to.x)
		}
	}
}

// drawBars draws who has it.
func (t *timeline) drawBars(c *chart, n int, y float64) {
	t.d.line("grid", laneStart, y, float64(t.systems[n].right), y)
	t.parts(c, n, func(step *chartStep, from, to int) {
		if step.value == 0 {
			return
		}
		x, w := float64(from), float64(to-from)
		t.d.begin(c.name + ": " + step.text + ", from " + trace.Clock(step.at))
		t.d.rect("wtc", x, y-8, w, 16, 2)
		if shown, cut := waiting.clip(step.text, w-8); !cut || w > 60 {
			t.d.label(waiting, x+w/2, y+4, w-8, atMiddle, shown)
		}
		t.d.end()
	})
}

// drawLine draws how full it is, from the line base up.
func (t *timeline) drawLine(c *chart, n int, base float64) {
	d := t.d
	right := float64(t.systems[n].right)
	height := func(v float64) float64 { return base - math.Round(chartArea*((v-c.low)/(c.high-c.low))) }
	line := []any{"M", laneStart, height(0)}
	t.parts(c, n, func(step *chartStep, from, to int) { line = append(line, "V", height(step.value), "H", to) })
	if len(line) == 3 {
		return
	}
	area := append(slices.Clone(line), "V", height(0), "z")
	line[2] = line[4]
	d.path("area", area...)
	d.path("step", append(line[:3:3], line[5:]...)...)
	if c.waits {
		var queued []any
		line := 0.0
		t.parts(c, n, func(step *chartStep, from, to int) {
			was := line
			if line = step.line; line == 0 && was == 0 {
				return // nobody waits: there is no line
			}
			switch {
			case was == 0 && from == laneStart: // they have waited since before
				queued = append(queued, "M", from, height(line))
			case was == 0:
				queued = append(queued, "M", from, height(0))
			}
			if queued = append(queued, "V", height(line)); line > 0 {
				queued = append(queued, "H", to)
			}
		})
		if queued != nil {
			d.path("arw", queued...)
		}
	}
	for _, v := range c.ticks() {
		text := strconv.FormatFloat(v, 'f', -1, 64)
		d.line("grid", laneStart, height(v), right, height(v))
		d.label(tiny, laneStart-4, height(v)+3.5, 42, atEnd, text)
	}
	if c.most > 0 {
		d.line("cap", laneStart, height(float64(c.most)), right, height(float64(c.most)))
	}
}

// ticks is the values with a line of their own.
func (c *chart) ticks() []float64 {
	if c.high <= 3 && c.low == 0 {
		return []float64{0, 1, 2, 3}[:int(c.high)+1]
	}
	if c.low < 0 && c.high > 0 {
		return []float64{c.low, 0, c.high}
	}
	return []float64{c.low, c.high}
}
