package main

import (
	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
)

// newExport makes `runloop export`, which writes scenarios as programs for other runtimes.
func newExport(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write a scenario as a program for another runtime",
		Args:  noArgs,
	}
	cmd.AddCommand(newExportPython(io))
	return cmd
}

func newExportPython(io streams) *cobra.Command {
	ties := choice{of: []string{engine.TiesFIFO.String(), engine.TiesHeapq.String()}}
	version := choice{of: engine.PythonWords}
	var opts dsl.PythonOptions
	var seed uint64
	var params []string
	var root string
	cmd := &cobra.Command{
		Use:   "python [flags] FILE|NAME|-",
		Short: "Write a scenario as a program for Python and its asyncio",
		Long: `python prints a scenario as one program for Python and its asyncio, of the version that
the file names or the newest. It runs on the machine's clock, or with --virtual on a
clock of its own that takes no time: it then prints what ` + "`runloop run`" + ` prints, byte
for byte.

Exit codes: 0 fine; 2 the file or the usage is wrong, or the scenario has something
that asyncio has no counterpart for.`,
		Args:              oneArg("a file, the name of a bundled scenario (see `runloop list`), or -"),
		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := (&runFlags{root: root}).load(args[0], io)
			if err != nil {
				return err
			}
			if opts.Params, err = (&runFlags{params: params}).givenParams(); err != nil {
				return usageError(cmd, err.Error())
			}
			opts.Version = version.value
			if opts.Ties = ties.value; cmd.Flags().Changed("seed") {
				opts.Seed = &seed
			}
			program, err := s.Python(opts)
			if err != nil {
				return err
			}
			_, err = io.Out.Write(program)
			return err
		},
	}
	flags := cmd.Flags()
	addRoot(flags, &root)
	flags.BoolVar(&opts.Virtual, "virtual", false, "bring a virtual clock along")
	flags.Var(&ties, "ties", "with --virtual: the order of timers of one instant (default what the file says)")
	flags.Var(&version, "python", "the version of Python that it is for (default what the file says, or the newest)")
	flags.Uint64Var(&seed, "seed", 0, "key of all draws, 0 or more (default what the file says)")
	flags.StringArrayVar(&params, "param", nil, "give a run parameter a value: `name=value`; repeatable")
	for name, c := range map[string]*choice{"ties": &ties, "python": &version} {
		if err := cmd.RegisterFlagCompletionFunc(name, c.complete); err != nil {
			panic(err)
		}
	}
	return cmd
}
