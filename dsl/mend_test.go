package dsl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

func TestMendAll(t *testing.T) {
	const head = "runloop: 1\r\n# kept\r\nshared: { x: 1, done: false } # kept too\r\nmain:\r\n"
	for _, c := range []struct {
		name, wrong, want string
		n                 int
	}{
		{"flow", "  - set: { x: ${x + 1} }  # c\r\n", "  - set: { x: \"${x + 1}\" }  # c\r\n", 1},
		{"flow list", "  - print: [${x}, ${x + 1}]\r\n", "  - print: [\"${x}\", \"${x + 1}\"]\r\n", 2},
		{"braces", "  - print: {{ x }}\r\n", "  - print: \"${x}\"\r\n", 1},
		{"comma", "  - print: [1, , 2]\r\n", "  - print: [1, 2]\r\n", 1},
		{"hash", "  - print: ${map([1], # + 1)}\r\n", "  - print: \"${map([1], # + 1)}\"\r\n", 1},
		{"colon", "  - print: a: b\r\n", "  - print: \"a: b\"\r\n", 1},
		{"ternary", "  - print: ${done ? 1 : 2}\r\n", "  - print: \"${done ? 1 : 2}\"\r\n", 1},
		{"indicator", "  - print: @home\r\n", "  - print: \"@home\"\r\n", 1},
		{"after quote", "  - print: \"a\" b\r\n", "  - print: '\"a\" b'\r\n", 1},
		{"unknown alias", "  - print: *star\r\n", "  - print: \"*star\"\r\n", 1},
		{"verb and duration", "  - slep: 5 seconds # c\r\n", "  - sleep: 5s # c\r\n", 2},
		{"quoted duration", "  - sleep: '1 min 30 sec'\r\n", "  - sleep: '1m30s'\r\n", 1},
		{"key", "  - repeat: 2\r\n    aas: i\r\n    do: [print: '${i}']\r\n",
			"  - repeat: 2\r\n    as: i\r\n    do: [print: '${i}']\r\n", 1},
		{"word", "  - wait: []\r\n    return_when: first_complete\r\n",
			"  - wait: []\r\n    return_when: first_completed\r\n", 1},
		{"condition", "  - if: ${x > 1}\r\n    then: [stop]\r\n", "  - if: x > 1\r\n    then: [stop]\r\n", 1},
		{"quoted condition", "  - if: '${x > 1}'\r\n    then: [stop]\r\n", "  - if: 'x > 1'\r\n    then: [stop]\r\n", 1},
		{"comparison", "  - if: x = 1\r\n    then: [stop]\r\n", "  - if: x == 1\r\n    then: [stop]\r\n", 1},
		{"missing space", "  - sleep:2\r\n", "  - sleep: 2\r\n", 1},
		{"missing space of an item", "  - print: a\r\n  -print: b\r\n    end: c\r\n", "  - print: a\r\n  - print: b\r\n    end: c\r\n", 1},
		{"decimal comma", "  - sleep: 1,5 s\r\n", "  - sleep: 1.5s\r\n", 1},
		{"decimal comma before a unit", "  - sleep: 1,5s\r\n", "  - sleep: 1.5s\r\n", 1},
		{"boolean of older YAML", "  - spawn: { do: [stop] }\r\n    daemon: yes # c\r\n",
			"  - spawn: { do: [stop] }\r\n    daemon: true # c\r\n", 1},
		{"doubled braces", "  - print: a ${{ x }} b\r\n", "  - print: a ${x} b\r\n", 1},
		{"under a misspelt verb", "  - slep: 1,5s\r\n", "  - sleep: 1.5s\r\n", 2},
		{"a no-break space behind a key", "  - print:\u00a0a\u00a0b\r\n", "  - print: a\u00a0b\r\n", 1},
		{"no-break spaces that indent", "\u00a0 - print: |\r\n\u00a0 \u00a0 \u00a0a\r\n\u00a0 - stop\r\n", "  - print: |\r\n     a\r\n  - stop\r\n", 1},
		{"typographic quotes", "  - sleep: “1s”\r\n  - print: ${“a”}\r\n", "  - sleep: \"1s\"\r\n  - print: ${'a'}\r\n", 2},
		{"a block of text", "  - sleep: |\r\n      ${x}\r\n", "  - sleep: |-\r\n      ${x}\r\n", 1},
		{"a variable's name", "  - repeat: x\r\n    do: []\r\n", "  - repeat: ${x}\r\n    do: []\r\n", 1},
		{"tabs", "\t- repeat: 2\r\n\t\tdo:\r\n\t\t\t- print: a\tb\r\n", "  - repeat: 2\r\n    do:\r\n      - print: a\tb\r\n", 1},
		{"a missing colon", "  - sleep 1s # c\r\n", "  - sleep: 1s # c\r\n", 1},
		{"another missing colon", "  - print hello\r\n", "  - print: hello\r\n", 1},
		{"other words", "  - create_task: { do: [stop] }\r\n    title: a\r\n", "  - spawn: { do: [stop] }\r\n    name: a\r\n", 2},
		{"except", "  - try: [stop]\r\n    except: [{ do: [stop] }]\r\n", "  - try: [stop]\r\n    catch: [{ do: [stop] }]\r\n", 1},
		{"asyncio", "  - asyncio.sleep: 1\r\n", "  - sleep: 1\r\n", 1},
		{"one mistake behind another", "  - slep: { do: ${x} }\r\n  - slep: 1\r\n",
			"  - sleep: { do: \"${x}\" }\r\n  - sleep: 1\r\n", 3},
	} {
		got, n := MendAll("f.yaml", []byte(head+c.wrong))
		if string(got) != head+c.want || n != c.n {
			t.Errorf("%s: %d fixes, got\n%s\nwant %d,\n%s", c.name, n, got, c.n, head+c.want)
		}
	}
}

