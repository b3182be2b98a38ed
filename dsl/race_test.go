package dsl

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"runloop/engine"
)

// TestSharedScenario uses each bundled scenario in many goroutines at once, in every possible way. Under -race it
// shows that a scenario is never written to after Load.
func TestSharedScenario(t *testing.T) {
	files, _ := filepath.Glob("../scenarios/*.yaml")
	if len(files) == 0 {
		t.Fatal("there are no scenarios")
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := folderOf(file).Load(file, src)
		if err != nil {
			t.Fatal(err)
		}
		uses := []func(*testing.T, *Scenario){useWatched, usePython, useSetOutput, useVerify}
		var all sync.WaitGroup
		for i := range 3 * len(uses) {
			all.Go(func() { uses[i%len(uses)](t, s) })
		}
		all.Wait()
	}
}

func useWatched(t *testing.T, s *Scenario) {
	if _, err := s.Watched(); err != nil {
		t.Error(err)
	}
}

func usePython(_ *testing.T, s *Scenario) {
	s.Python(PythonOptions{}) // not everything can be exported
}

func useSetOutput(t *testing.T, s *Scenario) {
	if _, changed, err := s.SetOutput("other\n"); err != nil || changed != s.ExpectsOutput() {
		t.Error(s.Name, changed, err)
	}
}

func useVerify(t *testing.T, s *Scenario) {
	l, err := s.NewLoop(RunOptions{KeepOutput: true, Clock: "virtual", Caps: engine.Limits{Steps: 10_000}})
	if err != nil {
		t.Error(err)
		return
	}
	s.Verify(l, l.Run())
}
