package lsp

import (
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/syntax"
)

// slot is what the language expects at a place of an outline, after its table of verbs and keys.
type slot struct {
	kind slotKind
	keys []*syntax.Key // of recordSlot: those of the map
	key  *syntax.Key   // of valueSlot: the one whose value it is
	item bool          // of valueSlot: it is an item of the value, which is a list or a map
}

// slotKind is the kind of a slot.
type slotKind uint8

const (
	unknownSlot slotKind = iota // nothing is known
	recordSlot                  // a map with known keys
	stepSlot                    // a step
	valueSlot                   // the value of a key, or an item of it
)

// into returns what is expected in an entry of an outline where s is expected.
func (s slot) into(o *outline, e *entry) slot {
	switch s.kind {
	case recordSlot:
		return s.field(o, e, s.keys)
	case stepSlot:
		if verb := verbOf(o, nil); o.kind == mapOutline && verb != nil {
			return s.field(o, e, verb.Keys)
		}
	case valueSlot:
		return s.inValue(o, e)
	}
	return slot{}
}

// field returns what is expected as the value of a known key.
func (s slot) field(o *outline, e *entry, keys []*syntax.Key) slot {
	if o.kind == listOutline { // definitions and entries may be a list of steps
		if keyNamed(keys, "do") != nil {
			return slot{kind: stepSlot}
		}
		return slot{}
	}
	if key := keyNamed(keys, e.text); key != nil {
		return slot{kind: valueSlot, key: key}
	}
	return slot{}
}

// anyValue is the key of values of which nothing is known.
var anyValue = &syntax.Key{Name: "value", Kind: syntax.ValueKey}

// typeOfParam is the key of the type of a parameter, where it stands alone behind the name.
var typeOfParam = &syntax.Key{Name: "type", Kind: syntax.NameKey}

// inValue returns what is expected in an entry of the value of a key.
func (s slot) inValue(o *outline, e *entry) slot {
	key := s.key
	isMap := o.kind == mapOutline
	switch key.Kind {
	case syntax.StepsKey:
		if isMap {
			return slot{kind: stepSlot}.into(o, e)
		}
		return slot{kind: stepSlot}
	case syntax.RecordsKey:
		if isMap && key.OrOne {
			return s.field(o, e, key.Keys)
		}
		if !isMap {
			return slot{kind: recordSlot, keys: key.Keys}
		}
	case syntax.NamedKey:
		if isMap {
			return slot{kind: recordSlot, keys: key.Keys}
		}
	case syntax.ItemsKey:
		switch {
		case isMap && s.item:
			return s.field(o, e, syntax.EntryKeys)
		case isMap:
			return s.field(o, e, key.Keys)
		}
		return slot{kind: valueSlot, key: key, item: true}
	case syntax.RecordKey, syntax.DeadlineKey, syntax.TimetableKey, syntax.EntryKey:
		return s.field(o, e, key.Keys)
	case syntax.DurationsKey, syntax.ReferencesKey, syntax.TypesKey, syntax.PlacesKey, syntax.ConditionsKey:
		return slot{kind: valueSlot, key: key, item: true}
	case syntax.ParamsKey, syntax.RunParamsKey, syntax.ObjectsKey:
		if s.item {
			return s.field(o, e, key.Keys)
		}
		return slot{kind: valueSlot, key: key, item: true}
	case syntax.TimesKey, syntax.BindingsKey, syntax.TargetsKey, syntax.ValueKey, syntax.TextKey:
		if key.Literal {
			return slot{}
		}
		return slot{kind: valueSlot, key: anyValue}
	}
	return slot{}
}

// keyNamed returns the key of that name, nil: there is none.
func keyNamed(keys []*syntax.Key, name string) *syntax.Key {
	if i := slices.IndexFunc(keys, func(k *syntax.Key) bool { return k.Name == name }); i >= 0 {
		return keys[i]
	}
	return nil
}

// verbOf returns the verb of a step, besides the entry without; nil: it has none.
func verbOf(o *outline, without *entry) *syntax.Verb {
	for i := range o.entries {
		if v := syntax.VerbNamed(o.entries[i].text); v != nil && &o.entries[i] != without {
			return v
		}
	}
	return nil
}

