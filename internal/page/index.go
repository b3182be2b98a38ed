package page

import (
	"fmt"
	"html"
	"strings"
)

// Test is a line of the index of test pages.
type Test struct {
	Name    string
	Verdict string // as of report.Verdict
	Text    string // what went wrong, in lines
	Ended   string // how the run ended, and when; may be empty
	Page    string // the file of its page, beside the index; empty: it has none
	Note    string // why it has none, where one would be expected
}

// Index is the page that lists tests: what failed, with what was expected and a link, then the others.
func Index(tests []Test) []byte {
	counts := map[string]int{}
	var bad, good strings.Builder
	for _, t := range tests {
		counts[t.Verdict]++
		if t.Verdict == "failed" || t.Verdict == "broken" {
			t.write(&bad)
		} else {
			fmt.Fprintf(&good, "<li><bdi>%s</bdi> %s</li>\n", shown(t.Name), t.Verdict)
		}
	}
	var parts []string
	for _, verdict := range []string{"failed", "broken", "passed", "skipped"} {
		if counts[verdict] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[verdict], verdict))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no test was run"}
	}
	if good.Len() > 0 {
		text := "<section><h2>The others</h2>\n<ul>\n" + good.String() + "</ul></section>"
		good.Reset()
		good.WriteString(text)
	}
	return fill(indexFrame, "{{counts}}", strings.Join(parts, ", "), "{{bad}}", bad.String(), "{{good}}", good.String())
}

// write writes a test that failed.
func (t *Test) write(b *strings.Builder) {
	name := "<bdi>" + shown(t.Name) + "</bdi>"
	if t.Page != "" {
		name = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(t.Page), name)
	}
	fmt.Fprintf(b, "<section>\n<h2>%s</h2>\n<p><strong class=\"bad\">%s</strong>", name, t.Verdict)
	if t.Ended != "" {
		b.WriteString(": " + shown(t.Ended))
	}
	b.WriteString("</p>\n")
	if t.Note != "" {
		b.WriteString("<p>" + shown(t.Note) + "</p>\n")
	}
	if t.Text != "" {
		fmt.Fprintf(b, "<pre tabindex=\"0\" role=\"region\" aria-label=\"What went wrong in %s\">%s</pre>\n",
			shown(t.Name), html.EscapeString(lines(t.Text)))
	}
	b.WriteString("</section>\n")
}

func shown(text string) string { return html.EscapeString(clip(text, maxLine)) }
