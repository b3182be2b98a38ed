// Package scenarios holds the scenarios that come with runloop: each NAME.yaml with NAME.out, what it prints.
package scenarios

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.yaml *.out lib/*.yaml
var files embed.FS

// Group is scenarios that belong together, for lists.
type Group struct {
	Title string
	Names []string
}

// Groups has every bundled scenario once, with the simplest of each group first.
var Groups = [...]Group{
	{"The event loop", []string{"event-loop", "contextvars", "lost-update", "blocking", "debounce", "data-loader", "single-flight"}},
	{"Structured concurrency", []string{"structured-concurrency", "fan-out", "cancellation", "shield", "nested-timeouts", "graceful-shutdown"}},
	{"Synchronisation", []string{"barrier", "condition", "readers-writer", "dining-philosophers", "dining-philosophers-repaired",
		"traffic-lights", "handed-on"}},
	{"Resilience", []string{"retry-backoff", "circuit-breaker", "http-pool", "web-socket", "saga", "leader-election", "idempotent-payment"}},
	{"Messaging", []string{"producer-consumer", "worker-pool", "priority-queue", "request-reply", "redelivery", "call-centre"}},
	{"Time", []string{"heartbeat", "rate-limited-poller", "cache-expiry", "token-bucket", "rate-limiters", "cron-scheduler"}},
	{"Simulation", []string{"bank-renege", "carwash", "machine-shop", "movie-renege", "gas-station", "process-communication", "event-latency",
		"shifts", "full-buffer", "inventory", "harbour"}},
}

// Names is the names of the bundled scenarios, sorted.
func Names() []string {
	entries, _ := files.ReadDir(".") // the root of an embed.FS always can be read
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Files is the bundled scenarios and the libraries that they include.
func Files() fs.FS { return files }

// Source is the text of a bundled scenario; false: there is none of that name.
func Source(name string) ([]byte, bool) { return read(name + ".yaml") }

// Output is what a bundled scenario prints; false: there is none of that name.
func Output(name string) ([]byte, bool) { return read(name + ".out") }

func read(file string) ([]byte, bool) {
	data, err := files.ReadFile(file)
	return data, err == nil
}
