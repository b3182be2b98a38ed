package explore

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"runloop/dsl"
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

// stepAt is the option that a step chooses; -1: it is for another choice.
func stepAt(l *engine.Loop, step dsl.KnownStep, kind engine.ChoiceKind, n int) int {
	who := step.First
	if kind == engine.ChooseCancel {
		who = step.Cancel
	}
	if who == "" || kind == engine.ChooseDraw || kind == engine.ChooseFail {
		return -1
	}
	options := l.Options(kind, n)
	return slices.IndexFunc(options, func(o engine.Option) bool {
		at := l.Now()
		if kind == engine.ChooseLate {
			at = max(at, o.When)
		}
		return at == step.At && (step.Late == 0 || at-options[0].When == step.Late) && o.Who != 0 && l.WhoName(o.Who) == who
	})
}

// Names is the unusual choices of a schedule in names; ok is false where names do not say enough.
func Names(opts Options, story *Story) (steps []dsl.KnownStep, ok bool) {
	for _, s := range story.Steps {
		step := dsl.KnownStep{At: s.At, First: s.Who, Late: s.Late}
		switch s.Kind {
		case engine.ChoiceWords[engine.ChooseCancel]:
			step.First, step.Cancel, step.Late = "", s.Who, 0
		case engine.ChoiceWords[engine.ChooseDraw], engine.ChoiceWords[engine.ChooseFail]:
			return nil, false
		}
		steps = append(steps, step)
	}
	o, _, err := Known(opts, steps)
	return steps, err == nil && o.Failed
}

// ModesOf is what a scenario's `explore` leaves open.
func ModesOf(x *dsl.Exploring) (Token, error) {
	t := Token{Who: x.Who, Modes: engine.Explore{Ties: x.Ties, Cancel: x.Cancel, Draws: x.Draws, Ready: x.Ready, Fail: x.Fail}}
	if x.Late >= 0 {
		t.Modes.Ties, t.Modes.Split, t.Modes.Late = true, true, x.Late
	}
	return t, t.Match()
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

// Test explores a scenario as its section `explore` says: first what is known, then as many runs as it allows. It returns what
// went wrong, in one line each.
func Test(s *dsl.Scenario, x *dsl.Exploring, run engine.Options) []string {
	t, err := ModesOf(x)
	if err != nil {
		return []string{"explore: " + err.Error()}
	}
	t.Mark = Mark(s, run)
	opts := Of(s, run, t.Modes, Verdict)
	opts.Runs = x.Runs
	var failed []string
	for i, steps := range x.Known {
		o, schedule, err := Known(opts, steps)
		switch {
		case err != nil:
			failed = append(failed, fmt.Sprintf("explore: known schedule %d: %v", i+1, err))
		case o.Failed:
			t.Given = schedule
			failed = append(failed, fmt.Sprintf("explore: known schedule %d fails: %s; --schedule '%s' repeats it", i+1, oneLine(o.Text), t))
		}
	}
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
