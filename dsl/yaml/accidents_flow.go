package yaml

import (
	"bytes"
	"fmt"
	"strings"

	"runloop/dsl/source"
)

// Lists and maps in [ ] and { }, where `${…}`, indexes and calls must be quoted: the commonest accident of all.

// flow reads a list or map in brackets at p.
func (s *accidentScan) flow(p int) (end int, ok bool) {
	first := len(s.accidents)
	var open []int // the offsets of the brackets that are open
	for i := p; i < s.end && len(s.accidents) < maxAccidents; {
		switch c := s.data[i]; {
		case isSpace(c):
			i++
		case s.resumes(p, i):
			s.dropFrom(p)
			s.unclosedBracket(p, open[len(open)-1], "is never closed")
			return i, false
		case c == '#' && i > 0 && isSpace(s.data[i-1]):
			i = s.eol(i)
		case c == '{' && i+1 < s.end && s.data[i+1] == '{' && s.braces(i) > 0:
			i = s.flowText(i, CodeBraces, "`{{ … }}` is not how an expression is written")
			if len(open) == 0 {
				s.nextLine(s.eol(i))
				return i, false
			}
		case c == '[' || c == '{':
			if open = append(open, i); len(open) > maxDepth {
				s.tooDeep(i)
				return i, false
			}
			s.key = source.Span{}
			i++
		case c == ']' || c == '}':
			if source.CloserOf(s.data[open[len(open)-1]]) != c {
				s.unclosedBracket(p, open[len(open)-1], fmt.Sprintf("is closed by `%c`", c))
				return i, false
			}
			open = open[:len(open)-1]
			i++
			if len(open) == 0 {
				s.flowHints(first, source.Span{Start: p, End: i})
				return i, true
			}
		default:
			if i = s.flowItem(i); i < 0 {
				return s.end, false
			}
		}
	}
	if len(s.accidents) < maxAccidents && len(open) > 0 {
		s.dropFrom(p)
		s.unclosedBracket(p, open[0], "is never closed")
	}
	return s.end, false
}

// resumes reports whether a line begins at i that goes on with the list or map around the bracket at p, which has not
// been closed then: it is indented no deeper than the bracket's line, and is an item or, where there is no comma, a
// key.
func (s *accidentScan) resumes(p, i int) bool {
	line, first := s.src.Lines[s.src.LineAt(i)-1], s.src.Lines[s.src.LineAt(p)-1]
	if line == first || s.skipBlanks(line) != i || i-line > s.skipBlanks(first)-first {
		return false
	}
	if s.data[i] == '-' && i+1 < s.end && isBlank(s.data[i+1]) {
		return true
	}
	before := trimSpan(s.data, source.Span{Start: p, End: line}).End - 1
	colon, _ := s.plainLine(i, s.eol(i))
	return colon > i && source.IsDefinable(string(s.data[i:colon])) && strings.IndexByte("{[,", s.data[before]) < 0
}

// dropFrom forgets the accidents from offset p on.
func (s *accidentScan) dropFrom(p int) { s.dropInside(source.Span{Start: p, End: len(s.data)}) }

// unclosedBracket reports a bracket, and goes on with the line after that of the outermost one, at p.
func (s *accidentScan) unclosedBracket(p, at int, what string) {
	eol := s.eol(p)
	s.patches = append(s.patches, patch{Span: trimSpan(s.data, source.Span{Start: p, End: eol}), first: 'x', rest: 'x'})
	closer := source.CloserOf(s.data[at])
	hint := fmt.Sprintf("close it with `%c`, or quote the value if it is text", closer)
	if _, comment, ok := strings.Cut(s.text(at, s.eol(at)), " #"); ok && strings.IndexByte(comment, closer) >= 0 {
		hint = fmt.Sprintf("` #` begins a comment, which hides the `%c`: quote the text that holds it", closer)
	}
	s.addOnly(CodeUnclosed, source.Span{Start: at, End: at + 1}, fmt.Sprintf("the bracket `%c` %s", s.data[at], what),
		hint)
	s.nextLine(eol)
}

// flowItem reads what is neither space nor bracket at i, and returns what is behind it; -1 if the rest makes no sense.
func (s *accidentScan) flowItem(i int) int {
	switch c := s.data[i]; c {
	case '!', '@', '`', '%', '|', '>', '*', '&':
		if s.folds > 0 && len(bytes.TrimSpace(s.data[s.folds:i])) == 0 {
			return s.flowPlain(i) // the text of the line before goes on, with whatever character
		}
	}
	switch c := s.data[i]; c {
	case ',':
		s.key = source.Span{}
		s.missingItem(i)
		return i + 1
	case ':', '?':
		return i + 1
	case '"', '\'':
		return s.flowQuoted(i)
	case '!':
		if !s.count(i) {
			return -1
		}
		sp := s.flowSpan(i)
		s.unquotable(i, sp)
		return sp.End
	case '@', '`', '%', '|', '>', '*', '&':
		return s.flowIndicator(i)
	}
	return s.flowPlain(i)
}

