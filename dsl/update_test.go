package dsl

import (
	"strings"
	"testing"

	"runloop/dsl/compile"
	"runloop/dsl/syntax"
)

// TestSetOutput rewrites `expect.output` in all its forms: the text is read back, and the rest is unchanged.
func TestSetOutput(t *testing.T) {
	const head = "# kept\nrunloop: 1\nmain: [ { print: a } ]\n"
	texts := map[string]string{
		"lines": "a\nb\n", "one line": "a\n", "no line break": "a", "nothing": "", "a line break": "\n",
		"blank lines": "a\n\nb\n\n\n", "leading blank lines": "\n\na\n", "indented": "  a\nb\n", "tabs": "\ta\tb\n",
		"trailing space": "a \nb  \n", "escape": "\x1b[1ma\x7f\n", "quotes": "\"a\" 'b' \\ # c: d\n", "unicode": "é → 😀\n",
		"carriage returns": "a\r\nb\n", "marks": "--- a\n... b\n- c\n%\n",
	}
	files := map[string]string{
		"block":              "expect:\n  # before\n  output: |\n    x\n    y\n  # behind\n  ends: completed # end\n",
		"block with comment": "expect:\n  output: |- # why\n    x\n\n# behind\n",
		"folded, last":       "expect:\n    ends: completed\n    output: >\n       x\n       y",
		"quoted":             "expect:\n  output: \"x\\n\" # why\n  ends: completed\n",
		"plain, last":        "expect:\n  output: x",
		"flow":               "expect: { output: \"x\\n\", ends: completed } # why\n",
		"windows":            "expect:\r\n  output: |\r\n    x\r\n  ends: completed\r\n",
		"several lines":      "expect:\n  output: 'x\n\n    y' # why\n  # behind\n",
		"on its own line":    "expect:\n  output:\n    \"x\"\n  ends: completed\n",
	}
	for form, file := range files {
		for what, text := range texts {
			t.Run(form+"/"+what, func(t *testing.T) {
				s, err := Load("x.yaml", []byte(head+file))
				if err != nil {
					t.Fatal(err)
				}
				data, changed, err := s.SetOutput(text)
				if err != nil || !changed {
					t.Fatal(changed, err)
				}
				after, err := Load("x.yaml", data)
				if err != nil {
					t.Fatalf("%v\n%s", err, data)
				}
				if got := syntax.ConstText(after.Expect.Output); got != text {
					t.Errorf("it reads %q, want %q:\n%s", got, text, data)
				}
				for _, comment := range []string{"# kept", "# before", "# behind", "# end", "# why"} {
					if n := strings.Count(file, comment); n > 0 && strings.Count(string(data), comment) != n {
						t.Errorf("%q is gone:\n%s", comment, data)
					}
				}
				if strings.Contains(file, "\r") && strings.Count(string(data), "\n") != strings.Count(string(data), "\r\n")+strings.Count(head, "\n") {
					t.Errorf("line breaks are mixed:\n%q", data)
				}
				if _, again, err := after.SetOutput(text); again || err != nil {
					t.Error("a second time changes it", err)
				}
			})
		}
	}
}

func TestSetOutputForm(t *testing.T) {
	block := "runloop: 1\nmain: [ { print: a } ]\nexpect:\n  output: |-\n    x\n\n  # behind\n  at: 0\n"
	s, err := Load("x.yaml", []byte(block))
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := s.SetOutput("y")
	if want := strings.Replace(block, "    x", "    y", 1); err != nil || string(data) != want {
		t.Errorf("error %v\n%s\nwant:\n%s", err, data, want)
	}
	const src = "runloop: 1\nmain: [ { print: a } ]\nexpect:\n  output: \"x\" # why\n  ends: completed\n"
	if s, err = Load("x.yaml", []byte(src)); err != nil {
		t.Fatal(err)
	}
	data, _, err = s.SetOutput("a\n\nb\n")
	want := strings.Replace(src, "\"x\" # why\n", "| # why\n    a\n\n    b\n", 1)
	if err != nil || string(data) != want {
		t.Errorf("error %v\n%s\nwant:\n%s", err, data, want)
	}
}

