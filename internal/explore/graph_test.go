package explore

import "testing"

// TestCount: orders are counted below states of which all is known, and nowhere else.
func TestCount(t *testing.T) {
	var g graph
	closed := func(weights []number, edges ...edge) edge {
		f := &frame{number: g.add(), edges: edges, weights: weights}
		g.close(f)
		return edge(f.number)
	}
	unknown := edge(g.add())
	two := closed(nil, fine, fails)
	four := closed([]number{factorial(2), factorial(2)}, two, nothing)
	eleven := closed([]number{one, factorial(3), factorial(2)}, fails, fine, two)
	half := closed(nil, two, unknown)
	top := closed(nil, four, half)
	circle := closed(nil, fine, edge(g.len()))
	counts, cyclic := g.count()
	if !cyclic {
		t.Error("the way that comes back is not seen")
	}
	for _, x := range []struct {
		name           string
		state          edge
		orders, failed string
	}{
		{"unknown", unknown, "0", "0"}, {"two", two, "2", "1"}, {"four", four, "4", "2"}, {"half", half, "0", "0"},
		{"eleven", eleven, "11", "3"},
		{"what leads to half", top, "0", "0"}, {"what comes back, without that", circle, "1", "0"},
	} {
		if c := g.below(x.state, counts); c.orders.big().String() != x.orders || c.failed.big().String() != x.failed {
			t.Errorf("%s: %v orders, %v of them fail, not %s and %s", x.name, c.orders.big(), c.failed.big(), x.orders, x.failed)
		}
	}
}
