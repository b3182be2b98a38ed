package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Others holds the results of others.py, nanoseconds per event by library and workload, and how long models are.
type Others struct {
	Libraries []Library `json:"libraries"`
	Models    []Model   `json:"models"`
}

// Model holds how many lines one of SimPy's examples has here and there, without those that are empty, a comment or a description.
type Model struct {
	Name  string `json:"name"`
	Lines int    `json:"lines"`
	SimPy int    `json:"simpy"`
}

// measureModels counts the lines of SimPy's examples.
func measureModels(root string) ([]Model, error) {
	programs, err := filepath.Glob(filepath.Join(root, "internal", "simpy", "testdata", "*.py"))
	if err != nil {
		return nil, err
	}
	var models []Model
	for _, file := range programs {
		m := Model{Name: strings.TrimSuffix(filepath.Base(file), ".py")}
		for file, n := range map[string]*int{file: &m.SimPy, filepath.Join(root, "scenarios", m.Name+".yaml"): &m.Lines} {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(text)) {
				if !uncounted.MatchString(line) {
					*n++
				}
			}
		}
		models = append(models, m)
	}
	return models, nil
}

// uncounted matches the lines of a model that do not count.
var uncounted = regexp.MustCompile(`^\s*(#.*)?$|^(runloop|name|description|seed):`)

func modelTable(models []Model) *table {
	t := &table{head: []string{"lines", "runloop", "SimPy"}}
	for _, m := range models {
		t.add(m.Name, strconv.Itoa(m.Lines), strconv.Itoa(m.SimPy))
	}
	return t
}

// Library holds the results of one library. Without Nanoseconds it is not installed.
type Library struct {
	Name        string             `json:"name"`
	Version     string             `json:"version"`
	Nanoseconds map[string]float64 `json:"nanoseconds,omitempty"`
}

// measureOthers runs others.py.
func measureOthers(r *Record) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		fmt.Fprintln(os.Stderr, "        python3 is not installed")
		return nil
	}
	cmd := exec.Command(python, filepath.Join(root, "internal", "bench", "others.py"), "--json")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	r.Others = &Others{}
	if err := json.Unmarshal(out, &r.Others.Libraries); err != nil {
		return err
	}
	if r.Others.Models, err = measureModels(root); err != nil {
		return err
	}
	for _, l := range r.Others.Libraries {
		for name, ns := range l.Nanoseconds {
			l.Nanoseconds[name] = rounded(ns)
		}
	}
	return nil
}

// table returns nanoseconds per event for runloop and each library, with the ratios to the bare loop.
func (o *Others) table(r *Record) *table {
	t := &table{head: []string{"ns/event", "runloop"}}
	for _, l := range o.Libraries {
		t.head = append(t.head, strings.TrimSpace(l.Name+" "+l.Version))
	}
	for _, w := range workloads {
		m, _ := r.measure(w.name)
		row := []string{w.name, timesBare(m.Ours, m.Bare)}
		for _, l := range o.Libraries {
			row = append(row, timesBare(l.Nanoseconds[w.name], m.Bare))
		}
		t.add(row...)
	}
	return t
}

// timesBare formats nanoseconds and, if the bare loop's are known, the ratio to them.
func timesBare(ns, bare float64) string {
	switch {
	case ns == 0:
		return "-"
	case bare == 0:
		return number(ns)
	}
	return fmt.Sprintf("%s (%s×)", number(ns), number(ns/bare))
}
