package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"runloop/scenarios"
)

func newShow(io streams) *cobra.Command {
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "Print a bundled scenario",
		Args:              oneArg("the name of a bundled scenario (see `runloop list`)"),
		ValidArgsFunction: completeBundled,
		RunE: func(_ *cobra.Command, args []string) error {
			data, ok := scenarios.Source(args[0])
			if !ok {
				return fmt.Errorf("there is no bundled scenario %q%s", args[0], didYouMean(args[0], scenarios.Names()))
			}
			_, err := io.Out.Write(data)
			return err
		},
	}
}
