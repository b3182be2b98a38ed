// Package suite runs scenarios as tests. Each runs on the virtual clock and is compared with its expectations and with
// the file NAME.out beside NAME.yaml.
package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/parallel"
	"runloop/internal/report"
)

// Outcome is the result of a test: of a scenario, or of one of its cases.
type Outcome struct {
	Name     string        // the file, with the case: file.yaml[case]
	Case     string        // empty: the scenario itself
	Scenario *dsl.Scenario // as it was run; nil if the file cannot be run
	Run      *report.Run   // nil if it cannot be run with the given options
	Seeds    Seeds         // of a test that was run with several; Run is the first that failed, or the last
	Library  bool          // the file has definitions only, there is nothing to run
	Err      error         // why it cannot be run; a *dsl.LoadError has the places
	Updated  []string      // the files that were rewritten
}

// Seeds is the seeds of one test.
type Seeds struct {
	Run    int      // how many there were; 0: the test has one
	Failed []uint64 // in the order in which they are listed
}

// OK reports whether the scenario met all its expectations.
func (o *Outcome) OK() bool { return o.Err == nil && (o.Library || o.Run.OK) }

// Text returns everything that went wrong, in lines. It is empty if the test passed.
func (o *Outcome) Text() string {
	switch {
	case o.Err != nil:
		return strings.TrimSuffix(o.Err.Error(), "\n") + "\n"
	case o.Library:
		return ""
	}
	return report.Problems(o.Run) + o.Seeds.text()
}

// maxSeeds is how many of the seeds that failed are written out.
const maxSeeds = 10

// text says which seeds failed. It is empty if none did.
func (s *Seeds) text() string {
	n := len(s.Failed)
	if n == 0 {
		return ""
	}
	list := make([]string, min(n, maxSeeds))
	for i := range list {
		list[i] = strconv.FormatUint(s.Failed[i], 10)
	}
	more := ""
	if n > maxSeeds {
		more = ", …"
	}
	return fmt.Sprintf("this is seed %d; %d of %d seeds failed: %s%s\n", s.Failed[0], n, s.Run, strings.Join(list, ", "), more)
}

// Options says how a test is run. The zero value runs it as the file says.
type Options struct {
	dsl.RunOptions
	// Root is the folder below which scenarios may include files. Empty: each its own folder.
	Root string
	// In is where the scenario finds what it includes, if it is no file. Nil: below Root.
	In *dsl.Folder
	// Seeds are the seeds with which each test is run, instead of its own. None: its own.
	Seeds []uint64
	// Match reports whether a test is wanted, by its name. If it is nil, all are.
	Match func(name string) bool
	// Update rewrites a file with new content. If it is nil, outputs are compared and not updated.
	Update func(path string, data []byte) error
	// Started is called with each loop before it runs, and the function that it returns when that has ended. Either may be
	// nil. Loops run at the same time.
	Started func(l *engine.Loop) (ended func())
}

// MaxOutput is the output in bytes that ends a test. It is much lower than the limit of a run, because the output of a
// test is kept.
const MaxOutput = 16 << 20

// CaseName returns the name of a case of the scenario in path, as a test. The scenario itself has no case and the name of
// its file.
func CaseName(path, of string) string {
	if of == "" {
		return path
	}
	return path + "[" + of + "]"
}

