package conformance

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"runloop/dsl"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// go test ./internal/conformance -args -n 5000 -seed 7
var (
	count   = flag.Int("n", 50, "how many scenarios are run, each with ties fifo and heapq")
	seed    = flag.Uint64("seed", 1, "the seed of the first")
	keep    = flag.Bool("keep", false, "keep failing scenarios, made small, in testdata")
	table   = flag.Bool("table", false, "print what was run")
	record  = flag.String("record", "", "write to this file what CPython does")
	against = flag.String("against", "", "compare with such a file instead of CPython, until the first difference")
	update  = flag.Bool("update", false, "write testdata/*.out, and the outputs in testdata/cpython")
	version = flag.String("python", "", "compare with this version of CPython alone, such as 3.14")
)

func TestMain(m *testing.M) {
	status := m.Run()
	closeIdle()
	os.Exit(status)
}

// newPython returns an interpreter's process for one test. If the machine lacks it, the test is skipped, unless it runs in
// CI; if tests are to be short, so are those that take seconds to start.
func newPython(t *testing.T, i interpreter) *Python {
	t.Helper()
	if testing.Short() && i.npm != "" {
		t.Skip("it takes seconds to start: the tests that are not short compare with it")
	}
	p := i.take()
	if p == nil {
		var err error
		p, err = i.start(t.TempDir())
		switch {
		case errors.Is(err, errMissing) && os.Getenv("CI") == "":
			t.Skip(err)
		case err != nil:
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { i.giveBack(p) })
	if _, known := engine.ParsePython(p.Version); !known {
		t.Skipf("%s is Python %s", i, p.Version)
	}
	return p
}

// recording holds what CPython did with scenarios that reached no limit.
type recording struct {
	sync.Mutex
	runs []run
}

type run struct {
	Seed           uint64
	Scenario, Ties string
	Version        string
	Trace          Trace
}

func (r *recording) write(file string) error {
	slices.SortStableFunc(r.runs, func(a, b run) int { return cmp.Compare(a.Seed, b.Seed) })
	data, err := json.Marshal(r.runs)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// recorder is a CPython whose result for the scenario of a seed is recorded.
type recorder struct {
	*recording
	python *Python
	seed   uint64
}

func (r recorder) Run(s *dsl.Scenario, ties string) (Trace, error) {
	t, err := r.python.Run(s, ties)
	r.Lock()
	defer r.Unlock()
	r.runs = append(r.runs, run{r.seed, string(s.Source.Bytes()), ties, r.python.Version, t})
	return t, err
}

// Run returns what CPython did.
func (r run) Run(*dsl.Scenario, string) (Trace, error) { return r.Trace, nil }

// tally counts what the runs did.
type tally struct {
	sync.Mutex
	verbs, ends                 map[string]int
	lines, runs, limits, differ int
}

func (c *tally) add(tree any, r *engine.Result) {
	c.Lock()
	defer c.Unlock()
	c.runs++
	if r.Ended == engine.LimitHit {
		c.limits++
		return
	}
	c.ends[r.Ended.String()]++
	c.lines += strings.Count(string(r.Output), "\n")
	countVerbs(tree, c.verbs)
}

func countVerbs(v any, counts map[string]int) {
	switch v := v.(type) {
	case mapping:
		for _, p := range v {
			if syntax.VerbNamed(p.key) != nil {
				counts[p.key]++
			}
			countVerbs(p.value, counts)
		}
	case list:
		for _, item := range v {
			countVerbs(item, counts)
		}
	case bare:
		if verb := syntax.VerbNamed(string(v)); verb != nil && verb.Bare {
			counts[string(v)]++
		}
	}
}

func (c *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs, %d differ, %d came to a limit, %d lines printed\n", c.runs, c.differ, c.limits, c.lines)
	for _, counts := range []map[string]int{c.ends, c.verbs} {
		var names []string
		for name := range counts {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(&b, " %s %d", name, counts[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// scenarios returns how many scenarios are run.
func scenarios() int {
	if testing.Short() { // fewer under the race detector, because a run has no goroutines that could race
		return *count / 10
	}
	return *count
}

// TestConformance runs random scenarios on the engine and on every CPython.
func TestConformance(t *testing.T) {
	if *against != "" {
		compareRecorded(t)
		return
	}
	for _, i := range interpreters {
		t.Run(i.String(), func(t *testing.T) {
			if *version != "" && i.version != *version && (i.version != "" || newPython(t, i).Version != *version) {
				t.Skip("it is not Python", *version)
			}
			conform(t, i)
		})
	}
}

func conform(t *testing.T, i interpreter) {
	const workers = 2
	n := scenarios()
	if i.npm != "" && *version == "" { // they are slower, and there are several
		n /= 5
	}
	c := &tally{verbs: map[string]int{}, ends: map[string]int{}}
	rec := &recording{}
	var wait sync.WaitGroup
	for w := range workers {
		p := newPython(t, i)
		if w == 0 {
			compareRules(t, p)
		}
		wait.Go(func() {
			for i := w; i < n; i += workers {
				for _, ties := range []string{"fifo", "heapq"} {
					c.compare(t, rec, p, *seed+uint64(i), ties)
				}
			}
		})
	}
	wait.Wait()
	t.Log(c)
	if *table {
		fmt.Printf("Python %s: %s", i, c)
	}
	if *record != "" {
		if err := rec.write(*record); err != nil {
			t.Error(err)
		}
	}
}

// compare runs the scenario of one seed. The first few that differ are made small and shown.
func (c *tally) compare(t *testing.T, rec *recording, p *Python, seed uint64, ties string) {
	tree := generate(seed)
	s, err := dsl.Load("scenario.yaml", write(tree))
	if err != nil {
		t.Errorf("seed %d: %v\n%s", seed, err, write(tree))
		return
	}
	d, r, err := compare(recorder{rec, p, seed}, s, ties, p.Version)
	if err != nil {
		t.Errorf("seed %d: %v", seed, err)
		return
	}
	c.add(tree, r)
	if d == "" {
		return
	}
	c.Lock()
	c.differ++
	many := c.differ > 5
	c.Unlock()
	if many {
		t.Fail()
		return
	}
	small := shrink(tree, func(s *dsl.Scenario) bool {
		d, _, err := compare(p, s, ties, p.Version)
		return err == nil && d != ""
	})
	yaml := write(small)
	if s, err := dsl.Load("scenario.yaml", yaml); err == nil {
		d, _, _ = compare(p, s, ties, p.Version)
	}
	t.Errorf("seed %d, ties %s: %s\n%s", seed, ties, d, yaml)
	if *keep {
		name := fmt.Sprintf("%d-%s.yaml", seed, ties)
		if err := os.WriteFile(filepath.Join("testdata", name), yaml, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// compareRecorded compares the engine with a recording of CPython, and stops at the first difference.
func compareRecorded(t *testing.T) {
	data, err := os.ReadFile(*against)
	if err != nil {
		t.Fatal(err)
	}
	var runs []run
	if err := json.Unmarshal(data, &runs); err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		s, err := dsl.Load("scenario.yaml", []byte(r.Scenario))
		if err != nil {
			t.Fatal(err)
		}
		d, _, err := compare(r, s, r.Ties, r.Version)
		if err != nil {
			t.Fatal(err)
		}
		if d != "" {
			t.Fatalf("differs after %d scenarios: %s", r.Seed-runs[0].Seed+1, d)
		}
	}
}

// TestGoldens runs the scenarios of testdata, on which the engine once differed from CPython, and compares them with
// what CPython does. -update records that.
func TestGoldens(t *testing.T) {
	const goldenPython = "3.11" // whose outputs the files have
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no goldens", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := dsl.Load(filepath.Base(file), src)
		if err != nil {
			t.Error(err)
			continue
		}
		out := strings.TrimSuffix(file, ".yaml") + ".out"
		if *update {
			trace, err := newPython(t, interpreter{}).Run(s, "")
			if err == nil {
				err = os.WriteFile(out, []byte(trace.Output+"--\n"+trace.Report), 0o644)
			}
			if err != nil {
				t.Error(err)
			}
		}
		want, err := os.ReadFile(out)
		if err != nil {
			t.Error(err)
			continue
		}
		if trace, _, _ := onEngine(s, "", goldenPython); trace.Output+"--\n"+trace.Report != string(want) {
			t.Errorf("%s: %s", file, firstDifference(trace.Output+"--\n"+trace.Report, string(want)))
		}
	}
}
