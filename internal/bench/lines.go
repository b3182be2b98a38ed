package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"runloop/dsl"
	"runloop/engine"
)

// A line or the victims of a resource are a heap, and each departure from its middle takes logarithmic time. What it costs as
// the heap outgrows the processor's caches is measured beside a bare heap of the same size that does the same.

// lineSizes is with how many in line.
var lineSizes = []int{1_000, 4_000, 16_000, 62_500, 250_000, 1_000_000}

// lineRounds is how many times a scenario and its bare heap run alternately. The smallest lines run often enough for
// lineDepartures.
const (
	lineRounds     = 3
	lineDepartures = 250_000
)

// lineKinds is the scenarios of the folder scaling with the loop time after which n departures begin and end, and their
// bare heap, which it builds before it returns what takes them.
var lineKinds = []struct {
	of, file    string
	begin, ends int64
	bare        func(n int) (depart func() int)
}{
	{"leave a line by priority", "resource-left.yaml", 0, 99e9, bareLeavers},
	{"lose a unit to another", "resource-preempted.yaml", 0, 1e9, barePreempted},
}

// measureLines measures departures from the middle of lines of a thousand to a million.
func measureLines(r *Record) error {
	for _, kind := range lineKinds {
		s, err := loadScaling(kind.file)
		if err != nil {
			return err
		}
		series := Series{Of: kind.of}
		for _, n := range lineSizes {
			var c comparison
			for range lineRounds {
				ours, bare := 0.0, 0.0
				times := max(1, lineDepartures/n)
				for range times {
					depart := kind.bare(n)
					bare += timed(func() { depart() }, n*times)
					ns, err := departures(s.scenario, n, kind.begin, kind.ends)
					if err != nil {
						return err
					}
					ours += ns / float64(times)
				}
				c.add(ours, bare)
			}
			p := Point{N: n, Ours: rounded(median(c.ours)), Bare: rounded(median(c.bare))}
			series.Points = append(series.Points, p)
			fmt.Fprintf(os.Stderr, "        %s %s: %s ns, bare %s ns\n", commas(strconv.Itoa(n)), kind.of, number(p.Ours), number(p.Bare))
		}
		r.Lines = append(r.Lines, series)
	}
	return nil
}

// departures returns nanoseconds for each of n departures of a scenario, which take place from when loop time is above begin
// to when it is above ends.
func departures(s *dsl.Scenario, n int, begin, ends int64) (float64, error) {
	l, err := s.NewLoop(dsl.RunOptions{Params: map[string]string{"n": strconv.Itoa(n)}, Output: io.Discard})
	if err != nil {
		return 0, err
	}
	runTo := func(at int64) bool {
		over := false
		for !over && l.Now() <= at {
			over = l.RunFor(200)
		}
		return over
	}
	if runTo(begin) {
		return 0, fmt.Errorf("%s: it is over before its line moves: %s", s.Source.Name(), l.Result().Ended)
	}
	ns := timed(func() { runTo(ends) }, n)
	for !l.RunFor(100_000) {
	}
	if res := l.Result(); res.Ended != engine.Completed {
		return 0, fmt.Errorf("%s: it ended %s", s.Source.Name(), res.Ended)
	}
	return ns, nil
}

// linesTable returns what a departure costs.
func linesTable(all []Series) *table {
	t := &table{head: []string{"n", "", "ns each", "bare heap's ns", "x bare"}}
	for _, s := range all {
		for _, p := range s.Points {
			t.add(commas(strconv.Itoa(p.N)), s.Of, number(p.Ours), number(p.Bare), number(p.Ours/p.Bare))
		}
	}
	return t
}

// ranked is an entry of a heap from whose middle entries are taken, ordered by (rank, number).
type ranked struct {
	rank   int64
	number int64
	id     uint32
}

func (r ranked) before(s ranked) bool {
	return r.rank < s.rank || r.rank == s.rank && r.number < s.number
}

// rankedHeap is a binary heap that knows where each id is.
type rankedHeap struct {
	xs    []ranked
	place []int32 // by id
}

func newRankedHeap(n int) *rankedHeap {
	return &rankedHeap{make([]ranked, 0, n), make([]int32, n)}
}

func (h *rankedHeap) push(x ranked) {
	h.xs = append(h.xs, x)
	h.up(len(h.xs)-1, x)
}

func (h *rankedHeap) put(i int, x ranked) {
	h.xs[i] = x
	h.place[x.id] = int32(i)
}

func (h *rankedHeap) up(i int, x ranked) int {
	for i > 0 && x.before(h.xs[(i-1)/2]) {
		h.put(i, h.xs[(i-1)/2])
		i = (i - 1) / 2
	}
	h.put(i, x)
	return i
}

func (h *rankedHeap) down(i int, x ranked) {
	for 2*i+1 < len(h.xs) {
		c := 2*i + 1
		if c+1 < len(h.xs) && h.xs[c+1].before(h.xs[c]) {
			c++
		}
		if !h.xs[c].before(x) {
			break
		}
		h.put(i, h.xs[c])
		i = c
	}
	h.put(i, x)
}

// remove takes an id out, wherever it is.
func (h *rankedHeap) remove(id uint32) ranked {
	i := int(h.place[id])
	x, last := h.xs[i], h.xs[len(h.xs)-1]
	h.xs = h.xs[:len(h.xs)-1]
	if i < len(h.xs) && h.up(i, last) == i {
		h.down(i, last)
	}
	return x
}

// bareLeavers is n in line by priority, each of whom leaves it when its time is over.
func bareLeavers(n int) (depart func() int) {
	l := newBareLoop(n)
	line := newRankedHeap(n)
	for i := range n {
		line.push(ranked{int64(i * 7919 % 1009), int64(i), uint32(i)})
		l.sleep(uint32(i), int64(1+i%97)*1e9)
	}
	return func() (left int) {
		for l.rd.n > 0 || len(l.heap) > 0 {
			l.due()
			for todo := l.rd.n; todo > 0; todo-- {
				it := l.rd.pop()
				if it.kind == fired {
					line.remove(it.id)
					l.rd.push(item{woken, it.id})
					continue
				}
				left++
			}
		}
		return left
	}
}

// barePreempted is n who have a unit each, for ten seconds, and lose it to n who come, the latest of the least urgent first:
// they wait for it to go on with what is left.
func barePreempted(n int) (depart func() int) {
	l := newBareLoop(2 * n)
	victims, line := newRankedHeap(2*n), newRankedHeap(2*n)
	turn, rest, ends := make([]uint8, 2*n), make([]int64, 2*n), make([]int64, 2*n)
	priority := make([]int64, 2*n)
	use := func(id uint32) {
		victims.push(ranked{-priority[id], -int64(id), id})
		ends[id] = l.now + rest[id]
		l.sleep(id, rest[id])
	}
	for i := range n {
		priority[i], rest[i] = int64(n+i*7919%n), 10e9
		use(uint32(i))
		priority[n+i], rest[n+i] = int64(i), 10e9
		l.rd.push(item{start, uint32(n + i)})
	}
	l.now = 1e9
	return func() (lost int) {
		for l.rd.n > 0 {
			for todo := l.rd.n; todo > 0; todo-- {
				it := l.rd.pop()
				if it.kind == start && priority[victims.xs[0].id] > priority[it.id] {
					lost++
					id := victims.xs[0].id
					victims.remove(id)
					turn[id]++
					rest[id] = ends[id] - l.now
					line.push(ranked{priority[id], int64(id), id})
					l.rd.push(item{woken, it.id})
					continue
				}
				use(it.id)
			}
		}
		return lost
	}
}
