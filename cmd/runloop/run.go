package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/report"
	"runloop/internal/suite"
	"runloop/internal/trace"
)

// runFlags holds the flags of `run`.
type runFlags struct {
	clock, ties, python choice
	speed               float64
	seed                uint64
	params              []string
	paramFile           string
	ofCase              string
	limits              []string
	summary             bool
	json                bool
	tasksAt             string
	races               bool
	quiet               bool
	live                bool
	bundle              bool
	root                string
	mayBeLibrary        bool // a file with definitions only is no error
	stats               bool
	statsFile           string
	monitor             monitorFlags
	trace               traceFlags
	schedule            string
	anyway              bool
}

func newRun(io streams) *cobra.Command {
	f := runFlags{
		clock:  choice{of: []string{"virtual", "real", bothClocks}},
		ties:   choice{of: engine.TiesWords},
		python: choice{of: engine.PythonWords},
	}
	cmd := &cobra.Command{
		Use:   "run [flags] FILE|NAME|-",
		Short: "Run a scenario",
		Long: `run runs a scenario: a file, a bundled one by its name, or - for standard input.
What the scenario prints goes to standard output, everything else to standard error,
warnings about the file first.

--clock both runs it on the virtual and on the real clock, prints nothing of its output, and
says whether their turns are the same, or the first that differ and why each came; how late
the timers of the real run were; and which --late of explore covers that. Exit code 1 if
they differ.

With --json, a scenario that is not run, or not with these parameters, gives an object too:
{"file", "ok": false, "problems"}, with the problems as of validate.

Exit codes: 0 fine; 1 the scenario failed: an expectation, an error that nothing
took, a deadlock, a limit; 2 the file or the usage is wrong, or output cannot be
written; 3 a defect of runloop; 130 and 143 ended by Ctrl-C and SIGTERM, 141 nobody
reads the output any more. A signal stops the loop as ` + "`stop`" + ` does, between two instructions, and says where; a
second one breaks off what is cleaned up then, and says where.`,
		Args:              oneArg("a file, the name of a bundled scenario (see `runloop list`), or -"),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, io, args[0]) },
	}
	flags := cmd.Flags()
	flags.Var(&f.clock, "clock", "how time passes: jump, or wait; both compares them (default what the file says)")
	flags.Float64Var(&f.speed, "speed", 1, "how many times faster the real clock runs")
	f.addSetup(flags)
	flags.BoolVar(&f.summary, "summary", false, "say how the run went, on standard error")
	flags.BoolVar(&f.json, "json", false, "print one JSON object with everything, instead of the output")
	flags.StringVar(&f.tasksAt, "tasks-at", "",
		"print the task tree at a loop `time`, on standard error: what each task waits for, where and since when")
	flags.BoolVar(&f.stats, "stats", false,
		"print what was counted and measured of objects and coroutines, on standard error: waits, lengths of lines, utilisations")
	flags.StringVar(&f.statsFile, "stats-file", "", "write that into a `file`: .json, .csv, .txt with the tables, or .html with the histograms and slots of time of metrics as pictures")
	f.monitor.add(flags)
	flags.BoolVar(&f.races, "check-races", false,
		"report lost updates of shared variables, and context variables that a call leaves changed")
	flags.BoolVar(&f.bundle, "bundle", false,
		"do not run it: print it as one file, with the definitions that it includes among its own")
	flags.BoolVar(&f.live, "live", false, "on the real clock: show a table of the tasks below the output while it runs")
	f.trace.add(flags)
	flags.BoolVar(&f.quiet, "quiet", false, "show no warnings about the file")
	for name, c := range map[string]*choice{"clock": &f.clock, "ties": &f.ties, "python": &f.python} {
		if err := cmd.RegisterFlagCompletionFunc(name, c.complete); err != nil {
			panic(err)
		}
	}
	return cmd
}

