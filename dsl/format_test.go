package dsl

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"runloop/dsl/check"
	"runloop/dsl/format/formattest"
)

// TestFormatProgram checks that scenarios compile to the same program before and after they are laid out, whatever their
// layout was.
func TestFormatProgram(t *testing.T) {
	files := corpus(t, "../cmd/runloop/starter_*.yaml")
	n := 0
	for _, name := range check.SortedNames(files) {
		if _, err := Load(name, files[name]); err != nil {
			continue
		}
		root, _ := formattest.Parse(files[name])
		for i := range 3 {
			text := formattest.Layout(rand.New(rand.NewPCG(uint64(i), 5)), root)
			before, err := Load(name, text)
			if err != nil {
				continue // brackets around a plain text, or a comment that looks like a part of one
			}
			n++
			compilesTheSame(t, before, name, text)
		}
	}
	if n < 40 {
		t.Errorf("only %d scenarios were compared", n)
	}
}

// compilesTheSame lays a file out, and compares what it compiles to with what it did before.
func compilesTheSame(t *testing.T, before *Scenario, name string, text []byte) {
	t.Helper()
	result, err := Format(name, text)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	after, err := Load(name, result)
	if err != nil {
		t.Fatalf("%s: %v\n%s\n----\n%s", name, err, text, result)
	}
	if fingerprintOf(before.Program(), true) != fingerprintOf(after.Program(), true) {
		t.Errorf("%s compiles to another program:\n%s\n----\n%s", name, text, result)
	}
}

// TestFormatErrors checks that a file which is no YAML is refused with what validate says, and others with their place.
func TestFormatErrors(t *testing.T) {
	src, err := os.ReadFile("testdata/codes/RL0020.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Format("a.yaml", src)
	wrong := (*LoadError)(nil)
	if !errors.As(err, &wrong) || len(wrong.Diagnostics) != 1 || wrong.Diagnostics[0].Code != "RL0020" {
		t.Errorf("the error is %v", err)
	}
	_, err = Format("a.yaml", []byte("runloop: 1\nmain:\n  - print: [a,\n\tb]\n"))
	if err == nil || errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), "a.yaml:4:1: ") {
		t.Errorf("the error is %v", err)
	}
}
