package syntax

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	cron "github.com/netresearch/go-cron"
)

// TestCronNext compares the engine's times with those of the library that reads the expressions, for random ones.
func TestCronNext(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	limits := [...][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}}
	field := func(i int) string {
		low, high := limits[i][0], limits[i][1]
		n := low + r.IntN(high-low+1)
		switch r.IntN(6) {
		case 0, 1, 2:
			return "*"
		case 3:
			return fmt.Sprintf("*/%d", 2+r.IntN(5))
		case 4:
			return fmt.Sprintf("%d-%d/%d", n, n+r.IntN(high-n+1), 1+r.IntN(4))
		}
		return fmt.Sprintf("%d,%d", n, low+r.IntN(high-low+1))
	}
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor | cron.DowOrDom)
	if err != nil {
		t.Fatal(err)
	}
	texts := append([]string{"0 0 29 2 *", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", "0 9-17 * * MON-FRI", "0 0 1 JAN,jul sun"}, cronNames...)
	for range 300 {
		texts = append(texts, strings.Join([]string{field(0), field(1), field(2), field(3), field(4)}, " "))
	}
	for _, text := range texts {
		c, _, err := ParseCron(text)
		if err != nil {
			if !strings.Contains(err.Error(), "never comes") && !strings.Contains(err.Error(), "must be less than range size") {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		want, err := parser.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(1970+r.IntN(80), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(3), time.UTC)
		for range 5 {
			next := want.Next(at)
			got, ok := c.Next(at)
			if next.IsZero() {
				break // the library looks less far ahead
			}
			if !ok || !got.Equal(next) {
				t.Errorf("%s after %v: %v, the library says %v", text, at, got, next)
				break
			}
			at = next
		}
	}
}
