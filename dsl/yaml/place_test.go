package yaml

import (
	"fmt"
	"slices"
	"testing"

	"runloop/dsl/source"
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
		src := source.NewSource("", []byte(c.text))
		var diags source.Diagnostics
		Parse(src, &diags)
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
