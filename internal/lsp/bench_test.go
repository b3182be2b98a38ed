package lsp

import (
	"encoding/json"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// thousandLines returns a scenario of 1,000 lines.
func thousandLines(t testing.TB) string {
	var b strings.Builder
	b.WriteString("runloop: 1\nshared: { count: 0, xs: [] }\nqueues: { q: 3 }\ncoroutines:\n")
	i := 0
	for ; strings.Count(b.String(), "\n") < 920; i++ {
		n := string(rune('a'+i/26)) + string(rune('a'+i%26))
		b.WriteString("  w" + n + ":\n    params: { n: int }\n    do:\n      - repeat: ${n}\n        as: i\n        do:\n" +
			"          - sleep: 1s\n          - print: \"${i} of ${n}: ${count + i} ${round(now, 2)}\"\n" +
			"          - set: { count: \"${count + 1}\" }\n          - put: q\n            value: ${i}\n")
	}
	b.WriteString("main:\n")
	for j := 0; strings.Count(b.String(), "\n") < 1000; j++ {
		n := string(rune('a'+(j%i)/26)) + string(rune('a'+(j%i)%26))
		b.WriteString("  - call: w" + n + "\n    with: { n: 2 }\n")
	}
	return b.String()
}

// BenchmarkTyping types every bundled scenario letter by letter into a file of 1,000 lines. A keystroke is answered with
// diagnostics, and then with completion at the cursor. p99 is what all but one in a hundred take at most, in milliseconds of
// the processor: so other programs on the machine do not count.
func BenchmarkTyping(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	files := bundled(b)
	base := thousandLines(b)
	for b.Loop() {
		var checks, completions []time.Duration
		for n, name := range slices.Sorted(maps.Keys(files)) {
			if n%5 != 0 {
				continue
			}
			c := begin(b)
			c.open(file, base)
			c.checked(file)
			at := strings.Index(base, "main:\n") + len("main:\n")
			_, steps, _ := strings.Cut(files[name], "\nmain:\n")
			if steps == "" {
				_, steps, _ = strings.Cut(files[name], "\nafter:\n")
			}
			steps, _, _ = strings.Cut(steps, "\nexpect:")
			for i, r := range steps {
				if i > 150 {
					break
				}
				d := c.s.documents[file]
				place := d.position(at+i, utf16)
				data, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": map[string]any{
					"textDocument": map[string]any{"uri": file, "version": i + 2}, "contentChanges": []contentChange{{Range: &textRange{place, place}, Text: string(r)}}}})
				start := threadTime()
				c.s.Handle(data)
				out := c.s.Idle()
				checks = append(checks, threadTime()-start)
				c.take(out)
				ask, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": i, "method": "textDocument/completion", "params": c.place(at + i + len(string(r)))})
				start = threadTime()
				c.s.Handle(ask)
				completions = append(completions, threadTime()-start)
			}
		}
		report := func(what string, list []time.Duration) {
			slices.Sort(list)
			b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, what+"-p99-ms")
			b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, what+"-p50-ms")
		}
		report("diagnostics", checks)
		report("completion", completions)
	}
}
