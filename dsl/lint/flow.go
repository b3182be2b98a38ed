package lint

import (
	"maps"
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// holding is the locks that a task holds at one point, in the order in which it took them. A lock that is taken again
// is another holding.
type holding []*syntax.Step

// locks gives the name of the declared lock that a reference names for sure, "" if it does not. A list's element may be
// any of them.
func (l *linter) lockName(r *syntax.Reference) string {
	if r == nil || !source.Identifier.MatchString(r.Text) {
		return ""
	}
	if g := l.info.Globals[r.Text]; g == nil || g.Kind != expr.SymObject || g.Type.Kind != expr.TypeLock {
		return ""
	}
	return r.Text
}

func (l *linter) acquired(s *syntax.Step) string {
	return l.lockName(syntax.As[*syntax.Reference](s, "acquire"))
}

// lockEdge says that a task takes a lock while it holds another.
type lockEdge struct {
	body *body        // in which the second one is taken
	at   *syntax.Step // where
	held holding
}

// lockWalk follows the locks of one root through the coroutines that it calls.
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

// opposite reports the first two places that can block each other.
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
			d := l.warn(CodeLockOrder, second.at.KeySpanValue("acquire"), "`"+locks[0]+"` is taken while `"+locks[1]+
				"` is held, elsewhere it is the other way round: tasks can block each other for ever",
				"take `"+locks[0]+"` before `"+locks[1]+"` everywhere")
			d.Note, d.NoteSpan = "`"+locks[1]+"` is taken while `"+locks[0]+"` is held", first.at.KeySpanValue("acquire")
			return
		}
	}
}

// guarded reports whether both places hold a third lock, which keeps them apart.
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

// maxCalls is how deep calls are followed.
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

// block walks steps and returns what is held behind them.
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
	switch s.Verb.Name {
	case "acquire":
		name := w.acquired(s)
		if name == "" {
			break
		}
		w.note(s, name, held)
		taken := append(slices.Clip(held), s)
		if !s.Has("do") {
			return taken
		}
		w.block(syntax.As[*syntax.Block](s, "do"), taken)
		return w.block(syntax.As[*syntax.Block](s, "else"), held)
	case "release":
		name := w.lockName(syntax.As[*syntax.Reference](s, "release"))
		return slices.DeleteFunc(slices.Clone(held), func(x *syntax.Step) bool { return w.acquired(x) == name })
	case "call":
		if name := syntax.As[*syntax.Name](s, "call"); name != nil && !s.Has("within") {
			if d := w.info.Coroutines[name.Text]; d != nil {
				w.body(w.info.BodyOf(d), []*syntax.Block{d.Do}, held)
			}
		}
	case "timeout": // it ends the waiting
		return held
	}
	for _, r := range recordsIn(s) {
		for _, f := range r.Fields {
			switch v := f.Value.(type) {
			case *syntax.Block:
				w.block(v, held)
			case *syntax.Records:
				for _, item := range v.Items {
					w.block(syntax.As[*syntax.Block](item, "then"), held)
					w.block(syntax.As[*syntax.Block](item, "do"), held)
				}
			}
		}
	}
	return held
}

// note adds the order of a lock and those that are held; a wait that ends by itself blocks nobody for ever.
func (w *lockWalk) note(s *syntax.Step, name string, held holding) {
	if s.Has("within") {
		return
	}
	for _, h := range held {
		if first := w.acquired(h); first != name {
			pair := [2]string{first, name}
			w.edges[pair] = append(w.edges[pair], lockEdge{body: w.root, at: s, held: held})
		}
	}
}

// origin is where the value of a local comes from: a shared variable.
type origin struct {
	shared string
	text   string // the expression that read it
	at     source.Span
	stale  bool    // the task has waited since
	direct bool    // the expression itself reads it
	held   holding // when it was read
}

// origins is what is known of the locals of an activation at one point.
type origins map[string][]origin

func (o origins) clone() origins {
	c := make(origins, len(o))
	for name, list := range o {
		c[name] = slices.Clone(list)
	}
	return c
}

// join adds what is known on another path.
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

// flowWalk follows the values of shared variables through the locals of one body.
type flowWalk struct {
	*linter
	body    *body
	known   origins
	held    holding
	told    map[source.Span]bool
	writers map[string][]*body
}

// lostUpdates reports shared variables that are written from what they were before a wait, where another task may have
// written them meanwhile.
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

