package dsl

import (
	"strings"
	"testing"

	"runloop/dsl/source"
)

// TestHints checks what the one message about a shape of other tools, or of an unfinished step, tells to write instead.
func TestHints(t *testing.T) {
	const coroutine = "coroutines:\n  w: { params: { n: int }, do: [ { return: 1 } ] }\n"
	for _, c := range []struct{ name, text, hint string }{
		{"wrapped steps", "runloop: 1\nmain: { steps: [ { print: a } ] }\n", "remove `steps:`, the list stands right here"},
		{"a map of steps", "runloop: 1\nmain: { print: a, sleep: 1s }\n", "put a `- ` before each step: `main: [print: a, sleep: 1s]`"},
		{"no version", "main:\n  - print: a\n", "write `runloop: 1` first"},
		{"no version, in braces", "{ main: [ { print: a } ] }\n", "write `runloop: 1` first"},
		{"steps as keys", "runloop: 1\ncoroutines:\n  w:\n    print: a\n    sleep: 1s\nmain: [ { call: w } ]\n",
			"a step stands in the list under `do:`: write `do: [print: a, sleep: 1s]`"},
		{"wait for a time", "runloop: 1\nmain: [ { wait: 1s } ]\n", "write `sleep: 1s`"},
		{"a call as text", "runloop: 1\n" + coroutine + "main: [ { call: w(3) } ]\n",
			"write `call: w` and `with: { n: 3 }`"},
		{"a coroutine as a verb", "runloop: 1\n" + coroutine + "main: [ { w: 3 } ]\n",
			"it is a coroutine: write `- { call: w, with: { n: 3 } }`"},
		{"a call as a value", "runloop: 1\n" + coroutine + "main: [ { let: { r: { call: w } } } ]\n",
			"write `- { call: w, as: r }`"},
		{"a list of maps", "runloop: 1\nqueues:\n  - jobs: 5\nmain: [ { put: jobs, value: 1 } ]\n", "write `queues: { jobs: 5 }`"},
		{"a list of maps with names", "runloop: 1\nqueues: [ { name: jobs, capacity: 5 } ]\nmain: [ { print: a } ]\n",
			"write `queues: { jobs: { capacity: 5 } }`"},
		{"a body without its key", "runloop: 1\nmain:\n  - repeat: 3\n    print: a\n",
			"its steps stand in a list under `do:`: write `do: [print: a]`"},
		{"two verbs", "runloop: 1\nmain:\n  - sleep: 1s\n    print: a\n", "begin a new step: `- print: a`"},
		{"a coroutine where a task belongs", "runloop: 1\n" + coroutine + "main: [ { wait: w(3) } ]\n",
			"`w` is a coroutine: first make a task of it, `- { spawn: w, with: { n: 3 }, as: t }`, and name `t` here"},
		{"an event where a task belongs", "runloop: 1\nevents: [e]\nmain: [ { await: e } ]\n", "write `- wait: e`"},
		{"yield", "runloop: 1\nmain: [ { yield: 1 } ]\n", "`return` gives a value and ends; `put` it into a queue to give several"},
		{"yield alone", "runloop: 1\nmain: [ yield ]\n", "`return` gives a value and ends; `put` it into a queue to give several"},
		{"a coroutine with the name of a statement", "runloop: 1\n" + strings.Replace(coroutine, "w", "yield", 1) + "main: [ { yield: 3 } ]\n",
			"it is a coroutine: write `- { call: yield, with: { n: 3 } }`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var hints []string
			for _, d := range Check("f.yaml", []byte(c.text)) {
				if d.Severity == source.SeverityError {
					hints = append(hints, d.Message+": "+d.Hint)
				}
			}
			if len(hints) != 1 || !strings.HasSuffix(hints[0], ": "+c.hint) {
				t.Errorf("%q\nwant one error, with the hint %q", hints, c.hint)
			}
		})
	}
}

// TestVersionAdded checks that the line with the version is written above the first key, below comments.
func TestVersionAdded(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		lines := func(list ...string) string { return strings.Join(list, end) + end }
		got, n := MendAll("f.yaml", []byte(lines("# a scenario", "main:", "  - print: a")))
		if want := lines("# a scenario", "runloop: 1", "main:", "  - print: a"); string(got) != want || n != 1 {
			t.Errorf("%q, %d fixes, want %q", got, n, want)
		}
	}
}
