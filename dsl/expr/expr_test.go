package expr

import (
	"slices"
	"strings"
	"testing"

	"runloop/dsl/expr/exprtest"
	"runloop/dsl/source"
	"runloop/engine"
)

// exprScope is the variables of a test: locals in the order of their declaration.
type exprScope []Symbol

func (s exprScope) Lookup(name string) (Symbol, bool) {
	i := slices.IndexFunc(s, func(v Symbol) bool { return v.Name == name })
	if i < 0 {
		return Symbol{}, false
	}
	return s[i], true
}

func (s exprScope) Names() []string {
	var out []string
	for _, v := range s {
		out = append(out, v.Name)
	}
	slices.Sort(out)
	return out
}

// testTypes is the types of exprtest.Variables.
var testTypes = map[string]Type{
	"i": IntType, "j": IntType, "big": IntType, "least": IntType, "f": FloatType, "num": NumberType, "dyn": AnyType,
	"dyntext": AnyType, "yes": BoolType, "no": BoolType, "s": StringType, "t": StringType, "xs": ListOf(IntType),
	"empty": ListOf(IntType), "mixed": listType, "m": MapOf(IntType), "rows": ListOf(mapType), "nothing": AnyType,
	"count": IntType, "first": IntType,
}

func testScope() exprScope {
	var s exprScope
	for i, v := range exprtest.Variables {
		s = append(s, Symbol{Kind: SymLocal, Index: i, Name: v.Name, Type: testTypes[v.Name]})
	}
	return append(s, Symbol{Kind: SymNow, Name: "now"}, Symbol{Kind: SymTasks, Name: "tasks"},
		Symbol{Kind: SymLoop, Name: "loop"}, Symbol{Kind: SymTask, Name: "task"},
		Symbol{Kind: SymObject, Name: "forks", Index: 0, Type: ListOf(Type{Kind: TypeLock})},
		Symbol{Kind: SymObject, Name: "jobs", Index: 1, Type: Type{Kind: TypeQueue}})
}

func plainSpan(from, to int) source.Span { return source.Span{Start: from, End: to} }

// checkText parses and checks text against the test's variables.
func checkText(text string) (*Tree, *Env, Type, source.Diagnostics) {
	var diags source.Diagnostics
	env := &Env{Scope: testScope(), Diags: &diags, Facts: Facts{}}
	e := Parse(text, 1e9, plainSpan, &diags)
	if e == nil {
		return nil, env, Type{}, diags
	}
	t := e.Check(env)
	return e, env, t, diags
}

// inLoop runs f with the test's variables as locals and returns the error that it raised, or "".
func inLoop(tb testing.TB, f func(l *engine.Loop)) string {
	tb.Helper()
	code := &engine.Code{Name: "test"}
	for i, v := range exprtest.Variables {
		code.Locals = append(code.Locals, v.Name)
		code.Body = append(code.Body, &engine.Set{Assigns: []engine.Assign{{
			To:    engine.Target{Ref: engine.Ref{Space: engine.LocalVar, Index: i}},
			Value: func(*engine.Loop) engine.Value { return v.Value },
		}}})
	}
	slot := len(code.Locals)
	code.Locals = append(code.Locals, "result")
	code.Body = append(code.Body, &engine.Set{Assigns: []engine.Assign{{
		To:    engine.Target{Ref: engine.Ref{Space: engine.LocalVar, Index: slot}},
		Value: func(l *engine.Loop) engine.Value { f(l); return engine.Value{} },
	}}})
	p := &engine.Program{
		Before:   code,
		LoopType: "EventLoop",
		LoopID:   "1",
		Objects: []engine.ObjectDef{
			{Name: "forks", Kind: engine.KindLock, Count: func(*engine.Loop) int64 { return 2 }},
			{Name: "jobs", Kind: engine.KindQueue},
		},
	}
	if err := p.Assemble(); err != nil {
		tb.Fatal(err)
	}
	res := engine.New(p, engine.Options{ClockStart: 567e9, Limits: engine.Limits{Memory: 1 << 20}}).Run()
	if res.Limit != nil {
		return "limit"
	}
	if len(res.Errors) > 0 {
		return res.Errors[0].Err.Error()
	}
	return ""
}

// evaluate is the text and the kind of an expression's value, or its error.
func evaluate(tb testing.TB, text string) (got string, kind engine.Kind) {
	tb.Helper()
	e, env, _, diags := checkText(text)
	if len(diags) > 0 {
		return "check: " + diags[0].Message, 0
	}
	c := e.Compile(env.Facts)
	fail := inLoop(tb, func(l *engine.Loop) {
		v := c.Value(l)
		if l.Failed() {
			return
		}
		kind, got = v.Kind(), string(l.AppendText(nil, v))
		if direct := string(c.Text(l, nil)); direct != got {
			tb.Errorf("%s: Text gives %q, Value %q", text, direct, got)
		}
		if c.Int != nil && c.Int(l) != v.AsInt() {
			tb.Errorf("%s: Int gives %d, Value %s", text, c.Int(l), got)
		}
		if c.Bool != nil && c.Bool(l) != v.AsBool() {
			tb.Errorf("%s: Bool gives %t, Value %s", text, c.Bool(l), got)
		}
		if f, isNumber := v.Number(); c.Float != nil && (!isNumber || c.Float(l) != f && f == f) {
			tb.Errorf("%s: Float gives %g, Value %s", text, c.Float(l), got)
		}
		outside := c.Type.Kind == TypeTask && v.IsNull() // `task` where no task is running
		if !HasType(v, c.Type) && !outside {
			tb.Errorf("%s: a value of kind %s has the static type %s", text, kind, c.Type)
		}
	})
	if fail != "" {
		return fail, 0
	}
	return got, kind
}

