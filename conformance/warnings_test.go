package conformance

import (
	"regexp"
	"testing"

	"runloop/dsl"
)

// TestWarnings checks the warnings that random scenarios get. They are written without a plan, so some have the faults
// that warnings are about; an unused name must then be one that the whole text has once.
func TestWarnings(t *testing.T) {
	const scenarios = 1000
	counts := map[string]int{}
	clean := 0
	for seed := range uint64(scenarios) {
		text, _ := Generate(seed)
		src := dsl.NewSource("scenario.yaml", text)
		found := dsl.Check(src.Name(), text)
		if len(found) == 0 {
			clean++
		}
		for _, d := range found {
			counts[d.Code]++
			name := src.Text(d.Span)
			switch d.Code {
			case "RL0501", "RL0502", "RL0503", "RL0504":
				if n := mentions(string(text), name); n > 1 {
					t.Errorf("seed %d: %d mentions of\n%s\n%s", seed, n, src.Format(d), text)
				}
			}
		}
	}
	t.Logf("of %d scenarios %d have no warning; warnings: %v", scenarios, clean, counts)
}

// mentions is how often a text has a name, but for keys: what it declares, assigns or passes.
func mentions(text, name string) int {
	return len(regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b[^:\w]`).FindAllString(text, -1))
}
