package report

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"runloop/engine"
	"runloop/internal/numeral"
)

// Statistics is what was counted and measured of a run, and the unit of its times: a symbol such as "s".
type Statistics struct {
	Unit string
	List []engine.Statistics
}

// table is a family of kinds that are shown together: the heads of its columns behind the name, and what stands in a row.
type statTable struct {
	kinds []string
	heads []string
	row   func(s *engine.Statistics) []string
}

var statTables = []statTable{
	{[]string{"resource"},
		[]string{"requests", "served", "refused", "reneged", "preempted", "failures", "wait ± 95 %", "p95", "hold", "queue", "in use", "util.", "down", "overtime"},
		func(s *engine.Statistics) []string {
			return append(heldCells(s), numeral.Short(s.Level[3].Value("mean")), numeral.Short(s.Rates[3].Value))
		}},
	{[]string{"lock", "rwlock", "semaphore"},
		[]string{"requests", "served", "refused", "reneged", "wait ± 95 %", "p95", "hold", "queue", "in use", "util."},
		heldCells},
	{[]string{"queue"}, []string{"puts", "gets", "refused", "reneged", "stay ± 95 %", "p95", "size", "most", "putters", "getters"},
		func(s *engine.Statistics) []string {
			return slices.Concat(countCells(s), waitCells(&s.Tally[2]), []string{numeral.Short(s.Level[0].Value("mean")), numeral.Short(s.Level[0].Value("max")), numeral.Short(s.Level[1].Value("mean")), numeral.Short(s.Level[2].Value("mean"))})
		}},
	{[]string{"store"}, []string{"puts", "gets", "refused", "reneged", "stay ± 95 %", "p95", "size", "most", "putters", "getters", "lent"},
		func(s *engine.Statistics) []string {
			return slices.Concat(countCells(s), waitCells(&s.Tally[2]), []string{numeral.Short(s.Level[0].Value("mean")), numeral.Short(s.Level[0].Value("max")),
				numeral.Short(s.Level[1].Value("mean")), numeral.Short(s.Level[2].Value("mean")), numeral.Short(s.Level[3].Value("mean"))})
		}},
	{[]string{"container"}, []string{"puts", "gets", "refused", "reneged", "get wait ± 95 %", "p95", "in", "out", "level", "least", "most", "empty", "full"},
		func(s *engine.Statistics) []string {
			level := &s.Level[0]
			return slices.Concat(countCells(s), waitCells(&s.Tally[1]), []string{numeral.Short(s.Rates[0].Value), numeral.Short(s.Rates[1].Value), numeral.Short(level.Value("mean")),
				numeral.Short(level.Value("min")), numeral.Short(level.Value("max")), numeral.Percent(s.Rates[2].Value), numeral.Percent(s.Rates[3].Value)})
		}},
	{[]string{"event", "condition", "barrier"}, []string{"waits", "wait ± 95 %", "p95", "waiting"},
		func(s *engine.Statistics) []string {
			return slices.Concat([]string{numeral.Thousands(int64(s.Tally[0].Value("count")))}, waitCells(&s.Tally[0]), []string{numeral.Short(s.Level[0].Value("mean"))})
		}},
	{[]string{"tasks"}, []string{"started", "done", "failed", "cancelled", "time ± 95 %", "p95", "inside", "most"},
		func(s *engine.Statistics) []string {
			return slices.Concat(countCells(s), waitCells(&s.Tally[0]), []string{numeral.Short(s.Level[0].Value("mean")), numeral.Short(s.Level[0].Value("max"))})
		}},
	{[]string{"tally"}, []string{"count", "mean ± 95 %", "p95", "sd", "min", "p50", "max"}, func(s *engine.Statistics) []string {
		t := &s.Tally[0]
		return slices.Concat([]string{numeral.Thousands(int64(t.Value("count")))}, waitCells(t),
			[]string{numeral.Short(t.Value("sd")), numeral.Short(t.Value("min")), numeral.Short(t.Value("p50")), numeral.Short(t.Value("max"))})
	}},
	{[]string{"level"}, []string{"mean", "sd", "min", "p50", "max", "last"}, func(s *engine.Statistics) []string {
		var cells []string
		for _, field := range []string{"mean", "sd", "min", "p50", "max", "last"} {
			cells = append(cells, numeral.Short(s.Level[0].Value(field)))
		}
		return cells
	}},
	{[]string{"count"}, []string{"count", "rate"}, func(s *engine.Statistics) []string {
		return append(countCells(s), numeral.Short(s.Rates[0].Value))
	}},
	{[]string{"states"}, []string{"shares of the time"}, func(s *engine.Statistics) []string {
		var shares []string
		for _, state := range s.Level[0].Fields {
			shares = append(shares, state.Name+" "+numeral.Percent(state.Value))
		}
		return []string{strings.Join(shares, ", ")}
	}},
	{[]string{"sources"}, []string{"arrivals", "rate"}, func(s *engine.Statistics) []string {
		return append(countCells(s), numeral.Short(s.Rates[0].Value))
	}},
}

