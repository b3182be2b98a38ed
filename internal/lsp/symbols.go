package lsp

import (
	"bytes"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

type documentSymbol struct {
	Name           string           `json:"name"`
	Detail         string           `json:"detail,omitempty"`
	Kind           int              `json:"kind"`
	Range          textRange        `json:"range"`
	SelectionRange textRange        `json:"selectionRange"`
	Children       []documentSymbol `json:"children,omitempty"`
}

type workspaceSymbol struct {
	Name          string   `json:"name"`
	Kind          int      `json:"kind"`
	ContainerName string   `json:"containerName,omitempty"`
	Location      location `json:"location"`
}

// The kinds of symbols, in the protocol's numbers.
const (
	symbolModule   = 2
	symbolFunction = 12
	symbolVariable = 13
	symbolConstant = 14
	symbolObject   = 19
	symbolEvent    = 24
	symbolTask     = 5
)

// symbolKinds is the kind of what a top-level key declares.
func symbolKind(key *syntax.Key) int {
	switch {
	case key.Kind == syntax.ObjectsKey:
		return symbolObject
	case key == syntax.WorkersKey:
		return symbolTask
	case key == syntax.CallbacksKey || key == syntax.SourcesKey:
		return symbolEvent
	case key.Kind == syntax.NamedKey:
		return symbolFunction
	case key.Kind == syntax.RunParamsKey:
		return symbolConstant
	}
	return symbolVariable
}

// declares reports whether the entries of a top-level key are names that it declares.
func declares(key *syntax.Key) bool {
	switch key.Kind {
	case syntax.NamedKey, syntax.ObjectsKey, syntax.RunParamsKey, syntax.BindingsKey:
		return true
	}
	return false
}

// symbols returns the sections of a document with what they declare.
func (s *Server) symbols(p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	return s.sections(d), nil
}

// sections is the sections of a document with what they declare. They come from its layout, so a text with mistakes has them,
// too.
func (s *Server) sections(d *document) []documentSymbol {
	list := []documentSymbol{}
	if root := readOutline(d.text); root != nil && root.kind == mapOutline && d.isScenario() {
		for i := range root.entries {
			e := &root.entries[i]
			if !e.colon || e.text == "" {
				continue
			}
			symbol := s.symbol(d, e, symbolModule)
			if key := keyNamed(syntax.TopKeys, e.text); key != nil && declares(key) && e.value != nil {
				symbol.Children = s.declared(d, e.value, symbolKind(key))
			} else if e.value != nil && e.value.kind == scalarOutline {
				symbol.Detail = oneLine(e.value.word)
			}
			list = append(list, symbol)
		}
	}
	return list
}

// declared returns the names that a section declares.
func (s *Server) declared(d *document, o *outline, kind int) []documentSymbol {
	var list []documentSymbol
	for i := range o.entries {
		e := &o.entries[i]
		switch {
		case e.colon && e.text != "":
			symbol := s.symbol(d, e, kind)
			if e.value != nil && e.value.kind == scalarOutline {
				symbol.Detail = oneLine(e.value.word)
			}
			list = append(list, symbol)
		case o.kind == listOutline && e.value != nil && e.value.kind == scalarOutline && e.value.word != "":
			item := entry{key: e.value.span, text: e.value.word, start: e.value.span.Start}
			list = append(list, s.symbol(d, &item, kind))
		}
	}
	return list
}

func (s *Server) symbol(d *document, e *entry, kind int) documentSymbol {
	return documentSymbol{Name: e.text, Kind: kind, Range: s.rangeOf(d, source.Span{Start: e.start, End: e.end()}),
		SelectionRange: s.rangeOf(d, e.key)}
}

// workspaceSymbols returns the names that the scenarios of the workspace declare and whose text contains a query, in any case.
func (s *Server) workspaceSymbols(p struct {
	Query string `json:"query"`
}) (any, error) {
	list := []workspaceSymbol{}
	query := strings.ToLower(p.Query)
	for _, d := range s.workspace() {
		for _, section := range s.sections(d) {
			for _, c := range section.Children {
				if strings.Contains(strings.ToLower(c.Name), query) {
					list = append(list, workspaceSymbol{c.Name, c.Kind, section.Name, location{d.uri, c.SelectionRange}})
				}
			}
		}
	}
	return list, nil
}

type foldingRange struct {
	StartLine int64  `json:"startLine"`
	EndLine   int64  `json:"endLine"`
	Kind      string `json:"kind,omitempty"`
}

// folding returns the lines that can be folded: under a key or a dash, and comments of several lines.
func (s *Server) folding(p documentParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	list := []foldingRange{}
	add := func(start, end int, kind string) {
		from, to := d.position(start, utf8Units).Line, d.position(end, utf8Units).Line
		if from < to && (len(list) == 0 || list[len(list)-1].StartLine != from) {
			list = append(list, foldingRange{from, to, kind})
		}
	}
	var walk func(o *outline)
	walk = func(o *outline) {
		for i := range o.entries {
			e := &o.entries[i]
			if e.value != nil {
				add(e.start, e.end(), "")
				walk(e.value)
			}
		}
	}
	if root := readOutline(d.text); root != nil {
		walk(root)
	}
	for line := 0; line < len(d.lines); line++ {
		first := line
		for line < len(d.lines) && bytes.HasPrefix(bytes.TrimLeft(d.text[d.lines[line]:d.lineEnd(line)], " "), []byte("#")) {
			line++
		}
		if line > first+1 {
			list = append(list, foldingRange{int64(first), int64(line - 1), "comment"})
		}
	}
	return list, nil
}

type selectionParams struct {
	TextDocument identifier `json:"textDocument"`
	Positions    []position `json:"positions"`
}

type selectionRange struct {
	Range  textRange       `json:"range"`
	Parent *selectionRange `json:"parent,omitempty"`
}

// selections returns for each place what selecting grows through: the word, the expression, the value, the entry, and the
// maps and lists around it.
func (s *Server) selections(p selectionParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	root := readOutline(d.text)
	list := make([]*selectionRange, len(p.Positions))
	for i, at := range p.Positions {
		list[i] = s.selection(d, root, d.offset(at, s.encoding))
	}
	return list, nil
}

func (s *Server) selection(d *document, root *outline, offset int) *selectionRange {
	spans := []source.Span{{Start: 0, End: len(d.text)}}
	if root != nil {
		spans = append(spans, root.span)
		path, leaf, ok := root.path(offset)
		for _, step := range path {
			e := step.entry()
			spans = append(spans, step.in.span, source.Span{Start: e.start, End: e.end()})
			if step.key {
				spans = append(spans, e.key)
			} else if e.value != nil {
				spans = append(spans, e.value.span)
			}
		}
		if leaf != nil && ok {
			spans = append(spans, d.inside(leaf, offset)...)
		}
	}
	start, end := offset, offset
	for start > 0 && isWordByte(d.text[start-1]) {
		start--
	}
	for end < len(d.text) && isWordByte(d.text[end]) {
		end++
	}
	spans = append(spans, source.Span{Start: start, End: end}, source.Span{Start: offset, End: offset})
	var inner *selectionRange
	last := source.Span{Start: -1}
	for _, sp := range spans {
		if last.Start >= 0 && (sp == last || sp.Start < last.Start || sp.End > last.End) || sp.Start > offset || sp.End < offset {
			continue
		}
		last, inner = sp, &selectionRange{s.rangeOf(d, sp), inner}
	}
	return inner
}

// inside returns what is in a scalar around an offset: its text without quotes, an expression with its braces, the expression.
func (d *document) inside(leaf *outline, offset int) []source.Span {
	var spans []source.Span
	if leaf.style == '"' || leaf.style == '\'' {
		spans = append(spans, source.Span{Start: leaf.span.Start + 1, End: max(leaf.span.End-1, leaf.span.Start+1)})
	}
	text := d.string(leaf.span)
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '$' || text[i+1] != '{' {
			continue
		}
		end := closes(text, i+2)
		if end < 0 {
			break
		}
		if from := leaf.span.Start + i; from <= offset && offset <= leaf.span.Start+end {
			spans = append(spans, source.Span{Start: from, End: leaf.span.Start + end},
				source.Span{Start: from + 2, End: leaf.span.Start + end - 1})
		}
		i = end - 1
	}
	return spans
}
