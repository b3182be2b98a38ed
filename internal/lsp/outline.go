package lsp

import (
	"bytes"
	"strings"

	"runloop/dsl/source"
)

// outline is what the layout of a text shows: its maps, lists and scalars, whatever is wrong with them. It is for the
// place of the cursor while a text cannot be parsed; meaning comes from the parser.
//
// What is not closed ends where YAML would have it end at the latest: before a line that is indented no deeper than the
// block around it.
type outline struct {
	kind    outlineKind
	span    source.Span // with quotes and brackets; of a block to the end of its last line
	entries []entry     // of a map or list
	flow    bool        // of a map or list: in brackets
	col     int         // of a block map or list: the column of its keys or dashes
	style   byte        // of a scalar: 0 plain, else the character that it begins with: ' " | >
	word    string      // of a scalar: its text without quotes
}

// outlineKind is the kind of an outline.
type outlineKind uint8

const (
	scalarOutline outlineKind = iota
	mapOutline
	listOutline
)

// entry is one entry of a map or list.
type entry struct {
	key   source.Span // of a map: with its quotes; empty: it has none
	text  string      // of a map: the key without quotes
	colon bool        // of a map: a colon follows the key
	start int         // where the entry begins: at its key or dash
	value *outline    // nil: there is none
}

// end returns where an entry ends.
func (e *entry) end() int {
	if e.value != nil {
		return max(e.value.span.End, e.key.End)
	}
	return max(e.key.End, e.start)
}

// outliner reads a text into an outline.
type outliner struct {
	text  []byte
	root  *outline
	stack []*outline // the open blocks, from the root on
	depth int        // of brackets
}

// maxNesting bounds how deep an outline is. It is deeper than any file that can be parsed.
const maxNesting = 100

// readOutline reads the outline of a text, nil: there is nothing in it.
func readOutline(text []byte) *outline {
	p := &outliner{text: text}
	at := 0
	if bytes.HasPrefix(text, []byte("\uFEFF")) {
		at = len("\uFEFF")
	}
	for at < len(text) {
		at = p.line(at)
	}
	if p.root != nil {
		p.root.close(text)
	}
	return p.root
}

// close gives blocks their ends, and scalars their words.
func (o *outline) close(text []byte) {
	if o.kind == scalarOutline && o.span.End-o.span.Start < 200 {
		o.word = unquoted(text[o.span.Start:o.span.End])
	}
	for i := range o.entries {
		e := &o.entries[i]
		if e.value != nil {
			e.value.close(text)
		}
		if !o.flow {
			o.span.End = max(o.span.End, e.end())
		}
	}
}

// lineEnd returns the offset of the line break behind at, or the end of the text.
func (p *outliner) lineEnd(at int) int {
	if n := bytes.IndexAny(p.text[at:], "\r\n"); n >= 0 {
		return at + n
	}
	return len(p.text)
}

// next returns the beginning of the line behind the line break at an offset.
func (p *outliner) next(end int) int {
	if end+1 < len(p.text) && p.text[end] == '\r' && p.text[end+1] == '\n' {
		return end + 2
	}
	return min(end+1, len(p.text))
}

// indentation returns how many spaces a line begins with.
func (p *outliner) indentation(at int) int {
	n := 0
	for at+n < len(p.text) && p.text[at+n] == ' ' {
		n++
	}
	return n
}

// line reads the line that begins at an offset, with the lines that its value goes on in, and returns the next line's
// beginning.
func (p *outliner) line(at int) int {
	col := p.indentation(at)
	i, end := at+col, p.lineEnd(at)
	for i < end && p.text[i] == '\t' {
		i++
	}
	if i == end || p.text[i] == '#' || col == 0 && isMarker(p.text[i:end]) {
		return p.next(end)
	}
	return p.content(i, col)
}

// isMarker reports whether a line begins or ends a document.
func isMarker(line []byte) bool {
	text := string(bytes.TrimRight(line, " "))
	return text == "---" || text == "..."
}

