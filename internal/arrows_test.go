// Package internal_test checks what packages may import and use.
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

// ours lists which packages of the module each package may import. A package that is missing here may import none.
var ours = map[string][]string{
	"dsl/source":  nil,
	"dsl/yaml":    {"dsl/source"},
	"dsl/expr":    {"dsl/source", "engine"},
	"dsl/syntax":  {"dsl/source", "dsl/yaml", "dsl/expr", "engine"},
	"dsl/check":   {"dsl/source", "dsl/yaml", "dsl/expr", "dsl/syntax", "engine"},
	"dsl/lint":    {"dsl/source", "dsl/expr", "dsl/syntax", "dsl/check", "engine"},
	"dsl/compile": {"dsl/source", "dsl/expr", "dsl/syntax", "dsl/check", "engine"},
	"dsl/format":  {"dsl/source", "dsl/yaml", "dsl/syntax"},
	"dsl/python":  {"dsl/source", "dsl/expr", "dsl/syntax", "dsl/check", "engine"},
	"dsl": {"dsl/source", "dsl/yaml", "dsl/expr", "dsl/syntax", "dsl/check", "dsl/lint", "dsl/compile", "dsl/python",
		"dsl/format", "engine"},
	"dsl/expr/exprtest":        {"engine"},
	"dsl/syntax/syntaxtest":    {"dsl/syntax"},
	"dsl/format/formattest":    {"dsl/source", "dsl/yaml"},
	"internal/report":          {"dsl", "engine", "internal/numeral"},
	"internal/trace":           {"engine"},
	"internal/trace/tracetest": {"dsl", "engine", "internal/trace", "scenarios"},
	"internal/picture":         {"engine", "internal/numeral", "internal/trace"},
	"internal/page":            {"engine", "internal/trace", "internal/why"},
	"internal/why":             {"engine", "internal/trace"},
	"internal/explore":         {"dsl", "dsl/syntax", "engine", "internal/parallel", "internal/trace", "internal/why"},
	"internal/suite":           {"dsl", "engine", "internal/explore", "internal/parallel", "internal/report"},
	"internal/bench":           {"dsl", "engine"},
	"internal/lsp/web":         {"internal/lsp"},
	"internal/lsp":             {"dsl", "dsl/source", "dsl/expr", "dsl/syntax", "dsl/check", "engine", "internal/explore", "internal/picture", "internal/trace"},
	"internal/conformance":     {"dsl", "engine"},
	"scenariotest":             {"internal/suite"},
	"cmd/runloop":              {"docs", "dsl", "engine", "internal/explore", "internal/lsp", "internal/page", "internal/explore", "internal/picture", "internal/report", "internal/suite", "internal/trace", "internal/why", "scenarios"},
}

// theirs says where third-party packages may be imported: in a folder, or in one file.
var theirs = map[string]string{
	"gopkg.in/yaml.v3":       "dsl/yaml",
	"github.com/expr-lang":   "dsl/expr",
	"github.com/netresearch": "dsl/syntax",
	"github.com/spf13/cobra": "cmd/runloop",
	"github.com/spf13/pflag": "cmd/runloop",
}

// commands lists the folders of programs, which may read the clock and write to the terminal.
var commands = []string{"cmd", "internal/bench"}

// uses says where, besides in commands, some functions may be used.
var uses = map[string][]string{
	"time.Now": {"engine/clock.go", "internal/suite"}, "time.Since": {"engine/clock.go", "internal/suite"},
	"time.Until": {"engine/clock.go"}, "time.Sleep": {"engine/clock.go"}, "time.NewTimer": {"engine/clock.go"},
	"time.NewTicker": {"engine/clock.go"}, "time.After": {"engine/clock.go"}, "time.AfterFunc": {"engine/clock.go", "internal/conformance"},
	"time.Tick": {"engine/clock.go"}, "os.Stdin": nil, "os.Stdout": nil, "os.Stderr": {"internal/conformance"},
	"os.Exit": nil, "os.Args": nil, "go": {"engine/clock.go"},
}

// TestArrows checks what each package imports and uses. Test files are exempt.
func TestArrows(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (base == "testdata" || strings.HasPrefix(base, ".git")):
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
		places, limited := uses[what]
		places = append(slices.Clone(commands), places...)
		if limited && !slices.ContainsFunc(places, func(p string) bool { return within(file, p) }) {
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

// within reports whether a slash-separated path is place or inside it.
func within(name, place string) bool { return name == place || strings.HasPrefix(name, place+"/") }