func TestEvaluate(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"1", "1"}, {"-1", "-1"}, {"1.0", "1.0"}, {"-0.0", "-0.0"}, {"'a'", "a"}, {"true", "true"}, {"nil", "null"},
		{"null", "null"}, {"null == nil", "true"}, {"0x10", "16"}, {"1_000", "1000"}, {"1e3", "1000.0"},
		{"i + 1", "8"}, {"i - 10", "-3"}, {"i * j", "-21"}, {"i / 2", "3.5"}, {"i % 4", "3"}, {"j % 2", "-1"},
		{"2 ** 3", "8.0"}, {"2 ^ 0.5", "1.4142135623730951"}, {"2 ** -1", "0.5"}, {"-2 ** 2", "-4.0"},
		{"10 ** 2", "100.0"}, {"(-8) ** 3", "-512.0"}, {"1.1 ** 10", "2.5937424601000023"},
		{"i + f", "9.5"}, {"num + 1", "5"}, {"num * f", "10.0"}, {"dyn + 1", "6"}, {"dyn * 2.0", "10.0"}, {"-dyn", "-5"},
		{"'a' + t", "aworker-1"}, {"dyntext + '!'", "five!"}, {"dyn / 2", "2.5"}, {"+i", "7"}, {"-f", "-2.5"},
		{"big + 1", "OverflowError: the sum of 9223372036854775807 and 1 does not fit into 64 bits"},
		{"least - 1", "OverflowError: the sum of -9223372036854775808 and -1 does not fit into 64 bits"},
		{"big * 2", "OverflowError: the product of 9223372036854775807 and 2 does not fit into 64 bits"},
		{"least * -1", "OverflowError: the product of -9223372036854775808 and -1 does not fit into 64 bits"},
		{"least * 1", "-9223372036854775808"}, {"-least", "OverflowError: -(-9223372036854775808) does not fit into 64 bits"},
		{"abs(least)", "OverflowError: -(-9223372036854775808) does not fit into 64 bits"},
		{"least % -1", "0"}, {"sum([big, 1])", "OverflowError: the sum of 9223372036854775807 and 1 does not fit into 64 bits"},
		{"big / 3", "3.0744573456182584e+18"}, {"big / (big - 1)", "1.0"}, {"least / 7", "-1.3176245766935393e+18"},
		{"4611686018427387905 / 3", "1.5372286728091292e+18"}, {"9007199254740993 / 3", "3002399751580331.0"},
		{"round(1.2345678901234567e19, -4)", "1.234567890123457e+19"}, {"round(9.5e22, -23)", "1e+23"},
		{"round(5e22, -23)", "0.0"}, {"round(15.0, -1)", "20.0"}, {"round(25.000000001, -1)", "30.0"},
		{"round(-3.0, -1)", "-0.0"}, {"round(1.5e300, -299)", "1.5e+300"}, {"round(9.999999999999999e22, -22)", "1e+23"},
		{"round(1e23, -22)", "1e+23"}, {"round(5.5, -1)", "10.0"}, {"round(5.0, -1)", "0.0"}, {"round(7.0, -400)", "0.0"},
		{"round(1.7e308, -308)", "OverflowError: rounded value too large to represent"},
		{"i / 0", "ZeroDivisionError: division by zero"}, {"i % 0", "ZeroDivisionError: integer modulo by zero"},
		{"0 ** -1", "ZeroDivisionError: zero cannot be raised to a negative power"},
		{"sqrt(i)", "2.6457513110645907"}, {"sqrt(-1)", "ValueError: sqrt(): negative numbers have no square root, it is -1.0"},
		{"exp(1)", "2.718281828459045"}, {"exp(710)", "OverflowError: exp(): e to the power of 710.0 does not fit into a float"},
		{"exp(float('inf'))", "inf"}, {"log(10)", "2.302585092994046"}, {"log(8, 2)", "3.0"}, {"log10(1000)", "3.0"}, {"log2(0.5)", "-1.0"},
		{"log(0)", "ValueError: log(): only numbers above 0 have a logarithm, not 0.0"}, {"log(2, 1)", "ZeroDivisionError: division by zero"},
		{"log10(j)", "ValueError: log10(): only numbers above 0 have a logarithm, not -3.0"}, {"sin(pi / 2)", "1.0"}, {"cos(pi)", "-1.0"},
		{"sin(float('inf'))", "ValueError: sin(): inf is no angle"}, {"atan2(1, 1) * 4 == pi", "true"}, {"let pi = 3; pi", "3"},
		{"pow(2, 10)", "1024"}, {"pow(2.0, 3)", "8.0"}, {"pow(num, 2)", "16"}, {"pow(-2, 63)", "-9223372036854775808"}, {"pow(-1, big)", "-1"},
		{"pow(0, 0)", "1"}, {"pow(0, big)", "0"}, {"pow(i, 0)", "1"}, {"pow(-1, 1000)", "1"},
		{"pow(2, 63)", "OverflowError: 2 to the power of 63 does not fit into 64 bits"},
		{"pow(2, -1)", "ValueError: pow(): the power of an int must not be negative, it is -1; `**` gives a float"},
		{"pow(0.0, -1)", "ZeroDivisionError: zero cannot be raised to a negative power"},
		{"mod(-7, 3)", "2"}, {"mod(7, -3)", "-2"}, {"mod(-7.5, 2)", "0.5"}, {"mod(i, 0)", "ZeroDivisionError: integer modulo by zero"},
		{"mod(f, 0)", "ZeroDivisionError: division by zero"}, {"mod(least, -1)", "0"}, {"floordiv(-7, 2)", "-4"}, {"floordiv(7.5, 2)", "3.0"},
		{"floordiv(least, -1)", "OverflowError: -(-9223372036854775808) does not fit into 64 bits"}, {"floordiv(0.3, 0.1)", "2.0"},
		{"floordiv(i, 0)", "ZeroDivisionError: integer division or modulo by zero"}, {"floordiv(dyn, 2)", "2"},
		{"percentile(xs, 50)", "2.0"}, {"percentile([1, 2], 75)", "1.75"}, {"percentile([4], 1)", "4.0"},
		{"percentile(empty, 50)", "ValueError: percentile(): there are no values"},
		{"percentile(xs, 101)", "ValueError: percentile(): it must be from 0 to 100, not 101.0"},
		{"percentile(mixed, 1)", "TypeError: percentile() works on numbers, not on a string"},
		{"variance(1, 2, 4)", "2.3333333333333335"}, {"stdev([1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.4])", "0.1527524945502367"},
		{"stdev([1])", "ValueError: stdev(): there must be at least two values"}, {"variance([1.0, float('inf')])", "nan"},
		{"variance(mixed)", "TypeError: variance() works on numbers, not on a string"}, {"cumsum(xs)", "[3, 4, 6]"}, {"cumsum([1, 0.5])", "[1, 1.5]"},
		{"cumsum([big, 1])", "OverflowError: the sum of 9223372036854775807 and 1 does not fit into 64 bits"},
		{"cumsum(mixed)", "TypeError: cumsum() works on numbers, not on a string"}, {"clamp(i, 1, 3)", "3"}, {"clamp(f, 1, 3)", "2.5"},
		{"clamp(j, 0.5, 3)", "0.5"}, {"clamp(i, 3, 1)", "ValueError: clamp(): the least, 3.0, is above the greatest, 1.0"},
		{"zip(xs, [s, t])", `[[3, "héllo"], [1, "worker-1"]]`}, {"enumerate(xs, 1)", "[[1, 3], [2, 1], [3, 2]]"},
		{"enumerate(xs, big)", "OverflowError: the sum of 9223372036854775807 and 1 does not fit into 64 bits"},
		{"range(3)", "[0, 1, 2]"}, {"range(2, 8, 3)", "[2, 5]"}, {"range(8, 2, -3)", "[8, 5]"}, {"range(-3)", "[]"}, {"range(least, least + 2)", "[-9223372036854775808, -9223372036854775807]"},
		{"range(least, big, big)", "[-9223372036854775808, -1, 9223372036854775806]"}, {"range(big, least, least)", "[9223372036854775807, -1]"},
		{"range(1, 2, 0)", "ValueError: range(): the step must not be zero"}, {"range(10000000)", "limit"},
		{"range(big)", "ValueError: the range from 0 to 9223372036854775807 is too long for a list"},
		{"lpad(s, 7, '*')", "**héllo"}, {"rpad(s, 7) + '|'", "héllo  |"}, {"lpad(s, 2)", "héllo"}, {"lpad(s, big)", "limit"},
		{"lpad(s, 9, 'ab')", `ValueError: lpad(): the text is filled with one character, not with "ab"`},
		{"datetime.minute", "9"}, {"datetime.second", "27"}, {"datetime.year", "1970"}, {"datetime.weekday", "3"},
		{"i == 7", "true"}, {"i == 7.0", "true"}, {"i != 7", "false"}, {"i < 8 and i >= 7", "true"}, {"1 < i < 5", "false"},
		{"f > 2", "true"}, {"dyn >= 5", "true"}, {"'a' < 'b'", "true"}, {"yes && !no", "true"}, {"no or yes", "true"},
		{"not (i > 3)", "false"}, {"count == 5", "true"}, {"first + 1", "7"}, {"first([4, 5])", "4"}, {"count(xs, # > 1)", "2"},
		{"i in xs", "false"}, {"3 in xs", "true"}, {"'a' in m", "true"}, {"'z' not in m", "true"},
		{"s contains 'llo'", "true"}, {"s startsWith 'h'", "true"}, {"s endsWith 'x'", "false"},
		{"t matches '^worker-[0-9]+$'", "true"}, {"t matches dyntext", "false"}, {"t matches '(' + t", `ValueError: "(worker-1" is not a regular expression: missing closing ): ` + "`(worker-1`"},
		{"1..4", "[1, 2, 3, 4]"}, {"4..1", "[]"}, {"least..big", "ValueError: the range -9223372036854775808..9223372036854775807 is too long for a list"},
		{"1..1000000000", "ValueError: the range 1..1000000000 is too long for a list"}, {"1..10000000", "limit"},
		{"nothing ?? 3", "3"}, {"dyn ?? 3", "5"}, {"nothing?.a", "null"}, {"nothing?.a.b", "null"}, {"nothing?.[0]", "null"},
		{"nothing.a", "TypeError: null has no attribute `a`"}, {"m?.z.b", "TypeError: null has no attribute `b`"},
		{"yes ? i : j", "7"}, {"no ? 1 : 2.5", "2.5"}, {"no ? 'a' : 1", "1"}, {"(yes ? xs : [])[0]", "3"},
		{"xs[0]", "3"}, {"xs[-1]", "2"}, {"xs[3]", "IndexError: list index 3 is out of range: the list has 3 elements"},
		{"xs[1:]", "[1, 2]"}, {"xs[:-1]", "[3, 1]"}, {"s[1:3]", "él"}, {"s[1]", "é"}, {"s[-1]", "o"},
		{"s[9]", "IndexError: text index 9 is out of range: the text has 5 characters"}, {"xs[5:9]", "[]"},
		{"m.a", "1"}, {"m['b']", "2"}, {"m.z", "null"}, {"m.a + 1", "2"}, {"rows[0].name", "x"}, {"rows[0]['n']", "2"},
		{"mixed", `[1, "a", 2.0, null]`}, {"m", `{"a": 1, "b": 2}`}, {"{x: 1, (t): xs}", `{"worker-1": [3, 1, 2], "x": 1}`},
		{"let a = i * 2; a + 1", "15"}, {"let a = 1; let b = a + 1; a + b", "3"}, {"[1, 'a', [2.0]]", `[1, "a", [2.0]]`},
		{"filter(xs, # > 1)", "[3, 2]"}, {"xs | filter(# > 1) | map(# * 10)", "[30, 20]"}, {"map(xs, #index)", "[0, 1, 2]"},
		{"all(xs, # > 0)", "true"}, {"any(xs, # > 2)", "true"}, {"none(xs, # > 2)", "false"}, {"one(xs, # > 2)", "true"},
		{"all(empty, # > 0)", "true"}, {"find(xs, # < 3)", "1"}, {"findLast(xs, # < 3)", "2"}, {"findIndex(xs, # == 9)", "null"},
		{"findLastIndex(xs, # < 3)", "2"}, {"count([true, false])", "1"}, {"sum(xs)", "6"}, {"sum(xs, # * 2)", "12"},
		{"sum(empty)", "0"}, {"sum([0.5, 1])", "1.5"}, {"sum(map(xs, # / 2))", "3.0"}, {"groupBy(xs, # % 2)", `{"0": [2], "1": [3, 1]}`},
		{"sortBy(xs, -#)", "[3, 2, 1]"}, {"sortBy(rows, .n)[0].name", "y"}, {"sortBy(xs, #, 'desc')", "[3, 2, 1]"},
		{"sortBy(xs, #, 'up')", `ValueError: the order is "asc" or "desc", not "up"`},
		{"reduce(xs, #acc + #)", "6"}, {"reduce(xs, #acc + #, 10)", "16"}, {"reduce(empty, #acc + #, 10)", "10"},
		{"reduce(empty, #acc + #)", "ValueError: reduce(): the list is empty and there is no start"},
		{"reduce(xs, #acc + string(#), '')", "312"}, {"map(xs, map(xs, # + 1)[0])", "[4, 4, 4]"},
		{"map(xs, {let y = #; y * y})", "[9, 1, 4]"}, {"filter(rows, .n > 1)", `[{"n": 2, "name": "x"}]`},
		{"filter(mixed, # > 1)", "TypeError: `>` does not work on a string and an int"},
		{"filter(mixed, #)", "TypeError: filter(): the test must be a bool, not an int"},
		{"len(s)", "5"}, {"len(xs)", "3"}, {"len(m)", "2"}, {"len(nothing)", "TypeError: len(): x must be a string, a list or a map, not null"},
		{"type(i)", "int"}, {"type(nothing)", "null"}, {"type(m)", "map"}, {"abs(j)", "3"}, {"abs(-2.5)", "2.5"},
		{"ceil(1.2)", "2"}, {"floor(-1.2)", "-2"}, {"round(2.5)", "2"}, {"round(3.5)", "4"}, {"round(2.675, 2)", "2.67"},
		{"round(1234, -2)", "1200"}, {"round(1250, -2)", "1200"}, {"round(1350, -2)", "1400"}, {"round(i, 2)", "7"},
		{"int('42')", "42"}, {"int(' -1_000 ')", "-1000"}, {"int(2.9)", "2"}, {"int(-2.9)", "-2"}, {"int(true)", "1"},
		{"int('x')", `ValueError: int(): "x" is not an integer`}, {"int(1e30)", "OverflowError: 1e+30 does not fit into 64 bits"},
		{"int('99999999999999999999')", "OverflowError: 99999999999999999999 does not fit into 64 bits"},
		{"int('0x1')", `ValueError: int(): "0x1" is not an integer`}, {"int(float('nan'))", "ValueError: NaN cannot be turned into an int"},
		{"float('1.5e3')", "1500.0"}, {"float('-inf')", "-inf"}, {"float(3)", "3.0"}, {"float('0x1p4')", `ValueError: float(): "0x1p4" is not a number`},
		{"string(1.0) + string(xs)", "1.0[3, 1, 2]"}, {"trim('  a ')", "a"}, {"trim('xax', 'x')", "a"}, {"upper(s)", "HÉLLO"},
		{"lower('ABC')", "abc"}, {"split('a,b,c', ',')", `["a", "b", "c"]`}, {"split('a,b,c', ',', 2)", `["a", "b,c"]`},
		{"splitAfter('a,b', ',')", `["a,", "b"]`}, {"replace('aaa', 'a', 'b')", "bbb"}, {"replace('aaa', 'a', 'b', 2)", "bba"},
		{"repeat('ab', 3)", "ababab"}, {"repeat('ab', -1)", "ValueError: repeat(): the count must not be negative, it is -1"},
		{"repeat('ab', big)", "OverflowError: repeat(): the text would be too long"}, {"repeat('ab', 10000000)", "limit"},
		{"join(['a', 'b'], '-')", "a-b"}, {"join(map(xs, string(#)))", "312"}, {"join(mixed)", "TypeError: join(): list must be a list of string, not a list"},
		{"indexOf(s, 'l')", "2"}, {"lastIndexOf(s, 'l')", "3"}, {"indexOf(s, 'z')", "-1"}, {"hasPrefix(t, 'w')", "true"},
		{"hasSuffix(t, '1')", "true"}, {"trimPrefix(t, 'worker-')", "1"}, {"trimSuffix(t, '-1')", "worker"},
		{"max(1, 2.5)", "2.5"}, {"max(xs)", "3"}, {"min(i, j)", "-3"}, {"min(empty)", "ValueError: min(): there are no values"},
		{"mean(xs)", "2.0"}, {"median([4, 1, 2, 3])", "2.5"}, {"mean(1, 2)", "1.5"}, {"median(xs)", "2.0"},
		{"toJSON(m)", `{"a": 1, "b": 2}`}, {"toJSON(s)", `"héllo"`}, {`fromJSON('{"b": [1, 2.0, null], "a": true}')`, `{"a": true, "b": [1, 2.0, null]}`},
		{"fromJSON('1 2')", "ValueError: fromJSON(): there is more text after the value"}, {"toBase64('hi')", "aGk="}, {"fromBase64('aGk=')", "hi"},
		{"first(empty)", "null"}, {"last(xs)", "2"}, {"get(m, 'z')", "null"}, {"get(xs, 9)", "null"}, {"get(xs, 1)", "1"},
		{"take(xs, 2)", "[3, 1]"}, {"take(xs, 9)", "[3, 1, 2]"}, {"keys(m)", `["a", "b"]`}, {"values(m)", "[1, 2]"},
		{"toPairs(m)", `[["a", 1], ["b", 2]]`}, {"fromPairs([['k', 1]])", `{"k": 1}`}, {"reverse(xs)", "[2, 1, 3]"},
		{"uniq([1, 1.0, 2])", "[1, 2]"}, {"concat(xs, [9])", "[3, 1, 2, 9]"}, {"flatten([1, [2, [3]]])", "[1, 2, 3]"},
		{"sort(xs)", "[1, 2, 3]"}, {"sort(xs, 'desc')", "[3, 2, 1]"}, {"sort(mixed)", "TypeError: a string and an int have no order"},
		{"bitand(6, 3)", "2"}, {"bitor(6, 3)", "7"}, {"bitxor(6, 3)", "5"}, {"bitnand(6, 3)", "4"}, {"bitnot(0)", "-1"},
		{"bitshl(1, 4)", "16"}, {"bitshr(-8, 1)", "-4"}, {"bitushr(-1, 63)", "1"}, {"bitshl(1, -1)", "ValueError: the number of bits to shift by must not be negative, it is -1"},
		{"strftime('%H:%M:%S')", "00:09:27"}, {"strftime(t + '%q')", "ValueError: strftime(): there is no directive `%q`"},
		{"format('%5.2f|%-4d|%s', f, i, s)", " 2.50|7   |héllo"}, {"is_error(i)", "false"}, {"now", "0.0"},
		{"loop.type", "EventLoop"}, {"loop.time", "0.0"}, {"tasks['x'].state", `KeyError: there is no task named "x"`},
		{"type(forks[1])", "lock"}, {"forks[0].locked", "false"}, {"jobs.size + jobs.capacity", "0"}, {"jobs.empty", "true"},
		{"[jobs][0].full", "false"}, {"(yes ? jobs : 1).size", "0"}, {"(yes ? jobs : 1).x", "TypeError: a queue has no attribute `x`"}, {"forks[0] == forks[1]", "false"}, {"type(randint(1, 6))", "int"},
		{"chance(2)", "ValueError: chance(): a probability is between 0 and 1, not 2.0"},
		{"choice(empty)", "IndexError: choice(): the list is empty"}, {"len(shuffle(xs))", "3"},
		{"exponential(0)", "ValueError: exponential(): mean must be above zero, it is 0.0"},
		{"dyn and yes", "TypeError: what stands before `and` must be a bool, not an int"},
		{"dyn ? 1 : 2", "TypeError: a condition must be a bool, not an int"}, {"no and dyn", "false"},
		{"dyntext - 1", "TypeError: `-` does not work on a string and an int"}, {"xs[dyntext]", "TypeError: the index of a list is an int, not a string"},
		{"(xs) [ (0) ]", "3"}, {"i /* comment */ + 1", "8"}, {"[1,2,3,] | len()", "3"}, {"xs == [3, 1, 2]", "true"},
		{"5s", "5.0"}, {"1m30s", "90.0"}, {"250ms * 2", "0.5"}, {"1.5h", "5400.0"}, {"-2s", "-2.0"}, {"3us + 1ns", "3.001e-06"},
		{"[1s, 2m][1]", "120.0"}, {"{a: 1s}.a", "1.0"}, {"'5s'", "5s"}, {"s == 'ꙮ' ? 1s : 2s", "2.0"}, {"len('ꙮé') + 1d", "86402.0"},
		{"map(xs, # * 1s)", "[3.0, 1.0, 2.0]"}, {"min(3s, 2 ** i * 100ms)", "3.0"}, {"let d = 2s; d * 2", "4.0"},
		{"duration('1m30s')", "90.0"}, {"duration('2.5')", "2.5"}, {"duration('1h1ns')", "3600.000000001"},
		{"duration('soon')", `ValueError: "soon" is no duration: write a duration such as 1m30s, 250ms or 1.5h (units d h m s ms us ns), or a number of seconds`},
		{"nothing == null", "true"}, {"i == null", "false"}, {"mixed[3] == null", "true"},
	} {
		if got, _ := evaluate(t, tt.text); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestTypes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"i + 1", "int"}, {"i / 1", "float"}, {"i + f", "float"}, {"i + num", "number"}, {"dyn + 1", "number"},
		{"dyn + dyn", "any"}, {"[1, 2.0]", "list of number"}, {"[1, 'a']", "list"}, {"[]", "list"}, {"{a: 1}", "map of int"},
		{"xs[0]", "int"}, {"m.a", "any"}, {"map(xs, # / 2)", "list of float"}, {"xs | filter(# > 1)", "list of int"},
		{"yes ? 1 : 2.0", "number"}, {"yes ? 1 : 'a'", "any"}, {"nothing ?? 1", "any"}, {"groupBy(xs, #)", "map of list of int"},
		{"sum(xs, # * 0.5)", "float"}, {"reduce(xs, #acc + #, 0)", "int"}, {"reduce(xs, #acc + # / 2, 0)", "number"},
		{"tasks['x']", "task"}, {"task.state", "string"}, {"task.result", "any"}, {"forks[0]", "lock"}, {"format('%d', i)", "string"},
		{"max(1, f)", "number"}, {"round(f)", "int"}, {"round(f, 1)", "float"}, {"choice(xs)", "int"}, {"1..3", "list of int"},
		{"s[0]", "string"}, {"-num", "number"}, {"concat(xs, ['a'])", "list"}, {"values(m)", "list of int"},
	} {
		_, _, got, diags := checkText(tt.text)
		if len(diags) > 0 || got.String() != tt.want {
			t.Errorf("%s: got %s %v, want %s", tt.text, got, diags, tt.want)
		}
	}
}

