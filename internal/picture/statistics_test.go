package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"runloop/engine"
)

// fields makes the fields of a statistic of texts such as "mean=3".
func fields(list ...string) (f []engine.StatValue) {
	for _, item := range list {
		name, text, _ := strings.Cut(item, "=")
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(err)
		}
		f = append(f, engine.StatValue{Name: name, Value: x})
	}
	return f
}

// bars makes a histogram; counts begin with what lies below, and end with what lies above.
func bars(from, to float64, counts ...float64) engine.StatDetail {
	h := engine.StatHistogram{Counts: counts}
	h.From, h.To, h.Bins = from, to, len(counts)-2
	return engine.StatDetail{Histogram: h}
}

// slotsOf makes slots of a length, with a field.
func slotsOf(field string, from, length float64, values ...float64) engine.StatDetail {
	var d engine.StatDetail
	for i, v := range values {
		at := from + float64(i)*length
		d.Windows = append(d.Windows, engine.StatSlot{Slot: i, From: at, To: at + length, Fields: []engine.StatValue{{Name: field, Value: v}}})
	}
	return d
}

var inf, nan = math.Inf(1), math.NaN()

// someStatistics is what histograms and slots are drawn of in files that are kept.
var someStatistics = map[string]Measured{
	"histogram-usual": {"usual", "m", []Statistic{
		{Name: "desk.wait", Unit: "m", Fields: fields("count=871", "mean=3", "sd=4", "min=0", "max=14.99", "p50=0.62", "p95=12.1", "ci=0.7", "share 20s=0.5", "p75=2.5"),
			StatDetail: bars(0, 15, 0, 461, 56, 49, 47, 40, 27, 32, 28, 23, 19, 17, 27, 17, 15, 12, 1)},
		{Name: "desk.queue", Lasts: true, Whole: true, Fields: fields("mean=0.4459", "sd=1", "min=0", "max=10", "p50=0", "p95=3"),
			StatDetail: bars(0, 5, 0, 5849, 538.8, 323.8, 199.9, 160.5, 128.3)},
	}},
	"histogram-odd": {"odd", "ms", []Statistic{
		{Name: "none", Unit: "ms", Fields: fields("count=0", "mean=nan"), StatDetail: bars(0, 1, 0, 0, 0, 0)},
		{Name: "no time", Lasts: true, StatDetail: bars(0, 1, 0, 0, 0)},
		{Name: "one", Fields: fields("count=1", "mean=0.5", "p50=0.5", "p95=0.5"), StatDetail: bars(0, 1, 0, 0, 1, 0, 0)},
		{Name: "same", Unit: "kg", Fields: fields("count=5", "mean=7", "sd=0", "min=7", "max=7", "p50=7", "p95=7"), StatDetail: bars(0, 8, 0, 0, 0, 0, 5, 0)},
		{Name: "huge", Fields: fields("count=4e15", "mean=inf", "max=inf"), StatDetail: bars(-1e12, 1e12, 1, 1e15, 3e15, 2e15, 7)},
		{Name: "negative", Unit: "K", Fields: fields("mean=-3"), StatDetail: bars(-5, -1, 3, 1, 2, 4, 2, 9)},
		{Name: "outside", Fields: fields("mean=-3", "p50=8"), StatDetail: bars(0, 1, 3, 0, 0, 4)},
	}},
	"histogram-states": {"states", "h", []Statistic{
		{Name: "machine", Lasts: true, States: []State{{"up", 0.8, 80, 1200}, {"down", 0.199, 19.9, 1}, {"a state with a very long name that is cut off", 0.001, 0.1, 7}, {"", 0, 0, 1}}},
		{Name: "never", Lasts: true, States: []State{{"x", nan, 0, 1}}},
		{Name: "none", Lasts: true, States: []State{}},
	}},
	"slots-usual": {"usual", "m", []Statistic{
		{Name: "desk.wait", Unit: "m", Fields: fields("count=870", "mean=3"), StatDetail: slotsOf("mean", 0, 30, 1, 2, nan, 4, 0, 3, 2.25, 8)},
		{Name: "temperature", Unit: "°C", Fields: fields("mean=3"), StatDetail: slotsOf("mean", -10, 20, -1, 2.5, -3, inf, 0.25)},
		{Name: "lost", Fields: fields("count=40", "rate=0.5"), StatDetail: slotsOf("count", 0, 60, 10, 0, 30)},
		{Name: "empty"},
	}},
}

