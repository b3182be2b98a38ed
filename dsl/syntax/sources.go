package syntax

import (
	"fmt"
	"strings"
	"time"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// Source is an entry of `sources`: a stream of arrivals.
type Source struct {
	Entry
	Title            *Name // its own name
	Every            *Duration
	Rate             *Timetable
	Per              *Duration
	At               *Durations
	Rows             *Value
	After, From, End *Duration
	Limit, Batch     *Value
}

// Timetable is a number, or one that changes at known times.
type Timetable struct {
	Record
	Constant *Value // nil: the times say it
	Times    *Times
	Every    *Duration
}

// The values of a timetable and of the times of arrivals.
type (
	// Times is a map from times to values.
	Times struct {
		source.Span
		Items []TimeValue
	}
	// TimeValue is a time with the value from then on.
	TimeValue struct {
		Time  *Duration
		Value *Value
	}
	// Durations is a list of durations or loop times.
	Durations struct {
		source.Span
		Items []*Duration
	}
)

func (*Times) fieldValue() {}

func (*Durations) fieldValue() {}

// The keys of sources that later stages ask for.
var (
	SourcesKey = &Key{Name: "sources", Also: []string{"arrivals", "generators", "source"}, Kind: NamedKey, Space: SourceSpace, Keys: sourceKeys,
		Doc: "streams of arrivals, each of which creates tasks", new: func() Node { return new(Source) },
		into: func(n Node, v FieldValue) {
			for _, item := range named(v) {
				s := item.Record.Node.(*Source)
				s.Title = item.Name
				n.(*File).Sources = append(n.(*File).Sources, s)
			}
		}}
	SourceName = &Key{Name: "name", Also: []string{"title"}, Kind: TextKey, Default: "that of the source, and -1, -2 …", Doc: "the task's name",
		into: func(n Node, v FieldValue) { n.(hasEntry).entry().Name, _ = v.(*Value) }}
	SourceEvery = &Key{Name: "every", Also: []string{"interval", "gap", "interarrival"}, Kind: DurationKey,
		Doc:  "the gap between two arrivals, computed anew for each",
		into: func(n Node, v FieldValue) { n.(*Source).Every, _ = v.(*Duration) }}
	SourceRate = &Key{Name: "rate", Kind: TimetableKey, Types: numberTypes, Keys: timetableKeys, new: func() Node { return new(Timetable) },
		Doc:  "how many arrive in one `per`, on average: a Poisson stream, whose rate may change over time",
		into: func(n Node, v FieldValue) { n.(*Source).Rate = timetable(v) }}
	SourcePer = &Key{Name: "per", Kind: DurationKey, Needs: SourceRate, Default: "1 of the scenario's unit of time", Doc: "the time to which `rate` refers",
		into: func(n Node, v FieldValue) { n.(*Source).Per, _ = v.(*Duration) }}
	SourceAt = &Key{Name: "at", Kind: DurationsKey, Doc: "the loop times of the arrivals",
		into: func(n Node, v FieldValue) { n.(*Source).At, _ = v.(*Durations) }}
	SourceRows = &Key{Name: "rows", Also: []string{"trace", "data", "dataframe"}, Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList},
		Doc:  "a list of maps with `at`, the loop time of an arrival; `row` is that map for what it creates",
		into: func(n Node, v FieldValue) { n.(*Source).Rows, _ = v.(*Value) }}
	SourceAfter = &Key{Name: "after", Kind: DurationKey, Default: "one gap", Doc: "when the first arrives, counted from `start`",
		into: func(n Node, v FieldValue) { n.(*Source).After, _ = v.(*Duration) }}
	SourceStart = &Key{Name: "start", Also: []string{"from"}, Kind: DurationKey, Default: "0", Doc: "nothing arrives before this loop time",
		into: func(n Node, v FieldValue) { n.(*Source).From, _ = v.(*Duration) }}
	SourceEnd = &Key{Name: "end", Also: []string{"until", "stop"}, Kind: DurationKey, Doc: "nothing arrives at or after this loop time",
		into: func(n Node, v FieldValue) { n.(*Source).End, _ = v.(*Duration) }}
	SourceLimit = &Key{Name: "limit", Also: []string{"count", "max"}, Kind: ValueKey, Types: intTypes, Doc: "how many tasks in all",
		into: func(n Node, v FieldValue) { n.(*Source).Limit, _ = v.(*Value) }}
	SourceBatch = &Key{Name: "batch", Also: []string{"size"}, Kind: ValueKey, Types: intTypes, Default: "1",
		Doc:  "how many tasks come at once, computed for each arrival",
		into: func(n Node, v FieldValue) { n.(*Source).Batch, _ = v.(*Value) }}

	// sourceTimes are the keys of which a source has exactly one.
	sourceTimes = []*Key{SourceEvery, SourceRate, SourceAt, SourceRows}
	sourceKeys  = []*Key{
		EntryCall, WithKey, EntryDo, SourceName, entryContext, EntryDaemon,
		SourceEvery, SourceRate, SourcePer, SourceAt, SourceRows, SourceAfter, SourceStart, SourceEnd, SourceLimit, SourceBatch,
	}

	TableEvery = &Key{Name: "every", Also: []string{"repeat", "cycle"}, Kind: DurationKey,
		Doc:  "after so long it begins anew; until its first time it has its last value",
		into: func(n Node, v FieldValue) { n.(*Timetable).Every, _ = v.(*Duration) }}
	timetableKeys = []*Key{
		{Name: "at", Kind: TimesKey, Required: true,
			Doc:  "a map from times to the value from then on: loop times such as 8h, or what the clock shows: \"07:00\", \"Mon 08:00\"",
			into: func(n Node, v FieldValue) { n.(*Timetable).Times, _ = v.(*Times) }},
		TableEvery,
	}
)

