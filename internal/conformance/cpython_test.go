package conformance

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"runloop/dsl"
	"runloop/engine"
)

// TestCPythonTests runs the tests of CPython's own suite that a scenario can say, on the engine and on CPython: on the
// machine's, and the scenarios in turn on those of npm, which take longer; `-args -python 3.14` runs all of them on that
// version. An archive of testdata/cpython stands for a file of that suite: first its tests, then the scenarios. A scenario
// that says `loop: { python: … }` runs on that version alone. After NAME.yaml there may be "NAME.out before 3.13", what it
// prints on versions before that one; it is compared on every version.
func TestCPythonTests(t *testing.T) {
	files, err := filepath.Glob("testdata/cpython/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no archives", err)
	}
	if *update {
		for _, file := range files {
			recordOutputs(t, file)
		}
	}
	for _, i := range interpreters {
		t.Run(i.String(), func(t *testing.T) {
			switch {
			case *version != "" && i.version != *version:
				t.Skip("it is not Python", *version)
			case *version == "" && i.version == "3.11":
				t.Skip("the machine's own python3 is that")
			}
			t.Parallel()
			p := newPython(t, i)
			for _, file := range files {
				runArchive(t, i, p, file)
			}
		})
	}
}

func runArchive(t *testing.T, on interpreter, p *Python, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for n, f := range archive.Files {
		if filepath.Ext(f.Name) != ".yaml" || !hasTurn(on, archive, n) {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, func(t *testing.T) {
			s, err := dsl.Load(f.Name, outputOn(t, archive, f, p.Version))
			if err != nil {
				t.Fatal(err)
			}
			if only := onlyOn(s); only != "" && only != p.Version {
				return
			}
			bothAsExpected(t, p, s)
		})
	}
}

// hasTurn reports whether the nth file of an archive, a scenario, is run on an interpreter.
func hasTurn(on interpreter, archive *txtar.Archive, n int) bool {
	differs := bytes.Contains(archive.Files[n].Data, []byte("python:")) ||
		n+1 < len(archive.Files) && filepath.Ext(archive.Files[n+1].Name) != ".yaml"
	return on.npm == "" || *version != "" || differs || interpreters[2+n%3] == on
}

// onlyOn is the version that a scenario is for, or "" if it is for all of them.
func onlyOn(s *dsl.Scenario) string {
	if s.Loop == nil || s.Loop.Python == nil {
		return ""
	}
	return s.Loop.Python.Text
}

// outputOn returns a scenario of an archive with what it is expected to print on a version.
func outputOn(t *testing.T, archive *txtar.Archive, f txtar.File, version string) []byte {
	t.Helper()
	out := outputBefore(archive, f, version)
	if out == nil {
		return f.Data
	}
	s, err := dsl.Load(f.Name, f.Data)
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := s.SetOutput(string(out.Data))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// outputBefore returns the file with a scenario's output on versions before one that comes after this one: of several the
// earliest. It is nil where the scenario itself says what it prints.
func outputBefore(archive *txtar.Archive, f txtar.File, version string) *txtar.File {
	var found *txtar.File
	var earliest engine.Python
	is, _ := engine.ParsePython(version)
	for i := range archive.Files {
		word, ok := strings.CutPrefix(archive.Files[i].Name, strings.TrimSuffix(f.Name, ".yaml")+".out before ")
		if !ok {
			continue
		}
		if before, _ := engine.ParsePython(word); before < is && (found == nil || before > earliest) {
			found, earliest = &archive.Files[i], before
		}
	}
	return found
}

// recordOutputs writes what CPython 3.11 prints to the scenarios of an archive that are not for another version.
func recordOutputs(t *testing.T, file string) {
	p := newPython(t, interpreter{})
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range archive.Files {
		f := &archive.Files[i]
		if filepath.Ext(f.Name) != ".yaml" || outputBefore(archive, *f, p.Version) != nil {
			continue
		}
		s, err := dsl.Load(f.Name, f.Data)
		if err != nil {
			t.Error(file, err)
			continue
		}
		if only := onlyOn(s); only != "" && only != p.Version {
			continue
		}
		trace, err := p.Run(s, "")
		if err == nil {
			f.Data, _, err = s.SetOutput(trace.Output)
		}
		if err != nil {
			t.Error(file, f.Name, err)
		}
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// bothAsExpected runs a scenario, which must meet its expectations, and CPython must do the same.
func bothAsExpected(t *testing.T, p *Python, s *dsl.Scenario) {
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
		if name, _, before := strings.Cut(f.Name, ".out before "); before && used[name+".yaml"] {
			continue
		}
		if !used[f.Name] {
			t.Errorf("%s: %s belongs to no row", suiteFile, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == name }) {
			t.Errorf("%s: there is no %s", suiteFile, name)
		}
	}
}
