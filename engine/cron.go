package engine

import (
	"math"
	"time"
)

// Cron is a schedule on the calendar that the clock shows, to the minute: bit n of a field is set where n is one of its values.
// Weekdays count from 0, Sunday; days and months from 1. There are no time zones.
type Cron struct {
	Minutes, Hours, Days, Months, Weekdays uint64
	// Either says that a day matches where its number or its weekday does; else both must.
	Either bool
}

// cronYears is how many years are searched for the next time: a leap day can be eight years away.
const cronYears = 9

// Next returns the first time of the schedule after another one, both in UTC. ok is false if there is none in sight.
func (c *Cron) Next(after time.Time) (t time.Time, ok bool) {
	t = after.Truncate(time.Minute).Add(time.Minute)
	for last := t.Year() + cronYears; t.Year() <= last; {
		if c.Months>>uint(t.Month())&1 == 0 {
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
			continue
		}
		if !c.day(t) {
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
			continue
		}
		if c.Hours>>uint(t.Hour())&1 == 0 {
			t = t.Truncate(time.Hour).Add(time.Hour)
			continue
		}
		if c.Minutes>>uint(t.Minute())&1 == 1 {
			return t, true
		}
		t = t.Add(time.Minute)
	}
	return t, false
}

// day reports whether the schedule has the day of a time.
func (c *Cron) day(t time.Time) bool {
	day, weekday := c.Days>>uint(t.Day())&1 == 1, c.Weekdays>>uint(t.Weekday())&1 == 1
	if c.Either {
		return day || weekday
	}
	return day && weekday
}

// nextCron returns the loop time at which a callback with `cron` runs next after another one. ok is false if it never does; it
// raises OverflowError where that is beyond the end of the clock.
func (l *Loop) nextCron(cb *Callback, after int64) (at int64, ok bool) {
	start := time.Unix(0, l.ClockStart()).UTC()
	next, ok := cb.Cron.Next(start.Add(time.Duration(after)))
	if !ok {
		return 0, false
	}
	at = int64(next.Sub(start)) // beyond the end it is the end
	if at == math.MaxInt64 {
		l.clockEnds()
		return never, false
	}
	return at, true
}

// DayTime returns the loop time at which the clock shows a time of day next, which is after now. The time of day is in
// nanoseconds since midnight.
func (l *Loop) DayTime(ofDay int64) int64 {
	const day = int64(24 * time.Hour)
	shown := l.ClockStart() + l.now
	midnight := shown - ((shown%day)+day)%day
	at := midnight + ofDay
	if at <= shown {
		at += day
	}
	return at - l.ClockStart()
}
