package conformance

import (
	"path/filepath"
	"strings"
	"testing"

	"runloop/dsl"
)

// otherwise is the files that CPython runs otherwise on purpose (docs/differences.md), with the reason.
var otherwise = map[string]string{
	"add.yaml":       "integers of Python have no limit",
	"dynamic.yaml":   "a value of any type is not checked where it meets a name with a type",
	"functions.yaml": "the same, of an argument",
}

// TestFiles compares the bundled scenarios, those of the language's own tests and the goldens with CPython: the machine's, and the
// newest of npm's, which takes longer: each fifth file, and all of them with `-args -python 3.14`. Another version there is
// compared with that one. What cannot be exported is left out and counted; a run that a limit ends is not compared.
func TestFiles(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../scenarios/*.yaml", "../../dsl/testdata/ok/*.yaml", "testdata/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		files = append(files, found...)
	}
	for _, i := range interpreters {
		if *version == "" && i.npm != "" && i != interpreters[len(interpreters)-1] || *version != "" && i.version != *version {
			continue
		}
		t.Run(i.String(), func(t *testing.T) {
			p := newPython(t, i)
			refused := 0
			for n, file := range files {
				if i.npm != "" && *version == "" && n%5 != 0 {
					continue
				}
				if otherwise[filepath.Base(file)] != "" {
					continue
				}
				s, err := dsl.LoadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Python(dsl.PythonOptions{Virtual: true, Version: p.Version}); err != nil {
					refused++
					t.Log(err)
					continue
				}
				if d, _, err := compare(p, s, "", p.Version); err != nil || d != "" {
					t.Errorf("%s: %s %v", strings.TrimPrefix(file, "../../"), d, err)
				}
			}
			if refused > len(files)/2 {
				t.Errorf("%d of %d files cannot be exported", refused, len(files))
			}
			t.Logf("of %d files %d cannot be exported", len(files), refused)
		})
	}
}
