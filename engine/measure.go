package engine

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Statistics is what was counted and measured of one object, or of the tasks of one coroutine.
type Statistics struct {
	Kind   string // "lock", "queue" …; "tasks" for a coroutine, "sources" for a source
	Name   string
	Counts []StatCount
	Tally  []StatTally
	Level  []StatLevel
	Rates  []StatValue // what follows from the others: utilisation, busy, throughput
	Unit   string      // what the numbers of a metric are; "": nothing was said

	Windows []StatSlot // of a metric that counts
}

// StatCount is how often something happened.
type StatCount struct {
	Name string
	N    int64
}

// StatValue is a number with a name.
type StatValue struct {
	Name  string
	Value float64
}

// StatTally is the statistics of single values. Durations are in the scenario's unit of time; NaN: there is none.
type StatTally struct {
	Name   string
	Fields []StatValue // by their names in files and expressions
	WhyNot string      // why there is no interval: "too few", "correlated"
	StatDetail
}

// StatDetail is what `metrics` asks for of single values, and of what lasts.
type StatDetail struct {
	Windows   []StatSlot
	Histogram StatHistogram
}

// StatSlot is what a statistic was in a slot of time.
type StatSlot struct {
	Slot   int
	From   float64 // in the scenario's unit of time, since the start of the loop or of the cycle
	To     float64 // where it ends; of the time after the last slot: where the statistics end
	Cycle  bool    // the slots of all cycles are one
	Label  string  // what the clock shows then; "": it was not said what it shows
	Fields []StatValue
}

// StatHistogram is how many values lay where: of single values counts, of what lasts times. Bins 0: there is none.
type StatHistogram struct {
	Histogram           // bounds in the scenario's unit of time, or in that of the values
	Counts    []float64 // below, in each bin, and above
}

// StatLevel is the statistics of what lasts; NaN: no time has passed.
type StatLevel struct {
	Name   string
	Fields []StatValue // by their names in files and expressions
	StatDetail
}

// Value is a field of the tally; NaN: it has none of that name.
func (t *StatTally) Value(field string) float64 { return valueNamed(t.Fields, field) }

// Value is a field of the level; NaN: it has none of that name.
func (x *StatLevel) Value(field string) float64 { return valueNamed(x.Fields, field) }

func valueNamed(list []StatValue, name string) float64 {
	for _, v := range list {
		if v.Name == name {
			return v.Value
		}
	}
	return math.NaN()
}

// StatClass says what a statistic is.
type StatClass uint8

const (
	StatIsCount   StatClass = iota // how often something happened: a number itself
	StatIsTally                    // of single values
	StatIsLevel                    // of what lasts
	StatIsDerived                  // what follows from others: a number itself
)

// StatName is a statistic of a kind of objects, of tasks, or of sources.
type StatName struct {
	Name  string
	Class StatClass
	place int
}

// Whole reports whether the statistic is a whole number itself.
func (s StatName) Whole() bool { return s.Class == StatIsCount }

// StatNames lists the statistics that objects of a kind have; none: there are none of that kind.
func StatNames(k Kind) []StatName {
	if k >= kindScalars || objectStatRows[k] == nil {
		return nil
	}
	row := objectStatRows[k]
	var list []StatName
	for _, part := range []struct {
		class StatClass
		names []string
	}{{StatIsCount, row.counts[:]}, {StatIsTally, row.tallies[:]}, {StatIsLevel, row.levels[:]}, {StatIsDerived, row.derived}} {
		for i, name := range part.names {
			if name != "" {
				list = append(list, StatName{name, part.class, i})
			}
		}
	}
	return list
}

// TaskStatNames and SourceStatNames are the statistics of the tasks of a coroutine, and of a source.
var (
	TaskStatNames = []StatName{{codeRow[0], StatIsCount, 0}, {codeRow[1], StatIsCount, 1}, {codeRow[2], StatIsCount, 2}, {codeRow[3], StatIsCount, 3},
		{"time", StatIsTally, 0}, {"inside", StatIsLevel, 0}}
	SourceStatNames = []StatName{{"arrivals", StatIsCount, 0}, {"rate", StatIsDerived, 0}}
)