// content reads what begins at i, in a column: dashes, then a key, or a scalar. It returns the beginning of the line to go
// on with.
func (p *outliner) content(i, col int) int {
	for p.isDash(i) && len(p.stack) < maxNesting {
		p.add(listOutline, col, entry{start: i})
		n := 1
		for i+n < len(p.text) && p.text[i+n] == ' ' {
			n++
		}
		i, col = i+n, col+n
	}
	end := p.lineEnd(i)
	if i >= end || p.text[i] == '#' {
		return p.next(end)
	}
	if key, colon := p.key(i, end); colon >= 0 {
		o := p.add(mapOutline, col, entry{key: key, text: unquoted(p.text[key.Start:key.End]), colon: true, start: i})
		return p.value(&o.entries[len(o.entries)-1], colon+1, col)
	}
	slot, parent := p.slot(col)
	if slot == nil { // a word in the column of keys or dashes: an entry that is not finished
		word := p.plain(i, end)
		if parent.kind == mapOutline {
			parent.entries = append(parent.entries, entry{key: word, text: string(p.text[word.Start:word.End]), start: i})
		} else {
			parent.entries = append(parent.entries, entry{start: i, value: &outline{span: word}})
		}
		return p.next(end)
	}
	return p.value(slot, i, parent.colOr(-1))
}

// colOr returns the column of a block, or another value if there is none.
func (o *outline) colOr(otherwise int) int {
	if o == nil {
		return otherwise
	}
	return o.col
}

// isDash reports whether a list item begins at i.
func (p *outliner) isDash(i int) bool {
	return i < len(p.text) && p.text[i] == '-' && (i+1 == len(p.text) || strings.IndexByte(" \t\r\n", p.text[i+1]) >= 0)
}

// add adds an entry to the block of a kind that is open in a column, or begins one.
func (p *outliner) add(kind outlineKind, col int, e entry) *outline {
	p.pop(col, kind)
	top := p.top()
	if top == nil || top.col < col || top.kind != kind {
		o := &outline{kind: kind, col: col, span: source.Span{Start: e.start, End: e.start}}
		if top == nil {
			p.root = o
		} else {
			p.hang(o, top, col)
		}
		p.stack = append(p.stack, o)
		top = o
	}
	top.entries = append(top.entries, e)
	return top
}

// hang puts a new block where it belongs in the block around it.
func (p *outliner) hang(o, top *outline, col int) {
	last := &top.entries[len(top.entries)-1]
	switch word := last.value; {
	case word == nil && (top.col < col || o.kind == listOutline):
		last.value = o
	case word != nil && top.col < col && word.kind == scalarOutline && p.ownLine(word):
		// What was taken for a value is a first entry that is not finished.
		at := p.column(word.span.Start)
		key := entry{key: word.span, text: string(p.text[word.span.Start:word.span.End]), start: word.span.Start}
		switch {
		case at < col:
			key.value = o
			around := &outline{kind: mapOutline, col: at, span: word.span, entries: []entry{key}}
			last.value = around
			p.stack = append(p.stack, around)
			return
		case o.kind == mapOutline:
			o.entries = append(o.entries, key)
		default:
			o.entries = append(o.entries, entry{start: word.span.Start, value: word})
		}
		o.span.Start, last.value = word.span.Start, o
	default: // nothing waits for it
		top.entries = append(top.entries, entry{start: o.span.Start, value: o})
	}
}

// column returns how many bytes stand before an offset in its line.
func (p *outliner) column(at int) int { return at - 1 - bytes.LastIndexAny(p.text[:at], "\r\n") }

// ownLine reports whether an unquoted text stands alone in a line.
func (p *outliner) ownLine(o *outline) bool {
	before := bytes.TrimRight(p.text[:o.span.Start], " ")
	return o.style == 0 && (len(before) == 0 || strings.IndexByte("\r\n", before[len(before)-1]) >= 0)
}

