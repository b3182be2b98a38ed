package explore

import (
	"math"
	"slices"
)

// graph is the states of a search and what they lead to. A state is a number; what leads out of it is known once it is closed.
type graph struct {
	nodes   []node
	edges   []edge
	weights []number // of the edges of those nodes that have some
}

type node struct {
	from, to uint32 // its edges; to is open while they are not all known
	weight   uint32 // where the weights of its edges are, plus 1; 0: each is one
	alike    bool   // there is one for all of them
}

const open = math.MaxUint32

// edge is what a choice leads to: a state, or the end of a run.
type edge uint32

const (
	nothing edge = math.MaxUint32 - iota // no order that there is
	fine                                 // the end of a run that is as expected
	fails                                // of one that is not
	ends                                 // numbers of states are less
)

func (g *graph) len() int { return len(g.nodes) }

// add adds a state.
func (g *graph) add() uint32 {
	g.nodes = append(g.nodes, node{to: open})
	return uint32(len(g.nodes) - 1)
}

func (g *graph) isOpen(n uint32) bool { return g.nodes[n].to == open }

// close keeps what a frame leads to: that is all.
func (g *graph) close(f *frame) {
	x := &g.nodes[f.number]
	x.from = uint32(len(g.edges))
	g.edges = append(g.edges, f.edges...)
	x.to = uint32(len(g.edges))
	weights := f.weights
	if len(weights) == 0 {
		return
	}
	if x.alike = !slices.ContainsFunc(weights, func(n number) bool { return !n.is(weights[0]) }); x.alike {
		weights = weights[:1]
	}
	x.weight = uint32(len(g.weights)) + 1
	g.weights = append(g.weights, weights...)
}

// weightOf is how many orders there are for an edge.
func (x *node) weightOf(g *graph, edge uint32) number {
	switch {
	case x.weight == 0:
		return one
	case x.alike:
		return g.weights[x.weight-1]
	}
	return g.weights[x.weight-1+edge-x.from]
}

// below is how many orders an edge leads to; zero: not all of them were explored.
func (g *graph) below(e edge, counts []tally) tally {
	switch {
	case e == fine:
		return tally{orders: one}
	case e == fails:
		return tally{one, one}
	case e > ends:
		return tally{}
	}
	return counts[e]
}

// count counts, for each state, the orders that lead out of it, where all of them were explored. cyclic: one comes back to where
// it was; it is not counted.
func (g *graph) count() (counts []tally, cyclic bool) {
	type visit struct {
		node, next uint32
		sum        tally
		whole      bool
	}
	const (
		isNew = iota
		isOn  // the way from the state where the counting began
		isDone
	)
	counts = make([]tally, len(g.nodes))
	at, done := make([]uint8, len(g.nodes)), make([]bool, len(g.nodes))
	var stack []visit
	enter := func(n uint32) {
		at[n] = isOn
		stack = append(stack, visit{node: n, next: g.nodes[n].from, whole: !g.isOpen(n)})
	}
	for first := range g.nodes { // open states are no way to those below them
		if at[first] != isNew {
			continue
		}
		for enter(uint32(first)); len(stack) > 0; {
			v := &stack[len(stack)-1]
			x := &g.nodes[v.node]
			if x.to == open || v.next == x.to {
				if at[v.node], done[v.node] = isDone, v.whole; v.whole {
					counts[v.node] = v.sum
				}
				stack = stack[:len(stack)-1]
				continue
			}
			switch e := g.edges[v.next]; {
			case e >= ends:
				v.sum = v.sum.plus(g.below(e, counts).times(x.weightOf(g, v.next)))
				v.next++
			case at[e] == isNew:
				enter(uint32(e)) // and look at the edge again
			case at[e] == isOn:
				cyclic = true
				v.next++
			default:
				v.sum, v.whole = v.sum.plus(counts[e].times(x.weightOf(g, v.next))), v.whole && done[e]
				v.next++
			}
		}
	}
	return counts, cyclic
}
