package expr

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"runloop/engine"
)

// Builtin is a function of the expression language. The table drives checking, compiling, "did you mean" and the
// reference.
type Builtin struct {
	Signature string // as the reference shows it: "name(a string, b? int|string, ...rest any) result"
	Doc       string // one line

	// typed refines result from the types of the arguments; may be nil.
	typed func(args []Type) Type
	// run computes up to four arguments, missing ones are null; the kinds are as params say. A function without run and
	// list has a compiler of its own.
	run func(l *engine.Loop, a, b, c, d engine.Value) engine.Value
	// list computes a variadic function.
	list func(l *engine.Loop, args []engine.Value) engine.Value

	draws  bool // takes random numbers from the task's stream
	passes bool // the result may be an argument or a part of one

	// What the signature says, read when the function is first looked for.
	read   sync.Once
	name   string
	params []Param
	result Type
}

// Param is a parameter of a builtin.
type Param struct {
	name      string
	Types     []Type // any one of them
	optional  bool
	variadic  bool
	predicate bool // an expression over #, #index and #acc
}

// wants is the types that the parameter takes, as errors have them: "a string, a list or a map".
func (p Param) wants() string {
	words := p.Types[0].Article()
	for i, t := range p.Types[1:] {
		separator := ", "
		if i == len(p.Types)-2 {
			separator = " or "
		}
		words += separator + t.Article()
	}
	return words
}

// accepts reports whether a value of the static type t may be given; open types are checked at run time.
func (p Param) accepts(t Type) bool {
	return slices.ContainsFunc(p.Types, func(want Type) bool { return Assignable(t, want) })
}

// Sure reports whether a value of the static type t needs no check at run time.
func (p Param) Sure(t Type) bool {
	return slices.ContainsFunc(p.Types, func(want Type) bool {
		return want.Kind == TypeAny || t.Kind == want.Kind && want.Elem == nil ||
			t.Numeric() && (want.Kind == TypeNumber || want.Kind == TypeFloat)
	})
}

// admits reports whether v is of one of the types.
func (p Param) admits(v engine.Value) bool {
	return slices.ContainsFunc(p.Types, func(want Type) bool { return HasType(v, want) })
}

// HasType reports whether v is of type t; elements of lists and maps are looked at, too.
func HasType(v engine.Value, t Type) bool {
	k := v.Kind()
	switch t.Kind {
	case TypeAny, TypeUnknown:
		return true
	case TypeNumber, TypeFloat:
		return k == engine.KindInt || k == engine.KindFloat
	case TypeList:
		return k == engine.KindList && (t.Elem == nil || all(v.Elems(), *t.Elem))
	case TypeMap:
		return k == engine.KindMap && (t.Elem == nil || all(v.Vals(), *t.Elem))
	}
	return k == t.Kind.Value()
}

func all(elems []engine.Value, t Type) bool {
	return !slices.ContainsFunc(elems, func(e engine.Value) bool { return !HasType(e, t) })
}

// readSignature reads what the signature says.
func (b *Builtin) readSignature() {
	name, rest, _ := strings.Cut(b.Signature, "(")
	params, result, _ := strings.Cut(rest, ")")
	b.name = name
	b.result = typeWord(strings.TrimSpace(result))
	for _, p := range strings.Split(params, ",") {
		if name, types, found := strings.Cut(strings.TrimSpace(p), " "); found {
			b.params = append(b.params, readParam(name, types))
		}
	}
}

func readParam(name, types string) Param {
	p := Param{predicate: types == "predicate"}
	name, p.optional = strings.CutSuffix(name, "?")
	p.name, p.variadic = strings.CutPrefix(name, "...")
	if !p.predicate {
		for _, t := range strings.Split(types, "|") {
			p.Types = append(p.Types, typeWord(t))
		}
	}
	return p
}

func typeWord(word string) Type {
	if elem, isList := strings.CutPrefix(word, "list of "); isList {
		return ListOf(typeWord(elem))
	}
	return Type{Kind: TypeKind(max(slices.Index(TypeWords[:], word), int(TypeAny)))}
}

// sameNumber and the like are refinements of results.
func sameNumber(args []Type) Type {
	if args[0].Numeric() {
		return args[0]
	}
	return NumberType
}

func sameList(args []Type) Type {
	if args[0].Kind == TypeList {
		return args[0]
	}
	return listType
}

func elemOfList(args []Type) Type {
	if args[0].Kind == TypeList {
		return args[0].Element()
	}
	return AnyType
}

