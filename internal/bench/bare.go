package main

import (
	"io"
	"math"
	"strconv"
)

// Hand-written Go for each workload: the same heap operations, the same ready queue and the two phases of a wake-up,
// and nothing else. Scenarios are measured against these loops.

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
	*q = append(*q, t)
	q.up(len(*q)-1, t)
}

// up moves the hole at i towards the root until t fits, and puts t there.
func (q *timers) up(i int, t timer) {
	h := *q
	for i > 0 && t.before(h[(i-1)/4]) {
		h[i] = h[(i-1)/4]
		i = (i - 1) / 4
	}
	h[i] = t
}

// pop removes the first timer, moves the hole down to a leaf, puts the last timer there and moves it up.
func (q *timers) pop() timer {
	h := *q
	n := len(h) - 1
	top, last := h[0], h[n]
	h = h[:n]
	*q = h
	if n == 0 {
		return top
	}
	i := 0
	for i*4+4 < n { // the least of four in three comparisons, two of which are independent
		c := h[i*4+1 : i*4+5 : i*4+5]
		a, b := 0, 2
		if c[1].before(c[0]) {
			a = 1
		}
		if c[3].before(c[2]) {
			b = 3
		}
		if c[b].before(c[a]) {
			a = b
		}
		h[i] = c[a]
		i = i*4 + 1 + a
	}
	if c := i*4 + 1; c < n {
		for k := c + 1; k < n; k++ {
			if h[k].before(h[c]) {
				c = k
			}
		}
		h[i] = h[c]
		i = c
	}
	q.up(i, last)
	return top
}

type kind uint32

const (
	start kind = iota // the first step of a worker
	fired             // a timer that completes a sleep
	woken             // the worker after its sleep
	given             // the worker has what it waited for
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

// bareSleepers runs workers that sleep turns times for delay(i) and count each sleep.
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

// barePair hands items from one worker to another through a ring. A worker that finds the ring full, or empty, waits,
// and is woken through the ready queue. There are only two workers, so all that a general loop keeps in lists is a bit
// or a counter here. The capacity, a power of two, is a parameter, because with a constant the compiler could remove
// the ring and with it the work to measure.
func barePair(items, capacity int) (taken int) {
	const producer, consumer = 0, 1
	buf := make([]int, capacity)
	mask := len(buf) - 1
	var queue [2]uint8 // the ready queue; nobody is in it twice
	var head, tail uint
	push := func(id uint8) {
		queue[tail&1] = id
		tail++
	}
	push(producer)
	push(consumer)
	produced, sum := 0, 0
	full, empty := false, false // the producer waits, the consumer waits
	for head != tail {
		id := queue[head&1]
		head++
		if id == producer {
			for produced < items {
				if produced-taken > mask {
					full = true
					break
				}
				buf[produced&mask] = produced
				produced++
				if empty {
					empty = false
					push(consumer)
				}
			}
			continue
		}
		for taken < items {
			if taken == produced {
				empty = true
				break
			}
			sum += buf[taken&mask]
			taken++
			if full {
				full = false
				push(producer)
			}
		}
	}
	if sum != items*(items-1)/2 {
		panic("an item was lost")
	}
	return taken
}

// splitMix is a source of random numbers from 0 to below 1: SplitMix64.
type splitMix uint64

func (s *splitMix) next() float64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) * 0x1p-53
}

// bareServer is M/M/1: customers arrive, queue for one server, are served and leave.
func bareServer(customers int, load float64, seed uint64) (served int, waited float64) {
	rng := splitMix(seed)
	exponential := func(mean float64) int64 { return int64(-math.Log(1-rng.next()) * mean * 1e9) }
	const source = 0
	heap := make(timers, 0, 64)
	rd := newReady(64)
	var line []int64 // the arrival times of the waiting customers
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
			default: // a customer has been served
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

// bareCallbacks arms n callbacks that each arm themselves again at a random time. The returned function runs so many
// events.
func bareCallbacks(n int) (fire func(events int)) {
	heap := make(timers, 0, n)
	rd := newReady(n)
	rng := splitMix(0)
	now, seq := int64(0), uint64(0)
	arm := func(id uint32) {
		seq++
		heap.push(timer{now + int64(rng.next()*2e9), seq, id})
	}
	for id := range n {
		arm(uint32(id))
	}
	return func(events int) {
		for events > 0 {
			now = heap[0].when
			for heap[0].when <= now {
				rd.push(item{fired, heap.pop().id})
				if len(heap) == 0 {
					break
				}
			}
			for todo := rd.n; todo > 0; todo-- {
				arm(rd.pop().id)
				events--
			}
		}
	}
}
