package bench

import (
	"io"
	"math"
	"strconv"
)

// What one would write by hand in Go for each workload: the same heap work, the same ready queue and the two phases of
// a wake-up, and nothing else. They are the yardstick.

// timer is an entry of the heap, ordered by (when, seq).
type timer struct {
	when int64
	seq  uint64
	id   uint32
}

func (t timer) before(u timer) bool { return t.when < u.when || t.when == u.when && t.seq < u.seq }

// timers is a 4-ary heap.
type timers []timer

func (q *timers) push(t timer) {
	h := append(*q, t)
	i := len(h) - 1
	for i > 0 && t.before(h[(i-1)/4]) {
		h[i] = h[(i-1)/4]
		i = (i - 1) / 4
	}
	h[i] = t
	*q = h
}

func (q *timers) pop() timer {
	h := *q
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	i := 0
	for c := 1; c < len(h); c = i*4 + 1 {
		least := c
		for k := c + 1; k < min(c+4, len(h)); k++ {
			if h[k].before(h[least]) {
				least = k
			}
		}
		if !h[least].before(last) {
			break
		}
		h[i] = h[least]
		i = least
	}
	if len(h) > 0 {
		h[i] = last
	}
	*q = h
	return top
}

type kind uint32

const (
	start kind = iota // a worker's first step
	fired             // a timer: completes the sleep
	woken             // the sleep is over
)

type item struct {
	kind kind
	id   uint32
}

// ready is the ready queue.
type ready struct {
	buf     []item
	head, n int
}

func newReady(n int) *ready {
	size := 1
	for size < 2*n {
		size *= 2
	}
	return &ready{buf: make([]item, size)}
}

func (r *ready) push(it item) {
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = it
	r.n++
}

func (r *ready) pop() item {
	it := r.buf[r.head]
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return it
}

// bareSleepers runs workers that each sleep turns times for delay(i) and count.
func bareSleepers(workers, turns int, delay func(i int) int64) (count int) {
	heap := make(timers, 0, workers)
	rd := newReady(workers)
	left := make([]int32, workers)
	delays := make([]int64, workers)
	for i := range workers {
		left[i], delays[i] = int32(turns), delay(i)
		rd.push(item{start, uint32(i)})
	}
	now, seq := int64(0), uint64(0)
	for rd.n > 0 || len(heap) > 0 {
		if rd.n == 0 {
			now = heap[0].when
		}
		for len(heap) > 0 && heap[0].when <= now {
			rd.push(item{fired, heap.pop().id})
		}
		for todo := rd.n; todo > 0; todo-- {
			it := rd.pop()
			switch it.kind {
			case fired:
				rd.push(item{woken, it.id})
				continue
			case woken:
				count++
				if left[it.id]--; left[it.id] == 0 {
					continue
				}
			}
			seq++
			heap.push(timer{now + delays[it.id], seq, it.id})
		}
	}
	return count
}

// barePair hands items from one to another through a ring of one: who finds it full, or empty, waits in a list and is
// woken over the ready queue.
func barePair(items int) (taken int) {
	var buf [1]int
	head, n := 0, 0
	var getters, putters []uint32
	rd := newReady(4)
	rd.push(item{start, 0})
	rd.push(item{start, 1})
	produced, sum := 0, 0
	for rd.n > 0 {
		if rd.pop().id == 0 {
			for produced < items {
				if n == len(buf) {
					putters = append(putters, 0)
					break
				}
				buf[(head+n)%len(buf)] = produced
				n++
				produced++
				if len(getters) > 0 {
					rd.push(item{woken, getters[0]})
					getters = getters[:0]
				}
			}
			continue
		}
		for taken < items {
			if n == 0 {
				getters = append(getters, 1)
				break
			}
			sum += buf[head]
			taken++
			head = (head + 1) % len(buf)
			n--
			if len(putters) > 0 {
				rd.push(item{woken, putters[0]})
				putters = putters[:0]
			}
		}
	}
	if sum != items*(items-1)/2 {
		panic("an item was lost")
	}
	return taken
}

// bareServer is M/M/1: customers come, queue for one server, are served and leave.
func bareServer(customers int, load float64, seed uint64) (served int, waited float64) {
	next := func() float64 { // SplitMix64
		seed += 0x9E3779B97F4A7C15
		z := seed
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		return float64((z^z>>31)>>11) * 0x1p-53
	}
	exponential := func(mean float64) int64 { return int64(-math.Log(1-next()) * mean * 1e9) }
	const source = 0
	heap := make(timers, 0, 64)
	rd := newReady(64)
	var line []int64 // when those who wait came
	head, busy, came := 0, false, 0
	now, seq := int64(0), uint64(0)
	sleep := func(id uint32, d int64) {
		seq++
		heap.push(timer{now + d, seq, id})
	}
	serve := func(arrived int64) {
		waited += float64(now-arrived) / 1e9
		sleep(1, exponential(1))
	}
	sleep(source, exponential(1/load))
	for rd.n > 0 || len(heap) > 0 {
		if rd.n == 0 {
			now = heap[0].when
		}
		for len(heap) > 0 && heap[0].when <= now {
			rd.push(item{fired, heap.pop().id})
		}
		for todo := rd.n; todo > 0; todo-- {
			it := rd.pop()
			switch {
			case it.kind == fired:
				rd.push(item{woken, it.id})
			case it.kind == start && !busy: // a customer's first step
				busy = true
				serve(now)
			case it.kind == start:
				line = append(line, now)
			case it.id == source:
				rd.push(item{start, 0})
				if came++; came < customers {
					sleep(source, exponential(1/load))
				}
			default: // a customer is served
				served++
				if busy = head < len(line); busy {
					arrived := line[head]
					if head++; head == len(line) {
						line, head = line[:0], 0
					}
					serve(arrived)
				}
			}
		}
	}
	return served, waited
}

// barePrint writes lines through one buffer.
func barePrint(w io.Writer, lines int) {
	buf := make([]byte, 0, 64<<10)
	for i := range lines {
		buf = append(buf, "worker: line "...)
		buf = strconv.AppendInt(buf, int64(i), 10)
		buf = append(buf, " of "...)
		buf = strconv.AppendInt(buf, int64(lines), 10)
		buf = append(buf, '\n')
		if len(buf) >= 32<<10 {
			w.Write(buf)
			buf = buf[:0]
		}
	}
	w.Write(buf)
}
