package conformance

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
	bundle "runloop/scenarios"
)

// lasting is what the levels of an object are, by kind and level, as expressions of its name.
var lasting = map[engine.Kind]map[string]string{
	engine.KindResource:  {"queue": "%s.waiting", "in_use": "%s.in_use", "capacity": "%s.capacity", "down": "%s.down"},
	engine.KindContainer: {"level": "%s.level"},
	engine.KindStore:     {"size": "%s.size", "lent": "%s.lent"},
	engine.KindQueue:     {"size": "%s.size"},
	engine.KindBarrier:   {"waiting": "%s.waiting"},
	engine.KindRWLock:    {"in_use": "%s.readers + (%[1]s.writer ? 1 : 0)"},
}

// TestLevels: what the statistics of an object say of its levels is what a metric says that looks at the object each time before
// the clock moves; of random scenarios, those of the tests and the bundled ones.
func TestLevels(t *testing.T) {
	moved := map[string]int{} // by kind and level: how many were not the same all the time
	for i := range scenarios() {
		text, _ := Scenario(*seed + uint64(i))
		compareLevels(t, fmt.Sprintf("seed %d", *seed+uint64(i)), text, moved)
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "dsl", "testdata", "ok", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scenarios: ", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compareLevels(t, file, text, moved)
	}
	for _, name := range bundle.Names() {
		text, _ := bundle.Source(name)
		compareLevels(t, name, text, moved)
	}
	for kind, levels := range lasting {
		for level := range levels {
			if moved[kind.String()+" "+level] == 0 {
				t.Errorf("no %s of a %s changes", level, kind)
			}
		}
	}
}

func compareLevels(t *testing.T, name string, text []byte, moved map[string]int) {
	t.Helper()
	if bytes.Contains(text, []byte("\nmetrics:")) {
		return
	}
	s, err := dsl.Load("scenario.yaml", text)
	if err != nil {
		return // it includes others
	}
	metrics, wants := "\nmetrics:\n", map[string][2]string{}
	for _, d := range s.Program().Objects {
		for level, of := range lasting[d.Kind] {
			if d.Count == nil && !strings.Contains(d.Name, ".") {
				metric := "seen_" + d.Name + "_" + level
				metrics += fmt.Sprintf("  %s: { kind: level, of: %q }\n", metric, fmt.Sprintf(of, d.Name))
				wants[metric] = [2]string{d.Kind.String() + " " + level, d.Name}
			}
		}
	}
	if len(wants) == 0 {
		return
	}
	if s, err = dsl.Load("scenario.yaml", append(bytes.TrimRight(text, "\n"), metrics...)); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	opts, err := s.Options(dsl.RunOptions{Clock: "virtual", Caps: engine.Limits{Steps: 100_000, Memory: 64 << 20}})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	opts.Statistics = true
	l := engine.New(s.Program(), opts)
	l.Run()
	list := l.Statistics()
	for metric, of := range wants {
		kind, level, _ := strings.Cut(of[0], " ")
		seen, has := levelOf(list, "level", metric, "level"), levelOf(list, kind, of[1], level)
		if seen == nil || has == nil {
			t.Errorf("%s: no statistics of %s %s", name, of[0], of[1])
			continue
		}
		if has.Value("min") != has.Value("max") {
			moved[of[0]]++
		}
		for _, field := range []string{"mean", "min", "max", "sd"} {
			if a, b := seen.Value(field), has.Value(field); math.Abs(a-b) > 1e-12*math.Abs(a) || (a == a) != (b == b) {
				t.Errorf("%s: the %s of %s %s is %g, that of what was seen %g\n%s", name, field, of[0], of[1], b, a, text)
				return
			}
		}
	}
}

// levelOf is a level of an object, or of a metric; nil: there is none.
func levelOf(list []engine.Statistics, kind, name, level string) *engine.StatLevel {
	i := slices.IndexFunc(list, func(s engine.Statistics) bool { return s.Name == name && s.Kind == kind })
	if i < 0 {
		return nil
	}
	for j := range list[i].Level {
		if x := &list[i].Level[j]; x.Name == level {
			return x
		}
	}
	return nil
}
