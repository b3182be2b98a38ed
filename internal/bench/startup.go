package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startupScenario is the bundled scenario that the measured process runs.
const startupScenario = "event-loop"

// bareProgram is the Go program that the command is compared with.
const bareProgram = `package main

import "fmt"

func main() { fmt.Println("hello") }
`

// measureStartup measures whole processes of the command, from start to end, alternating with processes of the bare
// program.
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
	source := filepath.Join(dir, "bare.go")
	if err := os.WriteFile(source, []byte(bareProgram), 0o644); err != nil {
		return err
	}
	command, bare := filepath.Join(dir, "runloop"), filepath.Join(dir, "bare")
	if err := buildStatic(root, command, "./cmd/runloop"); err != nil {
		return err
	}
	if err := buildStatic(root, bare, source); err != nil {
		return err
	}
	var ours, theirs, ratios []float64
	for range 50 * rounds {
		ns, err := processTime(command, "run", startupScenario)
		if err != nil {
			return err
		}
		bareNS, err := processTime(bare)
		if err != nil {
			return err
		}
		ours, theirs, ratios = append(ours, ns), append(theirs, bareNS), append(ratios, ns/bareNS)
	}
	r.add(Measure{Name: "start-up", Unit: unitBare, Value: median(ratios), Target: 2,
		Note: fmt.Sprintf("`runloop run %s`, from the start of the process to its end, beside a Go program that prints a line: "+
			"%.2f and %.2f ms; both built with CGO_ENABLED=0", startupScenario, median(ours)/1e6, median(theirs)/1e6)})
	return nil
}

// buildStatic builds a program that needs no C library, because loading one takes as long as starting a bare program.
func buildStatic(root, file, pkg string) error {
	build := exec.Command("go", "build", "-o", file, pkg)
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// processTime returns how many nanoseconds a process takes.
func processTime(name string, args ...string) (float64, error) {
	start := time.Now()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	return float64(time.Since(start)), nil
}
