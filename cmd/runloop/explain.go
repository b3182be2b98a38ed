package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"runloop/dsl"
)

func newExplain(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]...",
		Short: "Explain the codes of diagnostics",
		Long: `explain prints what a code such as RL0107 means, with a scenario that has the
problem and one in which it is mended. Without a code it lists all of them.`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return codeNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listCodes(io)
			}
			for i, arg := range args {
				code, err := codeNamed(arg)
				if err != nil {
					return err
				}
				if i > 0 {
					fmt.Fprintln(io.Out)
				}
				fmt.Fprint(io.Out, code.Page(1))
			}
			return nil
		},
	}
}

func listCodes(io streams) error {
	w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
	for _, c := range dsl.Codes {
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Code, c.Severity, c.Meaning)
	}
	return w.Flush()
}

func codeNamed(name string) (dsl.Code, error) {
	code, ok := dsl.CodeNamed(name)
	if !ok {
		return code, fmt.Errorf("there is no code %q%s", name, nearCode(name))
	}
	return code, nil
}

func nearCode(name string) string {
	if near := dsl.Suggest(name, codeNames()); near != "" {
		return ": did you mean " + near + "? `runloop explain` lists all of them"
	}
	return ": `runloop explain` lists them"
}

func codeNames() []string {
	names := make([]string, len(dsl.Codes))
	for i, c := range dsl.Codes {
		names[i] = c.Code
	}
	return names
}
