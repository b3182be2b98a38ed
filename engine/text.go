package engine

import "unsafe"

// joinedFrom is how long a text is at least for the next to be appended to it in place.
const joinedFrom = 64

// Join is a + b, accounted for; false where the run has come to its memory limit. A text that grows at its end is not copied
// each time: the latest that was joined has space behind it, of which nobody knows.
func (l *Loop) Join(a, b string) (string, bool) {
	latest := l.joined
	if len(a) < joinedFrom || len(a) != len(latest) || unsafe.StringData(a) != unsafe.SliceData(latest) {
		if !l.Charge(len(a) + len(b)) {
			return "", false
		}
		s := a + b
		if len(s) >= joinedFrom {
			l.joined = unsafe.Slice(unsafe.StringData(s), len(s)) // full: it is never written to
		}
		return s, true
	}
	size := len(b)
	if size > cap(latest)-len(latest) {
		size += len(a)
	}
	if !l.Charge(size) {
		return "", false
	}
	l.joined = append(latest, b...)
	return unsafe.String(unsafe.SliceData(l.joined), len(l.joined)), true
}