// extreme is the type of max and min: of a list's elements, or of any of the arguments.
func extreme(args []Type) Type {
	if len(args) == 1 && args[0].Kind == TypeList {
		return args[0].Element()
	}
	t := args[0]
	for _, a := range args[1:] {
		t, _ = Join(t, a)
	}
	if t.Kind == TypeList {
		return AnyType
	}
	return t
}

// Builtins returns all functions.
func Builtins() []*Builtin {
	return slices.Concat(
		PredicateBuiltins, TextBuiltins, NumberBuiltins, ListBuiltins, MapBuiltins, OtherBuiltins, DrawBuiltins)
}

// builtins is all functions by name.
var builtins = sync.OnceValue(func() map[string]*Builtin {
	index := map[string]*Builtin{}
	for _, b := range Builtins() {
		name, _, _ := strings.Cut(b.Signature, "(")
		index[name] = b
	}
	return index
})

// findBuiltin is the function of that name.
func findBuiltin(name string) (b *Builtin, found bool) {
	if b, found = builtins()[name]; found {
		b.read.Do(b.readSignature)
	}
	return b, found
}

func builtinNames() []string { return slices.Sorted(maps.Keys(builtins())) }

// goneFunction is what to use instead of a function of expr that a deterministic language does not have, "": it has it.
func goneFunction(name string) string {
	switch name {
	case "now":
		return "`now` without brackets is the loop time in seconds"
	case "date":
		return "use `now`, the loop time in seconds, and strftime(format)"
	case "timezone":
		return "the clock has no time zone; strftime(format) shows its time"
	}
	return ""
}

// PredicateBuiltins is compiled by expr_loops.go.
var PredicateBuiltins = []*Builtin{
	{Signature: "all(list list, test predicate) bool", Doc: "whether the test holds for every element"},
	{Signature: "any(list list, test predicate) bool", Doc: "whether the test holds for at least one element"},
	{Signature: "none(list list, test predicate) bool", Doc: "whether the test holds for no element"},
	{Signature: "one(list list, test predicate) bool", Doc: "whether the test holds for exactly one element"},
	{Signature: "filter(list list, test predicate) list",
		Doc: "the elements for which the test holds", typed: sameList},
	{Signature: "map(list list, value predicate) list", Doc: "the value for each element"},
	{Signature: "find(list list, test predicate) any", Doc: "the first element for which the test holds, or null"},
	{Signature: "findIndex(list list, test predicate) any", Doc: "the index of the first such element, or null"},
	{Signature: "findLast(list list, test predicate) any", Doc: "the last element for which the test holds, or null"},
	{Signature: "findLastIndex(list list, test predicate) any", Doc: "the index of the last such element, or null"},
	{Signature: "count(list list, test? predicate) int", Doc: "how many elements pass the test, or are true"},
	{Signature: "sum(list list, value? predicate) number", Doc: "the sum of the elements, or of a value for each"},
	{Signature: "groupBy(list list, key predicate) map",
		Doc: "lists of the elements that have the same key, by the key's text"},
	{Signature: "sortBy(list list, key predicate, order? string) list",
		Doc: `the elements sorted by a key, "asc" or "desc"; stable`, typed: sameList},
	{Signature: "reduce(list list, value predicate, start? any) any",
		Doc: "the value over #acc and # for all elements in turn"},
}

