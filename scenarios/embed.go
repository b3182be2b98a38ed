// Package scenarios holds the scenarios that come with runloop: each NAME.yaml with NAME.out, what it prints.
package scenarios

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.yaml *.out lib/*.yaml
var files embed.FS

// Names is the names of the bundled scenarios, sorted.
func Names() []string {
	entries, _ := files.ReadDir(".") // the root of an embed.FS always can be read
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Files is the bundled scenarios and the libraries that they include.
func Files() fs.FS { return files }

// Source is the text of a bundled scenario; false: there is none of that name.
func Source(name string) ([]byte, bool) { return read(name + ".yaml") }

// Output is what a bundled scenario prints; false: there is none of that name.
func Output(name string) ([]byte, bool) { return read(name + ".out") }

func read(file string) ([]byte, bool) {
	data, err := files.ReadFile(file)
	return data, err == nil
}
