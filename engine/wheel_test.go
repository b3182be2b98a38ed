package engine_test

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// storm is a scenario with timers of every kind: many due at one instant, many cancelled, some far away. What it
// computes depends on the order of all that happens.
const storm = `
runloop: 1
params: { workers: 1000, turns: 3, seed: 1 }
shared: { state: 0 }
limits: { memory: 4000000000 }
callbacks:
  tick:
    params: { x: int }
    do:
      - set: { state: "${(state * 31 + x) % 1000003}" }
coroutines:
  work:
    params: { id: int }
    do:
      - repeat: ${turns}
        do:
          - sleep: ${randint(0, 9) / 1000}
          - timeout: ${uniform(0, 2)}
            do:
              - sleep: ${exponential(1)}
            else:
              - set: { state: "${(state * 17 + id) % 1000003}" }
          - call_later: tick
            with: { x: "${id}" }
            after: ${randint(0, 3) * 1000 + randint(0, 100)}
            as: handle
          - if: chance(0.7)
            then:
              - cancel: ${handle}
          - set: { state: "${(state * 31 + id) % 1000003}" }
          - if: randint(1, workers) <= 100
            then:
              - print: "${now} ${id} ${state}"
workers:
  w: { call: work, with: { id: "${index}" }, count: "${workers}" }
`

// digest counts records and mixes them.
type digest struct {
	hash uint64
	n    int
}

func (d *digest) see(l *engine.Loop, r *engine.Rec) {
	d.n++
	for _, x := range [...]uint64{uint64(r.Kind), uint64(l.Now()), uint64(r.Who), uint64(r.What), uint64(r.On), uint64(r.Arg)} {
		d.hash = (d.hash ^ x) * 0x100000001b3
	}
}

// came is all that is seen of a run whose timers are in a wheel from some number on.
func came(t *testing.T, s *dsl.Scenario, opts dsl.RunOptions, from int, clones bool) string {
	t.Helper()
	d := &digest{}
	opts.KeepOutput, opts.Clock = true, "virtual"
	if !clones {
		opts.Trace = &engine.Trace{Hook: d.see}
	}
	l, err := s.NewLoop(opts)
	if err != nil {
		t.Fatal(err)
	}
	l.WheelAt(from)
	for clones && !l.RunFor(300) {
		l = l.Clone()
	}
	r := l.Run()
	return fmt.Sprintf("%s at %d, %d iterations, %x, records %+v", r.Ended, r.At, r.Iterations, sha256.Sum256(r.Output), d)
}

func TestWheelAndHeapRunTheSame(t *testing.T) {
	s, err := dsl.Load("storm.yaml", []byte(storm))
	if err != nil {
		t.Fatal(err)
	}
	for _, ties := range []string{"fifo", "lifo", "random", "heapq"} {
		for _, workers := range []string{"3", "60", "3000"} {
			opts := dsl.RunOptions{Params: map[string]string{"workers": workers}, Ties: ties}
			want := came(t, s, opts, engine.NoWheel, false)
			for _, from := range []int{1, 10, 64, 100, 1000} {
				if got := came(t, s, opts, from, false); got != want {
					t.Errorf("%s, %s workers, wheel from %d: %s, without one: %s", ties, workers, from, got, want)
				}
			}
		}
		opts := dsl.RunOptions{Params: map[string]string{"workers": "60"}, Ties: ties}
		want := came(t, s, opts, engine.NoWheel, true)
		if got := came(t, s, opts, 20, true); got != want {
			t.Errorf("%s, clones of clones: %s, without a wheel: %s", ties, got, want)
		}
	}
}

// TestWheelScenarios runs the bundled scenarios with a wheel from the second timer on.
func TestWheelScenarios(t *testing.T) {
	files, _ := filepath.Glob("../scenarios/*.yaml")
	if len(files) < 20 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := dsl.LoadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := came(t, s, dsl.RunOptions{}, engine.NoWheel, false)
			if got := came(t, s, dsl.RunOptions{}, 1, false); got != want {
				t.Errorf("%s, without a wheel: %s", got, want)
			}
		})
	}
}

// TestWheelAtAMillion: more than a million timers.
func TestWheelAtAMillion(t *testing.T) {
	if testing.Short() {
		t.Skip("a million timers: without -short")
	}
	s, err := dsl.Load("storm.yaml", []byte(storm))
	if err != nil {
		t.Fatal(err)
	}
	opts := dsl.RunOptions{Params: map[string]string{"workers": "550000", "turns": "1"}} // each has two at a time
	want := came(t, s, opts, engine.NoWheel, false)
	if got := came(t, s, opts, 64, false); got != want {
		t.Errorf("with a wheel: %s, without one: %s", got, want)
	}
}