// slotAt follows a path from the root to what is expected at its end: at the key, if the path ends at one.
func slotAt(path []step) slot {
	s := slot{kind: recordSlot, keys: syntax.TopKeys}
	for _, step := range path {
		if step.key {
			return s
		}
		s = s.into(step.in, step.entry())
	}
	return s
}

// locator follows a path of an outline through a tree, which may be that of an earlier text.
type locator struct {
	file   *syntax.File
	scope  check.Scope
	record *syntax.Record    // where it is: in a map with known keys,
	value  syntax.FieldValue // or at the value of a field
}

// scopeAt returns the names that can be used at the end of a path. exact says that the tree is that of the same text.
func scopeAt(f *syntax.File, info *check.Info, path []step, exact bool) check.Scope {
	l := locator{file: f, scope: check.Scope{Info: info}, record: f.Root}
	for _, step := range path {
		if !l.follow(step, exact) {
			break
		}
	}
	return l.scope
}

// follow takes one step. It reports whether the tree has it.
func (l *locator) follow(s step, exact bool) bool {
	e := s.entry()
	switch v := l.value.(type) {
	case *syntax.Record: // an entry, a generator, a section
		l.record = v
	case *syntax.Definitions:
		for _, d := range v.Items {
			if d.Name.Text == e.text {
				l.record, l.value = d.Record, nil
				return true
			}
		}
		return false
	case *syntax.Objects:
		for _, o := range v.Items {
			if o.Name.Text == e.text && o.Options != nil {
				l.record, l.value = o.Options, nil
				return true
			}
		}
		return false
	case *syntax.Block, *syntax.Records, *syntax.Items:
		l.record, l.value = nth(syntax.In(v), s, exact), nil
		return l.record != nil
	}
	if l.record == nil || s.in.kind == listOutline && !isShort(l.record) {
		return false
	}
	for _, f := range l.record.Fields {
		if f.Key.Name == e.text || s.in.kind == listOutline && f.Key.Name == "do" {
			l.scope = l.scope.ScopeIn(l.file, l.record, f)
			l.record, l.value = nil, f.Value
			if s.in.kind == listOutline {
				return l.follow(s, exact)
			}
			return f.Value != nil
		}
	}
	return false
}

// isShort reports whether a record is written as the list of its steps alone.
func isShort(r *syntax.Record) bool {
	return len(r.Fields) == 1 && r.Fields[0].Key.Name == "do" && r.Fields[0].KeySpan.Start == r.Fields[0].KeySpan.End
}

// nth returns the record of a list that a step goes into: the one at its place, or in another text the one of its number.
func nth(list []*syntax.Record, s step, exact bool) *syntax.Record {
	at := s.entry()
	for i, r := range list {
		if exact && at.start <= r.Span.Start && r.Span.Start <= at.end() || !exact && i == s.index {
			return r
		}
	}
	return nil
}

// eachField calls visit for every field of the maps with known keys of a file, in its order, with the names that the field's
// value can use.
func eachField(file *syntax.File, info *check.Info, visit func(sc check.Scope, r *syntax.Record, f syntax.Field)) {
	var walk func(sc check.Scope, r *syntax.Record)
	walk = func(sc check.Scope, r *syntax.Record) {
		for _, f := range r.Fields {
			inner := sc.ScopeIn(file, r, f)
			visit(inner, r, f)
			for _, in := range syntax.In(f.Value) {
				walk(inner, in)
			}
		}
	}
	walk(check.Scope{Info: info}, file.Root)
}

// eachValue calls visit for the values in the value of a field, but not for those of the maps with known keys in it.
func eachValue(v syntax.FieldValue, visit func(*syntax.Value)) {
	var walk func(v *syntax.Value)
	walk = func(v *syntax.Value) {
		if v == nil {
			return
		}
		visit(v)
		for _, item := range v.Items {
			walk(item)
		}
	}
	switch v := v.(type) {
	case *syntax.Value:
		walk(v)
	case *syntax.Bindings:
		for _, b := range v.Items {
			walk(b.Value)
		}
	case *syntax.Times:
		for _, t := range v.Items {
			walk(t.Value)
		}
	case *syntax.Targets:
		for _, t := range v.Items {
			walk(t.Value)
		}
	case *syntax.Params:
		for _, p := range v.Items {
			walk(p.Default)
		}
	}
}
