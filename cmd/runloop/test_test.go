package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"runloop/internal/suite"
)

// TestSlow checks that the slowest tests are listed, slowest first. Each test moves the clock on by as many seconds as
// its name has letters.
func TestSlow(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one after the other
	dir := t.TempDir()
	for _, name := range []string{"a", "slowest", "slow"} {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte("runloop: 1\nmain: [ print: hello ]\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var out, errs bytes.Buffer
	s := streamsTo(nil, &out, &errs, noSignals)
	var now time.Time
	s.Now = func() time.Time { return now }
	s.Test = func(path string, data []byte, options suite.Options) []*suite.Outcome {
		now = now.Add(time.Duration(len(path)) * time.Second)
		return suite.Run(path, data, options)
	}
	want := "  12.000s slowest.yaml\n   9.000s slow.yaml\n3 tests: 3 passed in 27.00s\n"
	if code := run([]string{"test", "--slow=2", "."}, s); code != exitOK || errs.String() != want {
		t.Errorf("exit code %d\n%s", code, errs.String())
	}
}

// BenchmarkThousandTests runs 1,000 small scenarios as tests. It should take less than one second.
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
