package dsl

import (
	"bytes"
	"sort"
	"strings"
)

// maxPlacing bounds how many bytes locate reads: a beginning of the file for every step of its search.
const maxPlacing = 4 << 20

// locate finds where the mistake is that d tells of, for which the YAML library knows a line at best: the first token
// with which what is before it can no longer be gone on with. It reports whether it did.
func locate(d *Diagnostic, src *Source) bool {
	data, left := src.Bytes(), maxPlacing
	reads := func(end int, rest string) bool {
		if left -= end; left < 0 {
			return true // to the end of the search, without a result
		}
		_, err := decodeYAML(append(data[:end:end], rest...))
		return err == nil
	}
	// The lines before which all is well. Brackets and quotes may span lines: more of them may be well again.
	good := 0
	for {
		good += sort.Search(len(src.lines)-good, func(i int) bool { return !reads(src.lineEnd(good+i+1), "") })
		more := good + 1
		for more < len(src.lines) && more < good+20 && !reads(src.lineEnd(more+1), "") {
			more++
		}
		if more >= len(src.lines) || more == good+20 {
			break
		}
		good = more + 1
	}
	if good >= len(src.lines) {
		return false
	}
	if sp, ok := textBefore(src, src.lines[good]); ok {
		d.Span, d.Message, d.Hint = sp, "this text stands where the first key was expected", "a comment begins with `#`"
		return true
	}
	closing := "" // the brackets that close what is open
	var last Span
	for i := src.lines[good]; i < len(data) && left > 0; {
		if i += len(data[i:]) - len(bytes.TrimLeft(data[i:], " \t\n\r")); i == len(data) {
			break
		}
		sp := Span{Start: i, End: tokenEnd(data, i, closing != "")}
		switch c := data[i]; c {
		case '[', '{':
			closing = string(closerOf(c)) + closing
		case ']', '}':
			closing = strings.TrimPrefix(closing, string(c))
		}
		if !reads(sp.End, closing) && !reads(sp.End, ":"+closing) {
			blame(d, src, last, sp, closing != "")
			return true
		}
		last, i = sp, sp.End
	}
	return false
}

// blame says of the token at sp, which does not fit behind the one at last, what is wrong with it.
func blame(d *Diagnostic, src *Source, last, sp Span, inFlow bool) {
	d.Span, d.Message = sp, strings.Replace(d.Message, "a line near here", "this line", 1)
	token, before := src.Text(sp), src.Text(last)
	tab := strings.IndexByte(src.Text(Span{Start: last.End, End: sp.Start}), '\t')
	switch {
	case inFlow && before == "-":
		d.Span, d.Message, d.Hint = last, "a list item `- ` stands in brackets", "remove the `-`: a comma is enough there"
	case inFlow && token[0] == ':':
		d.Message, d.Hint = "there is no key before this `:`", "write `key: value`; quote text that begins with `:`"
	case inFlow && token[0] == '?':
		d.Message, d.Hint = "an unquoted value begins with `?`, which means something to YAML", "quote the value"
	case inFlow && token[0] == '#':
		d.Message, d.Hint = "a `#` stands where YAML knows no comment",
			"put a space before it if it begins a comment; quote text that begins with `#`"
	case before == "-" && tab >= 0:
		d.Span = Span{Start: last.End + tab, End: last.End + tab + 1}
		d.Message, d.Hint = "a tab stands where YAML wants spaces", "put a space in its place"
	case d.Message == messageNoColon && src.lineAt(last.Start) < src.lineAt(sp.Start) && last.End > last.Start &&
		strings.TrimSpace(src.Text(Span{Start: src.lines[src.lineAt(last.Start)-1], End: last.Start})) == "":
		d.Span = last // alone on its line
	}
}

// textBefore is the text that stands alone at the beginning of a file, up to end: what follows makes it a mistake.
func textBefore(src *Source, end int) (Span, bool) {
	doc, err := decodeYAML(src.data[:end:end])
	if err != nil || !isScalarDocument(doc) {
		return Span{}, false
	}
	start := src.Offset(doc.Content[0].Line, doc.Content[0].Column)
	return trimSpan(src.data, Span{Start: start, End: src.lineEnd(doc.Content[0].Line)}), true
}

// tokenEnd is the end of the token that begins at i: quoted text, a bracket, a comma, a comment, or what white space
// ends; in brackets, brackets and commas end it too.
func tokenEnd(data []byte, i int, inFlow bool) int {
	rest := data[i:]
	end := 1
	switch c := data[i]; {
	case c == '#':
		end = bytes.IndexByte(rest, '\n')
	case c == '\'' || c == '"':
		for end < len(rest) && rest[end] != c {
			if rest[end] == '\\' && c == '"' {
				end++
			}
			end++
		}
		end++
	case strings.IndexByte("[]{},", c) >= 0:
	case inFlow:
		end = bytes.IndexAny(rest[1:], " \t\r\n[]{},") + 1
	default:
		end = bytes.IndexAny(rest, " \t\r\n")
	}
	if end <= 0 || end > len(rest) {
		end = len(rest)
	}
	return i + end
}