// StatField is a number of a tally or a level.
type StatField struct {
	kind statField
	at   float64 // of a quantile: which; of a share: up to which value
}

type statField uint8

const (
	fieldCount statField = iota
	fieldSum
	fieldMean
	fieldSD
	fieldMin
	fieldMax
	fieldLast
	fieldZero
	fieldHalf
	fieldQuantile
	fieldShare   // of states: of the time
	fieldRate    // of a count
	fieldTime    // of a state
	fieldEntries // how often it began
)

// TallySlotFields and LevelSlotFields are the fields of a slot of time, of single values and of what lasts; of a count they are
// CountFields.
var (
	TallySlotFields = []string{"count", "sum", "mean", "sd", "min", "max"}
	LevelSlotFields = []string{"mean", "sd", "min", "max"}
)

// CountFields and StatesFields are the fields of a metric that counts, and of one of states.
var CountFields, StatesFields = []string{"count", "rate"}, []string{"share", "time", "entries"}

// MetricField is a field of a metric of a kind, by name.
func MetricField(kind MetricKind, name string) (StatField, bool) {
	switch kind {
	case MetricTally:
		return Field(StatIsTally, name)
	case MetricLevel:
		return Field(StatIsLevel, name)
	case MetricCount:
		return StatField{kind: map[string]statField{"count": fieldCount, "rate": fieldRate}[name]}, slices.Contains(CountFields, name)
	}
	return StatField{kind: map[string]statField{"share": fieldShare, "time": fieldTime, "entries": fieldEntries}[name]},
		slices.Contains(StatesFields, name)
}

// TallyFields and LevelFields are the names of the fields that are always listed.
var (
	TallyFields = []string{"count", "sum", "mean", "sd", "min", "max", "p50", "p90", "p95", "p99", "zero", "ci"}
	LevelFields = []string{"mean", "sd", "min", "max", "last", "p50", "p90", "p95", "p99"}
)

var plainFields = [...]string{
	fieldCount: "count", fieldSum: "sum", fieldMean: "mean", fieldSD: "sd", fieldMin: "min", fieldMax: "max", fieldLast: "last",
	fieldZero: "zero", fieldHalf: "ci",
}

// Field is a field of a tally or a level by its name. Besides those that are always listed there are quantiles: p75 is the
// least value with 75 % not above it, p999 that with 99.9 %.
func Field(class StatClass, name string) (StatField, bool) {
	for i, plain := range plainFields {
		if plain == name {
			list := TallyFields
			if class == StatIsLevel {
				list = LevelFields
			}
			for _, has := range list {
				if has == name {
					return StatField{kind: statField(i)}, true
				}
			}
			return StatField{}, false
		}
	}
	digits, ok := strings.CutPrefix(name, "p")
	if !ok || digits == "" || len(digits) > 6 || strings.Trim(digits, "0123456789") != "" {
		return StatField{}, false
	}
	if len(digits) > 2 {
		digits = digits[:2] + "." + digits[2:]
	}
	percent, err := strconv.ParseFloat(digits, 64)
	return StatField{kind: fieldQuantile, at: percent / 100}, err == nil && percent > 0
}

// ShareField is the part of the values of a tally that are not above a bound: nanoseconds, or a number.
func ShareField(bound float64) StatField { return StatField{kind: fieldShare, at: bound} }

// Whole reports whether the field is a whole number.
func (f StatField) Whole() bool { return f.kind == fieldCount || f.kind == fieldEntries }

// Measure is a number of the statistics that an expression reads.
type Measure struct {
	Of    MeasureOf
	Index int    // of an object or a source: its place in the program's list
	Name  string // of tasks: that of their coroutine
	Stat  StatName
	Field StatField   // of a tally or a level, or of a metric
	Part  MeasurePart // of a tally, a level or a count
	By    string      // of a metric: the text that keeps observations apart; "": all
	State string      // of a metric of states
}

