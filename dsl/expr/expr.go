// Package expr is the language of expressions: types, parsing, checking, closures and built-in functions. It is the only one
// that imports the expr library. What it finds out about an expression goes into Facts; the Tree stays as it was parsed.
package expr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"runloop/dsl/source"
)

// NumberedTask reports whether name is one that the loop gives: Task-7.
func NumberedTask(name string) bool {
	n, ok := strings.CutPrefix(name, "Task-")
	_, err := strconv.ParseUint(n, 10, 32)
	return ok && err == nil
}

// What is wrong with an expression.
const (
	CodeExprSyntax    = "RL0201" // it cannot be read
	CodeExprSize      = "RL0202" // too long or too deeply nested
	CodeUnknownName   = "RL0203" // no such variable
	CodeUnknownFunc   = "RL0204" // no such function
	CodeArguments     = "RL0205" // too few or too many arguments
	CodeType          = "RL0206" // a value of another type is wanted
	CodeNoAttribute   = "RL0207" // no such attribute
	CodeNotHere       = "RL0208" // something that exists, but not in this place
	CodeBadPattern    = "RL0209" // a regular expression that cannot be compiled
	CodeBadFormat     = "RL0210" // a format that format() or strftime() does not know
	CodeHiddenName    = "RL0211" // a name that would hide another
	CodeNeverTrue     = "RL0212" // a comparison whose result is always the same
	CodeOtherIndex    = "RL0213" // an #index that counts another list
	CodeNoDraw        = "RL0214" // truncated() around what draws nothing
	maxExprLength     = 4 << 10
	maxExprDepth      = 64 // of brackets: the parser recurses without a limit of its own
	maxFormatArgument = 16
)

// SymbolKind says what a name stands for.
type SymbolKind uint8

const (
	SymLocal    SymbolKind = iota // slot Index of the activation
	SymShared                     // shared variable Index
	SymContext                    // context variable Index
	SymParam                      // run parameter Index
	SymObject                     // declared object Index, or a list of them
	SymNow                        // the loop time in seconds
	SymTask                       // the running task
	SymTasks                      // all tasks, by name; only tasks[…] is a value
	SymLoop                       // the loop; only its attributes are values
	SymIndex                      // the index, from 0, of the task that is being created
	SymArgument                   // parameter Index of the function whose value is computed
	SymError                      // the error that a catch caught, in slot Index
	SymPi                         // the number; no variable has that name
	SymDatetime                   // what the clock shows; only its attributes are values
	SymMetrics                    // the statistics; only the numbers in them are values
	SymRanked                     // what the rank of a request is computed of: RankedNames[Index]
)

// RankedNames is what a `rank` knows of a request.
var RankedNames = []string{"priority", "amount", "waited"}

// Symbol is what a name in an expression stands for.
type Symbol struct {
	Kind  SymbolKind
	Index int
	Type  Type
	Name  string
	Decl  source.Span // where it is declared
}

// Scope is the names that an expression may use.
type Scope interface {
	Lookup(name string) (Symbol, bool)
	Names() []string // sorted, for "did you mean"
}

// Env is what an expression is checked in.
type Env struct {
	Scope    Scope
	Diags    *source.Diagnostics                 // nil: errors are not wanted, only types
	NoDraws  bool                                // in `expect`, where nothing may draw random numbers
	TaskName func(name string, span source.Span) // told of every constant name in tasks["name"]; may be nil
	Results  *Results                            // what tasks and futures come to; nil: nothing is known
	Facts    Facts                               // gets what the check finds out
	// Functions are the functions of the scenario, by name.
	Functions map[string]*Function
	// MoreFunctions says that there may be others, which could not be read: an unknown one is not reported.
	MoreFunctions bool

	Metrics *Metrics // what there are statistics of; nil: of nothing
	Unit    int64    // what a bare number of time counts, in nanoseconds; 0: seconds

	// For messages; they may be nil.
	Coroutine func(name string) bool                            // whether a coroutine has that name
	Step      func(text, as string) (step string, assigns bool) // which step Python's text is, with `as` for its result
	TextHint  func(name string) string                          // how a variable with text is made a number, ""
	Knows     string                                            // which names there are, where those are few
	As        string                                            // the variable that the step assigns the value to, or ""
}

// Facts is what checks found out about expressions, each checked last where it stands.
type Facts map[*Tree]*resolution

