package lint

import (
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// body holds the steps of one activation and tells in which tasks they run.
type body struct {
	act    *check.Activation
	blocks []*syntax.Block
	loop   *linter
	runs   int     // how often it runs: 0, 1, or 2 for more
	root   bool    // a task or the loop begins with it; otherwise coroutines `call` it
	many   bool    // several tasks begin with it
	roots  []*body // the bodies that tasks running this one begin with
}

// steps returns the steps of the body, nested ones included, in the order of the file.
func (b *body) steps() []*syntax.Step { return stepsOf(b.blocks...) }

// mayWait reports whether a step itself, apart from the steps inside it, may wait.
func (b *body) mayWait(s *syntax.Step) bool {
	if n, ok := s.Node.(*syntax.Call); ok {
		act := b.loop.coroutine(n.Coroutine)
		return act != nil && act.Waiting != nil
	}
	return s.Verb.Waits
}

// waitsAgain reports whether the body may wait after a step: in a later one, or in a loop or group around it.
func (b *body) waitsAgain(s *syntax.Step, steps []*syntax.Step) bool {
	for _, other := range steps {
		around := other != s && other.Start <= s.Start && s.End <= other.End
		_, group := other.Node.(*syntax.Group)
		switch {
		case around && group:
			return true
		case around && other.Verb.Loops && slices.ContainsFunc(stepsOf(blocksIn(other)...), b.mayWait):
			return true
		case other.Start >= s.End && b.mayWait(other):
			return true
		}
	}
	return false
}

func (l *linter) mainBody() *body {
	for _, b := range l.bodies {
		if b.act == l.info.Main {
			return b
		}
	}
	return nil
}

// edge says that a body calls another or starts a task that runs it.
type edge struct {
	from, to *body // from is nil for a worker
	starts   bool
	many     bool // more than once
}

// bodyGraph is the call graph that collectBodies builds.
type bodyGraph struct {
	*linter
	named map[string]*body
	edges []edge
}

// collectBodies finds all bodies and the tasks in which they run.
func (l *linter) collectBodies() {
	g := &bodyGraph{linter: l, named: map[string]*body{}}
	for _, d := range l.s.Coroutines {
		g.named[d.Name.Text] = g.add(g.info.BodyOf(d), 0, d.Do)
	}
	for _, d := range l.s.Callbacks {
		g.add(g.info.BodyOf(d), 2, d.Do, d.Then)
	}
	for act, block := range l.info.Blocks(l.s) {
		g.add(act, 1, block)
	}
	for _, w := range l.s.Workers {
		g.start(nil, w.Entry, several(w.Entry.Count))
	}
	for _, s := range l.s.Sources {
		g.start(nil, &s.Entry, true)
	}
	for i := 0; i < len(l.bodies); i++ { // the list grows meanwhile
		b := l.bodies[i]
		for _, block := range b.blocks {
			g.block(b, block, false)
		}
	}
	g.countRuns()
	g.findRoots()
}

func (g *bodyGraph) add(act *check.Activation, runs int, blocks ...*syntax.Block) *body {
	b := &body{act: act, blocks: blocks, loop: g.linter, runs: runs, root: runs > 0, many: runs > 1}
	g.bodies = append(g.bodies, b)
	return b
}

// start adds the edge from a body to an entry that it creates a task for.
func (g *bodyGraph) start(from *body, e *syntax.Entry, many bool) {
	var to *body
	if e.Coroutine != nil {
		to = g.named[e.Coroutine.Text]
	} else if act := g.info.InlineOf(e); act != nil {
		to = g.add(act, 0, e.Do)
	}
	if to != nil {
		g.edges = append(g.edges, edge{from: from, to: to, starts: true, many: many})
	}
}

// block adds the edges of the steps of a block. If many is set, the block is in a loop.
func (g *bodyGraph) block(b *body, block *syntax.Block, many bool) {
	if block == nil {
		return
	}
	for _, s := range block.Steps {
		g.step(b, s, many)
		for _, inner := range blocksIn(s) {
			g.block(b, inner, many || s.Verb.Loops)
		}
	}
}

// several reports whether a `count` may make several tasks.
func several(count *syntax.Value) bool {
	return count != nil && (count.Kind != syntax.Literal || count.Const.Kind() != engine.KindInt || count.Const.AsInt() > 1)
}

// step adds the edges of one step.
func (g *bodyGraph) step(b *body, s *syntax.Step, many bool) {
	switch n := s.Node.(type) {
	case *syntax.Call:
		if to := g.named[n.Coroutine.Text]; to != nil {
			g.edges = append(g.edges, edge{from: b, to: to, many: many})
		}
	case *syntax.Spawn:
		g.start(b, spawned(n), many || several(n.Count))
	case *syntax.Gather:
		g.gather(b, n, many)
	}
}

// gather adds edges for the tasks that a `gather` creates.
func (g *bodyGraph) gather(b *body, n *syntax.Gather, many bool) {
	if n.Generator != nil {
		g.start(b, &n.Generator.Entry, true)
		return
	}
	for _, r := range syntax.In(n.Items) {
		g.start(b, r.Node.(*syntax.Entry), many)
	}
}

// countRuns finds how often each body runs (counting to two) and which ones tasks begin with.
func (g *bodyGraph) countRuns() {
	for changed := true; changed; {
		changed = false
		runs, tasks := map[*body]int{}, map[*body]int{}
		for _, e := range g.edges {
			n := 1
			if e.from != nil {
				n = e.from.runs
			}
			if e.many {
				n *= 2
			}
			runs[e.to] += n
			if e.starts {
				tasks[e.to] += n
			}
		}
		for _, b := range g.bodies {
			if n := min(runs[b], 2); n > b.runs {
				b.runs, changed = n, true
			}
			b.root, b.many = b.root || tasks[b] > 0, b.many || tasks[b] > 1
		}
	}
}

// findRoots finds, for each body, the bodies that tasks running it begin with.
func (g *bodyGraph) findRoots() {
	calls := map[*body][]*body{}
	for _, e := range g.edges {
		if !e.starts {
			calls[e.from] = append(calls[e.from], e.to)
		}
	}
	for _, root := range g.bodies {
		if !root.root {
			continue
		}
		var visit func(b *body)
		visit = func(b *body) {
			if slices.Contains(b.roots, root) {
				return
			}
			b.roots = append(b.roots, root)
			for _, c := range calls[b] {
				visit(c)
			}
		}
		visit(root)
	}
}

// concurrent reports whether a and b may run in two tasks at the same time.
func concurrent(a, b *body) bool {
	for _, r := range a.roots {
		for _, q := range b.roots {
			if (r != q || r.many) && r.act.Kind != check.BeforeBody && q.act.Kind != check.BeforeBody && r.act.Kind != check.AfterBody &&
				q.act.Kind != check.AfterBody {
				return true
			}
		}
	}
	return false
}
