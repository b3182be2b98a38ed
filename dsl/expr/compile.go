package expr

import (
	"math"
	"strconv"
	"time"

	"github.com/expr-lang/expr/ast"

	"runloop/engine"
)

// Compile turns an expression into closures; it must have been checked without an error. A value whose static type
// is T is of kind T at run time, or the expression has raised.
func (e *Tree) Compile(facts Facts) Compiled {
	found := facts[e]
	c := compiler{resolution: found, facts: facts, e: e}
	out := c.compile(e.root)
	if !c.stateful {
		if c.makes || e.makesMuch(found) {
			return bracketed(out, func() *Compiled { return &out }, func(*Compiled) {})
		}
		return out
	}
	return pooled(out, func() Compiled {
		again := compiler{resolution: found, facts: facts, e: e}
		return again.compile(e.root)
	})
}

// compiler builds the closures of one expression.
type compiler struct {
	*resolution
	facts Facts
	e     *Tree
	lets  []letCell
	loops []*loopCells
	args  []Compiled // of the function whose body this is
	kept  int        // how many arguments of the functions around this place the loop keeps; see engine.Loop.Keep
	makes bool       // a function that it calls makes much
	// stateful says that closures keep #, #acc or `let` variables in cells of their own: one such set serves one
	// evaluation at a time.
	stateful bool
}

// letCell holds the variable of a `let` inside an expression.
type letCell struct {
	name string
	typ  Type
	cell *engine.Value
}

func (c *compiler) compile(n ast.Node) Compiled {
	switch n := n.(type) {
	case *ast.BoolNode:
		return OfConst(BoolType, engine.Bool(n.Value))
	case *ast.IntegerNode:
		return OfConst(IntType, engine.Int(int64(n.Value)))
	case *ast.FloatNode:
		return OfConst(FloatType, engine.Float(n.Value))
	case *ast.StringNode:
		return OfConst(StringType, engine.String(n.Value))
	case *ast.IdentifierNode:
		return c.identifier(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ChainNode:
		return c.chain(n)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.SliceNode:
		return c.slice(n)
	case *ast.CallNode:
		if name, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(n, name.Value, n.Arguments)
		}
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.ArrayNode:
		return c.list(n)
	case *ast.MapNode:
		return c.mapLiteral(n)
	}
	return OfConst(NullType, engine.Value{})
}

func (c *compiler) identifier(n *ast.IdentifierNode) Compiled {
	for i := len(c.lets) - 1; i >= 0; i-- {
		if let := c.lets[i]; let.name == n.Value {
			return ofVariable(let.typ, func(*engine.Loop) engine.Value { return *let.cell })
		}
	}
	s, ok := c.symbols[n]
	if !ok {
		return OfConst(NullType, engine.Value{})
	}
	t, i := c.types[n], s.Index
	switch s.Kind {
	case SymLocal, SymError:
		return localVariable(t, i)
	case SymShared:
		return sharedVariable(t, i)
	case SymContext:
		return ofVariable(t, func(l *engine.Loop) engine.Value { return l.ContextVar(i) })
	case SymParam:
		return ofVariable(t, func(l *engine.Loop) engine.Value { return l.Param(i) })
	case SymArgument:
		return c.args[i]
	case SymObject:
		return ofVariable(t, func(l *engine.Loop) engine.Value { return l.Object(i) })
	case SymPi:
		return OfConst(FloatType, engine.Float(math.Pi))
	case SymNow:
		return ofFloat(func(l *engine.Loop) float64 { return l.InUnits(l.Now()) })
	case SymRanked:
		return ranked(i)
	case SymIndex:
		return ofInt(func(l *engine.Loop) int64 { return l.Index() })
	}
	return OfValue(t, func(l *engine.Loop) engine.Value { return l.CurrentTask() })
}

// ranked is RankedNames[i].
func ranked(i int) Compiled {
	switch i {
	case 0:
		return ofFloat(func(l *engine.Loop) float64 { return l.Ranked().Priority })
	case 1:
		return ofInt(func(l *engine.Loop) int64 { return l.Ranked().Amount })
	}
	return ofFloat(func(l *engine.Loop) float64 { return l.InUnits(l.Ranked().Waited) })
}

func localVariable(t Type, i int) Compiled {
	c := ofVariable(t, func(l *engine.Loop) engine.Value { return l.Local(i) })
	c.place, c.slot = placeLocal, i
	switch t.Kind {
	case TypeInt:
		c.Int = func(l *engine.Loop) int64 { return l.Local(i).AsInt() }
		c.Text = func(l *engine.Loop, dst []byte) []byte { return strconv.AppendInt(dst, l.Local(i).AsInt(), 10) }
	case TypeFloat, TypeNumber:
		c.Float = func(l *engine.Loop) float64 { return numberOf(l.Local(i)) }
	case TypeBool:
		c.Bool = func(l *engine.Loop) bool { return l.Local(i).AsBool() }
	}
	return c
}