// heldCells is the row of what tasks hold.
func heldCells(s *engine.Statistics) []string {
	return slices.Concat(countCells(s), waitCells(&s.Tally[0]),
		[]string{numeral.Short(s.Tally[2].Value("mean")), numeral.Short(s.Level[0].Value("mean")), numeral.Short(s.Level[1].Value("mean")), numeral.Percent(s.Rates[0].Value)})
}

func countCells(s *engine.Statistics) []string {
	var cells []string
	for _, c := range s.Counts {
		cells = append(cells, numeral.Thousands(c.N))
	}
	return cells
}

// waitCells is the mean with its interval, and the 95th percentile.
func waitCells(t *engine.StatTally) []string {
	mean := numeral.Short(t.Value("mean"))
	switch {
	case t.WhyNot == "correlated":
		mean += " correlated"
	case !math.IsNaN(t.Value("ci")):
		mean += " ± " + numeral.Short(t.Value("ci"))
	}
	return []string{mean, numeral.Short(t.Value("p95"))}
}

// Text returns the statistics as tables, one for each family of kinds.
func (x *Statistics) Text() string {
	var tables []string
	for _, t := range statTables {
		var rows [][]string
		for i := range x.List {
			if s := &x.List[i]; slices.Contains(t.kinds, s.Kind) {
				rows = append(rows, append([]string{title(s)}, t.row(s)...))
			}
		}
		if rows != nil {
			rows = append([][]string{append([]string{""}, t.heads...)}, rows...)
			tables = append(tables, aligned(withoutRare(rows)))
		}
	}
	for i := range x.List {
		tables = append(tables, x.details(&x.List[i])...)
	}
	if tables == nil {
		return "no statistics: nothing waited, and no task ran\n"
	}
	return "times in " + x.Unit + "\n" + strings.Join(tables, "\n")
}

// Details returns the slots of time, the histograms and the shares of states alone, as tables.
func (x *Statistics) Details() string {
	var tables []string
	for i := range x.List {
		s := &x.List[i]
		if s.Kind == engine.MetricKindWords[engine.MetricStates] {
			tables = append(tables, stateBars(title(s), s.Level))
			continue
		}
		tables = append(tables, x.details(s)...)
	}
	return strings.Join(tables, "\n")
}

// rareColumns are left out where all is 0 in them.
var rareColumns = []string{"preempted", "failures", "down", "overtime"}

func withoutRare(rows [][]string) [][]string {
	for _, name := range rareColumns {
		i := slices.Index(rows[0], name)
		if i >= 0 && !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[i] != "0" && row[i] != "–" }) {
			for j := range rows {
				rows[j] = slices.Delete(rows[j], i, i+1)
			}
		}
	}
	return rows
}

// title is what s is about, and the unit of its numbers.
func title(s *engine.Statistics) string {
	if s.Unit != "" {
		return s.Kind + " " + s.Name + " (" + s.Unit + ")"
	}
	return s.Kind + " " + s.Name
}

// details are the slots of time and the histograms of s.
func (x *Statistics) details(s *engine.Statistics) (tables []string) {
	of := func(statistic string) string {
		if statistic == s.Kind { // a metric is its only one
			return title(s)
		}
		return title(s) + ": " + statistic
	}
	add := func(statistic string, d *engine.StatDetail, times bool) {
		if d.Windows != nil {
			tables = append(tables, x.slots(of(statistic), d.Windows))
		}
		if d.Histogram.Bins > 0 {
			tables = append(tables, bars(of(statistic), &d.Histogram, times))
		}
	}
	if rows := priorities(title(s), s.Tally); rows != nil {
		tables = append(tables, aligned(rows))
	}
	add("count", &engine.StatDetail{Windows: s.Windows}, false)
	for i := range s.Tally {
		add(s.Tally[i].Name, &s.Tally[i].StatDetail, false)
	}
	for i := range s.Level {
		add(s.Level[i].Name, &s.Level[i].StatDetail, true)
	}
	return tables
}

// priorities is a table with a row for the waits of each priority; nil: they are not told apart.
func priorities(head string, list []engine.StatTally) (rows [][]string) {
	for i := range list {
		name, ranked := strings.CutPrefix(list[i].Name, "wait[")
		if !ranked {
			continue
		}
		if rows == nil {
			rows = [][]string{{head + ": wait", "served", "wait ± 95 %", "p95", "max"}}
		}
		t := &list[i]
		row := append([]string{"priority " + strings.TrimSuffix(name, "]"), numeral.Thousands(int64(t.Value("count")))}, waitCells(t)...)
		rows = append(rows, append(row, numeral.Short(t.Value("max"))))
	}
	return rows
}

