package expr

import (
	"cmp"
	"slices"
	"strings"

	"runloop/engine"
)

// Builtin is a function of the expression language. The table drives checking, compiling, "did you mean" and the
// reference.
type Builtin struct {
	name   string
	params []Param
	result Type
	Doc    string // one line

	// typed refines result from the types of the arguments; may be nil.
	typed func(args []Type) Type
	// run computes up to four arguments, missing ones are null; the kinds are as params say. A function without run and
	// list has a compiler of its own.
	run func(l *engine.Loop, a, b, c, d engine.Value) engine.Value
	// list computes a variadic function.
	list func(l *engine.Loop, args []engine.Value) engine.Value

	draws  bool // takes random numbers from the task's stream
	passes bool // the result may be an argument or a part of one
}

// Param is a parameter of a builtin.
type Param struct {
	name      string
	Types     []Type // any one of them
	optional  bool
	variadic  bool
	predicate bool // an expression over #, #index and #acc
}

// Signature is the function as the reference shows it: "round(x number, n? int) int".
func (b *Builtin) Signature() string {
	var s strings.Builder
	s.WriteString(b.name + "(")
	for i, p := range b.params {
		if i > 0 {
			s.WriteString(", ")
		}
		if p.variadic {
			s.WriteString("...")
		}
		s.WriteString(p.name)
		if p.optional {
			s.WriteByte('?')
		}
		s.WriteByte(' ')
		s.WriteString(p.typeWords())
	}
	return s.String() + ") " + b.result.String()
}

// typeWords is the types that the parameter takes, as signatures have them.
func (p Param) typeWords() string {
	if p.predicate {
		return "predicate"
	}
	words := make([]string, len(p.Types))
	for i, t := range p.Types {
		words[i] = t.String()
	}
	return strings.Join(words, "|")
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
	return k == valueKinds[t.Kind]
}

func all(elems []engine.Value, t Type) bool {
	return !slices.ContainsFunc(elems, func(e engine.Value) bool { return !HasType(e, t) })
}

// valueKinds is the kind of the values of a static type that has only one.
var valueKinds = [...]engine.Kind{
	TypeNull: engine.KindNull, TypeBool: engine.KindBool, TypeInt: engine.KindInt, TypeFloat: engine.KindFloat,
	TypeString: engine.KindString, TypeList: engine.KindList, TypeMap: engine.KindMap, TypeTask: engine.KindTask,
	TypeHandle: engine.KindHandle, TypeError: engine.KindError, TypeFuture: engine.KindFuture,
	TypeQueue: engine.KindQueue, TypeLock: engine.KindLock, TypeSemaphore: engine.KindSemaphore,
	TypeEvent: engine.KindEvent, TypeCondition: engine.KindCondition, TypeBarrier: engine.KindBarrier,
	TypeGroup: engine.KindGroup, TypeResource: engine.KindResource, TypeContainer: engine.KindContainer,
}

