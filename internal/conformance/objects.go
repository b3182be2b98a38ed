package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// lockKinds lists the kinds of objects that are acquired and released.
var lockKinds = []string{"lock", "rwlock", "semaphore", "condition"}

// declare declares locks, queues and the like, of the kinds that this scenario is about.
func (g *generator) declare() mapping {
	g.objects = map[string][]string{}
	var m mapping
	add := func(key, kind string, part any, exprs ...string) {
		if g.chance(0.3) {
			m = append(m, pair{key, part})
			g.objects[kind] = exprs
		}
	}
	size := func(least, n int) bare { return bare(fmt.Sprint(least + g.n(n))) }
	add("locks", "lock", mapping{{"lk", mapping{}}, {"fork", mapping{{"count", bare("2")}}}}, "lk", "lk", "fork[0]", "fork[n % 2]")
	add("rwlocks", "rwlock", list{bare("ra"), bare("rb")}, "ra", "rb")
	add("semaphores", "semaphore", mapping{{"sm", size(0, 3)}, {"sb", mapping{{"value", size(1, 2)}, {"bounded", bare("true")}}}},
		"sm", "sb")
	add("events", "event", list{bare("ea"), bare("eb")}, "ea", "eb")
	if g.chance(0.3) {
		add("conditions", "condition", mapping{{"cd", mapping{}}}, "cd")
	} else if len(g.objects["lock"]) > 0 {
		shared := mapping{{"lock", bare("lk")}}
		add("conditions", "condition", mapping{{"cd", shared}, {"ce", shared}}, "cd", "ce")
	} else {
		add("conditions", "condition", list{bare("cd")}, "cd")
	}
	add("barriers", "barrier", mapping{{"br", size(1, 3)}}, "br")
	order := func() mapping {
		return mapping{{"capacity", size(0, 3)}, {"order", bare(pick(g, "fifo", "lifo", "priority"))}}
	}
	add("queues", "queue", mapping{{"qa", size(0, 3)}, {"qb", order()}}, "qa", "qb")
	rs, rp, rl := size(0, 3), size(1, 3), g.resourceOptions()
	add("resources", "resource", mapping{{"rs", rs}, {"rp", mapping{{"capacity", rp}, {"order", bare("priority")}}}, {"rl", rl}}, "rs", "rp", "rl")
	g.single = map[string]bool{"rs": rs < "2", "rp": rp < "2", "rl": rl.get("capacity").(bare) < "2"}
	add("containers", "container", mapping{{"ta", g.containerOptions()}, {"tb", size(1, 5)}}, "ta", "tb")
	add("stores", "store", mapping{{"sa", g.storeOptions()}, {"st", size(0, 3)}}, "sa", "st")
	g.futures, g.plain = g.chance(0.3), g.chance(0.4)
	return m
}

// object returns an expression for an object of a kind, or "" if there is none.
func (g *generator) object(b *body, kind string) string {
	options := append(b.of(kind), g.objects[kind]...)
	if len(options) == 0 {
		return ""
	}
	return pick(g, options...)
}

// having returns a test for an object of one of the kinds and, if waits is set, for a body that may wait.
func having(waits bool, kinds ...string) func(g *generator, b *body) bool {
	return func(g *generator, b *body) bool {
		for _, kind := range kinds {
			if g.object(b, kind) != "" {
				return b.async || !waits
			}
		}
		return false
	}
}

// oneOf picks an object of one of the kinds.
func (g *generator) oneOf(b *body, kinds ...string) (kind, expr string) {
	for {
		kind = pick(g, kinds...)
		if o := g.object(b, kind); o != "" {
			return kind, o
		}
	}
}

// limited sometimes writes `within`, with or without `else`. A step without `else` sometimes assigns its result to a
// new local.
func (g *generator) limited(b *body, s mapping, kind string) mapping {
	if !g.cycle && g.chance(0.35) {
		s = append(s, pair{"within", bare(g.duration(6, 0))})
		if b.depth > 0 && g.chance(0.4) {
			return append(s, pair{"else", g.inner(b)})
		}
	}
	if kind == "" {
		return s
	}
	return g.bind(b, s, kind, 0.6)
}

