package main

import "os"

// isTerminal reports whether output goes to a terminal.
func isTerminal(w any) bool {
	f, ok := underlying(w).(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// underlying is what a writer that notes errors writes to.
func underlying(w any) any {
	if c, ok := w.(*checkedWriter); ok {
		return c.w
	}
	return w
}

// terminalSize is how many rows and columns the terminal has that output goes to; false: it goes to none. What has a size of
// its own is a terminal, too.
func terminalSize(w any) (rows, cols int, ok bool) {
	switch w := underlying(w).(type) {
	case interface{ Size() (rows, cols int) }:
		rows, cols = w.Size()
		ok = true
	case *os.File:
		rows, cols, ok = fileSize(w)
	}
	if ok && (rows <= 0 || cols <= 0) {
		rows, cols = 24, 80 // it does not tell
	}
	return rows, cols, ok
}
