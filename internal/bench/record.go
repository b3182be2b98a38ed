package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The record and the files made from it. The last two are relative to the module's root.
const (
	recordFile = "record.json"
	docFile    = "docs/performance.md"
	chartFile  = "docs/growth.svg"
)

// Record holds what was measured on one machine.
type Record struct {
	Machine  string    `json:"machine"`
	Date     string    `json:"date"`
	Measures []Measure `json:"measures"`
	Growth   []Series  `json:"growth"`
	Lines    []Series  `json:"lines,omitempty"`
	Others   *Others   `json:"others"`
}

// Units of measures.
const (
	unitBare    = "x bare" // nanoseconds an event, as a ratio to the bare loop's
	unitAllowed = "of what is allowed"
)

// Measure is a number that should be small.
type Measure struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Value  float64 `json:"value"`
	Target float64 `json:"target"` // the most that Value should be
	Note   string  `json:"note,omitempty"`

	// For a ratio to a bare loop: nanoseconds per event, and the events per second that the bare loop must reach for
	// the ratio to count.
	Ours  float64 `json:"ours,omitempty"`
	Bare  float64 `json:"bare,omitempty"`
	Floor float64 `json:"floor,omitempty"`

	// For a ratio of times at 4n and at n: n, and milliseconds at n.
	N    int     `json:"n,omitempty"`
	Took float64 `json:"took,omitempty"`
}

// met reports whether the measure meets its target.
func (m Measure) met() bool { return m.Value <= m.Target }

// counts reports whether the measure means anything. A ratio to a loop below its floor does not.
func (m Measure) counts() bool { return m.Bare == 0 || 1e9/m.Bare >= m.Floor }

// slack is the ratio to its recorded value above which a measure counts as slipped.
const slack = 1.25

// slipped reports whether the measure is worse than before by more than slack.
func (m Measure) slipped(before Measure) bool { return m.Value > slack*before.Value }

func newRecord() *Record {
	return &Record{Machine: machine(), Date: time.Now().UTC().Format(time.DateOnly)}
}

// machine describes this machine.
func machine() string {
	cpu := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo") // only Linux has it
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			cpu = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores of %s, %s/%s, %s", runtime.NumCPU(), cpu, runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// add puts a measure into the record. It replaces the one with the same name.
func (r *Record) add(m Measure) {
	m.Value, m.Ours, m.Bare, m.Took = rounded(m.Value), rounded(m.Ours), rounded(m.Bare), rounded(m.Took)
	for i := range r.Measures {
		if r.Measures[i].Name == m.Name {
			r.Measures[i] = m
			return
		}
	}
	r.Measures = append(r.Measures, m)
}

// measure returns the measure of that name.
func (r *Record) measure(name string) (Measure, bool) {
	for _, m := range r.Measures {
		if m.Name == name {
			return m, true
		}
	}
	return Measure{}, false
}

// merge takes over the contents of fresh.
func (r *Record) merge(fresh *Record) {
	r.Machine, r.Date = fresh.Machine, fresh.Date
	for _, m := range fresh.Measures {
		r.add(m)
	}
	if fresh.Growth != nil {
		r.Growth = fresh.Growth
	}
	if fresh.Lines != nil {
		r.Lines = fresh.Lines
	}
	if fresh.Others != nil {
		r.Others = fresh.Others
	}
}

// rounded returns x rounded to three digits.
func rounded(x float64) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}

// readRecord reads the recorded measures. There may be none yet.
func readRecord(root string) (*Record, error) {
	r := &Record{}
	data, err := os.ReadFile(filepath.Join(root, "internal", "bench", recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(data, r)
	}
	return r, err
}

// write writes the record and the files made from it.
func (r *Record) write(root string) error {
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "internal", "bench", recordFile), append(data, '\n'), 0o644); err != nil {
		return err
	}
	return r.writeDocs(root)
}

// writeDocs puts the record's numbers into the documentation and draws the chart.
func (r *Record) writeDocs(root string) error {
	doc, err := r.doc(root)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, docFile), doc, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, chartFile), chart(r.Growth), 0o644)
}

// doc returns the page with the record's numbers between its markers.
func (r *Record) doc(root string) ([]byte, error) {
	doc, err := os.ReadFile(filepath.Join(root, docFile))
	if err != nil {
		return nil, err
	}
	for name, text := range r.blocks() {
		begin, end := []byte("<!-- measured: "+name+" -->\n"), []byte("<!-- end -->\n")
		head, rest, ok := bytes.Cut(doc, begin)
		_, tail, closed := bytes.Cut(rest, end)
		if !ok || !closed {
			return nil, fmt.Errorf("%s: there is no block `%s` with its end", docFile, bytes.TrimSpace(begin))
		}
		doc = bytes.Join([][]byte{head, begin, []byte(text), end, tail}, nil)
	}
	return doc, nil
}
