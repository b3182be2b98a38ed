package dsl

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runloop/dsl/check"
	"runloop/dsl/compile"
	"runloop/dsl/expr"
	"runloop/dsl/expr/exprtest"
	"runloop/dsl/source"

	"runloop/engine"
)

// corpus returns all bundled scenarios and those of testdata, by path, with the files of more patterns.
func corpus(tb testing.TB, more ...string) map[string][]byte {
	tb.Helper()
	all := map[string][]byte{}
	for _, pattern := range append([]string{"testdata/ok/*.yaml", "testdata/err/*.yaml", "../scenarios/*.yaml"}, more...) {
		files, _ := filepath.Glob(pattern)
		if len(files) == 0 {
			tb.Fatalf("no files are %s", pattern)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				tb.Fatal(err)
			}
			all[file] = src
		}
	}
	return all
}

// accidents holds texts that users write by mistake or in order to do harm.
var accidents = []string{
	"", "\n", "# only a comment\n", "runloop: 1", "runloop: 2\n", "null", "5", "[]", "{}", "a: 1\n---\nb: 2\n",
	"runloop: 1\nmain:\n  - print: ${map(xs, # + 1)}\n", "runloop: 1\nmain:\n  - print: ${c ? 1 : 2}\n",
	"runloop: 1\nmain:\n  - let: { x: ${y} }\n", "runloop: 1\nmain: [ print: ${a} ]\n", "runloop: 1\nmain:\n  - if: !done\n",
	"runloop: 1\nmain:\n  - print: {{ x }}\n", "runloop: 1\nmain:\n  - while: \"a\" == b\n    do: []\n",
	"runloop: 1\nmain:\n\t- print: a\n", "runloop: 1\nmain:\n  - print: a\n - print: b\n", "runloop: 1\nmain:\n  - print: # a\n",
	"runloop: 1\nmain:\n  - print: a: b\n", "runloop: 1\nmain:\n  print: a\n", "runloop: 1\nmain:\n  - sleep: 5 seconds\n",
	"a: &x [*x]\nb: *y\n", "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", "<<: *a\n", "? a\n: b\n",
	"%YAML 1.2\n---\na: !t b\n...\nc\n", "a: \"b\" == c\nd: {{ e }}\n", "a:\n\tb: 1\n c: 2\n", "a: # b\nc: (# )\n",
	"[[[[[[", "{a: \"", "a: 'b\n- c: \"d\n", "a: -\n", "- - - a\n  - b: c\n    d:\n    - e\n", "--- |\n a\n",
	"\uFEFFrunloop: 1\r\nmain:\r\n  - print: a\r\n", "runloop: 1\nmain:\n  - print: \"\x00\"\n", "\xff\xfer\x00u\x00n\x00",
	"runloop: 1\nmain:\n  - print: \xc3\x28\n", "a: { x: ${y} }\nb: [${a}]\n", "a: \"\\u00e9\\\n  b\"\nc: 'it''s\n\n  d'\n",
	"- |+2\n   a\n\n- >-\n b\n  c\n", "a: {b: c ? 1 : 2, d: e(f, g), h: i # j)\n}", "a: 010\nb: 1_000\nc: 0x10\n",
	"runloop: 1\nmain:\n  - call: f\ncoroutines: { f: { do: [ call: f ] } }\n",
	"runloop: 1\nshared: { xs: [] }\nmain:\n  - while: true\n    do:\n      - append: { xs: \"${xs}\" }\n",
	"runloop: 1\nmain:\n  - let: { x: \"${" + strings.Repeat("(", 50_000) + "\" }\n",
	"a: " + strings.Repeat("[", 100_000), strings.Repeat("- ", 100_000), "a: \"" + strings.Repeat("x", 500_000) + "\"\n",
}

// AddSeeds is addSeeds for tests outside of the package.
func AddSeeds(f *testing.F) { addSeeds(f) }

func addSeeds(f *testing.F) {
	seeds := corpus(f, "testdata/codes/*.yaml")
	for _, name := range check.SortedNames(seeds) {
		f.Add(seeds[name])
	}
	for _, text := range accidents {
		f.Add([]byte(text))
	}
}

// FuzzParse checks that any bytes are read and checked without a panic, and that diagnostics are sorted, lie in the
// file and can be shown.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		src := source.NewSource("fuzz.yaml", data)
		diags := Check(src.Name(), data)
		for i, d := range diags {
			for _, sp := range []source.Span{d.Span, d.NoteSpan} {
				if sp.Start < 0 || sp.Start > sp.End || sp.End > len(data) {
					t.Fatalf("span %v is not inside a file of %d bytes", sp, len(data))
				}
			}
			if text := src.Format(d); !strings.Contains(text, d.Code) {
				t.Fatalf("%s is shown as %q", d.Code, text)
			}
			if i > 0 && d.Span.Start < diags[i-1].Span.Start {
				t.Fatalf("%s at %v comes after %v", d.Code, d.Span, diags[i-1].Span)
			}
		}
	})
}