func sharedVariable(t Type, i int) Compiled {
	c := ofVariable(t, func(l *engine.Loop) engine.Value { return l.SharedVar(i) })
	c.place, c.slot = placeShared, i
	switch t.Kind {
	case TypeInt:
		c.Int = func(l *engine.Loop) int64 { return l.SharedVar(i).AsInt() }
		c.Text = func(l *engine.Loop, dst []byte) []byte { return strconv.AppendInt(dst, l.SharedVar(i).AsInt(), 10) }
	case TypeFloat, TypeNumber:
		c.Float = func(l *engine.Loop) float64 { return numberOf(l.SharedVar(i)) }
	case TypeBool:
		c.Bool = func(l *engine.Loop) bool { return l.SharedVar(i).AsBool() }
	}
	return c
}

func (c *compiler) unary(n *ast.UnaryNode) Compiled {
	a := c.compile(n.Node)
	if n.Operator == "!" || n.Operator == "not" {
		f := a.AsBool("what `" + n.Operator + "` negates")
		return ofBool(func(l *engine.Loop) bool { return !f(l) })
	}
	switch {
	case n.Operator == "+":
		if a.Type.Numeric() {
			return a
		}
		return OfValue(NumberType, checked(a.Value, NumberType, "what stands after `+`"))
	case a.Const != nil && a.Type.Kind == TypeInt:
		return OfConst(IntType, engine.Int(-a.Const.AsInt())) // a literal is never negative: this does not overflow
	case a.Const != nil && a.Type.Kind == TypeFloat:
		return OfConst(FloatType, engine.Float(-a.Const.AsFloat()))
	case a.Int != nil:
		f := a.Int
		return ofInt(func(l *engine.Loop) int64 { return negInt(l, f(l)) })
	case a.Type.Kind == TypeFloat:
		f := a.Float
		return ofFloat(func(l *engine.Loop) float64 { return -f(l) })
	}
	f := a.Value
	return OfValue(c.types[n], func(l *engine.Loop) engine.Value { return negate(l, f(l)) })
}

func (c *compiler) binary(n *ast.BinaryNode) Compiled {
	op := n.Operator
	a, b := c.compile(n.Left), c.compile(n.Right)
	switch op {
	case "and", "&&":
		x, y := a.AsBool("what stands before `"+op+"`"), b.AsBool("what stands after `"+op+"`")
		return ofBool(func(l *engine.Loop) bool { return x(l) && y(l) })
	case "or", "||":
		x, y := a.AsBool("what stands before `"+op+"`"), b.AsBool("what stands after `"+op+"`")
		return ofBool(func(l *engine.Loop) bool { return x(l) || y(l) })
	case "==":
		return ofBool(equality(a, b))
	case "!=":
		f := equality(a, b)
		return ofBool(func(l *engine.Loop) bool { return !f(l) })
	case "<", "<=", ">", ">=":
		return ofBool(comparison(op, a, b))
	case "in":
		x, y := a.peek(), b.peek()
		return ofBool(func(l *engine.Loop) bool { return isIn(l, x(l), y(l)) })
	case "contains", "startsWith", "endsWith":
		x, y := textOperands(op, a, b)
		return ofBool(func(l *engine.Loop) bool { return textTest(op, textOf(x(l)), textOf(y(l))) })
	case "matches":
		return match(a, b)
	case "..":
		x, y := a.AsInt("the start of a range"), b.AsInt("the end of a range")
		return OfValue(ListOf(IntType), func(l *engine.Loop) engine.Value { return rangeOf(l, x(l), y(l)) })
	case "??":
		return coalesce(c.types[n], a, b)
	case "^":
		op = "**"
	}
	return arithmeticOp(op, c.types[n], a, b)
}

