package expr

import (
	"testing"
	"time"
)

// allDirectives is every directive of strftime.
const allDirectives = "%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %% %z %Z %f"

// TestStrftime's table was written by Python 3.11 in the C locale, with naive datetimes.
func TestStrftime(t *testing.T) {
	for _, tt := range []struct {
		unix int64
		want string
	}{
		{0, "Thu Thursday Jan January Thu Jan  1 00:00:00 1970 19 01 01/01/70  1 1970-01-01 70 1970 Jan 00 12 001  0 12 01 00 \n AM am 12:00:00 AM 00:00 0 00 \t 00:00:00 4 00 01 4 00 01/01/70 00:00:00 70 1970 %   000000"},
		{567, "Thu Thursday Jan January Thu Jan  1 00:09:27 1970 19 01 01/01/70  1 1970-01-01 70 1970 Jan 00 12 001  0 12 01 09 \n AM am 12:09:27 AM 00:09 567 27 \t 00:09:27 4 00 01 4 00 01/01/70 00:09:27 70 1970 %   000000"},
		{5144400, "Sun Sunday Mar March Sun Mar  1 13:00:00 1970 19 01 03/01/70  1 1970-03-01 70 1970 Mar 13 01 060 13  1 03 00 \n PM pm 01:00:00 PM 13:00 5144400 00 \t 13:00:00 7 09 09 0 08 03/01/70 13:00:00 70 1970 %   000000"},
		{1704067200, "Mon Monday Jan January Mon Jan  1 00:00:00 2024 20 01 01/01/24  1 2024-01-01 24 2024 Jan 00 12 001  0 12 01 00 \n AM am 12:00:00 AM 00:00 1704067200 00 \t 00:00:00 1 00 01 1 01 01/01/24 00:00:00 24 2024 %   000000"},
		{1735603199, "Mon Monday Dec December Mon Dec 30 23:59:59 2024 20 30 12/30/24 30 2024-12-30 25 2025 Dec 23 11 365 23 11 12 59 \n PM pm 11:59:59 PM 23:59 1735603199 59 \t 23:59:59 1 52 01 1 53 12/30/24 23:59:59 24 2024 %   000000"},
		{951827696, "Tue Tuesday Feb February Tue Feb 29 12:34:56 2000 20 29 02/29/00 29 2000-02-29 00 2000 Feb 12 12 060 12 12 02 34 \n PM pm 12:34:56 PM 12:34 951827696 56 \t 12:34:56 2 09 09 2 09 02/29/00 12:34:56 00 2000 %   000000"},
		{4102444799, "Thu Thursday Dec December Thu Dec 31 23:59:59 2099 20 31 12/31/99 31 2099-12-31 99 2099 Dec 23 11 365 23 11 12 59 \n PM pm 11:59:59 PM 23:59 4102444799 59 \t 23:59:59 4 52 53 4 52 12/31/99 23:59:59 99 2099 %   000000"},
		{1230768000, "Thu Thursday Jan January Thu Jan  1 00:00:00 2009 20 01 01/01/09  1 2009-01-01 09 2009 Jan 00 12 001  0 12 01 00 \n AM am 12:00:00 AM 00:00 1230768000 00 \t 00:00:00 4 00 01 4 00 01/01/09 00:00:00 09 2009 %   000000"},
		{1293839999, "Fri Friday Dec December Fri Dec 31 23:59:59 2010 20 31 12/31/10 31 2010-12-31 10 2010 Dec 23 11 365 23 11 12 59 \n PM pm 11:59:59 PM 23:59 1293839999 59 \t 23:59:59 5 52 52 5 52 12/31/10 23:59:59 10 2010 %   000000"},
		{946684800, "Sat Saturday Jan January Sat Jan  1 00:00:00 2000 20 01 01/01/00  1 2000-01-01 99 1999 Jan 00 12 001  0 12 01 00 \n AM am 12:00:00 AM 00:00 946684800 00 \t 00:00:00 6 00 52 6 00 01/01/00 00:00:00 00 2000 %   000000"},
	} {
		if got := string(appendStrftime(nil, allDirectives, time.Unix(tt.unix, 0).UTC())); got != tt.want {
			t.Errorf("%d\n got %q\nwant %q", tt.unix, got, tt.want)
		}
	}
	if got := string(appendStrftime(nil, "%f", time.Unix(0, 1_234_999).UTC())); got != "001234" {
		t.Errorf("%%f is %s, want 001234", got)
	}
}

func TestStrftimeProblem(t *testing.T) {
	for format, want := range map[string]string{
		allDirectives: "",
		"100%":        "strftime(): the format ends with a lone `%`; a percent sign is written `%%`",
		"%H:%é":       "strftime(): there is no directive `%é`",
	} {
		if got := strftimeProblem(format); got != want {
			t.Errorf("%q: %q, want %q", format, got, want)
		}
	}
	for d := range len(strftimeDirectives) { // every directive that is allowed gives something
		zone := strftimeDirectives[d]|0x20 == 'z' // empty, because the clock has none
		if got := appendDirective(nil, strftimeDirectives[d], time.Unix(0, 0).UTC()); (len(got) == 0) != zone {
			t.Errorf("%%%c gives %q", strftimeDirectives[d], got)
		}
	}
}