// run runs the scenario that arg names and reports the result.
func (f *runFlags) run(cmd *cobra.Command, io streams, arg string) error {
	if f.clock.value == bothClocks {
		return f.both(cmd, io, arg)
	}
	f.mayBeLibrary = f.bundle
	s, warnings, err := f.load(arg, io)
	if err != nil {
		return err
	}
	if f.bundle {
		data, err := s.Bundle()
		if err != nil {
			return fmt.Errorf("%s: %w", s.Source.Name(), err)
		}
		_, err = io.Out.Write(data)
		return err
	}
	start := time.Now()
	opts, err := f.options(cmd, s, start)
	if err != nil {
		return f.refused(err, s.Source.Name(), io)
	}
	opts.Statistics = f.stats || f.statsFile != ""
	if f.statsFile != "" && statForm(f.statsFile) == nil {
		return usageError(cmd, "--stats-file "+f.statsFile+": its name ends in .json, .csv, .txt or .html")
	}
	if err := f.monitor.plan(cmd); err != nil {
		return err
	}
	file, err := f.trace.plan(cmd, f.json)
	if err != nil {
		return err
	}
	if !f.json && f.trace.path != "-" {
		opts.Output = io.Out
	}
	var view *live
	if f.live {
		if view, err = f.newLive(cmd, io.Out, &opts); err != nil {
			return err
		}
	}
	opts.KeepOutput = f.json || file != nil || s.ExpectsOutput()
	var tree *tasksAt
	if f.tasksAt != "" {
		at, err := dsl.ParseDuration(f.tasksAt)
		if err != nil {
			return usageError(cmd, fmt.Sprintf("--tasks-at %s: %v", f.tasksAt, err))
		}
		tree = &tasksAt{at: at, file: s.Source.Name()}
		opts.Trace = &engine.Trace{Last: 1, Hook: tree.see}
	}
	program := s.Program()
	if f.races {
		if program, err = s.Watched(); err != nil {
			return defect(err)
		}
	}
	opts.KeepTasks = f.json
	if file != nil {
		if opts.Trace == nil {
			opts.Trace = &engine.Trace{}
		}
		opts.Trace.Last, opts.Trace.Values, file.part.Real = 0, true, opts.Clock != nil
		if err := file.open(); err != nil {
			return err
		}
		defer file.discard()
	}
	var tables []*tableFile
	if opts.Monitor, tables, err = f.monitor.begin(); err != nil {
		return errors.Join(err, closeTables(tables))
	}
	loop := engine.New(program, opts)
	if view != nil {
		view.loop = loop
	}
	sig, err := execute(loop, io)
	if err != nil {
		return err
	}
	tablesErr := closeTables(tables)
	if view != nil {
		view.end()
	}
	res := loop.Result()
	if res.WriteError != nil {
		return res.WriteError // the run was broken off at that error
	}
	r := &report.Run{
		Name: s.Name, File: s.Source.Name(), Result: res, Failures: suite.Failures(s, loop), Real: opts.Clock != nil,
		Seed: opts.Seed, Ties: opts.Ties, Wall: time.Since(start),
		Warnings: warnings.report(s.Source.Name()), See: seeCommand(cmd, arg),
	}
	r.OK = len(r.Failures) == 0 && len(res.Races) == 0 && len(res.Leaks) == 0
	if f.json {
		r.Final = loop.Final()
	}
	if opts.Statistics {
		r.Stats = &report.Statistics{Unit: loop.Unit().Symbol, List: loop.Statistics()}
	}
	if err := errors.Join(f.writeStats(r), tablesErr); err != nil {
		return err
	}
	if tree != nil {
		fmt.Fprint(io.Err, tree.text)
	}
	if file != nil {
		err = file.finish(trace.New(loop, opts.Trace, f.source(s, program, &opts)), io.Out)
	}
	if failed := f.report(io, r, sig); err == nil {
		err = failed
	}
	return err
}

// report prints the result of the run and returns the error that ends the command, if any.
func (f *runFlags) report(io streams, r *report.Run, sig os.Signal) error {
	if f.json {
		if err := io.emit(report.JSON(r)); err != nil {
			return err
		}
	}
	fmt.Fprint(io.Err, report.Problems(r))
	if f.summary {
		fmt.Fprint(io.Err, report.Summary(r))
	}
	if f.stats && !f.json {
		fmt.Fprint(io.Err, r.Stats.Text())
	}
	if n, ok := sig.(syscall.Signal); ok && r.Result.Ended == engine.Interrupted {
		return &exitError{code: signalExit(n)}
	}
	if !r.OK {
		return &exitError{code: exitFailed}
	}
	return nil
}

// statForm is how a file of statistics is written, by the end of its name; nil: it has none that is known.
func statForm(name string) func(r *report.Run) ([]byte, error) {
	switch filepath.Ext(name) {
	case ".json":
		return func(r *report.Run) ([]byte, error) { return r.Stats.JSON() }
	case ".csv":
		return func(r *report.Run) ([]byte, error) { return []byte(r.Stats.CSV()), nil }
	case ".txt":
		return func(r *report.Run) ([]byte, error) { return []byte(r.Stats.Text()), nil }
	case ".html":
		return statPage
	}
	return nil
}

// writeStats writes the file of --stats-file, if there is to be one.
func (f *runFlags) writeStats(r *report.Run) error {
	if f.statsFile == "" {
		return nil
	}
	text, err := statForm(f.statsFile)(r)
	if err == nil {
		err = os.WriteFile(f.statsFile, text, 0o666)
	}
	if err != nil {
		return fmt.Errorf("--stats-file %s: %w", f.statsFile, cause(err))
	}
	return nil
}