func (c *compiler) member(n *ast.MemberNode) Compiled {
	if base, ok := n.Node.(*ast.IdentifierNode); ok {
		switch s, known := c.symbols[base]; {
		case known && s.Kind == SymTasks:
			return c.taskNamed(n)
		case known && s.Kind == SymLoop:
			return c.loopAttribute(n)
		case known && s.Kind == SymDatetime:
			return c.datetimeAttribute(n)
		}
	}
	if m := c.metrics[n]; m != nil {
		return c.metric(m)
	}
	base := c.compile(n.Node)
	f := base.peek()
	if n.Optional {
		return c.chain(&ast.ChainNode{Node: n})
	}
	if base.Type.Kind == TypeList {
		if i := c.compile(n.Property); i.Int != nil {
			at := i.Int
			if base.place == placeShared {
				at = notingIndex(base.slot, at)
			}
			return ofVariable(c.types[n],
				func(l *engine.Loop) engine.Value { return indexList(l, ElemsOf(f(l)), at(l)) })
		}
	}
	if base.place == placeShared {
		return c.sharedElement(n, base.slot, f)
	}
	step := c.step(n)
	return ofVariable(c.types[n], func(l *engine.Loop) engine.Value { return step(l, f(l)) })
}

// sharedElement is an element of a shared variable; a record says which.
func (c *compiler) sharedElement(n *ast.MemberNode, slot int, whole engine.Eval) Compiled {
	if name, constant := n.Property.(*ast.StringNode); constant {
		key, step := engine.String(name.Value), c.step(n)
		return ofVariable(c.types[n], func(l *engine.Loop) engine.Value {
			v := whole(l)
			l.Element(slot, key)
			return step(l, v)
		})
	}
	key := c.compile(n.Property).peek()
	return ofVariable(c.types[n], func(l *engine.Loop) engine.Value {
		v, k := whole(l), key(l)
		l.Element(slot, k)
		return index(l, v, k)
	})
}

// notingIndex is an index of which a record says that it is that of the shared variable's element that is read.
func notingIndex(slot int, at engine.EvalInt) engine.EvalInt {
	return func(l *engine.Loop) int64 {
		i := at(l)
		l.Element(slot, engine.Int(i))
		return i
	}
}

// step is one `.name` or `[key]` as a function of the value before it.
func (c *compiler) step(n *ast.MemberNode) func(l *engine.Loop, v engine.Value) engine.Value {
	name, constant := n.Property.(*ast.StringNode)
	if !constant {
		key := c.compile(n.Property).peek()
		return func(l *engine.Loop, v engine.Value) engine.Value { return index(l, v, key(l)) }
	}
	if a, ok := findAttribute(c.types[n.Node].Kind, name.Value); ok {
		return func(l *engine.Loop, v engine.Value) engine.Value { return l.Attr(v, a.attr) }
	}
	key := engine.String(name.Value)
	return func(l *engine.Loop, v engine.Value) engine.Value {
		switch v.Kind() {
		case engine.KindMap:
			e, _ := v.Get(name.Value)
			return e
		case engine.KindList, engine.KindString:
			return index(l, v, key)
		}
		return attribute(l, v, name.Value)
	}
}

func (c *compiler) taskNamed(n *ast.MemberNode) Compiled {
	name := c.compile(n.Property).As(StringType, "the name of a task")
	return OfValue(TaskType, func(l *engine.Loop) engine.Value {
		v := name(l)
		t, ok := l.TaskNamed(textOf(v))
		if !ok {
			l.Raise("KeyError", "there is no task named "+strconv.Quote(textOf(v)))
			return engine.Value{}
		}
		return t
	})
}

func (c *compiler) loopAttribute(n *ast.MemberNode) Compiled {
	name, _ := n.Property.(*ast.StringNode)
	a, _ := attributeNamed(LoopAttributes, name.Value)
	return OfValue(a.Typ, func(l *engine.Loop) engine.Value { return l.LoopAttr(a.attr) })
}

func (c *compiler) datetimeAttribute(n *ast.MemberNode) Compiled {
	name, _ := n.Property.(*ast.StringNode)
	return ofInt(func(l *engine.Loop) int64 { return int64(datetimeField(clockTime(l), name.Value)) })
}

// datetimeField is an attribute of `datetime`.
func datetimeField(t time.Time, name string) int {
	switch name {
	case "year":
		return t.Year()
	case "month":
		return int(t.Month())
	case "day":
		return t.Day()
	case "hour":
		return t.Hour()
	case "minute":
		return t.Minute()
	case "second":
		return t.Second()
	}
	return (int(t.Weekday()) + 6) % 7
}

// chain is `a?.b.c`: where a is null, so is all of it.
func (c *compiler) chain(n *ast.ChainNode) Compiled {
	link := c.link(n.Node)
	return ofVariable(c.types[n.Node], func(l *engine.Loop) engine.Value {
		v, _ := link(l)
		return v
	})
}

