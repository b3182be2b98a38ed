package lint

import (
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// origin is the shared variable from which the value of a local comes.
type origin struct {
	shared string
	text   string // the expression that read it
	at     source.Span
	stale  bool    // the task has waited since it was read
	direct bool    // the expression reads it directly
	held   holding // the locks held when it was read
}

// origins holds the origins of each local of an activation, as known at one point.
type origins map[string][]origin

func (o origins) clone() origins {
	c := make(origins, len(o))
	for name, list := range o {
		c[name] = slices.Clone(list)
	}
	return c
}

// join adds the origins known on another path.
func (o origins) join(other origins) {
	for name, list := range other {
		for _, x := range list {
			i := slices.IndexFunc(o[name], func(y origin) bool { return y.shared == x.shared && y.at == x.at })
			if i < 0 {
				o[name] = append(o[name], x)
			} else if x.stale {
				o[name][i].stale = true
			}
		}
	}
}

// drop removes a shared variable from all origins.
func (o origins) drop(name string) {
	for local, list := range o {
		o[local] = slices.DeleteFunc(list, func(x origin) bool { return x.shared == name })
	}
}

// flowWalk tracks the values of shared variables through the locals of one body.
type flowWalk struct {
	*linter
	body    *body
	known   origins
	held    holding
	told    map[source.Span]bool
	writers map[string][]*body
}

// lostUpdates reports writes to a shared variable that are computed from its value before a wait, if another task may
// have written it meanwhile.
func (l *linter) lostUpdates() {
	if len(l.s.Shared) == 0 {
		return
	}
	writers := l.writers()
	for _, b := range l.bodies {
		if b.act.Kind.Waits() {
			w := &flowWalk{linter: l, body: b, known: origins{}, told: map[source.Span]bool{}, writers: writers}
			for _, block := range b.blocks {
				w.block(block)
			}
		}
	}
}

// writers returns the bodies that write each shared variable.
func (l *linter) writers() map[string][]*body {
	found := map[string][]*body{}
	for _, b := range l.bodies {
		for _, s := range b.steps() {
			for _, name := range assigned(s) {
				found[name.Text] = append(found[name.Text], b)
			}
		}
	}
	return found
}

func (w *flowWalk) block(b *syntax.Block) {
	if b != nil {
		for _, s := range b.Steps {
			w.step(s)
		}
	}
}

func (w *flowWalk) step(s *syntax.Step) {
	switch n := s.Node.(type) {
	case *syntax.Let:
		w.let(n)
	case *syntax.Set:
		w.assign(n.Targets, true)
	case *syntax.Add:
		w.assign(n.Targets, false)
	case *syntax.Append:
		w.assign(n.Targets, false)
	case *syntax.If:
		w.branches(n)
	case *syntax.Repeat:
		w.loop(s, n.Do)
	case *syntax.For:
		w.loop(s, n.Do)
	case *syntax.While:
		w.loop(s, n.Do)
	case *syntax.AsCompleted:
		w.loop(s, n.Do)
	case *syntax.Acquire:
		w.acquire(n)
	case *syntax.Release:
		w.release(n)
	case *syntax.Try:
		w.try(n)
	case *syntax.Context:
		w.block(n.Do)
	case *syntax.Timeout:
		w.block(n.Do)
		w.alternative(n.Else)
	case *syntax.Group:
		w.group(n)
	default:
		w.simple(s)
	}
}

// simple walks a step that contains no steps but its `else`.
func (w *flowWalk) simple(s *syntax.Step) {
	w.recheck(s)
	if w.body.mayWait(s) {
		w.wait()
	}
	w.forget(s)
	for _, b := range blocksIn(s) {
		w.alternative(b)
	}
}

func (w *flowWalk) acquire(n *syntax.Acquire) {
	w.wait()
	outer := w.held
	w.held = slices.Clip(w.held)
	for _, r := range references(n) {
		w.held = append(w.held, taken{r.Text, r.Span})
	}
	if n.Do != nil {
		w.block(n.Do)
		w.held = outer
	}
	w.alternative(n.Else)
}

func (w *flowWalk) release(n *syntax.Release) {
	w.held = slices.DeleteFunc(slices.Clone(w.held), func(x taken) bool { return x.name == n.What.Text })
}

// group walks the steps of a group, which waits at their end.
func (w *flowWalk) group(n *syntax.Group) {
	w.forget(&n.Record)
	w.block(n.Do)
	w.wait()
}

// wait marks origins as stale, unless a lock that was held when they were read is still held.
func (w *flowWalk) wait() {
	for _, list := range w.known {
		for i, x := range list {
			protected := slices.ContainsFunc(x.held, func(h taken) bool { return slices.Contains(w.held, h) })
			list[i].stale = x.stale || !protected
		}
	}
}

// from returns the origins of a value.
func (w *flowWalk) from(v *syntax.Value) []origin {
	var list []origin
	syntax.Exprs(v, w.info.ExprOf, func(e *syntax.Expr) {
		if e.Tree == nil {
			return
		}
		e.Tree.Reads(func(name string, at source.Span) {
			if w.body.act.ByName[name] != nil {
				for _, x := range w.known[name] {
					x.direct = false
					list = append(list, x)
				}
			} else if g := w.info.Globals[name]; g != nil && g.Kind == expr.SymShared {
				list = append(list, origin{shared: name, text: e.Text, at: at, held: w.held, direct: true})
			}
		})
	})
	return list
}

func (w *flowWalk) let(n *syntax.Let) {
	values := make([][]origin, len(n.Locals.Items))
	for i, item := range n.Locals.Items {
		values[i] = w.from(item.Value)
	}
	for i, item := range n.Locals.Items {
		w.known[item.Name.Text] = values[i]
	}
}

// assign walks the assignments of `set`, which replaces values, or `append`.
func (w *flowWalk) assign(t *syntax.Targets, replaces bool) {
	values := make([][]origin, len(t.Items))
	for i, item := range t.Items {
		values[i] = w.from(item.Value)
	}
	for i, item := range t.Items {
		name := item.Path.Name.Text
		switch {
		case w.body.act.ByName[name] == nil:
			if replaces {
				w.check(item, values[i])
			}
			w.known.drop(name)
		case replaces && len(item.Path.Elems) == 0:
			w.known[name] = values[i]
		default:
			w.known[name] = append(slices.Clip(w.known[name]), values[i]...)
		}
	}
}

// check reports a write that is computed from the variable's value before a wait.
func (w *flowWalk) check(t syntax.Targeting, values []origin) {
	name, path := t.Path.Name.Text, w.s.Source.Text(t.Path.Span)
	if slices.ContainsFunc(values, func(x origin) bool { return x.shared == name && x.direct }) {
		return // it reads the variable again
	}
	for _, x := range values {
		if x.shared != name || !x.stale || !strings.Contains(x.text, path) || w.told[t.Path.Span] || !w.shared(name) {
			continue
		}
		w.told[t.Path.Span] = true
		d := w.warn(CodeLostUpdate, t.Path.Span, "`"+path+
			"` is written from what it was before a wait: what other tasks wrote meanwhile is lost",
			"read it again after the wait, or hold a lock from the reading to the writing")
		d.Note, d.NoteSpan = "it is read here", x.at
	}
}

// shared reports whether another task may write the shared variable while this body waits.
func (w *flowWalk) shared(name string) bool {
	return slices.ContainsFunc(w.writers[name], func(b *body) bool { return concurrent(b, w.body) })
}

// forget removes the origins of locals that a step assigns.
func (w *flowWalk) forget(s *syntax.Step) {
	for _, name := range assigned(s) {
		delete(w.known, name.Text)
	}
}

// recheck drops the shared variables that a condition reads from all origins: the scenario has looked at their current
// value.
func (w *flowWalk) recheck(s *syntax.Step) {
	for _, f := range s.Fields {
		if cond, ok := f.Value.(*syntax.Condition); ok {
			readNames(w.info, cond, w.known.drop)
		}
	}
}

// branches walks each branch from the state before the `if`.
func (w *flowWalk) branches(n *syntax.If) {
	w.recheck(&n.Record)
	before, held := w.known, w.held
	out := origins{}
	branch := func(b *syntax.Block) {
		w.known, w.held = before.clone(), held
		w.block(b)
		out.join(w.known)
	}
	branch(n.Then)
	for _, elif := range n.Elif {
		readNames(w.info, elif.Cond, before.drop)
		branch(elif.Then)
	}
	branch(n.Else)
	w.known, w.held = out, held
}

// loop walks a loop's body twice, because what is known at its end also holds at the beginning of the next turn.
func (w *flowWalk) loop(s *syntax.Step, do *syntax.Block) {
	for range 2 {
		w.recheck(s)
		before, held := w.known.clone(), w.held
		if s.Verb.Waits {
			w.wait()
		}
		w.forget(s)
		w.block(do)
		w.known.join(before)
		w.held = held
	}
}

// try walks the steps, then the handlers and `finally`, which may run after a part of them.
func (w *flowWalk) try(n *syntax.Try) {
	before, held := w.known.clone(), w.held
	w.block(n.Do)
	w.block(n.Else)
	after := w.known
	for _, handler := range slices.Concat(n.Catch, n.CatchGroup) {
		w.known, w.held = before.clone(), held
		w.block(handler.Do)
		after.join(w.known)
	}
	w.known, w.held = after, held
	w.block(n.Finally)
}

// alternative walks steps that may run in place of the rest of a step.
func (w *flowWalk) alternative(b *syntax.Block) {
	if b == nil {
		return
	}
	other := w.known.clone()
	w.block(b)
	w.known.join(other)
}