// slots is a table with a row for each slot of time.
func (x *Statistics) slots(head string, slots []engine.StatSlot) string {
	var rows [][]string
	for _, slot := range slots {
		if rows == nil {
			rows = [][]string{{head}}
			for _, f := range slot.Fields {
				rows[0] = append(rows[0], f.Name)
			}
		}
		row := []string{slot.Label}
		if slot.Label == "" {
			row[0] = "from " + numeral.Short(slot.From) + " " + x.Unit
		}
		for _, f := range slot.Fields {
			if f.Name == "count" {
				row = append(row, numeral.Thousands(int64(f.Value)))
			} else {
				row = append(row, numeral.Short(f.Value))
			}
		}
		rows = append(rows, row)
	}
	return aligned(rows)
}

// barWidth is the longest bar of a histogram.
const barWidth = 40

// bars is a histogram: of single values their counts, of a level the times.
func bars(head string, h *engine.StatHistogram, times bool) string {
	all, most := 0.0, 0.0
	for _, n := range h.Counts {
		all, most = all+n, max(most, n)
	}
	rows := [][]string{{head, "count", "share"}}
	if times {
		rows[0][1] = "time"
	}
	var lengths []float64
	for i, n := range h.Counts {
		label := numeral.Short(h.Border(i-1)) + " to " + numeral.Short(h.Border(i))
		switch {
		case n == 0 && (i == 0 || i == h.Bins+1):
			continue
		case i == 0:
			label = "below " + numeral.Short(h.From)
		case i == h.Bins+1:
			label = "from " + numeral.Short(h.To) + " on"
		}
		row := []string{label, numeral.Thousands(int64(n)), numeral.Percent(n / all)}
		if times {
			row[1] = numeral.Short(n)
		}
		rows, lengths = append(rows, row), append(lengths, n/most)
	}
	return drawnBars(rows, lengths)
}

// stateBars is how much of the time each state lasted; levels are the shares, the times and the entries.
func stateBars(head string, levels []engine.StatLevel) string {
	rows := [][]string{{head, "time", "entries", "share"}}
	var lengths []float64
	most := 0.0
	for _, f := range levels[0].Fields {
		most = max(most, f.Value)
	}
	for i, f := range levels[0].Fields {
		rows = append(rows, []string{f.Name, numeral.Short(levels[1].Fields[i].Value), numeral.Thousands(int64(levels[2].Fields[i].Value)), numeral.Percent(f.Value)})
		lengths = append(lengths, f.Value/most)
	}
	return drawnBars(rows, lengths)
}

// drawnBars is a table with bars behind its rows, of lengths up to 1.
func drawnBars(rows [][]string, lengths []float64) string {
	lines := strings.Split(aligned(rows), "\n")
	for i, length := range lengths {
		if eighths := int(math.Round(8 * barWidth * length)); length > 0 && eighths > 0 {
			lines[i+1] += "  " + strings.Repeat("█", eighths/8) + [...]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths%8]
		}
	}
	return strings.Join(lines, "\n")
}

