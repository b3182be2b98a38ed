package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"runloop/dsl"
	"runloop/internal/suite"
)

// input is a file to check.
type input struct {
	path   string // empty if there is only data or err
	name   string // its name in messages
	data   []byte
	err    error
	folder int // the number of the folder in which it was found; 0 if in none

	ifScenario bool // it is checked only if it looks like one
	bundled    bool // it comes with runloop
}

// read returns the bytes of the input.
func (in *input) read() ([]byte, error) {
	if in.path == "" {
		return in.data, in.err
	}
	return readFile(in.path)
}

// includes returns where the input finds what it includes: below root, or, where that is empty, below its own folder.
func (in *input) includes(root string) (dsl.Folder, error) {
	if in.bundled {
		return bundledFolder(), nil
	}
	return dsl.FolderOf(in.name, root)
}

// inputs holds the files that the arguments name, in that order. A file that is named twice counts once.
type inputs struct {
	files   []input
	folders []string // the folders among the arguments; input.folder counts them from 1
	empty   []string // messages about patterns and folders that name nothing
	seen    map[string]bool

	ifScenario bool // applies to files that are named, too
}

func (in *inputs) add(x input) {
	if x.path != "" {
		if key := filepath.Clean(x.path); in.seen[key] {
			return
		} else if in.seen == nil {
			in.seen = map[string]bool{key: true}
		} else {
			in.seen[key] = true
		}
	}
	in.files = append(in.files, x)
}

// argument adds the files that an argument names: those in a folder, a single one, or those that a pattern matches.
func (in *inputs) argument(arg string) {
	info, err := os.Stat(arg)
	switch {
	case arg == "":
		in.add(input{name: `""`, err: errors.New("the name of a file is empty")})
	case err == nil && info.IsDir():
		in.folder(arg)
	case err != nil && strings.ContainsAny(arg, "*?["):
		matches := matchFiles(arg)
		if len(matches) == 0 {
			in.empty = append(in.empty, "no file matches "+arg)
		}
		for _, m := range matches {
			in.add(input{path: m, name: m, ifScenario: in.ifScenario})
		}
	case errors.Is(err, fs.ErrNotExist):
		in.missing(arg)
	default:
		in.add(input{path: arg, name: arg, ifScenario: in.ifScenario})
	}
}

// missing handles an argument that is no file. It adds the bundled scenario of that name, if there is one.
func (in *inputs) missing(arg string) {
	if data, ok := bundled(arg); ok {
		in.add(input{name: arg + ".yaml", data: data, bundled: true})
		return
	}
	in.add(input{name: arg, err: errors.New("no such file or directory" + nearFile(arg))})
}

// folder adds the *.yaml and *.yml files in a folder and its subfolders, in the order of their names.
func (in *inputs) folder(root string) {
	in.folders = append(in.folders, root)
	if target, err := filepath.EvalSymlinks(root); err == nil && target != filepath.Clean(root) {
		root += string(filepath.Separator) // otherwise WalkDir does not follow a link
	}
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error { // it never fails
		if err != nil {
			in.add(input{name: path, err: err, folder: len(in.folders)})
			return nil
		}
		if ext := strings.ToLower(filepath.Ext(path)); d.IsDir() || ext != ".yaml" && ext != ".yml" {
			return nil
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return nil
		}
		in.add(input{path: path, name: path, ifScenario: true, folder: len(in.folders)})
		return nil
	})
}

// noteEmpty records the folders in which no scenario was found. found reports whether file i is, or may be, a
// scenario.
func (in *inputs) noteEmpty(found func(i int) bool) {
	full := make([]bool, len(in.folders)+1)
	for i, f := range in.files {
		full[f.folder] = full[f.folder] || f.folder > 0 && found(i)
	}
	for i, folder := range in.folders {
		if !full[i+1] {
			in.empty = append(in.empty,
				fmt.Sprintf("%s: no *.yaml or *.yml file in it has a line that begins with \"runloop:\"", folder))
		}
	}
}

// sayLeftOut prints how many files of folders were left out because they are no scenarios.
func sayLeftOut(w io.Writer, n int) {
	if n > 0 {
		fmt.Fprintln(w, suite.LeftOut(n))
	}
}

// matchFiles returns the files that a pattern matches, in the order of their names. ** stands for any folders.
func matchFiles(pattern string) []string {
	slashed := filepath.ToSlash(pattern)
	whole, err := regexp.Compile(patternRegexp(slashed))
	if err != nil {
		return nil
	}
	root := "."
	if fixed := slashed[:strings.IndexAny(slashed, "*?[")]; strings.Contains(fixed, "/") {
		root = fixed[:strings.LastIndexByte(fixed, '/')+1]
	}
	var matches []string
	// The function never returns an error: a file that cannot be read does not match.
	_ = filepath.WalkDir(filepath.FromSlash(root), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && whole.MatchString(filepath.ToSlash(path)) {
			matches = append(matches, path)
		}
		return nil
	})
	return matches
}

// patternRegexp returns a file pattern as a regular expression.
func patternRegexp(pattern string) string {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '[' && strings.IndexByte(pattern[i+1:], ']') > 0:
			end := i + 1 + strings.IndexByte(pattern[i+1:], ']')
			class := strings.ReplaceAll(pattern[i+1:end], `\`, `\\`)
			if class[0] == '!' {
				class = "^" + class[1:]
			}
			b.WriteString("[" + class + "]")
			i = end
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String() + "$"
}
