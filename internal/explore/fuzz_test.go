package explore

import (
	"fmt"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// fuzzed fuzzes a scenario with parameters n, x, d, mode and flag that fails where the condition does not hold.
func fuzzed(t *testing.T, that string, runs int, key uint64) (Fuzzing, *Fuzzed) {
	t.Helper()
	s, err := dsl.Load("fuzz.yaml", []byte(`runloop: 1
params:
  n: { default: 5, min: 1, max: 100000 }
  x: { default: 0.5, min: -1, max: 1.25 }
  d: { default: 100ms, min: 0ms, max: 3s }
  mode: { default: b, enum: [a, b, c] }
  flag: false
  given: { type: int, min: 3, max: 900 }
  other: 7
shared: { drawn: "${randint(1, 6)}" }
main: [ sleep: 0 ]
expect: { that: ["`+that+`"] }
`))
	if err != nil {
		t.Fatal(err)
	}
	f := Fuzzing{Scenario: s, Run: dsl.RunOptions{Clock: "virtual"}, Runs: runs, Key: key, Seed: strings.Contains(that, "drawn")}
	domains, others := s.Domains()
	if f.Domains = domains; len(domains) != 6 || fmt.Sprint(others) != "[other]" {
		t.Fatalf("%v %v", domains, others)
	}
	r, err := Fuzz(f)
	if err != nil {
		t.Fatal(err)
	}
	return f, r
}

// TestFuzz: values that fail are found and shrunk to those that are nearest to the usual ones.
func TestFuzz(t *testing.T) {
	for _, x := range []struct{ that, least, beside string }{
		{"n < 1234", "n=1234", "n=1233"},
		{"n > 2", "n=2", "n=3"},
		{"x < 0.9", "x=0.9", "x=0.899"},
		{"x > -0.25", "x=-0.25", "x=-0.249"},
		{"d < 1.5", "d=1500ms", "d=1499ms"},
		{"mode != 'c'", "mode=c", "mode=b"},
		{"not flag", "flag=true", "flag=false"},
		{"given < 700", "given=700", "given=699"},
		{"n + given < 2000", "n=1997", "n=1996"},
		{"n < 100 or d < 2 or mode == 'b'", "n=100 d=2s mode=c", "n=99 d=1999ms mode=b"},
		{"drawn != 3", "seed", ""},
	} {
		for key := range uint64(3) {
			f, r := fuzzed(t, x.that, 3000, key)
			least, beside := "", ""
			for i, at := range r.Least.Values {
				if d := &f.Domains[i]; at != AtDefault && !(d.Default < 0 && at == 0) {
					least += " " + d.Name + "=" + d.Text(at)
				}
			}
			if r.Least.Seed != nil {
				least += " seed"
			}
			for _, b := range r.Beside {
				d := &f.Domains[b.Domain]
				beside += " " + d.Name + "=" + d.Text(b.Value)
			}
			if least, beside = strings.TrimSpace(least), strings.TrimSpace(beside); r.Found == 0 || beside != x.beside || least != x.least {
				if !(x.least == "n=100 d=2s mode=c" && strings.Contains(least, "mode=a")) {
					t.Errorf("%s, key %d: run %d, least %q, beside %q", x.that, key, r.Found, least, beside)
				}
			}
			run, err := f.Scenario.Options(f.Params(r.Least))
			if err != nil {
				t.Fatal(err)
			}
			if o, _ := Judged(Of(f.Scenario, run, engine.Explore{}, Verdict), nil); !o.Failed {
				t.Errorf("%s: the least values do not fail", x.that)
			}
		}
	}
	if _, r := fuzzed(t, "n > 0", 500, 1); r.Found != 0 || r.Runs != 500 || r.Whole {
		t.Errorf("what always holds: %+v", r)
	}
	if _, r := fuzzed(t, "n > 5", 500, 1); !r.Usual.Failed || r.Runs != 1 {
		t.Errorf("what never holds: %+v", r)
	}
}
