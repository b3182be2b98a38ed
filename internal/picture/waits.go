package picture

import (
	"fmt"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// maxWaiters is how many tasks a graph shows.
const maxWaiters = 24

// waiter is a node of the wait-for graph: a task, or what tasks wait for that is no task.
type waiter struct {
	name     string
	line     string   // where it waits: "line 5"; empty: unknown
	holds    []string // what others wait for
	waits    string   // what for; empty: it waits for nothing that is known
	note     string   // of what waits for nothing: why that is no help
	to       int      // whom it waits for; -1: nobody
	from     []int    // who waits for it, as far as they are drawn
	more     int      // how many more wait for it
	task     bool
	inCircle bool
}

// waitFor is who waits for whom at the end of a run.
type waitFor struct {
	run     *trace.Run
	nodes   []waiter
	circles [][]int
	roots   []int // what is no circle's, and waits for nobody
	tasks   int   // how many wait
	asleep  int   // how many only sleep, and nobody waits for them
	left    int   // how many are not drawn
	unread  int   // how many wait that are not described
	chains  bool  // whether a task waits for another
}

// waitsOf reads who waits for whom.
func waitsOf(r *trace.Run) *waitFor {
	g := &waitFor{run: r}
	blocked, n := r.Waiting()
	g.unread = n - len(blocked)
	index := map[string]int{} // of those that wait
	for _, b := range blocked {
		index[b.Task] = len(g.nodes)
		g.nodes = append(g.nodes, waiter{name: clean(b.Task), line: lineOf(r, b.Pos.Line), waits: clean(b.Waits), to: -1, task: true})
	}
	others := map[string]int{} // what else is waited for
	for i, b := range blocked {
		if b.Waits == "sleep" {
			g.nodes[i].note, g.nodes[i].waits = "sleeps", ""
			continue
		}
		if used, ok := strings.CutPrefix(b.Waits, "use of "); ok { // it holds it, and sleeps
			g.nodes[i].note, g.nodes[i].waits = "in its use", ""
			g.hold(i, used)
			continue
		}
		g.tasks++
		for _, h := range b.Holders {
			g.nodes[i].to = g.node(h, index, others)
			if _, waits := index[h]; waits {
				break
			}
		}
		if len(b.Holders) == 0 {
			g.nodes[i].to = g.thing(b.Waits, others)
			continue
		}
		g.chains = true
		for _, h := range b.Holders {
			if !awaits(&b) {
				g.hold(g.node(h, index, others), b.Waits)
			}
		}
	}
	g.link()
	return g
}

// hold notes that a task holds an object.
func (g *waitFor) hold(i int, object string) {
	if what := thingName(clean(object)); !slices.Contains(g.nodes[i].holds, what) {
		g.nodes[i].holds = append(g.nodes[i].holds, what)
	}
}

// awaits reports whether a task waits for the end of others, not for what they hold.
func awaits(b *engine.Blocked) bool {
	return strings.HasPrefix(b.Waits, "task ") || strings.HasPrefix(b.Waits, "shield of ")
}

// node is the node of a task that others wait for. It need not wait itself.
func (g *waitFor) node(name string, index, others map[string]int) int {
	if k, ok := index[name]; ok {
		return k
	}
	k, ok := others[name]
	if !ok {
		k = len(g.nodes)
		others[name] = k
		g.nodes = append(g.nodes, waiter{name: clean(name), to: -1, task: true, note: g.fate(name)})
	}
	return k
}

// thing is the node of what no task can give.
func (g *waitFor) thing(what string, others map[string]int) int {
	key := "\x00" + what
	k, ok := others[key]
	if !ok {
		k = len(g.nodes)
		others[key] = k
		note := "no other task is named that it depends on"
		if g.run.Result.Ended == engine.Deadlock {
			note = "nobody is left who could give it"
		}
		g.nodes = append(g.nodes, waiter{name: clean(what), to: -1, note: note})
	}
	return k
}

// fate is why a task that does not wait is no help.
func (g *waitFor) fate(name string) string {
	lanes := g.run.Scene(0, len(g.run.Turns)).Lanes
	for i := len(lanes) - 1; i >= 0; i-- {
		if lanes[i].Name != name {
			continue
		}
		if lanes[i].End != "" {
			return "has ended (" + lanes[i].End + ") and has not given it back"
		}
		return "does not wait: it can run"
	}
	return "has ended"
}

// link finds circles, roots, and who waits for whom.
func (g *waitFor) link() {
	met := make([]int, len(g.nodes))
	for start := range g.nodes {
		var path []int
		at := start
		for at >= 0 && met[at] == 0 {
			met[at] = start + 1
			path = append(path, at)
			at = g.nodes[at].to
		}
		if at >= 0 && met[at] == start+1 {
			if k := slices.Index(path, at); k >= 0 {
				g.circles = append(g.circles, path[k:])
				for _, i := range path[k:] {
					g.nodes[i].inCircle = true
				}
			}
		}
	}
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.to >= 0 && !n.inCircle {
			g.nodes[n.to].from = append(g.nodes[n.to].from, i)
		}
	}
	for i := range g.nodes {
		switch n := &g.nodes[i]; {
		case n.to >= 0:
		case len(n.from) > 0:
			g.roots = append(g.roots, i)
		default:
			g.asleep++
		}
	}
	g.cut()
}

