package main

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/page"
	"runloop/internal/picture"
	"runloop/internal/report"
	"runloop/internal/trace"
)

// measuredSteps is seeSteps of statistics, of which there is no record that fills the memory.
const measuredSteps = "steps=50000000"

// measure is a form of `see` that shows statistics, not turns. Bounds of bins and slots that the scenario does not say are chosen:
// the scenario is run once to see where the values lie, and once more to count them there.
type measure struct {
	name   string                     // of --as: the word of `metrics`
	has    func(m *measured) bool     // whether it is asked for in `metrics`, or was then chosen
	keep   func(d *engine.StatDetail) // leaves nothing else
	of     []engine.MetricKind        // the kinds of metrics of which there is one
	levels bool                       // whether levels are shown that nobody names
	choose func(o *engine.StatOptions, of []measured, ended int64, p *engine.Program) bool
	svg    func(*picture.Measured, picture.Options) ([]byte, error)
	title  string
}

// measures is those forms, in the order of the help.
var measures = []measure{
	{
		name: "histogram", title: "Histograms", of: []engine.MetricKind{engine.MetricTally, engine.MetricLevel, engine.MetricStates}, choose: chooseBins, svg: picture.Histograms,
		has:  func(m *measured) bool { return m.Histogram.Bins > 0 },
		keep: func(d *engine.StatDetail) { d.Windows = nil },
	},
	{
		name: "windows", title: "Slots of time", levels: true, of: []engine.MetricKind{engine.MetricTally, engine.MetricLevel, engine.MetricCount}, choose: chooseSlots, svg: picture.Slots,
		has:  func(m *measured) bool { return m.Windows != nil },
		keep: func(d *engine.StatDetail) { d.Histogram = engine.StatHistogram{} },
	},
}

// measureNamed is the form of that name; nil: it is a form that shows turns.
func measureNamed(name string) *measure {
	for i := range measures {
		if measures[i].name == name {
			return &measures[i]
		}
	}
	return nil
}

// measured is a statistic of a run that may have a histogram or slots.
type measured struct {
	picture.Statistic
	kind, object, statistic string // what Program.Detail knows it by
	source                  *engine.Statistics
	declared                bool // `metrics` asks for it
}

// measuredOf lists the tallies and levels of a run, and the metrics that count or have states.
func measuredOf(list []engine.Statistics, unit string) []measured {
	var all []measured
	for i := range list {
		s := &list[i]
		name := report.Object(s)
		metric := slices.Contains(engine.MetricKindWords, s.Kind)
		add := func(statistic, unit string, lasts bool, fields []engine.StatValue, d engine.StatDetail) {
			m := measured{picture.Statistic{Name: name, Unit: unit, Lasts: lasts, Fields: fields, StatDetail: d}, s.Kind, s.Name, statistic, s, false}
			if !metric {
				m.Name += "." + statistic
				m.Whole = lasts && (s.Kind != engine.KindContainer.String() || statistic != "level")
			}
			all = append(all, m)
		}
		if s.Kind == engine.MetricKindWords[engine.MetricStates] {
			add("states", "", true, nil, engine.StatDetail{})
			all[len(all)-1].States = statesOf(s)
			continue
		}
		for j := range s.Tally {
			t, unit := &s.Tally[j], unit
			if metric {
				unit = s.Unit
			}
			add(t.Name, unit, false, t.Fields, t.StatDetail)
		}
		for j := range s.Level {
			add(s.Level[j].Name, s.Unit, true, s.Level[j].Fields, s.Level[j].StatDetail)
		}
		if s.Kind == engine.MetricKindWords[engine.MetricCount] {
			add("count", s.Unit, false, append([]engine.StatValue{{Name: "count", Value: float64(s.Counts[0].N)}}, s.Rates...), engine.StatDetail{Windows: s.Windows})
		}
	}
	return all
}

