package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"runloop/scenarios"
)

func newList(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the bundled scenarios",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
			for _, name := range scenarios.Names() {
				data, _ := scenarios.Source(name)
				s, err := bundledFolder().Load(name+".yaml", data)
				if err != nil {
					return defect(err)
				}
				fmt.Fprintf(w, "%s\t%s\n", name, s.Description)
			}
			return w.Flush()
		},
	}
}
