package syntax

import (
	"fmt"
	"time"

	"runloop/dsl/source"
)

// ParseClockStart reads a time of day, which is one of 1970-01-01, or a date and time of RFC 3339, as Unix
// nanoseconds.
func ParseClockStart(text string) (int64, error) {
	for _, layout := range []string{time.TimeOnly, time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if layout == time.TimeOnly {
			t = t.AddDate(1970, 0, 0)
		}
		if y := t.Year(); y < 1678 || y > 2261 {
			return 0, fmt.Errorf("the clock cannot show the year %d: 1678 to 2261", y)
		}
		return t.UnixNano(), nil
	}
	return 0, fmt.Errorf("%q is no time for the clock to start at: write \"09:30:00\" or \"2024-05-01T09:30:00Z\"",
		source.Shorten(text))
}
