// Package scenariotest runs scenarios from Go tests. The test of a folder is one line:
//
//	func TestScenarios(t *testing.T) { scenariotest.Run(t, "testdata/scenarios") }
package scenariotest

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/internal/suite"
)

var update = flag.Bool("runloop.update", false, "rewrite the outputs that scenarios expect")

// Run runs every scenario in a folder and its subfolders as a parallel subtest named after its file, with a subtest for each
// of its cases. Like
// `runloop test`, it runs them on the virtual clock and compares them with their expectations and with NAME.out beside
// NAME.yaml. It leaves out files that are not *.yaml or *.yml, and those without a line that begins with "runloop:",
// whose number it logs. But a file that misspells `runloop`, or lacks it and has `main`, `workers`, `coroutines` or
// `callbacks`, is a failure. With the flag -runloop.update, expected outputs are rewritten. A folder without scenarios
// is a failure.
func Run(t *testing.T, dir string) {
	t.Helper()
	n, others := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !suite.IsScenario(data) {
			others++
			return nil
		}
		n++
		name, err := filepath.Rel(dir, path)
		t.Run(strings.TrimSuffix(filepath.ToSlash(name), filepath.Ext(name)), func(t *testing.T) { runFile(t, path, data) })
		return err
	})
	if others > 0 {
		t.Log(suite.LeftOut(others))
	}
	switch {
	case err != nil:
		t.Fatal(err)
	case n == 0:
		t.Fatalf("%s: there is no scenario in it: no *.yaml or *.yml file has a line that begins with \"runloop:\"", dir)
	}
}

func runFile(t *testing.T, path string, data []byte) {
	t.Parallel()
	var opts suite.Options
	if *update {
		opts.Update = suite.ReplaceFile
	}
	for _, o := range suite.Run(path, data, opts) {
		if o.Case == "" {
			report(t, o)
		} else {
			t.Run(o.Case, func(t *testing.T) { report(t, o) })
		}
	}
}

func report(t *testing.T, o *suite.Outcome) {
	for _, file := range o.Updated {
		t.Logf("updated %s", file)
	}
	if !o.OK() {
		t.Errorf("\n%s", o.Text())
	}
}
