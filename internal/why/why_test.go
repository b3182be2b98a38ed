package why_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	"runloop/internal/why"
	"runloop/scenarios"
)

func run(t testing.TB, text string) *trace.Run {
	t.Helper()
	return tracetest.Load(t, "s.yaml", []byte(text))
}

// line is the number of the first line of the output that has a text in it.
func line(t *testing.T, r *trace.Run, text string) int {
	t.Helper()
	for i := range r.Lines {
		if strings.Contains(r.LineText(i), text) {
			return i + 1
		}
	}
	t.Fatalf("%q was not printed:\n%s", text, r.Output)
	return 0
}

func turnOf(t *testing.T, r *trace.Run, text string) int {
	t.Helper()
	turn, err := why.LineTurn(r, line(t, r, text))
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// TestReasons: what each kind of waiting, timer and cancellation is called. A case is a scenario that prints `now` where it is
// asked why, and words of the chain of causes.
func TestReasons(t *testing.T) {
	const head = "runloop: 1\n"
	for _, c := range []struct{ name, text, want string }{
		{"sleep", "main: [ { sleep: 1s }, { print: now } ]", "Task-1 goes on: its sleep was over"},
		{"turn", "main: [ { sleep: 0 }, { print: now } ]", "it had given up its turn for one iteration (`sleep: 0`)"},
		{"start", "main: [ { print: now } ]", "Task-1 begins: the run created it when it began"},
		{"spawn", "main: [ { spawn: w, as: x }, { await: x } ]\ncoroutines: { w: { do: [ { print: now } ] } }", "Task-2 begins: Task-1 created it"},
		{"late worker", "workers: { a: { start: 2s, do: [ { print: now } ] } }", "worker a is created: its start had come at 2 s; armed at 0 s by the run"},
		{"await", "main: [ { spawn: w, as: x }, { await: x }, { print: now } ]\ncoroutines: { w: { do: [ { sleep: 1 } ] } }", "Task-1 goes on: Task-2 ended (done)"},
		{"future", "main: [ { new: future, as: f }, { spawn: w, with: { f: '${f}' } }, { await: f }, { print: now } ]\ncoroutines: { w: { params: { f: future }, do: [ { sleep: 1 }, { resolve: f } ] } }", "was settled (done)"},
		{"gather", "main: [ { gather: [ { call: w } ] }, { print: now } ]\ncoroutines: { w: { do: [ { sleep: 1 } ] } }", "Task-1 goes on: its gather had all that it waited for"},
		{"lock", "locks: [k]\nworkers: { a: { do: [ { acquire: k }, { sleep: 1 }, { release: k } ] }, b: { do: [ { acquire: k }, { print: now } ] } }", "b goes on: a released lock k"},
		{"rwlock", "rwlocks: [k]\nworkers: { a: { do: [ { acquire: k, mode: write }, { sleep: 1 }, { release: k } ] }, b: { do: [ { acquire: k, mode: read }, { print: now } ] } }", "b goes on: a released rwlock k"},
		{"semaphore", "semaphores: { k: 1 }\nworkers: { a: { do: [ { acquire: k }, { sleep: 1 }, { release: k } ] }, b: { do: [ { acquire: k }, { print: now } ] } }", "b goes on: a released semaphore k"},
		{"event", "events: [e]\nworkers: { a: { do: [ { wait: e }, { print: now } ] }, b: { do: [ { sleep: 1 }, { signal: e } ] } }", "a goes on: b set event e"},
		{"condition", "conditions: [c]\nworkers: { a: { do: [ { acquire: c, do: [ { wait: c }, { print: now } ] } ] }, b: { do: [ { sleep: 1 }, { acquire: c, do: [ { notify: c }, { sleep: 1 } ] } ] } }", "a goes on: b released condition c"},
		{"notify", "conditions: [c]\nworkers: { a: { do: [ { acquire: c, do: [ { wait: c }, { print: now } ] } ] }, b: { do: [ { sleep: 1 }, { acquire: c, do: [ { notify: c } ] } ] } }", "a goes on: b notified condition c"},
		{"barrier", "barriers: { g: 2 }\nworkers: { a: { do: [ { wait: g }, { print: now } ] }, b: { do: [ { sleep: 1 }, { wait: g } ] } }", "a goes on: b was the last to come to barrier g"},
		{"get", "queues: { q: 1 }\nworkers: { a: { do: [ { get: q, as: x }, { print: now } ] }, b: { do: [ { sleep: 1 }, { put: q, value: 1 } ] } }", "a goes on: b put an item into queue q"},
		{"put", "queues: { q: 1 }\nworkers: { a: { do: [ { put: q, value: 1 }, { put: q, value: 2 }, { print: now } ] }, b: { do: [ { sleep: 1 }, { get: q, as: x } ] } }", "a goes on: b took an item out of queue q"},
		{"join", "queues: { q: 1 }\nworkers: { a: { do: [ { put: q, value: 1 }, { join: q }, { print: now } ] }, b: { do: [ { sleep: 1 }, { get: q, as: x }, { task_done: q } ] } }", "a goes on: b was done with the last item of queue q"},
		{"wait", "main: [ { spawn: w, as: x }, { wait: [ x ], within: 5 }, { print: now } ]\ncoroutines: { w: { do: [ { sleep: 1 } ] } }", "Task-1 goes on: its `wait` was over"},
		{"wait's time", "main: [ { spawn: w, as: x }, { wait: [ x ], within: 5 }, { print: now } ]\ncoroutines: { w: { do: [ { sleep: 9 } ] } }", "the time of the `wait` of Task-1 is up: its timer was due at 5 s; armed at 0 s by Task-1 itself"},
		{"as_completed", "main: [ { spawn: w, as: x }, { as_completed: [ \"${x}\" ], as: y, do: [ { print: now } ] } ]\ncoroutines: { w: { do: [ { sleep: 1 } ] } }", "Task-1 goes on: a task of its as_completed had ended"},
		{"group", "main: [ { group: g, do: [ { spawn: w, in: g } ] }, { print: now } ]\ncoroutines: { w: { do: [ { sleep: 1 } ] } }", "Task-1 goes on: the last task of its group had ended"},
		{"shield", "main: [ { spawn: w, as: x }, { shield: \"${x}\" }, { print: now } ]\ncoroutines: { w: { do: [ { sleep: 1 } ] } }", "Task-1 goes on: Task-2, which it shields, had ended"},
		{"callback", "main: [ { call_soon: c }, { sleep: 1 } ]\ncallbacks: { c: { do: [ { print: now } ] } }", "c runs: Task-1 scheduled it for the next iteration"},
		{"timer", "callbacks: { c: { after: 1s, do: [ { print: now } ] } }", "c runs: its timer was due at 1 s; armed at 0 s by the run"},
		{"time-out", "main: [ { timeout: 1s, do: [ { sleep: 9 } ], else: [ { print: now } ] } ]", "Task-1 goes on: its time-out was up, which cancels it"},
		{"cancel", "workers: { a: { do: [ { try: [ { sleep: 9 } ], finally: [ { print: now } ] } ] }, b: { do: [ { sleep: 1 }, { cancel: '${tasks[\"a\"]}' } ] } }", "a goes on: b cancelled it"},
		{"end of the run", "workers: { a: { do: [ { try: [ { sleep: 9 } ], finally: [ { print: now } ] } ] } }\nmain: [ { sleep: 1 } ]", "a goes on: the loop had ended, which cancels what is left"},
		{"after main", "main: [ { sleep: 1 } ]\nafter: [ { print: now } ]", "what is left is cancelled: main had ended"},
		{"after", "workers: { a: { do: [ { sleep: 1 } ] } }\nafter: [ { print: now } ]", "`after` runs: nothing was left to do"},
		{"after stop", "workers: { a: { do: [ { sleep: 1 }, stop ] } }\nafter: [ { print: now } ]", "`after` runs: a called `stop`"},
		{"after a deadlock", "events: [e]\nworkers: { a: { do: [ { wait: e } ] } }\nafter: [ { print: now } ]", "`after` runs: the tasks that were left waited for ever"},
		{"before", "before: [ { print: now } ]", "the run begins"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, head+strings.ReplaceAll(c.text, "print: now", `print: "now ${now}"`)+"\n")
			chain := why.Explain(r, turnOf(t, r, "now"))
			if text := strings.Join(chain.Lines(0), "\n"); !strings.Contains(text, c.want) || !chain.Whole {
				t.Errorf("%q is not in\n%s", c.want, text)
			}
		})
	}
}

