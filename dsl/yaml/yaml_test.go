package yaml

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/dsl/source"
)

// parseText reads text and returns the tree with its sorted diagnostics.
func parseText(text string) (*source.Source, *Node, source.Diagnostics) {
	src := source.NewSource("x.yaml", []byte(text))
	var diags source.Diagnostics
	n, _ := Parse(src, &diags)
	diags.Sort()
	return src, n, diags
}

// outline writes a tree on one line: i1 f1.5 btrue n"" are typed scalars, quoted text is in quotes, ! is broken.
func outline(n *Node) string {
	switch {
	case n == nil:
		return "nil"
	case n.Broken:
		return "!"
	case n.Kind == ListNode:
		parts := make([]string, len(n.Items))
		for i, c := range n.Items {
			parts[i] = outline(c)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case n.Kind == MapNode:
		parts := make([]string, len(n.Pairs))
		for i, p := range n.Pairs {
			parts[i] = p.Key + ":" + outline(p.Value)
		}
		return "{" + strings.Join(parts, " ") + "}"
	case n.Quoted:
		return fmt.Sprintf("%q", n.Text)
	}
	return [...]string{"", "i", "f", "b", "n"}[n.Type] + n.Text
}

func TestParseYAML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: 1\nb: [x, 'y', \"z\"]\n", `{a:i1 b:[x "y" "z"]}`},
		{"\uFEFFa: 1\r\nb:\r\n  - c\r\n", "{a:i1 b:[c]}"},
		{"a: true\nb: True\nc: yes\nd: null\ne: ~\nf:\ng: Null\n", "{a:btrue b:True c:yes d:nnull e:n~ f:n g:Null}"},
		{"[0, -0, +7, -12, 3.0, 1e3, .5, 5., -.inf, .NaN, 1.5.2, 00:09:27]",
			"[i0 i-0 i+7 i-12 f3.0 f1e3 f.5 f5. f-.inf f.NaN 1.5.2 00:09:27]"},
		{"[2024-01-01, 1d, 0s, +, ., -x, 1e, 1_a]", "[2024-01-01 1d 0s + . -x 1e 1_a]"},
		{"a: &x [1, 2]\nb: *x\nc: {d: *x}\n", "{a:[i1 i2] b:[i1 i2] c:{d:[i1 i2]}}"},
		{"a: |\n  x # y\n    z\nb: >-\n  one\n  two\n", `{a:"x # y\n  z\n" b:"one two"}`},
		{"---\na: 1\n...\n# end\n", "{a:i1}"},
		{"a:   # a comment before a block\n  - b\nc: # and before one that is not indented\n- d\n", "{a:[b] c:[d]}"},
		{"a: {\nb: 1,\n}\n", "{a:{b:i1}}"},
		{"x:\n- a:\n  - b\n  c: d\n- e\ny: z\n", "{x:[{a:[b] c:d} e] y:z}"},
		{"- - - a\n  - b\n", "[[[a] b]]"},
		{"a: [b: 1, c]\n", "{a:[{b:i1} c]}"},
		{"on: 1\nyes: 2\n", "{on:i1 yes:i2}"},
		{"a: hello\n  world\nb: it's\n", "{a:hello world b:it's}"},
		{"a: ${x\nb: a#b\nc: x:y\n", "{a:${x b:a#b c:x:y}"},
		{"a: b # (a comment, with # in it)\n", "{a:b}"},
		{"{a: b\n !c\n  * d, e: f\n   %g\n &h\n | i\n > j\n @k\n `}\n", "{a:b !c * d e:f %g &h | i > j @k `}"},
	} {
		_, n, diags := parseText(c.text)
		if got := outline(n); got != c.want || len(diags) > 0 {
			t.Errorf("%q:\n got %s\nwant %s\n%v", c.text, got, c.want, diags)
		}
	}
}

// problems is the diagnostics with the text under their spans.
func problems(src *source.Source, diags source.Diagnostics) string {
	var parts []string
	for _, d := range diags {
		parts = append(parts, fmt.Sprintf("%d %s %q", src.Pos(d.Span.Start).Line, d.Code, src.Text(d.Span)))
	}
	return strings.Join(parts, "; ")
}

