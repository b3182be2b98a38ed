package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
)

// setupFlags holds the flags that say how a scenario is run, for the commands that explain a run.
type setupFlags struct{ run runFlags }

// add adds the flags. A run that is to be explained can be repeated, so the clock is the virtual one.
func (f *setupFlags) add(cmd *cobra.Command) {
	f.run.clock = choice{of: []string{"virtual", "real"}, value: "virtual"}
	f.run.ties, f.run.python = choice{of: engine.TiesWords}, choice{of: engine.PythonWords}
	f.run.quiet = true
	flags := cmd.Flags()
	f.run.addSetup(flags)
	for name, c := range map[string]*choice{"ties": &f.run.ties, "python": &f.run.python} {
		if err := cmd.RegisterFlagCompletionFunc(name, c.complete); err != nil {
			panic(err)
		}
	}
}

// addSetup adds the flags that say how a scenario is run, but for those of the real clock.
func (f *runFlags) addSetup(flags *pflag.FlagSet) {
	flags.Var(&f.ties, "ties", "the order of timers of one instant (default what the file says)")
	flags.StringVar(&f.schedule, "schedule", "", "repeat a `schedule` that explore has found")
	flags.BoolVar(&f.anyway, "schedule-anyway", false, "do so even if the scenario has changed since: what does not fit goes on as usual")
	f.addValues(flags)
}

// addValues adds the flags that say what a scenario is run with.
func (f *runFlags) addValues(flags *pflag.FlagSet) {
	flags.Var(&f.python, "python", "the Python whose asyncio it is equal to (default what the file says, or the newest)")
	flags.Uint64Var(&f.seed, "seed", 0, "key of all draws, 0 or more (default what the file says)")
	flags.StringArrayVar(&f.params, "param", nil, "give a run parameter a value: `name=value`; repeatable")
	addRoot(flags, &f.root)
	flags.StringVar(&f.ofCase, "case", "", "run the `NAME` among the scenario's cases, with its settings and expectations")
	flags.StringVar(&f.paramFile, "params", "", "YAML `file` of run parameters: name: value; --param goes before it")
	flags.StringArrayVar(&f.limits, "limit", nil,
		"cap a limit: `name=value` with "+strings.Join(engine.LimitWords, ", ")+"; repeatable")
}

// addVirtual adds the flags that say what a scenario is run with, for a command that runs it many times on the virtual clock.
func (f *runFlags) addVirtual(cmd *cobra.Command) {
	f.clock, f.quiet = choice{of: []string{"virtual", "real"}, value: "virtual"}, true
	f.python = choice{of: engine.PythonWords}
	f.addValues(cmd.Flags())
	if err := cmd.RegisterFlagCompletionFunc("python", f.python.complete); err != nil {
		panic(err)
	}
}

// sayVirtual says that a scenario of the real clock is run on the virtual one.
func (f *runFlags) sayVirtual(cmd *cobra.Command, io streams, s *dsl.Scenario) {
	if s.IsReal() {
		fmt.Fprintf(io.Err, "%s is for the real clock: %s runs it on the virtual one, where no timer is late of itself and no step takes time\n",
			s.Source.Name(), cmd.Name())
	}
}

// recorded runs the scenario that arg names with that record, and reads it. A run that failed, or came to a limit, is
// explained as any other.
func (f *setupFlags) recorded(cmd *cobra.Command, io streams, arg string, record *engine.Trace) (*dsl.Scenario, *trace.Run, error) {
	debug.SetGCPercent(50) // a long record should not need twice its memory
	s, _, err := f.run.load(arg, io)
	if err != nil {
		return nil, nil, err
	}
	opts, err := f.run.options(cmd, s, io.Now())
	if err != nil {
		return nil, nil, err
	}
	opts.KeepOutput, opts.Trace = true, record
	loop := engine.New(s.Program(), opts)
	if _, err := execute(loop, io); err != nil {
		return nil, nil, err
	}
	return s, trace.New(loop, opts.Trace, f.run.source(s, s.Program(), &opts)), nil
}

// source is what a record does not hold.
func (f *runFlags) source(s *dsl.Scenario, program *engine.Program, opts *engine.Options) trace.Source {
	params, _ := f.givenParams() // options has read them
	return trace.Source{Name: s.Name, File: s.Source.Name(), Text: s.Source.Bytes(), Program: program, Seed: opts.Seed,
		Ties: opts.Ties, Params: params}
}
