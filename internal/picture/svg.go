// Package picture draws a run: as a ladder (one row a turn), as lines of text, and in other forms. A picture is a pure function
// of the record of a run: the same run gives the same bytes on every machine.
//
// What all pictures have in common is in this file and in measure.go (how wide a text is), marks.go (what tasks, callbacks
// and states look like, the legend) and describe.go (turns in words). A form of picture draws on an svg:
//
//	s := newSVG(1000)
//	s.label(heading, 14, 28, 970, atStart, "title")
//	s.begin("turn 3, iteration 2, 1 s: Task-1 goes on") // a <g> with its tooltip
//	s.taskBox(x, y, 24, 18, "3")
//	s.end()
//	s.legend(20, 400, 960) // of the marks that were drawn
//	return s.bytes(page{Title: …, Desc: describe(scene), Height: 420, Theme: o.Theme})
package picture

import (
	"math"
	"strconv"
	"strings"
)

// svg is a drawing that is being made. It grows by what its methods draw; bytes puts head and style before it.
type svg struct {
	width     float64
	body      []byte
	drawn     [marks]bool // what the legend explains
	across    bool        // whether lanes go to the right, not down
	hotArrows bool        // whether the marker of red arrows is used
	arrows    bool        // whether the marker of arrows is used
}

func newSVG(width float64) *svg { return &svg{width: width} }

// anchor is which end of a text its place is.
type anchor string

const (
	atStart  anchor = ""
	atMiddle anchor = "middle"
	atEnd    anchor = "end"
)

// raw adds text that is markup already.
func (s *svg) raw(parts ...string) {
	for _, m := range parts {
		s.body = append(s.body, m...)
	}
}

// num adds a number with at most one digit after the point.
func (s *svg) num(x float64) { s.body = appendNum(s.body, x) }

func appendNum(b []byte, x float64) []byte {
	x = math.Round(x*10) / 10
	if x == 0 {
		x = 0 // not -0
	}
	return strconv.AppendFloat(b, x, 'f', -1, 64)
}

// attr adds an attribute with a number.
func (s *svg) attr(name string, x float64) {
	s.raw(" ", name, `="`)
	s.num(x)
	s.raw(`"`)
}

// class adds the attribute of a class, if there is one.
func (s *svg) class(name string) {
	if name != "" {
		s.raw(` class="`, name, `"`)
	}
}

// begin opens a group whose tooltip is the text; end closes it.
func (s *svg) begin(tooltip string) { s.raw("<g><title>", escape(tooltip), "</title>") }

// beginClass is begin with a class, and without a tooltip where that is empty.
func (s *svg) beginClass(class, tooltip string) {
	s.raw("<g")
	s.class(class)
	s.raw(">")
	if tooltip != "" {
		s.raw("<title>", escape(tooltip), "</title>")
	}
}

func (s *svg) end() { s.raw("</g>\n") }

// rect draws a rectangle with corners of radius r.
func (s *svg) rect(class string, x, y, w, h, r float64) {
	s.raw("<rect")
	s.class(class)
	s.attr("x", x)
	s.attr("y", y)
	s.attr("width", max(w, 0))
	s.attr("height", max(h, 0))
	if r > 0 {
		s.attr("rx", r)
	}
	s.raw("/>")
}

// path draws a path of commands, such as "M", and their numbers.
func (s *svg) path(class string, parts ...any) {
	s.raw("<path")
	s.class(class)
	s.raw(` d="`)
	s.steps(parts)
	s.raw(`"/>`)
}

// arrow is path with a head at its end.
func (s *svg) arrow(parts ...any) {
	s.arrows = true
	s.raw(`<path class="arw" marker-end="url(#a)" d="`)
	s.steps(parts)
	s.raw(`"/>`)
}

// steps adds the commands of a path: strings, and float64 or int.
func (s *svg) steps(parts []any) {
	number := false
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			s.raw(p)
			number = false
		case float64:
			s.gap(number)
			s.num(p)
			number = true
		case int:
			s.gap(number)
			s.num(float64(p))
			number = true
		}
	}
}

