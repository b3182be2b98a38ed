package dsl

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"runloop/dsl/compile"
	"runloop/dsl/source"
)

// files makes a folder of files, main.yaml among them.
func files(texts map[string]string) Folder {
	folder := fstest.MapFS{}
	for name, text := range texts {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Folder{FS: folder}
}

// TestIncludePlaces checks that a problem at run time, and the table of the files, name the file and the line in it.
func TestIncludePlaces(t *testing.T) {
	main := "runloop: 1\ninclude: [lib/a.yaml]\nmain:\n  - call: fails\n"
	in := files(map[string]string{"lib/a.yaml": "runloop: 1\r\ninclude: ../b.yaml\r\ncoroutines:\r\n  fails:\r\n    - call: raises\r\n",
		"b.yaml": "\uFEFFrunloop: 1\n# comment\ncoroutines:\n  raises:\n    do:\n      - raise: ValueError\n"})
	s, err := in.Load("main.yaml", []byte(main))
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(compile.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := l.Run()
	if len(r.Errors) != 1 {
		t.Fatalf("%d errors", len(r.Errors))
	}
	file, at := r.Files.In(r.Errors[0].Err.Pos)
	if got := fmt.Sprint(file, at); got != "b.yaml{6 9}" {
		t.Errorf("the error is at %s", got)
	}
	if got := r.Files.Line(r.Errors[0].Err.Pos.Line); got != "line 6 of b.yaml" {
		t.Errorf("in words: %s", got)
	}
	if got := r.Files.Line(4); got != "line 4" {
		t.Errorf("in words: %s", got)
	}
}

// TestIncludeFunctions calls the functions of several files, which do not see each other.
func TestIncludeFunctions(t *testing.T) {
	in := files(map[string]string{
		"a.yaml": "runloop: 1\nfunctions: { f: { params: { n: int }, value: n * 2 } }\ncoroutines: { a: { params: { n: int }, do: [{ sleep: \"${f(n)}\" }] } }\n",
		"b.yaml": "runloop: 1\nfunctions: { g: { params: { n: int }, value: n * 3 } }\n",
		"c.yaml": "runloop: 1\ninclude: b.yaml\nfunctions: { h: { params: { n: int }, value: g(n) + 1s } }\n",
	})
	s, err := in.Load("main.yaml", []byte("runloop: 1\ninclude: [a.yaml, b.yaml, c.yaml]\nmain:\n  - { call: a, with: { n: 2 } }\n  - print: ${now} ${f(1)} ${g(1)} ${h(1)}\n"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(compile.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(l.Run().Output); got != "4.0 2 3 4.0\n" {
		t.Errorf("it prints %q", got)
	}
}

// TestIncludeLimits checks what cannot be included though it can be named.
func TestIncludeLimits(t *testing.T) {
	many := map[string]string{}
	for i := range maxIncluded + 10 {
		many[fmt.Sprintf("l%d.yaml", i)] = fmt.Sprintf("runloop: 1\ninclude: l%d.yaml\nfunctions: { f%d: { value: 1 } }\n", i+1, i)
	}
	for _, tc := range []struct {
		name string
		in   Folder
		text string
		want string
	}{
		{"no folder", Folder{}, "include: a.yaml", "`a.yaml` cannot be read: there is no folder to read it from"},
		{"many", files(many), "include: l0.yaml", "more than 1000 files are included"},
		{"itself", files(map[string]string{"main.yaml": "runloop: 1\n"}), "include: main.yaml", "in a circle: main.yaml → main.yaml"},
		{"not YAML", files(map[string]string{"a.yaml": "runloop: 1\ncoroutines: [\n"}), "include: a.yaml", "a.yaml:"},
		{"not a map", files(map[string]string{"a.yaml": "- runloop: 1\n"}), "include: a.yaml", "is no scenario: it has no line `runloop: 1`"},
		{"a folder above", Folder{FS: fstest.MapFS{"a.yaml": &fstest.MapFile{Data: []byte("runloop: 1\nfunctions: { unit: { value: 1 } }\n")}}, At: "deep"},
			"include: ../../a.yaml", "is outside the folder"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := "runloop: 1\n" + tc.text + "\nmain: [stop]\n"
			src, diags := tc.in.Check("main.yaml", []byte(text))
			var all strings.Builder
			for _, d := range diags {
				all.WriteString(src.Format(d))
			}
			if !strings.Contains(all.String(), tc.want) || !diags.HasErrors() {
				t.Errorf("want %q in:\n%s", tc.want, all.String())
			}
		})
	}
	root := Folder{FS: fstest.MapFS{"a.yaml": &fstest.MapFile{Data: []byte("runloop: 1\nfunctions: { unit: { value: 1 } }\n")}}, At: "deep"}
	if _, err := root.Load("main.yaml", []byte("runloop: 1\ninclude: ../a.yaml\nmain: [ print: \"${unit()}\" ]\n")); err != nil {
		t.Error(err)
	}
}

// TestIncludeMend checks that mending, and rewriting an expected output, change the file itself alone.
func TestIncludeMend(t *testing.T) {
	in := files(map[string]string{"a.yaml": "runloop: 1\ncoroutines:\n  c:\n    - pirnt: a\n"})
	main := "runloop: 1\ninclude: a.yaml\nmain:\n  - cal: c\n"
	mended, n := in.MendAll("main.yaml", []byte(main))
	if want := strings.Replace(main, "cal:", "call:", 1); n != 1 || string(mended) != want {
		t.Errorf("%d fixes:\n%s", n, mended)
	}
	in = files(map[string]string{"a.yaml": "runloop: 1\ncoroutines:\n  c:\n    - print: a\n"})
	main = "runloop: 1\ninclude: a.yaml\nmain:\n  - call: c\nexpect:\n  output: b\n"
	s, err := in.Load("main.yaml", []byte(main))
	if err != nil {
		t.Fatal(err)
	}
	data, changed, err := s.SetOutput("a\n")
	if want := strings.Replace(main, "output: b\n", "output: |\n    a\n", 1); err != nil || !changed || string(data) != want {
		t.Errorf("%v %v\n%s", changed, err, data)
	}
}

// TestBundle checks that a bundle includes nothing, keeps comments, and runs as the files do.
func TestBundle(t *testing.T) {
	lib := "runloop: 1\n\ninclude: [more.yaml]\n" +
		"functions: { twice: { params: { x: int }, value: \"2 * x\" },\n thrice: { params: { x: int },\n  value: 3 * x } }\n" +
		"callbacks:\n    # says\n    # bye\n    bye: # now\n        params: { text: { type: string, default: bye } }\n        do:\n            - print: |-\n                ${text}\n                  and so on\n" +
		"# the end\n"
	more := "runloop: 1\ncoroutines:\n  wait_for:\n    params: { t: duration }\n    do:\n      - sleep: ${t}\n\n  again: [ call: wait_for, with: { t: 1s } ]\n"
	more = strings.Replace(more, "[ call: wait_for, with: { t: 1s } ]", "\n    - call: wait_for\n      with: { t: 1s }", 1)
	in := files(map[string]string{"lib.yaml": lib, "more.yaml": more})
	uses := "  - print: ${twice(2)} ${thrice(3)}\n  - call: again\n  - { call: wait_for, with: { t: 2s } }\n  - call_soon: bye\n  - sleep: 1ms\n"
	for name, main := range map[string]string{
		"sections are absent": "runloop: 1\ninclude: [lib.yaml, more.yaml] # both\nmain:\n" + uses + "# last",
		"a list in lines":     "runloop: 1\ninclude:\n  - lib.yaml\n  # why\n  - more.yaml\nmain:\n" + uses,
		"in lines":            "runloop: 1\ninclude: [lib.yaml, more.yaml]\ncoroutines:\n   own:\n      - sleep: 1s\n\n# main\nmain:\n  - call: own\n" + uses,
		"in braces":           "runloop: 1\ninclude: [lib.yaml, more.yaml]\ncoroutines: { own: [ sleep: 1s ] }\nfunctions: { f: { value: 1 } }\nmain:\n  - call: own\n" + uses,
		"at the end":          "runloop: 1\nmain:\n" + uses + "include: [lib.yaml, more.yaml]\ncoroutines:\n  own: [ sleep: 1s ]",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := in.Load("main.yaml", []byte(main))
			if err != nil {
				t.Fatal(err)
			}
			data, err := s.Bundle()
			if err != nil {
				t.Fatal(err)
			}
			bundled, err := Load("main.yaml", data)
			if err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			for _, part := range []string{"# says\n", "# bye\n", "bye: # now\n", "# from more.yaml\n"} {
				if !strings.Contains(string(data), part) {
					t.Errorf("it lacks %q:\n%s", part, data)
				}
			}
			if want, got := outputOf(t, s), outputOf(t, bundled); want != got || want != "4 9\nbye\n  and so on\n" {
				t.Errorf("printed %q, the bundle %q", want, got)
			}
		})
	}
}

func outputOf(t *testing.T, s *Scenario) string {
	t.Helper()
	l, err := s.NewLoop(compile.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	return string(l.Run().Output)
}

// TestBundleRenames checks that variables of a library get other names where the scenario has them, everywhere and only there.
func TestBundleRenames(t *testing.T) {
	main, err := os.ReadFile("testdata/ok/include.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in := files(map[string]string{"lib.yaml": `runloop: 1
functions: { part: { params: { log: string, x: int }, value: "log[:x] + 'log'" } }
coroutines:
  all:
    params: { log: queue, "m": { type: map, default: { log: 1 } }, log_2: { type: int, default: 0 } }
    do:
      - let: { xs: [3, 1, 2], names: { log: a } }
      - for: count
        in: ${sort(xs)}
        do:
          - set: { "xs[0]": "${count}", 'names["log"]': b, names.count: c }
          - append: { xs: "${len(filter(xs, # > count))}" }
          - { put: log, value: "${count + m.log + log_2} log ${part('count', 2)} ${names['log']}${names.log}" }
      - spawn: { do: [ { put: log, value: "${log.size}" } ] }
        as: count_3
      - await: count_3
      - call: more
        with: { log: "${log}" }
  more:
    params: { log: queue }
    do:
      - { put: log, value: end }
`})
	text := `runloop: 1
include: lib.yaml
params: { x: 5 }
shared: { count: 0, names: 1, count_3: 0 }
queues: [log]
main:
  - { call: all, with: { log: "${log}" } }
  - while: not log.empty
    do:
      - { get: log, as: line }
      - print: ${line}
  - set: { count: "${count + names + x + count_3}" }
`
	for name, tc := range map[string]struct {
		in   Folder
		text string
	}{"include.yaml": {folderOf("testdata/ok/include.yaml"), string(main)}, "main.yaml": {in, text}} {
		s, err := tc.in.Load(name, []byte(tc.text))
		if err != nil {
			t.Fatal(err)
		}
		data, err := s.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		bundled, err := Load(name, data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if want, got := outputOf(t, s), outputOf(t, bundled); want != got || strings.Count(got, "\n") < 4 {
			t.Errorf("%s printed %q, the bundle %q:\n%s", name, want, got, data)
		}
	}
}

// TestNotBundled checks what cannot be one file.
func TestNotBundled(t *testing.T) {
	in := files(map[string]string{
		"a.yaml":       "runloop: 1\ncoroutines:\n  c:\n    - let: { n: 1 }\n    - print: ${n}\n",
		"anchors.yaml": "runloop: 1\ncoroutines:\n  first:\n    - print: &text hello\n  second:\n    - print: *text\n",
	})
	for _, tc := range []struct{ main, want string }{
		{"runloop: 1\ninclude: a.yaml\nshared: { n: 1 }\nmain:\n  - call: c\n  - set: { n: 2 }\n", ""},
		{"{ runloop: 1, include: a.yaml, main: [ { call: c } ] }\n", "it is written in braces"},
		{"runloop: 1\ninclude: anchors.yaml\ncoroutines: { own: [ { print: &text bye }, { print: *text } ] }\nmain: [ { call: own } ]\n", ""},
	} {
		s, err := in.Load("main.yaml", []byte(tc.main))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Bundle(); (err != nil) != (tc.want != "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("want %q: %v", tc.want, err)
		}
	}
}

// TestJoin checks that places in a joined source are those in its parts.
func TestJoin(t *testing.T) {
	var parts []*source.Source
	for i, text := range []string{"a: é1\nb", "", "c\r\n", "d\re\r", "f\n"} {
		parts = append(parts, source.NewSource(fmt.Sprintf("f%d", i), []byte(text)))
	}
	all := source.Join(parts)
	for i, want := range parts {
		part, offset, before := all.Part(i)
		if part != want || all.PartAt(offset) != i {
			t.Errorf("part %d is %q, from offset %d in part %d", i, part.Name(), offset, all.PartAt(offset))
		}
		for at := range len(want.Data) + 1 {
			if got := all.Pos(offset + at); got != want.Pos(at) {
				t.Errorf("offset %d of part %d is at %v, want %v", at, i, got, want.Pos(at))
			}
			if got := all.LineAt(offset + at); got != before+want.LineAt(at) {
				t.Errorf("offset %d of part %d is in line %d, want %d", at, i, got, before+want.LineAt(at))
			}
		}
		for n := range want.Lines {
			if got := all.Line(before + n + 1); got != want.Line(n+1) {
				t.Errorf("line %d of part %d is %q, want %q", n+1, i, got, want.Line(n+1))
			}
		}
	}
	if one := source.Join(parts[:1]); !reflect.DeepEqual(one, parts[0]) {
		t.Error("one part is not itself")
	}
}

// TestIncludeDoc checks that the reference shows the library that its example includes.
func TestIncludeDoc(t *testing.T) {
	doc, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	library, err := os.ReadFile("../scenarios/lib/backoff.yaml")
	if err != nil || !strings.Contains(string(doc), "```yml\n"+string(library)+"```") {
		t.Errorf("docs/language.md does not show lib/backoff.yaml as it is (%v)", err)
	}
}

// TestIncludeUnit checks that numbers of a library count the unit of time of the scenario.
func TestIncludeUnit(t *testing.T) {
	in := files(map[string]string{"a.yaml": "runloop: 1\nfunctions: { half: { params: { t: number }, value: t / 2 + 30s } }\n" +
		"coroutines:\n  c:\n    - sleep: 2\n    - sleep: ${half(1)}\n    - sleep: 30s\n"})
	s, err := in.Load("main.yaml", []byte("runloop: 1\nclock: { unit: m }\ninclude: a.yaml\nmain:\n  - call: c\n  - print: ${now}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := outputOf(t, s); got != "3.5\n" {
		t.Errorf("it ends after %s minutes", got)
	}
}

// BenchmarkInclude loads a scenario that includes 20 files of 100 lines. It should take at most 20 ms.
func BenchmarkInclude(b *testing.B) {
	dir := b.TempDir()
	main := "runloop: 1\ninclude:\n"
	for i := range 20 {
		var text strings.Builder
		text.WriteString("runloop: 1\ncoroutines:\n")
		for k := range 14 {
			fmt.Fprintf(&text, "  c%d_%d:\n    params: { n: int, q: queue }\n    do:\n      - repeat: ${n}\n        do:\n          - sleep: ${n * 10ms}\n"+
				"          - { put: q, value: \"${n + %d}\" }\n", i, k, k)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("l%d.yaml", i)), []byte(text.String()), 0o666); err != nil {
			b.Fatal(err)
		}
		main += fmt.Sprintf("  - l%d.yaml\n", i)
	}
	main += "queues: [q]\nmain:\n  - { call: c3_3, with: { n: 1, q: \"${q}\" } }\n"
	in := folderOf(filepath.Join(dir, "main.yaml"))
	for b.Loop() {
		if _, err := in.Load("main.yaml", []byte(main)); err != nil {
			b.Fatal(err)
		}
	}
}

// TestIncludeAnalyze checks that an editor is told of mistakes in included files within the file that it shows.
func TestIncludeAnalyze(t *testing.T) {
	in := files(map[string]string{"a.yaml": "runloop: 1\ncoroutines:\n  c:\n    - pirnt: a\n    - pritn: b\n"})
	text := "runloop: 1\ninclude: a.yaml\ncoroutines:\n  c: [stop]\nmain:\n  - cal: c\n"
	var got []string
	for _, d := range in.Analyze("main.yaml", []byte(text)).Diagnostics {
		if d.Span.End > len(text) || d.NoteSpan.End > len(text) {
			t.Errorf("%v is outside the file", d)
		}
		got = append(got, d.Code+" "+d.Message+" "+d.Note)
	}
	want := []string{"RL0104 a.yaml:4:7: there is no verb `pirnt` ", "RL0326 another file defines the coroutine `c`, too a.yaml:3:3: it is defined here, too",
		"RL0104 there is no verb `cal` "}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