// TestYAMLProblems holds that one mistake gives one error at its exact span, and that the rest of the file is read.
func TestYAMLProblems(t *testing.T) {
	for _, c := range []struct{ name, text, want, tree string }{
		{"duplicate key", "a: 1\nb: 2\na: 3\n", `3 RL0007 "a"`, "{a:i1 b:i2}"},
		{"merge key", "a: &x {b: 1}\nc:\n  <<: *x\n", `3 RL0008 "<<"`, "{a:{b:i1} c:{}}"},
		{"keys that are not text", "1: x\ntrue: x\n~: x\n1.5: x\n[a]: x\n\"1\": y\n",
			`1 RL0009 "1"; 2 RL0009 "true"; 3 RL0009 "~"; 4 RL0009 "1.5"; 5 RL0009 "[a]"`, "{1:y}"},
		{"numbers", "[010, 08, 0o17, 0x1F, 1_000, 9223372036854775808, 1e999, -007]",
			`1 RL0013 "010"; 1 RL0013 "08"; 1 RL0013 "0o17"; 1 RL0013 "0x1F"; 1 RL0013 "1_000"; ` +
				`1 RL0013 "9223372036854775808"; 1 RL0013 "1e999"; 1 RL0013 "-007"`, "[! ! ! ! ! ! ! !]"},
		{"indicators in brackets", "a: [@x, %y, &b 1, *b, * c, >, 'd']\n",
			`1 RL0018 "@x"; 1 RL0018 "%y"; 1 RL0018 "* c"; 1 RL0018 ">"`,
			`{a:[! ! i1 i1 ! ! "d"]}`},
		{"aliases that nest too deeply", "a: &a " + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "\nb: " +
			strings.Repeat("[", 20) + "*a" + strings.Repeat("]", 20) + "\n", `2 RL0006 "*a"`,
			"{a:" + strings.Repeat("[", 50) + strings.Repeat("]", 50) + " b:" + strings.Repeat("[", 20) +
				"!" + strings.Repeat("]", 20) + "}"},
		{"explicit keys", "? a\n: 1\n? [b]\n: 2\n", `3 RL0009 "[b]"`, "{a:i1}"},
		{"second document", "a: 1\n---\nb: 2\n", `2 RL0010 "---"`, "{a:i1}"},
		{"content behind the end", "a: 1\n...\nb: 2\n", `3 RL0010 "b: 2"`, "{a:i1}"},
		{"directive", "%YAML 1.2\n---\na: 1\n", `1 RL0010 "%YAML 1.2"`, "{a:i1}"},
		{"cycle", "a: &x [*x]\n", `1 RL0011 "*x"`, "{a:[!]}"},
		{"unknown alias", "a: *x\nb: [*y, 1]\n", `1 RL0011 "*x"; 2 RL0011 "*y"`, "{a:! b:[! i1]}"},
		{"empty", "# nothing\n", `1 RL0002 ""`, "nil"},
		{"control character", "a: \x01\n", `1 RL0003 "\x01"`, "nil"},
		{"not UTF-8", "a: \xE9\n", `1 RL0003 "\xe9"`, "nil"},
		{"UTF-16", "\xFF\xFEa\x00:\x00", `1 RL0003 "\xff\xfe"`, "nil"},
		{"line separator", "a: b\u2028c\n", `1 RL0003 "\u2028"`, "nil"},

		{"hash in an expression", "a: ${map(xs, # + 1)}\nb: 1\n", `1 RL0016 "# + 1)}"`, "{a:! b:i1}"},
		{"hash in a condition", "a: any(xs, # > 2)\n", `1 RL0016 "# > 2)"`, "{a:!}"},
		{"hash in a text", "- it's ${x # y}\n", `1 RL0016 "# y}"`, "[!]"},
		{"hash on a line of its own", "a: ${map(xs,\n  # + 1)}\nb: 1\n", `2 RL0016 "# + 1)}"`, "{a:! b:i1}"},
		{"hash on a later line", "a: ${map(\n  xs, # + 1)}\nb: 1\n", `2 RL0016 "# + 1)}"`, "{a:! b:i1}"},
		{"hash before an expression", "- job #${n} of ${m}\n", `1 RL0016 "#${n} of ${m}"`, "[!]"},
		{"hash before an expression in brackets", "- { a: job #${n} of it }\n", `1 RL0016 "job #${n} of it"`, "[{a:!}]"},
		{"hash in a quote", "- echo \"  # n\"\n- n == 'a # b'\n", `1 RL0016 "# n\""; 2 RL0016 "# b'"`, "[! !]"},
		{"hash before a computed comment", "a: n == 2 # and n == ${3}\n", `1 RL0016 "# and n == ${3}"`, "{a:!}"},
		{"anchor in a text", "- &copy ${n}\n- &a b\n- *a\n", `1 RL0018 "&copy ${n}"`, "[${n} b b]"},
		{"hash instead of a value", "a: # 1\nb: 2\nc: #x\n", `1 RL0016 "# 1"; 3 RL0016 "#x"`, "{a:n b:i2 c:n}"},
		{"ternary as a value", "a: ${c ? 1 : 2}\nb: 1\n", `1 RL0017 "${c ? 1 : 2}"`, "{a:! b:i1}"},
		{"ternary as an item", "- ${c ? 1 : 2}\n- b\n", `1 RL0017 "${c ? 1 : 2}"`, "[! b]"},
		{"colon", "a: x: y\nb: Total:\n", `1 RL0017 "x: y"; 2 RL0017 "Total:"`, "{a:! b:!}"},
		{"colon in brackets", "a: {b: c: d}\n", `1 RL0017 "c: d"`, "{a:{b:!}}"},
		{"expression in a flow map", "a: { x: ${y} }\n", `1 RL0015 "${y}"`, "{a:{x:!}}"},
		{"expression in a flow list", "a: [${b}, 1]\n", `1 RL0015 "${b}"`, "{a:[! i1]}"},
		{"text in a flow map", "a: {x: ${b} and ${c[0]}, y: xs[0], z: 1}\n", `1 RL0015 "${b} and ${c[0]}"; 1 RL0015 "xs[0]"`,
			"{a:{x:! y:! z:i1}}"},
		{"call in a flow map", "a: {x: max(b, c) > 1}\n", `1 RL0015 "max(b, c) > 1"`, "{a:{x:!}}"},
		{"ternary in a flow map", "a: {x: b ? 1 : 2}\n", `1 RL0015 "b ? 1 : 2"`, "{a:{x:!}}"},
		{"negation", "a: !done\nb: [!x, 1]\n", `1 RL0012 "!done"; 2 RL0012 "!x"`, "{a:! b:[! i1]}"},
		{"tag", "a: !!int 3\n", `1 RL0012 "!!int 3"`, "{a:!}"},
		{"double braces", "a: {{ x }}\nb: {c: {{ y }}, d: 1}\n", `1 RL0023 "{{ x }}"; 2 RL0023 "{{ y }}"`,
			"{a:! b:{c:! d:i1}}"},
		{"condition that begins with a quote", "until: \"a\" == b\nb: 1\n", `1 RL0019 "\"a\" == b"`, "{until:! b:i1}"},
		{"the same in brackets", "a: {u: \"a\" == b}\n", `1 RL0019 "\"a\" == b"`, "{a:{u:!}}"},
		{"indicators", "a: [INFO] x\nb: {n} x\nc: * 2\nd: % 3\ne: @x\nf: `x`\ng: > 5\nh: | x\ni: & y\n",
			"1 RL0018 \"[INFO] x\"; 2 RL0018 \"{n} x\"; 3 RL0018 \"* 2\"; 4 RL0018 \"% 3\"; 5 RL0018 \"@x\"; " +
				"6 RL0018 \"`x`\"; 7 RL0018 \"> 5\"; 8 RL0018 \"| x\"; 9 RL0018 \"& y\"", "{a:! b:! c:! d:! e:! f:! g:! h:! i:!}"},
		{"list behind a key", "a: - b\n", `1 RL0018 "- b"`, "{a:!}"},
		{"quote within quotes", "a: 'don't'\n", `1 RL0019 "'don't'"`, "{a:!}"},
		{"unclosed quote", "a: \"abc\nb: 1\n", `1 RL0020 "\""`, "{a:! b:i1}"},
		{"unclosed quote before a closed one", "a: \"abc\nb: \"def\"\nc: 1\n", `1 RL0020 "\""`, `{a:! b:"def" c:i1}`},
		{"text behind a quote of several lines", "a: \"x\n  y\" z\nb: 1\n", `2 RL0019 "z"`, `{a:"x y" b:i1}`},
		{"unclosed bracket", "a: [1, 2\nb: 3\n", `1 RL0020 "["`, "{a:! b:i3}"},
		{"unclosed quote in brackets", "a: [\n  \"x,\n  y\n]\nb: {c: 'd, e: f}\n", `2 RL0020 "\""; 5 RL0020 "'"`,
			"{a:[! y] b:{c:! e:f}}"},
		{"unclosed brackets before other brackets", "a: { b: [1, 2\nc: [3]\nd:\n  - e: {f: 1\n  - g: {h: 1}\n",
			`1 RL0020 "["; 4 RL0020 "{"`, "{a:! c:[i3] d:[{e:!} {g:{h:i1}}]}"},
		{"missing comma in brackets", "a: {\n  b: 1\n  c: 2\n}\nd: 3\n", `3 RL0017 "c: 2"`, "{a:{b:!} d:i3}"},
		{"closing brackets and commas", "a: ,\nb: }\n- c\n", `1 RL0018 ","; 2 RL0018 "}"; 3 RL0005 "- c"`, "{a:! b:!}"},
		{"wrong bracket", "a: [1, {x: 2]\nb: 3\n", `1 RL0020 "{"`, "{a:! b:i3}"},
		{"bracket behind a hash", "a: [b # c]\nd: 1\n", `1 RL0020 "["`, "{a:! d:i1}"},
		{"escape", "a: \"x\\d\"\nb: \"\\x1\"\nc: \"\\uD800\"\n", `1 RL0021 "\\d"; 2 RL0021 "\\x1"; 3 RL0021 "\\uD800"`,
			"{a:! b:! c:!}"},
		{"key under a text", "- print: x\n    end: y\n- z: 1\n", `2 RL0005 "end: y"`, "[{print:x} {z:i1}]"},
		{"between two columns", "a:\n   b: 1\n  c:\n    d: 2\ne: 3\n", `3 RL0005 "c:"`, "{a:{b:i1} e:i3}"},
		{"key in a list", "a:\n  - b\n  c: 1\nd: 2\n", `3 RL0005 "c: 1"`, "{a:[b] d:i2}"},
		{"item in a map", "a: b\n- c\n", `2 RL0005 "- c"`, "{a:b}"},
		{"before the first column", "  a: 1\nb: 2\n", `2 RL0005 "b: 2"`, "{a:i1}"},
		{"tabs", "a:\n\tb: 1\n\tc: 2\n", `2 RL0005 "\t"`, "{a:{b:i1 c:i2}}"},
		{"no colon", "- a: 1\n  sleep 3\n  b:2\n", `2 RL0022 "sleep 3"; 3 RL0022 "b:2"`, "[{a:i1}]"},
		{"a key without its colon", "runloop:1\nb: c\nmain\n  - a\nd:\n  -e\n", `1 RL0022 "runloop:1"; 3 RL0022 "main"`,
			"{b:c d:-e}"},
		{"an item without its space", "a:\n  - b\n  -c: d\n    e: f\n  - g\n", `3 RL0005 "-c: d"`, "{a:[b g]}"},
		{"text of several lines", "a\nb\n", "", "a b"},
		{"two independent mistakes", "a: {x: ${y}}\nb: \"q\" z\nb: 1\n", `1 RL0015 "${y}"; 2 RL0019 "\"q\" z"; 3 RL0007 "b"`,
			"{a:{x:!} b:!}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, n, diags := parseText(c.text)
			if got := problems(src, diags); got != c.want {
				t.Errorf("%q:\n got %s\nwant %s", c.text, got, c.want)
			}
			if got := outline(n); got != c.tree {
				t.Errorf("%q:\n got %s\nwant %s", c.text, got, c.tree)
			}
		})
	}
}

