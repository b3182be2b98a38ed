package python

import (
	"fmt"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// eachStep calls f for every step of the scenario, those of inner activations too.
func (e *exporter) eachStep(f func(*syntax.Step)) {
	blocks := []*syntax.Block{e.s.Before, e.s.Main, e.s.After}
	for _, d := range e.s.Coroutines {
		blocks = append(blocks, d.Do)
	}
	for _, d := range e.s.Callbacks {
		then, _ := d.Record.Get("then").(*syntax.Block)
		blocks = append(blocks, d.Do, then)
	}
	for _, w := range e.s.Workers {
		do, _ := w.Entry.Get("do").(*syntax.Block)
		blocks = append(blocks, do)
	}
	var inner func(r *syntax.Record)
	visit := func(s *syntax.Step) {
		f(s)
		for _, field := range s.Fields {
			switch v := field.Value.(type) {
			case *syntax.Record:
				inner(v)
			case *syntax.Items:
				for _, item := range v.Items {
					if r, ok := item.(*syntax.Record); ok {
						inner(r)
					}
				}
			}
		}
	}
	inner = func(r *syntax.Record) {
		do, _ := r.Get("do").(*syntax.Block)
		eachStep(do, visit)
	}
	for _, b := range blocks {
		eachStep(b, visit)
	}
}

// ownQueues finds out whether asyncio's queues do: those of Python 3.11 have no shutdown, and none has `where`.
func (e *exporter) ownQueues() bool {
	own := false
	e.eachStep(func(s *syntax.Step) { own = own || s.Verb.Name == "shutdown" || s.Get("where") != nil })
	return own
}

// object is Python that makes an object of a kind. option gives the values of its options, nil: they are absent.
func (f *function) object(kind expr.TypeKind, options *syntax.Record, option func(name string) *syntax.Value) string {
	number := func(name string) string {
		if v := option(name); v != nil {
			return f.value(v).text
		}
		return ""
	}
	f.use("asyncio")
	switch kind {
	case expr.TypeFuture:
		f.use("Future")
		return "Future(loop=loop)"
	case expr.TypeLock:
		return "asyncio.Lock()"
	case expr.TypeEvent:
		return "asyncio.Event()"
	case expr.TypeCondition:
		return "asyncio.Condition()"
	case expr.TypeBarrier:
		return "asyncio.Barrier(" + number("parties") + ")"
	case expr.TypeSemaphore:
		if v := option("bounded"); v != nil && v.Const.AsBool() {
			return "asyncio.BoundedSemaphore(" + number("value") + ")"
		}
		return "asyncio.Semaphore(" + number("value") + ")"
	}
	class := "Queue"
	if options != nil {
		if order := get[*syntax.Name](options, "order"); order != nil {
			class = map[string]string{"fifo": "Queue", "lifo": "LifoQueue", "priority": "PriorityQueue"}[order.Text]
		}
	}
	if f.queues {
		f.use("Queue")
	} else {
		class = "asyncio." + class
	}
	return class + "(" + number("capacity") + ")"
}

// declared writes a declared object, or the list of them.
func (f *function) declared(o *syntax.Object) {
	f.use("made")
	name, object := f.variable(o.Name.Text), f.object(o.Kind, o.Options, o.Option)
	if count := o.Option("count"); count != nil {
		f.linef("%s = [made(%s, f\"%s[{i}]\") for i in range(%s)]", name, object, o.Name.Text, f.value(count).text)
		return
	}
	f.linef("%s = made(%s, %s)", name, object, quote(o.Name.Text))
}

func (f *function) newObject(s *syntax.Step) {
	f.use("made")
	kind := objectKinds[get[*syntax.Name](s, "new").Text]
	option := func(name string) *syntax.Value { return get[*syntax.Value](s, name) }
	f.into(s, "made("+f.object(kind, s, option)+")")
}

var objectKinds = map[string]expr.TypeKind{
	"future": expr.TypeFuture, "event": expr.TypeEvent, "queue": expr.TypeQueue, "lock": expr.TypeLock,
	"semaphore": expr.TypeSemaphore, "condition": expr.TypeCondition, "barrier": expr.TypeBarrier,
}

// what is the object that a step is about, as what a dot may follow.
func (f *function) what(s *syntax.Step) string {
	return f.reference(get[*syntax.Reference](s, s.Verb.Name)).in(bindAtom)
}

// awaited writes a step that awaits one call, under its `within`.
func (f *function) awaited(s *syntax.Step, form string, args ...any) {
	f.limited(s, func() { f.into(s, "await "+fmt.Sprintf(form, args...)) })
}

// flag is a literal boolean; absent it is false.
func flag(s *syntax.Step, key string) bool {
	v := get[*syntax.Value](s, key)
	return v != nil && v.Const.AsBool()
}

// acquire writes `acquire`; with `do`, only the acquiring is limited.
func (f *function) acquire(s *syntax.Step) {
	do, scoped := s.Get("do").(*syntax.Block)
	if !scoped {
		f.awaited(s, "%s.acquire()", f.what(s))
		return
	}
	within := get[*syntax.Duration](s, "within")
	if within == nil {
		f.linef("async with %s:", f.what(s))
		f.nest(func() { f.block(do) })
		return
	}
	held := f.temp()
	f.linef("%s = %s", held, f.what(s))
	take := func() { f.linef("await %s.acquire()", held) }
	hold := func() {
		f.linef("try:")
		f.nest(func() { f.block(do) })
		f.linef("finally:")
		f.nest(func() { f.linef("%s.release()", held) })
	}
	other := get[*syntax.Block](s, "else")
	f.after(within, take, other)
	if other == nil {
		hold()
		return
	}
	f.linef("else:")
	f.nest(hold)
}

func (f *function) release(s *syntax.Step) { f.linef("%s.release()", f.what(s)) }
func (f *function) signal(s *syntax.Step)  { f.linef("%s.set()", f.what(s)) }
func (f *function) clear(s *syntax.Step)   { f.linef("%s.clear()", f.what(s)) }

func (f *function) taskDone(s *syntax.Step) { f.linef("%s.task_done()", f.what(s)) }
func (f *function) join(s *syntax.Step)     { f.awaited(s, "%s.join()", f.what(s)) }

func (f *function) shutdown(s *syntax.Step) {
	immediate := ""
	if v := get[*syntax.Value](s, "immediate"); v != nil {
		immediate = f.value(v).text
	}
	f.linef("%s.shutdown(%s)", f.what(s), immediate)
}

func (f *function) put(s *syntax.Step) {
	value := f.value(get[*syntax.Value](s, "value")).text
	if flag(s, "nowait") {
		f.linef("%s.put_nowait(%s)", f.what(s), value)
		return
	}
	f.awaited(s, "%s.put(%s)", f.what(s), value)
}

func (f *function) get(s *syntax.Step) {
	where := ""
	if c := get[*syntax.Condition](s, "where"); c != nil {
		where = fmt.Sprintf("lambda %s: %s", f.variable(get[*syntax.Name](s, "as").Text), f.expr(c.Expr).text)
	}
	if flag(s, "nowait") {
		f.into(s, fmt.Sprintf("%s.get_nowait(%s)", f.what(s), where))
		return
	}
	f.awaited(s, "%s.get(%s)", f.what(s), where)
}

func (f *function) notify(s *syntax.Step) {
	switch n := get[*syntax.Value](s, "count"); {
	case flag(s, "all"):
		f.linef("%s.notify_all()", f.what(s))
	case n != nil:
		f.linef("%s.notify(%s)", f.what(s), f.value(n).text)
	default:
		f.linef("%s.notify()", f.what(s))
	}
}

func (f *function) resolve(s *syntax.Step) {
	f.use("resolve")
	var err string
	switch v := s.Get("error").(type) {
	case *syntax.Name:
		message := ""
		if m := get[*syntax.Value](s, "message"); m != nil {
			message = f.text(m)
		}
		err = f.errorName(v.Text) + "(" + message + ")"
	case *syntax.Value:
		err = f.value(v).text
	}
	value := "None"
	if v := get[*syntax.Value](s, "value"); v != nil {
		value = f.value(v).text
	}
	if err != "" {
		f.linef("resolve(%s, error=%s)", f.what(s), err)
		return
	}
	f.linef("resolve(%s, %s)", f.what(s), value)
}

// tasks is the list of the tasks and futures that a step waits for.
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

func (f *function) wait(s *syntax.Step) {
	refs := get[*syntax.References](s, "wait")
	if !refs.IsList {
		object := f.reference(refs.Items[0])
		switch f.kind(refs.Items[0]) {
		case expr.TypeEvent, expr.TypeBarrier:
			f.awaited(s, "%s.wait()", object.in(bindAtom))
			return
		case expr.TypeCondition:
			if until := get[*syntax.Condition](s, "until"); until != nil {
				f.awaited(s, "%s.wait_for(lambda: %s)", object.in(bindAtom), f.expr(until.Expr).text)
			} else {
				f.awaited(s, "%s.wait()", object.in(bindAtom))
			}
			return
		}
	}
	f.use("wait")
	args := f.tasks(refs)
	if d := get[*syntax.Duration](s, "within"); d != nil {
		args += ", timeout=" + f.duration(d)
	}
	if when := get[*syntax.Name](s, "return_when"); when != nil {
		args += ", return_when=asyncio." + strings.ToUpper(when.Text)
	}
	f.into(s, "await wait("+args+")")
}

// asCompleted writes a loop over the tasks as they end; with `else` the end of its time is a None.
func (f *function) asCompleted(s *syntax.Step) {
	f.use("as_completed")
	args := f.tasks(get[*syntax.References](s, "as_completed"))
	if d := get[*syntax.Duration](s, "within"); d != nil {
		args += ", " + f.duration(d)
	}
	next, late := f.temp(), ""
	other := get[*syntax.Block](s, "else")
	if other != nil {
		args += ", None"
		late = f.temp()
		f.linef("%s = False", late)
	}
	f.linef("for %s in as_completed(%s):", next, args)
	f.nest(func() {
		ended := "await " + next
		if other != nil {
			f.linef("%s = await %s", next, next)
			f.linef("if %s is None:", next)
			f.nest(func() {
				f.linef("%s = True", late)
				f.linef("break")
			})
			ended = next
		}
		f.into(s, ended)
		f.block(get[*syntax.Block](s, "do"))
	})
	if other != nil {
		f.linef("if %s:", late)
		f.nest(func() { f.block(other) })
	}
}

func (f *function) group(s *syntax.Step) {
	f.use("TaskGroup")
	f.linef("async with TaskGroup() as %s:", f.writable(get[*syntax.Name](s, "group").Text))
	f.nest(func() { f.block(get[*syntax.Block](s, "do")) })
}
