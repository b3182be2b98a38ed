package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"runloop/dsl"
	"runloop/scenarios"
)

const stdinName = "<stdin>"

// maxFile is more bytes than any scenario may have. Reading so much of a larger file is enough to see that it is too
// large.
const maxFile = 16 << 20

// readScenario reads the scenario that an argument names: `-` for standard input, a path, or the name of a bundled
// scenario. An argument with a separator or an extension is a path. What it includes is read from below root, or, where
// that is empty, from below its own folder; for standard input, that is the working folder.
func readScenario(arg, root string, in io.Reader) (r readFrom, err error) {
	if arg == "-" {
		if r.data, err = readAll(in); err != nil {
			return r, fmt.Errorf("cannot read %s: %w", stdinName, cause(err))
		}
		r.name = stdinName
		r.folder, err = dsl.FolderOf(stdinName, root)
		return r, err
	}
	if data, ok := bundled(arg); ok {
		return readFrom{arg + ".yaml", data, bundledFolder()}, nil
	}
	r.name = arg
	r.data, err = readFile(arg)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return r, noFile(arg)
	case err != nil:
		return r, fmt.Errorf("cannot read %s: %w", arg, cause(err))
	}
	r.folder, err = dsl.FolderOf(arg, root)
	return r, err
}

// readFrom is a scenario that was read.
type readFrom struct {
	name   string // for messages
	data   []byte
	folder dsl.Folder // where it finds what it includes
}

// bundledFolder returns where bundled scenarios find what they include.
func bundledFolder() dsl.Folder { return dsl.Folder{FS: scenarios.Files()} }

// addRoot adds the flag --root.
func addRoot(flags *pflag.FlagSet, root *string) {
	flags.StringVar(root, "root", "", "files are included from below this `DIR`, and not from outside it (default the folder of the file)")
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
