package lint

import (
	"maps"
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// holding lists the `acquire` steps whose locks a task holds at one point, in the order in which it took them.
type holding []*syntax.Acquire

// lockName returns the name of the declared lock that a reference surely names, or "". An element of a list may be any
// of its locks.
func (l *linter) lockName(r *syntax.Reference) string {
	if r == nil || !source.IsIdentifier(r.Text) {
		return ""
	}
	if g := l.info.Globals[r.Text]; g == nil || g.Kind != expr.SymObject || g.Type.Kind != expr.TypeLock {
		return ""
	}
	return r.Text
}

func (l *linter) acquired(n *syntax.Acquire) string { return l.lockName(n.What) }

// lockEdge says that a task takes a second lock while it holds a first one.
type lockEdge struct {
	body *body           // the body that takes the second lock
	at   *syntax.Acquire // the step that takes it
	held holding
}

// lockWalk tracks which locks are held from one root on, through the coroutines that it calls.
type lockWalk struct {
	*linter
	root  *body
	edges map[[2]string][]lockEdge
	stack []*check.Activation
}

// lockOrders reports two locks that concurrent tasks take in opposite orders.
func (l *linter) lockOrders() {
	edges := map[[2]string][]lockEdge{}
	for _, b := range l.bodies {
		if b.root && b.act.Kind.Waits() {
			w := &lockWalk{linter: l, root: b, edges: edges}
			w.body(b.act, b.blocks, nil)
		}
	}
	for _, pair := range slices.SortedFunc(maps.Keys(edges), comparePairs) {
		if pair[0] >= pair[1] {
			continue
		}
		l.opposite(pair, edges[pair], edges[[2]string{pair[1], pair[0]}])
	}
}

func comparePairs(a, b [2]string) int { return slices.Compare(a[:], b[:]) }

// opposite reports the first two places that can deadlock with each other.
func (l *linter) opposite(pair [2]string, there, back []lockEdge) {
	for _, e := range there {
		for _, f := range back {
			if !concurrent(e.body, f.body) || l.guarded(e.held, f.held, pair) {
				continue
			}
			first, second, locks := e, f, pair
			if f.at.Start < e.at.Start {
				first, second, locks = f, e, [2]string{pair[1], pair[0]}
			}
			d := l.warn(CodeLockOrder, second.at.What.Span, "`"+locks[0]+"` is taken while `"+locks[1]+
				"` is held, elsewhere it is the other way round: tasks can block each other for ever",
				"take `"+locks[0]+"` before `"+locks[1]+"` everywhere")
			d.Note, d.NoteSpan = "`"+locks[1]+"` is taken while `"+locks[0]+"` is held", first.at.What.Span
			return
		}
	}
}

// guarded reports whether both places hold the same third lock, which keeps them apart.
func (l *linter) guarded(a, b holding, pair [2]string) bool {
	for _, x := range a {
		for _, y := range b {
			if name := l.acquired(x); name == l.acquired(y) && name != pair[0] && name != pair[1] {
				return true
			}
		}
	}
	return false
}

// maxCalls bounds how deep calls are followed.
const maxCalls = 64

func (w *lockWalk) body(act *check.Activation, blocks []*syntax.Block, held holding) {
	if slices.Contains(w.stack, act) || len(w.stack) > maxCalls {
		return
	}
	w.stack = append(w.stack, act)
	for _, b := range blocks {
		w.block(b, held)
	}
	w.stack = w.stack[:len(w.stack)-1]
}

// block walks steps and returns what is held after them.
func (w *lockWalk) block(b *syntax.Block, held holding) holding {
	if b == nil {
		return held
	}
	for _, s := range b.Steps {
		held = w.step(s, held)
	}
	return held
}

func (w *lockWalk) step(s *syntax.Step, held holding) holding {
	switch n := s.Node.(type) {
	case *syntax.Acquire:
		return w.acquire(n, held)
	case *syntax.Release:
		return w.release(n, held)
	case *syntax.Timeout:
		if w.ends(n) { // … any wait inside
			return held
		}
	case *syntax.Call:
		w.call(n, held)
	}
	w.inside(s, held)
	return held
}

// inside walks the blocks inside a step. After the step the same locks are held as before.
func (w *lockWalk) inside(s *syntax.Step, held holding) {
	for _, b := range blocksIn(s) {
		w.block(b, held)
	}
}

func (w *lockWalk) acquire(n *syntax.Acquire, held holding) holding {
	name := w.acquired(n)
	if name == "" {
		w.inside(&n.Record, held)
		return held
	}
	w.note(n, name, held)
	taken := append(slices.Clip(held), n)
	if n.Do == nil {
		return taken
	}
	w.block(n.Do, taken)
	return w.block(n.Else, held)
}

func (w *lockWalk) release(n *syntax.Release, held holding) holding {
	name := w.lockName(n.What)
	return slices.DeleteFunc(slices.Clone(held), func(x *syntax.Acquire) bool { return w.acquired(x) == name })
}

// call follows a call, unless it has a limit: then it cannot deadlock. An included file cannot name a lock of the scenario.
func (w *lockWalk) call(n *syntax.Call, held holding) {
	if d := w.info.Coroutines[n.Coroutine.Text]; d != nil && n.Within == nil && w.s.Part(d.Name) == 0 {
		w.body(w.info.BodyOf(d), []*syntax.Block{d.Do}, held)
	}
}

// note adds edges from the locks that are held to this one, unless the wait for it has a limit: then it cannot
// deadlock.
func (w *lockWalk) note(n *syntax.Acquire, name string, held holding) {
	if n.Within != nil {
		return
	}
	for _, h := range held {
		if first := w.acquired(h); first != name {
			pair := [2]string{first, name}
			w.edges[pair] = append(w.edges[pair], lockEdge{body: w.root, at: n, held: held})
		}
	}
}
