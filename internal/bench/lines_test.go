package main

import (
	"bufio"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// go test ./internal/bench -run Statements -v -args -counted
var counted = flag.Bool("counted", false, "count the statements that departures from lines of a thousand to a million take")

// TestDepartureStatements counts the statements of the engine, and of the package slices that it calls, in runs in which n
// tasks leave a line from its middle, or n units are taken from others. For each they must grow no faster than log n: a line
// of a million may take twice as many as one of a thousand. Only counters of a build for coverage are read, no clock.
func TestDepartureStatements(t *testing.T) {
	if !*counted {
		t.Skip("-args -counted runs it: it builds the command anew")
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(t.TempDir(), "runloop")
	build := exec.Command("go", "build", "-pgo=off", "-cover", "-covermode=count", "-coverpkg=runloop/cmd/runloop,runloop/engine,slices", "-o", command,
		"./cmd/runloop")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, kind := range lineKinds {
		file := filepath.Join("scaling", kind.file)
		alone := statements(t, command, file, 1)
		each := func(n int) float64 { return float64(statements(t, command, file, n)-alone) / float64(n-1) }
		least := each(1_000)
		t.Logf("%s: %8d: %.0f statements each", kind.of, 1_000, least)
		for _, n := range []int{10_000, 100_000, 1_000_000} {
			have, most := each(n), least*math.Log2(float64(n))/math.Log2(1_000)
			t.Logf("%s: %8d: %.0f statements each, c·log n is %.0f", kind.of, n, have, most)
			if have > most {
				t.Errorf("%s: of %d each takes %.0f statements, of a thousand %.0f: log n would be %.0f", kind.of, n, have, least, most)
			}
		}
	}
}

// statements runs a scenario with n, and counts the statements of the engine and of slices.
func statements(t *testing.T, command, file string, n int) (all int) {
	t.Helper()
	dir := t.TempDir()
	run := exec.Command(command, "run", file, "--param", "n="+strconv.Itoa(n))
	run.Env = append(os.Environ(), "GOCOVERDIR="+dir)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s with %d: %v\n%s", file, n, err, out)
	}
	profile := filepath.Join(dir, "profile")
	if out, err := exec.Command("go", "tool", "covdata", "textfmt", "-i="+dir, "-o="+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(profile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); { // FILE:FROM,TO STATEMENTS TIMES
		if place := lines.Text(); strings.HasPrefix(place, "runloop/engine/") || strings.HasPrefix(place, "slices/") {
			var size, times int
			if _, err := fmt.Sscan(place[strings.IndexByte(place, ' '):], &size, &times); err != nil {
				t.Fatal(place, err)
			}
			all += size * times
		}
	}
	return all
}
