package theory

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// customer is when one came, began and went, in nanoseconds.
type customer struct{ came, begun, gone int64 }

// TestRecursions compares every customer of a line with the recursion of Kiefer and Wolfowitz, which is Lindley's for one server: to
// the nanosecond, as are the statistics of the waits.
func TestRecursions(t *testing.T) {
	for _, servers := range []int{1, 2, 5} {
		customers, waits := line(t, servers)
		var sum int64
		load := make([]int64, servers) // what each server has still to do, the least first
		for i, c := range customers {
			if i > 0 {
				for k := range load {
					load[k] = max(0, load[k]-(c.came-customers[i-1].came))
				}
			}
			if wait := c.begun - c.came; wait != load[0] {
				t.Fatalf("%d servers: customer %d waits %d ns, the recursion says %d", servers, i, wait, load[0])
			}
			sum += load[0]
			load[0] += c.gone - c.begun
			slices.Sort(load)
		}
		if got := math.Round(waits.Value("sum") * 1e9); got != float64(sum) || waits.Value("count") != float64(len(customers)) {
			t.Errorf("%d servers: the statistics have %v ns of %v waits, not %d of %d", servers, got, waits.Value("count"), sum, len(customers))
		}
	}
}

// line runs the line.
func line(t *testing.T, servers int) ([]customer, engine.StatTally) {
	t.Helper()
	s, err := dsl.LoadFile("testdata/line.yaml")
	if err != nil {
		t.Fatal(err)
	}
	opts, err := s.Options(dsl.RunOptions{Params: map[string]string{"servers": fmt.Sprint(servers)}})
	if err != nil {
		t.Fatal(err)
	}
	opts.Statistics, opts.KeepOutput = true, true
	l := engine.New(s.Program(), opts)
	l.Run()
	lines := strings.Split(strings.TrimSpace(string(l.Result().Output)), "\n")
	customers := make([]customer, len(lines))
	for _, text := range lines {
		var i int
		var at [3]float64
		if _, err := fmt.Sscan(text, &i, &at[0], &at[1], &at[2]); err != nil {
			t.Fatal(err)
		}
		customers[i] = customer{int64(math.Round(at[0] * 1e9)), int64(math.Round(at[1] * 1e9)), int64(math.Round(at[2] * 1e9))}
	}
	if len(customers) != 5000 {
		t.Fatalf("%d customers", len(customers))
	}
	for _, st := range l.Statistics() {
		if st.Name == "desk" {
			return customers, st.Tally[slices.IndexFunc(st.Tally, func(x engine.StatTally) bool { return x.Name == "wait" })]
		}
	}
	t.Fatal("there are no statistics")
	return nil, engine.StatTally{}
}
