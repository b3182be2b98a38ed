package why

import (
	"fmt"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// Decides is what decided which of two turns came first.
type Decides uint8

const (
	SameTurn Decides = iota // they are one turn
	Phases                  // the run was in an earlier phase then
	Clock                   // the loop time was earlier
	Handles                 // it takes fewer handles to come to it
	Before                  // it was ready when a timer was due only
	Due                     // its timer was due earlier, though both fired at once
	Ties                    // the tie rule
	Waiters                 // one turn woke both: which began to wait first
	Links                   // both awaited the same thing: which began first
	Steps                   // one turn made both ready: the order of its steps
	Blocked                 // a step blocked the loop: what came of it ran in a later iteration
	decides
)

// DecidesWords is the kinds of decisions in words, for files.
var DecidesWords = [decides]string{
	"same turn", "phase", "clock", "handles", "before the timers", "due time", "tie rule", "waiters", "awaiters", "steps", "blocked",
}

// decidesRules is which of the rules decides: see Rules.
var decidesRules = [decides]int{
	SameTurn: 2, Phases: 6, Clock: 1, Handles: 1, Before: 1, Due: 1, Ties: 5, Waiters: 4, Links: 4, Steps: 1, Blocked: 1,
}

// Rules is the README's rules of the loop, each in its first words; that of number n has place n-1.
var Rules = [...]string{
	"The loop has a first-in, first-out queue of what is ready to run, and a heap of timers.",
	"A task runs until it waits.",
	"When a sleep ends, its task becomes ready one iteration later.",
	"Tasks start in the next iteration, in the order in which they were created.",
	"Timers of one instant run in the order in which they were scheduled.",
	"`stop` lets the current iteration finish.",
	"A cancellation is an error, CancelledError, that is raised where the task waits.",
	"If a task fails and nobody awaits it, its error is reported at the end of the run, and the command exits 1.",
	"Time is counted in whole nanoseconds, random numbers come from the seed, and maps are sorted:",
}

// Change is what the order of an instant's ties can change of the order of two turns.
type Change uint8

const (
	Unknown   Change = iota // nothing is claimed
	TurnsThem               // with the ties the other way round the order is the other one
	Never                   // no order of this instant's ties changes it
)

// ChangeWords is what the order of ties can change in words, for files.
var ChangeWords = [...]string{"unknown", "turns them round", "never"}

// Verdict is which of two turns came first, and why.
type Verdict struct {
	First, Second int // places in Run.Turns, in the order in which they ran
	Decides       Decides
	Rule          int // of Rules; 0: none, as the loop had not begun
	Ties          Change
	Between       [2]int    // the turns between which it was decided: causes of the two as many iterations before, or they themselves
	Back          int       // how many iterations before
	Common        int       // of Handles: the turn from which they are counted; -1: the instant's timers
	Counts        [2]int    // of Handles: how many there are from there
	Records       [2]uint32 // of a decision between timers or records: those that decided; else trace.None
	Text          string    // the reason, one sentence or more; it does not begin with a capital letter

	late bool // of Phases: an error ended the run and left for later what was ready
	r    *trace.Run
}

// Compare says why one of two turns came before the other. They are given by their places in Run.Turns, in any order.
func Compare(r *trace.Run, a, b int) *Verdict {
	if a > b {
		a, b = b, a
	}
	v := &Verdict{First: a, Second: b, Between: [2]int{a, b}, Common: -1, Records: [2]uint32{trace.None, trace.None}, r: r}
	v.decide()
	if v.Rule == 0 && !(v.Decides == Phases && r.Turns[v.Between[0]].Phase <= engine.PhaseWorkers) {
		v.Rule = decidesRules[v.Decides]
	}
	v.Text = texts[v.Decides](v)
	return v
}

func (v *Verdict) decide() {
	r := v.r
	x, y := &r.Turns[v.First], &r.Turns[v.Second]
	switch {
	case v.First == v.Second:
		v.Decides = SameTurn
	case x.Handle == trace.Phase || y.Handle == trace.Phase:
		v.Decides = Phases
	case r.At(v.First) != r.At(v.Second):
		v.Decides = Clock
	case x.Iteration != y.Iteration:
		v.handles()
	default:
		v.queue()
	}
}

// back is the turn that made another one ready, if that was in the same instant; else -1.
func (v *Verdict) back(turn int) int {
	by := before(v.r, turn)
	if by < 0 || v.r.At(by) != v.r.At(turn) {
		return -1
	}
	return by
}

// handles is the decision between two turns of one instant, the first of an earlier iteration: it counts the handles from what
// both come from, or from their timers.
func (v *Verdict) handles() {
	r := v.r
	v.Decides = Handles
	a, b := v.First, v.Second
	shutdown := [2]bool{} // whether the way goes through the end of the loop
	step := func(side, turn int) int {
		if r.Turns[turn].Handle == trace.Phase {
			shutdown[side] = shutdown[side] || r.Turns[turn].Phase >= engine.PhaseShutdown
		} else {
			v.Counts[side]++
		}
		return v.back(turn)
	}
	for a != b && (a >= 0 || b >= 0) {
		if a > b {
			a = step(0, a)
		} else {
			b = step(1, b)
		}
	}
	v.Common = a
	switch {
	case shutdown[0] != shutdown[1]:
		v.Decides = Phases
	case v.postponed() && endsByError(r):
		v.Decides, v.late = Phases, true
	case v.postponed():
		v.Decides = Blocked
	case a >= 0:
		v.noTies()
	default:
		if timersOwn(r, v.First, v.Counts[0]) && timersOwn(r, v.Second, v.Counts[1]) {
			v.Ties = Never
		} else {
			v.noTies()
		}
		if r.Turns[v.First].Handle == engine.RunCallback && v.Counts == [2]int{1, 2} && v.sleeps(v.Second) {
			v.Rule = 3
		}
	}
}

// postponed reports whether the handles are not as many as the iterations: an error that ends the run breaks one off.
func (v *Verdict) postponed() bool {
	x, y := v.r.Turns[v.First].Iteration, v.r.Turns[v.Second].Iteration
	return int(y-x) != v.Counts[1]-v.Counts[0] || v.Common >= 0 && int(y-v.r.Turns[v.Common].Iteration) != v.Counts[1]
}

// endsByError reports whether an error ended the run.
func endsByError(r *trace.Run) bool {
	for i := r.Trace.Len(); i > r.Trace.Dropped(); i-- {
		if rec := r.Trace.At(i - 1); rec.Kind == engine.RecStop {
			return rec.Aux == 1
		}
	}
	return false
}

// blockedText is the sentence where time passed within a turn: a timer that was due meanwhile fires an iteration later.
func (v *Verdict) blockedText() string {
	return fmt.Sprintf("it ran in iteration %d, %s in iteration %d of the same instant: a step blocked the loop until then, and what was due "+
		"meanwhile, or was made ready after it, runs later", v.iteration(v.First), v.turn(v.Second), v.iteration(v.Second))
}

// timersOwn reports whether how many handles a turn is behind its timer does not depend on what anybody does: the timer's own
// handle, a sleep's wake-up, a late worker's first turn.
func timersOwn(r *trace.Run, turn, count int) bool {
	switch t := &r.Turns[turn]; {
	case count == 1:
		return t.Handle == engine.RunCallback || t.Handle == engine.RunSleep || t.Handle == engine.RunStart
	case count == 2:
		rec := r.Rec(t.Cause)
		return rec.Kind == engine.RecRun && rec.Aux == engine.RunSleep || rec.Kind == engine.RecSpawn && handleOf(r, r.TurnOf(t.Cause)) == engine.RunStart
	}
	return false
}

// sleeps reports whether a turn is the one after a sleep.
func (v *Verdict) sleeps(turn int) bool {
	c := v.r.Turns[turn].Cause
	return c != trace.None && v.r.Rec(c).Kind == engine.RecRun && v.r.Rec(c).Aux == engine.RunSleep
}

// noTies claims that no order of ties changes anything where the instant has no ties.
func (v *Verdict) noTies() {
	if !tied(v.r, int(v.r.Turns[v.First].Iteration)) {
		v.Ties = Never
	}
}

// tied reports whether two timers of equal times fired at once in the instant of an iteration.
func tied(r *trace.Run, iteration int) bool {
	at := r.Iterations[iteration].At
	for iteration > 0 && r.Iterations[iteration-1].At == at {
		iteration--
	}
	for ; iteration < len(r.Iterations) && r.Iterations[iteration].At == at; iteration++ {
		last, fired := int64(0), false
		for n := r.Iterations[iteration].First + 1; n < r.Len(); n++ {
			rec := r.Rec(n)
			if rec.Kind == engine.RecChoose {
				continue
			}
			if rec.Kind != engine.RecFire {
				break
			}
			if fired && rec.Arg == last {
				return true
			}
			last, fired = rec.Arg, true
		}
	}
	return false
}

// queue is the decision between two turns of one iteration: that of what made them ready, as far back as need be.
func (v *Verdict) queue() {
	r := v.r
	for {
		a, b := v.Between[0], v.Between[1]
		if r.Turns[a].Handle == trace.Phase || r.Turns[b].Handle == trace.Phase {
			v.Decides = Phases
			return
		}
		x, y := causeOf(r, a), causeOf(r, b)
		v.Records = [2]uint32{x.rec, y.rec}
		timerA, timerB := isFire(r, x.rec), isFire(r, y.rec)
		switch {
		case leftFor(r, a, x.rec) != leftFor(r, b, y.rec):
			v.Decides, v.late = Phases, true
			return
		case timerA && timerB && r.Rec(x.rec).Arg != r.Rec(y.rec).Arg:
			v.Decides = Due
			return
		case timerA && timerB:
			v.Decides, v.Ties = Ties, TurnsThem
			return
		case timerA != timerB, x.turn < 0, y.turn < 0:
			v.Decides = Before
			return
		case x.turn == y.turn:
			v.steps(x.rec, y.rec)
			return
		}
		v.Between = [2]int{x.turn, y.turn}
		v.Back++
	}
}

// leftFor reports whether a turn that the record n made ready had to wait an iteration, because an error that ends the run
// broke one off.
func leftFor(r *trace.Run, turn int, n uint32) bool {
	i := r.Turns[turn].Iteration
	if n == trace.None || i < 1 {
		return false
	}
	if !isFire(r, n) {
		i--
	}
	return n < r.Iterations[i].First
}

func isFire(r *trace.Run, n uint32) bool { return n != trace.None && r.Rec(n).Kind == engine.RecFire }

// steps is the decision between two turns that one turn made ready.
func (v *Verdict) steps(a, b uint32) {
	x, y := v.r.Rec(a), v.r.Rec(b)
	switch {
	case a == b && (x.Kind == engine.RecEnd || x.Kind == engine.RecResolve):
		v.Decides = Links
	case x.Kind == engine.RecWake && y.Kind == engine.RecWake && x.Obj == y.Obj && x.On == y.On && x.Aux == y.Aux && x.PC == y.PC && x.Obj != engine.KindNull:
		v.Decides = Waiters
	default:
		v.Decides = Steps
		if x.Kind == engine.RecSpawn && y.Kind == engine.RecSpawn {
			v.Rule = 4
		}
	}
}

// texts is the reasons in words.
var texts = [decides]func(v *Verdict) string{
	SameTurn: func(v *Verdict) string {
		return "both belong to " + v.turn(v.First) + ", whose steps run in order, and nothing else runs in between"
	},
	Phases:  (*Verdict).phasesText,
	Clock:   (*Verdict).clockText,
	Handles: (*Verdict).handlesText,
	Blocked: (*Verdict).blockedText,
	Before: func(v *Verdict) string {
		return v.backText() + fmt.Sprintf("%s stood in the queue when iteration %d began; the timer of %s was due only then, and what is due is appended",
			v.turn(v.Between[0]), v.iteration(v.Between[0]), v.turn(v.Between[1]))
	},
	Due: func(v *Verdict) string {
		x, y := v.r.Rec(v.Records[0]), v.r.Rec(v.Records[1])
		return v.backText() + fmt.Sprintf("both timers fired in iteration %d, that of %s first: it was due at %s, the other one at %s",
			v.iteration(v.Between[0]), v.turn(v.Between[0]), trace.Clock(x.Arg), trace.Clock(y.Arg))
	},
	Ties:    (*Verdict).tiesText,
	Waiters: (*Verdict).waitersText,
	Links: func(v *Verdict) string {
		rec := v.r.Rec(v.Records[0])
		what := taskName(v.r, rec.What)
		if rec.Kind == engine.RecResolve {
			what = object(v.r, rec)
		}
		return v.backText() + fmt.Sprintf("both became ready when %s ended, in the order in which they had begun to wait for that", what)
	},
	Steps: (*Verdict).stepsText,
}

// turn is how a turn is called: by its number and whose it is, or by what the loop does.
func (v *Verdict) turn(i int) string { return TurnName(v.r, i) }

// TurnName is how a turn is called in sentences: by its number and whose it is, or by what the loop does.
func TurnName(r *trace.Run, i int) string {
	t := &r.Turns[i]
	switch {
	case t.Handle == trace.Phase && t.Phase <= engine.PhaseWorkers:
		return "the start of the run"
	case t.Number == 0:
		return "“" + subject(r, i) + "”"
	}
	return fmt.Sprintf("turn %d (%s)", t.Number, name(r, t.Who))
}

func (v *Verdict) iteration(turn int) int64 {
	if i := v.r.Turns[turn].Iteration; i >= 0 {
		return v.r.Iterations[i].Number
	}
	return 0
}

// backText says how far back it was decided.
func (v *Verdict) backText() string {
	switch v.Back {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("both are in iteration %d in the order in which they became ready, by %s and by %s: ", v.iteration(v.First),
			v.turn(v.Between[0]), v.turn(v.Between[1]))
	}
	return fmt.Sprintf("both are in iteration %d in the order in which they became ready, and so are their causes back to %s and %s, %d iterations before: ",
		v.iteration(v.First), v.turn(v.Between[0]), v.turn(v.Between[1]), v.Back)
}

func (v *Verdict) phasesText() string {
	r := v.r
	a, b := &r.Turns[v.Between[0]], &r.Turns[v.Between[1]]
	switch {
	case a.Phase <= engine.PhaseWorkers && a.Handle == trace.Phase && a.Phase == engine.PhaseBefore:
		return v.backText() + "`before` runs before the loop begins"
	case a.Phase <= engine.PhaseWorkers && a.Handle == trace.Phase:
		return v.backText() + "what is there from the start is created before the loop begins"
	case b.Handle == trace.Phase && b.Phase == engine.PhaseAfter:
		return "`after` runs when the loop has ended: " + phaseReason(r, v.Between[1])
	}
	if v.late {
		return "an error ended the run, and what was still ready then ran an iteration later"
	}
	return v.backText() + "what is left is cancelled when the loop has ended, and that came later"
}

// phaseReason is why a phase began.
func phaseReason(r *trace.Run, turn int) string {
	c := causeOf(r, turn)
	for c.rec == trace.None && c.turn >= 0 && r.Turns[c.turn].Handle == trace.Phase && r.Turns[c.turn].Phase >= engine.PhaseShutdown {
		turn = c.turn
		c = causeOf(r, turn)
	}
	return because(r, turn, &c)
}

func (v *Verdict) clockText() string {
	a, b := v.origin(v.First), v.origin(v.Second)
	return "the clock decides: " + v.turn(v.First) + " comes from " + a + ", " + v.turn(v.Second) + " from " + b
}

// origin is the timer, or the beginning, from which a turn comes within its instant.
func (v *Verdict) origin(turn int) string {
	r := v.r
	for at := v.back(turn); at >= 0; at = v.back(turn) {
		turn = at
	}
	c := causeOf(r, turn)
	switch {
	case isFire(r, c.rec) && c.turn >= 0:
		return fmt.Sprintf("a timer that was due at %s (armed at %s by %s)", trace.Clock(r.Rec(c.rec).Arg), trace.Clock(r.At(c.turn)), actor(r, c.turn))
	case isFire(r, c.rec):
		return "a timer that was due at " + trace.Clock(r.Rec(c.rec).Arg)
	case r.Turns[turn].Handle == trace.Phase && r.Turns[turn].Phase <= engine.PhaseWorkers:
		return "the start of the run at " + trace.Clock(r.At(turn))
	}
	return "what was ready at " + trace.Clock(r.At(turn))
}

func (v *Verdict) handlesText() string {
	r := v.r
	i, j := v.iteration(v.First), v.iteration(v.Second)
	later := fmt.Sprintf("%d iterations later", j-i)
	if j-i == 1 {
		later = "one iteration later"
	}
	var b strings.Builder
	switch {
	case v.Common == v.First:
		fmt.Fprintf(&b, "%s made %s ready: what it schedules runs in a later iteration", v.turn(v.First), v.turn(v.Second))
		if v.Counts[1] > 1 {
			b.Reset()
			fmt.Fprintf(&b, "%s comes from %s, by %d handles, each an iteration after what made it ready: %s", v.turn(v.Second), v.turn(v.First), v.Counts[1], v.way(v.Second, v.Counts[1]))
		}
	case v.Common >= 0:
		fmt.Fprintf(&b, "both come from %s. From there it takes %s to the first (%s) and %d to the second (%s), and each runs an iteration after what made it ready, so the second is %s",
			v.turn(v.Common), handles(v.Counts[0]), v.way(v.First, v.Counts[0]), v.Counts[1], v.way(v.Second, v.Counts[1]), later)
	case v.Rule == 3:
		fmt.Fprintf(&b, "both timers were due at %s. A callback runs in the iteration in which its timer fires (%d), a task that sleeps one iteration later: the timer only ends the sleep, and that makes the task ready",
			trace.Clock(r.At(v.First)), i)
	case v.origins():
		fmt.Fprintf(&b, "both timers were due at %s. From its timer it takes %s to the first (%s) and %d to the second (%s), and each runs an iteration after what made it ready, so the second is %s",
			trace.Clock(r.At(v.First)), handles(v.Counts[0]), v.way(v.First, v.Counts[0]), v.Counts[1], v.way(v.Second, v.Counts[1]), later)
	default:
		fmt.Fprintf(&b, "it ran in iteration %d, %s only in iteration %d of the same instant", i, v.turn(v.Second), j)
	}
	if v.Ties == Never {
		b.WriteString(". No order of this instant's timers changes that")
	}
	return b.String()
}

// origins reports whether both turns come from timers that fired in one iteration.
func (v *Verdict) origins() bool {
	var first [2]int32
	for side, turn := range [2]int{v.First, v.Second} {
		for at := v.back(turn); at >= 0; at = v.back(turn) {
			turn = at
		}
		if !isFire(v.r, v.r.Turns[turn].Cause) {
			return false
		}
		first[side] = v.r.Turns[turn].Iteration
	}
	return first[0] == first[1]
}

func handles(n int) string {
	if n == 1 {
		return "1 handle"
	}
	return fmt.Sprintf("%d handles", n)
}

// maxWay is how many handles on a way are named.
const maxWay = 4

// way is the n handles that lead to a turn, the first ones and the last.
func (v *Verdict) way(turn, n int) string {
	var words []string
	for ; n > 0 && turn >= 0; n-- {
		if len(words) < maxWay-1 || n == 1 {
			words = append(words, subject(v.r, turn))
		} else if len(words) == maxWay-1 {
			words = append(words, "…")
		}
		turn = v.back(turn)
	}
	for i, j := 0, len(words)-1; i < j; i, j = i+1, j-1 {
		words[i], words[j] = words[j], words[i]
	}
	return strings.Join(words, ", ")
}

// tieWords is what the tie rule says.
var tieWords = [...]string{
	engine.TiesFIFO:   "the timer that was armed first goes first",
	engine.TiesHeapq:  "they are as CPython's heap left them (`ties: heapq`)",
	engine.TiesLIFO:   "the timer that was armed last goes first (`ties: lifo`)",
	engine.TiesRandom: "the seed chose their order (`ties: random`)",
}

func (v *Verdict) tiesText() string {
	r := v.r
	armed := func(side int) string {
		c := causeOf(r, v.Between[side])
		if c.turn < 0 {
			return "before what is recorded"
		}
		return "at " + trace.Clock(r.At(c.turn)) + " by " + actor(r, c.turn)
	}
	words := tieWords[r.Ties]
	if r.Ties == engine.TiesRandom {
		words = fmt.Sprintf("seed %d chose their order (`ties: random`)", r.Seed)
	}
	return v.backText() + fmt.Sprintf("both timers were due at %s, and of such %s. That of %s was armed %s, that of %s %s",
		trace.Clock(r.Rec(v.Records[0]).Arg), words, v.turn(v.Between[0]), armed(0), v.turn(v.Between[1]), armed(1))
}

func (v *Verdict) waitersText() string {
	rec := v.r.Rec(v.Records[0])
	rule := "who began to wait first is woken first"
	if first, second := v.waitOf(0), v.waitOf(1); first > second && second != trace.None {
		rule = "who stands first in its line is served first, and there a `priority` or the line's own order comes before who came first"
	}
	return v.backText() + fmt.Sprintf("%s woke both of them, which waited for %s: %s", v.actorOf(), object(v.r, rec), rule)
}

// waitOf is the record of how the wait began that one of two wake-ups has ended.
func (v *Verdict) waitOf(side int) uint32 {
	who := v.r.Rec(v.Records[side]).What
	for n := v.Records[side]; n > 0; n-- {
		if x := v.r.Rec(n - 1); x.Kind == engine.RecWait && x.What == who {
			return n - 1
		}
	}
	return trace.None
}

func (v *Verdict) actorOf() string {
	c := causeOf(v.r, v.Between[0])
	return actor(v.r, c.turn)
}

// linesText is two lines in words: "lines 5 and 7", with the files where one is of an included file.
func linesText(files engine.Files, lines [2]int32) string {
	first, _ := files.In(engine.Pos{Line: lines[0]})
	second, _ := files.In(engine.Pos{Line: lines[1]})
	if first == "" && second == "" {
		return fmt.Sprintf("lines %d and %d", lines[0], lines[1])
	}
	return clean(files.Line(lines[0]) + " and " + files.Line(lines[1]))
}

func (v *Verdict) stepsText() string {
	r := v.r
	c := causeOf(r, v.Between[0])
	lines := [2]int32{r.Place(r.Rec(v.Records[0]).PC).Line, r.Place(r.Rec(v.Records[1]).PC).Line}
	var b strings.Builder
	b.WriteString(v.backText())
	switch {
	case v.Rule == 4 && r.Turns[c.turn].Handle == trace.Phase:
		b.WriteString("both were created when the run began, in this order: tasks start in the order of their creation")
	case v.Rule == 4:
		fmt.Fprintf(&b, "both were created in %s, in this order: tasks start in the order of their creation", v.turn(c.turn))
	default:
		fmt.Fprintf(&b, "both became ready in %s, in this order, and what is ready is first in, first out", v.turn(c.turn))
	}
	if lines[0] > 0 && lines[1] > 0 && lines[0] != lines[1] {
		b.WriteString(" (" + linesText(r.Result.Files, lines) + ")")
	}
	return b.String()
}