func (s *svg) gap(need bool) {
	if need {
		s.raw(" ")
	}
}

// line draws a straight line.
func (s *svg) line(class string, x1, y1, x2, y2 float64) { s.path(class, "M", x1, y1, "L", x2, y2) }

// label draws a text that is at most so many px wide, and reports whether it had to be cut off: then the whole is its tooltip.
func (s *svg) label(f font, x, y, most float64, at anchor, text string) (cut bool) {
	whole := clean(text)
	shown, cut := f.clip(whole, most)
	s.text(f, x, y, at, shown, cut, whole, "")
	return cut
}

// turned is label with the text going up from (x, y), for narrow columns.
func (s *svg) turned(f font, x, y, most float64, text string) {
	whole := clean(text)
	shown, cut := f.clip(whole, most)
	at := string(appendNum(append(appendNum([]byte("rotate(-90 "), x), ' '), y))
	s.text(f, x, y, atStart, shown, cut, whole, at+")")
}

func (s *svg) text(f font, x, y float64, at anchor, shown string, cut bool, whole, transform string) {
	if shown == "" {
		return
	}
	s.raw("<text")
	s.class(f.class)
	s.attr("x", x)
	s.attr("y", y)
	if at != atStart {
		s.raw(` text-anchor="`, string(at), `"`)
	}
	if transform != "" {
		s.raw(` transform="`, transform, `"`)
	}
	s.raw(">")
	if cut {
		s.raw("<title>", escape(whole), "</title>")
	}
	s.raw(escape(shown), "</text>")
}

// wrap breaks a text into lines of at most so many px, between words where it can.
func (f font) wrap(text string, most float64) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(clean(text)) {
		if joined := strings.TrimPrefix(line+" "+word, " "); f.width(joined) <= most || line == "" {
			line = joined
			continue
		}
		lines = append(lines, line)
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	for i, l := range lines {
		lines[i], _ = f.clip(l, most)
	}
	return lines
}

