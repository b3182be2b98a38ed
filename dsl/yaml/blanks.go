package yaml

import (
	"strings"
	"unicode/utf8"

	"runloop/dsl/source"
)

// oddBlank is a line whose indentation, or the place behind its `-` or key, has a blank that YAML does not know.
var oddBlank = source.NewPattern(`^(?:[ \t]|\x00)*\x00(?:[ \t]|\x00)*(?:-|[\w.-]+:)(?:[ \t]|\x00|\r?$)|^[ \t]*(?:-[ \t]+)*(?:-\x00|[\w.-]+:\x00)`)

// blanks reports a line with such a blank, mends all of them, and reports whether there is one. Nothing can be read of what
// is indented so.
func (s *accidentScan) blanks(start, eol int) bool {
	line := s.text(start, eol)
	at := strings.IndexFunc(line, source.IsOddBlank)
	if at < 0 || !hasOddBlank(line) {
		return false
	}
	r, size := utf8.DecodeRuneInString(line[at:])
	message, hint := source.DescribeLookAlike(r)
	a := s.addOnly(CodeFileEncoding, source.Span{Start: start + at, End: start + at + size}, message, hint)
	a.Fix = source.Fix{Span: source.Span{Start: start, End: s.end}, New: withoutOddBlanks(s.text(start, s.end))}
	s.fatal = true
	return true
}

// hasOddBlank reports whether a line has a blank that YAML does not know where one belongs.
func hasOddBlank(line string) bool {
	plain := strings.Map(func(r rune) rune {
		if source.IsOddBlank(r) {
			return 0
		}
		return r
	}, line)
	return plain != line && oddBlank.Regexp().MatchString(plain)
}

// blockBegins is a line behind which a block of text stands.
var blockBegins = source.NewPattern(`[:-][ \t]+[|>][-+0-9]*[ \t]*(?:#.*)?\r?$`)

// withoutOddBlanks is lines with plain blanks where blanks belong. Blocks of text stay as they are.
func withoutOddBlanks(text string) string {
	lines := strings.SplitAfter(text, "\n")
	block := -1 // the indentation of the key of the block; -1: none
	for i, line := range lines {
		content := strings.TrimLeftFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || source.IsOddBlank(r) })
		indentation := utf8.RuneCountInString(line) - utf8.RuneCountInString(content)
		if block >= 0 && (indentation > block || strings.TrimSpace(content) == "") {
			if len(line)-len(strings.TrimLeft(line, " ")) <= block { // its text is not indented but by such blanks
				lines[i] = plainBlanks(line[:len(line)-len(content)]) + content
			}
			continue
		}
		block = -1
		if hasOddBlank(strings.TrimRight(line, "\n")) {
			lines[i] = plainBlanks(line)
		}
		if blockBegins.Regexp().MatchString(strings.TrimRight(lines[i], "\n")) {
			block = indentation
		}
	}
	return strings.Join(lines, "")
}

// plainBlanks is a line with plain blanks before its value.
func plainBlanks(line string) string {
	end := len(line)
	if colon := strings.IndexByte(line, ':'); colon >= 0 {
		rest := line[colon+1:]
		end = len(line) - len(strings.TrimLeftFunc(rest, func(r rune) bool { return r == ' ' || source.IsOddBlank(r) }))
	}
	_, plain := source.LookAlike(line[:end])
	return plain + line[end:]
}

// withoutTabs is lines that are indented with two spaces for each tab.
func withoutTabs(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		content := strings.TrimLeft(line, " \t")
		lines[i] = strings.ReplaceAll(line[:len(line)-len(content)], "\t", "  ") + content
	}
	return strings.Join(lines, "")
}
