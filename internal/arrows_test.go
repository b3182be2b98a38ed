// Package internal_test holds the arrows between the packages.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ours is which packages of the module each package may import. One that is not here may import none.
var ours = map[string][]string{
	"dsl":             {"engine"},
	"dsl/python":      {"dsl", "engine"},
	"internal/report": {"dsl", "engine"},
	"cmd/runloop":     {"docs", "dsl", "dsl/python", "engine", "internal/report", "internal/suite", "scenarios"},
	"internal/suite":  {"dsl", "engine", "internal/report"},
	"scenariotest":    {"internal/suite"},
}

// theirs is which packages of others may be imported where: in a folder, or in one file.
var theirs = map[string]string{
	"gopkg.in/yaml.v3":       "dsl/yaml.go",
	"github.com/expr-lang":   "dsl",
	"github.com/spf13/cobra": "cmd/runloop",
	"github.com/spf13/pflag": "cmd/runloop",
}

// uses is where some things may be used at all.
var uses = map[string][]string{
	"time.Now": {"engine/clock.go", "cmd", "internal/suite"}, "time.Since": {"engine/clock.go", "cmd", "internal/suite"},
	"time.Until": {"engine/clock.go", "cmd"}, "time.Sleep": {"engine/clock.go", "cmd"},
	"time.NewTimer": {"engine/clock.go", "cmd"}, "time.NewTicker": {"engine/clock.go", "cmd"},
	"time.After": {"engine/clock.go", "cmd"}, "time.AfterFunc": {"engine/clock.go", "cmd"},
	"time.Tick": {"engine/clock.go", "cmd"},
	"os.Stdin":  {"cmd"}, "os.Stdout": {"cmd"}, "os.Stderr": {"cmd"}, "os.Exit": {"cmd"}, "os.Args": {"cmd"},
	"go": {"engine/clock.go", "cmd"},
}

// TestArrows holds what each package may import and use. Tests may do more.
func TestArrows(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (base == "testdata" || base == "conformance" || base == "bench" || strings.HasPrefix(base, ".git")):
			return filepath.SkipDir
		case strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go"):
			files++
			file, _ := filepath.Rel("..", name)
			checkFile(t, name, filepath.ToSlash(file))
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("%d files were read: %v", files, err)
	}
}

func checkFile(t *testing.T, name, file string) {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	folder := path.Dir(file)
	for _, imported := range tree.Imports {
		checkImport(t, file, folder, imported)
	}
	use := func(what string, at token.Pos) {
		if places, limited := uses[what]; limited && !slices.ContainsFunc(places, func(p string) bool { return within(file, p) }) {
			t.Errorf("%s: `%s` has its place only in %s", set.Position(at), what, strings.Join(places, " and "))
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			use("go", n.Pos())
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				use(x.Name+"."+n.Sel.Name, n.Pos())
			}
		}
		return true
	})
}

func checkImport(t *testing.T, file, folder string, imported *ast.ImportSpec) {
	t.Helper()
	name, _ := strconv.Unquote(imported.Path.Value)
	if own, ok := strings.CutPrefix(name, "runloop/"); ok {
		if !slices.Contains(ours[folder], own) {
			t.Errorf("%s imports %s: %s may import only %q of ours", file, name, folder, ours[folder])
		}
		return
	}
	if first, _, _ := strings.Cut(name, "/"); !strings.Contains(first, ".") {
		return // the standard library
	}
	for prefix, place := range theirs {
		if within(name, prefix) && within(file, place) {
			return
		}
	}
	t.Errorf("%s imports %s: others' packages have their places, see `theirs`", file, name)
}

// within reports whether a slash-separated path is place or lies in it.
func within(name, place string) bool { return name == place || strings.HasPrefix(name, place+"/") }
