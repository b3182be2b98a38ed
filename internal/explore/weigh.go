package explore

import (
	"math/big"
	"slices"
)

// weigher says how many orders of an instant one of those stands for that are run.
type weigher struct {
	known map[string]number
	ways  map[string][]number
}

// of is the weights of the orders of an instant; nil: each stands for itself.
func (w *weigher) of(x *instant) []number {
	weights := make([]number, len(x.orders))
	for i, order := range x.orders {
		weights[i] = w.weight(x.compositions(order), x.apart)
	}
	if !slices.ContainsFunc(weights, func(n number) bool { return n != one }) {
		return nil
	}
	return weights
}

// composition is how many timers of a group fire in each of its blocks.
type composition []uint16

// compositions is those of the groups in an order, sorted.
func (x *instant) compositions(order [][]int) []composition {
	of := make([]composition, len(x.groups))
	in := make([]int, len(x.groups)) // the block that a group's last number is of, from 1
	for i, block := range order {
		for _, place := range block {
			g := x.groups[place]
			if in[g] != i+1 {
				in[g], of[g] = i+1, append(of[g], 0)
			}
			of[g][len(of[g])-1]++
		}
	}
	of = slices.DeleteFunc(of, func(c composition) bool { return len(c) == 0 })
	slices.SortFunc(of, slices.Compare[composition])
	return of
}

// weight is how many orders of all timers there are that have these orders within the groups.
func (w *weigher) weight(groups []composition, apart bool) number {
	k := keyOf(groups, apart)
	if n, is := w.known[k]; is {
		return n
	}
	if w.known == nil {
		w.known, w.ways = map[string]number{}, map[string][]number{}
	}
	var n number
	if apart {
		n = w.apart(groups)
	} else {
		n = together(groups)
	}
	w.known[k] = n
	return n
}

func keyOf(groups []composition, apart bool) string {
	text := []byte{0}
	if apart {
		text[0] = 1
	}
	for _, c := range groups {
		for _, n := range c {
			text = append(text, byte(n>>8), byte(n))
		}
		text = append(text, 255, 255)
	}
	return string(text)
}

// together is in how many ways groups can be one block: each keeps its order.
func together(groups []composition) number {
	n, sizes := 0, one
	for _, c := range groups {
		n += int(c[0])
		sizes = sizes.times(factorial(int(c[0])))
	}
	return factorial(n).over(sizes)
}

// apart is in how many ways blocks of groups can meet, so that they become blocks of all timers: each group keeps the order of its
// timers, and which of them fire in one block. Groups of one timer are put in when the others have met: in how many ways depends on
// how many timers and blocks these are alone.
func (w *weigher) apart(groups []composition) number {
	several := slices.DeleteFunc(slices.Clone(groups), func(c composition) bool { return len(c) == 1 && c[0] == 1 })
	n := 0
	for _, c := range several {
		for _, size := range c {
			n += int(size)
		}
	}
	sum := number{}
	for blocks, ways := range w.meet(several) {
		if ways != (number{}) {
			sum = sum.plus(ways.times(strewn(len(groups)-len(several), n, blocks)))
		}
	}
	return sum
}

// meet is, by the number of blocks, in how many ways the blocks of groups can meet. In each block one group at least fires, and of
// those that do the timers can be put together in any way that keeps the order within the groups. groups is sorted.
func (w *weigher) meet(groups []composition) []number {
	if len(groups) == 0 {
		return []number{one}
	}
	k := keyOf(groups, true)
	if ways, is := w.ways[k]; is {
		return ways
	}
	var alike []int // where groups that are the same begin
	for i := range groups {
		if i == 0 || !slices.Equal(groups[i], groups[i-1]) {
			alike = append(alike, i)
		}
	}
	var ways []number
	next := make([]int, len(alike)) // how many of these fire in the first block
	var choose func(i, n int, sizes, times number)
	choose = func(i, n int, sizes, times number) {
		if i < len(alike) {
			to := len(groups)
			if i+1 < len(alike) {
				to = alike[i+1]
			}
			for c := 0; c <= to-alike[i]; c++ {
				next[i] = c
				choices := number{large: new(big.Int).Binomial(int64(to-alike[i]), int64(c))}.over(one)
				choose(i+1, n, sizes, times.times(choices))
				size := int(groups[alike[i]][0])
				n, sizes = n+size, sizes.times(factorial(size))
			}
			return
		}
		if n == 0 {
			return
		}
		times = times.times(factorial(n).over(sizes))
		for blocks, more := range w.meet(after(groups, alike, next)) {
			for len(ways) < blocks+2 {
				ways = append(ways, number{})
			}
			if more != (number{}) {
				ways[blocks+1] = ways[blocks+1].plus(more.times(times))
			}
		}
	}
	choose(0, 0, one, one)
	w.ways[k] = ways
	return ways
}

// after is what is left of groups, sorted, when the first blocks of some of each kind have fired.
func after(groups []composition, alike, fired []int) []composition {
	var left []composition
	for i, from := range alike {
		to := len(groups)
		if i+1 < len(alike) {
			to = alike[i+1]
		}
		left = append(left, groups[from:to-fired[i]]...)
		for range fired[i] {
			if rest := groups[from][1:]; len(rest) > 0 {
				left = append(left, rest)
			}
		}
	}
	slices.SortFunc(left, slices.Compare[composition])
	return left
}

// strewn is in how many ways some timers, each for itself, can be put among n others that fire in so many blocks, into one of these
// or into new ones. The others stay as they are.
//
// The timers come into gaps of the others' order, which is cut into blocks: any number of them, cut in any way, before the first and
// after the last; any number, without a cut, into the n - blocks gaps within a block; and any number, with one cut at least, into
// those between two blocks. The generating functions of these are 1/(1-2z), 1/(1-z) and 1/((1-z)(1-2z)), so that it is some! times
// the coefficient of z^some in (1-z)^-(n-1) (1-2z)^-(blocks+1).
func strewn(some, n, blocks int) number {
	if n == 0 { // they are all there are
		return number{large: new(big.Int).Lsh(factorial(some).big(), uint(max(some-1, 0)))}.over(one)
	}
	sum := new(big.Int)
	for k := range some + 1 {
		of := new(big.Int).Mul(multichoose(n-1, some-k), multichoose(blocks+1, k))
		sum.Add(sum, of.Lsh(of, uint(k)))
	}
	return number{large: sum.Mul(sum, factorial(some).big())}.over(one)
}

// multichoose is in how many ways k things can be of n kinds.
func multichoose(n, k int) *big.Int {
	if k == 0 {
		return big.NewInt(1)
	}
	return new(big.Int).Binomial(int64(n+k-1), int64(k))
}
