package expr

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"runloop/dsl/source"
)

// DurationUnit is a unit of written durations.
type DurationUnit struct {
	Name  string
	Nanos int64
	Also  []string // other spellings, for "did you mean"
}

// DurationUnits goes from the longest to the shortest: the order in which they are written.
var DurationUnits = []DurationUnit{
	{"d", 86400e9, []string{"day", "days"}},
	{"h", 3600e9, []string{"hr", "hrs", "hour", "hours"}},
	{"m", 60e9, []string{"min", "mins", "minute", "minutes"}},
	{"s", 1e9, []string{"sec", "secs", "second", "seconds"}},
	{"ms", 1e6, []string{"msec", "msecs", "milli", "millis", "millisecond", "milliseconds"}},
	{"us", 1e3, []string{"µs", "μs", "usec", "usecs", "micro", "micros", "microsecond", "microseconds"}},
	{"ns", 1, []string{"nsec", "nsecs", "nano", "nanos", "nanosecond", "nanoseconds"}},
}

// DurationForm says in messages how a duration is written.
const DurationForm = `a duration such as 1m30s, 250ms or 1.5h (units d h m s ms us ns), or a number of seconds`

// maxDurationText is the longest text in bytes that is read as a duration: it bounds the arithmetic.
const maxDurationText = 100

// ParseDuration reads a written duration as nanoseconds, to nearest, ties to even: numbers with units in descending
// order (1m30s, 250ms, 1.5h), or one bare number of units of so many nanoseconds. It is never negative.
func ParseDuration(text string, unit int64) (int64, error) {
	if len(text) > maxDurationText {
		return 0, fmt.Errorf("a duration of %d bytes is too long: write %s", len(text), DurationForm)
	}
	switch s := strings.TrimLeft(strings.ToLower(text), "+-."); {
	case text == "":
		return 0, errors.New("an empty text is no duration: write " + DurationForm)
	case s == "nan":
		return 0, fmt.Errorf("%q is no duration: NaN is not a length of time", text)
	case s == "inf" || s == "infinity":
		return 0, fmt.Errorf("%q is no duration: it must be finite", text)
	case s == "":
		return 0, badDuration(text)
	case text[0] == '-':
		return 0, negative(text)
	}
	if sec, ok := decimal(text); ok {
		return durationNanos(text, sec.Mul(sec, big.NewRat(unit, 1)))
	}
	total, err := sumDuration(text)
	if err != nil {
		return 0, err
	}
	return durationNanos(text, total)
}

// IsDuration reports whether ParseDuration reads text.
func IsDuration(text string) bool {
	_, err := ParseDuration(text, 1e9)
	return err == nil
}

// sumDuration reads the numbers with units of text and adds them up, in nanoseconds.
func sumDuration(text string) (*big.Rat, error) {
	total := new(big.Rat)
	last := -1 // the latest unit's index: the next one must be behind it
	for rest := strings.TrimPrefix(text, "+"); rest != ""; {
		number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789."))]
		amount, ok := decimal(number)
		if !ok {
			return nil, badDuration(text)
		}
		rest = rest[len(number):]
		name := rest
		if end := strings.IndexAny(rest, "0123456789."); end >= 0 {
			name = rest[:end]
		}
		rest = rest[len(name):]
		unit := unitNamed(name)
		switch {
		case unit < 0:
			return nil, badDuration(text)
		case unit == last:
			return nil, fmt.Errorf("the duration %q has the unit %q twice: write each unit once", text, name)
		case unit < last:
			return nil, fmt.Errorf("in the duration %q, %q comes after %q: write longer units first", text, name,
				DurationUnits[last].Name)
		}
		last = unit
		total.Add(total, amount.Mul(amount, big.NewRat(DurationUnits[unit].Nanos, 1)))
	}
	return total, nil
}

func unitNamed(name string) int {
	for i, u := range DurationUnits {
		if u.Name == name {
			return i
		}
	}
	return -1
}