// TestEventLoop: at 6 s the callback prints before the task.
func TestEventLoop(t *testing.T) {
	text, _ := scenarios.Source("event-loop")
	r := run(t, string(text))
	v := why.Compare(r, turnOf(t, r, "Task-1: Completed\tIteration: 2"), turnOf(t, r, "Timer callback: 3"))
	if v.Rule != 3 || v.Ties != why.Never || v.Counts != [2]int{1, 2} || !strings.Contains(v.Text, "a task that sleeps one iteration later") {
		t.Errorf("%+v", v)
	}
}

// TestRules: the rules are those of the README.
func TestRules(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(readme)), " ")
	for i, rule := range why.Rules {
		if !strings.Contains(text, string(rune('1'+i))+". "+rule) {
			t.Errorf("the README has no rule %d that begins with %q", i+1, rule)
		}
	}
	if strings.Contains(text, "10. ") {
		t.Error("the README has more rules")
	}
}

// TestFirstRecordGone: of a run that is too long for its record the chain says that it does not go back to the start.
func TestFirstRecordGone(t *testing.T) {
	r := tracetest.Record(t, "s.yaml", []byte("runloop: 1\nmain: [ { repeat: 9000, do: [ { sleep: 1 } ] }, { print: end } ]\n"),
		&engine.Trace{Last: 1}, engine.Limits{})
	c := why.Explain(r, turnOf(t, r, "end"))
	if text := c.Lines(0); c.Whole || !strings.Contains(text[len(text)-1], "not in the record") {
		t.Errorf("%v %s", c.Whole, text[len(text)-1])
	}
	for i := range min(len(r.Turns), 40) {
		for k := range min(len(r.Turns), 40) {
			why.Compare(r, i, k).Lines()
		}
	}
}

