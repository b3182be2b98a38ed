package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startupScenario is the bundled scenario whose process is measured.
const startupScenario = "event-loop"

// measureStartup measures a whole process of the command, from its start to its end.
func measureStartup(r *Record) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "runloop-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	command := filepath.Join(dir, "runloop")
	build := exec.Command("go", "build", "-o", command, "./cmd/runloop")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	var ms []float64
	for range 5 * rounds {
		start := time.Now()
		if out, err := exec.Command(command, "run", startupScenario).CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		ms = append(ms, time.Since(start).Seconds()*1e3)
	}
	r.add(Measure{Name: "start-up", Unit: "ms", Value: median(ms), Target: 10,
		Note: "`runloop run " + startupScenario + "`, from the start of the process to its end"})
	return nil
}
