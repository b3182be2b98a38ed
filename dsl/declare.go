package dsl

import (
	"strings"
)

// check finds out what a scenario means and reports what is wrong with it; root is its YAML.
func check(s *File, root *Node, diags *Diagnostics) *Info {
	info := newInfo()
	declare(s, info, diags)
	info.lost = losses(root, s.Root)
	newCodeChecker(s, info).check(diags)
	return info
}

// declare collects the names of the scenario and of its activations.
func declare(s *File, info *Info, diags *Diagnostics) {
	c := &collector{Info: info, diags: diags}
	for i, p := range s.Params {
		c.global(p.Name, symParam, i, p.Type)
	}
	for i, v := range s.Shared {
		c.global(v.Name, symShared, i, Type{})
	}
	for i, v := range s.Context {
		c.global(v.Name, symContext, i, Type{})
	}
	for i, o := range s.Objects {
		c.global(o.Name, symObject, i, o.typ())
	}
	for _, d := range s.Coroutines {
		c.coroutines[d.Name.Text] = d
	}
	for _, d := range s.Callbacks {
		c.callbacks[d.Name.Text] = d
	}
	c.collect(s)
	info.spreadWaits(s)
}

// global declares a variable of the whole scenario.
func (c *collector) global(name *Name, kind symbolKind, index int, t Type) {
	if other := c.globals[name.Text]; other != nil || reserved(name.Text) {
		_, what, _ := strings.Cut(symbolWords[kind], " ")
		c.hidden(name, other, what)
		return
	}
	c.globals[name.Text] = &variable{
		symbol: symbol{Kind: kind, Index: index, Type: t, Name: name.Text, Decl: name.Span},
		fixed:  kind == symParam || kind == symObject,
	}
}

// collect finds the names of every activation.
func (c *collector) collect(s *File) {
	for _, d := range s.Coroutines {
		c.bodies[d] = c.body(coroutineBody, d.Name.Text, d.Params, d.Do)
		c.BodyOf(d).lost = d.lostParams()
	}
	for _, d := range s.Callbacks {
		c.bodies[d] = c.body(callbackBody, d.Name.Text, d.Params, d.Do, field[*Block](d.Record, "then"))
		c.BodyOf(d).lost = d.lostParams()
	}
	for _, w := range s.Workers {
		c.workerNames(w)
	}
	for _, w := range s.Workers {
		holder := newActivation(inlineBody, w.Name.Text)
		c.record(holder, w.Entry, false, true)
		for _, child := range holder.children {
			child.parent = nil
			c.finish(child, nil)
		}
	}
	block := func(kind bodyKind, name string, b *Block) *activation {
		if b == nil {
			return nil
		}
		return c.body(kind, name, nil, b)
	}
	c.main = block(mainBody, "main", s.Main)
	c.before = block(beforeBody, "before", s.Before)
	c.after = block(afterBody, "after", s.After)
}

// spreadWaits makes a coroutine that calls one that waits wait too.
func (i *Info) spreadWaits(s *File) {
	for changed := true; changed; {
		changed = false
		for _, d := range s.Coroutines {
			if i.BodyOf(d).waiting != nil {
				continue
			}
			for _, name := range i.BodyOf(d).called {
				if callee := i.coroutines[name.Text]; callee != nil && i.BodyOf(callee).waiting != nil {
					i.BodyOf(d).waiting, changed = i.BodyOf(callee).waiting, true
				}
			}
		}
	}
}
