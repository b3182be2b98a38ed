package python

import (
	"fmt"
	"sync"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// ownQueues reports whether the scenario needs the prelude's queues: those before Python 3.13 have no shutdown, and no
// version has `where`.
func (e *exporter) ownQueues() bool {
	own := false
	for _, root := range e.s.Roots() {
		syntax.Walk(root, func(r *syntax.Record) bool {
			switch n := r.Node.(type) {
			case *syntax.Shutdown:
				own = own || e.run.Python > engine.Python313
			case *syntax.Get:
				own = own || n.Where != nil && !e.isStocked(n.Queue)
			}
			return true
		})
	}
	return own
}

// object returns Python that makes an object of a kind.
func (f *function) object(at source.Span, kind expr.TypeKind, o syntax.Options) string {
	f.use("asyncio")
	switch kind {
	case expr.TypeFuture:
		f.use("Future")
		return "Future(loop=loop)"
	case expr.TypeLock:
		return "asyncio.Lock()"
	case expr.TypeRWLock:
		f.use("RWLock")
		return "RWLock()"
	case expr.TypeEvent:
		return "asyncio.Event()"
	case expr.TypeCondition:
		if o.Lock != nil {
			return "asyncio.Condition(" + f.reference(o.Lock).text + ")"
		}
		return "asyncio.Condition()"
	case expr.TypeBarrier:
		return "asyncio.Barrier(" + f.optional(o.Parties) + ")"
	case expr.TypeSemaphore:
		if flag(o.Bounded) {
			return "asyncio.BoundedSemaphore(" + f.optional(o.Value) + ")"
		}
		return "asyncio.Semaphore(" + f.optional(o.Value) + ")"
	case expr.TypeQueue:
		return f.queue(o)
	case expr.TypeResource:
		return f.resource(at, o)
	case expr.TypeContainer:
		return f.newContainer(o)
	case expr.TypeStore:
		return f.newStore(o)
	}
	f.refusef(at, "%s cannot be exported", expr.Type{Kind: kind}.Article())
	return "None"
}

// queueClasses holds asyncio's queue classes by order.
var queueClasses = [...]string{
	engine.QueueFIFO: "Queue", engine.QueueLIFO: "LifoQueue", engine.QueuePriority: "PriorityQueue",
}

func (f *function) queue(o syntax.Options) string {
	class := "Queue"
	if o.Order != nil {
		order, _ := engine.ParseQueueOrder(o.Order.Text)
		class = queueClasses[order]
	}
	if f.queues {
		f.use("Queue")
	} else {
		class = "asyncio." + class
	}
	return class + "(" + f.optional(o.Capacity) + ")"
}

// declared writes a declared object, or the list of them.
func (f *function) declared(o *syntax.Object) {
	f.use("made")
	options := o.With()
	name, object := f.variable(o.Name.Text), f.object(o.Name.Span, o.Kind, options)
	if options.Count != nil {
		f.linef("%s = [made(%s, f\"%s[{i}]\") for i in range(%s)]", name, object, o.Name.Text, f.value(options.Count).text)
		return
	}
	f.linef("%s = made(%s, %s)", name, object, quote(o.Name.Text))
}

func (f *function) newObject(n *syntax.New) {
	f.use("made")
	made, _ := expr.ParseType(n.Kind.Text)
	f.into(n.As, "made("+f.object(n.Kind.Span, made.Kind, n.Options)+")")
}

// what returns the object that a step works on, in brackets if needed so that a dot can follow.
func (f *function) what(r *syntax.Reference) string { return f.reference(r).in(bindAtom) }

// acquire writes `acquire`. With `do`, only the acquiring is limited.
func (f *function) acquire(n *syntax.Acquire) {
	if n.What == nil || f.kind(n.What) == expr.TypeResource {
		f.acquireUnits(n)
		return
	}
	switch what, mode := f.what(n.What), lockMode(n); {
	case n.Do == nil:
		f.awaited(n.Limit, nil, "%s.acquire(%s)", what, mode)
	case n.Within != nil:
		f.acquireWithin(n, f.kept(what))
	case mode != "":
		f.suite("async with "+what+".mode("+mode+"):", n.Do)
	default:
		f.suite("async with "+what+":", n.Do)
	}
}

// lockMode returns the argument for the mode of a lock that can be shared, or "" for other locks.
func lockMode(n *syntax.Acquire) string {
	if n.Mode == nil {
		return ""
	}
	return quote(n.Mode.Text)
}

// acquireWithin writes an `acquire` that has both `do` and `within`. held is the acquired object.
func (f *function) acquireWithin(n *syntax.Acquire, held string) {
	hold := func() {
		f.suite("try:", n.Do)
		f.under("finally:", func() { f.linef("%s.release()", held) })
	}
	f.after(n.Within, nil, func() { f.linef("await %s.acquire(%s)", held, lockMode(n)) }, n.Else)
	if n.Else == nil {
		hold()
		return
	}
	f.under("else:", hold)
}

func (f *function) put(n *syntax.Put) {
	if f.isStock(n.Queue, n.Amount, n.Priority) {
		f.offer(n)
		return
	}
	value := f.value(n.Value).text
	if flag(n.Nowait) && n.Else != nil {
		f.refusable("QueueFull", n.Else, func() { f.linef("%s.put_nowait(%s)", f.what(n.Queue), value) })
		return
	}
	if flag(n.Nowait) {
		f.linef("%s.put_nowait(%s)", f.what(n.Queue), value)
		return
	}
	f.awaited(n.Limit, nil, "%s.put(%s)", f.what(n.Queue), value)
}

func (f *function) get(n *syntax.Get) {
	if f.isStock(n.Queue, n.Amount, n.Priority) || n.Do != nil {
		f.want(n)
		return
	}
	where := f.where(n)
	if flag(n.Nowait) && n.Else != nil {
		f.refusable("QueueEmpty", n.Else, func() { f.into(n.As, fmt.Sprintf("%s.get_nowait(%s)", f.what(n.Queue), where)) })
		return
	}
	if flag(n.Nowait) {
		f.into(n.As, fmt.Sprintf("%s.get_nowait(%s)", f.what(n.Queue), where))
		return
	}
	f.awaited(n.Limit, n.As, "%s.get(%s)", f.what(n.Queue), where)
}

// where returns the condition of a `get` as a function, or "" if it has none.
func (f *function) where(n *syntax.Get) string {
	if n.Where == nil {
		return ""
	}
	return fmt.Sprintf("lambda %s: %s", f.variable(n.As.Text), f.expr(n.Where.Expr).text)
}

// refusable writes a step that raises an error where it may not wait, and what runs instead then.
func (f *function) refusable(typ string, otherwise *syntax.Block, write func()) {
	f.use("asyncio")
	f.under("try:", write)
	f.suite("except asyncio."+typ+":", otherwise)
}

func (f *function) notify(n *syntax.Notify) {
	if flag(n.All) {
		f.linef("%s.notify_all()", f.what(n.Condition))
		return
	}
	f.linef("%s.notify(%s)", f.what(n.Condition), f.optional(n.Count))
}

func (f *function) resolve(n *syntax.Resolve) {
	f.use("resolve")
	f.linef("resolve(%s, %s)", f.what(n.Future), f.outcome(&n.Outcome))
}

// outcome returns the argument for what something comes to.
func (f *function) outcome(n *syntax.Outcome) string {
	switch {
	case n.Type != nil:
		message := ""
		if n.Message.Message != nil {
			message = f.text(n.Message.Message)
		}
		return "error=" + f.errorName(n.Type.Text) + "(" + message + ")"
	case n.Error != nil:
		return "error=" + f.value(n.Error).text
	case n.Value != nil:
		return f.value(n.Value).text
	}
	return "None"
}

// attributeCode holds the Python forms of attributes of values whose type is known. %s is the value.
var attributeCode = sync.OnceValue(func() map[expr.TypeKind]map[string]string {
	return map[expr.TypeKind]map[string]string{
		expr.TypeTask: {
			"name": "%s.get_name()", "state": "state(%s)", "done": "%s.done()", "result": "%s.result()",
			"error": "error_of(%s)", "cancelling": "%s.cancelling()", "spawned": "spawned(%s)", "started": "began(%s)", "ended": "ended(%s)",
		},
		expr.TypeHandle: {"cancelled": "%s.cancelled()", "when": "due(%s)"},
		expr.TypeError:  {"type": "type(%s).__name__", "message": "message(%s)", "cause": "%s.__cause__"},
		expr.TypeFuture: {"state": "state(%s)", "done": "%s.done()", "result": "%s.result()", "error": "error_of(%s)"},
		expr.TypeQueue:  {"size": "%s.qsize()", "full": "%s.full()", "empty": "%s.empty()", "capacity": "%s.maxsize"},
		expr.TypeLock:   {"locked": "%s.locked()"}, expr.TypeCondition: {"locked": "%s.locked()"},
		expr.TypeRWLock:    {"readers": "%s.readers", "writer": "%s.writer", "waiting": "%s.n_waiting"},
		expr.TypeSemaphore: {"value": "%s._value", "locked": "%s.locked()"}, expr.TypeEvent: {"is_set": "%s.is_set()"},
		expr.TypeBarrier: {"waiting": "%s.n_waiting", "parties": "%s.parties", "broken": "%s.broken"},
		expr.TypeTimeout: {"when": "deadline(%s)", "expired": "%s.expired()"},
		expr.TypeContainer: {
			"level": "%s.level", "capacity": "%s.capacity", "wanted": "%s.wanted", "offered": "%s.offered", "full": "%s.full",
			"empty": "%s.empty",
		},
		expr.TypeStore: {
			"size": "%s.size", "capacity": "%s.capacity", "full": "%s.full", "empty": "%s.empty", "items": "%s.items", "lent": "%s.lent",
		},
		expr.TypeResource: {
			"capacity": "%s.capacity", "down": "%s.down", "in_use": "%s.in_use", "free": "%s.free", "waiting": "%s.waiting", "holders": "%s.holders",
			"waiters": "%s.waiters",
		},
	}
})