// statesOf is the states of a metric.
func statesOf(s *engine.Statistics) []picture.State {
	list := []picture.State{}
	for i, f := range s.Level[0].Fields {
		list = append(list, picture.State{Name: f.Name, Share: f.Value, Time: s.Level[1].Fields[i].Value, Entries: s.Level[2].Fields[i].Value})
	}
	return list
}

// can reports whether the form can show a statistic.
func (form *measure) can(m *measured) bool {
	kind := slices.Index(engine.MetricKindWords, m.kind)
	return kind < 0 && !strings.HasPrefix(m.statistic, "wait[") || kind >= 0 && slices.Contains(form.of, engine.MetricKind(kind))
}

// drawn reports whether there is something of a statistic to show.
func (form *measure) drawn(m *measured) bool { return form.can(m) && (form.has(m) || m.States != nil) }

// statisticNames is the names of the statistics of a program's objects, and of its metrics.
func statisticNames(p *engine.Program) []string {
	var names []string
	for i := range p.Objects {
		for _, s := range engine.StatNames(p.Objects[i].Kind) {
			if s.Class == engine.StatIsTally || s.Class == engine.StatIsLevel {
				names = append(names, p.Objects[i].Name+"."+s.Name)
			}
		}
	}
	for i := range p.Metrics {
		names = append(names, p.Metrics[i].Name)
	}
	return names
}

// named reports whether a word of --values means the statistic: by its name, or by that of its object or of the list that the
// object is in.
func (m *measured) named(word string) bool {
	plain, name := m.Name, m.Name
	if list, rest, ok := strings.Cut(m.Name, "["); ok {
		_, after, _ := strings.Cut(rest, "]")
		plain = list + after
	}
	return globs(word, name) || word == plain || strings.HasPrefix(name, word+".") || strings.HasPrefix(plain, word+".") || strings.HasPrefix(name, word+"[")
}

// varies reports whether it was not the same all the time.
func (m *measured) varies() bool {
	return m.statistic == "count" || len(m.States) > 1 || m.Value("min") < m.Value("max")
}

// chosen is the statistics that --values names, or where it is not given those that the scenario asks for, or else all values
// that were not always the same.
func (f *seeFlags) chosen(cmd *cobra.Command, form *measure, all []measured, loop *engine.Loop) ([]measured, error) {
	can := slices.DeleteFunc(slices.Clone(all), func(m measured) bool { return !form.can(&m) })
	if !cmd.Flags().Changed("values") {
		for _, test := range []func(m *measured) bool{
			func(m *measured) bool { return m.declared },
			func(m *measured) bool { return m.varies() && (!m.Lasts || form.levels || m.States != nil) },
			func(m *measured) bool { return m.Value("count") > 0 || len(m.States) > 0 },
		} {
			if list := slices.DeleteFunc(slices.Clone(can), func(m measured) bool { return !test(&m) }); len(list) > 0 {
				return list, nil
			}
		}
		return nil, errors.New("there is nothing to show: no value was observed")
	}
	var list []measured
	var names []string
	for i := range can {
		names = append(names, can[i].Name)
	}
	for _, word := range words(f.values) {
		var found []measured
		for i := range can {
			if can[i].named(word) {
				found = append(found, can[i])
			}
		}
		if len(found) > 1 { // of a whole object those of which there is something to see
			if some := slices.DeleteFunc(slices.Clone(found), func(m measured) bool { return m.Name != word && !m.varies() }); len(some) > 0 {
				found = some
			}
		}
		switch {
		case len(can) == 0:
			return nil, fmt.Errorf("--values %s: nothing was measured", word)
		case len(found) == 0 && isNumber(loop.Statistics(), word):
			return nil, fmt.Errorf("--values %s: that is one number, which `runloop run --stats-file F.csv` tells; there are values of %s", word,
				strings.Join(names[:min(len(names), 10)], ", "))
		case len(found) == 0:
			return nil, fmt.Errorf("--values %s: no values are called so%s", word, didYouMean(word, names[:min(len(names), maxShown)]))
		}
		for _, m := range found {
			if !slices.ContainsFunc(list, func(o measured) bool { return o.Name == m.Name }) {
				list = append(list, m)
			}
		}
	}
	if len(list) == 0 {
		return nil, errors.New("--values names nothing: write names such as " + strings.Join(names[:min(len(names), 2)], ","))
	}
	return list, nil
}

