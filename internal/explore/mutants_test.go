package explore

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// go test ./internal/explore -run Mutants -timeout 1h -args -mutants
var mutate = flag.Bool("mutants", false, "check that wrong explorers are found")

// mutants is explorers that are wrong in one place each: old becomes new in a copy of the file.
var mutants = []struct{ name, file, old, new string }{
	{"the footprint forgets assignments", "engine/footprint.go", "	case kind == RecSet:\n		how = writes", "	case kind == RecSet:\n		how = reads"},
	{"the footprint forgets who awaits", "engine/footprint.go", "	case RecLink:\n		if", "	case RecLink:\n		break\n		if"},
	{"the footprint forgets errors", "engine/footprint.go", "		if r.Aux == 0 {\n			f.touch(touchFailures, 0, writes)", "		if r.Aux == 9 {\n			f.touch(touchFailures, 0, writes)"},
	{"the footprint forgets the order of tasks", "engine/footprint.go", "	case RecSpawn:\n		f.touch(touchSpawn, 0, writes)", "	case RecSpawn:\n		f.touch(touchSpawn, 0, reads)"},
	{"the footprint forgets what is printed", "engine/footprint.go", "		if f.Output {", "		if f.Output && false {"},
	{"the footprint takes readers and writers for strangers", "engine/footprint.go", "if all&writes != 0 ||", "if all&(writes|reads) == writes ||"},
	{"stop touches nothing", "engine/footprint.go", "	case RecStop, RecLimit, RecPhase, RecBlock:\n		f.global = true", "	case RecStop, RecLimit, RecPhase, RecBlock:"},
	{"the fingerprint forgets the time", "engine/fingerprint.go", "	h.int(l.now)\n", ""},
	{"the fingerprint forgets shared variables", "engine/fingerprint.go", "	h.values(l.vars.shared)\n", ""},
	{"the fingerprint forgets timers", "engine/fingerprint.go", "	l.hashTimers(h)\n	if", "	if"},
	{"the fingerprint forgets the ready queue", "engine/fingerprint.go", "	l.hashReady(h)\n", ""},
	{"the fingerprint forgets local variables", "engine/fingerprint.go", "			h.values(t.slot[:min(n, len(t.slot))])", "			h.values(nil)"},
	{"the fingerprint forgets cancellations from outside", "engine/fingerprint.go", "uint64(l.chosen.cancels))", "0)"},
	{"timers that are held back fire", "engine/explore.go", "case holds && l.isHeld(t):", "case holds && false && l.isHeld(t):"},
	{"a timer is never as late as it may be", "engine/explore.go", "p.ends == 2 {\n				l.now = until", "p.ends == 2 {\n				l.now = max(l.now, p.when)"},
	{"one timer alone is never late", "engine/explore.go", "l.severalDue() || x.Split && x.Latest && l.mayBeLate())", "l.severalDue())"},
	{"a timer is later than it may be", "engine/explore.go", "p.ends == 2 {\n				l.now = until", "p.ends == 2 {\n				l.now = until + l.explore.Late"},
	{"timers of one instant never fire apart", "engine/explore.go", "			p.stop = p.k == p.n-1\n", "			p.stop = p.k == p.n\n"},
	{"the last option is never taken", "internal/explore/worker.go", "asked[i].K+1 >= asked[i].N {", "asked[i].K+2 >= asked[i].N {"},
	{"a state that is known counts once", "internal/explore/graph.go", "v.sum.plus(counts[e].times(", "v.sum.plus(tally{one, counts[e].failed}.times("},
	{"what is below a state counts before it is all known", "internal/explore/graph.go", "v.whole && done[e]", "v.whole"},
	{"how wide the search is depends on the workers", "internal/explore/search.go", "states = min(1+s.graph.len()/perState, mostWide)", "states = min(1+s.graph.len()/perState, len(s.workers))"},
	{"what the workers found is taken in without their order", "internal/explore/search.go", "	for _, f := range s.round {\n", "	for f := range func() map[*frame]bool { m := map[*frame]bool{}; for _, f := range s.round { m[f] = true }; return m }() {\n"},
	{"what one worker found is forgotten", "internal/explore/search.go", "	for _, f := range s.round {\n", "	for _, f := range s.round[:1+len(s.round)/2] {\n"},
	{"a known state is taken for one of its own way", "internal/explore/search.go", "if !s.wide && s.graph.isOpen(n) {", "if s.graph.isOpen(n) {"},
	{"an order that never ends is not looked for", "internal/explore/search.go", "cyclic && !s.narrow && s.opts.Modes.Late == 0 {", "cyclic && s.narrow {"},
	{"groups are not joined", "internal/explore/reduce.go", "			joined = x.joinTwo(place, places[g]) || joined", "			joined = x.joinTwo(place, place) || joined"},
	{"the weight of a group is off", "internal/explore/weigh.go", "	return factorial(n).over(sizes)", "	return factorial(max(n-1, 1)).over(sizes)"},
	{"the weight of timers apart is off", "internal/explore/weigh.go", "multichoose(blocks+1, k))", "multichoose(blocks, k))"},
	{"blocks that meet keep their order", "internal/explore/weigh.go", "times = times.times(factorial(n).over(sizes))", "_ = sizes"},
	{"a group has blocks that never meet those of others", "internal/explore/weigh.go", "Binomial(int64(to-alike[i]), int64(c))", "Binomial(1, 1)"},
	{"a timer that fires apart has to do with nothing", "engine/footprint.go", "f.fired > 0 && !f.Apart", "f.fired > 0"},
	{"a timer that is armed for the same instant is overlooked", "internal/explore/reduce.go", "!(x.apart && others)", "!(x.apart && others && false)"},
	{"two instants are taken for one", "internal/explore/reduce.go", "			if !known {\n				return", "			if !known && x.apart {\n				return"},
	{"a timer that is kept back for ever never ends", "internal/explore/search.go", "return c.N != 2 || c.K != 0", "return false"},
	{"shrinking loses the failure", "internal/explore/shrink.go", "if !o.Failed || o.Key != x.best.Key ||", "if"},
}

