// Command bench compares runloop with hand-written Go, and says what has become slower:
//
//	go run ./internal/bench                      # all measures as a table, beside those recorded: three minutes
//	go run ./internal/bench workloads trace      # some parts of it
//	go run ./internal/bench -record              # growth, long lines and other libraries too; rewrites the record and docs/performance.md
//	go run ./internal/bench -profile             # rewrites the profiles that the commands are compiled with
//
// It exits 0 whatever it finds. The workloads are Go benchmarks as well:
//
//	go test ./internal/bench -run ^$ -bench .
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// part is a group of measures that can be measured separately.
type part struct {
	name     string
	about    string
	run      func(*Record) error
	recorded bool // only measured for the record, or when asked for
}

var parts = []part{
	{name: "workloads", about: "the workloads beside bare Go loops", run: measureWorkloads},
	{name: "scaling", about: "times at 4n, as multiples of those at n", run: measureScaling},
	{name: "load", about: "loading and compiling 10,000 lines", run: measureLoad},
	{name: "memory", about: "memory of a million workers", run: measureMemory},
	{name: "lateness", about: "lateness on the real clock, beside time.Timer", run: measureLateness},
	{name: "startup", about: "a process that runs a bundled scenario", run: measureStartup},
	{name: "trace", about: "a trace of the run", run: measureTrace},
	{name: "growth", about: "cost per event as workers and timers grow", run: measureGrowth, recorded: true},
	{name: "lines", about: "departures from the middle of lines of a thousand to a million", run: measureLines, recorded: true},
	{name: "others", about: "asyncio and SimPy (others.py)", run: measureOthers, recorded: true},
}

func main() {
	args, run := os.Args[1:], run
	if len(args) == 2 && args[0] == memoryChild {
		run = func(args []string) error { return writeMemory(args[1]) }
	}
	if err := run(args); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(2)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	record := flags.Bool("record", false, "rewrite internal/bench/"+recordFile+", "+docFile+" and "+chartFile)
	profile := flags.Bool("profile", false, "only rewrite "+strings.Join(profiles, " and "))
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: go run ./internal/bench [-record | -profile] [PART...]\n\nparts:")
		for _, p := range parts {
			fmt.Fprintf(flags.Output(), "  %-10s %s\n", p.name, p.about)
		}
		fmt.Fprintln(flags.Output())
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(flags.Args(), *record)
	if err != nil {
		return err
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if *profile {
		return writeProfiles(root)
	}
	before, err := readRecord(root)
	if err != nil {
		return err
	}
	fresh := newRecord()
	if *record && len(flags.Args()) > 0 && before.Machine != fresh.Machine {
		return fmt.Errorf("the record is of another machine (%s): record all parts anew", before.Machine)
	}
	start := time.Now()
	for _, p := range chosen {
		fmt.Fprintf(os.Stderr, "%4.0f s  %s: %s\n", time.Since(start).Seconds(), p.name, p.about)
		if err := p.run(fresh); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	fmt.Fprintf(os.Stderr, "%4.0f s  done\n\n", time.Since(start).Seconds())
	fmt.Print(fresh.text(before))
	if !*record {
		return nil
	}
	before.merge(fresh)
	return before.write(root)
}

// choose returns the parts that args name or, without args, all that a comparison or a record needs.
func choose(args []string, record bool) ([]part, error) {
	var chosen []part
	for _, p := range parts {
		if slices.Contains(args, p.name) || len(args) == 0 && (record || !p.recorded) {
			chosen = append(chosen, p)
		}
	}
	for _, a := range args {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == a }) {
			var names []string
			for _, p := range parts {
				names = append(names, p.name)
			}
			return nil, fmt.Errorf("there is no part %q: there are %s", a, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}

// moduleRoot returns the nearest folder above that has a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod here or above: run it in a clone of the repository")
		}
		dir = up
	}
}
