package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"runloop/engine"
)

// maxFormatWidth bounds a width or precision in a format: nobody reads more.
const maxFormatWidth = 10_000

// directive is one conversion of Python's `%` operator: %[flags][width][.precision]verb.
type directive struct {
	verb                       byte
	minus, plus, space, zero   bool
	alternate                  bool // #
	width, precision           int  // precision -1: none
	widthArgument, precisionAt bool // *: taken from the arguments
}

// parseDirective reads the directive that begins after the % at format[i-1]; problem says why it cannot be read. One that
// does not exist has its verb all the same: Python takes its value first.
func parseDirective(format string, i int) (d directive, next int, problem string) {
	d.precision = -1
	start := i
	for ; i < len(format) && strings.IndexByte("-+ 0#", format[i]) >= 0; i++ {
		switch format[i] {
		case '-':
			d.minus = true
		case '+':
			d.plus = true
		case ' ':
			d.space = true
		case '0':
			d.zero = true
		case '#':
			d.alternate = true
		}
	}
	d.width, d.widthArgument, i = formatNumber(format, i)
	if i < len(format) && format[i] == '.' {
		d.precision, d.precisionAt, i = formatNumber(format, i+1)
	}
	for i < len(format) && strings.IndexByte("hlL", format[i]) >= 0 { // C's sizes mean nothing here, as in Python
		i++
	}
	switch {
	case i >= len(format):
		return d, i, "format(): the format ends within a directive; a percent sign is written `%%`"
	case d.width > maxFormatWidth || d.precision > maxFormatWidth:
		return d, i, fmt.Sprintf("format(): at most %d characters can be asked for", maxFormatWidth)
	case format[i] == '(':
		return d, i, "format(): `%(name)` is not known here: give the values in order"
	case strings.IndexByte("diuoxXeEfFgGcrs%", format[i]) < 0:
		r, _ := utf8.DecodeRuneInString(format[i:])
		d.verb = '?'
		return d, i, fmt.Sprintf("format(): there is no directive `%%%c`; there is d i x X o e f g c s r and %%%%", r)
	}
	if d.verb = format[i]; d.verb == '%' && i > start {
		return d, i, fmt.Sprintf("format(): `%s` is no directive: a percent sign is written `%%%%`, without flags or a width", format[start-1:i+1])
	}
	return d, i + 1, ""
}

// formatNumber reads a width or a precision.
func formatNumber(format string, i int) (n int, argument bool, next int) {
	if i < len(format) && format[i] == '*' {
		return 0, true, i + 1
	}
	for ; i < len(format) && isDigit(format[i]); i++ {
		n = min(n*10+int(format[i]-'0'), maxFormatWidth+1)
	}
	return n, false, i
}

// formatProblem says what is wrong with a constant format for arguments of the given types; "": nothing.
func formatProblem(format string, types []Type) string {
	used := 0
	for i := 0; i < len(format); {
		if format[i] != '%' {
			i++
			continue
		}
		d, next, problem := parseDirective(format, i+1)
		if problem != "" {
			return problem
		}
		text := format[i:next]
		i = next
		for _, star := range []bool{d.widthArgument, d.precisionAt} {
			if star {
				if used < len(types) && !Assignable(types[used], IntType) {
					return fmt.Sprintf("format(): the `*` of `%s` wants an int, not %s", text, types[used].Article())
				}
				used++
			}
		}
		if d.verb == '%' {
			continue
		}
		if used < len(types) && !d.takes(types[used]) {
			return fmt.Sprintf("format(): `%s` wants %s, not %s", text, d.wants(), types[used].Article())
		}
		used++
	}
	if used != len(types) {
		s, given := "s", "values are"
		if used == 1 {
			s = ""
		}
		if len(types) == 1 {
			given = "value is"
		}
		return fmt.Sprintf("format(): the format has %d directive%s for values, but %d %s given", used, s, len(types), given)
	}
	return ""
}

// wants is what the directive formats, in words.
func (d directive) wants() string {
	switch d.verb {
	case 'd', 'i', 'u', 'e', 'E', 'f', 'F', 'g', 'G':
		return "a number"
	case 'o', 'x', 'X':
		return "an int"
	case 'c':
		return "an int or one character"
	}
	return "any value"
}