// link is a part of a chain; the second result is false once the chain has ended early.
func (c *compiler) link(n ast.Node) func(l *engine.Loop) (engine.Value, bool) {
	m, isMember := n.(*ast.MemberNode)
	if isMember {
		base, isName := m.Node.(*ast.IdentifierNode)
		if c.metrics[m] != nil {
			isMember = false
		} else if s := c.symbols[base]; isName && s != nil && (s.Kind == SymTasks || s.Kind == SymLoop || s.Kind == SymDatetime) {
			isMember = false
		}
	}
	if !isMember {
		f := c.compile(n).peek()
		return func(l *engine.Loop) (engine.Value, bool) { return f(l), true }
	}
	base, step := c.link(m.Node), c.step(m)
	return func(l *engine.Loop) (engine.Value, bool) {
		v, ok := base(l)
		if !ok || m.Optional && v.IsNull() {
			return engine.Value{}, false
		}
		return step(l, v), true
	}
}

func (c *compiler) slice(n *ast.SliceNode) Compiled {
	v := c.compile(n.Node).peek()
	from := func(*engine.Loop) int64 { return 0 }
	to := from
	if n.From != nil {
		from = c.compile(n.From).AsInt("the start of a slice")
	}
	if n.To != nil {
		to = c.compile(n.To).AsInt("the end of a slice")
	}
	return OfValue(c.types[n],
		func(l *engine.Loop) engine.Value { return sliceOf(l, v(l), from(l), to(l), n.To != nil) })
}

func (c *compiler) conditional(n *ast.ConditionalNode) Compiled {
	cond := c.compile(n.Cond).AsBool("a condition")
	a, b := c.compile(n.Exp1), c.compile(n.Exp2)
	choose := func(x, y engine.Eval) engine.Eval {
		return func(l *engine.Loop) engine.Value {
			if cond(l) {
				return x(l)
			}
			return y(l)
		}
	}
	out := OfValue(c.types[n], choose(a.Value, b.Value))
	out.look = choose(a.peek(), b.peek())
	out.Text = func(l *engine.Loop, dst []byte) []byte {
		if cond(l) {
			return a.Text(l, dst)
		}
		return b.Text(l, dst)
	}
	if out.Int != nil && a.Int != nil && b.Int != nil {
		out.Int = func(l *engine.Loop) int64 {
			if cond(l) {
				return a.Int(l)
			}
			return b.Int(l)
		}
	}
	if out.Bool != nil && a.Bool != nil && b.Bool != nil {
		out.Bool = func(l *engine.Loop) bool {
			if cond(l) {
				return a.Bool(l)
			}
			return b.Bool(l)
		}
	}
	return out
}

func (c *compiler) let(n *ast.VariableDeclaratorNode) Compiled {
	c.stateful = true
	value := c.compile(n.Value)
	cell := new(engine.Value)
	c.lets = append(c.lets, letCell{name: n.Name, typ: value.Type, cell: cell})
	body := c.compile(n.Expr)
	c.lets = c.lets[:len(c.lets)-1]
	assign, result := value.peek(), body.peek()
	return ofVariable(c.types[n], func(l *engine.Loop) engine.Value {
		*cell = assign(l)
		return result(l)
	})
}

func (c *compiler) list(n *ast.ArrayNode) Compiled {
	items := make([]engine.Eval, len(n.Nodes))
	for i, e := range n.Nodes {
		items[i] = c.compile(e).Value
	}
	return OfValue(c.types[n], func(l *engine.Loop) engine.Value {
		elems := make([]engine.Value, len(items))
		for i, f := range items {
			elems[i] = f(l)
		}
		return NewList(l, elems)
	})
}

func (c *compiler) mapLiteral(n *ast.MapNode) Compiled {
	names := make([]engine.Eval, len(n.Pairs))
	items := make([]engine.Eval, len(n.Pairs))
	for i, p := range n.Pairs {
		pair := p.(*ast.PairNode)
		names[i] = c.compile(pair.Key).As(StringType, "the key of a map")
		items[i] = c.compile(pair.Value).Value
	}
	return OfValue(c.types[n], func(l *engine.Loop) engine.Value {
		keys, vals := make([]string, len(items)), make([]engine.Value, len(items))
		for i, f := range items {
			keys[i] = textOf(names[i](l))
			vals[i] = f(l)
		}
		return NewMap(l, keys, vals)
	})
}

