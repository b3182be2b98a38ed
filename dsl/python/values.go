package python

import (
	"fmt"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// value translates a value.
func (f *function) value(v *syntax.Value) code {
	switch v.Kind {
	case syntax.Computed:
		return f.expr(v.Expr)
	case syntax.Template:
		return f.template(v)
	case syntax.Literal:
		return literal(v.Const)
	}
	parts := make([]string, len(v.Items))
	for i, item := range v.Items {
		parts[i] = f.value(item).text
		if v.Kind == syntax.MapValue {
			parts[i] = quote(v.Keys[i]) + ": " + parts[i]
		}
	}
	if v.Kind == syntax.MapValue {
		return atom("{%s}", strings.Join(parts, ", "))
	}
	return atom("[%s]", strings.Join(parts, ", "))
}

// optional translates a value that may be absent.
func (f *function) optional(v *syntax.Value) string {
	if v == nil {
		return ""
	}
	return f.value(v).text
}

// flag returns a literal boolean, or false if it is absent.
func flag(v *syntax.Value) bool { return v != nil && v.Const.AsBool() }

// text translates a value that is rendered into text.
func (f *function) text(v *syntax.Value) string {
	switch v.Kind {
	case syntax.Literal:
		if v.Const.IsNull() {
			return `""`
		}
		return quote(string(engine.AppendText(nil, nil, v.Const)))
	case syntax.Template:
		return f.template(v).text
	case syntax.Computed:
		if f.info.View(v.Expr).Type.Kind == expr.TypeString {
			return f.expr(v.Expr).text
		}
	}
	f.use("text")
	return "text(" + f.value(v).text + ")"
}

// template translates text with expressions in it, into an f-string if all of them are allowed in one.
func (f *function) template(v *syntax.Value) code {
	var inside, joined []string
	fits := true
	for _, p := range v.Parts {
		if p.Expr == nil {
			inside = append(inside, strings.NewReplacer("{", "{{", "}", "}}").Replace(escape(p.Text, '"')))
			joined = append(joined, quote(p.Text))
			continue
		}
		in, operand, ok := f.embedded(p.Expr)
		inside, joined, fits = append(inside, in), append(joined, operand), fits && ok
	}
	if fits {
		return atom(`f"%s"`, strings.Join(inside, ""))
	}
	return code{strings.Join(joined, " + "), bindAdd}
}

// embedded translates an expression in a text, for an f-string and as an operand of +. fits says whether an f-string
// can hold it.
func (f *function) embedded(e *syntax.Expr) (inside, operand string, fits bool) {
	c, kind := f.expr(e), f.info.View(e).Type.Kind
	inside, operand = c.text, c.in(bindAdd)
	if kind != expr.TypeString {
		f.use("text")
		operand = "text(" + c.text + ")"
		if kind != expr.TypeInt {
			inside = operand
		}
	}
	single := strings.ReplaceAll(inside, `"`, "'")
	fits = !strings.ContainsAny(single, "\\{}#!") && !strings.Contains(inside, "lambda") &&
		(single == inside || !strings.Contains(inside, "'"))
	return "{" + single + "}", operand, fits
}

// duration translates a duration into the loop's unit.
func (f *function) duration(d *syntax.Duration) string {
	var text string
	if f.s.Unit != 1e9 {
		return f.inUnits(d)
	}
	if d.Expr != nil {
		text = f.expr(d.Expr).text
	} else if d.Nanos%1e9 == 0 {
		text = strconv.FormatInt(d.Nanos/1e9, 10)
	} else {
		text = string(engine.AppendFloat(nil, engine.Seconds(d.Nanos)))
	}
	if !f.virtual {
		return text
	}
	f.use("seconds")
	return "seconds(" + text + ")"
}

// inUnits is duration where the scenario does not count in seconds.
func (f *function) inUnits(d *syntax.Duration) string {
	switch {
	case f.virtual && d.Expr == nil:
		return strconv.FormatInt(d.Nanos, 10)
	case f.virtual:
		f.use("seconds")
		return "seconds(" + f.expr(d.Expr).text + ")"
	case d.Expr == nil:
		return string(engine.AppendFloat(nil, engine.Seconds(d.Nanos)))
	}
	return f.expr(d.Expr).in(bindAtom) + " * " + string(engine.AppendFloat(nil, engine.Seconds(f.s.Unit)))
}

// at translates a loop time into a time of the loop's clock.
func (f *function) at(d *syntax.Duration) string {
	switch {
	case d.OfDay:
		f.use("day_time")
		return fmt.Sprintf("day_time(%d)", d.Nanos)
	case !f.virtual:
		return "STARTED + (" + f.duration(d) + ")"
	case d.Expr == nil:
		return f.duration(d)
	}
	f.use("moment")
	return "moment(" + f.expr(d.Expr).text + ")"
}
