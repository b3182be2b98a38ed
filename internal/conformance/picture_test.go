package conformance

import (
	"strings"
	"testing"

	"runloop/internal/picture"
	"runloop/internal/trace"
)

// TestPictures: the pictures of random scenarios are well-formed, no text stands on another or outside.
func TestPictures(t *testing.T) {
	for i := range min(scenarios(), 200) {
		n := *seed + uint64(i)
		text, s := Scenario(n)
		r := traced(t, s, text, "fifo")
		for form, draw := range map[string]func(*trace.Scene, picture.Options) ([]byte, error){
			"timeline": picture.Timeline, "graph": picture.Graph,
		} {
			file, err := draw(r.Scene(0, len(r.Turns)), picture.Options{})
			if err != nil && !strings.Contains(err.Error(), "--from") {
				t.Errorf("seed %d: %s: %v", n, form, err)
			}
			if err == nil {
				for _, fault := range picture.Faults(file) {
					t.Errorf("seed %d: %s: %s", n, form, fault)
				}
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", n, text)
		}
	}
}
