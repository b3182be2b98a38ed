package check

import (
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// Check finds out what the names and values of a scenario mean and reports what is wrong.
func Check(s *syntax.File, diags *source.Diagnostics) *Info {
	info := newInfo()
	declare(s, info, diags)
	info.lost = s.Lost
	newCodeChecker(s, info).check(diags)
	return info
}

// declare collects the names of the scenario and of its activations.
func declare(s *syntax.File, info *Info, diags *source.Diagnostics) {
	c := &collector{Info: info, diags: diags}
	for i, p := range s.Params {
		c.global(p.Name, expr.SymParam, i, p.Type)
	}
	for i, v := range s.Shared {
		c.global(v.Name, expr.SymShared, i, expr.Type{})
	}
	for i, v := range s.Context {
		c.global(v.Name, expr.SymContext, i, expr.Type{})
	}
	for i, o := range s.Objects {
		c.global(o.Name, expr.SymObject, i, o.Typ())
	}
	for _, d := range s.Coroutines {
		c.Coroutines[d.Name.Text] = d
	}
	for _, d := range s.Callbacks {
		c.Callbacks[d.Name.Text] = d
	}
	c.functions(s)
	c.collect(s)
	info.spreadWaits(s)
}

// global declares a variable of the whole scenario.
func (c *collector) global(name *syntax.Name, kind expr.SymbolKind, index int, t expr.Type) {
	if other := c.Globals[name.Text]; other != nil || reserved(name.Text) {
		_, what, _ := strings.Cut(expr.SymbolWords[kind], " ")
		c.hidden(name, other, what)
		return
	}
	c.Globals[name.Text] = &Variable{
		Symbol: expr.Symbol{Kind: kind, Index: index, Type: t, Name: name.Text, Decl: name.Span},
		Fixed:  kind == expr.SymParam || kind == expr.SymObject,
	}
}

// collect finds the names of every activation.
func (c *collector) collect(s *syntax.File) {
	for _, d := range s.Coroutines {
		c.bodies[d] = c.body(coroutineBody, d.Name.Text, d.Params, d.Do)
		c.BodyOf(d).lost = d.LostParams()
	}
	for _, d := range s.Callbacks {
		c.bodies[d] = c.body(callbackBody, d.Name.Text, d.Params, d.Do, d.Then)
		c.BodyOf(d).lost = d.LostParams()
	}
	for _, w := range s.Workers {
		c.workerNames(w)
	}
	for _, w := range s.Workers {
		holder := newActivation(inlineBody, w.Name.Text)
		c.record(holder, &w.Entry.Record, false, true)
		for _, child := range holder.children {
			child.parent = nil
			c.finish(child, nil)
		}
	}
	block := func(kind BodyKind, name string, b *syntax.Block) *Activation {
		if b == nil {
			return nil
		}
		return c.body(kind, name, nil, b)
	}
	c.Main = block(MainBody, "main", s.Main)
	c.before = block(BeforeBody, "before", s.Before)
	c.after = block(AfterBody, "after", s.After)
}

// spreadWaits marks a coroutine as waiting if it calls one that waits.
func (i *Info) spreadWaits(s *syntax.File) {
	for changed := true; changed; {
		changed = false
		for _, d := range s.Coroutines {
			if i.BodyOf(d).Waiting != nil {
				continue
			}
			for _, name := range i.BodyOf(d).called {
				if callee := i.Coroutines[name.Text]; callee != nil && i.BodyOf(callee).Waiting != nil {
					i.BodyOf(d).Waiting, changed = i.BodyOf(callee).Waiting, true
				}
			}
		}
	}
}
