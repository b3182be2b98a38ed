// Package suite runs scenarios as tests: each on the virtual clock, compared with what it expects and with the file
// NAME.out beside NAME.yaml.
package suite

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"runloop/dsl"
	"runloop/engine"
	"runloop/report"
)

// Outcome is what came of a scenario that was run as a test.
type Outcome struct {
	Scenario *dsl.Scenario // nil: the file cannot be run
	Run      *report.Run   // nil: it cannot be run as it is asked to be
	Err      error         // why it cannot be run; a *dsl.LoadError says it with places
	Updated  []string      // the files that were rewritten
}

// OK reports whether the scenario came to all that it expects.
func (o *Outcome) OK() bool { return o.Err == nil && o.Run.OK }

// Text is everything that went wrong, in lines; empty where all is well.
func (o *Outcome) Text() string {
	if o.Err != nil {
		return strings.TrimSuffix(o.Err.Error(), "\n") + "\n"
	}
	return report.Problems(o.Run)
}

// Options says how a test is run. The zero value runs it as its file says.
type Options struct {
	dsl.RunOptions
	// Update rewrites a file with all that is in it now. nil: outputs are compared, not updated.
	Update func(path string, data []byte) error
	// Started is called with the loop before it runs; nil: nothing is.
	Started func(l *engine.Loop)
}

// Run runs the scenario in a file with the given bytes as a test. The clock is virtual whatever the file says.
func Run(path string, data []byte, opts Options) *Outcome {
	start := time.Now()
	s, err := dsl.Load(path, data)
	if err != nil {
		return &Outcome{Err: err}
	}
	o := &Outcome{Scenario: s}
	opts.Clock, opts.KeepOutput = "virtual", true
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
	if opts.Update != nil && r.Ended != engine.Interrupted {
		if want, err = o.update(opts.Update, string(r.Output), want); err != nil {
			o.Err = fileError{path, err}
			return o
		}
	}
	o.Run = &report.Run{Name: o.Scenario.Name, File: path, Loop: l, Failures: Failures(o.Scenario, l),
		Seed: engineOptions.Seed, Ties: engineOptions.Ties}
	if got := string(r.Output); want != nil && *want != got {
		out := outFile(path)
		o.Run.Failures = append(o.Run.Failures, report.Failure{
			Message: out + ": " + dsl.OutputDifference(*want, got), Want: *want, Got: got})
	}
	o.Run.OK, o.Run.Wall = len(o.Run.Failures) == 0, time.Since(start)
	return o
}

// Failures is what a run that has ended did not come to as expected.
func Failures(s *dsl.Scenario, l *engine.Loop) []report.Failure {
	var failures []report.Failure
	for _, f := range s.Verify(l, l.Result()) {
		pos := engine.Pos{Line: int32(f.Pos.Line), Col: int32(f.Pos.Col)}
		failures = append(failures, report.Failure{Pos: pos, Message: f.Message, Want: f.Want, Got: f.Got})
	}
	return failures
}

// outFile is the file with the whole output of the scenario in path.
func outFile(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".out" }

// wholeOutput is what the file beside the scenario says, nil: there is none.
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

// update rewrites the expected outputs that differ from got, and gives what the file beside the scenario says then.
func (o *Outcome) update(write func(path string, data []byte) error, got string, want *string) (*string, error) {
	path := o.Scenario.Source.Name()
	data, changed, err := o.Scenario.SetOutput(got)
	if err != nil {
		return want, err
	}
	if changed {
		if err := write(path, data); err != nil {
			return want, err
		}
		o.Updated = append(o.Updated, path)
		if o.Scenario, err = dsl.Load(path, data); err != nil {
			return want, err
		}
	}
	if want == nil || *want == got {
		return want, nil
	}
	if err := write(outFile(path), []byte(got)); err != nil {
		return want, err
	}
	o.Updated = append(o.Updated, outFile(path))
	return &got, nil
}

// fileError is an error with the file that it is about.
type fileError struct {
	path string
	err  error
}

func (e fileError) Error() string { return e.path + ": " + e.err.Error() }
func (e fileError) Unwrap() error { return e.err }