// TestStatistics: pictures of statistics are as they were.
func TestStatistics(t *testing.T) {
	for name, m := range someStatistics {
		draw := Histograms
		if strings.HasPrefix(name, "slots") {
			draw = Slots
		}
		svg, err := draw(&m, Options{})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".svg", svg)
		if again, _ := draw(&m, Options{}); !bytes.Equal(again, svg) {
			t.Errorf("%s: drawn again, the picture is another one", name)
		}
	}
}

// mark is a bar of a picture, or another rectangle.
type drawnBar struct {
	class, tooltip string
	x, y, w, h     float64
}

// drawnBars reads the rectangles of a picture with the tooltips of their groups.
func drawnBars(t *testing.T, svg []byte) (list []drawnBar) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	tooltip, inTitle := "", false
	for {
		token, err := d.Token()
		if err != nil {
			return list
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "g":
				tooltip = ""
			case "title":
				inTitle = true
			case "rect":
				b := drawnBar{tooltip: tooltip}
				for _, a := range e.Attr {
					x, _ := strconv.ParseFloat(a.Value, 64)
					switch a.Name.Local {
					case "class":
						b.class = a.Value
					case "x":
						b.x = x
					case "y":
						b.y = x
					case "width":
						b.w = x
					case "height":
						b.h = x
					}
				}
				if b.class != "bg" {
					list = append(list, b)
				}
			}
		case xml.EndElement:
			inTitle = inTitle && e.Name.Local != "title"
		case xml.CharData:
			if inTitle {
				tooltip += string(e)
			}
		}
	}
}

// checkBars holds that bars are as high as what they stand for, on one line, and in the frame.
func checkBars(t *testing.T, name string, bars []drawnBar, values []float64) {
	t.Helper()
	if len(bars) != len(values) {
		t.Errorf("%s: %d bars of %d values", name, len(bars), len(values))
		return
	}
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	end := 0.0
	for i, b := range bars {
		want := max(panelPlot*(values[i]/most), 1)
		if math.Abs(b.h-want) > 0.11 {
			t.Errorf("%s: bar %d (%s) is %v high, want %v", name, i, b.tooltip, b.h, want)
		}
		if bottom := bars[0].y + bars[0].h; math.Abs(b.y+b.h-bottom) > 0.21 {
			t.Errorf("%s: bar %d ends at %v, the first one at %v", name, i, b.y+b.h, bottom)
		}
		if b.x < panelLeft-0.1 || b.x+b.w > panelRight+0.6 {
			t.Errorf("%s: bar %d goes from %v to %v", name, i, b.x, b.x+b.w)
		}
		if b.x < end-0.3 {
			t.Errorf("%s: bar %d begins at %v, where the one before ends at %v", name, i, b.x, end)
		}
		end = b.x + b.w
	}
}

// somewhere is a number of any size.
func somewhere(r *rand.Rand) float64 {
	return (r.Float64() - 0.3) * math.Pow(10, float64(r.IntN(22)-9))
}

// randomFields is fields of which some are none, or without end.
func randomFields(r *rand.Rand, about float64) (f []engine.StatValue) {
	for _, name := range []string{"count", "mean", "sd", "min", "max", "p50", "p95", "p99", "ci", "p25", "p999", "share 20s", "last"} {
		x := about * (r.Float64()*2 - 0.5)
		switch r.IntN(8) {
		case 0:
			x = nan
		case 1:
			x = inf
		case 2:
			x = 0
		}
		if name == "count" {
			x = float64(r.IntN(1_000_000))
		}
		f = append(f, engine.StatValue{Name: name, Value: x})
	}
	return f
}

