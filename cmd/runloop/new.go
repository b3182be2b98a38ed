package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// The scenarios to start from. NAME stands for the name.
var (
	//go:embed starter_tasks.yaml
	starterTasks string
	//go:embed starter_queue.yaml
	starterQueue string
)

func newNew(io streams) *cobra.Command {
	template := choice{of: []string{"tasks", "queue"}, value: "tasks"}
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Write a scenario to begin with",
		Long: `new writes NAME.yaml: a small scenario with comments, which runs and is its own test.
NAME may be a path. A file that is there is never overwritten. With ` + "`--template queue`" + ` it is a model of
customers who wait for desks, for simulations.`,
		Args:              oneArg("the name of the new file, with or without .yaml"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			path := args[0]
			if ext := strings.ToLower(filepath.Ext(path)); ext != ".yaml" && ext != ".yml" {
				path += ".yaml"
			}
			starter := starterTasks
			if template.value == "queue" {
				starter = starterQueue
			}
			if err := writeNew(path, starter); err != nil {
				return err
			}
			word, stats := shellWord(path), ""
			if template.value == "queue" {
				stats = " --stats"
			}
			_, err := fmt.Fprintf(io.Out, "wrote %s: try `runloop run%s %s` and `runloop test %s`\n", path, stats, word, word)
			return err
		},
	}
	cmd.Flags().Var(&template, "template", "what it shows: tasks of an event loop, or a queue of customers")
	if err := cmd.RegisterFlagCompletionFunc("template", template.complete); err != nil {
		panic(err)
	}
	return cmd
}

// writeNew writes a starter to a path where no file exists.
func writeNew(path, starter string) error {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name", path)
	} else if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, cause(err))
	}
	_, err = f.WriteString(strings.Replace(starter, "NAME", quoteYAML(name), 1))
	return errors.Join(err, f.Close())
}

// shellWord quotes a path so that a shell takes it for one word.
func shellWord(path string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:,@%="
	if strings.Trim(path, plain) == "" && path != "" && path[0] != '-' {
		return path
	}
	if path != "" && path[0] == '-' {
		path = "./" + path // otherwise it is taken for a flag
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// quoteYAML returns a name as a YAML scalar.
func quoteYAML(name string) string {
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
	if plain && strings.ContainsAny(name[:1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") && name != "null" &&
		name != "true" && name != "false" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", "''") + "'"
}
