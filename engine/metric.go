package engine

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// MetricDef declares a metric: what steps record, or what an expression comes to over time.
type MetricDef struct {
	Pos
	Name string
	Kind MetricKind
	// Of is what a level or states are: it is looked at whenever time passes, and only looks. nil: `record` says it.
	Of Eval
	// Initial is what a level or states are until the first record; nil: 0, and no state.
	Initial Eval
	StatOptions
}

// MetricKind says how a metric counts.
type MetricKind uint8

const (
	MetricTally  MetricKind = iota // single values
	MetricLevel                    // a number that lasts
	MetricCount                    // whole numbers are added up
	MetricStates                   // a text, an integer or a bool that lasts: how much of the time each has
)

// MetricKindWords is the kinds by MetricKind.
var MetricKindWords = []string{"tally", "level", "count", "states"}

// Observation gives a value to a metric, by its place in Program.Metrics.
type Observation struct {
	Metric int
	Value  Eval
}

// StatOptions is what a statistic tells besides the fields that it always has.
type StatOptions struct {
	Quantiles []float64   // from 0 to 1
	Shares    []StatShare // of single values
	Windows   Windows     // Every 0: none
	Histogram Histogram   // Bins 0: none
	Unit      string      // what its numbers are, in tables; "": nothing is said
}

// StatShare is the part of the values that are not above a bound: nanoseconds of durations, else a number.
type StatShare struct {
	Text  string // as it is written
	Bound float64
}

// OptionDef gives options to a statistic that is made by itself.
type OptionDef struct {
	Measure
	StatOptions
}

// Detail is what a statistic of a run of the program tells besides, to be changed before the next run: the one that
// Loop.Statistics lists under that kind and name, and in it that of a name such as "wait". nil: it cannot tell more, as it is made
// at run time, or of a part of the observations. In a histogram of durations the bounds are nanoseconds.
func (p *Program) Detail(kind, name, statistic string) *StatOptions {
	var m Measure
	var known []StatName
	switch {
	case slices.Contains(MetricKindWords, kind):
		if i := slices.IndexFunc(p.Metrics, func(d MetricDef) bool { return d.Name == name }); i >= 0 {
			return &p.Metrics[i].StatOptions
		}
	case kind == "tasks":
		m, known = Measure{Of: MeasureTasks, Name: name}, TaskStatNames
	default:
		base, _, _ := strings.Cut(name, "[")
		if m.Index = slices.IndexFunc(p.Objects, func(d ObjectDef) bool { return d.Name == base && d.Kind.String() == kind }); m.Index >= 0 {
			known = StatNames(p.Objects[m.Index].Kind)
		}
	}
	i := slices.IndexFunc(known, func(s StatName) bool {
		return s.Name == statistic && (s.Class == StatIsTally || s.Class == StatIsLevel)
	})
	if i < 0 {
		return nil
	}
	m.Stat = known[i]
	i = slices.IndexFunc(p.Options, func(o OptionDef) bool {
		return o.Of == m.Of && o.Index == m.Index && o.Name == m.Name && o.Stat == m.Stat
	})
	if i < 0 {
		i, p.Options = len(p.Options), append(p.Options, OptionDef{Measure: m})
	}
	return &p.Options[i].StatOptions
}

const (
	mostStates = 64  // of one metric
	mostBy     = 256 // texts that keep observations of one metric apart
)

// metric is a metric that runs: all its observations, and those that a text keeps apart.
type metric struct {
	all metricPart
	by  []metricPart // in the order in which the texts came
}

type metricPart struct {
	text   string // what `by` says
	count  int64
	counts []detail[int64] // one, where there are windows
	tally  tally
	level  level
	states []stateTime
	state  int // the place + 1 in states of what lasts now; 0: nothing yet
	since  int64
}

// stateTime is a state and how long it has lasted.
type stateTime struct {
	value   string
	time    int64
	entries int64
}