// define reads a builtin from its signature, "name(a string, b? int|string, ...rest any) result".
func define(signature, doc string, more Builtin) Builtin {
	b := more
	b.Doc = doc
	head, rest, _ := strings.Cut(signature, "(")
	params, result, _ := strings.Cut(rest, ")")
	b.name = head
	b.result = typeWord(strings.TrimSpace(result))
	for _, p := range strings.Split(params, ",") {
		name, types, found := strings.Cut(strings.TrimSpace(p), " ")
		if !found {
			continue
		}
		q := Param{predicate: types == "predicate"}
		name, q.optional = strings.CutSuffix(name, "?")
		q.name, q.variadic = strings.CutPrefix(name, "...")
		if !q.predicate {
			for _, t := range strings.Split(types, "|") {
				q.Types = append(q.Types, typeWord(t))
			}
		}
		b.params = append(b.params, q)
	}
	return b
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

// Builtins is all functions, sorted by name.
var Builtins = sortedBuiltins(
	PredicateBuiltins, TextBuiltins, NumberBuiltins, ListBuiltins, MapBuiltins, OtherBuiltins, DrawBuiltins)

func sortedBuiltins(groups ...[]Builtin) []Builtin {
	all := slices.Concat(groups...)
	slices.SortFunc(all, func(a, b Builtin) int { return cmp.Compare(a.name, b.name) })
	return all
}

// findBuiltin is the function of that name.
func findBuiltin(name string) (*Builtin, bool) {
	i, found := slices.BinarySearchFunc(Builtins, name,
		func(b Builtin, name string) int { return cmp.Compare(b.name, name) })
	if !found {
		return nil, false
	}
	return &Builtins[i], true
}

func builtinNames() []string {
	names := make([]string, len(Builtins))
	for i := range Builtins {
		names[i] = Builtins[i].name
	}
	return names
}

// goneFunctions is functions of expr that a deterministic language does not have, with what to use instead.
var goneFunctions = map[string]string{
	"now":      "`now` without brackets is the loop time in seconds",
	"date":     "use `now`, the loop time in seconds, and strftime(format)",
	"duration": "a duration is a number of seconds: write 90 for 1m30s",
	"timezone": "the clock has no time zone; strftime(format) shows its time",
}

// PredicateBuiltins is compiled by expr_loops.go.
var PredicateBuiltins = []Builtin{
	define("all(list list, test predicate) bool", "whether the test holds for every element", Builtin{}),
	define("any(list list, test predicate) bool", "whether the test holds for at least one element", Builtin{}),
	define("none(list list, test predicate) bool", "whether the test holds for no element", Builtin{}),
	define("one(list list, test predicate) bool", "whether the test holds for exactly one element", Builtin{}),
	define("filter(list list, test predicate) list", "the elements for which the test holds", Builtin{typed: sameList}),
	define("map(list list, value predicate) list", "the value for each element", Builtin{}),
	define("find(list list, test predicate) any", "the first element for which the test holds, or null", Builtin{}),
	define("findIndex(list list, test predicate) any", "the index of the first such element, or null", Builtin{}),
	define("findLast(list list, test predicate) any", "the last element for which the test holds, or null", Builtin{}),
	define("findLastIndex(list list, test predicate) any", "the index of the last such element, or null", Builtin{}),
	define("count(list list, test? predicate) int", "how many elements pass the test, or are true", Builtin{}),
	define("sum(list list, value? predicate) number", "the sum of the elements, or of a value for each", Builtin{}),
	define("groupBy(list list, key predicate) map",
		"lists of the elements that have the same key, by the key's text", Builtin{}),
	define("sortBy(list list, key predicate, order? string) list",
		`the elements sorted by a key, "asc" or "desc"; stable`,
		Builtin{typed: sameList}),
	define("reduce(list list, value predicate, start? any) any", "the value over #acc and # for all elements in turn",
		Builtin{}),
}

var TextBuiltins = []Builtin{
	define("trim(text string, chars? string) string", "text without white space, or chars, at both ends",
		Builtin{run: trim}),
	define("trimPrefix(text string, prefix string) string", "text without the prefix", Builtin{run: trimPrefix}),
	define("trimSuffix(text string, suffix string) string", "text without the suffix", Builtin{run: trimSuffix}),
	define("upper(text string) string", "text in capital letters", Builtin{run: upper}),
	define("lower(text string) string", "text in small letters", Builtin{run: lower}),
	define("split(text string, separator string, n? int) list of string", "the parts between separators, at most n",
		Builtin{run: split}),
	define("splitAfter(text string, separator string, n? int) list of string",
		"the parts, each with its separator, at most n", Builtin{run: splitAfter}),
	define("replace(text string, old string, new string, n? int) string",
		"text with old replaced by new, at most n times",
		Builtin{run: replace}),
	define("repeat(text string, n int) string", "text n times over", Builtin{run: repeatText}),
	define("join(list list of string, separator? string) string", "the elements as one text", Builtin{run: joinList}),
	define("indexOf(text string, part string) int", "the index of the first such part in characters, or -1",
		Builtin{run: indexOf}),
	define("lastIndexOf(text string, part string) int", "the index of the last such part in characters, or -1",
		Builtin{run: lastIndexOf}),
	define("hasPrefix(text string, prefix string) bool", "whether text begins so", Builtin{run: hasPrefix}),
	define("hasSuffix(text string, suffix string) bool", "whether text ends so", Builtin{run: hasSuffix}),
	define("toJSON(value any) string", "the value as JSON on one line", Builtin{run: toJSON}),
	define("fromJSON(text string) any", "the value that JSON text stands for", Builtin{run: fromJSON}),
	define("toBase64(text string) string", "text in Base64", Builtin{run: toBase64}),
	define("fromBase64(text string) string", "the text that Base64 stands for", Builtin{run: fromBase64}),
	define("strftime(format string) string", "the clock's time as Python's strftime shows it, in the C locale",
		Builtin{}), // compiled by strftimeCall
	define("format(format string, ...values any) string", "Python's `%`: format('%7.2f %s', 1.5, name)",
		Builtin{}), // compiled to appendFormat
	define("string(value any) string", "the value as it appears in text", Builtin{run: toText}),
}

var NumberBuiltins = []Builtin{
	define("abs(x number) number", "the distance of x from 0", Builtin{run: absolute, typed: sameNumber}),
	define("ceil(x number) int", "the least integer not below x", Builtin{run: ceil}),
	define("floor(x number) int", "the greatest integer not above x", Builtin{run: floor}),
	define("round(x number, n? int) number", "x to the nearest integer, or to n digits, ties to even as in Python",
		Builtin{run: round, typed: roundType}),
	define("int(x number|string|bool) int", "x as an integer: a float is cut, text is read", Builtin{run: toInt}),
	define("float(x number|string|bool) float", "x as a float", Builtin{run: toFloat}),
	define("max(...values any) any", "the greatest of the arguments, or of a list",
		Builtin{list: maximum, typed: extreme, passes: true}),
	define("min(...values any) any", "the least of the arguments, or of a list",
		Builtin{list: minimum, typed: extreme, passes: true}),
	define("mean(...values number|list) float", "the mean of the arguments, or of a list", Builtin{list: mean}),
	define("median(...values number|list) float", "the median of the arguments, or of a list", Builtin{list: median}),
	define("bitand(a int, b int) int", "the bits that are in both",
		Builtin{run: bitOp(func(a, b int64) int64 { return a & b })}),
	define("bitor(a int, b int) int", "the bits that are in one or both",
		Builtin{run: bitOp(func(a, b int64) int64 { return a | b })}),
	define("bitxor(a int, b int) int", "the bits that are in one only",
		Builtin{run: bitOp(func(a, b int64) int64 { return a ^ b })}),
	define("bitnand(a int, b int) int", "the bits of a that are not in b",
		Builtin{run: bitOp(func(a, b int64) int64 { return a &^ b })}),
	define("bitnot(a int) int", "all bits turned over", Builtin{run: bitOp(func(a, _ int64) int64 { return ^a })}),
	define("bitshl(a int, n int) int", "a shifted left by n bits",
		Builtin{run: shift(func(a int64, n uint64) int64 { return a << n })}),
	define("bitshr(a int, n int) int", "a shifted right by n bits, keeping its sign",
		Builtin{run: shift(func(a int64, n uint64) int64 { return a >> n })}),
	define("bitushr(a int, n int) int", "a shifted right by n bits, filled with zeros",
		Builtin{run: shift(func(a int64, n uint64) int64 { return int64(uint64(a) >> n) })}),
}

var ListBuiltins = []Builtin{
	define("len(x string|list|map) int", "the number of characters, elements or keys", Builtin{run: length}),
	define("first(list list) any", "the first element; null if there is none", Builtin{run: first, passes: true}),
	define("last(list list) any", "the last element; null if there is none", Builtin{run: last, passes: true}),
	define("take(list list, n int) list", "the first n elements", Builtin{run: take, typed: sameList}),
	define("reverse(list list) list", "the elements in reverse order", Builtin{run: reverse, typed: sameList}),
	define("uniq(list list) list", "the elements without repetitions", Builtin{run: uniq, typed: sameList}),
	define("concat(...lists list) list", "the elements of all lists in turn", Builtin{list: concat, typed: concatType}),
	define("flatten(list list) list", "the elements, with lists among them replaced by theirs", Builtin{run: flatten}),
	define("sort(list list, order? string) list", `the elements in order, "asc" or "desc"; stable`,
		Builtin{run: sortList, typed: sameList}),
}

var MapBuiltins = []Builtin{
	define("get(x list|map, key int|string) any", "the element or null, for whatever key",
		Builtin{run: get, passes: true}),
	define("keys(map map) list of string", "the keys, sorted", Builtin{run: keys}),
	define("values(map map) list", "the values in the order of their keys", Builtin{run: values, typed: valuesType}),
	define("toPairs(map map) list of list", "lists of key and value, sorted by key", Builtin{run: toPairs}),
	define("fromPairs(pairs list) map", "the map of lists of key and value", Builtin{run: fromPairs}),
}

var OtherBuiltins = []Builtin{
	define("type(value any) string", `the type in words: "int", "list", "task" …`, Builtin{run: typeOf}),
	define("is_error(value any) bool", "whether the value is an error, as gather may return", Builtin{run: isError}),
}

var DrawBuiltins = []Builtin{
	define("uniform(a number, b number) float", "a number between a and b",
		Builtin{draws: true, run: draw2((*engine.Loop).Uniform)}),
	define("exponential(mean number) float", "an exponential draw",
		Builtin{draws: true, run: draw1((*engine.Loop).Exponential)}),
	define("normal(mean number, sd number) float", "a normal draw",
		Builtin{draws: true, run: draw2((*engine.Loop).Normal)}),
	define("lognormal(mu number, sigma number) float", "the exponential of a normal draw",
		Builtin{draws: true, run: draw2((*engine.Loop).Lognormal)}),
	define("triangular(lo number, hi number, mode number) float", "a draw between lo and hi, likeliest at mode",
		Builtin{draws: true, run: triangular}),
	define("gamma(shape number, scale number) float", "a gamma draw",
		Builtin{draws: true, run: draw2((*engine.Loop).Gamma)}),
	define("weibull(scale number, shape number) float", "a Weibull draw",
		Builtin{draws: true, run: draw2((*engine.Loop).Weibull)}),
	define("randint(a int, b int) int", "an integer from a to b, both included", Builtin{draws: true, run: randint}),
	define("chance(p number) bool", "true with probability p", Builtin{draws: true, run: chance}),
	define("choice(list list) any", "one of the elements", Builtin{draws: true, run: choice, typed: elemOfList}),
	define("shuffle(list list) list", "the elements in random order",
		Builtin{draws: true, run: shuffle, typed: sameList}),
}

func roundType(args []Type) Type {
	if len(args) == 1 {
		return IntType
	}
	return sameNumber(args)
}

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

func randint(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	return engine.Int(l.RandInt(a.AsInt(), b.AsInt()))
}

func chance(l *engine.Loop, p, _, _, _ engine.Value) engine.Value {
	return engine.Bool(l.Chance(numberOf(p)))
}

func choice(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if list.Kind() != engine.KindList {
		return engine.Value{}
	}
	return l.Choice(list)
}

func shuffle(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if list.Kind() != engine.KindList {
		return engine.List(nil)
	}
	return l.Shuffle(list)
}
