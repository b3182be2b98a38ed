package engine_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// TestSweepingChangesNothing runs scenarios with all lines given back, after each turn, that nothing refers to: what they
// print and what came of them is the same.
func TestSweepingChangesNothing(t *testing.T) {
	swept := 0
	for _, pattern := range []string{"../dsl/testdata/ok/*.yaml", "../scenarios/*.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			s, err := dsl.LoadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			made := func() *engine.Loop {
				l, err := s.NewLoop(dsl.RunOptions{Clock: "virtual", KeepOutput: true, Limits: engine.Limits{Steps: 1_000_000}})
				if err != nil {
					t.Fatal(err)
				}
				return l
			}
			a, b := made(), made()
			want := a.Run()
			for !b.RunFor(1) {
				if b.Sweep() {
					swept++
				}
			}
			got := b.Result()
			if string(got.Output) != string(want.Output) || got.Tasks != want.Tasks || got.Ended != want.Ended || got.Steps != want.Steps ||
				!reflect.DeepEqual(got.Blocked, want.Blocked) || !reflect.DeepEqual(texts(got.Errors), texts(want.Errors)) {
				t.Errorf("%s: swept, it ended differently:\n%s\n%+v\nwant\n%s\n%+v", file, got.Output, got, want.Output, want)
			}
			if failures := s.Verify(b, got); len(failures) != len(s.Verify(a, want)) {
				t.Errorf("%s: %v", file, failures)
			}
		}
	}
	if swept < 500 {
		t.Errorf("only %d sweeps", swept)
	}
}

// texts is reports with their errors as text.
func texts(list []engine.Report) (out []engine.Report) {
	for _, r := range list {
		r.Err = &engine.Error{Type: r.Err.Error(), Pos: r.Err.Pos, At: r.Err.At}
		out = append(out, r)
	}
	return out
}