// markup makes text that is clean fit to stand in an element or an attribute.
func markup(text string) string {
	if !strings.ContainsAny(text, `&<>"`) {
		return text
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		switch c {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escape makes any text fit to stand in XML: see clean.
func escape(text string) string { return markup(clean(text)) }

// page is what a drawing needs to become a file.
type page struct {
	Title  string
	Desc   string // who cannot see the picture is told this
	Height float64
	Theme  string // light, dark; empty: as the reader's screen
	Style  string // the classes that only this picture has
}

// bytes is the file.
func (s *svg) bytes(p page) []byte {
	out := newSVG(s.width)
	out.raw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `)
	out.num(s.width)
	out.raw(" ")
	out.num(p.Height)
	out.raw(`"`)
	out.attr("width", s.width)
	out.attr("height", p.Height)
	out.raw(` role="img" aria-labelledby="t d">`+"\n", `<title id="t">`, escape(p.Title), `</title><desc id="d">`)
	out.raw(markup(p.Desc), "</desc>\n", "<style>", Style(p.Theme), p.Style, "</style>\n")
	if s.arrows {
		out.raw(`<defs><marker id="a" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
			`<path class="arh" d="M0 0 L8 4 L0 8z"/></marker></defs>` + "\n")
	}
	if s.hotArrows {
		out.raw(`<defs><marker id="e" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
			`<path class="bad" d="M0 0 L8 4 L0 8z"/></marker></defs>` + "\n")
	}
	out.rect("bg", 0, 0, s.width, p.Height, 0)
	out.raw("\n")
	out.body = append(out.body, s.body...)
	out.raw("</svg>\n")
	return out.body
}

// palette is the colours by their names in the style sheet: light, dark. Text is above 4.5:1 to what is behind it, every mark
// above 3:1.
var palette = [...][3]string{
	{"bg", "#ffffff", "#0d1117"}, {"fg", "#1f2328", "#f0f6fc"}, {"mut", "#59636e", "#a3acb8"}, {"grid", "#d1d9e0", "#3d444d"},
	{"band", "#f6f8fa", "#151b23"}, {"task", "#0860ca", "#58a6ff"}, {"on", "#ffffff", "#0d1117"}, {"cb", "#7440c9", "#bc8cff"},
	{"rdy", "#8a5a00", "#e3b341"}, {"rdyf", "#fff1b8", "#3b2e0a"}, {"wait", "#136b72", "#4fd1d9"}, {"waitf", "#d5f0f1", "#0f3538"},
	{"slp", "#6e7781", "#8b949e"}, {"err", "#c2191f", "#ff7b72"},
}

// Themes is the words of Options.Theme.
var Themes = []string{"light", "dark"}

// Variables is the colours as CSS variables on :root: those of one theme, or of both as the reader's screen is.
func Variables(theme string) string {
	var b strings.Builder
	root := func(column int) {
		b.WriteString(":root{")
		for i, c := range palette {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString("--" + c[0] + ":" + c[column])
		}
		b.WriteByte('}')
	}
	if theme == "dark" {
		root(2)
		return b.String()
	}
	root(1)
	if theme == "" {
		b.WriteString("\n@media (prefers-color-scheme:dark){")
		root(2)
		b.WriteByte('}')
	}
	return b.String()
}

// Style is the style sheet of a picture. A page with many of them may have it once.
func Style(theme string) string { return Variables(theme) + "\n" + classes }

const classes = `svg text{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;font-size:12px;fill:var(--fg);white-space:pre}
svg .m,svg .me{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:11px}
svg .b{font-weight:600}svg .h{font-size:15px;font-weight:600}svg .i{font-size:14px;font-weight:600}
svg .s,svg .n{font-size:10.5px;fill:var(--mut)}svg .y{font-size:9.5px;fill:var(--mut)}svg .n{font-style:italic}svg .q{font-size:10.5px}
svg .e,svg .me{fill:var(--err);font-weight:700}svg .e{font-size:10.5px}
svg .on{fill:var(--on);font-weight:600;font-size:11px}svg .wx{fill:var(--wait);font-size:10.5px}svg .rx{fill:var(--rdy);font-size:10.5px}
.bg,.open{fill:var(--bg)}.band{fill:var(--band)}.grid,.brk{stroke:var(--grid);stroke-width:1;fill:none}.brk{stroke:var(--mut)}
.run{fill:var(--task)}.cb{fill:var(--cb)}.bad{fill:var(--err)}
.slp,.rdy,.wt{fill:none;stroke-width:2}.slp{stroke:var(--slp);stroke-dasharray:1.5 4;stroke-linecap:round}
.rdy{stroke:var(--rdy);stroke-width:4}.wt{stroke:var(--wait)}
.chip{fill:var(--rdyf);stroke:var(--rdy)}.wtc{fill:var(--waitf);stroke:var(--wait)}
.dia{fill:var(--bg);stroke:var(--rdy);stroke-width:2}.arw{stroke:var(--rdy);stroke-width:1.5;fill:none}.arh{fill:var(--rdy)}
.end{stroke:var(--fg);stroke-width:2.5;fill:none}.err{stroke:var(--err);stroke-width:2.5;fill:none}
.open{stroke:var(--mut);stroke-width:2}.stop{fill:var(--bg);stroke:var(--err);stroke-width:2}
.cap{stroke:var(--err);stroke-width:1.5;stroke-dasharray:4 3;fill:none}.fill{fill:var(--waitf);stroke:var(--wait);stroke-width:1.5}
.area{fill:var(--waitf)}.step{fill:none;stroke:var(--wait);stroke-width:2}.ink{fill:var(--fg)}
.hot,.cold,.goal{fill:var(--band);stroke:var(--err);stroke-width:1.5}.cold{stroke:var(--slp)}.goal{fill:var(--waitf);stroke:var(--wait)}
.hota{stroke:var(--err);stroke-width:2;fill:none}.hotp{fill:var(--bg);stroke:var(--err)}.cola{stroke:var(--slp);stroke-width:1.5;fill:none}.colh{fill:var(--slp)}
.fold{fill:var(--bg);stroke:var(--mut);stroke-dasharray:3 3}`
