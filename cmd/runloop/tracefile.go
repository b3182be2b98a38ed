package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"runloop/dsl"
	"runloop/internal/trace"
)

// traceFlags are the flags of `run` about its trace file.
type traceFlags struct{ path, from, to string }

func (f *traceFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "trace", "",
		"write the record of the run to a `file`: NAME.jsonl, NAME.json for Perfetto and Chrome, - for JSONL instead of the output")
	flags.StringVar(&f.from, "trace-from", "", "leave out of it what was before a loop `time`")
	flags.StringVar(&f.to, "trace-to", "", "leave out of it what was after a loop `time`")
}

// traceFormats is how a run is written to a file, by the ending of its name.
var traceFormats = []struct {
	ending string
	what   string
	write  func(*trace.Run, io.Writer, trace.FileOptions) error
}{
	{".jsonl", "JSONL", (*trace.Run).WriteJSONL},
	{".json", "Perfetto and Chrome", (*trace.Run).WriteEvents},
}

// traceFile is a trace file that is being written. The file gets its name when it is whole.
type traceFile struct {
	name   string // as it was given
	target string // the file; empty: standard output
	temp   *os.File
	part   trace.FileOptions
	write  func(*trace.Run, io.Writer, trace.FileOptions) error
}

// plan checks the flags. There is no file without --trace.
func (f *traceFlags) plan(cmd *cobra.Command, json bool) (*traceFile, error) {
	if f.path == "" {
		for _, name := range []string{"trace", "trace-from", "trace-to"} {
			if cmd.Flags().Changed(name) {
				return nil, usageError(cmd, "--"+name+" wants the name of a trace file: add --trace run.jsonl")
			}
		}
		return nil, nil
	}
	t := &traceFile{name: f.path, part: trace.Everything()}
	if err := f.times(cmd, &t.part); err != nil {
		return nil, err
	}
	if f.path == "-" {
		if json {
			return nil, usageError(cmd, "--trace - and --json both write to standard output: name a file, --trace run.jsonl")
		}
		t.write = traceFormats[0].write
		return t, nil
	}
	var known []string
	for _, format := range traceFormats {
		if strings.HasSuffix(f.path, format.ending) {
			t.write, t.target = format.write, f.path
		}
		known = append(known, format.ending+" for "+format.what)
	}
	if t.write == nil {
		return nil, usageError(cmd, fmt.Sprintf("--trace %s: the name says the format: it ends in %s; - is standard output",
			f.path, strings.Join(known, ", or ")))
	}
	return t, nil
}

// times reads --trace-from and --trace-to.
func (f *traceFlags) times(cmd *cobra.Command, part *trace.FileOptions) error {
	for _, flag := range []struct {
		name, text string
		to         *int64
	}{{"trace-from", f.from, &part.From}, {"trace-to", f.to, &part.To}} {
		if !cmd.Flags().Changed(flag.name) {
			continue
		}
		at, err := dsl.ParseDuration(flag.text)
		if err != nil {
			return usageError(cmd, fmt.Sprintf("--%s %s: %v", flag.name, flag.text, err))
		}
		*flag.to = at
	}
	if part.From > part.To {
		return usageError(cmd, fmt.Sprintf("--trace-from %s is after --trace-to %s: nothing is between them", f.from, f.to))
	}
	return nil
}

// open makes the file before the run, so that a name that cannot be written is not found out after it. What is there already is
// replaced at the end; what is no regular file, such as a named pipe, is written as it is.
func (t *traceFile) open() (err error) {
	if t.target == "" {
		return nil
	}
	if real, err := filepath.EvalSymlinks(t.target); err == nil {
		t.target = real
	}
	mode := os.FileMode(0o666)
	switch there, err := os.Stat(t.target); {
	case err == nil && there.IsDir():
		return t.failed(errors.New("it is a folder"))
	case err == nil && !there.Mode().IsRegular():
		t.temp, err = os.OpenFile(t.target, os.O_WRONLY, 0)
		return t.failed(err)
	case err == nil:
		mode = there.Mode().Perm()
	}
	for n := 0; ; n++ {
		t.temp, err = os.OpenFile(fmt.Sprintf("%s.%d.tmp", t.target, n), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, os.ErrExist) || n == 100 {
			return t.failed(err)
		}
	}
}

// failed says which file an error is about.
func (t *traceFile) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--trace %s: %w", t.name, cause(err))
}

// finish writes the record of the run.
func (t *traceFile) finish(r *trace.Run, out io.Writer) error {
	if t.target == "" {
		return t.write(r, out, t.part)
	}
	err := t.write(r, t.temp, t.part)
	if closed := t.temp.Close(); err == nil {
		err = closed
	}
	name := t.temp.Name()
	t.temp = nil
	if name == t.target {
		return t.failed(err)
	}
	if err == nil {
		err = os.Rename(name, t.target)
	}
	if err != nil {
		os.Remove(name)
	}
	return t.failed(err)
}

// discard removes what finish has not made a trace file of.
func (t *traceFile) discard() {
	if t == nil || t.temp == nil {
		return
	}
	t.temp.Close()
	if t.temp.Name() != t.target {
		os.Remove(t.temp.Name())
	}
}
