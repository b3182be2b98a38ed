package yaml

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"runloop/dsl/source"
)

// The YAML library stops at its first error and tells no more than a line, often the wrong one. So the file is first
// read here, line by line and forgivingly, for the mistakes that people make. Each is reported at its exact place and
// patched over (every byte keeps its offset), so that the library can read the rest.

// accident is a mistake in the way something is written in YAML.
type accident struct {
	source.Diagnostic
	silent bool // YAML reads it without an error, but as something else than is meant
}

// patch replaces a span of the file, all but its line breaks and what is not ASCII, for the YAML library.
type patch struct {
	source.Span
	first, rest byte
	silent      bool
}

// maxAccidents bounds what is reported, and the time that a hopeless file takes.
const maxAccidents = 20

// level is a block list or map that is open: the column of its items or keys, in bytes from 0.
type level struct {
	col  int
	list bool
}

// continuation says what a deeper line may be to the line before it.
type continuation uint8

const (
	continuesNothing continuation = iota // nothing can follow deeper
	continuesText                        // the last value is unquoted text: a deeper line goes on with it
	continuesEmpty                       // a key or `-` without a value: a deeper line is its value
)

// accidentScan is one pass over a file.
type accidentScan struct {
	src       *source.Source
	data      []byte
	end       int // of what is read: where a second document begins
	at        int
	accidents []accident
	patches   []patch
	fatal     bool // the YAML library must not see the file

	levels   []level
	anchors  map[string]bool
	nodes    int
	started  bool          // content has been seen
	hidden   []source.Span // lines that YAML does not see
	tabbed   bool          // tabs in the indentation have been reported
	marked   bool          // `---` has been seen
	last     continuation
	lastText int         // where the text begins that may continue
	comment  source.Span // the comment behind the last key without a value
	key      source.Span // the key of the value being read; the zero Span: an item
	folds    int         // the end of an unquoted text inside brackets that goes to the end of its line
}

// scanAccidents reads a file for accidents.
func scanAccidents(src *source.Source) *accidentScan {
	s := &accidentScan{src: src, data: src.Data, end: len(src.Data), at: src.Lines[0], anchors: map[string]bool{}}
	for s.at < s.end && !s.fatal && len(s.accidents) < maxAccidents {
		s.line()
	}
	s.emptyValue()
	return s
}

// found reports whether there is a mistake that YAML calls one.
func (s *accidentScan) found() bool {
	for _, a := range s.accidents {
		if !a.silent {
			return true
		}
	}
	return false
}

// report adds the accidents, or only the silent ones.
func (s *accidentScan) report(diags *source.Diagnostics, all bool) {
	for _, a := range s.accidents {
		if all || a.silent {
			diags.Add(a.Diagnostic)
		}
	}
}

// applied is all patches, or only the silent ones.
func (s *accidentScan) applied(all bool) []patch {
	if all {
		return s.patches
	}
	var silent []patch
	for _, p := range s.patches {
		if p.silent {
			silent = append(silent, p)
		}
	}
	return silent
}

// patched is the file for the YAML library, without its byte order mark, with all patches or only the silent ones.
func (s *accidentScan) patched(all bool) []byte {
	data := bytes.Clone(s.data[:s.end])
	for _, p := range s.applied(all) {
		fill := p.first
		for i := p.Start; i < min(p.End, len(data)); i++ {
			if data[i] < 0x80 && data[i] != '\n' && data[i] != '\r' {
				data[i] = fill
			}
			fill = p.rest
		}
	}
	return data[s.src.Lines[0]:]
}

// add reports an accident that patching sp with text mends.
func (s *accidentScan) add(code string, sp source.Span, message, hint string) *accident {
	s.patches = append(s.patches, patch{Span: sp, first: 'x', rest: 'x'})
	return s.addOnly(code, sp, message, hint)
}

// addOnly reports an accident.
func (s *accidentScan) addOnly(code string, sp source.Span, message, hint string) *accident {
	s.accidents = append(s.accidents, accident{Diagnostic: source.Diagnostic{Code: code, Span: sp, Message: message,
		Hint: hint}})
	return &s.accidents[len(s.accidents)-1]
}