// badDuration says that text is no duration, and what it was most likely meant to be.
func badDuration(text string) error {
	if mended := MendDuration(text); mended != text {
		if IsDuration(mended) {
			return fmt.Errorf("%q is no duration: did you mean %q?", text, mended)
		}
	}
	return fmt.Errorf("%q is no duration: write %s", text, DurationForm)
}

var decimalComma = source.NewPattern(`^([0-9]+),([0-9]{1,2})([^0-9]|$)`)

// MendDuration is text without white space and commas, with other spellings of units replaced.
func MendDuration(text string) string {
	if m := clockDuration.Regexp().FindStringSubmatch(text); m != nil {
		return clockText(m[1:])
	}
	var b strings.Builder
	text = decimalComma.Regexp().ReplaceAllString(text, "$1.$2$3")
	for rest := strings.ToLower(strings.NewReplacer(" ", "", "\t", "", ",", "", "_", "").Replace(text)); rest != ""; {
		end := strings.IndexAny(rest, "0123456789.")
		if end == 0 {
			end = len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		} else if end < 0 {
			end = len(rest)
		}
		b.WriteString(unitMeant(rest[:end]))
		rest = rest[end:]
	}
	return b.String()
}

// clockDuration is a duration as a clock shows it.
var clockDuration = source.NewPattern(`^(\d{1,3}):([0-5]?\d):([0-5]?\d(?:\.\d+)?)$`)

// clockText is hours, minutes and seconds with their units, without those that are 0.
func clockText(parts []string) string {
	text := ""
	for i, part := range parts {
		if part = strings.TrimLeft(part, "0"); part != "" {
			if part[0] == '.' {
				part = "0" + part
			}
			text += part + string("hms"[i])
		}
	}
	if text == "" {
		return "0s"
	}
	return text
}

func unitMeant(name string) string {
	for _, u := range DurationUnits {
		for _, other := range u.Also {
			if name == other {
				return u.Name
			}
		}
	}
	return name
}

// maxDecimalExponent is far outside what a duration can be, and keeps the arithmetic small.
const maxDecimalExponent = 200

// decimal reads a decimal number with an optional exponent exactly.
func decimal(text string) (*big.Rat, bool) {
	digits, exponent, hasExponent := strings.Cut(strings.ToLower(text), "e")
	if strings.Trim(digits, "0123456789.+") != "" || !strings.ContainsAny(digits, "0123456789") {
		return nil, false
	}
	if hasExponent {
		e, err := strconv.Atoi(exponent)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, false
		}
		e = min(max(e, -maxDecimalExponent), maxDecimalExponent)
		digits += "e" + strconv.Itoa(e)
	}
	return new(big.Rat).SetString(digits)
}

// durationNanos rounds exact nanoseconds to nearest, ties to even.
func durationNanos(text string, ns *big.Rat) (int64, error) {
	q := toEven(ns)
	switch {
	case !q.IsInt64():
		return 0, tooLong(text)
	case q.Sign() == 0 && ns.Sign() > 0:
		return 0, tooShort(text)
	}
	return q.Int64(), nil
}

