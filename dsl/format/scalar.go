package format

import (
	"bytes"

	"runloop/dsl/source"
)

// quoted reads a scalar in quotes.
func (p *parser) quoted(n *node) {
	quote := p.data[p.i]
	n.kind = doubleNode
	if quote == '\'' {
		n.kind = singleNode
	}
	n.span.Start = p.i
	for p.i++; ; p.i++ {
		switch {
		case p.i >= len(p.data):
			p.i = n.span.Start
			p.fail()
		case quote == '"' && p.data[p.i] == '\\':
			if p.i++; p.i == len(p.data) {
				p.fail()
			} else if isBreak(p.data[p.i]) {
				p.breakIn(n)
			} else if isBlank(p.data[p.i]) {
				p.keepBlank()
			}
		case isBreak(p.data[p.i]):
			p.breakIn(n)
		case p.data[p.i] == quote && quote == '\'' && p.i+1 < len(p.data) && p.data[p.i+1] == quote:
			p.i++
		case p.data[p.i] == quote:
			p.i++
			p.endScalar(n)
			if !p.ends(p.i) && bytes.IndexByte([]byte(",]}:"), p.data[p.i]) < 0 {
				p.fail()
			}
			return
		}
	}
}

// keepBlank fails if a blank behind a backslash ends its line: without it the backslash would join the lines.
func (p *parser) keepBlank() {
	at := p.i
	if p.skipBlanks(); p.endOfLine() {
		p.fail()
	}
	p.i = at
}

// breakIn ends a line of a scalar, at whose end the parser stands, and goes to the last byte before the next line's
// text.
func (p *parser) breakIn(n *node) {
	p.endLine(n, p.i)
	for p.endOfLine() && p.i < len(p.data) {
		if p.skipBreak(); p.at("---") || p.at("...") {
			p.fail()
		}
		p.skipBlanks()
		n.lines = append(n.lines, source.Span{Start: p.i, End: p.i})
	}
	p.i--
}

// endLine ends a line of a scalar at the last byte before end that is no blank.
func (p *parser) endLine(n *node, end int) {
	if n.lines == nil {
		n.lines = []source.Span{{Start: n.span.Start}}
	}
	last := &n.lines[len(n.lines)-1]
	for last.End = end; last.End > last.Start && isBlank(p.data[last.End-1]); last.End-- {
	}
}

// endScalar ends a scalar here.
func (p *parser) endScalar(n *node) {
	if n.span.End = p.i; n.lines != nil {
		p.endLine(n, p.i)
	}
}

// plain reads text without quotes in a block, in an item whose column is col. It ends where its key or the comment
// beside it begins.
func (p *parser) plain(n *node, col int) {
	p.checkFirst(false)
	n.kind, n.span = plainNode, source.Span{Start: p.i, End: p.i}
	for {
		colon := p.plainLine(n, false)
		if colon && n.lines != nil {
			p.fail()
		}
		end, line := p.i, p.line
		if p.skipBlanks(); colon || !p.endOfLine() || !p.plainGoesOn(col) {
			p.i, p.line = end, line
			return
		}
		p.continueAt(n, end, p.i)
	}
}

// checkFirst fails where text without quotes cannot begin.
func (p *parser) checkFirst(flow bool) {
	c := p.data[p.i]
	mark := c == '-' || c == '?' || c == ':'
	switch {
	case bytes.IndexByte([]byte(",[]{}#&*!|>'\"%@`"), c) >= 0:
		p.fail()
	case flow && mark && c != '-', mark && (p.ends(p.i+1) || flow && isFlowIndicator(p.data[p.i+1])):
		p.fail()
	}
}

// plainLine reads the rest of a line of plain text, and reports whether a colon ends it.
func (p *parser) plainLine(n *node, flow bool) (colon bool) {
	for !p.endOfLine() {
		c := p.data[p.i]
		switch {
		case c == ':' && p.ends(p.i+1):
			colon = true
		case flow && (c == '?' && p.ends(p.i+1) || c == ':' && isFlowIndicator(p.data[p.i+1])):
			p.fail() // not every parser takes these for the same
		case flow && isFlowIndicator(c):
		case isBlank(c):
			end := p.i
			if p.skipBlanks(); p.endOfLine() || p.data[p.i] == '#' {
				p.i = end
				p.endScalar(n)
				return false
			}
			continue
		default:
			p.i++
			continue
		}
		break
	}
	for p.i > n.span.Start && isBlank(p.data[p.i-1]) {
		p.i--
	}
	p.endScalar(n)
	return colon
}

