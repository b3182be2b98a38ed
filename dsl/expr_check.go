package dsl

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/engine"
)

// attributeInfo is an attribute of a task, a handle, an error, an object or the loop.
type attributeInfo struct {
	name string
	attr engine.Attr
	typ  Type
	doc  string
}

// attributes is what the values of a type have; the loop's are loopAttributes.
var attributes = map[TypeKind][]attributeInfo{
	TypeTask: {
		{"name", engine.AttrName, stringType, "its name"},
		{"state", engine.AttrState, stringType, "pending, done, failed or cancelled"},
		{"done", engine.AttrDone, boolType, "whether it has ended"},
		{"result", engine.AttrResult, anyType, "what it returned; raises what await would raise"},
		{"error", engine.AttrError, anyType, "its error or null; counts as taking it"},
		{"spawned", engine.AttrSpawned, floatType, "the loop time of its creation, in seconds"},
		{"started", engine.AttrStarted, anyType, "the loop time of its first step; null before"},
		{"ended", engine.AttrEnded, anyType, "the loop time of its end; null before"},
	},
	TypeHandle: {
		{"cancelled", engine.AttrCancelled, boolType, "whether it was cancelled"},
		{"when", engine.AttrWhen, anyType, "the loop time when it is due; null for call_soon"},
	},
	TypeError: {
		{"type", engine.AttrType, stringType, "the name of its type"},
		{"message", engine.AttrMessage, stringType, "its message"},
		{"cause", engine.AttrCause, anyType, "what it was raised from"},
		{"errors", engine.AttrErrors, listType, "the errors of an ExceptionGroup"},
	},
	TypeFuture: {
		{"state", engine.AttrState, stringType, "pending, done, failed or cancelled"},
		{"done", engine.AttrDone, boolType, "whether it is resolved"},
		{"result", engine.AttrResult, anyType, "what it was resolved with; raises what await would raise"},
		{"error", engine.AttrError, anyType, "its error or null"},
	},
	TypeQueue: {
		{"size", engine.AttrSize, intType, "how many items are in it"},
		{"full", engine.AttrFull, boolType, "whether put would wait"},
		{"empty", engine.AttrEmpty, boolType, "whether get would wait"},
		{"capacity", engine.AttrCapacity, intType, "how many items fit; 0: no limit"},
	},
	TypeLock:      {{"locked", engine.AttrLocked, boolType, "whether a task holds it"}},
	TypeCondition: {{"locked", engine.AttrLocked, boolType, "whether a task holds its lock"}},
	TypeSemaphore: {
		{"value", engine.AttrValue, intType, "how many may still acquire it"},
		{"locked", engine.AttrLocked, boolType, "whether acquire would wait"},
	},
	TypeEvent:   {{"is_set", engine.AttrIsSet, boolType, "whether it is set"}},
	TypeBarrier: {{"waiting", engine.AttrWaiting, intType, "how many tasks wait at it"}},
}

var loopAttributes = []attributeInfo{
	{"type", engine.AttrType, stringType, "the name of its class"},
	{"id", engine.AttrID, stringType, "its id"},
	{"time", engine.AttrTime, floatType, "the loop time in seconds"},
}

func findAttribute(kind TypeKind, name string) (attributeInfo, bool) {
	return attributeNamed(attributes[kind], name)
}

func attributeNamed(list []attributeInfo, name string) (attributeInfo, bool) {
	i := slices.IndexFunc(list, func(a attributeInfo) bool { return a.name == name })
	if i < 0 {
		return attributeInfo{}, false
	}
	return list[i], true
}

func attributeNames(list []attributeInfo) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.name
	}
	return names
}

// check infers the type and reports every error. It may be called several times while the types of variables are
// being inferred; with env.diags nil it only infers.
func (e *expression) check(env *exprEnv) Type {
	found := env.facts[e]
	if found == nil {
		found = &resolution{types: map[ast.Node]Type{}, symbols: map[*ast.IdentifierNode]*symbol{}}
		env.facts[e] = found
	}
	clear(found.types)
	clear(found.symbols)
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
	e      *expression
	env    *exprEnv
	failed bool     // something is wrong with the expression
	lets   []symbol // the names that `let` gives inside the expression
	loops  []loopTypes
}

// loopTypes is what # and #acc are in the predicate being checked.
type loopTypes struct {
	elem Type
	acc  *Type // nil: there is none
}

