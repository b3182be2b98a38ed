// Package syntaxtest makes scenarios out of the table of verbs, for tests.
package syntaxtest

import (
	"strings"

	"runloop/dsl/syntax"
)

// Example is a scenario with the example of a verb, where what it names is declared.
func Example(v *syntax.Verb) string {
	return `runloop: 1
shared: { count: 0, items: [], totals: {}, done: false }
context: { user: nobody }
locks: [m]
resources: [desk]
queues: [jobs]
events: [ready]
conditions: [changed]
barriers: { start: 2 }
metrics: { stay: {} }
coroutines:
  worker:
    params: { n: int }
    do: [ return: "${n}" ]
callbacks:
  tick: { do: [] }
main:
  - { spawn: worker, with: { n: 1 }, as: t }
  - { spawn: worker, with: { n: 2 }, as: u }
  - { new: future, as: f }
  - { timeout: null, as: limit, do: [] }
  - set: { user: ann }
  - while: true
    do:
      ` + strings.ReplaceAll(v.ExampleStep(), "\n", "\n      ") + "\n"
}
