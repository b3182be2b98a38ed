package expr

import (
	"strconv"
	"sync"

	"runloop/engine"
)

// Compiled is an expression ready to run. Value and Text are always set; Int, Float and Bool where the static type
// fits (Float for an int and a number, too). Const is the value of a literal.
type Compiled struct {
	Type  Type
	Value engine.Eval
	Int   engine.EvalInt
	Float engine.EvalFloat
	Bool  engine.EvalBool
	Text  engine.EvalText
	Const *engine.Value

	look  engine.Eval // like Value, for one who only looks into the list or map; nil: Value
	place place       // where a plain variable lives
	slot  int
	Sum   engine.Ref // where plus is not 0: it is this variable, an integer, and plus more
	Plus  int32
}

// place says whether an expression is a plain variable that specialised closures know.
type place uint8

const (
	placeNone place = iota
	placeLocal
	placeShared
)

// pooled shares the sets of closures of a stateful expression among the loops that evaluate it: each evaluation has
// one for itself, and another is made only when all are taken.
func pooled(one Compiled, another func() Compiled) Compiled {
	pool := sync.Pool{New: func() any { c := another(); return &c }}
	pool.Put(&one)
	return bracketed(one, func() *Compiled { return pool.Get().(*Compiled) }, func(c *Compiled) { pool.Put(c) })
}

// bracketed is like one, but each evaluation takes its closures and gives them back, and says to the loop when it
// begins and ends.
func bracketed(one Compiled, take func() *Compiled, give func(*Compiled)) Compiled {
	out := Compiled{Type: one.Type}
	out.Value = lent(take, give, func(c *Compiled, l *engine.Loop) engine.Value { return c.Value(l) })
	out.Text = func(l *engine.Loop, dst []byte) []byte {
		c, outer := take(), l.Begin()
		dst = c.Text(l, dst)
		l.End(outer)
		give(c)
		return dst
	}
	if one.Int != nil {
		out.Int = lent(take, give, func(c *Compiled, l *engine.Loop) int64 { return c.Int(l) })
	}
	if one.Float != nil {
		out.Float = lent(take, give, func(c *Compiled, l *engine.Loop) float64 { return c.Float(l) })
	}
	if one.Bool != nil {
		out.Bool = lent(take, give, func(c *Compiled, l *engine.Loop) bool { return c.Bool(l) })
	}
	return out
}

// lent is one of the closures of bracketed.
func lent[T any](
	take func() *Compiled, give func(*Compiled), eval func(*Compiled, *engine.Loop) T,
) func(*engine.Loop) T {

	return func(l *engine.Loop) T {
		c, outer := take(), l.Begin()
		v := eval(c, l)
		l.End(outer)
		give(c)
		return v
	}
}

func ofInt(f engine.EvalInt) Compiled {
	return Compiled{
		Type:  IntType,
		Value: func(l *engine.Loop) engine.Value { return engine.Int(f(l)) },
		Int:   f,
		Float: func(l *engine.Loop) float64 { return float64(f(l)) },
		Text:  func(l *engine.Loop, dst []byte) []byte { return strconv.AppendInt(dst, f(l), 10) },
	}
}

func ofFloat(f engine.EvalFloat) Compiled {
	return Compiled{
		Type:  FloatType,
		Value: func(l *engine.Loop) engine.Value { return engine.Float(f(l)) },
		Float: f,
		Text:  func(l *engine.Loop, dst []byte) []byte { return engine.AppendFloat(dst, f(l)) },
	}
}

func ofBool(f engine.EvalBool) Compiled {
	return Compiled{
		Type:  BoolType,
		Value: func(l *engine.Loop) engine.Value { return engine.Bool(f(l)) },
		Bool:  f,
		Text:  func(l *engine.Loop, dst []byte) []byte { return strconv.AppendBool(dst, f(l)) },
	}
}

// OfText is text that is best appended where it is wanted.
func OfText(text engine.EvalText) Compiled {
	return Compiled{
		Type:  StringType,
		Value: func(l *engine.Loop) engine.Value { return newText(l, string(text(l, nil))) },
		Text:  text,
	}
}

// OfValue is a value of static type t.
func OfValue(t Type, f engine.Eval) Compiled {
	c := Compiled{Type: t, Value: f}
	c.Text = func(l *engine.Loop, dst []byte) []byte { return l.AppendText(dst, f(l)) }
	switch t.Kind {
	case TypeUnknown:
		c.Type = AnyType
	case TypeInt:
		c.Int = func(l *engine.Loop) int64 { return f(l).AsInt() }
		c.Float = func(l *engine.Loop) float64 { return float64(f(l).AsInt()) }
		c.Text = func(l *engine.Loop, dst []byte) []byte { return strconv.AppendInt(dst, f(l).AsInt(), 10) }
	case TypeFloat, TypeNumber:
		c.Float = func(l *engine.Loop) float64 { return numberOf(f(l)) }
	case TypeBool:
		c.Bool = func(l *engine.Loop) bool { return f(l).AsBool() }
	case TypeString:
		c.Text = func(l *engine.Loop, dst []byte) []byte { return append(dst, textOf(f(l))...) }
	}
	return c
}

// ofVariable is a value that may be a list or a map which a variable goes on holding: passed on whole it escapes.
func ofVariable(t Type, look engine.Eval) Compiled {
	c := OfValue(t, look)
	switch c.Type.Kind {
	case TypeAny, TypeList, TypeMap:
		c.look = look
		c.Value = func(l *engine.Loop) engine.Value { return l.Escape(look(l)) }
	}
	return c
}