func TestExpressionErrors(t *testing.T) {
	for _, tt := range []struct{ text, want, at string }{
		{"", "an expression is expected here, this one is empty", ""},
		{"i +", "the expression ends too early: a value is missing", ""},
		{"i = 1", "`=` is not expected here", "="},
		{"let", "the expression ends too early: a value is missing", ""},
		{"1 + if", "`if` is a word of the language and cannot stand here", "if"},
		{"$i", "there is no variable `$i` here", "$i"},
		{"i ~ 1", "the character `~` has no meaning in an expression", "~"},
		{"i and count(", "the expression ends too early: a value is missing", ""},
		{"'é' + 99999999999999999999 + 1", "the number `99999999999999999999` is too large", "99999999999999999999"},
		{"9223372036854775808", "the number `9223372036854775808` is too large", "9223372036854775808"},
		{strings.Repeat("(", 65) + "1" + strings.Repeat(")", 65), "brackets are nested more than 64 deep here", "("},
		{strings.Repeat("1+", 2100) + "1", "an expression of 4201 bytes is too long, at most 4096 are allowed", ""},
		{"'é' + conut", "there is no variable `conut` here", "conut"},
		{"lenn(xs)", "there is no function `lenn`", "lenn(xs)"},
		{"now()", "there is no function `now`: a run does not depend on the wall clock", "now()"},
		{"i(1)", "there is no function `i`", "i(1)"},
		{"trim()", "trim() takes at least 1 argument, not 0", "trim()"},
		{"trim(s, s, s)", "trim() takes at most 2 arguments, not 3", "trim(s, s, s)"},
		{"upper(i)", "upper(): text must be a string, `i` is an int", "i"},
		{"upper((i + 1) * 2)", "upper(): text must be a string, `(i + 1) * 2` is an int", "(i + 1) * 2"},
		{"s + 1", "`+` wants two numbers or two texts: `s` is a string and `1` is an int", "s + 1"},
		{"s < 1", "`<` wants two numbers or two texts: `s` is a string and `1` is an int", "s < 1"},
		{"i == 'a'", "`i` is an int and `'a'` is a string: they are never equal", "i == 'a'"},
		{"i and yes", "what stands before `and` must be a bool, `i` is an int", "i"},
		{"i ? 1 : 2", "a condition must be a bool, `i` is an int", "i"},
		{"xs.length", "the index of a list of int is an int, `length` is a string", "length"},
		{"task.nmae", "a task has no attribute `nmae`", "nmae"},
		{"i.x", "an int has no attribute `x`", "x"},
		{"tasks", "`tasks` alone is no value", "tasks"},
		{"loop == 1", "`loop` alone is no value", "loop"},
		{"loop.x", "the loop has no attribute `x`", "x"},
		{"t matches '('", "\"(\" is not a regular expression: missing closing ): `(`", "'('"},
		{"format('%d', s)", "format(): `%d` wants a number, not a string", "format('%d', s)"},
		{"format('%d')", "format(): the format has 1 directive for values, but 0 values are given", "format('%d')"},
		{"strftime('%Q')", "strftime(): there is no directive `%Q`", "strftime('%Q')"},
		{"let i = 1; i", "`let i` would hide the variable `i`", "i = 1; i"},
		{"#", "`#` is not expected here", "#"},
		{"map(xs, #acc)", "`#acc` is known in reduce() only", "#acc"},
		{"'a' in 'abc'", "`in` looks into a list or a map, `'abc'` is a string", "'a' in 'abc'"},
		{"s.upper()", "values have no methods: `upper` cannot be called so", "s.upper()"},
		{"f % 2", "`%` wants two integers: `f` is a float and `2` is an int", "f % 2"},
		{"filter(xs, # + 1)", "filter(): the test must be a bool, it is an int", "# + 1"},
		{"1; 2", "`;` may only follow `let name = value` in an expression", "1; 2"},
	} {
		_, _, _, diags := checkText(tt.text)
		if len(diags) == 0 {
			t.Errorf("%s: no error", tt.text)
			continue
		}
		if diags[0].Message != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, diags[0].Message, tt.want)
		}
		if at := tt.text[diags[0].Span.Start:diags[0].Span.End]; tt.at != "" && at != tt.at {
			t.Errorf("%s: the error is at `%s`, want `%s`", tt.text, at, tt.at)
		}
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	_, _, _, diags := checkText("lenn(conut) + upper(5) + task.nmae")
	if len(diags) != 4 {
		t.Errorf("got %d errors, want 4: %v", len(diags), diags)
	}
}

