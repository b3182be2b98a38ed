//go:build !linux

package lsp

import "time"

var began = time.Now()

// threadTime returns the time since the beginning: that of the processor is not to be had.
func threadTime() time.Duration { return time.Since(began) }