// Tree is a parsed expression and where its bytes stand in the file. It is immutable.
type Tree struct {
	text    string
	root    ast.Node
	span    func(from, to int) source.Span
	offsets []int // byte offset of each character; nil: the text is ASCII
	awaits  []int // byte offsets of the words `await`, which are errors
}

// resolution is what check found out: the types of all nodes and what the names stand for.
type resolution struct {
	types   map[ast.Node]Type
	symbols map[*ast.IdentifierNode]*Symbol

	functions   map[ast.Node]*Function // that calls call
	metrics     map[*ast.MemberNode]*metricRead
	metricNames map[*ast.MemberNode]*Symbol // the objects named behind `metrics`
}

// Parse parses text; span maps byte offsets in it to the file. After an error it is nil. Time counts in units of so many
// nanoseconds.
func Parse(text string, unit int64, span func(from, to int) source.Span, diags *source.Diagnostics) *Tree {
	e := &Tree{text: text, span: span}
	report := func(code string, from, to int, message, hint string) *Tree {
		*diags = append(*diags, source.Diagnostic{Code: code, Span: span(from, to), Message: message, Hint: hint})
		return nil
	}
	if strings.TrimSpace(text) == "" {
		return report(CodeExprSyntax, 0, len(text), "an expression is expected here, this one is empty", "")
	}
	if len(text) > maxExprLength {
		return report(CodeExprSize, 0, len(text),
			fmt.Sprintf("an expression of %d bytes is too long, at most %d are allowed", len(text), maxExprLength),
			"compute parts of it with `let` steps")
	}
	if !utf8.ValidString(text) {
		return report(CodeExprSyntax, 0, len(text), "the expression is not valid UTF-8", "")
	}
	if at := tooDeep(text); at >= 0 {
		return report(CodeExprSize, at, at+1,
			fmt.Sprintf("brackets are nested more than %d deep here", maxExprDepth),
			fmt.Sprintf("this `%c` is one too many: compute parts of it with `let` steps", text[at]))
	}
	e.setOffsets()
	if at := floorDivision(text); at >= 0 {
		report(CodeExprSyntax, at, at+2, "`//` begins a comment, it divides nothing", "an integer is computed by `floor(a / b)`")
		e.suggest(diags)
		return nil
	}
	root, err := parseText(text, unit)
	if err != nil && e.reportLookAlike(diags) {
		return nil
	}
	if err != nil {
		if e.root, e.awaits = parseAwaits(text); e.root != nil {
			return e
		}
	}
	if err != nil {
		at, message, hint := e.syntaxError(err)
		from, to := e.bytes(at)
		report(CodeExprSyntax, from, to, message, hint)
		if e.suggest(diags) {
			return nil
		}
		if text[from:to] == "=" && !changes(text, from) && !compares(text, from) {
			(*diags)[len(*diags)-1].Fix = source.Fix{Span: span(from, to), New: "=="}
		}
		return nil
	}
	e.root = root
	return e
}

// suggest gives the latest diagnostic the translation of the whole expression as its hint, and reports whether there is one.
// It mends the expression where no quotes get in the way.
func (e *Tree) suggest(diags *source.Diagnostics) bool {
	out := translated(e.text)
	if out == "" {
		return false
	}
	d := &(*diags)[len(*diags)-1]
	d.Hint = "write `" + out + "`"
	whole := e.span(0, len(e.text))
	newQuote := func(q string) bool { return strings.Contains(out, q) && !strings.Contains(e.text, q) }
	if whole.End-whole.Start == len(e.text) && !newQuote("'") && !newQuote(`"`) {
		d.Fix = source.Fix{Span: whole, New: out}
	}
	return true
}

// NamedTask is the expression text, which is tasks["name"] and stands for a task's bare name at a place.
func NamedTask(name, text string, at source.Span) *Tree {
	tasks := &ast.IdentifierNode{Value: "tasks"}
	key := &ast.StringNode{Value: name}
	tasks.SetLocation(file.Location{From: 0, To: len("tasks")})
	key.SetLocation(file.Location{From: len("tasks["), To: utf8.RuneCountInString(text) - 1})
	root := &ast.MemberNode{Node: tasks, Property: key}
	root.SetLocation(file.Location{From: len("tasks"), To: len("tasks[")})
	e := &Tree{text: text, span: func(int, int) source.Span { return at }, root: root}
	e.setOffsets()
	return e
}

