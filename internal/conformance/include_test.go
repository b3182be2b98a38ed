package conformance

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"runloop/dsl"
)

// TestInclude moves the definitions of random scenarios that need nothing of their file into libraries, each of which includes
// those before it. The run stays the same, and so does that of the one file that a bundle is.
func TestInclude(t *testing.T) {
	moved := 0
	for i := range min(scenarios(), 60) {
		seed := *seed + uint64(i)
		tree := generate(seed)
		whole, err := dsl.Load("scenario.yaml", write(tree))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		main, folder, n := split(tree)
		if moved += n; n == 0 {
			continue
		}
		s, err := folder.Load("scenario.yaml", main)
		if err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, main)
			continue
		}
		one, err := s.Bundle()
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		bundled, err := dsl.Load("scenario.yaml", one)
		if err != nil {
			t.Errorf("seed %d: its bundle: %v\n%s", seed, err, one)
			continue
		}
		want, _, _ := onEngine(whole, "", "3.14")
		for what, s := range map[string]*dsl.Scenario{"with its libraries": s, "as a bundle": bundled} {
			if got, _, _ := onEngine(s, "", "3.14"); got.Output+got.Report != want.Output+want.Report {
				t.Errorf("seed %d %s: %s\n%s", seed, what, firstDifference(got.Output+got.Report, want.Output+want.Report), main)
			}
		}
	}
	if moved == 0 {
		t.Error("nothing was moved")
	}
	t.Logf("%d definitions moved", moved)
}

// split moves as many definitions as it can into libraries, and returns the scenario that includes them.
func split(tree mapping) (main []byte, in dsl.Folder, moved int) {
	files := fstest.MapFS{}
	in.FS = files
	main = write(tree)
	include := list{}
	for _, section := range []string{"functions", "coroutines", "callbacks"} {
		definitions, _ := tree.get(section).(mapping)
		for _, d := range definitions {
			name := fmt.Sprintf("lib%d.yaml", moved)
			library := mapping{{"runloop", bare("1")}, {"include", include}, {section, mapping{d}}}
			if len(include) == 0 {
				library = slices.Delete(library, 1, 2)
			}
			files[name] = &fstest.MapFile{Data: write(library)}
			smaller := without(tree, section, d.key)
			larger := append(mapping{{"runloop", bare("1")}, {"include", append(slices.Clone(include), bare(name))}}, smaller[1:]...)
			if _, err := in.Load("scenario.yaml", write(larger)); err != nil {
				delete(files, name)
				continue
			}
			moved++
			tree, include, main = smaller, append(include, bare(name)), write(larger)
		}
	}
	return main, in, moved
}

// without returns a scenario without one of its definitions.
func without(tree mapping, section, name string) mapping {
	out := slices.Clone(tree)
	for i, p := range out {
		if p.key == section {
			rest := slices.DeleteFunc(slices.Clone(p.value.(mapping)), func(d pair) bool { return d.key == name })
			if out[i].value = rest; len(rest) == 0 {
				return slices.Delete(out, i, i+1)
			}
		}
	}
	return out
}
