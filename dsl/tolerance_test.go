package dsl

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"runloop/dsl/compile"
)

// slowWriter takes a time for each write, as a slow terminal does.
type slowWriter time.Duration

func (w slowWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Duration(w))
	return len(p), nil
}

// TestTolerance runs a scenario with a line that takes 30 ms to print, while a timer comes due: on the real clock that is late, on the virtual
// clock nothing is.
func TestTolerance(t *testing.T) {
	for _, tc := range []struct{ expect, clock, want string }{
		{"at: 2s", "virtual", ""},
		{"at: 2.01s", "virtual", "the run ended at 2s, expected was 2.01s"},
		{"{ at: 2.01s, tolerance: 10ms }", "virtual", ""},
		{"{ at: 2.01s, tolerance: 9ms }", "virtual", "expected was 2.01s, give or take 9ms"},
		{"at: { from: 1s }", "virtual", ""},
		{"at: { to: 1s }", "virtual", "the run ended at 2s, expected was up to 1s"},
		{"at: { from: 3s }", "virtual", "expected was 3s or later"},
		{"at: { from: 1s, to: 1.5s }", "virtual", "expected was 1s to 1.5s"},
		{"tasks: { w: { ended: 1s, started: { to: 0s } } }", "virtual", ""},
		{"{ tolerance: 1s, tasks: { w: { ended: 2s, tolerance: 0.5s } } }", "virtual", "task `w` ended at 1s, expected was 2s, give or take 500ms"},
		{"{ tolerance: 1s, tasks: { w: { ended: 2s } } }", "virtual", ""},
		{"at: 2s", "real", ""},
		{"at: 3s", "real", "expected was 3s, give or take"},
		{"{ at: 2s, tolerance: 0s }", "real", "the run ended at 2.02s, expected was 2s"},
		{"tasks: { w: { ended: 1s } }", "real", ""},
	} {
		expect := tc.expect
		if !strings.HasPrefix(expect, "{") {
			expect = "{ " + expect + " }"
		}
		synctest.Test(t, func(t *testing.T) {
			s, err := Load("f.yaml", []byte("runloop: 1\nworkers: { w: { do: [ { sleep: 1s }, { print: a } ] } }\n"+
				"main: [ { sleep: 1.01s }, { sleep: 0.99s }, { print: b } ]\nexpect: "+expect+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := s.NewLoop(compile.RunOptions{Clock: tc.clock, Output: slowWriter(30 * time.Millisecond)})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range s.Verify(l, l.Run()) {
				got += f.Message + "\n"
			}
			if !strings.Contains(got, tc.want) || (got == "") != (tc.want == "") {
				t.Errorf("%s, %s clock: got %q, want %q", tc.expect, tc.clock, got, tc.want)
			}
		})
	}
}
