package engine

// frames holds the slots of activations that need more than the two of a task's line. A frame is a header followed by
// its slots, in one chunk; its number is its place. A frame that was given back is used again for one of its length.
type frames struct {
	chunks [][]Value // all whole but the first, which starts small and moves as it grows
	used   int       // slots of the last chunk that are in use
	free   []uint32  // by length: the first free frame; the header has the next one
}

const (
	slotBits   = 14
	slotMask   = 1<<slotBits - 1
	firstSlots = 64
)

func (x *frames) own(was *frames) {
	from, to := x.chunks, was.chunks
	for len(to) < len(from) {
		to = append(to, nil)
	}
	to = to[:len(from)]
	for i, chunk := range from {
		to[i] = append(to[i][:0], chunk...)
	}
	x.chunks, x.free = to, append(was.free[:0], x.free...)
}

// newFrame allocates n slots and returns their place; they are null.
func (l *Loop) newFrame(n int) uint32 {
	n++ // the header
	x := &l.frames
	if n < len(x.free) && x.free[n] != 0 {
		f := x.free[n]
		head := &x.chunks[f>>slotBits][f&slotMask]
		x.free[n] = uint32(head.n)
		*head = Value{}
		return f
	}
	if len(x.chunks) == 0 || x.used+n > 1<<slotBits {
		l.newSlots()
	}
	last := len(x.chunks) - 1
	if size := len(x.chunks[last]); x.used+n > size {
		grown := make([]Value, min(max(2*size, x.used+n), 1<<slotBits))
		copy(grown, x.chunks[last])
		x.chunks[last] = grown
		l.loadFrame() // it has moved
	}
	f := uint32(last)<<slotBits | uint32(x.used)
	x.used += n
	return f
}

// newSlots adds a chunk.
func (l *Loop) newSlots() {
	x := &l.frames
	size, used := 1<<slotBits, 0
	if len(x.chunks) == 0 {
		size, used = firstSlots, 1 // place 0 means none
	}
	x.chunks, x.used = append(x.chunks, make([]Value, size)), used
	l.grow(valueSize << slotBits)
}

// freeFrame gives back the frame at f with n slots.
func (l *Loop) freeFrame(f uint32, n int) {
	n++
	x := &l.frames
	block := x.chunks[f>>slotBits][f&slotMask:][:n]
	clear(block)
	for len(x.free) <= n {
		x.free = append(x.free, 0)
	}
	block[0].n = uint64(x.free[n])
	x.free[n] = f
}

// frameSlots is the slots of the frame at f.
func (l *Loop) frameSlots(f uint32, n int) []Value {
	return l.frames.chunks[f>>slotBits][f&slotMask+1:][:n:n]
}

// header is a call frame's link to its caller: where to go on, and the caller's frame.
func (l *Loop) header(f uint32) *uint64 { return &l.frames.chunks[f>>slotBits][f&slotMask].n }

// loadFrame makes the running activation's slots reachable.
func (l *Loop) loadFrame() {
	if f := l.cur.frame; f != 0 {
		l.frame = l.frames.chunks[f>>slotBits][f&slotMask+1:]
		return
	}
	l.frame = l.cur.slot[:]
}
