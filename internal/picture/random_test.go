package picture

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
)

// someSteps is what a random scenario's tasks do. Each step works in every scenario of randomScenario.
var someSteps = []string{
	"sleep: 0", "sleep: 1", "sleep: 0.25", "sleep: 3", `print: "${now} line"`, `print: "two\nlines"`, `set: { n: "${n + 1}" }`,
	`set: { c: "${n}" }`, `print: "${n} ${c}"`, "acquire: m\n      - sleep: 0.5\n      - release: m", "put: { q: 1 }", "get: q", "notify: v",
	"signal: e", "wait: e", "gather: [ { do: [ { sleep: 1 } ] }, { do: [ { print: inner } ] } ]", "spawn: { do: [ { sleep: 2 } ] }",
	`raise: ValueError`, "stop", "repeat: 30\n        do: [ { sleep: 0.1 } ]", "repeat: 30\n        do: [ { sleep: 0 }, { print: again } ]",
	"timeout: 0.5\n        do: [ { sleep: 2 } ]",
}

// randomScenario is a scenario of steps that are drawn; most of them can be loaded.
func randomScenario(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("runloop: 1\nname: random\nshared: { n: 0 }\ncontext: { c: 0 }\nlocks: [m]\nqueues: { q: { capacity: 2 } }\nevents: [e]\nlimits: { steps: 20000 }\n")
	b.WriteString("callbacks:\n  tick: { every: 1s, until: n > 5, do: [ { print: tick }, { set: { n: \"${n + 1}\" } } ] }\nworkers:\n")
	names := []string{"a", "b-long-name-that-is-cut-off-somewhere", `"<script>alert(1)</script>"`, "名前", `"x\u202ey"`}
	for i := range 1 + r.IntN(16) {
		name := fmt.Sprintf("t%d", i)
		if i < len(names) {
			name = names[i]
		}
		fmt.Fprintf(&b, "  %s:\n    do:\n", name)
		for range 1 + r.IntN(7) {
			b.WriteString("      - " + someSteps[r.IntN(len(someSteps))] + "\n")
		}
	}
	return b.String()
}

// TestRandom: of any run every part can be drawn; the pictures are well-formed, and no row of one stands over another.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	drawn, folded := 0, 0
	for tries := 0; drawn < 200; tries++ {
		if tries > 4000 {
			t.Fatalf("only %d of %d scenarios could be loaded", drawn, tries)
		}
		text := randomScenario(r)
		s, err := dsl.Load("random.yaml", []byte(text))
		if err != nil {
			continue
		}
		drawn++
		rec := &engine.Trace{Values: true}
		l, err := s.NewLoop(dsl.RunOptions{Clock: "virtual", KeepOutput: true, Trace: rec})
		if err != nil {
			t.Fatal(err)
		}
		l.Run()
		run := trace.New(l, rec, trace.Source{Name: s.Name, File: "random.yaml", Text: []byte(text), Program: s.Program()})
		n := len(run.Turns)
		from := r.IntN(n)
		for _, scene := range []*trace.Scene{run.Scene(0, n), run.Scene(from, from+r.IntN(n-from)), run.Scene(from, from)} {
			for _, o := range []Options{{}, {All: n < 2000, ASCII: true}, {Tasks: func(name string) bool { return len(name) == 2 }, Values: []string{"c", "n"}}} {
				f := checkLadder(t, scene, o) + checkText(t, scene, o)
				folded += f
				if t.Failed() {
					t.Fatalf("scene of %d to %d, %+v of\n%s", scene.From, scene.To, o, text)
				}
			}
		}
	}
	if folded < 50 {
		t.Errorf("only %d pictures had folds", folded)
	}
}

// checkLadder draws a scene and checks where its rows stand.
func checkLadder(t *testing.T, s *trace.Scene, o Options) (folded int) {
	t.Helper()
	var much *TooMuch
	picture, err := Ladder(s, o)
	if errors.As(err, &much) {
		return 0
	} else if err != nil {
		t.Error(err)
		return 0
	}
	if len(picture) < 60_000 { // what is asked for whole is much larger
		for _, fault := range Faults(picture) {
			t.Error(fault)
		}
	}
	wellFormed(t, "random", picture)
	l, err := newLadder(s, o, false, railsFor)
	if err != nil {
		t.Error(err)
		return 0
	}
	d := ladderSVG{ladder: l}
	d.measure()
	if right := d.outputX + printWidth/2; right > d.width {
		t.Errorf("there is room for %v px of output", d.width-d.outputX)
	}
	for k := range d.rungs {
		if g := &d.rungs[k]; d.heights[k] < printHeight*float64(len(g.lines)+len(g.notes)) || d.heights[k] < chipHeight {
			t.Errorf("row %d is %v high with %d lines", k, d.heights[k], len(g.lines)+len(g.notes))
		}
		if k > 0 && d.tops[k] < d.tops[k-1]+d.heights[k-1] {
			t.Errorf("row %d begins at %v, before the one above ends", k, d.tops[k])
		}
		if k > 0 && d.rungs[k].from < d.rungs[k-1].to {
			t.Errorf("row %d shows turns again", k)
		}
	}
	for _, r := range d.rails {
		if r.Lane == nil {
			continue
		}
		y := d.top
		for _, span := range r.Spans {
			if a, b := d.at(span.From), d.at(span.To); a < y || b < a || b > d.bottom {
				t.Errorf("lane %s: a line from %v to %v", r.name, a, b)
			} else {
				y = b
			}
		}
	}
	turns := 0
	for k := range d.rungs {
		turns += max(len(d.rungs[k].fold.turns), 1)
	}
	if shown := len(d.shown()); turns != shown {
		t.Errorf("%d turns are in the rows, not %d", turns, shown)
	}
	return min(l.folded, 1)
}

// checkText writes a scene and checks that no text stands over another.
func checkText(t *testing.T, s *trace.Scene, o Options) (folded int) {
	t.Helper()
	var much *TooMuch
	l, err := newTextLadder(s, o)
	if errors.As(err, &much) {
		return 0
	} else if err != nil {
		t.Error(err)
		return 0
	}
	l.write()
	if l.overlaps > 0 {
		t.Errorf("%d texts had no room in\n%s", l.overlaps, l.out)
	}
	for i, line := range strings.Split(string(l.out), "\n") {
		if n := textCells(line); n > textWidth {
			t.Errorf("line %d is %d columns wide: %s", i, n, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || o.ASCII && r > '~' }) {
			t.Errorf("line %d has characters that it should not have: %q", i, line)
		}
	}
	return min(l.folded, 1)
}
