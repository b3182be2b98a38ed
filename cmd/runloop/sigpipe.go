//go:build !js

package main

import (
	"os/signal"
	"syscall"
)

// ignoreSIGPIPE makes a closed pipe a write error like any other.
func ignoreSIGPIPE() { signal.Ignore(syscall.SIGPIPE) }