func (c *checker) report(n ast.Node, code, message, hint string) {
	c.failed = true
	if c.env.diags == nil {
		return
	}
	*c.env.diags = append(*c.env.diags,
		Diagnostic{Code: code, Span: c.e.span(c.e.extent(n)), Message: message, Hint: hint})
}

// value is the type of a node that must be a value.
func (c *checker) value(n ast.Node) Type {
	t := c.node(n)
	c.types[n] = t
	return t
}

func (c *checker) node(n ast.Node) Type {
	switch n := n.(type) {
	case *ast.NilNode:
		return nullType
	case *ast.BoolNode:
		return boolType
	case *ast.IntegerNode:
		return intType
	case *ast.FloatNode:
		return floatType
	case *ast.StringNode:
		return stringType
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
		c.want(n.Cond, boolType, "a condition")
		t, _ := join(c.value(n.Exp1), c.value(n.Exp2))
		return t
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.ArrayNode:
		elem := Type{}
		for _, e := range n.Nodes {
			elem, _ = join(elem, c.value(e))
		}
		return listOf(elem)
	case *ast.MapNode:
		return c.mapLiteral(n)
	case *ast.SequenceNode:
		c.report(n, codeExprSyntax, "`;` may only follow `let name = value` in an expression", "")
	case *ast.BytesNode:
		c.report(n, codeExprSyntax, "there is no byte text, only text", "leave out the `b` before the quote")
	}
	return anyType
}

func (c *checker) identifier(n *ast.IdentifierNode) Type {
	if n.Value == "null" {
		return nullType
	}
	for i := len(c.lets) - 1; i >= 0; i-- {
		if c.lets[i].Name == n.Value {
			return c.lets[i].Type
		}
	}
	s, ok := c.env.scope.lookup(n.Value)
	if !ok {
		c.unknownName(n)
		return anyType
	}
	c.symbols[n] = &s
	switch s.Kind {
	case symTasks:
		c.report(n, codeNotHere, "`tasks` alone is no value", "write tasks[\"name\"] for the task of that name")
		return anyType
	case symLoop:
		c.report(n, codeNotHere, "`loop` alone is no value", "write loop.time, loop.type or loop.id")
		return anyType
	}
	return symbolType(s)
}

// symbolType is the type of a variable; those of the language itself have theirs by nature.
func symbolType(s symbol) Type {
	switch s.Kind {
	case symNow:
		return floatType
	case symIndex:
		return intType
	case symError:
		return errorType
	case symTask:
		return taskType
	}
	return s.Type
}

func (c *checker) unknownName(n *ast.IdentifierNode) {
	var names []string
	for _, l := range c.lets {
		names = append(names, l.Name)
	}
	hint := ""
	if name, dollar := strings.CutPrefix(n.Value, "$"); dollar {
		hint = fmt.Sprintf("inside an expression names stand alone: `%s`", name)
	} else if other := otherConstants[n.Value]; other != "" {
		hint = fmt.Sprintf("did you mean `%s`?", other)
	} else if near := suggest(n.Value, append(names, c.env.scope.names()...)); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if b, ok := findBuiltin(n.Value); ok {
		hint = fmt.Sprintf("`%s` is a function: %s", n.Value, b.signature())
	} else {
		hint = fmt.Sprintf("text is written in quotes: '%s'", n.Value)
	}
	c.report(n, codeUnknownName, fmt.Sprintf("there is no variable `%s` here", n.Value), hint)
}

// want checks that a node is of a type, or open.
func (c *checker) want(n ast.Node, want Type, what string) {
	if t := c.value(n); !assignable(t, want) {
		c.report(n, codeType,
			fmt.Sprintf("%s must be %s, `%s` is %s", what, want.article(), c.e.source(n), t.article()), "")
	}
}

func (c *checker) unary(n *ast.UnaryNode) Type {
	if n.Operator == "!" || n.Operator == "not" {
		c.want(n.Node, boolType, "what `"+n.Operator+"` negates")
		return boolType
	}
	t := c.value(n.Node)
	if !t.open() && !t.numeric() {
		c.report(n, codeType,
			fmt.Sprintf("`%s` wants a number, `%s` is %s", n.Operator, c.e.source(n.Node), t.article()), "")
		return numberType
	}
	return t
}

