package conformance

import "fmt"

func (g *generator) containerOptions() mapping {
	var m mapping
	if g.chance(0.7) {
		m = append(m, pair{"capacity", bare(pick(g, "3", "5", "7.5"))})
	}
	if g.chance(0.6) {
		m = append(m, pair{"initial", bare(pick(g, "0", "1", "2.5", "3"))})
	}
	if g.chance(0.3) {
		m = append(m, pair{"overtake", bare("true")})
	}
	return m
}

// storeOptions declares a store whose order asyncio can have, too.
func (g *generator) storeOptions() mapping {
	m := mapping{{"capacity", bare(fmt.Sprint(g.n(4)))}, {"order", bare(pick(g, "fifo", "lifo", "priority"))}}
	if m[0].value == any(bare("0")) && g.chance(0.5) {
		m = append(m, pair{"initial", list{bare("3"), bare("1"), bare("2")}})
	}
	return m
}

// refusable sometimes writes the priority of a step that asks a container or a store, and what limits its waiting.
func (g *generator) refusable(b *body, s mapping) mapping {
	if g.chance(0.3) {
		s = append(s, pair{"priority", bare(fmt.Sprint(g.n(3)))})
	}
	if !b.async || g.chance(0.15) {
		return g.otherwise(b, append(s, pair{"nowait", bare("true")}))
	}
	if !g.cycle && g.chance(0.4) {
		return g.otherwise(b, append(s, pair{"within", bare(g.duration(6, 0))}))
	}
	return s
}

// caughtGivingUp catches what is raised where a step gives up, or asks for more than there can be.
func (g *generator) caughtGivingUp(s mapping) any {
	if _, ok := s.get("else").(list); ok || g.chance(0.2) {
		return s
	}
	catch := mapping{{"error", bare("[QueueFull, QueueEmpty, TimeoutError, ValueError]")}, {"do", list{step("print", g.fresh("#")+" ${error}")}}}
	return step("try", list{s}, pair{"catch", list{catch}})
}

func (g *generator) someAmount() pair {
	return pair{"amount", bare(pick(g, "1", "1", "2", "3", "0.5", "1.5"))}
}

func (g *generator) putAmount(b *body) (any, bool) {
	return g.caughtGivingUp(g.refusable(b, step("put", bare(g.object(b, "container")), g.someAmount()))), false
}

func (g *generator) getAmount(b *body) (any, bool) {
	return g.caughtGivingUp(g.refusable(b, step("get", bare(g.object(b, "container")), g.someAmount()))), false
}

func (g *generator) putItem(b *body) (any, bool) {
	s := step("put", bare(g.object(b, "store")), pair{"value", "${" + g.number(b) + "}"})
	return g.caughtGivingUp(g.refusable(b, s)), false
}

// getItems takes an item, some that fit, or borrows them.
func (g *generator) getItems(b *body) (any, bool) {
	name := g.fresh("v")
	s := step("get", bare(g.object(b, "store")), pair{"as", bare(name)})
	if !g.plain && g.chance(0.3) {
		s = append(s, pair{"where", name + " " + pick(g, ">", "<", "==") + " " + fmt.Sprint(g.n(4))})
	} else if g.chance(0.3) {
		s = append(s, pair{"amount", bare(fmt.Sprint(1 + g.n(2)))})
	}
	if b.async && b.depth > 0 && g.chance(0.4) {
		s = append(s, pair{"do", append(list{step("print", g.fresh("#")+" ${"+name+"}")}, g.inner(b)...)})
	}
	return g.caughtGivingUp(g.refusable(b, s)), false
}
