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
		text, _ := scenario(*seed + uint64(i))
		if i%2 == 1 {
			text = readableLayout(text, *seed+uint64(i))
		}
		if _, diags := formattest.Parse(text); diags.HasErrors() {
			continue
		}
		result, err := formattest.CheckLayout(format.Edits, text)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\n----\n%s", *seed+uint64(i), err, text, result)
		}
		done = append(done, string(result))
	}
	if len(done) < most*9/10 {
		t.Errorf("only %d of %d were laid out", len(done), most)
	}
	if *layouts != "" {
		data, _ := json.Marshal(done)
		if err := os.WriteFile(*layouts, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// readableLayout is a random layout of a scenario. Some with keys of `? ` cannot be read: then it is another one.
func readableLayout(text []byte, seed uint64) (layout []byte) {
	root, _ := formattest.Parse(text)
	for try := uint64(1); try <= 5; try++ {
		layout = formattest.Layout(rand.New(rand.NewPCG(seed, try)), root)
		if _, diags := formattest.Parse(layout); !diags.HasErrors() {
			break
		}
	}
	return layout
}
