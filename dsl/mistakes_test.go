package dsl

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"runloop/dsl/source"
)

// mistakesFile has wrong files as people write them who know asyncio, Python, workflows of GitHub or a little YAML: each with
// its title, what is said about it, and what mending makes of it if it changes anything.
const mistakesFile = "testdata/mistakes.txt"

// TestMistakes checks the place, the message and the hint of each mistake, and that one mistake is told once.
// `go test ./dsl -run TestMistakes -update` rewrites the file; what it says then is for people to judge.
func TestMistakes(t *testing.T) {
	data, err := os.ReadFile(mistakesFile)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, part := range strings.Split("\n"+string(data), "\n== ")[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		text, _, _ := strings.Cut(rest, "\n--\n")
		text = strings.TrimSuffix(text, "\n") + "\n"
		section := "== " + title + "\n" + text + "--\n" + said(text)
		if mended, n := MendAll("f.yaml", []byte(text)); n > 0 {
			section += "--\n" + string(mended)
		}
		if all.WriteString(section + "\n"); *updateDocs {
			continue
		}
		if want := "== " + strings.TrimRight(part, "\n") + "\n"; section != want {
			t.Errorf("have\n%s\nwant\n%s", section, want)
		}
	}
	if *updateDocs {
		if err := os.WriteFile(mistakesFile, []byte(strings.TrimSuffix(all.String(), "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// said is what is said about a file: a line for each message with its place, and one for its hint.
func said(text string) string {
	var b strings.Builder
	src := source.NewSource("f.yaml", []byte(text))
	for _, d := range Check("f.yaml", src.Bytes()) {
		pos := src.Pos(d.Span.Start)
		fmt.Fprintf(&b, "%d:%d: %s[%s]: %s\n", pos.Line, pos.Col, d.Severity, d.Code, d.Message)
		if d.Hint != "" {
			b.WriteString("  hint: " + d.Hint + "\n")
		}
	}
	return b.String()
}
