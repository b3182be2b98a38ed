package format

import (
	"bytes"
	"slices"

	"runloop/dsl/source"
)

// width is how many columns a line has at most, unless a scalar or a comment needs more.
const width = 120

// printer writes a document anew: spans of the source, with other text between them. The edits are the places where
// that text differs from what stands between the spans.
type printer struct {
	data  []byte
	at    int    // the end of the last span
	text  []byte // what was written since
	col   int    // the column where it writes
	edits []source.Fix
	items []placed
}

// placed is an item with its columns before and after.
type placed struct {
	source.Span
	was, is int
}

// write adds text that is no span of the source.
func (p *printer) write(text string) {
	p.text = append(p.text, text...)
	p.col += len(text)
}

// copy adds a span of the source that lies in one line.
func (p *printer) copy(sp source.Span) {
	if sp.Start == sp.End {
		return
	}
	p.flush(sp.Start)
	p.at = sp.End
	p.col += columns(p.data[sp.Start:sp.End])
}

// flush makes an edit of what was written since the last span, up to the offset of the next.
func (p *printer) flush(next int) {
	if was := p.data[p.at:next]; !bytes.Equal(was, p.text) {
		p.edits = append(p.edits, source.Fix{Span: source.Span{Start: p.at, End: next}, New: string(p.text)})
	}
	p.text = p.text[:0]
}

// reach ends an edit at an offset, where a part begins or ends that can be laid out alone.
func (p *printer) reach(offset int) {
	if offset >= p.at {
		p.flush(offset)
		p.at = offset
	}
}

// newLine begins a line, below an empty one if blank.
func (p *printer) newLine(col int, blank bool) {
	p.text = append(p.text, '\n')
	if blank {
		p.text = append(p.text, '\n')
	}
	for range col {
		p.text = append(p.text, ' ')
	}
	p.col = col
}

func (p *printer) document(d *document) {
	p.head(d)
	root := d.root
	p.breakUp(&d.item, root, 0)
	if root.flow {
		p.lead(d.item.intro, d.item.gap)
		p.flat(root)
		p.beside(d.item.trail)
		p.above(d.below, 0)
	} else {
		root.end = append(root.end, d.below...)
		p.settle(root, root.items[0], 0)
		comments := append(d.item.intro, d.item.before...)
		p.lead(append(comments, root.items[0].before...), d.item.gap)
		p.block(root, 0, endsInText(root))
	}
	if d.tail.End > 0 {
		p.newLine(0, false)
		p.copy(d.tail)
		p.beside(d.tailBeside)
	}
	p.newLine(0, false)
	p.flush(len(p.data))
}

// head writes what stands above the root.
func (p *printer) head(d *document) {
	if d.marker.End == 0 {
		return
	}
	p.lead(d.head, false)
	p.copy(d.marker)
	p.beside(d.beside)
	p.newLine(0, false)
}

// lead writes comments above what comes next in column 0; blank says that an empty line stands between.
func (p *printer) lead(comments []comment, blank bool) {
	for i, c := range comments {
		if i > 0 && c.blank {
			p.newLine(0, false)
		}
		p.comment(c)
		p.newLine(0, false)
	}
	if len(comments) > 0 && blank {
		p.newLine(0, false)
	}
}

// beside writes the comment behind something.
func (p *printer) beside(c *comment) {
	if c != nil {
		p.write(" ")
		p.comment(*c)
	}
}

// comment writes a comment.
func (p *printer) comment(c comment) {
	if c.moved {
		p.write(string(p.data[c.span.Start:c.span.End]))
		return
	}
	p.copy(c.span)
}

// block writes the items of a list or a map in lines of their own. The first begins where the printer stands; the
// comments above it have been written. apart says that an empty line stands above the comments below the last.
func (p *printer) block(n *node, col int, apart bool) {
	for i, it := range n.items {
		if i > 0 {
			p.settle(n, it, col)
			p.above(it.before, col)
			p.newLine(col, it.blank)
		}
		alone := !n.broken && !slices.ContainsFunc(it.before, func(c comment) bool { return c.moved })
		p.reach(it.span.Start)
		p.item(it, col)
		if p.reach(it.span.End); alone {
			p.items = append(p.items, placed{Span: source.Span{Start: it.span.Start, End: p.at}, is: col})
		}
	}
	for i, c := range n.end {
		p.newLine(col, c.blank || apart && i == 0)
		p.comment(c)
	}
}

