package dsl

import (
	"strings"
	"testing"
)

func TestIsScenario(t *testing.T) {
	for _, text := range []string{
		"runloop: 1\nmain: []\n", "# why\n\n---\nname: x\nrunloop: 1\n", "runloop : 1", "runloop:\n", "\"runloop\": 1\n", "'runloop': 1\n",
		"\uFEFFrunloop: 1\n", "name: x\r\nrunloop: 1\r\n", "name: x\rrunloop: 1\r", "  runloop: 1\n  main: []\n", "{ runloop: 1, main: [] }\n",
		"{\n  \"name\": \"x\",\n  \"runloop\": 1\n}\n", "\xff\xfer\x00u\x00n\x00l\x00o\x00o\x00p\x00:\x00 \x001\x00", "? runloop\n: 1\n",
		"%YAML 1.2\n---\nrunloop: 1\n", "a: 1\n---\nrunloop: 1\n",
		// Meant to be one.
		"Runloop: 1\n", "RUNLOOP: 1\n", "runlop: 1\n", "run-loop: 1\n", "run_loop: 1\n", "run loop: 1\n", "rumloop: 1\n", "runloops: 1\n",
		"runloop 1\n", "runloop=1\n", "runloop;1\n", "\"Runloop\": 1\n", "{ Runloop: 1 }\n", "\trunloop: 1\n",
		"main:\n  - print: a\n", "name: x\nworkers: {}\n", "coroutines:\n", "callbacks: {}\n", "\"main\": []\n", "{ name: x, main: [] }\n",
		"{ a: [ { b: c } ], main: [] }", "# runloop: 1\nmain: []\n", "  name: x\n  main: []\n",
	} {
		if !IsScenario([]byte(text)) {
			t.Errorf("no scenario: %q", text)
		}
	}
	for _, text := range []string{
		"", "# runloop: 1\n", "name: x\n", "name: x\non: push\njobs:\n  main:\n    steps: []\n", "a:\n  runloop: 1\n", "- main: x\n", "run:\n  timeout: 5m\n",
		"{ a: { runloop: 1 } }", "{ a: [ { main: 1 } ] }", "{ a: \"{ main: 1 }\" }", "{ a: 'main: 1' }", "text about the runloop: it runs\n",
		"main\n", "mains: 1\n", "apiVersion: v1\nkind: List\n", "x: main: 1\n", "a: |\n  runloop: 1\n", "[ main, runloop ]", "\x00\x01", "runtime: go\n",
		"domain: x\n", "main.js: x\n", strings.Repeat("a: b\n", 1000),
	} {
		if IsScenario([]byte(text)) {
			t.Errorf("a scenario: %q", text)
		}
	}
}
