package python_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/dsl/compile"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/dsl/syntax/syntaxtest"
	"runloop/engine"
	"runloop/scenarios"
)

func load(t *testing.T, name, text string) *dsl.Scenario {
	t.Helper()
	s, err := dsl.Folder{FS: scenarios.Files()}.Load(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs a program and returns its standard output and standard error.
func run(t *testing.T, program []byte) (out, errs string) {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3 is not there")
		}
		t.Skip("python3 is not there")
	}
	cmd := exec.Command("python3", "-I", "-")
	cmd.Stdin = bytes.NewReader(program)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // a run that fails exits 1
	return stdout.String(), stderr.String()
}

// same compares the output of an exported program with that of a run of the scenario.
func same(t *testing.T, s *dsl.Scenario) {
	t.Helper()
	program, err := s.Python(dsl.PythonOptions{Virtual: true, Version: "3.11"}) // python3 is Debian's
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(compile.RunOptions{KeepOutput: true, Python: "3.11"})
	if err != nil {
		t.Fatal(err)
	}
	want := string(l.Run().Output)
	got, errs := run(t, program)
	if got != want {
		t.Errorf("%s: the program prints\n%s\nnot\n%s\n%s", s.Name, got, want, errs)
	}
}

// staysHere is why bundled scenarios cannot be exported.
var staysHere = map[string]string{
	"machine-shop": "a resource with `order: preemptive` cannot be exported", "movie-renege": "asyncio has no counterpart of `first`",
	"shifts": "a `rate` that changes over time cannot be exported", "full-buffer": "asyncio has no statistics", "inventory": "asyncio has no statistics",
	"harbour": "a resource with a `rank` cannot be exported",
}

// TestBundled compares every bundled scenario that can be exported.
func TestBundled(t *testing.T) {
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		t.Run(name, func(t *testing.T) {
			s := load(t, name+".yaml", string(src))
			if why := staysHere[name]; why == "" {
				same(t, s)
			} else if _, err := s.Python(dsl.PythonOptions{}); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("it is refused with %v, not because %s", err, why)
			}
		})
	}
}

// TestOwnFunctions compares a scenario that calls functions of its own, with its draws, and one that adds and removes.
func TestOwnFunctions(t *testing.T) {
	for _, name := range []string{"functions", "add"} {
		src, err := os.ReadFile("../testdata/ok/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(string(src), "  - try:") // types of arguments and the range of integers are not Python's
		t.Run(name, func(t *testing.T) { same(t, load(t, name+".yaml", text+"  - print: ${now} fine\n")) })
	}
}

// TestTimesOfDay compares a scenario whose callbacks run at times of the calendar.
func TestTimesOfDay(t *testing.T) {
	src, err := os.ReadFile("../testdata/ok/cron.yaml")
	if err != nil {
		t.Fatal(err)
	}
	same(t, load(t, "cron.yaml", string(src)))
}

// TestSources compares sources of each form that can be exported, with their draws, and checks that the others are refused by
// name.
func TestSources(t *testing.T) {
	const text = `
runloop: 1
seed: 7
clock: { unit: m, until: 40 }
params: { n: 9 }
coroutines:
  one: { params: { i: int }, do: [{ print: "${now} one ${i} ${task.name} ${exponential(2)}" }] }
sources:
  gaps: { every: "${exponential(3)}", after: "${uniform(0, 1)}", batch: "${randint(1, 2)}", limit: "${n}", call: one, with: { i: "${index}" } }
  poisson: { rate: 2, per: 7m, start: 2m, end: 30m, name: "p/${index}", do: [{ print: "${now} p ${index} ${task.name} ${exponential(2)}" }] }
  unit: { rate: 0.3, limit: 3, do: [{ print: "${now} u ${index}" }] }
  times: { at: [1, 2, 2], start: 1m, batch: 2, do: [{ print: "${now} t ${index}" }] }
  off: { every: 1m, do: [{ print: "${now} off ${index}" }, { if: index == 2, then: [{ cancel: off }] }] }
  wrong: { every: "${1 - index}", do: [{ print: "${now} wrong ${index}" }] }
  falling: { at: ["${n}", 2], do: [{ print: "${now} falling ${index}" }] }
`
	same(t, load(t, "sources.yaml", strings.Replace(text, "  falling", "  # falling", 1)))
	for _, c := range []struct{ source, want string }{
		{"rows: [{ at: 1 }]", "`rows` of a source cannot be exported"}, {"rate: { at: { 0s: 1, 5s: 0 } }", "a `rate` that changes over time cannot be exported"},
	} {
		s := load(t, "refused.yaml", "runloop: 1\nsources:\n  s: { "+c.source+", end: 9s, do: [{ print: a }] }\n")
		if _, err := s.Python(dsl.PythonOptions{Virtual: true}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.source, err)
		}
	}
}

