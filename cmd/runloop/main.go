// The runloop command runs and checks scenarios of concurrent behaviour.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], machine())) }
