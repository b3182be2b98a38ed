package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/scenarios"
)

// Completion of arguments and flags in the shell. What is half written there is completed as far as it can be read: what
// cannot be, or a scenario with mistakes, offers nothing.

// nothing ends a completion that offers no files.
const nothing = cobra.ShellCompDirectiveNoFileComp

// completeBundled offers the bundled scenarios.
func completeBundled(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, nothing
	}
	return scenarios.Names(), nothing
}

// completeScenario offers the bundled scenarios and the files that are scenarios, for a command that takes one.
func completeScenario(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, nothing
	}
	return completeScenarios(cmd, args, begun)
}

// completeScenarios offers the same for a command that takes several.
func completeScenarios(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	files, directive := completeScenarioFiles(cmd, args, begun)
	if strings.ContainsRune(begun, filepath.Separator) {
		return files, directive
	}
	return append(scenarios.Names(), files...), nothing
}

// completeScenarioFiles offers the files that are scenarios, and folders, in the folder that the begun path names.
func completeScenarioFiles(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	folder, start := filepath.Split(begun)
	entries, err := os.ReadDir("./" + folder)
	if filepath.IsAbs(folder) {
		entries, err = os.ReadDir(folder)
	}
	if err != nil {
		return nil, nothing
	}
	var list []string
	directive := nothing
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, start) || strings.HasPrefix(name, ".") && start == "" {
			continue
		}
		switch path := folder + name; {
		case isFolder(path):
			list = append(list, path+string(filepath.Separator))
			directive = nothing | cobra.ShellCompDirectiveNoSpace
		case isScenarioFile(path):
			list = append(list, path)
		}
	}
	return list, directive
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isScenarioFile(path string) bool {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".yaml" && ext != ".yml" {
		return false
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	data, err := readFile(path)
	return err == nil && dsl.IsScenario(data)
}

// completeFlags adds the completions of flags that several commands have.
func completeFlags(cmd *cobra.Command) {
	for name, complete := range map[string]cobra.CompletionFunc{
		"param": completeParam, "case": completeCase, "limit": completeLimit, "seed": cobra.NoFileCompletions,
	} {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // it has another already
		}
	}
}

// named loads the scenario that a half written command line names, nil if there is none without mistakes.
func named(cmd *cobra.Command, args []string) *dsl.Scenario {
	if len(args) == 0 || args[0] == "-" {
		return nil
	}
	root, _ := cmd.Flags().GetString("root") // a command without it includes from below the file's folder
	from, err := readScenario(args[0], root, nil)
	if err != nil {
		return nil
	}
	s, err := from.folder.Load(from.name, from.data)
	if err != nil {
		return nil
	}
	return s
}

// completeParam offers the scenario's run parameters.
func completeParam(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var list []string
	if s := named(cmd, args); s != nil {
		for _, p := range s.Params {
			help := p.Description
			if help == "" {
				help = p.TypeWord()
			}
			list = append(list, cobra.CompletionWithDesc(p.Name.Text+"=", help))
		}
	}
	return list, nothing | cobra.ShellCompDirectiveNoSpace
}

// completeCase offers the scenario's cases.
func completeCase(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var list []string
	if s := named(cmd, args); s != nil {
		for _, c := range s.File.Cases {
			list = append(list, c.Name.Text)
		}
	}
	return list, nothing
}

// completeLimit offers the names of the limits.
func completeLimit(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, w := range engine.LimitWords {
		list = append(list, w+"=")
	}
	return list, nothing | cobra.ShellCompDirectiveNoSpace
}

// completeListed offers names of the scenario, after the last comma.
func completeListed(of func(*engine.Program) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		var list []string
		if s := named(cmd, args); s != nil {
			for _, n := range of(s.Program()) {
				list = append(list, before+n)
			}
		}
		return list, nothing | cobra.ShellCompDirectiveNoSpace
	}
}
