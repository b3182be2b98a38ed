package trace_test

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
)

// traceEvent is an event as the published description of the format has it.
type traceEvent struct {
	Ph, Name, Cat string
	Pid, Tid      int
	Ts, Dur       *float64
	ID            *int
	S, Bp         string
	Args          map[string]any
}

type eventFile struct {
	DisplayTimeUnit string
	OtherData       map[string]any
	TraceEvents     []traceEvent
}

// readEvents writes a run as trace events and reads them.
func readEvents(t *testing.T, r *trace.Run, o trace.FileOptions) (f eventFile) {
	t.Helper()
	var b, again bytes.Buffer
	if err := r.WriteEvents(&b, o); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteEvents(&again, o); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Fatal("twice is not the same")
	}
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

type track struct{ pid, tid int }

// TestEvents: slices of a track do not overlap, arrows begin and end in slices of turns, every track has its name, every turn its
// slice, counters are numbers.
func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, r *trace.Run) {
		f := readEvents(t, r, trace.Everything())
		names := map[track]string{}
		slicesOf := map[track][]traceEvent{}
		ids := map[string]map[int]traceEvent{"s": {}, "f": {}, "b": {}, "e": {}}
		turns := 0
		for _, x := range f.TraceEvents {
			at := track{x.Pid, x.Tid}
			if x.Ts == nil || *x.Ts < 0 || x.Name == "" || x.Cat == "" {
				t.Fatalf("%+v", x)
			}
			switch x.Ph {
			case "M":
				if x.Name == "thread_name" {
					names[at] = x.Args["name"].(string)
				}
			case "X":
				slicesOf[at] = append(slicesOf[at], x)
				if x.Cat == "turn" {
					if *x.Dur != 1 || *x.Ts != float64(turns) {
						t.Errorf("turn %d is at %v, %v long", turns, *x.Ts, *x.Dur)
					}
					turns++
				}
			case "s", "f", "b", "e":
				if _, twice := ids[x.Ph][*x.ID]; twice {
					t.Errorf("id %d twice: %+v", *x.ID, x)
				}
				ids[x.Ph][*x.ID] = x
			case "C":
				for _, v := range x.Args {
					if _, ok := v.(float64); !ok {
						t.Errorf("%+v", x)
					}
				}
			case "i":
			default:
				t.Errorf("%+v", x)
			}
		}
		if turns != len(r.Turns) || len(ids["s"]) != len(ids["f"]) || len(ids["b"]) != len(ids["e"]) {
			t.Errorf("%d turns of %d, %d arrows begin and %d end", turns, len(r.Turns), len(ids["s"]), len(ids["f"]))
		}
		for at, list := range slicesOf {
			if names[at] == "" {
				t.Errorf("track %v has no name", at)
			}
			slices.SortStableFunc(list, func(a, b traceEvent) int { return int(math.Copysign(1, *a.Ts-*b.Ts)) })
			for i := 1; i < len(list); i++ {
				if end := *list[i-1].Ts + *list[i-1].Dur; end > *list[i].Ts*(1+1e-15)+1e-4 { // a tenth of a nanosecond: sums of long times are rounded
					t.Errorf("%s: %s ends at %v, after %s begins at %v", names[at], list[i-1].Name, end, list[i].Name, *list[i].Ts)
				}
			}
		}
		for id, from := range ids["s"] {
			to, ok := ids["f"][id]
			if !ok || *to.Ts < *from.Ts || to.Bp != "e" {
				t.Errorf("arrow %d from %+v to %+v", id, from, to)
			}
			for _, x := range []traceEvent{from, to} {
				if !slices.ContainsFunc(slicesOf[track{x.Pid, x.Tid}], func(s traceEvent) bool {
					return s.Cat == "turn" && *s.Ts < *x.Ts && *s.Ts+1 > *x.Ts
				}) {
					t.Errorf("no turn is where %+v is", x)
				}
			}
		}
	})
}

// TestEventsNumbers: what a queue and a shared variable come to is what their counters end with.
func TestEventsNumbers(t *testing.T) {
	r := tracetest.Load(t, "scenario.yaml", []byte(`runloop: 1
shared: { n: 0.5 }
queues: { q: { capacity: 3 } }
main:
  - put: q
    value: 1
  - put: q
    value: 2
  - sleep: 1500ns
  - set: { n: "${n + 0.25}" }
`))
	f := readEvents(t, r, trace.Everything())
	last := map[string]traceEvent{}
	for _, x := range f.TraceEvents {
		if x.Ph == "C" && x.Pid == 1 {
			last[x.Name] = x
		}
	}
	q, n := last["queue q"], last["shared n"]
	if q.Args["level"] != 2.0 || q.Args["waiting"] != 0.0 || n.Args["value"] != 0.75 || *n.Ts != 1.5 {
		t.Errorf("%+v", last)
	}
}

// TestEventsPart: a part has the turns of its time, each with its place in the whole run, and arrows inside it only.
func TestEventsPart(t *testing.T) {
	r := tracetest.Bundled(t, "event-loop")
	f := readEvents(t, r, trace.FileOptions{From: 6e9, To: 6e9})
	from, to := r.Between(6e9, 6e9)
	var at []int
	for _, x := range f.TraceEvents {
		if x.Ph == "X" && x.Cat == "turn" {
			at = append(at, int(*x.Ts))
		}
		if (x.Ph == "s" || x.Ph == "f") && (int(*x.Ts) < from || int(*x.Ts) >= to) {
			t.Errorf("%+v", x)
		}
	}
	if len(at) != to-from || at[0] != from {
		t.Errorf("turns %v, not %d to %d", at, from, to-1)
	}
	if f.OtherData["cut"] != false {
		t.Error(f.OtherData)
	}
	if f := readEvents(t, r, trace.FileOptions{From: 1e18, To: 2e18}); len(f.TraceEvents) == 0 {
		t.Error("the processes have no names")
	}
}

// TestEventsHostile: names of any kind are texts of JSON.
func TestEventsHostile(t *testing.T) {
	name := "<script>]]>\u202e🎉\\ \"" + strings.Repeat("x", 10_000)
	quoted, _ := json.Marshal(name)
	r := tracetest.Load(t, "scenario.yaml", []byte("runloop: 1\nmain:\n  - print: "+string(quoted)+"\n"))
	for _, x := range readEvents(t, r, trace.Everything()).TraceEvents {
		if text, ok := x.Args["printed"].(string); ok && (len(text) > 210 || !strings.HasPrefix(text, name[:100])) {
			t.Errorf("%q", text)
		}
	}
}

// BenchmarkWriteEvents says how many records are written a second.
func BenchmarkWriteEvents(b *testing.B) { benchmarkFile(b, (*trace.Run).WriteEvents) }
