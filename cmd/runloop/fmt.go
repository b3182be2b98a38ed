package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/internal/suite"
)

// formatOptions holds the flags of `fmt`.
type formatOptions struct {
	write, list, diff bool
	onlyScenarios     bool // applies to files that are named, too
	stdinName         string
}

func newFmt(io streams) *cobra.Command {
	o := new(formatOptions)
	cmd := &cobra.Command{
		Use:   "fmt [FLAG]... FILE|DIR|PATTERN|-...",
		Short: "Lay scenarios out",
		Long: `fmt prints scenarios in the one layout that there is. With -w it writes them back
instead, with -d it prints what would change, with -l the names of the files that
would change. In a folder it takes the scenarios that validate takes.

Two spaces a level, lists indented under their keys, { a: 1 } with spaces and
[a, b] without. What stands in brackets stays there while it fits into a line of
120 columns and has no comments; else it becomes a block. Comments, the order of
keys, numbers and texts stay; one empty line at most stands between two steps.
Prettier at width 120 changes nothing in the result.

A file that is no YAML is left alone, and what is wrong with it is printed.

Exit codes: 0 all is well, 1 with -l or -d a file would change, 2 a file that is no
YAML, or cannot be read or written, 3 a defect of runloop.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(cmd, "an argument is missing: files or folders, or - for standard input")
			}
			if o.write && slices.Contains(args, "-") {
				return usageError(cmd, "-w writes files: standard input is none")
			}
			return nil
		},
		ValidArgsFunction: completeScenarioFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			return (&formatting{streams: io, formatOptions: o}).run(args)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&o.write, "write", "w", false, "write the files back instead of printing them")
	flags.BoolVarP(&o.diff, "diff", "d", false, "print what would change, as a diff")
	flags.BoolVarP(&o.list, "list", "l", false, "print the names of the files that would change")
	flags.BoolVar(&o.onlyScenarios, "only-scenarios", false,
		"skip named files without a line that begins with \"runloop:\", too")
	flags.StringVar(&o.stdinName, "stdin-filename", stdinName, "what messages call standard input, `NAME`")
	return cmd
}

// formatting is one run of `fmt`.
type formatting struct {
	streams
	*formatOptions
	inputs inputs
}

// formatted is the result for an input.
type formatted struct {
	src    *dsl.Source // nil if it could not be read
	edits  []dsl.Fix
	err    error // it could not be read, or is no YAML
	failed error // it could not be written
	other  bool  // the file is no scenario
	defect string
}

func (f *formatting) run(args []string) error {
	f.inputs.ifScenario = f.onlyScenarios
	for _, arg := range args {
		if arg == "-" {
			data, err := readAll(f.In)
			f.inputs.add(input{name: f.stdinName, data: data, err: err})
			continue
		}
		f.inputs.argument(arg)
	}
	results := make([]formatted, len(f.inputs.files))
	onAll(len(results), func(i int) { results[i] = f.format(f.inputs.files[i]) })
	f.inputs.noteEmpty(func(i int) bool { return !results[i].other })
	for _, problem := range f.inputs.empty {
		fmt.Fprintf(f.Err, "runloop: %s\n", problem)
	}
	code := exitOK
	if len(f.inputs.empty) > 0 {
		code = exitUsage
	}
	for i, r := range results {
		code = max(code, f.say(f.inputs.files[i].name, r))
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

// format lays one input out.
func (f *formatting) format(in input) (r formatted) {
	defer func() {
		if p := recover(); p != nil {
			r = formatted{defect: defectText(panicked(p))}
		}
	}()
	data, err := in.read()
	if err != nil {
		return formatted{err: fmt.Errorf("runloop: cannot read %s: %w", in.name, cause(err))}
	}
	if in.ifScenario && !suite.IsScenario(data) {
		return formatted{other: true}
	}
	r.src = dsl.NewSource(in.name, data)
	if r.edits, r.err = dsl.FormatEdits(r.src); r.err != nil {
		return formatted{err: r.err}
	}
	if f.write && len(r.edits) > 0 && in.path != "" {
		r.failed = suite.ReplaceFile(in.path, dsl.ApplyEdits(data, r.edits))
	}
	return r
}

// say prints the result for an input, and returns the exit code for it.
func (f *formatting) say(name string, r formatted) int {
	wrong := (*dsl.LoadError)(nil)
	switch {
	case r.defect != "":
		fmt.Fprintf(f.Err, "runloop: %s: %s\n", name, r.defect)
		return exitDefect
	case errors.As(r.err, &wrong):
		fmt.Fprintln(f.Err, wrong)
		return exitUsage
	case r.err != nil:
		fmt.Fprintln(f.Err, r.err)
		return exitUsage
	case r.failed != nil:
		fmt.Fprintf(f.Err, "runloop: cannot write %s: %v\n", name, cause(r.failed))
		return exitUsage
	case r.other:
		return exitOK
	}
	changes := len(r.edits) > 0
	if f.list && changes {
		fmt.Fprintln(f.Out, name)
	}
	if f.diff && changes {
		fmt.Fprint(f.Out, editDiff(r.src, r.edits))
	}
	if !f.list && !f.diff && !f.write {
		_, _ = f.Out.Write(dsl.ApplyEdits(r.src.Bytes(), r.edits)) // Out remembers the error
	}
	if changes && !f.write && (f.list || f.diff) {
		return exitFailed
	}
	return exitOK
}

// onAll calls f with the numbers below n, on all processors.
func onAll(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	defer fewerCollections()()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				f(i)
			}
		})
	}
	wait.Wait()
}
