package yaml

import (
	"fmt"
	"strings"
	"testing"
)

func TestSplitTemplate(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"a b", "(a b)"}, {"${x}", "<x>"}, {"a ${ x } b", "(a )< x >( b)"}, {"${a}${b}", "<a><b>"},
		{"${ {\"a\": 1}.a }", "< {\"a\": 1}.a >"}, {"${'}'}", "<'}'>"}, {`${"\"}"}`, `<"\"}">`}, {"${`\\`}", "<`\\`>"},
		{`${'it\'s }'}`, `<'it\'s }'>`}, {"$${x}", "(${x})"}, {"$$${x}", "($${x})"}, {"$${a}${b}", "(${a})<b>"},
		{"$ $5 {x} }", "($ $5 {x} })"}, {"cost: $", "(cost: $)"}, {"é${ü}é", "(é)<ü>(é)"},
	} {
		parts, err := SplitTemplate(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		var b strings.Builder
		for _, p := range parts {
			if p.Expr != "" {
				fmt.Fprintf(&b, "<%s>", p.Expr)
				if c.text[p.From:p.To] != p.Expr {
					t.Errorf("%q: %q is not at [%d, %d)", c.text, p.Expr, p.From, p.To)
				}
			} else {
				fmt.Fprintf(&b, "(%s)", p.Lit)
				if strings.ReplaceAll(c.text[p.From:p.To], "$${", "${") != p.Lit {
					t.Errorf("%q: %q is not at [%d, %d)", c.text, p.Lit, p.From, p.To)
				}
			}
		}
		if b.String() != c.want {
			t.Errorf("%q: got %s, want %s", c.text, b.String(), c.want)
		}
	}
}

func TestSplitTemplateErrors(t *testing.T) {
	for _, c := range []struct{ text, at, message string }{
		{"a ${x", "${", "never closed"}, {"a ${{x}", "${", "never closed"}, {"a ${ } b", "${ }", "holds no expression"},
		{"${}", "${}", "holds no expression"}, {"${'a}", "'", "quote ' in"}, {"ok ${a} ${", "${", "never closed"},
	} {
		_, err := SplitTemplate(c.text)
		if err == nil || c.text[err.From:err.To] != c.at || !strings.Contains(err.Message, c.message) {
			t.Errorf("%q: %+v", c.text, err)
		}
	}
}
