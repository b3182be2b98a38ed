package dsl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"runloop/dsl/compile"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// SetOutput returns the bytes of the file with `expect.output`, of the case that ran or else of the scenario, set to what a
// run printed. In a list it replaces the lines that the run did not print, each by the nearest line. Nothing else changes,
// comments included. changed is false if the file already expects that text, or no output at all. The error says why the
// place cannot be rewritten.
func (s *Scenario) SetOutput(text string) (data []byte, changed bool, err error) {
	old, owner := expectedOutput(s.File), s.Expect
	if old == nil || compile.OutputFits(old, text) {
		return s.Source.First().Bytes(), false, nil
	}
	if s.ofCase != nil {
		if owner = s.ofCase.Expect; owner == nil || owner.Output == nil {
			return nil, false, s.cannotUpdate("it is the scenario's own, and this is a case: give the case an `expect.output` of its own")
		}
	}
	for _, v := range append([]*syntax.Value{old}, old.Items...) {
		if v.Span.Start < owner.Span.Start || v.Span.End > owner.Span.End {
			return nil, false, s.cannotUpdate("it is an alias, what it stands for is written elsewhere")
		}
	}
	asBlock := func(at source.Span, text string) []byte { return s.asBlock(owner, at, text) }
	edits := []func(at source.Span, text string) []byte{asBlock, s.asQuoted}
	if old.Kind == syntax.ListValue {
		wanted, lines := compile.ListedLines(old), compile.OutputLines(text)
		at := compile.AlignLines(wanted, lines)
		if at == nil {
			return nil, false, s.cannotUpdate(fmt.Sprintf("it lists %d lines, and there are %d", len(wanted), len(lines)))
		}
		edits = []func(source.Span, string) []byte{func(source.Span, string) []byte { return s.withLines(old.Items, wanted, lines, at) }}
	}
	for _, edit := range edits {
		if data := edit(old.Span, text); s.onlyOutputDiffers(data, text) {
			return data, true, nil
		}
	}
	return nil, false, s.cannotUpdate("the text is too long, has characters that YAML does not allow, or is used elsewhere too")
}

// expectedOutput returns `expect.output`, or nil if it is absent.
func expectedOutput(f *syntax.File) *syntax.Value {
	if f.Expect == nil {
		return nil
	}
	return f.Expect.Output
}

// cannotUpdate returns the error for an output that cannot be rewritten.
func (s *Scenario) cannotUpdate(why string) error {
	return fmt.Errorf("`expect.output` cannot be rewritten: %s", why)
}

// onlyOutputDiffers reports whether data differs from the file only in its expected output, and that fits text.
func (s *Scenario) onlyOutputDiffers(data []byte, text string) bool {
	if data == nil {
		return false
	}
	n, _, diags := s.folder.load(s.Source.Name(), data)
	path := []string{"expect", "output"}
	if c := s.ofCase; c != nil && !diags.HasErrors() {
		if n.Case(c.Name.Text) == nil {
			return false
		}
		n, path = n.With(n.Case(c.Name.Text)), []string{"cases", c.Name.Text, "expect", "output"}
	}
	if diags.HasErrors() || !compile.OutputFits(expectedOutput(n), text) {
		return false
	}
	before, _ := yaml.Parse(s.Source.First(), &diags)
	after, _ := yaml.Parse(n.Source.First(), &diags)
	return before != nil && after != nil && sameTree(before, after, path)
}

// sameTree compares two trees, except for the value under a path of keys; nil excludes nothing.
func sameTree(a, b *yaml.Node, without []string) bool {
	if a.Kind != b.Kind || a.Type != b.Type || a.Text != b.Text || len(a.Items) != len(b.Items) || len(a.Pairs) != len(b.Pairs) {
		return false
	}
	for i, item := range a.Items {
		if !sameTree(item, b.Items[i], nil) {
			return false
		}
	}
	for i, p := range a.Pairs {
		rest := without
		if len(without) == 0 || p.Key != without[0] {
			rest = nil
		} else if rest = without[1:]; len(rest) == 0 {
			continue
		}
		if p.Key != b.Pairs[i].Key || !sameTree(p.Value, b.Pairs[i].Value, rest) {
			return false
		}
	}
	return true
}

