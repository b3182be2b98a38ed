package syntax

import (
	"path"
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// parseFile reads a file's YAML as a scenario. It reports what it finds and goes on.
func Parse(src *source.Source, root *yaml.Node, diags *source.Diagnostics) *File {
	p := parser{diags: diags}
	f := &File{Source: src, Root: p.record(root, TopKeys, "a scenario")}
	f.build(&p)
	return f
}

// build takes the parts of the scenario from its root.
func (s *File) build(p *parser) {
	if v := As[*Value](s.Root, "runloop"); v != nil && (v.Const.Kind() != engine.KindInt || v.Const.AsInt() != 1) {
		p.errorf(CodeVersion, v.Span, "write `runloop: 1`", "the language has one version, 1")
	}
	base := path.Base(strings.ReplaceAll(s.Source.Name(), `\`, "/"))
	s.Name = strings.TrimSuffix(base, path.Ext(base))
	if v := As[*Value](s.Root, "name"); v != nil {
		s.Name = ConstText(v)
	}
	s.Description = ConstText(As[*Value](s.Root, "description"))
	loop := As[*Record](s.Root, "loop")
	s.LoopType = textOr(As[*Value](loop, "type"), "<class 'runloop.EventLoop'>")
	s.LoopID = textOr(As[*Value](loop, "id"), "1")
	if v := As[*Params](s.Root, "params"); v != nil {
		s.Params = v.Items
	}
	s.Shared = variables(As[*Bindings](s.Root, "shared"))
	s.Context = variables(As[*Bindings](s.Root, "context"))
	for _, f := range s.Root.Fields {
		if v, ok := f.Value.(*Objects); ok {
			s.Objects = append(s.Objects, v.Items...)
		}
	}
	s.Coroutines = s.definitions(As[*Definitions](s.Root, "coroutines"))
	s.Callbacks = s.definitions(As[*Definitions](s.Root, "callbacks"))
	if v := As[*Definitions](s.Root, "workers"); v != nil {
		for _, item := range v.Items {
			s.Workers = append(s.Workers, &Worker{Name: item.Name, Entry: item.Record})
		}
	}
	s.Main = As[*Block](s.Root, "main")
	s.Before = As[*Block](s.Root, "before")
	s.After = As[*Block](s.Root, "after")
}

func textOr(v *Value, otherwise string) string {
	if v == nil {
		return otherwise
	}
	return ConstText(v)
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

func (s *File) definitions(d *Definitions) []*Definition {
	var list []*Definition
	if d != nil {
		for _, item := range d.Items {
			def := &Definition{Name: item.Name, Record: item.Record, Do: As[*Block](item.Record, "do")}
			if p := As[*Params](item.Record, "params"); p != nil {
				def.Params = p.Items
			}
			list = append(list, def)
		}
	}
	return list
}

// startsNothing reports whether no step of the scenario would ever run.
func (s *File) StartsNothing() bool {
	armed := slices.ContainsFunc(s.Callbacks, func(d *Definition) bool {
		return d.Record.Has("after") || d.Record.Has("every")
	})
	return len(s.Workers) == 0 && s.Main == nil && s.Before == nil && s.After == nil && !armed
}

// lostParams reports whether a definition has parameters that cannot be read.
func (d *Definition) LostParams() bool {
	return d.Record.Has("params") && d.Record.Get("params") == nil
}