// quote is the fix that puts quotes around what was meant as one text.
func (s *accidentScan) quote(sp source.Span) source.Fix {
	return source.Fix{Span: sp, New: s.asText(sp)}
}

// silence marks the latest accident and its patch as one that YAML does not see.
func (s *accidentScan) silence() {
	s.accidents[len(s.accidents)-1].silent = true
	s.patches[len(s.patches)-1].silent = true
}

// count accounts for one value, and reports whether there may be more.
func (s *accidentScan) count(at int) bool {
	if s.nodes++; s.nodes > maxNodes && !s.fatal {
		s.fatal = true
		s.addOnly(CodeTooLong, source.Span{Start: at, End: at + 1},
			fmt.Sprintf("the file has more than %d values", maxNodes), "")
	}
	return !s.fatal
}

// tooDeep reports a file that is nested too deeply to be parsed.
func (s *accidentScan) tooDeep(at int) {
	s.fatal = true
	s.addOnly(CodeTooDeep, source.Span{Start: at, End: at + 1}, fmt.Sprintf("the file is nested more than %d levels deep",
		maxDepth), fmt.Sprintf("this `%c` is one too many: move the inner steps into a coroutine", s.data[at]))
}

// line reads from the beginning of a line: its content, and the lines that a value on it takes.
func (s *accidentScan) line() {
	start := s.at
	eol := s.eol(start)
	p := start
	for p < eol && isBlank(s.data[p]) {
		p++
	}
	if p == eol || s.data[p] == '#' {
		if p < eol && s.last == continuesText {
			s.plainEnd(s.lastText, p, eol)
		}
		s.nextLine(eol)
		return
	}
	if s.marker(start, eol) || s.blanks(start, eol) || s.dashes(start, eol) || s.slashes(start, p, eol) {
		return
	}
	s.started = true
	s.tabs(start, p, eol)
	col := p - start
	if s.indented(col, p, eol) {
		s.items(start, p)
	}
}

// tabs reports the first line that is indented with tabs, and mends all of them. Text that goes on may have tabs.
func (s *accidentScan) tabs(start, p, eol int) {
	tab := bytes.IndexByte(s.data[start:p], '\t')
	if tab < 0 {
		return
	}
	if colon, _ := s.plainLine(p, eol); s.last == continuesText && colon < 0 {
		return
	}
	s.patches = append(s.patches, patch{Span: source.Span{Start: start, End: p}, first: ' ', rest: ' '})
	if !s.tabbed {
		a := s.addOnly(CodeIndentation, source.Span{Start: start + tab, End: start + tab + 1},
			"a tab indents this line: YAML indents with spaces", "replace tabs at the beginning of lines with spaces")
		a.Fix = source.Fix{Span: source.Span{Start: start, End: s.end}, New: withoutTabs(s.text(start, s.end))}
	}
	s.tabbed = true
}

// marker reads document markers and directives, which stand at the beginning of a line.
func (s *accidentScan) marker(start, eol int) bool {
	text := string(s.data[start:eol])
	isMark := len(text) == 3 || len(text) > 3 && isBlank(text[3])
	switch {
	case isMark && strings.HasPrefix(text, "---"):
		if s.started || s.marked {
			s.secondDocument(start, start+3)
			return true
		}
		s.marked = true
		s.at = start + 3
		if strings.TrimSpace(text[3:]) == "" || strings.HasPrefix(strings.TrimSpace(text[3:]), "#") {
			s.nextLine(eol)
			return true
		}
		s.started = true
		s.value(s.skipBlanks(s.at), start, false)
		return true
	case isMark && strings.HasPrefix(text, "..."):
		if next := skipBlank(s.data[:s.end], eol); next < s.end {
			s.secondDocument(next, s.eol(next))
		}
		s.at = s.end
		return true
	case text[0] == '%' && !s.started && !s.marked:
		s.addOnly(CodeSecondDocument, source.Span{Start: start, End: eol}, "YAML directives are not used here",
			"remove this line")
		s.patches = append(s.patches, patch{Span: source.Span{Start: start, End: eol}, first: '#', rest: 'x', silent: true})
		s.accidents[len(s.accidents)-1].silent = true
		s.nextLine(eol)
		return true
	}
	return false
}

