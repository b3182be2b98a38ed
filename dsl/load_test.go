package dsl

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"runloop/dsl/compile"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
	"runloop/engine"
)

func TestLoadError(t *testing.T) {
	src := source.NewSource("f", []byte("a: 1\na: 2\n"))
	var diags source.Diagnostics
	yaml.Parse(src, &diags)
	err := error(&source.LoadError{Source: src, Diagnostics: diags})
	want := "f:2:1: error[RL0007]: the key \"a\" stands twice in this map\n    a: 2\n    ^\n" +
		"  hint: remove one of them, or give it another name\n  note: f:1:1: \"a\" is first here\n    a: 1\n    ^"
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
}

// TestOK loads every file of testdata/ok, runs it and verifies what it expects.
func TestOK(t *testing.T) {
	files, _ := filepath.Glob("testdata/ok/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := loadFile(t, file)
			l, err := s.NewLoop(compile.RunOptions{KeepOutput: true})
			if err != nil {
				t.Fatal(err)
			}
			r := l.Run()
			for _, f := range s.Verify(l, r) {
				t.Errorf("%v: %s", f.Pos, f.Message)
			}
			if t.Failed() {
				t.Logf("%s at %d, output:\n%s", r.Ended, r.At, r.Output)
			}
		})
	}
}

// folderOf is the folder of a file, from which it includes others.
func folderOf(file string) Folder {
	dir := filepath.Dir(file)
	return Folder{FS: os.DirFS(dir), Root: filepath.ToSlash(dir)}
}

func loadFile(t *testing.T, file string) *Scenario {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := folderOf(file).Load(file, src)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.found {
		t.Error(s.Source.Format(w))
	}
	return s
}

// expected is a comment `# error: part of the message`, or `# error@column: …`, on the line of the diagnostic;
// `# error -1: …` is about the line before, for lines that cannot hold a comment. A file may begin with a comment.
var expected = regexp.MustCompile(`# (error|warning)(?:@(\d+))?( -\d+)?: (.*?)(?: (?:# (?:error|warning)|$)|$)`)

// TestErrors checks every file of testdata/err: each of its diagnostics stands in a comment on its line, and each such
// comment has its diagnostic.
func TestErrors(t *testing.T) {
	files, _ := filepath.Glob("testdata/err/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { checkErrors(t, file) })
	}
}

func checkErrors(t *testing.T, file string) {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in, diags := folderOf(file).Check(file, src)
	want := map[int][]*wantedDiagnostic{}
	for i := range in.Parts() {
		part, _, before := in.Part(i)
		for i, line := range strings.Split(string(part.Bytes()), "\n") {
			for _, w := range wantedIn(line) {
				want[before+i+1+w.offset] = append(want[before+i+1+w.offset], w)
			}
		}
	}
	if len(want) == 0 {
		t.Error("the file expects nothing")
	}
	for _, d := range diags {
		pos := in.Pos(d.Span.Start)
		if !claim(want[in.LineAt(d.Span.Start)], d, pos) {
			t.Errorf("not expected:\n%s", in.Format(d))
		}
	}
	for line, list := range want {
		for _, w := range list {
			if !w.seen {
				t.Errorf("line %d: expected %q", line, w.text)
			}
		}
	}
}

type wantedDiagnostic struct {
	severity, text string
	col, offset    int
	seen           bool
}

func wantedIn(line string) []*wantedDiagnostic {
	var list []*wantedDiagnostic
	for _, part := range strings.Split(line, "# ")[1:] {
		m := expected.FindStringSubmatch("# " + strings.TrimSpace(part))
		if m == nil {
			continue
		}
		col, _ := strconv.Atoi(m[2])
		offset, _ := strconv.Atoi(strings.TrimSpace(m[3]))
		list = append(list, &wantedDiagnostic{severity: m[1], text: m[4], col: col, offset: offset})
	}
	return list
}

// claim finds the expectation that a diagnostic meets.
func claim(list []*wantedDiagnostic, d source.Diagnostic, pos source.Pos) bool {
	for _, w := range list {
		if !w.seen && w.severity == d.Severity.String() && strings.Contains(d.Message+" "+d.Hint, w.text) &&
			(w.col == 0 || w.col == pos.Col) {
			w.seen = true
			return true
		}
	}
	return false
}

// TestCodes checks that codes are unique, in order, and that every one that is emitted in the err files is listed.
func TestCodes(t *testing.T) {
	listed := map[string]bool{}
	last := ""
	for _, c := range Codes {
		if c.Code <= last {
			t.Errorf("%s comes after %s", c.Code, last)
		}
		if c.Meaning == "" {
			t.Errorf("%s has no meaning", c.Code)
		}
		listed[c.Code], last = true, c.Code
	}
	files, _ := filepath.Glob("testdata/err/*.yaml")
	for _, file := range files {
		src, _ := os.ReadFile(file)
		_, diags := folderOf(file).Check(file, src)
		for _, d := range diags {
			if !listed[d.Code] {
				t.Errorf("%s: code %s is not in the table: %s", file, d.Code, d.Message)
			}
		}
	}
}