// fuzzCaps bounds the runs of fuzzed scenarios.
var fuzzCaps = engine.Limits{
	Steps: 5000, Iterations: 2000, Tasks: 200, Memory: 1 << 20, Output: 1 << 16, Depth: 50, Time: 1e15,
}

// FuzzRun checks that any valid scenario ends within its limits, gives the same bytes twice, and has only values of
// the types found before the run.
func FuzzRun(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) { runTwice(t, data) })
}

// runTwice runs a scenario twice. It reports whether the scenario could be run.
func runTwice(t *testing.T, src []byte) bool {
	t.Helper()
	s, err := Load("fuzz.yaml", src)
	if err != nil {
		return false
	}
	first, ok := runChecked(t, s, 1000)
	second, _ := runChecked(t, s, 7) // in slices of another size
	if first != second {
		t.Fatalf("two runs differ:\n%s\nand:\n%s", first, second)
	}
	return ok
}

// runChecked runs the scenario in slices and returns the result as text. It verifies the types of values between
// slices.
func runChecked(t *testing.T, s *Scenario, slice int64) (got string, ok bool) {
	t.Helper()
	l, err := s.NewLoop(compile.RunOptions{Caps: fuzzCaps, Clock: "virtual", KeepOutput: true})
	if err != nil {
		return err.Error(), false
	}
	for n := int64(0); !l.RunFor(slice); n++ {
		if n > fuzzCaps.Steps+fuzzCaps.Iterations {
			t.Fatal("the run does not end")
		}
		if slice > 10 {
			sound(t, s, l)
		}
	}
	sound(t, s, l)
	return describeRun(s, l), true
}

// describeRun returns the whole result of a run as text.
func describeRun(s *Scenario, l *engine.Loop) string {
	var b bytes.Buffer
	r := l.Result()
	fmt.Fprintf(&b, "%s at %d after %d iterations and %d steps: %+v\n%s", r.Ended, r.At, r.Iterations, r.Steps, r.Tasks, r.Output)
	for _, e := range r.Errors {
		fmt.Fprintf(&b, "%s %s %s %v %d\n", e.Err, e.Task, e.In, e.Err.Pos, e.At)
	}
	for _, w := range r.Blocked {
		fmt.Fprintln(&b, w.Task, w.Waits, w.Holders, w.More, w.Since, w.Pos)
	}
	if r.Limit != nil {
		fmt.Fprintln(&b, r.Limit, r.Limit.Pos)
	}
	for _, f := range s.Verify(l, r) {
		fmt.Fprintln(&b, f.Pos, f.Message)
	}
	for _, v := range l.Final().Shared {
		fmt.Fprintf(&b, "%s = %s\n", v.Name, l.AppendJSON(nil, v.Value))
	}
	return b.String()
}

// sound verifies that shared variables and the results of tasks have the types found before the run, because compiled
// expressions rely on it.
func sound(t *testing.T, s *Scenario, l *engine.Loop) {
	t.Helper()
	final := l.Final()
	for _, v := range final.Shared {
		if typ := s.Info.Globals[v.Name].Type; !ofType(v.Value, typ, new(int)) {
			t.Fatalf("shared variable `%s` is of type %s, but holds %s", v.Name, typ, l.AppendJSON(nil, v.Value))
		}
	}
	results := map[string]expr.Type{}
	for _, w := range s.Workers {
		if call := w.Entry.Coroutine; call != nil {
			results[w.Name.Text] = s.Info.BodyOf(s.Info.Coroutines[call.Text]).Result
		} else if s.Info.InlineOf(w.Entry) != nil {
			results[w.Name.Text] = s.Info.InlineOf(w.Entry).Result
		}
	}
	for _, info := range final.Tasks {
		if expr.NumberedTask(info.Name) {
			continue // any task may have this result
		}
		base, _, _ := strings.Cut(info.Name, "-")
		typ, known := results[info.Name]
		if !known {
			typ, known = results[base]
		}
		if known && info.State == "done" && !ofType(info.Result, typ, new(int)) {
			t.Fatalf("task %s has a result of type %s: %s", info.Name, typ, l.AppendJSON(nil, info.Result))
		}
	}
}

// ofType is expr.HasType for values that share elements many times over. It looks only at the first elements.
func ofType(v engine.Value, typ expr.Type, seen *int) bool {
	if *seen++; *seen > 10_000 || typ.Elem == nil || typ.Kind == expr.TypeTask || !expr.HasType(v, expr.Type{Kind: typ.Kind}) {
		return *seen > 10_000 || expr.HasType(v, expr.Type{Kind: typ.Kind})
	}
	elems := expr.ElemsOf(v)
	if v.Kind() == engine.KindMap {
		elems = v.Vals()
	}
	return !slices.ContainsFunc(elems, func(e engine.Value) bool { return !ofType(e, *typ.Elem, seen) })
}

