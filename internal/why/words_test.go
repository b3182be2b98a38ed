package why

import (
	"testing"

	"runloop/engine"
)

// TestWords: whatever the engine records has words here.
func TestWords(t *testing.T) {
	for _, table := range []struct {
		name  string
		kinds int
		words []string
	}{
		{"runWords", len(engine.RunWords), runWords[:]},
		{"waitWords", len(engine.WaitWords), waitWords[:]},
		{"timerWords", len(engine.TimerWords), timerWords[:]},
		{"opWords", len(engine.OpWords), opWords[:]},
		{"recWords", len(engine.RecWords), recWords[:]},
		{"phaseWords", len(engine.PhaseWords), phaseWords[:]},
		{"tieWords", len(engine.TiesWords), tieWords[:]},
		{"endWords", len(engine.Outcomes) + 1, endWords[:]},
		{"DecidesWords", int(decides), DecidesWords[:]},
	} {
		if len(table.words) != table.kinds {
			t.Errorf("%s has words for %d of %d kinds", table.name, len(table.words), table.kinds)
		}
		for i, words := range table.words {
			if words == "" {
				t.Errorf("%s has no words for kind %d", table.name, i)
			}
		}
	}
	for i, text := range texts {
		if text == nil {
			t.Errorf("there is no sentence for a decision by %s", DecidesWords[i])
		}
	}
}
