package expr

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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

// builtins is all functions, sorted by name.
var builtins = sortedBuiltins(
	PredicateBuiltins, TextBuiltins, NumberBuiltins, ListBuiltins, MapBuiltins, OtherBuiltins, DrawBuiltins)

func sortedBuiltins(groups ...[]Builtin) []Builtin {
	all := slices.Concat(groups...)
	slices.SortFunc(all, func(a, b Builtin) int { return cmp.Compare(a.name, b.name) })
	return all
}

// findBuiltin is the function of that name.
func findBuiltin(name string) (*Builtin, bool) {
	i, found := slices.BinarySearchFunc(builtins, name,
		func(b Builtin, name string) int { return cmp.Compare(b.name, name) })
	if !found {
		return nil, false
	}
	return &builtins[i], true
}

func builtinNames() []string {
	names := make([]string, len(builtins))
	for i := range builtins {
		names[i] = builtins[i].name
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

// newText is a text value, accounted for.
func newText(l *engine.Loop, s string) engine.Value {
	if !l.Charge(len(s)) {
		return engine.String("")
	}
	return engine.String(s)
}

func trim(l *engine.Loop, s, chars, _, _ engine.Value) engine.Value {
	if chars.IsNull() {
		return engine.String(strings.TrimSpace(textOf(s)))
	}
	return engine.String(strings.Trim(textOf(s), textOf(chars)))
}

func trimPrefix(l *engine.Loop, s, prefix, _, _ engine.Value) engine.Value {
	return engine.String(strings.TrimPrefix(textOf(s), textOf(prefix)))
}

func trimSuffix(l *engine.Loop, s, suffix, _, _ engine.Value) engine.Value {
	return engine.String(strings.TrimSuffix(textOf(s), textOf(suffix)))
}

func upper(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	return newText(l, strings.ToUpper(textOf(s)))
}

func lower(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	return newText(l, strings.ToLower(textOf(s)))
}

// limit is an optional count as package strings has it: absent, all.
func limit(n engine.Value) int {
	if n.IsNull() {
		return -1
	}
	return int(min(max(n.AsInt(), -1), math.MaxInt32))
}

func split(l *engine.Loop, s, separator, n, _ engine.Value) engine.Value {
	if !roomToSplit(l, textOf(s), textOf(separator)) {
		return engine.List(nil)
	}
	return textList(l, strings.SplitN(textOf(s), textOf(separator), limit(n)))
}

func splitAfter(l *engine.Loop, s, separator, n, _ engine.Value) engine.Value {
	if !roomToSplit(l, textOf(s), textOf(separator)) {
		return engine.List(nil)
	}
	return textList(l, strings.SplitAfterN(textOf(s), textOf(separator), limit(n)))
}

// roomToSplit accounts for the parts of a text before there are any.
func roomToSplit(l *engine.Loop, s, separator string) bool {
	return l.Charge(int(min(int64(strings.Count(s, separator))*valueCost, math.MaxInt32)))
}

func textList(l *engine.Loop, parts []string) engine.Value {
	elems := make([]engine.Value, len(parts))
	for i, p := range parts {
		elems[i] = engine.String(p)
	}
	return NewList(l, elems)
}

func replace(l *engine.Loop, s, old, with, n engine.Value) engine.Value {
	text, from, to := textOf(s), textOf(old), textOf(with)
	times := int64(strings.Count(text, from))
	if most := limit(n); most >= 0 {
		times = min(times, int64(most))
	}
	if size := int64(len(text)) + times*int64(len(to)-len(from)); !l.Charge(int(min(size, math.MaxInt32))) {
		return s
	}
	return engine.String(strings.Replace(text, from, to, int(times)))
}

func repeatText(l *engine.Loop, s, n, _, _ engine.Value) engine.Value {
	text, times := textOf(s), n.AsInt()
	if times < 0 {
		l.Raise("ValueError", "repeat(): the count must not be negative, it is "+itoa(times))
		return s
	}
	if text == "" || times == 0 {
		return engine.String("")
	}
	if times > math.MaxInt32/int64(len(text)) {
		l.Raise("OverflowError", "repeat(): the text would be too long")
		return s
	}
	if !l.Charge(len(text) * int(times)) {
		return s
	}
	return engine.String(strings.Repeat(text, int(times)))
}

func joinList(l *engine.Loop, list, separator, _, _ engine.Value) engine.Value {
	between := textOf(separator)
	parts := make([]string, len(ElemsOf(list)))
	size := int64(0)
	for i, e := range ElemsOf(list) {
		parts[i] = textOf(e)
		size += int64(len(parts[i]) + len(between))
	}
	if !l.Charge(int(min(size, math.MaxInt32))) {
		return engine.String("")
	}
	return engine.String(strings.Join(parts, between))
}

// characters turns a byte offset in s, or -1, into one of characters.
func characters(s string, offset int) engine.Value {
	if offset < 0 {
		return engine.Int(-1)
	}
	return engine.Int(int64(utf8.RuneCountInString(s[:offset])))
}

func indexOf(l *engine.Loop, s, part, _, _ engine.Value) engine.Value {
	return characters(textOf(s), strings.Index(textOf(s), textOf(part)))
}

func lastIndexOf(l *engine.Loop, s, part, _, _ engine.Value) engine.Value {
	return characters(textOf(s), strings.LastIndex(textOf(s), textOf(part)))
}

func hasPrefix(l *engine.Loop, s, prefix, _, _ engine.Value) engine.Value {
	return engine.Bool(strings.HasPrefix(textOf(s), textOf(prefix)))
}

func hasSuffix(l *engine.Loop, s, suffix, _, _ engine.Value) engine.Value {
	return engine.Bool(strings.HasSuffix(textOf(s), textOf(suffix)))
}

func toJSON(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	return newText(l, string(l.AppendJSON(nil, v)))
}

func toText(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	if v.Kind() == engine.KindString {
		return v
	}
	return newText(l, string(l.AppendText(nil, v)))
}

func fromJSON(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	const perByte = 16 // what decoding takes at most for each byte: `[0,0,0` is the worst
	if !l.Charge(int(min(int64(len(textOf(s)))*perByte, math.MaxInt32))) {
		return engine.Value{}
	}
	decoder := json.NewDecoder(strings.NewReader(textOf(s)))
	decoder.UseNumber()
	var v any
	err := decoder.Decode(&v)
	if err == nil && decoder.More() {
		l.Raise("ValueError", "fromJSON(): there is more text after the value")
		return engine.Value{}
	}
	if err != nil {
		l.Raise("ValueError", "fromJSON(): the text is not JSON: "+strings.TrimPrefix(err.Error(), "json: "))
		return engine.Value{}
	}
	return jsonValue(l, v)
}

func jsonValue(l *engine.Loop, v any) engine.Value {
	switch v := v.(type) {
	case bool:
		return engine.Bool(v)
	case string:
		return newText(l, v)
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return engine.Int(i)
		}
		f, err := v.Float64()
		if err != nil {
			l.Raise("ValueError", "fromJSON(): the number "+v.String()+" is too large")
		}
		return engine.Float(f)
	case []any:
		elems := make([]engine.Value, len(v))
		for i, e := range v {
			elems[i] = jsonValue(l, e)
		}
		return NewList(l, elems)
	case map[string]any:
		names := make([]string, 0, len(v))
		for k := range v {
			names = append(names, k)
		}
		slices.Sort(names)
		vals := make([]engine.Value, len(names))
		for i, k := range names {
			vals[i] = jsonValue(l, v[k])
		}
		return NewMap(l, names, vals)
	}
	return engine.Value{}
}

func toBase64(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	return newText(l, base64.StdEncoding.EncodeToString([]byte(textOf(s))))
}

func fromBase64(l *engine.Loop, s, _, _, _ engine.Value) engine.Value {
	b, err := base64.StdEncoding.DecodeString(textOf(s))
	if err != nil || !utf8.Valid(b) {
		l.Raise("ValueError", "fromBase64(): this is not text in Base64")
		return engine.String("")
	}
	return newText(l, string(b))
}

func absolute(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	switch {
	case x.Kind() == engine.KindFloat:
		return engine.Float(math.Abs(x.AsFloat()))
	case x.AsInt() < 0:
		return engine.Int(negInt(l, x.AsInt()))
	}
	return x
}

// whole is a float that has no fraction as an integer; NaN and what does not fit raise as in Python.
func whole(l *engine.Loop, f float64) engine.Value {
	switch {
	case math.IsNaN(f):
		l.Raise("ValueError", "NaN cannot be turned into an int")
	case math.IsInf(f, 0) || f < math.MinInt64 || f >= 1<<63:
		overflow(l, string(engine.AppendFloat(nil, f)))
	default:
		return engine.Int(int64(f))
	}
	return engine.Int(0)
}

func ceil(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	if x.Kind() == engine.KindInt {
		return x
	}
	return whole(l, math.Ceil(numberOf(x)))
}

func floor(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	if x.Kind() == engine.KindInt {
		return x
	}
	return whole(l, math.Floor(numberOf(x)))
}

// round is Python's: to even, to n decimal digits of the exact value; negative n rounds before the point.
func round(l *engine.Loop, x, n, _, _ engine.Value) engine.Value {
	isInt := x.Kind() == engine.KindInt
	switch {
	case n.IsNull() && isInt, isInt && n.AsInt() >= 0:
		return x
	case n.IsNull():
		return whole(l, math.RoundToEven(numberOf(x)))
	case isInt:
		return roundInt(l, x.AsInt(), -n.AsInt())
	}
	f, digits := x.AsFloat(), n.AsInt()
	if math.IsNaN(f) || math.IsInf(f, 0) || digits > 323 {
		return x
	}
	if digits < 0 {
		return engine.Float(roundTens(f, -digits))
	}
	r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(digits), 64), 64)
	return engine.Float(r)
}