// isNumber reports whether a word names what is one number of a run, such as a count or a utilisation.
func isNumber(list []engine.Statistics, word string) bool {
	for i := range list {
		s := &list[i]
		for _, c := range s.Counts {
			if word == report.Object(s)+"."+c.Name {
				return true
			}
		}
		for _, r := range s.Rates {
			if word == report.Object(s)+"."+r.Name {
				return true
			}
		}
		if word == s.Name && s.Kind == engine.MetricKindWords[engine.MetricCount] {
			return true
		}
	}
	return false
}

// seeMeasured shows statistics of a run.
func (f *seeFlags) seeMeasured(cmd *cobra.Command, io streams, arg string, form *measure) error {
	for _, name := range []string{"from", "to", "tasks", "why", "scale", "color"} {
		if cmd.Flags().Changed(name) {
			return usageError(cmd, fmt.Sprintf("--%s is of forms that show turns: --as %s shows the statistics of the whole run", name, form.name))
		}
	}
	draw, err := f.measuredForm(cmd)
	if err != nil {
		return err
	}
	s, _, err := f.setup.run.load(arg, io)
	if err != nil {
		return err
	}
	f.setup.run.limits = append([]string{measuredSteps}, f.setup.run.limits...)
	now := io.Now()
	loop, err := f.measuredRun(cmd, s, now, io)
	if err != nil {
		return err
	}
	all := measuredOf(loop.Statistics(), loop.Unit().Symbol)
	for i := range all {
		all[i].declared = form.can(&all[i]) && form.has(&all[i])
	}
	list, err := f.chosen(cmd, form, all, loop)
	if err != nil {
		return err
	}
	if chooseMissing(s.Program(), form, list, loop.Result().Now) {
		if loop.Result().Ended == engine.Interrupted {
			return fmt.Errorf("interrupted at %s: what has no %s in `metrics` gets one in a second run", trace.Clock(loop.Result().Now), form.name)
		}
		if loop, err = f.measuredRun(cmd, s, now, io); err != nil {
			return err
		}
	}
	shown := f.shown(form, list, loop)
	if len(shown.List) == 0 {
		return fmt.Errorf("there is nothing to show of %s: it lasted no time, or was made at run time", list[0].Name)
	}
	data, err := draw(form, shown, s)
	if err != nil {
		return err
	}
	if err := f.write(io, data); err != nil {
		return err
	}
	f.sayEnd(io, s.Source.Name(), loop.Result())
	return nil
}

// measuredRun runs the scenario with statistics. A schedule is used up by a run: each has options of its own.
func (f *seeFlags) measuredRun(cmd *cobra.Command, s *dsl.Scenario, now time.Time, io streams) (*engine.Loop, error) {
	opts, err := f.setup.run.options(cmd, s, now)
	if err != nil {
		return nil, err
	}
	opts.Statistics = true
	loop := engine.New(s.Program(), opts)
	_, err = execute(loop, io)
	return loop, err
}

// chooseMissing gives those without them bins or slots, the same to all of one list of objects, and reports whether any got some.
func chooseMissing(p *engine.Program, form *measure, list []measured, ended int64) bool {
	chosen := false
	for i := range list {
		m := &list[i]
		o := p.Detail(m.kind, m.object, m.statistic)
		if m.declared || o == nil || m.States != nil {
			continue
		}
		base, _, _ := strings.Cut(m.object, "[")
		of := slices.DeleteFunc(slices.Clone(list), func(x measured) bool {
			b, _, _ := strings.Cut(x.object, "[")
			return x.kind != m.kind || b != base || x.statistic != m.statistic
		})
		chosen = form.choose(o, of, ended, p) || chosen
	}
	return chosen
}

