//go:build !unix || aix || illumos || solaris

package main

import "os"

// fileSize is the size of the terminal that a file is; false: it is none. It is not known here.
func fileSize(f *os.File) (rows, cols int, ok bool) { return 0, 0, isTerminal(f) }