func (s *accidentScan) secondDocument(start, end int) {
	s.emptyValue()
	s.addOnly(CodeSecondDocument, source.Span{Start: start, End: end},
		"a second YAML document begins here with `"+source.Cut(s.text(start, end))+"`: a file is one scenario",
		"put it into a file of its own").silent = true
	s.end, s.at = start, start
}

// indented brings the open levels in line with content in column col, and reports whether it fits one.
func (s *accidentScan) indented(col, p, eol int) bool {
	dedent := false
	for len(s.levels) > 0 && s.levels[len(s.levels)-1].col > col {
		s.levels = s.levels[:len(s.levels)-1]
		dedent = true
	}
	isItem := s.data[p] == '-' && (p+1 == eol || isBlank(s.data[p+1]))
	top := level{col: -1}
	if len(s.levels) > 0 {
		top = s.levels[len(s.levels)-1]
	}
	deeper := col > top.col
	if s.last == continuesEmpty && !deeper && !(isItem && !top.list && col == top.col) {
		s.emptyValue()
	}
	defer func() { s.comment = source.Span{} }()
	switch {
	case top.col < 0 && !dedent, deeper && !dedent && s.last == continuesEmpty:
		return true
	case s.data[p] == '-' && !isItem && top.list && col == top.col:
		s.missingSpace(p, eol)
		return false
	case !deeper && top.list && !isItem:
		below := len(s.levels) - 2
		if below < 0 || s.levels[below].col != col {
			s.misplaced(p, eol, col, "the list here has items that begin with `- `")
			return false
		}
		s.levels = s.levels[:below+1] // the list was a key's value, in the key's column
		return true
	case !deeper && !top.list && isItem && s.last != continuesEmpty:
		s.misplaced(p, eol, col, "the map here has lines `key: value`, not items")
		return false
	case !deeper:
		return true
	case top.col < 0:
		s.misplaced(p, eol, col, "it begins before the first line of the file does")
		return false
	case !dedent && s.last == continuesText:
		return s.continued(p, eol, col)
	case !dedent:
		s.misplaced(p, eol, col, "the line above is complete, so nothing can be indented under it")
		return false
	}
	s.misplaced(p, eol, col, fmt.Sprintf("its column is %d, but lines above it begin in column %d", col+1, top.col+1))
	return false
}

// missingSpace reports an item `-print: x`, and skips it with all that is indented deeper.
func (s *accidentScan) missingSpace(p, eol int) {
	sp := trimSpan(s.data, source.Span{Start: p, End: eol})
	text := s.src.Text(sp)
	a := s.addOnly(CodeIndentation, sp,
		"`"+source.Cut(text)+"` is no item of this list: a space is missing behind the `-`",
		"write `- "+source.Cut(text[1:])+"`")
	a.Fix = source.Fix{Span: source.Span{Start: p + 1, End: p + 1}, New: " "}
	s.skip(p, eol, p-s.src.Lines[s.src.LineAt(p)-1]+1)
}

// misplaced reports a line whose indentation fits nothing, and skips it with all that is indented like it.
func (s *accidentScan) misplaced(p, eol, col int, why string) {
	if !bytes.ContainsRune(s.data[p-col:p], '\t') { // else the tab is the mistake
		sp := trimSpan(s.data, source.Span{Start: p, End: eol})
		s.addOnly(CodeIndentation, sp, "this line is indented wrongly, `"+source.Cut(s.src.Text(sp))+"`: "+why,
			"what belongs together stands in the same column")
	}
	s.skip(p, eol, col)
}

// skip hides the line from p to eol from YAML, and the lines behind it that are indented by col or more.
func (s *accidentScan) skip(p, eol, col int) {
	for {
		s.patches = append(s.patches, patch{Span: source.Span{Start: p, End: eol}, first: '#', rest: 'x'})
		s.hidden = append(s.hidden, source.Span{Start: p, End: eol})
		s.nextLine(eol)
		p, eol = s.skipBlanks(s.at), s.eol(s.at)
		if s.at >= s.end || p < eol && p-s.at < col {
			return
		}
	}
}

