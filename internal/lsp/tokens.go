package lsp

import (
	"cmp"
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// tokenTypes and tokenModifiers are the legend: tokens have their indexes, modifiers the bits.
var (
	tokenTypes     = []string{"variable", "parameter", "property", "function", "class", "keyword", "string", "number", "enumMember", "type"}
	tokenModifiers = []string{"declaration", "readonly", "modification", "defaultLibrary"}
)

// The indexes of tokenTypes, and the bits of tokenModifiers.
const (
	variableToken = iota
	parameterToken
	propertyToken
	functionToken
	taskToken
	keywordToken
	stringToken
	numberToken
	wordToken
	typeToken
)

const (
	declared = 1 << iota
	readOnly
	modified
	ofLanguage
)

// token is a piece of text with its meaning.
type token struct {
	span           source.Span
	kind, modifier int
}

type tokensParams struct {
	TextDocument identifier `json:"textDocument"`
	Range        *textRange `json:"range"`
}

type semanticTokens struct {
	Data []int64 `json:"data"`
}

// tokens returns what names, verbs and the pieces of expressions mean, of a document or a range. A text that is not YAML
// has no meaning: the client keeps what it had.
func (s *Server) tokens(p tokensParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	if !d.isScenario() || d.analyze().File.Root == nil {
		return nil, nil
	}
	within := source.Span{End: len(d.text)}
	if p.Range != nil {
		within = d.span(*p.Range, s.encoding)
	}
	out := semanticTokens{Data: []int64{}}
	var last position
	for _, t := range d.tokens() {
		if t.span.End < within.Start || t.span.Start > within.End {
			continue
		}
		at := s.rangeOf(d, t.span)
		if at.Start.Line != at.End.Line {
			continue
		}
		delta := at.Start.Character
		if at.Start.Line == last.Line {
			delta -= last.Character
		}
		out.Data = append(out.Data, at.Start.Line-last.Line, delta, at.End.Character-at.Start.Character, int64(t.kind), int64(t.modifier))
		last = at.Start
	}
	return out, nil
}

// tokens returns the tokens of the document in order; none overlaps another.
func (d *document) tokens() []token {
	var list []token
	for _, m := range d.names() {
		list = append(list, nameToken(m))
	}
	a := d.analyze()
	eachField(a.File, a.Info, func(_ check.Scope, r *syntax.Record, f syntax.Field) {
		if r.Verb != nil && f.Key == r.Verb.Keys[0] {
			list = append(list, token{span: f.KeySpan, kind: keywordToken})
		}
		if name, ok := f.Value.(*syntax.Name); ok {
			switch f.Key.Kind {
			case syntax.WordKey:
				list = append(list, token{span: name.Span, kind: wordToken})
			case syntax.ErrorKey:
				list = append(list, token{span: name.Span, kind: typeToken})
			}
		}
		if names, ok := f.Value.(*syntax.Names); ok && f.Key.Kind == syntax.TypesKey {
			for _, name := range names.Items {
				list = append(list, token{span: name.Span, kind: typeToken})
			}
		}
		syntax.Exprs(f.Value, a.Info.ExprOf, func(e *syntax.Expr) { list = append(list, d.pieces(e.Span)...) })
	})
	// Of tokens that overlap the first of the list above stays: names are more than pieces of text.
	slices.SortStableFunc(list, func(a, b token) int { return cmp.Compare(a.span.Start, b.span.Start) })
	kept, end := list[:0], 0
	for _, t := range list {
		if t.span.Start >= end && t.span.End > t.span.Start && t.span.End <= len(d.text) { // not of an included file
			kept, end = append(kept, t), t.span.End
		}
	}
	return kept
}

// nameToken returns the token of a name.
func nameToken(m mention) token {
	t := token{span: m.span}
	switch m.kind {
	case variableName:
		t.kind = variableToken
		if m.symbol.Kind == expr.SymParam || m.symbol.Kind == expr.SymArgument {
			t.kind = parameterToken
		}
		if m.symbol.Kind == expr.SymParam || m.symbol.Kind == expr.SymObject {
			t.modifier |= readOnly
		}
	case languageName:
		t.kind, t.modifier = variableToken, ofLanguage|readOnly
	case builtinName:
		t.kind, t.modifier = functionToken, ofLanguage
	case coroutineName, callbackName, functionName:
		t.kind = functionToken
	case taskName, caseName, sourceName:
		t.kind = taskToken
	case metricName:
		t.kind = variableToken
	default:
		t.kind = propertyToken
	}
	switch {
	case m.isDecl():
		t.modifier |= declared
	case m.writes:
		t.modifier |= modified
	}
	return t
}

// piece matches texts, numbers and words.
var piece = source.NewPattern(`\\"(?:[^"\\]|\\[^"])*\\"|"[^"\n]*"|'[^'\n]*'|\b\d[\w.]*|[A-Za-z_]\w*`)

// pieces returns the texts, numbers and operators of an expression at a place.
func (d *document) pieces(sp source.Span) []token {
	if sp.End > len(d.text) || sp.Start >= sp.End {
		return nil
	}
	var list []token
	for _, m := range piece.Regexp().FindAllIndex(d.text[sp.Start:sp.End], -1) {
		t := token{span: source.Span{Start: sp.Start + m[0], End: sp.Start + m[1]}}
		text := d.string(t.span)
		switch c := text[0]; {
		case c == '"' || c == '\'' || c == '\\':
			t.kind = stringToken
		case c >= '0' && c <= '9':
			t.kind = numberToken
		case slices.Contains(operatorWords, text) || text == "let":
			t.kind = keywordToken
		default: // a name
			continue
		}
		list = append(list, t)
	}
	return list
}
