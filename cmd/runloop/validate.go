package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"runloop/dsl"
)

func newValidate(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE|DIR|-...",
		Short: "Check scenarios without running them",
		Long: `validate prints everything that is wrong with each file. In a folder, and in the
folders inside it, it looks at the *.yaml and *.yml files with a line that
begins with "runloop:"; a file that is named is checked whatever it has.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(cmd, "an argument is missing: files or folders, or - for standard input")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			v := validation{streams: io}
			for _, arg := range args {
				v.argument(arg)
			}
			return v.end()
		},
	}
}

// validation counts what was found so far.
type validation struct {
	streams
	files, errors, warnings, unreadable int
}

// argument checks what one argument names.
func (v *validation) argument(arg string) {
	if arg == "-" {
		data, err := readAll(v.In)
		v.file(stdinName, data, err)
		return
	}
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		v.folder(arg)
		return
	}
	data, err := readFile(arg)
	v.file(arg, data, err)
}

// isScenario is what the text of a scenario in a folder matches.
var isScenario = regexp.MustCompile(`(?m)^runloop\s*:`)

// folder checks the scenarios in a folder, in the order of their names.
func (v *validation) folder(root string) {
	before := v.files + v.unreadable
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error { // it returns no error
		if err != nil {
			v.file(path, nil, err)
			return nil
		}
		if ext := strings.ToLower(filepath.Ext(path)); d.IsDir() || ext != ".yaml" && ext != ".yml" {
			return nil
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return nil
		}
		if data, err := readFile(path); err != nil || isScenario.Match(data) {
			v.file(path, data, err)
		}
		return nil
	})
	if v.files+v.unreadable == before {
		fmt.Fprintf(v.Err, "runloop: %s: no *.yaml or *.yml file in it has a line that begins with \"runloop:\"\n", root)
	}
}

// file checks a file, unless reading it gave an error.
func (v *validation) file(name string, data []byte, err error) {
	if err != nil {
		v.unreadable++
		fmt.Fprintf(v.Err, "runloop: cannot read %s: %v\n", name, cause(err))
		return
	}
	v.files++
	src := dsl.NewSource(name, data)
	for _, d := range dsl.Check(name, data) {
		if d.Severity == dsl.SeverityError {
			v.errors++
		} else {
			v.warnings++
		}
		fmt.Fprint(v.Out, src.Format(d))
	}
}

// end says what was found.
func (v *validation) end() error {
	line := fmt.Sprintf("%s: %s, %s", count(v.files, "file"), count(v.errors, "error"), count(v.warnings, "warning"))
	if v.unreadable > 0 {
		line += fmt.Sprintf("; %d unreadable", v.unreadable)
	}
	fmt.Fprintln(v.Err, line)
	switch {
	case v.unreadable > 0:
		return &exitError{code: exitUsage}
	case v.errors > 0:
		return &exitError{code: exitFailed}
	}
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