// takes reports whether a value of the static type t can be formatted.
func (d directive) takes(t Type) bool {
	switch d.verb {
	case 'd', 'i', 'u', 'e', 'E', 'f', 'F', 'g', 'G':
		return t.Kind == TypeBool || Assignable(t, NumberType)
	case 'o', 'x', 'X':
		return t.Kind == TypeBool || Assignable(t, IntType)
	case 'c':
		return Assignable(t, IntType) || Assignable(t, StringType)
	}
	return true
}

// appendFormat appends format(args[0], args[1:]…).
func appendFormat(l *engine.Loop, dst []byte, args []engine.Eval) []byte {
	f := formatter{l: l, args: make([]engine.Value, len(args)-1)}
	format := textOf(args[0](l))
	for i, a := range args[1:] {
		f.args[i] = a(l)
	}
	return f.run(dst, format)
}

// formatter is one run of format().
type formatter struct {
	l    *engine.Loop
	args []engine.Value // those not used yet
}

func (f *formatter) run(dst []byte, format string) []byte {
	for i := 0; i < len(format) && !f.l.Failed(); {
		if format[i] != '%' {
			dst = append(dst, format[i])
			i++
			continue
		}
		d, next, problem := parseDirective(format, i+1)
		if problem != "" && d.verb == 0 {
			f.l.Raise("ValueError", problem)
			return dst
		}
		i = next
		dst = f.directive(dst, d, problem)
	}
	if len(f.args) > 0 && !f.l.Failed() {
		f.l.Raise("TypeError", "format(): not all values were used by the format")
	}
	return dst
}

// take is the next argument.
func (f *formatter) take() engine.Value {
	if len(f.args) == 0 {
		f.l.Raise("TypeError", "format(): there are fewer values than the format wants")
		return engine.Value{}
	}
	v := f.args[0]
	f.args = f.args[1:]
	return v
}

// star is an argument that a `*` takes.
func (f *formatter) star() int {
	v := f.take()
	if v.Kind() != engine.KindInt || v.AsInt() > maxFormatWidth || v.AsInt() < -maxFormatWidth {
		f.l.Raise("ValueError", "format(): `*` wants an int that is not too large")
		return 0
	}
	return int(v.AsInt())
}