// TestManyErrors would take minutes if the work grew faster than the text.
func TestManyErrors(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("1 and ", 600) + "1",
		strings.Repeat("(1 and ", 60) + "1" + strings.Repeat(")", 60),
		strings.Repeat("reduce(xs, #acc + ", 30) + "1" + strings.Repeat(", 0)", 30),
		strings.Repeat("reduce(xs, #acc, ", 60) + "1" + strings.Repeat(")", 60),
		strings.Repeat("!", 4000) + "1",
		strings.Repeat("yes ? 1 : ", 400) + "1",
	} {
		e, env, _, _ := checkText(text)
		if e == nil {
			t.Fatalf("%.20s…: not parsed", text)
		}
		e.Describe(env.Facts)
	}
}

func TestNoDraws(t *testing.T) {
	var diags source.Diagnostics
	e := Parse("uniform(0, 1) < 2", 1e9, plainSpan, &diags)
	e.Check(&Env{Scope: testScope(), Diags: &diags, NoDraws: true, Facts: Facts{}})
	if len(diags) != 1 || diags[0].Code != CodeNotHere {
		t.Errorf("got %v", diags)
	}
}

func TestDraws(t *testing.T) {
	for text, want := range map[string]bool{"1 + uniform(0, 1)": true, "map(xs, chance(0.5))": true, "max(i, j)": false} {
		if e, _, _, _ := checkText(text); e.Draws() != want {
			t.Errorf("%s: draws is %t", text, !want)
		}
	}
}

