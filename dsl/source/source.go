// Package source is what the other packages of the language build on: the bytes of a file, spans and positions in
// them, diagnostics with their fixes, and helpers for messages ("did you mean", quoting, brackets).
package source

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Indentation returns how many spaces line n begins with.
func (s *Source) Indentation(n int) int {
	text := s.Line(n)
	return len(text) - len(strings.TrimLeft(text, " "))
}

// NextContent returns the number of the first line after line n that holds more than a comment.
func (s *Source) NextContent(n int) int {
	for n++; n < len(s.Lines); n++ {
		if text := strings.TrimSpace(s.Line(n)); text != "" && text[0] != '#' {
			break
		}
	}
	return n
}

// Where returns the span itself. Values that embed a Span get their place from it.
func (s Span) Where() Span { return s }

// Span is a range of byte offsets in a Source: [Start, End). The zero Span is unknown.
type Span struct{ Start, End int }

// Pos is a place in a file as people count: lines and columns from 1, columns in characters. The zero Pos is unknown.
type Pos struct {
	File      string
	Line, Col int
}

// String is "file:line:col", or the file alone where the place is unknown.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Source is the bytes of a file and the tables that turn byte offsets into lines and columns. It is immutable. Lines
// end with "\n", "\r\n" or "\r", as in YAML.
type Source struct {
	name  string
	Data  []byte
	Lines []int  // the offset of each line's first byte; a byte order mark is before line 1
	chars []int  // the number of characters before each block of charBlock bytes
	parts []part // of a source that Join made; else none
}

// charBlock bounds how many bytes are read to count characters, however long a line is.
const charBlock = 1024

const byteOrderMark = "\uFEFF"

// NewSource makes a source of data, which the caller must not change afterwards. Any bytes are accepted: parsing
// reports what is wrong with them.
func NewSource(name string, data []byte) *Source {
	s := &Source{name: name, Data: data, Lines: []int{0}}
	if bytes.HasPrefix(data, []byte(byteOrderMark)) {
		s.Lines[0] = len(byteOrderMark)
	}
	count := 0
	for i, b := range data {
		if i%charBlock == 0 {
			s.chars = append(s.chars, count)
		}
		if startsChar(b) {
			count++
		}
		if b == '\n' || b == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			s.Lines = append(s.Lines, i+1)
		}
	}
	return s
}

// startsChar reports whether b is not a continuation byte of UTF-8.
func startsChar(b byte) bool { return b&0xC0 != 0x80 }

// Name returns the file's name as it is shown to people.
func (s *Source) Name() string { return s.name }

// Bytes returns the whole file, with its byte order mark. The caller must not change it.
func (s *Source) Bytes() []byte { return s.Data }

// LineBreak returns the line break of the file, for lines that are added to it.
func (s *Source) LineBreak() string {
	if bytes.Contains(s.Data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// Text returns the text of a span.
func (s *Source) Text(sp Span) string {
	sp = s.Clip(sp)
	return string(s.Data[sp.Start:sp.End])
}

// Pos returns the place of a byte offset, in a part if Join made the source. An offset outside the file counts as the
// nearest one inside.
func (s *Source) Pos(offset int) Pos {
	if len(s.parts) > 0 {
		p := s.partAt(offset)
		return p.Pos(offset - p.offset)
	}
	offset = min(max(offset, s.Lines[0]), len(s.Data))
	line := s.LineAt(offset)
	return Pos{File: s.name, Line: line, Col: s.charsBefore(offset) - s.charsBefore(s.Lines[line-1]) + 1}
}

// Line returns the text of line n, counted from 1, without its line break, or "" if there is no such line.
func (s *Source) Line(n int) string {
	if n < 1 || n > len(s.Lines) {
		return ""
	}
	return string(s.Data[s.Lines[n-1]:s.LineEnd(n)])
}

// Offset returns the byte offset of a line and a column in characters, both counted from 1. A place outside the file
// or the line counts as the nearest one inside.
func (s *Source) Offset(line, col int) int {
	line = min(max(line, 1), len(s.Lines))
	start, end := s.Lines[line-1], s.LineEnd(line)
	if end-start <= charBlock { // counting is quicker than the table
		at := start
		for n := max(col, 1); at < end; at++ {
			if startsChar(s.Data[at]) {
				if n--; n == 0 {
					break
				}
			}
		}
		return at
	}
	want := s.charsBefore(start) + max(col, 1) - 1
	// The place is before the first block with more than want characters before it.
	block := sort.SearchInts(s.chars, want+1) - 1
	at := start
	if block*charBlock > start {
		at = block * charBlock
	}
	for n := s.charsBefore(at); at < end; at++ {
		if startsChar(s.Data[at]) {
			if n == want {
				break
			}
			n++
		}
	}
	return at
}

// LineAt returns the number of the line that holds offset.
func (s *Source) LineAt(offset int) int {
	return max(sort.SearchInts(s.Lines, offset+1), 1)
}

// LineEnd returns the offset of line n's line break, or the end of the file.
func (s *Source) LineEnd(n int) int {
	if n == len(s.Lines) {
		return len(s.Data)
	}
	end := s.Lines[n] - 1
	if s.Data[end] == '\n' && end > s.Lines[n-1] && s.Data[end-1] == '\r' {
		end--
	}
	return end
}

// charsBefore returns the number of characters that begin before offset.
func (s *Source) charsBefore(offset int) int {
	if offset == 0 {
		return 0
	}
	block := (offset - 1) / charBlock
	n := s.chars[block]
	for _, b := range s.Data[block*charBlock : offset] {
		if startsChar(b) {
			n++
		}
	}
	return n
}

// Clip returns the part of a span that lies inside the file.
func (s *Source) Clip(sp Span) Span {
	start := min(max(sp.Start, 0), len(s.Data))
	return Span{Start: start, End: min(max(sp.End, start), len(s.Data))}
}

// CharEnd returns the offset just after the character at offset.
func (s *Source) CharEnd(offset int) int {
	_, size := utf8.DecodeRune(s.Data[offset:])
	return offset + size
}
