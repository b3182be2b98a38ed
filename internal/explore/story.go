package explore

import (
	"fmt"
	"strings"

	"runloop/dsl/syntax"
	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/why"
)

// Step is one unusual choice of a schedule, in words.
type Step struct {
	At   int64  `json:"time"`           // loop time in nanoseconds
	Kind string `json:"kind"`           // tie, late, cancel, draw, fail, ready
	Who  string `json:"who"`            // the task or callback that is chosen
	Late int64  `json:"late,omitempty"` // how late the timer is that would have been first
	Text string `json:"text"`
	Do   string `json:"do,omitempty"` // what it is in a known schedule: first, later, cancel, fail; empty: it cannot be named

	Pos, Usual engine.Pos `json:"-"` // where it is chosen from, and what is chosen in the usual run; zero: no place of the file
}

// Story is how a failed schedule goes, for people.
type Story struct {
	Steps   []Step
	Choices int      // that the run makes
	Late    int64    // Steps: how late the latest timer is
	First   []string // why the first turn that differs from the usual run came when it did, in lines
	Output  []byte   // what the run prints
}

// Tell runs a schedule and the usual one, and says how they differ.
func Tell(opts Options, src trace.Source, given Schedule) *Story {
	t := &teller{given: given}
	failed := t.run(opts, src)
	usual := (&teller{}).run(opts, src)
	t.story.Choices = len(t.asked)
	t.story.Output = failed.Output
	if turn := firstDifference(failed, usual); turn >= 0 {
		chain := why.Explain(failed, turn)
		t.story.First = append(why.Describe(chain, 0, 1).Lines(failed), chain.Lines(4)...)
	}
	return &t.story
}

// teller answers a run with a schedule and notes its unusual choices in words.
type teller struct {
	given, asked Schedule
	story        Story
}

func (t *teller) run(opts Options, src trace.Source) *trace.Run {
	run := opts.Run
	run.KeepOutput, run.Output, run.Trace = true, nil, &engine.Trace{Values: true}
	modes := opts.Modes
	modes.Pick = t.pick
	run.Explore = &modes
	l := engine.New(opts.Program, run)
	l.Run()
	return trace.New(l, run.Trace, src)
}

func (t *teller) pick(l *engine.Loop, kind engine.ChoiceKind, n int) int {
	k := 0
	if i := len(t.asked); i < len(t.given) && t.given[i].K < n {
		k = t.given[i].K
	}
	t.asked = append(t.asked, Choice{kind, n, k})
	if k > 0 {
		t.story.Steps = append(t.story.Steps, t.step(l, kind, n, k))
	}
	return k
}

func (t *teller) step(l *engine.Loop, kind engine.ChoiceKind, n, k int) Step {
	options := l.Options(kind, n)
	o := options[min(k, len(options)-1)]
	s := Step{At: l.Now(), Kind: engine.ChoiceWords[kind], Who: nameOf(l, o), Pos: o.Pos, Usual: options[0].Pos}
	if kind != engine.ChooseDraw {
		s.Do = syntax.KnownFirst
	}
	switch kind {
	case engine.ChooseTie:
		s.Text = fmt.Sprintf("%s before %s: both are due", happens(l, o), timer(l, options[0]))
	case engine.ChooseLate:
		t.late(l, &s, options, k)
	case engine.ChooseLatest:
		s.Do, s.At = syntax.KnownLatest, o.When
		late := o.When - options[0].When
		t.story.Late = max(t.story.Late, late)
		s.Text = fmt.Sprintf("%s as late as it may, by %s", happens(l, o), trace.Clock(late))
	case engine.ChooseCancel:
		s.Do = syntax.KnownCancel
		s.Text = named(l, o) + " is cancelled from outside" + whileWaiting(o)
	case engine.ChooseDraw:
		s.Text = named(l, o) + " draws another value"
	case engine.ChooseFail:
		s.Do = syntax.KnownFail
		s.Text = named(l, o) + ": what it calls or begins with fails"
	case engine.ChooseReady:
		s.Text = fmt.Sprintf("%s runs before %s: both are ready", named(l, o), named(l, options[0]))
	}
	return s
}

// late says what a timer's being late changes.
func (t *teller) late(l *engine.Loop, s *Step, options []engine.Option, k int) {
	o, usual := options[k], options[0]
	switch {
	case o.Pos == engine.Pos{}: // the others wait
		s.Who, s.Do = nameOf(l, usual), syntax.KnownLater
		s.Text = timer(l, usual) + " comes later, when nothing else is ready any more"
	case usual.Pos == engine.Pos{}:
		s.At = max(s.At, o.When)
		t.story.Late = max(t.story.Late, s.At-l.Now())
		s.Text = fmt.Sprintf("the loop is late by %s: %s before anyone goes on whose timer was due", trace.Clock(s.At-l.Now()), happens(l, o))
	default:
		s.At = max(s.At, o.When)
		s.Late = max(s.At-usual.When, 0)
		s.Text = happens(l, o) + " before " + timer(l, usual) + t.lateness(s.At, usual.When)
	}
}

