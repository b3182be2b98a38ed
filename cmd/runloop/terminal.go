package main

import "os"

// isTerminal reports whether output goes to a terminal.
func isTerminal(w any) bool {
	if c, ok := w.(*checkedWriter); ok {
		w = c.w
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// terminalSize is how many rows and columns the terminal has that output goes to; false: it goes to none. What has a size of
// its own is a terminal, too.
func terminalSize(w any) (rows, cols int, ok bool) {
	if c, wrapped := w.(*checkedWriter); wrapped {
		w = c.w
	}
	switch w := w.(type) {
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
