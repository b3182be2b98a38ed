package dsl

import (
	"fmt"
	rand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/dsl/lint"
	"runloop/dsl/source"
)

// TestWarnings has faults, and beside each one correct text that looks similar.
func TestWarnings(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an unused coroutine", "coroutines: { c: { do: [] } }\nmain: []", "RL0501@2"},
		{"one that is spawned", "coroutines: { c: { do: [] } }\nmain: [ { spawn: c, as: t }, { await: t } ]", ""},
		{"one in a gather", "coroutines: { c: { do: [] } }\nmain: [ { gather: [ { call: c } ] } ]", ""},
		{"one of a worker", "coroutines: { c: { do: [] } }\nworkers: { w: { call: c } }", ""},
		{"an unused callback", "callbacks: { c: { do: [] } }\nmain: []", "RL0502@2"},
		{"one that is only cancelled", "callbacks: { c: { do: [] } }\nmain: [ cancel: c ]", "RL0502@2"},
		{"one that is scheduled", "callbacks: { c: { do: [] } }\nmain: [ call_soon: c ]", ""},
		{"one with a time", "callbacks: { c: { after: 1, do: [] } }\nmain: [ sleep: 2 ]", ""},
		{"an unused object", "queues: [q, p]\nevents: [e]\nmain: [ { put: q, value: 1 }, { print: '${p.size}' } ]",
			"RL0503@3"},
		{"objects by reference", "events: [a, b]\nlocks: { c: { count: 2 } }\n" +
			"main: [ signal: a, { wait: b, within: 1s, else: [] }, { acquire: 'c[0]' } ]", ""},
		{"an unused shared variable", "shared: { a: 1, b: 2, _c: 3 }\nmain: [ print: '${b}' ]", "RL0504@2"},
		{"shared variables that something writes", "shared: { a: 1, b: 1, c: [] }\n" +
			"main: [ set: { a: 2 }, { repeat: 2, as: b, do: [] }, append: { c: 1 } ]", ""},
		{"one that an expectation reads", "shared: { a: 1 }\nmain: []\nexpect: { that: a == 1 }", ""},
		{"an unused run parameter", "params: { n: 1 }\nmain: []", "RL0504@2"},
		{"one in a setting", "params: { n: 1 }\nseed: '${n}'\nmain: []", ""},
		{"an unused context variable", "context: { c: 1, d: 1, e: 1 }\n" +
			"main: [ set: { d: 1 }, { context: { e: 2 }, do: [] } ]", "RL0504@2"},
		{"an unused parameter", "coroutines: { c: { params: { a: int, _b: int }, do: [] } }\n" +
			"main: [ { call: c, with: { a: 1, _b: 2 } } ]", "RL0504@2"},
		{"one in a default and one in a path", "shared: { m: [1] }\ncoroutines:\n  c:\n    params: { i: int }\n" +
			"    do: [ set: { 'm[i]': 1 } ]\nmain: [ { call: c, with: { i: 0 } } ]", ""},
		{"unused locals",
			"queues: [q]\nmain:\n  - let: { a: 1, b: 2 }\n  - print: ${b}\n  - { get: q, as: c, within: 1s, else: [] }",
			"RL0504@4 RL0504@6"},
		{"locals that a loop, a task or a group needs", "main:\n  - { for: x, in: [1], do: [] }\n" +
			"  - { spawn: { do: [] }, as: t }\n  - { group: g, do: [ sleep: 1 ] }\n" +
			"  - { as_completed: ['${tasks[\"Task-2\"]}'], as: d, do: [] }", ""},
		{"a local of an inline task", "main:\n  - let: { a: 1 }\n  - { spawn: { do: [ print: '${a}' ] }, as: t }\n" +
			"  - await: t",
			""},
		{"a callback's local in until", "callbacks:\n  c: { every: 1, do: [ let: { a: 1 } ], until: a > 0 }", ""},

		{"an event that nothing signals", "events: [e]\nmain: [ wait: e ]", "RL0514@3"},
		{"one in a list", "events: { e: { count: 2 } }\nmain: [ wait: 'e[0]' ]", "RL0514@3"},
		{"one of the list is signalled", "events: { e: { count: 2 } }\nmain: [ wait: 'e[0]', signal: 'e[1]' ]", ""},
		{"one that is a value", "events: [e]\ncoroutines: { c: { params: { x: event }, do: [ signal: x ] } }\n" +
			"workers: { w: { call: c, with: { x: '${e}' } } }\nmain: [ wait: e ]", ""},
		{"waits that end by themselves", "events: [e]\nqueues: [q]\nmain: [ { wait: e, within: 1s, else: [] }, " +
			"{ timeout: 1s, do: [ { get: q } ], else: [] }, { timeout: 1s, do: [ { repeat: 2, do: [ { wait: e } ] } ] } ]", ""},
		{"a time-out without a time", "events: [e]\nmain:\n- timeout: null\n  do:\n  - wait: e", "RL0514@6"},
		{"one that is given a time", "events: [e]\nmain:\n- timeout: null\n  as: t\n  do:\n  - { reschedule: t, after: 1s }\n" +
			"  - wait: e\n  else: []", ""},
		{"a deadlock that is expected", "events: [e]\nworkers: { w: { do: [ wait: e ] } }\nexpect: { ends: deadlock }", ""},
		{"a queue that nothing fills", "queues: [q]\nworkers: { w: { do: [ get: q ] } }", "RL0514@3"},
		{"one that is shut down", "queues: [q]\nmain: [ { spawn: { do: [ get: q ] }, as: t }, { sleep: 1 }, { shutdown: q }, { await: t } ]", ""},
		{"a condition that nothing notifies", "conditions: [c]\nworkers: { w: { do: [ { acquire: c, do: [ wait: c ] } ] } }", "RL0514@3"},
		{"a lock that nothing releases", "locks: [m]\nworkers: { w: { count: 2, do: [ acquire: m ] } }", "RL0514@3"},
		{"one that a single task takes", "locks: [m]\nmain: [ acquire: m ]", ""},

		{"an endless callback", "callbacks: { c: { every: 1s, do: [] } }\nworkers: { w: { do: [ sleep: 5 ] } }", "RL0505@2"},
		{"with a stop somewhere", "callbacks: { c: { every: 1s, do: [] } }\nworkers: { w: { do: [ stop ] } }", ""},
		{"stopped before", "callbacks: { c: { every: 1s, do: [] } }\nbefore: [ stop ]", ""},
		{"cancelled", "callbacks: { c: { every: 1s, do: [] } }\nworkers: { w: { do: [ cancel: c ] } }", ""},
		{"with an end of the clock", "clock: { until: 5 }\ncallbacks: { c: { every: 1s, do: [] } }", ""},
		{"with main", "callbacks: { c: { every: 1s, do: [] } }\nmain: [ sleep: 5 ]", ""},
		{"on the real clock", "clock: { mode: real }\ncallbacks: { c: { every: 1s, do: [] } }", ""},
		{"as it is expected", "callbacks: { c: { every: 1s, do: [] } }\nlimits: { time: 5 }\nexpect: { ends: limit }", ""},
		{"ended by an error", "callbacks: { c: { every: 1s, do: [ raise: ValueError ] } }", ""},

		{"a loop that spins", "shared: { a: 1, b: 1 }\nmain:\n  - while: a > 0\n    do:\n      - set: { b: '${b + a}' }",
			"RL0506@4"},
		{"for ever", "main:\n  - while: true\n    do:\n      - { if: now > 3, then: [ print: x ] }", "RL0506@3"},
		{"on the time", "main:\n  - while: now < 3\n    do: [ print: x ]", "RL0506@3"},
		{"a loop that waits", "shared: { a: 1 }\nmain:\n  - while: a > 0\n    do: [ { if: a > 5, then: [ sleep: 1 ] } ]", ""},
		{"a loop that changes", "main:\n  - let: { a: 1 }\n  - while: a < 5\n    do: [ set: { a: '${a + 1}' } ]", ""},
		{"a loop that is left", "main:\n  - while: true\n    do: [ { if: now > -1, then: [ break ] } ]", ""},
		{"a loop over a queue", "queues: [q]\nmain:\n  - while: q.size > 0\n" +
			"    do: [ { get: q, as: x, nowait: true }, print: '${x}' ]",
			""},
		{"a loop by chance", "main:\n  - while: chance(0.5)\n    do: [ print: x ]", ""},
		{"a loop that calls", "shared: { a: 1 }\ncoroutines: { c: { do: [ set: { a: 0 } ] } }\n" +
			"main:\n  - while: a > 0\n    do: [ call: c ]", ""},
		{"a loop that counts with another", "main:\n  - let: { i: 0 }\n  - while: i < 2\n    do:\n" +
			"      - { repeat: 3, as: i, do: [] }",
			""},

		{"a task that main leaves", "coroutines: { c: { do: [ sleep: 1 ] } }\nmain: [ spawn: c, print: x ]", "RL0507@3"},
		{"an inline one", "main:\n  - spawn: { do: [ sleep: 1 ] }", "RL0507@3"},
		{"one that does not wait", "coroutines: { c: { do: [ print: x ] } }\nmain: [ spawn: c ]", ""},
		{"one before a wait", "coroutines: { c: { do: [ sleep: 1 ] } }\nmain: [ spawn: c, sleep: 5 ]", ""},
		{"one in a loop that waits", "coroutines: { c: { do: [ sleep: 1 ] } }\n" +
			"main: [ { repeat: 3, do: [ sleep: 1, spawn: c ] } ]", ""},
		{"one that is kept", "coroutines: { c: { do: [ sleep: 1 ] } }\nmain: [ { spawn: c, as: t }, { await: t } ]", ""},
		{"one in a group", "coroutines: { c: { do: [ sleep: 1 ] } }\nmain: [ { group: g, do: [ { spawn: c, in: g } ] } ]",
			""},
		{"one of a worker's", "workers: { w: { do: [ spawn: { do: [ sleep: 1 ] } ] } }", ""},

		{"resources in opposite orders", "resources: [a, b]\ncoroutines:\n  x: [ { acquire: a, do: [ { use: b, takes: 1 } ] } ]\n" +
			"  y: [ { acquire: b, do: [ { use: a, takes: 1 } ] } ]\nworkers: { x: { call: x }, y: { call: y } }", "RL0508@5"},
		{"all at once, and with a limit", "resources: [a, b, c]\ncoroutines:\n  x: [ { acquire: [a, b], do: [ { use: c, takes: 1 } ] } ]\n" +
			"  y: [ { acquire: b, do: [ { use: a, takes: 1, within: 1, else: [] } ] } ]\n" +
			"  z: [ { acquire: c, do: [ { acquire: a, nowait: true, else: [] } ] } ]\n" +
			"workers: { x: { call: x }, y: { call: y }, z: { call: z } }", ""},
		{"a resource that keeps them apart", "resources: { a: 1, b: 1, c: 1 }\ncoroutines:\n  x: [ { acquire: c, do: [ { acquire: a, do: [ { use: b, takes: 1 } ] } ] } ]\n" +
			"  y: [ { acquire: c, do: [ { acquire: b, do: [ { use: a, takes: 1 } ] } ] } ]\nworkers: { x: { call: x }, y: { call: y } }", ""},
		{"one that does not", "resources: { a: 1, b: 1, c: 2 }\ncoroutines:\n  x: [ { acquire: c, do: [ { acquire: a, do: [ { use: b, takes: 1 } ] } ] } ]\n" +
			"  y: [ { acquire: c, do: [ { acquire: b, do: [ { use: a, takes: 1 } ] } ] } ]\nworkers: { x: { call: x }, y: { call: y } }", "RL0508@5"},
		{"a resource that is shared", "resources: { a: 1, b: { order: shared } }\ncoroutines:\n  x: [ { acquire: a, do: [ { use: b, takes: 1 } ] } ]\n" +
			"  y: [ { use: b, takes: 1 }, { use: a, takes: 1 } ]\nworkers: { x: { call: x }, y: { call: y } }", ""},
		{"a loan put back by hand", "stores: { s: { initial: [1] } }\nmain:\n  - get: s\n    as: x\n    do:\n      - if: x > 0\n        then: [ { put: s, value: '${x}' } ]", "RL0519@8"},
		{"an item put elsewhere, or another one", "stores: { s: { initial: [1] }, r: {} }\nmain:\n  - get: s\n    as: x\n    do:\n      - { put: r, value: '${x}' }\n" +
			"      - { put: s, value: '${x + 1}' }\n  - { get: s, as: y }\n  - { put: s, value: '${y}' }", ""},
		{"locks in opposite orders", twoLocks("a", "b", "b", "a", ""), "RL0508@13"},
		{"locks in one order", twoLocks("a", "b", "a", "b", ""), "RL0514@8"},
		{"under a third lock", strings.Replace(strings.Replace(twoLocks("c", "a", "c", "b", ""),
			"- acquire: a\n", "- { acquire: a, do: [ { acquire: b, do: [] } ] }\n", 1),
			"- acquire: b\n", "- { acquire: b, do: [ { acquire: a, do: [] } ] }\n", 1), ""},
		{"with a time-out", twoLocks("a", "b", "b", "a", "within: 1s"), ""},
		{"through a call", "locks: [a, b]\ncoroutines:\n  take_b: { do: [ { acquire: b, do: [ sleep: 1 ] } ] }\nworkers:\n" +
			"  w: { do: [ { acquire: a, do: [ call: take_b ] } ] }\n" +
			"  v: { do: [ { acquire: b, do: [ { acquire: a, do: [] } ] } ] }",
			"RL0508@7"},
		{"in one task", "locks: [a, b]\nmain:\n  - { acquire: a, do: [ { acquire: b, do: [] } ] }\n" +
			"  - { acquire: b, do: [ { acquire: a, do: [] } ] }", ""},
		{"in two tasks of one body", "locks: [a, b]\nworkers:\n  w:\n    count: 2\n    do:\n" +
			"      - { acquire: a, do: [ { acquire: b, do: [] } ] }\n" +
			"      - { acquire: b, do: [ { acquire: a, do: [] } ] }", "RL0508@8"},
		{"without `do`", "locks: [a, b]\nworkers:\n  w: { do: [ acquire: a, acquire: b, release: b, release: a ] }\n" +
			"  v: { do: [ acquire: b, acquire: a, release: a, release: b ] }", "RL0508@5"},
		{"released between", "locks: [a, b]\nworkers:\n  w: { do: [ acquire: a, release: a, acquire: b, release: b ] }\n" +
			"  v: { do: [ acquire: b, acquire: a, release: a, release: b ] }", ""},

		{"a lost update", lost("let: { old: '${n}' }", "sleep: 1", "set: { n: '${old + 1}' }"), "RL0509@8"},
		{"through two locals", lost("let: { a: '${n}' }", "let: { old: '${a + 1}' }", "sleep: 1", "set: { n: '${old}' }"),
			"RL0509@9"},
		{"in a branch", lost("let: { old: '${n}' }", "{ if: now > 1, then: [ sleep: 1 ] }", "set: { n: '${old + 1}' }"),
			"RL0509@8"},
		{"round a loop", lost("let: { old: '${n}' }",
			"{ repeat: 3, do: [ set: { n: '${old}' }, let: { old: '${n}' }, sleep: 1 ] }"),
			"RL0509@7"},
		{"of an element", lost("let: { old: '${m.k}' }", "sleep: 1", "set: { m.k: '${old + 1}' }"), "RL0509@8"},
		{"with a call that waits",
			"shared: { n: 1 }\ncoroutines:\n  nap: { do: [ sleep: 1 ] }\nworkers:\n  w:\n    count: 2\n    do:\n" +
				"      - let: { old: '${n}' }\n      - call: nap\n      - set: { n: '${old + 1}' }", "RL0509@11"},
		{"without a wait", lost("let: { old: '${n}' }", "print: x", "set: { n: '${old + 1}' }", "sleep: 1"), ""},
		{"read again", lost("let: { old: '${n}' }", "sleep: 1", "set: { n: '${max(n, old)}' }"), ""},
		{"compared again", lost("let: { old: '${n}' }", "sleep: 1", "{ if: n == old, then: [ set: { n: '${old + 1}' } ] }"),
			""},
		{"under a lock", lost("{ acquire: l, do: [ let: { old: '${n}' }, sleep: 1, set: { n: '${old + 1}' } ] }"), ""},
		{"after the lock", lost("{ acquire: l, do: [ let: { old: '${n}' } ] }", "sleep: 1", "set: { n: '${old + 1}' }"),
			"RL0509@8"},
		{"another variable", lost("let: { old: '${n}' }", "sleep: 1", "set: { m.k: '${old + 1}' }"), ""},
		{"kept and set back", lost("let: { old: '${n}' }", "set: { n: 5 }", "sleep: 1", "set: { n: '${old}' }"), ""},
		{"in one task alone",
			strings.Replace(lost("let: { old: '${n}' }", "sleep: 1", "set: { n: '${old + 1}' }"),
				"count: 2", "daemon: false", 1),
			""},
		{"with no other writer", "shared: { n: 1 }\nmain:\n  - let: { old: '${n}' }\n  - sleep: 1\n" +
			"  - set: { n: '${old + 1}' }",
			""},
		{"with a callback that writes", "shared: { n: 1 }\ncallbacks: { c: { after: 1, do: [ set: { n: 2 } ] } }\nmain:\n" +
			"  - let: { old: '${n}' }\n  - sleep: 1\n  - set: { n: '${old + 1}' }", "RL0509@7"},
		{"with a callee that writes", "shared: { n: 1 }\ncoroutines: { c: { do: [ sleep: 1, set: { n: 2 } ] } }\nmain:\n" +
			"  - let: { old: '${n}' }\n  - call: c\n  - set: { n: '${old + 1}' }", ""},

		{"nearly Python's errors", "main:\n  - try: [ raise: TimeOutError ]\n    catch: [ { error: Exception, do: [] } ]\n" +
			"  - try: [ raise: KeyErorr ]\n    catch: [ { error: KeyErorr, do: [] } ]\n" +
			"  - try: [ raise: JobError ]\n    catch: [ { do: [] } ]\n  - raise: CanceledError\n", "RL0513@3 RL0513@9"},
		{"a bare name", "shared: { a: 1, b: 2, c: 3, d: 4 }\nmain:\n  - print: a\n  - let: { word: c }\n  - print: ${word} b\n" +
			"  - try: [ { raise: ValueError, message: c } ]\n    catch: [ { do: [ print: '(d) d {d]' ] } ]\n" +
			"  - print: ${b} ${d}", "RL0512@4 RL0512@7"},
		{"of a local and a parameter", "coroutines:\n  c:\n    params: { p: int }\n    do:\n      - let: { x: 1 }\n" +
			"      - print: p\n      - print: x\nmain: [ { call: c, with: { p: 1 } } ]", "RL0512@7 RL0512@8"},
		{"written as in other languages", "shared: { a: 1, b: [] }\nmain:\n  - print: \"a is {a}\"\n  - print: {a}\n" +
			"  - print: \"{{ b }} ${a}\"\n  - set: { b: [\"$a\"] }\n  - print: \"$(a)\"",
			"RL0512@4 RL0512@5 RL0512@6 RL0512@7 RL0512@8"},
		{"texts that are meant", "shared: { a: 1, b: a }\nevents: [ready]\nmain:\n  - print: \"a\"\n  - print: 'a'\n" +
			"  - print: ready\n  - print: now\n  - print: $${a}\n  - print: '{a, b} {a: 1} $ab $1 {}'\n  - print: {a: 1}\n" +
			"  - { spawn: { do: [ wait: ready ] }, name: a, as: t }\n  - signal: ready\n  - await: t\n  - print: ${a} ${b}\n" +
			"expect: { output: [a], that: b == 'a' }", ""},
		{"values of other languages", "shared: { a: None, b: { c: True }, c: '' }\ncoroutines: { f: { do: [ return: 1 ] } }\nmain:\n" +
			"  - set: { a: −5 }\n  - set: { c: “hi” }\n  - print: “a ${a}”\n  - print: f()\n  - print: f\"{b} {{\"\n" +
			"  - set:\n      b.c: 1, 2\n  - let: { d: f() }\n  - print: ${a} ${b} ${c} ${d}",
			"RL0515@2 RL0515@2 RL0515@5 RL0515@6 RL0515@7 RL0515@8 RL0515@9 RL0515@11 RL0515@12"},
		{"texts that look so", "shared: { a: 'None', b: a “b”, c: “a” and “b”, d: none, e: f-3, f: 'f(1)', g: '1, 5' }\nmain:\n" +
			"  - print: None\n  - print: −5\n  - print: 1, 2\n  - print: \"“a”\"\n  - print: f (x)\n" +
			"  - print: ${a} ${b} ${c} ${d} ${e} ${f} ${g}\nexpect: { output: [None] }", ""},
		{"a swallowed cancellation", swallow("sleep: 1", "print: x"), "RL0510@9"},
		{"of everything", strings.Replace(swallow("sleep: 1", "print: x"), "CancelledError", "BaseException", 1), "RL0510@9"},
		{"raised again", swallow("sleep: 1", "raise"), ""},
		{"an end of the task", swallow("sleep: 1", "return"), ""},
		{"of a task that is awaited", swallow("await: '${tasks[\"Task-1\"]}'", "print: x"), ""},
		{"of no wait", swallow("print: y", "print: x"), ""},
		{"of other errors", strings.Replace(swallow("sleep: 1", "print: x"), "CancelledError", "Exception", 1), ""},
		{"at the end of the body", "workers:\n  w:\n    do:\n      - try: [ sleep: 1 ]\n" +
			"        catch: [ { error: CancelledError, do: [ print: x ] } ]",
			""},
	} {
		src := source.NewSource("f.yaml", []byte("runloop: 1\n"+c.text+"\n"))
		var got []string
		diags := Check("f.yaml", src.Bytes())
		for _, d := range diags {
			got = append(got, fmt.Sprintf("%s@%d", d.Code, src.Pos(d.Span.Start).Line))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s\n%v", c.name, got, c.want, &source.LoadError{Source: src, Diagnostics: diags})
		}
	}
}

