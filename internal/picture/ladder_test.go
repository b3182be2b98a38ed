package picture

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	"runloop/scenarios"
)

var update = flag.Bool("update", false, "write testdata/*.svg and *.txt")

// keptFile compares a picture with its file in testdata.
func keptFile(t *testing.T, file string, got []byte) {
	t.Helper()
	if len(got) > 60_000 {
		t.Errorf("%s has %d bytes: a page should not be as large", file, len(got))
	}
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not what is drawn: go test ./internal/picture -update writes it", path)
	}
}

// goldens is the pictures of the bundled scenarios that are kept: whole, or from one loop time to another.
var goldens = []struct {
	scenario, file string
	from, to       int64
	options        Options
}{
	{"event-loop", "event-loop-3s-6s", 3e9, 6e9, Options{}},
	{"event-loop", "event-loop-6s", 6e9, 6e9, Options{Values: []string{}, Title: "event-loop: at 6 s", Foot: []string{"Why?", "Because."}}},
	{"fan-out", "fan-out-0s", 0, 0, Options{}},
	{"fan-out", "fan-out-tasks", 0, 3600e9, Options{Tasks: func(name string) bool { return name == "Task-1" || name == "Task-7" }}},
}

// TestGolden: every bundled scenario as a picture is as it was.
func TestGolden(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			r := tracetest.Bundled(t, name)
			checkGolden(t, name, r.Scene(0, len(r.Turns)), Options{})
		})
	}
	for _, g := range goldens {
		t.Run(g.file, func(t *testing.T) {
			r := tracetest.Bundled(t, g.scenario)
			checkGolden(t, g.file, r.Scene(r.Between(g.from, g.to)), g.options)
		})
	}
}

// checkGolden compares a scene's pictures with the files in testdata.
func checkGolden(t *testing.T, name string, s *trace.Scene, o Options) {
	t.Helper()
	picture, err := Ladder(s, o)
	var much *TooMuch
	if errors.As(err, &much) {
		keptFile(t, name+".ladder.txt", []byte(err.Error()+"\n"))
		return
	} else if err != nil {
		t.Fatal(err)
	}
	golden(t, name+".ladder.svg", picture)
	text, err := Text(s, o)
	if err != nil {
		t.Fatal(err)
	}
	keptFile(t, name+".ladder.txt", text)
	if again, _ := Ladder(s, o); string(again) != string(picture) {
		t.Error("drawn again, the picture is another one")
	}
}

// TestTooMuch: more rows than anybody reads are refused, with the time up to which there are few enough.
func TestTooMuch(t *testing.T) {
	text := []byte("runloop: 1\nmain:\n  - for: i\n    in: ${0..299}\n    do:\n      - sleep: ${uniform(1, 2)}\n")
	r := tracetest.Load(t, "much.yaml", text)
	var much *TooMuch
	if _, err := Ladder(r.Scene(0, len(r.Turns)), Options{}); !errors.As(err, &much) || much.Rows != 602 || much.Until <= 0 {
		t.Fatalf("the error is %v (%+v)", err, much)
	}
	if _, err := Ladder(r.Scene(r.Between(0, much.Until)), Options{}); err != nil {
		t.Errorf("up to %d: %v", much.Until, err)
	}
	if _, err := Text(r.Scene(0, len(r.Turns)), Options{All: true}); err != nil {
		t.Error(err)
	}
}

// TestCurious: the turns that a reader of the event loop wonders about.
func TestCurious(t *testing.T) {
	r := tracetest.Bundled(t, "event-loop")
	a, b, ok := Curious(r.Scene(r.Between(6e9, 6e9)))
	if !ok || r.Turns[a].Number != 10 || r.Turns[b].Number != 11 {
		t.Errorf("they are %d and %d: %v", a, b, ok)
	}
	if a, b, ok := Curious(tracetest.Bundled(t, "fan-out").Scene(0, 100)); ok {
		t.Errorf("nobody wonders about %d and %d", a, b)
	}
}

func BenchmarkLadder(b *testing.B) {
	r := tracetest.Bundled(b, "event-loop")
	for b.Loop() {
		if _, err := Ladder(r.Scene(0, len(r.Turns)), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	r := tracetest.Bundled(b, "event-loop")
	for b.Loop() {
		if _, err := Text(r.Scene(0, len(r.Turns)), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
