package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/why"
	bundled "runloop/scenarios"
)

// TestWhy: of any turn of a random scenario there is a chain of causes that goes back to the start, and of any two turns, and
// lines, the rule that is claimed to decide between them did.
func TestWhy(t *testing.T) {
	tally := &whyTally{}
	for i := range scenarios() {
		n := *seed + uint64(i)
		text, s := Scenario(n)
		checkWhy(t, fmt.Sprint("seed ", n), s, text, n, tally)
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", n, text)
		}
	}
	tally.log(t)
}

// late has what no bundled scenario has: timers that are late.
const late = `
runloop: 1
callbacks:
  first: [print: first]
  second: [print: second]
  soon: [print: soon]
coroutines:
  nap:
    params: { length: duration }
    do:
      - sleep: ${length}
      - print: ${now}
main:
  - { call_at: second, at: "${now - 1s}" }
  - { call_at: first, at: "${now - 2s}" }
  - call_soon: soon
  - { spawn: nap, with: { length: 200ms } }
  - { spawn: nap, with: { length: 100ms } }
  - sleep: 0
  - block: 1s
  - { spawn: nap, with: { length: 0s } }
  - sleep: 0
  - sleep: 1s
`

// TestWhyBundled is TestWhy of the bundled scenarios and of late timers. They have turns that each rule decided between.
func TestWhyBundled(t *testing.T) {
	tally := &whyTally{}
	s, err := dsl.Load("late.yaml", []byte(late))
	if err != nil {
		t.Fatal(err)
	}
	checkWhy(t, "late", s, []byte(late), 1, tally)
	for _, name := range bundled.Names() {
		text, _ := bundled.Source(name)
		s, err := dsl.Folder{FS: bundled.Files()}.Load(name+".yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		checkWhy(t, name, s, text, 1, tally)
	}
	tally.log(t)
	for _, words := range why.DecidesWords {
		if tally.decides[words] == 0 {
			t.Errorf("no two turns were decided by: %s", words)
		}
	}
}

// Of each run so many chains of causes and so many pairs of turns, and of lines, are looked at, and so many claims of each kind
// about ties are tried.
const (
	whyTurns  = 40
	whyPairs  = 80
	whyTrials = 4
)

// whyTally counts what was claimed.
type whyTally struct {
	decides map[string]int
	ties    map[why.Change]int
	swapped int // ties that were turned round, with both turns in the run that came of it
	kept    int // orders of ties that were tried where none was to change anything
}

func (c *whyTally) log(t *testing.T) {
	t.Logf("%v, ties %v, %d turned round, %d kept", c.decides, c.ties, c.swapped, c.kept)
}

func checkWhy(t *testing.T, of string, s *dsl.Scenario, text []byte, n uint64, tally *whyTally) {
	t.Helper()
	if tally.decides == nil {
		tally.decides, tally.ties = map[string]int{}, map[why.Change]int{}
	}
	for _, ties := range []engine.Ties{engine.TiesFIFO, engine.TiesHeapq, engine.TiesLIFO, engine.TiesRandom} {
		w := &whyCheck{t: t, of: fmt.Sprintf("%s, ties %v", of, ties), s: s, text: text, draws: rand.New(rand.NewPCG(n, uint64(ties))), tally: tally, trials: [...]int{why.TurnsThem: whyTrials, why.Never: whyTrials}}
		w.r = w.run(ties, nil)
		w.chains()
		w.pairs()
		if t.Failed() {
			return
		}
	}
}

// whyCheck is the check of one run.
type whyCheck struct {
	t      *testing.T
	of     string
	s      *dsl.Scenario
	text   []byte
	r      *trace.Run
	draws  *rand.Rand
	tally  *whyTally
	trials [3]int // how many more claims about ties are tried, by why.Change
}

// run runs the scenario. With random ties the choice number n is choices[n], else 0, which is the order of scheduling.
func (w *whyCheck) run(ties engine.Ties, choices map[int]int) *trace.Run {
	w.t.Helper()
	opts, err := w.s.Options(dsl.RunOptions{Clock: "virtual", Ties: engine.TiesWords[ties], Caps: engine.Limits{Steps: 50_000, Memory: 64 << 20}})
	if err != nil {
		w.t.Fatal(err)
	}
	opts.KeepOutput, opts.Trace = true, &engine.Trace{Values: true}
	n := -1
	opts.Choose = func(of int) int {
		n++
		return min(choices[n], of-1)
	}
	l := engine.New(w.s.Program(), opts)
	l.Run()
	return trace.New(l, opts.Trace, trace.Source{Name: w.s.Name, File: "s.yaml", Text: w.text, Program: w.s.Program(), Ties: ties, Seed: opts.Seed})
}

func (w *whyCheck) chains() {
	for k := range min(len(w.r.Turns), whyTurns) {
		i := k
		if len(w.r.Turns) > whyTurns {
			i = w.draws.IntN(len(w.r.Turns))
		}
		c := why.Explain(w.r, i)
		turns := c.Turns(0)
		byItself := func(t trace.Turn) bool { return t.Handle == engine.RunShift || t.Handle == engine.RunUnit }
		if !c.Whole && !byItself(w.r.Turns[turns[len(turns)-1]]) || turns[0] != i || len(turns) != c.Len {
			w.t.Errorf("%s: the causes of turn %d end with turn %d", w.of, i, turns[len(turns)-1])
		}
		for k := 1; k < len(turns); k++ {
			if turns[k] >= turns[k-1] {
				w.t.Errorf("%s: turn %d is caused by turn %d", w.of, turns[k-1], turns[k])
			}
		}
		for _, line := range c.Lines(why.Few) {
			if strings.Contains(line, "{") && !strings.Contains(line, "s.yaml:") || strings.Contains(line, "somebody") {
				w.t.Errorf("%s: turn %d: %s", w.of, i, line)
			}
		}
	}
}

func (w *whyCheck) pairs() {
	r := w.r
	pick := func(n, most int, f func(a, b int)) {
		if n*n <= most {
			for a := range n {
				for b := a; b < n; b++ {
					f(a, b)
				}
			}
			return
		}
		for range most {
			a := w.draws.IntN(n)
			f(a, min(a+w.draws.IntN(12), n-1))
		}
	}
	pick(len(r.Turns), whyPairs, w.pair)
	pick(len(r.Lines), whyPairs, func(a, b int) {
		x, errA := why.LineTurn(r, a+1)
		y, errB := why.LineTurn(r, b+1)
		if errA != nil || errB != nil {
			w.t.Fatal(errA, errB)
		}
		w.pair(x, y)
	})
}

func (w *whyCheck) pair(a, b int) {
	v := why.Compare(w.r, a, b)
	w.tally.decides[why.DecidesWords[v.Decides]]++
	w.tally.ties[v.Ties]++
	if v.First > v.Second || v.Between[0] > v.Between[1] {
		w.t.Errorf("%s: %d is not before %d", w.of, v.First, v.Second)
	}
	if text := strings.Join(v.Lines(), "\n"); strings.Contains(v.Text, "{") || v.Text == "" || strings.Contains(text, "somebody") {
		w.t.Errorf("%s: %s", w.of, text)
	}
	if problem := holds[v.Decides](w.r, v); problem != "" {
		w.t.Errorf("%s: turns %d and %d: %s\n%s", w.of, a, b, problem, strings.Join(v.Lines(), "\n"))
	}
	w.try(v)
}

// holds checks what is claimed, by what the record says beside the causes. It returns what is wrong.
var holds = [...]func(r *trace.Run, v *why.Verdict) string{
	why.SameTurn: func(r *trace.Run, v *why.Verdict) string { return unless(v.First == v.Second, "they are two turns") },
	why.Phases: func(r *trace.Run, v *why.Verdict) string {
		x, y := &r.Turns[v.Between[0]], &r.Turns[v.Between[1]]
		return unless(x.Handle == trace.Phase || y.Handle == trace.Phase || y.Phase >= engine.PhaseShutdown, "both are turns of the loop")
	},
	why.Clock: func(r *trace.Run, v *why.Verdict) string {
		return unless(r.At(v.First) < r.At(v.Second), "the times are the wrong way round")
	},
	why.Handles: func(r *trace.Run, v *why.Verdict) string {
		x, y := r.Turns[v.First].Iteration, r.Turns[v.Second].Iteration
		switch {
		case r.At(v.First) != r.At(v.Second) || x >= y:
			return "it is not a later iteration of the instant"
		case int(y-x) != v.Counts[1]-v.Counts[0]:
			return fmt.Sprintf("%d iterations, but %v handles", y-x, v.Counts)
		case v.Common >= 0 && int(y-r.Turns[v.Common].Iteration) != v.Counts[1]:
			return fmt.Sprintf("from turn %d it is %d iterations, not %d", v.Common, y-r.Turns[v.Common].Iteration, v.Counts[1])
		}
		// Where a step blocks, time passes within an iteration, and the next one may begin at the same instant.
		return unless(v.Common >= 0 || !strings.Contains(v.Text, "it ran in iteration") || bytes.Contains(r.Text, []byte("block:")),
			"it says no reason")
	},
	why.Before: func(r *trace.Run, v *why.Verdict) string {
		x, y := r.Rec(v.Records[0]), r.Rec(v.Records[1])
		return unless(x.Kind != engine.RecFire && y.Kind == engine.RecFire, "no timer came later")
	},
	why.Due: func(r *trace.Run, v *why.Verdict) string {
		return unless(r.Rec(v.Records[0]).Arg < r.Rec(v.Records[1]).Arg, "the timers are due the wrong way round")
	},
	why.Ties: func(r *trace.Run, v *why.Verdict) string {
		x, y := r.Rec(v.Records[0]), r.Rec(v.Records[1])
		armed := r.ArmOf(x.On) < r.ArmOf(y.On)
		switch {
		case x.Kind != engine.RecFire || y.Kind != engine.RecFire || x.Arg != y.Arg:
			return "they are no timers of one time"
		case r.Ties == engine.TiesFIFO && !armed, r.Ties == engine.TiesRandom && !armed, r.Ties == engine.TiesLIFO && armed:
			return "the timers were armed the wrong way round"
		}
		return ""
	},
	why.Waiters: func(r *trace.Run, v *why.Verdict) string {
		later, line := lastOf(r, v.Records[0], engine.RecWait) > lastOf(r, v.Records[1], engine.RecWait), r.Rec(v.Records[0]).Obj
		if strings.Contains(v.Text, "stands first") {
			return unless(later && line >= engine.KindResource && line <= engine.KindStore, "they were woken as they came")
		}
		return unless(!later, "the second one waits longer")
	},
	why.Links: func(r *trace.Run, v *why.Verdict) string {
		if x, y := &r.Turns[v.Between[0]], &r.Turns[v.Between[1]]; x.Handle == y.Handle && x.For == 0 && y.For == 0 && x.Who == y.Who {
			return "" // gathers that no task awaits cannot be told from each other
		} else if reportsShield(x) || reportsShield(y) {
			return "" // nobody waits by it
		}
		return unless(v.Records[0] == v.Records[1] && linkOf(r, v, 0) < linkOf(r, v, 1), "the second one awaits it longer")
	},
	why.Blocked: func(r *trace.Run, v *why.Verdict) string {
		return unless(r.Turns[v.First].Iteration < r.Turns[v.Second].Iteration && bytes.Contains(r.Text, []byte("block:")), "nothing blocks")
	},
	why.Steps: func(r *trace.Run, v *why.Verdict) string {
		if v.Records[0] == v.Records[1] && r.Turns[v.Between[0]].Handle == engine.RunUnthread {
			return "" // one cancellation makes both ready, and the thread's work comes first
		}
		return unless(v.Records[0] < v.Records[1] && r.TurnOf(v.Records[0]) == r.TurnOf(v.Records[1]), "the steps are the wrong way round")
	},
}

func unless(ok bool, problem string) string {
	if ok {
		return ""
	}
	return problem
}

// lastOf is the last record of a kind about the task of record n before it.
func lastOf(r *trace.Run, n uint32, kind engine.RecKind) uint32 {
	for i := n; i > 0; i-- {
		if x := r.Rec(i - 1); x.Kind == kind && x.What == r.Rec(n).What {
			return i - 1
		}
	}
	return trace.None
}

// linkOf is the record of the done-callback that one of the two turns is.
func linkOf(r *trace.Run, v *why.Verdict, side int) uint32 {
	end, t := r.Rec(v.Records[side]), &r.Turns[v.Between[side]]
	kind, id := end.Obj, end.On
	if end.Kind == engine.RecEnd {
		kind, id = engine.KindTask, end.What
	}
	for i := v.Records[side]; i > 0; i-- {
		x := r.Rec(i - 1)
		who := t.Who | t.For
		if x.Kind == engine.RecLink && x.Obj == kind && x.On == id && x.Aux == t.Handle && (x.What == who || x.Aux == engine.RunGroup) { // who puts a task into a group need not be its owner
			return i - 1
		}
	}
	return 0
}

// try turns the ties that a verdict is about round, and looks whether what was claimed of that is so. Only a run with random
// ties, in which every choice is the first one, can be steered.
func (w *whyCheck) try(v *why.Verdict) {
	if w.r.Ties != engine.TiesRandom || v.Ties == why.Unknown || v.First == v.Second || w.trials[v.Ties] == 0 {
		return
	}
	switch v.Ties {
	case why.TurnsThem:
		w.turnRound(v)
	case why.Never:
		w.permute(v)
	}
}

// turnRound exchanges the two timers.
func (w *whyCheck) turnRound(v *why.Verdict) {
	left := func(side int) int {
		if x := w.r.Rec(v.Records[side] - 1); x.Kind == engine.RecChoose {
			return int(x.Arg)
		}
		return 1
	}
	call := 0
	for n := range v.Records[0] - 1 {
		if w.r.Rec(n).Kind == engine.RecChoose {
			call++
		}
	}
	w.trials[why.TurnsThem]--
	other := w.run(engine.TiesRandom, map[int]int{call: left(0) - left(1)})
	a, b, ok := w.both(other, v)
	if !ok {
		return
	}
	w.tally.swapped++
	if a < b {
		w.t.Errorf("%s: with the two timers turned round the order is the same\n%s", w.of, strings.Join(v.Lines(), "\n"))
	}
}

// permute tries orders of the instant's ties.
func (w *whyCheck) permute(v *why.Verdict) {
	at := w.r.At(v.First)
	call := 0
	var groups []int // of each choice in the instant, among how many
	first := 0
	for n := range w.r.Len() {
		if w.r.Rec(n).Kind != engine.RecChoose {
			continue
		}
		if w.r.TimeOf(n) == at {
			if len(groups) == 0 {
				first = call
			}
			groups = append(groups, int(w.r.Rec(n).Arg))
		}
		call++
	}
	if len(groups) > 0 {
		w.trials[why.Never]--
	}
	orders := 1
	for _, n := range groups {
		orders = min(orders*n, 25)
	}
	for k := 1; k < min(orders, 25); k++ {
		choices := map[int]int{}
		for i, rest := 0, k; i < len(groups); i++ {
			n := groups[i]
			if orders < 25 {
				choices[first+i] = rest % n
				rest /= n
			} else {
				choices[first+i] = w.draws.IntN(n)
			}
		}
		other := w.run(engine.TiesRandom, choices)
		a, b, ok := w.both(other, v)
		if !ok {
			continue
		}
		w.tally.kept++
		if a > b {
			w.t.Errorf("%s: the order of ties %v changes it\n%s", w.of, choices, strings.Join(v.Lines(), "\n"))
		}
	}
}

// both finds the two turns of a verdict in another run: those that came the same way from the same timers. ok: both are there,
// once each.
func (w *whyCheck) both(other *trace.Run, v *why.Verdict) (a, b int, ok bool) {
	at := w.r.At(v.First)
	x, okX := only(w.r, at, way(w.r, v.First))
	y, okY := only(w.r, at, way(w.r, v.Second))
	a, okA := only(other, at, way(w.r, v.First))
	b, okB := only(other, at, way(w.r, v.Second))
	return a, b, okX && okY && okA && okB && x == v.First && y == v.Second
}

// only finds the turn of an instant that came a way, and whether it is the only one.
func only(r *trace.Run, at int64, how string) (turn int, ok bool) {
	found := -1
	for i := range r.Turns {
		if r.At(i) != at || r.Turns[i].Handle == trace.Phase || way(r, i) != how {
			continue
		}
		if found >= 0 {
			return 0, false
		}
		found = i
	}
	return found, found >= 0
}

// way is how a turn came from a timer, or from before its instant.
func way(r *trace.Run, turn int) string {
	var b strings.Builder
	for _, i := range why.Explain(r, turn).Turns(0) {
		t := &r.Turns[i]
		if t.Handle == trace.Phase || r.At(i) != r.At(turn) {
			break
		}
		fmt.Fprintf(&b, "%d %d %d,", t.Handle, t.Who, t.For)
		if rec := r.Rec(t.Cause); rec.Kind == engine.RecFire {
			fmt.Fprintf(&b, "timer %d", rec.On)
			if r.TimeOf(r.ArmOf(rec.On)) != r.At(turn) {
				break
			}
		}
	}
	return b.String()
}

// reportsShield reports whether a turn is what asyncio 3.14 puts in place of the callback of a shield whose waiter was
// cancelled: it reports the error of what was shielded.
func reportsShield(t *trace.Turn) bool { return t.Handle == engine.RunShield && t.Who == 0 }