// TextBuiltins are the functions of texts, with string. The tables are read-only; the reference has a section for each.
var TextBuiltins = []*Builtin{
	{Signature: "trim(text string, chars? string) string",
		Doc: "text without white space, or chars, at both ends", run: trim},
	{Signature: "trimPrefix(text string, prefix string) string", Doc: "text without the prefix", run: trimPrefix},
	{Signature: "trimSuffix(text string, suffix string) string", Doc: "text without the suffix", run: trimSuffix},
	{Signature: "upper(text string) string", Doc: "text in capital letters", run: upper},
	{Signature: "lower(text string) string", Doc: "text in small letters", run: lower},
	{Signature: "split(text string, separator string, n? int) list of string",
		Doc: "the parts between separators, at most n", run: split},
	{Signature: "splitAfter(text string, separator string, n? int) list of string",
		Doc: "the parts, each with its separator, at most n", run: splitAfter},
	{Signature: "replace(text string, old string, new string, n? int) string",
		Doc: "text with old replaced by new, at most n times", run: replace},
	{Signature: "repeat(text string, n int) string", Doc: "text n times over", run: repeatText},
	{Signature: "join(list list of string, separator? string) string", Doc: "the elements as one text", run: joinList},
	{Signature: "indexOf(text string, part string) int",
		Doc: "the index of the first such part in characters, or -1", run: indexOf},
	{Signature: "lastIndexOf(text string, part string) int",
		Doc: "the index of the last such part in characters, or -1", run: lastIndexOf},
	{Signature: "hasPrefix(text string, prefix string) bool", Doc: "whether text begins so", run: hasPrefix},
	{Signature: "hasSuffix(text string, suffix string) bool", Doc: "whether text ends so", run: hasSuffix},
	{Signature: "toJSON(value any) string", Doc: "the value as JSON on one line", run: toJSON},
	{Signature: "fromJSON(text string) any", Doc: "the value that JSON text stands for", run: fromJSON},
	{Signature: "toBase64(text string) string", Doc: "text in Base64", run: toBase64},
	{Signature: "fromBase64(text string) string", Doc: "the text that Base64 stands for", run: fromBase64},
	{Signature: "strftime(format string) string",
		Doc: "the clock's time as Python's strftime shows it, in the C locale"}, // compiled by strftimeCall
	{Signature: "format(format string, ...values any) string",
		Doc: "Python's `%`: format('%7.2f %s', 1.5, name)"}, // compiled to appendFormat
	{Signature: "lpad(text string, width int, fill? string) string",
		Doc: "text filled with blanks, or a character, on the left up to a width", run: lpad},
	{Signature: "rpad(text string, width int, fill? string) string",
		Doc: "text filled with blanks, or a character, on the right up to a width", run: rpad},
	{Signature: "string(value any) string", Doc: "the value as it appears in text", run: toText},
}

// NumberBuiltins are the functions of numbers, of bits and to numbers.
var NumberBuiltins = []*Builtin{
	{Signature: "abs(x number) number", Doc: "the distance of x from 0", run: absolute, typed: sameNumber},
	{Signature: "ceil(x number) int", Doc: "the least integer not below x", run: ceil},
	{Signature: "floor(x number) int", Doc: "the greatest integer not above x", run: floor},
	{Signature: "round(x number, n? int) number",
		Doc: "x to the nearest integer, or to n digits, ties to even as in Python", run: round, typed: roundType},
	{Signature: "int(x number|string|bool) int", Doc: "x as an integer: a float is cut, text is read", run: toInt},
	{Signature: "float(x number|string|bool) float", Doc: "x as a float", run: toFloat},
	{Signature: "duration(text string) float", Doc: "a written duration in seconds: duration('1m30s') is 90.0", run: toSeconds},
	{Signature: "max(...values any) any",
		Doc: "the greatest of the arguments, or of a list", list: maximum, typed: extreme, passes: true},
	{Signature: "min(...values any) any",
		Doc: "the least of the arguments, or of a list", list: minimum, typed: extreme, passes: true},
	{Signature: "mean(...values number|list) float", Doc: "the mean of the arguments, or of a list", list: mean},
	{Signature: "median(...values number|list) float", Doc: "the median of the arguments, or of a list", list: median},
	{Signature: "percentile(list list, p number) float",
		Doc: "the value below which p percent lie, between two values as statistics.quantiles has it (inclusive)", run: percentile},
	{Signature: "variance(...values number|list) float",
		Doc: "the variance of a sample: the arguments, or a list", list: variance},
	{Signature: "stdev(...values number|list) float",
		Doc: "the standard deviation of a sample: the arguments, or a list", list: stdev},
	{Signature: "clamp(x number, lo number, hi number) number",
		Doc: "x, but at least lo and at most hi", run: clamp, typed: numberOfAll},
	{Signature: "mod(a number, b number) number",
		Doc: "the remainder with the sign of b, as Python's `%`: mod(-7, 3) is 2", run: sameSign, typed: computed},
	{Signature: "floordiv(a number, b number) number",
		Doc: "the quotient rounded down, as Python's `//`: floordiv(-7, 2) is -4", run: floorDiv, typed: computed},
	{Signature: "pow(x number, y number) number",
		Doc: "x to the power of y; an int for ints, where `**` gives a float", run: raised, typed: computed},
	{Signature: "sqrt(x number) float", Doc: "the square root", run: squareRoot},
	{Signature: "exp(x number) float", Doc: "e to the power of x", run: exponential},
	{Signature: "log(x number, base? number) float", Doc: "the natural logarithm, or that to a base", run: logarithm},
	{Signature: "log2(x number) float", Doc: "the logarithm to base 2", run: binaryLogarithm},
	{Signature: "log10(x number) float", Doc: "the logarithm to base 10", run: decimalLogarithm},
	{Signature: "sin(x number) float", Doc: "the sine of an angle in radians", run: sine},
	{Signature: "cos(x number) float", Doc: "the cosine of an angle in radians", run: cosine},
	{Signature: "atan2(y number, x number) float",
		Doc: "the angle of the point (x, y) in radians, from -pi to pi", run: angleOf},
	{Signature: "bitand(a int, b int) int",
		Doc: "the bits that are in both", run: bitOp(func(a, b int64) int64 { return a & b })},
	{Signature: "bitor(a int, b int) int",
		Doc: "the bits that are in one or both", run: bitOp(func(a, b int64) int64 { return a | b })},
	{Signature: "bitxor(a int, b int) int",
		Doc: "the bits that are in one only", run: bitOp(func(a, b int64) int64 { return a ^ b })},
	{Signature: "bitnand(a int, b int) int",
		Doc: "the bits of a that are not in b", run: bitOp(func(a, b int64) int64 { return a &^ b })},
	{Signature: "bitnot(a int) int", Doc: "all bits turned over", run: bitOp(func(a, _ int64) int64 { return ^a })},
	{Signature: "bitshl(a int, n int) int",
		Doc: "a shifted left by n bits", run: shift(func(a int64, n uint64) int64 { return a << n })},
	{Signature: "bitshr(a int, n int) int",
		Doc: "a shifted right by n bits, keeping its sign", run: shift(func(a int64, n uint64) int64 { return a >> n })},
	{Signature: "bitushr(a int, n int) int",
		Doc: "a shifted right by n bits, filled with zeros", run: shift(func(a int64, n uint64) int64 { return int64(uint64(a) >> n) })},
}

