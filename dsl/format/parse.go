package format

import (
	"bytes"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// maxDepth bounds how deep collections are nested. It is beyond what a scenario may have.
const maxDepth = 80

// maxKey is how many bytes a key may have that stands before its colon, as in YAML.
const maxKey = 1000

// document is a file.
type document struct {
	head   []comment // above the line ---
	marker source.Span
	beside *comment // the comment behind ---
	root   *node
	item   item // holds what stands around the root
	below  []comment

	tail       source.Span // the line ...
	tailBeside *comment
}

// parser reads a file as it is written. It knows only the YAML that a scenario may have, and fails on the rest, and on
// what is not YAML.
type parser struct {
	data []byte
	i    int // where it reads
	line int // the offset of the line's beginning

	col   int       // the column of the next content after nextLines, -1: none is left
	pend  []comment // the comments above that content
	blank bool      // an empty line stands right above that content

	depth int
}

// failure is what a parser panics with, and what read recovers.
type failure struct{ at int }

func (p *parser) fail() { panic(failure{p.i}) }

// read parses a file; at is where it failed, -1 if it did not.
func read(src *source.Source) (doc *document, at int) {
	defer func() {
		if x := recover(); x != nil {
			f, ok := x.(failure)
			if !ok {
				panic(x)
			}
			doc, at = nil, f.at
		}
	}()
	var diags source.Diagnostics
	if !yaml.CheckBytes(src, &diags) {
		return nil, diags[0].Span.Start
	}
	p := &parser{data: src.Data, i: src.Lines[0], line: src.Lines[0]}
	return p.document(), -1
}

func (p *parser) document() *document {
	d := new(document)
	p.lines()
	if p.at("---") {
		d.head, p.pend = p.pend, nil
		d.marker = source.Span{Start: p.i, End: p.i + 3}
		p.i += 3
		d.beside = p.beside()
		p.nextLines()
	}
	if p.col < 0 {
		p.fail()
	}
	d.item.intro, d.item.gap = p.takePend(), p.blank
	d.item.value = p.node(&d.item, -1, true)
	d.root = d.item.value
	if !d.root.isCollection() || d.root.anchor.End > 0 {
		p.fail()
	}
	d.below = p.takePend()
	if p.at("...") {
		d.tail = source.Span{Start: p.i, End: p.i + 3}
		p.i += 3
		d.tailBeside = p.beside()
		p.nextLines()
		if len(p.pend) > 0 {
			p.fail()
		}
	}
	if p.i < len(p.data) {
		p.fail()
	}
	return d
}

// at reports whether a marker of documents stands here.
func (p *parser) at(marker string) bool {
	return p.i == p.line && bytes.HasPrefix(p.data[p.i:], []byte(marker)) && p.ends(p.i+len(marker))
}

// ends reports whether a blank, a line break or the end of the file stands at an offset.
func (p *parser) ends(i int) bool {
	return i >= len(p.data) || isBlank(p.data[i]) || isBreak(p.data[i])
}

// endOfLine reports whether nothing more stands on the line.
func (p *parser) endOfLine() bool { return p.i >= len(p.data) || isBreak(p.data[p.i]) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isBreak(c byte) bool { return c == '\n' || c == '\r' }

func (p *parser) skipBlanks() {
	for p.i < len(p.data) && isBlank(p.data[p.i]) {
		p.i++
	}
}

// skipBreak goes behind the line break that stands here.
func (p *parser) skipBreak() {
	if p.i < len(p.data) {
		if p.data[p.i] == '\r' && p.i+1 < len(p.data) && p.data[p.i+1] == '\n' {
			p.i++
		}
		p.i++
		p.line = p.i
	}
}

// lineEnd is the offset of the line break at or behind i.
func (p *parser) lineEnd(i int) int {
	for i < len(p.data) && !isBreak(p.data[i]) {
		i++
	}
	return i
}

// comment reads the comment that stands here.
func (p *parser) comment() comment {
	end := p.lineEnd(p.i)
	c := comment{span: source.Span{Start: p.i, End: end}, col: p.i - p.line}
	for isBlank(p.data[c.span.End-1]) {
		c.span.End--
	}
	p.i = end
	return c
}

// beside reads the comment behind what stands on this line; nil: there is none. Nothing else may follow.
func (p *parser) beside() *comment {
	c := p.maybeBeside()
	if !p.endOfLine() {
		p.fail()
	}
	return c
}

// maybeBeside is beside where a value may follow.
func (p *parser) maybeBeside() *comment {
	start := p.i
	p.skipBlanks()
	if p.i == len(p.data) || p.data[p.i] != '#' || p.i == start {
		return nil
	}
	c := p.comment()
	return &c
}

// nextLines goes from the end of a line to the next content, and collects the comments above it.
func (p *parser) nextLines() {
	p.skipBreak()
	p.lines()
}

// lines goes from the beginning of a line to the next content.
func (p *parser) lines() {
	p.blank = false
	for {
		for p.i < len(p.data) && p.data[p.i] == ' ' {
			p.i++
		}
		p.col = p.i - p.line
		p.noTabs()
		switch {
		case p.i == len(p.data):
			p.col = -1
			return
		case isBreak(p.data[p.i]):
			p.blank = true
		case p.data[p.i] == '#':
			c := p.comment()
			c.own, c.blank, p.blank = true, p.blank, false
			p.pend = append(p.pend, c)
		default:
			if p.at("---") || p.at("...") {
				p.col = -1
			}
			return
		}
		p.skipBreak()
	}
}

// takePend gives the comments above the next content to the caller.
func (p *parser) takePend() []comment {
	taken := p.pend
	p.pend = nil
	return taken
}

// isDash reports whether an item of a list begins here.
func (p *parser) isDash() bool { return p.isMark('-') }

// isMark reports whether a character stands here that means something before a blank.
func (p *parser) isMark(c byte) bool { return p.i < len(p.data) && p.data[p.i] == c && p.ends(p.i+1) }

// value reads the value of an item whose column is col. inline says that a list or a map may begin on the same line.
// It leaves the parser at the next content.
func (p *parser) value(it *item, col int, inline bool) {
	if p.depth++; p.depth > maxDepth {
		p.fail()
	}
	defer func() { p.depth-- }()
	if c := p.maybeBeside(); c != nil {
		it.intro = []comment{*c}
	}
	if p.endOfLine() {
		end := p.i
		p.nextLines()
		if !p.isBelow(it, col) {
			if it.span.End = end; it.key == nil {
				it.hoist(it.intro)
			} else if len(it.intro) > 0 {
				it.trail = &it.intro[0]
			}
			it.intro = nil
			return
		}
		it.intro, it.gap = append(it.intro, p.takePend()...), p.blank
		inline = true
	}
	p.col = p.i - p.line
	it.value = p.node(it, col, inline)
}

// isBelow reports whether the next content is the value of an item: it is indented more, or it is the list of a pair.
func (p *parser) isBelow(it *item, col int) bool {
	return p.col > col || p.col == col && it.key != nil && p.isDash()
}

// node reads the value of an item, which begins here.
func (p *parser) node(it *item, col int, inline bool) *node {
	n := new(node)
	if c := p.data[p.i]; c == '&' || c == '|' || c == '>' {
		it.hoist(it.intro)
		it.intro = nil
	}
	if p.data[p.i] == '&' {
		n.anchor, inline = p.name(), false
		if c := p.maybeBeside(); c != nil {
			n.behind = []comment{*c}
		}
		if p.endOfLine() {
			it.span.End = p.i
			p.nextLines()
			if !p.isBelow(it, col) {
				if len(n.behind) > 0 {
					it.trail, n.behind = &n.behind[0], nil
				}
				return n
			}
			n.behind = append(n.behind, p.takePend()...)
			inline = true
		}
	}
	switch c := p.data[p.i]; {
	case c == '*' && n.anchor.End > 0:
		p.fail()
	case inline && p.isDash():
		p.list(n, col)
	case inline && p.isMark('?'):
		p.mapping(n, p.i-p.line, col, nil)
	case c == '|' || c == '>':
		p.text(n, it, col)
		return n
	default:
		if p.leaf(n, col); !p.isColon() {
			p.endItem(it)
			if len(n.items) == 0 {
				it.empty(n)
			}
			return n
		}
		if !inline {
			p.fail()
		}
		key := &node{kind: n.kind, span: n.span, lines: n.lines}
		n.kind, n.span, n.lines = nullNode, source.Span{}, nil
		p.mapping(n, key.span.Start-p.line, col, key)
	}
	it.span.End = n.span.End
	return n
}

// hoist moves comments above an item, since they have no place beside it.
func (it *item) hoist(comments []comment) {
	for _, c := range comments {
		c.moved, c.own, c.blank, it.blank = true, true, it.blank, false
		it.before = append(it.before, c)
	}
}

// empty moves the comments between two brackets behind them, or above the item if a comment stands there.
func (it *item) empty(n *node) {
	comments := n.end
	if n.end = nil; len(comments) == 0 {
		return
	}
	if last := len(comments) - 1; it.trail == nil {
		comments, it.trail = comments[:last], &comments[last]
		it.trail.moved = true
	}
	it.hoist(comments)
}

// endItem goes from the end of an item's value to the next content.
func (p *parser) endItem(it *item) {
	it.trail = p.beside()
	if it.span.End = p.i; it.trail != nil {
		it.span.End = it.trail.span.End
	} else {
		for isBlank(p.data[it.span.End-1]) {
			it.span.End--
		}
	}
	p.nextLines()
}

// isColon reports whether the colon of a key follows, and goes there.
func (p *parser) isColon() bool {
	start := p.i
	p.skipBlanks()
	if p.isMark(':') {
		return true
	}
	p.i = start
	return false
}

// name reads an anchor or an alias.
func (p *parser) name() source.Span {
	start := p.i
	for p.i++; p.i < len(p.data) && isNameByte(p.data[p.i]); p.i++ {
	}
	if p.i == start+1 || !p.ends(p.i) && bytes.IndexByte([]byte(",]}"), p.data[p.i]) < 0 {
		p.fail()
	}
	return source.Span{Start: start, End: p.i}
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// leaf reads a scalar, an alias, or a collection in brackets.
func (p *parser) leaf(n *node, col int) {
	switch p.data[p.i] {
	case '*':
		n.kind, n.span = aliasNode, p.name()
		if p.isColon() {
			p.fail()
		}
	case '[', '{':
		p.flow(n)
		if p.isColon() {
			p.fail()
		}
	case '"', '\'':
		p.quoted(n)
	default:
		p.plain(n, col)
	}
}

// list reads a list whose first dash stands here, in an item whose column is outer.
func (p *parser) list(n *node, outer int) {
	col := p.i - p.line
	n.kind, n.span.Start = listNode, p.i
	for first := true; first || p.col == col && p.isDash(); first = false {
		it := &item{span: source.Span{Start: p.i}, dash: source.Span{Start: p.i, End: p.i + 1}}
		if !first {
			it.before, it.blank = p.takePend(), p.blank
		}
		p.i++
		p.noTabs()
		p.value(it, col, true)
		n.items = append(n.items, it)
	}
	p.endBlock(n, outer)
}

// mapping reads a map. Its first key has been read unless it is nil.
func (p *parser) mapping(n *node, col, outer int, key *node) {
	n.kind, n.span.Start = mapNode, p.i
	if key != nil {
		n.span.Start = key.span.Start
	}
	for first := true; first || p.col == col; first, key = false, nil {
		it := &item{span: source.Span{Start: p.i}, key: key}
		if !first {
			it.before, it.blank = p.takePend(), p.blank
		}
		if key != nil {
			it.span.Start = key.span.Start
		} else if p.isMark('?') {
			p.explicit(it, col)
			n.items = append(n.items, it)
			continue
		} else if p.isDash() && first {
			p.fail()
		} else if p.isDash() {
			break
		} else {
			it.key = new(node)
			p.leaf(it.key, col)
		}
		p.checkKey(it.key)
		if !p.isColon() {
			p.fail()
		}
		p.i++
		p.value(it, col, false)
		n.items = append(n.items, it)
	}
	p.endBlock(n, outer)
}

// explicit reads a pair whose key stands behind a question mark.
func (p *parser) explicit(it *item, col int) {
	p.i++
	p.noTabs()
	p.skipBlanks()
	if p.endOfLine() || p.data[p.i] == '#' {
		p.fail()
	}
	it.key = new(node)
	p.leaf(it.key, col)
	p.checkKey(it.key)
	it.span.End = p.i
	if c := p.beside(); c != nil {
		it.hoist([]comment{*c})
	}
	if p.nextLines(); p.col != col || !p.isMark(':') {
		return
	}
	it.hoist(p.takePend())
	p.i++
	p.noTabs()
	p.value(it, col, true)
}

// noTabs fails if a tab is among the blanks that stand here: behind a mark where a block may begin there may be none.
func (p *parser) noTabs() {
	for i := p.i; i < len(p.data) && isBlank(p.data[i]); i++ {
		if p.data[i] == '\t' {
			p.fail()
		}
	}
}

// checkKey fails unless a node can stand before a colon.
func (p *parser) checkKey(key *node) {
	text := p.data[key.span.Start:key.span.End]
	if !key.isScalar() || key.lines != nil || len(text) > maxKey ||
		key.kind == plainNode && (bytes.Contains(text, []byte("${")) || bytes.HasSuffix(text, []byte(":"))) {
		p.fail()
	}
}

// endBlock takes the comments below a block that stands in an item whose column is outer.
func (p *parser) endBlock(n *node, outer int) {
	if p.col > outer {
		p.fail() // neither an item of this block nor of one around it
	}
	n.span.End = n.items[len(n.items)-1].span.End
	taken := 0
	for taken < len(p.pend) && p.pend[taken].col > outer {
		taken++
	}
	if n.end = p.pend[:taken:taken]; taken > 0 {
		n.span.End = n.end[taken-1].span.End
	}
	p.pend = p.pend[taken:]
}