// continued reads a line that goes on with unquoted text.
func (s *accidentScan) continued(p, eol, col int) bool {
	colon, hash := s.plainLine(p, eol)
	if colon >= 0 {
		s.misplaced(p, eol, col, "`"+s.text(p, colon+1)+"` would be a key inside the text above it")
		return false
	}
	s.plainEnd(s.lastText, hash, eol)
	s.nextLine(eol)
	return false
}

// items reads `- ` and `? ` and what they lead to.
func (s *accidentScan) items(start, p int) {
	s.key = source.Span{}
	for (s.data[p] == '-' || s.data[p] == '?') && (p+1 == s.end || isSpace(s.data[p+1])) {
		if !s.open(p-start, s.data[p] == '-', p) {
			return
		}
		s.started = true
		if p = s.skipBlanks(p + 1); p == s.eol(p) || s.data[p] == '#' {
			s.empty(p)
			return
		}
	}
	s.value(p, start, true)
}

// open opens a list or map in column col, unless it is open.
func (s *accidentScan) open(col int, list bool, p int) bool {
	for _, l := range s.levels {
		if l.col == col && l.list == list {
			return true
		}
	}
	// A list and a map can share a column, and each key opens a level of the tree: twice the depth is surely too deep.
	if s.levels = append(s.levels, level{col: col, list: list}); len(s.levels) > 2*maxDepth {
		s.tooDeep(p)
	}
	return !s.fatal
}

// empty reads the end of a line at which a value is missing: it may come on deeper lines.
func (s *accidentScan) empty(p int) {
	s.count(p)
	eol := s.eol(p)
	s.last = continuesEmpty
	s.comment = source.Span{}
	if p < eol && s.key != (source.Span{}) {
		s.comment = trimSpan(s.data, source.Span{Start: p, End: eol})
	}
	s.nextLine(eol)
}

// emptyValue reports a key whose value is nothing but a comment.
func (s *accidentScan) emptyValue() {
	sp := s.comment
	s.comment = source.Span{}
	if sp == (source.Span{}) {
		return
	}
	key := s.src.Text(s.key)
	s.addOnly(CodeHash, sp, "`"+key+":` has no value: YAML takes what begins with ` #` for a comment",
		"quote it if it is text: "+s.write(sp)+"; write `null` before the comment if there is no value").silent = true
}

// value reads a value at p, on a line that begins at start; isKey: it may turn out to be a key.
func (s *accidentScan) value(p, start int, isKey bool) {
	if !s.count(p) {
		return
	}
	eol := s.eol(p)
	s.last = continuesNothing
	if p == eol || s.data[p] == '#' && (p == start || isBlank(s.data[p-1])) {
		s.empty(p)
		return
	}
	end, ok := p, true
	switch s.data[p] {
	case '"', '\'':
		if end, ok = s.quoted(p); !ok {
			s.unclosedQuote(p)
		}
	case '[', '{':
		end, ok = s.flow(p)
	case '&':
		if end, ok = s.anchor(p); ok {
			s.value(s.skipBlanks(end), start, isKey)
			return
		}
	case '*':
		end, ok = s.alias(p)
	case '!', '@', '`', '%', ',', ']', '}':
		s.indicator(p)
		return
	case '|', '>':
		s.block(p)
		return
	case '?':
		if p+1 == eol || isBlank(s.data[p+1]) {
			s.indicator(p)
			return
		}
		s.plain(p, start, isKey)
		return
	default:
		s.plain(p, start, isKey)
		return
	}
	if ok {
		s.after(p, end, start, isKey)
	}
}

// after reads what follows a value in quotes or brackets, or an alias, that ends at end.
func (s *accidentScan) after(p, end, start int, isKey bool) {
	eol := s.eol(end)
	next := s.skipBlanks(end)
	switch {
	case next == eol || s.data[next] == '#':
		s.nextLine(eol)
	case s.data[next] == ':' && (next+1 == eol || isBlank(s.data[next+1])) && isKey && p >= start:
		s.mapKey(p, end, next, start)
	default:
		s.trailing(p, end)
	}
}

