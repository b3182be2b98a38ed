package main

// Hand-written Go for the workloads with resources, containers and stores. Each knows how many tasks there are, which of them
// can wait for which, and that nobody is cancelled; what a task waits for is a field, and a time-out that is not needed any
// more is one of an older turn.

// bareLoop is what these loops have in common: the heap, the ready queue and the clock.
type bareLoop struct {
	heap timers
	rd   *ready
	now  int64
	seq  uint64
}

func newBareLoop(tasks int) *bareLoop {
	return &bareLoop{heap: make(timers, 0, 4*tasks), rd: newReady(tasks)}
}

func (l *bareLoop) sleep(id uint32, d int64) {
	l.seq++
	l.heap.push(timer{l.now + d, l.seq, id})
}

// due begins an iteration: the clock moves if nothing is ready, and the timers that are due have fired.
func (l *bareLoop) due() {
	if l.rd.n == 0 {
		l.now = l.heap[0].when
	}
	for len(l.heap) > 0 && l.heap[0].when <= l.now {
		l.rd.push(item{fired, l.heap.pop().id})
	}
}

// turnBits is where the number of a turn begins in the id of a timer: what it is for is over if the task is in another one.
const turnBits = 8

// fifo is a line, or the items of a store.
type fifo[T any] struct {
	xs   []T
	head int
}

func (q *fifo[T]) len() int { return len(q.xs) - q.head }

func (q *fifo[T]) push(x T) {
	if q.head > 0 && len(q.xs) == cap(q.xs) {
		q.xs, q.head = q.xs[:copy(q.xs, q.xs[q.head:])], 0
	}
	q.xs = append(q.xs, x)
}

func (q *fifo[T]) pop() T {
	x := q.xs[q.head]
	if q.head++; q.head == len(q.xs) {
		q.xs, q.head = q.xs[:0], 0
	}
	return x
}

// remove takes out the i-th.
func (q *fifo[T]) remove(i int) T {
	x := q.xs[q.head+i]
	q.xs = append(q.xs[:q.head+i], q.xs[q.head+i+1:]...)
	return x
}

// bareDesk runs workers who think and use one desk, whose line is a heap by priority. With preempt, who is more urgent takes
// it from the other, who goes back to its place in line and resumes later.
func bareDesk(workers, turns int, preempt bool) (served int, end int64) {
	const nobody = -1
	type worker struct {
		think, work int64
		rest, ends  int64 // of its use
		number      uint64
		urgency     int64
		left        int32
		turn        uint32
		uses        bool
	}
	l := newBareLoop(workers)
	ws := make([]worker, workers)
	line := make(timers, 0, workers)
	holder, number := nobody, uint64(0)
	for i := range workers {
		ws[i] = worker{
			think: 15_000_000 + int64(i)*7919%1003*9973, work: 900_000 + int64(i)*104729%100_003,
			urgency: int64(i % 2), left: int32(turns),
		}
		l.sleep(uint32(i), ws[i].think)
	}
	use := func(id uint32) {
		w := &ws[id]
		holder, w.uses, w.ends = int(id), true, l.now+w.rest
		l.sleep(id|w.turn<<turnBits, w.rest)
	}
	for l.rd.n > 0 || len(l.heap) > 0 {
		l.due()
		for todo := l.rd.n; todo > 0; todo-- {
			it := l.rd.pop()
			id := it.id & (1<<turnBits - 1)
			w := &ws[id]
			switch {
			case it.kind == fired:
				if it.id>>turnBits == w.turn&(1<<(32-turnBits)-1) {
					l.rd.push(item{woken, id})
				}
			case !w.uses: // it has thought
				number++
				w.number, w.rest = number, w.work
				switch {
				case holder == nobody:
					use(id)
				case preempt && w.urgency < ws[holder].urgency:
					if h := &ws[holder]; h.ends > l.now {
						h.rest, h.uses = h.ends-l.now, false
						h.turn++
						line.push(timer{h.urgency, h.number, uint32(holder)})
					}
					use(id)
				default:
					line.push(timer{w.urgency, w.number, id})
				}
			default: // it has used the desk
				served++
				w.uses = false
				if holder == int(id) {
					if holder = nobody; len(line) > 0 {
						use(line.pop().id)
					}
				}
				if w.left--; w.left > 0 {
					l.sleep(id|w.turn<<turnBits, w.think)
				}
				end = l.now
			}
		}
	}
	return served, end
}

