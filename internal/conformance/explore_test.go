package conformance

import (
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/explore"
	bundled "runloop/scenarios"
)

var (
	explored  = flag.Uint64("explored", 0, "how many random scenarios are explored in three ways; 0: a few")
	exploreAt = flag.Uint64("explored-from", 1, "the first seed")
	exploreIn = flag.String("explored-in", "", "the modes, by their names with commas between; empty: all")
)

// TestExploreWays explores random scenarios in four ways: every order one by one, without the states that were seen, without the
// orders that make no difference, and that from many states at the same time. All of them must come to the same outcomes, and to the
// same number of orders.
// `go test ./internal/conformance -run ExploreWays -v -timeout 1h -args -explored 2000` explores each in all modes, on all
// processors; -explored-from N begins with another one, -explored-in split,ties takes these modes. What is too large is left out,
// and counted.
func TestExploreWays(t *testing.T) {
	n, most := *explored, 500
	few := n == 0
	if few {
		n, most = 42, 128
	}
	names := slices.Sorted(maps.Keys(exploredModes))
	if *exploreIn != "" {
		names = strings.Split(*exploreIn, ",")
	}
	var mu sync.Mutex
	var workers sync.WaitGroup
	next, whole, counts := *exploreAt, map[string]int{}, map[string]*[3]int{}
	for _, name := range names {
		counts[name] = new([3]int)
	}
	begin := func() (seed uint64, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		if seed = next - 1; !few && seed%100 == 0 {
			t.Logf("seed %d", seed)
		}
		enough := seed >= *exploreAt+n && !(few && len(whole) < len(names) && seed < *exploreAt+8*n)
		return seed, !enough && !t.Failed()
	}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed, ok := begin(); ok; seed, ok = begin() {
				text, s := scenario(seed)
				for i, name := range names {
					if few && i != int(seed)%len(names) {
						continue
					}
					for _, output := range []bool{false, true} {
						what := fmt.Sprintf("seed %d, %s, output %v\n%s", seed, name, output, text)
						how := exploreWays(t, s, exploredModes[name], output, most, what)
						mu.Lock()
						if counts[name][how]++; how == oneByOne {
							whole[name]++
						}
						mu.Unlock()
					}
				}
			}
		})
	}
	workers.Wait()
	for _, name := range names {
		n := counts[name]
		if t.Logf("%-6s %d explored whole, %d not one by one, %d too large", name, n[oneByOne], n[byStates], n[tooLarge]); whole[name] == 0 {
			t.Errorf("no scenario was explored whole with %s", name)
		}
	}
}

// TestExploreBundled explores the bundled scenarios in three ways: with -args -explored N each in all modes.
func TestExploreBundled(t *testing.T) {
	names, whole := slices.Sorted(maps.Keys(exploredModes)), 0
	for i, file := range bundled.Names() {
		src, _ := bundled.Source(file)
		s, err := dsl.Folder{FS: bundled.Files()}.Load(file+".yaml", src)
		if err != nil {
			t.Fatal(err)
		}
		most := 1000
		if *explored == 0 {
			most = 64
		}
		for k, name := range names {
			if *explored == 0 && name != "ties" && k != i%len(names) {
				continue
			}
			if exploreWays(t, s, exploredModes[name], true, most, file+", "+name) == oneByOne {
				whole++
			}
		}
	}
	if t.Logf("%d explored whole", whole); whole < 30 {
		t.Error("too few are explored whole")
	}
}

var exploredModes = map[string]engine.Explore{
	"ties":   {Ties: true},
	"split":  {Ties: true, Split: true},
	"late":   {Ties: true, Split: true, Late: 125_000_000},
	"exact":  {Ties: true, Split: true, Late: 125_000_000, Latest: true},
	"cancel": {Ties: true, Cancel: 1},
	"ready":  {Ties: true, Ready: true},
	"fail":   {Ties: true, Fail: map[string]string{"co1": "ValueError"}},
	"draws":  {Ties: true, Draws: true},
}

// mostStates is how many states a scenario may have that is explored in each way. Each is a copy while it waits for its turn.
const mostStates = 10_000

// How a scenario was explored.
const (
	tooLarge = iota
	oneByOne // in each way
	byStates // in each but one by one: so the orders that the reduction leaves out were compared
)

// exploreWays explores a scenario in each way in which it is small enough: it may begin most runs one by one. Where that is too
// few, and the modes are those of the reduction, it compares the ways that know states, with more runs.
func exploreWays(t *testing.T, s *dsl.Scenario, modes engine.Explore, output bool, most int, what string) int {
	t.Helper()
	run, err := s.Options(dsl.RunOptions{Clock: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	opts := explore.Options{Program: s.Program(), Run: run, Modes: modes, Output: output, Judge: func(l *engine.Loop) explore.Outcome {
		return explore.Outcome{Key: exploredKey(l, output)}
	}}
	opts.Run.Limits.Steps = 20_000
	opts.States = mostStates
	if usual, _ := explore.Replay(opts.Program, opts.Run, modes, nil); usual.Run().Ended == engine.LimitHit {
		return tooLarge // so are most of its runs, which take long then and say nothing
	}
	reduced := modes.Late == 0 && !modes.Ready && !modes.Draws && modes.Fail == nil && modes.Cancel == 0
	how, count := oneByOne, 0
	opts.Stop = func(float64) bool { count++; return count > most/64 }
	var first string
	for _, plain := range []int{2, 1, 0, -1} { // -1: the last way, from many states at a time
		count, opts.Plain, opts.Audit, opts.Wide, opts.Workers = 0, max(plain, 0), true, plain < 0, 1
		if plain < 0 {
			opts.Workers = 2
		}
		r := explore.Explore(opts)
		if !r.Complete {
			switch {
			case plain == 2 && reduced:
				how, most = byStates, 4*most
				continue
			case plain == 2 || how == byStates:
				return tooLarge
			}
			t.Errorf("%s: complete one by one, but not with less work (%d)", what, plain)
			return how
		}
		var keys []string
		for _, o := range r.Outcomes {
			keys = append(keys, o.Key)
		}
		slices.Sort(keys)
		got := fmt.Sprintf("%d orders, cycle %v\n%s", r.Orders, r.Cycle, strings.Join(keys, "\n"))
		if first == "" {
			if first = got; plain == 1 {
				most *= 4 // the reduction may begin more: between the parts of an instant it knows no states
			}
		} else if got != first {
			t.Errorf("%s: way %d comes to\n%s\nnot to\n%s", what, plain, got, first)
			break
		}
	}
	return how
}

// exploredKey is what came of a run. Where one is broken off at its limit of steps depends on how many it made before, which no
// fingerprint has.
func exploredKey(l *engine.Loop, output bool) string {
	r := l.Result()
	if r.Ended == engine.LimitHit {
		return "limit"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", r.Ended, r.At)
	for _, e := range r.Errors {
		fmt.Fprintf(&b, " %s/%s/%s", e.Task, e.In, e.Err.Error())
	}
	final := l.Final()
	for _, v := range final.Shared {
		fmt.Fprintf(&b, " %s=%s", v.Name, engine.AppendText(nil, final.Names, v.Value))
	}
	for _, task := range final.Tasks {
		fmt.Fprintf(&b, " %s %s", task.Name, task.State)
	}
	if output {
		fmt.Fprintf(&b, "\n%s", r.Output)
	}
	return b.String()
}