// replace returns the file with one span replaced.
func (s *Scenario) replace(at source.Span, with string) []byte {
	data := s.Source.First().Bytes()
	return slices.Concat(data[:at.Start], []byte(with), data[at.End:])
}

// asQuoted writes the text in double quotes, which are allowed anywhere.
func (s *Scenario) asQuoted(at source.Span, text string) []byte {
	return s.replace(at, s.quoted(at, text))
}

func (s *Scenario) quoted(at source.Span, text string) string {
	quoted := strings.ReplaceAll(strconv.Quote(text), `\x7f`, `\x7F`)
	old := s.Source.Text(at)
	if quoted += blockComment(old); strings.HasSuffix(old, "\n") { // the old text may be a block
		quoted += s.Source.LineBreak()
	}
	return quoted
}

// withLines returns the file with each item changed to the line it stands for, if they differ.
func (s *Scenario) withLines(items []*syntax.Value, wanted, lines []string, at []int) []byte {
	data := s.Source.First().Bytes()
	for i, item := range slices.Backward(items) {
		if line := lines[at[i]]; line != wanted[i] {
			data = slices.Concat(data[:item.Span.Start], []byte(s.lineAs(item.Span, line)), data[item.Span.End:])
		}
	}
	return data
}

// lineAs writes a line of output in the same form as the item that it replaces, if possible.
func (s *Scenario) lineAs(at source.Span, line string) string {
	printable := !strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) })
	switch old := s.Source.Text(at); {
	case strings.HasPrefix(old, "'") && printable:
		return "'" + strings.ReplaceAll(line, "'", "''") + "'"
	case !strings.HasPrefix(old, `"`) && blockHeader.Regexp().FindString(old) == "" && plainLine(line):
		return line
	}
	return s.quoted(at, line)
}

// plainLine reports whether YAML reads the text without quotes unchanged, even in a flow list.
func plainLine(line string) bool {
	var diags source.Diagnostics
	n, _ := yaml.Parse(source.NewSource("", []byte("["+line+"]")), &diags)
	return n != nil && len(diags) == 0 && len(n.Items) == 1 && n.Items[0].Type == yaml.StringScalar && !n.Items[0].Quoted && n.Items[0].Text == line
}

// blockHeader matches the first line of a block scalar. The submatch is its comment.
var blockHeader = source.NewPattern(`^[|>][-+0-9]*([ \t]+#[^\r\n]*)?`)

// blockComment returns the comment in the first line of a block scalar, with the space before it.
func blockComment(block string) string {
	if m := blockHeader.Regexp().FindStringSubmatch(block); m != nil {
		return m[1]
	}
	return ""
}

// asBlock writes the text as a literal block. It returns nil if there cannot be one here.
func (s *Scenario) asBlock(owner *syntax.Expect, at source.Span, text string) []byte {
	flow := s.Source.Text(source.Span{Start: s.Root.Start, End: s.Root.Start + 1}) == "{" ||
		s.Source.Text(source.Span{Start: owner.Start, End: owner.Start + 1}) == "{"
	body := strings.TrimRight(text, "\n")
	if flow || body == "" {
		return nil
	}
	old := s.Source.Text(at)
	comment := blockComment(old)
	if !strings.HasSuffix(old, "\n") { // only a comment can follow on the same line
		rest := source.Span{Start: at.End, End: s.Source.First().LineEnd(s.Source.Pos(at.End).Line)}
		comment += strings.TrimRight(s.Source.Text(rest), " \t")
		at.End = min(rest.End+len(s.Source.LineBreak()), len(s.Source.First().Bytes()))
	}
	end := s.Source.LineBreak()
	indent := strings.Repeat(" ", s.Source.Pos(owner.FieldOf(owner.Output).KeySpan.Start).Col+1)
	var b strings.Builder
	b.WriteString(headerOf(text, len(text)-len(body)) + comment + end)
	for line := range strings.Lines(strings.TrimSuffix(text, "\n")) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			b.WriteString(indent + line)
		}
		b.WriteString(end)
	}
	return s.replace(at, b.String())
}

// headerOf returns the header of a literal block for text, which ends with so many line breaks.
func headerOf(text string, breaks int) string {
	header := "|"
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") {
		header += "2" // the first line does not show the indentation of the block
	}
	switch {
	case breaks == 0:
		header += "-"
	case breaks > 1:
		header += "+"
	}
	return header
}