// timetable is what a TimetableKey says, nil: nothing that could be read.
func timetable(v FieldValue) *Timetable {
	if constant, ok := v.(*Value); ok {
		return &Timetable{Record: Record{Span: constant.Span}, Constant: constant}
	}
	return nodeOf[*Timetable](v)
}

// When returns the keys that say when tasks arrive, of which there should be one.
func (s *Source) When() []*Key {
	var list []*Key
	for _, key := range sourceTimes {
		if s.Written(key) {
			list = append(list, key)
		}
	}
	return list
}

// Ends reports whether the stream ends by itself.
func (s *Source) Ends() bool {
	return s.Written(SourceLimit) || s.Written(SourceEnd) || s.Written(SourceAt) || s.Written(SourceRows)
}

// Calendar reports whether the times are those that the clock shows, and how long it takes until they come again.
func (t *Timetable) Calendar() (every int64, ok bool) {
	if t.Times == nil || len(t.Times.Items) == 0 {
		return 0, false
	}
	switch first := t.Times.Items[0].Time; {
	case first.OfWeek:
		return int64(7 * 24 * time.Hour), true
	case first.OfDay:
		return int64(24 * time.Hour), true
	}
	return 0, false
}

// times reads a map from times to values.
func (p *parser) times(n *yaml.Node, key *Key) *Times {
	if n.Kind != yaml.MapNode || len(n.Pairs) == 0 {
		p.errorf(CodeWrongForm, n.Span, "write `"+key.Name+": { 0s: 2, 8h: 5 }`", "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	t := &Times{Span: n.Span}
	for _, pair := range n.Pairs {
		if at, value := p.tableTime(pair, key), p.value(pair.Value, key.Literal); at != nil && value != nil {
			t.Items = append(t.Items, TimeValue{Time: at, Value: value})
		}
	}
	return t
}

// tableTime reads a time of a timetable.
func (p *parser) tableTime(pair yaml.Pair, key *Key) *Duration {
	if !strings.Contains(pair.Key, ":") {
		ns, err := expr.ParseDuration(pair.Key, p.unitNanos())
		if err == nil {
			return &Duration{Span: pair.KeySpan, Nanos: ns}
		}
		p.errorf(CodeDuration, pair.KeySpan, timeHint, "`%s`: %s", key.Name, err)
		return nil
	}
	ofDay, day := pair.Key, 0
	word, rest, week := strings.Cut(pair.Key, " ")
	if week {
		if ofDay, day = rest, weekday(word); day < 0 {
			p.errorf(CodeDuration, pair.KeySpan, timeHint, "`%s`: %q is no day of the week", key.Name, source.Shorten(word))
			return nil
		}
	}
	ns, ok := clockTime(ofDay)
	if !ok {
		p.errorf(CodeDuration, pair.KeySpan, timeHint, "`%s`: %q is no time of day", key.Name, source.Shorten(ofDay))
		return nil
	}
	return &Duration{Span: pair.KeySpan, Nanos: ns + int64(day)*int64(24*time.Hour), OfDay: !week, OfWeek: week}
}

const timeHint = "write a loop time such as 8h, a time of day such as \"07:00\", or one of the week such as \"Mon 08:00\""

// weekday is the number of a day of the week, from Monday, 0; -1: it is none.
func weekday(word string) int {
	for i := range 7 {
		if name := time.Weekday((i + 1) % 7).String(); strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) {
			return i
		}
	}
	return -1
}

// clockTime is a time of day in nanoseconds since midnight.
func clockTime(text string) (ns int64, ok bool) {
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return int64(t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))), true
		}
	}
	return 0, false
}

// durations reads a list of durations.
func (p *parser) durations(n *yaml.Node, key *Key) *Durations {
	if n.Kind != yaml.ListNode {
		p.errorf(CodeWrongForm, n.Span, fmt.Sprintf("write `%s: [%s]`", key.Name, nodeText(n)), "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		return nil
	}
	list := &Durations{Span: n.Span}
	for _, item := range n.Items {
		if d := p.duration(item, key); d != nil {
			list.Items = append(list.Items, d)
		}
	}
	return list
}
