package explore

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// load reads a scenario and, from its first line, what is left open: "# --late 5ms --cancel 1".
func load(t testing.TB, file string) (*dsl.Scenario, engine.Options, engine.Explore) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := dsl.Load(filepath.Base(file), data)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Options(dsl.RunOptions{Clock: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return s, run, modesOf(t, strings.Fields(strings.TrimPrefix(string(line), "#")))
}

func modesOf(t testing.TB, flags []string) engine.Explore {
	m := engine.Explore{Ties: true, Split: true}
	for i := 0; i < len(flags); i++ {
		value := ""
		if i+1 < len(flags) && !strings.HasPrefix(flags[i+1], "--") {
			value = flags[i+1]
		}
		var err error
		switch flags[i] {
		case "--late":
			m.Late, err = ParseLate(value)
		case "--late-exact":
			m.Latest = true
		case "--cancel":
			m.Cancel, err = strconv.Atoi(value)
		case "--who":
			m.Who = func(name string) bool { ok, _ := filepath.Match(value, name); return ok }
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// TestPlanted finds each planted bug within 50 runs, and none in the scenario with the repair.
func TestPlanted(t *testing.T) {
	files, _ := filepath.Glob("testdata/planted/*.yaml")
	if len(files) < 18 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		s, run, modes := load(t, file)
		opts := Of(s, run, modes, Verdict)
		r := Explore(opts)
		repaired := strings.HasSuffix(file, "-repaired.yaml")
		switch f := r.Failure; {
		case r.Usual.Failed:
			t.Errorf("%s: the usual run fails: %s", s.Name, r.Usual.Text)
		case !r.Complete:
			t.Errorf("%s: not every order was explored", s.Name)
		case repaired && f != nil:
			t.Errorf("%s: run %d fails: %s", s.Name, f.Run, f.Text)
		case repaired:
			t.Logf("%s: %d orders, %d runs, %d states", s.Name, r.Orders, r.Runs, r.States)
		case f == nil:
			t.Errorf("%s: the bug was not found in %d orders", s.Name, r.Orders)
		case f.Run > 50:
			t.Errorf("%s: it was found in run %d", s.Name, f.Run)
		default:
			least := Shrink(opts, *f, 1000)
			if o, _ := Judged(opts, least.Schedule); !o.Failed {
				t.Errorf("%s: the shrunk schedule does not fail", s.Name)
			}
			t.Logf("%s: %d orders, %d fail, %d runs, %d states, found in run %d, %d unusual choices, shrunk to %d (%d): %s", s.Name, r.Orders,
				r.Failing, r.Runs, r.States, f.Run, f.Schedule.Unusual(), least.Schedule.Unusual(), len(least.Schedule), f.Text)
		}
	}
}