// TestMendAllLeaves has files that are left alone: mistakes with two repairs or none, empty files, or repairs that
// leave as many errors.
func TestMendAllLeaves(t *testing.T) {
	for _, text := range []string{
		"", "\xff", "runloop: 1\nmain:\n  - print: [\n",
		"runloop: 1\nmain:\n  - sleep: 1\n",
		"runloop: 1\nshared: { done: false }\nmain:\n  - if: !done\n    then: [stop]\n",
		"runloop: 1\nmain:\n  - print: a\n    ned: x\n    end: y\n",
		"runloop: 1\nmain:\n  - print: [${unknown}]\n",
		"runloop: 1\nmain:\n  - print: \"open\n",
		"runloop: 1\nshared: { n: 010 }\nmain:\n  - print: ${n}\n",
		"runloop: 1\nmain:\n  - slep: 1\n  - print: \"open\n",
		"a: [1\nrunloop: 1\nmain: [ { slep: 1 } ]\n",
	} {
		if got, n := MendAll("f.yaml", []byte(text)); string(got) != text || n != 0 {
			t.Errorf("%d fixes of\n%s\nare\n%s", n, text, got)
		}
	}
}

// TestMendAllKeeps checks that line ends and the byte order mark stay.
func TestMendAllKeeps(t *testing.T) {
	const text = "\uFEFFrunloop: 1 # c\r\nmain:\r\n  - slep: 5 seconds\t# k\r\n  - print: é\r"
	want := strings.NewReplacer("slep", "sleep", "5 seconds", "5s").Replace(text)
	if got, n := MendAll("f.yaml", []byte(text)); string(got) != want || n != 2 {
		t.Errorf("%d fixes: %q", n, got)
	}
}

// TestMendExamples mends the examples of the codes: the result has fewer errors, and mending it again changes nothing.
func TestMendExamples(t *testing.T) {
	mended := 0
	for _, c := range Codes {
		wrong, fixed := c.examples()
		got, n := MendAll("f.yaml", []byte(wrong))
		again, m := MendAll("f.yaml", got)
		if string(again) != string(got) || m != 0 {
			t.Errorf("%s: mended again it is\n%s", c.Code, again)
		}
		if n == 0 {
			continue
		}
		mended++
		if errorsOf("f.yaml", got) != 0 || c.Code != syntax.CodeUnknownKey && string(got) != fixed && c.Code != yaml.CodeBraces {
			t.Errorf("%s: mended it is\n%s", c.Code, got)
		}
	}
	if mended < 12 {
		t.Errorf("only %d codes have a fix", mended)
	}
}

// errorsOf is the number of errors of a file.
func errorsOf(name string, data []byte) int {
	f, _, diags := Folder{}.load(name, data)
	return countErrors(f, diags)
}

// isBetter reports whether a file has fewer errors than it had, or as many and fewer warnings.
func isBetter(file, was []byte) bool {
	before, after := errorsOf("f.yaml", was), errorsOf("f.yaml", file)
	return after < before || after == before && len(Check("f.yaml", file)) < len(Check("f.yaml", was))
}

// TestMendErrFiles mends all files with errors: no fix adds errors.
func TestMendErrFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/err/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, n := MendAll(file, data)
		before, after := errorsOf(file, data), errorsOf(file, got)
		if after > before || n > 0 && after == before || n == 0 && string(got) != string(data) {
			t.Errorf("%s: %d fixes, %d errors became %d", file, n, before, after)
		}
		if have, kept := strings.Count(string(data), "# error"), strings.Count(string(got), "# error"); kept != have {
			t.Errorf("%s: of %d comments %d are kept", file, have, kept)
		}
	}
}

// FuzzCheck checks and mends any text: nothing panics, spans lie in the file, and a mended file has fewer errors, or as many and fewer warnings.
func FuzzCheck(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range Check("f.yaml", data) {
			for _, sp := range []source.Span{d.Span, d.NoteSpan, d.Fix.Span} {
				if sp.Start < 0 || sp.End < sp.Start || sp.End > len(data) {
					t.Errorf("%s: the span %v is not in the file's %d bytes", d.Code, sp, len(data))
				}
			}
			if _, ok := CodeNamed(d.Code); !ok {
				t.Errorf("%s is no code", d.Code)
			}
		}
		mended, n := MendAll("f.yaml", data)
		if n > 0 && !isBetter(mended, data) {
			t.Errorf("%d fixes make nothing better:\n%s", n, mended)
		}
	})
}
