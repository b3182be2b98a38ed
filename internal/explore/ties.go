package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
)

// Tie is two timers of one instant whose order decides what comes of a scenario.
type Tie struct {
	Step         // the first choice of the least schedule that leads to something else
	More  int    // how many choices it has besides
	Other string // what comes of it, in a line
	Token Token
}

// How much is run to find a tie: so many runs, or fewer where the usual one is longer than the mean of them. A run that is longer
// than mostSteps is not looked at.
const (
	tieRuns   = 2000
	tieSteps  = 20_000_000
	mostSteps = 2_000_000
)

// FindTie looks whether the verdict on a scenario, or its shared variables at the end, depend on the order of timers that are due
// at the same instant. all reports that it looked at every order. It takes the same runs on every machine.
func FindTie(s *dsl.Scenario, run engine.Options) (tie *Tie, all bool) {
	run.Limits.Steps = min(cmp.Or(run.Limits.Steps, mostSteps), mostSteps)
	opts := Of(s, run, engine.Explore{Ties: true}, Shared)
	run.KeepOutput, run.Output, run.Trace = opts.Output, nil, nil
	usual, _ := Replay(opts.Program, run, opts.Modes, nil)
	r := usual.Run()
	if r.Ended == engine.LimitHit {
		return nil, false
	}
	opts.Judge = differs(opts.Judge, usual)
	opts.Runs = int(min(tieRuns, tieSteps/max(r.Steps, 1)))
	x := Explore(opts)
	if x.Failure == nil {
		return nil, x.Complete
	}
	least := Shrink(opts, *x.Failure, tieRuns)
	story := Tell(opts, trace.Source{Name: s.Name, File: s.Source.Name(), Text: s.Source.Bytes(), Program: s.Program()}, least.Schedule)
	if len(story.Steps) == 0 {
		return nil, false
	}
	token := Token{Modes: opts.Modes, Given: least.Schedule, Mark: Mark(s, run)}
	return &Tie{Step: story.Steps[0], More: len(story.Steps) - 1, Other: firstLine(least.Text), Token: token}, true
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// differs judges whether a run comes to something else than the usual one.
func differs(judge func(l *engine.Loop) Outcome, usual *engine.Loop) func(l *engine.Loop) Outcome {
	want, shared := judge(usual), sharedTexts(usual)
	return func(l *engine.Loop) Outcome {
		o := judge(l)
		if o.Key == want.Key {
			return Outcome{Key: o.Key}
		}
		if o.Text == "" || o.Text == want.Text {
			o.Text = difference(sharedTexts(l), shared)
		}
		return Outcome{Failed: true, Key: "differs", Text: o.Text}
	}
}

// sharedTexts is the shared variables at the end, with their values.
func sharedTexts(l *engine.Loop) [][2]string {
	var list [][2]string
	for _, v := range l.Final().Shared {
		list = append(list, [2]string{v.Name, string(engine.AppendText(nil, l, v.Value))})
	}
	return list
}

// difference says which variables are not as in the usual run.
func difference(have, usual [][2]string) string {
	var parts []string
	for i, v := range have {
		if i < len(usual) && v != usual[i] {
			parts = append(parts, fmt.Sprintf("`%s` is %s at the end, not %s", v[0], v[1], usual[i][1]))
		}
	}
	if len(parts) == 0 {
		return "the run ends otherwise"
	}
	return strings.Join(parts, ", ")
}

// String is the tie in a line, for people.
func (t *Tie) String() string {
	more := ""
	if t.More > 0 {
		more = fmt.Sprintf(", with %d more such orders", t.More)
	}
	return fmt.Sprintf("at %s %s%s; then %s", trace.Clock(t.At), strings.TrimSuffix(t.Text, ": both are due"), more, t.Other)
}

// Diagnostic is the tie as a warning about the scenario.
func (t *Tie) Diagnostic(s *dsl.Scenario) dsl.Diagnostic {
	of := ""
	if name := s.CaseName(); name != "" {
		of = " --case " + name
	}
	d := dsl.Diagnostic{Code: dsl.CodeTies, Severity: dsl.SeverityWarning, Span: word(s.Source, t.Pos),
		Message: "the order of timers that are due at once decides: " + t.String(),
		Hint:    fmt.Sprintf("`runloop run %s%s --schedule '%s'` shows it", s.Source.First().Name(), of, t.Token)}
	if t.Usual.Line > 0 && t.Usual != t.Pos {
		d.Note, d.NoteSpan = "the other timer", word(s.Source, t.Usual)
	}
	return d
}

// word is the word at a place.
func word(src *dsl.Source, pos engine.Pos) dsl.Span {
	if pos.Line == 0 {
		return dsl.Span{}
	}
	from := src.Offset(int(pos.Line), int(pos.Col))
	rest := src.Bytes()[from:]
	n := slices.IndexFunc(rest, func(c byte) bool { return strings.IndexByte(" \t\r\n:,[]{}", c) >= 0 })
	if n < 0 {
		n = len(rest)
	}
	return dsl.Span{Start: from, End: from + max(n, 1)}
}
