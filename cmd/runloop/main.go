// The runloop command runs and checks scenarios of concurrent behaviour.
package main

import (
	"os"
	"os/signal"
)

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr, signal.Notify})) }
