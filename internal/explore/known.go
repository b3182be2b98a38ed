package explore

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl"
	"runloop/dsl/syntax"
	"runloop/engine"
	"runloop/internal/trace"
)

// Known runs a schedule that is given in names. The error says which of its steps the scenario does not have any more.
func Known(opts Options, steps []dsl.KnownStep) (Outcome, Schedule, error) {
	x := &knownPlayer{left: steps}
	run := opts.Run
	run.KeepOutput, run.Output, run.Trace = opts.Output, nil, nil
	modes := opts.Modes
	modes.Pick = x.pick
	run.Explore = &modes
	l := engine.New(opts.Program, run)
	for l.RunUnit() {
	}
	if len(x.left) > 0 {
		return Outcome{}, nil, fmt.Errorf("the known schedule does not fit any more: there is nothing to choose as in %s", x.left[0])
	}
	return opts.Judge(l), x.asked, nil
}

// knownPlayer answers a run with steps, each of which is for the first choice that it fits.
type knownPlayer struct {
	left  []dsl.KnownStep
	asked Schedule
}

func (x *knownPlayer) pick(l *engine.Loop, kind engine.ChoiceKind, n int) int {
	k := 0
	if len(x.left) > 0 {
		if i := stepAt(l, x.left[0], kind, n); i >= 0 {
			k, x.left = i, x.left[1:]
		}
	}
	x.asked = append(x.asked, Choice{kind, n, k})
	return k
}

// stepKinds is the kinds of choices that a step may be for.
var stepKinds = []struct {
	do    string
	kinds []engine.ChoiceKind
}{
	{syntax.KnownFirst, []engine.ChoiceKind{engine.ChooseTie, engine.ChooseLate, engine.ChooseReady}},
	{syntax.KnownLater, []engine.ChoiceKind{engine.ChooseLate}},
	{syntax.KnownLatest, []engine.ChoiceKind{engine.ChooseLatest}},
	{syntax.KnownCancel, []engine.ChoiceKind{engine.ChooseCancel}},
	{syntax.KnownFail, []engine.ChoiceKind{engine.ChooseFail}},
}

// isFor reports whether a step may be for a choice of that kind.
func isFor(step dsl.KnownStep, kind engine.ChoiceKind) bool {
	for _, x := range stepKinds {
		if x.do == step.Do {
			return slices.Contains(x.kinds, kind)
		}
	}
	return false
}

// stepAt is the option that a step chooses; -1: it is for another choice.
func stepAt(l *engine.Loop, step dsl.KnownStep, kind engine.ChoiceKind, n int) int {
	if !isFor(step, kind) {
		return -1
	}
	options := l.Options(kind, n)
	i := slices.IndexFunc(options, func(o engine.Option) bool {
		at := l.Now()
		if kind == engine.ChooseLate || kind == engine.ChooseLatest {
			at = max(at, o.When)
		}
		return at == step.At && (step.Late == 0 || at-options[0].When == step.Late) && nameOf(l, o) == step.Who
	})
	switch {
	case i < 0:
	case step.Do == syntax.KnownFail:
		return 1
	case step.Do == syntax.KnownLater && (i > 0 || options[n-1] != engine.Option{}):
		return -1
	case step.Do == syntax.KnownLater:
		return n - 1
	}
	return i
}

// nameOf is whom an option is for: a task, a callback, or a worker that starts.
func nameOf(l *engine.Loop, o engine.Option) string {
	if o.Timer == engine.TimerStart {
		return o.Worker
	}
	return l.WhoName(o.Who)
}

// Names is the unusual choices of a schedule in names; ok is false where names do not say enough.
func Names(opts Options, story *Story) (steps []dsl.KnownStep, ok bool) {
	for _, s := range story.Steps {
		if s.Do == "" {
			return nil, false
		}
		steps = append(steps, dsl.KnownStep{At: s.At, Do: s.Do, Who: s.Who, Late: s.Late})
	}
	o, _, err := Known(opts, steps)
	return steps, err == nil && o.Failed
}

// ModesOf is what a scenario's `explore` leaves open.
func ModesOf(x *dsl.Exploring) Token {
	t := Token{Who: x.Who, Modes: engine.Explore{Ties: x.Ties, Split: x.Split, Late: x.Late, Latest: x.LateExact, Cancel: x.Cancel,
		Draws: x.Draws, Ready: x.Ready, Fail: x.Fail}}
	_ = t.Match() // the check has looked at the pattern
	return t
}