// cut leaves out what is too much: with a circle all but that, else of each tree what comes last.
func (g *waitFor) cut() {
	all := 0
	for i := range g.nodes {
		if g.nodes[i].to >= 0 || len(g.nodes[i].from) > 0 {
			all++
		}
	}
	room := maxWaiters
	if all > maxWaiters && len(g.circles) > 0 {
		room = 0
	}
	for _, c := range g.circles {
		if room > 0 {
			room = max(room-len(c), 0)
		}
	}
	for i := range g.nodes {
		if g.nodes[i].inCircle {
			room = g.keep(i, room)
		}
	}
	for _, i := range g.roots {
		room = g.keep(i, room)
	}
}

// keep keeps as many of those who wait for a node, and for them, as there is room for; the others are counted.
func (g *waitFor) keep(i, room int) int {
	queue := []int{i}
	for len(queue) > 0 {
		n := &g.nodes[queue[0]]
		queue = queue[1:]
		take := min(len(n.from), room)
		for _, k := range n.from[take:] {
			n.more += g.size(k)
		}
		n.from = n.from[:take]
		g.left += n.more
		room -= take
		queue = append(queue, n.from...)
	}
	return room
}

// size is how many tasks a tree has.
func (g *waitFor) size(i int) int {
	n := 0
	for stack := []int{i}; len(stack) > 0; n++ {
		last := len(stack) - 1
		k := stack[last]
		stack = append(stack[:last], g.nodes[k].from...)
	}
	return n
}

// thingName is an object without its kind.
func thingName(what string) string {
	for _, k := range []engine.Kind{engine.KindLock, engine.KindSemaphore, engine.KindRWLock, engine.KindQueue, engine.KindCondition, engine.KindBarrier, engine.KindResource} {
		if name, ok := strings.CutPrefix(what, k.String()+" "); ok {
			return name
		}
	}
	return what
}

// lineOf is a line in words, empty where it is unknown.
func lineOf(r *trace.Run, line int32) string {
	if line == 0 {
		return ""
	}
	return clean(r.Result.Files.Line(line))
}

// about is what stands under a task's name.
func (n *waiter) about() string {
	var parts []string
	if n.line != "" {
		parts = append(parts, n.line)
	}
	if n.note != "" {
		parts = append(parts, n.note)
	}
	if len(n.holds) > 0 {
		parts = append(parts, "holds "+strings.Join(n.holds, ", "))
	}
	return strings.Join(parts, " · ")
}

// title is the heading of the graph.
func (g *waitFor) title(o Options) string {
	res := g.run.Result
	switch {
	case o.Title != "":
		return o.Title
	case res.Ended == engine.Deadlock:
		return fmt.Sprintf("%s: deadlock at %s", g.run.Source.Name, trace.Clock(res.At))
	}
	return fmt.Sprintf("%s: who waits for whom at the end, %s", g.run.Source.Name, trace.Clock(res.Now))
}

// sentences is what the graph shows, in words.
func (g *waitFor) sentences() []string {
	dead := g.run.Result.Ended == engine.Deadlock
	var list []string
	switch n := g.inCircles(); {
	case g.tasks == 0:
		list = append(list, "Nobody waits for another task.")
	case n == 1 && len(g.circles) == 1:
		list = append(list, "A task waits for what only it itself could give back: nothing is left that could wake it.")
	case n > 0:
		list = append(list, fmt.Sprintf("An arrow goes from who waits to who could end the wait. A closed circle of arrows cannot come apart: "+
			"nothing is left that could wake these %d tasks.", n))
	case !g.chains:
		list = append(list, "Nobody waits for another task: there is no circle.")
		if dead {
			list = append(list, "They wait for what nobody is left to give.")
		}
	case dead:
		list = append(list, "There is no circle: at the end of the arrows is what nobody is left to give.")
	default:
		list = append(list, "There is no circle. An arrow goes from who waits to who could end the wait.")
	}
	if g.left > 0 && len(g.circles) > 0 {
		list = append(list, fmt.Sprintf("+ %s for it.", waitVerb(g.left, "other")))
	}
	if g.unread > 0 {
		list = append(list, fmt.Sprintf("%s that are not looked at.", waitVerb(g.unread, "more task")))
	}
	if g.asleep > 0 {
		list = append(list, fmt.Sprintf("%s: nobody waits for that.", sleepVerb(g.asleep)))
	}
	return list
}

func (g *waitFor) inCircles() int {
	n := 0
	for _, c := range g.circles {
		n += len(c)
	}
	return n
}

func waitVerb(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " waits"
	}
	return plural(n, noun) + " wait"
}

func sleepVerb(n int) string {
	if n == 1 {
		return "1 task only sleeps"
	}
	return plural(n, "task") + " only sleep"
}
