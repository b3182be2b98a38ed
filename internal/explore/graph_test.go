package explore

import "testing"

// TestCount: orders are counted below states of which all is known, and nowhere else.
func TestCount(t *testing.T) {
	var g graph
	closed := func(weight number, edges ...edge) edge {
		f := &frame{number: g.add(), edges: edges, weight: weight}
		g.close(f)
		return edge(f.number)
	}
	unknown := edge(g.add())
	two := closed(one, fine, fails)
	four := closed(factorial(2), two, nothing)
	half := closed(one, two, unknown)
	top := closed(one, four, half)
	circle := closed(one, fine, edge(g.len()))
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
		{"what leads to half", top, "0", "0"}, {"what comes back, without that", circle, "1", "0"},
	} {
		if c := g.below(x.state, counts); c.orders.big().String() != x.orders || c.failed.big().String() != x.failed {
			t.Errorf("%s: %v orders, %v of them fail, not %s and %s", x.name, c.orders.big(), c.failed.big(), x.orders, x.failed)
		}
	}
}
