package conformance

import (
	"fmt"
	"slices"
)

// acquireInLine acquires the object and holds it for a while, or for ever.
func acquireInLine(g *generator, what string) mapping {
	s := step("acquire", bare(what))
	if g.chance(0.7) {
		s = append(s, pair{"do", list{g.here(), step("sleep", bare(g.duration(2, 0)))}})
	}
	return s
}

func readOrWriteInLine(g *generator, what string) mapping {
	return append(acquireInLine(g, what), pair{"mode", bare(pick(g, "read", "write"))})
}

func releaseReadersWriter(_ *generator, what string) any {
	return step("if", what+".writer or "+what+".readers > 0", pair{"then", list{step("release", bare(what))}})
}

// getInLine takes any item, or (mostly) waits for a certain one.
func getInLine(g *generator, what string) mapping {
	name := g.fresh("v")
	s := step("get", bare(what), pair{"as", bare(name)})
	if !g.plain && g.chance(0.6) {
		s = append(s, pair{"where", name + pick(g, " < ", " >= ", " == ") + fmt.Sprint(g.n(4))})
	}
	return s
}

func putAny(g *generator, what string) mapping {
	return step("put", bare(what), pair{"value", bare(fmt.Sprint(g.n(4)))})
}

// putOne wakes one getter, or two that may take each other's item. Sometimes it takes the item itself before the woken
// task can.
func putOne(g *generator, what string) any {
	put := putAny(g, what)
	switch g.n(3) {
	case 0:
		return put
	case 1:
		return step("repeat", bare("1"), pair{"do", list{put, putAny(g, what)}})
	}
	get := step("get", bare(what), pair{"nowait", bare("true")})
	return step("if", what+".empty", pair{"then", list{put, step("if", "not "+what+".empty", pair{"then", list{get}})}})
}

// here prints which task runs here, and when.
func (g *generator) here() mapping { return step("print", g.fresh("#")+" ${now} ${task} n=${n}") }

// crowd writes a crowd and what happens to it within a few iterations of the loop: some tasks are let go and some are
// cancelled, above all those that were let go and have not run yet. The fate of the others shows whether the line goes
// on.
func (g *generator) crowd(*body) (any, bool) {
	c := pick(g, crowds...)
	what, limit := g.fresh("v"), bare(g.duration(3, 1))
	steps := list{step("new", bare(c.kind), append(c.options[:len(c.options):len(c.options)], pair{"as", bare(what)})...)}
	if c.before != nil {
		s := slices.Clone(c.before)
		s[0].value = bare(what)
		steps = append(steps, s)
	}
	var tasks []string
	join := func() {
		name := g.fresh("v")
		tasks = append(tasks, name)
		steps = append(steps, step("spawn", mapping{{"do", g.member(c, what, limit)}}, pair{"as", bare(name)}))
	}
	wake := func() {
		if c.wake == nil {
			join() // the last one lets all of them go
			return
		}
		steps = append(steps, c.wake(g, what))
	}
	cancelOne := func(task string) {
		s := step("cancel", "${"+task+"}")
		if g.chance(0.7) {
			s = append(s, pair{"message", bare("enough")})
		}
		steps = append(steps, s)
	}
	cancel := func() { cancelOne(pick(g, append(tasks, tasks[0], tasks[0])...)) }
	leave := func() { // of most lines the first is the one that has been let go
		wake()
		cancelOne(tasks[0])
	}
	late := func() { // two come in the turn in which others are let go
		join()
		join()
		wake()
	}
	turn := func() { steps = append(steps, step("sleep", bare("0"))) }
	for range 2 + g.n(3) {
		join()
	}
	steps = append(steps, step("sleep", limit))
	if g.chance(0.5) { // who runs in which turn
		tick := step("repeat", bare("5"), pair{"do", list{step("sleep", bare("0")), g.here()}})
		steps = append(steps, step("spawn", mapping{{"do", list{tick}}}))
	}
	switch g.n(5) {
	case 0, 1:
		leave()
	case 2:
		wake()
		cancel()
	}
	for range 1 + g.n(4) {
		pick(g, wake, wake, cancel, cancel, join, turn, late)()
	}
	steps = append(steps, step("sleep", bare(g.duration(4, 1))))
	for _, t := range tasks {
		steps = append(steps, step("print", fmt.Sprintf("%s ${now} ${%s} ${%s.state} ${%s.ended} ${%s.error}", g.fresh("#"), t, t, t, t)))
		if g.chance(0.3) {
			steps = append(steps, step("cancel", "${"+t+"}"))
		}
	}
	return step("repeat", bare("1"), pair{"do", steps}), false
}

