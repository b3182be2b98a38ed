package picture

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"runloop/internal/trace/tracetest"
	"runloop/scenarios"
)

// stuck is runs that come to nothing: what the graph must say.
var stuck = []struct {
	name, text string
	says       []string
}{
	{"twice", `
locks: { m: {} }
workers:
  a: { do: [{ acquire: m, do: [{ acquire: m, do: [{ print: x }] }] }] }
`, []string{"only it itself", "a (line 5, holds m) waits for lock m"}},
	{"two", `
locks: { m: {}, n: {} }
coroutines:
  both:
    params: { first: lock, second: lock }
    do:
      - acquire: ${first}
        do:
          - sleep: 1s
          - acquire: ${second}
            do: [{ print: x }]
workers:
  a: { call: both, with: { first: "${m}", second: "${n}" } }
  b: { call: both, with: { first: "${n}", second: "${m}" } }
  c: { do: [{ sleep: 2s }, { acquire: m, do: [{ print: x }] }] }
  d: { do: [{ await: c }] }
  e: { do: [{ sleep: 3s }, { acquire: n, do: [{ print: x }] }] }
`, []string{"these 2 tasks", "c (line 16) waits for lock m", "d (line 17) waits for task c", "a circle:"}},
	{"nobody", `
events: { go: {} }
queues: { jobs: {} }
workers:
  a: { do: [{ wait: go }] }
  b: { do: [{ await: a }] }
  c: { do: [{ get: jobs }] }
`, []string{"no circle", "nobody is left who could give it", "b (line 7) waits for task a"}},
	{"kept", `
locks: { m: {} }
workers:
  a: { do: [{ acquire: m }] }
  b: { do: [{ sleep: 1s }, { acquire: m }] }
`, []string{"a (has ended (done) and has not given it back, holds m)"}},
	{"crowd", `
events: { go: {} }
workers:
  w: { count: 100, do: [{ wait: go }] }
`, []string{"+ 76 others wait for it"}},
	{"table", `
locks: { fork: { count: 5 } }
coroutines:
  eat:
    params: { seat: int }
    do:
      - acquire: fork[seat]
        do:
          - sleep: 1s
          - acquire: fork[(seat + 1) % 5]
            do: [{ print: x }]
workers:
  p: { call: eat, count: 5, with: { seat: "${index}" } }
  guest: { count: 80, do: [{ sleep: 2s }, { acquire: "fork[2]", do: [{ print: x }] }] }
`, []string{"these 5 tasks", "+ 80 others wait for it"}},
	{"long", `
locks: { fork: { count: 60 } }
coroutines:
  eat:
    params: { seat: int }
    do:
      - acquire: fork[seat]
        do:
          - sleep: 1s
          - acquire: fork[(seat + 1) % 60]
            do: [{ print: x }]
workers:
  p: { call: eat, count: 60, with: { seat: "${index}" } }
`, []string{"these 60 tasks", "36 more tasks"}},
	{"stopped", `
locks: { m: {} }
events: { go: {} }
workers:
  a: { do: [{ acquire: m, do: [{ sleep: 5s }] }] }
  b: { do: [{ acquire: m, do: [{ print: x }] }] }
  c: { do: [{ wait: go }] }
  d: { do: [{ sleep: 7s }] }
callbacks:
  off: { after: 1s, do: [stop] }
`, []string{"There is no circle", "a (line 6, sleeps, holds m)", "b (line 7) waits for lock m", "1 task only sleeps"}},
	{"served", `
resources: [desk, till]
clock: { until: 3s }
workers:
  a: { do: [{ use: desk, takes: 5s }] }
  b: { do: [{ use: desk, takes: 5s }] }
  c: { do: [{ acquire: till, do: [{ acquire: desk, do: [{ sleep: 1s }] }] }] }
  d: { do: [{ use: till, takes: 5s, within: 4s, else: [return] }] }
  e: { do: [{ sleep: 7s }] }
`, []string{"There is no circle", "a (line 6, in its use, holds desk)\n├─ b (line 7) waits for resource desk\n└─ c (line 8, holds till) waits for resource desk",
		"d (line 9) waits for resource till", "1 task only sleeps"}},
	{"idle", `
workers:
  a: { do: [{ sleep: 5s }] }
`, []string{"Nobody waits for another task."}},
}

// TestGraphs: the graph of runs that are stuck, as a picture and as text.
func TestGraphs(t *testing.T) {
	for _, s := range stuck {
		r := tracetest.Load(t, s.name+".yaml", []byte("runloop: 1\nname: "+s.name+s.text))
		goldenGraph(t, "graph-"+s.name, s.says, func(f form) ([]byte, error) { return f(whole(r), Options{}) })
	}
}

// TestGraphsBundled: the graphs of all bundled scenarios.
func TestGraphsBundled(t *testing.T) {
	for _, name := range scenarios.Names() {
		r := tracetest.Bundled(t, name)
		says := []string{"Nobody waits for another task"}
		switch name {
		case "dining-philosophers":
			says = []string{"philosopher-1 (line 20, holds fork[0]) waits for lock fork[1]"}
		case "traffic-lights":
			says = []string{"waits for lock crossing"}
		case "machine-shop":
			says = []string{"other_jobs (line 48) waits for resource repairman"}
		case "movie-renege":
			says = []string{"waits for first of resource counter, future future-3"}
		case "full-buffer":
			says = []string{"waits for resource two"}
		case "harbour":
			says = []string{"waits for resource crane"}
		case "event-loop":
			says = nil
		}
		goldenGraph(t, name+".graph", says, func(f form) ([]byte, error) { return f(whole(r), Options{}) })
	}
}

// goldenGraph compares both forms with files, and checks that the text says something.
func goldenGraph(t *testing.T, name string, says []string, draw func(form) ([]byte, error)) {
	t.Helper()
	picture, err := draw(Graph)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name+".svg", picture)
	text, err := draw(GraphText)
	if err != nil {
		t.Fatal(err)
	}
	keptFile(t, name+".txt", text)
	for _, want := range says {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s does not say %q:\n%s", name, want, text)
		}
	}
}

// TestRings: boxes of a circle do not overlap, whatever its size.
func TestRings(t *testing.T) {
	for n := 1; n <= maxRing; n++ {
		places, height := ringPlaces(n, 60)
		if len(places) != n {
			t.Fatalf("%d places for %d", len(places), n)
		}
		for i, p := range places {
			if p.x < nodeWidth/2 || p.x > timelineWidth-nodeWidth/2 || p.y < 60+nodeHeight/2 || p.y > 60+height-nodeHeight/2 {
				t.Errorf("%d of %d is at %v", i, n, p)
			}
			for _, q := range places[:i] {
				if abs(p.x-q.x) < nodeWidth+10 && abs(p.y-q.y) < nodeHeight+10 {
					t.Errorf("of %d two are at %v and %v", n, p, q)
				}
			}
		}
	}
}

// TestGraphHostile: names cannot break out of a graph.
func TestGraphHostile(t *testing.T) {
	var text strings.Builder
	text.WriteString("runloop: 1\nname: h\nevents: { go: {} }\nworkers:\n")
	for i, name := range hostile[:8] {
		fmt.Fprintf(&text, "  w%d:\n    do:\n      - spawn: { do: [{ wait: go }] }\n        name: %s\n", i, quoted(name))
	}
	picture, err := Graph(whole(tracetest.Load(t, "h.yaml", []byte(text.String()))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "hostile", picture)
	for _, fault := range Faults(picture) {
		t.Error(fault)
	}
}