// pop leaves the blocks that a line in a column is not in.
func (p *outliner) pop(col int, kind outlineKind) {
	for len(p.stack) > 1 {
		top, below := p.top(), p.stack[len(p.stack)-2]
		ends := top.col > col ||
			// A list may stand in the column of its key, which another key ends; a key in a list's column is a mistake, which
			// the next dash ends.
			top.col == col && below.col == col && top.kind != kind && below.kind == kind
		if !ends {
			return
		}
		p.stack = p.stack[:len(p.stack)-1]
	}
}

func (p *outliner) top() *outline {
	if len(p.stack) == 0 {
		return nil
	}
	return p.stack[len(p.stack)-1]
}

// slot returns the entry whose value a scalar in a column is, and the block around it. slot is nil if the scalar stands in
// the column of the block's keys or dashes.
func (p *outliner) slot(col int) (slot *entry, parent *outline) {
	p.pop(col, mapOutline)
	top := p.top()
	if top == nil { // a word alone, where the first key is expected
		top = &outline{kind: mapOutline, col: col}
		p.root, p.stack = top, append(p.stack, top)
		return nil, top
	}
	last := &top.entries[len(top.entries)-1]
	if top.col >= col || last.value != nil {
		return nil, top
	}
	return last, top
}

// key returns the key that begins at i, and the offset of its colon; -1: there is none in the line.
func (p *outliner) key(i, end int) (key source.Span, colon int) {
	at := i
	switch c := p.text[i]; c {
	case '"', '\'':
		if at = p.quotedEnd(i, end, -1); at > end || at == i+1 || p.text[at-1] != c {
			return source.Span{}, -1
		}
	case '{', '[', '|', '>', '#', '&', '*', '!', '%', '@', '`':
		return source.Span{}, -1
	default:
		for at < end && !p.isColon(at, end) && !p.isComment(at) {
			if bytes.HasPrefix(p.text[at:end], []byte("${")) {
				return source.Span{}, -1 // a value
			}
			at++
		}
	}
	key = source.Span{Start: i, End: at}
	for at < end && p.text[at] == ' ' {
		at++
	}
	if !p.isColon(at, end) {
		return source.Span{}, -1
	}
	for key.End > key.Start && p.text[key.End-1] == ' ' {
		key.End--
	}
	return key, at
}

// isColon reports whether the colon behind a key stands at an offset.
func (p *outliner) isColon(at, end int) bool {
	return at < end && p.text[at] == ':' && (at+1 == end || p.text[at+1] == ' ' || p.text[at+1] == '\t')
}

// isComment reports whether a comment begins at an offset.
func (p *outliner) isComment(at int) bool {
	return p.text[at] == '#' && (at == 0 || strings.IndexByte(" \t\r\n", p.text[at-1]) >= 0)
}

// value reads the value of an entry of a block, from i on, and returns the beginning of the line behind it. Lines that are
// indented no deeper than col do not belong to it.
func (p *outliner) value(e *entry, i, col int) int {
	i = p.skipProperties(i)
	end := p.lineEnd(i)
	if i >= end || p.isComment(i) {
		return p.next(end)
	}
	switch p.text[i] {
	case '|', '>':
		e.value, i = p.block(i, end, col)
		return i
	case '{', '[':
		e.value = p.flow(i, col)
	case '"', '\'':
		e.value = p.quoted(i, col)
	default:
		e.value = &outline{span: p.plain(i, end)}
		return p.continued(e.value, p.next(end), col)
	}
	return p.next(p.lineEnd(e.value.span.End))
}

// skipProperties returns the offset behind white space, anchors and tags.
func (p *outliner) skipProperties(i int) int {
	for i < len(p.text) {
		switch p.text[i] {
		case ' ', '\t':
			i++
		case '&', '!':
			for i < len(p.text) && strings.IndexByte(" \t\r\n,]}", p.text[i]) < 0 {
				i++
			}
		default:
			return i
		}
	}
	return i
}

// plain returns the place of the unquoted text that begins at i.
func (p *outliner) plain(i, end int) source.Span {
	to := i
	for to < end && !p.isComment(to) {
		to++
	}
	for to > i && (p.text[to-1] == ' ' || p.text[to-1] == '\t') {
		to--
	}
	return source.Span{Start: i, End: to}
}

