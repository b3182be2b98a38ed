package trace

import (
	"strings"
	"testing"

	"runloop/dsl"
)

// TestClock: times are short to read, and without their blanks durations of the language.
func TestClock(t *testing.T) {
	for _, test := range []struct {
		ns           int64
		exact, brief string
	}{
		{0, "0 s", "0 s"}, {999, "999 ns", "999 ns"}, {1_500, "1.5 µs", "1.5 µs"}, {568_273_984, "568.273984 ms", "568.274 ms"},
		{999_999_600, "999.9996 ms", "1 s"}, {84_088_000_692, "84.088000692 s", "84.088 s"}, {3599_000_000_000, "3599 s", "3599 s"},
		{3600_000_000_000, "1 h", "1 h"}, {217_800_000_000_000, "60 h 30 m", "60 h 30 m"},
		{3_601_500_000_001, "1 h 1.500000001 s", "1 h 1.5 s"}, {3_600_000_000_001, "1 h 0.000000001 s", "1 h"},
	} {
		if got := Clock(test.ns); got != test.exact {
			t.Errorf("%d ns is %q, not %q", test.ns, got, test.exact)
		}
		if got := Brief(test.ns); got != test.brief {
			t.Errorf("%d ns is in brief %q, not %q", test.ns, got, test.brief)
		}
		if ns, err := dsl.ParseDuration(strings.NewReplacer(" ", "", "µ", "u").Replace(Clock(test.ns))); err != nil || ns != test.ns {
			t.Errorf("%q is read as %d ns: %v", Clock(test.ns), ns, err)
		}
	}
}
