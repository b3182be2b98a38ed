package picture

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// font is a style of text: its class in the style sheet, and what is needed to estimate how wide a text is. No font is
// measured: a picture is the same on every machine.
type font struct {
	class string
	size  float64 // px
	mono  bool
	bold  bool
}

// The styles of text. None is below 9.5 px.
var (
	plain     = font{"", 12, false, false}
	bold      = font{"b", 12, false, true}
	heading   = font{"h", 15, false, true}
	instant   = font{"i", 14, false, true} // a time that is an instant's
	small     = font{"s", 10.5, false, false}
	tiny      = font{"y", 9.5, false, false}
	note      = font{"n", 10.5, false, false} // in italics: the picture's own words among the output
	alarm     = font{"e", 10.5, false, true}  // an error
	chip      = font{"q", 10.5, false, false}
	chipBold  = font{"q b", 10.5, false, true}
	mono      = font{"m", 11, true, false}     // output and values
	stale     = font{"me", 11, true, true}     // a value that is not what the reader would expect
	inBox     = font{"on", 11, false, true}    // on the colour of a box
	readyNote = font{"rx", 10.5, false, false} // what makes somebody ready
	waiting   = font{"wx", 10.5, false, false} // what somebody waits for
	overBar   = font{"o", 9.5, false, false}   // a number over a bar: lines behind it are broken
)

// glyphs is how wide the characters from ' ' to '~' are, in hundredths of the size: those of DejaVu Sans, which is the
// widest of the fonts that are asked for. So what fits by it fits with all of them.
var glyphs = [...]uint8{
	32, 40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32, 34, // space to /
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53, // 0 to ?
	100, 68, 69, 70, 77, 63, 58, 78, 75, 30, 30, 66, 56, 86, 75, 79, // @ to O
	60, 79, 70, 64, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, // P to _
	50, 61, 64, 55, 64, 62, 35, 64, 63, 28, 28, 58, 28, 97, 63, 61, // ` to o
	64, 64, 41, 52, 39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84, // p to ~
}

// Widths of what is not in glyphs, in hundredths of the size.
const (
	monoGlyph  = 62
	otherGlyph = 75
	wideGlyph  = 125
	boldMore   = 1.1
)

// cells is how many columns of a terminal a character takes: 0, 1 or, East Asian wide ones and emoji, 2.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r >= 0x1160 && r <= 0x11ff, r == 0x200d, unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide is the characters that take two columns: East Asian Width W and F of Unicode, in blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1}, {0x26a1, 0x26a1, 1}, {0x26bd, 0x26be, 1}, {0x26d4, 0x26d4, 1}, {0x2705, 0x2705, 1},
		{0x270a, 0x270b, 1}, {0x2728, 0x2728, 1}, {0x274c, 0x274c, 1}, {0x2753, 0x2755, 1}, {0x2795, 0x2797, 1},
		{0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2b55, 0x2b55, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0x4dbf, 1},
		{0x4e00, 0xa4cf, 1}, {0xa960, 0xa97f, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1},
		{0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18aff, 1}, {0x1b000, 0x1b2ff, 1}, {0x1f004, 0x1f004, 1}, {0x1f0cf, 0x1f0cf, 1}, {0x1f18e, 0x1f19a, 1},
		{0x1f200, 0x1f320, 1}, {0x1f32d, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f7e0, 0x1f7eb, 1}, {0x1f90c, 0x1faff, 1},
		{0x20000, 0x3fffd, 1},
	},
}

// glyph is how wide a character is, in px.
func (f font) glyph(r rune) float64 {
	w := 0.0
	switch n := cells(r); {
	case n == 0:
		return 0
	case n == 2:
		w = wideGlyph
	case f.mono:
		w = monoGlyph
	case r >= ' ' && r <= '~':
		w = float64(glyphs[r-' '])
	default:
		w = otherGlyph
	}
	if f.bold && !f.mono {
		w *= boldMore
	}
	return w / 100 * f.size
}

// width is how wide a text is at most, in px.
func (f font) width(text string) float64 {
	w := 0.0
	for _, r := range text {
		w += f.glyph(r)
	}
	return w
}

// clip is the text, or what of it fits into a width in px with … at its end.
func (f font) clip(text string, most float64) (clipped string, cut bool) {
	end, room, w := 0, most-f.glyph('…'), 0.0
	for i, r := range text {
		if w+f.glyph(r) <= room {
			end = i + utf8.RuneLen(r)
		}
		if w += f.glyph(r); w > most {
			return strings.TrimRight(text[:end], " ") + "…", true
		}
	}
	return text, false
}

// clipCells is the text, or what of it fits into so many columns of a terminal with an ellipsis at its end.
func clipCells(text string, most int, ellipsis string) string {
	end, w := 0, 0
	for i, r := range text {
		if w+cells(r) <= most-len([]rune(ellipsis)) {
			end = i + utf8.RuneLen(r)
		}
		if w += cells(r); w > most {
			return text[:end] + ellipsis
		}
	}
	return text
}

// textCells is how many columns of a terminal a text takes.
func textCells(text string) int {
	n := 0
	for _, r := range text {
		n += cells(r)
	}
	return n
}

// wrapCells breaks a text into lines of at most so many columns of a terminal, between words where it can.
func wrapCells(text string, most int) []string {
	var lines []string
	line, n := "", 0
	for word := range strings.FieldsSeq(clean(text)) {
		w := textCells(word)
		if line != "" && n+1+w > most {
			lines = append(lines, line)
			line, n = "", 0
		}
		if line != "" {
			line, n = line+" ", n+1
		}
		line, n = line+word, n+w
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// maxText is about how many bytes of a text a picture holds at most, in tooltips.
const maxText = 400

// clean makes a text fit to be shown: a tab is a blank; what moves the cursor or turns the direction of writing, and what is
// no character, is shown as �. Of a very long text the beginning is left.
func clean(text string) string {
	if len(text) > maxText {
		n := maxText
		for n > 0 && !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n] + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case r == '\r' || r == '\ufeff':
			return -1
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff:
			return utf8.RuneError
		case r == 0x2028 || r == 0x2029:
			return ' '
		case r == 0x200d: // joins emoji
			return r
		case unicode.Is(unicode.Cf, r):
			return utf8.RuneError
		}
		return r
	}, text)
}