// MeasureOf says whose statistics a Measure is of.
type MeasureOf uint8

const (
	MeasureObject MeasureOf = iota
	MeasureTasks
	MeasureSource
	MeasureMetric
)

// MeasurePart says of which part of a statistic a number is: of all of it, or of one of its slots of time or of the bins of
// its histogram, at a place.
type MeasurePart uint8

const (
	PartAll MeasurePart = iota
	PartSlot
	PartPriority // of the waits for a resource: those of one priority
	PartBin
	PartBelow // the values below the bins, and above them
	PartAbove
)

// Whole reports whether the number is a whole one.
func (m *Measure) Whole() bool {
	if m.Part >= PartBin {
		return m.Stat.Class == StatIsTally
	}
	if m.Of == MeasureMetric {
		return m.Field.Whole()
	}
	return m.Stat.Whole() || m.Stat.Class == StatIsTally && m.Field.Whole()
}

// Measured is a number of the statistics up to now, or to the end of the loop; NaN: nothing was observed. Of a list of objects it
// is that of the one at a place, of a part of a statistic that of the one at part, or of the priority part; IndexError where there is none. The program
// must have Measures set.
func (l *Loop) Measured(m *Measure, at int64, part float64) float64 {
	if l.trace != nil && l.trace.foot != nil {
		l.trace.foot.global = true
	}
	place, slot := m.Stat.place, int64(part)
	switch m.Of {
	case MeasureMetric:
		return l.metricNumber(m, slot)
	case MeasureTasks:
		c := &codeStats{}
		if i := l.codeNamed(m.Name); i >= 0 {
			c = &l.measured().codes[i]
		}
		switch m.Stat.Class {
		case StatIsCount:
			return float64(c.counts[place])
		case StatIsTally:
			return l.tallyMeasured(&c.time, m, slot)
		}
		return l.levelMeasured(&c.inside, m, slot)
	case MeasureSource:
		s := l.sourceStatistics(m.Index, "")
		if m.Stat.Class == StatIsDerived {
			return s.Rates[0].Value
		}
		return float64(s.Counts[0].N)
	}
	o := l.statsOf(m, at)
	switch {
	case o == nil:
		return math.NaN()
	case m.Stat.Class == StatIsDerived:
		return objectStatRows[o.kind].derive(l, l.closed(o))[place]
	case m.Stat.Class == StatIsCount:
		return float64(l.countsOf(o)[place])
	case m.Part == PartPriority:
		t := o.waitOf(part, false)
		if t == nil {
			t = &tally{}
		}
		return l.tallyNumber(t, m.Field)
	case m.Stat.Class == StatIsTally:
		return l.tallyMeasured(&o.tallies[place], m, slot)
	}
	return l.levelMeasured(&o.levels[place], m, slot)
}

// tallyMeasured is a number of a tally, or of a part of it.
func (l *Loop) tallyMeasured(t *tally, m *Measure, part int64) float64 {
	switch d := detailOf(t.more); {
	case m.Part == PartAll:
		return l.tallyNumber(t, m.Field)
	case !l.hasPart(m, part, &d.windows, &d.bins):
		return math.NaN()
	case m.Part == PartSlot:
		s := d.slot(int(part))
		return l.scaled(s.field(m.Field.kind), m.Field, t.real)
	default:
		return d.bins.part(m.Part, part)
	}
}

// levelMeasured is a number of a level, or of a part of it, up to now.
func (l *Loop) levelMeasured(x *level, m *Measure, part int64) float64 {
	if l.measuring {
		x = x.upTo(l.now)
	}
	switch d := detailOf(x.more); {
	case m.Part == PartAll:
		return x.field(m.Field)
	case !l.hasPart(m, part, &d.windows, &d.bins):
		return math.NaN()
	case m.Part == PartSlot:
		s := d.slot(int(part))
		return s.field(m.Field.kind)
	default:
		return d.bins.part(m.Part, part) / float64(l.UnitNanos())
	}
}

