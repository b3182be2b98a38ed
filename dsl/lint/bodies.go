package lint

import (
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// body is the steps of one activation, with the tasks in which they run.
type body struct {
	act    *check.Activation
	blocks []*syntax.Block
	loop   *linter
	runs   int     // how often it runs: 0, 1, or 2 for more
	root   bool    // tasks, or the loop, begin with it; else coroutines `call` it
	many   bool    // it is a root of several tasks
	roots  []*body // with which the tasks that run it begin
}

// steps is the steps of the body, with those inside them, in the order of the file.
func (b *body) steps() []*syntax.Step { return stepsOf(b.blocks...) }

// mayWait reports whether a step, not those inside it, may wait.
func (b *body) mayWait(s *syntax.Step) bool {
	if n, ok := s.Node.(*syntax.Call); ok {
		act := b.loop.coroutine(n.Coroutine)
		return act != nil && act.Waiting != nil
	}
	return s.Verb.Waits
}

// waitsAgain reports whether the body may wait once a step is over: behind it, or in a loop or group around it.
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

// edge says that a body calls another, or starts a task with it.
type edge struct {
	from, to *body // from nil: a worker
	starts   bool
	many     bool // more than once
}

// bodyGraph is what collectBodies finds on its way.
type bodyGraph struct {
	*linter
	named map[string]*body
	edges []edge
}

// collectBodies finds all bodies, and in which tasks they run.
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
	for i := 0; i < len(l.bodies); i++ { // which grows
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

// start notes that a body creates a task that runs an entry.
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

// block notes what the steps of a block start and call; many: it is in a loop.
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

// step notes what one step starts or calls.
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

// gather notes the tasks that a `gather` creates.
func (g *bodyGraph) gather(b *body, n *syntax.Gather, many bool) {
	if n.Generator != nil {
		g.start(b, &n.Generator.Entry, true)
		return
	}
	for _, r := range syntax.In(n.Items) {
		g.start(b, r.Node.(*syntax.Entry), many)
	}
}

// countRuns finds how often each body runs, up to twice, and which of them tasks begin with.
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

// findRoots finds with which bodies the tasks begin that run each body.
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