// missingItem reports the comma at i if there is no value before it.
func (s *accidentScan) missingItem(i int) {
	before := i - 1
	for before > 0 && isSpace(s.data[before]) {
		before--
	}
	if c := s.data[before]; c != ',' && c != '[' && c != '{' {
		return
	}
	sp := source.Span{Start: i, End: i + 1}
	s.patches = append(s.patches, patch{Span: sp, first: ' '})
	s.addOnly(CodeSyntax, sp, "there is no value before this `,`",
		"remove the `,`, or write `null` before it").Fix = source.Fix{
		Span: source.Span{Start: before + 1, End: i + 1}}
}

// flowQuoted reads a value in quotes inside brackets.
func (s *accidentScan) flowQuoted(i int) int {
	if !s.count(i) {
		return -1
	}
	end, ok := s.quoted(i)
	if !ok {
		sp := s.flowSpan(i)
		s.unclosedText(sp)
		return sp.End
	}
	next := s.skipBlanks(end)
	if next >= s.end || isSpace(s.data[next]) || s.data[next] == '#' || s.data[next] == ':' || s.data[next] == ',' ||
		s.data[next] == ']' || s.data[next] == '}' {
		return end
	}
	if s.eol(i) < end {
		sp := s.flowSpan(i)
		s.unclosedText(sp)
		return sp.End
	}
	s.dropFrom(i)
	return s.flowText(i, CodeAfterQuote, "text behind a quoted value: YAML ends the value at its closing quote")
}

// flowIndicator reads anchors and aliases inside brackets, and reports values that begin with what YAML keeps for
// itself.
func (s *accidentScan) flowIndicator(i int) int {
	end := s.nameEnd(i + 1)
	isName := end > i+1 && (end == s.end || isSpace(s.data[end]) || isFlowIndicator(s.data[end]))
	switch c := s.data[i]; {
	case c == '&' && isName:
		s.anchors[s.text(i+1, end)] = true
		return end
	case c == '*' && isName:
		if next := s.skipBlanks(end); next == s.end || isFlowIndicator(s.data[next]) || isSpace(s.data[next]) ||
			s.data[next] == ':' {
			s.unknownAlias(i, end)
			return end
		}
	}
	sp := s.flowSpan(i)
	s.unquotable(i, sp)
	return sp.End
}

// flowPlain reads unquoted text inside brackets.
func (s *accidentScan) flowPlain(i int) int {
	if !s.count(i) {
		return -1
	}
	eol := s.eol(i)
	end := i
	for end < eol && !isFlowIndicator(s.data[end]) && s.data[end] != '?' {
		c := s.data[end]
		if c == ':' && (end+1 == eol || isBlank(s.data[end+1]) || isFlowIndicator(s.data[end+1])) ||
			c == '#' && end > i && isBlank(s.data[end-1]) {
			break
		}
		end++
	}
	if end == i { // a lone character that cannot begin a text
		return i + 1
	}
	text := s.text(i, end)
	switch {
	case end == eol:
		s.folds = end
		return end
	case s.data[end] == ':' && s.key != (source.Span{}):
		return s.flowText(i, CodeColon, "`: ` inside an unquoted value: YAML takes what is before it for a key")
	case s.data[end] == ':' && end+1 < eol && (s.data[end+1] == '{' || s.data[end+1] == '['):
		sp := source.Span{Start: i, End: s.flowSpan(i).End}
		s.add(CodeMissingColon, sp, "`"+source.Cut(s.src.Text(sp))+"` is no `key: value`: a space is missing behind the `:`",
			"write `"+text+": "+source.Cut(s.text(end+1, sp.End))+"`").Fix = source.Fix{Span: source.Span{Start: end + 1,
			End: end + 1}, New: " "}
		return sp.End
	case s.data[end] == ':':
		s.key = trimSpan(s.data, source.Span{Start: i, End: end})
		return end + 1
	case s.data[end] == '[' || s.data[end] == '{':
		what := fmt.Sprintf("an unquoted `%c` in a text inside brackets", s.data[end])
		if strings.HasSuffix(text, "$") {
			what = "unquoted `${…}` inside brackets"
		}
		return s.flowText(i, CodeFlowText, what+": YAML takes the bracket for its own")
	case s.data[end] == '?':
		return s.flowText(i, CodeFlowText, "an unquoted `?` inside brackets: YAML takes it for its own")
	case s.data[end] == ',' && source.OpenBracket(text) == '(' && source.OpenBracket(s.src.Text(s.flowSpan(i))) == 0:
		end = s.flowText(i, CodeFlowText, "an unquoted comma of an expression inside brackets: YAML takes it for its own")
		s.silence()
	case s.data[end] == '#' && (source.OpenBracket(text) == '(' || cutOff(text, s.text(end, eol)) != ""):
		sp := s.flowSpan(i)
		end = s.flowText(i, CodeHash, "` #` begins a comment: YAML cuts the text here")
		if sp.End == end {
			s.silence()
		}
	}
	return end
}

