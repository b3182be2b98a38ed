package source

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Severity says whether a diagnostic stops a scenario from running.
type Severity uint8

const (
	SeverityError   Severity = iota // the file cannot be run
	SeverityWarning                 // the file runs, but something looks wrong
)

// String is "error" or "warning".
func (s Severity) String() string {
	if s == SeverityWarning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one problem of a file, as data. Printers format it.
type Diagnostic struct {
	Code     string // stable, "RL0107"
	Severity Severity
	Span     Span   // what is wrong, exactly
	Message  string // what is wrong and what was expected, quoting the thing
	Hint     string // how to mend it, "did you mean …?"; may be empty
	Guess    string // the variable that Hint assumes; without a variable of that name the hint is dropped
	Note     string // about the other place, where there are two; may be empty
	NoteSpan Span   // the other place
	Fix      Fix    // what mends it; zero if there is no answer or more than one
}

// Fix replaces Span by New.
type Fix struct {
	Span Span
	New  string
}

// Diagnostics are the problems of a file. The zero value is ready to use.
type Diagnostics []Diagnostic

// Add appends a diagnostic.
func (ds *Diagnostics) Add(d Diagnostic) { *ds = append(*ds, d) }

// HasErrors reports whether one of them stops the scenario from running.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Errors is how many of them stop the scenario from running.
func (ds Diagnostics) Errors() int {
	n := 0
	for _, d := range ds {
		if d.Severity == SeverityError {
			n++
		}
	}
	return n
}

// Sort orders diagnostics by place, then by code, then by message, and drops duplicates.
func (ds *Diagnostics) Sort() {
	slices.SortStableFunc(*ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
	*ds = slices.Compact(*ds)
}

// LoadError is the error of a file that cannot be run.
type LoadError struct {
	Source      *Source
	Diagnostics Diagnostics
}

// Error is all diagnostics as plain text.
func (e *LoadError) Error() string {
	var b strings.Builder
	for i, d := range e.Diagnostics {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Source.Format(d))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Style holds the escape sequences that colour the parts of a diagnostic; Reset ends each. The zero Style is plain
// text.
type Style struct {
	Place, Error, Warning, Caret, Label, Reset string
}

// Format returns a diagnostic as plain text: place and message, the line of the file with a caret under the span, the
// hint, and the note with its own place and line. Every line ends with a line break.
func (s *Source) Format(d Diagnostic) string { return s.FormatStyled(d, Style{}) }

// FormatStyled is Format with colours.
func (s *Source) FormatStyled(d Diagnostic, style Style) string {
	var b strings.Builder
	severity := style.Error
	if d.Severity == SeverityWarning {
		severity = style.Warning
	}
	b.WriteString(style.Place + s.place(d.Span).String() + ":" + style.Reset + " " +
		severity + d.Severity.String() + "[" + d.Code + "]:" + style.Reset + " " + d.Message + "\n")
	s.writeSnippet(&b, d.Span, style)
	if d.Hint != "" {
		b.WriteString(style.Label + "  hint:" + style.Reset + " " + d.Hint + "\n")
	}
	if d.Note != "" {
		b.WriteString(style.Label + "  note:" + style.Reset + " " + s.place(d.NoteSpan).String() + ": " + d.Note + "\n")
		s.writeSnippet(&b, d.NoteSpan, style)
	}
	return b.String()
}

func (s *Source) place(sp Span) Pos {
	return s.Pos(sp.Start) // a problem of the whole file is placed at its beginning
}

const (
	snippetWidth  = 100 // characters shown of a line
	snippetBefore = 40  // at most so many of them before the span when the line is cut
)

// writeSnippet writes the line where the span begins and marks the part of the span in it with ^~~~.
func (s *Source) writeSnippet(b *strings.Builder, sp Span, style Style) {
	if sp == (Span{}) {
		return
	}
	sp = s.Clip(sp)
	line := s.LineAt(max(sp.Start, s.Lines[0]))
	start, end := s.Lines[line-1], s.LineEnd(line)
	from := min(max(sp.Start, start), end)
	to := min(max(sp.End, from), end)
	if strings.TrimSpace(string(s.Data[start:end])) == "" {
		return
	}
	before, after := "", ""
	if left := s.back(from, snippetBefore, start); utf8.RuneCount(s.Data[start:end]) > snippetWidth && left > start {
		start, before = left, "…"
	}
	if right := s.forward(start, snippetWidth, end); right < end {
		end, after = right, "…"
		to = max(min(to, end), from)
	}
	text := func(i, j int) string { return Printable(string(s.Data[i:j])) }
	marked := strings.Repeat("~", max(width(text(from, to))-1, 0))
	b.WriteString("    " + before + text(start, end) + after + "\n")
	b.WriteString("    " + blanks(before+text(start, from)) + style.Caret + "^" + marked + style.Reset + "\n")
}

// back returns the offset n characters before offset, but at least limit.
func (s *Source) back(offset, n, limit int) int {
	for ; n > 0 && offset > limit; n-- {
		_, size := utf8.DecodeLastRune(s.Data[limit:offset])
		offset -= size
	}
	return offset
}

// forward returns the offset n characters after offset, but at most limit.
func (s *Source) forward(offset, n, limit int) int {
	for ; n > 0 && offset < limit; n-- {
		offset = s.CharEnd(offset)
	}
	return min(offset, limit)
}

// Printable makes text safe for a terminal: control characters other than tabs become U+FFFD.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsPrint(r) && !unicode.IsSpace(r) || unicode.IsControl(r) && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, text)
}

// blanks returns white space as wide as text. Tabs stay tabs.
func blanks(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\t' {
			b.WriteRune(r)
		} else {
			b.WriteString("  "[:runeWidth(r)])
		}
	}
	return b.String()
}

// width returns how many columns of a terminal a text takes.
func width(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

// wide holds the characters that take two columns: East Asian ones and emoji.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115F, 1}, {0x2E80, 0x303E, 1}, {0x3041, 0x4DBF, 1}, {0x4E00, 0xA4CF, 1},
		{0xAC00, 0xD7A3, 1}, {0xF900, 0xFAFF, 1}, {0xFE30, 0xFE6F, 1}, {0xFF01, 0xFF60, 1}, {0xFFE0, 0xFFE6, 1}},
	R32: []unicode.Range32{{0x1F300, 0x1F64F, 1}, {0x1F680, 0x1F6FF, 1}, {0x1F900, 0x1F9FF, 1}, {0x20000, 0x3FFFD, 1}},
}

// runeWidth returns how many columns a character takes: none for one that combines with the character before it.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
