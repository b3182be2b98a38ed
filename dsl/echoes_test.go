package dsl

import (
	rand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// TestPlacesOfAccidents changes one character of a bundled scenario at a time. If the file is no longer YAML, the
// first error must be in the changed line or the next one. A few may miss it, because a changed indentation may have
// its effect far below.
func TestPlacesOfAccidents(t *testing.T) {
	const chars = "{}[]:,-#&*!|>'\"%@` \n\tab?"
	files, _ := filepath.Glob("../scenarios/*.yaml")
	rng := rand.New(rand.NewPCG(1, 2))
	spoilt, near, count := 0, 0, 4000
	if testing.Short() {
		count = 1000
	}
	for i := range count {
		text, err := os.ReadFile(files[i%len(files)])
		if err != nil {
			t.Fatal(err)
		}
		at, c := rng.IntN(len(text)), chars[rng.IntN(len(chars))]
		line := strings.Count(string(text[:at]), "\n") + 1
		switch rng.IntN(3) {
		case 0:
			text = slices.Insert(text, at, c)
		case 1:
			text = slices.Delete(text, at, at+1)
		default:
			text[at] = c
		}
		src := source.NewSource("", text)
		if yaml.Valid(src) {
			continue
		}
		diags := Check("", text)
		spoilt++
		if d := src.Pos(diags[0].Span.Start).Line - line; d == 0 || d == 1 {
			near++
		}
	}
	if t.Logf("%d no YAML, %d of them reported there", spoilt, near); spoilt < 100 || near*100 < spoilt*92 {
		t.Errorf("%d no YAML, only %d of them reported there", spoilt, near)
	}
}

// TestNoEchoes checks that a line in a wrong column gives one error: keys and values that its steps lose are not
// reported as missing.
func TestNoEchoes(t *testing.T) {
	for _, text := range []string{
		"  - for: x\n   in: [1]\n    do:\n      - print: ${x}\n",
		"  - while: now < 3\n     do:\n      - sleep: 1\n",
		"  - try:\n      - sleep: 1\n   catch:\n      - error: ValueError\n        do: [pass]\n",
		"  - if: now > 1\n    then:\n   - stop\n  - stop\n",
		"  - let:\n   a: 1\n  - print: ${a}\n",
		"  - spawn: work\n   with: { n: 1 }\n    as: job\n  - await: job\n",
	} {
		text = "runloop: 1\ncoroutines: { work: { params: { n: int }, do: [print: \"${n}\"] } }\nmain:\n" + text
		src := source.NewSource("", []byte(text))
		if diags := Check("", []byte(text)); len(diags) != 1 || diags[0].Code != yaml.CodeIndentation {
			t.Errorf("%s\n%v", text, &source.LoadError{Source: src, Diagnostics: diags})
		}
	}
}
