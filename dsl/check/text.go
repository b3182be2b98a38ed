package check

import (
	"strings"

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