func (g *generator) acquire(b *body) (any, bool) {
	kind, what := g.oneOf(b, lockKinds...)
	s := step("acquire", bare(what))
	if kind == "rwlock" {
		s = append(s, pair{"mode", bare(pick(g, "read", "read", "write"))})
	}
	if b.depth > 0 && g.chance(0.8) {
		s = append(s, pair{"do", g.inner(b)})
	}
	return g.limited(b, s, ""), false
}

func (g *generator) release(b *body) (any, bool) {
	_, what := g.oneOf(b, lockKinds...)
	s := step("release", bare(what))
	if g.chance(0.6) {
		return step("try", list{s}, pair{"catch", list{mapping{{"do", list{step("print", g.fresh("#")+" ${error}")}}}}}), false
	}
	return s, false
}

func (g *generator) signal(b *body) (any, bool) {
	return step("signal", bare(g.object(b, "event"))), false
}
func (g *generator) clear(b *body) (any, bool) {
	return step("clear", bare(g.object(b, "event"))), false
}

func (g *generator) waitEvent(b *body) (any, bool) {
	return g.limited(b, step("wait", bare(g.object(b, "event"))), ""), false
}

func (g *generator) waitBarrier(b *body) (any, bool) {
	return g.limited(b, step("wait", bare(g.object(b, "barrier"))), "int"), false
}

// abort breaks a barrier, or resets it.
func (g *generator) abort(b *body) (any, bool) {
	s := step(pick(g, "abort", "reset_barrier", "reset_barrier"), bare(g.object(b, "barrier")))
	return g.limited(b, s, ""), false
}

// waitCondition waits for a condition, mostly with its lock.
func (g *generator) waitCondition(b *body) (any, bool) {
	what := bare(g.object(b, "condition"))
	s := step("wait", what)
	if g.chance(0.5) {
		s = append(s, pair{"until", g.condition(b)})
	}
	s = g.limited(b, s, "")
	if g.chance(0.1) {
		return s, false
	}
	return step("acquire", what, pair{"do", list{s, step("print", g.fresh("#")+" ${now} ${task} n=${n}")}}), false
}

func (g *generator) notify(b *body) (any, bool) {
	what := bare(g.object(b, "condition"))
	s := step("notify", what)
	switch g.n(4) {
	case 0:
		s = append(s, pair{"all", bare("true")})
	case 1:
		s = append(s, pair{"count", bare("2")})
	}
	if !b.async || g.chance(0.2) {
		return step("if", string(what)+".locked", pair{"then", list{s}}), false
	}
	return step("acquire", what, pair{"do", list{step("set", mapping{{"n", "${n + 1}"}}), s}}), false
}

func (g *generator) put(b *body) (any, bool) {
	s := step("put", bare(g.object(b, "queue")), pair{"value", "${" + g.number(b) + "}"})
	if !b.async || g.chance(0.2) {
		return append(s, pair{"nowait", bare("true")}), false
	}
	return g.limited(b, s, ""), false
}

func (g *generator) get(b *body) (any, bool) {
	s := step("get", bare(g.object(b, "queue")))
	if !g.plain && g.chance(0.2) {
		name := g.fresh("v")
		s = append(s, pair{"as", bare(name)}, pair{"where", name + " " + pick(g, ">", "<", "==") + " " + fmt.Sprint(g.n(4))})
		if !b.async {
			s = append(s, pair{"nowait", bare("true")})
		} else if s = g.limited(b, s, ""); s.get("else") != nil {
			return s, false
		}
		b.assign(name, "any")
		return s, false
	}
	if !b.async || g.chance(0.2) {
		return g.bind(b, append(s, pair{"nowait", bare("true")}), "any", 0.7), false
	}
	return g.limited(b, s, "any"), false
}

func (g *generator) taskDone(b *body) (any, bool) {
	return step("task_done", bare(g.object(b, "queue"))), false
}

func (g *generator) join(b *body) (any, bool) {
	return g.limited(b, step("join", bare(g.object(b, "queue"))), ""), false
}

func (g *generator) shutdown(b *body) (any, bool) {
	s := step("shutdown", bare(g.object(b, "queue")))
	if g.chance(0.4) {
		s = append(s, pair{"immediate", bare("true")})
	}
	return step("if", fmt.Sprintf("n > %d", 1+g.n(3)), pair{"then", list{s}}), false
}