// twoLocks returns two workers that each take two locks, the second lock with an option.
func twoLocks(a, b, c, d, option string) string {
	worker := func(name, first, second string) string {
		return "  " + name + ":\n    do:\n      - acquire: " + first + "\n        do:\n          - acquire: " + second +
			"\n            " + option + "\n"
	}
	locks := "locks: [a, b]\n"
	if a == "c" {
		locks = "locks: [a, b, c]\n"
	}
	text := locks + "workers:\n" + worker("w", a, b) + worker("v", c, d)
	return strings.ReplaceAll(text, "            \n", "")
}

// lost returns two workers that run some steps.
func lost(steps ...string) string {
	return "shared: { n: 1, m: { k: 1 } }\nworkers:\n  w: { count: 2, do: [ call: c ] }\ncoroutines: { c: { do: [\n    " +
		strings.Join(steps, ",\n    ") + " ] } }\nafter: [ print: '${n} ${m} ${l.locked}' ]\nlocks: [l]"
}

// swallow returns a loop around a `try` with a handler.
func swallow(step, handler string) string {
	return "workers:\n  w:\n    do:\n      - repeat: 3\n        do:\n          - try: [ " + step +
		" ]\n            catch:\n              - error: CancelledError\n                do: [ " + handler + " ]"
}

