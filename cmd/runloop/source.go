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

// maxFile is more bytes than any scenario may have. Reading so much of a larger file is enough to see that it is too
// large.
const maxFile = 16 << 20

// readScenario reads the scenario that an argument names: `-` for standard input, a path, or the name of a bundled
// scenario. An argument with a separator or an extension is a path. name is the name for messages.
func readScenario(arg string, in io.Reader) (name string, data []byte, err error) {
	if arg == "-" {
		if data, err = readAll(in); err != nil {
			err = fmt.Errorf("cannot read %s: %w", stdinName, cause(err))
		}
		return stdinName, data, err
	}
	if data, ok := bundled(arg); ok {
		return arg + ".yaml", data, nil
	}
	data, err = readFile(arg)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil, noFile(arg)
	} else if err != nil {
		err = fmt.Errorf("cannot read %s: %w", arg, cause(err))
	}
	return arg, data, err
}

// bundled returns the bundled scenario that an argument names. An argument with a separator or an extension is a path.
func bundled(arg string) ([]byte, bool) {
	if strings.ContainsRune(arg, '/') || strings.ContainsRune(arg, filepath.Separator) || filepath.Ext(arg) != "" {
		return nil, false
	}
	return scenarios.Source(arg)
}

// nearFile returns ": did you mean …?" with the file that a path names if an extension is added, or "" if there is
// none.
func nearFile(path string) string {
	for _, ext := range []string{".yaml", ".yml"} {
		if info, err := os.Stat(path + ext); err == nil && !info.IsDir() {
			return ": did you mean " + path + ext + "?"
		}
	}
	return ""
}

// noFile returns the error for an argument that names neither a file nor a bundled scenario.
func noFile(arg string) error {
	if near := nearFile(arg); near != "" {
		return fmt.Errorf("there is no file %s%s", arg, near)
	}
	base := strings.TrimSuffix(filepath.Base(arg), filepath.Ext(arg))
	return fmt.Errorf("there is no file %s, and no bundled scenario of that name%s", arg,
		didYouMean(base, scenarios.Names()))
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

// completeName offers the bundled scenarios, and files if the command takes those, too.
func completeName(directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return scenarios.Names(), directive
	}
}
