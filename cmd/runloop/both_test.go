package main

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

// TestBothClocks compares runs on the two clocks. In the bubble the real clock's timers are exact; a clock that is much faster than
// its grain makes them late.
func TestBothClocks(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = `runloop: 1
name: both
shared: { balance: 0 }
workers:
  a:
    - sleep: 10ms
    - let: { seen: "${balance}" }
    - sleep: 2ms
    - set: { balance: "${seen + 30}" } # runloop: ignore RL0509
  b:
    - sleep: 13ms
    - set: { balance: "${balance + 50}" }
expect:
  that: [balance == 80]
`
	if err := os.WriteFile("both.yaml", []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		code, out, errs := inProcess(nil, "run", "both.yaml", "--clock", "both")
		if want := "the same 5 turns on both clocks.\nno timer of the real run was late.\n"; code != exitOK || out != want || errs != "" {
			t.Errorf("%d\n%s%s", code, out, errs)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		code, out, errs := inProcess(nil, "run", "both.yaml", "--clock", "both", "--speed", "20000000")
		for _, part := range []string{"DIFFERENT after 3 turns in common:\n", "  on the virtual clock:\n    turn 4: a, iteration 5, 12 ms  both.yaml:8",
			"  on the real clock:\n    turn 4: b, ", "timers of the real run were late, the latest:\n", "of turn 3 (a)\n",
			"`runloop explore both.yaml --late 20ms` tries all orders", "on the real clock: line 14: `balance == 80` does not hold: balance is 30\n"} {
			if !strings.Contains(out, part) {
				t.Errorf("%q is not there", part)
			}
		}
		if code != exitFailed || t.Failed() {
			t.Errorf("%d\n%s%s", code, out, errs)
		}
	})
	for _, flag := range []string{"--json", "--live", "--stats", "--schedule=late=0;;1234", "--check-races"} {
		if code, _, errs := inProcess(nil, "run", "both.yaml", "--clock", "both", flag); code != exitUsage || !strings.Contains(errs, "--clock both compares two runs: leave out --") {
			t.Errorf("%s: %d %s", flag, code, errs)
		}
	}
}
