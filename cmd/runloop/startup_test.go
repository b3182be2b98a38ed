package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// initLine matches what the runtime reports about the initialisation of one of our packages.
var initLine = regexp.MustCompile(`(?m)^init (?:runloop/\S+|main) @.* (\d+) allocs$`)

// TestInitAllocations bounds what our packages allocate before main begins: tables must be data or be made on first
// use.
func TestInitAllocations(t *testing.T) {
	const most = 50
	command := filepath.Join(t.TempDir(), "runloop")
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cmd := exec.Command(command, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, trace)
	}
	var lines []string
	total := 0
	for _, m := range initLine.FindAllStringSubmatch(string(trace), -1) {
		n, _ := strconv.Atoi(m[1])
		total += n
		lines = append(lines, m[0])
	}
	if total == 0 || total > most {
		t.Errorf("our packages allocate %d times while they are initialised, not from 1 to %d times:\n%s", total, most,
			strings.Join(lines, "\n"))
	}
}
