package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/page"
	"runloop/internal/picture"
	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	bundle "runloop/scenarios"
)

// go test ./internal/conformance -run TestPages -args -pages DIR -n 200
var pages = flag.String("pages", "", "write pages and pictures of scenarios to this folder, for .ci/check-pages")

// hostile is a scenario whose names try to be markup, to hide something, and to be too long.
var hostile = "runloop: 1\nname: '</script><script>window.hacked = 1</script>'\n" +
	"description: '<img src=x onerror=\"window.hacked = 1\">'\n" +
	"shared: { seen: '<b>' }\nqueues: { q: { capacity: 2 } }\nmain:\n" +
	"  - spawn: { call: w }\n    name: ']]></title></svg><script>window.hacked = 1</script>'\n" +
	"  - spawn: { call: w }\n    name: \"\\u202egnp.exe \\U0001F469\\u200D\\U0001F469 日本語 \\u0000\\u001b[31m\"\n" +
	"  - spawn: { call: w }\n    name: \"" + strings.Repeat("long ", 2000) + "\"\n" +
	"  - print: \"</script><!-- ]]> " + strings.Repeat("x", 10_000) + "\"\n" +
	"  - set: { seen: '</td><script>window.hacked = 1</script>' }\n  - sleep: 3s\n" +
	"coroutines: { w: { do: [ { repeat: 2, do: [ { put: q, value: 1 }, { sleep: 1s }, { get: q } ] } ] } }\n"

// TestPages makes the page and the pictures of bundled, random and hostile scenarios: each can be made.
func TestPages(t *testing.T) {
	most := min(scenarios(), 40)
	if *pages != "" {
		most = *count
	}
	for _, name := range bundle.Names() {
		text, _ := bundle.Source(name)
		makePages(t, name, text)
	}
	makePages(t, "hostile", []byte(hostile))
	for i := range most {
		text, _ := Scenario(*seed + uint64(i))
		makePages(t, fmt.Sprintf("random-%03d", i), text)
	}
}

func makePages(t *testing.T, name string, text []byte) {
	t.Helper()
	run := tracetest.Record(t, name+".yaml", text, &engine.Trace{Values: true}, engine.Limits{Steps: 20_000, Memory: 64 << 20})
	html, err := page.Report(run, page.Options{Problems: "<b>nothing</b> </script>", Lines: []int{1}})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	save(t, name+".html", html)
	scene := run.Scene(0, len(run.Turns))
	for as, draw := range pictures {
		svg, err := draw(scene, picture.Options{})
		if err == nil { // a run may be too long for a picture
			save(t, name+"."+as+".svg", svg)
		}
	}
}

// TestStatisticsPages makes the pictures of the statistics of bundled scenarios and of a hostile one, and a page of each.
func TestStatisticsPages(t *testing.T) {
	drawn := 0
	for _, name := range append(bundle.Names(), "hostile") {
		text, ok := bundle.Source(name)
		if !ok {
			text = []byte(hostile)
		}
		m := measured(t, name, text)
		if len(m.List) == 0 {
			continue
		}
		var parts []page.Part
		for as, draw := range map[string]func(*picture.Measured, picture.Options) ([]byte, error){"histogram": picture.Histograms, "windows": picture.Slots} {
			svg, err := draw(m, picture.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range picture.Faults(svg) {
				t.Errorf("%s, %s: %s", name, as, fault)
			}
			save(t, name+"."+as+".svg", svg)
			parts = append(parts, page.Part{Heading: as, Picture: svg, Alt: as, Text: "</script>"})
			drawn++
		}
		save(t, name+".statistics.html", page.Measured(m.Scenario, parts))
	}
	if drawn < 20 {
		t.Errorf("only %d pictures were drawn", drawn)
	}
}

// measured is the statistics of a run of a scenario with histograms and slots, which are chosen after a first run.
func measured(t *testing.T, name string, text []byte) *picture.Measured {
	t.Helper()
	s, err := dsl.Folder{FS: bundle.Files()}.Load(name+".yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	m := &picture.Measured{Scenario: s.Name}
	for second := range 2 {
		opts, err := s.Options(dsl.RunOptions{Clock: "virtual"})
		if err != nil {
			t.Fatal(err)
		}
		opts.Statistics = true
		l := engine.New(s.Program(), opts)
		l.Run()
		m.Unit = l.Unit().Symbol
		for _, x := range l.Statistics() {
			for i := range x.Tally {
				y := &x.Tally[i]
				o := s.Program().Detail(x.Kind, x.Name, y.Name)
				switch {
				case y.Value("count") == 0 || o == nil:
				case second == 1:
					sum := 0.0
					for _, n := range y.Histogram.Counts {
						sum += n
					}
					if sum != y.Value("count") || sum != slotted(y.Windows) {
						t.Errorf("%s: of %v values of %s %v are in bins and %v in slots", name, y.Value("count"), y.Name, sum, slotted(y.Windows))
					}
					m.List = append(m.List, picture.Statistic{Name: x.Name + "." + y.Name, Unit: m.Unit, Fields: y.Fields, StatDetail: y.StatDetail})
				default:
					o.Histogram = picture.Bins(y.Value("min"), y.Value("max"), y.Value("p99"), false)
					o.Histogram.From *= float64(l.UnitNanos())
					o.Histogram.To *= float64(l.UnitNanos())
					o.Windows.Every = l.Now()/24 + 1
				}
			}
			for i := range x.Level {
				y := &x.Level[i]
				o := s.Program().Detail(x.Kind, x.Name, y.Name)
				switch {
				case x.Kind == engine.MetricKindWords[engine.MetricStates]:
					if second == 1 && i == 0 {
						m.List = append(m.List, states(&x))
					}
				case !(y.Value("min") < y.Value("max")) || o == nil:
				case second == 1:
					m.List = append(m.List, picture.Statistic{Name: x.Name + "." + y.Name, Lasts: true, Whole: true, Fields: y.Fields, StatDetail: y.StatDetail})
				default:
					o.Histogram = picture.Bins(y.Value("min"), y.Value("max"), y.Value("p99"), true)
					o.Windows.Every = l.Now()/100 + 1
				}
			}
		}
	}
	return m
}

// states is a metric that has states.
func states(x *engine.Statistics) picture.Statistic {
	s := picture.Statistic{Name: x.Name, Lasts: true}
	for i, f := range x.Level[0].Fields {
		s.States = append(s.States, picture.State{Name: f.Name, Share: f.Value, Time: x.Level[1].Fields[i].Value, Entries: x.Level[2].Fields[i].Value})
	}
	return s
}

// slotted is how many values are in slots, which follow each other.
func slotted(slots []engine.StatSlot) float64 {
	sum := 0.0
	for i, slot := range slots {
		if i > 0 && slot.From != slots[i-1].To {
			return -1
		}
		sum += slot.Fields[0].Value
	}
	return sum
}

// pictures is the pictures in SVG by their names.
var pictures = map[string]func(*trace.Scene, picture.Options) ([]byte, error){
	"graph": picture.Graph, "ladder": picture.Ladder, "timeline": picture.Timeline,
}

func save(t *testing.T, name string, data []byte) {
	t.Helper()
	if *pages == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*pages, name), data, 0o666); err != nil {
		t.Fatal(err)
	}
}
