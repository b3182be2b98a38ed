package lsp

import (
	"strings"

	"runloop/dsl/source"
)

// cursor is a place in a text where somebody types.
type cursor struct {
	offset int
	path   []step   // from the root to the key or the scalar
	leaf   *outline // the scalar; nil: it is at a key
	slot   slot     // what is expected there: the map of the key, or the value
	word   source.Span
	prefix string // the part of the word before the cursor
	text   []byte // with a word at the cursor, where there is none
	placed bool   // there was none
}

// cursorAt finds what stands at an offset of a text. ok is false in a comment and where nothing can be said.
func cursorAt(text []byte, offset int) (c cursor, ok bool) {
	c = cursor{offset: offset}
	start, end := offset, offset
	for start > 0 && isWordByte(text[start-1]) {
		start--
	}
	for end < len(text) && isWordByte(text[end]) {
		end++
	}
	c.word, c.prefix, c.text = source.Span{Start: start, End: end}, string(text[start:offset]), text
	if c.placed = start == end; c.placed { // a word makes the place visible
		c.text = make([]byte, 0, len(text)+1)
		c.text = append(append(append(c.text, text[:offset]...), 'x'), text[offset:]...)
	}
	root := readOutline(c.text)
	if root == nil {
		return c, false
	}
	c.path, c.leaf, ok = root.path(offset)
	if !ok {
		return c, false
	}
	c.slot = slotAt(c.path)
	return c, true
}

// isWordByte reports whether a byte is part of a name.
func isWordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// written returns the decoded text of the scalar from its beginning to the cursor.
func (c *cursor) written() string {
	from := c.leaf.span.Start
	raw := string(c.text[from:max(c.offset, from)])
	switch c.leaf.style {
	case '"':
		return unescape(strings.TrimPrefix(raw, `"`))
	case '\'':
		return strings.ReplaceAll(strings.TrimPrefix(raw, "'"), "''", "'")
	}
	return raw
}

// unescape returns the text of double quotes, as far as expressions need it.
func unescape(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) {
			i++
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

// inTemplate returns the part of a text behind its last `${` that is not closed. ok is false if there is none.
func inTemplate(text string) (expression string, ok bool) {
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "$${"):
			i += 3
		case strings.HasPrefix(text[i:], "${"):
			end := closes(text, i+2)
			if end < 0 {
				return text[i+2:], true
			}
			i = end
		default:
			i++
		}
	}
	return "", false
}

// closes returns the offset behind the `}` that closes the expression at i, -1: there is none.
func closes(text string, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i + 1
			}
		case '"', '\'', '`':
			n := source.QuotedLen(text[i:])
			if n == 0 {
				return -1
			}
			i += n - 1
		}
	}
	return -1
}

// typing is what is typed at the end of an expression.
type typing struct {
	kind   typingKind
	prefix string // the part that is there
	base   string // of a member: the expression before the dot; of a text: the one before the bracket
	calls  []call // the calls around it, the innermost last
}

// typingKind says what is typed.
type typingKind uint8

const (
	typingName   typingKind = iota // a variable, a function, a value
	typingMember                   // what follows a dot
	typingText                     // a text in quotes
	typingNumber                   // nothing to complete
)

// call is a call of a function whose bracket is open.
type call struct {
	name  string
	args  int    // how many commas are before the cursor
	first string // the first argument, as far as it is written
}

// readTyping finds out what is typed at the end of an expression.
func readTyping(text string) typing {
	var t typing
	type open struct {
		bracket byte
		at      int
		commas  []int
	}
	var stack []open
	quoteAt := -1
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'', '`':
			n := source.QuotedLen(text[i:])
			if n == 0 {
				quoteAt, i = i, len(text)
				break
			}
			i += n - 1
		case '(', '[', '{':
			stack = append(stack, open{bracket: c, at: i})
		case ')', ']', '}':
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		case ',':
			if len(stack) > 0 {
				top := &stack[len(stack)-1]
				top.commas = append(top.commas, i)
			}
		}
	}
	for _, o := range stack {
		if o.bracket != '(' {
			continue
		}
		name := lastWord(text[:o.at])
		if name == "" {
			continue
		}
		end := len(text)
		if len(o.commas) > 0 {
			end = o.commas[0]
		}
		t.calls = append(t.calls, call{name: name, args: len(o.commas), first: strings.TrimSpace(text[o.at+1 : end])})
	}
	if quoteAt >= 0 {
		t.kind, t.prefix = typingText, text[quoteAt+1:]
		before := strings.TrimRight(text[:quoteAt], " ")
		if inner, isIndex := strings.CutSuffix(before, "["); isIndex {
			t.base = operand(inner)
		}
		return t
	}
	t.prefix = lastWord(text)
	before := text[:len(text)-len(t.prefix)]
	switch dotless, isMember := strings.CutSuffix(before, "."); {
	case isMember && !strings.HasSuffix(dotless, "."): // `..` makes a list
		t.kind, t.base = typingMember, operand(strings.TrimSuffix(dotless, "?"))
		if t.base != "" && strings.Trim(t.base, "0123456789") == "" {
			t.kind = typingNumber
		}
	case t.prefix != "" && t.prefix[0] >= '0' && t.prefix[0] <= '9':
		t.kind = typingNumber
	}
	return t
}

// lastWord returns the name at the end of a text, "": there is none.
func lastWord(text string) string {
	i := len(text)
	for i > 0 && isWordByte(text[i-1]) {
		i--
	}
	return text[i:]
}

// operand returns the value at the end of an expression: names, members, indexes and calls, without operators.
func operand(text string) string {
	i := len(text)
	for i > 0 {
		switch c := text[i-1]; {
		case isWordByte(c), c == '#':
			i--
		case c == '.' && i >= 2 && text[i-2] != '.':
			i--
		case c == '?' && i < len(text) && text[i] == '.':
			i--
		case c == ')' || c == ']':
			at := opening(text[:i])
			if at < 0 {
				return text[i:]
			}
			i = at
		default:
			return text[i:]
		}
	}
	return text
}

// opening returns the offset of the bracket that the last character of a text closes, -1: there is none.
func opening(text string) int {
	var open []int
	at := -1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'', '`':
			if n := source.QuotedLen(text[i:]); n > 0 {
				i += n - 1
			}
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			at = -1
			if len(open) > 0 {
				at, open = open[len(open)-1], open[:len(open)-1]
			}
		}
	}
	return at
}
