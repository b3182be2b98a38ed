package dsl

import (
	"fmt"
	"strings"
	"testing"

	"runloop/dsl/source"
)

// TestCarets has mistakes in every kind of scalar: the span of each diagnostic is the wrong token itself, and every
// mistake in an expression is reported.
func TestCarets(t *testing.T) {
	const text = `runloop: 1
shared: { count: 1, s: x }
coroutines: { c: { params: { p: int }, do: [ print: "${p}" ] } }
main:
  - print: "tab\t\"${cuont + 1}\" é ${s - 1 + foo(2)}"
  - print: 'it''s ${cuont}'
  - print: >-
      folded text with
      a name ${cuont} and
      ${s * 2 +
      bar}
  - print: |
      block ${cuont}
        and ${count.x} ${'a' - }
  - print: plain ${cuont + zaehler} and ${ count + }
  - if: >
      count >
      s
    then: [stop]
  - set: { 's[cuont]': 1, "count.k[zaehler][s + 1]": 2 }
  - { call: c, with: { p: "${[cuont]}" } }
  - print: ["ü", { a: "ü${cuont}" }]
`
	want := []string{
		"5:22 cuont", "5:39 s - 1", "5:47 foo(2)", "6:21 cuont", "9:16 cuont", "10:9 s * 2", "11:7 bar", "13:15 cuont",
		"14:21 x", "14:31 ", "15:20 cuont", "15:28 zaehler", "15:51 ", "17:7 count > s", "20:15 cuont", "20:33 .k",
		"20:36 zaehler", "20:45 s + 1", "21:31 cuont", "22:27 cuont",
	}
	src := source.NewSource("f.yaml", []byte(text))
	var got []string
	for _, d := range Check("f.yaml", src.Bytes()) {
		pos := src.Pos(d.Span.Start)
		got = append(got, fmt.Sprintf("%d:%d %s", pos.Line, pos.Col, strings.Join(strings.Fields(src.Text(d.Span)), " ")))
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
