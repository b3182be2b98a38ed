package expr

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/source"
)

// Translation of expressions of Python and JavaScript, for hints. It reads brackets, words and signs, no grammar: what
// comes out is only shown if it can be parsed.

// maxTranslated is the length in bytes above which a translation is not shown.
const maxTranslated = 120

// Translate returns an expression of another language as it is written here, or the text itself if nothing is known about it.
func Translate(text string) string { return cmp.Or(translated(text), text) }

// CallMeant returns the call of a function, of this or another language, as it is written here, or "" if text is none.
func CallMeant(text string) string {
	name, _, called := strings.Cut(text, "(")
	_, isBuiltin := findBuiltin(strings.TrimPrefix(name, "random."))
	if !called || !strings.HasSuffix(text, ")") || !isBuiltin {
		return ""
	}
	meant := Translate(text)
	if _, err := parseText(meant, 1e9); err != nil || strings.Contains(meant, `"`) {
		return ""
	}
	return meant
}

// Operand returns an expression as a side of an operator.
func Operand(text string) string {
	if strings.ContainsAny(text, " ?:*/%+-") && source.QuotedLen(text) != len(text) && !IsNumber(text) {
		return "(" + text + ")"
	}
	return text
}

// IsNumber reports whether a text is a number as strconv reads one.
func IsNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// translated is an expression of another language as it is written here, "": nothing is known about it.
func translated(text string) string {
	if len(text) > maxTranslated || strings.Contains(text, "$") {
		return ""
	}
	t := translator{left: maxTranslations}
	out := strings.TrimSpace(t.translate(text))
	if t.left < 0 {
		return ""
	}
	if out == strings.TrimSpace(text) || len(out) > maxTranslated {
		return ""
	}
	if _, err := parseText(out, 1e9); err != nil || len(wordsAt(out, awaitWord)) > 0 || floorDivision(out) >= 0 {
		return ""
	}
	return out
}

// item is a word, a quoted text, a sign or a pair of brackets with all between.
type item struct {
	text   string
	before string // the blanks before it
	kind   byte   // w: a word or number, q: a quoted text, o: a sign, else the bracket that opens
}

// longSigns is the signs of more than one character, longer ones first.
var longSigns = []string{"===", "!==", "<=>", "==", "!=", "<=", ">=", "<>", "=>", ":=", "=~", "&&", "||", "**", "//", "??", "?.", "?:", "<<", ">>", "..", "|>"}

// items splits an expression; nil: its brackets or quotes do not match.
func items(text string) []item {
	var list []item
	for i := 0; ; {
		rest := strings.TrimLeft(text[i:], " \t\r\n")
		before := text[i : len(text)-len(rest)]
		if i = len(text) - len(rest); rest == "" {
			return list
		}
		n, kind := itemLen(rest)
		if n == 0 {
			return nil
		}
		list = append(list, item{text: rest[:n], before: before, kind: kind})
		i += n
	}
}

// itemLen is the length and the kind of the item that a text begins with; 0: it is not closed.
func itemLen(text string) (n int, kind byte) {
	switch c := text[0]; {
	case source.WordLen(text, 0) > 0:
		n = source.WordLen(text, 0)
		for n < len(text)-1 && text[n] == '.' && '0' <= text[0] && text[0] <= '9' && '0' <= text[n+1] && text[n+1] <= '9' {
			n += 1 + source.WordLen(text, n+1)
		}
		return n, 'w'
	case c == '"' || c == '\'' || c == '`':
		return source.QuotedLen(text), 'q'
	case c == '(' || c == '[' || c == '{':
		return closing(text), c
	}
	for _, sign := range longSigns {
		if strings.HasPrefix(text, sign) {
			return len(sign), 'o'
		}
	}
	return 1, 'o'
}

