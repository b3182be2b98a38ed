package picture

import (
	"fmt"
	"strings"

	"runloop/internal/trace"
)

// Sizes of the graph, in whole px.
const (
	nodeWidth   = 140
	nodeHeight  = 40
	ringRow     = 96  // from one row of a circle to the next
	ringApart   = 140 // where there are two
	treeRow     = 54
	treeIndent  = 34
	treeWidth   = 300
	maxRingRow  = 4  // boxes in a row of a circle
	maxRing     = 24 // boxes in a circle
	graphMargin = 14
)

// graph draws who waits for whom.
type graph struct {
	*waitFor
	d   *svg
	top int
}

// Graph draws who waits for whom at the end of the run: a circle as a ring, what hangs on it, or on what nobody will give, as
// trees.
func Graph(s *trace.Scene, o Options) ([]byte, error) {
	g := graph{waitsOf(s.Run), newSVG(timelineWidth), 41}
	title := g.title(o)
	g.d.label(heading, graphMargin, 24, timelineWidth-2*graphMargin, atStart, title)
	for _, line := range small.wrap(strings.Join(g.sentences(), " "), timelineWidth-2*graphMargin) {
		g.d.label(small, graphMargin, float64(g.top), timelineWidth-2*graphMargin, atStart, line)
		g.top += 14
	}
	for _, c := range g.circles {
		g.drawRing(c)
	}
	g.drawTrees()
	g.drawFoot(o)
	return g.d.bytes(page{Title: title, Desc: g.desc(), Height: float64(g.top + 12), Theme: o.Theme}), nil
}

// desc is the graph in words.
func (g *graph) desc() string {
	var b strings.Builder
	b.WriteString(strings.Join(g.sentences(), " "))
	told := 0
	for i := range g.nodes {
		if n := &g.nodes[i]; n.to >= 0 && told < maxTold {
			told++
			b.WriteString(" " + g.words(n) + ".")
		}
	}
	return b.String()
}

// words is what a task holds and waits for.
func (g *waitFor) words(n *waiter) string {
	text := n.name
	if n.line != "" {
		text += ", " + n.line + ","
	}
	if len(n.holds) > 0 {
		text += " holds " + strings.Join(n.holds, ", ")
		if n.waits != "" {
			text += " and"
		}
	}
	if n.waits != "" {
		text += " waits for " + n.waits
	}
	if n.note != "" {
		text += " " + n.note
	}
	return text
}

// place is the middle of a box.
type place struct{ x, y int }

// ringPlaces is the places of the boxes of a circle, in the order of the arrows: the upper row to the right, down, the lower row
// to the left, up.
func ringPlaces(n, top int) (list []place, height int) {
	row := func(n, y int, back bool) {
		for i := range n {
			k := i
			if back {
				k = n - 1 - i
			}
			list = append(list, place{graphMargin + (2*k+1)*(timelineWidth-2*graphMargin)/(2*n), y})
		}
	}
	y := top + nodeHeight/2
	switch {
	case n <= 2:
		row(n, y, false)
		return list, nodeHeight
	case n <= 2*maxRingRow:
		row((n+1)/2, y, false)
		row(n/2, y+ringApart, true)
		return list, nodeHeight + ringApart
	}
	sides := n - 2*maxRingRow
	down := (sides + 1) / 2
	row(maxRingRow, y, false)
	right, left := list[maxRingRow-1].x, list[0].x
	last := y + (down+1)*ringRow
	for i := range down {
		list = append(list, place{right, y + (i+1)*ringRow})
	}
	row(maxRingRow, last, true)
	for i := range sides / 2 {
		list = append(list, place{left, last - (i+1)*(last-y)/(sides/2+1)})
	}
	return list, last - y + nodeHeight
}

// drawRing draws a circle of tasks that wait for each other.
func (g *graph) drawRing(circle []int) {
	g.top += 10
	if len(circle) <= 2 {
		g.top += 20 // the labels are over the boxes
	}
	shown := circle
	if len(circle) > maxRing {
		shown = circle[:maxRing-1]
	}
	n := len(shown)
	if n < len(circle) {
		n++ // a box for the others
	}
	places, height := ringPlaces(n, g.top)
	for k := range places {
		label := ""
		if k < len(shown) {
			label = thingName(g.nodes[shown[k]].waits)
		}
		g.drawEdge(places[k], places[(k+1)%n], label, n)
	}
	for k, i := range shown {
		g.drawNode(&g.nodes[i], places[k].x-nodeWidth/2, places[k].y-nodeHeight/2, nodeWidth, "hot")
	}
	if n > len(shown) {
		p := places[n-1]
		more := waiter{name: fmt.Sprintf("… %d more tasks", len(circle)-len(shown)), note: "of the same circle"}
		g.drawNode(&more, p.x-nodeWidth/2, p.y-nodeHeight/2, nodeWidth, "cold")
	}
	g.top += height + 22
	if n == 2 {
		g.top += 20
	}
}