// Run runs the scenario in a file with the given bytes as a test, and then each of its cases. The clock is virtual whatever
// the file says. A file that cannot be run has one outcome, and so has a library. A scenario with cases and with a parameter that has no default
// is run by its cases alone.
func Run(path string, data []byte, opts Options) []*Outcome {
	folder, err := opts.folder(path)
	if err != nil {
		return []*Outcome{{Name: path, Err: fileError{path, err}}}
	}
	s, err := folder.Load(path, data)
	if err != nil {
		return []*Outcome{{Name: path, Err: err}}
	}
	if s.IsLibrary() {
		return []*Outcome{{Name: path, Scenario: s, Library: true}}
	}
	var names []string
	if len(s.Cases) == 0 || !s.LacksValue(opts.Params) {
		names = append(names, "")
	}
	for _, c := range s.Cases {
		names = append(names, c.Name.Text)
	}
	if opts.Match != nil {
		names = slices.DeleteFunc(names, func(name string) bool { return !opts.Match(CaseName(path, name)) })
	}
	outcomes := make([]*Outcome, len(names))
	if opts.Update == nil {
		parallel.For(runtime.GOMAXPROCS(0), len(names), func(_, i int) { outcomes[i] = runCase(s, path, names[i], opts) })
		return outcomes
	}
	for i, name := range names { // each sees what the one before it has rewritten
		write := opts.Update
		o := opts
		o.Update = func(file string, rewritten []byte) error {
			if file == path {
				data = rewritten
			}
			return write(file, rewritten)
		}
		outcomes[i] = runCase(s, path, name, o)
		if slices.Contains(outcomes[i].Updated, path) {
			if s, err = folder.Load(path, data); err != nil {
				return append(outcomes[:i], &Outcome{Name: path, Err: err})
			}
		}
	}
	return outcomes
}

// folder returns where the scenario in a file finds what it includes.
func (o *Options) folder(path string) (dsl.Folder, error) {
	if o.In != nil {
		return *o.In, nil
	}
	return dsl.FolderOf(path, o.Root)
}

// runCase runs a case, or the scenario itself where it has no name, with all its seeds.
func runCase(s *dsl.Scenario, path, name string, opts Options) *Outcome {
	o := &Outcome{Name: CaseName(path, name), Case: name, Scenario: s}
	seeds := opts.Seeds
	if name != "" {
		var err error
		if o.Scenario, err = s.Case(name); err != nil {
			o.Err = err
			return o
		}
		if seeds == nil && opts.Seed == nil {
			seeds, o.Err = s.File.Case(name).SeedList()
		}
	}
	if o.Err != nil || len(seeds) == 0 {
		o.run(path, opts)
		return o
	}
	o.runSeeds(path, seeds, opts)
	return o
}

// runSeeds runs the test once with each seed, and keeps the first run that failed. An interrupted run is the last.
func (o *Outcome) runSeeds(path string, seeds []uint64, opts Options) {
	opts.Update = nil // what one seed prints is not what the others do
	start := time.Now()
	failed, began := make([]bool, len(seeds)), *o
	var mu sync.Mutex
	var kept *Outcome
	keptAt, interrupted := len(seeds), false
	parallel.For(runtime.GOMAXPROCS(0), len(seeds), func(_, i int) {
		mu.Lock()
		stop := interrupted
		mu.Unlock()
		if stop {
			return
		}
		r := began
		with := opts
		with.Seed = &seeds[i]
		r.run(path, with)
		mu.Lock()
		defer mu.Unlock()
		o.Seeds.Run++
		interrupted = interrupted || r.Err == nil && r.Run.Result.Ended == engine.Interrupted
		if failed[i] = !r.OK(); failed[i] && i < keptAt {
			kept, keptAt = &r, i
		} else if kept == nil || keptAt == len(seeds) && i == len(seeds)-1 {
			kept = &r
		}
	})
	for i, seed := range seeds {
		if failed[i] {
			o.Seeds.Failed = append(o.Seeds.Failed, seed)
		}
	}
	if o.Run, o.Err = kept.Run, kept.Err; o.Run != nil {
		o.Run.Wall = time.Since(start)
	}
}

