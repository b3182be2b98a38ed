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

// starter is a scenario to start from. NAME stands for its name.
//
//go:embed starter.yaml
var starter string

func newNew(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "new NAME",
		Short: "Write a scenario to begin with",
		Long: `new writes NAME.yaml: a small scenario with comments, which runs and is its own test.
NAME may be a path. A file that is there is never overwritten.`,
		Args:              oneArg("the name of the new file, with or without .yaml"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			path := args[0]
			if ext := strings.ToLower(filepath.Ext(path)); ext != ".yaml" && ext != ".yml" {
				path += ".yaml"
			}
			if err := writeNew(path); err != nil {
				return err
			}
			word := shellWord(path)
			_, err := fmt.Fprintf(io.Out, "wrote %s: try `runloop run %s` and `runloop test %s`\n", path, word, word)
			return err
		},
	}
}

// writeNew writes the starter to a path where no file exists.
func writeNew(path string) error {
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