func (m *metric) clone() metric {
	c := metric{all: m.all.clone(), by: slices.Clone(m.by)}
	for i := range c.by {
		c.by[i] = c.by[i].clone()
	}
	return c
}

func (p *metricPart) clone() metricPart {
	c := *p
	c.tally, c.level, c.states, c.counts = p.tally.clone(), p.level.clone(), slices.Clone(p.states), cloneDetail(p.counts)
	return c
}

// restart begins anew: levels and states from where they stand.
func (p *metricPart) restart(at int64) {
	p.count, p.counts, p.since = 0, freshDetail(p.counts), at
	p.tally = p.tally.fresh()
	p.level.restart(at)
	for i := range p.states {
		p.states[i].time, p.states[i].entries = 0, 0
	}
}

func (m *metric) restart(at int64) {
	m.all.restart(at)
	for i := range m.by {
		m.by[i].restart(at)
	}
}

// pass counts the time up to now.
func (p *metricPart) pass(now int64) {
	p.level.pass(now)
	if p.state > 0 && now > p.since {
		p.states[p.state-1].time += now - p.since
	}
	p.since = max(p.since, now)
}

// enter is that a state lasts from now on. It reports false where there are too many.
func (p *metricPart) enter(state string, now int64) bool {
	if p.state > 0 && p.states[p.state-1].value == state {
		return true
	}
	i := slices.IndexFunc(p.states, func(s stateTime) bool { return s.value == state })
	if i < 0 && len(p.states) == mostStates {
		return false
	}
	p.pass(now)
	if i < 0 {
		i = len(p.states)
		p.states = append(p.states, stateTime{value: state})
	}
	p.state = i + 1
	p.states[i].entries++
	return true
}

// beginMetrics makes the metrics, with their options, and those of the statistics that are made by themselves.
func (l *Loop) beginMetrics() {
	s := l.measured()
	s.metrics = make([]metric, len(l.p.Metrics))
	for i := range s.metrics {
		m, d := &s.metrics[i].all, &l.p.Metrics[i]
		m.since, m.tally.real = l.now, true
		w := l.windowsOf(d.Windows)
		m.tally.more, m.level.more, m.counts = detailsFor[sums](&d.StatOptions, w), detailsFor[lasting](&d.StatOptions, w), detailsFor[int64](&d.StatOptions, w)
		m.level.restart(l.now)
		if d.Initial != nil && l.fault == nil {
			l.lasts(m, d.Kind, d.Initial(l))
		}
	}
	for i := range l.p.Options {
		o := &l.p.Options[i].StatOptions
		w := l.windowsOf(o.Windows)
		l.optioned(&l.p.Options[i], func(t *tally, x *level) {
			if t != nil {
				t.more = detailsFor[sums](o, w)
			} else {
				x.more = detailsFor[lasting](o, w)
			}
		})
	}
}

// optioned calls f for the tallies or the levels that an option is about.
func (l *Loop) optioned(o *OptionDef, f func(t *tally, x *level)) {
	isTally := o.Stat.Class == StatIsTally
	if o.Of == MeasureTasks {
		if i := l.codeNamed(o.Name); i >= 0 && isTally {
			f(&l.measured().codes[i].time, nil)
		} else if i >= 0 {
			f(nil, &l.measured().codes[i].inside)
		}
		return
	}
	list := []Value{l.declared[o.Index]}
	if list[0].Kind() == KindList {
		list = list[0].Elems()
	}
	for _, v := range list {
		if s := &l.measured().objects[l.viewOf(v.Kind(), uint32(v.n)).stats-1]; isTally {
			f(&s.tallies[o.Stat.place], nil)
		} else {
			f(nil, &s.levels[o.Stat.place])
		}
	}
}

