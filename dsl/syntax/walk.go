package syntax

import "runloop/dsl/source"

// In is the maps with known keys right in a value: steps, branches, handlers, entries, definitions, options.
func In(v FieldValue) []*Record {
	var list []*Record
	switch v := v.(type) {
	case *Record:
		list = append(list, v)
	case *Records:
		list = append(list, v.Items...)
	case *Block:
		list = append(list, v.Steps...)
	case *Items:
		for _, item := range v.Items {
			if r, ok := item.(*Record); ok {
				list = append(list, r)
			}
		}
	case *Definitions:
		for _, d := range v.Items {
			list = append(list, d.Record)
		}
	case *Objects:
		for _, o := range v.Items {
			if o.Options != nil {
				list = append(list, o.Options)
			}
		}
	}
	return list
}

// Walk calls visit for the maps with known keys in a value, each before those in it, in the order of the file. Where
// visit says no, it does not go into that map.
func Walk(v FieldValue, visit func(r *Record) bool) {
	for _, r := range In(v) {
		if !visit(r) {
			continue
		}
		for _, f := range r.Fields {
			Walk(f.Value, visit)
		}
	}
}

// Exprs calls f for the expressions in a value, but not for those of the maps with known keys in it. of is what
// computes a reference; nil: what stands in its `${…}`.
func Exprs(v FieldValue, of func(*Reference) *Expr, f func(*Expr)) {
	visit := func(e *Expr) {
		if e != nil {
			f(e)
		}
	}
	values := func(v *Value) {
		if v != nil {
			Exprs(v, of, f)
		}
	}
	switch v := v.(type) {
	case *Value:
		visit(v.Expr)
		for _, p := range v.Parts {
			visit(p.Expr)
		}
		for _, item := range v.Items {
			values(item)
		}
	case *Condition:
		visit(v.Expr)
	case *Conditions:
		for _, item := range v.Items {
			visit(item.Expr)
		}
	case *Duration:
		visit(v.Expr)
	case *Durations:
		for _, d := range v.Items {
			visit(d.Expr)
		}
	case *Times:
		for _, t := range v.Items {
			values(t.Value)
		}
	case *Reference:
		if of == nil {
			visit(v.Expr)
		} else {
			visit(of(v))
		}
	case *References:
		for _, item := range v.Items {
			Exprs(item, of, f)
		}
	case *Items:
		for _, item := range v.Items {
			if r, ok := item.(*Reference); ok {
				Exprs(r, of, f)
			}
		}
	case *Bindings:
		for _, b := range v.Items {
			values(b.Value)
		}
	case *Targets:
		for _, t := range v.Items {
			for _, e := range t.Path.Elems {
				visit(e.Index)
			}
			values(t.Value)
		}
	case *Params:
		for _, p := range v.Items {
			values(p.Default)
		}
	case *Objects:
		for _, o := range v.Items {
			values(o.Size)
		}
	}
}

// IsPartial reports whether a part of it could not be read, which has been reported: nothing is missed in it.
func (r *Record) IsPartial() bool { return r.partial }

// Written reports whether a key is written, be it wrongly.
func (r *Record) Written(key *Key) bool {
	for i := range r.Fields {
		if r.Fields[i].Key == key {
			return true
		}
	}
	return false
}

// FieldOf is the field of a value of the map, the zero Field where there is none.
func (r *Record) FieldOf(v FieldValue) Field {
	for _, f := range r.Fields {
		if f.Value == v {
			return f
		}
	}
	return Field{}
}

// KeySpanOf is the place of a key that is written, that of the map where it is not.
func (r *Record) KeySpanOf(key *Key) source.Span {
	for _, f := range r.Fields {
		if f.Key == key {
			return f.KeySpan
		}
	}
	return r.Span
}

// Limited reports whether a step's `within` is written.
func (r *Record) Limited() bool {
	return r.Written(WithinKey) || r.Written(WaitWithin) || r.Written(CompletedWithin)
}

// EntryOf is the entry that a map is, or is part of; nil: it is none.
func EntryOf(r *Record) *Entry {
	if n, ok := r.Node.(hasEntry); ok {
		return n.entry()
	}
	return nil
}