// TestHostile: names and output cannot harm a terminal, nor fill it.
func TestHostile(t *testing.T) {
	name := "\x1b[31m\u202e<script>]]>" + strings.Repeat("x", 10000)
	quoted, _ := json.Marshal(name)
	r := run(t, "runloop: 1\nmain: [ { spawn: w, as: x, name: "+string(quoted)+" }, { await: x } ]\ncoroutines: { w: { do: [ { sleep: 1 }, { print: '${task}' } ] } }\n")
	turn := turnOf(t, r, "script")
	lines := append(why.Explain(r, turn).Lines(0), why.Compare(r, 2, turn).Lines()...)
	lines = append(lines, why.Describe(why.Explain(r, turn), line(t, r, "script"), 1).Lines(r)...)
	for _, line := range lines {
		if strings.ContainsAny(line, "\x1b\u202e\n") || len(line) > 1000 {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	}
}

// TestShown: what is left out is counted, and of one link it is not said that it is.
func TestShown(t *testing.T) {
	r := run(t, "runloop: 1\nmain: [ { repeat: 9, do: [ { sleep: 1 } ] }, { print: end } ]\n")
	c := why.Explain(r, turnOf(t, r, "end"))
	lines := c.Lines(why.Few)
	if c.Len != 20 || len(lines) != why.Few+1 || lines[why.Few] != "… 14 more, back to the start; --all shows them" {
		t.Errorf("%d turns: %q", c.Len, lines)
	}
	if n := len(c.Lines(19)); n != 20 {
		t.Errorf("%d lines", n)
	}
	if d := why.Describe(c, 0, 3); d.More != 17 || len(d.Causes) != 3 || !d.Whole {
		t.Errorf("%+v", d)
	}
}

func TestNames(t *testing.T) {
	r := run(t, "runloop: 1\nbefore: [ { print: b } ]\nworkers: { a: { do: [ { sleep: 1 } ] } }\ncallbacks: { c: { after: 2, do: [ { print: c } ] } }\n")
	if names := why.Names(r); !slices.Equal(names, []string{"a", "c"}) {
		t.Errorf("%q", names)
	}
	if n := len(why.Turns(r, "before")); n != 1 {
		t.Errorf("`before` has %d turns", n)
	}
	if _, err := why.AtTime(r, "a", why.Turns(r, "a"), 5e8); err == nil || err.Error() != "a has no turn at 500 ms: the nearest are at 0 s (turn 1) and at 1 s (turn 2)" {
		t.Error(err)
	}
}
