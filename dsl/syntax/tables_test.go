package syntax

import (
	"reflect"
	"slices"
	"testing"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// keyLists is every list of keys that a map is read after, those of verbs without the verb's own.
func keyLists() [][]*Key {
	lists := [][]*Key{TopKeys, EntryKeys}
	var add func(keys []*Key)
	add = func(keys []*Key) {
		for _, k := range keys {
			if len(k.Keys) > 0 {
				lists = append(lists, k.Keys)
				add(k.Keys)
			}
		}
	}
	add(TopKeys)
	for _, v := range Verbs {
		lists = append(lists, v.Keys[1:])
		add(v.Keys)
	}
	return lists
}

// TestSynonyms holds that each word of a column Also still leads to its row: that it is no name of its own wherever the
// row's name may stand, and that no nearer name comes first.
func TestSynonyms(t *testing.T) {
	var sets [][]string
	for _, keys := range keyLists() {
		sets = append(sets, keyNames(keys))
	}
	sets = append(sets, verbNames())
	for word, names := range synonyms() {
		for _, name := range names {
			leads := slices.ContainsFunc(sets, func(set []string) bool {
				return slices.Contains(set, name) && !slices.Contains(set, word) && suggestKey(word, set) == name
			})
			if !leads {
				t.Errorf("`%s` never leads to `%s`", word, name)
			}
		}
	}
}

// TestRows holds that every key that is built gives its value to a field: each verb's example fills its node, and no
// field of a node is left that no key fills.
func TestRows(t *testing.T) {
	for _, v := range Verbs {
		var diags source.Diagnostics
		root, _ := yaml.Parse(source.NewSource(v.Name, []byte(v.ExampleStep())), &diags)
		p := parser{diags: &diags}
		s := p.step(root.Items[0])
		if s == nil || s.Verb != v || len(diags) > 0 {
			t.Errorf("the example of `%s` is no step: %v", v.Name, diags)
			continue
		}
		for _, f := range s.Fields {
			if f.Value != nil && f.Key.Kind != NothingKey && !holds(reflect.ValueOf(s.Node).Elem(), f.Value) {
				t.Errorf("`%s` of `%s` is in no field of %T", f.Key.Name, v.Name, s.Node)
			}
		}
		for _, k := range v.Keys {
			if k.Kind != NothingKey && k.into == nil {
				t.Errorf("`%s` of `%s` goes into no field", k.Name, v.Name)
			}
		}
	}
	for _, keys := range keyLists() {
		for _, k := range keys {
			if k.Kind != NothingKey && k.into == nil && k.Name != "type" {
				t.Errorf("the key `%s` goes into no field", k.Name)
			}
		}
	}
}

// holds reports whether a struct holds a value in one of its fields, or in one of those embedded in it, but for its
// Record.
func holds(v reflect.Value, value FieldValue) bool {
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.Type() == reflect.TypeFor[Record]():
		case f.Kind() == reflect.Struct && holds(f, value):
			return true
		case f.Kind() == reflect.Pointer && !f.IsNil() && f.Interface() == any(value):
			return true
		case f.Kind() == reflect.Slice && f.Len() > 0: // of the nodes of a list of maps
			if list, ok := value.(*Records); ok && list.Items[0].Node == f.Index(0).Interface() {
				return true
			}
		case f.Kind() == reflect.Pointer && !f.IsNil():
			node, ok := f.Interface().(Node)
			if r, isRecord := value.(*Record); ok && isRecord && node.Head() == r {
				return true
			}
		}
	}
	return false
}

// TestNewOrders: `new` takes every order that a declaration takes.
func TestNewOrders(t *testing.T) {
	for _, word := range slices.Concat(engine.QueueOrderWords, engine.ResourceOrderWords) {
		if !slices.Contains(newOrders, word) {
			t.Errorf("`new` has no order %s", word)
		}
	}
}
