package python

import (
	"fmt"
	"strings"

	"runloop/dsl/syntax"
)

// block writes steps.
func (f *function) block(b *syntax.Block) {
	if b == nil || len(b.Steps) == 0 {
		f.linef("pass")
		return
	}
	for _, s := range b.Steps {
		f.step(s)
	}
}

// step writes a step.
func (f *function) step(s *syntax.Step) {
	switch n := s.Node.(type) {
	case *syntax.Print:
		f.print(n)
	case *syntax.Let:
		f.let(n)
	case *syntax.Set:
		f.set(n)
	case *syntax.Add:
		f.add(n)
	case *syntax.Remove:
		f.remove(n)
	case *syntax.Append:
		f.appendTo(n)
	case *syntax.Reset:
		f.reset(n)
	case *syntax.Context:
		f.context(n)
	case *syntax.If:
		f.ifElse(n)
	case *syntax.Repeat:
		f.repeat(n)
	case *syntax.For:
		f.forIn(n)
	case *syntax.While:
		f.while(n)
	case *syntax.Break:
		f.linef("break")
	case *syntax.Continue:
		f.linef("continue")
	case *syntax.Call:
		f.call(n)
	case *syntax.Return:
		f.returnValue(n)
	case *syntax.Raise:
		f.raise(n)
	case *syntax.Try:
		f.try(n)
	case *syntax.Assert:
		f.assert(n)
	case *syntax.Sleep:
		f.sleep(n)
	case *syntax.SleepUntil:
		f.sleepUntil(n)
	case *syntax.Timeout:
		f.timeout(n)
	case *syntax.Hold:
		f.use("block")
		f.linef("block(%s)", f.duration(n.For))
	case *syntax.ToThread:
		f.toThread(n)
	case *syntax.AddDone:
		f.addDone(n)
	case *syntax.RemoveDone:
		f.use("Done")
		f.into(n.As, fmt.Sprintf("%s.remove_done_callback(Done(%s))", f.what(n.What), f.exporter.name("callback", n.Callback.Text)))
	case *syntax.Uncancel:
		f.into(n.As, f.what(n.Task)+".uncancel()")
	case *syntax.SetName:
		f.use("set_name")
		f.linef("set_name(%s, %s)", f.reference(n.Task).text, f.text(n.Name))
	case *syntax.Spawn:
		f.spawn(n)
	case *syntax.Await:
		f.await(n)
	case *syntax.Gather:
		f.gather(n)
	case *syntax.Wait:
		f.wait(n)
	case *syntax.AsCompleted:
		f.asCompleted(n)
	case *syntax.Group:
		f.group(n)
	case *syntax.Shield:
		f.shield(n)
	case *syntax.Cancel:
		f.cancel(n)
	case *syntax.Schedule:
		f.schedule(n)
	case *syntax.Stop:
		f.linef("loop.stop()")
	case *syntax.Acquire:
		f.acquire(n)
	case *syntax.Release:
		of := ""
		if n.Of != nil {
			of = f.reference(n.Of).text
		}
		f.linef("%s.release(%s)", f.what(n.What), of)
	case *syntax.First:
		f.refusef(s.Place(), "asyncio has no counterpart of `first`")
	case *syntax.Use:
		f.useResource(n)
	case *syntax.RecordStep:
		f.refusef(n.Place(), "asyncio has no statistics: `record` cannot be exported")
	case *syntax.Resize:
		f.resize(n)
	case *syntax.Put:
		f.put(n)
	case *syntax.Get:
		f.get(n)
	case *syntax.TaskDone:
		f.linef("%s.task_done()", f.what(n.Queue))
	case *syntax.Join:
		f.awaited(n.Limit, nil, "%s.join()", f.what(n.Queue))
	case *syntax.Shutdown:
		f.linef("%s.shutdown(%s)", f.what(n.Queue), f.optional(n.Immediate))
	case *syntax.Signal:
		f.linef("%s.set()", f.what(n.Event))
	case *syntax.Clear:
		f.linef("%s.clear()", f.what(n.Event))
	case *syntax.Abort:
		f.awaited(n.Limit, nil, "%s.abort()", f.what(n.Barrier))
	case *syntax.ResetBarrier:
		f.awaited(n.Limit, nil, "%s.reset()", f.what(n.Barrier))
	case *syntax.Reschedule:
		f.reschedule(n)
	case *syntax.Notify:
		f.notify(n)
	case *syntax.New:
		f.newObject(n)
	case *syntax.Resolve:
		f.resolve(n)
	default:
		f.refusef(s.Span, "`%s` cannot be exported", s.Verb.Name)
	}
}

