package python

import (
	"strings"

	"runloop/dsl/syntax"
)

func (f *function) ifElse(n *syntax.If) {
	f.branch("if", &n.Branch)
	for _, b := range n.Elif {
		f.branch("elif", b)
	}
	if n.Else != nil {
		f.suite("else:", n.Else)
	}
}

func (f *function) branch(word string, b *syntax.Branch) {
	f.suite(word+" "+f.expr(b.Cond.Expr).text+":", b.Then)
}

func (f *function) repeat(n *syntax.Repeat) {
	variable := "_"
	if n.As != nil {
		variable = f.loopVariable(n.As)
	}
	f.suite("for "+variable+" in range("+f.value(n.N).text+"):", n.Do)
}

// loopVariable returns the Python name of a loop's variable. The loop may run no turn, so the variable does not count
// as assigned after it.
func (f *function) loopVariable(name *syntax.Name) string {
	f.indent++
	defer func() { f.indent-- }()
	return f.writable(name.Text)
}

func (f *function) forIn(n *syntax.For) { f.suite(f.each(n.Each), n.Do) }

// each returns the head of a loop over a list or a map.
func (f *function) each(e syntax.Each) string {
	f.use("each")
	return "for " + f.loopVariable(e.Var) + " in each(" + f.value(e.In).text + "):"
}

func (f *function) while(n *syntax.While) {
	f.suite("while "+f.expr(n.Cond.Expr).text+":", n.Do)
}

func (f *function) returnValue(n *syntax.Return) {
	if n.Value == nil {
		f.linef("return")
		return
	}
	f.linef("return %s", f.value(n.Value).text)
}

func (f *function) raise(n *syntax.Raise) {
	from := ""
	if n.From != nil {
		from = " from " + f.reference(n.From).text
	}
	switch {
	case n.Type != nil:
		f.linef("raise %s%s", f.raised(n), from)
	case n.Value != nil:
		f.linef("raise %s%s", f.value(n.Value).text, from)
	case f.starred:
		f.linef("raise") // what is named would count as raised anew
	default:
		f.linef("raise %s", f.caught())
	}
}

// raised returns the new error that a `raise` raises.
func (f *function) raised(n *syntax.Raise) string {
	if strings.HasSuffix(n.Type.Text, "ExceptionGroup") {
		f.refusef(n.Type.Span, "an `%s` without errors cannot be exported: Python has none", n.Type.Text)
	}
	if message := n.Message.Message; message != nil {
		return f.errorName(n.Type.Text) + "(" + f.text(message) + ")"
	}
	return f.errorName(n.Type.Text)
}

func (f *function) try(n *syntax.Try) {
	handlers, word := n.Catch, "except"
	if len(n.CatchGroup) > 0 {
		handlers, word = n.CatchGroup, "except*"
	}
	attempt := func() {
		f.block(n.Do)
		if len(handlers) == 0 && n.Else != nil { // Python's else needs an except
			f.block(n.Else)
		}
	}
	if len(handlers) == 0 && n.Finally == nil {
		attempt()
		return
	}
	f.under("try:", attempt)
	outer := f.starred
	f.starred = word == "except*"
	f.catches++
	for _, h := range handlers {
		f.handler(word, h)
	}
	f.catches--
	f.starred = outer
	if len(handlers) > 0 && n.Else != nil {
		f.suite("else:", n.Else)
	}
	if n.Finally != nil {
		f.suite("finally:", n.Finally)
	}
}

func (f *function) handler(word string, h *syntax.Handler) {
	f.under(word+" "+f.errorTypes(h.Errors)+" as "+f.caught()+":", func() {
		if h.As != nil {
			f.assign(h.As.Text, f.caught())
		}
		if h.Do != nil || h.As == nil {
			f.block(h.Do)
		}
	})
}

// errorTypes returns the types that an `except` catches.
func (f *function) errorTypes(names *syntax.Names) string {
	if names == nil || len(names.Items) == 0 {
		return "Exception"
	}
	types := make([]string, len(names.Items))
	for i, n := range names.Items {
		types[i] = f.errorName(n.Text)
	}
	if len(types) == 1 {
		return types[0]
	}
	return "(" + strings.Join(types, ", ") + ")"
}

func (f *function) timeout(n *syntax.Timeout) {
	do := func() { f.block(n.Do) }
	switch {
	case n.For != nil:
		f.after(n.For, n.As, do, n.Else)
	case n.At != nil:
		when := f.at(n.At.At)
		f.scope("asyncio.timeout_at("+when+")", "Timeout("+when+")", n.As, do, n.Else)
	default:
		f.scope("asyncio.timeout(None)", "Timeout(None)", n.As, do, n.Else)
	}
}

func (f *function) reschedule(n *syntax.Reschedule) {
	when := "None"
	switch {
	case n.After != nil:
		when = "loop.time() + " + f.duration(n.After)
	case n.At != nil:
		when = f.at(n.At)
	}
	f.linef("%s.reschedule(%s)", f.what(n.Timeout), when)
}

// after writes steps under a time-out that expires after d.
func (f *function) after(d *syntax.Duration, as *syntax.Name, write func(), other *syntax.Block) {
	delay := f.duration(d)
	f.scope("asyncio.timeout("+delay+")", "Timeout(loop.time() + "+delay+")", as, write, other)
}

// limited writes a step under its `within`, if it has one.
func (f *function) limited(l syntax.Limit, write func()) {
	if l.Within == nil {
		write()
		return
	}
	f.after(l.Within, nil, write, l.Else)
}

// scope writes steps under a time-out. If other is not nil, it runs when this time-out expires; own, the prelude's
// Timeout, can tell that from any other TimeoutError.
func (f *function) scope(asyncio, own string, as *syntax.Name, write func(), other *syntax.Block) {
	if other == nil && as == nil {
		f.under("async with "+asyncio+":", write)
		return
	}
	body := func(scope string) func() {
		return func() {
			if as != nil {
				f.use("made")
				f.assign(as.Text, "made("+scope+")")
			}
			write()
		}
	}
	if other == nil {
		scope := f.temp()
		f.under("async with "+asyncio+" as "+scope+":", body(scope))
		return
	}
	f.use("Timeout")
	f.otherwise(f.temp(), other, func(scope string) { f.under("async with "+own+" as "+scope+":", body(scope)) })
}

// otherwise writes steps that a TimeoutError may end; if limit, a local, has raised it, other runs.
func (f *function) otherwise(limit string, other *syntax.Block, write func(limit string)) {
	f.under("try:", func() { write(limit) })
	f.under("except TimeoutError:", func() {
		f.under("if not "+limit+".raised:", func() { f.linef("raise") })
		f.block(other)
	})
}
