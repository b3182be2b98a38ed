// Package suite runs scenarios as tests. Each runs on the virtual clock and is compared with its expectations and with
// the file NAME.out beside NAME.yaml.
package suite

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/report"
)

// Outcome is the result of a scenario that was run as a test.
type Outcome struct {
	Scenario *dsl.Scenario // nil if the file cannot be run
	Run      *report.Run   // nil if it cannot be run with the given options
	Err      error         // why it cannot be run; a *dsl.LoadError has the places
	Updated  []string      // the files that were rewritten
}

// OK reports whether the scenario met all its expectations.
func (o *Outcome) OK() bool { return o.Err == nil && o.Run.OK }

// Text returns everything that went wrong, in lines. It is empty if the test passed.
func (o *Outcome) Text() string {
	if o.Err != nil {
		return strings.TrimSuffix(o.Err.Error(), "\n") + "\n"
	}
	return report.Problems(o.Run)
}

// Options says how a test is run. The zero value runs it as the file says.
type Options struct {
	dsl.RunOptions
	// Update rewrites a file with new content. If it is nil, outputs are compared and not updated.
	Update func(path string, data []byte) error
	// Started is called with the loop before it runs. It may be nil.
	Started func(l *engine.Loop)
}

// MaxOutput is the output in bytes that ends a test. It is much lower than the limit of a run, because the output of a
// test is kept.
const MaxOutput = 16 << 20

// Run runs the scenario in a file with the given bytes as a test. The clock is virtual whatever the file says.
func Run(path string, data []byte, opts Options) *Outcome {
	start := time.Now()
	s, err := dsl.Load(path, data)
	if err != nil {
		return &Outcome{Err: err}
	}
	o := &Outcome{Scenario: s}
	opts.Clock, opts.KeepOutput = "virtual", true
	if opts.Caps.Output == 0 {
		opts.Caps.Output = MaxOutput
	}
	engineOptions, err := s.Options(opts.RunOptions)
	if err != nil {
		o.Err = fileError{path, err}
		return o
	}
	want, err := wholeOutput(path)
	if err != nil {
		o.Err = err
		return o
	}
	l := engine.New(s.Program(), engineOptions)
	if opts.Started != nil {
		opts.Started(l)
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
			return o
		}
	}
	o.Run = &report.Run{Name: s.Name, File: path, Result: r, Failures: reported(failures),
		Seed: engineOptions.Seed, Ties: engineOptions.Ties}
	o.Run.OK, o.Run.Wall = len(o.Run.Failures) == 0, time.Since(start)
	return o
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
