package format

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/dsl/source"
)

// TestCases reads testdata/*.txt. Each has cases: a file, a line `---->`, the file as it is laid out, and a line `====`.
func TestCases(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("there are no cases")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range strings.Split(strings.TrimSuffix(string(text), "====\n"), "====\n") {
			before, want, found := strings.Cut(c, "---->\n")
			if !found {
				t.Fatalf("%s: case %d has no `---->`", file, i+1)
			}
			if got := laidOut(t, before); got != want {
				t.Errorf("%s, case %d:\n%s\nbecomes\n%s\nnot\n%s", file, i+1, before, got, want)
			}
			if got := laidOut(t, want); got != want {
				t.Errorf("%s, case %d: laid out again,\n%s\nbecomes\n%s", file, i+1, want, got)
			}
		}
	}
}

func laidOut(t *testing.T, text string) string {
	t.Helper()
	src := source.NewSource("test.yaml", []byte(text))
	edits, at := Edits(src)
	if at >= 0 {
		t.Errorf("%s: cannot be read:\n%s", src.Pos(at), text)
	}
	return string(Apply(src.Data, edits))
}

// TestBytes checks what cannot be written into a file of cases: line breaks, the end of a file, a byte order mark, tabs.
func TestBytes(t *testing.T) {
	for before, want := range map[string]string{
		"a: 1":                           "a: 1\n",
		"a: 1\r\nb:\r\n- 1\r\n":          "a: 1\nb:\n  - 1\n",
		"a: 1\rb: 2\r":                   "a: 1\nb: 2\n",
		"\uFEFFa:   1\n":                 "\uFEFFa: 1\n",
		"a:\t1\t# b\n":                   "a: 1 # b\n",
		"a: 1  \n\n\n":                   "a: 1\n",
		"\n\n# a\na: 1\n":                "# a\na: 1\n",
		"a: |\n  b":                      "a: |-\n  b\n", // the text has no line break at its end, and gets none
		"a: >+\n  b":                     "a: >-\n  b\n",
		"a: |+\n  b\n\n":                 "a: |+\n  b\n\n",
		"a: |\r\n  b\r\n    c  \r\nd: 1": "a: |\n  b\n    c  \nd: 1\n",
		"a: \"b\r\n\r\n   c\"\n":         "a: \"b\n\n  c\"\n",
		"a: [1]\n...\n":                  "a: [1]\n...\n",
	} {
		if got := laidOut(t, before); got != want {
			t.Errorf("%q becomes %q, not %q", before, got, want)
		}
	}
}

// TestRefused checks that nothing is said about files that are no YAML, or that YAML's parsers read differently.
func TestRefused(t *testing.T) {
	for _, text := range []string{
		"", "# only a comment\n", "text\n", "a: [", "a: 'b", "a: b: c\n", "a: 1\n  b: 2\n", "a: !t b\n", "a: \"\x07\"\n", "a: {{ b }}\n",
		"a: 1\n---\nb: 1\n", "\ta: 1\n", "a:\n\t- b\n", "- a\nb: 1\n", "a: [b]: c\n", "a: \"b\" c\n", "&a b: 1\n", "%YAML 1.2\n---\na: 1\n",
		"a: [b:, c]\n", "a: [b ? c]\n", "a: { b # c: 1\n}\n", "a: |\n    \n  b\n", "a: @b\n", "{ a: 1 } b\n", "? a\n  b\n: 1\n",
		"a: " + strings.Repeat("[", 100_000), strings.Repeat("- ", 100_000), strings.Repeat("x", 2000) + ": 1\n",
	} {
		src := source.NewSource("test.yaml", []byte(text))
		edits, at := Edits(src)
		if at < 0 || at > len(text) {
			t.Errorf("%.40q is laid out: %q", text, Apply(src.Data, edits))
		}
	}
}

// TestRange checks that EditsIn changes no more than it must.
func TestRange(t *testing.T) {
	const text = "a:   1\nmain:\n  - x:   1\n    y: {b: 2}\n  - z:\n        - {c:   3}\n        - d:  4\ne:   5\n"
	for at, want := range map[string]string{
		"b: 2": "a:   1\nmain:\n  - x:   1\n    y: { b: 2 }\n  - z:\n        - {c:   3}\n        - d:  4\ne:   5\n",
		"x: ":  "a:   1\nmain:\n  - x: 1\n    y: {b: 2}\n  - z:\n        - {c:   3}\n        - d:  4\ne:   5\n",
		"d: ":  "a:   1\nmain:\n  - x:   1\n    y: {b: 2}\n  - z:\n      - { c: 3 }\n      - d: 4\ne:   5\n",
		"e: ":  "a:   1\nmain:\n  - x:   1\n    y: {b: 2}\n  - z:\n        - {c:   3}\n        - d:  4\ne: 5\n",
	} {
		src := source.NewSource("test.yaml", []byte(text))
		i := strings.Index(text, at)
		edits, failed := EditsIn(src, source.Span{Start: i, End: i + 1})
		if failed >= 0 {
			t.Fatal(src.Pos(failed))
		}
		if got := string(Apply(src.Data, edits)); got != want {
			t.Errorf("around %q:\n%s\nnot\n%s", at, got, want)
		}
	}
}

// TestRangeIsWhole checks that a part which is laid out alone takes with it what belongs to it: the blanks behind its dash, a
// comment that goes behind brackets, and one that goes above the item.
func TestRangeIsWhole(t *testing.T) {
	const long = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, c: d"
	for text, want := range map[string]string{
		"a:\n  -   b: 1\n      c:   2\n  -  d\n":    "a:\n  - b: 1\n    c: 2\n  -  d\n",
		"a:   1\nb:\n  - c: [ # d\n    ]\n  -  e\n": "a:   1\nb:\n  - c: [] # d\n  -  e\n",
		"a:\n  - { " + long + ", e: f } # g\nh:   1\n": "a:\n  # g\n  - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: " +
			"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n    c: d\n    e: f\nh:   1\n",
	} {
		src := source.NewSource("test.yaml", []byte(text))
		i := strings.Index(text, "c:")
		edits, failed := EditsIn(src, source.Span{Start: i, End: i + 1})
		if got := string(Apply(src.Data, edits)); failed >= 0 || got != want {
			t.Errorf("%s\nbecomes\n%s\nnot\n%s", text, got, want)
		}
	}
}

// BenchmarkEdits lays a scenario of 100 lines out. A thousand of them should take half a second on two processors.
func BenchmarkEdits(b *testing.B) {
	text := []byte("runloop: 1\nmain:\n" + strings.Repeat(
		"- {print:  'a b c'}\n-   for: x\n    in: [1,2,   3]\n    do:\n    - set: {y: \"${x + 1}\"}\n    # why\n    - sleep:  1s\n", 14))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, at := Edits(source.NewSource("test.yaml", text)); at >= 0 {
			b.Fatal(at)
		}
	}
}