// ListBuiltins are the functions of lists that take no predicate.
var ListBuiltins = []*Builtin{
	{Signature: "len(x string|list|map) int", Doc: "the number of characters, elements or keys", run: length},
	{Signature: "first(list list) any", Doc: "the first element; null if there is none", run: first, passes: true},
	{Signature: "last(list list) any", Doc: "the last element; null if there is none", run: last, passes: true},
	{Signature: "take(list list, n int) list", Doc: "the first n elements", run: take, typed: sameList},
	{Signature: "reverse(list list) list", Doc: "the elements in reverse order", run: reverse, typed: sameList},
	{Signature: "uniq(list list) list", Doc: "the elements without repetitions", run: uniq, typed: sameList},
	{Signature: "concat(...lists list) list",
		Doc: "the elements of all lists in turn", list: concat, typed: concatType},
	{Signature: "range(a int, b? int, step? int) list of int",
		Doc: "the integers from a to before b, or from 0 to before a, as Python's range", run: integers},
	{Signature: "zip(...lists list) list of list", Doc: "lists of the first elements, of the second ones …", list: zip},
	{Signature: "enumerate(list list, start? int) list of list",
		Doc: "lists of index, from 0 or start, and element", run: enumerate},
	{Signature: "cumsum(list list) list", Doc: "the sums of the elements so far", run: cumsum, typed: sameList},
	{Signature: "flatten(list list) list", Doc: "the elements, with lists among them replaced by theirs", run: flatten},
	{Signature: "sort(list list, order? string) list",
		Doc: `the elements in order, "asc" or "desc"; stable`, run: sortList, typed: sameList},
}

// MapBuiltins are the functions of maps, and get, which also reads lists.
var MapBuiltins = []*Builtin{
	{Signature: "get(x list|map, key int|string) any",
		Doc: "the element or null, for whatever key", run: get, passes: true},
	{Signature: "keys(map map) list of string", Doc: "the keys, sorted", run: keys},
	{Signature: "values(map map) list", Doc: "the values in the order of their keys", run: values, typed: valuesType},
	{Signature: "toPairs(map map) list of list", Doc: "lists of key and value, sorted by key", run: toPairs},
	{Signature: "fromPairs(pairs list) map", Doc: "the map of lists of key and value", run: fromPairs},
}

// OtherBuiltins are the functions of values of any type.
var OtherBuiltins = []*Builtin{
	{Signature: "type(value any) string", Doc: `the type in words: "int", "list", "task" …`, run: typeOf},
	{Signature: "all_tasks() list of task", Doc: "the tasks that have not ended, in the order of their creation",
		run: func(l *engine.Loop, _, _, _, _ engine.Value) engine.Value { return l.AllTasks() }},
	{Signature: "is_error(value any) bool", Doc: "whether the value is an error, as gather may return", run: isError},
}

