package dsl

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf8"
)

// Span is a range of byte offsets in a Source: [Start, End). The zero Span is unknown.
type Span struct{ Start, End int }

// Pos is a place in a file, for people: lines and columns count from 1, columns in characters. The zero Pos is
// unknown.
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
	data  []byte
	lines []int // the offset of each line's first byte; a byte order mark is before line 1
	chars []int // the number of characters before each block of charBlock bytes
}

// charBlock bounds the bytes looked at to count characters, however long a line is.
const charBlock = 1024

const byteOrderMark = "\uFEFF"

// NewSource makes a source of data, which the caller must not change afterwards. Any bytes will do: parsing says what
// is wrong with them.
func NewSource(name string, data []byte) *Source {
	s := &Source{name: name, data: data, lines: []int{0}}
	if bytes.HasPrefix(data, []byte(byteOrderMark)) {
		s.lines[0] = len(byteOrderMark)
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
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// startsChar reports whether b is not a continuation byte of UTF-8.
func startsChar(b byte) bool { return b&0xC0 != 0x80 }

// Name is the file's name, as it is shown to people.
func (s *Source) Name() string { return s.name }

// Bytes is the file as it is, with its byte order mark; the caller must not change it.
func (s *Source) Bytes() []byte { return s.data }

// Text is the bytes of a span.
func (s *Source) Text(sp Span) string {
	sp = s.clip(sp)
	return string(s.data[sp.Start:sp.End])
}

// Pos is the place of a byte offset; an offset outside the file is taken for the nearest one inside.
func (s *Source) Pos(offset int) Pos {
	offset = min(max(offset, s.lines[0]), len(s.data))
	line := s.lineAt(offset)
	return Pos{File: s.name, Line: line, Col: s.charsBefore(offset) - s.charsBefore(s.lines[line-1]) + 1}
}

// Line is the text of line n, counted from 1, without its line break; "" where there is no such line.
func (s *Source) Line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return string(s.data[s.lines[n-1]:s.lineEnd(n)])
}

// Offset is the byte offset of a line and a column in characters, both counted from 1. What lies outside the file or
// the line is taken for the nearest place inside.
func (s *Source) Offset(line, col int) int {
	line = min(max(line, 1), len(s.lines))
	start, end := s.lines[line-1], s.lineEnd(line)
	if end-start <= charBlock { // counting is quicker than the table
		at := start
		for n := max(col, 1); at < end; at++ {
			if startsChar(s.data[at]) {
				if n--; n == 0 {
					break
				}
			}
		}
		return at
	}
	want := s.charsBefore(start) + max(col, 1) - 1
	// The first block with more than want characters before it is behind the place.
	block := sort.SearchInts(s.chars, want+1) - 1
	at := start
	if block*charBlock > start {
		at = block * charBlock
	}
	for n := s.charsBefore(at); at < end; at++ {
		if startsChar(s.data[at]) {
			if n == want {
				break
			}
			n++
		}
	}
	return at
}

// lineAt is the number of the line that holds offset.
func (s *Source) lineAt(offset int) int {
	return max(sort.SearchInts(s.lines, offset+1), 1)
}

// lineEnd is the offset of line n's break, or the end of the file.
func (s *Source) lineEnd(n int) int {
	if n == len(s.lines) {
		return len(s.data)
	}
	end := s.lines[n] - 1
	if s.data[end] == '\n' && end > s.lines[n-1] && s.data[end-1] == '\r' {
		end--
	}
	return end
}

// charsBefore is the number of characters that begin before offset.
func (s *Source) charsBefore(offset int) int {
	if offset == 0 {
		return 0
	}
	block := (offset - 1) / charBlock
	n := s.chars[block]
	for _, b := range s.data[block*charBlock : offset] {
		if startsChar(b) {
			n++
		}
	}
	return n
}

// clip is the part of a span that lies inside the file.
func (s *Source) clip(sp Span) Span {
	start := min(max(sp.Start, 0), len(s.data))
	return Span{Start: start, End: min(max(sp.End, start), len(s.data))}
}

// charEnd is the offset behind the character at offset.
func (s *Source) charEnd(offset int) int {
	_, size := utf8.DecodeRune(s.data[offset:])
	return offset + size
}
