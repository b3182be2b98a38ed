package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"

	"runloop/dsl"
)

// profiles lists where Go's compiler looks for profiles of this repository's commands. With a profile it optimises hot
// code more.
var profiles = []string{"cmd/runloop/default.pgo", "internal/bench/default.pgo"}

// profileRounds is how often each workload runs for a profile, which takes some seconds in all.
const profileRounds = 20

// writeProfiles profiles the workloads, without their bare loops, and the loading of a scenario.
func writeProfiles(root string) error {
	src := large(largeLines)
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		return err
	}
	err := runForProfile(src)
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	for _, name := range profiles {
		if err := os.WriteFile(filepath.Join(root, name), b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Println("wrote", name)
	}
	return nil
}

func runForProfile(src []byte) error {
	for range profileRounds {
		if _, err := dsl.Load("large.yaml", src); err != nil {
			return err
		}
		for _, w := range workloads {
			_, l, err := w.newLoop()
			if err != nil {
				return err
			}
			l.Run()
		}
	}
	return nil
}