// DrawBuiltins are the functions that draw at random.
var DrawBuiltins = []*Builtin{
	{Signature: "uniform(a number, b number) float",
		Doc: "a number between a and b", draws: true, run: draw2((*engine.Loop).Uniform)},
	{Signature: "exponential(mean number) float",
		Doc: "an exponential draw", draws: true, run: draw1((*engine.Loop).Exponential)},
	{Signature: "normal(mean number, sd number) float",
		Doc: "a normal draw", draws: true, run: draw2((*engine.Loop).Normal)},
	{Signature: "lognormal(mu number, sigma number) float",
		Doc: "the exponential of a normal draw", draws: true, run: draw2((*engine.Loop).Lognormal)},
	{Signature: "triangular(lo number, hi number, mode number) float",
		Doc: "a draw between lo and hi, likeliest at mode", draws: true, run: triangular},
	{Signature: "gamma(shape number, scale number) float",
		Doc: "a gamma draw", draws: true, run: draw2((*engine.Loop).Gamma)},
	{Signature: "weibull(scale number, shape number) float",
		Doc: "a Weibull draw", draws: true, run: draw2((*engine.Loop).Weibull)},
	{Signature: "randint(a int, b int) int", Doc: "an integer from a to b, both included", draws: true, run: randint},
	{Signature: "chance(p number) bool", Doc: "true with probability p", draws: true, run: chance},
	{Signature: "choice(list list, weights? list) any",
		Doc: "one of the elements, each as likely as the others or by its weight", draws: true, run: choice, typed: elemOfList},
	{Signature: "shuffle(list list) list",
		Doc: "the elements in random order", draws: true, run: shuffle, typed: sameList},
	{Signature: "erlang(k int, scale number) float",
		Doc: "the sum of k exponential draws of mean scale", draws: true, run: erlang},
	{Signature: "hyperexponential(means list, weights list) float",
		Doc: "an exponential draw whose mean is one of the means, chosen by weight", draws: true, run: hyperexponential},
	{Signature: "beta(a number, b number, lo? number, hi? number) float",
		Doc: "a beta draw between 0 and 1, or lo and hi", draws: true, run: beta},
	{Signature: "pert(lo number, hi number, mode number) float",
		Doc: "a draw between lo and hi, likeliest at mode, with mean (lo + 4 * mode + hi) / 6", draws: true, run: pert},
	{Signature: "pareto(shape number, scale? number) float",
		Doc: "a draw of at least scale, or 1, with a heavy tail", draws: true, run: pareto},
	{Signature: "empirical(values list, cumulative? list) number",
		Doc:   "one of the values, or between them: cumulative is the distribution function at each, up to 1, and linear between",
		draws: true, run: empirical, typed: empiricalType},
	{Signature: "poisson(mean number) int", Doc: "how often something happens that does so mean times on the average",
		draws: true, run: poisson},
	{Signature: "binomial(n int, p number) int", Doc: "how many of n trials succeed, each with probability p", draws: true, run: binomial},
	{Signature: "geometric(p number) int", Doc: "how many trials it takes until one succeeds, 1 or more",
		draws: true, run: geometric},
	{Signature: "negative_binomial(r number, p number) int",
		Doc: "how many trials fail before the r-th succeeds", draws: true, run: negativeBinomial},
	{Signature: "truncated(draw number, lo number|null, hi number|null) number",
		Doc:   "draws again until the number is from lo to hi, at most 10000 times; null is no bound",
		draws: true, typed: sameNumber}, // compiled by truncated
}

func roundType(args []Type) Type {
	if len(args) == 1 {
		return IntType
	}
	return sameNumber(args)
}

// numberOfAll is the type of a number that is one of the arguments.
func numberOfAll(args []Type) Type {
	t := Type{}
	for _, a := range args {
		t, _ = Join(t, a)
	}
	return sameNumber([]Type{t})
}

// computed is the type of what two numbers are computed to: an int of ints, a float with a float.
func computed(args []Type) Type { return arithmeticType("*", args[0], args[1]) }

func concatType(args []Type) Type {
	t := Type{}
	for _, a := range args {
		t, _ = Join(t, a)
	}
	return sameList([]Type{t})
}

