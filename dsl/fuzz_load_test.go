package dsl

import (
	"os"
	"path/filepath"
	"testing"

	"runloop/engine"
)

// FuzzLoad looks for texts that make loading or running panic. What loads must also compile, and its diagnostics lie
// in the file.
func FuzzLoad(f *testing.F) {
	for _, dir := range []string{"ok", "err"} {
		files, _ := filepath.Glob(filepath.Join("testdata", dir, "*.yaml"))
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	limits := engine.Limits{Steps: 2000, Iterations: 2000, Tasks: 200, Memory: 1 << 20, Output: 1 << 16}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, d := range Check("fuzz.yaml", src) {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(src) {
				t.Fatalf("%s lies at %v in a file of %d bytes", d.Code, d.Span, len(src))
			}
		}
		s, err := Load("fuzz.yaml", src)
		if err != nil {
			return
		}
		l, err := s.NewLoop(RunOptions{Limits: limits, Clock: "virtual", KeepOutput: true})
		if err != nil {
			return
		}
		if l.RunFor(5000) {
			s.Verify(l, l.Result())
		}
	})
}
