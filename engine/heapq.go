package engine

// CPython's Lib/heapq.py on timers compared by time alone (TimerHandle.__lt__): which of several equal timers comes
// first depends on every push and pop before.

// heapqSiftDown is _siftdown: it moves h[pos] towards the root until its parent is not greater.
func heapqSiftDown(h []timer, start, pos int) {
	t := h[pos]
	for pos > start {
		parent := (pos - 1) >> 1
		if t.when >= h[parent].when {
			break
		}
		h[pos] = h[parent]
		pos = parent
	}
	h[pos] = t
}

// heapqSiftUp is _siftup: it moves the smaller child up until a leaf is hit, then sifts h[pos] down from there.
func heapqSiftUp(h []timer, pos int) {
	start := pos
	t := h[pos]
	for child := 2*pos + 1; child < len(h); child = 2*pos + 1 {
		if right := child + 1; right < len(h) && h[child].when >= h[right].when {
			child = right
		}
		h[pos] = h[child]
		pos = child
	}
	h[pos] = t
	heapqSiftDown(h, start, pos)
}

// heapqPop is heappop.
func heapqPop(h *[]timer) timer {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	if len(*h) == 0 {
		return last
	}
	top := (*h)[0]
	(*h)[0] = last
	heapqSiftUp(*h, 0)
	return top
}

// heapqHeapify is heapify.
func heapqHeapify(h []timer) {
	for i := len(h)/2 - 1; i >= 0; i-- {
		heapqSiftUp(h, i)
	}
}