func (f *function) print(n *syntax.Print) {
	text, end := `""`, ""
	if n.Text != nil {
		text = f.text(n.Text)
	}
	if n.End != nil {
		end = ", end=" + f.text(n.End)
	}
	f.linef("print(%s%s)", text, end)
}

func (f *function) let(n *syntax.Let) {
	var names, values []string
	for _, item := range n.Locals.Items {
		values = append(values, f.value(item.Value).text)
	}
	for _, item := range n.Locals.Items {
		names = append(names, f.writable(item.Name.Text))
	}
	f.linef("%s = %s", strings.Join(names, ", "), strings.Join(values, ", "))
}

// target is a place that a step writes to, and its new value.
type target struct {
	name, python string
	path         []string
	value        string
}

func (f *function) targets(targets *syntax.Targets) []target {
	var list []target
	for _, item := range targets.Items {
		t := target{name: item.Path.Name.Text, python: f.variable(item.Path.Name.Text)}
		for _, elem := range item.Path.Elems {
			if elem.Index != nil {
				t.path = append(t.path, f.expr(elem.Index).text)
			} else {
				t.path = append(t.path, quote(elem.Key))
			}
		}
		if item.Value != nil {
			t.value = f.value(item.Value).text
		}
		list = append(list, t)
	}
	return list
}

func (t target) pathCode() string {
	if len(t.path) == 0 {
		return "()"
	}
	return "(" + strings.Join(t.path, ", ") + ",)"
}

// computed computes all places and values before any is assigned.
func (f *function) computed(list []target) {
	if len(list) < 2 {
		return
	}
	for i, t := range list {
		for j, p := range t.path {
			t.path[j] = f.kept(p)
		}
		if t.value != "" {
			list[i].value = f.kept(t.value)
		}
	}
}

// add translates `add`: a whole variable is computed like the value of a `set`.
func (f *function) add(n *syntax.Add) {
	list := f.targets(n.Targets)
	f.use("plus")
	for i, t := range list {
		if len(t.path) == 0 {
			list[i].value = fmt.Sprintf("plus(%s, %s)", f.load(t), t.value)
		}
	}
	f.computed(list)
	f.assignAll(list, "added")
}

func (f *function) remove(n *syntax.Remove) {
	list := f.targets(n.Places)
	f.computed(list)
	for _, t := range list {
		f.change(t, "removed")
	}
}

func (f *function) set(n *syntax.Set) {
	list := f.targets(n.Targets)
	f.computed(list)
	f.assignAll(list, "put")
}

// assignAll assigns whole variables, and changes places inside them by a function of the prelude.
func (f *function) assignAll(list []target, change string) {
	for _, t := range list {
		if len(t.path) == 0 {
			f.store(t, t.value, f.tokens[t.name])
		} else {
			f.change(t, change)
		}
	}
}

// change assigns a variable what a function of the prelude makes of it, of the place and, if there is one, of the value.
func (f *function) change(t target, name string) {
	args := []string{f.load(t), t.pathCode()}
	if t.value != "" {
		args = append(args, t.value)
	}
	f.use(name)
	f.store(t, name+"("+strings.Join(args, ", ")+")", false)
}

func (f *function) appendTo(n *syntax.Append) {
	list := f.targets(n.Targets)
	if len(list) > 1 {
		for i, t := range list {
			list[i].value = f.kept(t.value)
		}
	}
	for _, t := range list {
		f.change(t, "appended")
	}
}

func (f *function) load(t target) string {
	if f.isContext(t.name) {
		return t.python + ".get()"
	}
	return t.python
}

func (f *function) store(t target, value string, token bool) {
	switch {
	case !f.isContext(t.name):
		f.assign(t.name, value)
	case token:
		f.linef("%s.append(%s.set(%s))", f.tokensOf(t.name), t.python, value)
	default:
		f.linef("%s.set(%s)", t.python, value)
	}
}

