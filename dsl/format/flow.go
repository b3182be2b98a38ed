package format

import "runloop/dsl/source"

// gap is what stands between two tokens inside brackets.
type gap struct {
	comments []comment
	blank    bool // an empty line stands right above the next token
}

// gap goes to the next token inside brackets.
func (p *parser) gap() (g gap) {
	broken := false // since the last token or comment
	for {
		start := p.i
		p.skipBlanks()
		switch {
		case p.i == len(p.data):
			p.fail()
		case isBreak(p.data[p.i]):
			g.blank = g.blank || broken
			broken = true
			if p.skipBreak(); p.at("---") || p.at("...") {
				p.fail()
			}
			p.noTabs()
		case p.data[p.i] == '#' && (p.i > start || p.i == p.line):
			c := p.comment()
			c.own, c.blank = broken, g.blank
			g.comments, g.blank, broken = append(g.comments, c), false, false
		default:
			return g
		}
	}
}

// flow reads a list or a map in brackets.
func (p *parser) flow(n *node) {
	if p.depth++; p.depth > maxDepth {
		p.fail()
	}
	defer func() { p.depth-- }()
	closer := byte(']')
	if n.kind = listNode; p.data[p.i] == '{' {
		n.kind, closer = mapNode, '}'
	}
	n.flow, n.span.Start = true, p.i
	p.i++
	var carried []comment // from above the last comma
	for {
		g := p.gap()
		g.comments = append(carried, g.comments...)
		if p.data[p.i] == closer {
			n.end = g.comments
			break
		}
		it := &item{before: g.comments, blank: g.blank}
		p.flowItem(n, it)
		n.items = append(n.items, it)
		it.span = source.Span{Start: p.start(it), End: p.i}
		g = p.gap()
		g.comments = it.besideIt(g.comments)
		if p.data[p.i] == closer {
			n.end = g.comments
			break
		}
		if p.data[p.i] != ',' {
			p.fail()
		}
		p.i++
		carried = p.behindComma(it, g.comments)
	}
	p.i++
	n.span.End = p.i
	for _, it := range n.items {
		bare := it.key != nil && it.value == nil || it.value != nil && it.value.needsBraces()
		if bare && it.trail != nil {
			p.fail() // what looks like a comment was meant to be the value
		}
	}
}

// behindComma takes the comment beside a comma to the item before it. It returns the comments that belong below that
// item, of which some stand above the comma.
func (p *parser) behindComma(it *item, above []comment) []comment {
	at := p.i
	c := p.maybeBeside()
	switch {
	case c == nil:
		p.i = at
	case len(above) == 0 && it.trail == nil:
		it.trail = c
	default:
		above = append(above, *c)
	}
	return above
}

// besideIt takes the first of some comments as the one beside an item, if it stands on its line.
func (it *item) besideIt(comments []comment) []comment {
	if len(comments) == 0 || comments[0].own || it.trail != nil {
		return comments
	}
	it.trail = &comments[0]
	return comments[1:]
}

// start is where an item begins in brackets.
func (p *parser) start(it *item) int {
	first := it.key
	if first == nil {
		first = it.value
	}
	if first.anchor.End > 0 {
		return first.anchor.Start
	}
	return first.span.Start
}

// flowItem reads an item inside brackets: a value, or a pair.
func (p *parser) flowItem(n *node, it *item) {
	if p.isMark('?') {
		p.fail()
	}
	first := p.flowNode()
	at, line := p.i, p.line
	g := p.gap()
	quoted := first.kind == singleNode || first.kind == doubleNode
	if !p.isFlowMark(':') && !(p.data[p.i] == ':' && quoted && p.i == at) {
		p.i, p.line = at, line
		if n.kind == listNode {
			it.setFlow(first)
			return
		}
		p.flowKey(first, gap{})
		it.key = first
		return
	}
	if p.line != line {
		p.fail()
	}
	p.flowKey(first, g)
	pair := it
	if n.kind == listNode {
		pair = new(item)
		it.value = &node{kind: pairNode, flow: true, items: []*item{pair}, span: first.span}
		defer func() { pair.span = source.Span{Start: first.span.Start, End: p.i}; it.value.span = pair.span }()
	}
	pair.key = first
	p.i++
	at, line = p.i, p.line
	g = p.gap()
	if c := p.data[p.i]; c == ',' || c == ']' || c == '}' {
		p.i, p.line = at, line
		return
	}
	pair.intro = g.comments
	if pair.setFlow(p.flowNode()); pair != it {
		it.before, pair.before = append(it.before, pair.before...), nil
		it.trail, pair.trail = pair.trail, nil
	}
}

// setFlow gives an item its value. A comment between two brackets goes behind them, more of them above the item.
func (it *item) setFlow(n *node) {
	if it.value = n; n.isCollection() && len(n.items) == 0 {
		it.empty(n)
	}
}

// flowKey fails unless a node can be a key.
func (p *parser) flowKey(key *node, behind gap) {
	if key.anchor.End > 0 || len(behind.comments) > 0 {
		p.fail()
	}
	p.checkKey(key)
}

// isFlowMark reports whether a character stands here that means something before a blank or a bracket.
func (p *parser) isFlowMark(c byte) bool {
	return p.data[p.i] == c && (p.ends(p.i+1) || isFlowIndicator(p.data[p.i+1]))
}

func isFlowIndicator(c byte) bool { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}' }

// flowNode reads a value inside brackets.
func (p *parser) flowNode() *node {
	n := new(node)
	if p.data[p.i] == '&' {
		n.anchor = p.name()
		if g := p.gap(); len(g.comments) > 0 || p.data[p.i] == '*' {
			p.fail()
		}
	}
	switch c := p.data[p.i]; {
	case c == '*':
		n.kind, n.span = aliasNode, p.name()
	case c == '[' || c == '{':
		p.flow(n)
	case c == '"' || c == '\'':
		p.quoted(n)
	case n.anchor.End > 0 && (c == ',' || c == ']' || c == '}'):
	default:
		p.flowPlain(n)
	}
	return n
}

// flowPlain reads text without quotes inside brackets.
func (p *parser) flowPlain(n *node) {
	p.checkFirst(true)
	n.kind, n.span = plainNode, source.Span{Start: p.i, End: p.i}
	for {
		colon := p.plainLine(n, true)
		end, line := p.i, p.line
		if p.skipBlanks(); colon || !p.endOfLine() || !p.plainGoesOn(-1) || isFlowIndicator(p.data[p.i]) ||
			p.isFlowMark(':') {
			p.i, p.line = end, line
			return
		}
		p.continueAt(n, end, p.i)
	}
}
