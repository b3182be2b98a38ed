package simpy

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
)

var (
	count = flag.Int("n", 300, "how many programs are run")
	seed  = flag.Uint64("seed", 1, "the seed of the first")
)

//go:embed runner.py
var runner string

// python is a process that runs programs for SimPy.
type python struct {
	in  io.Writer
	out *bufio.Reader
}

// start starts an interpreter that has SimPy 3 or newer: Debian's package python3-simpy3 is for its own.
func start(t *testing.T) *python {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import simpy, simpy.resources.base").Run() == nil {
			return begin(t, name)
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no python3 has SimPy 3: install python3-simpy3")
	}
	t.Skip("no python3 has SimPy 3: install python3-simpy3")
	return nil
}

func begin(t *testing.T, name string) *python {
	t.Helper()
	script := filepath.Join(t.TempDir(), "runner.py")
	if err := os.WriteFile(script, []byte(runner), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, script)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return &python{in, bufio.NewReaderSize(out, 1<<20)}
}

func (p *python) run(t *testing.T, text string) []string {
	t.Helper()
	line, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var log []string
	if err := json.Unmarshal(answer, &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// onEngine runs a scenario and returns what it printed.
func onEngine(t *testing.T, text string) []string {
	t.Helper()
	s, err := dsl.Load("random.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	l, err := s.NewLoop(dsl.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	r := l.Run()
	if len(r.Errors) > 0 {
		t.Fatalf("%v\n%s", r.Errors[0].Err, text)
	}
	return strings.Split(strings.TrimSuffix(string(r.Output), "\n"), "\n")
}

// instants is a log with the lines of each instant in alphabetical order.
func instants(log []string) []string {
	log = slices.Clone(log)
	slices.Sort(log)
	return log
}

// TestSimPy: random programs log the same lines at the same times. Nearly all do so in the same order, too: SimPy lets who asks
// for what is free go on an event later, who waits with patience another one, and processes that are interrupted come first.
func TestSimPy(t *testing.T) {
	p := start(t)
	ordered := 0
	for i := range *count {
		x := generate(*seed + uint64(i))
		ours, theirs := onEngine(t, x.yaml.String()), p.run(t, x.python.String())
		if slices.Equal(ours, theirs) {
			ordered++
			continue
		}
		if a, b := instants(ours), instants(theirs); !slices.Equal(a, b) {
			t.Errorf("seed %d: %s\n%s\n%s", *seed+uint64(i), difference(a, b), x.yaml.String(), x.python.String())
		}
	}
	if ordered < *count*3/4 {
		t.Errorf("only %d of %d logs have the same order", ordered, *count)
	}
	t.Logf("%d programs, %d of them line by line", *count, ordered)
}

// difference is the first line in which two logs differ.
func difference(ours, theirs []string) string {
	for i := range max(len(ours), len(theirs)) {
		switch {
		case i >= len(ours):
			return "the engine lacks " + theirs[i]
		case i >= len(theirs):
			return "SimPy lacks " + ours[i]
		case ours[i] != theirs[i]:
			return "the engine: " + ours[i] + "; SimPy: " + theirs[i]
		}
	}
	return ""
}
