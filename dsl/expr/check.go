package expr

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// Check infers the type and reports every error. It may be called several times while the types of variables are
// being inferred; with env.diags nil it only infers.
func (e *Tree) Check(env *Env) Type {
	found := env.Facts[e]
	if found == nil {
		found = &resolution{types: map[ast.Node]Type{}, symbols: map[*ast.IdentifierNode]*Symbol{},
			functions: map[ast.Node]*Function{}, metrics: map[*ast.MemberNode]*metricRead{},
			metricNames: map[*ast.MemberNode]*Symbol{}}
		env.Facts[e] = found
	}
	clear(found.types)
	clear(found.symbols)
	clear(found.metrics)
	clear(found.metricNames)
	c := checker{e: e, env: env, resolution: found}
	t := c.value(e.root)
	if c.failed {
		return Type{} // it must not widen the type of a variable, which would hide the error
	}
	return t
}

// checker is one check of one expression.
type checker struct {
	*resolution
	e      *Tree
	env    *Env
	failed bool     // something is wrong with the expression
	lets   []Symbol // the names that `let` gives inside the expression
	loops  []loopTypes
}

// loopTypes is what # and #acc are in the predicate being checked.
type loopTypes struct {
	list string // what it goes through, as it is written
	elem Type
	acc  *Type // nil: there is none
}

func (c *checker) report(n ast.Node, code, message, hint string) {
	from, to := c.e.extent(n)
	c.reportAt(from, to, code, message, hint)
}

// reportAt reports what stands between two offsets of the expression.
func (c *checker) reportAt(from, to int, code, message, hint string) {
	c.failed = true
	if c.env.Diags == nil {
		return
	}
	*c.env.Diags = append(*c.env.Diags,
		source.Diagnostic{Code: code, Span: c.e.span(from, to), Message: message, Hint: hint})
}

// value is the type of a node that must be a value.
func (c *checker) value(n ast.Node) Type {
	t := c.node(n)
	c.types[n] = t
	return t
}

