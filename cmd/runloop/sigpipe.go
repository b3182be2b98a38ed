//go:build !js

package main

import (
	"os/signal"
	"syscall"
)

// ignoreSIGPIPE turns a closed pipe into an ordinary write error.
func ignoreSIGPIPE() { signal.Ignore(syscall.SIGPIPE) }