// above writes comments into lines of their own.
func (p *printer) above(comments []comment, col int) {
	for _, c := range comments {
		p.newLine(col, c.blank)
		p.comment(c)
	}
}

// settle decides whether the value of an item stays in brackets, before the comments above the item are written.
func (p *printer) settle(n *node, it *item, col int) {
	v := it.value
	if v == nil {
		return
	}
	if n.kind == listNode && v.kind == pairNode {
		v = &node{kind: mapNode, items: v.items, end: v.end, broken: true} // in a block it needs no braces
		it.value = v
	}
	at := col + len("- ")
	if it.key != nil && len(it.intro) == 0 {
		at = col + p.scalarWidth(it.key) + len(": ")
	}
	if v.anchor.End > 0 {
		at += v.anchor.End - v.anchor.Start + 1
	}
	p.breakUp(it, v, at)
	if !v.flow && v.isCollection() {
		p.settle(v, v.items[0], col+2)
	}
}

// item writes an item of a block.
func (p *printer) item(it *item, col int) {
	if it.key != nil {
		p.scalar(it.key, col)
		p.write(":")
	} else if it.dash.End > 0 {
		p.copy(it.dash)
	} else {
		p.write("-")
	}
	if it.value != nil {
		p.value(it, col)
	}
	p.beside(it.trail)
}

// value writes the value of an item whose column is col, which stands behind its key or dash.
func (p *printer) value(it *item, col int) {
	v := it.value
	if v.anchor.End > 0 {
		p.write(" ")
		p.copy(v.anchor)
		it.intro = v.behind
	}
	if v.isCollection() && !v.flow {
		p.inner(it, v, col+2)
		return
	}
	switch comments, blank := p.intro(it, it.intro, col+2); {
	case v.kind == nullNode:
	case comments:
		p.newLine(col+2, blank && it.gap)
	case len(v.items) == 0 && v.flow && it.key != nil && p.col+3 > width:
		p.newLine(col+2, false)
	default:
		p.write(" ")
	}
	p.inline(v, col+2)
}

// inner writes a list or a map below its key, or behind its dash.
func (p *printer) inner(it *item, v *node, col int) {
	comments, blank := p.intro(it, append(it.intro[:len(it.intro):len(it.intro)], v.items[0].before...), col)
	if comments || it.key != nil || v.anchor.End > 0 {
		p.newLine(col, blank && (it.gap || v.items[0].blank))
	} else {
		p.write(" ")
	}
	p.block(v, col, false)
}

// intro writes the comments between a key or a dash and its value, and reports whether there are any, and whether an
// empty line may follow. The first stands beside the key if it did; beside a dash it always does, beside an anchor if it
// is the only one.
func (p *printer) intro(it *item, comments []comment, col int) (written, blank bool) {
	isAnchor := it.value.anchor.End > 0
	for i, c := range comments {
		if i == 0 && (isAnchor && len(comments) == 1 || !isAnchor && (it.key == nil || !c.own)) {
			p.beside(&c)
			blank = it.key == nil && !isAnchor
			continue
		}
		p.newLine(col, c.blank && blank)
		p.comment(c)
		blank = true
	}
	return len(comments) > 0, blank
}

// breakUp makes a collection in brackets a block, if it has comments or does not fit into the line from column col on.
func (p *printer) breakUp(it *item, v *node, col int) {
	if !v.flow || len(v.items) == 0 || v.isFlat() && col+p.flatWidth(v) <= width {
		return
	}
	if v.flow, v.broken = false, true; it.trail == nil {
		return
	}
	switch {
	case len(it.intro) > 0 || v.hasComments():
		v.end = append(v.end, *it.trail)
	case it.key == nil:
		it.hoist([]comment{*it.trail})
	default:
		it.trail.moved = true
		it.intro = []comment{*it.trail}
	}
	it.trail = nil
}