// pauseOf is how long the i-th of those sleeps who fill and drain.
func pauseOf(i int) int64 { return 1_000_000 + int64(i)*7919%1003*997 }

// bareTank runs workers who fill a tank and as many who drain it.
func bareTank(workers, turns int) (moved int, level, end int64) {
	const capacity = 12
	l := newBareLoop(2 * workers)
	amount, left := make([]int64, 2*workers), make([]int32, 2*workers)
	for i := range 2 * workers {
		amount[i], left[i] = int64(i%workers%5+1), int32(turns)
		l.sleep(uint32(i), pauseOf(i))
	}
	var fillers, drainers fifo[uint32]
	goOn := func(id uint32) {
		moved++
		if left[id]--; left[id] > 0 {
			l.sleep(id, pauseOf(int(id)))
		}
		end = l.now
	}
	serve := func() {
		for again := true; again; {
			again = false
			for drainers.len() > 0 && amount[drainers.xs[drainers.head]] <= level {
				id := drainers.pop()
				level -= amount[id]
				l.rd.push(item{given, id})
			}
			for fillers.len() > 0 && level+amount[fillers.xs[fillers.head]] <= capacity {
				id := fillers.pop()
				level += amount[id]
				l.rd.push(item{given, id})
				again = true
			}
		}
	}
	for l.rd.n > 0 || len(l.heap) > 0 {
		l.due()
		for todo := l.rd.n; todo > 0; todo-- {
			it := l.rd.pop()
			id := it.id
			switch {
			case it.kind == fired:
				l.rd.push(item{woken, id})
			case it.kind == given:
				goOn(id)
			case int(id) < workers && fillers.len() == 0 && level+amount[id] <= capacity:
				level += amount[id]
				serve()
				goOn(id)
			case int(id) < workers:
				fillers.push(id)
			case drainers.len() == 0 && amount[id] <= level:
				level -= amount[id]
				serve()
				goOn(id)
			default:
				drainers.push(id)
			}
		}
	}
	return moved, level, end
}

// bareBox runs producers and as many consumers with a store between them.
func bareBox(workers, turns int) (sum int, end int64) {
	const capacity = 3
	l := newBareLoop(2 * workers)
	left, got := make([]int32, 2*workers), make([]int, 2*workers)
	for i := range 2 * workers {
		left[i] = int32(turns)
		l.sleep(uint32(i), pauseOf(i))
	}
	var items fifo[int]
	var producers, consumers fifo[uint32]
	goOn := func(id uint32) {
		if left[id]--; left[id] > 0 {
			l.sleep(id, pauseOf(int(id)))
		}
		end = l.now
	}
	for l.rd.n > 0 || len(l.heap) > 0 {
		l.due()
		for todo := l.rd.n; todo > 0; todo-- {
			it := l.rd.pop()
			id := it.id
			switch {
			case it.kind == fired:
				l.rd.push(item{woken, id})
			case int(id) < workers: // it puts, or has put
				turn := turns - int(left[id])
				switch {
				case it.kind == given:
					goOn(id)
				case consumers.len() > 0:
					to := consumers.pop()
					got[to] = turn
					l.rd.push(item{given, to})
					goOn(id)
				case items.len() < capacity:
					items.push(turn)
					goOn(id)
				default:
					producers.push(id)
				}
			case it.kind == given:
				sum += got[id]
				goOn(id)
			case items.len() == 0:
				consumers.push(id)
			default:
				sum += items.pop()
				if producers.len() > 0 {
					from := producers.pop()
					items.push(turns - int(left[from]))
					l.rd.push(item{given, from})
				}
				goOn(id)
			}
		}
	}
	return sum, end
}