// tasksAt keeps the text of the task tree at the moment when the clock is about to leave loop time
// at, or when the run ends earlier.
type tasksAt struct {
	at   int64 // nanoseconds
	file string
	text string // the tree; empty before that time
}

// see keeps the tree at the first iteration after at, or at the end of the run.
func (o *tasksAt) see(l *engine.Loop, r *engine.Rec) {
	ended := r.Kind == engine.RecPhase && r.Aux == engine.PhaseEnded
	if due := ended || r.Kind == engine.RecIteration && r.Arg > o.at; due && o.text == "" {
		o.text = report.TasksAt(o.file, l.Result().Files, o.at, l.Now(), l.Tasks())
	}
}

// signalExit returns the exit code of a command that a signal ended.
func signalExit(n syscall.Signal) int { return 128 + int(n) }

// load reads, checks and compiles the scenario, and prints its errors and warnings.
func (f *runFlags) load(arg string, io streams) (s *dsl.Scenario, warnings *checked, err error) {
	from, err := readScenario(arg, f.root, io.In)
	if err != nil {
		return nil, nil, err
	}
	defer fewerCollections()()
	name := from.name
	s, err = from.folder.Load(name, from.data)
	var wrong *dsl.LoadError
	switch {
	case errors.As(err, &wrong):
		return nil, nil, f.invalid(wrong, io)
	case err != nil:
		return nil, nil, defect(err)
	}
	if s.IsLibrary() && !f.mayBeLibrary {
		return nil, nil, f.refused(libraryError(s), name, io)
	}
	if f.ofCase != "" {
		if s, err = s.Case(f.ofCase); err != nil {
			return nil, nil, f.refused(err, name, io)
		}
	}
	warnings = &checked{src: s.Source, diags: s.Warnings()}
	if !f.quiet {
		for _, d := range warnings.diags {
			fmt.Fprint(io.Err, s.Source.Format(d))
		}
	}
	return s, warnings, nil
}

// libraryError says what a file is that has definitions only.
func libraryError(s *dsl.Scenario) error {
	var names []string
	for _, d := range s.Coroutines {
		names = append(names, "the coroutine `"+d.Name.Text+"`")
	}
	for _, d := range s.Callbacks {
		names = append(names, "the callback `"+d.Name.Text+"`")
	}
	for _, d := range s.Functions {
		names = append(names, "the function `"+d.Name.Text+"`")
	}
	more := ""
	if n := len(names) - 6; n > 0 {
		names, more = names[:6], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Errorf("%s is a library, there is nothing to run in it: it has %s%s, which a scenario can `include`",
		s.Source.Name(), strings.Join(names, ", "), more)
}

// invalid prints what is wrong with a file that cannot be run.
func (f *runFlags) invalid(wrong *dsl.LoadError, io streams) error {
	shown := &dsl.LoadError{Source: wrong.Source, Diagnostics: mostSevere(wrong.Diagnostics, maxShown)}
	fmt.Fprintln(io.Err, shown)
	if left := len(wrong.Diagnostics) - len(shown.Diagnostics); left > 0 {
		fmt.Fprintf(io.Err, "%s: %s more; `runloop validate --max-problems=0` shows all\n", wrong.Source.Name(), count(left, "problem"))
	}
	if f.json {
		c := (&checked{src: wrong.Source, diags: wrong.Diagnostics}).report(wrong.Source.Name())
		if err := io.emit(report.InvalidJSON(&c)); err != nil {
			return err
		}
	}
	return &exitError{code: exitUsage}
}

// refused prints, with --json, why the scenario is not run with what the flags give, and returns the error.
func (f *runFlags) refused(err error, file string, io streams) error {
	if !f.json {
		return err
	}
	c := report.Check{File: file, Refused: err.Error()}
	var wrong *dsl.LoadError
	if errors.As(err, &wrong) {
		c = (&checked{src: wrong.Source, diags: wrong.Diagnostics}).report(wrong.Source.Name())
	}
	if failed := io.emit(report.InvalidJSON(&c)); failed != nil {
		return failed
	}
	return err
}

// options returns the engine's options for the run.
func (f *runFlags) options(cmd *cobra.Command, s *dsl.Scenario, now time.Time) (engine.Options, error) {
	run, err := f.runOptions(cmd, now)
	if err != nil {
		return engine.Options{}, err
	}
	opts, err := s.Options(run)
	if err == nil && cmd.Flags().Changed("speed") && opts.Clock == nil {
		err = usageError(cmd, "--speed is for the real clock: add --clock real")
	}
	if err == nil {
		err = f.scheduled(s, &opts)
	}
	return opts, err
}

// runOptions is what the flags say about the run.
func (f *runFlags) runOptions(cmd *cobra.Command, now time.Time) (run dsl.RunOptions, err error) {
	_, zone := now.Zone() // a wall clock shows local time
	run = dsl.RunOptions{Ties: f.ties.value, Python: f.python.value, Clock: f.clock.value, WallClock: now.UnixNano() + int64(zone)*1e9}
	if cmd.Flags().Changed("seed") {
		run.Seed = &f.seed
	}
	if cmd.Flags().Changed("speed") {
		if run.Speed = f.speed; !(f.speed > 0) || math.IsInf(f.speed, 0) {
			return run, usageError(cmd, fmt.Sprintf("--speed %v: it must be above 0", f.speed))
		}
	}
	if run.Params, err = f.givenParams(); err != nil {
		return run, err
	}
	run.Caps, err = limitCaps(f.limits)
	return run, err
}

// givenParams returns the values of run parameters from --params and --param.
func (f *runFlags) givenParams() (map[string]string, error) {
	given := map[string]string{}
	if f.paramFile != "" {
		data, err := readFile(f.paramFile)
		if err != nil {
			return nil, fmt.Errorf("--params %s: %w", f.paramFile, cause(err))
		}
		if given, err = dsl.ReadParams(f.paramFile, data); err != nil {
			return nil, err
		}
	}
	single, err := paramValues(f.params)
	maps.Copy(given, single)
	return given, err
}

// paramValues parses the values of --param. `@FILE.csv` stands for the rows of a file.
func paramValues(texts []string) (map[string]string, error) {
	given := map[string]string{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--param %s: write --param name=value", text)
		}
		if file, ok := strings.CutPrefix(value, "@"); ok && strings.HasSuffix(file, ".csv") {
			rows, err := csvParam(file)
			if err != nil {
				return nil, fmt.Errorf("--param %s: %w", text, err)
			}
			value = rows
		}
		given[name] = value
	}
	return given, nil
}