// continued reads further lines of an unquoted text: those that are indented deeper than col, and look like nothing else.
func (p *outliner) continued(o *outline, at, col int) int {
	for at < len(p.text) {
		i, end := at+p.indentation(at), p.lineEnd(at)
		if i == end { // a blank line may stand in a text
			at = p.next(end)
			continue
		}
		if _, colon := p.key(i, end); i-at <= col || p.text[i] == '#' || colon >= 0 || p.isDash(i) {
			return at
		}
		o.span.End = p.plain(i, end).End
		at = p.next(end)
	}
	return at
}

// block reads a block scalar.
func (p *outliner) block(i, end, col int) (*outline, int) {
	o := &outline{style: p.text[i], span: source.Span{Start: i, End: end}}
	at := p.next(end)
	for at < len(p.text) {
		end := p.lineEnd(at)
		if n := p.indentation(at); at+n < end && n <= col {
			break
		} else if at+n < end {
			o.span.End = end
		}
		at = p.next(end)
	}
	return o, at
}

// quoted reads a quoted text, which may go on in further lines.
func (p *outliner) quoted(i, col int) *outline {
	return &outline{style: p.text[i], span: source.Span{Start: i, End: p.quotedEnd(i, len(p.text), col)}}
}

// quotedEnd returns the offset behind the quoted text that begins at i; if it is not closed before end, or before a line
// that is indented no deeper than col, that place.
func (p *outliner) quotedEnd(i, end, col int) int {
	quote := p.text[i]
	for i++; i < end; i++ {
		switch c := p.text[i]; {
		case c == '\\' && quote == '"':
			i++
		case c == quote && quote == '\'' && i+1 < end && p.text[i+1] == quote:
			i++
		case c == quote:
			return i + 1
		case (c == '\n' || c == '\r') && p.leaves(i, col):
			return i
		}
	}
	return end
}

// leaves reports whether the line behind the line break at an offset is indented no deeper than col. A blank line decides
// nothing.
func (p *outliner) leaves(at, col int) bool {
	at = p.next(at)
	n := p.indentation(at)
	return at == len(p.text) || n <= col && at+n < len(p.text) && strings.IndexByte("\r\n", p.text[at+n]) < 0
}

// flow reads a map or list in brackets. col is the column of the block around it.
func (p *outliner) flow(i, col int) *outline {
	o := &outline{kind: mapOutline, flow: true, span: source.Span{Start: i}}
	closer := byte('}')
	if p.text[i] == '[' {
		o.kind, closer = listOutline, ']'
	}
	p.depth++
	defer func() { p.depth-- }()
	for i++; ; {
		i = p.skipFlow(i, col)
		switch {
		case i >= len(p.text), p.text[i] == '\n', p.text[i] == '\r':
			o.span.End = i
			return o
		case p.text[i] == closer:
			o.span.End = i + 1
			return o
		case p.text[i] == ',', p.text[i] == ':':
			i++
		case p.text[i] == ']' || p.text[i] == '}': // of another bracket: that one is not closed
			o.span.End = i
			return o
		default:
			i = p.flowEntry(o, i, col)
		}
	}
}

// skipFlow returns the offset of the next thing in brackets; that of a line break if a line leaves them.
func (p *outliner) skipFlow(i, col int) int {
	for i < len(p.text) {
		switch c := p.text[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '\n' || c == '\r':
			if p.leaves(i, col) {
				return i
			}
			i = p.next(i)
		case p.isComment(i):
			i = p.lineEnd(i)
		default:
			return i
		}
	}
	return i
}