func (c *checker) node(n ast.Node) Type {
	if c.e.awaits != nil {
		if at := c.awaited(n); at >= 0 {
			c.waits(n, at)
			return AnyType
		}
	}
	switch n := n.(type) {
	case *ast.NilNode:
		return NullType
	case *ast.BoolNode:
		return BoolType
	case *ast.IntegerNode:
		return IntType
	case *ast.FloatNode:
		return FloatType
	case *ast.StringNode:
		return StringType
	case *ast.IdentifierNode:
		return c.identifier(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ChainNode:
		return c.value(n.Node)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.SliceNode:
		return c.slice(n)
	case *ast.CallNode:
		return c.callNode(n)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.ConditionalNode:
		c.want(n.Cond, BoolType, "a condition")
		t, _ := Join(c.value(n.Exp1), c.value(n.Exp2))
		return t
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.ArrayNode:
		elem := Type{}
		for _, e := range n.Nodes {
			elem, _ = Join(elem, c.value(e))
		}
		return ListOf(elem)
	case *ast.MapNode:
		return c.mapLiteral(n)
	case *ast.SequenceNode:
		c.report(n, CodeExprSyntax, "`;` may only follow `let name = value` in an expression", "")
	case *ast.BytesNode:
		c.report(n, CodeExprSyntax, "there is no byte text, only text", "leave out the `b` before the quote")
	}
	return AnyType
}

func (c *checker) identifier(n *ast.IdentifierNode) Type {
	if n.Value == "null" {
		return NullType
	}
	for i := len(c.lets) - 1; i >= 0; i-- {
		if c.lets[i].Name == n.Value {
			return c.lets[i].Type
		}
	}
	s, ok := c.lookup(n.Value)
	if !ok {
		c.unknownName(n)
		return AnyType
	}
	c.symbols[n] = &s
	switch s.Kind {
	case SymTasks:
		c.report(n, CodeNotHere, "`tasks` alone is no value", "write tasks[\"name\"] for the task of that name")
		return AnyType
	case SymLoop:
		c.report(n, CodeNotHere, "`loop` alone is no value", "write loop.time, loop.type or loop.id")
		return AnyType
	case SymDatetime:
		c.report(n, CodeNotHere, "`datetime` alone is no value",
			"write "+strings.Join(prefixed("datetime.", attributeNames(DatetimeAttributes)), ", "))
		return AnyType
	case SymMetrics:
		c.report(n, CodeNotHere, "`metrics` alone is no value", "write the object, the statistic and the field: metrics.desk.wait.mean")
		return AnyType
	}
	return symbolType(s)
}

// symbolType is the type of a variable; those of the language itself have theirs by nature.
func symbolType(s Symbol) Type {
	switch s.Kind {
	case SymNow, SymPi:
		return FloatType
	case SymIndex:
		return IntType
	case SymError:
		return ErrorType
	case SymTask:
		return TaskType
	}
	return s.Type
}

func (c *checker) unknownName(n *ast.IdentifierNode) {
	if c.isCoroutine(n.Value) {
		c.usesCoroutine(n, n.Value)
		return
	}
	var names []string
	for _, l := range c.lets {
		names = append(names, l.Name)
	}
	hint := ""
	if name, dollar := strings.CutPrefix(n.Value, "$"); dollar {
		hint = fmt.Sprintf("inside an expression names stand alone: `%s`", name)
	} else if other := OtherConstant(n.Value); other != "" {
		hint = fmt.Sprintf("did you mean `%s`?", other)
	} else if number := mathConstants.Of(n.Value); number != "" && n.Value != "e" {
		hint = "write `" + number + "`"
	} else if near := source.Suggest(n.Value, append(names, c.env.Scope.Names()...)); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if b, ok := findBuiltin(n.Value); ok {
		hint = fmt.Sprintf("`%s` is a function: %s", n.Value, b.Signature)
	} else if hint = c.env.Knows; hint == "" {
		hint = fmt.Sprintf("text is written in quotes: '%s'", n.Value)
	}
	c.report(n, CodeUnknownName, fmt.Sprintf("there is no variable `%s` here", n.Value), hint)
	if other := OtherConstant(n.Value); other != "" && c.env.Diags != nil {
		(*c.env.Diags)[len(*c.env.Diags)-1].Fix = source.Fix{Span: c.e.span(c.e.extent(n)), New: other}
	}
}

// sections is where values stand in workflows, by whose names they are read there.
var sections = []string{"env", "inputs", "params", "vars", "shared", "matrix", "github", "secrets", "context"}

// ofSection reports a value that is read by the name of its section, such as `inputs.user`, and whether it is one.
func (c *checker) ofSection(n *ast.MemberNode) bool {
	base, isName := n.Node.(*ast.IdentifierNode)
	name, constant := n.Property.(*ast.StringNode)
	if !isName || !constant || !slices.Contains(sections, base.Value) {
		return false
	}
	if _, known := c.lookupOuter(base.Value); known {
		return false
	}
	hint := "what a run is given stands under `params:`, and is read by its name alone"
	if _, known := c.lookupOuter(name.Value); known {
		hint = "a value is read by its name alone: write `" + name.Value + "`"
	}
	c.report(n.Node, CodeUnknownName, "there is no variable `"+base.Value+"` here", hint)
	return true
}

// want checks that a node is of a type, or open.
func (c *checker) want(n ast.Node, want Type, what string) {
	c.wantType(n, c.value(n), want, what)
}

// wantType is want for a node whose type is known.
func (c *checker) wantType(n ast.Node, t, want Type, what string) {
	if !Assignable(t, want) {
		c.report(n, CodeType,
			fmt.Sprintf("%s must be %s, `%s` is %s", what, want.Article(), c.e.source(n), t.Article()), c.wantHint(n, t, want))
	}
}

// wantHint is how a value of type t is made one of the type that is wanted, "": it cannot be.
func (c *checker) wantHint(n ast.Node, t, want Type) string {
	if want.Kind == TypeInt {
		return c.intHint(n, t)
	}
	if want.Kind == TypeBool {
		return cmp.Or(c.taskHint(n), TruthHint(c.e.source(n), t, false))
	}
	return c.taskHint(n)
}

// TruthHint is how a value of type t is asked for what Python takes for true, or for false; "": it cannot be.
func TruthHint(text string, t Type, negated bool) string {
	compared, unequal, more := text, " != ", " > 0`"
	if negated {
		unequal, more = " == ", " == 0`"
	}
	switch {
	case t.Numeric():
		return "write `" + compared + unequal + "0`"
	case t.Kind == TypeString:
		return "write `" + compared + unequal + "''`"
	case t.Kind == TypeList || t.Kind == TypeMap:
		return "write `len(" + text + ")" + more
	}
	return ""
}

// defaultHint is how `a or b` is written that gives b in place of a.
func (c *checker) defaultHint(n *ast.BinaryNode, a Type) string {
	if b := c.types[n.Right]; b.Kind != TypeBool && !b.Open() {
		return fmt.Sprintf("write `%s ?? %s`, for a value in place of null", c.e.source(n.Left), c.e.source(n.Right))
	}
	return c.wantHint(n.Left, a, BoolType)
}

func (c *checker) unary(n *ast.UnaryNode) Type {
	if n.Operator == "!" || n.Operator == "not" {
		if t := c.value(n.Node); !Assignable(t, BoolType) {
			hint := c.taskHint(n.Node)
			if hint == "" {
				hint = TruthHint(c.e.source(n.Node), t, true)
			}
			c.report(n, CodeType, fmt.Sprintf("what `%s` negates must be a bool, `%s` is %s", n.Operator, c.e.source(n.Node), t.Article()), hint)
		}
		return BoolType
	}
	t := c.value(n.Node)
	if !t.Open() && !t.Numeric() {
		c.report(n, CodeType,
			fmt.Sprintf("`%s` wants a number, `%s` is %s", n.Operator, c.e.source(n.Node), t.Article()),
			cmp.Or(c.taskHint(n.Node), c.textHint(n.Node, t, NumberType)))
		return NumberType
	}
	return t
}

func (c *checker) binary(n *ast.BinaryNode) Type {
	switch n.Operator {
	case "and", "&&", "or", "||":
		a, told := c.tried(n.Left)
		if told { // what it is meant to be is not known
			c.value(n.Right)
			c.defaultToo(n)
			return BoolType
		}
		if !Assignable(a, BoolType) && (n.Operator == "or" || n.Operator == "||") {
			c.value(n.Right)
			c.report(n.Left, CodeType, fmt.Sprintf("what stands before `%s` must be a bool, `%s` is %s", n.Operator,
				c.e.source(n.Left), a.Article()), c.defaultHint(n, a))
			return BoolType
		}
		c.wantType(n.Left, a, BoolType, "what stands before `"+n.Operator+"`")
		c.want(n.Right, BoolType, "what stands after `"+n.Operator+"`")
		return BoolType
	}
	if c.comparedType(n) {
		return BoolType
	}
	a, b := c.value(n.Left), c.value(n.Right)
	switch n.Operator {
	case "==", "!=":
		if _, ok := Join(a, b); !ok {
			c.report(n, CodeNeverTrue, fmt.Sprintf("`%s` is %s and `%s` is %s: they are never equal",
				c.e.source(n.Left), a.Article(), c.e.source(n.Right), b.Article()), c.taskHint(n.Left, n.Right))
		}
		c.comparedState(n, n.Left, n.Right)
		c.comparedState(n, n.Right, n.Left)
		return BoolType
	case "<", "<=", ">", ">=":
		if !haveOrder(a, b) {
			c.mismatch(n, a, b, "two numbers or two texts")
		}
		return BoolType
	case "in":
		c.in(n, a, b)
		return BoolType
	case "contains", "startsWith", "endsWith", "matches":
		if !Assignable(a, StringType) || !Assignable(b, StringType) {
			c.mismatch(n, a, b, "two texts")
		}
		c.pattern(n)
		return BoolType
	case "..":
		if !Assignable(a, IntType) || !Assignable(b, IntType) {
			c.mismatch(n, a, b, "two integers")
		}
		return ListOf(IntType)
	case "??":
		return coalesced(a, b)
	}
	return c.arithmetic(n, a, b)
}

// taskStates is what the state of a task or a future can be.
var taskStates = []string{"pending", "done", "failed", "cancelled"}

// comparedState reports a state that is compared with a word that no state is.
func (c *checker) comparedState(n, state, word ast.Node) {
	m, ok := state.(*ast.MemberNode)
	s, constant := word.(*ast.StringNode)
	if !ok || !constant || slices.Contains(taskStates, s.Value) {
		return
	}
	name, _ := m.Property.(*ast.StringNode)
	if t := c.types[m.Node]; name == nil || name.Value != "state" || t.Kind != TypeTask && t.Kind != TypeFuture {
		return
	}
	hint := ""
	if near := source.Suggest(s.Value, taskStates); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	c.report(word, CodeNeverTrue, fmt.Sprintf("a state is %s, never `%s`", source.QuoteChoice(taskStates), c.e.source(word)), hint)
}

// coalesced is the type of `a ?? b`.
func coalesced(a, b Type) Type {
	switch a.Kind {
	case TypeNull:
		return b
	case TypeAny, TypeUnknown:
		t, _ := Join(a, b)
		return t
	}
	return a
}

func haveOrder(a, b Type) bool {
	if a.Open() {
		a = b
	} else if b.Open() {
		b = a
	}
	return a.Open() || a.Numeric() && b.Numeric() ||
		a.Kind == b.Kind && (a.Kind == TypeString || a.Kind == TypeBool || a.Kind == TypeList)
}

func (c *checker) mismatch(n *ast.BinaryNode, a, b Type, wanted string) {
	left, right := c.e.source(n.Left), c.e.source(n.Right)
	hint := ""
	switch {
	case n.Operator == "+" && a.Kind == TypeString:
		hint = "write `" + left + " + string(" + right + ")`; a text with `${…}` in it needs no `+`"
	case n.Operator == "+" && b.Kind == TypeString:
		hint = "write `string(" + left + ") + " + right + "`; a text with `${…}` in it needs no `+`"
	case n.Operator == "+" && a.Kind == TypeList && b.Kind == TypeList:
		hint = "write `concat(" + left + ", " + right + ")`"
	case n.Operator == "+" && a.Kind == TypeList:
		hint = "write `concat(" + left + ", [" + right + "])`"
	case n.Operator == "%" && a.Kind == TypeString:
		hint = "write `format(" + left + ", " + strings.TrimSuffix(strings.TrimPrefix(right, "["), "]") + ")`"
	case n.Operator == "*" && a.Kind == TypeString:
		hint = "write `repeat(" + left + ", " + right + ")`"
	case n.Operator == "*" && a.Kind == TypeList:
		hint = "write `flatten(map(1.." + Operand(right) + ", " + left + "))`"
	}
	number := cmp.Or(c.textHint(n.Left, a, b), c.textHint(n.Right, b, a))
	if strings.HasPrefix(number, "declare it") && hint != "" {
		hint = number + " for a number; for text " + hint
	} else {
		hint = cmp.Or(c.taskHint(n.Left, n.Right), number, hint)
	}
	if n.Operator == "%" || n.Operator == ".." {
		hint = cmp.Or(c.intHint(n.Left, a), c.intHint(n.Right, b), hint)
	}
	c.report(n, CodeType, fmt.Sprintf("`%s` wants %s: `%s` is %s and `%s` is %s", n.Operator, wanted,
		c.e.source(n.Left), a.Article(), c.e.source(n.Right), b.Article()), hint)
}

func (c *checker) in(n *ast.BinaryNode, a, b Type) {
	switch b.Kind {
	case TypeList, TypeAny, TypeUnknown:
		return
	case TypeMap:
		if Assignable(a, StringType) {
			return
		}
		c.report(n, CodeType,
			fmt.Sprintf("the keys of a map are strings, `%s` is %s", c.e.source(n.Left), a.Article()),
			fmt.Sprintf("write `string(%s) in %s`", c.e.source(n.Left), c.e.source(n.Right)))
		return
	}
	hint := ""
	if b.Kind == TypeString {
		hint = fmt.Sprintf("write `%s contains %s`", c.e.source(n.Right), c.e.source(n.Left))
	}
	c.report(n, CodeType,
		fmt.Sprintf("`in` looks into a list or a map, `%s` is %s", c.e.source(n.Right), b.Article()), hint)
}

func (c *checker) pattern(n *ast.BinaryNode) {
	s, constant := n.Right.(*ast.StringNode)
	if n.Operator != "matches" || !constant {
		return
	}
	if _, err := regexp.Compile(s.Value); err != nil {
		c.report(n.Right, CodeBadPattern, patternProblem(s.Value, err), "")
	}
}

// arithmetic is the type of + - * / % ** ^.
func (c *checker) arithmetic(n *ast.BinaryNode, a, b Type) Type {
	number := func(t Type) bool { return t.Open() || t.Numeric() }
	switch {
	case n.Operator == "+" && (a.Kind == TypeString && Assignable(b, StringType) ||
		b.Kind == TypeString && Assignable(a, StringType)):
		return StringType
	case n.Operator == "%":
		if !Assignable(a, IntType) || !Assignable(b, IntType) || a.Kind == TypeFloat || b.Kind == TypeFloat {
			c.mismatch(n, a, b, "two integers")
		}
		return IntType
	case !number(a) || !number(b):
		wanted := "two numbers"
		if n.Operator == "+" {
			wanted = "two numbers or two texts"
		}
		c.mismatch(n, a, b, wanted)
		return AnyType
	case n.Operator == "/" || n.Operator == "**" || n.Operator == "^":
		return FloatType
	}
	return arithmeticType(n.Operator, a, b)
}

// arithmeticType is the type of + - * of two numbers, either of which may be open.
// SumType is the type of the sum of two numbers.
func SumType(a, b Type) Type { return arithmeticType("+", a, b) }

func arithmeticType(op string, a, b Type) Type {
	switch {
	case a.Kind == TypeUnknown && b.Kind == TypeUnknown:
		return Type{}
	case a.Kind == TypeUnknown:
		return b
	case b.Kind == TypeUnknown:
		return a
	case a.Kind == TypeAny && b.Kind == TypeAny && op == "+":
		return AnyType
	case a.Kind == TypeFloat || b.Kind == TypeFloat:
		return FloatType
	case a.Kind == TypeInt && b.Kind == TypeInt:
		return IntType
	}
	return NumberType
}

func (c *checker) member(n *ast.MemberNode) Type {
	name, constant := n.Property.(*ast.StringNode)
	if base, ok := n.Node.(*ast.IdentifierNode); ok {
		if s, found := c.lookupOuter(base.Value); found && s.Kind == SymTasks {
			c.symbols[base] = &s
			c.want(n.Property, StringType, "the name of a task")
			if constant && c.env.TaskName != nil {
				c.env.TaskName(name.Value, c.e.span(c.e.extent(name)))
			}
			if constant {
				return TaskOf(c.env.Results.ofTask(name.Value))
			}
			return TaskType
		} else if found && s.Kind == SymLoop {
			c.symbols[base] = &s
			return c.attribute(n, "the loop", LoopAttributes)
		} else if found && s.Kind == SymDatetime {
			c.symbols[base] = &s
			return c.attribute(n, "datetime", DatetimeAttributes)
		}
	}
	if path := c.metricsPath(n); path != nil {
		return c.metric(n, path)
	}
	if c.moduleConstant(n) || c.ofSection(n) {
		return AnyType
	}
	base := c.value(n.Node)
	c.countsAnother(n)
	t := c.element(n, base)
	if n.Optional && (base.Open() || base.Kind == TypeNull) {
		return AnyType
	}
	return t
}

// freeNames is names that have a meaning where no variable has one of them.
var freeNames = []Symbol{{Kind: SymPi, Name: "pi"}, {Kind: SymDatetime, Name: "datetime"}, {Kind: SymMetrics, Name: "metrics"}}

// lookup looks up a name that no `let` of the expression gives.
func (c *checker) lookup(name string) (Symbol, bool) {
	if s, ok := c.env.Scope.Lookup(name); ok {
		return s, true
	}
	for _, s := range freeNames {
		if s.Name == name {
			return s, true
		}
	}
	return Symbol{}, false
}

func prefixed(prefix string, names []string) []string {
	for i, name := range names {
		names[i] = prefix + name
	}
	return names
}

// lookupOuter looks up a name of the scope that no `let` of the expression hides.
func (c *checker) lookupOuter(name string) (Symbol, bool) {
	if slices.ContainsFunc(c.lets, func(l Symbol) bool { return l.Name == name }) {
		return Symbol{}, false
	}
	return c.lookup(name)
}

// element is the type of base[property] or base.property.
func (c *checker) element(n *ast.MemberNode, base Type) Type {
	name, constant := n.Property.(*ast.StringNode)
	key := c.value(n.Property)
	switch base.Kind {
	case TypeAny, TypeUnknown, TypeMap:
		if base.Kind == TypeMap && !Assignable(key, StringType) {
			c.report(n.Property, CodeType, fmt.Sprintf("the keys of a map are strings, `%s` is %s",
				c.e.source(n.Property), key.Article()), fmt.Sprintf("write `%s[string(%s)]`", c.e.source(n.Node), c.e.source(n.Property)))
		}
		return AnyType
	case TypeList, TypeString:
		if Assignable(key, IntType) {
			if base.Kind == TypeString {
				return StringType
			}
			return base.Element()
		}
		hint := cmp.Or(c.intHint(n.Property, key), c.taskHint(n.Property))
		if constant && base.Kind == TypeList {
			hint = fmt.Sprintf("map(%s, #.%s) takes it from every element", c.e.source(n.Node), name.Value)
		}
		if constant && slices.Contains([]string{"length", "size", "len", "count"}, name.Value) {
			hint = fmt.Sprintf("write len(%s)", c.e.source(n.Node))
		}
		c.report(n.Property, CodeType, fmt.Sprintf("the index of %s is an int, `%s` is %s", base.Article(),
			c.e.source(n.Property), key.Article()), hint)
		return base.Element()
	case TypeNull:
		if !n.Optional {
			c.report(n, CodeType, "null has no attributes and no elements", "`?.` gives null instead of failing")
		}
		return AnyType
	}
	t := c.attribute(n, base.Article(), Attributes[base.Kind])
	if constant && name.Value == "result" && t.Open() {
		return c.env.Results.Of(base)
	}
	return t
}

func (c *checker) attribute(n *ast.MemberNode, owner string, list []Attribute) Type {
	name, constant := n.Property.(*ast.StringNode)
	if !constant {
		c.report(n.Property, CodeNoAttribute, owner+" has no elements, only attributes with fixed names", "")
		return AnyType
	}
	c.types[name] = StringType
	a, found := attributeNamed(list, name.Value)
	if found {
		return a.Typ
	}
	names := attributeNames(list)
	hint := ""
	if near := source.Suggest(name.Value, names); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if len(names) > 0 {
		hint = "there is " + strings.Join(names, ", ")
	}
	c.report(n.Property, CodeNoAttribute, fmt.Sprintf("%s has no attribute `%s`", owner, name.Value), hint)
	return AnyType
}

func (c *checker) slice(n *ast.SliceNode) Type {
	t := c.value(n.Node)
	for _, end := range []ast.Node{n.From, n.To} {
		if end != nil {
			c.want(end, IntType, "an end of a slice")
		}
	}
	switch t.Kind {
	case TypeList, TypeString:
		return t
	case TypeAny, TypeUnknown:
		return AnyType
	}
	c.report(n.Node, CodeType,
		fmt.Sprintf("only a list or text can be sliced, `%s` is %s", c.e.source(n.Node), t.Article()), "")
	return AnyType
}

func (c *checker) callNode(n *ast.CallNode) Type {
	if name, ok := n.Callee.(*ast.IdentifierNode); ok {
		return c.call(n, name.Value, n.Arguments)
	}
	if m, ok := n.Callee.(*ast.MemberNode); ok {
		c.method(n, m)
		return AnyType
	}
	c.value(n.Callee)
	for _, a := range n.Arguments {
		c.value(a)
	}
	c.report(n, CodeUnknownFunc, "only a function can be called, by its name", "the reference lists all functions")
	return AnyType
}

func (c *checker) call(n ast.Node, name string, args []ast.Node) Type {
	if f := c.env.Functions[name]; f != nil {
		return c.function(n, f, args)
	}
	b, ok := findBuiltin(name)
	if !ok && c.env.MoreFunctions {
		for _, a := range args {
			c.value(a)
		}
		return AnyType
	}
	if !ok {
		c.unknownFunction(n, name, args)
		return AnyType
	}
	if b.draws && c.env.NoDraws {
		c.report(n, CodeNotHere, fmt.Sprintf("`%s` draws a random number, which is not possible here", name),
			"looking at a run must not change it: draw in a step and keep the value in a variable")
	}
	types := c.arguments(b, args)
	if last := len(args) - 1; last >= 0 && b.namesStream(last, len(args), types[last]) {
		args, types = args[:last], types[:last]
	}
	if !c.arity(n, b, len(args)) {
		return b.result
	}
	if b.name == "truncated" && !c.drawsIn(args[0]) {
		c.report(args[0], CodeNoDraw, fmt.Sprintf("truncated() draws again until a number is inside, but `%s` draws nothing", c.e.source(args[0])),
			"the first argument is a draw: `truncated(normal(10, 2), 0, null)`; `clamp(x, lo, hi)` cuts a number off")
	}
	c.constantFormat(n, b, args)
	if t, isLoop := c.loopType(b, args, types); isLoop {
		return t
	}
	if b.typed != nil {
		return b.typed(types)
	}
	return b.result
}

// namesFunction reports whether an argument is the name of a function, which only other languages pass on: `map(str, xs)`.
func (c *checker) namesFunction(n ast.Node) bool {
	name, ok := n.(*ast.IdentifierNode)
	if !ok {
		return false
	}
	_, isVariable := c.lookupOuter(name.Value)
	_, isFunction := findBuiltin(name.Value)
	return isFunction && !isVariable
}

// otherConstants is the constants of other languages as they are written here.
var otherConstants = source.Words{
	{"True", "true"}, {"TRUE", "true"}, {"False", "false"}, {"FALSE", "false"}, {"None", "null"}, {"NULL", "null"},
	{"Null", "null"}, {"undefined", "null"},
}

// OtherConstant returns a constant of another language as it is written here, or "" if the word is none.
func OtherConstant(word string) string { return otherConstants.Of(word) }

func (c *checker) unknownFunction(n ast.Node, name string, args []ast.Node) {
	if c.isCoroutine(name) {
		c.usesCoroutine(n, name)
		return
	}
	if step := c.stepHint(n, c.e.source(n)); step != "" {
		c.report(n, CodeUnknownFunc, fmt.Sprintf("there is no function `%s`: an expression only computes", name), step)
		return
	}
	for _, a := range args {
		if p, isPredicate := a.(*ast.PredicateNode); isPredicate {
			a = p.Node
		}
		if !c.namesFunction(a) && (name != "isinstance" || typeWords.Of(c.e.source(a)) == "") {
			c.value(a)
		}
	}
	if hint := goneFunction(name); hint != "" {
		c.report(n, CodeNotHere,
			fmt.Sprintf("there is no function `%s`: a run does not depend on the wall clock", name), hint)
		return
	}
	hint := "the reference lists all functions"
	if other := otherFunction(name, c.argumentTexts(args)); other != "" {
		hint = other
	} else if near := c.suggestFunction(name); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if s, isVariable := c.lookupOuter(name); isVariable && (s.Type.Kind == TypeTask || s.Type.Kind == TypeFuture) {
		hint = ResultHint(name)
	} else if isVariable {
		hint = fmt.Sprintf("`%s` is a variable; before `(` only a function may stand", name)
	}
	c.report(n, CodeUnknownFunc, fmt.Sprintf("there is no function `%s`", name), hint)
}

// drawsIn reports whether a node draws, be it in a function of the scenario.
func (c *checker) drawsIn(n ast.Node) bool {
	drawing := draws(n)
	each(n, func(n ast.Node) {
		f := c.env.Functions[called(n)]
		drawing = drawing || f != nil && f.Draws
	})
	return drawing
}

// param is parameter i of b; a variadic one repeats.
func (b *Builtin) param(i int) (Param, bool) {
	if i < len(b.params) {
		return b.params[i], true
	}
	if n := len(b.params); n > 0 && b.params[n-1].variadic {
		return b.params[n-1], true
	}
	return Param{}, false
}

// arguments checks the arguments of a call and gives their types; a predicate's is that of its value, and the predicate
// comes last: the others say what its # and #acc are.
func (c *checker) arguments(b *Builtin, args []ast.Node) []Type {
	types := make([]Type, len(args))
	for i, a := range args {
		if _, isPredicate := a.(*ast.PredicateNode); isPredicate {
			continue
		}
		types[i] = c.value(a)
		p, ok := b.param(i)
		if b.namesStream(i, len(args), types[i]) {
			continue
		}
		if ok && !p.predicate && !p.accepts(types[i]) {
			c.report(a, CodeType, fmt.Sprintf("%s(): %s must be %s, `%s` is %s", b.name, p.name, p.wants(),
				c.e.source(a), types[i].Article()), c.argumentHint(b, p, a, types[i]))
		}
	}
	for i, a := range args {
		if p, isPredicate := a.(*ast.PredicateNode); isPredicate {
			types[i] = c.predicate(b, p, c.e.source(args[0]), types)
		}
	}
	return types
}

// argumentHint is how an argument of another type is mended, or what the function takes.
func (c *checker) argumentHint(b *Builtin, p Param, a ast.Node, t Type) string {
	hint := c.taskHint(a)
	if len(p.Types) == 1 && p.Types[0].Kind == TypeInt {
		hint = c.intHint(a, t)
	}
	return cmp.Or(hint, b.Signature)
}

// predicate checks the body of a predicate over a list; types are those of the other arguments.
func (c *checker) predicate(b *Builtin, p *ast.PredicateNode, list string, types []Type) Type {
	loop := loopTypes{list: list, elem: AnyType}
	switch types[0].Kind {
	case TypeList:
		loop.elem = types[0].Element()
	case TypeUnknown:
		loop.elem = Type{}
	}
	if b.name == "reduce" {
		loop.acc = &Type{Kind: TypeAny}
		if len(types) > 2 {
			loop.acc = c.accumulator(p, loop, types[2])
		}
	}
	return c.body(p, loop)
}

// accumulator is the type of #acc that starts as start: that, if the body keeps to it. A reduce inside another loop is
// not tried: each level would double the work.
func (c *checker) accumulator(p *ast.PredicateNode, loop loopTypes, start Type) *Type {
	if len(c.loops) > 0 {
		return &Type{Kind: TypeAny}
	}
	silent := *c.env
	silent.Diags, silent.TaskName = nil, nil
	probe := *c
	probe.env = &silent
	loop.acc = &start
	if t, _ := Join(start, probe.body(p, loop)); t.Equal(start) {
		return &start
	}
	return &Type{Kind: TypeAny}
}

func (c *checker) body(p *ast.PredicateNode, loop loopTypes) Type {
	c.loops = append(c.loops, loop)
	t := c.value(p.Node)
	c.loops = c.loops[:len(c.loops)-1]
	c.types[p] = t
	return t
}

func (c *checker) arity(n ast.Node, b *Builtin, given int) bool {
	least, most := 0, len(b.params)
	for _, p := range b.params {
		if !p.optional && !p.variadic {
			least++
		}
		if p.variadic {
			most = math.MaxInt
		}
	}
	if len(b.params) == 1 && b.params[0].variadic {
		least = 1
	}
	if given >= least && given <= most {
		return true
	}
	wanted := fmt.Sprintf("%d", least)
	switch {
	case most != least && given < least:
		wanted = "at least " + wanted
	case most != least:
		wanted = fmt.Sprintf("at most %d", most)
	}
	plural := "s"
	if strings.HasSuffix(wanted, "1") {
		plural = ""
	}
	c.report(n, CodeArguments, fmt.Sprintf("%s() takes %s argument%s, not %d", b.name, wanted, plural, given),
		b.Signature)
	return false
}

// constantFormat checks the format of format() and strftime() where it is a literal.
func (c *checker) constantFormat(n ast.Node, b *Builtin, args []ast.Node) {
	if b.name != "format" && b.name != "strftime" {
		return
	}
	f, constant := args[0].(*ast.StringNode)
	if !constant {
		return
	}
	var problem string
	if b.name == "strftime" {
		problem = strftimeProblem(f.Value)
	} else {
		types := make([]Type, len(args)-1)
		for i, a := range args[1:] {
			types[i] = c.types[a]
		}
		problem = formatProblem(f.Value, types)
	}
	if problem != "" {
		c.report(n, CodeBadFormat, problem, "")
	}
}

// loopType is the type of a function with a predicate, from its arguments' types; the second is its predicate's.
func (c *checker) loopType(b *Builtin, args []ast.Node, types []Type) (t Type, isLoop bool) {
	if len(b.params) < 2 || !b.params[1].predicate {
		return Type{}, false
	}
	elem, body := types[0].Element(), Type{}
	if types[0].Kind != TypeList {
		elem = AnyType
	}
	if len(types) > 1 {
		body = types[1]
	} else {
		body = elem
	}
	switch b.name {
	case "all", "any", "none", "one", "filter", "find", "findIndex", "findLast", "findLastIndex", "count":
		if !Assignable(body, BoolType) {
			c.report(args[len(types[:min(2, len(types))])-1], CodeType,
				fmt.Sprintf("%s(): the test must be a bool, it is %s", b.name, body.Article()), b.Signature)
		}
	case "map":
		return ListOf(body), true
	case "sum":
		if !body.Open() && !body.Numeric() {
			c.report(args[len(types)-1], CodeType,
				fmt.Sprintf("sum() adds numbers, not values of type %s", body), b.Signature)
			return NumberType, true
		}
		if body.Numeric() {
			return body, true
		}
	case "groupBy":
		return MapOf(ListOf(elem)), true
	case "reduce":
		if len(types) > 2 {
			t, _ := Join(types[2], body)
			return t, true
		}
		return AnyType, true
	}
	if b.typed != nil {
		return b.typed(types), true
	}
	return b.result, true
}

func (c *checker) pointer(n *ast.PointerNode) Type {
	if len(c.loops) == 0 {
		c.report(n, CodeExprSyntax, "`#` stands for an element, in the predicate of filter, map, all … only", "")
		return AnyType
	}
	loop := c.loops[len(c.loops)-1]
	switch n.Name {
	case "":
		return loop.elem
	case "index":
		return IntType
	case "acc":
		if loop.acc != nil {
			return *loop.acc
		}
		c.report(n, CodeNotHere, "`#acc` is known in reduce() only", "")
		return AnyType
	}
	c.report(n, CodeUnknownName, fmt.Sprintf("there is no `#%s`", n.Name),
		"`#` is the element, `#index` its index, `#acc` the result so far in reduce()")
	return AnyType
}

func (c *checker) let(n *ast.VariableDeclaratorNode) Type {
	t := c.value(n.Value)
	if s, hides := c.lookupOuter(n.Name); hides && s.Kind < SymPi {
		c.report(n, CodeHiddenName, fmt.Sprintf("`let %s` would hide the variable `%s`", n.Name, n.Name),
			"choose another name")
	}
	c.lets = append(c.lets, Symbol{Name: n.Name, Type: t})
	result := c.value(n.Expr)
	c.lets = c.lets[:len(c.lets)-1]
	return result
}

func (c *checker) mapLiteral(n *ast.MapNode) Type {
	elem := Type{}
	for _, p := range n.Pairs {
		pair := p.(*ast.PairNode)
		c.want(pair.Key, StringType, "the key of a map")
		t := c.value(pair.Value)
		elem, _ = Join(elem, t)
	}
	return MapOf(elem)
}