// directive appends what d makes of the next value; problem says why d does not exist.
func (f *formatter) directive(dst []byte, d directive, problem string) []byte {
	if d.widthArgument {
		if d.width = f.star(); d.width < 0 {
			d.width, d.minus = -d.width, true
		}
	}
	if d.precisionAt {
		d.precision = max(f.star(), 0)
	}
	if d.verb == '%' && problem == "" {
		return append(dst, '%')
	}
	v := f.take()
	if problem != "" && !f.l.Failed() {
		f.l.Raise("ValueError", problem)
	}
	if f.l.Failed() {
		return dst
	}
	sign, body := "", ""
	switch d.verb {
	case 'd', 'i', 'u', 'o', 'x', 'X':
		sign, body = f.integer(d, v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		sign, body = f.float(d, v)
	default:
		body = f.text(d, v)
		d.zero = false
	}
	return d.fill(f.l, dst, sign, body)
}

// fill appends sign and body in the directive's width.
func (d directive) fill(l *engine.Loop, dst []byte, sign, body string) []byte {
	missing := max(d.width-utf8.RuneCountInString(sign)-utf8.RuneCountInString(body), 0)
	if !l.Charge(missing + len(sign) + len(body)) {
		return dst
	}
	switch {
	case d.minus:
		dst = append(append(dst, sign...), body...)
		return appendRepeated(dst, ' ', missing)
	case d.zero:
		return append(appendRepeated(append(dst, sign...), '0', missing), body...)
	}
	return append(append(appendRepeated(dst, ' ', missing), sign...), body...)
}

func appendRepeated(dst []byte, c byte, n int) []byte {
	for range n {
		dst = append(dst, c)
	}
	return dst
}

// sign is what stands before a number.
func (d directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

func (f *formatter) integer(d directive, v engine.Value) (sign, body string) {
	isWhole := v.Kind() == engine.KindInt || v.Kind() == engine.KindBool
	if v.Kind() == engine.KindFloat && (d.verb == 'd' || d.verb == 'i' || d.verb == 'u') {
		v, isWhole = whole(f.l, math.Trunc(v.AsFloat())), true
	}
	if !isWhole {
		f.l.Raise("TypeError", "format(): `%"+string(d.verb)+"` wants "+d.wants()+", not "+describeKind(v))
		return "", ""
	}
	i := v.AsInt()
	base, prefix := 10, ""
	switch d.verb {
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0"+string(d.verb)
	}
	body = strconv.FormatUint(magnitude(i), base)
	if d.verb == 'X' {
		body = strings.ToUpper(body)
	}
	if missing := d.precision - len(body); missing > 0 {
		body = strings.Repeat("0", missing) + body
	}
	sign = d.sign(i < 0)
	if d.alternate && base != 10 {
		sign += prefix
	}
	return sign, body
}

func (f *formatter) float(d directive, v engine.Value) (sign, body string) {
	x, isNumber := v.Number()
	if v.Kind() == engine.KindBool {
		x, isNumber = float64(v.Num()), true
	}
	if !isNumber {
		f.l.Raise("TypeError", "format(): `%"+string(d.verb)+"` wants a number, not "+describeKind(v))
		return "", ""
	}
	sign = d.sign(math.Signbit(x) && !math.IsNaN(x))
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	switch lower := d.verb | 0x20; {
	case math.IsNaN(x):
		body = "nan"
	case math.IsInf(x, 0):
		body = "inf"
	case lower == 'g':
		body = general(math.Abs(x), max(precision, 1), d.alternate)
	default:
		body = strconv.FormatFloat(math.Abs(x), lower, precision, 64)
		if d.alternate && precision == 0 {
			body = withPoint(body)
		}
	}
	if d.verb < 'a' {
		body = strings.ToUpper(body)
	}
	return sign, body
}

// general is C's %g: with # the zeros at the end stay.
func general(x float64, precision int, alternate bool) string {
	if !alternate {
		return strconv.FormatFloat(x, 'g', precision, 64)
	}
	scientific := strconv.FormatFloat(x, 'e', precision-1, 64)
	_, exponent, _ := strings.Cut(scientific, "e")
	if e, _ := strconv.Atoi(exponent); x != 0 && (e < -4 || e >= precision) {
		return withPoint(scientific)
	} else {
		return withPoint(strconv.FormatFloat(x, 'f', precision-1-e, 64))
	}
}

// withPoint puts a point behind the digits of a number that has none.
func withPoint(number string) string {
	digits, exponent, found := strings.Cut(number, "e")
	if !strings.Contains(digits, ".") {
		digits += "."
	}
	if found {
		return digits + "e" + exponent
	}
	return digits
}

// text is %s, %r and %c.
func (f *formatter) text(d directive, v engine.Value) string {
	if d.verb == 'c' {
		return f.character(v)
	}
	var s string
	if v.Kind() == engine.KindString && d.verb == 'r' {
		s = pythonRepr(v.AsString())
	} else {
		s = string(f.l.AppendText(nil, v))
	}
	if d.precision >= 0 && utf8.RuneCountInString(s) > d.precision {
		s = s[:charOffset(s, int64(d.precision))]
	}
	return s
}

func (f *formatter) character(v engine.Value) string {
	if v.Kind() == engine.KindInt && v.AsInt() >= 0 && v.AsInt() <= utf8.MaxRune {
		return string(rune(v.AsInt()))
	}
	if s := textOf(v); utf8.RuneCountInString(s) == 1 {
		return s
	}
	f.l.Raise("TypeError", "format(): `%c` wants an int below 0x110000 or one character")
	return ""
}

// pythonRepr is text in Python's quotes: single ones, unless there are single but no double ones in it.
func pythonRepr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	out := []byte{quote}
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\t':
			out = append(out, `\t`...)
		case strconv.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r < 0x100:
			out = fmt.Appendf(out, `\x%02x`, r)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
	}
	return string(append(out, quote))
}
