package dsl

import (
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// Domain is the values that a run parameter can have: those of its `enum`, true and false, or those from its `min` to its `max`,
// in steps of about a thousandth where they are no whole numbers.
type Domain struct {
	Name string
	Size int64 // how many there are, at least 1
	// Default is the place of the default, or of the value before it; -1: it has none, it must be given.
	Default int64

	texts []string // of a list; nil: it is a range
	lo    int64    // of a range: the first value, in units of scale
	hi    int64    // and the last one
	step  int64
	scale float64 // of a number: how many units are 1; 0: it is whole
	nanos bool    // the units are nanoseconds
}

// Text is value i as a command line has it.
func (d *Domain) Text(i int64) string {
	if d.texts != nil {
		return d.texts[i]
	}
	n := d.lo + i*d.step
	if i == d.Size-1 {
		n = d.hi
	}
	switch {
	case d.nanos:
		return syntax.DurationText(n)
	case d.scale > 0:
		return strconv.FormatFloat(float64(n)/d.scale, 'f', -1, 64)
	}
	return strconv.FormatInt(n, 10)
}

// String says what the values are: n from 1 to 200.
func (d *Domain) String() string {
	if d.texts != nil {
		return d.Name + " of " + strings.Join(d.texts, ", ")
	}
	return d.Name + " from " + d.Text(0) + " to " + d.Text(d.Size-1)
}

// Domains returns the domains of the run parameters that have one, and the names of the others, in the order of the file.
func (s *Scenario) Domains() (list []Domain, others []string) {
	for _, p := range s.Params {
		if d, ok := domainOf(p); ok {
			list = append(list, d)
		} else {
			others = append(others, p.Name.Text)
		}
	}
	return list, others
}

// domainOf is the domain of a parameter; false: it has none, or more than 2^53 values.
func domainOf(p *syntax.Param) (Domain, bool) {
	d := Domain{Name: p.Name.Text, Default: -1}
	switch {
	case p.Enum != nil:
		for _, item := range p.Enum.Items {
			d.texts = append(d.texts, valueText(p, item))
		}
	case p.Type.Kind == expr.TypeBool:
		d.texts = []string{"false", "true"}
	case p.Min == nil || p.Max == nil:
		return d, false
	default:
		return rangeOf(p, d)
	}
	if p.Default != nil {
		d.Default = 0
		for i, text := range d.texts {
			if text == valueText(p, p.Default) {
				d.Default = int64(i)
			}
		}
	}
	d.Size = int64(len(d.texts))
	return d, d.Size > 0
}

func valueText(p *syntax.Param, v *syntax.Value) string {
	c := syntax.ConstantOf(p.Fit(v))
	if n, ok := c.Number(); ok && p.IsDuration {
		return syntax.DurationText(p.Nanos(n))
	}
	return string(engine.AppendText(nil, nil, c))
}

// rangeSteps is how many steps a range of numbers that are not whole has, about.
const rangeSteps = 1000

// rangeOf is the domain from `min` to `max`.
func rangeOf(p *syntax.Param, d Domain) (Domain, bool) {
	number := func(v *syntax.Value) float64 { n, _ := syntax.ConstantOf(p.Fit(v)).Number(); return n }
	lo, hi := number(p.Min), number(p.Max)
	units := func(x float64) int64 { return int64(x) }
	d.step = 1
	switch {
	case p.IsDuration:
		d.nanos = true
		units = p.Nanos
	case p.Type.Kind == expr.TypeInt:
	default: // in steps of a power of ten
		for d.scale = 1; d.scale < 1e9 && (hi-lo)*d.scale < rangeSteps; d.scale *= 10 {
		}
		units = func(x float64) int64 { return int64(x * d.scale) }
	}
	if max(hi, -lo) > 1<<53 || max(hi, -lo)*max(d.scale, 1) > 1<<53 {
		return d, false
	}
	d.lo, d.hi = units(lo), units(hi)
	if d.scale > 0 && float64(d.lo)/d.scale < lo {
		d.lo++
	}
	for p.Type.Kind != expr.TypeInt && (d.hi-d.lo)/d.step > 10*rangeSteps {
		d.step *= 10
	}
	d.Size = (d.hi-d.lo+d.step-1)/d.step + 1
	if p.Default != nil {
		d.Default = min(max((units(number(p.Default))-d.lo)/d.step, 0), d.Size-1)
	}
	return d, d.Size > 0
}
