package dsl

import (
	"runtime"
	"testing"
)

// tenTasks is a scenario of ten tasks.
const tenTasks = `runloop: 1
clock: { until: "${limit}" }
params: { limit: 100, size: 10 }
limits: { tasks: "${size * 10}" }
seed: 7
shared: { served: 0 }
locks: [till]
queues: { orders: 3 }
coroutines:
  guest:
    do:
      - sleep: 1s
      - acquire: till
        do:
          - sleep: 250ms
          - set: { served: "${served + 1}" }
workers:
  guests: { call: guest, count: 9 }
  cook: { do: [ get: orders ], daemon: true }
expect: { that: served == 9, output: "" }
`

func BenchmarkNewLoop(b *testing.B) {
	s, err := Load("ten.yaml", []byte(tenTasks))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.NewLoop(RunOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestNewLoopIsSmall bounds what making a loop allocates, because running a scenario again and again makes many loops.
func TestNewLoopIsSmall(t *testing.T) {
	s, err := Load("ten.yaml", []byte(tenTasks))
	if err != nil {
		t.Fatal(err)
	}
	const loops, most = 100, 16 << 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range loops {
		if _, err := s.NewLoop(RunOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / loops; n > most {
		t.Errorf("making a loop allocates %d bytes, more than %d", n, most)
	}
}
