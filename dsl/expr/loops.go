package expr

import (
	"github.com/expr-lang/expr/ast"

	"runloop/engine"
)

// loopCells is what a function with a predicate keeps for its body: # and #index and #acc.
type loopCells struct {
	elem  engine.Value
	index int64
	acc   engine.Value
}

func (c *compiler) pointer(n *ast.PointerNode) Compiled {
	if len(c.loops) == 0 {
		return OfConst(NullType, engine.Value{})
	}
	cells := c.loops[len(c.loops)-1]
	switch n.Name {
	case "index":
		return ofInt(func(*engine.Loop) int64 { return cells.index })
	case "acc":
		return ofVariable(c.types[n], func(*engine.Loop) engine.Value { return cells.acc })
	}
	return ofVariable(c.types[n], func(*engine.Loop) engine.Value { return cells.elem })
}

// looping is a function with a predicate, ready to run.
type looping struct {
	*loopCells
	name string
	list engine.Eval
	body Compiled // of the predicate; without one, of the element
	test engine.EvalBool
}

// loop compiles a function with a predicate.
func (c *compiler) loop(n ast.Node, b *Builtin, args []ast.Node) Compiled {
	c.stateful = true
	f := looping{loopCells: &loopCells{}, name: b.name}
	f.list = argument(b, b.params[0], c.compile(args[0]))
	cells := f.loopCells
	t := c.types[n]
	if len(args) > 1 {
		c.loops = append(c.loops, cells)
		f.body = c.compile(args[1].(*ast.PredicateNode).Node)
		c.loops = c.loops[:len(c.loops)-1]
	} else {
		f.body = ofVariable(c.types[args[0]].Element(), func(*engine.Loop) engine.Value { return cells.elem })
	}
	rest := engine.Eval(nil)
	if len(args) > 2 {
		given := c.compile(args[2])
		rest = given.Value
		if b.name == "sortBy" {
			rest = argument(b, b.params[2], given)
		}
	}
	switch b.name {
	case "map":
		return OfValue(t, f.mapped)
	case "sum":
		return OfValue(t, f.sum)
	case "groupBy":
		return OfValue(t, f.groupBy)
	case "sortBy":
		return OfValue(t, func(l *engine.Loop) engine.Value { return f.sortBy(l, rest) })
	case "reduce":
		return ofVariable(t, func(l *engine.Loop) engine.Value { return f.reduce(l, rest) })
	}
	f.test = f.body.AsBool(b.name + "(): the test")
	switch b.name {
	case "filter":
		return OfValue(t, f.filter)
	case "find", "findLast":
		return ofVariable(t, func(l *engine.Loop) engine.Value { _, v := f.find(l); return v })
	case "findIndex", "findLastIndex":
		return OfValue(t, func(l *engine.Loop) engine.Value { i, _ := f.find(l); return i })
	case "count":
		return ofInt(func(l *engine.Loop) int64 { return f.count(l, -1) })
	}
	return ofBool(f.quantified())
}

// quantified is all, any, none and one.
func (f looping) quantified() engine.EvalBool {
	switch f.name {
	case "any":
		return func(l *engine.Loop) bool { return f.count(l, 1) == 1 }
	case "none":
		return func(l *engine.Loop) bool { return f.count(l, 1) == 0 }
	case "one":
		return func(l *engine.Loop) bool { return f.count(l, 2) == 1 }
	}
	test := f.test
	f.test = func(l *engine.Loop) bool { return !test(l) }
	return func(l *engine.Loop) bool { return f.count(l, 1) == 0 }
}

// count is how many elements pass the test; it stops at most, if that is not negative.
func (f looping) count(l *engine.Loop, most int64) int64 {
	n := int64(0)
	for i, e := range ElemsOf(f.list(l)) {
		f.elem, f.index = e, int64(i)
		if f.test(l) {
			n++
		}
		if n == most || !l.Turn() {
			break
		}
	}
	return n
}

// find is the index and the value of the first element that passes the test, from the end for findLast; null and null
// if there is none.
func (f looping) find(l *engine.Loop) (index, elem engine.Value) {
	elems := ElemsOf(f.list(l))
	fromEnd := f.name == "findLast" || f.name == "findLastIndex"
	for i := range elems {
		if fromEnd {
			i = len(elems) - 1 - i
		}
		f.elem, f.index = elems[i], int64(i)
		if f.test(l) {
			return engine.Int(int64(i)), elems[i]
		}
		if !l.Turn() {
			break
		}
	}
	return engine.Value{}, engine.Value{}
}

func (f looping) filter(l *engine.Loop) engine.Value {
	var out []engine.Value
	for i, e := range ElemsOf(f.list(l)) {
		f.elem, f.index = e, int64(i)
		if f.test(l) {
			out = append(out, l.Escape(e))
		}
		if !l.Turn() {
			break
		}
	}
	return NewList(l, out)
}

func (f looping) mapped(l *engine.Loop) engine.Value {
	return NewList(l, f.values(l, ElemsOf(f.list(l))))
}

// values is the body's value for each element.
func (f looping) values(l *engine.Loop, elems []engine.Value) []engine.Value {
	out := make([]engine.Value, len(elems))
	for i, e := range elems {
		f.elem, f.index = e, int64(i)
		out[i] = f.body.Value(l)
		if !l.Turn() {
			break
		}
	}
	return out
}

func (f looping) sum(l *engine.Loop) engine.Value {
	sum := engine.Int(0)
	if f.body.Type.Kind == TypeFloat {
		sum = engine.Float(0)
	}
	value := f.body.peek()
	for i, e := range ElemsOf(f.list(l)) {
		f.elem, f.index = e, int64(i)
		v := value(l)
		if _, isNumber := v.Number(); !isNumber {
			l.Raise("TypeError", "sum() adds numbers, not "+describeKind(v))
		}
		if !l.Turn() {
			break
		}
		sum = arithmetic(l, "+", sum, v)
	}
	return sum
}

func (f looping) groupBy(l *engine.Loop) engine.Value {
	var names []string
	var groups [][]engine.Value
	at := map[string]int{}
	for i, e := range ElemsOf(f.list(l)) {
		f.elem, f.index = e, int64(i)
		key := string(f.body.Text(l, nil))
		if !l.Turn() {
			break
		}
		g, known := at[key]
		if !known {
			g = len(groups)
			at[key] = g
			names, groups = append(names, key), append(groups, nil)
		}
		groups[g] = append(groups[g], l.Escape(e))
	}
	lists := make([]engine.Value, len(groups))
	for i, g := range groups {
		lists[i] = NewList(l, g)
	}
	return NewMap(l, names, lists)
}

func (f looping) sortBy(l *engine.Loop, order engine.Eval) engine.Value {
	out := copyList(l, ElemsOf(f.list(l)))
	keys := f.values(l, out.Elems())
	direction := engine.Value{}
	if order != nil {
		direction = order(l)
	}
	if !l.Failed() {
		sortValues(l, out.Elems(), keys, direction)
	}
	return out
}

func (f looping) reduce(l *engine.Loop, start engine.Eval) engine.Value {
	elems := ElemsOf(f.list(l))
	from := 0
	switch {
	case start != nil:
		f.acc = start(l)
	case len(elems) > 0:
		f.acc, from = elems[0], 1
	default:
		l.Raise("ValueError", "reduce(): the list is empty and there is no start")
		return engine.Value{}
	}
	for i := from; i < len(elems) && l.Turn(); i++ {
		f.elem, f.index = elems[i], int64(i)
		f.acc = f.body.Value(l)
	}
	return f.acc
}