// mapKey reads the value behind a key [p, end) whose colon is at colon.
func (s *accidentScan) mapKey(p, end, colon, start int) {
	if !s.open(p-start, false, p) {
		return
	}
	s.key = source.Span{Start: p, End: end}
	s.value(s.skipBlanks(colon+1), start, false)
}

// plainLine finds in the line from p to eol the colon that would make its beginning a key, and the ` #` that begins a
// comment; -1 if there is none.
func (s *accidentScan) plainLine(p, eol int) (colon, hash int) {
	for i := p; i < eol; i++ {
		switch {
		case s.data[i] == ':' && (i+1 == eol || isBlank(s.data[i+1])):
			return i, -1
		case s.data[i] == '#' && i > p && isBlank(s.data[i-1]):
			return -1, i
		}
	}
	return -1, -1
}

// plain reads unquoted text, or an unquoted key and its value.
func (s *accidentScan) plain(p, start int, isKey bool) {
	eol := s.eol(p)
	colon, hash := s.plainLine(p, eol)
	rest := s.valueSpan(p)
	switch {
	case colon < 0 && isKey && s.isMapLine(p-start):
		s.missingColon(rest)
		s.skip(p, eol, p-start+1)
		return
	case colon < 0 && s.data[p] == '-' && p+1 < eol && isBlank(s.data[p+1]):
		s.add(CodeIndicator, rest, "a list item `- ` cannot stand behind a key",
			"begin the list on the next line, or quote the text: "+s.write(rest))
	case colon < 0:
		s.lastText = p
		s.plainEnd(p, hash, eol)
	case !isKey && s.endsAsPython(rest):
		bare := s.text(rest.Start, rest.End-1)
		s.add(CodeColon, source.Span{Start: rest.End - 1, End: rest.End},
			"a `:` ends this value: YAML takes what is before it for a key",
			"leave it out: write `"+s.text(s.key.Start, s.key.End)+": "+source.Cut(bare)+"`").Fix = source.Fix{Span: rest,
			New: bare}
	case !isKey:
		s.add(CodeColon, rest, "`: ` inside an unquoted value: YAML takes what is before it for a key",
			"quote the value: "+s.write(rest)).Fix = s.quote(rest)
	case openExpression(s.text(p, colon)) >= 0:
		s.add(CodeColon, rest, "`: ` inside an unquoted `${…}`: YAML takes what is before it for a key",
			"quote the text: "+s.write(rest)).Fix = s.quote(rest)
		s.silence()
	default:
		s.mapKey(p, colon, colon, start)
		return
	}
	s.nextLine(eol)
}

// endsAsPython reports whether a value is a condition, or what a loop goes through, with the colon at its end that
// Python writes.
func (s *accidentScan) endsAsPython(value source.Span) bool {
	text := s.text(value.Start, value.End)
	return slices.Contains([]string{"if", "elif", "while", "for"}, s.text(s.key.Start, s.key.End)) &&
		strings.Index(text, ":") == len(text)-1 && len(text) > 1
}

// isMapLine reports whether a map is open in column col, and nothing else; or begins on the next line, where this one
// is the file's first.
func (s *accidentScan) isMapLine(col int) bool {
	if len(s.levels) == 0 {
		start := s.src.Lines[min(s.src.NextContent(s.src.LineAt(s.at)), len(s.src.Lines))-1]
		p, eol := s.skipBlanks(start), s.eol(start)
		colon, _ := s.plainLine(p, eol)
		return start > s.at && colon > p && p-start == col && source.IsIdentifier(string(s.data[p:colon]))
	}
	top := s.levels[len(s.levels)-1]
	return top.col == col && !top.list
}

