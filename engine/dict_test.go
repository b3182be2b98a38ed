package engine

import (
	"fmt"
	rand "math/rand/v2"
	"slices"
	"testing"
)

// TestDict holds a map to Go's own while keys come, change, and are looked at in between.
func TestDict(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		d, want := &dict{}, map[string]Value{}
		most, looks := 1+r.IntN(2000), r.IntN(50)
		for i := range 1000 {
			k := fmt.Sprint(r.IntN(most))
			if seed%3 == 0 {
				k = fmt.Sprintf("%05d", i) // in order: it stays sorted
			}
			d.put(k, Int(int64(i)))
			want[k] = Int(int64(i))
			if looks > 0 && i%looks == 0 || i == 999 {
				checkDict(t, d, want)
			}
		}
		if sorted := d.at == nil; sorted != (seed%3 == 0 || most < 60) && most > 500 {
			t.Errorf("seed %d: it is sorted: %v", seed, sorted)
		}
	}
}

func checkDict(t *testing.T, d *dict, want map[string]Value) {
	t.Helper()
	v := mapValue(d)
	if v.Size() != len(want) || !slices.IsSorted(v.Keys()) || len(v.Keys()) != len(want) {
		t.Fatalf("%d keys, want %d", v.Size(), len(want))
	}
	for i, k := range v.Keys() {
		if x, ok := v.Get(k); !ok || x != want[k] || v.Vals()[i] != want[k] {
			t.Fatalf("%s: %v and %v, want %v", k, x.AsInt(), v.Vals()[i].AsInt(), want[k].AsInt())
		}
	}
}

// TestMap: of equal keys the last one stays.
func TestMap(t *testing.T) {
	m := Map([]string{"b", "a", "b", "c", "a"}, []Value{Int(1), Int(2), Int(3), Int(4), Int(5)})
	if got := string(AppendText(nil, nil, m)); got != `{"a": 5, "b": 3, "c": 4}` {
		t.Error(got)
	}
	if empty := Map(nil, nil); empty.Size() != 0 || len(empty.Keys()) != 0 {
		t.Error("an empty map has keys")
	}
}
