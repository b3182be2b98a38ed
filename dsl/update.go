package dsl

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// SetOutput gives the bytes of the file with `expect.output` set to text. Nothing else is touched: comments stay where
// they are. changed is false where the file expects that text already, or no exact text at all. The error says why
// the place cannot be rewritten.
func (s *Scenario) SetOutput(text string) (data []byte, changed bool, err error) {
	expect := field[*Record](s.Root, "expect")
	old := field[*Value](expect, "output")
	if old == nil || old.Kind != Literal || constText(old) == text {
		return s.Source.Bytes(), false, nil
	}
	if old.Span.Start < expect.Span.Start || old.Span.End > expect.Span.End {
		return nil, false, errors.New("`expect.output` is an alias: what it stands for is written elsewhere")
	}
	for _, edit := range []func(at Span, text string) []byte{s.asBlock, s.asQuoted} {
		if data := edit(old.Span, text); s.reads(data, text) {
			return data, true, nil
		}
	}
	return nil, false, errors.New("`expect.output` cannot be rewritten: the text is too long or has characters that YAML does not allow")
}

// reads reports whether data is the scenario with only its output changed to text.
func (s *Scenario) reads(data []byte, text string) bool {
	if data == nil {
		return false
	}
	n, diags := load(s.Source.Name(), data)
	if diags.HasErrors() {
		return false
	}
	output := field[*Value](field[*Record](n.Root, "expect"), "output")
	return output != nil && constText(output) == text && len(n.Root.Fields) == len(s.Root.Fields)
}

// replace is the file with one span replaced.
func (s *Scenario) replace(at Span, with string) []byte {
	data := s.Source.Bytes()
	return slices.Concat(data[:at.Start], []byte(with), data[at.End:])
}

// asQuoted writes the text in double quotes, which can stand anywhere.
func (s *Scenario) asQuoted(at Span, text string) []byte {
	quoted := strconv.Quote(text)
	old := s.Source.Text(at)
	if quoted += blockComment(old); strings.HasSuffix(old, "\n") { // as a block may
		quoted += s.lineBreak()
	}
	return s.replace(at, strings.ReplaceAll(quoted, `\x7f`, `\x7F`))
}

// blockHeader is the first line of a block scalar; its comment is the submatch.
var blockHeader = regexp.MustCompile(`^[|>][-+0-9]*([ \t]+#[^\r\n]*)?`)

// blockComment is the comment in the first line of a block scalar, with the space before it.
func blockComment(block string) string {
	if m := blockHeader.FindStringSubmatch(block); m != nil {
		return m[1]
	}
	return ""
}

func (s *Scenario) lineBreak() string {
	if bytes.Contains(s.Source.Bytes(), []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// asBlock writes the text as a literal block, nil: it cannot be one here.
func (s *Scenario) asBlock(at Span, text string) []byte {
	expect := field[*Record](s.Root, "expect")
	flow := s.Source.Text(Span{s.Root.Start, s.Root.Start + 1}) == "{" ||
		s.Source.Text(Span{expect.Start, expect.Start + 1}) == "{"
	body := strings.TrimRight(text, "\n")
	if flow || body == "" {
		return nil
	}
	header := "|"
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") {
		header += "2" // how far the text is indented cannot be seen from its first line
	}
	switch trailing := len(text) - len(body); {
	case trailing == 0:
		header += "-"
	case trailing > 1:
		header += "+"
	}
	old := s.Source.Text(at)
	comment := blockComment(old)
	if !strings.HasSuffix(old, "\n") { // what follows in the same line can only be a comment
		rest := Span{at.End, s.Source.lineEnd(s.Source.Pos(at.End).Line)}
		comment += strings.TrimRight(s.Source.Text(rest), " \t")
		at.End = min(rest.End+len(s.lineBreak()), len(s.Source.Bytes()))
	}
	end := s.lineBreak()
	indent := strings.Repeat(" ", s.Source.Pos(expect.keySpan("output").Start).Col+1)
	var b strings.Builder
	b.WriteString(header + comment + end)
	for line := range strings.Lines(strings.TrimSuffix(text, "\n")) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			b.WriteString(indent + line)
		}
		b.WriteString(end)
	}
	return s.replace(at, b.String())
}
