package scenarios_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/internal/explore"
	"runloop/scenarios"
)

var update = flag.Bool("update", false, "rewrite the .out files")

// TestGroups checks that every scenario is in one group.
func TestGroups(t *testing.T) {
	var grouped []string
	for _, group := range scenarios.Groups {
		grouped = append(grouped, group.Names...)
	}
	slices.Sort(grouped)
	names := scenarios.Names()
	slices.Sort(names)
	if !slices.Equal(grouped, names) {
		t.Errorf("the groups have %q, there is %q", grouped, names)
	}
}

// TestBundled runs every bundled scenario twice: it meets its own expectations and prints what its .out file says.
func TestBundled(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			src, _ := scenarios.Source(name)
			s, err := dsl.Folder{FS: scenarios.Files()}.Load(name+".yaml", src)
			if err != nil {
				t.Fatal(err)
			}
			first, second := run(t, s), run(t, s)
			if !bytes.Equal(first, second) {
				t.Errorf("two runs differ:\n%s\nand:\n%s", first, second)
			}
			if *update {
				if err := os.WriteFile(name+".out", first, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want, _ := scenarios.Output(name); !bytes.Equal(first, want) {
				t.Errorf("it prints:\n%s\n%s.out says:\n%s", first, name, want)
			}
			switch {
			case s.Name != name:
				t.Errorf("its `name` is %q", s.Name)
			case s.Description == "":
				t.Error("it has no description for `runloop list`")
			case !strings.HasPrefix(string(src), "#"):
				t.Error("it does not begin with a comment that says what it teaches")
			}
		})
	}
}

// TestExplored: what `explore` of a scenario says holds in every order, and for three of them not without their repair, which
// is what internal/explore/testdata/twins leaves out. The usual runs of those are as expected, too.
func TestExplored(t *testing.T) {
	explored, twins := 0, 0
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		if !bytes.Contains(src, []byte("\nexplore:")) {
			continue
		}
		explored++
		if failed := exploreIt(t, name, src); failed != nil {
			t.Errorf("%s: %q", name, failed)
		}
		wrong, err := os.ReadFile("../internal/explore/testdata/twins/" + name + ".yaml")
		if err != nil {
			continue
		}
		twins++
		if failed := exploreIt(t, name, wrong); failed == nil {
			t.Errorf("%s: no order fails without the repair", name)
		}
	}
	if explored < 6 || twins < 3 {
		t.Errorf("%d scenarios are explored, %d fail without their repair", explored, twins)
	}
}

// exploreIt explores a scenario as its section says, and gives what went wrong.
func exploreIt(t *testing.T, name string, src []byte) []string {
	t.Helper()
	s, err := dsl.Folder{FS: scenarios.Files()}.Load(name+".yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	opts, err := s.Options(dsl.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return explore.Test(s, s.Exploring(), opts)
}

// run runs a scenario and gives what it printed.
func run(t *testing.T, s *dsl.Scenario) []byte {
	t.Helper()
	loop, err := s.NewLoop(dsl.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	result := loop.Run()
	for _, f := range s.Verify(loop, result) {
		t.Errorf("%s: %s", f.Pos, f.Message)
	}
	return result.Output
}
