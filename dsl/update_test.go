package dsl

import (
	"strings"
	"testing"
)

// TestSetOutput rewrites `expect.output` in all its forms: the text is read back, and all else is as it was.
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
				if got := constText(field[*Value](field[*Record](after.Root, "expect"), "output")); got != text {
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

// TestSetOutputLeaves: a list of lines, no expectation, and an alias are not rewritten.
func TestSetOutputLeaves(t *testing.T) {
	for src, fails := range map[string]bool{
		"main: [ stop ]\n":                                             false,
		"main: [ stop ]\nexpect: { output: [a] }\n":                    false,
		"main: [ stop ]\nexpect: { at: 0 }\n":                          false,
		"loop: { id: &x a }\nmain: [ stop ]\nexpect: { output: *x }\n": true,
	} {
		s, err := Load("x.yaml", []byte("runloop: 1\n"+src))
		if err != nil {
			t.Fatal(err)
		}
		data, changed, err := s.SetOutput("new")
		if changed || (err != nil) != fails || !fails && string(data) != "runloop: 1\n"+src {
			t.Errorf("%q: changed %v, error %v\n%s", src, changed, err, data)
		}
	}
}
