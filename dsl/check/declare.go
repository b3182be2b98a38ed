package check

import (
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// Check finds out what the names and values of a scenario mean and reports what is wrong.
func Check(s *syntax.File, diags *source.Diagnostics) *Info {
	info := newInfo(s.Source.Parts())
	declare(s, info, diags)
	info.lost = s.Lost
	newCodeChecker(s, info).check(diags)
	return info
}

// declare collects the names of the scenario and of its activations.
func declare(s *syntax.File, info *Info, diags *source.Diagnostics) {
	c := &collector{Info: info, s: s, diags: diags}
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
		c.define("coroutine", c.Coroutines, d)
	}
	for _, d := range s.Callbacks {
		c.define("callback", c.Callbacks, d)
	}
	c.functions(s)
	c.spread(s)
	c.collect(s)
	info.spreadWaits(s)
	info.Metrics, info.unit = info.metricsOf(s), s.Unit
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
		c.enter(s.Part(d.Name))
		c.bodies[d] = c.body(coroutineBody, d.Name.Text, d.Params, d.Do)
		c.BodyOf(d).lost = d.LostParams()
	}
	for _, d := range s.Callbacks {
		c.enter(s.Part(d.Name))
		c.bodies[d] = c.body(callbackBody, d.Name.Text, d.Params, d.Do, d.Then)
		c.BodyOf(d).lost = d.LostParams()
	}
	c.enter(0)
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
	c.collectSources(s)
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

// define gives a definition its name, unless another file has given that to another one: in one file they are equal keys.
func (c *collector) define(what string, in map[string]*syntax.Definition, d *syntax.Definition) {
	if other := in[d.Name.Text]; other != nil {
		c.definedTwice(what, other.Name, d.Name)
		return
	}
	in[d.Name.Text] = d
}

// definedTwice reports a name that two files define. The first file can be changed most easily, else the later include.
func (c *collector) definedTwice(what string, first, second *syntax.Name) {
	at, other := second, first
	if c.s.Part(first) == 0 {
		at, other = first, second
	}
	c.diags.Add(source.Diagnostic{Code: CodeCollision, Span: at.Span, Hint: "choose another name for one of them",
		Message: "another file defines the " + what + " `" + at.Text + "`, too", Note: "it is defined here, too", NoteSpan: other.Span})
}

// spread gives the names of definitions to each further file that sees them.
func (c *collector) spread(s *syntax.File) {
	for i := 1; i < len(c.files); i++ {
		sees := make([]bool, len(c.files))
		for _, part := range s.Sees[i] {
			sees[part] = true
		}
		n := c.files[i]
		for _, d := range s.Coroutines {
			if sees[s.Part(d.Name)] {
				n.Coroutines[d.Name.Text] = d
			}
		}
		for _, d := range s.Callbacks {
			if sees[s.Part(d.Name)] {
				n.Callbacks[d.Name.Text] = d
			}
		}
		for _, d := range s.Functions {
			if f := c.Functions[d.Name.Text]; f != nil && sees[s.Part(d.Name)] {
				n.Functions[d.Name.Text] = f
			}
		}
	}
}
