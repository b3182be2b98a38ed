package python

import (
	"fmt"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// entry returns the arguments of spawn for the task of an entry. body says what the task runs. worker is the Python
// text of a worker's name, or "" for other tasks.
func (f *function) entry(e, body *syntax.Entry, worker string) []string {
	args := f.body(body, worker != "" || e.Counted())
	if name := f.taskName(e, worker); name != "" {
		args = append(args, "name="+name)
	}
	return append(args, f.taskOptions(e)...)
}

// taskOptions returns the arguments of spawn for an entry's context, and whether its task is a daemon.
func (f *function) taskOptions(e *syntax.Entry) (args []string) {
	if e.Context != nil {
		var pairs []string
		for _, item := range e.Context.Items {
			pairs = append(pairs, "("+f.variable(item.Name.Text)+", "+f.value(item.Value).text+")")
		}
		args = append(args, "context=["+strings.Join(pairs, ", ")+"]")
	}
	if flag(e.Daemon) {
		args = append(args, "daemon=True")
	}
	return args
}

// taskName returns the name of an entry's task. With a count a number is appended, unless the name is computed.
func (f *function) taskName(e *syntax.Entry, name string) string {
	if e.Name != nil {
		name = f.text(e.Name)
		if e.Name.Kind != syntax.Literal {
			return name
		}
	}
	if e.Count == nil || name == "" {
		return name
	}
	return quote(strings.Trim(name, `"`)+"-") + " + str(index + 1)"
}

// body returns the coroutine function that a task runs, and its arguments. With numbered `index` is the task's.
func (f *function) body(e *syntax.Entry, numbered bool) []string {
	if e.Coroutine == nil {
		return f.inline(e, numbered)
	}
	name := f.exporter.name("coroutine", e.Coroutine.Text)
	return append([]string{name}, f.arguments(f.info.Coroutines[e.Coroutine.Text], e.With)...)
}

// inline writes the `do` of an entry as a coroutine of its own. It returns the function and the locals that it gets
// copies of.
func (f *function) inline(e *syntax.Entry, numbered bool) []string {
	owner := f.name
	if owner == "" {
		owner = "task"
	}
	g := f.function(f.fresh(owner+"_task"), e.Do)
	g.async = true
	args := []string{g.name}
	for _, name := range f.info.Copies(e) {
		python := f.variable(name)
		switch {
		case name == "error":
			args, g.args = append(args, f.caught()), append(g.args, name)
			g.catches = 1 // a handler of its own gives its error another name
			continue
		case name == "index" && numbered:
			f.indexed = true
			args = append(args, name)
		default:
			if !f.assigned[python] {
				f.early[python] = true
			}
			args = append(args, python)
		}
		g.assigned[python] = true
		g.args = append(g.args, python)
	}
	g.block(e.Do)
	g.end()
	return args
}

// spawned returns code that creates one task, or count tasks.
func (f *function) spawned(args []string, count *syntax.Value) string {
	f.use("tasks")
	spawn := "spawn(" + strings.Join(args, ", ") + ")"
	if count == nil {
		return spawn
	}
	return "[" + spawn + " for index in range(" + f.value(count).text + ")]"
}

// worker returns code that creates a worker's tasks.
func (f *function) worker(w *syntax.Worker) string {
	name := quote(w.Name.Text)
	args := f.entry(w.Entry, w.Entry, name)
	if f.draws {
		args = append(args, "draws="+f.taskName(w.Entry, name))
	}
	if f.indexed && w.Entry.Count == nil {
		f.linef("index = 0")
	}
	return f.spawned(args, w.Entry.Count)
}

func (f *function) spawn(n *syntax.Spawn) {
	body := &n.Entry
	if n.Inline != nil {
		body = n.Inline
	}
	args := f.entry(&n.Entry, body, "")
	if n.In != nil {
		args = append(args, "group="+f.reference(n.In).text)
	}
	if n.ContextOf != nil {
		f.use("context_of")
		args = append(args, "context_of="+f.reference(n.ContextOf).text)
	}
	f.into(n.As, f.spawned(args, n.Count))
}

func (f *function) group(n *syntax.Group) {
	f.use("TaskGroup")
	f.suite("async with TaskGroup() as "+f.writable(n.As.Text)+":", n.Do)
}

// awaited writes a step that awaits one call, under its `within`.
func (f *function) awaited(l syntax.Limit, as *syntax.Name, form string, args ...any) {
	f.limited(l, func() { f.into(as, "await "+fmt.Sprintf(form, args...)) })
}

func (f *function) await(n *syntax.Await) {
	f.limited(n.Limit, func() { f.into(n.As, "await "+f.what(n.What)) })
}

func (f *function) shield(n *syntax.Shield) {
	f.use("told")
	if flag(n.Keep) {
		f.use("shielding")
		f.into(n.As, "shielding("+f.reference(n.What).text+")")
		return
	}
	f.limited(n.Limit, func() { f.into(n.As, "await asyncio.shield("+f.reference(n.What).text+")") })
}

func (f *function) gather(n *syntax.Gather) {
	f.use("gather")
	f.limited(n.Limit, func() {
		args := f.gathered(n)
		if n.ReturnExceptions != nil {
			args = append(args, "return_exceptions="+f.value(n.ReturnExceptions).text)
		}
		if flag(n.Keep) {
			f.use("gathering")
			f.into(n.As, "gathering("+strings.Join(args, ", ")+")")
			return
		}
		f.into(n.As, "await gather("+strings.Join(args, ", ")+")")
	})
}

// gathered returns the tasks that a `gather` waits for, and those that it creates.
func (f *function) gathered(n *syntax.Gather) []string {
	if n.Generator != nil {
		return []string{"*" + f.generated(n.Generator)}
	}
	var items []string
	for _, item := range n.Items.Items {
		switch item := item.(type) {
		case *syntax.Reference:
			items = append(items, f.reference(item).text)
		case *syntax.Record:
			items = append(items, f.later(item.Node.(*syntax.Entry)))
		}
	}
	return items
}

// generated returns the list of the tasks that a generator creates.
func (f *function) generated(g *syntax.Generator) string {
	list := f.kept("[]")
	f.under(f.each(g.Each), func() { f.linef("%s.append(%s)", list, f.later(&g.Entry)) })
	return list
}

// later returns a task that `gather` creates.
func (f *function) later(e *syntax.Entry) string {
	return "later(" + strings.Join(f.entry(e, e, ""), ", ") + ")"
}

// tasks returns the list of the tasks and futures that a step waits for.
func (f *function) tasks(refs *syntax.References) string {
	if !refs.IsList {
		one := f.reference(refs.Items[0])
		if k := f.kind(refs.Items[0]); k != expr.TypeTask && k != expr.TypeFuture {
			return one.text
		}
	}
	items := make([]string, len(refs.Items))
	for i, item := range refs.Items {
		items[i] = f.reference(item).text
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func (f *function) wait(n *syntax.Wait) {
	if !n.What.IsList {
		object := n.What.Items[0]
		switch f.kind(object) {
		case expr.TypeEvent, expr.TypeBarrier, expr.TypeCondition:
			f.waitFor(n, f.what(object))
			return
		case expr.TypeResource, expr.TypeContainer, expr.TypeStore, expr.TypeQueue:
			f.refusef(n.KeySpanOf(syntax.WaitUntil), "asyncio has no counterpart of `wait` until something holds of an object")
			return
		}
	}
	f.use("wait")
	args := f.tasks(n.What)
	if n.Within != nil {
		args += ", timeout=" + f.duration(n.Within)
	}
	if n.ReturnWhen != nil {
		args += ", return_when=asyncio." + strings.ToUpper(n.ReturnWhen.Text)
	}
	f.into(n.As, "await wait("+args+")")
}

// waitFor writes a wait for an event, a barrier or a condition.
func (f *function) waitFor(n *syntax.Wait, object string) {
	if n.Until == nil {
		f.awaited(n.Limit, n.As, "%s.wait()", object)
		return
	}
	f.awaited(n.Limit, n.As, "%s.wait_for(lambda: %s)", object, f.expr(n.Until.Expr).text)
}

// asCompleted writes a loop over the tasks as they end.
func (f *function) asCompleted(n *syntax.AsCompleted) {
	f.use("as_completed")
	args := f.tasks(n.Tasks)
	if n.Within != nil {
		args += ", " + f.duration(n.Within)
	}
	next := f.temp()
	if n.Else != nil {
		f.untilLate(n, next, args)
		return
	}
	f.under("for "+next+" in as_completed("+args+"):", func() {
		f.into(n.As, "await "+next)
		f.block(n.Do)
	})
}

// untilLate writes such a loop with an `else`. The prelude's as_completed yields None when the time is over.
func (f *function) untilLate(n *syntax.AsCompleted, next, args string) {
	late := f.kept("False")
	f.under("for "+next+" in as_completed("+args+", None):", func() {
		f.linef("%s = await %s", next, next)
		f.under("if "+next+" is None:", func() {
			f.linef("%s = True", late)
			f.linef("break")
		})
		f.into(n.As, next)
		f.block(n.Do)
	})
	f.suite("if "+late+":", n.Else)
}

func (f *function) cancel(n *syntax.Cancel) {
	message := ""
	if n.Message.Message != nil {
		message = f.text(n.Message.Message)
	}
	if callback := f.info.CallbackOf(n.What); callback != nil {
		f.cancelCallback(callback)
		return
	}
	if s := f.info.SourceOf(n.What); s != nil {
		f.linef("%s.cancel()", f.sourceObject(s))
		return
	}
	if k := f.kind(n.What); k == expr.TypeTask || k == expr.TypeHandle && message == "" {
		f.linef("%s.cancel(%s)", f.what(n.What), message)
		return
	}
	f.use("cancel")
	if message != "" {
		message = ", " + message
	}
	f.linef("cancel(%s%s)", f.reference(n.What).text, message)
}

func (f *function) cancelCallback(d *syntax.Definition) {
	if d.After == nil && d.Every == nil && d.Cron == nil {
		f.linef("pass  # %s is never armed", d.Name.Text)
		return
	}
	f.linef("%s.cancel()", f.periodic(d))
}

func (f *function) toThread(n *syntax.ToThread) {
	f.use("threads")
	f.limited(n.Limit, func() {
		f.into(n.As, fmt.Sprintf("await in_thread(%s, %s)", f.duration(n.For), f.outcome(&n.Outcome)))
	})
}

func (f *function) addDone(n *syntax.AddDone) {
	f.use("Done")
	d := f.info.Callbacks[n.Callback.Text]
	args := append([]string{f.exporter.name("callback", d.Name.Text)}, f.arguments(d, n.With)...)
	f.linef("%s.add_done_callback(Done(%s))", f.what(n.What), strings.Join(args, ", "))
}
