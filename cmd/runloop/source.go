package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"runloop/scenarios"
)

const stdinName = "<stdin>"

// maxFile is more than any scenario may have: what a larger file begins with is enough to say that it is too large.
const maxFile = 16 << 20

// readScenario reads what `run` was given: `-` for standard input, a path, or the name of a bundled scenario. What has
// a separator or an extension is a path. name is what messages call it.
func readScenario(arg string, in io.Reader) (name string, data []byte, err error) {
	if arg == "-" {
		if data, err = readAll(in); err != nil {
			err = fmt.Errorf("cannot read %s: %w", stdinName, cause(err))
		}
		return stdinName, data, err
	}
	isPath := strings.ContainsRune(arg, '/') || strings.ContainsRune(arg, filepath.Separator) || filepath.Ext(arg) != ""
	if data, ok := scenarios.Source(arg); ok && !isPath {
		return arg + ".yaml", data, nil
	}
	data, err = readFile(arg)
	if errors.Is(err, os.ErrNotExist) {
		base := strings.TrimSuffix(filepath.Base(arg), filepath.Ext(arg))
		return "", nil, fmt.Errorf("there is no file %s, and no bundled scenario of that name%s", arg,
			didYouMean(base, scenarios.Names()))
	} else if err != nil {
		err = fmt.Errorf("cannot read %s: %w", arg, cause(err))
	}
	return arg, data, err
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxFile)) }

// completeName offers the bundled scenarios, and files where those are taken too.
func completeName(directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return scenarios.Names(), directive
	}
}
