package conformance

import "fmt"

// showing is a callback that shows the context variables and sets one: what it sets is its copy's alone.
const showing = "showing"

// shown prints the context variables.
func (g *generator) shown() mapping {
	return step("print", g.fresh("#")+" ${now} ${task} c=${c} d=${d}")
}

func (g *generator) showingCallback() pair {
	show := func() mapping { return step("print", g.fresh("#")+" ${now} c=${c} d=${d}") }
	return pair{showing, mapping{{"do", list{show(), g.setContext(), show()}}}}
}

func (g *generator) setContext() mapping {
	if g.chance(0.3) {
		return step("set", mapping{{"d", "${d + '" + pick(g, "v", "w") + "'}"}})
	}
	return step("set", mapping{{"c", fmt.Sprintf("${c * 2 + %d}", 1+g.n(3))}})
}

// inContext returns what a task does that has a context of its own or another's: it sets and shows the variables, gives up
// turns in between, and makes tasks and callbacks, which have copies.
func (g *generator) inContext(depth int) list {
	steps := list{g.shown()}
	turn := func() mapping { return step("sleep", bare(pick(g, "0", "0", "0", "0.125"))) }
	for range 1 + g.n(4) {
		switch g.n(9) {
		case 0, 1:
			steps = append(steps, g.setContext())
		case 2, 3:
			steps = append(steps, turn(), g.shown())
		case 4:
			do := list{g.shown(), turn(), g.shown()}
			if g.chance(0.3) {
				do = append(do, step("set", mapping{{"c", "${c + 5}"}}))
			}
			steps = append(steps, step("context", mapping{{"c", fmt.Sprintf("${c + %d0}", 1+g.n(3))}}, pair{"do", do}), g.shown())
		case 5:
			steps = append(steps, step("set", mapping{{"c", "${c + 3}"}}), turn(), step("reset", bare("c")), g.shown())
		case 6:
			g.shows = true
			steps = append(steps, step("call_soon", bare(showing)))
		case 7:
			g.shows = true
			steps = append(steps, step("add_done_callback", "${task}", pair{"callback", bare(showing)}))
		default:
			if depth > 0 {
				steps = append(steps, step("spawn", mapping{{"do", g.inContext(depth - 1)}}))
			}
		}
	}
	return append(steps, g.shown())
}

// contexts writes tasks of which some have the same context and some have copies, before they run, while they run and after
// they have ended, and whatever else gets a copy.
func (g *generator) contexts(b *body) (any, bool) {
	var tasks, steps list
	run := func() {
		name := g.fresh("v")
		s := step("spawn", mapping{{"do", g.inContext(1)}})
		switch {
		case len(tasks) > 0 && g.chance(0.7):
			s = append(s, pair{"context_of", pick(g, tasks...)})
		case b.task && g.chance(0.3):
			s = append(s, pair{"context_of", "${task}"})
		case g.chance(0.2):
			s = append(s, pair{"context", mapping{{"c", "${c + 7}"}}})
		}
		tasks = append(tasks, "${"+name+"}")
		steps = append(steps, append(s, pair{"as", bare(name)}))
	}
	change := func() { steps = append(steps, g.setContext(), g.shown()) }
	turn := func() { steps = append(steps, step("sleep", bare("0")), g.shown()) }
	later := func() {
		g.shows = true
		steps = append(steps, pick(g,
			step("call_soon", bare(showing)),
			step("call_later", bare(showing), pair{"after", bare(g.duration(2, 0))}),
			step("add_done_callback", pick(g, tasks...), pair{"callback", bare(showing)})))
	}
	together := func() {
		entry := func() mapping { return mapping{{"do", g.inContext(0)}} }
		name := g.fresh("g")
		steps = append(steps, pick(g,
			step("gather", list{entry(), append(entry(), pair{"context", mapping{{"c", "${c + 9}"}}})}),
			step("shield", pick(g, tasks...)),
			step("group", bare(name), pair{"do", list{step("spawn", entry(), pair{"in", bare(name)}), g.setContext()}})), g.shown())
	}
	run()
	run()
	for range 1 + g.n(4) {
		pick(g, run, run, change, turn, later, together)()
	}
	steps = append(steps, step("sleep", bare(g.duration(3, 1))), g.shown())
	if g.chance(0.4) { // by now most have ended
		run()
		turn()
	}
	return step("repeat", bare("1"), pair{"do", steps}), false
}