// inline writes a scalar, or what fits into the line. The further lines of a scalar begin in column col.
func (p *printer) inline(n *node, col int) {
	switch {
	case n.kind == textNode:
		p.blockText(n, col)
	case n.kind == aliasNode:
		p.copy(n.span)
	case n.isCollection():
		p.flat(n)
	case n.kind != nullNode:
		p.scalar(n, col)
	}
}

// flat writes a collection in one line.
func (p *printer) flat(n *node) {
	blank := ""
	if n.kind == mapNode && len(n.items) > 0 {
		blank = " "
	}
	switch {
	case n.needsBraces():
		p.write("{ ")
	case n.kind != pairNode:
		p.copy(source.Span{Start: n.span.Start, End: n.span.Start + 1})
		p.write(blank)
	}
	for i, it := range n.items {
		if i > 0 {
			p.write(", ")
		}
		p.flatItem(it)
	}
	switch {
	case n.needsBraces():
		p.write(" }")
	case n.kind != pairNode:
		p.write(blank)
		p.copy(source.Span{Start: n.span.End - 1, End: n.span.End})
	}
}

// flatItem writes an item of a collection in one line.
func (p *printer) flatItem(it *item) {
	if it.key != nil {
		p.scalar(it.key, 0)
	}
	if it.value == nil {
		return
	}
	if it.key != nil {
		p.write(": ")
	}
	if v := it.value; v.anchor.End > 0 {
		if p.copy(v.anchor); v.kind != nullNode {
			p.write(" ")
		}
	}
	p.inline(it.value, 0)
}

// needsBraces reports whether a pair in a list could not be read without braces, for it has no value.
func (n *node) needsBraces() bool { return n.kind == pairNode && n.items[0].value == nil }

// isFlat reports whether a node in brackets can stand in one line: it has no comments, and its scalars have one line.
func (n *node) isFlat() bool {
	if n == nil {
		return true
	}
	if len(n.lines) > 0 || len(n.end) > 0 {
		return false
	}
	for _, it := range n.items {
		if it.hasComments() || !it.value.isFlat() {
			return false
		}
	}
	return true
}

func (it *item) hasComments() bool { return len(it.before) > 0 || len(it.intro) > 0 || it.trail != nil }

// hasComments reports whether comments stand inside a collection.
func (n *node) hasComments() bool {
	if n == nil {
		return false
	}
	for _, it := range n.items {
		if it.hasComments() || it.value.hasComments() {
			return true
		}
	}
	return len(n.end) > 0
}

// flatWidth is how many columns a node takes in one line.
func (p *printer) flatWidth(n *node) int {
	if n == nil {
		return 0
	}
	w := 0
	if n.anchor.End > 0 {
		w = columns(p.data[n.anchor.Start:n.anchor.End]) + 1
	}
	if !n.isCollection() {
		return w + p.scalarWidth(n)
	}
	if len(n.items) == 0 {
		return w + len("[]")
	}
	if n.kind != pairNode {
		w += len("[]")
	}
	if n.kind == mapNode {
		w += len("  ")
	} else if n.needsBraces() {
		w += len("{  }")
	}
	for _, it := range n.items {
		if it.key != nil {
			w += p.scalarWidth(it.key)
		}
		if it.key != nil && it.value != nil {
			w += len(": ")
		}
		w += p.flatWidth(it.value) + len(", ")
	}
	return w - len(", ")
}

// lastLeaf is the value that ends a block; nil: a comment does, or nothing.
func lastLeaf(n *node) *node {
	for n.isCollection() && !n.flow {
		if len(n.end) > 0 {
			return nil
		}
		if n = n.items[len(n.items)-1].value; n == nil {
			return nil
		}
	}
	return n
}

// endsInText reports whether the last value of a document is a block scalar, at whose end empty lines do not count.
func endsInText(root *node) bool {
	bare := *root
	bare.end = nil
	last := lastLeaf(&bare)
	return last != nil && last.kind == textNode && !last.keeps
}
