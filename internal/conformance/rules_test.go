package conformance

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/engine"
)

// ruleScenario loads the scenario that shows a rule.
func ruleScenario(t *testing.T, name string) *dsl.Scenario {
	t.Helper()
	file := filepath.Join("testdata", "rules", name+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := dsl.Load(filepath.Base(file), text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRules: the scenario of a rule shows one thing on the version before the rule, another since, and nothing else
// changes there. TestConformance compares both with CPython.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.yaml")
	if err != nil || len(files) != len(engine.Rules) {
		t.Errorf("%d scenarios for %d rules: %v", len(files), len(engine.Rules), err)
	}
	for i := range engine.Rules {
		rule := &engine.Rules[i]
		s := ruleScenario(t, rule.Name)
		shows := map[string]bool{}
		for p := range engine.PythonWords {
			version := engine.Python(p)
			trace, _, ok := onEngine(s, "", version.String())
			if !ok {
				t.Errorf("%s: a limit ended the run on %v", rule.Name, version)
			}
			text := trace.Output + trace.Report
			if has, seen := shows[text]; seen && has != version.Has(rule) {
				t.Errorf("%s: Python %v shows the same with the rule and without it:\n%s", rule.Name, version, text)
			}
			shows[text] = version.Has(rule)
		}
		if len(shows) != 2 {
			t.Errorf("%s shows %d different things, not two:\n%s", rule.Name, len(shows), strings.Join(slices.Sorted(maps.Keys(shows)), "\n"))
		}
	}
}

// compareRules compares the scenarios of the rules with an interpreter.
func compareRules(t *testing.T, p *Python) {
	t.Helper()
	for i := range engine.Rules {
		name := engine.Rules[i].Name
		if d, _, err := compare(p, ruleScenario(t, name), "", p.Version); err != nil || d != "" {
			t.Errorf("the scenario of %s: %s %v", name, d, err)
		}
	}
}
