package engine

import (
	"testing"
	"time"
)

// TestCronFar checks schedules that never come, and that are years away.
func TestCronFar(t *testing.T) {
	const every = 1<<60 - 1
	at := func(text string) time.Time {
		x, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	daily := Cron{Minutes: 1, Hours: 1 << 2, Days: every, Months: every, Weekdays: every}
	leap := Cron{Minutes: 1, Hours: 1, Days: 1 << 29, Months: 1 << 2, Weekdays: every}
	never := Cron{Minutes: 1, Hours: 1, Days: 1 << 30, Months: 1 << 2, Weekdays: every}
	for _, tc := range []struct {
		name        string
		c           *Cron
		after, want string // an empty one: there is none
	}{
		{"that very time is over", &daily, "2024-05-01 02:00:00", "2024-05-02 02:00:00"},
		{"a second before", &daily, "2024-05-01 01:59:59", "2024-05-01 02:00:00"},
		{"before 1970", &daily, "1678-12-31 23:00:00", "1679-01-01 02:00:00"},
		{"no leap year in 1900", &leap, "1896-03-01 00:00:00", "1904-02-29 00:00:00"},
		{"never", &never, "2024-01-01 00:00:00", ""},
		{"after the end of the clock", &daily, "2262-12-31 12:00:00", "2263-01-01 02:00:00"},
	} {
		got, ok := tc.c.Next(at(tc.after))
		if ok != (tc.want != "") || ok && !got.Equal(at(tc.want)) {
			t.Errorf("%s: %v %v, want %q", tc.name, got, ok, tc.want)
		}
	}
}
