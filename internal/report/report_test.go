package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/report"
)

// run runs the text of a scenario.
func run(t *testing.T, text string) *report.Run {
	t.Helper()
	s, err := dsl.Load("x.yaml", []byte("runloop: 1\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	loop, err := s.NewLoop(dsl.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	res := loop.Run()
	return &report.Run{Name: "x", File: "x.yaml", Result: res, Final: loop.Final(), Wall: 1234567 * time.Nanosecond}
}

func TestProblems(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", `main: [ { sleep: 1 } ]`, ""},
		{"in a callback", `
callbacks:
  tick: { after: 1, do: [ { raise: ValueError } ] }
`, `x.yaml:4:29: error: ValueError
  in tick, at 1.0 s
`},
		{"errors that an error holds and comes from", `
main:
  - group: g
    do:
      - spawn: { do: [ { raise: ValueError, message: "a\nb" } ] }
        in: g
`, `x.yaml:4:5: error: ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  holds: x.yaml:6:26: ValueError: a
  b
  in main, at 0.0 s
`},
		{"control characters", `
main: [ { raise: ValueError, message: "a\e[31mb\tc\nd\x07\u202E" } ]
`, "x.yaml:3:11: error: ValueError: a\\x1b[31mb\tc\n  d\\a\\u202e\n  in main, at 0.0 s\n"},
		{"a circle, and a lock that is held", `
locks: [m]
workers:
  a: { do: [ { acquire: m }, { await: "${tasks['b']}" } ] }
  b: { do: [ { sleep: 1 }, { acquire: m } ] }
`, `x.yaml: deadlock: 2 tasks wait at 1.0 s, and nothing is left that could wake them
  x.yaml:5:32: task a waits for task b since 0.0 s
  x.yaml:6:30: task b waits for lock m since 1.0 s, held by a
`},
		{"one task", `
events: [e]
main: [ { wait: e } ]
`, `x.yaml: deadlock: 1 task waits at 0.0 s, and nothing is left that could wake it
  x.yaml:4:11: task Task-1 waits for event e since 0.0 s
`},
		{"a limit", `
limits: { iterations: 3 }
main: [ { repeat: 9, do: [ { sleep: 1 } ] } ]
`, `x.yaml:4:30: limit: the limit of iterations (3) was hit in Task-1 at 2.0 s
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := report.Problems(run(t, tc.text))
			if !strings.HasPrefix(got, tc.want) || tc.want == "" && got != "" {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// TestFailures: a failure is printed with its place. A failure without a place is left out, because the outcome and
// the errors already say it.
func TestFailures(t *testing.T) {
	r := run(t, `main: [ { sleep: 1 } ]`)
	r.Failures = []report.Failure{
		{Pos: engine.Pos{Line: 7, Col: 3}, Message: "one\ntwo"},
		{Message: "the run ended otherwise"},
	}
	if got, want := report.Problems(r), "x.yaml:7:3: failed: one\n  two\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSummary(t *testing.T) {
	r := run(t, `main: [ { sleep: 1 } ]`)
	want := "x: failed: completed at 1.0 s\nloop: time 1.0 s, "
	if got := report.Summary(r); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "\nwall: 1.235ms\n") {
		t.Errorf("got %q, want %q …", got, want)
	}
	r.OK, r.Real = true, true
	got := report.Summary(r)
	if !strings.HasPrefix(got, "x: ok: ") || !strings.Contains(got, "\nlateness: p50 0s, p99 0s, max 0s of 0 timers; ") {
		t.Errorf("got %q", got)
	}
}

// TestJSONValues: whatever a variable holds, the JSON is valid, keeps the order of variables, and tells 1 from 1.0.
func TestJSONValues(t *testing.T) {
	r := run(t, `
shared: { z: 1.0, a: 1, s: "\"<é\t>", inf: .inf, n: .nan, l: [1, [true, null]], m: { b: 2, a: [] }, t: null }
main:
  - set: { t: "${task}" }
`)
	data, err := report.JSON(r)
	if err != nil || !json.Valid(data) {
		t.Fatalf("%v\n%s", err, data)
	}
	var got struct{ Shared json.RawMessage }
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := `{"z":1.0,"a":1,"s":"\"<é\t>","inf":"inf","n":"nan","l":[1,[true,null]],"m":{"a":[],"b":2},"t":"<Task Task-1>"}`
	if string(got.Shared) != want {
		t.Errorf("got %s\nwant %s", got.Shared, want)
	}
}

// TestJSONSharing: a small list that would be endless when written out is cut, and so is a deeply nested one.
func TestJSONSharing(t *testing.T) {
	for _, step := range []string{`"${[xs, xs]}"`, `"${[xs]}"`} {
		r := run(t, `
shared: { xs: [] }
main:
  - repeat: 5000
    do: [ { set: { xs: `+step+` } } ]
`)
		data, err := report.JSON(r)
		if err != nil || !json.Valid(data) || len(data) > 64<<20 || !strings.Contains(string(data), `"…"`) {
			t.Errorf("%s: %d bytes, error %v, %q", step, len(data), err, report.Problems(r))
		}
	}
}

// TestJSONLists: lists and absent values are never left out.
func TestJSONLists(t *testing.T) {
	data, err := report.JSON(run(t, `main: [ stop ]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"shared":{},`, `"blocked":[],`, `"failures":[],`, `"limit":null,`, `"real":null`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("want %s in:\n%s", want, data)
		}
	}
}

// TestJSONNames: tasks, handles and objects keep their names, however deep they are in values, and without the loop.
func TestJSONNames(t *testing.T) {
	r := run(t, `
loop: { python: "3.11" } # which counts the task with a name of its own, too
shared: { all: [], same: null }
locks: [m]
callbacks:
  beat: { do: [ { print: beat } ] }
workers:
  w: { do: [ { return: "${[task]}" } ] }
main:
  - call_soon: beat
    as: h
  - set: { all: "${[{ 'task': task, 'deep': [h] }, m, tasks['w']]}" }
  - set: { same: "${[all, all]}" }
`)
	data, err := report.JSON(r)
	all := `[{"deep":["<Handle beat>"],"task":"<Task Task-2>"},"<Lock m>","<Task w>"]`
	if err != nil || !strings.Contains(string(data), `"all":`+all+`,"same":[`+all+`,`+all+`]`) {
		t.Errorf("%v, want %s in\n%s%s", err, all, data, report.Problems(r))
	}
	if !strings.Contains(string(data), `"result":["<Task w>"]`) {
		t.Errorf("the result of w is not named in\n%s", data)
	}
}