// roundTens rounds to a multiple of 10**n, by the decimal digits, as exact as the digits are.
func roundTens(f float64, n int64) float64 {
	if n > 308 {
		return math.Copysign(0, f)
	}
	ten := math.Pow10(int(n))
	return math.RoundToEven(f/ten) * ten
}

func roundInt(l *engine.Loop, i, n int64) engine.Value {
	if n > 18 {
		return engine.Int(0)
	}
	ten := int64(1)
	for range n {
		ten *= 10
	}
	rest := i % ten
	base := i - rest
	half := ten / 2
	up := max(rest, -rest) > half || max(rest, -rest) == half && (base/ten)%2 != 0
	switch {
	case !up:
		return engine.Int(base)
	case i < 0:
		return engine.Int(subInt(l, base, ten))
	}
	return engine.Int(addInt(l, base, ten))
}

func toInt(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	switch x.Kind() {
	case engine.KindInt:
		return x
	case engine.KindFloat:
		return whole(l, math.Trunc(x.AsFloat()))
	case engine.KindBool:
		return engine.Int(int64(x.Num()))
	}
	s := textOf(x)
	digits := strings.TrimSpace(s)
	if !plainDigits(digits, false) {
		l.Raise("ValueError", "int(): "+strconv.Quote(s)+" is not an integer")
		return engine.Int(0)
	}
	i, err := strconv.ParseInt(strings.ReplaceAll(digits, "_", ""), 10, 64)
	if err != nil {
		overflow(l, strings.TrimSpace(s))
	}
	return engine.Int(i)
}

