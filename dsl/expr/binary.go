package expr

import (
	"regexp"

	"runloop/engine"
)

func textOperands(op string, a, b Compiled) (x, y engine.Eval) {
	return a.As(StringType, "what stands before `"+op+"`"), b.As(StringType, "what stands after `"+op+"`")
}

func match(a, b Compiled) Compiled {
	x, y := textOperands("matches", a, b)
	if b.Const != nil {
		if re, err := regexp.Compile(textOf(*b.Const)); err == nil {
			return ofBool(func(l *engine.Loop) bool { return re.MatchString(textOf(x(l))) })
		}
	}
	return ofBool(func(l *engine.Loop) bool { return matches(l, textOf(x(l)), textOf(y(l))) })
}

// coalesce is `a ?? b`.
func coalesce(t Type, a, b Compiled) Compiled {
	branch := func(x, y engine.Eval) engine.Eval {
		return func(l *engine.Loop) engine.Value {
			if v := x(l); !v.IsNull() {
				return v
			}
			return y(l)
		}
	}
	out := OfValue(t, branch(a.Value, b.Value))
	out.look = branch(a.peek(), b.peek())
	return out
}

func equality(a, b Compiled) engine.EvalBool {
	switch {
	case a.Int != nil && b.Int != nil:
		return intComparison("==", a, b)
	case a.Type.Kind == TypeString && b.Type.Kind == TypeString:
		x, y := a.Value, b.Value
		return func(l *engine.Loop) bool { return textOf(x(l)) == textOf(y(l)) }
	case a.Type.Kind == TypeFloat && b.Type.Kind == TypeFloat:
		x, y := a.Float, b.Float
		return func(l *engine.Loop) bool { return x(l) == y(l) }
	case a.Bool != nil && b.Bool != nil:
		x, y := a.Bool, b.Bool
		return func(l *engine.Loop) bool { return x(l) == y(l) }
	}
	x, y := a.peek(), b.peek()
	return func(l *engine.Loop) bool { return l.Equal(x(l), y(l)) }
}

func comparison(op string, a, b Compiled) engine.EvalBool {
	switch {
	case a.Int != nil && b.Int != nil:
		return intComparison(op, a, b)
	case a.Type.Kind == TypeFloat && b.Float != nil, b.Type.Kind == TypeFloat && a.Float != nil:
		return floatComparison(op, a.Float, b.Float)
	}
	x, y := a.peek(), b.peek()
	return func(l *engine.Loop) bool { return ordered(l, op, x(l), y(l)) }
}

func floatComparison(op string, x, y engine.EvalFloat) engine.EvalBool {
	switch op {
	case "<":
		return func(l *engine.Loop) bool { return x(l) < y(l) }
	case "<=":
		return func(l *engine.Loop) bool { return x(l) <= y(l) }
	case ">":
		return func(l *engine.Loop) bool { return x(l) > y(l) }
	}
	return func(l *engine.Loop) bool { return x(l) >= y(l) }
}

// intComparison is one closure where a plain variable is compared with a literal, or a local one with another.
func intComparison(op string, a, b Compiled) engine.EvalBool {
	if a.place == placeLocal && b.place == placeLocal {
		return localsComparison(op, a.slot, b.slot)
	}
	if b.Const != nil {
		k := b.Const.AsInt()
		switch a.place {
		case placeLocal:
			return localComparison(op, a.slot, k)
		case placeShared:
			return sharedComparison(op, a.slot, k)
		}
	}
	x, y := a.Int, b.Int
	switch op {
	case "==":
		return func(l *engine.Loop) bool { return x(l) == y(l) }
	case "<":
		return func(l *engine.Loop) bool { return x(l) < y(l) }
	case "<=":
		return func(l *engine.Loop) bool { return x(l) <= y(l) }
	case ">":
		return func(l *engine.Loop) bool { return x(l) > y(l) }
	}
	return func(l *engine.Loop) bool { return x(l) >= y(l) }
}

func localComparison(op string, i int, k int64) engine.EvalBool {
	switch op {
	case "==":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() == k }
	case "<":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() < k }
	case "<=":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() <= k }
	case ">":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() > k }
	}
	return func(l *engine.Loop) bool { return l.Local(i).AsInt() >= k }
}

func localsComparison(op string, i, j int) engine.EvalBool {
	switch op {
	case "==":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() == l.Local(j).AsInt() }
	case "<":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() < l.Local(j).AsInt() }
	case "<=":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() <= l.Local(j).AsInt() }
	case ">":
		return func(l *engine.Loop) bool { return l.Local(i).AsInt() > l.Local(j).AsInt() }
	}
	return func(l *engine.Loop) bool { return l.Local(i).AsInt() >= l.Local(j).AsInt() }
}