// toEven rounds to the nearest integer, ties to even; x is not negative.
func toEven(x *big.Rat) *big.Int {
	q, r := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	if half := r.Lsh(r, 1).Cmp(x.Denom()); half > 0 || half == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

func tooLong(text string) error {
	return fmt.Errorf("the duration %q is too long: at most 292 years (%s)", text, FormatDuration(math.MaxInt64))
}

func tooShort(text string) error {
	return fmt.Errorf("the duration %q is shorter than a nanosecond, the clock's smallest step: write 1ns, or 0", text)
}

func negative(text string) error {
	return fmt.Errorf("the duration %q is negative: a length of time is 0 or more", text)
}

// FloatDuration is a written number of units of so many nanoseconds, which may be in a form that ParseDuration does not read.
func FloatDuration(text string, sec float64, unit int64) (int64, error) {
	if math.IsNaN(sec) || math.IsInf(sec, 0) {
		return ParseDuration(strings.TrimLeft(text, "-"), unit)
	}
	ns, ok := toNanos(sec, unit)
	switch {
	case sec < 0:
		return 0, negative(text)
	case !ok:
		return 0, tooLong(text)
	case ns == 0 && sec > 0:
		return 0, tooShort(text)
	}
	return ns, nil
}

// FormatDuration writes nanoseconds as a duration: 1m30s, 250ms, 1.5s, 0s. parseDuration reads it back, unless it is
// negative.
func FormatDuration(ns int64) string {
	if ns == 0 {
		return "0s"
	}
	var b strings.Builder
	rest := uint64(ns)
	if ns < 0 {
		b.WriteByte('-')
		rest = -rest
	}
	for _, u := range DurationUnits {
		size := uint64(u.Nanos)
		if rest < size {
			continue
		}
		b.WriteString(strconv.FormatUint(rest/size, 10))
		rest %= size
		if u.Nanos <= 1e9 { // from seconds down, what is left is a fraction
			if rest > 0 {
				fraction := strconv.FormatUint(size+rest, 10)[1:]
				b.WriteString("." + strings.TrimRight(fraction, "0"))
			}
			rest = 0
		}
		b.WriteString(u.Name)
	}
	return b.String()
}

// toNanos turns a time in units into nanoseconds, to nearest, ties to even. It takes a float for the shortest decimal
// that means it: 0.1 s is 100000000, exactly. ok is false for NaN and for what is outside an int64.
func toNanos(sec float64, unit int64) (ns int64, ok bool) {
	p := float64(sec * float64(unit))
	r := math.RoundToEven(p)
	// p is off the decimal's value by less than |p|·2⁻⁵²: the decimal rounds as p does unless p is that near to a tie.
	if math.Abs(p) < 1<<50 && 0.5-math.Abs(p-r) > float64(math.Abs(p)*0x1p-51) {
		return int64(r), true
	}
	if math.IsNaN(sec) || math.Abs(p) > 1<<64 {
		return 0, false
	}
	magnitude, ok := decimalNanos(math.Abs(sec), unit)
	if sec < 0 {
		return -int64(magnitude), ok && magnitude <= 1<<63
	}
	return int64(magnitude), ok && magnitude <= math.MaxInt64
}

// decimalNanos is toNanos for a float that is not negative, from its shortest decimal digits.
func decimalNanos(sec float64, unit int64) (ns uint64, ok bool) {
	var digits uint64
	whole := unit
	text := strconv.AppendFloat(make([]byte, 0, 32), sec, 'e', -1, 64)
	exponent := 0 // of ten, in nanoseconds
	for ; unit%10 == 0; unit /= 10 {
		exponent++
	}
	for i, c := range text {
		if c == 'e' {
			e, err := strconv.Atoi(string(text[i+1:]))
			if err != nil {
				return 0, false
			}
			exponent += e
			break
		}
		if c != '.' {
			digits = digits*10 + uint64(c-'0')
			if i > 0 {
				exponent--
			}
		}
	}
	high, product := bits.Mul64(digits, uint64(unit))
	if high != 0 { // 17 digits, of days
		exact, _ := new(big.Rat).SetString(string(text))
		q := toEven(exact.Mul(exact, big.NewRat(whole, 1)))
		return q.Uint64(), q.IsUint64()
	}
	digits = product
	for ; exponent > 0; exponent-- {
		high, low := bits.Mul64(digits, 10)
		if high != 0 {
			return 0, false
		}
		digits = low
	}
	if exponent < -19 { // digits are at most 17: less than a half
		return 0, true
	}
	power := uint64(1)
	for ; exponent < 0; exponent++ {
		power *= 10
	}
	q, rest := digits/power, digits%power
	if rest > power-rest || rest == power-rest && q%2 == 1 && rest != 0 {
		q++
	}
	return q, true
}
