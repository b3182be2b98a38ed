// Package conformance runs random scenarios on runloop's engine and on CPython's asyncio and compares what they do.
package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"runloop/dsl"
)

// Scenario makes the scenario of a seed, which dsl.Load accepts, from the whole vocabulary that is built. Times are
// multiples of 1/8 s, so that many timers are due at once, and there are prints everywhere.
func Scenario(seed uint64) (yaml []byte, s *dsl.Scenario) {
	tree := generate(seed)
	yaml = write(tree)
	s, err := dsl.Load("scenario.yaml", yaml)
	if err != nil {
		panic(fmt.Sprintf("conformance: seed %d: %v\n%s", seed, err, yaml))
	}
	return yaml, s
}

// generate tries until the checker accepts the result. A few in a hundred have steps that can never run.
func generate(seed uint64) mapping {
	for try := uint64(0); ; try++ {
		g := &generator{r: rand.New(rand.NewPCG(seed, try))}
		tree := g.scenario()
		if _, err := dsl.Load("scenario.yaml", write(tree)); err == nil || try == 200 {
			return tree
		}
	}
}

// generator makes one scenario.
type generator struct {
	r          *rand.Rand
	names      int // how many locals and marks there are so far
	coroutines []coroutine
	callbacks  []string
	workers    []string
	cycle      bool                // workers await each other, so nothing may be cancelled
	objects    map[string][]string // expressions for the declared objects, by kind
	single     map[string]bool     // resources that never have more than one unit
	futures    bool                // tasks share a future
	blocks     bool                // steps block
	calendar   bool                // times of the calendar are used
	functions  []string            // of an integer
	threads    bool                // threads work
	plain      bool                // queues are asyncio's own, without `where` and shutdown
	shows      bool                // the callback that shows the context is used
}

// coroutine is a declared coroutine that later bodies may use.
type coroutine struct {
	name  string
	param string // an int; "" if there is none
	quick bool   // it never waits
}

// body is the activation that is being written.
type body struct {
	async   bool // it may wait
	task    bool // a task surely runs it
	named   int  // how many workers it may wait for
	loops   int
	catches int
	depth   int
	sets    bool    // it has set a context variable
	locals  []local // surely assigned here
	budget  *int
	after   bool // the loop has stopped, so nothing can be scheduled
	returns bool
}

type local struct{ name, kind string }

func (g *generator) chance(p float64) bool { return g.r.Float64() < p }

func (g *generator) n(n int) int { return g.r.IntN(n) }

func pick[T any](g *generator, options ...T) T { return options[g.n(len(options))] }

