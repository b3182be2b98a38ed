package engine

import (
	"math"
	"math/bits"
	rand "math/rand/v2"
	"testing"
)

// TestLeavingALine: who leaves a line of n from its middle looks at the requests above it and at those on one way down, at most
// three for each level of the heap. All others are out of reach meanwhile: to look at one is an index out of range.
func TestLeavingALine(t *testing.T) {
	sizes := []int{1, 2, 3, 1_000, 10_000, 100_000, 1_000_000}
	if testing.Short() {
		sizes = sizes[:4]
	}
	for _, order := range []lineOrder{lineFIFO, lineLIFO, linePriority, lineVictims} {
		for _, n := range sizes {
			leaveLines(t, order, n)
		}
	}
}

func leaveLines(t *testing.T, order lineOrder, n int) {
	p := &Program{}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l, x, r := New(p, Options{}), &waitLine{order: order}, rand.New(rand.NewPCG(uint64(n), uint64(order)))
	for number := range uint64(n) {
		id, _ := l.requests.take()
		*l.request(id) = request{number: number, priority: float64(r.IntN(1000))}
		l.enterLine(x, id)
	}
	const outOfReach = math.MaxUint32
	saved := make([]uint32, n)
	for range min(n, 30) {
		i := r.IntN(len(x.heap))
		id, near := x.heap[i], l.near(x, i)
		if most := 3*bits.Len(uint(len(x.heap))) + 1; len(near) > most {
			t.Fatalf("order %d, %d in line: %d requests, more than %d", order, n, len(near), most)
		}
		copy(saved, x.heap)
		for j := range x.heap {
			x.heap[j] = outOfReach
		}
		for _, j := range near {
			x.heap[j] = saved[j]
		}
		l.leaveLine(x, id)
		for j, other := range x.heap {
			if other == outOfReach {
				x.heap[j] = saved[j]
			}
		}
	}
	for j, id := range x.heap {
		if q := l.request(id); int(q.place) != j || j > 0 && l.comesBefore(order, q, l.request(x.heap[(j-1)/2])) {
			t.Fatalf("order %d, %d in line: the request at %d is not in its place", order, n, j)
		}
	}
}

// near is the places of a heap that have to be looked at when the request at i leaves it: the last one takes its place, and goes up
// from there or down.
func (l *Loop) near(x *waitLine, i int) []int {
	last := len(x.heap) - 1
	places := []int{i}
	if i == last {
		return places
	}
	for up := i; up > 0; {
		up = (up - 1) / 2
		places = append(places, up)
	}
	for down := i; 2*down+1 < last; {
		child := 2*down + 1
		places = append(places, child)
		if right := child + 1; right < last {
			places = append(places, right)
			if l.comesBefore(x.order, l.request(x.heap[right]), l.request(x.heap[child])) {
				child = right
			}
		}
		down = child
	}
	return append(places, last)
}
