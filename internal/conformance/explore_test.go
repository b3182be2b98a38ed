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
				text, s := Scenario(seed)
				for i, name := range names {
					if few && i != int(seed)%len(names) {
						continue
					}
					found := exploreWays(t, s, exploredModes[name], most, fmt.Sprintf("seed %d, %s\n%s", seed, name, text))
					mu.Lock()
					for _, how := range found {
						if counts[name][how]++; how == oneByOne {
							whole[name]++
						}
					}
					mu.Unlock()
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
			if found := exploreWays(t, s, exploredModes[name], most, file+", "+name); found[1] == oneByOne {
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

// exploreWays explores a scenario in each way in which it is small enough, without its output and with it: it may begin most runs one
// by one. Where that is too few, and the modes are those of the reduction, it compares the ways that know states, with more runs.
func exploreWays(t *testing.T, s *dsl.Scenario, modes engine.Explore, most int, what string) (how [2]int) {
	t.Helper()
	defer func() {
		if x := recover(); x != nil { // the audit does, where something changes without a record
			t.Errorf("%v: %s", x, what)
		}
	}()
	run, err := s.Options(dsl.RunOptions{Clock: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	opts := explore.Options{Program: s.Program(), Run: run, Modes: modes, States: mostStates}
	opts.Run.Limits.Steps = 20_000
	if usual, _ := explore.Replay(opts.Program, opts.Run, modes, nil); usual.Run().Ended == engine.LimitHit {
		return how // so are most of its runs, which take long then and say nothing
	}
	alone, all := opts, map[string]bool{}
	alone.Plain, alone.Output = 2, true
	alone.Judge = func(l *engine.Loop) explore.Outcome {
		key := exploredKey(l)
		all[key] = true
		return explore.Outcome{Key: withOutput(key, l)}
	}
	r := exploreSome(alone, most)
	reduced := modes.Late == 0 && !modes.Ready && !modes.Draws && modes.Fail == nil && modes.Cancel == 0
	for i, output := range []bool{false, true} {
		want := ""
		switch {
		case !r.Complete && !reduced:
			continue
		case r.Complete && output:
			want = ordersText(r, keysOf(r))
		case r.Complete:
			want = ordersText(r, slices.Collect(maps.Keys(all)))
		}
		opts.Output = output
		opts.Judge = func(l *engine.Loop) explore.Outcome {
			key := exploredKey(l)
			if output {
				key = withOutput(key, l)
			}
			return explore.Outcome{Key: key}
		}
		how[i] = compareWays(t, opts, want, most, fmt.Sprintf("output %v, %s", output, what))
	}
	return how
}

// compareWays compares the ways that know states with what is wanted; empty: with each other.
func compareWays(t *testing.T, opts explore.Options, want string, most int, what string) (how int) {
	t.Helper()
	if how = oneByOne; want == "" {
		how, most = byStates, 4*most
	}
	for _, plain := range []int{1, 0, -1} { // -1: the last way, from many states at a time
		opts.Plain, opts.Audit, opts.Wide, opts.Workers = max(plain, 0), true, plain < 0, 1
		if plain < 0 {
			opts.Workers = 2
		}
		r := exploreSome(opts, most)
		if !r.Complete {
			if how == byStates {
				return tooLarge
			}
			t.Errorf("complete one by one, but not with less work (%d): %s", plain, what)
			return how
		}
		got := ordersText(r, keysOf(r))
		if want == "" {
			want, most = got, 4*most // the reduction may begin more: within an instant it knows no states
		} else if got != want {
			t.Errorf("way %d comes to\n%s\nnot to\n%s\n%s", plain, got, want, what)
			return how
		}
	}
	return how
}

// exploreSome explores where that takes no more than about so many runs, and no sample.
func exploreSome(opts explore.Options, most int) *explore.Report {
	count := 0
	opts.Stop = func(share float64) bool { count++; return share == 1 || count > most/64 }
	return explore.Explore(opts)
}

func keysOf(r *explore.Report) (keys []string) {
	for _, o := range r.Outcomes {
		keys = append(keys, o.Key)
	}
	return keys
}

// ordersText is what is compared: how many orders there are, and what they come to.
func ordersText(r *explore.Report, keys []string) string {
	slices.Sort(keys)
	return fmt.Sprintf("%d orders, cycle %v\n%s", r.Orders, r.Cycle, strings.Join(keys, "\n"))
}

// exploredKey is what came of a run. Where one is broken off at its limit of steps depends on how many it made before, which no
// fingerprint has.
func exploredKey(l *engine.Loop) string {
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
	return b.String()
}

// withOutput is exploredKey with what was printed.
func withOutput(key string, l *engine.Loop) string {
	if key == "limit" {
		return key
	}
	return fmt.Sprintf("%s\n%s", key, l.Result().Output)
}
