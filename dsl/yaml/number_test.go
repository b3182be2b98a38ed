package yaml

import (
	"regexp"
	"testing"
)

// TestNumberForms holds the forms of numbers against the regular expressions that say what they are, for every text of
// up to four characters that may matter.
func TestNumberForms(t *testing.T) {
	forms := []struct {
		is   func(string) bool
		want *regexp.Regexp
	}{
		{isInt, regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)},
		{isFloat, regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)},
		{isForeignInt, regexp.MustCompile(
			`^[-+]?([0-9]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+(_[0-9]+)+(\.[0-9_]*)?)$`)},
		{isNonFinite, regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)},
	}
	check := func(text string) {
		for i, f := range forms {
			if f.is(text) != f.want.MatchString(text) {
				t.Errorf("form %d of %q is %v", i, text, f.is(text))
			}
		}
	}
	var extend func(text string, more int)
	extend = func(text string, more int) {
		check(text)
		for _, c := range "+-._0189eExXobfa \n" {
			if more > 0 {
				extend(text+string(c), more-1)
			}
		}
	}
	extend("", 4)
	for _, text := range []string{"-.inf", "+.INF", ".NaN", "-.nan", ".iNF", "1_000.5_0", "1__0", "0_1", "-0x1F",
		"0o17.", "1.5e-10",
		"-.5E+3", "1.e5", "1.2.3", "1e5e5", "1_0e5"} {
		check(text)
	}
}