// drawEdge draws an arrow of a circle of n from one box to another, and its label.
func (g *graph) drawEdge(a, b place, label string, n int) {
	d := g.d
	switch {
	case n == 1: // on itself
		x, y := float64(a.x+nodeWidth/2), float64(a.y)
		g.arrow("M", x-30, y-20, "v", -16, "h", 60, "v", 36, "H", x+2)
		g.pill(a.x+nodeWidth/2+36, a.y-20, label, 300, atStart)
		return
	case n == 2: // there and back
		y := a.y - 10
		if b.x < a.x {
			y = a.y + 10
		}
		x1, x2 := a.x+nodeWidth/2, b.x-nodeWidth/2-2
		if b.x < a.x {
			x1, x2 = a.x-nodeWidth/2, b.x+nodeWidth/2+2
		}
		g.arrow("M", x1, y, "H", x2)
		g.pill((x1+x2)/2, y+(y-a.y)*3/2, label, abs(x2-x1)-20, atMiddle)
		return
	}
	x1, y1 := border(a, b, 0)
	x2, y2 := border(b, a, 3)
	g.arrow("M", x1, y1, "L", x2, y2)
	most := 200
	shift := 0
	if y1 == y2 {
		most, shift = abs(x2-x1)-20, 5*sign(x2-x1) // the head stays free
	}
	g.pill((x1+x2)/2-shift, (y1+y2)/2, label, most, atMiddle)
	d.raw("\n")
}

// border is where the line from box a to box b leaves a, or so many px before it.
func border(a, b place, before int) (x, y int) {
	dx, dy := b.x-a.x, b.y-a.y
	w, h := nodeWidth/2+before, nodeHeight/2+before
	if abs(dx)*h > abs(dy)*w {
		return a.x + sign(dx)*w, a.y + dy*w/abs(dx)
	}
	return a.x + dx*h/abs(dy), a.y + sign(dy)*h
}

func abs(x int) int { return max(x, -x) }

func sign(x int) int {
	if x < 0 {
		return -1
	}
	return 1
}

// arrow draws an arrow of a circle.
func (g *graph) arrow(parts ...any) {
	g.d.hotArrows = true
	g.d.raw(`<path class="hota" marker-end="url(#e)" d="`)
	g.d.steps(parts)
	g.d.raw(`"/>`)
}

// pill draws what an arrow is about.
func (g *graph) pill(x, y int, text string, most int, at anchor) {
	if text == "" {
		return
	}
	shown, _ := mono.clip(clean(text), float64(max(most, 30)-16))
	w := mono.width(shown) + 16
	left := float64(x)
	if at == atMiddle {
		left -= w / 2
	}
	g.d.beginClass("", "waits for "+text)
	g.d.rect("hotp", left, float64(y-9), w, 18, 9)
	g.d.label(mono, left+w/2, float64(y+4), w, atMiddle, shown)
	g.d.end()
}

// drawNode draws a task, or what tasks wait for.
func (g *graph) drawNode(n *waiter, x, y, w int, class string) {
	g.d.begin(g.words(n))
	radius := 5.0
	if !n.task && class != "cold" {
		radius = nodeHeight / 2
	}
	g.d.rect(class, float64(x), float64(y), float64(w), nodeHeight, radius)
	mid := float64(x) + float64(w)/2
	g.d.label(bold, mid, float64(y+17), float64(w-10), atMiddle, n.name)
	g.d.label(small, mid, float64(y+32), float64(w-10), atMiddle, n.about())
	g.d.end()
}

// drawTrees draws what hangs on circles, and on what nobody will give.
func (g *graph) drawTrees() {
	said := false
	for i := range g.nodes {
		n := &g.nodes[i]
		if !n.inCircle || len(n.from) == 0 {
			continue
		}
		if !said {
			g.top += 14
			g.d.label(bold, graphMargin, float64(g.top), 600, atStart, "what waits for the circle")
			g.top += 12
			said = true
		}
		g.drawTree(i, 0)
		g.top += 8
	}
	if len(g.roots) > 0 {
		g.top += 8
	}
	for _, i := range g.roots {
		g.drawTree(i, 0)
		g.top += 8
	}
}

