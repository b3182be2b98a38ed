package dsl

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPlaces holds that a mistake for which the YAML library tells a line at best, and sometimes a wrong one, is
// reported where it is.
func TestPlaces(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: 1\nb:\n  - { at: 5.5,- key: ann }\nc: 2\n", "3:15 `-` a list item `- ` stands in brackets"},
		{"b: { name: Bob,: pace: 1 }\n", "1:16 `:` there is no key before this `:`"},
		{"b: { n: \"x\",\n     reply,: y }\n", "2:12 `:` there is no key before this `:`"},
		{"b: { ok: [1, 'it''s # }'], :ame: Dora }\n", "1:28 `:ame:` there is no key before this `:`"},
		{"b: { d: ?issed beats }\n", "1:9 `?issed` an unquoted value begins with `?`, which means something to YAML"},
		{"b: {# file: small }\nc: 1\n", "1:5 `# file: small }` a `#` stands where YAML knows no comment"},
		{"b: { tasks: [?] }\n", "1:15 `]` a list in [ ] is not written as YAML expects"},
		{"a:\n  - \tsleep: 1s\n", "2:5 `\t` a tab stands where YAML wants spaces"},
		{"a:\n  b: 1\n  do:\n    - if: x\n      then:\n-          - print: y\nc: 1\n",
			"6:12 `-` this line fits neither as a key nor as a value of the map above it"},
		{"# a comment that goes on\n without its mark.\nrunloop: 1\n",
			"2:2 `without its mark.` this text stands where the first key was expected"},
		{"a: 1\nb: \n\"text\"\nc: 1\n", "3:1 `\"text\"` a key without its `:`"},
		{"a: [\n  1,\n  2\n]\nb: { c: 1,: 2 }\n", "5:11 `:` there is no key before this `:`"},
	} {
		src := NewSource("", []byte(c.text))
		var diags Diagnostics
		parseYAML(src, &diags)
		var got []string
		for _, d := range diags {
			pos := src.Pos(d.Span.Start)
			got = append(got, fmt.Sprintf("%d:%d `%s` %s", pos.Line, pos.Col, src.Text(d.Span), d.Message))
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestPlacesOfAccidents spoils the bundled scenarios in one character each, and holds the first error of those that are
// no YAML any more to the line that was spoilt or the next one, but for a few: what a changed indentation does may show
// far below.
func TestPlacesOfAccidents(t *testing.T) {
	const chars = "{}[]:,-#&*!|>'\"%@` \n\tab?"
	files, _ := filepath.Glob("../scenarios/*.yaml")
	rng := rand.New(rand.NewPCG(1, 2))
	spoilt, near, count := 0, 0, 2000
	if testing.Short() {
		count = 500
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
		src := NewSource("", text)
		if isYAML(src) {
			continue
		}
		diags := Check("", text)
		spoilt++
		if d := src.Pos(diags[0].Span.Start).Line - line; d == 0 || d == 1 {
			near++
		}
	}
	if t.Logf("%d no YAML, %d of them reported there", spoilt, near); spoilt < 100 || near*100 < spoilt*95 {
		t.Errorf("%d no YAML, only %d of them reported there", spoilt, near)
	}
}

// TestNoEchoes holds that a line in a wrong column gives one error: what it takes from the steps around it is not
// missed.
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
		src := NewSource("", []byte(text))
		if diags := Check("", []byte(text)); len(diags) != 1 || diags[0].Code != codeIndentation {
			t.Errorf("%s\n%v", text, &LoadError{Source: src, Diagnostics: diags})
		}
	}
}