// TestRandomHistograms: whatever the values, bars are in proportion, and no text stands over another, or outside.
func TestRandomHistograms(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 600 {
		from := somewhere(r)
		to := from + math.Abs(somewhere(r)) + math.Abs(from)/1e6
		bins := []int{1, 2, 3, 7, 10, 20, 40, 100, 400, 401, 1000}[r.IntN(11)]
		counts := make([]float64, bins+2)
		great := math.Pow(10, float64(r.IntN(16)))
		for i := range counts {
			if counts[i] = math.Floor(r.Float64() * great); r.IntN(3) == 0 {
				counts[i] = 0
			}
		}
		counts[1+r.IntN(bins)]++
		s := Statistic{Name: hostile[r.IntN(len(hostile))], Unit: []string{"", "s", "ms", "m", "d", "items", hostile[r.IntN(len(hostile))]}[r.IntN(7)],
			Lasts: r.IntN(2) == 0, Fields: randomFields(r, from+(to-from)*r.Float64()), StatDetail: bars(from, to, counts...)}
		if r.IntN(3) == 0 {
			s.Histogram.From = float64(r.IntN(2000) - 1000)
			s.Histogram.To, s.Whole = s.Histogram.From+float64(bins), true
		}
		svg, err := Histograms(&Measured{"random", "s", []Statistic{s}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkPanels(t, fmt.Sprintf("%d, %+v", n, s.Histogram.Histogram), svg)
		below, above, list := s.binsOf()
		var want []float64
		if below != nil {
			want = append(want, below.n)
		}
		for _, b := range list {
			if b.n > 0 {
				want = append(want, b.n)
			}
		}
		if above != nil {
			want = append(want, above.n)
		}
		checkBars(t, fmt.Sprintf("%d, %+v", n, s.Histogram.Histogram), drawnBars(t, svg), want)
		if t.Failed() {
			t.Fatalf("%+v", s)
		}
	}
}

// checkPanels checks a picture of statistics.
func checkPanels(t *testing.T, name string, svg []byte) {
	t.Helper()
	for _, fault := range Faults(svg) {
		t.Errorf("%s: %s", name, fault)
	}
	wellFormed(t, name, svg)
	for _, no := range []string{"NaN", "Inf", `="-0"`} {
		if bytes.Contains(svg, []byte(`"`+no)) {
			t.Errorf("%s: there is %s in it", name, no)
		}
	}
	if len(svg) > 300_000 {
		t.Errorf("%s has %d bytes", name, len(svg))
	}
}

// TestRandomSlots: whatever the slots, bars stand over them, and no text stands over another, or outside.
func TestRandomSlots(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 300 {
		length := math.Abs(somewhere(r)) + 1e-6
		slots := make([]float64, []int{1, 2, 5, 24, 31, 48, 96, 399, 401, 2000, 10001}[r.IntN(11)])
		about := math.Abs(somewhere(r))
		negative := r.IntN(2) == 0
		for i := range slots {
			if slots[i] = r.Float64() * about; negative {
				slots[i] -= about / 2
			}
			switch r.IntN(6) {
			case 0:
				slots[i] = nan
			case 1:
				slots[i] = 0
			}
			if r.IntN(50) == 0 {
				slots[i] = inf
			}
		}
		d := slotsOf([]string{"mean", "count"}[r.IntN(2)], []float64{0, -length / 3}[r.IntN(2)], length, slots...)
		if d.Windows[0].Fields[0].Name == "count" {
			for i := range d.Windows {
				v := &d.Windows[i].Fields[0].Value
				*v = math.Floor(math.Abs(*v))
			}
		}
		cycle, labels := r.IntN(2) == 0, r.IntN(3)
		for i := range d.Windows {
			w := &d.Windows[i]
			w.Cycle = cycle
			switch labels {
			case 1:
				w.Label = fmt.Sprintf("%02d:%02d", i%24, i*7%60/15*15)
			case 2:
				w.Label = fmt.Sprintf("2026-03-%02d %02d:00", 1+i/24%30, i%24)
			}
		}
		s := Statistic{Name: hostile[r.IntN(len(hostile))], Unit: []string{"", "s", "ms"}[r.IntN(3)], Fields: randomFields(r, about), StatDetail: d}
		unit := []string{"s", "m", "h", "d", "ms"}[r.IntN(5)]
		svg, err := Slots(&Measured{"random", unit, []Statistic{s}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d: %d slots of %v %s, about %v", n, len(slots), length, unit, about)
		checkPanels(t, name, svg)
		bars := drawnBars(t, svg)
		scale := (panelRight - panelLeft) / (d.Windows[len(slots)-1].To - d.Windows[0].From)
		at := 0
		for i := range d.Windows {
			if v := d.Windows[i].Fields[0].Value; len(slots) > maxBars || v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			if at == len(bars) {
				t.Errorf("%s: slot %d has no bar", name, i)
				break
			}
			middle := panelLeft + scale*((d.Windows[i].From+d.Windows[i].To)/2-d.Windows[0].From)
			if b := bars[at]; math.Abs(b.x+b.w/2-middle) > 0.3 {
				t.Errorf("%s: the bar of slot %d is around %v, want %v", name, i, b.x+b.w/2, middle)
			}
			at++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// TestStates: bars of states are as long as they lasted, whatever their names, and the longest ends before its words.
func TestStates(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		s := Statistic{Name: "machine", Lasts: true}
		most := 0.0
		for range 1 + r.IntN(64) {
			x := State{Name: hostile[r.IntN(len(hostile))], Share: r.Float64(), Time: math.Abs(somewhere(r)), Entries: math.Floor(math.Abs(somewhere(r)))}
			s.States, most = append(s.States, x), max(most, x.Share)
		}
		svg, err := Histograms(&Measured{"states", "ms", []Statistic{s}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkPanels(t, "states", svg)
		bars := drawnBars(t, svg)
		if len(bars) != len(s.States) {
			t.Fatalf("%d bars of %d states", len(bars), len(s.States))
		}
		longest := timelineWidth - 28 - stateName - stateText - 10
		for i, b := range bars {
			if want := max(longest*(s.States[i].Share/most), 1); math.Abs(b.w-want) > 0.11 {
				t.Errorf("the bar of a state with %v of %v is %v long, want %v", s.States[i].Share, most, b.w, want)
			}
		}
	}
}

// TestClockTicks: the clock is marked at round times, beside each other as they fit, and midnight by its date.
func TestClockTicks(t *testing.T) {
	at := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		every, all time.Duration
		format     string
		want       string // the first texts
		count      int
	}{
		{time.Hour, 10 * time.Hour, "2006-01-02 15:04", "07:00 08:00 09:00", 10},
		{10 * time.Minute, 24 * time.Hour, "15:04", "07:00 08:00 09:00", 24},
		{10 * time.Minute, 5 * 24 * time.Hour, "2006-01-02 15:04", "2026-03-03 2026-03-04 2026-03-05", 5},
		{10 * time.Minute, 30 * 24 * time.Hour, "2006-01-02 15:04", "2026-03-03 2026-03-06 2026-03-09", 10},
		{time.Hour, 7 * 24 * time.Hour, "Mon 15:04", "Mon 12:00 Tue 00:00 Tue 12:00", 14},
		{30 * time.Second, 10 * time.Minute, "15:04:05", "07:00:00 07:01:00 07:02:00", 10},
	} {
		values := make([]float64, c.all/c.every)
		d := slotsOf("count", 0, 1, values...)
		for i := range d.Windows {
			d.Windows[i].Label = at.Add(time.Duration(i) * c.every).Format(c.format)
		}
		p := panels{d: newSVG(timelineWidth)}
		axis := across{panelLeft, panelRight, 0, float64(len(values))}
		p.clockTicks(d.Windows, oneDay(d.Windows), &axis, 100)
		var texts []string
		for part := range strings.SplitSeq(string(p.d.body), "</text>") {
			if i := strings.LastIndexByte(part, '>'); i >= 0 && i+1 < len(part) {
				texts = append(texts, part[i+1:])
			}
		}
		if got := strings.Join(texts[:min(3, len(texts))], " "); got != c.want || len(texts) != c.count {
			t.Errorf("%v of %v: %d marks that begin with %s, want %d that begin with %s", c.every, c.all, len(texts), got, c.count, c.want)
		}
	}
}

// TestManyPanels: of very many statistics some are drawn, and it is said how many are not.
func TestManyPanels(t *testing.T) {
	m := Measured{Scenario: "many", Unit: "s"}
	for i := range maxPanels + 3 {
		m.List = append(m.List, Statistic{Name: fmt.Sprintf("s%d", i), StatDetail: bars(0, 1, 0, 5, 0)})
	}
	few, _ := Histograms(&m, Options{Title: "T < U", Foot: []string{"below"}, Theme: "dark"})
	all, _ := Histograms(&m, Options{All: true})
	switch {
	case len(drawnBars(t, few)) != maxPanels || !bytes.Contains(few, []byte("+ 3 others that are not drawn")):
		t.Errorf("%d of %d are drawn", len(drawnBars(t, few)), len(m.List))
	case len(drawnBars(t, all)) != len(m.List):
		t.Errorf("with All %d are drawn", len(drawnBars(t, all)))
	case bytes.Contains(few, []byte("prefers-color-scheme")) || !bytes.Contains(few, []byte(`<title id="t">T &lt; U</title>`)):
		t.Error("title and theme are not as they were asked for")
	}
}

// TestBins: bins have round borders, and all usual values lie in them.
func TestBins(t *testing.T) {
	for _, c := range []struct {
		low, high, usual float64
		whole            bool
		want             engine.Histogram
	}{
		{0, 14.99, 13, false, engine.Histogram{From: 0, To: 15, Bins: 15}},
		{0, 10, 4, true, engine.Histogram{From: 0, To: 11, Bins: 11}},
		{0, 0, 0, false, engine.Histogram{From: 0, To: 1.2, Bins: 6}},
		{0, 0, 0, true, engine.Histogram{From: 0, To: 2, Bins: 2}},
		{7, 7, 7, false, engine.Histogram{From: 0, To: 8, Bins: 4}},
		{-7, -7, -7, false, engine.Histogram{From: -8, To: 2, Bins: 5}},
		{290, 300, 299, false, engine.Histogram{From: 290, To: 300.5, Bins: 21}},
		{0, 1000, 10, false, engine.Histogram{From: 0, To: 16, Bins: 16}},
		{-3, 5, 4, true, engine.Histogram{From: -3, To: 6, Bins: 9}},
	} {
		if got := Bins(c.low, c.high, c.usual, c.whole); got != c.want {
			t.Errorf("from %v to %v, usually up to %v: %+v, want %+v", c.low, c.high, c.usual, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		low := somewhere(r)
		high := low + math.Abs(somewhere(r))
		h := Bins(low, high, low, r.IntN(2) == 0)
		if h.Bins < 1 || h.Bins > 1000 || !(h.From < h.To) || h.From > low+1e-9*math.Abs(low) {
			t.Fatalf("from %v to %v: %+v", low, high, h)
		}
		if usual := low; high <= 3*usual && h.To <= high {
			t.Fatalf("from %v to %v: %+v", low, high, h)
		}
	}
}
