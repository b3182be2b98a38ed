package theory

import (
	"flag"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

var seeds = flag.Int("seeds", 1, "how many sets of 30 replications of each system are simulated, at most 5")

// system is a queueing system, as a scenario with parameters, and what is known of it.
type system struct {
	name, file string
	params     map[string]string
	values     []value
}

// value is one number that is known, and what a run measures of it.
type value struct {
	name    string
	exact   float64
	measure func(s stats) float64
}

// stats is the statistics of a run by "resource desk", and so on.
type stats map[string]engine.Statistics

// of finds a field, such as "resource desk: wait mean", a count, such as "resource desk: served", or what follows from them, such as
// "resource desk: utilisation".
func (s stats) of(path string) float64 {
	object, field, _ := strings.Cut(path, ": ")
	x, ok := s[object]
	if !ok {
		panic("there is no " + object)
	}
	name, field, _ := strings.Cut(field, " ")
	var fields []engine.StatValue
	for _, t := range x.Tally {
		if t.Name == name {
			fields = t.Fields
		}
	}
	for _, l := range x.Level {
		if l.Name == name {
			fields = l.Fields
		}
	}
	for _, c := range x.Counts {
		if c.Name == name {
			return float64(c.N)
		}
	}
	if fields == nil {
		fields, field = x.Rates, name
	}
	for _, f := range fields {
		if f.Name == field {
			return f.Value
		}
	}
	panic("there is no " + path)
}

// field is a value that is a field.
func field(name, path string, exact float64) value {
	return value{name, exact, func(s stats) float64 { return s.of(path) }}
}

// share is a value that is a part of another.
func share(name, part, whole string, exact float64) value {
	return value{name, exact, func(s stats) float64 { return s.of(part) / s.of(whole) }}
}

// station is how many are at a resource, those who wait and those who are served.
func station(name, resource string, exact float64) value {
	return value{name, exact, func(s stats) float64 { return s.of(resource+": queue mean") + s.of(resource+": in_use mean") }}
}

func flow(name, resource string, exact float64) value {
	return field(name, resource+": throughput", exact)
}

// mg1 is M/G/1 with load 0.8 (Pollaczek and Khinchine).
func mg1(name, law string, wait float64) system {
	return system{name, "mm1", map[string]string{"law": law}, []value{field("Wq", "resource desk: wait mean", wait)}}
}

// mmc is M/M/c (Erlang).
func mmc(servers, rate string, waits, wait, inside float64) system {
	return system{"M/M/" + servers, "mmc", map[string]string{"servers": servers, "rate": rate, "length": length(rate)}, []value{
		{"P(wait)", waits, func(s stats) float64 { return 1 - s.of("resource desk: wait zero") }},
		field("Wq", "resource desk: wait mean", wait), field("L", "tasks customer: inside mean", inside),
	}}
}

// length is how long so many customers take that the interval is narrow.
func length(rate string) string {
	perSecond, err := strconv.ParseFloat(rate, 64)
	if err != nil {
		panic(err)
	}
	return strconv.Itoa(int(500+8_000/perSecond)) + "s"
}

// mmck is M/M/c/K.
func mmck(name, servers, room, rate, service string, refused, inside float64) system {
	return system{name, "mmck", map[string]string{"servers": servers, "room": room, "rate": rate, "service": service}, []value{
		share("refused", "resource desk: refused", "resource desk: requests", refused), field("L", "tasks customer: inside mean", inside),
	}}
}

// patience is M/M/c + M with load 1 and a patience of 2 service times (Palm).
func patience(servers string, reneged, queue, used float64) system {
	return system{"M/M/" + servers + " + M", "patience", map[string]string{"servers": servers, "length": length(servers)}, []value{
		share("reneged", "resource desk: reneged", "resource desk: requests", reneged),
		field("Lq", "resource desk: queue mean", queue), field("utilisation", "resource desk: utilisation", used),
	}}
}

func saturated(buffer, second string, throughput float64) system {
	return system{"saturated tandem, buffer " + buffer + ", second " + second, "saturated", map[string]string{"buffer": buffer, "second": second},
		[]value{flow("throughput", "resource two", throughput)}}
}

func inventory(low, high string, onHand, atOnce, backOrders float64) system {
	return system{"(s, S) = (" + low + ", " + high + ")", "inventory", map[string]string{"low": low, "high": high}, []value{
		field("on hand", "container stock: level mean", onHand), field("served at once", "container stock: get_wait zero", atOnce),
		field("back-orders", "container stock: getters mean", backOrders),
	}}
}

// sales is an inventory with lost sales, whose law of lead times does not matter (Karush).
func sales(law string) system {
	return system{"lost sales, " + law, "sales", map[string]string{"law": law}, []value{
		{"served", .9299521, func(s stats) float64 { return s.of("container stock: gets") / s.of("tasks customer: started") }},
	}}
}

func rising(until string, inside float64, more ...value) system {
	return system{"M(t)/M/∞ until " + until, "rising", map[string]string{"length": until},
		append(more, field("100 L", "tasks customer: inside last", 100*inside))}
}

// systems is the systems and what formulas, or for single values other programs, say of them.
var systems = []system{
	{"M/M/1", "mm1", nil, []value{
		field("L", "tasks customer: inside mean", 4), field("Lq", "resource desk: queue mean", 3.2),
		field("W", "tasks customer: time mean", 5), field("Wq", "resource desk: wait mean", 4),
		field("utilisation", "resource desk: utilisation", .8), field("p95 of W", "tasks customer: time p95", 14.97866),
		field("p95 of Wq", "resource desk: wait p95", 13.86294), field("P(wait = 0)", "resource desk: wait zero", .2),
	}},
	mmc("2", "1.5", .6428571, 1.285714, 3.428571), mmc("3", "2.0", .4444444, .4444444, 2.888889), mmc("10", "9.0", .6687315, .6687315, 15.01858),
	mg1("M/D/1", "constant", 2), mg1("M/U/1", "uniform", 8./3), mg1("M/E2/1", "erlang", 3), mg1("M/G/1, cv² 4", "gamma", 10),
	mmck("M/M/1/5", "1", "4", "0.8", "1.0", .0888195, 1.868332), mmck("M/M/2/3", "2", "1", "3.0", "0.25", .0493601, .7623400),
	mmck("M/M/3/3", "3", "0", "2.0", "1.0", .2105263, 1.578947), mmck("M/M/8/8", "8", "0", "5.0", "1.0", .0700479, 4.649761),
	patience("1", .3130353, .6260706, .6869647), patience("10", .1039132, 2.078264, .8960868),
	{"two classes", "classes", nil, []value{
		field("first stays", "tasks first: time mean", 2.142857), field("second stays", "tasks second: time mean", 6.714286),
		field("urgent stays", "tasks urgent: time mean", 1.428571), field("patient stays", "tasks patient: time mean", 7.142857),
	}},
	{"processor sharing", "sharing", nil, []value{
		field("stay", "tasks some: time mean", 5), field("of size 2", "tasks long: time mean", 10),
		field("utilisation", "resource desk: utilisation", .8),
	}},
	{"failures", "failures", nil, []value{
		field("Wq", "resource desk: wait mean", 2.3), field("in use", "resource desk: in_use mean", .5),
		field("not down", "resource desk: capacity mean", .9),
	}},
	{"Jackson", "jackson", nil, []value{
		flow("flow 1", "resource one", 1.264706), flow("flow 2", "resource two", 1.132353), flow("flow 3", "resource three", 1.058824),
		station("L 1", "resource one", 1.72), station("L 2", "resource two", 3.08), station("L 3", "resource three", 1.471154),
		field("stay", "tasks journey: time mean", 4.180769),
	}},
	{"5 machines, 1 repairman", "repairman", nil, []value{
		station("down", "resource repairman", 1.424339), field("utilisation", "resource repairman: utilisation", .7151322),
		flow("repairs", "resource repairman", .3575661),
	}},
	{"tandem with blocking", "tandem", nil, []value{
		share("refused", "resource room: refused", "resource room: requests", .1607966), field("blocked", "resource seats: queue mean", .1076224),
		field("L", "tasks part: inside mean", 2.697772), flow("throughput", "resource two", .6713627),
		share("stay", "tasks part: time sum", "resource room: served", 4.018352),
	}},
	saturated("0", "1.0", 2./3), saturated("1", "1.0", 3./4), saturated("4", "1.0", 6./7), saturated("0", "2.0", .8571429),
	inventory("6", "20", 8.533343, .9647645, .0333429), inventory("3", "12", 3.363645, .7590246, .3636448),
	sales("constant"), sales("uniform"), sales("exponential"),
	rising("5s", 1.986524), rising("10s", 5.972957, field("100 arrivals", "sources customer: arrivals", 4000)),
}

// TestTheory simulates each system 30 times: what is known must lie within the confidence interval of 99.9 % of what was measured.
// -args -seeds 5 repeats that with other seeds.
func TestTheory(t *testing.T) {
	for _, x := range systems {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			s, err := dsl.LoadFile(filepath.Join("testdata", x.file+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			for set := range uint64(*seeds) {
				measured := make([][]float64, len(x.values))
				for r := range uint64(replications) {
					run := x.run(t, s, set*1000+r)
					for i, v := range x.values {
						measured[i] = append(measured[i], v.measure(run))
					}
				}
				for i, v := range x.values {
					mean, half := interval(measured[i])
					t.Logf("%-14s %10.6f, measured %10.6f ± %.6f", v.name, v.exact, mean, half)
					if !(math.Abs(mean-v.exact) <= half) {
						t.Errorf("seeds from %d: %s is %v, not %v ± %v", set*1000, v.name, v.exact, mean, half)
					}
				}
			}
		})
	}
}

const replications = 30

// interval is the mean of 30 values and half the width of its confidence interval of 99.9 %.
func interval(values []float64) (mean, half float64) {
	const t29 = 3.659405 // the quantile 0.9995 of Student's distribution with 29 degrees of freedom
	for _, x := range values {
		mean += x / replications
	}
	var squares float64
	for _, x := range values {
		squares += (x - mean) * (x - mean)
	}
	return mean, t29 * math.Sqrt(squares/(replications-1)/replications)
}

func (x *system) run(t *testing.T, s *dsl.Scenario, seed uint64) stats {
	opts, err := s.Options(dsl.RunOptions{Seed: &seed, Params: x.params})
	if err != nil {
		t.Fatal(err)
	}
	opts.Statistics = true
	l := engine.New(s.Program(), opts)
	l.Run()
	if end := l.Result().Ended; end != engine.Until {
		t.Fatalf("it ended: %v", end)
	}
	all := stats{}
	for _, st := range l.Statistics() {
		all[st.Kind+" "+st.Name] = st
	}
	return all
}
