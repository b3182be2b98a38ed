package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/engine"
	"runloop/internal/page"
	"runloop/internal/picture"
	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	bundle "runloop/scenarios"
)

// go test ./internal/conformance -run TestPages -args -pages DIR -n 200
var pages = flag.String("pages", "", "write pages and pictures of scenarios to this folder, for .ci/check-pages")

// hostile is a scenario whose names try to be markup, to hide something, and to be too long.
var hostile = "runloop: 1\nname: '</script><script>window.hacked = 1</script>'\n" +
	"description: '<img src=x onerror=\"window.hacked = 1\">'\n" +
	"shared: { seen: '<b>' }\nqueues: { q: { capacity: 2 } }\nmain:\n" +
	"  - spawn: { call: w }\n    name: ']]></title></svg><script>window.hacked = 1</script>'\n" +
	"  - spawn: { call: w }\n    name: \"\\u202egnp.exe \\U0001F469\\u200D\\U0001F469 日本語 \\u0000\\u001b[31m\"\n" +
	"  - spawn: { call: w }\n    name: \"" + strings.Repeat("long ", 2000) + "\"\n" +
	"  - print: \"</script><!-- ]]> " + strings.Repeat("x", 10_000) + "\"\n" +
	"  - set: { seen: '</td><script>window.hacked = 1</script>' }\n  - sleep: 3s\n" +
	"coroutines: { w: { do: [ { repeat: 2, do: [ { put: q, value: 1 }, { sleep: 1s }, { get: q } ] } ] } }\n"

// TestPages makes the page and the pictures of bundled, random and hostile scenarios: each can be made.
func TestPages(t *testing.T) {
	most := min(scenarios(), 40)
	if *pages != "" {
		most = *count
	}
	for _, name := range bundle.Names() {
		text, _ := bundle.Source(name)
		makePages(t, name, text)
	}
	makePages(t, "hostile", []byte(hostile))
	for i := range most {
		text, _ := scenario(*seed + uint64(i))
		makePages(t, fmt.Sprintf("random-%03d", i), text)
	}
}

func makePages(t *testing.T, name string, text []byte) {
	t.Helper()
	run := tracetest.Record(t, name+".yaml", text, &engine.Trace{Values: true}, engine.Limits{Steps: 20_000, Memory: 64 << 20})
	html, err := page.Report(run, page.Options{Problems: "<b>nothing</b> </script>", Lines: []int{1}})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	save(t, name+".html", html)
	scene := run.Scene(0, len(run.Turns))
	for as, draw := range pictures {
		svg, err := draw(scene, picture.Options{})
		if err == nil { // a run may be too long for a picture
			save(t, name+"."+as+".svg", svg)
		}
	}
}

// pictures is the pictures in SVG by their names.
var pictures = map[string]func(*trace.Scene, picture.Options) ([]byte, error){
	"graph": picture.Graph, "ladder": picture.Ladder, "timeline": picture.Timeline,
}

func save(t *testing.T, name string, data []byte) {
	t.Helper()
	if *pages == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*pages, name), data, 0o666); err != nil {
		t.Fatal(err)
	}
}