// teaches maps bundled scenarios that show a fault to its code.
var teaches = map[string]string{"lost-update.yaml": lint.CodeLostUpdate}

// TestWarningsOfScenarios: no bundled scenario has a warning, except those that teach it.
func TestWarningsOfScenarios(t *testing.T) {
	files, _ := filepath.Glob("../scenarios/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, found := folderOf(file).Check(file, data)
		want := teaches[filepath.Base(file)]
		for _, d := range found {
			if d.Code != want {
				t.Error(source.NewSource(file, data).Format(d))
			}
		}
		if want != "" && len(found) == 0 {
			t.Errorf("%s teaches %s, and it is not found", file, want)
		}
	}
}

// TestWarningsOfCorrect: a thousand random correct scenarios get no warning. Then a fault is planted in each, and must
// be found.
func TestWarningsOfCorrect(t *testing.T) {
	t.Parallel()
	scenarios := uint64(1000)
	if testing.Short() {
		scenarios = 100
	}
	steps, planted := 0, map[string]int{}
	for seed := range scenarios {
		g := &correct{r: rand.New(rand.NewPCG(seed, 1))}
		text := g.scenario()
		steps += strings.Count(text, "\n")
		src := source.NewSource("correct.yaml", []byte(text))
		if found := Check(src.Name(), src.Bytes()); len(found) > 0 {
			t.Fatalf("seed %d: %v\n%s", seed, &source.LoadError{Source: src, Diagnostics: found}, text)
		}
		code, faulty := g.plant(text)
		src = source.NewSource("faulty.yaml", []byte(faulty))
		found := Check(src.Name(), src.Bytes())
		if len(found) != 1 || found[0].Code != code {
			t.Fatalf("seed %d: %s is not found alone:\n%v\n%s", seed, code, &source.LoadError{Source: src, Diagnostics: found}, faulty)
		}
		planted[code]++
	}
	t.Logf("%d scenarios of %d lines: no warning; found of planted faults: %v", scenarios, steps, planted)
}

