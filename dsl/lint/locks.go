package lint

import (
	"maps"
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// taken is a lock or a resource that a task holds, and where it took it.
type taken struct {
	name string
	at   source.Span
}

// holding lists what a task holds at one point, in the order in which it took it.
type holding []taken

// lockName returns the name of the declared lock or resource that a reference surely names, or "". An element of a list may be
// any of its locks.
func (l *linter) lockName(r *syntax.Reference) string {
	if r == nil || !source.IsIdentifier(r.Text) {
		return ""
	}
	g := l.info.Globals[r.Text]
	switch {
	case g == nil || g.Kind != expr.SymObject:
	case g.Type.Kind == expr.TypeLock, g.Type.Kind == expr.TypeResource && !l.isShared(r.Text):
		return r.Text
	}
	return ""
}

// resource is how a resource is declared.
func (l *linter) resource(name string) syntax.Options {
	i := slices.IndexFunc(l.s.Objects, func(o *syntax.Object) bool { return o.Name.Text == name })
	return l.s.Objects[i].With()
}

// isShared reports whether nobody waits for a resource.
func (l *linter) isShared(name string) bool {
	order := l.resource(name).Order
	return order != nil && order.Text == "shared"
}

// excludes reports whether only one task at a time holds a lock or a resource.
func (l *linter) excludes(name string) bool {
	if l.info.Globals[name].Type.Kind == expr.TypeLock {
		return true
	}
	o := l.resource(name)
	return o.Table == nil && (o.Capacity == nil || o.Capacity.Kind == syntax.Literal && o.Capacity.Const == engine.Int(1))
}

// lockEdge says that a task takes a second lock while it holds a first one.
type lockEdge struct {
	body *body       // the body that takes the second lock
	at   source.Span // where it takes it
	held holding
}

// lockWalk tracks which locks and resources are held from one root on, through the coroutines that it calls.
type lockWalk struct {
	*linter
	root  *body
	edges map[[2]string][]lockEdge
	stack []*check.Activation
}

// lockOrders reports two locks or resources that concurrent tasks take in opposite orders.
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
			d := l.warn(CodeLockOrder, second.at, "`"+locks[0]+"` is taken while `"+locks[1]+
				"` is held, elsewhere it is the other way round: tasks can block each other for ever",
				"take `"+locks[0]+"` before `"+locks[1]+"` everywhere")
			d.Note, d.NoteSpan = "`"+locks[1]+"` is taken while `"+locks[0]+"` is held", first.at
			return
		}
	}
}

// guarded reports whether both places hold the same third lock, which keeps them apart.
func (l *linter) guarded(a, b holding, pair [2]string) bool {
	for _, x := range a {
		for _, y := range b {
			if x.name == y.name && x.name != pair[0] && x.name != pair[1] && l.excludes(x.name) {
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
	case *syntax.Use:
		w.take([]*syntax.Reference{n.What}, n.Within != nil || n.Nowait != nil, held)
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
	taken := w.take(references(n), n.Within != nil || n.Nowait != nil, held)
	if n.Do == nil {
		w.block(n.Else, held)
		return taken
	}
	w.block(n.Do, taken)
	return w.block(n.Else, held)
}

// references is what a step acquires.
func references(n *syntax.Acquire) []*syntax.Reference {
	switch {
	case n.Whats != nil:
		return n.Whats.Items
	case n.What != nil:
		return []*syntax.Reference{n.What}
	}
	return nil
}

// take adds what a step takes to what is held, all at once. It adds edges from what is held to each, unless the wait has a limit:
// then it cannot deadlock.
func (w *lockWalk) take(refs []*syntax.Reference, limited bool, held holding) holding {
	all := slices.Clip(held)
	for _, r := range refs {
		name := w.lockName(r)
		if name == "" {
			continue
		}
		for _, h := range held {
			if h.name != name && !limited {
				pair := [2]string{h.name, name}
				w.edges[pair] = append(w.edges[pair], lockEdge{body: w.root, at: r.Span, held: held})
			}
		}
		all = append(all, taken{name, r.Span})
	}
	return all
}

func (w *lockWalk) release(n *syntax.Release, held holding) holding {
	name := w.lockName(n.What)
	return slices.DeleteFunc(slices.Clone(held), func(x taken) bool { return x.name == name })
}

// call follows a call, unless it has a limit: then it cannot deadlock. An included file cannot name a lock of the scenario.
func (w *lockWalk) call(n *syntax.Call, held holding) {
	if d := w.info.Coroutines[n.Coroutine.Text]; d != nil && n.Within == nil && w.s.Part(d.Name) == 0 {
		w.body(w.info.BodyOf(d), []*syntax.Block{d.Do}, held)
	}
}