// hasPart reports whether there is a slot or a bin at a place; else it raises IndexError.
func (l *Loop) hasPart(m *Measure, part int64, w *windows, h *histogram) bool {
	n, what := int64(h.Bins), "bins"
	if m.Part == PartSlot {
		n, what = MostSlots+1, "slots"
		if w.Cycle > 0 {
			n = w.Cycle / w.Every
		}
	}
	if m.Part <= PartBin && (part < 0 || part >= n) {
		l.Raise("IndexError", "there are "+strconv.FormatInt(n, 10)+" "+what+", from 0 on")
		return false
	}
	return n > 0 // a metric of a library that was not asked for them
}

// part is how many values were in a bin, or below or above all.
func (h *histogram) part(of MeasurePart, bin int64) float64 {
	switch of {
	case PartBelow:
		return float64(h.counts[0])
	case PartAbove:
		return float64(h.counts[h.Bins+1])
	}
	return float64(h.counts[bin+1])
}

// statsOf is the statistics of an object that a measure names; nil after an error.
func (l *Loop) statsOf(m *Measure, at int64) *objectStats {
	v := l.declared[m.Index]
	if v.Kind() == KindList {
		if at < 0 || at >= int64(len(v.Elems())) {
			l.Raise("IndexError", "list index out of range")
			return nil
		}
		v = v.Elems()[at]
	}
	l.seeLevels()
	return &l.measured().objects[l.viewOf(v.Kind(), uint32(v.n)).stats-1]
}

// closed is the statistics of an object with the levels up to now.
func (l *Loop) closed(o *objectStats) *objectStats {
	if !l.measuring {
		return o
	}
	c := *o
	for i := range c.levels {
		c.levels[i] = *o.levels[i].upTo(l.now)
	}
	return &c
}

