package python

import (
	"strings"
	"testing"

	"runloop/engine"
)

// TestQuote checks that Python reads quoted text back unchanged.
func TestQuote(t *testing.T) {
	for _, s := range []string{"", "a\"b\\c", "tab\tline\nbell\a", "é€😀", "\u2028"} {
		if got := constant(engine.String(s)); strings.ContainsAny(got, "\n\t\u2028") || got[0] != '"' {
			t.Errorf("%q is written %s", s, got)
		}
	}
}
