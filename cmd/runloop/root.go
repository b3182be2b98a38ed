package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/internal/suite"
)

// streams is everything outside the command except files, so that tests can replace it and let it fail.
type streams struct {
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	Notify func(chan<- os.Signal, ...os.Signal) // signal.Notify
	Now    func() time.Time                     // time.Now, to measure how long tests take

	// Check and Test are dsl.Folder.Check and suite.Run, except in tests.
	Check func(in dsl.Folder, name string, data []byte) (*dsl.Source, dsl.Diagnostics)
	Test  func(path string, data []byte, options suite.Options) []*suite.Outcome
}

// machine returns the streams of the process.
func machine() streams {
	return streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Notify: signal.Notify, Now: time.Now, Check: dsl.Folder.Check, Test: suite.Run}
}

// emit prints a report. That it could not be made is a defect.
func (s streams) emit(data []byte, err error) error {
	if err != nil {
		return defect(err)
	}
	_, err = s.Out.Write(data)
	return err
}

// The exit codes. A run that a signal ended exits with 128 and the signal's number.
const (
	exitOK     = 0
	exitFailed = 1 // the scenario failed, or problems were found
	exitUsage  = 2 // the usage or the file is wrong, or output cannot be written
	exitDefect = 3 // a defect of runloop

	exitClosed = 128 + 13 // nobody reads the output any more; the code is that of a command ended by SIGPIPE
)

// exitError ends the command with a code. If err is nil, everything has been printed already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return fmt.Sprint(e.err) }
func (e *exitError) Unwrap() error { return e.err }

// defect returns the error for something that should be impossible.
func defect(err error) error { return &exitError{exitDefect, err} }

// run runs the command and returns its exit code.
func run(args []string, io streams) (code int) {
	ignoreSIGPIPE()
	out := &checkedWriter{w: io.Out}
	io.Out = out
	defer func() {
		if p := recover(); p != nil {
			code = sayDefect(io.Err, panicked(p))
		}
	}()
	// To complete a line cobra reads its flags twice.
	completing := len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
	root := newRoot(io, completing)
	root.SetArgs(args)
	err := root.Execute()
	var exit *exitError
	switch {
	case out.closed():
		return exitClosed
	case out.err.Load() != nil:
		fmt.Fprintf(io.Err, "runloop: cannot write the output: %v\n", cause(*out.err.Load()))
		return exitUsage
	case err == nil:
		return exitOK
	case !errors.As(err, &exit):
		fmt.Fprintf(io.Err, "runloop: %v\n", err)
		return exitUsage
	case exit.code == exitDefect:
		return sayDefect(io.Err, exit.err)
	case exit.err != nil:
		fmt.Fprintf(io.Err, "runloop: %v\n", exit.err)
	}
	return exit.code
}

// panicked returns a panic as an error with the stack trace. It must be called where the panic is recovered.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, bytes.TrimSpace(debug.Stack())) }

func sayDefect(w io.Writer, err error) int {
	fmt.Fprintf(w, "runloop: %s\n", defectText(err))
	return exitDefect
}

func defectText(err error) string {
	return fmt.Sprintf("this is a defect of runloop, please report it with the scenario: %v", err)
}

// cause returns the reason of an error, without the operation and the file.
func cause(err error) error {
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// checkedWriter remembers the first error of w, and writes nothing after it.
type checkedWriter struct {
	w   io.Writer
	err atomic.Pointer[error]
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	if err := c.err.Load(); err != nil {
		return 0, *err
	}
	n, err := c.w.Write(p)
	if err != nil {
		c.err.Store(&err)
	}
	return n, err
}

// closed reports whether the reader of w has closed it, as `head` does.
func (c *checkedWriter) closed() bool {
	err := c.err.Load()
	return err != nil && (errors.Is(*err, syscall.EPIPE) || errors.Is(*err, io.ErrClosedPipe))
}

// newRoot makes the command with its subcommands. Where a line is completed a flag may be given twice.
func newRoot(io streams, completing bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "runloop COMMAND",
		Short: "Run scenarios of concurrent behaviour on an exact event loop",
		Long: `runloop runs scenarios: YAML files that describe tasks, timers and callbacks as
Python's asyncio has them, on an event loop whose every run is the same.`,
		DisableFlagsInUseLine: true,
		SilenceErrors:         true,
		SilenceUsage:          true,
		Args:                  noArgs,
		RunE:                  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(io), newExplore(io), newFuzz(io), newRaces(io), newWhy(io), newTest(io), newValidate(io), newFmt(io), newExplain(io), newSchema(io), newNew(io), newDocs(io), newList(io), newShow(io), newSee(io), newExport(io), newLSP(io), newVersion(io))
	root.InitDefaultCompletionCmd()
	root.SetHelpCommand(newHelp(root))
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		cmd.DisableFlagsInUseLine = true
		completeFlags(cmd)
		if !completing {
			onlyOnce(cmd)
		}
		for _, sub := range cmd.Commands() {
			completeFlags(sub)
			if !completing {
				onlyOnce(sub)
			}
		}
		if cmd.HasSubCommands() { // for `completion` an unknown shell is an error, not a call for help
			cmd.Args, cmd.RunE = noArgs, root.RunE
		}
	}
	return root
}

// newHelp makes the help command. Unlike cobra's, it treats an unknown command as a mistake.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(root), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return noArgs(cmd, rest)
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}
