package engine

import (
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
}

// StatLevel is the statistics of what lasts; NaN: no time has passed.
type StatLevel struct {
	Name   string
	Fields []StatValue // by their names in files and expressions
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
	Field StatField // of a tally or a level, or of a metric
	By    string    // of a metric: the text that keeps observations apart; "": all
	State string    // of a metric of states
}

// MeasureOf says whose statistics a Measure is of.
type MeasureOf uint8

const (
	MeasureObject MeasureOf = iota
	MeasureTasks
	MeasureSource
	MeasureMetric
)

// Whole reports whether the number is a whole one.
func (m *Measure) Whole() bool {
	if m.Of == MeasureMetric {
		return m.Field.Whole()
	}
	return m.Stat.Whole() || m.Stat.Class == StatIsTally && m.Field.Whole()
}

// Measured is a number of the statistics up to now, or to the end of the loop; NaN: nothing was observed. Of a list of objects it
// is that of the one at a place; IndexError where there is none. The program must have Measures set.
func (l *Loop) Measured(m *Measure, at int64) float64 {
	if l.trace != nil && l.trace.foot != nil {
		l.trace.foot.global = true
	}
	var count int64
	var t *tally
	var x *level
	place := m.Stat.place
	switch m.Of {
	case MeasureMetric:
		return l.metricNumber(m)
	case MeasureTasks:
		c := &codeStats{}
		if i := l.codeNamed(m.Name); i >= 0 {
			c = &l.measured().codes[i]
		}
		count, t, x = c.counts[place], &c.time, &c.inside
	case MeasureSource:
		s := l.sourceStatistics(m.Index, "")
		if count = s.Counts[0].N; m.Stat.Class == StatIsDerived {
			return s.Rates[0].Value
		}
	default:
		o := l.statsOf(m, at)
		switch {
		case o == nil:
			return math.NaN()
		case m.Stat.Class == StatIsDerived:
			return objectStatRows[o.kind].derive(l, l.closed(o))[place]
		case m.Stat.Class == StatIsCount:
			count = l.countsOf(o)[place]
		case m.Stat.Class == StatIsTally:
			t = &o.tallies[place]
		default:
			x = &o.levels[place]
		}
	}
	switch m.Stat.Class {
	case StatIsCount:
		return float64(count)
	case StatIsTally:
		return l.tallyNumber(t, m.Field)
	}
	if l.measuring {
		x = x.upTo(l.now)
	}
	return x.field(m.Field)
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
func (l *Loop) tallyNumber(t *tally, f StatField) float64 {
	x := t.field(f)
	switch f.kind {
	case fieldCount, fieldZero, fieldShare:
		return x
	}
	if !t.real {
		x /= float64(l.UnitNanos())
	}
	return x
}

func (t *tally) field(f StatField) float64 {
	switch f.kind {
	case fieldCount:
		return float64(t.count)
	case fieldSum:
		return t.total()
	case fieldMean:
		return t.average()
	case fieldSD:
		return t.deviation()
	case fieldZero:
		return float64(t.zeros) / float64(t.count)
	case fieldHalf:
		half, _ := t.batches.half()
		return half
	case fieldQuantile:
		return t.quantile(f.at)
	case fieldShare:
		return t.share(f.at)
	}
	switch {
	case t.count == 0:
		return math.NaN()
	case f.kind == fieldMin:
		return t.min
	}
	return t.max
}

func (x *level) field(f StatField) float64 {
	switch f.kind {
	case fieldMean:
		return x.average()
	case fieldSD:
		return x.deviation()
	case fieldMin:
		return x.least()
	case fieldMax:
		return x.most()
	case fieldLast:
		return x.number()
	default:
		return x.quantile(f.at)
	}
}

// Statistics lists the statistics of a run: of the objects in the order in which they were made, then of the coroutines and
// the sources in the order of the file. Empty without Options.Statistics, unless expressions of the program ask for some.
func (l *Loop) Statistics() []Statistics {
	if len(l.stats.parts) == 0 {
		return nil
	}
	if l.measuring {
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

// optionsOf is the options of a tally that is made by itself.
func (l *Loop) optionsOf(t *tally) *StatOptions {
	for i := range l.p.Options {
		found := false
		l.optioned(&l.p.Options[i], func(of *tally) { found = found || of == t })
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
			s.Tally = append(s.Tally, l.tallyStatistics(name, &o.tallies[i], l.optionsOf(&o.tallies[i])))
		}
	}
	for i, name := range row.levels {
		if name != "" {
			s.Level = append(s.Level, levelStatistics(name, &o.levels[i], &StatOptions{}))
		}
	}
	if row.derive != nil {
		for i, value := range row.derive(l, o) {
			s.Rates = append(s.Rates, StatValue{row.derived[i], value})
		}
	}
	return s
}

func (l *Loop) codeStatistics(c *codeStats, name string) Statistics {
	s := Statistics{Kind: "tasks", Name: name, Tally: []StatTally{l.tallyStatistics("time", &c.time, l.optionsOf(&c.time))},
		Level: []StatLevel{levelStatistics("inside", &c.inside, &StatOptions{})}}
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
	return s
}

func levelStatistics(name string, x *level, o *StatOptions) StatLevel {
	s := StatLevel{Name: name}
	for _, field := range LevelFields {
		f, _ := Field(StatIsLevel, field)
		s.Fields = append(s.Fields, StatValue{field, x.field(f)})
	}
	for _, q := range o.Quantiles {
		s.Fields = append(s.Fields, StatValue{quantileName(q), x.quantile(q)})
	}
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