// tooDeep is the offset of the bracket that is nested too deeply, or -1.
func tooDeep(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '(', '[', '{':
			if depth++; depth > maxExprDepth {
				return i
			}
		case ')', ']', '}':
			depth--
		case '"', '\'', '`':
			i = skipQuoted(text, i) - 1
		}
	}
	return -1
}

// skipQuoted is the offset after the string that begins at text[i].
func skipQuoted(text string, i int) int {
	quote := text[i]
	for i++; i < len(text) && text[i] != quote; i++ {
		if text[i] == '\\' && quote != '`' {
			i++
		}
	}
	return min(i+1, len(text))
}

func (e *Tree) setOffsets() {
	if utf8.RuneCountInString(e.text) == len(e.text) {
		return
	}
	for i := range e.text {
		e.offsets = append(e.offsets, i)
	}
	e.offsets = append(e.offsets, len(e.text))
}

// bytes turns the parser's character offsets into bytes of the text.
func (e *Tree) bytes(at file.Location) (from, to int) {
	at.From = max(at.From, 0)
	at.To = max(at.To, at.From)
	if e.offsets == nil {
		return min(at.From, len(e.text)), min(at.To, len(e.text))
	}
	last := len(e.offsets) - 1
	return e.offsets[min(at.From, last)], e.offsets[min(at.To, last)]
}

// ReservedName reports that a name cannot be a variable's because expressions use the word as an operator or a value, and
// what it is for instead.
func ReservedName(name string) (use string, reserved bool) {
	switch name {
	case "let":
		use = "`let x = …; …` names a part of an expression"
	case "if", "else":
		use = "write `condition ? a : b`"
	case "in":
		use = "`x in xs` looks into a list"
	case "not":
		use = "`not a` negates"
	case "and", "or":
		use = "`a " + name + " b`"
	case "matches":
		use = "`text matches pattern`"
	case "contains", "startsWith", "endsWith":
		use = "`text " + name + " part`"
	case "true", "false", "nil", "null":
		use = "it is a value"
	}
	return use, use != ""
}

var numberText = source.NewPattern(`parsing "([^"]+)"`)

// syntaxError puts the parser's error in our words.
func (e *Tree) syntaxError(err error) (at file.Location, message, hint string) {
	fail, ok := err.(*file.Error)
	if !ok {
		return at, "the expression cannot be read", ""
	}
	at, message = fail.Location, fail.Message
	from, to := e.bytes(at)
	word := e.text[from:to]
	switch use, reserved := ReservedName(word); {
	case strings.HasPrefix(message, "unexpected end"), strings.Contains(message, "token EOF"):
		return e.endsEarly(at)
	case word == ")" || word == "]" || word == "}":
		return e.wrongBracket(at, word)
	case strings.Contains(message, "cannot be mixed"):
		return at, fmt.Sprintf("`%s` and `??` cannot be mixed", word), "put one of them in brackets"
	case reserved:
		return at, fmt.Sprintf("`%s` is a word of the language and cannot stand here", word),
			"it cannot be the name of a variable: " + use
	case strings.HasPrefix(message, "unexpected token"):
		hint = foreignOperators.Of(word)
		switch {
		case len(wordsAt(e.text[:to], "lambda")) > 0:
			hint = "there are no functions as values: a predicate such as `# > 1` stands in `filter(xs, # > 1)`, steps in a coroutine"
		case word == "for":
			hint = comprehensionHint(e.text, from)
		case word == ":" && strings.HasPrefix(e.text[from:], ":="):
			hint = walrusHint(e.text, from)
		case formatHint(e.text, from, to) != "":
			hint = formatHint(e.text, from, to)
		case word == ">" && strings.HasSuffix(e.text[:from], "<"):
			hint = "not equal is `!=`"
		case word == "=" && changes(e.text, from):
			hint = "an expression changes nothing: write a step `set: { x: \"${x + 1}\" }`"
		}
		return at, fmt.Sprintf("`%s` is not expected here", word), hint
	case strings.Contains(message, "not terminated"), strings.Contains(message, "escape"),
		strings.HasPrefix(message, "unclosed comment"), strings.HasPrefix(message, "bad number syntax"):
		return e.brokenToken(message)
	case strings.Contains(message, "literal"):
		return e.numberError(at, message)
	case strings.HasPrefix(message, "unrecognized character"):
		return at, fmt.Sprintf("the character `%s` has no meaning in an expression", word), foreignOperators.Of(word)
	case strings.HasPrefix(message, "expected at least"):
		return at, fmt.Sprintf("arguments are missing before `%s`", word), ""
	case strings.HasPrefix(message, "expected name"):
		return at, fmt.Sprintf("`%s` is not expected here: behind the `.` stands a name", word), "an index is written `xs[0]`"
	case strings.HasPrefix(message, "a map key"):
		return at, fmt.Sprintf("`%s` is not expected here: the key of a map is a name or a text in quotes", word),
			"a computed key stands in ( )"
	case strings.HasPrefix(message, "wrap predicate"):
		return at, fmt.Sprintf("`%s` is not expected here", word), "a predicate of several parts stands in { }"
	}
	return at, fmt.Sprintf("the expression cannot be read from `%s` on", word), ""
}

