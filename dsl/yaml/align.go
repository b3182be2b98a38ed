package yaml

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Where the decoded text of a scalar stands in the file. The YAML library tells only where a scalar begins.

// segmenter builds segments: text that is written byte for byte is one of them.
type segmenter struct {
	segments []segment
	text     int // the length of the text so far
}

// add says that the next n bytes of the text are written as size bytes at src.
func (b *segmenter) add(n, src, size int) {
	if n == 0 {
		return
	}
	if len(b.segments) > 0 {
		last := &b.segments[len(b.segments)-1]
		same := n == size && b.text-last.text == last.size
		if same && last.src+last.size == src {
			last.size += size
			b.text += n
			return
		}
	}
	b.segments = append(b.segments, segment{text: b.text, src: src, size: size})
	b.text += n
}

// alignText finds text, which YAML has decoded from what begins at from: a plain scalar, or the body of a block. There
// all but white space is written as it is. end is the offset behind the last byte that is not white space.
func alignText(data []byte, from int, text string) (end int, segments []segment, ok bool) {
	var b segmenter
	end = from
	for i, j := 0, from; i < len(text); {
		ti, sj := i+spaceLen(text[i:]), j
		for sj < len(data) && isSpace(data[sj]) {
			sj++
		}
		if ti == len(text) { // the end of a block, with what is left of its last lines
			b.add(ti-i, j, lineBreakLen(data, j))
			break
		}
		b.addSpace(text[i:ti], data, j, sj)
		i, j = ti, sj
		for i < len(text) && !isSpace(text[i]) {
			if j >= len(data) || data[j] != text[i] {
				return end, nil, false
			}
			b.add(1, j, 1)
			i, j = i+1, j+1
		}
		end = j
	}
	return end, b.segments, true
}

// addSpace adds white space that is written as data[from:to]: blanks at its ends are taken one by one, what is between
// (line breaks and indentation) as a whole.
func (b *segmenter) addSpace(text string, data []byte, from, to int) {
	for text != "" && from < to && text[0] == data[from] && isBlank(text[0]) {
		b.add(1, from, 1)
		text, from = text[1:], from+1
	}
	tail := 0
	for tail < len(text) && tail < to-from && isBlank(text[len(text)-1-tail]) &&
		text[len(text)-1-tail] == data[to-1-tail] {
		tail++
	}
	b.add(len(text)-tail, from, to-from-tail)
	b.add(tail, to-tail, tail)
}

// alignQuoted finds text, which YAML has decoded from the quoted scalar at from. end is the offset behind its quote.
func alignQuoted(data []byte, from int, text string) (end int, segments []segment, ok bool) {
	if from >= len(data) || data[from] != '"' && data[from] != '\'' {
		return from, nil, false
	}
	var b segmenter
	quote := data[from]
	for j := from + 1; j < len(data); {
		switch c := data[j]; {
		case c == quote && quote == '\'' && bytes.HasPrefix(data[j:], []byte("''")):
			b.add(1, j, 2)
			j += 2
		case c == quote:
			return j + 1, b.segments, b.text == len(text)
		case c == '\\' && quote == '"':
			n, size := escapeLen(data[j:])
			b.add(n, j, size)
			j += size
		case isSpace(c):
			to := j
			for to < len(data) && isSpace(data[to]) {
				to++
			}
			if n := breakCount(data[j:to]); n > 0 {
				b.add(max(n-1, 1), j, to-j)
			} else {
				b.add(to-j, j, to-j)
			}
			j = to
		default:
			b.add(1, j, 1)
			j++
		}
	}
	return len(data), nil, false
}

// escapeLen is the length of what an escape in double quotes stands for, and of what it is written as. An escaped line
// break swallows the next line's indentation.
func escapeLen(data []byte) (n, size int) {
	if len(data) < 2 {
		return 0, len(data)
	}
	digits := 0
	switch data[1] {
	case '\n', '\r':
		size = 1
		for size < len(data) && isSpace(data[size]) {
			size++
		}
		return breakCount(data[1:size]) - 1, size
	case 'N', '_':
		return 2, 2
	case 'L', 'P':
		return 3, 2
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 1, 2
	}
	r := rune(0)
	for _, c := range data[2:min(2+digits, len(data))] {
		r = r<<4 | rune(max(strings.IndexByte("0123456789abcdef", c|0x20), strings.IndexByte("0123456789", c), 0))
	}
	return max(utf8.RuneLen(r), 1), min(2+digits, len(data))
}

// breakCount is the number of line breaks in data.
func breakCount(data []byte) int {
	return bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) - bytes.Count(data, []byte("\r\n"))
}

// lineBreak is the offset of the first line break at or behind from.
func lineBreak(data []byte, from int) int {
	if i := bytes.IndexAny(data[from:], "\r\n"); i >= 0 {
		return from + i
	}
	return len(data)
}

// lineBreakLen is the length of the white space at from up to and with its first line break.
func lineBreakLen(data []byte, from int) int {
	for i := from; i < len(data) && isSpace(data[i]); i++ {
		if data[i] == '\n' || data[i] == '\r' && !bytes.HasPrefix(data[i:], []byte("\r\n")) {
			return i + 1 - from
		}
	}
	return 0
}

// skipBlank is the offset of what comes behind white space and comments.
func skipBlank(data []byte, i int) int {
	for i < len(data) && (isSpace(data[i]) || data[i] == '#' && (i == 0 || isSpace(data[i-1]))) {
		if data[i] == '#' {
			i = lineBreak(data, i)
		} else {
			i++
		}
	}
	return i
}

func spaceLen(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isFlowIndicator(c byte) bool {
	return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'
}