// correct writes a scenario without faults.
type correct struct {
	r       *rand.Rand
	b       strings.Builder
	names   int
	hasMain bool
}

func (g *correct) n(n int) int { return g.r.IntN(n) }

func (g *correct) fresh(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

func (g *correct) line(depth int, format string, args ...any) {
	g.b.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
}

// Every scenario declares these names, and some worker uses each.
const correctHead = `runloop: 1
shared: { n: 0, flag: false, m: { k: 1 }, xs: [] }
locks: [l0, l1, l2]
queues: [q]
events: [e]
semaphores: { pool: 2 }
callbacks:
  once:
    params: { by: int }
    do:
      - set: { n: "${n + by}", flag: true }
      - signal: e
  tick:
    every: 1s
    do:
      - set: { n: "${n + 1}" }
    until: n > 20
coroutines:
  user:
    do:
      - acquire: pool
        do:
          - put: q
            value: ${n}
      - get: q
        as: item
      - print: ${item} ${m} ${xs} ${flag}
      - call_later: once
        after: 1s
        with: { by: 2 }
      - wait: e
        within: 5s
        else: []
      - acquire: l0
        do:
          - acquire: l1
            do:
              - acquire: l2
                do: [print: all]
  # faults: definitions
`

func (g *correct) scenario() string {
	g.b.WriteString(correctHead)
	var names []string
	for range 1 + g.n(4) {
		name := g.fresh("c")
		names = append(names, name)
		g.line(1, "%s:", name)
		g.line(2, "params: { p: int }")
		g.line(2, "do:")
		g.line(3, "- print: ${p}")
		g.steps(3, 0, 2+g.n(5))
	}
	g.line(0, "workers:")
	g.line(1, "u: { call: user }")
	for _, name := range names {
		if g.n(2) == 0 {
			g.line(1, "%s: { call: %s, with: { p: 1 }, count: %d }", g.fresh("w"), name, 1+g.n(3))
		} else {
			g.line(1, "%s:", g.fresh("w"))
			g.line(2, "do:")
			g.runs(3, name)
		}
	}
	g.line(1, "# faults: workers")
	if g.hasMain = g.n(2) == 0; g.hasMain {
		g.line(0, "main:")
		for _, name := range names {
			g.runs(1, name)
		}
		g.steps(1, 0, 1+g.n(4))
		g.line(1, "- sleep: 1s")
	}
	return g.b.String()
}

// runs starts a coroutine and waits for it.
func (g *correct) runs(depth int, name string) {
	t := g.fresh("t")
	switch g.n(5) {
	case 0:
		g.line(depth, "- call: %s", name)
		g.line(depth+1, "with: { p: 2 }")
	case 1:
		g.line(depth, "- spawn: %s", name)
		g.line(depth+1, "with: { p: 2 }")
		g.line(depth+1, "as: %s", t)
		g.line(depth, "- await: %s", t)
	case 2:
		g.line(depth, "- gather: { for: %s, in: [1, 2], call: %s, with: { p: \"${%s}\" } }", t, name, t)
	case 3:
		g.line(depth, "- group: %s", t)
		g.line(depth+1, "do:")
		g.line(depth+2, "- spawn: %s", name)
		g.line(depth+3, "with: { p: 3 }")
		g.line(depth+3, "in: %s", t)
	default: // cancel the task and catch its CancelledError, which is right here
		g.line(depth, "- spawn: %s", name)
		g.line(depth+1, "with: { p: 2 }")
		g.line(depth+1, "as: %s", t)
		g.line(depth, "- cancel: %s", t)
		g.line(depth, "- try: [await: \"${%s}\"]", t)
		g.line(depth+1, "catch:")
		g.line(depth+2, "- error: CancelledError")
		g.line(depth+3, "do: [print: gone]")
	}
}

// steps writes some correct steps. lock is the lowest lock that may still be taken.
func (g *correct) steps(depth, lock, n int) {
	for range n {
		g.step(depth, lock)
	}
}

func (g *correct) step(depth, lock int) {
	x := g.fresh("x")
	deep := depth > 7
	switch k := g.n(16); {
	case k == 0:
		g.line(depth, "- set: { n: \"${n + 1}\" }")
	case k == 1: // read again after the wait
		g.line(depth, "- let: { %s: \"${n}\" }", x)
		g.line(depth, "- sleep: 1s")
		g.line(depth, "- set: { n: \"${max(n, %s)}\" }", x)
	case k == 2: // compare and set
		g.line(depth, "- let: { %s: \"${n}\" }", x)
		g.line(depth, "- sleep: 0")
		g.line(depth, "- if: n == %s", x)
		g.line(depth+1, "then:")
		g.line(depth+2, "- set: { n: \"${%s + 1}\" }", x)
	case k == 3 && lock < 3: // a lock around all
		g.line(depth, "- acquire: l%d", lock)
		g.line(depth+1, "do:")
		g.line(depth+2, "- let: { %s: \"${m.k}\" }", x)
		g.line(depth+2, "- sleep: 500ms")
		g.line(depth+2, "- set: { m.k: \"${%s + 1}\" }", x)
		if !deep {
			g.steps(depth+2, lock+1, g.n(2))
		}
	case k == 4 && lock < 3: // without `do`
		g.line(depth, "- acquire: l%d", lock)
		g.line(depth, "- try:")
		g.line(depth+2, "- sleep: 10ms")
		g.line(depth+1, "finally:")
		g.line(depth+2, "- release: l%d", lock)
	case k == 5: // written from another variable
		g.line(depth, "- let: { %s: \"${n}\" }", x)
		g.line(depth, "- sleep: 1s")
		g.line(depth, "- append: { xs: \"${%s}\" }", x)
	case k == 6: // set for a while
		g.line(depth, "- let: { %s: \"${flag}\" }", x)
		g.line(depth, "- set: { flag: true }")
		g.line(depth, "- sleep: 1s")
		g.line(depth, "- set: { flag: \"${%s}\" }", x)
	case k == 7:
		g.line(depth, "- while: n < 3")
		g.line(depth+1, "do:")
		g.line(depth+2, "- %s", []string{"sleep: 1s", "set: { n: \"${n + 1}\" }", "break"}[g.n(3)])
	case k == 8:
		g.line(depth, "- let: { %s: 0 }", x)
		g.line(depth, "- while: %s < 3", x)
		g.line(depth+1, "do:")
		g.line(depth+2, "- set: { %s: \"${%s + 1}\" }", x, x)
	case k == 9: // cleans up and passes the cancellation on
		g.line(depth, "- repeat: 2")
		g.line(depth+1, "do:")
		g.line(depth+2, "- try: [sleep: 1s]")
		g.line(depth+3, "catch:")
		g.line(depth+4, "- error: CancelledError")
		g.line(depth+5, "do: [print: cleaned, raise]")
	case k == 10:
		g.line(depth, "- try: [sleep: 1s]")
		g.line(depth+1, "catch:")
		g.line(depth+2, "- error: [TimeoutError, ValueError]")
		g.line(depth+3, "do: [print: \"${error.message}\"]")
	case k == 11:
		g.line(depth, "- timeout: 1s")
		g.line(depth+1, "do: [sleep: 2s]")
		g.line(depth+1, "else: [print: late]")
	case k == 12 && !deep:
		g.line(depth, "- repeat: 2")
		g.line(depth+1, "as: %s", x)
		g.line(depth+1, "do:")
		g.line(depth+2, "- print: ${%s}", x)
		g.steps(depth+2, lock, 1+g.n(2))
	case k == 13 && !deep:
		g.line(depth, "- if: n > 3")
		g.line(depth+1, "then:")
		g.line(depth+2, "- print: many")
		g.steps(depth+2, lock, g.n(3))
	case k == 14:
		g.line(depth, "- spawn: { do: [sleep: 1s, print: \"${n}\"] }")
		g.line(depth+1, "as: %s", x)
		g.line(depth, "- wait: [%s]", x)
	default:
		g.line(depth, "- sleep: %dms", 100*g.n(20))
	}
}

// plant puts one fault into a scenario.
func (g *correct) plant(text string) (code, faulty string) {
	define := func(def string) string { return strings.Replace(text, "  # faults: definitions\n", def, 1) }
	worker := func(steps string) string {
		return strings.Replace(text, "  # faults: workers\n", "  bad:\n    count: 2\n    do:\n"+steps, 1)
	}
	switch g.n(10) {
	case 0:
		return lint.CodeUnusedCoroutine, define("  never:\n    do: [print: never]\n")
	case 1:
		return lint.CodeUnusedObject, strings.Replace(text, "events: [e]", "events: [e, never]", 1)
	case 2:
		return lint.CodeUnusedName, worker("      - let: { never: 1 }\n")
	case 3:
		return lint.CodeSpins, worker("      - while: not flag\n        do:\n          - print: spins\n")
	case 4:
		return lint.CodeLockOrder, worker("      - acquire: l2\n        do:\n" +
			"          - acquire: l0\n            do: [print: x]\n")
	case 5:
		return lint.CodeLostUpdate, worker("      - let: { old: \"${n}\" }\n      - sleep: 1s\n" +
			"      - set: { n: \"${old + 1}\" }\n")
	case 6:
		return lint.CodeSwallowed, worker("      - repeat: 2\n        do:\n          - try: [sleep: 1s]\n            catch:\n" +
			"              - error: CancelledError\n                do: [print: swallowed]\n")
	case 7:
		return lint.CodeBareName, worker([]string{"      - print: n\n", "      - print: \"n is {n}\"\n",
			"      - raise: ValueError\n        message: \"$n\"\n"}[g.n(3)])
	case 8:
		return lint.CodeNotation, worker([]string{"      - set: { m: { k: None } }\n", "      - print: user()\n",
			"      - print: “${n}”\n"}[g.n(3)])
	}
	if g.hasMain {
		return lint.CodeLeftTask, text + "  - spawn: { do: [sleep: 1s] }\n"
	}
	return lint.CodeEndless, strings.Replace(text, "    until: n > 20\n", "", 1)
}