// brokenToken is about a text, a number or a comment that is not written to its end; the parser tells no exact place.
func (e *Tree) brokenToken(message string) (file.Location, string, string) {
	place := func(from, to int) file.Location {
		start := utf8.RuneCountInString(e.text[:from])
		return file.Location{From: start, To: start + utf8.RuneCountInString(e.text[from:to])}
	}
	for i := 0; i < len(e.text); i++ {
		c := e.text[i]
		switch number := brokenNumber.Regexp().FindString(e.text[i:]); {
		case c == '"' || c == '\'' || c == '`':
			n := source.QuotedLen(e.text[i:])
			if n == 0 {
				return place(i, i+1), "the quote " + string(c) + " in the expression is never closed", "close it behind the text"
			}
			if from, to := badEscape(e.text[i : i+n]); to > 0 && c != '`' && strings.Contains(message, "escape") {
				return place(i+from, i+to), "`" + e.text[i+from:i+to] + "` is no escape in a text of an expression",
					"write `\\\\` for a backslash"
			}
			i += n - 1
		case strings.HasPrefix(e.text[i:], "/*") && strings.HasPrefix(message, "unclosed"):
			return place(i, i+2), "the comment `/*` is never closed", "close it with `*/`"
		case number != "" && strings.HasPrefix(message, "bad number"):
			return place(i, i+len(number)), "`" + number + "` is no number", numberHint(number)
		}
	}
	return place(0, len(e.text)), "the expression cannot be read", ""
}

var (
	brokenNumber = source.NewPattern(`^(?:0[xXbBoO]\w*|[0-9][0-9_.]*[A-Za-z_]\w*)`)
	anyEscape    = source.NewPattern(`\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|[0-7]{1,3}|(?s:.))`)
	goodEscape   = source.NewPattern(`^\\(?:x..|u....|U........|[0-7]{3}|[abfnrtv\\'"` + "`" + `?])$`)
)

// badEscape is the place of the first escape in a quoted text that is none; to is 0 if there is none.
func badEscape(quoted string) (from, to int) {
	for _, m := range anyEscape.Regexp().FindAllStringIndex(quoted, -1) {
		if !goodEscape.Regexp().MatchString(quoted[m[0]:m[1]]) {
			return m[0], m[1]
		}
	}
	return 0, 0
}

// foreignOperators is what is written here for an operator of other languages.
var foreignOperators = source.Words{
	{"=", "to compare, write `==`"}, {"is", "to compare, write `==`"}, {"eq", "to compare, write `==`"},
	{"!", "not equal is `!=`"}, {"ne", "not equal is `!=`"}, {"&", "write `and`"}, {"xor", "for booleans write `!=`"},
	{"as", "`let x = value; …` names a part of an expression"}, {"then", "write `condition ? a : b`"},
	{"mod", "write `%`"}, {"div", "write `int(a / b)`"},
	{"~", "write `bitnot(n)`, or `not` for a condition"},
}

// assignedBefore is what stands before `:=`, and what behind it up to a bracket.
var assignedBefore, assignedBehind = source.NewPattern(`(\w+) *$`), source.NewPattern(`^:= *([^()]+(?:\([^()]*\))?)`)

