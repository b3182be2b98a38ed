package yaml

import (
	"slices"
	"strings"

	"runloop/dsl/source"
)

// Texts that other languages put together, where YAML reads a value in quotes with something behind it.
var (
	formattedText = source.NewPattern(`^(?:"([^"'\\]*)"|'([^"'\\]*)') *% *(.+)$`)
	joinedOperand = source.NewPattern(`^[A-Za-z_][\w.]*(?:\[[^\[\]"']*\])?$`)
	madeString    = source.NewPattern(`^(?:str|string|String)\(([\w.]+)\)$`)
	quotedOperand = source.NewPattern(`^(?:"([^"\\]*)"|'([^'\\]*)')$`)
)

// conditionKeys is the keys whose value is an expression already.
var conditionKeys = []string{"if", "elif", "while", "assert", "until", "that", "always", "where"}

// asText is a value that is not quoted, or not to its end, as the text in quotes that was meant.
func (s *accidentScan) asText(sp source.Span) string {
	text := s.src.Text(sp)
	if meant := putTogether(text); meant != "" && !slices.Contains(conditionKeys, s.src.Text(s.key)) {
		return source.QuoteYAML(meant)
	}
	return source.QuoteYAML(text)
}

// putTogether is the text, with `${…}` in it, that another language puts together with `+`, `%` or backticks; "": it
// is none.
func putTogether(text string) string {
	if n := len(text); n > 2 && text[0] == '`' && strings.Count(text, "`") == 2 && text[n-1] == '`' {
		return text[1 : n-1]
	}
	if m := formattedText.Regexp().FindStringSubmatch(text); m != nil {
		args := m[3]
		if len(args) > 1 && args[0] == '(' && source.ClosingBracket("["+args[1:len(args)-1]+"]", 0) == len(args)-1 {
			args = strings.Trim(args, "()")
		}
		if !strings.ContainsAny(args, `"'`) {
			return "${format('" + m[1] + m[2] + "', " + args + ")}"
		}
	}
	var b strings.Builder
	parts := strings.Split(text, " + ")
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if m := quotedOperand.Regexp().FindStringSubmatch(part); m != nil {
			b.WriteString(m[1] + m[2])
		} else if m := madeString.Regexp().FindStringSubmatch(part); m != nil {
			b.WriteString("${" + m[1] + "}")
		} else if joinedOperand.Regexp().MatchString(part) {
			b.WriteString("${" + part + "}")
		} else {
			return ""
		}
	}
	if len(parts) < 2 {
		return ""
	}
	return b.String()
}

// slashes reports a line with a comment of another language, mends all of them, and reports whether there is one.
func (s *accidentScan) slashes(start, p, eol int) bool {
	if s.last == continuesText || !strings.HasPrefix(s.text(p, eol), "//") {
		return false
	}
	comment := strings.TrimSpace(strings.TrimLeft(s.text(p, eol), "/"))
	a := s.addOnly(CodeSyntax, source.Span{Start: p, End: p + 2}, "a comment begins with `#`, not with `//`",
		"write `# "+source.Cut(comment)+"`")
	lines := strings.SplitAfter(s.text(start, s.end), "\n")
	block := -1
	for i, line := range lines {
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && (depth > block || strings.TrimSpace(line) == "") {
			continue
		}
		block = -1
		if strings.HasPrefix(line[depth:], "//") {
			lines[i] = line[:depth] + "#" + line[depth+2:]
		} else if blockBegins.Regexp().MatchString(strings.TrimRight(line, "\r\n")) {
			block = depth
		}
	}
	a.Fix = source.Fix{Span: source.Span{Start: start, End: s.end}, New: strings.Join(lines, "")}
	s.fatal = true
	return true
}