// bareChoosyBox is bareBox with items of three kinds, each of which only some consumers take.
func bareChoosyBox(workers, turns int) (sum int, end int64) {
	const capacity = 30
	l := newBareLoop(2 * workers)
	left, kinds := make([]int32, 2*workers), make([]int, 2*workers)
	for i := range 2 * workers {
		left[i], kinds[i] = int32(turns), i%workers%3
		l.sleep(uint32(i), pauseOf(i))
	}
	var items fifo[int]
	var producers, consumers fifo[uint32]
	goOn := func(id uint32) {
		if left[id]--; left[id] > 0 {
			l.sleep(id, pauseOf(int(id)))
		}
		end = l.now
	}
	put := func(kind int) { // there is room: whoever waits takes none of the items that are there
		for i, to := range consumers.xs[consumers.head:] {
			if kinds[to] == kind {
				l.rd.push(item{given, consumers.remove(i)})
				return
			}
		}
		items.push(kind)
	}
	take := func(kind int) bool {
		for i, have := range items.xs[items.head:] {
			if have == kind {
				items.remove(i)
				return true
			}
		}
		return false
	}
	for l.rd.n > 0 || len(l.heap) > 0 {
		l.due()
		for todo := l.rd.n; todo > 0; todo-- {
			it := l.rd.pop()
			id := it.id
			switch {
			case it.kind == fired:
				l.rd.push(item{woken, id})
			case it.kind == given && int(id) >= workers:
				sum += kinds[id] + 1
				goOn(id)
			case it.kind == given:
				goOn(id)
			case int(id) < workers && items.len() < capacity:
				put(kinds[id])
				goOn(id)
			case int(id) < workers:
				producers.push(id)
			case take(kinds[id]):
				sum += kinds[id] + 1
				for producers.len() > 0 && items.len() < capacity {
					from := producers.pop()
					put(kinds[from])
					l.rd.push(item{given, from})
				}
				goOn(id)
			default:
				consumers.push(id)
			}
		}
	}
	return sum, end
}

// bareFirst runs workers who each wait for an item, but only for a time of their own, and a producer that makes too few.
func bareFirst(workers, turns int) (got, late int, end int64) {
	const pause = 1_000_007
	producer := uint32(workers)
	l := newBareLoop(workers + 1)
	patience, left, turn := make([]int64, workers), make([]int32, workers), make([]uint32, workers+1)
	var line fifo[uint32]
	items := 0
	wait := func(id uint32) {
		for left[id] > 0 && items > 0 {
			items--
			got++
			left[id]--
		}
		if left[id] > 0 {
			line.push(id | turn[id]<<turnBits)
			l.sleep(id|turn[id]<<turnBits, patience[id])
		}
	}
	current := func(id uint32) bool {
		return id>>turnBits == turn[id&(1<<turnBits-1)]&(1<<(32-turnBits)-1)
	}
	for i := range workers {
		patience[i], left[i] = 6_000_000+int64(i)*7919%1003*9973, int32(turns)
		wait(uint32(i))
	}
	l.sleep(producer, pause)
	for l.rd.n > 0 || len(l.heap) > 0 {
		l.due()
		for todo := l.rd.n; todo > 0; todo-- {
			it := l.rd.pop()
			id := it.id & (1<<turnBits - 1)
			switch {
			case it.kind == fired:
				if current(it.id) {
					if id != producer {
						turn[id]++
					}
					l.rd.push(item{woken, id})
				}
			case id == producer:
				for line.len() > 0 && !current(line.xs[line.head]) {
					line.pop()
				}
				if line.len() > 0 {
					to := line.pop() & (1<<turnBits - 1)
					turn[to]++
					l.rd.push(item{given, to})
				} else {
					items++
				}
				if end = l.now; got+late < workers*turns {
					l.sleep(producer, pause)
				}
			case it.kind == given:
				got++
				left[id]--
				wait(id)
			default:
				late++
				left[id]--
				wait(id)
			}
		}
	}
	return got, late, end
}
