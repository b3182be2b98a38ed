package dsl

import "slices"

// body is the steps of one activation, with the tasks in which they run.
type body struct {
	act    *activation
	blocks []*Block
	loop   *linter
	many   bool    // a root: it may run in several tasks at the same time
	root   bool    // tasks, or the loop, begin with it; else coroutines `call` it
	calls  []*body // that run in the same task
	roots  []*body // with which the tasks that run it begin
}

// steps is the steps of the body, with those inside them, in the order of the file.
func (b *body) steps() []*Step {
	var list []*Step
	for _, block := range b.blocks {
		list = append(list, stepsOf(block, false)...)
	}
	return list
}

// mayWait reports whether a step, not those inside it, may wait.
func (b *body) mayWait(s *Step) bool {
	if call := field[*Name](&s.Record, "call"); call != nil && s.Verb.Name == "call" {
		d := b.loop.s.decls.coroutines[call.Text]
		return d != nil && d.act.waiting != nil
	}
	return s.Verb.Waits
}

// isLoop reports whether a step runs the steps inside it again and again.
func isLoop(s *Step) bool {
	switch s.Verb.Name {
	case "repeat", "for", "while", "as_completed":
		return true
	}
	return false
}

// waitsAgain reports whether the body may wait once a step is over: behind it, or in a loop or group around it.
func (b *body) waitsAgain(s *Step, steps []*Step) bool {
	for _, other := range steps {
		around := other != s && other.Start <= s.Start && s.End <= other.End
		switch {
		case around && other.Verb.Name == "group":
			return true
		case around && isLoop(other) && slices.ContainsFunc(stepsIn(&other.Record, false), b.mayWait):
			return true
		case other.Start >= s.End && b.mayWait(other):
			return true
		}
	}
	return false
}

func (l *linter) mainBody() *body {
	for _, b := range l.bodies {
		if b.act == l.s.mainAct {
			return b
		}
	}
	return nil
}

// collectBodies finds all bodies, and in which tasks they run.
func (l *linter) collectBodies() {
	named := map[string]*body{}
	add := func(act *activation, root, many bool, blocks ...*Block) *body {
		b := &body{act: act, blocks: blocks, loop: l, root: root, many: many}
		l.bodies = append(l.bodies, b)
		return b
	}
	for _, d := range l.s.Coroutines {
		named[d.Name.Text] = add(d.act, false, false, d.Do)
	}
	for _, d := range l.s.Callbacks {
		add(d.act, true, true, d.Do, field[*Block](d.Record, "then"))
	}
	if l.s.Main != nil {
		add(l.s.mainAct, true, false, l.s.Main)
	}
	for act, block := range l.s.blocks() {
		if act != l.s.mainAct {
			add(act, true, false, block) // nothing else runs meanwhile
		}
	}
	for _, w := range l.s.Workers {
		l.start(named, w.Entry, w.Entry.has("count"))
	}
	for i := 0; i < len(l.bodies); i++ { // which grows
		b := l.bodies[i]
		for _, block := range b.blocks {
			l.startsIn(named, b, block, false)
		}
	}
	l.spread()
}

// start notes that a task begins with what an entry runs; many: perhaps several at the same time.
func (l *linter) start(named map[string]*body, entry *Record, many bool) {
	if call := field[*Name](entry, "call"); call != nil {
		l.startNamed(named, call.Text, many)
	} else if do := field[*Block](entry, "do"); do != nil && entry.act != nil {
		l.bodies = append(l.bodies, &body{act: entry.act, blocks: []*Block{do}, loop: l, root: true, many: many})
	}
}

func (l *linter) startNamed(named map[string]*body, name string, many bool) {
	if b := named[name]; b != nil {
		b.many = b.many || many || b.root
		b.root = true
	}
}

// startsIn notes what the steps of a block start and call.
func (l *linter) startsIn(named map[string]*body, b *body, block *Block, many bool) {
	if block == nil {
		return
	}
	for _, s := range block.Steps {
		l.stepStarts(named, b, s, many)
		inLoop := many || isLoop(s)
		for _, f := range s.Fields {
			if inner, ok := f.Value.(*Block); ok {
				l.startsIn(named, b, inner, inLoop)
			}
			if list, ok := f.Value.(*Records); ok { // elif, catch
				for _, r := range list.Items {
					l.startsIn(named, b, field[*Block](r, "then"), inLoop)
					l.startsIn(named, b, field[*Block](r, "do"), inLoop)
				}
			}
		}
	}
}

// stepStarts notes what one step starts or calls.
func (l *linter) stepStarts(named map[string]*body, b *body, s *Step, many bool) {
	switch s.Verb.Name {
	case "call":
		if name := field[*Name](&s.Record, "call"); name != nil && named[name.Text] != nil {
			b.calls = append(b.calls, named[name.Text])
		}
	case "spawn":
		many = many || s.has("count")
		switch v := s.Get("spawn").(type) {
		case *Name:
			l.startNamed(named, v.Text, many || b.many || !b.root)
		case *Record:
			l.start(named, v, many || b.many || !b.root)
		}
	case "gather":
		switch v := s.Get("gather").(type) {
		case *Record: // a generator
			l.start(named, v, true)
		case *Items:
			for _, item := range v.Items {
				if r, ok := item.(*Record); ok {
					l.start(named, r, many || b.many || !b.root)
				}
			}
		}
	}
}

// spread finds the roots of every body.
func (l *linter) spread() {
	for _, root := range l.bodies {
		if !root.root {
			continue
		}
		var visit func(b *body)
		visit = func(b *body) {
			if slices.Contains(b.roots, root) {
				return
			}
			b.roots = append(b.roots, root)
			for _, c := range b.calls {
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
			if (r != q || r.many) && r.act.kind != beforeBody && q.act.kind != beforeBody && r.act.kind != afterBody &&
				q.act.kind != afterBody {
				return true
			}
		}
	}
	return false
}