// codeNamed is the code of the tasks of that name; -1: none of them can ever run.
func (l *Loop) codeNamed(name string) int {
	for i, c := range l.p.codes {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// tallyNumber is a field of a tally, durations in the scenario's unit of time.
func (l *Loop) tallyNumber(t *tally, f StatField) float64 { return l.scaled(t.field(f), f, t.real) }

// scaled is a field of single values, of durations in the scenario's unit of time.
func (l *Loop) scaled(x float64, f StatField, real bool) float64 {
	if real || f.kind == fieldCount || f.kind == fieldZero || f.kind == fieldShare {
		return x
	}
	return x / float64(l.UnitNanos())
}

func (t *tally) field(f StatField) float64 {
	switch f.kind {
	case fieldHalf:
		half, _ := t.batches.half()
		return half
	case fieldQuantile:
		return t.quantile(f.at)
	case fieldShare:
		return t.share(f.at)
	}
	return t.sums.field(f.kind)
}

func (s *sums) field(f statField) float64 {
	switch {
	case f == fieldCount:
		return float64(s.count)
	case f == fieldSum:
		return s.total()
	case f == fieldSD:
		return s.deviation()
	case s.count == 0:
		return math.NaN()
	case f == fieldMean:
		return s.average()
	case f == fieldZero:
		return float64(s.zeros) / float64(s.count)
	case f == fieldMin:
		return s.min
	}
	return s.max
}

func (x *level) field(f StatField) float64 {
	switch f.kind {
	case fieldLast:
		return x.number()
	case fieldQuantile:
		return x.quantile(f.at)
	}
	return x.all().field(f.kind)
}

func (s *lasting) field(f statField) float64 {
	switch f {
	case fieldMean:
		return s.average()
	case fieldSD:
		return s.deviation()
	case fieldMin:
		return s.least()
	}
	return s.most()
}

// Statistics lists the statistics of a run: of the objects in the order in which they were made, then of the coroutines and
// the sources in the order of the file. Empty without Options.Statistics, unless expressions of the program ask for some.
func (l *Loop) Statistics() []Statistics {
	if len(l.stats.parts) == 0 {
		return nil
	}
	if l.measuring {
		l.seeLevels()
		l.sampleMetrics()
		l.passLevels(l.now)
	}
	var list []Statistics
	for i := range l.measured().objects {
		list = append(list, l.objectStatistics(&l.measured().objects[i]))
	}
	for i, c := range l.p.codes {
		if i < len(l.measured().codes) && l.measured().codes[i].counts[0] > 0 && c.Name != "" {
			list = append(list, l.codeStatistics(&l.measured().codes[i], c.Name))
		}
	}
	for i, s := range l.p.Sources {
		list = append(list, l.sourceStatistics(i, s.Callback.Name))
	}
	for i := range l.p.Metrics {
		list = append(list, l.metricStatistics(i)...)
	}
	return list
}

// optionsOf is the options of a tally or a level that is made by itself.
func (l *Loop) optionsOf(t *tally, x *level) *StatOptions {
	for i := range l.p.Options {
		found := false
		l.optioned(&l.p.Options[i], func(ofTally *tally, ofLevel *level) {
			found = found || t != nil && ofTally == t || x != nil && ofLevel == x
		})
		if found {
			return &l.p.Options[i].StatOptions
		}
	}
	return &StatOptions{}
}

// sourceStatistics counts the arrivals of a source.
func (l *Loop) sourceStatistics(i int, name string) Statistics {
	x := l.measured()
	came := l.sources[i].made - x.sources[i]
	return Statistics{Kind: "sources", Name: name, Counts: []StatCount{{"arrivals", came}},
		Rates: []StatValue{{"rate", float64(came) / l.InUnits(l.measuredTo()-x.began)}}}
}

// measuredTo is the time up to which the statistics count.
func (l *Loop) measuredTo() int64 {
	if l.measuring {
		return l.now
	}
	return l.measured().ended
}

// countsOf is the counts of an object; how many asked for what tasks hold follows from the others.
func (l *Loop) countsOf(o *objectStats) [statCounts]int64 {
	counts := o.counts
	if row := objectStatRows[o.kind]; row == &lockRow || row == &resourceRow {
		counts[statRequests] = counts[statServed] + counts[statReneged] + counts[statRefused] + o.levels[statQueue].value - o.before
	}
	return counts
}

func (l *Loop) objectStatistics(o *objectStats) Statistics {
	row := objectStatRows[o.kind]
	s := Statistics{Kind: o.kind.String(), Name: o.name}
	counts := l.countsOf(o)
	for i, name := range row.counts {
		if name != "" {
			s.Counts = append(s.Counts, StatCount{name, counts[i]})
		}
	}
	for i, name := range row.tallies {
		if name != "" {
			s.Tally = append(s.Tally, l.tallyStatistics(name, &o.tallies[i], l.optionsOf(&o.tallies[i], nil)))
		}
	}
	if len(o.ranks) > 1 {
		for _, i := range o.byPriority() {
			r := &o.ranks[i]
			s.Tally = append(s.Tally, l.tallyStatistics("wait["+strconv.FormatFloat(r.priority, 'g', -1, 64)+"]", &r.wait, &StatOptions{}))
		}
	}
	for i, name := range row.levels {
		if name != "" {
			s.Level = append(s.Level, l.levelStatistics(name, &o.levels[i], l.optionsOf(nil, &o.levels[i])))
		}
	}
	if row.derive != nil {
		for i, value := range row.derive(l, o) {
			s.Rates = append(s.Rates, StatValue{row.derived[i], value})
		}
	}
	return s
}

// byPriority is the places in ranks, the least priority first.
func (o *objectStats) byPriority() []int {
	list := make([]int, len(o.ranks))
	for i := range list {
		list[i] = i
	}
	slices.SortFunc(list, func(i, j int) int { return cmp.Compare(o.ranks[i].priority, o.ranks[j].priority) })
	return list
}

func (l *Loop) codeStatistics(c *codeStats, name string) Statistics {
	s := Statistics{Kind: "tasks", Name: name, Tally: []StatTally{l.tallyStatistics("time", &c.time, l.optionsOf(&c.time, nil))},
		Level: []StatLevel{l.levelStatistics("inside", &c.inside, l.optionsOf(nil, &c.inside))}}
	for i, word := range codeRow {
		s.Counts = append(s.Counts, StatCount{word, c.counts[i]})
	}
	return s
}

func (l *Loop) tallyStatistics(name string, t *tally, o *StatOptions) StatTally {
	s := StatTally{Name: name}
	for _, field := range TallyFields {
		f, _ := Field(StatIsTally, field)
		s.Fields = append(s.Fields, StatValue{field, l.tallyNumber(t, f)})
	}
	for _, q := range o.Quantiles {
		s.Fields = append(s.Fields, StatValue{quantileName(q), l.tallyNumber(t, StatField{kind: fieldQuantile, at: q})})
	}
	for _, share := range o.Shares {
		s.Fields = append(s.Fields, StatValue{"share " + share.Text, t.share(share.Bound)})
	}
	_, s.WhyNot = t.batches.half()
	d, nanos := detailOf(t.more), float64(l.UnitNanos())
	if t.real {
		nanos = 1
	}
	s.Windows = shownSlots(l, d, TallySlotFields, func(slot int, field string) float64 {
		part := d.slot(slot)
		f, _ := Field(StatIsTally, field)
		return l.scaled(part.field(f.kind), f, t.real)
	})
	s.Histogram = histogramShown(&d.bins, 1, nanos)
	return s
}

// shownSlots lists the slots of the time that was observed.
func shownSlots[T any](l *Loop, d *detail[T], fields []string, number func(slot int, field string) float64) []StatSlot {
	w := &d.windows
	if w.Every == 0 {
		return nil
	}
	var list []StatSlot
	from, to := w.shown(l.measured().began, l.measuredTo())
	for slot := from; slot < max(to, len(d.slots)); slot++ {
		s := StatSlot{Slot: slot, From: l.InUnits(w.from(slot)), To: l.InUnits(w.from(slot + 1)), Cycle: w.Cycle > 0, Label: w.label(slot, l.opts.ClockStart)}
		if slot == MostSlots {
			s.To = l.InUnits(max(l.measuredTo(), w.from(slot)))
		}
		for _, field := range fields {
			s.Fields = append(s.Fields, StatValue{field, number(slot, field)})
		}
		list = append(list, s)
	}
	return list
}

// histogramShown is a histogram whose counts count so many, and whose bounds too.
func histogramShown(h *histogram, count, bound float64) StatHistogram {
	if h.counts == nil {
		return StatHistogram{}
	}
	s := StatHistogram{Histogram: h.Histogram}
	s.From, s.To = s.From/bound, s.To/bound
	for _, n := range h.counts {
		s.Counts = append(s.Counts, float64(n)/count)
	}
	return s
}

func (l *Loop) levelStatistics(name string, x *level, o *StatOptions) StatLevel {
	s := StatLevel{Name: name}
	for _, field := range LevelFields {
		f, _ := Field(StatIsLevel, field)
		s.Fields = append(s.Fields, StatValue{field, x.field(f)})
	}
	for _, q := range o.Quantiles {
		s.Fields = append(s.Fields, StatValue{quantileName(q), x.quantile(q)})
	}
	d := detailOf(x.more)
	s.Windows = shownSlots(l, d, LevelSlotFields, func(slot int, field string) float64 {
		part := d.slot(slot)
		f, _ := Field(StatIsLevel, field)
		return part.field(f.kind)
	})
	s.Histogram = histogramShown(&d.bins, float64(l.UnitNanos()), 1)
	return s
}

// quantileName is the field of a quantile: p25, p999 for 0.999.
func quantileName(q float64) string {
	text := strconv.FormatFloat(100*q, 'g', 6, 64)
	whole, rest, _ := strings.Cut(text, ".")
	if rest != "" && len(whole) == 1 {
		whole = "0" + whole
	}
	return "p" + whole + rest
}
