package format_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"runloop/dsl/format"
	"runloop/dsl/format/formattest"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// go test ./dsl/format -args -n 50 -seed 7 -damaged 1000000
var (
	count   = flag.Int("n", 2, "how many layouts of each file are laid out")
	seed    = flag.Uint64("seed", 1, "the seed of the first layout")
	damaged = flag.Int("damaged", 3000, "how many damaged files are laid out")
	out     = flag.String("out", "", "write what was laid out to this file, for .ci/check-format")
)

// corpus returns the bundled scenarios, those of testdata and of the pages, and the one that `runloop new` writes.
func corpus(tb testing.TB) map[string][]byte {
	tb.Helper()
	all := map[string][]byte{}
	for _, pattern := range []string{"../../scenarios/*.yaml", "../../cmd/runloop/starter_*.yaml", "../testdata/*/*.yaml", "../../docs/*.md",
		"../../*.md"} {
		files, _ := filepath.Glob(pattern)
		if len(files) == 0 {
			tb.Fatalf("no files are %s", pattern)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				tb.Fatal(err)
			}
			if filepath.Ext(file) != ".md" {
				all[file] = data
				continue
			}
			for i, m := range example.FindAllSubmatch(data, -1) {
				all[fmt.Sprintf("%s, scenario %d", file, i+1)] = m[1]
			}
		}
	}
	return all
}

var example = regexp.MustCompile("(?s)```yaml\n(runloop: .*?)```")

// TestCorpusIsLaidOut checks that the scenarios that people see first have the layout: `runloop fmt -w` writes it.
func TestCorpusIsLaidOut(t *testing.T) {
	files := corpus(t)
	for _, name := range formattest.Names(files) {
		if strings.HasPrefix(name, "../testdata") {
			continue
		}
		edits, at := format.Edits(source.NewSource(name, files[name]))
		if at >= 0 || len(edits) > 0 {
			t.Errorf("%s is not laid out: %d, %v", name, at, edits)
		}
	}
}

// TestLayouts lays random layouts of all files out. The tree stays the same, the comments too, and a second time nothing
// changes.
func TestLayouts(t *testing.T) {
	files := corpus(t)
	var done []string
	for _, name := range formattest.Names(files) {
		root, diags := formattest.Parse(files[name])
		if root == nil || diags.HasErrors() {
			continue
		}
		for i := range uint64(*count) {
			text := formattest.Layout(rand.New(rand.NewPCG(*seed+i, 1)), root)
			if _, diags := formattest.Parse(text); diags.HasErrors() {
				t.Fatalf("%s, seed %d: %v\n%s", name, *seed+i, diags, text)
			}
			result, err := formattest.CheckLayout(format.Edits, text)
			if err != nil {
				t.Fatalf("%s, seed %d: %v\n%s\n----\n%s", name, *seed+i, err, text, result)
			}
			done = append(done, string(result))
		}
	}
	if len(done) < 100 {
		t.Fatalf("only %d layouts", len(done))
	}
	if *out != "" {
		data, _ := json.Marshal(done)
		if err := os.WriteFile(*out, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRanges lays parts of random layouts out. The tree stays the same, and no comment is lost.
func TestRanges(t *testing.T) {
	files := corpus(t)
	parts := 0
	for _, name := range formattest.Names(files) {
		root, diags := formattest.Parse(files[name])
		if root == nil || diags.HasErrors() || len(files[name]) > 4000 {
			continue
		}
		r := rand.New(rand.NewPCG(*seed, 3))
		text := formattest.Layout(r, root)
		if _, diags := formattest.Parse(text); diags.HasErrors() {
			t.Fatalf("%s: %v\n%s", name, diags, text)
		}
		for range *count {
			at := r.IntN(len(text))
			span := source.Span{Start: at, End: min(len(text), at+r.IntN(1+r.IntN(100)))}
			part := func(src *source.Source) ([]source.Fix, int) { return format.EditsIn(src, span) }
			whole, _ := format.Edits(source.NewSource(name, text))
			if edits, _ := part(source.NewSource(name, text)); len(edits) < len(whole) {
				parts++
			}
			if result, err := formattest.CheckPart(part, text); err != nil {
				t.Fatalf("%s, %v: %v\n%s\n----\n%s", name, span, err, text, result)
			}
		}
	}
	if parts < 50 {
		t.Errorf("only %d parts were laid out alone", parts)
	}
}

// bits are what damages a file.
var bits = []string{" ", "\n", "#", " # c", ":", ": ", "- ", "-", "[", "]", "{", "}", ",", "'", "\"", "|\n", "&a ", "*a", "? ", "\t", "\r",
	"\n\n", "...\n", "---\n", "\\", "|+\n", ">-\n", "  ", "é", "!t ", "%", "@", ""}

// TestDamaged damages files. What is laid out can be read as before, and is laid out.
func TestDamaged(t *testing.T) {
	files := corpus(t)
	names := formattest.Names(files)
	r := rand.New(rand.NewPCG(*seed, 2))
	accepted := 0
	for range *damaged {
		text := bytes.Clone(files[names[r.IntN(len(names))]])
		if root, diags := formattest.Parse(text); root != nil && !diags.HasErrors() && r.IntN(2) == 0 {
			text = formattest.Layout(r, root)
		}
		for range 1 + r.IntN(3) {
			from := r.IntN(len(text) + 1)
			to := min(len(text), from+r.IntN(2)*r.IntN(6))
			text = append(append(bytes.Clone(text[:from]), bits[r.IntN(len(bits))]...), text[to:]...)
		}
		if result, accept, err := keepsMeaning(text); err != nil {
			t.Fatalf("%v\n%s\n----\n%s", err, text, result)
		} else if accept {
			accepted++
		}
	}
	if accepted < *damaged/10 {
		t.Errorf("only %d of %d were laid out", accepted, *damaged)
	}
}

// keepsMeaning checks a file that may have any mistakes: if it is laid out, it is YAML, and its meaning stays the same.
func keepsMeaning(text []byte) (result []byte, accepted bool, err error) {
	edits, at := format.Edits(source.NewSource("test.yaml", text))
	if at >= 0 {
		return nil, false, nil
	}
	result = format.Apply(text, edits)
	before, diags := formattest.Parse(text)
	if before == nil {
		return result, true, fmt.Errorf("it is no YAML, but laid out: %v", diags)
	}
	if _, after := formattest.Parse(result); diags.HasErrors() || after.HasErrors() && onlyGuesses(after) {
		return result, true, nil // the mistakes hide parts of the tree
	}
	result, err = formattest.Check(format.Edits, text)
	return result, true, err
}

// onlyGuesses reports whether all errors are about what looks like a comment, or an expression, and may not be meant so.
func onlyGuesses(diags source.Diagnostics) bool {
	for _, d := range diags {
		if d.Severity == source.SeverityError && d.Code != yaml.CodeHash && d.Code != yaml.CodeFlowText {
			return false
		}
	}
	return true
}

func FuzzEdits(f *testing.F) {
	for _, data := range corpus(f) {
		if len(data) < 4000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if result, _, err := keepsMeaning(text); err != nil {
			t.Fatalf("%v\n%s\n----\n%s", err, text, result)
		}
	})
}
