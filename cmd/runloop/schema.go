package main

import (
	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/internal/trace"
)

func newSchema(io streams) *cobra.Command {
	line := false
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenarios, for editors",
		Long: `schema prints the JSON Schema (draft 2020-12) of scenarios. Editors that speak to
yaml-language-server complete, explain and check a file that begins with

  # yaml-language-server: $schema=runloop.schema.json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			schema := dsl.Schema
			if line {
				schema = trace.Schema
			}
			return io.emit(schema(), nil)
		},
	}
	cmd.Flags().BoolVar(&line, "trace", false, "print that of a line of a trace, which run --trace writes")
	return cmd
}
