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
			for i, group := range scenarios.Groups {
				if i > 0 {
					fmt.Fprintln(w, "\t")
				}
				fmt.Fprintf(w, "%s:\t\n", group.Title)
				for _, name := range group.Names {
					data, _ := scenarios.Source(name)
					s, err := bundledFolder().Load(name+".yaml", data)
					if err != nil {
						return defect(err)
					}
					fmt.Fprintf(w, "%s\t%s\n", name, s.Description)
				}
			}
			return w.Flush()
		},
	}
}