// sampleMetrics looks at the metrics that an expression says, right before time passes: what lasted no time is not seen.
// Looking changes nothing, and an error leaves the value as it was.
func (l *Loop) sampleMetrics() {
	if len(l.p.Metrics) == 0 {
		return
	}
	memory, fault, overflow := l.memory, l.fault, l.overflow
	l.checking = true
	for i := range l.p.Metrics {
		d := &l.p.Metrics[i]
		if d.Of == nil {
			continue
		}
		l.memory.check, l.fault, l.memory.evaluating, l.overflow, l.memory.turns = math.MaxInt64, nil, false, false, 0
		if v := d.Of(l); l.fault == nil && !l.overflow {
			l.lasts(&l.measured().metrics[i].all, d.Kind, v)
		}
	}
	l.checking = false
	l.memory, l.fault, l.overflow = memory, fault, overflow
}

// lasts is that a level or a state has a value from now on. It says what is wrong with it, "": nothing.
func (l *Loop) lasts(p *metricPart, kind MetricKind, v Value) string {
	if kind == MetricLevel {
		x, ok := v.Number()
		if !ok {
			return "a level is a number, not " + v.Kind().String()
		}
		p.level.setNumber(x, l.now)
		return ""
	}
	switch v.Kind() {
	case KindString, KindInt, KindBool:
		if !p.enter(l.text(v), l.now) {
			return "there are more than " + strconv.Itoa(mostStates) + " states"
		}
		return ""
	}
	return "a state is a text, an integer or a bool, not " + v.Kind().String()
}

// recordStep is `record`: an observation of each metric that it names. It is checked in every run, and kept where there are statistics.
func (l *Loop) recordStep(in *instr) {
	by := ""
	if in.text != nil {
		by = string(in.text(l, nil))
	}
	for _, r := range in.x.records {
		v := r.Value(l)
		if l.fault != nil {
			return
		}
		if typ, wrong := l.observe(r.Metric, by, v); wrong != "" {
			l.Raise(typ, l.p.Metrics[r.Metric].Name+": "+wrong)
			return
		}
	}
}

func (l *Loop) observe(i int, by string, v Value) (typ, wrong string) {
	d := &l.p.Metrics[i]
	x, isNumber := v.Number()
	switch {
	case d.Kind == MetricTally && !isNumber:
		return "TypeError", "a tally is of numbers, not of " + v.Kind().String()
	case d.Kind == MetricTally && math.IsNaN(x):
		return "ValueError", "nan is no observation"
	case d.Kind == MetricCount && !v.is(KindInt):
		return "TypeError", "a count adds integers, not " + v.Kind().String()
	}
	if len(l.stats.parts) == 0 {
		if d.Kind == MetricLevel || d.Kind == MetricStates {
			return "TypeError", l.lasts(&metricPart{}, d.Kind, v)
		}
		return "", ""
	}
	m := &l.measured().metrics[i]
	parts := []*metricPart{&m.all}
	if by != "" {
		part := slices.IndexFunc(m.by, func(p metricPart) bool { return p.text == by })
		if part < 0 {
			if len(m.by) == mostBy {
				return "ValueError", "`by` has more than " + strconv.Itoa(mostBy) + " texts"
			}
			part = len(m.by)
			m.by = append(m.by, metricPart{text: by, tally: tally{sums: sums{real: true}}})
			m.by[part].tally.more = detailsFor[sums](&d.StatOptions, windows{}) // slots for every text would be many
		}
		parts = append(parts, &m.by[part])
	}
	for _, p := range parts {
		switch d.Kind {
		case MetricTally:
			p.tally.addReal(x, l.now)
			if l.telling() {
				l.vector(partName(d.Name, p.text), x)
			}
		case MetricCount:
			p.count += v.AsInt()
			for j := range p.counts {
				c := &p.counts[j]
				*c.slotAt(c.windows.slot(l.now)) += v.AsInt()
			}
			if l.telling() {
				l.vector(partName(d.Name, p.text), float64(p.count))
			}
		default:
			if wrong := l.lasts(p, d.Kind, v); wrong != "" {
				return "TypeError", wrong
			}
		}
	}
	return "", ""
}

