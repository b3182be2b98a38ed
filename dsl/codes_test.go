package dsl

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// madeExamples makes the examples that are too large for files, or that change as the language grows.
var madeExamples = map[string]func() (wrong, fixed string){
	yaml.CodeFileTooLarge: func() (string, string) {
		const text = "runloop: 1\nmain:\n  - print: hello\n"
		return text + "#" + strings.Repeat("x", yaml.MaxFileSize), text
	},
	yaml.CodeTooLong: func() (string, string) {
		const text = "runloop: 1\nmain:\n  - print: "
		return text + strings.Repeat("x", yaml.MaxTextSize+1) + "\n", text + "xxx\n"
	},
}

// codeExamples returns an example that has the problem of a code, and a repaired one.
func codeExamples(c Code) (wrong, fixed string) {
	if made := madeExamples[c.Code]; made != nil {
		return made()
	}
	return c.examples()
}

// TestCodeExamples checks for each code that its example gives exactly its diagnostic, and that the repaired one gives
// none. The message must quote the text to replace, or its replacement.
func TestCodeExamples(t *testing.T) {
	for _, c := range Codes {
		t.Run(c.Code, func(t *testing.T) {
			if c.Ran {
				t.Skip("no check without a run finds it")
			}
			wrong, fixed := codeExamples(c)
			if wrong == "" {
				t.Fatal("it has no example: write testdata/codes/" + c.Code + ".yaml and its .fixed.yaml")
			}
			name := c.Code + ".yaml"
			src, found := exampleFolder().Check(name, []byte(fixed))
			for _, d := range found {
				t.Errorf("the fixed example is not clean:\n%s", src.Format(d))
			}
			src, found = exampleFolder().Check(name, []byte(wrong))
			if len(found) != 1 || found[0].Code != c.Code || found[0].Severity != c.Severity {
				t.Fatalf("it gives %d diagnostics, wanted was one %s of %s:\n%v", len(found), c.Severity, c.Code,
					&source.LoadError{Source: src, Diagnostics: found})
			}
			pointsAtChange(t, src, found[0], fixed)
		})
	}
}

// pointsAtChange checks that a diagnostic quotes the wrong text or the right one.
func pointsAtChange(t *testing.T, src *source.Source, d source.Diagnostic, fixed string) {
	if d.Span == (source.Span{}) {
		return // the whole file
	}
	removed, added := change(string(src.First().Bytes()), fixed)
	said := d.Message + " " + d.Hint
	for _, text := range []string{src.Text(d.Span), added, firstWord.FindString(removed), firstWord.FindString(added)} {
		if text = strings.TrimSpace(text); text != "" && quotes(said, text) {
			return
		}
	}
	t.Errorf("%q quotes neither %q nor %q", said, src.Text(d.Span), added)
}

// firstWord matches the first word of a change, for instance the key that was missing.
var firstWord = regexp.MustCompile(`[A-Za-z_]\w+`)

// quotes reports whether a message quotes a text, or the beginning of a long one.
func quotes(said, text string) bool {
	if len(text) > 1 {
		text = strings.Trim(text, `'"`)
	}
	return strings.Contains(said, text) || strings.Contains(said, strings.TrimSuffix(source.Shorten(text), "…"))
}

// change returns the part of a that is replaced in b, and its replacement.
func change(a, b string) (removed, added string) {
	start, end := 0, 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return a[start : len(a)-end], b[start : len(b)-end]
}

// TestCodeFiles checks that every file of testdata/codes belongs to a code.
func TestCodeFiles(t *testing.T) {
	files, err := os.ReadDir("testdata/codes")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() {
			continue // what they include
		}
		name, _ := strings.CutSuffix(f.Name(), ".yaml")
		name, _ = strings.CutSuffix(name, ".fixed")
		if _, ok := CodeNamed(name); !ok || madeExamples[name] != nil {
			t.Errorf("%s belongs to no code", f.Name())
		}
	}
}

// TestCodesDoc checks that docs/diagnostics.md has the pages of the codes.
func TestCodesDoc(t *testing.T) {
	const file = "../docs/diagnostics.md"
	want := []byte(codesDoc())
	have, err := os.ReadFile(file)
	if bytes.Equal(have, want) {
		return
	}
	if *updateDocs {
		if err := os.WriteFile(file, want, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is stale: `go test ./dsl -run TestCodesDoc -update` rewrites it (%v)", file, err)
}

func TestPages(t *testing.T) {
	for _, c := range Codes {
		if c.Help == "" || !strings.HasSuffix(c.Help, ".") {
			t.Errorf("%s: its help is no sentence: %q", c.Code, c.Help)
		}
		page := c.Page(1)
		if !strings.HasPrefix(page, "# "+c.Code+": "+c.Meaning+"\n") || !utf8.ValidString(page) {
			t.Errorf("%s: its page is\n%s", c.Code, page)
		}
	}
	if c, ok := CodeNamed("rl0107"); !ok || c.Code != "RL0107" {
		t.Errorf("rl0107 is %v", c)
	}
	for _, name := range []string{"", "RL0100", "RL9999", "0107"} {
		if c, ok := CodeNamed(name); ok {
			t.Errorf("%q is %v", name, c)
		}
	}
}
