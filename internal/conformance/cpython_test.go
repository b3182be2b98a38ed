package conformance

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"runloop/dsl"
)

// TestCPythonTests runs the tests of CPython's own suite that a scenario can say, on the engine and on CPython. An
// archive of testdata/cpython stands for a file of that suite: first its tests, then the scenarios.
func TestCPythonTests(t *testing.T) {
	files, err := filepath.Glob("testdata/cpython/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no archives", err)
	}
	p := newPython(t, interpreter{})
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, func(t *testing.T) {
				bothAsExpected(t, p, f)
			})
		}
	}
}

// bothAsExpected runs a scenario, which must meet its expectations, and CPython must do the same.
func bothAsExpected(t *testing.T, p *Python, f txtar.File) {
	s, err := dsl.Load(f.Name, f.Data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(dsl.RunOptions{KeepOutput: true, Python: p.Version})
	if err != nil {
		t.Fatal(err)
	}
	r := l.Run()
	for _, failure := range s.Verify(l, r) {
		t.Errorf("%d:%d: %s", failure.Pos.Line, failure.Pos.Col, failure.Message)
	}
	python, err := p.Run(s, "")
	if err != nil {
		t.Fatal(err)
	}
	if d := diff(Trace{string(r.Output), report(r)}, python); d != "" {
		t.Error(d)
	}
}

// TestCPythonNames: each test of names.txt has exactly one row in the archive of its file, with a scenario or a reason;
// no row is left over, and each scenario belongs to a row.
func TestCPythonNames(t *testing.T) {
	names, err := os.ReadFile("testdata/cpython/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{} // how many rows there are for "test_file Class.test"
	files, _ := filepath.Glob("testdata/cpython/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		countRows(t, strings.TrimSuffix(filepath.Base(file), ".txtar"), archive, rows)
	}
	for _, name := range strings.Split(strings.TrimSpace(string(names)), "\n") {
		if rows[name] != 1 {
			t.Errorf("%s has %d rows, want 1", name, rows[name])
		}
		delete(rows, name)
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		t.Errorf("%s is not in names.txt", name)
	}
}

func countRows(t *testing.T, suiteFile string, archive *txtar.Archive, rows map[string]int) {
	used := map[string]bool{}
	_, table, _ := strings.Cut(string(archive.Comment), "\n\n")
	for _, row := range strings.Split(strings.TrimSpace(table), "\n") {
		words := strings.Fields(row)
		if len(words) < 2 || (words[1] == "-") != (len(words) > 2) {
			t.Errorf("%s: a row is a test and a scenario, or a test, a dash and a reason: %q", suiteFile, row)
			continue
		}
		rows[suiteFile+" "+words[0]]++
		used[words[1]+".yaml"] = true
	}
	delete(used, "-.yaml")
	for _, f := range archive.Files {
		if !used[f.Name] {
			t.Errorf("%s: %s belongs to no row", suiteFile, f.Name)
		}
		delete(used, f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		t.Errorf("%s: there is no %s", suiteFile, name)
	}
}
