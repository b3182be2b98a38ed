package check

import (
	"cmp"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// assign joins the type of an assigned value into the variable's type, and reports a value that does not fit.
func (c *checker) assign(v *Variable, t expr.Type, at source.Span) { c.assigned(v, t, at, false) }

// assigned is assign. If binds is set, the place holds the variable's own name and not a value.
func (c *checker) assigned(v *Variable, t expr.Type, at source.Span, binds bool) {
	if v.Kind == expr.SymLocal && c.flow.assigned != nil {
		c.flow.assigned[v.Index] = true
	}
	if t.Kind == expr.TypeString && !binds {
		v.wrote = c.s.Source.Text(at)
	}
	if v.Fixed {
		if !expr.Assignable(t, v.Type) {
			c.errorf(CodeTwoTypes, at,
				c.madeInt(v, t, at), "`%s` is declared as %s: it cannot be %s", v.Name, v.Type.Article(), t.Article())
			c.note("it is declared here", v.Decl)
		}
		return
	}
	joined, ok := expr.Join(v.Type, t)
	if !ok && joined.Kind == expr.TypeAny {
		text := c.s.Source.Text(at)
		hint := c.meantExpression(text)
		if hint == "" || binds {
			hint = "use another name for `" + source.Shorten(text) + "`"
		}
		c.errorf(CodeTwoTypes, at, hint,
			"`%s` is %s: it cannot be %s as well", v.Name, v.Type.Article(), t.Article())
		c.note("it is assigned here first", v.Decl)
		return
	}
	if !joined.Equal(v.Type) {
		v.Type, c.changed = joined, true
	}
}

// madeInt returns a hint that turns the number computed at a place into an int, or "" if v is no int or the value no
// computed number.
func (c *checker) madeInt(v *Variable, t expr.Type, at source.Span) string {
	text := strings.Trim(c.s.Source.Text(at), "\"'")
	inner, computed := strings.CutPrefix(strings.TrimSuffix(text, "}"), "${")
	if v.Type.Kind != expr.TypeInt || !t.Numeric() || !computed {
		return ""
	}
	return expr.IntHint(inner)
}

// bind assigns to the variable that `as` or `for` names.
func (c *checker) bind(name *syntax.Name, t expr.Type) {
	if name == nil {
		return
	}
	v := c.Variable(name.Text)
	if v == nil || v.Kind != expr.SymLocal && v.Kind != expr.SymShared {
		return
	}
	c.assigned(v, t, name.Span, true)
	if v.Fixed && expr.Assignable(t, v.Type) && !(expr.Param{Types: []expr.Type{v.Type}}).Sure(t) {
		c.errorf(CodeTwoTypes, name.Span,
			"bind it to another name", "`%s` is declared as %s: this may be something else",
			v.Name, v.Type.Article())
	}
}

// placeUse says what becomes of a place in a variable.
type placeUse uint8

const (
	replaces placeUse = iota // it holds the value
	adds                     // the value is added to the number there
	appends                  // the value becomes an element of the list there
	removes                  // it is no longer there
)

// target checks a place that a step changes with a value of type t.
func (c *checker) target(item syntax.Targeting, t expr.Type, use placeUse) {
	p, at := item.Path, item.Path.Span
	if item.Value != nil {
		at = item.Value.Span
	}
	v := c.Variable(p.Name.Text)
	switch {
	case v == nil && reserved(p.Name.Text), v != nil && (v.Kind == expr.SymParam || v.Kind == expr.SymObject):
		what := "a name of the language"
		if v != nil {
			what = expr.SymbolWords[v.Kind]
		}
		c.errorf(CodeConstant, p.Name.Span, "", "`%s` is %s: it cannot be assigned", p.Name.Text, what)
		return
	case v == nil && c.mayExist():
		return
	case v == nil:
		hint := source.DidYouMean(p.Name.Text, c.assignables())
		if source.Suggest(p.Name.Text, c.assignables()) == "" {
			hint = "`let` makes a local; shared variables are declared under `shared:`"
		}
		c.errorf(CodeNoVariable, p.Name.Span, hint, "there is no variable `%s` to assign", p.Name.Text)
		return
	}
	if (len(p.Elems) > 0 || use != replaces) && v.Kind == expr.SymLocal {
		c.read(v.Name, p.Name.Span)
	}
	old := v.Type
	for range p.Elems {
		old = old.Element()
	}
	switch use {
	case appends:
		if len(p.Elems) == 0 && !fits(v.Type, []expr.TypeKind{expr.TypeList}) {
			c.errorf(CodeValueType, p.Name.Span, "", "`append` takes a list, `%s` is %s", v.Name, v.Type.Article())
			c.note("it is assigned here first", v.Decl)
			return
		}
		t = expr.ListOf(t)
	case adds:
		if !c.adds(item, old, t) {
			return
		}
		t = expr.SumType(old, t)
	case removes:
		if len(p.Elems) == 0 {
			c.errorf(CodeValueType, p.Span, "write `remove: "+v.Name+".key` or `remove: \""+v.Name+"[0]\"`",
				"`remove` takes a place in a list or map, `%s` is a whole variable", v.Name)
			return
		}
		t = old
	}
	c.assign(v, c.around(v.Type, p.Elems, t), at)
}

// adds checks what `add` adds to what, and reports whether both are numbers.
func (c *checker) adds(item syntax.Targeting, old, amount expr.Type) bool {
	number := []expr.TypeKind{expr.TypeNumber}
	place := c.s.Source.Text(item.Path.Span)
	switch {
	case !fits(amount, number):
		hint := cmp.Or(c.meantVariable(item.Value), c.valueHint(item.Value, amount, number))
		c.errorf(CodeValueType, item.Value.Span, hint, "`add` adds numbers, not %s", amount.Article())
		return false
	case !fits(old, number):
		hint := ""
		switch old.Kind {
		case expr.TypeList:
			hint = "write `append: { " + place + ": … }`"
		case expr.TypeString:
			hint = "write `set: { " + place + ": \"${" + strings.Trim(place, "\"'") + "}…\" }`"
		}
		c.errorf(CodeValueType, item.Path.Span, hint, "`add` adds to a number, `%s` is %s", strings.Trim(place, "\"'"), old.Article())
		return false
	}
	return true
}

func (c *checker) assignables() []string {
	var list []string
	for _, name := range c.Scope.Names() {
		if v := c.Variable(name); v != nil && v.Kind != expr.SymParam && v.Kind != expr.SymObject {
			list = append(list, name)
		}
	}
	return list
}

// around returns the type of a variable of type base once the place at elems inside it holds a t.
func (c *checker) around(base expr.Type, elems []syntax.PathElem, t expr.Type) expr.Type {
	if len(elems) == 0 {
		return t
	}
	e := elems[0]
	want := expr.TypeMap
	if e.Index != nil {
		index := c.expr(e.Index)
		switch {
		case expr.Assignable(index, expr.IntType) && !index.Open():
			want = expr.TypeList
		case !expr.Assignable(index, expr.StringType):
			c.errorf(CodeValueType, e.Index.Span,
				indexHint(e.Index.Text, base, index), "an index is an int or, in a map, a string, not %s", index.Article())
			c.around(expr.AnyType, elems[1:], t) // the rest may have errors, too
			return base
		case index.Open():
			want = base.Kind
		}
	}
	if base.Open() {
		c.around(base, elems[1:], t)
		return base
	}
	if base.Kind != want {
		hint := ""
		if e.Index != nil && base.Kind == expr.TypeMap {
			hint = "the keys of a map are strings: write `[string(" + e.Index.Text + ")]`"
		}
		c.errorf(CodeNoElements, e.Span, hint, "there is no such place in %s: `%s`", base.Article(),
			source.Shorten(c.s.Source.Text(e.Span)))
		c.around(expr.AnyType, elems[1:], t)
		return base
	}
	return expr.ContainerOf(base.Kind, c.around(base.Element(), elems[1:], t))
}
