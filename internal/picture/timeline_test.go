package picture

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	"runloop/scenarios"
)

// whole is all of a run.
func whole(r *trace.Run) *trace.Scene { return r.Scene(0, len(r.Turns)) }

// golden compares a picture in SVG with a file, and checks what holds for every picture.
func golden(t *testing.T, file string, picture []byte) {
	t.Helper()
	for _, fault := range Faults(picture) {
		t.Errorf("%s: %s", file, fault)
	}
	wellFormed(t, file, picture)
	keptFile(t, file, picture)
}

// TestTimelines: the timelines of all bundled scenarios.
func TestTimelines(t *testing.T) {
	for _, name := range scenarios.Names() {
		picture, err := Timeline(whole(tracetest.Bundled(t, name)), Options{})
		if errors.As(err, new(errTooLong)) {
			continue // a simulation
		}
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".timeline.svg", picture)
	}
}

// TestTimelineParts: every part of a run can be drawn.
func TestTimelineParts(t *testing.T) {
	for _, name := range scenarios.Names() {
		r := tracetest.Bundled(t, name)
		for from := 0; from < len(r.Turns); from += 1 + len(r.Turns)/7 {
			for _, to := range []int{from, from + 1, from + len(r.Turns)/3, len(r.Turns)} {
				for _, o := range []Options{{}, {All: true}, {Tasks: func(name string) bool { return strings.HasSuffix(name, "1") }}} {
					picture, err := Timeline(r.Scene(from, to), o)
					several := from+1 < to && slices.ContainsFunc(r.Turns[from:min(to, len(r.Turns))], func(t trace.Turn) bool { return t.Iteration >= 0 })
					if errors.As(err, new(errTooLong)) && to-from > 400 {
						continue
					}
					if err != nil && (several || !errors.Is(err, errEmpty)) {
						t.Fatalf("%s from %d to %d: %v", name, from, to, err)
					}
					if err != nil {
						continue
					}
					for _, fault := range Faults(picture) {
						t.Errorf("%s from %d to %d: %s", name, from, to, fault)
					}
				}
			}
		}
	}
}

const ticking = `
runloop: 1
name: ticking
coroutines:
  tick:
    params: { every: float, times: int }
    do:
      - for: i
        in: ${1..times}
        do:
          - sleep: ${every}
          - print: ${i}
workers:
  a: { call: tick, with: { every: %s, times: %d } }
  b: { call: tick, with: { every: %s, times: %d } }
`

// TestFold: what repeats itself is folded, and the picture says what is left out; --all has everything, or what is too long is
// refused.
func TestFold(t *testing.T) {
	s := whole(tracetest.Load(t, "t.yaml", fmt.Appendf(nil, ticking, "1.0", 400, "2.0", 200)))
	picture, err := Timeline(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"× 198", "every 2 s", "turns 6 to 599", "what turns 6 to 599 printed is left out"} {
		if !bytes.Contains(picture, []byte(want)) {
			t.Errorf("the timeline does not say %q", want)
		}
	}
	if len(picture) > 30_000 {
		t.Errorf("%d bytes", len(picture))
	}
	if _, err := Timeline(s, Options{All: true}); err != nil {
		t.Error(err)
	}
	s = whole(tracetest.Load(t, "t.yaml", fmt.Appendf(nil, ticking, "0.7", 2000, "0.617", 2000)))
	if _, err := Timeline(s, Options{}); err == nil || !strings.Contains(err.Error(), "--from") || !strings.Contains(err.Error(), "html") {
		t.Errorf("what is too long: %v", err)
	}
}

// TestLinear: a second is everywhere as wide.
func TestLinear(t *testing.T) {
	s := whole(tracetest.Load(t, "t.yaml", fmt.Appendf(nil, ticking, "1.0", 4, "3.0", 3)))
	scale, err := layTime(s, Options{Linear: true}, 26, 986, func(uint32) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	second := 0
	for _, sys := range scale.systems {
		for k := 1; k < len(sys.blocks); k++ {
			a, b := sys.blocks[k-1], sys.blocks[k]
			wide, seconds := b.x-a.x, int((b.at-a.at)/1e9)
			if second == 0 {
				second = wide / seconds
			}
			if wide < seconds*second-2 || wide > seconds*second+2 {
				t.Errorf("from %d s on %d s are %d wide, 1 s is %d", a.at/1e9, seconds, wide, second)
			}
		}
	}
	if second == 0 {
		t.Error("no two instants stand in one line")
	}
	if _, err := Timeline(s, Options{Linear: true}); err != nil {
		t.Error(err)
	}
}

// TestLog2: the scale of gaps needs no floating point.
func TestLog2(t *testing.T) {
	for _, c := range []struct {
		a, b int64
		want int
	}{{1, 1, 16}, {3, 1, 32}, {2, 1, 24}, {7, 1, 48}, {1, 2, 8}, {1 << 62, 1, 640}, {0, 5, 0}} {
		if got := log2(c.a, c.b); got < c.want-1 || got > c.want+1 {
			t.Errorf("16 log2(%d/%d+1) is %d, not %d", c.a, c.b, got, c.want)
		}
	}
}

// TestTimelineHostile: names cannot break out of a timeline, and do not overlap.
func TestTimelineHostile(t *testing.T) {
	var text strings.Builder
	text.WriteString("runloop: 1\nname: h\nqueues:\n  q: {}\nworkers:\n")
	for i, name := range hostile {
		if i < 8 {
			fmt.Fprintf(&text, "  w%d:\n    do:\n      - spawn: { do: [{ print: %s }, { get: q }] }\n        name: %s\n", i, quoted(name), quoted(name))
		}
	}
	picture, err := Timeline(whole(tracetest.Load(t, "h.yaml", []byte(text.String()))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "hostile", picture)
	for _, fault := range Faults(picture) {
		t.Error(fault)
	}
}

// quoted is a text as YAML has it, with nothing evaluated in it.
func quoted(s string) string {
	return fmt.Sprintf("%q", strings.NewReplacer("$", "", "{", "").Replace(clean(s)))
}

// form draws a scene.
type form = func(*trace.Scene, Options) ([]byte, error)
