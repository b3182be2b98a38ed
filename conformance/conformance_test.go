package conformance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

var (
	count = flag.Int("n", 200, "how many scenarios are run in each mode")
	seed  = flag.Uint64("seed", 1, "the seed of the first")
	keep  = flag.Bool("keep", false, "keep failing scenarios, made small, in testdata")
	table = flag.Bool("table", false, "print what was run")
)

// newPython starts CPython; without one the test is skipped, unless it runs in CI.
func newPython(t *testing.T) *Python {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3 is not there")
		}
		t.Skip("python3 is not there")
	}
	p, err := StartPython(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// tally counts what was run.
type tally struct {
	sync.Mutex
	verbs, ends                 map[string]int
	lines, runs, limits, differ int
}

func (c *tally) add(tree any, r *engine.Result) {
	c.Lock()
	defer c.Unlock()
	c.runs++
	if r.Ended == engine.LimitHit {
		c.limits++
		return
	}
	c.ends[r.Ended.String()]++
	c.lines += strings.Count(string(r.Output), "\n")
	countVerbs(tree, c.verbs)
}

func countVerbs(v any, counts map[string]int) {
	switch v := v.(type) {
	case mapping:
		for _, p := range v {
			if dsl.VerbNamed(p.key) != nil {
				counts[p.key]++
			}
			countVerbs(p.value, counts)
		}
	case list:
		for _, item := range v {
			countVerbs(item, counts)
		}
	case bare:
		if verb := dsl.VerbNamed(string(v)); verb != nil && verb.Bare {
			counts[string(v)]++
		}
	}
}

func (c *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs, %d differ, %d came to a limit, %d lines printed\n", c.runs, c.differ, c.limits, c.lines)
	for _, counts := range []map[string]int{c.ends, c.verbs} {
		var names []string
		for name := range counts {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(&b, " %s %d", name, counts[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestConformance runs random scenarios on the engine and on CPython.
func TestConformance(t *testing.T) {
	const workers = 2
	c := &tally{verbs: map[string]int{}, ends: map[string]int{}}
	var wait sync.WaitGroup
	for w := range workers {
		p := newPython(t)
		wait.Go(func() {
			for i := w; i < *count; i += workers {
				tree := generate(*seed + uint64(i))
				for _, ties := range []string{"fifo", "heapq"} {
					compareOne(t, p, c, tree, *seed+uint64(i), ties)
				}
			}
		})
	}
	wait.Wait()
	t.Log(c)
	if *table {
		fmt.Print(c)
	}
}

func compareOne(t *testing.T, p *Python, c *tally, tree mapping, seed uint64, ties string) {
	s, err := dsl.Load("scenario.yaml", write(tree))
	if err != nil {
		t.Errorf("seed %d: %v\n%s", seed, err, write(tree))
		return
	}
	d, r, err := p.Compare(s, ties)
	if err != nil {
		t.Errorf("seed %d: %v", seed, err)
		return
	}
	c.add(tree, r)
	if d == "" {
		return
	}
	c.Lock()
	c.differ++
	many := c.differ > 5
	c.Unlock()
	if many {
		t.Fail()
		return
	}
	small := shrink(tree, func(s *dsl.Scenario) bool {
		d, _, err := p.Compare(s, ties)
		return err == nil && d != ""
	})
	yaml := write(small)
	if s, err := dsl.Load("scenario.yaml", yaml); err == nil {
		d, _, _ = p.Compare(s, ties)
	}
	t.Errorf("seed %d, ties %s: %s\n%s", seed, ties, d, yaml)
	if *keep {
		name := fmt.Sprintf("%d-%s.yaml", seed, ties)
		if err := os.WriteFile(filepath.Join("testdata", name), yaml, 0o644); err != nil {
			t.Error(err)
		}
	}
}
