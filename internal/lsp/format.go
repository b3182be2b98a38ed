package lsp

import (
	"errors"
	"fmt"

	"runloop/dsl"
)

type formattingParams struct {
	TextDocument identifier `json:"textDocument"`
	Range        *textRange `json:"range"`
}

// formatting returns the edits that lay a document out as `runloop fmt` does, or what stands around a range of it. The
// client's wishes about tabs do not count: there is one layout.
func (s *Server) formatting(p formattingParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	edits := []textEdit{}
	if !d.isScenario() {
		return edits, nil
	}
	src := dsl.NewSource(d.name(), d.text)
	var fixes []dsl.Fix
	if p.Range == nil {
		fixes, err = dsl.FormatEdits(src)
	} else {
		fixes, err = dsl.FormatEditsIn(src, d.span(*p.Range, s.encoding))
	}
	if err != nil {
		return nil, notLaidOut(src, err)
	}
	for _, f := range fixes {
		edits = append(edits, textEdit{s.rangeOf(d, f.Span), f.New})
	}
	return edits, nil
}

// notLaidOut says in a line why a document is not laid out.
func notLaidOut(src *dsl.Source, err error) error {
	var load *dsl.LoadError
	if errors.As(err, &load) && len(load.Diagnostics) > 0 {
		first := load.Diagnostics[0]
		return fmt.Errorf("%s: %s: it is laid out when it can be read", src.Pos(first.Span.Start), first.Message)
	}
	return err
}
