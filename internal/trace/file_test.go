package trace_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	jsonschema "github.com/santhosh-tekuri/jsonschema/v6"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
)

var update = flag.Bool("update", false, "rewrite docs/trace.schema.json, and the tables and examples in docs/trace.md")

const (
	schemaFile = "../../docs/trace.schema.json"
	docFile    = "../../docs/trace.md"
)

// TestFileSchema: the schema in docs/ is that of the tables.
func TestFileSchema(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, trace.Schema(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(schemaFile); err != nil || !bytes.Equal(have, trace.Schema()) {
		t.Errorf("%s is stale (%v): `go test ./internal/trace -run TestFileSchema -update` rewrites it", schemaFile, err)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(trace.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("trace.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("trace.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jsonl is a run as a trace file.
func jsonl(t *testing.T, r *trace.Run, o trace.FileOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSONL(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFileLines: every line of the trace of every scenario is as the schema says, with its keys in order, and comes of one
// before it.
func TestFileLines(t *testing.T) {
	schema := compiled(t)
	order := keyOrder(t)
	kinds := map[string]bool{}
	check := func(t *testing.T, r *trace.Run) {
		lines := strings.SplitAfter(strings.TrimSuffix(jsonl(t, r, trace.Everything()), "\n"), "\n")
		for i, line := range lines {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			if err := schema.Validate(value); err != nil {
				t.Fatalf("%s%v", line, err)
			}
			if i == 0 {
				continue
			}
			var x struct {
				N, By *int
				K     string
			}
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				t.Fatal(err)
			}
			kinds[x.K] = true
			if x.N != nil && *x.N != i-1 || x.By != nil && *x.By >= i-1 {
				t.Errorf("line %d: %s", i+1, line)
			}
			if at := places(order, line); !slices.IsSorted(at) {
				t.Fatalf("the keys are not in order: %s", line)
			}
		}
	}
	each(t, check)
	files, _ := filepath.Glob("../../dsl/testdata/ok/*.yaml")
	if len(files) < 10 {
		t.Fatalf("%d files", len(files))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := dsl.Load(name, text); err != nil || len(s.Params) > 0 && strings.Contains(string(text), "int\n") {
			continue // it wants parameters
		}
		t.Run(filepath.Base(name), func(t *testing.T) { check(t, tracetest.Load(t, name, text)) })
	}
	more := "runloop: 1\nties: random\nlimits: { steps: 100 }\nworkers: { w: { count: 5, do: [ { repeat: 50, do: [ { sleep: 1s } ] } ] } }\n"
	check(t, tracetest.Load(t, "scenario.yaml", []byte(more)))
	for _, k := range engine.RecWords {
		if !kinds[k] {
			t.Errorf("no scenario has a record of kind %s", k)
		}
	}
}

// keyOrder is the keys in the order of the table.
func keyOrder(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z]+)` ").FindAllStringSubmatch(trace.KeyTable(), -1) {
		keys = append(keys, m[1])
	}
	if len(keys) < 30 {
		t.Fatal(keys)
	}
	return keys
}

// places is where the keys of a line stand in the order.
func places(order []string, line string) (at []int) {
	d := json.NewDecoder(strings.NewReader(line))
	for i := -1; ; i++ {
		token, err := d.Token()
		if err != nil {
			return at
		}
		if i >= 0 && i%2 == 0 {
			if name, ok := token.(string); ok {
				at = append(at, slices.Index(order, name))
			}
		}
	}
}

// TestFileWords: every word of the engine's tables is in the schema, and every kind of record has its row.
func TestFileWords(t *testing.T) {
	var schema struct {
		OneOf []struct {
			Properties map[string]struct{ Const any }
		}
		Defs map[string]struct{ Enum []string } `json:"$defs"`
	}
	if err := json.Unmarshal(trace.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, line := range schema.OneOf {
		if k, ok := line.Properties["k"].Const.(string); ok {
			kinds = append(kinds, k)
		}
	}
	if want := append([]string{"outcome"}, engine.RecWords[:]...); !slices.Equal(kinds, want) {
		t.Errorf("the kinds are %q, not %q: they are rows of fileKinds", kinds, want)
	}
	for key, words := range map[string][]string{
		"wait": engine.WaitWords[:], "h": engine.RunWords[:], "for": engine.TimerWords[:], "op": engine.OpWords[:],
		"phase": engine.PhaseWords[:], "state": engine.TaskStateWords, "limit": engine.LimitWords, "ended": engine.OutcomeWords,
	} {
		if !slices.Equal(schema.Defs[key].Enum, words) {
			t.Errorf("%s may be %q, not %q", key, schema.Defs[key].Enum, words)
		}
		for _, w := range words {
			if !regexp.MustCompile(`^[a-z_-]+$`).MatchString(w) {
				t.Errorf("%s: the word %q is written without escapes", key, w)
			}
		}
	}
}

// TestFilePart: a part of the time has the records of those times as the whole file has them.
func TestFilePart(t *testing.T) {
	r := tracetest.Bundled(t, "event-loop")
	whole := strings.Split(jsonl(t, r, trace.Everything()), "\n")
	for _, tc := range []trace.FileOptions{{From: 3e9, To: 6e9}, {To: 2e9}, {From: 6e9, To: 1e18}, {From: 1e18, To: 2e18}, {From: 1, To: 1}} {
		var want []string
		for _, line := range whole[1 : len(whole)-2] {
			var x struct{ T int64 }
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				t.Fatal(err)
			}
			if x.T >= tc.From && x.T <= tc.To {
				want = append(want, line)
			}
		}
		got := strings.Split(jsonl(t, r, tc), "\n")
		if got = got[1 : len(got)-2]; !slices.Equal(got, want) {
			t.Errorf("%+v: %d lines, not %d", tc, len(got), len(want))
		}
	}
}

// TestFileCut: a file that does not have all records says so first and last.
func TestFileCut(t *testing.T) {
	r := tracetest.Bundled(t, "event-loop")
	o := trace.Everything()
	o.Most = 10
	lines := strings.Split(strings.TrimSpace(jsonl(t, r, o)), "\n")
	if len(lines) != 13 || !strings.Contains(lines[0], `"dropped":0,"cut":true`) || lines[11] != `{"cut":true}` {
		t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	text := []byte("runloop: 1\nworkers:\n  w:\n    do: [ { repeat: 5000, do: [ { sleep: 1s } ] } ]\n")
	r = ring(t, text)
	lines = strings.Split(strings.TrimSpace(jsonl(t, r, trace.Everything())), "\n")
	if strings.Contains(lines[0], `"dropped":0`) || !strings.Contains(lines[0], `"cut":true`) || lines[len(lines)-2] != `{"cut":true}` {
		t.Errorf("%s … %s", lines[0], lines[len(lines)-2])
	}
	lines = strings.Split(jsonl(t, r, trace.FileOptions{From: 4990e9, To: 5000e9}), "\n")
	if !strings.Contains(lines[0], `"cut":false`) {
		t.Errorf("the last seconds are whole: %s", lines[0])
	}
}

// ring runs a scenario of which only the last records are kept.
func ring(t testing.TB, text []byte) *trace.Run {
	t.Helper()
	return tracetest.Record(t, "scenario.yaml", text, &engine.Trace{Values: true, Last: 1}, engine.Limits{})
}

// TestFileHostile: names and texts of any kind are one line of JSON each.
func TestFileHostile(t *testing.T) {
	for _, name := range []string{`<script>alert(1)</script>`, "]]>", "\u202egnp", "🎉", "a\u2028b", `q"u\o`, strings.Repeat("x", 10_000)} {
		quoted, _ := json.Marshal(name)
		text := "runloop: 1\nmain:\n  - print: " + string(quoted) + "\n  - raise: ValueError\n    message: " + string(quoted) + "\n"
		r := tracetest.Load(t, "scenario.yaml", []byte(text))
		var printed, raised bool
		for line := range strings.Lines(jsonl(t, r, trace.Everything())) {
			var x struct{ K, Text, Error string }
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				t.Fatalf("%v: %q", err, line)
			}
			printed = printed || x.K == "print" && x.Text == name+"\n"
			raised = raised || x.K == "raise" && strings.HasPrefix(x.Error, "ValueError: "+name[:1])
		}
		if !printed || !raised {
			t.Errorf("%.40q: printed %v, raised %v", name, printed, raised)
		}
	}
}

// BenchmarkWriteJSONL says how many records are written a second.
func BenchmarkWriteJSONL(b *testing.B) { benchmarkFile(b, (*trace.Run).WriteJSONL) }

func benchmarkFile(b *testing.B, write func(*trace.Run, io.Writer, trace.FileOptions) error) {
	r := tracetest.Load(b, "scenario.yaml", []byte(`runloop: 1
shared: { n: 0 }
queues: { q: { capacity: 10 } }
workers:
  put: { count: 50, do: [ { repeat: 800, do: [ { sleep: 1s }, { put: q, value: 1 }, { set: { n: "${n + 1}" } } ] } ] }
  get: { count: 50, do: [ { repeat: 800, do: [ { get: q, as: x }, { print: "got ${x}" } ] } ] }
`))
	for b.Loop() {
		if err := write(r, io.Discard, trace.Everything()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(r.Len())*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(r.Len()), "records")
}
