package conformance

import (
	"regexp"
	"slices"
	"testing"

	"runloop/dsl"
)

// TestWarnings checks the warnings about random scenarios. Those have no plan, so most have some of the faults that
// warnings are about. A name that is reported as unused must not be used anywhere in the text.
func TestWarnings(t *testing.T) {
	counts := map[string]int{}
	for i := range scenarios() {
		text, _ := Scenario(*seed + uint64(i))
		src := dsl.NewSource("scenario.yaml", text)
		for _, d := range dsl.Check(src.Name(), text) {
			counts[d.Code]++
			used := usedAs[d.Code]
			if used == "" {
				continue
			}
			use := regexp.MustCompile(used + src.Text(d.Span) + `\b[^:\w]`)
			rest := slices.Clone(text)
			for i := d.Span.Start; i < d.Span.End; i++ {
				rest[i] = '_' // blank out the declaration
			}
			if use.Match(bound.ReplaceAll(rest, nil)) {
				t.Errorf("seed %d: it is used:\n%s\n%s", *seed+uint64(i), src.Format(d), text)
			}
		}
	}
	t.Logf("warnings of %d scenarios: %v", scenarios(), counts)
}

// usedAs matches the text before a name that is used. A name before a colon is declared, or passed on.
var usedAs = map[string]string{
	"RL0501": `: `, "RL0502": `call_(?:soon|later|at): `, "RL0503": `\b`, "RL0504": `\b`,
}

// bound matches `as` and `for`, which give a name its value.
var bound = regexp.MustCompile(`(?m)\b(?:as|for): \w+$`)