// plainDigits reports whether s is a decimal number as Python reads one: a sign, digits with single underscores
// between them; a float may have a point and an exponent.
func plainDigits(s string, float bool) bool {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '_':
			if i == 0 || i == len(s)-1 || !isDigit(s[i-1]) || !isDigit(s[i+1]) {
				return false
			}
		case c == '+' || c == '-':
			if i > 0 && !(float && (s[i-1] == 'e' || s[i-1] == 'E')) {
				return false
			}
		case !float || c != '.' && c != 'e' && c != 'E':
			return false
		}
	}
	return digits > 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func toFloat(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	if f, ok := x.Number(); ok {
		return engine.Float(f)
	}
	if x.Kind() == engine.KindBool {
		return engine.Float(float64(x.Num()))
	}
	s := strings.TrimSpace(textOf(x))
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "inf", "infinity", "nan":
		f, err := strconv.ParseFloat(s, 64)
		if err == nil {
			return engine.Float(f)
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if !plainDigits(s, true) || err != nil && !math.IsInf(f, 0) {
		l.Raise("ValueError", "float(): "+strconv.Quote(textOf(x))+" is not a number")
		return engine.Float(0)
	}
	return engine.Float(f)
}

func maximum(l *engine.Loop, args []engine.Value) engine.Value {
	return pickExtreme(l, "max", ">", args)
}

func minimum(l *engine.Loop, args []engine.Value) engine.Value {
	return pickExtreme(l, "min", "<", args)
}

// operands is the values of an aggregate: the arguments, or the elements of the only one.
func operands(args []engine.Value) []engine.Value {
	if len(args) == 1 && args[0].Kind() == engine.KindList {
		return args[0].Elems()
	}
	return args
}

func pickExtreme(l *engine.Loop, name, op string, args []engine.Value) engine.Value {
	values := operands(args)
	if len(values) == 0 {
		l.Raise("ValueError", name+"(): there are no values")
		return engine.Value{}
	}
	best := values[0]
	for _, v := range values[1:] {
		if ordered(l, op, v, best) {
			best = v
		}
	}
	return best
}

// numbers is the values of an aggregate as floats; ok is false after it has raised.
func numbers(l *engine.Loop, name string, args []engine.Value) (out []float64, ok bool) {
	values := operands(args)
	if len(values) == 0 {
		l.Raise("ValueError", name+"(): there are no values")
		return nil, false
	}
	for _, v := range values {
		f, isNumber := v.Number()
		if !isNumber {
			l.Raise("TypeError", name+"() works on numbers, not on "+describeKind(v))
			return nil, false
		}
		out = append(out, f)
	}
	return out, true
}

func mean(l *engine.Loop, args []engine.Value) engine.Value {
	values, ok := numbers(l, "mean", args)
	if !ok {
		return engine.Float(0)
	}
	sum := 0.0
	for _, f := range values {
		sum += f
	}
	return engine.Float(sum / float64(len(values)))
}

func median(l *engine.Loop, args []engine.Value) engine.Value {
	values, ok := numbers(l, "median", args)
	if !ok {
		return engine.Float(0)
	}
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return engine.Float(values[n/2])
	}
	return engine.Float((values[n/2-1] + values[n/2]) / 2)
}