// TestMutantsApply checks that every mutant still is an edit of a file.
func TestMutantsApply(t *testing.T) {
	for _, m := range mutants {
		data, err := os.ReadFile(filepath.Join("..", "..", m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(data), m.old); n != 1 {
			t.Errorf("%s: its text stands %d times in %s", m.name, n, m.file)
		}
	}
}

// TestMutants builds each wrong explorer and runs the tests that are to find it.
func TestMutants(t *testing.T) {
	if !*mutate {
		t.Skip("-args -mutants runs it")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			path := filepath.Join(root, filepath.FromSlash(m.file))
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			wrong, overlay := filepath.Join(dir, "wrong.go"), filepath.Join(dir, "overlay.json")
			replaced, _ := json.Marshal(map[string]any{"Replace": map[string]string{path: wrong}})
			for file, text := range map[string][]byte{wrong: []byte(strings.Replace(string(data), m.old, m.new, 1)), overlay: replaced} {
				if err := os.WriteFile(file, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, tests := range []string{"./internal/explore", "./internal/conformance", "./engine"} {
				cmd := exec.Command("go", "test", "-overlay", overlay, "-vet=off", "-run", "Planted|Reduction|Workers|Order|Explore|Fingerprint|Shrink|Count", tests)
				cmd.Dir = root
				out, err := cmd.CombinedOutput()
				switch text := string(out); {
				case err == nil:
					continue
				case strings.Contains(text, "[build failed]"):
					t.Errorf("it does not compile:\n%s", text)
				case !strings.Contains(text, "--- FAIL") && !strings.Contains(text, "panic"):
					t.Errorf("no test has found it:\n%s", text)
				default:
					t.Log("found in " + tests)
				}
				return
			}
			t.Error("it was not found")
		})
	}
}
