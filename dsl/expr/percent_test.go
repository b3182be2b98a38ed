package expr

import (
	"testing"
)

// TestFormatFunction's table was written by Python 3.11: each result is what Python's `%` operator gives.
func TestFormatFunction(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"format('%d', 42)", "42"},
		{"format('%5d|%-5d|%05d|%+d|% d', 42, 42, 42, 42, 42)", "   42|42   |00042|+42| 42"},
		{"format('%x %X %o %#x %#o %#X', 255, 255, 8, 255, 8, 255)", "ff FF 10 0xff 0o10 0XFF"},
		{"format('%5.1f', 3.14159)", "  3.1"},
		{"format('%.0f', 2.5)", "2"},
		{"format('%.0f', 3.5)", "4"},
		{"format('%e', 12345.678)", "1.234568e+04"},
		{"format('%E', 0.00012)", "1.200000E-04"},
		{"format('%g', 1000000.0)", "1e+06"},
		{"format('%g', 100000.0)", "100000"},
		{"format('%g', 1e-05)", "1e-05"},
		{"format('%g', 0.0001)", "0.0001"},
		{"format('%G', 1e-10)", "1E-10"},
		{"format('%#g', 1.5)", "1.50000"},
		{"format('%#g', 0.0)", "0.00000"},
		{"format('%.3g', 1234.5)", "1.23e+03"},
		{"format('%#.3g', 1234567.0)", "1.23e+06"},
		{"format('%g', 1234567.0)", "1.23457e+06"},
		{"format('%.10g', 0.1)", "0.1"},
		{"format('%s', 'a')", "a"},
		{"format('%10s|%-10s|', 'ab', 'ab')", "        ab|ab        |"},
		{"format('%.2s', 'abc')", "ab"},
		{"format('%5.1s|', 'abc')", "    a|"},
		{"format('%r', 'it\\'s')", "\"it's\""},
		{"format('%r', 'say \"x\"')", "'say \"x\"'"},
		{"format('%r', 'a\\nb')", "'a\\nb'"},
		{"format('%r', 'é\\x00\u200b')", "'é\\x00\\u200b'"},
		{"format('%c%c', 65, 'z')", "Az"},
		{"format('%%')", "%"},
		{"format('100%%|%s%%', 'x')", "100%|x%"},
		{"format('%*d', 5, 42)", "   42"},
		{"format('%-*d|', 5, 42)", "42   |"},
		{"format('%*d|', -5, 42)", "42   |"},
		{"format('%.*f', 2, 3.14159)", "3.14"},
		{"format('%d', 3.99)", "3"},
		{"format('%d', -3.99)", "-3"},
		{"format('%i %u', 1, 2)", "1 2"},
		{"format('%.5d', 42)", "00042"},
		{"format('%8.5d|', -42)", "  -00042|"},
		{"format('%+.2e', 0.0)", "+0.00e+00"},
		{"format('%f', float('inf'))", "inf"},
		{"format('%06.1f', float('-inf'))", "-00inf"},
		{"format('%F', float('nan'))", "NAN"},
		{"format('%05d', -42)", "-0042"},
		{"format('%x', -255)", "-ff"},
		{"format('%#.0f', 3.0)", "3."},
		{"format('%ld', 5)", "5"},
		{"format('%+5.1f|% .3f', 1.25, 1.0)", " +1.2| 1.000"},
		{"format('%07.2f', -1.5)", "-001.50"},
		{"format('%f', 1)", "1.000000"},
		{"format('%d', true)", "1"},
		{"format('%05s', 'a')", "    a"},
		{"format('%.0e', 12345.0)", "1e+04"},
		{"format('%#.0e', 12345.0)", "1.e+04"},
		{"format('%g', 0.5)", "0.5"},
		{"format('%g', 123456.0)", "123456"},
		{"format('%g', 1000000000000000.0)", "1e+15"},
		{"format('%.0g', 25.0)", "2e+01"},
		{"format('%f', -0.0)", "-0.000000"},
		{"format('%+f', float('nan'))", "+nan"},
		{"format('% 05d', 42)", " 0042"},
		{"format('%-05d|', 42)", "42   |"},
		{"format('%+x', 255)", "+ff"},
		{"format('%#06x', 255)", "0x00ff"},
	} {
		if got, _ := evaluate(t, tt.text); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func TestFormatFunctionErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"format('%')", "check: format(): the format ends within a directive; a percent sign is written `%%`"},
		{"format('%5')", "check: format(): the format ends within a directive; a percent sign is written `%%`"},
		{"format('%é', 1)", "check: format(): there is no directive `%é`; there is d i x X o e f g c s r and %%"},
		{"format('%(a)s', m)", "check: format(): `%(name)` is not known here: give the values in order"},
		{"format('%99999d', 1)", "check: format(): at most 10000 characters can be asked for"},
		{"format('%5%')", "check: format(): `%5%` is no directive: a percent sign is written `%%`, without flags or a width"},
		{"format(t + '%5%', 1)", "ValueError: format(): `%5%` is no directive: a percent sign is written `%%`, without flags or a width"},
		{"format(t + '%-%')", "TypeError: format(): there are fewer values than the format wants"},
		{"format(t + '%*%', 3)", "TypeError: format(): there are fewer values than the format wants"},
		{"format(t + '%y')", "TypeError: format(): there are fewer values than the format wants"},
		{"format('%x', 1.5)", "check: format(): `%x` wants an int, not a float"},
		{"format('%*d', 'a', 1)", "check: format(): the `*` of `%*d` wants an int, not a string"},
		{"format('%s', 1, 2)", "check: format(): the format has 1 directive for values, but 2 values are given"},
		{"format('%d', dyntext)", "TypeError: format(): `%d` wants a number, not a string"},
		{"format('%x', dyn + 0.5)", "check: format(): `%x` wants an int, not a float"},
		{"format('%c', s)", "TypeError: format(): `%c` wants an int below 0x110000 or one character"},
		{"format('%d', 1e30)", "OverflowError: 1e+30 does not fit into 64 bits"},
		{"format(t + '%d')", "TypeError: format(): there are fewer values than the format wants"},
		{"format(t, 1)", "TypeError: format(): not all values were used by the format"},
		{"format(t + '%q', 1)", "ValueError: format(): there is no directive `%q`; there is d i x X o e f g c s r and %%"},
		{"format('%*d', big, 1)", "ValueError: format(): `*` wants an int that is not too large"},
	} {
		if got, _ := evaluate(t, tt.text); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}
