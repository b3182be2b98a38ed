package lsp

import (
	"bytes"
	"net/url"
	"path"
	"sort"
	"unicode/utf8"

	"runloop/dsl"
	"runloop/dsl/source"
)

// document is an open file as its client has it.
type document struct {
	uri      string
	language string // the client's word for its language
	version  int64
	folder   dsl.Folder // where it finds what it includes
	text     []byte     // never changed in place: analyses keep it
	lines    []int      // the offset of each line's first byte

	analysis *dsl.Analysis // of text; nil: not made yet
	named    *dsl.Analysis // the one that mentions are of
	mentions []mention
	outcome  *outcome      // of the last run; nil: there was none
	explored *explored     // the last time; nil: never
	good     *dsl.Analysis // the latest of a text without mistakes in its form; nil: there was none
}

// setText replaces the whole text.
func (d *document) setText(text []byte) {
	d.text, d.analysis = text, nil
	d.lines = append(d.lines[:0], 0)
	for i, b := range text {
		if b == '\n' || b == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			d.lines = append(d.lines, i+1)
		}
	}
}

// change applies one change.
func (d *document) change(c contentChange, e encoding) {
	if c.Range == nil {
		d.setText([]byte(c.Text))
		return
	}
	sp := d.span(*c.Range, e)
	text := make([]byte, 0, len(d.text)-(sp.End-sp.Start)+len(c.Text))
	text = append(append(append(text, d.text[:sp.Start]...), c.Text...), d.text[sp.End:]...)
	d.setText(text)
}

// name returns the file's name for messages.
func (d *document) name() string {
	u, err := url.Parse(d.uri)
	if err != nil || path.Base(u.Path) == "/" || path.Base(u.Path) == "." {
		return "scenario.yaml"
	}
	return path.Base(u.Path)
}

// path returns the path of the document's file, with slashes; empty: it is no file.
func (d *document) path() string { return pathOf(d.uri) }

// isScenario reports whether the file is one of runloop's: its client says so, or a line begins with its first key.
func (d *document) isScenario() bool {
	if d.language == "runloop" {
		return true
	}
	return bytes.HasPrefix(bytes.TrimPrefix(d.text, []byte("\uFEFF")), []byte("runloop:")) ||
		bytes.Contains(d.text, []byte("\nrunloop:")) || bytes.Contains(d.text, []byte("\rrunloop:"))
}

// analyze returns what is known of the text.
func (d *document) analyze() *dsl.Analysis {
	if d.analysis == nil {
		d.analysis = d.folder.Analyze(d.name(), d.text)
		if d.analysis.File.Root != nil && len(d.analysis.File.Unread) == 0 && !hidesLines(d.analysis) {
			d.good = d.analysis
		}
	}
	return d.analysis
}

// hidesLines reports whether mistakes of the YAML keep parts of the file from being read.
func hidesLines(a *dsl.Analysis) bool {
	for _, diag := range a.Diagnostics {
		if diag.Code < "RL0100" && diag.Severity == source.SeverityError {
			return true
		}
	}
	return false
}

// encoding is what characters of a position are counted in.
type encoding int

// The encodings that a client can choose. UTF-16 is the protocol's default.
const (
	utf16 encoding = iota
	utf8Units
	utf32
)

var encodingWords = [...]string{utf16: "utf-16", utf8Units: "utf-8", utf32: "utf-32"}

// units returns how many units a character of size bytes takes.
func (e encoding) units(r rune, size int) int {
	switch {
	case e == utf8Units:
		return size
	case e == utf16 && r > 0xFFFF:
		return 2
	}
	return 1
}

// offset returns the byte offset of a position. A place outside the text or the line counts as the nearest one inside,
// and one inside a character as its beginning.
func (d *document) offset(p position, e encoding) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= int64(len(d.lines)):
		return len(d.text)
	}
	at, end := d.lines[p.Line], d.lineEnd(int(p.Line))
	for left := p.Character; at < end; {
		r, size := utf8.DecodeRune(d.text[at:end])
		if left -= int64(e.units(r, size)); left < 0 {
			break
		}
		at += size
	}
	return at
}

// position returns the place of a byte offset.
func (d *document) position(offset int, e encoding) position {
	offset = min(max(offset, 0), len(d.text))
	line := sort.SearchInts(d.lines, offset+1) - 1
	units := 0
	for at := d.lines[line]; at < offset; {
		r, size := utf8.DecodeRune(d.text[at:])
		if at+size > offset {
			break // inside a character
		}
		units += e.units(r, size)
		at += size
	}
	return position{Line: int64(line), Character: int64(units)}
}

// lineEnd returns the offset of the line break of a line counted from 0, or the end of the text.
func (d *document) lineEnd(line int) int {
	if line+1 >= len(d.lines) {
		return len(d.text)
	}
	end := d.lines[line+1] - 1
	if d.text[end] == '\n' && end > d.lines[line] && d.text[end-1] == '\r' {
		end--
	}
	return end
}

// span returns the bytes of a range. One that ends before it begins counts as empty.
func (d *document) span(r textRange, e encoding) source.Span {
	start := d.offset(r.Start, e)
	return source.Span{Start: start, End: max(start, d.offset(r.End, e))}
}

// rangeOf returns the range of a span.
func (d *document) rangeOf(sp source.Span, e encoding) textRange {
	return textRange{Start: d.position(sp.Start, e), End: d.position(max(sp.Start, sp.End), e)}
}
