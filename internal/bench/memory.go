package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl"
)

// memoryChild is the argument with which this command measures its own memory.
const memoryChild = "memory-child"

const memoryWorkers = 1_000_000

// memoryRuns lists the scenarios whose workers are measured.
var memoryRuns = []struct{ name, file, note string }{
	{"memory per worker", "sleepers.yaml", "1,000,000 workers of sleepers.yaml: each has a parameter and a counter"},
	{"memory per plain worker", "ties.yaml", "1,000,000 workers of ties.yaml: each has a counter"},
}

// memoryUse is bytes: per worker, or of a whole run.
type memoryUse struct {
	Live     float64 // reachable, on the heap
	Resident float64 // the peak of what the system gave; 0 if it does not say
}

// measureMemory measures in a separate process, because the system's figure is for a whole process.
func measureMemory(r *Record) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, run := range memoryRuns {
		m, err := memoryOf(self, run.file)
		if err != nil {
			return err
		}
		r.add(Measure{Name: run.name + ", heap", Unit: "bytes", Value: m.Live, Target: 110,
			Note: run.note + "; reachable while they sleep"})
		if m.Resident > 0 {
			r.add(Measure{Name: run.name + ", system", Unit: "bytes", Value: m.Resident, Target: 110,
				Note: "the same run; the most that was resident at any time, less what was before they were made"})
		}
	}
	return measureEnded(r, self)
}

// memoryOf runs a scenario in a process of its own, self, and returns what memory it used.
func memoryOf(self, file string) (m memoryUse, err error) {
	out, err := exec.Command(self, memoryChild, file).Output()
	if err == nil {
		err = json.Unmarshal(out, &m)
	}
	return m, err
}

// endedTasks is how many tasks run one after the other in each of endedRuns, scenarios of scaling.go.
const endedTasks = 1_000_000

type endedRun struct{ name, file string }

var endedRuns = []endedRun{
	{"awaited", "ended-awaited.yaml"}, {"named", "ended-named.yaml"}, {"failed", "ended-failed.yaml"}, {"unhandled", "ended-unhandled.yaml"},
}

// measureEnded measures what tasks that have ended leave behind.
func measureEnded(r *Record, self string) error {
	for _, run := range endedRuns {
		m, err := memoryOf(self, run.file)
		if err != nil {
			return err
		}
		if m.Resident > 0 {
			r.add(Measure{Name: "ended tasks, " + run.name, Unit: "MiB", Value: m.Resident / (1 << 20), Target: 64,
				Note: "1,000,000 tasks, one after the other, of " + run.file + "; the most that was resident, less what was before"})
		}
	}
	return nil
}

// writeEnded runs many tasks one after the other and writes how much memory the run needs in all.
func writeEnded(file string) error {
	s, err := loadScaling(file)
	if err != nil {
		return err
	}
	before := peakResident()
	if err := s.run(endedTasks); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(memoryUse{Resident: peakResident() - before})
}

// writeMemory runs a million workers and writes how much memory they need.
func writeMemory(file string) error {
	if slices.ContainsFunc(endedRuns, func(run endedRun) bool { return run.file == file }) {
		return writeEnded(file)
	}
	s, err := load(file)
	if err != nil {
		return err
	}
	l, err := s.NewLoop(dsl.RunOptions{Params: map[string]string{"workers": strconv.Itoa(memoryWorkers), "turns": "3"}})
	if err != nil {
		return err
	}
	heap, resident := liveHeap(), peakResident()
	for l.Now() == 0 {
		if l.RunFor(1 << 16) {
			return fmt.Errorf("the run ended at once: %+v", l.Result())
		}
	}
	live := liveHeap() - heap
	if err := verified(s, l); err != nil {
		return err
	}
	m := memoryUse{Live: live / memoryWorkers, Resident: (peakResident() - resident) / memoryWorkers}
	return json.NewEncoder(os.Stdout).Encode(m)
}

func liveHeap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// peakResident returns the peak memory of this process in bytes, as Linux reports it.
func peakResident() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(status) {
		var kb float64
		if n, _ := fmt.Sscanf(strings.TrimSpace(string(line)), "VmHWM: %f kB", &kb); n == 1 {
			return kb * 1024
		}
	}
	return 0
}
