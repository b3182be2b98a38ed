package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"runloop/engine"
	"runloop/internal/page"
	"runloop/internal/report"
	"runloop/internal/suite"
	"runloop/internal/trace"
)

// testPages is the HTML pages about tests that failed: `test --html`.
type testPages struct {
	dir string
	mu  sync.Mutex // one page is made at a time, for a record may be large
	err error      // the first page that could not be written
}

// openPages makes the folder of the pages and names the jobs' pages. That they cannot be written is said before the tests
// run.
func openPages(dir string, jobs []testJob, tries int) (*testPages, error) {
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		err = tryWriting(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("--html %s: the pages cannot be written to that folder: %w", dir, cause(err))
	}
	taken := map[string]bool{"index": true}
	for i := range jobs {
		job := &jobs[i]
		base := pageName(job.name)
		if tries > 1 {
			base += "-" + strconv.Itoa(job.try)
		}
		name := base
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = base + "-" + strconv.Itoa(n)
		}
		taken[strings.ToLower(name)] = true
		job.page = name
	}
	return &testPages{dir: dir}, nil
}

// tryWriting reports whether files can be made in a folder.
func tryWriting(dir string) error {
	probe, err := os.CreateTemp(dir, ".runloop-*")
	if err != nil {
		return err
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// pageName is the name of a scenario's file as that of a file in one folder, on any system and in a link: other
// characters than letters, digits, dots, dashes and underscores become dashes.
func pageName(file string) string {
	file = strings.TrimSuffix(filepath.ToSlash(file), filepath.Ext(file))
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' {
			return c
		}
		return '-'
	}, file)
	name = strings.TrimLeft(name, ".-")
	if len(name) > 100 {
		name = name[len(name)-100:]
	}
	if name == "" {
		name = "scenario"
	}
	return name
}

// writePage runs a test that failed once more, with a record, writes the page about it, and returns the page's name; empty:
// there is none.
func (s *testSuite) writePage(job *testJob, failed *suite.Outcome, data []byte) string {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	options := s.options
	options.Trace, options.Update, options.Seeds = &engine.Trace{Values: true}, nil, nil
	options.Match = func(name string) bool { return name == failed.Name }
	options.Seed = &failed.Run.Seed
	var loop *engine.Loop
	options.Started = func(l *engine.Loop) func() {
		loop = l
		return s.started(l)
	}
	if job.bundled {
		in := bundledFolder()
		options.In = &in
	}
	outcomes := s.Test(job.name, data, options)
	if len(outcomes) != 1 || outcomes[0].Run == nil || loop == nil || outcomes[0].Run.Result.Ended == engine.Interrupted {
		return "" // a signal came, or somebody has changed the file
	}
	o := outcomes[0]
	run := trace.New(loop, options.Trace, trace.Source{Name: o.Run.Name, File: job.name, Text: o.Scenario.Source.Bytes(),
		Program: o.Scenario.Program(), Seed: o.Run.Seed, Ties: o.Run.Ties})
	about := page.Options{Last: true, Setup: s.setup(failed), Problems: o.Text(), Failed: true, Lines: failedLines(o)}
	addGraph(&about, run)
	text, err := page.Report(run, about)
	name := job.page + ".html"
	if o.Case != "" {
		name = job.page + "@" + o.Case + ".html" // a file's name has no @
	}
	if err == nil {
		err = s.pages.write(name, text)
	}
	if err != nil {
		if s.pages.err == nil {
			s.pages.err = err
		}
		return ""
	}
	return name
}

// setup is the flags of `see` with which a test that failed is seen.
func (s *testSuite) setup(failed *suite.Outcome) string {
	var parts []string
	if failed.Case != "" {
		parts = append(parts, "--case "+shellWord(failed.Case))
	}
	if s.options.Seed != nil || len(failed.Seeds.Failed) > 0 {
		parts = append(parts, fmt.Sprintf("--seed %d", failed.Run.Seed))
	}
	if s.python.value != "" {
		parts = append(parts, "--python "+s.python.value)
	}
	for _, p := range s.params {
		parts = append(parts, "--param "+shellWord(p))
	}
	return strings.Join(parts, " ")
}

// write writes one page.
func (p *testPages) write(name string, data []byte) error {
	name = filepath.Join(p.dir, name)
	if err := os.WriteFile(name, data, 0o666); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	}
	return nil
}

// failedLines is the lines of the expectations that were not met, each once.
func failedLines(o *suite.Outcome) []int {
	var lines []int
	for _, f := range o.Run.Failures {
		if line := int(f.Pos.Line); line > 0 && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// index writes the list of the tests, with the pages of those that have one.
func (p *testPages) index(tests []report.Test, pages []string) error {
	list := make([]page.Test, len(tests))
	for i := range tests {
		t := &tests[i]
		list[i] = page.Test{Name: t.Name, Verdict: t.Verdict.String(), Text: t.Text, Page: pages[i]}
		if t.Ended != "" {
			list[i].Ended = t.Ended + " at " + trace.Clock(t.At)
		}
		if t.Verdict == report.Failed && pages[i] == "" {
			list[i].Note = "It has no page: the run was interrupted, or the page could not be written."
		}
	}
	if err := p.write("index.html", page.Index(list)); err != nil {
		return err
	}
	return p.err
}
