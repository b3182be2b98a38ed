package trace_test

import (
	"testing"

	"runloop/engine"
	"runloop/internal/trace/tracetest"
)

// TestTracksHandOver: what is handed over is never free between the turn of who gives it back and that of who has it next, and
// what is in a container or a store begins with what was in it.
func TestTracksHandOver(t *testing.T) {
	run := tracetest.Load(t, "tracks", []byte(`
runloop: 1
resources: { desk: 1 }
containers: { tank: { initial: 3 } }
stores: { shelf: { initial: [a, b] } }
workers:
  w: { count: 3, do: [{ use: desk, takes: 2 }] }
  x: [{ sleep: 1 }, { acquire: desk }, { sleep: 2 }, { release: desk }]
  y: [{ get: tank, amount: 1 }, { get: shelf }]
`))
	initial := map[string]int64{"desk": 0, "tank": 3, "shelf": 2}
	scene := run.Scene(0, len(run.Turns))
	for _, track := range scene.Tracks {
		name := track.Base()
		if want, ok := initial[name]; !ok || track.Initial != want {
			t.Errorf("%s begins with %d, want %d", name, track.Initial, want)
		}
		delete(initial, name)
		if track.Kind != engine.KindResource {
			continue
		}
		for i, l := range track.Levels {
			if last := i == len(track.Levels)-1; last != (l.Level == 0) {
				t.Errorf("after record %d, %d units of the desk are in use", l.Rec, l.Level)
			}
		}
		if n := len(track.Levels); n < 10 {
			t.Errorf("%d records of the desk", n)
		}
	}
	if len(initial) > 0 {
		t.Errorf("there are no tracks of %v", initial)
	}
}
