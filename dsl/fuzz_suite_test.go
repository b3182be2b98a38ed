package dsl_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/report"
	"runloop/internal/suite"
)

// outputs holds expected outputs in every form in which they can be written.
var outputs = []string{
	"[a, b]", "[\"a\", 'b', c: d]", "[1, 2.50, true, null]", "|\n    x\n    y\n", ">-\n    x\n\n    y\n", "\"x\\n\"", "'x'", "x", "",
	"\n    - |-\n      x\n    - 'y' # why\n", "*x", "[*x, a]", "&y [a]", "&y a", "[&y a, *y]", "{ a: b }", "[[a]]", "[ ]", "!!str x", "? a",
	"[a,\n  b # why\n  ]", "\"a \\\n    b\"", "[${a}]", "|2-\n      x\n", "\r\n    - a\r\n    - b\r\n",
}

// FuzzSuite checks that any bytes can be run as a test and that the outcome can be reported. If the expected output is
// updated, the new file must pass, must not be updated again, and must be the same apart from the output.
func FuzzSuite(f *testing.F) {
	dsl.AddSeeds(f)
	for _, output := range outputs {
		f.Add([]byte("runloop: 1\nloop: { id: &x a }\nmain: [ { print: \"a\\nb: 1\\n\\n'c'\" }, { print: d } ]\nexpect:\n  output: " +
			output + "\n  ends: completed # kept\n"))
		f.Add([]byte("runloop: 1\nexpect: { output: " + output + ", at: 0 }\nmain: [ { print: \"x\\ty \" }, { print: 'null' } ]\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var options suite.Options
		options.Caps = engine.Limits{
			Steps: 5000, Iterations: 2000, Tasks: 200, Memory: 1 << 20, Output: 1 << 14, Depth: 50, Time: 1e15,
		}
		// A file's own run is updated; its cases have their own test.
		options.Match = func(name string) bool { return name == "f.yaml" }
		run := func(data []byte, options suite.Options) *suite.Outcome {
			if all := suite.Run("f.yaml", data, options); len(all) == 1 {
				return all[0]
			}
			return &suite.Outcome{Run: &report.Run{OK: true}}
		}
		before := reported(t, run(data, options))
		updated := data
		options.Update = func(path string, data []byte) error {
			updated = data
			return nil
		}
		o := run(data, options)
		if after := reported(t, o); len(o.Updated) == 0 {
			if !bytes.Equal(updated, data) || before != after && !strings.Contains(after, "updated") && !strings.Contains(after, "rewritten") {
				t.Fatalf("it is not updated, but what came was\n%s\nand is\n%s", before, after)
			}
			return
		}
		if before == "" || !o.OK() {
			t.Fatalf("it is updated after\n%s\nand comes to\n%s", before, o.Text())
		}
		again := updated
		if o := run(again, options); !o.OK() || len(o.Updated) > 0 {
			t.Fatalf("updated to\n%s\nit comes to\n%s", again, reported(t, o))
		}
	})
}

// reported returns the report on a test in every format.
func reported(t *testing.T, o *suite.Outcome) string {
	r := report.Test{Name: "f.yaml", File: "f.yaml", Text: o.Text()}
	switch {
	case o.Err != nil:
		r.Verdict = report.Broken
	case !o.OK():
		r.Verdict, r.Failures, r.Output = report.Failed, o.Run.Failures, o.Run.Result.Output
	}
	if r.Text == "" && r.Verdict != report.Passed {
		t.Fatalf("%s, and nothing is said", r.Verdict)
	}
	data, err := report.TestsJSON([]report.Test{r}, 0, nil, nil, nil)
	if err != nil || !json.Valid(data) {
		t.Fatalf("error %v\n%s", err, data)
	}
	if _, err := report.TestsJUnit([]report.Test{r}, 0); err != nil {
		t.Fatal(err)
	}
	return report.TestText(&r)
}