func (g *generator) newObject(b *body) (any, bool) {
	if g.futures && g.chance(0.6) {
		return step("new", bare("future"), pair{"as", bare("fu")}), false
	}
	kind := pick(g, "future", "event", "queue", "lock", "rwlock", "semaphore", "condition", "barrier", "resource", "container", "store")
	name := g.fresh("v")
	s := step("new", bare(kind), pair{"as", bare(name)})
	switch kind {
	case "barrier":
		s = append(s, pair{"parties", pick[any](g, bare("1"), "${n % 2}")}) // 0 is an error
	case "semaphore":
		s = append(s, pair{"value", pick[any](g, bare("1"), "${n % 3 - 1}")})
	case "queue", "resource":
		s = append(s, pair{"capacity", bare("1")})
	}
	b.assign(name, kind)
	return s, false
}

// future returns an expression for a future: a local one, or the one that all tasks share, which may be null.
func (g *generator) future(b *body) (expr string, shared bool) {
	if locals := b.of("future"); len(locals) > 0 && g.chance(0.5) {
		return pick(g, locals...), false
	}
	return "fu", true
}

// onFuture writes a step on a future.
func (g *generator) onFuture(b *body, write func(expr string) mapping) (any, bool) {
	expr, shared := g.future(b)
	if shared {
		known := len(b.locals)
		s := write(expr)
		b.locals = b.locals[:known:known]
		return step("if", "fu != null", pair{"then", list{s}}), false
	}
	return write(expr), false
}

func (g *generator) awaitFuture(b *body) (any, bool) {
	return g.onFuture(b, func(expr string) mapping {
		switch g.n(5) {
		case 0:
			return g.limited(b, step("shield", "${"+expr+"}"), "any")
		case 1:
			return g.limited(b, step("gather", list{"${" + expr + "}"}, pair{"return_exceptions", bare("true")}), "any")
		case 2:
			return step("wait", list{"${" + expr + "}"}, pair{"within", bare(g.duration(6, 0))})
		}
		return g.limited(b, step("await", "${"+expr+"}"), "any")
	})
}

func (g *generator) resolve(b *body) (any, bool) {
	return g.onFuture(b, func(expr string) mapping {
		s := step("resolve", "${"+expr+"}")
		switch g.n(6) {
		case 0:
			return step("cancel", "${"+expr+"}")
		case 1:
			s = append(s, pair{"error", bare(pick(g, "ValueError", "Boom"))}, pair{"message", "m"})
		default:
			s = append(s, pair{"value", "${" + g.number(b) + "}"})
		}
		if g.chance(0.7) {
			return step("if", "not "+expr+".done", pair{"then", list{s}})
		}
		return s
	})
}

// several returns a list of tasks for `wait` or `as_completed`.
func (g *generator) several(b *body) any {
	if ts := b.of("tasks"); len(ts) > 0 && g.chance(0.4) {
		return "${" + pick(g, ts...) + "}"
	}
	items := list{}
	for range 1 + g.n(3) {
		if t := g.task(b); t != "" {
			items = append(items, "${"+t+"}")
		}
	}
	return items
}

func (g *generator) waitTasks(b *body) (any, bool) {
	s := step("wait", g.several(b))
	if when := pick(g, "", "first_completed", "first_exception"); when != "" {
		s = append(s, pair{"return_when", bare(when)})
	}
	if g.chance(0.4) {
		s = append(s, pair{"within", bare(g.duration(6, 0))})
	}
	name := g.fresh("v")
	s = append(s, pair{"as", bare(name)})
	b.assign(name, "any")
	b.assign(name+".done", "tasks")
	b.assign(name+".pending", "tasks")
	return s, false
}

func (g *generator) asCompleted(b *body) (any, bool) {
	name := g.fresh("v")
	s := step("as_completed", g.several(b), pair{"as", bare(name)})
	if g.chance(0.4) {
		s = append(s, pair{"within", bare(g.duration(6, 0))})
		if g.chance(0.4) {
			s = append(s, pair{"else", g.inner(b)})
		}
	}
	known := len(b.locals)
	b.assign(name, "task")
	do := append(list{step("print", g.fresh("#")+" ${now} ${"+name+"}")}, g.loop(b)...)
	b.locals = b.locals[:known:known]
	return append(s, pair{"do", do}), false
}

