package conformance

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"runloop/dsl"
)

// interpreter is a CPython that scenarios are compared with.
type interpreter struct {
	version string // such as 3.14; empty: that of the python3 on the path
	npm     string // the version of npm's package pyodide that has it, compiled for WebAssembly; empty: a program
}

// interpreters is those that there are for every machine, besides its own python3.
var interpreters = []interpreter{
	{}, {"3.11", "0.25.1"}, {"3.12", "0.27.7"}, {"3.13", "0.29.3"}, {"3.14", "314.0.7"},
}

func (i interpreter) String() string {
	if i.npm == "" {
		return "python3"
	}
	return i.version + " of npm"
}

//go:embed runner.py
var runnerSource string

//go:embed pyodide.mjs
var pyodideSource string

// Python is a CPython process that runs exported programs one after the other.
type Python struct {
	Version string // such as 3.14
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	broken  bool // it gave no answer
}

// idle is processes that no test uses now. Those of npm take seconds to start, so the next test takes one of them.
var idle struct {
	sync.Mutex
	of map[interpreter][]*Python
}

// take returns an idle process, or nil.
func (i interpreter) take() *Python {
	idle.Lock()
	defer idle.Unlock()
	ps := idle.of[i]
	if len(ps) == 0 {
		return nil
	}
	idle.of[i] = ps[:len(ps)-1]
	return ps[len(ps)-1]
}

// giveBack makes a process idle, or ends it if it gave no answer.
func (i interpreter) giveBack(p *Python) {
	if p.broken {
		p.Close()
		return
	}
	idle.Lock()
	defer idle.Unlock()
	if idle.of == nil {
		idle.of = map[interpreter][]*Python{}
	}
	idle.of[i] = append(idle.of[i], p)
}

// closeIdle ends the idle processes.
func closeIdle() {
	for _, ps := range idle.of {
		for _, p := range ps {
			p.Close()
		}
	}
}

// errMissing says that a machine lacks what an interpreter needs.
var errMissing = errors.New("not there")

// start starts an interpreter. dir is for its temporary files.
func (i interpreter) start(dir string) (*Python, error) {
	cmd, err := i.command(dir)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stderr = os.Stderr
	p := &Python{cmd: cmd}
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var version string
	if err := p.answer(&version); err != nil {
		return nil, err
	}
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	p.Version = major + "." + minor
	if i.version != "" && i.version != p.Version {
		return nil, fmt.Errorf("pyodide %s is CPython %s, not %s", i.npm, version, i.version)
	}
	return p, nil
}

func (i interpreter) command(dir string) (*exec.Cmd, error) {
	if i.npm == "" {
		if _, err := exec.LookPath("python3"); err != nil {
			return nil, fmt.Errorf("python3: %w", errMissing)
		}
		script := filepath.Join(dir, "runner.py")
		return exec.Command("python3", "-I", script), os.WriteFile(script, []byte(runnerSource), 0o600)
	}
	folder, err := installPyodide(i.npm)
	if err != nil {
		return nil, err
	}
	script := filepath.Join(dir, "pyodide.mjs")
	return exec.Command("node", script, folder), os.WriteFile(script, []byte(pyodideSource), 0o600)
}

var installing sync.Mutex

// installPyodide returns the folder in the user's cache that has the package, and installs it there once.
func installPyodide(version string) (string, error) {
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return "", fmt.Errorf("%s: %w", name, errMissing)
		}
	}
	installing.Lock()
	defer installing.Unlock()
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "runloop-ci", "pyodide-"+version)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return "", err
	}
	// Another process may be installing, too: each does it aside, and who is first wins.
	aside, err := os.MkdirTemp(filepath.Dir(folder), "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	cmd := exec.Command("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", aside, "pyodide@"+version)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm cannot install pyodide@%s: %w\n%s", version, errors.Join(err, errMissing), out)
	}
	if err := os.Rename(aside, folder); err != nil {
		if _, there := os.Stat(folder); there != nil {
			return "", err
		}
	}
	return folder, nil
}

// Close ends the process.
func (p *Python) Close() error {
	p.in.Close()
	return p.cmd.Wait()
}

// hangs is when a program is taken to run for ever.
const hangs = time.Minute

// Run exports a scenario for the interpreter's version and runs the program.
func (p *Python) Run(s *dsl.Scenario, ties string) (Trace, error) {
	program, err := s.Python(dsl.PythonOptions{Virtual: true, Ties: ties, Version: p.Version})
	if err != nil {
		return Trace{}, err
	}
	line, err := json.Marshal(string(program))
	if err != nil {
		return Trace{}, err
	}
	guard := time.AfterFunc(hangs, func() { p.cmd.Process.Kill() })
	defer guard.Stop()
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return Trace{}, err
	}
	var texts [2]string
	err = p.answer(&texts)
	return Trace{texts[0], texts[1]}, err
}

func (p *Python) answer(to any) error {
	line, err := p.out.ReadBytes('\n')
	if err == nil {
		return json.Unmarshal(line, to)
	}
	p.broken = true
	return fmt.Errorf("python ended: %w", err)
}
