package engine

import "math"

// container is an amount, a whole number as long as only whole numbers are put in and taken out (SimPy: Container).
type container struct {
	plainObject
	stock
	name     string
	amount   Value // what is in it
	capacity Value // an infinite float: no limit
	overtake bool  // smaller requests may pass one that does not fit
}

// ContainerDef is what an ObjectDef says of a container.
type ContainerDef struct {
	Capacity Eval // nil: no limit
	Initial  Eval // nil: 0
	Overtake bool // smaller requests may pass one that does not fit
}

func makeContainer(l *Loop, d *ObjectDef, name string, _ int64) int {
	c := container{name: name, amount: Int(0), capacity: Float(math.Inf(1)), overtake: d.Container.Overtake}
	if d.Container.Capacity != nil {
		c.capacity = d.Container.Capacity(l)
	}
	if d.Container.Initial != nil && l.fault == nil {
		c.amount = d.Container.Initial(l)
	}
	if l.fault != nil {
		return add(&l.containers, c)
	}
	capacity, isNumber := c.capacity.Number()
	initial, alsoNumber := c.amount.Number()
	switch {
	case !isNumber || !alsoNumber:
		l.Raise("TypeError", "the capacity of a container and what is in it are numbers")
	case !(capacity > 0):
		l.Raise("ValueError", "a container's capacity must be above 0, not "+l.text(c.capacity))
	case !(initial >= 0) || initial > math.MaxFloat64:
		l.Raise("ValueError", "what is in a container must be 0 or more, not "+l.text(c.amount))
	case less(c.capacity, c.amount):
		l.Raise("ValueError", "a container of "+l.text(c.capacity)+" cannot begin with "+l.text(c.amount))
	}
	return add(&l.containers, c)
}

// text is a value as text.
func (l *Loop) text(v Value) string { return string(l.AppendText(nil, v)) }

// less compares two numbers.
func less(a, b Value) bool {
	if a.is(KindInt) && b.is(KindInt) {
		return a.AsInt() < b.AsInt()
	}
	c, ok := Compare(a, b)
	return ok && c < 0
}

// addAmounts is the sum of two numbers, or their difference, of integers an integer. false: it is beyond what a number can be.
func addAmounts(a, b Value, minus bool) (Value, bool) {
	if a.is(KindInt) && b.is(KindInt) {
		x, y := a.AsInt(), b.AsInt()
		if minus {
			return Int(x - y), (x-y < x) == (y > 0)
		}
		return Int(x + y), (x+y > x) == (y > 0)
	}
	x, _ := a.Number()
	y, _ := b.Number()
	if minus {
		y = -y
	}
	return Float(x + y), math.Abs(x+y) <= math.MaxFloat64
}

func (c *container) title() string { return c.name }

func (c *container) attr(l *Loop, _ uint32, a Attr) (Value, bool) {
	switch a {
	case AttrCapacity:
		return c.capacity, true
	case AttrLevel:
		return c.amount, true
	case AttrWanted:
		return l.amounts(&c.wants), true
	case AttrOffered:
		return l.amounts(&c.offers), true
	case AttrFull:
		return Bool(!less(c.amount, c.capacity)), true
	case AttrEmpty:
		return Bool(!less(Int(0), c.amount)), true
	}
	return Value{}, false
}

// amounts is the sum of what those in a line ask for, in its order.
func (l *Loop) amounts(line *stockLine) Value {
	all := Int(0)
	for _, ids := range line.lists {
		for _, id := range ids {
			next, ok := addAmounts(all, l.request(id).quantity(), false)
			if !ok {
				l.Raise("OverflowError", "the sum of the amounts does not fit into a number")
				return all
			}
			all = next
		}
	}
	return all
}

// level is cut off to an integer.
func (c *container) level() (int64, int) { return whole(c.amount), c.waiting() }

func (c *container) most() int64 { return whole(c.capacity) }

// whole is a number without its fraction; 0: it has none that fits.
func whole(v Value) int64 {
	if v.is(KindInt) {
		return v.AsInt()
	}
	if f := v.AsFloat(); f < 1<<62 {
		return int64(f)
	}
	return 0
}

func (c *container) own(was *container) { c.ownLines(&was.stock) }

func (c *container) hash(l *Loop, h *hasher) {
	h.value(c.amount)
	h.value(c.capacity)
	c.hashLines(l, h)
}

// quantity is the amount that a request asks a container for.
func (q *request) quantity() Value {
	if q.isFloat {
		return Value{Float(0).p, uint64(q.amount)}
	}
	return Int(q.amount)
}

// check raises an error for an amount that can never be there or never fit.
func (c *container) check(l *Loop, amount Value) {
	if amount.is(KindInt) && amount.AsInt() > 0 && !less(c.capacity, amount) {
		return
	}
	switch f, ok := amount.Number(); {
	case !ok:
		l.Raise("TypeError", "an amount is a number, not "+amount.Kind().String())
	case !(f > 0) || f > math.MaxFloat64:
		l.Raise("ValueError", "an amount must be above 0, not "+l.text(amount))
	case less(c.capacity, amount):
		l.Raise("ValueError", "an amount of "+l.text(amount)+" is more than the capacity, "+l.text(c.capacity))
	}
}

func (c *container) serve(l *Loop, id uint32) served {
	q := l.request(id)
	switch level, fits := c.with(q.quantity(), q.offers); {
	case fits:
		c.setLevel(level)
		return servedDone
	case c.overtake:
		return servedPassed
	}
	return servedNot
}

// with is what would be in a container if an amount were put in or taken out, and whether that can be.
func (c *container) with(amount Value, put bool) (level Value, fits bool) {
	level, ok := addAmounts(c.amount, amount, !put)
	return level, ok && (put && !less(c.capacity, level) || !put && !less(level, Int(0)))
}

// setLevel is where what is in a container changes: with more in it who takes may be served, with less who puts.
func (c *container) setLevel(amount Value) {
	if less(c.amount, amount) {
		c.wants.due = everybody
	} else {
		c.offers.due = everybody
	}
	c.amount = amount
}

func (c *container) takeBack(_ *Loop, q *request) {
	if amount, ok := addAmounts(c.amount, q.quantity(), false); ok {
		c.setLevel(amount)
	}
}

func (c *container) got(*Loop, *request) Value { return Value{} }