func bitOp(f func(a, b int64) int64) func(l *engine.Loop, a, b, _, _ engine.Value) engine.Value {
	return func(_ *engine.Loop, a, b, _, _ engine.Value) engine.Value { return engine.Int(f(a.AsInt(), b.AsInt())) }
}

func shift(f func(a int64, n uint64) int64) func(l *engine.Loop, a, n, _, _ engine.Value) engine.Value {
	return func(l *engine.Loop, a, n, _, _ engine.Value) engine.Value {
		if n.AsInt() < 0 {
			l.Raise("ValueError", "the number of bits to shift by must not be negative, it is "+itoa(n.AsInt()))
			return a
		}
		return engine.Int(f(a.AsInt(), uint64(n.AsInt())))
	}
}

func length(l *engine.Loop, x, _, _, _ engine.Value) engine.Value {
	switch x.Kind() {
	case engine.KindString:
		return engine.Int(int64(utf8.RuneCountInString(x.AsString())))
	case engine.KindMap:
		return engine.Int(int64(len(x.Keys())))
	}
	return engine.Int(int64(len(ElemsOf(x))))
}

func first(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if elems := ElemsOf(list); len(elems) > 0 {
		return elems[0]
	}
	return engine.Value{}
}

func last(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	if elems := ElemsOf(list); len(elems) > 0 {
		return elems[len(elems)-1]
	}
	return engine.Value{}
}

func take(l *engine.Loop, list, n, _, _ engine.Value) engine.Value {
	if n.AsInt() < 0 {
		l.Raise("ValueError", "take(): the count must not be negative, it is "+itoa(n.AsInt()))
		return list
	}
	elems := ElemsOf(list)
	return copyList(l, elems[:min(n.AsInt(), int64(len(elems)))])
}

func reverse(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	out := copyList(l, ElemsOf(list))
	slices.Reverse(out.Elems())
	return out
}

func uniq(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	var out []engine.Value
	for _, e := range ElemsOf(list) {
		if !slices.ContainsFunc(out, func(o engine.Value) bool { return !l.Turn() || l.Equal(o, e) }) {
			out = append(out, l.Escape(e))
		}
	}
	return NewList(l, out)
}