func (s *accidentScan) missingColon(sp source.Span) {
	var fix source.Fix
	text := s.src.Text(sp)
	hint := "write `key: value`; text that goes on from the line above is indented deeper than its key"
	if i := strings.IndexByte(text, ':'); i > 0 {
		hint = "put a space behind the colon: `" + text[:i+1] + " " + text[i+1:] + "`"
		if source.IsDefinable(text[:i]) && !strings.HasPrefix(text[i:], "://") {
			fix = source.Fix{Span: source.Span{Start: sp.Start + i + 1, End: sp.Start + i + 1}, New: " "}
		}
	} else if i := strings.IndexByte(text, ' '); i > 0 {
		hint = "did you mean `" + text[:i] + ": " + text[i+1:] + "`?"
	} else if source.IsDefinable(text) {
		hint = "did you mean `" + text + ":`?"
	}
	s.addOnly(CodeMissingColon, sp, "`"+source.Cut(text)+"` is no `key: value`, as the lines of this map are",
		hint).Fix = fix
}

// block reads a literal or folded block.
func (s *accidentScan) block(p int) {
	eol := s.eol(p)
	i := p + 1
	for i < eol && strings.IndexByte("+-123456789", s.data[i]) >= 0 && i < p+3 {
		i++
	}
	next := s.skipBlanks(i)
	if next < eol && (s.data[next] != '#' || next == i) {
		s.indicator(p)
		return
	}
	parent := -1
	if len(s.levels) > 0 {
		parent = s.levels[len(s.levels)-1].col
	}
	for s.nextLine(eol); s.at < s.end; s.nextLine(eol) {
		eol = s.eol(s.at)
		body := s.skipSpaces(s.at)
		if body < eol && body-s.at <= parent || s.isMarker(s.at) {
			return
		}
	}
}

// isMarker reports whether the line at start is a document marker.
func (s *accidentScan) isMarker(start int) bool {
	rest := s.data[start:s.end]
	return (bytes.HasPrefix(rest, []byte("---")) || bytes.HasPrefix(rest, []byte("..."))) && (len(rest) == 3 ||
		isSpace(rest[3]))
}

// indicator reports an unquoted value that begins with a character that YAML keeps for itself.
func (s *accidentScan) indicator(p int) {
	sp := s.valueSpan(p)
	s.unquotable(p, sp)
	s.nextLine(s.eol(p))
}

// unquotable reports an unquoted value that begins with a character that YAML keeps for itself.
func (s *accidentScan) unquotable(p int, sp source.Span) {
	text := s.src.Text(sp)
	if s.data[p] != '!' {
		s.add(CodeIndicator, sp, beginsWith(s.data[p]),
			"quote the value: "+s.write(sp)).Fix = s.quote(sp)
		return
	}
	hint := "quote the value: " + s.write(sp)
	if rest := strings.TrimSpace(text[1:]); rest != "" && rest[0] != '!' {
		hint = "for \"not\" write `not " + rest + "`; or quote it: " + s.write(sp)
	}
	s.add(CodeTag, sp, "`"+source.Cut(text)+"` begins with `!`, which makes it a YAML tag", hint)
	s.silence()
}

func beginsWith(c byte) string {
	name := "`" + string(c) + "`"
	if c == '`' {
		name = "a backtick"
	}
	return "an unquoted value cannot begin with " + name + ": it means something else to YAML"
}

// anchor reads `&name`.
func (s *accidentScan) anchor(p int) (end int, ok bool) {
	end = s.nameEnd(p + 1)
	if end == p+1 || end < s.end && !isSpace(s.data[end]) {
		s.indicator(p)
		return end, false
	}
	s.anchors[s.text(p+1, end)] = true
	return end, true
}

// alias reads `*name`.
func (s *accidentScan) alias(p int) (end int, ok bool) {
	end = s.nameEnd(p + 1)
	if next := s.skipBlanks(end); end == p+1 || next < s.eol(p) && s.data[next] != '#' && s.data[next] != ':' {
		s.indicator(p)
		return end, false
	}
	s.unknownAlias(p, end)
	return end, true
}

// unknownAlias reports an alias to no anchor above it.
func (s *accidentScan) unknownAlias(p, end int) {
	if name := s.text(p+1, end); !s.anchors[name] {
		sp := source.Span{Start: p, End: end}
		a := s.add(CodeAlias, sp, "`*"+name+"` is an alias, and there is no anchor `&"+name+"` above it",
			"quote it if it is text: "+s.write(sp))
		if len(s.anchors) == 0 {
			a.Fix = s.quote(sp)
		}
	}
}

