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
func (b *body) steps() []*syntax.Step {
	var list []*syntax.Step
	for _, block := range b.blocks {
		list = append(list, stepsOf(block, false)...)
	}
	return list
}

// mayWait reports whether a step, not those inside it, may wait.
func (b *body) mayWait(s *syntax.Step) bool {
	if call := syntax.As[*syntax.Name](s, "call"); call != nil && s.Verb.Name == "call" {
		d := b.loop.info.Coroutines[call.Text]
		return d != nil && b.loop.info.BodyOf(d).Waiting != nil
	}
	return s.Verb.Waits
}

// isLoop reports whether a step runs the steps inside it again and again.
func isLoop(s *syntax.Step) bool {
	switch s.Verb.Name {
	case "repeat", "for", "while", "as_completed":
		return true
	}
	return false
}

// waitsAgain reports whether the body may wait once a step is over: behind it, or in a loop or group around it.
func (b *body) waitsAgain(s *syntax.Step, steps []*syntax.Step) bool {
	for _, other := range steps {
		around := other != s && other.Start <= s.Start && s.End <= other.End
		switch {
		case around && other.Verb.Name == "group":
			return true
		case around && isLoop(other) && slices.ContainsFunc(stepsIn(other, false), b.mayWait):
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
		g.add(g.info.BodyOf(d), 2, d.Do, syntax.As[*syntax.Block](&d.Record, "then"))
	}
	for act, block := range l.info.Blocks(l.s) {
		g.add(act, 1, block)
	}
	for _, w := range l.s.Workers {
		g.start(nil, &w.Entry.Record, counted(&w.Entry.Record))
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
func (g *bodyGraph) start(from *body, entry *syntax.Record, many bool) {
	if call := syntax.As[*syntax.Name](entry, "call"); call != nil {
		g.startNamed(from, call.Text, many)
	} else if do := syntax.As[*syntax.Block](entry, "do"); do != nil && g.info.InlineOf(entry) != nil {
		g.edges = append(g.edges, edge{from: from, to: g.add(g.info.InlineOf(entry), 0, do), starts: true, many: many})
	}
}

func (g *bodyGraph) startNamed(from *body, name string, many bool) {
	if to := g.named[name]; to != nil {
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
		inLoop := many || isLoop(s)
		for _, f := range s.Fields {
			switch v := f.Value.(type) {
			case *syntax.Block:
				g.block(b, v, inLoop)
			case *syntax.Records: // elif, catch
				for _, r := range v.Items {
					g.block(b, syntax.As[*syntax.Block](r, "then"), inLoop)
					g.block(b, syntax.As[*syntax.Block](r, "do"), inLoop)
				}
			}
		}
	}
}

// counted reports whether a `count` may make several tasks.
func counted(r *syntax.Record) bool {
	n := syntax.As[*syntax.Value](r, "count")
	return n != nil && (n.Kind != syntax.Literal || n.Const.Kind() != engine.KindInt || n.Const.AsInt() > 1)
}

// step notes what one step starts or calls.
func (g *bodyGraph) step(b *body, s *syntax.Step, many bool) {
	switch s.Verb.Name {
	case "call":
		if name := syntax.As[*syntax.Name](s, "call"); name != nil && g.named[name.Text] != nil {
			g.edges = append(g.edges, edge{from: b, to: g.named[name.Text], many: many})
		}
	case "spawn":
		many = many || counted(s)
		switch v := s.Get("spawn").(type) {
		case *syntax.Name:
			g.startNamed(b, v.Text, many)
		case *syntax.Record:
			g.start(b, v, many)
		}
	case "gather":
		switch v := s.Get("gather").(type) {
		case *syntax.Record: // a generator
			g.start(b, v, true)
		case *syntax.Items:
			for _, item := range v.Items {
				if r, ok := item.(*syntax.Record); ok {
					g.start(b, r, many)
				}
			}
		}
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