// metricNumber is a field of a metric, of all observations or of those that a text keeps apart.
func (l *Loop) metricNumber(m *Measure, place int64) float64 {
	if l.measuring && l.p.Metrics[m.Index].Of != nil {
		l.sampleMetrics()
	}
	x := &l.measured().metrics[m.Index]
	p := &x.all
	if m.By != "" {
		i := slices.IndexFunc(x.by, func(p metricPart) bool { return p.text == m.By })
		if i < 0 {
			p = &metricPart{}
		} else {
			p = &x.by[i]
		}
	}
	switch d := &l.p.Metrics[m.Index]; d.Kind {
	case MetricTally:
		return l.tallyMeasured(&p.tally, m, place)
	case MetricLevel:
		return l.levelMeasured(&p.level, m, place)
	case MetricCount:
		if d := detailOf(p.counts); m.Part == PartSlot {
			if !l.hasPart(m, place, &d.windows, &d.bins) {
				return math.NaN()
			}
			return l.countedIn(p, m.Field, int(place))
		}
		if m.Field.kind == fieldRate {
			return float64(p.count) / l.InUnits(l.measuredTo()-l.measured().began)
		}
		return float64(p.count)
	}
	return l.stateNumber(p, m.Field.kind, m.State)
}

// countedIn is how much was counted in a slot, or that for each unit of the time of the slot.
func (l *Loop) countedIn(p *metricPart, f StatField, slot int) float64 {
	d := detailOf(p.counts)
	n := float64(d.slot(slot))
	if f.kind == fieldRate {
		n /= l.InUnits(d.windows.length(slot, l.measured().began, l.measuredTo()))
	}
	return n
}

// stateNumber is the share, the time or the entries of a state.
func (l *Loop) stateNumber(p *metricPart, field statField, state string) float64 {
	if l.measuring {
		c := p.clone()
		c.pass(l.now)
		p = &c
	}
	var s stateTime
	all := int64(0)
	for _, x := range p.states {
		if all += x.time; x.value == state {
			s = x
		}
	}
	switch field {
	case fieldEntries:
		return float64(s.entries)
	case fieldTime:
		return l.InUnits(s.time)
	}
	return float64(s.time) / float64(all)
}

// metricStatistics lists the statistics of a metric, and of its parts.
func (l *Loop) metricStatistics(i int) []Statistics {
	d := &l.p.Metrics[i]
	m := &l.measured().metrics[i]
	list := []Statistics{l.partStatistics(d, d.Name, &m.all)}
	for j := range m.by {
		list = append(list, l.partStatistics(d, partName(d.Name, m.by[j].text), &m.by[j]))
	}
	return list
}

func (l *Loop) partStatistics(d *MetricDef, name string, p *metricPart) Statistics {
	s := Statistics{Kind: MetricKindWords[d.Kind], Name: name, Unit: d.Unit}
	switch d.Kind {
	case MetricTally:
		s.Tally = []StatTally{l.tallyStatistics("tally", &p.tally, &d.StatOptions)}
	case MetricLevel:
		s.Level = []StatLevel{l.levelStatistics("level", &p.level, &d.StatOptions)}
	case MetricCount:
		s.Counts = []StatCount{{"count", p.count}}
		s.Windows = shownSlots(l, detailOf(p.counts), CountFields, func(slot int, field string) float64 {
			f, _ := MetricField(MetricCount, field)
			return l.countedIn(p, f, slot)
		})
		s.Rates = []StatValue{{"rate", float64(p.count) / l.InUnits(l.measuredTo()-l.measured().began)}}
	default:
		for _, part := range []struct {
			name  string
			field statField
		}{{"share", fieldShare}, {"time", fieldTime}, {"entries", fieldEntries}} {
			x := StatLevel{Name: part.name}
			for _, state := range p.states {
				x.Fields = append(x.Fields, StatValue{state.value, l.stateNumber(p, part.field, state.value)})
			}
			s.Level = append(s.Level, x)
		}
	}
	return s
}
