package conformance

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"runloop/dsl"
	"runloop/engine"
)

// Trace is what a run shows: its output, and the report on standard error with the errors that nobody took and how the
// run ended.
type Trace struct {
	Output string
	Report string
}

// onEngine runs a scenario on runloop's engine. ok is false when a limit ended the run.
func onEngine(s *dsl.Scenario, ties string) (t Trace, r *engine.Result, ok bool) {
	l, err := s.NewLoop(dsl.RunOptions{
		Ties: ties, KeepOutput: true, Limits: engine.Limits{Steps: 50_000, Output: 1 << 20},
	})
	if err != nil {
		return Trace{Report: err.Error()}, nil, true
	}
	r = l.Run()
	return Trace{string(r.Output), report(r)}, r, r.Ended != engine.LimitHit
}

// report returns what an exported program would write to standard error.
func report(r *engine.Result) string {
	var b strings.Builder
	seconds := func(ns int64) string { return string(engine.AppendFloat(nil, engine.Seconds(ns))) }
	for _, e := range r.Errors {
		who := e.In
		if who == "" {
			who = "task " + e.Task
		}
		fmt.Fprintf(&b, "%s (%s, at %s s)\n", e.Err, who, seconds(e.At))
	}
	fmt.Fprintf(&b, "ended: %s at %s s\n", r.Ended, seconds(r.At))
	return b.String()
}

// cancelMessage matches a CancelledError with its message. CPython 3.11 passes the message on once: whoever awaits the
// cancelled task later, or gathers it with return_exceptions, gets none. The engine keeps it.
var cancelMessage = regexp.MustCompile(`CancelledError: (why|m|(at|n) [0-9.]+)`)

func (t Trace) withoutCancelMessages() Trace {
	return Trace{
		cancelMessage.ReplaceAllString(t.Output, "CancelledError"),
		cancelMessage.ReplaceAllString(t.Report, "CancelledError"),
	}
}

// diff returns the first line in which two traces differ, or "" if they are the same.
func diff(engine, python Trace) string {
	if d := firstDifference(engine.Output, python.Output); d != "" {
		return "output " + d
	}
	if d := firstDifference(engine.Report, python.Report); d != "" {
		return "report " + d
	}
	return ""
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		line := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return "(nothing)"
		}
		if line(x) != line(y) {
			return fmt.Sprintf("line %d:\n  runloop: %s\n  CPython: %s", i+1, line(x), line(y))
		}
	}
	return ""
}

//go:embed runner.py
var runnerSource string

// Python is a CPython process that runs exported programs one after the other.
type Python struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startPython starts the python3 on the path. dir is for its temporary files.
func startPython(dir string) (*Python, error) {
	script := filepath.Join(dir, "runner.py")
	if err := os.WriteFile(script, []byte(runnerSource), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command("python3", "-I", script)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &Python{cmd, in, bufio.NewReaderSize(out, 1<<20)}, cmd.Start()
}

// Close ends the process.
func (p *Python) Close() error {
	p.in.Close()
	return p.cmd.Wait()
}

// Run exports a scenario and runs the program.
func (p *Python) Run(s *dsl.Scenario, ties string) (Trace, error) {
	program, err := s.Python(dsl.PythonOptions{Virtual: true, Ties: ties})
	if err != nil {
		return Trace{}, err
	}
	line, err := json.Marshal(string(program))
	if err != nil {
		return Trace{}, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return Trace{}, err
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return Trace{}, fmt.Errorf("python3 ended: %w", err)
	}
	var texts [2]string
	err = json.Unmarshal(answer, &texts)
	return Trace{texts[0], texts[1]}, err
}

// Reference is what the engine is compared with: CPython, or a recording of it.
type Reference interface {
	// Run runs a scenario with a rule for ties, fifo or heapq.
	Run(s *dsl.Scenario, ties string) (Trace, error)
}

// compare runs a scenario on the engine and on the reference. difference is the first line in which they differ, or ""
// if there is none. A run that a limit ended is not compared.
func compare(ref Reference, s *dsl.Scenario, ties string) (difference string, r *engine.Result, err error) {
	ours, r, ok := onEngine(s, ties)
	if !ok {
		return "", r, nil
	}
	theirs, err := ref.Run(s, ties)
	if err != nil {
		return "", r, err
	}
	return diff(ours.withoutCancelMessages(), theirs.withoutCancelMessages()), r, nil
}