// plainGoesOn goes from the end of a line of plain text to the next line with text, and reports whether it belongs to
// the text.
func (p *parser) plainGoesOn(col int) bool {
	for p.i < len(p.data) {
		if p.skipBreak(); p.at("---") || p.at("...") {
			return false
		}
		p.noTabs()
		for p.i < len(p.data) && p.data[p.i] == ' ' {
			p.i++
		}
		indent := p.i - p.line
		if p.skipBlanks(); !p.endOfLine() {
			return indent > col && p.data[p.i] != '#'
		}
	}
	return false
}

// continueAt adds the lines between the end of one line of plain text and the beginning of the next.
func (p *parser) continueAt(n *node, end, start int) {
	p.endLine(n, end)
	breaks := 0
	for i := end; i < start; i++ {
		if p.data[i] == '\n' || p.data[i] == '\r' && p.data[i+1] != '\n' {
			breaks++
		}
	}
	for range breaks - 1 {
		n.lines = append(n.lines, source.Span{Start: start, End: start})
	}
	n.lines = append(n.lines, source.Span{Start: start})
}

// text reads a block scalar, the value of an item whose column is col.
func (p *parser) text(n *node, it *item, col int) {
	n.kind, n.span.Start = textNode, p.i
	for p.i++; !p.ends(p.i); p.i++ {
		switch c := p.data[p.i]; {
		case c == '+':
			n.keeps = true
		case c >= '1' && c <= '9' && n.body == 0:
			n.body = int(c - '0')
		case c != '-':
			p.fail()
		}
	}
	n.span.End = p.i
	if c := p.beside(); c != nil {
		n.end = []comment{*c}
	}
	it.span.End = p.i
	indent := 0
	if n.body > 0 {
		indent = max(col, 0) + n.body
	}
	p.skipBreak()
	p.content(n, it, indent, col)
	p.lines()
}

// content reads the lines of a block scalar whose content is indented by indent columns; 0: the first line decides.
func (p *parser) content(n *node, it *item, indent, col int) {
	widest := 0
	taken := 0 // how many of the lines are not empty, or empty lines above such
	blankEnd := p.i
	for p.i < len(p.data) {
		start := p.i
		for p.i < len(p.data) && p.data[p.i] == ' ' && (indent == 0 || p.i-start < indent) {
			p.i++
		}
		empty := p.endOfLine()
		switch {
		case empty && p.i == len(p.data):
			// without a line break it is no line
		case empty:
			widest = max(widest, p.i-start)
			n.lines = append(n.lines, source.Span{Start: p.i, End: p.i})
		case indent > 0 && p.i-start < indent, indent == 0 && p.i-start <= col, p.at("---"), p.at("..."):
			p.i = start
			p.endContent(n, it, taken, blankEnd)
			return
		default:
			if indent == 0 {
				indent = p.i - start
				if widest > indent || p.data[p.i] == '\t' {
					p.fail()
				}
			}
			end := p.lineEnd(p.i)
			n.lines = append(n.lines, source.Span{Start: p.i, End: end})
			p.i, it.span.End = end, end
			taken = len(n.lines)
			n.cut = end == len(p.data)
		}
		p.skipBreak()
		if !empty {
			blankEnd = p.i
		}
	}
	p.endContent(n, it, taken, blankEnd)
}

// endContent drops the empty lines below a block scalar that do not belong to it, and goes back to them.
func (p *parser) endContent(n *node, it *item, taken, blankEnd int) {
	if !n.keeps {
		n.lines = n.lines[:taken]
		p.i, p.line = blankEnd, blankEnd
	} else if last := len(n.lines) - 1; last >= 0 {
		it.span.End = n.lines[last].End
	}
}