func valuesType(args []Type) Type {
	if args[0].Kind == TypeMap {
		return ListOf(args[0].Element())
	}
	return listType
}

func draw1(f func(*engine.Loop, float64) float64) func(l *engine.Loop, a, _, _, _ engine.Value) engine.Value {
	return func(l *engine.Loop, a, _, _, _ engine.Value) engine.Value { return engine.Float(f(l, numberOf(a))) }
}

func draw2(f func(*engine.Loop, float64, float64) float64) func(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	return func(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
		return engine.Float(f(l, numberOf(a), numberOf(b)))
	}
}

func triangular(l *engine.Loop, lo, hi, mode, _ engine.Value) engine.Value {
	return engine.Float(l.Triangular(numberOf(lo), numberOf(hi), numberOf(mode)))
}

// allTasks is the function that gives tasks which no variable refers to.
const allTasks = "all_tasks"

func randint(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	return engine.Int(l.RandInt(a.AsInt(), b.AsInt()))
}

func poisson(l *engine.Loop, mean, _, _, _ engine.Value) engine.Value {
	return engine.Int(l.Poisson(numberOf(mean)))
}

func geometric(l *engine.Loop, p, _, _, _ engine.Value) engine.Value {
	return engine.Int(l.Geometric(numberOf(p)))
}

func erlang(l *engine.Loop, k, scale, _, _ engine.Value) engine.Value {
	return engine.Float(l.Erlang(k.AsInt(), numberOf(scale)))
}

func hyperexponential(l *engine.Loop, means, weights, _, _ engine.Value) engine.Value {
	if means.Kind() != engine.KindList || weights.Kind() != engine.KindList {
		return engine.Float(0)
	}
	return engine.Float(l.Hyperexponential(means, weights))
}

func beta(l *engine.Loop, a, b, lo, hi engine.Value) engine.Value {
	return engine.Float(l.Beta(numberOf(a), numberOf(b), numberOr(lo, 0), numberOr(hi, 1)))
}

// numberOr is an argument that may be missing.
func numberOr(v engine.Value, otherwise float64) float64 {
	if v.IsNull() {
		return otherwise
	}
	return numberOf(v)
}

func pert(l *engine.Loop, lo, hi, mode, _ engine.Value) engine.Value {
	return engine.Float(l.Pert(numberOf(lo), numberOf(hi), numberOf(mode)))
}

func pareto(l *engine.Loop, shape, scale, _, _ engine.Value) engine.Value {
	return engine.Float(l.Pareto(numberOf(shape), numberOr(scale, 1)))
}

func empirical(l *engine.Loop, values, cumulative, _, _ engine.Value) engine.Value {
	if values.Kind() != engine.KindList {
		return engine.Float(0)
	}
	return l.Empirical(values, cumulative)
}

// empiricalType is float between values, else that of the values.
func empiricalType(args []Type) Type {
	if len(args) > 1 {
		return FloatType
	}
	return elemOfList(args)
}

func binomial(l *engine.Loop, n, p, _, _ engine.Value) engine.Value {
	return engine.Int(l.Binomial(n.AsInt(), numberOf(p)))
}

func negativeBinomial(l *engine.Loop, r, p, _, _ engine.Value) engine.Value {
	return engine.Int(l.NegativeBinomial(numberOf(r), numberOf(p)))
}

// IsDraw reports whether a built-in function of that name draws.
func IsDraw(name string) bool {
	b, found := findBuiltin(name)
	return found && b.draws
}

// namesStream reports whether argument i of n, of type t, is the name of the stream that a draw takes its numbers from: it
// is the last one, and text.
func (b *Builtin) namesStream(i, n int, t Type) bool {
	return b.draws && b.name != "truncated" && i > 0 && i == n-1 && (t.Kind == TypeString || t.Open() && i == len(b.params))
}

func chance(l *engine.Loop, p, _, _, _ engine.Value) engine.Value {
	return engine.Bool(l.Chance(numberOf(p)))
}

func choice(l *engine.Loop, list, weights, _, _ engine.Value) engine.Value {
	switch {
	case list.Kind() != engine.KindList:
		return engine.Value{}
	case weights.Kind() == engine.KindList:
		return l.Weighted(list, weights)
	}
	return l.Choice(list)
}

func shuffle(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if list.Kind() != engine.KindList {
		return engine.List(nil)
	}
	return l.Shuffle(list)
}

// Name is the function's name.
func (b *Builtin) Name() string {
	name, _, _ := strings.Cut(b.Signature, "(")
	return name
}