func TestReads(t *testing.T) {
	var diags source.Diagnostics
	e := Parse("let a = i; a + count(xs, # > j) + tasks[t].x | max(null)", 1e9, plainSpan, &diags)
	var got []string
	e.Reads(func(name string, span source.Span) { got = append(got, name) })
	if want := "i xs j tasks t"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestDescribe(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"i == 4", "i is 7"}, {"i == count", "i is 7, count is 5"}, {"len(xs) > i + 1", "len(xs) is 3, i + 1 is 8"},
		{"i > 3 and s == 'x'", `s is "héllo"`}, {"no or i == 4", "no is false, i is 7"}, {"not (i == 7)", "i is 7"},
		{"not yes", "yes is true"}, {"all(xs, # > 1)", "all(xs, # > 1) is false"}, {"(i + 1) * 2 < (j)", "(i + 1) * 2 is 16, j is -3"},
		{"t in ['a']", `t is "worker-1", ['a'] is ["a"]`},
	} {
		e, env, _, diags := checkText(tt.text)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		text := e.Describe(env.Facts)
		var got string
		inLoop(t, func(l *engine.Loop) { got = string(text(l, nil)) })
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestAsDuration(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"3", "3000000000"}, {"0.1", "100000000"}, {"-1.5", "-1500000000"}, {"0.0000000005", "1"}, {"1e-300", "1"}, {"-1e-300", "0"}, {"0.0000000015", "2"},
		{"num", "4000000000"}, {"f", "2500000000"}, {"dyn", "5000000000"}, {"big", "OverflowError: 9.223372036854776e+18 seconds is no time: at most 292 years fit"},
		{"float('nan')", "ValueError: nan seconds is no time"},
		{"dyntext", "TypeError: a duration must be a number, not a string"},
	} {
		e, env, _, _ := checkText(tt.text)
		f := e.Compile(env.Facts).AsDuration("a duration")
		var got string
		if fail := inLoop(t, func(l *engine.Loop) { got = itoa(f(l)) }); fail != "" {
			got = fail
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestCopies checks that what an expression passes on does not change with the variable that it came from.
func TestCopies(t *testing.T) {
	scope := exprScope{{Kind: SymLocal, Index: 0, Name: "a", Type: ListOf(ListOf(IntType))}}
	for _, text := range []string{
		"a", "a[0]", "[a]", "{k: a}", "reverse(a)", "first(a)", "last(a)", "filter(a, true)", "map(a, #)", "find(a, true)",
		"concat(a, a)", "let c = a; c", "true ? a : []", "null ?? a", "a[0:]", "take(a, 1)", "sort(a)", "sortBy(a, 1)", "uniq(a)",
		"groupBy(a, 1)", "reduce(a, #acc)", "reduce(a, #, [])", "values({k: a})", "toPairs({k: a})", "fromPairs([['k', a]])",
		"get(a, 0)", "max(a)", "min(a, a)", "choice(a)", "shuffle(a)", "fromPairs([['k', a[0]]])?.k", "map(a, {let c = #; c})",
	} {
		var diags source.Diagnostics
		env := &Env{Scope: scope, Diags: &diags, Facts: Facts{}}
		e := Parse(text, 1e9, plainSpan, &diags)
		if e.Check(env); len(diags) > 0 {
			t.Fatal(text, diags)
		}
		value := e.Compile(env.Facts).Value
		set := func(slot int, f engine.Eval, path ...engine.Eval) engine.Step {
			to := engine.Target{Ref: engine.Ref{Space: engine.LocalVar, Index: slot}, Path: path}
			return &engine.Set{Assigns: []engine.Assign{{To: to, Value: f}}}
		}
		constant := func(v engine.Value) engine.Eval { return func(*engine.Loop) engine.Value { return v } }
		zero := constant(engine.Int(0))
		before, after := "", ""
		p := &engine.Program{Before: &engine.Code{Name: "test", Locals: []string{"a", "b", "c"}, Body: []engine.Step{
			set(0, constant(engine.List([]engine.Value{engine.List([]engine.Value{engine.Int(1)})}))),
			set(0, constant(engine.Int(2)), zero, zero), // from here on the lists may be changed in place
			set(1, value),
			set(2, func(l *engine.Loop) engine.Value {
				before = string(l.AppendText(nil, l.Local(1)))
				return engine.Value{}
			}),
			set(0, constant(engine.Int(3)), zero, zero),
			set(2, func(l *engine.Loop) engine.Value {
				after = string(l.AppendText(nil, l.Local(1)))
				return engine.Value{}
			}),
		}}}
		if err := p.Assemble(); err != nil {
			t.Fatal(err)
		}
		if res := engine.New(p, engine.Options{}).Run(); len(res.Errors) > 0 || before != after || !strings.Contains(before, "2") {
			t.Errorf("%s: it was %s and is %s: %v", text, before, after, res.Errors)
		}
	}
}

func TestStatefulExpressionsAreIndependent(t *testing.T) {
	e, env, _, _ := checkText("sum(xs, # * #)")
	c := e.Compile(env.Facts)
	done := make(chan string)
	for range 4 {
		go func() {
			got := ""
			fail := inLoop(t, func(l *engine.Loop) {
				for range 1000 {
					got = itoa(c.Int(l))
				}
			})
			done <- got + fail
		}()
	}
	for range 4 {
		if got := <-done; got != "14" {
			t.Errorf("got %s, want 14", got)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct {
		a, b, want Type
		ok         bool
	}{
		{IntType, IntType, IntType, true}, {IntType, FloatType, NumberType, true}, {IntType, Type{}, IntType, true},
		{IntType, NullType, AnyType, true}, {IntType, StringType, AnyType, false}, {AnyType, IntType, AnyType, true},
		{ListOf(IntType), ListOf(FloatType), ListOf(NumberType), true}, {ListOf(IntType), ListOf(StringType), listType, false},
		{ListOf(Type{}), ListOf(IntType), ListOf(IntType), true}, {MapOf(IntType), ListOf(IntType), AnyType, false},
	} {
		for range 2 {
			if got, ok := Join(tt.a, tt.b); !got.Equal(tt.want) || ok != tt.ok {
				t.Errorf("join(%s, %s) is %s, %t; want %s, %t", tt.a, tt.b, got, ok, tt.want, tt.ok)
			}
			tt.a, tt.b = tt.b, tt.a
		}
	}
	nested := Type{}
	for range 20 {
		nested, _ = Join(nested, ListOf(nested))
	}
	if again, _ := Join(nested, ListOf(nested)); !again.Equal(nested) {
		t.Errorf("lists of lists do not come to a fixpoint: %s", again)
	}
}

func TestParseType(t *testing.T) {
	for name, want := range map[string]string{"duration": "number", "list": "list", "container": "container", "any": "any"} {
		if got, ok := ParseType(name); !ok || got.String() != want {
			t.Errorf("parseType(%q) is %s, %t", name, got, ok)
		}
	}
	for _, name := range []string{"unknown", "", "integer", "null"} {
		if got, ok := ParseType(name); ok {
			t.Errorf("parseType(%q) is %s", name, got)
		}
	}
}