// TestSetOutputList: each line of a list that was not printed becomes the nearest one that was, in the same form, and
// the rest is unchanged.
func TestSetOutputList(t *testing.T) {
	const head = "# kept\nrunloop: 1\nmain: [ { print: a } ]\nexpect:\n"
	const output = "start\na: 1\nb: 2\n\ntotal 8\n#end's\n"
	for _, tc := range []struct{ name, list, want string }{
		{"one line", "  output: [start, total 7] # why\n", "  output: [start, total 8] # why\n"},
		{"a block list", "  output:\n    # first\n    - star # one\n\n    -   'total 7'   # two\n  ends: completed\n",
			"  output:\n    # first\n    - start # one\n\n    -   'total 8'   # two\n  ends: completed\n"},
		{"what must be quoted", "  output: [a 1, b 2, #\n    'end''s' ]\n", "  output: [\"a: 1\", \"b: 2\", #\n    '#end''s' ]\n"},
		{"numbers and empty lines", "  output: [1, \"\\n\", x, total 8]\n", "  output: [\"a: 1\", \"b: 2\", \"\", total 8]\n"},
		{"a block", "  output:\n    - |-  # why\n      totally\n    - \"#end's\"\n", "  output:\n    - \"total 8\"  # why\n    - \"#end's\"\n"},
		{"the wrong order", "  output: [total 8, start]\n", "  output: [total 8, \"#end's\"]\n"},
		{"too often", "  output: [start, start]\n", "  output: [start, \"a: 1\"]\n"},
		{"windows", "  output:\r\n    - star\r\n    - total 7\r\n", "  output:\r\n    - start\r\n    - total 8\r\n"},
	} {
		s, err := Load("x.yaml", []byte(head+tc.list))
		if err != nil {
			t.Fatal(tc.name, err)
		}
		data, changed, err := s.SetOutput(output)
		if err != nil || !changed || string(data) != head+tc.want {
			t.Errorf("%s: changed %v, error %v\n%s\nwant:\n%s", tc.name, changed, err, data, head+tc.want)
			continue
		}
		if s, err = Load("x.yaml", data); err != nil {
			t.Fatal(tc.name, err)
		}
		if _, changed, err := s.SetOutput(output); err != nil || changed {
			t.Errorf("%s: a second time: changed %v, error %v", tc.name, changed, err)
		}
	}
}

// TestSetOutputLeaves: the file stays unchanged if the output fits, if there is no expectation, or if the place cannot
// be rewritten.
func TestSetOutputLeaves(t *testing.T) {
	const output = "new\nmore\n"
	for src, why := range map[string]string{
		"main: [ stop ]\n":                                               "",
		"main: [ stop ]\nexpect: { at: 0 }\n":                            "",
		"main: [ stop ]\nexpect: { output: [new] }\n":                    "",
		"main: [ stop ]\nexpect: { output: [new, more] }\n":              "",
		"main: [ stop ]\nexpect: { output: \"new\\nmore\\n\" }\n":        "",
		"main: [ stop ]\nexpect: { output: [a, b, c] }\n":                "it lists 3 lines, and there are 2",
		"loop: { id: &x a }\nmain: [ stop ]\nexpect: { output: *x }\n":   "it is an alias",
		"loop: { id: &x a }\nmain: [ stop ]\nexpect: { output: [*x] }\n": "it is an alias",
		"expect: { output: &x a }\nmain: [ { print: *x } ]\n":            "used elsewhere",
		"expect: { output: [&x a] }\nmain: [ { print: *x } ]\n":          "used elsewhere",
	} {
		s, err := Load("x.yaml", []byte("runloop: 1\n"+src))
		if err != nil {
			t.Fatal(err)
		}
		data, changed, err := s.SetOutput(output)
		said := err != nil && why != "" && strings.Contains(err.Error(), why)
		if changed || said != (err != nil) || said != (why != "") || !said && string(data) != "runloop: 1\n"+src {
			t.Errorf("%q: changed %v, error %v\n%s", src, changed, err, data)
		}
	}
}

// TestVerifyList checks the message about a line that was not printed.
func TestVerifyList(t *testing.T) {
	for list, want := range map[string]string{
		"[a, c]":       "",
		"[x, c]":       `the line "x" does not come in the output`,
		"[b, a]":       `the line "a" does not come in the output after line 2, "b"`,
		"[a, b, c, c]": `the line "c" does not come in the output after line 3, "c"`,
	} {
		s, err := Load("x.yaml", []byte("runloop: 1\nmain: [ { print: a }, { print: b }, { print: c } ]\nexpect: { output: "+list+" }\n"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.NewLoop(compile.RunOptions{KeepOutput: true})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range s.Verify(l, l.Run()) {
			got += f.Message
		}
		if got != want {
			t.Errorf("%s: %q, want %q", list, got, want)
		}
	}
}
