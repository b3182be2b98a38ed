// Package numeral writes numbers for readers: in tables and in pictures.
package numeral

import (
	"math"
	"strconv"
	"strings"
)

// Short is a number with four digits, or as many as its integer part has, up to 1e15; – where it is none, or infinite.
func Short(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "–"
	case x == 0:
		return "0"
	case math.Abs(x) >= 1e15:
		return scientific(x, 3)
	}
	_, power, _ := strings.Cut(strconv.FormatFloat(x, 'e', 3, 64), "e")
	exponent, _ := strconv.Atoi(power)
	digits := min(max(3-exponent, 0), 9)
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Brief is Short for where there is little room: 1,234, but 1.234e7 and 1.234e-5.
func Brief(x float64) string {
	if size := math.Abs(x); size >= 1e7 && !math.IsInf(x, 0) || size < 1e-4 && size > 0 {
		return scientific(x, 3)
	}
	return commas(Short(x))
}

// scientific is a number with so many digits behind the point, as far as they say something, and a power of ten: 1.5e20.
func scientific(x float64, digits int) string {
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(x, 'e', digits, 64), "e")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	return mantissa + "e" + strings.NewReplacer("+0", "", "+", "", "-0", "-").Replace(power)
}

// Percent is a share of 1 in percent.
func Percent(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return strconv.FormatFloat(100*x, 'f', 1, 64) + " %"
}

// Thousands is a count with commas.
func Thousands(n int64) string { return commas(strconv.FormatInt(n, 10)) }

// commas puts commas between the thousands of a number that is written out.
func commas(text string) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, rest, point := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		rest = "." + rest
	}
	return sign + whole + rest
}

// Ticks is the round numbers from low to high that an axis is marked with, at most so many, and their step: 1, 2 or 5 times a
// power of ten. A step that is whole is at least 1 where whole is said. None where there is no such span.
func Ticks(low, high float64, most int, whole bool) (list []float64, step float64) {
	span := high - low
	if !(span > 0) || math.IsInf(span, 0) || most < 1 {
		return nil, 0
	}
	if step = Round(span / float64(most)); whole {
		step = max(step, 1)
	}
	first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
	if math.Abs(first) > 1<<40 || math.Abs(last) > 1<<40 { // the step is lost in the numbers
		return nil, 0
	}
	for k := first; k <= last; k++ {
		list = append(list, float64(k*step)+0) // no -0
	}
	return list, step
}

// Round is the least of 1, 2 and 5 times a power of ten that is not below x, which is above 0.
func Round(x float64) float64 {
	exponent := math.Floor(math.Log10(x))
	for _, e := range []float64{exponent - 1, exponent, exponent + 1} {
		for _, m := range []float64{1, 2, 5} {
			if y := power(m, int(e)); y >= x*(1-1e-9) {
				return y
			}
		}
	}
	return x
}

// power is m times ten to the power of e, as it is read: 0.1 and not 0.10000000000000001.
func power(m float64, e int) float64 {
	x, _ := strconv.ParseFloat(strconv.FormatFloat(m, 'f', 0, 64)+"e"+strconv.Itoa(e), 64)
	return x
}

// Multiple is k times a round step as it is read: 1.2 and not 1.2000000000000002.
func Multiple(k, step float64) float64 {
	x, _ := strconv.ParseFloat(strconv.FormatFloat(k*step, 'g', 14, 64), 64)
	return x
}

// Tick is a multiple of step as it stands at an axis: with the digits that the step needs.
func Tick(x, step float64) string {
	if x == 0 {
		return "0"
	}
	exponent := int(math.Floor(math.Log10(step) + 1e-9))
	if size := max(math.Abs(x), step); size >= 1e7 || size < 1e-4 {
		digits := max(int(math.Floor(math.Log10(size)+1e-9))-exponent, 0)
		return scientific(x, digits)
	}
	return commas(strconv.FormatFloat(x, 'f', max(-exponent, 0), 64))
}