func (f *function) reset(n *syntax.Reset) {
	f.use("reset")
	f.linef("reset(%s, %s)", f.variable(n.Var.Text), f.tokensOf(n.Var.Text))
}

func (f *function) context(n *syntax.Context) {
	var values, tokens []string
	items := n.Vars.Items
	for _, item := range items {
		values = append(values, f.value(item.Value).text)
	}
	if len(values) > 1 {
		for i, v := range values {
			values[i] = f.kept(v)
		}
	}
	for i, item := range items {
		tokens = append(tokens, f.kept(f.variable(item.Name.Text)+".set("+values[i]+")"))
	}
	f.suite("try:", n.Do)
	f.under("finally:", func() {
		for i := len(items) - 1; i >= 0; i-- {
			f.linef("%s.reset(%s)", f.variable(items[i].Name.Text), tokens[i])
		}
	})
}

func (f *function) call(n *syntax.Call) {
	d := f.info.Coroutines[n.Coroutine.Text]
	name, args := f.exporter.name("coroutine", d.Name.Text), f.arguments(d, n.With)
	if within := n.Within; within != nil && (within.Expr != nil || within.Nanos <= 0) {
		f.callWithin(n, strings.Join(append([]string{name}, args...), ", "))
		return
	}
	call := fmt.Sprintf("%s(%s)", name, strings.Join(args, ", "))
	if f.async {
		f.awaited(n.Limit, n.As, "%s", call)
		return
	}
	f.use("complete")
	f.into(n.As, "complete("+call+")")
}

// callWithin writes a call that may have no time at all. args is the coroutine and its arguments.
func (f *function) callWithin(n *syntax.Call, args string) {
	f.use("Limit")
	limit := "Limit(" + f.duration(n.Within) + ")"
	if n.Else == nil {
		f.into(n.As, "await "+limit+".call("+args+")")
		return
	}
	f.otherwise(f.kept(limit), n.Else, func(limit string) { f.into(n.As, "await "+limit+".call("+args+")") })
}

// arguments translates the arguments of a coroutine or a callback in the order of its parameters.
func (f *function) arguments(d *syntax.Definition, with *syntax.Bindings) []string {
	args := make([]string, len(d.Params))
	for i, p := range d.Params {
		args[i] = f.value(p.Fit(argument(p, with))).text
	}
	return args
}

// argument returns the value given for a parameter, or its default.
func argument(p *syntax.Param, with *syntax.Bindings) *syntax.Value {
	if with != nil {
		for _, b := range with.Items {
			if b.Name.Text == p.Name.Text {
				return b.Value
			}
		}
	}
	return p.Default
}

func (f *function) assert(n *syntax.Assert) {
	var parts []string
	if n.Message.Message != nil {
		parts = append(parts, f.text(n.Message.Message))
	}
	t := translator{f: f}
	if detail := t.explain(f.info.View(n.Cond.Expr), false); detail != "" {
		parts = append(parts, detail)
	}
	f.under("if not "+f.expr(n.Cond.Expr).in(bindNot)+":", func() {
		f.linef("raise AssertionError(%s)", strings.Join(parts, ` + ": " + `))
	})
}

func (f *function) sleep(n *syntax.Sleep) {
	f.linef("await asyncio.sleep(%s)", f.duration(n.For))
}

func (f *function) sleepUntil(n *syntax.SleepUntil) {
	f.linef("await asyncio.sleep(%s - loop.time())", f.at(n.At))
}

// schedule writes a call that schedules a callback.
func (f *function) schedule(n *syntax.Schedule) {
	method, args := "call_soon", []string(nil)
	switch {
	case n.After != nil:
		method, args = "call_later", append(args, f.duration(n.After))
	case n.At != nil:
		method, args = "call_at", append(args, f.at(n.At))
	}
	d := f.info.Callbacks[n.Callback.Text]
	args = append(args, f.exporter.name("callback", d.Name.Text))
	args = append(args, f.arguments(d, n.With)...)
	f.into(n.As, fmt.Sprintf("loop.%s(%s)", method, strings.Join(args, ", ")))
}