// chooseBins chooses bins with round bounds for values.
func chooseBins(o *engine.StatOptions, of []measured, _ int64, p *engine.Program) bool {
	low, high, usual := math.Inf(1), math.Inf(-1), 0.0
	whole := true
	for i := range of {
		a, b := of[i].Value("min"), of[i].Value("max")
		middle, usually := of[i].Value("p50"), of[i].Value("p99")
		if math.IsInf(b, 1) {
			b = usually
		}
		if math.IsInf(a, -1) { // as far below the middle as the usual ones are above it
			a = 2*middle - usually
		}
		if math.IsNaN(b-a) || math.IsInf(a, 0) || math.IsInf(b, 0) {
			continue
		}
		low, high, usual = min(low, a), max(high, b), max(usual, usually)
		whole = whole && a == math.Trunc(a) && b == math.Trunc(b)
	}
	if low > high {
		low, high = 0, 1
	}
	duration := !of[0].Lasts && !slices.Contains(engine.MetricKindWords, of[0].kind)
	h := picture.Bins(low, high, usual, whole && !duration)
	if duration {
		unit := float64(engine.UnitOf(p.Unit).Nanos)
		if h.From, h.To = math.Round(h.From*unit), math.Round(h.To*unit); (high-low)*unit < 25 { // no bin is narrower than 1 ns
			h = picture.Bins(math.Round(low*unit), math.Round(high*unit), usual*unit, true)
		}
	}
	if !(h.From < h.To) || math.IsInf(h.To-h.From, 0) {
		return false
	}
	o.Histogram = h
	return true
}

// chooseSlots cuts the time of the run into about 24 slots.
func chooseSlots(o *engine.StatOptions, _ []measured, ended int64, p *engine.Program) bool {
	if ended == 0 {
		return false
	}
	o.Windows = engine.Windows{Every: slotLength(ended, p.Unit)}
	return true
}

// slotLength is a round part of a time: of seconds decimal, of minutes, hours and days as clocks have them.
func slotLength(ended, unit int64) int64 {
	const second, hour, most = int64(time.Second), int64(time.Hour), 25
	var steps []int64
	for step := int64(1); step <= second/10; step *= 10 {
		steps = append(steps, step, 2*step, 5*step)
	}
	if unit >= 60*second {
		minute := 60 * second
		for _, n := range []int64{1, 2, 5, 10, 15, 30} {
			steps = append(steps, n*second)
		}
		for _, n := range []int64{1, 2, 5, 10, 15, 30} {
			steps = append(steps, n*minute)
		}
		for _, n := range []int64{1, 2, 3, 4, 6, 12} {
			steps = append(steps, n*hour)
		}
		unit = 24 * hour
	} else {
		unit = second
	}
	for step := unit; step <= ended && step < math.MaxInt64/20; step *= 10 {
		steps = append(steps, step, 2*step, 5*step)
	}
	for _, step := range steps {
		if ended/step < most {
			return step
		}
	}
	return ended
}

// shown is what is drawn of those that were chosen, after the last run.
func (f *seeFlags) shown(form *measure, list []measured, loop *engine.Loop) *shownStatistics {
	x := &shownStatistics{}
	x.Unit = loop.Unit().Symbol
	for _, m := range measuredOf(loop.Statistics(), x.Unit) {
		if form.drawn(&m) && slices.ContainsFunc(list, func(o measured) bool { return o.Name == m.Name }) {
			x.List = append(x.List, m.Statistic)
			x.measured = append(x.measured, m)
		}
	}
	return x
}

// shownStatistics is statistics to be drawn.
type shownStatistics struct {
	picture.Measured
	measured []measured
}

