package yaml

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"runloop/dsl/source"
)

// oddBlank is a line whose indentation, or the place behind its `-` or key, has a blank that YAML does not know.
var oddBlank = source.NewPattern(
	`^(?:[ \t]|\x00)*\x00(?:[ \t]|\x00)*(?:-|[\w.-]+:)(?:[ \t]|\x00|\r?$)|^[ \t]*(?:-[ \t]+)*(?:-\x00|[\w.-]+:\x00)`,
)

// blanks reports a line with such a blank, mends all of them, and reports whether there is one. Nothing can be read of
// what is indented so.
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

// oddDash is a line that begins with a dash of typography or a bullet, and what stands behind it.
var oddDash = source.NewPattern(`^([ \t]*(?:-[ \t]+)*)([^\x00-\x7f]|\*)[ \t]+(\S.*?)\r?$`)

// keyBegins is a key of a map.
var keyBegins = source.NewPattern(`^[\w.-]+:(?:[ \t]|$)`)

// dashes reports a line with such a dash where an item of a list begins, mends all of them, and reports whether there
// is one.
func (s *accidentScan) dashes(start, eol int) bool {
	m := oddDash.Regexp().FindStringSubmatch(s.text(start, eol))
	if m == nil || !isBullet(m[2]) {
		return false
	}
	isItem := s.last != continuesText && len(s.levels) > 0 &&
		s.levels[len(s.levels)-1] == level{col: len(m[1]), list: true}
	if !isItem && !keyBegins.Regexp().MatchString(m[3]) {
		return false
	}
	r, size := utf8.DecodeRuneInString(m[2])
	at := start + len(m[1])
	message := fmt.Sprintf("`%s` is U+%04X: an item of a list begins with `- `", m[2], r)
	if r < utf8.RuneSelf {
		message = "an item of a list begins with `- `, not with `" + m[2] + "`"
	}
	a := s.addOnly(CodeFileEncoding, source.Span{Start: at, End: at + size}, message, "write `- "+source.Cut(m[3])+"`")
	a.Fix = source.Fix{Span: source.Span{Start: start, End: s.end}, New: withPlainDashes(s.text(start, s.end), m[1])}
	s.fatal = true
	return true
}

// isBullet reports whether a character stands for the `-` of a list item.
func isBullet(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r == '*' || source.IsDash(r)
}

// withPlainDashes is lines with `-` for such dashes before keys, and in the column of the first. Blocks of text stay.
func withPlainDashes(text, indentation string) string {
	lines := strings.SplitAfter(text, "\n")
	block := -1
	for i, line := range lines {
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && (depth > block || strings.TrimSpace(line) == "") {
			continue
		}
		block = -1
		content := strings.TrimRight(line, "\r\n")
		if m := oddDash.Regexp().FindStringSubmatch(content); m != nil && isBullet(m[2]) &&
			(m[1] == indentation || keyBegins.Regexp().MatchString(m[3])) {
			lines[i] = m[1] + "-" + line[len(m[1])+len(m[2]):]
		}
		if blockBegins.Regexp().MatchString(strings.TrimRight(lines[i], "\n")) {
			block = depth
		}
	}
	return strings.Join(lines, "")
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