// aligned is a table with its first column on the left and the others on the right.
func aligned(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, c := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i == 0 {
				b.WriteString(c + pad)
			} else {
				b.WriteString("  " + pad + c)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Object is how the rows of a table of values, and expressions, name what s is about.
func Object(s *engine.Statistics) string {
	if s.Kind == "tasks" {
		return "tasks." + s.Name
	}
	return s.Name
}

// CSV returns the statistics as a table with a line for each value: object, statistic, field, value. What there is not has
// no line.
func (x *Statistics) CSV() string {
	var b strings.Builder
	b.WriteString("object,statistic,field,value\n")
	for i := range x.List {
		s := &x.List[i]
		add := func(statistic, field string, value float64) {
			if !math.IsNaN(value) {
				fmt.Fprintf(&b, "%s,%s,%s,%s\n", QuoteCSV(Object(s)), statistic, field, strconv.FormatFloat(value, 'g', -1, 64))
			}
		}
		detail := func(statistic string, d *engine.StatDetail) {
			for i, n := range d.Histogram.Counts {
				field := "histogram[" + strconv.Itoa(i-1) + "]"
				switch i {
				case 0:
					field = "histogram.below"
				case d.Histogram.Bins + 1:
					field = "histogram.above"
				}
				add(statistic, field, n)
			}
			for _, slot := range d.Windows {
				of := "windows[" + strconv.Itoa(slot.Slot) + "]."
				add(statistic, of+"from", slot.From)
				for _, f := range slot.Fields {
					add(statistic, of+f.Name, f.Value)
				}
			}
		}
		for _, c := range s.Counts {
			add(c.Name, "count", float64(c.N))
		}
		detail("count", &engine.StatDetail{Windows: s.Windows})
		for j := range s.Tally {
			for _, f := range s.Tally[j].Fields {
				add(s.Tally[j].Name, f.Name, f.Value)
			}
			detail(s.Tally[j].Name, &s.Tally[j].StatDetail)
		}
		for j := range s.Level {
			for _, f := range s.Level[j].Fields {
				add(s.Level[j].Name, f.Name, f.Value)
			}
			detail(s.Level[j].Name, &s.Level[j].StatDetail)
		}
		for _, r := range s.Rates {
			add(r.Name, "value", r.Value)
		}
	}
	return b.String()
}

// QuoteCSV is a field of CSV.
func QuoteCSV(text string) string {
	if strings.ContainsAny(text, ",\"\n") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

// JSON returns the statistics as one object. A value that there is not is null.
func (x *Statistics) JSON() ([]byte, error) { return Encode(x.data(), "  ") }

type statisticsJSON struct {
	Unit    string       `json:"unit"`
	Objects []statObject `json:"objects"`
}

type statObject struct {
	Kind    string          `json:"kind"`
	Name    string          `json:"name"`
	Unit    string          `json:"unit,omitempty"`
	Counts  members         `json:"counts"`
	Tallies members         `json:"tallies"`
	Levels  members         `json:"levels"`
	Derived members         `json:"derived"`
	Windows json.RawMessage `json:"windows,omitempty"` // of a count
}

func (x *Statistics) data() *statisticsJSON {
	d := &statisticsJSON{Unit: x.Unit, Objects: []statObject{}}
	for i := range x.List {
		s := &x.List[i]
		o := statObject{Kind: s.Kind, Name: s.Name, Unit: s.Unit}
		for _, c := range s.Counts {
			o.Counts = append(o.Counts, member{c.Name, strconv.AppendInt(nil, c.N, 10)})
		}
		for j := range s.Tally {
			fields := valuesJSON(s.Tally[j].Fields)
			if why := s.Tally[j].WhyNot; why != "" {
				fields = append(fields, member{"why_no_ci", appendString(nil, why)})
			}
			o.Tallies = append(o.Tallies, member{s.Tally[j].Name, marshal(append(fields, detailJSON(&s.Tally[j].StatDetail)...))})
		}
		for j := range s.Level {
			fields := append(valuesJSON(s.Level[j].Fields), detailJSON(&s.Level[j].StatDetail)...)
			o.Levels = append(o.Levels, member{s.Level[j].Name, marshal(fields)})
		}
		if o.Derived = valuesJSON(s.Rates); s.Windows != nil {
			o.Windows = slotsJSON(s.Windows)
		}
		d.Objects = append(d.Objects, o)
	}
	return d
}

// detailJSON is the slots of time and the histogram of a statistic.
func detailJSON(d *engine.StatDetail) (m members) {
	if h := &d.Histogram; h.Bins > 0 {
		text, _ := json.Marshal(struct {
			From  float64   `json:"from"`
			To    float64   `json:"to"`
			Below float64   `json:"below"`
			Bins  []float64 `json:"bins"`
			Above float64   `json:"above"`
		}{h.From, h.To, h.Counts[0], h.Counts[1 : h.Bins+1], h.Counts[h.Bins+1]})
		m = append(m, member{"histogram", text})
	}
	if d.Windows != nil {
		m = append(m, member{"windows", slotsJSON(d.Windows)})
	}
	return m
}

func slotsJSON(slots []engine.StatSlot) json.RawMessage {
	var list []members
	for _, slot := range slots {
		m := members{{"slot", strconv.AppendInt(nil, int64(slot.Slot), 10)}}
		m = append(m, valuesJSON([]engine.StatValue{{Name: "from", Value: slot.From}})...)
		if slot.Label != "" {
			m = append(m, member{"label", appendString(nil, slot.Label)})
		}
		list = append(list, append(m, valuesJSON(slot.Fields)...))
	}
	text, _ := json.Marshal(list)
	return text
}

func valuesJSON(values []engine.StatValue) members {
	var m members
	for _, v := range values {
		text := []byte("null")
		if !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0) {
			text, _ = json.Marshal(v.Value)
		}
		m = append(m, member{v.Name, text})
	}
	return m
}

func marshal(m members) json.RawMessage {
	text, _ := m.MarshalJSON() // it has no errors
	return text
}
