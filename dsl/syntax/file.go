package syntax

import (
	"path"
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// Parse reads a file's YAML as a scenario. It reports what it finds and goes on. first is the root of the file that was named,
// which may include this one: numbers count its unit of time.
func Parse(src *source.Source, root, first *yaml.Node, diags *source.Diagnostics) *File {
	p := parser{diags: diags, root: root, unit: clockUnit(first)}
	f := &File{Source: src, tree: root, Unit: p.unitNanos()}
	f.Root = p.record(root, TopKeys, f, "a scenario")
	f.complete(&p)
	f.Lost, f.Unread = losses(root, f.Root), p.unread
	return f
}

// complete fills in what follows from what the keys say.
func (f *File) complete(p *parser) {
	if v := f.Version; v != nil && (v.Const.Kind() != engine.KindInt || v.Const.AsInt() != 1) {
		p.errorf(CodeVersion, v.Span, "write `runloop: 1`", "the language has one version, 1")
	}
	base := path.Base(strings.ReplaceAll(f.Source.Name(), `\`, "/"))
	f.Name = textOr(f.Title, strings.TrimSuffix(base, path.Ext(base)))
	f.Description = ConstText(f.About)
	loop := f.Loop
	if loop == nil {
		loop = &LoopNames{}
	}
	f.LoopType, f.LoopID = textOr(loop.Type, "<class 'runloop.EventLoop'>"), textOr(loop.ID, "1")
	f.Shared, f.Context = variables(f.SharedValues), variables(f.ContextValues)
}

// losses finds the top-level keys whose values cannot be read, or stand under an unknown key.
func losses(root *yaml.Node, r *Record) map[*Key]bool {
	lost := map[*Key]bool{}
	for _, pair := range root.Pairs {
		if IsNull(pair.Value) && !pair.Value.Broken || slices.ContainsFunc(r.Fields, func(f Field) bool {
			return f.KeySpan == pair.KeySpan && f.Value != nil
		}) {
			continue
		}
		key := findKey(TopKeys, pair.Key)
		if key == nil {
			key = findKey(TopKeys, suggestKey(pair.Key, keyNames(TopKeys)))
		}
		if key != nil {
			lost[key] = true
		}
	}
	return lost
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

// definitions is the coroutines or callbacks of a map.
func definitions(v FieldValue) []*Definition {
	var list []*Definition
	for _, item := range named(v) {
		d := item.Record.Node.(*Definition)
		d.Name = item.Name
		list = append(list, d)
	}
	return list
}

// workers is the entries of `workers`.
func workers(v FieldValue) []*Worker {
	var list []*Worker
	for _, item := range named(v) {
		list = append(list, &Worker{Name: item.Name, Entry: item.Record.Node.(*Entry)})
	}
	return list
}

// intoTasks gives `expect.tasks` to its node.
func intoTasks(n Node, v FieldValue) {
	for _, item := range named(v) {
		t := item.Record.Node.(*ExpectedTask)
		t.Name = item.Name
		n.(*Expect).Tasks = append(n.(*Expect).Tasks, t)
	}
}

// intoParams gives parameters to what has them.
func intoParams(n Node, v FieldValue) {
	params, ok := v.(*Params)
	if !ok {
		return
	}
	switch n := n.(type) {
	case *Definition:
		n.Params = params.Items
	case *Function:
		n.Params = params.Items
	case *File:
		n.Params = params.Items
	}
}

// intoObjects adds declared objects to the file.
func intoObjects(n Node, v FieldValue) {
	if list, ok := v.(*Objects); ok {
		f := n.(*File)
		f.Objects = append(f.Objects, list.Items...)
	}
}

// named is records under their names.
func named(v FieldValue) []NamedRecord {
	if d, ok := v.(*Definitions); ok {
		return d.Items
	}
	return nil
}

// valueOf is a value, nil: it is none.
func valueOf(v FieldValue) *Value {
	value, _ := v.(*Value)
	return value
}

// StartsNothing reports whether no step of the scenario would ever run.
func (s *File) StartsNothing() bool {
	armed := slices.ContainsFunc(s.Callbacks, (*Definition).Periodic)
	return len(s.Workers)+len(s.Sources) == 0 && s.Main == nil && s.Before == nil && s.After == nil && !armed
}

// Defines reports whether a key of a file does no more than define something, or describe the file: an included file has no
// others.
func (k *Key) Defines() bool {
	switch k {
	case VersionKey, nameKey, descriptionKey, IncludeKey, FunctionsKey, CoroutinesKey, CallbacksKey:
		return true
	}
	return false
}

// IsLibrary reports whether a file is one for others to include: it has definitions and nothing else.
func (s *File) IsLibrary() bool {
	return len(s.Coroutines)+len(s.Callbacks)+len(s.Functions) > 0 && s.StartsNothing() &&
		!slices.ContainsFunc(s.Fields, func(f Field) bool { return !f.Key.Defines() })
}

// Include adds the definitions of another file, which stands in another part of the source.
func (s *File) Include(other *File) {
	s.Included = append(s.Included, other)
	s.Coroutines = append(s.Coroutines, other.Coroutines...)
	s.Callbacks = append(s.Callbacks, other.Callbacks...)
	s.Functions = append(s.Functions, other.Functions...)
	s.Unread = append(s.Unread, other.Unread...)
	for key := range other.Lost {
		s.Lost[key] = true
	}
}

// Alone returns the file without the definitions that it includes.
func (s *File) Alone() *File {
	if len(s.Included) == 0 {
		return s
	}
	alone := *s
	elsewhere := func(d *Definition) bool { return s.Part(d.Name) > 0 }
	alone.Coroutines = slices.DeleteFunc(slices.Clone(s.Coroutines), elsewhere)
	alone.Callbacks = slices.DeleteFunc(slices.Clone(s.Callbacks), elsewhere)
	alone.Functions = slices.DeleteFunc(slices.Clone(s.Functions), func(f *Function) bool { return s.Part(f.Name) > 0 })
	return &alone
}

// Roots returns the records of the file and of those that it includes.
func (s *File) Roots() []*Record {
	list := []*Record{s.Root}
	for _, f := range s.Included {
		list = append(list, f.Root)
	}
	return list
}

// LoseDefinitions notes that definitions may exist which could not be read, which has been reported.
func (s *File) LoseDefinitions() {
	for _, key := range []*Key{FunctionsKey, CoroutinesKey, CallbacksKey} {
		s.Lost[key] = true
	}
}

// Part returns the part of the source in which a name stands.
func (s *File) Part(name *Name) int { return s.Source.PartAt(name.Span.Start) }

// Periodic reports whether a callback runs by itself, once or again and again.
func (d *Definition) Periodic() bool {
	return d.Written(AfterKey) || d.Written(EveryKey) || d.Written(CronKey)
}

// Counted reports whether an entry makes a number of tasks.
func (e *Entry) Counted() bool { return e.Written(WorkerCount) || e.Written(SpawnCount) }

// LostParams reports whether a definition has parameters that cannot be read.
func (d *Definition) LostParams() bool {
	return slices.ContainsFunc(d.Fields, func(f Field) bool { return f.Key.Kind == ParamsKey && f.Value == nil })
}