// FuzzTypes runs scenarios, chosen by the bytes, that try to get a value of one type to a place that relies on
// another: through shared variables, `as`, `let`, parameters, `for`, paths, handlers, gather, queues and futures.
func FuzzTypes(f *testing.F) {
	for i := range 150 {
		seed := make([]byte, 300)
		x := uint32(i + 1)
		for j := range seed {
			x = x*1664525 + 1013904223
			seed[j] = byte(x >> 24)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := programGenerator{Generator: exprtest.Generator{Data: data}}
		src := g.scenario()
		defer func() {
			if p := recover(); p != nil || t.Failed() {
				t.Fatalf("%v\n%s", p, src)
			}
		}()
		runTwice(t, []byte(src))
	})
}

// TestFuzzTypesRuns checks that enough of the scenarios that FuzzTypes makes can be run.
func TestFuzzTypesRuns(t *testing.T) {
	ran, total := 0, 100
	x := uint32(7)
	why := map[string]int{}
	for range total {
		seed := make([]byte, 300)
		for j := range seed {
			x = x*1664525 + 1013904223
			seed[j] = byte(x >> 24)
		}
		g := programGenerator{Generator: exprtest.Generator{Data: seed}}
		src := g.scenario()
		if runTwice(t, []byte(src)) {
			ran++
			continue
		}
		for _, d := range Check("fuzz.yaml", []byte(src)) {
			if d.Severity == source.SeverityError {
				why[d.Message]++
			}
		}
	}
	if ran < total/4 {
		var list []string
		for _, m := range check.SortedNames(why) {
			list = append(list, fmt.Sprintf("%4d %s", why[m], m))
		}
		slices.Sort(list)
		slices.Reverse(list)
		t.Errorf("%d of %d ran; the others:\n%s", ran, total, strings.Join(list[:min(len(list), 20)], "\n"))
	}
}

// programGenerator writes whole scenarios.
type programGenerator struct {
	exprtest.Generator
	fresh int      // numbers names
	names []string // locals of the activation that have a value
}

func (g *programGenerator) scenario() string {
	var b strings.Builder
	b.WriteString("runloop: 1\nshared:\n")
	for _, v := range exprtest.Variables {
		switch v.Name {
		case "least", "dyn", "nothing": // least's text is no literal
			continue
		}
		fmt.Fprintf(&b, "  %s: %s\n", v.Name, engine.AppendJSON(nil, nil, v.Value))
	}
	b.WriteString("  least: -9223372036854775807\n  any1: null\n  any2: null\n  dyn: null\n  nothing: null\n" +
		"before:\n  - set: { any1: 1, any2: text, dyn: true, nothing: [1], cw: 2.5, cv: 7 }\n" +
		"  - set: { any1: null, any2: 2, dyn: 5, nothing: null, cw: null }\nqueues: { q: 0, q0: 0, q1: 0, q2: 0, qs: { count: 2 } }\ncontext: { cv: 1, cw: null }\ncoroutines:\n")
	for i, typ := range fuzzParams {
		fmt.Fprintf(&b, "  c%d:\n    params: { p: %s, r: { type: any, default: 3 } }\n    do:\n", i, typ)
		g.names = []string{"p", "r"}
		g.steps(&b, "      ", 2)
	}
	b.WriteString("workers:\n")
	for i := range 4 {
		g.names = nil
		fmt.Fprintf(&b, "  w%d:\n    do:\n", i)
		g.steps(&b, "      ", 3)
	}
	return b.String()
}

// fuzzParams holds the types of the parameter `p` of the coroutines, fuzzArguments the types of its arguments.
var (
	fuzzParams    = []string{"any", "int", "list", "string", "number"}
	fuzzArguments = []string{anyTypes, "int", "list", "string", "int|float"}
)

// call writes `call: cN`, the text between, and the arguments.
func (g *programGenerator) call(between string) string {
	i := g.Choose(len(fuzzParams))
	return fmt.Sprintf("c%d%swith: { p: %s }", i, between, g.text(fuzzArguments[i]))
}

func (g *programGenerator) name() string {
	g.fresh++
	return fmt.Sprintf("v%d", g.fresh)
}

// expr writes an expression, mostly of one of the types.
func (g *programGenerator) expr(types string) string {
	switch g.Choose(8) {
	case 0:
		if len(g.names) > 0 && types == anyTypes {
			return g.names[g.Choose(len(g.names))]
		}
		return []string{"any1", "any2", "dyn", "nothing", "cw", "mixed[1]", "first(mixed)"}[g.Choose(7)]
	case 1:
		return []string{"any1", "any2", "dyn", "mixed[0]", "nothing", "cw", "first(mixed)", "get(m, 'zz')"}[g.Choose(8)]
	}
	return g.Value(types, 2)
}

