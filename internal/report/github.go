package report

import (
	"cmp"
	"fmt"
	"strings"
)

// GitHub's escapes for a message and for a property, which also ends at a comma or a colon.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// ChecksGitHub returns checks as GitHub workflow commands, which annotate the lines of a change.
func ChecksGitHub(checks []Check) []byte {
	var b strings.Builder
	for _, c := range checks {
		file := githubProperty.Replace(c.File)
		if text := c.unchecked(); text != "" {
			fmt.Fprintf(&b, "::error file=%s::%s\n", file, githubText.Replace(text))
		}
		for i := range c.Problems {
			p := &c.Problems[i]
			place := ""
			if at := p.Place; at.Line > 0 {
				place = fmt.Sprintf(",line=%d,endLine=%d", at.Line, at.EndLine)
				if at.Line == at.EndLine { // GitHub takes columns only within one line; its end column is inclusive
					place += fmt.Sprintf(",col=%d,endColumn=%d", at.Col, max(at.EndCol-1, at.Col))
				}
			}
			text := p.Message
			if p.Hint != "" {
				text += "\nhint: " + p.Hint
			}
			if p.Note != "" {
				of := p.noteFile(c.File)
				if of != "" {
					of = " of " + of
				}
				text += fmt.Sprintf("\nnote: line %d%s: %s", p.Other.Line, of, p.Note)
			}
			fmt.Fprintf(&b, "::%s file=%s%s,title=%s::%s\n", p.severity(), githubProperty.Replace(cmp.Or(p.File, c.File)), place, p.Code, githubText.Replace(text))
		}
	}
	return []byte(b.String())
}
