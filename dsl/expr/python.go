package expr

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// otherMethods is what is written here for a method of Python: %r is the value before the dot, %a the arguments.
var otherMethods = source.Words{
	{"startswith", "%r startsWith %a"}, {"endswith", "%r endsWith %a"}, {"strip", "trim(%r)"},
	{"lstrip", "trimPrefix(%r)"}, {"rstrip", "trimSuffix(%r)"}, {"find", "indexOf(%r, %a)"},
	{"index", "findIndex(%r, # == %a)"}, {"join", "join(%a, %r)"}, {"items", "toPairs(%r)"},
	{"toUpperCase", "upper(%r)"}, {"toLowerCase", "lower(%r)"}, {"toString", "string(%r)"}, {"isoformat", "string(%r)"},
	{"includes", "%r contains %a"}, {"slice", "%r[%a]"}, {"copy", "%r"}, {"size", "len(%r)"}, {"length", "len(%r)"},
}

// otherAttributes is the attributes that are methods in Python, under another name.
var otherAttributes = source.Words{
	{"qsize", "size"}, {"get_name", "name"}, {"exception", "error"}, {"maxsize", "capacity"},
}

// method reports a value that is called as if it had methods, and what is written here.
func (c *checker) method(n *ast.CallNode, m *ast.MemberNode) {
	if c.moduleCall(n, m) {
		return
	}
	failed := c.failed
	c.failed = false
	base := c.value(m.Node)
	told := c.failed
	name := "it"
	if s, ok := m.Property.(*ast.StringNode); ok {
		name = s.Value
	}
	for _, a := range n.Arguments {
		c.value(a)
	}
	if c.failed = c.failed || failed; !told {
		c.report(n, CodeUnknownFunc, fmt.Sprintf("values have no methods: `%s` cannot be called so", name),
			c.methodHint(n, m, base, name))
	}
}

// methodHint is how a call of a method is written here.
func (c *checker) methodHint(n *ast.CallNode, m *ast.MemberNode, base Type, name string) string {
	attribute := name
	if other := otherAttributes.Of(name); other != "" {
		attribute = other
	}
	receiver := c.e.source(m.Node)
	if _, found := findAttribute(base.Kind, attribute); found {
		return "write `" + receiver + "." + attribute + "`, without `()`"
	}
	args := c.argumentTexts(n.Arguments)
	fill := strings.NewReplacer("%r", receiver, "%a", strings.Join(args, ", "))
	step := c.stepHint(n, c.e.source(n))
	switch {
	case name == "format" && formatted(m.Node, args) != "":
		return "`${…}` stands in any text: write `" + formatted(m.Node, args) + "`"
	case name == "get" && len(args) == 2:
		return "write `" + receiver + "[" + args[0] + "] ?? " + args[1] + "`"
	case name == "get" && len(args) == 1 && base.Kind != TypeQueue:
		return "write `" + receiver + "[" + args[0] + "]`"
	case step != "" && otherMethods.Of(name) == "":
		return step
	case otherMethods.Of(name) != "":
		return "write `" + fill.Replace(otherMethods.Of(name)) + "`"
	}
	if _, ok := findBuiltin(name); ok {
		return "write `" + name + "(" + strings.Join(append([]string{receiver}, args...), ", ") + ")`"
	}
	return ""
}

func (c *checker) argumentTexts(nodes []ast.Node) []string {
	var args []string
	for _, a := range nodes {
		args = append(args, c.e.source(a))
	}
	return args
}

// moduleCall reports a call of what is in a module of Python, and whether it is one.
func (c *checker) moduleCall(n *ast.CallNode, m *ast.MemberNode) bool {
	module := leftmost(m.Node)
	if !c.isModule(module) {
		return false
	}
	hint := ""
	name, _ := m.Property.(*ast.StringNode)
	text := c.e.source(n)
	switch {
	case strings.Contains(text, "time()"), strings.Contains(text, "monotonic()"), strings.Contains(text, "perf_counter()"),
		module == "datetime" && strings.HasSuffix(text, "now()"):
		hint = "write `now`, the loop time in seconds"
	case strings.HasPrefix(text, "asyncio.current_task()"):
		hint = "write `task`"
	case text == "random.random()":
		hint = "write `uniform(0, 1)`"
	case name != nil:
		args := c.argumentTexts(n.Arguments)
		if hint = moduleFunctions.Of(module + "." + name.Value); hint != "" {
			hint = writtenCall(hint, args)
		} else if _, ok := findBuiltin(name.Value); ok {
			hint = "write `" + name.Value + "(" + strings.Join(args, ", ") + ")`"
		} else if hint = otherFunction(name.Value, args); hint == "" {
			hint = cmp.Or(c.stepHint(n, text), "expressions only compute: what waits or makes tasks is a step")
		}
	}
	c.report(n, CodeUnknownFunc, "there are no modules: `"+module+"` is none of the functions' names", hint)
	return true
}

// leftmost is the name that a chain of calls and attributes begins with, "": it begins with something else.
func leftmost(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.MemberNode:
		return leftmost(n.Node)
	case *ast.CallNode:
		return leftmost(n.Callee)
	case *ast.ChainNode:
		return leftmost(n.Node)
	}
	return ""
}

var (
	comprehension  = source.NewPattern(`^\s*(.+?)\s+for\s+(\w+)\s+in\s+(\w+\([^()]*\)|[^()]+?)(?:\s+if\s+(.+?))?\s*[\])}]`)
	calledName     = source.NewPattern(`\w+\($`)
	replacedFields = source.NewPattern(`\{([^{}]*)\}`)
)

