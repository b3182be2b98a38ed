//go:build unix && !aix && !illumos && !solaris

package main

import (
	"os"
	"syscall"
	"unsafe"
)

// fileSize is the size of the terminal that a file is; false: it is none.
func fileSize(f *os.File) (rows, cols int, ok bool) {
	var size struct{ rows, cols, x, y uint16 }
	_, _, failed := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	return int(size.rows), int(size.cols), failed == 0
}
