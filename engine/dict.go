package engine

import (
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"unsafe"
)

// dict is the data of a map. It is kept sorted by key, until keys put into the middle have moved so many others that
// hashing is cheaper: then its entries stand in the order in which they came, and are sorted when somebody looks.
type dict struct {
	owner uint64 // the loop epoch that may change it in place; 0: shared, copy first
	pairs
	moved  int                   // entries that puts have moved so far
	at     map[string]int        // hashed: where the keys are; nil: it is sorted
	sorted atomic.Pointer[pairs] // hashed: the first so many entries, sorted; loops that share the map may all make it
}

// pairs is keys and their values.
type pairs struct {
	keys []string
	vals []Value
}

// Map makes a map value from pairs in any order; of equal keys the last one stays.
func Map(keys []string, vals []Value) Value {
	p := sortedPairs(keys, vals)
	last := 0
	for i, k := range p.keys {
		if i > 0 && k != p.keys[last] {
			last++
		}
		p.keys[last], p.vals[last] = k, p.vals[i]
	}
	if len(p.keys) > 0 {
		p.keys, p.vals = p.keys[:last+1], p.vals[:last+1]
	}
	return mapValue(&dict{pairs: p})
}

func mapValue(d *dict) Value {
	return Value{unsafe.Pointer(d), uint64(KindMap) << kindShift}
}

// sortedPairs is a copy of entries, sorted by key; equal ones stay in order.
func sortedPairs(keys []string, vals []Value) pairs {
	p := pairs{slices.Clone(keys), slices.Clone(vals)}
	if !slices.IsSorted(p.keys) {
		sort.Stable(&p)
	}
	return p
}

func (p *pairs) Len() int           { return len(p.keys) }
func (p *pairs) Less(i, j int) bool { return p.keys[i] < p.keys[j] }
func (p *pairs) Swap(i, j int) {
	p.keys[i], p.keys[j] = p.keys[j], p.keys[i]
	p.vals[i], p.vals[j] = p.vals[j], p.vals[i]
}

func (p *pairs) add(key string, v Value) {
	p.keys, p.vals = append(p.keys, key), append(p.vals, v)
}

// inOrder is the entries sorted by key. Those that came since the last look are sorted and merged with the others.
func (d *dict) inOrder() *pairs {
	if d.at == nil {
		return &d.pairs
	}
	old := d.sorted.Load()
	if old != nil && len(old.keys) == len(d.keys) {
		return old
	}
	if old == nil {
		old = &pairs{}
	}
	n := len(old.keys)
	fresh := sortedPairs(d.keys[n:], d.vals[n:])
	merged := merge(old, &fresh)
	d.sorted.Store(merged)
	return merged
}

// merge is all entries of a and b, which have no key in common.
func merge(a, b *pairs) *pairs {
	size := len(a.keys) + len(b.keys)
	m := &pairs{make([]string, 0, size), make([]Value, 0, size)}
	i := 0
	for j, k := range b.keys {
		for ; i < len(a.keys) && a.keys[i] < k; i++ {
			m.add(a.keys[i], a.vals[i])
		}
		m.add(k, b.vals[j])
	}
	m.keys, m.vals = append(m.keys, a.keys[i:]...), append(m.vals, a.vals[i:]...)
	return m
}

func (d *dict) find(key string) (int, bool) {
	if d.at != nil {
		i, ok := d.at[key]
		return i, ok
	}
	return slices.BinarySearchFunc(d.keys, key, strings.Compare)
}

func (d *dict) get(key string) (Value, bool) {
	if i, ok := d.find(key); ok {
		return d.vals[i], true
	}
	return Value{}, false
}

func (d *dict) put(key string, v Value) {
	i, ok := d.find(key)
	d.putAt(i, ok, key, v)
}

// putAt is put with what find gave.
func (d *dict) putAt(i int, ok bool, key string, v Value) {
	switch {
	case ok:
		d.vals[i] = v
		d.putSorted(key, v)
	case d.at != nil:
		d.at[key] = len(d.keys)
		d.add(key, v)
	default:
		d.keys, d.vals = slices.Insert(d.keys, i, key), slices.Insert(d.vals, i, v)
		if d.moved += len(d.keys) - 1 - i; d.moved > 64+8*len(d.keys) {
			d.hash()
		}
	}
}

// remove takes entry i out, as find gave it.
func (d *dict) remove(i int) {
	if d.at == nil {
		d.moved += len(d.keys) - 1 - i
		d.keys, d.vals = slices.Delete(d.keys, i, i+1), slices.Delete(d.vals, i, i+1)
		if d.moved > 64+8*len(d.keys) {
			d.hash()
		}
		return
	}
	last := len(d.keys) - 1
	delete(d.at, d.keys[i])
	if i < last {
		d.keys[i], d.vals[i] = d.keys[last], d.vals[last]
		d.at[d.keys[i]] = i
	}
	d.keys[last], d.vals[last] = "", Value{}
	d.keys, d.vals = d.keys[:last], d.vals[:last]
	d.sorted.Store(nil)
}

// putSorted changes the value of a key in what was sorted before.
func (d *dict) putSorted(key string, v Value) {
	s := d.sorted.Load()
	if s == nil {
		return
	}
	if i, ok := slices.BinarySearch(s.keys, key); ok {
		s.vals[i] = v
	}
}

// hash ends the keeping of order.
func (d *dict) hash() {
	d.at = make(map[string]int, 2*len(d.keys))
	for i, k := range d.keys {
		d.at[k] = i
	}
}