// expressions has at least one expression for every function.
var expressions = []string{
	"1 + 2 * 3 - -4", "7 / 2", "-7 % 3", "2 ** 10", "2 ** 0.5", "i < 4 and not (i == 2) or f > 1", "i == 3 ? 'a' : 'b'",
	"1 < 2 == true", "xs[1] + xs[-1]", "xs[1:]", "m.a", "m?.b?.c", "m['a']", "m.zz ?? 5", "'x' in m", "2 in xs", "1..4",
	"'abc' contains 'b'", "'abc' startsWith 'ab'", "'abc' endsWith 'c'", "'ab12' matches '[0-9]+$'",
	"filter(xs, # > 1)", "map(xs, # * #index)", "all(xs, # > 0)", "none(xs, # > 2)", "one(xs, # == 2)", "any(xs, # > 2)",
	"count(xs, # > 1)", "find(xs, # > 1)", "findIndex(xs, # > 1)", "findLast(xs, # > 1)", "findLastIndex(xs, # < 3)",
	"sum(xs)", "sum(xs, # * 2)", "groupBy(xs, # > 1)", "sortBy(xs, -#)", "sortBy(xs, #, 'desc')", "reduce(xs, #acc + #)",
	"reduce(xs, #acc + #, 10)", "let y = i + 1; y * y", "[1, 2.5, null, true, 'é\"q']", "{'b': 1, 'a': [2]}",
	"trim(' a ')", "trim('xax', 'x')", "trimPrefix('abc', 'a')", "trimSuffix('abc', 'c')", "upper('a')", "lower('A')",
	"upper('ß ŉ ᾳ ﬁ ς é')", "lower('İ ΑΣ É ǅ')",
	"split('a,b,c', ',')", "split('a,b,c', ',', 2)", "splitAfter('a,b', ',')", "replace('aaa', 'a', 'b', 2)", "repeat('ab', 3)",
	"join(['a', 'b'], '-')", "indexOf('abc', 'c')", "lastIndexOf('abcb', 'b')", "hasPrefix('ab', 'a')", "hasSuffix('ab', 'b')",
	"toJSON({'a': 1.0})", "fromJSON('[1, 2.5]')", "toBase64('hi')", "fromBase64('aGk=')", "string(1e16)", "abs(-3)",
	"ceil(1.2)", "floor(-1.2)", "round(2.5)", "round(2.675, 2)", "int('12')", "int(3.9)", "float('1.5')", "duration('1m30s')", "duration('250ms')", "duration('.5h')", "duration('2.5e-3')", "duration('1h1ns')", "duration('3')", "2 * 1m30s", "1ns", "0.1s + 0.2s",
	"max(1, 2.5)",
	"min(xs)", "mean(xs)", "median(xs)", "bitand(6, 3)", "bitor(6, 3)", "bitxor(6, 3)", "bitnand(6, 3)", "bitnot(6)",
	"bitshl(1, 63)", "bitshr(-8, 1)", "bitushr(-8, 60)", "len('é')", "first(xs)", "last(xs)", "take(xs, 2)", "reverse(xs)",
	"uniq([1, 1, 2])", "concat(xs, [9])", "flatten([[1], [2, [3]]])", "sort([3, 1, 2])", "sort([3, 1, 2], 'desc')",
	"get(m, 'a')", "get(xs, 9)", "keys(m)", "values(m)", "toPairs(m)", "fromPairs([['k', 1]])", "type(xs)", "is_error(1)",
	"format('%05.2f|%-4d|%s', 1.5, 3, xs)", "strftime('%Y-%m-%d %H:%M:%S %j %a')", "1e-05", "0.1 + 0.2", "now", "loop.type",
	"[sqrt(2), sqrt(4), exp(1), exp(-800), exp(0.1), log(10), log(8, 2), log2(8), log2(0.3), log10(1000), log10(0.2)]", "pow(2, 10)",
	"pow(2.0, 0.5)", "pow(-3, 3)", "pow(2, 62)", "[sin(1), sin(-1e22), sin(0), cos(1), cos(1e300), cos(3.5), sin(pi), pi]",
	"[atan2(1, 2), atan2(-1, 2), atan2(3, -2), atan2(-3, -0.1), atan2(0, -1), atan2(1e-300, 1e300)]",
	"[mod(-7, 3), mod(7, -3), mod(-7.5, 2), mod(7.5, -2), mod(-4, 2), mod(0.0, -2)]",
	"[floordiv(-7, 2), floordiv(7, -2), floordiv(7, 2), floordiv(-7.5, 2), floordiv(0.3, 0.1), floordiv(-0.0, 2)]",
	"[percentile(xs, 50), percentile(xs, 0), percentile(xs, 100), percentile([5, 1.5, 9, 2], 90), percentile([1, 2], 33.3), percentile([4], 7)]",
	"[variance([1, 2, 4]), variance(1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.4), stdev([0.1, 0.2, 0.7]), stdev(1, 2), stdev(1, 1.5, 1e-300)]",
	"cumsum([1, 2, 3.5])", "cumsum([])", "zip(xs, ['a', 'b'])", "zip(xs)", "enumerate(['a', 'b'])", "enumerate(xs, 5)", "range(3)", "range(1, 4)",
	"range(9, 0, -4)", "range(0)", "range(0, 7, 3)", "clamp(5, 1, 3)", "clamp(0.5, 1, 3)", "clamp(2, 1, 3.0)", "lpad('é', 3)", "lpad('7', 3, '0')",
	"rpad('ab', 4, '.')", "rpad('abc', 2)", "[datetime.year, datetime.month, datetime.day, datetime.hour, datetime.minute, datetime.second, datetime.weekday]",
	"uniform(1, 2)", "exponential(2)", "normal(0, 1)", "lognormal(0, 1)", "triangular(0, 3, 1)", "gamma(0.5, 2)",
	"gamma(3, 2)", "weibull(1, 2)", "randint(1, 1000)", "chance(0.5)", "choice(xs)", "shuffle(xs)",
	"choice(xs, [1, 0, 2.5])", "erlang(3, 2)", "erlang(100, 0.5)", "hyperexponential([1, 20.0], [3, 1])", "beta(2, 3)", "beta(0.5, 0.25, -1, 4)",
	"pert(1, 9, 3)", "pareto(2)", "pareto(3.5, 2)", "empirical(xs)", "empirical([0, 1, 5.5], [0, 0.25, 1])", "poisson(3)", "poisson(0)",
	"poisson(1e4)", "binomial(10, 0.3)", "binomial(10, 0.9)", "binomial(100000, 0.25)", "binomial(100000, 0.75)", "binomial(1000000, 1e-5)",
	"geometric(0.2)", "geometric(1)", "geometric(1e-9)", "negative_binomial(3, 0.4)", "truncated(normal(0, 1), 0.5, null)",
	"truncated(poisson(5), 4, 6)", "exponential(2, 'service')", "choice(xs, 'which')", "choice(xs, [1, 2, 3], 'which')", "beta(2, 3, 'b')", "all_tasks()",
}