// drawTree draws a node, and below it who waits for it, each with an arrow towards it.
func (g *graph) drawTree(i, depth int) {
	n := &g.nodes[i]
	x, y := graphMargin+depth*treeIndent, g.top
	class := "cold"
	if !n.task {
		class = "goal"
	} else if n.inCircle {
		class = "hot"
	}
	g.drawNode(n, x, y, treeWidth-min(depth, 4)*20, class)
	if n.waits != "" && !n.inCircle {
		at := x + treeWidth - min(depth, 4)*20 + 10
		g.d.label(waiting, float64(at), float64(y+24), float64(timelineWidth-graphMargin-at), atStart, "waits for "+n.waits)
	}
	g.d.raw("\n")
	g.top += treeRow
	last := y + nodeHeight
	for _, k := range n.from {
		mid := g.top + nodeHeight/2
		g.d.path("cola", "M", x+treeIndent, mid, "H", x+14, "V", last)
		g.d.path("colh", "M", x+14, y+nodeHeight, "l", -4, 8, "h", 8, "z")
		g.drawTree(k, depth+1)
	}
	if n.more > 0 {
		g.d.label(note, float64(x+treeIndent), float64(g.top+4), 400, atStart, "+ "+waitVerb(n.more, "other")+" for it")
		g.top += 20
	}
}

// drawFoot adds the paragraphs that were asked for.
func (g *graph) drawFoot(o Options) {
	for _, p := range o.Foot {
		for _, line := range plain.wrap(p, timelineWidth-2*graphMargin) {
			g.top += 17
			g.d.label(plain, graphMargin, float64(g.top), timelineWidth-2*graphMargin, atStart, line)
		}
		g.top += 6
	}
}

// GraphText is Graph as text.
func GraphText(s *trace.Scene, o Options) ([]byte, error) {
	g := waitsOf(s.Run)
	b := textGraph{g: g, marks: graphMarks[o.ASCII]}
	b.line(g.title(o))
	for _, text := range g.sentences() {
		b.line(text)
	}
	for _, c := range g.circles {
		b.line("")
		b.line("a circle:")
		for k, i := range c {
			if k >= maxRing {
				b.line("  " + b.marks[0] + plural(len(c)-k, "more task"))
				break
			}
			b.line("  " + b.marks[0] + b.node(i, true))
		}
		b.line("  " + b.marks[0] + g.nodes[c[0]].name)
	}
	for i := range g.nodes {
		if n := &g.nodes[i]; n.inCircle && len(n.from) > 0 {
			b.line("")
			b.tree(i, "", "")
		}
	}
	for _, i := range g.roots {
		b.line("")
		b.tree(i, "", "")
	}
	return []byte(b.String()), nil
}

// graphMarks is what the text is drawn with: an arrow down, branches, the last one.
var graphMarks = map[bool][5]string{
	false: {"↓ ", "├─ ", "│  ", "└─ ", "   "},
	true:  {"v ", "|- ", "|  ", "`- ", "   "},
}

// textGraph writes a graph as text.
type textGraph struct {
	strings.Builder
	g     *waitFor
	marks [5]string
}

func (b *textGraph) line(text string) { b.WriteString(strings.TrimRight(text, " ") + "\n") }

// node is a node in one line.
func (b *textGraph) node(i int, waits bool) string {
	n := &b.g.nodes[i]
	text := n.name
	if about := n.about(); about != "" {
		text += " (" + strings.ReplaceAll(about, " · ", ", ") + ")"
	}
	if waits && n.waits != "" {
		text += " waits for " + n.waits
	}
	return text
}

// tree writes a node and below it who waits for it.
func (b *textGraph) tree(i int, first, rest string) {
	n := &b.g.nodes[i]
	b.line(first + b.node(i, first != ""))
	for k, child := range n.from {
		mark := 1
		if k == len(n.from)-1 && n.more == 0 {
			mark = 3
		}
		b.tree(child, rest+b.marks[mark], rest+b.marks[mark+1])
	}
	if n.more > 0 {
		b.line(rest + b.marks[3] + "+ " + waitVerb(n.more, "other") + " for it")
	}
}