// writers is the bodies that write each shared variable.
func (l *linter) writers() map[string][]*body {
	found := map[string][]*body{}
	for _, b := range l.bodies {
		for _, s := range b.steps() {
			for _, f := range s.Fields {
				switch v := f.Value.(type) {
				case *syntax.Targets:
					for _, t := range v.Items {
						found[t.Path.Name.Text] = append(found[t.Path.Name.Text], b)
					}
				case *syntax.Name:
					if f.Key.Space == syntax.TargetSpace {
						found[v.Text] = append(found[v.Text], b)
					}
				}
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
	switch s.Verb.Name {
	case "let":
		w.let(s)
	case "set", "append":
		w.set(s)
	case "if":
		w.branches(s)
	case "while", "repeat", "for", "as_completed":
		w.loop(s)
	case "acquire":
		w.wait()
		outer := w.held
		w.held = append(slices.Clip(w.held), s)
		if s.Has("do") {
			w.block(syntax.As[*syntax.Block](s, "do"))
			w.held = outer
		}
		w.alternative("else", s)
	case "release":
		if r := syntax.As[*syntax.Reference](s, "release"); r != nil {
			w.held = slices.DeleteFunc(slices.Clone(w.held), func(x *syntax.Step) bool {
				taken := syntax.As[*syntax.Reference](x, "acquire")
				return taken == nil || taken.Text == r.Text
			})
		}
	case "try":
		w.try(s)
	default:
		w.recheck(s)
		if w.body.mayWait(s) && s.Verb.Name != "timeout" && s.Verb.Name != "group" {
			w.wait()
		}
		w.forget(s)
		w.block(syntax.As[*syntax.Block](s, "do"))
		if s.Verb.Name == "group" {
			w.wait()
		}
		w.alternative("else", s)
	}
}

// wait makes stale what no lock has protected since it was read.
func (w *flowWalk) wait() {
	for _, list := range w.known {
		for i, x := range list {
			protected := slices.ContainsFunc(x.held, func(h *syntax.Step) bool { return slices.Contains(w.held, h) })
			list[i].stale = x.stale || !protected
		}
	}
}

// from is the origins of the value of an expression.
func (w *flowWalk) from(v *syntax.Value) []origin {
	var list []origin
	w.info.ExprsIn(v, func(e *syntax.Expr) {
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

func (w *flowWalk) let(s *syntax.Step) {
	b := syntax.As[*syntax.Bindings](s, "let")
	if b == nil {
		return
	}
	values := make([][]origin, len(b.Items))
	for i, item := range b.Items {
		values[i] = w.from(item.Value)
	}
	for i, item := range b.Items {
		w.known[item.Name.Text] = values[i]
	}
}

func (w *flowWalk) set(s *syntax.Step) {
	t := syntax.As[*syntax.Targets](s, s.Verb.Name)
	if t == nil {
		return
	}
	values := make([][]origin, len(t.Items))
	for i, item := range t.Items {
		values[i] = w.from(item.Value)
	}
	for i, item := range t.Items {
		name := item.Path.Name.Text
		if w.body.act.ByName[name] != nil {
			w.known[name] = append(slices.Clip(w.known[name]), values[i]...)
			if len(item.Path.Elems) == 0 && s.Verb.Name == "set" {
				w.known[name] = values[i]
			}
			continue
		}
		if s.Verb.Name == "set" {
			w.check(item, values[i])
		}
		w.drop(name)
	}
}

// check reports a write of what a shared variable was before a wait.
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

// shared reports whether another task may write a shared variable while this body waits.
func (w *flowWalk) shared(name string) bool {
	return slices.ContainsFunc(w.writers[name], func(b *body) bool { return concurrent(b, w.body) })
}

// drop forgets what comes from a shared variable.
func (w *flowWalk) drop(name string) {
	for local, list := range w.known {
		w.known[local] = slices.DeleteFunc(list, func(x origin) bool { return x.shared == name })
	}
}

// forget forgets locals that a step binds to something else.
func (w *flowWalk) forget(s *syntax.Step) {
	for _, f := range s.Fields {
		if n, ok := f.Value.(*syntax.Name); ok && (f.Key.Space == syntax.TargetSpace || f.Key.Space == syntax.LocalSpace) {
			delete(w.known, n.Text)
		}
	}
}

// recheck takes what a condition compares with its shared variable now for fresh.
func (w *flowWalk) recheck(s *syntax.Step) {
	for _, f := range s.Fields {
		if cond, ok := f.Value.(*syntax.Condition); ok {
			w.info.ReadNames(cond, w.drop)
		}
	}
}

// branches walks each branch from the state before the step.
func (w *flowWalk) branches(s *syntax.Step) {
	w.recheck(s)
	before, held := w.known, w.held
	out := origins{}
	branch := func(b *syntax.Block) {
		w.known, w.held = before.clone(), held
		w.block(b)
		out.join(w.known)
	}
	branch(syntax.As[*syntax.Block](s, "then"))
	if elif := syntax.As[*syntax.Records](s, "elif"); elif != nil {
		for _, r := range elif.Items {
			if cond := syntax.As[*syntax.Condition](r, "if"); cond != nil {
				w.info.ReadNames(cond, func(name string) {
					for local, list := range before {
						before[local] = slices.DeleteFunc(list, func(x origin) bool { return x.shared == name })
					}
				})
			}
			branch(syntax.As[*syntax.Block](r, "then"))
		}
	}
	branch(syntax.As[*syntax.Block](s, "else"))
	w.known, w.held = out, held
}

// loop walks a loop's body twice: what it leaves behind comes to its beginning.
func (w *flowWalk) loop(s *syntax.Step) {
	for range 2 {
		w.recheck(s)
		before, held := w.known.clone(), w.held
		if s.Verb.Waits {
			w.wait()
		}
		w.forget(s)
		w.block(syntax.As[*syntax.Block](s, "do"))
		w.known.join(before)
		w.held = held
	}
}

// try walks the steps, then what may follow after a part of them.
func (w *flowWalk) try(s *syntax.Step) {
	before, held := w.known.clone(), w.held
	w.block(syntax.As[*syntax.Block](s, "try"))
	w.block(syntax.As[*syntax.Block](s, "else"))
	after := w.known
	if catch := syntax.As[*syntax.Records](s, "catch"); catch != nil {
		for _, r := range catch.Items {
			w.known, w.held = before.clone(), held
			w.block(syntax.As[*syntax.Block](r, "do"))
			after.join(w.known)
		}
	}
	w.known, w.held = after, held
	w.block(syntax.As[*syntax.Block](s, "finally"))
}

// alternative walks steps that may run instead of the rest of a step.
func (w *flowWalk) alternative(key string, s *syntax.Step) {
	b := syntax.As[*syntax.Block](s, key)
	if b == nil {
		return
	}
	other := w.known.clone()
	w.block(b)
	w.known.join(other)
}
