package engine

import (
	rand "math/rand/v2"
	"slices"
	"testing"
)

// TestRoster holds a roster to a plain list.
func TestRoster(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		x, want := roster{}, []uint32(nil)
		most, adds := 1+r.Uint32N(300), 2+r.IntN(6)
		for step := range 1000 {
			id := 1 + r.Uint32N(most)
			twice := seed%4 == 0 || !slices.Contains(want, id)
			i := slices.Index(want, id)
			switch k := r.IntN(10); {
			case k < adds && twice:
				x.push(id)
				want = append(want, id)
			case k == 9 && len(want) > 0:
				if got := x.pop(); got != want[0] {
					t.Fatalf("seed %d, step %d: the first is %d, want %d", seed, step, got, want[0])
				}
				want = want[1:]
			case k == 8:
				x.own(&roster{})
			default:
				if got := x.remove(id); got != (i >= 0) {
					t.Fatalf("seed %d, step %d: %d was there: %v", seed, step, id, got)
				} else if got {
					want = slices.Delete(slices.Clone(want), i, i+1)
				}
			}
			if x.len() != len(want) || !slices.Equal(x.list(), want) {
				t.Fatalf("seed %d, step %d: %v, want %v", seed, step, x.list(), want)
			}
		}
	}
}
