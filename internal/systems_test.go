package internal_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systems is those for which types alone are checked: that takes a second for each, where a compiler takes half a minute. The
// gate compiles for linux and js, and the command for darwin.
var systems = []string{"windows/amd64", "freebsd/amd64", "illumos/amd64", "linux/arm", "wasip1/wasm", "darwin/arm64"}

// listed is a package as `go list` tells of it.
type listed struct {
	Dir, ImportPath string
	GoFiles         []string
	SFiles          []string // in assembly: bodies of functions may stand there
	ImportMap       map[string]string
	Standard        bool
}

// checked is the packages that were checked so far, for one that imports them.
type checked struct {
	all map[string]*types.Package
	of  *listed
}

func (c checked) Import(path string) (*types.Package, error) {
	if to, ok := c.of.ImportMap[path]; ok {
		path = to
	}
	if p := c.all[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not there", path)
}

// TestSystems: each system has the files, the types and the functions that all packages want. Tests are exempt.
func TestSystems(t *testing.T) {
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			goos, arch, _ := strings.Cut(system, "/")
			list := exec.Command("go", "list", "-pgo=off", "-deps", "-json=Dir,ImportPath,GoFiles,SFiles,ImportMap,Standard", "runloop/...")
			list.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "CGO_ENABLED=0")
			var complaints strings.Builder
			list.Stderr = &complaints
			out, err := list.StdoutPipe()
			if err == nil {
				err = list.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			all := map[string]*types.Package{"unsafe": types.Unsafe}
			for lines := json.NewDecoder(out); ; {
				var p listed
				if err := lines.Decode(&p); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if p.ImportPath != "unsafe" {
					all[p.ImportPath] = p.check(t, all, arch)
				}
			}
			if err := list.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, &complaints)
			}
			if all["runloop/engine"] == nil || all["runloop/cmd/runloop"] == nil {
				t.Errorf("it is not our packages that were checked: %d", len(all))
			}
		})
	}
}

// check checks a package of which all imports are checked. Of the standard library it takes what is declared.
func (p *listed) check(t *testing.T, all map[string]*types.Package, arch string) *types.Package {
	t.Helper()
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{
		Importer: checked{all, p}, Sizes: types.SizesFor("gc", arch), IgnoreFuncBodies: p.Standard,
		Error: func(err error) { t.Error(err) },
	}
	result, _ := conf.Check(p.ImportPath, files, parsed, nil)
	if p.Standard || len(p.SFiles) > 0 {
		return result
	}
	for _, f := range parsed {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body == nil {
				t.Errorf("%s: %s has no body", files.Position(d.Pos()), d.Name.Name)
			}
		}
	}
	return result
}
