package dsl

import (
	"runtime"
	"strings"
	"testing"

	"runloop/dsl/compile"
	"runloop/engine"
)

// TestHostileRuns runs scenarios that without limits would never end or use up all memory. The output so far must be
// printed, and the report must name the reason.
func TestHostileRuns(t *testing.T) {
	for _, c := range []struct{ name, steps, want string }{
		{"endless recursion", "call: deeper\n    with: { n: 0 }", "RecursionError: maximum recursion depth exceeded"},
		{"a loop without a wait", "while: true\n    do: []", "limit steps"},
		{"an endless sleep 0", "while: true\n    do: [ sleep: 0 ]", "limit iterations"},
		{"endless tasks", "while: true\n    do: [ { spawn: { do: [ sleep: 1 ] } } ]", "limit tasks"},
		{"endless tasks, one after the other", "while: true\n    do: [ { spawn: { do: [] }, as: t }, await: t ]", "limit tasks"},
		{"endless callbacks", "while: true\n    do: [ { call_later: tick, after: 1000 } ]", "limit steps"},
		{"endless time", "while: true\n    do: [ sleep: 1000h ]", "limit time"},
		{"endless output", "while: true\n    do: [ print: \"${repeat('x', 10000)}\" ]", "limit output"},
		{"a text doubled", "while: true\n    do: [ let: { s: \"${s + s}\" } ]", "limit memory"},
		{"a template doubled", "while: true\n    do: [ let: { s: \"${s}${s}\" } ]", "limit memory"},
		{"a list doubled", "while: true\n    do: [ let: { xs: \"${concat(xs, xs)}\" } ]", "limit memory"},
		{"a list that grows", "while: true\n    do: [ append: { xs: \"${repeat('x', 1000)}\" } ]", "limit memory"},
		{"a queue that grows", "while: true\n    do: [ { put: q, value: 1 } ]", "limit steps"},
		{"a long text", "print: \"${repeat('x', 1000000000)}\"", "limit memory"},
		{"a longer text", "print: \"${repeat('x', 10000000000)}\"", "OverflowError: repeat(): the text would be too long"},
		{"a long range", "print: \"${1..1000000000}\"", "ValueError: the range 1..1000000000 is too long for a list"},
		{"a long range of a size that lists have", "print: \"${len(1..100000000)}\"", "limit memory"},
		{"ranges of ranges", "print: \"${len(map(1..100000, 1..100000))}\"", "limit memory"},
		{"sums of sums", "print: \"${sum(map(1..100000, sum(map(1..1000, #))))}\"", "limit steps"},
		{"long texts in one list", "let: { ys: [\"${repeat('a', 20000000)}\", \"${repeat('b', 20000000)}\"] }", "limit memory"},
		{"long texts in one line", "print: \"${repeat('a', 20000000)}${repeat('b', 20000000)}\"", "limit memory"},
		{"a reduction that doubles", "print: \"${len(reduce(1..60, #acc + #acc, 'x'))}\"", "limit memory"},
		{"deep JSON", "let: { ys: \"${fromJSON(repeat('[', 1000000))}\" }", "ValueError: fromJSON(): the text is not JSON"},
		{"long JSON", "let: { ys: \"${fromJSON('[' + repeat('0,', 5000000) + '0]')}\" }", "limit memory"},
		{"many parts", "let: { ys: \"${split(repeat(',', 5000000), ',')}\" }", "limit memory"},
		{"a replacement", "let: { s: \"${replace(repeat('x', 10000), 'x', repeat('y', 10000))}\" }", "limit memory"},
		{"a wide format", "print: \"${format('%*d', 1000000000, 1)}\"", "ValueError"},
		{"a gather of millions", "gather: { for: i, in: \"${1..1000000}\", do: [ sleep: 1 ] }", "limit"},
		{"a list too deep to show", "repeat: 100000\n    do: [ let: { xs: [\"${xs}\"] } ]\n  - print: ${xs}",
			"RecursionError: the list is nested too deeply to be shown"},
		{"a list too deep to compare", "repeat: 2000\n    do: [ let: { xs: [\"${xs}\"] } ]\n  - assert: xs != [xs]",
			"RecursionError: the values are nested too deeply to be compared"},
		{"a list that is large only when shown", "repeat: 60\n    do: [ let: { xs: [\"${xs}\", \"${xs}\"] } ]\n  - print: ${xs}",
			"limit memory"},
		{"a comparison that takes for ever",
			"let: { ys: [1] }\n  - repeat: 60\n    do: [ let: { xs: [\"${xs}\", \"${xs}\"], ys: [\"${ys}\", \"${ys}\"] } ]\n" +
				"  - assert: xs == ys", "limit steps"},
		{"a negative duration", "sleep: \"${-5}\"", "completed"},
		{"a duration that is no number", "sleep: \"${1e308 * 10 * 0}\"", "ValueError: nan seconds is no time"},
		{"a duration that is too long", "sleep: \"${1e300}\"", "OverflowError: 1e+300 seconds is no time: at most 292 years fit"},
		{"an integer duration that is too long", "sleep: \"${9223372036854775807}\"", "seconds is no time: at most 292 years fit"},
		{"a sum of times that is too long", "sleep: 9000000000\n  - sleep: 9000000000", "limit time"},
		{"an integer that overflows", "let: { n: \"${9223372036854775807 + now * 0 + int(now)}\" }\n  - print: \"${int(n) + 1}\"", "Error"},
		{"a product that overflows", "repeat: 100\n    do: [ let: { n: \"${n * 10}\" } ]", "OverflowError"},
		{"a division by zero", "print: \"${1 / int(now)}\"", "ZeroDivisionError"},
		{"a remainder by zero", "print: \"${1 % int(now)}\"", "ZeroDivisionError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "runloop: 1\nqueues: [q]\ncallbacks: { tick: { do: [] } }\ncoroutines:\n" +
				"  deeper: { params: { n: int }, do: [ { call: deeper, with: { n: \"${n + 1}\" } } ] }\n" +
				"main:\n  - print: before\n  - let: { s: x, xs: [1], n: 1 }\n  - " + c.steps + "\n"
			s, err := Load("hostile.yaml", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			l, err := s.NewLoop(compile.RunOptions{KeepOutput: true, Limits: engine.Limits{
				Memory: 32 << 20, Steps: 1_000_000, Iterations: 100_000, Tasks: 20_000, Output: 1 << 20, Time: 1e18,
			}})
			if err != nil {
				t.Fatal(err)
			}
			r := l.Run()
			got := r.Ended.String()
			if r.Limit != nil {
				got = "limit " + r.Limit.Limit
			}
			for _, e := range r.Errors {
				got += " " + e.Err.Error()
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !strings.HasPrefix(string(r.Output), "before\n") {
				t.Errorf("it printed %.100q", r.Output)
			}
		})
	}
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if most := uint64(700 << 20); after.Sys > most {
		t.Errorf("the process took %d MiB: the limit of each run was 32 MiB", after.Sys>>20)
	}
}
