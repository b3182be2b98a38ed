package check

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// bareName is a text that was probably meant as the value of a variable.
type bareName struct {
	Name string
	At   source.Span
	Text string // what stands there instead of `${name}`
}

// interpolated matches variables in a text as other languages write them.
var interpolated = source.NewPattern(`(?:^|[^$\\])(\$([A-Za-z_]\w*)|\$\(([A-Za-z_]\w*)\)|\{\{? ?([A-Za-z_]\w*) ?\}?\})`)

// printed records a printed text that is nothing but the name of a variable, without quotes. For keys that print
// nothing such a word is normal.
func (c *checker) printed(v *syntax.Value) {
	if text := c.s.Source.Text(v.Span); c.diags != nil && v.Kind == syntax.Literal && v.Plain && source.IsIdentifier(text) {
		c.bareName(text, v.Span, text)
	}
}

// bareNames records variables in a text that are written as in other languages. It ignores `expect`, whose texts
// repeat what was printed.
func (c *checker) bareNames(v *syntax.Value) {
	if c.diags == nil || c.noDraws {
		return
	}
	switch {
	case v.Kind == syntax.MapValue && len(v.Keys) == 1 && c.s.Source.Text(v.Span) == "{"+v.Keys[0]+"}":
		c.bareName(v.Keys[0], v.Span, "{"+v.Keys[0]+"}")
	case v.Kind == syntax.Literal && v.Const.Kind() == engine.KindString:
		c.interpolated(v.Const.AsString(), v.Span)
	case v.Kind == syntax.Template:
		for _, p := range v.Parts {
			c.interpolated(p.Text, v.Span)
		}
	}
}

// interpolated records the variables in a text that are written as in other languages.
func (c *checker) interpolated(text string, at source.Span) {
	if !strings.ContainsAny(text, "${") {
		return
	}
	for _, m := range interpolated.Regexp().FindAllStringSubmatch(text, -1) {
		c.bareName(m[2]+m[3]+m[4], at, m[1])
	}
}

// bareName records a text if it names a variable with a value of its own. Names of the language are left out, because
// they are ordinary words, and so are locks, queues and the like, because nobody prints them.
func (c *checker) bareName(name string, at source.Span, text string) {
	if s, ok := c.Lookup(name); ok && (s.Kind == expr.SymLocal || s.Kind == expr.SymShared || s.Kind == expr.SymContext || s.Kind == expr.SymParam) {
		c.Bare = append(c.Bare, bareName{Name: name, At: at, Text: text})
	}
}

// Notation is a text that is written as a value is in another language.
type Notation struct {
	At            source.Span
	Message, Hint string
	Value         string   // the value as it is written here, or "" if it is no mere value
	Coroutine     string   // the coroutine that it calls, or ""
	Names         []string // the variables in it
}

// Texts that look like a number, and like several.
var (
	signedNumber = source.NewPattern(`^[−–—‒]\d+(?:\.\d+)?$`)
	numberList   = source.NewPattern(`^-?\d+(?:\.\d+)?(?:, +-?\d+(?:\.\d+)?)+$`)
)

// notation records a text without quotes that is a value in the notation of another language, and reports whether it is one.
// Where a text is wanted, only quotes and calls tell that something else is meant. It ignores `expect`, as bareNames does.
func (c *checker) notation(v *syntax.Value, text bool) bool {
	if c.diags == nil || c.noDraws || v.Kind != syntax.Template && !v.Plain {
		return false
	}
	written := c.s.Source.Text(v.Span)
	found := Notation{At: v.Span}
	said, isPython := syntax.PythonText(written)
	r, _ := utf8.DecodeRuneInString(written)
	name, _, called := strings.Cut(strings.TrimPrefix(written, "await "), "(")
	switch {
	case strings.Contains(written, "\n"):
		return false
	case isPython && strings.IndexByte(`"'`, written[0]) < 0:
		found.Message = "`" + source.Shorten(written) + "` is text from its first letter on: there are no prefixes of texts"
		found.Value = syntax.QuotedText(said)
		for _, m := range interpolated.Regexp().FindAllStringSubmatch(written, -1) {
			found.Names = append(found.Names, m[4])
		}
	case isTypographic(written):
		found.Message, _ = source.DescribeLookAlike(r)
		found.Message += ": it is part of the text"
		found.Value = syntax.QuotedText(withoutFirstAndLast(written))
	case called && c.Coroutines[name] != nil && strings.HasSuffix(written, ")"):
		found.Coroutine = name
		found.Message = "`" + source.Shorten(written) + "` is text: `" + name + "` is a coroutine, and a step calls it"
		found.Hint = "write `- { " + c.s.CallText("call", strings.TrimPrefix(written, "await ")) + ", as: " + cmp.Or(c.env.As, "r") + " }`"
		if text || c.env.As == "" {
			found.Hint += ", and `${r}` here"
		}
	case text:
		return false
	case expr.OtherConstant(written) != "":
		found.Message = "`" + written + "` is text"
		found.Value = expr.OtherConstant(written)
	case signedNumber.Regexp().MatchString(written):
		found.Message, _ = source.DescribeSign(r)
		found.Message += ": this is text"
		found.Value = "-" + written[utf8.RuneLen(r):]
	case numberList.Regexp().MatchString(written):
		found.Message = "`" + source.Shorten(written) + "` is text"
		found.Value = "[" + written + "]"
	default:
		return false
	}
	if found.Value != "" {
		found.Hint = "write `" + found.Value + "`; what is meant as text stands in quotes"
	}
	c.Foreign = append(c.Foreign, found)
	return true
}

// isTypographic reports whether a text begins with a typographic quote and ends with one, and has no other.
func isTypographic(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	_, last := utf8.DecodeLastRuneInString(text)
	if len(text) < size+last || !source.IsTypographicQuote(r) {
		return false
	}
	end, _ := utf8.DecodeLastRuneInString(text)
	inner, _ := source.LookAlike(text[size : len(text)-last])
	return source.IsTypographicQuote(end) && !source.IsTypographicQuote(inner)
}

// withoutFirstAndLast returns a text without its first and its last character.
func withoutFirstAndLast(text string) string {
	_, first := utf8.DecodeRuneInString(text)
	_, last := utf8.DecodeLastRuneInString(text)
	return text[first : len(text)-last]
}