// run runs the test once.
func (o *Outcome) run(path string, opts Options) {
	start := time.Now()
	s := o.Scenario
	opts.Clock, opts.KeepOutput = "virtual", true
	if opts.Caps.Output == 0 {
		opts.Caps.Output = MaxOutput
	}
	engineOptions, err := s.Options(opts.RunOptions)
	if err != nil {
		o.Err = fileError{o.Name, err}
		return
	}
	var want *string
	if o.Case == "" {
		if want, o.Err = wholeOutput(path); o.Err != nil {
			return
		}
	}
	l := engine.New(s.Program(), engineOptions)
	if opts.Started != nil {
		if ended := opts.Started(l); ended != nil {
			defer ended()
		}
	}
	r := l.Run()
	failures := s.Verify(l, r)
	if got := string(r.Output); want != nil && *want != got {
		failures = append(failures, dsl.Failure{Output: true, Want: *want, Got: got,
			Message: outFile(path) + ": " + dsl.OutputDifference(*want, got)})
	}
	if opts.Update != nil && r.Ended != engine.Interrupted {
		if failures, err = o.update(opts.Update, failures); err != nil {
			o.Err = fileError{path, err}
			return
		}
	}
	if exploring := s.Exploring(); exploring != nil && len(failures) == 0 && r.Ended != engine.Interrupted {
		for _, text := range explore.Test(s, exploring, engineOptions) {
			failures = append(failures, dsl.Failure{Pos: exploring.Pos, Part: "explore", Message: text})
		}
	}
	o.Run = &report.Run{Name: s.Name, File: path, Result: r, Failures: reported(failures),
		Seed: engineOptions.Seed, Ties: engineOptions.Ties}
	o.Run.OK, o.Run.Wall = len(o.Run.Failures) == 0, time.Since(start)
}

// Failures returns the expectations that a finished run did not meet.
func Failures(s *dsl.Scenario, l *engine.Loop) []report.Failure {
	return reported(s.Verify(l, l.Result()))
}

func reported(failures []dsl.Failure) []report.Failure {
	var list []report.Failure
	for _, f := range failures {
		pos := engine.Pos{Line: int32(f.Pos.Line), Col: int32(f.Pos.Col)}
		list = append(list, report.Failure{Pos: pos, Message: f.Message, Diff: report.Diff(f.Want, f.Got)})
	}
	return list
}

// outFile returns the name of the file with the whole output of the scenario in path.
func outFile(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".out" }

// wholeOutput returns the output in the file beside the scenario, or nil if there is no such file.
func wholeOutput(path string) (*string, error) {
	data, err := os.ReadFile(outFile(path))
	if os.IsNotExist(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	text := string(data)
	return &text, nil
}

// update rewrites the expected outputs that differ, and returns the remaining failures. If anything else is not as
// expected, the actual output cannot be trusted, and nothing is rewritten.
func (o *Outcome) update(write func(path string, data []byte) error, failures []dsl.Failure) (left []dsl.Failure, err error) {
	otherwise := slices.ContainsFunc(failures, func(f dsl.Failure) bool { return !f.Output })
	for _, f := range failures {
		if otherwise {
			if f.Output {
				f.Message += "; it is not updated before all else is as expected"
			}
			left = append(left, f)
			continue
		}
		file, data, err := o.updated(f)
		if err != nil {
			f.Message += "; " + err.Error()
			left = append(left, f)
			continue
		}
		if err := write(file, data); err != nil {
			return nil, err
		}
		o.Updated = append(o.Updated, file)
	}
	return left, nil
}

// updated returns the name of the file that a failure is about, and its content with the actual output. The error says
// why it cannot be rewritten.
func (o *Outcome) updated(f dsl.Failure) (file string, data []byte, err error) {
	path := o.Scenario.Source.Name()
	if f.Pos.Line == 0 {
		return outFile(path), []byte(f.Got), nil
	}
	data, _, err = o.Scenario.SetOutput(f.Got)
	return path, data, err
}

// fileError is an error about a file.
type fileError struct {
	path string
	err  error
}

func (e fileError) Error() string { return e.path + ": " + e.err.Error() }
func (e fileError) Unwrap() error { return e.err }