// walrusHint is how the value is assigned which Python assigns in an expression with the `:=` at an offset.
func walrusHint(text string, at int) string {
	name, value := assignedBefore.Regexp().FindStringSubmatch(text[:at]), assignedBehind.Regexp().FindStringSubmatch(text[at:])
	if name == nil || value == nil {
		return "an expression changes nothing: assign the variable in a step before this one"
	}
	return "an expression changes nothing: put `- let: { " + name[1] + ": \"${" + strings.TrimSpace(value[1]) +
		"}\" }` before this step, and write `" + name[1] + "` here"
}

// changes reports whether the `=` at offset at belongs to an operator such as `+=`.
func changes(text string, at int) bool {
	return at > 0 && strings.IndexByte("+-*/%|&^", text[at-1]) >= 0
}

// compares reports whether the `=` at offset at follows an operator that compares already, as in `===`.
func compares(text string, at int) bool { return at > 0 && strings.IndexByte("=!<>", text[at-1]) >= 0 }

// endsEarly is about an expression that lacks something at its end: a bracket that closes, a `:`, or a value.
func (e *Tree) endsEarly(at file.Location) (file.Location, string, string) {
	open, ternaries := []int{}, 0
	for i := 0; i < len(e.text); i++ {
		switch c := e.text[i]; c {
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			open = open[:max(len(open)-1, 0)]
		case '"', '\'', '`':
			i = skipQuoted(e.text, i) - 1
		case '?':
			if next := e.text[i+1:]; next != "" && (next[0] == '?' || next[0] == '.') {
				i++
			} else {
				ternaries++
			}
		case ':':
			ternaries--
		}
	}
	last := strings.TrimRight(e.text, " \t\r\n")
	switch lacks := strings.HasSuffix(last, "?") || strings.IndexByte("+-*/%<>=&|,(", last[len(last)-1]) >= 0; {
	case strings.HasSuffix(last, "++") || strings.HasSuffix(last, "--"):
		return at, "an expression changes nothing: `" + last[len(last)-2:] + "` has no meaning here",
			"write a step `set: { x: \"${x + 1}\" }`"
	case len(open) > 0 && !lacks:
		from := utf8.RuneCountInString(e.text[:open[len(open)-1]])
		return file.Location{From: from, To: from + 1}, "the bracket `" + e.text[open[len(open)-1]:][:1] + "` is never closed",
			"close it with `" + string(source.CloserOf(e.text[open[len(open)-1]])) + "`"
	case ternaries > 0 && !lacks:
		return at, "the expression ends too early: `?` lacks its `:`", "write `condition ? a : b`"
	}
	return at, "the expression ends too early: a value is missing", ""
}

// wrongBracket is about a bracket that closes where a value or nothing is expected.
func (e *Tree) wrongBracket(at file.Location, bracket string) (file.Location, string, string) {
	from, _ := e.bytes(at)
	switch open := source.OpenBracket(e.text[:from]); {
	case open == 0:
		return at, "`" + bracket + "` closes nothing", "leave it out, or open the bracket"
	case string(source.CloserOf(open)) != bracket:
		return at, "`" + bracket + "` cannot close the bracket `" + string(open) + "`", "close it with `" + string(source.CloserOf(open)) + "`"
	}
	hint := ""
	if strings.HasSuffix(strings.TrimRight(e.text[:from], " "), "[") {
		hint = "an index stands in the brackets, such as `[0]`"
	}
	return at, "`" + bracket + "` is not expected here: a value is missing before it", hint
}

// numberError is about a number that cannot be read; the parser gives the place behind it.
func (e *Tree) numberError(at file.Location, message string) (file.Location, string, string) {
	const hint = "integers have 64 bits; a number with a point or an exponent is a float"
	m := numberText.Regexp().FindStringSubmatch(message)
	if m == nil {
		return at, "a number is too large", hint
	}
	if i := strings.Index(e.text, m[1]); i >= 0 {
		from := utf8.RuneCountInString(e.text[:i])
		at = file.Location{From: from, To: from + utf8.RuneCountInString(m[1])}
	}
	return at, fmt.Sprintf("the number `%s` is too large", m[1]), hint
}

// NamesIn is the variables that a text mentions if it is read as an expression; none if it is no expression.
func NamesIn(text string) []string {
	tree := Parse(text, 1e9, func(from, to int) source.Span { return source.Span{Start: from, End: to} }, &source.Diagnostics{})
	if tree == nil || tree.awaits != nil {
		return nil
	}
	var names []string
	tree.Reads(func(name string, _ source.Span) { names = append(names, name) })
	return names
}