func sharedComparison(op string, i int, k int64) engine.EvalBool {
	switch op {
	case "==":
		return func(l *engine.Loop) bool { return l.SharedVar(i).AsInt() == k }
	case "<":
		return func(l *engine.Loop) bool { return l.SharedVar(i).AsInt() < k }
	case "<=":
		return func(l *engine.Loop) bool { return l.SharedVar(i).AsInt() <= k }
	case ">":
		return func(l *engine.Loop) bool { return l.SharedVar(i).AsInt() > k }
	}
	return func(l *engine.Loop) bool { return l.SharedVar(i).AsInt() >= k }
}

// arithmeticOp is a op b for + - * / % **, of static type t.
func arithmeticOp(op string, t Type, a, b Compiled) Compiled {
	switch {
	case a.Int != nil && b.Int != nil && op != "/" && op != "**":
		c := ofInt(intArithmetic(op, a, b))
		c.Sum, c.Plus = countedBy(op, a, b)
		return c
	case a.Int != nil && b.Int != nil && op == "/":
		x, y := a.Int, b.Int
		return ofFloat(func(l *engine.Loop) float64 { return divInt(l, x(l), y(l)) })
	case t.Kind == TypeFloat && a.Float != nil && b.Float != nil:
		return ofFloat(floatArithmetic(op, a.Float, b.Float))
	case op == "+" && a.Type.Kind == TypeString && b.Type.Kind == TypeString:
		x, y, first, then := a.Value, b.Value, a.Text, b.Text
		out := OfText(func(l *engine.Loop, dst []byte) []byte {
			start := len(dst)
			if dst = first(l, dst); !l.Room(len(dst) - start) {
				return dst
			}
			return then(l, dst)
		})
		out.Value = func(l *engine.Loop) engine.Value { return joinText(l, textOf(x(l)), textOf(y(l))) }
		return out
	}
	x, y := a.peek(), b.peek()
	return OfValue(t, func(l *engine.Loop) engine.Value { return arithmetic(l, op, x(l), y(l)) })
}

func intArithmetic(op string, a, b Compiled) engine.EvalInt {
	x, y := a.Int, b.Int
	if b.Const != nil && (op == "+" || op == "-") {
		k := b.Const.AsInt()
		if op == "-" {
			k = -k // a literal: never the least integer
		}
		switch i := a.slot; a.place {
		case placeLocal:
			return func(l *engine.Loop) int64 { return addInt(l, l.Local(i).AsInt(), k) }
		case placeShared:
			return func(l *engine.Loop) int64 { return addInt(l, l.SharedVar(i).AsInt(), k) }
		}
		return func(l *engine.Loop) int64 { return addInt(l, x(l), k) }
	}
	switch op {
	case "+":
		return func(l *engine.Loop) int64 { return addInt(l, x(l), y(l)) }
	case "-":
		return func(l *engine.Loop) int64 { return subInt(l, x(l), y(l)) }
	case "*":
		return func(l *engine.Loop) int64 { return mulInt(l, x(l), y(l)) }
	}
	return func(l *engine.Loop) int64 { return modInt(l, x(l), y(l)) }
}

// countedBy is the variable and the number where op adds a small constant to a variable, or subtracts it.
func countedBy(op string, a, b Compiled) (engine.Ref, int32) {
	if b.Const == nil || op != "+" && op != "-" || b.Const.AsInt() != int64(int16(b.Const.AsInt())) {
		return engine.Ref{}, 0
	}
	k := int32(b.Const.AsInt())
	if op == "-" {
		k = -k
	}
	switch a.place {
	case placeLocal:
		return engine.Ref{Space: engine.LocalVar, Index: a.slot}, k
	case placeShared:
		return engine.Ref{Space: engine.SharedVar, Index: a.slot}, k
	}
	return engine.Ref{}, 0
}

func floatArithmetic(op string, x, y engine.EvalFloat) engine.EvalFloat {
	switch op {
	case "+":
		return func(l *engine.Loop) float64 { return x(l) + y(l) }
	case "-":
		return func(l *engine.Loop) float64 { return x(l) - y(l) }
	case "*":
		return func(l *engine.Loop) float64 { return x(l) * y(l) }
	case "/":
		return func(l *engine.Loop) float64 { return divFloat(l, x(l), y(l)) }
	}
	return func(l *engine.Loop) float64 { return power(l, x(l), y(l)) }
}

func extremeInt(name string, x, y engine.EvalInt) engine.EvalInt {
	if name == "max" {
		return func(l *engine.Loop) int64 { return max(x(l), y(l)) }
	}
	return func(l *engine.Loop) int64 { return min(x(l), y(l)) }
}
