package theory

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// customer is when one came, began and went, in nanoseconds.
type customer struct{ came, begun, gone, priority int64 }

// TestRecursions compares every customer of a line with the recursion of Kiefer and Wolfowitz, which is Lindley's for one server: to
// the nanosecond, as are the statistics of the waits.
func TestRecursions(t *testing.T) {
	for _, servers := range []int{1, 2, 5} {
		customers, waits := simulated(t, "line", servers)
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

// TestRank compares every customer of a line that is ranked anew whenever a server is free with a plain model, to the nanosecond.
func TestRank(t *testing.T) {
	for _, servers := range []int{1, 3} {
		customers, _ := simulated(t, "rank", servers)
		busy := make([]int64, servers) // until when each server is
		var line []int
		served := func(now int64) (n int) {
			for _, c := range customers {
				if c.gone <= now {
					n++
				}
			}
			return n
		}
		rank := func(i int, now int64, n int) float64 {
			waited := float64(now-customers[i].came) / 1e9
			if n%3 == 0 {
				return -waited
			}
			return float64(customers[i].priority) - 0.25*waited
		}
		for next := 0; next < len(customers) || len(line) > 0; {
			slices.Sort(busy)
			now := busy[0]
			if len(line) == 0 && next < len(customers) {
				now = max(now, customers[next].came)
			}
			for ; next < len(customers) && customers[next].came <= now; next++ {
				line = append(line, next)
			}
			n := served(now)
			best := slices.MinFunc(line, func(a, b int) int { return cmp.Compare(rank(a, now, n), rank(b, now, n)) })
			if c := customers[best]; c.begun != now {
				t.Fatalf("%d servers: customer %d begins at %d ns, the model says %d", servers, best, c.begun, now)
			}
			busy[0] = customers[best].gone
			line = slices.DeleteFunc(line, func(i int) bool { return i == best })
		}
	}
}

// TestSharing compares every customer of servers that all share with a plain model in rational numbers: each is given its part of
// every nanosecond, and goes at the first whole one at which it has what it needs, or when it gives up.
func TestSharing(t *testing.T) {
	for _, servers := range []int64{1, 3} {
		customers, _ := simulated(t, "shared", int(servers)) // begun is what it needs
		type user struct {
			customer
			left *big.Rat
		}
		var users []user
		pace := func() *big.Rat { return big.NewRat(min(servers, int64(len(users))), int64(len(users))) }
		gaveUp := 0
		for next, now := 0, int64(0); next < len(customers) || len(users) > 0; {
			end := int64(math.MaxInt64) // when the next one goes, if nobody comes
			for _, u := range users {
				need := new(big.Rat).Quo(u.left, pace())
				ns, rest := new(big.Int).DivMod(need.Num(), need.Denom(), new(big.Int))
				if rest.Sign() > 0 {
					ns.Add(ns, big.NewInt(1))
				}
				end = min(end, now+ns.Int64())
				if u.gone < now+ns.Int64() && u.gone == u.came+1_500_000_000 {
					end = min(end, u.gone)
				}
			}
			if next < len(customers) {
				end = min(end, customers[next].came)
			}
			for _, u := range users {
				u.left.Sub(u.left, new(big.Rat).Mul(pace(), big.NewRat(end-now, 1)))
			}
			now = end
			users = slices.DeleteFunc(users, func(u user) bool {
				switch over := u.left.Sign() <= 0; {
				case over && u.gone != now:
					t.Errorf("%d servers: the customer of %d ns ends at %d, the model says %d", servers, u.came, u.gone, now)
					return true
				case !over && u.gone == now:
					gaveUp++
					return true
				default:
					return over
				}
			})
			for ; next < len(customers) && customers[next].came == now; next++ {
				if c := customers[next]; c.begun > 0 {
					users = append(users, user{c, big.NewRat(c.begun, 1)})
				}
			}
			if t.Failed() {
				return
			}
		}
		if gaveUp < 20 {
			t.Errorf("%d servers: only %d gave up", servers, gaveUp)
		}
	}
}

// simulated runs a scenario of testdata that prints its customers; they are in the order in which they came.
func simulated(t *testing.T, name string, servers int) ([]customer, engine.StatTally) {
	t.Helper()
	s, err := dsl.LoadFile("testdata/" + name + ".yaml")
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
	var customers []customer
	for text := range strings.Lines(string(l.Result().Output)) {
		fields := strings.Fields(text)
		ns := make([]int64, len(fields))
		for i, field := range fields {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			ns[i] = int64(math.Round(x * 1e9))
		}
		c := customer{came: ns[0], begun: ns[1], gone: ns[2]}
		if len(ns) > 3 {
			c.priority = ns[3] / 1e9
		}
		customers = append(customers, c)
	}
	if len(customers) < 2000 {
		t.Fatalf("%d customers", len(customers))
	}
	slices.SortFunc(customers, func(a, b customer) int { return cmp.Compare(a.came, b.came) })
	for _, st := range l.Statistics() {
		if st.Name == "desk" {
			return customers, st.Tally[slices.IndexFunc(st.Tally, func(x engine.StatTally) bool { return x.Name == "wait" })]
		}
	}
	t.Fatal("there are no statistics")
	return nil, engine.StatTally{}
}