func concat(l *engine.Loop, lists []engine.Value) engine.Value {
	size := 0
	for _, list := range lists {
		size += len(ElemsOf(list))
	}
	if !l.Charge(size * valueCost) {
		return engine.List(nil)
	}
	out := make([]engine.Value, 0, size)
	for _, list := range lists {
		for _, e := range ElemsOf(list) {
			out = append(out, l.Escape(e))
		}
	}
	return engine.List(out)
}

func flatten(l *engine.Loop, list, _, _, _ engine.Value) engine.Value {
	return NewList(l, appendFlat(l, nil, list, 0))
}

func appendFlat(l *engine.Loop, out []engine.Value, list engine.Value, depth int) []engine.Value {
	const deepest = 1000 // Python's limit of recursion
	if depth > deepest {
		l.Raise("RecursionError", "flatten(): the list is nested too deeply")
		return out
	}
	for _, e := range ElemsOf(list) {
		if e.Kind() == engine.KindList {
			out = appendFlat(l, out, e, depth+1)
		} else {
			out = append(out, l.Escape(e))
		}
	}
	return out
}

func sortList(l *engine.Loop, list, order, _, _ engine.Value) engine.Value {
	out := copyList(l, ElemsOf(list))
	sortValues(l, out.Elems(), out.Elems(), order)
	return out
}

// sortValues sorts elems by their keys, stably; the order is "asc", "desc" or absent. keys may be elems.
func sortValues(l *engine.Loop, elems, keys []engine.Value, order engine.Value) {
	sign := 1
	switch o := textOf(order); {
	case o == "desc":
		sign = -1
	case o != "asc" && !order.IsNull():
		l.Raise("ValueError", `the order is "asc" or "desc", not `+strconv.Quote(o))
		return
	}
	at := make([]int, len(keys))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(i, j int) int {
		if !l.Turn() {
			return 0
		}
		c, ok := l.Compare(keys[i], keys[j])
		if !ok {
			l.Raise("TypeError", describeKind(keys[i])+" and "+describeKind(keys[j])+" have no order")
		}
		return sign * c
	})
	sorted := make([]engine.Value, len(elems))
	for i, from := range at {
		sorted[i] = elems[from]
	}
	copy(elems, sorted)
}

func get(l *engine.Loop, x, key, _, _ engine.Value) engine.Value {
	switch {
	case x.Kind() == engine.KindMap && key.Kind() == engine.KindString:
		v, _ := x.Get(key.AsString())
		return v
	case x.Kind() == engine.KindList && key.Kind() == engine.KindInt:
		elems, i := x.Elems(), key.AsInt()
		if i < 0 {
			i += int64(len(elems))
		}
		if uint64(i) < uint64(len(elems)) {
			return elems[i]
		}
	}
	return engine.Value{}
}

func keys(l *engine.Loop, m, _, _, _ engine.Value) engine.Value {
	if m.Kind() != engine.KindMap {
		return engine.List(nil)
	}
	return textList(l, m.Keys())
}

func values(l *engine.Loop, m, _, _, _ engine.Value) engine.Value {
	if m.Kind() != engine.KindMap {
		return engine.List(nil)
	}
	return copyList(l, m.Vals())
}

func toPairs(l *engine.Loop, m, _, _, _ engine.Value) engine.Value {
	if m.Kind() != engine.KindMap {
		return engine.List(nil)
	}
	pairs := make([]engine.Value, len(m.Keys()))
	for i, k := range m.Keys() {
		pairs[i] = NewList(l, []engine.Value{engine.String(k), l.Escape(m.Vals()[i])})
	}
	return NewList(l, pairs)
}

func fromPairs(l *engine.Loop, pairs, _, _, _ engine.Value) engine.Value {
	var names []string
	var vals []engine.Value
	for _, p := range ElemsOf(pairs) {
		pair := ElemsOf(p)
		if len(pair) != 2 || pair[0].Kind() != engine.KindString {
			l.Raise("ValueError", "fromPairs(): each element is a list of a string and a value")
			return engine.Map(nil, nil)
		}
		names = append(names, pair[0].AsString())
		vals = append(vals, l.Escape(pair[1]))
	}
	return NewMap(l, names, vals)
}

func typeOf(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	return engine.String(v.Kind().String())
}

func isError(l *engine.Loop, v, _, _, _ engine.Value) engine.Value {
	return engine.Bool(v.Kind() == engine.KindError)
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