// closing is the length of the pair of brackets that a text begins with, 0: it is not closed.
func closing(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'', '`':
			n := source.QuotedLen(text[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// itemsText joins items with the blanks between them.
func itemsText(list []item) string {
	var b strings.Builder
	for i, it := range list {
		if i > 0 {
			b.WriteString(it.before)
		}
		b.WriteString(it.text)
	}
	return b.String()
}

// itemAt is where a word or sign stands among items from start on, or -1.
func itemAt(list []item, text string, start int) int {
	for i := max(start, 0); i < len(list); i++ {
		if list[i].text == text && list[i].kind != 'q' {
			return i
		}
	}
	return -1
}

// splitItems separates items at a sign.
func splitItems(list []item, sign string) [][]item {
	var parts [][]item
	for {
		at := itemAt(list, sign, 0)
		if at < 0 {
			return append(parts, list)
		}
		parts, list = append(parts, list[:at]), list[at+1:]
	}
}

// maxTranslations bounds the parts of an expression that are translated: nested calls take several attempts.
const maxTranslations = 100

// translator is one translation.
type translator struct{ left int }

// translate is an expression without commas as it is written here.
func (t *translator) translate(text string) string {
	list := items(text)
	if t.left--; list == nil || t.left < 0 {
		return text
	}
	if out := t.conditional(list); out != "" {
		return out
	}
	return t.sequence(list)
}

func (t *translator) part(list []item) string { return t.translate(itemsText(list)) }

// conditional is `a if c else b` and `if c then a else b`; "": it is neither.
func (t *translator) conditional(list []item) string {
	at := itemAt(list, "if", 0)
	if at < 0 || itemAt(list, "for", 0) >= 0 {
		return ""
	}
	if at == 0 {
		then, other := itemAt(list, "then", 0), itemAt(list, "else", 0)
		if then < 0 || other < then {
			return ""
		}
		return ternary(t.part(list[1:then]), t.part(list[then+1:other]), t.part(list[other+1:]))
	}
	other := itemAt(list, "else", at)
	if other < 0 || other == len(list)-1 || other == at+1 {
		return ""
	}
	return ternary(t.part(list[at+1:other]), t.part(list[:at]), t.part(list[other+1:]))
}

func ternary(cond, yes, no string) string {
	bracketed := func(s string) string {
		if list := items(s); itemAt(list, "?", 0) >= 0 {
			return "(" + s + ")"
		}
		return s
	}
	return bracketed(cond) + " ? " + bracketed(yes) + " : " + no
}

// otherSigns is the words and signs that are other ones here.
var otherSigns = source.Words{
	{"None", "null"}, {"True", "true"}, {"False", "false"}, {"undefined", "null"}, {"NULL", "null"}, {"AND", "and"}, {"OR", "or"},
	{"NOT", "not"}, {"&", "and"}, {"|", "or"}, {"===", "=="}, {"!==", "!="}, {"<>", "!="}, {"=", "=="}, {"eq", "=="}, {"ne", "!="},
	{"neq", "!="}, {"gt", ">"}, {"ge", ">="}, {"gte", ">="}, {"lt", "<"}, {"le", "<="}, {"lte", "<="}, {"equals", "=="},
	{"mod", "%"}, {"xor", "!="}, {"=~", "matches"}, {"?:", "??"}, {"IN", "in"}, {"is", "=="},
}

// betweenWords is the rows of otherSigns that are operators only between two values: elsewhere they are names.
var betweenWords = "eq ne neq gt ge gte lt le lte equals mod xor is"

// sequence translates items one by one.
func (t *translator) sequence(list []item) string {
	var out []item
	for i := 0; i < len(list); i++ {
		it := list[i]
		isAttribute := len(out) > 0 && (out[len(out)-1].text == "." || out[len(out)-1].text == "?.")
		between := len(out) > 0 && out[len(out)-1].kind != 'o' && i+1 < len(list)
		next := func(n int) string {
			if i+n < len(list) {
				return list[i+n].text
			}
			return ""
		}
		switch other := otherSigns.Of(it.text); {
		case !isAttribute && (it.text == "math" || it.text == "random") && next(1) == "." && i+2 < len(list):
			list[i+2].before = it.before
			if value := mathConstants.Of(next(2)); value != "" {
				list[i+2].text = value
			}
			i++ // the functions have no module here
		case it.kind == 'q' && len(out) > 0 && out[len(out)-1].kind == 'q':
			out = append(out, item{text: "+", before: " ", kind: 'o'}, item{text: it.text, before: " ", kind: 'q'})
		case it.kind == 'q' && next(1) == "%" && i+2 < len(list):
			end := operandEnd(list, i+2)
			args := t.part(list[i+2 : end])
			if list[i+2].kind == '(' && end == i+3 {
				args = t.list(inside(list[i+2]))
			}
			out = append(out, item{text: "format(" + it.text + ", " + args + ")", before: it.before, kind: 'w'})
			i = end - 1
		case it.text == "~" && !between && i+1 < len(list):
			end := operandEnd(list, i+1)
			out = append(out, item{text: "bitnot(" + t.part(list[i+1:end]) + ")", before: it.before, kind: 'w'})
			i = end - 1
		case it.text == "is" && next(1) == "not" && between:
			out = append(out, item{text: "!=", before: it.before, kind: 'o'})
			i++
			if word := typeWords.Of(next(1)); word != "" && comparesType(out[:len(out)-1]) {
				i++
				out = append(out, item{text: "'" + word + "'", before: list[i].before, kind: 'q'})
			}
		case it.text == "!" && next(1) == "in" && between:
			out = append(out, item{text: "not", before: it.before, kind: 'o'})
		case it.kind == 'w' && strings.EqualFold(it.text, "r") && i+1 < len(list) && list[i+1].kind == 'q' && list[i+1].before == "":
			list[i+1].before = it.before
		case (it.text == "//" || it.text == "div" || it.text == "<<" || it.text == ">>") && between:
			start, end := operandStart(out), operandEnd(list, i+1)
			left, right := itemsText(out[start:]), t.part(list[i+1:end])
			call := map[string]string{"<<": "bitshl(" + left + ", " + right + ")", ">>": "bitshr(" + left + ", " + right + ")"}[it.text]
			if call == "" {
				call = "floordiv(" + left + ", " + right + ")"
			}
			out = append(out[:start:start], item{text: call, before: out[start].before, kind: 'w'})
			i = end - 1
		case other != "" && it.kind != 'q' && !isAttribute && (between || !strings.Contains(" "+betweenWords+" ", " "+it.text+" ")):
			kind := it.kind
			if strings.Contains(" and or not matches in ", " "+other+" ") {
				kind = 'o'
			}
			out = append(out, item{text: other, before: it.before, kind: kind})
			if word := typeWords.Of(next(1)); word != "" && (other == "==" || other == "!=") && comparesType(out[:len(out)-1]) {
				i++
				out = append(out, item{text: "'" + word + "'", before: list[i].before, kind: 'q'})
			}
		case it.kind == '(' || it.kind == '[' || it.kind == '{':
			out = t.brackets(out, it)
		default:
			if it.kind == 'w' && strings.Contains(" and or not in matches contains startsWith endsWith ", " "+it.text+" ") && next(1) != "(" {
				it.kind = 'o'
			}
			out = append(out, it)
		}
	}
	return itemsText(out)
}

// inside is the items between brackets.
func inside(it item) []item { return items(it.text[1 : len(it.text)-1]) }

// list translates items between commas.
func (t *translator) list(list []item) string {
	var parts []string
	for _, part := range splitItems(list, ",") {
		if len(part) > 0 {
			parts = append(parts, t.part(part))
		}
	}
	return strings.Join(parts, ", ")
}

// operandStart is where the operand begins with which items end: a name with its attributes, calls and indexes.
func operandStart(list []item) int {
	i := len(list) - 1
	for i > 0 && (list[i].text == "." || list[i-1].text == "." || (list[i].kind == '(' || list[i].kind == '[') && list[i].before == "" && list[i-1].kind != 'o') {
		i--
	}
	return i
}

// operandEnd is where the operand ends that begins at start.
func operandEnd(list []item, start int) int {
	i := start + 1
	for i < len(list) && (list[i].text == "." || list[i-1].text == "." || (list[i].kind == '(' || list[i].kind == '[') && list[i].before == "") {
		i++
	}
	return min(i, len(list))
}

// brackets translates brackets and what stands before them, which is the end of out.
func (t *translator) brackets(out []item, it item) []item {
	in := inside(it)
	last := item{kind: 'o'}
	if len(out) > 0 && it.before == "" {
		last = out[len(out)-1]
	}
	open, shut := it.text[:1], it.text[len(it.text)-1:]
	isLiteral := last.kind == 'o' && last.text != "."
	text := ""
	switch {
	case in == nil && strings.TrimSpace(it.text[1:len(it.text)-1]) != "":
		text = it.text
	case !isLiteral && it.kind == '(' && last.kind == 'w':
		return t.call(out, in)
	case !isLiteral && it.kind == '[' && strings.ReplaceAll(itemsText(in), " ", "") == "::-1":
		start := operandStart(out)
		return append(out[:start:start], item{text: "reverse(" + itemsText(out[start:]) + ")", before: out[start].before, kind: 'w'})
	case isLiteral && itemAt(in, "for", 0) > 0:
		text = t.comprehension(in, it.kind)
	case isLiteral && it.kind == '[' && strings.HasPrefix(itemsText(in), "*") || isLiteral && it.kind == '[' && strings.Contains(itemsText(in), ", *"):
		text = t.spread(in)
	case isLiteral && (it.kind == '(' && itemAt(in, ",", 0) > 0 || it.kind == '{' && itemAt(in, ":", 0) < 0 && len(in) > 0):
		text = "[" + t.list(in) + "]"
	case it.kind == '{':
		var pairs []string
		for _, pair := range splitItems(in, ",") {
			if at := itemAt(pair, ":", 0); at > 0 {
				pairs = append(pairs, itemsText(pair[:at])+": "+t.part(pair[at+1:]))
			} else {
				pairs = append(pairs, itemsText(pair))
			}
		}
		text = "{" + strings.Join(pairs, ", ") + "}"
	case it.kind == '[' && itemAt(in, ":", 0) >= 0:
		text = it.text
	default:
		text = open + t.list(in) + shut
	}
	return append(out, item{text: text, before: it.before, kind: it.kind})
}

// spread is a list with `*xs` in it.
func (t *translator) spread(in []item) string {
	var lists []string
	for _, part := range splitItems(in, ",") {
		if len(part) > 1 && part[0].text == "*" {
			lists = append(lists, t.part(part[1:]))
		} else if len(part) > 0 {
			lists = append(lists, "["+t.part(part)+"]")
		}
	}
	if len(lists) == 1 {
		return lists[0]
	}
	return "concat(" + strings.Join(lists, ", ") + ")"
}

// pyLoop is a comprehension of Python in its parts, or a lambda.
type pyLoop struct {
	body  []item            // what it computes
	names map[string]string // what stands for its variables
	list  string            // what it goes through
}

// over is how a text uses the element instead of the variables.
func (l pyLoop) over(text string) string {
	for _, name := range slices.Sorted(maps.Keys(l.names)) {
		text = ReplaceWord(text, name, l.names[name])
	}
	return text
}

// readLoop reads `body for x in list if test`.
func (t *translator) readLoop(in []item) (l pyLoop, ok bool) {
	at, of := itemAt(in, "for", 0), itemAt(in, "in", 0)
	if at < 1 || of < at || itemAt(in, "for", at+1) > 0 || in[at-1].text == "async" {
		return l, false
	}
	names := splitItems(in[at+1:of], ",")
	l.names = map[string]string{}
	for i, name := range names {
		if len(name) != 1 || name[0].kind != 'w' {
			return l, false
		}
		l.names[name[0].text] = "#"
		if len(names) > 1 {
			l.names[name[0].text] = "#[" + string(rune('0'+i)) + "]"
		}
	}
	test, end := itemAt(in, "if", of), len(in)
	if test > 0 {
		end = test
	}
	if len(names) > 2 || end == of+1 {
		return l, false
	}
	l.body = in[:at]
	l.list = t.part(in[of+1 : end])
	if list, isItems := strings.CutSuffix(l.list, ".items()"); isItems {
		l.list = "toPairs(" + list + ")"
	}
	if test > 0 {
		l.list = "filter(" + l.list + ", " + l.over(t.part(in[test+1:])) + ")"
	}
	return l, true
}

// comprehension is one of a list, a set or a map.
func (t *translator) comprehension(in []item, kind byte) string {
	l, ok := t.readLoop(in)
	if !ok {
		return string(kind) + itemsText(in) + string(source.CloserOf(kind))
	}
	if at := itemAt(l.body, ":", 0); kind == '{' && at > 0 {
		return "fromPairs(map(" + l.list + ", [" + l.over(t.part(l.body[:at])) + ", " + l.over(t.part(l.body[at+1:])) + "]))"
	}
	out := l.mapped(t)
	if kind == '{' {
		return "uniq(" + out + ")"
	}
	return out
}

// mapped is the list of what a loop computes.
func (l pyLoop) mapped(t *translator) string {
	if body := l.over(t.part(l.body)); body != "#" {
		return "map(" + l.list + ", " + body + ")"
	}
	return l.list
}

// lambda reads `lambda x: body` and `x => body`.
func (t *translator) lambda(arg []item) (l pyLoop, ok bool) {
	var params []item
	switch arrow := itemAt(arg, "=>", 0); {
	case len(arg) > 3 && arg[0].text == "lambda" && itemAt(arg, ":", 0) > 1:
		at := itemAt(arg, ":", 0)
		params, l.body = arg[1:at], arg[at+1:]
	case arrow == 1:
		params, l.body = arg[:1], arg[2:]
		if params[0].kind == '(' {
			params = inside(params[0])
		}
	}
	if len(params) != 1 || params[0].kind != 'w' || len(l.body) == 0 {
		return l, false
	}
	l.names = map[string]string{params[0].text: "#"}
	return l, true
}

// predicateMethods is the methods of lists that take a function, each with the function that takes a predicate here.
var predicateMethods = source.Words{
	{"map", "map"}, {"filter", "filter"}, {"some", "any"}, {"every", "all"}, {"find", "find"}, {"findIndex", "findIndex"},
	{"any", "any"}, {"all", "all"}, {"sort", "sortBy"}, {"sortBy", "sortBy"}, {"count", "count"}, {"sum", "sum"}, {"groupBy", "groupBy"},
}

// call translates a call whose name is the end of out.
func (t *translator) call(out, in []item) []item {
	name := out[len(out)-1].text
	method := len(out) > 2 && out[len(out)-2].text == "."
	start := len(out) - 1
	if method {
		start = operandStart(out[:len(out)-2])
	}
	replaced := func(text string) []item {
		return append(out[:start:start], item{text: text, before: out[start].before, kind: 'w'})
	}
	args := splitItems(in, ",")
	l, isLoop := t.readLoop(in)
	if !isLoop && len(args) > 0 {
		if text := t.functional(name, method, itemsText(out[start:max(len(out)-2, start)]), args); text != "" {
			return replaced(text)
		}
	}
	texts := []string{}
	switch {
	case isLoop && !method && strings.Contains(" any all sum ", " "+name+" ") && l.over(t.part(l.body)) != "#":
		return replaced(name + "(" + l.list + ", " + l.over(t.part(l.body)) + ")")
	case isLoop:
		texts = append(texts, l.mapped(t))
	default:
		for _, arg := range args {
			if len(arg) > 0 {
				texts = append(texts, t.part(arg))
			}
		}
	}
	_, isBuiltin := findBuiltin(name)
	row := otherFunctions.Of(name)
	switch {
	case method && name == "join" && len(texts) == 1:
		return replaced("join(" + texts[0] + ", " + itemsText(out[start:len(out)-2]) + ")")
	case method && name == "format" && !strings.Contains(itemsText(out[start:len(out)-2]), "{"):
		return replaced("format(" + strings.Join(append([]string{itemsText(out[start : len(out)-2])}, texts...), ", ") + ")")
	case !method && !isBuiltin && row != "" && row[0] != '-' && (len(texts) > 0 || !strings.Contains(row, "%")):
		return replaced(strings.Trim(strings.TrimPrefix(writtenCall(row, texts), "write "), "`"))
	}
	return append(out, item{text: "(" + strings.Join(texts, ", ") + ")", kind: '('})
}

// functional is a call that is given a function, "": it is none.
func (t *translator) functional(name string, method bool, receiver string, args [][]item) string {
	if method {
		l, ok := t.lambda(args[0])
		if fn := predicateMethods.Of(name); ok && fn != "" && len(args) == 1 {
			return fn + "(" + receiver + ", " + l.over(t.part(l.body)) + ")"
		}
		return ""
	}
	if l, ok := t.lambda(args[0]); ok && len(args) == 2 && (name == "map" || name == "filter") {
		return name + "(" + t.part(args[1]) + ", " + l.over(t.part(l.body)) + ")"
	}
	if len(args) == 2 && (name == "map" || name == "filter") {
		if l, ok := t.lambda(args[1]); ok {
			return name + "(" + t.part(args[0]) + ", " + l.over(t.part(l.body)) + ")"
		}
	}
	return t.sorted(name, args)
}

// sorted is `sorted`, `max` or `min` with their named arguments.
func (t *translator) sorted(name string, args [][]item) string {
	key, desc := "", false
	for _, arg := range args[1:] {
		switch {
		case len(arg) > 2 && arg[0].text == "key" && arg[1].text == "=":
			l, ok := t.lambda(arg[2:])
			if !ok {
				return ""
			}
			key = l.over(t.part(l.body))
		case len(arg) == 3 && arg[0].text == "reverse" && arg[1].text == "=":
			desc = arg[2].text == "True"
		default:
			return ""
		}
	}
	list := t.part(args[0])
	switch {
	case len(args) < 2:
		return ""
	case name == "sorted" && key != "" && desc:
		return "sortBy(" + list + ", " + key + ", 'desc')"
	case name == "sorted" && key != "":
		return "sortBy(" + list + ", " + key + ")"
	case name == "sorted" && desc:
		return "reverse(sort(" + list + "))"
	case name == "max" && key != "":
		return "first(sortBy(" + list + ", " + key + ", 'desc'))"
	case name == "min" && key != "":
		return "first(sortBy(" + list + ", " + key + "))"
	}
	return ""
}

// floorDivision is the offset of a `//` that divides, which the parser takes for a comment, or -1: behind it stands what
// can be computed.
func floorDivision(text string) int {
	for i := 0; i+1 < len(text); i++ {
		switch {
		case strings.IndexByte("\"'`", text[i]) >= 0:
			i = skipQuoted(text, i) - 1
		case text[i] == '/' && text[i+1] == '*':
			return -1
		case text[i] == '/' && text[i+1] == '/':
			if strings.TrimSpace(text[:i]) == "" || strings.Contains(text[i:], "\n") {
				return -1
			}
			if _, err := parseText(strings.TrimRight(text[i+2:], " )]}"), 1e9); err != nil {
				return -1
			}
			return i
		}
	}
	return -1
}
