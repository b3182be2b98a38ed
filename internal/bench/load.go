package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"runloop/dsl"
)

// largeLines is the length of the scenario whose loading is measured.
const largeLines = 10_000

// measureLoad measures reading, checking and compiling a long scenario.
func measureLoad(r *Record) error {
	src := large(largeLines)
	var ms []float64
	for range rounds {
		start := time.Now()
		if _, err := dsl.Load("large.yaml", src); err != nil {
			return err
		}
		ms = append(ms, time.Since(start).Seconds()*1e3)
	}
	r.add(Measure{Name: "load 10,000 lines", Unit: "ms", Value: median(ms), Target: 200,
		Note: fmt.Sprintf("%d KiB of YAML: read, checked and compiled", len(src)>>10)})
	return nil
}

// large returns a scenario of so many lines, which repeats typical code under different names.
func large(lines int) []byte {
	var coroutines, workers strings.Builder
	left := lines - strings.Count(largeHead+largeMiddle+largeEnd, "\n")
	each := strings.Count(largeUnit+largeWorker, "\n")
	parts := left / each
	for i := range parts {
		n := strconv.Itoa(i)
		coroutines.WriteString(strings.ReplaceAll(largeUnit, "NN", n))
		workers.WriteString(strings.ReplaceAll(largeWorker, "NN", n))
	}
	end := strings.ReplaceAll(largeEnd, "NN", strconv.Itoa(parts))
	text := largeHead + coroutines.String() + largeMiddle + workers.String() + end
	return []byte(text + strings.Repeat("# the end\n", left-parts*each))
}

const largeHead = `runloop: 1
name: large
description: A service of many parts, each with a client, a handler and a poller.
params:
  attempts: { type: int, default: 3, min: 1, description: how often a client tries }
  patience: { type: duration, default: 2s }
shared: { served: 0, refused: 0, retries: 0, log: [], cache: {} }
locks: [ledger]
semaphores: { pool: 3 }
queues: { jobs: { capacity: 10 } }
events: [ready]
coroutines:
`

const largeUnit = `  # part NN: what a client asks for, how it is handled, and who watches
  handle_NN:
    params: { item: int, takes: { type: duration, default: 50ms } }
    do:
      - acquire: pool
        do: # released afterwards, whatever happens
          - sleep: ${takes}
          - if: (item * 7 + NN) % 11 == 3
            then:
              - raise: ConnectionError
                message: part NN has no answer for item ${item}
          - acquire: ledger
            do:
              - set: { served: "${served + 1}" }
              - set: { "cache['part-NN']": { item: "${item}", at: "${now}" } }
      - return: ${item * 10 + NN % 10}
  client_NN:
    params: { items: int }
    do:
      - let: { total: 0, best: null }
      - for: item
        in: ${0..items - 1}
        do:
          - repeat: ${attempts}
            as: attempt
            do:
              - try:
                  - timeout: ${patience}
                    do:
                      - call: handle_NN
                        with: { item: "${item}", takes: "${uniform(0.01, 0.05)}" }
                        as: answer
                  - let: { total: "${total + answer}" }
                  - break
                catch:
                  - error: [ConnectionError, TimeoutError]
                    as: problem
                    do:
                      - set: { retries: "${retries + 1}" }
                      - if: attempt == attempts - 1 and len(log) < 100
                        then:
                          - append: { log: "${format('%6.2f s', now)}: part NN: ${problem.message}" }
                        else:
                          - sleep: ${0.1 * 2 ** attempt * uniform(0.5, 1)}
      - spawn: handle_NN
        with: { item: 1 }
        as: last
      - try:
          - await: last
            within: 1s
            as: best
        catch:
          - error: [ConnectionError, TimeoutError]
            do: [{ set: { refused: "${refused + 1}" } }]
      - if: total > 100 and best != null
        then: [{ put: jobs, value: "${total}" }]
        elif:
          - if: total == 0
            then: [{ put: jobs, value: 0 }]
        else:
          - put: jobs
            value: ${max(total, 1)}
      - print: "${now} s: part NN: ${total} of ${items} items, ${total > 50 ? 'many' : 'few'}"
`

const largeMiddle = `  collect:
    params: { parts: int }
    do:
      - let: { sum: 0 }
      - repeat: ${parts}
        do:
          - get: jobs
            as: part
          - let: { sum: "${sum + part}" }
      - signal: ready
      - print: "all in: ${sum}"
workers:
`

const largeWorker = `  client-NN: { call: client_NN, with: { items: "${2 + NN % 3}" } }
`

const largeEnd = `  collector: { call: collect, with: { parts: NN } }
expect:
  ends: completed
  that:
    - ready.is_set
    - served > NN
`