func TestYAMLHints(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: { x: ${y} }\n", "write `{ x: \"${y}\" }`"},
		{"a: {x: ${y}, z: xs[0]}\n", "write `{x: \"${y}\", z: \"xs[0]\"}`"},
		{"a: [\n  ${y},\n]\n", "write `\"${y}\"`"},
		{"until: \"a\" == b\n", "quote the whole value: write `until: '\"a\" == b'`"},
		{"until: \"a\" == \"b\"\n", "quote the whole value: write `until: '\"a\" == \"b\"'`"},
		{"a: 'don't'\n", "quote the whole value: write `a: \"don't\"`"},
		{"until: !done\n", "for \"not\" write `not done`; or quote it: write `until: \"!done\"`"},
		{"a: {{ x }}\n", "write `a: \"${x}\"`"},
		{"a: ${map(xs, # + 1)}\n", "quote the text: write `a: \"${map(xs, # + 1)}\"`"},
		{"- a: 1\n  sleep 3\n", "did you mean `sleep: 3`?"},
		{"a: 1\nmain\n", "did you mean `main:`?"},
		{"- a\n-b\n", "write `- b`"},
		{"- a: 1\n  b:2\n", "put a space behind the colon: `b: 2`"},
		{"a: [b # c]\n", "` #` begins a comment, which hides the `]`: quote the text that holds it"},
		{"a: ${c ? '" + strings.Repeat("x", 200) + "' : 2}\n", "quote the value: put it in quotes"},
	} {
		if _, _, diags := parseText(c.text); len(diags) == 0 || diags[0].Hint != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.text, diags, c.want)
		}
	}
}