func (g *generator) group(b *body) (any, bool) {
	name := g.fresh("g")
	b.assign(name, "group")
	do := list{}
	for range 1 + g.n(3) {
		do = append(do, g.spawnIn(b, name))
	}
	return step("group", bare(name), pair{"do", append(do, g.inner(b)...)}), false
}

// spawnIn writes a step that creates a task of a group.
func (g *generator) spawnIn(b *body, group string) mapping {
	e := g.entry(b)
	s := step("spawn", e)
	if call, ok := e.get("call").(bare); ok {
		s = append(step("spawn", call), e[1:]...)
	}
	return g.bind(b, append(s, pair{"in", bare(group)}), "task", 0.4)
}

func (g *generator) spawnInGroup(b *body) (any, bool) {
	return g.spawnIn(b, g.object(b, "group")), false
}

// attributes holds texts that show the state of an object.
var attributes = []struct{ kind, text string }{
	{"queue", "${%.size} ${%.full} ${%.empty}"}, {"lock", "${%.locked}"}, {"semaphore", "${%.value} ${%.locked}"},
	{"rwlock", "${%.readers} ${%.writer} ${%.waiting} ${%}"},
	{"event", "${%.is_set}"}, {"condition", "${%.locked}"}, {"barrier", "${%.waiting} ${%.parties} ${%.broken} ${%}"}, {"queue", "${%} ${%.capacity}"},
	{"future", "${%.state} ${%.done} ${%}"},
	{"resource", "${%.capacity} ${%.in_use} ${%.free} ${%.waiting} ${%}"}, {"resource", "${%.holders} ${%.waiters}"},
	{"container", "${%.level} ${%.capacity} ${%.wanted} ${%.offered} ${%.full} ${%.empty} ${%}"},
	{"store", "${%.size} ${%.capacity} ${%.full} ${%.empty} ${%.lent} ${%.items} ${%}"},
}

// shownKinds returns the kinds of objects that have attributes.
func shownKinds() []string {
	var kinds []string
	for _, a := range attributes {
		kinds = append(kinds, a.kind)
	}
	return kinds
}

func (g *generator) showObject(b *body) (any, bool) {
	parts := []string{g.fresh("#"), "${now}", "${task}"}
	for _, a := range attributes {
		if o := g.object(b, a.kind); o != "" && g.chance(0.5) {
			parts = append(parts, strings.ReplaceAll(a.text, "%", o))
		}
	}
	return step("print", strings.Join(parts, " ")), false
}

// crowd describes several tasks that wait for one object: how the object is made, what each task does, and what lets
// some of them go.
type crowd struct {
	kind    string
	options []pair
	before  mapping // makes the tasks wait: one step, without the object; nil: they wait as it is
	wait    func(g *generator, what string) mapping
	wake    func(g *generator, what string) any
}

