package engine

import (
	"testing"
)

// bareSleepers is what one would write by hand for n workers that each sleep and count: a 4-ary heap by (when, seq),
// a ready queue, the two phases of a wake-up, and a switch.
func bareSleepers(n, turns int, delay func(i int) int64) int64 {
	type entry struct {
		when int64
		seq  uint64
		id   uint32
	}
	type item struct{ kind, id uint32 }
	heap := make([]entry, 0, n)
	left := make([]int, n)
	ready := make([]item, 1)
	for len(ready) < 2*n {
		ready = make([]item, 2*len(ready))
	}
	mask := len(ready) - 1
	head, size := 0, 0
	var now, counter int64
	var seq uint64
	less := func(a, b entry) bool { return a.when < b.when || a.when == b.when && a.seq < b.seq }
	for i := range n {
		left[i] = turns
		ready[size] = item{1, uint32(i)}
		size++
	}
	for {
		if size == 0 {
			if len(heap) == 0 {
				return counter
			}
			now = heap[0].when
		}
		for len(heap) > 0 && heap[0].when <= now {
			ready[(head+size)&mask] = item{0, heap[0].id}
			size++
			last := heap[len(heap)-1]
			heap = heap[:len(heap)-1]
			i := 0
			for c := 1; c < len(heap); c = i*4 + 1 {
				m := c
				for k := c + 1; k < min(c+4, len(heap)); k++ {
					if less(heap[k], heap[m]) {
						m = k
					}
				}
				if !less(heap[m], last) {
					break
				}
				heap[i] = heap[m]
				i = m
			}
			if len(heap) > 0 {
				heap[i] = last
			}
		}
		for todo := size; todo > 0; todo-- {
			it := ready[head]
			head = (head + 1) & mask
			size--
			switch it.kind {
			case 0:
				ready[(head+size)&mask] = item{2, it.id}
				size++
				continue
			case 2:
				counter++
				left[it.id]--
			}
			if left[it.id] == 0 {
				continue
			}
			seq++
			e := entry{now + delay(int(it.id)), seq, it.id}
			heap = append(heap, e)
			i := len(heap) - 1
			for i > 0 && less(e, heap[(i-1)/4]) {
				heap[i] = heap[(i-1)/4]
				i = (i - 1) / 4
			}
			heap[i] = e
		}
	}
}

func sleeperDelay(i int) int64 { return 1_000_000 + int64(i)*7919%1_000_003 }

// sleepers is the same as a program.
func sleepers(n, turns int, delay func(i int) int64) *Program {
	return &Program{
		Shared: []VarDef{{"count", val(Int(0))}},
		Workers: []*Entry{{
			Name: "w", Count: count(int64(n)),
			Code: &Code{Locals: []string{"d"}, Params: 1, Body: []Step{&Repeat{N: count(int64(turns)), Do: []Step{
				&Sleep{For: func(l *Loop) int64 { return l.Local(0).AsInt() }},
				&Set{Assigns: []Assign{{To: Target{Ref: Ref{SharedVar, 0}}, Value: func(l *Loop) Value {
					return Int(l.SharedVar(0).AsInt() + 1)
				}}}},
			}}}},
			Args: []Eval{func(l *Loop) Value { return Int(delay(int(l.Index()))) }},
		}},
	}
}

func benchSleepers(b *testing.B, n, turns int, delay func(int) int64) {
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			bareSleepers(n, turns, delay)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*turns), "ns/event")
	})
	b.Run("runloop", func(b *testing.B) {
		p := sleepers(n, turns, delay)
		if err := p.Assemble(); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			New(p, Options{}).Run()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*turns), "ns/event")
	})
}

func BenchmarkSleepers100(b *testing.B)  { benchSleepers(b, 100, 10_000, sleeperDelay) }
func BenchmarkSleepers100k(b *testing.B) { benchSleepers(b, 100_000, 10, sleeperDelay) }
func BenchmarkSleepersTies(b *testing.B) {
	benchSleepers(b, 1000, 1000, func(int) int64 { return 1e9 })
}
