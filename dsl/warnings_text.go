package dsl

import (
	"regexp"
	"slices"
	"strings"

	"runloop/engine"
)

// bareName is a text that reads as if the value of a variable was meant.
type bareName struct {
	name string
	at   Span
	text string // what is written instead of `${name}`
}

// interpolated is how other languages write a variable in a text.
var interpolated = regexp.MustCompile(`(?:^|[^$\\])(\$([A-Za-z_]\w*)|\$\(([A-Za-z_]\w*)\)|\{\{? ?([A-Za-z_]\w*) ?\}?\})`)

// printed notes a variable whose name alone, without quotes, is what a key prints. Other keys take such words, too.
func (c *codeChecker) printed(v *Value) {
	if text := c.s.Source.Text(v.Span); c.diags != nil && v.Kind == Literal && v.Plain && identifier.MatchString(text) {
		c.bareName(text, v.Span, text)
	}
}

// bareNames notes the variables that a text has as other languages write them. Nothing is said about texts in `expect`,
// which tell what was printed.
func (c *codeChecker) bareNames(v *Value) {
	if c.diags == nil || c.noDraws {
		return
	}
	switch {
	case v.Kind == MapValue && len(v.Keys) == 1 && c.s.Source.Text(v.Span) == "{"+v.Keys[0]+"}":
		c.bareName(v.Keys[0], v.Span, "{"+v.Keys[0]+"}")
	case v.Kind == Literal && v.Const.Kind() == engine.KindString:
		c.interpolated(v.Const.AsString(), v.Span)
	case v.Kind == Template:
		for _, p := range v.Parts {
			c.interpolated(p.Text, v.Span)
		}
	}
}

// interpolated notes the variables in a text that are written as in other languages.
func (c *codeChecker) interpolated(text string, at Span) {
	for _, m := range interpolated.FindAllStringSubmatch(text, -1) {
		c.bareName(m[2]+m[3]+m[4], at, m[1])
	}
}

// bareName notes a text, if it names a variable that holds a value of its own: not one of the language, whose names are
// words of any text, and no lock, queue …, which nobody prints.
func (c *codeChecker) bareName(name string, at Span, text string) {
	if s, ok := c.lookup(name); ok && (s.Kind == symLocal || s.Kind == symShared || s.Kind == symContext || s.Kind == symParam) {
		c.bare = append(c.bare, bareName{name: name, at: at, text: text})
	}
}

// misspeltErrors reports errors whose type is nearly one of Python's, unless something handles them by their name.
func (l *linter) misspeltErrors() {
	handled := map[string]bool{}
	var raised []*Name
	eachField(l.s.Root, func(f Field) {
		switch v := f.Value.(type) {
		case *Name:
			if f.Key.Kind == ErrorKey {
				raised = append(raised, v)
			}
		case *Names:
			for _, name := range v.Items {
				handled[name.Text] = true
			}
		}
	})
	types := engine.ErrorTypes()
	for _, name := range raised {
		near := suggest(name.Text, types)
		if near == "" || handled[name.Text] || slices.Contains(types, name.Text) || len(near) < 8 ||
			editDistance(strings.ToLower(name.Text), strings.ToLower(near)) > 1 {
			continue
		}
		l.warn(codeNearError, name.Span, "`"+name.Text+"` is not one of Python's errors, and nothing handles it by this name",
			"did you mean `"+near+"`?")
	}
}

// bareTexts reports texts where the value of a variable is most likely meant.
func (l *linter) bareTexts() {
	for _, b := range l.info.bare {
		l.meant[b.name] = true
		hint := "did you mean `${" + b.name + "}`? text of that name is written in quotes"
		if b.text != b.name {
			hint = "did you mean `${" + b.name + "}`?"
		}
		l.warn(codeBareName, b.at, "`"+b.text+"` is text, and there is a variable `"+b.name+"`", hint)
	}
}