// crowds has a row for each way to wait in a line.
var crowds = []crowd{
	{"lock", nil, step("acquire", nil), acquireInLine, func(g *generator, what string) any {
		return step("if", what+".locked", pair{"then", list{step("release", bare(what))}})
	}},
	{"rwlock", nil, step("acquire", nil, pair{"mode", bare("write")}), readOrWriteInLine, releaseReadersWriter},
	{"rwlock", nil, step("acquire", nil, pair{"mode", bare("read")}), readOrWriteInLine, releaseReadersWriter},
	{"semaphore", []pair{{"value", bare("0")}}, nil, acquireInLine, func(g *generator, what string) any {
		s := step("release", bare(what))
		if g.chance(0.5) { // several places at once
			s = step("repeat", bare("1"), pair{"do", slices.Repeat(list{s}, 3)})
		}
		return s
	}},
	{"semaphore", []pair{{"bounded", bare("true")}}, step("acquire", nil), acquireInLine, func(g *generator, what string) any {
		return step("if", what+".value < 1", pair{"then", list{step("release", bare(what))}})
	}},
	{"resource", []pair{{"max_waiting", bare("3")}}, step("acquire", nil), func(g *generator, what string) mapping {
		return g.asked(&body{async: true}, acquireInLine(g, what), false)
	}, func(g *generator, what string) any {
		of := step("release", bare(what), pair{"of", "${" + what + ".holders[0]}"})
		return step("if", what+".in_use > 0", pair{"then", list{of}})
	}},
	{"container", nil, nil, func(g *generator, what string) mapping {
		return step("get", bare(what), pair{"amount", bare(fmt.Sprint(1 + g.n(3)))}, pair{"priority", bare(fmt.Sprint(g.n(2)))})
	}, func(g *generator, what string) any {
		return step("put", bare(what), pair{"amount", bare(fmt.Sprint(1 + g.n(4)))})
	}},
	{"store", []pair{{"order", bare("priority")}}, nil, func(g *generator, what string) mapping {
		return step("get", bare(what), pair{"as", bare(g.fresh("v"))}, pair{"priority", bare(fmt.Sprint(g.n(2)))})
	}, func(g *generator, what string) any {
		return step("put", bare(what), pair{"value", bare(fmt.Sprint(g.n(9)))}, pair{"priority", bare(fmt.Sprint(g.n(3)))})
	}},
	{"condition", nil, nil, func(g *generator, what string) mapping {
		s := step("wait", bare(what))
		if g.chance(0.3) {
			s = append(s, pair{"until", fmt.Sprintf("n > %d", g.n(5))})
		}
		return step("acquire", bare(what), pair{"do", list{s, g.here(), step("sleep", bare(g.duration(2, 0)))}})
	}, func(g *generator, what string) any {
		s := step("notify", bare(what))
		if g.chance(0.6) {
			s = append(s, pair{"count", bare("3")})
		}
		do := list{step("acquire", bare(what), pair{"do", list{step("set", mapping{{"n", "${n + 1}"}}), s}})}
		for range g.n(3) { // they are about to take the lock, or one of them has it
			do = append(do, step("sleep", bare("0")))
		}
		return step("repeat", bare("1"), pair{"do", do})
	}},
	{"event", nil, nil, func(_ *generator, what string) mapping {
		return step("wait", bare(what))
	}, func(g *generator, what string) any {
		return step(pick(g, "signal", "signal", "clear"), bare(what))
	}},
	{"barrier", []pair{{"parties", bare("2")}}, nil, func(g *generator, what string) mapping {
		return step("wait", bare(what), pair{"as", bare(g.fresh("v"))})
	}, nil},
	{"queue", nil, nil, func(g *generator, what string) mapping {
		return step("get", bare(what), pair{"as", bare(g.fresh("v"))})
	}, putOne},
	{"queue", []pair{{"order", bare("lifo")}}, nil, getInLine, putOne},
	{"queue", []pair{{"order", bare("priority")}}, nil, getInLine, putOne},
	{"queue", []pair{{"capacity", bare("1")}}, step("put", nil, pair{"value", bare("9")}), func(g *generator, what string) mapping {
		return putAny(g, what)
	}, func(g *generator, what string) any {
		if !g.plain && g.chance(0.1) {
			return step("shutdown", bare(what))
		}
		name := g.fresh("v")
		get := step("get", bare(what), pair{"nowait", bare("true")}, pair{"as", bare(name)})
		return step("if", what+".size > 0", pair{"then", list{get, step("print", g.fresh("#")+" ${"+name+"}")}})
	}},
	{"queue", nil, step("put", nil, pair{"value", bare("9")}), func(_ *generator, what string) mapping {
		return step("join", bare(what))
	}, func(g *generator, what string) any {
		s := step("task_done", bare(what))
		switch {
		case g.chance(0.3):
			s = putAny(g, what)
		case !g.plain && g.chance(0.3):
			s = step("shutdown", bare(what), pair{"immediate", bare("true")})
		}
		return step("try", list{s}, pair{"catch", list{mapping{{"do", list{g.here()}}}}})
	}},
	{"future", nil, nil, func(g *generator, what string) mapping {
		switch what = "${" + what + "}"; g.n(4) {
		case 0:
			return step("shield", what)
		case 1:
			return step("gather", list{what, what}, pair{"return_exceptions", bare("true")})
		case 2:
			return step("wait", list{what})
		}
		return step("await", what)
	}, func(g *generator, what string) any {
		s := step("resolve", "${"+what+"}")
		if g.chance(0.3) {
			s = append(s, pair{"error", bare("Boom")})
		}
		return step("if", "not "+what+".done", pair{"then", list{s}})
	}},
}