func (c *compiler) call(n ast.Node, name string, args []ast.Node) Compiled {
	if f := c.functions[n]; f != nil {
		return c.function(n, f, args)
	}
	b, ok := findBuiltin(name)
	if !ok {
		return OfConst(NullType, engine.Value{})
	}
	if len(b.params) > 1 && b.params[1].predicate {
		return c.loop(n, b, args)
	}
	if last := len(args) - 1; last > 0 && b.namesStream(last, len(args), c.types[args[last]]) {
		return c.drawFrom(n, b, args[:last], args[last])
	}
	given := make([]Compiled, len(args))
	evals := make([]engine.Eval, len(args))
	for i, a := range args {
		given[i] = c.compile(a)
		p, _ := b.param(i)
		evals[i] = argument(b, p, given[i])
	}
	t := c.types[n]
	switch {
	case name == "string":
		out := OfText(given[0].Text)
		out.Value = call1(b.run, evals[0])
		return out
	case name == "strftime":
		return strftimeCall(given[0], evals[0])
	case name == "format":
		return OfText(func(l *engine.Loop, dst []byte) []byte { return appendFormat(l, dst, evals) })
	case (name == "max" || name == "min") && len(args) == 2 && given[0].Int != nil && given[1].Int != nil:
		return ofInt(extremeInt(name, given[0].Int, given[1].Int))
	case name == "exponential" && given[0].Float != nil:
		mean := given[0].Float
		return ofFloat(func(l *engine.Loop) float64 { return l.Exponential(mean(l)) })
	case name == "uniform" && given[0].Float != nil && given[1].Float != nil:
		a, b := given[0].Float, given[1].Float
		return ofFloat(func(l *engine.Loop) float64 {
			low := a(l)
			return l.Uniform(low, b(l))
		})
	}
	var f engine.Eval
	switch {
	case name == "truncated":
		f = truncated(given[0].peek(), append(evals, noValue, noValue)[1:3])
	case b.list != nil:
		f = callList(b.list, evals)
	case len(args) == 1:
		f = call1(b.run, evals[0])
	case len(args) == 2:
		f = call2(b.run, evals[0], evals[1])
	default:
		f = call4(b.run, append(evals, noValue, noValue, noValue, noValue)[:4:4])
	}
	if b.passes {
		return ofVariable(t, f)
	}
	return OfValue(t, f)
}

// drawFrom compiles a draw from a stream with a name.
func (c *compiler) drawFrom(n ast.Node, b *Builtin, args []ast.Node, name ast.Node) Compiled {
	evals := make([]engine.Eval, 4)
	for i := range evals {
		evals[i] = noValue
		if i < len(args) {
			evals[i] = argument(b, b.params[i], c.compile(args[i]))
		}
	}
	stream := c.compile(name).As(StringType, "the name of a stream")
	x, y, z, w := evals[0], evals[1], evals[2], evals[3]
	return OfValue(c.types[n], func(l *engine.Loop) engine.Value {
		first, second, third, fourth := x(l), y(l), z(l), w(l)
		l.DrawFrom(textOf(stream(l)))
		v := b.run(l, first, second, third, fourth)
		l.DrawFromOwn()
		return v
	})
}

// truncated compiles what draws again until the number is inside.
func truncated(draw engine.Eval, bounds []engine.Eval) engine.Eval {
	lo, hi := bounds[0], bounds[1]
	return func(l *engine.Loop) engine.Value {
		least, most := lo(l), hi(l)
		return l.Truncated(draw, least, most)
	}
}

func noValue(*engine.Loop) engine.Value { return engine.Value{} }

// argument is an argument of b, checked at run time where its type is open.
func argument(b *Builtin, p Param, given Compiled) engine.Eval {
	f := given.peek()
	if p.Sure(given.Type) {
		return f
	}
	return func(l *engine.Loop) engine.Value {
		v := f(l)
		if !p.admits(v) {
			l.Raise("TypeError", b.name+"(): "+p.name+" must be "+p.wants()+", not "+describeKind(v))
			return engine.Value{}
		}
		return v
	}
}

type runFunc = func(l *engine.Loop, a, b, c, d engine.Value) engine.Value

func call1(run runFunc, a engine.Eval) engine.Eval {
	return func(l *engine.Loop) engine.Value {
		return run(l, a(l), engine.Value{}, engine.Value{}, engine.Value{})
	}
}

func call2(run runFunc, a, b engine.Eval) engine.Eval {
	return func(l *engine.Loop) engine.Value { return run(l, a(l), b(l), engine.Value{}, engine.Value{}) }
}

func call4(run runFunc, args []engine.Eval) engine.Eval {
	return func(l *engine.Loop) engine.Value { return run(l, args[0](l), args[1](l), args[2](l), args[3](l)) }
}

func callList(run func(l *engine.Loop, args []engine.Value) engine.Value, args []engine.Eval) engine.Eval {
	return func(l *engine.Loop) engine.Value {
		values := make([]engine.Value, len(args))
		for i, f := range args {
			values[i] = f(l)
		}
		return run(l, values)
	}
}