// nameEnd is the end of an anchor's name, in the letters that the YAML library takes.
func (s *accidentScan) nameEnd(p int) int {
	for p < s.end {
		c := s.data[p]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if (c < '0' || c > '9') && c != '_' && c != '-' {
				break
			}
		}
		p++
	}
	return p
}

// quoted finds the end of a value in quotes; not ok: there is none.
func (s *accidentScan) quoted(p int) (end int, ok bool) {
	quote := s.data[p]
	first := len(s.accidents)
	for i := p + 1; i < s.end; i++ {
		switch c := s.data[i]; {
		case c == quote && quote == '\'' && i+1 < s.end && s.data[i+1] == quote:
			i++
		case c == quote:
			return i + 1, true
		case c == '\\' && quote == '"':
			s.escape(i)
			i++
		case (c == '\n' || c == '\r') && s.isMarker(i+1):
			s.end = min(s.end, i+1) // the marker ends the file: the quote is not closed
		}
	}
	s.dropAccidents(first)
	return s.end, false
}

// dropAccidents forgets the accidents from index first on, with their patches: each has one.
func (s *accidentScan) dropAccidents(first int) {
	s.patches = s.patches[:len(s.patches)-(len(s.accidents)-first)]
	s.accidents = s.accidents[:first]
}

// unclosedQuote reports a quote that is not closed on its line, and goes on with the next line.
func (s *accidentScan) unclosedQuote(p int) {
	s.unclosedText(source.Span{Start: p, End: s.eol(p)})
	s.nextLine(s.eol(p))
}

// unclosedText reports a text that begins with a quote and was most likely meant to go as far as sp.
func (s *accidentScan) unclosedText(sp source.Span) {
	sp = trimSpan(s.data, sp)
	s.patches = append(s.patches, patch{Span: sp, first: 'x', rest: 'x'})
	s.addOnly(CodeUnclosed, source.Span{Start: sp.Start, End: sp.Start + 1}, fmt.Sprintf("the quote %c is never closed",
		s.data[sp.Start]),
		"close it at the end of the text, or quote a text that begins with it: "+s.write(sp))
}

// escape reads an escape in double quotes.
func (s *accidentScan) escape(p int) {
	if p+1 >= s.end {
		return
	}
	c := s.data[p+1]
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	end := p + 2
	for end < s.end && end < p+2+digits && strings.IndexByte("0123456789abcdefABCDEF", s.data[end]) >= 0 {
		end++
	}
	known := strings.IndexByte("0abt\tnvfre \"'/\\N_LPxuU\n\r", c) >= 0
	if known && end == p+2+digits && (digits < 4 || isCharacter(s.text(p+2, end))) {
		return
	}
	end = max(end, s.src.CharEnd(p+1))
	sp := source.Span{Start: p, End: end}
	text := s.src.Text(sp)
	switch {
	case known && end == p+2+digits:
		s.add(CodeEscape, sp, "`"+text+"` is no character", "write the character itself, or `\\U` with its eight digits")
		return
	case known:
		s.add(CodeEscape, sp, fmt.Sprintf("`%s` is not complete: `\\%c` takes %d hexadecimal digits", text, c, digits), "")
		return
	}
	s.add(CodeEscape, sp, "`"+text+"` is no escape that YAML knows",
		"write `\\"+text+"` for a backslash, or use single quotes")
}

// isCharacter reports whether hexadecimal digits are the number of a Unicode character.
func isCharacter(digits string) bool {
	n, err := strconv.ParseUint(digits, 16, 32)
	return err == nil && n <= unicode.MaxRune && utf8.ValidRune(rune(n))
}

