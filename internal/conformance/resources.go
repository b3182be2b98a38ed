package conformance

import "fmt"

// resourceOptions declares a resource that asyncio can have, too.
func (g *generator) resourceOptions() mapping {
	m := mapping{
		{"capacity", bare(fmt.Sprint(g.n(4)))},
		{"order", bare(pick(g, "fifo", "lifo", "priority"))},
	}
	if g.chance(0.3) {
		m = append(m, pair{"max_waiting", bare(fmt.Sprint(g.n(3)))})
	}
	if g.chance(0.3) {
		m = append(m, pair{"overtake", bare("true")})
	}
	return m
}

// asked sometimes writes what a step asks of a resource, and what limits its waiting.
func (g *generator) asked(b *body, s mapping, full bool) mapping {
	switch {
	case g.chance(0.2):
		most := 2
		if what, ok := s[0].value.(bare); ok && g.single[string(what)] {
			most = 1
		}
		s = append(s, pair{"amount", bare(fmt.Sprint(1 + g.n(most)))})
	case g.chance(0.2):
		s = g.bind(b, s, "int", 1)
	}
	if full && g.chance(0.3) {
		s = append(s, pair{"priority", bare(fmt.Sprint(g.n(3)))})
	}
	if g.chance(0.1) {
		s = append(s, pair{"nowait", bare("true")})
		return g.otherwise(b, s)
	}
	if !g.cycle && g.chance(0.4) {
		return g.otherwise(b, append(s, pair{"within", bare(g.duration(6, 0))}))
	}
	return s
}

func (g *generator) otherwise(b *body, s mapping) mapping {
	if b.depth > 0 && g.chance(0.5) {
		return append(s, pair{"else", g.inner(b)})
	}
	return s
}

// caughtRefusal catches what a resource without room raises.
func (g *generator) caughtRefusal(s mapping) any {
	if _, ok := s.get("else").(list); ok || g.chance(0.2) {
		return s
	}
	catch := mapping{{"error", bare("[ResourceFull, TimeoutError]")}, {"do", list{step("print", g.fresh("#")+" ${error}")}}}
	return step("try", list{s}, pair{"catch", list{catch}})
}

// resource picks a resource; full: it is declared with an order that looks at priorities.
func (g *generator) resource(b *body) (what string, full bool) {
	what = g.object(b, "resource")
	return what, what == "rp"
}

func (g *generator) acquireUnits(b *body) (any, bool) {
	if g.chance(0.15) && len(g.objects["resource"]) > 0 {
		s := step("acquire", list{bare("rs"), bare("rp")})
		if g.chance(0.2) {
			return s, false
		}
		return append(s, pair{"do", g.inner(b)}), false
	}
	what, full := g.resource(b)
	s := step("acquire", bare(what))
	scoped := b.depth > 0 && g.chance(0.8)
	if scoped {
		s = append(s, pair{"do", g.inner(b)})
	}
	return g.caughtRefusal(g.asked(b, s, full)), false
}

func (g *generator) useResource(b *body) (any, bool) {
	what, full := g.resource(b)
	return g.caughtRefusal(g.asked(b, step("use", bare(what), pair{"takes", bare(g.duration(4, 0))}), full)), false
}

func (g *generator) releaseUnits(b *body) (any, bool) {
	s := step("release", bare(g.object(b, "resource")))
	return step("try", list{s}, pair{"catch", list{mapping{{"do", list{step("print", g.fresh("#")+" ${error}")}}}}}), false
}

func (g *generator) resize(b *body) (any, bool) {
	s := step("resize", bare(g.object(b, "resource")), pair{"capacity", bare(fmt.Sprint(g.n(4)))})
	if g.chance(0.2) {
		s = append(s, pair{"max_waiting", bare(fmt.Sprint(g.n(3)))})
	}
	return s, false
}
