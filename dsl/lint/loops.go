package lint

import (
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// endlessCallbacks reports periodic callbacks and sources that keep a run alive until a limit ends it.
func (l *linter) endlessCallbacks() {
	if l.s.Main != nil || l.endsOtherwise() {
		return
	}
	for _, d := range l.s.Callbacks {
		if d.Every != nil && d.Until == nil && !l.uses.cancelled[d.Name.Text] && !mayRaise(d.Do) {
			l.warn(CodeEndless, d.Name.Span, "nothing ever stops the periodic callback `"+d.Name.Text+
				"`: the run goes on until a limit", "give it an `until`, or `stop` the loop, or set `clock: { until: 1m }`")
		}
	}
	for _, s := range l.s.Sources {
		if !s.Ends() && !l.uses.cancelled[s.Title.Text] {
			l.warn(CodeEndless, s.Title.Span, "nothing ends this run: the source `"+s.Title.Text+"` goes on until a limit",
				"set `clock: { until: 1h }`, give it a `limit` or an `end`, or `stop` the loop")
		}
	}
}

// endsOtherwise reports whether something else ends the run, or the run is not meant to end.
func (l *linter) endsOtherwise() bool {
	stops := false
	syntax.Walk(l.s.Root, func(r *syntax.Record) bool {
		_, stop := r.Node.(*syntax.Stop)
		stops = stops || stop
		return !stops
	})
	clock, expect := l.s.Clock, l.s.Expect
	return stops ||
		clock != nil && (clock.Until != nil || isWord(clock.Mode, "real")) ||
		expect != nil && (isWord(expect.Ends, engine.LimitHit.String()) || isWord(expect.Ends, engine.Interrupted.String()))
}

// isWord reports whether a name is present and is the word.
func isWord(name *syntax.Name, word string) bool { return name != nil && name.Text == word }

// mayRaise reports whether a step in a block raises an error.
func mayRaise(b *syntax.Block) bool {
	return slices.ContainsFunc(stepsOf(b), func(s *syntax.Step) bool {
		switch s.Node.(type) {
		case *syntax.Raise, *syntax.Assert:
			return true
		}
		return false
	})
}

// loops reports `while` loops that can never end: no step of theirs waits, changes a variable of the condition or
// leaves the loop.
func (l *linter) loops(b *body) {
	for _, s := range b.steps() {
		if n, ok := s.Node.(*syntax.While); ok {
			l.while(n)
		}
	}
}

// while reports a loop that can never end.
func (l *linter) while(n *syntax.While) {
	cond := n.Cond.Expr
	if cond.Tree == nil || cond.Tree.Draws() || strings.TrimSpace(cond.Text) == "false" {
		return
	}
	tested := map[string]bool{}
	readNames(l.info, n.Cond, func(name string) { tested[name] = true })
	if turnsForEver(n.Do, tested) {
		l.warn(CodeSpins, cond.Span, "nothing in this loop waits or changes `"+source.Shorten(cond.Text)+
			"`: if it holds once, the loop never ends", "wait in it, for instance `- sleep: 100ms`, or assign what it tests")
	}
}

// turnsForEver reports whether no step of a loop's body waits, changes a tested variable, or leaves the loop.
func turnsForEver(do *syntax.Block, tested map[string]bool) bool {
	for _, s := range stepsOf(do) {
		switch s.Node.(type) {
		case *syntax.Print, *syntax.If, *syntax.Continue, *syntax.Context, *syntax.Let, *syntax.Set, *syntax.Add, *syntax.Append,
			*syntax.Repeat, *syntax.For, *syntax.While:
		default:
			return false
		}
		if slices.ContainsFunc(assigned(s), func(name *syntax.Name) bool { return tested[name.Text] }) {
			return false
		}
	}
	return true
}