// TestTables checks that rows are complete.
func TestTables(t *testing.T) {
	for _, v := range syntax.Verbs {
		if v.Doc == "" || v.Python == "" || len(v.Keys) == 0 || v.Keys[0].Name != v.Name {
			t.Errorf("the row of %s is not complete", v.Name)
		}
		checkKeys(t, v.Name, v.Keys[1:])
	}
	checkKeys(t, "top level", syntax.TopKeys)
}

func checkKeys(t *testing.T, where string, keys []*syntax.Key) {
	seen := map[string]bool{}
	for _, k := range keys {
		if seen[k.Name] {
			t.Errorf("%s has %s twice", where, k.Name)
		}
		seen[k.Name] = true
		if k.Doc == "" {
			t.Errorf("%s: %s has no doc line", where, k.Name)
		}
		checkKeys(t, where+"."+k.Name, k.Keys)
	}
}

func TestBindParams(t *testing.T) {
	s, err := Load("params.yaml", []byte(`
runloop: 1
params:
  rate: 2.5
  n: { type: int, default: 3, min: 1, max: 10 }
  mode: { type: string, default: fast, enum: [fast, slow] }
  delay: { type: duration, default: 1m30s }
  on: true
  xs: [1, 2]
  who: { type: string }
shared: { total: "${n * 2}" }
clock: { start: "${who}" }
seed: ${n}
before:
  - print: "${rate} ${n} ${mode} ${delay} ${on} ${xs} ${who} ${total}"
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		given map[string]string
		want  string
	}{
		{map[string]string{"who": "10:00:00"}, "2.5 3 fast 90.0 true [1, 2] 10:00:00 6\n"},
		{map[string]string{"who": "10:00:00", "rate": "4", "n": "7", "mode": "slow", "delay": "250ms", "on": "false",
			"xs": "[a, 2]"}, "4.0 7 slow 0.25 false [\"a\", 2] 10:00:00 14\n"},
		{map[string]string{}, "error: parameter `who` (string) has no default"},
		{map[string]string{"who": "x", "raet": "3"}, "error: there is no parameter `raet`: did you mean `rate`?"},
		{map[string]string{"who": "x", "n": "0"}, "error: parameter `n` is at least 1, not 0"},
		{map[string]string{"who": "x", "n": "11"}, "error: parameter `n` is at most 10, not 11"},
		{map[string]string{"who": "x", "n": "2.5"}, "error: parameter `n` is an int, not \"2.5\""},
		{map[string]string{"who": "x", "mode": "slo"}, "error: parameter `mode` is one of ["},
		{map[string]string{"who": "x", "on": "yes"}, "error: parameter `on` is true or false, not \"yes\""},
		{map[string]string{"who": "x", "delay": "soon"}, "error: parameter `delay`: "},
		{map[string]string{"who": "x", "xs": "3"}, "error: parameter `xs` is a list, not \"3\""},
		{map[string]string{"who": "soon"}, "error: \"soon\" is no time for the clock to start at"},
	} {
		got := ""
		if l, err := s.NewLoop(compile.RunOptions{Params: c.given, KeepOutput: true}); err != nil {
			got = "error: " + err.Error()
		} else {
			got = string(l.Run().Output)
		}
		if got != c.want && !(strings.HasPrefix(c.want, "error: ") && strings.HasPrefix(got, c.want)) {
			t.Errorf("%v: got %q, want %q", c.given, got, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	s, err := Load("options.yaml", []byte(`
runloop: 1
params: { n: 5 }
seed: 7
ties: heapq
clock: { until: "${n}", start: "2024-05-01T09:30:00Z" }
limits: { steps: 1000, time: 1m, tasks: "${n * 2}" }
main: [ sleep: 1 ]
`))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(9)
	for _, c := range []struct {
		name string
		run  compile.RunOptions
		want string
	}{
		{"the file's", compile.RunOptions{}, "7 heapq 5000000000 1714555800 1000 60000000000 10"},
		{"overruled", compile.RunOptions{Seed: &seed, Ties: "lifo", Limits: engine.Limits{Steps: 5000}},
			"9 lifo 5000000000 1714555800 5000 60000000000 10"},
		{"capped", compile.RunOptions{Caps: engine.Limits{Steps: 500, Tasks: 20}},
			"7 heapq 5000000000 1714555800 500 60000000000 10"},
	} {
		o, err := s.Options(c.run)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(o.Seed, o.Ties, o.Until, o.ClockStart/1e9, o.Limits.Steps, o.Limits.Time, o.Limits.Tasks)
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	o, err := s.Options(compile.RunOptions{Clock: "real", Speed: 10, WallClock: 5})
	if err != nil || o.Clock == nil || o.ClockStart/1e9 != 1714555800 {
		t.Errorf("a real clock: %+v, %v", o, err)
	}
	for _, run := range []compile.RunOptions{{Ties: "both"}, {Clock: "fast"}, {Clock: "real", Speed: -1}} {
		if _, err := s.Options(run); err == nil {
			t.Errorf("%+v: no error", run)
		}
	}
}

func TestVerify(t *testing.T) {
	const head = "runloop: 1\nmain:\n  - print: one\n  - print: two\n  - sleep: 2\n"
	for _, c := range []struct{ name, rest, want string }{
		{"nothing expected", "", ""},
		{"as expected", "expect: { ends: completed, at: 2s, output: \"one\\ntwo\\n\", that: now == 2 }", ""},
		{"lines", "expect: { output: [one, two] }", ""},
		{"ends", "expect: { ends: stopped }", "6:17: the run ended `completed`, expected was `stopped`"},
		{"at", "expect: { at: 3s }", "6:15: the run ended at 2s, expected was 3s"},
		{"text", "expect: { output: one }", "6:19: line 1 of the output is \"one\\n\", expected was \"one\""},
		{"text too short", "expect: { output: \"one\\n\" }", "6:19: the output goes on after line 1 with \"two\\n\""},
		{"text too long", "expect: { output: \"one\\ntwo\\nthree\\n\" }", "6:19: the output ends after line 2, expected was \"three\\n\" next"},
		{"order of lines", "expect: { output: [two, one] }", "6:25: the line \"one\" does not come in the output"},
		{"that", "expect: { that: [now == 2, now > 5] }", "6:28: `now > 5` does not hold: "},
		{"that raises", "expect: { that: 1 / (now - 2) > 1 }", "6:17: `1 / (now - 2) > 1` raised ZeroDivisionError"},
		{"missing error", "expect: { errors: ValueError }", "6:19: an error of type `ValueError` was expected"},
		{"error", "  - raise: ValueError\n", "the run ended `failed`"},
		{"expected error", "  - raise: ValueError\nexpect: { errors: ValueError }", ""},
		{"expected base", "  - raise: KeyError\nexpect: { errors: [LookupError] }", ""},
		{"another error", "  - raise: KeyError\nexpect: { errors: [ValueError] }",
			"7:20: an error of type `ValueError` was expected"},
		{"expected failure", "  - raise: KeyError\nexpect: { ends: failed }", ""},
	} {
		s, err := Load("verify.yaml", []byte(head+c.rest))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		l, err := s.NewLoop(compile.RunOptions{KeepOutput: true})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range s.Verify(l, l.Run()) {
			if f.Pos.Line > 0 {
				got += fmt.Sprintf("%d:%d: ", f.Pos.Line, f.Pos.Col)
			}
			got += f.Message + "\n"
		}
		if !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// large is a scenario of about n lines.
func large(n int) []byte {
	var b strings.Builder
	b.WriteString("runloop: 1\nshared: { total: 0 }\ncoroutines:\n")
	for i := range n / 10 {
		fmt.Fprintf(&b, `  c%d:
    params: { name: string, delay: number }
    do:
      - let: { x%d: "${delay * 2}" }
      - repeat: 3
        as: i
        do:
          - print: "${name}: ${i} of ${x%d}"
          - sleep: ${delay}
      - set: { total: "${total + 1}" }
`, i, i, i)
	}
	b.WriteString("workers:\n  w: { call: c0, with: { name: a, delay: 1 } }\n")
	return []byte(b.String())
}

func BenchmarkLoad10000(b *testing.B) {
	src := large(10_000)
	for b.Loop() {
		if _, err := Load("large.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}

// TestOptionsUnit checks that bare numbers in the settings of a run count the unit of the clock, computed ones, too.
func TestOptionsUnit(t *testing.T) {
	for _, two := range []string{"2", "2m", `"${2}"`, `"${2m}"`, `"${two}"`} {
		s, err := Load("unit.yaml", []byte("runloop: 1\nclock: { unit: m, until: "+two+" }\nwarmup: "+strings.ReplaceAll(two, "2", "1")+
			"\nloop: { slow: "+two+" }\nlimits: { time: "+two+" }\nparams: { two: { type: duration, default: 1.5m } }\nmain: [{ sleep: \"${two}\" }]\n"))
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Options(compile.RunOptions{Params: map[string]string{"two": "2m"}})
		if two == `"${two}"` {
			if err == nil {
				t.Error("the warm-up lasts as long as the run")
			}
			continue
		}
		if err != nil || o.Until != 120e9 || o.Warmup != 60e9 || o.Slow != 120e9 || o.Limits.Time != 120e9 {
			t.Errorf("%s: until %d, warmup %d, slow %d, time %d, %v", two, o.Until, o.Warmup, o.Slow, o.Limits.Time, err)
		}
	}
}