// trailing reports text behind a value in quotes or brackets.
func (s *accidentScan) trailing(p, end int) {
	if s.eol(p) < end {
		s.trailingBelow(p, end)
		return
	}
	sp := s.valueSpan(p)
	message := "text behind a quoted value: YAML ends the value at its closing quote"
	code := CodeAfterQuote
	if c := s.data[p]; c != '"' && c != '\'' {
		code, message = CodeIndicator, beginsWith(c)
	}
	s.dropInside(sp)
	s.add(code, sp, message, "quote the whole value: "+s.write(sp)).Fix = s.quote(sp)
	s.nextLine(s.eol(p))
}

// trailingBelow reports text behind a value that begins on an earlier line. A quote that is closed on a line that looks
// like a key or an item was most likely not closed on its own line.
func (s *accidentScan) trailingBelow(p, end int) {
	line := s.src.Lines[s.src.LineAt(end-1)-1]
	body := s.skipBlanks(line)
	colon, _ := s.plainLine(body, end)
	if c := s.data[p]; (c == '"' || c == '\'') && (colon >= 0 || s.data[body] == '-') {
		s.unclosedQuote(p)
		return
	}
	sp := s.valueSpan(s.skipBlanks(end))
	s.patches = append(s.patches, patch{Span: sp, first: '#', rest: 'x'})
	s.addOnly(CodeAfterQuote, sp, "text behind a value that ends here", "remove it, or quote the whole value")
	s.nextLine(s.eol(end))
}

// dropInside forgets the accidents inside a span, which another one explains.
func (s *accidentScan) dropInside(sp source.Span) {
	inside := func(o source.Span) bool { return sp.Start <= o.Start && o.End <= sp.End }
	for len(s.accidents) > 0 && inside(s.accidents[len(s.accidents)-1].Span) {
		s.accidents = s.accidents[:len(s.accidents)-1]
	}
	for len(s.patches) > 0 && inside(s.patches[len(s.patches)-1].Span) {
		s.patches = s.patches[:len(s.patches)-1]
	}
}

// write is how the value in sp is written with quotes, with its key.
func (s *accidentScan) write(sp source.Span) string {
	const most = 100
	if sp.End-sp.Start > most {
		return "put it in quotes"
	}
	text := s.asText(sp)
	if s.key != (source.Span{}) {
		text = s.src.Text(s.key) + ": " + text
	}
	return "write `" + text + "`"
}

// valueSpan is the unquoted value at p: to the end of the line, without a comment.
func (s *accidentScan) valueSpan(p int) source.Span {
	end := s.eol(p)
	text := s.text(p, end)
	for i := 1; i < len(text); i++ {
		if text[i] != '#' || !isBlank(text[i-1]) {
			continue
		}
		at := openExpression(text[:i])
		if at < 0 {
			end = p + i
			break
		}
		if i, _ = expressionEnd(text, at+2); i == 0 {
			break
		}
	}
	return trimSpan(s.data, source.Span{Start: p, End: end})
}

// openExpression is the offset of a `${` in text that is not closed, -1 if there is none.
func openExpression(text string) int {
	for i := 0; i < len(text); {
		at := strings.IndexByte(text[i:], '$')
		if at < 0 {
			return -1
		}
		i += at
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "$${"):
			i += 3
		case strings.HasPrefix(rest, "${"):
			end, err := expressionEnd(text, i+2)
			if err != nil && end == 0 {
				return i
			}
			i = end
		default:
			i++
		}
	}
	return -1
}

func (s *accidentScan) text(from, to int) string { return string(s.data[from:to]) }

// eol is the end of the line that holds p, without its break.
func (s *accidentScan) eol(p int) int {
	return min(s.src.LineEnd(s.src.LineAt(min(p, s.end))), s.end)
}

// nextLine goes on behind the line that ends at eol.
func (s *accidentScan) nextLine(eol int) {
	s.at = eol
	if s.at < s.end && s.data[s.at] == '\r' {
		s.at++
	}
	if s.at < s.end && s.data[s.at] == '\n' {
		s.at++
	}
}

func (s *accidentScan) skipBlanks(p int) int {
	for p < s.end && isBlank(s.data[p]) {
		p++
	}
	return p
}

func (s *accidentScan) skipSpaces(p int) int {
	for p < s.end && s.data[p] == ' ' {
		p++
	}
	return p
}
