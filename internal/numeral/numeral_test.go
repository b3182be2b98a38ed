package numeral

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{Short(0), "0"}, {Short(3), "3"}, {Short(1234.5678), "1235"}, {Short(0.000123456), "0.0001235"}, {Short(-2.5), "-2.5"},
		{Short(math.NaN()), "–"}, {Short(math.Inf(-1)), "–"}, {Short(123456789012345), "123456789012345"}, {Short(1.5e20), "1.5e20"},
		{Short(-1e300), "-1e300"}, {Short(1e-12), "0"},
		{Brief(1234), "1,234"}, {Brief(-1234567), "-1,234,567"}, {Brief(12345678), "1.235e7"}, {Brief(math.Inf(1)), "–"}, {Brief(0.25), "0.25"}, {Brief(2.5e-9), "2.5e-9"},
		{Percent(0.123), "12.3 %"}, {Percent(math.NaN()), "–"},
		{Thousands(0), "0"}, {Thousands(999), "999"}, {Thousands(1000), "1,000"}, {Thousands(-1234567), "-1,234,567"}, {Thousands(-123), "-123"},
		{Tick(0, 0.005), "0"}, {Tick(0.3, 0.1), "0.3"}, {Tick(2, 0.5), "2.0"}, {Tick(1200, 200), "1,200"}, {Tick(2e8, 1e8), "2e8"},
		{Tick(1.05e7, 5e5), "1.05e7"}, {Tick(-3e-6, 1e-6), "-3e-6"}, {Tick(1e15, 1e15), "1e15"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// TestTicks: ticks are round numbers in the span, not more than there may be, and no two read alike.
func TestTicks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		low := (r.Float64() - 0.5) * math.Pow(10, float64(r.IntN(24)-12))
		high := low + r.Float64()*math.Pow(10, float64(r.IntN(24)-12))
		most := 1 + r.IntN(12)
		list, step := Ticks(low, high, most, false)
		if len(list) > most+1 {
			t.Fatalf("%g to %g: %d ticks, at most %d", low, high, len(list), most)
		}
		seen := map[string]bool{}
		for _, x := range list {
			text := Tick(x, step)
			if slack := (high - low) * 1e-6; x < low-slack || x > high+slack {
				t.Fatalf("%g to %g: a tick at %g", low, high, x)
			}
			if seen[text] {
				t.Fatalf("%g to %g: %s stands there twice", low, high, text)
			}
			seen[text] = true
			if back, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64); err != nil || math.Abs(back-x) > step/1e3 {
				t.Fatalf("%g to %g: %s stands at %g", low, high, text, x)
			}
		}
	}
	for _, span := range [][2]float64{{1, 1}, {2, 1}, {0, math.Inf(1)}, {math.NaN(), 1}, {-math.MaxFloat64, math.MaxFloat64}, {1e300, math.Nextafter(1e300, 2e300)}} {
		if list, _ := Ticks(span[0], span[1], 5, false); len(list) > 0 {
			t.Errorf("%v has the ticks %v", span, list)
		}
	}
	if list, step := Ticks(0, 3, 6, true); len(list) != 4 || step != 1 {
		t.Errorf("whole numbers to 3: %v", list)
	}
}

func TestRound(t *testing.T) {
	if x := Multiple(6, 0.2); x != 1.2 {
		t.Errorf("6 times 0.2 is %v", x)
	}
	for x, want := range map[float64]float64{1: 1, 1.1: 2, 2.5: 5, 0.03: 0.05, 0.1: 0.1, 7e-9: 1e-8, 999: 1000, 3e20: 5e20} {
		if got := Round(x); got != want {
			t.Errorf("%g rounded is %g, want %g", x, got, want)
		}
	}
}