// Remainders calls f for each remainder whose text shows that it has another sign in Python: one side is a negative
// number, and the other is none.
func (e *Tree) Remainders(f func(text, a, b string, span source.Span)) {
	each(e.root, func(n ast.Node) {
		if b, ok := n.(*ast.BinaryNode); ok && b.Operator == "%" && isNegative(b.Left) != isNegative(b.Right) {
			f(e.source(n), e.source(b.Left), e.source(b.Right), e.span(e.extent(n)))
		}
	})
}

func isNegative(n ast.Node) bool {
	u, ok := n.(*ast.UnaryNode)
	if !ok || u.Operator != "-" {
		return false
	}
	_, isInt := u.Node.(*ast.IntegerNode)
	return isInt
}

// Reads calls f for each mention of a variable.
func (e *Tree) Reads(f func(name string, span source.Span)) {
	var bound []string // by let
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IdentifierNode:
			for _, b := range bound {
				if b == n.Value {
					return
				}
			}
			if n.Value != "null" {
				f(n.Value, e.span(e.bytes(n.Location())))
			}
			return
		case *ast.CallNode:
			if m, ok := n.Callee.(*ast.MemberNode); ok {
				walk(m)
			}
			for _, a := range n.Arguments {
				walk(a)
			}
			return
		case *ast.VariableDeclaratorNode:
			walk(n.Value)
			bound = append(bound, n.Name)
			walk(n.Expr)
			bound = bound[:len(bound)-1]
			return
		}
		for _, c := range children(n) {
			walk(c)
		}
	}
	walk(e.root)
}

// Lends calls f for each variable that is a value somewhere in the expression, not just looked into for an attribute.
// whole: the expression itself is only looked into.
func (e *Tree) Lends(whole bool, f func(name string)) {
	var walk func(n ast.Node, inside bool)
	walk = func(n ast.Node, inside bool) {
		switch n := n.(type) {
		case *ast.IdentifierNode:
			if !inside {
				f(n.Value)
			}
			return
		case *ast.MemberNode:
			_, attribute := n.Property.(*ast.StringNode)
			walk(n.Node, inside || attribute)
			walk(n.Property, false)
			return
		}
		for _, c := range children(n) {
			walk(c, false)
		}
	}
	walk(e.root, whole)
}

// Indexed is the name of the variable that the expression is, or an element of: `q`, `q[i]`; "" for any other one.
func (e *Tree) Indexed() string {
	n := e.root
	if m, ok := n.(*ast.MemberNode); ok {
		n = m.Node
	}
	if name, ok := n.(*ast.IdentifierNode); ok {
		return name.Value
	}
	return ""
}

// TaskUse is how expressions reach tasks other than by variables.
type TaskUse struct {
	Names []string // `tasks[…]` with the constant names of such as have one
	Any   bool     // `tasks[…]` with a computed name, or that of an unnamed task
	Self  bool     // `task` as a whole, or all_tasks()
}

// Add adds a name that is looked up.
func (u *TaskUse) Add(name string) {
	u.Names = append(u.Names, name)
	u.Any = u.Any || NumberedTask(name)
}

// UsesTasks adds how the expression reaches tasks to u.
func (e *Tree) UsesTasks(u *TaskUse) {
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IdentifierNode:
			u.Self, u.Any = u.Self || n.Value == "task" || n.Value == allTasks, u.Any || n.Value == "tasks"
		case *ast.MemberNode:
			name, _ := n.Node.(*ast.IdentifierNode)
			key, constant := n.Property.(*ast.StringNode)
			switch {
			case name == nil || !constant:
			case name.Value == "task":
				return
			case name.Value == "tasks":
				u.Add(key.Value)
				return
			}
		}
		for _, c := range children(n) {
			walk(c)
		}
	}
	walk(e.root)
}

// Draws reports whether evaluating the expression may take random numbers.
func (e *Tree) Draws() bool { return draws(e.root) }

// draws reports whether a node calls a built-in function that draws.
func draws(n ast.Node) bool {
	if b, ok := findBuiltin(called(n)); ok && b.draws {
		return true
	}
	return slices.ContainsFunc(children(n), draws)
}

