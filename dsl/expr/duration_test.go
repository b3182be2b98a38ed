package expr

import (
	"math"
	"math/big"
	rand "math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"runloop/engine"
)

func TestParseDuration(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
	}{
		{"0", 0}, {"0s", 0}, {"3", 3e9}, {"3.0", 3e9}, {"+2", 2e9}, {".5", 5e8}, {"1e-3", 1e6}, {"2E3", 2000e9},
		{"1m30s", 90e9}, {"250ms", 250e6}, {"1.5h", 5400e9}, {"1d2h3m4s5ms6us7ns", 93784005006007},
		{"0.1", 1e8}, {"0ns", 0}, {"0e-400", 0}, {"0.6ns", 1}, {"1.5ns", 2}, {"2.5ns", 2}, {"0.0000000015", 2},
		{"0.5us0.5ns", 500}, {"9223372036.854775807", math.MaxInt64},
	} {
		if got, err := ParseDuration(c.text, 1e9); got != c.want || err != nil {
			t.Errorf("%q: %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

func TestParseDurationErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "an empty text"}, {"-1", "negative"}, {"-5s", "negative"}, {".nan", "NaN"}, {"nan", "NaN"}, {".inf", "finite"},
		{"2sec", `did you mean "2s"?`}, {"5 s", `did you mean "5s"?`}, {"1min", `did you mean "1m"?`}, {"3S",
			`did you mean "3s"?`},
		{"1 hour 30 minutes", `did you mean "1h30m"?`}, {"5µs", `did you mean "5us"?`}, {"1,000", `did you mean "1000"?`},
		{"1,5s", `did you mean "1.5s"?`},
		{"30s1m", `"m" comes after "s"`}, {"1s1s", `the unit "s" twice`}, {"5x", "no duration: write"}, {"s", "no duration"}, {"+", "no duration"}, {"-", "no duration"},
		{"1m30", "no duration"}, {"..s", "no duration"}, {"1..2s", "no duration"}, {"1e3s", "no duration"}, {"${x}",
			"no duration"},
		{"9223372036.854775808", "too long: at most"}, {"200000d", "too long: at most 292 years"}, {"1e400", "too long: at most 292 years"},
		{"0.4ns", "shorter than a nanosecond"}, {"0.5ns", "shorter than a nanosecond"}, {"1e-400", "write 1ns, or 0"},
		{strings.Repeat("1", 200), "200 bytes"},
	} {
		_, err := ParseDuration(c.text, 1e9)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want %s", c.text, err, c.want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for _, c := range []struct {
		ns   int64
		want string
	}{
		{0, "0s"}, {90e9, "1m30s"}, {250e6, "250ms"}, {3600e9, "1h"}, {90500e6, "1m30.5s"}, {1500, "1.5us"}, {7, "7ns"},
		{86400e9 + 1, "1d1ns"}, {-5e9, "-5s"}, {math.MinInt64, "-106751d23h47m16.854775808s"},
	} {
		got := FormatDuration(c.ns)
		if got != c.want {
			t.Errorf("%d: %s, want %s", c.ns, got, c.want)
		}
		if back, err := ParseDuration(got, 1e9); c.ns >= 0 && (back != c.ns || err != nil) {
			t.Errorf("%s is read back as %d, %v", got, back, err)
		}
	}
}

func TestSecondsToNanos(t *testing.T) {
	for _, c := range []struct {
		sec  float64
		want int64
		ok   bool
	}{
		{0.1, 1e8, true}, {0.3, 3e8, true}, {0.1 * 3, 3e8, true}, {-0.1, -1e8, true}, {0, 0, true}, {5e-324, 0, true},
		{5e-10, 0, true}, {1.5e-9, 2, true}, {2.5e-9, 2, true}, {1.0000000005, 1000000000, true}, {1.0000000015, 1000000002,
			true},
		{1000000000.1, 1000000000100000000, true}, {123456789.123456789, 123456789123456790, true},
		{9223372036.854774, 9223372036854774000, true}, {-9223372036.854774, -9223372036854774000, true},
		{9223372036.854776, 0, false}, {1e300, 0, false}, {-1e300, 0, false}, {math.Inf(1), 0, false}, {math.NaN(), 0, false},
	} {
		got, ok := toNanos(c.sec, 1e9)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%v: %d, %v; want %d, %v", c.sec, got, ok, c.want, c.ok)
		}
	}
}

// rationalNanos is decimalNanos by rational numbers.
func rationalNanos(x float64, unit int64) (uint64, bool) {
	exact, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
	exact.Mul(exact, new(big.Rat).SetInt64(unit))
	q := toEven(exact)
	return q.Uint64(), q.IsUint64()
}

// TestSecondsToNanosFast holds that the quick way rounds as the decimal digits do.
func TestSecondsToNanosFast(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		unit := engine.TimeUnits[r.IntN(len(engine.TimeUnits))].Nanos
		sec := math.Ldexp(r.Float64(), r.IntN(70)-35) * 1e9 / float64(unit)
		if r.IntN(2) == 0 { // near to a tie
			sec = (math.Floor(sec) + 0.5) / float64(unit)
		}
		got, ok := toNanos(sec, unit)
		want, wantOK := decimalNanos(sec, unit)
		if exact, exactOK := rationalNanos(sec, unit); exactOK != wantOK || exactOK && exact != want {
			t.Fatalf("%v of %d: %d, %v; exactly %d, %v", sec, unit, want, wantOK, exact, exactOK)
		}
		if wantOK = wantOK && want <= math.MaxInt64; ok != wantOK || ok && uint64(got) != want {
			t.Fatalf("%v: %d, %v; want %d, %v", sec, got, ok, want, wantOK)
		}
	}
}
