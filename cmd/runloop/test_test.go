package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkThousandTests runs 1,000 small scenarios as tests: it is meant to take less than one second.
func BenchmarkThousandTests(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		text := fmt.Sprintf(`runloop: 1
shared: { count: 0 }
coroutines:
  worker:
    params: { name: string, delay: duration }
    do:
      - repeat: 3
        as: i
        do:
          - print: "${name} waits, ${i}"
          - sleep: ${delay}
          - set: { count: "${count + 1}" }
workers:
  a: { call: worker, with: { name: a, delay: %dms } }
  b: { call: worker, with: { name: b, delay: 2s } }
expect:
  at: 6s
  that: [ count == 6, 'tasks["a"].done' ]
  output: [ "a waits, 0", "b waits, 2" ]
`, i+1)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.yaml", i)), []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if code, out, errs := inProcess(nil, "test", dir); code != exitOK {
			b.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
	}
}
