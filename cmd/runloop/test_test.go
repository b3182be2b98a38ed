package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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

// TestTies: validate and test --slow name the two timers on whose order it depends what comes of a scenario, and only those.
func TestTies(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = `runloop: 1
shared: { winner: nobody }
workers:
  a:
    - sleep: 10ms
    - if: winner == "nobody"
      then:
        - set: { winner: a }
  b:
    - sleep: 10ms%s
    - if: winner == "nobody"
      then:
        - set: { winner: b }
  c:
    - sleep: 10ms
expect:
  that: [winner != "nobody"]
`
	for file, comment := range map[string]string{"tie.yaml": "", "meant.yaml": " # runloop: ignore RL0518"} {
		if err := os.WriteFile(file, fmt.Appendf(nil, text, comment), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const tie = "at 10 ms the sleep of b (line 10) ends before the sleep of a (line 5); then `winner` is b at the end, not a"
	code, out, errs := inProcess(nil, "validate", "--ties", ".")
	if code != exitOK || errs != "2 files: 0 errors, 1 warning\n" || !strings.Contains(out, "tie.yaml:10:7: warning[RL0518]") ||
		!strings.Contains(out, tie+"\n") || !strings.Contains(out, "tie.yaml:5:7: the other timer") {
		t.Errorf("validate --ties: %d\n%s%s", code, out, errs)
	}
	_, schedule, _ := strings.Cut(out, "--schedule '")
	schedule, _, _ = strings.Cut(schedule, "'")
	if code, out, _ := inProcess(nil, "run", "tie.yaml", "--json", "--schedule", schedule); code != exitOK || !strings.Contains(out, `"b"`) {
		t.Errorf("the schedule %s: %d\n%s", schedule, code, out)
	}
	if code, out, errs := inProcess(nil, "validate", "--format=json", "--warnings-as-errors", "--ties", "tie.yaml"); code != exitFailed || !strings.Contains(out, "RL0518") {
		t.Errorf("as JSON: %d\n%s%s", code, out, errs)
	}
	if code, out, errs := inProcess(nil, "validate", "."); code != exitOK || out != "" || errs != "2 files: 0 errors, 0 warnings\n" {
		t.Errorf("without the flag: %d\n%s%s", code, out, errs)
	}
	if code, _, errs := inProcess(nil, "test", "--slow", "tie.yaml"); code != exitOK ||
		!strings.Contains(errs, "in 1 file the order of timers that are due at once decides:\n  tie.yaml:10: "+tie+"\n") {
		t.Errorf("test --slow: %d\n%s", code, errs)
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