func (c *checker) binary(n *ast.BinaryNode) Type {
	switch n.Operator {
	case "and", "&&", "or", "||":
		c.want(n.Left, boolType, "what stands before `"+n.Operator+"`")
		c.want(n.Right, boolType, "what stands after `"+n.Operator+"`")
		return boolType
	}
	a, b := c.value(n.Left), c.value(n.Right)
	switch n.Operator {
	case "==", "!=":
		if _, ok := join(a, b); !ok {
			c.report(n, codeNeverTrue, fmt.Sprintf("`%s` is %s and `%s` is %s: they are never equal",
				c.e.source(n.Left), a.article(), c.e.source(n.Right), b.article()), "")
		}
		c.comparedState(n, n.Left, n.Right)
		c.comparedState(n, n.Right, n.Left)
		return boolType
	case "<", "<=", ">", ">=":
		if !haveOrder(a, b) {
			c.mismatch(n, a, b, "two numbers or two texts")
		}
		return boolType
	case "in":
		c.in(n, a, b)
		return boolType
	case "contains", "startsWith", "endsWith", "matches":
		if !assignable(a, stringType) || !assignable(b, stringType) {
			c.mismatch(n, a, b, "two texts")
		}
		c.pattern(n)
		return boolType
	case "..":
		if !assignable(a, intType) || !assignable(b, intType) {
			c.mismatch(n, a, b, "two integers")
		}
		return listOf(intType)
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
	if near := suggest(s.Value, taskStates); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	c.report(word, codeNeverTrue, fmt.Sprintf("a state is %s, never `%s`", quoteChoice(taskStates), c.e.source(word)), hint)
}

// coalesced is the type of `a ?? b`.
func coalesced(a, b Type) Type {
	switch a.Kind {
	case TypeNull:
		return b
	case TypeAny, TypeUnknown:
		t, _ := join(a, b)
		return t
	}
	return a
}

func haveOrder(a, b Type) bool {
	if a.open() {
		a = b
	} else if b.open() {
		b = a
	}
	return a.open() || a.numeric() && b.numeric() ||
		a.Kind == b.Kind && (a.Kind == TypeString || a.Kind == TypeBool || a.Kind == TypeList)
}

func (c *checker) mismatch(n *ast.BinaryNode, a, b Type, wanted string) {
	hint := ""
	if n.Operator == "+" && (a.Kind == TypeString || b.Kind == TypeString) {
		hint = "string(x) makes text of a value; a text with `${…}` in it needs no `+`"
	}
	if n.Operator == "+" && a.Kind == TypeList && b.Kind == TypeList {
		hint = "concat(a, b) joins lists"
	}
	c.report(n, codeType, fmt.Sprintf("`%s` wants %s: `%s` is %s and `%s` is %s", n.Operator, wanted,
		c.e.source(n.Left), a.article(), c.e.source(n.Right), b.article()), hint)
}

func (c *checker) in(n *ast.BinaryNode, a, b Type) {
	switch b.Kind {
	case TypeList, TypeAny, TypeUnknown:
		return
	case TypeMap:
		if assignable(a, stringType) {
			return
		}
		c.report(n, codeType,
			fmt.Sprintf("the keys of a map are strings, `%s` is %s", c.e.source(n.Left), a.article()), "")
		return
	}
	hint := ""
	if b.Kind == TypeString {
		hint = fmt.Sprintf("write `%s contains %s`", c.e.source(n.Right), c.e.source(n.Left))
	}
	c.report(n, codeType,
		fmt.Sprintf("`in` looks into a list or a map, `%s` is %s", c.e.source(n.Right), b.article()), hint)
}

func (c *checker) pattern(n *ast.BinaryNode) {
	s, constant := n.Right.(*ast.StringNode)
	if n.Operator != "matches" || !constant {
		return
	}
	if _, err := regexp.Compile(s.Value); err != nil {
		c.report(n.Right, codeBadPattern, patternProblem(s.Value, err), "")
	}
}

// arithmetic is the type of + - * / % ** ^.
func (c *checker) arithmetic(n *ast.BinaryNode, a, b Type) Type {
	number := func(t Type) bool { return t.open() || t.numeric() }
	switch {
	case n.Operator == "+" && (a.Kind == TypeString && assignable(b, stringType) ||
		b.Kind == TypeString && assignable(a, stringType)):
		return stringType
	case n.Operator == "%":
		if !assignable(a, intType) || !assignable(b, intType) || a.Kind == TypeFloat || b.Kind == TypeFloat {
			c.mismatch(n, a, b, "two integers")
		}
		return intType
	case !number(a) || !number(b):
		wanted := "two numbers"
		if n.Operator == "+" {
			wanted = "two numbers or two texts"
		}
		c.mismatch(n, a, b, wanted)
		return anyType
	case n.Operator == "/" || n.Operator == "**" || n.Operator == "^":
		return floatType
	}
	return arithmeticType(n.Operator, a, b)
}

// arithmeticType is the type of + - * of two numbers, either of which may be open.
func arithmeticType(op string, a, b Type) Type {
	switch {
	case a.Kind == TypeUnknown && b.Kind == TypeUnknown:
		return Type{}
	case a.Kind == TypeUnknown:
		return b
	case b.Kind == TypeUnknown:
		return a
	case a.Kind == TypeAny && b.Kind == TypeAny && op == "+":
		return anyType
	case a.Kind == TypeFloat || b.Kind == TypeFloat:
		return floatType
	case a.Kind == TypeInt && b.Kind == TypeInt:
		return intType
	}
	return numberType
}

func (c *checker) member(n *ast.MemberNode) Type {
	name, constant := n.Property.(*ast.StringNode)
	if base, ok := n.Node.(*ast.IdentifierNode); ok {
		if s, found := c.lookupOuter(base.Value); found && s.Kind == symTasks {
			c.symbols[base] = &s
			c.want(n.Property, stringType, "the name of a task")
			if constant && c.env.taskName != nil {
				c.env.taskName(name.Value, c.e.span(c.e.extent(name)))
			}
			if constant {
				return taskOf(c.env.results.ofTask(name.Value))
			}
			return taskType
		} else if found && s.Kind == symLoop {
			c.symbols[base] = &s
			return c.attribute(n, "the loop", loopAttributes)
		}
	}
	base := c.value(n.Node)
	t := c.element(n, base)
	if n.Optional && (base.open() || base.Kind == TypeNull) {
		return anyType
	}
	return t
}

// lookupOuter looks up a name of the scope that no `let` of the expression hides.
func (c *checker) lookupOuter(name string) (symbol, bool) {
	if slices.ContainsFunc(c.lets, func(l symbol) bool { return l.Name == name }) {
		return symbol{}, false
	}
	return c.env.scope.lookup(name)
}

// element is the type of base[property] or base.property.
func (c *checker) element(n *ast.MemberNode, base Type) Type {
	name, constant := n.Property.(*ast.StringNode)
	key := c.value(n.Property)
	switch base.Kind {
	case TypeAny, TypeUnknown, TypeMap:
		if base.Kind == TypeMap && !assignable(key, stringType) {
			c.report(n.Property, codeType, fmt.Sprintf("the keys of a map are strings, `%s` is %s",
				c.e.source(n.Property), key.article()), "")
		}
		return anyType
	case TypeList, TypeString:
		if assignable(key, intType) {
			if base.Kind == TypeString {
				return stringType
			}
			return base.elem()
		}
		hint := ""
		if constant && base.Kind == TypeList {
			hint = fmt.Sprintf("map(%s, #.%s) takes it from every element", c.e.source(n.Node), name.Value)
		}
		if constant && slices.Contains([]string{"length", "size", "len", "count"}, name.Value) {
			hint = fmt.Sprintf("write len(%s)", c.e.source(n.Node))
		}
		c.report(n.Property, codeType, fmt.Sprintf("the index of %s is an int, `%s` is %s", base.article(),
			c.e.source(n.Property), key.article()), hint)
		return base.elem()
	case TypeNull:
		if !n.Optional {
			c.report(n, codeType, "null has no attributes and no elements", "`?.` gives null instead of failing")
		}
		return anyType
	}
	t := c.attribute(n, base.article(), attributes[base.Kind])
	if constant && name.Value == "result" && t.open() {
		return c.env.results.of(base)
	}
	return t
}

func (c *checker) attribute(n *ast.MemberNode, owner string, list []attributeInfo) Type {
	name, constant := n.Property.(*ast.StringNode)
	if !constant {
		c.report(n.Property, codeNoAttribute, owner+" has no elements, only attributes with fixed names", "")
		return anyType
	}
	c.types[name] = stringType
	a, found := attributeNamed(list, name.Value)
	if found {
		return a.typ
	}
	names := attributeNames(list)
	hint := ""
	if near := suggest(name.Value, names); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if len(names) > 0 {
		hint = "there is " + strings.Join(names, ", ")
	}
	c.report(n.Property, codeNoAttribute, fmt.Sprintf("%s has no attribute `%s`", owner, name.Value), hint)
	return anyType
}

func (c *checker) slice(n *ast.SliceNode) Type {
	t := c.value(n.Node)
	for _, end := range []ast.Node{n.From, n.To} {
		if end != nil {
			c.want(end, intType, "an end of a slice")
		}
	}
	switch t.Kind {
	case TypeList, TypeString:
		return t
	case TypeAny, TypeUnknown:
		return anyType
	}
	c.report(n.Node, codeType,
		fmt.Sprintf("only a list or text can be sliced, `%s` is %s", c.e.source(n.Node), t.article()), "")
	return anyType
}

func (c *checker) callNode(n *ast.CallNode) Type {
	if name, ok := n.Callee.(*ast.IdentifierNode); ok {
		return c.call(n, name.Value, n.Arguments)
	}
	method := "it"
	if m, ok := n.Callee.(*ast.MemberNode); ok {
		c.value(m.Node)
		if s, ok := m.Property.(*ast.StringNode); ok {
			method = s.Value
		}
	}
	for _, a := range n.Arguments {
		c.value(a)
	}
	hint := ""
	if _, ok := findBuiltin(method); ok {
		hint = fmt.Sprintf("write %s(x, …) or x | %s(…)", method, method)
	}
	c.report(n, codeUnknownFunc, fmt.Sprintf("values have no methods: `%s` cannot be called so", method), hint)
	return anyType
}

func (c *checker) call(n ast.Node, name string, args []ast.Node) Type {
	b, ok := findBuiltin(name)
	if !ok {
		c.unknownFunction(n, name, args)
		return anyType
	}
	if b.draws && c.env.noDraws {
		c.report(n, codeNotHere, fmt.Sprintf("`%s` draws a random number, which is not possible here", name),
			"looking at a run must not change it: draw in a step and keep the value in a variable")
	}
	types := c.arguments(b, args)
	if !c.arity(n, b, len(args)) {
		return b.result
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

// What Python and others call the constants and the functions that expressions have.
var (
	otherConstants = map[string]string{
		"True": "true", "False": "false", "None": "null", "TRUE": "true", "FALSE": "false", "NULL": "null", "undefined": "null",
	}
	otherFunctions = map[string]string{
		"range": "a list of integers is written `0..9`, both ends included",
		"str":   "did you mean `string`?",
		"size":  "did you mean `len`?", "length": "did you mean `len`?",
		"sorted": "did you mean `sort`?", "reversed": "did you mean `reverse`?",
		"random": "did you mean `uniform(0, 1)`?", "rand": "did you mean `uniform(0, 1)`?",
		"sleep": "it is a step: `- sleep: 1s`", "print": "it is a step: `- print: text`",
	}
)

func (c *checker) unknownFunction(n ast.Node, name string, args []ast.Node) {
	for _, a := range args {
		if p, isPredicate := a.(*ast.PredicateNode); isPredicate {
			a = p.Node
		}
		c.value(a)
	}
	if hint, gone := goneFunctions[name]; gone {
		c.report(n, codeNotHere,
			fmt.Sprintf("there is no function `%s`: a run does not depend on the wall clock", name), hint)
		return
	}
	hint := "the reference lists all functions"
	if other := otherFunctions[name]; other != "" {
		hint = other
	} else if near := suggest(name, builtinNames()); near != "" {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	} else if _, isVariable := c.lookupOuter(name); isVariable {
		hint = fmt.Sprintf("`%s` is a variable; before `(` only a function may stand", name)
	}
	c.report(n, codeUnknownFunc, fmt.Sprintf("there is no function `%s`", name), hint)
}

// param is parameter i of b; a variadic one repeats.
func (b *builtin) param(i int) (param, bool) {
	if i < len(b.params) {
		return b.params[i], true
	}
	if n := len(b.params); n > 0 && b.params[n-1].variadic {
		return b.params[n-1], true
	}
	return param{}, false
}

// arguments checks the arguments of a call and gives their types; a predicate's is that of its value, and the predicate
// comes last: the others say what its # and #acc are.
func (c *checker) arguments(b *builtin, args []ast.Node) []Type {
	types := make([]Type, len(args))
	for i, a := range args {
		if _, isPredicate := a.(*ast.PredicateNode); isPredicate {
			continue
		}
		types[i] = c.value(a)
		p, ok := b.param(i)
		if ok && !p.predicate && !p.accepts(types[i]) {
			c.report(a, codeType, fmt.Sprintf("%s(): %s must be %s, `%s` is %s", b.name, p.name, p.wants(),
				c.e.source(a), types[i].article()), b.signature())
		}
	}
	for i, a := range args {
		if p, isPredicate := a.(*ast.PredicateNode); isPredicate {
			types[i] = c.predicate(b, p, types)
		}
	}
	return types
}

// predicate checks the body of a predicate; types are those of the other arguments.
func (c *checker) predicate(b *builtin, p *ast.PredicateNode, types []Type) Type {
	loop := loopTypes{elem: anyType}
	switch types[0].Kind {
	case TypeList:
		loop.elem = types[0].elem()
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
	silent.diags, silent.taskName = nil, nil
	probe := *c
	probe.env = &silent
	loop.acc = &start
	if t, _ := join(start, probe.body(p, loop)); t.equal(start) {
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

func (c *checker) arity(n ast.Node, b *builtin, given int) bool {
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
	c.report(n, codeArguments, fmt.Sprintf("%s() takes %s argument%s, not %d", b.name, wanted, plural, given),
		b.signature())
	return false
}

// constantFormat checks the format of format() and strftime() where it is a literal.
func (c *checker) constantFormat(n ast.Node, b *builtin, args []ast.Node) {
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
		c.report(n, codeBadFormat, problem, "")
	}
}

// loopType is the type of a function with a predicate, from its arguments' types; the second is its predicate's.
func (c *checker) loopType(b *builtin, args []ast.Node, types []Type) (t Type, isLoop bool) {
	if len(b.params) < 2 || !b.params[1].predicate {
		return Type{}, false
	}
	elem, body := types[0].elem(), Type{}
	if types[0].Kind != TypeList {
		elem = anyType
	}
	if len(types) > 1 {
		body = types[1]
	} else {
		body = elem
	}
	switch b.name {
	case "all", "any", "none", "one", "filter", "find", "findIndex", "findLast", "findLastIndex", "count":
		if !assignable(body, boolType) {
			c.report(args[len(types[:min(2, len(types))])-1], codeType,
				fmt.Sprintf("%s(): the test must be a bool, it is %s", b.name, body.article()), b.signature())
		}
	case "map":
		return listOf(body), true
	case "sum":
		if !body.open() && !body.numeric() {
			c.report(args[len(types)-1], codeType,
				fmt.Sprintf("sum() adds numbers, not values of type %s", body), b.signature())
			return numberType, true
		}
		if body.numeric() {
			return body, true
		}
	case "groupBy":
		return mapOf(listOf(elem)), true
	case "reduce":
		if len(types) > 2 {
			t, _ := join(types[2], body)
			return t, true
		}
		return anyType, true
	}
	if b.typed != nil {
		return b.typed(types), true
	}
	return b.result, true
}

func (c *checker) pointer(n *ast.PointerNode) Type {
	if len(c.loops) == 0 {
		c.report(n, codeExprSyntax, "`#` stands for an element, in the predicate of filter, map, all … only", "")
		return anyType
	}
	loop := c.loops[len(c.loops)-1]
	switch n.Name {
	case "":
		return loop.elem
	case "index":
		return intType
	case "acc":
		if loop.acc != nil {
			return *loop.acc
		}
		c.report(n, codeNotHere, "`#acc` is known in reduce() only", "")
		return anyType
	}
	c.report(n, codeUnknownName, fmt.Sprintf("there is no `#%s`", n.Name),
		"`#` is the element, `#index` its index, `#acc` the result so far in reduce()")
	return anyType
}

func (c *checker) let(n *ast.VariableDeclaratorNode) Type {
	t := c.value(n.Value)
	if _, hides := c.lookupOuter(n.Name); hides {
		c.report(n, codeHiddenName, fmt.Sprintf("`let %s` would hide the variable `%s`", n.Name, n.Name),
			"choose another name")
	}
	c.lets = append(c.lets, symbol{Name: n.Name, Type: t})
	result := c.value(n.Expr)
	c.lets = c.lets[:len(c.lets)-1]
	return result
}

func (c *checker) mapLiteral(n *ast.MapNode) Type {
	elem := Type{}
	for _, p := range n.Pairs {
		pair := p.(*ast.PairNode)
		c.want(pair.Key, stringType, "the key of a map")
		t := c.value(pair.Value)
		elem, _ = join(elem, t)
	}
	return mapOf(elem)
}
