package conformance

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"runloop/dsl/format"
	"runloop/dsl/format/formattest"
)

var layouts = flag.String("layouts", "", "write random scenarios as `runloop fmt` lays them out to this file, for .ci/check-format")

// TestFormat lays random scenarios in random layouts out: their meaning stays the same, and a second time nothing changes.
func TestFormat(t *testing.T) {
	most := min(scenarios(), 30)
	if *layouts != "" {
		most = *count
	}
	var done []string
	for i := range most {
		text, _ := Scenario(*seed + uint64(i))
		if i%2 == 1 {
			root, _ := formattest.Parse(text)
			text = formattest.Layout(rand.New(rand.NewPCG(*seed+uint64(i), 1)), root)
		}
		if _, diags := formattest.Parse(text); diags.HasErrors() {
			t.Fatalf("seed %d: %v\n%s", *seed+uint64(i), diags, text)
		}
		result, err := formattest.CheckLayout(format.Edits, text)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\n----\n%s", *seed+uint64(i), err, text, result)
		}
		done = append(done, string(result))
	}
	if *layouts != "" {
		data, _ := json.Marshal(done)
		if err := os.WriteFile(*layouts, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
