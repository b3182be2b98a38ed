package dsl

import (
	"path"
	"slices"
	"strings"

	"runloop/engine"
)

// Load parses, checks and compiles a scenario. name is the file's name, for messages. The error is a *LoadError with
// everything that is wrong; warnings are in Scenario.Warnings.
func Load(name string, src []byte) (*Scenario, error) {
	s, diags := load(name, src)
	if diags.HasErrors() {
		return nil, &LoadError{Source: s.Source, Diagnostics: diags}
	}
	s.Warnings = diags
	if err := s.compile(); err != nil {
		return nil, err
	}
	return s, nil
}

// Check parses and checks a scenario and gives everything that is wrong with it, in the order of the file. For one
// without errors it also gives warnings about what will most likely not run as it is meant, which Load does not look
// for. Warnings that a comment `# runloop: ignore RL0504` hides are left out.
func Check(name string, src []byte) Diagnostics {
	s, diags := load(name, src)
	if s.Root != nil && !diags.HasErrors() {
		lint(s, s.Info, &diags)
		diags.Sort()
	}
	return s.Source.hideIgnored(diags)
}

// Program is the compiled scenario.
func (s *Scenario) Program() *engine.Program { return s.program }

func load(name string, src []byte) (*Scenario, Diagnostics) {
	var diags Diagnostics
	s := &Scenario{Source: NewSource(name, src)}
	root := parseYAML(s.Source, &diags)
	if root == nil {
		diags.Sort()
		return s, diags
	}
	p := parser{diags: &diags}
	s.Root = p.record(root, TopKeys, "a scenario")
	s.build(&p)
	s.Info = check(s, root, &diags)
	if s.startsNothing() && !diags.HasErrors() {
		diags.Add(Diagnostic{Code: codeNothingToDo, Severity: SeverityWarning, Span: p.head(root),
			Message: "nothing runs: there is no `main`, no worker, no `before` or `after`, and no callback has a time",
			Hint:    "begin with `main:` and a list of steps"})
	}
	diags = s.Source.withoutEchoes(diags)
	diags.Sort()
	return s, diags
}

// build takes the parts of the scenario from its root.
func (s *Scenario) build(p *parser) {
	if v := field[*Value](s.Root, "runloop"); v != nil && (v.Const.Kind() != engine.KindInt || v.Const.AsInt() != 1) {
		p.errorf(codeVersion, v.Span, "write `runloop: 1`", "the language has one version, 1")
	}
	base := path.Base(strings.ReplaceAll(s.Source.Name(), `\`, "/"))
	s.Name = strings.TrimSuffix(base, path.Ext(base))
	if v := field[*Value](s.Root, "name"); v != nil {
		s.Name = constText(v)
	}
	s.Description = constText(field[*Value](s.Root, "description"))
	if v := field[*Params](s.Root, "params"); v != nil {
		s.Params = v.Items
	}
	s.Shared = variables(field[*Bindings](s.Root, "shared"))
	s.Context = variables(field[*Bindings](s.Root, "context"))
	for _, f := range s.Root.Fields {
		if v, ok := f.Value.(*Objects); ok {
			s.Objects = append(s.Objects, v.Items...)
		}
	}
	s.Coroutines = s.definitions(field[*Definitions](s.Root, "coroutines"))
	s.Callbacks = s.definitions(field[*Definitions](s.Root, "callbacks"))
	if v := field[*Definitions](s.Root, "workers"); v != nil {
		for _, item := range v.Items {
			s.Workers = append(s.Workers, &Worker{Name: item.Name, Entry: item.Record})
		}
	}
	s.Main = field[*Block](s.Root, "main")
	s.Before = field[*Block](s.Root, "before")
	s.After = field[*Block](s.Root, "after")
}

func variables(b *Bindings) []*Variable {
	var list []*Variable
	if b != nil {
		for _, item := range b.Items {
			list = append(list, &Variable{Name: item.Name, Value: item.Value})
		}
	}
	return list
}

func (s *Scenario) definitions(d *Definitions) []*Definition {
	var list []*Definition
	if d != nil {
		for _, item := range d.Items {
			def := &Definition{Name: item.Name, Record: item.Record, Do: field[*Block](item.Record, "do")}
			if p := field[*Params](item.Record, "params"); p != nil {
				def.Params = p.Items
			}
			list = append(list, def)
		}
	}
	return list
}

// check finds out what a scenario means and reports what is wrong with it; root is its YAML.
func check(s *Scenario, root *Node, diags *Diagnostics) *Info {
	info := newInfo()
	declare(s, info, diags)
	info.lost = losses(root, s.Root)
	newCodeChecker(s, info).check(diags)
	return info
}

// declare collects the names of the scenario and of its activations.
func declare(s *Scenario, info *Info, diags *Diagnostics) {
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
func (c *collector) collect(s *Scenario) {
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

// lostParams reports whether a definition has parameters that cannot be read.
func (d *Definition) lostParams() bool {
	return d.Record.has("params") && d.Record.Get("params") == nil
}

// spreadWaits makes a coroutine that calls one that waits wait too.
func (i *Info) spreadWaits(s *Scenario) {
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

// startsNothing reports whether no step of the scenario would ever run.
func (s *Scenario) startsNothing() bool {
	armed := slices.ContainsFunc(s.Callbacks, func(d *Definition) bool {
		return d.Record.has("after") || d.Record.has("every")
	})
	return len(s.Workers) == 0 && s.Main == nil && s.Before == nil && s.After == nil && !armed
}