// tables is the same as tables.
func (x *shownStatistics) tables(form *measure) string {
	t := report.Statistics{Unit: x.Unit}
	for i := range x.measured {
		m := &x.measured[i]
		d := m.StatDetail
		form.keep(&d)
		s := engine.Statistics{Kind: m.kind, Name: m.object}
		if slices.Contains(engine.MetricKindWords, m.kind) {
			s.Unit = m.Unit
		}
		switch {
		case m.States != nil:
			s.Level = m.source.Level
		case m.statistic == "count":
			s.Windows = d.Windows
		case m.Lasts:
			s.Level = []engine.StatLevel{{Name: m.statistic, Fields: m.Fields, StatDetail: d}}
		default:
			s.Tally = []engine.StatTally{{Name: m.statistic, Fields: m.Fields, StatDetail: d}}
		}
		t.List = append(t.List, s)
	}
	return t.Details()
}

// measuredForm is how statistics are written, by the name of the file.
func (f *seeFlags) measuredForm(cmd *cobra.Command) (func(form *measure, x *shownStatistics, s *dsl.Scenario) ([]byte, error), error) {
	o := picture.Options{Title: f.title, Theme: f.theme.value, All: f.all}
	switch ext := strings.ToLower(filepath.Ext(f.out)); {
	case f.out == "" || f.out == "-" || ext == ".txt":
		return func(form *measure, x *shownStatistics, s *dsl.Scenario) ([]byte, error) {
			text := "times in " + x.Unit + "\n\n" + x.tables(form)
			if f.ascii {
				text = asciiBars(text)
			}
			return []byte(text), nil
		}, nil
	case ext == ".svg":
		return func(form *measure, x *shownStatistics, s *dsl.Scenario) ([]byte, error) {
			x.Scenario = s.Name
			return form.svg(&x.Measured, o)
		}, nil
	case ext == ".html":
		return func(form *measure, x *shownStatistics, s *dsl.Scenario) ([]byte, error) {
			x.Scenario = s.Name
			svg, err := form.svg(&x.Measured, o)
			title := f.title
			if title == "" {
				title = s.Name + ": " + strings.ToLower(form.title)
			}
			return page.Measured(title, []page.Part{{Heading: form.title, Picture: svg, Alt: pictureAlt, Text: x.tables(form)}}), err
		}, nil
	}
	return nil, usageError(cmd, fmt.Sprintf("-o %s: what form is that? With --as %s a name ends in .txt, .svg or .html", f.out, f.as.value))
}

// statPage is the statistics of a run as a page: the tables, and what `metrics` asks for as pictures.
func statPage(r *report.Run) ([]byte, error) {
	parts := []page.Part{{Heading: "What was counted and measured", Text: r.Stats.Text()}}
	for i := range measures {
		form := &measures[i]
		x := picture.Measured{Scenario: r.Name, Unit: r.Stats.Unit}
		for _, m := range measuredOf(r.Stats.List, r.Stats.Unit) {
			if form.drawn(&m) {
				x.List = append(x.List, m.Statistic)
			}
		}
		if len(x.List) == 0 {
			continue
		}
		svg, err := form.svg(&x, picture.Options{All: true})
		if err != nil {
			return nil, err
		}
		parts = append(parts, page.Part{Heading: form.title, Picture: svg, Alt: pictureAlt})
	}
	return page.Measured(r.Name+": statistics", parts), nil
}

// pictureAlt is what a picture says to who cannot see it, where its numbers stand beside it.
const pictureAlt = "The numbers stand in the tables of this page."

// asciiBars is a table with bars of ASCII characters.
func asciiBars(text string) string {
	return strings.NewReplacer("█", "#", "▏", "", "▎", "", "▍", "", "▌", "#", "▋", "#", "▊", "#", "▉", "#", "–", "-").Replace(text)
}
