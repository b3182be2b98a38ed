// Package explore runs a program in every order that its event loop leaves open: depth first over copies of the loop, without
// the states that it has seen, and without the orders of timers that have nothing to do with each other. It counts the orders
// exactly, and shrinks the schedule of a run that fails.
package explore

import (
	"math/big"
	"slices"

	"runloop/engine"
)

// Options says what is explored and how long.
type Options struct {
	Program *engine.Program
	// Run is how each run is made. Explore, Output and Trace are set here.
	Run engine.Options
	// Modes says what is left open. Its Pick is set here.
	Modes engine.Explore
	// Judge says what came of a run that has ended. It is called by the goroutines that run them.
	Judge func(l *engine.Loop) Outcome
	// Output: what is printed decides about outcomes, too.
	Output bool
	// Runs is how many runs are begun, at most; 0: as many as it takes. With 0, Stop decides.
	Runs int
	// Stop is asked between runs whether that share of the time is up, 0 to 1; nil: it never is. What is found then depends on
	// the machine.
	Stop func(share float64) bool
	// States is how many states are kept, at most; 0: MaxStates.
	States int
	// Workers is how many runs go on at the same time; 0: one. What is found does not depend on it.
	Workers int
	// Plain leaves out what makes it quick: 1 the reduction, 2 the fingerprints, too. For tests.
	Plain int
	// Wide goes on from many states at a time from the beginning. For tests.
	Wide bool
	// Audit lets a step panic that changes something without a record that the reduction sees. For tests.
	Audit bool
}

// MaxStates is how many states are kept where nothing else is said: about 300 MB.
const MaxStates = 4_000_000

// Outcome is what came of a run. Runs with the same Key are alike.
type Outcome struct {
	Failed bool
	Key    string
	Text   string // why it failed, in lines
}

// Report is what exploring came to.
type Report struct {
	Complete bool     // every order was explored
	Orders   *big.Int // how many there are; not Complete: about how many, from a sample; nil: not known
	Failing  *big.Int // Complete: how many of them fail
	Runs     int      // that went to their end
	Begun    int      // that were begun
	States   int      // different states
	Full     bool     // no more states could be kept
	Depth    int      // not Complete: every schedule with up to so many unusual choices was run
	Usual    Outcome  // of the usual run
	Limit    string   // at which the usual run was broken off; empty: it has ended
	Outcomes []Found  // the different ones, in the order in which they were found
	Failure  *Found   // the first that fails, after the usual run
	Cycle    bool     // some order comes back to a state that it was in: it never ends
	Choices  int      // of the usual run
	Longest  int      // choices of the longest run
	Modes    engine.Explore
}

// Found is an outcome and the schedule that led to it first.
type Found struct {
	Outcome
	Run      int // the number of the run, from 1
	Schedule Schedule
}

// Same reports whether every run had the same outcome.
func (r *Report) Same() bool { return len(r.Outcomes) < 2 }

// Explore explores a program.
func Explore(opts Options) *Report {
	s := newSearch(opts)
	s.usual()
	if s.report.Usual.Failed {
		return s.report
	}
	s.whole()
	if !s.report.Complete && !s.stopped(1) {
		s.sample()
	}
	return s.report
}

// Choice is one choice of a run: option K of N.
type Choice struct {
	Kind engine.ChoiceKind
	N, K int
}

// Schedule is the choices of a run, in order. What a run is asked beyond them is answered as usual.
type Schedule []Choice

// Unusual is how many choices are not the usual ones.
func (s Schedule) Unusual() int {
	n := 0
	for _, c := range s {
		if c.K > 0 {
			n++
		}
	}
	return n
}

// Trimmed is the schedule without the usual choices at its end.
func (s Schedule) Trimmed() Schedule {
	n := len(s)
	for n > 0 && s[n-1].K == 0 {
		n--
	}
	return slices.Clone(s[:n])
}

// Player answers what a run asks with the choices of a schedule, and notes what it asked.
type Player struct {
	Given Schedule
	Asked Schedule
	Wrong int // choices that the run does not have: there are fewer options
}

// Pick is for engine.Explore.
func (p *Player) Pick(_ *engine.Loop, kind engine.ChoiceKind, n int) int {
	k := 0
	if i := len(p.Asked); i < len(p.Given) {
		if k = p.Given[i].K; k >= n || k > 0 && p.Given[i].N > 0 && p.Given[i].Kind != kind {
			k = 0
			p.Wrong++
		}
	}
	p.Asked = append(p.Asked, Choice{kind, n, k})
	return k
}

// Replay makes a loop that runs the schedule, and who answers it.
func Replay(p *engine.Program, run engine.Options, modes engine.Explore, given Schedule) (*engine.Loop, *Player) {
	player := &Player{Given: given}
	modes.Pick = player.Pick
	run.Explore = &modes
	return engine.New(p, run), player
}
