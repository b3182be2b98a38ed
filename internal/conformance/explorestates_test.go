package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// FuzzStates runs random scenarios in random orders until two runs come to states with the same fingerprint, and goes on from both
// with the same choices: they must come to the same end. `go test ./internal/conformance -fuzz FuzzStates` goes on with other ones.
func FuzzStates(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	names := slices.Sorted(maps.Keys(exploredModes))
	f.Fuzz(func(t *testing.T, seed uint64) {
		text, s := Scenario(seed)
		mode := names[seed%uint64(len(names))]
		x := &equalStates{modes: exploredModes[mode], output: seed%2 == 0, seed: seed}
		if n, skipped := x.look(t, s); n+skipped > 0 {
			t.Logf("seed %d, %s: %d pairs of states, %d not compared", seed, mode, n, skipped)
		}
		if t.Failed() {
			t.Log(text)
		}
	})
}

// TestStatesMeet: runs do come to equal states, so that there is something to compare.
func TestStatesMeet(t *testing.T) {
	n := 0
	for seed := range uint64(8) {
		_, s := Scenario(seed)
		compared, _ := (&equalStates{modes: exploredModes["ties"], seed: seed}).look(t, s)
		n += compared
	}
	if n < 20 {
		t.Errorf("only %d pairs of states were compared", n)
	}
}

// equalStates compares how runs go on from states with the same fingerprint.
type equalStates struct {
	modes  engine.Explore
	output bool // what is printed counts, too
	seed   uint64
	draw   *rand.Rand
	twins  bool     // it had to choose among some that read alike: the other run may have chosen another one
	asked  []string // what the run that goes on was asked
}

// pick makes a choice by what the options are, not by where they stand: of equal timers the order means nothing.
func (x *equalStates) pick(l *engine.Loop, kind engine.ChoiceKind, n int) int {
	k := x.draw.IntN(n)
	options := l.Options(kind, n)
	if len(options) != n || kind == engine.ChooseDraw || kind == engine.ChooseFail || kind == engine.ChooseCancel {
		x.asked = append(x.asked, fmt.Sprint(kind, n, k))
		return k
	}
	words := make([]string, n)
	order := make([]int, n)
	for i, o := range options {
		words[i], order[i] = fmt.Sprint(o.Who, o.Timer, o.Worker, o.When, o.Pos), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(words[a], words[b]) })
	x.asked = append(x.asked, fmt.Sprint(kind, n, words[order[k]]))
	x.twins = x.twins || slices.Index(words, words[order[k]]) != order[k] || slices.Contains(words[order[k]+1:], words[order[k]])
	return order[k]
}

// look runs a scenario some times and returns how many pairs of states it has compared, and how many it could not.
func (x *equalStates) look(t *testing.T, s *dsl.Scenario) (compared, skipped int) {
	run, err := s.Options(dsl.RunOptions{Clock: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	x.modes.Pick = x.pick
	run.Explore, run.KeepOutput = &x.modes, x.output
	run.Limits.Steps = 5000
	type met struct {
		loop *engine.Loop
		run  int
	}
	states := map[engine.Fingerprint]met{}
	const runs, kept, most = 12, 400, 60
	for i := range runs {
		l := engine.New(s.Program(), run)
		x.draw = rand.New(rand.NewPCG(x.seed, uint64(i)))
		for more := true; more; {
			if l.WillChoose() {
				fp, ok := l.Fingerprint(x.output)
				old, is := states[fp]
				switch {
				case !ok:
				case is && old.run != i && compared+skipped < most:
					draw := x.draw
					x.twins = false
					a, b := x.goOn(old.loop, uint64(compared)), x.goOn(l, uint64(compared))
					if x.draw = draw; x.twins {
						skipped++
						break
					}
					compared++
					if a != b {
						t.Errorf("from equal states one run comes to\n%s\nand the other to\n%s", a, b)
						return compared, skipped
					}
				case !is && len(states) < kept:
					states[fp] = met{l.Clone(), i}
				}
			}
			more = l.RunUnit()
		}
	}
	return compared, skipped
}

// goOn runs a copy of a state to its end and returns what came of it.
func (x *equalStates) goOn(l *engine.Loop, seed uint64) string {
	c := l.Clone()
	x.draw, x.asked = rand.New(rand.NewPCG(x.seed, seed<<32)), nil
	for c.RunUnit() {
	}
	key := exploredKey(c)
	if x.output {
		key = withOutput(key, c)
	}
	return fmt.Sprintf("%s\n%q", key, x.asked)
}
