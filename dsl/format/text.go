package format

import (
	"bytes"
	"unicode/utf8"

	"runloop/dsl/source"
)

// scalar writes text in quotes or without. Its further lines begin in column col.
func (p *printer) scalar(n *node, col int) {
	lines := n.lines
	if lines == nil {
		lines = []source.Span{n.span}
	}
	quote := p.quote(n)
	for i, line := range lines {
		switch {
		case i == 0:
		case line.Start == line.End:
			p.newLine(0, false)
			continue
		default:
			p.newLine(col, false)
		}
		if quote == 0 || p.data[n.span.Start] == quote {
			p.copy(line)
		} else {
			p.requote(line, quote, n.span)
		}
	}
}

// quote is the quote that a scalar gets: double ones, unless they would need a backslash and single ones do not; 0: it
// has none.
func (p *printer) quote(n *node) byte {
	if n.kind == plainNode {
		return 0
	}
	inside := p.data[n.span.Start+1 : n.span.End-1]
	was := p.data[n.span.Start]
	switch {
	case was == '\'' && bytes.IndexByte(inside, '\\') >= 0, was == '"' && hasEscape(inside):
		return was
	case bytes.IndexByte(inside, '"') >= 0:
		return '\''
	}
	return '"'
}

// hasEscape reports whether text in double quotes has a backslash that stands before something else than a quote.
func hasEscape(inside []byte) bool {
	for i := 0; i+1 < len(inside); i++ {
		if inside[i] == '\\' {
			if inside[i+1] != '"' {
				return true
			}
			i++
		}
	}
	return false
}

// requote writes a line of a scalar, of which whole is the place, in other quotes.
func (p *printer) requote(line source.Span, quote byte, whole source.Span) {
	from := line.Start
	for i := line.Start; i < line.End; i++ {
		c, next := p.data[i], byte(0)
		if i+1 < line.End {
			next = p.data[i+1]
		}
		switch {
		case i == whole.Start || i == whole.End-1:
			p.swap(from, i, 1, string(quote))
		case quote == '"' && c == '\'' && next == '\'':
			p.swap(from, i, 2, "'")
			i++
		case quote == '\'' && c == '\\' && next == '"':
			p.swap(from, i, 1, "")
		case quote == '\'' && c == '\'':
			p.swap(from, i, 1, "''")
		default:
			continue
		}
		from = i + 1
	}
	p.copy(source.Span{Start: from, End: line.End})
}

// swap copies up to i, and writes text instead of the next size bytes.
func (p *printer) swap(from, i, size int, text string) {
	p.copy(source.Span{Start: from, End: i})
	p.flush(i)
	p.at = i
	p.write(text)
	p.flush(i + size)
	p.at = i + size
}

// scalarWidth is how many columns a node of one line takes that is no collection.
func (p *printer) scalarWidth(n *node) int {
	if n.kind == nullNode {
		return 0
	}
	text := p.data[n.span.Start:n.span.End]
	w := columns(text)
	if quote := p.quote(n); quote == '\'' && text[0] == '"' {
		w += bytes.Count(text, []byte("'")) - bytes.Count(text, []byte(`\"`))
	} else if quote == '"' && text[0] == '\'' {
		w -= bytes.Count(text[1:len(text)-1], []byte("''"))
	}
	return w
}

// blockText writes a block scalar whose content begins in column col, unless its header says how far it is indented.
func (p *printer) blockText(n *node, col int) {
	p.header(n)
	for i := range n.end {
		p.beside(&n.end[i])
	}
	if n.body > 0 {
		col += n.body - 2
	}
	for _, line := range n.lines {
		if line.Start == line.End {
			p.newLine(0, false)
			continue
		}
		p.newLine(col, false)
		p.copy(line)
	}
}

// header writes the header of a block scalar. If the file ends in its last line, that line gets a line break, which
// must not count.
func (p *printer) header(n *node) {
	if !n.cut {
		p.copy(n.span)
		return
	}
	end := n.span.Start + 1
	for ; end < n.span.End && p.data[end] >= '1' && p.data[end] <= '9'; end++ {
	}
	p.copy(source.Span{Start: n.span.Start, End: end})
	p.write("-")
}

// columns is how wide text is. Where terminals and fonts differ it is the greater width.
func columns(text []byte) int {
	n := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			n++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if i += size; isWide(r) {
			n++
		}
		n++
	}
	return n
}

// isWide reports whether a character may take two columns: East Asian ones, emoji, and what can be drawn as such.
func isWide(r rune) bool {
	switch {
	case r == 0xA9, r == 0xAE, r == 0x203C, r == 0x2049, r == 0x2122, r == 0x2139:
		return true
	case r < 0x1100, r >= 0x1160 && r < 0x2194, r > 0x21AA && r < 0x231A:
		return false
	case r >= 0x2200 && r < 0x2300, r >= 0x2500 && r < 0x25AA:
		return false
	}
	return true
}