// called is the name of the function that a node calls, if it does.
func called(n ast.Node) string {
	switch n := n.(type) {
	case *ast.BuiltinNode:
		return n.Name
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return callee.Value
		}
	}
	return ""
}

// makesMuch reports whether more than one part of the expression makes a text, a list or a map.
func (e *Tree) makesMuch(found *resolution) bool {
	makers := 0
	each(e.root, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.BuiltinNode, *ast.CallNode, *ast.ArrayNode, *ast.MapNode, *ast.SliceNode:
			makers++
		case *ast.BinaryNode:
			if n.Operator == ".." || n.Operator == "+" && !found.types[n].Numeric() {
				makers++
			}
		}
	})
	return makers > 1
}

// each calls f for a node and all below it, in the order of the text.
func each(n ast.Node, f func(n ast.Node)) {
	f(n)
	for _, child := range children(n) {
		each(child, f)
	}
}

// children is the operands of a node, in the order of the text.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ChainNode:
		return []ast.Node{n.Node}
	case *ast.MemberNode:
		return []ast.Node{n.Node, n.Property}
	case *ast.SliceNode:
		nodes := []ast.Node{n.Node}
		if n.From != nil {
			nodes = append(nodes, n.From)
		}
		if n.To != nil {
			nodes = append(nodes, n.To)
		}
		return nodes
	case *ast.CallNode:
		return append([]ast.Node{n.Callee}, n.Arguments...)
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.VariableDeclaratorNode:
		return []ast.Node{n.Value, n.Expr}
	case *ast.SequenceNode:
		return n.Nodes
	case *ast.ArrayNode:
		return n.Nodes
	case *ast.MapNode:
		return n.Pairs
	case *ast.PairNode:
		return []ast.Node{n.Key, n.Value}
	}
	return nil
}

// extent is the bytes of the text that a node was written with: those of its own token and of its operands, with the
// brackets that belong to them.
func (e *Tree) extent(n ast.Node) (from, to int) { return e.balance(e.reach(n)) }

// reach is the smallest range that holds the tokens of a node and of its operands.
func (e *Tree) reach(n ast.Node) (from, to int) {
	from, to = -1, 0
	if _, conditional := n.(*ast.ConditionalNode); !conditional { // a conditional's is that of the next token
		from, to = e.bytes(n.Location())
	}
	switch n := n.(type) {
	case *ast.PointerNode: // its token is the # alone
		to += len(n.Name)
	case *ast.CallNode, *ast.BuiltinNode:
		if rest := strings.TrimLeft(e.text[to:], " \t\r\n"); strings.HasPrefix(rest, "(") {
			to = len(e.text) - len(rest) + 1
		}
	}
	for _, c := range children(n) {
		f, t := e.reach(c)
		if from < 0 || f < from {
			from = f
		}
		to = max(to, t)
	}
	return max(from, 0), to
}

// balance widens a range until every bracket in it has its partner.
func (e *Tree) balance(from, to int) (int, int) {
	for {
		opened, closed := 0, 0
		for i := from; i < to; i++ {
			switch e.text[i] {
			case '(', '[', '{':
				opened++
			case ')', ']', '}':
				if opened > 0 {
					opened--
				} else {
					closed++
				}
			case '"', '\'', '`':
				i = skipQuoted(e.text, i) - 1
			}
		}
		switch {
		case closed > 0 && from > 0:
			from = max(strings.LastIndexAny(e.text[:from], "([{"), 0)
		case opened > 0 && to < len(e.text):
			next := strings.IndexAny(e.text[to:], ")]}\"'`")
			switch {
			case next < 0:
				return from, len(e.text)
			case strings.IndexByte("\"'`", e.text[to+next]) >= 0:
				to = skipQuoted(e.text, to+next)
			default:
				to += next + 1
			}
		default:
			return from, to
		}
	}
}

// source is the text that a node was written as.
func (e *Tree) source(n ast.Node) string {
	from, to := e.extent(n)
	return e.text[from:to]
}

// SymbolWords is what a name stands for, in words for messages; "": nothing that has a word.
var SymbolWords = [SymError + 1]string{
	SymLocal: "a local", SymShared: "a shared variable", SymContext: "a context variable", SymParam: "a run parameter",
	SymObject: "a declared object",
}
