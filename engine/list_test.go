package engine

import (
	rand "math/rand/v2"
	"testing"
)

// plain is a list, a map or a number as plain data: nothing is shared.
type plain struct {
	list []*plain
	m    map[string]*plain
	n    int64
}

func (x *plain) copy() *plain {
	c := &plain{n: x.n}
	for _, e := range x.list {
		c.list = append(c.list, e.copy())
	}
	for k, e := range x.m {
		if c.m == nil {
			c.m = map[string]*plain{}
		}
		c.m[k] = e.copy()
	}
	return c
}

func (x *plain) same(v Value) bool {
	switch v.Kind() {
	case KindInt:
		return v.AsInt() == x.n
	case KindMap:
		for i, k := range v.Keys() {
			if x.m[k] == nil || !x.m[k].same(v.Vals()[i]) {
				return false
			}
		}
		return v.Size() == len(x.m)
	}
	for i, e := range v.Elems() {
		if i >= len(x.list) || !x.list[i].same(e) {
			return false
		}
	}
	return len(v.Elems()) == len(x.list)
}

// values are a few variables, and what they hold.
type values struct {
	r      *rand.Rand
	l      *Loop
	vars   [4]Value
	models [4]*plain
}

// path is a random way into variable i, and what it leads to.
func (x *values) path(i int, want Kind) (path []Value, at *plain, ok bool) {
	v, at := x.vars[i], x.models[i]
	for {
		if v.Kind() == want && (len(path) > 0 || x.r.IntN(2) == 0) {
			return path, at, true
		}
		switch {
		case v.Kind() == KindList && len(v.Elems()) > 0:
			k := x.r.IntN(len(v.Elems()))
			path, v, at = append(path, Int(int64(k))), v.Elems()[k], at.list[k]
		case v.Kind() == KindMap:
			k := v.Keys()[x.r.IntN(v.Size())]
			v, _ = v.Get(k)
			path, at = append(path, String(k)), at.m[k]
		default:
			return path, at, v.Kind() == want
		}
	}
}

// some is a number, another variable's value, or a new list or map.
func (x *values) some() (Value, *plain) {
	n := x.r.Int64N(1000)
	switch j := x.r.IntN(len(x.vars)); x.r.IntN(6) {
	case 0:
		if len(x.vars[j].Elems()) < 20 {
			return x.l.Escape(x.vars[j]), x.models[j].copy()
		}
	case 1:
		return List([]Value{Int(n)}), &plain{list: []*plain{{n: n}}}
	case 2:
		return Map([]string{"k"}, []Value{List(nil)}), &plain{m: map[string]*plain{"k": {}}}
	}
	return Int(n), &plain{n: n}
}

func (x *values) step() {
	i := x.r.IntN(len(x.vars))
	switch x.r.IntN(12) {
	case 10, 11: // two lists one after the other
		j, k := x.r.IntN(len(x.vars)), x.r.IntN(len(x.vars))
		if more := x.vars[j].Elems(); len(more)+len(x.vars[i].Elems()) < 200 {
			m := append(x.models[i].copy().list, x.models[j].copy().list...)
			x.vars[k], x.models[k] = x.l.Extend(x.vars[i], more), &plain{list: m}
		}
	case 0: // a plain copy
		j := x.r.IntN(len(x.vars))
		x.vars[i], x.models[i] = x.l.Escape(x.vars[j]), x.models[j].copy()
	case 1, 2: // a part
		n := len(x.vars[i].Elems())
		a := x.r.IntN(n/3 + 1)
		b := n - x.r.IntN(2)*min(1, n-a)
		part, ok := x.l.Part(x.vars[i], a, b)
		j := x.r.IntN(len(x.vars))
		if ok && n < 2000 {
			x.vars[j], x.models[j] = part, &plain{list: x.models[i].copy().list[a:b]}
		}
	case 3: // a change of an element
		v, m := x.some()
		if path, at, ok := x.path(i, KindInt); ok {
			x.vars[i] = x.l.changed(x.vars[i], path, change{value: v})
			*at = *m
		}
	default:
		for range 1 + x.r.IntN(8) {
			v, m := x.some()
			if path, at, ok := x.path(i, KindList); ok {
				x.vars[i] = x.l.changed(x.vars[i], path, change{value: v, op: opAppends})
				at.list = append(at.list, m)
			}
		}
	}
}

// TestSharing holds values that share what they can to copies that share nothing, on a loop and on its clone.
func TestSharing(t *testing.T) {
	p := &Program{}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(50) {
		x := values{r: rand.New(rand.NewPCG(seed, 7)), l: New(p, Options{})}
		for i := range x.vars {
			x.vars[i], x.models[i] = List(nil), &plain{}
		}
		for step := range 300 {
			x.step()
			if step == 200 {
				x.l = x.l.Clone()
			}
			for i := range x.vars {
				if !x.models[i].same(x.vars[i]) {
					t.Fatalf("seed %d, step %d: variable %d is %s", seed, step, i, AppendText(nil, nil, x.vars[i]))
				}
			}
		}
	}
}
