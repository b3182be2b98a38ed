package main

import (
	"github.com/spf13/cobra"

	"runloop/dsl"
)

func newSchema(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenarios, for editors",
		Long: `schema prints the JSON Schema (draft 2020-12) of scenarios. Editors that speak to
yaml-language-server complete, explain and check a file that begins with

  # yaml-language-server: $schema=runloop.schema.json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.Out.Write(dsl.Schema())
			return err
		},
	}
}