// flowText reports the text at i, which must be quoted, and returns its end.
func (s *accidentScan) flowText(i int, code, message string) int {
	sp := s.flowSpan(i)
	if code == CodeBraces {
		sp.End = s.braces(i)
		inner := strings.TrimSpace(s.text(sp.Start+2, sp.End-2))
		sp = s.valueOf(sp)
		hint := source.QuoteYAML("${" + inner + "}")
		if s.key != (source.Span{}) {
			hint = s.src.Text(s.key) + ": " + hint
		}
		s.add(code, sp, message, "write `"+hint+"`").Fix = source.Fix{Span: sp, New: source.QuoteYAML("${" + inner + "}")}
		if s.braces(i) == sp.End {
			s.silence()
		}
		return sp.End
	}
	if end := flowKeyEnd(s.src.Text(sp)); end > 0 && s.key == (source.Span{}) && code == CodeFlowText {
		sp.End = sp.Start + end
	}
	s.add(code, sp, message, s.write(sp)).Fix = s.quote(sp)
	return sp.End
}

// flowKeyEnd is the length of the path that the text of a pair `xs[0]: 1` begins with, 0 if it is no such pair.
func flowKeyEnd(text string) int {
	if m := flowPath.Regexp().FindString(text); m != "" {
		return strings.LastIndexByte(m, ':')
	}
	return 0
}

var flowPath = source.NewPattern(`^[A-Za-z_]\w*(?:\.\w+|\[[^][]*\])+:(?: |$)`)

// valueOf widens the braces at sp by the text that follows them up to the end of a value outside brackets.
func (s *accidentScan) valueOf(sp source.Span) source.Span {
	next := s.skipBlanks(sp.End)
	if next == s.eol(sp.End) || isFlowIndicator(s.data[next]) || s.data[next] == '#' {
		return sp
	}
	return s.flowSpan(sp.Start)
}

// braces is the end of the `{{ … }}` at i, 0 if it is none: the braces of a map whose first key is a map hold a colon.
func (s *accidentScan) braces(i int) int {
	text := s.text(i, min(s.eol(i), i+maxFlowText))
	end := strings.Index(text, "}}")
	if end < 0 || strings.TrimSpace(text[2:end]) == "" || strings.ContainsAny(text[2:end], ":{}") {
		return 0
	}
	return i + end + 2
}

// maxFlowText bounds how far flowSpan looks.
const maxFlowText = 1024

// flowSpan is the text at i as it was meant: up to a comma or closing bracket outside its own brackets and quotes, or
// to the end of the line.
func (s *accidentScan) flowSpan(i int) source.Span {
	eol := min(s.eol(i), i+maxFlowText)
	depth := 0
	for j := i; j < eol; j++ {
		switch c := s.data[j]; c {
		case '"', '\'':
			if n := source.QuotedLen(s.text(j, eol)); n > 0 {
				j += n - 1
			}
		case '(', '[', '{':
			depth++
		case ')':
			depth = max(depth-1, 0)
		case ']', '}':
			if depth == 0 {
				return trimSpan(s.data, source.Span{Start: i, End: j})
			}
			depth--
		case ',':
			if depth == 0 {
				return trimSpan(s.data, source.Span{Start: i, End: j})
			}
		}
	}
	return trimSpan(s.data, source.Span{Start: i, End: eol})
}

// flowHints shows for each accident inside brackets how the whole is written, where it is short.
func (s *accidentScan) flowHints(first int, whole source.Span) {
	const most = 70
	if whole.End-whole.Start > most || s.eol(whole.Start) < whole.End || first >= len(s.accidents) {
		return
	}
	var b strings.Builder
	at := whole.Start
	for _, a := range s.accidents[first:] {
		if a.Span.Start < at || a.Code != CodeFlowText && a.Code != CodeAfterQuote && a.Code != CodeIndicator {
			return
		}
		b.WriteString(s.text(at, a.Span.Start) + source.QuoteYAML(s.src.Text(a.Span)))
		at = a.Span.End
	}
	b.WriteString(s.text(at, whole.End))
	for i := first; i < len(s.accidents); i++ {
		s.accidents[i].Hint = "write `" + b.String() + "`"
	}
}
