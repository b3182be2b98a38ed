package explore

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
)

// lists calls f with all orders of n timers: every list of blocks, each of which is a list of timers.
func lists(n int, f func(order [][]int)) {
	var order [][]int
	var put func(left []int)
	put = func(left []int) {
		if len(left) == 0 {
			f(order)
			return
		}
		for i, x := range left {
			rest := slices.Delete(slices.Clone(left), i, i+1)
			order = append(order, []int{x})
			put(rest)
			if order = order[:len(order)-1]; len(order) == 0 {
				continue
			}
			last := &order[len(order)-1]
			*last = append(*last, x)
			put(rest)
			last = &order[len(order)-1]
			*last = (*last)[:len(*last)-1]
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	put(all)
}

// TestCountOfWeights: all the orders of timers that have the same orders within groups are as many as the weight of these says.
func TestCountOfWeights(t *testing.T) {
	for _, groups := range [][]int{{0}, {0, 1}, {0, 0}, {0, 1, 2}, {0, 0, 2}, {0, 1, 0, 1}, {0, 0, 0, 3}, {0, 0, 2, 3, 0}, {0, 1, 2, 3, 4}, {0, 1, 0, 1, 0},
		{0, 1, 2, 0, 1, 2}, {0, 0, 0, 3, 3, 3}, {0, 1, 2, 2, 2, 2}} {
		x := &instant{groups: groups, apart: true}
		type class struct {
			order [][]int // one of them
			n     int64
		}
		classes := map[string]*class{}
		lists(len(groups), func(order [][]int) {
			text := ""
			for g := range groups {
				var mine [][]int
				for _, block := range order {
					if part := slices.DeleteFunc(slices.Clone(block), func(i int) bool { return groups[i] != g }); len(part) > 0 {
						mine = append(mine, part)
					}
				}
				text += fmt.Sprint(mine)
			}
			if classes[text] == nil {
				classes[text] = &class{order: slices.Clone(order)}
				for i, block := range order {
					classes[text].order[i] = slices.Clone(block)
				}
			}
			classes[text].n++
		})
		var w weigher
		for text, c := range classes {
			if n := w.weight(x.compositions(c.order), true); n.big().Cmp(big.NewInt(c.n)) != 0 {
				t.Errorf("groups %v, %s: the weight is %v, and there are %d orders", groups, text, n.big(), c.n)
			}
		}
	}
}
