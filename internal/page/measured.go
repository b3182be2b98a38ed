package page

import (
	_ "embed" // the frame of the page
	"encoding/base64"
	"html"
	"strings"
)

//go:embed measured.html
var measuredFrame string

// Part is a section of the page about statistics: a picture with what it says in words, or a text; empty ones are left out.
type Part struct {
	Heading string
	Picture []byte // SVG
	Alt     string
	Text    string // in lines
}

// Measured is the page about the statistics of a run.
func Measured(title string, parts []Part) []byte {
	var b strings.Builder
	for _, p := range parts {
		p.write(&b)
	}
	return fill(measuredFrame, "{{title}}", shown(title), "{{parts}}", b.String())
}

func (p *Part) write(b *strings.Builder) {
	heading := shown(p.Heading)
	if len(p.Picture)+len(p.Text) == 0 {
		return
	}
	b.WriteString("<section>\n<h2>" + heading + "</h2>\n")
	if len(p.Picture) > 0 {
		b.WriteString(`<div class="scroll whole" tabindex="0" role="region" aria-label="` + heading + `: the picture"><img alt="` +
			html.EscapeString(lines(p.Alt)) + `" src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString(p.Picture) + `"></div>` + "\n")
	}
	if p.Text != "" {
		b.WriteString(`<pre class="table" tabindex="0" role="region" aria-label="` + heading + `: the numbers">` + html.EscapeString(lines(p.Text)) + "</pre>\n")
	}
	b.WriteString("</section>\n")
}