// OfConst is the value v, which is of static type t; Const is set.
func OfConst(t Type, v engine.Value) Compiled {
	c := OfValue(t, func(*engine.Loop) engine.Value { return v })
	c.Const = &v
	switch t.Kind {
	case TypeInt:
		i, f := v.AsInt(), float64(v.AsInt())
		c.Int = func(*engine.Loop) int64 { return i }
		c.Float = func(*engine.Loop) float64 { return f }
	case TypeFloat:
		f := v.AsFloat()
		c.Float = func(*engine.Loop) float64 { return f }
	case TypeBool:
		b := v.AsBool()
		c.Bool = func(*engine.Loop) bool { return b }
	}
	switch t.Kind {
	case TypeNull, TypeBool, TypeInt, TypeFloat, TypeString: // rendering anything else asks the loop for its name
		text := string(engine.AppendText(nil, nil, v))
		c.Text = func(_ *engine.Loop, dst []byte) []byte { return append(dst, text...) }
	}
	return c
}

// peek is the value for one who only looks into it.
func (c Compiled) peek() engine.Eval {
	if c.look != nil {
		return c.look
	}
	return c.Value
}

// AsInt is c as an integer; what says in the error what had to be one.
func (c Compiled) AsInt(what string) engine.EvalInt {
	if c.Int != nil {
		return c.Int
	}
	f := c.As(IntType, what)
	return func(l *engine.Loop) int64 { return f(l).AsInt() }
}

// AsFloat is c as a number.
func (c Compiled) AsFloat(what string) engine.EvalFloat {
	if c.Float != nil {
		return c.Float
	}
	f := c.As(NumberType, what)
	return func(l *engine.Loop) float64 { return numberOf(f(l)) }
}

// AsBool is c as a condition.
func (c Compiled) AsBool(what string) engine.EvalBool {
	if c.Bool != nil {
		return c.Bool
	}
	f := c.As(BoolType, what)
	return func(l *engine.Loop) bool { return f(l).AsBool() }
}

// AsDuration is c, in the scenario's unit of time, as nanoseconds to nearest, ties to even; what is below zero stays so, and what is above.
func (c Compiled) AsDuration(what string) engine.EvalTime { return c.asTime(what, nanos) }

// AsMoment is c, a loop time in the scenario's unit, as nanoseconds: when they have come, `now >= c`.
func (c Compiled) AsMoment(what string) engine.EvalTime { return c.asTime(what, moment) }

func (c Compiled) asTime(what string, convert func(*engine.Loop, float64) int64) engine.EvalTime {
	switch {
	case c.Int != nil:
		f := c.Int
		return func(l *engine.Loop) int64 { return wholeNanos(l, f(l), convert) }
	case c.Type.Kind == TypeFloat:
		f := c.Float
		return func(l *engine.Loop) int64 { return convert(l, f(l)) }
	}
	f := c.As(NumberType, what)
	return func(l *engine.Loop) int64 {
		v := f(l)
		if v.Kind() == engine.KindInt {
			return wholeNanos(l, v.AsInt(), convert)
		}
		return convert(l, numberOf(v))
	}
}

// As is c as a value of type t: where the static type leaves it open, another kind raises TypeError. The value is
// null then.
func (c Compiled) As(t Type, what string) engine.Eval {
	f := c.Value
	if (Param{Types: []Type{t}}).Sure(c.Type) {
		return f
	}
	return checked(f, t, what)
}

func checked(f engine.Eval, t Type, what string) engine.Eval {
	return func(l *engine.Loop) engine.Value {
		v := f(l)
		if !HasType(v, t) {
			l.Raise("TypeError", what+" must be "+t.Article()+", not "+describeKind(v))
			return engine.Value{}
		}
		return v
	}
}

// Grown is the value of a text that begins with the text of head and goes on with rest. If head is a text, it is not
// copied each time in a loop.
func Grown(head Compiled, rest engine.EvalText) engine.Eval {
	first := head.peek()
	return func(l *engine.Loop) engine.Value {
		v := first(l)
		if l.Failed() {
			return engine.String("")
		}
		if v.Kind() != engine.KindString {
			return newText(l, string(rest(l, l.AppendText(nil, v))))
		}
		a, b := v.AsString(), rest(l, nil)
		if !l.Room(len(a) + len(b)) {
			return engine.String("")
		}
		s, _ := l.Join(a, string(b))
		return engine.String(s)
	}
}

// OfVariable is a variable of static type t.
func OfVariable(t Type, ref engine.Ref) Compiled {
	switch i := ref.Index; ref.Space {
	case engine.LocalVar:
		return localVariable(t, i)
	case engine.SharedVar:
		return sharedVariable(t, i)
	default:
		return ofVariable(t, func(l *engine.Loop) engine.Value { return l.ContextVar(i) })
	}
}

// Sum is a number and what is added to it.
func Sum(a, b Compiled) Compiled {
	t := SumType(a.Type, b.Type)
	if a.Type.Numeric() && b.Type.Numeric() {
		return arithmeticOp("+", t, a, b)
	}
	x, y := a.Value, b.Value
	return OfValue(t, func(l *engine.Loop) engine.Value { return AddNumbers(l, x(l), y(l)) })
}

// AddNumbers is the sum of two numbers; TypeError if one is none, OverflowError if it does not fit.
func AddNumbers(l *engine.Loop, a, b engine.Value) engine.Value {
	if _, ok := a.Number(); ok {
		if _, ok := b.Number(); ok {
			return arithmetic(l, "+", a, b)
		}
	}
	l.Raise("TypeError", "only numbers are added, not "+describeKind(a)+" and "+describeKind(b))
	return engine.Int(0)
}