// lateness says by how much a timer is late at least.
func (t *teller) lateness(at, due int64) string {
	late := at - due
	t.story.Late = max(t.story.Late, late)
	if late <= 0 {
		return ": both are due"
	}
	return ", which is late by " + trace.Clock(late)
}

// timer is what a timer is for.
func timer(l *engine.Loop, o engine.Option) string {
	switch o.Timer {
	case engine.TimerCallback:
		return "callback " + named(l, o)
	case engine.TimerScope:
		return "the timeout of " + l.WhoName(o.Who)
	case engine.TimerWait:
		return "the time limit of " + named(l, o)
	case engine.TimerStart:
		return fmt.Sprintf("the start of %s (%s)", o.Worker, l.Result().Files.Line(o.Pos.Line))
	}
	return "the sleep of " + named(l, o)
}

// happens says that a timer is due.
func happens(l *engine.Loop, o engine.Option) string {
	switch o.Timer {
	case engine.TimerCallback, engine.TimerStart:
		return timer(l, o) + " comes"
	case engine.TimerScope, engine.TimerWait:
		return timer(l, o) + " is up"
	}
	return timer(l, o) + " ends"
}

func whileWaiting(o engine.Option) string {
	switch {
	case o.Woken:
		return " after it was woken, before it runs"
	case o.Waits != "":
		return " while it waits for " + o.Waits
	}
	return ""
}

// named is a name with the line at which its task or callback is.
func named(l *engine.Loop, o engine.Option) string {
	name := l.WhoName(o.Who)
	if name == "" {
		name = "the loop"
	}
	if o.Pos.Line > 0 {
		return fmt.Sprintf("%s (%s)", name, l.Result().Files.Line(o.Pos.Line))
	}
	return name
}

// firstDifference is the first turn of the scenario's own that goes otherwise than in another run; -1: there is none.
func firstDifference(a, b *trace.Run) int {
	i, _ := firstUnlike(a, b, sameTurn)
	return i
}

// firstUnlike is the first own turns of two runs that are not the same; -1 where a run has no more, in both places: they are alike.
func firstUnlike(a, b *trace.Run, same func(a, b *trace.Run, i, j int) bool) (int, int) {
	mine, theirs := a.OwnTurns(), b.OwnTurns()
	for k := range max(len(mine), len(theirs)) {
		i, j := -1, -1
		if k < len(mine) {
			i = mine[k]
		}
		if k < len(theirs) {
			j = theirs[k]
		}
		if i < 0 || j < 0 || !same(a, b, i, j) {
			return i, j
		}
	}
	return -1, -1
}

// sameTurn reports whether two turns are of the same task, at the same time and step, and do the same.
func sameTurn(a, b *trace.Run, i, j int) bool { return a.At(i) == b.At(j) && sameWork(a, b, i, j) }

// sameWork is sameTurn without the time.
func sameWork(a, b *trace.Run, i, j int) bool {
	x, y := &a.Turns[i], &b.Turns[j]
	if x.Handle != y.Handle || x.PC != y.PC || a.Name(x.Who) != b.Name(y.Who) {
		return false
	}
	m, to := a.OwnRecords(i)
	n, end := b.OwnRecords(j)
	for ; m < to && n < end; m, n = m+1, n+1 {
		if r, q := a.Rec(m), b.Rec(n); r.Kind != q.Kind || r.Aux != q.Aux || r.PC != q.PC {
			return false
		}
	}
	return m == to && n == end
}

// Lateness is the least lateness with which exploring finds a failure, to a thousandth of what was allowed, and the number of
// orders that are fine with that much less; ok is false where it is not known: there is none, or the search would take long.
func Lateness(opts Options) (least int64, fine *Report, ok bool) {
	if !opts.Modes.Split || opts.Modes.Late == 0 {
		return 0, nil, false
	}
	try := func(late int64) *Report {
		o := opts
		o.Modes.Late = late
		o.Runs = 2000
		return Explore(o)
	}
	low, high := int64(0), opts.Modes.Late
	if fine = try(low); fine.Failure != nil || !fine.Complete {
		return 0, nil, false
	}
	grain := max(1, opts.Modes.Late/5000)
	for high-low > grain {
		middle := low + (high-low)/2
		middle -= middle % grain
		if middle <= low {
			middle = low + grain
		}
		r := try(middle)
		switch {
		case r.Failure != nil:
			high = middle
		case !r.Complete:
			return 0, nil, false
		default:
			low, fine = middle, r
		}
	}
	fine.Modes.Late = low
	return high, fine, true
}

// Indented is text with each line behind a margin.
func Indented(margin, text string) string {
	return margin + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+margin)
}