func (g *generator) fresh(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// scenario writes the whole file.
func (g *generator) scenario() mapping {
	m := mapping{
		{"runloop", bare("1")},
		{"shared", mapping{{"n", bare("0")}, {"xs", list{bare("1")}}, {"last", bare("null")}, {"h", bare("null")}, {"fu", bare("null")}}},
		{"context", mapping{{"c", bare("0")}, {"d", "x"}}},
	}
	m = append(m, g.declare()...)
	g.blocks, g.threads = g.chance(0.25), g.chance(0.25)
	g.calendar = g.chance(0.15)
	var functions mapping
	if g.chance(0.3) {
		for range 1 + g.n(2) {
			functions = append(functions, g.function())
		}
	}
	m = append(m, g.settings()...)
	hasMain := g.chance(0.45)
	g.cycle = !hasMain && g.chance(0.06)
	var coroutines, callbacks, workers mapping
	for range 1 + g.n(4) {
		coroutines = append(coroutines, g.coroutine())
	}
	endless := false
	for range g.n(4) {
		p, forever := g.callback()
		callbacks = append(callbacks, p)
		endless = endless || forever
	}
	if hasMain {
		for range g.n(3) {
			workers = append(workers, g.worker())
		}
	} else {
		for range 1 + g.n(4) {
			workers = append(workers, g.worker())
		}
	}
	var clock mapping
	var sources mapping
	for g.chance(0.15) {
		p, forever := g.source(len(sources) + 1)
		sources = append(sources, p)
		endless = endless || forever
	}
	if g.calendar {
		clock = append(clock, pair{"start", beforeMinute})
	}
	if endless && !hasMain || g.chance(0.3) {
		clock = append(clock, pair{"until", bare(g.duration(16, 8))})
	}
	if len(clock) > 0 {
		m = append(m, pair{"clock", clock})
	}
	var rest mapping
	if hasMain {
		rest = append(rest, pair{"main", g.steps(&body{async: true, task: true, named: len(g.workers), returns: true}, 14, 3)})
	}
	if g.chance(0.3) {
		rest = append(rest, pair{"before", g.steps(&body{}, 4, 1)})
	}
	rest = append(rest, pair{"after", g.afterwards()})
	if setters := unset(write(mapping{{"", coroutines}, {"", callbacks}, {"", workers}, {"", sources}, {"", rest}})); len(setters) > 0 {
		coroutines = append(coroutines, pair{"never", mapping{{"do", setters}}})
		callbacks = append(callbacks, pair{"idle", mapping{{"do", list{step("print", "idle")}}}})
	}
	add := func(key string, part mapping) {
		if len(part) > 0 {
			m = append(m, pair{key, part})
		}
	}
	if g.shows {
		callbacks = append(callbacks, g.showingCallback())
	}
	add("functions", functions)
	add("coroutines", coroutines)
	add("callbacks", callbacks)
	add("workers", workers)
	add("sources", sources)
	return append(m, rest...)
}

// unset writes steps that set the shared task, handle and future where they are used and nothing sets them, so that they
// have their types. They never run.
func unset(text []byte) list {
	var setters list
	for _, x := range []struct {
		name string
		set  mapping
	}{
		{"last", step("spawn", bare("never"), pair{"as", bare("last")})},
		{"h", step("call_soon", bare("idle"), pair{"as", bare("h")})},
		{"fu", step("new", bare("future"), pair{"as", bare("fu")})},
	} {
		if bytes.Contains(text, []byte(x.name+" != null")) && !bytes.Contains(text, []byte("as: "+x.name+"\n")) {
			setters = append(setters, x.set)
		}
	}
	return setters
}

// function writes a function of expressions, which may call those before it.
func (g *generator) function() pair {
	name := fmt.Sprintf("f%d", len(g.functions)+1)
	options := []string{"x + y", "min(x, y + 2)", "x > y ? x % 3 : x + 1", "clamp(x - y, 0, 5)"}
	for _, f := range g.functions {
		options = append(options, f+"(x) + y", "x > 3 ? 3 : "+f+"(y, x)")
	}
	value := pick(g, options...)
	g.functions = append(g.functions, name)
	params := mapping{{"x", bare("int")}, {"y", mapping{{"type", bare("int")}, {"default", bare(fmt.Sprint(g.n(3)))}}}}
	return pair{name, mapping{{"params", params}, {"value", value}}}
}

// beforeMinute is when the clock starts where times of the calendar are used: a whole minute comes 2 s later.
const beforeMinute = "00:00:58"

func (g *generator) coroutine() pair {
	c := coroutine{name: fmt.Sprintf("co%d", len(g.coroutines)+1), quick: g.chance(0.25)}
	b := &body{async: !c.quick, task: !c.quick, returns: true}
	def := mapping{}
	if g.chance(0.6) {
		c.param = fmt.Sprintf("p%d", len(g.coroutines)+1)
		def = append(def, pair{"params", mapping{{c.param, bare("int")}}})
		b.locals = append(b.locals, local{c.param, "int"})
	}
	def = append(def, pair{"do", g.steps(b, 9, 3)})
	g.coroutines = append(g.coroutines, c)
	return pair{c.name, def}
}

// callback writes a callback, which may be periodic. forever says that it never ends by itself.
func (g *generator) callback() (p pair, forever bool) {
	name := fmt.Sprintf("cb%d", len(g.callbacks)+1)
	def := mapping{}
	b := &body{returns: true}
	periodic := g.chance(0.45)
	switch {
	case periodic && g.calendar && g.chance(0.5):
		def = append(def, pair{"cron", pick(g, "* * * * *", "1-59/2 0 1 jan *", "@daily")})
	case periodic && g.chance(0.5):
		def = append(def, pair{"after", bare(g.duration(8, 0))}, pair{"every", bare(g.duration(6, 1))})
	case periodic:
		def = append(def, pair{"every", bare(g.duration(6, 1))})
	case g.chance(0.2):
		def = append(def, pair{"after", bare(g.duration(8, 0))})
	}
	do := g.steps(b, 4, 2)
	if periodic {
		do = append(list{step("set", mapping{{"n", "${n + 1}"}})}, do...)
		if g.chance(0.2) {
			do = append(do, step("if", fmt.Sprintf("n > %d", g.n(4)), pair{"then", list{step("cancel", bare(name))}}))
		}
	}
	def = append(def, pair{"do", do})
	if periodic && g.chance(0.7) {
		def = append(def, pair{"until", fmt.Sprintf("n > %d", 2+g.n(8))})
		if g.chance(0.7) {
			def = append(def, pair{"then", g.steps(&body{}, 3, 1)})
		}
	} else {
		forever = periodic
	}
	g.callbacks = append(g.callbacks, name)
	return pair{name, def}, forever
}

func (g *generator) worker() pair {
	name := fmt.Sprintf("w%d", len(g.workers)+1)
	b := &body{async: true, task: true, named: len(g.workers), returns: true, depth: 0}
	var def mapping
	if g.chance(0.6) {
		steps := g.steps(b, 8, 3)
		if g.cycle && len(g.workers) < 2 {
			steps = append(steps, step("await", fmt.Sprintf(`${tasks["w%d"]}`, 2-len(g.workers))))
		}
		def = mapping{{"do", steps}}
	} else {
		def = g.callEntry(b)
	}
	def = append(def, g.entryContext(b)...)
	if g.chance(0.15) {
		def = append(def, pair{"daemon", bare("true")})
	}
	if g.chance(0.2) {
		def = append(def, pair{"start", bare(g.duration(8, 0))})
	}
	if steps, ok := def[0].value.(list); ok && g.chance(0.2) {
		def[0].value = append(steps, step("print", g.fresh("#")+" ${index}"))
	}
	if g.chance(0.1) {
		def = append(def, pair{"count", bare("2")})
		name, g.names = fmt.Sprintf("v%d", g.names), g.names+1
		return pair{name, def}
	}
	g.workers = append(g.workers, name)
	return pair{name, def}
}

// source writes a source, of the forms that can be exported. forever says that it never ends by itself.
func (g *generator) source(n int) (p pair, forever bool) {
	name := fmt.Sprintf("s%d", n)
	var def mapping
	switch g.n(4) {
	case 0:
		times := list{bare(g.duration(4, 0)), bare(g.duration(4, 4)), bare(g.duration(4, 8))}
		def = mapping{{"at", times[:1+g.n(3)]}}
	case 1:
		def = mapping{{"rate", bare(fmt.Sprint(1 + g.n(3)))}, {"per", bare(g.duration(8, 4))}}
		forever = true
	case 2:
		def = mapping{{"every", "${uniform(0.125, 1.5)}"}}
		forever = true
	default:
		def = mapping{{"every", bare(g.duration(8, 1))}}
		if forever = true; g.chance(0.5) {
			def = append(def, pair{"after", bare(g.duration(8, 0))})
		}
	}
	if forever && g.chance(0.8) {
		def, forever = append(def, pair{"limit", bare(fmt.Sprint(1 + g.n(4)))}), false
	}
	if g.chance(0.2) {
		def = append(def, pair{"start", bare(g.duration(8, 0))})
	}
	if forever && g.chance(0.5) {
		def, forever = append(def, pair{"end", bare(g.duration(8, 8))}), false
	}
	if g.chance(0.2) {
		def = append(def, pair{"batch", bare("2")})
	}
	if len(g.coroutines) > 0 && g.chance(0.4) {
		return pair{name, append(def, g.callEntry(&body{})...)}, forever
	}
	do := list{step("print", g.fresh("#")+" ${index} ${task.name}")}
	if g.chance(0.1) {
		do = append(do, step("if", "index > 1", pair{"then", list{step("cancel", bare(name))}}))
	}
	do = append(do, g.steps(&body{async: true, task: true, returns: true}, 5, 2)...)
	return pair{name, append(def, pair{"do", do})}, forever
}

// afterwards prints what became of everything.
func (g *generator) afterwards() list {
	steps := list{
		step("print", "after ${now} n=${n} xs=${xs} c=${c} d=${d}"),
	}
	for _, w := range g.workers {
		show := step("print", fmt.Sprintf(`%s ${tasks["%s"].state} ${tasks["%s"].started} ${tasks["%s"].ended}`, w, w, w, w))
		steps = append(steps, mapping{{"try", list{show}}, {"catch", list{mapping{{"do", list{step("print", w+" ${error}")}}}}}})
	}
	return steps
}

// duration returns a multiple of 1/8 s, from least/8 to below (least+n)/8.
func (g *generator) duration(n, least int) string {
	return fmt.Sprint(float64(least+g.n(n)) / 8)
}

func step(verb string, value any, more ...pair) mapping {
	return append(mapping{{verb, value}}, more...)
}

// steps writes up to most steps of an activation, nested up to depth.
func (g *generator) steps(b *body, most, depth int) list {
	b.depth = depth
	if b.budget == nil {
		budget := 4 * most
		b.budget = &budget
	}
	if crowding(g, b) && g.chance(0.5) { // at the start it surely runs
		first, _ := pick(g, g.crowd, g.crowd, g.race, g.race, g.contexts)(b)
		return append(list{first}, g.block(b, most)...)
	}
	return g.block(b, most)
}

// block writes the steps of a block. Locals that it assigns cannot be used after it.
func (g *generator) block(b *body, most int) list {
	known := len(b.locals)
	var steps list
	for range 1 + g.n(most) {
		s, ends := g.step(b)
		steps = append(steps, s)
		if ends || *b.budget < 0 {
			break
		}
	}
	b.locals = b.locals[:known:known]
	return steps
}

// inner writes a block inside a step.
func (g *generator) inner(b *body) list {
	b.depth--
	steps := g.block(b, 3)
	b.depth++
	return steps
}

// verb is one kind of step: how often it occurs, where it fits, and how it is written. A new verb is one more row.
type verb struct {
	name   string
	weight int
	fits   func(g *generator, b *body) bool
	write  func(g *generator, b *body) (s any, ends bool)
}

var (
	anywhere = func(*generator, *body) bool { return true }
	waiting  = func(_ *generator, b *body) bool { return b.async }
	nesting  = func(_ *generator, b *body) bool { return b.depth > 0 }
	looping  = func(_ *generator, b *body) bool { return b.loops > 0 && b.depth >= 0 }
	running  = func(_ *generator, b *body) bool { return !b.after }
)

var verbs []verb

func init() {
	verbs = []verb{
		{"print", 16, anywhere, (*generator).print},
		{"let", 4, anywhere, (*generator).let},
		{"set", 6, anywhere, (*generator).set},
		{"append", 2, anywhere, (*generator).appendTo},
		{"add", 2, anywhere, (*generator).add},
		{"remove", 1, anywhere, (*generator).remove},
		{"reset", 3, func(_ *generator, b *body) bool { return b.sets }, (*generator).reset},
		{"context", 2, nesting, (*generator).context},
		{"if", 4, nesting, (*generator).ifElse},
		{"repeat", 3, nesting, (*generator).repeat},
		{"for", 2, nesting, (*generator).forIn},
		{"while", 2, nesting, (*generator).while},
		{"break", 2, looping, (*generator).leave},
		{"call", 5, anywhere, (*generator).call},
		{"return", 1, func(_ *generator, b *body) bool { return b.returns }, (*generator).returnValue},
		{"raise", 3, anywhere, (*generator).raise},
		{"try", 8, nesting, (*generator).try},
		{"assert", 1, anywhere, (*generator).assert},
		{"sleep", 14, waiting, (*generator).sleep},
		{"block", 2, func(g *generator, b *body) bool { return g.blocks }, (*generator).holdUp},
		{"to_thread", 4, func(g *generator, b *body) bool { return g.threads && b.async }, (*generator).toThread},
		{"sleep_until", 3, waiting, (*generator).sleepUntil},
		{"spawn", 10, running, (*generator).spawn},
		{"await", 9, waiting, (*generator).await},
		{"gather", 7, waiting, (*generator).gather},
		{"shield", 3, waiting, (*generator).shield},
		{"keep", 4, func(g *generator, b *body) bool { return !g.cycle && !b.after && g.task(b) != "" }, (*generator).keepOne},
		{"use what is kept", 6, func(_ *generator, b *body) bool { return len(b.of("kept")) > 0 && b.async && b.depth > 0 }, (*generator).useKept},
		{"timeout", 5, func(g *generator, b *body) bool { return b.async && !g.cycle && b.depth > 0 }, (*generator).timeout},
		{"reschedule", 6, func(_ *generator, b *body) bool { return len(b.of("timeout")) > 0 && b.async }, (*generator).reschedule},
		{"cancel", 8, func(g *generator, b *body) bool { return !g.cycle && !b.after }, (*generator).cancel},
		{"uncancel", 2, func(g *generator, b *body) bool { return b.task && !b.after }, (*generator).uncancel},
		{"set_name", 1, func(g *generator, b *body) bool { return g.task(b) != "" }, (*generator).setName},
		{"all_tasks", 1, running, (*generator).allTasks},
		{"add_done_callback", 3, calledBack, (*generator).addDone},
		{"remove_done_callback", 1, calledBack, (*generator).removeDone},
		{"call_soon", 3, scheduling, (*generator).schedule},
		{"call_later", 5, scheduling, (*generator).schedule},
		{"stop", 1, running, (*generator).stop},
		{"acquire", 9, having(true, lockKinds...), (*generator).acquire},
		{"acquire", 9, having(true, "resource"), (*generator).acquireUnits},
		{"use", 9, having(true, "resource"), (*generator).useResource},
		{"release", 2, having(false, "resource"), (*generator).releaseUnits},
		{"resize", 2, having(false, "resource"), (*generator).resize},
		{"release", 3, having(false, lockKinds...), (*generator).release},
		{"signal", 6, having(false, "event"), (*generator).signal},
		{"clear", 2, having(false, "event"), (*generator).clear},
		{"wait event", 6, having(true, "event"), (*generator).waitEvent},
		{"wait barrier", 7, having(true, "barrier"), (*generator).waitBarrier},
		{"abort", 2, having(true, "barrier"), (*generator).abort},
		{"wait condition", 6, having(true, "condition"), (*generator).waitCondition},
		{"notify", 6, having(false, "condition"), (*generator).notify},
		{"put", 9, having(false, "queue"), (*generator).put},
		{"get", 8, having(false, "queue"), (*generator).get},
		{"put", 7, having(false, "container"), (*generator).putAmount},
		{"get", 7, having(false, "container"), (*generator).getAmount},
		{"put", 7, having(false, "store"), (*generator).putItem},
		{"get", 8, having(false, "store"), (*generator).getItems},
		{"task_done", 2, having(false, "queue"), (*generator).taskDone},
		{"join", 2, having(true, "queue"), (*generator).join},
		{"shutdown", 2, func(g *generator, b *body) bool { return !g.plain && g.object(b, "queue") != "" }, (*generator).shutdown},
		{"new", 3, sharing, (*generator).newObject},
		{"await future", 6, func(g *generator, b *body) bool { return g.futures && b.async && b.depth > 0 }, (*generator).awaitFuture},
		{"resolve", 5, func(g *generator, b *body) bool { return g.futures && !g.cycle && b.depth > 0 }, (*generator).resolve},
		{"wait tasks", 3, awaiting, (*generator).waitTasks},
		{"as_completed", 3, awaiting, (*generator).asCompleted},
		{"group", 4, func(g *generator, b *body) bool { return b.async && !g.cycle && b.depth > 0 }, (*generator).group},
		{"spawn in a group", 4, func(g *generator, b *body) bool { return !b.after && len(b.of("group")) > 0 }, (*generator).spawnInGroup},
		{"crowd", 3, crowding, (*generator).crowd},
		{"race", 3, crowding, (*generator).race},
		{"contexts", 2, crowding, (*generator).contexts},
		{"print an object", 5, having(false, shownKinds()...),
			(*generator).showObject},
	}
}

func crowding(g *generator, b *body) bool { return b.async && !g.cycle && b.depth > 0 }

func sharing(g *generator, b *body) bool { return g.futures || len(g.objects) > 0 }

func awaiting(g *generator, b *body) bool { return b.async && b.depth > 0 && g.task(b) != "" }

func scheduling(g *generator, b *body) bool { return !b.after && len(g.callbacks) > 0 }

// step writes one step. ends says that no step can follow it.
func (g *generator) step(b *body) (s any, ends bool) {
	*b.budget--
	total := 0
	for _, v := range verbs {
		if v.fits(g, b) {
			total += v.weight
		}
	}
	at := g.n(total)
	for _, v := range verbs {
		if v.fits(g, b) {
			if at -= v.weight; at < 0 {
				return v.write(g, b)
			}
		}
	}
	return g.print(b)
}

// of returns the locals of a kind.
func (b *body) of(kind string) []string {
	var names []string
	for _, l := range b.locals {
		if l.kind == kind {
			names = append(names, l.name)
		}
	}
	return names
}

func (b *body) assign(name, kind string) { b.locals = append(b.locals, local{name, kind}) }

// number returns an expression for an integer.
func (g *generator) number(b *body) string {
	options := []string{"n", "len(xs)", fmt.Sprint(g.n(5)), "c"}
	options = append(options, b.of("int")...)
	number := pick(g, options...)
	if len(g.functions) > 0 && g.chance(0.3) {
		number = pick(g, g.functions...) + "(" + number + pick(g, "", "", ", 2") + ")"
	}
	return number
}

func (g *generator) condition(b *body) string {
	return g.number(b) + pick(g, " > ", " < ", " == ", " <= ") + fmt.Sprint(g.n(4))
}

// task returns an expression for a task that may be awaited, or "" if there is none.
func (g *generator) task(b *body) string {
	options := b.of("task")
	for i := range b.named {
		options = append(options, fmt.Sprintf(`tasks["w%d"]`, i+1))
	}
	if len(options) == 0 {
		return ""
	}
	return pick(g, options...)
}

func (g *generator) print(b *body) (any, bool) {
	parts := []string{g.fresh("#"), "${now}", "${task}"}
	if t := g.task(b); t != "" && g.chance(0.5) {
		parts = append(parts, pick(g, "${%.name} ${%.state}", "${%.done}", "${%.spawned} ${%.started} ${%.ended}",
			"${%.state}", "${%}"))
		last := len(parts) - 1
		parts[last] = strings.ReplaceAll(parts[last], "%", t)
		if g.chance(0.08) {
			parts = append(parts, "${"+t+pick(g, ".error", ".result")+"}")
		}
	}
	if h := b.of("handle"); len(h) > 0 && g.chance(0.6) {
		name := pick(g, h...)
		parts = append(parts, fmt.Sprintf("${%s.cancelled} ${%s.when}", name, name))
	}
	for _, kind := range []string{"any", "int"} {
		if names := b.of(kind); len(names) > 0 && g.chance(0.5) {
			parts = append(parts, "${"+pick(g, names...)+"}")
		}
	}
	if b.catches > 0 {
		parts = append(parts, "${error}")
		if g.chance(0.3) {
			parts = append(parts, pick(g, "${error.cause}", "${error.errors}", "${error.type}", "${error.message}"))
		}
	}
	parts = append(parts, pick(g, "n=${n}", "c=${c}", "${d}", "${len(xs)}", ""))
	return step("print", strings.TrimSpace(strings.Join(parts, " "))), false
}

func (g *generator) let(b *body) (any, bool) {
	if ints := b.of("int"); len(ints) > 0 && g.chance(0.4) {
		name := pick(g, ints...)
		return step("let", mapping{{name, "${" + name + " + 1}"}}), false
	}
	name := g.fresh("v")
	s := step("let", mapping{{name, "${" + g.number(b) + "}"}})
	b.assign(name, "int")
	return s, false
}

func (g *generator) set(b *body) (any, bool) {
	switch g.n(6) {
	case 0, 1:
		return step("set", mapping{{"n", "${n + " + fmt.Sprint(1+g.n(2)) + "}"}}), false
	case 2:
		return step("set", mapping{{"xs[0]", "${" + g.number(b) + "}"}}), false
	case 3:
		b.sets = true
		return step("set", mapping{{"d", "${d + '" + pick(g, "y", "z") + "'}"}, {"c", "${c + 1}"}}), false
	}
	b.sets = true
	return step("set", mapping{{"c", "${" + g.number(b) + "}"}}), false
}

// add adds to a shared and to a context variable, and to a place; the place of a removed element is not there.
func (g *generator) add(b *body) (any, bool) {
	switch g.n(4) {
	case 0:
		b.sets = true
		return step("add", mapping{{"c", "${" + g.number(b) + "}"}, {"n", bare(fmt.Sprint(1 + g.n(2)))}}), false
	case 1:
		return step("add", mapping{{"xs[0]", "${" + g.number(b) + "}"}, {"n", "${-n}"}}), false
	}
	return step("add", mapping{{"n", bare(fmt.Sprint(1 + g.n(3)))}}), false
}

func (g *generator) remove(*body) (any, bool) {
	return step("remove", bare(pick(g, "xs[0]", "xs[-1]"))), false
}

func (g *generator) appendTo(b *body) (any, bool) {
	return step("append", mapping{{"xs", "${" + g.number(b) + "}"}}), false
}

// reset writes a `reset`, sometimes after two `set`s and before a print that shows which of them it undid.
func (g *generator) reset(*body) (any, bool) {
	if g.chance(0.5) {
		return step("reset", bare(pick(g, "c", "c", "d"))), false
	}
	more := step("set", mapping{{"c", "${c + 1}"}})
	return step("repeat", bare("1"), pair{"do", list{more, more, step("reset", bare("c")), step("print", g.fresh("#")+" c=${c}")}}), false
}

func (g *generator) context(b *body) (any, bool) {
	vars := mapping{{"c", "${" + g.number(b) + "}"}}
	if g.chance(0.3) {
		vars = append(vars, pair{"d", "in"})
	}
	return step("context", vars, pair{"do", g.inner(b)}), false
}

func (g *generator) ifElse(b *body) (any, bool) {
	s := step("if", g.condition(b), pair{"then", g.inner(b)})
	if g.chance(0.2) {
		s = append(s, pair{"elif", list{mapping{{"if", g.condition(b)}, {"then", g.inner(b)}}}})
	}
	if g.chance(0.4) {
		s = append(s, pair{"else", g.inner(b)})
	}
	return s, false
}

// loop writes the body of a loop.
func (g *generator) loop(b *body) list {
	b.loops++
	steps := g.inner(b)
	b.loops--
	return steps
}

func (g *generator) repeat(b *body) (any, bool) {
	times := any(bare(fmt.Sprint(1 + g.n(3))))
	if g.chance(0.2) {
		times = "${" + g.number(b) + " % 4}"
	}
	if g.chance(0.4) {
		return step("repeat", times, pair{"do", g.loop(b)}), false
	}
	name := g.fresh("v")
	known := len(b.locals)
	b.assign(name, "int")
	s := step("repeat", times, pair{"as", bare(name)}, pair{"do", g.loop(b)})
	b.locals = b.locals[:known:known]
	return s, false
}

func (g *generator) forIn(b *body) (any, bool) {
	name, kind := g.fresh("v"), "int"
	in := any(pick(g, "${[1, 2]}", "${xs}", "${1..2}"))
	if tasks := b.of("tasks"); len(tasks) > 0 && g.chance(0.7) {
		in, kind = "${"+pick(g, tasks...)+"}", "task"
	} else if in == "${xs}" {
		in = "${xs[:3]}"
	}
	known := len(b.locals)
	b.assign(name, kind)
	s := step("for", bare(name), pair{"in", in}, pair{"do", g.loop(b)})
	b.locals = b.locals[:known:known]
	return s, false
}

// while writes a loop that counts in a local of its own, and the step that makes the local.
func (g *generator) while(b *body) (any, bool) {
	name := g.fresh("v")
	b.loops++
	do := append(list{step("set", mapping{{name, "${" + name + " + 1}"}})}, g.inner(b)...)
	b.loops--
	loop := step("while", fmt.Sprintf("%s < %d", name, 1+g.n(3)), pair{"do", do})
	return step("context", mapping{{"c", "${c}"}}, pair{"do", list{step("let", mapping{{name, bare("0")}}), loop}}), false
}

func (g *generator) leave(b *body) (any, bool) {
	word := pick(g, "break", "continue")
	if g.chance(0.6) {
		return step("if", g.condition(b), pair{"then", list{bare(word)}}), false
	}
	return bare(word), true
}

// usable returns the coroutines that may be called or spawned here.
func (g *generator) usable(quick bool) []coroutine {
	var list []coroutine
	for _, c := range g.coroutines {
		if c.quick || !quick {
			list = append(list, c)
		}
	}
	return list
}

func (g *generator) with(b *body, c coroutine) []pair {
	if c.param == "" {
		return nil
	}
	return []pair{{"with", mapping{{c.param, "${" + g.number(b) + "}"}}}}
}

// bind sometimes assigns the result of a step to a new local.
func (g *generator) bind(b *body, s mapping, kind string, p float64) mapping {
	if !g.chance(p) {
		return s
	}
	name := g.fresh("v")
	b.assign(name, kind)
	return append(s, pair{"as", bare(name)})
}

func (g *generator) call(b *body) (any, bool) {
	usable := g.usable(!b.async)
	if len(usable) == 0 {
		return g.print(b)
	}
	c := pick(g, usable...)
	s := step("call", bare(c.name), g.with(b, c)...)
	if b.async && g.chance(0.3) {
		return g.limited(b, s, "any"), false
	}
	return g.bind(b, s, "any", 0.5), false
}

func (g *generator) returnValue(b *body) (any, bool) {
	s := any(step("return", pick(g, "r", "${n}", "${now}", "${xs}")))
	if g.chance(0.2) {
		s = bare("return")
	}
	if g.chance(0.6) {
		return step("if", g.condition(b), pair{"then", list{s}}), false
	}
	return s, true
}

var raised = []string{"ValueError", "KeyError", "TimeoutError", "Boom", "RuntimeError", "CancelledError", "OSError"}

func (g *generator) raise(b *body) (any, bool) {
	typ := pick(g, raised...)
	if g.chance(0.05) {
		typ = pick(g, "KeyboardInterrupt", "SystemExit") // they end the run
	}
	s := step("raise", bare(typ))
	if g.chance(0.7) {
		s = append(s, pair{"message", pick(g, "m", "at ${now}", "n ${n}")})
	}
	if b.catches > 0 && g.chance(0.3) {
		s = append(s, pair{"from", "${error}"})
	}
	result := any(s)
	if b.catches > 0 && g.chance(0.5) {
		result = pick[any](g, bare("raise"), step("raise", "${error}"))
	}
	if g.chance(0.5) {
		return step("if", g.condition(b), pair{"then", list{result}}), false
	}
	return result, true
}

func (g *generator) try(b *body) (any, bool) {
	s := step("try", g.inner(b))
	catches := pick(g, nil, []string{""}, []string{""}, []string{"CancelledError"}, []string{"CancelledError"},
		[]string{"ValueError", ""}, []string{"[KeyError, OSError]", "CancelledError", ""}, []string{"BaseException"},
		[]string{"CancelledError", "Exception"}, []string{"LookupError", "BaseException"}, []string{"[SystemExit, KeyboardInterrupt]", ""},
		[]string{"ExceptionGroup", "TimeoutError"}, []string{"[QueueEmpty, QueueFull]", "QueueShutDown", ""})
	var handlers list
	for _, types := range catches {
		handlers = append(handlers, g.handler(b, types))
	}
	switch {
	case len(handlers) > 0 && !strings.Contains(strings.Join(catches, " "), "Group") && g.chance(0.25):
		s = append(s, pair{"catch_group", g.groupHandlers(b, catches)})
	case len(handlers) > 0:
		s = append(s, pair{"catch", handlers})
	}
	if g.chance(0.25) {
		s = append(s, pair{"else", g.inner(b)})
	}
	if len(handlers) == 0 || g.chance(0.35) {
		s = append(s, pair{"finally", g.inner(b)})
	}
	return s, false
}

// groupHandlers writes handlers of groups, which no step can leave.
func (g *generator) groupHandlers(b *body, catches []string) list {
	var handlers list
	inside := *b
	inside.loops, inside.returns = 0, false
	for _, types := range catches {
		handlers = append(handlers, g.handler(&inside, types))
	}
	return handlers
}

func (g *generator) handler(b *body, types string) mapping {
	h := mapping{}
	if types != "" {
		h = append(h, pair{"error", bare(types)})
	}
	known := len(b.locals)
	if g.chance(0.3) {
		name := g.fresh("v")
		h = append(h, pair{"as", bare(name)})
		b.assign(name, "any")
	}
	b.catches++
	h = append(h, pair{"do", append(list{step("print", g.fresh("#")+" ${now} ${task} caught ${error}")}, g.inner(b)...)})
	b.catches--
	b.locals = b.locals[:known:known]
	return h
}

func (g *generator) assert(b *body) (any, bool) {
	return step("assert", g.condition(b), pair{"message", "not so"}), false
}

func (g *generator) sleep(b *body) (any, bool) {
	d := any(bare(g.duration(7, 0)))
	switch g.n(8) {
	case 0:
		d = "${" + g.number(b) + " / 8}"
	case 1:
		d = bare("0")
	}
	return step("sleep", d), false
}

func (g *generator) sleepUntil(*body) (any, bool) {
	if g.calendar && g.chance(0.5) {
		return step("sleep_until", pick(g, "00:01", "00:00:59", "00:00")), false
	}
	return step("sleep_until", bare(g.duration(16, 0))), false
}

func (g *generator) callEntry(b *body) mapping {
	usable := g.usable(false)
	if len(usable) == 0 {
		return mapping{{"do", list{step("print", g.fresh("#")+" ${now} ${task}")}}}
	}
	c := pick(g, usable...)
	return append(mapping{{"call", bare(c.name)}}, g.with(b, c)...)
}

func (g *generator) entryContext(b *body) mapping {
	if g.chance(0.15) {
		return mapping{{"context", mapping{{"c", "${" + g.number(b) + " + 10}"}}}}
	}
	return nil
}

// entry writes what a new task runs: a coroutine, or steps of its own.
func (g *generator) entry(b *body) mapping {
	if b.depth <= 0 || g.chance(0.55) {
		return g.callEntry(b)
	}
	child := *b
	child.async, child.task, child.loops, child.sets, child.returns = true, true, 0, false, true
	child.locals = append([]local(nil), b.locals...)
	return mapping{{"do", g.inner(&child)}}
}

func (g *generator) name() []pair {
	if g.chance(0.25) {
		return []pair{{"name", pick(g, "a", "b", "t${n}")}}
	}
	return nil
}

func (g *generator) spawn(b *body) (any, bool) {
	e := g.entry(b)
	var s mapping
	if call, ok := e.get("call").(bare); ok {
		s = append(step("spawn", call), e[1:]...)
	} else {
		s = step("spawn", e)
	}
	s = append(append(s, g.name()...), g.entryContext(b)...)
	if t := g.task(b); t != "" && s.get("context") == nil && g.chance(0.15) {
		s = append(s, pair{"context_of", "${" + t + "}"})
	}
	switch {
	case g.chance(0.15):
		s = append(s, pair{"count", bare("2")})
		return g.bind(b, s, "tasks", 0.8), false
	case g.chance(0.15):
		return append(s, pair{"as", bare("last")}), false
	case g.chance(0.1):
		s = append(s, pair{"daemon", bare("true")})
	}
	return g.bind(b, s, "task", 0.8), false
}

func (g *generator) await(b *body) (any, bool) {
	t := g.task(b)
	if t == "" {
		return g.sleep(b)
	}
	return g.limited(b, step("await", "${"+t+"}"), "any"), false
}

func (g *generator) shield(b *body) (any, bool) {
	t := g.task(b)
	if t == "" {
		return g.sleep(b)
	}
	return g.limited(b, step("shield", "${"+t+"}"), "any"), false
}

func (g *generator) timeout(b *body) (any, bool) {
	limit := any(bare(g.duration(7, 0)))
	if g.chance(0.2) {
		limit = mapping{{"at", bare(g.duration(16, 0))}}
	} else if g.chance(0.1) {
		limit = bare("null")
	}
	s := step("timeout", limit)
	known := len(b.locals)
	if g.chance(0.4) {
		name := g.fresh("v")
		s = append(s, pair{"as", bare(name)})
		b.assign(name, "timeout")
	}
	s = append(s, pair{"do", g.inner(b)})
	if !g.chance(0.5) {
		b.locals = b.locals[:known:known]
	}
	if g.chance(0.4) {
		s = append(s, pair{"else", g.inner(b)})
	}
	return s, false
}

// reschedule gives a time-out another end, and shows it.
func (g *generator) reschedule(b *body) (any, bool) {
	name := pick(g, b.of("timeout")...)
	s := step("reschedule", bare(name))
	switch g.n(5) {
	case 0:
	case 1:
		s = append(s, pair{"at", bare(g.duration(16, 0))})
	default:
		s = append(s, pair{"after", bare(g.duration(7, 0))})
	}
	shown := step("print", fmt.Sprintf("%s ${now} ${%s.when} ${%s.expired} ${%s}", g.fresh("#"), name, name, name))
	return step("try", list{s}, pair{"catch", list{mapping{{"do", list{step("print", g.fresh("#")+" ${error}")}}}}}, pair{"finally", list{shown}}), false
}

func (g *generator) gather(b *body) (any, bool) {
	if g.chance(0.2) {
		name := g.fresh("v")
		known := len(b.locals)
		b.assign(name, "int")
		e := g.entry(b)
		b.locals = b.locals[:known:known]
		s := step("gather", append(mapping{{"for", bare(name)}, {"in", "${1..3}"}}, append(e, g.name()...)...))
		return g.gathered(b, s)
	}
	var items list
	for range g.n(4) {
		if t := g.task(b); t != "" && g.chance(0.5) {
			items = append(items, "${"+t+"}")
			continue
		}
		if ts := b.of("tasks"); len(ts) > 0 && g.chance(0.3) {
			items = append(items, "${"+pick(g, ts...)+"}")
			continue
		}
		items = append(items, append(append(g.entry(b), g.name()...), g.entryContext(b)...))
	}
	return g.gathered(b, step("gather", items))
}

// keepOne keeps a gather or a shield as a future.
func (g *generator) keepOne(b *body) (any, bool) {
	s := step("shield", "${"+g.task(b)+"}", pair{"keep", bare("true")})
	if g.chance(0.6) {
		items := list{}
		for range g.n(4) {
			if g.chance(0.6) {
				items = append(items, "${"+g.task(b)+"}")
			} else {
				items = append(items, append(g.callEntry(b), g.name()...))
			}
		}
		s = step("gather", items, pair{"keep", bare("true")})
		if g.chance(0.5) {
			s = append(s, pair{"return_exceptions", bare("true")})
		}
	}
	name := g.fresh("v")
	b.assign(name, "kept")
	return append(s, pair{"as", bare(name)}), false
}

// useKept awaits, cancels, shields or gathers such a future, or shows it.
func (g *generator) useKept(b *body) (any, bool) {
	name := pick(g, b.of("kept")...)
	what := "${" + name + "}"
	switch g.n(7) {
	case 0:
		return step("cancel", what), false
	case 1:
		return g.limited(b, step("shield", what), "any"), false
	case 2:
		return g.gathered(b, step("gather", list{what}))
	case 3:
		return step("wait", list{what}, pair{"within", bare(g.duration(6, 0))}), false
	case 4:
		if len(g.callbacks) > 0 {
			return step("add_done_callback", what, pair{"callback", bare(pick(g, g.callbacks...))}), false
		}
	case 5:
		return step("print", fmt.Sprintf("%s ${now} ${%s.state} ${%s.done} ${%s}", g.fresh("#"), name, name, name)), false
	}
	return g.limited(b, step("await", what), "any"), false
}

func (g *generator) gathered(b *body, s mapping) (any, bool) {
	if g.chance(0.5) {
		s = append(s, pair{"return_exceptions", bare("true")})
	}
	return g.limited(b, s, "any"), false
}

func (g *generator) cancel(b *body) (any, bool) {
	options := append(b.of("task"), b.of("handle")...)
	options = append(options, b.of("task")...)
	for _, w := range g.workers {
		options = append(options, fmt.Sprintf(`tasks["%s"]`, w))
	}
	if b.task {
		options = append(options, "task")
	}
	var s mapping
	switch {
	case len(g.callbacks) > 0 && g.chance(0.15):
		return step("cancel", bare(pick(g, g.callbacks...))), false
	case g.chance(0.2) || len(options) == 0:
		what := pick(g, "last", "h")
		return step("if", what+" != null", pair{"then", list{step("cancel", "${"+what+"}")}}), false
	}
	s = step("cancel", "${"+pick(g, options...)+"}")
	if g.chance(0.25) {
		s = append(s, pair{"message", pick(g, "why", "at ${now}")})
	}
	return s, false
}

func (g *generator) schedule(b *body) (any, bool) {
	cb := bare(pick(g, g.callbacks...))
	var s mapping
	switch g.n(4) {
	case 0:
		s = step("call_soon", cb)
	case 1:
		s = step("call_later", cb, pair{"after", pick[any](g, bare(g.duration(7, 0)), "${0 - 0.125}")})
	case 2: // a time in the past: the earlier time comes first
		late := step("call_at", cb, pair{"at", "${now - 0.125}"})
		later := step("call_at", bare(pick(g, g.callbacks...)), pair{"at", "${now - 0.25}"})
		return step("repeat", bare("1"), pair{"do", list{late, later}}), false
	default:
		s = step("call_at", cb, pair{"at", bare(g.duration(16, 0))})
	}
	if g.chance(0.15) {
		return append(s, pair{"as", bare("h")}), false
	}
	return g.bind(b, s, "handle", 0.6), false
}

// settings says how the loop works.
func (g *generator) settings() mapping {
	set := mapping{}
	if g.blocks && g.chance(0.7) {
		set = append(set, pair{"slow", bare(g.duration(4, 1))})
	}
	if g.threads && g.chance(0.7) {
		set = append(set, pair{"threads", bare(fmt.Sprint(1 + g.n(2)))})
	}
	if len(set) == 0 {
		return nil
	}
	return mapping{{"loop", set}}
}

// holdUp holds up the loop.
func (g *generator) holdUp(*body) (any, bool) { return step("block", bare(g.duration(5, 0))), false }

func (g *generator) toThread(b *body) (any, bool) {
	s := step("to_thread", bare(g.duration(8, 0)))
	if g.chance(0.2) {
		return g.limited(b, append(s, pair{"error", bare(pick(g, "ValueError", "Boom"))}, pair{"message", "m"}), ""), false
	}
	return g.limited(b, append(s, pair{"value", "${" + g.number(b) + "}"}), "any"), false
}

// uncancel takes a cancellation back where one was caught, or any other.
func (g *generator) uncancel(b *body) (any, bool) {
	t := "task"
	if other := g.task(b); other != "" && g.chance(0.2) {
		t = other
	}
	name := g.fresh("v")
	s := step("uncancel", "${"+t+"}", pair{"as", bare(name)})
	shown := step("print", fmt.Sprintf("%s ${now} ${%s} ${%s.cancelling}", g.fresh("#"), name, t))
	return step("if", t+".cancelling > 0", pair{"then", list{s, shown}}, pair{"else", list{s, shown}}), false
}

func (g *generator) setName(b *body) (any, bool) {
	name := pick(g, "a", "b", "t${n}")
	s := step("set_name", "${"+g.task(b)+"}", pair{"name", name})
	return step("try", list{s}, pair{"catch", list{mapping{{"do", list{step("print", g.fresh("#")+" ${error}")}}}}}), false
}

func (g *generator) allTasks(*body) (any, bool) {
	return step("print", g.fresh("#")+" ${now} ${all_tasks()}"), false
}

func calledBack(g *generator, b *body) bool { return scheduling(g, b) && g.task(b) != "" }

func (g *generator) addDone(b *body) (any, bool) {
	return step("add_done_callback", "${"+g.task(b)+"}", pair{"callback", bare(pick(g, g.callbacks...))}), false
}

func (g *generator) removeDone(b *body) (any, bool) {
	name := g.fresh("v")
	s := step("remove_done_callback", "${"+g.task(b)+"}", pair{"callback", bare(pick(g, g.callbacks...))}, pair{"as", bare(name)})
	b.assign(name, "int")
	return s, false
}

func (g *generator) stop(*body) (any, bool) {
	if g.chance(0.5) {
		return step("if", "n > 2", pair{"then", list{bare("stop")}}), false
	}
	return bare("stop"), false
}