// flowEntry reads one entry in brackets and returns the offset behind it.
func (p *outliner) flowEntry(o *outline, i, col int) int {
	e := entry{start: i}
	first := p.flowNode(p.skipProperties(i), col)
	e.value = first
	i = first.span.End
	at := i
	for at < len(p.text) && p.text[at] == ' ' {
		at++
	}
	isKey := first.kind == scalarOutline && at < len(p.text) && p.text[at] == ':' &&
		(first.style != 0 || at+1 == len(p.text) || strings.IndexByte(" \t\r\n,]}", p.text[at+1]) >= 0)
	if isKey || o.kind == mapOutline && first.kind == scalarOutline {
		e.key, e.colon, e.value = first.span, isKey, nil
		e.text = unquoted(p.text[first.span.Start:first.span.End])
	}
	if isKey {
		i = p.skipFlow(at+1, col)
		if i < len(p.text) && strings.IndexByte(",]}\r\n", p.text[i]) < 0 {
			e.value = p.flowNode(p.skipProperties(i), col)
			i = e.value.span.End
		}
	}
	if isKey && o.kind == listOutline { // [a: 1] is a list of a map
		inner := &outline{kind: mapOutline, flow: true, span: source.Span{Start: e.start, End: max(i, e.key.End)}, entries: []entry{e}}
		e = entry{start: e.start, value: inner}
	}
	o.entries = append(o.entries, e)
	return i
}

// flowNode reads a value in brackets.
func (p *outliner) flowNode(i, col int) *outline {
	if i >= len(p.text) {
		return &outline{span: source.Span{Start: i, End: i}}
	}
	switch c := p.text[i]; {
	case (c == '{' || c == '[') && p.depth < maxNesting:
		return p.flow(i, col)
	case c == '"' || c == '\'':
		return p.quoted(i, col)
	}
	at := i
	for at < len(p.text) && strings.IndexByte(",]}\r\n", p.text[at]) < 0 && !p.isComment(at) {
		if p.isFlowColon(at) {
			break
		}
		if bytes.HasPrefix(p.text[at:], []byte("${")) { // written as if it were quoted
			at = p.expressionEnd(at + 2)
			continue
		}
		at++
	}
	if at == i { // what cannot begin a value
		at++
	}
	end := at
	for end > i+1 && p.text[end-1] == ' ' {
		end--
	}
	return &outline{span: source.Span{Start: i, End: end}}
}

// isFlowColon reports whether a colon that ends a key in brackets stands at an offset.
func (p *outliner) isFlowColon(at int) bool {
	return p.text[at] == ':' && (at+1 == len(p.text) || strings.IndexByte(" \t\r\n,]}", p.text[at+1]) >= 0)
}

// expressionEnd returns the offset behind the `}` that closes the expression at i, or the end of its line.
func (p *outliner) expressionEnd(i int) int {
	depth := 0
	for ; i < len(p.text) && p.text[i] != '\n' && p.text[i] != '\r'; i++ {
		switch p.text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i + 1
			}
		case '"', '\'':
			if n := source.QuotedLen(string(p.text[i:p.lineEnd(i)])); n > 0 {
				i += n - 1
			}
		}
	}
	return i
}

// unquoted returns the text of a key without its quotes.
func unquoted(key []byte) string {
	text := string(key)
	if len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		return text[1 : len(text)-1]
	}
	return text
}

// step is one step from an outline into what it holds.
type step struct {
	in    *outline
	index int  // of the entry
	key   bool // at the entry's key, not in its value
}

// entry returns the entry that a step goes into.
func (s step) entry() *entry { return &s.in.entries[s.index] }

// path returns the steps from an outline to the scalar or key at an offset, which may be at its end. ok is false if there
// is none.
func (o *outline) path(offset int) (steps []step, leaf *outline, ok bool) {
	for o != nil {
		if o.kind == scalarOutline {
			return steps, o, o.span.Start <= offset && offset <= o.span.End
		}
		at := -1
		for i := range o.entries {
			if o.entries[i].start <= offset {
				at = i
			}
		}
		if at < 0 {
			return steps, o, false
		}
		e := &o.entries[at]
		steps = append(steps, step{in: o, index: at})
		if e.key.Start <= offset && offset <= e.key.End && e.key.End > e.key.Start {
			steps[len(steps)-1].key = true
			return steps, nil, true
		}
		o = e.value
	}
	return steps, nil, false
}
