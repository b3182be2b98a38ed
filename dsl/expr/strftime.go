package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"runloop/engine"
)

// strftimeDirectives is what may follow % in a format of strftime: Python's directives, in the C locale, with those
// that the C library adds.
const strftimeDirectives = "aAbBcCdDefFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"

// strftimeProblem says what is wrong with a format; "": nothing.
func strftimeProblem(format string) string {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		if i++; i == len(format) {
			return "strftime(): the format ends with a lone `%`; a percent sign is written `%%`"
		}
		if !strings.Contains(strftimeDirectives, format[i:i+1]) {
			return fmt.Sprintf("strftime(): there is no directive `%%%c`", []rune(format[i:])[0])
		}
	}
	return ""
}

// strftimeCall compiles strftime(format).
func strftimeCall(format Compiled, value engine.Eval) Compiled {
	if format.Const != nil {
		text := textOf(*format.Const)
		return OfText(func(l *engine.Loop, dst []byte) []byte { return appendStrftime(dst, text, clockTime(l)) })
	}
	return OfText(func(l *engine.Loop, dst []byte) []byte {
		text := textOf(value(l))
		if problem := strftimeProblem(text); problem != "" {
			l.Raise("ValueError", problem)
			return dst
		}
		return appendStrftime(dst, text, clockTime(l))
	})
}

// clockTime is what the clock shows now. The two parts are added as times: their sum may not fit into nanoseconds.
func clockTime(l *engine.Loop) time.Time {
	return time.Unix(0, l.ClockStart()).UTC().Add(time.Duration(l.Now()))
}

// appendStrftime appends t in a format without problems.
func appendStrftime(dst []byte, format string, t time.Time) []byte {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			dst = append(dst, format[i])
			continue
		}
		i++
		dst = appendDirective(dst, format[i], t)
	}
	return dst
}

func appendDirective(dst []byte, directive byte, t time.Time) []byte {
	switch directive {
	case 'H':
		return pad(dst, t.Hour(), 2, '0')
	case 'M':
		return pad(dst, t.Minute(), 2, '0')
	case 'S':
		return pad(dst, t.Second(), 2, '0')
	case 'f':
		return pad(dst, t.Nanosecond()/1000, 6, '0')
	case 'I':
		return pad(dst, (t.Hour()+11)%12+1, 2, '0')
	case 'l':
		return pad(dst, (t.Hour()+11)%12+1, 2, ' ')
	case 'k':
		return pad(dst, t.Hour(), 2, ' ')
	case 'p':
		return t.AppendFormat(dst, "PM")
	case 'P':
		return t.AppendFormat(dst, "pm")
	case 'd':
		return pad(dst, t.Day(), 2, '0')
	case 'e':
		return pad(dst, t.Day(), 2, ' ')
	case 'm':
		return pad(dst, int(t.Month()), 2, '0')
	case 'y':
		return pad(dst, t.Year()%100, 2, '0')
	case 'Y':
		return strconv.AppendInt(dst, int64(t.Year()), 10)
	case 'C':
		return pad(dst, t.Year()/100, 2, '0')
	case 'j':
		return pad(dst, t.YearDay(), 3, '0')
	case 's':
		return strconv.AppendInt(dst, t.Unix(), 10)
	case 'n':
		return append(dst, '\n')
	case 't':
		return append(dst, '\t')
	case 'z', 'Z': // the clock's time has no zone: a naive datetime
		return dst
	case '%':
		return append(dst, '%')
	}
	if layout := strftimeLayouts[directive]; layout != "" {
		return t.AppendFormat(dst, layout)
	}
	return appendWeek(dst, directive, t)
}

// strftimeLayouts is the directives that package time can show.
var strftimeLayouts = [256]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'h': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006",
	'D': "01/02/06", 'F': "2006-01-02", 'r': "03:04:05 PM", 'R': "15:04", 'T': "15:04:05", 'x': "01/02/06",
	'X': "15:04:05",
}

// appendWeek appends the directives of days and weeks.
func appendWeek(dst []byte, directive byte, t time.Time) []byte {
	isoYear, isoWeek := t.ISOWeek()
	sunday := int(t.Weekday())
	monday := (sunday + 6) % 7
	switch directive {
	case 'w':
		return pad(dst, sunday, 1, '0')
	case 'u':
		return pad(dst, monday+1, 1, '0')
	case 'U':
		return pad(dst, (t.YearDay()+6-sunday)/7, 2, '0')
	case 'W':
		return pad(dst, (t.YearDay()+6-monday)/7, 2, '0')
	case 'V':
		return pad(dst, isoWeek, 2, '0')
	case 'G':
		return strconv.AppendInt(dst, int64(isoYear), 10)
	}
	return pad(dst, isoYear%100, 2, '0') // g
}

// pad appends n, not negative, filled to width.
func pad(dst []byte, n, width int, fill byte) []byte {
	for least := 10; width > 1; width-- {
		if n < least { // each digit that n lacks
			dst = append(dst, fill)
		}
		least *= 10
	}
	return strconv.AppendInt(dst, int64(n), 10)
}
