package syntax

import (
	"errors"
	"fmt"
	"strings"
	"time"

	cron "github.com/netresearch/go-cron"

	"runloop/dsl/source"
	"runloop/engine"
)

// cronFields are the fields of a cron expression, in order.
var cronFields = [...]string{"minute", "hour", "day", "month", "weekday"}

// cronNames are the names of schedules.
var cronNames = []string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

// wildcard is the bit that marks a field written *.
const wildcard = 1 << 63

// ParseCron reads a cron expression: five fields with ranges, steps and names, or a name such as @hourly. As in cron itself, a
// day matches where its number or its weekday does, if both are given. The error says what is wrong, hint how to mend it.
func ParseCron(text string) (c *engine.Cron, hint string, err error) {
	text = strings.TrimSpace(text)
	fields := strings.Fields(text)
	switch {
	case strings.HasPrefix(text, "@every"):
		return nil, "write `every: " + source.Shorten(strings.TrimSpace(strings.TrimPrefix(text, "@every"))) + "`", errors.New("a period is no cron expression")
	case strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ="):
		return nil, "remove `" + source.Shorten(fields[0]) + "`: the times are those that the clock shows", errors.New("there are no time zones")
	case strings.HasPrefix(text, "@"):
		known := false
		for _, name := range cronNames {
			known = known || name == text
		}
		if !known {
			return nil, source.DidYouMean(text, cronNames), fmt.Errorf("there is no schedule `%s`", source.Shorten(text))
		}
	case len(fields) == 6:
		return nil, "remove the seconds: `" + source.Shorten(strings.Join(fields[1:], " ")) + "`; shorter periods are `every: 10s`",
			errors.New("it has five fields: minute, hour, day, month and weekday")
	case len(fields) != 5:
		return nil, "write `0 2 * * *` for 02:00 each day", fmt.Errorf("it has five fields, minute, hour, day, month and weekday, not %d", len(fields))
	}
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor | cron.DowOrDom)
	if err != nil {
		return nil, "", err
	}
	schedule, err := parser.Parse(text)
	if err != nil {
		return nil, wrongField(parser, fields), fmt.Errorf("%q is no cron expression: %s", source.Shorten(text), err)
	}
	s, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		return nil, "", fmt.Errorf("%q is no cron expression", source.Shorten(text))
	}
	c = &engine.Cron{Minutes: s.Minute, Hours: s.Hour, Days: s.Dom, Months: s.Month, Weekdays: s.Dow,
		Either: s.Dom&wildcard == 0 && s.Dow&wildcard == 0}
	if _, ever := c.Next(time.Unix(0, 0).UTC()); !ever {
		return nil, "no month has such a day", fmt.Errorf("%q never comes", source.Shorten(text))
	}
	return c, "", nil
}

// wrongField says which field of a cron expression cannot be read.
func wrongField(parser cron.Parser, fields []string) string {
	for i, field := range fields {
		alone := [...]string{"*", "*", "*", "*", "*"}
		alone[i] = field
		if _, err := parser.Parse(strings.Join(alone[:], " ")); err != nil {
			return fmt.Sprintf("`%s` is no %s: %s", source.Shorten(field), cronFields[i], cronValues[i])
		}
	}
	return ""
}

// cronValues says what the fields take.
var cronValues = [...]string{"0 to 59, `*`, `*/15`, `0-30/10` or a list", "0 to 23, `*`, `*/6`, `9-17` or a list", "1 to 31, `*`, `*/2` or a list",
	"1 to 12 or JAN to DEC, `*`, or a list", "0 to 6 or SUN to SAT, `*`, `MON-FRI` or a list"}
