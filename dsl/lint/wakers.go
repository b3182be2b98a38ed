package lint

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// waker says which steps wait for objects of a kind, and which wake those waiting.
type waker struct {
	kind  expr.TypeKind
	waits func(syntax.Node) *syntax.Reference // the object that a step waits for; nil if it does not wait
	wakes func(syntax.Node) *syntax.Reference
	verb  string // of the waking steps
	does  string // what they do to it
}

// reference applies get to steps of type T and returns nil for others.
func reference[T syntax.Node](get func(T) *syntax.Reference) func(syntax.Node) *syntax.Reference {
	return func(n syntax.Node) *syntax.Reference {
		if x, ok := n.(T); ok {
			return get(x)
		}
		return nil
	}
}

// waited returns the object that a `wait` with a single reference waits for.
func waited(n *syntax.Wait) *syntax.Reference {
	if n.What.IsList {
		return nil
	}
	return n.What.Items[0]
}

// wakers makes the table on demand, because few runs of the command need it.
func wakers() []waker {
	return []waker{
		{expr.TypeEvent, reference(waited), reference(func(n *syntax.Signal) *syntax.Reference { return n.Event }),
			"signal", "signals"},
		{expr.TypeCondition, reference(waited), reference(func(n *syntax.Notify) *syntax.Reference { return n.Condition }),
			"notify", "notifies"},
		{expr.TypeQueue, reference(func(n *syntax.Get) *syntax.Reference { return n.Queue }),
			ended, "put", "puts anything into"},
		{expr.TypeContainer, reference(func(n *syntax.Get) *syntax.Reference { return n.Queue }),
			ended, "put", "puts anything into"},
		{expr.TypeStore, reference(func(n *syntax.Get) *syntax.Reference { return n.Queue }),
			ended, "put", "puts anything into"},
		{expr.TypeLock, reference(acquired), reference(func(n *syntax.Release) *syntax.Reference { return n.What }),
			"release", "releases"},
	}
}

// ended returns the queue whose waiting `get`s a step lets go on.
func ended(n syntax.Node) *syntax.Reference {
	switch n := n.(type) {
	case *syntax.Put:
		return n.Queue
	case *syntax.Shutdown:
		return n.Queue
	}
	return nil
}

// acquired returns the object that a step acquires and does not release itself.
func acquired(n *syntax.Acquire) *syntax.Reference {
	if n.Do != nil {
		return nil
	}
	return n.What
}

// neverWoken reports waits that no step can end: the object is only used by its name, and nothing signals, notifies,
// fills or releases it.
func (l *linter) neverWoken() {
	if e := l.s.Expect; e != nil && (isWord(e.Ends, engine.Deadlock.String()) || isWord(e.Ends, engine.LimitHit.String())) {
		return // it is intended
	}
	lent := l.lentObjects()
	for _, o := range l.s.Objects {
		for _, w := range wakers() {
			if w.kind == o.Kind && !lent[o.Name.Text] && !l.excused(o.Name.Text) {
				l.neverWokenAt(o, w)
			}
		}
	}
}

func (l *linter) neverWokenAt(o *syntax.Object, w waker) {
	var first *syntax.Reference
	waits, wakes := 0, false
	for _, b := range l.bodies {
		for _, s := range b.steps() {
			if l.isObject(w.wakes(s.Node), o) {
				wakes = true
			}
			if r := w.waits(s.Node); l.isObject(r, o) && !l.endsItself(s, b) {
				waits += max(b.runs, 1)
				if first == nil || r.Start < first.Start {
					first = r
				}
			}
		}
	}
	enough := 1
	if o.Kind == expr.TypeLock {
		enough = 2 // the first one gets it
	}
	if waits < enough || wakes || o.With().Initial != nil { // what it begins with may do
		return
	}
	name := o.Name.Text
	l.warn(CodeNeverWoken, first.Span,
		"nothing "+w.does+" the "+expr.Type{Kind: o.Kind}.String()+" `"+name+"`: what waits here waits for ever",
		"add `"+w.verb+": "+name+"` where it is to go on, or limit the wait with `within`")
}

// isObject reports whether a reference names the declared object or, if it is a list, an element of it.
func (l *linter) isObject(r *syntax.Reference, o *syntax.Object) bool {
	if r == nil {
		return false
	}
	e := l.info.ExprOf(r)
	return e != nil && e.Tree != nil && e.Tree.Indexed() == o.Name.Text
}

// endsItself reports whether a wait may end without being woken: it has a limit, is inside a `timeout` that ends or a `first`, or does
// not wait at all.
func (l *linter) endsItself(s *syntax.Step, b *body) bool {
	if get, ok := s.Node.(*syntax.Get); ok && get.Nowait != nil || s.Limited() {
		return true
	}
	for _, around := range b.steps() {
		if s.Start < around.Start || around.End < s.End {
			continue
		}
		switch n := around.Node.(type) {
		case *syntax.Timeout:
			if l.ends(n) {
				return true
			}
		case *syntax.First: // another arm may be first
			return true
		}
	}
	return false
}

// ends reports whether a `timeout` may be over some time: it has a time, or a name, and something gives it one.
func (l *linter) ends(t *syntax.Timeout) bool {
	if t.For != nil || t.At != nil {
		return true
	}
	return t.As != nil && slices.ContainsFunc(l.bodies, func(b *body) bool {
		return slices.ContainsFunc(b.steps(), func(s *syntax.Step) bool {
			n, ok := s.Node.(*syntax.Reschedule)
			return ok && (n.After != nil || n.At != nil)
		})
	})
}

// lentObjects returns the objects that are used as values somewhere, and so may be used without their names.
func (l *linter) lentObjects() map[string]bool {
	lent := map[string]bool{}
	lends := func(e *syntax.Expr, whole bool) { e.Tree.Lends(whole, func(name string) { lent[name] = true }) }
	syntax.Walk(l.s.Root, func(r *syntax.Record) bool {
		for _, f := range r.Fields {
			syntax.Exprs(f.Value, l.info.ExprOf, func(e *syntax.Expr) {
				if e.Tree != nil {
					lends(e, isReference(f.Value) && e.Tree.Indexed() != "")
				}
			})
		}
		return true
	})
	return lent
}

func isReference(v syntax.FieldValue) bool {
	switch v.(type) {
	case *syntax.Reference, *syntax.References:
		return true
	}
	return false
}
