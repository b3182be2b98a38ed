package picture

import (
	"fmt"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// turnName is how a turn is called: "turn 11, iteration 11, 6 s"; "the loop, iteration 10, 6 s" for its own.
func turnName(r *trace.Run, i int) string {
	t := &r.Turns[i]
	name := "the loop"
	if t.Number > 0 {
		name = fmt.Sprintf("turn %d", t.Number)
	}
	if t.Iteration >= 0 && t.Handle != trace.Phase {
		name += fmt.Sprintf(", iteration %d", r.Iterations[t.Iteration].Number)
	}
	return name + ", " + trace.Clock(r.At(i))
}

// turnWords is a turn in words: "turn 11, iteration 11, 6 s: Task-1 goes on; then waits for its sleep (line 20)", and what it
// printed. It is a mark's tooltip.
func turnWords(r *trace.Run, i int) string {
	text := turnName(r, i) + ": " + clean(r.Chip(i))
	if o := outcomeOf(r, i); o.words != "" {
		text += "; " + o.words
		if o.line > 0 {
			text += " (" + clean(r.Result.Files.Line(o.line)) + ")"
		}
	}
	if lines := printed(r, i); len(lines) > 0 {
		text += "; prints " + clean(strings.Join(lines, " ⏎ "))
	}
	return text
}

// outcome is what a turn came to.
type outcome struct {
	words string // "then waits for its sleep", "ended", …; empty: nothing to tell
	line  int32  // in the file; 0: unknown
	state string // how the task ended, of engine.TaskStateWords; empty: it did not end
	raise string // the error that it ended with
	waits bool   // it waits for something that is no sleep and no turn
	stops bool   // it stopped the loop
}

// outcomeOf is what became of who ran in turn i.
func outcomeOf(r *trace.Run, i int) outcome {
	var o outcome
	who := r.Turns[i].Who
	from, to := r.RecordsOf(i)
	for n := from; n < to; n++ {
		rec := r.Rec(n)
		switch rec.Kind {
		case engine.RecStop:
			if rec.Aux == 1 { // the error says more
				continue
			}
			o = outcome{words: "stops the loop", line: r.Place(rec.PC).Line, stops: true}
		case engine.RecLimit:
			o = outcome{words: "comes to the limit of " + engine.LimitWords[rec.Aux], line: r.Place(rec.PC).Line}
		case engine.RecRaise:
			if v, ok := r.Value(n); ok {
				o.raise = clean(r.Show(v))
			}
		case engine.RecWait:
			if rec.What == who {
				o.words, o.line = "then waits for "+clean(r.WaitText(n)), r.Place(rec.PC).Line
				o.waits = rec.Aux != engine.WaitsSleep && rec.Aux != engine.WaitsTurn
			}
		case engine.RecEnd:
			if rec.What == who && who != 0 {
				o.state, o.waits = engine.TaskStateWords[rec.Aux-1], false
				o.words, o.line = endWords(o), 0
			}
		}
	}
	return o
}

// endWords is how a task ended, in words.
func endWords(o outcome) string {
	switch {
	case o.state == "failed" && o.raise != "":
		return "fails with " + o.raise
	case o.state == "failed":
		return "fails"
	case o.state == "cancelled":
		return "is cancelled"
	}
	return "ends"
}

// printed is the lines that turn i printed, without those that are empty.
func printed(r *trace.Run, i int) []string {
	var text []byte
	for _, p := range r.PrintsOf(i) {
		text = append(text, r.TextOf(p)...)
	}
	lines := strings.Split(string(text), "\n")
	return slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
}

// maxTold is how many turns a description tells one by one.
const maxTold = 60

// describe is a scene in words, for who cannot see the picture: every turn where there are no more than maxTold, else counts.
func describe(s *trace.Scene) string {
	turns, iterations, instants := counts(s)
	text := fmt.Sprintf("%s in %s at %s.", plural(turns, "turn"), plural(iterations, "iteration"), plural(instants, "instant"))
	if turns > maxTold {
		return fmt.Sprintf("%s Tasks and callbacks that are shown: %d.", text, len(s.Lanes))
	}
	for i := s.From; i < s.To; i++ {
		text += toldTurn(s, i)
	}
	return text
}

// toldTurn is turn i as a sentence of a description, after a blank.
func toldTurn(s *trace.Scene, i int) string {
	if s.Turns[i].Handle == trace.Phase && len(s.PrintsOf(i)) == 0 {
		return ""
	}
	words := turnWords(s.Run, i)
	return " " + strings.ToUpper(words[:1]) + words[1:] + "."
}

// describe is describe with the rows that repeat themselves told as one, as they are drawn: so long runs are told, too.
func (l *ladder) describe() string {
	if l.folded == 0 || len(l.rungs) > maxTold {
		return describe(l.s)
	}
	turns, iterations, instants := counts(l.s)
	text := fmt.Sprintf("%s in %s at %s.", plural(turns, "turn"), plural(iterations, "iteration"), plural(instants, "instant"))
	for k := range l.rungs {
		if g := &l.rungs[k]; g.fold.times > 0 {
			text += " Then " + g.chip + ": " + strings.Join(g.notes, "; ") + "."
		} else {
			text += toldTurn(l.s, g.from)
		}
	}
	return text
}

// counts is how many turns, iterations and instants a scene has.
func counts(s *trace.Scene) (turns, iterations, instants int) {
	iteration, at := int32(-1), int64(-1)
	for i := s.From; i < s.To; i++ {
		t := &s.Turns[i]
		if t.Handle == trace.Phase {
			continue
		}
		turns++
		if t.Iteration != iteration {
			iterations++
			iteration = t.Iteration
		}
		if now := s.At(i); now != at || instants == 0 {
			instants++
			at = now
		}
	}
	return turns, iterations, instants
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