// member returns what a task of a crowd does. limit is the time at which the line begins to move.
func (g *generator) member(c crowd, what string, limit bare) list {
	wait := c.wait(g, what)
	if wait.get("wait") == nil || c.kind != "future" {
		if g.chance(0.15) {
			wait = append(wait, pair{"within", limit})
		}
	}
	steps := list{wait, g.here()}
	switch g.n(4) {
	case 0:
		steps = append(steps, c.wait(g, what), g.here())
	case 1:
		caught := step("print", g.fresh("#")+" ${now} ${task} caught ${error}")
		steps = list{step("try", steps, pair{"catch", list{mapping{{"error", bare("BaseException")}, {"do", list{caught, bare("raise")}}}}})}
	}
	return steps
}

// race writes several tasks that end or fail at almost the same time, and steps that wait for them or give up.
func (g *generator) race(*body) (any, bool) {
	steps, tasks := list{}, list{}
	var one string
	run := func(more ...pair) mapping {
		one = g.fresh("v")
		tasks = append(tasks, "${"+one+"}")
		return append(step("spawn", mapping{{"do", g.runner()}}, more...), pair{"as", bare(one)})
	}
	soon := func() bare { return bare(g.duration(4, 0)) }
	if g.chance(0.3) {
		name := g.fresh("g")
		do := list{run(pair{"in", bare(name)}), run(pair{"in", bare(name)}), run(pair{"in", bare(name)})}
		if g.chance(0.3) {
			do = append(do, step("raise", bare("ValueError")))
		} else if g.chance(0.7) {
			do = append(do, step("sleep", soon()), g.here())
		}
		steps = append(steps, step("group", bare(name), pair{"do", do}))
	} else {
		for range 2 + g.n(2) {
			steps = append(steps, run())
		}
		if g.chance(0.6) {
			early := bare(g.duration(2, 0))
			steps = append(steps, step("spawn", mapping{{"do", list{step("sleep", early), step("cancel", "${"+one+"}")}}}))
		}
		steps = append(steps, g.finish(tasks)...)
	}
	for range g.n(3) { // both can be over at once
		steps = list{step("timeout", soon(), pair{"do", steps})}
	}
	caught := step("print", g.fresh("#")+" ${now} caught ${error} ${error.errors} ${error.cause}")
	s := step("try", steps, pair{"catch", list{mapping{{"do", list{caught}}}}})
	return step("repeat", bare("1"), pair{"do", list{s, g.here()}}), false
}

// runner returns what a task of a race does.
func (g *generator) runner() list {
	end := pick[any](g, g.here(), g.here(), step("raise", bare("Boom")), step("raise", bare("Boom")), step("return", "${n}"))
	steps := list{step("sleep", bare(g.duration(3, 0))), end}
	if g.chance(0.4) {
		return list{step("try", steps, pair{"finally", list{g.here()}})}
	}
	return steps
}

// finish waits for some or all of the tasks.
func (g *generator) finish(tasks list) list {
	name := g.fresh("v")
	shown := step("print", g.fresh("#")+" ${now} ${"+name+"}")
	as := pair{"as", bare(name)}
	switch g.n(7) {
	case 0:
		return list{step("wait", tasks, pair{"return_when", bare(pick(g, "first_exception", "first_completed"))}, as), shown}
	case 1:
		return list{step("wait", tasks, pair{"return_when", bare("first_exception")}, as), shown}
	case 2:
		return list{step("as_completed", tasks, as, pair{"do", list{shown}})}
	case 3:
		return list{step("as_completed", tasks, as, pair{"within", bare(g.duration(4, 1))}, pair{"do", list{shown, step("sleep", bare("0"))}})}
	case 4:
		return list{step("gather", tasks, pair{"return_exceptions", bare(pick(g, "true", "false"))}, as), shown}
	}
	begun := step("sleep", bare("0")) // the tasks' sleeps come before the limit
	return list{begun, step("shield", tasks[0], as, pair{"within", bare(g.duration(3, 0))}), shown}
}