func (g *programGenerator) text(types string) string {
	return "\"${" + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(g.expr(types)) + "}\""
}

const anyTypes = "int|bool|float|string|list"

func (g *programGenerator) steps(b *strings.Builder, indent string, depth int) {
	outer := g.names
	for range 2 + g.Choose(3) {
		g.step(b, indent, depth)
	}
	g.names = outer[:len(outer):len(outer)]
}

func (g *programGenerator) step(b *strings.Builder, indent string, depth int) {
	line := func(format string, args ...any) { fmt.Fprintf(b, indent+format+"\n", args...) }
	block := func() { g.steps(b, indent+"    ", depth-1) }
	forms := 24
	if depth == 0 {
		forms = 16
	}
	switch g.Choose(forms) {
	case 0:
		n := g.name()
		line("- let: { %s: %s }", n, g.text(anyTypes))
		g.names = append(g.names, n)
	case 1:
		line("- set: { %s: %s }", []string{"any1", "any2", "cw", "dyn"}[g.Choose(4)], g.text(anyTypes))
	case 2:
		line("- set: { i: %s }", g.text("int"))
	case 3:
		line("- set: { t: %s }", g.text("string"))
	case 4:
		line("- set: { xs: %s }", g.text("list"))
	case 5:
		line("- append: { %s: %s }", []string{"mixed", "xs", "empty"}[g.Choose(3)], g.text("int"))
	case 6:
		line("- set: { \"%s\": %s }", []string{"xs[0]", "m.a", "m[t]", "rows[0].n", "mixed[1]"}[g.Choose(5)], g.text("int"))
	case 7:
		line("- print: %s", g.text(anyTypes))
	case 8:
		line("- if: yes")
		line("  then: [ return: %s ]", g.text(anyTypes))
	case 9:
		n := g.name()
		line("- call: %s", g.call("\n"+indent+"  "))
		line("  as: %s", n)
		g.names = append(g.names, n)
	case 10:
		line("- put: q")
		line("  value: %s", g.text(anyTypes))
	case 11:
		n := g.name()
		line("- get: q")
		line("  as: %s", n)
		line("  within: 1")
		g.names = append(g.names, n)
	case 12:
		n := g.name()
		line("- spawn: %s", g.call("\n"+indent+"  "))
		line("  as: %s", n)
		line("- await: %s", n)
		n = g.name()
		line("  as: %s", n)
		g.names = append(g.names, n)
	case 13:
		line("- sleep: %s", g.text("int|float"))
	case 14:
		q := g.Choose(3)
		line("- put: %s", []string{fmt.Sprintf("q%d", q), fmt.Sprintf("\"${[q%d][0]}\"", q), "qs[1]"}[g.Choose(60)/25])
		line("  value: %s", []string{"1", "text", "[1]", "2.5"}[g.Choose(100)/33])
	case 15:
		n := g.name()
		line("- get: %s", []string{"q0", "q1", "q2", "\"${[q1][0]}\"", "qs[0]"}[g.Choose(5)])
		line("  as: %s", n)
		line("  within: 1")
		line("- if: chance(0.5)")
		line("  then: [ return: \"${%s}\" ]", n)
		g.names = append(g.names, n)
	case 16:
		n := g.name()
		line("- for: %s", n)
		line("  in: %s", g.text("list"))
		line("  do:")
		g.names = append(g.names, n)
		block()
	case 17:
		line("- if: %s", "'"+strings.ReplaceAll(g.expr("bool"), "'", "''")+"'")
		line("  then:")
		block()
		line("  else:")
		block()
	case 18:
		line("- try:")
		block()
		line("  catch:")
		line("    - do:")
		g.steps(b, indent+"        ", depth-1)
	case 19:
		n := g.name()
		line("- gather:")
		for range 2 {
			line("    - { call: %s }", g.call(", "))
		}
		if g.Choose(2) == 0 {
			line("  return_exceptions: true")
		}
		line("  as: %s", n)
		g.names = append(g.names, n)
	case 20:
		line("- repeat: %s", g.text("int"))
		line("  as: %s", g.name())
		line("  do:")
		block()
	case 21:
		n := g.name()
		line("- new: future")
		line("  as: %s", n)
		line("- resolve: %s", n)
		line("  value: %s", g.text(anyTypes))
		line("- await: %s", n)
		n = g.name()
		line("  as: %s", n)
		g.names = append(g.names, n)
	case 22:
		line("- timeout: 1")
		line("  do:")
		block()
		line("  else:")
		block()
	case 23:
		line("- context: { cw: %s }", g.text(anyTypes))
		line("  do:")
		block()
	}
}
