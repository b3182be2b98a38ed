package yaml

import (
	"bytes"
	"sort"
	"strings"

	"runloop/dsl/source"
)

// maxPlacing bounds how many bytes locate reads: a beginning of the file for every step of its search.
const maxPlacing = 4 << 20

// locate finds where the mistake is that d tells of, for which the YAML library knows a line at best: the first token
// with which what is before it can no longer be gone on with. It reports whether it did.
func locate(d *source.Diagnostic, src *source.Source) bool {
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
		good += sort.Search(len(src.Lines)-good, func(i int) bool { return !reads(src.LineEnd(good+i+1), "") })
		more := good + 1
		for more < len(src.Lines) && more < good+20 && !reads(src.LineEnd(more+1), "") {
			more++
		}
		if more >= len(src.Lines) || more == good+20 {
			break
		}
		good = more + 1
	}
	if good >= len(src.Lines) {
		return false
	}
	if sp, ok := textBefore(src, src.Lines[good]); ok {
		d.Span, d.Message, d.Hint = sp, "this text stands where the first key was expected", "a comment begins with `#`"
		return true
	}
	closing := "" // the brackets that close what is open
	var last source.Span
	for i := src.Lines[good]; i < len(data) && left > 0; {
		if i += len(data[i:]) - len(bytes.TrimLeft(data[i:], " \t\n\r")); i == len(data) {
			break
		}
		sp := source.Span{Start: i, End: tokenEnd(data, i, closing != "")}
		switch c := data[i]; c {
		case '[', '{':
			closing = string(source.CloserOf(c)) + closing
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
func blame(d *source.Diagnostic, src *source.Source, last, sp source.Span, inFlow bool) {
	d.Span, d.Message = sp, strings.Replace(d.Message, "a line near here", "this line", 1)
	token, before := src.Text(sp), src.Text(last)
	tab := strings.IndexByte(src.Text(source.Span{Start: last.End, End: sp.Start}), '\t')
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
		d.Span = source.Span{Start: last.End + tab, End: last.End + tab + 1}
		d.Message, d.Hint = "a tab stands where YAML wants spaces", "put a space in its place"
	case d.Message == messageNoColon && src.LineAt(last.Start) < src.LineAt(sp.Start) && last.End > last.Start &&
		strings.TrimSpace(src.Text(source.Span{Start: src.Lines[src.LineAt(last.Start)-1], End: last.Start})) == "":
		d.Span = last // alone on its line
	}
}

// textBefore is the text that stands alone at the beginning of a file, up to end: what follows makes it a mistake.
func textBefore(src *source.Source, end int) (source.Span, bool) {
	doc, err := decodeYAML(src.Data[:end:end])
	if err != nil || !isScalarDocument(doc) {
		return source.Span{}, false
	}
	start := src.Offset(doc.Content[0].Line, doc.Content[0].Column)
	return trimSpan(src.Data, source.Span{Start: start, End: src.LineEnd(doc.Content[0].Line)}), true
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
