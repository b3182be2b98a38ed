package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"runloop/dsl"
	"runloop/internal/suite"
	"runloop/scenarios"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"runloop": main}) }

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Condition: func(name string) (bool, error) {
			path, ok := strings.CutPrefix(name, "exists:")
			if !ok {
				return false, errors.New("an unknown condition")
			}
			_, err := os.Stat(path)
			return err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"signals": signals,
			"count":   countLines,
		},
	})
}

// exits runs a command and checks its exit code: exits CODE COMMAND ARG...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG...")
	}
	if got := exitCode(ts.Exec(args[1], args[2:]...)); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// signals runs `runloop ARG...`, sends it signals, each once it has printed a line that differs from the line before,
// and checks its exit code: signals CODE INT,TERM ARG... Afterwards the files `stdout` (from the last of those lines
// on) and `stderr` hold its output.
func signals(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: signals CODE SIGNAL,... ARG...")
	}
	exe, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(exe, args[2:]...)
	cmd.Args[0] = "runloop" // testscript.Main runs the command by this name
	cmd.Dir = ts.Getenv("WORK")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	lines, last := bufio.NewReader(stdout), ""
	for name := range strings.SplitSeq(args[1], ",") {
		line := last
		for line == last {
			line, err = lines.ReadString('\n')
			ts.Check(err)
		}
		last = line
		ts.Check(cmd.Process.Signal(map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}[name]))
	}
	rest, err := io.ReadAll(lines)
	ts.Check(err)
	got := exitCode(cmd.Wait())
	ts.Check(os.WriteFile(ts.MkAbs("out"), append([]byte(last), rest...), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("stderr"), stderr.Bytes(), 0o666))
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s\n%s", got, args[0], stderr.String())
	}
}

// countLines checks how many lines of a file contain a text: count N TEXT FILE.
func countLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: count N TEXT FILE")
	}
	n := 0
	for line := range strings.Lines(ts.ReadFile(args[2])) {
		if strings.Contains(line, args[1]) {
			n++
		}
	}
	if strconv.Itoa(n) != args[0] {
		ts.Fatalf("%d lines with %q, want %s", n, args[1], args[0])
	}
}

// inProcess runs the command in this process.
func inProcess(in io.Reader, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, streamsTo(in, &out, &errs, noSignals))
	return code, out.String(), errs.String()
}

func noSignals(chan<- os.Signal, ...os.Signal) {}

// streamsTo returns machine() with other streams and signals.
func streamsTo(in io.Reader, out, errs io.Writer, notify func(chan<- os.Signal, ...os.Signal)) streams {
	s := machine()
	s.In, s.Out, s.Err, s.Notify = in, out, errs, notify
	return s
}

// TestRealClock: on the real clock event-loop prints the same lines in the same order, and really takes ten seconds.
func TestRealClock(t *testing.T) {
	want, _ := scenarios.Output("event-loop")
	for _, tc := range []struct {
		speed string
		takes time.Duration
	}{{"1", 10 * time.Second}, {"10", time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			code, stdout, stderr := inProcess(nil, "run", "event-loop", "--clock", "real", "--speed", tc.speed)
			if code != exitOK || stdout != string(want) {
				t.Errorf("speed %s: exit code %d\n%s%s", tc.speed, code, stdout, stderr)
			}
			if took := time.Since(start).Round(time.Millisecond); took != tc.takes {
				t.Errorf("speed %s: took %v, want %v", tc.speed, took, tc.takes)
			}
		})
	}
}

// panicReader simulates a defect.
type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("broken invariant") }

func TestDefect(t *testing.T) {
	code, _, stderr := inProcess(panicReader{}, "run", "-")
	for _, want := range []string{"broken invariant", "please report", "main_test.go"} {
		if code != exitDefect || !strings.Contains(stderr, want) {
			t.Fatalf("exit code %d, want %q in:\n%s", code, want, stderr)
		}
	}
}

// TestDefectInFile: a defect that shows in one file is reported for that file, and the others are checked and run all
// the same.
func TestDefectInFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "broken", "z"} {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte("runloop: 1\nmain: [ print: hello ]\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	isBroken := func(name string) {
		if filepath.Base(name) == "broken.yaml" {
			panic("broken invariant")
		}
	}
	junit := filepath.Join(dir, "junit.xml")
	for _, tc := range []struct {
		args []string
		want []string // texts in the output and in the JUnit file
	}{
		{[]string{"validate"}, []string{"broken.yaml: this is a defect", "2 files: 0 errors, 0 warnings; 1 broken"}},
		{[]string{"validate", "--format", "json"}, []string{`"files": 2,`, `"broken": 1`, "please report it"}},
		{[]string{"validate", "--format", "junit"}, []string{`tests="3" failures="0" errors="1"`, `type="broken">`}},
		{[]string{"validate", "--format", "github"}, []string{"broken.yaml::this is a defect"}},
		{[]string{"validate", "--format", "sarif"}, []string{`"executionSuccessful": false`, "this is a defect"}},
		{[]string{"test"}, []string{"BROKEN ", "  this is a defect", "3 tests: 2 passed, 1 broken"}},
		{[]string{"test", "--json"}, []string{`"passed": 2`, `"broken": 1`, "this is a defect"}},
		{[]string{"test", "--junit", junit}, []string{`tests="3" failures="0" errors="1"`, `type="broken">`}},
	} {
		var out, errs bytes.Buffer
		s := streamsTo(nil, &out, &errs, noSignals)
		s.Check = func(in dsl.Folder, name string, data []byte) (*dsl.Source, dsl.Diagnostics) {
			isBroken(name)
			return in.Check(name, data)
		}
		s.Test = func(path string, data []byte, options suite.Options) []*suite.Outcome {
			isBroken(path)
			return suite.Run(path, data, options)
		}
		code := run(append(tc.args, dir), s)
		file, _ := os.ReadFile(junit)
		all := out.String() + errs.String() + string(file)
		for _, want := range append(tc.want, "broken invariant", "main_test.go") {
			if code != exitDefect || !strings.Contains(all, want) {
				t.Errorf("%s: exit code %d, want %q in:\n%s", tc.args, code, want, all)
			}
		}
	}
}

// TestReadError: standard input that cannot be read is no defect.
func TestReadError(t *testing.T) {
	for _, command := range []string{"run", "validate"} {
		code, _, stderr := inProcess(iotest.ErrReader(errors.New("line is cut")), command, "-")
		if code != exitUsage || !strings.Contains(stderr, "<stdin>: line is cut") {
			t.Errorf("%s: exit code %d\n%s", command, code, stderr)
		}
	}
}
