package python

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// The precedences of Python's operators. An operand with a lower one is put in brackets.
const (
	bindLambda = iota // lambda, conditional
	bindOr
	bindAnd
	bindNot
	bindCompare
	bindAdd
	bindMul
	bindUnary
	bindAtom
)

// code is a Python expression.
type code struct {
	text string
	bind int
}

func atom(format string, args ...any) code { return code{fmt.Sprintf(format, args...), bindAtom} }

// in returns the expression as an operand where the precedence bind is needed.
func (c code) in(bind int) string {
	if c.bind < bind {
		return "(" + c.text + ")"
	}
	return c.text
}

// literal returns a value as a Python expression.
func literal(v engine.Value) code {
	c := atom("%s", constant(v))
	if strings.HasPrefix(c.text, "-") {
		c.bind = bindUnary
	}
	return c
}

// constant returns a value as a Python literal.
func constant(v engine.Value) string {
	switch v.Kind() {
	case engine.KindNull:
		return "None"
	case engine.KindBool:
		if v.AsBool() {
			return "True"
		}
		return "False"
	case engine.KindInt:
		return strconv.FormatInt(v.AsInt(), 10)
	case engine.KindFloat:
		if f := v.AsFloat(); math.IsInf(f, 0) || math.IsNaN(f) {
			return fmt.Sprintf("float(%q)", engine.AppendFloat(nil, f))
		}
		return string(engine.AppendFloat(nil, v.AsFloat()))
	case engine.KindList:
		parts := make([]string, len(v.Elems()))
		for i, e := range v.Elems() {
			parts[i] = constant(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case engine.KindMap:
		parts := make([]string, len(v.Keys()))
		for i, k := range v.Keys() {
			parts[i] = quote(k) + ": " + constant(v.Vals()[i])
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return quote(v.AsString())
}

// quote returns text as a Python literal.
func quote(s string) string { return `"` + escape(s, '"') + `"` }

func escape(s string, mark rune) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == mark || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == 0x85 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// expr translates an expression.
func (f *function) expr(e *syntax.Expr) code {
	t := translator{f: f}
	return t.node(f.info.View(e))
}

// reference translates a reference to a task, a handle or an object.
func (f *function) reference(r *syntax.Reference) code { return f.expr(f.info.ExprOf(r)) }

// kind returns the kind of value that a reference stands for.
func (f *function) kind(r *syntax.Reference) expr.TypeKind {
	return f.info.View(f.info.ExprOf(r)).Type.Kind
}

// translator translates one expression. It counts the predicates around the current place, because # has its own name
// in each.
type translator struct {
	f     *function
	loops int
}

func (t *translator) use(name string) string {
	t.f.uses[name] = true
	return name
}

func (t *translator) node(s *expr.Node) code {
	switch s.Kind {
	case expr.ConstantNode:
		return literal(s.Const)
	case expr.VariableNode:
		return t.variable(s)
	case expr.PointerNode:
		return atom("%s", t.pointer(s.Text))
	case expr.UnaryNode:
		return t.unary(s)
	case expr.BinaryNode:
		return t.binary(s)
	case expr.ConditionalNode:
		return code{t.node(s.Args[1]).in(bindOr) + " if " + t.node(s.Args[0]).in(bindOr) + " else " +
			t.node(s.Args[2]).text, bindLambda}
	case expr.MemberNode:
		return t.member(t.node(s.Args[0]), s)
	case expr.TaskNode:
		return atom("%s(%s)", t.use("task_named"), t.node(s.Args[0]).text)
	case expr.LoopNode:
		return t.loop(s.Text)
	case expr.DatetimeNode:
		return t.datetime(s.Text)
	case expr.MetricNode:
		t.f.refusef(s.Place, "asyncio has no statistics: `%s` cannot be exported", s.Text)
		return atom("0")
	case expr.ChainNode:
		return t.chain(s.Args[0])
	case expr.SliceNode:
		return t.slice(s)
	case expr.CallNode:
		return t.call(s)
	case expr.LetNode:
		name := t.f.variable(s.Text)
		return atom("(lambda %s: %s)(%s)", name, t.node(s.Args[1]).text, t.node(s.Args[0]).text)
	case expr.ListNode:
		return atom("[%s]", t.list(s.Args))
	}
	var pairs []string
	for i := 0; i < len(s.Args); i += 2 {
		pairs = append(pairs, t.node(s.Args[i]).text+": "+t.node(s.Args[i+1]).text)
	}
	return atom("{%s}", strings.Join(pairs, ", "))
}

func (t *translator) list(args []*expr.Node) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = t.node(a).text
	}
	return strings.Join(parts, ", ")
}

func (t *translator) variable(s *expr.Node) code {
	switch s.Variable {
	case expr.ContextVariable:
		return atom("%s.get()", t.f.variable(s.Text))
	case expr.NowVariable:
		return t.time(atom("%s()", t.use("now")))
	case expr.CurrentTask:
		return atom("%s()", t.use("current"))
	case expr.CaughtError:
		return atom("%s", t.f.caught())
	case expr.IndexVariable:
		t.f.indexed = true
		return atom("index")
	}
	return atom("%s", t.f.variable(s.Text))
}

// pointer returns the Python name of #, #index or #acc.
func (t *translator) pointer(name string) string {
	word := map[string]string{"": "it", "index": "nth", "acc": "acc"}[name]
	if t.loops > 1 {
		word += strconv.Itoa(t.loops)
	}
	return word
}

func (t *translator) loop(attribute string) code {
	switch attribute {
	case "type":
		return atom("%s", quote(t.f.s.LoopType))
	case "id":
		return atom("%s", quote(t.f.s.LoopID))
	}
	return t.time(atom("%s()", t.use("now")))
}

// time is a time in seconds in the unit in which the scenario counts it.
func (t *translator) time(c code) code {
	if t.f.s.Unit == 1e9 {
		return c
	}
	return atom("in_units(%s)", c.text)
}

func (t *translator) datetime(attribute string) code {
	if attribute == "weekday" {
		attribute += "()"
	}
	return atom("%s().%s", t.use("clock_time"), attribute)
}

func (t *translator) unary(s *expr.Node) code {
	if s.Text == "not" {
		return code{"not " + t.node(s.Args[0]).in(bindNot), bindNot}
	}
	return code{s.Text + t.node(s.Args[0]).in(bindUnary), bindUnary}
}

func (t *translator) binary(s *expr.Node) code {
	a, b := t.node(s.Args[0]), t.node(s.Args[1])
	infix := func(op string, bind int) code {
		return code{a.in(bind) + " " + op + " " + b.in(bind+1), bind}
	}
	isNull := func(s *expr.Node) bool { return s.Kind == expr.ConstantNode && s.Const.IsNull() }
	switch op := s.Text; op {
	case "and":
		return infix(op, bindAnd)
	case "or":
		return infix(op, bindOr)
	case "==", "!=", "<", "<=", ">", ">=", "in":
		if isNull(s.Args[0]) || isNull(s.Args[1]) {
			op = map[string]string{"==": "is", "!=": "is not"}[op]
		}
		return code{a.in(bindAdd) + " " + op + " " + b.in(bindAdd), bindCompare}
	case "contains":
		return code{b.in(bindAdd) + " in " + a.in(bindAdd), bindCompare}
	case "startsWith":
		return atom("%s.startswith(%s)", a.in(bindAtom), b.text)
	case "endsWith":
		return atom("%s.endswith(%s)", a.in(bindAtom), b.text)
	case "matches":
		t.use("re")
		return code{fmt.Sprintf("re.search(%s, %s) is not None", b.text, a.text), bindCompare}
	case "..":
		return atom("list(range(%s, %s + 1))", a.text, b.in(bindAdd))
	case "??":
		return atom("%s(%s, lambda: %s)", t.use("either"), a.text, b.text)
	case "+", "-":
		return t.fitting(s, infix(op, bindAdd))
	case "*":
		return t.fitting(s, infix(op, bindMul))
	case "/":
		return infix(op, bindMul)
	case "%":
		return atom("%s(%s, %s)", t.use("mod"), a.text, b.text)
	}
	return atom("%s(%s, %s)", t.use("power"), a.text, b.text)
}

// fitting adds a check that an integer fits into 64 bits, because Python's integers are unbounded. A sum with a small
// constant goes unchecked: it would take for ever to get there.
func (t *translator) fitting(s *expr.Node, c code) code {
	if k := s.Type.Kind; k == expr.TypeFloat || k == expr.TypeString {
		return c
	}
	for _, a := range s.Args {
		if v := a.Const; s.Text != "*" && a.Kind == expr.ConstantNode && v.Kind() == engine.KindInt && v.AsInt() < 1<<31 {
			return c
		}
		if a.Type.Kind == expr.TypeFloat || a.Type.Kind == expr.TypeString {
			return c
		}
	}
	return atom("%s(%s)", t.use("whole"), c.text)
}

// member translates base[key] and base.name.
func (t *translator) member(base code, s *expr.Node) code {
	key := s.Args[1]
	if key.Kind == expr.ConstantNode && key.Const.Kind() == engine.KindString {
		if form, ok := attributeCode()[s.Args[0].Type.Kind][key.Const.AsString()]; ok {
			return t.attribute(form, base)
		}
		if s.Args[0].Type.Kind == expr.TypeMap {
			return atom("%s.get(%s)", base.in(bindAtom), quote(key.Const.AsString()))
		}
	}
	return atom("%s(%s, %s)", t.use("item"), base.text, t.node(key).text)
}

func (t *translator) attribute(form string, base code) code {
	name, _, _ := strings.Cut(form, "(")
	switch name {
	case "spawned", "began", "ended":
		t.use("times")
	case "state", "error_of", "due", "deadline", "message":
		t.use(name)
	}
	if strings.HasPrefix(form, "%s") {
		return atom(form, base.in(bindAtom))
	}
	switch name {
	case "spawned", "began", "ended", "due", "deadline":
		return t.time(atom(form, base.text))
	}
	return atom(form, base.text)
}

// chain translates members of which some are optional. If an optional one finds None, the whole chain is None.
func (t *translator) chain(s *expr.Node) code {
	var members []*expr.Node
	for s.Kind == expr.MemberNode {
		members = append(members, s)
		s = s.Args[0]
	}
	slices.Reverse(members)
	return t.link(t.node(s), members)
}

func (t *translator) link(base code, members []*expr.Node) code {
	for i, m := range members {
		if m.Optional {
			rest := t.link(t.member(atom("it"), m), members[i+1:])
			return atom("%s(%s, lambda it: %s)", t.use("maybe"), base.text, rest.text)
		}
		base = t.member(base, m)
	}
	return base
}

func (t *translator) slice(s *expr.Node) code {
	ends := [2]string{}
	for i, end := range s.Args[1:] {
		if end != nil {
			ends[i] = t.node(end).text
		}
	}
	return atom("%s[%s:%s]", t.node(s.Args[0]).in(bindAtom), ends[0], ends[1])
}