// Section is the lines of a section `explore` that leaves open what the token does.
func (t Token) Section() []string {
	m := &t.Modes
	var lines []string
	line := func(is bool, format string, args ...any) {
		if is {
			lines = append(lines, fmt.Sprintf(format, args...))
		}
	}
	line(!m.Ties, "ties: false")
	line(m.Ties && !m.Split, "split: false")
	line(m.Late > 0, "late: %s", syntax.DurationText(m.Late))
	line(m.Latest, "late_exact: true")
	line(m.Cancel > 0, "cancel: %d", m.Cancel)
	line(t.Who != "", "who: %s", strconv.Quote(t.Who))
	line(m.Draws, "draws: true")
	var fail []string
	for _, name := range slices.Sorted(maps.Keys(m.Fail)) {
		fail = append(fail, name+"="+m.Fail[name])
	}
	line(len(fail) > 0, "fail: [%s]", strings.Join(fail, ", "))
	line(m.Ready, "ready: true")
	return lines
}

// Match makes the pattern of names what the modes ask.
func (t *Token) Match() error {
	if t.Who == "" {
		return nil
	}
	if _, err := path.Match(t.Who, ""); err != nil {
		return fmt.Errorf("who: %s is no pattern of names: * stands for any text, [ab] for a or b", t.Who)
	}
	who := t.Who
	t.Modes.Who = func(name string) bool { ok, _ := path.Match(who, name); return ok }
	return nil
}

// Fails checks that a schedule fails in a scenario whose file has become data, as its section `explore` leaves things open.
func Fails(s *dsl.Scenario, data []byte, steps []dsl.KnownStep) error {
	changed, err := s.Reload(data)
	if err != nil {
		return err
	}
	run, err := changed.Options(dsl.RunOptions{Clock: "virtual"})
	if err != nil {
		return err
	}
	x, err := changed.Explored()
	if err != nil {
		return err
	}
	o, _, err := Known(Of(x, run, ModesOf(changed.Exploring()).Modes, Verdict), steps)
	switch {
	case err != nil:
		return errors.New("its section `explore` leaves less open, or its own parameters lead to other choices")
	case !o.Failed:
		return errors.New("with its own parameters, and what its section `explore` expects, the schedule does not fail")
	}
	return nil
}

// TestKnown runs known schedules and returns which of them fail or do not fit any more, in one line each.
func TestKnown(opts Options, t Token, known [][]dsl.KnownStep) (failed []string) {
	for i, steps := range known {
		o, schedule, err := Known(opts, steps)
		switch {
		case err != nil:
			failed = append(failed, fmt.Sprintf("explore: known schedule %d: %v", i+1, err))
		case o.Failed:
			t.Given = schedule
			failed = append(failed, fmt.Sprintf("explore: known schedule %d fails: %s; --schedule '%s' repeats it", i+1, oneLine(o.Text), t))
		}
	}
	return failed
}

// Test explores a scenario as its section `explore` says: first what is known, then as many runs as it allows. It returns what
// went wrong, in one line each.
func Test(s *dsl.Scenario, x *dsl.Exploring, run engine.Options) []string {
	t := ModesOf(x)
	t.Mark = Mark(s, run)
	s, err := s.Explored()
	if err != nil {
		return []string{"explore: " + err.Error()}
	}
	opts := Of(s, run, t.Modes, Verdict)
	opts.Runs = x.Runs
	failed := TestKnown(opts, t, x.Known)
	if len(failed) > 0 {
		return failed
	}
	r := Explore(opts)
	if r.Failure == nil {
		return nil
	}
	least := Shrink(opts, *r.Failure, 2000)
	t.Given = least.Schedule
	story := Tell(opts, trace.Source{Name: s.Name, File: s.Source.Name(), Text: s.Source.Bytes(), Program: s.Program()}, least.Schedule)
	var steps []string
	for _, step := range story.Steps {
		steps = append(steps, "at "+trace.Clock(step.At)+" "+step.Text)
	}
	return []string{fmt.Sprintf("explore: run %d of %d fails: %s; %s; --schedule '%s' repeats it", r.Failure.Run, r.Runs, oneLine(least.Text),
		strings.Join(steps, "; "), t)}
}

func oneLine(text string) string {
	return strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "; ")
}