// limitCaps parses the values of --limit.
func limitCaps(texts []string) (engine.Limits, error) {
	var caps engine.Limits
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		limit, known := engine.ParseLimit(name)
		switch {
		case !ok:
			return caps, fmt.Errorf("--limit %s: write --limit name=value, such as steps=1000", text)
		case !known:
			return caps, fmt.Errorf("--limit %s: there is no limit %q%s", text, name, didYouMean(name, engine.LimitWords))
		}
		field, err := caps.Of(limit), error(nil)
		if limit == engine.LimitTime {
			*field, err = dsl.ParseDuration(value)
		} else if *field, err = strconv.ParseInt(value, 10, 64); err != nil {
			err = fmt.Errorf("%q is no integer", value)
		}
		if err == nil && *field <= 0 {
			err = errors.New("it must be above 0")
		}
		if err != nil {
			return caps, fmt.Errorf("--limit %s: %w", text, err)
		}
	}
	return caps, nil
}

// fewerCollections makes the garbage collector run less often until the function that it returns is called. Where many files
// are read, much is allocated and little is kept: it takes a quarter to a third of the time.
func fewerCollections() (restore func()) {
	percent := debug.SetGCPercent(400)
	return func() { debug.SetGCPercent(percent) }
}

// memoryTarget is the memory in bytes above which the garbage collector works harder. With it, a run within the
// default limits keeps the process below 1.5 GiB.
const memoryTarget = 1 << 30

// lastWord is how long a run may take after the second signal to say where it was. It may hang in a write.
const lastWord = time.Second

// execute runs the loop to its end. The first signal stops it, and the second breaks off its clean-up. If it does not
// respond, or on a third signal, execute returns while the run goes on. sig is the last signal that came, or nil if
// there was none.
func execute(l *engine.Loop, io streams) (sig os.Signal, err error) {
	debug.SetMemoryLimit(memoryTarget)
	signals := make(chan os.Signal, 2)
	io.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				ended <- defect(panicked(p))
			}
		}()
		l.Run()
		ended <- nil
	}()
	var late <-chan time.Time
	for n := 1; ; n++ {
		select {
		case err := <-ended:
			return sig, err
		case <-late:
			return sig, leftAlone(sig)
		case sig = <-signals:
			switch n {
			case 2:
				late = time.After(lastWord)
			case 3:
				return sig, leftAlone(sig)
			}
			l.Interrupt()
		}
	}
}

// leftAlone returns the error that ends the command while the run goes on.
func leftAlone(sig os.Signal) error {
	n, _ := sig.(syscall.Signal)
	return &exitError{code: signalExit(n), err: errors.New("the run does not answer: it is broken off where it is")}
}