func TestSyntaxWords(t *testing.T) {
	// What no accident explains is told in our words too.
	for _, text := range []string{"--- a\nb: 1\n", "a: >5\n  foo\n"} {
		_, n, diags := parseText(text)
		if n != nil || len(diags) != 1 || diags[0].Code != CodeSyntax || strings.Contains(diags[0].Message, "yaml") {
			t.Errorf("%q: %v", text, diags)
		}
	}
}

func TestNumbers(t *testing.T) {
	_, n, _ := parseText("[-12, 3.0, -.inf, .nan, 1e3, true]")
	floats := []float64{-12, 3, math.Inf(-1), math.NaN(), 1000}
	for i, want := range floats {
		if got := n.Items[i].Float(); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("Float of %s is %v", n.Items[i].Text, got)
		}
	}
	if n.Items[0].Int() != -12 || !n.Items[5].Bool() {
		t.Errorf("Int %d, Bool %v", n.Items[0].Int(), n.Items[5].Bool())
	}
}

func TestTextSpan(t *testing.T) {
	for _, c := range []struct{ text, part, want string }{
		{"plain: a ${x} b\n", "${x}", "${x}"},
		{"quoted: \"a\\t\\u00e9 ${x[\\\"y\\\"]} b\"\n", `x["y"]`, `x[\"y\"]`},
		{"escape: \"\\U0001F600${x}\\n\"\n", "\U0001F600", `\U0001F600`},
		{"swallowed: \"a\\\n   ${x}\"\n", "${x}", "${x}"},
		{"swallowed: \"a\\\n   ${x}\"\n", "a$", "a\\\n   $"},
		{"single: 'it''s ${x[''y'']} b'\n", "x['y']", "x[''y'']"},
		{"folded: >\n  one\n  ${x}\n\n  three\n", "one ${x}", "one\n  ${x}"},
		{"literal: |\n  one\n    ${x}\n  three\n", "  ${x}", "  ${x}"},
		{"literal: |+2\n   ${x}\n\n", " ${x}", " ${x}"},
		{"crlf: |\r\n  one\r\n  ${x}\r\n", "${x}", "${x}"},
		{"lines: one\n  two ${x}\n\n  three\n", "two ${x}\nthree", "two ${x}\n\n  three"},
		{"quoted lines: 'one\n\n  two ${x}'\n", "\ntwo ${x}", "\n\n  two ${x}"},
		{"multibyte: é ${x}\n", "${x}", "${x}"},
	} {
		src, n, diags := parseText(c.text)
		if len(diags) > 0 {
			t.Fatalf("%q: %v", c.text, diags)
		}
		v := n.Pairs[0].Value
		at := strings.Index(v.Text, c.part)
		if at < 0 {
			t.Fatalf("%q: no %q in %q", c.text, c.part, v.Text)
		}
		if got := src.Text(v.TextSpan(at, at+len(c.part))); got != c.want {
			t.Errorf("%q: %q is written as %q, want %q", c.text, c.part, got, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	src, n, _ := parseText("a: &x [1, {b: 'c'} ] # d\n\"k\":\n  - e: f\n    g: |\n      h\n\n  - *x\nz:\n")
	var got []string
	for _, p := range n.Pairs {
		got = append(got, src.Text(p.KeySpan)+" = "+src.Text(p.Value.Span))
	}
	want := []string{"a = [1, {b: 'c'} ]", "\"k\" = - e: f\n    g: |\n      h\n\n  - *x", "z = "}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

// TestHostileYAML holds that files that are made to be slow end quickly, with an error.
func TestHostileYAML(t *testing.T) {
	laughs := "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
	for c := 'b'; c < 'j'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	var stairs strings.Builder
	for i := range 3000 {
		stairs.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, text := range map[string]string{
		CodeTooDeep + " brackets":     "a: " + strings.Repeat("[", 100_000),
		CodeTooDeep + " items":        strings.Repeat("- ", 100_000),
		CodeTooDeep + " stairs":       stairs.String(),
		CodeTooDeep + " explicit":     strings.Repeat("? ", 100_000),
		CodeTooLong + " quoted":       "a: \"" + strings.Repeat("x", MaxTextSize+1) + "\"\n",
		CodeTooLong + " block":        "a: |\n" + strings.Repeat("  ${x}\n", MaxTextSize/5+1),
		CodeTooLong + " values":       "a: [" + strings.Repeat("1,", 2_000_000) + "]\n",
		CodeUnclosed + " calls":       "a: [" + strings.Repeat("b(, ", 100_000),
		CodeAlias + " laughs":         laughs,
		CodeUnclosed + " quotes":      strings.Repeat("a: 'x\n", 500_000),
		CodeHash + " hashes":          "a: ${ " + strings.Repeat("# ", 500_000),
		CodeFlowText + " expressions": "a: [" + strings.Repeat("${x}, ", 500_000) + "]\n",
		CodeFileTooLarge + " file":    strings.Repeat("a", MaxFileSize+1),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, diags := parseText(text)
			if len(diags) == 0 || !strings.HasPrefix(name, diags[0].Code) {
				t.Errorf("got %d diagnostics, first %.200s", len(diags), fmt.Sprint(diags))
			}
		})
	}
}

func inside(t *testing.T, src *source.Source, sp source.Span) {
	t.Helper()
	if sp.Start < 0 || sp.Start > sp.End || sp.End > len(src.Data) {
		t.Fatalf("span %v is not inside a file of %d bytes", sp, len(src.Data))
	}
}

func checkSpans(t *testing.T, src *source.Source, n *Node, seen map[*Node]bool) {
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	inside(t, src, n.Span)
	for _, c := range n.Items {
		checkSpans(t, src, c, seen)
	}
	for _, p := range n.Pairs {
		inside(t, src, p.KeySpan)
		checkSpans(t, src, p.Value, seen)
	}
	if n.Kind != ScalarNode || n.Broken || n.Text == "" {
		return
	}
	if len(n.segments) == 0 {
		t.Fatalf("the text %q is not found at %q", n.Text, src.Text(n.Span))
	}
	for i, s := range n.segments {
		end := len(n.Text)
		if i+1 < len(n.segments) {
			end = n.segments[i+1].text
		}
		sp := n.TextSpan(s.text, end)
		inside(t, src, sp)
		text := n.Text[s.text:end]
		isEscape := strings.Contains(src.Text(sp), "\\") // as long as what it stands for
		same := strings.Join(strings.Fields(text), " ") == strings.Join(strings.Fields(src.Text(sp)), " ")
		if end-s.text == s.size && !isEscape && !same {
			t.Fatalf("the text %q is not at %q", text, src.Text(sp))
		}
	}
}

// FuzzParse holds that any bytes are read without a panic: that no tree comes without an error, that every place lies
// in the file, and that the text of scalars is found where it stands.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../testdata/*/*.yaml")
	if len(files) == 0 {
		f.Fatal("no files")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src, n, diags := parseText(string(data))
		if n == nil && !diags.HasErrors() {
			t.Fatal("neither a tree nor an error")
		}
		checkSpans(t, src, n, map[*Node]bool{})
	})
}
