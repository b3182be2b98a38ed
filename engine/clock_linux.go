package engine

import "syscall"

// grain is how late a time.Timer may be on Linux, where an idle Go program waits for whole milliseconds (epoll_wait).
const grain = 1_000_000

// nap waits for d nanoseconds, or less if a signal comes.
func nap(d int64) {
	t := syscall.NsecToTimespec(d)
	_ = syscall.Nanosleep(&t, nil) // who calls looks at the clock
}