// comprehensionHint is how `[x * 2 for x in xs if x > 1]` is written here, "" where text has no such thing; at is the
// place of its `for`.
func comprehensionHint(text string, at int) string {
	start := strings.LastIndexAny(text[:at], "[({") + 1
	m := comprehension.Regexp().FindStringSubmatch(text[start:])
	if m == nil {
		return "`map(xs, # * 2)` computes a value from each element, `filter(xs, # > 1)` takes those that fit"
	}
	elem, name, list, test := m[1], m[2], m[3], m[4]
	body := func(text string) string { return ReplaceWord(text, name, "#") }
	if test != "" {
		list = "filter(" + list + ", " + body(test) + ")"
	}
	if elem != name {
		list = "map(" + list + ", " + body(elem) + ")"
	}
	if f := calledName.Regexp().FindString(text[:start]); f != "" {
		list = f + list + ")"
	}
	return "write `" + source.Shorten(list) + "`"
}

// ReplaceWord replaces a word in an expression wherever it stands alone: in no quoted text, and not as an attribute.
func ReplaceWord(text, word, with string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		j := i + source.WordLen(text, i)
		switch {
		case j == i && strings.IndexByte("\"'`", text[i]) >= 0:
			j = skipQuoted(text, i)
			b.WriteString(text[i:j])
		case j == i:
			b.WriteByte(text[i])
			j++
		case text[i:j] == word && (i == 0 || text[i-1] != '.'):
			b.WriteString(with)
		default:
			b.WriteString(text[i:j])
		}
		i = j
	}
	return b.String()
}

// formatHint is how the f-string is written here whose quoted text stands at from in text, "": it is none.
func formatHint(text string, from, to int) string {
	if from < 1 || (text[from-1] != 'f' && text[from-1] != 'F') || !strings.ContainsAny(text[from:from+1], `"'`) {
		return ""
	}
	inner := replacedFields.Regexp().ReplaceAllStringFunc(text[from+1:max(to-1, from+1)], func(field string) string {
		value, spec, found := strings.Cut(field[1:len(field)-1], ":")
		if found {
			return "${format('%" + spec + "', " + value + ")}"
		}
		return "${" + value + "}"
	})
	return "there are no f-strings: `${…}` stands in any text, `" + source.Shorten(inner) + "`"
}

// taskHint is how the result of a task is used of which the task itself was written; "" where neither is one.
func (c *checker) taskHint(nodes ...ast.Node) string {
	for _, n := range nodes {
		if t := c.types[n]; t.Kind == TypeTask || t.Kind == TypeFuture {
			return ResultHint(c.e.source(n))
		}
	}
	return ""
}

// intHint is how a number is made an int where one is wanted, "" where something else is.
func (c *checker) intHint(n ast.Node, t Type) string {
	if t.Kind != TypeFloat && t.Kind != TypeNumber {
		return ""
	}
	return IntHint(c.e.source(n))
}

// ResultHint is how the result of a task is used.
func ResultHint(task string) string {
	task = strings.TrimSpace(task)
	return "`" + task + ".result` is what it came to; `await: " + task + "` with `as:` waits for that"
}

// IntHint is how the number that an expression computes is made an int.
func IntHint(text string) string { return "write `int(" + strings.TrimSpace(text) + ")`" }

// reportLookAlike reports a character outside quotes that only looks like a blank, a quote or a sign, and whether there is one.
func (e *Tree) reportLookAlike(diags *source.Diagnostics) bool {
	for i := 0; i < len(e.text); i++ {
		if strings.IndexByte("\"'`", e.text[i]) >= 0 {
			i = skipQuoted(e.text, i) - 1
			continue
		}
		r, size := utf8.DecodeRuneInString(e.text[i:])
		odd, _ := source.LookAlike(e.text[i : i+size])
		message, hint := source.DescribeLookAlike(r)
		if odd == 0 {
			if source.PlainSign(r) == "" {
				i += size - 1
				continue
			}
			message, hint = source.DescribeSign(r)
		}
		*diags = append(*diags, source.Diagnostic{Code: CodeExprSyntax, Span: e.span(i, i+size), Message: message, Hint: hint,
			Fix: source.Fix{Span: e.span(0, len(e.text)), New: plainText(e.text)}})
		return true
	}
	return false
}

// plainText is an expression with plain blanks, quotes and signs; what stands in plain quotes stays.
func plainText(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if strings.IndexByte("\"'`", text[i]) >= 0 {
			size = skipQuoted(text, i) - i
			b.WriteString(text[i : i+size])
		} else if close := closingQuote(text, i); close > 0 {
			end := strings.IndexRune(text[i+size:], rune(close))
			if end < 0 {
				end = len(text) - i - size
			}
			b.WriteString("'" + text[i+size:i+size+end] + "'")
			size = min(size+end+utf8.RuneLen(close), len(text)-i)
		} else if sign := source.PlainSign(r); sign != "" {
			b.WriteString(sign)
		} else {
			_, plain := source.LookAlike(text[i : i+size])
			b.WriteString(strings.ReplaceAll(plain, `"`, "'"))
		}
		i += size
	}
	return b.String()
}

// closingQuote is the typographic quote that closes the one at offset i, or 0 if there is none there.
func closingQuote(text string, i int) rune {
	r, _ := utf8.DecodeRuneInString(text[i:])
	pairs := []rune("“”‘’«»„“‚‘")
	for k := 0; k < len(pairs); k += 2 {
		if pairs[k] == r && strings.ContainsRune(text[i:], pairs[k+1]) {
			return pairs[k+1]
		}
	}
	return 0
}