// TestExpressions compares the values of expressions.
func TestExpressions(t *testing.T) {
	var steps strings.Builder
	for i, e := range expressions {
		quoted := strings.ReplaceAll(strings.ReplaceAll(e, `\`, `\\`), `"`, `\"`)
		fmt.Fprintf(&steps, "  - let: { v%d: \"${%s}\" }\n  - print: '%d ${v%d} and ${toJSON(v%d)}'\n", i, quoted, i, i, i)
	}
	same(t, load(t, "e.yaml", "runloop: 1\nshared: { i: 3, f: 1.5, xs: [1, 2, 3], m: { a: 1, b: { c: 2 } } }\nmain:\n"+
		steps.String()))
}

// TestEveryFunction: every function occurs in expressions.
func TestEveryFunction(t *testing.T) {
	all := strings.Join(expressions, "\n")
	for _, b := range expr.Builtins() {
		name, _, _ := strings.Cut(b.Signature, "(")
		if !regexp.MustCompile(`\b` + name + `\(`).MatchString(all) {
			t.Errorf("no expression calls %s", name)
		}
	}
}

// refused says why a verb or a kind of object cannot be exported.
var refused = map[string]string{
	"interrupt": "a task of asyncio cannot be interrupted without cancelling what it awaits",
	"record":    "asyncio has no statistics",
	"first":     "asyncio has no counterpart that leaves the others in the same step",
}

// TestVerbs: every verb is exported, or refused for a reason.
func TestVerbs(t *testing.T) {
	for _, v := range syntax.Verbs {
		s := load(t, v.Name+".yaml", syntaxtest.Example(v))
		_, err := s.Python(dsl.PythonOptions{Virtual: true})
		if (err != nil) != (refused[v.Name] != "") {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

// TestObjects makes an object of every kind on both sides and compares its attributes, with and without a known type.
func TestObjects(t *testing.T) {
	var declared, steps strings.Builder
	show := func(name string, kind expr.TypeKind) {
		for _, a := range expr.Attributes[kind] {
			if a.Name != "result" && a.Name != "error" { // they raise, because the future is pending
				fmt.Fprintf(&steps, "  - print: ${%s.%s} ${[1, %s][1].%s}\n", name, a.Name, name, a.Name)
			}
		}
	}
	for _, key := range syntax.TopKeys {
		if key.Kind != syntax.ObjectsKey || refused[key.Name] != "" {
			continue
		}
		one, many := "{}", "{ count: 2 }"
		if size := syntax.SizeKey(key.Types[0]); size != nil {
			one, many = "2", "{ count: 2, "+size.Name+": 2 }"
		}
		fmt.Fprintf(&declared, "%s: { one_%s: %s, many_%s: %s }\n", key.Name, key.Name, one, key.Name, many)
		show("one_"+key.Name, key.Types[0])
		show("many_"+key.Name+"[1]", key.Types[0])
	}
	for _, word := range syntax.NewKey.Words {
		kind, _ := expr.ParseType(word)
		fmt.Fprintf(&steps, "  - { new: %s, as: %s", word, "new_"+word)
		if size := syntax.SizeKey(kind.Kind); size != nil {
			fmt.Fprintf(&steps, ", %s: 2", size.Name)
		}
		steps.WriteString(" }\n")
		show("new_"+word, kind.Kind)
	}
	same(t, load(t, "o.yaml", "runloop: 1\n"+declared.String()+"main:\n"+steps.String()))
}

// TestSteps compares steps that are easy to translate wrongly.
func TestSteps(t *testing.T) {
	for name, text := range map[string]string{
		"lists and maps are values": `
  - let: { a: [1, [2]], m: {} }
  - let: { b: "${a}" }
  - append: { a: 3 }
  - set: { "b[1]": 4, m.k: "${a}" }
  - append: { m.k: 5 }
  - print: ${a} ${b} ${m}`,
		"all values first": `
  - let: { a: 1, b: 2 }
  - let: { a: "${b}", b: "${a}" }
  - print: ${a} ${b}`,
		"nested errors": `
  - try:
      - try:
          - raise: ValueError
            message: one
        catch:
          - as: kept
            do:
              - try:
                  - raise: KeyError
                    message: two
                catch:
                  - do:
                      - print: ${error}
              - print: ${error} ${kept}
              - raise
    catch:
      - do:
          - print: again ${error}`,
		"finally and return": `
  - repeat: 3
    as: i
    do:
      - try:
          - if: i == 1
            then:
              - continue
          - print: ${i}
        finally:
          - print: finally ${i}`,
		"names": `
  - let: { print: 1, "class": 2, self: 3, asyncio: 4, text: 5 }
  - print: ${print} ${class} ${self} ${asyncio} ${text}`,
		"an inline task has copies": `
  - let: { x: 1 }
  - spawn:
      do:
        - print: inner ${x}
        - set: { x: 5 }
    as: t
  - let: { x: 2 }
  - await: ${t}
  - print: ${x}`,
		"an assertion shows the parts": `
  - let: { x: 1, y: two }
  - try:
      - assert: x == 2 or y == 'one'
        message: wrong
    catch:
      - error: AssertionError
        do:
          - print: ${error}`,
		"the index of a task": `
  - spawn:
      do:
        - spawn:
            do:
              - print: inner ${index}
              - spawn:
                  do:
                    - print: innermost ${index}
                count: 2
        - print: outer ${index}
    count: 2
  - sleep: 1
workers:
  one:
    do:
      - print: one ${index}
  two:
    call: show
    with: { i: "${index}" }
coroutines:
  show:
    params: { i: int }
    do:
      - print: two ${i}`,
		"time-outs": `
  - timeout: 1.5
    do:
      - sleep: 2
    else:
      - print: over at ${now}
  - spawn:
      do:
        - sleep: 2
        - return: 7
    as: t
  - try:
      - shield: ${t}
        within: 0.5
    catch:
      - error: TimeoutError
        do:
          - print: ${error} at ${now}
  - await: ${t}
    as: r
  - print: ${r} at ${now}`,
	} {
		t.Run(name, func(t *testing.T) { same(t, load(t, "s.yaml", "runloop: 1\nmain:"+text+"\n")) })
	}
}

// TestDraws compares the random streams of tasks, children and callbacks.
func TestDraws(t *testing.T) {
	same(t, load(t, "d.yaml", `
runloop: 1
seed: 7
coroutines:
  worker:
    do:
      - print: ${task.name} ${randint(1, 1000000)} ${normal(0, 1)}
      - spawn:
          do:
            - print: ${task.name} ${randint(1, 1000000)}
workers:
  a: { call: worker }
  b: { call: worker, count: 2 }
callbacks:
  tick:
    every: 1s
    do:
      - print: tick ${randint(1, 1000000)}
    until: now > 2
before:
  - print: before ${randint(1, 1000000)}
after:
  - print: after ${randint(1, 1000000)}
`))
}

// TestSameBits compares draws and powers to the last digit: the exported program computes them in the same steps.
func TestSameBits(t *testing.T) {
	same(t, load(t, "b.yaml", `
runloop: 1
seed: 11
main:
  - repeat: 2000
    do:
      - print: ${exponential(3)} ${weibull(2, 1.5)} ${gamma(0.4, 2)} ${gamma(2.5, 1)} ${lognormal(0, 1)} ${triangular(0, 3, 1)}
      - let: { x: "${uniform(0, 50)}", y: "${uniform(-30, 30)}", n: "${randint(-300, 300)}" }
      - print: ${x} ** ${y} = ${x ** y}, ${x ** n}, ${(-x) ** (n % 50)}
`))
	for _, how := range engine.DrawsWords {
		same(t, load(t, how+".yaml", "runloop: 1\nseed: 11\ndraws: "+how+`
functions:
  service: { params: { mean: number }, value: "exponential(mean, 'service')" }
coroutines:
  worker:
    do:
      - repeat: 300
        do:
          - print: ${normal(3, 2)} ${lognormal(0, 1, 'x')} ${gamma(0.4, 2)} ${gamma(2.5, 1)} ${service(2)} ${erlang(7, 2)}
          - print: ${beta(0.3, 2.5)} ${pert(1, 5, 2)} ${pareto(1.5)} ${hyperexponential([1, 5], [0.25, 1.5])} ${service(1)}
          - print: ${poisson(2.5)} ${poisson(499.5)} ${poisson(3e6)} ${binomial(40, 0.7)} ${binomial(1000000000, 0.3)} ${geometric(0.001)}
          - print: ${negative_binomial(2.5, 0.01)} ${empirical([1, 2.5, 9], [0.1, 0.7, 1])} ${choice([1, 2, 3], [0, 1, 2], 'x')}
          - print: ${truncated(normal(0, 1, 'x'), 1, 1.5)} ${truncated(binomial(10, 0.5), null, 4)}
workers:
  w: { call: worker, count: 2 }
`))
	}
}

// TestUnits compares scenarios that count time in other units than seconds.
func TestUnits(t *testing.T) {
	for _, u := range engine.TimeUnits {
		same(t, load(t, u.Symbol+".yaml", "runloop: 1\nclock: { unit: "+u.Symbol+`, until: 9000 }
callbacks: { tick: { every: 2, do: [ print: "tick ${now}" ], until: now > 5 } }
workers:
  w:
    do:
      - sleep: ${2.5}
      - sleep: 90s
      - sleep_until: ${now + 0.1}
      - print: ${now} ${loop.time} ${30s} ${duration('30s')} ${duration('3')} ${task.started} ${[task][0].spawned}
      - sleep: ${0.1}
      - print: ${now}
  late:
    start: 7
    do:
      - call_later: tick
        after: ${1 / 3}
        as: h
      - print: ${now} ${h.when}
      - try: [ sleep: "${1e300}" ]
        catch: [ { error: OverflowError, as: e, do: [ print: "${e.message}" ] } ]
      - wait: tasks.w
        within: 7
`))
	}
}

// TestRefused: features without a counterpart in asyncio are reported with their line.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"runloop: 1\nties: lifo\nmain:\n  - print: x\n":                                       "s.yaml:2:7: asyncio has no `ties: lifo`",
		"runloop: 1\nlimits:\n  steps: 100\nmain:\n  - print: x\n":                            "s.yaml:3:3: asyncio has no limit of `steps`",
		"runloop: 1\nlocks: [k]\nmain:\n  - acquire: k\n  - print: ${metrics.k.served + 1}\n": "s.yaml:5:14: asyncio has no statistics: `metrics.k.served` cannot be exported",
		"runloop: 1\nmain:\n  - raise: ExceptionGroup\n":                                      "s.yaml:3:12: an `ExceptionGroup` without errors",
	} {
		_, err := load(t, "s.yaml", text).Python(dsl.PythonOptions{Virtual: true})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

// TestRealClock runs a program on the machine's clock for a few milliseconds.
func TestRealClock(t *testing.T) {
	s := load(t, "r.yaml", "runloop: 1\nworkers:\n  w:\n    do:\n      - sleep: 0.002\n      - print: woke\n")
	program, err := s.Python(dsl.PythonOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if out, errs := run(t, program); out != "woke\n" || !strings.HasPrefix(errs, "ended: completed") {
		t.Errorf("%q %q", out, errs)
	}
	if bytes.Contains(program, []byte("VirtualLoop")) {
		t.Error("the virtual loop is brought along")
	}
}

// TestTimes compares waits for the rest of a time, and the end of the clock.
func TestTimes(t *testing.T) {
	for _, text := range []string{
		`runloop: 1
callbacks: { ring: { do: [ print: "rings at ${now}" ] } }
main:
  - for: goal
    in: [0.30000000000000004, 0.7000000000000001, 1.1, 12345678.900000001, 98765432.10000001]
    do:
      - let: { turns: 0 }
      - while: now < goal
        do: [ sleep: "${goal - now}", let: { turns: "${turns + 1}" } ]
      - print: ${goal} ${now} ${turns}
      - let: { later: "${goal + 0.1 + 0.2}" }
      - call_at: ring
        at: ${later}
      - sleep_until: ${later}
      - print: ${now >= later} ${now}
      - timeout: { at: "${later + 0.1}" }
        do: [ sleep: 10 ]
        else: [ print: "${now >= later + 0.1} ${now}" ]
  - try:
      - sleep: 9e9
      - sleep: 9e9
    catch: [ { error: OverflowError, as: e, do: [ print: "${e.message}" ] } ]
  - try: [ sleep: "${now * 10}" ]
    catch: [ { error: OverflowError, as: e, do: [ print: "${e.message}" ] } ]
`, `runloop: 1
callbacks:
  beat: { every: 4e9, do: [ print: "${now}" ] }
workers:
  w: { do: [ sleep: 9.1e9, print: late ] }
after: [ print: after ]
`,
	} {
		same(t, load(t, "times.yaml", text))
	}
}
